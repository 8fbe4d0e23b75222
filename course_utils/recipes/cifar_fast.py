"""CIFAR-10 in seconds: the notes' network and recipe against a faster network and recipe, seed by seed.

All arms train through `training.fit` on raw pixels and with the same settings of speed, so the seconds compare networks
and recipes, not loops. Everything was chosen on the validation split (5,000 of the training images); the test set is
looked at after each epoch to draw the curves, and decides nothing.
"""

from typing import NamedTuple

import keras
import numpy as np

from course_utils import datasets, training
from course_utils.models.simple_cnn import simple_cnn
from course_utils.recipes.lenet_race import TestCurve, checksum, seconds_to
from course_utils.validation import one_of, real_number

VALIDATION = 5_000
SEEDS = (0, 1, 2, 3, 4)
TARGET = 0.719  # what the notes report after five epochs


class Arm(NamedTuple):
    """One recipe: every number a training needs."""

    label: str
    variant: str  # of `models.simple_cnn`
    width: float
    scaling: tuple[float, float]  # pixel · factor + offset
    epochs: int
    batch_size: int
    rate: float
    one_cycle: bool  # the rate rises to ``rate`` and falls again; else it stays
    mirrored: bool  # the training set holds each image and its mirror image


PLAIN, CENTRED = (1 / 255, 0.0), (1 / 64, -2.0)
ARMS = {
    "notes": Arm("the notes' network and recipe", "cifar", 1.0, PLAIN, 5, 32, 0.001, False, False),
    "ours": Arm("folded, normalised, one cycle", "cifar_fast", 1.0, CENTRED, 3, 128, 0.01, True, False),
    "long": Arm("the same, twice as wide, 120 s", "cifar_fast", 2.0, CENTRED, 6, 128, 0.01, True, True),
}


def build(arm: Arm, *, examples: int, seed: int, epochs: int | None = None) -> keras.Model:
    """Return the arm's network over raw pixels with first weights drawn from ``seed``, compiled."""
    keras.utils.set_random_seed(seed)
    model = simple_cnn(variant=arm.variant, width=arm.width, scaling=arm.scaling)
    rate = arm.rate
    if arm.one_cycle:
        rate = training.one_cycle(rate, examples=examples, batch_size=arm.batch_size, epochs=epochs or arm.epochs)
    training.prepare(model, optimizer=keras.optimizers.Adam(rate))
    return model


def prepared(arm: Arm, data):
    """Return ((x, y), (x, y)): what the arm trains on, with mirror images if it wants them, and validation."""
    (x, y), (x_valid, y_valid) = data.split(min(VALIDATION, len(data.x_train) // 10))
    if arm.mirrored:
        x, y = np.concatenate([x, x[:, :, ::-1]]), np.concatenate([y, y])
    return (x, y.astype("int32")), (x_valid, y_valid.astype("int32"))


def train(name: str, data, *, seed: int, epochs: int | None = None, progress: bool = True):
    """Train one arm with one seed; return the model with its curves, seconds and accuracies.

    Args:
        name: ``"notes"``, ``"ours"`` or ``"long"``.
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
    curve = TestCurve(data.x_test, data.y_test)
    settings = {"epochs": epochs or arm.epochs, "batch_size": arm.batch_size, "seed": seed, "monitor": None}
    result = training.fit(model, fitted, validation, progress=progress, callbacks=[curve], **settings)
    numbers = {
        "arm": name,
        "seed": seed,
        "history": {key: [round(value, 5) for value in values] for key, values in result.history.items()},
        "test_accuracy": curve.values,
        "epoch_seconds": [round(value, 3) for value in result.epoch_seconds],
        "epoch_processor_seconds": curve.processor_seconds,
        "seconds": round(result.seconds, 3),
        "processor_seconds": round(sum(curve.processor_seconds), 3),
        "first_step_seconds": round(result.first_step_seconds, 3),
        "accuracy": curve.values[-1],
    }
    return model, numbers


def measure(*, seeds=SEEDS, arms=tuple(ARMS), log=print) -> dict:
    """Run the arms for every seed, one after the other so that a slow spell of the machine meets all."""
    data = datasets.load("cifar10")
    runs = []
    for number, seed in enumerate(seeds):
        for name in list(arms) if number % 2 == 0 else list(arms)[::-1]:
            runs.append(train(name, data, seed=seed)[1])
            latest = runs[-1]
            log(
                f"seed {seed} {name:>6}: test {latest['accuracy']:.4f} in {latest['seconds']:.1f} s, "
                f"processor {latest['processor_seconds']:.1f} s"
            )
    return {
        "question": "What does the time of the notes' CIFAR-10 training buy with another network and recipe?",
        "data": {"name": data.name, "source": data.source, "stand_in": data.stand_in, "sha256": checksum(data)},
        "arms": {name: ARMS[name]._asdict() for name in arms},
        "runs": runs,
    }


def race_to(target: float = TARGET, *, seed: int = 0, data=None, log=lambda text: None) -> dict:
    """Train both recipes in one run: seconds ours needs to ``target``, and seconds of the notes' whole recipe.

    Args:
        target: test accuracy; by default what the notes report after five epochs.
        seed: of both arms.
        data: a `datasets.ImageDataset`; CIFAR-10 when None.
        log: called with a line of text after each arm.

    Returns:
        ``{"target", "notes", "ours", "ratio", "notes_accuracy", "ours_accuracy"}``: seconds of the notes' whole
        recipe, seconds of ours until the end of the first epoch that reaches the target (infinite when none does),
        and notes / ours.

    Raises:
        ValueError: ``target`` is not between 0 and 1.

    Example:
        >>> race_to(0.719)["ratio"]  # doctest: +SKIP
        5.6
    """
    target = real_number("target", target, low=0.0, high=1.0)
    data = datasets.load("cifar10") if data is None else data
    ours, notes = (train(name, data, seed=seed)[1] for name in ("ours", "notes"))
    found = {"target": target, "ours": seconds_to(ours, target), "notes": notes["seconds"]}
    found |= {"ours_accuracy": ours["accuracy"], "notes_accuracy": notes["accuracy"]}
    log(f"{ARMS['ours'].label}: {found['ours']:.1f} s to {target:.1%}, then {ours['accuracy']:.1%}")
    log(f"{ARMS['notes'].label}: {found['notes']:.1f} s in all, {notes['accuracy']:.1%}")
    return found | {"ratio": found["notes"] / found["ours"]}
