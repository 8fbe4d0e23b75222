"""Files that may be damaged, half written or gone: read safely, written in one step, never overwritten unseen.

Standard library and NumPy alone, so that every package of the course may import it.
"""

import errno
import hashlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import numpy as np

PARTIAL = ".partial-"
DAY = 24 * 3600
# not the file's content but the way to it: nothing is renamed for these
_ACCESS = {errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EMFILE}


class Unreadable(OSError):
    """A file cannot be opened or is no regular file; the text says why. Its content may be in order."""


class Damaged(OSError):
    """A file was opened and its content is not what it should be; the text says why."""


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
        reason = " ".join(str(getattr(error, "strerror", None) or error or type(error).__name__).split())[:200]
        kind = Unreadable if isinstance(error, OSError) and error.errno in _ACCESS else Damaged
        raise kind(f"{path.name} cannot be read ({reason})") from error


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


def _umask() -> int:
    """Return the process's umask without changing it for longer than a moment."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
