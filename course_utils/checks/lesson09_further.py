"""Checks of lesson 09's further pages: halving maps, the parameters of a module, smoothed targets."""

import numpy as np

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


def smooth(function) -> Verdict:
    """Exercise C: smoothed targets, ``function(labels, classes, epsilon)``."""
    hot = np.eye(4)[[0, 2]]
    mistakes = [
        (
            0.8 * hot + 0.05 * (1 - hot),
            "The rows add up to 0.85: the right class gets its share of ε, too.",
        ),
        (0.8 * hot + 0.02, "ε is divided by the number of classes, and here there are 4, not 10."),
        (0.8 * hot, "The rows add up to 0.8: where does the rest of the probability go?"),
        (hot + 0.05, "The rows add up to more than 1: what is given to all must be taken from the right class."),
        (0.8 * hot + 0.2, "The rows add up to more than 1: ε is shared out among the classes."),
        (0.8 * hot + 0.2 / 3 * (1 - hot), "Here ε goes to the other classes alone; all of them get a share."),
        (0.2 * hot + 0.2, "ε is the part that is spread, 1 − ε the part that stays."),
        (hot, "ε = 0.2 changes nothing yet."),
    ]
    otherwise = "Each row keeps 1 − ε for its class, and ε is spread over all classes evenly."
    raised = "`labels` are class numbers: a row of zeros with a single 1 for each of them is a good beginning."
    turned = (np.eye(4)[[2]].T, "The shape must be (1, 4): a row for each label, a column for each class.")
    ends = "With ε = 0 nothing is smoothed: a row of zeros with a single 1 for each label."
    some = hints([(hot[1], "One row for each label: shape (1, 4)."), turned], ends, raised=raised)

    def plain(came_out):
        wrong = not isinstance(came_out, Exception) and np.shape(came_out) not in ((1, 4), (4,), (4, 1))
        return (
            f"The shape must be (1, 4), (labels, classes); yours is {np.shape(came_out)}." if wrong else some(came_out)
        )

    cases = [
        ((np.array([2]), 4, 0.0), np.eye(4)[[2]], plain),
        ((np.array([0, 2]), 4, 0.2), 0.8 * hot + 0.05, hints(mistakes, otherwise)),
        (
            (np.array([1]), 10, 0.1),
            0.9 * np.eye(10)[[1]] + 0.01,
            "Four classes are right, ten are not: how many share ε?",
        ),
    ]
    return check_function("C", function, cases, praise="each row still adds up to 1")
