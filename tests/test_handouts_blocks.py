"""The blocks of the handouts: blanks and answers agree, and what is filled in does what the lesson says."""

import ast
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from course_utils import runtime

keras = runtime.import_keras()

from course_utils import anatomy, convolution, layers, models  # noqa: E402
from course_utils.models import lenet  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

import handouts_blocks  # noqa: E402

LESSONS = [f"{number:02d}" for number in range(1, 11)]
lessons = pytest.mark.parametrize("lesson", LESSONS)


def run(lesson: str, **given) -> dict:
    """Run a block with its answers in place; return its names."""
    names = {"np": np, "keras": keras, "layers": keras.layers, "conv2d": convolution.conv2d, **given}
    exec(handouts_blocks.block(lesson).filled, names)
    return names


def comment(lesson: str, code: str) -> str:
    """Return what stands behind the line that begins with some code."""
    lines = [line.strip() for line in handouts_blocks.block(lesson).filled.splitlines()]
    return next(line.partition("  # ")[2] for line in lines if line.startswith(code))


def rng(seed=0):
    return np.random.default_rng(seed)


@lessons
def test_a_block_has_three_to_six_blanks_and_at_most_ten_lines(lesson):
    block = handouts_blocks.block(lesson)
    assert 3 <= len(block.answers) <= 6
    assert 4 <= len([line for line in block.text.splitlines() if line]) <= 10
    assert bool(block.code) != bool(block.table) and not set("«»") & set(block.filled)
    if block.code:
        ast.parse(block.filled)
    else:
        assert len({line.count(" | ") for line in block.text.splitlines()}) == 1


@lessons
def test_the_handout_is_blank_where_the_answers_page_has_the_answer(lesson):
    block = handouts_blocks.block(lesson)
    page, answers = (handouts_blocks.shown(block, answers=told) for told in (False, True))
    numbers = range(1, len(block.answers) + 1)
    assert re.findall(r'<span class="blank" style="width: \d+mm">(.*?)</span>', page) == [str(n) for n in numbers]
    marked = [f'<b class="answer"><sup>{n}</sup>{answer}</b>' for n, answer in zip(numbers, block.answers, strict=True)]
    assert re.findall(r'<b class="answer">.*?</b>', answers) == marked
    others = handouts_blocks.BLANK.sub(lambda found: f"«{'~' * len(found[1])}»", block.code or block.table)
    hidden = block._replace(**{"code" if block.code else "table": others})
    assert handouts_blocks.shown(hidden, answers=False) == page, "the handout tells an answer"
    told = [answer for answer in block.answers if len(answer) > 5 and not answer.isidentifier() and answer in page]
    assert told == [], "it stands elsewhere in the block"


def test_01_slides_as_convolution_does():
    slide = run("01")["slide"]
    picture, kernel = rng().integers(0, 9, (11, 11)), rng(1).integers(-3, 4, (3, 3))
    for stride in (1, 2, 3):
        np.testing.assert_array_equal(
            slide(picture, kernel, stride), convolution.conv2d(picture, kernel, stride=stride)
        )


def test_02_writes_and_finds_sobels_numbers():
    found = run("02", noise=np.random.RandomState(0).normal(size=(32, 32)), rate=0.4)
    np.testing.assert_array_equal(found["sobel_x"], convolution.KERNELS["sobel_x"])
    np.testing.assert_allclose(found["kernel"], found["sobel_x"], atol=0.02)


def test_03_has_the_sizes_and_parameters_of_its_comments():
    rows = iter(anatomy.describe(run("03")["cnn"]).rows)
    said = re.findall(r"^    layers\.(\w+)\(.*?\)?,  # ([^;\n]+)(?:; (.+))?$", handouts_blocks.block("03").filled, re.M)
    assert [kind for kind, _, _ in said] == ["Conv2D", "MaxPooling2D"] * 2 + ["Flatten", "Dense", "Dense"]
    for kind, size, params in said:
        row = next(row for row in rows if row.kind == kind)
        if "each digit" not in size:
            assert tuple(int(n) for n in re.sub(r"[, a-z]", "", size).split("×")) == row.output_shape
        if params:
            assert eval(params.partition(" =")[0].replace("·", "*").replace(",", "")) == row.params
            assert not params.partition("= ")[2] or int(params.partition("= ")[2]) == row.params
    head = run("03")["cnn"].layers[-1]
    assert head.units == 10 and head.activation is keras.activations.softmax


