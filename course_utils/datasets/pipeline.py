"""`stream`: image files as batches: decoded, resized, augmented and fetched ahead while a network trains."""

import math
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from course_utils.datasets.dataset import ImageFolder
from course_utils.datasets.image_files import FITS, decoded
from course_utils.validation import one_of, pair, real_number, whole_number

LARGEST_HELD = 400 << 20  # bytes of decoded images that are held in memory; beyond, every epoch decodes anew
THREADS = 4


@dataclass(frozen=True)
class Augmentation:
    """Chance changes of training images: one affine map an image, drawn evenly from the ranges.

    The five changes are composed to one matrix, so an image is interpolated once, not five times. Pixels that come
    in from outside repeat the edge.

    Attributes:
        rotation: degrees, to both sides.
        shift: share of height and width, to all sides.
        shear: share of the height by which the top moves against the bottom, to both sides.
        zoom: share by which an image grows or shrinks.
        flip: mirror left and right with probability one half.

    Raises:
        ValueError: a range is negative or too large.

    Example:
        >>> changed = Augmentation(rotation=10, shear=0)(images, seed=7)
    """

    rotation: float = 40.0
    shift: float = 0.2
    shear: float = 0.2
    zoom: float = 0.2
    flip: bool = True

    def __post_init__(self):
        real_number("rotation", self.rotation, low=0, high=180)
        for name in ("shift", "shear", "zoom"):
            real_number(name, getattr(self, name), low=0, high=0.9)

    def __call__(self, images: np.ndarray, *, seed: int) -> np.ndarray:
        """Return changed images, uint8, (N, height, width, 3); the same seed gives the same changes."""
        images = np.asarray(images)
        matrices = self.matrices(len(images), images.shape[1:3], seed)
        return np.stack([moved(image, matrix) for image, matrix in zip(images, matrices, strict=True)])

    def matrices(self, count: int, size: tuple[int, int], seed) -> np.ndarray:
        """Return (count, 2, 3): the point (column, row) of the source that each point of the result shows."""
        draw = np.random.default_rng(seed).uniform(-1.0, 1.0, (6, count))
        turn, scale = np.radians(self.rotation) * draw[0], 1.0 + self.zoom * draw[1]
        slant, mirror = self.shear * draw[2], np.where(self.flip & (draw[3] < 0), -1.0, 1.0)
        cos, sin = np.cos(turn) * scale, np.sin(turn) * scale
        # rotation · scale · shear · mirror, around the middle of the image
        linear = np.array([[cos * mirror, cos * slant - sin], [sin * mirror, sin * slant + cos]])
        middle = (np.array(size[::-1]) - 1) / 2
        offset = middle[:, None] + self.shift * draw[4:] * np.array(size[::-1])[:, None]
        offset -= np.einsum("ijn,j->in", linear, middle)
        return np.concatenate([linear, offset[:, None]], axis=1).transpose(2, 0, 1)


