"""Cats and dogs from 50, 200 and 1,000 photographs: a head alone, a few borrowed layers, all of them, or none.

The base is MobileNetV2 (0.35 of its width) trained on ImageNet, on photographs of 96×96. Stage one, for every network
with a borrowed base: a head of two numbers on the base's features. Stage two starts from that head and lets the last
blocks, or the whole base, move; batch norm stays as it is. Beside them the same network from random weights, all of it
trained; its batch norm forgets at 0.9 a step, for Keras's 0.999 would judge it by statistics of its random weights.
Photographs are mirrored at random in every training but the head's, whose features are computed once, of
each photograph and of its mirror image.

Every network has a rate of its own for each number of photographs, chosen on 400 further photographs; the 600 of the
test set are looked at once, after the last epoch of each run of the experiment proper. Three draws are made in every
way, eight where fine-tuning is compared with a head, draw by draw (`transfer_heads` has that head).

Reference: J. Yosinski et al., "How transferable are features in deep neural networks?", 2014, arXiv:1411.1792.
"""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np

from course_utils import datasets, training, transfer
from course_utils.recipes.common import Clock, Mirror, Parts, accuracy, rounded
from course_utils.recipes.experiment import Experiment, Job, Sweep, seed_by_seed
from course_utils.recipes.results import accepted

BASE, SIDE, BATCH, HELD = "mobilenet_v2_035", 96, 16, 400
LATE = "block_13_expand"  # the first layer of the last four blocks of MobileNetV2
HEAD_RATE, HEAD_EPOCHS = 0.003, 40
DRAWS, THREE = tuple(range(8)), 3  # see `eight_of`
MOMENTUM = 0.9  # of the running statistics of a network from scratch
EPOCHS = {50: 40, 200: 20, 1_000: 10}  # by the number of photographs: 125, 250 and 625 steps


class Way(NamedTuple):
    """One way to learn from so many photographs."""

    trained: str  # "head", "last blocks", "all" or "from scratch"
    count: int  # photographs


RATES = {
    "head": (0.001, 0.003, 0.01),
    "last blocks": (0.0001, 0.0003, 0.001),
    "all": (0.0001, 0.0003, 0.001),
    "from scratch": (0.001, 0.003, 0.01),
}
VARIANTS = {f"{trained}, {count}": Way(trained, count) for count in EPOCHS for trained in RATES}


