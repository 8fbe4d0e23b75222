"""ResNets for 32×32 images: depth 6n+2 with basic blocks (version 1), 9n+2 with pre-activation bottlenecks (version 2).

References: K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", 2015, arXiv:1512.03385,
section 4.2; the same authors, "Identity mappings in deep residual networks", 2016, arXiv:1603.05027.
"""

from typing import NamedTuple

import keras
from keras import layers, ops

from course_utils.models.lenet import image_shape
from course_utils.validation import one_of, real_number, whole_number


class Stage(NamedTuple):
    """One row of the table: n blocks at one resolution; the first block has the stride."""

    name: str
    stride: int
    filters: int  # of each 3×3 convolution
    bottleneck: int  # version 2: filters of the 1×1 and 3×3 in the middle
    widened: int  # version 2: channels that leave the block
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
SHORTCUTS = ("identity", "projection")
VARIANTS = ("paper", "keras_example")


class Choices(NamedTuple):
    """What every block has to know."""

    residual: bool
    projection: bool
    keras_example: bool


def resnet_cifar(
    *,
    n: int = 3,
    version: int = 1,
    residual: bool = True,
    shortcut: str = "identity",
    input_shape=(32, 32, 3),
    classes: int = 10,
    width: float = 1.0,
    variant: str = "paper",
) -> keras.Model:
    """Build the residual network for small images: a stem, three stages of n blocks, and a softmax over the classes.

    Input (N, height, width, channels), scaled by you → output (N, classes), probabilities.

    Args:
        n: blocks in a stage. Version 1 has 6n+2 layers with weights (n = 3: ResNet-20), version 2 has 9n+2.
        version: 1 for basic blocks with a ReLU after the sum; 2 for bottlenecks with nothing after the sum.
        residual: False for the plain twin, the same layers without shortcuts.
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
    paper subtracts the mean image, here scaling is up to you.

    The counts in circulation for "ResNet-20 v1" differ by design. Ours, option A without biases, has 269,722 trainable
    parameters. The Keras example adds 688 biases (19 convolutions, useless before batch norm) and two projections
    (16·32+32 and 32·64+64): 273,066, and with the 1,376 moving means and variances 274,442. In the same way its
    ResNet-29 v2 comes to 849,002 and its ResNet-110 v1 to 1,742,762.

    Example:
        >>> resnet_cifar(n=3).count_params()  # 269,722 trainable and 1,376 moving statistics
        271098
    """
    shape = check(n, version, shortcut, input_shape, classes, width, variant)
    choices = Choices(bool(residual), shortcut == "projection", variant == "keras_example")
    inputs = keras.Input(shape, name="input")
    x = scaled(STEM, width)
    x = normalise_and_relu(convolution(inputs, x, 3, 1, choices, "stem_conv"), "stem", "")
    for stage in RESNET_CIFAR_TABLE:
        for block in range(1, n + 1):
            name, stride = f"{stage.name}_block{block}", stage.stride if block == 1 else 1
            if version == 1:
                x = basic_block(x, scaled(stage.filters, width), stride, choices, name)
            else:
                middle = stage.keras_bottleneck if choices.keras_example else stage.bottleneck
                active = name == "stage1_block1"  # the stem has normalised and cut already
                widths = scaled(middle, width), scaled(stage.widened, width)
                x = preactivation_block(x, *widths, stride, choices, name, active=active)
    if version == 2:
        x = normalise_and_relu(x, "head", "")
    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    outputs = layers.Dense(classes, activation="softmax", kernel_initializer=he_normal(), name="predictions")(x)
    return keras.Model(inputs, outputs, name=f"resnet{(6 if version == 1 else 9) * n + 2}_v{version}")


def basic_block(x, filters: int, stride: int, choices: Choices, name: str):
    """Version 1: 3×3, 3×3, add, ReLU.

    (N, H, W, C) → (N, H/stride, W/stride, filters). The ReLU after the sum keeps the shortcut from being an identity
    for negative values.
    """
    y = convolution(x, filters, 3, stride, choices, f"{name}_conv1")
    y = normalise_and_relu(y, name, 1)
    y = convolution(y, filters, 3, 1, choices, f"{name}_conv2")
    y = normalise(y, f"{name}_bn2")
    if choices.residual:
        y = layers.Add(name=f"{name}_add")([shortcut_path(x, filters, stride, choices, name), y])
    return layers.ReLU(name=f"{name}_relu")(y)


