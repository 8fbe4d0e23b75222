"""`features`: what a backbone sees in images, computed once and kept on disk."""

import functools

import keras
import numpy as np

from course_utils import training
from course_utils.transfer import kept
from course_utils.transfer.backbones import Backbone
from course_utils.validation import one_of, whole_number

POOLS = ("average", None)


def features(
    backbone: Backbone, images, *, pool: str | None = "average", batch_size: int = 16, cache: bool = True
) -> np.ndarray:
    """Return the features of images: the output of the frozen base, one row an image.

    The base does not learn, so its output for an image is the same in every epoch: computed once, it serves all
    epochs of a head. It is kept on disk under a name made of everything that could change it: the layers, every
    weight, the preparation, the images. Augmented images are new images: they have no features to keep.

    Args:
        backbone: from `backbone` or `best_backbone`.
        images: RGB pixels from 0 to 255, (N, H, W, 3), of the size of ``backbone.input_shape``.
        pool: ``"average"`` averages each map: (N, C). None flattens the maps: (N, h·w·C).
        batch_size: images at a time.
        cache: False neither reads nor writes the disk.

    Returns:
        float32, (N, C) or (N, h·w·C).

    Raises:
        ValueError: the images have another size than the backbone takes.

    Example:
        >>> features(backbone("resnet20_cifar10"), cifar.x_train[:1000]).shape
        (1000, 64)
    """
    if pool is not None:
        one_of("pool", pool, POOLS)
    batch_size = whole_number("batch_size", batch_size)
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[1:] != backbone.input_shape or not len(images):
        raise ValueError(
            f"images must be (N, {', '.join(map(str, backbone.input_shape))}) with N at least 1; "
            f"received shape {images.shape}."
        )
    if not cache:
        return computed(backbone, images, pool, batch_size)
    place = kept.place(kept.key(backbone, images, pool))
    found = kept.recall(place)
    if found is None:
        found = computed(backbone, images, pool, batch_size)
        kept.keep(place, found)
    return found


def computed(backbone: Backbone, images: np.ndarray, pool: str | None, batch_size: int) -> np.ndarray:
    """Run the images through the base, a batch at a time."""
    run = runner(backbone.model)
    height, width, channels = run.output_shape[1:]
    rows = np.empty((len(images), channels if pool else height * width * channels), "float32")
    for first in range(0, len(images), batch_size):
        batch = images[first : first + batch_size]
        # the last batch is filled up: another shape would make the backend compile anew
        missing = min(batch_size, len(images)) - len(batch)
        filled = np.concatenate([batch, np.repeat(batch[-1:], missing, axis=0)]) if missing else batch
        maps = run.predict_on_batch(backbone.preprocess(filled))[: len(batch)]
        rows[first : first + len(batch)] = maps.mean((1, 2)) if pool else maps.reshape(len(batch), -1)
    return rows


@functools.lru_cache(maxsize=2)
def runner(base: keras.Model) -> keras.Model:
    """Return the base ready to run; kept, because the backend compiles every new model anew."""
    run = keras.Model(base.input, base.output)
    training.prepare(run, loss="mse", metrics=())
    return run
