"""Training: what an interruption may not change, what a checkpoint may not destroy, what a bar may not leave behind."""

import gc
import io
import math
import subprocess
import sys
import warnings
import weakref

import keras
import numpy as np
import pytest

from course_utils import training
from course_utils.training import checkpoint as checkpoints
from course_utils.training import progress

RNG = np.random.default_rng(0)
X = RNG.normal(size=(210, 6)).astype("float32")
Y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype("int32")
TRAIN, VALIDATION = (X[:150], Y[:150]), (X[150:], Y[150:])


def network(seed=1, epochs=4):
    """Return a small compiled network with everything that has a state: dropout, batch norm, Adam, a schedule."""
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    parts = [layers.Dense(8, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.3, seed=3)]
    model = keras.Sequential([keras.Input((6,)), *parts, layers.Dense(2, activation="softmax")])
    rate = training.one_cycle(0.02, examples=150, batch_size=50, epochs=epochs)
    training.prepare(model, optimizer=keras.optimizers.Adam(rate))
    model.run_eagerly = True  # three steps an epoch: a graph would take longer to build
    return model


def run(model, **changed):
    settings = {"epochs": 4, "batch_size": 50, "seed": 5, "progress": False} | changed
    return training.fit(model, TRAIN, VALIDATION, **settings)


class PullThePlug(keras.callbacks.Callback):
    """Interrupt in the middle of an epoch, as a reader who presses stop does."""

    def __init__(self, epoch):
        super().__init__()
        self.at, self.now = epoch, 0

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.now == self.at:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def uninterrupted():
    """A network that was trained without a break, its weights and its result."""
    model = network()
    result = run(model)
    return model.get_weights(), result


@pytest.mark.parametrize("at", [0, 1, 3])
def test_interrupted_training_ends_as_an_uninterrupted_one(tmp_path, at, uninterrupted):
    weights, expected = uninterrupted
    with pytest.raises(KeyboardInterrupt):
        run(network(), checkpoint=tmp_path / "run", callbacks=[PullThePlug(at)])
    resumed = network(seed=99)  # other first weights: everything must come from the checkpoint
    if at == 0:
        resumed = network()
    result = run(resumed, checkpoint=tmp_path / "run")
    assert result.resumed_from == at
    assert result.history == expected.history
    assert result.best_epoch == expected.best_epoch
    for left, right in zip(weights, resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)


def test_finished_training_is_not_repeated_and_resume_false_begins_again(tmp_path):
    first = run(network(), checkpoint=tmp_path / "run")
    again = run(network(seed=2), checkpoint=tmp_path / "run")
    assert again.resumed_from == 4
    assert again.history == first.history
    fresh = run(network(seed=2), checkpoint=tmp_path / "run", resume=False)
    assert fresh.resumed_from == 0
    assert fresh.history != first.history


def test_model_ends_with_the_weights_of_the_best_epoch():
    model = network()
    result = run(model, monitor="val_loss")
    assert result.best == min(result.history["val_loss"])
    assert result.best_epoch == int(np.argmin(result.history["val_loss"])) + 1
    loss, _ = model.evaluate(*VALIDATION, verbose=0)
    assert loss == pytest.approx(result.best, rel=1e-5)


def test_without_validation_the_last_weights_stay():
    model = network()
    result = training.fit(model, TRAIN, epochs=2, batch_size=50, progress=False)
    assert result.monitor is None and result.best is None and result.best_epoch == 2
    assert set(result.history) == {"loss", "accuracy"}


def test_same_seed_same_run_other_seed_another(uninterrupted):
    first = uninterrupted[1].history
    assert run(network()).history == first
    assert run(network(), epochs=1, seed=6).history["loss"] != first["loss"][:1]


def test_every_example_is_seen_once_an_epoch_in_a_new_order():
    from course_utils.training.batches import Shuffle, batches

    shuffle = Shuffle(3)
    orders = []
    with batches((np.arange(50), np.arange(50)), 16, shuffle) as pipeline:
        for epoch in range(2):
            shuffle.on_epoch_begin(epoch)
            orders.append(np.concatenate([x.numpy() for x, _ in pipeline]))
    assert [sorted(order) for order in orders] == [list(range(50))] * 2
    assert list(orders[0]) != list(orders[1])
    assert int(pipeline.cardinality()) == 4


