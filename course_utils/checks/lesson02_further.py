"""Checks of lesson 02's further pages: the order of channels, the range of a kernel's answers."""

import numpy as np

from course_utils.checks.core import Verdict, called, check_function, check_value

SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
OUTLINE = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
SHARPEN = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]])


def bgr_to_rgb(function) -> Verdict:
    """Exercise A: turn a picture as OpenCV reads it into RGB."""
    image = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    answer, verdict = called("A", function, (image,))
    circle = "the channels went round in a circle: green stays in the middle, only red and blue change places."
    overwritten = (
        "red and blue are now equal: one was overwritten before it was read. A slice is a view of the picture, "
        "so copy it first, or turn the axis with a step of −1."
    )
    mistakes = [(image[..., order], circle) for order in ([2, 0, 1], [1, 2, 0])]
    mistakes += [(image[..., order], overwritten) for order in ([2, 1, 2], [0, 1, 0])]
    hint = "only the last axis, the channels, changes its order; rows and columns stay."
    praise = "and doing it twice gives the first picture back"
    return verdict or check_value("A", answer, image[..., ::-1], mistakes=mistakes, hint=hint, praise=praise)


def response_range(function) -> Verdict:
    """Exercise B: the smallest and the largest response a kernel can give on pixels 0 to 255."""
    cases = [
        ((SOBEL_X,), (-1020, 1020), "Put 255 under every weight of one sign and 0 under the others."),
        ((OUTLINE,), (-2040, 2040), "Put 255 under every weight of one sign and 0 under the others."),
        ((SHARPEN,), (-1020, 1275), "The two ends need not be equally far from zero."),
        ((np.array([[0.25, 0.75]]),), (0, 255), "A kernel without negative weights cannot go below 0."),
    ]
    return check_function("B", function, cases, praise="only the last one fits eight bits without a sign")
