"""Checks of lesson 03, MLP against CNN."""

import numpy as np

from course_utils.checks.core import (
    Verdict,
    called,
    check_function,
    check_value,
    failed,
    forgot_return,
    hints,
    is_blank,
    is_unwritten,
    not_attempted,
    passed,
    shortened,
)


def mlp_parameters(answer) -> Verdict:
    """Exercise 1: dense layers 784 → 300 → 100 → 10 with biases."""
    return check_value(
        "1",
        answer,
        266_610,
        mistakes=[
            (266_200, "those are the weights; every unit has a bias too."),
            (266_600, "the last layer has biases too."),
            *((some, "each of the three layers has biases.") for some in (266_500, 266_300, 266_210, 266_310, 266_510)),
            (300 + 100 + 10, "those are the biases; each unit also has a weight for every number below it."),
            (28 * 300 + 300 + 30_100 + 1_010, "the picture is flattened: how many numbers go in?"),
            (
                784 * 300 + 784 + 300 * 100 + 300 + 1_000 + 100,
                "a bias belongs to a unit, not to what goes in.",
            ),
            (265_600, "the output layer is missing."),
        ],
        hint="go layer by layer: how many numbers go in, how many units are there, who has a bias?",
        praise="235,500 + 30,100 + 1,010",
    )


def cnn_parameters(answer) -> Verdict:
    """Exercise 2: conv 8 and 16, 3×3 "same", each pooled, then dense 10, on 32×32×3."""
    return check_value(
        "2",
        answer,
        11_642,
        mistakes=[
            (224 + 1_168 + 32 * 32 * 16 * 10 + 10, "what do the poolings do to height and width?"),
            (224 + 1_168 + 16 * 16 * 16 * 10 + 10, "there are two poolings."),
            (216 + 1_152 + 10_240, "those are the weights; each filter and each unit has a bias."),
            (216 + 1_152 + 10_250, "the filters have biases too, one each."),
            (224 + 1_168 + 650, "8×8 places of how many maps each does the dense layer read?"),
            (80 + 160 + 10_250, "a filter reaches through all channels of what it reads; these read one."),
            (80 + 1_168 + 10_250, "the picture has three channels."),
            (224 + 160 + 10_250, "how many maps does a filter of the second layer read?"),
            (224 + 1_168 + 170, "flattening gives all numbers of all maps, not one a map."),
            (1_392, "the dense layer is missing."),
            (224 + 1_168 + 6 * 6 * 16 * 10 + 10, '"same" keeps the size: only pooling makes the maps smaller.'),
            (224 + 1_168 + 10_240, "the ten answers have biases too."),
        ],
        hint="go layer by layer: how many channels does each filter read, how large are the maps after each pooling?",
        praise="224 + 1,168 + 10,250",
    )


def equal_width(answer) -> Verdict:
    """Exercise 3: the widest MLP with one hidden layer and no more than 220,234 parameters."""
    return check_value(
        "3",
        answer,
        277,
        mistakes=[
            (278, "278 units have 221,020 parameters: more than the CNN."),
            *((fewer, "more still fit.") for fewer in (275, 276)),
            (280, "each unit has a bias, and the ten answers read all units."),
            (217, "that is the width with two hidden layers; here there is one."),
            *((broken, "a whole number of units.") for broken in (277.01, 277.02, 220_224 / 795)),
            (220_225, "that is the number of parameters; asked for is the width."),
        ],
        hint="write the number of parameters of such an MLP with w units, biases and output layer included.",
        praise="(784 + 1) · 277 + (277 + 1) · 10 = 220,225 parameters, nine fewer than the CNN",
    )


STROKES = (np.random.default_rng(3).random((4, 10, 10, 1)) * 255).astype("float32")


