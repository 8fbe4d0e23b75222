"""The four trainings of `recipes.alexnet_long`, but for 20 passes over the flowers: what a short look would say.

The learning rate climbs to 0.002 and falls within the 20 passes, for all four alike. The test photographs are looked at
once, after the last.
"""

from course_utils import datasets
from course_utils.recipes import alexnet_flowers, alexnet_long
from course_utils.recipes.experiment import Experiment

EPOCHS = 20
VARIANTS = alexnet_long.VARIANTS


def train(name: str, data: dict, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train one variant with one seed; see `alexnet_long.train`."""
    return alexnet_long.train(name, data, seed=seed, rate=alexnet_flowers.RATE, epochs=epochs, progress=progress)


EXPERIMENT = Experiment(
    name="alexnet_twenty",
    question="What do dropout and augmentation seem to be worth after a training of 20 epochs?",
    variants=VARIANTS,
    seeds=(0, 1, 2),
    dataset=lambda: datasets.load_folder("flowers17"),
    prepare=alexnet_flowers.parts,
    train=train,
    recipe=alexnet_long.EXPERIMENT.recipe | {"epochs": EPOCHS, "rate": alexnet_flowers.RATE},
)
