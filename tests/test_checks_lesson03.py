"""Lesson 03's exercise checks: right answers pass, usual mistakes get their hint, untouched stubs are no failure."""

import numpy as np
from check_tools import exercise_tests

from course_utils.checks import lesson03


def split(count, held, seed):
    order = np.random.default_rng(seed).permutation(count)
    return order[held:], order[:held]


def undo(images, order):
    return images.reshape(len(images), -1)[:, np.argsort(order)].reshape(images.shape)


def accuracy(predicted, labels_twice):
    return np.mean(predicted == labels_twice[..., 1].argmax(axis=1))


def overlapping(count, held, seed):
    order = np.random.default_rng(seed).permutation(count)
    return order[: count - held], order[:held]


def unseeded(count, held, seed):
    order = np.random.default_rng().permutation(count)
    return order[held:], order[:held]


def again(images, order):
    return images.reshape(len(images), -1)[:, order].reshape(images.shape)


def flattened(predicted, labels_twice):
    return np.mean(predicted == labels_twice.reshape(len(predicted), -1).argmax(axis=1))


RIGHT = [
    (lesson03.mlp_parameters, (266_610,)),
    (lesson03.cnn_parameters, (11_642,)),
    (lesson03.safe_split, (split,)),
    (lesson03.unshuffled, (undo,)),
    (lesson03.mended_accuracy, (accuracy,)),
    (lesson03.equal_width, (277,)),
    (lesson03.blocks, (0.62, 0.55, 0.4)),
    (lesson03.blocks, (0.93, 0.935, 0.15)),
]
WRONG = [
    (lesson03.mlp_parameters, (266_200,), "bias"),
    (lesson03.mlp_parameters, (12,), "received 12"),
    (lesson03.cnn_parameters, (224 + 1_168 + 163_850,), "halves"),
    (lesson03.cnn_parameters, (224 + 160 + 10_250,), "all 8 maps"),
    (lesson03.safe_split, (overlapping,), "in both parts"),
    (lesson03.safe_split, (unseeded,), "same seed"),
    (lesson03.safe_split, (lambda count, held, seed: (np.arange(held, count), np.arange(held)),), "sorted"),
    (lesson03.safe_split, (lambda count, held, seed: split(count, held, 5),), "another seed"),
    (lesson03.safe_split, (lambda count, held, seed: split(count - 1, held, seed),), "899"),
    (lesson03.safe_split, (lambda count, held, seed: 7,), "two arrays"),
    (lesson03.safe_split, (lambda count, held, seed: 1 / 0,), "ZeroDivisionError"),
    (lesson03.safe_split, (3,), "function itself"),
    (lesson03.unshuffled, (again,), "shuffles once more"),
    (lesson03.unshuffled, (lambda images, order: images[:, order],), "laid out flat"),
    (lesson03.unshuffled, (lambda images, order: images,), "Nothing has moved"),
    (lesson03.blocks, (0.6, 0.6, 0.5), "equal to the last digit"),
    (lesson03.blocks, (0.6, 0.5, 0.5), "equal to the last digit"),
    (lesson03.unshuffled, (lambda images, order: images.reshape(2, -1)[:, np.argsort(order)],), "shape back"),
    (lesson03.mended_accuracy, (flattened,), "no' and 'yes"),
    (lesson03.mended_accuracy, (lambda *both: 100 * accuracy(*both),), "not a percentage"),
    (lesson03.equal_width, (217,), "two hidden layers"),
    (lesson03.equal_width, (275,), "more still fit"),
    (lesson03.equal_width, (277.01,), "round down"),
    (lesson03.equal_width, (220_225,), "width"),
    (lesson03.blocks, (0.3, 0.2, 0.1), "train longer"),
    (lesson03.blocks, (0.62, 0.61, 0.6), "both shuffled"),
    (lesson03.blocks, (0.62, 0.3, 0.4), "between"),
    (lesson03.blocks, (0.62, 0.7, 0.4), "between"),
    (lesson03.blocks, (98, 97, 95), "from 0 to 1"),
    (lesson03.blocks, (0.98, None, 0.95), "all three"),
    (lesson03.blocks, (0.98, "much", 0.95), "three numbers"),
]
UNTOUCHED = [
    (lesson03.mlp_parameters, (None,)),
    (lesson03.cnn_parameters, (None,)),
    (lesson03.safe_split, (lambda count, held, seed: ...,)),
    (lesson03.safe_split, (None,)),
    (lesson03.unshuffled, (lambda images, order: ...,)),
    (lesson03.mended_accuracy, (lambda predicted, labels_twice: None,)),
    (lesson03.equal_width, (None,)),
    (lesson03.blocks, (None, None, None)),
]


test_right_answer, test_wrong_answer, test_untouched_stub = exercise_tests(RIGHT, WRONG, UNTOUCHED)


def test_expected_counts_are_those_of_the_networks():
    import keras

    from course_utils import models

    assert models.mlp(widths=(300, 100)).count_params() == 266_610
    assert models.mlp(widths=(277,)).count_params() == 220_225 <= models.simple_cnn().count_params()
    assert models.mlp(widths=(278,)).count_params() > models.simple_cnn().count_params()
    layers = keras.layers
    network = keras.Sequential([keras.Input((32, 32, 3))])
    for filters in (8, 16):
        network.add(layers.Conv2D(filters, 3, padding="same"))
        network.add(layers.MaxPooling2D())
    network.add(layers.Flatten())
    network.add(layers.Dense(10))
    assert network.count_params() == 11_642
