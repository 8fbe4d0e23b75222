"""AlexNet's ingredients against overfitting, scaled down, on 17 kinds of flower: each is left out in turn.

The network is `models.alexnet("single_tower")`, an eighth as wide, on windows of 99×99 pixels cut from photographs of
112×112, as the paper cuts 224 from 256. It is trained on half of the photographs; a quarter chose width, rate and
epochs; the last quarter is looked at once, when a training is over. The initial weights are He's and the optimizer is
Adam: the paper's N(0, 0.01) and its rates are made for 90 passes over 1.2 million photographs.
"""

from typing import NamedTuple

import keras
import numpy as np

from course_utils import datasets, training
from course_utils.layers import LocalResponseNormalization
from course_utils.models import alexnet
from course_utils.recipes import common
from course_utils.recipes.experiment import Experiment
from course_utils.validation import one_of

SIDE, LARGER = 99, 112  # the window, and the photograph it is cut from
WIDTH, RATE, BATCH, EPOCHS = 0.125, 2e-3, 32, 20
SEEDS = (0, 1, 2, 3, 4)
COLOUR = 0.1  # spread of the colour changes (section 4.1)


class Variant(NamedTuple):
    """One set of ingredients."""

    label: str
    lrn: bool = True
    alpha: float = 1e-4  # 0: every value is divided by the same number, whatever its neighbours
    pool_size: int = 3  # 2: windows that do not overlap
    dropout: float = 0.5
    augmented: bool = True


VARIANTS = {
    "all": Variant("all ingredients"),
    "no_augmentation": Variant("without augmentation", augmented=False),
    "no_dropout": Variant("without dropout", dropout=0.0),
    "no_lrn": Variant("without LRN", lrn=False),
    "constant": Variant("LRN with α = 0", alpha=0.0),
    "no_overlap": Variant("pools do not overlap", pool_size=2),
}


def parts(folder=None) -> dict:
    """Return the training, validation and test photographs of 112×112 and their labels, by the name of the part."""
    folder = datasets.load_folder("flowers17", quiet=True) if folder is None else folder
    pairs = {name: folder.part(name).arrays(LARGER) for name in ("train", "validation", "test")}
    return {name: (images, labels.astype("int32")) for name, (images, labels) in pairs.items()}


