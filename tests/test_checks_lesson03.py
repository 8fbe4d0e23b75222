"""Lesson 03's exercise checks: right answers pass, usual mistakes get their hint, untouched stubs are no failure."""

import keras
import numpy as np
import pytest
from check_tools import exercise_tests
from keras import layers

from course_utils.checks import lesson03, lesson03_further


def split(count, held, seed):
    order = np.random.default_rng(seed).permutation(count)
    return order[held:], order[:held]


def overlapping(count, held, seed):
    order = np.random.default_rng(seed).permutation(count)
    return order[: count - held], order[:held]


def unseeded(count, held, seed):
    order = np.random.default_rng().permutation(count)
    return order[held:], order[:held]


def masks(count, held, seed):
    chosen = np.isin(np.arange(count), split(count, held, seed)[1])
    return ~chosen, chosen


def block_somewhere(count, held, seed):
    start = np.random.default_rng(seed).integers(0, count - held)
    everything = np.arange(count)
    return np.delete(everything, slice(start, start + held)), everything[start : start + held]


def every_tenth(count, held, seed):
    everything = np.arange(count)
    chosen = everything % (count // held) == seed
    return everything[~chosen], everything[chosen]


def drawn_with_repeats(count, held, seed):
    chosen = np.random.default_rng(seed).integers(0, count, count)
    return chosen[held:], chosen[:held]


def accuracy(predicted, labels_twice):
    return np.mean(predicted == labels_twice[..., 1].argmax(axis=1))


def flattened(predicted, labels_twice):
    return np.mean(predicted == labels_twice.reshape(len(predicted), -1).argmax(axis=1))


def yes_and_no_mixed_up(predicted, labels_twice):
    return np.mean(predicted == labels_twice[..., 0].argmax(axis=1))


def blocks(images, size, order, *, source=lambda order: order, turn=False, first=False):
    side = images.shape[1] // size
    cut = images.reshape(-1, side, size, side, size, 1)
    cut = cut.transpose(0, 3, 1, 2, 4, 5) if turn else cut.transpose(0, 1, 3, 2, 4, 5)
    mixed = cut.reshape(-1, side**2, size, size, 1)[:, source(order)].reshape(cut.shape)
    mixed = mixed.transpose(0, 2, 3, 1, 4, 5) if turn else mixed.transpose(0, 1, 3, 2, 4, 5)
    mixed = mixed.reshape(images.shape)
    return np.concatenate([mixed[:1], images[1:]]) if first else mixed


def written_over(images, size, order):
    side = images.shape[1] // size
    squares = [np.s_[:, r * size : (r + 1) * size, c * size : (c + 1) * size] for r in range(side) for c in range(side)]
    for place, source in enumerate(order):
        images[squares[place]] = images[squares[source]]
    return images


def not_put_together(images, size, order):
    side = 28 // size
    cut = images.reshape(-1, side, size, side, size).swapaxes(2, 3).reshape(-1, side**2, size, size)
    return cut[:, order].reshape(images.shape)


def read_after_writing(weights, order):
    for place, pixel in enumerate(order):
        weights[place] = weights[pixel]
    return weights


def written_over_weights(weights, order):
    weights[:] = weights[order]
    return weights


def network(*body, shape=(28, 28, 1), scale=True, last="softmax", units=10):
    keras.utils.set_random_seed(4)
    first = [layers.Rescaling(1 / 255)] if scale else []
    return keras.Sequential([keras.Input(shape), *first, *body, layers.Dense(units, activation=last)])


def convolutions(filters=(32, 64), pool=layers.MaxPooling2D, **settings):
    stages = ((layers.Conv2D(n, 3, padding="same", activation="relu", **settings), pool()) for n in filters)
    return [layer for stage in stages for layer in stage]


def linear():
    return [part for n in (32, 64) for part in (layers.Conv2D(n, 3, padding="same"), layers.MaxPooling2D())]


def activated(how):
    stages = ((layers.Conv2D(n, 3, padding="same"), how(), layers.MaxPooling2D()) for n in (32, 64))
    return [layer for stage in stages for layer in stage]


def unpadded():
    stages = ((layers.Conv2D(n, 3, activation="relu"), layers.MaxPooling2D()) for n in (32, 64))
    return [layer for stage in stages for layer in stage]


def averaged(shape):
    return network(*convolutions(), layers.GlobalAveragePooling2D(), shape=shape)


RIGHT = [
    (lesson03.mlp_parameters, (266_610,)),
    (lesson03.cnn_parameters, (11_642,)),
    (lesson03.equal_width, (277,)),
    (lesson03.moving_cnn, (averaged,)),
    (lesson03.moving_cnn, (lambda shape: network(*convolutions(), layers.GlobalMaxPooling2D()),)),
    (lesson03.moving_cnn, (lambda shape: network(*convolutions(), layers.MaxPooling2D(7), layers.Flatten()),)),
    (
        lesson03.moving_cnn,
        (lambda shape: network(*convolutions(), layers.GlobalAveragePooling2D(), layers.Dense(64, "relu")),),
    ),
    (
        lesson03.moving_cnn,
        (lambda shape: network(*activated(lambda: layers.Activation("relu")), layers.GlobalAveragePooling2D()),),
    ),
    (lesson03.moving_cnn, (lambda shape: network(*activated(layers.ReLU), layers.GlobalAveragePooling2D()),)),
    (lesson03.weights_for_shuffled, (lambda weights, order: weights[order],)),
    (lesson03.shuffled_blocks, (blocks,)),
    (lesson03.safe_split, (split,)),
    (lesson03_further.true_accuracy, (accuracy,)),
]
WRONG = [
    (lesson03.mlp_parameters, (266_200,), "bias"),
    (lesson03.mlp_parameters, (266_600,), "last layer"),
    (lesson03.mlp_parameters, (266_210,), "each of the three layers"),
    (lesson03.mlp_parameters, (266_300,), "each of the three layers"),
    (lesson03.mlp_parameters, (410,), "those are the biases"),
    (lesson03.mlp_parameters, (265_600,), "output layer is missing"),
    (lesson03.mlp_parameters, (39_810,), "how many numbers go in"),
    (lesson03.mlp_parameters, (267_384,), "belongs to a unit"),
    (lesson03.mlp_parameters, (235_200_000,), "layer by layer"),
    (lesson03.mlp_parameters, (235_500,), "received 235500"),
    (lesson03.mlp_parameters, (321_850,), "received 321850"),
    (lesson03.mlp_parameters, (669_706,), "received 669706"),
    (lesson03.mlp_parameters, (12,), "received 12"),
    (lesson03.cnn_parameters, (224 + 1_168 + 163_850,), "height and width"),
    (lesson03.cnn_parameters, (224 + 1_168 + 40_970,), "two poolings"),
    (lesson03.cnn_parameters, (216 + 1_152 + 10_240,), "those are the weights"),
    (lesson03.cnn_parameters, (80 + 1_168 + 10_250,), "three channels"),
    (lesson03.cnn_parameters, (224 + 160 + 10_250,), "how many maps"),
    (lesson03.cnn_parameters, (224 + 1_168 + 170,), "all maps"),
    (lesson03.cnn_parameters, (1_392,), "missing"),
    (lesson03.cnn_parameters, (224 + 1_168 + 5_770,), "keeps the size"),
    (lesson03.cnn_parameters, (240 + 1_280 + 10_250,), "received 11770"),
    (lesson03.cnn_parameters, (224 + 1_168 + 10_240,), "ten answers"),
    (lesson03.cnn_parameters, (216 + 1_152 + 10_250,), "the filters have biases too"),
    (lesson03.cnn_parameters, (224 + 1_168 + 650,), "how many maps each"),
    (lesson03.cnn_parameters, (80 + 160 + 10_250,), "these read one"),
    (lesson03.cnn_parameters, (7,), "received 7"),
    (lesson03.equal_width, (217,), "two hidden layers"),
    (lesson03.equal_width, (275,), "more still fit"),
    (lesson03.equal_width, (276,), "more still fit"),
    (lesson03.equal_width, (278,), "more than the CNN"),
    (lesson03.equal_width, (280,), "bias"),
    (lesson03.equal_width, (281,), "received 281"),
    (lesson03.equal_width, (277.01,), "whole number"),
    (lesson03.equal_width, (220_224 / 795,), "whole number"),
    (lesson03.equal_width, (220_225,), "width"),
    (lesson03.equal_width, (220_234,), "with w units"),
    (lesson03.equal_width, (512,), "received 512"),
    (lesson03.moving_cnn, (lambda shape: network(*convolutions(), layers.Flatten()),), "fixed places"),
    (
        lesson03.moving_cnn,
        (lambda shape: network(*convolutions(), layers.Flatten(), layers.Dense(64, "relu")),),
        "fixed places",
    ),
    (lesson03.moving_cnn, (lambda shape: network(layers.GlobalAveragePooling2D()),), "two convolutions"),
    (
        lesson03.moving_cnn,
        (lambda shape: network(*convolutions((32,)), layers.GlobalAveragePooling2D()),),
        "two convolutions",
    ),
    (
        lesson03.moving_cnn,
        (
            lambda shape: network(
                *convolutions(pool=lambda: layers.AveragePooling2D(2)), layers.GlobalAveragePooling2D()
            ),
        ),
        "max pooling",
    ),
    (
        lesson03.moving_cnn,
        (lambda shape: network(*convolutions(), layers.MaxPooling2D(3), layers.Flatten()),),
        "made for whole maps",
    ),
    (
        lesson03.moving_cnn,
        (lambda shape: network(*convolutions(), layers.GlobalAveragePooling2D(), last=None),),
        "probabilities",
    ),
    (
        lesson03.moving_cnn,
        (lambda shape: network(*convolutions(), layers.GlobalAveragePooling2D(), scale=False),),
        "0 to 1",
    ),
    (lesson03.moving_cnn, (lambda shape: network(*convolutions(), layers.GlobalAveragePooling2D(), units=3),), "4×10"),
    (lesson03.moving_cnn, (lambda shape: network(*convolutions()),), "7, 7, 10"),
    (
        lesson03.moving_cnn,
        (lambda shape: network(*convolutions(kernel_initializer="zeros"), layers.GlobalAveragePooling2D()),),
        "one and the same",
    ),
    (lesson03.moving_cnn, (lambda shape: averaged((32, 32, 3)),), "raised"),
    (lesson03.moving_cnn, (lambda shape: network(*linear(), layers.GlobalAveragePooling2D()),), "without ReLU"),
    (
        lesson03.moving_cnn,
        (lambda shape: network(*activated(lambda: layers.Activation("tanh")), layers.GlobalAveragePooling2D()),),
        "without ReLU",
    ),
    (lesson03.moving_cnn, (lambda shape: network(*unpadded(), layers.GlobalAveragePooling2D()),), "pad both"),
    (lesson03.moving_cnn, (lambda shape: "a network",), "keras.Sequential"),
    (lesson03.moving_cnn, (lambda shape: 1 / 0,), "ZeroDivisionError"),
    (lesson03.weights_for_shuffled, (lambda weights, order: weights,), "Nothing has changed"),
    (lesson03.weights_for_shuffled, (lambda weights, order: weights[np.argsort(order)],), "wrong places"),
    (lesson03.weights_for_shuffled, (lambda weights, order: weights[:, order],), "one a pixel"),
    (
        lesson03.weights_for_shuffled,
        (lambda weights, order: weights[order] if len(weights) != 12 else weights[:, order],),
        "the columns",
    ),
    (lesson03.weights_for_shuffled, (lambda weights, order: weights[order].T,), "shape is not"),
    (lesson03.weights_for_shuffled, (lambda weights, order: weights[order].ravel(),), "shape back"),
    (lesson03.weights_for_shuffled, (lambda weights, order: weights[::-1],), "other sums"),
    (lesson03.weights_for_shuffled, (lambda weights, order: order,), "asked for are the weights"),
    (lesson03.weights_for_shuffled, (lambda weights, order: np.sort(weights, axis=0),), "other sums"),
    (lesson03.weights_for_shuffled, (lambda weights, order: 2 * weights[order],), "other sums"),
    (lesson03.weights_for_shuffled, (lambda weights, order: weights[order[:-1]],), "other sums"),
    (lesson03.weights_for_shuffled, (written_over_weights,), "writes over"),
    (lesson03.weights_for_shuffled, (read_after_writing,), "written over before it was read"),
    (lesson03.shuffled_blocks, (not_put_together,), "not yet put together"),
    (lesson03.shuffled_blocks, (lambda images, size, order: images,), "Nothing has moved"),
    (lesson03.shuffled_blocks, (lambda *given: blocks(*given, source=np.argsort),), "should hold"),
    (lesson03.shuffled_blocks, (lambda *given: blocks(*given, turn=True),), "row by row"),
    (lesson03.shuffled_blocks, (lambda *given: blocks(*given, first=True),), "Only the first"),
    (lesson03.shuffled_blocks, (written_over,), "copy first"),
    (lesson03.shuffled_blocks, (lambda i, s, o: i.reshape(len(i), -1, s, s, 1)[:, o].reshape(i.shape),), "strips"),
    (lesson03.shuffled_blocks, (lambda *given: blocks(*given)[..., 0],), "channel"),
    (lesson03.shuffled_blocks, (lambda *given: blocks(*given).reshape(len(given[0]), -1),), "shape back"),
    (lesson03.shuffled_blocks, (lambda *given: blocks(*given) / 255,), "0 to 255"),
    (lesson03.shuffled_blocks, (lambda *given: blocks(*given)[:1],), "pixel by pixel"),
    (lesson03.shuffled_blocks, (lambda images, size, order: images[:, order],), "block order[0]"),
    (lesson03.shuffled_blocks, (lambda images, size, order: images.reshape(-1, 3, 3),), "blocks a row"),
    (lesson03.shuffled_blocks, (lambda images, size, order: blocks(images, size, order)[:, ::-1],), "block order[0]"),
    (lesson03.safe_split, (overlapping,), "in both parts"),
    (lesson03.safe_split, (unseeded,), "same seed"),
    (lesson03.safe_split, (lambda count, held, seed: (np.arange(held, count), np.arange(held)),), "sorted"),
    (lesson03.safe_split, (block_somewhere,), "sorted"),
    (lesson03.safe_split, (every_tenth,), "sorted"),
    (lesson03.safe_split, (lambda count, held, seed: split(count, held, 5),), "another seed"),
    (lesson03.safe_split, (lambda count, held, seed: split(count - 1, held, seed),), "899"),
    (lesson03.safe_split, (lambda count, held, seed: split(count, held, seed)[::-1],), "you gave 100 and 900"),
    (lesson03.safe_split, (lambda count, held, seed: split(1_001, held, seed),), "you gave 901"),
    (lesson03.safe_split, (drawn_with_repeats,), "in both parts"),
    (lesson03.safe_split, (lambda count, held, seed: split(count, held, seed)[0],), "two arrays"),
    (lesson03.safe_split, (lambda count, held, seed: 7,), "two arrays"),
    (lesson03.safe_split, (lambda count, held, seed: 1 / 0,), "ZeroDivisionError"),
    (lesson03.safe_split, (3,), "function itself"),
    (lesson03.safe_split, (lambda count, held, seed: split(1_000, 100, seed),), "safe_split(60, 25, 0)"),
    (lesson03.safe_split, (lambda count, held, seed: split(count, count // 10, seed),), "25 held out"),
    (lesson03.safe_split, (masks,), "masks"),
    (lesson03_further.true_accuracy, (flattened,), "Print labels_twice[0]"),
    (lesson03_further.true_accuracy, (yes_and_no_mixed_up,), "Print labels_twice[0]"),
    (lesson03_further.true_accuracy, (lambda *both: 100 * accuracy(*both),), "not a percentage"),
    (lesson03_further.true_accuracy, (lambda *both: 1 - accuracy(*both),), "none of them counts"),
    (
        lesson03_further.true_accuracy,
        (lambda predicted, twice: np.sum(predicted == twice[..., 1].argmax(1)),),
        "counts",
    ),
    (lesson03_further.true_accuracy, (lambda predicted, twice: predicted == twice[..., 1].argmax(1),), "one number"),
    (lesson03_further.true_accuracy, (lambda predicted, twice: np.mean(predicted == twice),), "three axes"),
    (lesson03_further.true_accuracy, (lambda predicted, twice: 1.0,), "Five of these six"),
    (
        lesson03_further.true_accuracy,
        (lambda predicted, twice: sum(predicted == twice[..., 1].argmax(1)) / 6,),
        "always six",
    ),
    (
        lesson03_further.true_accuracy,
        (lambda predicted, twice: np.mean(predicted == twice.argmax(axis=1)),),
        "three axes",
    ),
]
UNTOUCHED = [
    (lesson03.mlp_parameters, (...,)),
    (lesson03.cnn_parameters, (...,)),
    (lesson03.equal_width, (...,)),
    (lesson03.moving_cnn, (lambda shape: ...,)),
    (lesson03.weights_for_shuffled, (lambda weights, order: ...,)),
    (lesson03.shuffled_blocks, (lambda images, size, order: ...,)),
    (lesson03.safe_split, (lambda count, held, seed: ...,)),
    (lesson03.safe_split, (None,)),
    (lesson03.safe_split, (lambda count, held, seed: (..., ...),)),
    (lesson03_further.true_accuracy, (lambda predicted, labels_twice: None,)),
]


test_right_answer, test_wrong_answer, test_untouched_stub, test_forgotten_return = exercise_tests(
    RIGHT, WRONG, UNTOUCHED
)


@pytest.mark.parametrize("size", [14, 7, 4])
def test_two_ways_to_shuffle_blocks_agree(size):
    rng = np.random.default_rng(size)
    images, order = rng.integers(0, 9, (2, 28, 28, 1)), rng.permutation((28 // size) ** 2)
    assert np.array_equal(lesson03._blocks(images, size, order), blocks(images, size, order))


def test_weights_for_shuffled_give_the_same_sums():
    rng = np.random.default_rng(1)
    pictures, weights, order = rng.random((5, 784)), rng.random((784, 3)), rng.permutation(784)
    assert np.allclose(pictures[:, order] @ weights[order], pictures @ weights)


def test_expected_counts_are_those_of_the_networks():
    from course_utils import models

    assert models.mlp(widths=(300, 100)).count_params() == 266_610
    assert models.mlp(widths=(277,)).count_params() == 220_225 <= models.simple_cnn().count_params()
    assert models.mlp(widths=(278,)).count_params() > models.simple_cnn().count_params()
    counted = network(*convolutions((8, 16)), layers.Flatten(), shape=(32, 32, 3))
    assert counted.count_params() == 11_642


def test_the_trained_network_gets_the_readers_weights_or_ours():
    def mine(weights, order):
        return weights[order]

    weights, order = np.arange(6.0).reshape(3, 2), np.array([2, 0, 1])
    assert lesson03.yours_or_ours(mine) is mine
    for wrong in (lambda weights, order: ..., lambda weights, order: weights):
        assert np.array_equal(lesson03.yours_or_ours(wrong)(weights, order), weights[order])
