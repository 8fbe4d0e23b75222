"""Cats and dogs of CIFAR-10: a plain stack of four convolutions beside a small GoogLeNet, same data, same budget.

The stack is that of a well-known beginners' program for larger photographs (32, 64, 128 and 128 filters, pools, a dense
layer of 512, dropout 50%), padded so that it fits 32×32 pixels. Each network's rate is the best of three on training
images set aside.
"""

import dataclasses

import keras
import numpy as np
from keras import layers

from course_utils.recipes.experiment import Experiment, Sweep
from course_utils.recipes.inception_fit import fit
from course_utils.recipes.inception_small import set_aside, small_googlenet
from course_utils.validation import one_of

CLASSES = (3, 5)  # cat, dog
MODULES = ("3a", "3b", "4a", "5b")
EXAMPLES, TESTS, EPOCHS = 3_000, 2_000, 5
RATES = {"stack": 0.003, "googlenet": 0.01}  # the best of `TRIED`
TRIED = {"stack": (0.001, 0.003, 0.01), "googlenet": (0.003, 0.01, 0.03)}
HELD_OUT, SEARCH_SEED = 1_000, 10
SEEDS = (0, 1, 2)


def two_classes(data, *, train: int | None = EXAMPLES, test: int | None = TESTS):
    """Return the data set with two classes alone, called 0 and 1."""
    kept, classes = {}, np.array(CLASSES)
    for part in ("train", "test"):
        images, labels = getattr(data, f"x_{part}"), getattr(data, f"y_{part}")
        chosen = np.isin(labels, classes)
        kept |= {f"x_{part}": images[chosen], f"y_{part}": (labels[chosen] == classes[1]).astype("uint8")}
    names = tuple(data.class_names[number] for number in CLASSES)
    return dataclasses.replace(data, class_names=names, **kept).subset(train=train, test=test)


def stack(*, input_shape=(32, 32, 3), classes: int = 2) -> keras.Model:
    """Return four convolutions, each followed by a pool, and two dense layers.

    Input (N, H, W, C) → output (N, classes), probabilities.
    """
    x = inputs = keras.Input(input_shape, name="input")
    for number, filters in enumerate((32, 64, 128, 128), start=1):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"conv{number}")(x)
        x = layers.MaxPooling2D(2, name=f"pool{number}")(x)
    x = layers.Dropout(0.5, name="dropout")(layers.Flatten(name="flatten")(x))
    x = layers.Dense(512, activation="relu", name="fc")(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax", name="predictions")(x), name="stack")


def train(name: str, data, *, seed: int, epochs: int = EPOCHS, rate: float | None = None, progress: bool = True):
    """Train one of the two networks with one seed; return it and its numbers, see `inception_fit.fit`."""
    rate = RATES[one_of("name", name, RATES)] if rate is None else rate
    keras.utils.set_random_seed(seed)
    shape = {"input_shape": data.image_shape, "classes": len(data.class_names)}
    model = stack(**shape) if name == "stack" else small_googlenet(batch_norm=True, modules=MODULES, **shape)
    numbers = fit(model, data, seed=seed, epochs=epochs, rate=rate, progress=progress)
    return model, {"arm": name, "seed": seed, "rate": rate} | numbers


def try_rate(name: str, data, *, seed: int, rate: float) -> dict:
    """Return the accuracy of a network at a rate on training images set aside."""
    numbers = train(name, set_aside(data, HELD_OUT), seed=seed, rate=rate)[1]
    return {"arm": name, "rate": rate, "validation_accuracy": numbers["test_accuracy"]}


def _stored(result: dict) -> dict:
    trials = [(trial["arm"], trial["rate"], trial["validation_accuracy"]) for trial in result.pop("trials")]
    names = ("arm", "rate", "held_out_accuracy")
    return result | {"search": [dict(zip(names, trial, strict=True)) for trial in trials]}


EXPERIMENT = Experiment(
    name="inception_cats",
    question="Cats and dogs: a plain stack beside a small GoogLeNet, same images, same epochs.",
    variants=RATES,
    seeds=SEEDS,
    dataset="cifar10",
    prepare=two_classes,
    train=train,
    recipe={"epochs": EPOCHS, "examples": EXAMPLES, "tests": TESTS, "classes": ("cat", "dog")},
    sweep=Sweep(TRIED, seeds=(SEARCH_SEED,), train=try_rate),
    finish=_stored,
)
