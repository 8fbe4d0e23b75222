"""Where does ReLU learn faster than tanh? A map: two depths × four conditions, on 20,000 images of CIFAR-10.

The paper's figure 1 says six times faster for four layers. Here a network of a 5×5 convolution with stride 2, some 3×3
convolutions of 32 filters at 8×8 and a dense layer reads photographs shrunk to 16×16. It is trained by gradient descent
with momentum 0.9, without any regularization, until 35 % of the training images are misread or for twelve epochs.
Every network has a rate of its own, the one with which it learns fastest in six epochs, tried with a seed that is not
used again.

Reference: A. Krizhevsky et al., "ImageNet classification with deep convolutional neural networks", 2012, section 3.1.
"""

import math
from typing import NamedTuple

import keras
import numpy as np

from course_utils import inspection, training
from course_utils.recipes.common import Clock, Parts, cifar
from course_utils.recipes.experiment import Experiment, Sweep
from course_utils.recipes.resnet_race import halved
from course_utils.recipes.results import accepted

WIDTH, BATCH, EPOCHS, TRIAL_EPOCHS, EXAMPLES, MOMENTUM = 32, 64, 12, 6, 20_000, 0.9
TARGET = 0.35  # training error
NOTHING = 0.85  # a training error that says that nothing was learned; guessing misreads 0.9
DEPTHS = (4, 8)  # layers with weights
SATURATED = 0.97  # tanh beyond it passes less than 6 % of a gradient on
LOOKED_AT = 200  # images for the shares of saturated values and silent units


class Condition(NamedTuple):
    """What surrounds the activation."""

    spread: float = 1.0  # of the initial weights, as a multiple of He's (ReLU) or Glorot's (tanh)
    scale: float = 64.0  # pixels are centred and divided by it; their deviation is about 64
    norm: bool = False  # batch norm before each activation


CONDITIONS = {
    "fitting weights": Condition(),
    "weights twice as large": Condition(spread=2.0),
    "pixels from -128 to 127": Condition(scale=1.0),
    "batch norm": Condition(norm=True),
}
RATES = {"relu": (0.003, 0.01, 0.03), "tanh": (0.003, 0.01, 0.03)}


class Network(NamedTuple):
    """One place on the map."""

    activation: str  # "relu" or "tanh"
    condition: str  # of `CONDITIONS`
    depth: int


VARIANTS = {
    f"{activation}, {condition}, {depth}": Network(activation, condition, depth)
    for depth in DEPTHS
    for condition in CONDITIONS
    for activation in RATES
}


def build(network: Network, *, input_shape=(16, 16, 3), classes: int = 10, width: int = WIDTH) -> keras.Model:
    """Return a network of the map, not compiled: raw pixels (N, H, W, C) → (N, classes), probabilities."""
    condition = CONDITIONS[network.condition]
    gain, mode = (2.0, "fan_in") if network.activation == "relu" else (1.0, "fan_avg")
    settings = {"scale": gain * condition.spread**2, "mode": mode, "distribution": "truncated_normal"}
    x = inputs = keras.Input(input_shape, name="images")
    x = keras.layers.Rescaling(1 / condition.scale, -128 / condition.scale, name="pixels")(x)
    for number in range(1, network.depth):
        side, strides = (5, 2) if number == 1 else (3, 1)
        draw = keras.initializers.VarianceScaling(**settings)
        x = keras.layers.Conv2D(
            width, side, strides=strides, padding="same", kernel_initializer=draw, name=f"conv{number}"
        )(x)
        if condition.norm:
            x = keras.layers.BatchNormalization(momentum=0.9, name=f"bn{number}")(x)
        x = keras.layers.Activation(network.activation, name=f"{network.activation}{number}")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    draw = keras.initializers.VarianceScaling(1.0, "fan_avg")
    outputs = keras.layers.Dense(classes, activation="softmax", kernel_initializer=draw, name="predictions")(x)
    return keras.Model(inputs, outputs, name="conditions")


class StopAtTarget(keras.callbacks.Callback):
    """Ends a training in the epoch whose training error falls to the target."""

    def on_epoch_end(self, epoch, logs=None):
        """Look."""
        if 1 - logs["accuracy"] <= TARGET or not math.isfinite(logs["loss"]):
            self.model.stop_training = True


