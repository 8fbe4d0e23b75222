"""BN-Inception, the second Inception: batch norm everywhere, two 3×3 in place of the 5×5.

Reference: S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network training by reducing internal
covariate shift", 2015, arXiv:1502.03167, figure 5.
"""

from collections.abc import Sequence
from typing import NamedTuple

import keras
from keras import layers

from course_utils.models.common import Tensor, check, norm_relu, scaled
from course_utils.models.inception_parts import Style, average_pool, chain, joined, max_pool, network, predictions
from course_utils.validation import one_of


class Module(NamedTuple):
    """One row of figure 5."""

    name: str
    n1x1: int  # 0 in the modules with stride 2, which have no such branch
    n3x3_reduce: int
    n3x3: int
    double_reduce: int
    double: int
    pool: str
    pool_proj: int  # 0: passed through
    printed_output: int


# fmt: off
BN_INCEPTION_TABLE = (
    #      type  #1×1 #3×3 reduce #3×3 double reduce double  pool   proj  printed output
    Module("3a",  64,  64,         64,  64,           96,    "avg",  32,   256),   # 28×28
    Module("3b",  64,  64,         96,  64,           96,    "avg",  64,   320),   # 28×28
    Module("3c",   0, 128,        160,  64,           96,    "max",   0,   576),   # 14×14
    Module("4a", 224,  64,         96,  96,          128,    "avg", 128,   576),   # 14×14
    Module("4b", 192,  96,        128,  96,          128,    "avg", 128,   576),   # 14×14
    Module("4c", 160, 128,        160, 128,          160,    "avg", 128,   576),   # 14×14, its widths add up to 608
    Module("4d",  96, 128,        192, 160,          192,    "avg", 128,   576),   # 14×14, its widths add up to 608
    Module("4e",   0, 128,        192, 192,          256,    "max",   0,  1024),   #   7×7
    Module("5a", 352, 192,        320, 160,          224,    "avg", 128,  1024),   #   7×7
    Module("5b", 352, 192,        320, 192,          224,    "max", 128,  1024),   #   7×7
)
# fmt: on
DISAGREE = ("4c", "4d")  # the rows whose widths do not add up to the printed output
FOLLOW = ("output", "widths")
STEMS = ("separable", "plain")


def bn_inception(
    *,
    input_shape: Sequence[int] = (224, 224, 3),
    classes: int = 1000,
    width: float = 1.0,
    dropout: float = 0.0,
    follow: str = "output",
    stem: str = "separable",
) -> keras.Model:
    """Build BN-Inception: a stem, ten modules, global average pooling and a softmax.

    Input (N, height, width, channels), scaled by you → output (N, classes), probabilities.

    Args:
        input_shape: (height, width, channels), sides of at least 32.
        classes: number of classes, at least 2.
        width: multiplies the filters of every convolution.
        dropout: rate before the softmax. The paper takes it away.
        follow: modules 4c and 4d print widths that add up to 608 and an output of 576. ``"output"`` projects the
            pool to 96 so that the outputs come out (as public implementations do); ``"widths"`` takes the widths.
        stem: ``"separable"`` is the paper's first convolution (depth multiplier 8); ``"plain"`` an ordinary 7×7.

    Returns:
        An uncompiled `keras.Model`; layers ``stem_conv1``, ``inception_3a_1x1``, …, ``predictions``.

    Raises:
        ValueError: an argument is out of range.

    Differences from the paper: only the choice of ``follow``. The paper gives no padding; sizes need "same". Batch norm
    has momentum 0.9, for short trainings; Keras's default is 0.99.

    Example:
        >>> bn_inception(width=0.25, input_shape=(64, 64, 3), classes=10).output_shape
        (None, 10)
    """
    one_of("follow", follow, FOLLOW)
    one_of("stem", stem, STEMS)
    shape = check(input_shape, smallest=32, classes=classes, width=width, dropout=dropout)
    style = Style(width=width, gamma=True)
    x = inputs = keras.Input(shape, name="input")
    x = first_convolutions(x, style, stem)
    for row in BN_INCEPTION_TABLE:
        x = (inception if row.n1x1 else reduction)(x, as_followed(row, follow), style)
    return network(inputs, [predictions(x, classes, dropout)], "bn_inception")


def as_followed(row: Module, follow: str) -> Module:
    """Return the row; with ``follow="output"`` rows 4c and 4d project so far that the printed output comes out.

    Raises:
        ValueError: another row's widths do not add up to its printed output.
    """
    if not row.n1x1:  # stride 2: the pool passes all channels on
        return row
    surplus = row.n1x1 + row.n3x3 + row.double + row.pool_proj - row.printed_output
    if surplus and row.name not in DISAGREE:
        raise ValueError(
            f"row {row.name!r} must have widths that add up to its printed output of {row.printed_output}, as all rows "
            f"but 4c and 4d have; received {row.printed_output + surplus}."
        )
    return row._replace(pool_proj=row.pool_proj - surplus) if follow == "output" else row


def first_convolutions(x: Tensor, style: Style, stem: str) -> Tensor:
    """The rows before the modules.

    (N, 224, 224, 3) → (N, 28, 28, 192).
    """
    if stem == "plain":
        x = chain(x, style, "stem_conv1", "7x7/2 64")  # 112×112×64
    else:
        x = layers.SeparableConv2D(
            scaled(64, style.width), 7, strides=2, padding="same", depth_multiplier=8, use_bias=False, name="stem_conv1"
        )(x)
        x = norm_relu(x, "stem_conv1_bn", "stem_conv1_relu")
    x = max_pool(x, "stem_pool1", padding="same")  # 56×56×64
    x = chain(x, style, "stem_conv2", "1x1 64", "3x3 192")  # 56×56×192
    return max_pool(x, "stem_pool2", padding="same")


def inception(x: Tensor, row: Module, style: Style) -> Tensor:
    """A module with stride 1: 1×1, 3×3, double 3×3, pooling with projection.

    (N, H, W, C) → (N, H, W, n1x1 + n3x3 + double + pool_proj).
    """
    name = f"inception_{row.name}"
    pooled = (
        average_pool(x, f"{name}_pool") if row.pool == "avg" else max_pool(x, f"{name}_pool", stride=1, padding="same")
    )
    return joined(
        f"{name}_output",
        chain(x, style, f"{name}_1x1", f"1x1 {row.n1x1}"),
        chain(x, style, f"{name}_3x3", f"1x1 {row.n3x3_reduce}", f"3x3 {row.n3x3}"),
        chain(x, style, f"{name}_double", f"1x1 {row.double_reduce}", f"3x3 {row.double}", f"3x3 {row.double}"),
        chain(pooled, style, f"{name}_pool_proj", f"1x1 {row.pool_proj}"),
    )


def reduction(x: Tensor, row: Module, style: Style) -> Tensor:
    """A module with stride 2: 3×3 and double 3×3 with stride 2, and pooling passed through.

    (N, H, W, C) → (N, H/2, W/2, n3x3 + double + C).
    """
    name = f"inception_{row.name}"
    return joined(
        f"{name}_output",
        chain(x, style, f"{name}_3x3", f"1x1 {row.n3x3_reduce}", f"3x3/2 {row.n3x3}"),
        chain(x, style, f"{name}_double", f"1x1 {row.double_reduce}", f"3x3 {row.double}", f"3x3/2 {row.double}"),
        max_pool(x, f"{name}_pool", padding="same"),
    )
