"""The checks of lesson 02 accept right answers, name usual mistakes, and leave untouched stubs alone."""

import cv2
import numpy as np
import pytest
from check_tools import exercise_tests

from course_utils.checks import bars, lesson02, lesson02_further
from course_utils.convolution import KERNELS, conv2d, flip

TURNED_SOBEL = [[-2, -1, 0], [-1, 0, 1], [0, 1, 2]]
LINE = np.outer([1, 2, 1], [-1, 2, -1])
LAWS = [np.outer(a, b) for a, b in (([1, 2, 1], [-1, 0, 1]), ([-1, 0, 1], [1, 2, 1]), ([1, 2, 1], [-1, 2, -1]))]
CROSS, CHEQUERS = np.outer([-1, 0, 1], [-1, 0, 1]), np.outer([-1, 2, -1], [-1, 2, -1])
WORTH = [(LAWS[0], 0.2), (LAWS[1], 0.1), (LAWS[2], 0.2), (CHEQUERS, 0.2), (CROSS, 0.15)]  # see by_pattern
FAIR = {"A": "size", "B": "leak", "C": "fair", "D": "luck"}
NO_KERNEL = [[None] * 3] * 3


def stub(*_):
    """Do nothing, like a stub that was not filled in."""


def later(*_):
    raise NotImplementedError


def dots(*_):
    return ...


def up(response):
    return np.maximum(response, 0)


def gradient(image):
    return conv2d(image, KERNELS["sobel_x"]), conv2d(image, KERNELS["sobel_y"])


def short(image):
    """Sobel's answers in 16 bits, as OpenCV gives them when it is asked for cv2.CV_16S."""
    return [part.astype(np.int16) for part in gradient(image)]


def length(image, first=np.positive, second=np.positive):
    gx, gy = gradient(image)
    return np.hypot(first(gx), second(gy))


def eight_bits(image):
    return [cv2.filter2D(image, -1, KERNELS[name].astype(np.float32)) for name in ("sobel_x", "sobel_y")]


def exchanged_through_views(picture):
    blue = picture[..., 0]
    picture[..., 0] = picture[..., 2]
    picture[..., 2] = blue
    return picture


def sliced(image, kind):
    """Sobel's two answers by slices of the uint8 picture: the differences begin again at 256."""
    across, down = (image[:, 2:] - image[:, :-2]).astype(kind), (image[2:] - image[:-2]).astype(kind)
    gx = across[:-2] + 2 * across[1:-1] + across[2:]
    gy = down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]
    return gx.astype(float), gy.astype(float)


def bar_weights(gap=4):
    weights = np.zeros((1, gap + 2, 4, 1))
    weights[0, :2, 0] = weights[0, gap:, 1] = 1
    return weights


def placed(*places):
    weights = np.zeros((1, 6, 4, 1))
    for column, side in places:
        weights[0, column, side] = 1
    return weights


def laid(errors, kernel, stride, *, add=True, turned=False, kind=float, mean=False, step=None, swapped=False):
    """Lay the kernel down at every error, right or with one usual mistake."""
    step = stride if step is None else step
    kernel = flip(kernel) if turned else kernel
    side = len(kernel)
    shape = [(count - 1) * step + side for count in errors.shape]
    pixels = np.zeros(shape, kind)
    for row, column in np.ndindex(errors.shape):
        place = pixels[row * step : row * step + side, column * step : column * step + side]
        share = (errors[row, column] * kernel).astype(kind)
        place[...] = place + share if add else share
    pixels = pixels / errors.size if mean else pixels
    return pixels.T if swapped else pixels


def reads(share):
    """Return a measurement that always gives ``share``."""
    return lambda kernels: share


def by_pattern(kernels):
    """Return an accuracy to which each pattern in the kernels, at any scale, adds its worth once."""
    found = [np.sign(kernel).tolist() for kernel in np.asarray(kernels)]
    return sum(worth for pattern, worth in WORTH if np.sign(pattern).tolist() in found)


