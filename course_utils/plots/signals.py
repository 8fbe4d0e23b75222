"""Pictures of a signal on its way through a deep network: its size by layer, its histogram by layer, its fate."""

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, FAINT, INK, axes_of
from course_utils.plots.training import DASHES


@describable
def signal_by_layer(
    lines: dict,
    *,
    predicted: dict | None = None,
    ylabel="root mean square",
    floor=1e-12,
    ceiling=1e12,
    title=None,
    colours: dict | None = None,
    ax=None,
) -> Axes:
    """Draw sizes of a signal by layer on a logarithmic axis, where halving at every layer is a straight line.

    A logarithm cannot show zero: values below ``floor``, zero included, lie on the bottom edge; those above
    ``ceiling``, infinity included, on the top edge. Where that happens a note stands at the edge.

    Args:
        lines: label → sizes of the layers 1, 2, 3 …, (layers,), or (draws, layers) for a mean in its band.
        predicted: label → sizes that theory gives, drawn as thin black lines.
        ylabel: label of the vertical axis.
        floor: least size shown.
        ceiling: greatest size shown.
        title: text above the figure.
        colours: label → colour; the course's colours in their order when None.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: there is no line, or the floor is not positive and below the ceiling.

    Example:
        >>> signal_by_layer({"Glorot": 0.5 ** np.arange(24), "zeros": np.zeros(24)}).get_yscale()
        'log'
    """
    if not lines:
        raise ValueError("lines must hold at least one curve; received none.")
    if not 0 < floor < ceiling:
        raise ValueError(f"floor must be positive and below ceiling; received floor={floor!r}, ceiling={ceiling!r}.")
    ax = axes_of(ax, size=(7.0, 4.2))
    below = above = False
    for number, (label, values) in enumerate(lines.items()):
        values = np.nan_to_num(np.atleast_2d(np.asarray(values, float)), nan=np.inf)
        below, above = below or (values < floor).any(), above or (values > ceiling).any()
        values = np.clip(values, floor, ceiling)
        layers = np.arange(1, values.shape[1] + 1)
        colour = colours[label] if colours else COLOURS[number % len(COLOURS)]
        style = {"color": colour, "linestyle": DASHES[number % 4], "linewidth": 2.2, "clip_on": False}
        ax.plot(layers, values.mean(axis=0), label=label, **style)
        if len(values) > 1:
            ax.fill_between(layers, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.2, linewidth=0)
    for label, values in (predicted or {}).items():
        values = np.clip(np.asarray(values, float), floor, ceiling)
        ax.plot(np.arange(1, len(values) + 1), values, color=INK, linewidth=1, linestyle=":", label=label)
    ax.set(yscale="log", xlabel="layer", ylabel=ylabel)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(axis="y", color=FAINT, linewidth=0.8)
    note_edges(ax, floor=floor if below else None, ceiling=ceiling if above else None)
    if len(lines) + len(predicted or {}) > 1:
        ax.legend()
    if title:
        ax.set_title(title)
    return ax


def note_edges(ax, *, floor=None, ceiling=None) -> None:
    """Write at an edge of logarithmic axes that what lies there is really beyond it; None: nothing does."""
    style = {"transform": ax.get_yaxis_transform(), "ha": "right", "fontsize": 9, "color": INK}
    if floor is not None:
        ax.text(0.99, floor * 2, f"on the edge: {floor:.0e} or less, or 0", va="bottom", **style)
    if ceiling is not None:
        ax.text(0.99, ceiling / 2, f"on the edge: {ceiling:.0e} or more", va="top", **style)


