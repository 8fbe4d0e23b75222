"""Layers of LeNet-5 (1998) that hold a fixed plan: partial connections, and codes to measure distances to."""

import keras
import numpy as np
from keras import ops

from course_utils.layers.squash import FanInUniform
from course_utils.validation import pair


@keras.saving.register_keras_serializable(package="course_utils")
class PartialConv2D(keras.layers.Layer):
    """Convolve each output map over the input maps it is connected to, and no others ("valid", stride 1).

    Input (N, H, W, C) → output (N, H − kh + 1, W − kw + 1, maps). Only the connections that exist are weights:
    they are kept packed, (kh, kw, connections), and spread into a kernel with zeros elsewhere at each call.

    Args:
        connections: one sequence of input-map indices per output map, as the columns of the paper's table I.
        kernel_size: kernel size in pixels, a number or (vertical, horizontal).
        activation: applied last; any Keras activation or ``None``.
        kernel_initializer: initial weights; default uniform in ±2.4 / (inputs of the map).

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
