"""The multilayer perceptron: counts, names, and an initializer of its own for every layer."""

import keras
import numpy as np
import pytest

from course_utils import models
from course_utils.models.mlp import own_initializer


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


@pytest.mark.parametrize(
    ("arguments", "parameters"),
    [
        ({}, 669_706),  # 784·512+512 + 512·512+512 + 512·10+10 = 401,920 + 262,656 + 5,130, lesson 03
        ({"widths": (256, 128)}, 235_146),  # 200,960 + 32,896 + 1,290, lesson 04
        ({"widths": ()}, 7_850),  # softmax regression: 784·10+10
        ({"widths": (300, 100)}, 266_610),  # lesson 05's digit base without its LeakyReLU
        ({"widths": [4], "classes": 3, "input_shape": (5,)}, 39),  # 5·4+4 + 4·3+3
    ],
)
def test_parameters(arguments, parameters):
    model = models.mlp(**arguments)
    assert model.count_params() == parameters
    assert model.output_shape == (None, arguments.get("classes", 10))


def test_layers_are_named_and_give_probabilities():
    keras.utils.set_random_seed(0)
    model = models.mlp(widths=(6, 5), classes=4, input_shape=(3, 3, 2), activation="tanh")
    assert [layer.name for layer in model.layers] == ["input", "flatten", "hidden1", "hidden2", "output"]
    images = np.random.default_rng(0).normal(size=(7, 3, 3, 2)).astype("float32")
    np.testing.assert_allclose(keras.ops.convert_to_numpy(model(images)).sum(axis=1), 1, atol=1e-5)
    hidden = keras.Model(model.input, model.get_layer("hidden1").output)(images)
    by_hand = np.tanh(images.reshape(7, -1) @ model.get_layer("hidden1").get_weights()[0])
    np.testing.assert_allclose(keras.ops.convert_to_numpy(hidden), by_hand, atol=1e-5)
    model = models.mlp(widths=(), input_shape=(2,), softmax=False, initializer="ones")
    answer = keras.ops.convert_to_numpy(model(np.array([[2.0, 3.0]])))
    np.testing.assert_allclose(answer, np.full((1, 10), 5.0))


@pytest.mark.parametrize(
    "initializer",
    ["he_normal", "orthogonal", keras.initializers.HeNormal(), keras.initializers.RandomNormal(stddev=0.01, seed=7)],
    ids=["name", "orthogonal", "object", "object with a seed"],
)
def test_layers_of_equal_shape_start_differently(initializer):
    keras.utils.set_random_seed(0)
    model = models.mlp(widths=(8, 8, 8), input_shape=(8,), initializer=initializer)
    kernels = [model.get_layer(f"hidden{number}").get_weights()[0] for number in (1, 2, 3)]
    for first, second in ((0, 1), (0, 2), (1, 2)):
        assert np.abs(kernels[first] - kernels[second]).max() > 1e-3


def test_the_trap_that_it_avoids_is_still_there():
    shared = keras.initializers.HeNormal()
    layers = [keras.layers.Dense(8, kernel_initializer=shared) for _ in range(2)]
    for layer in layers:
        layer.build((None, 8))
    np.testing.assert_array_equal(*[layer.get_weights()[0] for layer in layers])


def test_same_seed_same_weights():
    def weights(**arguments):
        return models.mlp(widths=(4, 4), input_shape=(4,), **arguments).get_weights()

    keras.utils.set_random_seed(3)
    first = weights()
    keras.utils.set_random_seed(3)
    assert all(np.array_equal(a, b) for a, b in zip(first, weights(), strict=True))
    seeded = keras.initializers.HeNormal(seed=5)
    assert all(
        np.array_equal(a, b) for a, b in zip(weights(initializer=seeded), weights(initializer=seeded), strict=True)
    )


def test_constants_and_functions_are_taken_as_they_are():
    model = models.mlp(widths=(3,), input_shape=(2,), initializer="zeros")
    assert all(not weights.any() for weights in model.get_weights())

    def ones(shape, dtype=None):
        return keras.ops.ones(shape, dtype)

    assert own_initializer(ones, 1) is ones
    assert models.mlp(widths=(3,), input_shape=(2,), initializer=ones).get_weights()[0].sum() == 6
    assert isinstance(own_initializer(keras.initializers.Constant(0.5), 2), keras.initializers.Constant)


def test_unknown_activation_and_initializer_are_named():
    with pytest.raises(ValueError, match=r"activation must be the name of .*; received 'relux'"):
        models.mlp(activation="relux")
    for value in (None, "he", 3):
        with pytest.raises(ValueError, match=f"initializer must be .* received {value!r}"):
            models.mlp(initializer=value)
    with pytest.raises(ValueError, match="input_shape must be a tuple such as"):
        models.mlp(input_shape=())


def test_activation_is_that_of_the_hidden_layers():
    model = models.mlp(widths=(3, 3), input_shape=(2,), activation="tanh")
    assert [model.get_layer(name).activation.__name__ for name in ("hidden1", "hidden2", "output")] == [
        "tanh", "tanh", "softmax"
    ]  # fmt: skip
