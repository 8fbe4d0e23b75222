"""Classifiers on a frozen base, the second stage, and the two traps: batch norm and augmentation."""

import numpy as np
import pytest
from transfer_tools import pictures, untrained

from course_utils import runtime

keras = runtime.import_keras()

from course_utils import training, transfer  # noqa: E402

pytestmark = pytest.mark.usefixtures("eagerly")


@pytest.fixture(scope="module")
def base():
    return transfer.backbone("resnet20_cifar10")


def fitted(model, rate=0.05, loss="sparse_categorical_crossentropy"):
    """Train on a few images for two steps."""
    training.prepare(model, optimizer=keras.optimizers.SGD(rate), loss=loss)
    model.fit(pictures(32), np.arange(32) % 2, batch_size=16, epochs=1, verbose=0)
    return model


def values(layers, *names):
    """Return copies of the weights of layers whose name ends in one of the words."""
    return {w.path: np.array(w) for layer in layers for w in layer.weights if w.path.split("/")[-1] in names}


def norms(model):
    return [layer for layer in transfer.base_of(model).layers if isinstance(layer, keras.layers.BatchNormalization)]


STATISTICS = ("gamma", "beta", "moving_mean", "moving_variance")


def test_classifier_takes_raw_pixels_and_answers_with_probabilities(base):
    images = pictures(4)
    answers = transfer.classifier(base, 5, units=16, dropout=0.2).predict(images, verbose=0)
    assert answers.shape == (4, 5)
    np.testing.assert_allclose(answers.sum(1), 1, atol=1e-5)
    one = transfer.classifier(base, 1).predict(images, verbose=0)
    assert one.shape == (4, 1) and ((one > 0) & (one < 1)).all()  # a softmax over one unit would answer 1 to everything
    model = transfer.classifier(base, 3)
    kernel, bias = model.get_layer("predictions").get_weights()
    scores = transfer.features(base, images, cache=False) @ kernel + bias
    expected = np.exp(scores - scores.max(1, keepdims=True))
    np.testing.assert_allclose(model.predict(images, verbose=0), expected / expected.sum(1, keepdims=True), atol=1e-4)


def test_first_stage_trains_the_head_alone(base):
    model = transfer.classifier(base, 2, units=8)
    assert {weight.path.split("/")[0] for weight in model.trainable_weights} == {"hidden", "predictions"}
    before = [np.array(weight) for weight in transfer.base_of(model).weights]
    head = np.array(model.get_layer("predictions").kernel)
    fitted(model)
    for now, then in zip(transfer.base_of(model).weights, before, strict=True):
        np.testing.assert_array_equal(np.array(now), then)
    assert np.abs(np.array(model.get_layer("predictions").kernel) - head).max() > 0


def test_fine_tuning_moves_the_convolutions_and_no_batch_norm(base):
    model = transfer.classifier(base, 2)
    parameters = transfer.unfreeze(model)
    kernels = values(transfer.base_of(model).layers, "kernel")
    frozen = values(norms(model), *STATISTICS)
    assert parameters == sum(kernel.size for kernel in kernels.values()) + 64 * 2 + 2 == 267_696 + 130
    fitted(model)
    for path, kernel in values(transfer.base_of(model).layers, "kernel").items():
        assert np.abs(kernel - kernels[path]).max() > 0, f"{path} did not learn"
    assert len(frozen) == 4 * 19
    for path, value in values(norms(model), *STATISTICS).items():
        np.testing.assert_array_equal(value, frozen[path], err_msg=path)


def test_the_test_of_batch_norm_can_fail(base):
    """Without the care of `unfreeze` every statistic moves, though the base was called with training=False."""
    model = transfer.classifier(base, 2)
    transfer.base_of(model).trainable = True
    before = values(norms(model), "moving_mean", "gamma")
    fitted(model)
    after = values(norms(model), "moving_mean", "gamma")
    assert all(np.abs(after[path] - before[path]).max() > 0 for path in before)


def test_fine_tuning_from_a_layer_on_leaves_the_earlier_ones(base):
    model = transfer.classifier(base, 2)
    parameters = transfer.unfreeze(model, from_layer="stage3_block3_conv1")
    assert parameters == 2 * 9 * 64 * 64 + 130
    moving = {weight.path.split("/")[-2] for weight in model.trainable_weights}
    assert moving == {"stage3_block3_conv1", "stage3_block3_conv2", "predictions"}
    with pytest.raises(ValueError, match="from_layer must be one of 'input', 'stem_conv'"):
        transfer.unfreeze(model, from_layer="stage4")


def test_training_a_classifier_never_touches_the_backbone(base):
    before = base.model.get_weights()
    model = transfer.classifier(base, 2)
    transfer.unfreeze(model)
    fitted(model)
    for now, then in zip(base.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    assert base.model.trainable


def test_unfreeze_wants_a_classifier():
    with pytest.raises(ValueError, match=r"must come from transfer\.classifier"):
        transfer.unfreeze(untrained("resnet20_cifar10"))


def test_augmentation_changes_images_at_training_only(base):
    model = transfer.classifier(base, 2, augment=transfer.augmentation(seed=1))
    images = pictures(4)
    first, second = model.predict(images, verbose=0), model.predict(images, verbose=0)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_allclose(first, plain(model, base).predict(images, verbose=0), atol=1e-5)
    at_training = [np.array(model(images, training=True)) for _ in range(2)]
    assert np.abs(at_training[0] - at_training[1]).max() > 1e-4
    assert np.abs(at_training[0] - first).max() > 1e-4


def plain(model, base):
    """Return the same classifier without augmentation."""
    made = transfer.classifier(base, 2)
    made.get_layer("predictions").set_weights(model.get_layer("predictions").get_weights())
    return made


def test_augmentation_leaves_out_what_is_zero():
    names = [layer.name for layer in transfer.augmentation(rotation=0, zoom=0)]
    assert names == ["flip", "shift"]
    with pytest.raises(ValueError, match="shift must be a number from 0"):
        transfer.augmentation(shift=-0.1)


def test_saved_classifier_answers_the_same(base, tmp_path):
    model = transfer.classifier(base, 3, units=4, dropout=0.5, augment=True)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(pictures(), verbose=0), model.predict(pictures(), verbose=0), atol=1e-6)
    assert transfer.unfreeze(again) == transfer.unfreeze(model)


@pytest.mark.parametrize(
    "change, told",
    [
        ({"classes": 0}, "classes must be a whole number of at least 1"),
        ({"pool": "max"}, "pool must be one of 'average', None"),
        ({"dropout": 1.0}, "dropout must be a number from 0"),
        ({"units": 0}, "units must be a whole number"),
    ],
)
def test_bad_arguments_are_explained(base, change, told):
    with pytest.raises(ValueError, match=told):
        transfer.classifier(base, **{"classes": 2, **change})
