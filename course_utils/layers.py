"""Keras layers that the papers use and Keras does not have: what LeNet-5 of 1998 is made of.

Written in `keras.ops` alone, so they run on every Keras backend. A layer here may offer ``macs(input_shape,
output_shape)``, which `course_utils.anatomy` asks for; window layers carry ``kernel_size``, ``strides`` and
``padding`` under the names Keras uses, from which the receptive field follows.
"""

import keras
import numpy as np
from keras import ops

from course_utils.validation import pair, real_number, whole_number

# LeCun et al. 1998, appendix A: f(a) = A tanh(S a). With these two numbers f(1) = 1 and f(-1) = -1.
AMPLITUDE = 1.7159
SLOPE = 2 / 3
# LeCun et al. 1998, appendix A: first weights are uniform in ±2.4 / fan-in.
FIRST_WEIGHTS = 2.4


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
    """Draw first weights uniformly from ±scale / fan_in, as LeNet-5 did.

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

    def __init__(self, fan_in, scale: float = FIRST_WEIGHTS, seed: int | None = None):
        many = isinstance(fan_in, (list, tuple, np.ndarray))
        self.fan_in = [whole_number("fan_in", int(n)) for n in fan_in] if many else whole_number("fan_in", fan_in)
        self.scale = real_number("scale", scale, low=0, high=1e6)
        self.seed = seed
        self.uniform = keras.initializers.RandomUniform(-1.0, 1.0, seed=seed)

    def __call__(self, shape, dtype=None):
        return self.uniform(shape, dtype=dtype) * ops.cast(self.scale / np.asarray(self.fan_in), dtype or "float32")

    def get_config(self):
        return {"fan_in": self.fan_in, "scale": self.scale, "seed": self.seed}


@keras.saving.register_keras_serializable(package="course_utils")
class Subsampling(keras.layers.Layer):
    """Shrink each map by trainable subsampling: coefficient × sum over the window + bias, then the activation.

    Input (N, H, W, C) → output (N, H / pool, W / pool, C); one coefficient and one bias per map.

    Args:
        pool_size: side of the window in pixels, a number or (vertical, horizontal); windows do not overlap.
        activation: applied last; any Keras activation or ``None``.
        coefficient_initializer: first coefficients; default uniform in ±2.4 / (pixels in the window).

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


