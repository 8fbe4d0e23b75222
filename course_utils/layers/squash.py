"""The squashing function and the initial weights of LeNet-5 (1998)."""

import keras
import numpy as np
from keras import ops

from course_utils.validation import real_number, whole_number

# LeCun et al. 1998, appendix A: f(a) = A tanh(S a). With these two numbers f(1) = 1 and f(-1) = -1.
AMPLITUDE = 1.7159
SLOPE = 2 / 3
# LeCun et al. 1998, appendix A: initial weights are uniform in ±2.4 / fan-in.
INITIAL_SCALE = 2.4


@keras.saving.register_keras_serializable(package="course_utils")
def scaled_tanh(x, amplitude: float = AMPLITUDE, slope: float = SLOPE):
    """Squash ``x`` to ±1.7159 with the scaled hyperbolic tangent A·tanh(S·x) of LeNet-5.

    Args:
        x: tensor of any shape.
        amplitude: A, the value that the curve approaches.
        slope: S; the curve has slope A·S = 1.14 at 0 and passes through (1, 1).

    Returns:
        A tensor of the shape and dtype of ``x``.

    Reference: LeCun, Bottou, Bengio, Haffner, Proc. IEEE 86(11), 1998, equation 6 and appendix A.

    Example:
        >>> round(float(scaled_tanh(1.0)), 3)
        1.0
    """
    return amplitude * ops.tanh(slope * x)


@keras.saving.register_keras_serializable(package="course_utils")
class FanInUniform(keras.initializers.Initializer):
    """Draw initial weights uniformly from ±scale / fan_in, as LeNet-5 did.

    Args:
        fan_in: number of inputs of a unit; a sequence gives one number to each slice of the last axis.
        scale: numerator of the bound, 2.4 in the paper.
        seed: seed of the draw; ``None`` takes one from Keras's global seed.

    Raises:
        ValueError: ``fan_in`` is not made of whole numbers of at least 1.

    Reference: LeCun, Bottou, Bengio, Haffner, Proc. IEEE 86(11), 1998, appendix A.

    Example:
        >>> FanInUniform(25)((5, 5, 1, 6)).shape
        TensorShape([5, 5, 1, 6])
    """

    def __init__(self, fan_in, scale: float = INITIAL_SCALE, seed: int | None = None):
        many = isinstance(fan_in, (list, tuple, np.ndarray))
        self.fan_in = [whole_number("fan_in", n) for n in fan_in] if many else whole_number("fan_in", fan_in)
        self.scale = real_number("scale", scale, low=0, high=1e6)
        self.seed = seed
        self.uniform = keras.initializers.RandomUniform(-1.0, 1.0, seed=seed)

    def __call__(self, shape, dtype=None):
        return self.uniform(shape, dtype=dtype) * ops.cast(self.scale / np.asarray(self.fan_in), dtype or "float32")

    def get_config(self):
        return {"fan_in": self.fan_in, "scale": self.scale, "seed": self.seed}
