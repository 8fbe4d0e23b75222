"""An AlexNet with batch norm whose validation stays at chance while its training goes well.

A scaled-down network is trained on 80 % of the flowers in batches of 64, five epochs, with Adam (variant ``"notes"``);
``"twice_divided"`` also divides the pixels by 255 twice, a common mistake. Batch norm keeps moving statistics for later
use. They start at mean 0 and variance 1 and go the hundredth part of the way at each step, so after 85 steps
0.99⁸⁵ = 43 % of that start is still in them. Three fixes are measured.
"""

from typing import NamedTuple

import keras
import numpy as np

from course_utils import datasets, training
from course_utils.models import alexnet
from course_utils.recipes.common import rounded
from course_utils.recipes.experiment import Experiment
from course_utils.validation import one_of

SIDE, WIDTH, EPOCHS = 163, 0.125, 5
VALIDATION = 0.2  # 272 of 1,360
SEEDS = (0, 1, 2, 3, 4)


class Variant(NamedTuple):
    """One way to train the network."""

    label: str
    momentum: float = 0.99
    batch_size: int = 64
    divisor: float = 255.0  # of the pixels


VARIANTS = {
    "notes": Variant("the notes' batch norm, pixels right"),
    "twice_divided": Variant("as in the notes: pixels divided twice", divisor=255.0**2),
    "momentum": Variant("momentum 0.9", momentum=0.9),
    "more_updates": Variant("batches of 8", batch_size=8),
}


def split(folder=None) -> tuple:
    """Return (x, y), (x, y): 80 % of the flowers and the rest, by chance within each class; uint8, 163×163."""
    folder = datasets.load_folder("flowers17", quiet=True) if folder is None else folder
    images, labels = folder.arrays(SIDE)
    held, draw = np.zeros(len(labels), bool), np.random.default_rng(42)
    for label in np.unique(labels):
        members = draw.permutation(np.flatnonzero(labels == label))
        held[members[: round(VALIDATION * len(members))]] = True
    return (images[~held], labels[~held].astype("int32")), (images[held], labels[held].astype("int32"))


def updates(examples: int, variant: Variant, epochs: int = EPOCHS) -> int:
    """Return how often a training moves the statistics: once a batch.

    Example:
        >>> updates(1088, VARIANTS["notes"])
        85
    """
    return -(-examples // variant.batch_size) * epochs


def build(variant: Variant, *, seed: int, classes: int = 17) -> keras.Model:
    """Return the network of a variant with initial weights drawn from ``seed``, compiled."""
    keras.utils.set_random_seed(seed)
    model = alexnet("batchnorm", input_shape=(SIDE, SIDE, 3), classes=classes, width=WIDTH, momentum=variant.momentum)
    training.prepare(model, optimizer=keras.optimizers.Adam(1e-3))
    model.steps_per_execution = 1  # with batches as large as these, several steps in one graph only cost memory
    return model


def pixels(images, variant: Variant):
    """Return raw pixels as the variant's network gets them."""
    return keras.ops.cast(images, "float32") / variant.divisor


def answers(model, images: np.ndarray, variant: Variant, *, batch_statistics: bool = False) -> np.ndarray:
    """Return the class numbers the network answers with.

    Args:
        model: a network of `build`.
        images: uint8 (N, 163, 163, 3).
        variant: says how pixels are scaled.
        batch_statistics: normalise by the statistics of the batches of 136, not by the moving ones.
    """
    found = []
    for start in range(0, len(images), 136):
        batch = pixels(images[start : start + 136], variant)
        if batch_statistics:
            kept = model.get_weights()
        found.append(keras.ops.convert_to_numpy(model(batch, training=batch_statistics)).argmax(axis=1))
        if batch_statistics:
            model.set_weights(kept)  # looking must not move the statistics
    return np.concatenate(found)


def reestimate(model, images: np.ndarray, variant: Variant, *, batch_size: int = 64) -> None:
    """Replace the moving statistics by the mean statistics of one pass over the training images; learns nothing.

    The momentum for batch number n is (n − 1) / n, which makes the moving mean the plain mean of all batches.
    """
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in norms]
    order = np.random.default_rng(0).permutation(len(images))
    for number, start in enumerate(range(0, len(images), batch_size)):
        for layer in norms:
            layer.momentum = number / (number + 1)
        model(pixels(images[order[start : start + batch_size]], variant), training=True)
    for layer, momentum in zip(norms, momenta, strict=True):
        layer.momentum = momentum


def judged(model, data, variant: Variant) -> dict:
    """Return the accuracies on training and validation images, and how many classes are answered."""
    (x, y), (x_held, y_held) = data
    said = answers(model, x_held, variant)
    return {
        "train": round(float(np.mean(answers(model, x, variant) == y)), 4),
        "validation": round(float(np.mean(said == y_held)), 4),
        "answers_used": len(np.unique(said)),
    }


def train(name: str, data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train one variant with one seed on what `split` returns.

    Returns:
        The trained model, and plain numbers: ``arm, seed, updates, history, seconds`` and what `judged` says; for
        ``"notes"`` also ``batch_statistics`` (validation accuracy by the statistics of the batch). For it and for
        ``"twice_divided"`` ``reestimated`` holds what `judged` says of a copy after `reestimate`.
    """
    variant = VARIANTS[one_of("name", name, VARIANTS)]
    (x, y), held = data
    model = build(variant, seed=seed, classes=int(y.max()) + 1)
    settings = {"epochs": epochs, "batch_size": variant.batch_size, "seed": seed, "monitor": None}
    settings["transform"] = lambda images: pixels(images, variant)
    result = training.fit(model, (x, y), held, progress=progress, **settings)
    numbers = {"arm": name, "seed": seed, "updates": updates(len(y), variant, epochs)}
    numbers |= {"history": rounded(result.history, 4), "seconds": round(result.seconds, 1)} | judged(
        model, data, variant
    )
    if name in ("notes", "twice_divided"):
        said = answers(model, held[0], variant, batch_statistics=True)
        numbers["batch_statistics"] = round(float(np.mean(said == held[1])), 4)
        kept = model.get_weights()
        reestimate(model, x, variant)
        numbers["reestimated"] = judged(model, data, variant)
        model.set_weights(kept)
    return model, numbers


EXPERIMENT = Experiment(
    name="alexnet_batchnorm",
    question="Why does the validation of a network with batch norm stay at chance, and what fixes it?",
    variants=VARIANTS,
    seeds=SEEDS,
    dataset=lambda: datasets.load_folder("flowers17"),
    prepare=split,
    train=train,
    recipe={"side": SIDE, "width": WIDTH, "epochs": EPOCHS},
)
