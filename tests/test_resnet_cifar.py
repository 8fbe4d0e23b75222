"""ResNets for small images: depths, shapes and counts by arithmetic, shortcuts, plain counterparts, errors."""

import sys

import numpy as np
import pytest

from course_utils import runtime

keras = runtime.import_keras()

from models_tools import anatomy, figure  # noqa: E402

from course_utils.layers import IdentityShortcut  # noqa: E402
from course_utils.models import resnet_cifar  # noqa: E402

KERAS = {"shortcut": "projection", "variant": "keras_example"}


def conv_weights(n, *, widths=(16, 32, 64)):
    """Weights of version 1's 3×3 convolutions, written down stage by stage."""
    first, second, third = widths
    return (
        9 * 3 * first
        + 2 * n * 9 * first**2
        + (9 * first * second + (2 * n - 1) * 9 * second**2)
        + (9 * second * third + (2 * n - 1) * 9 * third**2)
    )


def norms(n, widths=(16, 32, 64)):
    """Channels that version 1 normalises: the stem, then two batch norms a block."""
    return widths[0] + 2 * n * sum(widths)


def version_2(n, middles, outs, *, biases):
    """Trainable and moving parameters of version 2, block by block, with projections iff ``biases`` or False."""
    weights, channels, x = 3 * 9 * 16, 16, 16
    bias = 16 if biases else 0
    for stage, (middle, out) in enumerate(zip(middles, outs, strict=True)):
        for block in range(n):
            weights += x * middle + 9 * middle**2 + middle * out
            channels += (0 if stage == block == 0 else x) + 2 * middle
            bias += (2 * middle + out) if biases else 0
            if biases and x != out:  # the projection
                weights, bias = weights + x * out, bias + out
            x = out
    channels += x
    return weights + bias + 2 * channels + 10 * x + 10, 2 * channels


# arguments, layers with weights (6n+2 or 9n+2), trainable, moving means and variances
TABLE = [
    # 19 convolutions without biases, γ and β for 688 channels, 64·10+10 in the head
    ({"n": 3}, 20, conv_weights(3) + 2 * 688 + 650, 2 * 688),
    ({"n": 5}, 32, conv_weights(5) + 2 * norms(5) + 650, 2 * norms(5)),
    ({"n": 9}, 56, conv_weights(9) + 2 * norms(9) + 650, 2 * norms(9)),
    # option B adds two 1×1 convolutions, 16·32 and 32·64, and their batch norms
    ({"n": 3, "shortcut": "projection"}, 20, 269_722 + 512 + 2048 + 2 * 96, 2 * (688 + 96)),
    ({"n": 3, "residual": False}, 20, 269_722, 1_376),
    # the Keras example: 688 biases, and projections with 32 and 64 biases but no batch norm
    ({"n": 3, **KERAS}, 20, 273_066, 274_442 - 273_066),
    ({"n": 18, **KERAS}, 110, conv_weights(18) + 3 * norms(18) + 650 + 544 + 2112, 1_742_762 - 1_734_666),
    ({"n": 3, "version": 2, **KERAS}, 29, 843_786, 849_002 - 843_786),
    ({"n": 3, "version": 2}, 29, *version_2(3, (16, 32, 64), (64, 128, 256), biases=False)),
    ({"n": 18, "version": 2}, 164, *version_2(18, (16, 32, 64), (64, 128, 256), biases=False)),
]


def count(variables):
    return sum(int(np.prod(variable.shape)) for variable in variables)


@pytest.mark.parametrize(("arguments", "depth", "trainable", "moving"), TABLE, ids=lambda value: str(value))
def test_depth_and_parameters_follow_the_arithmetic(arguments, depth, trainable, moving):
    with keras.StatelessScope(initialize_variables=False):  # shapes and counts without allocating weights
        model = resnet_cifar(**arguments)
    with_weights = [
        layer
        for layer in model.layers
        if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense)) and "shortcut" not in layer.name
    ]
    assert len(with_weights) == depth
    assert model.name == f"resnet{depth}_v{arguments.get('version', 1)}"
    assert count(model.trainable_weights) == trainable
    assert count(model.non_trainable_weights) == moving


def test_the_numbers_in_circulation():
    assert conv_weights(3) + 2 * 688 + 650 == 269_722
    assert 269_722 + 688 + (16 * 32 + 32) + (32 * 64 + 64) == 273_066
    assert 273_066 + 2 * 688 == 274_442
    assert version_2(3, (16, 64, 128), (64, 128, 256), biases=True) == (843_786, 849_002 - 843_786)
    assert conv_weights(18) + 3 * norms(18) + 650 + 544 + 2112 + 2 * norms(18) == 1_742_762


@pytest.mark.parametrize(
    ("version", "shapes"),
    [
        (1, {"stem_relu": (32, 32, 16), "stage1_block1_add": (32, 32, 16), "stage2_block1_add": (16, 16, 32),
             "stage3_block1_relu": (8, 8, 64), "head_pool": (64,), "predictions": (10,)}),
        (2, {"stem_relu": (32, 32, 16), "stage1_block1_add": (32, 32, 64), "stage2_block1_add": (16, 16, 128),
             "stage3_block1_add": (8, 8, 256), "head_relu": (8, 8, 256), "head_pool": (256,)}),
    ],
)  # fmt: skip
def test_stages_end_in_the_shapes_of_the_table(version, shapes):
    model = resnet_cifar(n=1, version=version)
    assert {name: model.get_layer(name).output.shape[1:] for name in shapes} == shapes


