"""What of a reduced module pays? The same filters without the reductions; and one kernel in place of three.

Networks, photographs and training are those of `inception_modules` at its middle size. "whole" has every filter of
"reduced", the 1×1 after the pool among them, but its 3×3 and 5×5 read all maps: what does reducing cost in accuracy?
"single" has a reduction to a quarter and one 3×3 for each module, made as wide as the same work allows: what do three
kernels and a pool side by side bring? Each kind gets a rate of its own on validation photographs.

Reference: C. Szegedy et al., "Going deeper with convolutions", 2014, arXiv:1409.4842, figure 2.
"""

from functools import partial

import keras

from course_utils.models.googlenet import Module, inception
from course_utils.models.inception_parts import Style, chain
from course_utils.recipes import inception_modules as race
from course_utils.recipes.common import Parts, cifar
from course_utils.recipes.experiment import Experiment, Sweep
from course_utils.recipes.resnet_race import halved
from course_utils.recipes.results import accepted

WIDTH = race.VARIANTS["reduced"].widths[1]


def single(x, row: Module, style: Style):
    """A 1×1 to a quarter of the channels that leave, then one 3×3.

    (N, H, W, C) → (N, H, W, channels that leave).
    """
    leave = race.MODULES[row.name]
    return chain(x, style, f"single_{row.name}", f"1x1 {leave // 4}", f"3x3 {leave}")


VARIANTS = {
    "reduced": {"label": "GoogLeNet's module", "width": WIDTH},
    "whole": {"label": "the same filters, no reductions", "width": WIDTH},
    "single": {"label": "one 3×3 after a reduction, equal work", "width": 0.155},
}
MAKERS = {"reduced": inception, "whole": partial(inception, reduce=False, project=True), "single": single}


def build(variant: str, *, input_shape=(16, 16, 3), classes: int = 10) -> keras.Model:
    """Return the network of a kind, not compiled: (N, H, W, C) → (N, classes), probabilities."""
    width = VARIANTS[accepted("variant", variant, VARIANTS)]["width"]
    return race.assembled(MAKERS[variant], width, variant, input_shape=input_shape, classes=classes)


def train(
    variant: str, data: Parts, *, seed: int, rate: float, epochs: int = race.EPOCHS, progress: bool = True
) -> tuple[keras.Model, dict]:
    """Train a kind with one seed; return the model and its numbers, see `inception_modules.train`."""
    keras.utils.set_random_seed(seed)
    model = build(variant, input_shape=data.train[0].shape[1:])
    return race.fitted(model, data, seed, rate, epochs, progress)


def trial(variant: str, data: Parts, **options):
    """Train as `train`, for half the epochs: to choose a rate."""
    return train(variant, data, epochs=race.TRIAL_EPOCHS, **options)


EXPERIMENT = Experiment(
    name="inception_reductions",
    question="At the same filters, what does a reduction cost? At equal work, what do three kernels bring over one?",
    variants=VARIANTS,
    seeds=(0, 1, 2, 3, 4),
    train=train,
    dataset="cifar10",
    prepare=lambda data: halved(cifar(examples=race.EXAMPLES)(data)),
    recipe={"epochs": race.EPOCHS, "batch_size": race.BATCH, "examples": race.EXAMPLES}
    | {"trial_epochs": race.TRIAL_EPOCHS, "side": 16},
    sweep=Sweep(values=(0.01, 0.02, 0.04), widen=2, train=trial),
)
