"""A training's state on disk: everything needed to go on as if nothing had happened.

NumPy's own file of arrays, so that it opens anywhere; Keras's files keep no shuffling, history or best weights.
"""

import hashlib
import inspect
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from course_utils import files, paths
from course_utils.training import devices

KIND = "course_utils training checkpoint"
VERSION = 2
GROUPS = ("model", "optimizer", "best")


@dataclass
class State:
    """What a training has reached: its progress as plain numbers, and three groups of arrays.

    ``model`` and ``optimizer`` hold the variables after the last finished epoch, ``best`` the model's variables
    after the best one; ``progress`` holds the history.
    """

    progress: dict
    model: list[np.ndarray]
    optimizer: list[np.ndarray]
    best: list[np.ndarray]


def location(checkpoint: str | Path) -> Path:
    """Return the file of a checkpoint: a bare name lies in the folder of runs, a path is taken as it is.

    Raises:
        ValueError: not the name of a file.
    """
    named = isinstance(checkpoint, (str, os.PathLike)) and not str(checkpoint).endswith(("/", os.sep))
    if not named or Path(checkpoint).name in {"", ".."}:
        raise ValueError(f"checkpoint must be the name of a file, bare or with its folder; received {checkpoint!r}.")
    path = Path(checkpoint).expanduser()
    path = path if path.suffix == ".npz" else path.with_name(path.name + ".npz")
    return path if path.is_absolute() or path.parent != Path() else paths.runs() / path


def save(path: Path, fingerprint: dict, state: State) -> None:
    """Write the state; the file under ``path`` is at every moment either the old one or the new one, never half.

    Raises:
        OSError: it cannot be written.
    """
    header = json.dumps({"kind": f"{KIND} {VERSION}", "fingerprint": fingerprint, "progress": state.progress})
    arrays: dict = {"header": np.frombuffer(header.encode(), "uint8")}
    for group in GROUPS:
        arrays.update({f"{group}{number}": array for number, array in enumerate(getattr(state, group))})
    with files.replacing(path) as file:
        np.savez(file, **arrays, digest=_digest(arrays))


def load(path: Path, fingerprint: dict | None) -> State | None:
    """Return the state stored under ``path``, or None when there is none to go on from.

    A damaged file is set aside, never deleted, and one line says so.

    Args:
        path: of the file.
        fingerprint: what must be equal; None: anything.

    Raises:
        ValueError: the file cannot be opened, holds something else, another training's state or an earlier version's.
    """
    if not path.exists():
        return None
    try:
        header, arrays = _read(path)
    except files.Unreadable as error:
        raise ValueError(f"checkpoint must name a file that can be read; {error}.") from None
    except files.Damaged as error:
        aside = files.set_aside(path)
        print(f"The checkpoint {error}; it is now {aside.name if aside else path.name}, starting anew.")
        return None
    stored = header["fingerprint"]
    changed = [name for name in fingerprint or () if not _equal(name, stored, fingerprint or {}, header["progress"])]
    if changed:
        differences = ", ".join(
            f"{name} was {stored.get(name)!r}, is {(fingerprint or {})[name]!r}" for name in changed
        )
        raise ValueError(
            f"checkpoint {path} belongs to another training ({differences}). "
            "Give this one another name, or pass resume=False to begin again."
        )
    return State(header["progress"], *(_group(arrays, name) for name in GROUPS))


def clear(path: Path) -> None:
    """Make room for a new training: delete our own checkpoint, set anything else aside."""
    if not path.exists():
        return
    try:
        ours = _kind(_arrays(path)).startswith(KIND)
    except (files.Damaged, files.Unreadable):
        ours = False
    if ours:
        path.unlink()
    else:
        files.set_aside(path)


def variables(values) -> list[np.ndarray]:
    """Return copies of the values of Keras variables."""
    return [np.array(keras.ops.convert_to_numpy(variable)) for variable in values]


def assign(values, arrays) -> None:
    """Give Keras variables stored values."""
    for variable, array in zip(values, arrays, strict=True):
        variable.assign(array)


def put_into(model, state: State) -> None:
    """Give a compiled model and its optimizer what a state holds."""
    with devices.inside(model):
        model.optimizer.build(model.trainable_variables)
    assign(model.variables, state.model)
    assign(model.optimizer.variables, state.optimizer)