@describable
def layer_histograms(layers: dict, *, limits=None, bins: int = 61, columns: int = 3, title=None) -> np.ndarray:
    """Draw a histogram of the values in each of some layers, all on one horizontal axis.

    Args:
        layers: title → values of that layer, an array of any shape.
        limits: (least, greatest) value shown; the range of all values when None. Values outside are counted in the
            outermost bars, so that a saturated or an exploded layer is seen.
        bins: bars.
        columns: panels in a row.
        title: text above all.

    Returns:
        Array of the Axes, one a layer.

    Raises:
        ValueError: there is no layer.

    Example:
        >>> len(layer_histograms({"layer 1": [0.0, 0.5], "layer 2": [0.1, 0.1]}))
        2
    """
    if not layers:
        raise ValueError("layers must hold at least one array; received none.")
    arrays = {name: np.asarray(values, float).ravel() for name, values in layers.items()}
    if limits is None:
        ends = np.concatenate([array[np.isfinite(array)] for array in arrays.values()])
        limits = (ends.min(), ends.max()) if len(ends) and ends.min() < ends.max() else (-1.0, 1.0)
    columns = min(columns, len(arrays))
    rows = -(-len(arrays) // columns)
    figure, grid = plt.subplots(rows, columns, figsize=(2.5 * columns, 1.5 * rows + 0.8), squeeze=False, sharex=True)
    edges = np.linspace(limits[0], limits[1], bins + 1)
    for ax, (name, array) in zip(grid.flat, arrays.items(), strict=False):
        counts, _ = np.histogram(np.clip(np.nan_to_num(array), *limits), bins=edges)
        ax.stairs(counts / len(array), edges, fill=True, color=COLOURS[0])
        ax.set_title(name, fontsize=11)
        ax.set(yticks=[], xlim=limits)
        ax.spines["left"].set_visible(False)
    for ax in grid.flat[len(arrays) :]:
        ax.set_axis_off()
    figure.supxlabel("value", fontsize=11)
    if title:
        figure.suptitle(title, fontsize=12)
    return grid.flat[: len(arrays)]


def written(power: float) -> str:
    """Return a power of ten in few characters: a decimal where it is below one, so that −0.6 is not taken for −1."""
    text = f"{power:+.1f}" if abs(power) < 0.95 else f"{power:+.0f}"
    return "0" if text in ("+0.0", "-0.0") else text.replace("-", "−")


@describable
def fate_table(
    values, rows, columns, *, quantity="last layer over first", limit: float = 6.0, bar=True, title=None, ax=None
) -> Axes:
    """Draw by how many powers of ten a signal has shrunk or grown, one cell a combination; a decimal below one.

    Args:
        values: ratios (rows, columns); 0 is a dead signal, shown by its own word.
        rows: one name a row.
        columns: one name a column.
        quantity: what was divided by what, written at the colour bar.
        limit: powers of ten at which the colours end, in both directions.
        bar: draw the colour bar; of several tables side by side one is enough.
        title: text above the figure.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: ``values`` does not have as many rows and columns as names.

    Example:
        >>> ax = fate_table([[1.0, 0.0]], ["He"], ["ReLU", "tanh"])
        >>> [text.get_text() for text in ax.texts]
        ['0', 'zero']
    """
    values = np.asarray(values, float)
    if values.shape != (len(rows), len(columns)):
        raise ValueError(f"values must have shape {(len(rows), len(columns))}; received {values.shape}.")
    ax = axes_of(ax, size=(1.5 + 1.25 * len(columns), 0.9 + 0.45 * len(rows)))
    with np.errstate(divide="ignore"):
        powers = np.log10(values)
    dead = ~np.isfinite(powers) & (values == 0)
    labels = np.where(dead, "zero", [[written(power) for power in row] for row in np.where(dead, 0, powers)])
    shown = np.clip(np.nan_to_num(powers, neginf=-limit, posinf=limit), -limit, limit)
    options = {"cmap": "PuOr", "vmin": -limit, "vmax": limit, "linewidths": 1, "linecolor": "white"}
    sns.heatmap(shown, annot=labels, fmt="", xticklabels=columns, yticklabels=rows, ax=ax, cbar=bar, **options)
    ax.tick_params(length=0)
    ax.set_yticklabels(ax.get_yticklabels(), rotation=0)
    if bar:
        ax.collections[0].colorbar.set_label(f"powers of ten, {quantity}")
    if title:
        ax.set_title(title)
    return ax
