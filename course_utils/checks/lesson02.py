"""Checks of lesson 02, filters."""

import numpy as np

from course_utils.checks.bars import SOBEL_X, TOLERANCE, bar, fault_of_detector, other_bars, side_maps, slide, strongest
from course_utils.checks.core import (
    Verdict,
    called,
    check_function,
    check_matching,
    check_value,
    failed,
    is_blank,
    not_attempted,
    passed,
    same,
)
from course_utils.checks.gradients import judge_length
from course_utils.checks.laying import hint_on_laying, laid
from course_utils.checks.patterns import better_exchange

DIAGONAL = np.add.outer(np.arange(12), np.arange(12))  # row + column: constant along "/"
WANTED = 0.76  # exercise 8: the famous four reach 0.72; with other patches such a lead moves by 0.01 to 0.015
SCALED = "right but for the scale: each number is one of the column times one of the row, no division."


def line_kernel(answer) -> Verdict:
    """Exercise 1: smoothing down (1 2 1) times the line finder across (-1 2 -1)."""
    right = np.outer([1, 2, 1], [-1, 2, -1])
    across = "that smooths across and compares down: it finds level lines."
    return check_value(
        "1",
        answer,
        right,
        mistakes=[
            (right.T, across),
            *((right / scale, SCALED) for scale in (2, 4, 8, 16)),
            (-right, "all signs are reversed: a light line should get a positive answer."),
            ([[-1, 2, -1]] * 3, "the three rows count alike here; the smoothing weights them 1, 2, 1."),
            ([[1, 2, 1], [2, 4, 2], [1, 2, 1]], "that is smoothing twice; across, the row -1 2 -1 is asked for."),
            (np.outer([1, 2, 1], [-1, 0, 1]), "that is sobel_x; the row is another one here."),
            (
                np.add.outer([1, 2, 1], [-1, 2, -1]),
                "those are sums; each number is a product, one of the column times one of the row.",
            ),
            ([[-1, 2, -1], [-1, 4, -1], [-1, 2, -1]], "the middle row is multiplied by 2 as a whole, its ends too."),
            (np.outer([1, 2, 1], [1, -2, 1]), "all signs are reversed: a light line should get a positive answer."),
        ],
        hint=_wrong_rows(answer, right),
        praise="each row sums to zero: silent on even areas and on level edges",
    )


def _wrong_rows(answer, right) -> str:
    """Return the hint for exercise 1 that names the only wrong row, or the way to the kernel."""
    rows = np.asarray(answer, dtype=object)
    wrong = [row for row in range(3) if rows.shape == (3, 3) and not same(rows[row].tolist(), right[row])]
    if len(wrong) == 1:
        name = ("top", "middle", "bottom")[wrong[0]]
        return f"two rows are right; the {name} one is -1 2 -1 times which number of the column?"
    return "look how sobel_x came about: each number is one of the column times one of the row."


def diagonal_kernel(kernel) -> Verdict:
    """Exercise 2: a 3×3 kernel that answers to edges running like "/" and is silent on "\\" and on flat areas."""
    if is_blank(kernel):
        return not_attempted("2")
    kernel = _numbers(kernel)
    if kernel is None:
        return failed("2", "the kernel must hold numbers, as many in every row")
    if kernel.shape != (3, 3):
        return failed("2", f"the kernel must be 3×3 (received shape {kernel.shape})")
    if not kernel.any():
        return failed("2", "the kernel must hold nine numbers, not all zero")
    rising = 200 * (DIAGONAL > 11)  # its edge runs like "/"
    wanted, other = (np.abs(slide(picture, kernel)).max() for picture in (rising, rising[:, ::-1]))
    if abs(kernel.sum()) > TOLERANCE:
        return failed("2", f"on a flat area it still answers: the nine numbers sum to {kernel.sum():.3g}, not to 0")
    if other > TOLERANCE and wanted <= TOLERANCE:
        return failed("2", 'it does the reverse: it finds "\\" and is silent on "/"; mirror it')
    if other > TOLERANCE:
        return failed(
            "2",
            f'it also answers to "\\" (up to {other:.3g}): along which lines is that picture constant?',
        )
    if wanted <= TOLERANCE:
        return failed("2", 'it is silent on "/" as well')
    return passed("2", f'silent on flat areas and on "\\", and up to {wanted:.3g} on "/"')


def gradient_length(function) -> Verdict:
    """Exercise 3: the length of the gradient of a uint8 picture, Sobel kernels, no padding."""
    image = np.zeros((8, 8), np.uint8)
    image[2:6, 2:6] = 200
    answer, verdict = called("3", function, (image,))
    return verdict or judge_length(answer, image)


def means_after(answer) -> Verdict:
    """Exercise 4: mean brightness of a picture of mean 60 after kernels that sum to 1, 0 and 2."""
    right = [60, 0, 120]
    return check_value(
        "4",
        answer,
        right,
        mistakes=[
            ([1, 0, 2], "those are the kernels' sums; what do they do to a mean of 60?"),
            ([60, 60, 60], "does each of the three keep the brightness? Look at an even area of 60."),
            ([61, 60, 62], "the sum is not added to the mean. Look at an even area of 60: what comes out?"),
        ],
        hint=_wrong_means(answer, right),
        praise="the mean is multiplied by the kernel's sum",
    )


