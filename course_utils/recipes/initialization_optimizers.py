"""First weights × optimizer × depth: does the variance of the draw still decide when the optimizer may choose its rate?

Chains of 2 to 30 equal ReLU layers of 64 units on 20,000 digits, eight epochs at a constant rate. Glorot and He are
drawn from the same family (uniform) and differ by the variance alone. Each network (optimizer, draw, depth) has a rate
of its own, chosen on validation images from a grid that is widened while the best value is at its edge. The test images
are looked at once, after the last epoch of each run of the experiment proper.

A network that learns at no rate tried answers 11 % whatever the rate: its choice is then a tie, and it may stand at the
edge of its grid.

Reference: K. He et al., "Delving deep into rectifiers", 2015, arXiv:1502.01852, section 2.2 (30 layers, figure 3).
"""

from typing import NamedTuple

import keras

from course_utils import training
from course_utils.recipes.common import Clock, Parts, accuracy, cifar, rounded
from course_utils.recipes.experiment import Experiment, Sweep
from course_utils.recipes.results import accepted

WIDTH, BATCH, EPOCHS, EXAMPLES, CLASSES = 64, 64, 8, 20_000, 10
DEPTHS = (2, 5, 10, 20, 30)
RULES = {"Glorot": "glorot_uniform", "He": "he_uniform"}
OPTIMIZERS = {
    "SGD": (keras.optimizers.SGD, {}, (0.01, 0.03, 0.1)),
    "momentum": (keras.optimizers.SGD, {"momentum": 0.9}, (0.003, 0.01, 0.03)),
    "Adam": (keras.optimizers.Adam, {}, (0.0003, 0.001, 0.003)),
    "SGD, batch norm": (keras.optimizers.SGD, {}, (0.03, 0.1, 0.3)),
}


class Chain(NamedTuple):
    """One network and its optimizer."""

    optimizer: str  # of `OPTIMIZERS`
    rule: str  # of `RULES`
    depth: int  # hidden layers


VARIANTS = {
    f"{optimizer}, {rule}, {depth}": Chain(optimizer, rule, depth)
    for depth in DEPTHS
    for optimizer in OPTIMIZERS
    for rule in RULES
}


def build(chain: Chain, *, input_shape=(28, 28), width: int = WIDTH) -> keras.Model:
    """Return the network of a chain, not compiled: (N, H, W) → (N, 10), probabilities."""
    norm = chain.optimizer.endswith("batch norm")
    x = inputs = keras.Input(input_shape, name="images")
    x = keras.layers.Flatten(name="flatten")(x)
    for number in range(1, chain.depth + 1):
        x = keras.layers.Dense(width, kernel_initializer=RULES[chain.rule], name=f"hidden{number}")(x)
        x = keras.layers.BatchNormalization(momentum=0.9, name=f"hidden{number}_bn")(x) if norm else x
        x = keras.layers.ReLU(name=f"hidden{number}_relu")(x)
    outputs = keras.layers.Dense(CLASSES, activation="softmax", kernel_initializer=RULES[chain.rule], name="output")(x)
    return keras.Model(inputs, outputs, name="chain")


def pixels(parts: Parts):
    """Return a function that gives images mean 0 and mean square 1 over the training pixels of ``parts``."""
    mean, deviation = float(parts.train[0].mean()), float(parts.train[0].std())
    return lambda images: (keras.ops.cast(images, "float32") - mean) / deviation


def train(variant: str, data: Parts, *, seed: int, rate: float, epochs: int = EPOCHS, progress: bool = True):
    """Train one chain with one seed.

    Args:
        variant: of `VARIANTS`.
        data: `common.Parts` of grey images.
        seed: of the first weights and of shuffling.
        rate: constant learning rate.
        epochs: passes over the training images.
        progress: show a bar.

    Returns:
        The trained model, and plain numbers: ``loss, accuracy`` (one an epoch), ``train_accuracy``,
        ``validation_accuracy`` and ``test_accuracy`` of the last weights, ``seconds, processor_seconds``.
    """
    chain = VARIANTS[accepted("variant", variant, VARIANTS)]
    kind, settings, _ = OPTIMIZERS[chain.optimizer]
    keras.utils.set_random_seed(seed)
    model = build(chain, input_shape=data.train[0].shape[1:])
    training.prepare(model, optimizer=kind(rate, **settings))
    transform = pixels(data)
    options = {"batch_size": BATCH, "seed": seed, "transform": transform, "progress": progress}
    with Clock() as clock:
        run = training.fit(model, data.train, epochs=epochs, monitor=None, **options)
    ends = {"train_accuracy": data.train, "validation_accuracy": data.validation, "test_accuracy": data.test}
    return model, {
        **rounded(run.history, keys=("loss", "accuracy")),
        **{name: round(accuracy(model, *pair, transform=transform, batch_size=1000), 5) for name, pair in ends.items()},
        **clock.numbers(),
    }


EXPERIMENT = Experiment(
    name="initialization_optimizers",
    question="Does the variance of the first weights still decide when each optimizer has its own best rate?",
    variants=VARIANTS,
    seeds=(0, 1, 2),
    train=train,
    dataset="mnist",
    prepare=cifar(examples=EXAMPLES),
    recipe={"width": WIDTH, "batch_size": BATCH, "epochs": EPOCHS, "examples": EXAMPLES},
    sweep=Sweep(values={name: OPTIMIZERS[chain.optimizer][2] for name, chain in VARIANTS.items()}, widen=3),
)
