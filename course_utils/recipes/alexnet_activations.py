"""Figure 1 of the AlexNet paper, redone: how long four layers with ReLU, tanh or sigmoid take to learn CIFAR-10.

The paper trains "a four-layer convolutional network" on CIFAR-10 until a quarter of the training images is still
misread, without any regularisation, and chooses the rate of each activation so that its training is as fast as it can
be. So do we, on 5,000 of the images: each activation tries the same rates with one seed, and its fastest rate is
repeated with others.
"""

import math
from typing import NamedTuple

import keras

from course_utils import training
from course_utils.recipes.experiment import Experiment, Sweep
from course_utils.validation import one_of

EXAMPLES, BATCH, EPOCHS, MOMENTUM = 5_000, 64, 25, 0.9
TARGET = 0.25  # training error
FILTERS = (16, 32, 64)
SEEDS = (0, 1, 2, 3, 4)
TRIAL_SEED = 100  # of the tries at a rate: not one of the seeds


class Variant(NamedTuple):
    """One activation; ``rates`` are tried, the fastest is repeated."""

    label: str
    initializer: str  # He's rule for ReLU, Glorot's for the two others (lesson 04)
    rates: tuple[float, ...]


VARIANTS = {
    "relu": Variant("ReLU", "he_normal", (0.003, 0.01, 0.03)),
    "tanh": Variant("tanh", "glorot_normal", (0.003, 0.01, 0.03)),
    "sigmoid": Variant("sigmoid", "glorot_normal", (0.03, 0.1, 0.3)),
}


def build(name: str, *, rate: float, seed: int, input_shape=(32, 32, 3), classes: int = 10) -> keras.Model:
    """Return three convolutions with pools and a dense layer, over raw pixels, compiled."""
    variant = VARIANTS[one_of("name", name, VARIANTS)]
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input(input_shape), keras.layers.Rescaling(1 / 64, -2)], name=name)
    settings = {"padding": "same", "activation": name, "kernel_initializer": variant.initializer}
    for number, filters in enumerate(FILTERS, start=1):
        model.add(keras.layers.Conv2D(filters, 3, name=f"conv{number}", **settings))
        model.add(keras.layers.MaxPooling2D(name=f"pool{number}"))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(classes, activation="softmax", name="predictions"))
    training.prepare(model, optimizer=keras.optimizers.SGD(rate, momentum=MOMENTUM))
    return model


class StopAtTarget(keras.callbacks.Callback):
    """Ends a training in the epoch whose training error falls to the target."""

    def on_epoch_end(self, epoch, logs=None):
        """Look."""
        if 1 - logs["accuracy"] <= TARGET or not math.isfinite(logs["loss"]):
            self.model.stop_training = True


def epochs_to_target(errors) -> float:
    """Return after how many epochs the training error is at the target, between two epochs by a straight line.

    Infinite where it never is. The first epoch's error counts as reached after one epoch.

    Example:
        >>> epochs_to_target([0.5, 0.35, 0.15])
        2.5
    """
    for epoch, error in enumerate(errors, start=1):
        if error <= TARGET:
            before = errors[epoch - 2] if epoch > 1 else error
            return epoch - (TARGET - error) / (before - error) if before > error else float(epoch)
    return math.inf


def train(name: str, data, *, rate: float, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train one activation at one rate of SGD with momentum on 5,000 images, until the target or for ``epochs``.

    Returns:
        The trained model, and plain numbers: ``arm, rate, seed, errors`` (training error of each epoch),
        ``epochs_to_target`` (None where it was not reached), ``seconds``.
    """
    small = data.subset(train=EXAMPLES)
    model = build(name, rate=rate, seed=seed, input_shape=data.image_shape, classes=len(data.class_names))
    pair = small.x_train, small.y_train.astype("int32")
    settings = {"epochs": epochs, "batch_size": BATCH, "seed": seed, "progress": progress}
    result = training.fit(model, pair, callbacks=[StopAtTarget()], **settings)
    errors = [round(1 - value, 4) for value in result.history["accuracy"]]
    reached = epochs_to_target(errors)
    return model, {
        "arm": name,
        "rate": rate,
        "seed": seed,
        "errors": errors,
        "epochs_to_target": round(reached, 2) if math.isfinite(reached) else None,
        "seconds": round(result.seconds, 1),
    }


def fastest(runs: list[dict]) -> float:
    """Return the rate of the run that reached the target first; where none did, the one of the least last error."""
    return min(runs, key=lambda run: (run["epochs_to_target"] or math.inf, run["errors"][-1]))["rate"]


EXPERIMENT = Experiment(
    name="alexnet_activations",
    question="How many epochs do ReLU, tanh and sigmoid need to a training error of 25 %?",
    variants=VARIANTS,
    seeds=SEEDS,
    dataset="cifar10",
    train=train,
    recipe={"examples": EXAMPLES, "batch_size": BATCH, "epochs": EPOCHS, "filters": FILTERS},
    sweep=Sweep({name: variant.rates for name, variant in VARIANTS.items()}, seeds=(TRIAL_SEED,), best=fastest),
)
