"""Confidence against accuracy."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils.plots.showing import describable
from course_utils.plots.style import COLOURS, INK


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
        ax.set_xticks([0, 0.5, 1], labels=["0", "0.5", "1"])
    axes[0, 0].set_ylabel("accuracy")
    return axes[0]
