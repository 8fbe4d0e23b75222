"""Pictures of the arithmetic of a convolution: the sliding window, who is connected to whom, sums written out."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_utils.plots.images import number_grid, show_image
from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, FAINT, INK, axes_of
from course_utils.validation import whole_number

FRAME = COLOURS[4]
PARTS = (COLOURS[1], COLOURS[0], COLOURS[2])  # patch, kernel, output: the colours of the explorer


@describable
def sum_of_grids(
    grids, *, signs, titles=None, highlights=None, frame_colours=None, shade: bool = True, cell: float = 0.42
) -> np.ndarray:
    """Draw small matrices side by side with a sign between each two: a sum or a product one can read.

    Args:
        grids: sequence of two-axis arrays.
        signs: the texts between them, one fewer than ``grids``, for instance ``["×", "="]``.
        titles: one text a grid, or None.
        highlights: one entry a grid: frames as in `number_grid`, or None.
        frame_colours: one colour a grid for its frames, or None.
        shade: colour the cells by value, on one grey scale for all grids.
        cell: width of one cell in inches.

    Returns:
        Array of the Axes, one a grid.

    Raises:
        ValueError: the numbers of grids, signs, titles or highlights do not fit together.

    Example:
        >>> axes = sum_of_grids([patch, kernel, patch * kernel], signs=["×", "="])
    """
    grids = [np.asarray(grid) for grid in grids]
    titles = [None] * len(grids) if titles is None else list(titles)
    highlights = [None] * len(grids) if highlights is None else list(highlights)
    frame_colours = [FRAME] * len(grids) if frame_colours is None else list(frame_colours)
    if not grids or len(signs) != len(grids) - 1:
        raise ValueError(f"signs must be one fewer than the {len(grids)} grids; received {len(signs)}.")
    per_grid = {"titles": titles, "highlights": highlights, "frame_colours": frame_colours}
    for name, items in per_grid.items():
        if len(items) != len(grids):
            raise ValueError(f"{name} must be one for each of the {len(grids)} grids; received {len(items)}.")
    widths = []
    for grid in grids:
        widths += [grid.shape[1], 0.9]
    tallest = max(grid.shape[0] for grid in grids)
    _, axes = plt.subplots(
        1, len(widths) - 1, figsize=(cell * sum(widths[:-1]), cell * tallest + 0.45), width_ratios=widths[:-1]
    )
    axes = np.atleast_1d(axes)
    limits = min(float(grid.min()) for grid in grids), max(float(grid.max()) for grid in grids)
    for ax, grid, title, frames, colour in zip(axes[::2], grids, *per_grid.values(), strict=True):
        number_grid(grid, title=title, highlight=frames, frame_colours=[colour] * 9, shade=shade, limits=limits, ax=ax)
    for ax, sign in zip(axes[1::2], signs, strict=True):
        ax.set_axis_off()
        ax.text(0.5, 0.5, sign, ha="center", va="center", fontsize=17, transform=ax.transAxes)
    return axes[::2]


@describable
def sliding_window(image, kernel, output, *, at, stride: int = 1, padding: int = 0) -> np.ndarray:
    """Draw one step of a convolution: the window (orange) on the input, the kernel (blue), the output pixel (green).

    Args:
        image: array (H, W).
        kernel: array (kh, kw).
        output: array (H', W'), the finished feature map.
        at: (row, column) of the output pixel.
        stride: step of the window in pixels.
        padding: zeros on every side; they are drawn as part of the input.

    Returns:
        Array of the three Axes: input, kernel, output.

    Raises:
        ValueError: an array does not have two axes, or ``at`` lies outside the output.
    """
    image, kernel, output = np.asarray(image), np.asarray(kernel), np.asarray(output)
    for name, array in (("image", image), ("kernel", kernel), ("output", output)):
        if array.ndim != 2:
            raise ValueError(f"{name} must have two axes; received shape {array.shape}.")
    row, column = at
    if not (0 <= row < output.shape[0] and 0 <= column < output.shape[1]):
        raise ValueError(f"at must lie inside the output of shape {output.shape}; received {tuple(at)!r}.")
    stride, padding = whole_number("stride", stride), whole_number("padding", padding, minimum=0)
    padded = np.pad(image, padding)
    return sum_of_grids(
        [padded, kernel, output],
        signs=["∗", "="],
        titles=["input", "kernel", "output"],
        highlights=[(row * stride, column * stride, *kernel.shape), (0, 0, *kernel.shape), (row, column, 1, 1)],
        frame_colours=PARTS,
        shade=False,
    )


@describable
def window_positions(size: int, kernel: int, *, stride: int = 1, padding: int = 0, ax=None) -> Axes:
    """Draw where a window stops on a square input: one dot at the centre of each stop, the first stops framed.

    Args:
        size: pixels along each side of the input.
        kernel: pixels along each side of the window.
        stride: step in pixels.
        padding: pixels added on every side, drawn hatched.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes, its title naming the number of stops.

    Raises:
        ValueError: an argument is out of range or the window exceeds the padded input.
    """
    size, kernel, stride = (whole_number(n, v) for n, v in (("size", size), ("kernel", kernel), ("stride", stride)))
    padding = whole_number("padding", padding, minimum=0)
    whole = size + 2 * padding
    if kernel > whole:
        raise ValueError(f"kernel must be at most the padded input ({whole} pixels); received {kernel}.")
    stops = range(0, whole - kernel + 1, stride)
    ax = axes_of(ax, size=(3.4, 3.7))
    for row in range(whole):
        for column in range(whole):
            added = not (padding <= row < whole - padding and padding <= column < whole - padding)
            cell = Rectangle((column, row), 1, 1, edgecolor=FAINT, linewidth=1)
            cell.set(facecolor="white" if added else "#eef1f4", hatch="///" if added else None)
            ax.add_patch(cell)
    for colour, left in zip((FRAME, COLOURS[0]), stops, strict=False):
        ax.add_patch(Rectangle((left, 0), kernel, kernel, fill=False, edgecolor=colour, linewidth=3, zorder=4))
    centres = [(left + kernel / 2, top + kernel / 2) for top in stops for left in stops]
    ax.scatter(*zip(*centres, strict=True), s=28, color=INK, zorder=5)
    ax.set(xlim=(-0.15, whole + 0.15), ylim=(whole + 0.15, -0.15), aspect="equal", xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.set_title(f"stride {stride}, padding {padding}: {len(stops)}×{len(stops)} outputs")
    return ax


@describable
def shift_curves(
    shifts, curves, *, ylabel: str, title=None, percent: bool = False, strong: str | None = None, colours=None, ax=None
) -> Axes:
    """Draw how quantities change as an image is shifted, one labelled line a quantity.

    Args:
        shifts: the shifts in pixels.
        curves: mapping from name to one value a shift, or to an array (runs, shifts): then the line is their mean
            with a dot for each run, and a band reaches from the lowest to the highest.
        ylabel: what the values are.
        title: text above the plot.
        percent: write the values, which are then shares from 0 to 1, as per cent.
        strong: name of the curve that is drawn thick and black.
        colours: name → colour; the course's colours in their order when None.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: a curve does not have one value a shift.
    """
    shifts = list(shifts)
    ax = axes_of(ax, size=(6.0, 3.6))
    for number, (name, values) in enumerate(curves.items()):
        runs = np.atleast_2d(values)
        if runs.shape[1] != len(shifts):
            raise ValueError(f"curves[{name!r}] must have {len(shifts)} values, one a shift; received {runs.shape[1]}.")
        colour, marker, line = COLOURS[number % 8], "osD^vPX*"[number % 8], ("-", "--", "-.", ":")[number % 4]
        colour, width = colours[name] if colours else colour, 2.0
        if name == strong:
            colour, line, width = INK, "-", 3.5
        ax.fill_between(shifts, runs.min(axis=0), runs.max(axis=0), color=colour, alpha=0.25, linewidth=0)
        for run in runs if len(runs) > 1 else ():
            ax.scatter(shifts, run, s=26, color=colour, edgecolor="white", linewidth=0.6, zorder=4)
        alone = marker if len(runs) == 1 else None
        ax.plot(shifts, runs.mean(axis=0), line, marker=alone, color=colour, label=name, markersize=7, linewidth=width)
    if percent:
        ax.set_ylim(-0.02, 1.04)
        ax.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    ax.set(xlabel="shift in pixels", ylabel=ylabel, xticks=shifts)
    ax.grid(axis="y", color=FAINT, linewidth=0.8)
    lines = sorted(ax.get_lines(), key=lambda line: -line.get_ydata()[-1])  # from top to bottom, as the curves end
    ax.legend(handles=lines, loc="center left", bbox_to_anchor=(1.0, 0.5))
    if title:
        ax.set_title(title)
    return ax


@describable
def top_patches(detectors, patches, *, names, size: float = 0.85) -> np.ndarray:
    """Draw, one row a detector, the detector itself and the patches that excite it most, best first.

    Args:
        detectors: sequence of pictures of the detectors, each as `show_image` takes it.
        patches: sequence, one entry a detector, of arrays (N, h, w) or (N, h, w, 3).
        names: one text a detector.
        size: width of one picture in inches.

    Returns:
        Array of the Axes, (detectors, 1 + N).

    Raises:
        ValueError: the numbers of detectors, patch rows and names differ.
    """
    detectors, patches, names = list(detectors), [np.asarray(row) for row in patches], list(names)
    if not len(detectors) == len(patches) == len(names) > 0:
        raise ValueError(
            "there must be as many detectors as patches and names, at least one; "
            f"received {len(detectors)}, {len(patches)} and {len(names)}."
        )
    columns = 1 + max(len(row) for row in patches)
    _, axes = plt.subplots(len(names), columns, figsize=(size * columns + 1.5, size * len(names) + 0.3), squeeze=False)
    for row, (detector, best, name) in enumerate(zip(detectors, patches, names, strict=True)):
        show_image(detector, signed=np.ndim(detector) == 2, ax=axes[row, 0])
        axes[row, 0].set_ylabel(name, rotation=0, ha="right", va="center", labelpad=8)
        for ax, patch in zip(axes[row, 1:], best, strict=False):
            show_image(patch, ax=ax)
        for ax in axes[row, 1 + len(best) :]:
            ax.set_axis_off()
    axes[0, 0].set_title("detector", fontsize=10)
    axes[0, 1].set_title("its best patches", fontsize=10, loc="left")
    return axes
