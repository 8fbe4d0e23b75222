"""Lesson 05's two exercises that build: a new head, and fine-tuning that gains."""

import keras
import numpy as np
import pytest
from keras import layers

from course_utils import transfer
from course_utils.checks import lesson05

pytestmark = pytest.mark.usefixtures("eagerly")


def headed(base, classes, *, scale=(1 / 127.5, -1), frozen=True, average=True, activation="softmax", bias=True):
    base.trainable = not frozen
    pixels = keras.Input(base.input_shape[1:])
    maps = base(layers.Rescaling(scale[0], offset=scale[1])(pixels) if scale else pixels)
    numbers = layers.GlobalAveragePooling2D()(maps) if average else layers.Flatten()(maps)
    return keras.Model(pixels, layers.Dense(classes, activation=activation, use_bias=bias)(numbers))


def with_a_hidden_layer(base, classes):
    base.trainable = False
    network = headed(base, 20)
    return keras.Sequential([network, layers.Dense(classes, activation="softmax")])


def forgot_to_freeze(base, classes):
    pixels = keras.Input(base.input_shape[1:])
    features = layers.GlobalAveragePooling2D()(base(layers.Rescaling(1 / 127.5, offset=-1)(pixels)))
    return keras.Model(pixels, layers.Dense(classes, activation="softmax")(features))


def with_greatest(base, classes):
    base.trainable = False
    pixels = keras.Input(base.input_shape[1:])
    features = layers.GlobalMaxPooling2D()(base(layers.Rescaling(1 / 127.5, offset=-1)(pixels)))
    return keras.Model(pixels, layers.Dense(classes, activation="softmax")(features))


def with_dropout(base, classes):
    base.trainable = False
    pixels = keras.Input(base.input_shape[1:])
    features = layers.GlobalAveragePooling2D()(base(layers.Rescaling(1 / 127.5, offset=-1)(pixels)))
    dropped = layers.Dropout(0.9)(features, training=True)
    return keras.Model(pixels, layers.Dense(classes, activation="softmax")(dropped))


def all_frozen(base, classes):
    network = headed(base, classes)
    network.trainable = False
    return network


def on_maps(base, classes):
    base.trainable = False
    maps = keras.Input(base.output_shape[1:])
    features = layers.GlobalAveragePooling2D()(maps)
    return keras.Model(maps, layers.Dense(classes, activation="softmax")(features))


def trained_at_once(base, classes):
    network = headed(base, classes, frozen=False)
    network.compile("adam", "sparse_categorical_crossentropy")
    network.fit(np.zeros((4, *base.input_shape[1:])), np.zeros(4), verbose=0)
    base.trainable = False
    return network


def test_right_head_passes():
    assert lesson05.new_head(headed, transfer.practice().base).passed is True


@pytest.mark.parametrize(
    ("function", "hint"),
    [
        (lambda base, classes: headed(base, classes, scale=None), "numbers it was trained on"),
        (lambda base, classes: headed(base, classes, scale=(1 / 255, 0)), "numbers it was trained on"),
        (lambda base, classes: headed(base, classes, frozen=False), "would be trained"),
        (forgot_to_freeze, "would be trained"),
        (with_greatest, "the greatest number"),
        (with_dropout, "different answers"),
        (lambda base, classes: headed(base, classes, average=False), "Average each map"),
        (lambda base, classes: headed(base, classes, activation="sigmoid"), "probabilities"),
        (lambda base, classes: headed(base, classes, activation=None), "probabilities"),
        (lambda base, classes: headed(base, classes, bias=False), "no bias"),
        (lambda base, classes: headed(base, 2), "5×3"),
        (with_a_hidden_layer, "one dense layer"),
        (all_frozen, "new head must learn"),
        (trained_at_once, "have changed"),
        (on_maps, "begins with maps"),
        (lambda base, classes: "a network", "Keras model"),
        (lambda base, classes: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_wrong_head_gets_its_hint(function, hint):
    verdict = lesson05.new_head(function, transfer.practice().base)
    assert verdict.passed is False and hint in verdict.message, verdict


@pytest.mark.parametrize("seed", [12, 17, 21])  # with these a sure softmax hides whether maps are averaged
def test_forgotten_scaling_is_told_whatever_the_head_s_random_weights(seed):
    keras.utils.set_random_seed(seed)
    verdict = lesson05.new_head(lambda base, classes: headed(base, classes, scale=None), transfer.practice().base)
    assert "numbers it was trained on" in verdict.message, verdict


def test_a_head_without_return_is_told():
    verdict = lesson05.new_head(lambda base, classes: headed(base, classes) and None, transfer.practice().base)
    assert verdict.passed is False and "returned None" in verdict.message, verdict


def nearly_tuned(network, pictures, labels):
    """Training is written, the stub's last line still stands."""
    tuned(network, pictures, labels, epochs=1)
    return ...


def tuned(network, pictures, labels, *, move=True, norm=False, rate=0.001, epochs=4):
    for layer in network.get_layer("base").layers:
        layer.trainable = move and (norm or not isinstance(layer, layers.BatchNormalization))
    network.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    network.fit(pictures, labels, batch_size=16, epochs=epochs, verbose=0)
    return network


def freed_again(network, pictures, labels):
    """Batch norm is frozen first, and then the base as a whole set free."""
    for layer in network.get_layer("base").layers:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    network.get_layer("base").trainable = True
    return the_network_alone(network, pictures, labels)


def compiled_too_early(network, pictures, labels):
    network.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy")
    return network


def not_compiled_again(network, pictures, labels):
    network.get_layer("base").trainable = True
    network.fit(pictures, labels, batch_size=50, epochs=1, verbose=0)
    return network


def the_network_alone(network, pictures, labels):
    network.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy")
    network.fit(pictures, labels, batch_size=50, epochs=1, verbose=0)
    return network


def a_new_one(network, pictures, labels):
    return keras.models.clone_model(network)


def test_fine_tuning_that_gains_passes():
    verdict = lesson05.gain(tuned, transfer.practice())
    assert verdict.passed is True, verdict


@pytest.mark.parametrize(
    ("function", "hint"),
    [
        (lambda *given: tuned(*given, move=False, epochs=1), "still frozen"),
        (lambda *given: tuned(*given, norm=True, epochs=1), "batch norm has changed"),
        (freed_again, "does a later line free them again"),
        (lambda network, pictures, labels: tuned(network, pictures, 1 - labels, epochs=2), "lost something"),
        (lambda *given: tuned(*given, rate=1e-7, epochs=1), "hardly"),
        (lambda *given: tuned(*given, rate=0.1, epochs=1), "is not low"),
        (lambda *given: tuned(*given, rate=0.01), "is not low"),
        (lambda *given: tuned(*given, epochs=1) and None, "returned None"),
        (nearly_tuned, "returns nothing"),
        (the_network_alone, "still frozen"),
        (compiled_too_early, "no weight has changed"),
        (not_compiled_again, "needs a compiled network"),
        (a_new_one, "that you were given"),
        (lambda *given: (tuned(*given, epochs=1) and None) or "done", "return the network"),
        (lambda network, pictures, labels: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_fine_tuning_gone_wrong_gets_its_hint(function, hint):
    verdict = lesson05.gain(function, transfer.practice())
    assert verdict.passed is False and hint in verdict.message, verdict


def test_untouched_stubs_are_not_attempted():
    assert lesson05.new_head(lambda base, classes: ..., transfer.practice().base).passed is None
    assert lesson05.gain(lambda network, pictures, labels: ..., transfer.practice()).passed is None
