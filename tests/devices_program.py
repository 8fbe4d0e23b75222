"""A training on one device, on two, or as one of two workers: the environment says which. Run by test_devices.py."""

import json
import os
import signal
import sys

from course_utils import runtime

keras = runtime.import_keras()
import numpy as np  # noqa: E402

from course_utils import training  # noqa: E402

RNG = np.random.default_rng(0)
X = RNG.normal(size=(210, 6)).astype("float32")
Y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype("int32")


class KilledInEpoch3(keras.callbacks.Callback):
    """Ends the process as a power failure does, after the first batch of the third epoch."""

    def on_train_batch_end(self, batch, logs=None):
        if len(self.model.history.epoch) == 2:
            os.kill(os.getpid(), signal.SIGKILL)


def train(*, killed=False, checkpoint=None) -> dict:
    """Train a small network for four epochs and return its result."""
    with training.several_devices() as devices:
        keras.utils.set_random_seed(1)
        hidden, answer = keras.layers.Dense(8, activation="relu"), keras.layers.Dense(2, activation="softmax")
        model = keras.Sequential([keras.Input((6,)), hidden, answer])
        rate = training.one_cycle(0.02, examples=150, batch_size=50, epochs=4)
        training.prepare(model, optimizer=keras.optimizers.Adam(rate))
    result = training.fit(
        model,
        (X[:150], Y[:150]),
        (X[150:], Y[150:]),
        epochs=4,
        batch_size=50,
        seed=5,
        checkpoint=checkpoint,
        progress=False,
        callbacks=[KilledInEpoch3()] if killed else (),
    )
    return {"devices": devices, "history": result.history, "resumed_from": result.resumed_from}


def one_and_two() -> list[dict]:
    """Train on one device, then on two."""
    import tensorflow as tf

    [processor] = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)
    results = []
    for wanted in ("one", "cpu:0, CPU:1"):
        os.environ["COURSE_DEVICES"] = wanted
        results.append(train())
    return results


if __name__ == "__main__":
    if sys.argv[1] == "devices":
        print(json.dumps(one_and_two()))
    else:
        print(json.dumps(train(checkpoint=sys.argv[2], killed="killed" in sys.argv)))
