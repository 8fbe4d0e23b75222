"""Checks of lesson 08 whose answers are numbers on their way through a network: logs, first weights, maps."""

import itertools

import numpy as np

from course_utils.checks.core import Verdict, check_function, failed, is_blank, not_attempted, passed

CHAIN = (192, 64, 64, 128, 128, 256, 256, 256, *[512] * 8, 17)  # widths of sixteen layers that grow as VGG-16's do


def has_learnt_nothing(function) -> Verdict:
    """Exercise 6: tell a network that guesses, ``function(losses, answers, classes)``."""
    mixed, one = np.array([3, 1, 0, 2, 3, 16]), np.array([4, 4, 4, 4, 4, 4])
    log = [2.8376, 2.8344, 2.8338, 2.8333, 2.8330]
    cases = [
        ((log, one, 17), True, "This is the notes' run: ln 17 = 2.8332, and one answer to every image."),
        (([2.8376, 2.60, 2.21], mixed, 17), False, "The loss has left ln 17: this one learns."),
        (([2.8332, 1.9000, 1.0000], one, 17), False, "The last loss counts, and it is 1.0."),
        ((log, mixed, 17), False, "The answers differ: the images make a difference to it already."),
        (
            (log, np.array([4, 4, 4, 4, 4, 9]), 17),
            False,
            "One answer of the six is another: they are not all the same.",
        ),
        (([2.3026, 2.3027, 2.3045], one, 10), True, "With ten classes guessing costs ln 10 = 2.3026; 0.2% is 0.0046."),
        (([2.8332, 2.8331, 2.8330], one, 1000), False, "With 1,000 classes guessing costs 6.9: 2.83 is far below it."),
        (([6.9101, 6.9072, 6.8980], one, 1000), True, "ln 1000 = 6.9078, and 0.2% of it is 0.0138."),
        (([2.8340, 2.8290, 2.8050], one, 17), False, "The last loss is 1% below ln 17: out of the 0.2%."),
        (([2.8340, 2.8290, 2.8247], one, 17), False, "The last loss is 0.3% below ln 17: out of the 0.2%."),
        (([2.7000, 2.9000, 2.8340], one, 17), True, "The last loss counts, and it is at ln 17."),
        (([2.8332, 8.4000, 61.000], one, 17), False, "A loss far above ln 17 is no guess: this run diverged."),
    ]
    return check_function("6", function, cases, praise="last loss at ln(classes), and one answer to everything")


def mended(prepared, first_weights) -> Verdict:
    """Exercise 7: two faults mended, ``prepared(images)`` and ``first_weights(rng, n_in, n_out)``."""
    if is_blank(prepared) or is_blank(first_weights):
        return not_attempted("7")
    images = np.random.default_rng(1).integers(0, 256, (32, CHAIN[0])).astype("float64")
    images[0, :2] = 0, 255
    try:
        numbers = np.asarray(prepared(images.copy()), float)
        sizes = signal(numbers, first_weights)
    except Exception as error:  # the reader's own code: whatever it raises is the answer to show
        return failed("7", f"your code raised {type(error).__name__}: {error}")
    largest, end = float(np.abs(numbers).max()), sizes[-1] / numbers.std()
    faint = bool(end < 0.03)
    if largest < 0.01 and 1e-4 < end < 0.01 and glorot_like(first_weights):
        return not_attempted("7")
    if largest < 0.5:
        return failed("7", f"the largest of the prepared numbers is {largest:.4f}; pixels are still divided twice.")
    if largest > 3:
        return failed("7", f"the largest of the prepared numbers is {largest:.0f}; one division must stay.")
    if faint:
        return failed("7", f"the pixels are right; the logits have {end:.1e} of the size of the image: weights fade.")
    if end > 10:
        return failed("7", f"the pixels are right; the logits have {end:.1e} times the size of the image: too large.")
    return passed("7", f"the logits have {end:.2f} times the size of the image: level, and one division")


