"""`features`: the output of a frozen backbone for images, computed once and cached on disk.

The file is named by everything that made the features, verified when it is read, and never half written.
"""

import functools
import hashlib
import json
from contextlib import suppress
from pathlib import Path

import keras
import numpy as np

from course_utils import paths, training
from course_utils.files import Damaged, Unreadable, array_sha256, load_arrays, save_arrays, set_aside
from course_utils.transfer.backbones import Backbone
from course_utils.validation import one_of, whole_number

POOLS = ("average", None)
FORMAT = "features 2"  # another way of computing or writing must change this
NAMING = {"name", "keras_history", "input_layers", "output_layers"}
IRRELEVANT = {"trainable", "build_config", "registered_name"}


def features(
    backbone: Backbone, images: np.ndarray, *, pool: str | None = "average", batch_size: int = 8, cache: bool = True
) -> np.ndarray:
    """Return the features of images: the output of the frozen base, one row an image.

    The base does not learn, so its output for an image is the same in every epoch: computed once, it serves all
    epochs of a head. It is cached on disk under a name made of everything that could change it: the layers, every
    weight, the preprocessing, the images. Augmented images are new images: they have no features to cache.

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
    place = paths.downloads() / "features" / f"{key(backbone, images, pool)[:40]}.npz"
    found = cached(place)
    if found is None:
        found = computed(backbone, images, pool, batch_size)
        with suppress(OSError):  # a full disk only costs the time of computing again
            save_arrays(place, {"features": found})
    return found


def cached(place: Path) -> np.ndarray | None:
    """Return cached features, or None when there are none; a damaged file is set aside."""
    try:
        return load_arrays(place)[0]["features"]
    except Unreadable:
        return None
    except (Damaged, KeyError) as error:
        aside = set_aside(place)
        print(f"{error}; {f'renamed to {aside.name}' if aside else 'left alone'}; the features are computed again")
        return None


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


def key(backbone: Backbone, images: np.ndarray, pool: str | None) -> str:
    """Return a name that changes with anything the features depend on.

    Layers, every weight's bytes as they are now, the preprocessing (its name and what it does to fixed test images),
    the images, the pooling, the type of the result, the version of Keras and the format of the file.
    """
    digest = hashlib.sha256(repr((FORMAT, pool, "float32", keras.__version__)).encode())
    digest.update(json.dumps(plain(backbone.model.get_config(), {}), default=str, sort_keys=True).encode())
    for weight in backbone.model.weights:
        digest.update(array_sha256(keras.ops.convert_to_numpy(weight), shapes=True).encode())
    preprocess = backbone.preprocess
    digest.update(getattr(preprocess, "__qualname__", type(preprocess).__name__).encode())
    seen = np.asarray(preprocess(probe_images(backbone.input_shape)))
    digest.update(array_sha256(seen, images, shapes=True).encode())
    return digest.hexdigest()


def probe_images(shape: tuple[int, ...]) -> np.ndarray:
    """Return two fixed images that hold every pixel value."""
    values = np.arange(2 * int(np.prod(shape)), dtype="uint32") * 2_654_435_761 >> 13
    return (values % 256).astype("uint8").reshape(2, *shape)


def plain(config, numbers: dict):
    """Return a model's configuration without what two equal models may differ in.

    Keras numbers the layers of a session, so a name counts only as "the n-th name to appear"; whether a layer may
    be trained does not change what it computes.
    """
    if isinstance(config, dict):
        kept = {name: value for name, value in config.items() if name not in IRRELEVANT}
        return {
            name: renamed(value, numbers) if name in NAMING else plain(value, numbers) for name, value in kept.items()
        }
    if isinstance(config, (list, tuple)):
        return [plain(part, numbers) for part in config]
    return config


def renamed(value, numbers: dict):
    """Replace every name inside ``value`` by its number in order of appearance."""
    if isinstance(value, str):
        return f"#{numbers.setdefault(value, len(numbers))}"
    return [renamed(part, numbers) for part in value] if isinstance(value, (list, tuple)) else value
