"""Checks of lesson 09: right answers pass, usual mistakes get their hint, stubs are not attempted."""

import numpy as np
import pytest
from check_tools import exercise_tests

from course_utils import runtime
from course_utils.checks import branches, lesson09, lesson09_further
from course_utils.convolution import conv2d

keras = runtime.import_keras()

from course_utils import anatomy, models  # noqa: E402

layers = keras.layers


def conv(maps, filters, size, **settings):
    return layers.Conv2D(filters, size, **({"padding": "same", "activation": "relu"} | settings))(maps)


def module(maps, one, three_reduce, three, five_reduce, five, projection, *, joined=(0, 1, 2, 3), **changed):
    """A right module, but for what is changed."""
    pool = changed.get("pool", layers.MaxPooling2D)(3, strides=changed.get("stride", 1), padding="same")
    settings = changed.get("settings", {})
    inner = {"activation": changed.get("inner", "relu")}
    last = pool(conv(maps, projection, 1)) if changed.get("first") else conv(pool(maps), projection, 1, **settings)
    ends = [
        conv(maps, one, 1, **settings),
        conv(conv(maps, three_reduce, 1, **settings | inner), three, changed.get("side", 3), **settings),
        conv(conv(maps, five_reduce, 1, **settings | inner), five, 5, **settings),
        changed.get("projected", lambda maps, end: end)(maps, last),
    ]
    return layers.Concatenate()([ends[place] for place in joined])


def changed(**settings):
    return lambda maps, *row: module(maps, *row, **settings)


def naive(maps, one, three_reduce, three, five_reduce, five, projection):
    pool = layers.MaxPooling2D(3, strides=1, padding="same")(maps)
    return layers.Concatenate()([conv(maps, one, 1), conv(maps, three, 3), conv(maps, five, 5), pool])


def unreduced(maps, one, three_reduce, three, five_reduce, five, projection):
    pool = conv(layers.MaxPooling2D(3, strides=1, padding="same")(maps), projection, 1)
    return layers.Concatenate()([conv(maps, one, 1), conv(maps, three, 3), conv(maps, five, 5), pool])


def all_joined(maps, *row):
    sizes = (1, 1, 3, 1, 5, 1)
    return layers.Concatenate()([conv(maps, filters, size) for filters, size in zip(row, sizes, strict=True)])


def swapped_reductions(maps, one, three_reduce, three, five_reduce, five, projection):
    return module(maps, one, five_reduce, three, three_reduce, five, projection)


def swapped_branches(maps, one, three_reduce, three, five_reduce, five, projection):
    return module(maps, one, five_reduce, five, three_reduce, three, projection)


def rows_for_maps(maps, depthwise, pointwise):
    looked = [conv2d(maps[c], depthwise[..., c], padding="same") for c in range(maps.shape[-1])]
    return np.stack(looked, axis=-1) @ pointwise


def only_3a(maps, *row):
    return module(maps, *row) if maps.shape[-1] == 24 else module(maps, *row, pool=layers.AveragePooling2D)


def raised(maps, *row):
    return layers.Concatenate()([maps, layers.MaxPooling2D(2)(maps)])


def count(row, arriving):
    return lesson09.module_weights(row, arriving, biases=True)


def saving(whole, chain):
    return 1 - sum(h * w for h, w in chain) / (whole[0] * whole[1])


def smooth(labels, classes, epsilon):
    return (1 - epsilon) * np.eye(classes)[labels] + epsilon / classes


def smooth_others(labels, classes, epsilon):
    hot = np.eye(classes)[labels]
    return (1 - epsilon) * hot + epsilon / (classes - 1) * (1 - hot)


def separable(maps, depthwise, pointwise):
    """As the solutions write it."""
    looked = [conv2d(maps[..., c], depthwise[..., c], padding="same").astype(float) for c in range(maps.shape[-1])]
    return np.stack(looked, axis=-1) @ pointwise


def mixed_first(maps, depthwise, pointwise):
    mixed = maps @ pointwise
    looked = [conv2d(mixed[..., c], depthwise[..., c], padding="same") for c in range(mixed.shape[-1])]
    return np.stack(looked, axis=-1)


def added_first(maps, depthwise, pointwise):
    looked = branches.looked_around(maps, depthwise).sum(axis=-1)
    return np.stack([looked * pointwise[:, f].sum() for f in range(pointwise.shape[1])], axis=-1)


