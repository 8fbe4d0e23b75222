"""What exercise 8 of lesson 02 looks for in four kernels: to which of a texture's patterns they answer."""

import numpy as np

SMOOTH, EDGE, SPOT = [1, 2, 1], [-1, 0, 1], [-1, 2, -1]
PATTERNS = {  # what a kernel of exercise 8 may answer to
    "edges": [np.outer(SMOOTH, EDGE), np.outer(EDGE, SMOOTH)],
    "thin lines": [np.outer(SMOOTH, SPOT), np.outer(SPOT, SMOOTH)],
    "fine chequers and single points": [np.outer(SPOT, SPOT)],
    "corners, where an edge across meets an edge down": [np.outer(EDGE, EDGE)],
}


def answered_least(kernels) -> str:
    """Return the name of the pattern that kernels (F, 9) answer to least; brightness first, which tells most."""
    if np.abs(_alike(kernels, np.outer(SMOOTH, SMOOTH))).max() < 0.5:
        return "brightness that changes slowly, which a blur keeps"
    return min(PATTERNS, key=lambda name: max(np.abs(_alike(kernels, pattern)).max() for pattern in PATTERNS[name]))


def _alike(kernels, pattern) -> np.ndarray:
    """Return the cosine of each kernel (F, 9) with a pattern (3, 3): 1 when it is the same, 0 when it is silent."""
    return kernels @ pattern.ravel() / (np.linalg.norm(kernels, axis=1) * np.linalg.norm(pattern))
