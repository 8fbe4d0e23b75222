"""Inception-v3, v4 and the Inception-ResNets: against Keras with the same weights, and against the figures."""

import keras
import numpy as np
import pytest
from models_tools import anatomy, copies_answer_alike, figure, random_weights

from course_utils.models import inception_resnet_v1, inception_resnet_v2, inception_v3, inception_v4

V3, RESNET_V2 = keras.applications.InceptionV3, keras.applications.InceptionResNetV2


@pytest.mark.parametrize(
    ("ours", "theirs", "params"), [(inception_v3, V3, 23_851_784), (inception_resnet_v2, RESNET_V2, 55_873_736)]
)
def test_layers_are_those_of_keras(ours, theirs, params):
    """Shapes, weights and work, layer by layer, whatever the order of the branches."""
    rows, expected = anatomy(ours), anatomy(theirs, weights=None)
    assert rows.params == expected.params == params and rows.macs == expected.macs
    weighted = [
        sorted((row.kind, row.output_shape, row.params, row.macs) for row in found if row.params)
        for found in (rows, expected)
    ]
    assert weighted[0] == weighted[1]


@pytest.mark.parametrize(
    ("ours", "theirs", "head"),
    [(inception_v3, V3, 1.0), pytest.param(inception_resnet_v2, RESNET_V2, 0.01, marks=pytest.mark.slow)],
)
def test_equal_to_keras_with_copied_weights(ours, theirs, head):
    keras.utils.set_random_seed(0)
    reference = theirs(weights=None, input_shape=(75, 75, 3), classes=10)
    model = ours(input_shape=(75, 75, 3), classes=10)
    random_weights(reference)
    last = reference.layers[-1].kernel
    last.assign(head * np.array(last))  # small, or the sums of forty blocks drive the softmax to 1 for every image
    model.set_weights(reference.get_weights())
    copies_answer_alike(model, reference, side=75)


def weights(arriving: int, *words: str) -> int:
    """Return the weights of a chain of convolutions with β and two statistics a filter, from the figure's words."""
    total = 0
    for word in words:
        size, filters = word.split()[0].split("/")[0], int(word.split()[1])
        height, width = map(int, size.split("x"))
        total, arriving = total + filters * (height * width * arriving + 3), filters
    return total


def part(found, name: str) -> int:
    return sum(row.params for row in found if row.name == name or row.name.startswith(f"{name}_"))


def test_v4_figure_by_figure():
    found = anatomy(inception_v4)
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
    assert {name: part(found, name) for name in figures} == figures
    times = {"inception_a1": 4, "inception_b1": 7, "inception_c1": 3}
    assert found.params == sum(times.get(name, 1) * n for name, n in figures.items()) + 1536 * 1000 + 1000
    shapes = ["stem_join1", "stem_join2", "stem_join3", "reduction_a", "reduction_b"]
    assert [found[name].output_shape for name in shapes] == [
        (73, 73, 160), (71, 71, 192), (35, 35, 384), (17, 17, 1024), (8, 8, 1536)
    ]  # fmt: skip


def test_inception_resnet_v1_figure_by_figure():
    found = anatomy(inception_resnet_v1)
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
    assert {name: part(found, name) for name in figures} == figures
    times = {"inception_resnet_a1": 5, "inception_resnet_b1": 10, "inception_resnet_c1": 5}
    assert found.params == sum(times.get(name, 1) * n for name, n in figures.items()) + 1792 * 1000 + 1000
    shapes = ["inception_resnet_a5_relu", "inception_resnet_b10_relu", "inception_resnet_c5_relu"]
    assert [found[name].output_shape for name in shapes] == [(35, 35, 256), (17, 17, 896), (8, 8, 1792)]


@pytest.mark.parametrize(("stem", "widths"), [("released", (320, 1088, 2080)), ("paper", (384, 1152, 2144))])
def test_inception_resnet_v2_widths(stem, widths):
    found = anatomy(inception_resnet_v2, stem=stem)
    names = ["inception_resnet_a1_add", "inception_resnet_b1_add", "inception_resnet_c1_add"]
    assert tuple(found[name].output_shape[-1] for name in names) == widths
    # 1154 and 2048 are printed in figures 17 and 19: they could not be added to what arrives
    assert widths[1] == widths[0] + 384 + 384
    assert widths[2] == widths[1] + 384 + 288 + 320


def test_the_figure_has_half_the_blocks_of_the_released_network():
    released, printed = anatomy(inception_resnet_v2), anatomy(inception_resnet_v2, blocks=(5, 10, 5), stem="paper")
    assert (round(released.params / 1e6), round(printed.params / 1e6)) == (56, 32)
    kinds = [sum(row.kind == "Add" for row in found) for found in (released, printed)]
    assert kinds == [40, 20]


