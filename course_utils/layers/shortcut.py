"""The shortcut without parameters of residual networks."""

import keras
from keras import ops

from course_utils.validation import whole_number


@keras.saving.register_keras_serializable(package="course_utils")
class IdentityShortcut(keras.layers.Layer):
    """Carry maps past a residual block by option A: every ``strides``-th pixel, zeros for the new channels.

    Input (N, H, W, C) → output (N, ⌈H/strides⌉, ⌈W/strides⌉, filters); no parameters. Half of the zeros stand before
    the channels of the input and half after; the paper says only that zeros are padded.

    Args:
        filters: channels of the output, at least those of the input.
        strides: the stride of the block that is passed by, in pixels.

    Raises:
        ValueError: an argument is out of range, or the input has more channels than ``filters``.

    Reference: He, Zhang, Ren, Sun, 2015, arXiv:1512.03385, section 3.3, option A.

    Example:
        >>> IdentityShortcut(32, strides=2)(keras.Input((16, 16, 16))).shape
        (None, 8, 8, 32)
    """

    def __init__(self, filters: int, strides: int = 1, **kwargs):
        super().__init__(**kwargs)
        self.filters = whole_number("filters", filters)
        self.strides = whole_number("strides", strides)

    def build(self, input_shape):
        if input_shape[-1] > self.filters:
            raise ValueError(
                f"filters must be at least the input's {input_shape[-1]} channels; received {self.filters}."
            )
        self.built = True

    def call(self, inputs):
        new = self.filters - inputs.shape[-1]
        kept = inputs[:, :: self.strides, :: self.strides, :]
        return ops.pad(kept, [(0, 0), (0, 0), (0, 0), (new // 2, new - new // 2)])

    def get_config(self):
        return super().get_config() | {"filters": self.filters, "strides": self.strides}
