"""Pictures of what a layer does: channels added up, a map, what the ReLU leaves, a number; accuracy after a move."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_utils.plots.arithmetic import PARTS
from course_utils.plots.images import show_image
from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, FAINT, INK, axes_of

TINTS = ("#f7c6b8", "#bfe5d6", "#bfdcf2")  # red, green, blue, light enough to write on
GREY = "#8c959f"


@describable
def filter_on_channels(
    patch, kernels, *, bias: float = 0, names=("red", "green", "blue"), whole=None, at=(0, 0), ax=None
) -> Axes:
    """Draw how one filter makes one number: a kernel for each channel, the sums of products added up, plus a bias.

    Args:
        patch: array (kh, kw, C), at most three channels.
        kernels: array (kh, kw, C), one kernel a channel.
        bias: the number that is added at the end.
        names: one text a channel.
        whole: array (H, W, C), the picture that the patch is cut from; each channel is drawn beside its patch.
        at: (row, column) of the patch in ``whole``.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes; its last text is the number that comes out.

    Raises:
        ValueError: the shapes of ``patch`` and ``kernels`` differ, or there are more channels than ``names``.

    Example:
        >>> ax = filter_on_channels(np.ones((3, 3, 3)), np.ones((3, 3, 3)), bias=1)
        >>> ax.texts[-1].get_text()
        '28'
    """
    patch, kernels = np.asarray(patch), np.asarray(kernels)
    if patch.ndim != 3 or patch.shape != kernels.shape or patch.shape[-1] > min(len(names), len(TINTS)):
        raise ValueError(
            f"patch and kernels must have one shape (kh, kw, C) with at most {min(len(names), len(TINTS))} channels; "
            f"received {patch.shape} and {kernels.shape}."
        )
    height, width, channels = patch.shape
    apart, right = height + 0.9, 2 * width + 2.4
    sums = (patch * kernels).sum(axis=(0, 1))
    middle = (channels - 1) * apart / 2 + height / 2
    ax = axes_of(ax, size=(6.0, 0.3 * (channels * apart + 1)))
    ax.set(xlim=(-2.4 if whole is None else -5.6, right + 6.6), ylim=(channels * apart - 0.6, -1.0), aspect="equal")
    ax.set_axis_off()
    for channel in range(channels):
        top = channel * apart
        _grid(ax, patch[..., channel], (0, top), fill=TINTS[channel], frame=PARTS[0])
        _grid(ax, kernels[..., channel], (width + 1.2, top), fill="white", frame=PARTS[1])
        if whole is None:
            _write(ax, -0.35, top + height / 2, names[channel], ha="right")
        else:
            _channel(ax, whole[..., channel], names[channel], top, at, (height, width))
        _write(ax, width + 0.6, top + height / 2, "×", size=16)
        _write(ax, right - 0.6, top + height / 2, "=", size=16)
        _write(ax, right + 0.5, top + height / 2, _number(sums[channel]), size=14)
        ax.plot([right + 1.2, right + 2.6], [top + height / 2, middle], color=GREY, linewidth=1.5, zorder=1)
    _write(ax, width / 2, -0.55, "patch", weight="bold")
    _write(ax, 1.5 * width + 1.2, -0.55, "one filter", weight="bold")
    ax.scatter([right + 2.9], [middle], s=420, facecolor="white", edgecolor=INK, linewidth=1.5, zorder=2)
    _write(ax, right + 2.9, middle, "+", size=16)
    ax.plot([right + 2.9] * 2, [middle + 0.5, middle + 1.5], color=GREY, linewidth=1.5, zorder=1)
    _write(ax, right + 2.9, middle + 1.9, f"bias {_number(bias)}")
    arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.5}
    ax.annotate("", xy=(right + 4.7, middle), xytext=(right + 3.4, middle), arrowprops=arrow)
    ax.add_patch(Rectangle((right + 4.8, middle - 0.6), 1.2, 1.2, facecolor="white", edgecolor=PARTS[2], linewidth=3.5))
    _write(ax, right + 5.4, middle - 1.1, "one map", weight="bold")
    _write(ax, right + 5.4, middle, _number(sums.sum() + bias), size=14)
    return ax


def _grid(ax, numbers, corner, *, fill: str, frame: str) -> None:
    """Draw a small matrix with its upper left corner at ``corner``, one unit a cell."""
    left, top = corner
    for (row, column), number in np.ndenumerate(numbers):
        cell = Rectangle((left + column, top + row), 1, 1, facecolor=fill, edgecolor=FAINT, linewidth=1)
        ax.add_patch(cell)
        _write(ax, left + column + 0.5, top + row + 0.5, _number(number))
    rows, columns = numbers.shape
    ax.add_patch(Rectangle(corner, columns, rows, fill=False, edgecolor=frame, linewidth=3, zorder=4))


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def _channel(ax, plane, name: str, top: float, at, size) -> None:
    """Draw a whole channel left of its patch, with a frame where the patch lies and two lines from there."""
    (rows, columns), (row, column), (height, width) = plane.shape, at, size
    wide, high = 4.2, 4.2 * rows / columns
    left, above = -5.2, top + (height - high) / 2
    (from_x, to_x), (bottom, to_y) = ax.get_xlim(), ax.get_ylim()
    place = (left - from_x) / (to_x - from_x), (bottom - above - high) / (bottom - to_y)
    show_image(plane, ax=ax.inset_axes([*place, wide / (to_x - from_x), high / (bottom - to_y)]))
    corner, scale = (left + wide * column / columns, above + high * row / rows), wide / columns
    frame: dict = {"fill": False, "edgecolor": PARTS[0], "linewidth": 1.5, "zorder": 9}
    ax.add_patch(Rectangle(corner, max(0.25, width * scale), max(0.25, height * scale), **frame))
    for up in (0, height):
        ax.plot([corner[0] + 0.25, 0], [corner[1] + 0.25 * bool(up), top + up], color=PARTS[0], linewidth=1, zorder=8)
    _write(ax, left + wide / 2, above - 0.4, name)


def _write(ax, x, y, text, *, size=12, ha="center", weight="normal") -> None:
    ax.text(x, y, text, ha=ha, va="center", fontsize=size, color=INK, fontweight=weight, zorder=5)


@describable
def map_to_number(image, filters, maps, rectified, *, most: float | None = None) -> np.ndarray:
    """Draw one image on its way to a few numbers: filter, map, what is left above zero, the average of that.

    Args:
        image: array (H, W).
        filters: array (F, kh, kw), one row of the figure each.
        maps: array (F, H', W'), what each filter answers; red above zero and blue below.
        rectified: array (F, H', W'), the maps with negative numbers set to zero.
        most: right end of the scale of averages; a fifth above the largest when None.

    Returns:
        Array (F, 3) of the Axes of filters, maps and rectified maps.

    Raises:
        ValueError: there is not one map and one rectified map for each filter.
    """
    filters, maps, rectified = (np.asarray(array) for array in (filters, maps, rectified))
    if not len(filters) == len(maps) == len(rectified):
        raise ValueError(
            f"filters, maps and rectified must be as many; received {len(filters)}, {len(maps)} and {len(rectified)}."
        )
    rows, largest = len(filters), np.abs(maps).max()
    averages = rectified.mean(axis=(1, 2))
    figure = plt.figure(figsize=(6.0, 1.3 * rows + 0.75))
    grid = figure.add_gridspec(rows, 5, width_ratios=(1.4, 0.75, 1.25, 1.25, 1.2), wspace=0.12)
    show_image(image, title="digit", ax=figure.add_subplot(grid[:, 0]))
    axes = np.array([[figure.add_subplot(grid[row, column]) for column in (1, 2, 3)] for row in range(rows)])
    for row, drawn in enumerate(axes):
        show_image(filters[row], signed=True, ax=drawn[0])
        show_image(maps[row], signed=True, limits=(-largest, largest), ax=drawn[1])
        show_image(rectified[row], signed=True, limits=(-largest, largest), ax=drawn[2])
    for ax, title in zip(axes[0], ("filter", "map", "after ReLU"), strict=True):
        ax.set_title(title)
    figure.colorbar(axes[0, 1].images[0], ax=list(axes[:, 1:].flat), location="bottom", aspect=30, label="answer")
    bars = figure.add_subplot(grid[:, 4])
    bars.barh(range(rows), averages, height=0.45, color=PARTS[2])
    for row, average in enumerate(averages):
        bars.text(average, row, f" {average:.3f}", va="center", fontsize=12)
    bars.set(ylim=(rows - 0.5, -0.5), xlim=(0, most or 1.2 * averages.max()), xticks=[], yticks=[], title="average")
    bars.spines["bottom"].set_visible(False)
    return axes


@describable
def shift_bars(results, shifts=(0, 1, 2, 3), *, strong=(), chance: float | None = None, columns: int = 2) -> np.ndarray:
    """Draw accuracy against the shift of the images, one panel of bars a classifier.

    Args:
        results: name → accuracies (shifts,), or (runs, shifts): then a bar is their mean, with a dot for each run.
        shifts: the shifts in pixels.
        strong: names of the panels drawn in green.
        chance: accuracy of guessing, a dotted line.
        columns: panels in a row.

    Returns:
        Array of the Axes, one a classifier.

    Raises:
        ValueError: a row of ``results`` does not have one value a shift, or there is none.
    """
    results = {name: np.atleast_2d(values) for name, values in results.items()}
    if not results or any(runs.shape[1] != len(shifts) for runs in results.values()):
        shapes = {name: runs.shape for name, runs in results.items()}
        raise ValueError(f"results must have {len(shifts)} values a row, one a shift; received {shapes or 'none'}.")
    columns = min(columns, len(results))
    rows = -(-len(results) // columns)
    size = (5.8, 2.2 * rows) if columns > 1 else (5.6, 2.9 * rows)
    _, axes = plt.subplots(rows, columns, figsize=size, squeeze=False, sharex=True, sharey=True)
    for ax, (name, runs) in zip(axes.flat, results.items(), strict=False):
        means, places = runs.mean(axis=0), range(len(shifts))
        ax.bar(places, means, width=0.7, color=COLOURS[2] if name in strong else COLOURS[0])
        for run in runs if len(runs) > 1 else ():
            ax.scatter(places, run, s=16, color=INK, edgecolor="white", linewidth=0.5, zorder=4)
        for place, mean, high in zip(places, means, runs.max(axis=0), strict=True):
            ax.text(place, max(mean, high) + 0.04, f"{mean:.0%}", ha="center", va="bottom", fontsize=11)
        if chance is not None:
            ax.axhline(chance, color=INK, linestyle=":", linewidth=1.2, label="guessing")
        ax.set(ylim=(0, 1.22), yticks=[0, 0.5, 1], title=name)
        ax.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
        ax.set_xticks(places, labels=[f"{shift} px" for shift in shifts])
        ax.tick_params(axis="x", labelbottom=True)
    for ax in axes.flat[len(results) :]:
        ax.set_axis_off()
    for ax in axes[:, 0]:
        ax.set_ylabel("accuracy")
    if chance is not None:
        axes[0, 0].legend(loc="upper right", fontsize=11)
    return axes.flat[: len(results)]
