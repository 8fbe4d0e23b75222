"""What the course promises on any backend of Keras: a network is built, trained, resumed and looked into."""

import keras
import numpy as np
import pytest

from course_utils import anatomy, datasets, inspection, models, training
from course_utils.training.batches import Plain, Shuffle, batches

EPOCHS = 5


@pytest.fixture(scope="module")
def digits():
    """Return 800 handwritten digits to learn and 400 to read, values 0 to 255."""
    data = datasets.load("digits", quiet=True)
    images = data.x_train[:1200].reshape(1200, *data.x_train.shape[1:3], 1)
    return (images[:800], data.y_train[:800]), (images[800:], data.y_train[800:1200])


def network(digits, seed=0):
    """Return a small network of lesson 03, compiled as the lessons do."""
    keras.utils.set_random_seed(seed)
    model = models.simple_cnn(input_shape=digits[0][0].shape[1:], width=0.25)
    rate = training.one_cycle(0.02, examples=800, batch_size=50, epochs=EPOCHS)
    training.prepare(model, optimizer=keras.optimizers.Adam(rate))
    return model


class Stopped(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def trained(digits, tmp_path_factory):
    """A network whose training was interrupted and taken up again, and the result."""
    setting = {
        "epochs": EPOCHS,
        "batch_size": 50,
        "progress": False,
        "transform": lambda x: keras.ops.cast(x, "float32") / 255,
    }
    setting["checkpoint"] = tmp_path_factory.mktemp("runs") / "digits"
    with pytest.raises(KeyboardInterrupt):
        training.fit(network(digits), *digits, callbacks=[Stopped()], **setting)
    model = network(digits, seed=1)
    return model, training.fit(model, *digits, **setting)


def test_a_training_learns_and_goes_on_after_an_interruption(trained):
    _, result = trained
    assert result.resumed_from == 2 and len(result.history["loss"]) == EPOCHS
    assert result.history["loss"][-1] < 0.5 * result.history["loss"][0]
    assert result.best > 0.8


def test_a_trained_network_is_read_and_looked_into(trained, digits, tmp_path):
    model, _ = trained
    (images, _), _ = digits
    batch = images[:4].astype("float32") / 255
    maps = inspection.activations(model, batch, ["conv1"])["conv1"]
    assert maps.shape[0] == 4 and np.ptp(maps) > 0
    heat = inspection.grad_cam(model, batch[0], 3, layer="conv2")
    assert np.isfinite(heat).all()
    assert anatomy.describe(model).params == model.count_params()
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(batch, verbose=0), model.predict(batch, verbose=0), atol=1e-6)


def test_batches_for_other_backends_hold_each_example_once_in_the_order_of_the_epoch():
    data, shuffle = np.arange(23), Shuffle(3)
    given = Plain([data, -data], 5, shuffle, lambda x: keras.ops.convert_to_tensor(x) * 2)
    seen = []
    for epoch in (0, 1):
        shuffle.on_epoch_begin(epoch)
        parts = [given[number] for number in range(len(given))]
        assert [len(x) for x, _ in parts] == [5, 5, 5, 4, 4]
        x, y = (np.concatenate(part) for part in zip(*parts, strict=True))
        np.testing.assert_array_equal(x, 2 * shuffle.order(23))
        np.testing.assert_array_equal(y, -shuffle.order(23))
        seen.append(list(x))
    assert seen[0] != seen[1]


def test_a_pipeline_of_tensorflow_takes_no_transform_on_another_backend(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    told = "transform needs arrays where Keras runs on jax; received a dataset"
    with pytest.raises(ValueError, match=told), batches(object(), 5, None, abs):
        pass
    with batches((np.arange(4), np.arange(4)), 2, None, abs) as given:
        assert isinstance(given, Plain)
    assert given.held == []
