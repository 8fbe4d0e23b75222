"""Checks of lesson 06, LeNet-5."""

import math

import numpy as np

from course_utils.checks.core import (
    Verdict,
    called,
    check_function,
    check_value,
    failed,
    hints,
    is_blank,
    not_attempted,
    passed,
    shortened,
)
from course_utils.checks.partial import about, mistakes_of, near

MOST_PARAMETERS = 6_000  # of exercise 7
FEWEST_DIGITS = 50
ALIKE = 0.99  # cosine from which two kernels ask the same question
MARGIN = 0.004  # of exercise 6: the standard error of the difference of two accuracies near 96 % on 5,000 digits


def parameters_and_connections(parameters, connections) -> Verdict:
    """Exercise 1: 12 kernels of 3×3 over 8 maps with biases, output 20×20."""
    right = 12 * (9 * 8 + 1)
    return check_value(
        "1",
        (parameters, connections),
        (right, 400 * right),
        mistakes=[
            ((12 * 72, 400 * 12 * 72), "each kernel also has a bias, and a bias is used at every place."),
            ((right, 400 * 12 * 72), "the parameters are right; the bias is a connection too, at every place."),
            ((12 * 10, 400 * 12 * 10), "a kernel reaches through all 8 input maps."),
            ((12 * 8 * 10, 400 * 12 * 8 * 10), "one bias for each kernel, not for each of its 8 slices."),
            ((400 * right, right), "the other way round: sharing makes connections many and parameters few."),
            ((right, right), "the parameters are right; each is used at all 20·20 places."),
            ((right, 18 * 18 * right), "the parameters are right; the maps that come out are 20×20 already."),
            ((right, 22 * 22 * right), "the parameters are right; count the places of the output, not of the input."),
        ],
        hint="a kernel has 3·3·8 weights and one bias; a connection is one use of a number.",
        praise="876 numbers, used 350,400 times",
    )


def subsampling_by_hand(answer) -> Verdict:
    """Exercise 2: pixels 1, 0, 1, 2, coefficient 0.5, bias -0.5, scaled tanh."""

    def squashed(total):
        return 1.7159 * math.tanh(2 / 3 * total)

    right = squashed(1.5)
    return check_value(
        "2",
        answer,
        right,
        rounded=3e-3,
        mistakes=[
            (1.3, "close: give three decimals."),
            (1.5, "that goes into the squashing function; what comes out?"),
            (squashed(0.0), "the four pixels are added, not averaged."),
            (math.tanh(1.5), "the paper's curve is 1.7159·tanh(2a/3)."),
            (1.7159 * math.tanh(1.5), "inside the tanh the sum is multiplied by 2/3."),
            (math.tanh(1.0), "the curve is multiplied by 1.7159."),
            (squashed(2.0), "add the bias before squashing."),
            (squashed(2.0) - 0.5, "the bias is added before squashing, not after."),
            (squashed(2.5), "look at the sign of the bias."),
            (squashed(1.75), "the bias is added to the product; the coefficient does not multiply it."),
            (squashed(0.5), "one coefficient for the sum of all four pixels; max-pooling came later."),
        ],
        hint="add the four pixels, multiply, add the bias, then squash.",
        praise=f"the sum is 4, weighted 1.5, squashed {right:.3f}",
    )


def partial_convolution(function, layer) -> Verdict:
    """Exercise 3: C3 as a function ``(maps, kernel, bias, table)``; ``layer`` is the package's, built for six maps."""
    table = tuple(layer.connections)
    random = np.random.default_rng(0)
    kernel = np.asarray(layer.dense_kernel())
    maps = random.normal(size=(14, 14, kernel.shape[2])).astype("float32")
    bias = random.normal(size=len(table)).astype("float32")
    expected = np.asarray(layer(maps[None]))[0] - np.asarray(layer.bias) + bias
    # where the table has no connection the layer's kernel is 0: other numbers there show who reads the table
    filled = np.where(kernel == 0, random.normal(size=kernel.shape), kernel).astype("float32")
    wrong = mistakes_of(maps, filled, bias, table)
    name, axes = getattr(function, "__name__", ""), "The kernel's axes: row, column, map of S2, map of C3."
    answer, verdict = called("3", function, (maps, filled, bias, table), name=name, advice=lambda error: axes)
    if verdict:
        return verdict
    if near(answer, expected):
        gap = float(np.abs(np.asarray(answer) - expected).max())
        return passed("3", f"sixteen maps, as the package's layer makes them (largest difference {gap:.0e})")
    shape = np.shape(answer)
    for mistake, hint in wrong:
        if near(answer, mistake):
            return failed("3", hint)
    if shape != expected.shape:
        return failed("3", f"the output must have shape {expected.shape}; yours has {shape}. {about(shape)}")
    return failed(
        "3", "the shape is right, the numbers are not: kernel[:, :, i, m] leads from map i of S2 to map m of C3."
    )


