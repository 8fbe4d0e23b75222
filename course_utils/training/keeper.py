"""What a training keeps: history, times, the best weights, and the checkpoint to go on from."""

import json
import time
from dataclasses import dataclass

import keras
import numpy as np

from course_utils.training import checkpoint as checkpoints


@dataclass(frozen=True)
class Result:
    """What a training left behind.

    ``history`` maps each score to its values, one an epoch; ``seconds`` is the wall time of all epochs, validation
    included; ``first_step_seconds`` is the part of it until the first batches were done, which is mostly compiling;
    ``best_epoch`` counts from 1; ``resumed_from`` is the number of epochs found in the checkpoint.
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
        """Return the monitored score of the best epoch."""
        return None if self.monitor is None else self.history[self.monitor][self.best_epoch - 1]


class Keeper(keras.callbacks.Callback):
    """Keeps history, times, best weights and the checkpoint."""

    def __init__(self, monitor: str | None):
        super().__init__()
        self.monitor, self.file, self.fingerprint = monitor, None, {}
        self.history, self.epoch_seconds, self.first_step = {}, [], None
        self.best_epoch, self.best = 0, []
        self.begun = self.epoch_begun = 0.0

    def restore(self, model, epochs: int) -> int:
        """Put a stored state into the model and return how many epochs it holds."""
        state = None if self.file is None else checkpoints.load(self.file, self.fingerprint)
        if state is None:
            return 0
        done = len(state.progress["epoch_seconds"])
        if done > epochs:
            raise ValueError(f"epochs must be at least the {done} of the checkpoint {self.file}; received {epochs}.")
        self.history, self.epoch_seconds = state.progress["history"], state.progress["epoch_seconds"]
        self.first_step, self.best_epoch = state.progress["first_step"], state.progress["best_epoch"]
        self.best = state.best
        model.optimizer.build(model.trainable_variables)
        _assign(model.variables, state.model)
        _assign(model.optimizer.variables, state.optimizer)
        return done

    def finish(self, model, *, resumed_from: int) -> Result:
        """Give the model its best weights and return the result."""
        if self.best:
            _assign(model.variables, self.best)
        best_epoch = self.best_epoch or len(self.epoch_seconds)
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
        scores = {name: float(value) for name, value in (logs or {}).items()}
        for name, value in scores.items():
            self.history.setdefault(name, []).append(value)
        if self.monitor is not None:
            self._compare(scores)
        # the first callback in line: what later ones do at the end of an epoch is not counted
        self.epoch_seconds.append(time.perf_counter() - self.epoch_begun)
        if self.file is not None:
            self._save()

    def _compare(self, scores: dict):
        if self.monitor not in scores:
            names = ", ".join(repr(name) for name in scores)
            raise ValueError(f"monitor must be one of the scores {names}; received {self.monitor!r}.")
        values = self.history[self.monitor]
        less_is_better = self.monitor.endswith("loss")
        # the first of equal epochs wins: shorter training at no cost
        best = int(np.argmin(values) if less_is_better else np.argmax(values)) + 1
        if best != self.best_epoch:
            self.best_epoch, self.best = best, _values(self.model.variables)

    def _save(self):
        progress = {
            "history": self.history,
            "epoch_seconds": self.epoch_seconds,
            "first_step": self.first_step,
            "best_epoch": self.best_epoch,
        }
        state = checkpoints.State(
            progress, _values(self.model.variables), _values(self.model.optimizer.variables), self.best
        )
        checkpoints.save(self.file, self.fingerprint, state)


def fingerprint(model, train, validation, batch_size, seed, monitor) -> dict:
    """Return what must be equal for a resumed training to be the same training."""
    data = [part for pair in (train, validation) if isinstance(pair, (tuple, list)) for part in pair]
    optimizer = keras.saving.serialize_keras_object(model.optimizer)
    optimizer["config"].pop("name")  # Keras numbers the optimizers of a session
    return {
        "model": [list(variable.shape) for variable in model.variables],
        "optimizer": json.dumps(optimizer, default=str),
        "data": checkpoints.digest(*data),
        "batch_size": batch_size,
        "seed": seed,
        "monitor": monitor,
    }


def _values(variables) -> list:
    return [np.array(keras.ops.convert_to_numpy(variable)) for variable in variables]


def _assign(variables, values) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
