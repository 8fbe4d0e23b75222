"""Checks of lesson 06: right answers pass, usual mistakes get their hint, stubs are not attempted."""

import math

import numpy as np
import pytest
from check_tools import exercise_tests

from course_utils import convolution
from course_utils.checks import lesson06, lesson06_further
from course_utils.recipes import lenet_drawn


def decide(distances, limit):
    return np.where(distances.min(axis=1) <= limit, distances.argmin(axis=1), -1)


DIGITS = np.arange(100) % 10


class Reader:
    """Stands for a trained model: the "images" are the digits themselves, and the first ``wrong`` are misread."""

    def __init__(self, *, size=5_000, wrong=0, classes=10, scale=1):
        self.size, self.wrong, self.output_shape, self.scale = size, wrong, (None, classes), scale

    def count_params(self):
        return self.size

    def predict(self, images, verbose):
        answers = images.copy()
        answers[: self.wrong] = (answers[: self.wrong] + 1) % 10
        return self.scale * np.eye(10)[answers.astype(int)]


class Maps(Reader):
    """A network that forgot to flatten: ten numbers for each of 4×4 places."""

    output_shape = (None, 4, 4, 10)

    def __init__(self):
        self.size = 5_000


class Layer:
    """Stands for the package's C3, in NumPy: a dense kernel that is zero where there is no connection."""

    connections = ((0, 1), (1, 2), (0, 1, 2))
    bias = np.zeros(3)

    def dense_kernel(self):
        kernel = np.random.default_rng(5).normal(size=(5, 5, 3, 3)).astype("float32")
        for target, sources in enumerate(self.connections):
            kernel[:, :, [s for s in range(3) if s not in sources], target] = 0
        return kernel

    def __call__(self, maps):
        return c3(maps[0], self.dense_kernel(), self.bias, self.connections)[None]


def one(image, kernel):
    return convolution.conv2d(image, kernel)


def c3(maps, kernel, bias, table, *, sources=None, add=None, axis=-1, slide=one):
    """The right answer to exercise 3, and with other arguments the usual wrong ones."""
    rows = [sources or row for row in table]
    sums = [sum(slide(maps[:, :, s], kernel[:, :, s, m]) for s in row) for m, row in enumerate(rows)]
    added = bias if add is None else [add(bias, m, row) for m, row in enumerate(rows)]
    return np.stack([total + more for total, more in zip(sums, added, strict=True)], axis=axis)


def squashed_one(image, kernel):
    return 1.7159 * np.tanh(2 / 3 * one(image, kernel))


def wrong_c3(**how):
    return lambda maps, kernel, bias, table: c3(maps, kernel, bias, table, **how)


def after_c3(change):
    return lambda maps, kernel, bias, table: change(c3(maps, kernel, bias, table))


def last_only(maps, kernel, bias, table):
    return c3(maps, kernel, bias, [row[-1:] for row in table])


def averaged(maps, kernel, bias, table):
    return (c3(maps, kernel, bias, table) - bias) / [len(row) for row in table] + bias


def swapped(maps, kernel, bias, table):
    return maps[:, :, 0] + kernel[:, :, 7, 2]


def written_over(value):
    return lambda d, limit: np.where(d > limit, value, d).argmin(axis=1)


def with_limit(own):
    return lambda d, limit: decide(d, own)


def accuracy(share):
    return lambda *kernels: share


LAYER = Layer()
KERNELS = np.random.default_rng(2).normal(size=(6, 5, 5))


def copies(kernels):
    twice = kernels.copy()
    twice[3] = 2 * twice[0]
    return twice


RIGHT = [
    (lesson06.parameters_and_connections, (876, 350_400)),
    (lesson06.subsampling_by_hand, (1.7159 * math.tanh(1.0),)),
    (lesson06.subsampling_by_hand, (1.307,)),
    (lesson06.subsampling_by_hand, (1.31,)),
    (lesson06.partial_convolution, (c3, LAYER)),
    (lesson06.partial_convolution, (after_c3(np.ndarray.tolist), LAYER)),
    (lesson06.decide, (decide,)),
    (lesson06.decide, (lambda d, limit: [int(r.argmin()) if r.min() <= limit else -1 for r in d],)),
    (lesson06_further.honest_report, (4, 0.978)),
    (lesson06.colour_parameters, (69_656,)),
    (lesson06.own_kernels, (KERNELS, accuracy(0.96), accuracy(0.95))),
    (lesson06.own_kernels, (np.moveaxis(KERNELS, 0, -1)[:, :, None], accuracy(0.96), accuracy(0.95))),
    (lesson06.small_network, (Reader(wrong=5), DIGITS, DIGITS, 0.95)),
]

