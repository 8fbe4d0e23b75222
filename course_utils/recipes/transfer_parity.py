"""Odd or even from a network that reads digits: from scratch, frozen, fine-tuned, or not trained at all.

A common demonstration trains 784-300-100-10 on MNIST (plain gradient descent, rate 0.001, batches of 32, 10 epochs,
55,000 digits), puts a two-way head in place of the last layer, and compares "from scratch" with "frozen". Here are two
more variants, the frozen features computed once and the whole network fine-tuned, and the answer that needs no training
at all: the sum of the base's probabilities for 0, 2, 4, 6 and 8. The test set is looked at once, by the last weights.
"""

import time
from typing import NamedTuple

import keras
import numpy as np

from course_utils import training
from course_utils.models.mlp import mlp
from course_utils.recipes import common
from course_utils.recipes.experiment import Experiment
from course_utils.validation import one_of

WIDTHS, RATE, BATCH, EPOCHS, VALIDATION = (300, 100), 0.001, 32, 10, 5_000
SEEDS = (0, 1, 2, 3, 4)


class Variant(NamedTuple):
    """One way to learn odd or even."""

    label: str
    borrowed: bool  # starts from the base's hidden layers
    trained: str  # "all" weights, or the "head" alone
    cached: bool  # the hidden layers run once over the data, before the training


VARIANTS = {
    "scratch": Variant("from scratch", False, "all", False),
    "frozen": Variant("frozen", True, "head", False),
    "cached": Variant("frozen, features computed once", True, "head", True),
    "fine_tuned": Variant("fine-tuned", True, "all", False),
}


def parity(labels) -> np.ndarray:
    """Return 1 for an even digit and 0 for an odd one, in a new array; the labels stay as they are."""
    return 1 - np.asarray(labels, "int32") % 2


def pixels(images):
    """Return a batch of uint8 images as the networks want them, numbers from 0 to 1."""
    return keras.ops.cast(images, "float32") / 255


def base(*, seed: int, classes: int = 10) -> keras.Model:
    """Return the network, 266,610 parameters for ten classes, with initial weights drawn from ``seed``."""
    keras.utils.set_random_seed(seed)
    return mlp(widths=WIDTHS, classes=classes, activation="leaky_relu", initializer="he_normal")


def copied(model: keras.Model) -> keras.Model:
    """Return the same network with layers and weights of its own."""
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy


def new_head(model: keras.Model, *, trained: str = "all", seed: int = 0, classes: int = 2) -> keras.Model:
    """Return a copy of a network with a fresh softmax head in place of its last layer.

    Args:
        model: what `base` returned; it is left untouched.
        trained: ``"all"`` or ``"head"``: which weights training may change.
        seed: of the head's initial weights.
        classes: answers of the head.

    Returns:
        An uncompiled model: 265,802 parameters, 202 of them trainable when only the head is.
    """
    one_of("trained", trained, ("all", "head"))
    copy = copied(model)
    for layer in copy.layers:
        layer.trainable = trained == "all"
    keras.utils.set_random_seed(seed + 1_000)
    head = keras.layers.Dense(classes, activation="softmax", kernel_initializer="he_normal", name="head")
    return keras.Model(copy.input, head(copy.get_layer("hidden2").output), name="with_head")


def hidden_features(model: keras.Model, images, *, batch_size: int = 1_000) -> np.ndarray:
    """Return what the last hidden layer says of uint8 images (N, 28, 28): (N, 100), float32."""
    body = keras.Model(model.input, model.get_layer("hidden2").output)
    return common.probabilities(body, images[..., None], transform=pixels, batch_size=batch_size)


def summed(probabilities) -> np.ndarray:
    """Return the probability of "even" from those of the ten digits (N, 10): the sum over 0, 2, 4, 6 and 8."""
    return np.asarray(probabilities)[:, ::2].sum(axis=1)


def probabilities(model: keras.Model, images, *, batch_size: int = 1_000) -> np.ndarray:
    """Return the answers of a network to uint8 images (N, 28, 28)."""
    return common.probabilities(model, images[..., None], transform=pixels, batch_size=batch_size)


