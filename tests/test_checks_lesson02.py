"""The checks of lesson 02 accept right answers, name usual mistakes, and leave untouched stubs alone."""

import re

import cv2
import numpy as np
import pytest

from course_utils.checks import lesson02
from course_utils.convolution import KERNELS, conv2d

EXERCISES = [
    lesson02.which_sobel,
    lesson02.means_after,
    lesson02.bgr_to_rgb,
    lesson02.response_range,
    lesson02.gradient_magnitude,
    lesson02.diagonal_kernel,
    lesson02.poor_teacher,
    lesson02.bar_detector,
]
TURNED_SOBEL = [[-2, -1, 0], [-1, 0, 1], [0, 1, 2]]


def stub(*_):
    """Do nothing, like a stub that was not filled in."""


def magnitude(image):
    return np.hypot(conv2d(image, KERNELS["sobel_x"]), conv2d(image, KERNELS["sobel_y"]))


def up(response):
    return np.maximum(response, 0)


def length(image, first=np.positive, second=np.positive):
    return np.hypot(*(way(conv2d(image, KERNELS[f"sobel_{axis}"])) for way, axis in ((first, "x"), (second, "y"))))


def eight_bits(image):
    return [cv2.filter2D(image, -1, KERNELS[name].astype(np.float32)) for name in ("sobel_x", "sobel_y")]


def exchanged_through_views(picture):
    blue = picture[..., 0]
    picture[..., 0] = picture[..., 2]
    picture[..., 2] = blue
    return picture


def bar_weights(gap=4):
    weights = np.zeros((1, gap + 2, 4, 1))
    weights[0, :2, 0] = weights[0, gap:, 1] = 1
    return weights


@pytest.mark.parametrize("check", EXERCISES)
@pytest.mark.parametrize("answer", [None, ..., [None, None, None]])
def test_untouched_stubs_are_not_attempted(check, answer):
    assert check(answer).passed is None


@pytest.mark.parametrize("check", [lesson02.bgr_to_rgb, lesson02.response_range, lesson02.gradient_magnitude])
def test_functions_that_return_nothing_are_not_attempted(check):
    assert check(stub).passed is None


def test_functions_that_raise_not_implemented_are_not_attempted():
    def later(_):
        raise NotImplementedError

    assert lesson02.gradient_magnitude(later).passed is None


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (lesson02.which_sobel, [0, 32]),
        (lesson02.means_after, (60, 0, 120)),
        (lesson02.bgr_to_rgb, lambda picture: picture[:, :, ::-1]),
        (lesson02.response_range, lambda k: (255 * np.minimum(k, 0).sum(), 255 * np.maximum(k, 0).sum())),
        (lesson02.gradient_magnitude, magnitude),
        (lesson02.diagonal_kernel, TURNED_SOBEL),
        (lesson02.diagonal_kernel, -np.array(TURNED_SOBEL) / 6),
        (lesson02.poor_teacher, np.tile(np.arange(9) ** 2, (9, 1))),
        (lesson02.poor_teacher, np.add.outer(np.zeros(10), np.arange(10) > 4)),
        (lesson02.bar_detector, bar_weights()),
    ],
)
def test_right_answers_pass(check, answer):
    verdict = check(answer)
    assert verdict.passed is True, verdict


