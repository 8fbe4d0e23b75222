"""Plain, naive and reduced modules on photographs, at three amounts of work: what do the 1×1 reductions buy?

A stem and three modules (3a, 4a and 5b of GoogLeNet's table) at 16×16, 8×8 and 4×4, three times: with the reduced
modules of figure 2b, with the naive ones of figure 2a, and plain, with two 3×3 convolutions for each module, so that as
many layers stand in a row as in the reduced network. The widths are chosen so that all three kinds have nearly the same
multiply-adds at each of three sizes. Batch norm everywhere, 20,000 images shrunk to 16×16 and mirrored at random, one
cycle of the rate. Each kind gets a rate of its own, chosen at the middle size in half the epochs on validation images,
from a grid in whose inside the best value lies. The test images are looked at once, after the last epoch of a run.

Reference: C. Szegedy et al., "Going deeper with convolutions", 2014, arXiv:1409.4842, figure 2.
"""

from typing import NamedTuple

import keras

from course_utils.models.googlenet import GOOGLENET_TABLE, Module, inception, naive_inception
from course_utils.models.inception_parts import Style, chain, max_pool, network, predictions
from course_utils.recipes.common import Parts, cifar, fit_one_cycle
from course_utils.recipes.experiment import Experiment, Job, Sweep
from course_utils.recipes.inception_fit import multiply_adds
from course_utils.recipes.resnet_race import halved
from course_utils.recipes.results import accepted

EPOCHS, TRIAL_EPOCHS, BATCH, EXAMPLES = 6, 3, 128, 20_000
SIZES = ("small", "middle", "large")
MODULES = {"3a": 256, "4a": 512, "5b": 1024}  # of table 1, and the channels that leave


class Kind(NamedTuple):
    """One kind of module, and its widths (shares of table 1's channels) at the three sizes."""

    label: str
    widths: tuple[float, float, float]


VARIANTS = {
    "plain": Kind("two 3×3 convolutions", (0.044, 0.065, 0.085)),
    "naive": Kind("naive module", (0.068, 0.102, 0.134)),
    "reduced": Kind("reduced module", (0.125, 0.1875, 0.25)),
}


def plain(x, row: Module, style: Style):
    """Two 3×3 convolutions. (N, H, W, C) → (N, H, W, channels that leave the module)."""
    return chain(x, style, f"plain_{row.name}", *[f"3x3 {MODULES[row.name]}"] * 2)


MAKERS = {"plain": plain, "naive": naive_inception, "reduced": inception}


def build(variant: str, size: str = "middle", *, input_shape=(16, 16, 3), classes: int = 10) -> keras.Model:
    """Return the network of a kind and a size, not compiled: (N, H, W, C) → (N, classes), probabilities."""
    kind = VARIANTS[accepted("variant", variant, VARIANTS)]
    width = kind.widths[SIZES.index(accepted("size", size, SIZES))]
    return assembled(MAKERS[variant], width, f"{variant}_{size}", input_shape=input_shape, classes=classes)


def assembled(maker, width: float, name: str, *, input_shape, classes: int = 10) -> keras.Model:
    """Return the stem and the three modules that a function such as `plain` makes, not compiled."""
    style = Style(width=width, gamma=True)
    x = inputs = keras.Input(input_shape, name="images")
    x = chain(x, style, "stem_conv", "3x3 192")
    for row in [row for row in GOOGLENET_TABLE if row.name in MODULES]:
        x = maker(x, row, style)
        x = x if row.name == "5b" else max_pool(x, f"pool_{row.name}", padding="same")
    return network(inputs, [predictions(x, classes, dropout=0)], name)


def train(
    variant: str,
    data: Parts,
    *,
    seed: int,
    rate: float,
    size: str = "middle",
    epochs: int = EPOCHS,
    progress: bool = True,
):
    """Train a kind at one size with one seed; return the model and its numbers.

    Args:
        variant: of `VARIANTS`.
        data: colour images, see `resnet_race.halved`.
        seed: of the initial weights, shuffling and mirror images.
        rate: greatest learning rate of Adam.
        size: of `SIZES`.
        epochs: passes over the training images.
        progress: show a bar.

    Returns:
        The model; and ``macs`` beside the numbers of `common.fit_one_cycle`.
    """
    keras.utils.set_random_seed(seed)
    return fitted(build(variant, size, input_shape=data.train[0].shape[1:]), data, seed, rate, epochs, progress)


def fitted(model: keras.Model, data: Parts, seed: int, rate: float, epochs: int, progress: bool):
    """Train a network as `train` does; return it and its numbers."""
    settings = {"rate": rate, "epochs": epochs, "seed": seed, "batch_size": BATCH, "progress": progress}
    settings["judged"] = ("validation", "test")
    return model, {"macs": multiply_adds(model)} | fit_one_cycle(model, data, **settings)


def trial(variant: str, data: Parts, **options):
    """Train as `train`, the middle size for half the epochs: to choose a rate."""
    return train(variant, data, epochs=TRIAL_EPOCHS, **options)


def every_size(variants, seeds) -> list[Job]:
    """Plan every kind at every size with every seed."""
    return [Job(name, seed, {"size": size}) for seed in seeds for size in SIZES for name in variants]


EXPERIMENT = Experiment(
    name="inception_modules",
    question="At equal work, do reduced modules read photographs better than naive ones, and than plain convolutions?",
    variants=VARIANTS,
    seeds=(0, 1, 2),
    train=train,
    dataset="cifar10",
    prepare=lambda data: halved(cifar(examples=EXAMPLES)(data)),
    recipe={"epochs": EPOCHS, "batch_size": BATCH, "examples": EXAMPLES, "trial_epochs": TRIAL_EPOCHS, "side": 16},
    plan=every_size,
    sweep=Sweep(values=(0.005, 0.01, 0.02), widen=2, train=trial),
)
