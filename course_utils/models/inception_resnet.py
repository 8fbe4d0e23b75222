"""Inception-ResNet v1 and v2: cheap branches, a linear 1×1 that restores the channels, and a sum.

Reference: C. Szegedy, S. Ioffe, V. Vanhoucke, A. Alemi, "Inception-v4, Inception-ResNet and the impact of residual
connections on learning", 2016, arXiv:1602.07261, figures 3, 7 and 10 to 19, table 1, section 3.3.
"""

from collections.abc import Sequence
from typing import NamedTuple

import keras
from keras import layers

from course_utils.models.common import Tensor, check
from course_utils.models.inception_parts import Style, average_pool, chain, joined, max_pool, network, predictions
from course_utils.models.inception_v4 import REDUCTION_A_TABLE, reduction_a
from course_utils.models.inception_v4 import stem as v4_stem
from course_utils.validation import one_of, real_number, whole_number

Branches = tuple[tuple[str, ...], ...]


class Line(NamedTuple):
    """One network: the branches of its residual blocks, figure by figure, and of its second reduction."""

    blocks: tuple[int, int, int]
    scales: tuple[float, float, float]  # of the residual branches of A, B and C
    a: Branches
    b: Branches
    c: Branches
    reduction_b: Branches


# fmt: off
INCEPTION_RESNET_TABLE = {
    "v1": Line(
        (5, 10, 5), (0.17, 0.1, 0.2),
        a=(("1x1 32",), ("1x1 32", "3x3 32"), ("1x1 32", "3x3 32", "3x3 32")),                     # figure 10
        b=(("1x1 128",), ("1x1 128", "1x7 128", "7x1 128")),                                       # figure 11
        c=(("1x1 192",), ("1x1 192", "1x3 192", "3x1 192")),                                       # figure 13
        reduction_b=(("1x1 256", "3x3/2 384 V"), ("1x1 256", "3x3/2 256 V"),
                     ("1x1 256", "3x3 256", "3x3/2 256 V")),                                       # figure 12
    ),
    "v2": Line(
        (10, 20, 10), (0.17, 0.1, 0.2),
        a=(("1x1 32",), ("1x1 32", "3x3 32"), ("1x1 32", "3x3 48", "3x3 64")),                     # figure 16
        b=(("1x1 192",), ("1x1 128", "1x7 160", "7x1 192")),                                       # figure 17
        c=(("1x1 192",), ("1x1 192", "1x3 224", "3x1 256")),                                       # figure 19
        reduction_b=(("1x1 256", "3x3/2 384 V"), ("1x1 256", "3x3/2 288 V"),
                     ("1x1 256", "3x3 288", "3x3/2 320 V")),                                       # figure 18
    ),
}
# fmt: on
STEMS = ("released", "paper")
MOST_BLOCKS = 100


def inception_resnet_v1(
    *,
    blocks: Sequence[int] | None = None,
    scale: float | None = None,
    input_shape: Sequence[int] = (299, 299, 3),
    classes: int = 1000,
    width: float = 1.0,
    dropout: float = 0.2,
) -> keras.Model:
    """Build Inception-ResNet-v1: the stem of figure 14, 5×A, reduction A, 10×B, reduction B, 5×C (figure 15).

    Input (N, height, width, channels), scaled by you → output (N, classes), probabilities.

    Args:
        blocks: numbers of A, B and C blocks. None: (5, 10, 5).
        scale: factor on every residual branch before the sum, 0.1 to 0.3 in the paper, 1 for none. None: 0.17 in A,
            0.1 in B and 0.2 in C, as in the released v2.
        input_shape: (height, width, channels), sides of at least 75.
        classes: number of classes, at least 2.
        width: multiplies the filters of every convolution.
        dropout: rate before the softmax; the paper keeps 0.8.

    Returns:
        An uncompiled `keras.Model`; layers ``stem_a_1`` …, ``inception_resnet_a1_branch1``, …, ``predictions``.

    Raises:
        ValueError: an argument is out of range.

    Differences from the paper: it prints no scale for a block; 35×35, 17×17 and 8×8 maps have 256, 896 and 1792
    channels as the figures say. Batch norm has momentum 0.9, for short trainings; Keras's default is 0.99.

    Example:
        >>> inception_resnet_v1(width=0.1, input_shape=(96, 96, 3), classes=17).output_shape
        (None, 17)
    """
    shape = check(input_shape, smallest=75, classes=classes, width=width, dropout=dropout)
    line = chosen("v1", blocks, scale)
    style = Style(width=width)
    inputs = keras.Input(shape, name="input")
    x = v1_stem(inputs, style)  # 35×35×256
    x = residual_blocks(x, line, 0, style)
    x = reduction_a(x, REDUCTION_A_TABLE["inception_resnet_v1"], style, "reduction_a")
    x = residual_blocks(x, line, 1, style)  # 17×17×896
    x = reduction_b(x, line, style, "reduction_b")
    x = residual_blocks(x, line, 2, style)  # 8×8×1792
    return network(inputs, [predictions(x, classes, dropout)], "inception_resnet_v1")


