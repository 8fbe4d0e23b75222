"""Checks of lesson 01's further pages: the loops with stride and padding, pooling for any window."""

from itertools import combinations

import numpy as np

from course_utils.checks.core import Verdict, check_function, same

IMAGE = np.array([[2, 0, 1, 0], [1, 3, 0, 1], [0, 1, 2, 0], [1, 0, 0, 1]])


def strided_convolution(function) -> Verdict:
    """Exercise A: four loops with a stride and zero padding, ``function(image, kernel, stride, padding)``."""
    kernel = np.array([[0, 1, 2], [2, 2, 0], [0, 1, 2]])
    oblong = np.arange(20).reshape(4, 5)
    cases = [
        (IMAGE, kernel, 1, 0, "Begin with stride 1 and no padding: nine products a window, added up."),
        (IMAGE, kernel, 1, 1, "Put the zeros around the image first (np.pad)."),
        (oblong, kernel, 2, 0, "The window's corner is at stride × the output's index."),
        (oblong, kernel[:2], 3, 1, "Height and width may differ, in the image and in the kernel."),
        (IMAGE, kernel / 4, 1, 0, "A kernel may hold fractions: an output of whole numbers (dtype=int) cuts them off."),
    ]
    calls = [(case[:4], _slide(*case[:4]), _hint_on_slide(*case)) for case in cases]
    return check_function("A", function, calls, praise="correct, for any stride, padding and shape")


def max_pool(function) -> Verdict:
    """Exercise B: maximum over windows of ``size`` that do not overlap, ``function(image, size)``."""
    image = np.array([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]])
    cut = "A last row or column that fills no window is left out: cut it off first."
    cases = [
        ((image, 2), [[6, 8], [3, 4]], _hint_on_pool(image)),
        ((image, 4), [[8]], "The window is as large as the image: one number is left."),
        ((-image, 2), [[-1, -2], [-1, 0]], "Negative numbers: do not begin the maximum at 0."),
        ((np.arange(16).reshape(2, 8), 2), [[9, 11, 13, 15]], "Height and width may differ."),
        ((np.arange(20).reshape(4, 5), 2), [[6, 8], [16, 18]], cut),
    ]
    return check_function("B", function, cases)


def _slide(image: np.ndarray, kernel: np.ndarray, stride: int, padding: int) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, padding), kernel.shape)
    return (windows[::stride, ::stride] * kernel).sum(axis=(-2, -1))


def _hint_on_slide(image, kernel, stride, padding, otherwise):
    expected = _slide(image, kernel, stride, padding)
    size = f"The output should have shape {expected.shape}: the formula, once for the height, once for the width."

    def hint(outcome):
        if isinstance(outcome, Exception):
            return f"{otherwise} {size}"
        if same(outcome, _slide(image, kernel[::-1, ::-1], stride, padding)):
            return "The kernel was turned by 180 degrees; in a network it is laid on as it is."
        if same(outcome, expected.T):
            return "Rows and columns of the output are exchanged."
        return otherwise if same(np.shape(outcome), expected.shape) else f"{otherwise} {size}"

    return hint


def _hint_on_pool(image):
    """Return the hint for windows of 2 on a 4×4 image, where any axes of the reshaped image can be mixed up."""
    split = image.reshape(2, 2, 2, 2)
    mixed_up = [split.max(axis=axes) for axes in combinations(range(4), 2) if axes != (1, 3)]

    def hint(outcome):
        if any(same(outcome, wrong) for wrong in mixed_up):
            return "The maximum was taken over the wrong two of the four axes: which two run inside a block?"
        return "Take the largest number of each 2×2 block."

    return hint
