"""The configurations A to E scaled down: where does more depth stop helping, without batch norm and with it?

An eighth of the width, 4,000 images of CIFAR-10 at 32×32 pixels, one recipe for all: He's initial weights, Adam, a
rate that rises and falls once. The recipe was not tuned for any depth; nothing is chosen by the test images.
"""

from typing import NamedTuple

import keras

from course_utils.models.vgg import vgg
from course_utils.recipes.common import Parts, fit_one_cycle
from course_utils.recipes.experiment import Experiment
from course_utils.validation import one_of

WIDTH, BATCH, EPOCHS, PEAK = 1 / 8, 64, 6, 0.003
EXAMPLES, TESTS = 4_000, 2_000
SEEDS = (0, 1, 2)


class Variant(NamedTuple):
    """One column of the paper's table 1."""

    config: str
    batch_norm: bool
    layers: int  # with weights


DEPTHS = {"A": 11, "A-LRN": 11, "B": 13, "C": 16, "D": 16, "E": 19}
VARIANTS = {config: Variant(config, False, layers) for config, layers in DEPTHS.items()}
VARIANTS |= {f"{config} BN": Variant(config, True, layers) for config, layers in DEPTHS.items() if config != "A-LRN"}


def fit(model, data, *, seed: int, epochs: int, progress: bool = True) -> dict:
    """Train a model by the recipe; return its numbers, see `common.fit_one_cycle`."""
    parts = Parts((data.x_train, data.y_train.astype("int32")), None, (data.x_test, data.y_test))
    settings = {"rate": PEAK, "epochs": epochs, "seed": seed, "batch_size": BATCH, "progress": progress}
    return fit_one_cycle(model, parts, mirror=False, judged=("test",), **settings)


def train(name: str, data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train one configuration with one seed; return the model and its numbers, see `fit`."""
    variant = VARIANTS[one_of("name", name, VARIANTS)]
    keras.utils.set_random_seed(seed)
    settings = {"batch_norm": variant.batch_norm, "dropout": 0.0, "kernel_initializer": "he_normal"}
    model = vgg(variant.config, input_shape=data.image_shape, classes=len(data.class_names), width=WIDTH, **settings)
    return model, fit(model, data, seed=seed, epochs=epochs, progress=progress)


def few(data):
    """Return the images that `vgg_depth` and `vgg_kernels` train on and judge by."""
    return data.subset(train=EXAMPLES, test=TESTS)


EXPERIMENT = Experiment(
    name="vgg_depth",
    question="Where does more depth stop helping, without batch norm and with it?",
    variants=VARIANTS,
    seeds=SEEDS,
    dataset="cifar10",
    prepare=few,
    train=train,
    recipe={"width": WIDTH, "batch_size": BATCH, "epochs": EPOCHS, "peak": PEAK, "examples": EXAMPLES},
)
