"""The cache: verified arrays, kept so that the next call needs no unpacking. One uncompressed .npz file a set.

The file appears under its name in one step (written beside it, flushed, renamed), so two processes may write it at
once and nobody ever reads half a file. Every reading compares the SHA-256 of each array: with the catalogue where
that holds one, else with the hash noted when the arrays were read from the verified original.
"""

import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np

from course_utils import paths
from course_utils.datasets.entry import Entry
from course_utils.datasets.fetch import NotHere, SourceError, partial_folder
from course_utils.datasets.readers import PARTS, array_hash, check_arrays, explained


def place(name: str) -> Path:
    """Return where the arrays of a set are kept."""
    return paths.downloads() / "arrays" / f"{name}.npz"


def recall(entry: Entry, *, origin: str | None = None) -> tuple[np.ndarray, ...]:
    """Return the kept arrays after checking them.

    Args:
        entry: row of the catalogue.
        origin: SHA-256 of the file that they must have been read from; any when None.

    Raises:
        NotHere: nothing is kept, or it is of another origin.
        SourceError: the kept file is damaged; it has been renamed to ``….damaged`` so that it can be made anew.
    """
    path = place(entry.name)
    try:
        with explained(path.name), np.load(path, allow_pickle=False) as kept:
            note = json.loads(str(kept["note"]))
            if origin is not None and note["origin"] != origin:
                raise NotHere(f"{path.name} comes from another file")
            arrays = tuple(kept[part] for part in PARTS)
        check_arrays(entry, arrays, note["sha256"])
    except NotHere:
        raise
    except SourceError as error:
        raise SourceError(f"{error}{_set_aside(path)}") from error
    return arrays


def keep(entry: Entry, arrays, *, origin: str) -> str:
    """Keep verified arrays; return "" or, when that fails, why: a full disk must not stop a lesson."""
    path = place(entry.name)
    note = {"origin": origin, "sha256": {part: array_hash(a) for part, a in zip(PARTS, arrays, strict=True)}}
    try:
        with partial_folder(path.parent) as folder:
            fresh = folder / path.name
            with fresh.open("wb") as target:
                np.savez(target, note=json.dumps(note), **dict(zip(PARTS, arrays, strict=True)))
                target.flush()
                os.fsync(target.fileno())
            fresh.replace(path)
    except (OSError, zipfile.BadZipFile) as error:
        return f"not kept in the cache: {error.strerror or error}"
    return ""


def folder(name: str, fill: Callable[[Path], object]) -> Path:
    """Return a folder of images in the cache, made by ``fill(path)`` if it is not there yet.

    It appears under its name in one step. Where the cache cannot be written, a temporary folder serves until the
    process ends.
    """
    failed = None
    for parent in (paths.downloads() / "images", None):
        root = (parent or _scratch()) / name
        if root.is_dir():
            return root
        try:
            with partial_folder(root.parent) as fresh:
                inside = fresh / "images"
                inside.mkdir()
                fill(inside)
                _appear(inside, root)
            return root
        except OSError as error:
            failed = error
    raise failed


def writable(parent: Path) -> Path:
    """Return ``parent`` when files can be written there, else a temporary folder."""
    try:
        with partial_folder(parent):
            return parent
    except OSError:
        return _scratch()


def _appear(inside: Path, root: Path) -> None:
    """Rename a finished folder, unless another process was faster: its folder is as complete."""
    try:
        inside.rename(root)
    except OSError:
        if not root.is_dir():
            raise


@lru_cache(maxsize=1)
def _temporary() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="course-images-", ignore_cleanup_errors=True)


def _scratch() -> Path:
    """Return a folder that is removed when the process ends."""
    return Path(_temporary().name)


def _set_aside(path: Path) -> str:
    """Rename a damaged file to a free name; nothing is deleted or overwritten."""
    for number in range(1, 100):
        target = path.with_suffix(f".damaged{number if number > 1 else ''}")
        if not target.exists():
            try:
                path.rename(target)
            except OSError:
                return ""
            return f"; renamed to {target.name}"
    return ""
