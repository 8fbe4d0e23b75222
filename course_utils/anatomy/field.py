"""Receptive fields: which pixels of the image one value of a layer can see, followed layer by layer.

Along each axis, value number p sees the pixels from ``first + p * step`` to ``last + p * step``, padding included.
Paths that meet see the union of what each saw. This is the theoretical field: every weight counts, however small.
"""

import math
from typing import NamedTuple

import keras

from course_utils.anatomy.counting import TRANSPOSED, channels_axis


class Axis(NamedTuple):
    """What the values along one axis see, in pixels of the input; ``step`` is 0 when all see the same."""

    first: float
    last: float
    step: float

    @property
    def size(self) -> int:
        return round(self.last - self.first) + 1


Field = tuple[Axis, ...] | None
PIXEL = Axis(0, 0, 1)

# After these a value depends on all positions of its input (or on some of them that cannot be followed).
WHOLE = (
    keras.layers.Flatten,
    keras.layers.Reshape,
    keras.layers.Permute,
    *(getattr(keras.layers, f"Global{how}Pooling{n}D") for how in ("Average", "Max") for n in (1, 2, 3)),
    keras.layers.Attention,
    keras.layers.AdditiveAttention,
    keras.layers.MultiHeadAttention,
)
FRAMES = tuple(getattr(keras.layers, f"ZeroPadding{n}D") for n in (1, 2, 3))
CROPS = tuple(getattr(keras.layers, f"Cropping{n}D") for n in (1, 2, 3))
ENLARGE = tuple(getattr(keras.layers, f"UpSampling{n}D") for n in (1, 2, 3))


def of_input(shape) -> Field:
    """Return the field of an input tensor: each position sees itself; without positions there is nothing to see."""
    return (PIXEL,) * (len(shape) - 2) or None


def after(layer, fields: list[Field], shapes: list[tuple], leaving: tuple) -> Field:
    """Return the field of a layer's output.

    Args:
        layer: the layer or operation called.
        fields: fields of its inputs, ``None`` where it is not known.
        shapes: shapes of its inputs, batch axis first.
        leaving: shape of its output, batch axis first.

    Returns:
        One `Axis` per axis of the image, or ``None`` where the layer is of a kind that cannot be followed.
    """
    if not fields or any(field is None or len(field) != len(fields[0]) for field in fields):
        return None
    field, sizes = union(fields), positions(layer, largest(shapes))
    if all(axis.step == 0 for axis in field):
        return field
    if len(sizes) != len(field):
        return None
    if isinstance(layer, WHOLE):
        return tuple(whole(axis, size) for axis, size in zip(field, sizes, strict=True))
    if isinstance(layer, FRAMES):
        return shift(field, [-before for before, _ in pairs(layer.padding)])
    if isinstance(layer, CROPS):
        return shift(field, [before for before, _ in pairs(layer.cropping)])
    if isinstance(layer, ENLARGE):
        return enlarge(field, layer)
    if hasattr(layer, "kernel_size") or hasattr(layer, "pool_size"):
        return window(field, layer, sizes)
    return field if positions(layer, leaving) == sizes else None


def positions(layer, shape) -> tuple[int, ...]:
    """Return the sizes of the axes that have positions, neither batch nor channels."""
    if len(shape) < 3:
        return ()
    return shape[1:-1] if channels_axis(layer) == -1 else shape[2:]


def largest(shapes) -> tuple:
    """Return the shape with the most values: the others are broadcast to it."""
    return max(shapes, key=lambda shape: math.prod(shape[1:]))


def union(fields) -> tuple[Axis, ...]:
    """Return the field that covers all of several, axis by axis."""
    return tuple(
        Axis(min(a.first for a in axes), max(a.last for a in axes), max(a.step for a in axes))
        for axes in zip(*fields, strict=True)
    )


def whole(axis: Axis, size: int) -> Axis:
    """Return what all positions of an axis see together."""
    return Axis(axis.first, axis.last + (size - 1) * axis.step, 0)


def shift(field, pixels) -> tuple[Axis, ...]:
    """Return the field with position 0 moved by so many positions of its own grid."""
    return tuple(Axis(a.first + n * a.step, a.last + n * a.step, a.step) for a, n in zip(field, pixels, strict=True))


def enlarge(field, layer) -> tuple[Axis, ...]:
    """Return the field after enlarging: finer steps, and one neighbour more where it interpolates."""
    reach = 0 if getattr(layer, "interpolation", "nearest") == "nearest" else 1
    factors = layer.size if isinstance(layer.size, (tuple, list)) else (layer.size,)
    return tuple(Axis(a.first, a.last + reach * a.step, a.step / n) for a, n in zip(field, factors, strict=True))


def window(field, layer, sizes) -> tuple[Axis, ...]:
    """Return the field after a layer that slides a window: convolution, pooling, transposed convolution."""
    kernel = as_tuple(getattr(layer, "kernel_size", None) or layer.pool_size, len(sizes))
    stride = as_tuple(layer.strides, len(sizes))
    dilation = as_tuple(getattr(layer, "dilation_rate", 1), len(sizes))
    seen = []
    for axis, size, k, s, d in zip(field, sizes, kernel, stride, dilation, strict=True):
        span = d * (k - 1) + 1
        if isinstance(layer, TRANSPOSED):
            seen.append(Axis(axis.first, axis.last + (math.ceil(span / s) - 1) * axis.step, axis.step / s))
            continue
        before = pixels_before(layer.padding, size, span, s)
        first = axis.first - before * axis.step
        seen.append(Axis(first, first + (axis.last - axis.first) + (span - 1) * axis.step, axis.step * s))
    return tuple(seen)


def pairs(frame) -> tuple:
    """Return one (before, after) per axis; Keras leaves the outer brackets away for a single axis."""
    return frame if isinstance(frame[0], (tuple, list)) else (frame,)


def pixels_before(padding: str, size: int, span: int, stride: int) -> int:
    """Return the padding before the first pixel, as Keras counts it: an odd pixel goes after; causal goes before."""
    if padding == "causal":
        return span - 1
    total = max((math.ceil(size / stride) - 1) * stride + span - size, 0)
    return total // 2 if padding == "same" else 0


def as_tuple(value, length: int) -> tuple[int, ...]:
    """Return a tuple of ``length`` numbers from one number or such a tuple."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * length
