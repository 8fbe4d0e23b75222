"""Read a published set, or a faithful copy of it, and believe nothing that its hash does not confirm."""

import gzip
import hashlib
import io
import lzma
import pickle
import tarfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from course_utils.datasets.entry import Entry
from course_utils.datasets.fetch import NotHere, SourceError, checksum

PARTS = ("x_train", "y_train", "x_test", "y_test")
BROKEN = (OSError, EOFError, ValueError, KeyError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError)
HEADER_ROOM = 1024  # an .npy header is 128 bytes; more than this beyond the data is not the array we expect


def find(entry: Entry, folder: Path) -> Path:
    """Return the first copy of ``entry`` in ``folder`` (a file or an unpacked folder)."""
    if not folder.is_dir():
        raise NotHere(f"no folder {folder}")
    for name in entry.copies:
        if (folder / name).exists():
            return folder / name
    raise NotHere(f"no {' or '.join(entry.copies[:2])}")


def read(entry: Entry, path: Path) -> tuple[np.ndarray, ...]:
    """Read and verify the arrays of ``entry`` from ``path``.

    Returns:
        x_train, y_train, x_test, y_test, uint8.

    Raises:
        NotHere: ``path`` vanished.
        SourceError: the content is damaged, or is not the published one.
    """
    with explained(path.name):
        arrays = {"npz": read_npz, "idx": read_idx, "cifar": read_cifar}[entry.layout](entry, path)
    check_arrays(entry, arrays)
    return arrays


@contextmanager
def explained(name: str):
    """Turn the many errors of damaged files into one short sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotHere(f"{name} is not there (any more)") from error
    except PermissionError as error:
        raise SourceError(f"{name} may not be read") from error
    except BROKEN as error:
        raise SourceError(f"{name} is damaged ({type(error).__name__})") from error


def shapes_of(entry: Entry) -> dict[str, tuple[int, ...]]:
    """Return the shape of each array."""
    return dict(zip(PARTS, (entry.train, entry.train[:1], entry.test, entry.test[:1]), strict=True))


def check_arrays(entry: Entry, arrays, hashes: dict[str, str] | None = None) -> None:
    """Compare dtype, shape and, where known, the SHA-256 of every array with the catalogue."""
    hashes = entry.arrays or hashes or {}
    for (part, shape), array in zip(shapes_of(entry).items(), arrays, strict=True):
        if array.dtype != np.uint8 or array.shape != shape:
            raise SourceError(f"{part} is {array.dtype} {array.shape}, expected uint8 {shape}")
        if part in hashes and array_hash(array) != hashes[part]:
            raise SourceError(f"{part} has other content than published")


def array_hash(array: np.ndarray) -> str:
    """Return the SHA-256 of an array's bytes in C order."""
    return hashlib.sha256(np.ascontiguousarray(array)).hexdigest()


def read_npz(entry: Entry, path: Path) -> tuple[np.ndarray, ...]:
    """Read four arrays from an .npz file, pickles refused, each no larger than expected."""
    arrays = []
    with zipfile.ZipFile(path) as archive:
        for part, shape in shapes_of(entry).items():
            info = archive.getinfo(f"{part}.npy")
            if info.file_size > np.prod(shape) + HEADER_ROOM:
                raise SourceError(f"{part} is {info.file_size:,} bytes, expected about {np.prod(shape):,}")
            with archive.open(info) as member:
                arrays.append(np.lib.format.read_array(member, allow_pickle=False))
    return tuple(arrays)


def read_idx(entry: Entry, path: Path) -> tuple[np.ndarray, ...]:
    """Read the four .gz files of a folder, each the published one to the byte."""
    arrays = []
    for file, shape in zip(entry.files, shapes_of(entry).values(), strict=True):
        packed = path / file.name
        if packed.stat().st_size != file.size or checksum(packed) != file.sha256:
            raise SourceError(f"{file.name} has another SHA-256 than published")
        values = gzip.decompress(packed.read_bytes())
        arrays.append(np.frombuffer(values, np.uint8, offset=4 + 4 * len(shape)).reshape(shape))
    return tuple(arrays)


def read_cifar(entry: Entry, path: Path) -> tuple[np.ndarray, ...]:
    """Read CIFAR's batches from an archive or an unpacked folder; hashes first, unpickling after."""
    members = _unpacked_members(entry, path) if path.is_dir() else _packed_members(entry, path)
    tested = [name for name in members if name.startswith("test")]
    trained = sorted(set(members) - set(tested))
    arrays = []
    for names in (trained, tested):
        batches = [_unpickled(members.pop(name)) for name in names]
        planes = np.concatenate([batch[b"data"] for batch in batches]).reshape(-1, 3, 32, 32)
        labels = [batch.get(b"fine_labels", batch.get(b"labels")) for batch in batches]
        arrays += [np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), np.concatenate(labels).astype("uint8")]
    return tuple(arrays)


def _packed_members(entry: Entry, path: Path) -> dict[str, bytes]:
    """Read the wanted members into memory; nothing is unpacked to disk, so no name can lead outside."""
    found = {}
    with tarfile.open(path, "r:*") as archive:
        for member in archive:
            name = member.name.rsplit("/", 1)[-1]
            if name not in entry.members or name in found:
                continue
            if not member.isreg():
                raise SourceError(f"{name} is not a plain file")
            size = entry.members[name][1] or sum(np.prod(shape) for shape in shapes_of(entry).values())
            if member.size > size + (1 << 24):
                raise SourceError(f"{name} is {member.size:,} bytes, expected about {size:,}")
            found[name] = _verified(entry, name, archive.extractfile(member).read())
    missing = [name for name in entry.members if name not in found]
    if missing:
        raise SourceError(f"{path.name} lacks {missing[0]}")
    return found


def _unpacked_members(entry: Entry, path: Path) -> dict[str, bytes]:
    """Read the wanted members from a folder."""
    return {name: _verified(entry, name, (path / name).read_bytes()) for name in entry.members}


def _verified(entry: Entry, name: str, content: bytes) -> bytes:
    """Return ``content`` if its hash is the catalogue's: only such bytes are ever unpickled."""
    algorithm, expected = entry.members[name][0].split(":")
    if hashlib.new(algorithm, content, usedforsecurity=False).hexdigest() != expected:
        raise SourceError(f"{name} has other content than published")
    return content


class PlainUnpickler(pickle.Unpickler):
    """Unpickle NumPy arrays and plain containers, and refuse every other name."""

    ALLOWED = frozenset({"_reconstruct", "ndarray", "dtype"})

    def find_class(self, module: str, name: str):
        if module in {"numpy", "numpy.core.multiarray", "numpy._core.multiarray"} and name in self.ALLOWED:
            return getattr(np, name, None) or np._core.multiarray._reconstruct
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")


def _unpickled(content: bytes) -> dict:
    """Read one batch: a dictionary of arrays and lists, written by Python 2."""
    try:
        return PlainUnpickler(io.BytesIO(content), encoding="bytes").load()
    except pickle.UnpicklingError as error:
        raise SourceError(f"unsafe pickle: {error}") from error