def test_option_a_keeps_every_second_pixel_and_fills_new_channels_with_zeros():
    x = np.arange(2 * 5 * 4 * 2, dtype="float32").reshape(2, 5, 4, 2)
    y = keras.ops.convert_to_numpy(IdentityShortcut(6, 2)(x))
    assert y.shape == (2, 3, 2, 6)
    np.testing.assert_array_equal(y[..., 2:4], x[:, ::2, ::2, :])
    assert y[..., :2].max() == y[..., 4:].max() == 0


# The blocks of the second stage as they are drawn: the shortcut, then the branch
BLOCKS = [
    ({"n": 1}, "stage2_block1", "stage1_block1_relu", ["/2", "3x3/2 32, 3x3 32"]),
    ({"n": 2}, "stage2_block2", "stage2_block1_relu", ["", "3x3 32, 3x3 32"]),
    ({"n": 1, "shortcut": "projection"}, "stage3_block1", "stage2_block1_relu", ["1x1/2 64", "3x3/2 64, 3x3 64"]),
    ({"n": 1, "version": 2}, "stage2_block1", "stage1_block1_add", ["/2", "1x1/2 32, 3x3 32, 1x1 128"]),
    ({"n": 1, "version": 2, **KERAS}, "stage2_block1", "stage1_block1_add", ["1x1/2 128", "1x1/2 64, 3x3 64, 1x1 128"]),
]


@pytest.mark.parametrize(("arguments", "name", "before", "drawn"), BLOCKS)
def test_blocks_are_drawn_as_in_the_paper(arguments, name, before, drawn):
    with keras.StatelessScope(initialize_variables=False):
        model = resnet_cifar(**arguments)
    inputs = model.get_layer(before).output
    ways = figure(model.get_layer(f"{name}_add").output, inputs)
    skip = model.get_layer(f"{name}_shortcut") if drawn[0] == "/2" else None
    assert ways == ["" if skip else drawn[0], drawn[1]]
    assert skip is None or (skip.strides, skip.filters) == (2, int(drawn[1].split()[-1]))


def test_batch_norm_follows_quickly():
    model = resnet_cifar(n=1, width=0.25, input_shape=(8, 8, 3))
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert {(layer.momentum, layer.epsilon) for layer in norms} == {(0.9, 1e-5)}


def test_blocks_are_what_their_version_says():
    """With γ of the last batch norm at zero, version 1's block is ReLU of its input; version 2's block is its input."""
    x = np.random.default_rng(1).normal(size=(1, 8, 8, 3)).astype("float32")
    keras.utils.set_random_seed(0)
    one = resnet_cifar(n=2, width=0.25, input_shape=(8, 8, 3))
    one.get_layer("stage1_block2_bn2").gamma.assign(np.zeros(4))
    values = features(one, x, "stage1_block1_relu", "stage1_block2_relu")
    np.testing.assert_allclose(values[1], np.maximum(values[0], 0), atol=1e-6)
    two = resnet_cifar(n=2, version=2, width=0.25, input_shape=(8, 8, 3))
    two.get_layer("stage1_block2_bn3").gamma.assign(np.zeros(4))
    values = features(two, x, "stage1_block1_add", "stage1_block2_add")
    assert values[0].min() < 0
    np.testing.assert_allclose(values[1], values[0], atol=1e-6)


def test_what_a_block_adds_may_be_negative():
    """No ReLU stands between the branch's last batch norm (version 1) or convolution (version 2) and the sum."""
    x = np.random.default_rng(1).normal(size=(1, 8, 8, 3)).astype("float32")
    for version in (1, 2):
        keras.utils.set_random_seed(0)
        model = resnet_cifar(n=2, version=version, width=0.25, input_shape=(8, 8, 3))
        branch = model.get_layer("stage1_block2_add").input[1]
        added = keras.ops.convert_to_numpy(keras.Model(model.input, branch)(x))
        assert added.min() < 0 < added.max()


def features(model, x, *names):
    tapped = keras.Model(model.input, [model.get_layer(name).output for name in names])
    return [keras.ops.convert_to_numpy(value) for value in tapped(x)]


def test_layers_of_equal_shape_start_from_different_weights():
    keras.utils.set_random_seed(0)
    model = resnet_cifar(n=2, width=0.5)
    kernels = [model.get_layer(f"stage1_block{block}_conv2").kernel.numpy() for block in (1, 2)]
    assert not np.allclose(*kernels)
    assert kernels[0].std() == pytest.approx(np.sqrt(2 / (9 * 8)), rel=0.15)  # He: variance 2 / fan-in


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n": 0}, "n must be a whole number of at least 1 and at most 200; received 0"),
        ({"n": 10**30}, "n must be a whole number of at least 1 and at most 200; received 1000"),
        ({"version": 3}, "version must be one of 1, 2; received 3"),
        ({"shortcut": "identety"}, "Did you mean 'identity'"),
        ({"variant": "keras"}, "variant must be one of 'paper', 'keras_example'"),
        ({"variant": "keras_example"}, "shortcut='identity'"),
        ({"input_shape": (4, 32, 3)}, "sides of at least 8"),
    ],
)
def test_bad_arguments_are_named(arguments, words):
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        resnet_cifar(**arguments)


@pytest.mark.slow
def test_the_network_of_1202_layers_is_described_without_being_built():
    limit = sys.getrecursionlimit()
    found = anatomy(resnet_cifar, n=200)
    # 16·27, then per stage 400 convolutions of 9·c·c but the first of stages 2 and 3; two per filter of batch norm
    convolutions = 432 + 400 * 9 * 16**2 + sum(9 * (c // 2) * c + 399 * 9 * c**2 for c in (32, 64))
    assert found.trainable_params == convolutions + 2 * (16 + 400 * (16 + 32 + 64)) + 650 == 19_421_274
    assert sum(row.kind in ("Conv2D", "Dense") for row in found) == 1202
    assert sys.getrecursionlimit() == limit
