"""ResNet for ImageNet: counts to the unit, Keras with the same weights, shortcuts, and where the stride sits."""

import keras
import numpy as np
import pytest
from models_tools import anatomy, copies_answer_alike, figure, random_weights

from course_utils.models import resnet

# depth: trainable parameters without biases in convolutions, multiply-adds in 10^9 (table 1 prints 1.8, 3.6, 3.8, 7.6,
# 11.3). Torchvision lists the same parameters.
PUBLISHED = {
    18: (11_689_512, 1.814),
    34: (21_797_672, 3.664),
    50: (25_557_032, 3.858),
    101: (44_549_160, 7.570),
    152: (60_192_808, 11.282),
}
WIDTHS = {False: [64, 128, 256, 512], True: [256, 512, 1024, 2048]}


@pytest.mark.parametrize("depth", PUBLISHED)
def test_published_counts(depth):
    found = anatomy(resnet, depth=depth)
    assert (found.trainable_params, round(found.macs / 1e9, 3)) == PUBLISHED[depth]
    layers = [row for row in found.rows if row.kind in ("Conv2D", "Dense") and "_0_conv" not in row.name]
    assert len(layers) == depth  # projections are not counted in the name
    ends = [[row for row in found.rows if row.name.startswith(f"conv{n}_")][-1].output_shape for n in (2, 3, 4, 5)]
    widths = WIDTHS[depth >= 50]
    assert ends == [(56, 56, widths[0]), (28, 28, widths[1]), (14, 14, widths[2]), (7, 7, widths[3])]


def test_block_arithmetic():
    rows = anatomy(resnet, depth=50).rows
    block = sum(row.params for row in rows if row.name.startswith("conv2_block2_") and row.kind == "Conv2D")
    assert block == 256 * 64 + 9 * 64 * 64 + 64 * 256 == 69_632
    rows = anatomy(resnet, depth=34).rows
    block = sum(row.params for row in rows if row.name.startswith("conv2_block2_") and row.kind == "Conv2D")
    assert block == 2 * 9 * 64 * 64 == 73_728
    assert 2 * 9 * 256 * 256 == 1_179_648


def test_shortcuts_and_plain_counterparts():
    projected, identity = anatomy(resnet, depth=34), anatomy(resnet, depth=34, shortcut="identity")
    plain = anatomy(resnet, depth=34, residual=False)
    assert identity.trainable_params == plain.trainable_params == 21_623_848
    extra = [64 * 128, 128 * 256, 256 * 512]
    assert projected.trainable_params - identity.trainable_params == sum(extra) + 2 * (128 + 256 + 512)
    assert sum(row.kind == "Add" for row in plain.rows) == 0
    assert sum(row.kind == "Add" for row in projected.rows) == 16


def test_stride_in_the_3x3_costs_work_but_no_parameter():
    paper, today = anatomy(resnet, depth=50), anatomy(resnet, depth=50, stride_in="3x3")
    assert paper.params == today.params
    assert round(today.macs / 1e9, 2) == 4.09
    assert paper["conv3_block1_1_conv"].output_shape == (28, 28, 128)
    assert today["conv3_block1_1_conv"].output_shape == (56, 56, 128)


def test_version_1_equal_to_keras_with_its_biases_folded_into_batch_norm():
    keras.utils.set_random_seed(0)
    settings = {"input_shape": (32, 32, 3), "classes": 10}
    reference = keras.applications.ResNet50(weights=None, **settings)
    model = resnet(50, **settings)
    random_weights(reference, gain=0.5)
    for layer in reference.layers:
        if isinstance(layer, keras.layers.Conv2D):
            kernel, bias = layer.get_weights()
            model.get_layer(name_of(layer)).set_weights([kernel])
            # batch norm subtracts the mean: a bias before it is a mean that is smaller by as much
            norm = reference.get_layer(layer.name.replace("_conv", "") + "_bn")
            *rest, mean, variance = norm.get_weights()
            model.get_layer(norm.name).set_weights([*rest, mean - bias, variance])
        elif isinstance(layer, keras.layers.Dense):
            model.get_layer("predictions").set_weights(layer.get_weights())
    copies_answer_alike(model, reference, side=32)


def name_of(layer) -> str:
    """Return our name of a convolution: Keras calls the first one ``conv1_conv``."""
    return "conv1" if layer.name == "conv1_conv" else layer.name


def test_version_2_equal_to_keras_with_copied_weights():
    keras.utils.set_random_seed(0)
    settings = {"input_shape": (32, 32, 3), "classes": 10}
    reference = keras.applications.ResNet50V2(weights=None, classifier_activation="softmax", **settings)
    model = resnet(50, version=2, variant="keras", **settings)
    random_weights(reference, gain=0.5)
    model.set_weights(reference.get_weights())
    copies_answer_alike(model, reference, side=32)


def test_zero_branches_are_an_identity_for_all_values_in_version_2_only():
    keras.utils.set_random_seed(0)
    inputs = np.random.default_rng(0).normal(0, 1, (2, 16, 16, 64)).astype("float32")
    for version, kept in ((1, np.maximum(inputs, 0)), (2, inputs)):
        model = resnet(18, version=version, input_shape=(64, 64, 3), classes=4)
        for layer in model.layers:
            if layer.name in ("conv2_block1_2_conv", "conv2_block2_2_conv"):
                layer.set_weights([np.zeros_like(layer.get_weights()[0])])
        begin = model.get_layer("pool1").output
        end = model.get_layer("conv2_block2_out").output
        carried = keras.ops.convert_to_numpy(keras.Model(begin, end)(inputs))
        assert np.allclose(carried, kept, atol=1e-6)


