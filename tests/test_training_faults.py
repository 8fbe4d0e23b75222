"""Faults that once lost a training: NaN taken for best, another network resumed, damaged checkpoints, late messages."""

import runpy
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from course_utils import training

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("int32")
TRAIN, HELD = (X[:40], Y[:40]), (X[40:], Y[40:])


def network(activation="relu", *, dropout=0.0, l2=None, loss="sparse_categorical_crossentropy", metrics=("accuracy",),
            rate=0.1, initializer="he_normal", seed=1):  # fmt: skip
    keras.utils.set_random_seed(seed)
    settings = {"kernel_regularizer": l2 and keras.regularizers.L2(l2), "kernel_initializer": initializer}
    layers = [keras.layers.Dense(3, activation=activation, **settings), keras.layers.Dropout(dropout)]
    model = keras.Sequential([keras.Input((4,)), *layers, keras.layers.Dense(2, activation="softmax")])
    model.compile(keras.optimizers.SGD(rate), loss, metrics=list(metrics), run_eagerly=True)
    return model


def fit(model, train=TRAIN, held=HELD, **changed):
    return training.fit(model, train, held, **({"epochs": 2, "batch_size": 20, "progress": False} | changed))


@pytest.mark.parametrize(
    ("scores", "best"),
    [([3, 2, np.nan, np.nan], 2), ([np.nan, 3, 2, np.nan], 3), ([np.nan, 5, np.nan, 4], 4), ([3, 2, 2, 4], 2)],
)
def test_nan_is_never_the_best_score_and_the_first_of_equal_ones_is(monkeypatch, scores, best):
    model, seen = network(), []
    evaluated = iter(scores)
    monkeypatch.setattr(model, "evaluate", lambda *a, **k: {"loss": next(evaluated), "accuracy": 0.5})
    keep = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(model.get_weights()))
    result = fit(model, epochs=4, monitor="val_loss", callbacks=[keep])
    assert result.best_epoch == best and result.best == scores[best - 1]
    for left, right in zip(model.get_weights(), seen[best - 1], strict=True):
        np.testing.assert_array_equal(left, right)


def test_where_every_score_is_nan_no_epoch_is_best(monkeypatch):
    model = network()
    monkeypatch.setattr(model, "evaluate", lambda *a, **k: {"loss": np.nan, "accuracy": 0.5})
    result = fit(model, monitor="val_loss")
    assert result.best_epoch == 0 and result.best is None


def other_loss(truth, answers):
    return keras.losses.sparse_categorical_crossentropy(truth, answers) * 2


@pytest.mark.parametrize(
    ("part", "changed"),
    [
        ("model", {"activation": "tanh"}),
        ("model", {"dropout": 0.5}),
        ("model", {"l2": 0.01}),
        ("model", {"initializer": "glorot_normal"}),
        ("loss", {"loss": other_loss}),
        ("metrics", {"metrics": ("accuracy", "sparse_categorical_crossentropy")}),
        ("learning_rate", {"rate": 0.2}),
    ],
)
def test_another_network_does_not_resume(tmp_path, part, changed):
    fit(network(), checkpoint=tmp_path / "run", epochs=1)
    with pytest.raises(ValueError, match=f"another training.*{part} was"):
        fit(network(**changed), checkpoint=tmp_path / "run")


FACTOR = 2.0


@pytest.mark.parametrize("other", [lambda x: x * 3.0, lambda x: x + FACTOR, None])
def test_another_transform_does_not_resume(tmp_path, other):
    fit(network(), checkpoint=tmp_path / "run", epochs=1, transform=lambda x: x * FACTOR)
    fit(network(), checkpoint=tmp_path / "run", epochs=2, transform=lambda x: x * FACTOR)
    with pytest.raises(ValueError, match="transform was"):
        fit(network(), checkpoint=tmp_path / "run", epochs=3, transform=other)


def test_what_a_transform_uses_counts_too(tmp_path, monkeypatch):
    def scaled(factor):
        return lambda x: x * factor * FACTOR

    fit(network(), checkpoint=tmp_path / "run", epochs=1, transform=scaled(2))
    with pytest.raises(ValueError, match="transform was"):
        fit(network(), checkpoint=tmp_path / "run", transform=scaled(3))
    monkeypatch.setitem(globals(), "FACTOR", 5.0)
    with pytest.raises(ValueError, match="transform was"):
        fit(network(), checkpoint=tmp_path / "run", transform=scaled(2))


