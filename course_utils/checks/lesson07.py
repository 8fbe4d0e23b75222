"""Checks of lesson 07, AlexNet."""

import numpy as np

from course_utils.checks import towers
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

MOST_PARAMETERS, FEWEST_MACS = 3_000_000, 60_000_000  # of exercise 3
SMALLEST = 67  # side of an image that the last pooling still leaves something of
SIDE = 99  # of exercise 4
ADVICE = ("against memorising", "more epochs", "another rate", "nothing")


def windows_in_a_row(row_224, row_180, row_64) -> Verdict:
    """Exercise 1: windows of 11 at stride 4: on 224 pixels padded by 2, on 180, and on 64 padded by 3."""
    return check_value(
        "1",
        (row_224, row_180, row_64),
        (55, 43, 15),
        mistakes=[
            ((54, 42, 14), "those are steps; there is one window more than steps."),
            ((55, 42, 15), "the second: count windows, not steps."),
            ((55, 44, 15), "the second: a window must fit whole."),
            ((56, 44, 16), "a window that does not fit whole is left out: round down."),
            ((55.25, 43.25, 15.75), "a window that does not fit whole is left out: round down."),
            ((56, 43, 15), "the first: a window that does not fit whole is left out: round down."),
            ((54, 43, 16), "the first: padding on *every* side makes the row longer; the third: round down."),
            ((55, 43, 16), "the third: a window that does not fit whole is left out."),
            ((57, 45, 17), "a window must fit whole: subtract its size before you divide."),
            ((58, 46, 18), "a window must fit whole: subtract its size before you divide."),
            ((54, 43, 14), "padding on *every* side makes the row longer; by how much?"),
            ((54, 43, 15), "the first: padding on *every* side makes the row longer; by how much?"),
            ((55, 43, 14), "the third: padding on *every* side makes the row longer; by how much?"),
        ],
        hint="where does the last window begin that still fits? Count it, too.",
        praise="224 pixels do give 55, with a padding that the paper does not mention",
    )


def two_towers(function, layer) -> Verdict:
    """Exercise 2: conv2 as a function ``(maps, kernel, bias)``; ``layer`` is the package's, with two groups."""
    kernel = np.asarray(layer.kernel)
    draw = np.random.default_rng(0)
    maps = draw.normal(size=(9, 9, 2 * kernel.shape[2])).astype("float32")
    bias = draw.normal(size=(kernel.shape[3],)).astype("float32")
    expected = towers.right(maps, kernel, bias)
    name = getattr(function, "__name__", "your function")
    answer, verdict = called("2", function, (maps, kernel, bias), name=name, advice=towers.on_error)
    if verdict:
        return verdict
    if towers.near(answer, expected):
        gap = np.abs(np.asarray(answer) - towers.by_layer(layer, maps, bias)).max()
        return passed("2", f"{kernel.shape[3]} maps, as the package's conv2 makes them (largest difference {gap:.0e})")
    return failed("2", towers.fault(answer, maps, kernel, bias))


def cheap_and_busy(table, side=None) -> Verdict:
    """Exercise 3: an AlexNet for 17 classes of few parameters and much work, judged by its `anatomy.Anatomy`."""
    if is_blank(table) and side is not None and side < SMALLEST:
        return failed("3", f"side {side}: below {SMALLEST} pixels nothing is left for the last pooling.")
    if is_blank(table):
        return not_attempted("3")
    if not hasattr(table, "params") or not hasattr(table, "macs") or not hasattr(table, "rows"):
        return failed("3", f"hand over what anatomy.describe returns (received {shortened(table)})")
    last = table.rows[-1]
    if last.name != "predictions" or tuple(last.output_shape) != (17,):
        return failed("3", "the network must come from models.alexnet with classes=17.")
    if table.params > MOST_PARAMETERS:
        largest = max(table.rows, key=lambda row: row.params)
        told = f"{table.params:,} parameters, at most {MOST_PARAMETERS:,} allowed; {largest.name} has the most."
        told += " Narrower on larger photographs, or wider on smaller ones: which keeps the work?"
        if table.macs > 2 * FEWEST_MACS:
            told += f" There is work to give back, too: {table.macs / FEWEST_MACS:.1f} times what is asked for."
        return failed("3", told)
    if table.macs < FEWEST_MACS:
        told = f"{table.params:,} parameters are few enough, but {table.macs / 1e6:.1f} million multiply-adds are not"
        told += f" {FEWEST_MACS / 1e6:.0f} million. Of side and width, which adds work and few parameters?"
        if 2 * table.params < MOST_PARAMETERS and 2 * table.macs > FEWEST_MACS:
            told += f" And {MOST_PARAMETERS - table.params:,} parameters are still to spare."
        return failed("3", told)
    return passed("3", f"{table.params:,} parameters do {table.macs / 1e6:.0f} million multiply-adds")


