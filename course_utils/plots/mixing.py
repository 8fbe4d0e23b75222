"""A 1×1 convolution seen from the side: one column through a stack of maps, and the stack that it makes."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Affine2D

from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, FAINT, INK, axes_of

WIDE, SLANT, STEP = 0.55, 0.25, 0.21  # of a card of height 1: its width, how far it leans, the way to the next card
GAP = 1.5  # between the stacks
GROUND = (36, 41, 47)  # behind the cards, as dark as ink


@describable
def mixed_columns(maps, mixed, *, at: tuple[int, int], labels: tuple[str, str, str], ax=None) -> Axes:
    """Draw two stacks of maps from the side, and in both the column of numbers that belongs to one pixel.

    Every map has a grey scale of its own, from black, its least number, to white. The stacks are Axes of their own.

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
    high = 1 + SLANT
    wide = [(stack.shape[-1] - 1) * STEP + WIDE for stack in (maps, mixed)]
    whole = sum(wide) + GAP
    for left, own, stack, label in zip((0, wide[0] + GAP), wide, (maps, mixed), labels[::2], strict=True):
        inner = ax.inset_axes([left, 0, own, high], transform=ax.transData, xticks=[], yticks=[])
        inner.spines[:].set_visible(False)
        inner.imshow([[GROUND]], extent=(0, own, 0, high), aspect="auto")  # an image: it stays as it is with the cards
        _stack(inner, stack, at)
        inner.set(xlim=(0, own), ylim=(0, high))
        ax.text(left + own / 2, -0.06, label, ha="center", va="top", fontsize=11)
    start, stop, level = wide[0] + 0.15, wide[0] + GAP - 0.15, high / 2
    ax.annotate("", (stop, level), (start, level), arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.6})
    ax.text((start + stop) / 2, level + 0.08, labels[1], ha="center", va="bottom", fontsize=11)
    ax.set(xlim=(-0.05, whole + 0.05), ylim=(-0.3, high + 0.02), aspect="equal")
    ax.set_axis_off()
    return ax


def _stack(ax: Axes, stack: np.ndarray, at: tuple[int, int]) -> None:
    """Draw the maps of a stack as leaning cards, and the column of one pixel through them."""
    height, width, count = stack.shape
    across, up = (at[1] + 0.5) / width, 1 - (at[0] + 0.5) / height
    places = STEP * np.arange(count)
    for number, place in enumerate(places):
        lean = Affine2D.from_values(WIDE, SLANT, 0, 1, place, 0) + ax.transData
        ax.imshow(stack[..., number], extent=(0, 1, 0, 1), cmap="gray", aspect="auto", transform=lean, zorder=number)
        ax.plot([0, 1, 1, 0, 0], [0, 0, 1, 1, 0], color=FAINT, linewidth=0.8, transform=lean, zorder=number)
    column, level = places + WIDE * across, np.full(count, up + SLANT * across)
    ax.plot(column, level, color=COLOURS[4], linewidth=1.4, zorder=count)
    ax.plot(column, level, "s", color=COLOURS[4], markersize=4, markeredgecolor="white", zorder=count)
