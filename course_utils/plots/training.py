"""Pictures of training and its outcome: curves with their spread, seeds, confusions, mistakes, connection tables."""

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_utils.plots.images import show_image
from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, FAINT, INK, axes_of

DASHES = ("-", "--", "-.", ":")


@describable
def curves(
    lines: dict,
    *,
    x=None,
    xlabel="epoch",
    ylabel="accuracy",
    title=None,
    markers=True,
    colours=None,
    dashes=None,
    ax=None,
) -> Axes:
    """Draw named curves; a curve measured several times is drawn as its mean in a band from least to greatest.

    Args:
        lines: label → values (points,), or (repetitions, points). Curves may differ in length.
        x: positions of the points, or label → positions; 1, 2, 3 … when None.
        xlabel: label of the horizontal axis.
        ylabel: label of the vertical axis.
        title: text above the figure.
        markers: draw a dot at every point.
        colours: label → colour; the course's colours in their order when None.
        dashes: label → line style, where several figures must agree; the course's in their order when None.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: there is no curve, or one has other than one or two axes.
    """
    if not lines:
        raise ValueError("lines must hold at least one curve; received none.")
    ax = axes_of(ax, size=(7.0, 4.2))
    for number, (label, values) in enumerate(lines.items()):
        values = np.asarray(values, dtype=float)
        if values.ndim not in (1, 2):
            raise ValueError(f"lines[{label!r}] must have one or two axes; received shape {values.shape}.")
        values = np.atleast_2d(values)
        here = x[label] if isinstance(x, dict) else np.arange(1, values.shape[1] + 1) if x is None else x
        colour = colours[label] if colours else COLOURS[number % 6]
        dash = dashes[label] if dashes else DASHES[number % 4]
        style = {"color": colour, "linestyle": dash, "linewidth": 2}
        ax.plot(here, values.mean(axis=0), label=label, marker="o" if markers else None, markersize=4, **style)
        if len(values) > 1:
            ax.fill_between(here, values.min(axis=0), values.max(axis=0), color=style["color"], alpha=0.2, linewidth=0)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.grid(axis="y", color=FAINT, linewidth=0.8)
    if x is None:
        ax.set_xticks(epoch_ticks(max(np.shape(values)[-1] for values in lines.values())))
    if len(lines) > 1:
        ax.legend(handlelength=3.2)  # long enough to show the dashes
    if title:
        ax.set_title(title)
    return ax


def epoch_ticks(last: int) -> list[int]:
    """Return whole epochs to label, always with 1 and ``last``, seven at most.

    Example:
        >>> epoch_ticks(20)
        [1, 5, 10, 15, 20]
    """
    step = next(size * 10**power for power in range(9) for size in (1, 2, 5) if last <= 6 * size * 10**power)
    between = [tick for tick in range(step, last, step) if min(tick - 1, last - tick) >= 0.6 * step]
    return sorted({1, *between, last})


@describable
def spread(groups: dict, *, xlabel="accuracy", marks: dict | None = None, title=None, colours=None, ax=None) -> Axes:
    """Draw every single value of some groups as a dot, one row a group, with the mean as a bar.

    Args:
        groups: label → values.
        xlabel: label of the horizontal axis.
        marks: label → value, drawn as dotted vertical lines, for instance a published figure.
        title: text above the figure.
        colours: label → colour; the course's colours in their order when None.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: a group is empty.
    """
    empty = [label for label, values in groups.items() if not len(values)]
    if empty or not groups:
        raise ValueError(f"groups must hold values under each label; received none for {empty or 'any'}.")
    ax = axes_of(ax, size=(7.0, 1.2 + 0.7 * len(groups)))
    for row, (label, values) in enumerate(groups.items()):
        values = np.asarray(values, dtype=float)
        colour = colours[label] if colours else COLOURS[row % 6]
        shift = np.linspace(-0.14, 0.14, len(values)) if len(values) > 1 else [0.0]
        ax.plot(values, row + np.asarray(shift), "o", color=colour, alpha=0.85, markersize=7)
        ax.plot([values.mean()] * 2, [row - 0.3, row + 0.3], color=INK, linewidth=2.5)
    for label, value in (marks or {}).items():
        ax.axvline(value, color=INK, linestyle=":", linewidth=1.2)
        ax.text(value, -0.55, f" {label}", va="center", fontsize=10)
    ax.set_yticks(range(len(groups)), labels=list(groups))
    ax.set_ylim(len(groups) - 0.5, -0.8 if marks else -0.5)
    ax.set_xlabel(xlabel)
    ax.grid(axis="x", color=FAINT, linewidth=0.8)
    if title:
        ax.set_title(title)
    return ax


