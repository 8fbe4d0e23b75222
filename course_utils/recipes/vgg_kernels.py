"""Stacks of 3×3 kernels against single large ones: parameters, work, accuracy, at equal width and equal parameters.

A first 3×3 convolution and a pooling take 32×32 pixels to 16×16 maps. Then come two stages, each a list of
convolutions and a pooling, all of one width, so that the counts are those of the argument: 18·C² against 25·C², 27·C²
against 49·C². The mean of each map and one dense layer end it. The recipe is that of `vgg_depth`.
"""

from typing import NamedTuple

import keras
from keras import layers

from course_utils.recipes import vgg_depth
from course_utils.recipes.experiment import Experiment
from course_utils.validation import one_of

FILTERS = 28  # of the variants that set the pace; whole numbers of filters then come within 3% of equal parameters
STAGES, EPOCHS, SEEDS = 2, 6, (0, 1, 2)


class Variant(NamedTuple):
    """One kind of stage."""

    label: str
    kernels: tuple[int, ...]  # sides of the kernels of a stage, in order
    like: str | None  # the variant whose number of parameters it has; None: it has `FILTERS` filters


VARIANTS = {
    "33": Variant("two 3×3", (3, 3), None),
    "5_width": Variant("one 5×5, equal width", (5,), None),
    "5": Variant("one 5×5, equal parameters", (5,), "33"),
    "333": Variant("three 3×3", (3, 3, 3), None),
    "7_width": Variant("one 7×7, equal width", (7,), None),
    "7": Variant("one 7×7, equal parameters", (7,), "333"),
    "331": Variant("two 3×3 and a 1×1", (3, 3, 1), None),
    "333_33": Variant("three 3×3, parameters of two", (3, 3, 3), "33"),
}


def parameters(kernels, filters: int, *, channels: int = 3, classes: int = 10) -> int:
    """Return the number of parameters of a network of such stages, biases included."""
    first = 9 * channels * filters + filters
    stage = sum(side * side * filters * filters + filters for side in kernels)
    return first + STAGES * stage + filters * classes + classes


def filters_of(name: str) -> int:
    """Return the filters of a variant: `FILTERS`, or as many as bring its parameters nearest to the wanted ones."""
    variant = VARIANTS[one_of("name", name, VARIANTS)]
    if variant.like is None:
        return FILTERS
    wanted = parameters(VARIANTS[variant.like].kernels, FILTERS)
    return min(range(4, 2 * FILTERS), key=lambda filters: abs(parameters(variant.kernels, filters) - wanted))


def build(name: str, *, input_shape=(32, 32, 3), classes: int = 10) -> keras.Model:
    """Return the network of a variant, not compiled: (N, H, W, C) → (N, classes), probabilities."""
    variant, filters = VARIANTS[one_of("name", name, VARIANTS)], filters_of(name)
    settings = {"padding": "same", "activation": "relu", "kernel_initializer": "he_normal"}
    inputs = keras.Input(input_shape, name="input")
    x = layers.Conv2D(filters, 3, name="first", **settings)(inputs)
    x = layers.MaxPooling2D(2, name="first_pool")(x)
    for stage in range(1, STAGES + 1):
        for number, side in enumerate(variant.kernels, start=1):
            x = layers.Conv2D(filters, side, name=f"block{stage}_conv{number}", **settings)(x)
        x = layers.MaxPooling2D(2, name=f"block{stage}_pool")(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    outputs = layers.Dense(classes, activation="softmax", name="predictions")(x)
    return keras.Model(inputs, outputs, name=f"stages_{name}")


def train(name: str, data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train one variant with one seed; return the model and its numbers, see `vgg_depth.fit`."""
    keras.utils.set_random_seed(seed)
    model = build(name, input_shape=data.image_shape, classes=len(data.class_names))
    numbers = vgg_depth.fit(model, data, seed=seed, epochs=epochs, progress=progress)
    return model, {"filters": filters_of(name)} | numbers


EXPERIMENT = Experiment(
    name="vgg_kernels",
    question="Do stacks of 3×3 kernels beat one large kernel at equal width, and at equal parameters?",
    variants=VARIANTS,
    seeds=SEEDS,
    dataset="cifar10",
    prepare=vgg_depth.few,
    train=train,
    recipe={"filters": FILTERS, "stages": STAGES, "batch_size": vgg_depth.BATCH, "epochs": EPOCHS}
    | {"peak": vgg_depth.PEAK},
)
