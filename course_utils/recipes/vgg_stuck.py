"""The VGG-16 that never leaves ln 17, and what restores learning: a common recipe, fixed one thing at a time.

VGG-16 is often trained from scratch on 17 kinds of flowers with Glorot's initial weights, Adam at 0.001, batches of 64,
no dropout, and pixels that are divided by 255 twice. Here are the same network at an eighth of the width and 32×32
pixels, the same recipe, and four fixes. Every variant is trained with pixels divided twice and once. All have as many
epochs, and nothing is chosen by the images held out.
"""

from typing import NamedTuple

import keras
import numpy as np

from course_utils import datasets, training
from course_utils.models.vgg import vgg
from course_utils.recipes.common import Clock, rounded
from course_utils.recipes.common import probabilities as answers_of
from course_utils.recipes.experiment import Experiment, Job
from course_utils.validation import one_of

SIDE, WIDTH, BATCH, EPOCHS, RATE = 32, 1 / 8, 64, 16, 0.001
SEEDS = (0, 1, 2)
SCALES = {"twice": 1 / 255**2, "once": 1 / 255}
COPIED = ("block1_conv1", "block2_conv1", "block3_conv1", "block3_conv2", "fc1", "fc2", "predictions")


class Variant(NamedTuple):
    """One way to train configuration D."""

    label: str
    initializer: str
    batch_norm: bool
    peak: float | None  # of a rate that rises for a third of the steps, with SGD and momentum; None: Adam at `RATE`
    shallow_first: int  # epochs of configuration A, whose layers D then takes over


VARIANTS = {
    "notes": Variant("as in the notes", "glorot_uniform", False, None, 0),
    "he": Variant("He's first weights", "he_normal", False, None, 0),
    "batch_norm": Variant("batch norm", "glorot_uniform", True, None, 0),
    "warm_up": Variant("SGD with warm-up", "glorot_uniform", False, 0.1, 0),
    "he_warm_up": Variant("He's, SGD with warm-up", "he_normal", False, 0.02, 0),
    "shallow_first": Variant("A first, layers copied", "glorot_uniform", False, None, 8),
}


def flowers(side: int = SIDE) -> datasets.ImageDataset:
    """Return the flowers as arrays of ``side``×``side`` pixels; the test part is the one of `load_folder`."""
    folder = datasets.load_folder("flowers17", quiet=True)
    arrays = [array for part in ("train", "test") for array in folder.part(part).arrays(side)]
    kept = {name: getattr(folder, name) for name in ("name", "source", "stand_in", "citation", "licence")}
    return datasets.ImageDataset(*arrays, folder.class_names, **kept)


def build(variant: Variant, *, classes: int, seed: int, steps: int, config: str = "D", side: int = SIDE) -> keras.Model:
    """Return the scaled-down network with initial weights drawn from ``seed``, compiled for ``steps`` steps."""
    keras.utils.set_random_seed(seed)
    settings = {"dropout": 0.0, "batch_norm": variant.batch_norm, "kernel_initializer": variant.initializer}
    model = vgg(config, input_shape=(side, side, 3), classes=classes, width=WIDTH, **settings)
    optimizer = keras.optimizers.Adam(RATE)
    if variant.peak:
        optimizer = keras.optimizers.SGD(training.OneCycle(peak=variant.peak, steps=steps), momentum=0.9)
    training.prepare(model, optimizer=optimizer)
    return model


def copy_layers(shallow: keras.Model, deep: keras.Model) -> int:
    """Give a deeper configuration the first four convolutions and the dense layers of A; return how many were copied.

    Reference: K. Simonyan, A. Zisserman, 2014, arXiv:1409.1556, section 3.1.
    """
    for name in COPIED:
        deep.get_layer(name).set_weights(shallow.get_layer(name).get_weights())
    return len(COPIED)


def probabilities(model, images: np.ndarray, scale: float) -> np.ndarray:
    """Return the answers (N, classes) to uint8 images."""
    return answers_of(model, images, transform=lambda batch: batch.astype("float32") * scale)


def train(name: str, data, *, seed: int, pixels: str = "twice", epochs: int = EPOCHS, progress: bool = True):
    """Train one variant with one seed, on pixels divided by 255 ``"twice"`` or ``"once"``.

    ``epochs`` are passes over the training images, those of configuration A included.

    Returns:
        The model, and plain numbers: ``arm, pixels, seed, loss, accuracy`` (training, one an epoch),
        ``test_accuracy, answers`` (different classes among the answers to the test images), ``seconds``,
        ``processor_seconds``.
    """
    variant, scale = VARIANTS[one_of("name", name, VARIANTS)], SCALES[one_of("pixels", pixels, SCALES)]
    pair, classes = (data.x_train, data.y_train.astype("int32")), len(data.class_names)
    first = min(variant.shallow_first, epochs // 2)
    clock, history = Clock(), []
    settings = {"batch_size": BATCH, "seed": seed, "progress": progress}
    settings["transform"] = lambda images: keras.ops.cast(images, "float32") * scale
    sizes = {"classes": classes, "seed": seed, "side": data.image_shape[0]}
    steps = -(-len(pair[0]) // BATCH)
    if first:
        shallow = build(variant, config="A", steps=steps * first, **sizes)
        history.append(training.fit(shallow, pair, epochs=first, **settings).history)
    model = build(variant, steps=steps * (epochs - first), **sizes)
    if first:
        copy_layers(shallow, model)
    history.append(training.fit(model, pair, epochs=epochs - first, **settings).history)
    found = probabilities(model, data.x_test, scale).argmax(axis=1)
    return model, {
        "arm": name,
        "pixels": pixels,
        "seed": seed,
        **rounded({key: [value for part in history for value in part[key]] for key in ("loss", "accuracy")}),
        "test_accuracy": round(float(np.mean(found == data.y_test)), 5),
        "answers": len(np.unique(found)),
        **clock.numbers(),
    }


EXPERIMENT = Experiment(
    name="vgg_stuck",
    question="What keeps VGG-16 at the loss of guessing, which of four fixes restores learning, and how fast?",
    variants=VARIANTS,
    seeds=SEEDS,
    dataset=flowers,
    train=train,
    recipe={"side": SIDE, "width": WIDTH, "batch_size": BATCH, "epochs": EPOCHS, "rate": RATE},
    plan=lambda names, seeds: [Job(name, s, {"pixels": pixels}) for s in seeds for pixels in SCALES for name in names],
    finish=lambda result: result | {"scales": SCALES},
)
