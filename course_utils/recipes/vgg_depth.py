"""The configurations A to E on narrow twins: where does more depth stop helping, without batch norm and with it?

An eighth of the width, 4,000 images of CIFAR-10 at 32×32 pixels, one recipe for all: He's first weights, Adam, a rate
that rises and falls once. The recipe is the same for every depth and was not tuned for any; nothing is chosen by the
test images.
"""

from typing import NamedTuple

import keras

from course_utils import training
from course_utils.models.vgg import vgg
from course_utils.recipes.common import Clock, accuracy, rounded, scaled
from course_utils.recipes.experiment import Experiment
from course_utils.validation import one_of

WIDTH, BATCH, EPOCHS, PEAK = 1 / 8, 64, 6, 0.003
EXAMPLES, TESTS = 4_000, 2_000
SEEDS = (0, 1, 2)


class Arm(NamedTuple):
    """One column of the paper's table 1."""

    config: str
    batch_norm: bool
    layers: int  # with weights


DEPTHS = {"A": 11, "A-LRN": 11, "B": 13, "C": 16, "D": 16, "E": 19}
ARMS = {config: Arm(config, False, layers) for config, layers in DEPTHS.items()}
ARMS |= {f"{config} BN": Arm(config, True, layers) for config, layers in DEPTHS.items() if config != "A-LRN"}


def fit(model, data, *, seed: int, epochs: int, peak: float = PEAK, progress: bool = True) -> dict:
    """Train a model that is not compiled by the recipe, and return its plain numbers.

    Args:
        model: a `keras.Model` for images from -1 to 1.
        data: a `datasets.ImageDataset` of colour images.
        seed: of the shuffling.
        epochs: passes over the training images.
        peak: largest learning rate.
        progress: show a bar.

    Returns:
        ``parameters, loss, accuracy`` (training, one an epoch), ``test_accuracy, seconds, processor_seconds``.
    """
    pair = data.x_train, data.y_train.astype("int32")
    rate = training.one_cycle(peak, examples=len(pair[0]), batch_size=BATCH, epochs=epochs)
    training.prepare(model, optimizer=keras.optimizers.Adam(rate))
    settings = {"epochs": epochs, "batch_size": BATCH, "seed": seed, "transform": scaled, "progress": progress}
    with Clock() as clock:
        history = training.fit(model, pair, **settings).history
    return {
        "parameters": model.count_params(),
        **rounded(history, keys=("loss", "accuracy")),
        "test_accuracy": round(accuracy(model, data.x_test, data.y_test), 5),
        **clock.numbers(),
    }


def train(name: str, data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train one configuration with one seed; return the model and its numbers, see `fit`."""
    arm = ARMS[one_of("name", name, ARMS)]
    keras.utils.set_random_seed(seed)
    settings = {"batch_norm": arm.batch_norm, "dropout": 0.0, "kernel_initializer": "he_normal"}
    model = vgg(arm.config, input_shape=data.image_shape, classes=len(data.class_names), width=WIDTH, **settings)
    return model, {"arm": name, "seed": seed} | fit(model, data, seed=seed, epochs=epochs, progress=progress)


def few(data):
    """Return the images that every experiment with small VGG networks trains on and judges by."""
    return data.subset(train=EXAMPLES, test=TESTS)


EXPERIMENT = Experiment(
    name="vgg_depth",
    question="Where does more depth stop helping, without batch norm and with it?",
    variants=ARMS,
    seeds=SEEDS,
    dataset="cifar10",
    prepare=few,
    train=train,
    recipe={"width": WIDTH, "batch_size": BATCH, "epochs": EPOCHS, "peak": PEAK, "examples": EXAMPLES},
)
