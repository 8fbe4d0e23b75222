"""The degradation recipes: twins that differ by their shortcuts alone, seeds that begin anew, the stored results;
the patches of the project."""

import json

import numpy as np
import pytest

from course_utils import datasets, measure, runtime
from course_utils.recipes import common, resnet_capstone, resnet_depth, resnet_digits

keras = runtime.import_keras()

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("eagerly")]


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


@pytest.fixture(scope="module")
def project():
    return resnet_capstone.task()


def test_digits_are_parted_and_standardised():
    parts = resnet_digits.parts(datasets.load("digits", quiet=True))
    assert [len(images) for images, _ in parts] == [1_197, 300, 300]
    assert all(images.shape[1:] == (8, 8, 1) and images.dtype == np.float32 for images, _ in parts)
    assert parts.train[0].mean() == pytest.approx(0, abs=0.02) and parts.train[1].dtype == np.int32


def test_a_network_of_the_digits_race_is_the_one_it_is_called(digits):
    few = common.Parts(*((common.standardized(digits.x_train[:32], digits), digits.y_train[:32]),) * 3)
    model, run = resnet_digits.train("residual-20", few, seed=0, rate=0.1, epochs=1, progress=False)
    assert len([layer for layer in model.layers if hasattr(layer, "kernel")]) == 20
    assert any(isinstance(layer, keras.layers.Add) for layer in model.layers)
    assert {"accuracy", "train_accuracy", "validation_accuracy", "test_accuracy"} <= run.keys()
    with pytest.raises(ValueError, match="variant"):
        resnet_digits.train("plain-19", few, seed=0, rate=0.1)


def test_stored_digits_race_shows_degradation_at_both_rates():
    stored, ends = measure.load("resnet_digits"), {}
    for run in stored["runs"]:
        ends.setdefault((run["arm"], run["rate"]), []).append(run["train_accuracy"])
    both = [("plain-32", stored["rates"]["plain-32"]), ("plain-32", resnet_digits.OTHERS_RATE)]
    assert set(ends) == {*stored["rates"].items(), *both} and len(set(both)) == 2
    assert {rate for name, rate in stored["rates"].items() if name != "plain-32"} == {resnet_digits.OTHERS_RATE}
    assert stored["at_edge"] == [] and {len(values) for values in ends.values()} == {
        len(resnet_digits.EXPERIMENT.seeds)
    }
    for other in ("plain-20", "residual-32"):
        least = min(ends[other, stored["rates"][other]])
        assert all(max(ends[plain]) < least for plain in both)


def test_the_project_has_other_regions_for_the_test(project):
    assert project.x_train.shape == (900, 32, 32, 3) and project.x_test.shape == (450, 32, 32, 3)
    assert project.x_train.dtype == project.x_test.dtype == np.uint8
    assert np.bincount(project.y_train).tolist() == [100] * 9 and np.bincount(project.y_test).tolist() == [50] * 9
    assert (project.regions // 1_000 == project.y_train).all()  # a region belongs to one photograph
    again, other = resnet_capstone.task(), resnet_capstone.task(seed=1)
    np.testing.assert_array_equal(again.x_test, project.x_test)
    assert not np.array_equal(other.x_test, project.x_test)


def test_held_regions_are_not_trained_on():
    image = np.arange(96 * 96 * 3).reshape(96, 96, 3) % 251
    patches, regions = resnet_capstone.cut(image.astype("uint8"))
    assert patches.shape == (100, 32, 32, 3) and np.bincount(regions).tolist() == [25] * 4
    np.testing.assert_array_equal(patches[25], image[:32, 48:80])  # the second region begins 48 pixels to the right
    assert len(resnet_capstone.cut(np.concatenate([image, image * 0 + 7]).astype("uint8"))[0]) == 100  # flat: left out


def test_the_other_camera_turns_exposes_blurs_and_adds_noise():
    rng = np.random.default_rng(0)
    grey = np.full((200, 8, 8, 3), 100, "uint8")
    seen = resnet_capstone.other_camera(grey, rng).astype(float)
    means = seen.mean(axis=(1, 2, 3))
    assert 58 < means.min() < 66 and 134 < means.max() < 142  # 0.6 to 1.4 times 100
    assert 4 < seen.std(axis=(1, 2, 3)).mean() < 8
    half = np.zeros((200, 8, 8, 3), "uint8")
    half[:, :4] = 200
    seen = resnet_capstone.other_camera(half, rng).astype(float)
    tops = seen[:, :3].mean(axis=(1, 2, 3)) - seen[:, 5:].mean(axis=(1, 2, 3))
    assert (tops > 50).any() and (tops < -50).any() and (np.abs(tops) < 50).any()  # up, down, sideways
