"""GoogLeNet and BN-Inception: counts with their arithmetic, module by module, and where the tables disagree."""

import keras
import numpy as np
import pytest

from course_utils.anatomy import describe
from course_utils.models import bn_inception, googlenet
from course_utils.models.bn_inception import BN_INCEPTION_TABLE
from course_utils.models.googlenet import GOOGLENET_TABLE, inception, naive_inception
from course_utils.models.inception_parts import Style, Unit, unit, ways

OUTPUTS = [256, 480, 512, 512, 512, 528, 832, 832, 1024]
SIDES = [28, 28, 14, 14, 14, 14, 14, 7, 7]


def module_params(row, arriving: int) -> int:
    """Return the weights and biases of one module of table 1, from its widths."""
    _, one, three_reduce, three, five_reduce, five, projection = row
    branches = [
        (arriving + 1) * one,
        (arriving + 1) * three_reduce + (9 * three_reduce + 1) * three,
        (arriving + 1) * five_reduce + (25 * five_reduce + 1) * five,
        (arriving + 1) * projection,
    ]
    return sum(branches)


def test_table_adds_up_module_by_module():
    anatomy = describe(googlenet)
    arriving, total = 192, (49 * 3 + 1) * 64 + (64 + 1) * 64 + (9 * 64 + 1) * 192
    for row, output, side in zip(GOOGLENET_TABLE, OUTPUTS, SIDES, strict=True):
        found = sum(r.params for r in anatomy.rows if r.name.startswith(f"inception_{row.name}_"))
        assert found == module_params(row, arriving)
        assert anatomy[f"inception_{row.name}_output"].output_shape == (side, side, output)
        arriving, total = output, total + found
    assert module_params(GOOGLENET_TABLE[0], 192) == 163_696
    assert anatomy.params == total + (1024 + 1) * 1000 == 6_998_552


def test_auxiliary_heads():
    anatomy = describe(googlenet, aux=True)
    heads = {name: sum(r.params for r in anatomy.rows if r.name.startswith(name)) for name in ("aux1", "aux2")}
    head = [(arriving + 1) * 128 + (16 * 128 + 1) * 1024 + (1024 + 1) * 1000 for arriving in (512, 528)]
    assert list(heads.values()) == head == [3_188_840, 3_190_888]
    assert anatomy.params == 6_998_552 + sum(head) == 13_378_280
    model = googlenet(aux=True, input_shape=(64, 64, 3), classes=5, width=0.1)
    assert [output.shape for output in model.outputs] == [(None, 5)] * 3
    assert model.output_names[0] != model.output_names[1]


def test_naive_module_costs_twice_the_weights_and_grows():
    naive = describe(googlenet, reduce=False)
    weights = [r.params for r in naive.rows if r.name.startswith("inception_3a_")]
    biases = 64 + 128 + 32
    assert sum(weights) - biases == 192 * 64 + 9 * 192 * 128 + 25 * 192 * 32 == 387_072
    assert module_params(GOOGLENET_TABLE[0], 192) - (64 + 96 + 128 + 16 + 32 + 32) == 163_328
    assert naive["inception_3a_output"].output_shape == (28, 28, 64 + 128 + 32 + 192)


def test_first_row_of_the_table_fits_a_separable_convolution():
    assert describe(googlenet)["stem_conv1"].params == 7 * 7 * 3 * 64 + 64 == 9_472
    separable = describe(bn_inception)["stem_conv1"]
    assert separable.params == 7 * 7 * 3 * 8 + 24 * 64 == 2_712
    assert round(separable.macs / 1e6, 1) == 34.0


def test_small_stem_and_batch_norm():
    anatomy = describe(googlenet, stem="small", input_shape=(32, 32, 3), batch_norm=True, classes=10)
    assert anatomy["inception_3a_output"].output_shape == (32, 32, 256)
    assert anatomy["inception_5b_output"].output_shape == (8, 8, 1024)
    assert not [row for row in anatomy.rows if row.kind == "LocalResponseNormalization"]


