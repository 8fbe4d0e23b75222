"""A GoogLeNet an eighth as wide for 32×32 images, and what its parts are worth: reductions, heads, batch norm.

Modules of table 1 stand on grids of 16, 8 and 4, made by the functions of `course_utils.models.googlenet`: five of
the nine where a network is trained, so that all runs together take minutes on two cores.
One recipe serves every arm: Adam, a rate that rises and falls once, the last epoch. Nothing is chosen by test images.
"""

import time
from typing import NamedTuple

import keras
import numpy as np

from course_utils import datasets, training
from course_utils.models.googlenet import (
    AUXILIARY,
    GOOGLENET_TABLE,
    auxiliary_head,
    inception,
    naive_inception,
)
from course_utils.models.inception_parts import Style, chain, max_pool, network, predictions
from course_utils.recipes.lenet_race import checksum
from course_utils.recipes.vgg_depth import scaled
from course_utils.validation import one_of

WIDTH, BATCH, EPOCHS = 1 / 8, 64, 4
NAIVE_WIDTH = 0.055  # with which the naive twin works as much as the reduced one
RATE, HIGH = 0.002, 0.02
EXAMPLES, TESTS = 2_000, 2_000
MODULES, ALL = ("3a", "3b", "4a", "4d", "5b"), tuple(row.name for row in GOOGLENET_TABLE)
SEEDS = (0, 1, 2)
HEAD_WEIGHT = 0.3  # of each auxiliary loss, section 5 of the paper


class Arm(NamedTuple):
    """One way to build and train the twin."""

    label: str
    reduce: bool = True
    heads: bool = False
    batch_norm: bool = False
    rate: float = RATE


ARMS = {
    "reduced": Arm("reduced modules"),
    "naive": Arm("naive modules, equal work", reduce=False),
    "heads": Arm("with auxiliary heads", heads=True),
    "high": Arm("ten times the rate", rate=HIGH),
    "norm_high": Arm("batch norm, ten times the rate", batch_norm=True, rate=HIGH),
}


def twin(
    *, reduce=True, heads=False, batch_norm=False, width=WIDTH, modules=MODULES, input_shape=(32, 32, 3), classes=10
):
    """Return the twin, not compiled: modules on grids a half, a quarter and an eighth of the image.

    Input (N, H, W, C) → output (N, classes), or with ``heads`` a list of three such outputs.
    """
    style = Style(width=width, batch_norm=batch_norm, gamma=True)
    inputs = keras.Input(input_shape, name="input")
    x, ends = chain(inputs, style, "stem_conv", "3x3/2 64", "3x3 192"), []
    for row in [row for row in GOOGLENET_TABLE if row.name in modules]:
        x = (inception if reduce else naive_inception)(x, row, style)
        if heads and row.name in AUXILIARY:
            ends.append(auxiliary_head(x, classes, style, AUXILIARY[row.name]))
        if row.name == max(name for name in modules if name[0] == row.name[0]) and row.name[0] < "5":
            x = max_pool(x, f"pool_{row.name}", padding="same")
    return network(inputs, [predictions(x, classes, 0.0), *ends], "googlenet_twin")


