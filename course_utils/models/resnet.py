"""ResNet for ImageNet: 18, 34, 50, 101 and 152 layers, with the ReLU after the sum (version 1) or before (version 2).

References: K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", 2015, arXiv:1512.03385,
table 1 and figures 3 and 5; the same authors, "Identity mappings in deep residual networks", 2016, arXiv:1603.05027,
figure 4e.
"""

from typing import NamedTuple

import keras
from keras import layers

from course_utils.models.lenet import image_shape
from course_utils.models.resnet_cifar import IdentityShortcut
from course_utils.validation import one_of, real_number, whole_number


class Depth(NamedTuple):
    """One column of table 1."""

    conv2: int  # blocks on the 56×56 grid
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
SHORTCUTS = ("projection", "identity")
STRIDES = ("1x1", "3x3")
VARIANTS = ("paper", "keras")


class Choices(NamedTuple):
    """What every block has to know."""

    bottleneck: bool
    residual: bool
    projection: bool
    stride_in: str
    biased: bool  # version 2 as in Keras: biases where no batch norm follows


def resnet(
    depth: int = 50,
    version: int = 1,
    *,
    residual: bool = True,
    shortcut: str = "projection",
    stride_in: str = "1x1",
    variant: str = "paper",
    input_shape=(224, 224, 3),
    classes: int = 1000,
    width: float = 1.0,
) -> keras.Model:
    """Build a residual network of table 1: a stem, four stages of blocks, global average pooling and a softmax.

    Input (N, height, width, channels), scaled by you → output (N, classes), probabilities.

    Args:
        depth: 18, 34 (blocks of two 3×3) or 50, 101, 152 (bottlenecks).
        version: 1 has batch norm after each convolution and a ReLU after the sum; 2 has both before, and nothing
            after the sum.
        residual: False for the plain twin, the same layers without shortcuts.
        shortcut: where the shape changes: ``"projection"`` is option B (1×1 convolution), ``"identity"`` option A
            (every second pixel, new channels zero, no parameters).
        stride_in: the convolution of a bottleneck that steps by two: ``"1x1"`` as in the paper, ``"3x3"`` as today
            ("version 1.5"). Version 2 has it in the 3×3.
        variant: ``"keras"`` with version 2 gives the layers of `keras.applications.ResNet50V2`: a stage steps in its
            last block, the shortcut there is a pooling, and convolutions before a sum have biases.
        input_shape: (height, width, channels), sides of at least 32.
        classes: number of classes, at least 2.
        width: multiplies the channels of every layer, rounded, at least 1.

    Returns:
        An uncompiled `keras.Model`; layers ``conv1``, ``conv2_block1_1_conv`` …, ``conv5_block3_out``,
        ``predictions``.

    Raises:
        ValueError: an argument is out of range.

    Differences from the paper: the plain twins of 50, 101 and 152 layers are ours; in version 2 the paper gives no
    ImageNet stem, and ours keeps the first convolution and pooling of version 1.

    Example:
        >>> anatomy.describe(resnet, depth=50).trainable_params
        25557032
    """
    row, choices, shape = check(depth, version, residual, shortcut, stride_in, variant, input_shape, classes, width)
    inputs = keras.Input(shape, name="input")
    x = stem(inputs, scaled(64, width), version, choices)  # 56×56×64
    for number, (blocks, filters) in enumerate(zip(row[:4], FILTERS, strict=True), start=2):
        x = stage(x, blocks, scaled(filters, width), f"conv{number}", version, choices)
    if version == 2:
        x = layers.ReLU(name="post_relu")(normalise(x, "post_bn"))
    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    outputs = layers.Dense(classes, activation="softmax", name="predictions")(x)
    return keras.Model(inputs, outputs, name=f"resnet{depth}" + ("v2" if version == 2 else ""))


def stem(x, filters: int, version: int, choices: Choices):
    """7×7 with stride 2, 3×3 max-pooling with stride 2.

    (N, 224, 224, 3) → (N, 56, 56, filters).
    """
    x = layers.ZeroPadding2D(3, name="conv1_pad")(x)
    x = convolution(x, filters, 7, 2, "conv1", padding="valid", bias=choices.biased)  # 112×112
    if version == 1:
        x = layers.ReLU(name="conv1_relu")(normalise(x, "conv1_bn"))
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    return layers.MaxPooling2D(3, strides=2, name="pool1")(x)


def stage(x, blocks: int, filters: int, name: str, version: int, choices: Choices):
    """Blocks on one grid.

    The paper steps by two in the first block of conv3 to conv5, Keras's version 2 in the last of conv2 to conv4.
    (N, H, W, C) → (N, H/stride, W/stride, channels).
    """
    stepping, spared = (blocks, "conv5") if choices.biased else (1, "conv2")
    block = preactivation_block if version == 2 else bottleneck_v1 if choices.bottleneck else basic_v1
    for number in range(1, blocks + 1):
        stride = 2 if number == stepping and name != spared else 1
        x = block(x, filters, stride, f"{name}_block{number}", choices)
    return x


def basic_v1(x, filters: int, stride: int, name: str, choices: Choices):
    """Figure 5 left: 3×3, 3×3, add, ReLU.

    (N, H, W, C) → (N, H/stride, W/stride, filters).
    """
    y = convolution(x, filters, 3, stride, f"{name}_1_conv")
    y = layers.ReLU(name=f"{name}_1_relu")(normalise(y, f"{name}_1_bn"))
    y = normalise(convolution(y, filters, 3, 1, f"{name}_2_conv"), f"{name}_2_bn")
    return added_v1(x, y, filters, stride, name, choices)


