"""One look for all figures: colours that colour-blind readers can distinguish, sizes that read at 800 pixels."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.axes import Axes

from course_utils.figures import DIVERGING as DIVERGING

# Okabe and Ito's palette ("Color Universal Design", 2008), in the order in which the course uses it.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442", "#000000")
SEQUENTIAL = "viridis"  # magnitudes
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
