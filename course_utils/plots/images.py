"""Pictures: one image, a row of images, an image as numbers, the feature maps of a layer."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_utils.figures import PAPER
from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, DIVERGING, FAINT, INK, axes_of

PALE = 0.37  # signed grids use this part of red and blue: dark digits stay readable, on paper and on the dark page


@describable
def show_image(image, *, title: str | None = None, signed: bool = False, limits=None, cmap=None, ax=None) -> Axes:
    """Draw one image without axis ticks.

    Args:
        image: array (H, W), (H, W, 1) or (H, W, 3); uint8 images use the full scale 0 to 255.
        title: text above the image.
        signed: draw a one-channel image in two colours around a white zero.
        limits: (darkest, brightest) value of the grey scale; by default 0 and 255 for uint8, else the extremes.
        cmap: another colour map for a one-channel image.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: ``image`` has another shape.
    """
    image = np.asarray(image)
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[-1] != 3):
        raise ValueError(f"image must have shape (H, W), (H, W, 1) or (H, W, 3); received {image.shape}.")
    ax = axes_of(ax, size=(4.0, 4.0))
    if limits is None and image.dtype == np.uint8:
        limits = (0, 255)
    if signed:
        largest = float(np.abs(image).max()) or 1.0
        limits = (-largest, largest) if limits is None else limits
        cmap = DIVERGING if cmap is None else cmap
    low, high = (None, None) if limits is None else limits
    if image.ndim == 3:
        ax.imshow(image)
    else:
        ax.imshow(image, cmap=cmap or "gray", vmin=low, vmax=high)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    if title:
        ax.set_title(title)
    return ax


@describable
def show_images(
    images, *, titles=None, columns: int | None = None, size: float = 2.2, scale: str | None = None, **drawing
) -> np.ndarray:
    """Draw images side by side.

    Args:
        images: sequence of arrays as in `show_image`; None leaves a place empty.
        titles: one text an image, or None.
        columns: images in a row; all in one row (at most 8) when None.
        size: width and height of one image in inches.
        scale: label of a colour bar beside the images, which then need common ``limits``; none when None.
        **drawing: passed on to `show_image`.

    Returns:
        Array of the Axes, one an image, in reading order.
    """
    images = list(images)
    if not images:
        raise ValueError("images must hold at least one image; received none.")
    titles = [None] * len(images) if titles is None else list(titles)
    if len(titles) != len(images):
        raise ValueError(f"titles must be one for each of the {len(images)} images; received {len(titles)}.")
    columns = min(columns or 8, len(images))
    rows = -(-len(images) // columns)
    _, grid = plt.subplots(rows, columns, figsize=(size * columns, size * rows * 1.12), squeeze=False)
    for ax, image, title in zip(grid.flat, images, titles, strict=False):
        if image is None:
            ax.set_axis_off()
        else:
            show_image(image, title=title, ax=ax, **drawing)
    for ax in grid.flat[len(images) :]:
        ax.set_axis_off()
    if scale is not None:
        grid[0, 0].figure.colorbar(grid[0, 0].images[0], ax=grid, shrink=0.8, aspect=12, label=scale)
    return grid.flat[: len(images)]


@describable
def number_grid(
    array,
    *,
    title: str | None = None,
    highlight=None,
    frame_colours=(COLOURS[4], *COLOURS),
    shade: bool = True,
    limits=None,
    signed=False,
    decimals=None,
    ax=None,
) -> Axes:
    """Draw a small matrix as a grid of numbers, shaded by value.

    Args:
        array: two-axis array, at most about 16×16.
        title: text above the grid.
        highlight: frames to draw: ``(row, column, height, width)`` or a list of such tuples.
        frame_colours: colours of the frames, in their order.
        shade: colour the cells by value (grey; red and blue around zero when ``signed``).
        limits: (darkest, brightest) value of the grey scale; the extremes of ``array`` when None.
        signed: see ``shade``.
        decimals: digits after the point; whole numbers are written without when None.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: ``array`` does not have two axes.
    """
    array = np.asarray(array)
    if array.ndim != 2:
        raise ValueError(f"array must have two axes; received shape {array.shape}.")
    rows, columns = array.shape
    ax = axes_of(ax, size=(0.55 * columns + 0.6, 0.55 * rows + 0.8))
    low, high = (float(array.min()), float(array.max())) if limits is None else limits
    if signed:
        high = max(abs(low), abs(high)) or 1.0
        low = -high
    span = (high - low) or 1.0
    if shade:
        if signed:
            ax.imshow(array, cmap=DIVERGING, vmin=low / PALE, vmax=high / PALE)
        else:
            ax.imshow(array, cmap="gray", vmin=low, vmax=high if high > low else low + 1)
    else:
        ax.imshow(np.zeros_like(array, dtype=float), cmap="gray_r", vmin=0, vmax=1).set_gid(PAPER)
    whole = np.allclose(array, np.round(array))
    for (row, column), number in np.ndenumerate(array):
        level = (number - low) / span
        dark = shade and not signed and level < 0.5
        text = f"{number:.{decimals}f}" if decimals is not None else (f"{number:.0f}" if whole else f"{number:.2g}")
        ax.text(column, row, text, ha="center", va="center", color="white" if dark else INK, fontsize=11)
    ax.set_xticks(np.arange(columns + 1) - 0.5, labels=[])
    ax.set_yticks(np.arange(rows + 1) - 0.5, labels=[])
    ax.grid(color=FAINT, linewidth=1)
    ax.tick_params(length=0)
    ax.spines[:].set(visible=not shade, color=FAINT, linewidth=1)  # whole lines all round
    frames = [] if highlight is None else [highlight] if np.ndim(highlight) == 1 else highlight
    for (row, column, height, width), colour in zip(frames, frame_colours, strict=False):
        corner = (column - 0.5, row - 0.5)
        ax.add_patch(Rectangle(corner, width, height, fill=False, edgecolor=colour, linewidth=3.5, zorder=5))
    if title:
        ax.set_title(title)
    return ax


@describable
def feature_maps(maps, *, title: str | None = None, columns: int = 8, signed: bool = False, size: float = 1.3):
    """Draw every channel of a layer's output as one small image, all on the same scale.

    Args:
        maps: array (H, W, C).
        title: text above all maps.
        columns: maps in a row.
        signed: see `show_image`.
        size: width and height of one map in inches.

    Returns:
        Array of the Axes, one a channel.

    Raises:
        ValueError: ``maps`` does not have three axes.
    """
    maps = np.asarray(maps)
    if maps.ndim != 3:
        raise ValueError(f"maps must have shape (H, W, C); received {maps.shape}.")
    limits = (-np.abs(maps).max(), np.abs(maps).max()) if signed else (maps.min(), maps.max())
    titles = [str(number) for number in range(maps.shape[-1])]
    drawn = show_images(
        np.moveaxis(maps, -1, 0), titles=titles, columns=columns, size=size, signed=signed, limits=limits
    )
    if title:
        drawn[0].figure.suptitle(title)
    return drawn