@pytest.mark.parametrize("follow", ["output", "widths"])
def test_bn_inception_adds_up_module_by_module(follow):
    anatomy = describe(bn_inception, follow=follow)
    arriving, total = 192, 2_712 + 64 * 64 + 9 * 64 * 192 + 4 * (64 + 64 + 192)
    for row in BN_INCEPTION_TABLE:
        projection = 96 if follow == "output" and row.name in ("4c", "4d") else row.pool_proj
        filters = [row.n1x1, row.n3x3_reduce, row.n3x3, row.double_reduce, row.double, row.double, projection]
        sources = [
            arriving, arriving, 9 * row.n3x3_reduce, arriving, 9 * row.double_reduce, 9 * row.double, arriving
        ]  # fmt: skip
        total += sum(f * (s + 4) for f, s in zip(filters, sources, strict=True))  # γ, β and two statistics a filter
        arriving = row.n1x1 + row.n3x3 + row.double + (projection or arriving)
        assert anatomy[f"inception_{row.name}_output"].output_shape[-1] == arriving
        if follow == "output":
            assert arriving == row.printed_output
    assert anatomy.params == total + 1024 * 1000 + 1000
    widths = {row.name: row.n1x1 + row.n3x3 + row.double + row.pool_proj for row in BN_INCEPTION_TABLE}
    assert widths["4c"] == widths["4d"] == 608


def test_bn_inception_grids():
    anatomy = describe(bn_inception)
    sides = [anatomy[f"inception_{row.name}_output"].output_shape[0] for row in BN_INCEPTION_TABLE]
    assert sides == [28, 28, 14, 14, 14, 14, 14, 7, 7, 7]


def test_ways_through_a_module_are_its_branches():
    inputs = keras.Input((28, 28, 192))
    row, style = GOOGLENET_TABLE[0], Style(batch_norm=False)
    assert ways(inception(inputs, row, style)) == [
        [("1×1", 64)],
        [("1×1", 96), ("3×3", 128)],
        [("1×1", 16), ("5×5", 32)],
        [("pool", 192), ("1×1", 32)],
    ]
    assert ways(naive_inception(inputs, row, style))[-1] == [("pool", 192)]


def test_words_of_the_figures():
    assert unit("3x3/2 384 V") == Unit((3, 3), 2, 384, "valid")
    assert unit("1x7 64") == Unit((1, 7), 1, 64, "same")
    with pytest.raises(ValueError, match=r"spec.*'3 x 3'"):
        unit("3 x 3")


@pytest.mark.parametrize(
    ("build", "settings"),
    [(googlenet, {}), (googlenet, {"batch_norm": True}), (googlenet, {"reduce": False}), (bn_inception, {})],
)
def test_one_step_changes_every_trainable_weight(build, settings):
    keras.utils.set_random_seed(2)
    model = build(input_shape=(64, 64, 3), classes=4, width=0.1, dropout=0, **settings)
    model.compile(keras.optimizers.SGD(0.5), loss="sparse_categorical_crossentropy", jit_compile=False)
    before = [np.array(weight) for weight in model.trainable_weights]
    model.train_on_batch(np.random.default_rng(0).normal(0, 1, (8, 64, 64, 3)).astype("float32"), np.arange(8) % 4)
    same = [w.path for w, old in zip(model.trainable_weights, before, strict=True) if (np.array(w) == old).all()]
    assert same == []


def test_saved_and_loaded_answers_the_same(tmp_path):
    model = googlenet(aux=True, input_shape=(64, 64, 3), classes=3, width=0.05)
    model.save(tmp_path / "net.keras")
    images = np.random.default_rng(0).random((2, 64, 64, 3)).astype("float32")
    again = keras.models.load_model(tmp_path / "net.keras")
    assert all(np.allclose(a, b, atol=1e-6) for a, b in zip(again(images), model(images), strict=True))


@pytest.mark.parametrize(
    ("build", "arguments", "words"),
    [
        (googlenet, {"input_shape": (31, 31, 3)}, ["input_shape", "32"]),
        (googlenet, {"stem": "tiny"}, ["stem", "'tiny'", "'small'"]),
        (googlenet, {"classes": 0}, ["classes", "0"]),
        (googlenet, {"dropout": 2}, ["dropout", "2"]),
        (bn_inception, {"follow": "table"}, ["follow", "'table'", "'widths'"]),
        (bn_inception, {"stem": "deep"}, ["stem", "'deep'"]),
        (bn_inception, {"width": 0}, ["width", "0"]),
    ],
)
def test_bad_arguments_are_named(build, arguments, words):
    with pytest.raises(ValueError) as error:
        build(**arguments)
    for word in words:
        assert word in str(error.value)
