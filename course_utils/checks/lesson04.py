"""Checks of lesson 04, weight initialization."""

import math

import numpy as np

from course_utils.checks.core import (
    Verdict,
    called,
    check_function,
    check_matching,
    check_value,
    failed,
    hints,
    is_blank,
    not_attempted,
    passed,
    shortened,
)
from course_utils.checks.normalizing import norm_of_maps as norm_of_maps

FEATURES = ("none", "one", "many")
FAULTS = ("too small", "too large", "input forgotten", "units identical")
DEPTH, WIDTH = 40, 128  # of exercise 7
LEAST_RATIO, GREATEST_RATIO = 0.5, 2.0
ROUNDED = 0.05  # answers may be rounded to one or two digits
HE = ("he_normal", "he_uniform", "HeNormal", "HeUniform")  # names that Keras takes; each layer makes an object of it


def features(answer) -> Verdict:
    """Exercise 1: how many different hidden units training can make from four initial settings."""
    return check_matching(
        "1",
        answer,
        {"A": "none", "B": "one", "C": "many", "D": "many"},
        choices=FEATURES,
        noun="network",
        hints={
            "A": "work out its gradients as in the example by hand: which of them are not 0?",
            "B": "does any pair of hidden units ever receive different gradients?",
            "C": "take two steps. After the first one, are the output weights still what they were?",
            "D": "read the precise condition once more: it asks for two things.",
        },
        praise="one kind of randomness, before or behind the units, is enough to part them",
    )


def layer_starts(function) -> Verdict:
    """Exercise 2: initializers for some equal ReLU layers, ``function(count)``: none zero, no two alike."""
    starts, verdict = called("2", function, (3,), name="layer_starts(3)")
    if verdict:
        return verdict
    if not isinstance(starts, (list, tuple)) or len(starts) != 3:
        return failed("2", f"layer_starts(3) must give a list of three (received {shortened(starts)})")
    others = [start for start in starts if isinstance(start, str) and start not in HE]
    if others:
        return failed("2", f"{others[0]!r} is not the name of He's rule")
    try:
        kernels = [_drawn(start) for start in starts]
    except Exception:  # the reader's own objects
        return failed("2", "give initializers, or their names, as a Keras layer takes them for its kernel")
    if not all(kernel.any() for kernel in kernels):
        return failed("2", "one of the three kernels is zero: with ReLU nothing after it or before it will learn")
    if any(np.array_equal(kernels[one], kernels[two]) for one, two in ((0, 1), (0, 2), (1, 2))):
        return failed("2", "two of the three kernels are identical: the same object, or the same seed, twice")
    off = [kernel.std() for kernel in kernels if abs(kernel.std() / math.sqrt(2 / 64) - 1) > 0.1]
    if off:
        return failed("2", f"a deviation is {off[0]:.3f}; He's for 64 inputs is {math.sqrt(2 / 64):.3f}")
    return passed("2", "one rule for the whole model, an object of its own for each layer")


def size_after_ten(factor, size) -> Verdict:
    """Exercise 3: width 100, weights of deviation 0.1, ReLU: factor a layer, and size after ten."""
    return check_value(
        "3",
        (factor, size),
        (0.5, 0.5**5),
        rounded=ROUNDED,
        mistakes=[
            ((1.0, 1.0), "n·Var(w) is 1, but ReLU keeps half of the mean square."),
            ((0.5, 0.5**10), "that is the mean square after ten layers; its root is asked for."),
            ((5.0, 5.0**5), "Var(w) is the square of the deviation, 0.01."),
            ((0.5, 0.5), "that is one layer; there are ten."),
            ((math.sqrt(0.5), 0.5**5), "the size is right; the factor asked for is that of the mean square."),
            ((0.5, 0.5**2.5), "five layers are worked out; there are ten."),
        ],
        hint="the mean square is multiplied by n·Var(w)/2 at every layer; the size is its root.",
        praise="one thirty-second is left after ten layers, one thousandth after twenty",
    )


def he_deviation(answer) -> Verdict:
    """Exercise 4: He's standard deviation for a 3×3 convolution over 64 maps."""
    return check_value(
        "4",
        answer,
        math.sqrt(2 / 576),
        rounded=ROUNDED,
        mistakes=[
            (2 / 576, "that is the variance; what is the standard deviation?"),
            (math.sqrt(2 / 64), "a unit of a convolution adds up 3·3·64 products, not 64."),
            (math.sqrt(2 / 9), "the kernel reaches through all 64 maps."),
            (math.sqrt(1 / 576), "that is LeCun's; He puts back the half that ReLU removes."),
            (math.sqrt(6 / 576), "that is the limit of the uniform draw; its deviation is smaller."),
            (math.sqrt(2 / (576 + 576)), "He counts the inputs alone."),
        ],
        hint="n is the number of products a unit adds up, 3·3·64; the variance is 2/n.",
        praise="√(2/576) ≈ 0.059",
    )