def multiply_adds(model) -> int:
    """Return the multiply-adds of the convolutions and dense layers of a model, for one image."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            total += int(np.prod(layer.output.shape[1:3])) * int(np.prod(layer.kernel.shape))
        elif isinstance(layer, keras.layers.Dense):
            total += int(np.prod(layer.kernel.shape))
    return total


def weighted_loss(truth, answers):
    """Return the cross-entropy of the main head, and 0.3 of that of each other: (N,), (N, heads, classes) → (N,)."""
    losses = keras.ops.stack([cross_entropy(truth, answers[:, head]) for head in range(answers.shape[1])])
    return losses[0] + HEAD_WEIGHT * keras.ops.sum(losses[1:], axis=0)


def cross_entropy(truth, answers):
    """Return −log of the probability of the right class: (N,), (N, classes) → (N,)."""
    return keras.losses.sparse_categorical_crossentropy(keras.ops.reshape(truth, (-1,)), answers)


def main_accuracy(truth, answers):
    """Return whether the main head is right, image by image."""
    return keras.metrics.sparse_categorical_accuracy(keras.ops.reshape(truth, (-1,)), answers[:, 0])


def stacked(model) -> keras.Model:
    """Return the model with all heads in one output (N, heads, classes), the main head first; weights are shared."""
    return keras.Model(model.inputs, keras.layers.Lambda(keras.ops.stack, arguments={"axis": 1})(model.outputs))


def build(name: str, *, seed: int, modules=MODULES, input_shape=(32, 32, 3), classes: int = 10) -> keras.Model:
    """Return the twin of an arm with the first weights of a seed."""
    arm = ARMS[one_of("name", name, ARMS)]
    width = WIDTH if arm.reduce else NAIVE_WIDTH
    keras.utils.set_random_seed(seed)
    parts = {"reduce": arm.reduce, "heads": arm.heads, "batch_norm": arm.batch_norm}
    return twin(**parts, width=width, modules=modules, input_shape=input_shape, classes=classes)


def fit(model, data, *, seed: int, epochs: int, rate: float, progress: bool = True) -> dict:
    """Train a model with one or several heads, and return its plain numbers.

    Args:
        model: a `keras.Model` for images from -1 to 1, not compiled.
        data: a `datasets.ImageDataset` of colour images.
        seed: of the shuffling.
        epochs: passes over the training images.
        rate: greatest learning rate.
        progress: show a bar.

    Returns:
        ``parameters, macs, loss, accuracy`` (training, one an epoch), ``test_accuracy, seconds``.
    """
    whole = stacked(model)
    schedule = training.one_cycle(rate, examples=len(data.x_train), batch_size=BATCH, epochs=epochs)
    optimizer = keras.optimizers.Adam(schedule)
    training.prepare(whole, optimizer=optimizer, loss=weighted_loss, metrics=[main_accuracy])
    pair, begun = (data.x_train, data.y_train.astype("int32")), time.perf_counter()
    settings = {"epochs": epochs, "batch_size": BATCH, "seed": seed, "transform": scaled, "progress": progress}
    history = training.fit(whole, pair, **settings).history
    return {
        "parameters": model.count_params(),
        "macs": multiply_adds(model),
        "loss": [round(value, 5) for value in history["loss"]],
        "accuracy": [round(value, 5) for value in history["main_accuracy"]],
        "test_accuracy": round(accuracy(whole, data.x_test, data.y_test), 5),
        "seconds": round(time.perf_counter() - begun, 2),
    }


def accuracy(whole, images: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of uint8 images that the main head of a stacked model tells."""
    parts = [whole(scaled(images[start : start + 100]), training=False) for start in range(0, len(images), 100)]
    answers = np.concatenate([keras.ops.convert_to_numpy(part)[:, 0].argmax(axis=-1) for part in parts])
    return float(np.mean(answers == labels))


def train(name: str, data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train one arm with one seed; return the model and its numbers."""
    model = build(name, seed=seed, input_shape=data.image_shape, classes=len(data.class_names))
    numbers = fit(model, data, seed=seed, epochs=epochs, rate=ARMS[name].rate, progress=progress)
    return model, {"arm": name, "seed": seed} | numbers


def gradients(name: str, data, *, seed: int) -> dict[str, float]:
    """Return the length of the loss's gradient for the kernels of an untrained arm with all nine modules.

    One step of plain descent with rate 1 on one batch moves a weight by its gradient. The arms "reduced" and "heads"
    begin with the same weights here: the first is the second without its heads.
    """
    first = "heads" if name == "reduced" else name
    model = build(first, seed=seed, modules=ALL, input_shape=data.image_shape, classes=len(data.class_names))
    if name == "reduced":
        model = keras.Model(model.inputs, model.outputs[:1])
    whole = stacked(model)
    whole.compile(optimizer=keras.optimizers.SGD(1.0), loss=weighted_loss, jit_compile=False)
    watched = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D) and "aux" not in layer.name]
    before = [keras.ops.convert_to_numpy(layer.kernel) for layer in watched]
    whole.train_on_batch(scaled(data.x_train[:128]), data.y_train[:128].astype("int32"))
    after = [keras.ops.convert_to_numpy(layer.kernel) for layer in watched]
    moved = [float(np.linalg.norm(a - b)) for a, b in zip(after, before, strict=True)]
    keras.backend.clear_session()
    return {layer.name: length for layer, length in zip(watched, moved, strict=True)}


def measure(*, seeds=SEEDS, log=print) -> dict:
    """Train every arm with every seed, and measure the first gradients with heads and without."""
    whole = datasets.load("cifar10")
    data, runs = whole.subset(train=EXAMPLES, test=TESTS), []
    for seed in seeds:
        for name in ARMS:
            numbers = train(name, data, seed=seed, progress=False)[1]
            if name in ("reduced", "heads"):
                numbers["gradients"] = {k: round(v, 6) for k, v in gradients(name, data, seed=seed).items()}
            runs.append(numbers)
            told = f"loss {numbers['loss'][-1]:.3f}, test {numbers['test_accuracy']:.4f}, {numbers['seconds']:.0f} s"
            log(f"seed {seed} {name:>9}: {told}")
            keras.backend.clear_session()
    return {
        "question": "What are the reductions, the auxiliary heads and batch norm of a narrow GoogLeNet worth?",
        "data": {"name": whole.name, "source": whole.source, "stand_in": whole.stand_in, "sha256": checksum(whole)},
        "recipe": {"width": WIDTH, "batch_size": BATCH, "epochs": EPOCHS, "examples": EXAMPLES, "tests": TESTS},
        "arms": {name: arm._asdict() for name, arm in ARMS.items()},
        "runs": runs,
    }