def parts(folder) -> Parts:
    """Return photographs of 96×96 and their labels: to learn from in an order drawn once, 400 held out, the test."""
    images, labels = folder.part("train").arrays(SIDE)
    order = np.random.default_rng(0).permutation(len(images))
    held = min(HELD, len(images) // 3)
    learn, chosen = order[held:], order[:held]
    test, truth = folder.part("validation").arrays(SIDE)
    labels = labels.astype("int32")
    return Parts((images[learn], labels[learn]), (images[chosen], labels[chosen]), (test, truth.astype("int32")))


def drawn(labels: np.ndarray, count: int, *, seed: int) -> np.ndarray:
    """Return the numbers of ``count`` photographs, as many of each class, drawn by chance."""
    order = np.random.default_rng([seed, count]).permutation(len(labels))
    share = count // (labels.max() + 1)
    return np.concatenate([order[labels[order] == label][:share] for label in range(labels.max() + 1)])


def whole(image):
    """Return pixels of 0 to 255 as the classifier takes them."""
    return keras.ops.cast(image, "float32")


class Orientation(keras.callbacks.Callback):
    """Picks the features of each photograph or of its mirror image, drawn anew for every epoch."""

    def __init__(self, both: np.ndarray, seed: int):
        super().__init__()
        self.both, self.buffer, self.seed = both, both[0].copy(), seed

    def on_epoch_begin(self, epoch, logs=None):
        """Draw."""
        turned = np.random.default_rng([self.seed, epoch, 7]).random(len(self.buffer)) < 0.5
        self.buffer[...] = np.where(turned[:, None], self.both[1], self.both[0])


def fit_head(model, backbone, images, labels, *, rate: float, seed: int, progress: bool) -> dict:
    """Train the head of a classifier on features computed once; return its curves."""
    both = np.stack([transfer.features(backbone, turned, cache=False) for turned in (images, images[:, :, ::-1])])
    head = model.get_layer("predictions")
    alone = keras.Sequential([keras.Input(both.shape[2:]), head])
    picked = Orientation(both, seed)
    schedule = training.one_cycle(rate, examples=len(labels), batch_size=BATCH, epochs=HEAD_EPOCHS)
    training.prepare(alone, optimizer=keras.optimizers.Adam(schedule))
    options = {"epochs": HEAD_EPOCHS, "batch_size": BATCH, "seed": seed, "monitor": None, "progress": progress}
    return training.fit(alone, (picked.buffer, labels), callbacks=[picked], **options).history


def fit_all(model, images, labels, *, rate: float, epochs: int, seed: int, progress: bool) -> dict:
    """Train what may move of a classifier, on photographs mirrored at random; return its curves."""
    mirror = Mirror(images, seed)
    schedule = training.one_cycle(rate, examples=len(labels), batch_size=BATCH, epochs=epochs)
    training.prepare(model, optimizer=keras.optimizers.Adam(schedule))
    options = {"epochs": epochs, "batch_size": BATCH, "seed": seed, "monitor": None, "progress": progress}
    return training.fit(model, (mirror.buffer, labels), transform=whole, callbacks=[mirror], **options).history


def begin_anew(base) -> None:
    """Let all of a base move, and its batch norm forget faster: 0.999 a step hardly moves in the steps there are."""
    base.trainable = True
    for layer in base.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = MOMENTUM


def train(variant: str, data: Parts, *, seed: int, rate: float, epochs: int | None = None, progress: bool = True):
    """Train one network in one way.

    Args:
        variant: of `VARIANTS`.
        data: what `parts` makes.
        seed: of the photographs drawn, of new weights, of shuffling and mirror images.
        rate: greatest rate of Adam in the stage that the variant is named after.
        epochs: of the second stage, or from scratch; the variant's own when None.
        progress: show a bar.

    Returns:
        The trained model, and plain numbers: ``loss, accuracy`` (one an epoch of the last stage), ``train_accuracy``,
        ``validation_accuracy``, ``test_accuracy`` of the last weights, ``trained`` (parameters that moved),
        ``seconds, processor_seconds``.
    """
    way = VARIANTS[accepted("variant", variant, VARIANTS)]
    keras.utils.set_random_seed(seed)
    at = drawn(data.train[1], way.count, seed=seed)
    images, labels = data.train[0][at], data.train[1][at]
    borrowed = way.trained != "from scratch"
    backbone = transfer.backbone(BASE, input_shape=images.shape[1:], weights="pretrained" if borrowed else None)
    model = transfer.classifier(backbone, 2)
    options = {"seed": seed, "progress": progress}
    with Clock() as clock:
        if borrowed:
            head_rate = rate if way.trained == "head" else HEAD_RATE
            history = fit_head(model, backbone, images, labels, rate=head_rate, **options)
        if way.trained == "from scratch":
            begin_anew(transfer.base_of(model))
        elif way.trained != "head":
            transfer.unfreeze(model, from_layer=LATE if way.trained == "last blocks" else None)
        if way.trained != "head":
            history = fit_all(model, images, labels, rate=rate, epochs=epochs or EPOCHS[way.count], **options)
    pairs = {"train_accuracy": (images, labels), "validation_accuracy": data.validation, "test_accuracy": data.test}
    return model, {
        "trained": sum(int(np.prod(weight.shape)) for weight in model.trainable_weights),
        **rounded(history, keys=("loss", "accuracy")),
        **{name: round(accuracy(model, *pair, transform=whole, batch_size=100), 5) for name, pair in pairs.items()},
        **clock.numbers(),
    }


def eight_of(compared: Callable[[str], bool]) -> Callable[..., list[Job]]:
    """Return a plan: three draws of every variant, all draws of those that are compared."""
    return lambda variants, seeds: [
        job for job in seed_by_seed(variants, seeds) if job.seed < THREE or compared(job.variant)
    ]


EXPERIMENT = Experiment(
    name="transfer_tuning",
    question="From how many photographs on does fine-tuning gain over a head alone, and what does borrowing gain?",
    variants=VARIANTS,
    seeds=DRAWS,
    plan=eight_of(lambda variant: VARIANTS[variant].trained in ("last blocks", "all")),
    train=train,
    dataset=lambda: datasets.load_folder("cats_vs_dogs"),
    prepare=parts,
    recipe={"base": BASE, "side": SIDE, "batch_size": BATCH, "held": HELD, "head_epochs": HEAD_EPOCHS},
    sweep=Sweep(values={name: RATES[way.trained] for name, way in VARIANTS.items()}, widen=2),
)
