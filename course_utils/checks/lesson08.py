"""Checks of lesson 08, VGG: a block, what it costs and sees, how numbers pass through it, where a network looks."""

import functools

import numpy as np

from course_utils.checks.columns import CHAIN, DENSE, SIDE, glorot_like, parsed, seen_by, signal, work_of
from course_utils.checks.core import (
    SIGNS,
    Verdict,
    called,
    check_function,
    check_value,
    failed,
    hints,
    is_blank,
    network_between,
    not_attempted,
    on_layer,
    passed,
    same,
    shortened,
)

# of exercise 4: VGG-16 sees 212 pixels with 13 convolutions for 15.47 billion multiply-adds
WIDEST_FIELD, MOST_MACS, LEAST_CONVOLUTIONS, MOST_IN_A_BLOCK = 212, 9.5e9, 13, 4
LEAST_FILTERS = (64, 128, 256, 512, 512)  # of exercise 4: the table's
NARROW = 1 / 16  # width of the networks of exercise 1
ROWS = {"A": "3-4", "C": "3-16 3-16 1-16", "E": "3-16 3-16 3-16 3-16"}  # of blocks 1, 3, 3 at that width


def vgg_block(function, vgg) -> Verdict:
    """Exercise 1: a block of the table in Keras, ``function(maps, row)``; ``vgg`` is the package's builder."""
    for config, row in ROWS.items():
        model = vgg(config, input_shape=(32, 32, 3), classes=2, width=NARROW)
        block = "block1" if config == "A" else "block3"
        maps, wanted = model.get_layer(f"{block}_conv1").input, model.get_layer(f"{block}_pool").output
        call = f'vgg_block(maps, "{row}")'
        output, verdict = called("1", function, (maps, row), name=call, advice=on_layer, copy=False)
        if verdict:
            return verdict
        if callable(output):  # a layer, or a model
            return failed("1", f"{call} returned a layer; it must still be called on maps, and the outcome returned.")
        if not hasattr(output, "shape") or len(output.shape) != 4:
            return failed("1", f"{call} must return maps, a Keras tensor (received {shortened(output)})")
        if hint := _shape_hint(tuple(output.shape[1:]), tuple(wanted.shape[1:]), tuple(maps.shape[1:])):
            return failed("1", f"{call} gives maps {_times(output)}; {hint}")
        yours, package = network_between(type(model), maps, output), type(model)(maps, wanted)
        if yours is None:
            return failed("1", f"{call}: the output does not come from the maps that went in.")
        if hint := _values_hint(yours, package, maps, model, block):
            return failed("1", f"{call}: {hint}")
    return passed("1", "blocks of A, C and E, the same to the last digits as the package's with the same weights")


def _times(tensor) -> str:
    return "×".join(str(side) for side in tensor.shape[1:])


def _shape_hint(got: tuple, wanted: tuple, given: tuple) -> str:
    """Return what to say of maps of a wrong shape, or nothing."""
    if got == wanted:
        return ""
    if got[2] != wanted[2]:
        return "how many maps does the last convolution of the row make?"
    if got[:2] == given[:2]:
        return "a block halves their height and width at its end."
    if got[0] > wanted[0]:
        return "the convolutions keep height and width, and the pooling halves them."
    return "they are too small: does every convolution keep their size, and is there one pooling, at the end?"