def mean_squares(function) -> Verdict:
    """Exercise 5: the mean square after each ReLU layer, ``function(x, kernels)``."""
    x = np.array([[1.0, -2.0], [-3.0, 0.0]])
    first, second = np.array([[1.0, 1.0], [0.0, -1.0]]), np.array([[-2.0], [1.0]])
    one = np.maximum(x @ first, 0)
    two = np.maximum(one @ second, 0)
    squares = [float((one**2).mean()), float((two**2).mean())]
    uncut = np.maximum(x @ first @ second, 0)  # another result: the second kernel tells whether ReLU was handed on
    one_layer = [
        ([float(one.var())], "That is the variance: do not subtract the mean."),
        ([float(((x @ first) ** 2).mean())], "That is the mean square before ReLU: set negatives to 0 first."),
        ([math.sqrt(squares[0])], "That is the RMS; leave the root away."),
        ([float((x**2).mean()), squares[0]], "One number for each layer; the input is none."),
        (squares[0], "Return a list, with one number for each layer."),
    ]
    two_layers = [
        (squares[1:], "Two kernels are two layers: two numbers."),
        (squares[:1], "Two kernels are two layers: two numbers."),
        ([squares[0], float((uncut**2).mean())], "One layer is right. Does the second read what ReLU has left?"),
    ]
    cases = [
        (
            (x, [first]),
            squares[:1],
            hints(one_layer, "One layer: multiply, set negatives to 0, square, take the mean."),
        ),
        ((x, [first, second]), squares, hints(two_layers, "Each layer reads what the layer before it gave.")),
    ]
    return check_function("5", function, cases, praise="one number a layer: the curve of this lesson")


def diagnose(answer) -> Verdict:
    """Exercise 6: name the fault of four networks from their statistics."""
    return check_matching(
        "6",
        answer,
        {"A": "too small", "B": "too large", "C": "input forgotten", "D": "units identical"},
        choices=FAULTS,
        noun="network",
        hints={
            "A": "the signal shrinks by a factor of nine or so at every layer.",
            "B": "its signal stays near 1, the end of tanh: most units are saturated, and the gradient grows.",
            "C": "its size is healthy, but look at how much it differs from input to input.",
            "D": "look at how much one unit differs from the next.",
        },
        praise="size alone tells two of the four; the spread across inputs and units tells the others",
    )


def tanh_scale(scale) -> Verdict:
    """Exercise 7: a scale for 40 tanh layers at which the gradient keeps its size; the check measures it."""
    if is_blank(scale):
        return not_attempted("7")
    number = isinstance(scale, (int, float, np.integer, np.floating)) and not isinstance(scale, bool)
    if not number or not 0 < scale < 100:
        return failed("7", f"scale must be a number above 0 and below 100 (received {shortened(scale)})")
    ratio = gradient_ratio(float(scale))
    seen = f"with scale {scale:g} the gradient at layer 1 is {ratio:.2g} times that at layer {DEPTH}"
    if ratio < LEAST_RATIO:
        return failed("7", f"{seen}: it dies on its way back. Larger weights let more through.")
    if ratio > GREATEST_RATIO:
        return failed("7", f"{seen}: it grows on its way back. Smaller weights, please.")
    return passed("7", seen)


def _drawn(start) -> np.ndarray:
    """Return the 64×64 kernel that a Keras layer draws from an initializer, its class, or He's name."""
    if isinstance(start, str):
        return np.random.default_rng().normal(0, math.sqrt(2 / 64), (64, 64))
    return np.asarray((start() if isinstance(start, type) else start)((64, 64)))


def gradient_ratio(scale: float, *, draws: int = 3) -> float:
    """Return the gradient's size at layer 1 over that at layer 40 of a tanh chain of width 128, mean of some draws.

    Weights have deviation ``scale / √128``; the gradient at the output is drawn at random.
    """
    ratios = []
    for seed in range(draws):
        rng = np.random.default_rng([seed, 4])
        signals, kernels = [rng.normal(size=(100, WIDTH))], []
        for _ in range(DEPTH):
            kernels.append(rng.normal(0, scale / math.sqrt(WIDTH), (WIDTH, WIDTH)))
            signals.append(np.tanh(signals[-1] @ kernels[-1]))
        gradient = last = rng.normal(size=(100, WIDTH)) * (1 - signals[-1] ** 2)
        for kernel, signal in zip(kernels[:0:-1], signals[-2:0:-1], strict=True):
            gradient = (gradient @ kernel.T) * (1 - signal**2)
        ratios.append(math.sqrt((gradient**2).mean() / (last**2).mean()))
    return float(np.mean(ratios))
