"""AlexNet three times: the two towers of the paper, the single tower of the textbooks, and one with batch norm.

Reference: A. Krizhevsky, I. Sutskever, G. E. Hinton, "ImageNet classification with deep convolutional neural
networks", NIPS 2012, figure 2 and sections 3.1 to 3.5.
"""

from collections.abc import Sequence
from typing import NamedTuple

import keras
from keras import layers

from course_utils.layers import LocalResponseNormalization
from course_utils.models.common import ACTIVATIONS, Tensor, check, initializer, scaled
from course_utils.validation import flag, one_of, real_number


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
    bias: float  # initial value of the biases (section 5)


class Variant(NamedTuple):
    """One AlexNet: its convolutions, and the rest of its recipe."""

    side: int  # of the square input
    smallest: int  # side that survives the poolings
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
BATCH_NORM = (
    Conv("conv1",  96,     11,  4,     "valid", 1,     False, True,  0.0),
    Conv("conv2", 256,      5,  1,     "same",  1,     False, True,  0.0),
    Conv("conv3", 384,      3,  1,     "valid", 1,     False, False, 0.0),
    Conv("conv4", 384,      3,  1,     "valid", 1,     False, False, 0.0),
    Conv("conv5", 256,      3,  1,     "valid", 1,     False, True,  0.0),
)
ALEXNET_TABLE = {
    #                       side smallest classes convolutions  batch norm dropout
    "two_tower":    Variant(227, 67,      1000,   TWO_TOWER,    False,     0.5),
    "single_tower": Variant(227, 67,      1000,   SINGLE_TOWER, False,     0.5),
    "batchnorm":    Variant(224, 163,     17,     BATCH_NORM,   True,      0.4),
}
# fmt: on
DENSE = 4096


class Options(NamedTuple):
    """The arguments that every layer reads."""

    activation: str
    initializer: str | None  # None: the paper's
    momentum: float | None  # None: no batch norm
    width: float
    pool_size: int
    dropout: float


def alexnet(
    variant: str = "two_tower",
    *,
    input_shape: Sequence[int] | None = None,
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
            ``"single_tower"`` has them see all; ``"batchnorm"`` is a version for 17 kinds of flowers, without padding
            in the last convolutions and with batch norm after each stage, as tutorials have it.
        input_shape: (height, width, channels), sides of at least 67 (163 for ``"batchnorm"``). None: 227×227×3, and
            224×224×3 for ``"batchnorm"``.
        classes: number of classes, at least 2. None: 1000, and 17 for ``"batchnorm"``.
        width: multiplies the filters and dense units, rounded to even numbers, because two towers share them.
        activation: ``"relu"``, ``"tanh"`` or ``"sigmoid"``, of every layer but the last.
        lrn: local response normalisation on or off. None: as the variant has it.
        pool_size: side of the pooling windows; the stride stays 2, so 3 overlaps and 2 does not.
        dropout: rate of dropout after the two hidden dense layers. None: 0.5, and 0.4 for ``"batchnorm"``.
        kernel_initializer: name of the Keras initializer of every kernel. None: the paper's N(0, 0.01) with biases
            of 1 where section 5 has them, and Keras's own for ``"batchnorm"``.
        momentum: of the moving statistics of batch norm: Keras's default of 0.99, unlike the 0.9 of our other networks.

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
    variant = one_of("variant", variant, ALEXNET_TABLE)
    row = ALEXNET_TABLE[variant]
    classes = row.classes if classes is None else classes
    dropout = row.dropout if dropout is None else dropout
    shape = (row.side, row.side, 3) if input_shape is None else input_shape
    shape = check(shape, smallest=row.smallest, classes=classes, width=width, dropout=dropout)
    convolutions = with_lrn(row.convolutions, lrn)
    real_number("momentum", momentum, low=0, high=0.9999)
    options = Options(
        one_of("activation", activation, ACTIVATIONS),
        "glorot_uniform" if row.batch_norm and kernel_initializer is None else kernel_initializer,
        momentum if row.batch_norm else None,
        width,
        one_of("pool_size", pool_size, (2, 3)),
        dropout,
    )
    x = inputs = keras.Input(shape, name="input")
    for number, conv in enumerate(convolutions, start=1):
        x = convolution_stage(x, conv, number, options)
    x = layers.Flatten(name="flatten")(x)
    for name in ("fc6", "fc7"):
        x = dense_stage(x, name, options)
    outputs = layers.Dense(classes, activation="softmax", kernel_initializer=kernel(options), name="predictions")(x)
    return keras.Model(inputs, outputs, name=f"alexnet_{variant}")


def with_lrn(rows: tuple[Conv, ...], lrn: bool | None) -> tuple[Conv, ...]:
    """Return the convolutions with local response normalisation after the first two, or none, or as they are."""
    if lrn is None:
        return rows
    flag("lrn", lrn)
    return tuple(row._replace(norm=lrn and number < 2) for number, row in enumerate(rows))


def convolution_stage(x: Tensor, row: Conv, number: int, options: Options) -> Tensor:
    """Convolution, activation, LRN where the row says so, pooling where it says so, batch norm if it is the option.

    (N, H, W, C) → (N, H', W', filters).
    """
    x = layers.Conv2D(
        scaled(row.filters, options.width, multiple=2),
        row.size,
        strides=row.stride,
        padding=row.padding,
        groups=row.groups,
        activation=options.activation,
        kernel_initializer=kernel(options),
        bias_initializer=bias(options, row.bias),
        name=row.name,
    )(x)
    if row.norm:
        x = LocalResponseNormalization(name=f"norm{number}")(x)
    if row.pool:
        x = layers.MaxPooling2D(options.pool_size, strides=2, name=f"pool{number}")(x)
    return batch_norm(x, f"bn{number}", options)


def dense_stage(x: Tensor, name: str, options: Options) -> Tensor:
    """Dense layer, activation, dropout, batch norm if it is the option.

    (N, units) → (N, 4096 · width).
    """
    x = layers.Dense(
        scaled(DENSE, options.width, multiple=2),
        activation=options.activation,
        kernel_initializer=kernel(options),
        bias_initializer=bias(options, 1.0),
        name=name,
    )(x)
    if options.dropout:
        x = layers.Dropout(options.dropout, name=f"drop{name[-1]}")(x)
    return batch_norm(x, f"bn{name[-1]}", options)


def batch_norm(x: Tensor, name: str, options: Options) -> Tensor:
    """Batch norm with the momentum of the options, or nothing where there is none."""
    return x if options.momentum is None else layers.BatchNormalization(momentum=options.momentum, name=name)(x)


def kernel(options: Options) -> keras.initializers.Initializer:
    """Return a new initializer: one shared object would give equal weights to layers of equal shape."""
    if options.initializer is None:
        return keras.initializers.RandomNormal(stddev=0.01)
    return initializer("kernel_initializer", options.initializer)


def bias(options: Options, value: float) -> keras.initializers.Initializer:
    """Return the initializer of the biases: the paper's value with the paper's kernels, else 0."""
    return keras.initializers.Constant(value if options.initializer is None else 0.0)
