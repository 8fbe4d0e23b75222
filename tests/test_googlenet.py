"""GoogLeNet and BN-Inception: counts with their arithmetic, module by module, and where the tables disagree."""

import keras
import pytest
from models_tools import anatomy, figure

from course_utils.models import bn_inception, googlenet
from course_utils.models.bn_inception import BN_INCEPTION_TABLE, as_followed
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
    found = anatomy(googlenet)
    arriving, total = 192, (49 * 3 + 1) * 64 + (64 + 1) * 64 + (9 * 64 + 1) * 192
    for row, output, side in zip(GOOGLENET_TABLE, OUTPUTS, SIDES, strict=True):
        module = sum(r.params for r in found if r.name.startswith(f"inception_{row.name}_"))
        assert module == module_params(row, arriving)
        assert found[f"inception_{row.name}_output"].output_shape == (side, side, output)
        arriving, total = output, total + module
    assert module_params(GOOGLENET_TABLE[0], 192) == 163_696
    assert found.params == total + (1024 + 1) * 1000 == 6_998_552


def test_auxiliary_heads():
    found = anatomy(googlenet, aux=True)
    heads = {name: sum(r.params for r in found if r.name.startswith(name)) for name in ("aux1", "aux2")}
    head = [(arriving + 1) * 128 + (16 * 128 + 1) * 1024 + (1024 + 1) * 1000 for arriving in (512, 528)]
    assert list(heads.values()) == head == [3_188_840, 3_190_888]
    assert found.params == 6_998_552 + sum(head) == 13_378_280
    model = googlenet(aux=True, input_shape=(64, 64, 3), classes=5, width=0.1)
    assert [output.shape for output in model.outputs] == [(None, 5)] * 3
    assert model.output_names[0] != model.output_names[1]


def test_naive_module_costs_twice_the_weights_and_grows():
    naive = anatomy(googlenet, reduce=False)
    weights = [r.params for r in naive.rows if r.name.startswith("inception_3a_")]
    biases = 64 + 128 + 32
    assert sum(weights) - biases == 192 * 64 + 9 * 192 * 128 + 25 * 192 * 32 == 387_072
    assert module_params(GOOGLENET_TABLE[0], 192) - (64 + 96 + 128 + 16 + 32 + 32) == 163_328
    assert naive["inception_3a_output"].output_shape == (28, 28, 64 + 128 + 32 + 192)


@pytest.mark.parametrize(
    ("reduce", "project", "billions", "leaving"),
    [(True, True, 1.58, 1024), (True, False, 2.12, 4944), (False, True, 4.43, 1024), (False, None, 12.57, 4944)],
)
def test_work_with_and_without_the_reductions_and_the_pools_projections(reduce, project, billions, leaving):
    found = anatomy(googlenet, reduce=reduce, project=project)
    assert round(found.macs / 1e9, 2) == billions
    assert found["inception_5b_output"].output_shape[-1] == leaving
    # a pool that hands on everything adds all maps that arrive: 192 and the 3×3, 1×1 and 5×5 maps of nine modules
    handed_on = 192 + sum(row.n1x1 + row.n3x3 + row.n5x5 for row in GOOGLENET_TABLE)
    assert leaving == (1024 if project else handed_on)


def test_first_row_of_the_table_fits_a_separable_convolution():
    assert anatomy(googlenet)["stem_conv1"].params == 7 * 7 * 3 * 64 + 64 == 9_472
    separable = anatomy(bn_inception)["stem_conv1"]
    assert separable.params == 7 * 7 * 3 * 8 + 24 * 64 == 2_712
    assert round(separable.macs / 1e6, 1) == 34.0


def test_small_stem_and_batch_norm():
    found = anatomy(googlenet, stem="small", input_shape=(32, 32, 3), batch_norm=True, classes=10)
    assert found["inception_3a_output"].output_shape == (32, 32, 256)
    assert found["inception_5b_output"].output_shape == (8, 8, 1024)
    assert not [row for row in found.rows if row.kind == "LocalResponseNormalization"]


