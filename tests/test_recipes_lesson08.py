"""The recipes of lesson 08 on data small enough for a test: copies, arms, equal parameters, the stored runs."""

import json

import numpy as np
import pytest

from course_utils import anatomy
from course_utils.datasets import ImageDataset
from course_utils.recipes import common, vgg_depth, vgg_kernels, vgg_stuck

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("eagerly")]


def drawn(count, rng):
    """Images whose class is the column of a bright bar."""
    labels = np.arange(count, dtype="uint8") % 4
    images = rng.integers(0, 60, (count, 32, 32, 3)).astype("uint8")
    for image, label in zip(images, labels, strict=True):
        image[:, 8 * label : 8 * label + 8] += 180
    return images, labels


@pytest.fixture(scope="module")
def tiny():
    rng = np.random.default_rng(0)
    return ImageDataset(*drawn(96, rng), *drawn(40, rng), tuple("abcd"), "tiny", "bundled", True, "made here", "none")


def test_copied_layers_are_those_of_the_paper():
    arm = vgg_stuck.VARIANTS["notes"]
    shallow = vgg_stuck.build(arm, config="A", classes=4, seed=1, steps=1)
    deep = vgg_stuck.build(arm, config="D", classes=4, seed=2, steps=1)
    fresh = {layer.name: layer.get_weights() for layer in deep.layers if layer.weights}
    assert vgg_stuck.copy_layers(shallow, deep) == 7
    convolutions = [layer.name for layer in shallow.layers if layer.name.count("conv")]
    same = {name for name in fresh if np.array_equal(deep.get_layer(name).get_weights()[0], fresh[name][0])}
    assert set(fresh) - same == {*convolutions[:4], "fc1", "fc2", "predictions"}
    for name in set(fresh) - same:
        for ours, theirs in zip(deep.get_layer(name).get_weights(), shallow.get_layer(name).get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_pixels_divided_twice_and_glorot_learn_nothing(tiny):
    model, run = vgg_stuck.train("notes", tiny, seed=0, epochs=2, progress=False)
    assert run["answers"] == 1 and run["test_accuracy"] == 0.25
    assert max(abs(np.array(run["loss"]) - np.log(4))) < 0.02
    given = vgg_stuck.probabilities(model, tiny.x_test, vgg_stuck.SCALES["twice"])
    assert np.ptp(given, axis=0).max() < 1e-4  # the answers do not depend on the image
    json.dumps(run)


@pytest.mark.slow
def test_batch_norm_learns_what_the_same_network_without_cannot(tiny):
    _, run = vgg_stuck.train("batch_norm", tiny, seed=0, epochs=12, progress=False)
    assert run["loss"][-1] < 0.8 * np.log(4)


def test_shallow_first_has_as_many_epochs_as_the_others(tiny):
    _, run = vgg_stuck.train("shallow_first", tiny, seed=0, epochs=3, progress=False)
    assert len(run["loss"]) == len(run["accuracy"]) == 3


def test_flowers_are_divided_as_in_the_folder():
    data = vgg_stuck.flowers(32)
    assert data.image_shape == (32, 32, 3) and len(data.class_names) == 17
    assert data.y_train.max() == data.y_test.max() == 16
    assert len(set(np.bincount(data.y_train))) == len(set(np.bincount(data.y_test))) == 1


@pytest.mark.parametrize("name", vgg_kernels.VARIANTS)
def test_kernel_networks_have_the_counted_and_the_wanted_parameters(name):
    arm, table = vgg_kernels.VARIANTS[name], anatomy.describe(vgg_kernels.build, name=name)
    assert table.params == vgg_kernels.parameters(arm.kernels, vgg_kernels.filters_of(name))
    steps = sum(side - 1 for side in arm.kernels)
    assert table[f"block1_conv{len(arm.kernels)}"].receptive_field == 4 + 2 * steps
    if arm.like:
        wanted = anatomy.describe(vgg_kernels.build, name=arm.like).params
        assert table.params == pytest.approx(wanted, rel=0.03)
    else:
        assert vgg_kernels.filters_of(name) == vgg_kernels.FILTERS


def test_trainings_repeat_their_numbers(tiny):
    runs = [vgg_kernels.train("5", tiny, seed=1, epochs=1, progress=False)[1] for _ in range(2)]
    timed = {"seconds", "processor_seconds"}
    first, second = ({key: value for key, value in run.items() if key not in timed} for run in runs)
    assert first == second
    model, run = vgg_depth.train("A BN", tiny, seed=0, epochs=1, progress=False)
    assert run["test_accuracy"] == pytest.approx(common.accuracy(model, tiny.x_test, tiny.y_test), abs=1e-5)
    assert run["parameters"] == model.count_params()
    assert any(layer.name.endswith("_bn") for layer in model.layers)
