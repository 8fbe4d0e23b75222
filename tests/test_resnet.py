"""ResNet for ImageNet: counts to the unit, Keras with the same weights, shortcuts, and where the stride sits."""

import keras
import numpy as np
import pytest

from course_utils.anatomy import describe
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
    anatomy = describe(resnet, depth=depth)
    assert (anatomy.trainable_params, round(anatomy.macs / 1e9, 3)) == PUBLISHED[depth]
    layers = [row for row in anatomy.rows if row.kind in ("Conv2D", "Dense") and "_0_conv" not in row.name]
    assert len(layers) == depth  # projections are not counted in the name
    ends = [[row for row in anatomy.rows if row.name.startswith(f"conv{n}_")][-1].output_shape for n in (2, 3, 4, 5)]
    widths = WIDTHS[depth >= 50]
    assert ends == [(56, 56, widths[0]), (28, 28, widths[1]), (14, 14, widths[2]), (7, 7, widths[3])]


def test_block_arithmetic():
    rows = describe(resnet, depth=50).rows
    block = sum(row.params for row in rows if row.name.startswith("conv2_block2_") and row.kind == "Conv2D")
    assert block == 256 * 64 + 9 * 64 * 64 + 64 * 256 == 69_632
    rows = describe(resnet, depth=34).rows
    block = sum(row.params for row in rows if row.name.startswith("conv2_block2_") and row.kind == "Conv2D")
    assert block == 2 * 9 * 64 * 64 == 73_728
    assert 2 * 9 * 256 * 256 == 1_179_648


def test_shortcuts_and_twins():
    projected, identity = describe(resnet, depth=34), describe(resnet, depth=34, shortcut="identity")
    plain = describe(resnet, depth=34, residual=False)
    assert identity.trainable_params == plain.trainable_params == 21_623_848
    extra = [64 * 128, 128 * 256, 256 * 512]
    assert projected.trainable_params - identity.trainable_params == sum(extra) + 2 * (128 + 256 + 512)
    assert sum(row.kind == "Add" for row in plain.rows) == 0
    assert sum(row.kind == "Add" for row in projected.rows) == 16


def test_stride_in_the_3x3_costs_work_but_no_parameter():
    paper, today = describe(resnet, depth=50), describe(resnet, depth=50, stride_in="3x3")
    assert paper.params == today.params
    assert round(today.macs / 1e9, 2) == 4.09
    assert paper["conv3_block1_1_conv"].output_shape == (28, 28, 128)
    assert today["conv3_block1_1_conv"].output_shape == (56, 56, 128)


def random_weights(model) -> None:
    """Give every weight a value of its own: kernels that neither fade nor explode, statistics that differ."""
    chance = np.random.default_rng(0)
    for weight in model.weights:
        if "variance" in weight.path or "gamma" in weight.path:
            weight.assign(chance.uniform(0.5, 1.5, weight.shape))
        else:
            spread = (0.5 / np.prod(weight.shape[:-1])) ** 0.5 if len(weight.shape) > 1 else 0.05
            weight.assign(chance.normal(0, spread, weight.shape))


def compare(model, reference) -> None:
    images = np.random.default_rng(1).uniform(-1, 1, (2, 32, 32, 3)).astype("float32")
    images[1] += 1
    answers, expected = np.array(model(images, training=False)), np.array(reference(images, training=False))
    assert np.abs(expected[0] - expected[1]).max() > 1e-3
    assert np.abs(answers - expected).max() < 1e-4


@pytest.mark.parametrize("depth", [50, 101, 152])
def test_version_1_equal_to_keras_with_its_biases_folded_into_batch_norm(depth):
    settings = {"input_shape": (32, 32, 3), "classes": 10}
    reference = getattr(keras.applications, f"ResNet{depth}")(weights=None, **settings)
    model = resnet(depth, **settings)
    random_weights(reference)
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
    compare(model, reference)


def name_of(layer) -> str:
    """Return our name of a convolution: Keras calls the first one ``conv1_conv``."""
    return "conv1" if layer.name == "conv1_conv" else layer.name


@pytest.mark.parametrize("depth", [50, 101, 152])
def test_version_2_equal_to_keras_with_copied_weights(depth):
    settings = {"input_shape": (32, 32, 3), "classes": 10}
    reference = getattr(keras.applications, f"ResNet{depth}V2")(
        weights=None, classifier_activation="softmax", **settings
    )
    model = resnet(depth, version=2, variant="keras", **settings)
    random_weights(reference)
    model.set_weights(reference.get_weights())
    compare(model, reference)


def test_zero_branches_are_an_identity_for_all_values_in_version_2_only():
    inputs = np.random.default_rng(0).normal(0, 1, (2, 16, 16, 64)).astype("float32")
    for version, kept in ((1, np.maximum(inputs, 0)), (2, inputs)):
        model = resnet(18, version=version, input_shape=(64, 64, 3), classes=4)
        for layer in model.layers:
            if layer.name in ("conv2_block1_2_conv", "conv2_block2_2_conv"):
                layer.set_weights([np.zeros_like(layer.get_weights()[0])])
        begin = model.get_layer("pool1").output
        end = model.get_layer("conv2_block2_out").output
        assert np.allclose(keras.Model(begin, end)(inputs), kept, atol=1e-6)


@pytest.mark.parametrize(
    "arguments",
    [(18, 1, True), (50, 1, True), (34, 2, True), (50, 2, True), (18, 1, False)],
)
def test_one_step_changes_every_trainable_weight(arguments):
    depth, version, residual = arguments
    keras.utils.set_random_seed(2)
    model = resnet(depth, version=version, residual=residual, input_shape=(64, 64, 3), classes=4, width=0.06)
    model.compile(keras.optimizers.SGD(0.5), loss="sparse_categorical_crossentropy", jit_compile=False)
    before = [np.array(weight) for weight in model.trainable_weights]
    model.train_on_batch(np.random.default_rng(0).normal(0, 1, (8, 64, 64, 3)).astype("float32"), np.arange(8) % 4)
    same = [w.path for w, old in zip(model.trainable_weights, before, strict=True) if (np.array(w) == old).all()]
    assert same == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"depth": 20}, ["depth", "20", "152"]),
        ({"version": 3}, ["version", "3"]),
        ({"shortcut": "zero"}, ["shortcut", "'zero'", "'identity'"]),
        ({"stride_in": "5x5"}, ["stride_in", "'5x5'"]),
        ({"variant": "keras"}, ["variant", "version=1"]),
        ({"variant": "torch"}, ["variant", "'torch'"]),
        ({"input_shape": (31, 31, 3)}, ["input_shape", "32"]),
        ({"classes": 1}, ["classes", "1"]),
        ({"width": 0}, ["width", "0"]),
    ],
)
def test_bad_arguments_are_named(arguments, words):
    with pytest.raises(ValueError) as error:
        resnet(**arguments)
    for word in words:
        assert word in str(error.value)