def train_base(data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train the network to read digits; the validation split is the same for all.

    Returns:
        The model, and ``arm, seed, history, seconds, processor_seconds``, errors on the test set as ``test_error``
        (digits) and ``summed_error`` (odd or even, by `summed`, with no further training).
    """
    fitted, validation = ((x[..., None], y.astype("int32")) for x, y in halves(data))
    model = base(seed=seed)
    numbers = _fit(model, fitted, validation, seed=seed, epochs=epochs, progress=progress, transform=pixels)
    answers = probabilities(model, data.x_test)
    numbers["test_error"] = _error(answers.argmax(axis=1), data.y_test)
    numbers["summed_error"] = _error(summed(answers) > 0.5, parity(data.y_test))
    return model, {"arm": "base", "seed": seed} | numbers


def train_variant(name: str, source: keras.Model, data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train one variant to tell odd from even, from a trained base that is left untouched.

    Returns:
        The model (the head alone for the cached variant), and ``arm, seed, trainable, history, seconds,
        processor_seconds, feature_seconds, test_error``. ``feature_seconds`` is the processor time of computing the
        features once; it is not part of ``processor_seconds``.
    """
    variant = VARIANTS[one_of("name", name, VARIANTS)]
    keras.utils.clear_session()  # memory: forget the networks of earlier calls
    (x, y), (x_held, y_held) = halves(data)
    model = new_head(source if variant.borrowed else base(seed=seed + 500), trained=variant.trained, seed=seed)
    begun, transform, parts = time.process_time(), pixels, (x[..., None], x_held[..., None], data.x_test[..., None])
    if variant.cached:
        parts = [hidden_features(source, images) for images in (x, x_held, data.x_test)]
        inputs = keras.Input((WIDTHS[-1],))
        model, transform = keras.Model(inputs, model.get_layer("head")(inputs)), None
    features = round(time.process_time() - begun, 3) if variant.cached else 0.0
    trainable = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
    pairs = (parts[0], parity(y)), (parts[1], parity(y_held))
    numbers = _fit(model, *pairs, seed=seed, epochs=epochs, progress=progress, transform=transform)
    answers = np.asarray(model(parts[2])) if variant.cached else probabilities(model, data.x_test)
    numbers["test_error"] = _error(answers.argmax(axis=1), parity(data.y_test))
    return model, {"arm": name, "seed": seed, "trainable": trainable, "feature_seconds": features} | numbers


def halves(data):
    """Return ((x, y), (x, y)) to train and to choose on: 55,000 and 5,000 digits of MNIST, or a tenth held back."""
    return data.split(min(VALIDATION, len(data.x_train) // 10))


def _fit(model, fitted, validation, *, seed, epochs, progress, transform) -> dict:
    """Train by plain gradient descent and return curves and times."""
    training.prepare(model, optimizer=keras.optimizers.SGD(RATE))
    settings = {"epochs": epochs, "batch_size": BATCH, "seed": seed, "monitor": None, "transform": transform}
    begun = time.process_time()
    result = training.fit(model, fitted, validation, progress=progress, **settings)
    return {
        "history": common.rounded(result.history),
        "seconds": round(result.seconds, 3),
        "processor_seconds": round(time.process_time() - begun, 3),
    }


def _error(answers, truth) -> float:
    return round(float(np.mean(np.asarray(answers) != np.asarray(truth))), 5)


def _train(name: str, data, *, seed: int, shared: tuple):
    """Return the base's own numbers, or train a variant from it."""
    return shared if name == "base" else train_variant(name, shared[0], data, seed=seed)


def _stored(result: dict) -> dict:
    result["arms"].pop("base", None)
    return result


EXPERIMENT = Experiment(
    name="transfer_parity",
    question="What does a frozen network save and cost when digits are known and parity is asked?",
    variants={"base": "reads digits"} | VARIANTS,
    seeds=SEEDS,
    dataset="mnist",
    shared=lambda data, job: train_base(data, seed=job.seed),
    train=_train,
    recipe={"widths": WIDTHS, "rate": RATE, "batch_size": BATCH, "epochs": EPOCHS, "held_back": VALIDATION},
    finish=_stored,
)
