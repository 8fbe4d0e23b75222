"""Checks of lesson 07: right answers pass, the usual mistakes get their hint, untouched stubs are not attempted."""

import math
from types import SimpleNamespace

import numpy as np
from check_tools import exercise_tests

from course_utils.checks import lesson07


def table(params=1_000_000, macs=100_000_000, classes=17, name="predictions"):
    row = SimpleNamespace(name="fc6", params=params, output_shape=(512,))
    return SimpleNamespace(
        params=params, macs=macs, rows=(row, SimpleNamespace(name=name, params=10, output_shape=(classes,)))
    )


def grouped(size, inputs, filters, groups):
    return size * size * (inputs // groups) * filters + filters


def left(momentum, examples, batch_size, epochs):
    return momentum ** (math.ceil(examples / batch_size) * epochs)


def top_k(p, labels, k):
    best = np.argsort(-p, axis=1)[:, :k]
    return float(np.mean([label not in row for label, row in zip(labels, best, strict=True)]))


RIGHT = [
    (lesson07.conv1_sides, (54, 55)),
    (lesson07.lrn_by_hand, (4 / 11,)),
    (lesson07.lrn_by_hand, (0.364,)),
    (lesson07.grouped_parameters, (grouped,)),
    (lesson07.start_left, (left,)),
    (lesson07.cause, ("moving statistics",)),
    (lesson07.cause, (" Moving statistics ",)),
    (lesson07.top_k_error, (top_k,)),
    (lesson07.cheap_and_busy, (table(),)),
]
WRONG = [
    (lesson07.conv1_sides, (55, 55), "quarter of a step"),
    (lesson07.conv1_sides, (53, 54), "not steps"),
    (lesson07.conv1_sides, (54, 54), "4 pixels wider"),
    (lesson07.conv1_sides, (54.25, 55.25), "round down"),
    (lesson07.conv1_sides, (55, 54), "other way round"),
    (lesson07.conv1_sides, (54, None), "both numbers"),
    (lesson07.conv1_sides, (1, 2), "2·padding"),
    (lesson07.conv1_sides, ("54", "55"), "write numbers"),
    (lesson07.lrn_by_hand, (0.36,), "right so far"),
    (lesson07.lrn_by_hand, (4 / 21,), "by alpha"),
    (lesson07.lrn_by_hand, (4 / 9,), "neighbours belong to the sum"),
    (lesson07.lrn_by_hand, (4 / (1 + 0.5 / 3 * 20),), "not divided by n"),
    (lesson07.lrn_by_hand, (4 / 29,), "not all channels"),
    (lesson07.lrn_by_hand, (4 / 3,), "itself belongs"),
    (lesson07.lrn_by_hand, (0.4,), "add k"),
    (lesson07.lrn_by_hand, (1.0,), "square the values"),
    (lesson07.lrn_by_hand, (11,), "divisor"),
    (lesson07.lrn_by_hand, ("4/11",), "write numbers"),
    (lesson07.lrn_by_hand, (99.0,), "two neighbours"),
    (lesson07.grouped_parameters, (lambda s, i, f, g: s * s * i * f + f,), "sees 48 maps"),
    (lesson07.grouped_parameters, (lambda s, i, f, g: s * s * i * f // g,), "a bias"),
    (lesson07.grouped_parameters, (lambda s, i, f, g: (s * s * i * f + f) // g,), "one bias"),
    (lesson07.grouped_parameters, (lambda s, i, f, g: s * s * (i // g) * (f // g) + f,), "still 256 filters"),
    (lesson07.start_left, (lambda m, n, b, e: m ** (n // b * e),), "smaller one counts"),
    (lesson07.start_left, (lambda m, n, b, e: m ** math.ceil(n * e / b),), "round up before"),
    (lesson07.start_left, (lambda m, n, b, e: m ** math.ceil(n / b),), "5 epochs"),
    (lesson07.start_left, (lambda m, n, b, e: 1 - left(m, n, b, e),), "Two batches"),
    (lesson07.cause, ("overfitting",), "still knows"),
    (lesson07.cause, ("ordered split",), "training images themselves"),
    (lesson07.cause, ("learning rate",), "steps are fine"),
    (lesson07.cause, ("bad luck",), "choose one of"),
    (lesson07.cause, (3,), "choose one of"),
    (lesson07.top_k_error, (lambda p, y, k: 1 - top_k(p, y, k),), "the share that is wrong"),
    (lesson07.top_k_error, (lambda p, y, k: 100 * top_k(p, y, k),), "per cent"),
    (lesson07.top_k_error, (lambda p, y, k: p[:, 99],), "a row for each image"),
    (
        lesson07.grouped_parameters,
        (lambda size, inputs, filters, groups: size**2 * inputs / groups * filters + filters,),
        "a whole number",
    ),
    (lesson07.top_k_error, (lambda p, y, k: float(np.mean(p.argmax(axis=1) != y)),), "two guesses"),
    (lesson07.cheap_and_busy, (table(params=4_000_000),), "fc6 has the most"),
    (lesson07.cheap_and_busy, (table(macs=10_000_000),), "side of the image"),
    (lesson07.cheap_and_busy, (table(classes=1000),), "classes=17"),
    (lesson07.cheap_and_busy, (0.25,), "anatomy.describe"),
]
UNTOUCHED = [
    (lesson07.conv1_sides, (None, None)),
    (lesson07.lrn_by_hand, (None,)),
    (lesson07.grouped_parameters, (lambda size, inputs, filters, groups: ...,)),
    (lesson07.start_left, (lambda momentum, examples, batch_size, epochs: None,)),
    (lesson07.cause, (None,)),
    (lesson07.top_k_error, (lambda probabilities, labels, k: ...,)),
    (lesson07.cheap_and_busy, (None,)),
]


test_right_answer, test_wrong_answer, test_untouched_stub = exercise_tests(RIGHT, WRONG, UNTOUCHED)


def test_numbers_of_the_checks_are_those_of_the_networks():
    from course_utils import anatomy, models

    towers = anatomy.describe(models.alexnet)
    assert [towers[name].params for name in ("conv2", "conv3", "conv4")] == [
        grouped(5, 96, 256, 2),
        grouped(3, 256, 384, 1),
        grouped(3, 384, 384, 2),
    ]
    assert anatomy.describe(models.alexnet, input_shape=(224, 224, 3))["conv1"].output_shape[0] == 54


def test_design_exercise_has_a_solution_and_the_obvious_try_fails():
    from course_utils import anatomy, models

    def described(side, width):
        settings = {"input_shape": (side, side, 3), "classes": 17, "width": width}
        return anatomy.describe(models.alexnet, variant="single_tower", **settings)

    assert lesson07.cheap_and_busy(described(195, 0.25)).passed is True
    assert lesson07.cheap_and_busy(described(227, 1.0)).passed is False
    assert lesson07.cheap_and_busy(described(99, 0.25)).passed is False
