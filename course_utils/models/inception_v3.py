"""Inception-v3: 5×5 and 7×7 factorised, resolution halved by two branches at once, an auxiliary head.

Reference: C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna, "Rethinking the Inception architecture for computer
vision", 2015, arXiv:1512.00567, table 1 and figures 5 to 8 and 10.
"""

from collections.abc import Sequence

import keras
from keras import layers

from course_utils.models.common import Tensor, check
from course_utils.models.inception_parts import Style, average_pool, chain, joined, max_pool, network, predictions
from course_utils.validation import flag

# Table 1 says 3×, 5× and 2×; the numbers are what differs from module to module in the released network.
POOL_PROJECTIONS = (32, 64, 64)  # figure 5: outputs 256, 288, 288
MIDDLES = (128, 160, 160, 192)  # figure 6: filters inside the factorised 7×7


def inception_v3(
    *,
    aux: bool = False,
    input_shape: Sequence[int] = (299, 299, 3),
    classes: int = 1000,
    width: float = 1.0,
    dropout: float = 0.0,
) -> keras.Model:
    """Build Inception-v3: a stem, modules at three resolutions (35, 17, 8) with reductions between, and a softmax.

    Input (N, height, width, channels), scaled by you → output (N, classes); with ``aux`` a list of two such outputs.

    Args:
        aux: with the auxiliary head on the last 17×17 maps.
        input_shape: (height, width, channels), sides of at least 75 (139 with ``aux``).
        classes: number of classes, at least 2.
        width: multiplies the filters of every convolution.
        dropout: rate before the softmax.

    Returns:
        An uncompiled `keras.Model`; layers ``stem_1`` …, ``mixed0_1x1``, …, ``mixed10``, ``predictions``.

    Raises:
        ValueError: an argument is out of range.

    Differences from the paper: table 1 does not fix the filters inside the modules and skips a 1×1 in the stem; these
    are the released network's. With its weights the answers in inference are those of `keras.applications.InceptionV3`,
    layer for layer; in training our batch norm has momentum 0.9, for short runs, and Keras's 0.99.

    Example:
        >>> inception_v3().count_params()
        23851784
    """
    flag("aux", aux)
    smallest = 139 if aux else 75
    shape = check(input_shape, smallest=smallest, classes=classes, width=width, dropout=dropout)
    style = Style(width=width)
    inputs = keras.Input(shape, name="input")
    x = stem(inputs, style)  # 35×35×192
    for number, projection in enumerate(POOL_PROJECTIONS):
        x = figure_5(x, projection, style, f"mixed{number}")  # 35×35×288
    x = reduction_to_17(x, style, "mixed3")  # 17×17×768
    for number, middle in enumerate(MIDDLES, start=4):
        x = figure_6(x, middle, style, f"mixed{number}")  # 17×17×768
    heads = [auxiliary_head(x, classes, style, "aux1")] if aux else []
    x = reduction_to_8(x, style, "mixed8")  # 8×8×1280
    for number in (9, 10):
        x = figure_7(x, style, f"mixed{number}")  # 8×8×2048
    return network(inputs, [predictions(x, classes, dropout), *heads], "inception_v3")


def stem(x: Tensor, style: Style) -> Tensor:
    """The first rows of table 1: the 7×7 is three 3×3.

    (N, 299, 299, 3) → (N, 35, 35, 192).
    """
    x = chain(x, style, "stem_a", "3x3/2 32 V", "3x3 32 V", "3x3 64")  # 147×147×64
    x = max_pool(x, "stem_pool1")  # 73×73×64
    x = chain(x, style, "stem_b", "1x1 80 V", "3x3 192 V")  # 71×71×192
    return max_pool(x, "stem_pool2")