def moving_cnn(function) -> Verdict:
    """Exercise 4: ``function(shape)`` builds a CNN whose answers do not change when inner strokes move by 4 pixels."""
    network, verdict = called("4", function, ((28, 28, 1),), name="moving_cnn((28, 28, 1))")
    if verdict:
        return verdict
    if not callable(network) or not hasattr(network, "layers"):
        return failed("4", f"return a network, keras.Sequential([...]) (received {shortened(network)})")
    here, there = np.zeros((2, 4, 28, 28, 1), "float32")
    here[:, 9:19, 7:17], there[:, 9:19, 11:21] = STROKES, STROKES
    try:
        answers, after = np.asarray(network(here)), np.asarray(network(there))
    except Exception as error:  # the reader's own network: whatever it raises is the answer to show
        return failed("4", f"on pictures of 28×28×1 your network raised {type(error).__name__}: {error}"[:300])
    return _judge_layers(network) or _judge_answers(answers, after)


def _judge_layers(network) -> Verdict | None:
    kinds = [type(layer).__name__ for layer in network.layers]
    convolutions = [layer for layer in network.layers if type(layer).__name__ == "Conv2D"]
    filters = [layer.filters for layer in convolutions]
    if filters != [32, 64]:
        return failed("4", f"two convolutions as in the lesson were asked for, 32 and 64 filters; yours: {filters}.")
    poolings = [layer.pool_size for layer in network.layers if type(layer).__name__ == "MaxPooling2D"]
    if poolings[2:] == [(7, 7)]:  # a maximum over the whole map, another way to write it
        poolings = poolings[:2]
    if len(poolings) == 3:
        return failed("4", "a third MaxPooling2D: keep the two of 2×2; a layer made for whole maps does the rest.")
    if len(poolings) != 2:
        return failed("4", f"each convolution has its 2×2 max pooling; yours has {len(poolings)}.")
    if not {"Rescaling", "Normalization", "Lambda"} & set(kinds):
        return failed("4", "your network reads 0 to 255. What brings pixels to 0 to 1?")
    if any(layer.activation.__name__ != "relu" for layer in convolutions) and _own_relus(network) < 2:
        return failed("4", "a convolution without ReLU is only a weighted sum: as above, each has one.")
    if any(layer.padding != "same" for layer in convolutions):
        return failed(
            "4", "without padding the poolings meet odd sizes and drop a row: pad both convolutions, as above."
        )
    return None


def _own_relus(network) -> int:
    """Count the layers that are nothing but a ReLU: `layers.ReLU()` and `layers.Activation("relu")`."""
    kinds = [(type(layer).__name__, getattr(layer, "activation", None)) for layer in network.layers]
    named = [(kind, getattr(how, "__name__", "")) for kind, how in kinds]
    return sum(kind == "ReLU" or (kind, how) == ("Activation", "relu") for kind, how in named)


def _judge_answers(answers, after) -> Verdict:
    if answers.shape != (4, 10):
        return failed("4", f"four pictures should give 4×10 answers; yours gives {answers.shape}.")
    if not np.allclose(answers.sum(axis=1), 1, atol=1e-3) or answers.min() < 0:
        return failed("4", "the ten answers should be probabilities: positive, 1 in all. What does the last layer do?")
    if np.ptp(answers, axis=0).max() < 1e-7:
        return failed("4", "four different pictures get one and the same answer.")
    gap = np.abs(answers - after).max()
    if gap > 1e-5:
        return failed("4", f"a move by 4 px changes an answer by {gap:.2g}: which layer still reads fixed places?")
    praise = "strokes clear of the border may move by 4 px, the step of both poolings together: no answer changes"
    return passed("4", f"{praise}, whatever the weights")