def augmented(function) -> Verdict:
    """Exercise 4: a window, its mirror image, a shift of colours: ``function(image, top, left, mirror, shift)``."""
    draw = np.random.default_rng(5)
    image = draw.integers(40, 200, (112, 112, 3)).astype("uint8")
    image[20:60, 30:70] = draw.integers(0, 30, (40, 40, 3))
    image[60:90, 20:80] = draw.integers(230, 256, (30, 60, 3))
    for top, left, mirror, shift in _AUGMENTATIONS:
        given = image.copy()
        answer, verdict = called(
            "4", function, (given, top, left, mirror, np.array(shift)), advice=_casting, copy=False
        )
        if verdict:
            return verdict
        window = image[top : top + SIDE, left : left + SIDE][:, :: -1 if mirror else 1]
        hint = _augmentation_fault(answer, image, window, (top, left, mirror, shift))
        if hint:
            return failed("4", hint)
        if not np.array_equal(given, image):
            return failed(
                "4", "the window is right, but `image` has changed: a slice is a view of it, so work on a copy."
            )
    return passed("4", "moved, mirrored, recoloured, and still a picture of whole numbers from 0 to 255")


def _casting(error: Exception) -> str:
    return "uint8 cannot hold the sum before it is cut to 0 to 255." if "cast" in str(error) else ""


_AUGMENTATIONS = (
    (3, 10, False, (0, 0, 0)),
    (10, 3, True, (0, 0, 0)),
    (5, 2, False, (40, 20, -30)),
    (0, 13, True, (-50, 35, 10)),
)


def _augmentation_fault(answer, image, window, settings) -> str | None:
    """Return the hint on a wrong picture; None where it is right."""
    top, left, mirror, shift = settings
    answer = np.asarray(answer)
    call = f"augmented(image, {top}, {left}, {mirror}, np.array({list(shift)}))"
    if answer.shape != window.shape:
        return f"{call} has shape {answer.shape}, not {window.shape}."
    exact = window.astype(int) + np.array(shift)
    right = np.clip(exact, 0, 255)
    if np.array_equal(answer, right):
        return None if answer.dtype == np.uint8 else f"right, but of type {answer.dtype}; pictures are uint8."
    elsewhere = image[left : left + SIDE, top : top + SIDE][:, :: -1 if mirror else 1]
    plain = image[top : top + SIDE, left : left + SIDE]
    found = [
        (np.clip(elsewhere.astype(int) + shift, 0, 255), "`top` counts rows, the first axis, and `left` columns."),
        (
            np.clip(_cut_mirrored(image, top, left) + shift, 0, 255),
            "cut first, then mirror: `top` and `left` are places of `image`.",
        ),
        (
            np.clip(plain[..., ::-1].astype(int) + shift, 0, 255),
            "that turns the colours round; which axis holds the columns?",
        ),
        (right[:, ::-1], "the mirror image is right for the other value of `mirror`."),
        (np.clip(plain[::-1].astype(int) + shift, 0, 255), "it stands on its head: left and right change places."),
        (exact % 256, "numbers outside 0 to 255 have started again at the other end (lesson 02)."),
        (window, "the colours have not changed."),
        (np.clip(exact[..., ::-1], 0, 255), "the colours of a pixel have changed places."),
        (
            np.clip(window + np.array(shift)[::-1], 0, 255),
            "the numbers of `shift` belong to red, green, blue, in order.",
        ),
        (np.clip(window.astype(int) - shift, 0, 255), "the shift is added, and may be negative."),
        *((np.clip(window + times * np.array(shift), 0, 255), "the shift is added once.") for times in (2, 3)),
        *(
            (np.clip(window + float(number), 0, 255).astype(int), "each colour has a number of its own in `shift`.")
            for number in (np.mean(shift), *shift)
        ),
    ]
    told = next((hint for wrong, hint in found if np.array_equal(answer, wrong)), None)
    return f"{call}: {told or 'the picture has the right shape and the wrong numbers.'}"


def _cut_mirrored(image, top, left):
    """Return what cutting a mirrored image gives."""
    return image[:, ::-1][top : top + SIDE, left : left + SIDE].astype(int)


def advice(answer) -> Verdict:
    """Exercise 5: what helps three colleagues first."""
    expected = {"A": "against memorising", "B": "nothing", "C": "more epochs"}
    given = answer if isinstance(answer, dict) else {}
    clues = {name: _CLUES.get((name, str(given.get(name))), clue) for name, clue in _FIRST_CLUES.items()}
    praise = "the gap alone says little: look where training stands, and whether it still moves"
    return check_matching("5", answer, expected, choices=ADVICE, noun="colleague", hints=clues, praise=praise)


