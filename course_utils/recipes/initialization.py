"""The notes' comparison of first weights, repeated: six ways to draw them, several seeds, everything else equal.

The notes trained 784-256-128-10 with ReLU on MNIST once for each of four initializers, with plain gradient descent
(rate 0.01, batches of 32, 10 epochs, a tenth of the training images held back), and judged "He is better". Here each
arm is trained with the same seeds, and Glorot and He are drawn from both families, uniform and normal, so that a
difference of variance can be told from a difference of family. The test set is looked at after each epoch to draw the
curves, and decides nothing.
"""

from typing import NamedTuple

import keras
import numpy as np

from course_utils import training
from course_utils.models import mlp
from course_utils.recipes.common import rounded
from course_utils.recipes.experiment import Experiment
from course_utils.validation import one_of

WIDTHS, RATE, BATCH, EPOCHS, VALIDATION = (256, 128), 0.01, 32, 10, 0.1
SEEDS = (0, 1, 2, 3, 4)


class Arm(NamedTuple):
    """One way to draw the first weights; ``settings`` are the arguments of the Keras class ``initializer``."""

    label: str
    initializer: str
    settings: dict


ARMS = {
    "zeros": Arm("zeros", "Zeros", {}),
    "normal": Arm("normal, deviation 0.01", "RandomNormal", {"stddev": 0.01}),
    "glorot_uniform": Arm("Glorot uniform", "GlorotUniform", {}),
    "glorot_normal": Arm("Glorot normal", "GlorotNormal", {}),
    "he_uniform": Arm("He uniform", "HeUniform", {}),
    "he_normal": Arm("He normal", "HeNormal", {}),
}


def initializer(name: str) -> keras.Initializer:
    """Return a fresh initializer of an arm."""
    arm = ARMS[one_of("name", name, ARMS)]
    return getattr(keras.initializers, arm.initializer)(**arm.settings)


def pixels(images) -> np.ndarray:
    """Return uint8 images as the network wants them: float32 (N, 28, 28, 1) from 0 to 1."""
    return np.divide(images[..., None], 255, dtype="float32")


def build(name: str, *, seed: int, widths=WIDTHS) -> keras.Model:
    """Return the network of an arm with first weights drawn from ``seed``, compiled as in the notes.

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
    """Train one arm with one seed, in the notes' way.

    Args:
        name: of an arm of `ARMS`.
        data: a `datasets.ImageDataset` of 28×28 grey images.
        seed: of first weights and shuffling. The validation split is the same for all.
        epochs: passes over the training images.
        progress: show a bar.

    Returns:
        The trained model, and plain numbers: ``arm, seed, history`` (training and validation), ``test_loss`` and
        ``test_accuracy`` (one an epoch), ``seconds``.
    """
    fitted, validation = ((x[..., None], y.astype("int32")) for x, y in data.split(VALIDATION))
    model = build(name, seed=seed)
    curve = TestCurve(data.x_test[..., None], data.y_test)
    result = training.fit(
        model,
        fitted,
        validation,
        epochs=epochs,
        batch_size=BATCH,
        seed=seed,
        monitor=None,
        progress=progress,
        callbacks=[curve],
    )
    numbers = {
        "arm": name,
        "seed": seed,
        "history": rounded(result.history, 6),
        "test_loss": curve.losses,
        "test_accuracy": curve.accuracies,
        "seconds": round(result.seconds, 2),
    }
    return model, numbers


EXPERIMENT = Experiment(
    name="initialization",
    question="Does the draw of the initial weights matter to the notes' network, and by how much?",
    variants=ARMS,
    seeds=SEEDS,
    dataset="mnist",
    train=train,
    recipe={"widths": WIDTHS, "rate": RATE, "batch_size": BATCH, "epochs": EPOCHS, "held_back": VALIDATION},
)
