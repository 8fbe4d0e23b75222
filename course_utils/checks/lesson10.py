"""Checks of lesson 10, ResNet: what blocks hand on, paths, a bottleneck, faults, squeeze and excite, a project."""

import math
import re

import numpy as np

from course_utils.checks.bottlenecks import bottleneck
from course_utils.checks.core import (
    Verdict,
    check_function,
    check_matching,
    check_value,
    failed,
    hints,
    is_blank,
    not_attempted,
    passed,
    shortened,
)

__all__ = ["bottleneck", "capstone", "diagnose", "hand_on", "paths", "projections", "squeeze_and_excite"]

BUDGET = 120.0  # processor seconds of the project
DEEP = 32  # trained kernels that the project asks for
# Test accuracy: three layers have 75 %; 5 points more are 2.5 standard errors of 450 images. Five trainings of the
# solution have 84 to 88 %, so 80 % stands well below the worst. And how far the expectation may be off.
PASS, EXCELLENT, HONEST = 0.75, 0.80, 0.10
FEWEST_WORDS, FEWEST_DIFFERENT = 25, 15
# The solution's network, trained without views, loses 19 points of its training patches by the other camera; trained on
# views, in seven ways, at most 4, and 8 to 14 between training and test patches through that camera.
CAMERA, BY_HEART = 0.10, 0.20
DIAGNOSES = ("degradation", "overfitting", "stale statistics", "healthy")
X, F = np.array([2.0, 0.0, 5.0]), np.array([-3.0, -1.0, 0.5])  # of exercise 1
BLOCKS = 15  # of exercise 2
LEFT_OVER = "An axis is left over: a map has height and width, and one number is to stay of both."


def hand_on(plain, residual) -> Verdict:
    """Exercise 1: what a plain and a residual block hand on, given x and F(x)."""
    right = (np.maximum(F, 0), np.maximum(X + F, 0))
    if is_blank(plain) != is_blank(residual):
        return failed("1", "give both answers, three numbers each.")
    return check_value(
        "1",
        (plain, residual),
        right,
        mistakes=[
            ((F, X + F), "both end in a ReLU."),
            ((right[0], X + F), "the plain one is right; the residual block ends in a ReLU, too."),
            ((F, right[1]), "the residual one is right; the plain block ends in a ReLU, too."),
            ((right[0], np.maximum(F, 0) + X), "the plain one is right; what is F(x) when it is added?"),
            ((right[0], np.maximum(X, 0) + np.maximum(F, 0)), "the plain one is right; add first, then the ReLU."),
            ((np.maximum(X, 0), right[1]), "the residual one is right; what do the layers of the plain block give?"),
            (right[::-1], "the other way round: the plain block comes first."),
            ((right[0], np.maximum(X - F, 0)), "the plain one is right; F(x) is added, not subtracted."),
            ((right[0], np.maximum(X * F, 0)), "the plain one is right; F(x) is added, not multiplied."),
            ((np.maximum(-F, 0), np.maximum(X + F, 0)), "the residual one is right; which numbers does a ReLU keep?"),
        ],
        hint="three numbers for each block, channel by channel, as in the example above.",
        praise="the 2 is lost in both, the 5 only in the plain one",
    )


