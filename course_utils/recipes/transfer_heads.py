"""Cats and dogs: what a head alone reaches when it has its fair chance, the reference of `transfer_tuning`.

There a head has one rate a number of photographs, chosen on one draw, and mirrored photographs always. Here it is
trained on photographs as they are, or mirrored at random, and each of the two has the rate that names most of the 400
validation photographs on average over three draws. Of the mirrored ones there are eight draws, for fine-tuning is
compared with them. Photographs drawn, base, epochs and test are those of `transfer_tuning`; features are computed once
for all.
"""

from typing import NamedTuple

import keras
import numpy as np

from course_utils import datasets, training, transfer
from course_utils.recipes import transfer_tuning as tuning
from course_utils.recipes.common import Clock
from course_utils.recipes.experiment import Experiment, Sweep
from course_utils.validation import one_of


class Head(NamedTuple):
    """One way to train a head."""

    count: int  # photographs
    mirrored: bool  # each photograph or its mirror image, drawn anew for every epoch


class Features(NamedTuple):
    """Features (N, 1280) and labels; of the photographs to learn from also those of their mirror images."""

    learn: np.ndarray  # (2, N, 1280): as they are, mirrored
    labels: np.ndarray
    validation: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]


VARIANTS = {
    f"{'mirrored' if mirrored else 'as they are'}, {count}": Head(count, mirrored)
    for count in tuning.EPOCHS
    for mirrored in (False, True)
}


def features(folder) -> Features:
    """Return what the frozen base makes of all photographs."""
    parts = tuning.parts(folder)
    base = transfer.backbone(tuning.BASE, input_shape=parts.train[0].shape[1:])

    def seen(images):
        return transfer.features(base, images, cache=False)

    images, labels = parts.train
    both = np.stack([seen(images), seen(images[:, :, ::-1])])
    return Features(both, labels, *((seen(images), labels) for images, labels in (parts.validation, parts.test)))


def train(variant: str, data: Features, *, seed: int, rate: float, epochs: int | None = None, progress: bool = True):
    """Train one head.

    Args:
        variant: of `VARIANTS`.
        data: what `features` makes.
        seed: of the photographs drawn, of the head's first weights, of shuffling and mirror images.
        rate: greatest rate of Adam.
        epochs: those of `transfer_tuning`'s heads when None.
        progress: show a bar.

    Returns:
        The head, and plain numbers: ``validation_accuracy, test_accuracy, seconds, processor_seconds``.
    """
    how, epochs = VARIANTS[one_of("variant", variant, VARIANTS)], epochs or tuning.HEAD_EPOCHS
    keras.utils.set_random_seed(seed)
    at = tuning.drawn(data.labels, how.count, seed=seed)
    head = keras.Sequential([keras.Input(data.learn.shape[2:]), keras.layers.Dense(2, activation="softmax")])
    schedule = training.one_cycle(rate, examples=len(at), batch_size=tuning.BATCH, epochs=epochs)
    training.prepare(head, optimizer=keras.optimizers.Adam(schedule))
    picked = tuning.Orientation(data.learn[:, at], seed)
    options = {"epochs": epochs, "batch_size": tuning.BATCH, "seed": seed, "monitor": None, "progress": progress}
    with Clock() as clock:
        training.fit(head, (picked.buffer, data.labels[at]), callbacks=[picked] if how.mirrored else [], **options)
    scores = {
        f"{part}_accuracy": round(float(np.mean(head.predict(known, verbose=0).argmax(axis=1) == labels)), 5)
        for part, (known, labels) in (("validation", data.validation), ("test", data.test))
    }
    return head, scores | clock.numbers()


EXPERIMENT = Experiment(
    name="transfer_heads",
    question="What does a head on a frozen base reach, mirrored or not, at a rate chosen on three draws?",
    variants=VARIANTS,
    seeds=tuning.DRAWS,
    plan=tuning.eight_of(lambda variant: VARIANTS[variant].mirrored),
    train=train,
    dataset=lambda: datasets.load_folder("cats_vs_dogs"),
    prepare=features,
    recipe={"base": tuning.BASE, "side": tuning.SIDE, "batch_size": tuning.BATCH, "head_epochs": tuning.HEAD_EPOCHS},
    sweep=Sweep((0.0003, 0.001, 0.003, 0.01, 0.03), seeds=(100, 101, 102), widen=2),
)