def preactivation_block(
    x, middle: int, filters: int, stride: int, choices: Choices, name: str, *, active: bool = False
):
    """Version 2: batch norm and ReLU before each of 1×1, 3×3, 1×1, then add and nothing else.

    (N, H, W, C) → (N, H/stride, W/stride, filters). ``active`` says that x is normalised and cut already.
    """
    y = x if active else normalise_and_relu(x, name, 1)
    y = convolution(y, middle, 1, stride, choices, f"{name}_conv1")
    y = convolution(normalise_and_relu(y, name, 2), middle, 3, 1, choices, f"{name}_conv2")
    y = convolution(normalise_and_relu(y, name, 3), filters, 1, 1, choices, f"{name}_conv3")
    if choices.residual:
        y = layers.Add(name=f"{name}_add")([shortcut_path(x, filters, stride, choices, name), y])
    return y


def shortcut_path(x, filters: int, stride: int, choices: Choices, name: str):
    """Carry x past a block: as it is where the shape stays, else by option A or B."""
    if stride == 1 and x.shape[-1] == filters:
        return x
    if not choices.projection:
        return IdentityShortcut(filters, stride, name=f"{name}_shortcut")(x)
    x = convolution(x, filters, 1, stride, choices, f"{name}_shortcut_conv")
    return x if choices.keras_example else normalise(x, f"{name}_shortcut_bn")


def convolution(x, filters: int, size: int, stride: int, choices: Choices, name: str):
    """Convolve with He initialisation; without a bias, because batch norm's β does the same."""
    return layers.Conv2D(
        filters,
        size,
        strides=stride,
        padding="same",
        use_bias=choices.keras_example,
        kernel_initializer=he_normal(),
        name=name,
    )(x)


def normalise(x, name: str):
    """Batch norm; statistics follow within some twenty steps, so that a short training can be judged by them."""
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=name)(x)


def normalise_and_relu(x, name: str, number):
    """Batch norm and ReLU, named ``{name}_bn{number}`` and ``{name}_relu{number}``."""
    return layers.ReLU(name=f"{name}_relu{number}")(normalise(x, f"{name}_bn{number}"))


def he_normal() -> keras.initializers.Initializer:
    """Return a new He initializer: one shared instance would give equal weights to layers of equal shape."""
    return keras.initializers.HeNormal()


def scaled(channels: int, width: float) -> int:
    """Return the number of channels at the width multiplier."""
    return max(1, round(channels * width))


def check(n, version, shortcut, input_shape, classes, width, variant) -> tuple[int, int, int]:
    """Return the input shape, or raise a ``ValueError`` that names the argument, the value and what is allowed."""
    whole_number("n", n)
    one_of("version", version, (1, 2))
    one_of("shortcut", shortcut, SHORTCUTS)
    one_of("variant", variant, VARIANTS)
    if variant == "keras_example" and shortcut != "projection":
        raise ValueError(f'variant "keras_example" needs shortcut="projection"; received shortcut={shortcut!r}.')
    whole_number("classes", classes, minimum=2)
    real_number("width", width, low=0.01, high=100)
    return image_shape(input_shape, smallest=8)


@keras.saving.register_keras_serializable(package="course_utils")
class IdentityShortcut(layers.Layer):
    """Option A of the paper: every ``stride``-th pixel, and zeros for the channels that are new; no parameters."""

    def __init__(self, filters: int, strides: int, **kwargs):
        """Keep the number of channels and the stride of the block that is passed by."""
        super().__init__(**kwargs)
        self.filters = filters
        self.strides = strides

    def call(self, x):
        """(N, H, W, C) → (N, ⌈H/strides⌉, ⌈W/strides⌉, filters)."""
        new = self.filters - x.shape[-1]
        x = x[:, :: self.strides, :: self.strides, :]
        return ops.pad(x, [(0, 0), (0, 0), (0, 0), (new // 2, new - new // 2)])

    def get_config(self):
        """Return what is needed to build the layer again."""
        return {**super().get_config(), "filters": self.filters, "strides": self.strides}
