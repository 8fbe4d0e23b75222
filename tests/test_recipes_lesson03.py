"""The recipes of lesson 03 on data small enough for a test: variants, permutation, shift, equal time, CIFAR."""

import json

import numpy as np
import pytest

from course_utils import measure, runtime
from course_utils.datasets import ImageDataset
from course_utils.recipes import Job, cifar_fast, mlp_cnn, mlp_cnn_local, mlp_cnn_photos, mlp_cnn_rates

keras = runtime.import_keras()

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("eagerly")]


def drawn(shape, count, rng):
    """Images whose class is the column of a bright bar."""
    labels = rng.integers(0, 10, count).astype("uint8")
    images = rng.integers(0, 40, (count, *shape)).astype("uint8")
    for image, label in zip(images, labels, strict=True):
        image[4:24, 2 * label + 4 : 2 * label + 6] = 255
    return images, labels


def small(shape, train, test):
    rng = np.random.default_rng(0)
    names = tuple("0123456789")
    return ImageDataset(
        *drawn(shape, train, rng), *drawn(shape, test, rng), names, "small", "bundled", True, "made here", "none"
    )


@pytest.fixture(scope="module")
def digits():
    return small((28, 28), 160, 60)


@pytest.fixture(scope="module")
def pictures():
    return small((32, 32, 3), 160, 50)


def test_parameters_of_the_arms():
    counts = {name: mlp_cnn.build(arm, seed=0).count_params() for name, arm in mlp_cnn.VARIANTS.items()}
    assert counts["cnn"] == counts["cnn_permuted"] == 220_234
    assert counts["mlp"] == counts["mlp_equal_time"] == counts["mlp_permuted"] == 669_706
    assert counts["mlp_equal_parameters"] == 217 * 785 + 217 * 218 + 10 * 218 == 219_831


def test_permutation_is_the_same_for_all_images_and_loses_nothing():
    images = np.stack([np.arange(784, dtype="int32").reshape(28, 28)] * 2)
    mixed = mlp_cnn.permuted(images)
    assert np.array_equal(mixed[0], mixed[1])
    assert not np.array_equal(mixed, images)
    assert np.array_equal(np.sort(mixed[0], axis=None), np.arange(784))


def test_shift_moves_right_and_fills_with_black():
    image = np.ones((1, 28, 28), "uint8")
    moved = mlp_cnn.shifted(image, 3)
    assert moved[0, :, :3].sum() == 0 and moved[0, :, 3:].all()
    assert np.array_equal(mlp_cnn.shifted(image, 0), image)
    with pytest.raises(ValueError, match="pixels must be a whole number"):
        mlp_cnn.shifted(image, -1)


def test_the_timed_variant_trains_about_as_long_as_the_cnn_of_its_seed(digits):
    _, cnn = mlp_cnn.train("cnn", digits, seed=1, epochs=2, progress=False)
    job = Job("mlp_equal_time", 1)
    limit = mlp_cnn.EXPERIMENT.given(job, [cnn, cnn | {"seed": 2, "processor_seconds": 1e9}])
    assert limit == {"limit": cnn["processor_seconds"]}
    assert mlp_cnn.EXPERIMENT.given(Job("mlp", 1), [cnn]) == {} == mlp_cnn.EXPERIMENT.given(job, [])
    _, timed = mlp_cnn.train("mlp_equal_time", digits, seed=1, progress=False, **limit)
    last = timed["processor_seconds"] / len(timed["history"]["loss"])
    assert timed["processor_seconds"] <= cnn["processor_seconds"] + 2 * last
    assert len(cnn["history"]["loss"]) == 2 and cnn["accuracy"] == cnn["shifted"][0] and len(cnn["shifted"]) == 5
    json.dumps([cnn, timed])


def test_data_stay_uint8_until_a_batch_is_scaled(digits):
    permuted_arm = mlp_cnn.VARIANTS["cnn_permuted"]
    assert mlp_cnn.arranged(digits.x_train, permuted_arm).dtype == np.uint8
    batch = np.asarray(mlp_cnn.scaled(mlp_cnn.arranged(digits.x_train, permuted_arm)))
    assert np.allclose(batch, mlp_cnn.permuted(digits.x_train)[..., None] / 255) and batch.max() == 1


