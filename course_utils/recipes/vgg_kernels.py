"""Stacks of 3×3 kernels against single large ones: parameters, work, accuracy, at equal width and equal parameters.

Three stages over 32×32, 16×16 and 8×8 maps, each a list of convolutions and a pooling; then the mean of each map and
one dense layer, so that nearly all parameters sit in the kernels that are compared. The recipe is that of `vgg_depth`.
"""

from typing import NamedTuple

import keras
from keras import layers

from course_utils import datasets
from course_utils.recipes import vgg_depth
from course_utils.recipes.lenet_race import checksum
from course_utils.validation import one_of

BASE = 12  # filters of the first stage of the two arms that set the pace: "3 3" and "3 3 3"
EPOCHS, SEEDS = 6, (0, 1, 2)


class Arm(NamedTuple):
    """One kind of stage."""

    label: str
    kernels: tuple[int, ...]  # sides of the kernels of a stage, in order
    like: str  # the arm whose width, or whose number of parameters, it has
    equal: str  # "width" or "parameters"


ARMS = {
    "33": Arm("two 3×3", (3, 3), "33", "width"),
    "5_width": Arm("one 5×5, equal width", (5,), "33", "width"),
    "5": Arm("one 5×5, equal parameters", (5,), "33", "parameters"),
    "333": Arm("three 3×3", (3, 3, 3), "333", "width"),
    "7": Arm("one 7×7, equal parameters", (7,), "333", "parameters"),
    "331": Arm("two 3×3 and a 1×1", (3, 3, 1), "33", "width"),
    "333_33": Arm("three 3×3, parameters of two", (3, 3, 3), "33", "parameters"),
}


def widths(base: float) -> list[int]:
    """Return the filters of the three stages."""
    return [max(1, round(base * factor)) for factor in (1, 2, 4)]


def parameters(kernels, base: float, *, channels: int = 3, classes: int = 10) -> int:
    """Return the number of parameters of a network of such stages, biases included."""
    total, seen = 0, channels
    for filters in widths(base):
        for side in kernels:
            total += side * side * seen * filters + filters
            seen = filters
    return total + seen * classes + classes


def base_of(name: str) -> float:
    """Return the width of an arm: `BASE`, or the one whose parameters come nearest to those of the arm it is like."""
    arm = ARMS[one_of("name", name, ARMS)]
    if arm.equal == "width":
        return BASE
    wanted = parameters(ARMS[arm.like].kernels, BASE)
    tried = [number / 8 for number in range(8, 16 * BASE)]
    return min(tried, key=lambda base: abs(parameters(arm.kernels, base) - wanted))


def build(name: str, *, input_shape=(32, 32, 3), classes: int = 10) -> keras.Model:
    """Return the network of an arm, not compiled.

    Input (N, height, width, channels) → output (N, classes), probabilities.
    """
    arm = ARMS[one_of("name", name, ARMS)]
    x = inputs = keras.Input(input_shape, name="input")
    for stage, filters in enumerate(widths(base_of(name)), start=1):
        for number, side in enumerate(arm.kernels, start=1):
            settings = {"padding": "same", "activation": "relu", "kernel_initializer": "he_normal"}
            x = layers.Conv2D(filters, side, name=f"block{stage}_conv{number}", **settings)(x)
        x = layers.MaxPooling2D(2, name=f"block{stage}_pool")(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    outputs = layers.Dense(classes, activation="softmax", name="predictions")(x)
    return keras.Model(inputs, outputs, name=f"stages_{name}")


def train(name: str, data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train one arm with one seed; return the model and its numbers, see `vgg_depth.fit`."""
    keras.utils.set_random_seed(seed)
    model = build(name, input_shape=data.image_shape, classes=len(data.class_names))
    numbers = vgg_depth.fit(model, data, seed=seed, epochs=epochs, progress=progress)
    return model, {"arm": name, "seed": seed, "base": base_of(name)} | numbers


def measure(*, seeds=SEEDS, log=print) -> dict:
    """Train every arm with every seed."""
    whole = datasets.load("cifar10")
    data, runs = whole.subset(train=vgg_depth.EXAMPLES, test=vgg_depth.TESTS), []
    for seed in seeds:
        for name in ARMS:
            runs.append(train(name, data, seed=seed, progress=False)[1])
            latest = runs[-1]
            log(
                f"seed {seed} {name:>8}: {latest['parameters']:,}, loss {latest['loss'][-1]:.3f}, "
                f"test {latest['test_accuracy']:.4f}, {latest['seconds']:.0f} s"
            )
        keras.backend.clear_session()
    return {
        "question": "Do stacks of 3×3 kernels beat one large kernel at equal width, and at equal parameters?",
        "data": {"name": whole.name, "source": whole.source, "stand_in": whole.stand_in, "sha256": checksum(whole)},
        "recipe": {"base": BASE, "batch_size": vgg_depth.BATCH, "epochs": EPOCHS, "peak": vgg_depth.PEAK},
        "arms": {name: arm._asdict() for name, arm in ARMS.items()},
        "runs": runs,
    }