def colour_parameters(answer) -> Verdict:
    """Exercise 4: today's LeNet-5 at 32×32 with three colour channels and a hundred classes."""
    return check_value(
        "4",
        answer,
        69_656,
        mistakes=[
            (62_006, "the colours are right; how many outputs does a hundred kinds of things need?"),
            (69_356, "the hundred outputs are right; C1's kernels now reach through three channels."),
            (61_706, "that is the grey network for ten kinds."),
            (69_506, "there are two channels more, not one."),
            (52_376, "that is for 28×28 images; these are 32×32."),
            (52_076, "that is the grey network at 28×28; these are 32×32 and in colour."),
            (69_668, "one bias for each kernel of C1, not for each channel."),
            (69_566, "each of the new outputs has a bias, too."),
            (69_556, "both layers are right but for the output layer's hundred biases."),
            (68_756, "in today's version C3 has no table: every map sees every map."),
            (67_950, "that starts from the network of 1998; in today's every map sees every map."),
        ],
        hint="two layers change. Which one reads the picture, and which one answers?",
        praise="C1 gets 300 more, the output layer 7,650",
    )


def decide(function) -> Verdict:
    """Exercise 5: the smallest distance wins, -1 beyond a limit, ``function(distances, limit)``."""
    distances = np.array([[9.0, 3, 30], [50, 60, 41], [0.5, 80, 7], [40, 90, 80], [60, 25, 70]])
    own = "Does your function use `limit`, or a number of its own?"
    first = [
        ([-1], "A distance of 3 is within the limit of 40 and was turned away: which way does your comparison look?"),
        ([2], "That is the greatest distance; the nearest class wins."),
        ([3.0], "That is the distance; which class has it?"),
        ([0, 0, 0], "One answer for each image: look along its row, axis 1."),
        (1, "One answer for each image: an array of length 1."),
    ]
    whole = [
        ([1, 2, 0, 0, 1], "The second image is 41 or more from every class, and the limit is 40."),
        ([1, -1, 0, -1, 1], "Exactly at the limit a distance still counts: it does not exceed it."),
        ([1, -1, 0, -1, -1], f"The last image is 25 from class 1, and the limit is 40. {own}"),
        ([1, 0, 1, 1, 0], "What is written over a great distance is compared as well: -1 is the smallest of its row."),
        ([1, 0, 0, 0, 1], "The second image is 41 or more from every class: argmin names a class even then."),
        (
            [1, -1, -1, -1, -1],
            "Which of a row's distances is held against the limit? It is near if one of them is small.",
        ),
    ]
    huge, tight = "With a huge limit nothing is turned away.", "With a limit of 1 the third image alone is read."
    cases = [
        ((distances[:1], 40.0), [1], hints(first, "The smallest distance wins.")),
        (
            (distances, 40.0),
            [1, -1, 0, 0, 1],
            hints(whole, "Look at the rows one by one: which distance is smallest?"),
        ),
        ((distances, 1e9), [1, 2, 0, 0, 1], hints([([1, -1, 0, 0, 1], f"{huge} {own}")], huge)),
        ((distances, 1.0), [-1, -1, 0, -1, -1], tight),
    ]
    return check_function("5", function, cases, praise="a network that can say 'this is no digit'")


def own_kernels(kernels, judge, bar, *, shown=()) -> Verdict:
    """Exercise 6: six kernels of the reader's own, which ``judge(kernels)`` trains a network on.

    Args:
        kernels: array (5, 5, 1, 6), or six arrays of 5×5.
        judge: returns the validation accuracy of a network whose C1 is frozen at such kernels.
        bar: a function that returns the accuracy to beat by `MARGIN`: of kernels drawn at random, the best of several.
        shown: arrays (5, 5, 1, 6) of kernels that the lesson has shown, which are not the reader's own.
    """
    if is_blank(kernels):
        return not_attempted("6")
    try:
        drawn = np.asarray(kernels, dtype="float32")
    except (TypeError, ValueError):
        return failed("6", "write numbers: six kernels of 5×5, all of the same shape.")
    if drawn.shape == (6, 5, 5):
        drawn = np.moveaxis(drawn, 0, -1)[:, :, None]
    if drawn.shape == (5, 5, 6):
        drawn = drawn[:, :, None]
    if drawn.shape != (5, 5, 1, 6):
        return failed("6", f"six kernels of 5×5, shape (6, 5, 5) or (5, 5, 1, 6); yours have shape {drawn.shape}.")
    if not np.isfinite(drawn).all():
        return failed("6", "every weight must be a finite number.")
    flat = drawn.reshape(25, 6)
    lengths = np.linalg.norm(flat, axis=0)
    if (lengths == 0).any():
        return failed("6", f"kernel {int(lengths.argmin())} is all zeros: its map would be empty.")
    alike = np.triu(flat.T @ flat / np.outer(lengths, lengths), k=1)
    if alike.max() > ALIKE:
        first, second = divmod(int(alike.argmax()), 6)
        return failed(
            "6", f"kernels {first} and {second} are the same but for size, or nearly: ask six different questions."
        )
    copied = _copied_from(flat / lengths, shown)
    if len(copied):
        which = "kernels " + ", ".join(map(str, copied)) + " are" if len(copied) > 1 else f"kernel {copied[0]} is"
        return failed("6", f"{which} in this lesson already, up to size and sign: draw your own.")
    reached, chance = judge((drawn / lengths).astype("float32")), bar()
    told = f"{reached:.1%} of the validation digits are read; with the best of the random draws {chance:.1%}"
    if reached > chance + MARGIN:
        return passed("6", told)
    if reached > chance:
        near = f"{told}. That is within chance: networks as good as each other can differ by {100 * MARGIN:.1f} points"
        return failed("6", f"{near}. {_asked_by(drawn)}")
    return failed("6", f"{told}. {_asked_by(drawn)}")


