"""Small convolutional networks: one for MNIST, one for CIFAR-10, and a fast one for CIFAR-10.

The first two are networks as tutorials have them. The third is ours: it folds 2×2 pixels into channels before the
first convolution, normalises each batch, and averages the last maps instead of flattening them.
"""

from collections.abc import Sequence
from typing import NamedTuple

import keras
from keras import layers

from course_utils.models.common import Tensor, check, image_shape, norm_relu, scaled
from course_utils.validation import one_of, real_number


class SimpleCNN(NamedTuple):
    """One network: every convolution is 3×3 "same" with ReLU, and followed by 2×2 max-pooling."""

    input_shape: tuple[int, int, int]
    fold: int  # side of the squares of pixels that become channels; 1 for none
    filters: tuple[int, ...]
    batch_norm: bool  # between convolution and ReLU; the convolution then has no bias
    dropout: float  # after the last pooling
    dense: int  # units before the output layer; 0: the last maps are averaged instead
    dense_dropout: float
    parameters: int  # with ten classes; the builder does not read it, the tests hold it to it


# fmt: off
SIMPLE_CNN_TABLE = {
    #                        input        fold  convolutions    norm   drop  dense drop  parameters
    "mnist":      SimpleCNN((28, 28, 1),  1,    (32, 64),       False, 0.0,  64,   0.0,  220_234),
    "cifar":      SimpleCNN((32, 32, 3),  1,    (16, 32, 64),   False, 0.3,  500,  0.4,  541_094),
    "cifar_fast": SimpleCNN((32, 32, 3),  2,    (32, 64, 128),  True,  0.0,  0,    0.0,  97_802),
}
# fmt: on


def simple_cnn(
    variant: str = "mnist",
    *,
    input_shape: Sequence[int] | None = None,
    classes: int = 10,
    width: float = 1.0,
    scaling: tuple[float, float] | None = None,
) -> keras.Model:
    """Build one of the small networks of lesson 03: convolutions with pooling, a dense head, and a softmax.

    Input (N, height, width, channels) → output (N, classes), probabilities.

    Args:
        variant: ``"mnist"``, ``"cifar"`` or ``"cifar_fast"``.
        input_shape: (height, width, channels); the variant's own when None. Each side must survive the poolings.
        classes: number of classes, at least 2.
        width: multiplies the filters and the units of the dense layer, rounded, at least 1.
        scaling: ``(factor, offset)`` of a first layer that computes pixel · factor + offset, so that the network takes
            raw 0–255 pixels, also as uint8; None when you scale.

    Returns:
        An uncompiled `keras.Model`; layers ``conv1``, ``pool1``, … , ``dense``, ``predictions``.

    Raises:
        ValueError: an argument is out of range.

    Batch norm in ``"cifar_fast"`` has momentum 0.9, for short trainings, where Keras's default is 0.99.

    Example:
        >>> simple_cnn(variant="cifar").count_params()
        541094
    """
    row = SIMPLE_CNN_TABLE[one_of("variant", variant, SIMPLE_CNN_TABLE)]
    shape = check(checked_shape(row, input_shape), smallest=1, classes=classes, width=width)
    x = inputs = keras.Input(shape, name="input")
    if scaling is not None:
        factor, offset = checked_scaling(scaling)
        x = layers.Rescaling(factor, offset, name="scaling")(x)
    if row.fold > 1:
        x = folded(x, row.fold)
    for number, filters in enumerate(row.filters, start=1):
        x = (normalised_stage if row.batch_norm else stage)(x, scaled(filters, width), number)
    x = head(x, row, width)
    outputs = layers.Dense(classes, activation="softmax", name="predictions")(x)
    return keras.Model(inputs, outputs, name=f"simple_cnn_{variant}")


def folded(x: Tensor, side: int) -> Tensor:
    """Turn squares of pixels into channels.

    (N, H, W, C) → (N, H/side, W/side, side·side·C): nothing is lost, and a convolution visits fewer places.
    """
    _, height, width, channels = x.shape
    x = layers.Reshape((height // side, side, width // side, side * channels), name="fold_cut")(x)
    x = layers.Permute((1, 3, 2, 4), name="fold_turn")(x)
    return layers.Reshape((height // side, width // side, side * side * channels), name="fold")(x)


def stage(x: Tensor, filters: int, number: int) -> Tensor:
    """3×3 "same" convolution, ReLU, 2×2 max-pooling.

    (N, H, W, C) → (N, H/2, W/2, filters).
    """
    x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"conv{number}")(x)
    return layers.MaxPooling2D(name=f"pool{number}")(x)


def normalised_stage(x: Tensor, filters: int, number: int) -> Tensor:
    """3×3 "same" convolution without bias, pooling, batch norm, ReLU: pooled first, three quarters less to normalise.

    (N, H, W, C) → (N, H/2, W/2, filters).
    """
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"conv{number}")(x)
    x = layers.MaxPooling2D(name=f"pool{number}")(x)
    return norm_relu(x, f"norm{number}", f"relu{number}", epsilon=1e-5)


def head(x: Tensor, row: SimpleCNN, width: float) -> Tensor:
    """Maps to one row of numbers an image: flattened and dense, or averaged.

    (N, H, W, C) → (N, units).
    """
    if not row.dense:
        return layers.GlobalAveragePooling2D(name="head_pool")(x)
    if row.dropout:
        x = layers.Dropout(row.dropout, name="dropout")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(scaled(row.dense, width), activation="relu", name="dense")(x)
    return layers.Dropout(row.dense_dropout, name="dense_dropout")(x) if row.dense_dropout else x


def checked_scaling(scaling) -> tuple[float, float]:
    """Return (factor, offset), or raise a ``ValueError`` that says what is allowed."""
    if not isinstance(scaling, (tuple, list)) or len(scaling) != 2:
        raise ValueError(f"scaling must be (factor, offset) or None; received {scaling!r}.")
    factor, offset = (real_number("scaling", number, low=-1e6, high=1e6) for number in scaling)
    return factor, offset


def checked_shape(row: SimpleCNN, input_shape) -> tuple[int, int, int]:
    """Return the input shape, or raise a ``ValueError`` that names what is allowed."""
    shape = image_shape(
        row.input_shape if input_shape is None else input_shape, smallest=row.fold * 2 ** len(row.filters)
    )
    if row.fold > 1 and (shape[0] % row.fold or shape[1] % row.fold):
        raise ValueError(f"input_shape must have sides divisible by {row.fold}; received {input_shape!r}.")
    return shape
