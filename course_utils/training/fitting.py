"""`fit`: train a model on arrays, keep its best weights, survive an interruption, tell the time honestly."""

import contextlib
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from course_utils.training import checkpoint as checkpoints
from course_utils.training import devices
from course_utils.training.batches import Shuffle, batches, examples_of
from course_utils.training.identity import fingerprint
from course_utils.training.progress import Bar
from course_utils.validation import one_of, whole_number

EVALUATION_BATCH = 500


@dataclass(frozen=True)
class Result:
    """What a training left behind.

    ``history`` maps each score to its values, one an epoch; ``seconds`` is the wall time of all epochs, validation
    included; ``first_step_seconds`` is the part of it until the first batches were done, which is mostly compiling;
    ``best_epoch`` counts from 1 (0: the monitored score was NaN in every epoch, the last weights are kept);
    ``resumed_from`` is the number of epochs found in the checkpoint.
    """

    history: dict[str, list[float]]
    epoch_seconds: list[float]
    first_step_seconds: float
    best_epoch: int
    monitor: str | None
    resumed_from: int

    @property
    def seconds(self) -> float:
        """Return the wall time of all epochs in seconds."""
        return float(sum(self.epoch_seconds))

    @property
    def best(self) -> float | None:
        """Return the monitored score of the best epoch, None without one."""
        return self.history[self.monitor][self.best_epoch - 1] if self.monitor and self.best_epoch else None


