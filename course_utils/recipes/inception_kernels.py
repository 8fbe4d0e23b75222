"""Kernels whole and taken apart: work, time and accuracy at equal width.

Three layers on a 16×16 grid, where the third Inception paper puts its long thin kernels, each one kernel or a chain of
smaller ones with batch norm and ReLU after every convolution; then the mean of each map and one dense layer. One rate
for all, the one that `inception_rates` found for the twin with batch norm.
"""

import functools
import time
from typing import NamedTuple

import keras
import numpy as np

from course_utils.models.inception_parts import Style, chain, network, predictions
from course_utils.recipes import inception_twin
from course_utils.recipes.experiment import Experiment
from course_utils.recipes.inception_fit import fit
from course_utils.validation import one_of

CHANNELS, DEPTH, EPOCHS, RATE = 16, 3, 4, inception_twin.RATES["norm"]
TIMED_IMAGES, TIMES = 250, 12
SEEDS = (0, 1, 2)


class Arm(NamedTuple):
    """One kind of layer: the kernels of its chain, and the single kernel whose place it takes."""

    kernels: tuple[str, ...]
    instead_of: str


ARMS = {
    "3×3": Arm(("3x3",), "3×3"),
    "3×1, 1×3": Arm(("3x1", "1x3"), "3×3"),
    "5×5": Arm(("5x5",), "5×5"),
    "3×3, 3×3": Arm(("3x3", "3x3"), "5×5"),
    "7×7": Arm(("7x7",), "7×7"),
    "1×7, 7×1": Arm(("1x7", "7x1"), "7×7"),
}


def build(name: str, *, input_shape=(32, 32, 3), classes: int = 10) -> keras.Model:
    """Return the network of an arm, not compiled.

    Input (N, H, W, C) → output (N, classes), probabilities.
    """
    arm, style = ARMS[one_of("name", name, ARMS)], Style(gamma=True)
    inputs = keras.Input(input_shape, name="input")
    x = chain(inputs, style, "stem", f"3x3/2 {CHANNELS}")
    for number in range(1, DEPTH + 1):
        x = chain(x, style, f"layer{number}", *(f"{kernel} {CHANNELS}" for kernel in arm.kernels))
    return network(inputs, [predictions(x, classes, 0.0)], "kernels")


def milliseconds(model, images: np.ndarray, *, times: int = TIMES) -> float:
    """Return the fastest of several passes of a batch through a model, in milliseconds."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        model.predict_on_batch(images)
        taken.append(time.perf_counter() - begun)
    return round(1000 * min(taken), 2)


def train(name: str, data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train one arm with one seed; return the model and its numbers, see `inception_fit.fit`."""
    keras.utils.set_random_seed(seed)
    model = build(name, input_shape=data.image_shape, classes=len(data.class_names))
    numbers = fit(model, data, seed=seed, epochs=epochs, rate=RATE, progress=progress)
    return model, {"arm": name, "seed": seed} | numbers


def timed(train_one):
    """Return a training that also times the trained network, for `Experiment`."""

    @functools.wraps(train_one)
    def train_and_time(name: str, data, *, seed: int):
        model, numbers = train_one(name, data, seed=seed)
        batch = keras.ops.convert_to_numpy(inception_twin.scaled(data.x_test[:TIMED_IMAGES]))
        return model, numbers | {"milliseconds": milliseconds(model, batch)}

    return train_and_time


RECIPE = {key: value for key, value in inception_twin.RECIPE.items() if key != "width"}
RECIPE |= {"channels": CHANNELS, "epochs": EPOCHS, "rate": RATE, "timed_images": TIMED_IMAGES}
EXPERIMENT = Experiment(
    name="inception_kernels",
    question="What do kernels taken apart cost in accuracy, and save in time, at equal width?",
    variants=ARMS,
    seeds=SEEDS,
    dataset="cifar10",
    prepare=inception_twin.few,
    train=timed(train),
    recipe=RECIPE | {"depth": DEPTH},
)
