"""What the tests of the models share: a scaled-down network of every builder, cached anatomies, random weights."""

import functools

import keras
import numpy as np

from course_utils import models
from course_utils.anatomy import Anatomy, describe

FEW = {"classes": 4, "width": 0.05}
INCEPTION = {"input_shape": (75, 75, 3), "classes": 4, "width": 0.04, "dropout": 0.0}

# name: builder, arguments of a network that is built in a moment. He's initial weights where the paper's would let the
# signal of so narrow a network fade, no dropout, so that one step reaches every weight.
SMALL = {
    "alexnet two_tower": (models.alexnet, {"input_shape": (67, 67, 3), "dropout": 0, **FEW}),
    "alexnet single_tower": (models.alexnet, {"variant": "single_tower", "input_shape": (67, 67, 3), **FEW}),
    "alexnet batchnorm": (models.alexnet, {"variant": "batchnorm", "input_shape": (163, 163, 3), "dropout": 0, **FEW}),
    "vgg C": (models.vgg, {"config": "C", "input_shape": (32, 32, 3), "dropout": 0, **FEW, "width": 0.1}),
    "vgg A-LRN": (models.vgg, {"config": "A-LRN", "input_shape": (32, 32, 3), "dropout": 0, **FEW, "width": 0.1}),
    "vgg batch norm": (models.vgg, {"config": "A", "input_shape": (32, 32, 3), "batch_norm": True, **FEW}),
    "vgg16": (models.vgg16, {"input_shape": (32, 32, 3), "dropout": 0, **FEW, "width": 0.1}),
    "vgg19": (models.vgg19, {"input_shape": (32, 32, 3), "dropout": 0, **FEW, "width": 0.1}),
    "googlenet aux": (models.googlenet, {"aux": True, "input_shape": (64, 64, 3), **FEW, "width": 0.1}),
    "googlenet small": (
        models.googlenet,
        {"stem": "small", "batch_norm": True, "input_shape": (16, 16, 3), "dropout": 0, **FEW},
    ),
    "googlenet naive": (models.googlenet, {"reduce": False, "input_shape": (32, 32, 3), "dropout": 0, **FEW}),
    "bn_inception": (models.bn_inception, {"input_shape": (32, 32, 3), **FEW}),
    "inception_v3": (models.inception_v3, INCEPTION),
    "inception_v4": (models.inception_v4, INCEPTION),
    "inception_resnet_v1": (models.inception_resnet_v1, {"blocks": (1, 1, 1), **INCEPTION}),
    "inception_resnet_v2": (models.inception_resnet_v2, {"blocks": (1, 1, 2), **INCEPTION}),
    "inception_resnet_v2 paper": (models.inception_resnet_v2, {"stem": "paper", "blocks": (1, 1, 1), **INCEPTION}),
    "lenet5": (models.lenet5, {"width": 0.5, "classes": 4, "activation": "tanh"}),
    "lenet5_1998": (models.lenet5_1998, {"classes": 4}),
    "mlp": (models.mlp, {"widths": (6, 6), "classes": 4, "input_shape": (3, 3, 2), "activation": "tanh"}),
    "resnet 18": (models.resnet, {"depth": 18, "input_shape": (32, 32, 3), **FEW}),
    "resnet 18 plain": (models.resnet, {"depth": 18, "residual": False, "input_shape": (64, 64, 3), **FEW}),
    "resnet 50": (models.resnet, {"depth": 50, "input_shape": (32, 32, 3), **FEW}),
    "resnet 50 v2 keras": (models.resnet, {"version": 2, "variant": "keras", "input_shape": (32, 32, 3), **FEW}),
    "resnet 18 v2 identity": (
        models.resnet,
        {"depth": 18, "version": 2, "shortcut": "identity", "input_shape": (32, 32, 3), **FEW},
    ),
    "resnet_cifar": (models.resnet_cifar, {"n": 1, "input_shape": (8, 8, 3), **FEW, "width": 0.25}),
    "resnet_cifar plain": (
        models.resnet_cifar,
        {"n": 1, "residual": False, "input_shape": (8, 8, 3), **FEW, "width": 0.25},
    ),
    "resnet_cifar v2": (
        models.resnet_cifar,
        {"n": 1, "version": 2, "shortcut": "projection", "input_shape": (8, 8, 3), **FEW, "width": 0.25},
    ),
    "simple_cnn mnist": (models.simple_cnn, {**FEW, "width": 0.25}),
    "simple_cnn cifar": (models.simple_cnn, {"variant": "cifar", **FEW, "width": 0.25}),
    "simple_cnn cifar_fast": (models.simple_cnn, {"variant": "cifar_fast", "scaling": (1 / 64, -2.0), **FEW}),
}
for _builder, _arguments in SMALL.values():
    if _builder in (models.alexnet, models.vgg, models.vgg16, models.vgg19):
        _arguments["kernel_initializer"] = "he_normal"


