"""LeNet-5 on MNIST: a common recipe against a one-cycle recipe, seed by seed on one machine.

Both variants train through `training.fit` with the same settings of speed, so the seconds compare recipes and not
loops. Everything was chosen on the validation split (5,000 of the training images); the test set is looked at after
each epoch to draw the curves, and decides nothing.
"""

from typing import NamedTuple

import keras
import numpy as np

from course_utils import datasets, training
from course_utils.models import lenet5
from course_utils.recipes import common
from course_utils.recipes.experiment import Experiment, alternating
from course_utils.validation import one_of, real_number

MEAN, DEVIATION = 0.1307, 0.3081  # of MNIST's training pixels, scaled to 0–1
VALIDATION = 5_000
SEEDS = (0, 1, 2, 3, 4, 5, 6)
TEST_BATCH = 250  # images read at a time: TensorFlow keeps the memory that the maps of the largest batch took


class Variant(NamedTuple):
    """One recipe: every number a training needs."""

    label: str
    epochs: int
    batch_size: int
    rate: float
    one_cycle: bool  # the rate rises to ``rate`` and falls again; else it stays
    padding: int  # pixels of background around the 28×28 image
    standardised: bool  # pixels have mean 0 and deviation 1; else they go from 0 to 1
    keep: str  # "last" or "best": which epoch's weights are reported


VARIANTS = {
    "notes": Variant("the notes' recipe", 20, 128, 0.001, False, 0, False, "last"),
    "ours": Variant("one cycle", 3, 128, 0.01, True, 0, True, "best"),
}


def pixels(images, variant: Variant) -> np.ndarray:
    """Return uint8 images (N, 28, 28) as the variant's network wants them, float32 (N, side, side, 1)."""
    frame = ((0, 0), (variant.padding,) * 2, (variant.padding,) * 2)
    ready = np.pad(images, frame)[..., None].astype("float32")
    ready /= 255  # in place: many images take hundreds of megabytes in this form, once is enough
    if variant.standardised:
        ready -= np.float32(MEAN)
        ready /= np.float32(DEVIATION)
    return ready


def scaled(images, variant: Variant):
    """Do the same as `pixels` to a tensor, for use while training: the data can stay uint8 until then."""
    frame = ((0, 0), (variant.padding,) * 2, (variant.padding,) * 2, (0, 0))
    images = keras.ops.pad(keras.ops.cast(images, "float32")[..., None], frame) / 255
    return (images - MEAN) / DEVIATION if variant.standardised else images


def build(variant: Variant, *, examples: int, seed: int, epochs: int | None = None) -> keras.Model:
    """Return the variant's network with initial weights drawn from ``seed``, compiled."""
    keras.utils.set_random_seed(seed)
    side = 28 + 2 * variant.padding
    model = lenet5(input_shape=(side, side, 1))
    rate, lasting = variant.rate, {"examples": examples, "batch_size": variant.batch_size}
    if variant.one_cycle:
        rate = training.one_cycle(rate, epochs=epochs or variant.epochs, **lasting)
    training.prepare(model, optimizer=keras.optimizers.Adam(rate))
    return model


def accuracy(model, images, labels) -> float:
    """Return the accuracy on images as the network wants them."""
    return common.accuracy(model, images, labels, transform=None, batch_size=TEST_BATCH)


def train(name: str, data, *, seed: int, epochs: int | None = None, progress: bool = True):
    """Train one variant with one seed; the validation split is the same for all.

    Returns:
        The trained model, and plain numbers: ``arm, seed, history, test_accuracy`` (one an epoch),
        ``epoch_seconds``, ``seconds``, ``processor_seconds`` (of all cores), ``reported_epoch``, and of that epoch
        ``validation_accuracy`` and ``accuracy`` (test).
    """
    variant = VARIANTS[one_of("name", name, VARIANTS)]
    parts = data.split(min(VALIDATION, len(data.x_train) // 12))
    fitted, validation = ((x, y.astype("int32")) for x, y in parts)
    model = build(variant, examples=len(fitted[0]), seed=seed, epochs=epochs)
    curve = common.Epochs(pixels(data.x_test, variant), data.y_test, transform=None, batch_size=TEST_BATCH)
    settings = {"epochs": epochs or variant.epochs, "batch_size": variant.batch_size, "seed": seed}
    settings |= {"monitor": "val_accuracy" if variant.keep == "best" else None, "progress": progress}
    settings["transform"] = lambda images: scaled(images, variant)
    result = training.fit(model, fitted, validation, callbacks=[curve], **settings)
    reported = result.best_epoch if variant.keep == "best" else len(curve.test_accuracy)
    return model, {
        "arm": name,
        "seed": seed,
        "history": common.rounded(result.history, 6),
        "test_accuracy": curve.test_accuracy,
        "epoch_seconds": [round(value, 3) for value in result.epoch_seconds],
        "seconds": round(result.seconds, 3),
        "processor_seconds": round(sum(curve.processor_seconds), 3),
        "first_step_seconds": round(result.first_step_seconds, 3),
        "reported_epoch": reported,
        "validation_accuracy": result.history["val_accuracy"][reported - 1],
        "accuracy": curve.test_accuracy[reported - 1],
    }


def race_to(target: float = 0.9857, *, seed: int = 0, data=None, log=lambda text: None) -> dict:
    """Train both variants in one run and return the seconds each needs to a test accuracy of ``target``.

    Args:
        target: the accuracy; by default what the common recipe reaches after 20 epochs.
        seed: of both variants.
        data: a `datasets.ImageDataset`; MNIST when None.
        log: called with a line of text after each variant.

    Returns:
        ``{"target", "notes", "ours", "ratio", "notes_accuracy", "ours_accuracy", "notes_whole", "ours_whole"}``:
        seconds until the end of the first epoch that reaches the target (infinite when none does), notes / ours,
        and the processor seconds of the whole of each recipe.

    Raises:
        ValueError: ``target`` is not between 0 and 1.
    """
    found = {"target": real_number("target", target, low=0.0, high=1.0)}
    data = datasets.load("mnist") if data is None else data
    for name in ("ours", "notes"):
        _, run = train(name, data, seed=seed)
        found[name], found[f"{name}_accuracy"] = common.seconds_to(run, target), run["accuracy"]
        found[f"{name}_whole"] = run["processor_seconds"]
        log(f"{VARIANTS[name].label}: {found[name]:.1f} s to {target:.2%}, test accuracy {run['accuracy']:.2%}")
    return found | {"ratio": found["notes"] / found["ours"]}


EXPERIMENT = Experiment(
    name="lenet_race",
    question="How much accuracy, and how fast, for the same network with another recipe?",
    variants=VARIANTS,
    seeds=SEEDS,
    dataset="mnist",
    train=train,
    plan=alternating,
)