@pytest.mark.parametrize("depth", [50, 101, 152])
def test_layers_of_every_depth_are_those_of_keras(depth):
    """Row by row: shapes, weights (biases apart in version 1) and work; what is equal in 50 layers is equal in 152."""
    kinds = ("Conv2D", "BatchNormalization", "Dense", "Add", "MaxPooling2D")
    for ours, theirs in (({"version": 1}, ""), ({"version": 2, "variant": "keras"}, "V2")):
        found = sorted_rows(anatomy(resnet, depth=depth, **ours), kinds, biases=False)
        assert found == sorted_rows(anatomy(getattr(keras.applications, f"ResNet{depth}{theirs}"), weights=None), kinds,
                                    biases=theirs == "")  # fmt: skip


def sorted_rows(found, kinds, *, biases: bool) -> list[tuple]:
    """Return (kind, shape, parameters without the extra biases, work) of the rows of these kinds, sorted."""
    rows = [row for row in found if row.kind in kinds]
    extra = {row.name: row.output_shape[-1] if biases and row.kind == "Conv2D" else 0 for row in rows}
    return sorted((row.kind, row.output_shape, row.params - extra[row.name], row.macs) for row in rows)


# The blocks as they are drawn: what a way through the branch says, and through the shortcut; 1/8 of the width.
BLOCKS = [
    (18, {}, "conv3_block1", "conv2_block2_out", ["1x1/2 16", "3x3/2 16 V, 3x3 16"]),
    (18, {}, "conv3_block2", "conv3_block1_out", ["", "3x3 16, 3x3 16"]),
    (50, {}, "conv3_block1", "conv2_block3_out", ["1x1/2 64", "1x1/2 16, 3x3 16, 1x1 64"]),
    (50, {}, "conv2_block1", "pool1", ["1x1 32", "1x1 8, 3x3 8, 1x1 32"]),
    (50, {"stride_in": "3x3"}, "conv3_block1", "conv2_block3_out", ["1x1/2 64", "1x1 16, 3x3/2 16 V, 1x1 64"]),
    (50, {"version": 2}, "conv3_block1", "conv2_block3_out", ["1x1/2 64", "1x1 16, 3x3/2 16 V, 1x1 64"]),
    (18, {"version": 2}, "conv3_block1", "conv2_block2_out", ["1x1/2 16", "3x3/2 16 V, 3x3 16"]),
    (18, {"version": 2, "variant": "keras"}, "conv2_block2", "conv2_block1_out", ["max 1x1/2 V", "3x3/2 8 V, 3x3 8"]),
]


@pytest.mark.parametrize(("depth", "arguments", "name", "before", "drawn"), BLOCKS)
def test_blocks_are_drawn_as_in_the_paper(depth, arguments, name, before, drawn):
    with keras.StatelessScope(initialize_variables=False):
        model = resnet(depth, width=0.125, **arguments)
    inputs = model.get_layer(before).output
    assert figure(model.get_layer(f"{name}_out").output, inputs) == drawn


def test_order_of_the_layers_in_a_block_of_each_version():
    rows = [row.name.removeprefix("conv2_block1_") for row in anatomy(resnet, depth=18) if "conv2_block1" in row.name]
    assert rows == ["1_conv", "1_bn", "1_relu", "2_conv", "2_bn", "add", "out"]
    v2 = anatomy(resnet, depth=18, version=2)
    rows = [row.name.removeprefix("conv2_block2_") for row in v2 if "conv2_block2" in row.name]
    assert rows == ["preact_bn", "preact_relu", "1_conv", "1_bn", "1_relu", "2_conv", "out"]
    assert [row.name for row in v2][-4:] == ["post_bn", "post_relu", "head_pool", "predictions"]
    assert [row.name for row in v2][:4] == ["conv1_pad", "conv1", "pool1_pad", "pool1"]
    assert [row.name for row in anatomy(resnet, depth=18)][:5] == [
        "conv1_pad",
        "conv1",
        "conv1_bn",
        "conv1_relu",
        "pool1_pad",
    ]


def test_batch_norm_follows_quickly_and_kernels_are_he_normal():
    keras.utils.set_random_seed(0)
    model = resnet(18, input_shape=(32, 32, 3), width=0.25)
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert {(layer.momentum, layer.epsilon) for layer in norms} == {(0.9, 1.001e-5)}
    kernel = np.asarray(model.get_layer("conv5_block2_2_conv").kernel)
    assert kernel.std() == pytest.approx((2 / (9 * 128)) ** 0.5, rel=0.02)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"depth": 20}, ["depth", "20", "152"]),
        ({"version": 3}, ["version", "3"]),
        ({"shortcut": "zero"}, ["shortcut", "'zero'", "'identity'"]),
        ({"stride_in": "5x5"}, ["stride_in", "'5x5'"]),
        ({"variant": "keras"}, ["variant", "version=1"]),
        ({"variant": "torch"}, ["variant", "'torch'"]),
        ({"version": 2, "variant": "keras", "shortcut": "identity"}, ["variant", "shortcut", "'identity'"]),
        ({"depth": "50"}, ["depth", "'50'", "Did you mean 50?"]),
        ({"residual": "no"}, ["residual", "'no'", "True or False"]),
    ],
)
def test_bad_arguments_are_named(arguments, words):
    with pytest.raises(ValueError) as error:
        resnet(**arguments)
    for word in words:
        assert word in str(error.value)
