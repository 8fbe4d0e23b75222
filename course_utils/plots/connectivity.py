"""Pictures of who is connected to whom: one layer, three kinds of layers, layers one above the other."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from course_utils.plots.arithmetic import PARTS
from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, INK, axes_of
from course_utils.validation import whole_number


@describable
def connections(weight_ids, *, title: str | None = None, ax=None) -> Axes:
    """Draw which pixels (below) each unit (above) is connected to; equal colours share a weight, grey lines none.

    Args:
        weight_ids: whole-number array (units, pixels): the number of the weight on each connection, -1 for none.
        title: text above the picture.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes. Up to eight different weights get a colour each; with more, all lines are grey.

    Raises:
        ValueError: ``weight_ids`` does not have two axes.

    Example:
        >>> connections([[0, 1, -1], [-1, 0, 1]], title="convolution: two weights, used twice")
    """
    weight_ids = np.asarray(weight_ids)
    if weight_ids.ndim != 2:
        raise ValueError(f"weight_ids must have two axes (units, pixels); received shape {weight_ids.shape}.")
    units, pixels = weight_ids.shape
    ax = axes_of(ax, size=(4.0, 2.6))
    across = {"unit": np.linspace(0, pixels - 1, units + 2)[1:-1], "pixel": np.arange(pixels)}
    few = len(np.unique(weight_ids[weight_ids >= 0])) <= len(COLOURS)
    for unit, pixel in np.argwhere(weight_ids >= 0):
        colour = COLOURS[weight_ids[unit, pixel]] if few else "#8c959f"
        ends = [across["pixel"][pixel], across["unit"][unit]]
        ax.plot(ends, [0, 1], color=colour, linewidth=2 if few else 1, zorder=1)
    for name, height, fill in (("pixel", 0, "white"), ("unit", 1, INK)):
        places = across[name]
        ax.scatter(places, np.full(len(places), height), s=130, facecolor=fill, edgecolor=INK, linewidth=1.4, zorder=3)
    ax.set(xlim=(-0.6, pixels - 0.4), ylim=(-0.45, 1.45), xticks=[])
    ax.set_yticks([0, 1], labels=["pixels", "units"])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    if title:
        ax.set_title(title)
    return ax


@describable
def connection_kinds(pixels: int = 7, patch: int = 3) -> np.ndarray:
    """Draw the same pixels connected to units in three ways: dense, locally connected, convolutional.

    Args:
        pixels: number of pixels, in a row.
        patch: number of neighbouring pixels that a local unit sees.

    Returns:
        Array of the three Axes; their titles count lines and weights.

    Raises:
        ValueError: an argument is no whole number, or ``patch`` exceeds ``pixels``.
    """
    pixels = whole_number("pixels", pixels)
    patch = whole_number("patch", patch, maximum=pixels)
    units = pixels - patch + 1
    dense, local = np.arange(units * pixels).reshape(units, pixels), np.full((units, pixels), -1)
    shared = local.copy()
    for unit in range(units):
        local[unit, unit : unit + patch] = patch * unit + np.arange(patch)
        shared[unit, unit : unit + patch] = np.arange(patch)
    _, axes = plt.subplots(3, 1, figsize=(5.8, 5.6))
    for ax, (kind, ids) in zip(axes, {"dense": dense, "local": local, "local and shared": shared}.items(), strict=True):
        weights = len(np.unique(ids[ids >= 0]))
        connections(ids, title=f"{kind}: {(ids >= 0).sum()} lines, {weights} weights", ax=ax)
    return axes


@describable
def stacked_fields(layers, *, ax=None) -> Axes:
    """Draw layers along one axis, one above the other, and what one unit of the last layer sees of the pixels.

    Args:
        layers: (kernel, stride) of each layer, the first one reads the pixels; no padding.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes; its title says how many pixels the unit sees.

    Raises:
        ValueError: a kernel or stride is no whole number of at least 1.

    Example:
        >>> stacked_fields([(3, 2), (3, 2)])  # the unit sees 7 pixels
    """
    layers = [(whole_number("kernel", kernel), whole_number("stride", stride)) for kernel, stride in layers]
    width, step, steps, starts = 1, 1, [1], [0.0]
    for kernel, stride in layers:
        width, starts = width + (kernel - 1) * step, [*starts, starts[-1] + (kernel - 1) * step / 2]
        step *= stride
        steps.append(step)
    pixels = width + 2 * steps[-1]  # room for one more unit on either side
    ax = axes_of(ax, size=(6.0, 1.0 + 1.0 * len(layers)))
    seen, first = 1, 1  # on the way down: how many are seen, and the number of the first
    for level in range(len(layers), -1, -1):
        places = np.arange(starts[level], pixels - starts[level] - 0.5, steps[level])
        inside = [first <= number < first + seen for number in range(len(places))]
        colours = [(PARTS[2] if level else PARTS[0]) if hit else "white" for hit in inside]
        ax.scatter(places, np.full(len(places), level), s=150, c=colours, edgecolor=INK, linewidth=1.2, zorder=3)
        if level:
            kernel, stride = layers[level - 1]
            for number in range(first, first + seen):
                for below in range(number * stride, number * stride + kernel):
                    end = starts[level - 1] + below * steps[level - 1]
                    ax.plot([places[number], end], [level, level - 1], color="#8c959f", linewidth=1.4, zorder=1)
            first, seen = first * stride, (seen - 1) * stride + kernel
    names = [f"layer {n}: {kernel} wide,\nstride {stride}" for n, (kernel, stride) in enumerate(layers, start=1)]
    ax.set(xlim=(-0.7, pixels - 0.3), ylim=(-0.4, len(layers) + 0.4), xticks=[])
    ax.set_yticks(range(len(layers) + 1), labels=["pixels", *names])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_title(f"one unit of layer {len(layers)} sees {width} pixels in a row")
    return ax