def signal(numbers, first_weights) -> list[float]:
    """Return the standard deviation behind each of sixteen layers with ReLU; the last has none."""
    rng, sizes = np.random.default_rng(8), []
    for n_in, n_out in itertools.pairwise(CHAIN):
        kernel = np.asarray(first_weights(rng, n_in, n_out), float)
        if kernel.shape != (n_in, n_out):
            raise ValueError(f"first_weights must return shape ({n_in}, {n_out}); received {kernel.shape}")
        numbers = numbers @ kernel
        sizes.append(float(numbers.std()))
        numbers = np.maximum(numbers, 0)
    return sizes


def glorot_like(first_weights) -> bool:
    """Return True when the variance of the weights is 2/(n_in + n_out)."""
    kernel = np.asarray(first_weights(np.random.default_rng(3), 100, 300), float)
    return bool(abs(kernel.var() * 400 / 2 - 1) < 0.05)


def mix_channels(function) -> Verdict:
    """Exercise 8: a 1×1 convolution with ReLU, ``function(maps, kernel, bias)``."""
    maps = np.arange(6.0).reshape(1, 2, 3) - 2
    kernel, bias = np.array([[1.0, 0.0], [0.0, -1.0], [1.0, -1.0]]), np.array([0.0, 0.5])

    def expected(maps, kernel, bias):
        return np.maximum(maps @ kernel + bias, 0)

    def advice(answer) -> str:
        if np.shape(answer) != (1, 2, 2):
            return "Height and width stay 1 and 2, and there are two new maps: shape (1, 2, 2)."
        if same_numbers(answer, maps @ kernel + bias):
            return "The sums are right; ReLU is missing."
        if same_numbers(answer, np.maximum(maps @ kernel, 0)):
            return "The bias is missing."
        if same_numbers(answer, np.maximum(maps @ kernel, 0) + bias):
            return "Add the bias before ReLU, not after it."
        return "At each place the three numbers of the maps are weighed by the columns of the kernel."

    cases = [
        ((maps, kernel, bias), expected(maps, kernel, bias), advice),
        ((maps[:, :1], -kernel, bias), expected(maps[:, :1], -kernel, bias), "Negative sums become 0."),
        ((np.ones((5, 4, 3)), np.ones((3, 7)), np.zeros(7)), np.full((5, 4, 7), 3.0), "Any number of maps may come."),
    ]
    return check_function("8", function, cases, praise="one small matrix, used at every place")


def speaking_map(function) -> Verdict:
    """Exercise 9: the heat map of Grad-CAM, ``function(maps, gradient)``."""
    maps = np.array([[[1.0, 0.0], [0.0, 2.0]]])
    even = np.broadcast_to([3.0, -1.0], (1, 2, 2)).copy()
    uneven = np.array([[[4.0, 0.0], [-2.0, 6.0]]])  # means 1 and 3
    rng = np.random.default_rng(0)
    large, slopes = rng.random((4, 4, 5)), rng.standard_normal((4, 4, 5))

    def right(maps, gradient):
        return np.maximum(maps @ gradient.mean(axis=(0, 1)), 0)

    def advice(answer) -> str:
        if np.shape(answer) != (1, 2):
            return "One number a place: shape (1, 2), height and width of the maps."
        if same_numbers(answer, [[3, -2]]):
            return "The weighted sum is right; keep only what is positive."
        if same_numbers(answer, [[3, 2]]):
            return "The sign matters: a map with a negative weight speaks against the answer."
        if same_numbers(answer, [[6, 0]]):
            return "The mean of the gradient, not its sum: divide by the number of places."
        return "The lesson's example by hand: weights 3 and −1, so (3, −2), so (3, 0)."

    mean_first = "Each map has ONE weight: the mean of its gradient over all places (here 1 and 3)."
    cases = [
        ((maps, even), right(maps, even), advice),
        ((maps, uneven), right(maps, uneven), mean_first),
        ((large, slopes), right(large, slopes), "Any number of maps and places may come."),
    ]
    return check_function("9", function, cases, praise="the weighted maps, where they speak for the answer")


def same_numbers(answer, expected) -> bool:
    """Return True for equal shapes and nearly equal numbers."""
    return np.shape(answer) == np.shape(expected) and bool(np.allclose(answer, expected))
