"""Checks of lesson 07, AlexNet."""

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
    shortened,
)

MOST_PARAMETERS, FEWEST_MACS = 3_000_000, 60_000_000  # of exercise 7
CAUSES = ("overfitting", "ordered split", "moving statistics", "learning rate")


def conv1_sides(plain, padded) -> Verdict:
    """Exercise 1: 11×11 kernels, stride 4, on 224 pixels: without padding, and with 2 pixels on every side."""
    return check_value(
        "1",
        (plain, padded),
        (54, 55),
        mistakes=[
            ((55, 55), "213/4 is 53.25, and a quarter of a step is no step: 53 steps, one window more."),
            ((53, 54), "count windows, not steps: one more than the steps."),
            ((53, 55), "without padding, count windows, not steps: one more than the steps."),
            ((54, 54), "2 pixels on every side make the image 4 pixels wider."),
            ((56, 57), "the kernel must fit whole: subtract its size before you divide."),
            ((54.25, 55.25), "a window that does not fit whole is left out: round down."),
            ((55, 54), "the other way round: padding makes room for more windows."),
        ],
        hint="⌊(size + 2·padding − kernel)/stride⌋ + 1.",
        praise="so 224 gives 55 after all, with a padding that the paper does not mention",
    )


def lrn_by_hand(answer) -> Verdict:
    """Exercise 2: channels 2, 4, 0, 6; n 3, k 1, alpha 0.5, beta 1; the second channel."""
    return check_value(
        "2",
        answer,
        4 / (1 + 0.5 * (4 + 16 + 0)),
        rounded=5e-3,
        mistakes=[
            (0.36, "right so far; give at least three digits."),
            (4 / (1 + 0.5 / 3 * 20), "alpha is not divided by n in the paper."),
            (4 / (1 + 0.5 * 56), "n = 3: one neighbour on each side, not all channels."),
            (4 / (1 + 0.5 * 4), "the channel itself belongs to the sum."),
            (4 / (1 + 20), "multiply the sum of the squares by alpha, 0.5."),
            (4 / (1 + 0.5 * 16), "its two neighbours belong to the sum, too."),
            (4 / (0.5 * 20), "add k before you divide."),
            (4 / (1 + 0.5 * 6), "square the values before you add them."),
            (1 + 0.5 * 20, "that is the divisor; what leaves the layer?"),
            (6 / (1 + 0.5 * 36), "that is the last channel; the second is asked for."),
            (4 / 11**0.75, "beta is 1 here, not 0.75."),
        ],
        hint="add the squares of the second channel and its two neighbours, then use the formula.",
        praise="the sum of squares is 20, the divisor 11: 4/11 = 0.364",
    )


def grouped_parameters(function) -> Verdict:
    """Exercise 3: parameters of a grouped convolution, ``function(size, inputs, filters, groups)``."""

    once = "Half the maps each, but there are still 256 filters: divide by the groups once."
    conv2 = "conv2 of the paper: each of the 256 filters sees 48 maps, and has one bias."
    cases = [
        ((1, 4, 6, 1), 30, "Without groups each of the 6 filters has 1·1·4 weights and a bias."),
        ((5, 96, 256, 2), 307_456, hints([(5 * 5 * 48 * 128 + 256, once)], conv2)),
        ((3, 256, 384, 1), 885_120, "conv3 of the paper sees both towers."),
        ((3, 384, 384, 2), 663_936, "conv4 of the paper."),
        ((3, 8, 8, 8), 80, "With as many groups as maps every filter sees one map."),
    ]
    return check_function("3", function, cases, praise="two groups halve the weights and not the biases", whole=True)


