"""What all Inceptions are made of: chains of convolutions, written as the papers' figures write them.

``chain(x, style, "inception_a1_3x3", "1x1 64", "3x3 96")`` is one branch; a layer spec says size, stride after a
slash where it is not 1, filters, and ``V`` for valid padding: ``"3x3/2 384 V"``.
"""

import re
from typing import NamedTuple

import keras
from keras import layers

from course_utils.models.common import Tensor, conv_norm_relu, scaled

UNIT = re.compile(r"(\d+)x(\d+)(?:/(\d))? (\d+)( V)?")


class Style(NamedTuple):
    """What every convolution of a network has to know; batch norm has momentum 0.9 and ε = 0.001."""

    width: float = 1.0
    batch_norm: bool = True  # False: a bias instead, as in GoogLeNet
    gamma: bool = False  # batch norm with a learned factor; before a ReLU and a convolution it is not needed


class Unit(NamedTuple):
    """One box of a figure."""

    size: tuple[int, int]
    stride: int
    filters: int
    padding: str


def unit(spec: str) -> Unit:
    """Return what a layer spec says: ``"3x3/2 384 V"`` is 3×3, stride 2, 384 filters, no padding."""
    match = UNIT.fullmatch(spec)
    if not match:
        raise ValueError(f'spec must read like "1x1 64" or "3x3/2 384 V"; received {spec!r}.')
    height, width, stride, filters, valid = match.groups()
    return Unit((int(height), int(width)), int(stride or 1), int(filters), "valid" if valid else "same")


def chain(x: Tensor, style: Style, name: str, *specs: str) -> Tensor:
    """One branch: convolutions one after another, each with batch norm (or a bias) and ReLU.

    (N, H, W, C) → (N, H', W', filters of the last spec). Layers are called ``{name}_1``, ``{name}_2``, … ; a branch
    of one convolution is called ``{name}``.
    """
    for number, spec in enumerate(specs, start=1):
        x = convolution(x, style, name if len(specs) == 1 else f"{name}_{number}", unit(spec))
    return x


def convolution(x: Tensor, style: Style, name: str, box: Unit) -> Tensor:
    """Convolution, batch norm, ReLU; or convolution with bias and ReLU.

    (N, H, W, C) → (N, H', W', filters).
    """
    filters = scaled(box.filters, style.width)
    if style.batch_norm:
        return conv_norm_relu(x, filters, box.size, name, stride=box.stride, padding=box.padding, scale=style.gamma)
    x = layers.Conv2D(filters, box.size, strides=box.stride, padding=box.padding, name=name)(x)
    return layers.ReLU(name=f"{name}_relu")(x)


def max_pool(x: Tensor, name: str, *, stride: int = 2, padding: str = "valid") -> Tensor:
    """3×3 max-pooling. (N, H, W, C) → (N, H', W', C)."""
    return layers.MaxPooling2D(3, strides=stride, padding=padding, name=name)(x)


def average_pool(x: Tensor, name: str) -> Tensor:
    """3×3 average pooling that keeps the size. (N, H, W, C) → (N, H, W, C)."""
    return layers.AveragePooling2D(3, strides=1, padding="same", name=name)(x)


def joined(name: str, *branches: Tensor) -> Tensor:
    """Concatenate branches along the channels. [(N, H, W, C_i)] → (N, H, W, ΣC_i)."""
    return layers.Concatenate(name=name)(list(branches))


def predictions(x: Tensor, classes: int, dropout: float, name: str = "") -> Tensor:
    """Average each map, dropout, softmax. (N, H, W, C) → (N, classes)."""
    x = layers.GlobalAveragePooling2D(name=f"{name}head_pool")(x)
    if dropout:
        x = layers.Dropout(dropout, name=f"{name}head_dropout")(x)
    return layers.Dense(classes, activation="softmax", name=f"{name}predictions")(x)


def network(inputs: Tensor, outputs: list[Tensor], name: str) -> keras.Model:
    """Return the model; one output stands alone, several stay a list in the order main, aux1, aux2."""
    return keras.Model(inputs, outputs[0] if len(outputs) == 1 else outputs, name=name)


def ways(tensor: Tensor) -> list[list[tuple[str, int]]]:
    """Return every way from the input to a tensor of a built model.

    Args:
        tensor: the output of a layer, for instance ``model.output``.

    Returns:
        One list a way: a (text, output channels) pair for each convolution or pool, first layer first.

    Example:
        >>> inputs = keras.Input((8, 8, 3))
        >>> ways(chain(inputs, Style(), "branch", "1x1 4", "3x3 6"))
        [[('1×1', 4), ('3×3', 6)]]
    """
    layer = tensor._keras_history.operation
    if isinstance(layer, layers.InputLayer):
        return [[]]
    arriving = layer.input if isinstance(layer.input, list) else [layer.input]
    found = [way for one in arriving for way in ways(one)]
    if isinstance(layer, layers.Conv2D):
        box = ("×".join(map(str, layer.kernel_size)), layer.filters)
    elif "Pooling" in type(layer).__name__:
        box = ("pool", layer.output.shape[-1])
    else:
        return found
    return [[*way, box] for way in found]
