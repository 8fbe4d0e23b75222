"""A training's state on disk: everything needed to go on as if nothing had happened."""

import json
import os
import tempfile
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np

from course_utils import paths

KIND = "course_utils training checkpoint 1"


class State:
    """What a training has reached: its progress as plain numbers, and three groups of arrays.

    ``model`` and ``optimizer`` hold the variables after the last finished epoch, ``best`` the model's variables
    after the best one; ``progress`` holds the history.
    """

    def __init__(self, progress: dict, model: list, optimizer: list, best: list):
        """Keep the parts."""
        self.progress, self.model, self.optimizer, self.best = progress, model, optimizer, best


def location(checkpoint) -> Path:
    """Return the file of a checkpoint: a bare name lies in the folder of runs, a path is taken as it is."""
    path = Path(checkpoint).expanduser()
    path = path if path.suffix == ".npz" else path.with_name(path.name + ".npz")
    return path if path.is_absolute() or path.parent != Path() else paths.runs() / path


def save(path: Path, fingerprint: dict, state: State) -> None:
    """Write the state; the file under ``path`` is at every moment either the old one or the new one, never half.

    A full or read-only disk must not cost the training: it goes on, with a warning, without a fresh checkpoint.
    """
    header = json.dumps({"kind": KIND, "fingerprint": fingerprint, "progress": state.progress})
    arrays = {"header": np.array(header)}
    for group in ("model", "optimizer", "best"):
        arrays.update({f"{group}{number}": array for number, array in enumerate(getattr(state, group))})
    unfinished = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
        with os.fdopen(descriptor, "wb") as file:
            np.savez(file, **arrays)
        Path(unfinished).replace(path)
        unfinished = None
    except OSError as error:
        warnings.warn(f"The checkpoint {path} could not be written ({error}); the training goes on.", stacklevel=2)
    finally:
        if unfinished is not None:
            Path(unfinished).unlink(missing_ok=True)


def load(path: Path, fingerprint: dict) -> State | None:
    """Return the state stored under ``path``, or None when there is none to go on from.

    A file that cannot be read is moved aside, never deleted.

    Raises:
        ValueError: the file holds something else, or another training's state.
    """
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error):
        aside = _move_aside(path)
        warnings.warn(f"The checkpoint {path} could not be read; it is now {aside.name}. Starting anew.", stacklevel=2)
        return None
    header = _header(arrays)
    if header is None:
        raise ValueError(f"checkpoint must name a new file or a training's checkpoint; {path} holds something else.")
    stored = header["fingerprint"]
    changed = [name for name in fingerprint if stored.get(name) != fingerprint[name]]
    if changed:
        differences = ", ".join(f"{name} was {stored.get(name)!r}, is {fingerprint[name]!r}" for name in changed)
        raise ValueError(
            f"checkpoint {path} belongs to another training ({differences}). "
            "Give this one another name, or pass resume=False to begin again."
        )
    groups = [_group(arrays, name) for name in ("model", "optimizer", "best")]
    return State(header["progress"], *groups)


def is_ours(path: Path) -> bool:
    """Return True when ``path`` holds a checkpoint of this module."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return _header({name: stored[name] for name in stored.files if name == "header"}) is not None
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error):
        return False


def clear(path: Path) -> None:
    """Make room for a new training: delete our own checkpoint, move anything else aside."""
    if not path.exists():
        return
    if is_ours(path):
        path.unlink()
    else:
        _move_aside(path)


def digest(*arrays) -> str:
    """Return a checksum of arrays: shapes, types and contents."""
    total = 0
    for array in arrays:
        array = np.ascontiguousarray(array)
        total = zlib.crc32(f"{array.shape}{array.dtype}".encode(), total)
        total = zlib.crc32(array.reshape(-1).view(np.uint8).data, total)
    return f"{total:08x}"


def _header(arrays: dict) -> dict | None:
    try:
        header = json.loads(str(arrays["header"]))
    except (KeyError, ValueError):
        return None
    return header if isinstance(header, dict) and header.get("kind") == KIND else None


def _group(arrays: dict, name: str) -> list:
    numbers = sorted(int(key[len(name) :]) for key in arrays if key.startswith(name))
    return [arrays[f"{name}{number}"] for number in numbers]


def _move_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.unreadable{number}")).exists():
        number += 1
    return path.rename(aside)
