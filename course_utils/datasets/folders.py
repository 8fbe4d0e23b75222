"""`load_folder`: sets of image files, published or your own, one folder a class."""

import re
from pathlib import Path

import numpy as np

from course_utils import paths
from course_utils.datasets import store
from course_utils.datasets.archives import unpack
from course_utils.datasets.catalogue import CATALOGUE, FOLDER_SETS, Entry
from course_utils.datasets.dataset import ImageFolder
from course_utils.datasets.image_files import decodable, listed_below, visible_files
from course_utils.downloads import SourceError, fetch
from course_utils.files import Damaged, Unreadable, kind, partial_folder, reading, sha256
from course_utils.validation import one_of, whole_number

FEWEST = 3  # images of a class that give it a validation and a test image


def load_folder(name: str | Path, *, seed: int = 42, quiet: bool = False) -> ImageFolder:
    """Return a set of image files, and print in one line where it comes from.

    Published sets come from the mirror, the cache, the download or, last, generated pictures, as in `load`. A folder
    of your own holds one folder a class, or ``train``, ``validation`` and ``test`` with one folder a class in each.
    A set without such parts is split here: half of each class for training, a quarter each for validation and test,
    by chance. Hidden files and folders (``.ipynb_checkpoints``) do not count.

    Args:
        name: ``"flowers17"``, ``"cats_vs_dogs"``, or the path of a folder.
        seed: seed of the split.
        quiet: print nothing.

    Returns:
        An `ImageFolder`. Images that cannot be decoded are left out and listed in ``.skipped``.

    Raises:
        ValueError: neither a known name nor a folder that can be opened; a folder without classes; a class without any
            image; parts beside another folder of images.

    Example:
        >>> flowers = load_folder("flowers17")
        >>> images, labels = flowers.part("train").arrays(96)
    """
    seed = whole_number("seed", seed, minimum=0)
    if isinstance(name, str) and name in FOLDER_SETS:
        folder, told = _published(CATALOGUE[name], seed)
    else:
        found = _your_own(name, seed)
        folder, told = ImageFolder(**found, name=str(name), source="folder", stand_in=False), f"{name}: your folder"
    if not quiet:
        print(_line(folder, told).encode("utf-8", "replace").decode())
    return folder


def _your_own(name: str | Path, seed: int) -> dict:
    """List a folder that the reader names."""
    if not isinstance(name, (str, Path)) or not str(name).strip():
        listed = ", ".join(repr(known) for known in FOLDER_SETS)
        raise ValueError(f"name must be one of {listed} or the path of a folder; received {name!r}.")
    try:
        root = paths.expanded(name)
        if kind(root) == "folder":
            return listed_below(root, seed)
    except Unreadable as error:
        raise ValueError(f"name {str(name)!r} cannot be opened: {error}.") from error
    if str(name) in FOLDER_SETS:
        raise ValueError(f"name {name!r} is a path, and there is no such folder; the published set is {str(name)!r}.")
    try:
        one_of("name", str(name), FOLDER_SETS)
    except ValueError as error:
        what = "is a file" if kind(root) == "file" else "does not exist"
        raise ValueError(f"{error} Or give the path of a folder; {str(name)!r} {what}.") from None
    raise AssertionError("a known name came here")


def _line(folder: ImageFolder, told: str) -> str:
    """Return the line that says what was found."""
    counts = ", ".join(f"{count:,} {part}" for part, count in folder.counts().items())
    text = f"{told}: {counts} images, {len(folder.class_names)} classes"
    if folder.skipped:
        named = ", ".join(path.name for path, _ in folder.skipped[:3])
        more = ", …" if len(folder.skipped) > 3 else ""
        text += f"; {len(folder.skipped)} cannot be decoded and were left out ({named}{more})"
    few = [name for label, name in enumerate(folder.class_names) if (folder.labels == label).sum() < FEWEST]
    if few and folder.source == "folder" and len(folder.counts()) < 3:
        text += f"; too few images of {few[0]} for a validation and a test part"
    return text + (f"; {folder.ignored} other files ignored" if folder.ignored else "")


