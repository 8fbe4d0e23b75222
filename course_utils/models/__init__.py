"""Model builders, one file per family: the paper's table is data, the builder a loop over its rows.

Every builder takes ``input_shape``, ``classes`` and ``width`` (a multiplier of the channels, for scaled-down networks),
and returns an uncompiled `keras.Model`. All arguments are keyword-only, but for the one that chooses the network:
``alexnet("two_tower")``, ``vgg("D")``, ``resnet(50)``, ``simple_cnn("cifar")``. `mlp` has ``widths`` and `lenet5_1998`
none. What all share, checks, widths and batch norm (momentum 0.9), stands in `course_utils.models.common`.
"""

from course_utils.models.alexnet import alexnet
from course_utils.models.bn_inception import bn_inception
from course_utils.models.googlenet import googlenet
from course_utils.models.inception_resnet import inception_resnet_v1, inception_resnet_v2
from course_utils.models.inception_v3 import inception_v3
from course_utils.models.inception_v4 import inception_v4
from course_utils.models.lenet import lenet5, lenet5_1998
from course_utils.models.mlp import mlp
from course_utils.models.resnet import resnet
from course_utils.models.resnet_cifar import resnet_cifar
from course_utils.models.simple_cnn import simple_cnn
from course_utils.models.vgg import vgg, vgg16, vgg19

__all__ = [
    "alexnet",
    "bn_inception",
    "googlenet",
    "inception_resnet_v1",
    "inception_resnet_v2",
    "inception_v3",
    "inception_v4",
    "lenet5",
    "lenet5_1998",
    "mlp",
    "resnet",
    "resnet_cifar",
    "simple_cnn",
    "vgg",
    "vgg16",
    "vgg19",
]
