"""One look for all figures: colours that colour-blind readers can distinguish, sizes that read at 800 pixels."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from course_utils.figures import DIVERGING as DIVERGING

# Okabe and Ito's palette ("Color Universal Design", 2008), in the order in which the course uses it.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442", "#000000")
SEQUENTIAL = "viridis"  # magnitudes
PALE = (COLOURS[1], COLOURS[5], COLOURS[6])  # too light for words on white
INK = "#24292f"
FAINT = "#d0d7de"


def set_theme() -> None:
    """Set the look of every later figure, and store figures as PNG at a moderate resolution."""
    sns.set_theme(context="notebook", style="white", palette=list(COLOURS))
    mpl.rcParams.update(
        {
            "figure.dpi": 96,
            "savefig.dpi": 96,
            "figure.constrained_layout.use": True,
            "image.cmap": "gray",
            "image.interpolation": "nearest",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 12,
            "axes.labelsize": 11,
            "legend.frameon": False,
            "axes.edgecolor": INK,
            "text.color": INK,
            "axes.labelcolor": INK,
            "xtick.color": INK,
            "ytick.color": INK,
        }
    )


def axes_of(ax: Axes | None, *, size: tuple[float, float] = (6.0, 4.0)) -> Axes:
    """Return ``ax``, or the Axes of a new figure of ``size`` inches when it is None."""
    return ax if ax is not None else plt.subplots(figsize=size)[1]


def name_lines(ax: Axes) -> Axes:
    """Write every line's label at its right end, in its colour and apart from the others, in place of a legend.

    Call it last: names stand where the lines end under the limits that the Axes then has.

    Example:
        >>> _ = axes_of(None).plot([1, 2], label="rising")
        >>> name_lines(plt.gca()).texts[0].get_text()
        'rising'
    """
    if legend := ax.get_legend():
        legend.remove()
    named = [line for line in ax.lines if not str(line.get_label()).startswith("_")]
    to_axes = ax.transData + ax.transAxes.inverted()
    ends = {line: to_axes.transform(np.asarray(line.get_xydata())[-1]) for line in named}
    room = 17 * ax.figure.dpi / 72 / ax.bbox.height  # 17 points, as a part of the height
    named.sort(key=lambda line: ends[line][1])
    heights = np.clip([ends[line][1] for line in named], 0, 1)
    for n in range(1, len(named)):  # upwards, and down again where the last would stand too high
        heights[n] = max(heights[n], heights[n - 1] + room)
    heights[-1:] = np.minimum(heights[-1:], 1)
    for n in range(len(named) - 2, -1, -1):
        heights[n] = min(heights[n], heights[n + 1] - room)
    for line, height in zip(named, heights, strict=True):
        colour = line.get_color()
        colour = tuple(0.72 * np.array(to_rgb(colour))) if colour in PALE else colour
        words = ax.annotate(
            str(line.get_label()),
            xy=(ends[line][0], height),
            xycoords="axes fraction",
            xytext=(8, 0),
            textcoords="offset points",
            annotation_clip=False,
        )
        words.set(color=colour, fontsize=11, weight="bold", va="center")
    return ax
