"""Inception-v4: a stem that branches, and modules of one kind for each resolution; no shortcuts.

Reference: C. Szegedy, S. Ioffe, V. Vanhoucke, A. Alemi, "Inception-v4, Inception-ResNet and the impact of residual
connections on learning", 2016, arXiv:1602.07261, figures 3 to 9 and table 1.
"""

from collections.abc import Sequence
from typing import NamedTuple

import keras

from course_utils.models.common import Tensor, check
from course_utils.models.inception_parts import Style, average_pool, chain, joined, max_pool, network, predictions


class ReductionA(NamedTuple):
    """Table 1: the filters of figure 7, which three networks share."""

    k: int
    l: int  # noqa: E741 - the paper's letter
    m: int
    n: int


# fmt: off
REDUCTION_A_TABLE = {
    #                                  k    l    m    n
    "inception_v4":         ReductionA(192, 224, 256, 384),
    "inception_resnet_v1":  ReductionA(192, 192, 256, 384),
    "inception_resnet_v2":  ReductionA(256, 256, 384, 384),
}
# fmt: on
BLOCKS = (4, 7, 3)


def inception_v4(
    *, input_shape: Sequence[int] = (299, 299, 3), classes: int = 1000, width: float = 1.0, dropout: float = 0.2
) -> keras.Model:
    """Build Inception-v4: stem, 4×A, reduction A, 7×B, reduction B, 3×C, average pooling, softmax (figure 9).

    Input (N, height, width, channels), scaled by you → output (N, classes), probabilities.

    Args:
        input_shape: (height, width, channels), sides of at least 75.
        classes: number of classes, at least 2.
        width: multiplies the filters of every convolution.
        dropout: rate before the softmax; the paper keeps 0.8.

    Returns:
        An uncompiled `keras.Model`; layers ``stem_a_1`` …, ``inception_a1_1x1``, …, ``reduction_b``, ``predictions``.

    Raises:
        ValueError: an argument is out of range.

    Differences from the paper: figure 5 labels two convolutions of one branch 1×7; one of a pair must be 7×1, as in
    the released network. Batch norm has momentum 0.9, for short trainings; Keras's default is 0.99.

    Example:
        >>> inception_v4(width=0.1, input_shape=(96, 96, 3), classes=17).output_shape
        (None, 17)
    """
    shape = check(input_shape, smallest=75, classes=classes, width=width, dropout=dropout)
    style = Style(width=width)
    inputs = keras.Input(shape, name="input")
    x = stem(inputs, style)  # 35×35×384
    for number in range(1, BLOCKS[0] + 1):
        x = inception_a(x, style, f"inception_a{number}")
    x = reduction_a(x, REDUCTION_A_TABLE["inception_v4"], style, "reduction_a")  # 17×17×1024
    for number in range(1, BLOCKS[1] + 1):
        x = inception_b(x, style, f"inception_b{number}")
    x = reduction_b(x, style, "reduction_b")  # 8×8×1536
    for number in range(1, BLOCKS[2] + 1):
        x = inception_c(x, style, f"inception_c{number}")
    return network(inputs, [predictions(x, classes, dropout)], "inception_v4")


def stem(x: Tensor, style: Style) -> Tensor:
    """Figure 3, shared with Inception-ResNet-v2.

    (N, 299, 299, 3) → (N, 35, 35, 384).
    """
    x = chain(x, style, "stem_a", "3x3/2 32 V", "3x3 32 V", "3x3 64")  # 147×147×64
    x = joined("stem_join1", max_pool(x, "stem_pool1"), chain(x, style, "stem_b", "3x3/2 96 V"))  # 73×73×160
    x = joined(
        "stem_join2",
        chain(x, style, "stem_c", "1x1 64", "3x3 96 V"),
        chain(x, style, "stem_d", "1x1 64", "7x1 64", "1x7 64", "3x3 96 V"),
    )  # 71×71×192
    return joined("stem_join3", chain(x, style, "stem_e", "3x3/2 192 V"), max_pool(x, "stem_pool2"))


def inception_a(x: Tensor, style: Style, name: str) -> Tensor:
    """Figure 4, at 35×35.

    (N, H, W, 384) → (N, H, W, 384).
    """
    return joined(
        f"{name}_output",
        chain(average_pool(x, f"{name}_pool"), style, f"{name}_pool_proj", "1x1 96"),
        chain(x, style, f"{name}_1x1", "1x1 96"),
        chain(x, style, f"{name}_3x3", "1x1 64", "3x3 96"),
        chain(x, style, f"{name}_double", "1x1 64", "3x3 96", "3x3 96"),
    )


def reduction_a(x: Tensor, row: ReductionA, style: Style, name: str) -> Tensor:
    """Figure 7: halves the resolution of 35×35.

    (N, H, W, C) → (N, (H−1)/2, (W−1)/2, C + n + m).
    """
    return joined(
        name,
        max_pool(x, f"{name}_pool"),
        chain(x, style, f"{name}_3x3", f"3x3/2 {row.n} V"),
        chain(x, style, f"{name}_double", f"1x1 {row.k}", f"3x3 {row.l}", f"3x3/2 {row.m} V"),
    )


def inception_b(x: Tensor, style: Style, name: str) -> Tensor:
    """Figure 5, at 17×17.

    (N, H, W, 1024) → (N, H, W, 1024).
    """
    return joined(
        f"{name}_output",
        chain(average_pool(x, f"{name}_pool"), style, f"{name}_pool_proj", "1x1 128"),
        chain(x, style, f"{name}_1x1", "1x1 384"),
        chain(x, style, f"{name}_7x7", "1x1 192", "1x7 224", "7x1 256"),
        chain(x, style, f"{name}_double", "1x1 192", "1x7 192", "7x1 224", "1x7 224", "7x1 256"),
    )


def reduction_b(x: Tensor, style: Style, name: str) -> Tensor:
    """Figure 8: halves the resolution of 17×17.

    (N, 17, 17, 1024) → (N, 8, 8, 1536).
    """
    return joined(
        name,
        max_pool(x, f"{name}_pool"),
        chain(x, style, f"{name}_3x3", "1x1 192", "3x3/2 192 V"),
        chain(x, style, f"{name}_7x7", "1x1 256", "1x7 256", "7x1 320", "3x3/2 320 V"),
    )


def inception_c(x: Tensor, style: Style, name: str) -> Tensor:
    """Figure 6, at 8×8.

    (N, H, W, 1536) → (N, H, W, 1536).
    """
    one = chain(x, style, f"{name}_3x3", "1x1 384")
    two = chain(x, style, f"{name}_double", "1x1 384", "1x3 448", "3x1 512")
    return joined(
        f"{name}_output",
        chain(average_pool(x, f"{name}_pool"), style, f"{name}_pool_proj", "1x1 256"),
        chain(x, style, f"{name}_1x1", "1x1 256"),
        chain(one, style, f"{name}_3x3_wide", "1x3 256"),
        chain(one, style, f"{name}_3x3_tall", "3x1 256"),
        chain(two, style, f"{name}_double_tall", "3x1 256"),
        chain(two, style, f"{name}_double_wide", "1x3 256"),
    )