def stacked_first(maps, depthwise, pointwise):
    looked = [conv2d(maps[..., c], depthwise[..., c], padding="same") for c in range(maps.shape[-1])]
    return np.stack(looked) @ pointwise


def shared(maps, depthwise, pointwise):
    return separable(maps, np.repeat(depthwise[..., :1], maps.shape[-1], axis=-1), pointwise)


REDUCED = 480 * (192 + 96 + 16 + 64) + 9 * 96 * 208 + 25 * 16 * 48
NAIVE = 480 * 192 + 9 * 480 * 208 + 25 * 480 * 48
RACE = {"a": "no", "b": "yes", "c": "no", "d": "no", "e": "yes", "f": "yes"}
ordered = changed(joined=(0, 2, 1, 3))

RIGHT = [
    (lesson09.savings, (REDUCED, NAIVE)),
    (lesson09.inception_module, (module, models.googlenet)),
    (lesson09.read_race, (RACE,)),
    (lesson09.read_race, (RACE | {"b": " YES"},)),
    (lesson09.factor_saving, (saving,)),
    (lesson09.separable, (separable,)),
    (lesson09_further.smooth, (smooth,)),
    (lesson09.design_module, ((52, 32, 128, 14, 56, 20),)),
    (lesson09_further.halving, (141_120_000, 35_280_000, 17_640_000)),
    (lesson09_further.count_module, (count,)),
]

