"""`load`: find a data set, verify it, and say in one line where it came from."""

import hashlib
import importlib
from pathlib import Path

import numpy as np

from course_utils import paths
from course_utils.datasets import readers, store
from course_utils.datasets.catalogue import ARRAY_SETS, CATALOGUE, FOLDER_SETS, Entry
from course_utils.datasets.dataset import ImageDataset
from course_utils.downloads import NotHere, SourceError, fetch
from course_utils.files import Damaged, Unreadable, kind, partial_folder, reading, sha256
from course_utils.validation import one_of

# The function that makes each bundled set, and the module it lives in: imported only when it is needed.
MAKERS = {
    "digits": "bundled",
    "digits_like_mnist": "bundled",
    "shapes": "shapes",
    "coloured_shapes": "shapes",
    "photos": "bundled",
    "textures": "bundled",
}


def load(name: str, *, quiet: bool = False) -> ImageDataset:
    """Return a data set from the best source there is, and print in one line which.

    The order: the mirror named by ``COURSE_DATA_DIR``, the local cache, the published download (unless
    ``COURSE_OFFLINE=1``), the bundled stand-in. Whatever comes from outside is compared with the hashes of the
    catalogue; a source that fails is explained in the line, and the next one is tried.

    Args:
        name: ``"mnist"``, ``"fashion_mnist"``, ``"cifar10"``, ``"cifar100"``, ``"digits"``, ``"shapes"``,
            ``"photos"`` or ``"textures"``.
        quiet: print nothing.

    Returns:
        An `ImageDataset` with read-only uint8 arrays.

    Raises:
        ValueError: unknown name.

    Example:
        >>> mnist = load("mnist")
        MNIST: 60,000 training and 10,000 test images of 28×28, from the mirror (mnist.npz)
    """
    if name in FOLDER_SETS:
        raise ValueError(f"name {name!r} is a set of image files: use load_folder({name!r}).")
    entry = CATALOGUE[one_of("name", name, ARRAY_SETS)]
    attempts = (("mirror", from_mirror), ("cache", from_cache), ("download", from_download))
    arrays, source, remarks = store.first_source(entry, attempts if entry.layout != "bundled" else ())
    class_names, made = entry.class_names, entry
    if arrays is None:
        source, arrays = "bundled", make(entry.maker)
        class_names, made = _stand_in_names(entry), _made(entry)
    dataset = ImageDataset(
        *arrays, class_names, name, source, made is not entry, citation=made.citation, licence=made.licence
    )
    if not quiet:
        print(describe(entry, dataset, remarks))
    return dataset


def expected_source(name: str) -> tuple[str, str]:
    """Return the source that `load` or `load_folder` would try first and has a chance with, and a remark.

    Nothing is opened, verified or downloaded: the answer takes milliseconds.

    Args:
        name: a name of the catalogue.

    Returns:
        ``"mirror"``, ``"cache"``, ``"download"`` or ``"bundled"``, and the file, address or stand-in.

    Raises:
        ValueError: unknown name.
    """
    entry = CATALOGUE[one_of("name", name, CATALOGUE)]
    if entry.layout == "bundled":
        return "bundled", "always there"
    attempts = (("mirror", paths.mirror), ("cache", paths.downloads))
    for source, folder in attempts:
        try:
            if source == "cache" and kind(store.place(name)):
                return source, store.place(name).name
            if source == "cache" and (root := store.unpacked(entry)):
                return source, root.name
            return source, store.copies(entry, folder())[0].name
        except store.FAULTS:
            continue
    if entry.files and not paths.offline():
        size = sum(file.size for file in entry.files) / 1e6
        return "download", f"{size:.0f} MB, if the network answers; else {entry.stand_in}"
    return "bundled", entry.stand_in


def make(maker: str) -> tuple[np.ndarray, ...]:
    """Return the arrays of a bundled set."""
    return getattr(importlib.import_module(f"course_utils.datasets.{MAKERS[maker]}"), maker)()


