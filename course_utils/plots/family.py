"""Networks as a map: accuracy against work, discs as large as their parameters are many."""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, FAINT, INK, axes_of

FAMILIES = {  # colours of the lines of networks, in all maps
    "AlexNet": "0.6",
    "VGG": "0.6",
    "Inception": COLOURS[3],
    "ResNet": COLOURS[0],
    "later": COLOURS[2],
}
AREA = 5  # square points of a disc for one million parameters


class Place(NamedTuple):
    """One network on the map."""

    name: str
    work: float  # 10⁹ multiply-adds for one image
    accuracy: float  # %
    parameters: float  # millions
    colour: str = COLOURS[5]
    side: str = "right"  # of its name: right, left, above or below the disc


@describable
def family_map(places: Sequence[Place], *, ylabel="accuracy on ImageNet in %", title=None, ax=None) -> Axes:
    """Draw networks by their work (horizontal, logarithmic) and accuracy; a disc's area is its parameters.

    Args:
        places: the networks; a name may have several lines.
        ylabel: label of the vertical axis.
        title: text above the figure.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: there is no network, or the side of a name is none of right, left, above, below.

    Example:
        >>> family_map([Place("ResNet-50", 3.9, 76.1, 25.6)])
    """
    if not places:
        raise ValueError("places must hold at least one network; received none.")
    sides = {"right": (1, 0, "left", "center"), "left": (-1, 0, "right", "center"),
             "above": (0, 1, "center", "bottom"), "below": (0, -1, "center", "top")}  # fmt: skip
    ax = axes_of(ax, size=(6.0, 5.0))
    for place in places:
        if place.side not in sides:
            raise ValueError(f"side must be one of {', '.join(sides)}; received {place.side!r} for {place.name}.")
        across, up, ha, va = sides[place.side]
        area = AREA * place.parameters
        away = (area / 3.14) ** 0.5 + 4  # points from the centre: the disc's radius and a gap
        at = (place.work, place.accuracy)
        ax.scatter(*at, s=area, color=place.colour, alpha=0.6, edgecolor=INK, linewidth=0.7)
        shift = {"xytext": (across * away, up * away), "textcoords": "offset points", "ha": ha, "va": va}
        ax.annotate(place.name, at, fontsize=10, **shift)
    ax.set(xscale="log", xlabel="billion multiply-adds for one image", ylabel=ylabel)
    ax.grid(axis="y", color=FAINT, linewidth=0.8)
    if title:
        ax.set_title(title)
    return ax
