"""CIFAR-10 in seconds: a beginners' network and recipe ("notes") against faster ones, seed by seed.

The variants train through `training.fit` on raw pixels and with the same settings of speed, so their seconds compare
networks and recipes, not loops. One more runs the beginners' program as it is written: Keras's own ``compile`` and
``fit`` with their defaults, on pixels turned to float32 beforehand. Everything was chosen on the validation split
(5,000 of the training images); the test set is looked at after each epoch to draw the curves, and decides nothing.
"""

from typing import NamedTuple

import keras
import numpy as np

from course_utils import datasets, training
from course_utils.models.simple_cnn import simple_cnn
from course_utils.recipes.common import Epochs, rounded, seconds_to
from course_utils.recipes.experiment import Experiment, alternating
from course_utils.validation import one_of, real_number

VALIDATION = 5_000
SEEDS = (0, 1, 2, 3, 4)
TARGET = 0.719  # what the beginners' recipe is said to reach in five epochs


class Recipe(NamedTuple):
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
VARIANTS = {
    "notes_as_written": Recipe(
        "the notes' program as written", 1, "cifar", 1.0, None, 5, 32, 0.001, False, True, False
    ),
    "notes": Recipe("the notes' recipe, our loop", 3, "cifar", 1.0, PLAIN, 5, 32, 0.001, False, False, False),
    "ours": Recipe("our recipe", 5, "cifar_fast", 1.0, CENTRED, 3, 128, 0.01, True, False, False),
    "long": Recipe("our recipe, twice as wide", 1, "cifar_fast", 2.0, CENTRED, 7, 128, 0.01, True, False, True),
}


def build(recipe: Recipe, *, examples: int, seed: int, epochs: int | None = None) -> keras.Model:
    """Return the recipe's network over raw pixels with initial weights drawn from ``seed``, compiled."""
    keras.utils.set_random_seed(seed)
    model = simple_cnn(variant=recipe.variant, width=recipe.width, scaling=recipe.scaling)
    if recipe.as_written:
        model.compile(keras.optimizers.Adam(recipe.rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        return model
    rate = recipe.rate
    if recipe.one_cycle:
        rate = training.one_cycle(rate, examples=examples, batch_size=recipe.batch_size, epochs=epochs or recipe.epochs)
    training.prepare(model, optimizer=keras.optimizers.Adam(rate))
    return model


def pixels(images: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Return uint8 images as the recipe's network wants them: as they are, or scaled beforehand."""
    return images if recipe.scaling else images.astype("float32") / 255


def prepared(recipe: Recipe, data):
    """Return ((x, y), (x, y)): what the recipe trains on, with mirror images if it wants them, and validation."""
    (x, y), (x_valid, y_valid) = data.split(min(VALIDATION, len(data.x_train) // 10))
    if recipe.mirrored:
        x, y = np.concatenate([x, x[:, :, ::-1]]), np.concatenate([y, y])
    return (pixels(x, recipe), y.astype("int32")), (pixels(x_valid, recipe), y_valid.astype("int32"))


def train(name: str, data, *, seed: int, epochs: int | None = None, progress: bool = True):
    """Train one variant with one seed; the validation split is the same for all.

    Returns:
        The trained model, with the weights of its last epoch, and plain numbers: ``arm, seed, history,
        test_accuracy`` (one an epoch), ``epoch_seconds``, ``epoch_processor_seconds`` (of all cores), their sums
        ``seconds`` and ``processor_seconds``, and ``accuracy`` (test, last epoch).
    """
    recipe = VARIANTS[one_of("name", name, VARIANTS)]
    fitted, validation = prepared(recipe, data)
    model = build(recipe, examples=len(fitted[0]), seed=seed, epochs=epochs)
    curve = Epochs(pixels(data.x_test, recipe), data.y_test, transform=None)
    settings = {"epochs": epochs or recipe.epochs, "batch_size": recipe.batch_size, "callbacks": [curve]}
    if recipe.as_written:
        history = model.fit(*fitted, validation_data=validation, verbose=0, **settings).history
        seconds = curve.seconds
    else:
        result = training.fit(model, fitted, validation, seed=seed, monitor=None, progress=progress, **settings)
        history, seconds = result.history, result.epoch_seconds
    return model, {
        "arm": name,
        "seed": seed,
        "history": rounded(history),
        "test_accuracy": curve.test_accuracy,
        "epoch_seconds": [round(value, 3) for value in seconds],
        "epoch_processor_seconds": curve.processor_seconds,
        "seconds": round(sum(seconds), 3),
        "processor_seconds": round(sum(curve.processor_seconds), 3),
        "accuracy": curve.test_accuracy[-1],
    }


def race_to(target: float = TARGET, *, seed: int = 0, data=None, as_written: bool = False, log=lambda text: None):
    """Train both recipes in one run: seconds ours needs to ``target``, and seconds of the whole other one.

    Args:
        target: test accuracy.
        seed: of both recipes.
        data: a `datasets.ImageDataset`; CIFAR-10 when None.
        as_written: run the beginners' program with Keras's own loop and defaults, not with our loop.
        log: called with a line of text after each recipe.

    Returns:
        ``{"target", "notes", "ours", "ratio", "processor_ratio", "notes_accuracy", "ours_accuracy"}``: seconds of the
        whole of "notes", seconds of ours until the end of the first epoch that reaches the target (infinite when
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
    log(f"{VARIANTS['ours'].label}: {found['ours']:.1f} s to {target:.1%}, then {ours['accuracy']:.1%}")
    log(f"{VARIANTS[other].label}: {found['notes']:.1f} s in all, {notes['accuracy']:.1%}")
    worked = seconds_to(ours, target, "epoch_processor_seconds")
    return found | {"ratio": found["notes"] / found["ours"], "processor_ratio": notes["processor_seconds"] / worked}


def plan(names, seeds) -> list:
    """Plan each variant with as many of the seeds as its ``repeated`` says."""
    return [job for job in alternating(names, seeds) if seeds.index(job.seed) < VARIANTS[job.variant].repeated]


EXPERIMENT = Experiment(
    name="cifar_fast",
    question="What does the time of a beginners' CIFAR-10 training buy with another network and recipe?",
    variants=VARIANTS,
    seeds=SEEDS,
    dataset="cifar10",
    train=train,
    plan=plan,
)
