"""Read a published set, or a faithful copy of it, and believe nothing that its hash or its header does not confirm."""

import gzip
import hashlib
import io
import pickle
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from course_utils.datasets.archives import PIECE, members_of, open_tar
from course_utils.datasets.catalogue import Entry
from course_utils.files import Damaged, array_sha256, npz_member, reading, sha256

PARTS = ("x_train", "y_train", "x_test", "y_test")
HEADER_ROOM = 1024  # bytes; an .npy header is 128: more beyond the data is not the array we expect


def read(entry: Entry, path: Path) -> tuple[np.ndarray, ...]:
    """Read and verify the arrays of ``entry`` from ``path``.

    Returns:
        x_train, y_train, x_test, y_test, uint8.

    Raises:
        Unreadable: ``path`` vanished, or may not be opened.
        Damaged: the content is damaged, or is not the published one.
    """
    arrays = {"npz": read_npz, "idx": read_idx, "cifar": read_cifar}[entry.layout](entry, path)
    check_arrays(entry, arrays)
    for part, array in zip(PARTS, arrays, strict=True):
        if part in entry.arrays and array_sha256(array) != entry.arrays[part]:
            raise Damaged(f"{part} has other content than published")
    return arrays


def shapes_of(entry: Entry) -> dict[str, tuple[int, ...]]:
    """Return the shape of each array."""
    return dict(zip(PARTS, (entry.train, entry.train[:1], entry.test, entry.test[:1]), strict=True))


def check_arrays(entry: Entry, arrays: Iterable[np.ndarray]) -> None:
    """Compare type and shape of every array with the catalogue."""
    for (part, shape), array in zip(shapes_of(entry).items(), arrays, strict=True):
        if array.dtype != np.uint8 or array.shape != shape:
            raise Damaged(f"{part} is {array.dtype} {array.shape}, expected uint8 {shape}")


def read_npz(entry: Entry, path: Path) -> tuple[np.ndarray, ...]:
    """Read four arrays from an .npz file, pickles refused, each no larger than expected."""
    with reading(path), zipfile.ZipFile(path) as archive:
        return tuple(
            npz_member(archive, part, most=int(np.prod(shape)) + HEADER_ROOM)
            for part, shape in shapes_of(entry).items()
        )


def read_idx(entry: Entry, path: Path) -> tuple[np.ndarray, ...]:
    """Read the four .gz files of a folder, each the published one to the byte."""
    arrays = []
    for file, shape in zip(entry.files, shapes_of(entry).values(), strict=True):
        packed = path / file.name
        with reading(packed):
            if packed.stat().st_size != file.size or sha256(packed) != file.sha256:
                raise Damaged(f"{file.name} has another SHA-256 than published")
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
    found: dict[str, bytes] = {}
    with reading(path), open_tar(path) as archive:
        for member in members_of(path, archive):
            name = member.name.rsplit("/", 1)[-1]
            if name not in entry.members or name in found:
                continue
            if not member.isreg():
                raise Damaged(f"{name} is not a plain file")
            size = entry.members[name][1] or sum(int(np.prod(shape)) for shape in shapes_of(entry).values())
            if member.size > size + (1 << 24):
                raise Damaged(f"{name} is {member.size:,} bytes, expected about {size:,}")
            with archive.extractfile(member) as opened:
                found[name] = _verified(entry, name, b"".join(iter(lambda: opened.read(PIECE), b"")))
    missing = [name for name in entry.members if name not in found]
    if missing:
        raise Damaged(f"{path.name} lacks {missing[0]}")
    return found


def _unpacked_members(entry: Entry, path: Path) -> dict[str, bytes]:
    """Read the wanted members from a folder."""
    found = {}
    for name in entry.members:
        with reading(path / name):
            found[name] = _verified(entry, name, (path / name).read_bytes())
    return found


def _verified(entry: Entry, name: str, content: bytes) -> bytes:
    """Return ``content`` if its hash is the catalogue's: only such bytes are ever unpickled."""
    algorithm, expected = entry.members[name][0].split(":")
    if hashlib.new(algorithm, content, usedforsecurity=False).hexdigest() != expected:
        raise Damaged(f"{name} has other content than published")
    return content


class PlainUnpickler(pickle.Unpickler):
    """Unpickle NumPy arrays and plain containers, and refuse every other name."""

    ALLOWED = frozenset({"_reconstruct", "ndarray", "dtype"})

    def find_class(self, module: str, name: str) -> object:
        if module in {"numpy", "numpy.core.multiarray", "numpy._core.multiarray"} and name in self.ALLOWED:
            return getattr(np, name, None) or np._core.multiarray._reconstruct
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")


def _unpickled(content: bytes) -> dict:
    """Read one batch: a dictionary of arrays and lists, written by Python 2."""
    try:
        return PlainUnpickler(io.BytesIO(content), encoding="bytes").load()
    except pickle.UnpicklingError as error:
        raise Damaged(f"unsafe pickle: {error}") from error