def epochs_to_target(errors) -> float:
    """Return after how many epochs the training error is at the target, between two epochs by a straight line.

    Infinite where it never is. The first epoch's error counts as reached after one epoch.

    Example:
        >>> epochs_to_target([0.6, 0.45, 0.25])
        2.5
    """
    for epoch, error in enumerate(errors, start=1):
        if error <= TARGET:
            before = errors[epoch - 2] if epoch > 1 else error
            return epoch - (TARGET - error) / (before - error) if before > error else float(epoch)
    return math.inf


def fastest(runs: list[dict]) -> float:
    """Return the rate of the run that reached the target first; where none did, the one of the least last error.

    Runs that learned nothing are equal, and the smallest of their rates counts as the best.
    """

    def place(run: dict) -> tuple:
        error = run["errors"][-1]
        return run["epochs_to_target"] or math.inf, error if error < NOTHING else 1.0, run["rate"]

    return min(runs, key=place)["rate"]


def silent_share(model: keras.Model, images: np.ndarray, activation: str) -> list[float]:
    """Return, layer by layer, the share of what passes no gradient on, on some images.

    For tanh: of values beyond ±0.97. For ReLU: of units that are 0 for every image.
    """
    names = [layer.name for layer in model.layers if isinstance(layer, keras.layers.Activation)]
    maps = inspection.activations(model, images.astype("float32"), names)
    if activation == "tanh":
        return [round(float(np.mean(np.abs(maps[name]) > SATURATED)), 4) for name in names]
    return [round(float(np.mean(np.all(maps[name] <= 0, axis=0))), 4) for name in names]


def train(variant: str, data: Parts, *, seed: int, rate: float, epochs: int = EPOCHS, progress: bool = True):
    """Train a network of the map with one seed.

    Args:
        variant: of `VARIANTS`.
        data: `common.Parts` of colour images.
        seed: of the initial weights and of shuffling.
        rate: constant learning rate.
        epochs: most passes over the training images; the training ends where the target is reached.
        progress: show a bar.

    Returns:
        The trained model, and plain numbers: ``errors`` (training error of each epoch), ``epochs_to_target`` (None
        where it was not reached), ``silent_before, silent_after`` (see `silent_share`), ``seconds, processor_seconds``.
    """
    network = VARIANTS[accepted("variant", variant, VARIANTS)]
    keras.utils.set_random_seed(seed)
    model = build(network, input_shape=data.train[0].shape[1:])
    looked_at = data.train[0][:LOOKED_AT]
    before = silent_share(model, looked_at, network.activation)
    training.prepare(model, optimizer=keras.optimizers.SGD(rate, momentum=MOMENTUM))
    settings = {"epochs": epochs, "batch_size": BATCH, "seed": seed, "monitor": None, "progress": progress}
    with Clock() as clock:
        run = training.fit(model, data.train, callbacks=[StopAtTarget()], **settings)
    errors = [round(1 - value, 4) for value in run.history["accuracy"]]
    reached = epochs_to_target(errors)
    return model, {
        "errors": errors,
        "epochs_to_target": round(reached, 2) if math.isfinite(reached) else None,
        "silent_before": before,
        "silent_after": silent_share(model, looked_at, network.activation),
        **clock.numbers(),
    }


def trial(variant: str, data: Parts, **options):
    """Train as `train`, for half the epochs: to choose a rate."""
    return train(variant, data, epochs=TRIAL_EPOCHS, **options)


EXPERIMENT = Experiment(
    name="alexnet_conditions",
    question="At which depth, initial weights, pixels and with or without batch norm does ReLU learn faster than tanh?",
    variants=VARIANTS,
    seeds=(0, 1, 2),
    dataset="cifar10",
    prepare=lambda data: halved(cifar(examples=EXAMPLES, validation=10, tests=10)(data)),
    train=train,
    recipe={
        "width": WIDTH,
        "batch_size": BATCH,
        "epochs": EPOCHS,
        "trial_epochs": TRIAL_EPOCHS,
        "examples": EXAMPLES,
        "side": 16,
        "momentum": MOMENTUM,
        "target": TARGET,
    },
    sweep=Sweep(
        {name: RATES[network.activation] for name, network in VARIANTS.items()}, best=fastest, widen=8, train=trial
    ),
)
