"""First filters of a small AlexNet, to look at: 24 kernels of 11×11 that began at almost nothing.

Random initial weights of the usual size hide what a short training adds to them. Here those of conv1 are ten thousand
times smaller than the pixels, so that nearly all that is seen was learned. Four convolutions and two dense layers, on
the training and validation photographs of the flowers, with dropout, augmentation and weight decay.
"""

import base64

import keras
import numpy as np
from keras import layers

from course_utils import datasets, training
from course_utils.recipes import alexnet_flowers, common
from course_utils.recipes.experiment import Experiment

EPOCHS, BATCH, RATE, DECAY, SMALL = 60, 32, 0.0015, 0.05, 1e-4
SHAPE = (11, 11, 3, 24)
# filters, kernel, stride, pooled
CONVOLUTIONS = ((24, 11, 4, True), (32, 5, 1, True), (48, 3, 1, False), (32, 3, 1, True))


def build(*, seed: int, examples: int, epochs: int = EPOCHS, classes: int = 17) -> keras.Model:
    """Return the network over pixels of −2 to 2, (N, 99, 99, 3) → (N, classes), compiled."""
    keras.utils.set_random_seed(seed)
    x = inputs = keras.Input((alexnet_flowers.SIDE, alexnet_flowers.SIDE, 3))
    for number, (filters, size, stride, pooled) in enumerate(CONVOLUTIONS, start=1):
        first = number == 1
        x = layers.Conv2D(
            filters,
            size,
            stride,
            padding="valid" if first else "same",
            activation="relu",
            kernel_initializer=keras.initializers.RandomNormal(stddev=SMALL) if first else "he_normal",
            name=f"conv{number}",
        )(x)
        x = layers.MaxPooling2D(3, 2)(x) if pooled else x
    x = layers.Dropout(0.5)(layers.Flatten()(x))
    x = layers.Dropout(0.5)(layers.Dense(128, activation="relu")(x))
    model = keras.Model(inputs, layers.Dense(classes, activation="softmax")(x), name="alexnet_filters")
    rate = training.one_cycle(RATE, examples=examples, batch_size=BATCH, epochs=epochs)
    training.prepare(model, optimizer=keras.optimizers.AdamW(rate, weight_decay=DECAY))
    return model


def train(name: str, data: dict, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train the network on training and validation photographs.

    Returns:
        The trained model, and plain numbers: ``arm, seed, history, test_accuracy`` (looked at once), ``kernels`` (see
        `packed`), ``seconds``.
    """
    photographs, labels = (
        np.concatenate([one, other]) for one, other in zip(data["train"], data["validation"], strict=True)
    )
    buffer = alexnet_flowers.middle(photographs)
    model = build(seed=seed, examples=len(labels), epochs=epochs, classes=int(labels.max()) + 1)
    settings = {"epochs": epochs, "batch_size": BATCH, "seed": seed, "transform": alexnet_flowers.scaled}
    redraw = alexnet_flowers.Redraw(photographs, buffer, seed)
    result = training.fit(model, (buffer, labels), callbacks=[redraw], monitor=None, progress=progress, **settings)
    images, truth = data["test"]
    kernels = keras.ops.convert_to_numpy(model.get_layer("conv1").kernel)
    return model, {
        "arm": name,
        "seed": seed,
        "history": common.rounded(result.history, 4),
        "test_accuracy": round(alexnet_flowers.accuracy(model, alexnet_flowers.middle(images), truth), 4),
        "kernels": packed(kernels),
        "seconds": round(result.seconds, 1),
    }


def packed(kernels: np.ndarray) -> str:
    """Return kernels as text: 16-bit floats in base64."""
    return base64.b64encode(np.ascontiguousarray(kernels, dtype="<f2").tobytes()).decode()


def unpacked(text: str, shape=SHAPE) -> np.ndarray:
    """Return the kernels of `packed`: float32 (11, 11, 3, 24).

    Example:
        >>> unpacked(packed(np.ones((1, 2))), (1, 2)).tolist()
        [[1.0, 1.0]]
    """
    return np.frombuffer(base64.b64decode(text), "<f2").astype("float32").reshape(shape)


EXPERIMENT = Experiment(
    name="alexnet_filters",
    question="What do the first filters of a small AlexNet look like when nothing but training has made them?",
    variants={"almost nothing": {"label": "initial weights of almost nothing"}},
    seeds=(0,),
    dataset=lambda: datasets.load_folder("flowers17"),
    prepare=alexnet_flowers.parts,
    train=train,
    recipe={"epochs": EPOCHS, "batch_size": BATCH, "rate": RATE, "weight_decay": DECAY, "initial": SMALL},
)