WRONG = [
    (lesson06.colour_parameters, (62_006,), "how many outputs"),
    (lesson06.colour_parameters, (69_356,), "three channels"),
    (lesson06.colour_parameters, (61_706,), "ten kinds"),
    (lesson06.colour_parameters, (69_506,), "not one"),
    (lesson06.colour_parameters, (52_376,), "28×28"),
    (lesson06.colour_parameters, (52_076,), "in colour"),
    (lesson06.colour_parameters, (69_668,), "one bias"),
    (lesson06.colour_parameters, (69_566,), "has a bias"),
    (lesson06.colour_parameters, (69_556,), "hundred biases"),
    (lesson06.colour_parameters, (67_950,), "1998"),
    (lesson06.colour_parameters, (68_756,), "no table"),
    (lesson06.parameters_and_connections, (876, 876 * 18 * 18), "20×20 already"),
    (lesson06.parameters_and_connections, (876, 876 * 22 * 22), "not of the input"),
    (lesson06.partial_convolution, (wrong_c3(sources=(0, 1, 2), add=lambda bias, m, row: 0), LAYER), "without bias"),
    (lesson06.partial_convolution, (averaged, LAYER), "do not average"),
    (lesson06.colour_parameters, (5,), "two layers change"),
    (lesson06.parameters_and_connections, (864, 345_600), "bias"),
    (lesson06.parameters_and_connections, (876, 345_600), "connection too"),
    (lesson06.parameters_and_connections, (876, 876), "20·20"),
    (lesson06.parameters_and_connections, (876, None), "both numbers"),
    (lesson06.parameters_and_connections, (350_400, 876), "other way round"),
    (lesson06.parameters_and_connections, (1, 2), "3·3·8"),
    (lesson06.subsampling_by_hand, (1.5,), "squashing function"),
    (lesson06.subsampling_by_hand, (0.0,), "not averaged"),
    (lesson06.subsampling_by_hand, (math.tanh(1.5),), "1.7159"),
    (lesson06.subsampling_by_hand, (1.7159 * math.tanh(2 / 3 * 2.5),), "sign of the bias"),
    (lesson06.subsampling_by_hand, (1.7159 * math.tanh(2 / 3 * 1.75),), "does not multiply it"),
    (lesson06.subsampling_by_hand, ("much",), "write numbers"),
    (lesson06.subsampling_by_hand, (1.301,), "three decimals"),
    (lesson06.decide, (lambda d, limit: d.argmax(axis=1),), "the nearest class wins"),
    (lesson06.decide, (lambda d, limit: np.where(d.min(axis=1) < limit, -1, d.argmin(axis=1)),), "comparison look"),
    (lesson06.decide, (lambda d, limit: d.min(axis=1),), "which class has it"),
    (lesson06.decide, (lambda d, limit: d.argmin(),), "an array of length 1"),
    (lesson06.decide, (lambda d, limit: d.argmin(axis=1),), "41 or more from every class, and the limit"),
    (lesson06.decide, (written_over(-1),), "-1 is the smallest of its row"),
    (lesson06.decide, (written_over(np.inf),), "argmin names a class even then"),
    (lesson06.decide, (with_limit(10),), "The last image is 25 from class 1"),
    (lesson06.decide, (with_limit(40),), "nothing is turned away. Does your function use `limit`"),
    (lesson06.decide, (lambda d, limit: decide(d, max(limit, 40)),), "the third image alone"),
    (lesson06.decide, (lambda d, limit: np.where(d.min(axis=1) < limit, d.argmin(axis=1), -1),), "Exactly at"),
    (lesson06.decide, (lambda d, limit: np.where(d.max(axis=1) <= limit, d.argmin(axis=1), -1),), "held against"),
    (lesson06.decide, (lambda d, limit: np.where((d > limit).any(axis=1), -1, d.argmin(axis=1)),), "held against"),
    (lesson06.decide, (lambda d, limit: np.where(d.min(axis=0) <= limit, d.argmin(axis=0), -1),), "along its row"),
    (lesson06_further.honest_report, (5, 0.981), "no longer tests"),
    (lesson06_further.honest_report, (3, 0.978), "from 1"),
    (lesson06_further.honest_report, (4, None), "both numbers"),
    (lesson06_further.honest_report, (4, 97.8), "as a share"),
    (lesson06.partial_convolution, (wrong_c3(sources=(0, 1, 2)), LAYER), "complete convolution"),
    (lesson06.partial_convolution, (wrong_c3(add=lambda bias, m, row: 0), LAYER), "biases are missing"),
    (
        lesson06.partial_convolution,
        (wrong_c3(add=lambda bias, m, row: bias[m] * len(row)), LAYER),
        "not for each kernel",
    ),
    (lesson06.partial_convolution, (wrong_c3(add=lambda bias, m, row: bias.sum()), LAYER), "bias[m]"),
    (lesson06.partial_convolution, (wrong_c3(slide=lambda i, k: one(i, k[::-1, ::-1])), LAYER), "not turned"),
    (lesson06.partial_convolution, (wrong_c3(axis=0), LAYER), "wrong axis"),
    (lesson06.partial_convolution, (wrong_c3(slide=squashed_one), LAYER), "comes too early"),
    (lesson06.partial_convolution, (last_only, LAYER), "do not overwrite"),
    (lesson06.partial_convolution, (swapped, LAYER), "map of S2, map of C3"),
    (lesson06.partial_convolution, (after_c3(lambda maps: maps[..., ::-1]), LAYER), "order of the table"),
    (lesson06.partial_convolution, (after_c3(lambda maps: maps[..., 0]), LAYER), "first map"),
    (lesson06.partial_convolution, (after_c3(lambda maps: np.maximum(maps, 0)), LAYER), "no ReLU"),
    (lesson06.partial_convolution, (after_c3(lambda maps: maps.transpose(1, 0, 2)), LAYER), "exchanged"),
    (lesson06.partial_convolution, (after_c3(lambda maps: 1.7159 * np.tanh(maps * 2 / 3)), LAYER), "before squashing"),
    (lesson06.partial_convolution, (after_c3(lambda maps: maps / [2, 2, 3]), LAYER), "do not average"),
    (lesson06.partial_convolution, (after_c3(lambda maps: np.pad(maps, ((2, 2), (2, 2), (0, 0)))), LAYER), "fits ten"),
    (lesson06.partial_convolution, (after_c3(lambda maps: maps + 1), LAYER), "leads from map i"),
    (lesson06.partial_convolution, (lambda maps, kernel, bias, table: 1 / 0, LAYER), "ZeroDivisionError"),
    (lesson06.partial_convolution, (lambda maps, kernel, bias, table: "maps", LAYER), "must have shape"),
    (lesson06.own_kernels, (KERNELS[:5], accuracy(1.0), accuracy(0.95)), "yours have shape (5, 5, 5)"),
    (lesson06.own_kernels, (copies(KERNELS), accuracy(1.0), accuracy(0.95)), "kernels 0 and 3"),
    (lesson06.own_kernels, (KERNELS * (np.arange(6) != 2)[:, None, None], accuracy(1.0), accuracy(0.95)), "kernel 2"),
    (lesson06.own_kernels, (np.abs(KERNELS), accuracy(0.9), accuracy(0.95)), "None of your weights is negative"),
    (lesson06.own_kernels, (KERNELS, accuracy(0.949), accuracy(0.95)), "94.9%"),
    (lesson06.own_kernels, (KERNELS, accuracy(0.95), accuracy(0.95)), "strokes of a digit"),
    (lesson06.own_kernels, (KERNELS, accuracy(0.9535), accuracy(0.95)), "within chance"),
    (lesson06.own_kernels, (lenet_drawn.drawn("lines"), accuracy(0.95), accuracy(0.95)), "a stroke's left side"),
    (lesson06.own_kernels, (lenet_drawn.drawn("lines"), accuracy(0.953), accuracy(0.95)), "a stroke's left side"),
    (lesson06.own_kernels, (lenet_drawn.drawn("halves"), accuracy(0.95), accuracy(0.95)), "strokes of a digit"),
    (lesson06.own_kernels, (lenet_drawn.drawn("ink"), accuracy(0.953), accuracy(0.95)), "is negative"),
    (lesson06.own_kernels, (KERNELS * np.inf, accuracy(1.0), accuracy(0.95)), "finite"),
    (lesson06.own_kernels, ([[1, 2], [3]], accuracy(1.0), accuracy(0.95)), "write numbers"),
    (lesson06.small_network, (Reader(size=44_426), DIGITS, DIGITS, 0.95), "44,426"),
    (lesson06.small_network, (Reader(size=6_001), DIGITS, DIGITS, 0.95), "which layer"),
    (lesson06.small_network, (Reader(wrong=6, size=154), DIGITS, DIGITS, 0.95), "5,846 more are allowed"),
    (lesson06.small_network, (None, DIGITS, DIGITS, 0.95), "return model"),
    (lesson06.small_network, (Reader(wrong=6), DIGITS, DIGITS, 0.95), "94.0% is below 95%"),
    (lesson06.small_network, (Reader(classes=1), DIGITS, DIGITS, 0.95), "ten probabilities"),
    (lesson06.small_network, (Maps(), DIGITS, DIGITS, 0.95), "flatten the maps first"),
    (lesson06.small_network, (Reader(scale=3), DIGITS, DIGITS, 0.95), "What does the last layer do"),
    (lesson06.small_network, (Reader(), DIGITS[:20], DIGITS[:20], 0.95), "all ten kinds"),
    (lesson06.small_network, (Reader(), np.zeros(100), np.zeros(100), 0.95), "all ten kinds"),
    (lesson06.small_network, (0.05, DIGITS, DIGITS, 0.95), "the model itself"),
]

