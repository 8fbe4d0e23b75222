"""What inspection returns, against the same layers called by hand."""

import keras
import numpy as np
import pytest

from course_utils import models
from course_utils.inspection import activations, first_filters, grad_cam, occlusion

# Reading a variable in Keras 3.15 under NumPy 2 raises this; it is not ours.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning", "error::UserWarning")


@pytest.fixture(autouse=True)
def seeded():
    """Draw the same weights each time: of an unlucky network every map of Grad-CAM is zero."""
    keras.utils.set_random_seed(0)


IMAGES = np.random.default_rng(0).uniform(size=(5, 28, 28, 1)).astype("float32")


def test_activations_are_what_the_layers_answer():
    model = models.lenet5()
    maps = activations(model, IMAGES)
    assert list(maps) == ["C1", "S2", "C3", "S4", "flatten", "C5", "F6", "output"]
    by_hand = IMAGES
    for name, answer in maps.items():
        by_hand = keras.ops.convert_to_numpy(model.get_layer(name)(by_hand))
        np.testing.assert_allclose(answer, by_hand, atol=1e-5)


def test_activations_come_in_the_order_asked_for_and_in_batches():
    model = models.lenet5_1998()
    images = np.zeros((5, 32, 32, 1))
    images[3] = 1
    maps = activations(model, images, ["F6", "C1"], batch_size=2)
    assert list(maps) == ["F6", "C1"]
    assert maps["F6"].shape == (5, 84)
    np.testing.assert_allclose(maps["C1"], keras.ops.convert_to_numpy(model.get_layer("C1")(images)), atol=1e-6)
    assert maps["C1"][3].std() != maps["C1"][2].std()
    assert list(activations(model, images, "C3")) == ["C3"]


def test_dropout_rests_while_one_looks():
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Dropout(0.5, name="drop")])
    np.testing.assert_array_equal(activations(model, IMAGES)["drop"], IMAGES)


def test_first_filters_are_the_kernels_of_the_first_convolution():
    model = models.lenet5()
    filters = first_filters(model)
    kernel = np.asarray(model.get_layer("C1").kernel)
    assert filters.shape == (6, 5, 5, 1)
    np.testing.assert_array_equal(filters[4], kernel[..., 4])
    inputs = keras.Input((28, 28, 1))
    outer = keras.Model(inputs, keras.layers.Dense(2)(model(keras.layers.Rescaling(1 / 255)(inputs))))
    np.testing.assert_array_equal(first_filters(outer), filters)


def test_occlusion_finds_the_only_pixel_that_counts():
    inputs = keras.Input((9, 8, 1))
    model = keras.Model(inputs, keras.layers.Dense(2, use_bias=False, name="head")(keras.layers.Flatten()(inputs)))
    weights = np.zeros((72, 2), "float32")
    weights[4 * 8 + 3, 1] = 7  # row 4, column 3
    model.get_layer("head").set_weights([weights])
    image = np.ones((9, 8, 1))
    np.testing.assert_allclose(occlusion(model, image, 1, size=1)[4, 3], 7)
    assert np.count_nonzero(occlusion(model, image, 1, size=1)) == 1
    assert not occlusion(model, image, 0, size=3).any()
    # Squares of three cover the pixel at nine places; its neighbours share in the fall, the others do not.
    wide = occlusion(model, image, 1, size=3)
    assert np.unravel_index(wide.argmax(), wide.shape) == (4, 3)
    assert np.argwhere(wide)[[0, -1]].tolist() == [[2, 1], [6, 5]]
    assert (image == 1).all()
    np.testing.assert_allclose(occlusion(model, image, 1, size=1, fill=3.0)[4, 3], -14)


def test_grad_cam_weighs_maps_by_their_mean_gradient():
    inputs = keras.Input((4, 6, 2))
    maps = keras.layers.Conv2D(2, 1, use_bias=False, name="maps")(inputs)
    mean = keras.layers.GlobalAveragePooling2D()(maps)
    model = keras.Model(inputs, keras.layers.Dense(3, activation="softmax", name="head")(mean))
    model.get_layer("maps").set_weights([np.eye(2, dtype="float32")[None, None]])  # the maps are the channels
    kernel = np.array([[2, 0, -1], [-1, 0, 3]], "float32")
    model.get_layer("head").set_weights([kernel, np.array([5, 0, 0], "float32")])
    image = np.random.default_rng(0).normal(size=(4, 6, 2)).astype("float32")
    before = model.get_weights()
    for target in range(3):
        by_hand = np.maximum(image @ kernel[:, target] / 24, 0)  # each of 24 places counts for a 24th of the mean
        np.testing.assert_allclose(grad_cam(model, image, target, layer="maps"), by_hand, atol=1e-6)
    assert all((ours == theirs).all() for ours, theirs in zip(before, model.get_weights(), strict=True))
    assert all(layer.trainable for layer in model.layers)


def test_grad_cam_enlarges_and_leaves_batch_norm_and_dropout_alone():
    settings = {"width": 0.1, "classes": 3, "batch_norm": True, "kernel_initializer": "he_normal"}
    model = models.vgg("A", input_shape=(32, 32, 3), **settings)
    image, before = np.random.default_rng(1).random((32, 32, 3)), model.get_weights()
    heats = [grad_cam(model, image, target, layer="block2_conv1_relu") for target in range(3)]
    heat = heats[1]
    assert heat.shape == (32, 32) and min(one.min() for one in heats) >= 0
    assert max(one.max() for one in heats) > 0, "the map of one class may be zero everywhere, not that of all three"
    np.testing.assert_array_equal(heat, grad_cam(model, image, 1, layer="block2_conv1_relu"))
    assert all((ours == theirs).all() for ours, theirs in zip(before, model.get_weights(), strict=True))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda model: activations(model, IMAGES, ["flaten"]), ["layers", "'flaten'", "Did you mean 'flatten'"]),
        (lambda model: activations(model, IMAGES, ["input"]), ["layers", "'input'"]),
        (lambda model: activations(model, IMAGES[..., 0]), ["images", "(N, 28, 28, 1)", "(5, 28, 28)"]),
        (lambda model: activations(model, IMAGES[:, :27]), ["images", "(5, 27, 28, 1)"]),
        (lambda model: activations(model, IMAGES[:0]), ["images", "(0, 28, 28, 1)"]),
        (lambda model: occlusion(model, IMAGES[0], 10), ["target", "10", "at most 9"]),
        (lambda model: occlusion(model, IMAGES[0], 1, size=29), ["size", "29", "(28, 28)"]),
        (lambda model: occlusion(model, IMAGES[0], 1, stride=0), ["stride", "0"]),
        (lambda model: grad_cam(model, IMAGES[0], 10, layer="C3"), ["target", "10", "at most 9"]),
        (lambda model: grad_cam(model, IMAGES[0], 1, layer="F6"), ["layer", "'F6'", "'C3'"]),
    ],
)
def test_bad_arguments_are_named(call, words):
    with pytest.raises(ValueError) as error:
        call(models.lenet5())
    for word in words:
        assert word in str(error.value)


def test_a_network_without_convolution_has_no_filters():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)], name="flat")
    with pytest.raises(ValueError, match=r"Conv2D.*flat"):
        first_filters(model)


def test_grad_cam_wants_a_dense_end():
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 3, name="maps")], name="bare")
    with pytest.raises(ValueError, match=r"Dense.*'bare'.*Conv2D"):
        grad_cam(model, np.zeros((8, 8, 1)), 0, layer="maps")
