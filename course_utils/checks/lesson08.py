"""Checks of lesson 08, VGG: what a value sees, what a network costs, how numbers pass through it."""

import numpy as np

from course_utils.checks.columns import (
    CHAIN,
    DENSE,
    SIDE,
    A,
    C,
    D,
    advice_on,
    glorot_like,
    parsed,
    seen_by,
    signal,
    work_of,
)
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
)

WIDEST_FIELD, MOST_MACS = 212, 8.0e9  # of exercise 10: what VGG-16 sees, for little more work than A
LEAST_FILTERS = (64, 128, 256, 512, 512)  # of exercise 10: the table's


def stack_then_pool(field) -> Verdict:
    """Exercise 1: what one value sees after 3×3, 3×3, 3×3, a 2×2 pool of stride 2, and 3×3."""
    return check_value(
        "1",
        field,
        12,
        mistakes=[
            (10, "after the pool neighbours are two pixels apart: its 3×3 adds 2·2, not 2."),
            (11, "the pool adds one pixel of its own; a 3×3 after it adds 2·2."),
            (8, "that is what the pool sees; a 3×3 follows."),
            (7, "that is what the first three see; a pool and a 3×3 follow."),
            (16, "the pool's field is 8, not 14: it adds one pixel, and it does not double what came before."),
            (14, "the pool adds (2 − 1)·1 = 1 pixel; the stride counts only for the layers after it."),
        ],
        hint="start with 1; each layer adds (side − 1) times the distance of its inputs, which pools double.",
        praise="7, then 8, then 12",
    )


def field_of(function) -> Verdict:
    """Exercise 2: receptive field of a chain, ``function(chain)`` with (side, stride) of each layer."""
    pooled = [(3, 1), (3, 1), (2, 2), (3, 1), (3, 1), (2, 2), (3, 1)]
    cases = [
        (([(3, 1), (3, 1)],), 5, "Two 3×3 see 5 pixels."),
        (([(7, 1)],), 7, "One 7×7 sees 7."),
        (([(3, 1), (1, 1), (3, 1)],), 5, "A 1×1 adds (1 − 1) = 0 pixels."),
        (([(2, 2), (3, 1)],), 6, "Behind a stride of 2 each step is two pixels: 2 + 2·2."),
        ((pooled,), 24, "Strides multiply: after two pools a step is four pixels."),
        (([],), 1, "Without any layer a value is one pixel."),
    ]
    return check_function("2", function, cases, praise="strides multiply, and every layer adds (side − 1) steps")


def stack_against_large(stack, large) -> Verdict:
    """Exercise 3: parameters with biases of three 3×3 and of one 7×7, 256 channels in and out."""
    channels = 256
    right = (27 * channels**2 + 3 * channels, 49 * channels**2 + channels)
    return check_value(
        "3",
        (stack, large),
        right,
        mistakes=[
            ((27 * channels**2, 49 * channels**2), "those are the weights; every filter has a bias too."),
            (right[::-1], "the other way round: the large kernel has more."),
            ((9 * channels**2 + channels, right[1]), "the second is right; the first is one 3×3, and there are three."),
            ((27 * channels + 3, 49 * channels + 1), "there are 256 filters in each layer, not one."),
            ((27 + 3, 49 + 1), "a kernel reaches through 256 channels, and there are 256 of them."),
            ((27 * channels**2 + channels, right[1]), "each of the three layers has biases of its own."),
        ],
        hint="a layer has side·side·256·256 weights and 256 biases.",
        praise="27/49: the stack keeps 55% and saves 45%",
    )


def layer_work(second, dense) -> Verdict:
    """Exercise 4: multiply-adds of VGG-16's second convolution and of its first dense layer."""
    right = (SIDE**2 * 9 * 64 * 64, 7 * 7 * 512 * DENSE)
    return check_value(
        "4",
        (second, dense),
        right,
        mistakes=[
            ((9 * 64 * 64, right[1]), "the second is right; each weight of a convolution is used at 224·224 places."),
            ((9 * 64 * 64 + 64, right[1] + DENSE), "those are parameters; count how often each weight is used."),
            ((SIDE**2 * 9 * 3 * 64, right[1]), "the second is right; after the first layer there are 64 channels."),
            ((SIDE**2 * 9 * 64, right[1]), "the second is right; a kernel reaches through 64 channels."),
            ((112**2 * 9 * 64 * 64, right[1]), "the second is right; the pool comes after this convolution."),
            ((right[0], 7 * 7 * 512 * DENSE + DENSE), "the first is right; biases are added, not multiplied."),
            ((right[0] + SIDE**2 * 64, right[1]), "the second is right; biases are added, not multiplied."),
            ((right[0], 512 * DENSE), "the first is right; 7·7·512 numbers go into each of the 4096 units."),
            (right[::-1], "the other way round: the convolution does 18 times the work."),
        ],
        hint="side·side·9·C·K for a 3×3 convolution, numbers in times units for a dense layer.",
        praise="18 times the work, with 1/2,800 of the parameters",
    )