def test_accuracy_reads_every_image_once_in_the_arms_own_order(digits):
    arm = mlp_cnn.VARIANTS["mlp_permuted"]
    model = mlp_cnn.build(arm, seed=0)
    images, labels = np.tile(digits.x_test, (10, 1, 1)), np.tile(digits.y_test, 10)
    answers = np.argmax(model(mlp_cnn.scaled(mlp_cnn.arranged(images, arm))), axis=1)
    assert mlp_cnn.accuracy(model, images, labels, arm) == pytest.approx(np.mean(answers == labels))


def test_each_cifar_arm_trains_and_reports(pictures):
    for name, arm in cifar_fast.VARIANTS.items():
        model, run = cifar_fast.train(name, pictures, seed=0, epochs=1, progress=False)
        assert len(run["test_accuracy"]) == len(run["epoch_seconds"]) == len(run["epoch_processor_seconds"]) == 1
        shown = cifar_fast.pixels(pictures.x_test, arm)
        answers = np.argmax(model(shown), axis=1)
        assert run["accuracy"] == pytest.approx(np.mean(answers == pictures.y_test))
        json.dumps(run)


def test_mirror_images_double_the_training_data(pictures):
    (x, y), (x_valid, _) = cifar_fast.prepared(cifar_fast.VARIANTS["long"], pictures)
    assert len(x) == len(y) == 2 * 144 and len(x_valid) == 16
    assert np.array_equal(x[144], x[0][:, ::-1]) and np.array_equal(y[144:], y[:144])


def test_notes_arm_is_their_recipe_and_ours_is_smaller():
    notes, ours = cifar_fast.VARIANTS["notes"], cifar_fast.VARIANTS["ours"]
    assert (notes.epochs, notes.batch_size, notes.rate) == (5, 32, 0.001)
    counts = [cifar_fast.build(arm, examples=1_000, seed=0).count_params() for arm in (notes, ours)]
    assert counts == [541_094, 97_802]


def test_race_to_gives_the_ratio_of_seconds(pictures, monkeypatch):
    shorter = {name: arm._replace(epochs=1) for name, arm in cifar_fast.VARIANTS.items()}
    monkeypatch.setattr(cifar_fast, "VARIANTS", shorter)
    lines = []
    found = cifar_fast.race_to(0.0, data=pictures, log=lines.append)
    assert found["ratio"] == pytest.approx(found["notes"] / found["ours"]) and found["processor_ratio"] > 0
    assert len(lines) == 2
    with pytest.raises(ValueError, match="target"):
        cifar_fast.race_to(71.9, data=pictures)


def test_photographs_are_permuted_pixel_by_pixel_with_their_colours():
    place = np.arange(16, dtype="int32").reshape(1, 4, 4, 1)
    images = np.concatenate([place, place + 100, place + 200], axis=-1).repeat(2, axis=0)
    mixed = mlp_cnn_photos.permuted(images)
    assert np.array_equal(mixed[0], mixed[1]) and not np.array_equal(mixed, images)
    assert np.array_equal(np.sort(mixed[0, ..., 0], axis=None), np.arange(16))
    assert np.array_equal(mixed[..., 1] - 100, mixed[..., 0]) and np.array_equal(mixed[..., 2] - 200, mixed[..., 0])


def test_networks_on_photographs_are_those_of_the_digits():
    counts = {
        name: mlp_cnn_photos.build(variant, rate=0.001, seed=0).count_params()
        for name, variant in mlp_cnn_photos.VARIANTS.items()
    }
    assert counts["mlp"] == counts["mlp_permuted"] == 3_073 * 512 + 513 * 512 + 513 * 10
    assert counts["cnn"] == counts["cnn_permuted"] == 28 * 32 + 289 * 64 + (8 * 8 * 64 + 1) * 64 + 65 * 10


def test_a_variant_on_photographs_trains_and_reports(pictures):
    parts = mlp_cnn_photos.EXPERIMENT.prepare(pictures)
    for name in ("mlp", "cnn_permuted"):
        model, run = mlp_cnn_photos.train(name, parts, rate=0.001, seed=0, epochs=1, progress=False)
        images = mlp_cnn_photos.permuted(parts.test[0]) if "permuted" in name else parts.test[0]
        answers = np.argmax(model(images / np.float32(255)), axis=1)
        assert run["test_accuracy"] == pytest.approx(np.mean(answers == parts.test[1]))
        json.dumps(run)


