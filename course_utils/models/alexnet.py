"""AlexNet three times: the two towers of the paper, the single tower of the textbooks, and the one of the notes.

Reference: A. Krizhevsky, I. Sutskever, G. E. Hinton, "ImageNet classification with deep convolutional neural
networks", NIPS 2012, figure 2 and sections 3.1 to 3.5.
"""

from typing import NamedTuple

import keras
from keras import layers

from course_utils.layers import LocalResponseNormalization
from course_utils.models.lenet import image_shape
from course_utils.validation import one_of, real_number, whole_number


class Conv(NamedTuple):
    """One convolution of figure 2, and what follows it."""

    name: str
    filters: int
    size: int
    stride: int
    padding: str
    groups: int  # 2: each half of the filters sees only the half of the maps that lies on its own GPU
    norm: bool  # local response normalisation after the ReLU
    pool: bool  # overlapping max-pooling, 3×3 with stride 2
    bias: float  # first value of the biases (section 5)


class Variant(NamedTuple):
    """One AlexNet: its convolutions, and the rest of its recipe."""

    side: int  # of the square input
    classes: int
    convolutions: tuple[Conv, ...]
    batch_norm: bool
    dropout: float


# fmt: off
TWO_TOWER = (
    #     name     filters size stride padding  groups LRN    pool   bias
    Conv("conv1",  96,     11,  4,     "valid", 1,     True,  True,  0.0),
    Conv("conv2", 256,      5,  1,     "same",  2,     True,  True,  1.0),
    Conv("conv3", 384,      3,  1,     "same",  1,     False, False, 0.0),
    Conv("conv4", 384,      3,  1,     "same",  2,     False, False, 1.0),
    Conv("conv5", 256,      3,  1,     "same",  2,     False, True,  1.0),
)
SINGLE_TOWER = tuple(row._replace(groups=1) for row in TWO_TOWER)
NOTES = (
    Conv("conv1",  96,     11,  4,     "valid", 1,     False, True,  0.0),
    Conv("conv2", 256,      5,  1,     "same",  1,     False, True,  0.0),
    Conv("conv3", 384,      3,  1,     "valid", 1,     False, False, 0.0),
    Conv("conv4", 384,      3,  1,     "valid", 1,     False, False, 0.0),
    Conv("conv5", 256,      3,  1,     "valid", 1,     False, True,  0.0),
)
ALEXNET_TABLE = {
    #                       side classes convolutions  batch norm dropout
    "two_tower":    Variant(227, 1000,   TWO_TOWER,    False,     0.5),
    "single_tower": Variant(227, 1000,   SINGLE_TOWER, False,     0.5),
    "batchnorm":    Variant(224, 17,     NOTES,        True,      0.4),
}
# fmt: on
DENSE = 4096
ACTIVATIONS = ("relu", "tanh", "sigmoid")


class Choices(NamedTuple):
    """What every layer has to know."""

    activation: str
    initializer: str
    momentum: float
    width: float


def alexnet(
    variant: str = "two_tower",
    *,
    input_shape=None,
    classes: int | None = None,
    width: float = 1.0,
    activation: str = "relu",
    lrn: bool | None = None,
    pool_size: int = 3,
    dropout: float | None = None,
    kernel_initializer: str | None = None,
    momentum: float = 0.99,
) -> keras.Model:
    """Build an AlexNet: five convolutions, three of them pooled, and three dense layers.

    Input (N, height, width, channels), scaled by you → output (N, classes), probabilities.

    Args:
        variant: ``"two_tower"`` is the paper's network, in which convolutions 2, 4 and 5 see only half of the maps;
            ``"single_tower"`` has them see all; ``"batchnorm"`` is the network of the notes for 17 flowers.
        input_shape: (height, width, channels), sides of at least 67 (163 for ``"batchnorm"``). None: 227×227×3, and
            224×224×3 for ``"batchnorm"``.
        classes: number of classes, at least 2. None: 1000, and 17 for ``"batchnorm"``.
        width: multiplies the filters and dense units, rounded to even numbers, for a twin that fits a laptop.
        activation: ``"relu"``, ``"tanh"`` or ``"sigmoid"``, of every layer but the last.
        lrn: local response normalisation on or off. None: as the variant has it.
        pool_size: side of the pooling windows; the stride stays 2, so 3 overlaps and 2 does not.
        dropout: rate of dropout after the two hidden dense layers. None: 0.5, and 0.4 for ``"batchnorm"``.
        kernel_initializer: first weights of every layer, any Keras initializer's name. None: the paper's N(0, 0.01)
            with biases of 1 where section 5 has them, and Keras's own for ``"batchnorm"``.
        momentum: of the moving statistics of batch norm; Keras's default is 0.99.

    Returns:
        An uncompiled `keras.Model`; layers ``conv1``, ``norm1``, ``pool1``, …, ``fc6``, ``fc7``, ``predictions``.

    Raises:
        ValueError: an argument is out of range.

    Differences from the paper: the towers are groups of channels in one layer and not two GPUs; dropout is
    Keras's, which scales in training and not at the test; figure 2 prints an input of 224, the strides need 227.

    Example:
        >>> alexnet("two_tower").count_params()
        60965224
    """
    row = ALEXNET_TABLE[one_of("variant", variant, ALEXNET_TABLE)]
    choices, shape, classes, dropout = check(
        row, input_shape, classes, width, activation, pool_size, dropout, kernel_initializer, momentum
    )
    paper_biases = kernel_initializer is None and not row.batch_norm
    x = inputs = keras.Input(shape, name="input")
    for number, conv in enumerate(row.convolutions, start=1):
        conv = conv._replace(norm=conv.norm if lrn is None else bool(lrn) and number <= 2)
        conv = conv._replace(bias=conv.bias if paper_biases else 0.0)
        x = convolution_stage(x, conv, number, row.batch_norm, pool_size, choices)
    x = layers.Flatten(name="flatten")(x)
    for name in ("fc6", "fc7"):
        x = dense_stage(x, name, row.batch_norm, dropout, 1.0 if paper_biases else 0.0, choices)
    outputs = layers.Dense(
        classes, activation="softmax", kernel_initializer=first_weights(choices), name="predictions"
    )(x)
    return keras.Model(inputs, outputs, name=f"alexnet_{variant}")


