"""MLP against CNN on MNIST: equal epochs, equal parameters, equal time, and with one permutation of all pixels.

Every variant has the same digits, optimizer, batch size and validation split, on which the epoch is chosen. The test
set is looked at once, by the chosen weights: as it is, and shifted to the right.
"""

from typing import NamedTuple

import keras
import numpy as np

from course_utils import training
from course_utils.models.mlp import mlp
from course_utils.models.simple_cnn import simple_cnn
from course_utils.recipes import common
from course_utils.recipes.experiment import Experiment, Job
from course_utils.validation import one_of, whole_number

EXAMPLES, VALIDATION = 20_000, 5_000  # training digits used, digits held out
BATCH_SIZE, RATE = 64, 0.001
SEEDS = (0, 1, 2, 3, 4)
SHIFTS = (0, 1, 2, 3, 4)  # pixels to the right
PERMUTATION_SEED = 2026
TEST_BATCH = 250  # digits read at a time: TensorFlow keeps the memory that the maps of the largest batch took


class Variant(NamedTuple):
    """One contestant."""

    label: str
    widths: tuple[int, ...] | None  # hidden layers of the MLP; None for the CNN
    epochs: int  # at most
    timed: bool  # stops when it has used the processor time of the CNN with the same seed
    permuted: bool  # every image has its pixels in the same new order


# 217·(784 + 1) + 217·(217 + 1) + 10·(217 + 1) = 219,831 parameters; the CNN has 220,234.
VARIANTS = {
    "cnn": Variant("CNN", None, 4, False, False),
    "mlp": Variant("MLP, equal epochs", (512, 512), 4, False, False),
    "mlp_equal_parameters": Variant("MLP, equal epochs and parameters", (217, 217), 4, False, False),
    "mlp_equal_time": Variant("MLP, equal time", (512, 512), 40, True, False),
    "cnn_permuted": Variant("CNN, pixels permuted", None, 4, False, True),
    "mlp_permuted": Variant("MLP, pixels permuted", (512, 512), 4, False, True),
}


def permuted(images: np.ndarray, seed: int = PERMUTATION_SEED) -> np.ndarray:
    """Return images (N, 28, 28) with their pixels in another order, the same for all."""
    order = np.random.default_rng(seed).permutation(images[0].size)
    return images.reshape(len(images), -1)[:, order].reshape(images.shape)


def shifted(images: np.ndarray, pixels: int) -> np.ndarray:
    """Return images (N, 28, 28) moved right by ``pixels``; black comes in at the left."""
    whole_number("pixels", pixels, minimum=0, maximum=images.shape[2])
    moved = np.zeros_like(images)
    moved[:, :, pixels:] = images[:, :, : images.shape[2] - pixels]
    return moved


def arranged(images: np.ndarray, variant: Variant) -> np.ndarray:
    """Return uint8 images (N, 28, 28) with the variant's order of pixels and a channel axis, still uint8."""
    return (permuted(images) if variant.permuted else images)[..., None]


def scaled(images):
    """Return a batch as float32 from 0 to 1: the data stay uint8 until then, a quarter of the memory."""
    return keras.ops.cast(images, "float32") / 255


def accuracy(model, images: np.ndarray, labels: np.ndarray, variant: Variant) -> float:
    """Return the accuracy of the variant's network on uint8 images (N, 28, 28)."""
    settings = {"transform": lambda batch: scaled(arranged(batch, variant)), "batch_size": TEST_BATCH}
    return common.accuracy(model, images, labels, **settings)


def build(variant: Variant, seed: int) -> keras.Model:
    """Return the variant's network with initial weights drawn from ``seed``, compiled."""
    keras.utils.set_random_seed(seed)
    model = simple_cnn(variant="mnist") if variant.widths is None else mlp(widths=variant.widths)
    training.prepare(model, optimizer=keras.optimizers.RMSprop(RATE))
    return model


class Limit(common.Epochs):
    """Ends a training once its epochs have used up so many processor seconds, of all cores together."""

    def __init__(self, seconds: float):
        """Keep the limit."""
        super().__init__()
        self.limit = seconds

    def on_epoch_end(self, epoch, logs=None):
        """Measure, and stop if the next epoch would pass the limit by more than half of itself."""
        super().on_epoch_end(epoch, logs)
        self.model.stop_training = sum(self.processor_seconds) * (epoch + 1.5) / (epoch + 1) > self.limit


def parts(data):
    """Return ((x, y), (x, y)) to train and to choose on: 20,000 and 5,000 digits, or all there are."""
    few = data.subset(train=EXAMPLES + VALIDATION)
    return few.split(min(VALIDATION, len(few.x_train) // 5))


def train(name: str, data, *, seed: int, epochs: int | None = None, limit: float = np.inf, progress: bool = True):
    """Train one variant with one seed; a timed one stops after ``limit`` processor seconds.

    Returns:
        The model with the weights of its best epoch on the validation split, and ``arm, seed, parameters, history,
        best_epoch, seconds, processor_seconds, accuracy`` (test), and ``shifted``: test accuracy by `SHIFTS`.
    """
    variant = VARIANTS[one_of("name", name, VARIANTS)]
    fitted, validation = ((arranged(x, variant), y.astype("int32")) for x, y in parts(data))
    model, clock = build(variant, seed), Limit(limit if variant.timed else np.inf)
    settings = {"epochs": epochs or variant.epochs, "batch_size": BATCH_SIZE, "seed": seed, "monitor": "val_accuracy"}
    settings |= {"transform": scaled, "progress": progress, "callbacks": [clock]}
    result = training.fit(model, fitted, validation, **settings)
    moved = [accuracy(model, shifted(data.x_test, pixels), data.y_test, variant) for pixels in SHIFTS]
    numbers = {
        "arm": name,
        "seed": seed,
        "parameters": model.count_params(),
        "history": common.rounded(result.history),
        "best_epoch": result.best_epoch,
        "seconds": round(result.seconds, 3),
        "processor_seconds": round(sum(clock.processor_seconds), 3),
        "accuracy": moved[0],
        "shifted": moved,
    }
    return model, numbers


def _limit(job, runs: list[dict]) -> dict:
    """Return the processor time of the CNN with the same seed, for the variant that is timed."""
    used = [run["processor_seconds"] for run in runs if (run["arm"], run["seed"]) == ("cnn", job.seed)]
    return {"limit": used[0]} if used and VARIANTS[job.variant].timed else {}


EXPERIMENT = Experiment(
    name="mlp_cnn",
    question="Does a CNN beat an MLP at equal epochs, parameters and time, and what is left without neighbours?",
    variants=VARIANTS,
    seeds=SEEDS,
    dataset="mnist",
    train=train,
    given=_limit,
    finish=lambda result: result | {"examples": EXAMPLES, "shifts": SHIFTS},
)

# After four epochs the CNN still gains a digit in a hundred on permuted digits: here it has sixteen.
SHUFFLED_EPOCHS = 16
SHUFFLED = Experiment(
    name="mlp_cnn_shuffled",
    question="Pixels permuted, does the CNN catch up with the MLP when both train four times as long?",
    variants={name: variant for name, variant in VARIANTS.items() if variant.permuted},
    seeds=SEEDS[:3],
    dataset="mnist",
    train=train,
    recipe={"examples": EXAMPLES, "validation": VALIDATION, "batch_size": BATCH_SIZE, "rate": RATE},
    plan=lambda names, seeds: [Job(name, seed, {"epochs": SHUFFLED_EPOCHS}) for seed in seeds for name in names],
)