def test_scale_of_the_residual_branches():
    keras.utils.set_random_seed(0)
    scales = [
        layer.scale
        for layer in inception_resnet_v2(width=0.03, input_shape=(75, 75, 3), blocks=(1, 1, 2)).layers
        if layer.name.endswith("_scale")
    ]
    assert scales == [0.17, 0.1, 0.2, 1.0]
    model = inception_resnet_v1(width=0.03, input_shape=(75, 75, 3), blocks=(1, 1, 1), scale=0.3)
    assert [layer.scale for layer in model.layers if layer.name.endswith("_scale")] == [0.3] * 3


def test_auxiliary_head_of_v3():
    found = anatomy(inception_v3, aux=True)
    head = weights(768, "1x1 128") + 768 * (25 * 128 + 3) + 768 * 1000 + 1000
    assert part(found, "aux1") == head
    assert found.params == 23_851_784 + head


# The modules as the figures draw them, branch by branch; a wide and a tall convolution side by side are two ways.
V4 = {
    "stem_join3": [
        f"3x3/2 32 V, 3x3 32 V, 3x3 64, {first}, {second}, {third}"
        for third in ("3x3/2 192 V", "max 3x3/2 V")
        for second in ("1x1 64, 3x3 96 V", "1x1 64, 7x1 64, 1x7 64, 3x3 96 V")
        for first in ("max 3x3/2 V", "3x3/2 96 V")
    ],
    "inception_a2": ["avg 3x3, 1x1 96", "1x1 96", "1x1 64, 3x3 96", "1x1 64, 3x3 96, 3x3 96"],
    "reduction_a": ["max 3x3/2 V", "3x3/2 384 V", "1x1 192, 3x3 224, 3x3/2 256 V"],
    "inception_b2": [
        "avg 3x3, 1x1 128",
        "1x1 384",
        "1x1 192, 1x7 224, 7x1 256",
        "1x1 192, 1x7 192, 7x1 224, 1x7 224, 7x1 256",
    ],
    "reduction_b": ["max 3x3/2 V", "1x1 192, 3x3/2 192 V", "1x1 256, 1x7 256, 7x1 320, 3x3/2 320 V"],
    "inception_c2": [
        "avg 3x3, 1x1 256",
        "1x1 256",
        "1x1 384, 1x3 256",
        "1x1 384, 3x1 256",
        "1x1 384, 1x3 448, 3x1 512, 3x1 256",
        "1x1 384, 1x3 448, 3x1 512, 1x3 256",
    ],
}
V3 = {
    "mixed1": ["1x1 64", "1x1 48, 5x5 64", "1x1 64, 3x3 96, 3x3 96", "avg 3x3, 1x1 64"],
    "mixed3": ["3x3/2 384 V", "1x1 64, 3x3 96, 3x3/2 96 V", "max 3x3/2 V"],
    "mixed5": [
        "1x1 192",
        "1x1 160, 1x7 160, 7x1 192",
        "1x1 160, 7x1 160, 1x7 160, 7x1 160, 1x7 192",
        "avg 3x3, 1x1 192",
    ],
    "mixed8": ["1x1 192, 3x3/2 320 V", "1x1 192, 1x7 192, 7x1 192, 3x3/2 192 V", "max 3x3/2 V"],
    "mixed10": [
        "1x1 320",
        "1x1 384, 1x3 384",
        "1x1 384, 3x1 384",
        "1x1 448, 3x3 384, 1x3 384",
        "1x1 448, 3x3 384, 3x1 384",
        "avg 3x3, 1x1 192",
    ],
}
RESNET_V1 = {
    "stem_b_3": ["3x3/2 32 V, 3x3 32 V, 3x3 64, max 3x3/2 V, 1x1 80, 3x3 192 V, 3x3/2 256 V"],
    "inception_resnet_a2_linear": [
        "1x1 32, 1x1 256 V",
        "1x1 32, 3x3 32, 1x1 256 V",
        "1x1 32, 3x3 32, 3x3 32, 1x1 256 V",
    ],
    "reduction_a": ["max 3x3/2 V", "3x3/2 384 V", "1x1 192, 3x3 192, 3x3/2 256 V"],
    "inception_resnet_b2_linear": ["1x1 128, 1x1 896 V", "1x1 128, 1x7 128, 7x1 128, 1x1 896 V"],
    "reduction_b": ["1x1 256, 3x3/2 384 V", "1x1 256, 3x3/2 256 V", "1x1 256, 3x3 256, 3x3/2 256 V", "max 3x3/2 V"],
    "inception_resnet_c2_linear": ["1x1 192, 1x1 1792 V", "1x1 192, 1x3 192, 3x1 192, 1x1 1792 V"],
}
RESNET_V2 = {
    "stem_inception": ["1x1 96", "1x1 48, 5x5 64", "1x1 64, 3x3 96, 3x3 96", "avg 3x3, 1x1 64"],
    "inception_resnet_a2_linear": [
        "1x1 32, 1x1 320 V",
        "1x1 32, 3x3 32, 1x1 320 V",
        "1x1 32, 3x3 48, 3x3 64, 1x1 320 V",
    ],
    "reduction_a": ["3x3/2 384 V", "1x1 256, 3x3 256, 3x3/2 384 V", "max 3x3/2 V"],
    "inception_resnet_b2_linear": ["1x1 192, 1x1 1088 V", "1x1 128, 1x7 160, 7x1 192, 1x1 1088 V"],
    "reduction_b": ["1x1 256, 3x3/2 384 V", "1x1 256, 3x3/2 288 V", "1x1 256, 3x3 288, 3x3/2 320 V", "max 3x3/2 V"],
    "inception_resnet_c2_linear": ["1x1 192, 1x1 2080 V", "1x1 192, 1x3 224, 3x1 256, 1x1 2080 V"],
}
BEGIN = {
    "stem_join3": "input", "stem_b_3": "input", "stem_inception": "stem_pool2", "mixed1": "mixed0", "mixed3": "mixed2",
    "mixed5": "mixed4", "mixed8": "mixed7", "mixed10": "mixed9", "inception_a2": "inception_a1_output",
    "inception_b2": "inception_b1_output", "inception_c2": "inception_c1_output",
}  # fmt: skip
LAST = {"inception_v4": ("inception_a4_output", "inception_b7_output")}