@pytest.mark.parametrize(("examples", "most"), [(50, 16), (48, 16), (33, 16), (17, 16), (5, 16), (1, 1)])
def test_no_batch_is_much_smaller_than_the_others(examples, most, monkeypatch):
    from course_utils.training import batches as module

    monkeypatch.setattr(module, "BLOCK_BYTES", 500)  # two batches of 16 at once
    shuffle, numbers = module.Shuffle(3), np.arange(examples)
    with module.batches((numbers, -numbers), most, shuffle) as pipeline:
        pairs = [(x.numpy(), y.numpy()) for x, y in pipeline]
    sizes = [len(x) for x, _ in pairs]
    assert len(sizes) == math.ceil(examples / most) == int(pipeline.cardinality())
    assert max(sizes) <= most and max(sizes) - min(sizes) <= 1
    assert sorted(np.concatenate([x for x, _ in pairs])) == list(range(examples))
    assert all(np.array_equal(x, -y) for x, y in pairs)


def owner(values):
    """Return an array that owns its memory: the views that a pipeline takes of it keep this very object alive."""
    array = np.empty(values.shape, values.dtype)
    array[:] = values
    assert array.base is None
    return array


@pytest.mark.parametrize("end", ["whole", "interrupted"])
def test_training_lets_go_of_its_data_while_the_model_lives_on(end):
    x, held = owner(X), owner(X[:60])
    watched, model = [weakref.ref(x), weakref.ref(held)], network()
    settings = {"epochs": 2, "batch_size": 50, "progress": False, "transform": lambda batch: batch}
    if end == "whole":
        training.fit(model, (x, Y), (held, Y[:60]), **settings)
    else:
        with pytest.raises(KeyboardInterrupt):
            training.fit(model, (x, Y), (held, Y[:60]), callbacks=[PullThePlug(1)], **settings)
    del x, held
    gc.collect()
    assert all(reference() is None for reference in watched)
    assert model.predict(X[:3], verbose=0).shape == (3, 2)


def test_model_can_be_forgotten_after_its_training():
    model = network()
    run(model, epochs=1)
    watched = weakref.ref(model)
    del model
    keras.utils.clear_session()
    gc.collect()
    assert watched() is None


