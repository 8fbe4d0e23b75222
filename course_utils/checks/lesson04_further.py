"""Checks of lesson 04's further pages: the limit of a uniform rule, leaky ReLU."""

import math

from course_utils.checks.core import Verdict, check_function, hints


def glorot_limit(function) -> Verdict:
    """Exercise A: the limit of Glorot's uniform draw, ``function(n_in, n_out)``."""
    mistakes = [
        (2 / 1040, "That is the variance."),
        (math.sqrt(2 / 1040), "That is the deviation; a uniform draw of that deviation reaches further."),
        (math.sqrt(6 / 784), "Glorot counts inputs and outputs."),
        (math.sqrt(12 / 1040), "Numbers drawn evenly from −a to a have variance a²/3, over a range of 2a."),
    ]
    otherwise = "Numbers drawn evenly from −a to a have variance a²/3; set it to 2/(n_in + n_out)."
    cases = [
        ((784, 256), math.sqrt(6 / 1040), hints(mistakes, otherwise)),
        ((100, 100), math.sqrt(6 / 200), "Here the variance must be 1/100."),
        ((1, 2), math.sqrt(2), "Both numbers count, added."),
    ]
    return check_function("A", function, cases, praise="the same as Keras uses where you choose nothing")


def leaky_variance(function) -> Verdict:
    """Exercise B: the variance that keeps the mean square with a leaky ReLU, ``function(n_in, slope)``."""
    plain = [(math.sqrt(0.02), "That is the deviation; the variance is asked for.")]
    squared = "The negative half is multiplied by the slope, so its mean square by the slope squared."
    left = "Which part of the mean square is left, when the negative half is multiplied by the slope?"
    cases = [
        ((100, 0.0), 0.02, hints(plain, "With slope 0 it must be He's 2/n.")),
        ((100, 1.0), 0.01, "With slope 1 nothing is cut, and it must be LeCun's 1/n."),
        ((50, 0.5), 2 / (50 * 1.25), hints([(2 / (50 * 1.5), squared)], left)),
        (
            (784, 0.01),
            2 / (784 * 1.0001),
            "Both halves count: the kept one whole, the other one times the slope squared.",
        ),
    ]
    return check_function("B", function, cases, praise="2/(n·(1 + slope²)), as in the paper by He and others")
