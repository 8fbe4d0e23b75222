"""Dropout and augmentation, each with and without the other, for as long as it takes: 100 passes over the flowers.

Network, photographs and what is drawn anew in every epoch are those of `recipes.alexnet_flowers`, without response
normalization. Each of the four has a rate of its own, chosen on the validation photographs. Validation accuracy is kept
after every epoch; the test photographs are looked at once, after the last. A second experiment puts what the four
share to the test in the same way: response normalization added to "both", and pools that do not overlap.

Reference: A. Krizhevsky et al., "ImageNet classification with deep convolutional neural networks", 2012,
sections 3.3, 3.4 and 4.
"""

from dataclasses import replace

from course_utils import datasets
from course_utils.recipes import alexnet_flowers
from course_utils.recipes.experiment import Experiment, Sweep
from course_utils.recipes.results import accepted

EPOCHS = 100

VARIANTS = {
    "neither": alexnet_flowers.Variant("neither", lrn=False, dropout=0.0, augmented=False),
    "dropout": alexnet_flowers.Variant("dropout", lrn=False, augmented=False),
    "augmentation": alexnet_flowers.Variant("augmentation", lrn=False, dropout=0.0),
    "both": alexnet_flowers.Variant("both", lrn=False),
}
# What is judged against "both": the layer that it lacks, and pools as LeNet-5 had them.
OTHERS = {
    "normalization": alexnet_flowers.Variant("both, and response normalization"),
    "no_overlap": alexnet_flowers.Variant("both, pools do not overlap", lrn=False, pool_size=2),
}


def train(name: str, data: dict, *, seed: int, rate: float, epochs: int = EPOCHS, progress: bool = True):
    """Train one variant with one seed; see `alexnet_flowers.train_variant`."""
    variant = (VARIANTS | OTHERS)[accepted("name", name, [*VARIANTS, *OTHERS])]
    options = {"seed": seed, "rate": rate, "epochs": epochs, "progress": progress}
    model, numbers = alexnet_flowers.train_variant(variant, data, **options)
    names = {part: f"{part}_accuracy" for part in ("train", "validation", "test")}
    return model, {names.get(key, key): value for key, value in numbers.items()}


EXPERIMENT = Experiment(
    name="alexnet_long",
    question="What are dropout and augmentation worth, alone and together, after 20 epochs and after 100?",
    variants=VARIANTS,
    seeds=(0, 1, 2, 3, 4),
    dataset=lambda: datasets.load_folder("flowers17"),
    prepare=alexnet_flowers.parts,
    train=train,
    recipe={
        "side": alexnet_flowers.SIDE,
        "width": alexnet_flowers.WIDTH,
        "batch_size": alexnet_flowers.BATCH,
        "epochs": EPOCHS,
    },
    sweep=Sweep((0.001, 0.002, 0.004), widen=2),
)

LONG_OTHERS = replace(
    EXPERIMENT,
    name="alexnet_long_others",
    question="What are response normalization and overlapping pools worth after 100 epochs, beside both?",
    variants=OTHERS,
)
