"""The comparison of initial weights, and depth against variance, on data small enough for a test."""

import json

import numpy as np
import pytest

from course_utils.datasets import ImageDataset
from course_utils.recipes import common, initialization

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tiny():
    """Easy images: the class is the column of a bright bar."""
    rng = np.random.default_rng(0)

    def draw(count):
        labels = rng.integers(0, 10, count).astype("uint8")
        images = np.zeros((count, 28, 28), "uint8")
        for image, label in zip(images, labels, strict=True):
            image[4:24, 2 * label + 4 : 2 * label + 6] = 255
        return images, labels

    names = tuple("0123456789")
    return ImageDataset(*draw(640), *draw(100), names, "tiny", "bundled", True, "made in the test", "none needed")


def test_variants_differ_by_the_initial_weights_alone():
    models = {name: initialization.build(name, seed=0) for name in initialization.VARIANTS}
    assert {model.count_params() for model in models.values()} == {235_146}
    deviation = {
        name: float(model.get_layer("mlp").get_layer("hidden1").get_weights()[0].std())
        for name, model in models.items()
    }
    assert deviation["zeros"] == 0
    assert deviation["normal"] == pytest.approx(0.01, rel=0.02)
    for name in ("glorot_uniform", "glorot_normal"):
        assert deviation[name] == pytest.approx(np.sqrt(2 / (784 + 256)), rel=0.02)
    for name in ("he_uniform", "he_normal"):
        assert deviation[name] == pytest.approx(np.sqrt(2 / 784), rel=0.02)
    assert len({float(model.optimizer.learning_rate) for model in models.values()}) == 1


def test_training_reports_its_numbers_and_repeats_them(tiny):
    model, first = initialization.train("he_normal", tiny, seed=3, epochs=2, progress=False)
    _, second = initialization.train("he_normal", tiny, seed=3, epochs=2, progress=False)
    assert {**first, "seconds": 0} == {**second, "seconds": 0}
    assert len(first["test_accuracy"]) == len(first["test_loss"]) == len(first["history"]["val_loss"]) == 2
    loss, accuracy = model.evaluate(tiny.x_test[..., None], tiny.y_test.astype("int32"), verbose=0)
    assert first["test_accuracy"][-1] == pytest.approx(accuracy, abs=1e-5)
    assert first["test_loss"][-1] == pytest.approx(loss, abs=1e-5)
    json.dumps(first)


def test_zeros_train_nothing_but_the_last_bias(tiny):
    model, _ = initialization.train("zeros", tiny, seed=0, epochs=1, progress=False)
    moved = {variable.path for variable in model.trainable_variables if np.abs(np.asarray(variable)).max() > 0}
    assert len(moved) == 1 and "output/bias" in moved.pop()


def test_deep_chain_learns_with_he_and_not_with_glorot(tiny):
    def last(name, depth):
        return initialization.train_chain(name, tiny, depth=depth, seed=0, epochs=8, progress=False)[1]["loss"][-1]

    assert last("he_uniform", 16) < 1.5 < 2.2 < last("glorot_uniform", 16)
    images = common.standardized(tiny.x_train, tiny)
    assert images.mean() == pytest.approx(0, abs=1e-3) and (images**2).mean() == pytest.approx(1, abs=1e-3)