def _asked_by(kernels: np.ndarray) -> str:
    """Return what to ask somebody whose kernels (5, 5, 1, 6) are no better than chance."""
    if (kernels >= 0).all():
        return "None of your weights is negative: can such a kernel ask for ink *beside* paper?"
    turned = np.sum(kernels * kernels[::-1, ::-1], axis=(0, 1, 2))  # by 180°: below 0 for an edge
    if np.sum(turned < 0) < 2:
        return (
            "Turned by 180° most of your kernels stay nearly the same: which tell a stroke's left side from its right?"
        )
    return "What do the strokes of a digit differ in?"


def _copied_from(flat: np.ndarray, shown) -> np.ndarray:
    """Return which kernels (25, N), each of length 1, equal one of those shown, up to size and sign."""
    if not len(shown):
        return np.array([], dtype=int)
    known = np.concatenate([np.reshape(kernels, (25, -1)) for kernels in shown], axis=1)
    alike = np.abs(flat.T @ (known / np.linalg.norm(known, axis=0)))
    return np.flatnonzero(alike.max(axis=1) > ALIKE)


def small_network(model, images, labels, least) -> Verdict:
    """Exercise 7: a trained network of at most `MOST_PARAMETERS`, judged on held-out digits.

    Args:
        model: the trained Keras model.
        images, labels: held-out digits, as the model takes them.
        least: the accuracy that must be reached.
    """
    if model is None:
        return failed("7", "your function returned nothing; does it end with `return model`?")
    if is_blank(model):
        return not_attempted("7")
    if not hasattr(model, "count_params") or not hasattr(model, "predict"):
        return failed("7", f"return the model itself (received {shortened(model)})")
    if tuple(model.output_shape) != (None, 10):
        flat = (
            " A dense layer reads the last axis alone: flatten the maps first." if len(model.output_shape) > 2 else ""
        )
        return failed(
            "7", f"ten probabilities for each digit, shape (None, 10); yours gives {model.output_shape}.{flat}"
        )
    images, labels = np.asarray(images), np.asarray(labels)
    if hasattr(model, "input_shape") and tuple(model.input_shape[1:]) != images.shape[1:]:
        wanted = "×".join(map(str, images.shape[1:]))
        return failed("7", f"the digits are {wanted}; your network takes {model.input_shape[1:]}. Look at its Input.")
    if len(labels) < FEWEST_DIGITS or len(np.unique(labels)) < 10:
        return failed("7", f"at least {FEWEST_DIGITS} held-out digits of all ten kinds are needed to judge.")
    parameters = model.count_params()
    if parameters > MOST_PARAMETERS:
        most = f"at most {MOST_PARAMETERS:,} are allowed. In which layer do most of them sit?"
        return failed("7", f"{parameters:,} parameters; {most}")
    given = model.predict(images, verbose=0)
    if given.min() < 0 or not np.allclose(given.sum(axis=-1), 1, atol=1e-3):
        return failed("7", "ten probabilities for each digit add up to 1; yours do not. What does the last layer do?")
    answers = np.argmax(given, axis=-1)
    accuracy = float(np.mean(answers == labels))
    if accuracy < least:
        short = f"{parameters:,} parameters are few enough, but {accuracy:.1%} is below {least:.0%}."
        if 2 * parameters < MOST_PARAMETERS:
            more = f"{MOST_PARAMETERS - parameters:,} more are allowed"
            return failed("7", f"{short} {more}: where would they help most, in the kernels or behind them?")
        return failed("7", f"{short} What do the two convolutions of LeNet-5 cost, and what do C5 and F6?")
    return passed("7", f"{parameters:,} parameters read {accuracy:.1%} of {len(labels):,} held-out digits")
