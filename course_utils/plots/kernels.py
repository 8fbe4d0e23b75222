"""Pictures of kernels at work: one row of pixels, a kernel above its map, spoilt beside right, a valley of the loss."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.patches import Rectangle

from course_utils.plots.images import number_grid, show_image
from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, FAINT, INK, axes_of


@describable
def row_profile(picture, *, row: int, columns: tuple[int, int], answer) -> np.ndarray:
    """Draw a picture with a stretch of one row marked, the grey values along it, and a kernel's answers below.

    Args:
        picture: array (H, W), grey.
        row: the row that is walked along.
        columns: first column of the stretch and the one after its last.
        answer: the answers along the stretch; where there are fewer than pixels, they are centred.

    Returns:
        Array of the three Axes.

    Raises:
        ValueError: the stretch does not lie inside the picture, or there are more answers than pixels.
    """
    picture, answer, (first, end) = np.asarray(picture), np.ravel(answer), columns
    if picture.ndim != 2 or not (0 <= row < picture.shape[0] and 0 <= first < end <= picture.shape[1]):
        raise ValueError(f"row and columns must lie inside {picture.shape}; received row={row!r}, columns={columns!r}.")
    if not 0 < len(answer) <= end - first:
        raise ValueError(f"answer must hold at most {end - first} numbers, one a pixel; received {len(answer)}.")
    figure = plt.figure(figsize=(6.1, 3.2))
    grid = figure.add_gridspec(2, 2, width_ratios=(1, 1.4))
    image, upper, lower = (figure.add_subplot(place) for place in (grid[:, 0], grid[0, 1], grid[1, 1]))
    show_image(picture, ax=image)
    frame = Rectangle((first - 0.5, row - 1.5), end - first, 3, fill=False, edgecolor=COLOURS[4], linewidth=2)
    image.add_patch(frame)
    style: dict = {"color": COLOURS[4], "marker": "o", "markersize": 4, "linewidth": 2}
    upper.plot(np.arange(first, end), picture[row, first:end], **style)
    start = first + (end - first - len(answer)) // 2
    lower.axhline(0, color=FAINT, linewidth=1, zorder=0)
    lower.plot(np.arange(start, start + len(answer)), answer, **(style | {"color": COLOURS[0]}))
    upper.set(ylabel="grey value", xticklabels=[], xlim=(first - 1, end))
    lower.set(ylabel="answer", xlabel="column", xlim=(first - 1, end))
    return np.array([image, upper, lower])


@describable
def wrong_and_right(wrong, right, *, titles, size: float = 2.4) -> np.ndarray:
    """Draw pictures that went wrong in a row, and below each what was meant.

    Args:
        wrong: sequence of pairs (array, keyword arguments of `show_image`).
        right: the same for what was meant, as many.
        titles: one text a pair, written above the upper picture.
        size: width of one picture in inches.

    Returns:
        Array of the Axes, (2, pairs).

    Raises:
        ValueError: the numbers of pictures and titles differ.
    """
    wrong, right, titles = list(wrong), list(right), list(titles)
    if not len(wrong) == len(right) == len(titles) > 0:
        counts = len(wrong), len(right), len(titles)
        raise ValueError(f"wrong, right and titles must be as many, at least one; received {counts}.")
    _, axes = plt.subplots(2, len(titles), figsize=(size * len(titles) + 0.5, size * 1.75), squeeze=False)
    for row, (name, pictures) in enumerate({"what came": wrong, "what was meant": right}.items()):
        for ax, (picture, look) in zip(axes[row], pictures, strict=True):
            show_image(picture, ax=ax, **look)
        axes[row, 0].set_ylabel(name, fontsize=12)
    for ax, title in zip(axes[0], titles, strict=True):
        ax.set_title(title)
    return axes


@describable
def kernels_and_maps(kernels: Mapping, maps, *, scale: Mapping | None = None, size: float = 2.0) -> np.ndarray:
    """Draw kernels as grids of numbers, and below each the map that it makes.

    A map whose kernel sums to zero is drawn in red and blue around a white zero (its strongest
    hundredth clipped), any other in grey from 0 to 255.

    Args:
        kernels: name and array (kh, kw) of each kernel.
        maps: the maps (H, W), in the same order.
        scale: by name, what a kernel's numbers are multiplied by before they are written; the title says so.
        size: width of one picture in inches.

    Returns:
        Array of the Axes, (2, kernels).

    Raises:
        ValueError: there is not one map for each kernel.
    """
    maps, scale = list(maps), dict(scale or {})
    if len(maps) != len(kernels) or not maps:
        raise ValueError(f"maps must be one for each of the {len(kernels)} kernels; received {len(maps)}.")
    _, axes = plt.subplots(2, len(maps), figsize=(size * len(maps), size * 1.95), squeeze=False)
    flat = {name: abs(np.sum(kernel)) < 1e-9 for name, kernel in kernels.items()}
    signed = [np.abs(drawn).ravel() for drawn, name in zip(maps, kernels, strict=True) if flat[name]]
    strongest = float(np.quantile(np.concatenate(signed), 0.99)) if signed else 0.0  # the hundredth above is clipped
    limit = strongest or 1.0
    largest = max(float(np.abs(np.asarray(k) * scale.get(name, 1)).max()) for name, k in kernels.items())
    for (upper, lower), (name, kernel), drawn in zip(axes.T, kernels.items(), maps, strict=True):
        factor = scale.get(name, 1)
        number_grid(np.asarray(kernel) * factor, title=name, signed=True, limits=(-largest, largest), ax=upper)
        if factor != 1:
            upper.set_xlabel(f"each divided by {factor}", fontsize=10)
        limits = (-limit, limit) if flat[name] else (0, 255)
        show_image(drawn, signed=flat[name], limits=limits, ax=lower)
    return axes


@describable
def loss_valley(axis, losses, paths: Mapping, *, goal, title: str | None = None, ax=None) -> Axes:
    """Draw the loss over a plane of two numbers, and the ways that descent took on it.

    Args:
        axis: the values (n,) of either number.
        losses: array (n, n); rows are the second number, columns the first.
        paths: label and steps of each way: arrays of which each holds two numbers.
        goal: the two numbers of the least loss, drawn as a star.
        title: text above the plane.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes, colour by the logarithm of the loss.

    Raises:
        ValueError: ``losses`` does not have one row and one column for each value of ``axis``.
    """
    axis, losses = np.asarray(axis, float), np.asarray(losses, float)
    if losses.shape != (len(axis), len(axis)):
        raise ValueError(f"losses must have shape {(len(axis), len(axis))}; received {losses.shape}.")
    ax = axes_of(ax, size=(4.6, 4.2))
    levels = np.geomspace(max(losses.min(), losses.max() / 3000), losses.max(), 13)
    drawn = ax.contourf(
        axis, axis, np.maximum(losses, levels[0]), levels, cmap="Blues_r", norm=LogNorm(levels[0], levels[-1])
    )
    bar = ax.figure.colorbar(drawn, ax=ax, shrink=0.85, ticks=[0.01, 0.1, 1, 10], format="%g")
    bar.set_label("loss")
    bar.outline.set_visible(False)
    for order, (label, steps), colour, marker in zip((4, 3), paths.items(), (COLOURS[4], INK), "os", strict=False):
        steps = np.reshape(steps, (-1, 2))
        ax.plot(
            *steps.T,
            color=colour,
            linewidth=1.4,
            marker=marker,
            markersize=3.5,
            zorder=order,
            markeredgecolor="white",
            markeredgewidth=0.4,
            label=label,
        )
    ax.plot(*goal, "*", color="white", markeredgecolor=INK, markersize=16, zorder=5)
    ax.set(xlabel="first number", ylabel="second number", title=title or "", aspect="equal")
    ax.set(xlim=(axis[0], axis[-1]), ylim=(axis[0], axis[-1]))
    if len(paths) > 1:
        ax.legend(loc="lower right", frameon=True, fontsize=10)
    return ax


@describable
def marked_shapes(
    pictures: Mapping, marks: Mapping, verdicts: Mapping, *, words=("yes", "no"), columns: int = 4, size: float = 2.0
):
    """Draw pictures with the places that a detector marked, and its verdict in the title.

    Args:
        pictures: name and array (H, W) of each picture.
        marks: by name, an array (H, W) that is positive at the marked places.
        verdicts: by name, True or False.
        words: what the title says for True and for False.
        columns: pictures in a row.
        size: width of one picture in inches.

    Returns:
        Array of the Axes, one a picture.

    Raises:
        ValueError: a picture has no marks or no verdict.
    """
    missing = [name for name in pictures if name not in marks or name not in verdicts]
    if missing or not pictures:
        raise ValueError(f"marks and verdicts must name every picture; missing: {missing or 'all'}.")
    rows = -(-len(pictures) // columns)
    _, grid = plt.subplots(rows, columns, figsize=(size * columns, size * 1.28 * rows), squeeze=False)
    for ax, (name, picture) in zip(grid.flat, pictures.items(), strict=False):
        show_image(picture, title=f"{name}:\n{words[0 if verdicts[name] else 1]}", ax=ax)
        down, across = np.nonzero(np.asarray(marks[name]) > 0)
        ax.scatter(across, down, s=55, facecolor=COLOURS[4], edgecolor="white", linewidth=1.2, zorder=4)
        ax.title.set_fontsize(min(11, 6.6 * size))
        ax.spines[:].set(visible=True, color=FAINT)
    for ax in grid.flat[len(pictures) :]:
        ax.set_axis_off()
    return grid.flat[: len(pictures)]
