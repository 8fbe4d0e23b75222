"""VGG: six networks from one table of 3×3 convolutions, 11 to 19 layers with weights.

Reference: K. Simonyan, A. Zisserman, "Very deep convolutional networks for large-scale image recognition", 2014,
arXiv:1409.1556, table 1.
"""

from collections.abc import Sequence

import keras
from keras import layers

from course_utils.layers import LocalResponseNormalization
from course_utils.models.common import Tensor, check, conv_norm_relu, initializer, scaled
from course_utils.validation import one_of

# Table 1: the columns are the paper's configurations; a layer spec is "size-filters"; each block ends in max-pooling.
# fmt: off
VGG_TABLE = {
    #         block 1      block 2        block 3                    block 4                    block 5
    "A":     ("3-64",      "3-128",       "3-256 3-256",             "3-512 3-512",             "3-512 3-512"),
    "A-LRN": ("3-64 LRN",  "3-128",       "3-256 3-256",             "3-512 3-512",             "3-512 3-512"),
    "B":     ("3-64 3-64", "3-128 3-128", "3-256 3-256",             "3-512 3-512",             "3-512 3-512"),
    "C":     ("3-64 3-64", "3-128 3-128", "3-256 3-256 1-256",       "3-512 3-512 1-512",       "3-512 3-512 1-512"),
    "D":     ("3-64 3-64", "3-128 3-128", "3-256 3-256 3-256",       "3-512 3-512 3-512",       "3-512 3-512 3-512"),
    "E":     ("3-64 3-64", "3-128 3-128", "3-256 " * 4,             "3-512 " * 4,              "3-512 " * 4),
}
# fmt: on
DENSE = 4096


def vgg(
    config: str = "D",
    *,
    input_shape: Sequence[int] = (224, 224, 3),
    classes: int = 1000,
    width: float = 1.0,
    dropout: float = 0.5,
    batch_norm: bool = False,
    kernel_initializer: str = "glorot_uniform",
) -> keras.Model:
    """Build one of the six configurations: five blocks of convolutions, each pooled, and three dense layers.

    Input (N, height, width, channels), scaled by you → output (N, classes), probabilities.

    Args:
        config: a column of table 1, ``"A"``, ``"A-LRN"``, ``"B"``, ``"C"``, ``"D"`` (VGG-16) or ``"E"`` (VGG-19).
        input_shape: (height, width, channels), sides of at least 32.
        classes: number of classes, at least 2.
        width: multiplies filters and dense units, rounded, at least 1.
        dropout: rate after the two hidden dense layers.
        batch_norm: batch norm between each convolution and its ReLU; not in the paper, which is older.
        kernel_initializer: name of the Keras initializer of every kernel.

    Returns:
        An uncompiled `keras.Model`; layers ``block1_conv1`` … ``block5_pool``, ``fc1``, ``fc2``, ``predictions``.

    Raises:
        ValueError: an argument is out of range.

    Differences from the paper: initial weights are Glorot's, which the paper's authors name as the way they should
    have taken; they trained A from N(0, variance 0.01) and copied layers of A into the deeper ones. Batch norm is
    an option that they did not have; its momentum is 0.9, for short trainings, where Keras's default is 0.99.

    Example:
        >>> vgg("D").count_params()
        138357544
    """
    config = one_of("config", config, VGG_TABLE)
    shape = check(input_shape, smallest=32, classes=classes, width=width, dropout=dropout, batch_norm=batch_norm)
    x = inputs = keras.Input(shape, name="input")
    for number, specs in enumerate(VGG_TABLE[config], start=1):
        x = block(x, specs.split(), f"block{number}", width, batch_norm, kernel_initializer)
    x = layers.Flatten(name="flatten")(x)
    for name in ("fc1", "fc2"):
        start = initializer("kernel_initializer", kernel_initializer)
        x = layers.Dense(scaled(DENSE, width), activation="relu", kernel_initializer=start, name=name)(x)
        x = layers.Dropout(dropout, name=f"{name}_dropout")(x) if dropout else x
    start = initializer("kernel_initializer", kernel_initializer)
    outputs = layers.Dense(classes, activation="softmax", kernel_initializer=start, name="predictions")(x)
    return keras.Model(inputs, outputs, name=f"vgg_{config.lower().replace('-', '_')}")


def vgg16(
    *,
    input_shape: Sequence[int] = (224, 224, 3),
    classes: int = 1000,
    width: float = 1.0,
    dropout: float = 0.5,
    batch_norm: bool = False,
    kernel_initializer: str = "glorot_uniform",
) -> keras.Model:
    """Build configuration D: 13 convolutions and 3 dense layers; arguments as for `vgg`."""
    kinds: dict = {"dropout": dropout, "batch_norm": batch_norm, "kernel_initializer": kernel_initializer}
    return vgg("D", input_shape=input_shape, classes=classes, width=width, **kinds)


def vgg19(
    *,
    input_shape: Sequence[int] = (224, 224, 3),
    classes: int = 1000,
    width: float = 1.0,
    dropout: float = 0.5,
    batch_norm: bool = False,
    kernel_initializer: str = "glorot_uniform",
) -> keras.Model:
    """Build configuration E: 16 convolutions and 3 dense layers; arguments as for `vgg`."""
    kinds: dict = {"dropout": dropout, "batch_norm": batch_norm, "kernel_initializer": kernel_initializer}
    return vgg("E", input_shape=input_shape, classes=classes, width=width, **kinds)


def block(x: Tensor, specs: list[str], name: str, width: float, batch_norm: bool, kernel_initializer: str) -> Tensor:
    """One cell of table 1 and the pooling below it.

    (N, H, W, C) → (N, H/2, W/2, filters).
    """
    number = 0
    for spec in specs:
        if spec == "LRN":
            x = LocalResponseNormalization(name=f"{name}_lrn")(x)
            continue
        number += 1
        size, filters = map(int, spec.split("-"))
        start = initializer("kernel_initializer", kernel_initializer)
        x = convolution(x, scaled(filters, width), size, f"{name}_conv{number}", batch_norm, start)
    return layers.MaxPooling2D(2, name=f"{name}_pool")(x)


def convolution(x: Tensor, filters: int, size: int, name: str, batch_norm: bool, start) -> Tensor:
    """Convolution, batch norm if wanted, ReLU.

    (N, H, W, C) → (N, H, W, filters).
    """
    if batch_norm:
        return conv_norm_relu(x, filters, size, name, kernel_initializer=start, epsilon=1e-5)
    return layers.Conv2D(filters, size, padding="same", activation="relu", kernel_initializer=start, name=name)(x)
