"""Checks of lesson 09: right answers pass, usual mistakes get their hint, stubs are not attempted."""

import numpy as np
from check_tools import exercise_tests

from course_utils.checks import lesson09


def count(row, arriving):
    return lesson09.module_weights(row, arriving, biases=True)


def saving(whole, chain):
    return 1 - sum(h * w for h, w in chain) / (whole[0] * whole[1])


def smooth(labels, classes, epsilon):
    return (1 - epsilon) * np.eye(classes)[labels] + epsilon / classes


def smooth_others(labels, classes, epsilon):
    hot = np.eye(classes)[labels]
    return (1 - epsilon) * hot + epsilon / (classes - 1) * (1 - hot)


REDUCED = 480 * (192 + 96 + 16 + 64) + 9 * 96 * 208 + 25 * 16 * 48
NAIVE = 480 * 192 + 9 * 480 * 208 + 25 * 480 * 48

RIGHT = [
    (lesson09.savings, (REDUCED, NAIVE)),
    (lesson09.halving, (141_120_000, 35_280_000, 17_640_000)),
    (lesson09.count_module, (count,)),
    (lesson09.factor_saving, (saving,)),
    (lesson09.shifted_channels, (320,)),
    (lesson09.design_module, ((120, 48, 72, 16, 32, 32),)),
    (lesson09.smooth, (smooth,)),
]

WRONG = [
    (lesson09.savings, (NAIVE, REDUCED), "other way round"),
    (lesson09.savings, (REDUCED + 624, NAIVE), "biases"),
    (lesson09.savings, (REDUCED + 624, NAIVE + 448), "biases"),
    (lesson09.savings, (REDUCED - 480 * 64, NAIVE), "projection"),
    (lesson09.savings, (REDUCED, NAIVE + 480 * 64), "no projection"),
    (lesson09.savings, (REDUCED, None), "both numbers"),
    (lesson09.savings, (1, 2), "k·k·a·b"),
    (lesson09.halving, (15_680_000, 3_920_000, 1_960_000), "nine places"),
    (lesson09.halving, (141_120_000, 35_280_000, 35_280_000), "passes on the rest"),
    (lesson09.halving, (141_120_000, 35_280_000, 70_560_000), "stride 2"),
    (lesson09.halving, (35_280_000, 141_120_000, 17_640_000), "28·28 places"),
    (lesson09.halving, (70_560_000, 17_640_000, 17_640_000), "all 200"),
    (lesson09.halving, (141_120_000, 70_560_000, 17_640_000), "a quarter of the places"),
    (lesson09.halving, (141_120_000, None, None), "all 3"),
    (lesson09.halving, (1, 2, 3), "channels in"),
    (lesson09.count_module, (lesson09.module_weights,), "has biases too"),
    (lesson09.count_module, (lambda row, arriving: count(row, arriving) - row[1] - row[3],), "reductions have biases"),
    (lesson09.count_module, (lambda row, arriving: count(row, arriving) - sum(row) + 6,), "Not one bias a convolution"),
    (
        lesson09.count_module,
        (lambda row, arriving: lesson09.naive_weights(row, arriving) + row[0] + row[2] + row[4],),
        "the naive module",
    ),
    (lesson09.count_module, (lambda row, arriving: count(row, arriving) - (arriving + 1) * row[5],), "after the pool"),
    (lesson09.count_module, (lambda row, arriving: count(row, arriving) - 16 * row[3] * row[4],), "has 25 places"),
    (lesson09.count_module, (lambda row, arriving: float(count(row, arriving)),), "a whole number"),
    (lesson09.smooth, (lambda y, k, e: (1 - e) * np.eye(k)[y],), "up to 0.8"),
    (lesson09.smooth, (lambda y, k, e: np.eye(k)[y] + e / k,), "taken from the right class"),
    (lesson09.smooth, (lambda y, k, e: (1 - e) * np.eye(k)[y] + e,), "shared out"),
    (lesson09.smooth, (lambda y, k, e: np.eye(k)[y],), "changes nothing"),
    (lesson09.smooth, (lambda y, k, e: (1 - e) * np.eye(k)[y] + e / 4,), "what is k"),
    (lesson09.count_module, (lambda row, arriving: 1 / 0,), "ZeroDivisionError"),
    (lesson09.factor_saving, (lambda whole, chain: 1 - saving(whole, chain),), "18 of 25"),
    (lesson09.factor_saving, (lambda whole, chain: 100 * saving(whole, chain),), "0.28 and not 28"),
    (lesson09.factor_saving, (lambda whole, chain: round(saving(whole, chain), 2),), "Do not round"),
    (lesson09.design_module, ((128, 1, 64, 1, 32, 32),), "bottleneck"),
    (lesson09.shifted_channels, (832,), "the paper's module"),
    (lesson09.shifted_channels, (576,), "no 1×1 branch"),
    (lesson09.shifted_channels, (1,), "five numbers"),
    (lesson09.design_module, (lesson09.ROW_3A,), "at most 100,000"),
    (lesson09.design_module, ((64, 96, 128, 16, 32),), "six whole numbers"),
    (lesson09.design_module, ("wide",), "six whole numbers"),
    (lesson09.design_module, ((64, 96, 128, 16, 32, 33),), "257 channels leave"),
    (lesson09.design_module, ((160, 48, 32, 16, 32, 32),), "at least 64"),
    (lesson09.smooth, (smooth_others,), "the other classes alone"),
]

UNTOUCHED = [
    (lesson09.savings, (None, None)),
    (lesson09.halving, (None, None, None)),
    (lesson09.count_module, (lambda row, arriving: ...,)),
    (lesson09.factor_saving, (lambda whole, chain: None,)),
    (lesson09.shifted_channels, (None,)),
    (lesson09.design_module, (None,)),
    (lesson09.smooth, (lambda labels, classes, epsilon: ...,)),
]


test_right_answer, test_wrong_answer, test_untouched_stub = exercise_tests(RIGHT, WRONG, UNTOUCHED)


def test_counts_are_those_of_the_package():
    from course_utils import anatomy, models

    table = anatomy.describe(models.googlenet)
    for name, row, arriving in (("4a", lesson09.ROW_4A, 480), ("5a", lesson09.ROW_5A, 832)):
        found = sum(r.params for r in table.rows if r.name.startswith(f"inception_{name}_"))
        assert lesson09.module_weights(row, arriving, biases=True) == found
    naive = anatomy.describe(models.googlenet, reduce=False)
    own = sum(r.params for r in naive.rows if r.name.startswith("inception_3a_"))
    assert lesson09.naive_weights(lesson09.ROW_3A, 192) == own - (64 + 128 + 32) == 387_072