@pytest.mark.parametrize(
    ("check", "answer", "hint"),
    [
        (lesson02.which_sobel, [32, 0], "into left and right"),
        (lesson02.which_sobel, [0, 16], "in two places"),
        (lesson02.which_sobel, [0, 28], "mirrored border"),
        (lesson02.which_sobel, [5, 5], r"received \[5, 5\]"),
        (lesson02.means_after, [1, 0, 2], "kernels' sums"),
        (lesson02.means_after, [60, 60, 60], "only a kernel that sums to 1"),
        (lesson02.bgr_to_rgb, lambda picture: picture[::-1], "rows and columns stay"),
        (lesson02.bgr_to_rgb, lambda picture: picture, "changes its order"),
        (lesson02.bgr_to_rgb, lambda picture: np.roll(picture, 1, axis=-1), "round in a circle"),
        (lesson02.bgr_to_rgb, lambda picture: np.roll(picture, -1, axis=-1), "round in a circle"),
        (lesson02.bgr_to_rgb, exchanged_through_views, "overwritten before it was read"),
        (lesson02.bgr_to_rgb, [1, 2, 3], "function itself"),
        (lesson02.response_range, lambda kernel: (0, 255), "255 under every weight"),
        (lesson02.response_range, lambda kernel: (255 * kernel.min(), 255 * kernel.max()), "255 under every weight"),
        (lesson02.gradient_magnitude, lambda image: magnitude(image) ** 2, "square root is missing"),
        (lesson02.gradient_magnitude, lambda image: magnitude(image) / 8, "do not divide by 8"),
        (
            lesson02.gradient_magnitude,
            lambda image: magnitude(np.pad(image, 1)),
            "Inside the frame the numbers are right",
        ),
        (lesson02.gradient_magnitude, lambda image: image, "picture was padded"),
        (lesson02.gradient_magnitude, lambda image: np.hypot(*eight_bits(image)), "cut at 0 and 255"),
        (lesson02.gradient_magnitude, lambda image: np.sqrt(sum(g**2 for g in eight_bits(image))), "cut at 0 and 255"),
        (lesson02.gradient_magnitude, lambda image: image[2:, 2:] * 0, "the arrow they make"),
        (lesson02.gradient_magnitude, lambda image: length(image).astype(np.uint8), "begins again at 0"),
        (lesson02.gradient_magnitude, lambda image: length(image).clip(0, 255), "do not clip"),
        (lesson02.gradient_magnitude, lambda image: length(image, np.positive, up), "keep both signs"),
        (lesson02.gradient_magnitude, lambda image: length(image, up, up), "keep both signs"),
        (lesson02.gradient_magnitude, lambda image: 1 / 0, "raised ZeroDivisionError"),
        (lesson02.diagonal_kernel, KERNELS["identity"], "sum to 1"),
        (lesson02.diagonal_kernel, KERNELS["sobel_x"], "it also answers to"),
        (lesson02.diagonal_kernel, np.fliplr(TURNED_SOBEL), "the reverse"),
        (lesson02.diagonal_kernel, [[0, 0, 0], [0, 0, 0], [0, 0, 0]], "not all zero"),
        (lesson02.diagonal_kernel, [["a"]], "must hold numbers"),
        (lesson02.poor_teacher, "noise", "must hold numbers"),
        (lesson02.bar_detector, [[1, 2], [3]], "must hold numbers"),
        (lesson02.diagonal_kernel, [[1, -1]], r"received shape \(1, 2\)"),
        (lesson02.poor_teacher, np.zeros((9, 9)), "0 everywhere"),
        (lesson02.poor_teacher, np.random.RandomState(0).uniform(size=(9, 9)), "all nine numbers"),
        (lesson02.poor_teacher, np.zeros((3, 3)), "at least 8×8"),
        (lesson02.bar_detector, np.zeros((1, 6, 4, 1)), "nothing positive"),
        (lesson02.bar_detector, np.ones((6, 4)), r"shape \(1, width, 4, 1\)"),
        (lesson02.bar_detector, np.ones((1, 17, 4, 1)), "up to 16 pixels"),
        (lesson02.bar_detector, bar_weights(8), "a bar of width 8 gets"),
        (lesson02.bar_detector, bar_weights()[:, :, [1, 0, 2, 3]], "left and right are exchanged"),
        (lesson02.bar_detector, np.eye(4)[:1].reshape(1, 1, 4, 1), "just as much"),
    ],
)
def test_usual_mistakes_get_a_hint(check, answer, hint):
    verdict = check(answer)
    assert verdict.passed is False
    assert re.search(hint, verdict.message), verdict.message


@pytest.mark.parametrize(
    ("combine", "hint"),
    [
        (lambda gx, gy: np.hypot(gx.clip(0, 255), gy.clip(0, 255)), "half of the edges is missing"),
        (lambda gx, gy: np.abs(gx) + np.abs(gy), r"\|gx\| \+ \|gy\|"),
        (lambda gx, gy: gx + gy, "cancel each other"),
    ],
)
def test_gradient_mistakes_are_told_apart(combine, hint):
    def answer(image):
        return combine(conv2d(image, KERNELS["sobel_x"]), conv2d(image, KERNELS["sobel_y"]))

    verdict = lesson02.gradient_magnitude(answer)
    assert verdict.passed is False
    assert re.search(hint, verdict.message), verdict.message


def test_a_lone_side_answers_alike_to_every_width():
    assert "just as much" in lesson02.bar_detector(np.eye(4)[1:2].reshape(1, 1, 4, 1)).message


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


@pytest.mark.parametrize(
    ("places", "hint"),
    [
        ([(0, 0), (4, 1), (0, 1), (4, 0)], "a dark bar of width 4 gets just as much"),
        ([(0, 0), (4, 1), (1, 2), (2, 2), (3, 2)], "a level bar gets"),
        ([(0, 0), (0, 1), (2, 1), (4, 1)], "a bar of width 2 gets"),
    ],
)
def test_what_a_detector_confuses_with_a_bar_is_named(places, hint):
    weights = np.zeros((1, 6, 4, 1))
    for column, side in places:
        weights[0, column, side] = 1
    assert hint in lesson02.bar_detector(weights).message


def test_the_checks_own_arithmetic_equals_the_packages():
    rng = np.random.RandomState(0)
    image, weights = rng.uniform(size=(9, 12)), rng.normal(size=(1, 6, 4, 1))
    for name, own in (("sobel_x", lesson02.SOBEL_X), ("outline", lesson02.OUTLINE), ("sharpen", lesson02.SHARPEN)):
        assert np.array_equal(own, KERNELS[name])
    assert np.allclose(lesson02.slide(image, KERNELS["emboss"]), conv2d(image, KERNELS["emboss"]))
    maps = lesson02.side_maps(image)
    assert lesson02._strongest(maps, weights) == pytest.approx(conv2d(maps, weights, padding="same").max())


def test_side_maps_find_the_four_sides_of_a_square():
    square = np.zeros((12, 12), np.uint8)
    square[4:8, 4:8] = 255
    left, right, upper, lower = np.moveaxis(lesson02.side_maps(square), -1, 0)
    assert left[5, 3:5].tolist() == [1, 1]
    assert left.sum() == right.sum() == upper.sum() == lower.sum()
    assert np.array_equal(left, right[:, ::-1])
    assert np.array_equal(left, upper.T)
    assert np.array_equal(upper, lower[::-1])
