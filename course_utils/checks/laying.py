"""What exercise 6 of lesson 02 is judged by: kernels laid down at every error, and the usual mistakes."""

import numpy as np

from course_utils.checks.core import hints, same


def laid(errors, kernel, stride: int, *, add: bool = True, swap: bool = False) -> np.ndarray:
    """Return the kernel times each error, laid where its window was."""
    (rows, columns), side = errors.shape, len(kernel)
    pixels = np.zeros(((rows - 1) * stride + side, (columns - 1) * stride + side))
    for row, column in np.ndindex(rows, columns):
        place = pixels[row * stride : row * stride + side, column * stride : column * stride + side]
        share = errors[row, column] * kernel
        place[...] = place + share if add else share
    return pixels


def hint_on_laying(errors, kernel, stride: int, otherwise: str):
    """Return the function that finds the hint on what came out of one call."""
    right = laid(errors, kernel, stride)
    at_one = laid(errors, kernel, 1)
    size = f"The result should have shape {right.shape} here."
    told = hints(
        [
            (
                laid(errors, kernel[::-1, ::-1], stride),
                "The kernel was turned. Laid down, it is not: try it on paper.",
            ),
            (laid(errors, kernel, stride, add=False), "Where windows overlap, the shares add up (+=)."),
            (right / errors.size, "No mean here: the shares are added."),
            (right.T, "Rows and columns are exchanged."),
        ],
        otherwise,
        raised=f"{otherwise} {size}",
    )

    def hint(came_out) -> str:
        if isinstance(came_out, Exception) or same(np.shape(came_out), right.shape):
            return told(came_out)
        if stride > 1 and same(came_out, at_one):
            return "The stride had no effect: how far apart were the windows?"
        return f"{otherwise} {size}"

    return hint
