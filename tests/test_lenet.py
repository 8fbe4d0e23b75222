"""Both LeNets, number by number against the paper, and the paper's criteria against the formulas written out."""

import math

import keras
import numpy as np
import pytest
from models_tools import figure

from course_utils import layers, models
from course_utils.models import lenet, lenet_loss

# Keras 3.15 saving to a file under NumPy 2 raises this; it is not ours.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

RANDOM = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


# builder, its arguments, output shape of each named layer, trainable, non-trainable
MODELS = [
    # Section II.B: 156 + 12 + 1,516 + 32 + 48,120 + 10,164; ten codes of 84.
    (
        models.lenet5_1998,
        {},
        {"C1": (28, 28, 6), "S2": (14, 14, 6), "C3": (10, 10, 16), "S4": (5, 5, 16), "C5": (1, 1, 120), "F6": (84,)},
        60_000,
        840,
    ),
    (models.lenet5_1998, {"classes": 7}, {"output": (7,)}, 60_000, 588),
    # C1 with three channels: 6·(75 + 1) in place of 156.
    (models.lenet5_1998, {"input_shape": (32, 32, 3)}, {"C1": (28, 28, 6)}, 60_300, 840),
    # 156 + 2,416 + (256·120 + 120) + 10,164 + 850
    (
        models.lenet5,
        {},
        {"C1": (24, 24, 6), "S2": (12, 12, 6), "C3": (8, 8, 16), "S4": (4, 4, 16), "C5": (120,), "output": (10,)},
        44_426,
        0,
    ),
    # 156 + 2,416 + 48,120 + 10,164 + 850
    (models.lenet5, {"input_shape": (32, 32, 1)}, {"S4": (5, 5, 16)}, 61_706, 0),
    (models.lenet5, {"activation": "tanh", "pooling": "average"}, {"S4": (4, 4, 16)}, 44_426, 0),
    # maps 3 and 8, units 60 and 42: 78 + 608 + 128·60 + 60 + 60·42 + 42 + 42·4 + 4
    (models.lenet5, {"width": 0.5, "classes": 4}, {"C1": (24, 24, 3), "output": (4,)}, 11_160, 0),
]


@pytest.mark.parametrize(("build", "arguments", "shapes", "trainable", "fixed"), MODELS)
def test_shapes_and_parameters(build, arguments, shapes, trainable, fixed):
    model = build(**arguments)
    assert {name: model.get_layer(name).output.shape[1:] for name in shapes} == shapes
    assert sum(math.prod(weight.shape) for weight in model.trainable_weights) == trainable
    assert sum(math.prod(weight.shape) for weight in model.non_trainable_weights) == fixed


def test_parameters_of_1998_layer_by_layer():
    model = models.lenet5_1998()
    counts = {layer.name: layer.count_params() for layer in model.layers if layer.weights}
    assert counts == {"C1": 156, "S2": 12, "C3": 1516, "S4": 32, "C5": 48120, "F6": 10164, "output": 840}


def test_connections_of_1998_layer_by_layer():
    counts = lenet.connection_counts(models.lenet5_1998())
    # C1 and C5 as the paper prints them; the others are its own products, position by position.
    assert counts == {
        "C1": 122304,  # 28·28·6·(25 + 1)
        "S2": 5880,  # 14·14·6·(4 + 1)
        "C3": 151600,  # 10·10·1,516
        "S4": 2000,  # 5·5·16·(4 + 1)
        "C5": 48120,
        "F6": 10164,
        "output": 840,
    }
    assert sum(counts.values()) == 340_908


def test_connections_of_today():
    counts = lenet.connection_counts(models.lenet5())
    # 24·24·6·26; pooling has no bias: 12·12·6·4; 8·8·2,416; 4·4·16·4
    assert list(counts.values()) == [89856, 3456, 154624, 1024, 30840, 10164, 850]


def test_the_table_is_what_the_builder_builds():
    model = models.lenet5_1998()
    connections = lenet.connection_counts(model)
    for row in lenet.LENET5_TABLE:
        layer = model.get_layer(row.layer)
        assert layer.output.shape[1:] == row.output
        assert (layer.count_params(), connections[row.layer]) == (row.trainable, row.connections)