def middle(images: np.ndarray, side: int = SIDE) -> np.ndarray:
    """Return the middle window of each image: (N, H, W, 3) → (N, side, side, 3)."""
    top, left = ((length - side) // 2 for length in images.shape[1:3])
    return np.ascontiguousarray(images[:, top : top + side, left : left + side])


def windows(images: np.ndarray, draw: np.random.Generator, side: int = SIDE) -> np.ndarray:
    """Return a window of each image at a place drawn by chance: (N, H, W, 3) → (N, side, side, 3)."""
    every = np.lib.stride_tricks.sliding_window_view(images, (side, side), axis=(1, 2))  # a view, no copy
    rows = draw.integers(0, every.shape[1], len(images))
    columns = draw.integers(0, every.shape[2], len(images))
    return np.moveaxis(every[np.arange(len(images)), rows, columns], 1, -1)


def mirrored(images: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Return the images, each mirrored left and right with probability one half."""
    return np.where(draw.random(len(images))[:, None, None, None] < 0.5, images[:, :, ::-1], images)


def colour_axes(images: np.ndarray) -> np.ndarray:
    """Return the directions in which the colours of all pixels vary, each as long as its variance, as rows (3, 3)."""
    pixels = images[:, ::4, ::4].reshape(-1, 3) / 255
    variances, directions = np.linalg.eigh(np.cov(pixels, rowvar=False))
    return (variances * directions).T


def recoloured(images: np.ndarray, draw: np.random.Generator, axes: np.ndarray, spread: float = COLOUR) -> np.ndarray:
    """Return the images, all pixels of each moved by one draw along `colour_axes` (section 4.1); uint8."""
    moves, moved = (255 * draw.normal(0, spread, (len(images), 3)) @ axes).round(), np.empty_like(images)
    # One by one: all at once fill memory with floats.
    for image, move, target in zip(images, moves, moved, strict=True):
        target[...] = np.clip(image + move, 0, 255)
    return moved


def scaled(images):
    """Return raw pixels as the network wants them: centred, with a spread near 1."""
    return keras.ops.cast(images, "float32") / 64 - 2


class Redraw(keras.callbacks.Callback):
    """Writes new windows, mirror images and colours into the training array before every epoch."""

    def __init__(self, images: np.ndarray, buffer: np.ndarray, seed: int):
        """Keep the photographs, and the array that the training reads."""
        super().__init__()
        self.images, self.buffer, self.draw = images, buffer, np.random.default_rng([seed, 7])
        self.axes = colour_axes(images)

    def on_epoch_begin(self, epoch, logs=None):
        """Draw."""
        moved = mirrored(windows(self.images, self.draw, self.buffer.shape[1]), self.draw)
        self.buffer[...] = recoloured(moved, self.draw, self.axes)


def build(
    variant: Variant,
    *,
    examples: int,
    seed: int,
    epochs: int,
    classes: int = 17,
    width: float = WIDTH,
    rate: float = RATE,
) -> keras.Model:
    """Return the network of a variant with initial weights drawn from ``seed``, compiled."""
    keras.utils.set_random_seed(seed)
    parts = {name: getattr(variant, name) for name in ("lrn", "pool_size", "dropout")}
    settings = {"input_shape": (SIDE, SIDE, 3), "classes": classes, "width": width, "kernel_initializer": "he_normal"}
    model = alexnet("single_tower", **parts, **settings)
    for layer in model.layers:
        if isinstance(layer, LocalResponseNormalization):
            layer.alpha = variant.alpha
    schedule = training.one_cycle(rate, examples=examples, batch_size=BATCH, epochs=epochs)
    training.prepare(model, optimizer=keras.optimizers.Adam(schedule))
    return model


def train(name: str, data: dict, *, seed: int, epochs: int = EPOCHS, width: float = WIDTH, progress: bool = True):
    """Train one of `VARIANTS` with one seed on `parts`: what `train_variant` returns, and the name as ``arm``."""
    variant = VARIANTS[one_of("name", name, VARIANTS)]
    model, numbers = train_variant(variant, data, seed=seed, epochs=epochs, width=width, progress=progress)
    return model, {"arm": name} | numbers


def train_variant(
    variant: Variant,
    data: dict,
    *,
    seed: int,
    epochs: int,
    width: float = WIDTH,
    rate: float = RATE,
    progress: bool = True,
):
    """Train a network with one set of ingredients on `parts`; the last weights are kept, whatever the validation says.

    Args:
        variant: the ingredients.
        data: what `parts` makes.
        seed: of the initial weights, of shuffling, dropout and augmentation.
        epochs: passes over the training photographs.
        width: of every layer, as a share of the paper's.
        rate: greatest rate of the one-cycle schedule.
        progress: show a bar.

    Returns:
        The trained model, and plain numbers: ``seed, history, train, validation, test`` (accuracies at the end, on the
        middle window), ``seconds``.
    """
    photographs, labels = data["train"]
    buffer = middle(photographs, SIDE)
    model = build(variant, examples=len(labels), seed=seed, epochs=epochs, width=width, rate=rate)
    validation = middle(data["validation"][0], SIDE), data["validation"][1]
    settings = {"epochs": epochs, "batch_size": BATCH, "seed": seed, "transform": scaled, "monitor": None}
    settings["callbacks"] = [Redraw(photographs, buffer, seed)] if variant.augmented else []
    result = training.fit(model, (buffer, labels), validation, progress=progress, **settings)
    ends = {part: round(accuracy(model, middle(images, SIDE), truth), 4) for part, (images, truth) in data.items()}
    numbers = {"seed": seed, "history": common.rounded(result.history, 4)}
    return model, numbers | ends | {"seconds": round(result.seconds, 1)}


def probabilities(model, images: np.ndarray) -> np.ndarray:
    """Return the answers of a network to raw pixels, (N, classes)."""
    return common.probabilities(model, images, transform=scaled, batch_size=100)


def accuracy(model, images: np.ndarray, labels: np.ndarray) -> float:
    """Return the accuracy on raw pixels."""
    return common.accuracy(model, images, labels, transform=scaled, batch_size=100)


def ten_windows(images: np.ndarray, side: int = SIDE) -> list[np.ndarray]:
    """Return the four corners and the middle of the images, and their mirror images: the ten of section 4.1."""
    far = [length - side for length in images.shape[1:3]]
    corners = [(0, 0), (0, far[1]), (far[0], 0), far, (far[0] // 2, far[1] // 2)]
    five = [images[:, top : top + side, left : left + side] for top, left in corners]
    return five + [window[:, :, ::-1] for window in five]


EXPERIMENT = Experiment(
    name="alexnet_flowers",
    question="Which of AlexNet's ingredients does a scaled-down network miss on 17 kinds of flower?",
    variants=VARIANTS,
    seeds=SEEDS,
    dataset=lambda: datasets.load_folder("flowers17"),
    prepare=parts,
    train=train,
    recipe={"side": SIDE, "width": WIDTH, "rate": RATE, "batch_size": BATCH, "epochs": EPOCHS},
)
