"""Checks of lesson 07: right answers pass, the usual mistakes get their hint, untouched stubs are not attempted."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from check_tools import exercise_tests

from course_utils import runtime
from course_utils.checks import lesson07, lesson07_further, towers
from course_utils.convolution import conv2d

keras = runtime.import_keras()

SIDE = lesson07.SIDE


def table(params=1_000_000, macs=100_000_000, classes=17, name="predictions"):
    row = SimpleNamespace(name="fc6", params=params, output_shape=(512,))
    return SimpleNamespace(
        params=params, macs=macs, rows=(row, SimpleNamespace(name=name, params=10, output_shape=(classes,)))
    )


def conv2():
    keras.utils.set_random_seed(0)
    layer = keras.layers.Conv2D(8, 5, padding="same", groups=2, activation="relu")
    layer.build((None, 9, 9, 6))
    return layer


def by_hand(maps, kernel, bias, *, first=(0, 0), second=(1, 1), order=1, padding="same", axis=-1):
    """Two convolutions; ``first`` and ``second`` say which half of the maps and of the filters each takes."""
    inputs, filters = maps.shape[-1] // 2, kernel.shape[-1] // 2

    def one(half, kernels):
        chosen = maps[..., half * inputs : (half + 1) * inputs]
        return conv2d(chosen, kernel[..., kernels * filters : (kernels + 1) * filters], padding=padding)

    return np.concatenate([one(*first), one(*second)][::order], axis=axis)


def build(maps, kernel, bias):
    return by_hand(maps, kernel, bias) + bias


def whole(maps, kernel, bias):
    return conv2d(maps, kernel, padding="same") + bias


def striped(maps, kernel, bias):
    order = np.r_[0 : maps.shape[-1] : 2, 1 : maps.shape[-1] : 2]
    return by_hand(maps[..., order], kernel, bias) + bias


def added(maps, kernel, bias):
    both = by_hand(maps, kernel, bias)
    return both[..., :4] + both[..., 4:] + bias[:4]


WRONG_TOWERS = [
    (lambda m, k, b: by_hand(m, k, b), "biases are missing"),
    (lambda m, k, b: np.maximum(build(m, k, b), 0), "before the ReLU"),
    (lambda m, k, b: by_hand(m, k, b, first=(1, 0), second=(0, 1)) + b, "maps of the other"),
    (lambda m, k, b: by_hand(m, k, b, second=(0, 1)) + b, "same half of the maps"),
    (lambda m, k, b: by_hand(m, k, b, second=(1, 0)) + b, "same half of the filters"),
    (lambda m, k, b: by_hand(m, k, b, order=-1) + b, "changed places"),
    (lambda m, k, b: by_hand(m, k, b, padding="valid") + b, "this convolution pads"),
    (lambda m, k, b: by_hand(m, k, b, axis=0) + b[:4], "not along the maps"),
    (lambda m, k, b: by_hand(m, k, b, axis=0) + b, "along axis -1"),
    (lambda m, k, b: by_hand(m, k, b) + b.mean(), "a bias of its own"),
    (lambda m, k, b: build(m, k, b) + b, "added twice"),
    (lambda m, k, b: by_hand(m, k, b) + np.tile(b[: len(b) // 2], 2), "each tower has biases"),
    (lambda m, k, b: by_hand(m, k, b) + np.tile(b[len(b) // 2 :], 2), "each tower has biases"),
    (striped, "every second one"),
    (added, "side by side"),
    (whole, "as many maps as its kernels"),
    (lambda m, k, b: m, "must have shape"),
    (lambda m, k, b: 2 * build(m, k, b), "which maps does filter 0"),
]


def version(image, top, left, mirror, shift):
    window = image[top : top + SIDE, left : left + SIDE]
    window = window[:, ::-1] if mirror else window
    return np.clip(window.astype(int) + shift, 0, 255).astype("uint8")


def plain(image, top, left, mirror, shift):
    return version(image, top, left, mirror, np.zeros(3, int))


def in_place(image, top, left, mirror, shift):
    window = image[top : top + SIDE, left : left + SIDE][:, :: -1 if mirror else 1]
    window += shift
    return window


def overwriting(image, top, left, mirror, shift):
    window = image[top : top + SIDE, left : left + SIDE]
    window[...] = np.clip(window.astype(int) + shift, 0, 255)
    return window[:, :: -1 if mirror else 1]


WRONG_VERSIONS = [
    (lambda i, t, c, m, s: version(i, c, t, m, s), "counts rows"),
    (lambda i, t, c, m, s: version(i, t, c, not m, s), "other value"),
    (lambda i, t, c, m, s: version(i, t, c, False, s)[:: -1 if m else 1], "on its head"),
    (lambda i, t, c, m, s: plain(i, t, c, m, s) + s.astype("uint8"), "other end"),
    (lambda i, t, c, m, s: plain(i, t, c, m, s).astype(int) + s, "pictures are uint8"),
    (lambda i, t, c, m, s: (plain(i, t, c, m, s) + s).astype("uint8"), "other end"),
    (plain, "have not changed"),
    (lambda i, t, c, m, s: version(i, t, c, m, s)[..., :: -1 if m else 1], "changed places"),
    (lambda i, t, c, m, s: version(i, t, c, m, s[::-1]), "red, green, blue"),
    (lambda i, t, c, m, s: version(i, t, c, m, -s), "may be negative"),
    (lambda i, t, c, m, s: version(i, t, c, m, s).astype(float), "uint8"),
    (lambda i, t, c, m, s: version(i, t, c, m, s)[:-1], "has shape"),
    (lambda i, t, c, m, s: version(i, t, c, m, np.full(3, s.mean())), "a number of its own"),
    (lambda i, t, c, m, s: version(i, t, c, m, s[0]), "a number of its own"),
    (lambda i, t, c, m, s: version(i, t, c, m, 2 * s), "added once"),
    (lambda i, t, c, m, s: version(i, t, c, m, 3 * s), "added once"),
    (overwriting, "work on a copy"),
    (lambda i, t, c, m, s: version(i, t, c, m, s) // 2, "wrong numbers"),
    (lambda i, t, c, m, s: version(i, t, c, False, s)[..., :: -1 if m else 1], "which axis holds the columns"),
    (lambda i, t, c, m, s: version(i[:, :: -1 if m else 1], t, c, False, s), "cut first"),
    (in_place, "cannot hold the sum"),
]


def grouped(size, inputs, filters, groups):
    return size * size * (inputs // groups) * filters + filters


def left(momentum, examples, batch_size, epochs):
    return momentum ** (math.ceil(examples / batch_size) * epochs)


def top_k(p, labels, k):
    best = np.argsort(-p, axis=1)[:, :k]
    return float(np.mean([label not in row for label, row in zip(labels, best, strict=True)]))


def ranked(p, labels):
    best = np.argsort(-p, axis=1)
    return [int(label != row[0]) for label, row in zip(labels, best, strict=True)]


def in_any_row(p, y, k):
    best = np.argsort(p, axis=1)[:, -k:]
    return float(np.mean([label not in best for label in y]))


def by_values(p, y, k):
    best = np.sort(p, axis=1)[:, -k:]
    return float(np.mean([label not in row for label, row in zip(y, best, strict=True)]))


def by_place(p, y, k):
    return float(np.mean(np.argsort(-p, axis=1)[:, k - 1] != y))


def without_last(p, y, k):
    return float(np.mean([label not in row for label, row in zip(y, np.argsort(-p)[:, : k - 1], strict=True)]))


def beyond(p, y, k):
    return float(np.mean([label not in row for label, row in zip(y, np.argsort(p)[:, -k + 1 :], strict=True)]))


WRONG_ERRORS = [
    (lambda p, y, k: 1 - top_k(p, y, k), "the share that is wrong"),
    (in_any_row, "not of any row"),
    (lambda p, y, k: top_k(-p, y, k), "begins with the smallest"),
    (lambda p, y, k: float(np.mean(p.argmin(axis=1) != y)), "begins with the smallest"),
    (lambda p, y, k: top_k(p, y, k + 1), "one guess more"),
    (lambda p, y, k: sum(y[n] not in np.argsort(-p, axis=0)[n, :k] for n in range(len(y))) / len(y), "along what"),
    (beyond, "does your slice keep"),
    (without_last, "a guess left"),
    (by_values, "with class numbers"),
    (lambda p, y, k: float(np.mean(1 - p[np.arange(len(y)), y])), "count images"),
    (lambda p, y, k: 100 * top_k(p, y, k), "per cent"),
    (lambda p, y, k: sum(ranked(p, y)), "So many images are wrong"),
    (lambda p, y, k: len(y) - sum(ranked(p, y)), "So many images are right"),
    (lambda p, y, k: ranked(p, y), "One number for all"),
    (lambda p, y, k: [1 - wrong for wrong in ranked(p, y)], "the wrong ones count"),
    (lambda p, y, k: float(np.mean(p.argmax(axis=1) != y)), "where does k come in"),
    (by_place, "the second guess alone"),
    (lambda p, y, k: top_k(p, y, k) if k < 2 else 1 - top_k(p, y, k), "whichever of them"),
    (lambda p, y, k: top_k(p, y, min(k, 2)), "as many guesses as classes"),
    (lambda p, y, k: top_k(p, y, k) * len(y) / 6, "you are given"),
    (lambda p, y, k: p[:, 99], "a row for each image"),
    (lambda p, y, k: 7.0, "most probable class of each image"),
]
SOUND = {"A": "against memorising", "B": "nothing", "C": "more epochs"}
RIGHT = [
    (lesson07.windows_in_a_row, (55, 43, 15)),
    (lesson07.two_towers, (build, conv2())),
    (lesson07.cheap_and_busy, (table(),)),
    (lesson07.augmented, (version,)),
    (lesson07.advice, (SOUND,)),
    (lesson07.start_left, (left,)),
    (lesson07.top_k_error, (top_k,)),
    (lesson07_further.lrn_by_hand, (4 / 11,)),
    (lesson07_further.lrn_by_hand, (0.364,)),
    (lesson07_further.grouped_parameters, (grouped,)),
]
WRONG = [
    (lesson07.windows_in_a_row, (54, 42, 14), "those are steps"),
    (lesson07.windows_in_a_row, (55, 42, 15), "not steps"),
    (lesson07.windows_in_a_row, (55, 44, 15), "must fit whole"),
    (lesson07.windows_in_a_row, (56, 44, 16), "round down"),
    (lesson07.windows_in_a_row, (55.25, 43.25, 15.75), "round down"),
    (lesson07.windows_in_a_row, (55, 43, 16), "left out"),
    (lesson07.windows_in_a_row, (56, 43, 15), "the first: a window that does not fit"),
    (lesson07.windows_in_a_row, (54, 43, 16), "the third: round down"),
    (lesson07.windows_in_a_row, (57, 45, 17), "subtract its size"),
    (lesson07.windows_in_a_row, (58, 46, 18), "subtract its size"),
    (lesson07.windows_in_a_row, (54, 43, 14), "row longer"),
    (lesson07.windows_in_a_row, (54, 43, 15), "the first"),
    (lesson07.windows_in_a_row, (55, 43, 14), "the third"),
    (lesson07.windows_in_a_row, (55, 43, None), "all 3 numbers"),
    (lesson07.windows_in_a_row, (1, 2, 3), "last window begin"),
    (lesson07.windows_in_a_row, ("55", "43", "15"), "write numbers"),
    *[(lesson07.two_towers, (function, conv2()), hint) for function, hint in WRONG_TOWERS],
    (lesson07.cheap_and_busy, (table(params=4_000_000),), "fc6 has the most"),
    (lesson07.cheap_and_busy, (table(params=4_000_000),), "which keeps the work?"),
    (lesson07.cheap_and_busy, (table(params=5_100_000, macs=214_000_000),), "3.6 times what is asked for"),
    (lesson07.cheap_and_busy, (None, 50), "below 67 pixels"),
    (lesson07.cheap_and_busy, (table(macs=10_000_000),), "adds work and few"),
    (lesson07.cheap_and_busy, (table(params=889_993, macs=55_600_000),), "2,110,007 parameters are still to spare"),
    (lesson07.cheap_and_busy, (table(classes=1000),), "classes=17"),
    (lesson07.cheap_and_busy, (0.25,), "anatomy.describe"),
    *[(lesson07.augmented, (function,), hint) for function, hint in WRONG_VERSIONS],
    (lesson07.advice, (SOUND | {"A": "more epochs"},), "what is left to learn"),
    (lesson07.advice, (SOUND | {"A": "another rate"},), "what is left to learn"),
    (lesson07.advice, (SOUND | {"B": "against memorising"},), "on which pictures"),
    (lesson07.advice, (SOUND | {"B": "more epochs"},), "last 30 epochs"),
    (lesson07.advice, (SOUND | {"B": "another rate"},), "have other rates brought"),
    (lesson07.advice, (SOUND | {"A": "nothing"},), "such a gap smaller"),
    (lesson07.advice, (SOUND | {"C": "nothing"},), "last epoch"),
    (lesson07.advice, (SOUND | {"C": "against memorising"},), "known by heart"),
    (lesson07.advice, (SOUND | {"C": "another rate"},), "had the same time"),
    (lesson07.advice, (SOUND | {"C": None},), "no answer yet"),
    (lesson07.advice, (SOUND | {"C": "luck"},), "choose from"),
    (lesson07.advice, ("nothing",), "keys A, B and C"),
    (lesson07.start_left, (lambda m, n, b, e: m ** (n // b * e),), "smaller one counts"),
    (lesson07.start_left, (lambda m, n, b, e: m ** math.ceil(n * e / b),), "smaller batch of its own"),
    (lesson07.start_left, (lambda m, n, b, e: m ** math.ceil(n / b),), "5 epochs"),
    (lesson07.start_left, (lambda m, n, b, e: left(m, n, max(b, 50), e),), "136 batches"),
    (lesson07.start_left, (lambda m, n, b, e: 1 - left(m, n, b, e),), "was replaced"),
    (lesson07.start_left, (lambda m, n, b, e: m**e,), "one step"),
    (lesson07.start_left, (lambda m, n, b, e: m * n,), "Two batches"),
    (lesson07.start_left, (lambda m, n, b, e: m * math.ceil(n / b) * e,), "what the one before has left"),
    (lesson07.start_left, (lambda m, n, b, e: (1 - m) ** (math.ceil(n / b) * e),), "multiplied in each"),
    (lesson07.start_left, (lambda m, n, b, e: 100 * left(m, n, b, e),), "per cent"),
    (lesson07.start_left, (lambda m, n, b, e: round(left(m, n, b, e), 2),), "rounded"),
    (lesson07.start_left, (lambda m, n, b, e: math.ceil(n / b) * e,), "So many steps"),
    *[(lesson07.top_k_error, (function,), hint) for function, hint in WRONG_ERRORS],
    (lesson07_further.lrn_by_hand, (0.36,), "right so far"),
    (lesson07_further.lrn_by_hand, (4 / 21,), "alpha multiply"),
    (lesson07_further.lrn_by_hand, (4 / 9,), "neighbours belong to the sum"),
    (lesson07_further.lrn_by_hand, (4 / (1 + 0.5 / 3 * 20),), "not divided by n"),
    (lesson07_further.lrn_by_hand, (4 / 29,), "not all channels"),
    (lesson07_further.lrn_by_hand, (4 / 3,), "itself belongs"),
    (lesson07_further.lrn_by_hand, (0.4,), "k belongs"),
    (lesson07_further.lrn_by_hand, (1.0,), "square the values"),
    (lesson07_further.lrn_by_hand, (11,), "divisor"),
    (lesson07_further.lrn_by_hand, ("4/11",), "write numbers"),
    (lesson07_further.lrn_by_hand, (99.0,), "which squares"),
    (lesson07_further.grouped_parameters, (lambda s, i, f, g: s * s * i * f + f,), "sees 48 maps"),
    (lesson07_further.grouped_parameters, (lambda s, i, f, g: s * s * i * f // g,), "a bias"),
    (lesson07_further.grouped_parameters, (lambda s, i, f, g: (s * s * i * f + f) // g,), "one bias"),
    (
        lesson07_further.grouped_parameters,
        (lambda s, i, f, g: s * s * (i // g) * (f // g) + f,),
        "still 256 filters",
    ),
    (lesson07_further.grouped_parameters, (lambda s, i, f, g: s**2 * i / g * f + f,), "a whole number"),
]
UNTOUCHED = [
    (lesson07.windows_in_a_row, (None, None, None)),
    (lesson07.two_towers, (lambda maps, kernel, bias: ..., conv2())),
    (lesson07.cheap_and_busy, (None,)),
    (lesson07.cheap_and_busy, (None, None)),
    (lesson07.cheap_and_busy, (None, 99)),
    (lesson07.augmented, (lambda image, top, left, mirror, shift: ...,)),
    (lesson07.advice, ({"A": None, "B": None, "C": None},)),
    (lesson07.start_left, (lambda momentum, examples, batch_size, epochs: None,)),
    (lesson07.top_k_error, (lambda probabilities, labels, k: None,)),
    (lesson07_further.lrn_by_hand, (None,)),
    (lesson07_further.grouped_parameters, (lambda size, inputs, filters, groups: ...,)),
]


test_right_answer, test_wrong_answer, test_untouched_stub, test_forgotten_return = exercise_tests(
    RIGHT, WRONG, UNTOUCHED
)


def test_the_towers_are_those_of_a_grouped_layer_and_leave_it_as_it_was():
    layer = conv2()
    before, draw = layer.get_weights(), np.random.default_rng(1)
    maps, bias = draw.normal(size=(7, 7, 6)).astype("float32"), draw.normal(size=8).astype("float32")
    made = towers.by_layer(layer, maps, bias)
    np.testing.assert_allclose(made, towers.right(maps, before[0], bias), atol=1e-4)
    assert layer.activation is keras.activations.relu
    assert all(np.array_equal(a, b) for a, b in zip(before, layer.get_weights(), strict=True))


@pytest.mark.parametrize("check", [lesson07.two_towers, lesson07.augmented])
def test_a_first_failure_does_not_tell_the_answer(check):
    wrong = {lesson07.two_towers: (lambda m, k, b: m, conv2()), lesson07.augmented: (lambda i, t, c, m, s: i,)}
    message = check(*wrong[check]).message
    assert not any(word in message for word in ("concatenate", "[:, ::-1]", "clip", "astype"))


def test_numbers_of_the_checks_are_those_of_the_networks():
    from course_utils import anatomy, models

    two = anatomy.describe(models.alexnet)
    assert [two[name].params for name in ("conv2", "conv3", "conv4")] == [
        grouped(5, 96, 256, 2),
        grouped(3, 256, 384, 1),
        grouped(3, 384, 384, 2),
    ]
    for side, windows in ((224, 54), (228, 55), (180, 43), (70, 15)):
        shape = (max(side, 67), max(side, 67), 3)
        assert anatomy.describe(models.alexnet, input_shape=shape)["conv1"].output_shape[0] == windows


def test_design_exercise_has_a_solution_and_the_obvious_try_fails():
    from course_utils import anatomy, models

    def described(side, width):
        settings = {"input_shape": (side, side, 3), "classes": 17, "width": width}
        return anatomy.describe(models.alexnet, variant="single_tower", **settings)

    assert lesson07.cheap_and_busy(described(195, 0.25)).passed is True
    assert lesson07.cheap_and_busy(described(227, 1.0)).passed is False
    assert lesson07.cheap_and_busy(described(99, 0.25)).passed is False
