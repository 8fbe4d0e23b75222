"""The recipes of lesson 09 on small data: equal work, weighted losses, first gradients, two classes."""

import keras
import numpy as np
import pytest

from course_utils import anatomy, measure
from course_utils.datasets import ImageDataset
from course_utils.recipes import (
    common,
    inception_cats,
    inception_fit,
    inception_layers,
    inception_residual,
    inception_small,
    resnet_race,
)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("eagerly")]


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
    for model in (
        inception_small.small_googlenet(),
        inception_small.small_googlenet(heads=True),
        inception_cats.stack(),
    ):
        assert inception_fit.multiply_adds(model) == anatomy.describe(model).macs


def test_naive_twin_works_as_much_as_the_reduced_one():
    for pair in (("reduced", "naive"), ("reduced norm", "naive norm")):
        reduced, naive = (inception_small.build(inception_small.VARIANTS[name], seed=0) for name in pair)
        ratio = inception_fit.multiply_adds(naive) / inception_fit.multiply_adds(reduced)
        assert 0.94 < ratio < 1.06
        assert not [layer for layer in naive.layers if "reduce" in layer.name]


def test_modules_stand_on_grids_of_16_8_and_4():
    whole = inception_small.small_googlenet(modules=inception_small.ALL)
    sides = {name: whole.get_layer(f"inception_{name}_output").output.shape[1]
             for name in inception_small.ALL}  # fmt: skip
    assert [sides[name] for name in ("3a", "3b", "4a", "4e", "5a", "5b")] == [16, 16, 8, 8, 4, 4]
    assert inception_small.small_googlenet().get_layer("inception_5b_output").output.shape[1] == 4


def test_loss_is_the_main_heads_and_three_tenths_of_the_others():
    answers = np.array([[[0.5, 0.5], [0.25, 0.75], [0.1, 0.9]]], "float32")
    expected = -np.log(0.5) - 0.3 * np.log(0.25) - 0.3 * np.log(0.1)
    found = keras.ops.convert_to_numpy(inception_fit.weighted_loss()(np.array([[0]]), answers))
    np.testing.assert_allclose(found, [expected], rtol=1e-5)
    told = inception_fit.main_accuracy(np.array([[0], [1]]), np.repeat(answers[:, ::-1], 2, axis=0))
    assert keras.ops.convert_to_numpy(told).tolist() == [0, 1]  # the main head stands first: (0.1, 0.9)


def test_smoothed_loss_is_that_of_smoothed_targets():
    answers = np.array([[0.7, 0.2, 0.1]], "float32")
    found = keras.ops.convert_to_numpy(inception_fit.cross_entropy(np.array([[1]]), answers, 0.3))
    np.testing.assert_allclose(found, -(np.array([[0.1, 0.8, 0.1]]) * np.log(answers)).sum(axis=1), rtol=1e-5)


def test_calibration_error_is_the_gap_between_confidence_and_accuracy():
    sure = np.array([0.95, 0.95, 0.95, 0.95, 0.65, 0.65])
    found = inception_fit.calibration(np.stack([sure, 1 - sure], axis=1), np.array([0, 0, 0, 1, 1, 1]))
    assert found["test_accuracy"] == 0.5 and found["confidence"] == 0.85
    assert found["calibration_error"] == pytest.approx((4 * (0.95 - 0.75) + 2 * 0.65) / 6, abs=1e-5)


@pytest.mark.parametrize("name", inception_small.CHANGES)
def test_each_change_of_recipe_changes_one_thing(name):
    kind, _, change = name.partition(" ")
    base = inception_small.VARIANTS["reduced norm" if kind == "norm" else "reduced"]
    arm = inception_small.CHANGES[name]
    different = [field for field in arm._fields if getattr(arm, field) != getattr(base, field)]
    expected = {"lrn": "lrn", "fixed": "reshuffled", "smooth": "smoothing", "dropout": "dropout"}
    assert set(different) - {"label"} == {expected[change]}
    layers = [type(layer).__name__ for layer in inception_small.build(arm, seed=0).layers]
    assert layers.count("LocalResponseNormalization") == 2 * arm.lrn
    assert layers.count("Dropout") == (arm.dropout > 0)
    assert ("BatchNormalization" in layers) == (kind == "norm")


def test_one_order_gives_every_epoch_the_same_batches(tiny, monkeypatch):
    seen = []
    monkeypatch.setattr(keras.Model, "fit", lambda self, x, y, **settings: seen.append((x, y, settings)) or _stop())
    arm = inception_small.CHANGES["norm fixed"]
    with pytest.raises(InterruptedError):
        inception_small.train(arm, tiny, seed=0, epochs=2, progress=False)
    images, labels, settings = seen[0]
    assert settings["shuffle"] is False and settings["epochs"] == 2
    assert sorted(labels) == sorted(tiny.y_train) and list(labels) != list(tiny.y_train)
    assert images.min() >= -1 and images.max() <= 1