def convolution_stage(x, row: Conv, number: int, batch_norm: bool, pool_size: int, choices: Choices):
    """Convolution, activation, LRN where the row says so, pooling where it says so, batch norm in the notes' network.

    (N, H, W, C) → (N, H', W', filters).
    """
    x = layers.Conv2D(
        scaled(row.filters, choices.width),
        row.size,
        strides=row.stride,
        padding=row.padding,
        groups=row.groups,
        activation=choices.activation,
        kernel_initializer=first_weights(choices),
        bias_initializer=keras.initializers.Constant(row.bias),
        name=row.name,
    )(x)
    if row.norm:
        x = LocalResponseNormalization(name=f"norm{number}")(x)
    if row.pool:
        x = layers.MaxPooling2D(pool_size, strides=2, name=f"pool{number}")(x)
    return layers.BatchNormalization(momentum=choices.momentum, name=f"bn{number}")(x) if batch_norm else x


def dense_stage(x, name: str, batch_norm: bool, dropout: float, bias: float, choices: Choices):
    """Dense layer, activation, dropout, batch norm in the notes' network.

    (N, units) → (N, 4096 · width).
    """
    x = layers.Dense(
        scaled(DENSE, choices.width),
        activation=choices.activation,
        kernel_initializer=first_weights(choices),
        bias_initializer=keras.initializers.Constant(bias),
        name=name,
    )(x)
    if dropout:
        x = layers.Dropout(dropout, name=f"drop{name[-1]}")(x)
    return layers.BatchNormalization(momentum=choices.momentum, name=f"bn{name[-1]}")(x) if batch_norm else x


def first_weights(choices: Choices) -> keras.initializers.Initializer:
    """Return a new initializer: one shared instance would give equal weights to layers of equal shape."""
    if choices.initializer == "paper":
        return keras.initializers.RandomNormal(stddev=0.01)
    return keras.initializers.get(choices.initializer)


def scaled(channels: int, width: float) -> int:
    """Return the number of channels at the width multiplier: even, because two towers share them."""
    return max(2, 2 * round(channels * width / 2))


def check(row, input_shape, classes, width, activation, pool_size, dropout, initializer, momentum):
    """Return (choices, input shape, classes, dropout), or raise a ``ValueError`` that says what is allowed."""
    shape = image_shape(
        (row.side, row.side, 3) if input_shape is None else input_shape, smallest=163 if row.batch_norm else 67
    )
    classes = row.classes if classes is None else whole_number("classes", classes, minimum=2)
    one_of("activation", activation, ACTIVATIONS)
    one_of("pool_size", pool_size, (2, 3))
    dropout = row.dropout if dropout is None else real_number("dropout", dropout, low=0, high=0.99)
    default = "glorot_uniform" if row.batch_norm else "paper"
    choices = Choices(
        activation,
        initializer or default,
        real_number("momentum", momentum, low=0, high=0.9999),
        real_number("width", width, low=0.01, high=100),
    )
    return choices, shape, classes, dropout
