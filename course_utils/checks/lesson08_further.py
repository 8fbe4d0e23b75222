"""Checks of lesson 08's further pages: mixing channels, counting a column, a field, a dense layer as a convolution."""

import numpy as np

from course_utils.checks.columns import A, C, D, advice_on
from course_utils.checks.core import Verdict, check_function, check_value, hints


def mix_channels(function) -> Verdict:
    """Exercise A: a 1×1 convolution with ReLU, ``function(maps, kernel, bias)``."""
    maps = np.arange(6.0).reshape(1, 2, 3) - 2
    kernel, bias = np.array([[1.0, 0.0], [0.0, -1.0], [1.0, -1.0]]), np.array([0.0, 0.5])
    sums = maps @ kernel
    mistakes = [
        (sums + bias, "The sums are right; ReLU is missing."),
        (np.maximum(sums, 0), "The bias is missing."),
        (np.maximum(sums, 0) + bias, "Add the bias before ReLU, not after it."),
    ]
    known = hints(mistakes, "At each place the three numbers of the maps are weighed by the columns of the kernel.")

    def advice(answer) -> str:
        stay = "Height and width stay 1 and 2, and there are two new maps: shape (1, 2, 2)."
        return known(answer) if np.shape(answer) == (1, 2, 2) else stay

    cases = [
        ((maps, kernel, bias), np.maximum(sums + bias, 0), advice),
        ((maps[:, :1], -kernel, bias), np.maximum(bias - sums[:, :1], 0), "Negative sums become 0."),
        ((np.ones((5, 4, 3)), np.ones((3, 7)), np.zeros(7)), np.full((5, 4, 7), 3.0), "Any number of maps may come."),
    ]
    return check_function("A", function, cases, praise="one small matrix, used at every place")


def table_parameters(function) -> Verdict:
    """Exercise B: parameters of a column of table 1, ``function(blocks, classes)``."""
    cases = [
        ((A, 1000), 132_863_336, advice_on(A)),
        ((D, 1000), 138_357_544, "A comes out right. Words of one block are separated by spaces."),
        ((C, 1000), 133_638_952, "A and D come out right. The number before the dash is the side of the kernel."),
        ((D, 17), 134_330_193, "The last dense layer has as many units as there are classes."),
    ]
    return check_function(
        "B", function, cases, praise="132,863,336 to the unit, and 134,330,193 for 17 flowers", whole=True
    )


def stack_then_pool(field) -> Verdict:
    """Exercise C: what one value sees after 3×3, 3×3, 3×3, a 2×2 pool of stride 2, and 3×3."""
    return check_value(
        "C",
        field,
        12,
        mistakes=[
            (10, "after the pool neighbours are two pixels apart: its 3×3 adds 2·2, not 2."),
            (11, "the pool adds one pixel of its own; a 3×3 after it adds 2·2."),
            (8, "that is what the pool sees; a 3×3 follows."),
            (7, "that is what the first three see; a pool and a 3×3 follow."),
            (16, "the pool's field is 8, not 14: it adds one pixel, and it does not double what came before."),
            (14, "the pool adds (2 − 1)·1 = 1 pixel; the stride counts only for the layers after it."),
        ],
        hint="start with 1; each layer adds (side − 1) times the distance of its inputs, which pools double.",
        praise="7, then 8, then 12",
    )


def as_kernel(function) -> Verdict:
    """Exercise D: the weights of a dense layer on flattened maps as a kernel, ``function(weights, height, width)``."""
    rng = np.random.default_rng(0)
    small, large = np.arange(24.0).reshape(12, 2), rng.normal(size=(7 * 5 * 4, 6))
    right = small.reshape(2, 3, 2, 2)

    def shape_first(answer) -> str:
        if np.shape(answer) != (2, 3, 2, 2):
            return "Keras wants (height, width, channels in, filters): here (2, 3, 2, 2)."
        return "The shape is right, the order is not: Keras flattens row by row, channels last."

    cases = [
        ((small, 2, 3), right, shape_first),
        ((large, 7, 5), large.reshape(7, 5, 4, 6), "Other heights, widths and numbers of channels must do, too."),
    ]
    return check_function("D", function, cases, praise="no number changes, only the way they are laid out")