def _values_hint(yours, package, maps, model, block: str) -> str:
    """Copy the package's weights, compare the outputs on random numbers; return what to say, or nothing."""
    kinds = [type(layer).__name__ for layer in yours.layers]
    if any("Normalization" in kind for kind in kinds):
        return "it normalizes; the table of 2014 has convolutions, ReLUs and a pooling only."
    if [kind for kind in kinds if "Conv" in kind or "Pool" in kind][-1:] == ["Conv2D"]:
        return "a convolution comes last; where does a block have its pooling?"
    shapes, known = ([tuple(weight.shape) for weight in one.get_weights()] for one in (yours, package))
    if sorted(shapes) != sorted(known):
        if len(shapes) < len(known) and set(shapes) == {shape for shape in known if len(shape) == 4}:
            return "the filters have no biases; the paper's have."
        kernels = [shape[:2] for shape in shapes if len(shape) == 4]
        if len(kernels) != sum(len(shape) == 4 for shape in known):
            return f"convolutions in it: {len(kernels)}; how many specs has the row?"
        return "the weights have other sizes than the row says: size of the kernel first, then the filters."
    random = np.random.default_rng(0).normal(size=(2, *maps.shape[1:])).astype("float32")
    biases = [0.1 * np.random.default_rng(1).normal(size=shape) if len(shape) == 1 else None for shape in known]
    weights = [w if b is None else b for w, b in zip(package.get_weights(), biases, strict=True)]
    package.set_weights(weights)
    yours.set_weights(weights)
    answer, right = (np.asarray(one(random)) for one in (yours, package))
    if np.allclose(answer, right, atol=1e-5):
        return ""
    if answer.min() < -1e-6:
        return "negative numbers come out: what follows each convolution?"
    convolutions = [layer.name for layer in model.layers if layer.name.startswith(f"{block}_conv")]
    last = np.asarray(type(model)(maps, model.get_layer(convolutions[-1]).output)(random))
    count, height, width, filters = last.shape
    mean = last.reshape(count, height // 2, 2, width // 2, 2, filters).mean(axis=(2, 4))
    if np.allclose(answer, mean, atol=1e-5):
        return "of the four numbers of a window the largest stays, not the mean."
    return "sizes and weights are right, the numbers are not: what happens after every convolution, and at the borders?"


def layer_work(second, dense) -> Verdict:
    """Exercise 2: multiply-adds of VGG-16's second convolution and of its first dense layer."""
    right = (SIDE**2 * 9 * 64 * 64, 7 * 7 * 512 * DENSE)
    millions = ((1_850_000_000, 103_000_000), (1_849_700_000, 102_800_000), (1849.7, 102.8), (1850, 103))
    places = "how many places has the convolution, and how many products at each?"
    each = "how often is each weight of the dense layer used?"
    hint = f"{places} And {each}"
    if same(second, right[0]):
        hint = f"the first is right; {each}"
    elif same(dense, right[1]):
        hint = f"the second is right; {places}"
    billions = ((1.85, 0.103), (1.85, 0.1), (1.8497, 0.1028), (1.849688064, 0.102760448))
    return check_value(
        "2",
        (second, dense),
        right,
        mistakes=[
            ((9 * 64 * 64, right[1]), "the second is right; each weight of a convolution is used at 224·224 places."),
            ((9 * 64 * 64 + 64, right[1] + DENSE), "those are parameters; count how often each weight is used."),
            ((SIDE**2 * 9 * 3 * 64, right[1]), "the second is right; after the first layer there are 64 channels."),
            ((SIDE**2 * 9 * 64, right[1]), "the second is right; a kernel reaches through 64 channels."),
            ((112**2 * 9 * 64 * 64, right[1]), "the second is right; the pool comes after this convolution."),
            ((right[0], 7 * 7 * 512 * DENSE + DENSE), "the first is right; biases are added, not multiplied."),
            ((right[0] + SIDE**2 * 64, right[1] + DENSE), "biases are added, not multiplied."),
            ((2 * right[0], 2 * right[1]), "a product and its addition count as one multiply-add."),
            ((right[0] + SIDE**2 * 64, right[1]), "the second is right; biases are added, not multiplied."),
            ((right[0], 512 * DENSE), "the first is right; 7·7·512 numbers go into each of the 4096 units."),
            *(
                (pair, "right, but rounded: give the whole numbers, of single multiply-adds.")
                for pair in millions + billions
            ),
            (right[::-1], "the other way round: the convolution does 18 times the work."),
        ],
        hint=hint,
        praise="18 times the work, with 1/2,800 of the parameters",
    )


def field_of(function) -> Verdict:
    """Exercise 3: receptive field of a chain, ``function(chain)`` with (side, stride) of each layer."""
    pooled = [(3, 1), (3, 1), (2, 2), (3, 1), (3, 1), (2, 2), (3, 1)]
    cases = [
        (([(3, 1), (3, 1)],), 5, "Two 3×3 see 5 pixels."),
        (([(7, 1)],), 7, "One 7×7 sees 7."),
        (([(3, 1), (1, 1), (3, 1)],), 5, "A 1×1 adds (1 − 1) = 0 pixels."),
        (
            ([(2, 2), (3, 1)],),
            6,
            "A stride of 2 counts for the layers after it: the pooling adds 1, then each step is two pixels, 2·2.",
        ),
        ((pooled,), 24, "Strides multiply: after two pools a step is four pixels."),
        (
            ([(11, 4), (3, 2), (5, 1)],),
            51,
            "A convolution with a stride lengthens the step, too, by as much as its stride.",
        ),
        (([],), 1, "Without any layer a value is one pixel."),
    ]
    return check_function("3", function, cases, praise="strides multiply, and every layer adds (side − 1) steps")


def own_column(blocks) -> Verdict:
    """Exercise 4: thirteen layers that see 212 pixels for 9.5 billion multiply-adds, at most four in a block."""
    if is_blank(blocks):
        return not_attempted("4")
    words = parsed(blocks)
    if words is None:
        return failed("4", 'write five texts such as "3-64 1-64": side of the kernel, filters; a space between layers.')
    if any(side not in (1, 3) for block in words for side, _ in block):
        return failed("4", "sides are 1 or 3, as in the table.")
    for number, (block, least) in enumerate(zip(words, LEAST_FILTERS, strict=True), start=1):
        if min(filters for _, filters in block) < least:
            return failed("4", f"block {number} needs at least {least} filters in each layer, as in the table.")
    count, field, work = sum(map(len, words)), seen_by(words), work_of(words) / 1e9
    fullest = max(map(len, words))
    rows = [
        (count >= LEAST_CONVOLUTIONS, f"{count} convolutions (at least {LEAST_CONVOLUTIONS})"),
        (fullest <= MOST_IN_A_BLOCK, f"up to {fullest} in a block (at most {MOST_IN_A_BLOCK})"),
        (field >= WIDEST_FIELD, f"{field} pixels seen (at least {WIDEST_FIELD})"),
        (work <= MOST_MACS / 1e9, f"{work:.2f} billion multiply-adds (at most {MOST_MACS / 1e9:.1f})"),
    ]
    if not all(holds for holds, _ in rows):
        return failed("4", "; ".join(f"{SIGNS[holds]} {told}" for holds, told in rows))
    return passed("4", f"{count} convolutions see {field} pixels for {work:.2f} billion; VGG-16 needs 15.47")


def has_learned_nothing(function) -> Verdict:
    """Exercise 5: tell a network that guesses, ``function(losses, answers, classes)``."""
    mixed, one = np.array([3, 1, 0, 2, 3, 16]), np.array([4, 4, 4, 4, 4, 4])
    log = [2.8376, 2.8344, 2.8338, 2.8333, 2.8330]
    cases = [
        (
            (log, one, 17),
            True,
            "This network guesses: what is ln 17, and how many answers has it?",
        ),
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
    return check_function("5", function, cases, praise="last loss at ln(classes), and one answer to everything")


def fixed(prepared, first_weights) -> Verdict:
    """Exercise 6: two faults fixed, ``prepared(images)`` and ``first_weights(rng, n_in, n_out)``."""
    if is_blank(prepared) or is_blank(first_weights):
        return not_attempted("6")
    images = np.random.default_rng(1).integers(0, 256, (32, CHAIN[0])).astype("float64")
    images[0, :2] = 0, 255
    numbers, verdict = called("6", prepared, (images,), name="prepared")
    if verdict is None:
        _, verdict = called("6", first_weights, (np.random.default_rng(0), 4, 3), name="first_weights")
    if verdict is None:
        end_to_end = functools.partial(signal, first_weights=first_weights)
        sizes, verdict = called("6", end_to_end, (np.asarray(numbers, float),), name="your code")
    if verdict:
        return verdict
    numbers, weights = np.asarray(numbers, float), np.asarray(first_weights(np.random.default_rng(3), 100, 300), float)
    largest, end = float(np.abs(numbers).max()), sizes[-1] / numbers.std()
    if largest < 0.01 and 1e-4 < end < 0.01 and glorot_like(first_weights):
        return not_attempted("6")
    if largest < 0.5:
        also = " The weights are right." if 0.03 <= end <= 4 else ""
        return failed(
            "6", f"the largest of the prepared numbers is {largest:.4f}; pixels are still divided twice.{also}"
        )
    if largest > 3:
        return failed("6", f"the largest of the prepared numbers is {largest:.0f}; one division must stay.")
    if numbers.min() < -0.01 or largest > 1.01 or largest < 0.99:
        ends = f"from {numbers.min():.2f} to {numbers.max():.2f}"
        return failed("6", f"the prepared numbers reach {ends}; asked for are pixels from 0 to 1.")
    if end < 0.03:
        half = abs(weights.var() * len(weights) - 1) < 0.05
        also = " Which part of a signal does a ReLU let through?" if half else ""
        return failed("6", f"the pixels are right; the logits have {end:.2g} of the image's size: weights fade.{also}")
    if end > 4:
        return failed("6", f"the pixels are right; the logits have {end:.2g} times the size of the image: too large.")
    if np.abs(np.asarray(prepared(images / 2), float)).max() > 0.75:
        return failed("6", "a darker picture must stay darker: divide by the largest value that a pixel can have.")
    fewer_leave = np.asarray(first_weights(np.random.default_rng(3), 100, 100), float)
    if abs(weights.var() / fewer_leave.var() - 1) > 0.3:
        return failed(
            "6", "the size hangs on how many weights leave a unit; its signal is a sum over those that enter."
        )
    return passed("6", f"the logits have {end:.2f} times the size of the image: level, and one division")


def speaking_map(function) -> Verdict:
    """Exercise 7: the heat map of Grad-CAM, ``function(maps, gradient)``."""
    maps, rng = np.array([[[1.0, 0.0], [0.0, 2.0]]]), np.random.default_rng(0)
    even, uneven = np.tile([3.0, -1.0], (1, 2, 1)), np.array([[[4.0, 0.0], [-2.0, 6.0]]])  # means 3, −1 and 1, 3
    large, slopes = rng.random((4, 4, 5)), rng.standard_normal((4, 4, 5))

    def right(maps, gradient):
        return np.maximum(maps @ gradient.mean(axis=(0, 1)), 0)

    mistakes = [
        ([[3, -2]], "The weighted sum is right; keep only what is positive."),
        ([[3, 2]], "The sign matters: a map with a negative weight speaks against the answer."),
        ([[6, 0]], "The mean of the gradient, not its sum: divide by the number of places."),
        ([[1.5, 0]], "Half of it: only the gradient is averaged over the places, the maps are added up."),
        ([[1, 0]], "The right places; leave the sum as it is, unscaled."),
    ]
    known = hints(mistakes, "What is the weight of a map, and what is done with the weighted maps?")

    def advice(answer) -> str:
        one = "One number a place: shape (1, 2), height and width of the maps."
        return known(answer) if np.shape(answer) == (1, 2) else one

    without = large @ np.maximum(slopes.mean(axis=(0, 1)), 0)
    negative = [(without, "A map with a negative weight speaks against the class: it must count, too.")]
    mean_first = "Each map has ONE weight: the mean of its gradient over all places (here 1 and 3)."
    cases = [
        ((maps, even), right(maps, even), advice),
        ((maps, uneven), right(maps, uneven), mean_first),
        ((large, slopes), right(large, slopes), hints(negative, "Any number of maps and places may come.")),
    ]
    return check_function("7", function, cases, praise="the weighted maps, where they speak for the answer")
