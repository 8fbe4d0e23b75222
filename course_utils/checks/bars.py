"""What exercise 9 of lesson 02 is tried with: bars and edges, and the maps of their four sides."""

import functools

import numpy as np

from course_utils.checks.core import same

TOLERANCE = 1e-9
SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def slide(image, kernel) -> np.ndarray:
    """Return the sum of the products at every place where the kernel fits, as floating-point numbers."""
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(image, dtype=float), np.shape(kernel))
    return np.tensordot(windows, np.asarray(kernel, dtype=float), axes=2)


def strongest(maps, weights) -> float:
    """Return the strongest answer to weights (1, width, maps, 1), zeros around the maps."""
    before = (weights.shape[1] - 1) // 2
    framed = np.pad(maps, ((0, 0), (before, weights.shape[1] - 1 - before), (0, 0)))
    return float(np.max(sum(slide(framed[..., i], weights[..., i, 0]) for i in range(maps.shape[-1]))))


def side_maps(image) -> np.ndarray:
    """Return four maps (H, W, 4), 0 to 1: left, right, upper and lower sides of bright things, as in the lesson."""
    framed = np.pad(np.asarray(image, dtype=float) / 255, 1, mode="edge")
    gx, gy = slide(framed, SOBEL_X / 4), slide(framed, SOBEL_X.T / 4)
    return np.maximum(np.stack([gx, -gx, gy, -gy], axis=-1), 0)


@functools.cache
def other_bars() -> dict[str, np.ndarray]:
    """Return the side maps of pictures on which a detector of light upright bars 4 pixels wide has to stay quiet."""
    edge = bar(22)  # reaches the right border
    pictures = {f"a bar of width {width}": bar(width) for width in (8, 12, 2)}
    pictures |= {"a dark bar of width 4": 255 - bar(4)}
    pictures |= {"an edge from dark to light": edge, "an edge from light to dark": 255 - edge}
    return {name: side_maps(picture) for name, picture in (pictures | {"a level bar": bar(4).T}).items()}


def bar(width: int) -> np.ndarray:
    """Return a light upright bar on black, (24, 32)."""
    image = np.zeros((24, 32), np.uint8)
    image[:, 10 : 10 + width] = 255
    return image


def fault_of_detector(weights) -> str | None:
    """Say what a detector of light upright bars 4 pixels wide does wrong."""
    wanted = strongest(side_maps(bar(4)), weights)
    if wanted <= TOLERANCE:
        return "on the bar of width 4 it gives nothing positive"
    if not np.ptp(weights):
        return "all weights are equal, so every side counts, of whatever kind: which maps matter for an upright bar?"
    for name, maps in other_bars().items():
        answer = strongest(maps, weights)
        if same(answer, wanted):
            return f"{name} gets just as much as the light bar of width 4: which two sides must come together, how far?"
        if answer > 0.75 * wanted + TOLERANCE:
            return f"{name} gets {answer:.3g} against {wanted:.3g}: more than three quarters"
    return None
