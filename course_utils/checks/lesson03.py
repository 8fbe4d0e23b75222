"""Checks of lesson 03, MLP against CNN."""

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

SLACK = 0.01  # of exercise 7: accuracies this close count as equal


def mlp_parameters(answer) -> Verdict:
    """Exercise 1: dense layers 784 → 300 → 100 → 10 with biases."""
    return check_value(
        "1",
        answer,
        266_610,
        mistakes=[
            (266_200, "those are the weights; every unit has a bias too."),
            (266_600, "the output layer has biases too."),
            (784 * 300 * 100 * 10, "layers are added, not multiplied."),
            (300 + 100 + 10, "those are the biases; each unit also has a weight for every number below it."),
            (28 * 300 + 300 + 30_100 + 1_010, "the image is flattened: 28·28 numbers go in, not 28."),
        ],
        hint="each layer has (numbers in + 1) · units parameters.",
        praise="235,500 + 30,100 + 1,010",
    )


def cnn_parameters(answer) -> Verdict:
    """Exercise 2: conv 8 and 16, 3×3 "same", each pooled, then dense 10, on 32×32×3."""
    return check_value(
        "2",
        answer,
        11_642,
        mistakes=[
            (224 + 1_168 + 32 * 32 * 16 * 10 + 10, "each pooling halves height and width: 32 → 16 → 8."),
            (224 + 1_168 + 16 * 16 * 16 * 10 + 10, "there are two poolings: the last maps are 8×8."),
            (216 + 1_152 + 10_240, "those are the weights; each map and each unit has a bias."),
            (80 + 1_168 + 10_250, "the first kernels reach through three colour channels."),
            (224 + 160 + 10_250, "the second layer's kernels reach through all 8 maps."),
            (224 + 1_168 + 170, "flattening gives 8·8·16 numbers, not 16."),
            (1_392, "the dense layer is missing."),
        ],
        hint="add (3·3·3 + 1)·8, (3·3·8 + 1)·16 and the dense layer over 8·8·16 numbers.",
        praise="224 + 1,168 + 10,250",
    )


def safe_split(function) -> Verdict:
    """Exercise 3: ``function(count, held, seed)`` returns two index arrays: train and hold-out."""
    if is_blank(function):
        return not_attempted("3")
    if not callable(function):
        return failed("3", f"hand over the function itself (received {shortened(function)})")
    try:
        answers = [function(1_000, 100, seed) for seed in (0, 0, 1)]
    except NotImplementedError:
        return not_attempted("3")
    except Exception as error:  # the reader's own code: whatever it raises is the answer to show
        return failed("3", f"safe_split(1000, 100, 0) raised {type(error).__name__}: {error}")
    if is_blank(answers[0]):
        return not_attempted("3")
    try:
        pairs = [tuple(np.asarray(part).astype(int).ravel() for part in answer) for answer in answers]
        (train, held), (train_again, held_again), (_, other) = pairs
    except (TypeError, ValueError):
        return failed("3", f"return two arrays of image numbers: train, held (received {shortened(answers[0])})")
    return _judge_split(train, held, train_again, held_again, other)


def _judge_split(train, held, train_again, held_again, other) -> Verdict:
    if (len(train), len(held)) != (900, 100):
        return failed("3", f"900 to train and 100 held out were asked for; you gave {len(train)} and {len(held)}.")
    if set(train) & set(held):
        return failed("3", "an image is in both parts: that is the leak.")
    if sorted([*train, *held]) != list(range(1_000)):
        return failed("3", "each of the 1,000 images must be in exactly one part.")
    if not (np.array_equal(train, train_again) and np.array_equal(held, held_again)):
        return failed("3", "called again with the same seed it must give the same split, or a re-run cell leaks.")
    if np.array_equal(np.sort(held), np.arange(100)) or np.array_equal(np.sort(held), np.arange(900, 1_000)):
        return failed("3", "the first or last images are no random draw: files are often sorted.")
    if np.array_equal(np.sort(held), np.sort(other)):
        return failed("3", "another seed must give another split.")
    return passed("3", "disjoint, complete, and the same whenever the cell is run again")