@keras.saving.register_keras_serializable(package="course_utils")
class PartialConv2D(keras.layers.Layer):
    """Convolve each output map over the input maps it is connected to, and no others ("valid", stride 1).

    Input (N, H, W, C) → output (N, H − kh + 1, W − kw + 1, maps). Only the connections that exist are weights:
    they are kept packed, (kh, kw, connections), and spread into a kernel with zeros elsewhere at each call.

    Args:
        connections: one sequence of input-map indices per output map, as the columns of the paper's table I.
        kernel_size: kernel size in pixels, a number or (vertical, horizontal).
        activation: applied last; any Keras activation or ``None``.
        kernel_initializer: first weights; default uniform in ±2.4 / (inputs of the map).

    Raises:
        ValueError: ``connections`` is empty, repeats an input map, or names one that the input does not have.

    Reference: LeCun, Bottou, Bengio, Haffner, Proc. IEEE 86(11), 1998, table I.

    Example:
        >>> PartialConv2D([[0, 1], [1, 2], [0, 1, 2]], 5)(keras.Input((14, 14, 3))).shape
        (None, 10, 10, 3)
    """

    def __init__(self, connections, kernel_size, *, activation=None, kernel_initializer=None, **kwargs):
        super().__init__(**kwargs)
        self.connections = tuple(tuple(int(source) for source in sources) for sources in connections)
        if not self.connections or any(not row or len(set(row)) < len(row) for row in self.connections):
            raise ValueError(
                "connections must hold, for each output map, at least one input map and none twice; "
                f"received {connections!r}."
            )
        self.kernel_size = pair("kernel_size", kernel_size)
        self.strides, self.padding = (1, 1), "valid"
        self.activation = keras.activations.get(activation)
        window = self.kernel_size[0] * self.kernel_size[1]
        fan_in = [window * len(sources) for sources in self.connections for _ in sources]
        self.kernel_initializer = keras.initializers.get(kernel_initializer or FanInUniform(fan_in))

    def build(self, input_shape):
        inputs, maps = input_shape[-1], len(self.connections)
        pairs = [(source, target) for target, sources in enumerate(self.connections) for source in sources]
        if min(pairs)[0] < 0 or max(pairs)[0] >= inputs:
            raise ValueError(
                f"connections must name input maps from 0 to {inputs - 1}, for the input has {inputs}; "
                f"received {self.connections!r}."
            )
        # Row r of this 0/1 matrix says where packed weight r stands in the dense kernel.
        self.spread = np.zeros((len(pairs), inputs * maps), dtype="float32")
        self.spread[np.arange(len(pairs)), [source * maps + target for source, target in pairs]] = 1
        shape = (*self.kernel_size, len(pairs))
        self.packed = self.add_weight(name="packed", shape=shape, initializer=self.kernel_initializer)
        self.bias = self.add_weight(name="bias", shape=(maps,), initializer="zeros")
        self.built = True

    def dense_kernel(self):
        """Return the kernel (kh, kw, input maps, output maps), zero where there is no connection."""
        packed = ops.convert_to_tensor(self.packed)
        dense = ops.matmul(packed, ops.cast(self.spread, packed.dtype))
        return ops.reshape(dense, (*self.kernel_size, -1, len(self.connections)))

    def call(self, inputs):
        maps = ops.conv(inputs, self.dense_kernel(), padding="valid", data_format="channels_last")
        return self.activation(maps + self.bias)

    def compute_output_shape(self, input_shape):
        sizes = zip(input_shape[1:3], self.kernel_size, strict=True)
        return (input_shape[0], *(None if n is None else n - k + 1 for n, k in sizes), len(self.connections))

    def macs(self, input_shape, output_shape) -> int:
        """Return the multiply-adds of the connections that exist."""
        return int(np.prod(output_shape[1:3])) * int(np.prod(self.packed.shape))

    def get_config(self):
        return super().get_config() | {
            "connections": self.connections,
            "kernel_size": self.kernel_size,
            "activation": keras.activations.serialize(self.activation),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


@keras.saving.register_keras_serializable(package="course_utils")
class RBFOutput(keras.layers.Layer):
    """Measure the squared distance from the input to one fixed code per class: y_i = Σ_j (x_j − w_ij)².

    Input (N, components) → output (N, classes); the *smallest* output is the answer. The codes are not trained.

    Args:
        codes: array (classes, components).

    Raises:
        ValueError: ``codes`` has another number of axes, or the input has another number of components.

    Reference: LeCun, Bottou, Bengio, Haffner, Proc. IEEE 86(11), 1998, equation 7.

    Example:
        >>> RBFOutput([[1, -1], [-1, 1]])(np.array([[1.0, -1.0]])).numpy()
        array([[0., 8.]], dtype=float32)
    """

    def __init__(self, codes, **kwargs):
        super().__init__(**kwargs)
        self.code_values = np.asarray(codes, dtype="float32")
        if self.code_values.ndim != 2 or 0 in self.code_values.shape:
            raise ValueError(f"codes must be an array (classes, components); received shape {self.code_values.shape}.")

    def build(self, input_shape):
        if input_shape[-1] != self.code_values.shape[1]:
            raise ValueError(
                f"codes must have {input_shape[-1]} components, as the input has; received {self.code_values.shape[1]}."
            )
        fixed = keras.initializers.Constant(self.code_values)
        self.codes = self.add_weight(name="codes", shape=self.code_values.shape, initializer=fixed, trainable=False)
        self.built = True

    def call(self, inputs):
        return ops.sum(ops.square(ops.expand_dims(inputs, -2) - self.codes), axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], len(self.code_values))

    def macs(self, input_shape, output_shape) -> int:
        """Return one multiply-add (a square, added) for each component of each code."""
        return int(self.code_values.size)

    def get_config(self):
        return super().get_config() | {"codes": self.code_values.tolist()}
