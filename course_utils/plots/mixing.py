"""A 1×1 convolution seen from the side: one column through a stack of maps, and the stack that it makes."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Affine2D

from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, FAINT, INK, axes_of

WIDE, SLANT, STEP = 0.55, 0.25, 0.21  # of a card of height 1: its width, how far it leans, the way to the next card
GAP = 1.5  # between the stacks


@describable
def mixed_columns(maps, mixed, *, at: tuple[int, int], labels: tuple[str, str, str], ax=None) -> Axes:
    """Draw two stacks of maps from the side, and in both the column of numbers that belongs to one pixel.

    Every map has a grey scale of its own, from black, its least number, to white.

    Args:
        maps: array (H, W, C), the stack that comes in.
        mixed: array (H, W, F), the stack that a 1×1 convolution makes of it.
        at: row and column of the pixel.
        labels: what stands below the first stack, at the arrow, and below the second stack.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: a stack does not have three axes, their sides differ, or the pixel lies outside.

    Example:
        >>> ax = mixed_columns(maps, maps @ weights, at=(20, 30), labels=("16 maps", "· W", "8 mixtures"))
    """
    maps, mixed = np.asarray(maps, dtype=float), np.asarray(mixed, dtype=float)
    if maps.ndim != 3 or mixed.ndim != 3 or maps.shape[:2] != mixed.shape[:2]:
        wanted = "maps and mixed must have shapes (H, W, C) and (H, W, F)"
        raise ValueError(f"{wanted}; received {maps.shape} and {mixed.shape}.")
    height, width = maps.shape[:2]
    if not (0 <= at[0] < height and 0 <= at[1] < width):
        raise ValueError(f"at must be a pixel of {height}×{width}; received {at}.")
    ax = axes_of(ax, size=(6.0, 1.9))
    ends = [0.0, (maps.shape[-1] - 1) * STEP + WIDE + GAP]
    for left, stack, label in zip(ends, (maps, mixed), labels[::2], strict=True):
        _stack(ax, left, stack, at, label)
    start, stop = ends[1] - GAP + 0.15, ends[1] - 0.15
    across = (at[1] + 0.5) / width
    level = 1 - (at[0] + 0.5) / height + SLANT * across
    ax.annotate("", (stop, level), (start, level), arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.6})
    ax.text((start + stop) / 2, level + 0.08, labels[1], ha="center", va="bottom", fontsize=11)
    right = ends[1] + (mixed.shape[-1] - 1) * STEP + WIDE
    ax.set(xlim=(-0.1, right + 0.1), ylim=(-0.3, 1 + SLANT + 0.08), aspect="equal")
    ax.set_axis_off()
    return ax


def _stack(ax: Axes, left: float, stack: np.ndarray, at: tuple[int, int], label: str) -> None:
    """Draw the maps of a stack as leaning cards, and the column of one pixel through them."""
    height, width, count = stack.shape
    across, up = (at[1] + 0.5) / width, 1 - (at[0] + 0.5) / height
    places = left + STEP * np.arange(count)
    for number, place in enumerate(places):
        lean = Affine2D.from_values(WIDE, SLANT, 0, 1, place, 0) + ax.transData
        ax.imshow(stack[..., number], extent=(0, 1, 0, 1), cmap="gray", transform=lean, zorder=number)
        ax.plot([0, 1, 1, 0, 0], [0, 0, 1, 1, 0], color=FAINT, linewidth=0.8, transform=lean, zorder=number)
    column = places + WIDE * across
    level = np.full(count, up + SLANT * across)
    ax.plot(column, level, color=COLOURS[4], linewidth=1.4, zorder=count)
    ax.plot(column, level, "s", color=COLOURS[4], markersize=4, markeredgecolor="white", zorder=count)
    ax.text((places[0] + places[-1] + WIDE) / 2, -0.08, label, ha="center", va="top", fontsize=11)