def start_left(function) -> Verdict:
    """Exercise 4: the share of the first variance left, ``function(momentum, examples, batch_size, epochs)``."""
    cases = [
        ((0.5, 100, 50, 1), 0.25, "Two batches, two updates: 0.5²."),
        ((0.99, 1088, 64, 5), 0.99**85, "The notes' run: 17 batches in each of 5 epochs."),
        ((0.9, 100, 64, 1), 0.81, "100 images make two batches of 64: the last, smaller one counts."),
        (
            (0.9, 100, 64, 3),
            0.9**6,
            "Each epoch ends with its own smaller batch: round up before you multiply by the epochs.",
        ),
        ((0.99, 1088, 8, 5), 0.99**680, "136 batches in each of 5 epochs."),
    ]
    return check_function("4", function, cases, praise="0.4256 for the notes, 0.001 with batches of 8")


def cause(answer) -> Verdict:
    """Exercise 5: training 97 %, validation 6 %, training images in inference 6 %, after 60 updates."""
    if is_blank(answer):
        return not_attempted("5")
    if not isinstance(answer, str) or answer.strip().lower() not in CAUSES:
        return failed("5", f"choose one of {', '.join(CAUSES)} (received {shortened(answer)})")
    answer = answer.strip().lower()
    hints = {
        "overfitting": "an overfitted network still knows its training images in inference; this one does not.",
        "ordered split": "then the training images themselves would be right in inference; they are not.",
        "learning rate": "the loss falls and training goes well, so the steps are fine.",
    }
    if answer in hints:
        return failed("5", hints[answer])
    return passed("5", "the weights are good; what inference normalises by is not")


def top_k_error(function) -> Verdict:
    """Exercise 6: the share of images whose class is not among the k most probable, ``function(p, labels, k)``."""
    p = np.array([[0.5, 0.3, 0.15, 0.05], [0.1, 0.2, 0.3, 0.4], [0.25, 0.05, 0.6, 0.1], [0.7, 0.1, 0.05, 0.15]])
    labels = np.array([0, 1, 0, 2])
    mistakes = [
        (75, "That is per cent; a share from 0 to 1 is asked for."),
        (0.25, "That is the share that is right; an error is the share that is wrong."),
        (3, "Those are the wrong ones; which share of the images is that?"),
        (1.0, "Are the k largest probabilities taken, and not the smallest?"),
    ]
    raised = "`probabilities` has a row for each image, `labels` one number for each, and k is one number for all."
    first = hints(mistakes, "Only the first image has its class on top.", raised=raised)
    cases = [
        ((p, labels, 1), 0.75, first),
        ((p, labels, 2), 0.5, "Within two guesses the third image is right too."),
        ((p, labels, 3), 0.25, "Within three the second as well; the fourth stays wrong."),
        ((p, labels, 4), 0.0, "With as many guesses as classes nothing is wrong."),
        ((p[:1], labels[:1], 1), 0.0, "An error is the share of wrong answers."),
    ]
    return check_function("6", function, cases, praise="the number by which ImageNet is judged")


def cheap_and_busy(table) -> Verdict:
    """Exercise 7: an AlexNet for 17 classes of few parameters and much work, judged by its `anatomy.Anatomy`."""
    if is_blank(table):
        return not_attempted("7")
    if not hasattr(table, "params") or not hasattr(table, "macs") or not hasattr(table, "rows"):
        return failed("7", f"hand over what anatomy.describe returns (received {shortened(table)})")
    last = table.rows[-1]
    if last.name != "predictions" or tuple(last.output_shape) != (17,):
        return failed("7", "the network must come from models.alexnet with classes=17.")
    if table.params > MOST_PARAMETERS:
        largest = max(table.rows, key=lambda row: row.params)
        return failed(
            "7", f"{table.params:,} parameters, at most {MOST_PARAMETERS:,} allowed; {largest.name} has the most."
        )
    if table.macs < FEWEST_MACS:
        return failed(
            "7",
            f"{table.params:,} parameters are few enough; {table.macs / 1e6:.1f} million multiply-adds are not "
            f"{FEWEST_MACS / 1e6:.0f} million. Work grows with the side of the image, the kernels' parameters do not.",
        )
    return passed("7", f"{table.params:,} parameters do {table.macs / 1e6:.0f} million multiply-adds")
