"""Checks of lesson 08, VGG: what a value sees, what a network costs; `lesson08_signals` has those of its numbers."""

import numpy as np

from course_utils.checks.core import Verdict, check_function, check_value, failed, is_blank, not_attempted, passed
from course_utils.checks.lesson08_signals import has_learnt_nothing, mended, mix_channels, speaking_map

__all__ = [
    "field_of",
    "has_learnt_nothing",
    "layer_work",
    "mended",
    "mix_channels",
    "own_column",
    "speaking_map",
    "stack_against_large",
    "stack_then_pool",
    "table_parameters",
]

A = ("3-64", "3-128", "3-256 3-256", "3-512 3-512", "3-512 3-512")
C = ("3-64 3-64", "3-128 3-128", "3-256 3-256 1-256", "3-512 3-512 1-512", "3-512 3-512 1-512")
D = ("3-64 3-64", "3-128 3-128", "3-256 3-256 3-256", "3-512 3-512 3-512", "3-512 3-512 3-512")
SIDE, DENSE = 224, 4096
WIDEST_FIELD, MOST_MACS = 212, 8.0e9  # of exercise 10: what VGG-16 sees, for little more work than A
LEAST_FILTERS = (32, 64, 128, 256, 256)  # of exercise 10: half of the table's


def stack_then_pool(field) -> Verdict:
    """Exercise 1: what one value sees after 3×3, 3×3, 3×3, a 2×2 pool of stride 2, and 3×3."""
    return check_value(
        "1",
        field,
        12,
        mistakes=[
            (10, "behind the pool neighbours are two pixels apart: its 3×3 adds 2·2, not 2."),
            (11, "the pool adds one pixel of its own; a 3×3 behind it adds 2·2."),
            (8, "that is what the pool sees; a 3×3 follows."),
            (7, "that is what the first three see; a pool and a 3×3 follow."),
            (16, "the pool's field is 8, not 14: it adds one pixel, and it does not double what came before."),
            (14, "the pool adds (2 − 1)·1 = 1 pixel; the stride counts only for the layers behind it."),
        ],
        hint="start with 1; each layer adds (side − 1) times the distance of its inputs, which pools double.",
        praise="7, then 8, then 12",
    )


def field_of(function) -> Verdict:
    """Exercise 2: receptive field of a chain, ``function(chain)`` with (side, stride) of each layer."""
    pooled = [(3, 1), (3, 1), (2, 2), (3, 1), (3, 1), (2, 2), (3, 1)]
    cases = [
        (([(3, 1), (3, 1)],), 5, "Two 3×3 see 5 pixels."),
        (([(7, 1)],), 7, "One 7×7 sees 7."),
        (([(3, 1), (1, 1), (3, 1)],), 5, "A 1×1 adds (1 − 1) = 0 pixels."),
        (([(2, 2), (3, 1)],), 6, "Behind a stride of 2 each step is two pixels: 2 + 2·2."),
        ((pooled,), 24, "Strides multiply: behind two pools a step is four pixels."),
        (([],), 1, "Without any layer a value is one pixel."),
    ]
    return check_function("2", function, cases, praise="strides multiply, and every layer adds (side − 1) steps")


def stack_against_large(stack, large) -> Verdict:
    """Exercise 3: parameters with biases of three 3×3 and of one 7×7, 256 channels in and out."""
    channels = 256
    right = (27 * channels**2 + 3 * channels, 49 * channels**2 + channels)
    return check_value(
        "3",
        (stack, large),
        right,
        mistakes=[
            ((27 * channels**2, 49 * channels**2), "those are the weights; every filter has a bias too."),
            (right[::-1], "the other way round: the large kernel has more."),
            ((9 * channels**2 + channels, right[1]), "the second is right; the first is one 3×3, and there are three."),
            ((27 * channels + 3, 49 * channels + 1), "there are 256 filters in each layer, not one."),
            ((27 + 3, 49 + 1), "a kernel reaches through 256 channels, and there are 256 of them."),
            ((27 * channels**2 + channels, right[1]), "each of the three layers has biases of its own."),
        ],
        hint="a layer has side·side·256·256 weights and 256 biases.",
        praise="27/49: the stack keeps 55% and saves 45%",
    )


def layer_work(second, dense) -> Verdict:
    """Exercise 4: multiply-adds of VGG-16's second convolution and of its first dense layer."""
    right = (SIDE**2 * 9 * 64 * 64, 7 * 7 * 512 * DENSE)
    return check_value(
        "4",
        (second, dense),
        right,
        mistakes=[
            ((9 * 64 * 64, right[1]), "the second is right; each weight of a convolution is used at 224·224 places."),
            ((9 * 64 * 64 + 64, right[1] + DENSE), "those are parameters; count how often each weight is used."),
            ((SIDE**2 * 9 * 3 * 64, right[1]), "the second is right; behind the first layer there are 64 channels."),
            ((SIDE**2 * 9 * 64, right[1]), "the second is right; a kernel reaches through 64 channels."),
            ((112**2 * 9 * 64 * 64, right[1]), "the second is right; the pool comes after this convolution."),
            ((right[0], 7 * 7 * 512 * DENSE + DENSE), "the first is right; biases are added, not multiplied."),
            ((right[0] + SIDE**2 * 64, right[1]), "the second is right; biases are added, not multiplied."),
            ((right[0], 512 * DENSE), "the first is right; 7·7·512 numbers go into each of the 4096 units."),
            (right[::-1], "the other way round: the convolution does 18 times the work."),
        ],
        hint="side·side·9·C·K for a 3×3 convolution, numbers in times units for a dense layer.",
        praise="18 times the work, with 1/2,800 of the parameters",
    )


