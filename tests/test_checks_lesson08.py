"""Checks of lesson 08: right answers pass, usual mistakes get their hint, stubs are not attempted."""

import math

import numpy as np
from check_tools import exercise_tests

from course_utils import runtime

keras = runtime.import_keras()

from course_utils.checks import columns, lesson08  # noqa: E402
from course_utils.checks import lesson08_further as further  # noqa: E402
from course_utils.models.vgg import VGG_TABLE, vgg  # noqa: E402

SMART = ("3-64 1-64", "3-128 1-128", "3-256 3-256 1-256", "3-512 3-512", "3-512 3-512 3-512 3-512")
LATE = ("3-64", "3-128", "3-256", "3-512", "3-512 3-512 3-512 3-512 3-512 3-512 3-512 3-512 3-512")
HALVED = ("3-32 3-32", "3-64 3-64", "3-128 3-128 3-128", "3-256 3-256 3-256", "3-512 3-512 3-512")
ONES = ("3-64 1-64 1-64", "3-128 1-128", "3-256 1-256", "3-512 1-512", "3-512 3-512 3-512 3-512")


def block(maps, row, *, pool=keras.layers.MaxPooling2D, padding="same", activation="relu", bias=True, size=None, **to):
    """A block with things changed."""
    for spec in row.split():
        side, filters = (int(number) for number in spec.split("-"))
        settings = {"padding": padding, "activation": activation, "use_bias": bias}
        maps = keras.layers.Conv2D(filters, size or side, **settings)(maps)
        if to.get("every"):
            maps = pool(2)(maps)
    return maps if to.get("every") or pool is None else pool(2, **to.get("pooling", {}))(maps)


def changed(**changes):
    return lambda maps, row: block(maps, row, **changes)


def rectified_once(maps, row):
    return keras.layers.ReLU()(block(maps, row, activation=None))


def reversed_spec(maps, row):
    for spec in row.split():
        filters, side = (int(number) for number in spec.split("-"))
        maps = keras.layers.Conv2D(filters, side, padding="same", activation="relu")(maps)
    return keras.layers.MaxPooling2D(2)(maps)


def pooled_first(maps, row):
    return block(keras.layers.MaxPooling2D(2)(maps), row, pool=None)


def normalized(maps, row):
    return keras.layers.BatchNormalization()(block(maps, row))


def one_only(maps, row):
    return block(maps, row.split()[-1])


def outside(maps, row):
    return block(keras.Input(maps.shape[1:]), row)


def field(chain):
    seen, step = 1, 1
    for side, stride in chain:
        seen += (side - 1) * step
        step *= stride
    return seen


def pools_alone(chain):
    seen, step = 1, 1
    for side, stride in chain:
        seen += (side - 1) * step
        step *= 2 if stride > 1 else 1
    return seen


def count(blocks, classes, *, conv_biases=True, dense_biases=True, dense=True):
    total, seen = 0, 3
    for word in " ".join(blocks).split():
        side, filters = (int(part) for part in word.split("-"))
        total += side**2 * seen * filters + filters * conv_biases
        seen = filters
    if dense:
        total += 7 * 7 * seen * 4096 + 4096 * 4096 + 4096 * classes + (2 * 4096 + classes) * dense_biases
    return total


def guesses(losses, answers, classes):
    return abs(losses[-1] / math.log(classes) - 1) < 0.002 and len(set(answers)) == 1


def mix(maps, kernel, bias):
    return np.maximum(maps @ kernel + bias, 0)


def once(images):
    return images / 255


def twice(images):
    return images / 255 / 255


def he(rng, n_in, n_out):
    return rng.standard_normal((n_in, n_out)) * np.sqrt(2 / n_in)


def glorot(rng, n_in, n_out):
    return rng.standard_normal((n_in, n_out)) * np.sqrt(2 / (n_in + n_out))