def build(name: str, seed: int = 2) -> keras.Model:
    """Return a new scaled-down network; the same seed gives the same weights."""
    keras.utils.set_random_seed(seed)
    builder, arguments = SMALL[name]
    return builder(**arguments)


def images_for(model, count: int = 8) -> np.ndarray:
    """Return images that fit a model, the same each time."""
    return np.random.default_rng(0).normal(0, 1, (count, *model.input_shape[1:])).astype("float32")


@functools.cache
def anatomy(builder, **arguments) -> Anatomy:
    """Return `describe(builder, **arguments)`; each is computed once a process."""
    return describe(builder, **arguments)


def copies_answer_alike(model, reference, side: int) -> None:
    """Compare two networks on two different images, after a look whether the answers depend on the image."""
    images = np.random.default_rng(1).uniform(-1, 1, (2, side, side, 3)).astype("float32")
    images[1] += 1  # brighter
    both = model(images, training=False), reference(images, training=False)
    answers, expected = map(keras.ops.convert_to_numpy, both)
    assert np.abs(expected[0] - expected[1]).max() > 1e-3
    assert np.abs(answers - expected).max() < 1e-4


def random_weights(model, gain: float = 2.0) -> None:
    """Give every weight a value of its own: kernels that neither fade nor explode, statistics that differ."""
    chance = np.random.default_rng(0)
    for weight in model.weights:
        if "variance" in weight.path or "gamma" in weight.path:
            weight.assign(chance.uniform(0.5, 1.5, weight.shape))
        else:
            spread = (gain / np.prod(weight.shape[:-1])) ** 0.5 if len(weight.shape) > 1 else 0.05
            weight.assign(chance.normal(0, spread, weight.shape))


def figure(tensor, begin=None) -> list[str]:
    """Return every way to a tensor from the input, or from ``begin``, as a figure writes it.

    For instance ``"max 3x3/2 V, 1x1 64, 3x3/2 96 V"``. Never from the input of a network of branches: too many ways.

    A layer says its window, its stride where it is not 1, its filters, and V for valid padding; layers without windows
    or units are left out, but for dropout and local response normalisation.
    """
    layer = tensor._keras_history.operation
    if tensor is begin or isinstance(layer, keras.layers.InputLayer):
        return [""]
    arriving = layer.input if isinstance(layer.input, list) else [layer.input]
    said = box(layer)
    return [", ".join(part for part in (way, said) if part) for one in arriving for way in figure(one, begin)]


def box(layer) -> str:
    """Return what a figure writes into the box of a layer."""
    kind = type(layer).__name__
    if isinstance(layer, (keras.layers.Dense, keras.layers.Dropout)):
        return f"dense {layer.units}" if hasattr(layer, "units") else f"dropout {layer.rate}"
    if kind.startswith("GlobalAverage"):
        return "global average"
    if not hasattr(layer, "strides") or not hasattr(layer, "padding"):
        return "LRN" if kind == "LocalResponseNormalization" else ""
    window = "x".join(map(str, getattr(layer, "kernel_size", None) or layer.pool_size))
    stride = "" if tuple(layer.strides) == (1, 1) else f"/{layer.strides[0]}"
    names = {"MaxPooling2D": "max ", "AveragePooling2D": "avg ", "SeparableConv2D": "separable "}
    filters = f" {layer.filters}" if hasattr(layer, "filters") else ""
    return names.get(kind, "") + window + stride + filters + " V" * (layer.padding == "valid")
