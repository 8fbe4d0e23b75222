"""Two questions about single layers of the third Inception: kernels in pieces, and three ways to halve the resolution.

``inception_kernels``: two layers at 16×16, where the paper puts its long thin kernels, each one kernel or a chain of
smaller ones, at equal width and at equal work. ``inception_grids``: 16×16 maps are halved three times, and the channels
double each time: pool first, convolve first, or both side by side (arXiv:1512.00567, section 5), again at equal width
and at equal work. Every convolution has batch norm and ReLU; the mean of each map and one dense layer end the networks.

20,000 images of CIFAR-10, shrunk to 16×16 and mirrored at random; eight epochs in one cycle of the rate, whose peak is
chosen for each variant on validation images, in trials of four epochs. The test images are looked at once, after the
last epoch of each run of the experiment proper.
"""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np

from course_utils.models.inception_parts import Style, chain, joined, max_pool, network, predictions
from course_utils.recipes.common import Parts, cifar, fit_one_cycle
from course_utils.recipes.experiment import Experiment, Sweep
from course_utils.recipes.inception_fit import multiply_adds
from course_utils.recipes.resnet_race import halved
from course_utils.validation import one_of

DEPTH, HALVINGS, EPOCHS, TRIAL_EPOCHS, BATCH, EXAMPLES = 2, 3, 8, 4, 128, 20_000


class Variant(NamedTuple):
    """One kind of layer: the kernels of its chain, the maps of each, and the single kernel whose place it takes."""

    kernels: tuple[str, ...]
    instead_of: str
    channels: int = 16


class Halving(NamedTuple):
    """One way to halve the resolution, and the maps before the first halving."""

    how: str  # of `WAYS`
    channels: int = 16


WAYS = ("pool, then convolve", "convolve, then pool", "side by side")
WIDER = ", equal work"
KERNELS = {
    "3×3": Variant(("3x3",), "3×3"),
    "3×1, 1×3": Variant(("3x1", "1x3"), "3×3"),
    f"3×1, 1×3{WIDER}": Variant(("3x1", "1x3"), "3×3", 20),
    "5×5": Variant(("5x5",), "5×5"),
    "3×3, 3×3": Variant(("3x3", "3x3"), "5×5"),
    f"3×3, 3×3{WIDER}": Variant(("3x3", "3x3"), "5×5", 19),
    "7×7": Variant(("7x7",), "7×7"),
    "1×7, 7×1": Variant(("1x7", "7x1"), "7×7"),
    f"1×7, 7×1{WIDER}": Variant(("1x7", "7x1"), "7×7", 30),
}
HALVED = {
    "pool, then convolve": Halving("pool, then convolve"),
    "convolve, then pool": Halving("convolve, then pool"),
    "side by side": Halving("side by side"),
    f"convolve, then pool{WIDER}": Halving("convolve, then pool", 8),
    f"side by side{WIDER}": Halving("side by side", 22),
}


def kernels_network(name: str, *, input_shape=(16, 16, 3), classes: int = 10) -> keras.Model:
    """Return the network of one of `KERNELS`, not compiled: (N, H, W, C) → (N, classes), probabilities."""
    variant, style = KERNELS[one_of("name", name, KERNELS)], Style(gamma=True)
    inputs = keras.Input(input_shape, name="input")
    x = chain(inputs, style, "stem", f"3x3 {variant.channels}")
    for number in range(1, DEPTH + 1):
        x = chain(x, style, f"layer{number}", *(f"{kernel} {variant.channels}" for kernel in variant.kernels))
    return network(inputs, [predictions(x, classes, 0.0)], "kernels")


def halve(x, how: str, style: Style, name: str = "halve"):
    """Halve the resolution and double the channels in one of three ways: (N, H, W, C) → (N, H/2, W/2, 2C)."""
    channels = x.shape[-1]
    if one_of("how", how, WAYS) == "pool, then convolve":
        return chain(max_pool(x, f"{name}_pool", padding="same"), style, f"{name}_conv", f"3x3 {2 * channels}")
    if how == "convolve, then pool":
        return max_pool(chain(x, style, f"{name}_conv", f"3x3 {2 * channels}"), f"{name}_pool", padding="same")
    convolved = chain(x, style, f"{name}_conv", f"3x3/2 {channels}")
    return joined(f"{name}_output", convolved, max_pool(x, f"{name}_pool", padding="same"))


def halving_network(name: str, *, input_shape=(16, 16, 3), classes: int = 10) -> keras.Model:
    """Return the network of one of `HALVED`, not compiled: (N, H, W, C) → (N, classes), probabilities."""
    variant = HALVED[one_of("name", name, HALVED)]
    style, inputs = Style(gamma=True), keras.Input(input_shape, name="input")
    x = chain(inputs, style, "stem", f"3x3 {variant.channels}")
    for number in range(1, HALVINGS + 1):
        x = halve(x, variant.how, style, f"halve{number}")
    return network(inputs, [predictions(x, classes, 0.0)], "grids")


def greatest_activation(model) -> int:
    """Return the number of values of the largest map that a halving itself makes, for one image."""
    made = [layer.output.shape[1:] for layer in model.layers if layer.name.startswith("halve")]
    return max(int(np.prod(shape)) for shape in made)


def trained(build: Callable[..., keras.Model], epochs: int):
    """Return what trains such a network for so many epochs, for `Experiment`."""

    def train(variant: str, data: Parts, *, seed: int, rate: float, epochs: int = epochs, progress: bool = True):
        keras.utils.set_random_seed(seed)
        model = build(variant, input_shape=data.train[0].shape[1:])
        settings = {"rate": rate, "epochs": epochs, "seed": seed, "batch_size": BATCH, "progress": progress}
        numbers = fit_one_cycle(model, data, **settings) | {"macs": multiply_adds(model)}
        if build is halving_network:
            numbers["greatest_activation"] = greatest_activation(model)
        return model, numbers

    return train


RECIPE = {"epochs": EPOCHS, "trial_epochs": TRIAL_EPOCHS, "batch_size": BATCH, "examples": EXAMPLES, "side": 16}
SHARED = {"seeds": (0, 1, 2), "dataset": "cifar10", "prepare": lambda data: halved(cifar(examples=EXAMPLES)(data))}


def swept(build: Callable[..., keras.Model]) -> dict:
    """Return training and the choice of a rate for such networks, as `Experiment` takes them."""
    trials = Sweep(values=(0.005, 0.01, 0.02), widen=3, train=trained(build, TRIAL_EPOCHS))
    return {"train": trained(build, EPOCHS), "sweep": trials}


IN_PIECES = Experiment(
    name="inception_kernels",
    question="What do kernels taken apart cost in accuracy, at equal width and at equal work?",
    variants=KERNELS,
    recipe=RECIPE | {"depth": DEPTH},
    **swept(kernels_network),
    **SHARED,
)
HALVINGS_COMPARED = Experiment(
    name="inception_grids",
    question="Three ways to halve the resolution and double the channels, at equal width and at equal work.",
    variants=HALVED,
    recipe=RECIPE | {"halvings": HALVINGS},
    **swept(halving_network),
    **SHARED,
)
