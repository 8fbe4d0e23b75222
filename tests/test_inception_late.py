"""Inception-v3, v4 and the Inception-ResNets: against Keras with the same weights, and against the figures."""

import keras
import numpy as np
import pytest

from course_utils.anatomy import describe
from course_utils.models import inception_resnet_v1, inception_resnet_v2, inception_v3, inception_v4


@pytest.mark.parametrize(
    ("ours", "theirs", "params"),
    [
        (inception_v3, keras.applications.InceptionV3, 23_851_784),
        (inception_resnet_v2, keras.applications.InceptionResNetV2, 55_873_736),
    ],
)
def test_equal_to_keras_with_copied_weights(ours, theirs, params):
    assert describe(ours).params == describe(theirs, weights=None).params == params
    assert describe(ours).macs == describe(theirs, weights=None).macs
    reference = theirs(weights=None, input_shape=(75, 75, 3), classes=1000)
    model = ours(input_shape=(75, 75, 3))
    chance = np.random.default_rng(0)
    for weight in reference.weights:  # He's kernels, or the signal fades; statistics and biases must be told apart too
        if "variance" in weight.path:
            weight.assign(chance.uniform(0.5, 1.5, weight.shape))
        else:
            spread = (2 / np.prod(weight.shape[:-1])) ** 0.5 if len(weight.shape) > 1 else 0.05
            weight.assign(chance.normal(0, spread, weight.shape))
    model.set_weights(reference.get_weights())
    images = chance.uniform(-1, 1, (2, 75, 75, 3)).astype("float32")
    images[1] += 1  # brighter
    answers, expected = np.array(model(images, training=False)), np.array(reference(images, training=False))
    assert np.abs(expected[0] - expected[1]).max() > 1e-3
    assert np.abs(answers - expected).max() < 1e-4


def weights(arriving: int, *words: str) -> int:
    """Return the weights of a chain of convolutions with β and two statistics a filter, from the figure's words."""
    total = 0
    for word in words:
        size, filters = word.split()[0].split("/")[0], int(word.split()[1])
        height, width = map(int, size.split("x"))
        total, arriving = total + filters * (height * width * arriving + 3), filters
    return total


def part(anatomy, name: str) -> int:
    return sum(row.params for row in anatomy.rows if row.name == name or row.name.startswith(f"{name}_"))


def test_v4_figure_by_figure():
    anatomy = describe(inception_v4)
    figures = {
        "stem": weights(3, "3x3 32", "3x3 32", "3x3 64")
        + weights(64, "3x3 96")
        + weights(160, "1x1 64", "3x3 96")
        + weights(160, "1x1 64", "7x1 64", "1x7 64", "3x3 96")
        + weights(192, "3x3 192"),  # figure 3
        "inception_a1": weights(384, "1x1 96")
        + weights(384, "1x1 96")
        + weights(384, "1x1 64", "3x3 96")
        + weights(384, "1x1 64", "3x3 96", "3x3 96"),  # figure 4
        "inception_b1": weights(1024, "1x1 128")
        + weights(1024, "1x1 384")
        + weights(1024, "1x1 192", "1x7 224", "1x7 256")
        + weights(1024, "1x1 192", "1x7 192", "7x1 224", "1x7 224", "7x1 256"),  # figure 5
        "inception_c1": weights(1536, "1x1 256")
        + weights(1536, "1x1 256")
        + weights(1536, "1x1 384")
        + weights(384, "1x3 256")
        + weights(384, "3x1 256")
        + weights(1536, "1x1 384", "1x3 448", "3x1 512")
        + weights(512, "1x3 256")
        + weights(512, "3x1 256"),  # figure 6
        "reduction_a": weights(384, "3x3 384") + weights(384, "1x1 192", "3x3 224", "3x3 256"),  # figure 7, table 1
        "reduction_b": weights(1024, "1x1 192", "3x3 192")
        + weights(1024, "1x1 256", "1x7 256", "7x1 320", "3x3 320"),  # figure 8
    }
    assert {name: part(anatomy, name) for name in figures} == figures
    times = {"inception_a1": 4, "inception_b1": 7, "inception_c1": 3}
    assert anatomy.params == sum(times.get(name, 1) * n for name, n in figures.items()) + 1536 * 1000 + 1000
    shapes = ["stem_join1", "stem_join2", "stem_join3", "reduction_a", "reduction_b"]
    assert [anatomy[name].output_shape for name in shapes] == [
        (73, 73, 160), (71, 71, 192), (35, 35, 384), (17, 17, 1024), (8, 8, 1536)
    ]  # fmt: skip


