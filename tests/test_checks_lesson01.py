"""The checks of lesson 01: right, wrong and untouched answers, and the hints for the usual mistakes."""

import numpy as np
import pytest

from course_utils import convolution
from course_utils.checks import lesson01

RIGHT_STACK = [
    {"kernel": 3, "filters": 16, "stride": 2, "padding": 1},
    {"kernel": 3, "filters": 24, "stride": 2, "padding": 1},
]


def four_loops(image, kernel, stride, padding):
    """The solution of exercise 4, by the course's reference."""
    return convolution.conv2d(image, kernel, stride=stride, padding=padding)


def blocks(image, size):
    """The solution of exercise 6, by the course's reference."""
    return convolution.pool2d(image, size)


RIGHT = [
    (lesson01.dense_parameters, 1_228_900),
    (lesson01.window_by_hand, [[-1, 2], [6, 1]]),
    (lesson01.output_size, lambda size, kernel, stride, padding: (size - kernel + 2 * padding) // stride + 1),
    (lesson01.strided_convolution, four_loops),
    (lesson01.layer_cost, (1_216, 16_384, 1_228_800)),
    (lesson01.max_pool, blocks),
    (lesson01.line_detector, [[-1, -1, -1], [2, 2, 2], [-1, -1, -1]]),
    (lesson01.line_detector, [[0, -1, 0], [0, 2, 0], [0, -1, 0]]),
    (lesson01.small_stack, RIGHT_STACK),
]
WRONG = [
    (lesson01.dense_parameters, 1_228_800, "bias"),
    (lesson01.dense_parameters, 409_600, "three numbers a pixel"),
    (lesson01.dense_parameters, 5, "multiply"),
    (lesson01.window_by_hand, [[3, 6], [0, 1]], "180 degrees"),
    (lesson01.window_by_hand, [[-1, 6], [2, 1]], "exchanged"),
    (lesson01.window_by_hand, [[5, 2], [8, 5]], "sign"),
    (lesson01.output_size, lambda size, kernel, stride, padding: (size - kernel + padding) // stride + 1, "both ends"),
    (
        lesson01.output_size,
        lambda size, kernel, stride, padding: -(-(size - kernel + 2 * padding) // stride) + 1,
        "down",
    ),
    (lesson01.output_size, 3, "the function itself"),
    (lesson01.strided_convolution, lambda i, k, s, p: convolution.conv2d(i, k, stride=s), "np.pad"),
    (lesson01.strided_convolution, lambda i, k, s, p: convolution.conv2d(i, k, padding=p), "corner"),
    (lesson01.strided_convolution, lambda i, k, s, p: convolution.conv2d(i, k[::-1, ::-1]), "stride 1"),
    (lesson01.layer_cost, (1_200, 16_384, 1_228_800), "biases"),
    (lesson01.layer_cost, (1_216, 65_536, 4_915_200), "stride halves"),
    (lesson01.layer_cost, (1_216, 14_400, 1_080_000), "padding"),
    (lesson01.max_pool, lambda image, size: convolution.pool2d(image, size, mode="average"), "largest"),
    (lesson01.max_pool, lambda image, size: np.maximum(convolution.pool2d(image, size), 0), "Negative"),
    (lesson01.line_detector, [[1, 1, 1], [1, 1, 1], [1, 1, 1]], "sum to zero"),
    (lesson01.line_detector, [[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]], "vertical stripe"),
    (lesson01.line_detector, [[1, 1, 1], [-2, -2, -2], [1, 1, 1]], "middle row positive"),
    (lesson01.line_detector, [[-1, -1, -1], [1, 1, 1], [0, 0, 0]], "an edge excites"),
    (lesson01.line_detector, [[1, 2], [3, 4]], "shape (3, 3)"),
    (lesson01.small_stack, RIGHT_STACK[:1], "two layers"),
    (lesson01.small_stack, [RIGHT_STACK[0] | {"filters": 64}, RIGHT_STACK[1]], "at most 5,000"),
    (lesson01.small_stack, [RIGHT_STACK[0] | {"stride": 1}, RIGHT_STACK[1]], "8×8"),
    (lesson01.small_stack, [RIGHT_STACK[0], RIGHT_STACK[1] | {"filters": 8}], "at least 24"),
    (lesson01.small_stack, [RIGHT_STACK[0] | {"kernel": 1, "padding": 0}, RIGHT_STACK[1]], "7×7"),
    (lesson01.small_stack, [{"kernel": 3}, {"kernel": 3}], "names"),
]


@pytest.mark.parametrize(("check", "answer"), RIGHT)
def test_right_answers_pass(check, answer):
    """A right answer passes, however it is written."""
    assert check(answer).passed is True


@pytest.mark.parametrize(("check", "answer", "words"), WRONG)
def test_wrong_answers_get_their_hint(check, answer, words):
    """A usual mistake fails, and the hint speaks of that mistake."""
    verdict = check(answer)
    assert verdict.passed is False
    assert words in verdict.message


@pytest.mark.parametrize("check", sorted({check for check, _ in RIGHT}, key=lambda check: check.__name__))
@pytest.mark.parametrize("stub", [None, ..., [None, None]])
def test_untouched_stubs_are_no_failure(check, stub):
    """None, the ellipsis and containers of nothing are not attempts."""
    assert check(stub).passed is None


@pytest.mark.parametrize("check", [lesson01.output_size, lesson01.strided_convolution, lesson01.max_pool])
def test_untouched_functions_are_no_failure(check):
    """A function that still returns the ellipsis is not an attempt."""
    assert check(lambda *arguments: ...).passed is None


def test_exercise_2_is_what_the_reference_computes():
    """The number grid of exercise 2 and the reference convolution agree, and so does the flipped mistake."""
    kernel = np.array([[1, 2], [0, -1]])
    corner = lesson01.IMAGE[:3, :3]
    assert convolution.conv2d(corner, kernel).tolist() == [[-1, 2], [6, 1]]
    assert convolution.conv2d(corner, convolution.flip(kernel)).tolist() == [[3, 6], [0, 1]]
