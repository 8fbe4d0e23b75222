"""Pictures of filtering: signed maps, kernels, directions of edges."""

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
def direction_map(angles, strength, *, title: str | None = None, ax=None) -> Axes:
    """Draw the direction of the gradient as a colour and its strength as brightness; a wheel in the corner is the key.

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
    ax.imshow(angles % 360, cmap=CYCLIC, vmin=0, vmax=360, alpha=strength / (strength.max() or 1.0))
    ax.set(xticks=[], yticks=[], facecolor="black")
    ax.spines[:].set_visible(False)
    if title:
        ax.set_title(title)
    _wheel(ax)
    return ax


def _wheel(ax) -> None:
    """Draw the colours of all directions as a ring in a corner: to the right at the right, downwards below."""
    wheel = ax.inset_axes((0.69, 0.02, 0.3, 0.4), projection="polar", facecolor="black")
    turns = np.linspace(0, 2 * np.pi, 181)
    wheel.pcolormesh(
        turns, [0.55, 1], np.degrees(turns[:-1] + turns[1:])[np.newaxis] / 2, cmap=CYCLIC, vmin=0, vmax=360
    )
    wheel.set(theta_direction=-1, ylim=(0, 1), xticks=[], yticks=[])
    wheel.spines[:].set_visible(False)
    for degrees, turn, radius in ((0, -35, 0.3), (90, 90, 0.3)):  # 0° a little higher, clear of 90°
        at = np.radians(turn), radius
        wheel.text(*at, f"{degrees}°", color="white", fontsize=9, ha="center", va="center")


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


def _planes(argument: str, named: Mapping) -> dict:
    arrays = {name: np.asarray(array) for name, array in named.items()}
    if not arrays or any(array.ndim != 2 for array in arrays.values()):
        shapes = [array.shape for array in arrays.values()]
        raise ValueError(f"{argument} must hold at least one array, each (H, W); received the shapes {shapes}.")
    return arrays
