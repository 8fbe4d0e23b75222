"""Model builders, one file per family: the paper's table is data, the builder a loop over its rows.

Every builder is keyword-only, takes ``input_shape`` and ``classes``, and returns an uncompiled `keras.Model`.
"""

from course_utils.models.lenet import lenet5, lenet5_1998
from course_utils.models.mlp import mlp
from course_utils.models.resnet_cifar import resnet_cifar
from course_utils.models.simple_cnn import simple_cnn

__all__ = ["lenet5", "lenet5_1998", "mlp", "resnet_cifar", "simple_cnn"]
