"""A stack of windows (convolutions and pools) and its numbers: what one output value sees, sizes, weights.

The numbers follow Keras: "same" gives ⌈n / stride⌉ outputs and pads an odd pixel behind, "valid" pads nothing.
"""

from typing import NamedTuple

from course_utils.validation import one_of, whole_number

KINDS = ("convolution", "pooling")
PADDINGS = ("same", "valid")
LIMITS = {"kernel": (1, 15), "stride": (1, 8), "dilation": (1, 8), "size": (4, 128), "channels": (1, 2048)}
MOST_LAYERS = 12


class Step(NamedTuple):
    """The numbers behind one layer of the stack, along one axis."""

    size: int  # values along the axis
    field: int  # pixels of the input that one value sees, padding included
    stride: int  # pixels of the input from one value to the next
    first: int  # first pixel that value 0 sees; negative where it begins in the padding
    weights: int  # of the layer, with as many channels coming in as going out, no biases


def convolution(kernel: int, stride: int = 1, dilation: int = 1) -> dict:
    """Return a convolution for the stack."""
    return {"kind": "convolution", "kernel": kernel, "stride": stride, "dilation": dilation}


def pooling(kernel: int = 2, stride: int | None = None) -> dict:
    """Return a pool for the stack; its stride is its size when None."""
    return {"kind": "pooling", "kernel": kernel, "stride": kernel if stride is None else stride, "dilation": 1}


STACKS = {
    "three 3×3": [convolution(3)] * 3,
    "two 3×3": [convolution(3)] * 2,
    "one 5×5": [convolution(5)],
    "one 7×7": [convolution(7)],
    "3×3, stride 2, 3×3": [convolution(3), convolution(3, 2), convolution(3)],
    "3×3 dilated 1, 2, 4": [convolution(3, 1, 1), convolution(3, 1, 2), convolution(3, 1, 4)],
    "VGG-16 up to pool 3": [convolution(3)] * 2
    + [pooling()]
    + [convolution(3)] * 2
    + [pooling()]
    + [convolution(3)] * 3
    + [pooling()],
    "AlexNet up to pool 2": [convolution(11, 4), pooling(3, 2), convolution(5), pooling(3, 2)],
    "LeNet-5 up to S4": [convolution(5), pooling(), convolution(5), pooling()],
}


def as_layers(layers) -> list[dict]:
    """Return the layers of a stack, named or listed, as dicts; raise a ``ValueError`` that says what is allowed."""
    if isinstance(layers, str):
        layers = STACKS[one_of("layers", layers, STACKS)]
    if not isinstance(layers, (list, tuple)) or not 1 <= len(layers) <= MOST_LAYERS:
        raise ValueError(
            f"layers must be a name ({', '.join(STACKS)}) or a list of 1 to {MOST_LAYERS} layers; received {layers!r}."
        )
    return [as_layer(layer) for layer in layers]


def as_layer(layer) -> dict:
    """Return one layer as a dict: a number is a convolution of that size, a dict may leave out all but the kernel."""
    if not isinstance(layer, dict):
        return convolution(setting("kernel", layer))
    unknown = sorted(set(layer) - {"kind", "kernel", "stride", "dilation"})
    if unknown or "kernel" not in layer:
        raise ValueError(
            "layers must be numbers (the kernel of a convolution) or dicts with kernel and, as needed, kind, stride "
            f"and dilation; received {layer!r}."
        )
    kind = one_of("kind", layer.get("kind", "convolution"), KINDS)
    kernel = setting("kernel", layer["kernel"])
    stride = setting("stride", layer.get("stride", kernel if kind == "pooling" else 1))
    dilation = setting("dilation", layer.get("dilation", 1))
    if kind == "pooling" and dilation != 1:
        raise ValueError(f"dilation must be 1 for pooling; received {dilation}.")
    return {"kind": kind, "kernel": kernel, "stride": stride, "dilation": dilation}


def setting(name: str, value) -> int:
    """Return a number of the stack as an int, or raise a ``ValueError`` that names it and its limits."""
    low, high = LIMITS[name]
    return whole_number(name, value, minimum=low, maximum=high)


def trace(layers: list[dict], size: int, padding: str, channels: int) -> list[Step]:
    """Return the numbers of the input and of each layer, in order; it ends early where a window does not fit."""
    steps = [Step(size, 1, 1, 0, 0)]
    for layer in layers:
        last = steps[-1]
        kernel, stride = layer["kernel"], layer["stride"]
        span = layer["dilation"] * (kernel - 1) + 1
        if padding == "valid" and span > last.size:
            break
        new = -(-last.size // stride) if padding == "same" else (last.size - span) // stride + 1
        before = max((new - 1) * stride + span - last.size, 0) // 2 if padding == "same" else 0
        weights = kernel**2 * channels**2 if layer["kind"] == "convolution" else 0
        field, first = last.field + (span - 1) * last.stride, last.first - before * last.stride
        steps.append(Step(new, field, last.stride * stride, first, weights))
    return steps


def pixels(layers: list[dict], size: int, padding: str, place: int) -> list[int]:
    """Return the pixels of the input, along one axis, that output value ``place`` looks at; padding is no pixel."""
    steps = trace(layers, size, padding, 1)
    layers = layers[: len(steps) - 1]
    seen = {place}
    for layer, below, above in zip(reversed(layers), reversed(steps[:-1]), reversed(steps[1:]), strict=True):
        before = (below.first - above.first) // below.stride
        taps = [tap * layer["dilation"] for tap in range(layer["kernel"])]
        reached = {value * layer["stride"] + tap - before for value in seen for tap in taps}
        seen = {value for value in reached if 0 <= value < below.size}
    return sorted(seen)
