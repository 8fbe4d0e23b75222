"""LeNet-5: the network of 1998, to the unit, and the version people build today.

`lenet5_1998` is the paper's: 32×32 input, the connection table of C3, trainable subsampling, scaled tanh and an
output layer that measures distances to drawn digits. `lenet5` is its descendant: ReLU, max-pooling, softmax.

Reference: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition",
Proceedings of the IEEE 86(11):2278-2324, 1998, doi 10.1109/5.726791.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import keras
import numpy as np

from course_utils.layers import FanInUniform, PartialConv2D, RBFOutput, Subsampling, scaled_tanh
from course_utils.models.common import ACTIVATIONS, check, scaled
from course_utils.validation import one_of, whole_number


class LayerRow(NamedTuple):
    """One layer as section II.B of the paper describes it."""

    layer: str
    kind: str
    output: tuple[int, ...]
    window: int
    trainable: int
    connections: int


# Section II.B and figure 2. The input is 32×32; subsampling windows do not overlap, everything else has stride 1.
# The last two columns are what the paper prints; the builder does not read them, the tests hold it to them.
# fmt: off
LENET5_TABLE = (
    LayerRow("C1", "convolution", (28, 28, 6),  5,    156, 122_304),
    LayerRow("S2", "subsampling", (14, 14, 6),  2,     12,   5_880),
    LayerRow("C3", "partial",     (10, 10, 16), 5,  1_516, 151_600),
    LayerRow("S4", "subsampling", (5, 5, 16),   2,     32,   2_000),
    LayerRow("C5", "convolution", (1, 1, 120),  5, 48_120,  48_120),
    LayerRow("F6", "dense",       (84,),        0, 10_164,  10_164),      # 84 = 7×12, a drawn digit
)

# Table I: which maps of S2 each map of C3 sees.
C3_TABLE = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),                        # three adjacent maps
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),      # four adjacent maps
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5),                                                # four, not all adjacent
    (0, 1, 2, 3, 4, 5),                                                                      # all six
)
# fmt: on

# Figure 3 of the paper shows the 7×12 characters it used; these ten are drawn for this course in their manner.
DIGITS = """
..###..  ...#...  ..###..  .#####.  ....##.  #######  ...###.  #######  ..###..  ..###..
.#...#.  ..##...  .#...#.  #.....#  ....##.  #......  ..#....  ......#  .#...#.  .#...#.
#.....#  .#.#...  #.....#  ......#  ...#.#.  #......  .#.....  .....#.  #.....#  #.....#
#.....#  ...#...  ......#  ......#  ...#.#.  #......  #......  .....#.  #.....#  #.....#
#.....#  ...#...  ......#  .....#.  ..#..#.  #.###..  #......  ....#..  .#...#.  #.....#
#.....#  ...#...  .....#.  ..###..  ..#..#.  ##...#.  #.###..  ....#..  ..###..  .#...##
#.....#  ...#...  ....#..  .....#.  .#...#.  ......#  ##...#.  ...#...  .#...#.  ..###.#
#.....#  ...#...  ...#...  ......#  #....#.  ......#  #.....#  ...#...  #.....#  ......#
#.....#  ...#...  ..#....  ......#  #######  ......#  #.....#  ..#....  #.....#  ......#
#.....#  ...#...  .#.....  ......#  .....#.  ......#  #.....#  ..#....  #.....#  .....#.
.#...#.  ...#...  #......  #.....#  .....#.  #....#.  .#...#.  .#.....  .#...#.  ....#..
..###..  .#####.  #######  .#####.  .....#.  .####..  ..###..  .#.....  ..###..  .###...
"""

# The range the paper maps pixels to: white background -0.1, black ink 1.175; mean about 0, variance about 1.
BACKGROUND, INK = -0.1, 1.175


def digit_codes() -> np.ndarray:
    """Return the target of F6 for each digit, (10, 84) float32: the 7×12 drawing row by row, white -1, ink +1."""
    rows = [line.split() for line in DIGITS.split("\n") if line]
    drawings = [[[1.0 if mark == "#" else -1.0 for mark in row[digit]] for row in rows] for digit in range(10)]
    return np.array(drawings, dtype="float32").reshape(10, 84)


def to_paper_range(images) -> np.ndarray:
    """Return 28×28 images of 0–255 as the network of 1998 wants them: 32×32, background -0.1, ink 1.175.

    Args:
        images: array (N, 28, 28), (N, 28, 28, 1) or one image (28, 28); 0 is background, 255 is ink.

    Returns:
        float32 array (N, 32, 32, 1), framed by two pixels of background.

    Raises:
        ValueError: the images have another shape, or were scaled to 0–1 before.

    Example:
        >>> to_paper_range(np.zeros((5, 28, 28), "uint8")).shape
        (5, 32, 32, 1)
    """
    images = np.asarray(images)
    if images.shape[-1:] == (1,):
        images = images[..., 0]
    if images.ndim not in (2, 3) or images.shape[-2:] != (28, 28):
        raise ValueError(f"images must have shape (N, 28, 28) or (N, 28, 28, 1); received {images.shape}.")
    if images.dtype.kind == "f" and 0 < images.max(initial=0) <= 1:
        raise ValueError(f"images must have values from 0 to 255; received values up to {images.max():.3g}.")
    framed = np.pad(images.reshape(-1, 28, 28), ((0, 0), (2, 2), (2, 2)))
    return (BACKGROUND + framed[..., None] * ((INK - BACKGROUND) / 255)).astype("float32")


def lenet5_1998(*, input_shape: Sequence[int] = (32, 32, 1), classes: int = 10) -> keras.Model:
    """Build LeNet-5 as published: 60,000 trainable parameters, 340,908 connections, 840 fixed code values.

    Input (N, 32, 32, 1) in the range of `to_paper_range` → output (N, classes), squared distances to the drawn
    digits: the *smallest* is the answer.

    Args:
        input_shape: (32, 32, channels).
        classes: how many of the ten digits to distinguish, from 2 to 10.

    Returns:
        An uncompiled `keras.Model` with layers ``C1 S2 C3 S4 C5 flatten F6 output``.

    Raises:
        ValueError: ``input_shape`` or ``classes`` is not allowed.

    Differences from the paper: the drawn digits are the course's own, ten where the paper has a code for each printable
    character; initial biases are 0; the fan-in of a subsampling coefficient is taken as 4, the pixels it sums.
    There is no ``width``: the connection table is made for 6 and 16 maps.

    Example:
        >>> lenet5_1998().count_params()
        60840
    """
    whole_number("classes", classes, minimum=2, maximum=10)
    shape = check(input_shape, smallest=32, classes=classes)
    if shape[:2] != (32, 32):
        raise ValueError(
            f"input_shape must be (32, 32, channels), so that C5 sees all of S4; received {input_shape!r}."
        )
    inputs = x = keras.Input(shape, name="input")
    for row in LENET5_TABLE:
        x = keras.layers.Flatten(name="flatten")(x) if row.kind == "dense" else x
        x = layer_1998(row, channels=x.shape[-1])(x)
    outputs = RBFOutput(digit_codes()[:classes], name="output")(x)
    return keras.Model(inputs, outputs, name="lenet5_1998")


def layer_1998(row: LayerRow, *, channels: int) -> keras.layers.Layer:
    """Return the layer of one row of the paper's table for that many input channels or units, with scaled tanh.

    Initial weights are uniform in ±2.4 / fan-in (appendix A), the fan-in counted from what arrives.
    """
    squash = {"activation": scaled_tanh, "name": row.layer}
    if row.kind == "subsampling":
        return Subsampling(row.window, **squash)
    if row.kind == "partial":
        return PartialConv2D(C3_TABLE, row.window, **squash)
    if row.kind == "convolution":
        start = FanInUniform(row.window**2 * channels)
        return keras.layers.Conv2D(row.output[-1], row.window, kernel_initializer=start, **squash)
    return keras.layers.Dense(row.output[-1], kernel_initializer=FanInUniform(channels), **squash)


def lenet5(
    *,
    input_shape: Sequence[int] = (28, 28, 1),
    classes: int = 10,
    width: float = 1.0,
    activation: str = "relu",
    pooling: str = "max",
    softmax: bool = True,
) -> keras.Model:
    """Build LeNet-5 as people write it today: 44,426 parameters at 28×28, 61,706 at 32×32.

    Input (N, height, width, channels), scaled by you (0 to 1 is usual) → output (N, classes), probabilities.

    Args:
        input_shape: (height, width, channels), at least 16 × 16 pixels.
        classes: number of classes, at least 2.
        width: multiplies the maps and units of every hidden layer (6, 16, 120, 84), rounded, at least 1.
        activation: of the hidden layers, ``"relu"``, ``"tanh"`` or ``"sigmoid"``.
        pooling: ``"max"`` or ``"average"``.
        softmax: True for probabilities, False for logits (use ``from_logits=True`` in the loss then).

    Returns:
        An uncompiled `keras.Model` with layers ``C1 S2 C3 S4 flatten C5 F6 output``.

    Raises:
        ValueError: an argument is out of range.

    Differences from the paper: every map of C3 sees all maps of S2 (2,416 weights for 1,516); pooling has no weights;
    ReLU for scaled tanh; softmax and cross-entropy for distances. With ``activation="tanh", pooling="average"`` it is
    the table found in many tutorials.

    Example:
        >>> lenet5().count_params(), lenet5(input_shape=(32, 32, 1)).count_params()
        (44426, 61706)
    """
    shape = check(input_shape, smallest=16, classes=classes, width=width, softmax=softmax)
    one_of("activation", activation, ACTIVATIONS)
    pools = {"max": keras.layers.MaxPooling2D, "average": keras.layers.AveragePooling2D}
    pool = pools[one_of("pooling", pooling, pools)]
    units = {row.layer: scaled(row.output[-1], width) for row in LENET5_TABLE}
    inputs = x = keras.Input(shape, name="input")
    for stage in ("C1", "C3"):
        x = keras.layers.Conv2D(units[stage], 5, activation=activation, name=stage)(x)
        x = pool(2, name={"C1": "S2", "C3": "S4"}[stage])(x)
    x = keras.layers.Flatten(name="flatten")(x)
    for stage in ("C5", "F6"):
        x = keras.layers.Dense(units[stage], activation=activation, name=stage)(x)
    outputs = keras.layers.Dense(classes, activation="softmax" if softmax else None, name="output")(x)
    return keras.Model(inputs, outputs, name="lenet5")


def connection_counts(model: keras.Model) -> dict[str, int]:
    """Return how many connections each layer of a LeNet has, as the paper counts them: each use of a weight or bias.

    A convolution uses all its weights and biases at every position; a subsampling unit has one connection to each
    pixel of its window and one to the bias; pooling without weights has the pixels alone.

    Args:
        model: a `lenet5_1998` or `lenet5`.

    Returns:
        A dictionary from layer name to number; layers that only reshape are left out.

    Example:
        >>> counts = connection_counts(lenet5_1998())
        >>> counts["C1"], counts["C3"], sum(counts.values())
        (122304, 151600, 340908)
    """
    counts = {}
    for layer in model.layers:
        shape = layer.output.shape[1:]
        if hasattr(layer, "pool_size"):
            counts[layer.name] = math.prod(shape) * (math.prod(layer.pool_size) + bool(layer.weights))
        elif layer.weights:
            counts[layer.name] = math.prod(shape[:-1]) * layer.count_params()
    return counts
