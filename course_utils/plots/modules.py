"""A module of parallel branches as a diagram: boxes for layers, and on every arrow the channels that it carries."""

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, INK, axes_of

KINDS = {"convolution": COLOURS[0], "pooling": COLOURS[2], "join": INK}
STEP, HALF_WIDTH, HALF_HEIGHT = 2.5, 0.68, 0.3


@describable
def module_diagram(branches, channels: int, *, join="concat", shortcut=False, title=None, ax=None) -> Axes:
    """Draw the branches of a module from left to right, with channel widths on the arrows.

    Args:
        branches: one sequence of boxes a branch, first layer first; a box is (text, channels that leave it). Boxes
            whose text speaks of a pool are drawn in another colour. An empty branch passes everything through.
        channels: how many channels arrive.
        join: ``"concat"``: the channels of all branches are stacked, and the sum leaves; ``"add"``:
            they are added, and must all be equal.
        shortcut: draw what arrives as one more branch, without a box.
        title: text above the diagram.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes; what leaves stands at the arrow on the right.

    Raises:
        ValueError: there is no branch, ``join`` is unknown, or branches to be added differ in width.

    Example:
        >>> ax = module_diagram([[("1×1", 64)], [("1×1", 96), ("3×3", 128)]], 192)
        >>> ax.texts[-1].get_text()
        '192'
    """
    branches = [[(str(text), int(width)) for text, width in branch] for branch in branches]
    if shortcut:
        branches = [[], *branches]
    if not branches:
        raise ValueError("branches must hold at least one branch; received none.")
    leaving = _leaving(branches, channels, join)
    longest = max(max(len(branch) for branch in branches), 1)
    ax = axes_of(ax, size=(min(8.0, 3.4 + 1.6 * longest), 0.9 + 0.72 * len(branches)))
    middle, right = (len(branches) - 1) / 2, STEP * (longest + 1)
    _box(ax, 0, middle, "input", "join")
    for row, branch in enumerate(branches):
        _branch(ax, branch, row, channels, middle, right)
    _box(ax, right, middle, join, "join")
    _arrow(ax, (right + HALF_WIDTH, middle), (right + STEP - 0.5, middle), leaving)
    ax.set(xlim=(-0.9, right + STEP - 0.3), ylim=(len(branches) - 0.4, -0.75))
    ax.set_axis_off()
    if title:
        ax.set_title(title)
    return ax


def _leaving(branches, channels: int, join: str) -> int:
    """Return how many channels leave the module."""
    ends = [branch[-1][1] if branch else channels for branch in branches]
    if join == "concat":
        return sum(ends)
    if join != "add":
        raise ValueError(f"join must be 'concat' or 'add'; received {join!r}.")
    if len(set(ends)) > 1:
        raise ValueError(f"branches must end with equal widths to be added; received {ends}.")
    return ends[0]


def _branch(ax, branch, row: int, channels: int, middle: float, right: float) -> None:
    """Draw one branch: an arrow into every box, and one from the last into the join."""
    start, width = (HALF_WIDTH, middle), channels
    for place, (text, leaves) in enumerate(branch, start=1):
        here = STEP * place
        _arrow(ax, start, (here - HALF_WIDTH, row), width)
        _box(ax, here, row, text, "pooling" if "pool" in text else "convolution")
        start, width = (here + HALF_WIDTH, row), leaves
    if not branch:  # a way round the boxes, not through the row of another branch
        ax.plot([HALF_WIDTH, STEP - HALF_WIDTH], [middle, row], color=INK, linewidth=1.2)
        start = (STEP - HALF_WIDTH, row)
    elif len(branch) * STEP < right - STEP:  # along its own row first, so that arrows do not cross boxes
        ax.plot([start[0], right - STEP + HALF_WIDTH], [row, row], color=INK, linewidth=1.2)
        start = (right - STEP + HALF_WIDTH, row)
    _arrow(ax, start, (right - HALF_WIDTH, middle), width)


def _box(ax, x: float, y: float, text: str, kind: str) -> None:
    """Draw a box with a text in the middle."""
    frame = FancyBboxPatch(
        (x - HALF_WIDTH + 0.08, y - HALF_HEIGHT + 0.08),
        2 * HALF_WIDTH - 0.16,
        2 * HALF_HEIGHT - 0.16,
        boxstyle="round,pad=0.08",
        facecolor="white",
        edgecolor=KINDS[kind],
        linewidth=1.8,
        zorder=3,
    )
    ax.add_patch(frame)
    ax.text(x, y, text, ha="center", va="center", fontsize=9.5, color=INK, zorder=4)


def _arrow(ax, start, end, channels: int) -> None:
    """Draw an arrow with the number of channels in its middle."""
    ax.annotate("", xy=end, xytext=start, arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.2})
    place = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    look = {"boxstyle": "round,pad=0.06", "facecolor": "white", "edgecolor": "none"}
    ax.text(*place, f"{channels:,}", ha="center", va="center", fontsize=9.5, color=COLOURS[4], bbox=look, zorder=5)