def by_stretching(errors, kernel, stride):
    apart = np.zeros([(count - 1) * stride + 1 for count in errors.shape])
    apart[::stride, ::stride] = errors
    return conv2d(apart, flip(kernel), padding=len(kernel) - 1)


UNTOUCHED = [
    (check, (answer,))
    for check in (
        lesson02.line_kernel,
        lesson02.diagonal_kernel,
        lesson02.gradient_length,
        lesson02.means_after,
        lesson02.poor_teacher,
        lesson02.to_pixels,
        lesson02.comparisons,
        lesson02.bar_detector,
        lesson02_further.bgr_to_rgb,
        lesson02_further.response_range,
    )
    for answer in (None, ...)
]
UNTOUCHED += [(lesson02.line_kernel, (NO_KERNEL,)), (lesson02.diagonal_kernel, (NO_KERNEL,))]
UNTOUCHED += [(lesson02.comparisons, (dict.fromkeys("ABCD"),)), (lesson02.means_after, ([None] * 3,))]
UNTOUCHED += [(lesson02.my_kernels, (None, reads(1))), (lesson02.my_kernels, ([None] * 4, reads(1)))]
UNTOUCHED += [
    (check, (function,))
    for check in (
        lesson02.gradient_length,
        lesson02.to_pixels,
        lesson02_further.bgr_to_rgb,
        lesson02_further.response_range,
    )
    for function in (stub, later, dots)
]

RIGHT = [
    (lesson02.line_kernel, ([[-1, 2, -1], [-2, 4, -2], [-1, 2, -1]],)),
    (lesson02.line_kernel, (LINE.astype(float),)),
    (lesson02.diagonal_kernel, (TURNED_SOBEL,)),
    (lesson02.diagonal_kernel, (-np.array(TURNED_SOBEL) / 6,)),
    (lesson02.diagonal_kernel, ([[-1, 0, 0], [0, 0, 0], [0, 0, 1]],)),
    (lesson02.gradient_length, (length,)),
    (lesson02.gradient_length, (lambda image: np.sqrt(sum(part.astype(float) ** 2 for part in gradient(image))),)),
    (lesson02.means_after, ((60, 0, 120),)),
    (lesson02.poor_teacher, (np.tile(np.arange(9) ** 2, (9, 1)),)),
    (lesson02.poor_teacher, (np.add.outer(np.zeros(10), np.arange(10) > 4),)),
    (lesson02.poor_teacher, (np.eye(9),)),
    (lesson02.to_pixels, (laid,)),
    (lesson02.to_pixels, (by_stretching,)),
    (lesson02.comparisons, (FAIR,)),
    (lesson02.comparisons, ({key: f" {word.upper()} " for key, word in FAIR.items()},)),
    (lesson02.my_kernels, ([*LAWS, KERNELS["outline"]], reads(0.76))),
    (lesson02.bar_detector, (bar_weights(),)),
    (lesson02_further.bgr_to_rgb, (lambda picture: picture[:, :, ::-1],)),
    (lesson02_further.response_range, (lambda k: (255 * np.minimum(k, 0).sum(), 255 * np.maximum(k, 0).sum()),)),
]

