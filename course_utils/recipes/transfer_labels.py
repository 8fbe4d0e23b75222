"""When does transfer help? Odd or even from 50 to 55,000 labelled digits, from scratch and from borrowed weights.

Three sources are compared, since it matters what a base was trained to tell:

- ``digits``: trained on all ten digits. Its labels give the parity away.
- ``pairs``: trained on the same images with the labels 0-1, 2-3, 4-5, 6-7, 8-9. Every pair has an even and an odd
  digit, so its labels say nothing of the parity; what helps are the features of strokes alone.
- ``random``: initial weights, never trained. What is left when nothing was learnt.

Every training has about the same number of steps, 860 to 1,040. Learning rates were chosen on the validation digits
of a seed that is not among those measured; the test set is looked at once, at the end.
"""

import math
from typing import NamedTuple

import keras
import numpy as np

from course_utils import training
from course_utils.recipes.experiment import Experiment, Job
from course_utils.recipes.transfer_parity import (
    base,
    halves,
    hidden_features,
    new_head,
    parity,
    pixels,
    probabilities,
    summed,
)
from course_utils.validation import one_of, whole_number

COUNTS = (50, 200, 1_000, 5_000, 55_000)  # labelled digits
SEEDS = (0, 1, 2, 3, 4)
BATCH, EPOCH, EXAMPLES = 128, 5_120, 128_000  # an epoch of few labels repeats them; examples seen by any training
BASE_RATE, BASE_EPOCHS = 0.001, 4


class Variant(NamedTuple):
    """One contestant: which weights it starts from, which it trains, at which rate of Adam."""

    label: str
    source: str | None
    trained: str
    rate: float


VARIANTS = {
    "scratch": Variant("from scratch", None, "all", 0.001),
    "digits_frozen": Variant("knows digits, frozen", "digits", "head", 0.003),
    "digits_tuned": Variant("knows digits, fine-tuned", "digits", "all", 0.001),
    "pairs_frozen": Variant("knows pairs, frozen", "pairs", "head", 0.003),
    "pairs_tuned": Variant("knows pairs, fine-tuned", "pairs", "all", 0.001),
    "random_frozen": Variant("knows nothing, frozen", "random", "head", 0.003),
}


def pairs(labels) -> np.ndarray:
    """Return 0 for the digits 0 and 1, 1 for 2 and 3, and so on: labels that say nothing of odd or even."""
    return np.asarray(labels, "int32") // 2


def source(name: str, data, *, seed: int, progress: bool = True) -> keras.Model:
    """Return the base ``"digits"``, ``"pairs"`` or ``"random"``, trained on the training digits of `halves`."""
    one_of("name", name, ("digits", "pairs", "random"))
    model = base(seed=seed + 100, classes=5 if name == "pairs" else 10)
    if name == "random":
        return model
    (x, y), _ = halves(data)
    labels = pairs(y) if name == "pairs" else y.astype("int32")
    training.prepare(model, optimizer=keras.optimizers.Adam(BASE_RATE))
    epochs = max(BASE_EPOCHS, round(BASE_EPOCHS * EPOCH / len(x)))
    settings = {"epochs": epochs, "batch_size": BATCH, "seed": seed, "transform": pixels, "progress": progress}
    training.fit(model, (x[..., None], labels), **settings)
    return model


def drawn(labels, count: int, *, seed: int) -> np.ndarray:
    """Return the numbers of ``count`` labelled digits, drawn evenly from the ten classes as far as they last."""
    count = min(whole_number("count", count), len(labels))
    order = np.random.default_rng([seed, count]).permutation(len(labels))
    rank = np.empty(len(labels), int)
    for digit in range(10):
        of_it = order[np.asarray(labels)[order] == digit]
        rank[of_it] = np.arange(len(of_it))
    return order[np.argsort(rank[order], kind="stable")[:count]]


class Schedule(NamedTuple):
    """How long a training of some labels is: their repeats within an epoch, the epochs, and the steps in all."""

    repeats: int
    epochs: int
    steps: int


