"""Counts of one layer: its parameters, and the multiply-adds of one call on one image."""

import math
import re

import keras

CONVOLUTIONS = tuple(getattr(keras.layers, name) for name in ("Conv1D", "Conv2D", "Conv3D"))
DEPTHWISE = (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D)
SEPARABLE = (keras.layers.SeparableConv1D, keras.layers.SeparableConv2D)
TRANSPOSED = tuple(getattr(keras.layers, f"Conv{n}DTranspose") for n in (1, 2, 3))

# These multiply value by value, or look up: work that papers do not count.
ELEMENTWISE = tuple(
    getattr(keras.layers, name)
    for name in (
        "PReLU",
        "LayerNormalization",
        "GroupNormalization",
        "BatchNormalization",
        "Normalization",
        "Embedding",
    )
)


def macs(layer, shapes: list[tuple], output_shape: tuple) -> int | None:
    """Return the multiply-adds of one call on one image; biases, activations and normalisation are not counted.

    A layer may answer for itself with a method ``macs(input_shape, output_shape)``. Products of activations with each
    other, as in attention, are not counted.

    Args:
        layer: the layer or operation called.
        shapes: shapes of its inputs, batch axis first.
        output_shape: shape of its output, batch axis first.

    Returns:
        The number, 0 for layers that multiply by no matrix of weights, ``None`` for weights of an unknown kind.
    """
    if callable(getattr(layer, "macs", None)):
        return int(layer.macs(shapes[0], output_shape))
    if isinstance(layer, SEPARABLE):
        return places(layer, output_shape) * (values(layer.depthwise_kernel) + values(layer.pointwise_kernel))
    if isinstance(layer, TRANSPOSED):
        return places(layer, shapes[0]) * values(layer.kernel)
    if isinstance(layer, CONVOLUTIONS + DEPTHWISE):
        return places(layer, output_shape) * values(layer.kernel)
    if isinstance(layer, keras.layers.Dense):
        return math.prod(output_shape[1:-1]) * values(layer.kernel)
    if isinstance(layer, ELEMENTWISE):
        return 0
    matrices = [weight for weight in getattr(layer, "weights", ()) if len(weight.shape) > 1]
    return None if matrices else 0


def places(layer, shape) -> int:
    """Return the number of positions of a tensor: all axes but batch and channels."""
    return math.prod(shape[1:-1] if channels_axis(layer) == -1 else shape[2:])


def channels_axis(layer) -> int:
    """Return the axis of the channels: -1 (last), or 1 for layers set to channels first."""
    order = getattr(layer, "data_format", None) or keras.config.image_data_format()
    return 1 if order == "channels_first" else -1


def values(variable) -> int:
    """Return the number of values in a weight; only its shape is looked at."""
    return math.prod(variable.shape)


def width(tensor) -> int:
    """Return the bytes of one value of a tensor or weight: 4 in float32, 2 in float16 and bfloat16, 1 in bool."""
    bits = re.search(r"\d+", keras.backend.standardize_dtype(tensor.dtype))
    return int(bits[0]) // 8 if bits else 1