def inception_resnet_v2(
    *,
    blocks: Sequence[int] | None = None,
    scale: float | None = None,
    stem: str = "released",
    input_shape: Sequence[int] = (299, 299, 3),
    classes: int = 1000,
    width: float = 1.0,
    dropout: float = 0.0,
) -> keras.Model:
    """Build Inception-ResNet-v2: stem, A blocks, reduction A, B blocks, reduction B, C blocks, softmax.

    Input (N, height, width, channels), scaled by you → output (N, classes), probabilities.

    Args:
        blocks: numbers of A, B and C blocks. None: (10, 20, 10), the released network; (5, 10, 5) is figure 15's.
        scale: as for `inception_resnet_v1`. None: 0.17, 0.1 and 0.2; the last C block then has 1.
        stem: ``"released"``: a straight stem, one Inception module (35×35×320) and a 1×1 to 1536 before the pooling;
            ``"paper"``: the stem of figure 3 (35×35×384) and neither.
        input_shape, classes, width, dropout: as for `inception_resnet_v1`; the released network has no dropout.

    Returns:
        An uncompiled `keras.Model`; layers ``stem_a_1`` …, ``inception_resnet_a1_branch1``, …, ``predictions``.

    Raises:
        ValueError: an argument is out of range.

    Differences from the paper: in inference the default equals `keras.applications.InceptionResNetV2` layer for layer,
    with twice the blocks of figure 15; in training our batch norm has momentum 0.9, Keras's 0.99. Figures 17 and 19
    print 1154 and 2048 channels; the sums before them give 1152 and 2144 (1088 and 2080 with the released stem), and
    only these can be added.

    Example:
        >>> inception_resnet_v2().count_params()
        55873736
    """
    one_of("stem", stem, STEMS)
    shape = check(input_shape, smallest=75, classes=classes, width=width, dropout=dropout)
    line = chosen("v2", blocks, scale)
    style = Style(width=width)
    inputs = keras.Input(shape, name="input")
    # 35×35×320 as released, 35×35×384 in the paper
    x = released_stem(inputs, style) if stem == "released" else v4_stem(inputs, style)
    x = residual_blocks(x, line, 0, style)
    x = v2_reduction_a(x, style, "reduction_a")  # 17×17×1088, 1152
    x = residual_blocks(x, line, 1, style)
    x = reduction_b(x, line, style, "reduction_b")  # 8×8×2080, 2144
    x = residual_blocks(x, line, 2, style, open_end=stem == "released")
    if stem == "released":
        x = chain(x, style, "head_conv", "1x1 1536")
    return network(inputs, [predictions(x, classes, dropout)], "inception_resnet_v2")


def residual_blocks(x: Tensor, line: Line, stage: int, style: Style, *, open_end: bool = False) -> Tensor:
    """All blocks of one resolution.

    (N, H, W, C) → (N, H, W, C). ``open_end``: the last block is not scaled and has no ReLU after the sum.
    """
    letter, branches = "abc"[stage], (line.a, line.b, line.c)[stage]
    for number in range(1, line.blocks[stage] + 1):
        last = open_end and number == line.blocks[stage]
        scale = 1.0 if last else line.scales[stage]
        x = residual_block(x, branches, scale, style, f"inception_resnet_{letter}{number}", relu=not last)
    return x