def test_longer_experiments_on_permuted_pictures_plan_the_settings_they_name():
    jobs = mlp_cnn.SHUFFLED.plan(tuple(mlp_cnn.SHUFFLED.variants), mlp_cnn.SHUFFLED.seeds)
    assert len(jobs) == 6 and {job.options["epochs"] for job in jobs} == {4 * mlp_cnn.VARIANTS["cnn"].epochs}
    assert {job.variant for job in jobs} == {"cnn_permuted", "mlp_permuted"}
    longer, straight = mlp_cnn_photos.LONGER_SHUFFLED, mlp_cnn_photos.LONGER
    given = {job.variant: dict(job.options) for job in longer.plan(tuple(longer.variants), longer.seeds)}
    before = {job.variant: dict(job.options) for job in straight.plan(tuple(straight.variants), straight.seeds)}
    assert given["mlp_permuted"] == before["mlp"] and given["cnn_permuted"]["epochs"] == before["cnn"]["epochs"]
    assert given["cnn_permuted"]["rate"] == measure.load("mlp_cnn_photos")["rates"]["cnn_permuted"]


def test_own_filters_are_a_convolution_where_all_places_have_the_same():
    convolution = keras.layers.Conv2D(4, 3, padding="same", activation="relu", bias_initializer="normal")
    own, images = mlp_cnn_local.OwnFilters(4), np.random.default_rng(0).normal(size=(2, 6, 5, 3)).astype("float32")
    wanted, _ = convolution(images), own(images)
    kernel, bias = (np.asarray(weight) for weight in convolution.weights)
    own.set_weights([np.tile(kernel.reshape(1, 27, 4), (30, 1, 1)), np.tile(bias, (30, 1, 1))])
    assert np.abs(np.asarray(own(images)) - np.asarray(wanted)).max() < 1e-5
    changed = own.get_weights()
    changed[0][7] += 1  # row 1, column 2: only there the answers change
    own.set_weights(changed)
    differs = np.abs(np.asarray(own(images)) - np.asarray(wanted)).max(axis=(0, 3)) > 1e-5
    assert differs[1, 2] and differs.sum() == 1


def test_the_network_of_own_filters_is_the_cnn_with_more_weights():
    own, shared = mlp_cnn_local.build("own_filters", seed=0), mlp_cnn_local.build("cnn", seed=0)
    assert own.count_params() == 784 * 320 + 196 * 18_496 + 200_768 + 650
    assert shared.count_params() == 320 + 18_496 + 200_768 + 650
    kernel = own.layers[2].get_weights()[0]  # drawn as a convolution's: uniform within the same limit
    limit = np.abs(shared.get_layer("conv2").get_weights()[0]).max()
    assert np.abs(kernel).max() == pytest.approx(limit, rel=0.01)


def test_a_variant_of_own_filters_trains_and_reports(digits):
    parts = mlp_cnn_local.EXPERIMENT.prepare(digits)
    model, run = mlp_cnn_local.train("own_filters", parts, seed=0, epochs=1, progress=False)
    answers = np.argmax(model(parts.test[0] / np.float32(255)), axis=1)
    assert run["test_accuracy"] == pytest.approx(np.mean(answers == parts.test[1]), abs=1e-5)
    json.dumps(run)


@pytest.mark.parametrize(("name", "parameters"), [("cnn", 220_234), ("mlp", 669_706)])
def test_a_network_at_a_rate_of_its_own_trains_and_reports(name, parameters, digits):
    parts = mlp_cnn_rates.EXPERIMENT.prepare(digits)
    model, run = mlp_cnn_rates.train(name, parts, rate=0.0005, seed=0, epochs=1, progress=False)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.0005) and run["parameters"] == parameters
    answers = np.argmax(model(parts.test[0] / np.float32(255)), axis=1)
    assert run["test_accuracy"] == pytest.approx(np.mean(answers == parts.test[1]), abs=1e-5)