UNTOUCHED = [
    (lesson06.parameters_and_connections, (None, None)),
    (lesson06.subsampling_by_hand, (None,)),
    (lesson06.decide, (lambda distances, limit: None,)),
    (lesson06_further.honest_report, (None, None)),
    (lesson06.colour_parameters, (None,)),
    (lesson06.partial_convolution, (lambda maps, kernel, bias, table: ..., LAYER)),
    (lesson06.own_kernels, (None, accuracy(1.0), accuracy(0.95))),
    (lesson06.small_network, (..., DIGITS, DIGITS, 0.95)),
]


test_right_answer, test_wrong_answer, test_untouched_stub, test_forgotten_return = exercise_tests(
    RIGHT, WRONG, UNTOUCHED
)


def test_package_layer_is_what_exercise_3_asks_for():
    from course_utils.layers import PartialConv2D
    from course_utils.models import lenet

    layer = PartialConv2D(lenet.C3_TABLE, 5)
    layer.build((None, 14, 14, 6))
    assert lesson06.partial_convolution(c3, layer).passed
    assert "complete" in lesson06.partial_convolution(wrong_c3(sources=tuple(range(6))), layer).message


def test_own_kernels_reach_the_judge_at_length_one():
    seen = []
    lesson06.own_kernels(3 * KERNELS, lambda kernels: seen.append(kernels) or 0.5, accuracy(0.95))
    assert seen[0].shape == (5, 5, 1, 6)
    np.testing.assert_allclose(np.linalg.norm(seen[0], axis=(0, 1)), 1, rtol=1e-6)


