"""Checks of lesson 02, filters."""

import functools

import numpy as np

from course_utils.checks.core import (
    Verdict,
    called,
    check_function,
    check_value,
    failed,
    is_blank,
    not_attempted,
    passed,
    same,
)

DIAGONAL, TOLERANCE = np.add.outer(np.arange(12), np.arange(12)), 1e-9  # row + column: constant along "/"
SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
OUTLINE = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
SHARPEN = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]])


def which_sobel(answer) -> Verdict:
    """Exercise 1: non-zero pixels of (sobel_x, sobel_y) on a 16×16 picture, upper half 0, lower half 200."""
    return check_value(
        "1",
        answer,
        [0, 32],
        mistakes=[
            ([32, 0], "that is the lesson's picture, cut into left and right; this one is cut into above and below."),
            ([0, 16], "a 3×3 window straddles the edge in two places, one on each side of it."),
            ([0, 28], "a mirrored border (c b | a b c) supplies the missing pixels, so the output has 16 columns too."),
        ],
        hint="sobel_x compares left with right, sobel_y above with below; count the windows that straddle the edge.",
        praise="sobel_y differentiates along y and finds the horizontal edge",
    )


def means_after(answer) -> Verdict:
    """Exercise 2: mean brightness of a picture of mean 60 after kernels that sum to 1, 0 and 2."""
    return check_value(
        "2",
        answer,
        [60, 0, 120],
        mistakes=[
            ([1, 0, 2], "those are the kernels' sums; multiply the picture's mean by them."),
            ([60, 60, 60], "only a kernel that sums to 1 keeps the mean."),
        ],
        hint="every pixel meets every weight once, so the mean is multiplied by the sum of the weights.",
        praise="the mean is multiplied by the kernel's sum",
    )


def bgr_to_rgb(function) -> Verdict:
    """Exercise 3: turn a picture as OpenCV reads it into RGB."""
    image = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    answer, verdict = called("3", function, (image,))
    circle = "the channels went round in a circle: green stays in the middle, only red and blue change places."
    overwritten = (
        "red and blue are now equal: one was overwritten before it was read. A slice is a view of the picture, "
        "so copy it first, or turn the axis with a step of −1."
    )
    mistakes = [(image[..., order], circle) for order in ([2, 0, 1], [1, 2, 0])]
    mistakes += [(image[..., order], overwritten) for order in ([2, 1, 2], [0, 1, 0])]
    hint = "only the last axis, the channels, changes its order; rows and columns stay."
    praise = "and doing it twice gives the first picture back"
    return verdict or check_value("3", answer, image[..., ::-1], mistakes=mistakes, hint=hint, praise=praise)


def response_range(function) -> Verdict:
    """Exercise 4: the smallest and the largest response a kernel can give on pixels 0 to 255."""
    cases = [
        ((SOBEL_X,), (-1020, 1020), "Put 255 under every weight of one sign and 0 under the others."),
        ((OUTLINE,), (-2040, 2040), "Put 255 under every weight of one sign and 0 under the others."),
        ((SHARPEN,), (-1020, 1275), "The two ends need not be equally far from zero."),
        ((np.array([[0.25, 0.75]]),), (0, 255), "A kernel without negative weights cannot go below 0."),
    ]
    return check_function("4", function, cases, praise="only the last one fits eight bits without a sign")


def gradient_magnitude(function) -> Verdict:
    """Exercise 5: the length of the gradient of a uint8 picture, Sobel kernels, no padding."""
    image = np.zeros((8, 8), np.uint8)
    image[2:6, 2:6] = 200
    answer, verdict = called("5", function, (image,))
    return verdict or _judge_magnitude(answer, image)


def _judge_magnitude(answer, image) -> Verdict:
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
        half = "half of the edges is missing: responses were cut at 0 and 255. Ask cv2.filter2D for cv2.CV_32F."
        return failed("5", half)
    if framed:
        right = "Inside the frame the numbers are right. " if same(inner, expected) else ""
        return failed("5", f"the picture was padded: 2 rows and 2 columns too many. {right}".rstrip())
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
    return check_value("5", answer, expected, mistakes=mistakes, hint=hint, praise="all four sides, equally strong")


def diagonal_kernel(kernel) -> Verdict:
    """Exercise 6: a 3×3 kernel that answers to edges running like "/" and is silent on "\\" and on flat areas."""
    if is_blank(kernel):
        return not_attempted("6")
    kernel = _numbers(kernel)
    if kernel is None:
        return failed("6", "the kernel must hold numbers, as many in every row")
    if kernel.shape != (3, 3):
        return failed("6", f"the kernel must be 3×3 (received shape {kernel.shape})")
    if not kernel.any():
        return failed("6", "the kernel must hold nine numbers, not all zero")
    rising = 200 * (DIAGONAL > 11)  # its edge runs like "/"
    wanted, other = (np.abs(slide(picture, kernel)).max() for picture in (rising, rising[:, ::-1]))
    if abs(kernel.sum()) > TOLERANCE:
        return failed("6", f"on a flat area it still answers: the nine numbers sum to {kernel.sum():.3g}, not to 0")
    if other > TOLERANCE and wanted <= TOLERANCE:
        return failed("6", 'it does the reverse: it finds "\\" and is silent on "/"; mirror it')
    if other > TOLERANCE:
        return failed(
            "6", f'it also answers to "\\" (up to {other:.3g}): each of the five "\\" diagonals must sum to 0'
        )
    if wanted <= TOLERANCE:
        return failed("6", 'it is silent on "/" as well')
    return passed("6", f'silent on flat areas and on "\\", and up to {wanted:.3g} on "/"')


