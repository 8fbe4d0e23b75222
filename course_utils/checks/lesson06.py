"""Checks of lesson 06, LeNet-5."""

import math

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

MOST_PARAMETERS = 20_000  # of exercise 7
LEAST_ACCURACY = 0.90
FEWEST_DIGITS = 50
LAYERS = ("C1", "S2", "C3", "S4", "C5", "F6", "output")


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
        rounded=2e-3,
        mistakes=[
            (1.5, "that goes into the squashing function; what comes out?"),
            (squashed(0.0), "the four pixels are added, not averaged."),
            (math.tanh(1.5), "the paper's curve is 1.7159·tanh(2a/3)."),
            (1.7159 * math.tanh(1.5), "inside the tanh the sum is multiplied by 2/3."),
            (math.tanh(1.0), "the curve is multiplied by 1.7159."),
            (squashed(2.0), "add the bias before squashing."),
            (squashed(2.0) - 0.5, "the bias is added before squashing, not after."),
            (squashed(0.5), "one coefficient for the sum of all four pixels; max-pooling came later."),
        ],
        hint="add the four pixels, multiply, add the bias, then squash.",
        praise=f"the sum is 4, weighed 1.5, squashed {right:.3f}",
    )


def partial_parameters(function) -> Verdict:
    """Exercise 3: parameters of a partially connected layer, ``function(table, size)``."""
    lenet = [(0,) * 3] * 6 + [(0,) * 4] * 9 + [(0,) * 6]
    cases = [
        (([(0, 1), (1, 2, 3)], 5), 127, "Two maps: 2·25 + 1 and 3·25 + 1."),
        (([(0,)], 3), 10, "One kernel of 3×3 and one bias."),
        ((lenet, 5), 1516, "This is C3: 6·76 + 9·101 + 151."),
        (([tuple(range(6))] * 16, 5), 2416, "This is C3 with complete connections."),
    ]
    return check_function("3", function, cases, praise="also for C3: 1,516, and 2,416 if complete", whole=True)


def decide(function) -> Verdict:
    """Exercise 4: the smallest distance wins, -1 beyond a limit, ``function(distances, limit)``."""
    distances = np.array([[9.0, 3.0, 30.0], [50.0, 60.0, 41.0], [0.5, 8.0, 7.0], [40.0, 90.0, 80.0]])
    first = [
        ([-1], "A distance of 3 is within the limit of 40 and was turned away: which way does your comparison look?"),
        ([2], "That is the greatest distance; the nearest class wins."),
        ([3.0], "That is the distance; which class has it?"),
        (1, "One answer an image: an array of length 1."),
    ]
    cases = [
        ((distances[:1], 40.0), [1], hints(first, "The smallest distance wins.")),
        ((distances, 40.0), [1, -1, 0, 0], "Beyond the limit the answer is -1; exactly at the limit it still counts."),
        ((distances, 1e9), [1, 2, 0, 0], "With a huge limit nothing is turned away."),
        ((distances, 1.0), [-1, -1, 0, -1], "Only the smallest distance of each row is held against the limit."),
    ]
    return check_function("4", function, cases, praise="a network that can say 'this is no digit'")


def honest_report(epoch, accuracy) -> Verdict:
    """Exercise 5: the epoch of least validation loss, and the test accuracy that goes with it."""
    return check_value(
        "5",
        (epoch, accuracy),
        (4, 0.978),
        mistakes=[
            ((5, 0.981), "that is the best test accuracy: the test set has chosen, so it no longer tests."),
            ((3, 0.978), "the right accuracy; epochs are counted from 1."),
            ((4, 0.981), "the right epoch, with the test accuracy of another."),
            (
                (7, 0.977),
                "the last epoch is honest too, if fixed beforehand; validation chooses better.",
            ),
            ((4, 97.8), "the right epoch and number; write it as a share, between 0 and 1."),
            ((4, 0.08), "the right epoch; what is reported is the test accuracy there."),
        ],
        hint="the validation loss chooses the epoch; the test set is looked at once, there.",
        praise="97.8% is less than 98.1%, and it is true",
    )


def colour_parameters(answer) -> Verdict:
    """Exercise 6: today's LeNet-5 at 32×32 with three colour channels."""
    return check_value(
        "6",
        answer,
        62_006,
        mistakes=[
            (61_706, "that is the grey network; C1's kernels now reach through three channels."),
            (44_726, "that is for 28×28 images; these are 32×32."),
            (44_426, "that is the grey network at 28×28."),
            (62_018, "one bias for each kernel, not for each channel."),
            (3 * 61_706, "only C1 sees the colours: all later layers stay as they are."),
            (60_300, "that starts from the 1998 network; today's is fully connected in C3 and has a dense output."),
        ],
        hint="only C1 changes: 6·(5·5·1 + 1) becomes 6·(5·5·3 + 1).",
        praise="300 more: only C1 sees the colours",
    )


def small_network(model, images, labels) -> Verdict:
    """Exercise 7: a trained LeNet-5 of at most 20,000 parameters, read here on held-out digits as it wants them."""
    if is_blank(model):
        return not_attempted("7")
    if not hasattr(model, "count_params") or not hasattr(model, "predict"):
        return failed("7", f"hand over the trained model itself (received {shortened(model)})")
    if [layer.name for layer in model.layers if layer.name in LAYERS] != list(LAYERS):
        return failed("7", f"the model must come from models.lenet5, with the layers {', '.join(LAYERS)}.")
    labels = np.asarray(labels)
    if len(labels) < FEWEST_DIGITS or len(np.unique(labels)) < 10:
        return failed("7", f"at least {FEWEST_DIGITS} held-out digits of all ten kinds are needed to judge.")
    parameters = model.count_params()
    if parameters > MOST_PARAMETERS:
        return failed("7", f"this width gives {parameters:,} parameters; at most {MOST_PARAMETERS:,} are allowed.")
    answers = np.argmax(model.predict(images, verbose=0), axis=-1)
    accuracy = float(np.mean(answers == labels))
    if accuracy < LEAST_ACCURACY:
        return failed("7", f"{parameters:,} parameters are few enough, but {accuracy:.1%} is below nine in ten.")
    return passed("7", f"{parameters:,} parameters read {accuracy:.1%} of {len(labels):,} held-out digits")


def lenet_parameters(width: float) -> int:
    """Return the parameters of today's LeNet-5 at 28×28 with ``width`` times as many maps and units."""
    c1, c3, c5, f6 = (max(1, round(width * units)) for units in (6, 16, 120, 84))
    return c1 * 26 + c3 * (25 * c1 + 1) + c5 * (16 * c3 + 1) + f6 * (c5 + 1) + 10 * (f6 + 1)
