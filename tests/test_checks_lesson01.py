"""The checks of lesson 01: right, wrong and untouched answers, and the hints for the usual mistakes."""

import numpy as np
import pytest
from check_tools import without_return

from course_utils import convolution
from course_utils.checks import lesson01, lesson01_further, stimuli

RIGHT_STACK = [
    {"kernel": 5, "filters": 16, "stride": 4, "padding": 2},
    {"kernel": 3, "filters": 32, "stride": 2, "padding": 1},
]


def four_loops(image, kernel, stride, padding):
    """The solution of exercise A, by the course's reference."""
    return convolution.conv2d(image, kernel, stride=stride, padding=padding)


def blocks(image, size):
    """The solution of exercise B, by the course's reference."""
    return convolution.pool2d(image, size)


def moved_map(to_map, picture, pixels):
    """The solution of exercise 7."""
    after, before = to_map(np.roll(picture, pixels, axis=1)), to_map(picture)
    inner = slice(stimuli.MARGIN, -stimuli.MARGIN)
    return np.allclose(after[:, inner], np.roll(before, pixels, axis=1)[:, inner])


def same_map(to_map, picture, pixels):
    """A mistake in exercise 7: invariance."""
    inner = slice(stimuli.MARGIN, -stimuli.MARGIN)
    return np.allclose(to_map(np.roll(picture, pixels, axis=1))[:, inner], to_map(picture)[:, inner])


def exactly_moved(to_map, picture, pixels):
    """A mistake in exercise 7: rounding errors count as a difference."""
    after, before = to_map(np.roll(picture, pixels, axis=1)), to_map(picture)
    return (after == np.roll(before, pixels, axis=1))[:, 4:-4].all()


def compared(how, by=None):
    """Mistakes in exercise 7: ``how(map of moved, moved map)`` decides; ``by`` replaces the pixels."""

    def function(to_map, picture, pixels):
        pixels = by or pixels
        return how(to_map(np.roll(picture, pixels, axis=1)), np.roll(to_map(picture), pixels, axis=1))

    return function


def cut_then_moved(to_map, picture, pixels):
    """A mistake in exercise 7: columns that wrap around come back into what is compared."""
    after, before = to_map(np.roll(picture, pixels, axis=1)), to_map(picture)
    return np.allclose(after[:, 4:-4], np.roll(before[:, 4:-4], pixels, axis=1))


def whole_numbers(image, kernel, stride, padding):
    """A mistake in exercise A: the output can only hold whole numbers."""
    return convolution.conv2d(image, kernel, stride=stride, padding=padding).astype(int)


def too_small(image, kernel, stride, padding):
    """A mistake in exercise A: an output that is too small for the loops."""
    output = np.zeros((1, 1))
    output[1, 1] = 1
    return output


def fixed_half(maps):
    return np.concatenate([maps[:, :10].mean(axis=(1, 2)), maps[:, 10:].mean(axis=(1, 2))], axis=1)


def by_half(maps, mean=np.mean):
    """The solution of exercise 8, and what its usual mistakes have in common."""
    middle = maps.shape[1] // 2
    return np.concatenate([mean(maps[:, :middle], axis=(1, 2)), mean(maps[:, middle:], axis=(1, 2))], axis=1)