def fit(
    model: keras.Model,
    train,
    validation=None,
    *,
    epochs: int,
    batch_size: int = 128,
    seed: int = 0,
    transform=None,
    monitor: str | None = "auto",
    checkpoint: str | Path | None = None,
    resume: bool = True,
    progress: bool = True,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> Result:
    """Train ``model`` and leave it with the weights of its best epoch on the validation data.

    Args:
        model: a compiled Keras model (see `prepare`).
        train: ``(x, y)`` arrays, shuffled anew each epoch; or a ``tf.data.Dataset`` of batches, taken as it comes.
        validation: the same (`ImageDataset.split` sets some images aside), or None. Never the test set.
        epochs: passes over the training data.
        batch_size: examples a step, at most: where they do not divide the epoch's examples, all its batches are a
            little smaller (157 of 63 or 64 for 10,000 examples and 64), none is much smaller than the others. A
            dataset has its own.
        seed: seed of the shuffling: the order of epoch ``e`` depends on ``(seed, e)`` alone.
        transform: function of a batch of inputs, applied before the model sees it, to validation data too: scaling
            here lets the arrays stay uint8, a quarter of the memory. Written in ``keras.ops``.
        monitor: the score that decides which epoch is best, for instance ``"val_loss"`` (least) or
            ``"val_accuracy"`` (greatest; names that end in ``loss`` or ``error`` are better when less). NaN is never
            best. ``"auto"``: ``"val_accuracy"`` with validation data, else None. None: the last weights are kept.
        checkpoint: name or path of a file written after every epoch; the same call made again goes on from it, bit
            by bit on arrays. A bare name lies in ``runs/``. None: no file. Another network, optimizer, loss, transform
            or other data are refused; of a dataset that reads files or a generator only shapes, length and steps are
            compared, and where its shuffling goes on is its own affair.
        resume: False begins again, and replaces an earlier checkpoint of that name.
        progress: show a bar while training; nothing of it stays in a stored notebook.
        callbacks: further Keras callbacks. Their numbers, words and lists of numbers that changed (the best score and
            the epochs waited of ``ReduceLROnPlateau`` and ``EarlyStopping``) are in the checkpoint and go on with it.
            Arguments they were made with, arrays and random generators are not: what draws by chance should draw
            from the epoch's number.

    Returns:
        A `Result`.

    Raises:
        ValueError: the model is not compiled, the data do not fit together, ``monitor`` names no score, or
            ``checkpoint`` belongs to another training.

    Example:
        >>> run = fit(model, (x, y), (x_val, y_val), epochs=3, checkpoint="lenet")  # doctest: +SKIP
        >>> run.best_epoch, round(run.best, 4)  # doctest: +SKIP
        (3, 0.9904)
    """
    epochs, batch_size = whole_number("epochs", epochs), whole_number("batch_size", batch_size)
    seed = whole_number("seed", seed, minimum=0)
    if getattr(model, "optimizer", None) is None:
        raise ValueError(f"model must be compiled with an optimizer (training.prepare does it); received {model!r}.")
    examples = examples_of("train", train)
    if validation is not None:
        examples_of("validation", validation)
    if monitor == "auto":
        monitor = "val_accuracy" if validation is not None else None
    elif monitor is not None:
        _check_monitor(model, monitor, train, validation is not None, transform)
    keeper, shuffle = Keeper(monitor), Shuffle(seed)
    if checkpoint is not None:
        file = keeper.file = checkpoints.location(checkpoint)
        keeper.fingerprint = fingerprint(model, train, validation, batch_size, seed, monitor, transform)
        if not resume and devices.writes():
            checkpoints.clear(file)
    done = keeper.restore(model, epochs) if resume else 0
    if done < epochs and not keeper.stopped:
        steps = math.ceil(examples / batch_size) if examples else int(train.cardinality())
        bar = [Bar(epochs=epochs, batches=steps, first_epoch=done)] if progress else []
        with contextlib.ExitStack() as data:
            if devices.shares(model) > 1:
                with batches(train, batch_size, None, transform) as some:
                    devices.ready(model, some)
            train = data.enter_context(batches(train, batch_size, shuffle, transform))
            if validation is not None:
                validation = data.enter_context(batches(validation, EVALUATION_BATCH, None, transform))
            for shown in bar:
                data.callback(shown.close)
            model.fit(
                train,
                validation_data=validation,
                epochs=epochs,
                initial_epoch=done,
                shuffle=False,
                verbose=0,
                callbacks=[shuffle, keeper, *bar, *callbacks, checkpoints.Saver(keeper, callbacks)],
            )
    return keeper.finish(model, resumed_from=done)


class Keeper(keras.callbacks.Callback):
    """Keeps history, times and the best weights; the first in line, so that the time of the others is not counted."""

    def __init__(self, monitor: str | None):
        super().__init__()
        self.monitor, self.first_step = monitor, None
        self.file: Path | None = None
        self.fingerprint: dict = {}
        self.history: dict[str, list[float]] = {}
        self.epoch_seconds: list[float] = []
        self.best_epoch, self.stopped = 0, False
        self.best: list[np.ndarray] = []
        self.states: list[dict] = []
        self.begun = self.epoch_begun = 0.0

    def restore(self, model, epochs: int) -> int:
        """Put a stored state into the model and return how many epochs it holds."""
        state = None if self.file is None else checkpoints.load(self.file, self.fingerprint)
        if state is None:
            return 0
        found = state.progress
        done = len(found["epoch_seconds"])
        if done > epochs:
            raise ValueError(f"epochs must be at least the {done} of the checkpoint {self.file}; received {epochs}.")
        self.history, self.epoch_seconds, self.first_step = (
            found["history"],
            found["epoch_seconds"],
            found["first_step"],
        )
        self.best_epoch, self.best = found["best_epoch"], state.best
        self.states, self.stopped = found["callbacks"], found["stopped"]
        checkpoints.put_into(model, state)
        return done

    def finish(self, model, *, resumed_from: int) -> Result:
        """Give the model its best weights and return the result."""
        if self.best:
            checkpoints.assign(model.variables, self.best)
        best_epoch = self.best_epoch if self.monitor else len(self.epoch_seconds)
        first = self.first_step or 0.0
        return Result(self.history, self.epoch_seconds, first, best_epoch, self.monitor, resumed_from)

    def on_train_begin(self, logs=None):
        self.begun = time.perf_counter()

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch_begun = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        if self.first_step is None:
            self.first_step = time.perf_counter() - self.begun

    def on_epoch_end(self, epoch, logs=None):
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(float(value))
        if self.monitor is not None:
            self._compare()
        self.epoch_seconds.append(time.perf_counter() - self.epoch_begun)

    def _compare(self):
        values = np.array(self.history[one_of("monitor", self.monitor, self.history)])
        if np.isnan(values).all():
            return
        least = self.monitor.endswith(("loss", "error"))
        # the first of equal epochs wins: shorter training at no cost
        best = int(np.nanargmin(values) if least else np.nanargmax(values)) + 1
        if best != self.best_epoch:
            self.best_epoch, self.best = best, checkpoints.variables(self.model.variables)


def _check_monitor(model, monitor: str, train, validated: bool, transform) -> None:
    """Find a misspelt score before the training: by the names of the metrics, or if need be by one batch."""
    given = getattr(getattr(model, "_compile_config", None), "config", {}).get("metrics") or ()
    metrics = list(given) if isinstance(given, (list, tuple)) else []
    names = ["loss", *(getattr(m, "name", getattr(m, "__name__", m)) for m in metrics)]
    expected = {name for name in names if isinstance(name, str)}
    if monitor in expected or (validated and monitor.removeprefix("val_") in expected):
        return
    with batches(train, 8, None, transform) as pipeline:
        names = list(model.test_on_batch(*next(iter(pipeline)), return_dict=True))
    one_of("monitor", monitor, [*names, *(f"val_{name}" for name in names if validated)])
