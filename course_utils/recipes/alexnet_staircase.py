"""From LeNet-5 towards AlexNet in five steps, one change each: which of them reads photographs better, by how much?

Every step keeps what the steps before it brought: ReLU for tanh, the greatest of overlapping 3×3 windows for the mean
of 2×2, about 2.6 times the filters and twice the units, three more convolutions, mirror images. (What dropout is worth
takes longer trainings: `alexnet_long`.) All see the same 20,000 images of CIFAR-10, shrunk to 16×16, for fifteen epochs
in one cycle of the rate, whose peak is chosen for each step on validation images, in trials of five epochs. The test
images are looked at once, after the last epoch of each run of the experiment proper.

References: Y. LeCun et al., "Gradient-based learning applied to document recognition", 1998, section II.B;
A. Krizhevsky et al., "ImageNet classification with deep convolutional neural networks", 2012, sections 3 and 4.
"""

from typing import NamedTuple

import keras
from keras import layers

from course_utils.recipes.common import Parts, cifar, fit_one_cycle
from course_utils.recipes.experiment import Experiment, Sweep
from course_utils.recipes.resnet_race import halved
from course_utils.recipes.results import accepted

EPOCHS, TRIAL_EPOCHS, BATCH, EXAMPLES = 15, 5, 128, 20_000
NARROW, WIDE = (6, 16), (16, 40)  # filters of the two 5×5 convolutions: LeNet-5's, and about 2.6 times as many
DEEP = (64, 64, 40)  # filters of the 3×3 convolutions after them, as in AlexNet without a pooling between them


class Step(NamedTuple):
    """A network on the way, and whether it is shown mirror images."""

    activation: str = "relu"
    overlap: bool = True  # pooling: the greatest of 3×3 in steps of 2, else the mean of 2×2
    filters: tuple[int, int] = WIDE
    units: tuple[int, int] = (240, 168)  # of the dense layers
    deep: bool = True  # three more convolutions
    mirror: bool = True


LENET = Step("tanh", overlap=False, filters=NARROW, units=(120, 84), deep=False, mirror=False)

VARIANTS = {
    "LeNet-5": LENET,
    "ReLU": LENET._replace(activation="relu"),
    "overlapping maxima": LENET._replace(activation="relu", overlap=True),
    "more filters": Step(deep=False, mirror=False),
    "more layers": Step(mirror=False),
    "mirror images": Step(),
}


def build(variant: str, *, input_shape=(16, 16, 3), classes: int = 10) -> keras.Model:
    """Return the network of a step, not compiled: (N, H, W, C) → (N, classes), probabilities."""
    step = VARIANTS[accepted("variant", variant, VARIANTS)]
    draw = "he_normal" if step.activation == "relu" else "glorot_normal"  # the draw that suits it, lesson 04
    settings = {"activation": step.activation, "kernel_initializer": draw}
    x = inputs = keras.Input(input_shape, name="images")
    for number, filters in enumerate(step.filters, 1):
        x = layers.Conv2D(filters, 5, padding="same", name=f"conv{number}", **settings)(x)
        if step.overlap:
            x = layers.MaxPooling2D(3, 2, padding="same", name=f"pool{number}")(x)
        else:
            x = layers.AveragePooling2D(2, name=f"pool{number}")(x)
    for number, filters in enumerate(DEEP if step.deep else (), 3):
        x = layers.Conv2D(filters, 3, padding="same", name=f"conv{number}", **settings)(x)
    x = layers.Flatten(name="flatten")(x)
    for number, units in enumerate(step.units, 1):
        x = layers.Dense(units, name=f"dense{number}", **settings)(x)
    outputs = layers.Dense(classes, activation="softmax", kernel_initializer="glorot_normal", name="predictions")(x)
    return keras.Model(inputs, outputs, name="step")


def train(variant: str, data: Parts, *, seed: int, rate: float, epochs: int = EPOCHS, progress: bool = True):
    """Train a step with one seed; return the model and its numbers, see `common.fit_one_cycle`.

    Args:
        variant: of `VARIANTS`.
        data: `common.Parts` of colour images, see `resnet_race.halved`.
        seed: of the initial weights, shuffling and mirror images.
        rate: greatest learning rate of Adam.
        epochs: passes over the training images.
        progress: show a bar.
    """
    keras.utils.set_random_seed(seed)
    model = build(variant, input_shape=data.train[0].shape[1:])
    settings = {"rate": rate, "epochs": epochs, "seed": seed, "batch_size": BATCH, "progress": progress}
    return model, fit_one_cycle(model, data, mirror=VARIANTS[variant].mirror, **settings)


def trial(variant: str, data: Parts, **options):
    """Train as `train`, for five epochs: to choose a rate."""
    return train(variant, data, epochs=TRIAL_EPOCHS, **options)


EXPERIMENT = Experiment(
    name="alexnet_staircase",
    question="From LeNet-5 to AlexNet, one change a step: which steps read photographs better?",
    variants=VARIANTS,
    seeds=(0, 1, 2),
    train=train,
    dataset="cifar10",
    prepare=lambda data: halved(cifar(examples=EXAMPLES)(data)),
    recipe={
        "epochs": EPOCHS,
        "trial_epochs": TRIAL_EPOCHS,
        "batch_size": BATCH,
        "examples": EXAMPLES,
        "side": 16,
        "optimizer": "Adam",
    },
    sweep=Sweep(values=(0.001, 0.002, 0.004), widen=3, train=trial),
)