def _published(entry: Entry, seed: int) -> tuple[ImageFolder, str]:
    """Try mirror, cache, download, and at last generate pictures."""

    def arrange(root: Path) -> dict:
        return arranged(entry, root, seed)

    def from_mirror(entry: Entry) -> tuple[dict, str]:
        found, _, faults = store.first_copy(entry, paths.mirror(), lambda path: arrange(_opened(entry, path)))
        return found, "; ".join(faults)

    def from_cache(entry: Entry) -> tuple[dict, str]:
        if root := store.unpacked(entry):
            return arrange(root), ""
        found, _, faults = store.first_copy(entry, paths.downloads(), lambda path: arrange(_opened(entry, path)))
        return found, "; ".join(faults)

    attempts = (
        ("mirror", from_mirror),
        ("cache", from_cache),
        ("download", lambda entry: (arrange(_from_download(entry)), "")),
    )
    found, source, remarks = store.first_source(entry, attempts)
    if found is not None:
        place = "downloaded" if source == "download" else f"from the {source}"
        told = "; ".join([f"{entry.title}, {place}", *remarks])
        credit = dict(citation=entry.citation, licence=entry.licence)
        return ImageFolder(**found, name=entry.name, source=source, stand_in=False, **credit), told
    from course_utils.datasets import pictures  # draws; only needed here

    found = arranged(entry, pictures.folder(entry.name), seed)
    credit = dict(citation="generated by this course", licence="the course's own")
    told = f"{entry.title} is unavailable ({'; '.join(remarks)}); in its place {entry.stand_in}"
    return ImageFolder(**found, name=entry.name, source="bundled", stand_in=True, **credit), told


def _from_download(entry: Entry) -> Path:
    """Download the published archive and unpack it into the cache."""
    if paths.offline():
        raise SourceError("COURSE_OFFLINE is set")
    if not entry.files:
        raise SourceError("no file with a published checksum")
    folder, file = store.writable(paths.downloads()), entry.files[0]
    try:
        with partial_folder(folder) as fresh:
            archive = fetch(file.url, fresh / file.name, digest=f"sha256:{file.sha256}", size=file.size)
            return _opened(entry, archive)
    except (Damaged, Unreadable):
        raise
    except OSError as error:
        raise SourceError(f"cannot write to {folder}: {error.strerror or error}") from error


def _opened(entry: Entry, path: Path) -> Path:
    """Return the folder of images behind ``path``: itself, or the archive unpacked once into the cache."""
    if kind(path) == "folder":
        return path
    with reading(path):
        origin = sha256(path)
    try:
        return store.folder(store.key(entry, origin), lambda inside: unpack(path, inside))
    except (Damaged, Unreadable):
        raise
    except OSError as error:
        raise SourceError(f"{path.name} cannot be unpacked: {error.strerror or error}") from error


def arranged(entry: Entry, root: Path, seed: int) -> dict:
    """List the images below ``root`` and check that they are the set's; raises Damaged when they are not."""
    if entry.name == "flowers17":
        return _flowers(entry, root, seed)
    top = next((folder.parent for folder in sorted(root.rglob("train")) if folder.is_dir()), root)
    try:
        found = listed_below(top, seed)
    except ValueError as error:
        raise Damaged(str(error)) from error
    if found["class_names"] != entry.class_names:
        raise Damaged(f"classes {', '.join(found['class_names'])}, expected {', '.join(entry.class_names)}")
    return found


def _flowers(entry: Entry, root: Path, seed: int) -> dict:
    """List image_0001 to image_1360: eighty of each kind, in the order of the class names."""
    numbered = {}
    for path in visible_files(root):
        if match := re.fullmatch(r"image_(\d{4})\.jpg", path.name):
            numbered[int(match[1])] = path
    classes = len(entry.class_names)
    each = entry.train[0] // classes if "generated" not in root.name else len(numbered) // classes
    if sorted(numbered) != list(range(1, each * classes + 1)):
        expected = f"expected image_0001.jpg to image_{entry.train[0]}.jpg"
        raise Damaged(f"{len(numbered)} images in {root}, {expected}; remove that folder to unpack it anew")
    files = [numbered[number] for number in sorted(numbered)]
    labels = np.repeat(np.arange(classes), each)
    return decodable(files, labels, None, entry.class_names, 0, seed)
