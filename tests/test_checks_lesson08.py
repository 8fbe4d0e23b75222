"""Checks of lesson 08: right answers pass, usual mistakes get their hint, stubs are not attempted."""

import math

import numpy as np
from check_tools import exercise_tests

from course_utils.checks import columns, lesson08
from course_utils.models.vgg import VGG_TABLE

NARROW = ("3-64", "3-128", "3-256", "3-512", "3-512 3-512 3-512 3-512 3-512")  # 3×3 where the maps are small
HALVED = ("3-32 3-32", "3-64 3-64", "3-128 3-128 3-128", "3-256 3-256 3-256", "3-512 3-512 3-512")


def field(chain):
    seen, step = 1, 1
    for side, stride in chain:
        seen += (side - 1) * step
        step *= stride
    return seen


def count(blocks, classes, *, conv_biases=True, dense_biases=True, dense=True):
    total, seen = 0, 3
    for word in " ".join(blocks).split():
        side, filters = (int(part) for part in word.split("-"))
        total += side**2 * seen * filters + filters * conv_biases
        seen = filters
    if dense:
        total += 7 * 7 * seen * 4096 + 4096 * 4096 + 4096 * classes + (2 * 4096 + classes) * dense_biases
    return total


def guesses(losses, answers, classes):
    return abs(losses[-1] / math.log(classes) - 1) < 0.002 and len(set(answers)) == 1


def mix(maps, kernel, bias):
    return np.maximum(maps @ kernel + bias, 0)


def once(images):
    return images / 255


def twice(images):
    return images / 255 / 255


def he(rng, n_in, n_out):
    return rng.standard_normal((n_in, n_out)) * np.sqrt(2 / n_in)


def glorot(rng, n_in, n_out):
    return rng.standard_normal((n_in, n_out)) * np.sqrt(2 / (n_in + n_out))


def speaking(maps, gradient):
    return np.maximum((maps * gradient.mean(axis=(0, 1))).sum(axis=-1), 0)


def near(tolerance, *, last=-1, answers_count=True, above=True):
    """A warning with one thing changed."""

    def warns(losses, answers, classes):
        away = losses[last] - math.log(classes)
        same = len(set(answers)) == 1 or not answers_count
        return bool(-tolerance * math.log(classes) < away < (tolerance * math.log(classes) if above else 1e9)) and same

    return warns


