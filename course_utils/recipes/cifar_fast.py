"""CIFAR-10 in seconds: the notes' network and recipe against a faster network and recipe, seed by seed.

The arms train through `training.fit` on raw pixels and with the same settings of speed, so their seconds compare
networks and recipes, not loops. One more arm runs the notes' program as it is written: Keras's own ``compile`` and
``fit`` with their defaults, on pixels turned to float32 beforehand. Everything was chosen on the validation split
(5,000 of the training images); the test set is looked at after each epoch to draw the curves, and decides nothing.
"""

import time
from typing import NamedTuple

import keras
import numpy as np

from course_utils import datasets, training
from course_utils.models.simple_cnn import simple_cnn
from course_utils.recipes.common import rounded
from course_utils.recipes.experiment import Experiment, alternating
from course_utils.recipes.lenet_race import TestCurve, seconds_to
from course_utils.validation import one_of, real_number

VALIDATION = 5_000
SEEDS = (0, 1, 2, 3, 4)
TARGET = 0.719  # what the notes report after five epochs


class Arm(NamedTuple):
    """One recipe: every number a training needs."""

    label: str
    repeated: int  # how many of the seeds it is measured with
    variant: str  # of `models.simple_cnn`
    width: float
    scaling: tuple[float, float] | None  # pixel · factor + offset; None: divided by 255 beforehand
    epochs: int
    batch_size: int
    rate: float
    one_cycle: bool  # the rate rises to ``rate`` and falls again; else it stays
    as_written: bool  # by `Model.fit` with its defaults, not by `training.fit`
    mirrored: bool  # the training set holds each image and its mirror image


PLAIN, CENTRED = (1 / 255, 0.0), (1 / 64, -2.0)
ARMS = {
    "notes_as_written": Arm("the notes' program as written", 1, "cifar", 1.0, None, 5, 32, 0.001, False, True, False),
    "notes": Arm("the notes' recipe, our loop", 3, "cifar", 1.0, PLAIN, 5, 32, 0.001, False, False, False),
    "ours": Arm("our recipe", 5, "cifar_fast", 1.0, CENTRED, 3, 128, 0.01, True, False, False),
    "long": Arm("our recipe, twice as wide", 1, "cifar_fast", 2.0, CENTRED, 7, 128, 0.01, True, False, True),
}


