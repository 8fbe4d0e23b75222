"""Where ImageNet weights come from: the mirror, the course's cache, Keras's own cache, the download. Each verified."""

import hashlib
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import keras

from course_utils import paths
from course_utils.transfer.catalogue import Published

CONNECT_SECONDS = 5.0  # silence after which a connection, or one read of it, is given up
LARGE = 5_000_000  # bytes; from this size on a download announces itself


class WeightsUnavailable(OSError):
    """The weights cannot be had now; the text says what was tried, ``.reason`` why in a few words."""

    def __init__(self, text: str, reason: str = ""):
        """Keep the text and the reason."""
        super().__init__(text)
        self.reason = reason or text


class NoConnection(WeightsUnavailable):
    """The network does not answer, so asking it for another file would only cost time."""


def find(published: Published, *, network: bool = True) -> tuple[Path, str]:
    """Return (verified file, source), the first that can be had of mirror, cache and download.

    Args:
        published: the file's row.
        network: False goes without the download.

    Returns:
        The path, and ``"mirror"``, ``"cache"`` or ``"download"``.

    Raises:
        WeightsUnavailable: none can be had; `NoConnection` when the network is at fault.
    """
    told = []
    for place, source, ours in _places():
        path = place / published.file
        if not path.is_file():
            continue
        fault = damage(path, published)
        if not fault:
            return path, source
        told.append(f"{source}: {path} is damaged, {fault}; {_removed(path) if ours else 'left alone'}")
    if not network or paths.offline():
        told.append("COURSE_OFFLINE is set" if network else "the network does not answer")
        raise _unavailable(WeightsUnavailable, published, told)
    try:
        return download(published), "download"
    except WeightsUnavailable as error:
        raise _unavailable(type(error), published, [*told, f"download: {error.reason}"]) from error


def _unavailable(kind, published: Published, told: list[str]) -> WeightsUnavailable:
    """Return an error that says what was tried and what can be done."""
    reason = "; ".join(told)
    remedy = f"Put it into {paths.downloads() / 'weights'}, or into the folder that COURSE_DATA_DIR names."
    return kind(f"{published.file} cannot be had ({reason}). {remedy}", reason)


def _places() -> Iterator[tuple[Path, str, bool]]:
    """Yield (folder, source, whether a damaged file there is ours to remove)."""
    mirror = paths.mirror()
    if mirror is not None:
        yield mirror, "mirror", False
    yield paths.downloads() / "weights", "cache", True
    home = os.environ.get("KERAS_HOME")
    yield (Path(home) if home else Path.home() / ".keras") / "models", "cache", False


def _removed(path: Path) -> str:
    """Remove a damaged file of our own cache and say so."""
    with suppress(OSError):
        path.unlink()
        return "removed"
    return "cannot be removed"


def damage(path: Path, published: Published) -> str:
    """Return what is wrong with a file of weights, or "".

    Compared are the published checksum, where there is one, and always the number of arrays and of their values.
    The file is HDF5: numbers and names, nothing that is executed.
    """
    if published.md5:
        with path.open("rb") as opened:
            if hashlib.file_digest(opened, "md5").hexdigest() != published.md5:
                return "its MD5 is not the published one"
    try:
        arrays, values, finite = contents(path)
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        return f"not readable as HDF5: {error}"
    if (arrays, values) != (published.arrays, published.params):
        return f"{arrays} arrays with {values:,} values, expected {published.arrays} with {published.params:,}"
    return "" if finite else "it holds values that are not finite"


def contents(path: Path) -> tuple[int, int, bool]:
    """Return the number of arrays in an HDF5 file, of their values, and whether all values are finite."""
    import h5py
    import numpy as np

    sizes, finite = [], []

    def visit(name, item):
        del name
        if isinstance(item, h5py.Dataset):
            sizes.append(item.size)
            finite.append(bool(np.isfinite(item[()]).all()))

    with h5py.File(path, "r") as opened:
        opened.visititems(visit)
    return len(sizes), sum(sizes), all(finite)


def download(published: Published) -> Path:
    """Download into a folder beside the cache, verify, and move the whole file into place."""
    folder = paths.downloads() / "weights"
    with _beside(folder) as fresh:
        if 4 * published.params > LARGE:
            print(f"Downloading {published.file} ({4 * published.params / 1e6:.0f} MB) …")
        _fetch(published, fresh)
        fault = damage(fresh / published.file, published)
        if fault:
            raise WeightsUnavailable(f"other bytes than published, {fault}")
        return _placed(fresh / published.file, folder)


def _fetch(published: Published, folder: Path) -> None:
    """Let Keras download the file; say in our words what went wrong."""
    place = {"cache_dir": str(folder), "cache_subdir": ""}
    try:
        with _patience():
            keras.utils.get_file(
                published.file, published.url + published.file, file_hash=published.md5 or None, **place
            )
    except ValueError as error:
        raise WeightsUnavailable("other bytes than published, its MD5 is another") from error
    except (TimeoutError, ConnectionError) as error:
        raise NoConnection(f"no connection ({error})") from error
    except OSError as error:
        raise WeightsUnavailable(f"cannot be written: {error.strerror or error}") from error
    except Exception as error:  # get_file raises a bare Exception "… {status} -- {reason}" for faults of the network
        status, _, reason = str(error).rpartition(" -- ")
        if not reason or not status:
            raise
        if status.endswith("None"):
            raise NoConnection(f"no connection ({reason})") from error
        raise WeightsUnavailable(f"the server answered {status.split()[-1]}") from error


def _placed(file: Path, folder: Path) -> Path:
    """Move a verified file into the cache in one step; a full or read-only disk leaves it in a temporary place."""
    target = folder / file.name
    try:
        file.replace(target)
    except OSError:
        target = Path(tempfile.mkdtemp(prefix="course-weights-")) / file.name
        shutil.move(file, target)
    return target


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """Give a fresh folder inside ``folder``, or a temporary one where that cannot be written; it is removed after."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = tempfile.mkdtemp(prefix=".partial-", dir=folder)
    except OSError:
        fresh = tempfile.mkdtemp(prefix="course-weights-")
    try:
        yield Path(fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


@contextmanager
def _patience() -> Iterator[None]:
    """Keras's download has no time-out of its own, and a progress bar that would stay in a stored notebook."""
    before, shown = socket.getdefaulttimeout(), keras.utils.is_interactive_logging_enabled()
    socket.setdefaulttimeout(CONNECT_SECONDS)
    keras.utils.disable_interactive_logging()
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
        if shown:
            keras.utils.enable_interactive_logging()
