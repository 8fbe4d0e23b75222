"""AlexNet by hand."""

import numpy as np

from course_utils.questions.core import Question, pick, whole


def first_layer(rng) -> Question:
    """Ask for the side of the first map."""
    side, kernel, stride = pick(rng, (99, 163, 227, 227 + 32)), pick(rng, (7, 11)), pick(rng, (2, 4))
    text = f"A {side}×{side} picture, kernels of {kernel}×{kernel}, stride {stride}, no padding. How wide are the maps?"
    return Question(text, (side - kernel) // stride + 1, f"⌊({side} − {kernel}) / {stride}⌋ + 1.")


def towers(rng) -> Question:
    """Ask for the parameters of a grouped convolution."""
    into, out, side, groups = pick(rng, (64, 96, 256)), pick(rng, (128, 256, 384)), pick(rng, (3, 5)), 2
    answer = out * (side * side * into // groups + 1)
    text = (
        f"{into} maps in, {out} maps out, {side}×{side} kernels in two groups that do not see each other, one bias a "
        "map. How many parameters?"
    )
    return Question(text, answer, f"{out} · ({side}·{side}·{into // groups} + 1): each map sees half of the maps.")


def overlapping(rng) -> Question:
    """Ask for the side after an overlapping pooling."""
    side = 2 * whole(rng, 6, 30) + 1
    text = f"Max pooling of 3×3 with stride 2 on maps of {side}×{side}, no padding. How wide are the maps after it?"
    return Question(text, (side - 3) // 2 + 1, f"⌊({side} − 3) / 2⌋ + 1; neighbouring windows share a row.")


def neighbours(rng) -> Question:
    """Ask for a response normalization."""
    values, alpha = 10 * whole(rng, 0, 5, 5), pick(rng, (0.001, 0.01))
    divisor = (2 + alpha * float((values.astype(float) ** 2).sum())) ** 0.75
    text = (
        f"Five neighbouring channels hold {', '.join(map(str, values))} at one place. Response normalization divides "
        f"the middle one by (2 + {alpha:g} · the sum of the five squares) to the power 0.75. By what?"
    )
    return Question(text, divisor, f"(2 + {alpha:g} · {int((values**2).sum()):,})^0.75.")


def work(rng) -> Question:
    """Ask for the multiplications of a layer."""
    side, kernel, into, out = (
        pick(rng, (13, 27, 55)),
        pick(rng, (3, 5, 11)),
        pick(rng, (3, 48, 192)),
        pick(rng, (96, 128, 256)),
    )
    answer = side * side * out * kernel * kernel * into
    text = (
        f"{out} maps of {side}×{side}, each value from {kernel}×{kernel} windows of {into} maps. How many "
        "multiplications?"
    )
    return Question(text, answer, f"{side}·{side}·{out} values, {kernel}·{kernel}·{into} products each.")


def dropped(rng) -> Question:
    """Ask for what dropout leaves."""
    units, rate = pick(rng, (10, 16, 20)), pick(rng, (0.25, 0.5))
    values = np.full(units, whole(rng, 1, 8))
    kept = 1 - rate
    text = (
        f"{units} units each answer {values[0]}. Dropout of {100 * rate:.0f} % zeroes units at random and divides the "
        f"others by {kept:g}. What is the sum of the answers to expect?"
    )
    return Question(text, float(values.sum()), f"{units} · {kept:g} units remain, each {values[0]} / {kept:g}.")


KINDS = (first_layer, towers, overlapping, neighbours, work, dropped)
