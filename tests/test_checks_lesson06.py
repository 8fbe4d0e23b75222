"""Checks of lesson 06: right answers pass, usual mistakes get their hint, stubs are not attempted."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from check_tools import exercise_tests

from course_utils.checks import lesson06


def decide(distances, limit):
    return np.where(distances.min(axis=1) <= limit, distances.argmin(axis=1), -1)


def partial(table, size):
    return sum(size * size * len(sources) + 1 for sources in table)


DIGITS = np.arange(100) % 10


class Reader:
    """Stands for a trained model: the "images" are the digits themselves, and the first ``wrong`` are misread."""

    def __init__(self, *, size=12_000, wrong=0, layers=lesson06.LAYERS):
        self.size, self.wrong = size, wrong
        self.layers = [SimpleNamespace(name=name) for name in layers]

    def count_params(self):
        return self.size

    def predict(self, images, verbose):
        answers = images.copy()
        answers[: self.wrong] = (answers[: self.wrong] + 1) % 10
        return np.eye(10)[answers.astype(int)]


RIGHT = [
    (lesson06.parameters_and_connections, (876, 350_400)),
    (lesson06.subsampling_by_hand, (1.7159 * math.tanh(1.0),)),
    (lesson06.subsampling_by_hand, (1.307,)),
    (lesson06.partial_parameters, (partial,)),
    (lesson06.decide, (decide,)),
    (lesson06.decide, (lambda d, limit: [int(r.argmin()) if r.min() <= limit else -1 for r in d],)),
    (lesson06.honest_report, (4, 0.978)),
    (lesson06.colour_parameters, (62_006,)),
    (lesson06.small_network, (Reader(wrong=5), DIGITS, DIGITS)),
]

WRONG = [
    (lesson06.parameters_and_connections, (864, 345_600), "bias"),
    (lesson06.parameters_and_connections, (876, 345_600), "connection too"),
    (lesson06.parameters_and_connections, (876, 876), "20·20"),
    (lesson06.parameters_and_connections, (876, None), "both numbers"),
    (lesson06.parameters_and_connections, (350_400, 876), "other way round"),
    (lesson06.parameters_and_connections, (1, 2), "3·3·8"),
    (lesson06.subsampling_by_hand, (1.5,), "squashing function"),
    (lesson06.subsampling_by_hand, (0.0,), "not averaged"),
    (lesson06.subsampling_by_hand, (math.tanh(1.5),), "1.7159"),
    (lesson06.subsampling_by_hand, ("much",), "write numbers"),
    (lesson06.partial_parameters, (lambda table, size: 25 * sum(map(len, table)),), "25 + 1"),
    (lesson06.partial_parameters, (lambda table, size: sum(25 * len(s) + 1 for s in table),), "One kernel of 3×3"),
    (lesson06.partial_parameters, (lambda table, size: 1 / 0,), "ZeroDivisionError"),
    (lesson06.decide, (lambda d, limit: d.argmax(axis=1),), "the nearest class wins"),
    (lesson06.decide, (lambda d, limit: np.where(d.min(axis=1) < limit, -1, d.argmin(axis=1)),), "comparison look"),
    (lesson06.decide, (lambda d, limit: d.min(axis=1),), "which class has it"),
    (lesson06.decide, (lambda d, limit: d.argmin(),), "an array of length 1"),
    (lesson06.decide, (lambda d, limit: d.argmin(axis=1),), "Beyond the limit"),
    (lesson06.decide, (lambda d, limit: np.where(d.min(axis=1) < limit, d.argmin(axis=1), -1),), "exactly at"),
    (lesson06.decide, (lambda d, limit: np.where(d.max(axis=1) <= limit, d.argmin(axis=1), -1),), "Beyond the limit"),
    (lesson06.honest_report, (5, 0.981), "no longer tests"),
    (lesson06.honest_report, (3, 0.978), "from 1"),
    (lesson06.honest_report, (4, None), "both numbers"),
    (lesson06.colour_parameters, (61_706,), "three channels"),
    (lesson06.colour_parameters, (44_726,), "28×28"),
    (lesson06.colour_parameters, (62_018,), "one bias"),
    (lesson06.colour_parameters, (5,), "only C1 changes"),
    (lesson06.honest_report, (4, 97.8), "as a share"),
    (lesson06.small_network, (Reader(size=44_426), DIGITS, DIGITS), "44,426"),
    (lesson06.small_network, (Reader(wrong=11), DIGITS, DIGITS), "below nine in ten"),
    (lesson06.small_network, (Reader(), DIGITS[:20], DIGITS[:20]), "all ten kinds"),
    (lesson06.small_network, (Reader(), np.zeros(100), np.zeros(100)), "all ten kinds"),
    (lesson06.small_network, (Reader(layers=["dense"]), DIGITS, DIGITS), "models.lenet5"),
    (lesson06.small_network, (0.05, DIGITS, DIGITS), "the trained model itself"),
]

UNTOUCHED = [
    (lesson06.parameters_and_connections, (None, None)),
    (lesson06.subsampling_by_hand, (None,)),
    (lesson06.partial_parameters, (lambda table, size: ...,)),
    (lesson06.decide, (lambda distances, limit: None,)),
    (lesson06.honest_report, (None, None)),
    (lesson06.colour_parameters, (None,)),
    (lesson06.small_network, (None, DIGITS, DIGITS)),
]


test_right_answer, test_wrong_answer, test_untouched_stub = exercise_tests(RIGHT, WRONG, UNTOUCHED)


@pytest.mark.parametrize("width", [0.3, 0.5, 0.65, 1.0, 1.3])
def test_parameter_count_is_that_of_the_model(width):
    from course_utils import models

    assert lesson06.lenet_parameters(width) == models.lenet5(width=width).count_params()


def test_colour_count_is_that_of_the_model():
    from course_utils import models

    assert models.lenet5(input_shape=(32, 32, 3)).count_params() == 62_006


def test_untrained_network_is_measured_and_fails():
    from course_utils import models

    images = np.random.default_rng(0).random((100, 28, 28, 1)).astype("float32")
    verdict = lesson06.small_network(models.lenet5(width=0.5), images, DIGITS)
    assert verdict.passed is False
    assert "below nine in ten" in verdict.message
