"""`backbone`: the convolutional part of a trained network, without its top, and how its pixels are preprocessed."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import keras
import numpy as np
from keras import ops

from course_utils.transfer.shipped import card, load_pretrained
from course_utils.transfer.weights import BACKBONES, Row, WeightsUnavailable, build, load_weights
from course_utils.validation import one_of, whole_number

# The small one first: a laptop is quick with it, and the stored results of the lesson were measured with it.
BY_DEFAULT = ("mobilenet_v2_035", "mobilenet_v2", "resnet20_cifar10")


IMAGENET_BGR_MEAN = (103.939, 116.779, 123.68)  # blue, green, red: mean of the training images of VGG and ResNet
MODES = {
    "bgr_minus_mean": "channels in the order blue, green, red, minus their ImageNet means: −123.68 to 151.061",
    "minus_one_to_one": "x / 127.5 − 1: −1 to 1",
}


@keras.saving.register_keras_serializable(package="course_utils")
class Preprocessing(keras.layers.Layer):
    """Turn RGB pixels from 0 to 255 into what a family of networks was trained on.

    As a layer it stands inside a model, where it cannot be forgotten or applied twice; as ``of_array`` it takes
    and returns NumPy arrays and leaves what it is given alone, unlike ``keras.applications``'s functions, which
    change a float array in place.

    Args:
        mode: ``"bgr_minus_mean"`` (VGG, ResNet-50) or ``"minus_one_to_one"`` (Inception, MobileNet, our ResNet-20).

    Raises:
        ValueError: unknown mode.

    Example:
        >>> Preprocessing("minus_one_to_one").of_array(np.array([[[[0, 255, 51]]]]))
        array([[[[-1. ,  1. , -0.6]]]], dtype=float32)
    """

    def __init__(self, mode: str, **kwargs):
        """Keep the mode."""
        super().__init__(trainable=False, **kwargs)
        self.mode = one_of("mode", mode, MODES)

    def call(self, images):
        """(N, H, W, 3) → (N, H, W, 3)."""
        images = ops.cast(images, self.compute_dtype)
        if self.mode == "minus_one_to_one":
            return images / 127.5 - 1.0
        return ops.flip(images, axis=-1) - ops.convert_to_tensor(IMAGENET_BGR_MEAN, self.compute_dtype)

    def of_array(self, images) -> np.ndarray:
        """Return a new float32 array; the same numbers as the layer gives."""
        images = np.asarray(images)
        if images.shape[-1:] != (3,):
            raise ValueError(f"images must have three channels in the last axis; received shape {images.shape}.")
        if self.mode == "minus_one_to_one":
            prepared = np.divide(images, 127.5, dtype="float32")
            prepared -= 1.0
            return prepared
        return np.subtract(images[..., ::-1], np.array(IMAGENET_BGR_MEAN, "float32"), dtype="float32")

    def get_config(self) -> dict:
        """Return what is needed to build the layer again."""
        config = super().get_config()
        config.pop("trainable")
        return {**config, "mode": self.mode}


@dataclass(frozen=True, repr=False, eq=False)
class Backbone:
    """A network without its top, and what is needed to use it.

    Attributes:
        name: key of `BACKBONES`.
        model: `keras.Model`, preprocessed images (N, H, W, 3) → maps (N, h, w, C).
        preprocess: function of RGB pixels from 0 to 255 (any number type, (N, H, W, 3)) that returns a new float32
            array as the model wants it.
        preprocessing: the same as a configuration of a layer, for `classifier`.
        input_shape: (H, W, 3).
        source: ``"shipped"``, ``"mirror"``, ``"cache"`` or ``"download"``; ``"random"`` without trained weights.
        weights: SHA-256 of the file of weights; empty for random ones.
        citation: of the network.
        note: what `best_backbone` has to tell.
    """

    name: str
    model: keras.Model
    preprocess: Callable
    preprocessing: dict
    input_shape: tuple[int, int, int]
    source: str
    weights: str
    citation: str
    note: str = ""

    def __repr__(self) -> str:
        size = "×".join(str(side) for side in self.input_shape)
        return f"Backbone({self.name!r}, {self.source}: {size} → {self.channels} maps)"

    @property
    def channels(self) -> int:
        """Number of maps in the output, and so of features after average pooling."""
        return self.model.output_shape[-1]


def backbone(name: str, *, input_shape=None, weights: str | None = "pretrained") -> Backbone:
    """Return the convolutional part of a named network, with trained weights.

    ImageNet weights are looked for in the mirror (``COURSE_DATA_DIR``), the course's cache, Keras's own cache, and
    are downloaded at last unless ``COURSE_OFFLINE=1``. They are compared with the published checksum; MobileNetV2 has
    none, there the number, types and sizes of the arrays are compared. ``"resnet20_cifar10"`` comes with the course.

    Args:
        name: ``"vgg16"``, ``"inception_v3"``, ``"resnet50"``, ``"mobilenet_v2"``, ``"mobilenet_v2_035"`` (width
            0.35), ``"resnet20_cifar10"``.
        input_shape: (height, width, 3); by default the size the network was trained with: 224, Inception 299,
            ResNet-20 32. Other sizes work, larger ones give larger maps; resizing the images is up to you.
        weights: ``"pretrained"``, or None for random ones, to count parameters.

    Returns:
        A `Backbone`. Every call builds a model of its own.

    Raises:
        ValueError: unknown name, or an input shape that the network cannot take.
        WeightsUnavailable: the ImageNet weights are unavailable now; the message says what was tried.

    Example:
        >>> base = backbone("vgg16", weights=None)
        >>> base.model.count_params(), base.model.output_shape
        (14714688, (None, 7, 7, 512))
    """
    return _backbone(name, input_shape, weights, network=True)


def best_backbone(names=BY_DEFAULT, *, input_shape=None) -> Backbone:
    """Return the first of the backbones that is available now; ``.note`` says which, and why not the ones before.

    Args:
        names: in order of preference; ``"resnet20_cifar10"`` is always available.
        input_shape: as in `backbone`.

    Returns:
        A `Backbone`.

    Raises:
        ValueError: unknown name, or no name.
        WeightsUnavailable: none of them is available.

    Example:
        >>> base = best_backbone()
        >>> print(base.note)
        Backbone mobilenet_v2_035, weights from the mirror
    """
    names = (names,) if isinstance(names, str) else tuple(names)
    if not names:
        raise ValueError("names must hold at least one name; received none.")
    told, network = [], True
    for name in names:
        try:
            found = _backbone(name, input_shape, "pretrained", network=network)
        except WeightsUnavailable as error:
            told.append(f"not {name} ({error.reason})")
            network = network and not error.no_network
            continue
        return replace(found, note=_note(found, told))
    raise WeightsUnavailable(f"none of {', '.join(names)} is available: {', '.join(told)}.")


def _note(found: Backbone, told: list[str]) -> str:
    """Return the line that says what was chosen and why."""
    place = "shipped with the course" if found.source == "shipped" else f"weights from the {found.source}"
    published = BACKBONES[found.name].weights
    if published and not published.md5:
        place += " (no checksum is published: their number and sizes are right)"
    return ", ".join([f"Backbone {found.name}, {place}", *told])


def _backbone(name: str, input_shape, weights, *, network: bool) -> Backbone:
    """Build, load, describe."""
    row = BACKBONES[one_of("name", name, BACKBONES)]
    if weights is not None:
        one_of("weights", weights, ("pretrained",))
    shape = _shape(row, input_shape)
    preprocessing = Preprocessing(row.mode, name="preprocessing")
    model = build(row, shape, name)
    source, digest = ("random", "") if weights is None else _load(model, name, row, network)
    return Backbone(
        name, model, preprocessing.of_array, preprocessing.get_config(), shape, source, digest, row.citation
    )


def _shape(row: Row, input_shape) -> tuple[int, int, int]:
    """Return the shape of the input, or raise a ``ValueError``."""
    if input_shape is None:
        return (row.side, row.side, 3)
    shape = tuple(input_shape)
    if len(shape) != 3 or shape[2] != 3:
        raise ValueError(f"input_shape must be (height, width, 3); received {input_shape!r}.")
    height, width = (whole_number("input_shape's height and width", side, minimum=row.smallest) for side in shape[:2])
    return height, width, 3


def _load(model: keras.Model, name: str, row: Row, network: bool) -> tuple[str, str]:
    """Give the model its trained weights; return (source, SHA-256 of the file)."""
    if row.weights is None:
        copy = load_pretrained(name)  # verifies the file
        for layer in model.layers:
            if layer.weights:
                layer.set_weights(copy.get_layer(layer.name).get_weights())
        return "shipped", card(name)["weights_sha256"]
    return load_weights(model, row.weights, network=network)