@pytest.mark.parametrize("training", [True, False])
def test_04_is_hes_rule_and_keras_batch_norm(training):
    norm = keras.layers.BatchNormalization(momentum=0.9, epsilon=0.001)
    x, units = rng().normal(size=(50, 200)), 300
    norm.build((None, units))
    start = rng(1).normal(size=units), rng(2).uniform(1, 2, size=units)
    norm.set_weights([np.full(units, 1.5), np.full(units, 0.2), *start])
    names = dict(rng=rng(3), x=x, n=200, units=units, running=np.array(start), training=training)
    found = run("04", gamma=1.5, beta=0.2, epsilon=0.001, **names)
    assert found["kernel"].shape == (200, units) and abs(found["kernel"].var() * 200 / 2 - 1) < 0.05
    theirs = np.maximum(np.asarray(norm(found["sums"], training=training)), 0)
    np.testing.assert_allclose(found["signal"], theirs, atol=1e-4)
    np.testing.assert_allclose(found["running"], [norm.moving_mean, norm.moving_variance], rtol=1e-4, atol=1e-4)


def test_05_trains_the_head_first_and_never_batch_norm():
    pixels = keras.Input((96, 96, 3))
    maps = keras.layers.Conv2D(4, 3, strides=32, name="conv")(pixels)
    base = keras.Model(pixels, keras.layers.BatchNormalization(name="norm")(maps))
    before, after = handouts_blocks.block("05").filled.split("\n\n")
    names = {"keras": keras, "layers": keras.layers, "base": base}
    exec(before, names)
    network = names["network"]
    assert [tuple(weight.shape) for weight in network.trainable_weights] == [(4, 2), (2,)]
    scaling = next(layer for layer in network.layers if isinstance(layer, keras.layers.Rescaling))
    np.testing.assert_allclose(scaling(np.array([0.0, 127.5, 255.0])), [-1, 0, 1], atol=1e-6)
    features = keras.Model(names["pixels"], [names["maps"], names["features"]])
    maps, means = features(rng().uniform(0, 255, size=(2, 96, 96, 3)))
    np.testing.assert_allclose(means, np.mean(maps, axis=(1, 2)), atol=1e-5)
    exec(after, names)
    assert base.get_layer("conv").trainable and not base.get_layer("norm").trainable
    assert names["fine_tuning_rate"] == pytest.approx(names["head_rate"] / 10)


def test_06_subsamples_counts_and_reads_as_the_network_of_1998():
    names = run("06")
    a = rng().normal(size=(28, 28))
    theirs = layers.Subsampling(2, activation=layers.scaled_tanh)
    theirs.build((None, 28, 28, 1))
    theirs.set_weights(
        [np.full(weight.shape, value) for weight, value in zip(theirs.weights, (0.7, -0.2), strict=True)]
    )
    expected = np.asarray(theirs(a[None, :, :, None]))[0, :, :, 0]
    np.testing.assert_allclose(names["subsample"](a, 0.7, -0.2), expected, atol=1e-5)
    assert names["c3_parameters"](lenet.C3_TABLE) == 1_516
    codes = lenet.digit_codes()
    assert [names["read"](code * 1.3 + 0.1, codes) for code in codes] == list(range(10))