def test_connection_table_is_the_papers():
    table = lenet.C3_TABLE
    assert [len(sources) for sources in table] == [3] * 6 + [4] * 9 + [6]
    assert len(set(table)) == 16
    # Every map of S2 feeds ten maps of C3: 6·3 + 9·4 + 6 = 60 connections over 6 maps.
    assert np.bincount(np.concatenate(table)).tolist() == [10] * 6
    ring = [{(first + i) % 6 for i in range(length)} for length in (3, 4) for first in range(6)]
    assert [set(sources) for sources in table[:3]] == ring[:3]
    assert all(set(sources) in ring for sources in table[:12])
    assert not any(set(sources) in ring for sources in table[12:15])


def test_first_weights_of_1998_are_uniform_in_the_papers_bound():
    model = models.lenet5_1998()
    # fan-in: 5·5 pixels; 4 pixels summed; 75 of the C3 maps that see three maps; 4 again; 5·5·16; 120
    for name, fan_in in {"C1": 25, "S2": 4, "C3": 75, "S4": 4, "C5": 400, "F6": 120}.items():
        weights, bias = (np.asarray(weight) for weight in model.get_layer(name).weights)
        bound = 2.4 / fan_in
        assert 0 < np.abs(weights).max() <= bound
        assert not bias.any()


def test_digit_codes_are_ten_different_drawings():
    codes = lenet.digit_codes()
    assert codes.shape == (10, 84)
    assert set(np.unique(codes)) == {-1.0, 1.0}
    marks_apart = (codes[:, None] != codes[None]).sum(-1)
    assert marks_apart[~np.eye(10, dtype=bool)].min() >= 10
    # The top row of the 7 is full, and its last row is not.
    seven = codes[7].reshape(12, 7)
    assert (seven[0] == 1).all() and seven[-1].tolist() == [-1, 1, -1, -1, -1, -1, -1]


def test_images_are_framed_and_scaled_as_in_the_paper():
    images = np.zeros((2, 28, 28), "uint8")
    images[1] = 255
    ready = lenet.to_paper_range(images)
    assert ready.shape == (2, 32, 32, 1) and ready.dtype == np.float32
    assert ready[0].min() == ready[0].max() == np.float32(-0.1)
    np.testing.assert_allclose(ready[1, 2:-2, 2:-2], 1.175, atol=1e-6)
    np.testing.assert_allclose(ready[1, :2], -0.1)
    np.testing.assert_array_equal(lenet.to_paper_range(images[..., None]), ready)
    assert lenet.to_paper_range(images[0]).shape == (1, 32, 32, 1)


def test_losses_and_metric_are_saved_with_the_network(tmp_path):
    model = models.lenet5_1998(classes=4)
    images, labels = RANDOM.normal(size=(20, 32, 32, 1)), np.arange(20) % 4
    metric = keras.metrics.MeanMetricWrapper(lenet_loss.smallest_wins, name="accuracy")
    model.compile("sgd", lenet_loss.MapCriterion(penalty=7.0), metrics=[metric], run_eagerly=True)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.loss.penalty == 7.0
    loaded.run_eagerly = True
    assert loaded.evaluate(images, labels, verbose=0) == model.evaluate(images, labels, verbose=0)


def test_c5_starts_by_what_arrives_when_the_connection_table_changes(monkeypatch):
    monkeypatch.setattr(lenet, "C3_TABLE", lenet.C3_TABLE[:8])
    model = models.lenet5_1998()
    for name, fan_in in {"C5": 25 * 8, "F6": 120}.items():
        largest = np.abs(np.asarray(model.get_layer(name).kernel)).max()
        assert 0.98 * 2.4 / fan_in < largest <= 2.4 / fan_in


def test_1998_learns_to_tell_drawn_bars_apart():
    keras.utils.set_random_seed(1)
    images = np.zeros((40, 28, 28), "uint8")
    labels = np.arange(40) % 2
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        place = 8 + number % 10
        image[(slice(4, 24), slice(place, place + 3))[:: 1 if label else -1]] = 255
    model = models.lenet5_1998(classes=2)
    metric = keras.metrics.MeanMetricWrapper(lenet_loss.smallest_wins, name="accuracy")
    model.compile(keras.optimizers.Adam(3e-3), lenet_loss.MapCriterion(), metrics=[metric], run_eagerly=True)
    model.fit(lenet.to_paper_range(images), labels, batch_size=20, epochs=15, verbose=0)
    assert model.evaluate(lenet.to_paper_range(images), labels, verbose=0)[1] == 1
    read = lenet_loss.read_distances(model(lenet.to_paper_range(images)))
    np.testing.assert_array_equal(read, labels)


