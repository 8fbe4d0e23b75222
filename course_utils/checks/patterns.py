"""What exercise 8 of lesson 02 says about four kernels: which one is missed least, and what would do more in its place.

Both are measured with the lesson's own accuracy, so an exchange that is named here has been tried and reads more.
"""

from collections.abc import Callable

import numpy as np

SMOOTH, EDGE, SPOT = [1, 2, 1], [-1, 0, 1], [-1, 2, -1]
PATTERNS = {  # what a kernel of exercise 8 may answer to
    "brightness that changes slowly, which a blur keeps": np.outer(SMOOTH, SMOOTH),
    "upright edges": np.outer(SMOOTH, EDGE),
    "level edges": np.outer(EDGE, SMOOTH),
    "thin upright lines": np.outer(SMOOTH, SPOT),
    "thin level lines": np.outer(SPOT, SMOOTH),
    "corners, where an edge across meets an edge down": np.outer(EDGE, EDGE),
    "fine chequers and single points": np.outer(SPOT, SPOT),
}
GAIN = 0.005  # an exchange that adds less is not worth naming


def better_exchange(kernels, reached: float, accuracy: Callable) -> str:
    """Return a hint for kernels (4, 3, 3) that read ``reached``: which one to give up, and for what."""
    rest = [np.delete(kernels, number, axis=0) for number in range(len(kernels))]
    without = [float(accuracy(others)) for others in rest]
    for number in np.argsort(without, kind="stable")[::-1]:  # the one that is missed least comes first
        tried = {name: float(accuracy([*rest[number], pattern])) for name, pattern in PATTERNS.items()}
        best = max(tried, key=tried.__getitem__)
        if tried[best] > reached + GAIN:
            return (
                f"Without your kernel {number + 1} the other three read {without[number]:.1%}; "
                f"in its place, one that answers to {best} reads more"
            )
    return "No single exchange by a product of smoothing, edge and spot reads more: begin with other kernels"