def table_parameters(function) -> Verdict:
    """Exercise 5: parameters of a column of table 1, ``function(blocks, classes)``."""
    cases = [
        ((A, 1000), 132_863_336, advice_on(A)),
        ((D, 1000), 138_357_544, "A comes out right. Words of one block are separated by spaces."),
        ((C, 1000), 133_638_952, "A and D come out right. The number before the dash is the side of the kernel."),
        ((D, 17), 134_330_193, "The last dense layer has as many units as there are classes."),
    ]
    return check_function(
        "5", function, cases, praise="132,863,336 to the unit, and 134,330,193 for 17 flowers", whole=True
    )


def has_learnt_nothing(function) -> Verdict:
    """Exercise 6: tell a network that guesses, ``function(losses, answers, classes)``."""
    mixed, one = np.array([3, 1, 0, 2, 3, 16]), np.array([4, 4, 4, 4, 4, 4])
    log = [2.8376, 2.8344, 2.8338, 2.8333, 2.8330]
    cases = [
        ((log, one, 17), True, "This is the notes' run: ln 17 = 2.8332, and one answer to every image."),
        (([2.8376, 2.60, 2.21], mixed, 17), False, "The loss has left ln 17: this one learns."),
        (([2.8332, 1.9000, 1.0000], one, 17), False, "The last loss counts, and it is 1.0."),
        ((log, mixed, 17), False, "The answers differ: the images make a difference to it already."),
        ((log, np.array([4] * 5 + [9]), 17), False, "One answer of the six is another: they are not all the same."),
        (([2.3026, 2.3027, 2.3045], one, 10), True, "With ten classes guessing costs ln 10 = 2.3026; 0.2% is 0.0046."),
        (([2.8332, 2.8331, 2.8330], one, 1000), False, "With 1,000 classes guessing costs 6.9: 2.83 is far below it."),
        (([6.9101, 6.9072, 6.8980], one, 1000), True, "ln 1000 = 6.9078, and 0.2% of it is 0.0138."),
        (([2.8340, 2.8290, 2.8050], one, 17), False, "The last loss is 1% below ln 17: out of the 0.2%."),
        (([2.8340, 2.8290, 2.8247], one, 17), False, "The last loss is 0.3% below ln 17: out of the 0.2%."),
        (([2.7000, 2.9000, 2.8340], one, 17), True, "The last loss counts, and it is at ln 17."),
        (([2.8332, 8.4000, 61.000], one, 17), False, "A loss far above ln 17 is no guess: this run diverged."),
    ]
    return check_function("6", function, cases, praise="last loss at ln(classes), and one answer to everything")


def fixed(prepared, first_weights) -> Verdict:
    """Exercise 7: two faults fixed, ``prepared(images)`` and ``first_weights(rng, n_in, n_out)``."""
    if is_blank(prepared) or is_blank(first_weights):
        return not_attempted("7")
    images = np.random.default_rng(1).integers(0, 256, (32, CHAIN[0])).astype("float64")
    images[0, :2] = 0, 255
    numbers, verdict = called("7", lambda x: np.asarray(prepared(x), float), (images,), name="your code")
    if verdict is None:
        sizes, verdict = called("7", signal, (numbers, first_weights), name="your code")
    if verdict:
        return verdict
    largest, end = float(np.abs(numbers).max()), sizes[-1] / numbers.std()
    if largest < 0.01 and 1e-4 < end < 0.01 and glorot_like(first_weights):
        return not_attempted("7")
    if largest < 0.5:
        return failed("7", f"the largest of the prepared numbers is {largest:.4f}; pixels are still divided twice.")
    if largest > 3:
        return failed("7", f"the largest of the prepared numbers is {largest:.0f}; one division must stay.")
    if end < 0.03:
        return failed("7", f"the pixels are right; the logits have {end:.1e} of the size of the image: weights fade.")
    if end > 10:
        return failed("7", f"the pixels are right; the logits have {end:.1e} times the size of the image: too large.")
    return passed("7", f"the logits have {end:.2f} times the size of the image: level, and one division")


