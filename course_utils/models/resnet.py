"""ResNet for ImageNet: 18, 34, 50, 101 and 152 layers, with the ReLU after the sum (version 1) or before (version 2).

References: K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", 2015, arXiv:1512.03385,
table 1 and figures 3 and 5; the same authors, "Identity mappings in deep residual networks", 2016, arXiv:1603.05027,
figure 4e.
"""

from collections.abc import Sequence
from typing import NamedTuple

import keras
from keras import layers

from course_utils.layers import IdentityShortcut
from course_utils.models.common import Tensor, check, norm, norm_relu, scaled
from course_utils.validation import one_of


class Depth(NamedTuple):
    """One column of table 1."""

    conv2: int  # blocks at 56×56
    conv3: int  # 28×28
    conv4: int  # 14×14
    conv5: int  # 7×7
    bottleneck: bool  # 1×1, 3×3, 1×1 with four times the channels, in place of two 3×3


# fmt: off
RESNET_TABLE = {
    #          conv2 conv3 conv4 conv5 bottleneck
    18:  Depth(2,    2,    2,    2,    False),
    34:  Depth(3,    4,    6,    3,    False),
    50:  Depth(3,    4,    6,    3,    True),
    101: Depth(3,    4,   23,    3,    True),
    152: Depth(3,    8,   36,    3,    True),
}
# fmt: on
FILTERS = (64, 128, 256, 512)
EXPANSION = 4
EPSILON = 1.001e-5
SHORTCUTS = ("projection", "identity")
STRIDES = ("1x1", "3x3")
VARIANTS = ("paper", "keras")


class Options(NamedTuple):
    """The arguments that every block reads."""

    version: int
    bottleneck: bool
    residual: bool
    projection: bool
    stride_in: str
    keras: bool  # version 2 as Keras has it: stride in the last block of a stage, biases where no batch norm follows


def resnet(
    depth: int = 50,
    *,
    version: int = 1,
    residual: bool = True,
    shortcut: str = "projection",
    stride_in: str = "1x1",
    variant: str = "paper",
    input_shape: Sequence[int] = (224, 224, 3),
    classes: int = 1000,
    width: float = 1.0,
) -> keras.Model:
    """Build a residual network of table 1: a stem, four stages of blocks, global average pooling and a softmax.

    Input (N, height, width, channels), scaled by you → output (N, classes), probabilities.

    Args:
        depth: 18, 34 (blocks of two 3×3) or 50, 101, 152 (bottlenecks).
        version: 1 has batch norm after each convolution and a ReLU after the sum; 2 has both before, and nothing
            after the sum.
        residual: False for the plain counterpart, the same layers without shortcuts.
        shortcut: where the shape changes: ``"projection"`` is option B (1×1 convolution), ``"identity"`` option A
            (every second pixel, new channels zero, no parameters).
        stride_in: the convolution of a bottleneck with stride 2: ``"1x1"`` as in the paper, ``"3x3"`` as today
            ("version 1.5"). Version 2 has it in the 3×3.
        variant: ``"keras"`` gives the layers of `keras.applications.ResNet50V2`: the last block of a stage has the
            stride, the shortcut there is a pooling, and convolutions before a sum have biases. Needs ``version=2``
            and ``shortcut="projection"``.
        input_shape: (height, width, channels), sides of at least 32.
        classes: number of classes, at least 2.
        width: multiplies the channels of every layer, rounded, at least 1.

    Returns:
        An uncompiled `keras.Model`; layers ``conv1``, ``conv2_block1_1_conv`` …, ``conv5_block3_out``,
        ``predictions``.

    Raises:
        ValueError: an argument is out of range.

    Differences from the paper: the plain counterparts of 50, 101 and 152 layers are ours; in version 2 the paper
    gives no ImageNet stem, and ours keeps the first convolution and pooling of version 1. Batch norm has momentum
    0.9, for short trainings, where Keras has 0.99: equal to `keras.applications` means in inference.

    Example:
        >>> anatomy.describe(resnet, depth=50).trainable_params
        25557032
    """
    shape = check(input_shape, smallest=32, classes=classes, width=width, residual=residual)
    depth = one_of("depth", depth, RESNET_TABLE)
    row = RESNET_TABLE[depth]
    options = check_options(row, version, residual, shortcut, stride_in, variant)
    inputs = keras.Input(shape, name="input")
    x = stem(inputs, scaled(64, width), options)  # 56×56×64
    for number, (blocks, filters) in enumerate(zip(row[:4], FILTERS, strict=True), start=2):
        x = stage(x, blocks, scaled(filters, width), f"conv{number}", options)
    if options.version == 2:
        x = norm_relu(x, "post_bn", "post_relu", epsilon=EPSILON)
    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    outputs = layers.Dense(classes, activation="softmax", name="predictions")(x)
    return keras.Model(inputs, outputs, name=f"resnet{depth}" + ("v2" if options.version == 2 else ""))


