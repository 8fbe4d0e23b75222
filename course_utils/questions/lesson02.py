"""Kernels and gradients by hand."""

import numpy as np

from course_utils.convolution import KERNELS
from course_utils.questions.core import Question, matrix, number, pick, whole


def sobel(rng) -> Question:
    """Ask for the gradient at a pixel."""
    patch = whole(rng, 0, 9, (3, 3))
    x, y = (int((patch * np.asarray(KERNELS[name])).sum()) for name in ("sobel_x", "sobel_y"))
    text = (
        "How steep is the picture in the middle of this window? Give the length of Sobel's gradient, the square root "
        f"of the sum of the squares of both answers.\n{matrix(patch)}"
    )
    return Question(text, float(np.hypot(x, y)), f"Left to right {x}, top to bottom {y}.")


def flat(rng) -> Question:
    """Ask for the answer on a flat surface."""
    kernel, grey = whole(rng, -3, 4, (3, 3)), whole(rng, 10, 200)
    text = (
        f"Every pixel of a wall has the value {grey}. What does this kernel answer in the middle of "
        f"it?\n{matrix(kernel)}"
    )
    return Question(text, int(kernel.sum()) * grey, f"The kernel's sum, {int(kernel.sum())}, times {grey}.")


def wrapped(rng) -> Question:
    """Ask for a sum of bytes."""
    first, second = whole(rng, 100, 250), whole(rng, 100, 250)
    first, second = max(first, 256 - second), second
    text = f"Two pixels of type uint8, {first} and {second}, are added without a conversion. What comes out?"
    return Question(text, (first + second) % 256, f"{first + second} less 256: a byte begins again at 0.")


def sharpened(rng) -> Question:
    """Ask for a composed kernel."""
    strength, corner = whole(rng, 1, 4), whole(rng, -2, 0)
    edges = np.array([[corner, -1, corner], [-1, 4 - 4 * corner, -1], [corner, -1, corner]])
    same = np.zeros((3, 3), int)
    same[1, 1] = 1
    text = f"Write as one kernel: the picture plus {strength} times the answer of this one.\n{matrix(edges)}"
    return Question(
        text, same + strength * edges, "Convolution is linear, so kernels add; the picture itself is a lone 1:"
    )


def descent(rng) -> Question:
    """Ask for one step of gradient descent."""
    weights, inputs = whole(rng, -3, 3, 3), whole(rng, 1, 4, 3)
    wanted, rate = whole(rng, -5, 5), pick(rng, (0.1, 0.05, 0.01))
    error = int(weights @ inputs) - wanted
    text = (
        f"A kernel of three weights, {', '.join(map(str, weights))}, looks at {', '.join(map(str, inputs))} and should "
        f"answer {wanted}. The loss is half the squared error. What are the weights after one step with rate {rate}?"
    )
    after = np.round(weights - rate * error * inputs, 6)
    return Question(text, after, f"The error is {error}; each weight moves by −{number(rate)} · {error} · its input:")


KINDS = (sobel, flat, wrapped, sharpened, descent)
