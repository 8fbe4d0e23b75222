"""Residual networks by hand."""

import numpy as np

from course_utils.questions.core import Question, pick, whole


def depth(rng) -> Question:
    """Ask for the layers of a network for CIFAR-10."""
    n = whole(rng, 2, 18)
    text = (
        f"Three stages of {n} residual blocks with two convolutions each, a convolution before and a dense layer "
        "after. How many layers with weights?"
    )
    return Question(text, 6 * n + 2, f"6·{n} + 2.")


def bottleneck(rng) -> Question:
    """Ask for the weights of a bottleneck."""
    wide = pick(rng, (64, 128, 256, 512))
    narrow = wide // 4
    text = (
        f"A bottleneck block: 1×1 from {wide} to {narrow} channels, 3×3, 1×1 back to {wide}. How many weights, "
        "without biases and batch norm?"
    )
    return Question(text, 2 * wide * narrow + 9 * narrow**2, f"{wide}·{narrow} + 9·{narrow}² + {narrow}·{wide}.")


def added(rng) -> Question:
    """Ask for the output of a block."""
    x, f = whole(rng, 0, 6, 4), whole(rng, -6, 4, 4)
    text = (
        f"A block is given {', '.join(map(str, x))}; its two convolutions answer {', '.join(map(str, f))}. What leaves "
        "the block (sum, then ReLU)?"
    )
    return Question(text, np.maximum(x + f, 0), "Shortcut and answer are added before the ReLU:")


def projection(rng) -> Question:
    """Ask what option B costs."""
    into = pick(rng, (16, 64, 128, 256))
    text = (
        f"Channels double from {into} to {2 * into} at a shortcut. How many weights does a 1×1 projection (option "
        "B) cost that zero padding (option A) does not?"
    )
    return Question(text, 2 * into * into, f"{into}·{2 * into}.")


def stale(rng) -> Question:
    """Ask how much of the beginning a running mean keeps."""
    momentum, steps = pick(rng, (0.9, 0.99)), pick(rng, (10, 50, 100))
    text = (
        f"A running mean keeps {momentum} of itself at every step. Which part of its value after {steps} steps is "
        "still what it began with, in per cent?"
    )
    return Question(text, 100 * momentum**steps, f"100 · {momentum}^{steps}.")


KINDS = (depth, bottleneck, added, projection, stale)
