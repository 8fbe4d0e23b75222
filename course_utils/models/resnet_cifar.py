"""The residual networks for 32×32 images of He et al. (2015), section 4.2, and their pre-activation form (2016)."""

from typing import NamedTuple

import keras
from keras import layers, ops

from course_utils.validation import one_of, real_number, whole_number


class Stage(NamedTuple):
    """One row of the table: a stage is n blocks that work at one resolution."""

    name: str
    first_stride: int
    filters: int


# He et al. (2015), arXiv:1512.03385, the table of section 4.2; output sizes are those of a 32×32 input.
# fmt: off
RESNET_CIFAR_TABLE = (
    #     name      first stride  filters    output map size
    Stage("stage1", 1,            16),       # 32×32, 1 + 2n layers with the stem
    Stage("stage2", 2,            32),       # 16×16, 2n layers
    Stage("stage3", 2,            64),       #  8×8,  2n layers
)
# fmt: on
SHORTCUTS = ("identity", "projection")


def resnet_cifar(
    *,
    n: int = 3,
    version: int = 1,
    residual: bool = True,
    shortcut: str = "identity",
    input_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int = 10,
    width: float = 1.0,
    raw_pixels: bool = False,
) -> keras.Model:
    """Build the residual network for small images: a stem, three stages of n blocks, and a softmax head."""
    whole_number("n", n)
    one_of("shortcut", shortcut, SHORTCUTS)
    real_number("width", width, low=0.05, high=16.0)
    inputs = keras.Input(input_shape, name="image")
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="pixels")(inputs) if raw_pixels else inputs
    x = convolution_unit(x, round(16 * width), name="stem", relu="stem_relu")
    for stage in RESNET_CIFAR_TABLE:
        for block in range(1, n + 1):
            strides = stage.first_stride if block == 1 else 1
            filters = round(stage.filters * width)
            x = basic_block(x, filters, strides, residual, shortcut, name=f"{stage.name}_block{block}")
    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    outputs = layers.Dense(classes, activation="softmax", kernel_initializer=he(), dtype="float32", name="predictions")(
        x
    )
    return keras.Model(inputs, outputs, name=f"resnet{6 * n + 2}_v{version}")


def he() -> keras.initializers.Initializer:
    """Return a new He initializer: one shared instance would give equal weights to layers of equal shape."""
    return keras.initializers.HeNormal()


def convolution_unit(x, filters: int, *, name: str, size: int = 3, strides: int = 1, relu: str | None = None):
    """Convolve (no bias: batch norm's β takes its place), normalise, and apply ReLU when ``relu`` names it."""
    x = layers.Conv2D(
        filters, size, strides, padding="same", use_bias=False, kernel_initializer=he(), name=f"{name}_conv"
    )(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_bn")(x)
    return layers.ReLU(name=relu)(x) if relu else x


def basic_block(x, filters: int, strides: int, residual: bool, shortcut: str, *, name: str):
    """Two 3×3 convolutions, their input added before the last ReLU: (H, W, C) → (H/strides, W/strides, filters)."""
    y = convolution_unit(x, filters, strides=strides, name=f"{name}_1", relu=f"{name}_1_relu")
    y = convolution_unit(y, filters, name=f"{name}_2")
    if residual:
        y = layers.Add(name=f"{name}_add")([shortcut_path(x, filters, strides, shortcut, name=name), y])
    return layers.ReLU(name=f"{name}_relu")(y)


def shortcut_path(x, filters: int, strides: int, shortcut: str, *, name: str):
    """Carry x past the block: as it is where the shape stays, else by option A (identity) or B (projection)."""
    if strides == 1 and x.shape[-1] == filters:
        return x
    if shortcut == "identity":
        return IdentityShortcut(filters, strides, name=f"{name}_shortcut")(x)
    return convolution_unit(x, filters, size=1, strides=strides, name=f"{name}_shortcut")


@keras.saving.register_keras_serializable(package="course_utils")
class IdentityShortcut(layers.Layer):
    """Option A of the paper: every ``strides``-th pixel, new channels filled with zeros; no parameters."""

    def __init__(self, filters: int, strides: int, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.strides = strides

    def call(self, x):
        """Subsample and pad: (N, H, W, C) → (N, ⌈H/strides⌉, ⌈W/strides⌉, filters)."""
        extra = self.filters - x.shape[-1]
        x = x[:, :: self.strides, :: self.strides, :]
        return ops.pad(x, [(0, 0), (0, 0), (0, 0), (extra // 2, extra - extra // 2)])

    def get_config(self):
        """Return what is needed to build the layer again."""
        return {**super().get_config(), "filters": self.filters, "strides": self.strides}
