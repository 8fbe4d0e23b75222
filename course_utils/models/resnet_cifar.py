"""ResNets for 32×32 images: depth 6n+2 with basic blocks (version 1), 9n+2 with pre-activation bottlenecks (version 2).

References: K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", 2015, arXiv:1512.03385,
section 4.2; the same authors, "Identity mappings in deep residual networks", 2016, arXiv:1603.05027.
"""

from collections.abc import Sequence
from typing import NamedTuple

import keras
from keras import layers

from course_utils.layers import IdentityShortcut
from course_utils.models.common import Tensor, check, norm, norm_relu, scaled
from course_utils.validation import one_of, whole_number


class Stage(NamedTuple):
    """One row of the table: n blocks at one resolution; the first block has the stride."""

    name: str
    stride: int
    filters: int  # of each 3×3 convolution
    bottleneck: int  # version 2: filters of the 1×1 and 3×3 in the middle
    widened: int  # version 2: channels of the block's output
    keras_bottleneck: int  # the middle as the Keras example has it


# The table of section 4.2 (2015). A 32×32 image gives maps of 32×32, 16×16 and 8×8; a stage has 2n (or 3n) layers.
# fmt: off
RESNET_CIFAR_TABLE = (
    #      name     stride filters  1×1, 3×3  1×1 out  Keras example
    Stage("stage1", 1,     16,      16,        64,      16),
    Stage("stage2", 2,     32,      32,       128,      64),
    Stage("stage3", 2,     64,      64,       256,     128),
)
# fmt: on
STEM = 16
DEEPEST = 200  # n of the paper's network of 1,202 layers
EPSILON = 1e-5
SHORTCUTS = ("identity", "projection")
VARIANTS = ("paper", "keras_example")


class Options(NamedTuple):
    """The arguments that every block reads."""

    version: int
    width: float
    residual: bool
    projection: bool
    keras_example: bool


def resnet_cifar(
    *,
    n: int = 3,
    version: int = 1,
    residual: bool = True,
    shortcut: str = "identity",
    input_shape: Sequence[int] = (32, 32, 3),
    classes: int = 10,
    width: float = 1.0,
    variant: str = "paper",
) -> keras.Model:
    """Build the residual network for small images: a stem, three stages of n blocks, and a softmax over the classes.

    Input (N, height, width, channels), scaled by you → output (N, classes), probabilities.

    Args:
        n: blocks in a stage, at most 200. Version 1 has 6n+2 layers with weights (n = 3: ResNet-20), version 2 9n+2.
        version: 1 for basic blocks with a ReLU after the sum; 2 for bottlenecks with nothing after the sum.
        residual: False for the plain counterpart, the same layers without shortcuts.
        shortcut: where the shape changes, ``"identity"`` is option A (every second pixel, new channels zero, no
            parameters), ``"projection"`` is option B (1×1 convolution and batch norm).
        input_shape: (height, width, channels), at least 8 × 8 pixels.
        classes: number of classes, at least 2.
        width: multiplies the channels of every layer, rounded, at least 1.
        variant: ``"keras_example"`` gives the layers of the ResNet example in the Keras documentation: biases before
            batch norm, projections without batch norm, wider bottlenecks. Needs ``shortcut="projection"``.

    Returns:
        An uncompiled `keras.Model`; layers ``stem_conv``, ``stage2_block1_conv1`` …, ``head_pool``, ``predictions``.

    Raises:
        ValueError: an argument is out of range.

    Differences from the paper: version 2 with option A at small depth is ours (the paper goes from 164 layers); the
    paper subtracts the mean image, here scaling is up to you. Batch norm has momentum 0.9, for short trainings; the
    Keras example has Keras's 0.99. In inference this makes no difference.

    The counts in circulation for "ResNet-20 v1" differ by design. Ours, option A without biases, has 269,722 trainable
    parameters. The Keras example adds 688 biases (19 convolutions, useless before batch norm) and two projections
    (16·32+32 and 32·64+64): 273,066, and with the 1,376 moving means and variances 274,442. In the same way its
    ResNet-29 v2 comes to 849,002 and its ResNet-110 v1 to 1,742,762.

    Example:
        >>> resnet_cifar(n=3).count_params()  # 269,722 trainable and 1,376 moving statistics
        271098
    """
    shape = check(input_shape, smallest=8, classes=classes, width=width, residual=residual)
    options = check_options(version, width, residual, shortcut, variant)
    whole_number("n", n, maximum=DEEPEST)
    inputs = keras.Input(shape, name="input")
    x = convolution(inputs, scaled(STEM, width), 3, 1, options, "stem_conv")
    x = norm_relu(x, "stem_bn", "stem_relu", epsilon=EPSILON)
    for row in RESNET_CIFAR_TABLE:
        for block in range(1, n + 1):
            stride = row.stride if block == 1 else 1
            x = residual_block(x, row, stride, options, f"{row.name}_block{block}")
    if options.version == 2:
        x = norm_relu(x, "head_bn", "head_relu", epsilon=EPSILON)
    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    outputs = layers.Dense(classes, activation="softmax", kernel_initializer=he_normal(), name="predictions")(x)
    return keras.Model(inputs, outputs, name=f"resnet{(6 if version == 1 else 9) * n + 2}_v{options.version}")


