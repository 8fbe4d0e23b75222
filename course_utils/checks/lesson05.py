"""Checks of lesson 05, transfer learning."""

import contextlib
import functools
import math

import numpy as np

from course_utils.checks.core import (
    Verdict,
    check_function,
    check_matching,
    check_value,
    failed,
    hints,
    same,
)

PLANS = ("use as it is", "frozen base", "fine-tune", "from scratch")
BGR_MEAN = np.array([103.939, 116.779, 123.68])


def trainable(answer) -> Verdict:
    """Exercise 1: 1,280 pooled features of a frozen base, a softmax over 17 classes."""
    return check_value(
        "1",
        answer,
        21_777,
        mistakes=[
            (21_760, "those are the weights; each of the 17 units has a bias too."),
            (431_985, "that counts the frozen base as well."),
            (410_208, "that is the base, and it is frozen."),
            (431_968, "the base is frozen, and 17 biases are missing."),
            (21_761, "not one bias for all: one for each unit."),
            (49 * 21_760 + 17, "that is the flattened head; averaging leaves one number a map."),
        ],
        hint="only the head is trained: 1,280 numbers go into each of 17 units.",
        praise="1,280·17 + 17; a twentieth of the network, and all there is to overfit with",
    )


def passes(answer) -> Verdict:
    """Exercise 2: 5 steps of 32 images from a folder of 337, as passes over the folder."""
    return check_value(
        "2",
        answer,
        5 * 32 / 337,
        rounded=0.0126,  # 0.47 and 0.48
        mistakes=[
            (0.5, "one digit is not enough: give two."),
            (5 / 11, "a pass ends with a smaller step: count images, not steps."),
            (337 / 160, "turn it over: images drawn over images there are."),
            (160.0, "those are the images drawn; how many are there?"),
            (337 / 32, "those are the steps that one pass needs."),
            (11, "those are the steps that one pass needs, the last one smaller."),
            (5 / 337, "each step draws 32 images."),
            (47.5, "that is the percentage; how many passes?"),
        ],
        hint="how many images are drawn in an epoch, and how many are there?",
        praise="0.475: less than half of the images are seen in an epoch",
    )


def even(function) -> Verdict:
    """Exercise 3: ``function(labels)`` gives 1 for even and 0 for odd, and leaves its argument alone."""
    first = hints([([1, 0, 0, 1, 1], "That is odd = 1; even shall be 1.")], "What is left of an even digit, halved?")
    cases = [
        ((np.array([5, 0, 4, 1, 9]),), [0, 1, 1, 0, 0], first),
        (([5, 0, 4, 1, 9],), [0, 1, 1, 0, 0], "A list must do as well: np.asarray makes an array of it."),
        ((np.array([[2, 3], [7, 8]]),), [[1, 0], [0, 1]], "Any shape: write it without a loop, or keep the shape."),
    ]
    verdict = check_function("3", function, cases, praise="pure: called twice, it says the same twice")
    if verdict.passed is None or not callable(function):
        return verdict
    for kind, given in (("array", np.array([5, 0, 4, 1, 9])), ("list", [5, 0, 4, 1, 9])):
        if _changes(function, given):
            return failed(
                "3", f"the {kind} that was handed over has changed: a second call would read 0 and 1. Make a new array."
            )
    if not verdict.passed:
        return verdict
    shared = np.array([4, 5], "uint8")
    if np.shares_memory(function(shared), shared):
        return failed("3", "the answer shares its memory with the labels. Make a new array.")
    return verdict


def _changes(function, given) -> bool:
    """Return True when a call changes what is handed over, whatever it answers or raises."""
    before = np.array(given)
    with contextlib.suppress(Exception):  # the verdict tells of it
        function(given)
    return not np.array_equal(given, before)


def summed(function) -> Verdict:
    """Exercise 4: ``function(probabilities)`` (N, 10) → probability of an even digit (N,)."""
    first = np.array([[0.1, 0.2, 0.3, 0.05, 0.05, 0.1, 0.1, 0.02, 0.03, 0.05]])
    tie = np.array([[0.30, 0.28, 0.0, 0.22, 0.0, 0.2, 0.0, 0.0, 0.0, 0.0], np.eye(10)[8]])
    decided = "That is the parity of the likeliest digit, or its decision; the probability is asked for."
    mistakes = [
        (0.58, "One number an image: sum over axis 1 alone."),
        ([0.42], "That is the probability of odd."),
        ([1.0], decided),
        (1.0, decided),
    ]
    cases = [
        ((first,), first[:, ::2].sum(axis=1), hints(mistakes, "Which columns belong to even digits?")),
        ((tie,), [0.30, 1.0], "0 is the likeliest single digit, yet odd digits together have 0.70. Add them up."),
    ]
    return check_function("4", function, cases, praise="no training, and better than the notes' frozen head")


