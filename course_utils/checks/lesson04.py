"""Checks of lesson 04, weight initialization."""

import math

import numpy as np

from course_utils.checks.core import (
    Verdict,
    called,
    check_matching,
    check_value,
    failed,
    is_blank,
    not_attempted,
    passed,
    shortened,
)
from course_utils.checks.normalizing import norm_of_maps as norm_of_maps

FEATURES = ("none", "one", "many")
FAULTS = ("too small", "too large", "input forgotten", "units identical")
DEPTH, WIDTH = 40, 128  # of exercise 7
FACTOR = 1.5  # by which its gradient may be off
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
        length = f", of length {len(starts)}" if isinstance(starts, (list, tuple)) else ""
        return failed("2", f"layer_starts(3) must give a list of three, one a layer (received {_kind(starts)}{length})")
    others = [start for start in starts if isinstance(start, str) and start not in HE]
    if others:
        return failed("2", f"{others[0]!r} is not the name of He's rule")
    try:
        kernels = [_drawn(start) for start in starts]
    except Exception:  # the reader's own objects
        return failed("2", "give initializers, or their names, as a Keras layer takes them for its kernel")
    if not all(kernel.any() for kernel in kernels):
        return failed("2", "of layer_starts(3), one kernel is zero: with ReLU nothing after it or before it will learn")
    if any(np.array_equal(kernels[one], kernels[two]) for one, two in ((0, 1), (0, 2), (1, 2))):
        return failed("2", "of layer_starts(3), two kernels are identical: the same object, or the same seed, twice")
    off = [kernel.std() for kernel in kernels if abs(kernel.std() / math.sqrt(2 / 64) - 1) > 0.1]
    if off:
        return failed("2", f"a deviation is {off[0]:.3f}; He's for 64 inputs is {math.sqrt(2 / 64):.3f}")
    return passed("2", "one rule for all hidden layers, an object of its own for each")


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
            (2 / 64, "that is a variance, and of 64 products; a unit of a convolution adds up 3·3·64."),
            (math.sqrt(2 / 64), "a unit of a convolution adds up 3·3·64 products, not 64."),
            (math.sqrt(2 / 9), "the kernel reaches through all 64 maps."),
            (math.sqrt(1 / 576), "that is LeCun's; He puts back the half that ReLU removes."),
            (math.sqrt(6 / 576), "that is the limit of the uniform draw; its deviation is smaller."),
            (math.sqrt(2 / (576 + 576)), "He counts the inputs alone."),
        ],
        hint="n is the number of products a unit adds up, 3·3·64; the variance is 2/n.",
        praise="√(2/576) ≈ 0.059",
    )


def calibrated(function) -> Verdict:
    """Exercise 5: kernels divided by a number each, ``function(x, kernels)``; ReLU layers then give mean square 1."""
    x = np.array([[1.0, -2.0], [-3.0, 0.0]])
    kernels = [np.array([[1.0, 1.0], [0.0, -1.0]]), np.array([[-2.0], [1.0]])]
    found, verdict = called("5", function, (x, [kernel.copy() for kernel in kernels]), name="calibrated(x, kernels)")
    if verdict:
        return verdict
    try:
        found = [np.asarray(kernel, dtype=float) for kernel in found]
    except (TypeError, ValueError):
        return failed("5", f"return a list of kernels (received {_kind(found)})")
    shapes = [kernel.shape for kernel in found]
    if shapes != [(2, 2), (2, 1)]:
        return failed("5", f"kernels of shapes [(2, 2), (2, 1)] should come back as such (received {shapes})")
    shares = [new[old != 0] / old[old != 0] for new, old in zip(found, kernels, strict=True)]
    if any(
        np.ptp(share) > 1e-6 * abs(share).max() or new[old == 0].any()
        for share, new, old in zip(shares, found, kernels, strict=True)
    ):
        return failed("5", "each kernel is to be divided by one number, the same for all of its weights")
    squares, signal = [], x
    for kernel in found:
        signal = np.maximum(signal @ kernel, 0)
        squares.append(float((signal**2).mean()))
    if np.allclose(squares, 1, rtol=1e-4):
        return passed("5", "the idea of Mishkin and Matas (2015); section 6 does more, and with every batch")
    return failed("5", _calibration_hint(x, kernels, [float(share[0]) for share in shares], squares))


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
            "B": "where on tanh's curve do its values lie? And which layer's gradient is greater, 1 or 20?",
            "C": "its size is healthy, but look at how much it differs from input to input.",
            "D": "look at how much one unit differs from the next.",
        },
        praise="size alone tells two of the four; the spread across inputs and units tells the others",
    )


