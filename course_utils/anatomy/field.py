"""Receptive fields: which pixels of the image one value of a layer can see, followed layer by layer.

Along each axis, value number p sees the pixels from ``first(p)`` to ``last(p)``, padding included. Where maps only
shrink, both grow by the same step from value to value; after a layer that enlarges they follow a pattern that
repeats, and one period of it is kept. Paths that meet see the union of what each saw. This is the theoretical field:
every weight counts, however small.

Where an output is no window of its input, as after a recurrent layer, the field is unknown (see `anatomy.positions`).
"""

import math
from typing import NamedTuple

import keras

from course_utils.anatomy.counting import CONVOLUTIONS, DEPTHWISE, SEPARABLE, TRANSPOSED, channels_axis
from course_utils.anatomy.positions import kept


class Axis(NamedTuple):
    """What the values along one axis see, in pixels of the input: one period of first and last pixels."""

    firsts: tuple[int, ...]
    lasts: tuple[int, ...]
    advance: int  # pixels from one period to the next; 0 when all values see the same
    always: tuple[int, int] | None = None  # what every value sees besides: after a gate from a global pool, all

    @property
    def period(self) -> int:
        """Number of values after which the pattern repeats."""
        return len(self.firsts)

    @property
    def step(self) -> float:
        """Pixels from one value to the next."""
        return self.advance / self.period

    @property
    def size(self) -> int:
        """Pixels that one value sees, at most."""
        window = max(last - first for first, last in zip(self.firsts, self.lasts, strict=True))
        return max(window, self.always[1] - self.always[0] if self.always else 0) + 1

    @property
    def centre(self) -> float:
        """Middle of the window of the first value."""
        return (self.firsts[0] + self.lasts[0]) / 2

    def first(self, place: int) -> int:
        """Return the first pixel that a value sees; places beyond the map are those of its padding."""
        periods, within = divmod(place, self.period)
        return self.firsts[within] + periods * self.advance

    def last(self, place: int) -> int:
        """Return the last pixel that a value sees."""
        periods, within = divmod(place, self.period)
        return self.lasts[within] + periods * self.advance


Field = tuple[Axis, ...] | None
PIXEL = Axis((0,), (0,), 1)
REACH = {"nearest": 0, "bilinear": 1, "bicubic": 2, "lanczos3": 3, "lanczos5": 5}  # neighbours to each side

# After these a value depends on all positions of its input.
WHOLE = (
    keras.layers.Flatten,
    *(getattr(keras.layers, f"Global{how}Pooling{n}D") for how in ("Average", "Max") for n in (1, 2, 3)),
    keras.layers.Attention,
    keras.layers.AdditiveAttention,
    keras.layers.MultiHeadAttention,
)
POOLS = tuple(getattr(keras.layers, f"{how}Pooling{n}D") for how in ("Average", "Max") for n in (1, 2, 3))
WINDOWS = CONVOLUTIONS + DEPTHWISE + SEPARABLE + POOLS
FRAMES = tuple(getattr(keras.layers, f"ZeroPadding{n}D") for n in (1, 2, 3))
CROPS = tuple(getattr(keras.layers, f"Cropping{n}D") for n in (1, 2, 3))
ENLARGE = tuple(getattr(keras.layers, f"UpSampling{n}D") for n in (1, 2, 3))


def of_input(shape) -> Field:
    """Return the field of an input tensor: each position sees itself; without positions there is nothing to see."""
    return (PIXEL,) * (len(shape) - 2) or None


def after(layer, fields: list[Field], shapes: list[tuple], output_shape: tuple) -> Field:
    """Return the field of a layer's output.

    Args:
        layer: the layer or operation called.
        fields: fields of its inputs, ``None`` where it is not known.
        shapes: shapes of its inputs, batch axis first.
        output_shape: shape of its output, batch axis first.

    Returns:
        One `Axis` per axis of the image, or ``None`` where the output is no window of the input, or not known to be.
    """
    if not fields or any(field is None or len(field) != len(fields[0]) for field in fields):
        return None
    field, sizes = union(fields), positions(layer, largest(shapes))
    if all(axis.advance == 0 for axis in field):
        return field
    if len(sizes) != len(field):
        return None
    new_sizes = positions(layer, output_shape)
    if isinstance(layer, WHOLE) or (isinstance(layer, keras.layers.Reshape) and set(new_sizes) <= {1}):
        return tuple(whole(axis, size) for axis, size in zip(field, sizes, strict=True))
    if isinstance(layer, FRAMES):
        return shift(field, [-before for before, _ in pairs(layer.padding)])
    if isinstance(layer, CROPS):
        return shift(field, [before for before, _ in pairs(layer.cropping)])
    if isinstance(layer, ENLARGE):
        return enlarge(field, layer)
    if isinstance(layer, TRANSPOSED):
        return transposed(field, layer, sizes, new_sizes)
    if slides(layer, len(sizes)):
        return window(field, layer, sizes)
    return field if new_sizes == sizes and kept(layer, largest(shapes)) else None


