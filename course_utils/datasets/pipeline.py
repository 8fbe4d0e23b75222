"""`stream`: an image folder as an endless supply of ready batches: decoded, resized, augmented, fetched ahead."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from course_utils.datasets.image_folder import FITS, ImageFolder, decoded
from course_utils.validation import one_of, pair, whole_number

LARGEST_KEPT = 400 << 20  # bytes of decoded images that are held in memory; beyond, every epoch decodes anew
THREADS = 4


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

    The first epoch decodes the files, several at a time, and holds the pixels in memory when they need less than
    400 MB; later epochs take them from there. While the network works on one batch the next ones are made.

    Args:
        folder: from `load_folder`, usually one ``.part(...)`` of it.
        size: (height, width) in pixels, or one number for both.
        batch_size: images a batch; the last batch of an epoch may be smaller.
        shuffle: another order in every epoch, decided by ``seed``.
        augment: True changes each image by chance as in `Augmentation`; or an `Augmentation`. For training only.
        seed: of order and augmentation; the same seed gives the same epochs.
        fit: ``"crop"`` or ``"stretch"``, as in `ImageFolder.arrays`.

    Returns:
        A dataset of (images, labels): uint8 (n, height, width, 3), RGB, 0 to 255, labels (n,) int32. Without
        augmentation the images are those of `ImageFolder.arrays`.

    Raises:
        ValueError: an argument is out of range, or the folder is empty.

    Example:
        >>> train = datasets.stream(pets.part("train"), size=150, batch_size=32, shuffle=True, augment=True)
        >>> model.fit(train, epochs=5)
    """
    import tensorflow as tf

    size, fit = pair("size", size), one_of("fit", fit, FITS)
    batch_size, seed = whole_number("batch_size", batch_size), whole_number("seed", seed, minimum=0)
    if not len(folder):
        raise ValueError("folder must hold at least one image; received an empty one.")
    pictures = Pictures(folder, size, fit)
    labels = tf.constant(folder.labels.astype("int32"))
    order = tf.data.Dataset.range(len(folder))
    if shuffle:
        order = order.shuffle(len(folder), seed=seed, reshuffle_each_iteration=True)

    def batch(indices):
        images = tf.numpy_function(pictures.take, [indices], tf.uint8, stateful=False)
        return tf.ensure_shape(images, (None, *size, 3)), tf.gather(labels, indices)

    batches = order.batch(batch_size).map(batch, num_parallel_calls=2)
    if augment:
        from course_utils.datasets.augmentation import Augmentation

        change = Augmentation() if augment is True else augment
        chance = tf.data.Dataset.random(seed=seed, rerandomize_each_iteration=True)
        batches = tf.data.Dataset.zip(batches, chance).map(
            lambda data, number: (change(data[0], number), data[1]), num_parallel_calls=tf.data.AUTOTUNE
        )
    return batches.apply(tf.data.experimental.assert_cardinality(math.ceil(len(folder) / batch_size))).prefetch(4)


class Pictures:
    """The decoded images of a folder, each decoded when it is first asked for."""

    def __init__(self, folder: ImageFolder, size: tuple[int, int], fit: str):
        """Make room; the memory is taken only as images arrive."""
        self.paths, self.size, self.fit = folder.paths, size, fit
        shape = (len(folder), *size, 3)
        self.held = np.empty(shape, "uint8") if math.prod(shape) <= LARGEST_KEPT else None
        self.there = np.zeros(len(folder), bool)
        self.pool = ThreadPoolExecutor(THREADS)

    def take(self, indices: np.ndarray) -> np.ndarray:
        """Return the images at these indices, (n, height, width, 3)."""
        if self.held is None:
            return np.stack(list(self.pool.map(self.decode, indices)))
        missing = indices[~self.there[indices]]
        for index, image in zip(missing, self.pool.map(self.decode, missing), strict=True):
            self.held[index] = image
            self.there[index] = True
        return self.held[indices]

    def decode(self, index: int) -> np.ndarray:
        """Decode one file."""
        return decoded(self.paths[index], self.size, self.fit)