def figure_5(x: Tensor, projection: int, style: Style, name: str) -> Tensor:
    """Figure 5, at 35×35: the second 5×5 of a GoogLeNet module as two 3×3 (one 5×5 stays in the release).

    (N, H, W, C) → (N, H, W, 224 + projection).
    """
    return joined(
        name,
        chain(x, style, f"{name}_1x1", "1x1 64"),
        chain(x, style, f"{name}_5x5", "1x1 48", "5x5 64"),
        chain(x, style, f"{name}_double", "1x1 64", "3x3 96", "3x3 96"),
        chain(average_pool(x, f"{name}_pool"), style, f"{name}_pool_proj", f"1x1 {projection}"),
    )


def reduction_to_17(x: Tensor, style: Style, name: str) -> Tensor:
    """Figure 10: convolution and pooling with stride 2 side by side.

    (N, 35, 35, 288) → (N, 17, 17, 768).
    """
    return joined(
        name,
        chain(x, style, f"{name}_3x3", "3x3/2 384 V"),
        chain(x, style, f"{name}_double", "1x1 64", "3x3 96", "3x3/2 96 V"),
        max_pool(x, f"{name}_pool"),
    )


def figure_6(x: Tensor, n: int, style: Style, name: str) -> Tensor:
    """Figure 6, at 17×17: 7×7 as 1×7 and 7×1, once and twice.

    (N, H, W, 768) → (N, H, W, 768).
    """
    return joined(
        name,
        chain(x, style, f"{name}_1x1", "1x1 192"),
        chain(x, style, f"{name}_7x7", f"1x1 {n}", f"1x7 {n}", "7x1 192"),
        chain(x, style, f"{name}_double", f"1x1 {n}", f"7x1 {n}", f"1x7 {n}", f"7x1 {n}", "1x7 192"),
        chain(average_pool(x, f"{name}_pool"), style, f"{name}_pool_proj", "1x1 192"),
    )


def reduction_to_8(x: Tensor, style: Style, name: str) -> Tensor:
    """Figure 10 again, with a factorised 7×7 in one branch.

    (N, 17, 17, 768) → (N, 8, 8, 1280).
    """
    return joined(
        name,
        chain(x, style, f"{name}_3x3", "1x1 192", "3x3/2 320 V"),
        chain(x, style, f"{name}_7x7", "1x1 192", "1x7 192", "7x1 192", "3x3/2 192 V"),
        max_pool(x, f"{name}_pool"),
    )


def figure_7(x: Tensor, style: Style, name: str) -> Tensor:
    """Figure 7, at 8×8: 1×3 and 3×1 beside each other, for many channels where the resolution is lowest.

    (N, H, W, C) → (N, H, W, 2048).
    """
    one = chain(x, style, f"{name}_3x3", "1x1 384")
    two = chain(x, style, f"{name}_double", "1x1 448", "3x3 384")
    return joined(
        name,
        chain(x, style, f"{name}_1x1", "1x1 320"),
        joined(
            f"{name}_3x3_output",
            chain(one, style, f"{name}_3x3_wide", "1x3 384"),
            chain(one, style, f"{name}_3x3_tall", "3x1 384"),
        ),
        joined(
            f"{name}_double_output",
            chain(two, style, f"{name}_double_wide", "1x3 384"),
            chain(two, style, f"{name}_double_tall", "3x1 384"),
        ),
        chain(average_pool(x, f"{name}_pool"), style, f"{name}_pool_proj", "1x1 192"),
    )


def auxiliary_head(x: Tensor, classes: int, style: Style, name: str) -> Tensor:
    """Figure 8: pooling 5×5 with stride 3, 1×1 128, a convolution over all that is left, softmax.

    (N, 17, 17, 768) → (N, classes). Section 4: with batch norm in it, which makes it a regulariser.
    """
    x = layers.AveragePooling2D(5, strides=3, name=f"{name}_pool")(x)  # 5×5×768
    x = chain(x, style, f"{name}_conv1", "1x1 128")
    x = chain(x, style, f"{name}_conv2", f"{x.shape[1]}x{x.shape[2]} 768 V")  # 1×1×768
    x = layers.Flatten(name=f"{name}_flatten")(x)
    return layers.Dense(classes, activation="softmax", name=f"{name}_predictions")(x)