@pytest.mark.parametrize("follow", ["output", "widths"])
def test_bn_inception_adds_up_module_by_module(follow):
    found = anatomy(bn_inception, follow=follow)
    arriving, total = 192, 2_712 + 64 * 64 + 9 * 64 * 192 + 4 * (64 + 64 + 192)
    for row in BN_INCEPTION_TABLE:
        projection = 96 if follow == "output" and row.name in ("4c", "4d") else row.pool_proj
        filters = [row.n1x1, row.n3x3_reduce, row.n3x3, row.double_reduce, row.double, row.double, projection]
        sources = [
            arriving, arriving, 9 * row.n3x3_reduce, arriving, 9 * row.double_reduce, 9 * row.double, arriving
        ]  # fmt: skip
        total += sum(f * (s + 4) for f, s in zip(filters, sources, strict=True))  # γ, β and two statistics a filter
        arriving = row.n1x1 + row.n3x3 + row.double + (projection or arriving)
        assert found[f"inception_{row.name}_output"].output_shape[-1] == arriving
        if follow == "output":
            assert arriving == row.printed_output
    assert found.params == total + 1024 * 1000 + 1000
    widths = {row.name: row.n1x1 + row.n3x3 + row.double + row.pool_proj for row in BN_INCEPTION_TABLE}
    assert widths["4c"] == widths["4d"] == 608


def test_bn_inception_grids():
    found = anatomy(bn_inception)
    sides = [found[f"inception_{row.name}_output"].output_shape[0] for row in BN_INCEPTION_TABLE]
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


# Table 1 of GoogLeNet as it is printed, row by row: 1×1; 3×3 reduce, 3×3; 5×5 reduce, 5×5; pool projection.
PRINTED = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
# Figure 5 of BN-Inception: 1×1; 3×3 reduce, 3×3; double reduce, double; pool and projection.
BN_PRINTED = {
    "3a": (64, 64, 64, 64, 96, "avg", 32),
    "3b": (64, 64, 96, 64, 96, "avg", 64),
    "3c": (0, 128, 160, 64, 96, "max", 0),
    "4a": (224, 64, 96, 96, 128, "avg", 128),
    "4b": (192, 96, 128, 96, 128, "avg", 128),
    "4c": (160, 128, 160, 128, 160, "avg", 128),
    "4d": (96, 128, 192, 160, 192, "avg", 128),
    "4e": (0, 128, 192, 192, 256, "max", 0),
    "5a": (352, 192, 320, 160, 224, "avg", 128),
    "5b": (352, 192, 320, 192, 224, "max", 128),
}


def test_tables_are_the_printed_ones():
    assert {row.name: tuple(row[1:]) for row in GOOGLENET_TABLE} == PRINTED
    assert {row.name: tuple(row[1:8]) for row in BN_INCEPTION_TABLE} == BN_PRINTED


@pytest.fixture(scope="module")
def whole():
    """GoogLeNet with its heads and BN-Inception, at a quarter of the width."""
    keras.utils.set_random_seed(0)
    settings = {"input_shape": (64, 64, 3), "classes": 5, "width": 0.25}
    return googlenet(aux=True, **settings), bn_inception(dropout=0.2, **settings)


def branches(model, module: str, before: str) -> list[str]:
    """Return the ways through one module of a built network."""
    inputs = model.get_layer(before).output
    output = model.get_layer(f"inception_{module}_output").output
    return figure(output, inputs)


def test_a_module_of_googlenet_is_figure_2b(whole):
    model, _ = whole
    assert branches(model, "3b", "inception_3a_output") == [
        "1x1 32", "1x1 32, 3x3 48", "1x1 8, 5x5 24", "max 3x3, 1x1 16"
    ]  # fmt: skip


