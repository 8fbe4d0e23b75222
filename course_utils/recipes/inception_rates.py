"""Which learning rate is best for the twin of reduced modules, of naive ones, and with batch norm?

Chosen on 1,000 training images set aside: the other measurements of the twin take the rates that are best here. The
seeds are none of those that are measured afterwards.
"""

import dataclasses

from course_utils.recipes.experiment import Experiment
from course_utils.recipes.inception_twin import EXAMPLES, RECIPE, Arm, train_arm

RATES = (0.002, 0.006, 0.02, 0.06)
KINDS = {"reduced": {}, "naive": {"reduce": False}, "norm": {"batch_norm": True}}
ARMS = {f"{kind} {rate:g}": Arm(kind, rate, **parts) for kind, parts in KINDS.items() for rate in RATES}
HELD_OUT = 1_000
SEEDS = (10, 11)


def set_aside(data, held_out: int = HELD_OUT):
    """Return the data with the last training images in the place of the test images."""
    return dataclasses.replace(
        data,
        x_train=data.x_train[:-held_out],
        y_train=data.y_train[:-held_out],
        x_test=data.x_train[-held_out:],
        y_test=data.y_train[-held_out:],
    )


def best(runs) -> dict[str, float]:
    """Return for each kind of twin the rate with the greatest mean accuracy."""
    scores = {name: sum(run["held_out_accuracy"] for run in runs if run["arm"] == name) for name in ARMS}
    return {kind: max(RATES, key=lambda rate: scores[f"{kind} {rate:g}"]) for kind in KINDS}


def train(name: str, data, *, seed: int):
    """Train one kind of network at one rate; return the model and its numbers, see `inception_fit.fit`."""
    model, numbers = train_arm(ARMS[name], data, seed=seed)
    numbers["held_out_accuracy"] = numbers.pop("test_accuracy")
    return model, numbers


EXPERIMENT = Experiment(
    name="inception_rates",
    question="Which learning rate is best, on training images set aside?",
    variants=ARMS,
    seeds=SEEDS,
    dataset="cifar10",
    prepare=lambda whole: set_aside(whole.subset(train=EXAMPLES, test=1)),
    train=train,
    recipe=RECIPE,
    finish=lambda result: result | {"held_out": HELD_OUT, "best": best(result["runs"])},
)
