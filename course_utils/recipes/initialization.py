"""The draw of the initial weights: six rules in a shallow network, three rules from 2 to 30 layers deep.

``initialization`` repeats a common beginners' training of 784-256-128-10 with ReLU on MNIST (plain gradient descent,
rate 0.01, batches of 32, 10 epochs, a tenth of the training images held back) with five seeds a rule. Glorot's and He's
rules are drawn from both families, uniform and normal, so that a difference of variance can be told from a difference
of family. ``initialization_depth`` trains chains of equal ReLU layers on 10,000 digits for two epochs: Glorot and He
from the same family, so they differ by the variance alone, 1/n against 2/n for layers of width n.
The test set is looked at to draw the curves, and decides nothing.
"""

from typing import NamedTuple

import keras
import numpy as np

from course_utils import training
from course_utils.models import mlp
from course_utils.recipes.common import rounded, standardized
from course_utils.recipes.experiment import Experiment, Job
from course_utils.validation import one_of

WIDTHS, RATE, BATCH, EPOCHS, VALIDATION = (256, 128), 0.01, 32, 10, 0.1
DEPTHS, CHAIN_WIDTH, CHAIN_EPOCHS, EXAMPLES, TESTS = (2, 5, 10, 20, 30), 64, 2, 10_000, 5_000
SEEDS = (0, 1, 2, 3, 4)


class Variant(NamedTuple):
    """One way to draw the initial weights; ``settings`` are the arguments of the Keras class ``initializer``."""

    label: str
    initializer: str
    settings: dict


VARIANTS = {
    "zeros": Variant("zeros", "Zeros", {}),
    "normal": Variant("normal, deviation 0.01", "RandomNormal", {"stddev": 0.01}),
    "glorot_uniform": Variant("Glorot uniform", "GlorotUniform", {}),
    "glorot_normal": Variant("Glorot normal", "GlorotNormal", {}),
    "he_uniform": Variant("He uniform", "HeUniform", {}),
    "he_normal": Variant("He normal", "HeNormal", {}),
}


def initializer(name: str) -> keras.Initializer:
    """Return a fresh initializer of a variant."""
    variant = VARIANTS[one_of("name", name, VARIANTS)]
    return getattr(keras.initializers, variant.initializer)(**variant.settings)


def pixels(images) -> np.ndarray:
    """Return uint8 images as the shallow network wants them: float32 (N, 28, 28, 1) from 0 to 1."""
    return np.divide(images[..., None], 255, dtype="float32")


def build(name: str, *, seed: int, widths=WIDTHS) -> keras.Model:
    """Return the shallow network of a variant with initial weights drawn from ``seed``, compiled.

    It takes raw pixels of 0–255 and scales them itself: the training images stay bytes, a quarter of the memory.
    """
    keras.utils.set_random_seed(seed)
    network = mlp(widths=widths, initializer=initializer(name))
    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Rescaling(1 / 255), network], name=name)
    training.prepare(model, optimizer=keras.optimizers.SGD(RATE))
    return model


class TestCurve(keras.callbacks.Callback):
    """Notes loss and accuracy on the test set after every epoch."""

    def __init__(self, images, labels):
        """Keep the test data."""
        super().__init__()
        self.data, self.losses, self.accuracies = (images, labels.astype("int32")), [], []

    def on_epoch_end(self, epoch, logs=None):
        """Measure."""
        loss, accuracy = self.model.evaluate(*self.data, batch_size=500, verbose=0)
        self.losses.append(round(float(loss), 6))
        self.accuracies.append(round(float(accuracy), 6))


def train(name: str, data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train the shallow network of a variant with one seed; the validation split is the same for all.

    Returns:
        The trained model, and plain numbers: ``arm, seed, history`` (training and validation), ``test_loss`` and
        ``test_accuracy`` (one an epoch), ``seconds``.
    """
    fitted, validation = ((x[..., None], y.astype("int32")) for x, y in data.split(VALIDATION))
    model, curve = build(name, seed=seed), TestCurve(data.x_test[..., None], data.y_test)
    settings = {"epochs": epochs, "batch_size": BATCH, "seed": seed, "monitor": None, "progress": progress}
    result = training.fit(model, fitted, validation, callbacks=[curve], **settings)
    numbers = {"history": rounded(result.history, 6), "test_loss": curve.losses, "test_accuracy": curve.accuracies}
    return model, {"arm": name, "seed": seed} | numbers | {"seconds": round(result.seconds, 2)}


def train_chain(name: str, data, *, depth: int, seed: int, epochs: int = CHAIN_EPOCHS, progress: bool = True):
    """Train a chain of ``depth`` hidden layers on all images of ``data``, standardized.

    Returns:
        The trained model, and plain numbers: ``arm, depth, seed, loss`` (one an epoch), ``test_accuracy``.
    """
    keras.utils.set_random_seed(seed)
    model = mlp(widths=(CHAIN_WIDTH,) * depth, initializer=initializer(name))
    training.prepare(model, optimizer=keras.optimizers.SGD(RATE))
    pair = standardized(data.x_train, data), data.y_train.astype("int32")
    result = training.fit(model, pair, epochs=epochs, batch_size=BATCH, seed=seed, progress=progress)
    test = standardized(data.x_test, data), data.y_test.astype("int32")
    numbers = rounded({"loss": result.history["loss"]}, 6)
    numbers["test_accuracy"] = round(float(model.evaluate(*test, batch_size=500, verbose=0)[1]), 6)
    return model, {"arm": name, "depth": depth, "seed": seed} | numbers


EXPERIMENT = Experiment(
    name="initialization",
    question="Does the draw of the initial weights matter to a shallow network, and by how much?",
    variants=VARIANTS,
    seeds=SEEDS,
    dataset="mnist",
    train=train,
    recipe={"widths": WIDTHS, "rate": RATE, "batch_size": BATCH, "epochs": EPOCHS, "held_back": VALIDATION},
)
BY_DEPTH = Experiment(
    name="initialization_depth",
    question="From which depth on does the variance of the initial weights decide whether a network learns?",
    variants={name: VARIANTS[name] for name in ("normal", "glorot_uniform", "he_uniform")},
    seeds=SEEDS,
    dataset="mnist",
    prepare=lambda whole: whole.subset(train=EXAMPLES, test=TESTS),
    train=train_chain,
    recipe={"width": CHAIN_WIDTH, "rate": RATE, "batch_size": BATCH, "epochs": CHAIN_EPOCHS, "examples": EXAMPLES},
    plan=lambda names, seeds: [Job(name, seed, {"depth": d}) for seed in seeds for d in DEPTHS for name in names],
)