def begin(build, name: str) -> str:
    """Return the layer before a module."""
    if name.startswith("inception_resnet"):
        return name.replace("2_linear", "1_relu")
    if name.startswith("reduction"):
        letter = {"a": 0, "b": 1}[name[-1]]
        many = LAST.get(build.__name__) or ("inception_resnet_a2_relu", "inception_resnet_b2_relu")
        return many[letter]
    return BEGIN[name]


@pytest.mark.parametrize(
    ("build", "modules"),
    [(inception_v3, V3), (inception_v4, V4), (inception_resnet_v1, RESNET_V1), (inception_resnet_v2, RESNET_V2)],
)
def test_modules_are_the_figures_branch_by_branch(build, modules):
    few = {"blocks": (2, 2, 3)} if "resnet" in build.__name__ else {}
    model = without_weights(build, few)
    for name, drawn in modules.items():
        inputs = model.get_layer(begin(build, name)).output
        end = f"{name}_output" if name in ("inception_a2", "inception_b2", "inception_c2") else name
        assert figure(model.get_layer(end).output, inputs) == drawn, name
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert {(layer.momentum, layer.scale, layer.epsilon) for layer in norms} == {(0.9, False, 1e-3)}


def without_weights(build, arguments):
    """Return a network of full width that takes no memory."""
    with keras.StatelessScope(initialize_variables=False):
        return build(**arguments)


def test_ends_of_the_networks():
    for build, end in (
        (inception_v3, ["global average", "dense 1000"]),
        (inception_v4, ["global average", "dropout 0.2", "dense 1000"]),
        (inception_resnet_v1, ["global average", "dropout 0.2", "dense 1000"]),
        (inception_resnet_v2, ["1x1 1536", "global average", "dense 1000"]),
    ):
        rows = anatomy(build).rows
        kinds = {"GlobalAveragePooling2D": "global average", "Dropout": "dropout 0.2", "Dense": "dense 1000"}
        kinds["Conv2D"] = "1x1 1536"
        assert [kinds[row.kind] for row in rows if row.kind in kinds][-len(end) :] == end


def test_residual_sums_take_what_arrives_and_end_in_relu_but_for_the_last_of_the_released():
    keras.utils.set_random_seed(0)
    model = inception_resnet_v2(width=0.03, input_shape=(75, 75, 3), blocks=(1, 1, 2))
    for name, before in (("a1", "stem_inception"), ("b1", "reduction_a"), ("c2", "inception_resnet_c1_relu")):
        added = model.get_layer(f"inception_resnet_{name}_add")
        scaled = model.get_layer(f"inception_resnet_{name}_scale")
        assert added.input[0] is model.get_layer(before).output and added.input[1] is scaled.output
        linear = model.get_layer(f"inception_resnet_{name}_linear")
        assert linear.use_bias and linear.activation is keras.activations.linear
    names = {layer.name for layer in model.layers}
    assert "inception_resnet_c1_relu" in names and "inception_resnet_c2_relu" not in names


@pytest.mark.parametrize(
    ("build", "arguments", "words"),
    [
        (inception_v3, {"input_shape": (74, 80, 3)}, ["input_shape", "75"]),
        (inception_v3, {"input_shape": (100, 100, 3), "aux": True}, ["input_shape", "139"]),
        (inception_resnet_v2, {"stem": "v4"}, ["stem", "'v4'", "'paper'"]),
    ],
)
def test_bad_arguments_are_named(build, arguments, words):
    with pytest.raises(ValueError) as error:
        build(**arguments)
    for word in words:
        assert word in str(error.value)