def prepared(function) -> Verdict:
    """Exercise 5: VGG's preprocessing without changing what is given, ``function(images)``."""
    images = np.array([[[[0.0, 128.0, 255.0]]]])
    right = images[..., ::-1] - BGR_MEAN
    mistakes = [
        (images - BGR_MEAN, "The channels are still red, green, blue: turn the last axis round."),
        (images - BGR_MEAN[::-1], "The means fit, but VGG wants blue first."),
        (images[..., ::-1] - BGR_MEAN[::-1], "After turning round, blue comes first: so does its mean, 103.939."),
        (images[..., ::-1], "Subtract the means 103.939 (blue), 116.779 (green), 123.68 (red)."),
        (images / 127.5 - 1, "That is Inception's and MobileNet's preprocessing."),
        (images[:, :, ::-1] - BGR_MEAN, "That turns the columns round: the channels are the last axis."),
    ]
    cases = [
        ((images,), right, hints(mistakes, "First blue, green, red; then minus 103.939, 116.779, 123.68.")),
        ((images.astype("uint8"),), right, "Bytes must do as well: bytes cannot be negative, so make floats first."),
    ]
    verdict = check_function("5", function, cases, praise="the same numbers as Keras, and the images are as they were")
    if not verdict.passed:
        return verdict
    for kind in ("float64", "float32"):  # np.asarray(images, "float32") copies the one and not the other
        given = images.astype(kind)
        if _changes(function, given):
            return failed(
                "5",
                f"the answer is right, but {kind} images that were handed over have changed: −= changes them, "
                "and a view or np.asarray makes no copy.",
            )
    return verdict


def wilson(function) -> Verdict:
    """Exercise 6: Wilson's 95% interval, ``function(right, images)`` → (low, high)."""
    cases = [
        ((58, 59), wilson_interval(58, 59), _wilson_hint),
        ((540, 600), wilson_interval(540, 600), "Ten times the images make the interval about a third as wide."),
        ((59, 59), wilson_interval(59, 59), "Even with no mistake at all the true share may be below 1."),
    ]
    if not callable(function):
        return check_function("6", function, cases)

    @functools.wraps(function)
    def to_four_digits(right, images):  # z = 1.96 is as good as 1.959964
        answer, exact = function(right, images), wilson_interval(right, images)
        return exact if same(answer, exact, tolerance=1e-4) else answer

    return check_function("6", to_four_digits, cases, praise="58 of 59 may be a network of 91%")


def wilson_interval(right: int, images: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """Return Wilson's interval for a share, 95% by default (E. B. Wilson, 1927)."""
    share, weight = right / images, z * z / images
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * math.sqrt(share * (1 - share) / images + weight / (4 * images))
    return middle - half, middle + half


def _wilson_hint(came_out) -> str:
    share = 58 / 59
    simple = 1.959963984540054 * math.sqrt(share * (1 - share) / 59)
    if same(came_out, (share - simple, share + simple), tolerance=1e-3):
        return "That is share ± 1.96·√(share·(1 − share)/n); it goes beyond 1 here, which no share can."
    if np.shape(came_out) != (2,):
        return "Return two numbers, low and high."
    low, high = wilson_interval(58, 59)
    if same(came_out, (100 * low, 100 * high), tolerance=1e-3):
        return "Right in per cent; shares are asked for, from 0 to 1."
    if same(came_out, (high, low), tolerance=1e-3):
        return "The other way round: low first."
    if same(came_out, ((low + high) / 2, (high - low) / 2), tolerance=1e-2):
        return "That is the middle and half the width; low is middle − half, high is middle + half."
    if same(came_out, (low, high), tolerance=5e-3):
        return "Nearly: use z = 1.96."
    return "With s = right/n and w = z²/n: middle (s + w/2)/(1 + w), half z/(1 + w)·√(s(1 − s)/n + w/(4n))."


def plan(answer) -> Verdict:
    """Exercise 7: which use of a trained network fits each of four situations."""
    return check_matching(
        "7",
        answer,
        {"A": "use as it is", "B": "frozen base", "C": "fine-tune", "D": "from scratch"},
        choices=PLANS,
        noun="situation",
        hints={
            "A": "its answers contain yours: what did the sum over the even digits need?",
            "B": "120 labels: how many weights can they hold in check?",
            "C": "enough labels to move many weights, and a base that knows neighbouring things.",
            "D": "what would the features of photographs be good for, and is there any lack of labels?",
        },
        praise="labels, and nearness of the tasks: those two decide",
    )