WRONG = [
    (lesson02.line_kernel, (LINE.T,), "level lines"),
    (lesson02.line_kernel, (LINE / 4,), "no division"),
    (lesson02.line_kernel, (-LINE,), "reversed"),
    (lesson02.line_kernel, ([[-1, 2, -1]] * 3,), "count alike"),
    (lesson02.line_kernel, (np.outer([1, 2, 1], [1, 2, 1]),), "smoothing twice"),
    (lesson02.line_kernel, (KERNELS["sobel_x"],), "that is sobel_x"),
    (lesson02.line_kernel, (np.add.outer([1, 2, 1], [-1, 2, -1]),), "sums"),
    (lesson02.line_kernel, ([[-1, 2, -1], [-1, 4, -1], [-1, 2, -1]],), "its ends too"),
    (lesson02.line_kernel, ([[-1, 2, -1], [0, 0, 0], [1, -2, 1]],), "how sobel_x came about"),
    (lesson02.line_kernel, ([-1, 2, -1],), "how sobel_x came about"),
    (lesson02.line_kernel, (np.outer([1, 2, 1], [-1, 2, -1]) / 8,), "right but for the scale"),
    (lesson02.line_kernel, ([[-1, 2, -1], [2, 4, 2], [-1, 2, -1]],), "the middle one is -1 2 -1 times which"),
    (lesson02.line_kernel, ([[-1, 4, -1], [-2, 4, -2], [-1, 2, -1]],), "the top one is -1 2 -1 times which"),
    (lesson02.line_kernel, ([["a"] * 3] * 3,), "write numbers"),
    (lesson02.diagonal_kernel, (KERNELS["identity"],), "sum to 1"),
    (lesson02.diagonal_kernel, (KERNELS["sobel_x"],), "it also answers to"),
    (lesson02.diagonal_kernel, (KERNELS["outline"],), "it also answers to"),
    (lesson02.diagonal_kernel, (np.fliplr(TURNED_SOBEL),), "the reverse"),
    (lesson02.diagonal_kernel, (np.zeros((3, 3)),), "not all zero"),
    (lesson02.diagonal_kernel, ([["a"]],), "must hold numbers"),
    (lesson02.diagonal_kernel, ([[1, None, 1]] * 3,), "must hold numbers"),
    (lesson02.diagonal_kernel, ([[1, -1]],), "received shape (1, 2)"),
    (lesson02.diagonal_kernel, ([[0, 1, 0], [-1, 0, 1], [0, -1, 0]],), "the reverse"),
    (lesson02.diagonal_kernel, ([[-1, -1, 0], [-1, 0, 1], [0, 1, 2]],), "sum to 1"),
    (lesson02.diagonal_kernel, ([[-1, 0, 0], [0, 0, 0], [0, 0, np.nan]],), "must hold numbers"),
    (lesson02.gradient_length, (lambda image: length(image) ** 2,), "square root is missing"),
    (lesson02.gradient_length, (lambda image: length(image) / 8,), "do not divide by 8"),
    (lesson02.gradient_length, (lambda image: length(np.pad(image, 1)),), "Inside the frame the numbers are right"),
    (lesson02.gradient_length, (lambda image: image,), "picture was padded"),
    (lesson02.gradient_length, (lambda image: np.hypot(*eight_bits(image)),), "cut at 0 and 255"),
    (lesson02.gradient_length, (lambda image: np.sqrt(sum(g**2 for g in eight_bits(image))),), "cut at 0 and 255"),
    (lesson02.gradient_length, (lambda image: np.sqrt(sum(g**2 for g in short(image))),), "16 bits end at 32,767"),
    (lesson02.gradient_length, (lambda image: np.sqrt(sum(1.0 * g**2 for g in short(image))),), "16 bits end"),
    (lesson02.gradient_length, (lambda image: np.pad(np.sqrt(sum(g**2 for g in short(image))), 1),), "16 bits end"),
    (lesson02.gradient_length, (lambda image: image[2:, 2:] * 0,), "the arrow they make"),
    (lesson02.gradient_length, (lambda image: np.hypot(*sliced(image, np.uint8)),), "no negative numbers"),
    (lesson02.gradient_length, (lambda image: np.hypot(*sliced(image, int)),), "no negative numbers"),
    (lesson02.gradient_length, (lambda image: length(image).astype(np.uint8),), "begins again at 0"),
    (lesson02.gradient_length, (lambda image: length(image).clip(0, 255),), "do not clip"),
    (lesson02.gradient_length, (lambda image: length(image, np.positive, up),), "keep both signs"),
    (lesson02.gradient_length, (lambda image: length(image, up, up),), "keep both signs"),
    (lesson02.gradient_length, (lambda image: 1 / 0,), "raised ZeroDivisionError"),
    (lesson02.gradient_length, (lambda image: sum(map(np.abs, gradient(image))),), "|gx| + |gy|"),
    (lesson02.gradient_length, (lambda image: sum(gradient(image)),), "cancel each other"),
    (lesson02.gradient_length, (7,), "without calling it"),
    (lesson02.means_after, ([1, 0, 2],), "kernels' sums"),
    (lesson02.means_after, ([60, 60, 60],), "keep the brightness"),
    (lesson02.means_after, ([60, 0, 60],), "C: lay the kernel"),
    (lesson02.means_after, ([60, 1, 120],), "B: lay the kernel"),
    (lesson02.means_after, ([-180, 0, 120],), "A: lay the kernel"),
    (lesson02.means_after, ([61, 60, 62],), "not added to the mean"),
    (lesson02.means_after, ([0, 60, 120],), "A and B: lay the kernel"),
    (lesson02.means_after, (["60", "0", "120"],), "write numbers"),
    (lesson02.means_after, ((60, None, 120),), "give all 3"),
    (lesson02.means_after, (60,), "three numbers"),
    (lesson02.poor_teacher, ("noise",), "must hold numbers"),
    (lesson02.poor_teacher, (np.zeros((9, 9)),), "0 everywhere"),
    (lesson02.poor_teacher, (np.tile(np.arange(9), (9, 1)).T,), "0 everywhere"),
    (lesson02.poor_teacher, (np.random.RandomState(0).uniform(size=(9, 9)),), "all nine numbers"),
    (lesson02.poor_teacher, (np.random.RandomState(0).randint(0, 256, (8, 8)),), "all nine numbers"),
    (lesson02.poor_teacher, (np.zeros((3, 3)),), "at least 8×8"),
    (lesson02.poor_teacher, (np.arange(81),), "at least 8×8"),
    (lesson02.poor_teacher, (np.ones((8, 8, 3)),), "at least 8×8"),
    (lesson02.poor_teacher, (KERNELS["sobel_x"],), "at least 8×8"),
    (lesson02.poor_teacher, ([[1, 2], [3]],), "must hold numbers"),
    (lesson02.to_pixels, (lambda e, k, s: laid(e, k, s, turned=True),), "The kernel was turned"),
    (lesson02.to_pixels, (lambda e, k, s: conv2d(e, k, padding=len(k) - 1),), "The kernel was turned"),
    (lesson02.to_pixels, (lambda e, k, s: laid(e, k, s, add=False),), "add up"),
    (lesson02.to_pixels, (lambda e, k, s: laid(e, k, 1),), "The stride had no effect"),
    (lesson02.to_pixels, (lambda e, k, s: laid(e, k, s, mean=True),), "No mean here"),
    (lesson02.to_pixels, (lambda e, k, s: laid(e, k, s, swapped=True),), "Rows and columns"),
    (lesson02.to_pixels, (lambda e, k, s: laid(e, k, s, kind=int),), "cuts them off"),
    (lesson02.to_pixels, (lambda e, k, s: laid(e, k, s)[:-1],), "should have shape"),
    (lesson02.to_pixels, (lambda e, k, s: k,), "three times as large"),
    (lesson02.to_pixels, (lambda e, k, s: laid(e, k, s, step=s + 1),), "should have shape"),
    (lesson02.to_pixels, (lambda e, k, s: np.zeros(3)[5],), "raised IndexError"),
    (lesson02.to_pixels, (lambda e, k, s: e.sum() * k,), "should have shape"),
    (lesson02.comparisons, (FAIR | {"A": "fair"},), "what do the two sides have"),
    (lesson02.comparisons, (FAIR | {"A": "luck"},), "what do the two sides have"),
    (lesson02.comparisons, (FAIR | {"B": "fair"},), "which pictures had a say"),
    (lesson02.comparisons, (FAIR | {"B": "size"},), "which pictures had a say"),
    (lesson02.comparisons, (FAIR | {"C": "leak"},), "was anything chosen"),
    (lesson02.comparisons, (FAIR | {"D": "fair"},), "tomorrow"),
    (lesson02.comparisons, (FAIR | {"D": "leak"},), "tomorrow"),
    (lesson02.comparisons, (FAIR | {"D": None},), "no answer yet"),
    (lesson02.comparisons, (FAIR | {"D": "chance"},), "choose from"),
    (lesson02.comparisons, ({"A": "size"},), "the keys A, B, C and D"),
    (lesson02.comparisons, ("fair",), "the keys A, B, C and D"),
    (lesson02.my_kernels, ("laws", reads(1)), "must hold numbers"),
    (lesson02.my_kernels, (LAWS, reads(1)), "received shape (3, 3, 3)"),
    (lesson02.my_kernels, (np.ones((4, 5, 5)), reads(1)), "received shape (4, 5, 5)"),
    (lesson02.my_kernels, (np.ones((36,)), reads(1)), "received shape (36,)"),
    (lesson02.my_kernels, ([*LAWS, 0 * LINE], reads(1)), "zero everywhere"),
    (lesson02.my_kernels, ([*LAWS, KERNELS["outline"]], reads(0.755)), "75.5%. No single exchange"),
    (
        lesson02.my_kernels,
        ([*LAWS, 2 * LAWS[0]], by_pattern),
        "50.0%. Without your kernel 4 the other three read 50.0%",
    ),
    (lesson02.my_kernels, ([*LAWS, LAWS[0]], by_pattern), "in its place, one that answers to fine chequers"),
    (lesson02.my_kernels, ([*LAWS, CHEQUERS], by_pattern), "Without your kernel 2 the other three read 60.0%"),
    (lesson02.my_kernels, ([*LAWS, CHEQUERS], by_pattern), "in its place, one that answers to corners"),
    (lesson02.my_kernels, ([LAWS[0], LINE, CHEQUERS, CROSS], by_pattern), "75.0%. No single exchange"),
    (lesson02.my_kernels, ([[1, 2], [3]], reads(1)), "must hold numbers"),
    (lesson02.bar_detector, (np.zeros((1, 6, 4, 1)),), "nothing positive"),
    (lesson02.bar_detector, (np.ones((6, 4)),), "shape (1, width, 4, 1)"),
    (lesson02.bar_detector, ([[1, 2], [3]],), "must hold numbers"),
    (lesson02.bar_detector, (np.ones((1, 17, 4, 1)),), "up to 16 pixels"),
    (lesson02.bar_detector, (np.ones((1, 6, 4, 1)),), "all weights are equal"),
    (lesson02.bar_detector, (bar_weights(8),), "a bar of width 8 gets"),
    (lesson02.bar_detector, (bar_weights()[:, :, [1, 0, 2, 3]],), "left and right are exchanged"),
    (lesson02.bar_detector, (np.eye(4)[:1].reshape(1, 1, 4, 1),), "just as much"),
    (lesson02.bar_detector, (np.eye(4)[1:2].reshape(1, 1, 4, 1),), "just as much"),
    (lesson02.bar_detector, (placed((0, 0), (4, 1), (0, 1), (4, 0)),), "a dark bar of width 4 gets just as much"),
    (lesson02.bar_detector, (placed((0, 0), (4, 1), (1, 2), (2, 2), (3, 2)),), "a level bar gets"),
    (lesson02.bar_detector, (placed((0, 0), (0, 1), (2, 1), (4, 1)),), "a bar of width 2 gets"),
    (lesson02_further.bgr_to_rgb, (lambda picture: picture[::-1],), "rows and columns stay"),
    (lesson02_further.bgr_to_rgb, (lambda picture: picture[:, ::-1],), "rows and columns stay"),
    (lesson02_further.bgr_to_rgb, (lambda picture: picture,), "changes its order"),
    (lesson02_further.bgr_to_rgb, (lambda picture: np.roll(picture, 1, axis=-1),), "round in a circle"),
    (lesson02_further.bgr_to_rgb, (lambda picture: np.roll(picture, -1, axis=-1),), "round in a circle"),
    (lesson02_further.bgr_to_rgb, (exchanged_through_views,), "overwritten before it was read"),
    (lesson02_further.bgr_to_rgb, ([1, 2, 3],), "function itself"),
    (lesson02_further.bgr_to_rgb, (lambda picture: picture[::-1, ::-1, ::-1],), "rows and columns stay"),
    (lesson02_further.bgr_to_rgb, (lambda picture: 255 - picture,), "changes its order"),
    (lesson02_further.bgr_to_rgb, (lambda picture: picture.T,), "rows and columns stay"),
    (lesson02_further.response_range, (lambda kernel: (0, 255),), "255 under every weight"),
    (lesson02_further.response_range, (lambda k: (255 * k.min(), 255 * k.max()),), "255 under every weight"),
    (lesson02_further.response_range, (lambda k: (-255 * abs(k).sum(), 255 * abs(k).sum()),), "255 under every weight"),
    (lesson02_further.response_range, (lambda k: (-255 * k[k > 0].sum(), 255 * k[k > 0].sum()),), "equally far"),
    (lesson02_further.response_range, (lambda k: (k[k < 0].sum(), k[k > 0].sum()),), "255 under every weight"),
    (lesson02_further.response_range, (lambda k: (0, 255 * k.sum()),), "255 under every weight"),
    (lesson02_further.response_range, (lambda k: 255 * k[k > 0].sum(),), "255 under every weight"),
    (lesson02_further.response_range, (lambda k: (255 * k[k > 0].sum(), 255 * k[k < 0].sum()),), "255 under every"),
    (lesson02_further.response_range, (lambda k: (-1020, 1020),), "255 under every weight"),
    (lesson02_further.response_range, (lambda k: k.clip(0, 255),), "255 under every weight"),
]

