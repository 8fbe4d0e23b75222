"""What the recipes share, on twelve dozen small images: three parts, one cycle with mirror images, means and errors."""

import time

import numpy as np
import pytest

from course_utils import runtime
from course_utils.datasets import ImageDataset

keras = runtime.import_keras()

from course_utils.recipes import common  # noqa: E402

pytestmark = pytest.mark.usefixtures("eagerly")


@pytest.fixture(scope="module")
def halves():
    """The upper or the lower half is bright: a class that a mirror leaves alone."""
    rng = np.random.default_rng(0)

    def drawn(count):
        labels = np.arange(count, dtype="uint8") % 2
        images = rng.integers(0, 60, (count, 8, 8, 3)).astype("uint8")
        for image, label in zip(images, labels, strict=True):
            image[4 * label : 4 * label + 4] += 150
        return images, labels

    return ImageDataset(*drawn(144), *drawn(40), ("up", "down"), "halves", "bundled", True, "made here", "none")


def test_parts_do_not_overlap_and_have_the_sizes_asked_for(halves):
    parts = common.cifar(examples=60, validation=30, tests=20)(halves)
    assert [len(labels) for _, labels in parts] == [60, 30, 20]
    assert parts.train[0].dtype == np.uint8 and parts.train[1].dtype == np.int32
    seen = {image.tobytes() for image in parts.train[0]}
    assert not seen & {image.tobytes() for image in parts.validation[0]}
    assert all(bincount == 30 for bincount in np.bincount(parts.train[1]))


def test_mirror_images_are_drawn_by_seed_and_epoch_alone(halves):
    mirror, again = common.Mirror(halves.x_train, 3), common.Mirror(halves.x_train, 3)
    mirror.on_epoch_begin(0)
    mirror.on_epoch_begin(1)
    again.on_epoch_begin(1)
    np.testing.assert_array_equal(mirror.buffer, again.buffer)
    turned = np.array([not np.array_equal(a, b) for a, b in zip(mirror.buffer, halves.x_train, strict=True)])
    assert 0.35 < turned.mean() < 0.65
    np.testing.assert_array_equal(mirror.buffer[turned], halves.x_train[turned][:, :, ::-1])


def test_one_cycle_learns_judges_all_parts_and_repeats(halves):
    parts = common.cifar(examples=96, validation=40)(halves)

    def run():
        keras.utils.set_random_seed(1)
        layers = [keras.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(2, activation="softmax")]
        model = keras.Sequential(layers)
        found = common.fit_one_cycle(model, parts, rate=0.02, epochs=3, seed=1, batch_size=16, progress=False)
        return model, {key: value for key, value in found.items() if not key.endswith("seconds")}

    model, numbers = run()
    assert numbers == run()[1]
    assert numbers["test_accuracy"] == numbers["validation_accuracy"] == 1.0 and numbers["parameters"] == 386
    assert len(numbers["loss"]) == len(numbers["val_accuracy"]) == 3
    assert numbers["train_accuracy"] == round(common.accuracy(model, *parts.train), 5)
    assert common.probabilities(model, parts.test[0], batch_size=7).shape == (40, 2)


def test_standard_error_and_summary():
    assert common.standard_error([1.0, 3.0]) == pytest.approx(1.0)
    assert common.standard_error([1.0]) == float("inf")
    runs = [{"arm": "a", "loss": [9.0, 1.0]}, {"arm": "a", "loss": [9.0, 3.0]}, {"arm": "b", "loss": [2.0]}]
    assert common.summary(runs, "loss") == {"a": (2.0, pytest.approx(1.0)), "b": (2.0, float("inf"))}


def test_epochs_are_timed_without_the_test_that_follows(monkeypatch):
    watch, model = common.Epochs("images", "labels", transform=None), object()
    watch.set_model(model)

    def judged(*given, **settings):
        assert given == (model, "images", "labels") and settings == {"transform": None}
        time.sleep(0.3)
        return 0.5

    monkeypatch.setattr(common, "accuracy", judged)
    for epoch in range(2):
        watch.on_epoch_begin(epoch)
        time.sleep(0.02)
        watch.on_epoch_end(epoch)
    assert watch.test_accuracy == [0.5, 0.5]
    assert all(0.02 <= seconds < 0.3 for seconds in watch.seconds) and len(watch.processor_seconds) == 2
    bare = common.Epochs()
    bare.on_epoch_end(0)
    assert bare.test_accuracy == [] and len(bare.seconds) == 1
