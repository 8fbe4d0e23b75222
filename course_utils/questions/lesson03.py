"""Counting and comparing networks by hand."""

import math

from course_utils.questions.core import Question, pick, whole


def dense(rng) -> Question:
    """Ask for the parameters of an MLP."""
    side, first, second = pick(rng, (8, 16, 28, 32)), pick(rng, (32, 64, 100, 512)), pick(rng, (16, 32, 64))
    inputs = side * side
    answer = (inputs + 1) * first + (first + 1) * second + (second + 1) * 10
    text = f"An MLP for grey {side}×{side} pictures: {first} units, {second} units, 10 outputs. How many parameters?"
    return Question(text, answer, f"({inputs} + 1)·{first} + ({first} + 1)·{second} + ({second} + 1)·10.")


def convolutional(rng) -> Question:
    """Ask for the parameters of a small CNN."""
    filters, side = pick(rng, (8, 16, 32)), pick(rng, (16, 28, 32))
    flat = (side // 2) ** 2 * filters
    text = (
        f"A CNN for grey {side}×{side} pictures: {filters} filters of 3×3 with padding, 2×2 pooling, a dense layer of "
        "10. How many parameters?"
    )
    answer = filters * 10 + (flat + 1) * 10
    return Question(
        text, answer, f"{filters}·(9 + 1) in the filters, ({side // 2}·{side // 2}·{filters} + 1)·10 after them."
    )


def steps(rng) -> Question:
    """Ask for the number of updates."""
    images, batch, epochs = pick(rng, (1_000, 20_000, 50_000, 60_000)), pick(rng, (32, 64, 128)), whole(rng, 3, 20)
    answer = math.ceil(images / batch) * epochs
    text = (
        f"{images:,} pictures, batches of {batch}, {epochs} epochs; the last batch of an epoch may be smaller. How "
        "many updates?"
    )
    return Question(text, answer, f"⌈{images:,} / {batch}⌉ = {math.ceil(images / batch):,} an epoch.")


def mistakes(rng) -> Question:
    """Ask how many mistakes a better network leaves."""
    images, low, gain = pick(rng, (1_000, 2_000, 10_000)), whole(rng, 90, 97), whole(rng, 1, 2)
    answer = (100 - low - gain) * images // 100
    text = (
        f"One network reads {low} % of {images:,} test pictures, another {low + gain} %. How many pictures does the "
        "second misread? (Then say it as a share of the first one's mistakes: that is what the step is worth.)"
    )
    share = f"{100 - low - gain} of the first one's {100 - low} mistakes in a hundred are left"
    return Question(text, answer, f"{images:,} · {100 - low - gain} / 100; {share}.")


def shuffled(rng) -> Question:
    """Ask for the neighbours that a permutation tears apart."""
    side = whole(rng, 4, 12)
    text = (
        f"How many pairs of pixels that lie side by side or one above the other has a picture of {side}×{side}? "
        "(An MLP knows of none of them.)"
    )
    return Question(text, 2 * side * (side - 1), f"{side}·{side - 1} side by side, and as many one above the other.")


KINDS = (dense, convolutional, steps, mistakes, shuffled)