WRONG = [
    (lesson09.savings, (NAIVE, REDUCED), "other way round"),
    (lesson09.savings, (REDUCED + 624, NAIVE), "biases"),
    (lesson09.savings, (REDUCED + 624, NAIVE + 448), "biases"),
    (lesson09.savings, (REDUCED - 480 * 64, NAIVE), "1×1 to 64 maps"),
    (lesson09.savings, (REDUCED, NAIVE + 480 * 64), "nothing follows the pool"),
    (lesson09.savings, (REDUCED, NAIVE + 448), "out of the second, too"),
    (lesson09.savings, (269_568, 192 * (192 + 9 * 208 + 25 * 48)), "192 arrive at 3a"),
    (lesson09.savings, (196 * REDUCED, 196 * NAIVE), "those are multiply-adds"),
    (lesson09.savings, (REDUCED, None), "both numbers"),
    (lesson09.savings, (1, 2), "k·k·a·b"),
    (lesson09.savings, (REDUCED, 2), "the first number is right"),
    (lesson09.savings, (1, NAIVE), "the second number is right"),
    (lesson09.savings, (REDUCED - 480 * 112, NAIVE), "reductions have weights"),
    (lesson09.savings, (480 * 368 + 3 * 96 * 208 + 5 * 16 * 48, NAIVE), "3·3 weights"),
    (lesson09.savings, (480 * 368 + 3 * 96 * 208 + 5 * 16 * 48, 480 * (192 + 624 + 240)), "3·3 weights"),
    *[
        (lesson09.inception_module, (wrong, models.googlenet), hint)
        for wrong, hint in [
            (naive, "hands on every map"),
            (unreduced, "convolutions in it: 4"),
            (all_joined, "only the last one of each branch"),
            (changed(joined=(1, 2, 3)), "a branch is missing"),
            (changed(settings={"padding": "valid"}), "height and width"),
            (changed(stride=2), "keep height and width"),
            (changed(settings={"activation": None}), "negative numbers"),
            (changed(inner=None), "what follows and what feeds"),
            (changed(settings={"use_bias": False}), "a bias for each"),
            (changed(pool=layers.AveragePooling2D), "the pool's branch differs"),
            (changed(first=True), "the pool's branch differs"),
            (changed(side=5), "the sides of your kernels"),
            (ordered, "joined in another order"),
            (swapped_reductions, "the right sides, but"),
            (swapped_branches, "which of the six numbers belongs to which kernel"),
            (only_3a, "inception_module(maps, 24, 12, 26, 2, 6, 8)"),
            (raised, "raised ValueError"),
            (lambda maps, *row: list(row), "a Keras tensor"),
            (lambda maps, *row: module(keras.Input(maps.shape[1:]), *row), "does not come from the maps"),
            (lambda maps, *row: module(maps, *row[::-1]), "maps are wanted"),
            (lambda maps, *row: layers.Concatenate(axis=1)([conv(maps, n, 1) for n in row]), "along which axis"),
            (lambda maps, *row: layers.Add()([conv(maps, n, 1) for n in row]), "are not added"),
        ]
    ],
    (lesson09.separable, (lambda maps, d, p: branches.looked_around(maps, d),), "the mixing is missing"),
    (lesson09.separable, (lambda maps, d, p: branches.looked_around(maps, d).sum(axis=-1),), "added up as they are"),
    (lesson09.separable, (lambda maps, d, p: maps @ p,), "without looking around"),
    (lesson09.separable, (shared,), "a kernel of its own"),
    (lesson09.separable, (lambda maps, d, p: separable(maps, d[::-1, ::-1], p),), "turned round"),
    (lesson09.separable, (lambda maps, d, p: np.maximum(branches.looked_around(maps, d), 0) @ p,), "between the two"),
    (lesson09.separable, (lambda maps, d, p: np.maximum(separable(maps, d, p), 0),), "after the second"),
    (lesson09.separable, (lambda maps, d, p: branches.looked_around(maps, d)[1:-1, 1:-1] @ p,), "smaller"),
    (lesson09.separable, (lambda maps, d, p: separable(maps, d, p).transpose(2, 0, 1),), "last axis"),
    (lesson09.separable, (lambda maps, d, p: separable(maps, d, p)[..., ::-1],), "which kernel belongs"),
    (lesson09.separable, (lambda maps, d, p: 1.0,), "must have shape"),
    (lesson09.separable, (rows_for_maps,), "lost their height"),
    (lesson09.separable, (lambda maps, d, p: "maps",), "an array of numbers"),
    (lesson09.separable, (lambda maps, d, p: maps @ p.T,), "as it stands"),
    (lesson09.separable, (mixed_first,), "what comes first"),
    (lesson09.separable, (lambda maps, d, p: branches.looked_around((maps @ p)[..., :3], d),), "steps comes first"),
    (
        lesson09.separable,
        (lambda maps, d, p: branches.looked_around(maps @ p, d[..., [0, 1, 2, 0, 1]]),),
        "steps comes first",
    ),
    (lesson09.separable, (added_first,), "added up before"),
    (lesson09.separable, (stacked_first,), "needs the maps on the last axis"),
    (lesson09.separable, (lambda maps, d, p: conv2d(maps, d, padding="same") @ p,), "in one map, (H, W)"),
    (lesson09.separable, (lambda maps, d, p: conv2d(maps[..., 0], d, padding="same") @ p,), "in one map, (H, W)"),
    (lesson09.separable, (lambda maps, d, p: 1 / 0,), "raised ZeroDivisionError: division by zero"),
    (lesson09_further.halving, (15_680_000, 3_920_000, 1_960_000), "nine places"),
    (lesson09_further.halving, (141_120_000, 35_280_000, 35_280_000), "passes on the rest"),
    (lesson09_further.halving, (141_120_000, 35_280_000, 70_560_000), "stride 2"),
    (lesson09_further.halving, (35_280_000, 141_120_000, 17_640_000), "28·28 places"),
    (lesson09_further.halving, (70_560_000, 17_640_000, 17_640_000), "all 200"),
    (lesson09_further.halving, (141_120_000, 70_560_000, 17_640_000), "a quarter of the places"),
    (lesson09_further.halving, (141_120_000, None, None), "all 3"),
    (lesson09_further.halving, (1, 2, 3), "channels in"),
    (lesson09_further.count_module, (lesson09.module_weights,), "has biases too"),
    (
        lesson09_further.count_module,
        (lambda row, arriving: count(row, arriving) - row[1] - row[3],),
        "reductions have biases",
    ),
    (
        lesson09_further.count_module,
        (lambda row, arriving: count(row, arriving) - sum(row) + 6,),
        "Not one bias a convolution",
    ),
    (
        lesson09_further.count_module,
        (lambda row, arriving: lesson09.naive_weights(row, arriving) + row[0] + row[2] + row[4],),
        "the naive module",
    ),
    (
        lesson09_further.count_module,
        (lambda row, arriving: count(row, arriving) - (arriving + 1) * row[5],),
        "after the pool",
    ),
    (
        lesson09_further.count_module,
        (lambda row, arriving: count(row, arriving) - 16 * row[3] * row[4],),
        "has 25 places",
    ),
    (lesson09_further.count_module, (lambda row, arriving: float(count(row, arriving)),), "a whole number"),
    (lesson09_further.count_module, (lambda row, arriving: 1 / 0,), "ZeroDivisionError"),
    (lesson09_further.smooth, (lambda y, k, e: (1 - e) * np.eye(k)[y],), "up to 0.8"),
    (lesson09_further.smooth, (lambda y, k, e: np.eye(k)[y] + e / k,), "taken from the right class"),
    (lesson09_further.smooth, (lambda y, k, e: (1 - e) * np.eye(k)[y] + e,), "shared out"),
    (lesson09_further.smooth, (lambda y, k, e: np.eye(k)[y],), "changes nothing"),
    (lesson09_further.smooth, (lambda y, k, e: (1 - e) * np.eye(k)[y] + e / 4,), "how many share"),
    (lesson09_further.smooth, (lambda y, k, e: (1 - e) * np.eye(k)[y] + e / k * (1 - np.eye(k)[y]),), "add up to 0.85"),
    (lesson09_further.smooth, (lambda y, k, e: (1 - e) * np.eye(k)[y] + e / 10,), "there are 4, not 10"),
    (lesson09_further.smooth, (lambda y, k, e: smooth(y, k, e).T,), "a column for each class"),
    (lesson09_further.smooth, (lambda y, k, e: (1 - e) * y + e / k,), "yours is (1,)"),
    (lesson09_further.smooth, (lambda y, k, e: np.eye(y.max() + 1)[y],), "yours is (1, 3)"),
    (lesson09_further.smooth, (lambda y, k, e: e * np.eye(k)[y] + (1 - e) / k,), "With ε = 0 nothing is smoothed"),
    (lesson09_further.smooth, (smooth_others,), "the other classes alone"),
    *[
        (lesson09.factor_saving, (wrong,), hint)
        for wrong, hint in [
            (lambda whole, chain: 1 - saving(whole, chain), "what is left"),
            (lambda whole, chain: 100 * saving(whole, chain), "not per cent"),
            (lambda whole, chain: round(saving(whole, chain), 2), "Do not round"),
            (lambda whole, chain: round(saving(whole, chain), 1), "Do not round"),
            (lambda whole, chain: 1 - np.prod(chain) / np.prod(whole), "added, not multiplied"),
            (lambda whole, chain: 1 - np.sum(chain) / np.sum(whole), "height times width"),
            (lambda whole, chain: 1 - np.prod(chain[0]) / np.prod(whole), "more than one kernel"),
            (lambda whole, chain: np.prod(whole) - sum(h * w for h, w in chain), "which share"),
            (lambda whole, chain: 1 - sum(h * w for h, w in chain) / whole[0] ** 2, "is not square"),
            (lambda whole, chain: 1 - len(chain) * np.prod(chain[0]) / np.prod(whole), "the links of the chain differ"),
            (lambda whole, chain: 0.5, "one output value"),
            (lambda whole, chain: saving(whole, chain) / (1 - saving(whole, chain)), "not of the chain's"),
            (lambda whole, chain: 1 - sum(h * w for h, w in chain) // np.prod(whole), "drops the fraction"),
            (lambda whole, chain: round(saving(whole, chain), 3), "Do not round."),
            (lambda whole, chain: saving(whole, chain[:2]), "more than two kernels"),
            (lambda whole, chain: abs(saving(whole, chain)), "below 0"),
            (lambda whole, chain: max(0, saving(whole, chain)), "below 0"),
        ]
    ],
    (lesson09.inception_module, (lambda maps, *row: [maps].clear(), models.googlenet), "returned None"),
    (lesson09.separable, (lambda maps, d, p: maps.sort(),), "returned None"),
    (lesson09.separable, (lambda maps, d, p: branches.looked_around(maps, d) @ p.T,), "as it stands"),
    (lesson09.read_race, (RACE | {"a": "yes"},), "5 of 6. Sentence a: how far is *whole*"),
    (lesson09.read_race, (RACE | {"b": "no"},), "the one line begin"),
    (lesson09.read_race, (RACE | {"c": "yes"},), "in what else"),
    (lesson09.read_race, (RACE | {"d": "yes"},), "do they overlap"),
    (lesson09.read_race, (RACE | {"e": "no"},), "about 90 seconds"),
    (lesson09.read_race, (RACE | {"f": "no"},), "its last stretch"),
    (lesson09.read_race, (dict.fromkeys("abcdef", "yes"),), "3 of 6"),
    (lesson09.read_race, (RACE | {"f": None},), "sentence f has no answer"),
    (lesson09.read_race, (RACE | {"a": "maybe"},), "choose from 'yes', 'no'"),
    (lesson09.read_race, ("bdf",), "a dictionary with the keys"),
    (lesson09.design_module, ((48, 20, 128, 12, 48, 32),), "too narrow: 20 before 128; a quarter"),
    (lesson09.design_module, ((48, 32, 128, 11, 48, 32),), "too narrow: 11 before 48; a quarter"),
    (lesson09.design_module, ((48, 20, 128, 11, 48, 32),), "20 before 128 and 11 before 48"),
    (lesson09.design_module, ((48, 64, 128, 12, 48, 32),), "at most 80,000 are allowed. Which branch has most"),
    (lesson09.design_module, ((51, 32, 128, 15, 57, 20),), "80,895 weights; at most 80,000 are allowed. The 3×3 is as"),
    (lesson09.design_module, ((32, 32, 128, 16, 64, 32),), "at most 80,000"),
    (lesson09.design_module, ((48, 32, 128, 12, 48, 32),), "more of them are possible"),
    (lesson09.design_module, ((80, 32, 128, 8, 32, 16),), "32 maps of the 5×5"),
    (lesson09.design_module, ((90, 32, 100, 14, 56, 10),), "at least 128 maps; received 100"),
    (lesson09.design_module, ((0, 32, 128, 14, 56, 72),), "at least 1"),
    (lesson09.design_module, ((64, 96, 128, 16, 32),), "six whole numbers"),
    (lesson09.design_module, ("wide",), "six whole numbers"),
    (lesson09.design_module, ((64, 96, 128, 16, 32, 33),), "257 maps leave"),
    (lesson09.design_module, ((64, 96, 128, 16, 32, 32),), "163,328 weights"),
]

UNTOUCHED = [
    (lesson09.savings, (None, None)),
    (lesson09.inception_module, (lambda maps, *row: ..., models.googlenet)),
    (lesson09.factor_saving, (lambda whole, chain: ...,)),
    (lesson09.separable, (lambda maps, depthwise, pointwise: ...,)),
    (lesson09_further.smooth, (lambda labels, classes, epsilon: ...,)),
    (lesson09.design_module, (None,)),
    (lesson09_further.halving, (None, None, None)),
    (lesson09_further.count_module, (lambda row, arriving: ...,)),
]


test_right_answer, test_wrong_answer, test_untouched_stub, test_forgotten_return = exercise_tests(
    RIGHT, WRONG, UNTOUCHED
)


def test_separable_is_what_keras_does():
    draw = np.random.default_rng(1)
    maps, depthwise, pointwise = draw.normal(size=(6, 7, 3)), draw.normal(size=(3, 3, 3)), draw.normal(size=(3, 5))
    look, mix = layers.DepthwiseConv2D(3, padding="same", use_bias=False), layers.Conv2D(5, 1, use_bias=False)
    block = keras.Sequential([keras.Input(maps.shape), look, mix])
    look.set_weights([depthwise[..., None]])
    mix.set_weights([pointwise[None, None]])
    found = np.asarray(block(maps[None].astype("float32")))[0]
    assert branches.separable(maps, depthwise, pointwise) == pytest.approx(found, abs=1e-4)


def test_counts_are_those_of_the_package():
    table = anatomy.describe(models.googlenet)
    for name, row, arriving in (("4a", lesson09.ROW_4A, 480), ("5a", lesson09.ROW_5A, 832)):
        found = sum(r.params for r in table.rows if r.name.startswith(f"inception_{name}_"))
        assert lesson09.module_weights(row, arriving, biases=True) == found
    naive_table = anatomy.describe(models.googlenet, reduce=False)
    own = sum(r.params for r in naive_table.rows if r.name.startswith("inception_3a_"))
    assert lesson09.naive_weights(lesson09.ROW_3A, 192) == own - (64 + 128 + 32) == 387_072


def test_the_most_5x5_maps_of_exercise_6_are_counted_right():
    def least_weights(five):
        reductions = 32, -(-five // 4)
        return lesson09.module_weights((256 - 128 - five - 1, reductions[0], 128, reductions[1], five, 1), 192)

    possible = [five for five in range(1, 127) if least_weights(five) <= lesson09.MOST_WEIGHTS]
    assert max(possible) == lesson09.MOST_5X5
    assert "no module within the rules" in lesson09.design_module((52, 32, 128, 14, 56, 20)).message
    assert "a few more" in lesson09.design_module((56, 32, 128, 13, 52, 20)).message