def mix_channels(function) -> Verdict:
    """Exercise 8: a 1×1 convolution with ReLU, ``function(maps, kernel, bias)``."""
    maps = np.arange(6.0).reshape(1, 2, 3) - 2
    kernel, bias = np.array([[1.0, 0.0], [0.0, -1.0], [1.0, -1.0]]), np.array([0.0, 0.5])
    sums = maps @ kernel
    mistakes = [
        (sums + bias, "The sums are right; ReLU is missing."),
        (np.maximum(sums, 0), "The bias is missing."),
        (np.maximum(sums, 0) + bias, "Add the bias before ReLU, not after it."),
    ]
    known = hints(mistakes, "At each place the three numbers of the maps are weighed by the columns of the kernel.")

    def advice(answer) -> str:
        stay = "Height and width stay 1 and 2, and there are two new maps: shape (1, 2, 2)."
        return known(answer) if np.shape(answer) == (1, 2, 2) else stay

    cases = [
        ((maps, kernel, bias), np.maximum(sums + bias, 0), advice),
        ((maps[:, :1], -kernel, bias), np.maximum(bias - sums[:, :1], 0), "Negative sums become 0."),
        ((np.ones((5, 4, 3)), np.ones((3, 7)), np.zeros(7)), np.full((5, 4, 7), 3.0), "Any number of maps may come."),
    ]
    return check_function("8", function, cases, praise="one small matrix, used at every place")


def speaking_map(function) -> Verdict:
    """Exercise 9: the heat map of Grad-CAM, ``function(maps, gradient)``."""
    maps, rng = np.array([[[1.0, 0.0], [0.0, 2.0]]]), np.random.default_rng(0)
    even, uneven = np.tile([3.0, -1.0], (1, 2, 1)), np.array([[[4.0, 0.0], [-2.0, 6.0]]])  # means 3, −1 and 1, 3
    large, slopes = rng.random((4, 4, 5)), rng.standard_normal((4, 4, 5))

    def right(maps, gradient):
        return np.maximum(maps @ gradient.mean(axis=(0, 1)), 0)

    mistakes = [
        ([[3, -2]], "The weighted sum is right; keep only what is positive."),
        ([[3, 2]], "The sign matters: a map with a negative weight speaks against the answer."),
        ([[6, 0]], "The mean of the gradient, not its sum: divide by the number of places."),
    ]
    known = hints(mistakes, "The lesson's example by hand: weights 3 and −1, so (3, −2), so (3, 0).")

    def advice(answer) -> str:
        one = "One number a place: shape (1, 2), height and width of the maps."
        return known(answer) if np.shape(answer) == (1, 2) else one

    mean_first = "Each map has ONE weight: the mean of its gradient over all places (here 1 and 3)."
    cases = [
        ((maps, even), right(maps, even), advice),
        ((maps, uneven), right(maps, uneven), mean_first),
        ((large, slopes), right(large, slopes), "Any number of maps and places may come."),
    ]
    return check_function("9", function, cases, praise="the weighted maps, where they speak for the answer")


def own_column(blocks) -> Verdict:
    """Exercise 10: five blocks of the table's widths or more that see 212 pixels for 8 billion multiply-adds."""
    if is_blank(blocks):
        return not_attempted("10")
    words = parsed(blocks)
    if words is None:
        return failed("10", 'write five texts of words such as "3-64", the side of the kernel and the filters.')
    if any(side not in (1, 3) for block in words for side, _ in block):
        return failed("10", "sides are 1 or 3, as in the table.")
    for number, (block, least) in enumerate(zip(words, LEAST_FILTERS, strict=True), start=1):
        if min(filters for _, filters in block) < least:
            return failed("10", f"block {number} needs at least {least} filters in each layer, as in the table.")
    field, work = seen_by(words), work_of(words)
    if field < WIDEST_FIELD:
        return failed("10", f"after the last pool a value sees {field} pixels; at least {WIDEST_FIELD} are asked.")
    if work > MOST_MACS:
        most = f"at most {MOST_MACS / 1e9:.0f} are allowed"
        return failed("10", f"that is {work / 1e9:.2f} billion multiply-adds; {most}.")
    return passed("10", f"it sees {field} pixels for {work / 1e9:.2f} billion multiply-adds; VGG-16 needs 15.47")
