"""From arrays to shuffled batches, in an order that depends on the seed and the epoch alone."""

import math

import keras
import numpy as np


class Shuffle(keras.callbacks.Callback):
    """Tells the data pipeline which epoch it is, so that a resumed epoch has the order it would have had."""

    def __init__(self, seed: int):
        super().__init__()
        self.seed, self.epoch = seed, 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def order(self, examples: int) -> np.ndarray:
        return np.random.default_rng([self.seed, self.epoch]).permutation(examples)


def batches(pair, batch_size: int, shuffle: Shuffle | None = None, transform=None):
    """Return a pipeline that takes batches from arrays held as one tensor each: far cheaper than one by one."""
    import tensorflow as tf

    examples = examples_of(pair)
    x, y = (tf.convert_to_tensor(part) for part in pair)
    if shuffle is None:
        return transformed(tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size), transform).prefetch(2)

    def order():  # asked once at the start of every epoch
        yield shuffle.order(examples)

    indices = tf.data.Dataset.from_generator(order, output_signature=tf.TensorSpec((examples,), tf.int64))
    indices = indices.unbatch().batch(batch_size)
    chosen = transformed(indices.map(lambda i: (tf.gather(x, i), tf.gather(y, i))), transform).prefetch(4)
    return chosen.apply(tf.data.experimental.assert_cardinality(math.ceil(examples / batch_size)))


def transformed(pipeline, transform):
    """Return the pipeline with ``transform`` applied to the inputs of each batch, or unchanged when it is None."""
    return pipeline if transform is None else pipeline.map(lambda x, y: (transform(x), y))


def examples_of(pair) -> int:
    """Return the number of examples of ``(x, y)``, or 0 for a dataset."""
    if not isinstance(pair, (tuple, list)):
        if hasattr(pair, "cardinality"):
            return 0
        raise ValueError(f"train must be a pair (x, y) of arrays or a tf.data.Dataset; received {type(pair).__name__}.")
    if len(pair) != 2 or len(pair[0]) != len(pair[1]) or not len(pair[0]):
        lengths = [len(part) for part in pair]
        raise ValueError(f"data must be a pair (x, y) of equal, positive lengths; received lengths {lengths}.")
    return len(pair[0])
