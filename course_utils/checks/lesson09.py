"""Checks of lesson 09, Inception."""

import numpy as np

from course_utils.checks.core import (
    Verdict,
    check_function,
    check_value,
    failed,
    hints,
    is_blank,
    not_attempted,
    passed,
)

ROW_3A = (64, 96, 128, 16, 32, 32)
ROW_4A = (192, 96, 208, 16, 48, 64)
ROW_5A = (256, 160, 320, 32, 128, 128)
MOST_WEIGHTS = 100_000  # of exercise 6
NAMES = ("n1x1", "n3x3_reduce", "n3x3", "n5x5_reduce", "n5x5", "pool_proj")


def module_weights(row, arriving: int, *, biases: bool = False) -> int:
    """Return the weights of a GoogLeNet module from its six widths and the channels that arrive."""
    one, three_reduce, three, five_reduce, five, projection = row
    weights = arriving * (one + three_reduce + five_reduce + projection) + 9 * three_reduce * three
    weights += 25 * five_reduce * five
    return weights + (sum(row) if biases else 0)


def naive_weights(row, arriving: int) -> int:
    """Return the weights of the module without its reductions and its projection."""
    return arriving * (row[0] + 9 * row[2] + 25 * row[4])


def savings(reduced, naive) -> Verdict:
    """Exercise 1: weights of module 4a with reductions and naive, 480 channels arriving."""
    right = module_weights(ROW_4A, 480), naive_weights(ROW_4A, 480)
    with_biases = module_weights(ROW_4A, 480, biases=True)
    without_projection = right[0] - 480 * 64
    return check_value(
        "1",
        (reduced, naive),
        right,
        mistakes=[
            ((right[1], right[0]), "the other way round: the naive module has more."),
            ((with_biases, right[1]), "the question asks for weights alone; leave the biases out."),
            ((with_biases, right[1] + 448), "the question asks for weights alone; leave the biases out."),
            ((without_projection, right[1]), "the pool branch has a 1×1 projection to 64 channels too."),
            ((right[0], right[1] + 480 * 64), "the naive module has no projection after its pool."),
        ],
        hint="a k×k convolution from a to b channels has k·k·a·b weights; 480 channels arrive at every branch.",
        praise=f"{right[0]:,} against {right[1]:,}: {1 - right[0] / right[1]:.0%} saved",
    )


