"""Two questions about single layers of the third Inception: kernels in pieces, and three ways to halve the resolution.

``inception_kernels``: three layers at 16×16, where the paper puts its long thin kernels, each one kernel or a chain of
smaller ones; work, time and accuracy at equal width. ``inception_grids``: 32×32 maps of 16 channels are halved three
times, and the channels double each time: pool first, convolve first, or both side by side (arXiv:1512.00567,
section 5). Every convolution has batch norm and ReLU; the mean of each map and one dense layer end the networks. One
rate for all, the one that ``inception_rates`` found with batch norm.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np

from course_utils.models.inception_parts import Style, chain, joined, max_pool, network, predictions
from course_utils.recipes import inception_small
from course_utils.recipes.common import scaled
from course_utils.recipes.experiment import Experiment
from course_utils.recipes.inception_fit import fit
from course_utils.validation import one_of

CHANNELS, DEPTH, HALVINGS, EPOCHS, RATE = 16, 3, 3, 4, inception_small.RATES["norm"]
TIMED_IMAGES, TIMES = 250, 12


class Variant(NamedTuple):
    """One kind of layer: the kernels of its chain, and the single kernel whose place it takes."""

    kernels: tuple[str, ...]
    instead_of: str


KERNELS = {
    "3×3": Variant(("3x3",), "3×3"),
    "3×1, 1×3": Variant(("3x1", "1x3"), "3×3"),
    "5×5": Variant(("5x5",), "5×5"),
    "3×3, 3×3": Variant(("3x3", "3x3"), "5×5"),
    "7×7": Variant(("7x7",), "7×7"),
    "1×7, 7×1": Variant(("1x7", "7x1"), "7×7"),
}
HALVED = {"pool, then convolve": "bottleneck", "convolve, then pool": "expensive", "side by side": "parallel"}


def kernels_network(name: str, *, input_shape=(32, 32, 3), classes: int = 10) -> keras.Model:
    """Return the network of one of `KERNELS`, not compiled: (N, H, W, C) → (N, classes), probabilities."""
    variant, style = KERNELS[one_of("name", name, KERNELS)], Style(gamma=True)
    inputs = keras.Input(input_shape, name="input")
    x = chain(inputs, style, "stem", f"3x3/2 {CHANNELS}")
    for number in range(1, DEPTH + 1):
        x = chain(x, style, f"layer{number}", *(f"{kernel} {CHANNELS}" for kernel in variant.kernels))
    return network(inputs, [predictions(x, classes, 0.0)], "kernels")


def halve(x, how: str, style: Style, name: str = "halve"):
    """Halve the resolution and double the channels in one of three ways: (N, H, W, C) → (N, H/2, W/2, 2C)."""
    channels = x.shape[-1]
    if one_of("how", how, HALVED) == "pool, then convolve":
        return chain(max_pool(x, f"{name}_pool", padding="same"), style, f"{name}_conv", f"3x3 {2 * channels}")
    if how == "convolve, then pool":
        return max_pool(chain(x, style, f"{name}_conv", f"3x3 {2 * channels}"), f"{name}_pool", padding="same")
    convolved = chain(x, style, f"{name}_conv", f"3x3/2 {channels}")
    return joined(f"{name}_output", convolved, max_pool(x, f"{name}_pool", padding="same"))


def halving_network(how: str, *, input_shape=(32, 32, 3), classes: int = 10) -> keras.Model:
    """Return the network of one of `HALVED`, not compiled: (N, H, W, C) → (N, classes), probabilities."""
    style, inputs = Style(gamma=True), keras.Input(input_shape, name="input")
    x = chain(inputs, style, "stem", f"3x3 {CHANNELS}")
    for number in range(1, HALVINGS + 1):
        x = halve(x, how, style, f"halve{number}")
    return network(inputs, [predictions(x, classes, 0.0)], "grids")


def greatest_activation(model) -> int:
    """Return the number of values of the largest map that a halving itself makes, for one image."""
    made = [layer.output.shape[1:] for layer in model.layers if layer.name.startswith("halve")]
    return max(int(np.prod(shape)) for shape in made)


def milliseconds(model, images: np.ndarray, *, times: int = TIMES) -> float:
    """Return the fastest of several passes of a batch through a model, in milliseconds."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        model.predict_on_batch(images)
        taken.append(time.perf_counter() - begun)
    return round(1000 * min(taken), 2)


def trained(build: Callable[..., keras.Model]):
    """Return what trains such a network and times it afterwards, for `Experiment`."""

    def train(name: str, data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
        keras.utils.set_random_seed(seed)
        model = build(name, input_shape=data.image_shape, classes=len(data.class_names))
        numbers = fit(model, data, seed=seed, epochs=epochs, rate=RATE, progress=progress)
        if build is halving_network:
            numbers["greatest_activation"] = greatest_activation(model)
        batch = keras.ops.convert_to_numpy(scaled(data.x_test[:TIMED_IMAGES]))
        return model, numbers | {"milliseconds": milliseconds(model, batch)}

    return train


SHARED = {"seeds": inception_small.SEEDS, "dataset": "cifar10", "prepare": inception_small.few}
RECIPE = {key: value for key, value in inception_small.RECIPE.items() if key != "width"}
RECIPE |= {"channels": CHANNELS, "epochs": EPOCHS, "rate": RATE, "timed_images": TIMED_IMAGES}
IN_PIECES = Experiment(
    name="inception_kernels",
    question="What do kernels taken apart cost in accuracy, and save in time, at equal width?",
    variants=KERNELS,
    train=trained(kernels_network),
    recipe=RECIPE | {"depth": DEPTH},
    **SHARED,
)
HALVINGS_COMPARED = Experiment(
    name="inception_grids",
    question="Work, memory, time and accuracy of three ways to halve the resolution and double the channels.",
    variants=HALVED,
    train=trained(halving_network),
    recipe=RECIPE | {"halvings": HALVINGS},
    **SHARED,
)
