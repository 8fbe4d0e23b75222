"""The backbones: what builds each, what its pixels must look like, and its published weights: found, compared, loaded.

Weights come from the mirror, the course's cache, Keras's own cache or the download, in this order.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from course_utils import paths
from course_utils.downloads import NoConnection, SourceError, fetch
from course_utils.files import Damaged, Unreadable, kind, partial_folder, reading, set_aside, sha256

STORE = "https://storage.googleapis.com/tensorflow/keras-applications/"


class Published(NamedTuple):
    """A published file of weights, and what must be found in it."""

    file: str
    url: str
    md5: str  # as Keras publishes it; empty where there is none
    arrays: int
    params: int


class Row(NamedTuple):
    """One backbone."""

    builder: str  # name in keras.applications; empty for the network of this course
    settings: dict
    mode: str  # of `Preprocessing`, how pixels are preprocessed
    side: int  # pixels, the height and width it was trained with
    smallest: int
    weights: Published | None
    citation: str


VGG = "K. Simonyan, A. Zisserman, Very deep convolutional networks for large-scale image recognition (2014), "
INCEPTION = "C. Szegedy et al., Rethinking the Inception architecture for computer vision (2015), arXiv:1512.00567"
RESNET = "K. He, X. Zhang, S. Ren, J. Sun, Deep residual learning for image recognition (2015), arXiv:1512.03385"
MOBILENET = "M. Sandler et al., MobileNetV2: inverted residuals and linear bottlenecks (2018), arXiv:1801.04381"
NOTOP = "_weights_tf_dim_ordering_tf_kernels_notop.h5"
MOBILE = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{}_224_no_top.h5"

# The checksums are those that keras.applications compares with; MobileNetV2 has none. Counts include moving statistics.
# fmt: off
BACKBONES = {
    "vgg16": Row(
        "VGG16", {}, "bgr_minus_mean", 224, 32,
        Published("vgg16" + NOTOP, STORE + "vgg16/", "6d6bbae143d832006294945121d1f1fc", 26, 14_714_688),
        VGG + "arXiv:1409.1556",
    ),
    "inception_v3": Row(
        "InceptionV3", {}, "minus_one_to_one", 299, 75,
        Published("inception_v3" + NOTOP, STORE + "inception_v3/", "bcbd6486424b2319ff4ef7d526e38f63", 376, 21_802_784),
        INCEPTION,
    ),
    "resnet50": Row(
        "ResNet50", {}, "bgr_minus_mean", 224, 32,
        Published("resnet50" + NOTOP, STORE + "resnet/", "4d473c1dd8becc155b73f8504c6f6626", 318, 23_587_712),
        RESNET,
    ),
    "mobilenet_v2": Row(
        "MobileNetV2", {"alpha": 1.0}, "minus_one_to_one", 224, 32,
        Published(MOBILE.format("1.0"), STORE + "mobilenet_v2/", "", 260, 2_257_984),
        MOBILENET,
    ),
    "mobilenet_v2_035": Row(
        "MobileNetV2", {"alpha": 0.35}, "minus_one_to_one", 224, 32,
        Published(MOBILE.format("0.35"), STORE + "mobilenet_v2/", "", 260, 410_208),
        MOBILENET,
    ),
    "resnet20_cifar10": Row("", {}, "minus_one_to_one", 32, 8, None, RESNET),
}
# fmt: on


def build(row: Row, shape: tuple[int, int, int], name: str) -> keras.Model:
    """Return the network without its top and with random weights: (N, *shape) → (N, h, w, C)."""
    if row.builder:
        builder = getattr(keras.applications, row.builder)
        return builder(include_top=False, weights=None, input_shape=shape, name=name, **row.settings)
    from course_utils.models.resnet_cifar import resnet_cifar

    whole = resnet_cifar(n=3, input_shape=shape)
    return keras.Model(whole.input, whole.get_layer("stage3_block3_relu").output, name=name)


class WeightsUnavailable(OSError):
    """The weights are unavailable now; the text says what was tried.

    Attributes:
        reason: why, in a few words.
        no_network: True when the network is at fault, so that asking it for another file would only cost time.
    """

    def __init__(self, text: str, reason: str = "", no_network: bool = False):
        super().__init__(text)
        self.reason, self.no_network = reason or text, no_network


def load_weights(model: keras.Model, published: Published, *, network: bool = True) -> tuple[str, str]:
    """Give a model its trained weights from the first place whose file is in order.

    Args:
        model: the network without its top.
        published: the file's row.
        network: False goes without the download.

    Returns:
        ``"mirror"``, ``"cache"`` or ``"download"``, and the SHA-256 of the file.

    Raises:
        WeightsUnavailable: no place holds them; the text says what was tried.
    """
    told, no_network = [], False
    for place, source, ours in _places():
        path = place / published.file
        try:
            if kind(path):
                return source, _loaded(model, path, published)
        except Unreadable as error:
            told.append(f"{source}: {error}")
        except Damaged as error:
            aside = set_aside(path) if ours else None
            told.append(f"{source}: {error}; {f'renamed to {aside.name}' if aside else 'left alone'}")
    if not network or paths.offline():
        told.append("COURSE_OFFLINE is set" if network else "the network does not answer")
    else:
        try:
            return "download", _downloaded(model, published)
        except (SourceError, OSError) as error:
            told.append(f"download: {error}")
            no_network = isinstance(error, NoConnection)
    reason = "; ".join(told)
    remedy = f"Put it into {paths.downloads() / 'weights'}, or into the folder that COURSE_DATA_DIR names."
    raise WeightsUnavailable(f"{published.file} is unavailable ({reason}). {remedy}", reason, no_network)


def _places() -> Iterator[tuple[Path, str, bool]]:
    """Yield (folder, source, whether a damaged file there is ours to rename)."""
    mirror = paths.mirror()
    if mirror is not None:
        yield mirror, "mirror", False
    yield paths.downloads() / "weights", "cache", True
    yield paths.expanded(os.environ.get("KERAS_HOME") or "~/.keras") / "models", "cache", False


def _loaded(model: keras.Model, path: Path, published: Published) -> str:
    """Compare a file with what is known of it, load it into the model, and return its SHA-256.

    Compared are the published checksum, where there is one, and always the number, types and sizes of the arrays.
    The file is HDF5: numbers and names, nothing that is executed.
    """
    with reading(path):
        if published.md5:
            with path.open("rb") as opened:
                if hashlib.file_digest(opened, "md5").hexdigest() != published.md5:
                    raise Damaged(f"{path} is damaged: its MD5 is not the published one")
        _compare(path, published)
        model.load_weights(path)
        return sha256(path)


def _compare(path: Path, published: Published) -> None:
    """Look at every array of an HDF5 file; sizes before values, so that no memory is taken for what is not there."""
    import h5py

    arrays = []

    def visit(name: str, item: object) -> None:
        if not isinstance(item, h5py.Dataset):
            return
        if item.dtype.kind != "f" or item.is_virtual or item.external:
            raise Damaged(f"{path} is damaged: {name} holds no plain numbers but {item.dtype}")
        arrays.append(item)
        if sum(array.size for array in arrays) > published.params:
            raise Damaged(f"{path} is damaged: more than the {published.params:,} values expected")

    with h5py.File(path, "r") as opened:
        opened.visititems(visit)
        values = sum(array.size for array in arrays)
        if (len(arrays), values) != (published.arrays, published.params):
            expected = f"expected {published.arrays} with {published.params:,}"
            raise Damaged(f"{path} is damaged: {len(arrays)} arrays with {values:,} values, {expected}")
        if not all(np.isfinite(array[()]).all() for array in arrays):
            raise Damaged(f"{path} is damaged: it holds values that are not finite")


def _downloaded(model: keras.Model, published: Published) -> str:
    """Download into a folder beside the cache, verify, load, and move the whole file into place; return its SHA-256."""
    folder = paths.downloads() / "weights"
    digest = f"md5:{published.md5}" if published.md5 else ""
    most = 4 * published.params + 20_000 * published.arrays  # float32, and HDF5's own bytes
    with partial_folder(folder if _writable(folder) else Path(tempfile.gettempdir())) as fresh:
        path = fetch(published.url + published.file, fresh / published.file, digest=digest, most=most)
        found = _loaded(model, path, published)
        with suppress(OSError):  # a full or read-only disk only costs the next download
            path.replace(folder / published.file)
    return found


def _writable(folder: Path) -> bool:
    """Return whether a file can be written into a folder."""
    try:
        with partial_folder(folder):
            return True
    except OSError:
        return False
