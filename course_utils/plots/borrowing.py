"""Pictures of a borrowed network: which of its parts move, and how sure it is of each photograph."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_utils.plots.images import show_image
from course_utils.plots.networks.pen import MUTED, SMALL, Pen
from course_utils.plots.showing import describable
from course_utils.plots.style import FAINT, INK, axes_of
from course_utils.validation import one_of

STATES = {"frozen": 0.3, "trained": 0.75, "but norm": 0.75, "new": 0.75}  # how strongly a box is tinted
COLUMN, ROW, LEFT, TOP = 122, 54, 106, 76  # pixels
EDGES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the columns of `answer_columns`, all of one width: the axis is true
ACROSS = 2  # photographs beside each other in a column
RIGHT, WRONG = "#8c959f", "#c0392b"


@describable
def moving_parts(ways: dict, *, parts: dict) -> Axes:
    """Draw ways of training a network in several parts: what is frozen, what is trained, what begins at random.

    Args:
        ways: name → one state a part: ``"frozen"``, ``"trained"`` (from borrowed weights), ``"but norm"`` (trained, but
            for its batch norm) or ``"new"`` (trained from random numbers).
        parts: name of each part → its parameters, in the order in which a picture passes them.

    Returns:
        The Axes.

    Raises:
        ValueError: an unknown state, or a way with other than one state a part.

    Example:
        >>> moving_parts({"new head": ["frozen", "new"]}, parts={"base": 410_208, "head": 2_562})
    """
    pen = Pen(LEFT + COLUMN * len(parts) + 14, TOP + ROW * len(ways) + 10)
    for column, (name, params) in enumerate(parts.items()):
        x = LEFT + COLUMN * (column + 0.5)
        pen.text(x, 20, name, weight="bold")
        pen.text(x, 45, f"{params:,}\nparameters", size=SMALL, colour=MUTED)
    for row, (name, states) in enumerate(ways.items()):
        if len(states) != len(parts):
            raise ValueError(f"ways[{name!r}] must have one state for each of the {len(parts)} parts; {states!r}.")
        y = TOP + ROW * (row + 0.5) - 6
        pen.text(14, y, name, ha="left", weight="bold")
        for column, state in enumerate(states):
            _part(pen, LEFT + COLUMN * (column + 0.5), y, one_of("state", state, STATES))
            if column:
                left = LEFT + COLUMN * column
                pen.arrow([(left - 13, y), (left + 13, y)])
    return pen.ax


def _part(pen: Pen, x: float, y: float, state: str) -> None:
    """Draw one part in its state."""
    frozen = state == "frozen"
    pen.box(x, y, COLUMN - 28, 34, "input" if frozen else "dense", frozen=frozen, strength=STATES[state])
    if frozen:
        pen.box(x, y, 74, 20, "input", strength=0.0, gid="plate").set_edgecolor("none")
        pen.lock(x - 24, y, MUTED)
    words = {
        "frozen": "frozen",
        "trained": "trained",
        "but norm": "trained (not\nbatch norm)",
        "new": "trained,\nfrom random",
    }[state]
    text = pen.text(x + (8 if frozen else 0), y, words, size=SMALL, weight="bold")
    text.set(color=MUTED if frozen else INK, va="center")


@describable
def answer_columns(images, probabilities, truths, *, names=("cat", "dog"), title: str | None = None, ax=None) -> Axes:
    """Draw photographs of two classes in four columns by the probability of the second; wrong answers have a red frame.

    The first class lies above the axis, the second below it, so each photograph in the wrong half is a mistake.

    Args:
        images: sequence of arrays (H, W, 3), all of one size.
        probabilities: of the second class, one an image, 0 to 1.
        truths: class numbers, 0 or 1.
        names: of the two classes.
        title: text above the figure.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: the three do not have the same length.

    Example:
        >>> answer_columns(pictures[:24], network.predict(pictures[:24])[:, 1], labels[:24])
    """
    probabilities, truths = np.asarray(probabilities, dtype=float), np.asarray(truths)
    if not len(images) == len(probabilities) == len(truths):
        raise ValueError(
            f"images, probabilities and truths must have one length; received {len(images)}, {len(probabilities)}, "
            f"{len(truths)}."
        )
    ax = axes_of(ax, size=(5.2, 6.8))
    columns = np.clip(np.searchsorted(EDGES, probabilities, side="right") - 1, 0, len(EDGES) - 2)
    for kind, side in ((0, 1), (1, -1)):
        for column in range(len(EDGES) - 1):
            for place, number in enumerate(np.flatnonzero((columns == column) & (truths == kind))):
                row, across = divmod(place, ACROSS)
                corner = (column * (ACROSS + 0.5) + across + 0.25, side * (row + 0.35) - (side < 0))
                wrong = (probabilities[number] > 0.5) != kind
                _photograph(ax, images[number], corner, WRONG if wrong else RIGHT, 2.6 if wrong else 0.8)
    rows = -(-int(max(np.bincount(truths, minlength=2))) // ACROSS) + 0.5
    width = (len(EDGES) - 1) * (ACROSS + 0.5)
    ax.axhline(0, color=FAINT, linewidth=1.5)
    for edge in range(1, len(EDGES) - 1):
        ax.axvline(edge * (ACROSS + 0.5), color=FAINT, linewidth=0.8, zorder=0)
    ax.axvline(width / 2, color=INK, linestyle=":", linewidth=1.2)
    ax.set(xlim=(-0.2, width + 0.2), ylim=(-rows, rows), aspect="equal")
    ax.set_xticks([edge * (ACROSS + 0.5) for edge in range(len(EDGES))], labels=[f"{100 * edge:.0f}" for edge in EDGES])
    ax.set_yticks([rows / 2, -rows / 2], labels=[f"{name}s" for name in names])
    ax.tick_params(length=0)
    ax.set_xlabel(f"probability of {names[1]}, in %, in four columns")
    ax.spines[:].set_visible(False)
    if title:
        ax.set_title(title)
    return ax


def _photograph(ax: Axes, image, corner, colour: str, width: float) -> None:
    """Draw one photograph, one unit wide, in a frame."""
    left, bottom = corner
    show_image(image, ax=ax).images[-1].set(extent=(left + 0.05, left + 0.95, bottom + 0.05, bottom + 0.95), zorder=2)
    frame = Rectangle((left + 0.05, bottom + 0.05), 0.9, 0.9, fill=False, edgecolor=colour, linewidth=width, zorder=3)
    ax.add_patch(frame)
