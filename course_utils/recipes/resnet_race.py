"""Plain against residual networks on photographs, 20 and 56 layers: does depth hurt, and do shortcuts cure it?

The paper's networks for CIFAR-10 (6n+2 layers, option A) at half their width, on 20,000 images shrunk to 16×16 and
mirrored at random, ten epochs in one cycle of the rate, which rises for the first three. Every network gets a rate of
its own, chosen in five epochs on validation images from a grid in whose inside the best value lies. Training accuracy
is the question: a deeper network that fits its *training* images worse is not overfitted, it is hard to train.

Reference: K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", 2015, arXiv:1512.03385,
section 4.2 and figure 6.
"""

from typing import NamedTuple

import keras
import numpy as np

from course_utils.models import resnet_cifar
from course_utils.recipes.common import Parts, cifar, fit_one_cycle
from course_utils.recipes.experiment import Experiment, Sweep
from course_utils.recipes.results import accepted

WIDTH, EPOCHS, TRIAL_EPOCHS, BATCH, EXAMPLES, MOMENTUM = 0.5, 10, 5, 128, 20_000, 0.9


class Network(NamedTuple):
    """One network of the race."""

    depth: int  # layers with weights, 6n+2
    residual: bool


VARIANTS = {
    "plain-20": Network(20, False),
    "residual-20": Network(20, True),
    "plain-56": Network(56, False),
    "residual-56": Network(56, True),
}


def halved(parts: Parts) -> Parts:
    """Return uint8 photographs (N, H, W, C) at half their side: means of 2×2 pixels, rounded."""

    def shrunk(images: np.ndarray) -> np.ndarray:
        count, height, width, channels = images.shape
        blocks = images.reshape(count, height // 2, 2, width // 2, 2, channels)
        return np.rint(blocks.mean(axis=(2, 4), dtype="float32")).astype("uint8")

    return Parts(*((shrunk(images), labels) for images, labels in parts))


def sgd(rate) -> keras.optimizers.Optimizer:
    """Return the paper's optimizer: gradient descent with momentum 0.9 (without its weight decay of 0.0001)."""
    return keras.optimizers.SGD(rate, momentum=MOMENTUM)


def train(variant: str, data: Parts, *, seed: int, rate: float, epochs: int = EPOCHS, progress: bool = True):
    """Train a network with one seed; return the model and its numbers, see `common.fit_one_cycle`.

    Args:
        variant: of `VARIANTS`.
        data: colour images, see `halved`.
        seed: of the initial weights, shuffling and mirror images.
        rate: greatest learning rate.
        epochs: passes over the training images.
        progress: show a bar.
    """
    network = VARIANTS[accepted("variant", variant, VARIANTS)]
    keras.utils.set_random_seed(seed)
    shape = data.train[0].shape[1:]
    model = resnet_cifar(n=(network.depth - 2) // 6, residual=network.residual, input_shape=shape, width=WIDTH)
    settings = {"rate": rate, "epochs": epochs, "seed": seed, "batch_size": BATCH, "optimizer": sgd}
    return model, fit_one_cycle(model, data, progress=progress, **settings)


def trial(variant: str, data: Parts, **options):
    """Train as `train`, for half the epochs: to choose a rate."""
    return train(variant, data, epochs=TRIAL_EPOCHS, **options)


EXPERIMENT = Experiment(
    name="resnet_race",
    question="Do deeper plain networks fit photographs worse, and do deeper residual ones fit them better?",
    variants=VARIANTS,
    seeds=(0, 1, 2),
    train=train,
    dataset="cifar10",
    prepare=lambda data: halved(cifar(examples=EXAMPLES)(data)),
    recipe={"width": WIDTH, "epochs": EPOCHS, "batch_size": BATCH, "examples": EXAMPLES, "momentum": MOMENTUM}
    | {"trial_epochs": TRIAL_EPOCHS, "side": 16},
    sweep=Sweep(values=(0.03, 0.1, 0.3), widen=2, train=trial),
)
