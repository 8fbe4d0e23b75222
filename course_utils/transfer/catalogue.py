"""The backbones: one row each. What builds it, what its pixels must look like, where its weights are published."""

from typing import NamedTuple

import keras

STORE = "https://storage.googleapis.com/tensorflow/keras-applications/"


class Published(NamedTuple):
    """A published file of weights, and what must be found in it."""

    file: str
    url: str
    md5: str  # as Keras publishes it; empty where there is none
    arrays: int
    params: int


class Row(NamedTuple):
    """One backbone."""

    builder: str  # name in keras.applications; empty for the network of this course
    settings: dict
    mode: str  # of `Preparation`
    side: int  # pixels, the height and width it was trained with
    smallest: int
    weights: Published | None
    citation: str


VGG = "K. Simonyan, A. Zisserman, Very deep convolutional networks for large-scale image recognition (2014), "
INCEPTION = "C. Szegedy et al., Rethinking the Inception architecture for computer vision (2015), arXiv:1512.00567"
RESNET = "K. He, X. Zhang, S. Ren, J. Sun, Deep residual learning for image recognition (2015), arXiv:1512.03385"
MOBILENET = "M. Sandler et al., MobileNetV2: inverted residuals and linear bottlenecks (2018), arXiv:1801.04381"
NOTOP = "_weights_tf_dim_ordering_tf_kernels_notop.h5"
MOBILE = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{}_224_no_top.h5"

# The checksums are those that keras.applications compares with; MobileNetV2 has none. Counts include moving statistics.
# fmt: off
BACKBONES = {
    "vgg16": Row(
        "VGG16", {}, "bgr_minus_mean", 224, 32,
        Published("vgg16" + NOTOP, STORE + "vgg16/", "6d6bbae143d832006294945121d1f1fc", 26, 14_714_688),
        VGG + "arXiv:1409.1556",
    ),
    "inception_v3": Row(
        "InceptionV3", {}, "minus_one_to_one", 299, 75,
        Published("inception_v3" + NOTOP, STORE + "inception_v3/", "bcbd6486424b2319ff4ef7d526e38f63", 376, 21_802_784),
        INCEPTION,
    ),
    "resnet50": Row(
        "ResNet50", {}, "bgr_minus_mean", 224, 32,
        Published("resnet50" + NOTOP, STORE + "resnet/", "4d473c1dd8becc155b73f8504c6f6626", 318, 23_587_712),
        RESNET,
    ),
    "mobilenet_v2": Row(
        "MobileNetV2", {"alpha": 1.0}, "minus_one_to_one", 224, 32,
        Published(MOBILE.format("1.0"), STORE + "mobilenet_v2/", "", 260, 2_257_984),
        MOBILENET,
    ),
    "mobilenet_v2_035": Row(
        "MobileNetV2", {"alpha": 0.35}, "minus_one_to_one", 224, 32,
        Published(MOBILE.format("0.35"), STORE + "mobilenet_v2/", "", 260, 410_208),
        MOBILENET,
    ),
    "resnet20_cifar10": Row("", {}, "minus_one_to_one", 32, 8, None, RESNET),
}
# fmt: on


def build(row: Row, shape: tuple[int, int, int], name: str) -> keras.Model:
    """Return the network without its top and with random weights: (N, *shape) → (N, h, w, C)."""
    if row.builder:
        builder = getattr(keras.applications, row.builder)
        return builder(include_top=False, weights=None, input_shape=shape, name=name, **row.settings)
    from course_utils.models.resnet_cifar import resnet_cifar

    whole = resnet_cifar(n=3, input_shape=shape)
    return keras.Model(whole.input, whole.get_layer("stage3_block3_relu").output, name=name)
