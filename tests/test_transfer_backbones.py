"""Backbones: counts of the notes, preprocessing of pixels, and copies that share nothing."""

import dataclasses

import numpy as np
import pytest
from transfer_tools import pictures, untrained

from course_utils import runtime

keras = runtime.import_keras()

from course_utils import anatomy, transfer  # noqa: E402

pytestmark = pytest.mark.usefixtures("eagerly")


@pytest.fixture(autouse=True)
def _offline(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)


@pytest.fixture(scope="module")
def resnet():
    return transfer.backbone("resnet20_cifar10")


@pytest.mark.parametrize(
    "name, base, maps, flat, pooled",
    [
        # at 224 × 224: (7·7·512 + 1)·256 + 257, (512 + 1)·256 + 257
        ("vgg16", 14_714_688, (7, 7, 512), 6_423_041, 131_585),
        # at 224 × 224, not Inception's own 299: (5·5·2048 + 1)·256 + 257, (2048 + 1)·256 + 257
        ("inception_v3", 21_802_784, (5, 5, 2048), 13_107_713, 524_801),
        ("resnet50", 23_587_712, (7, 7, 2048), 25_690_625, 524_801),
    ],
)
def test_counts_of_the_notes_without_allocating_a_weight(name, base, maps, flat, pooled):
    def made(pool):
        found = transfer.backbone(name, input_shape=(224, 224, 3), weights=None)
        return transfer.classifier(found, 1, pool=pool, units=256, dropout=0.5)

    alone = anatomy.describe(lambda: transfer.backbone(name, input_shape=(224, 224, 3), weights=None).model)
    assert (alone.params, alone.rows[-1].output_shape) == (base, maps)
    for pool, head in ((None, flat), ("average", pooled)):
        whole = anatomy.describe(made, pool=pool)
        assert (whole.params, whole.trainable_params) == (base + head, head)


@pytest.mark.parametrize(
    "name, side", [("vgg16", 224), ("inception_v3", 299), ("resnet50", 224), ("mobilenet_v2", 224)]
)
def test_input_size_is_that_of_the_training(name, side):
    with keras.StatelessScope():
        assert transfer.backbone(name, weights=None).input_shape == (side, side, 3)


def test_shipped_backbone_is_the_shipped_network_without_its_top(resnet):
    images = pictures(4)
    whole = transfer.load_pretrained("resnet20_cifar10")
    maps = resnet.model.predict(resnet.preprocess(images), verbose=0)
    assert maps.shape == (4, 8, 8, 64) and resnet.source == "shipped"
    assert resnet.weights == transfer.card("resnet20_cifar10")["weights_sha256"]
    kernel, bias = whole.get_layer("predictions").get_weights()
    scores = maps.mean((1, 2)) @ kernel + bias
    expected = np.log(whole.predict(images, verbose=0))
    np.testing.assert_allclose(
        scores - scores.max(1, keepdims=True), expected - expected.max(1, keepdims=True), atol=1e-3
    )