GROWTH = """
from course_utils import runtime
keras = runtime.import_keras()
import numpy as np
import psutil
from course_utils import training

def resident():
    return psutil.Process().memory_info().rss / 2**20

def train(examples):
    model = keras.Sequential([keras.Input((1000,)), keras.layers.Dense(2, activation="softmax")])
    training.prepare(model)
    x, y = np.ones((examples, 1000), "float32"), np.zeros(examples, "int32")
    held = resident()
    training.fit(model, (x, y), (x, y), epochs=1, batch_size=1000, progress=False)
    return resident() - held

train(2000)
print(round(train(40_000)))
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_data():
    done = subprocess.run([sys.executable, "-c", GROWTH], capture_output=True, text=True, timeout=300, check=True)
    assert int(done.stdout) < 80  # megabytes; the arrays have 160, which a pool of tensors would keep


def test_seconds_cover_the_epochs_and_not_what_other_callbacks_do():
    import time

    class Slow(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            time.sleep(0.4)

    begun = time.perf_counter()
    result = run(network(), epochs=3, callbacks=[Slow()])
    assert result.seconds < time.perf_counter() - begun - 3 * 0.4
    assert len(result.epoch_seconds) == 3
    assert result.seconds == pytest.approx(sum(result.epoch_seconds))
    assert 0 < result.first_step_seconds <= result.epoch_seconds[0]


def test_truncated_checkpoint_is_set_aside_and_training_begins_anew(tmp_path, capsys):
    run(network(), epochs=1, checkpoint=tmp_path / "run")
    file = tmp_path / "run.npz"
    whole = file.read_bytes()
    for number, keep in enumerate((0, 10, 200, 3000), start=1):
        file.write_bytes(whole[:keep])
        assert checkpoints.load(file, None) is None
        aside = file.with_name(f"run.npz.damaged{number if number > 1 else ''}")
        assert aside.stat().st_size == keep and f"it is now {aside.name}, starting anew" in capsys.readouterr().out
    assert run(network(), epochs=1, checkpoint=tmp_path / "run").resumed_from == 0


def test_file_of_the_user_is_never_overwritten(tmp_path):
    np.savez(tmp_path / "mine.npz", important=np.arange(3))
    with pytest.raises(ValueError, match="holds something else"):
        run(network(), checkpoint=tmp_path / "mine")
    run(network(), epochs=1, checkpoint=tmp_path / "mine", resume=False)
    with np.load(tmp_path / "mine.npz.damaged") as moved:
        assert list(moved["important"]) == [0, 1, 2]


@pytest.mark.parametrize("changed", [{"batch_size": 32}, {"seed": 6}, {"monitor": "val_loss"}])
def test_checkpoint_of_another_training_is_refused_and_named(tmp_path, changed):
    run(network(), epochs=1, checkpoint=tmp_path / "run")
    with pytest.raises(ValueError, match=f"another training.*{next(iter(changed))} was"):
        run(network(), epochs=1, checkpoint=tmp_path / "run", **changed)


def test_checkpoint_refuses_other_data_and_another_schedule(tmp_path):
    run(network(), epochs=1, checkpoint=tmp_path / "run")
    with pytest.raises(ValueError, match="data was"):
        training.fit(
            network(), (X[:150] + 1, Y[:150]), VALIDATION, epochs=2, batch_size=50, seed=5, checkpoint=tmp_path / "run"
        )
    with pytest.raises(ValueError, match="learning_rate was"):
        run(network(epochs=9), epochs=2, checkpoint=tmp_path / "run")


def test_failed_write_costs_the_checkpoint_and_not_the_training(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    result = run(network(), epochs=2, checkpoint=tmp_path / "file" / "run")
    assert len(result.history["loss"]) == 2
    assert capsys.readouterr().out.count("could not be written") == 1


def test_interrupted_write_leaves_the_old_checkpoint_whole(tmp_path, monkeypatch, capsys):
    run(network(), epochs=1, checkpoint=tmp_path / "run")
    before = (tmp_path / "run.npz").read_bytes()

    def half(file, **arrays):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(checkpoints.np, "savez", half)
    run(network(), epochs=2, checkpoint=tmp_path / "run")
    assert "disk full" in capsys.readouterr().out
    assert (tmp_path / "run.npz").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


def test_bare_checkpoint_name_lies_in_the_folder_of_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_RUNS_DIR", str(tmp_path))
    assert checkpoints.location("lenet") == tmp_path / "lenet.npz"
    assert checkpoints.location("here/lenet.npz").as_posix() == "here/lenet.npz"


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"epochs": 0}, "epochs must be"),
        ({"batch_size": 1.5}, "batch_size must be"),
        ({"seed": -1}, "seed must be"),
        ({"monitor": "accurracy"}, "monitor must be one of .*'val_accuracy'.*received 'accurracy'"),
    ],
)
def test_bad_argument_is_named(changed, text):
    with pytest.raises(ValueError, match=text):
        run(network(), **({"epochs": 1} | changed))


def test_data_that_do_not_fit_together_are_named():
    with pytest.raises(ValueError, match="equal, positive lengths"):
        training.fit(network(), (X, Y[:-1]), epochs=1)
    with pytest.raises(ValueError, match="train must be a pair"):
        training.fit(network(), X, epochs=1)
    with pytest.raises(ValueError, match="compiled"):
        training.fit(keras.Sequential([keras.Input((6,)), keras.layers.Dense(2)]), TRAIN, epochs=1)


def test_transform_changes_every_batch_of_training_and_validation(uninterrupted):
    plain = uninterrupted[1]
    halved = (X[:150] / 2, Y[:150]), (X[150:] / 2, Y[150:])
    model = network()
    same = training.fit(model, *halved, epochs=4, batch_size=50, seed=5, progress=False, transform=lambda x: x * 2)
    assert same.history == plain.history


def test_dataset_of_batches_is_taken_as_it_comes():
    import tensorflow as tf

    batches = tf.data.Dataset.from_tensor_slices(TRAIN).batch(16)
    result = training.fit(network(), batches, VALIDATION, epochs=2, progress=False)
    assert len(result.history["val_loss"]) == 2


def test_training_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        run(network(), epochs=2)


def test_one_cycle_rises_falls_and_lasts_the_training():
    rate = training.one_cycle(0.01, examples=105, batch_size=10, epochs=10)
    assert rate.steps == 110
    values = np.array([float(rate(step)) for step in range(111)])
    assert values[0] == pytest.approx(0.0004)
    assert values.max() == pytest.approx(0.01) and values.argmax() == 33
    assert values[110] == pytest.approx(1e-6, rel=1e-3)
    assert (np.diff(values[:34]) > 0).all() and (np.diff(values[33:]) < 0).all()
    assert float(rate(500)) == pytest.approx(values[110])


def test_one_cycle_survives_saving(tmp_path):
    model = network()
    model.save(tmp_path / "model.keras")
    rate = keras.saving.load_model(tmp_path / "model.keras").optimizer._learning_rate
    assert isinstance(rate, training.OneCycle)
    assert rate.get_config() == model.optimizer._learning_rate.get_config()


@pytest.mark.parametrize(("name", "value"), [("peak", 0), ("steps", 0), ("warm_up", 1.0), ("end", -1)])
def test_one_cycle_names_a_bad_argument(name, value):
    with pytest.raises(ValueError, match=f"{name} must be"):
        training.OneCycle(**({"peak": 0.1, "steps": 10} | {name: value}))


def test_several_devices_does_nothing_on_one():
    with training.several_devices() as devices:
        assert devices == 1


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_bar_in_a_terminal_is_one_line_that_vanishes(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(progress.sys, "stderr", screen)
    monkeypatch.setattr(progress, "PAUSE", 0.0)
    run(network(), epochs=2, progress=True)
    text = screen.getvalue()
    assert "epoch 2 of 2" in text and "loss" in text and "val_accuracy" in text
    assert "\n" not in text and text.endswith("\r") and not text.split("\r")[-2].strip()


def test_bar_writes_nothing_into_a_log(monkeypatch, capsys):
    run(network(), epochs=1, progress=True)
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err == ""


@pytest.mark.slow
def test_bar_in_a_notebook_leaves_an_empty_output(tmp_path):
    import nbformat
    from nbclient import NotebookClient

    code = (
        "import os; os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'\n"
        "from course_utils.training.progress import Bar\n"
        "bar = Bar(epochs=1, batches=4); bar.on_train_begin(); bar.on_train_batch_end(1, {'loss': 0.5}); bar.close()"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    drawn = []
    client = NotebookClient(notebook, kernel_name="python3", timeout=120)
    keep = client.process_message
    client.process_message = lambda message, *rest: drawn.append(message) or keep(message, *rest)
    client.execute()
    shown = [message["content"]["data"] for message in drawn if message["msg_type"].endswith("display_data")]
    assert any("<progress" in data.get("text/html", "") for data in shown)
    outputs = [output for output in notebook.cells[0].outputs if output.output_type != "stream"]
    assert [output.data for output in outputs] == [{"text/html": ""}]


class Seen(keras.Model):
    """Notes which inputs it is trained on."""

    def __init__(self):
        super().__init__()
        self.dense, self.batches = keras.layers.Dense(1), []

    def call(self, x):
        return self.dense(x)

    def train_step(self, data):
        self.batches.append(np.asarray(data[0]).ravel().astype(int).tolist())
        return super().train_step(data)


def orders(batches, epochs=3):
    """Return the inputs of each epoch in the order of training."""
    model = Seen()
    model.compile("sgd", "mse", run_eagerly=True)
    model.fit(batches, epochs=epochs, verbose=0)
    steps = len(model.batches) // epochs
    cut = [model.batches[start : start + steps] for start in range(0, len(model.batches), steps)]
    return [[one for batch in epoch for one in batch] for epoch in cut]


def test_shuffled_batches_have_another_order_in_every_epoch_and_all_examples_once():
    x = np.arange(10.0)[:, np.newaxis]
    keras.utils.set_random_seed(1)
    found = orders(training.ShuffledBatches(x, np.zeros(10), size=4))
    assert all(sorted(order) == list(range(10)) for order in found)
    assert len({tuple(order) for order in found}) == 3
    sizes = [len(pair[0]) for pair in training.ShuffledBatches(x, x, size=4)]
    assert sorted(sizes) == [3, 3, 4]
    keras.utils.set_random_seed(1)
    assert orders(training.ShuffledBatches(x, np.zeros(10), size=4)) == found
    assert orders(training.ShuffledBatches(x, np.zeros(10), size=4, seed=7)) != found


@pytest.mark.parametrize(
    ("labels", "size", "told"), [(np.zeros(9), 4, "received 10 and 9"), (np.zeros(10), 0, "size must")]
)
def test_shuffled_batches_refuse_what_does_not_fit(labels, size, told):
    with pytest.raises(ValueError, match=told):
        training.ShuffledBatches(np.zeros((10, 1)), labels, size=size)
