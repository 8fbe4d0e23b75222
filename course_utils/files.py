"""Files that may be damaged, half written or gone: read safely, written in one step, never overwritten unseen.

Standard library and NumPy alone, so that every package of the course may import it.
"""

import errno
import hashlib
import json
import math
import os
import shutil
import stat
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np

PARTIAL = ".partial-"
DAY = 24 * 3600
# not the file's content but the way to it: nothing is renamed for these
_ACCESS = {errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EMFILE}


class Unreadable(OSError):
    """A file cannot be opened or is no regular file; the text says why. Its content may be in order."""


class Damaged(OSError):
    """A file was opened and its content is not what it should be; the text says why."""


def kind(path: Path) -> str:
    """Return what lies at a path: ``"file"``, ``"folder"``, ``"other"`` (a pipe, a device), or ``""`` for nothing.

    Raises:
        Unreadable: it cannot be looked at: not permitted, or a name that no file can have.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, ValueError) as error:
        raise Unreadable(f"{_short(str(path))} cannot be opened ({_reason(error)})") from error
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"


@contextmanager
def reading(path: Path) -> Iterator[Path]:
    """Turn whatever goes wrong while a file is read into `Unreadable` or `Damaged`.

    A damaged file makes its reader raise almost anything (``KeyError``, ``TokenError``, ``MemoryError``, …), so every
    `Exception` counts, and the original stays attached as the cause.

    Args:
        path: the file that the block reads.

    Raises:
        Unreadable: missing, not permitted, or a pipe, device or folder (never opened: it could wait for ever).
        Damaged: anything else that the block raises.

    Example:
        >>> with reading(path), np.load(path, allow_pickle=False) as stored:
        ...     arrays = dict(stored)
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable(f"{path.name} is no regular file")
        yield path
    except (Unreadable, Damaged):
        raise
    except Exception as error:
        fault = Unreadable if isinstance(error, OSError) and error.errno in _ACCESS else Damaged
        raise fault(f"{path.name} cannot be read ({_reason(error)})") from error


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Give a binary file to write; under ``path`` stands at every moment the old file or the whole new one.

    Args:
        path: the final place; its folder is made. Leftovers of killed processes older than a day go.

    Raises:
        OSError: the file cannot be written; the old one is untouched.

    Example:
        >>> with replacing(path) as file:
        ...     np.savez(file, **arrays)
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path.parent)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=PARTIAL, suffix=path.suffix)
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(0o666 & ~_umask())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> Path:
    """Write UTF-8 text in one step, see `replacing`; return the path."""
    with replacing(path) as file:
        file.write(text.encode("utf-8"))
    return path


@contextmanager
def partial_folder(parent: Path) -> Iterator[Path]:
    """Give a fresh folder beside the final place; it is removed afterwards whatever happens."""
    parent.mkdir(parents=True, exist_ok=True)
    _sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def set_aside(path: Path) -> Path | None:
    """Rename a damaged file to the first free ``NAME.damaged``, ``NAME.damaged2``, …; nothing is deleted.

    Returns:
        The new path, or None when the file cannot be renamed.
    """
    for number in range(1, 100):
        target = path.with_name(f"{path.name}.damaged{number if number > 1 else ''}")
        if not target.exists():
            with suppress(OSError):
                return path.rename(target)
            return None
    return None


def save_arrays(path: Path, arrays: dict[str, np.ndarray], **noted: object) -> None:
    """Write arrays to one uncompressed .npz file in one step, with the SHA-256 and form of each and what is noted.

    Raises:
        OSError: the file cannot be written; the old one is untouched.
    """
    hashes = {name: array_sha256(array) for name, array in arrays.items()}
    forms = {name: f"{array.dtype.str} {array.shape}" for name, array in arrays.items()}
    contents: dict[str, Any] = {"note": json.dumps({**noted, "sha256": hashes, "form": forms}), **arrays}
    with replacing(path) as file:
        np.savez(file, **contents)


def load_arrays(path: Path, *, hashes: dict[str, str] | None = None) -> tuple[dict[str, np.ndarray], dict]:
    """Read what `save_arrays` wrote and compare every array with its hash.

    Args:
        path: the file.
        hashes: SHA-256 that the arrays must have, from a better source than the file itself.

    Returns:
        The arrays and the note.

    Raises:
        Unreadable: missing or not permitted.
        Damaged: anything in it is not what was written.
    """
    with reading(path), zipfile.ZipFile(path) as archive:
        most = path.stat().st_size
        note = json.loads(str(npz_member(archive, "note", most=most)))
        arrays = {name: npz_member(archive, name, most=most) for name in note["sha256"]}
        for name, array in arrays.items():
            form = note.get("form", {}).get(name)
            if form not in (None, f"{array.dtype.str} {array.shape}"):
                raise Damaged(f"{path.name} is damaged: {name} has another form than noted")
            if array_sha256(array) != {**note["sha256"], **(hashes or {})}[name]:
                raise Damaged(f"{path.name} is damaged: {name} has other content than noted")
    return arrays, note


def npz_member(archive: zipfile.ZipFile, name: str, *, most: int) -> np.ndarray:
    """Read one array of an .npz file: no pickles, no more than ``most`` bytes, no memory for sizes that are not there.

    Raises:
        Damaged: larger than ``most``, or its header tells another size than it has. A broken file raises much else.
    """
    info = archive.getinfo(f"{name}.npy")
    if info.file_size > most:
        raise Damaged(f"{name} is {info.file_size:,} bytes, expected at most {most:,}")
    with archive.open(info) as member:
        version = np.lib.format.read_magic(member)
        header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, _, dtype = header(member)
        if dtype.hasobject:
            raise Damaged(f"{name} holds objects, not numbers")
        if math.prod(shape) * dtype.itemsize != info.file_size - member.tell():
            raise Damaged(f"{name} tells of {shape} {dtype}, which is not its size")
    with archive.open(info) as member:
        return np.lib.format.read_array(member, allow_pickle=False)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def array_sha256(*arrays: np.ndarray, shapes: bool = False) -> str:
    """Return the SHA-256 of arrays' bytes in C order, one after the other; with ``shapes``, of shape and dtype too."""
    digest = hashlib.sha256()
    for array in arrays:
        if shapes:
            digest.update(f"{array.shape}{array.dtype}".encode())
        digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def _sweep(folder: Path) -> None:
    """Remove what killed processes left half-written more than a day ago."""
    for left in folder.glob(f"{PARTIAL}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > DAY:
                shutil.rmtree(left) if left.is_dir() else left.unlink()


def _reason(error: Exception) -> str:
    """Return an error's text as one short line."""
    return " ".join(str(getattr(error, "strerror", None) or error or type(error).__name__).split())[:200]


def _short(text: str) -> str:
    """Return a text that fits into a line of output, whatever bytes the name has."""
    whole = text.encode("utf-8", "replace").decode()
    return whole if len(whole) <= 100 else f"{whole[:97]}…"


def _umask() -> int:
    """Return the process's umask without changing it for longer than a moment."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