def moved(image: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Return one image after an affine map: bilinear, the edge repeated."""
    import cv2

    height, width = image.shape[:2]
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(image, matrix, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE)


def stream(
    folder: ImageFolder,
    *,
    size,
    batch_size: int = 32,
    shuffle: bool = False,
    augment=False,
    seed: int = 0,
    fit: str = "crop",
):
    """Return a ``tf.data.Dataset`` of batches made from image files, ready for ``Model.fit``.

    The first epoch decodes the files, several at a time, and holds their pixels in memory when that needs less than
    400 MB; later epochs take them from there. While the network works on one batch the next ones are made.

    Args:
        folder: from `load_folder`, usually one ``.part(...)`` of it.
        size: (height, width) in pixels, or one number for both.
        batch_size: images a batch; the last batch of an epoch may be smaller.
        shuffle: another order in every epoch, decided by ``seed``.
        augment: True changes every image by chance as `Augmentation` does; or an `Augmentation` of your own. For
            training images only.
        seed: of order and augmentation: the same seed gives the same epochs.
        fit: ``"crop"`` or ``"stretch"``, as in `ImageFolder.arrays`.

    Returns:
        A dataset of (images, labels): uint8 (n, height, width, 3), RGB, 0 to 255, and int32 (n,). Without
        augmentation the images are those of `ImageFolder.arrays`, to the last bit.

    Raises:
        ValueError: an argument is out of range, or the folder is empty.

    Example:
        >>> train = stream(pets.part("train"), size=150, batch_size=32, shuffle=True, augment=True)
        >>> model.fit(train, epochs=5)  # doctest: +SKIP
    """
    import tensorflow as tf

    size, fit = pair("size", size), one_of("fit", fit, FITS)
    batch_size, seed = whole_number("batch_size", batch_size), whole_number("seed", seed, minimum=0)
    if not len(folder):
        raise ValueError("folder must hold at least one image; received an empty one.")
    pictures = Pictures(folder, size, fit, _augmentation(augment))
    labels = tf.constant(folder.labels.astype("int32"))
    # TensorFlow never lets go of a function it was given: this one must not hold the pixels.
    known = weakref.ref(pictures)

    def batch(indices, chance):
        images = tf.numpy_function(lambda *given: known().take(*given), [indices, chance], tf.uint8, stateful=False)
        return tf.ensure_shape(images, (None, *size, 3)), tf.gather(labels, indices)

    order = tf.data.Dataset.range(len(folder))
    if shuffle:
        order = order.shuffle(len(folder), seed=seed, reshuffle_each_iteration=True)
    chance = tf.data.Dataset.random(seed=seed, rerandomize_each_iteration=True)
    batches = tf.data.Dataset.zip((order.batch(batch_size), chance)).map(batch, num_parallel_calls=2)
    count = tf.data.experimental.assert_cardinality(math.ceil(len(folder) / batch_size))
    dataset = batches.apply(count).prefetch(4)
    dataset.pictures = pictures  # lives as long as the dataset, and what is made from it
    return dataset


def _augmentation(augment) -> Augmentation | None:
    """Return what the argument ``augment`` means."""
    if isinstance(augment, Augmentation):
        return augment
    if augment in (True, False, None):
        return Augmentation() if augment else None
    raise ValueError(f"augment must be True, False or a datasets.Augmentation; received {augment!r}.")


class Pictures:
    """The images of a folder, each decoded when it is first asked for, by several threads."""

    def __init__(self, folder: ImageFolder, size: tuple[int, int], fit: str, augment: Augmentation | None):
        """Make room for the pixels; the memory is taken only as images arrive."""
        self.paths, self.size, self.fit, self.augment = folder.paths, size, fit, augment
        shape = (len(folder), *size, 3)
        self.held = np.empty(shape, "uint8") if math.prod(shape) <= LARGEST_HELD else None
        self.there = np.zeros(len(folder), bool)
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="images")

    def take(self, indices: np.ndarray, chance: int) -> np.ndarray:
        """Return the images at these indices, (n, height, width, 3), changed by chance where that is asked for."""
        if self.augment is None and self.held is not None and self.there[indices].all():
            return self.held[indices]
        matrices = [None] * len(indices)
        if self.augment is not None:
            matrices = self.augment.matrices(len(indices), self.size, abs(int(chance)))
        images = np.empty((len(indices), *self.size, 3), "uint8")

        def make(place: int) -> None:
            image = self.picture(indices[place])
            images[place] = image if matrices[place] is None else moved(image, matrices[place])

        list(self.pool.map(make, range(len(indices))))
        return images

    def picture(self, index: int) -> np.ndarray:
        """Return one decoded image, from memory where it is held."""
        if self.held is None:
            return decoded(self.paths[index], self.size, self.fit)
        if not self.there[index]:
            self.held[index] = decoded(self.paths[index], self.size, self.fit)
            self.there[index] = True
        return self.held[index]