def _wrong_means(answer, right) -> str:
    """Return the hint that names the kernels whose mean is wrong."""
    try:
        wrong = [name for name, mean, value in zip("ABC", right, answer, strict=True) if not same(value, mean)]
    except (TypeError, ValueError):
        return "give three numbers, [A, B, C]."
    return f"{' and '.join(wrong)}: lay the kernel on an even area of 60. What comes out?"


def poor_teacher(picture) -> Verdict:
    """Exercise 5: a picture with edges that sobel_x answers to, from which sobel_x still cannot be learned."""
    if is_blank(picture):
        return not_attempted("5")
    picture = _numbers(picture)
    if picture is None:
        return failed("5", "the picture must hold numbers, as many in every row")
    if picture.ndim != 2 or min(picture.shape) < 8:
        return failed("5", f"the picture must be a plane of at least 8×8 pixels (received shape {picture.shape})")
    if np.abs(slide(picture, SOBEL_X)).max() <= TOLERANCE:
        return failed("5", "sobel_x gives 0 everywhere on this picture; it has to answer somewhere")
    windows = np.lib.stride_tricks.sliding_window_view(picture, (3, 3)).reshape(-1, 9)
    rank = int(np.linalg.matrix_rank(windows))
    if rank == 9:
        return failed(
            "5",
            "its 3×3 windows differ in nine ways and fix all nine numbers; which pictures leave some of them open?",
        )
    return passed("5", f"its windows fix only {rank} of the 9 numbers: many kernels give the same answer on it")


def to_pixels(function) -> Verdict:
    """Exercise 6: errors laid back on the pixels, ``function(errors, kernel, stride)``."""
    kernel, one, two = np.arange(1, 10).reshape(3, 3), np.array([[1]]), np.array([[1, 0], [0, 2]])
    calls = [
        (one, kernel, 1, "A single error of 1: the kernel itself, as it is."),
        (3 * one, kernel, 2, "A single error of 3: the kernel three times as large."),
        (two, kernel, 1, "At stride 1 the two windows are one pixel apart, and overlap."),
        (two, kernel, 2, "At stride 2 the two windows are two pixels apart."),
        (np.array([[1, 2, 0], [0, -1, 3]]), kernel, 2, "Height and width may differ."),
        (np.array([[1, 2]]), np.array([[1, 0], [0, -1]]), 3, "The kernel may be 2×2, and the stride larger than it."),
        (two / 4, kernel, 1, "Errors may be fractions: an array of whole numbers (dtype=int) cuts them off."),
    ]
    cases = [(call[:3], laid(*call[:3]), hint_on_laying(*call)) for call in calls]
    return check_function("6", function, cases, praise="errors find their way back, at any stride")


def comparisons(answer) -> Verdict:
    """Exercise 7: which comparison is fair, and what is wrong with the others."""
    return check_matching(
        "7",
        answer,
        {"A": "size", "B": "leak", "C": "fair", "D": "luck"},
        choices=["fair", "size", "luck", "leak"],
        noun="comparison",
        hints={
            "A": "what do the two sides have, and do they have the same?",
            "B": "which pictures had a say in how the kernels were made?",
            "C": "same number, several draws: and was anything chosen with the test pictures?",
            "D": "what would the same experiment give tomorrow? Look at the dots of section 7.",
        },
        praise="as many kernels, several draws, and the test pictures asked once",
    )


def my_kernels(kernels, accuracy) -> Verdict:
    """Exercise 8: four 3×3 kernels that read textures; ``accuracy(kernels)`` is the lesson's measurement."""
    if is_blank(kernels):
        return not_attempted("8")
    numbers = _numbers(kernels)
    if numbers is None:
        return failed("8", "the kernels must hold numbers, as many in every row")
    if numbers.shape != (4, 3, 3):
        return failed("8", f"four kernels of 3×3 are asked for (received shape {numbers.shape})")
    if not numbers.any(axis=(1, 2)).all():
        return failed("8", "one of the kernels is zero everywhere: it answers to nothing")
    reached = float(accuracy(numbers))
    if reached >= WANTED:
        return passed("8", f"{reached:.1%}, with kernels of your own")
    return failed("8", f"{reached:.1%}. {better_exchange(numbers, reached, accuracy)}")


def bar_detector(weights) -> Verdict:
    """Exercise 9: weights (1, w, 4, 1) over the four side maps that find light upright bars 4 pixels wide."""
    if is_blank(weights):
        return not_attempted("9")
    weights = _numbers(weights)
    if weights is None:
        return failed("9", "the weights must hold numbers, as many in every row")
    if weights.ndim != 4 or weights.shape[0] != 1 or weights.shape[2:] != (4, 1):
        return failed("9", f"the weights must have the shape (1, width, 4, 1) (received {weights.shape})")
    if weights.shape[1] > 16:
        return failed("9", f"a width of up to 16 pixels is enough (received {weights.shape[1]})")
    fault = fault_of_detector(weights)
    if fault:
        dark = not fault_of_detector(weights[:, :, [1, 0, 2, 3]])
        return failed("9", "left and right are exchanged: this one waits for a dark bar" if dark else fault)
    wanted = strongest(side_maps(bar(4)), weights)
    share = max(strongest(maps, weights) for maps in other_bars().values()) / wanted
    return passed("9", f"the bar of width 4 gets {wanted:.3g}, everything else at most {share:.0%} of that")


def _numbers(answer) -> np.ndarray | None:
    """Return the answer as an array of finite numbers, or None when it is none."""
    try:
        numbers = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        return None
    return numbers if np.isfinite(numbers).all() else None
