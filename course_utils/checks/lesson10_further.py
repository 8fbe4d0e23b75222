"""Checks of lesson 10's further pages: shortcut A, weights of a bottleneck, a schedule, an eraser."""

import numpy as np

from course_utils.checks.core import (
    Verdict,
    called,
    check_function,
    check_value,
    failed,
    passed,
    same,
    shortened,
)

RATES = (  # index of the epoch, its rate, hint
    (0, 1e-3, "The schedule begins with 1e-3."),
    (79, 1e-3, "The first 80 epochs have the indices 0 to 79."),
    (80, 1e-4, "The first 80 epochs have the indices 0 to 79: at which index does the first drop come?"),
    (120, 1e-5, "After 120 epochs: index 120."),
    (160, 1e-6, "After 160 epochs: index 160."),
    (179, 1e-6, "The last drop comes after 180 epochs."),
    (180, 5e-7, "After 180 epochs 5e-7."),
    (199, 5e-7, "It stays at 5e-7 to the end."),
)


def option_a(function) -> Verdict:
    """Exercise A: ``function(x, filters)`` halves the resolution; half of the new channels come before, half after."""
    x = np.arange(1.0, 1 + 2 * 4 * 6 * 2).reshape(2, 4, 6, 2)

    def advice(answer) -> str:
        shape = np.shape(answer)
        if shape == (2, 4, 6, 6):
            return "Every second row and every second column only."
        if shape != (2, 2, 3, 6):
            return "The shape should be (2, 2, 3, 6): half the rows and columns, six channels."
        if same(np.asarray(answer)[..., :2], x[:, ::2, ::2]):
            return "The old channels stand in the middle: half of the zeros before them, half after."
        return "Take rows and columns 0, 2, 4 …; the new channels are 0."

    cases = [
        ((x, 6), np.pad(x[:, ::2, ::2], [(0, 0)] * 3 + [(2, 2)]), advice),
        ((x[:, :, :, :1], 3), np.pad(x[:, ::2, ::2, :1], [(0, 0)] * 3 + [(1, 1)]), "It must work for any width."),
    ]
    return check_function("A", function, cases, praise="no parameters, and what was read arrives unchanged")


def bottleneck_weights(answer) -> Verdict:
    """Exercise B: weights of a bottleneck at 512 channels with 128 in the middle, no biases, batch norm not counted."""
    return check_value(
        "B",
        answer,
        278_528,
        mistakes=[
            (2 * 9 * 512**2, "that is the basic block at this width: seventeen times as many."),
            (512 * 128 + 9 * 128**2, "the 1×1 that widens again is missing."),
            (9 * (512 * 128 + 128**2 + 128 * 512), "only the middle kernel is 3×3; the outer two are 1×1."),
            (512 * 128 + 9 * 128 + 128 * 512, "the 3×3 reaches through all 128 maps: 3·3·128·128."),
            (278_528 + 128 + 128 + 512, "there are no biases: batch norm follows each convolution."),
            (278_528 + 2 * 768, "γ and β were not asked for: the weights of the three convolutions alone."),
        ],
        hint="add 1·1·512·128, 3·3·128·128 and 1·1·128·512.",
        praise="65,536 + 147,456 + 65,536",
    )


def schedule(function) -> Verdict:
    """Exercise C: ``function(index)`` is the rate of the epoch with that index, counted from 0."""
    name = getattr(function, "__name__", "your function")
    for index, expected, advice in RATES:
        rate, verdict = called("C", function, (index,), name=f"{name}({index})")
        if verdict and (index == 0 or verdict.attempted):
            return verdict
        # rates are far below the usual tolerance of a comparison, so they are compared as a ratio
        if not isinstance(rate, (int, float, np.number)) or not same(rate / expected, 1.0):
            shown = f"{rate:.3g}" if isinstance(rate, (float, np.floating)) else shortened(rate)
            return failed("C", f"{name}({index}) gave {shown}, expected {expected:.0e}. {_slip(index, rate) or advice}")
    return passed("C", "each drop where it was meant to be")


def _slip(index: int, rate) -> str | None:
    """Say what went wrong where several conditions hold at once."""
    if not isinstance(rate, (int, float, np.number)) or index < 120:
        return None
    factors = [factor for start, factor in ((80, 1e-1), (120, 1e-2), (160, 1e-3), (180, 5e-4)) if index >= start]
    if same(rate / (1e-3 * np.prod(factors)), 1.0):
        return "The factors pile up: each one is meant to multiply the first rate."
    if same(rate / 1e-4, 1.0):
        return "From index 80 on the first drop wins: in which order are your conditions asked?"
    return None


def erase(function) -> Verdict:
    """Exercise D: ``function(image, top, left, height, width, rng)`` returns a copy with a rectangle of noise."""
    for low, high, channels in ((-124, 151, 3), (-1, 1, 1)):
        image = np.random.default_rng(1).uniform(low, high, (16, 16, channels)).astype("float32")
        given, answers = image.copy(), []
        for seed in (0, 0, 1):
            call = f"on an image of shape {image.shape}, erase(image, 2, 3, 8, 6, rng)"
            rng = np.random.default_rng(seed)
            answer, verdict = called("D", function, (given, 2, 3, 8, 6, rng), name=call, copy=False)
            if verdict:
                return verdict
            answers.append(np.array(answer))
        hint = _fault_of_eraser(image, given, answers)
        if hint:
            return failed("D", hint)
    return passed("D", "noise in the range of the data, on a copy")


def _fault_of_eraser(image, given, answers) -> str | None:
    """Say what is wrong with three erased copies, the first two made with the same seed."""
    answer = answers[0]
    if answer.shape != image.shape:
        return f"the image keeps its shape {image.shape}; yours is {answer.shape}."
    if not np.array_equal(given, image):
        return "the image that was handed in has changed: work on a copy."
    outside = np.ones(image.shape, bool)
    outside[2:10, 3:9] = False
    if not np.allclose(answer[outside], image[outside]):
        return "pixels outside rows 2 to 9 and columns 3 to 8 have changed."
    inside, low, high = answer[2:10, 3:9], image.min(), image.max()
    if np.allclose(inside, image[2:10, 3:9]):
        return "nothing was erased."
    span = high - low
    if inside.min() < low - 0.01 * span or inside.max() > high + 0.01 * span:
        return f"the noise leaves the range of the data, {low:.3g} to {high:.3g}."
    if np.ptp(inside) == 0:
        return "the patch has one value everywhere; noise was asked for."
    if np.ptp(inside) < 0.5 * span:
        return f"the noise spans only {np.ptp(inside):.3g}, and the data {span:.3g}: next to them it is nearly flat."
    if inside.shape[-1] > 1 and np.allclose(np.ptp(inside, axis=-1), 0):
        return "the noise is grey: draw a value for each channel."
    if not np.array_equal(answer, answers[1]):
        return "the same seed must give the same noise: draw it from rng."
    if np.array_equal(answer, answers[2]):
        return "another seed must give other noise: draw it from rng."
    return None
