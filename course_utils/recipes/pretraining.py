"""How the small weights of ``data/weights`` were trained: the recipes as data, and one loop that trains them all."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from course_utils.models.resnet_cifar import resnet_cifar


@dataclass(frozen=True)
class Pretraining:
    """One network, one data set and every number its training needs."""

    name: str
    dataset: str
    build: Callable[[], keras.Model]
    augment: Callable[[np.ndarray, np.random.Generator], np.ndarray]
    epochs: int
    batch_size: int
    peak_rate: float
    warm_up: float  # share of the steps in which the rate climbs to its peak; then a cosine leads it to zero
    momentum: float
    weight_decay: float  # Keras subtracts rate · weight_decay · w: ten times the L2 coefficient it stands for at momentum .9
    validation: int  # training images held out for every decision
    seed: int


def crop_and_flip(images: np.ndarray, rng: np.random.Generator, *, pad: int = 4) -> np.ndarray:
    """Pad each image by ``pad`` zeros, cut a random window of the old size, and mirror every second one on average."""
    count, height, width, _ = images.shape
    padded = np.pad(images, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(1, 2))
    rows, columns = rng.integers(0, 2 * pad + 1, (2, count))
    cut = np.moveaxis(windows[np.arange(count), rows, columns], 1, -1)  # (N, C, H, W) → (N, H, W, C)
    mirrored = rng.random(count) < 0.5
    return np.where(mirrored[:, None, None, None], cut[:, :, ::-1], cut)


RESNET20_CIFAR10 = Pretraining(
    name="resnet20_cifar10",
    dataset="cifar10",
    build=lambda: resnet_cifar(n=3, raw_pixels=True),
    augment=crop_and_flip,
    epochs=24,
    batch_size=128,
    peak_rate=0.2,
    warm_up=0.2,
    momentum=0.9,
    weight_decay=3e-3,
    validation=5_000,
    seed=42,
)


def split(images: np.ndarray, labels: np.ndarray, held_out: int, seed: int):
    """Return ((x, y) to train on, (x, y) to decide on): a random split that depends on the seed alone."""
    order = np.random.default_rng(seed).permutation(len(images))
    chosen, rest = order[:held_out], order[held_out:]
    return (images[rest], labels[rest]), (images[chosen], labels[chosen])


def compiled(recipe: Pretraining, training_images: int) -> keras.Model:
    """Build the recipe's network and give it its optimiser: the rate climbs to its peak, then falls to zero."""
    steps = recipe.epochs * -(-training_images // recipe.batch_size)
    warm_up = round(recipe.warm_up * steps)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, decay_steps=steps - warm_up, warmup_target=recipe.peak_rate, warmup_steps=warm_up
    )
    model = recipe.build()
    model.compile(
        keras.optimizers.SGD(rate, momentum=recipe.momentum, nesterov=True, weight_decay=recipe.weight_decay),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def train(recipe: Pretraining, images: np.ndarray, labels: np.ndarray, folder: Path, *, log=print):
    """Train the recipe's network, or go on where a stopped training left off; return (model, curves)."""
    training, validation = split(images, labels, recipe.validation, recipe.seed)
    model, curves = resume(folder)
    if model is None:
        keras.utils.set_random_seed(recipe.seed)
        model = compiled(recipe, len(training[0]))
    for epoch in range(len(curves), recipe.epochs):
        started, worked = time.perf_counter(), time.process_time()
        rng = np.random.default_rng([recipe.seed, epoch])
        order = rng.permutation(len(training[0]))
        fitted = model.fit(
            recipe.augment(training[0][order], rng),
            training[1][order],
            batch_size=recipe.batch_size,
            shuffle=False,
            verbose=0,
        )
        loss, accuracy = model.evaluate(*validation, batch_size=500, verbose=0)
        row = {
            "epoch": epoch + 1,
            "loss": fitted.history["loss"][0],
            "accuracy": fitted.history["accuracy"][0],
            "val_loss": loss,
            "val_accuracy": accuracy,
            "seconds": time.perf_counter() - started,
            "processor_seconds": time.process_time() - worked,
        }
        curves.append(row)
        save_state(folder, model, curves)
        log(" · ".join(f"{key} {value:.4g}" for key, value in row.items()))
    return model, curves


def save_state(folder: Path, model: keras.Model, curves: list[dict]) -> None:
    """Write the state after an epoch so that a stop at any instant leaves one whole state behind."""
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / f"epoch_{len(curves):03d}.keras")
    unfinished = folder / "curves.tmp"
    unfinished.write_text(json.dumps(curves, indent=1))
    unfinished.replace(folder / "curves.json")
    (folder / f"epoch_{len(curves) - 1:03d}.keras").unlink(missing_ok=True)


def resume(folder: Path):
    """Return (model, curves) of the last whole state in ``folder``, or (None, []) where there is none."""
    written = folder / "curves.json"
    if not written.exists():
        return None, []
    curves = json.loads(written.read_text())
    return keras.models.load_model(folder / f"epoch_{len(curves):03d}.keras"), curves


def data_checksum(*arrays: np.ndarray) -> str:
    """Return the SHA-256 of the arrays' bytes, one after the other."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()
