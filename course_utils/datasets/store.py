"""Where data sets lie: copies in a mirror, verified arrays and unpacked folders in the cache.

Verified arrays are cached as one uncompressed .npz file a set, written in one step, so that two processes may write
it at once and the next call needs no unpacking. Every reading compares the SHA-256 of each array: with the catalogue
where that holds one, else with the hash noted when the arrays were read from the verified original.
"""

import tempfile
import zipfile
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np

from course_utils import paths
from course_utils.datasets.catalogue import Entry
from course_utils.datasets.readers import PARTS, check_arrays
from course_utils.downloads import NotHere, SourceError
from course_utils.files import Damaged, Unreadable, kind, load_arrays, partial_folder, save_arrays, set_aside

FAULTS = (SourceError, Damaged, Unreadable)  # what makes a source fail; the next one is tried
Found = TypeVar("Found")


def first_source(
    entry: Entry, attempts: Iterable[tuple[str, Callable[[Entry], tuple[Found, str]]]]
) -> tuple[Found | None, str, list[str]]:
    """Try the sources in turn.

    Args:
        entry: row of the catalogue.
        attempts: (source, function that returns what was found and a remark, or raises one of `FAULTS`).

    Returns:
        What was found or None, the source or ``"bundled"``, and what there is to tell.
    """
    remarks = []
    for source, attempt in attempts:
        try:
            found, remark = attempt(entry)
        except FAULTS as error:
            # An empty cache, or a mirror that is not set, is the usual case and not worth a word.
            if str(error) and not (source == "cache" and isinstance(error, NotHere)):
                remarks.append(f"{source}: {error}")
            continue
        return found, source, [*remarks, *([remark] if remark else [])]
    return None, "bundled", remarks


def copies(entry: Entry, folder: Path | None) -> list[Path]:
    """Return the copies of a set in a folder, files or unpacked folders, the best one first.

    Raises:
        NotHere: there is none; the text is empty when no folder is named.
        Unreadable: the folder cannot be opened.
    """
    if folder is None:
        raise NotHere("")
    if kind(folder) != "folder":
        raise NotHere(f"no folder {folder}")
    found = [folder / name for name in entry.copies if kind(folder / name)]
    if not found:
        raise NotHere(f"no {' or '.join(entry.copies[:2])}")
    return found


def first_copy(entry: Entry, folder: Path | None, use: Callable[[Path], Found]) -> tuple[Found, Path, list[str]]:
    """Return what ``use`` makes of the first copy that is in order, the copy, and what is wrong with those before."""
    faults = []
    for path in copies(entry, folder):
        try:
            return use(path), path, faults
        except FAULTS as error:
            faults.append(str(error))
    raise Damaged("; ".join(faults))


def place(name: str) -> Path:
    """Return where the arrays of a set are cached."""
    return paths.downloads() / "arrays" / f"{name}.npz"


def recall(entry: Entry, *, origin: str | None = None) -> tuple[np.ndarray, ...]:
    """Return the cached arrays after checking them.

    Args:
        entry: row of the catalogue.
        origin: SHA-256 of the file that they must have been read from; any when None.

    Raises:
        NotHere: nothing is cached, or it is of another origin.
        Unreadable: the file may not be opened; it is left as it is.
        Damaged: the file is damaged; it has been renamed to ``….damaged`` so that it can be made anew.
    """
    path = place(entry.name)
    if not kind(path):
        raise NotHere(f"{path.name} is not cached")
    try:
        found, note = load_arrays(path, hashes=entry.arrays)
        if set(found) != set(PARTS):
            raise Damaged(f"{path.name} is damaged: it holds {', '.join(found) or 'nothing'}")
        arrays = tuple(found[part] for part in PARTS)
        check_arrays(entry, arrays)
    except Damaged as error:
        aside = set_aside(path)
        raise Damaged(f"{error}; {f'renamed to {aside.name}' if aside else 'left alone'}") from error
    if origin is not None and note.get("origin") != origin:
        raise NotHere(f"{path.name} comes from another file")
    return arrays


def keep(entry: Entry, arrays: Iterable[np.ndarray], *, origin: str) -> str:
    """Cache verified arrays; return "" or, when that fails, why: a full disk must not stop a lesson."""
    try:
        save_arrays(place(entry.name), dict(zip(PARTS, arrays, strict=True)), origin=origin)
    except (OSError, zipfile.BadZipFile) as error:
        return f"not kept in the cache: {getattr(error, 'strerror', None) or error}"
    return ""


def unpacked(entry: Entry) -> Path | None:
    """Return the folder that an earlier download was unpacked to, if there is one."""
    places = (paths.downloads() / "images" / key(entry, file.sha256) for file in entry.files)
    return next((place for place in places if kind(place) == "folder"), None)


def key(entry: Entry, origin: str) -> str:
    """Return the name of the folder for an archive with this SHA-256: another archive gets another folder."""
    return f"{entry.name}-{origin[:12]}"


def folder(name: str, fill: Callable[[Path], object]) -> Path:
    """Return a folder of images in the cache, made by ``fill(path)`` if it is not there yet.

    It appears under its name in one step. Where the cache cannot be written, a temporary folder serves until the
    process ends.

    Raises:
        Damaged, Unreadable: from ``fill``.
        OSError: nothing can be written anywhere.
    """
    parent = writable(paths.downloads() / "images", holding=name)
    root = parent / name
    if root.is_dir():
        return root
    with partial_folder(parent) as fresh:
        inside = fresh / "images"
        inside.mkdir()
        fill(inside)
        try:
            inside.rename(root)
        except OSError:  # another process was faster: its folder is as complete
            if not root.is_dir():
                raise
    return root


def writable(parent: Path, *, holding: str = "") -> Path:
    """Return ``parent`` when it holds a folder of this name or files can be written there, else a temporary folder."""
    try:
        if holding and kind(parent / holding) == "folder":
            return parent
        with partial_folder(parent):
            return parent
    except OSError:
        return Path(_temporary().name)


@lru_cache(maxsize=1)
def _temporary() -> tempfile.TemporaryDirectory:
    """Return a folder that is removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="course-images-", ignore_cleanup_errors=True)
