"""`ImageFolder`: a list of image files with labels and parts, and the arrays made from them."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from course_utils import paths
from course_utils.datasets.fetch import partial_folder
from course_utils.validation import one_of, pair

FITS = ("crop", "stretch")


@dataclass(frozen=True, repr=False, eq=False)
class ImageFolder:
    """Image files with their classes and parts.

    Attributes:
        paths: the files, one an image.
        labels: whole numbers from 0, (N,), uint8 (int64 from 256 classes on).
        parts: for each image ``"train"``, ``"validation"`` or ``"test"``, (N,).
        class_names: one name a label.
        name: the name or folder given to `load_folder`.
        source: ``"mirror"``, ``"cache"``, ``"download"``, ``"bundled"``, or ``"folder"`` for your own.
        stand_in: True when generated pictures stand in for the published set.
        skipped: images that cannot be decoded, as (path, reason).
        ignored: number of other files among the images.
        citation, licence: of the images that are really there.
    """

    paths: tuple[Path, ...]
    labels: np.ndarray
    parts: np.ndarray
    class_names: tuple[str, ...]
    name: str
    source: str
    stand_in: bool
    skipped: tuple[tuple[Path, str], ...] = ()
    ignored: int = 0
    citation: str = ""
    licence: str = ""

    def __len__(self) -> int:
        return len(self.paths)

    def __repr__(self) -> str:
        kind = "generated stand-in" if self.stand_in else self.source
        counts = ", ".join(f"{count:,} {part}" for part, count in self.counts().items())
        return f"ImageFolder({self.name!r}, {kind}: {len(self.class_names)} classes, {counts} images)"

    def counts(self) -> dict[str, int]:
        """Return the number of images of each part that has any."""
        return {part: n for part in ("train", "validation", "test") if (n := int((self.parts == part).sum()))}

    def part(self, name: str) -> "ImageFolder":
        """Return the images of one part.

        Raises:
            ValueError: the set has no such part; the message lists those it has.
        """
        at = np.flatnonzero(self.parts == one_of("part", name, self.counts()))
        chosen = tuple(self.paths[index] for index in at)
        return replace(self, paths=chosen, labels=self.labels[at], parts=self.parts[at])

    def arrays(self, size=(224, 224), *, fit: str = "crop") -> tuple[np.ndarray, np.ndarray]:
        """Decode all images to one array; the result is kept in the cache.

        Args:
            size: (height, width) of the result in pixels, or one number for both.
            fit: ``"crop"`` scales the image until it covers ``size`` and cuts the rest off evenly; ``"stretch"``
                scales both sides independently, as ``keras.utils.image_dataset_from_directory`` does.

        Returns:
            Images (N, height, width, 3), uint8, RGB; labels (N,). Both are read-only.

        Example:
            >>> images, labels = load_folder("flowers17").part("train").arrays(96)
        """
        size, fit = pair("size", size), one_of("fit", fit, FITS)
        kept = paths.downloads() / "decoded" / f"{self._key(size, fit)}.npy"
        images = _recalled(kept, (len(self), *size, 3))
        if images is None:
            images = np.empty((len(self), *size, 3), "uint8")
            for index, path in enumerate(self.paths):
                images[index] = decoded(path, size, fit)
            _keep(kept, images)
        images.flags.writeable = False
        return images, self.labels

    def _key(self, size, fit) -> str:
        """Return a name that changes with any file (place, size, time of change), the size and the fit."""
        digest = hashlib.sha256(repr((size, fit)).encode())
        for path in self.paths:
            state = path.stat()
            digest.update(f"{path}|{state.st_size}|{state.st_mtime_ns}\n".encode())
        return digest.hexdigest()[:24]


def decoded(path: Path, size: tuple[int, int], fit: str) -> np.ndarray:
    """Return one image as (height, width, 3), uint8, turned upright and resized."""
    height, width = size
    with Image.open(path) as opened:
        if fit == "crop":
            opened.draft("RGB", (width, height))  # a JPEG decodes several times faster at a half or a quarter
        upright = ImageOps.exif_transpose(opened).convert("RGB")
        if fit == "crop":
            return np.asarray(ImageOps.fit(upright, (width, height), Image.Resampling.BILINEAR))
        return np.asarray(upright.resize((width, height), Image.Resampling.BILINEAR))


def _recalled(kept: Path, shape) -> np.ndarray | None:
    """Return the kept array, or None when there is none that fits and is whole."""
    try:
        images = np.load(kept, allow_pickle=False)
        noted = kept.with_suffix(".sha256").read_text()
    except (OSError, ValueError, EOFError):
        return None
    whole = images.shape == shape and images.dtype == np.uint8 and hashlib.sha256(images).hexdigest() == noted
    return images if whole else None


def _keep(kept: Path, images: np.ndarray) -> None:
    """Keep the array and its hash; a full or read-only disk only costs the time of decoding again."""
    try:
        with partial_folder(kept.parent) as folder:
            np.save(folder / kept.name, images)
            note = kept.with_suffix(".sha256")
            (folder / note.name).write_text(hashlib.sha256(images).hexdigest())
            (folder / kept.name).replace(kept)
            (folder / note.name).replace(note)
    except OSError:
        return
