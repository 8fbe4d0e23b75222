"""Degradation on a laptop: the same networks with and without shortcuts, deeper and deeper, on 8×8 digits.

The networks are the paper's for small images (6n+2 layers, option A) at half their width, the recipe is the paper's
too: batches of 128, momentum 0.9, rate 0.1, here constant. Scikit-learn's 1,797 digits come with the course, so every
reader trains on the same data. Training accuracy decides nothing about the networks' use; it is the question. The test
set is looked at after each epoch to draw the curves, and decides nothing either.

Reference: K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", 2015, arXiv:1512.03385,
figures 1 and 6.
"""

import time

import keras
import numpy as np

from course_utils import datasets, training
from course_utils.models import resnet_cifar
from course_utils.recipes.lenet_race import accuracy, checksum
from course_utils.validation import whole_number

DEPTHS = (8, 20, 32, 56)
SEEDS = (0, 1, 2, 3, 4)
WIDTH, RATE, MOMENTUM, BATCH, EPOCHS = 0.5, 0.1, 0.9, 128, 8
# would the plain networks arrive, given time? (depth, with shortcuts): five times the epochs, two seeds
PATIENT, PATIENT_EPOCHS, PATIENT_SEEDS = ((32, False), (56, False), (56, True)), 40, 2
ARMS = {"plain": False, "residual": True}


def pixels(images, data) -> np.ndarray:
    """Return uint8 images (N, 8, 8) as float32 (N, 8, 8, 1), mean 0 and deviation 1 over the training pixels."""
    train = data.x_train.astype("float32")
    return ((images[..., None] - train.mean()) / train.std()).astype("float32")


def build(depth: int, *, residual: bool, seed: int) -> keras.Model:
    """Return the network of 6n+2 layers with first weights drawn from ``seed``."""
    n = whole_number("depth", depth, minimum=8) // 6
    if 6 * n + 2 != depth:
        raise ValueError(f"depth must be 6n+2 (8, 14, 20, …); received {depth!r}.")
    keras.utils.set_random_seed(seed)
    return resnet_cifar(n=n, residual=residual, input_shape=(8, 8, 1), width=WIDTH)


class Curves(keras.callbacks.Callback):
    """Notes the test accuracy of every epoch."""

    def __init__(self, images, labels):
        """Keep the test data."""
        super().__init__()
        self.images, self.labels, self.test = images, labels, []

    def on_epoch_end(self, epoch, logs=None):
        """Measure."""
        self.test.append(round(accuracy(self.model, self.images, self.labels), 5))


def train(depth: int, data, *, residual: bool, seeds=SEEDS, epochs: int = EPOCHS, progress: bool = True):
    """Train one network once for each seed.

    The network is compiled once and begun anew for each seed: compiling 56 layers takes as long as training them.

    Args:
        depth: layers with weights, 6n+2.
        data: a `datasets.ImageDataset` of 8×8 digits.
        residual: with shortcuts, or the plain twin.
        seeds: of first weights and shuffling.
        epochs: passes over the training images.
        progress: show a bar.

    Returns:
        An uncompiled network with the weights that the last seed reached, and one dictionary of plain numbers a seed:
        ``arm, depth, seed, loss, train_accuracy, test_accuracy`` (one an epoch; training values are means over the
        epoch's batches), ``final_train_accuracy`` (after the last epoch, as the network would be used), ``seconds``.

    Raises:
        ValueError: depth is not 6n+2.
    """
    x, y = pixels(data.x_train, data), data.y_train.astype("int32")
    model = fresh = build(depth, residual=residual, seed=seeds[0])
    training.prepare(model, optimizer=keras.optimizers.SGD(RATE, momentum=MOMENTUM))
    runs = []
    for number, seed in enumerate(seeds):
        if number:
            fresh = build(depth, residual=residual, seed=seed)
            begin_anew(model, fresh)
        curves, begun = Curves(pixels(data.x_test, data), data.y_test), time.perf_counter()
        settings = {"epochs": epochs, "batch_size": BATCH, "seed": seed, "progress": progress, "callbacks": [curves]}
        history = training.fit(model, (x, y), **settings).history
        runs.append(
            {
                "arm": "residual" if residual else "plain",
                "depth": depth,
                "seed": seed,
                "loss": [round(value, 5) for value in history["loss"]],
                "train_accuracy": [round(value, 5) for value in history["accuracy"]],
                "test_accuracy": curves.test,
                "final_train_accuracy": round(accuracy(model, x, y), 5),
                "seconds": round(time.perf_counter() - begun, 2),
            }
        )
    kept = build(depth, residual=residual, seed=seeds[-1]) if fresh is model else fresh
    kept.set_weights(model.get_weights())  # the compiled one and all that trained it can go: memory
    return kept, runs


def begin_anew(model, fresh) -> None:
    """Give a compiled model the first weights of another, and an optimizer that remembers nothing."""
    model.set_weights(fresh.get_weights())
    for variable in model.optimizer.variables:
        variable.assign(keras.ops.zeros_like(variable))
    model.optimizer.learning_rate = RATE


def measure(*, seeds=SEEDS, log=print) -> dict:
    """Train both arms at every depth with every seed, then the patient ones."""
    data, runs = datasets.load("digits"), []
    jobs = [(depth, residual, tuple(seeds), EPOCHS) for depth in DEPTHS for residual in (False, True)]
    jobs += [(depth, residual, tuple(seeds)[:PATIENT_SEEDS], PATIENT_EPOCHS) for depth, residual in PATIENT]
    for depth, residual, chosen, epochs in jobs:
        found = train(depth, data, residual=residual, seeds=chosen, epochs=epochs, progress=False)[1]
        runs += [run | {"epochs": epochs} for run in found]
        ends = ", ".join(f"{run['train_accuracy'][-1]:.3f}" for run in found)
        log(f"{found[0]['arm']:>8} {depth:2}, {epochs} epochs: training accuracy {ends}")
        keras.backend.clear_session()
    return {
        "question": "Do deeper plain networks fit the training data worse, and do shortcuts mend it?",
        "data": {"name": data.name, "source": data.source, "stand_in": data.stand_in, "sha256": checksum(data)},
        "recipe": {"width": WIDTH, "rate": RATE, "momentum": MOMENTUM, "batch_size": BATCH, "epochs": EPOCHS},
        "arms": ARMS,
        "runs": runs,
    }
