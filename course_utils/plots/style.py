"""One look for all figures: colours that colour-blind readers can tell apart, sizes that read at 800 pixels."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.plots.showing import description, figure_of, in_notebook, spoken

# Okabe and Ito's palette ("Color Universal Design", 2008), in the order in which the course uses it.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442", "#000000")
SEQUENTIAL = "viridis"  # magnitudes
DIVERGING = "RdBu_r"  # signed values, white at zero: always drawn with vmin = -vmax
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
    _store_descriptions()


def alt_text(drawn, text: str) -> None:
    """Describe a figure in words for readers who cannot see it.

    In a notebook the text is shown to screen readers alone, just before the picture, and stored in the picture's
    metadata too: JupyterLab and exported pages leave that metadata out of the page.

    Args:
        drawn: a Figure, an Axes, or an array of Axes.
        text: what the figure shows, in a sentence or two.

    Raises:
        ValueError: ``text`` is empty, or ``drawn`` is no figure.
    """
    described = description(text)
    figure_of(drawn)._course_alt_text = described
    if in_notebook():
        from IPython.display import HTML, display

        display(HTML(spoken(described)))


def axes_of(ax: Axes | None, *, size: tuple[float, float] = (6.0, 4.0)) -> Axes:
    """Return ``ax``, or the Axes of a new figure of ``size`` inches when it is None."""
    return ax if ax is not None else plt.subplots(figsize=size)[1]


def _store_descriptions() -> None:
    """Let the notebook store a figure's description as the ``alt`` attribute of its PNG."""
    if not in_notebook():
        return
    from IPython import get_ipython

    shell = get_ipython()
    formatter = shell.display_formatter.formatters["image/png"]
    shell.run_line_magic("matplotlib", "inline")
    draw = formatter.lookup_by_type(Figure)
    if getattr(draw, "adds_description", False):
        return

    def draw_described(figure):
        picture = draw(figure)
        text = getattr(figure, "_course_alt_text", None)
        return (picture, {"alt": text}) if text else picture

    draw_described.adds_description = True
    formatter.for_type(Figure, draw_described)
