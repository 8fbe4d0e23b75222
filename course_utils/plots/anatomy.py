"""Pictures of a network's anatomy: where parameters and work sit, and how far a value sees, layer by layer."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_utils.plots.images import show_image
from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, INK, SEQUENTIAL, axes_of


@describable
def cost_shares(names, params, macs, *, title: str | None = None, ax=None) -> Axes:
    """Draw the share of the parameters against the share of the work, two bars a layer or stage, in running order.

    Args:
        names: one name a layer or stage.
        params: the number of parameters of each.
        macs: the number of multiply-adds of each.
        title: text above the plot.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes, the first name at the top; the legend says the totals.

    Raises:
        ValueError: the three do not have the same length, or a count is negative, or all counts are zero.

    Example:
        >>> stages = anatomy.describe(models.alexnet).by_stage()
        >>> ax = cost_shares(stages.index, stages["params"], stages["macs"])
    """
    names = [str(name) for name in names]
    counts = {"params": np.asarray(params, float), "macs": np.asarray(macs, float)}
    for name, values in counts.items():
        if values.shape != (len(names),):
            raise ValueError(f"{name} must be one number for each of the {len(names)} names; received {values.shape}.")
        if not (values >= 0).all() or not values.sum() > 0:
            raise ValueError(f"{name} must be counts of at least 0, and not all 0; received {values.tolist()}.")
    ax = axes_of(ax, size=(7.6, 0.9 + 0.52 * len(names)))
    places = np.arange(len(names))
    looks = {"params": ("parameters", COLOURS[0], -0.2), "macs": ("multiply-adds", COLOURS[1], 0.2)}
    for name, (label, colour, beside) in looks.items():
        shares = 100 * counts[name] / counts[name].sum()
        label = f"{label}, {_short(counts[name].sum())} in all"
        bars = ax.barh(places + beside, shares, height=0.38, color=colour, label=label)
        ax.bar_label(bars, [_percent(share) for share in shares], padding=3, fontsize=10, color=INK)
    ax.set_yticks(places, labels=names)
    ax.set(ylim=(len(names) - 0.5, -0.5), xlabel="share of the whole network [%]")
    ax.margins(x=0.12)
    ax.tick_params(axis="y", length=0)
    ax.legend(loc="best", fontsize=10)
    if title:
        ax.set_title(title)
    return ax


@describable
def receptive_growth(image, fields, labels, *, title: str | None = None, ax=None) -> Axes:
    """Draw nested frames on an image: what one output value sees after each layer.

    Args:
        image: array (H, W), (H, W, 1) or (H, W, 3).
        fields: one a layer, in pixels of the image: the side of a square in the middle of the image, or a box
            (top, left, height, width); it may reach beyond the image.
        labels: one text a layer; the legend adds the size.
        title: text above the picture.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes, with one frame a layer, from dark (first) to light (last).

    Raises:
        ValueError: the numbers of fields and labels differ, there are none, or a field is neither size nor box.

    Example:
        >>> ax = receptive_growth(np.zeros((224, 224)), [3, 5, 6, 10], ["conv1", "conv2", "pool", "conv3"])
    """
    fields, labels = list(fields), [str(label) for label in labels]
    if not fields or len(fields) != len(labels):
        raise ValueError(f"labels must be one for each of the {len(fields)} fields; received {len(labels)}.")
    height, width = np.shape(image)[:2]
    boxes = [_box(field, height, width) for field in fields]
    ax = show_image(image, ax=axes_of(ax, size=(7.6, 4.8)), title=title)
    colours = mpl.colormaps[SEQUENTIAL](np.linspace(0.05, 0.92, len(boxes)))
    for order, (box, label, colour) in enumerate(zip(boxes, labels, colours, strict=True)):
        top, left, tall, wide = box
        size = f"{tall:g}" if tall == wide else f"{tall:g}×{wide:g}"
        # Pixel 0 is drawn from -0.5 to 0.5; a white frame below keeps the coloured one visible on any image.
        for edge, width_of_line, name in (("white", 4.2, None), (colour, 2.4, f"{label}: {size}")):
            frame = Rectangle((left - 0.5, top - 0.5), wide, tall, fill=False, zorder=20 - order / 99)
            frame.set(edgecolor=edge, linewidth=width_of_line, label=name)
            ax.add_patch(frame)
    reach = [(box[1] - 0.5, box[1] + box[3] - 0.5, box[0] - 0.5, box[0] + box[2] - 0.5) for box in boxes]
    sides = np.array([(-0.5, width - 0.5, -0.5, height - 0.5), *reach])
    margin = 0.015 * max(height, width)
    ax.set(
        xlim=(sides[:, 0].min() - margin, sides[:, 1].max() + margin),
        ylim=(sides[:, 3].max() + margin, sides[:, 2].min() - margin),
    )
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=10, title="sees [pixels]")
    return ax


def _box(field, height: int, width: int) -> tuple[float, float, float, float]:
    """Return (top, left, height, width) of a field given as one side or as a box."""
    numbers = np.asarray(field, float)
    if numbers.shape not in ((), (4,)) or not np.isfinite(numbers).all() or (numbers.reshape(-1)[-2:] <= 0).any():
        raise ValueError(f"fields must hold sides or boxes (top, left, height, width) in pixels; received {field!r}.")
    if numbers.shape == (4,):
        return tuple(numbers.tolist())
    side = float(numbers)
    return (height - side) / 2, (width - side) / 2, side, side


def _percent(share: float) -> str:
    """Return a share with as many digits as a reader can use."""
    return f"{share:.0f} %" if share >= 9.95 else f"{share:.1f} %" if share >= 0.05 or share == 0 else "< 0.1 %"


def _short(number: float) -> str:
    """Return a count in thousands, millions or billions: 60.97 M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.4g} {letter}"
    return f"{number:g}"
