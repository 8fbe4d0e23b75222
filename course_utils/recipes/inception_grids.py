"""Halving the grid three ways: pool first, convolve first, or both side by side (arXiv:1512.00567, section 5).

A 32×32 map of 16 channels is halved three times, and the channels double each time; then the mean of each map and one
dense layer. Every convolution has batch norm and ReLU. One rate for all, that of the twin with batch norm.
"""

import keras
import numpy as np

from course_utils.models.inception_parts import Style, chain, joined, max_pool, network, predictions
from course_utils.recipes import inception_twin
from course_utils.recipes.experiment import Experiment
from course_utils.recipes.inception_fit import fit
from course_utils.recipes.inception_kernels import RECIPE, timed
from course_utils.validation import one_of

CHANNELS, HALVINGS, EPOCHS, RATE = 16, 3, 4, inception_twin.RATES["norm"]
ARMS = {
    "pool, then convolve": "bottleneck",
    "convolve, then pool": "expensive",
    "side by side": "parallel",
}
SEEDS = (0, 1, 2)


def halve(x, how: str, style: Style, name: str = "halve"):
    """Halve a grid and double the channels in one of three ways.

    (N, H, W, C) → (N, H/2, W/2, 2C).
    """
    channels = x.shape[-1]
    if one_of("how", how, ARMS) == "pool, then convolve":
        return chain(max_pool(x, f"{name}_pool", padding="same"), style, f"{name}_conv", f"3x3 {2 * channels}")
    if how == "convolve, then pool":
        return max_pool(chain(x, style, f"{name}_conv", f"3x3 {2 * channels}"), f"{name}_pool", padding="same")
    convolved = chain(x, style, f"{name}_conv", f"3x3/2 {channels}")
    return joined(f"{name}_output", convolved, max_pool(x, f"{name}_pool", padding="same"))


def build(how: str, *, input_shape=(32, 32, 3), classes: int = 10) -> keras.Model:
    """Return the network of an arm, not compiled.

    Input (N, H, W, C) → output (N, classes), probabilities.
    """
    style, inputs = Style(gamma=True), keras.Input(input_shape, name="input")
    x = chain(inputs, style, "stem", f"3x3 {CHANNELS}")
    for number in range(1, HALVINGS + 1):
        x = halve(x, how, style, f"halve{number}")
    return network(inputs, [predictions(x, classes, 0.0)], "grids")


def greatest_activation(model) -> int:
    """Return the number of values of the largest map that a halving itself makes, for one image."""
    made = [layer.output.shape[1:] for layer in model.layers if layer.name.startswith("halve")]
    return max(int(np.prod(shape)) for shape in made)


def train(how: str, data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train one arm with one seed; return the model and its numbers, see `inception_fit.fit`."""
    keras.utils.set_random_seed(seed)
    model = build(how, input_shape=data.image_shape, classes=len(data.class_names))
    numbers = fit(model, data, seed=seed, epochs=epochs, rate=RATE, progress=progress)
    return model, {"arm": how, "seed": seed, "greatest_activation": greatest_activation(model)} | numbers


EXPERIMENT = Experiment(
    name="inception_grids",
    question="Work, memory, time and accuracy of three ways to halve the resolution and double the channels.",
    variants=ARMS,
    seeds=SEEDS,
    dataset="cifar10",
    prepare=inception_twin.few,
    train=timed(train),
    recipe=RECIPE | {"channels": CHANNELS, "halvings": HALVINGS, "epochs": EPOCHS, "rate": RATE},
)
