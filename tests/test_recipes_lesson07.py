"""Recipes of lesson 07 on made-up data: what they draw, what they report, and what their stored results must hold."""

import json
import math

import numpy as np
import pytest

from course_utils import inspection
from course_utils.recipes import (
    alexnet_batchnorm,
    alexnet_conditions,
    alexnet_flowers,
    alexnet_long,
    common,
)

STORED = ("alexnet_conditions", "alexnet_batchnorm", "alexnet_flowers")

pytestmark = pytest.mark.usefixtures("eagerly")


def made(count, side, classes=3, seed=0):
    """Images whose class is their brightest channel."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    images = rng.integers(0, 90, (count, side, side, 3))
    images[np.arange(count), :, :, labels % 3] += 120
    return images.astype("uint8"), labels.astype("int32")


# Augmentation


def test_windows_are_parts_of_the_image_at_many_places():
    images = np.arange(20 * 20 * 3, dtype="uint8").reshape(1, 20, 20, 3)
    drawn = alexnet_flowers.windows(np.repeat(images, 200, axis=0), np.random.default_rng(0), side=18)
    assert drawn.shape == (200, 18, 18, 3)
    every = {images[0, r : r + 18, c : c + 18].tobytes() for r in range(3) for c in range(3)}
    assert {np.ascontiguousarray(window).tobytes() for window in drawn} == every


def test_middle_window_lies_in_the_middle():
    images = np.arange(7 * 7 * 3).reshape(1, 7, 7, 3)
    np.testing.assert_array_equal(alexnet_flowers.middle(images, 3), images[:, 2:5, 2:5])


def test_half_of_the_images_are_mirrored_and_none_is_changed_otherwise():
    images, _ = made(400, 6)
    drawn = alexnet_flowers.mirrored(images, np.random.default_rng(1))
    same = (drawn == images).all(axis=(1, 2, 3))
    turned = (drawn == images[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (same | turned).all()
    assert 150 < same.sum() < 250


def test_colour_axes_are_the_principal_axes_of_the_pixels():
    images, _ = made(60, 8)
    axes = alexnet_flowers.colour_axes(images)
    np.testing.assert_allclose(axes @ axes.T, np.diag(np.diag(axes @ axes.T)), atol=1e-12)
    covariance = np.cov(images[:, ::4, ::4].reshape(-1, 3) / 255, rowvar=False)
    np.testing.assert_allclose(np.linalg.norm(axes, axis=1), np.linalg.eigvalsh(covariance), rtol=1e-9)


def test_recolouring_moves_all_pixels_of_an_image_alike():
    images = np.full((50, 4, 4, 3), 128, "uint8")
    images[:, 0] = 100
    axes = np.eye(3) * 0.3
    drawn = alexnet_flowers.recoloured(images, np.random.default_rng(2), axes).astype(int) - images
    assert (drawn == drawn[:, :1, :1]).all()
    assert 4 < drawn[:, 0, 0].std() < 12  # 255 · 0.1 · 0.3 = 7.65
    kept = alexnet_flowers.recoloured(images, np.random.default_rng(2), axes, spread=0.0)
    np.testing.assert_array_equal(kept, images)


def test_ten_windows_are_five_and_their_mirror_images():
    images, _ = made(2, 9)
    ten = alexnet_flowers.ten_windows(images, 7)
    assert len(ten) == 10
    np.testing.assert_array_equal(ten[0], images[:, :7, :7])
    np.testing.assert_array_equal(ten[3], images[:, 2:, 2:])
    np.testing.assert_array_equal(ten[4], images[:, 1:8, 1:8])
    np.testing.assert_array_equal(ten[7], ten[2][:, :, ::-1])


def test_redraw_changes_the_array_that_is_trained_on(monkeypatch):
    images, _ = made(6, 12)
    buffer = alexnet_flowers.middle(images, 9)
    before = buffer.copy()
    redraw = alexnet_flowers.Redraw(images, buffer, seed=0)
    redraw.on_epoch_begin(0)
    first = buffer.copy()
    redraw.on_epoch_begin(1)
    assert (first != before).any() and (buffer != first).any()
    again = alexnet_flowers.middle(images, 9)
    alexnet_flowers.Redraw(images, again, seed=0).on_epoch_begin(0)
    np.testing.assert_array_equal(again, first)


# Trainings


@pytest.fixture
def small_flowers(monkeypatch):
    monkeypatch.setattr(alexnet_flowers, "SIDE", 67)
    return {name: made(24, 70, seed=number) for number, name in enumerate(("train", "validation", "test"))}


def test_arms_differ_in_one_ingredient():
    everything = alexnet_flowers.VARIANTS["all"]
    for name, arm in alexnet_flowers.VARIANTS.items():
        different = [f for f in arm._fields[1:] if getattr(arm, f) != getattr(everything, f)]
        assert len(different) == (name != "all"), (name, different)


def test_network_of_an_arm_has_what_the_arm_says():
    def built(name):
        return alexnet_flowers.build(alexnet_flowers.VARIANTS[name], examples=64, seed=0, epochs=1, width=0.05)

    def kinds(model):
        return [type(layer).__name__ for layer in model.layers]

    assert kinds(built("all")).count("LocalResponseNormalization") == 2
    assert "LocalResponseNormalization" not in kinds(built("no_lrn"))
    assert built("all").get_layer("norm1").alpha == 1e-4
    pixels = np.random.default_rng(0).normal(size=(1, alexnet_flowers.SIDE, alexnet_flowers.SIDE, 3)).astype("float32")
    constant = inspection.activations(built("constant"), 50 * pixels, ["conv2", "norm2"])
    np.testing.assert_allclose(constant["norm2"], constant["conv2"] / 2**0.75, rtol=1e-5)
    assert "Dropout" not in kinds(built("no_dropout"))
    assert built("no_overlap").get_layer("pool1").pool_size == (2, 2)


def test_flower_training_reports_its_numbers_and_repeats_them(small_flowers):
    settings = {"seed": 3, "epochs": 2, "width": 0.05, "progress": False}
    monitored, first = alexnet_flowers.train("all", small_flowers, **settings)
    _, second = alexnet_flowers.train("all", small_flowers, **settings)
    assert first["history"] == second["history"]
    assert len(first["history"]["val_accuracy"]) == 2
    images, labels = small_flowers["test"]
    assert first["test"] == round(alexnet_flowers.accuracy(monitored, alexnet_flowers.middle(images, 67), labels), 4)
    json.dumps(first)
    with pytest.raises(ValueError, match="name must be one of"):
        alexnet_flowers.train("al", small_flowers, seed=0)


def test_epochs_to_target_lie_between_two_epochs():
    assert alexnet_conditions.epochs_to_target([0.6, 0.45, 0.25]) == pytest.approx(2.5)
    assert alexnet_conditions.epochs_to_target([0.2]) == 1.0
    assert alexnet_conditions.epochs_to_target([0.5, 0.35]) == 2.0
    assert math.isinf(alexnet_conditions.epochs_to_target([0.5, 0.4]))


def test_fastest_rate_wins_and_without_any_the_least_error():
    runs = [
        {"rate": 0.1, "epochs_to_target": None, "errors": [0.9]},
        {"rate": 0.03, "epochs_to_target": 7.0, "errors": [0.24]},
        {"rate": 0.01, "epochs_to_target": 9.0, "errors": [0.2]},
    ]
    assert alexnet_conditions.fastest(runs) == 0.03
    slow = [{"rate": r, "epochs_to_target": None, "errors": [e]} for r, e in ((0.1, 0.5), (0.3, 0.4))]
    assert alexnet_conditions.fastest(slow) == 0.3
    nothing = [{"rate": r, "epochs_to_target": None, "errors": [e]} for r, e in ((0.1, 0.9), (0.03, 0.91))]
    assert alexnet_conditions.fastest(nothing) == 0.03  # so that a smaller one is tried


def test_updates_of_the_notes():
    arms = alexnet_batchnorm.VARIANTS
    assert alexnet_batchnorm.updates(1_088, arms["notes"]) == 85
    assert alexnet_batchnorm.updates(1_088, arms["more_updates"]) == 680
    assert alexnet_batchnorm.updates(65, arms["notes"], epochs=1) == 2
    assert round(0.99**85, 4) == 0.4256


def test_reestimated_statistics_are_the_mean_of_the_batches_and_weights_stay():
    import keras

    arm = alexnet_batchnorm.VARIANTS["notes"]
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2, 2, 3)), keras.layers.BatchNormalization(momentum=0.99)])
    norm = model.layers[0]
    norm.gamma.assign([1.0, 2.0, 3.0])
    images, _ = made(128, 2)
    alexnet_batchnorm.reestimate(model, images, arm, batch_size=64)
    np.testing.assert_allclose(norm.moving_mean, images.mean(axis=(0, 1, 2)) / 255, atol=1e-5)
    order = np.random.default_rng(0).permutation(128)
    halves = [(images[part] / 255).var(axis=(0, 1, 2)) for part in (order[:64], order[64:])]
    np.testing.assert_allclose(norm.moving_variance, np.mean(halves, axis=0), rtol=1e-3)
    assert norm.momentum == 0.99
    np.testing.assert_array_equal(norm.gamma, [1.0, 2.0, 3.0])


def test_looking_by_batch_statistics_moves_nothing():
    arm = alexnet_batchnorm.VARIANTS["notes"]
    model = alexnet_batchnorm.build(arm, seed=0, classes=3)
    before = model.get_weights()
    images, _ = made(12, alexnet_batchnorm.SIDE)
    said = alexnet_batchnorm.answers(model, images, arm, batch_statistics=True)
    assert said.shape == (12,)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


# Stored results


# Long trainings, and the map of conditions


def test_the_four_of_the_long_race_differ_in_dropout_and_augmentation_alone():
    variants = alexnet_long.VARIANTS
    held = {(v.lrn, v.alpha, v.pool_size) for v in variants.values()}
    assert held == {(False, 1e-4, 3)}
    assert {name: (v.dropout, v.augmented) for name, v in variants.items()} == {
        "neither": (0.0, False),
        "dropout": (0.5, False),
        "augmentation": (0.0, True),
        "both": (0.5, True),
    }


def test_the_others_of_the_long_race_differ_from_both_in_one_thing_each():
    both, others = alexnet_long.VARIANTS["both"], alexnet_long.OTHERS
    changed = {name: {k: v for k, v in other._asdict().items() if k != "label"} for name, other in others.items()}
    same = {key: value for key, value in both._asdict().items() if key != "label"}
    assert changed == {"normalization": same | {"lrn": True}, "no_overlap": same | {"pool_size": 2}}
    assert alexnet_long.LONG_OTHERS.recipe == alexnet_long.EXPERIMENT.recipe
    assert alexnet_long.LONG_OTHERS.seeds == alexnet_long.EXPERIMENT.seeds


@pytest.mark.parametrize("name", alexnet_long.OTHERS)
def test_the_others_are_trained_as_the_four_are(name, small_flowers):
    model, numbers = alexnet_long.train(name, small_flowers, seed=3, rate=0.001, epochs=1, progress=False)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert ("LocalResponseNormalization" in kinds) is (name == "normalization")
    assert model.get_layer("pool1").pool_size == ((2, 2) if name == "no_overlap" else (3, 3))
    assert 0 <= numbers["test_accuracy"] <= 1


def test_long_training_uses_the_rate_given_and_names_its_accuracies(small_flowers):
    settings = {"seed": 3, "epochs": 2, "progress": False}
    low, numbers = alexnet_long.train("augmentation", small_flowers, rate=0.001, **settings)
    high, _ = alexnet_long.train("augmentation", small_flowers, rate=0.004, **settings)
    rates = [max(float(m.optimizer._learning_rate(step)) for step in range(4)) for m in (low, high)]
    assert rates[1] == pytest.approx(4 * rates[0])
    assert {"train_accuracy", "validation_accuracy", "test_accuracy"} < set(numbers)
    assert len(numbers["history"]["val_accuracy"]) == 2


@pytest.mark.parametrize(
    ("variant", "deviation"),
    [
        ("relu, fitting weights, 4", (2 / 288) ** 0.5),
        ("tanh, fitting weights, 8", (1 / 288) ** 0.5),
        ("relu, weights twice as large, 4", 2 * (2 / 288) ** 0.5),
        ("tanh, batch norm, 8", (1 / 288) ** 0.5),
    ],
)
def test_a_network_of_the_map_has_its_depth_and_its_weights(variant, deviation):
    import keras

    keras.utils.set_random_seed(0)
    network = alexnet_conditions.VARIANTS[variant]
    model = alexnet_conditions.build(network)
    weighty = [layer for layer in model.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    assert len(weighty) == network.depth
    assert np.std(weighty[1].get_weights()[0]) == pytest.approx(deviation, rel=0.05)
    assert weighty[1].output.shape[1:] == (8, 8, 32)
    norms = sum(isinstance(layer, keras.layers.BatchNormalization) for layer in model.layers)
    assert norms == (network.depth - 1 if "batch norm" in variant else 0)


def test_pixels_of_the_map_are_centred_and_scaled():
    images, _ = made(4, 16)
    for condition, scale in (("fitting weights", 64), ("pixels from -128 to 127", 1)):
        model = alexnet_conditions.build(alexnet_conditions.Network("tanh", condition, 4))
        seen = inspection.activations(model, images.astype("float32"), ["pixels"])["pixels"]
        np.testing.assert_allclose(seen, (images - 128.0) / scale, rtol=1e-5)


def test_silent_share_counts_saturated_values_and_dead_units():
    import keras

    inputs = keras.Input((1, 1, 2))
    units = keras.layers.Activation("relu", name="relu1")(inputs)
    model = keras.Model(inputs, units)
    images = np.array([[-1, 1], [-2, -1], [-1, -1]], "float32").reshape(3, 1, 1, 2)
    assert alexnet_conditions.silent_share(model, images, "relu") == [0.5]
    model = keras.Model(inputs, keras.layers.Activation("tanh", name="tanh1")(inputs))
    assert alexnet_conditions.silent_share(model, 3 * images, "tanh") == [1.0]
    assert alexnet_conditions.silent_share(model, 1.5 * images, "tanh") == [round(1 / 6, 4)]


def test_a_run_of_the_map_reports_errors_until_the_target():
    parts = common.Parts(made(192, 16), made(6, 16, seed=1), made(6, 16, seed=2))
    model, numbers = alexnet_conditions.train(
        "relu, fitting weights, 4", parts, seed=0, rate=0.01, epochs=9, progress=False
    )
    assert numbers["errors"][-1] <= 0.35 < numbers["errors"][-2] and numbers["epochs_to_target"] is not None
    assert len(numbers["silent_before"]) == len(numbers["silent_after"]) == 3
    assert model.optimizer.momentum == 0.9
    json.dumps(numbers)