def check_options(version: int, width: float, residual: bool, shortcut: str, variant: str) -> Options:
    """Return the blocks' options, or raise a ``ValueError`` that names the argument and what is allowed."""
    version = one_of("version", version, (1, 2))
    projection = one_of("shortcut", shortcut, SHORTCUTS) == "projection"
    keras_example = one_of("variant", variant, VARIANTS) == "keras_example"
    if keras_example and not projection:
        raise ValueError(f'variant "keras_example" needs shortcut="projection"; received shortcut={shortcut!r}.')
    return Options(version, width, residual, projection, keras_example)


def residual_block(x: Tensor, row: Stage, stride: int, options: Options, name: str) -> Tensor:
    """A block of the version, with the widths of its row.

    (N, H, W, C) → (N, H/stride, W/stride, filters).
    """
    if options.version == 1:
        return basic_block(x, scaled(row.filters, options.width), stride, options, name)
    middle = scaled(row.keras_bottleneck if options.keras_example else row.bottleneck, options.width)
    rectified = name == "stage1_block1"  # the stem ends in batch norm and ReLU already
    widened = scaled(row.widened, options.width)
    return preactivation_block(x, middle, widened, stride, options, name, rectified=rectified)


def basic_block(x: Tensor, filters: int, stride: int, options: Options, name: str) -> Tensor:
    """Version 1: 3×3, 3×3, add, ReLU.

    (N, H, W, C) → (N, H/stride, W/stride, filters). The ReLU after the sum keeps the shortcut from being an identity
    for negative values.
    """
    y = convolution(x, filters, 3, stride, options, f"{name}_conv1")
    y = norm_relu(y, f"{name}_bn1", f"{name}_relu1", epsilon=EPSILON)
    y = convolution(y, filters, 3, 1, options, f"{name}_conv2")
    y = norm(y, f"{name}_bn2", epsilon=EPSILON)
    if options.residual:
        y = layers.Add(name=f"{name}_add")([shortcut_path(x, filters, stride, options, name), y])
    return layers.ReLU(name=f"{name}_relu")(y)


def preactivation_block(
    x: Tensor, middle: int, filters: int, stride: int, options: Options, name: str, *, rectified: bool = False
) -> Tensor:
    """Version 2: batch norm and ReLU before each of 1×1, 3×3, 1×1, then add and nothing else.

    (N, H, W, C) → (N, H/stride, W/stride, filters). ``rectified`` says that x comes from batch norm and ReLU already.
    """
    y = x
    for number, (channels, size) in enumerate([(middle, 1), (middle, 3), (filters, 1)], start=1):
        if number > 1 or not rectified:
            y = norm_relu(y, f"{name}_bn{number}", f"{name}_relu{number}", epsilon=EPSILON)
        y = convolution(y, channels, size, stride if number == 1 else 1, options, f"{name}_conv{number}")
    if options.residual:
        y = layers.Add(name=f"{name}_add")([shortcut_path(x, filters, stride, options, name), y])
    return y


def shortcut_path(x: Tensor, filters: int, stride: int, options: Options, name: str) -> Tensor:
    """Carry x past a block: as it is where the shape stays, else by option A or B."""
    if stride == 1 and x.shape[-1] == filters:
        return x
    if not options.projection:
        return IdentityShortcut(filters, stride, name=f"{name}_shortcut")(x)
    x = convolution(x, filters, 1, stride, options, f"{name}_shortcut_conv")
    return x if options.keras_example else norm(x, f"{name}_shortcut_bn", epsilon=EPSILON)


def convolution(x: Tensor, filters: int, size: int, stride: int, options: Options, name: str) -> Tensor:
    """Convolve with He initialisation; without a bias, because batch norm's β does the same."""
    return layers.Conv2D(
        filters,
        size,
        strides=stride,
        padding="same",
        use_bias=options.keras_example,
        kernel_initializer=he_normal(),
        name=name,
    )(x)


def he_normal() -> keras.initializers.Initializer:
    """Return a new He initializer: one shared instance would give equal weights to layers of equal shape."""
    return keras.initializers.HeNormal()
