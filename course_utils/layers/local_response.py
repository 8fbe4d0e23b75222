"""Local response normalisation, the lateral inhibition of AlexNet."""

import keras
from keras import ops

from course_utils.validation import real_number, whole_number


@keras.saving.register_keras_serializable(package="course_utils")
class LocalResponseNormalization(keras.layers.Layer):
    """Divide each value by a power of the summed squares of its neighbours in the channels.

    ``b_i = a_i / (k + alpha · Σ_j a_j²) ** beta``, the sum over the channels j from i − ⌊n/2⌋ to i + ⌊n/2⌋ that
    exist, at the same place. Input (N, H, W, C) → output of the same shape; no weights.

    Args:
        n: channels in the sum, an odd number. (``tf.nn`` counts ``depth_radius`` = ⌊n/2⌋ instead.)
        k, alpha, beta: as in the formula. ``alpha`` is not divided by n; some libraries do.

    Raises:
        ValueError: n is not odd, or a constant is out of range.

    Reference: Krizhevsky, Sutskever, Hinton, NIPS 2012, section 3.3; the defaults are the paper's.

    Example:
        >>> LocalResponseNormalization()(keras.Input((55, 55, 96))).shape
        (None, 55, 55, 96)
    """

    positionwise = True  # for `course_utils.anatomy`: each position by itself

    def __init__(self, n: int = 5, *, k: float = 2.0, alpha: float = 1e-4, beta: float = 0.75, **kwargs):
        super().__init__(**kwargs)
        self.n = whole_number("n", n)
        if self.n % 2 == 0:
            raise ValueError(f"n must be odd, so that both sides have as many neighbours; received {n!r}.")
        self.k = real_number("k", k, low=1e-6, high=1e6)
        self.alpha = real_number("alpha", alpha, low=0, high=1e6)
        self.beta = real_number("beta", beta, low=0, high=100)

    def call(self, inputs):
        channels, side = inputs.shape[-1], self.n // 2
        squares = ops.pad(ops.square(inputs), [(0, 0)] * (len(inputs.shape) - 1) + [(side, side)])
        total = sum(squares[..., j : j + channels] for j in range(self.n))
        return inputs / (self.k + self.alpha * total) ** self.beta

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {"n": self.n, "k": self.k, "alpha": self.alpha, "beta": self.beta}
