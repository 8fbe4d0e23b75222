"""Pictures of what is paid and what is got: error against work, and confidence against accuracy."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, FAINT, INK, axes_of

SIDES = {"right": (7, 0, "left"), "left": (-7, 0, "right"), "above": (0, 8, "center"), "below": (0, -15, "center")}


@describable
def error_against_work(networks, *, colours: dict, sides: dict | None = None, size=(6.0, 4.6), ax=None) -> Axes:
    """Draw networks as dots, work to the right, error upwards, both on logarithmic axes.

    Args:
        networks: rows (name, family, work in billions of multiply-adds, error in per cent).
        colours: family → colour, in the order of the legend; a family of several networks is joined by a line.
        sides: name → where its label stands: ``"right"`` (default), ``"left"``, ``"above"`` or ``"below"``, or None:
            no label.
        size: of a new figure in inches.
        ax: Axes to draw on; a new figure when None.

    Returns:
        The Axes.

    Raises:
        ValueError: a row has a family without colour.

    Example:
        >>> ax = error_against_work([("VGG-16", "VGG", 15.5, 7.2)], colours={"VGG": "red"})
    """
    ax, sides = axes_of(ax, size=size), sides or {}
    unknown = sorted({family for _, family, *_ in networks} - set(colours))
    if unknown:
        raise ValueError(f"colours must have every family of networks; received none for {unknown}.")
    for family, colour in colours.items():
        own = [row for row in networks if row[1] == family]
        if not own:
            continue
        ax.plot([row[2] for row in own], [row[3] for row in own], "-", color=colour, linewidth=1.2, alpha=0.5)
        ax.plot([row[2] for row in own], [row[3] for row in own], "o", color=colour, markersize=9, label=family)
    for name, _, work, error in networks:
        side = sides.get(name, "right")
        if side is None:
            continue
        right, up, align = SIDES[side]
        ax.annotate(
            name, (work, error), (right, up), textcoords="offset points", ha=align, va="center_baseline", fontsize=10
        )
    ax.set(xscale="log", xlabel="work for one image [billion multiply-adds]", ylabel="top-5 error [%]")
    ax.set(yscale="log", xlim=(0.2, 45), ylim=(4, 22))
    ax.set_xticks([0.3, 1, 3, 10, 30], labels=["0.3", "1", "3", "10", "30"])
    ax.set_yticks([5, 7, 10, 15, 20], labels=["5", "7", "10", "15", "20"])
    ax.minorticks_off()
    ax.grid(color=FAINT, linewidth=0.8)
    ax.legend()
    return ax


@describable
def reliability(groups: dict, *, bins: int = 10, colours: dict | None = None, least: int = 20) -> np.ndarray:
    """Draw accuracy against confidence in bins, one panel a group; on the diagonal a network is as right as it is sure.

    Args:
        groups: label → (confidence (N,) from 0 to 1, whether it was right (N,)).
        bins: equal intervals of confidence.
        colours: label → colour; the course's colours in their order when None.
        least: bins with fewer images are left out.

    Returns:
        The Axes, one a group.

    Raises:
        ValueError: there is no group, or one is empty.

    Example:
        >>> axes = reliability({"sure": (np.array([0.9] * 20), np.array([True] * 20))})
    """
    if not groups or any(not len(sure) for sure, _ in groups.values()):
        raise ValueError(f"groups must hold answers under each label; received {list(groups)}.")
    size = min(6.0, 3.0 * len(groups)), 2.6
    axes = plt.subplots(1, len(groups), figsize=size, sharey=True, squeeze=False)[1]
    for number, (ax, (label, (sure, right))) in enumerate(zip(axes[0], groups.items(), strict=True)):
        sure, right = np.asarray(sure, dtype=float), np.asarray(right, dtype=float)
        place = np.minimum((sure * bins).astype(int), bins - 1)
        colour = colours[label] if colours else COLOURS[number % 6]
        for one in range(bins):
            if (place == one).sum() >= least:
                ax.bar((one + 0.5) / bins, right[place == one].mean(), 0.9 / bins, color=colour)
        ax.plot([0, 1], [0, 1], color=INK, linestyle=":", linewidth=1.2)
        ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", title=label)
        ax.set_xticks([0.2, 0.5, 0.8])
    axes[0, 0].set_ylabel("accuracy")
    return axes[0]