def check_options(row: Depth, version: int, residual: bool, shortcut: str, stride_in: str, variant: str) -> Options:
    """Return the blocks' options, or raise a ``ValueError`` that names the argument and what is allowed."""
    version = one_of("version", version, (1, 2))
    projection = one_of("shortcut", shortcut, SHORTCUTS) == "projection"
    stride_in = one_of("stride_in", stride_in, STRIDES)
    as_keras = one_of("variant", variant, VARIANTS) == "keras"
    if as_keras and version == 1:
        raise ValueError('variant "keras" belongs to version=2; received version=1, whose layers are Keras\'s anyway.')
    if as_keras and not projection:
        raise ValueError(f'variant "keras" needs shortcut="projection"; received shortcut={shortcut!r}.')
    return Options(version, row.bottleneck, residual, projection, stride_in, as_keras)


def stem(x: Tensor, filters: int, options: Options) -> Tensor:
    """7×7 with stride 2, 3×3 max-pooling with stride 2.

    (N, 224, 224, 3) → (N, 56, 56, filters).
    """
    x = layers.ZeroPadding2D(3, name="conv1_pad")(x)
    x = convolution(x, filters, 7, 2, "conv1", padding="valid", bias=options.keras)  # 112×112
    if options.version == 1:
        x = norm_relu(x, "conv1_bn", "conv1_relu", epsilon=EPSILON)
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    return layers.MaxPooling2D(3, strides=2, name="pool1")(x)


def stage(x: Tensor, blocks: int, filters: int, name: str, options: Options) -> Tensor:
    """The blocks of one stage.

    (N, H, W, C) → (N, H/2, W/2, channels); the same resolution in conv2 (the paper) or conv5 (Keras's version 2).
    """
    block = preactivation_block if options.version == 2 else bottleneck_v1 if options.bottleneck else basic_v1
    for number, stride in enumerate(strides(blocks, name, options), start=1):
        x = block(x, filters, stride, f"{name}_block{number}", options)
    return x


def strides(blocks: int, name: str, options: Options) -> list[int]:
    """Return each block's stride: 2 in the first of conv3 to conv5; in Keras's version 2 in the last of conv2 to 4."""
    unstrided, block = ("conv5", blocks) if options.keras else ("conv2", 1)
    return [2 if number == block and name != unstrided else 1 for number in range(1, blocks + 1)]


def basic_v1(x: Tensor, filters: int, stride: int, name: str, options: Options) -> Tensor:
    """Figure 5 left: 3×3, 3×3, add, ReLU.

    (N, H, W, C) → (N, H/stride, W/stride, filters).
    """
    y = conv_unit(x, filters, 3, stride, f"{name}_1")
    y = norm(convolution(y, filters, 3, 1, f"{name}_2_conv"), f"{name}_2_bn", epsilon=EPSILON)
    return added_v1(x, y, filters, stride, name, options)


