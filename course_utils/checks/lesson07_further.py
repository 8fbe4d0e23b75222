"""Checks of lesson 07's further pages: response normalization by hand, parameters of a grouped convolution."""

from course_utils.checks.core import Verdict, check_function, check_value, hints


def lrn_by_hand(answer) -> Verdict:
    """Exercise A: channels 2, 4, 0, 6; n 3, k 1, alpha 0.5, beta 1; the second channel."""
    return check_value(
        "A",
        answer,
        4 / (1 + 0.5 * (4 + 16 + 0)),
        rounded=5e-3,
        mistakes=[
            (0.36, "right so far; give at least three digits."),
            (4 / (1 + 0.5 / 3 * 20), "alpha is not divided by n in the paper."),
            (4 / (1 + 0.5 * 56), "n = 3: one neighbour on each side, not all channels."),
            (4 / (1 + 0.5 * 4), "the channel itself belongs to the sum."),
            (4 / (1 + 20), "what does alpha multiply?"),
            (4 / (1 + 0.5 * 16), "its two neighbours belong to the sum, too."),
            (4 / (0.5 * 20), "k belongs to the divisor."),
            (4 / (1 + 0.5 * 6), "square the values before you add them."),
            (1 + 0.5 * 20, "that is the divisor; what leaves the layer?"),
            (6 / (1 + 0.5 * 36), "that is the last channel; the second is asked for."),
            (4 / 11**0.75, "beta is 1 here, not 0.75."),
        ],
        hint="which squares belong to the sum for the second channel?",
        praise="the sum of squares is 20, the divisor 11: 4/11 = 0.364",
    )


def grouped_parameters(function) -> Verdict:
    """Exercise B: parameters of a grouped convolution, ``function(size, inputs, filters, groups)``."""
    once = "Half the maps each, but there are still 256 filters: divide by the groups once."
    conv2 = "conv2 of the paper: each of the 256 filters sees 48 maps, and has one bias."
    cases = [
        ((1, 4, 6, 1), 30, "Without groups each of the 6 filters has 1·1·4 weights and a bias."),
        ((5, 96, 256, 2), 307_456, hints([(5 * 5 * 48 * 128 + 256, once)], conv2)),
        ((3, 256, 384, 1), 885_120, "conv3 of the paper sees both towers."),
        ((3, 384, 384, 2), 663_936, "conv4 of the paper."),
        ((3, 8, 8, 8), 80, "With as many groups as maps every filter sees one map."),
    ]
    return check_function("B", function, cases, praise="two groups halve the weights and not the biases", whole=True)