def build(arm: Arm, *, examples: int, seed: int, epochs: int | None = None) -> keras.Model:
    """Return the arm's network over raw pixels with first weights drawn from ``seed``, compiled."""
    keras.utils.set_random_seed(seed)
    model = simple_cnn(variant=arm.variant, width=arm.width, scaling=arm.scaling)
    if arm.as_written:
        model.compile(keras.optimizers.Adam(arm.rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        return model
    rate = arm.rate
    if arm.one_cycle:
        rate = training.one_cycle(rate, examples=examples, batch_size=arm.batch_size, epochs=epochs or arm.epochs)
    training.prepare(model, optimizer=keras.optimizers.Adam(rate))
    return model


def pixels(images: np.ndarray, arm: Arm) -> np.ndarray:
    """Return uint8 images as the arm's network wants them: as they are, or scaled beforehand."""
    return images if arm.scaling else images.astype("float32") / 255


def prepared(arm: Arm, data):
    """Return ((x, y), (x, y)): what the arm trains on, with mirror images if it wants them, and validation."""
    (x, y), (x_valid, y_valid) = data.split(min(VALIDATION, len(data.x_train) // 10))
    if arm.mirrored:
        x, y = np.concatenate([x, x[:, :, ::-1]]), np.concatenate([y, y])
    return (pixels(x, arm), y.astype("int32")), (pixels(x_valid, arm), y_valid.astype("int32"))


class Clock(keras.callbacks.Callback):
    """Notes the seconds of each epoch of ``Model.fit``."""

    def on_train_begin(self, logs=None):
        """Begin a list."""
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        """Read the clock."""
        self.begun = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Note the difference."""
        self.seconds.append(time.perf_counter() - self.begun)


def fitted_as_written(model, train, validation, curve, *, epochs: int, batch_size: int):
    """Train by Keras's own loop; return (history, seconds of each epoch)."""
    clock = Clock()
    settings = {"epochs": epochs, "batch_size": batch_size, "validation_data": validation, "verbose": 0}
    history = model.fit(*train, callbacks=[clock, curve], **settings).history
    return history, clock.seconds


def train(name: str, data, *, seed: int, epochs: int | None = None, progress: bool = True):
    """Train one arm with one seed; return the model with its curves, seconds and accuracies.

    Args:
        name: a key of `ARMS`.
        data: a `datasets.ImageDataset` of 32×32 colour images.
        seed: of first weights and shuffling. The validation split is the same for all.
        epochs: other than the arm's own.
        progress: show a bar.

    Returns:
        The trained model, with the weights of its last epoch, and plain numbers: ``arm, seed, history,
        test_accuracy`` (one an epoch), ``epoch_seconds``, ``epoch_processor_seconds`` (of all cores), their sums
        ``seconds`` and ``processor_seconds``, and ``accuracy`` (test, last epoch).
    """
    arm = ARMS[one_of("name", name, ARMS)]
    fitted, validation = prepared(arm, data)
    model = build(arm, examples=len(fitted[0]), seed=seed, epochs=epochs)
    curve = TestCurve(pixels(data.x_test, arm), data.y_test)
    settings = {"epochs": epochs or arm.epochs, "batch_size": arm.batch_size}
    if arm.as_written:
        history, seconds = fitted_as_written(model, fitted, validation, curve, **settings)
    else:
        settings |= {"seed": seed, "monitor": None, "progress": progress, "callbacks": [curve]}
        result = training.fit(model, fitted, validation, **settings)
        history, seconds = result.history, result.epoch_seconds
    return model, {
        "arm": name,
        "seed": seed,
        "history": rounded(history),
        "test_accuracy": curve.values,
        "epoch_seconds": [round(value, 3) for value in seconds],
        "epoch_processor_seconds": curve.processor_seconds,
        "seconds": round(sum(seconds), 3),
        "processor_seconds": round(sum(curve.processor_seconds), 3),
        "accuracy": curve.values[-1],
    }


def race_to(target: float = TARGET, *, seed: int = 0, data=None, as_written: bool = False, log=lambda text: None):
    """Train both recipes in one run: seconds ours needs to ``target``, and seconds of the notes' whole recipe.

    Args:
        target: test accuracy; by default what the notes report after five epochs.
        seed: of both arms.
        data: a `datasets.ImageDataset`; CIFAR-10 when None.
        as_written: run the notes' program with Keras's own loop and defaults, not with our loop.
        log: called with a line of text after each arm.

    Returns:
        ``{"target", "notes", "ours", "ratio", "processor_ratio", "notes_accuracy", "ours_accuracy"}``: seconds of the
        notes' whole recipe, seconds of ours until the end of the first epoch that reaches the target (infinite when
        none does), notes / ours, and the same ratio of processor seconds.

    Raises:
        ValueError: ``target`` is not between 0 and 1.

    Example:
        >>> race_to(0.719)["ratio"]  # doctest: +SKIP
        2.9
    """
    target = real_number("target", target, low=0.0, high=1.0)
    data = datasets.load("cifar10") if data is None else data
    other = "notes_as_written" if as_written else "notes"
    ours, notes = (train(name, data, seed=seed)[1] for name in ("ours", other))
    found = {"target": target, "ours": seconds_to(ours, target), "notes": notes["seconds"]}
    found |= {"ours_accuracy": ours["accuracy"], "notes_accuracy": notes["accuracy"]}
    log(f"{ARMS['ours'].label}: {found['ours']:.1f} s to {target:.1%}, then {ours['accuracy']:.1%}")
    log(f"{ARMS[other].label}: {found['notes']:.1f} s in all, {notes['accuracy']:.1%}")
    worked = seconds_to(ours | {"epoch_seconds": ours["epoch_processor_seconds"]}, target)
    return found | {"ratio": found["notes"] / found["ours"], "processor_ratio": notes["processor_seconds"] / worked}


def plan(names, seeds) -> list:
    """Plan each variant with as many of the seeds as its ``repeated`` says."""
    return [job for job in alternating(names, seeds) if seeds.index(job.seed) < ARMS[job.variant].repeated]


EXPERIMENT = Experiment(
    name="cifar_fast",
    question="What does the time of the notes' CIFAR-10 training buy with another network and recipe?",
    variants=ARMS,
    seeds=SEEDS,
    dataset="cifar10",
    train=train,
    plan=plan,
)