class Saver(keras.callbacks.Callback):
    """Writes the checkpoint. It stands last: what the reader's callbacks did after the epoch belongs to it."""

    def __init__(self, keeper, callbacks: Sequence):
        super().__init__()
        self.keeper, self.callbacks, self.failed = keeper, callbacks, False
        self.fresh: list[dict] = []

    def on_train_begin(self, logs=None):
        self.fresh = [_plain_state(callback) for callback in self.callbacks]
        for callback, (kind, state) in zip(self.callbacks, self.keeper.states, strict=False):
            if kind == type(callback).__qualname__:
                vars(callback).update(state)

    def on_epoch_end(self, epoch, logs=None):
        keeper = self.keeper
        if keeper.file is None:
            return
        states = []
        for callback, fresh in zip(self.callbacks, self.fresh, strict=True):
            changed = {name: value for name, value in _plain_state(callback).items() if fresh.get(name, self) != value}
            states.append([type(callback).__qualname__, changed])
        rate = keeper.fingerprint["learning_rate"]
        progress = {name: getattr(keeper, name) for name in ("history", "epoch_seconds", "first_step", "best_epoch")}
        progress |= {"callbacks": states, "stopped": bool(self.model.stop_training)}
        progress["learning_rate"] = float(self.model.optimizer.learning_rate) if isinstance(rate, float) else None
        # on several machines all read, since reading adds up what each of them counted, and one writes
        arrays = variables(self.model.variables), variables(self.model.optimizer.variables)
        if not devices.writes():
            return
        try:
            save(keeper.file, keeper.fingerprint, State(progress, *arrays, keeper.best))
        except OSError as error:  # a full or read-only disk must not cost the training
            if not self.failed:
                print(f"The checkpoint {keeper.file} could not be written ({error}); the training goes on.")
            self.failed = True


def _plain_state(callback) -> dict:
    """Return a callback's numbers, words and lists of numbers, but for the arguments that it was made with."""
    found, settings = {}, inspect.signature(type(callback).__init__).parameters
    for name, value in vars(callback).items():
        if name in settings:
            continue
        value = value.item() if isinstance(value, np.generic) else value
        value = list(value) if isinstance(value, list) else value
        numbers = isinstance(value, list) and all(type(part) in {int, float} for part in value)
        if numbers or value is None or type(value) in {bool, int, float, str}:
            found[name] = value
    return found


def _equal(name: str, stored: dict, now: dict, progress: dict) -> bool:
    if name == "learning_rate" and now[name] is not None and now[name] == progress.get("learning_rate"):
        return True  # the model of the same session, whose rate a callback has changed since
    return stored.get(name) == now[name]


def _arrays(path: Path) -> dict[str, np.ndarray]:
    with files.reading(path), np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def _read(path: Path) -> tuple[dict, dict]:
    arrays = _arrays(path)
    kind = _kind(arrays)
    ours = any(re.fullmatch(r"(model|optimizer|best)\d+", name) for name in arrays)
    if kind.startswith(KIND) and not kind.endswith(f" {VERSION}"):
        raise ValueError(
            f"checkpoint {path} was written by an earlier version of the course. "
            "Remove it, or pass resume=False to begin again."
        )
    if not kind.startswith(KIND) and not ours:
        raise ValueError(f"checkpoint must name a new file or a training's checkpoint; {path} holds something else.")
    with files.reading(path):
        digest = arrays.pop("digest")
        if not np.array_equal(digest, _digest(arrays)):
            raise files.Damaged(f"{path.name} cannot be read (its content has changed)")
        return json.loads(arrays["header"].tobytes()), arrays


def _kind(arrays: dict[str, np.ndarray]) -> str:
    """Return what a file's header says that it is, or nothing."""
    header = arrays.get("header", np.zeros(0, "uint8"))
    try:
        told = json.loads(header.tobytes() if header.dtype == np.uint8 else str(header))
    except ValueError:
        return ""
    return str(told.get("kind")) if isinstance(told, dict) else ""


def _digest(arrays: dict[str, np.ndarray]) -> np.ndarray:
    """Return the SHA-256 of all arrays with their names, as 32 bytes."""
    total = hashlib.sha256()
    for name in sorted(arrays):
        total.update(f"{name} {files.array_sha256(arrays[name], shapes=True)}\n".encode())
    return np.frombuffer(total.digest(), "uint8")


def _group(arrays: dict, name: str) -> list:
    numbers = sorted(int(key[len(name) :]) for key in arrays if key.startswith(name))
    return [arrays[f"{name}{number}"] for number in numbers]
