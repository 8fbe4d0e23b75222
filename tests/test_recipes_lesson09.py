"""The recipes of lesson 09 on small data: equal work, weighted losses, first gradients, two classes."""

import keras
import numpy as np
import pytest

from course_utils import anatomy
from course_utils.datasets import ImageDataset
from course_utils.recipes import MEASUREMENTS, inception_cats, inception_kernels, inception_residual, inception_twin


@pytest.fixture(scope="module")
def tiny():
    rng = np.random.default_rng(0)
    parts = []
    for count in (128, 40):
        labels = (np.arange(count) % 10).astype("uint8")
        images = rng.integers(0, 40, (count, 32, 32, 3)).astype("uint8")
        images[np.arange(count), :, 3 * labels.astype(int)] = 255
        parts += [images, labels]
    return ImageDataset(*parts, tuple("abcdefghij"), "tiny", "bundled", True, "made here", "none")


def test_work_is_that_of_the_anatomy():
    for model in (inception_twin.twin(), inception_twin.twin(heads=True), inception_cats.stack()):
        assert inception_twin.multiply_adds(model) == anatomy.describe(model).macs


def test_naive_twin_works_as_much_as_the_reduced_one():
    reduced, naive = (inception_twin.build(name, seed=0) for name in ("reduced", "naive"))
    ratio = inception_twin.multiply_adds(naive) / inception_twin.multiply_adds(reduced)
    assert 0.94 < ratio < 1.06
    assert not [layer for layer in naive.layers if "reduce" in layer.name]


def test_modules_stand_on_grids_of_16_8_and_4():
    sides = {name: inception_twin.twin(modules=inception_twin.ALL).get_layer(f"inception_{name}_output").output.shape[1]
             for name in inception_twin.ALL}  # fmt: skip
    assert [sides[name] for name in ("3a", "3b", "4a", "4e", "5a", "5b")] == [16, 16, 8, 8, 4, 4]
    assert inception_twin.twin().get_layer("inception_5b_output").output.shape[1] == 4


def test_loss_is_the_main_heads_and_three_tenths_of_the_others():
    answers = np.array([[[0.5, 0.5], [0.25, 0.75], [0.1, 0.9]]], "float32")
    expected = -np.log(0.5) - 0.3 * np.log(0.25) - 0.3 * np.log(0.1)
    found = keras.ops.convert_to_numpy(inception_twin.weighted_loss(np.array([[0]]), answers))
    np.testing.assert_allclose(found, [expected], rtol=1e-5)
    told = inception_twin.main_accuracy(np.array([[0], [1]]), np.repeat(answers[:, ::-1], 2, axis=0))
    assert keras.ops.convert_to_numpy(told).tolist() == [0, 1]  # the main head stands first: (0.1, 0.9)


def test_heads_change_the_gradient_before_them_and_not_behind(tiny):
    alone, heads = (inception_twin.gradients(name, tiny, seed=0) for name in ("reduced", "heads"))
    assert list(alone) == list(heads)
    behind = [name for name in alone if name.startswith(("inception_4e", "inception_5"))]
    np.testing.assert_allclose([alone[n] for n in behind], [heads[n] for n in behind], rtol=1e-2)
    assert abs(heads["stem_conv_1"] / alone["stem_conv_1"] - 1) > 0.02


def test_training_lowers_the_loss_and_counts(tiny):
    model, numbers = inception_twin.train("norm_high", tiny, seed=0, epochs=2, progress=False)
    assert len(numbers["loss"]) == 2 and numbers["loss"][1] < numbers["loss"][0]
    assert numbers["parameters"] == model.count_params()
    assert 0 <= numbers["test_accuracy"] <= 1


def test_chains_save_what_the_lesson_says():
    weights = {}
    for name in inception_kernels.ARMS:
        model = inception_kernels.build(name)
        kernels = [layer.kernel.shape for layer in model.layers if layer.name.startswith("layer")
                   and isinstance(layer, keras.layers.Conv2D)]  # fmt: skip
        weights[name] = sum(int(np.prod(shape)) for shape in kernels)
    assert weights["3×3, 3×3"] / weights["5×5"] == pytest.approx(18 / 25)
    assert weights["1×7, 7×1"] / weights["7×7"] == pytest.approx(2 / 7)


def test_two_classes_are_cats_and_dogs_alone(tiny):
    pets = inception_cats.two_classes(tiny, train=None, test=None)
    assert pets.class_names == ("d", "f")
    assert len(pets.y_train) == 26 and set(pets.y_train) == {0, 1}
    np.testing.assert_array_equal(pets.x_train[pets.y_train == 1], tiny.x_train[tiny.y_train == 5])


def test_dead_channels_are_counted(tiny):
    model = inception_residual.wide(1.0, channels=16, blocks=1)
    assert inception_residual.dead_share(model, tiny.x_train[:32]) < 0.5
    linear = model.get_layer("b1_linear")
    linear.bias.assign(np.full(16, -1e6))
    assert inception_residual.dead_share(model, tiny.x_train[:32]) == 1


def test_experiments_are_registered():
    assert {name for name in MEASUREMENTS if name.startswith("inception")} == {
        "inception_twin",
        "inception_kernels",
        "inception_residual",
        "inception_cats",
    }