def unshuffled(function) -> Verdict:
    """Exercise 4: ``function(images, order)`` undoes ``flat[:, order]``."""
    images = np.arange(2 * 3 * 4).reshape(2, 3, 4)
    cases = []

    for seed in (0, 1):
        order = np.random.default_rng(seed).permutation(12)
        shuffled = images.reshape(2, -1)[:, order].reshape(images.shape)
        twice = shuffled.reshape(2, -1)[:, order]
        back = f"Give the images their shape back: {images.shape}."
        mistakes = [
            (images.reshape(2, -1), f"The pixels are in their places. {back}"),
            (shuffled, "Nothing has moved."),
            *((twice.reshape(shape), "That shuffles once more instead of back.") for shape in (images.shape, (2, 12))),
        ]
        raised = f"`order` counts the {order.size} pixels of an image laid out flat; images are {images.shape}."
        otherwise = "Place i holds the pixel of place order[i]: so which place now holds the pixel of place 0?"
        cases.append(((shuffled, order), images, hints(mistakes, otherwise, raised=raised)))
    return check_function("4", function, cases, praise="nothing was lost: a permutation can be undone")


def mended_accuracy(function) -> Verdict:
    """Exercise 5: ``function(predicted, labels_twice)`` finds the accuracy from labels that were encoded twice."""

    def accuracy_of_all(answer) -> str:
        if np.shape(answer) == () and answer == 100:
            return "Give a share from 0 to 1, not a percentage."
        return "Every one of these six predictions is correct: 1.0 is expected. The last axis holds 'no' and 'yes'."

    labels = np.array([3, 0, 1, 9, 0, 5])
    twice = np.eye(2)[np.eye(10)[labels].astype(int)]
    cases = [
        ((labels, twice), 1.0, accuracy_of_all),
        ((np.array([3, 0, 1, 9, 0, 4]), twice), 5 / 6, "Five of these six are right."),
        ((np.zeros(6, int), twice), 2 / 6, "Two of the six are of class 0; flattening hides the others."),
    ]
    return check_function("5", function, cases, praise="the labels were never lost, only wrapped twice")


def equal_width(answer) -> Verdict:
    """Exercise 6: the widest MLP with one hidden layer and no more than 220,234 parameters."""
    return check_value(
        "6",
        answer,
        277,
        mistakes=[
            (278, "278 units have 221,020 parameters: more than the CNN."),
            (276, "one more unit still fits."),
            (280, "do not forget the biases and the output layer: 784·w + w + 10·w + 10."),
            (217, "that is the width with two hidden layers; here there is one."),
            (275, "more still fit."),
            (277.01, "a whole number of units: round down."),
            (277.02, "a whole number of units: round down."),
            (220_225, "that is the number of parameters; asked for is the width."),
        ],
        hint="solve 784·w + w + 10·w + 10 ≤ 220,234 for a whole number w.",
        praise="220,225 parameters, nine fewer than the CNN",
    )


def blocks(plain, in_blocks, in_pixels) -> Verdict:
    """Exercise 7: test accuracies of a CNN on colour images as they are, with blocks shuffled, with pixels shuffled."""
    answers = (plain, in_blocks, in_pixels)
    if is_blank(answers):
        return not_attempted("7")
    if any(is_blank(answer) for answer in answers):
        return failed("7", "give all three accuracies.")
    try:
        plain, in_blocks, in_pixels = (float(answer) for answer in answers)
    except (TypeError, ValueError):
        return failed("7", f"give three numbers from 0 to 1 (received {shortened(answers)})")
    if not all(0 <= share <= 1 for share in (plain, in_blocks, in_pixels)):
        return failed("7", f"an accuracy is a share from 0 to 1 (received {shortened(answers)})")
    if plain < 0.4:
        return failed("7", f"plain images should be read far better than by guessing; {plain:.1%} says: train longer.")
    if len({plain, in_blocks, in_pixels}) < 3:
        return failed("7", "two accuracies are equal to the last digit, which three trainings do not give.")
    if in_pixels > plain - 0.05:
        return failed("7", "shuffled pixels should cost much accuracy: were training and test images both shuffled?")
    if not in_pixels - SLACK <= in_blocks <= plain + SLACK:
        return failed("7", "blocks keep most neighbours: expect a value between the other two. Same order everywhere?")
    told = "the more neighbours are left, the better"
    if not in_pixels + SLACK < in_blocks < plain - SLACK:
        told = f"the blocks are within {SLACK:.0%} of their neighbour, which one training each cannot tell apart"
    return passed("7", f"{plain:.1%}, {in_blocks:.1%}, {in_pixels:.1%}: {told}")