def speaking(maps, gradient):
    return np.maximum((maps * gradient.mean(axis=(0, 1))).sum(axis=-1), 0)


def near(tolerance, *, last=-1, answers_count=True, above=True):
    """A warning with one thing changed."""

    def warns(losses, answers, classes):
        away = losses[last] - math.log(classes)
        same = len(set(answers)) == 1 or not answers_count
        return bool(-tolerance * math.log(classes) < away < (tolerance * math.log(classes) if above else 1e9)) and same

    return warns


RIGHT = [
    (lesson08.vgg_block, (block, vgg)),
    (lesson08.vgg_block, (changed(pooling={"padding": "same"}), vgg)),
    (
        further.as_kernel,
        (lambda weights, height, width: weights.reshape(height, width, -1, weights.shape[1]),),
    ),
    (further.stack_then_pool, (12,)),
    (lesson08.field_of, (field,)),
    (lesson08.layer_work, (1_849_688_064, 102_760_448)),
    (further.table_parameters, (count,)),
    (lesson08.fixed, (once, he)),
    (lesson08.fixed, (lambda images: (images / 255).astype("float32"), he)),
    (lesson08.fixed, (once, lambda rng, n_in, n_out: rng.uniform(-1, 1, (n_in, n_out)) * np.sqrt(6 / n_in))),
    (lesson08.speaking_map, (speaking,)),
    (lesson08.has_learned_nothing, (guesses,)),
    (further.mix_channels, (mix,)),
    (further.mix_channels, (lambda m, k, b: np.einsum("hwc,ck->hwk", m, k).clip(-b) + b,)),
    (lesson08.own_column, (SMART,)),
]
WRONG = [
    (lesson08.vgg_block, (changed(pool=None), vgg), "halves their height"),
    (lesson08.vgg_block, (changed(padding="valid"), vgg), "too small"),
    (lesson08.vgg_block, (changed(every=True), vgg), "one pooling, at the end"),
    (lesson08.vgg_block, (changed(pooling={"strides": 1}), vgg), "the pooling halves them"),
    (lesson08.vgg_block, (changed(activation=None), vgg), "what follows each convolution"),
    (lesson08.vgg_block, (rectified_once, vgg), "what happens after every convolution"),
    (lesson08.vgg_block, (changed(activation="sigmoid"), vgg), "what happens after every convolution"),
    (lesson08.vgg_block, (changed(pool=keras.layers.AveragePooling2D), vgg), "not the mean"),
    (lesson08.vgg_block, (changed(bias=False), vgg), "no biases"),
    (lesson08.vgg_block, (changed(size=3), vgg), "other sizes than the row says"),
    (lesson08.vgg_block, (one_only, vgg), "how many specs"),
    (lesson08.vgg_block, (reversed_spec, vgg), "how many maps"),
    (lesson08.vgg_block, (pooled_first, vgg), "where does a block have its pooling"),
    (lesson08.vgg_block, (normalized, vgg), "it normalizes"),
    (lesson08.vgg_block, (lambda maps, row: row, vgg), "a Keras tensor"),
    (lesson08.vgg_block, (outside, vgg), "does not come from"),
    (lesson08.vgg_block, (lambda maps, row: maps @ row, vgg), "raised"),
    (lesson08.vgg_block, (lambda maps, row: keras.layers.ReLU()(keras.layers.ReLU()), vgg), "then called on maps"),
    (lesson08.vgg_block, (lambda maps, row: keras.layers.Conv2D(maps, 4, 3), vgg), "then called on maps"),
    (lesson08.vgg_block, (lambda maps, row: keras.layers.MaxPooling2D(maps), vgg), "then called on maps"),
    (lesson08.vgg_block, (lambda maps, row: keras.layers.Conv2D(4, 3).call(maps), vgg), "then called on maps"),
    (lesson08.vgg_block, (lambda maps, row: keras.layers.Conv2D(4, 3, "same", "relu")(maps), vgg), "name what follows"),
    (lesson08.vgg_block, (lambda maps, row: keras.layers.MaxPooling2D(2), vgg), "still be called"),
    (further.as_kernel, (lambda w, h, v: w.reshape(-1, h, v, w.shape[1]),), "here (2, 3, 2, 2)"),
    (
        further.as_kernel,
        (lambda w, h, v: w.reshape(-1, h, v, 2).transpose(1, 2, 0, 3),),
        "row by row",
    ),
    (further.as_kernel, (lambda w, h, v: w.reshape(h, v, 2, -1),), "Other heights"),
    (further.as_kernel, (lambda w, h, v: w,), "here (2, 3, 2, 2)"),
    (further.stack_then_pool, (16,), "does not double"),
    (lesson08.own_column, (LATE,), "✗ up to 9 in a block (at most 4)"),
    (lesson08.own_column, (ONES,), "✓ 13 convolutions (at least 13); ✓ up to 4 in a block (at most 4); ✗ 190 pixels"),
    (lesson08.own_column, (("3-64", "3-128", "3-256", "3-512", "3-512 3-512"),), "✗ 6 convolutions"),
    (further.stack_then_pool, (10,), "two pixels apart"),
    (further.stack_then_pool, (8,), "a 3×3 follows"),
    (further.stack_then_pool, (99,), "start with 1"),
    (lesson08.field_of, (lambda chain: 1 + sum(side - 1 for side, _ in chain),), "each step is two pixels"),
    (lesson08.field_of, (pools_alone,), "lengthens the step, too"),
    (lesson08.field_of, (lambda chain: sum(side for side, _ in chain),), "Two 3×3 see 5"),
    (
        further.table_parameters,
        (lambda b, c: count(b, c, conv_biases=False, dense_biases=False),),
        "biases are miss",
    ),
    (
        further.table_parameters,
        (lambda b, c: count(b, c, dense_biases=False),),
        "9,192 too few: some layer's biases",
    ),
    (further.table_parameters, (lambda b, c: count(b, c) - 64,), "64 too few: some layer's biases"),
    (further.table_parameters, (lambda b, c: count(b, c) - 1000,), "1,000 too few: some layer's biases"),
    (further.table_parameters, (lambda b, c: count(b, c) - 11_944 + 11,), "Not one bias a layer"),
    (further.table_parameters, (lambda b, c: float(count(b, c)),), "a whole number"),
    (lesson08.own_column, (HALVED,), "block 1 needs at least 64"),
    (further.table_parameters, (lambda b, c: count(b, c, dense=False),), "dense layers are missing"),
    (further.table_parameters, (lambda b, c: count(b, 1000),), "as many units"),
    (further.table_parameters, (lambda b, c: 1,), "dense layers are missing"),
    (further.table_parameters, (lambda b, c: "many",), "132,863,336"),
    (lesson08.has_learned_nothing, (lambda losses, answers, classes: True,), "left ln 17"),
    (
        lesson08.has_learned_nothing,
        (lambda losses, answers, classes: abs(losses[-1] - 2.8332) < 0.002,),
        "The answers differ",
    ),
    (lesson08.has_learned_nothing, (lambda losses, answers, classes: len(set(answers)) == 1,), "it is 1.0"),
    (lesson08.has_learned_nothing, (near(0.002, answers_count=False),), "The answers differ"),
    (lesson08.has_learned_nothing, (lambda lo, an, c: near(0.002)(lo, an[:5], c),), "One answer of the six"),
    (lesson08.has_learned_nothing, (lambda lo, an, c: near(0.002)(lo, an, 17),), "ln 10"),
    (
        lesson08.has_learned_nothing,
        (lambda lo, an, c: abs(lo[-1] - math.log(c)) < 0.002 and len(set(an)) == 1,),
        "1000",
    ),
    (lesson08.has_learned_nothing, (near(0.2),), "1% below"),
    (lesson08.has_learned_nothing, (near(0.005),), "0.3% below"),
    (lesson08.has_learned_nothing, (near(0.0005),), "0.2%"),
    (lesson08.has_learned_nothing, (near(0.002, last=0),), "it is 1.0"),
    (lesson08.has_learned_nothing, (near(0.002, above=False),), "diverged"),
    (lesson08.has_learned_nothing, (lambda losses, answers, classes: False,), "This network guesses"),
    (
        lesson08.has_learned_nothing,
        (lambda lo, an, c: max(abs(v / math.log(c) - 1) for v in lo) < 0.002 and len(set(an)) == 1,),
        "it is at ln 17",
    ),
    (lesson08.layer_work, (36_864, 102_760_448), "224·224 places"),
    (lesson08.layer_work, (86_704_128, 102_760_448), "64 channels"),
    (lesson08.layer_work, (1_849_688_064, 102_764_544), "biases are added"),
    (lesson08.layer_work, (1_849_688_064, None), "both"),
    (lesson08.layer_work, (102_760_448, 1_849_688_064), "other way round"),
    (lesson08.layer_work, (1_852_899_328, 102_764_544), "biases are added"),
    (lesson08.layer_work, (3_699_376_128, 205_520_896), "count as one"),
    (lesson08.layer_work, (1, 2), "how many places"),
    (lesson08.layer_work, (224**2 * 64 * 64, 102_760_448), "the second is right; how many places"),
    (lesson08.layer_work, (1_849_688_064, 7 * 7 * 4096), "the first is right; how often"),
    (lesson08.layer_work, (1.85e9, 1.03e8), "whole numbers"),
    (lesson08.layer_work, (1849.7, 102.8), "whole numbers"),
    (lesson08.fixed, (twice, he), "still divided twice. The weights are right."),
    (
        lesson08.fixed,
        (lambda images: images / 127.5 - 1, he),
        "reach from -1.00 to 1.00; asked for are pixels from 0 to 1",
    ),
    (lesson08.fixed, (lambda images: images / 255 - 0.1, he), "from -0.10 to 0.90"),
    (lesson08.fixed, (lambda images: images / 200, he), "from 0.00 to 1.27"),
    (lesson08.fixed, (once, lambda rng, n_in, n_out: he(rng, n_in, n_out) / np.sqrt(2)), "does a ReLU let through"),
    (lesson08.fixed, (once, lambda rng, n_in, n_out: he(rng, n_in, n_out) * 1.2), "times the size of the image"),
    (lesson08.fixed, (once, glorot), "weights fade"),
    (lesson08.fixed, (lambda images: images / images.max(), he), "must stay darker"),
    (
        lesson08.fixed,
        (once, lambda rng, n_in, n_out: rng.standard_normal((n_in, n_out)) * np.sqrt(4 / (n_in + n_out))),
        "how many weights leave",
    ),
    (lesson08.fixed, (lambda images: images, he), "one division must stay"),
    (lesson08.fixed, (once, lambda rng, n_in, n_out: rng.standard_normal((n_in, n_out)) * 0.1), "too large"),
    (lesson08.fixed, (twice, lambda rng, n_in, n_out: 4 * he(rng, n_in, n_out)), "still divided twice"),
    (lesson08.fixed, (once, lambda rng, n_in, n_out: np.zeros(3)), "must return shape (192, 64)"),
    (lesson08.fixed, (once, lambda rng, n_in, n_out: print(end="")), "first_weights returned None"),
    (lesson08.speaking_map, (lambda m, g: m @ g.mean(axis=(0, 1)),), "only what is positive"),
    (lesson08.speaking_map, (lambda m, g: np.maximum(m @ np.abs(g.mean(axis=(0, 1))), 0),), "sign matters"),
    (lesson08.speaking_map, (lambda m, g: np.maximum(m @ g.sum(axis=(0, 1)), 0),), "not its sum"),
    (lesson08.speaking_map, (lambda m, g: speaking(m, g) / m[..., 0].size,), "maps are added up"),
    (lesson08.speaking_map, (lambda m, g: speaking(m, g) / speaking(m, g).max(),), "unscaled"),
    (lesson08.speaking_map, (lambda m, g: np.maximum((m * g).sum(axis=-1), 0),), "ONE weight"),
    (lesson08.speaking_map, (lambda m, g: m @ np.maximum(g.mean(axis=(0, 1)), 0),), "speaks against the class"),
    (
        lesson08.fixed,
        (once, lambda rng, n_in, n_out: rng.standard_normal((n_in, n_out)) * np.sqrt(2 / n_out)),
        "too large",
    ),
    (lesson08.speaking_map, (lambda m, g: np.maximum(m * g.mean(axis=(0, 1)), 0),), "One number a place"),
    (further.mix_channels, (lambda m, k, b: m @ k + b,), "ReLU is missing"),
    (further.mix_channels, (lambda m, k, b: np.maximum(m @ k, 0),), "bias is missing"),
    (further.mix_channels, (lambda m, k, b: np.maximum(m @ k, 0) + b,), "before ReLU"),
    (further.mix_channels, (lambda m, k, b: (m @ k + b).sum(axis=(0, 1)),), "(1, 2, 2)"),
    (
        lesson08.own_column,
        (VGG_TABLE["D"],),
        "✓ 212 pixels seen (at least 212); ✗ 15.47 billion multiply-adds (at most 9.5)",
    ),
    (lesson08.own_column, (VGG_TABLE["A"],), "8 convolutions"),
    (lesson08.own_column, (("3-64",),), "five texts"),
    (lesson08.own_column, (("4-64", "3-64", "3-128", "3-256", "3-256"),), "1 or 3"),
    (lesson08.own_column, (("3-32", "3-64", "3-128", "3-256", "11-256"),), "1 or 3"),
    (lesson08.own_column, (("3-64", "3-128 3-32", "3-256", "3-512", "3-512"),), "block 2 needs at least 128"),
    (lesson08.own_column, (("3x8", "3-8", "3-8", "3-8", "3-8"),), "five texts"),
    (lesson08.own_column, (7,), "five texts"),
]
STUBS = [
    (lesson08.vgg_block, (lambda maps, row: ..., vgg)),
    (further.as_kernel, (lambda weights, height, width: None,)),
    (further.stack_then_pool, (None,)),
    (lesson08.field_of, (lambda chain: ...,)),
    (further.table_parameters, (lambda blocks, classes: None,)),
    (lesson08.layer_work, (None, None)),
    (lesson08.has_learned_nothing, (lambda losses, answers, classes: None,)),
    (lesson08.fixed, (twice, glorot)),
    (lesson08.fixed, (None, he)),
    (lesson08.speaking_map, (lambda maps, gradient: ...,)),
    (further.mix_channels, (lambda maps, kernel, bias: ...,)),
    (lesson08.own_column, (None,)),
]


test_right_answer, test_wrong_answer, test_untouched_stub, test_forgotten_return = exercise_tests(RIGHT, WRONG, STUBS)


def test_the_checks_know_the_table_of_the_package():
    assert {name: getattr(columns, name) for name in "ACD"} == {name: VGG_TABLE[name] for name in "ACD"}
    assert [columns.parameters(VGG_TABLE[name], 1000) for name in "ABCDE"] == [
        132_863_336,
        133_047_848,
        133_638_952,
        138_357_544,
        143_667_240,
    ]
    words = {
        name: [[tuple(map(int, w.split("-"))) for w in block.split()] for block in VGG_TABLE[name]] for name in "AD"
    }
    assert (columns.seen_by(words["D"]), columns.seen_by(words["A"])) == (212, 150)
    assert round(columns.work_of(words["D"]) / 1e9, 2) == 15.47