def residual_block(
    x: Tensor, branches: Branches, scale: float, style: Style, name: str, *, relu: bool = True
) -> Tensor:
    """Figures 10, 11, 13, 16, 17, 19 and 20: branches, a linear 1×1 to the width of x, scaled, added to x, ReLU.

    (N, H, W, C) → (N, H, W, C).
    """
    names = [f"{name}_branch{i}" for i in range(1, len(branches) + 1)]
    y = joined(f"{name}_join", *(chain(x, style, n, *specs) for n, specs in zip(names, branches, strict=True)))
    y = layers.Conv2D(x.shape[-1], 1, name=f"{name}_linear")(y)
    y = layers.Rescaling(scale, name=f"{name}_scale")(y)
    y = layers.Add(name=f"{name}_add")([x, y])
    return layers.ReLU(name=f"{name}_relu")(y) if relu else y


def reduction_b(x: Tensor, line: Line, style: Style, name: str) -> Tensor:
    """Figures 12 and 18: halves the resolution of 17×17; three branches beside the pooling.

    (N, 17, 17, C) → (N, 8, 8, C + the branches' filters).
    """
    made = [chain(x, style, f"{name}_{i}", *specs) for i, specs in enumerate(line.reduction_b, start=1)]
    return joined(name, *made, max_pool(x, f"{name}_pool"))


def v2_reduction_a(x: Tensor, style: Style, name: str) -> Tensor:
    """Figure 7 with the numbers of v2, branches in the released order (pooling last).

    (N, 35, 35, C) → (N, 17, 17, C + 768).
    """
    row = REDUCTION_A_TABLE["inception_resnet_v2"]
    return joined(
        name,
        chain(x, style, f"{name}_3x3", f"3x3/2 {row.n} V"),
        chain(x, style, f"{name}_double", f"1x1 {row.k}", f"3x3 {row.l}", f"3x3/2 {row.m} V"),
        max_pool(x, f"{name}_pool"),
    )


def v1_stem(x: Tensor, style: Style) -> Tensor:
    """Figure 14.

    (N, 299, 299, 3) → (N, 35, 35, 256).
    """
    x = chain(x, style, "stem_a", "3x3/2 32 V", "3x3 32 V", "3x3 64")  # 147×147×64
    x = max_pool(x, "stem_pool")  # 73×73×64
    return chain(x, style, "stem_b", "1x1 80", "3x3 192 V", "3x3/2 256 V")


def released_stem(x: Tensor, style: Style) -> Tensor:
    """The stem of the released v2: Inception-v3's, and one module of its own at 35×35.

    (N, 299, 299, 3) → (N, 35, 35, 320).
    """
    x = chain(x, style, "stem_a", "3x3/2 32 V", "3x3 32 V", "3x3 64")  # 147×147×64
    x = max_pool(x, "stem_pool1")  # 73×73×64
    x = max_pool(chain(x, style, "stem_b", "1x1 80 V", "3x3 192 V"), "stem_pool2")  # 35×35×192
    return joined(
        "stem_inception",
        chain(x, style, "stem_inception_1x1", "1x1 96"),
        chain(x, style, "stem_inception_5x5", "1x1 48", "5x5 64"),
        chain(x, style, "stem_inception_double", "1x1 64", "3x3 96", "3x3 96"),
        chain(average_pool(x, "stem_inception_pool"), style, "stem_inception_pool_proj", "1x1 64"),
    )


def chosen(version: str, blocks: Sequence[int] | None, scale: float | None) -> Line:
    """Return the table's line with other numbers of blocks or another scale, checked."""
    line = INCEPTION_RESNET_TABLE[version]
    if blocks is not None:
        if not isinstance(blocks, (tuple, list)) or len(blocks) != 3:
            raise ValueError(
                f"blocks must be three whole numbers (A, B, C), each from 1 to {MOST_BLOCKS}; received {blocks!r}."
            )
        a, b, c = (whole_number("blocks", number, maximum=MOST_BLOCKS) for number in blocks)
        line = line._replace(blocks=(a, b, c))
    if scale is not None:
        line = line._replace(scales=(real_number("scale", scale, low=0, high=1),) * 3)
    return line
