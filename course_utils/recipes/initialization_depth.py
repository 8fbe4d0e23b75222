"""Depth against the draw of the first weights: where does half the variance begin to matter?

Chains of 2 to 30 equal ReLU layers, trained by plain gradient descent on 10,000 digits for two epochs. Glorot and He
are drawn from the same family (uniform), so they differ by the variance alone: 1/n against 2/n for layers of width n.
Nothing is chosen by the test set.
"""

import keras
import numpy as np

from course_utils import training
from course_utils.models import mlp
from course_utils.recipes import initialization
from course_utils.recipes.experiment import Experiment, Job

ARMS = ("normal", "glorot_uniform", "he_uniform")
DEPTHS = (2, 5, 10, 20, 30)
WIDTH, RATE, BATCH, EPOCHS = 64, 0.01, 32, 2
EXAMPLES, TESTS = 10_000, 5_000
SEEDS = (0, 1, 2, 3, 4)


def pixels(images, data) -> np.ndarray:
    """Return uint8 images as float32 (N, 28, 28, 1) with mean 0 and mean square 1 over the training pixels of data."""
    train = data.x_train.astype("float32")
    return ((images[..., None] - train.mean()) / train.std()).astype("float32")


def network(name: str, depth: int, seed: int) -> keras.Model:
    """Return a chain of ``depth`` hidden layers with first weights of an arm, compiled."""
    keras.utils.set_random_seed(seed)
    model = mlp(widths=(WIDTH,) * depth, initializer=initialization.initializer(name))
    training.prepare(model, optimizer=keras.optimizers.SGD(RATE))
    return model


def train(name: str, data, *, depth: int, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train one chain.

    Args:
        name: of an arm of `initialization.ARMS`.
        data: a `datasets.ImageDataset` of 28×28 grey images, all of which are used.
        depth: hidden layers.
        seed: of first weights and shuffling.
        epochs: passes over the training images.
        progress: show a bar.

    Returns:
        The trained model, and plain numbers: ``arm, depth, seed, loss`` (one an epoch), ``test_accuracy``.
    """
    model = network(name, depth, seed)
    pair = pixels(data.x_train, data), data.y_train.astype("int32")
    result = training.fit(model, pair, epochs=epochs, batch_size=BATCH, seed=seed, progress=progress)
    test = pixels(data.x_test, data), data.y_test.astype("int32")
    accuracy = float(model.evaluate(*test, batch_size=500, verbose=0)[1])
    losses = [round(value, 6) for value in result.history["loss"]]
    return model, {"arm": name, "depth": depth, "seed": seed, "loss": losses, "test_accuracy": round(accuracy, 6)}


EXPERIMENT = Experiment(
    name="initialization_depth",
    question="From which depth on does the variance of the initial weights decide whether a network learns?",
    variants={name: initialization.ARMS[name] for name in ARMS},
    seeds=SEEDS,
    dataset="mnist",
    prepare=lambda whole: whole.subset(train=EXAMPLES, test=TESTS),
    train=train,
    recipe={"width": WIDTH, "rate": RATE, "batch_size": BATCH, "epochs": EPOCHS, "examples": EXAMPLES},
    plan=lambda names, seeds: [Job(name, seed, {"depth": d}) for seed in seeds for d in DEPTHS for name in names],
)
