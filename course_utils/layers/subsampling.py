"""Trainable subsampling, the pooling of 1998."""

import keras
import numpy as np
from keras import ops

from course_utils.layers.squash import FanInUniform
from course_utils.validation import pair


@keras.saving.register_keras_serializable(package="course_utils")
class Subsampling(keras.layers.Layer):
    """Shrink each map by trainable subsampling: coefficient × sum over the window + bias, then the activation.

    Input (N, H, W, C) → output (N, H / pool, W / pool, C); one coefficient and one bias per map.

    Args:
        pool_size: side of the window in pixels, a number or (vertical, horizontal); windows do not overlap.
        activation: applied last; any Keras activation or ``None``.
        coefficient_initializer: initial coefficients; default uniform in ±2.4 / (pixels in the window).

    Reference: LeCun, Bottou, Bengio, Haffner, Proc. IEEE 86(11), 1998, section II.B, layers S2 and S4.

    Example:
        >>> Subsampling(2)(keras.Input((28, 28, 6))).shape
        (None, 14, 14, 6)
    """

    def __init__(self, pool_size=2, *, activation=None, coefficient_initializer=None, **kwargs):
        super().__init__(**kwargs)
        self.pool_size = pair("pool_size", pool_size)
        self.strides, self.padding = self.pool_size, "valid"
        self.activation = keras.activations.get(activation)
        pixels = self.pool_size[0] * self.pool_size[1]
        self.coefficient_initializer = keras.initializers.get(coefficient_initializer or FanInUniform(pixels))

    def build(self, input_shape):
        maps = (input_shape[-1],)
        self.coefficient = self.add_weight(name="coefficient", shape=maps, initializer=self.coefficient_initializer)
        self.bias = self.add_weight(name="bias", shape=maps, initializer="zeros")
        self.built = True

    def call(self, inputs):
        pixels = self.pool_size[0] * self.pool_size[1]
        mean = ops.average_pool(inputs, self.pool_size, strides=self.strides, padding="valid")
        return self.activation(pixels * mean * self.coefficient + self.bias)

    def compute_output_shape(self, input_shape):
        batch, height, width, maps = input_shape
        return (batch, *shrunk((height, width), self.pool_size), maps)

    def macs(self, input_shape, output_shape) -> int:
        """Return one multiply-add an output: the window's sum is multiplied by the coefficient once."""
        return int(np.prod(output_shape[1:]))

    def get_config(self):
        return super().get_config() | {
            "pool_size": self.pool_size,
            "activation": keras.activations.serialize(self.activation),
            "coefficient_initializer": keras.initializers.serialize(self.coefficient_initializer),
        }


def shrunk(sizes, window) -> tuple[int | None, ...]:
    """Return how many whole windows fit along each axis; an unknown size stays unknown."""
    return tuple(None if size is None else size // step for size, step in zip(sizes, window, strict=True))