def bottleneck_v1(x: Tensor, filters: int, stride: int, name: str, options: Options) -> Tensor:
    """Figure 5 right: 1×1, 3×3, 1×1 with four times the channels, add, ReLU.

    (N, H, W, C) → (N, H/stride, W/stride, 4 · filters).
    """
    first, second = (stride, 1) if options.stride_in == "1x1" else (1, stride)
    y = conv_unit(x, filters, 1, first, f"{name}_1")
    y = conv_unit(y, filters, 3, second, f"{name}_2")
    y = norm(convolution(y, EXPANSION * filters, 1, 1, f"{name}_3_conv"), f"{name}_3_bn", epsilon=EPSILON)
    return added_v1(x, y, EXPANSION * filters, stride, name, options)


def added_v1(x: Tensor, y: Tensor, filters: int, stride: int, name: str, options: Options) -> Tensor:
    """Add the shortcut, then ReLU: for negative values the sum is no identity any more.

    (N, H, W, C), (N, H', W', filters) → (N, H', W', filters).
    """
    if options.residual:
        y = layers.Add(name=f"{name}_add")([shortcut_v1(x, filters, stride, name, options), y])
    return layers.ReLU(name=f"{name}_out")(y)


def shortcut_v1(x: Tensor, filters: int, stride: int, name: str, options: Options) -> Tensor:
    """Carry x past a block: as it is where the shape stays, else by option A or B."""
    if stride == 1 and x.shape[-1] == filters:
        return x
    if not options.projection:
        return IdentityShortcut(filters, stride, name=f"{name}_shortcut")(x)
    return norm(convolution(x, filters, 1, stride, f"{name}_0_conv"), f"{name}_0_bn", epsilon=EPSILON)


def preactivation_block(x: Tensor, filters: int, stride: int, name: str, options: Options) -> Tensor:
    """Figure 4e of 2016: batch norm and ReLU before each convolution, nothing after the sum.

    (N, H, W, C) → (N, H/stride, W/stride, channels).
    """
    rectified = norm_relu(x, f"{name}_preact_bn", f"{name}_preact_relu", epsilon=EPSILON)
    channels = EXPANSION * filters if options.bottleneck else filters
    skip = shortcut_v2(x, rectified, channels, stride, name, options) if options.residual else None
    if options.bottleneck:
        y = conv_unit(rectified, filters, 1, 1, f"{name}_1")
        y = conv_unit(y, filters, 3, stride, f"{name}_2")
        y = convolution(y, channels, 1, 1, f"{name}_3_conv", bias=options.keras)
    else:
        y = conv_unit(rectified, filters, 3, stride, f"{name}_1")
        y = convolution(y, channels, 3, 1, f"{name}_2_conv", bias=options.keras)
    return layers.Add(name=f"{name}_out")([skip, y]) if options.residual else y


def shortcut_v2(x: Tensor, rectified: Tensor, filters: int, stride: int, name: str, options: Options) -> Tensor:
    """Carry x past a block: as it is or pooled where the channels stay; a projection takes x normalised, rectified."""
    if x.shape[-1] == filters:
        return x if stride == 1 else layers.MaxPooling2D(1, strides=stride, name=f"{name}_0_pool")(x)
    if not options.projection:
        return IdentityShortcut(filters, stride, name=f"{name}_shortcut")(x)
    return convolution(rectified, filters, 1, stride, f"{name}_0_conv", bias=options.keras)


def conv_unit(x: Tensor, filters: int, size: int, stride: int, name: str) -> Tensor:
    """Convolution, batch norm, ReLU: layers ``{name}_conv``, ``{name}_bn``, ``{name}_relu``."""
    x = convolution(x, filters, size, stride, f"{name}_conv")
    return norm_relu(x, f"{name}_bn", f"{name}_relu", epsilon=EPSILON)


def convolution(
    x: Tensor, filters: int, size: int, stride: int, name: str, *, padding: str = "same", bias: bool = False
) -> Tensor:
    """Convolve with He initialisation; a strided 3×3 is padded on both sides, as the paper's networks are.

    (N, H, W, C) → (N, H/stride, W/stride, filters).
    """
    if size == 3 and stride == 2:
        x, padding = layers.ZeroPadding2D(1, name=f"{name}_pad")(x), "valid"
    he = keras.initializers.HeNormal()
    return layers.Conv2D(
        filters, size, strides=stride, padding=padding, use_bias=bias, kernel_initializer=he, name=name
    )(x)