def paths(every, left, through_two) -> Verdict:
    """Exercise 2: paths through fifteen residual blocks, without one of them, and through the layers of two."""
    right = (2**BLOCKS, 2 ** (BLOCKS - 1), math.comb(BLOCKS, 2))
    known = "the first two are right; "
    return check_value(
        "2",
        (every, left, through_two),
        right,
        mistakes=[
            ((2 * BLOCKS, 2 * BLOCKS - 2, right[2]), "at every block the ways multiply: draw two blocks, and count."),
            ((2 * BLOCKS, 2 * BLOCKS - 2, 2), "at every block the ways multiply: draw two blocks, and count."),
            ((2 ^ BLOCKS, 2 ^ (BLOCKS - 1), right[2]), "in Python a power is written 2**15."),
            ((BLOCKS**2, (BLOCKS - 1) ** 2, right[2]), "two ways at each of fifteen places: 2·2·2 …"),
            ((BLOCKS + 1, BLOCKS, right[2]), "those are the lengths a path can have; count the paths."),
            ((right[0] - 1, right[1] - 1, right[2]), "the path past all layers is a path, too."),
            ((right[0], right[0] - 1, right[2]), "the first and the last are right; how many paths used that block?"),
            ((right[0], right[0], right[2]), "the first and the last are right; paths through that block are gone."),
            ((*right[:2], BLOCKS * (BLOCKS - 1)), known + "first block 3, then block 7 is the same path as 7 and 3."),
            ((*right[:2], 2**2), known + "in how many ways can two of fifteen blocks be chosen?"),
            ((*right[:2], (BLOCKS - 1) * (BLOCKS - 2) // 2), known + "the two are chosen among all fifteen blocks."),
            ((*right[:2], BLOCKS**2), known + "a path cannot go through one block twice."),
            ((*right[:2], 2 ** (BLOCKS - 2)), known + "through exactly two: past all the others."),
            ((*right[:2], 1 + BLOCKS + right[2]), known + "exactly two, not at most two."),
        ],
        hint=_way_on((every, left, through_two), right),
        praise="one block less halves the paths; in a plain chain it leaves none",
    )


def _way_on(answers, right) -> str:
    """Return what to say of the first of the three numbers that is wrong."""
    hints = (
        "at each block a path has two ways, through the layers or past them.",
        "the first is right; a path that went past the missing block does not notice.",
        "the first two are right; how many pairs of two different blocks are there?",
    )
    return next(hint for hint, one, other in zip(hints, (*answers[:2], None), right, strict=True) if one != other)


def projections(answer) -> Verdict:
    """Exercise 4: trainable parameters that option B adds at widths 32, 64, 128, 256 (1×1 kernels, γ and β)."""
    kernels = 32 * 64 + 64 * 128 + 128 * 256
    return check_value(
        "4",
        answer,
        kernels + 2 * (64 + 128 + 256),
        mistakes=[
            (kernels, "those are the 1×1 kernels; a γ and a β for each new channel follow."),
            (kernels + (64 + 128 + 256), "batch norm trains two numbers, γ and β, for each *new* channel."),
            (kernels + 4 * (64 + 128 + 256), "the running mean and variance are not trained."),
            (9 * kernels + 2 * 448, "the projection is 1×1, not 3×3."),
            (kernels + 3 * (64 + 128 + 256), "batch norm follows, so the 1×1 convolutions have no biases."),
            (32**2 + kernels + 2 * 480, "in the first stage the shape stays: no projection."),
            (0, "that is option A."),
        ],
        hint="three changes of width; each costs old·new weights, and γ and β for the new channels.",
        praise="43,008 weights, and 896 for γ and β",
    )


def diagnose(fault) -> Verdict:
    """Exercise 5: name what four pairs of training and validation accuracy show."""
    return check_matching(
        "5",
        fault,
        {"A": "degradation", "B": "overfitting", "C": "stale statistics", "D": "healthy"},
        choices=DIAGNOSES,
        noun="training",
        hints={
            "A": "look at the training accuracy first, beside that of the network half as deep.",
            "B": "is the training accuracy as it should be? And how much of the first statistics is left at the end?",
            "C": "how much of the first mean and variance is left after so many steps? Compute a power.",
            "D": "compare both numbers, and then D with the others.",
        },
        praise="the training accuracy tells degradation from overfitting",
    )


def squeeze_and_excite(function) -> Verdict:
    """Exercise 6: ``function(maps, w1, w2)`` weighs each map by a number made from the means of all."""
    rng = np.random.default_rng(0)
    maps, w1, w2 = rng.normal(1, 2, (3, 4, 12)), rng.normal(size=(12, 3)), rng.normal(size=(3, 12))
    w1[:, 0] = np.abs(w1[:, 0]) / 4  # a hidden number that the ReLU keeps; it sets another one to 0

    def gates(squeezed, first, second, *, rectify=True, squash=True):
        hidden = squeezed @ first
        scores = (np.maximum(hidden, 0) if rectify else hidden) @ second
        return 1 / (1 + np.exp(-scores)) if squash else scores

    def right(maps, first, second):
        return maps * gates(maps.mean(axis=(0, 1)), first, second)

    means, scores = maps.mean(axis=(0, 1)), gates(maps.mean(axis=(0, 1)), w1, w2, squash=False)
    softmax = np.exp(scores) / np.exp(scores).sum()
    mistakes = [
        (gates(means, w1, w2), "Those are the twelve numbers; each map is multiplied by its own."),
        (maps * scores, "A sigmoid makes numbers from 0 to 1 of the scores."),
        (maps * softmax, "A softmax lets the channels compete; here each has a number of its own, by a sigmoid."),
        (maps * gates(means, w1, w2, rectify=False), "Between the two layers stands a ReLU."),
        (maps + gates(means, w1, w2), "The maps are multiplied by their numbers, not added to them."),
        (maps * gates(maps.max(axis=(0, 1)), w1, w2), "Squeeze by the mean, not the maximum."),
        (maps * gates(maps.sum(axis=(0, 1)), w1, w2), "Squeeze by the mean, not the sum."),
        (maps * gates(maps.mean(axis=0), w1, w2), LEFT_OVER),
        (maps * gates(maps.mean(axis=1), w1, w2)[:, None], LEFT_OVER),
        (maps * gates(maps, w1, w2), "Each place got numbers of its own: first make one mean of each map."),
        (maps * np.maximum(scores, 0), "The second layer ends in a sigmoid, not in a ReLU."),
        (maps * gates(np.maximum(means, 0), w1, w2), "The ReLU stands after the first layer, not before it."),
        (maps * np.tanh(scores), "A sigmoid, 1 / (1 + e^−s), gives 0 to 1; tanh gives −1 to 1."),
        (
            maps / (1 + np.exp(-(1 / (1 + np.exp(-means @ w1)) @ w2))),
            "The first layer ends in a ReLU, only the second in a sigmoid.",
        ),
        (maps * np.maximum(1 / (1 + np.exp(-means @ w1)) @ w2, 0), "ReLU and sigmoid have changed places."),
        (maps + right(maps, w1, w2), "That is the sum with the shortcut; here only the weighed maps are asked for."),
    ]
    known = hints(mistakes, "Mean of each map, w1, ReLU, w2, sigmoid; then each map times its number.")

    def advice(answer) -> str:
        if isinstance(answer, Exception):
            return _error_of_squeezing(str(answer))
        return known(answer) if np.shape(answer) in ((3, 4, 12), (12,)) else "The maps keep their shape, (3, 4, 12)."

    wide = rng.normal(1, 1, (5, 5, 6)), rng.normal(size=(6, 4)), rng.normal(size=(4, 6))
    cases = [((maps, w1, w2), right(maps, w1, w2), advice), (wide, right(*wide), "Any number of maps may come.")]
    return check_function("6", function, cases, praise="a block that listens to the whole image")


def _error_of_squeezing(told: str) -> str:
    """Return the hint on a squeeze-and-excite function that raises."""
    product = "matmul" in told or "aligned" in told
    if product and {12, 3} <= set(map(int, re.findall(r"\d+", told.split("signature")[-1]))):
        return "A row of C numbers meets a matrix (C, C/r): on which side of `@` does the row stand?"
    if "broadcast" in told:
        return LEFT_OVER
    return "Squeezing leaves one number for each map: over which axes is the mean taken?"


def capstone(model, project, camera, *, seconds, expected, defence) -> Verdict:
    """Exercise 7: a deep network for patches through another camera, judged on the test patches.

    The defence is counted in words and not read: it is for the reader's partner or teacher.

    Args:
        model: a trained `keras.Model` over raw pixels (N, 32, 32, 3) that returns probabilities (N, classes).
        project: training and test patches and their classes: ``x_train, y_train, x_test, y_test``.
        camera: ``camera(images, rng)`` shows patches as the other camera takes them.
        seconds: processor time from loading to the trained model, measured by the reader.
        expected: test accuracy the reader expects, in per cent.
        defence: why this network, in words.
    """
    if is_blank(model):
        return not_attempted("7")
    if not hasattr(model, "predict"):
        return failed("7", f"hand over the trained model itself (received {shortened(model)})")
    if (deep := trained_kernels(model)) < DEEP:
        return failed(
            "7",
            f"layers with trained kernels: {deep}; at least {DEEP} are asked for, and what is frozen does not count.",
        )
    if hint := _fault_of_report(seconds, expected, defence):
        return failed("7", hint)
    answers = np.asarray(model.predict(np.asarray(project.x_test), verbose=0))
    wanted = (len(project.y_test), int(np.max(project.y_test)) + 1)
    if answers.shape != wanted:
        return failed("7", f"for these images the answers must have shape {wanted}; yours have {answers.shape}.")
    if not np.isfinite(answers).all() or answers.min() < -1e-6 or not np.allclose(answers.sum(axis=1), 1, atol=1e-3):
        return failed("7", "each row of the answers must hold probabilities, with the sum 1: end with a softmax.")
    accuracy = float(np.mean(answers.argmax(axis=1) == project.y_test))
    if accuracy < PASS:
        asked = f"{_per_cent(PASS)} is asked for; you expected {_per_cent(float(expected) / 100)}."
        why = _why_low(model, project, camera, accuracy, float(seconds))
        return failed("7", f"{_per_cent(accuracy)} on the test patches, {asked} {why}")
    return _grade(accuracy, float(expected) / 100)


def trained_kernels(model) -> int:
    """Return how many layers with a kernel, convolutions and dense ones, are trained."""
    return sum(len(weight.shape) >= 2 for weight in model.trainable_weights)


def _per_cent(share: float) -> str:
    """Return a share as the page writes it: 75 %, 67.5 %."""
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def _why_low(model, project, camera, accuracy: float, seconds: float) -> str:
    """Say what a low test accuracy comes from: look at the training patches, as they are and through the camera."""
    labels = np.asarray(project.y_train)

    def right(images) -> float:
        return float(np.mean(np.asarray(model.predict(images, verbose=0)).argmax(axis=1) == labels))

    images = np.asarray(project.x_train)
    plain, through = right(images), right(camera(images, np.random.default_rng(0)))
    told = f"Of the training patches it knows {_per_cent(plain)}, through the other camera {_per_cent(through)}:"
    if plain - through > CAMERA:
        return f"{told} which camera took what it was trained on?"
    if through - accuracy > BY_HEART:
        return f"{told} it knows their regions by heart, and others not. More different views, or a smaller network?"
    return (
        f"{told} it has not learned enough. Was accuracy in training far higher? Then it knows a few views by heart, "
        "so show it more, or its batch norms lag (section 7). If not: more steps "
        f"(it took {seconds:.0f} of {BUDGET:.0f} seconds), another rate, shortcuts past every block."
    )


def _grade(accuracy: float, expected: float) -> Verdict:
    """Set an accuracy that is enough beside the upper bar and the expectation."""
    off = expected - accuracy
    told = f"{_per_cent(accuracy)} on the test patches, you expected {_per_cent(expected)}"
    if abs(off) > HONEST:
        kind = "kind" if off > 0 else "hard"
        more = "Few regions make a rough estimate: hold out others, and see how far it moves"
        return passed(
            "7", f"{told}: passed, {abs(100 * off):.0f} points off. Why was your validation so {kind}? {more}"
        )
    if accuracy < EXCELLENT:
        return passed("7", f"{told}: passed, with an honest expectation. Excellent begins at {_per_cent(EXCELLENT)}")
    return passed("7", f"{told}: excellent")


def _fault_of_report(seconds, expected, defence) -> str | None:
    """Say what is missing beside the model."""
    if is_blank(seconds):
        return "measure the seconds: the difference of two readings of time.process_time()."
    if float(seconds) <= 0:
        return f"seconds must be the reading after minus the reading before (received {shortened(seconds)})"
    if float(seconds) > BUDGET:
        return f"at most {BUDGET:.0f} processor seconds are allowed (received {shortened(seconds)})"
    if is_blank(expected) or not 1 < float(expected) <= 100:
        return f"say which test accuracy you expect, in per cent: 50, not 0.5 (received {shortened(expected)})"
    words = str(defence or "").lower().split()
    if len(words) < FEWEST_WORDS:
        return f"defend your choice in at least {FEWEST_WORDS} words: what, why, what else was tried ({len(words)})"
    if (different := len(set(words))) < FEWEST_DIFFERENT:
        return f"different words in your defence: {different}; say what, why, what else was tried."
    return None
