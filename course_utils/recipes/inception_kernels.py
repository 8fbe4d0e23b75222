"""Kernels whole and taken apart: work, seconds and accuracy at equal width.

Three layers on a 16×16 grid, where the third Inception paper puts its long thin kernels, each one kernel or a chain of
smaller ones with batch norm and ReLU after every convolution; then the mean of each map and one dense layer.
"""

from typing import NamedTuple

import keras

from course_utils import datasets
from course_utils.models.inception_parts import Style, chain, network, predictions
from course_utils.recipes.inception_twin import fit
from course_utils.recipes.lenet_race import checksum
from course_utils.validation import one_of

CHANNELS, DEPTH, EPOCHS, RATE = 16, 3, 4, 0.01
EXAMPLES, TESTS = 2_000, 2_000
SEEDS = (0, 1, 2)


class Arm(NamedTuple):
    """One kind of layer: the kernels of its chain, and the single kernel whose place it takes."""

    kernels: tuple[str, ...]
    instead_of: str


ARMS = {
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


def train(name: str, data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train one arm with one seed; return the model and its numbers, see `inception_twin.fit`."""
    keras.utils.set_random_seed(seed)
    model = build(name, input_shape=data.image_shape, classes=len(data.class_names))
    return model, {"arm": name, "seed": seed} | fit(model, data, seed=seed, epochs=epochs, rate=RATE, progress=progress)


def measure(*, seeds=SEEDS, log=print) -> dict:
    """Train every arm with every seed."""
    whole = datasets.load("cifar10")
    data, runs = whole.subset(train=EXAMPLES, test=TESTS), []
    for seed in seeds:
        for name in ARMS:
            runs.append(train(name, data, seed=seed, progress=False)[1])
            log(f"seed {seed} {name:>9}: test {runs[-1]['test_accuracy']:.4f}, {runs[-1]['seconds']:.0f} s")
            keras.backend.clear_session()
    return {
        "question": "What do kernels taken apart cost in accuracy, at equal width?",
        "data": {"name": whole.name, "source": whole.source, "stand_in": whole.stand_in, "sha256": checksum(whole)},
        "recipe": {"channels": CHANNELS, "depth": DEPTH, "epochs": EPOCHS, "rate": RATE, "examples": EXAMPLES},
        "arms": {name: arm._asdict() for name, arm in ARMS.items()},
        "runs": runs,
    }
