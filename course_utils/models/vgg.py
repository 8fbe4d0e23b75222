"""VGG: six networks from one table of 3×3 convolutions, 11 to 19 layers with weights.

Reference: K. Simonyan, A. Zisserman, "Very deep convolutional networks for large-scale image recognition", 2014,
arXiv:1409.1556, table 1.
"""

import keras
from keras import layers

from course_utils.layers import LocalResponseNormalization
from course_utils.models.lenet import image_shape
from course_utils.validation import one_of, real_number, whole_number

# Table 1: the columns are the paper's configurations; a word is "size-filters", and each stage ends in max-pooling.
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
    input_shape=(224, 224, 3),
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
        kernel_initializer: name of the first weights of every layer.

    Returns:
        An uncompiled `keras.Model`; layers ``block1_conv1`` … ``block5_pool``, ``fc1``, ``fc2``, ``predictions``.

    Raises:
        ValueError: an argument is out of range.

    Differences from the paper: first weights are Glorot's, which the paper's authors name as the way they should
    have taken; they trained A from N(0, variance 0.01) and copied layers of A into the deeper ones. Batch norm is
    an option that they did not have.

    Example:
        >>> vgg("D").count_params()
        138357544
    """
    one_of("config", config, VGG_TABLE)
    shape = image_shape(input_shape, smallest=32)
    whole_number("classes", classes, minimum=2)
    real_number("width", width, low=0.01, high=100)
    real_number("dropout", dropout, low=0, high=0.99)
    x = inputs = keras.Input(shape, name="input")
    for number, words in enumerate(VGG_TABLE[config], start=1):
        x = block(x, words.split(), f"block{number}", width, batch_norm, kernel_initializer)
    x = layers.Flatten(name="flatten")(x)
    for name in ("fc1", "fc2"):
        x = layers.Dense(
            scaled(DENSE, width),
            activation="relu",
            kernel_initializer=keras.initializers.get(kernel_initializer),
            name=name,
        )(x)
        x = layers.Dropout(dropout, name=f"{name}_dropout")(x) if dropout else x
    last = keras.initializers.get(kernel_initializer)
    outputs = layers.Dense(classes, activation="softmax", kernel_initializer=last, name="predictions")(x)
    return keras.Model(inputs, outputs, name=f"vgg_{config.lower().replace('-', '_')}")


def vgg16(**arguments) -> keras.Model:
    """Build configuration D: 13 convolutions and 3 dense layers; arguments as for `vgg`."""
    return vgg("D", **arguments)


def vgg19(**arguments) -> keras.Model:
    """Build configuration E: 16 convolutions and 3 dense layers; arguments as for `vgg`."""
    return vgg("E", **arguments)


def block(x, words: list[str], name: str, width: float, batch_norm: bool, initializer: str):
    """One cell of table 1 and the pooling below it.

    (N, H, W, C) → (N, H/2, W/2, filters).
    """
    number = 0
    for word in words:
        if word == "LRN":
            x = LocalResponseNormalization(name=f"{name}_lrn")(x)
            continue
        number += 1
        size, filters = map(int, word.split("-"))
        x = convolution(x, scaled(filters, width), size, f"{name}_conv{number}", batch_norm, initializer)
    return layers.MaxPooling2D(2, name=f"{name}_pool")(x)


def convolution(x, filters: int, size: int, name: str, batch_norm: bool, initializer: str):
    """Convolution, batch norm if wanted, ReLU.

    (N, H, W, C) → (N, H, W, filters).
    """
    kernel = keras.initializers.get(initializer)
    if not batch_norm:
        return layers.Conv2D(filters, size, padding="same", activation="relu", kernel_initializer=kernel, name=name)(x)
    x = layers.Conv2D(filters, size, padding="same", use_bias=False, kernel_initializer=kernel, name=name)(x)
    # Statistics follow within some twenty steps, so that a short training can be judged by them.
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(x)


def scaled(channels: int, width: float) -> int:
    """Return the number of channels at the width multiplier."""
    return max(1, round(channels * width))