SHOWN = np.random.default_rng(3).normal(size=(2, 5, 5, 1, 6))


def mixed(*places):
    kernels = KERNELS.copy()
    for place in places:
        kernels[place] = -2 * SHOWN[place % 2][:, :, 0, place]
    return kernels


@pytest.mark.parametrize(
    "kernels, which",
    [
        (SHOWN[0], "kernels 0, 1, 2, 3, 4, 5 are"),
        (SHOWN[1][..., ::-1], "kernels 0, 1, 2, 3, 4, 5 are"),
        (mixed(2, 5), "kernels 2, 5 are"),
        (mixed(3), "kernel 3 is"),
    ],
)
def test_kernels_that_the_lesson_has_shown_are_not_the_readers_own(kernels, which):
    def never(*kernels):
        raise AssertionError("no network is trained for kernels that are refused")

    verdict = lesson06.own_kernels(kernels, never, never, shown=SHOWN)
    assert verdict.passed is False and f"{which} in this lesson already" in verdict.message


def test_kernels_near_the_shown_ones_are_the_readers_own():
    near = SHOWN[0] + 0.3 * SHOWN[1]
    assert lesson06.own_kernels(near, accuracy(0.96), accuracy(0.95), shown=SHOWN).passed
    assert lesson06.own_kernels(near, accuracy(0.95), accuracy(0.96), shown=[]).passed is False


def test_colour_count_is_that_of_the_model():
    from course_utils import models

    assert models.lenet5(input_shape=(32, 32, 3), classes=100).count_params() == 69_656
    assert models.lenet5(input_shape=(28, 28, 3), classes=100).count_params() == 52_376


def test_untrained_network_is_measured_and_fails():
    from course_utils import models

    images = np.random.default_rng(0).random((100, 28, 28, 1)).astype("float32")
    verdict = lesson06.small_network(models.lenet5(width=0.3), images, DIGITS, 0.95)
    assert verdict.passed is False
    assert "below 95%" in verdict.message


def test_small_network_for_other_digits_hears_so_before_it_is_asked():
    from course_utils import models

    images = np.zeros((100, 28, 28, 1), "float32")
    verdict = lesson06.small_network(models.lenet5(width=0.3, input_shape=(32, 32, 1)), images, DIGITS, 0.95)
    assert verdict.passed is False and "28×28×1" in verdict.message
