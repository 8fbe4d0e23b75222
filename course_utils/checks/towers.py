"""What exercise 2 of lesson 07 distinguishes: the usual wrong outputs of a convolution in two groups."""

import numpy as np

from course_utils.checks.partial import near as near


def convolved(maps: np.ndarray, kernel: np.ndarray, padding: int = 2) -> np.ndarray:
    """Return an ordinary convolution (H, W, C) by (k, k, C, F) with zeros around, without bias."""
    framed = np.pad(maps, ((padding, padding), (padding, padding), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(framed, kernel.shape[:2], axis=(0, 1))
    return np.einsum("hwcij,ijcf->hwf", windows, kernel, optimize=True)


def right(maps, kernel, bias, *, padding: int = 2) -> np.ndarray:
    """Return what a convolution with two groups makes of the maps."""
    inputs, filters = maps.shape[-1] // 2, kernel.shape[-1] // 2
    first = convolved(maps[..., :inputs], kernel[..., :filters], padding)
    second = convolved(maps[..., inputs:], kernel[..., filters:], padding)
    return np.concatenate([first, second], axis=-1) + bias


def by_layer(layer, maps, bias) -> np.ndarray:
    """Return what a Keras layer with a ReLU behind it makes of the maps, with other biases and before its ReLU."""
    kept, activation = layer.get_weights(), layer.activation
    try:
        layer.set_weights([kept[0], bias])
        layer.activation = None
        return np.asarray(layer(maps[None]))[0]
    finally:
        layer.activation = activation
        layer.set_weights(kept)


def on_error(error: Exception) -> str:
    """Return the hint on a function that raises."""
    if "broadcast" in str(error):
        return "Join along axis -1: the maps, so that there are as many as biases."
    return "Each of the two convolutions needs as many maps as its kernels have (axis 2 of `kernel`)."


def fault(answer, maps, kernel, bias) -> str:
    """Return the hint on a wrong output."""
    expected, shape = right(maps, kernel, bias), np.shape(answer)
    filters = kernel.shape[-1] // 2
    for wrong, hint in mistakes(maps, kernel, bias, expected):
        if near(answer, wrong):
            return hint
    if shape == (*expected.shape[:-1], filters):
        return f"that is one tower of {filters} maps, or both added up; the towers stand side by side."
    if shape == (2 * expected.shape[0], expected.shape[1], filters):
        return "the towers are joined along the rows, not along the maps."
    if shape != expected.shape:
        return f"the output must have shape {expected.shape}; yours has {shape}."
    return "the shape is right, the numbers are not: which maps does filter 0 see, and which the last one?"


def mistakes(maps, kernel, bias, expected) -> list:
    """Return pairs (wrong output, hint) for the mistakes people make."""
    inputs, filters = maps.shape[-1] // 2, kernel.shape[-1] // 2
    turned = np.concatenate([maps[..., inputs:], maps[..., :inputs]], axis=-1)
    same = np.concatenate([maps[..., :inputs]] * 2, axis=-1)
    striped = np.concatenate([maps[..., 0::2], maps[..., 1::2]], axis=-1)
    exchanged = np.concatenate([expected[..., filters:], expected[..., :filters]], axis=-1)
    small = right(maps, kernel, bias, padding=0)
    woven = np.stack([expected[..., :filters], expected[..., filters:]], axis=-1).reshape(expected.shape)
    twice = np.concatenate([kernel[..., :filters]] * 2, axis=-1)
    return [
        (expected - bias, "the biases are missing."),
        (np.maximum(expected, 0), "stop before the ReLU: the sums and the biases alone."),
        (right(turned, kernel, bias), "each tower sees the maps of the other one."),
        (right(same, kernel, bias), "both towers see the same half of the maps."),
        (right(striped, kernel, bias), "a tower has one half of the maps, not every second one."),
        (right(maps, twice, bias), "both towers use the same half of the filters."),
        (exchanged, "the two towers have changed places in the output."),
        (np.roll(expected - bias, filters, axis=-1) + bias, "the two towers have changed places in the output."),
        (woven, "the maps of the first tower come first, then those of the second."),
        (small, "the maps have become smaller: this convolution pads."),
        (small - bias, "the maps have become smaller: this convolution pads."),
        (expected - bias + bias.mean(), "each map has a bias of its own."),
        *((expected - bias + np.tile(half, 2), "each tower has biases of its own.") for half in np.split(bias, 2)),
        (expected + bias, "the biases are added twice."),
    ]