(
    test_right_answers_pass,
    test_wrong_answers_get_a_hint,
    test_untouched_stubs_are_not_attempted,
    test_forgotten_return,
) = exercise_tests(RIGHT, WRONG, UNTOUCHED)


def test_no_first_hint_gives_an_answer_away():
    for check, answer, _ in WRONG:
        told = check(*answer).message
        assert "[[-1, 2, -1], [-2" not in told
        assert "[[-2, -1, 0]" not in told
        assert "multiplied by" not in told or check is not lesson02.means_after


def test_a_detector_that_hardly_looks_at_the_other_side_is_too_close():
    weights = bar_weights()
    weights[..., 1, :] *= 0.2  # a wide bar still gets five sixths of what the narrow one gets
    assert "a bar of width 8 gets 2 against 2.4" in lesson02.bar_detector(weights).message


@pytest.mark.parametrize("width", [1, 5, 6, 7, 9, 16])
def test_equal_weights_everywhere_are_no_bar_detector(width):
    assert lesson02.bar_detector(np.ones((1, width, 4, 1))).passed is False


def test_random_positive_weights_are_no_bar_detector():
    rng = np.random.RandomState(0)
    assert not any(lesson02.bar_detector(rng.uniform(size=(1, 6, 4, 1))).passed for _ in range(200))


def test_the_checks_own_arithmetic_equals_the_packages():
    rng = np.random.RandomState(0)
    image, weights = rng.uniform(size=(9, 12)), rng.normal(size=(1, 6, 4, 1))
    assert np.array_equal(bars.SOBEL_X, KERNELS["sobel_x"])
    assert np.array_equal(lesson02_further.OUTLINE, KERNELS["outline"])
    assert np.array_equal(lesson02_further.SHARPEN, KERNELS["sharpen"])
    assert np.allclose(bars.slide(image, KERNELS["emboss"]), conv2d(image, KERNELS["emboss"]))
    maps = bars.side_maps(image)
    assert bars.strongest(maps, weights) == pytest.approx(conv2d(maps, weights, padding="same").max())


def test_side_maps_find_the_four_sides_of_a_square():
    square = np.zeros((12, 12), np.uint8)
    square[4:8, 4:8] = 255
    left, right, upper, lower = np.moveaxis(bars.side_maps(square), -1, 0)
    assert left[5, 3:5].tolist() == [1, 1]
    assert left.sum() == right.sum() == upper.sum() == lower.sum()
    assert np.array_equal(left, right[:, ::-1])
    assert np.array_equal(left, upper.T)
    assert np.array_equal(upper, lower[::-1])
