"""`load`: find a data set, verify it, and say in one line where it came from."""

import hashlib
import importlib

from course_utils import paths
from course_utils.datasets import readers, store
from course_utils.datasets.catalogue import ARRAY_SETS, CATALOGUE, FOLDER_SETS
from course_utils.datasets.dataset import ImageDataset
from course_utils.datasets.entry import Entry
from course_utils.datasets.fetch import NotHere, SourceError, checksum, fetch, partial_folder
from course_utils.validation import one_of

# The function that makes each bundled set, and the module it lives in: imported only when it is needed.
MAKERS = {
    "digits": "bundled",
    "digits_like_mnist": "bundled",
    "shapes": "shapes",
    "coloured_shapes": "shapes",
    "photos": "patches",
    "textures": "patches",
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
    arrays, source, remarks = _from_outside(entry) if entry.layout != "bundled" else (None, "bundled", [])
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


def make(maker: str):
    """Return the arrays of a bundled set."""
    return getattr(importlib.import_module(f"course_utils.datasets.{MAKERS[maker]}"), maker)()


def describe(entry: Entry, dataset: ImageDataset, remarks: list[str]) -> str:
    """Return the line that says what was loaded and why from there."""
    sides = "×".join(str(side) for side in dataset.image_shape[:2])
    counts = f"{len(dataset.x_train):,} training and {len(dataset.x_test):,} test images of {sides}"
    told = f" ({'; '.join(remarks)})" if remarks else ""
    if dataset.stand_in:
        return f"{entry.title} cannot be had{told}; in its place {entry.stand_in}: {counts}"
    place = {"mirror": "from the mirror", "cache": "from the cache", "download": "downloaded", "bundled": "bundled"}
    return f"{entry.title}: {counts}, {place[dataset.source]}{told}"


def _from_outside(entry: Entry):
    """Try mirror, cache and download in turn; return arrays or None, the source, and what there is to tell."""
    remarks = []
    for source, attempt in (("mirror", from_mirror), ("cache", from_cache), ("download", from_download)):
        try:
            arrays, remark = attempt(entry)
        except SourceError as error:
            # A cache that is simply empty, or a mirror that is not set, is the usual case and not worth a word.
            if str(error) and not (source == "cache" and isinstance(error, NotHere)):
                remarks.append(f"{source}: {error}")
            continue
        return arrays, source, [*remarks, *([remark] if remark else [])]
    return None, "bundled", remarks


def from_mirror(entry: Entry):
    """Read the mirror's copy; a packed one is unpacked only once and then kept in the cache."""
    mirror = paths.mirror()
    if mirror is None:
        raise NotHere("")
    return _read_copy(entry, readers.find(entry, mirror))


def from_cache(entry: Entry):
    """Return the kept arrays, or read a published file that somebody put into the cache folder by hand."""
    damaged = []
    try:
        return store.recall(entry), ""
    except NotHere:
        pass
    except SourceError as error:
        damaged = [str(error)]
    try:
        return _read_copy(entry, readers.find(entry, paths.downloads()))
    except SourceError as error:
        told = [*damaged, *([] if isinstance(error, NotHere) else [f"{error}; left alone"])]
        raise (SourceError if told else NotHere)("; ".join(told)) from error


def from_download(entry: Entry):
    """Download the published files into a temporary folder, verify them, keep the arrays."""
    if paths.offline():
        raise SourceError("COURSE_OFFLINE is set")
    folder = store.writable(paths.downloads())
    try:
        with partial_folder(folder) as fresh:
            files = [fetch(file, fresh) for file in entry.files]
            arrays = readers.read(entry, fresh if entry.layout == "idx" else files[0])
    except OSError as error:
        raise SourceError(f"cannot write to {folder}: {error.strerror or error}") from error
    return arrays, store.keep(entry, arrays, origin=_origin(entry))


def _read_copy(entry: Entry, path):
    """Read a copy of the published set; return the arrays and a remark."""
    if path.is_dir():
        return readers.read(entry, path), ""
    with readers.explained(path.name):
        origin = checksum(path)
    try:
        return store.recall(entry, origin=origin), path.name
    except SourceError:
        arrays = readers.read(entry, path)
    failed = store.keep(entry, arrays, origin=origin)
    return arrays, "; ".join(filter(None, (path.name, failed)))


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
