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

from course_utils import training
from course_utils.models import resnet_cifar
from course_utils.recipes.common import rounded
from course_utils.recipes.experiment import Experiment, Job
from course_utils.recipes.lenet_race import accuracy
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
    model, runs = None, []
    for seed in seeds:
        model, numbers = train_once(
            depth, data, residual=residual, seed=seed, epochs=epochs, model=model, progress=progress
        )
        runs.append(numbers)
    kept = build(depth, residual=residual, seed=seeds[-1])
    kept.set_weights(model.get_weights())  # the compiled one and all that trained it can go: memory
    return kept, runs


def train_once(depth: int, data, *, residual: bool, seed: int, epochs: int, model=None, progress: bool = True):
    """Train one network with one seed, or a compiled one of the same depth begun anew; see `train`."""
    x, y = pixels(data.x_train, data), data.y_train.astype("int32")
    fresh = build(depth, residual=residual, seed=seed)
    if model is None:
        model = fresh
        training.prepare(model, optimizer=keras.optimizers.SGD(RATE, momentum=MOMENTUM))
    else:
        begin_anew(model, fresh)
    curves, begun = Curves(pixels(data.x_test, data), data.y_test), time.perf_counter()
    settings = {"epochs": epochs, "batch_size": BATCH, "seed": seed, "progress": progress, "callbacks": [curves]}
    history = training.fit(model, (x, y), **settings).history
    return model, {
        "arm": "residual" if residual else "plain",
        "depth": depth,
        "seed": seed,
        **rounded({"loss": history["loss"], "train_accuracy": history["accuracy"]}),
        "test_accuracy": curves.test,
        "final_train_accuracy": round(accuracy(model, x, y), 5),
        "seconds": round(time.perf_counter() - begun, 2),
    }


def begin_anew(model, fresh) -> None:
    """Give a compiled model the first weights of another, and an optimizer that remembers nothing."""
    model.set_weights(fresh.get_weights())
    for variable in model.optimizer.variables:
        variable.assign(keras.ops.zeros_like(variable))
    model.optimizer.learning_rate = RATE


def plan(names, seeds) -> list[Job]:
    """Plan every depth with all seeds, one after the other: they share a compiled network; then the patient ones."""
    jobs = [(depth, name, tuple(seeds), EPOCHS) for depth in DEPTHS for name in names]
    patient = [(depth, "residual" if residual else "plain") for depth, residual in PATIENT]
    jobs += [(depth, name, tuple(seeds)[:PATIENT_SEEDS], PATIENT_EPOCHS) for depth, name in patient if name in names]
    return [Job(name, s, {"depth": depth, "epochs": epochs}) for depth, name, some, epochs in jobs for s in some]


def _train(name: str, data, *, seed: int, depth: int, epochs: int, shared: dict):
    model, numbers = train_once(depth, data, residual=ARMS[name], seed=seed, epochs=epochs, model=shared.get("model"))
    shared["model"] = model
    return numbers


EXPERIMENT = Experiment(
    name="resnet_depth",
    question="Do deeper plain networks fit the training data worse, and do shortcuts fix it?",
    variants=ARMS,
    seeds=SEEDS,
    dataset="digits",
    train=_train,
    recipe={"width": WIDTH, "rate": RATE, "momentum": MOMENTUM, "batch_size": BATCH, "epochs": EPOCHS},
    plan=plan,
    shared=lambda data, job: {},
    shared_by=lambda job: (job.variant, *job.options.values()),
)