def test_inception_resnet_v1_figure_by_figure():
    anatomy = describe(inception_resnet_v1)
    figures = {
        "stem": weights(3, "3x3 32", "3x3 32", "3x3 64", "1x1 80", "3x3 192", "3x3 256"),  # figure 14
        "inception_resnet_a1": weights(256, "1x1 32")
        + weights(256, "1x1 32", "3x3 32")
        + weights(256, "1x1 32", "3x3 32", "3x3 32")
        + (96 + 1) * 256,  # figure 10
        "inception_resnet_b1": weights(896, "1x1 128")
        + weights(896, "1x1 128", "1x7 128", "7x1 128")
        + (256 + 1) * 896,  # figure 11
        "inception_resnet_c1": weights(1792, "1x1 192")
        + weights(1792, "1x1 192", "1x3 192", "3x1 192")
        + (384 + 1) * 1792,  # figure 13
        "reduction_a": weights(256, "3x3 384") + weights(256, "1x1 192", "3x3 192", "3x3 256"),
        "reduction_b": weights(896, "1x1 256", "3x3 384")
        + weights(896, "1x1 256", "3x3 256")
        + weights(896, "1x1 256", "3x3 256", "3x3 256"),  # figure 12
    }
    assert {name: part(anatomy, name) for name in figures} == figures
    times = {"inception_resnet_a1": 5, "inception_resnet_b1": 10, "inception_resnet_c1": 5}
    assert anatomy.params == sum(times.get(name, 1) * n for name, n in figures.items()) + 1792 * 1000 + 1000
    shapes = ["inception_resnet_a5_relu", "inception_resnet_b10_relu", "inception_resnet_c5_relu"]
    assert [anatomy[name].output_shape for name in shapes] == [(35, 35, 256), (17, 17, 896), (8, 8, 1792)]


@pytest.mark.parametrize(("stem", "widths"), [("released", (320, 1088, 2080)), ("paper", (384, 1152, 2144))])
def test_inception_resnet_v2_widths(stem, widths):
    anatomy = describe(inception_resnet_v2, stem=stem)
    names = ["inception_resnet_a1_add", "inception_resnet_b1_add", "inception_resnet_c1_add"]
    assert tuple(anatomy[name].output_shape[-1] for name in names) == widths
    # 1154 and 2048 are printed in figures 17 and 19: they could not be added to what arrives
    assert widths[1] == widths[0] + 384 + 384
    assert widths[2] == widths[1] + 384 + 288 + 320


def test_the_figure_has_half_the_blocks_of_the_released_network():
    released, figure = describe(inception_resnet_v2), describe(inception_resnet_v2, blocks=(5, 10, 5), stem="paper")
    assert (round(released.params / 1e6), round(figure.params / 1e6)) == (56, 32)
    kinds = [sum(row.kind == "Add" for row in anatomy.rows) for anatomy in (released, figure)]
    assert kinds == [40, 20]


def test_scale_of_the_residual_branches():
    scales = [
        layer.scale
        for layer in inception_resnet_v2(width=0.03, input_shape=(75, 75, 3), blocks=(1, 1, 2)).layers
        if layer.name.endswith("_scale")
    ]
    assert scales == [0.17, 0.1, 0.2, 1.0]
    model = inception_resnet_v1(width=0.03, input_shape=(75, 75, 3), blocks=(1, 1, 1), scale=0.3)
    assert [layer.scale for layer in model.layers if layer.name.endswith("_scale")] == [0.3] * 3


def test_auxiliary_head_of_v3():
    anatomy = describe(inception_v3, aux=True)
    head = weights(768, "1x1 128") + 768 * (25 * 128 + 3) + 768 * 1000 + 1000
    assert part(anatomy, "aux1") == head
    assert anatomy.params == 23_851_784 + head


@pytest.mark.parametrize("build", [inception_v3, inception_v4, inception_resnet_v1, inception_resnet_v2])
def test_one_step_changes_every_trainable_weight(build):
    keras.utils.set_random_seed(2)
    few = {"blocks": (1, 1, 2)} if build in (inception_resnet_v1, inception_resnet_v2) else {}
    model = build(input_shape=(96, 96, 3), classes=4, width=0.06, dropout=0, **few)
    model.compile(keras.optimizers.SGD(0.5), loss="sparse_categorical_crossentropy", jit_compile=False)
    before = [np.array(weight) for weight in model.trainable_weights]
    model.train_on_batch(np.random.default_rng(0).normal(0, 1, (4, 96, 96, 3)).astype("float32"), np.arange(4))
    same = [w.path for w, old in zip(model.trainable_weights, before, strict=True) if (np.array(w) == old).all()]
    assert same == []


@pytest.mark.parametrize(
    ("build", "arguments", "words"),
    [
        (inception_v3, {"input_shape": (74, 80, 3)}, ["input_shape", "75"]),
        (inception_v3, {"input_shape": (100, 100, 3), "aux": True}, ["input_shape", "139"]),
        (inception_v4, {"classes": 1}, ["classes", "1"]),
        (inception_resnet_v1, {"scale": 2}, ["scale", "2"]),
        (inception_resnet_v1, {"blocks": 5}, ["blocks", "5"]),
        (inception_resnet_v2, {"blocks": (1, 0, 1)}, ["blocks", "0"]),
        (inception_resnet_v2, {"stem": "v4"}, ["stem", "'v4'", "'paper'"]),
    ],
)
def test_bad_arguments_are_named(build, arguments, words):
    with pytest.raises(ValueError) as error:
        build(**arguments)
    for word in words:
        assert word in str(error.value)
