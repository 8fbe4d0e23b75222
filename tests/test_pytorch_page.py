"""The page "The same layers in PyTorch": its statements, tried on both where PyTorch is installed."""

from pathlib import Path

import keras
import numpy as np
import pytest

torch = pytest.importorskip("torch")
nn = torch.nn
KEPT = 1e-5  # two libraries add up in two orders


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def first(images):
    """Channels last to channels first."""
    return torch.tensor(np.transpose(images, (0, 3, 1, 2)).copy())


def last(maps):
    return np.transpose(maps.detach().numpy(), (0, 2, 3, 1))


def keras_says(layer, images, **settings):
    return keras.ops.convert_to_numpy(layer(images, **settings))


def conv_pair(theirs, *, groups=1, **settings):
    """A convolution of Keras, and PyTorch's with the same weights."""
    layer = keras.layers.Conv2D(6, 3, groups=groups, **settings)
    layer.build((None, 8, 8, 4))
    kernel = drawn(*layer.kernel.shape, seed=1)
    layer.set_weights([kernel, drawn(6, seed=2)])
    with torch.no_grad():
        theirs.weight.copy_(torch.tensor(np.transpose(kernel, (3, 2, 0, 1)).copy()))
        theirs.bias.copy_(torch.tensor(drawn(6, seed=2)))
    return layer, theirs


def test_convolutions_agree_but_for_the_padding_of_strides():
    images = drawn(2, 8, 8, 4)
    for theirs, settings in [
        (nn.Conv2d(4, 6, 3), {}),
        (nn.Conv2d(4, 6, 3, padding="same"), {"padding": "same"}),
        (nn.Conv2d(4, 6, 3, groups=2), {"groups": 2}),
    ]:
        ours, theirs = conv_pair(theirs, **settings)
        np.testing.assert_allclose(keras_says(ours, images), last(theirs(first(images))), atol=1e-4)
    ours, theirs = conv_pair(nn.Conv2d(4, 6, 3, stride=2, padding=1), strides=2, padding="same")
    here, there = keras_says(ours, images), last(theirs(first(images)))
    assert here.shape == there.shape and np.abs(here - there).max() > 0.1
    padded = nn.functional.pad(first(images), (0, 1, 0, 1))  # Keras: at the end
    theirs.padding = (0, 0)
    np.testing.assert_allclose(here, last(theirs(padded)), atol=1e-4)
    alone, theirs = keras.layers.DepthwiseConv2D(3), nn.Conv2d(4, 4, 3, groups=4, bias=False)
    alone.build((None, 8, 8, 4))
    kernel = drawn(3, 3, 4, 1, seed=3)
    alone.set_weights([kernel, np.zeros(4)])
    with torch.no_grad():
        theirs.weight.copy_(torch.tensor(np.transpose(kernel, (2, 3, 0, 1)).copy()))
    np.testing.assert_allclose(keras_says(alone, images), last(theirs(first(images))), atol=1e-4)
    with pytest.raises(ValueError, match="padding='same' is not supported for strided"):
        nn.Conv2d(4, 6, 3, stride=2, padding="same")


def test_a_dense_layer_has_its_kernel_the_other_way_round_and_flatten_another_order():
    ours, theirs, rows = keras.layers.Dense(3), nn.Linear(5, 3), drawn(2, 5)
    ours.build((None, 5))
    with torch.no_grad():
        theirs.weight.copy_(torch.tensor(keras.ops.convert_to_numpy(ours.kernel).T.copy()))
        theirs.bias.zero_()
    np.testing.assert_allclose(keras_says(ours, rows), theirs(torch.tensor(rows)).detach().numpy(), atol=KEPT)
    images = drawn(1, 2, 2, 3)
    flat = nn.Flatten()(first(images)).numpy()
    assert not np.allclose(flat, keras_says(keras.layers.Flatten(), images))
    assert np.allclose(flat, np.transpose(images, (0, 3, 1, 2)).reshape(1, -1))


def test_pools_agree_but_for_means_at_a_padded_border():
    images = drawn(1, 6, 6, 2) + 5
    pairs = [
        (keras.layers.MaxPooling2D(2), nn.MaxPool2d(2)),
        (keras.layers.AveragePooling2D(2), nn.AvgPool2d(2)),
        (keras.layers.MaxPooling2D(3, strides=2), nn.MaxPool2d(3, stride=2)),
    ]
    for ours, theirs in pairs:
        np.testing.assert_allclose(keras_says(ours, images), last(theirs(first(images))), atol=KEPT)
    mean = keras_says(keras.layers.GlobalAveragePooling2D(), images)
    np.testing.assert_allclose(mean, first(images).mean(dim=(2, 3)).numpy(), atol=KEPT)
    ours = keras_says(keras.layers.AveragePooling2D(3, strides=1, padding="same"), images)
    counted = [last(nn.AvgPool2d(3, 1, 1, count_include_pad=flag)(first(images))) for flag in (True, False)]
    assert not np.allclose(ours, counted[0], atol=0.1)
    np.testing.assert_allclose(ours, counted[1], atol=1e-4)


