"""Convolution by hand."""

import numpy as np

from course_utils.convolution import conv2d
from course_utils.questions.core import Question, matrix, pick, whole


def window(rng) -> Question:
    """Ask for one output of a convolution."""
    patch, kernel = whole(rng, 0, 9, (3, 3)), whole(rng, -2, 2, (3, 3))
    text = f"A window of a picture and a kernel. What does the kernel answer here?\n{matrix(patch)}\n\n{matrix(kernel)}"
    return Question(text, int((patch * kernel).sum()), "Nine products, added (the kernel is not turned).")


def small_map(rng) -> Question:
    """Ask for a whole output map."""
    image, kernel = whole(rng, 0, 5, (4, 4)), whole(rng, -1, 1, (2, 2))
    text = f"Slide the 2×2 kernel over the 4×4 picture, stride 1, no padding.\n{matrix(image)}\n\n{matrix(kernel)}"
    return Question(text, np.rint(conv2d(image, kernel)).astype(int), "3×3 numbers, one a position:")


def output_size(rng) -> Question:
    """Ask for the side of an output."""
    side, kernel = pick(rng, (28, 32, 64, 99, 224)), pick(rng, (3, 5, 7, 11))
    stride, padding = pick(rng, (1, 2, 4)), whole(rng, 0, 3)
    answer = (side + 2 * padding - kernel) // stride + 1
    around = f"{padding} pixel{'' if padding == 1 else 's'} of padding on each side"
    text = f"A {side}×{side} picture, {around}, a {kernel}×{kernel} kernel, stride {stride}. How wide is the output?"
    return Question(text, answer, f"⌊({side} + 2·{padding} − {kernel}) / {stride}⌋ + 1.")


def parameters(rng) -> Question:
    """Ask for the parameters of a layer."""
    into, filters, side = pick(rng, (1, 3, 16, 32)), pick(rng, (8, 16, 64)), pick(rng, (3, 5))
    text = (
        f"A convolutional layer has {filters} filters of {side}×{side} over {into} channel"
        f"{'s' if into > 1 else ''}, each with a bias. How many parameters?"
    )
    return Question(text, filters * (side * side * into + 1), f"{filters} · ({side}·{side}·{into} + 1).")


def receptive_field(rng) -> Question:
    """Ask for what one value of a stack sees."""
    sides, strides = [pick(rng, (3, 5)) for _ in range(3)], [pick(rng, (1, 2)) for _ in range(3)]
    field, step, terms = 1, 1, ["1"]
    for side, stride in zip(sides, strides, strict=True):
        field += (side - 1) * step
        terms.append(f"{side - 1}·{step}")
        step *= stride
    layers = ", then ".join(f"{side}×{side} with stride {stride}" for side, stride in zip(sides, strides, strict=True))
    text = f"Three convolutions: {layers}. How many pixels wide is the part of the picture that one value sees?"
    return Question(
        text, field, f"{' + '.join(terms)}: each kernel adds its side less one, times the strides before it."
    )


def pooled(rng) -> Question:
    """Ask for a max pooling."""
    values = whole(rng, -9, 9, (4, 4))
    largest = values.reshape(2, 2, 2, 2).max(axis=(1, 3))
    return Question(
        f"ReLU, then max pooling of 2×2 with stride 2:\n{matrix(values)}",
        np.maximum(largest, 0),
        "The largest of each block, at least 0:",
    )


KINDS = (window, small_map, output_size, parameters, receptive_field, pooled)
