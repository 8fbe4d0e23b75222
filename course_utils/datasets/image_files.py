"""Image files: found below a folder, split into parts, checked and decoded."""

import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from course_utils.files import Damaged, Unreadable, kind, reading

ENDINGS = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"}
PARTS = {"train": "train", "training": "train", "validation": "validation", "valid": "validation", "val": "validation"}
PARTS |= {"test": "test"}
SHARES = {"train": 0.5, "validation": 0.25, "test": 0.25}  # of a set without parts of its own, within each class
FITS = ("crop", "stretch")
DECODING = 2  # raise it when images are decoded in another way: cached arrays are made anew
ORIENTATION = 0x0112  # the EXIF tag, and what turns an image with its values upright
UPRIGHT = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
           5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
           8: Image.Transpose.ROTATE_90}  # fmt: skip
SIDEWAYS = (5, 6, 7, 8)


def listed_below(root: Path, seed: int) -> dict:
    """List a folder of classes, or of parts with classes in them, as the arguments of an `ImageFolder`.

    Raises:
        ValueError: no class, a class without images, or parts beside another folder of images.
        Unreadable: a folder cannot be opened.
    """
    groups = _groups(root)
    names = sorted({folder.name for _, group in groups for folder in _folders(group)})
    if not names:
        raise ValueError(f"{root} holds no folders of images; expected one folder a class.")
    files, labels, parts = [], [], []
    ignored = sum(is_image(path) for folder in {root, *(group for _, group in groups)} for path in folder.iterdir())
    for part, group in groups:
        for label, name in enumerate(names):
            every = visible_files(group / name) if kind(group / name) == "folder" else []
            images = [path for path in every if is_image(path)]
            if not images:
                raise ValueError(f"class {name!r} has no image in {group}; add some or remove the folder.")
            ignored += len(every) - len(images)
            files += images
            labels += [label] * len(images)
            parts += [part] * len(images)
    own_parts = None if parts[0] is None else np.array(parts)
    return decodable(files, np.array(labels), own_parts, tuple(names), ignored, seed)


def _groups(root: Path) -> list[tuple[str | None, Path]]:
    """Return (part, folder of classes): the parts that a folder is split into, or (None, the folder itself)."""
    folders = _folders(root)
    named = [folder for folder in folders if folder.name.lower() in PARTS]
    if not named or not (named == folders or len(named) > 1 or _folders(named[0])):
        return [(None, root)]
    others = [folder.name for folder in folders if folder not in named and any(map(is_image, visible_files(folder)))]
    if others:
        raise ValueError(
            f"{root} holds the parts {', '.join(folder.name for folder in named)} and another folder of images, "
            f"{others[0]!r}: move its images into one of the parts, or away."
        )
    return [(PARTS[folder.name.lower()], folder) for folder in named]


def _folders(root: Path) -> list[Path]:
    """Return the folders in a folder, but for hidden ones."""
    try:
        return sorted(path for path in root.iterdir() if path.is_dir() and not _hidden(path.name))
    except OSError as error:
        raise Unreadable(f"{root} cannot be opened ({error.strerror or error})") from error


def visible_files(root: Path) -> list[Path]:
    """Return the files below a folder, but for hidden ones (the copies of an editor, the notes of a system)."""

    def give_up(error: OSError) -> None:
        raise Unreadable(f"{error.filename} cannot be opened ({error.strerror})") from error

    found = []
    for base, folders, names in os.walk(root, onerror=give_up):
        folders[:] = [name for name in folders if not _hidden(name)]
        found += [Path(base, name) for name in names if not _hidden(name)]
    return sorted(found)


def _hidden(name: str) -> bool:
    return name.startswith((".", "__MACOSX"))


def is_image(path: Path) -> bool:
    """Return whether a path is a visible, regular file that is named like an image."""
    return path.suffix.lower() in ENDINGS and not _hidden(path.name) and path.is_file()


def decodable(files, labels, parts, class_names, ignored, seed) -> dict:
    """Leave out what cannot be decoded, split what has no parts, and check that no class is empty."""
    reasons = [damage(path) for path in files]
    good = np.array([not reason for reason in reasons])
    skipped = tuple((path, reason) for path, reason in zip(files, reasons, strict=True) if reason)
    labels = labels[good].astype("uint8" if len(class_names) <= 256 else "int64")
    empty = [name for label, name in enumerate(class_names) if not (labels == label).any()]
    if empty:
        raise ValueError(f"class {empty[0]!r} has no image that can be decoded.")
    parts = split_by_chance(labels, seed) if parts is None else parts[good]
    chosen = tuple(path for path, fine in zip(files, good, strict=True) if fine)
    return dict(paths=chosen, labels=labels, parts=parts, class_names=class_names, skipped=skipped, ignored=ignored)


def split_by_chance(labels: np.ndarray, seed: int) -> np.ndarray:
    """Return the part of each image: the same shares within each class, by chance."""
    parts = np.full(len(labels), "train", dtype="<U10")
    draw = np.random.default_rng(seed)
    for label in np.unique(labels):
        members = draw.permutation(np.flatnonzero(labels == label))
        validation, test = (round(SHARES[part] * len(members)) for part in ("validation", "test"))
        parts[members[:validation]] = "validation"
        parts[members[validation : validation + test]] = "test"
    return parts


def damage(path: Path) -> str:
    """Return why an image cannot be decoded, or "". A JPEG is decoded at an eighth: fast, and every byte is read."""
    try:
        with _opened(path) as (image, _):
            image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
            image.load()
    except (Damaged, Unreadable) as error:
        return "not an image" if isinstance(error.__cause__, UnidentifiedImageError) else str(error)
    return ""


def decoded(path: Path, size: tuple[int, int], fit: str) -> np.ndarray:
    """Return one image as (height, width, 3), uint8, turned upright and resized.

    Raises:
        Unreadable, Damaged: the file cannot be opened or decoded.
    """
    height, width = size
    with _opened(path) as (image, orientation):
        if fit == "crop":  # a JPEG decodes several times faster at a half or a quarter; sizes are those before turning
            image.draft("RGB", (height, width) if orientation in SIDEWAYS else (width, height))
        upright = _eight_bits(image)
        if orientation in UPRIGHT:
            upright = upright.transpose(UPRIGHT[orientation])
        upright = upright.convert("RGB")
        if fit == "crop":
            return np.asarray(ImageOps.fit(upright, (width, height), Image.Resampling.BILINEAR))
        return np.asarray(upright.resize((width, height), Image.Resampling.BILINEAR))


_QUIET = threading.Lock()


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Image.Image, int]]:
    """Open an image and read its EXIF orientation, 1 where there is none; Pillow's warnings are held back."""
    with reading(path), path.open("rb") as file:
        with _QUIET, warnings.catch_warnings():  # the lock: filters of warnings belong to all threads
            warnings.simplefilter("ignore")
            image = Image.open(file)
        if image.format == "PNG":
            image.load()  # its EXIF may stand behind the pixels: decoded here, where threads need not wait
        orientation = 1
        with _QUIET, warnings.catch_warnings(), suppress(Exception):  # damaged EXIF: the pixels may be in order
            warnings.simplefilter("ignore")
            orientation = image.getexif().get(ORIENTATION, 1)
        yield image, orientation


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a grey image of 16 bits a pixel with its upper 8 bits, as Pillow does for colour; others unchanged."""
    if not image.mode.startswith("I"):
        return image.convert("RGBA") if "transparency" in image.info and image.mode == "P" else image
    return Image.fromarray((np.asarray(image).astype("int64") >> 8).clip(0, 255).astype("uint8"))
