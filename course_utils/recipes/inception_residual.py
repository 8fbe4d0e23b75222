"""A wide residual Inception with its residuals scaled and not: does it die, as section 3.3 of arXiv:1602.07261 reports?

Four blocks B of Inception-ResNet-v2 at their full 1,152 channels, at 4×4, after a short stem for 32×32 images.
The optimizer is of the paper's kind, RMSprop with decay 0.9 and epsilon 1; its rate, 0.045, is raised tenfold, because
twenty batches must do what the paper's tens of thousands did; the paper's own rate is tried too.
"""

import keras
import numpy as np

from course_utils.models.inception_parts import Style, chain, max_pool, network, predictions
from course_utils.models.inception_resnet import INCEPTION_RESNET_TABLE, residual_block
from course_utils.recipes.common import scaled
from course_utils.recipes.experiment import Experiment

CHANNELS, BLOCKS, BATCH, EXAMPLES, STEPS = 1_152, 4, 32, 640, 20
VARIANTS = ((1.0, 0.45), (0.1, 0.45), (1.0, 0.045))  # scale of the residuals, learning rate
SEEDS = (0, 1, 2)


def wide(scale: float, *, channels: int = CHANNELS, blocks: int = BLOCKS, input_shape=(32, 32, 3), classes: int = 10):
    """Return the network, not compiled.

    Input (N, H, W, C) → output (N, classes), probabilities.
    """
    style, inputs = Style(gamma=True), keras.Input(input_shape, name="input")
    x = chain(inputs, style, "stem", "3x3/2 32", "3x3/2 64")
    x = chain(max_pool(x, "stem_pool", padding="same"), style, "widen", f"1x1 {channels}")
    for number in range(1, blocks + 1):
        x = residual_block(x, INCEPTION_RESNET_TABLE["v2"].b, scale, style, f"b{number}")
    return network(inputs, [predictions(x, classes, 0.0)], "wide_residual")


def dead_share(model, images) -> float:
    """Return the share of the channels before the average pool that are 0 at every place of every image, or no number.

    Batch norm takes the statistics of these images, as in training.
    """
    probe = keras.Model(model.inputs, model.get_layer("head_pool").input)
    values = keras.ops.convert_to_numpy(probe(scaled(images), training=True))
    return float(np.mean(~(np.nan_to_num(values) > 0).any(axis=(0, 1, 2))))


def train(scale: float, rate: float, data, *, seed: int, steps: int = STEPS, blocks: int = BLOCKS):
    """Train one network for some batches; return it and its numbers: the dead share and the loss after every fifth.

    Layer by layer, without a compiled graph: for so few steps that takes less time and far less memory.
    """
    keras.utils.set_random_seed(seed)
    model = wide(scale, blocks=blocks, input_shape=data.image_shape, classes=len(data.class_names))
    optimizer = keras.optimizers.RMSprop(rate, rho=0.9, epsilon=1.0)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", run_eagerly=True)
    order, dead, losses = np.random.default_rng(seed).permutation(len(data.x_train)), [], []
    for step in range(1, steps + 1):
        batch = np.take(order, range((step - 1) * BATCH, step * BATCH), mode="wrap")
        images, labels = data.x_train[batch], data.y_train[batch].astype("int32")
        loss = float(model.train_on_batch(keras.ops.convert_to_numpy(scaled(images)), labels))
        if step % 5 == 0:
            dead.append(round(dead_share(model, data.x_train[:BATCH]), 4))
            losses.append(round(loss, 4) if np.isfinite(loss) else None)
    return model, {"scale": scale, "rate": rate, "seed": seed, "dead": dead, "loss": losses}


EXPERIMENT = Experiment(
    name="inception_residual",
    question="Does a wide residual Inception die without scaled residuals?",
    variants={f"scale {scale}, rate {rate}": (scale, rate) for scale, rate in VARIANTS},
    seeds=SEEDS,
    dataset="cifar10",
    prepare=lambda whole: whole.subset(train=EXAMPLES, test=500),
    train=lambda name, data, *, seed: train(*EXPERIMENT.variants[name], data, seed=seed),
    recipe={"channels": CHANNELS, "blocks": BLOCKS, "examples": EXAMPLES, "steps": STEPS, "batch": BATCH},
)