def describe(entry: Entry, dataset: ImageDataset, remarks: list[str]) -> str:
    """Return the line that says what was loaded and why from there."""
    sides = "×".join(str(side) for side in dataset.image_shape[:2])
    counts = f"{len(dataset.x_train):,} training and {len(dataset.x_test):,} test images of {sides}"
    told = f" ({'; '.join(remarks)})" if remarks else ""
    if dataset.stand_in:
        return f"{entry.title} is unavailable{told}; in its place {entry.stand_in}: {counts}"
    place = {"mirror": "from the mirror", "cache": "from the cache", "download": "downloaded", "bundled": "bundled"}
    return f"{entry.title}: {counts}, {place[dataset.source]}{told}"


def from_mirror(entry: Entry) -> tuple[tuple[np.ndarray, ...], str]:
    """Read the mirror's copy; what was packed is unpacked only once and then cached."""
    (arrays, failed), path, faults = store.first_copy(entry, paths.mirror(), lambda path: _read_copy(entry, path))
    return arrays, "; ".join(filter(None, (path.name, failed, *faults)))


def from_cache(entry: Entry) -> tuple[tuple[np.ndarray, ...], str]:
    """Return the cached arrays, or read a published file that somebody put into the cache folder by hand."""
    told = []
    try:
        return store.recall(entry), ""
    except NotHere:
        pass
    except store.FAULTS as error:
        told = [str(error)]
    try:
        (arrays, failed), path, faults = store.first_copy(
            entry, paths.downloads(), lambda path: _read_copy(entry, path)
        )
    except NotHere as error:
        raise SourceError("; ".join(told)) if told else error from error
    except store.FAULTS as error:
        raise SourceError("; ".join([*told, f"{error}; left alone"])) from error
    return arrays, "; ".join(filter(None, (*told, path.name, failed, *faults)))


def from_download(entry: Entry) -> tuple[tuple[np.ndarray, ...], str]:
    """Download the published files into a temporary folder, verify them, cache the arrays."""
    if paths.offline():
        raise SourceError("COURSE_OFFLINE is set")
    folder = store.writable(paths.downloads())
    try:
        with partial_folder(folder) as fresh:
            for file in entry.files:
                fetch(file.url, fresh / file.name, digest=f"sha256:{file.sha256}", size=file.size)
            arrays = readers.read(entry, fresh if entry.layout == "idx" else fresh / entry.files[0].name)
    except (Damaged, Unreadable):
        raise
    except OSError as error:
        raise SourceError(f"cannot write to {folder}: {error.strerror or error}") from error
    return arrays, store.keep(entry, arrays, origin=_origin(entry))


def _read_copy(entry: Entry, path: Path) -> tuple[tuple[np.ndarray, ...], str]:
    """Read a copy of the published set; return the arrays and what there is to tell of the cache."""
    if kind(path) == "folder":
        return readers.read(entry, path), ""
    with reading(path):
        origin = sha256(path)
    told = ""
    try:
        return store.recall(entry, origin=origin), ""
    except NotHere:
        pass
    except store.FAULTS as error:
        told = f"{error}; "
    try:
        arrays = readers.read(entry, path)
    except store.FAULTS as error:
        raise SourceError(f"{told}{error}") from error
    return arrays, (told + store.keep(entry, arrays, origin=origin)).removesuffix("; ")


def _origin(entry: Entry) -> str:
    """Return one hash for the published files: the file's own when there is one."""
    if len(entry.files) == 1:
        return entry.files[0].sha256
    return hashlib.sha256("".join(file.sha256 for file in entry.files).encode()).hexdigest()


def _made(entry: Entry) -> Entry:
    """Return the row that describes the bundled data which ``entry`` falls back on."""
    if entry.layout == "bundled":
        return entry
    return CATALOGUE[{"digits_like_mnist": "digits"}.get(entry.maker, "shapes")]


def _stand_in_names(entry: Entry) -> tuple[str, ...]:
    """Return the class names of the bundled data."""
    if entry.maker != "coloured_shapes":
        return _made(entry).class_names
    from course_utils.datasets.shapes import COLOURS

    return tuple(f"{colour} {shape}" for shape in CATALOGUE["shapes"].class_names for colour in COLOURS)