def halving(convolve_first, pool_first, side_by_side) -> Verdict:
    """Exercise 2: products of three ways to halve 28×28 maps of 100 channels by 3×3 kernels."""
    first, second, third = right = (9 * 2 * 28**2 * 100**2, 9 * 2 * 14**2 * 100**2, 9 * 14**2 * 100**2)
    return check_value(
        "2",
        (convolve_first, pool_first, side_by_side),
        right,
        mistakes=[
            (tuple(number // 9 for number in right), "a 3×3 kernel has nine places."),
            ((first, second, second), "side by side the convolution gives 100 channels; the pool passes on the rest."),
            ((first, second, 4 * third), "the convolution side by side has stride 2: 14·14 places."),
            (
                (first, second, 2 * third),
                "side by side the convolution gives 100 channels; the pool passes on the rest.",
            ),
            ((second, first, third), "the convolution before the pool works on 28·28 places, not the one after it."),
            ((first // 2, second // 2, third), "without a second branch the convolution must give all 200 channels."),
            ((first, first // 2, third), "after the pool both sides are halved: a quarter of the places."),
        ],
        hint="positions it runs at · 9 · channels in · channels out.",
        praise=f"{first:,}, {second:,} and {third:,}: 8 : 2 : 1",
    )


def count_module(function) -> Verdict:
    """Exercise 3: parameters of a module with biases, ``function(row, arriving)``."""
    one, three_reduce, three, five_reduce, five, projection = ROW_3A
    right, leaving = module_weights(ROW_3A, 192, biases=True), one + three + five
    mistakes = [
        (right - sum(ROW_3A), "Those are the weights; each of the six convolutions has biases too."),
        (right - sum(ROW_3A) + 6, "Not one bias a convolution: one for each of its filters."),
        (right - three_reduce - five_reduce, "The reductions have biases too."),
        (naive_weights(ROW_3A, 192) + leaving, "That is the naive module: which kernels read the reductions?"),
        (right - 193 * projection, "The convolution after the pool is missing."),
        (right - 8 * three_reduce * three, "The second kernel of the 3×3 branch has nine places."),
        (right - 16 * five_reduce * five, "The 5×5 has 25 places."),
        (right - 24 * five_reduce * five, "The second kernel of the 5×5 branch has 25 places."),
        (right + (leaving - 192) * projection, "The pool reads what arrives, not what leaves."),
    ]
    cases = [
        ((ROW_3A, 192), right, hints(mistakes, "How many convolutions has a module, and what does each one read?")),
        (
            (ROW_4A, 480),
            module_weights(ROW_4A, 480, biases=True),
            "3a is right; at 4a 480 channels arrive.",
        ),
        ((ROW_5A, 832), 1_043_456, "This is 5a, for which the paper's table prints 1072K."),
        (((1, 1, 1, 1, 1, 1), 1), 44, "Four 1×1, one 3×3 and one 5×5, a bias each: 4 + 9 + 25 + 6."),
    ]
    praise = "also for 5a: 1,043,456, where the table prints 1072K"
    return check_function("3", function, cases, praise=praise, whole=True)


def factor_saving(function) -> Verdict:
    """Exercise 4: share of the work saved by a chain of kernels instead of one, ``function(whole, chain)``."""
    cases = [
        (
            ((5, 5), [(3, 3), (3, 3)]),
            1 - 18 / 25,
            "Two 3×3 do 18 of 25 products; what is saved is the rest. A fraction, so 0.28 and not 28.",
        ),
        (((3, 3), [(3, 1), (1, 3)]), 1 / 3, "3×1 and 1×3 do 6 of 9 products. Do not round."),
        (((3, 3), [(2, 2), (2, 2)]), 1 / 9, "Two 2×2 do 8 of 9 products."),
        (((7, 7), [(1, 7), (7, 1)]), 5 / 7, "1×7 and 7×1 do 14 of 49 products."),
    ]
    return check_function("4", function, cases, praise="28 %, 33 %, 11 % and 71 %")


def shifted_channels(answer) -> Verdict:
    """Exercise 5: channels that the notes' block gives for row 5a."""
    return check_value(
        "5",
        answer,
        160 + 32 + 128,
        mistakes=[
            (832, "that is the paper's module: 256 + 320 + 128 + 128."),
            (576, "the block has no 1×1 branch: 256 is taken for the reduction before the 3×3."),
            (608, "320 is taken for the reduction before the 5×5: it never leaves the block."),
            (256 + 160 + 320 + 32 + 128, "reductions are followed by a convolution; only branch ends are joined."),
        ],
        hint="the five numbers are read as 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool proj.",
        praise="320 channels where the table has 832",
    )


def design_module(row) -> Verdict:
    """Exercise 6: six widths for 192 channels in, 256 out, with at most 100,000 weights."""
    if is_blank(row):
        return not_attempted("6")
    try:
        widths = np.asarray(row, dtype=float)
    except (TypeError, ValueError):
        return failed("6", f"give six whole numbers: {', '.join(NAMES)}.")
    if widths.shape != (6,) or (widths < 1).any() or (widths != np.round(widths)).any():
        return failed("6", f"give six whole numbers of at least 1: {', '.join(NAMES)}.")
    one, three_reduce, three, five_reduce, five, projection = (int(width) for width in widths)
    leaving, weights = one + three + five + projection, module_weights([int(w) for w in widths], 192)
    if leaving != 256:
        return failed("6", f"{one} + {three} + {five} + {projection} = {leaving} channels leave; 256 are wanted.")
    if three < 64 or five < 32:
        return failed("6", f"the 3×3 must give at least 64 channels and the 5×5 32; received {three} and {five}.")
    if 4 * three_reduce < three or 4 * five_reduce < five:
        return failed(
            "6", f"a bottleneck: {three_reduce} before {three} and {five_reduce} before {five}; a quarter at least."
        )
    if weights > MOST_WEIGHTS:
        return failed("6", f"{weights:,} weights; at most {MOST_WEIGHTS:,} are allowed. Which branch has most of them?")
    return passed("6", f"{weights:,} weights where 3a has 163,328")


def smooth(function) -> Verdict:
    """Exercise 7: smoothed targets, ``function(labels, classes, epsilon)``."""
    hot = np.eye(4)[[0, 2]]
    mistakes = [
        (0.8 * hot, "The rows add up to 0.8: where does the rest of the probability go?"),
        (hot + 0.05, "The rows add up to more than 1: what is given to all must be taken from the right class."),
        (0.8 * hot + 0.2, "The rows add up to more than 1: ε is shared out among the classes."),
        (0.8 * hot + 0.2 / 3 * (1 - hot), "Here ε goes to the other classes alone; all of them get a share."),
        (0.2 * hot + 0.2, "ε is the part that is spread, 1 − ε the part that stays."),
        (hot, "ε = 0.2 changes nothing yet."),
    ]
    otherwise = "Each row keeps 1 − ε for its class, and ε is spread over all classes evenly."
    raised = "`labels` are class numbers: a row of zeros with a single 1 for each of them is a good beginning."
    plain = hints([(hot[1], "One row for each label: shape (1, 4).")], "With ε = 0 nothing is smoothed.", raised=raised)
    cases = [
        ((np.array([2]), 4, 0.0), np.eye(4)[[2]], plain),
        ((np.array([0, 2]), 4, 0.2), 0.8 * hot + 0.05, hints(mistakes, otherwise)),
        ((np.array([1]), 10, 0.1), 0.9 * np.eye(10)[[1]] + 0.01, "Four classes are right, ten are not: what is k?"),
    ]
    return check_function("7", function, cases, praise="each row still adds up to 1")
