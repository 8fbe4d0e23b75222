"""VGG by hand."""

import math

from course_utils.questions.core import Question, pick, whole


def pair(rng) -> Question:
    """Ask what two small kernels save."""
    channels, count = 16 * whole(rng, 1, 16), pick(rng, (2, 3))
    large = 2 * count + 1
    text = (
        f"{count} convolutions of 3×3 in a row see as far as one of {large}×{large}. All have {channels} maps in and "
        "out, no biases. How many weights do the small ones save?"
    )
    answer = (large * large - 9 * count) * channels * channels
    return Question(text, answer, f"({large * large} − {count}·9) · {channels}².")


def seen(rng) -> Question:
    """Ask for the receptive field after some blocks."""
    blocks = [whole(rng, 1, 3) for _ in range(3)]
    field, step = 1, 1
    for count in blocks:
        field, step = field + 2 * count * step + step, 2 * step
    text = (
        f"Three blocks of {blocks[0]}, {blocks[1]} and {blocks[2]} convolutions of 3×3, each block ended by 2×2 "
        "pooling with stride 2. How many pixels wide is what one value at the end sees?"
    )
    return Question(text, field, "A 3×3 adds 2 steps, a pooling 1; the step doubles with each pooling: 1, 2, 4.")


def guessing(rng) -> Question:
    """Ask for the loss of a network that knows nothing."""
    classes = pick(rng, (2, 10, 17, 37, 100, 1_000))
    text = (
        f"Which loss (cross-entropy) does a network have that gives each of {classes:,} classes the same probability?"
    )
    return Question(text, math.log(classes), f"−ln(1/{classes:,}) = ln {classes:,}.")


def work(rng) -> Question:
    """Ask for the multiply-adds of a layer."""
    side, into, out = pick(rng, (14, 28, 56, 112)), pick(rng, (64, 128, 256)), pick(rng, (64, 128, 256, 512))
    text = (
        f"A 3×3 convolution with padding makes {out} maps of {side}×{side} from {into} maps of the same size. How many "
        "million multiply-adds does it take?"
    )
    answer = 9 * into * out * side * side / 1e6
    return Question(text, answer, f"9·{into} products for each of {side}·{side}·{out} values: {answer * 1e6:,.0f}.")


def first_dense(rng) -> Question:
    """Ask for the share of the first dense layer."""
    side, maps, units = pick(rng, (4, 7)), pick(rng, (256, 512)), pick(rng, (512, 4_096))
    text = (
        f"Maps of {side}×{side}×{maps} are flattened into a dense layer of {units:,} units with biases. How many "
        "parameters?"
    )
    return Question(text, (side * side * maps + 1) * units, f"({side}·{side}·{maps} + 1) · {units:,}.")


KINDS = (pair, seen, guessing, work, first_dense)