_FIRST_CLUES = {
    "A": "what is left to learn from photographs that are all answered rightly?",
    "B": "on which pictures, and with which units, does fit count?",
    "C": "compare its last epoch with those of the other two.",
}
_CLUES = {
    ("A", "nothing"): "training stands at 99.8 %, validation at 55: what makes such a gap smaller?",
    ("B", "another rate"): "what have other rates brought?",
    ("B", "more epochs"): "what have the last 30 epochs brought?",
    ("C", "against memorising"): "can photographs of which it names 38 % be known by heart?",
    ("C", "another rate"): "whom did this rate serve well, and has C had the same time?",
}


def start_left(function) -> Verdict:
    """Exercise 6: the share of the first variance left, ``function(momentum, examples, batch_size, epochs)``."""
    lagging = [
        (1 - 0.9**2, "That is the share that was replaced."),
        (0.9, "That is one step; how many are there?"),
        (0.1**2, "The steps are right; but by what is the old value multiplied in each?"),
        (1.8, "The steps are right; but each of them multiplies what the one before has left."),
        (2, "So many steps there are; which share is left after them?"),
        (81, "That is per cent; a share from 0 to 1 is asked for."),
    ]
    long = [(0.43, "Right, but rounded: return all digits.")]
    cases = [
        ((0.9, 100, 50, 1), 0.81, hints(lagging, "Two batches make two steps.")),
        ((0.99, 1088, 64, 5), 0.99**85, hints(long, "17 batches in each of 5 epochs.")),
        ((0.9, 100, 64, 1), 0.81, "100 photographs make two batches of 64: the last, smaller one counts."),
        ((0.9, 100, 64, 3), 0.9**6, "Each epoch ends with a smaller batch of its own."),
        ((0.99, 1088, 8, 5), 0.99**680, "136 batches in each of 5 epochs."),
    ]
    return check_function("6", function, cases, praise="0.43 for the colleague, 0.001 with batches of 8")


def top_k_error(function) -> Verdict:
    """Exercise 7: the share of images whose class is not among the k most probable, ``function(p, labels, k)``."""
    p, labels = np.array(_PROBABILITIES), np.array(_KINDS)
    raised = "`probabilities` has a row for each image, `labels` one number for each, and k is one number for all."
    one = hints(_FIRST_GUESS, "Compare the most probable class of each image with its label.", raised=raised)
    two = hints(_TWO_GUESSES, "A class among the first two counts as right, whichever of them it is.")
    own = "Two images, both wrong: divide by the number of images you are given."
    cases = [
        ((p, labels, 1), 4 / 6, one),
        ((p, labels, 2), 1 / 6, two),
        ((p, labels, 3), 0.0, "With as many guesses as classes nothing is wrong."),
        ((p[2:4], labels[2:4], 1), 1.0, own),
    ]
    return check_function("7", function, cases, praise="the number by which ImageNet is judged")


# Chosen so that every usual mistake gives a share of its own with one guess.
_PROBABILITIES = (
    (0.6, 0.3, 0.1),
    (0.2, 0.7, 0.1),
    (0.5, 0.1, 0.4),
    (0.1, 0.6, 0.3),
    (0.2, 0.45, 0.35),
    (0.5, 0.2, 0.3),
)
_KINDS = (0, 1, 2, 2, 2, 1)
_FIRST_GUESS = (
    (2 / 6, "Is that the share that is right, or the share that is wrong?"),
    (3 / 6, "Each label belongs to one image: is it among the guesses of *its* row, not of any row?"),
    (
        5 / 6,
        "argsort begins with the smallest; along what does it sort? Keep each row's most probable classes.",
    ),
    (1 / 6, "That many are wrong with one guess more than k."),
    (0.0, "With one guess most of the six are wrong; how many classes does your slice keep?"),
    (1.0, "Two of the six are right. Do you compare labels with class numbers, and is there a guess left?"),
    (1 - 2.55 / 6, "That is a mean of probabilities; count images."),
    (400 / 6, "That is per cent; a share from 0 to 1 is asked for."),
    (4, "So many images are wrong; which share of all is that?"),
    (2, "So many images are right; which share of all is wrong?"),
    ((0, 0, 1, 1, 1, 1), "One number for all images together is asked for."),
    ((1, 1, 0, 0, 0, 0), "One number for all images together is asked for, and the wrong ones count."),
)
_TWO_GUESSES = (
    (4 / 6, "The same as with one guess: where does k come in?"),
    (3 / 6, "That looks at the second guess alone; the first counts, too."),
)
