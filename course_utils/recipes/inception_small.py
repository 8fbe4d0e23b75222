"""A GoogLeNet an eighth as wide for 32×32 images: reduced modules against naive ones, heads, batch norm, rates.

Modules of table 1 at 16×16, 8×8 and 4×4, made by the functions of `course_utils.models.googlenet`: five of the nine
where a network is trained, so that all runs together take minutes on two cores. One recipe serves every variant: Adam,
a rate that rises and falls once, the last epoch. Three experiments use it:

- ``inception_rates`` chooses the rates, on 1,000 training images set aside, with seeds that are not used again;
- ``inception_twin`` compares modules and heads at those rates;
- ``inception_norm`` changes the recipe as BN-Inception did, one thing at a time (arXiv:1502.03167, section 4.2.1: no
  dropout, no local response normalization, better shuffling), and smooths the labels (arXiv:1512.00567, section 7).
"""

import dataclasses
from typing import NamedTuple

import keras
import numpy as np

from course_utils.layers import LocalResponseNormalization
from course_utils.models.googlenet import AUXILIARY, GOOGLENET_TABLE, auxiliary_head, inception, naive_inception
from course_utils.models.inception_parts import Style, chain, max_pool, network, predictions
from course_utils.recipes.common import scaled
from course_utils.recipes.experiment import Experiment
from course_utils.recipes.inception_fit import BATCH, fit, stacked, weighted_loss
from course_utils.validation import one_of

WIDTH, EPOCHS = 1 / 8, 6
NAIVE_WIDTH = 0.055  # with which the naive network works as much as the reduced one
TRIED = (0.002, 0.006, 0.02, 0.06)
RATES = {"reduced": 0.006, "naive": 0.006, "norm": 0.02}  # the best of `TRIED`
EXAMPLES, TESTS, HELD_OUT = 5_000, 2_000, 1_000
MODULES, ALL = ("3a", "3b", "4a", "4d", "5b"), tuple(row.name for row in GOOGLENET_TABLE)
SEEDS, TRIAL_SEEDS = (0, 1, 2), (10, 11)


class Variant(NamedTuple):
    """One way to build and train the network."""

    label: str
    rate: float = RATES["reduced"]
    reduce: bool = True
    heads: bool = False
    batch_norm: bool = False
    dropout: float = 0.0
    lrn: bool = False
    reshuffled: bool = True
    smoothing: float = 0.0


PLAIN, NORM = Variant("reduced modules"), Variant("reduced modules, batch norm", RATES["norm"], batch_norm=True)
VARIANTS = {
    "reduced": PLAIN,
    "naive": Variant("naive modules, equal work", RATES["naive"], reduce=False),
    "heads": Variant("reduced, with auxiliary heads", heads=True),
    "reduced norm": NORM,
    "naive norm": Variant("naive, equal work, batch norm", RATES["norm"], reduce=False, batch_norm=True),
}
CHANGES = {
    "plain dropout": PLAIN._replace(label="dropout 40 %", dropout=0.4),
    "plain lrn": PLAIN._replace(label="LRN in the stem", lrn=True),
    "norm dropout": NORM._replace(label="batch norm, dropout 40 %", dropout=0.4),
    "norm fixed": NORM._replace(label="batch norm, one order", reshuffled=False),
    "norm smooth": NORM._replace(label="batch norm, smoothed targets", smoothing=0.1),
}
KINDS = {"reduced": {}, "naive": {"reduce": False}, "norm": {"batch_norm": True}}
TRIALS = {f"{kind} {rate:g}": Variant(kind, rate, **parts) for kind, parts in KINDS.items() for rate in TRIED}


