"""Stored measurements and the race of two recipes, on data small enough for a test."""

import json

import numpy as np
import pytest

from course_utils import measure, recipes
from course_utils.datasets import ImageDataset
from course_utils.models import lenet
from course_utils.recipes import common, lenet_1998, lenet_race

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("eagerly")]


@pytest.fixture(scope="module")
def tiny():
    """Two thousand easy images: the class is the column of a bright bar."""
    rng = np.random.default_rng(0)

    def draw(count):
        labels = rng.integers(0, 10, count).astype("uint8")
        images = rng.integers(0, 40, (count, 28, 28)).astype("uint8")
        for image, label in zip(images, labels, strict=True):
            image[4:24, 2 * label + 4 : 2 * label + 6] = 255
        return images, labels

    train, test = draw(300), draw(100)
    names = tuple("0123456789")
    return ImageDataset(*train, *test, names, "tiny", "bundled", True, "made in the test", "none needed")


def test_arms_train_the_same_network_at_the_same_cost_a_step():
    notes, ours = lenet_race.VARIANTS["notes"], lenet_race.VARIANTS["ours"]
    models = [lenet_race.build(arm, examples=1000, seed=0) for arm in (notes, ours)]
    assert [model.count_params() for model in models] == [44_426, 44_426]
    assert notes.batch_size == ours.batch_size
    assert ours.epochs <= notes.epochs / 5
    assert notes.epochs == 20 and notes.rate == 0.001 and notes.keep == "last"


def test_pixels_are_scaled_framed_and_standardised():
    images = np.full((2, 28, 28), 255, "uint8")
    plain = lenet_race.VARIANTS["notes"]
    assert lenet_race.pixels(images, plain).max() == 1.0
    framed = plain._replace(padding=2, standardised=True)
    pixels = lenet_race.pixels(images, framed)
    assert pixels.shape == (2, 32, 32, 1) and pixels.dtype == np.float32
    assert pixels.min() == pytest.approx(-0.1307 / 0.3081, abs=1e-4)
    assert pixels.max() == pytest.approx((1 - 0.1307) / 0.3081, abs=1e-4)
    np.testing.assert_allclose(lenet_race.scaled(images, framed), pixels, atol=1e-6)
    np.testing.assert_allclose(lenet_race.scaled(images, plain), lenet_race.pixels(images, plain), atol=1e-6)


def test_training_reports_its_numbers_and_repeats_them(tiny):
    model, first = lenet_race.train("ours", tiny, seed=3, epochs=2, progress=False)
    _, second = lenet_race.train("ours", tiny, seed=3, epochs=2, progress=False)
    assert first["test_accuracy"] == second["test_accuracy"]
    assert first["history"] == second["history"]
    assert len(first["test_accuracy"]) == len(first["epoch_seconds"]) == 2
    assert first["accuracy"] == first["test_accuracy"][first["reported_epoch"] - 1]
    assert first["validation_accuracy"] == max(first["history"]["val_accuracy"])
    shown = lenet_race.accuracy(model, lenet_race.pixels(tiny.x_test, lenet_race.VARIANTS["ours"]), tiny.y_test)
    assert shown == first["accuracy"]
    assert first["seconds"] == pytest.approx(sum(first["epoch_seconds"]), abs=0.01)
    assert first["processor_seconds"] > 0
    json.dumps(first)


def test_race_reports_the_ratio_of_seconds(tiny, monkeypatch):
    shorter = {
        name: arm._replace(epochs=epochs)
        for (name, arm), epochs in zip(lenet_race.VARIANTS.items(), (2, 2), strict=True)
    }
    monkeypatch.setattr(lenet_race, "VARIANTS", shorter)
    lines = []
    found = recipes.race_to(0.0, data=tiny, log=lines.append)
    assert found["ratio"] == pytest.approx(found["notes"] / found["ours"])
    assert len(lines) == 2 and "0.00%" in lines[0]
    with pytest.raises(ValueError, match="target"):
        recipes.race_to(98.57, data=tiny)


def test_seconds_to_a_target_count_whole_epochs():
    result = {"test_accuracy": [0.9, 0.95, 0.94], "epoch_seconds": [2.0, 1.0, 1.0]}
    assert common.seconds_to(result, 0.95) == 3.0
    assert common.seconds_to(result, 0.96) == float("inf")


def test_network_of_1998_is_judged_by_its_distances_and_its_stored_runs_read_over_98_percent(tiny):
    model, numbers = lenet_1998.train(tiny, seed=0, epochs=1, progress=False)
    distances = np.asarray(model(lenet.to_paper_range(tiny.x_test)))
    assert numbers["accuracy"] == pytest.approx(np.mean(distances.argmin(axis=1) == tiny.y_test))
    assert len(numbers["history"]["loss"]) == 1 and 0 <= numbers["validation_accuracy"] <= 1
    stored = measure.load("lenet_1998")
    assert stored["data"] == measure.load("lenet_race")["data"]
    assert [run["seed"] for run in stored["runs"]] == list(lenet_1998.SEEDS)
    assert min(run["accuracy"] for run in stored["runs"]) > 0.98