@describable
def confusion_matrix(counts, class_names=None, *, title=None, ax=None) -> Axes:
    """Draw a confusion matrix: rows the truth, columns the answer; colour shows the mistakes alone.

    The correct ones on the diagonal are hundreds of times as many and would drown everything else.

    Args:
        counts: whole numbers (classes, classes).
        class_names: one a class; the numbers from 0 when None.
        title: text above the figure.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: ``counts`` is not square.
    """
    counts = np.asarray(counts)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError(f"counts must have shape (classes, classes); received {counts.shape}.")
    ax = axes_of(ax, size=(6.4, 5.4))
    names = list(range(len(counts))) if class_names is None else list(class_names)
    diagonal = np.eye(len(counts), dtype=bool)
    options = {"cmap": "Blues", "linewidths": 0.6, "linecolor": FAINT, "square": True}
    labels = np.where(counts == 0, "", counts.astype(str))
    sns.heatmap(counts, mask=diagonal, annot=labels, fmt="", xticklabels=names, yticklabels=names, ax=ax, **options)
    for place in np.flatnonzero(diagonal.any(axis=1)):
        ax.text(place + 0.5, place + 0.5, counts[place, place], ha="center", va="center", color="#6e7781", fontsize=9)
    ax.collections[0].colorbar.set_label("mistakes")
    ax.set(xlabel="answer", ylabel="truth")
    if title:
        ax.set_title(title)
    return ax


@describable
def mistakes(images, truths, answers, certainties=None, *, class_names=None, columns: int = 8, title=None):
    """Draw images with what they are and what the network took them for.

    Args:
        images: sequence of arrays as in `show_image`.
        truths: class numbers.
        answers: class numbers the network gave.
        certainties: its probability of its answer, 0 to 1, or None.
        class_names: one a class; the numbers themselves when None.
        columns: images in a row.
        title: text above all.

    Returns:
        Array of the Axes, one an image.

    Raises:
        ValueError: there is no image.
    """
    images = list(images)
    if not images:
        raise ValueError("images must hold at least one image; received none.")
    name = (lambda number: str(number)) if class_names is None else (lambda number: class_names[number])
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    figure, grid = plt.subplots(rows, columns, figsize=(1.35 * columns, 1.75 * rows), squeeze=False)
    for number, (ax, image) in enumerate(zip(grid.flat, images, strict=False)):
        sure = "" if certainties is None else f"\n{_percent(certainties[number])} sure"
        show_image(image, ax=ax)
        ax.set_title(f"{name(int(truths[number]))} read as {name(int(answers[number]))}{sure}", fontsize=10)
    for ax in grid.flat[len(images) :]:
        ax.set_axis_off()
    if title:
        figure.suptitle(title)
    return grid.flat[: len(images)]


def _percent(share: float) -> str:
    return "over 99%" if 0.995 <= share < 1 else f"{share:.0%}"  # 99.8% is not "100% sure"


@describable
def connection_table(connections, inputs: int, *, xlabel="map of C3", ylabel="map of S2", title=None, ax=None) -> Axes:
    """Draw which input map each output map sees: a filled square for a connection.

    Args:
        connections: one sequence of input-map numbers per output map.
        inputs: number of input maps.
        xlabel: label of the columns, the output maps.
        ylabel: label of the rows, the input maps.
        title: text above the figure.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.
    """
    ax = axes_of(ax, size=(0.46 * len(connections) + 1.0, 0.46 * inputs + 1.3))
    for column, sources in enumerate(connections):
        for row in range(inputs):
            colour = COLOURS[0] if row in sources else "white"
            ax.add_patch(Rectangle((column - 0.42, row - 0.42), 0.84, 0.84, facecolor=colour, edgecolor=FAINT))
        ax.text(column, inputs - 0.2, len(sources), ha="center", va="center", fontsize=10, color=INK)
    ax.text(-0.75, inputs - 0.2, "sees", ha="right", va="center", fontsize=10)
    ax.set(xlim=(-0.6, len(connections) - 0.4), ylim=(inputs + 0.15, -0.6), aspect="equal")
    ax.set(xticks=range(len(connections)), yticks=range(inputs), ylabel=ylabel)
    ax.set_xlabel(xlabel, labelpad=8)
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    if title:
        ax.set_title(title, pad=10)
    return ax
