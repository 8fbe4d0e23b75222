"""The length of the gradient, and what goes wrong on the way: exercise 3 of lesson 02."""

import numpy as np

from course_utils.checks.bars import SOBEL_X, slide
from course_utils.checks.core import Verdict, check_value, failed, same


def judge_length(answer, image) -> Verdict:
    """Judge the length of the gradient of a uint8 picture, Sobel kernels, no padding (exercise 3 of lesson 02)."""

    def up(response):
        return np.maximum(response, 0)

    one_sign = "edges of one direction are missing: a negative response is an edge too, so keep both signs."
    gx, gy = slide(image, SOBEL_X), slide(image, SOBEL_X.T)
    expected, cut_x, cut_y = np.hypot(gx, gy), gx.clip(0, 255), gy.clip(0, 255)
    inner, framed = np.asarray(answer), False
    if inner.shape == image.shape:  # the size that padding gives: judge what lies inside the frame
        inner, framed = inner[1:-1, 1:-1], True
    wrapped = np.sqrt(cut_x.astype(np.uint8) ** 2 + cut_y.astype(np.uint8) ** 2)  # uint8 squares start again at 256
    if any(same(inner, cut, tolerance=1e-2) for cut in (np.hypot(cut_x, cut_y), wrapped)):
        half = "half of the edges is missing: cut at 0 and 255. conv2d loses nothing; ask cv2.filter2D for cv2.CV_32F."
        return failed("3", half)
    if any(same(inner, np.hypot(_wrapped(image, a), _wrapped(image.T, a).T), tolerance=1e-2) for a in (True, False)):
        return failed("3", "uint8 has no negative numbers: 0 - 200 gives 56. Turn the picture into float or int first.")
    if any(np.allclose(_real(inner, gx), short, atol=1e-2, equal_nan=True) for short in _short(gx, gy)):
        return failed("3", "16 bits end at 32,767, and squares here reach 640,000: turn the answers into float first.")
    if framed:
        right = "Inside the frame the numbers are right. " if same(inner, expected) else ""
        return failed("3", f"the picture was padded: 2 rows and 2 columns too many. {right}".rstrip())
    wrapped_at_last = expected.astype(int).astype(np.uint8)
    mistakes = [
        (expected / 8, "all eight times too small: do not divide by 8 here."),
        (
            np.abs(gx) + np.abs(gy),
            "that is |gx| + |gy|, too large on slanted edges; take the root of the squares' sum.",
        ),
        (gx**2 + gy**2, "the square root is missing."),
        (gx + gy, "gx and gy cancel each other at two of the four corners; square them first."),
        (expected.clip(0, 255), "right up to 255: the lengths reach 849 here, so do not clip them."),
        (wrapped_at_last, "uint8 ends at 255 and begins again at 0: return floating-point numbers, without astype."),
        *((np.hypot(a, b), one_sign) for a in (gx, up(gx)) for b in (gy, up(gy)) if a is not gx or b is not gy),
    ]
    hint = "both responses as convolution.conv2d gives them, without padding; then the length of the arrow they make."
    return check_value("3", answer, expected, mistakes=mistakes, hint=hint, praise="all four sides, equally strong")


def _wrapped(image, at_once: bool) -> np.ndarray:
    """Return sobel_x's answers as slices of a uint8 picture give them, whose differences begin again at 256.

    With ``at_once`` the whole sum stays in eight bits, otherwise only the differences do.
    """
    difference = image[:, 2:] - image[:, :-2]
    difference = difference if at_once else difference.astype(int)
    return (difference[:-2] + 2 * difference[1:-1] + difference[2:]).astype(float)


def _short(gx, gy) -> list[np.ndarray]:
    """Return the lengths that answers of 16 bits give, whose squares begin again beyond 32,767.

    The root of a sum that came out negative is no number. The squares may be added up in 16 bits, or in more.
    """
    squares = [part.astype(np.int16) ** 2 for part in (gx, gy)]
    with np.errstate(invalid="ignore"):
        return [np.sqrt(sum(square.astype(kind) for square in squares)) for kind in (np.int16, float)]


def _real(answer, like) -> np.ndarray:
    """Return an answer as floats when it is an array of numbers of the shape wanted, else one that equals nothing."""
    fits = answer.shape == like.shape and answer.dtype.kind in "fiu"
    return answer.astype(float) if fits else np.full(like.shape, np.inf)
