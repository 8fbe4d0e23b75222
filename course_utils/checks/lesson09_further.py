"""Checks of lesson 09's further pages: halving maps, the parameters of a module."""

from course_utils.checks.core import Verdict, check_function, check_value, hints
from course_utils.checks.lesson09 import ROW_3A, ROW_4A, ROW_5A, module_weights, naive_weights


def halving(convolve_first, pool_first, side_by_side) -> Verdict:
    """Exercise A: products of three ways to halve 28×28 maps of 100 channels by 3×3 kernels."""
    first, second, third = right = (9 * 2 * 28**2 * 100**2, 9 * 2 * 14**2 * 100**2, 9 * 14**2 * 100**2)
    return check_value(
        "A",
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
    """Exercise B: parameters of a module with biases, ``function(row, arriving)``."""
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
    return check_function("B", function, cases, praise=praise, whole=True)