def centred_sigmoid(deviation) -> Verdict:
    """Exercise 7: weights for 40 layers of sigmoid − ½ at which the gradient keeps its size; the check measures it."""
    if is_blank(deviation):
        return not_attempted("7")
    number = isinstance(deviation, (int, float, np.integer, np.floating)) and not isinstance(deviation, bool)
    if not number or not 0 < deviation < 100:
        return failed("7", f"give a number above 0 and below 100 (received {shortened(deviation)})")
    if WIDTH * deviation**2 / 16 < 0.99:
        return failed("7", f"a slope² is 1/16 at most. What is then the factor a layer, with {WIDTH} weights a unit?")
    if WIDTH * deviation**2 / 16 < 1.01:
        return failed("7", "that would do if every slope were ¼. Most are less; your instrument knows how much.")
    ratio = gradient_ratio(float(deviation))
    if ratio < 1 / FACTOR:
        return failed("7", "there the gradient still fades: layer 1 gets too little. Measure a row of deviations.")
    if ratio > FACTOR:
        return failed("7", "there the gradient already grows: layer 1 gets too much. Measure a row of deviations.")
    insight = "without the ½ in common sums are smaller and slopes nearer to ¼, so a quarter of 110/n is enough"
    return passed("7", f"Var(w) is about 26/n: {insight}")


def _drawn(start) -> np.ndarray:
    """Return the 64×64 kernel that a Keras layer draws from an initializer, its class, or He's name."""
    if isinstance(start, str):
        return np.random.default_rng().normal(0, math.sqrt(2 / 64), (64, 64))
    return np.asarray((start() if isinstance(start, type) else start)((64, 64)))


def gradient_ratio(deviation: float, *, draws: int = 4) -> float:
    """Return the gradient's size at layer 1 over that at layer 40 of a chain of sigmoid − ½, mean of some draws.

    Layers of 128 units, weights of standard deviation ``deviation``; the gradient at the output is drawn at random.
    """
    ratios = []
    for seed in range(draws):
        rng = np.random.default_rng([seed, 4])
        signal, kernels, slopes = rng.normal(size=(100, WIDTH)), [], []
        for _ in range(DEPTH):
            kernels.append(rng.normal(0, deviation, (WIDTH, WIDTH)))
            signal = np.tanh(signal @ kernels[-1] / 2) / 2  # this is the sigmoid − ½
            slopes.append(0.25 - signal**2)
        gradient = last = rng.normal(size=(100, WIDTH)) * slopes[-1]
        for kernel, slope in zip(kernels[:0:-1], slopes[-2::-1], strict=True):
            gradient = (gradient @ kernel.T) * slope
        ratios.append(math.sqrt((gradient**2).mean() / (last**2).mean()))
    return float(np.mean(ratios))


def _kind(answer) -> str:
    """Return what an answer is, "a list" or its short form."""
    return f"a {type(answer).__name__}" if isinstance(answer, (list, tuple, dict, np.ndarray)) else shortened(answer)


def _calibration_hint(x, kernels, shares, squares) -> str:
    """Return what to look at where mean squares are not 1; the shares are what the kernels were multiplied by."""
    sums = [x @ kernels[0]]
    signals = [np.maximum(sums[0], 0)]
    sums.append(signals[0] @ kernels[1])
    signals.append(np.maximum(sums[1], 0))
    size = [float((signal**2).mean()) ** 0.5 for signal in signals]
    first = [
        (1.0, "the kernels are unchanged."),
        (
            1 / size[0] ** 2,
            "you divide by the mean square. By what must a signal be divided to make its mean square 1?",
        ),
        (size[0], "you multiply where you should divide."),
        (1 / float(signals[0].std()), "a standard deviation subtracts the mean; the mean square does not."),
        (1 / float((sums[0] ** 2).mean()) ** 0.5, "you measure before ReLU."),
        (1 / float((x**2).mean()) ** 0.5, "you measure what goes into the layer; what comes out counts."),
    ]
    for share, hint in first:
        if math.isclose(shares[0], share, rel_tol=1e-4):
            return f"layer 1 has mean square {squares[0]:.3g}: {hint}"
    if not math.isclose(squares[0], 1, rel_tol=1e-4):
        return f"the mean squares after the two layers are {squares[0]:.3g} and {squares[1]:.3g}, not 1."
    if math.isclose(shares[1], 1 / size[1], rel_tol=1e-4):
        return f"layer 1 is right, layer 2 has {squares[1]:.3g}: which signal does it get, once layer 1 is calibrated?"
    return f"layer 1 is right, layer 2 has {squares[1]:.3g}: what does it read, and where do you measure?"