def weights_for_shuffled(function) -> Verdict:
    """Exercise 5: ``function(weights, order)`` gives first-layer weights for shuffled pictures, with the same sums."""
    cases = []
    for seed, (pixels, units) in enumerate([(9, 4), (12, 12), (784, 5)]):
        rng = np.random.default_rng(seed)
        weights, order = rng.standard_normal((pixels, units)), rng.permutation(pixels)
        back, at = np.argsort(order), _out_of_place(order)
        mistakes = [
            (weights, "Nothing has changed; the shuffled picture has other pixels at these places."),
            (weights[back], f"Right rows, wrong places: place {at} holds pixel {order[at]}, not pixel {back[at]}."),
            (weights[order].T, "The sums are right, but the shape is not: one row a pixel, one column a unit."),
            (weights[order].ravel(), "Give the weights their shape back: one row a pixel, one column a unit."),
            (order, "That is the order; asked for are the weights."),
            (_in_place(weights, order), "A row was written over before it was read: fill a new array."),
        ]
        if units == pixels:
            mistakes.append((weights[:, order], "That moves the columns, the units. What moved are the pixels."))
        raised = f"`order` has {pixels} numbers, one a pixel; the weights are {weights.shape}."
        otherwise = "A shuffled picture times these weights gives other sums than the picture times the old weights."
        cases.append(((weights, order), weights[order], hints(mistakes, otherwise, raised=raised)))
    praise = "every sum is what it was: not one bit was lost by the shuffle"
    verdict = check_function("5", function, cases, praise=praise)
    if verdict.passed:
        given, order = np.arange(12.0).reshape(4, 3), np.array([2, 0, 3, 1])
        function(given, order)
        if not np.array_equal(given, np.arange(12.0).reshape(4, 3)):
            return failed("5", "your function writes over the weights it is given; the network may still need them.")
    return verdict


def yours_or_ours(function):
    """Return the reader's ``weights_for_shuffled`` where exercise 5 accepts it, else the course's own."""
    return function if weights_for_shuffled(function).passed else lambda weights, order: weights[order]


def _in_place(weights, order):
    """Return what a loop over the rows makes that writes into the array it reads from."""
    rows = weights.copy()
    for place, pixel in enumerate(order):
        rows[place] = rows[pixel]
    return rows


def _out_of_place(order) -> int:
    """Return the first place that an order and its inverse fill differently."""
    return int(np.flatnonzero(order != np.argsort(order))[0])