def test_rows_around_the_modules_of_googlenet(whole):
    model, _ = whole
    first = figure(model.get_layer("stem_pool2").output)
    assert first == ["7x7/2 16, max 3x3/2, LRN, 1x1 16, 3x3 48, LRN, max 3x3/2"]
    for name in ("pool_3b", "pool_4e"):
        pool = model.get_layer(name)
        assert (pool.pool_size, pool.strides, pool.padding) == ((3, 3), (2, 2), "same")
        assert pool.input is model.get_layer(f"inception_{name[-2:]}_output").output
    modules = [model.get_layer(f"inception_{name}_output").output for name in ("5b", "4a", "4d")]
    main, *heads = (figure(output, begin) for output, begin in zip(model.outputs, modules, strict=True))
    assert main == ["global average, dropout 0.4, dense 5"]
    # at 4×4 the window of 5×5 shrinks to what is there
    assert heads == [["avg 4x4/3 V, 1x1 32, dense 256, dropout 0.7, dense 5"]] * 2
    heads = [model.get_layer(f"aux{n}_pool").input for n in (1, 2)]
    assert heads[0] is model.get_layer("inception_4a_output").output
    assert heads[1] is model.get_layer("inception_4d_output").output
    full = googlenet(aux=True, width=0.05).get_layer("aux1_pool")
    assert (full.pool_size, full.strides, full.output.shape[1:3]) == ((5, 5), (3, 3), (4, 4))


@pytest.mark.parametrize(("module", "before"), [("3b", "3a"), ("5b", "5a"), ("4e", "4d")])
def test_a_module_of_bn_inception_is_figure_5(whole, module, before):
    _, model = whole
    expected = {
        "3b": ["1x1 16", "1x1 16, 3x3 24", "1x1 16, 3x3 24, 3x3 24", "avg 3x3, 1x1 16"],
        "5b": ["1x1 88", "1x1 48, 3x3 80", "1x1 48, 3x3 56, 3x3 56", "max 3x3, 1x1 32"],  # the only one with stride 1
        "4e": ["1x1 32, 3x3/2 48", "1x1 48, 3x3 64, 3x3/2 64", "max 3x3/2"],
    }
    assert branches(model, module, f"inception_{before}_output") == expected[module]


def test_rows_around_the_modules_of_bn_inception(whole):
    _, model = whole
    first = figure(model.get_layer("stem_pool2").output)
    assert first == ["separable 7x7/2 16, max 3x3/2, 1x1 16, 3x3 48, max 3x3/2"]
    last = model.get_layer("inception_5b_output").output
    assert figure(model.output, last) == ["global average, dropout 0.2, dense 5"]
    assert model.get_layer("stem_conv1").depth_multiplier == 8
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert {(layer.momentum, layer.scale) for layer in norms} == {(0.9, True)}


def test_only_4c_and_4d_may_be_followed_away_from_their_widths():
    for row in BN_INCEPTION_TABLE:
        followed = as_followed(row, "output")
        assert followed.pool_proj == (96 if row.name in ("4c", "4d") else row.pool_proj)
        assert as_followed(row, "widths") == row
    wrong = BN_INCEPTION_TABLE[0]._replace(n1x1=80)
    for follow in ("output", "widths"):
        with pytest.raises(ValueError, match=r"'3a' must have widths that add up to .* 256, .*; received 272"):
            as_followed(wrong, follow)


@pytest.mark.parametrize(
    ("build", "arguments", "words"),
    [
        (googlenet, {"input_shape": (31, 31, 3)}, ["input_shape", "32"]),
        (googlenet, {"stem": "tiny"}, ["stem", "'tiny'", "'small'"]),
        (bn_inception, {"follow": "table"}, ["follow", "'table'", "'widths'"]),
        (bn_inception, {"stem": "deep"}, ["stem", "'deep'"]),
    ],
)
def test_bad_arguments_are_named(build, arguments, words):
    with pytest.raises(ValueError) as error:
        build(**arguments)
    for word in words:
        assert word in str(error.value)
