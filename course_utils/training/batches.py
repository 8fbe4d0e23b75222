"""From arrays to shuffled batches of equal size, in an order that depends on the seed and the epoch alone."""

import contextlib
import math

import keras
import numpy as np

BLOCK_BYTES = 4 << 20  # cut at once: a call of Python for every small batch would cost more than the batch


class Shuffle(keras.callbacks.Callback):
    """Tells the data pipeline which epoch it is, so that a resumed epoch has the order it would have had."""

    def __init__(self, seed: int):
        super().__init__()
        self.seed, self.epoch = seed, 0

    def set_model(self, model):
        """Do without the model: TensorFlow keeps every generator it was given, and with it this callback."""

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def order(self, examples: int) -> np.ndarray:
        return np.random.default_rng([self.seed, self.epoch]).permutation(examples)


def equal_sizes(examples: int, most: int) -> list[tuple[int, int]]:
    """Return how many batches of which size hold all examples: as few as possible, as equal as possible.

    A short batch at the end would be a rough step just before the weights are judged.

    Args:
        examples: examples in an epoch.
        most: examples in a batch, at most.

    Returns:
        Pairs (number of batches, examples in each); the sizes differ by one, the larger first.

    Example:
        >>> equal_sizes(10_000, 64)
        [(109, 64), (48, 63)]
    """
    count = math.ceil(examples / most)
    size, larger = divmod(examples, count)
    return [pair for pair in ((larger, size + 1), (count - larger, size)) if pair[0]]


@contextlib.contextmanager
def batches(pair, batch_size: int, shuffle: Shuffle | None = None, transform=None):
    """Yield a pipeline that cuts its batches from the arrays with NumPy, and let go of the arrays at the end.

    A batch holds ``batch_size`` examples or fewer, see `equal_sizes`. A dataset is yielded as it is, but for the
    transform.

    No tensor ever holds the whole data: it would be a second copy, whose room TensorFlow's memory pool keeps for the
    rest of the process. TensorFlow also keeps every generator it was given, so the arrays are taken from it by hand.
    """
    if not isinstance(pair, (tuple, list)):
        yield transformed(pair, transform)
        return
    examples = len(pair[0])
    held = [np.asarray(part) for part in pair]
    if keras.backend.backend() != "tensorflow":
        try:
            yield Plain(held, batch_size, shuffle, transform)
        finally:
            held.clear()
        return
    import tensorflow as tf

    at_once = max(1, BLOCK_BYTES // max(1, batch_size * sum(part[:1].nbytes for part in held)))

    def cut():  # begun anew for every epoch
        order = None if shuffle is None else shuffle.order(examples)
        start = 0
        for count, size in equal_sizes(examples, batch_size):
            for done in range(0, count, at_once):
                end = start + size * min(at_once, count - done)
                chosen = slice(start, end) if order is None else order[start:end]
                yield tuple(part[chosen].reshape(-1, size, *part.shape[1:]) for part in held)
                start = end

    signature = tuple(tf.TensorSpec((None, None, *part.shape[1:]), part.dtype) for part in held)
    blocks = tf.data.Dataset.from_generator(cut, output_signature=signature)
    ahead = min(4, at_once)  # one large batch of floats waits, not four
    pipeline = transformed(blocks.unbatch(), transform).prefetch(ahead)
    options = tf.data.Options()
    options.threading.private_threadpool_size = 2  # waiting for Python must not take a thread from the network
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    count = tf.data.experimental.assert_cardinality(math.ceil(examples / batch_size))
    try:
        yield pipeline.apply(count).with_options(options)
    finally:
        held.clear()


class Plain(keras.utils.PyDataset):
    """The same batches for other backends than TensorFlow, whose operations a pipeline of TensorFlow cannot run."""

    def __init__(self, held: list[np.ndarray], size: int, shuffle: Shuffle | None, transform):
        super().__init__()
        self.held, self.shuffle, self.transform = held, shuffle, transform
        sizes = [size for count, size in equal_sizes(len(held[0]), size) for _ in range(count)]
        self.starts = np.cumsum([0, *sizes])
        self.drawn = -1, np.arange(len(held[0]))  # an epoch and its order

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, number: int):
        if self.shuffle is not None and self.drawn[0] != self.shuffle.epoch:
            self.drawn = self.shuffle.epoch, self.shuffle.order(len(self.held[0]))
        chosen = self.drawn[1][self.starts[number] : self.starts[number + 1]]
        x, *rest = (part[chosen] for part in self.held)
        return (x if self.transform is None else keras.ops.convert_to_numpy(self.transform(x)), *rest)


def transformed(pipeline, transform):
    """Return the pipeline with ``transform`` applied to the inputs of each batch, or unchanged when it is None.

    Raises:
        ValueError: there is a transform, and the backend is not TensorFlow.
    """
    if transform is not None and keras.backend.backend() != "tensorflow":
        name = keras.backend.backend()
        raise ValueError(f"transform needs arrays where Keras runs on {name}; received a dataset: map it beforehand.")
    return pipeline if transform is None else pipeline.map(lambda x, *rest: (transform(x), *rest))


def examples_of(argument: str, pair) -> int:
    """Return the number of examples of ``(x, y)``, or 0 for a dataset.

    Raises:
        ValueError: neither; the text begins with the name of the argument.
    """
    if not isinstance(pair, (tuple, list)):
        if hasattr(pair, "cardinality"):
            return 0
        kind = type(pair).__name__
        raise ValueError(f"{argument} must be a pair (x, y) of arrays or a tf.data.Dataset; received {kind}.")
    lengths = [len(part) if np.ndim(part) else None for part in pair]
    if len(lengths) != 2 or lengths[0] != lengths[1] or not lengths[0]:
        raise ValueError(f"{argument} must be a pair (x, y) of equal, positive lengths; received lengths {lengths}.")
    return lengths[0]
