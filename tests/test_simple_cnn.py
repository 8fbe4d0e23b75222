"""The small networks of lesson 03: counts with their arithmetic, shapes, raw pixels, and honest errors."""

import keras
import numpy as np
import pytest
from models_tools import figure

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
    keras.utils.set_random_seed(0)
    model = simple_cnn(variant=variant, classes=7)
    last = f"pool{len(SIMPLE_CNN_TABLE[variant].filters)}"
    assert model.get_layer(last).output.shape[1:] == SHAPES[variant]
    answer = model(np.zeros((2, *model.input_shape[1:]), "float32"))
    assert answer.shape == (2, 7)
    assert np.allclose(keras.ops.convert_to_numpy(answer).sum(axis=1), 1, atol=1e-5)


def test_folding_moves_pixels_and_loses_none():
    image = np.arange(4 * 6 * 2, dtype="float32").reshape(1, 4, 6, 2)
    inputs = keras.Input((4, 6, 2))
    result = np.asarray(keras.Model(inputs, folded(inputs, 2))(image))
    assert result.shape == (1, 2, 3, 8)
    for row in range(2):
        for column in range(3):
            square = image[0, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            assert result[0, row, column].tolist() == square.ravel().tolist()
    assert sorted(result.ravel()) == sorted(image.ravel())


def test_scaling_layer_takes_raw_bytes():
    keras.utils.set_random_seed(0)
    raw, scaled = simple_cnn(variant="cifar", scaling=(1 / 255, 0.0)), simple_cnn(variant="cifar")
    scaled.set_weights(raw.get_weights())
    images = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3)).astype("uint8")
    answers = raw(images), scaled(images.astype("float32") / 255)
    assert np.allclose(*map(keras.ops.convert_to_numpy, answers), atol=1e-5)


# The layers one after another, dropout included
LAYERS = {
    "mnist": "3x3 32, max 2x2/2 V, 3x3 64, max 2x2/2 V, dense 64, dense 10",
    "cifar": "3x3 16, max 2x2/2 V, 3x3 32, max 2x2/2 V, 3x3 64, max 2x2/2 V, dropout 0.3, dense 500, dropout 0.4, "
    "dense 10",
    "cifar_fast": "3x3 32, max 2x2/2 V, 3x3 64, max 2x2/2 V, 3x3 128, max 2x2/2 V, global average, dense 10",
}


@pytest.mark.parametrize("variant", LAYERS)
def test_layers_one_after_another(variant):
    keras.utils.set_random_seed(0)
    model = simple_cnn(variant)
    assert figure(model.output) == [LAYERS[variant]]
    names = [layer.name for layer in model.layers]
    if variant == "cifar_fast":
        assert names[names.index("conv1") : names.index("conv2")] == ["conv1", "pool1", "norm1", "relu1"]
        assert (model.get_layer("norm3").momentum, model.get_layer("norm3").epsilon) == (0.9, 1e-5)
    else:
        relu = keras.activations.relu
        assert all(model.get_layer(name).activation is relu for name in ("conv1", "conv2", "dense"))


def test_width_multiplies_filters_and_units():
    model = simple_cnn(variant="cifar_fast", width=2.0)
    assert [model.get_layer(f"conv{n}").filters for n in (1, 2, 3)] == [64, 128, 256]
    assert model.count_params() == 379_914


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"variant": "cifr"}, r"variant must be one of 'mnist', 'cifar', 'cifar_fast'; received 'cifr'. Did you mean"),
        ({"input_shape": (28, 28)}, r"input_shape must be \(height, width, channels\)"),
        ({"input_shape": (3, 28, 1)}, r"sides of at least 4 and .*; received \(3, 28, 1\)"),
        ({"variant": "cifar_fast", "input_shape": (33, 32, 3)}, r"sides divisible by 2; received \(33, 32, 3\)"),
        ({"scaling": 0}, r"scaling must be \(factor, offset\) or None; received 0\."),
    ],
)
def test_bad_argument_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        simple_cnn(**arguments)