def small_googlenet(
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
    """Return the network, not compiled: modules at a half, a quarter and an eighth of the image's resolution.

    Input (N, H, W, C) → output (N, classes), or with ``heads`` a list of three such outputs.
    """
    style = Style(width=width, batch_norm=batch_norm, gamma=True)
    x = inputs = keras.Input(input_shape, name="input")
    ends = []
    for number, spec in enumerate(("3x3/2 64", "3x3 192"), start=1):
        x = chain(x, style, f"stem_conv_{number}", spec)
        x = LocalResponseNormalization(name=f"stem_norm{number}")(x) if lrn else x
    for row in [row for row in GOOGLENET_TABLE if row.name in modules]:
        x = (inception if reduce else naive_inception)(x, row, style)
        if heads and row.name in AUXILIARY:
            ends.append(auxiliary_head(x, classes, style, AUXILIARY[row.name]))
        if row.name == max(name for name in modules if name[0] == row.name[0]) and row.name[0] < "5":
            x = max_pool(x, f"pool_{row.name}", padding="same")
    return network(inputs, [predictions(x, classes, dropout), *ends], "small_googlenet")


def build(variant: Variant, *, seed: int, modules=MODULES, input_shape=(32, 32, 3), classes: int = 10) -> keras.Model:
    """Return the network of a variant with the initial weights of a seed."""
    keras.utils.set_random_seed(seed)
    parts = {name: getattr(variant, name) for name in ("reduce", "heads", "batch_norm", "dropout", "lrn")}
    width = WIDTH if variant.reduce else NAIVE_WIDTH
    return small_googlenet(**parts, width=width, modules=modules, input_shape=input_shape, classes=classes)


def train(variant: Variant | str, data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train a variant, or one of `VARIANTS` by name; return the model and its numbers, see `inception_fit.fit`."""
    if isinstance(variant, str):
        variant = VARIANTS[one_of("variant", variant, VARIANTS)]
    model = build(variant, seed=seed, input_shape=data.image_shape, classes=len(data.class_names))
    settings = {name: getattr(variant, name) for name in ("rate", "reshuffled", "smoothing")}
    return model, fit(model, data, seed=seed, epochs=epochs, progress=progress, **settings)


def gradients(name: str, data, *, seed: int) -> dict[str, float]:
    """Return the length of the loss's gradient for the kernels of an untrained variant with all nine modules.

    One step of plain descent with rate 1 on one batch moves a weight by its gradient. The variants "reduced" and
    "heads" begin with the same weights here: the first is the second without its heads.
    """
    first = VARIANTS["heads" if name == "reduced" else name]
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
    """Return the images that the experiments with small Inceptions train on and judge by."""
    return data.subset(train=EXAMPLES, test=TESTS)


def set_aside(data, held_out: int = HELD_OUT):
    """Return the data with the last training images in the place of the test images."""
    kept = {"x_train": data.x_train[:-held_out], "y_train": data.y_train[:-held_out]}
    return dataclasses.replace(data, **kept, x_test=data.x_train[-held_out:], y_test=data.y_train[-held_out:])


def best(runs) -> dict[str, float]:
    """Return for each kind of network the rate with the greatest mean accuracy."""
    scores = {name: sum(run["held_out_accuracy"] for run in runs if run["arm"] == name) for name in TRIALS}
    return {kind: max(TRIED, key=lambda rate: scores[f"{kind} {rate:g}"]) for kind in KINDS}


def _try_rate(name: str, data, *, seed: int) -> dict:
    numbers = train(TRIALS[name], data, seed=seed)[1]
    numbers["held_out_accuracy"] = numbers.pop("test_accuracy")
    return numbers


def _with_gradients(result: dict) -> dict:
    data = few(MODULES_AND_HEADS.load())
    seeds = sorted({run["seed"] for run in result["runs"]})
    return result | {"gradients": {s: {n: gradients(n, data, seed=s) for n in ("reduced", "heads")} for s in seeds}}


RECIPE = {"width": WIDTH, "batch_size": BATCH, "epochs": EPOCHS, "examples": EXAMPLES, "tests": TESTS}
MODULES_AND_HEADS = Experiment(
    name="inception_twin",
    question="Are reduced modules better than naive ones at equal work, and do auxiliary heads help?",
    variants=VARIANTS,
    seeds=SEEDS,
    dataset="cifar10",
    prepare=few,
    train=train,
    recipe=RECIPE,
    finish=_with_gradients,
)
CHANGED_RECIPE = dataclasses.replace(
    MODULES_AND_HEADS,
    name="inception_norm",
    question="Which change of recipe goes with batch norm in a narrow GoogLeNet, and which without?",
    variants=CHANGES,
    train=lambda name, data, *, seed: train(CHANGES[name], data, seed=seed),
    finish=lambda result: result,
)
LEARNING_RATES = dataclasses.replace(
    CHANGED_RECIPE,
    name="inception_rates",
    question="Which learning rate is best, on training images set aside?",
    variants=TRIALS,
    seeds=TRIAL_SEEDS,
    prepare=lambda whole: set_aside(whole.subset(train=EXAMPLES, test=1)),
    train=_try_rate,
    finish=lambda result: result | {"held_out": HELD_OUT, "best": best(result["runs"])},
)