def bottleneck_v1(x, filters: int, stride: int, name: str, choices: Choices):
    """Figure 5 right: 1×1, 3×3, 1×1 with four times the channels, add, ReLU.

    (N, H, W, C) → (N, H/stride, W/stride, 4 · filters).
    """
    first, second = (stride, 1) if choices.stride_in == "1x1" else (1, stride)
    y = convolution(x, filters, 1, first, f"{name}_1_conv")
    y = layers.ReLU(name=f"{name}_1_relu")(normalise(y, f"{name}_1_bn"))
    y = convolution(y, filters, 3, second, f"{name}_2_conv")
    y = layers.ReLU(name=f"{name}_2_relu")(normalise(y, f"{name}_2_bn"))
    y = normalise(convolution(y, EXPANSION * filters, 1, 1, f"{name}_3_conv"), f"{name}_3_bn")
    return added_v1(x, y, EXPANSION * filters, stride, name, choices)


def added_v1(x, y, filters: int, stride: int, name: str, choices: Choices):
    """Add the shortcut, then ReLU: for negative values the sum is no identity any more.

    (N, H, W, C), (N, H', W', filters) → (N, H', W', filters).
    """
    if choices.residual:
        y = layers.Add(name=f"{name}_add")([shortcut_path(x, filters, stride, name, choices), y])
    return layers.ReLU(name=f"{name}_out")(y)


def shortcut_path(x, filters: int, stride: int, name: str, choices: Choices):
    """Version 1: carry x past a block, as it is where the shape stays, else by option A or B."""
    if stride == 1 and x.shape[-1] == filters:
        return x
    if not choices.projection:
        return IdentityShortcut(filters, stride, name=f"{name}_shortcut")(x)
    return normalise(convolution(x, filters, 1, stride, f"{name}_0_conv"), f"{name}_0_bn")


def preactivation_block(x, filters: int, stride: int, name: str, choices: Choices):
    """Figure 4e of 2016: batch norm and ReLU before each convolution, nothing after the sum.

    (N, H, W, C) → (N, H/stride, W/stride, channels).
    """
    active = layers.ReLU(name=f"{name}_preact_relu")(normalise(x, f"{name}_preact_bn"))
    wide = EXPANSION * filters if choices.bottleneck else filters
    skip = preactivation_shortcut(x, active, wide, stride, name, choices) if choices.residual else None
    if choices.bottleneck:
        y = convolution(active, filters, 1, 1, f"{name}_1_conv")
        y = layers.ReLU(name=f"{name}_1_relu")(normalise(y, f"{name}_1_bn"))
        y = convolution(y, filters, 3, stride, f"{name}_2_conv")
        y = layers.ReLU(name=f"{name}_2_relu")(normalise(y, f"{name}_2_bn"))
        y = convolution(y, wide, 1, 1, f"{name}_3_conv", bias=choices.biased)
    else:
        y = convolution(active, filters, 3, stride, f"{name}_1_conv")
        y = layers.ReLU(name=f"{name}_1_relu")(normalise(y, f"{name}_1_bn"))
        y = convolution(y, filters, 3, 1, f"{name}_2_conv", bias=choices.biased)
    return layers.Add(name=f"{name}_out")([skip, y]) if choices.residual else y


def preactivation_shortcut(x, active, filters: int, stride: int, name: str, choices: Choices):
    """Version 2: carry x past a block; a projection takes x normalised and cut."""
    if x.shape[-1] == filters:
        return x if stride == 1 else layers.MaxPooling2D(1, strides=stride, name=f"{name}_0_pool")(x)
    if not choices.projection:
        return IdentityShortcut(filters, stride, name=f"{name}_shortcut")(x)
    return convolution(active, filters, 1, stride, f"{name}_0_conv", bias=choices.biased)


def convolution(x, filters: int, size: int, stride: int, name: str, *, padding: str = "same", bias: bool = False):
    """Convolve with He initialisation; a 3×3 that steps is padded on both sides, as the paper's networks are.

    (N, H, W, C) → (N, H/stride, W/stride, filters).
    """
    if size == 3 and stride == 2:
        x, padding = layers.ZeroPadding2D(1, name=f"{name}_pad")(x), "valid"
    he = keras.initializers.HeNormal()
    return layers.Conv2D(
        filters, size, strides=stride, padding=padding, use_bias=bias, kernel_initializer=he, name=name
    )(x)


def normalise(x, name: str):
    """Batch norm; statistics follow within some twenty steps, so that a short training can be judged by them."""
    return layers.BatchNormalization(momentum=0.9, epsilon=1.001e-5, name=name)(x)


def scaled(channels: int, width: float) -> int:
    """Return the number of channels at the width multiplier."""
    return max(1, round(channels * width))


def check(depth, version, residual, shortcut, stride_in, variant, input_shape, classes, width):
    """Return (row, choices, input shape), or raise a ``ValueError`` that names the argument and what is allowed."""
    row = RESNET_TABLE[one_of("depth", depth, RESNET_TABLE)]
    one_of("version", version, (1, 2))
    one_of("shortcut", shortcut, SHORTCUTS)
    one_of("stride_in", stride_in, STRIDES)
    one_of("variant", variant, VARIANTS)
    if variant == "keras" and version == 1:
        raise ValueError('variant "keras" belongs to version=2; received version=1, whose layers are Keras\'s anyway.')
    whole_number("classes", classes, minimum=2)
    real_number("width", width, low=0.01, high=100)
    choices = Choices(row.bottleneck, bool(residual), shortcut == "projection", stride_in, variant == "keras")
    return row, choices, image_shape(input_shape, smallest=32)
