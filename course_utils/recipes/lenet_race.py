"""LeNet-5 on MNIST: the notes' recipe against a one-cycle recipe, seed by seed on one machine.

Both arms train through `training.fit` with the same settings of speed, so the seconds compare recipes and not loops.
Everything was chosen on the validation split (5,000 of the training images); the test set is looked at after each
epoch to draw the curves, and decides nothing.
"""

import time
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
TEST_BATCH = 250  # images read at a time: TensorFlow keeps the room that the maps of the largest batch took


class Arm(NamedTuple):
    """One recipe: every number a training needs."""

    label: str
    epochs: int
    batch_size: int
    rate: float
    one_cycle: bool  # the rate rises to ``rate`` and falls again; else it stays
    padding: int  # pixels of background around the 28×28 image
    standardised: bool  # pixels have mean 0 and deviation 1; else they go from 0 to 1
    keep: str  # "last" or "best": which epoch's weights are reported


ARMS = {
    "notes": Arm("the notes' recipe", 20, 128, 0.001, False, 0, False, "last"),
    "ours": Arm("one cycle", 3, 128, 0.01, True, 0, True, "best"),
}


def pixels(images, arm: Arm) -> np.ndarray:
    """Return uint8 images (N, 28, 28) as the arm's network wants them, float32 (N, side, side, 1)."""
    frame = ((0, 0), (arm.padding,) * 2, (arm.padding,) * 2)
    ready = np.pad(images, frame)[..., None].astype("float32")
    ready /= 255  # in place: many images take hundreds of megabytes in this form, once is enough
    if arm.standardised:
        ready -= np.float32(MEAN)
        ready /= np.float32(DEVIATION)
    return ready


def scaled(images, arm: Arm):
    """Do the same as `pixels` to a tensor, for use while training: the data can stay uint8 until then."""
    frame = ((0, 0), (arm.padding,) * 2, (arm.padding,) * 2, (0, 0))
    images = keras.ops.pad(keras.ops.cast(images, "float32")[..., None], frame) / 255
    return (images - MEAN) / DEVIATION if arm.standardised else images


def build(arm: Arm, *, examples: int, seed: int, epochs: int | None = None) -> keras.Model:
    """Return the arm's network with first weights drawn from ``seed``, compiled."""
    keras.utils.set_random_seed(seed)
    side = 28 + 2 * arm.padding
    model = lenet5(input_shape=(side, side, 1))
    rate = arm.rate
    if arm.one_cycle:
        rate = training.one_cycle(rate, examples=examples, batch_size=arm.batch_size, epochs=epochs or arm.epochs)
    training.prepare(model, optimizer=keras.optimizers.Adam(rate))
    return model


class TestCurve(keras.callbacks.Callback):
    """Notes processor time and test accuracy of every epoch; the test itself is outside of both measured times."""

    def __init__(self, images, labels):
        """Keep the test data."""
        super().__init__()
        self.images, self.labels, self.values = images, np.asarray(labels), []
        self.processor_seconds, self.begun = [], 0.0

    def on_epoch_begin(self, epoch, logs=None):
        """Read the clock that stands still while other programs use the processor."""
        self.begun = time.process_time()

    def on_epoch_end(self, epoch, logs=None):
        """Measure."""
        self.processor_seconds.append(round(time.process_time() - self.begun, 3))
        self.values.append(accuracy(self.model, self.images, self.labels))


def accuracy(model, images, labels) -> float:
    """Return the accuracy on images as the network wants them."""
    return common.accuracy(model, images, labels, transform=lambda ready: ready, batch_size=TEST_BATCH)


def train(name: str, data, *, seed: int, epochs: int | None = None, progress: bool = True):
    """Train one arm with one seed; return the model with its curves, seconds and accuracies.

    Args:
        name: ``"notes"`` or ``"ours"``.
        data: a `datasets.ImageDataset` of 28×28 grey images.
        seed: of first weights and shuffling. The validation split is the same for all.
        epochs: other than the arm's own.
        progress: show a bar.

    Returns:
        The trained model, and plain numbers: ``arm, seed, history, test_accuracy`` (one an epoch),
        ``epoch_seconds``, ``seconds``, ``processor_seconds`` (of all cores), ``reported_epoch``, and of that epoch
        ``validation_accuracy`` and ``accuracy`` (test).
    """
    arm = ARMS[one_of("name", name, ARMS)]
    parts = data.split(min(VALIDATION, len(data.x_train) // 12))
    fitted, validation = ((x, y.astype("int32")) for x, y in parts)
    model = build(arm, examples=len(fitted[0]), seed=seed, epochs=epochs)
    curve = TestCurve(pixels(data.x_test, arm), data.y_test)
    result = training.fit(
        model,
        fitted,
        validation,
        epochs=epochs or arm.epochs,
        batch_size=arm.batch_size,
        seed=seed,
        transform=lambda images: scaled(images, arm),
        monitor="val_accuracy" if arm.keep == "best" else None,
        progress=progress,
        callbacks=[curve],
    )
    reported = result.best_epoch if arm.keep == "best" else len(curve.values)
    numbers = {
        "arm": name,
        "seed": seed,
        "history": common.rounded(result.history, 6),
        "test_accuracy": curve.values,
        "epoch_seconds": [round(value, 3) for value in result.epoch_seconds],
        "seconds": round(result.seconds, 3),
        "processor_seconds": round(sum(curve.processor_seconds), 3),
        "first_step_seconds": round(result.first_step_seconds, 3),
        "reported_epoch": reported,
        "validation_accuracy": result.history["val_accuracy"][reported - 1],
        "accuracy": curve.values[reported - 1],
    }
    return model, numbers


def race_to(target: float = 0.9857, *, seed: int = 0, data=None, log=lambda text: None) -> dict:
    """Train both arms in one run and return the seconds each needs to a test accuracy of ``target``.

    Args:
        target: the accuracy; by default what the notes report after 20 epochs.
        seed: of both arms.
        data: a `datasets.ImageDataset`; MNIST when None.
        log: called with a line of text after each arm.

    Returns:
        ``{"target", "notes", "ours", "ratio", "notes_accuracy", "ours_accuracy", "notes_whole", "ours_whole"}``:
        seconds until the end of the first epoch that reaches the target (infinite when none does), notes / ours,
        and the processor seconds of the whole of each recipe.

    Raises:
        ValueError: ``target`` is not between 0 and 1.
    """
    target = real_number("target", target, low=0.0, high=1.0)
    data = datasets.load("mnist") if data is None else data
    found = {"target": target}
    for name in ("ours", "notes"):
        _, result = train(name, data, seed=seed)
        found[name], found[f"{name}_accuracy"] = seconds_to(result, target), result["accuracy"]
        found[f"{name}_whole"] = result["processor_seconds"]
        log(f"{ARMS[name].label}: {found[name]:.1f} s to {target:.2%}, test accuracy {result['accuracy']:.2%}")
    return found | {"ratio": found["notes"] / found["ours"]}


def seconds_to(result: dict, target: float) -> float:
    """Return the seconds of one run until the first epoch that ends with ``target`` on the test set, or infinity."""
    reached = np.flatnonzero(np.asarray(result["test_accuracy"]) >= target)
    return float(sum(result["epoch_seconds"][: reached[0] + 1])) if len(reached) else float("inf")


EXPERIMENT = Experiment(
    name="lenet_race",
    question="How much accuracy, and how fast, for the same network with another recipe?",
    variants=ARMS,
    seeds=SEEDS,
    dataset="mnist",
    train=train,
    plan=alternating,
)
