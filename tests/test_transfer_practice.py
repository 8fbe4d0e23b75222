"""The practice network: borrowed filters that do not quite fit, and room for fine-tuning."""

import keras
import numpy as np
import pytest
from keras import layers

from course_utils import transfer


@pytest.fixture(scope="module")
def practice():
    return transfer.practice()


def right(practice):
    answers = np.asarray(practice.network(practice.new_pictures)).argmax(axis=1)
    return float(np.mean(answers == practice.new_labels))


def test_the_head_alone_is_better_than_guessing_and_far_from_perfect(practice):
    assert 0.6 < right(practice) < 0.85


def test_the_base_is_frozen_and_the_head_is_not(practice):
    assert practice.base.trainable_weights == []
    assert [weight.shape for weight in practice.network.trainable_weights] == [(8, 2), (2,)]


def test_pictures_are_pixels_of_both_classes(practice):
    assert practice.pictures.shape == (400, 12, 12, 3) and practice.new_pictures.shape == (1_000, 12, 12, 3)
    assert practice.pictures.min() >= 0 and practice.pictures.max() <= 255
    assert 0.4 < practice.labels.mean() < 0.6


def test_every_call_builds_a_network_of_its_own(practice):
    other = transfer.practice()
    assert other.network is not practice.network and np.array_equal(other.pictures, practice.pictures)


@pytest.mark.parametrize("rate", [0.0003, 0.001])
@pytest.mark.usefixtures("eagerly")
def test_fine_tuning_gains(rate):
    practice = transfer.practice()
    before = right(practice)
    for layer in practice.base.layers:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    keras.utils.set_random_seed(0)
    practice.network.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    practice.network.fit(practice.pictures, practice.labels, batch_size=16, epochs=6, verbose=0)
    assert right(practice) > before + 0.1
