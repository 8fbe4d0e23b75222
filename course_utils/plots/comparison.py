"""Two networks side by side: what a unit reads, what each answers, how both change; and pixels folded to channels."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MultipleLocator, PercentFormatter

from course_utils.plots.images import show_image
from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, FAINT, INK, axes_of
from course_utils.validation import whole_number


@describable
def unit_inputs(image, places, *, colour: str = COLOURS[0], title: str | None = None, ax=None) -> Axes:
    """Draw one unit of a layer beside an image, with a line to each pixel that it reads.

    Args:
        image: array (H, W) as in `show_image`.
        places: numbers of the pixels that the unit reads, counted row by row from 0.
        colour: of the lines and of the unit.
        title: text above the picture.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: there is no place, or one lies outside the image.

    Example:
        >>> unit_inputs(digit, [405, 406, 407])  # three pixels in a row
    """
    image, places = np.asarray(image), np.asarray(places)
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    height, width = image.shape[:2]
    if not places.size or places.min() < 0 or places.max() >= height * width:
        raise ValueError(f"places must be numbers from 0 to {height * width - 1}; received {places!r}.")
    ax = show_image(image, title=title, ax=axes_of(ax, size=(4.6, 3.4)))
    unit = (1.45 * width, (height - 1) / 2)
    few = places.size <= 50
    for place in places:
        row, column = divmod(int(place), width)
        style = {"linewidth": 1.3 if few else 0.5, "alpha": 0.9 if few else 0.3}
        ax.plot([column, unit[0]], [row, unit[1]], color=colour, **style)
        if few:
            ax.plot(column, row, "s", color=colour, markersize=4)
    ax.plot(*unit, "o", color=colour, markersize=17, markeredgecolor=INK)
    ax.set(xlim=(-0.5, 1.6 * width), ylim=(height - 0.5, -0.5))
    return ax


@describable
def answers(image, probabilities: dict, *, colours: dict, title: str | None = None):
    """Draw an image, and beside it how probable each network thinks each class.

    Args:
        image: array as in `show_image`.
        probabilities: name of the network → one number a class, from 0 to 1.
        colours: name of the network → colour of its bars.
        title: text below the image.

    Returns:
        Array of the two Axes.
    """
    _, (left, right) = plt.subplots(1, 2, figsize=(6, 2.5), width_ratios=[1, 2.5])
    show_image(image, ax=left).set_xlabel(title or "", fontsize=12)
    width = 0.8 / len(probabilities)
    for number, (name, heights) in enumerate(probabilities.items()):
        places = np.arange(len(heights)) + (number - (len(probabilities) - 1) / 2) * width
        told = f"{name} says {int(np.argmax(heights))}"
        right.bar(places, heights, width=width, color=colours[name], label=told)
    right.set(xticks=range(len(heights)), ylim=(0, 1.25), yticks=[0, 0.5, 1], xlabel="digit", ylabel="probability")
    right.legend(loc="upper center", ncols=len(probabilities), borderaxespad=0)
    return np.array([left, right])


@describable
def before_after(
    groups: dict, *, ends: tuple[str, str], colours: dict, ylabel="accuracy", title: str | None = None, ax=None
) -> Axes:
    """Draw what a change does: for each group and repetition a line from the value before to the value after.

    Args:
        groups: name → array (repetitions, 2): before and after.
        ends: what stands below the two ends.
        colours: name → colour.
        ylabel: what the values are, shares from 0 to 1; written as whole per cent.
        title: text above the figure.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: a group does not have two values a repetition.
    """
    ax = axes_of(ax, size=(6, 4.2))
    for name, values in groups.items():
        values = np.atleast_2d(np.asarray(values, dtype=float))
        if values.shape[1] != 2:
            raise ValueError(f"groups[{name!r}] must have two columns, before and after; received {values.shape}.")
        for pair in values:
            ax.plot([0, 1], pair, "o-", color=colours[name], linewidth=1.6, markersize=7, alpha=0.75)
        for place, side, offset in ((0, "right", -0.06), (1, "left", 0.06)):
            mean = values[:, place].mean()
            ax.text(place + offset, mean, f"{name} {100 * mean:.1f} %", ha=side, va="center", weight="bold")
    ax.set(xlim=(-0.55, 1.55), ylabel=ylabel)
    ax.set_xticks([0, 1], labels=ends)
    low, high = ax.get_ylim()
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2) if high - low <= 8 * step)
    ax.yaxis.set_major_locator(MultipleLocator(step))
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.grid(axis="y", color=FAINT, linewidth=0.8)
    if title:
        ax.set_title(title)
    return ax


@describable
def two_ends(
    groups: dict, *, ends: tuple[str, str], colours: dict, ylabel="test accuracy", title=None, ax=None
) -> Axes:
    """Draw what each of some variants reaches under two conditions: dots for the runs, a bar at their mean.

    No line joins the conditions: what lies between them was not measured.

    Args:
        groups: name → two arrays of values, shares from 0 to 1, one under each condition; they may differ in length.
        ends: what stands below the two conditions.
        colours: name → colour.
        ylabel: what the values are; written as whole per cent.
        title: text above the figure.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes; names stand beside both conditions, apart from each other.

    Raises:
        ValueError: a group does not have two arrays.

    Example:
        >>> ax = two_ends({"a": [[0.5, 0.6], [0.7]]}, ends=("before", "after"), colours={"a": "black"})
    """
    ax = axes_of(ax, size=(6, 4.2))
    means = {}
    for name, values in groups.items():
        if len(values) != 2:
            raise ValueError(f"groups[{name!r}] must hold two arrays; received {len(values)}.")
        means[name] = [float(np.mean(runs)) for runs in values]
        for place, runs in enumerate(values):
            ax.plot([place] * len(runs), runs, "o", color=colours[name], markersize=7, alpha=0.7)
            ax.plot([place - 0.12, place + 0.12], 2 * [means[name][place]], color=colours[name], linewidth=3)
    ax.set(xlim=(-1.25, 2.2), ylabel=ylabel)
    low, high = ax.get_ylim()
    room = 0.055 * (high - low)
    for place, (x, side) in enumerate(((-0.18, "right"), (1.18, "left"))):
        below = -np.inf
        for mean, name in sorted((pair[place], name) for name, pair in means.items()):
            below = max(mean, below + room)
            ax.text(x, below, name, color=colours[name], ha=side, va="center", weight="bold")
    ax.set_xticks([0, 1], labels=ends)
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.grid(axis="y", color=FAINT, linewidth=0.8)
    if title:
        ax.set_title(title)
    return ax


@describable
def fold(size: int = 6, side: int = 2) -> np.ndarray:
    """Draw how squares of pixels become channels: the picture on the left, one small map a channel on the right.

    Args:
        size: pixels along each side of the picture.
        side: of the squares.

    Returns:
        Array of the Axes: the picture, then side·side channels.

    Raises:
        ValueError: an argument is no whole number, or ``size`` is no multiple of ``side``.
    """
    size, side = whole_number("size", size), whole_number("side", side)
    if size % side:
        raise ValueError(f"size must be a multiple of side ({side}); received {size}.")
    pixels = np.arange(1, size * size + 1).reshape(size, size)
    small, channels = size // side, side * side
    _, axes = plt.subplots(1, 1 + channels, figsize=(8, 2.7), width_ratios=[size + 1, *[small + 0.4] * channels])
    for row, column in np.ndindex(size, size):
        channel = row % side * side + column % side
        number, colour = int(pixels[row, column]), COLOURS[channel % len(COLOURS)]
        _pixel(axes[0], row, column, number, colour)
        _pixel(axes[1 + channel], row // side, column // side, number, colour)
    for row, column in np.ndindex(small, small):
        corner = (column * side - 0.5, row * side - 0.5)
        axes[0].add_patch(Rectangle(corner, side, side, fill=False, edgecolor=INK, linewidth=2.2))
    titles = [f"{size}×{size} pixels", *(f"channel {channel}" for channel in range(1, channels + 1))]
    for ax, title, width in zip(axes, titles, [size, *[small] * channels], strict=True):
        ax.set(xlim=(-0.6, width - 0.4), ylim=(width - 0.4, -0.6), aspect="equal", xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        ax.set_title(title, fontsize=11)
    return axes


def _pixel(ax: Axes, row: int, column: int, number: int, colour: str) -> None:
    """Draw one cell with its number."""
    ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=colour, alpha=0.35, edgecolor="white"))
    ax.text(column, row, str(number), ha="center", va="center", fontsize=10)