def _stop():
    raise InterruptedError


def test_rates_are_chosen_on_training_images_set_aside(tiny):
    apart = inception_small.set_aside(tiny, 28)
    np.testing.assert_array_equal(np.concatenate([apart.x_train, apart.x_test]), tiny.x_train)
    runs = [{"arm": name, "held_out_accuracy": float("norm 0.02" in name or name.endswith("0.002"))}
            for name in inception_small.TRIALS]  # fmt: skip
    runs += [{"arm": "norm 0.02", "held_out_accuracy": 0.5}]
    assert inception_small.best(runs) == {"reduced": 0.002, "naive": 0.002, "norm": 0.02}


@pytest.mark.parametrize("name", inception_layers.HALVED)
def test_grids_are_halved_and_channels_doubled(name):
    how, k = inception_layers.HALVED[name]
    model = inception_layers.halving_network(name)
    assert model.get_layer("head_pool").input.shape == (None, 2, 2, 8 * k)
    d, c = 16, k
    work = {"pool, then convolve": 9 * 2 * (d // 2) ** 2 * c**2, "convolve, then pool": 9 * 2 * d**2 * c**2,
            "side by side": 9 * (d // 2) ** 2 * c**2}[how]  # fmt: skip
    first = inception_fit.multiply_adds(keras.Model(model.inputs, model.get_layer("halve2_pool").input))
    if how == "convolve, then pool":
        first -= (d // 2) ** 2 * 9 * (2 * c) * (4 * c)
    assert first == work + d * d * 9 * 3 * c
    greatest = {"pool, then convolve": 8 * 8 * 2 * c, "convolve, then pool": 16 * 16 * 2 * c,
                "side by side": 8 * 8 * 2 * c}  # fmt: skip
    assert inception_layers.greatest_activation(model) == greatest[how]


def work_of(build, variants):
    return {name: inception_fit.multiply_adds(build(name)) for name in variants}


def test_variants_of_equal_work_work_equally():
    work = work_of(inception_layers.halving_network, inception_layers.HALVED)
    for name in ("side by side", "convolve, then pool"):
        assert work[name + inception_layers.WIDER] == pytest.approx(work["pool, then convolve"], rel=0.06)
        assert abs(work[name] / work["pool, then convolve"] - 1) > 0.4
    work = work_of(inception_layers.kernels_network, inception_layers.KERNELS)
    for name, variant in inception_layers.KERNELS.items():
        if name.endswith(inception_layers.WIDER):
            assert work[name] == pytest.approx(work[variant.instead_of], rel=0.06)


@pytest.mark.parametrize(
    ("experiment", "name"), [("IN_PIECES", "3×1, 1×3"), ("HALVINGS_COMPARED", "side by side, equal work")]
)
def test_a_run_of_the_layers_counts_and_judges(tiny, experiment, name):
    few = resnet_race.halved(common.cifar(examples=96, validation=32)(tiny))
    experiment = getattr(inception_layers, experiment)
    _, numbers = experiment.train(name, few, seed=0, rate=0.01, epochs=2, progress=False)
    assert numbers["macs"] > 100_000 and len(numbers["val_accuracy"]) == 2
    assert ("greatest_activation" in numbers) == (name in inception_layers.HALVED)


def test_heads_change_the_gradient_before_them_and_not_behind(tiny):
    alone, heads = (inception_small.gradients(name, tiny, seed=0) for name in ("reduced", "heads"))
    assert list(alone) == list(heads)
    behind = [name for name in alone if name.startswith(("inception_4e", "inception_5"))]
    np.testing.assert_allclose([alone[n] for n in behind], [heads[n] for n in behind], rtol=1e-2)
    assert abs(heads["stem_conv_1"] / alone["stem_conv_1"] - 1) > 0.02


def test_training_lowers_the_loss_and_counts(tiny):
    model, numbers = inception_small.train("reduced norm", tiny, seed=0, epochs=2, progress=False)
    assert len(numbers["loss"]) == 2 and numbers["loss"][1] < numbers["loss"][0]
    assert numbers["parameters"] == model.count_params()
    assert 0 <= numbers["test_accuracy"] <= 1


def test_chains_save_what_the_lesson_says():
    weights = {}
    for name in inception_layers.KERNELS:
        model = inception_layers.kernels_network(name)
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


def test_rates_in_use_are_the_best_stored_ones():
    stored = measure.load("inception_rates")
    assert stored["data"]["stand_in"] is False
    assert inception_small.best(stored["runs"]) == stored["best"] == inception_small.RATES
    cats = measure.load("inception_cats")["search"]
    for name, rate in inception_cats.RATES.items():
        tried = {one["rate"]: one["held_out_accuracy"] for one in cats if one["arm"] == name}
        assert set(tried) == set(inception_cats.TRIED[name])
        assert max(tried, key=tried.get) == rate
