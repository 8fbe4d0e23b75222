"""An image on its way through a network: the maps of several layers in one figure."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np

from course_utils.plots.images import show_image
from course_utils.plots.showing import describable
from course_utils.plots.style import FAINT

MOST = 8  # maps in a row


@describable
def layer_maps(layers: Mapping, *, label="", width: float = 7.5) -> np.ndarray:
    """Draw all maps of several layers, layer below layer, numbered from 0: red positive, blue negative, white zero.

    Args:
        layers: title and array (H, W, C) of each layer. Each layer has a scale of its own, which its colour bar gives.
        label: what the colours count, written at the bars.
        width: of the figure in inches.

    Returns:
        Array of the Axes, one a map, layer by layer.

    Raises:
        ValueError: there is no layer, or one does not have three axes.

    Example:
        >>> len(layer_maps({"C1": np.ones((28, 28, 6)), "S2": np.ones((14, 14, 6))}))
        12
    """
    arrays = {title: np.asarray(maps) for title, maps in layers.items()}
    if not arrays:
        raise ValueError("layers must hold at least one layer; received none.")
    for title, maps in arrays.items():
        if maps.ndim != 3:
            raise ValueError(f"layers[{title!r}] must have shape (H, W, C); received {maps.shape}.")
    rows = [-(-maps.shape[-1] // MOST) for maps in arrays.values()]
    columns = [-(-maps.shape[-1] // count) for maps, count in zip(arrays.values(), rows, strict=True)]
    heights = [count * ((width - 1.8) / across + 0.22) for count, across in zip(rows, columns, strict=True)]
    figure = plt.figure(figsize=(width, 1.05 * sum(heights)))
    outer = figure.add_gridspec(len(arrays), 2, width_ratios=[0.8, width - 0.8], height_ratios=heights)
    drawn = []
    for number, (title, maps) in enumerate(arrays.items()):
        name = figure.add_subplot(outer[number, 0])
        name.set_axis_off()
        name.text(0, 0.5, title, ha="left", va="center", fontsize=13, transform=name.transAxes)
        cells = outer[number, 1].subgridspec(rows[number], columns[number])
        places = [figure.add_subplot(cells[at]) for at in range(rows[number] * columns[number])]
        drawn += _layer(places, maps, label)
    return np.array(drawn)


def _layer(grid: list, maps: np.ndarray, label: str) -> list:
    """Draw the maps of one layer on one scale, with a colour bar; return the Axes that hold one."""
    largest = float(np.abs(maps).max()) or 1.0
    used = grid[: maps.shape[-1]]
    for number, (ax, image) in enumerate(zip(used, np.moveaxis(maps, -1, 0), strict=True)):
        show_image(image, signed=True, limits=(-largest, largest), ax=ax)
        ax.spines[:].set(visible=True, color=FAINT)
        ax.set_title(str(number), fontsize=9, pad=2)
    for ax in grid[len(used) :]:
        ax.set_axis_off()
    bar = used[0].figure.colorbar(used[0].images[0], ax=grid, aspect=14, pad=0.015)
    bar.outline.set_visible(False)
    bar.set_label(label)
    return used