def shuffled_blocks(function) -> Verdict:
    """Exercise 6: ``function(images, size, order)`` puts block ``order[i]`` of each image at the place of block i."""
    cases = []
    for seed, (count, size) in enumerate([(2, 14), (3, 7), (2, 4)]):
        rng = np.random.default_rng(seed + 5)
        images = rng.integers(0, 256, (count, 28, 28, 1)).astype("uint8")
        order = np.roll(rng.permutation((28 // size) ** 2), 1) if size < 14 else np.array([1, 2, 3, 0])
        wanted = _blocks(images, size, order)
        columns = np.swapaxes(_blocks(np.swapaxes(images, 1, 2), size, order), 1, 2)
        turned = _blocks(images, size, order, turn=True)
        first, at = np.concatenate([wanted[:1], images[1:]]), _out_of_place(order)
        strips = images.reshape(count, -1, size, size, 1)[:, order].reshape(images.shape)
        side = 28 // size
        lying = wanted.reshape(count, side, size, side, size, 1).swapaxes(2, 3).reshape(images.shape)
        mistakes = [
            (images, "Nothing has moved."),
            (
                strips,
                "That moves strips: in memory the rows of a block lie 28 pixels apart, with other blocks between.",
            ),
            (lying, "The right blocks, in the right order; but not yet put together: a row of pixels crosses blocks."),
            (_blocks(images, size, np.argsort(order)), f"Block {at} should hold what was in block {order[at]}."),
            (columns, "Blocks are counted row by row, like words on a page."),
            (turned, "The blocks are in their places, but inside them rows and columns are exchanged."),
            (wanted[..., 0], "The last axis, the channel, is lost."),
            (wanted.reshape(count, -1), f"Give the pictures their shape back: {images.shape}."),
            (first, "Only the first picture was shuffled."),
            (_blocks(images, size, order, written=True), "A block was written over before it was read: copy first."),
            (wanted / 255, "Pixels stay as they are, 0 to 255."),
        ]
        raised = f"The images are {images.shape}: {28 // size} blocks a row, {order.size} in all."
        otherwise = "Watch block 0, at the top left: it should hold what was in block order[0], pixel by pixel."
        cases.append(((images, size, order), wanted, hints(mistakes, otherwise, raised=raised)))
    return check_function("6", function, cases, praise="shuffle x_train, x_val and x_test alike, and train")


def _blocks(images, size, order, turn=False, written=False):
    result, side = images.copy(), images.shape[1] // size
    images = result if written else images
    for place, source in enumerate(order):
        (row, column), (from_row, from_column) = divmod(place, side), divmod(int(source), side)
        block = images[:, from_row * size : (from_row + 1) * size, from_column * size : (from_column + 1) * size]
        block = np.swapaxes(block, 1, 2) if turn else block
        result[:, row * size : (row + 1) * size, column * size : (column + 1) * size] = block
    return result


def safe_split(function) -> Verdict:
    """Exercise 7: ``function(count, held, seed)`` returns two index arrays: train and hold-out."""
    if is_blank(function):
        return not_attempted("7")
    if not callable(function):
        return failed("7", f"hand over the function itself (received {shortened(function)})")
    for count, held in ((1_000, 100), (60, 25)):  # a second size, for numbers that were written in by hand
        verdict = _split_verdict(function, count, held)
        if verdict:
            return verdict
    return passed("7", "disjoint, complete, and the same whenever the cell is run again")


def _split_verdict(function, count, held) -> Verdict | None:
    """Return what is wrong with the splits of so many pictures, None where nothing is."""
    try:
        answers = [function(count, held, seed) for seed in (0, 0, 1)]
    except NotImplementedError:
        return not_attempted("7")
    except Exception as error:  # the reader's own code: whatever it raises is the answer to show
        return failed("7", f"safe_split({count}, {held}, 0) raised {type(error).__name__}: {error}")
    if answers[0] is None and not is_unwritten(function):
        return forgot_return("7")
    if is_blank(answers[0]):
        return not_attempted("7")
    try:
        parts = [np.asarray(part) for answer in answers for part in answer]
        pairs = [tuple(np.asarray(part).astype(int).ravel() for part in answer) for answer in answers]
        (train, out), (train_again, out_again), (_, other) = pairs
    except (TypeError, ValueError):
        return failed("7", f"return two arrays of picture numbers: train, held (received {shortened(answers[0])})")
    if any(part.dtype == bool for part in parts):
        return failed("7", "those are masks, True or False for each picture; asked for are picture numbers.")
    if (len(train), len(out)) != (count - held, held):
        call = f"safe_split({count}, {held}, 0)"
        wanted = f"{count - held} to train and {held} held out were asked for"
        return failed("7", f"{call}: {wanted}; you gave {len(train)} and {len(out)}.")
    return _judge_split(count, (train, out), (train_again, out_again), other)


def _judge_split(count, pair, again, other) -> Verdict | None:
    train, held = pair
    if set(train) & set(held):
        return failed("7", "a picture is in both parts: that is the leak.")
    if sorted([*train, *held]) != list(range(count)):
        return failed("7", f"each of the {count:,} pictures must be in exactly one part.")
    if not all(np.array_equal(*both) for both in zip(pair, again, strict=True)):
        return failed("7", "called again with the same seed it must give the same split, or a re-run cell leaks.")
    steps = set(np.diff(np.sort(held)).tolist())
    if len(steps) == 1:
        which = "pictures in a row" if steps == {1} else "pictures at equal distances"
        return failed("7", f"{which} are no random draw: files are often sorted.")
    if np.array_equal(np.sort(held), np.sort(other)):
        return failed("7", "another seed must give another split.")
    return None