def test_criteria_are_the_papers_formulas():
    distances, labels = RANDOM.uniform(0, 60, (8, 10)).astype("float32"), RANDOM.integers(0, 10, 8)
    right = distances[np.arange(8), labels]
    assert float(lenet_loss.MeanDistance()(labels, distances)) == pytest.approx(right.mean(), rel=1e-5)
    for penalty in (0.5, 7.0, 40.0):
        expected = (right + np.log(np.exp(-penalty) + np.exp(-distances.astype("float64")).sum(-1))).mean()
        criterion = lenet_loss.MapCriterion(penalty=penalty)
        assert float(criterion(labels, distances)) == pytest.approx(expected, rel=1e-4)
        assert float(criterion(labels[:, None], distances)) == pytest.approx(expected, rel=1e-4)


def test_criterion_stays_finite_far_away():
    far = np.full((1, 10), 5000.0, "float32")
    assert float(lenet_loss.MapCriterion(penalty=10.0)(np.array([3]), far)) == pytest.approx(4990)


def test_smallest_distance_wins():
    distances = np.array([[3.0, 1.0, 2.0], [0.5, 9.0, 9.0]], "float32")
    assert lenet_loss.read_distances(distances).tolist() == [1, 0]
    assert np.asarray(lenet_loss.smallest_wins(np.array([1, 2]), distances)).tolist() == [1.0, 0.0]


def test_without_softmax_the_outputs_are_logits():
    images = RANDOM.normal(size=(3, 28, 28, 1))
    probabilities, logits = models.lenet5(), models.lenet5(softmax=False)
    logits.set_weights(probabilities.get_weights())
    told = keras.ops.convert_to_numpy(probabilities(images))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(keras.ops.softmax(logits(images))), told, atol=1e-6)
    np.testing.assert_allclose(told.sum(axis=-1), 1, atol=1e-6)


def test_pooling_and_activation_are_what_was_asked_for():
    model = models.lenet5(activation="tanh", pooling="average")
    drawn = "5x5 6 V, avg 2x2/2 V, 5x5 16 V, avg 2x2/2 V, dense 120, dense 84, dense 10"
    assert figure(model.output) == [drawn]
    assert figure(models.lenet5().output) == [drawn.replace("avg", "max")]
    assert [model.get_layer(name).activation.__name__ for name in ("C1", "C3", "C5")] == ["tanh"] * 3
    assert model.get_layer("F6").activation is keras.activations.tanh
    old = models.lenet5_1998()
    assert all(old.get_layer(row.layer).activation is layers.scaled_tanh for row in lenet.LENET5_TABLE)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: models.lenet5(input_shape=(15, 28, 1)), ["input_shape", "15", "at least 16"]),
        (lambda: models.lenet5(activation="rleu"), ["activation", "'rleu'", "Did you mean 'relu'"]),
        (lambda: models.lenet5(pooling="mean"), ["pooling", "'mean'", "'average'"]),
        (lambda: models.lenet5_1998(input_shape=(28, 28, 1)), ["input_shape", "(28, 28, 1)", "32"]),
        (lambda: models.lenet5_1998(input_shape=(64, 64, 1)), ["input_shape", "(64, 64, 1)", "(32, 32, channels)"]),
        (lambda: models.lenet5_1998(classes=11), ["classes", "11", "at most 10"]),
        (lambda: lenet.to_paper_range(np.zeros((2, 32, 32))), ["images", "(2, 32, 32)", "(N, 28, 28)"]),
        (lambda: lenet.to_paper_range(np.full((2, 28, 28), 0.5)), ["images", "0.5", "0 to 255"]),
        (lambda: lenet_loss.MapCriterion(penalty=0), ["penalty", "0"]),
    ],
)
def test_bad_arguments_are_named(call, words):
    with pytest.raises(ValueError) as error:
        call()
    for word in words:
        assert word in str(error.value)
