"""Which kernels of LeNet-5 must be learned: those of C1, those of C3, or both?

Today's LeNet-5 on MNIST. C1 is drawn by hand, drawn at random, or learned; C3 is random or learned, and so is the
dense C5, as a control. What is not learned is frozen with its biases; F6 and the output always learn. The rate is
chosen for each variant on validation images; the test images are read once, after the last epoch.
"""

from typing import NamedTuple

import keras
import numpy as np

from course_utils.models.lenet import lenet5
from course_utils.recipes import common
from course_utils.recipes.experiment import Experiment, Sweep
from course_utils.validation import one_of

EPOCHS, BATCH, SEEDS = 4, 128, (0, 1, 2, 3, 4)
RATES = (0.001, 0.002, 0.004, 0.008)
VALIDATION = 5_000


class Variant(NamedTuple):
    """Where the kernels of the two convolutions and the weights of C5 come from."""

    label: str
    c1: str  # "learned", "hand" or "random"
    c3: str  # "learned" or "random"
    c5: str = "learned"  # or "random"


VARIANTS = {
    "learned": Variant("C1 learned, C3 learned", "learned", "learned"),
    "hand": Variant("C1 by hand, C3 learned", "hand", "learned"),
    "random": Variant("C1 random, C3 learned", "random", "learned"),
    "learned_random": Variant("C1 learned, C3 random", "learned", "random"),
    "hand_random": Variant("C1 by hand, C3 random", "hand", "random"),
    "dense_random": Variant("C1 and C3 learned, C5 random", "learned", "learned", "random"),
}


def hand_made() -> np.ndarray:
    """Return six kernels drawn by hand, (5, 5, 1, 6): a blob, a dot, edges in four directions; each of length 1.

    Example:
        >>> hand_made().shape
        (5, 5, 1, 6)
    """
    down, right = np.mgrid[-2:3, -2:3]
    blob = np.exp(-(down**2 + right**2) / 2)
    dot = blob * (2 - down**2 - right**2)
    drawn = [blob, dot, *(blob * slope for slope in (right, down, right + down, right - down))]
    return np.stack([kernel / np.linalg.norm(kernel) for kernel in drawn], axis=-1)[:, :, None].astype("float32")


def random_kernels(seed: int) -> np.ndarray:
    """Return six kernels of normal noise, (5, 5, 1, 6), each of length 1."""
    drawn = np.random.default_rng([seed, 6]).normal(size=(5, 5, 1, 6))
    return (drawn / np.linalg.norm(drawn, axis=(0, 1), keepdims=True)).astype("float32")


def build(name: str, *, seed: int) -> keras.Model:
    """Return the network of a variant for images from 0 to 1, its chosen kernels in place and frozen."""
    variant = VARIANTS[one_of("name", name, VARIANTS)]
    keras.utils.set_random_seed(seed)
    model = lenet5()
    if variant.c1 != "learned":
        kernels = hand_made() if variant.c1 == "hand" else random_kernels(seed)
        model.get_layer("C1").set_weights([kernels, np.zeros(6)])
    model.get_layer("C1").trainable = variant.c1 == "learned"
    model.get_layer("C3").trainable = variant.c3 == "learned"
    model.get_layer("C5").trainable = variant.c5 == "learned"
    return model


def scaled(images):
    """Return a batch of uint8 images (N, 28, 28) as numbers from 0 to 1, (N, 28, 28, 1)."""
    return keras.ops.cast(images, "float32")[..., None] / 255


def parts(data) -> common.Parts:
    """Split MNIST, or its stand-in, into images to train on, to choose on and to judge by."""
    pairs = (*data.split(min(VALIDATION, len(data.x_train) // 12)), (data.x_test, data.y_test))
    return common.Parts(*((images, labels.astype("int32")) for images, labels in pairs))


def train(name: str, data: common.Parts, *, seed: int, rate: float, epochs: int = EPOCHS, progress: bool = True):
    """Train one variant with one seed; return the model and its plain numbers, see `common.fit_one_cycle`."""
    return fitted(build(name, seed=seed), name, data, seed=seed, rate=rate, epochs=epochs, progress=progress)


def fitted(model: keras.Model, name: str, data: common.Parts, *, seed: int, rate: float, epochs: int, progress: bool):
    """Train a network that is built, for this experiment or for `lenet_drawn`; return what `train` returns."""
    settings = {"rate": rate, "epochs": epochs, "batch_size": BATCH, "transform": scaled, "mirror": False}
    numbers = common.fit_one_cycle(model, data, seed=seed, progress=progress, **settings)
    return model, {"arm": name, "seed": seed, "rate": rate} | numbers


EXPERIMENT = Experiment(
    name="lenet_kernels",
    question="Which kernels of LeNet-5 must be learned?",
    variants=VARIANTS,
    seeds=SEEDS,
    dataset="mnist",
    prepare=parts,
    train=train,
    recipe={"epochs": EPOCHS, "batch_size": BATCH},
    sweep=Sweep(RATES, widen=2),
)
