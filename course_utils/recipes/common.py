"""What the recipes share: training in one cycle, accuracy, CIFAR-10 in three parts, mean and standard error."""

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import keras
import numpy as np

from course_utils import training
from course_utils.recipes.results import checksum

__all__ = ["Clock", "Epochs", "Mirror", "Parts", "accuracy", "checksum", "cifar", "fit_one_cycle", "probabilities",
           "rounded", "scaled", "seconds_to", "standard_error", "standardized", "summary"]  # fmt: skip

Pair = tuple[np.ndarray, np.ndarray]


class Parts(NamedTuple):
    """Images (uint8) and labels (int32) to train on, to choose on (or None), and to judge by at the end."""

    train: Pair
    validation: Pair | None
    test: Pair


def cifar(examples: int = 20_000, validation: int = 5_000, tests: int | None = None) -> Callable[[object], Parts]:
    """Return a function that makes `Parts` of CIFAR-10 (or its stand-in), for `Experiment`'s ``prepare``.

    Args:
        examples: training images, the same proportion of each class.
        validation: images held out of the rest of the training set, no more than as many as are trained on.
        tests: test images; all when None.

    Example:
        >>> cifar(examples=200, validation=50)(datasets.load("shapes")).validation[0].shape
        (50, 32, 32, 3)
    """

    def prepare(data) -> Parts:
        few = data.subset(train=examples + validation, test=tests)
        held = min(validation, len(few.x_train) // 2)
        pairs = (*few.split(held), (few.x_test, few.y_test))
        return Parts(*((images, labels.astype("int32")) for images, labels in pairs))

    return prepare


def scaled(images):
    """Return a batch of uint8 images as numbers from -1 to 1."""
    return keras.ops.cast(images, "float32") / 127.5 - 1


def standardized(images: np.ndarray, data) -> np.ndarray:
    """Return grey images (N, H, W) as float32 (N, H, W, 1), mean 0 and deviation 1 over the training pixels of data."""
    train = data.x_train.astype("float32")
    return ((images[..., None] - train.mean()) / train.std()).astype("float32")


def probabilities(model, images: np.ndarray, *, transform=scaled, batch_size: int = 250) -> np.ndarray:
    """Return the answers (N, classes) of a network to images, in batches: no graph, little memory."""
    parts = [images[start : start + batch_size] for start in range(0, len(images), batch_size)]
    answers = [model(transform(part) if transform else part, training=False) for part in parts]
    return np.concatenate([keras.ops.convert_to_numpy(answer) for answer in answers])


def accuracy(model, images: np.ndarray, labels: np.ndarray, *, transform=scaled, batch_size: int = 250) -> float:
    """Return the accuracy of a network on images, see `probabilities`."""
    answers = probabilities(model, images, transform=transform, batch_size=batch_size).argmax(axis=-1)
    return float(np.mean(answers == np.asarray(labels)))


def rounded(history: Mapping[str, Iterable[float]], digits: int = 5, keys: Sequence[str] | None = None) -> dict:
    """Return curves with so many decimals: all, or those of ``keys``."""
    return {key: [round(float(value), digits) for value in history[key]] for key in keys or history}


class Clock:
    """Wall and processor seconds (of all cores) since it was made, or of a block, as an experiment stores them.

    Example:
        >>> with Clock() as clock:
        ...     sum(range(1000))
        499500
        >>> sorted(clock.numbers())
        ['processor_seconds', 'seconds']
    """

    def __init__(self):
        """Begin."""
        self.begun, self.used = (time.perf_counter(), time.process_time()), None

    def __enter__(self):
        self.__init__()
        return self

    def __exit__(self, *error):
        self.used = self.since()

    def since(self) -> tuple[float, float]:
        """Return wall and processor seconds since it was made."""
        return time.perf_counter() - self.begun[0], time.process_time() - self.begun[1]

    def numbers(self) -> dict:
        """Return ``seconds`` and ``processor_seconds``."""
        wall, worked = self.used or self.since()
        return {"seconds": round(wall, 2), "processor_seconds": round(worked, 2)}


class Epochs(keras.callbacks.Callback):
    """Notes seconds and processor seconds of each epoch; then, outside of both, the accuracy on test images if any."""

    def __init__(self, *test, **settings):
        """Keep test images and labels, and the settings of `accuracy`."""
        super().__init__()
        self.test, self.settings, self.clock = test, settings, Clock()
        self.seconds, self.processor_seconds, self.test_accuracy = [], [], []

    def on_epoch_begin(self, epoch, logs=None):
        """Read the clocks: that of the processor stands still while other programs use it."""
        self.clock = Clock()

    def on_epoch_end(self, epoch, logs=None):
        """Measure."""
        wall, worked = self.clock.since()
        self.seconds.append(round(wall, 3))
        self.processor_seconds.append(round(worked, 3))
        if self.test:
            self.test_accuracy.append(accuracy(self.model, *self.test, **self.settings))


def seconds_to(run: Mapping, target: float, seconds: str = "epoch_seconds") -> float:
    """Return the seconds of a run until the first epoch that ends with ``target`` on the test set, or infinity.

    Example:
        >>> seconds_to({"test_accuracy": [0.90, 0.95], "epoch_seconds": [2.0, 1.0]}, 0.95)
        3.0
    """
    reached = np.flatnonzero(np.asarray(run["test_accuracy"]) >= target)
    return float(sum(run[seconds][: reached[0] + 1])) if len(reached) else math.inf


class Mirror(keras.callbacks.Callback):
    """Mirrors each training image left and right with probability one half, drawn anew for every epoch.

    ``buffer`` is the array to train on; seed and epoch decide alone, so a resumed training sees the same images.
    """

    def __init__(self, images: np.ndarray, seed: int):
        super().__init__()
        self.images, self.buffer, self.seed = images, images.copy(), seed

    def on_epoch_begin(self, epoch, logs=None):
        """Draw."""
        turned = np.random.default_rng([self.seed, epoch, 7]).random(len(self.images)) < 0.5
        self.buffer[...] = self.images
        self.buffer[turned] = self.images[turned][:, :, ::-1]


def fit_one_cycle(
    model: keras.Model,
    parts: Parts,
    *,
    rate: float,
    epochs: int,
    seed: int,
    batch_size: int = 128,
    optimizer: Callable = keras.optimizers.Adam,
    mirror: bool = True,
    transform=scaled,
    warm_up: float = 0.3,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    judged: Sequence[str] = Parts._fields,
    progress: bool = True,
) -> dict:
    """Train an uncompiled network in one cycle of the rate, judge its last epoch, and return plain numbers.

    Args:
        model: gives class probabilities for what ``transform`` makes of uint8 images.
        parts: what `cifar` makes.
        rate: greatest learning rate; it rises for ``warm_up`` of the steps and falls to almost nothing.
        epochs: passes over the training images.
        seed: of shuffling and mirror images. (Initial weights are drawn when the model is built.)
        batch_size: images a step.
        optimizer: takes a schedule, for instance ``lambda rate: keras.optimizers.SGD(rate, momentum=0.9)``.
        mirror: show each image or its mirror image, drawn for every epoch.
        transform: of a batch of images, in ``keras.ops``.
        warm_up: share of the steps.
        callbacks: further ones.
        judged: the parts whose accuracy is measured at the end.
        progress: show a bar.

    Returns:
        ``parameters``; ``loss, accuracy, val_loss, val_accuracy``, one an epoch (training values are means over the
        epoch while the weights change); of the last weights ``train_accuracy`` (the images as they are),
        ``validation_accuracy`` and ``test_accuracy``; ``seconds, processor_seconds`` of the training.
    """
    images, labels = parts.train
    schedule = training.one_cycle(rate, examples=len(images), batch_size=batch_size, epochs=epochs, warm_up=warm_up)
    training.prepare(model, optimizer=optimizer(schedule))
    mirrors = [Mirror(images, seed)] if mirror else []
    pair = (mirrors[0].buffer if mirror else images), labels
    settings = {"epochs": epochs, "batch_size": batch_size, "seed": seed, "transform": transform, "monitor": None}
    with Clock() as clock:
        run = training.fit(
            model, pair, parts.validation, callbacks=[*mirrors, *callbacks], progress=progress, **settings
        )
    ends = {f"{part}_accuracy": getattr(parts, part) for part in judged}
    return {
        "parameters": model.count_params(),
        **rounded(run.history),
        **{name: round(accuracy(model, *pair, transform=transform), 5) for name, pair in ends.items()},
        **clock.numbers(),
    }


def fitted(model, parts: Parts, *, transform, **settings) -> dict:
    """Train a compiled model and judge the weights of its best epoch on the validation images.

    Args:
        model: a compiled `keras.Model`.
        parts: pairs of images and labels to train on, to choose the epoch on, and to judge by.
        transform: applied to every batch of images.
        **settings: of `training.fit`: ``epochs, batch_size, seed, progress``.

    Returns:
        Plain numbers: ``parameters, history, best_epoch, train_accuracy, validation_accuracy, test_accuracy, seconds,
        processor_seconds``.
    """
    with Clock() as clock:
        result = training.fit(model, parts.train, parts.validation, transform=transform, **settings)
    numbers = {"parameters": model.count_params(), "history": rounded(result.history), "best_epoch": result.best_epoch}
    for part, pair in parts._asdict().items():
        numbers[f"{part}_accuracy"] = round(accuracy(model, *pair, transform=transform), 5)
    return numbers | clock.numbers()


def standard_error(values: Sequence[float]) -> float:
    """Return the standard error of the mean of some values, infinite for fewer than two.

    Example:
        >>> standard_error([0.70, 0.72, 0.74]).__round__(4)
        0.0115
    """
    return float(np.std(values, ddof=1) / math.sqrt(len(values))) if len(values) > 1 else math.inf


def summary(runs: Iterable[Mapping], score: str = "test_accuracy", by: str = "arm") -> dict[str, tuple[float, float]]:
    """Return mean and standard error of a score (the last value, of a curve) for each variant of stored runs.

    Example:
        >>> summary([{"arm": "a", "test_accuracy": 0.5}, {"arm": "a", "test_accuracy": 0.7}])["a"][0]
        0.6
    """
    scores = {}
    for run in runs:
        value = run[score][-1] if isinstance(run[score], list) else run[score]
        scores.setdefault(run[by], []).append(value)
    return {name: (float(np.mean(values)), standard_error(values)) for name, values in scores.items()}
