"""Lesson 06's experiment on frozen kernels: what is put in, what is frozen, what training changes."""

import keras
import numpy as np
import pytest

from course_utils.recipes import common, lenet_drawn, lenet_kernels


def test_kernels_drawn_by_hand_are_six_different_ones_of_length_one():
    kernels = lenet_kernels.hand_made().reshape(25, 6)
    alike = kernels.T @ kernels
    np.testing.assert_allclose(np.diag(alike), 1, rtol=1e-6)
    assert np.abs(alike - np.eye(6)).max() < 0.9
    np.testing.assert_allclose(kernels[:, 2:].sum(axis=0), 0, atol=1e-6)  # edges: even paper gives no answer


def test_random_kernels_depend_on_the_seed_alone():
    first = lenet_kernels.random_kernels(1)
    np.testing.assert_array_equal(first, lenet_kernels.random_kernels(1))
    assert np.abs(first - lenet_kernels.random_kernels(2)).max() > 0.1
    np.testing.assert_allclose(np.linalg.norm(first, axis=(0, 1)), 1, rtol=1e-6)


@pytest.mark.parametrize("name", lenet_kernels.VARIANTS)
def test_training_changes_what_learns_and_nothing_else(name):
    variant, model = lenet_kernels.VARIANTS[name], lenet_kernels.build(name, seed=3)
    before = {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
    if variant.c1 == "hand":
        np.testing.assert_array_equal(before["C1"][0], lenet_kernels.hand_made())
    if variant.c1 == "random":
        np.testing.assert_array_equal(before["C1"][0], lenet_kernels.random_kernels(3))
    model.compile("adam", loss="sparse_categorical_crossentropy", run_eagerly=True)
    images = np.random.default_rng(0).random((8, 28, 28, 1)).astype("float32")
    model.train_on_batch(images, np.arange(8))
    changed = {
        name for name, old in before.items() if not np.array_equal(old[0], model.get_layer(name).get_weights()[0])
    }
    sources = {"C1": variant.c1, "C3": variant.c3, "C5": variant.c5}
    frozen = {layer for layer, source in sources.items() if source != "learned"}
    assert changed == set(before) - frozen


@pytest.mark.parametrize("name", lenet_drawn.VARIANTS)
def test_other_drawings_are_six_different_ones_and_stay(name):
    kernels = lenet_drawn.drawn(name).reshape(25, 6)
    alike = kernels.T @ kernels
    np.testing.assert_allclose(np.diag(alike), 1, rtol=1e-6)
    assert np.abs(alike - np.eye(6)).max() < 0.95
    turned = np.sum(kernels * kernels[::-1], axis=0)  # by 180°: an edge becomes its negative, a bar itself
    assert (turned[:4] < 0).all() if name == "halves" else (turned[:4] > 0.99).all()
    assert {"lines": abs(kernels.sum(axis=0)).max() < 1e-5, "ink": kernels.min() == 0}.get(name, kernels.min() < 0)
    images = np.random.default_rng(0).integers(0, 256, (64, 28, 28)).astype("uint8")
    parts = common.Parts(*[(images, np.arange(64) % 10)] * 3)
    model, run = lenet_drawn.train(name, parts, seed=1, rate=0.01, epochs=1, progress=False)
    np.testing.assert_array_equal(model.get_layer("C1").get_weights()[0].reshape(25, 6), kernels)
    start = lenet_drawn.build(name, seed=1)
    assert not np.array_equal(model.get_layer("C3").get_weights()[0], start.get_layer("C3").get_weights()[0])
    assert (run["arm"], run["rate"]) == (name, 0.01) and 0 <= run["test_accuracy"] <= 1


def test_variants_start_alike_but_for_what_they_are_about():
    one, two = (lenet_kernels.build(name, seed=5) for name in ("hand", "hand_random"))
    for ours, theirs in zip(one.get_weights(), two.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_pixels_are_scaled_once():
    pixels = keras.ops.convert_to_numpy(lenet_kernels.scaled(np.full((2, 28, 28), 255, "uint8")))
    assert pixels.shape == (2, 28, 28, 1) and pixels.min() == pixels.max() == 1
