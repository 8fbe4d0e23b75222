"""Two 3×3 kernels for one 5×5, and one, two or three convolutions a block, on photographs: what do they buy?

The comparison of section 2.3 of the paper, scaled down: all variants have the same three blocks of 16, 32 and 64
filters with a 2×2 pooling after each, and differ only in the convolutions of a block. 20,000 images of CIFAR-10,
shrunk to 16×16 and mirrored at random; twelve epochs in one cycle of the rate, whose peak is chosen for each variant
on validation images, in trials of six epochs. The test images are looked at once, after the last epoch of each run of
the experiment proper.

Reference: K. Simonyan, A. Zisserman, "Very deep convolutional networks for large-scale image recognition", 2015,
arXiv:1409.1556, section 2.3 and table 3.
"""

from typing import NamedTuple

import keras
from keras import layers

from course_utils.recipes.common import Parts, cifar, fit_one_cycle
from course_utils.recipes.experiment import Experiment, Sweep
from course_utils.recipes.resnet_race import halved
from course_utils.recipes.results import accepted

WIDTHS, EPOCHS, TRIAL_EPOCHS, BATCH, EXAMPLES = (16, 32, 64), 12, 6, 128, 20_000
MOMENTUM = 0.9  # of batch norm's running statistics; Keras's default is 0.99


class Block(NamedTuple):
    """The convolutions of a block."""

    sides: tuple[int, ...]  # of the kernels, in order
    norm: bool = True  # batch norm after each convolution


VARIANTS = {
    "3×3": Block((3,)),
    "two 3×3": Block((3, 3)),
    "three 3×3": Block((3, 3, 3)),
    "5×5": Block((5,)),
    "two 3×3, no norm": Block((3, 3), norm=False),
    "5×5, no norm": Block((5,), norm=False),
    "3×3, 1×1": Block((3, 1)),  # a second layer that sees no further
}


def build(variant: str, *, input_shape=(16, 16, 3), classes: int = 10, widths=WIDTHS) -> keras.Model:
    """Return the network of a variant, not compiled: (N, H, W, C) → (N, classes), probabilities."""
    block = VARIANTS[accepted("variant", variant, VARIANTS)]
    x = inputs = keras.Input(input_shape, name="images")
    for number, width in enumerate(widths, 1):
        for place, side in enumerate(block.sides, 1):
            name = f"block{number}_conv{place}"
            settings = {"padding": "same", "use_bias": not block.norm, "kernel_initializer": "he_normal"}
            x = layers.Conv2D(width, side, name=name, **settings)(x)
            if block.norm:
                x = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_bn")(x)
            x = layers.ReLU(name=f"{name}_relu")(x)
        x = layers.MaxPooling2D(2, name=f"block{number}_pool")(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax", name="predictions")(x), name="blocks")


def train(variant: str, data: Parts, *, seed: int, rate: float, epochs: int = EPOCHS, progress: bool = True):
    """Train a variant with one seed; return the model and its numbers, see `common.fit_one_cycle`.

    Args:
        variant: of `VARIANTS`.
        data: `common.Parts` of colour images.
        seed: of the initial weights, shuffling and mirror images.
        rate: greatest learning rate of Adam.
        epochs: passes over the training images.
        progress: show a bar.
    """
    keras.utils.set_random_seed(seed)
    model = build(variant, input_shape=data.train[0].shape[1:])
    settings = {"rate": rate, "epochs": epochs, "seed": seed, "batch_size": BATCH, "progress": progress}
    return model, fit_one_cycle(model, data, **settings)


def trial(variant: str, data: Parts, **options):
    """Train as `train`, for half the epochs: to choose a rate."""
    return train(variant, data, epochs=TRIAL_EPOCHS, **options)


EXPERIMENT = Experiment(
    name="vgg_blocks",
    question="At equal width, do two 3×3 kernels beat one 5×5, and do more convolutions a block help?",
    variants=VARIANTS,
    seeds=(0, 1, 2),
    train=train,
    dataset="cifar10",
    prepare=lambda data: halved(cifar(examples=EXAMPLES)(data)),
    recipe={
        "widths": list(WIDTHS),
        "epochs": EPOCHS,
        "trial_epochs": TRIAL_EPOCHS,
        "batch_size": BATCH,
        "examples": EXAMPLES,
        "side": 16,
        "optimizer": "Adam",
    },
    sweep=Sweep(values=(0.005, 0.01, 0.02), widen=3, train=trial),
)