RIGHT = [
    (lesson08.stack_then_pool, (12,)),
    (lesson08.field_of, (field,)),
    (lesson08.stack_against_large, (1_770_240, 3_211_520)),
    (lesson08.layer_work, (1_849_688_064, 102_760_448)),
    (lesson08.table_parameters, (count,)),
    (lesson08.fixed, (once, he)),
    (lesson08.fixed, (lambda images: images / 127.5 - 1, he)),
    (lesson08.fixed, (once, lambda rng, n_in, n_out: rng.uniform(-1, 1, (n_in, n_out)) * np.sqrt(6 / n_in))),
    (lesson08.speaking_map, (speaking,)),
    (lesson08.has_learnt_nothing, (guesses,)),
    (lesson08.mix_channels, (mix,)),
    (lesson08.mix_channels, (lambda m, k, b: np.einsum("hwc,ck->hwk", m, k).clip(-b) + b,)),
    (lesson08.own_column, (NARROW,)),
]
WRONG = [
    (lesson08.stack_then_pool, (10,), "two pixels apart"),
    (lesson08.stack_then_pool, (8,), "a 3×3 follows"),
    (lesson08.stack_then_pool, (99,), "start with 1"),
    (lesson08.field_of, (lambda chain: 1 + sum(side - 1 for side, _ in chain),), "each step is two pixels"),
    (lesson08.field_of, (lambda chain: sum(side for side, _ in chain),), "Two 3×3 see 5"),
    (lesson08.stack_against_large, (27 * 256**2, 49 * 256**2), "bias"),
    (lesson08.stack_against_large, (3_211_520, 1_770_240), "other way round"),
    (lesson08.stack_against_large, (1_770_240, None), "both"),
    (lesson08.stack_against_large, (30, 50), "256 channels"),
    (lesson08.stack_against_large, (1, 2), "side·side"),
    (lesson08.table_parameters, (lambda b, c: count(b, c, conv_biases=False, dense_biases=False),), "biases are miss"),
    (lesson08.table_parameters, (lambda b, c: count(b, c, dense_biases=False),), "9,192 too few: some layer's biases"),
    (lesson08.table_parameters, (lambda b, c: count(b, c) - 64,), "64 too few: some layer's biases"),
    (lesson08.table_parameters, (lambda b, c: count(b, c) - 1000,), "1,000 too few: some layer's biases"),
    (lesson08.table_parameters, (lambda b, c: count(b, c) - 11_944 + 11,), "Not one bias a layer"),
    (lesson08.table_parameters, (lambda b, c: float(count(b, c)),), "a whole number"),
    (lesson08.own_column, (HALVED,), "block 1 needs at least 64"),
    (lesson08.table_parameters, (lambda b, c: count(b, c, dense=False),), "dense layers are missing"),
    (lesson08.table_parameters, (lambda b, c: count(b, 1000),), "as many units"),
    (lesson08.table_parameters, (lambda b, c: 1,), "dense layers are missing"),
    (lesson08.table_parameters, (lambda b, c: "many",), "132,863,336"),
    (lesson08.has_learnt_nothing, (lambda losses, answers, classes: True,), "left ln 17"),
    (
        lesson08.has_learnt_nothing,
        (lambda losses, answers, classes: abs(losses[-1] - 2.8332) < 0.002,),
        "The answers differ",
    ),
    (lesson08.has_learnt_nothing, (lambda losses, answers, classes: len(set(answers)) == 1,), "it is 1.0"),
    (lesson08.has_learnt_nothing, (near(0.002, answers_count=False),), "The answers differ"),
    (lesson08.has_learnt_nothing, (lambda lo, an, c: near(0.002)(lo, an[:5], c),), "One answer of the six"),
    (lesson08.has_learnt_nothing, (lambda lo, an, c: near(0.002)(lo, an, 17),), "ln 10"),
    (lesson08.has_learnt_nothing, (lambda lo, an, c: abs(lo[-1] - math.log(c)) < 0.002 and len(set(an)) == 1,), "1000"),
    (lesson08.has_learnt_nothing, (near(0.2),), "1% below"),
    (lesson08.has_learnt_nothing, (near(0.005),), "0.3% below"),
    (lesson08.has_learnt_nothing, (near(0.0005),), "0.2%"),
    (lesson08.has_learnt_nothing, (near(0.002, last=0),), "it is 1.0"),
    (lesson08.has_learnt_nothing, (near(0.002, above=False),), "diverged"),
    (lesson08.has_learnt_nothing, (lambda losses, answers, classes: False,), "the notes' run"),
    (
        lesson08.has_learnt_nothing,
        (lambda lo, an, c: max(abs(v / math.log(c) - 1) for v in lo) < 0.002 and len(set(an)) == 1,),
        "it is at ln 17",
    ),
    (lesson08.layer_work, (36_864, 102_760_448), "224·224 places"),
    (lesson08.layer_work, (86_704_128, 102_760_448), "64 channels"),
    (lesson08.layer_work, (1_849_688_064, 102_764_544), "biases are added"),
    (lesson08.layer_work, (1_849_688_064, None), "both"),
    (lesson08.layer_work, (102_760_448, 1_849_688_064), "other way round"),
    (lesson08.layer_work, (1, 2), "numbers in times units"),
    (lesson08.fixed, (twice, he), "still divided twice"),
    (lesson08.fixed, (once, glorot), "weights fade"),
    (lesson08.fixed, (lambda images: images, he), "one division must stay"),
    (lesson08.fixed, (once, lambda rng, n_in, n_out: rng.standard_normal((n_in, n_out)) * 0.1), "too large"),
    (lesson08.fixed, (twice, lambda rng, n_in, n_out: 4 * he(rng, n_in, n_out)), "still divided twice"),
    (lesson08.fixed, (once, lambda rng, n_in, n_out: np.zeros(3)), "must return shape (192, 64)"),
    (lesson08.speaking_map, (lambda m, g: m @ g.mean(axis=(0, 1)),), "only what is positive"),
    (lesson08.speaking_map, (lambda m, g: np.maximum(m @ np.abs(g.mean(axis=(0, 1))), 0),), "sign matters"),
    (lesson08.speaking_map, (lambda m, g: np.maximum(m @ g.sum(axis=(0, 1)), 0),), "not its sum"),
    (lesson08.speaking_map, (lambda m, g: np.maximum((m * g).sum(axis=-1), 0),), "ONE weight"),
    (lesson08.speaking_map, (lambda m, g: np.maximum(m * g.mean(axis=(0, 1)), 0),), "One number a place"),
    (lesson08.mix_channels, (lambda m, k, b: m @ k + b,), "ReLU is missing"),
    (lesson08.mix_channels, (lambda m, k, b: np.maximum(m @ k, 0),), "bias is missing"),
    (lesson08.mix_channels, (lambda m, k, b: np.maximum(m @ k, 0) + b,), "before ReLU"),
    (lesson08.mix_channels, (lambda m, k, b: (m @ k + b).sum(axis=(0, 1)),), "(1, 2, 2)"),
    (lesson08.own_column, (VGG_TABLE["D"],), "15.47 billion"),
    (lesson08.own_column, (VGG_TABLE["A"],), "150 pixels"),
    (lesson08.own_column, (("3-64",),), "five texts"),
    (lesson08.own_column, (("4-64", "3-64", "3-128", "3-256", "3-256"),), "1 or 3"),
    (lesson08.own_column, (("3-32", "3-64", "3-128", "3-256", "11-256"),), "1 or 3"),
    (lesson08.own_column, (("3-64", "3-128 3-32", "3-256", "3-512", "3-512"),), "block 2 needs at least 128"),
    (lesson08.own_column, (("3x8", "3-8", "3-8", "3-8", "3-8"),), "five texts"),
    (lesson08.own_column, (7,), "five texts"),
]
STUBS = [
    (lesson08.stack_then_pool, (None,)),
    (lesson08.field_of, (lambda chain: ...,)),
    (lesson08.stack_against_large, (None, None)),
    (lesson08.table_parameters, (lambda blocks, classes: None,)),
    (lesson08.layer_work, (None, None)),
    (lesson08.has_learnt_nothing, (lambda losses, answers, classes: None,)),
    (lesson08.fixed, (twice, glorot)),
    (lesson08.fixed, (None, he)),
    (lesson08.speaking_map, (lambda maps, gradient: ...,)),
    (lesson08.mix_channels, (lambda maps, kernel, bias: ...,)),
    (lesson08.own_column, (None,)),
]


test_right_answer, test_wrong_answer, test_untouched_stub = exercise_tests(RIGHT, WRONG, STUBS)


def test_the_checks_know_the_table_of_the_package():
    assert {name: getattr(columns, name) for name in "ACD"} == {name: VGG_TABLE[name] for name in "ACD"}
    assert [columns.parameters(VGG_TABLE[name], 1000) for name in "ABCDE"] == [
        132_863_336,
        133_047_848,
        133_638_952,
        138_357_544,
        143_667_240,
    ]
    words = {
        name: [[tuple(map(int, w.split("-"))) for w in block.split()] for block in VGG_TABLE[name]] for name in "AD"
    }
    assert (columns.seen_by(words["D"]), columns.seen_by(words["A"])) == (212, 150)
    assert round(columns.work_of(words["D"]) / 1e9, 2) == 15.47