def test_07_is_the_beginning_of_alexnet_and_dropout_keeps_sums():
    photograph = keras.Input((227, 227, 3))
    names = run("07", photograph=photograph, rng=rng())
    network, theirs = keras.Model(photograph, names["maps"]), anatomy.describe(models.alexnet)
    ours = anatomy.describe(network)
    convolutions = [row for row in ours.rows if row.kind == "Conv2D"]
    for row, name in zip(convolutions, ("conv1", "conv2"), strict=True):
        assert (row.output_shape, row.params, row.macs) == tuple(
            getattr(theirs[name], field) for field in ("output_shape", "params", "macs")
        )
    pool = next(layer for layer in network.layers if isinstance(layer, keras.layers.MaxPooling2D))
    assert pool.pool_size == (3, 3) and pool.strides == (2, 2)
    units = np.ones((200, 500))
    thinned = names["dropout"](units, 0.2, True)
    assert set(np.unique(thinned)) == {0, 1.25} and abs(thinned.mean() - 1) < 0.01
    assert names["dropout"](units, 0.2, False) is units


def test_08_counts_what_keras_counts():
    head, *rows = [line.split(" | ") for line in handouts_blocks.block("08").filled.splitlines()]
    assert head == ["convolutions", "one value sees", "weights", "ReLUs", "weights saved"]
    maps = 5
    counts = {}
    for name, sees, weights, relus, saved in rows:
        number, side = {"one": 1, "two": 2, "three": 3}[name.split()[0]], int(name[-1])
        one = dict(use_bias=False, activation="relu")
        stack = [keras.layers.Conv2D(maps, side, padding="same", **one) for _ in range(number)]
        built = anatomy.describe(keras.Sequential([keras.Input((32, 32, maps)), *stack]))
        reach = built.rows[-1].receptive_field
        assert (sees, weights) == (f"{reach}×{reach}", f"{built.params // maps**2} C²")
        assert int(relus) == number
        whole = counts.setdefault(reach, built.params)
        assert saved == (f"{100 * (1 - built.params / whole):.0f} %" if number > 1 else "–")


def test_09_stacks_the_branches_and_counts_the_reduction():
    def conv(maps, filters, size):
        return keras.layers.Conv2D(filters, size, padding="same", activation="relu", use_bias=False)(maps)

    names = run("09", conv=conv)
    assert names["module"].shape[1:] == (28, 28, int(comment("09", "module =").split()[0]))
    five = keras.Model(names["arriving"], names["five"])
    counts = [layer.count_params() for layer in five.layers[1:]]
    said = [eval(comment("09", line).partition(" weights")[0].replace("·", "*")) for line in ("reduced =", "five =")]
    assert counts == said
    naive = keras.Model(names["arriving"], names["conv"](names["arriving"], 32, 5))
    assert f"{naive.count_params():,}" in comment("09", "five =")
    values = rng().normal(size=(1, 4, 4, 2)).astype("float32")
    small = np.asarray(names["naive_module"](keras.ops.convert_to_tensor(values), 1, 1, 1))
    np.testing.assert_array_equal(small[..., 3:], keras.ops.max_pool(values, 3, strides=1, padding="same"))


def test_10_hands_on_what_it_gets_plus_f():
    calls = []

    def convolution(x, filters, stride=1):
        """Of the right shape and easy to follow: the first map times `scale`, at every place that the stride meets."""
        calls.append(stride)
        every = keras.ops.convert_to_numpy(x)[:, ::stride, ::stride, :1]
        return keras.ops.convert_to_tensor(np.repeat(every, filters, axis=-1) * scale)

    block = run("10", convolution=convolution)["residual_block"]
    x = rng().uniform(size=(1, 4, 4, 2)).astype("float32")
    scale = int(re.search(r"where F\(x\) = (-?\d+)", comment("10", "y = convolution"))[1])
    np.testing.assert_array_equal(block(x, 2, 1), x)
    scale = 1
    np.testing.assert_allclose(block(x, 2, 1), x[..., :1] + x, rtol=1e-6)
    calls.clear()
    halved = np.asarray(block(x, 4, 2))
    assert calls == [2, 1] and halved.shape == (1, 2, 2, 4)
    passed = np.pad(x[:, ::2, ::2], [(0, 0), (0, 0), (0, 0), (1, 1)])
    np.testing.assert_allclose(halved, x[:, ::2, ::2, :1] + passed, rtol=1e-6)
