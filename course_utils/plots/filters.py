"""Pictures of filtering: signed maps, kernels, channels, profiles across an edge, directions, spreads."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from course_utils.plots.images import show_image
from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, DIVERGING, FAINT, INK, axes_of

# Directions: 0 and 360 degrees get the same colour, and opposite ones differ for colour-blind readers too.
CYCLIC = LinearSegmentedColormap.from_list("cyclic", [COLOURS[index] for index in (5, 2, 1, 3, 5)])


@describable
def signed_maps(
    maps: Mapping, *, limit: float | None = None, size: float = 2.6, columns: int = 4, label=""
) -> np.ndarray:
    """Draw signed maps side by side on one scale, white at zero, with one colour bar that gives the numbers.

    Args:
        maps: title and array (H, W) of each map.
        limit: largest value of the scale, which runs from ``-limit`` to ``limit``; the largest absolute value
            of all maps when None.
        size: width and height of one map in inches.
        columns: maps in a row.
        label: what the colours count, written at the bar.

    Returns:
        Array of the Axes, one a map.

    Raises:
        ValueError: there is no map, or one does not have two axes.

    Example:
        >>> len(signed_maps({"left": [[-1, 1]], "right": [[0, 2]]}))
        2
    """
    arrays = _planes("maps", maps)
    if limit is None:
        limit = max(float(np.abs(array).max()) for array in arrays.values()) or 1.0
    columns = min(columns, len(arrays))
    rows = -(-len(arrays) // columns)
    figure, grid = plt.subplots(rows, columns, figsize=(size * columns + 0.9, size * rows * 1.1), squeeze=False)
    for ax, (title, array) in zip(grid.flat, arrays.items(), strict=False):
        show_image(array, title=title, signed=True, limits=(-limit, limit), ax=ax)
    for ax in grid.flat[len(arrays) :]:
        ax.set_axis_off()
    bar = figure.colorbar(grid[0, 0].images[0], ax=grid, shrink=0.85, aspect=25)
    bar.outline.set_visible(False)
    bar.set_label(label)
    return grid.flat[: len(arrays)]


@describable
def channel_planes(image, *, names=("red", "green", "blue"), grey: bool = True, size: float = 2.6) -> np.ndarray:
    """Draw an image and each of its channels as a plane of its own.

    Args:
        image: array (H, W, 3), uint8 (or values 0–255).
        names: the channels' names, in the order in which they lie in memory.
        grey: draw a plane in grey, black 0 and white 255; when False, let matplotlib choose: its default colour
            map on the plane's own range, which shows false colours.
        size: width of one picture in inches.

    Returns:
        Array of the Axes: the image first, then one a channel.

    Raises:
        ValueError: ``image`` does not have three channels, or there is not one name for each.
    """
    image = np.asarray(image)
    if image.ndim != 3 or image.shape[2] != 3 or len(names) != 3:
        raise ValueError(f"image must have shape (H, W, 3) and names three texts; received {image.shape}, {names!r}.")
    height = size * image.shape[0] / image.shape[1]
    _, axes = plt.subplots(1, 4, figsize=(size * 4, height + 0.45))
    show_image(image, title="all three channels", ax=axes[0])
    for ax, name, plane in zip(axes[1:], names, np.moveaxis(image, 2, 0), strict=True):
        if grey:
            show_image(plane, title=name, limits=(0, 255), ax=ax)
        else:  # what imshow does when nobody tells it otherwise
            show_image(plane.astype(float), title=name, cmap="viridis", ax=ax)
    return axes


@describable
def profiles(
    lines: Mapping, *, start: int = 0, xlabel: str = "column", ylabel: str = "value", title=None, ax=None
) -> Axes:
    """Draw the numbers met along one row of pixels, one line a quantity.

    Args:
        lines: label and numbers of each line; all of one length.
        start: column of the first number.
        xlabel, ylabel: texts of the axes.
        title: text above the figure.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: there is no line, or the lines differ in length.
    """
    arrays = {label: np.asarray(numbers, dtype=float).ravel() for label, numbers in lines.items()}
    lengths = sorted({array.size for array in arrays.values()})
    if len(lengths) != 1:
        raise ValueError(f"lines must hold at least one line, all of one length; received the lengths {lengths}.")
    ax = axes_of(ax, size=(7.5, 3.0))
    columns = np.arange(start, start + lengths[0])
    marker = "o" if lengths[0] <= 40 else None
    for (label, numbers), colour, style in zip(arrays.items(), COLOURS, ("-", "--", "-.", ":") * 2, strict=False):
        ax.plot(columns, numbers, style, color=colour, marker=marker, markersize=4, linewidth=2, label=label)
    ax.axhline(0, color=FAINT, linewidth=1, zorder=0)
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title or "")
    if len(arrays) > 1:
        ax.legend()
    return ax


@describable
def direction_map(angles, strength, *, title: str | None = None, ax=None) -> Axes:
    """Draw the direction of the gradient as a colour and its strength as brightness, with a colour bar in degrees.

    Args:
        angles: array (H, W), degrees; any turn counts like the same one within 0–360.
        strength: array (H, W), zero or more; zero is drawn black, the largest in full colour.
        title: text above the map.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: the two arrays differ in shape or do not have two axes.
    """
    angles, strength = np.asarray(angles, dtype=float), np.asarray(strength, dtype=float)
    if angles.ndim != 2 or angles.shape != strength.shape:
        raise ValueError(f"angles and strength must share one shape (H, W); received {angles.shape}, {strength.shape}.")
    ax = axes_of(ax, size=(4.6, 4.0))
    drawn = ax.imshow(angles % 360, cmap=CYCLIC, vmin=0, vmax=360, alpha=strength / (strength.max() or 1.0))
    ax.set(xticks=[], yticks=[], facecolor="black")
    ax.spines[:].set_visible(False)
    if title:
        ax.set_title(title)
    bar = ax.figure.colorbar(plt.cm.ScalarMappable(drawn.norm, drawn.cmap), ax=ax, shrink=0.85, ticks=range(0, 361, 90))
    bar.outline.set_visible(False)
    bar.set_label("direction of the gradient (degrees)")
    return ax


@describable
def direction_histogram(angles, weights, *, bins: int = 16, label: str | None = None, title=None, ax=None) -> Axes:
    """Draw how much of the edges points each way; the dashed line is what equal shares would give.

    Args:
        angles: directions in degrees, any shape.
        weights: how much each counts, of the same shape.
        bins: sectors in the full turn; the first one is centred on 0 degrees.
        label: what these edges are, for a legend.
        title: text above the figure.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes; each call adds one set of steps.
    """
    half = 180 / bins  # 0 degrees lies in the middle of the first sector: rounding cannot move it to another
    turned = (np.ravel(angles) + half) % 360 - half
    shares, edges = np.histogram(turned, bins=bins, range=(-half, 360 - half), weights=np.ravel(weights))
    ax = axes_of(ax, size=(6.0, 3.0))
    colour = COLOURS[len(ax.patches) % len(COLOURS)]
    ax.stairs(100 * shares / (shares.sum() or 1.0), edges, color=colour, linewidth=2.5, label=label)
    if len(ax.patches) == 1:
        ax.axhline(100 / bins, color=INK, linewidth=1, linestyle="--", label="equal shares")
    ax.set(xlabel="direction of the gradient (degrees)", ylabel="share of edges (%)", title=title or "")
    tallest = max(patch.get_data().values.max() for patch in ax.patches)
    ax.set(xticks=range(0, 361, 45), ylim=(0, 1.25 * tallest))  # the legend stands above the steps
    ax.legend(loc="upper center", ncols=3)
    return ax


@describable
def kernel_pictures(kernels, *, titles=None, columns: int = 8, size: float = 1.3) -> np.ndarray:
    """Draw kernels as small signed pictures: red adds, blue takes away, white is zero; each on its own scale.

    Args:
        kernels: array (N, kh, kw) or a sequence of arrays (kh, kw).
        titles: one text a kernel, or None.
        columns: kernels in a row.
        size: width and height of one kernel in inches.

    Returns:
        Array of the Axes, one a kernel.

    Raises:
        ValueError: there is no kernel, one does not have two axes, or there is not one title for each.
    """
    named = list(kernels)
    titles = [""] * len(named) if titles is None else list(titles)
    if len(titles) != len(named):
        raise ValueError(f"titles must be one for each of the {len(named)} kernels; received {len(titles)}.")
    arrays = list(_planes("kernels", dict(enumerate(named))).values())
    columns = min(columns, len(arrays))
    rows = -(-len(arrays) // columns)
    _, grid = plt.subplots(rows, columns, figsize=(size * columns, size * rows * 1.2), squeeze=False)
    for ax, array, title in zip(grid.flat, arrays, titles, strict=False):
        show_image(array, title=title, signed=True, cmap=DIVERGING, ax=ax)
        ax.spines[:].set(visible=True, color=FAINT)
    for ax in grid.flat[len(arrays) :]:
        ax.set_axis_off()
    return grid.flat[: len(arrays)]


@describable
def score_spread(scores: Mapping, *, xlabel: str = "accuracy (%)", title: str | None = None, ax=None) -> Axes:
    """Draw every repetition of several variants as a dot and each variant's mean as a bar across its row.

    Args:
        scores: name of each variant and its repeated results; drawn from top to bottom.
        xlabel: what is measured.
        title: text above the figure.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: there is no variant, or a variant has no result.
    """
    arrays = {name: np.asarray(results, dtype=float).ravel() for name, results in scores.items()}
    if not arrays or any(array.size == 0 for array in arrays.values()):
        raise ValueError(f"scores must hold at least one result for every variant; received {dict(scores)!r}.")
    ax = axes_of(ax, size=(6.5, 0.5 * len(arrays) + 1.2))
    for row, (results, colour) in enumerate(zip(arrays.values(), COLOURS * 2, strict=False)):
        offsets = np.linspace(-0.18, 0.18, results.size) if results.size > 1 else np.zeros(1)
        ax.plot(results, row + offsets, "o", color=colour, alpha=0.55, markersize=6)
        ax.plot([results.mean()] * 2, [row - 0.34, row + 0.34], color=INK, linewidth=3, solid_capstyle="butt")
    ax.set(yticks=range(len(arrays)), yticklabels=list(arrays), xlabel=xlabel, title=title or "")
    ax.set_ylim(len(arrays) - 0.5, -0.5)
    ax.grid(axis="x", color=FAINT)
    return ax


def _planes(argument: str, named: Mapping) -> dict:
    arrays = {name: np.asarray(array) for name, array in named.items()}
    if not arrays or any(array.ndim != 2 for array in arrays.values()):
        shapes = [array.shape for array in arrays.values()]
        raise ValueError(f"{argument} must hold at least one array, each (H, W); received the shapes {shapes}.")
    return arrays