def pipeline(x, y=Y[:40], *, size=20, change=None):
    made = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(40, seed=1).batch(size)
    return made if change is None else made.map(change)


@pytest.mark.parametrize(
    "other", [pipeline(X[:40] + 1), pipeline(X[:40], size=10), pipeline(X[:40], change=lambda x, y: (x * 2, y))]
)
def test_other_data_in_a_dataset_do_not_resume(tmp_path, other):
    fit(network(), pipeline(X[:40]), checkpoint=tmp_path / "run", epochs=1)
    fit(network(), pipeline(X[:40]), checkpoint=tmp_path / "run", epochs=2)
    with pytest.raises(ValueError, match="data was"):
        fit(network(), other, checkpoint=tmp_path / "run", epochs=3)


FRESH = """
from course_utils import runtime
keras = runtime.import_keras()
import sys
import numpy as np
from course_utils import training

for _ in range(int(sys.argv[2])):  # Keras numbers the layers of a session
    keras.layers.Dense(1), keras.layers.Softmax(), keras.layers.Dropout(0.1), keras.layers.Lambda(lambda x: x)
inputs = keras.Input((4,))
x = keras.layers.Dropout(0.1)(keras.layers.Lambda(lambda x: x * 2)(keras.layers.Dense(3, activation="relu")(inputs)))
model = keras.Model(inputs, keras.layers.Softmax()(keras.layers.Dense(2, activation="softmax")(x)))
model.compile(keras.optimizers.Adam(0.01), lambda t, p: keras.losses.sparse_categorical_crossentropy(t, p),
              metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(1)], run_eagerly=True)
pair = np.ones((8, 4), "float32"), np.zeros(8, "int32")
run = training.fit(model, pair, epochs=int(sys.argv[3]), checkpoint=sys.argv[1], transform=lambda x: x + 1.0,
                   progress=False)
print(run.resumed_from)
"""


