"""The races of `bench.py` for lesson 05: cached features, and streams of image files."""

import contextlib
import io
import os
import statistics
import tempfile
import time
from collections.abc import Callable


def features_race(base, train, valid, *, shown=None):
    """Race a head on cached features against the notes' way: the frozen base run forward in each of ten epochs.

    Args:
        base: a `transfer.Backbone`.
        train, valid: (images, labels).
        shown: how many training and how many validation images an epoch shows, round and round; each once when None.

    Returns:
        Seconds of our way, of our way with the features on disk, of the notes' way; both accuracies as text.
    """
    import keras
    import numpy as np

    from course_utils import training, transfer

    counts = shown or (len(train[1]), len(valid[1]))
    orders = [np.arange(count) % len(y) for count, (_, y) in zip(counts, (train, valid), strict=True)]
    settings, units, dropout = {"batch_size": 16, "epochs": 10, "verbose": 0}, 256, 0.5

    def fitted(model, inputs):
        (x, y), validation = ((x[order], y[order]) for x, order, (_, y) in zip(*inputs, strict=True))
        return model.fit(x, y, validation_data=validation, **settings).history["val_accuracy"][-1]

    def notes():  # compiled and fitted with Keras's defaults
        model = transfer.classifier(base, 1, units=units, dropout=dropout)
        model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        return fitted(model, ((train[0], valid[0]), orders, (train, valid)))

    def ours():
        known = [transfer.features(base, images) for images, _ in (train, valid)]
        x = inputs = keras.Input(known[0].shape[1:])
        x = keras.layers.Dropout(dropout)(keras.layers.Dense(units, activation="relu")(x))
        head = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x))
        training.prepare(head, loss="binary_crossentropy")
        return fitted(head, (known, orders, (train, valid)))

    with tempfile.TemporaryDirectory() as empty, settings_of(COURSE_CACHE_DIR=empty):
        (cold, cold_accuracy), (warm, _) = timed(ours), timed(ours)
    slow, slow_accuracy = timed(notes)
    return cold, warm, slow, f"{cold_accuracy:.1%} against {slow_accuracy:.1%}"


def stream_race(part, augmented: bool, *, rounds: int = 3) -> list[float]:
    """Return images a second of the legacy generator, of the stream's first and of its later epochs."""
    import tensorflow as tf

    from course_utils import datasets

    ranges = {name: 0.2 for name in ("width_shift_range", "height_shift_range", "shear_range", "zoom_range")}
    ranges |= {"rotation_range": 40, "horizontal_flip": True}
    generator = tf.keras.preprocessing.image.ImageDataGenerator(**(ranges if augmented else {}))
    root = str(part.paths[0].parents[1])
    held = {"target_size": (150, 150), "batch_size": 32, "class_mode": "binary"}
    found = [[], [], []]
    for number in range(rounds + 1):
        with contextlib.redirect_stdout(io.StringIO()):
            flow = generator.flow_from_directory(root, **held)
        dataset = datasets.stream(part, size=150, batch_size=32, shuffle=True, augment=augmented)
        ways = (lambda flow=flow: [next(flow) for _ in range(len(flow))], *[lambda d=dataset: list(map(len, d))] * 2)
        for rate, way in zip(found, ways, strict=True):
            taken = timed(way)[0]
            if number:  # a first round warms up
                rate.append(len(part) / taken)
    return [statistics.median(rate) for rate in found]


def timed(work: Callable):
    """Return (seconds, result) of one call."""
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


@contextlib.contextmanager
def settings_of(**variables: str):
    """Set environment variables for a while."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