def slides(layer, axes: int) -> bool:
    """Return whether a layer slides a window: Keras's convolutions and pools, or one of your own with ``strides``."""
    if isinstance(layer, WINDOWS):
        return True
    ours = not type(layer).__module__.startswith("keras.") and not isinstance(layer, keras.layers.RNN)
    return ours and hasattr(layer, "strides") and all(len(values) == axes for values in numbers(layer, axes))


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
    return tuple(cover(axes) for axes in zip(*fields, strict=True))


def cover(axes) -> Axis:
    """Return the axis that covers all of several; what every value sees is kept apart from windows that move."""
    if len(set(axes)) == 1:
        return axes[0]
    moving = [axis for axis in axes if axis.advance] or axes
    period = math.lcm(*(axis.period for axis in moving))
    firsts = tuple(min(axis.first(place) for axis in moving) for place in range(period))
    lasts = tuple(max(axis.last(place) for axis in moving) for place in range(period))
    advance = max(axis.advance * period // axis.period for axis in moving)
    fixed = [axis.always for axis in axes if axis.always]
    fixed += [(axis.first(0), axis.last(0)) for axis in axes if advance and not axis.advance]
    always = (min(first for first, _ in fixed), max(last for _, last in fixed)) if fixed else None
    return Axis(firsts, lasts, advance, always)


def whole(axis: Axis, size: int) -> Axis:
    """Return what all positions of an axis see together."""
    ends = [(axis.first(0), axis.last(size - 1))] + ([axis.always] if axis.always else [])
    return Axis((min(first for first, _ in ends),), (max(last for _, last in ends),), 0)


def shift(field, places) -> tuple[Axis, ...]:
    """Return the field with position 0 moved by so many of its own positions."""
    return tuple(taken(axis, range(n, n + axis.period), 0, 1) for axis, n in zip(field, places, strict=True))


def taken(axis: Axis, starts, length: int, stride: int) -> Axis:
    """Return the axis of windows that begin at ``starts`` (one period) and reach ``length`` places further."""
    firsts = tuple(axis.first(start) for start in starts)
    lasts = tuple(axis.last(start + length) for start in starts)
    return Axis(firsts, lasts, axis.advance * len(firsts) * stride // axis.period, axis.always)


def window(field, layer, sizes) -> tuple[Axis, ...]:
    """Return the field after a layer that slides a window: convolution, pooling, or strides alone."""
    kernel, stride, dilation = numbers(layer, len(sizes))
    seen = []
    for axis, size, k, s, d in zip(field, sizes, kernel, stride, dilation, strict=True):
        span = d * (k - 1) + 1
        before = pixels_before(getattr(layer, "padding", "valid"), size, span, s)
        period = axis.period // math.gcd(axis.period, s)
        seen.append(taken(axis, [place * s - before for place in range(period)], span - 1, s))
    return tuple(seen)


def transposed(field, layer, sizes, enlarged) -> tuple[Axis, ...]:
    """Return the field after a transposed convolution: a value sees the places whose kernel reaches it."""
    kernel, stride, dilation = numbers(layer, len(sizes))
    seen = []
    for axis, size, new, k, s, d in zip(field, sizes, enlarged, kernel, stride, dilation, strict=True):
        span = d * (k - 1) + 1
        cut = max((size - 1) * s + span - new, 0) // 2 if layer.padding == "same" else 0
        places = range(cut, cut + s * axis.period)
        firsts = tuple(axis.first(math.ceil((place - span + 1) / s)) for place in places)
        seen.append(Axis(firsts, tuple(axis.last(place // s) for place in places), axis.advance, axis.always))
    return tuple(seen)


def enlarge(field, layer) -> tuple[Axis, ...]:
    """Return the field after enlarging: neighbours see the same, or interpolate between the same places."""
    reach = REACH[getattr(layer, "interpolation", "nearest")]
    seen = []
    for axis, n in zip(field, as_tuple(layer.size, len(field)), strict=True):
        places = range(n * axis.period)
        # Between places left and left + 1 where it interpolates; an odd factor's middle value lies on a place.
        lefts = [(2 * p + 1 - n) // (2 * n) if reach else p // n for p in places]
        on = [not reach or (2 * p + 1 - n) % (2 * n) == 0 for p in places]
        firsts = tuple(axis.first(q if o else q - reach + 1) for q, o in zip(lefts, on, strict=True))
        lasts = tuple(axis.last(q if o else q + reach) for q, o in zip(lefts, on, strict=True))
        seen.append(Axis(firsts, lasts, axis.advance, axis.always))
    return tuple(seen)


def numbers(layer, axes: int) -> tuple[tuple[int, ...], ...]:
    """Return kernel, stride and dilation of a layer, one number per axis each."""
    kernel = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None) or 1
    return tuple(as_tuple(value, axes) for value in (kernel, layer.strides, getattr(layer, "dilation_rate", 1)))


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