def test_same_call_in_a_fresh_process_resumes(tmp_path, monkeypatch, capsys):
    # two files, as two kernels have: neither the file's name nor the line may count
    here, there = tmp_path / "here.py", tmp_path / "there.py"
    here.write_text(FRESH)
    there.write_text("\n\n\n" + FRESH)
    monkeypatch.setattr(sys, "argv", [str(here), str(tmp_path / "run"), "3", "1"])
    runpy.run_path(str(here), run_name="__main__")
    assert capsys.readouterr().out.split() == ["0"]
    command = [sys.executable, str(there), str(tmp_path / "run"), "0", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.stdout.split() == ["1"], done.stderr[-2000:]


def test_every_damage_of_a_checkpoint_is_noticed(tmp_path, capsys):
    fit(network(), checkpoint=tmp_path / "run", epochs=1)
    file = tmp_path / "run.npz"
    whole = file.read_bytes()
    from course_utils.training import checkpoint

    good = checkpoint.load(file, None)
    draw, lost = np.random.default_rng(0), 0
    directory = whole.index(b"PK\x01\x02")  # the list of the arrays stands at the end: damage there loses some
    for place in [*draw.integers(0, len(whole), 250), *range(directory, len(whole), 3)]:
        content = bytearray(whole)
        content[place] ^= 1 << int(draw.integers(8))
        file.write_bytes(content)
        state = checkpoint.load(file, None)
        if state is None:
            lost += 1
            continue
        assert state.progress == good.progress
        for group in ("model", "optimizer", "best"):
            for one, other in zip(getattr(state, group), getattr(good, group), strict=True):
                np.testing.assert_array_equal(one, other)
    said = capsys.readouterr().out.splitlines()
    assert lost > 200 and len(said) == lost and all("starting anew" in line for line in said)


def test_checkpoint_of_an_earlier_version_is_explained(tmp_path):
    header = '{"kind": "course_utils training checkpoint 1", "fingerprint": {}, "progress": {}}'
    np.savez(tmp_path / "run.npz", header=np.array(header), model0=np.ones(3))
    with pytest.raises(ValueError, match="written by an earlier version"):
        fit(network(), checkpoint=tmp_path / "run")
    assert fit(network(), checkpoint=tmp_path / "run", resume=False).resumed_from == 0


@pytest.mark.parametrize("bad", ["", ".", "runs/", 5, True])
def test_checkpoint_without_a_name_is_refused(bad):
    with pytest.raises(ValueError, match="checkpoint must be the name of a file"):
        fit(network(), checkpoint=bad)


def test_faults_of_validation_say_validation():
    with pytest.raises(ValueError, match="validation must be a pair"):
        fit(network(), TRAIN, X)
    with pytest.raises(ValueError, match=r"validation must be a pair \(x, y\) of equal, positive lengths"):
        fit(network(), TRAIN, (X, Y[:-1]))
    with pytest.raises(ValueError, match=r"train must be a pair \(x, y\) of equal, positive lengths"):
        fit(network(), (X, Y[:-1]), HELD)


@pytest.mark.parametrize("train", [TRAIN, pipeline(X[:40])])
def test_validation_may_be_a_dataset(tmp_path, train):
    held = tf.data.Dataset.from_tensor_slices(HELD).batch(7)
    shapes = []
    transform = lambda x: shapes.append(x.shape[0]) or x / 2  # noqa: E731
    model = network()
    result = fit(model, train, held, transform=transform, checkpoint=tmp_path / "run")
    assert len(result.history["val_accuracy"]) == 2
    expected = model.evaluate(HELD[0] / 2, HELD[1], verbose=0, return_dict=True)["loss"]
    assert result.history["val_loss"][result.best_epoch - 1] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("monitor", ["val_acuracy", "accurracy"])
def test_misspelt_monitor_is_found_before_the_training(monitor):
    model = network()
    before = model.get_weights()
    with pytest.raises(ValueError, match=f"monitor must be one of .*'val_accuracy'.*received '{monitor}'.*Did you"):
        fit(model, monitor=monitor)
    for left, right in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(left, right)
    with pytest.raises(ValueError, match="monitor must be one of 'accuracy', 'loss'; received 'val_loss'"):
        fit(model, TRAIN, None, monitor="val_loss")


def test_monitor_of_an_unusual_name_is_accepted():
    named = [keras.metrics.SparseCategoricalAccuracy(name="right"), keras.metrics.sparse_categorical_crossentropy]
    assert fit(network(metrics=named), monitor="val_right").best_epoch in (1, 2)
    assert fit(network(metrics=named), monitor="val_sparse_categorical_crossentropy").best_epoch in (1, 2)


def test_prepare_takes_one_metric_by_name():
    model = network()
    training.prepare(model, metrics="accuracy")
    assert "accuracy" in training.fit(model, TRAIN, epochs=1, progress=False).history


class Stop(keras.callbacks.Callback):
    """Interrupts before an epoch."""

    def __init__(self, epoch):
        super().__init__()
        self.at = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.at:
            raise KeyboardInterrupt


def test_callbacks_of_the_user_go_on_where_they_were(tmp_path):
    def plateau():  # nothing is ever better by 10: the rate falls after every second epoch
        return keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=2, min_delta=10, min_lr=0)

    whole = network()
    expected = fit(whole, epochs=7, callbacks=[plateau()])
    with pytest.raises(KeyboardInterrupt):
        fit(network(), epochs=7, checkpoint=tmp_path / "run", callbacks=[plateau(), Stop(4)])
    resumed = network()
    result = fit(resumed, epochs=7, checkpoint=tmp_path / "run", callbacks=[plateau()])
    assert result.resumed_from == 4 and result.history == expected.history
    assert float(resumed.optimizer.learning_rate) == float(whole.optimizer.learning_rate) < 0.1 / 4
    # and a reader who runs the cell again with the model that is there, its rate lowered
    assert fit(resumed, epochs=7, checkpoint=tmp_path / "run", callbacks=[plateau()]).resumed_from == 7


def test_training_that_was_stopped_early_stays_stopped(tmp_path):
    early = lambda: keras.callbacks.EarlyStopping("loss", patience=1, min_delta=10)  # noqa: E731
    first = fit(network(), epochs=9, checkpoint=tmp_path / "run", callbacks=[early()])
    assert len(first.history["loss"]) == 2
    again = fit(network(), epochs=9, checkpoint=tmp_path / "run", callbacks=[early()])
    assert again.history == first.history and again.resumed_from == 2
