"""A 1×1 convolution at one pixel: its numbers in all maps, the weights, and the sums that it makes of them."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, INK, axes_of

SIDE, SPACE = 1.0, 0.08  # of a map, and between two
LINE, CELL = 0.38, 0.62  # of the sum between the maps: height of a line, width of a column


@describable
def mixed_pixel(maps, weights, *, at: tuple[int, int], ax=None) -> Axes:
    """Draw maps, their numbers at one pixel times the weights of a 1×1 convolution, and the mixtures that it makes.

    Every map has a grey scale of its own, from black, its least number, to white.

    Args:
        maps: array (H, W, C) of an even number of maps.
        weights: array (C, 2), from each map to the two mixtures.
        at: row and column of the pixel.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: the maps do not have three axes or are odd in number, the weights do not fit them, or the pixel
            lies outside.

    Example:
        >>> ax = mixed_pixel(maps, weights, at=(20, 30))
    """
    maps, weights = np.asarray(maps, dtype=float), np.asarray(weights, dtype=float)
    if maps.ndim != 3 or maps.shape[-1] % 2 or weights.shape != (maps.shape[-1], 2):
        wanted = "maps and weights must have shapes (H, W, C) and (C, 2), C even"
        raise ValueError(f"{wanted}; received {maps.shape} and {weights.shape}.")
    (height, width), count = maps.shape[:2], maps.shape[-1]
    if not (0 <= at[0] < height and 0 <= at[1] < width):
        raise ValueError(f"at must be a pixel of {height}×{width}; received {at}.")
    mixed, across = maps @ weights, count // 2
    ax = axes_of(ax, size=(6.2, 2.8))
    step = SIDE + SPACE
    for number in range(count):
        _card(ax, maps[..., number], (number % across * step, step - number // across * step), at, f"{number + 1}")
    left = across * step + 0.2
    columns = left + CELL * np.array([0.2, 1.1, 2.4, 3.7])  # the map's name, its number, a weight for each mixture
    top = step + SIDE
    _line(ax, columns, top - 0.18, ["map", "pixel", "A", "B"], INK)
    for number, (own, row) in enumerate(zip(maps[at], weights, strict=True)):
        words = [f"{number + 1}", f"{own:.2f}", f"× {row[0]:.2f}", f"× {row[1]:.2f}"]
        _line(ax, columns, top - 0.18 - LINE * (number + 1), words, INK, bold=1)
    foot = top - 0.18 - LINE * (count + 1)
    ax.plot([left, left + 4.2 * CELL], [foot + LINE / 2] * 2, color=INK, linewidth=1)
    _line(ax, columns, foot, ["", "sum", *(f"{total:.2f}" for total in mixed[at])], INK, bold=(2, 3))
    right = left + 4.2 * CELL + 0.25
    for number, name in enumerate("AB"):
        _card(ax, mixed[..., number], (right, step - number * step), at, name)
    ax.set(xlim=(-0.03, right + SIDE + 0.03), ylim=(min(0, foot - LINE / 2) - 0.03, top + 0.03), aspect="equal")
    ax.set_axis_off()
    return ax


def _line(ax: Axes, columns, level: float, words, colour, bold=()) -> None:
    """Write a line of the sum; the columns in ``bold`` are the pixel's numbers, in its colour."""
    for place, (column, word) in enumerate(zip(columns, words, strict=True)):
        own = place in np.atleast_1d(bold)
        text = ax.text(column, level, word.replace("-", "−"), ha="center", va="center", fontsize=11)
        text.set(color=COLOURS[4] if own else colour, weight="bold" if own else "normal")


def _card(ax: Axes, planes: np.ndarray, corner: tuple[float, float], at: tuple[int, int], name: str) -> None:
    """Draw a map with its name, and a square around the pixel."""
    x, y = corner
    ax.imshow(planes, extent=(x, x + SIDE, y, y + SIDE), cmap="gray")
    height, width = planes.shape
    centre = x + SIDE * (at[1] + 0.5) / width, y + SIDE * (1 - (at[0] + 0.5) / height)
    ax.plot(*centre, "s", color=COLOURS[4], markersize=7, markeredgecolor="white")
    ax.add_patch(Rectangle((x, y + SIDE - 0.22), 0.22, 0.22, facecolor="white", edgecolor="none", zorder=3))
    ax.text(x + 0.11, y + SIDE - 0.12, name, ha="center", va="center", fontsize=10, color="black", zorder=4)
