"""What `datasets.load` and `load_folder` return: `ImageDataset` holds arrays, `ImageFolder` a list of image files."""

import hashlib
import numbers
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from course_utils import paths
from course_utils.datasets.image_files import DECODING, FITS, decoded
from course_utils.files import Damaged, Unreadable, load_arrays, reading, save_arrays, set_aside
from course_utils.validation import one_of, pair, whole_number


@dataclass(frozen=True, repr=False, eq=False)
class ImageDataset:
    """Images and labels, split into a training and a test part, with where they came from.

    The arrays are read-only, so that a cell run twice cannot change the data under the cells that follow;
    take ``.copy()`` or ``.astype("float32")`` of what you want to change.

    Attributes:
        x_train, x_test: images, uint8, (N, H, W) grey or (N, H, W, 3) RGB.
        y_train, y_test: labels, uint8, (N,), whole numbers from 0.
        class_names: one name a label.
        name: the name given to `load`.
        source: ``"mirror"``, ``"cache"``, ``"download"`` or ``"bundled"``.
        stand_in: True when bundled data stands in for the published set.
        citation, licence: of the data that is really in the arrays.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...]
    name: str
    source: str
    stand_in: bool
    citation: str
    licence: str

    def __post_init__(self):
        for part in ("x_train", "y_train", "x_test", "y_test"):
            view = getattr(self, part).view()
            view.flags.writeable = False
            object.__setattr__(self, part, view)

    def __repr__(self) -> str:
        kind = "bundled stand-in" if self.stand_in else self.source
        height_width = "×".join(str(side) for side in self.image_shape)
        return (
            f"ImageDataset({self.name!r}, {kind}: {len(self.x_train):,} training and {len(self.x_test):,} test images "
            f"of {height_width}, {len(self.class_names)} classes)"
        )

    @property
    def image_shape(self) -> tuple[int, ...]:
        """Shape of one image: (H, W) or (H, W, 3)."""
        return self.x_train.shape[1:]

    def split(
        self, validation: float = 5000, *, seed: int = 42, stratify: bool = True
    ) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
        """Hold back part of the training images for validation; the test images are never touched.

        Args:
            validation: number of validation images, or a fraction between 0 and 1 of the training images.
            seed: seed of the choice; the same seed gives the same split.
            stratify: keep the proportions of the classes.

        Returns:
            ``(x_train, y_train), (x_validation, y_validation)``.

        Raises:
            ValueError: ``validation`` leaves one of the two parts empty.

        Example:
            >>> (x_train, y_train), (x_val, y_val) = datasets.load("mnist").split(5000)
        """
        count = _part("validation", validation, len(self.y_train))
        held = _choose(self.y_train, count, seed, stratify)
        keep = np.ones(len(self.y_train), bool)
        keep[held] = False
        return (self.x_train[keep], self.y_train[keep]), (self.x_train[held], self.y_train[held])

    def subset(self, *, train: int | None = None, test: int | None = None, seed: int = 42) -> "ImageDataset":
        """Return a smaller data set with about the same proportions of the classes.

        Args:
            train: number of training images; all of them when None or when there are fewer.
            test: the same for the test images.
            seed: seed of the choice.

        Returns:
            An `ImageDataset` with everything else unchanged.
        """
        chosen = {}
        for part, count in (("train", train), ("test", test)):
            images, labels = getattr(self, f"x_{part}"), getattr(self, f"y_{part}")
            if count is not None and whole_number(part, count) < len(labels):
                index = _choose(labels, int(count), seed, stratify=True)
                chosen |= {f"x_{part}": images[index], f"y_{part}": labels[index]}
        return replace(self, **chosen)


def _part(argument: str, value, total: int) -> int:
    """Turn a number or a fraction of ``total`` into a number from 1 to ``total - 1``."""
    if isinstance(value, numbers.Real) and not isinstance(value, (bool, numbers.Integral)) and 0 < value < 1:
        count = round(value * total)
        if not 0 < count < total:
            raise ValueError(
                f"{argument} must leave at least one image in each part; received {value!r}, {count} of {total} images."
            )
        return count
    return whole_number(argument, value, minimum=1, maximum=total - 1)


def _choose(labels: np.ndarray, count: int, seed: int, stratify: bool) -> np.ndarray:
    """Choose ``count`` indices in increasing order, each class in proportion when ``stratify``."""
    order = np.random.default_rng(whole_number("seed", seed, minimum=0)).permutation(len(labels))
    if not stratify:
        return np.sort(order[:count])
    # Rank each image within its class, as a fraction of the class: the smallest ranks are an even draw of all classes.
    shuffled = labels[order]
    by_class = np.argsort(shuffled, kind="stable")
    sizes = np.bincount(shuffled)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    rank = np.empty(len(labels))
    rank[by_class] = np.arange(len(labels)) - np.repeat(starts, sizes)
    share = (rank + 0.5) / sizes[shuffled]
    return np.sort(order[np.argsort(share, kind="stable")[:count]])


@dataclass(frozen=True, repr=False, eq=False)
class ImageFolder:
    """Image files with their classes and parts.

    Attributes:
        paths: the files, one an image.
        labels: whole numbers from 0, (N,), uint8 (int64 from 256 classes on), read-only.
        parts: for each image ``"train"``, ``"validation"`` or ``"test"``, (N,), read-only.
        class_names: one name a label.
        name: the name or folder given to `load_folder`.
        source: ``"mirror"``, ``"cache"``, ``"download"``, ``"bundled"``, or ``"folder"`` for your own.
        stand_in: True when generated pictures stand in for the published set.
        skipped: images that cannot be decoded, as (path, reason).
        ignored: number of other files among the images, and of pictures outside the class folders.
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

    def __post_init__(self):
        for name in ("labels", "parts"):
            view = getattr(self, name).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)

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
        """Decode all images to one array; the result is cached.

        Args:
            size: (height, width) of the result in pixels, or one number for both.
            fit: ``"crop"`` scales the image until it covers ``size`` and cuts the rest off evenly; ``"stretch"``
                scales both sides independently, as ``keras.utils.image_dataset_from_directory`` does.

        Returns:
            Images (N, height, width, 3), uint8, RGB, upright; labels (N,). Both are read-only.

        Raises:
            ValueError: ``size`` or ``fit`` is none of these.
            OSError: a file has vanished or was changed so that it cannot be decoded; the text names it.

        Example:
            >>> images, labels = load_folder("flowers17").part("train").arrays(96)
        """
        size, fit = pair("size", size), one_of("fit", fit, FITS)
        place = paths.downloads() / "decoded" / f"{self._key(size, fit)}.npz"
        images = _cached(place, (len(self), *size, 3))
        if images is None:
            images = np.empty((len(self), *size, 3), "uint8")
            for index, path in enumerate(self.paths):
                images[index] = decoded(path, size, fit)
            with suppress(OSError):  # a full or read-only disk only costs the time of decoding again
                save_arrays(place, {"images": images})
        images.flags.writeable = False
        return images, self.labels

    def _key(self, size, fit) -> str:
        """Return a name that changes with any file (place, size, time of change), the size and the fit."""
        digest = hashlib.sha256(repr((DECODING, size, fit)).encode())
        for path in self.paths:
            with reading(path):
                state = path.stat()
            digest.update(os.fsencode(path) + f"|{state.st_size}|{state.st_mtime_ns}\n".encode())
        return digest.hexdigest()[:24]


def _cached(place: Path, shape: tuple[int, ...]) -> np.ndarray | None:
    """Return the cached array, or None when there is none that is whole; a damaged file is set aside."""
    try:
        images = load_arrays(place)[0]["images"]
        if images.shape != shape or images.dtype != np.uint8:
            raise Damaged(f"{place.name} is damaged: it holds {images.dtype} {images.shape}")
    except Unreadable:
        return None
    except (Damaged, KeyError) as error:
        aside = set_aside(place)
        print(f"{error}; {f'renamed to {aside.name}' if aside else 'left alone'}; the images are decoded again")
        return None
    return images
