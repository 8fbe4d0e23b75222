"""The small networks of lesson 03: counts with their arithmetic, shapes, raw pixels, and honest errors."""

import keras
import numpy as np
import pytest

from course_utils.models import simple_cnn
from course_utils.models.simple_cnn import SIMPLE_CNN_TABLE, folded

COUNTS = {
    # 3·3·1·32+32, 3·3·32·64+64, 7·7·64·64+64, 64·10+10
    "mnist": [320, 18_496, 200_768, 650],
    # 3·3·3·16+16, 3·3·16·32+32, 3·3·32·64+64, 4·4·64·500+500, 500·10+10
    "cifar": [448, 4_640, 18_496, 512_500, 5_010],
    # 3·3·12·32 and 4·32 of batch norm, 3·3·32·64 and 4·64, 3·3·64·128 and 4·128, 128·10+10
    "cifar_fast": [3_456, 128, 18_432, 256, 73_728, 512, 1_290],
}
SHAPES = {"mnist": (7, 7, 64), "cifar": (4, 4, 64), "cifar_fast": (2, 2, 128)}


@pytest.mark.parametrize("variant", COUNTS)
def test_parameters_layer_by_layer(variant):
    model = simple_cnn(variant=variant)
    assert [layer.count_params() for layer in model.layers if layer.count_params()] == COUNTS[variant]
    assert model.count_params() == sum(COUNTS[variant]) == SIMPLE_CNN_TABLE[variant].parameters


@pytest.mark.parametrize("variant", SHAPES)
def test_last_maps_and_output(variant):
    model = simple_cnn(variant=variant, classes=7)
    last = f"pool{len(SIMPLE_CNN_TABLE[variant].filters)}"
    assert model.get_layer(last).output.shape[1:] == SHAPES[variant]
    answer = model(np.zeros((2, *model.input_shape[1:]), "float32"))
    assert answer.shape == (2, 7)
    assert np.allclose(np.sum(answer, axis=1), 1, atol=1e-5)


def test_folding_moves_pixels_and_loses_none():
    image = np.arange(4 * 6 * 2, dtype="float32").reshape(1, 4, 6, 2)
    inputs = keras.Input((4, 6, 2))
    result = np.asarray(keras.Model(inputs, folded(inputs, 2))(image))
    assert result.shape == (1, 2, 3, 8)
    expected = [image[0, 2 + i, 4 + j, c] for i in range(2) for j in range(2) for c in range(2)]
    assert result[0, 1, 2].tolist() == expected
    assert sorted(result.ravel()) == sorted(image.ravel())


def test_scaling_layer_takes_raw_bytes():
    raw, scaled = simple_cnn(variant="cifar", scaling=(1 / 255, 0.0)), simple_cnn(variant="cifar")
    scaled.set_weights(raw.get_weights())
    images = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3)).astype("uint8")
    assert np.allclose(raw(images), scaled(images.astype("float32") / 255), atol=1e-5)


@pytest.mark.parametrize("variant", COUNTS)
def test_one_step_changes_every_trainable_weight(variant):
    keras.utils.set_random_seed(1)
    model = simple_cnn(variant=variant, width=0.25)
    model.compile(keras.optimizers.SGD(0.5), loss="sparse_categorical_crossentropy", jit_compile=False)
    before = [np.array(weight) for weight in model.trainable_weights]
    rng = np.random.default_rng(1)
    images = rng.random((16, *model.input_shape[1:])).astype("float32")
    model.train_on_batch(images, rng.integers(0, 10, 16))
    unchanged = [w.path for w, b in zip(model.trainable_weights, before, strict=True) if np.array_equal(w, b)]
    assert unchanged == []


def test_width_multiplies_filters_and_units():
    model = simple_cnn(variant="cifar_fast", width=2.0)
    assert [model.get_layer(f"conv{n}").filters for n in (1, 2, 3)] == [64, 128, 256]
    assert model.count_params() == 379_914


def test_saved_and_loaded_network_answers_the_same(tmp_path):
    model = simple_cnn(variant="cifar_fast", width=0.25, scaling=(1 / 64, -2.0))
    model.save(tmp_path / "fast.keras")
    images = np.random.default_rng(2).integers(0, 256, (3, 32, 32, 3)).astype("uint8")
    assert np.allclose(model(images), keras.models.load_model(tmp_path / "fast.keras")(images), atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"variant": "cifr"}, r"variant must be one of 'mnist', 'cifar', 'cifar_fast'; received 'cifr'. Did you mean"),
        ({"classes": 1}, r"classes must be a whole number of at least 2; received 1"),
        ({"width": 0}, r"width must be a number from 0.01 to 100; received 0"),
        ({"input_shape": (28, 28)}, r"input_shape must be \(height, width, channels\)"),
        ({"input_shape": (3, 28, 1)}, r"sides of at least 4; received \(3, 28, 1\)"),
        ({"variant": "cifar_fast", "input_shape": (33, 32, 3)}, r"sides divisible by 2; received \(33, 32, 3\)"),
        ({"scaling": ("a", 0)}, r"scaling must be a number"),
    ],
)
def test_bad_argument_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        simple_cnn(**arguments)
