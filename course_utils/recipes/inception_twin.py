"""A GoogLeNet an eighth as wide for 32×32 images: are reduced modules better than naive ones, do the heads help?

Modules of table 1 stand on grids of 16, 8 and 4, made by the functions of `course_utils.models.googlenet`: five of
the nine where a network is trained, so that all runs together take minutes on two cores.
One recipe serves every arm: Adam, a rate that rises and falls once, the last epoch. The rates were chosen by
`inception_rates` on training images set aside; nothing is chosen by test images.
"""

from typing import NamedTuple

import keras
import numpy as np

from course_utils.layers import LocalResponseNormalization
from course_utils.models.googlenet import (
    AUXILIARY,
    GOOGLENET_TABLE,
    auxiliary_head,
    inception,
    naive_inception,
)
from course_utils.models.inception_parts import Style, chain, max_pool, network, predictions
from course_utils.recipes.common import scaled
from course_utils.recipes.experiment import Experiment
from course_utils.recipes.inception_fit import BATCH, fit, multiply_adds, stacked, weighted_loss
from course_utils.validation import one_of

__all__ = ["ARMS", "Arm", "few", "fit", "gradients", "multiply_adds", "scaled", "train", "train_arm", "twin"]

WIDTH, EPOCHS = 1 / 8, 6
NAIVE_WIDTH = 0.055  # with which the naive twin works as much as the reduced one
RATES = {"reduced": 0.006, "naive": 0.006, "norm": 0.02}  # the best of `inception_rates`
EXAMPLES, TESTS = 5_000, 2_000
MODULES, ALL = ("3a", "3b", "4a", "4d", "5b"), tuple(row.name for row in GOOGLENET_TABLE)
SEEDS = (0, 1, 2)


class Arm(NamedTuple):
    """One way to build and train the twin."""

    label: str
    rate: float = RATES["reduced"]
    reduce: bool = True
    heads: bool = False
    batch_norm: bool = False
    dropout: float = 0.0
    lrn: bool = False
    reshuffled: bool = True
    smoothing: float = 0.0


ARMS = {
    "reduced": Arm("reduced modules"),
    "naive": Arm("naive modules, equal work", RATES["naive"], reduce=False),
    "heads": Arm("reduced, with auxiliary heads", heads=True),
    "reduced norm": Arm("reduced modules, batch norm", RATES["norm"], batch_norm=True),
    "naive norm": Arm("naive, equal work, batch norm", RATES["norm"], reduce=False, batch_norm=True),
}


def twin(
    *,
    reduce=True,
    heads=False,
    batch_norm=False,
    dropout=0.0,
    lrn=False,
    width=WIDTH,
    modules=MODULES,
    input_shape=(32, 32, 3),
    classes=10,
):
    """Return the twin, not compiled: modules on grids a half, a quarter and an eighth of the image.

    Input (N, H, W, C) → output (N, classes), or with ``heads`` a list of three such outputs.
    """
    style = Style(width=width, batch_norm=batch_norm, gamma=True)
    x = inputs = keras.Input(input_shape, name="input")
    ends = []
    for number, word in enumerate(("3x3/2 64", "3x3 192"), start=1):
        x = chain(x, style, f"stem_conv_{number}", word)
        x = LocalResponseNormalization(name=f"stem_norm{number}")(x) if lrn else x
    for row in [row for row in GOOGLENET_TABLE if row.name in modules]:
        x = (inception if reduce else naive_inception)(x, row, style)
        if heads and row.name in AUXILIARY:
            ends.append(auxiliary_head(x, classes, style, AUXILIARY[row.name]))
        if row.name == max(name for name in modules if name[0] == row.name[0]) and row.name[0] < "5":
            x = max_pool(x, f"pool_{row.name}", padding="same")
    return network(inputs, [predictions(x, classes, dropout), *ends], "googlenet_twin")


def build(arm: Arm, *, seed: int, modules=MODULES, input_shape=(32, 32, 3), classes: int = 10) -> keras.Model:
    """Return the twin of an arm with the first weights of a seed."""
    keras.utils.set_random_seed(seed)
    parts = {name: getattr(arm, name) for name in ("reduce", "heads", "batch_norm", "dropout", "lrn")}
    width = WIDTH if arm.reduce else NAIVE_WIDTH
    return twin(**parts, width=width, modules=modules, input_shape=input_shape, classes=classes)


def train_arm(arm: Arm, data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train one arm with one seed; return the model and its numbers, see `inception_fit.fit`."""
    model = build(arm, seed=seed, input_shape=data.image_shape, classes=len(data.class_names))
    settings = {name: getattr(arm, name) for name in ("rate", "reshuffled", "smoothing")}
    return model, {"seed": seed} | fit(model, data, seed=seed, epochs=epochs, progress=progress, **settings)


def train(name: str, data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train one of `ARMS` with one seed; return the model and its numbers."""
    model, numbers = train_arm(ARMS[one_of("name", name, ARMS)], data, seed=seed, epochs=epochs, progress=progress)
    return model, {"arm": name} | numbers


def gradients(name: str, data, *, seed: int) -> dict[str, float]:
    """Return the length of the loss's gradient for the kernels of an untrained arm with all nine modules.

    One step of plain descent with rate 1 on one batch moves a weight by its gradient. The arms "reduced" and "heads"
    begin with the same weights here: the first is the second without its heads.
    """
    first = ARMS["heads" if name == "reduced" else name]
    model = build(first, seed=seed, modules=ALL, input_shape=data.image_shape, classes=len(data.class_names))
    if name == "reduced":
        model = keras.Model(model.inputs, model.outputs[:1])
    whole = stacked(model)
    whole.compile(optimizer=keras.optimizers.SGD(1.0), loss=weighted_loss(), run_eagerly=True)  # one step: no graph
    watched = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D) and "aux" not in layer.name]
    before = [keras.ops.convert_to_numpy(layer.kernel) for layer in watched]
    whole.train_on_batch(scaled(data.x_train[:128]), data.y_train[:128].astype("int32"))
    after = [keras.ops.convert_to_numpy(layer.kernel) for layer in watched]
    moved = [float(np.linalg.norm(a - b)) for a, b in zip(after, before, strict=True)]
    keras.backend.clear_session()
    return {layer.name: length for layer, length in zip(watched, moved, strict=True)}


def few(data):
    """Return the images that every experiment with the small GoogLeNet trains on and judges by."""
    return data.subset(train=EXAMPLES, test=TESTS)


def _with_gradients(result: dict) -> dict:
    data = few(EXPERIMENT.load())
    seeds = sorted({run["seed"] for run in result["runs"]})
    return result | {"gradients": {s: {n: gradients(n, data, seed=s) for n in ("reduced", "heads")} for s in seeds}}


RECIPE = {"width": WIDTH, "batch_size": BATCH, "epochs": EPOCHS, "examples": EXAMPLES, "tests": TESTS}
EXPERIMENT = Experiment(
    name="inception_twin",
    question="Are reduced modules better than naive ones at equal work, and do auxiliary heads help?",
    variants=ARMS,
    seeds=SEEDS,
    dataset="cifar10",
    prepare=few,
    train=train,
    recipe=RECIPE,
    finish=_with_gradients,
)