def schedule(count: int) -> Schedule:
    """Return the schedule of ``count`` labels: about `EXAMPLES` images seen, in batches of `BATCH`."""
    repeats = max(1, EPOCH // count)
    epochs = max(1, round(EXAMPLES / (repeats * count)))
    return Schedule(repeats, epochs, epochs * math.ceil(repeats * count / BATCH))


def train(name: str, sources: dict, data, *, count: int, seed: int, rate: float | None = None, progress: bool = True):
    """Train one variant on ``count`` labelled digits, from its base in ``sources`` (see `source`), left untouched.

    Returns:
        Plain numbers: ``arm, count, seed, validation_error, test_error``.
    """
    variant = VARIANTS[one_of("name", name, VARIANTS)]
    keras.utils.clear_session()  # memory: forget the networks of earlier calls
    (x, y), (x_held, y_held) = halves(data)
    at = drawn(y, count, seed=seed)
    repeats, epochs, _ = schedule(len(at))
    origin = sources[variant.source] if variant.source else base(seed=seed + 500)
    model, seen = _network_and_inputs(variant, origin, (x[at], x_held, data.x_test), seed)
    training.prepare(model, optimizer=keras.optimizers.Adam(rate or variant.rate))
    pair = np.concatenate([seen[0]] * repeats), np.tile(parity(y[at]), repeats)
    settings = {"epochs": epochs, "batch_size": BATCH, "seed": seed, "progress": progress}
    training.fit(model, pair, transform=None if variant.trained == "head" else pixels, **settings)
    numbers = {"arm": name, "count": int(count), "seed": int(seed)}
    for part, images, labels in (("validation", seen[1], y_held), ("test", seen[2], data.y_test)):
        said = np.asarray(model(images)) if variant.trained == "head" else probabilities(model, images[..., 0])
        numbers[f"{part}_error"] = round(float(np.mean(said.argmax(axis=1) != parity(labels))), 5)
    return numbers


def _network_and_inputs(variant: Variant, origin: keras.Model, images, seed: int):
    """Return what is trained and what it reads: the whole network and pixels, or the head and features."""
    model = new_head(origin, trained=variant.trained, seed=seed)
    if variant.trained == "all":
        return model, [part[..., None] for part in images]
    features = [hidden_features(origin, part) for part in images]
    inputs = keras.Input(features[0].shape[1:])
    return keras.Model(inputs, model.get_layer("head")(inputs)), features


def summed_error(model: keras.Model, data) -> float:
    """Return the test error of the base's summed probabilities of the even digits: no label of odd or even at all."""
    said = summed(probabilities(model, data.x_test)) > 0.5
    return round(float(np.mean(said != parity(data.y_test))), 5)


def _train(name: str, data, *, seed: int, shared: dict, count: int = 0):
    """Train a variant, or look at what the base that knows digits tells of odd and even untrained."""
    if name == "untrained":
        return {"summed_error": summed_error(shared["digits"], data)}
    return train(name, shared, data, count=count, seed=seed)


def _plan(names, seeds) -> list[Job]:
    jobs = []
    for seed in seeds:
        jobs += [Job("untrained", seed)] if "untrained" in names else []
        jobs += [Job(n, seed, {"count": count}) for count in COUNTS for n in names if n != "untrained"]
    return jobs


def _stored(result: dict) -> dict:
    runs, result["arms"] = (
        result["runs"],
        {name: variant for name, variant in result["arms"].items() if name in VARIANTS},
    )
    untrained = [{key: run[key] for key in ("seed", "summed_error")} for run in runs if run["arm"] == "untrained"]
    return result | {"counts": COUNTS, "untrained": untrained, "runs": [run for run in runs if run["arm"] in VARIANTS]}


EXPERIMENT = Experiment(
    name="transfer_labels",
    question="From how many labels on is borrowed knowledge no longer worth having?",
    variants={"untrained": "no training, the digits' probabilities summed"} | VARIANTS,
    seeds=SEEDS,
    dataset="mnist",
    shared=lambda data, job: {name: source(name, data, seed=job.seed) for name in ("digits", "pairs", "random")},
    train=_train,
    plan=_plan,
    finish=_stored,
)
