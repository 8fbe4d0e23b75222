"""The training that the small Inceptions share: several heads, one weighted loss, a rate that rises and falls once."""

import time

import keras
import numpy as np

from course_utils import training
from course_utils.recipes.common import rounded, scaled

BATCH = 64
HEAD_WEIGHT = 0.3  # of each auxiliary loss, section 5 of arXiv:1409.4842
BINS = 10  # of the calibration error


def fit(
    model, data, *, seed: int, epochs: int, rate: float, reshuffled=True, smoothing=0.0, progress: bool = True
) -> dict:
    """Train a model with one or several heads, and return its plain numbers.

    Args:
        model: a `keras.Model` for images from -1 to 1, not compiled.
        data: a `datasets.ImageDataset` of colour images.
        seed: of the shuffling.
        epochs: passes over the training images.
        rate: greatest learning rate.
        reshuffled: False leaves the images in one order, so that each meets the same others in every epoch.
        smoothing: ε of the smoothed targets.
        progress: show a bar.

    Returns:
        ``parameters, macs, loss, accuracy`` (training, one an epoch), ``test_accuracy, confidence,
        calibration_error, seconds``.
    """
    whole, labels = stacked(model), data.y_train.astype("int32")
    schedule = training.one_cycle(rate, examples=len(labels), batch_size=BATCH, epochs=epochs)
    settings = {"optimizer": keras.optimizers.Adam(schedule), "metrics": [main_accuracy]}
    training.prepare(whole, loss=weighted_loss(smoothing), **settings)
    begun, settings = time.perf_counter(), {"epochs": epochs, "batch_size": BATCH}
    if reshuffled:
        pair = data.x_train, labels
        history = training.fit(whole, pair, seed=seed, transform=scaled, progress=progress, **settings).history
    else:
        order = np.random.default_rng(seed).permutation(len(labels))
        images = keras.ops.convert_to_numpy(scaled(data.x_train[order]))
        history = whole.fit(images, labels[order], shuffle=False, verbose=0, **settings).history
    return {
        "parameters": model.count_params(),
        "macs": multiply_adds(model),
        **rounded({"loss": history["loss"], "accuracy": history["main_accuracy"]}),
        **calibration(answers_of(whole, data.x_test), data.y_test),
        "seconds": round(time.perf_counter() - begun, 2),
    }


def stacked(model) -> keras.Model:
    """Return the model with all heads in one output (N, heads, classes), the main head first; weights are shared."""
    return keras.Model(model.inputs, keras.layers.Lambda(keras.ops.stack, arguments={"axis": 1})(model.outputs))


def weighted_loss(smoothing: float = 0.0):
    """Return a loss: the main head's cross-entropy and 0.3 of each other's, (N,), (N, heads, classes) → (N,)."""

    def loss(truth, answers):
        heads = [cross_entropy(truth, answers[:, head], smoothing) for head in range(answers.shape[1])]
        return heads[0] + HEAD_WEIGHT * sum(heads[1:])

    return loss


def cross_entropy(truth, answers, smoothing: float = 0.0):
    """Return the cross-entropy with (1 − ε)·onehot + ε/K: (N,), (N, classes) → (N,)."""
    hard = keras.losses.sparse_categorical_crossentropy(keras.ops.reshape(truth, (-1,)), answers)
    if not smoothing:
        return hard
    even = -keras.ops.mean(keras.ops.log(keras.ops.maximum(answers, 1e-7)), axis=-1)
    return (1 - smoothing) * hard + smoothing * even


def main_accuracy(truth, answers):
    """Return whether the main head is right, image by image."""
    return keras.metrics.sparse_categorical_accuracy(keras.ops.reshape(truth, (-1,)), answers[:, 0])


def answers_of(whole, images: np.ndarray) -> np.ndarray:
    """Return the probabilities (N, classes) that the main head of a stacked model gives uint8 images."""
    parts = [whole(scaled(images[start : start + 100]), training=False) for start in range(0, len(images), 100)]
    return np.concatenate([keras.ops.convert_to_numpy(part)[:, 0] for part in parts])


def calibration(probabilities: np.ndarray, labels: np.ndarray, bins: int = BINS) -> dict:
    """Return how often the likeliest class is right, how sure the network is of it, and how far the two lie apart.

    Args:
        probabilities: (N, classes).
        labels: (N,), class numbers.
        bins: equal intervals of confidence from 0 to 1.

    Returns:
        ``test_accuracy``; ``confidence``, the mean of the greatest probabilities; ``calibration_error``: in each
        bin the distance between mean confidence and accuracy, weighted by the bin's share of the images.

    Example:
        >>> calibration(np.array([[0.9, 0.1], [0.7, 0.3]]), np.array([0, 1]))["calibration_error"]
        0.4
    """
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    places = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [abs((sure[places == place] - right[places == place]).sum()) for place in range(bins)]
    found = {"test_accuracy": right.mean(), "confidence": sure.mean(), "calibration_error": sum(gaps) / len(labels)}
    return {name: round(float(value), 5) for name, value in found.items()}


def multiply_adds(model) -> int:
    """Return the multiply-adds of the convolutions and dense layers of a model, for one image."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            total += int(np.prod(layer.output.shape[1:3])) * int(np.prod(layer.kernel.shape))
        elif isinstance(layer, keras.layers.Dense):
            total += int(np.prod(layer.kernel.shape))
    return total
