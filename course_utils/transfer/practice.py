"""`practice`: a small borrowed network to fine-tune in seconds, where fine-tuning is known to gain."""

from dataclasses import dataclass

import keras
import numpy as np
from keras import layers

SIDE, KERNELS, SCALE = 12, 8, 0.02  # pixels; filters of the base; size of its weights
CONTRAST, GRAIN, NOISE = 12, 20, 6  # stripes in red and green, grain in all colours alike, noise in each; grey levels
LEAK = 0.9  # how far the base's filters differ between colours


@dataclass(frozen=True)
class Practice:
    """A network in two parts, and pictures of its new question.

    Attributes:
        network: pixels from 0 to 255, (N, 12, 12, 3) → probabilities (N, 2); a frozen layer ``"base"``, a trained head.
        pictures, labels: to learn from, (400, 12, 12, 3) and (400,).
        new_pictures, new_labels: to judge by, 1,000 of them.
    """

    network: keras.Model
    pictures: np.ndarray
    labels: np.ndarray
    new_pictures: np.ndarray
    new_labels: np.ndarray

    @property
    def base(self) -> keras.Model:
        """Return the base, which takes numbers from −1 to 1."""
        return self.network.get_layer("base")


def practice(*, seed: int = 0) -> Practice:
    """Return a network whose borrowed filters see stripes of light and dark, for pictures of stripes in red and green.

    Nothing is trained here: the filters are written down, the head is fitted by least squares.

    Args:
        seed: of pictures and filters.

    Returns:
        A `Practice`; every call builds a network of its own.

    Example:
        >>> practice().network.get_layer("base").trainable
        False
    """
    rng = np.random.default_rng(seed)
    pictures, labels = striped(400, rng)
    new_pictures, new_labels = striped(1_000, rng)
    base = grey_base(rng, pictures)
    features = np.asarray(base(pictures / 127.5 - 1)).mean(axis=(1, 2))
    inputs = keras.Input((SIDE, SIDE, 3))
    maps = base(layers.Rescaling(1 / 127.5, offset=-1)(inputs))
    pooled = layers.GlobalAveragePooling2D()(maps)
    network = keras.Model(inputs, layers.Dense(2, activation="softmax", name="head")(pooled))
    network.get_layer("head").set_weights(least_squares(features, labels))
    base.trainable = False
    return Practice(network, pictures, labels, new_pictures, new_labels)


def striped(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return grainy pictures of red and green stripes, upright (0) or lying (1), at any place."""
    labels = rng.integers(0, 2, count)
    along = np.arange(SIDE) + rng.uniform(0, 4, (count, 1))
    waves = np.sin(along * np.pi / 2)
    stripes = np.where(labels[:, None, None] == 0, waves[:, None, :], waves[:, :, None])[..., None]
    grain = GRAIN * rng.normal(size=(count, SIDE, SIDE, 1)) + NOISE * rng.normal(size=(count, SIDE, SIDE, 3))
    pixels = 128 + CONTRAST * stripes * np.array([1, -1, 0]) + grain
    return np.clip(pixels, 0, 255).astype("float32"), labels.astype("int32")


def grey_base(rng: np.random.Generator, pictures: np.ndarray) -> keras.Model:
    """Return convolution, batch norm and ReLU, with filters for grey stripes and the statistics of the pictures."""
    inputs = keras.Input((SIDE, SIDE, 3))
    convolution = layers.Conv2D(KERNELS, 3, use_bias=False, name="conv")
    norm = layers.BatchNormalization(epsilon=1e-7, name="norm")
    base = keras.Model(inputs, layers.ReLU()(norm(convolution(inputs))), name="base")
    row, column = np.mgrid[-1:2, -1:2]
    waves = [np.sin(np.pi / 2 * (across + shift)) for across in (row, column) for shift in (0, 1, 2, 3)]
    weights = SCALE * (np.stack(waves, axis=-1)[:, :, None] + LEAK * rng.normal(size=(3, 3, 3, KERNELS)))
    convolution.set_weights([weights])
    maps = np.asarray(convolution(pictures / 127.5 - 1))
    norm.set_weights([np.ones(KERNELS), np.zeros(KERNELS), maps.mean((0, 1, 2)), maps.var((0, 1, 2))])
    return base


def least_squares(features: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
    """Return weights and biases of a softmax head of two units that separates the features in the least squares."""
    inputs = np.concatenate([features, np.ones((len(features), 1))], axis=1)
    weights = 4 * np.linalg.lstsq(inputs, labels - 0.5, rcond=None)[0]
    both = np.stack([-weights, weights], axis=1)
    return [both[:-1], both[-1]]
