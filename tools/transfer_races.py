"""The races of `bench.py` for lesson 05: features that are kept, and streams of image files."""

import contextlib
import io
import os
import statistics
import tempfile
import time
from collections.abc import Callable


def features_race(base, train, valid):
    """Return the seconds of our way, of it with features on disk, of the notes' way, and the accuracies as text."""

    import keras

    from course_utils import training, transfer

    settings = {"batch_size": 16, "epochs": 10, "verbose": 0}
    top = {"units": 256, "dropout": 0.5}

    def notes():  # as the notes have it: compiled and fitted with Keras's defaults
        model = transfer.classifier(base, 1, **top)
        model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        return model.fit(*train, validation_data=valid, **settings).history["val_accuracy"][-1]

    def ours():
        known = [(transfer.features(base, images), labels) for images, labels in (train, valid)]
        x = inputs = keras.Input(known[0][0].shape[1:])
        x = keras.layers.Dropout(top["dropout"])(keras.layers.Dense(top["units"], activation="relu")(x))
        head = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x))
        training.prepare(head, loss="binary_crossentropy")
        return head.fit(*known[0], validation_data=known[1], **settings).history["val_accuracy"][-1]

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