def poor_teacher(picture) -> Verdict:
    """Exercise 7: a picture with edges that sobel_x answers to, from which sobel_x still cannot be learned."""
    if is_blank(picture):
        return not_attempted("7")
    picture = _numbers(picture)
    if picture is None:
        return failed("7", "the picture must hold numbers, as many in every row")
    if picture.ndim != 2 or min(picture.shape) < 8:
        return failed("7", f"the picture must be a plane of at least 8×8 pixels (received shape {picture.shape})")
    if np.abs(slide(picture, SOBEL_X)).max() <= TOLERANCE:
        return failed(
            "7", "sobel_x gives 0 everywhere on this picture: it teaches nothing, but it has no such edge either"
        )
    windows = np.lib.stride_tricks.sliding_window_view(picture, (3, 3)).reshape(-1, 9)
    rank = int(np.linalg.matrix_rank(windows))
    if rank == 9:
        return failed(
            "7",
            "its 3×3 windows differ in nine ways and fix all nine numbers; which pictures leave some of them open?",
        )
    return passed("7", f"its windows fix only {rank} of the 9 numbers: many kernels give the same answer on it")


def bar_detector(weights) -> Verdict:
    """Exercise 8: weights (1, w, 4, 1) over the four side maps that find light upright bars 4 pixels wide."""
    if is_blank(weights):
        return not_attempted("8")
    weights = _numbers(weights)
    if weights is None:
        return failed("8", "the weights must hold numbers, as many in every row")
    if weights.ndim != 4 or weights.shape[0] != 1 or weights.shape[2:] != (4, 1):
        return failed("8", f"the weights must have the shape (1, width, 4, 1) (received {weights.shape})")
    if weights.shape[1] > 16:
        return failed("8", f"a width of up to 16 pixels is enough (received {weights.shape[1]})")
    fault = _fault_of_detector(weights)
    if fault:
        dark = not _fault_of_detector(weights[:, :, [1, 0, 2, 3]])
        return failed("8", "left and right are exchanged: this one waits for a dark bar" if dark else fault)
    wanted = _strongest(side_maps(_bar(4)), weights)
    share = max(_strongest(maps, weights) for maps in _other_bars().values()) / wanted
    return passed("8", f"the bar of width 4 gets {wanted:.3g}, everything else at most {share:.0%} of that")


def _fault_of_detector(weights) -> str | None:
    """Say what a detector of light upright bars 4 pixels wide does wrong."""
    wanted = _strongest(side_maps(_bar(4)), weights)
    if wanted <= TOLERANCE:
        return "on the bar of width 4 it gives nothing positive"
    for name, maps in _other_bars().items():
        answer = _strongest(maps, weights)
        if same(answer, wanted):
            return f"{name} gets just as much as the light bar of width 4: which two sides must come together, how far?"
        if answer > 0.75 * wanted + TOLERANCE:
            return f"{name} gets {answer:.3g} against {wanted:.3g}: more than three quarters"
    return None


def slide(image, kernel) -> np.ndarray:
    """Return the sum of the products at every place where the kernel fits, as floating-point numbers."""
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(image, dtype=float), np.shape(kernel))
    return np.tensordot(windows, np.asarray(kernel, dtype=float), axes=2)


def _strongest(maps, weights) -> float:
    """Return the strongest answer to weights (1, width, maps, 1), zeros around the maps."""
    before = (weights.shape[1] - 1) // 2
    framed = np.pad(maps, ((0, 0), (before, weights.shape[1] - 1 - before), (0, 0)))
    return float(np.max(sum(slide(framed[..., i], weights[..., i, 0]) for i in range(maps.shape[-1]))))


def side_maps(image) -> np.ndarray:
    """Return four maps (H, W, 4), 0 to 1: left, right, upper and lower sides of bright things, as in the lesson."""
    framed = np.pad(np.asarray(image, dtype=float) / 255, 1, mode="edge")
    gx, gy = slide(framed, SOBEL_X / 4), slide(framed, SOBEL_X.T / 4)
    return np.maximum(np.stack([gx, -gx, gy, -gy], axis=-1), 0)


def _numbers(answer) -> np.ndarray | None:
    """Return the answer as an array of finite numbers, or None when it is none."""
    try:
        numbers = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        return None
    return numbers if np.isfinite(numbers).all() else None


@functools.cache
def _other_bars() -> dict[str, np.ndarray]:
    """Return the side maps of pictures on which a detector of light upright bars 4 pixels wide has to stay quiet."""
    edge = _bar(22)  # reaches the right border
    pictures = {f"a bar of width {width}": _bar(width) for width in (8, 12, 2)}
    pictures |= {"a dark bar of width 4": 255 - _bar(4)}
    pictures |= {"an edge from dark to light": edge, "an edge from light to dark": 255 - edge}
    return {name: side_maps(picture) for name, picture in (pictures | {"a level bar": _bar(4).T}).items()}


def _bar(width: int) -> np.ndarray:
    image = np.zeros((24, 32), np.uint8)
    image[:, 10 : 10 + width] = 255
    return image
