"""The degradation recipe: twins that differ by their shortcuts alone, seeds that begin anew, the stored result;
the loss on a plane."""

import json

import numpy as np
import pytest

from course_utils import datasets, measure, runtime
from course_utils.recipes import common, resnet_depth, resnet_landscape

keras = runtime.import_keras()

pytestmark = pytest.mark.usefixtures("eagerly")


@pytest.fixture(scope="module")
def digits():
    return datasets.load("digits", quiet=True).subset(train=160, test=60)


def test_twins_have_equal_weights_and_differ_by_the_sums_alone():
    plain, residual = (resnet_depth.build(14, residual=answer, seed=3) for answer in (False, True))
    for one, other in zip(plain.get_weights(), residual.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    sums = [sum(isinstance(layer, keras.layers.Add) for layer in model.layers) for model in (plain, residual)]
    assert sums == [0, 6]


@pytest.mark.parametrize("depth", [7, 9, 21])
def test_depth_must_be_of_the_family(depth):
    with pytest.raises(ValueError, match="depth must be"):
        resnet_depth.build(depth, residual=True, seed=0)


def test_pixels_are_standardised(digits):
    ready = common.standardized(digits.x_train, digits)
    assert ready.shape == (160, 8, 8, 1) and ready.dtype == np.float32
    assert ready.mean() == pytest.approx(0, abs=1e-4) and ready.std() == pytest.approx(1, abs=1e-4)


def test_a_seed_gives_the_same_numbers_alone_or_after_another(digits):
    _, both = resnet_depth.train(8, digits, residual=True, seeds=(1, 2), epochs=2, progress=False)
    _, alone = resnet_depth.train(8, digits, residual=True, seeds=(2,), epochs=2, progress=False)
    assert both[1]["loss"] == pytest.approx(alone[0]["loss"], rel=2e-3)
    assert both[0]["loss"] != both[1]["loss"]
    json.dumps(both)


def test_curves_are_those_of_the_network_returned(digits):
    model, (run,) = resnet_depth.train(8, digits, residual=False, seeds=(0,), epochs=3, progress=False)
    assert len(run["loss"]) == len(run["train_accuracy"]) == len(run["test_accuracy"]) == 3
    answers = np.asarray(model(common.standardized(digits.x_test, digits), training=False)).argmax(axis=1)
    assert run["test_accuracy"][-1] == pytest.approx(np.mean(answers == digits.y_test), abs=1e-4)


def test_stored_result_has_five_seeds_and_shows_degradation():
    stored, recipe = measure.load("resnet_depth"), resnet_depth
    short = [run for run in stored["runs"] if run["epochs"] == recipe.EPOCHS]
    ends = {}
    for arm in recipe.VARIANTS:
        for depth in recipe.DEPTHS:
            runs = [run for run in short if (run["arm"], run["depth"]) == (arm, depth)]
            assert sorted(run["seed"] for run in runs) == list(recipe.SEEDS)
            ends[arm, depth] = [run["train_accuracy"][-1] for run in runs]
    assert max(ends["plain", 32]) < min(ends["residual", 32])
    assert max(ends["plain", 56]) < 0.5 < min(ends["residual", 56])
    assert min(ends["plain", 8]) > max(ends["plain", 32])
    assert {"date", "hardware", "versions"} <= stored.keys()


def test_network_returned_is_the_trained_one_without_what_trained_it(digits):
    model, _ = resnet_depth.train(8, digits, residual=True, seeds=(1, 2), epochs=1, progress=False)
    assert getattr(model, "optimizer", None) is None
    fresh = resnet_depth.build(8, residual=True, seed=2)
    assert not np.array_equal(model.get_weights()[0], fresh.get_weights()[0])


def test_directions_are_as_long_as_the_filters_they_move():
    model = resnet_depth.build(8, residual=True, seed=0)
    parts = resnet_landscape.direction(model, np.random.default_rng(0))
    for weight, part in zip(model.weights, parts, strict=True):
        if weight.path.endswith("kernel"):
            axes = tuple(range(part.ndim - 1))
            np.testing.assert_allclose((part**2).sum(axes), (np.asarray(weight) ** 2).sum(axes), rtol=1e-4)
        else:
            assert not part.any()


def test_landscape_has_the_loss_in_its_centre_and_leaves_the_network_as_it_was(digits):
    model = resnet_depth.build(8, residual=True, seed=0)
    before = model.get_weights()
    images, labels = common.standardized(digits.x_test, digits), digits.y_test.astype("int32")
    losses = resnet_landscape.landscape(model, images, labels, [-0.5, 0.0, 0.5])
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    chances = model(images, training=True)
    centre = float(np.mean(keras.losses.sparse_categorical_crossentropy(labels, chances)))
    assert losses[1, 1] == pytest.approx(centre, rel=1e-3)
    assert len(np.unique(losses.round(6))) == 9