def test_larger_images_give_larger_maps_with_the_same_weights(resnet):
    larger = transfer.backbone("resnet20_cifar10", input_shape=(64, 48, 3))
    assert larger.model.output_shape == (None, 16, 12, 64)
    for mine, other in zip(larger.model.get_weights(), resnet.model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_every_call_gives_a_model_of_its_own(resnet):
    other = transfer.backbone("resnet20_cifar10")
    other.model.layers[1].set_weights([w * 0 for w in other.model.layers[1].get_weights()])
    assert np.abs(resnet.model.layers[1].get_weights()[0]).max() > 0


@pytest.fixture(scope="module", params=["vgg16", "resnet50", "inception_v3", "mobilenet_v2"])
def unweighted(request):
    with keras.StatelessScope():
        return request.param, transfer.backbone(request.param, input_shape=(96, 96, 3), weights=None)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
def test_preprocessing_is_that_of_keras_and_leaves_the_images_alone(unweighted, dtype):
    name, base = unweighted
    images = pictures(2, 96).astype(dtype)
    before = images.copy()
    prepared = base.preprocess(images)
    expected = getattr(keras.applications, name).preprocess_input(images.astype("float32"))
    assert prepared.dtype == np.float32
    np.testing.assert_allclose(prepared, expected, atol=1e-4)
    np.testing.assert_array_equal(images, before)
    assert not np.shares_memory(prepared, images)
    np.testing.assert_array_equal(base.preprocess(images), prepared)
    layer = transfer.Preprocessing.from_config(base.preprocessing)
    np.testing.assert_allclose(layer(images), prepared, atol=1e-4)


def test_preprocessing_refuses_grey_images_and_unknown_modes():
    with pytest.raises(ValueError, match=r"three channels.*\(2, 8, 8, 1\)"):
        transfer.Preprocessing("bgr_minus_mean").of_array(np.zeros((2, 8, 8, 1)))
    with pytest.raises(ValueError, match="mode must be one of 'bgr_minus_mean'"):
        transfer.Preprocessing("bgr")


def test_best_backbone_says_why_not_the_others():
    base = transfer.best_backbone()
    assert base.name == "resnet20_cifar10"
    assert base.note == (
        "Backbone resnet20_cifar10, shipped with the course, not mobilenet_v2_035 (COURSE_OFFLINE is set), "
        "not mobilenet_v2 (COURSE_OFFLINE is set)"
    )
    with pytest.raises(transfer.WeightsUnavailable, match="none of vgg16 is available"):
        transfer.best_backbone("vgg16")


@pytest.mark.parametrize(
    "change, told",
    [
        ({"name": "vgg"}, "name must be one of 'vgg16'"),
        ({"input_shape": (7, 32, 3)}, "at least 8"),
        ({"input_shape": (32, 32, 1)}, r"input_shape must be \(height, width, 3\)"),
        ({"weights": "imagenet"}, "weights must be one of 'pretrained'"),
    ],
)
def test_bad_arguments_are_explained(change, told):
    arguments = {"name": "resnet20_cifar10", **change}
    with pytest.raises(ValueError, match=told):
        transfer.backbone(arguments.pop("name"), **arguments)
    with pytest.raises(ValueError, match="at least one name"):
        transfer.best_backbone([])


def sequential():
    made = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(6, name="hidden"), keras.layers.Dense(3, name="top")]
    )
    return made


@pytest.mark.parametrize("make", [sequential, lambda: untrained("resnet20_cifar10")], ids=["sequential", "functional"])
def test_frozen_copy_computes_the_same_and_shares_nothing(make):
    source = make()
    copy = transfer.frozen_copy(source, name="copy")
    x = np.random.default_rng(0).random((2, *source.input_shape[1:]), "float32")
    np.testing.assert_array_equal(copy.predict(x, verbose=0), source.predict(x, verbose=0))
    assert copy.name == "copy" and not copy.trainable_weights and source.trainable_weights
    assert not {id(w) for w in copy.weights} & {id(w) for w in source.weights}
    before = source.get_weights()
    copy.set_weights([w + 1 for w in copy.get_weights()])
    for now, then in zip(source.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_frozen_copy_drops_a_head():
    source = sequential()
    copy = transfer.frozen_copy(source, until="hidden")
    assert copy.output_shape == (None, 6) and source.trainable
    np.testing.assert_array_equal(copy.get_weights()[0], source.get_layer("hidden").get_weights()[0])
    with pytest.raises(ValueError, match="until must be one of 'hidden', 'top'"):
        transfer.frozen_copy(source, until="hiden")


def test_a_backbone_with_another_preprocessing_can_be_made(resnet):
    other = dataclasses.replace(resnet, preprocess=lambda images: np.asarray(images, "float32"))
    assert other.preprocess(pictures(1)).max() > 200 and resnet.preprocess(pictures(1)).max() <= 1