def table_parameters(function) -> Verdict:
    """Exercise 5: parameters of a column of table 1, ``function(blocks, classes)``."""
    cases = [
        ((A, 1000), 132_863_336, _advice_on(A)),
        ((D, 1000), 138_357_544, "A comes out right. Words of one block are separated by spaces."),
        ((C, 1000), 133_638_952, "A and D come out right. The number before the dash is the side of the kernel."),
        ((D, 17), 134_330_193, "The last dense layer has as many units as there are classes."),
    ]
    return check_function("5", function, cases, praise="132,863,336 to the unit, and 134,330,193 for 17 flowers")


def _advice_on(blocks):
    """Return a function that knows the usual wrong counts."""
    right = parameters(blocks, 1000)
    units = sum(int(word.split("-")[1]) for block in blocks for word in block.split())

    def advice(answer) -> str:
        if not isinstance(answer, (int, np.integer)):
            return "A, the first column, has 132,863,336."
        if answer == right - units - 2 * DENSE - 1000:
            return "The biases are missing: one a filter and one a unit."
        if answer == right - 2 * DENSE - 1000 or answer == right - units:
            return "Some biases are missing: convolutions and dense layers both have them."
        if answer == right - 7 * 7 * 512 * DENSE + 512 * DENSE:
            return "After five pools 224 pixels are 7: 7·7·512 numbers go into fc1, not 512."
        if answer < 20_000_000:
            return "The dense layers are missing: 7·7·512 numbers go into the first of 4096 units."
        return "Begin with 3 channels; after five pools 224 pixels are 7, so fc1 sees 7·7·512 numbers."

    return advice


def parameters(blocks, classes: int) -> int:
    """Return the parameters of a column of table 1 for 224×224 images, biases included."""
    total, seen = 0, 3
    for word in " ".join(blocks).split():
        side, filters = map(int, word.split("-"))
        total += side * side * seen * filters + filters
        seen = filters
    inputs = (SIDE // 2 ** len(blocks)) ** 2 * seen
    for units in (DENSE, DENSE, classes):
        total += inputs * units + units
        inputs = units
    return total


def own_column(blocks) -> Verdict:
    """Exercise 10: five blocks, half the table's widths or more, that see 212 pixels for 8 billion multiply-adds."""
    if is_blank(blocks):
        return not_attempted("10")
    try:
        words = [[tuple(map(int, word.split("-"))) for word in block.split()] for block in blocks]
        whole = len(words) == 5 and all(words) and all(len(w) == 2 and min(w) > 0 for block in words for w in block)
    except (AttributeError, TypeError, ValueError):
        whole = False
    if not whole:
        return failed("10", 'write five texts of words such as "3-64", the side of the kernel and the filters.')
    if any(side not in (1, 3) for block in words for side, _ in block):
        return failed("10", "sides are 1 or 3, as in the table.")
    for number, (block, least) in enumerate(zip(words, LEAST_FILTERS, strict=True), start=1):
        if min(filters for _, filters in block) < least:
            return failed("10", f"block {number} needs at least {least} filters in each layer, half of the table's.")
    field, work = seen_by(words), work_of(words)
    if field < WIDEST_FIELD:
        return failed("10", f"behind the last pool a value sees {field} pixels; at least {WIDEST_FIELD} are asked.")
    if work > MOST_MACS:
        return failed(
            "10", f"that is {work / 1e9:.2f} billion multiply-adds; at most {MOST_MACS / 1e9:.0f} are allowed."
        )
    return passed("10", f"it sees {field} pixels for {work / 1e9:.2f} billion multiply-adds; VGG-16 needs 15.47")


def seen_by(words) -> int:
    """Return the receptive field behind the last pool of blocks of (side, filters)."""
    field, step = 1, 1
    for block in words:
        field += sum((side - 1) * step for side, _ in block) + step
        step *= 2
    return field


def work_of(words) -> int:
    """Return the multiply-adds at 224×224 and 1,000 classes, dense layers included."""
    total, seen, side_of_map = 0, 3, SIDE
    for block in words:
        for side, filters in block:
            total += side_of_map**2 * side * side * seen * filters
            seen = filters
        side_of_map //= 2
    return total + side_of_map**2 * seen * DENSE + DENSE * DENSE + DENSE * 1000