def over_axes(*axes):
    """Mistakes in exercise B: the maximum over other axes."""
    return lambda image, size: image.reshape(len(image) // size, size, -1, size).max(axis=axes)


RIGHT = [
    (lesson01.dense_parameters, 1_228_900),
    (lesson01.window_by_hand, [[-1, 2], [6, 1]]),
    (lesson01.output_size, lambda size, kernel, stride, padding: (size - kernel + 2 * padding) // stride + 1),
    (lesson01_further.strided_convolution, four_loops),
    (lesson01.layer_cost, (1_216, 16_384, 1_228_800)),
    (lesson01_further.max_pool, blocks),
    (lesson01.line_detector, [[-1, -1, -1], [2, 2, 2], [-1, -1, -1]]),
    (lesson01.line_detector, [[0, -1, 0], [0, 2, 0], [0, -1, 0]]),
    (lesson01.moves_along, moved_map),
    (lesson01.pooled_by_half, by_half),
    (lesson01.small_stack, RIGHT_STACK),
]
WRONG = [
    (lesson01.dense_parameters, 1_228_800, "bias"),
    (lesson01.dense_parameters, 409_600, "three numbers a pixel"),
    (lesson01.dense_parameters, 5, "single unit"),
    (lesson01.dense_parameters, 1_228_900.4, "single unit"),
    (lesson01.dense_parameters, "1,228,900", "without quotation marks"),
    (lesson01.window_by_hand, [-1, 2, 6, 1], "two rows"),
    (lesson01.window_by_hand, [[3, 6], [0, 1]], "180 degrees"),
    (lesson01.window_by_hand, [[-1, 6], [2, 1]], "exchanged"),
    (lesson01.window_by_hand, [[5, 2], [8, 5]], "sign"),
    (lesson01.window_by_hand, [[3, -2], [5, 5]], "left and right"),
    (lesson01.window_by_hand, [[7, 2], [-1, 5]], "top and bottom"),
    (lesson01.window_by_hand, [[1, 6], [0, 3]], "rows and columns of the kernel"),
    (lesson01.window_by_hand, [[-1, 2], [7, 1]], "the bottom left; the rest is right"),
    (lesson01.window_by_hand, [[-1, None], [6, 1]], "the top right; the rest is right"),
    (lesson01.window_by_hand, [[9, 9], [9, 9]], "four places"),
    (lesson01.output_size, lambda size, kernel, stride, padding: (size - kernel + padding) // stride + 1, "both ends"),
    (
        lesson01.output_size,
        lambda size, kernel, stride, padding: -(-(size - kernel + 2 * padding) // stride) + 1,
        "down",
    ),
    (lesson01.output_size, 3, "the function itself"),
    (lesson01_further.strided_convolution, lambda i, k, s, p: convolution.conv2d(i, k, stride=s), "np.pad"),
    (lesson01_further.strided_convolution, lambda i, k, s, p: convolution.conv2d(i, k, padding=p), "corner"),
    (
        lesson01_further.strided_convolution,
        lambda i, k, s, p: convolution.conv2d(i, k[::-1, ::-1]),
        "turned by 180 degrees",
    ),
    (lesson01_further.strided_convolution, lambda i, k, s, p: convolution.conv2d(i, k).T, "exchanged"),
    (lesson01_further.strided_convolution, too_small, "shape (2, 2)"),
    (lesson01_further.strided_convolution, whole_numbers, "fractions"),
    (lesson01_further.strided_convolution, lambda i, k, s, p: i, "np.array([[2, 0, 1, 0], [1, 3, 0, 1]"),
    (lesson01.layer_cost, (1_200, 16_384, 1_228_800), "biases"),
    (lesson01.layer_cost, (1_216, 65_536, 4_915_200), "stride halves"),
    (lesson01.layer_cost, (1_216, 14_400, 1_080_000), "padding"),
    (lesson01.layer_cost, (1_216, 15_376, 1_153_200), "first stop"),
    (lesson01.layer_cost, (1_201, 16_384, 1_228_800), "not one bias for the layer"),
    (lesson01.layer_cost, (1_216, 16_384, 16_384 * 76), "not counted in the work"),
    (lesson01.layer_cost, (1_216, 16_384), "all three"),
    (lesson01.layer_cost, [1_216, 16_384, None], "all three"),
    (lesson01.layer_cost, (1_216, 16_384, 1_228_800.4), "Multiply-adds: how"),
    (lesson01.layer_cost, (1_216, 16_384, 7), "Multiply-adds: how"),
    (lesson01.layer_cost, (7, 16_384, 1_228_800), "Parameters: how"),
    (lesson01.layer_cost, 1_216, "Activations: how"),
    (lesson01_further.max_pool, lambda image, size: convolution.pool2d(image, size, mode="average"), "largest"),
    (lesson01_further.max_pool, lambda image, size: np.maximum(convolution.pool2d(image, size), 0), "Negative"),
    (lesson01_further.max_pool, over_axes(0, 2), "wrong two of the four axes"),
    (lesson01_further.max_pool, over_axes(2, 3), "wrong two of the four axes"),
    (lesson01_further.max_pool, over_axes(1, 3), "cut it off first"),
    (lesson01.moves_along, same_map, "moved* map"),
    (lesson01.moves_along, exactly_moved, "np.allclose"),
    (lesson01.moves_along, lambda to_map, picture, pixels: True, "empty"),
    (lesson01.moves_along, compared(lambda a, b: np.allclose(a[:, -4:4], b[:, -4:4])), "empty"),
    (lesson01.moves_along, compared(lambda a, b: np.isclose(a[:, 4:-4].sum(), b[:, 4:-4].sum())), "sums"),
    (lesson01.moves_along, compared(lambda a, b: np.allclose(a[:, 4:-4].sum(0), b[:, 4:-4].sum(0))), "sums"),
    (lesson01.moves_along, compared(lambda a, b: np.allclose(a[0, 4:-4], b[0, 4:-4])), "one row"),
    (lesson01.moves_along, compared(lambda a, b: np.allclose(a[-1, 4:-4], b[-1, 4:-4])), "one row"),
    (lesson01.moves_along, compared(lambda a, b: np.allclose(a[:, 4:-4], b[:, 4:-4]), by=1), "`pixels`"),
    (lesson01.moves_along, compared(lambda a, b: np.allclose(a[:, 4:-4], b[:, 4:-4]), by=2), "`pixels`"),
    (lesson01.moves_along, compared(lambda a, b: np.allclose(a[:, 4:-4], b[:, 4:-4], atol=0.5)), "tolerance"),
    (lesson01.moves_along, compared(lambda a, b: a[:, 4:-4] == b[:, 4:-4]), "one for each pixel"),
    (lesson01.moves_along, compared(lambda a, b: np.allclose(a[4:-4], b[4:-4])), "rows that you left out"),
    (lesson01.moves_along, compared(np.allclose), "first and last 4"),
    (lesson01.moves_along, cut_then_moved, "Move first"),
    (lesson01.line_detector, [[1, 1, 1], [1, 1, 1], [1, 1, 1]], "even area"),
    (lesson01.line_detector, [[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]], "vertical stripe in the left column"),
    (lesson01.line_detector, [[1, 1, 1], [-2, -2, -2], [1, 1, 1]], "horizontal line"),
    (lesson01.line_detector, [[-1, -1, -1], [1, 1, 1], [0, 0, 0]], "a light row below"),
    (lesson01.line_detector, [[-0.01] * 3, [1] * 3, [-0.99] * 3], "an edge, light in the middle row and above"),
    (lesson01.line_detector, [[-9] * 3, [10] * 3, [-1] * 3], "an edge, light in the middle row and below"),
    (lesson01.line_detector, [[-1] * 3, [2] * 3, [None] * 3], "not every weight"),
    (lesson01.line_detector, [[None] * 3, [7] * 3, [None] * 3], "not every weight"),
    (lesson01.line_detector, [[np.nan] * 3] * 3, "not every weight"),
    (lesson01.line_detector, [[0] * 3] * 3, "horizontal line"),
    (lesson01.line_detector, [[1, 2], [3, 4]], "shape (3, 3)"),
    (lesson01.pooled_by_half, lambda maps: maps.mean(axis=(1, 2)), "whole map"),
    (lesson01.pooled_by_half, lambda maps: by_half(maps[:, ::-1]), "upper half comes first"),
    (lesson01.pooled_by_half, lambda maps: by_half(maps.swapaxes(1, 2)), "left and right"),
    (lesson01.pooled_by_half, lambda maps: by_half(maps).reshape(len(maps), 2, -1), "one axis too many"),
    (lesson01.pooled_by_half, lambda maps: by_half(maps).reshape(len(maps), 2, -1).swapaxes(0, 1), "stacked"),
    (
        lesson01.pooled_by_half,
        lambda m: by_half(m).reshape(len(m), 2, -1).swapaxes(1, 2).reshape(len(m), -1),
        "alternate",
    ),
    (lesson01.pooled_by_half, lambda maps: by_half(maps, np.sum), "do not add up"),
    (lesson01.pooled_by_half, lambda maps: by_half(maps, np.max), "maxima"),
    (lesson01.pooled_by_half, lambda maps: np.concatenate(np.split(by_half(maps), 2, axis=1)), "side by side"),
    (lesson01.pooled_by_half, lambda maps: np.split(by_half(maps), 2, axis=1)[0], "upper half alone"),
    (lesson01.pooled_by_half, fixed_half, "20 rows alone"),
    (lesson01.pooled_by_half, lambda maps: maps.mean(axis=1), "shape (3, 4)"),
    (lesson01.pooled_by_half, lambda maps: by_half(maps[:, :4]), "shape (3, 4)"),
    (lesson01.small_stack, RIGHT_STACK[:1], "two layers"),
    (lesson01.small_stack, [RIGHT_STACK[0] | {"filters": 64}, RIGHT_STACK[1]], "at most 7,000"),
    (lesson01.small_stack, [RIGHT_STACK[0] | {"stride": 1}, RIGHT_STACK[1]], "8×8"),
    (lesson01.small_stack, [RIGHT_STACK[0], RIGHT_STACK[1] | {"filters": 8}], "at least 32"),
    (lesson01.small_stack, [RIGHT_STACK[0] | {"kernel": 1, "padding": 0}, RIGHT_STACK[1]], "skips pixels"),
    (lesson01.small_stack, [RIGHT_STACK[0] | {"filters": 16.5}, RIGHT_STACK[1]], "16.5"),
    (lesson01.small_stack, [RIGHT_STACK[0] | {"filters": "16"}, RIGHT_STACK[1]], "'16'"),
    (lesson01.small_stack, [RIGHT_STACK[0] | {"stride": True}, RIGHT_STACK[1]], "True"),
    (lesson01.small_stack, [RIGHT_STACK[0] | {"padding": None}, RIGHT_STACK[1]], "None"),
    (lesson01.small_stack, [{"kernel": 3}, {"kernel": 3}], "names"),
]


@pytest.mark.parametrize(("check", "answer"), [(check, answer) for check, answer in RIGHT if callable(answer)])
def test_a_forgotten_return_is_told(check, answer):
    """A function that is right but for its return is no untouched stub."""
    verdict = check(without_return(answer))
    assert verdict.passed is False and "returned None" in verdict.message, verdict


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


FUNCTIONS = [
    lesson01.output_size,
    lesson01_further.strided_convolution,
    lesson01_further.max_pool,
    lesson01.moves_along,
    lesson01.pooled_by_half,
]


@pytest.mark.parametrize("check", FUNCTIONS)
def test_untouched_functions_are_no_failure(check):
    """A function that still returns the ellipsis is not an attempt."""
    assert check(lambda *arguments: ...).passed is None


def test_exercise_2_is_what_the_reference_computes():
    """The number grid of exercise 2 and the reference convolution agree, and so does the flipped mistake."""
    kernel = np.array([[1, 2], [0, -1]])
    corner = lesson01_further.IMAGE[:3, :3]
    assert convolution.conv2d(corner, kernel).tolist() == [[-1, 2], [6, 1]]
    assert convolution.conv2d(corner, convolution.flip(kernel)).tolist() == [[3, 6], [0, 1]]


def test_exercise_5_says_when_a_dot_would_do():
    """The kernel of one column passes, and its verdict tells what else excites it."""
    assert "dot" in lesson01.line_detector([[0, -1, 0], [0, 2, 0], [0, -1, 0]]).message
    assert "dot" not in lesson01.line_detector([[-1, -1, -1], [2, 2, 2], [-1, -1, -1]]).message


def test_hints_of_exercise_4_speak_of_the_wrong_part_alone():
    """One wrong number of three gets words about that number, and no formula."""
    message = lesson01.layer_cost((1_216, 7, 1_228_800)).message
    assert "Activations" in message and "Parameters" not in message and "Multiply-adds" not in message
