"""Networks that come trained: verified, built and loaded, ready for raw pixels."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras

from course_utils import paths
from course_utils.files import Damaged, Unreadable, kind, reading, sha256
from course_utils.models.lenet import BACKGROUND, INK, lenet5, lenet5_1998
from course_utils.models.resnet_cifar import resnet_cifar
from course_utils.validation import one_of

# Trained by `python -m course_utils.pretrain NAME`; the numbers are in course_utils.recipes.pretraining.
PRETRAINED = {
    "lenet5_mnist": lambda: with_preprocessing(lenet5(input_shape=(32, 32, 1)), scale=1 / 255, pad=2),
    "lenet5_1998_mnist": lambda: with_preprocessing(
        lenet5_1998(), scale=(INK - BACKGROUND) / 255, offset=BACKGROUND, pad=2
    ),
    "resnet20_cifar10": lambda: with_preprocessing(resnet_cifar(n=3), scale=1 / 127.5, offset=-1.0),
}


def load_pretrained(name: str, *, folder: Path | None = None) -> keras.Model:
    """Return one of the small networks that this course has trained, with its weights.

    Args:
        name: ``"lenet5_mnist"`` and ``"lenet5_1998_mnist"`` take (N, 28, 28, 1), ``"resnet20_cifar10"`` takes
            (N, 32, 32, 3); raw pixels from 0 to 255, the scaling is a layer inside. All return (N, 10): probabilities,
            or, from the network of 1998, squared distances, of which the smallest is the answer.
        folder: where the weights and their cards lie; the course's ``data/weights`` when None.

    Returns:
        A `keras.Model`, not compiled. How it was trained and how good it is: `card`.

    Raises:
        ValueError: unknown name.
        FileNotFoundError: the weights or their card are not there.
        OSError: the file of weights is not the one its card describes, or one of the two cannot be read; the text
            names the file.

    Example:
        >>> model = load_pretrained("resnet20_cifar10")
        >>> model.predict(cifar.x_test[:100]).argmax(axis=1)
    """
    expected = card(name, folder=folder)["weights_sha256"]
    path = weights_path(name, folder)
    with _explained(name, path):
        found = sha256(path)
    if found != expected:
        raise Damaged(
            f"{path} is damaged: its SHA-256 is {found[:12]}…, its card says {expected[:12]}…. {_remedy(name)}"
        )
    model = PRETRAINED[name]()
    with _explained(name, path):
        model.load_weights(path)
    return model


def card(name: str, *, folder: Path | None = None) -> dict:
    """Return the card of a trained network: recipe, data checksum, curves, accuracy on the test set, hardware.

    Args:
        name: as in `load_pretrained`.
        folder: as in `load_pretrained`.

    Returns:
        The card as a dictionary.

    Raises:
        ValueError: unknown name.
        FileNotFoundError: there is no card.
        OSError: the card cannot be read or is damaged; the text names the file.

    Example:
        >>> card("resnet20_cifar10")["test_accuracy"]
    """
    one_of("name", name, PRETRAINED)
    path = weights_path(name, folder).with_name(f"{name}.json")
    with _explained(name, path):
        told = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(told.get("weights_sha256"), str):
            raise Damaged(f"{path.name} holds no weights_sha256")
    return told


def weights_path(name: str, folder: Path | None = None) -> Path:
    """Return where the weights of a network lie; its card lies beside them."""
    return Path(folder or paths.WEIGHTS) / f"{name}.weights.h5"


def with_preprocessing(network: keras.Model, *, scale: float, offset: float = 0.0, pad: int = 0) -> keras.Model:
    """Return the network with its preprocessing as layers in front: it then takes raw pixels from 0 to 255.

    Args:
        network: a functional model with one input (height, width, channels).
        scale: number each pixel is multiplied by.
        offset: number added after that.
        pad: rows and columns of zeros to put around the image, so that the new model takes smaller images.

    Returns:
        A new model in one piece with the same weights, so that every layer is found by its name.

    Example:
        >>> with_preprocessing(lenet5(input_shape=(32, 32, 1)), scale=1 / 255, pad=2).input_shape
        (None, 28, 28, 1)
    """
    height, width, channels = network.input_shape[1:]
    inputs = keras.Input((height - 2 * pad, width - 2 * pad, channels), name="pixels")
    x = keras.layers.ZeroPadding2D(pad, name="frame")(inputs) if pad else inputs
    x = keras.layers.Rescaling(scale, offset, name="scaling")(x)
    joined = keras.Model(inputs, network.call(x), name=network.name)
    # In `joined` each layer belongs to two graphs, and `layer.output` would be that of the old one: build it anew.
    rebuilt = keras.Model.from_config(joined.get_config())
    rebuilt.set_weights(joined.get_weights())
    return rebuilt


@contextmanager
def _explained(name: str, path: Path) -> Iterator[None]:
    """Name the file that cannot be read, and say how to get it back."""
    if not kind(path):
        raise FileNotFoundError(f"{path} is missing. {_remedy(name)}")
    try:
        with reading(path):
            yield
    except (Damaged, Unreadable) as error:
        raise type(error)(f"{path} is damaged or closed to you: {error}. {_remedy(name)}") from error


def _remedy(name: str) -> str:
    """Say how to get the weights back."""
    return (
        f"Get the file again with `git checkout data/weights`, or train it anew: "
        f"`python -m course_utils.pretrain {name} --force`."
    )
