"""Does it matter which six kernels one draws for LeNet-5's C1? Three more ways to draw them, each frozen.

Network, recipe, seeds, choice of the rate and data are those of `lenet_kernels`, whose variants "hand" (drawn, with
smooth edges), "random" (noise) and "learned" are what these are compared with.
"""

import keras
import numpy as np

from course_utils.recipes import common, lenet_kernels
from course_utils.recipes.experiment import Experiment, Sweep
from course_utils.validation import one_of

VARIANTS = {
    "lines": "bars in four directions, an angle, a ring, each less its mean",
    "halves": "one side 1, the other −1, in four directions; a square within a square; all 1",
    "ink": "bars in four directions, a dot, all 1: no weight below 0",
}


def drawn(name: str) -> np.ndarray:
    """Return six kernels drawn one of the ways of `VARIANTS`, (5, 5, 1, 6), each of length 1.

    Example:
        >>> drawn("ink").min() >= 0, drawn("lines").shape
        (np.True_, (5, 5, 1, 6))
    """
    one_of("name", name, VARIANTS)
    down, right = np.mgrid[-2:3, -2:3]
    far = np.maximum(abs(down), abs(right))
    across = (down, right, down + right, down - right)  # 0 along a line of each direction
    if name == "halves":
        pictures = [*map(np.sign, across), np.where(far < 2, 1, -1), np.ones((5, 5))]
    else:
        bars = [one == 0 for one in across]
        angle = ((down == 0) & (right >= 0)) | ((right == 0) & (down >= 0))
        pictures = bars + ([angle, far == 2] if name == "lines" else [far == 0, far <= 2])
    pictures = np.stack([np.asarray(picture, "float32") for picture in pictures], axis=-1)
    if name == "lines":
        pictures -= pictures.mean(axis=(0, 1))
    return (pictures / np.linalg.norm(pictures, axis=(0, 1)))[:, :, None]


def build(name: str, *, seed: int) -> keras.Model:
    """Return today's LeNet-5 with the drawn kernels in C1, frozen with its biases at 0."""
    model = lenet_kernels.build("hand", seed=seed)
    model.get_layer("C1").set_weights([drawn(name), np.zeros(6)])
    return model


def train(name: str, data: common.Parts, *, seed: int, rate: float, epochs: int | None = None, progress: bool = True):
    """Train one variant with one seed; return the model and its plain numbers, see `common.fit_one_cycle`."""
    options = {"seed": seed, "rate": rate, "epochs": epochs or lenet_kernels.EPOCHS, "progress": progress}
    return lenet_kernels.fitted(build(name, seed=seed), name, data, **options)


EXPERIMENT = Experiment(
    name="lenet_drawn",
    question="Does it matter which six kernels one draws for C1?",
    variants=VARIANTS,
    seeds=lenet_kernels.SEEDS,
    dataset="mnist",
    prepare=lenet_kernels.parts,
    train=train,
    recipe={"epochs": lenet_kernels.EPOCHS, "batch_size": lenet_kernels.BATCH},
    sweep=Sweep(lenet_kernels.RATES, widen=2),
)
