"""Features on disk: named by everything that made them, verified when read, never half written."""

import contextlib
import hashlib
import json
import os
import tempfile
import time
import zipfile
import zlib
from pathlib import Path

import keras
import numpy as np

from course_utils import paths

FORMAT = "features 1"  # another way of computing or writing must change this
PARTIAL, DAY = ".partial-", 24 * 3600
NAMING = {"name", "keras_history", "input_layers", "output_layers"}
IRRELEVANT = {"trainable", "build_config", "registered_name"}


def key(backbone, images: np.ndarray, pool: str | None) -> str:
    """Return a name that changes with anything the features depend on.

    Layers, every weight's bytes as they are now, the preparation (its name and what it does to fixed test images),
    the images, the pooling, the type of the result, the version of Keras and the format of the file.
    """
    digest = hashlib.sha256(repr((FORMAT, pool, "float32", keras.__version__)).encode())
    digest.update(json.dumps(plain(backbone.model.get_config(), {}), default=str, sort_keys=True).encode())
    for weight in backbone.model.weights:
        add(digest, keras.ops.convert_to_numpy(weight))
    preprocess = backbone.preprocess
    digest.update(getattr(preprocess, "__qualname__", type(preprocess).__name__).encode())
    add(digest, np.asarray(preprocess(probe_images(backbone.input_shape))))
    add(digest, images)
    return digest.hexdigest()


def probe_images(shape) -> np.ndarray:
    """Return two fixed images that hold every pixel value."""
    values = np.arange(2 * int(np.prod(shape)), dtype="uint32") * 2_654_435_761 >> 13
    return (values % 256).astype("uint8").reshape(2, *shape)


def add(digest, array: np.ndarray) -> None:
    """Add shape, type and bytes of an array."""
    digest.update(f"{array.shape}{array.dtype}".encode())
    digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)


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


def place(name: str) -> Path:
    """Return the file of the features with this key."""
    return paths.downloads() / "features" / f"{name[:40]}.npz"


def recall(path: Path) -> np.ndarray | None:
    """Return kept features, or None when there are none; a damaged file is removed."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            array, noted = stored["features"], str(stored["sha256"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error):
        remove(path)
        return None
    if sha256(array) != noted:
        remove(path)
        return None
    return array


def keep(path: Path, array: np.ndarray) -> None:
    """Write features; the file is under its name whole or not at all. A full disk only costs the time next time."""
    unfinished = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in path.parent.glob(f"{PARTIAL}*"):  # a process that was killed cannot clean up
            if time.time() - left.stat().st_mtime > DAY:
                remove(left)
        descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=PARTIAL, suffix=".npz")
        with os.fdopen(descriptor, "wb") as file:
            np.savez(file, features=array, sha256=np.array(sha256(array)))
        Path(unfinished).replace(path)
        unfinished = None
    except OSError:
        pass
    finally:
        if unfinished is not None:
            remove(Path(unfinished))


def remove(path: Path) -> None:
    """Remove a file that is of no use; where that is forbidden it stays and is ignored."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def sha256(array: np.ndarray) -> str:
    """Return the checksum of shape, type and contents."""
    digest = hashlib.sha256()
    add(digest, array)
    return digest.hexdigest()
