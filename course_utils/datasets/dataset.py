"""`ImageDataset`: what `datasets.load` returns, with a seeded validation split and small subsets."""

import dataclasses
import numbers
from dataclasses import dataclass

import numpy as np

from course_utils.validation import whole_number


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

    def split(self, validation=5000, *, seed: int = 42, stratify: bool = True):
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
        return dataclasses.replace(self, **chosen)


def _part(argument: str, value, total: int) -> int:
    """Turn a number or a fraction of ``total`` into a number from 1 to ``total - 1``."""
    if isinstance(value, numbers.Real) and not isinstance(value, (bool, numbers.Integral)) and 0 < value < 1:
        value = round(value * total)
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
