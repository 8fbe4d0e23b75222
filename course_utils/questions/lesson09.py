"""Inception by hand."""

from course_utils.questions.core import Question, pick, whole


def joined(rng) -> Question:
    """Ask for the channels of a module."""
    ones, threes, fives, pooled = (8 * whole(rng, 2, 20) for _ in range(4))
    text = (
        f"The four branches of a module end in {ones} (1×1), {threes} (3×3), {fives} (5×5) and {pooled} (after "
        "pooling) channels. How many channels has its output?"
    )
    return Question(text, ones + threes + fives + pooled, "They are stacked, not added: the sum.")


def reduced(rng) -> Question:
    """Ask what a reduction saves."""
    into, narrow, out = pick(rng, (192, 256, 480)), pick(rng, (16, 32)), pick(rng, (32, 64, 96))
    straight, detour = 25 * into * out, into * narrow + 25 * narrow * out
    text = (
        f"{into} channels in, {out} out by 5×5 kernels: with a 1×1 reduction to {narrow} channels before them, how "
        "many times fewer weights? (No biases.)"
    )
    return Question(text, straight / detour, f"{straight:,} against {into}·{narrow} + 25·{narrow}·{out} = {detour:,}.")


def split(rng) -> Question:
    """Ask what a split kernel saves."""
    side, channels = pick(rng, (3, 5, 7)), pick(rng, (64, 128, 192))
    text = (
        f"A {side}×{side} convolution with {channels} channels in and out is split into 1×{side} and {side}×1. Which "
        "part of the weights is saved, in per cent?"
    )
    return Question(text, 100 * (1 - 2 / side), f"1 − 2·{side} / {side}²; the channels do not matter.")


def separable(rng) -> Question:
    """Ask for the weights of a depthwise-separable convolution."""
    into, out = pick(rng, (32, 64, 128)), pick(rng, (64, 128, 256))
    text = f"A depthwise 3×3 over {into} channels, then a 1×1 to {out}, no biases. How many weights?"
    return Question(
        text, 9 * into + into * out, f"9·{into} + {into}·{out}, against 9·{into}·{out} = {9 * into * out:,}."
    )


def piled(rng) -> Question:
    """Ask for the channels of a naive module."""
    arriving = pick(rng, (192, 256, 480))
    ones, threes, fives = (8 * whole(rng, 2, 20) for _ in range(3))
    text = (
        f"{arriving} channels arrive at a naive module, whose kernels make {ones} (1×1), {threes} (3×3) and {fives} "
        "(5×5). Nothing follows its pool. How many channels leave?"
    )
    return Question(text, ones + threes + fives + arriving, f"The pool hands on all {arriving} that arrive.")


def mixing(rng) -> Question:
    """Ask which part of a depthwise-separable convolution mixes."""
    into, out = pick(rng, (32, 64, 128)), pick(rng, (64, 128, 256))
    text = (
        f"A depthwise 3×3 over {into} channels, then a 1×1 to {out}. Which part of the multiply-adds is the 1×1's, in "
        "per cent?"
    )
    note = f"{into}·{out} of 9·{into} + {into}·{out} at every place: {out} of 9 + {out}."
    return Question(text, 100 * out / (9 + out), note)


KINDS = (joined, reduced, split, separable, piled, mixing)