def test_batch_norm_has_the_complement_as_momentum_another_epsilon_and_another_variance():
    images = 3 * drawn(4, 2, 2, 3) + 1
    ours, theirs = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5), nn.BatchNorm2d(3)
    said = keras_says(ours, images, training=True)
    np.testing.assert_allclose(said, last(theirs(first(images))), atol=1e-4)
    assert (theirs.momentum, theirs.eps) == (0.1, 1e-5)
    usual = keras.layers.BatchNormalization()
    assert (usual.momentum, usual.epsilon) == (0.99, 1e-3)
    mean, variance = (keras.ops.convert_to_numpy(w) for w in (ours.moving_mean, ours.moving_variance))
    np.testing.assert_allclose(mean, theirs.running_mean.numpy(), atol=KEPT)
    there, numbers = theirs.running_var.numpy(), 4 * 2 * 2
    np.testing.assert_allclose((there - 0.9), (variance - 0.9) * numbers / (numbers - 1), rtol=1e-4)


def test_the_loss_contains_the_softmax():
    scores, labels = drawn(5, 4), np.array([0, 3, 1, 1, 2])
    ours = keras.losses.SparseCategoricalCrossentropy()(labels, keras.ops.softmax(scores))
    theirs = nn.CrossEntropyLoss()(torch.tensor(scores), torch.tensor(labels))
    assert float(ours) == pytest.approx(float(theirs), rel=1e-5)
    sure = torch.tensor(20 * np.eye(4, dtype="float32"))
    right = torch.arange(4)
    assert float(nn.CrossEntropyLoss()(sure, right)) < 1e-6
    assert float(nn.CrossEntropyLoss()(torch.softmax(sure, 1), right)) > 0.7  # never near 0


def test_initial_weights_and_optimizers():
    torch.manual_seed(0)
    layer = nn.Linear(400, 300)
    assert float(layer.weight.detach().abs().max()) == pytest.approx(1 / 20, rel=1e-2)
    assert float(layer.weight.detach().var()) == pytest.approx(1 / (3 * 400), rel=0.05)
    assert 0.04 < float(layer.bias.detach().abs().max()) <= 1 / 20
    usual = keras.layers.Dense(3)
    assert isinstance(usual.kernel_initializer, keras.initializers.GlorotUniform)
    assert isinstance(usual.bias_initializer, keras.initializers.Zeros)
    defaults = torch.optim.Adam(layer.parameters()).defaults
    assert (defaults["lr"], defaults["eps"]) == (1e-3, 1e-8)
    adam = keras.optimizers.Adam()
    assert (float(adam.learning_rate), adam.epsilon) == (pytest.approx(1e-3), 1e-7)


def test_dropout_and_batch_norm_follow_the_mode_of_the_network():
    network, ones = nn.Sequential(nn.Dropout(0.5)), torch.ones(1, 1000)
    assert set(network(ones).unique().tolist()) == {0.0, 2.0}
    network.eval()
    assert set(network(ones).unique().tolist()) == {1.0}
    said = keras_says(keras.layers.Dropout(0.5, seed=0), np.ones((1, 1000), "float32"), training=True)
    assert set(np.unique(said)) == {0.0, 2.0}


def test_the_loop_of_the_page_learns():
    page = (Path(__file__).resolve().parents[1] / "site" / "pytorch.md").read_text(encoding="utf-8")
    network_text, loop = (part.partition("```")[0] for part in page.split("```python\n")[1:3])
    torch.manual_seed(0)
    labels = torch.arange(64) % 10
    images = torch.randn(64, 1, 28, 28) * 0.1
    images[torch.arange(64), 0, labels * 2, :] += 1.0
    place = {"torch": torch, "nn": nn, "epochs": 8, "batches": [(images, labels)] * 4}
    exec(network_text, place)
    before = float(nn.CrossEntropyLoss()(place["network"](images), labels))
    exec(loop, place)
    place["network"].eval()
    assert float(nn.CrossEntropyLoss()(place["network"](images), labels)) < before / 4
