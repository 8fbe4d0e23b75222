"""LeNet-5 by hand."""

import numpy as np

from course_utils.questions.core import Question, pick, whole


def connections(rng) -> Question:
    """Ask for the connections of a layer."""
    maps, side, into = whole(rng, 4, 16), pick(rng, (12, 20, 28)), pick(rng, (1, 3, 6))
    each = 25 * into + 1
    text = (
        f"{maps} maps of {side}×{side} from {into} map{'s' if into > 1 else ''} by 5×5 kernels, each with a bias. How "
        "many connections, counting the bias of each unit as one?"
    )
    return Question(text, maps * side * side * each, f"{maps}·{side}·{side} units with 25·{into} + 1 each.")


def partial(rng) -> Question:
    """Ask for the parameters of partly connected maps."""
    three, four, six = whole(rng, 2, 8), whole(rng, 2, 10), whole(rng, 0, 3)
    text = (
        f"As in C3, maps are connected to some of the maps below: {three} maps to three, {four} to four, {six} to six. "
        "Kernels are 5×5, one bias a map. How many parameters?"
    )
    answer = 25 * (3 * three + 4 * four + 6 * six) + three + four + six
    return Question(text, answer, f"25 · (3·{three} + 4·{four} + 6·{six}) + {three + four + six} biases.")


def distance(rng) -> Question:
    """Ask for the answer of an RBF unit."""
    drawing, values = 2 * whole(rng, 0, 1, 4) - 1, whole(rng, -2, 2, 4) / 2
    text = (
        f"A drawing of four pixels is {', '.join(f'{v:+d}' for v in drawing)}; F6 says "
        f"{', '.join(f'{v:g}' for v in values)}. What does the output unit of this drawing answer?"
    )
    return Question(text, float(((drawing - values) ** 2).sum()), "The squared differences, added; small means alike.")


def subsampled(rng) -> Question:
    """Ask for one value of S2 before the squashing."""
    block, weight, bias = 4 * whole(rng, -2, 4, (2, 2)), pick(rng, (0.25, 0.5, 1.0)), pick(rng, (-1, 0, 1))
    text = (
        f"S2 adds the four values {', '.join(map(str, block.ravel()))}, multiplies by {weight:g} and adds the bias "
        f"{bias}. What goes into the squashing function?"
    )
    return Question(text, float(weight * block.sum() + bias), f"{weight:g} · {int(block.sum())} + {bias}.")


def softmax(rng) -> Question:
    """Ask for a probability."""
    scores = whole(rng, -1, 3, 3)
    powers = np.exp(scores)
    text = f"Three outputs are {', '.join(map(str, scores))}. Which probability does softmax give the first?"
    return Question(text, float(powers[0] / powers.sum()), f"e^{scores[0]} / ({' + '.join(f'e^{s}' for s in scores)}).")


KINDS = (connections, partial, distance, subsampled, softmax)
