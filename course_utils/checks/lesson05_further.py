"""Checks of lesson 05's further pages: passes over a folder, odd or even, a network's own pixels."""

import contextlib

import numpy as np

from course_utils.checks.core import Verdict, check_function, check_value, failed, hints

BGR_MEAN = np.array([103.939, 116.779, 123.68])


def even(function) -> Verdict:
    """Exercise A: ``function(labels)`` gives 1 for even and 0 for odd, and leaves its argument alone."""
    first = hints([([1, 0, 0, 1, 1], "That is odd = 1; even shall be 1.")], "What is left of an even digit, halved?")
    cases = [
        ((np.array([5, 0, 4, 1, 9]),), [0, 1, 1, 0, 0], first),
        (([5, 0, 4, 1, 9],), [0, 1, 1, 0, 0], "A list must do as well: np.asarray makes an array of it."),
        ((np.array([[2, 3], [7, 8]]),), [[1, 0], [0, 1]], "Any shape: write it without a loop, or keep the shape."),
    ]
    verdict = check_function("A", function, cases, praise="pure: called twice, it says the same twice")
    if verdict.passed is None or not callable(function):
        return verdict
    for kind, given in (("array", np.array([5, 0, 4, 1, 9])), ("list", [5, 0, 4, 1, 9])):
        if _changes(function, given):
            return failed(
                "A", f"the {kind} that was handed over has changed: a second call would read 0 and 1. Make a new array."
            )
    if not verdict.passed:
        return verdict
    shared = np.array([4, 5], "uint8")
    if np.shares_memory(function(shared), shared):
        return failed("A", "the answer shares its memory with the labels. Make a new array.")
    return verdict


def _changes(function, given) -> bool:
    """Return True when a call changes what is handed over, whatever it answers or raises."""
    before = np.array(given)
    with contextlib.suppress(Exception):  # the verdict tells of it
        function(given)
    return not np.array_equal(given, before)


def prepared(function) -> Verdict:
    """Exercise B: VGG's preprocessing without changing what is given, ``function(images)``."""
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
    verdict = check_function("B", function, cases, praise="the same numbers as Keras, and the images are as they were")
    if not verdict.passed:
        return verdict
    for kind in ("float64", "float32"):  # np.asarray(images, "float32") copies the one and not the other
        given = images.astype(kind)
        if _changes(function, given):
            return failed(
                "B",
                f"the answer is right, but {kind} images that were handed over have changed: −= changes them, "
                "and a view or np.asarray makes no copy.",
            )
    return verdict


def passes(answer) -> Verdict:
    """Exercise C: 5 steps of 32 images from a folder of 337, as passes over the folder."""
    return check_value(
        "C",
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
