"""The layers of LeNet-5 (1998), each against the same computation written out in NumPy."""

import keras
import numpy as np
import pytest

from course_utils import layers
from course_utils.convolution import conv2d

# Keras 3.15 saving to a file under NumPy 2 raises this; it is not ours.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


RANDOM = np.random.default_rng(0)
CONNECTIONS = ((0, 1), (1, 2), (0, 1, 2), (3,))

# name, builder, input shape, output shape, trainable, non-trainable
LAYERS = [
    ("subsampling", lambda: layers.Subsampling(2, activation=layers.scaled_tanh), (8, 6, 5), (4, 3, 5), 2 * 5, 0),
    ("subsampling 2x3", lambda: layers.Subsampling((2, 3)), (8, 7, 5), (4, 2, 5), 2 * 5, 0),
    ("partial", lambda: layers.PartialConv2D(CONNECTIONS, 3), (6, 7, 4), (4, 5, 4), 9 * 8 + 4, 0),
    ("partial 3x1", lambda: layers.PartialConv2D(CONNECTIONS, (3, 1), activation="relu"), (6, 7, 4), (4, 7, 4), 28, 0),
    ("rbf", lambda: layers.RBFOutput(RANDOM.normal(size=(3, 7))), (7,), (3,), 0, 21),
]
each_layer = pytest.mark.parametrize(
    ("build", "arriving", "leaving", "trainable", "fixed"),
    [pytest.param(*row[1:], id=row[0]) for row in LAYERS],
)


def count(weights) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


@each_layer
def test_shapes_and_counts(build, arriving, leaving, trainable, fixed):
    layer = build()
    assert layer(keras.Input(arriving)).shape == (None, *leaving)
    assert layer.compute_output_shape((None, *arriving)) == (None, *leaving)
    assert layer(np.zeros((2, *arriving), "float32")).shape == (2, *leaving)
    assert count(layer.trainable_weights) == trainable
    assert count(layer.non_trainable_weights) == fixed


@each_layer
def test_saved_and_loaded_it_answers_the_same(build, arriving, leaving, trainable, fixed, tmp_path):
    model = keras.Sequential([keras.Input(arriving), build()])
    images = RANDOM.normal(size=(3, *arriving)).astype("float32")
    before = keras.ops.convert_to_numpy(model(images))
    model.save(tmp_path / "model.keras")
    after = keras.ops.convert_to_numpy(keras.models.load_model(tmp_path / "model.keras")(images))
    np.testing.assert_array_equal(before, after)
    assert before.std() > 0


@each_layer
def test_half_precision_goes_through(build, arriving, leaving, trainable, fixed):
    layer = build()
    half = type(layer).from_config(layer.get_config() | {"dtype": "mixed_float16"})
    answer = half(np.ones((1, *arriving), "float16"))
    assert keras.backend.standardize_dtype(answer.dtype) == "float16"


def test_scaled_tanh_has_the_properties_the_paper_names():
    values = np.array([-100.0, -1.0, 0.0, 1.0, 100.0], "float32")
    squashed = np.asarray(layers.scaled_tanh(values))
    np.testing.assert_allclose(squashed, [-1.7159, -1, 0, 1, 1.7159], atol=1e-4)
    # Appendix A: the second derivative is largest at ±1, so that a unit at ±1 is neither linear nor saturated.
    grid = np.linspace(0, 2, 2001)
    bend = np.abs(np.gradient(np.gradient(layers.AMPLITUDE * np.tanh(layers.SLOPE * grid))))
    assert grid[bend.argmax()] == pytest.approx(1, abs=0.02)


def test_subsampling_is_coefficient_times_sum_plus_bias():
    layer = layers.Subsampling(2, activation=layers.scaled_tanh)
    image = RANDOM.normal(size=(1, 4, 4, 2)).astype("float32")
    layer(image)
    coefficient, bias = np.array([0.5, -0.25], "float32"), np.array([0.1, 0.2], "float32")
    layer.set_weights([coefficient, bias])
    sums = image[0].reshape(2, 2, 2, 2, 2).sum(axis=(1, 3))
    expected = 1.7159 * np.tanh(2 / 3 * (coefficient * sums + bias))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(layer(image))[0], expected, atol=1e-5)


def test_partial_convolution_sees_its_maps_and_no_others():
    layer = layers.PartialConv2D(CONNECTIONS, 3)
    image = RANDOM.normal(size=(6, 7, 4)).astype("float32")
    layer.build((None, *image.shape))
    bias = RANDOM.normal(size=len(CONNECTIONS)).astype("float32")
    layer.bias.assign(bias)
    answer = keras.ops.convert_to_numpy(layer(image[None]))[0]
    packed = keras.ops.convert_to_numpy(layer.packed)
    start = 0
    for target, sources in enumerate(CONNECTIONS):
        expected = sum(conv2d(image[..., source], packed[..., start + i]) for i, source in enumerate(sources))
        np.testing.assert_allclose(answer[..., target], expected + bias[target], atol=1e-5)
        start += len(sources)


def test_partial_convolution_with_all_connections_is_an_ordinary_one():
    partial = layers.PartialConv2D([range(3)] * 2, 3)
    ordinary = keras.layers.Conv2D(2, 3)
    image = RANDOM.normal(size=(1, 6, 6, 3)).astype("float32")
    partial(image), ordinary(image)
    ordinary.set_weights([*map(keras.ops.convert_to_numpy, (partial.dense_kernel(), partial.bias))])
    np.testing.assert_allclose(*map(keras.ops.convert_to_numpy, (partial(image), ordinary(image))), atol=1e-5)


def test_rbf_is_the_squared_distance_to_each_code():
    codes = RANDOM.choice([-1.0, 1.0], size=(3, 7))
    points = RANDOM.normal(size=(5, 7)).astype("float32")
    expected = ((points[:, None] - codes) ** 2).sum(-1)
    np.testing.assert_allclose(layers.RBFOutput(codes)(points), expected, rtol=1e-5)
    assert not np.asarray(layers.RBFOutput(codes)(codes)).diagonal().any()


def test_first_weights_stay_within_the_bound_of_the_paper():
    draw = np.asarray(layers.FanInUniform([75, 150], seed=1)((100, 100, 2)))
    for slice_, fan_in in zip(np.moveaxis(draw, -1, 0), (75, 150), strict=True):
        bound = 2.4 / fan_in
        assert 0.99 * bound < np.abs(slice_).max() <= bound
        assert slice_.std() == pytest.approx(bound / np.sqrt(3), rel=0.02)
    np.testing.assert_array_equal(draw, layers.FanInUniform([75, 150], seed=1)((100, 100, 2)))
    unseeded = [np.asarray(layers.FanInUniform(25)((5, 5))) for _ in range(2)]
    assert (unseeded[0] != unseeded[1]).any()


def test_maps_with_fewer_connections_start_with_larger_weights():
    layer = layers.PartialConv2D([(0,), (0, 1, 2, 3)], 5)
    layer.build((None, 9, 9, 4))
    packed = np.abs(np.asarray(layer.packed))
    assert packed[..., 0].max() > 2.4 / 100 >= packed[..., 1:].max()


@pytest.mark.parametrize(
    ("make", "names"),
    [
        (lambda: layers.Subsampling(0), ["pool_size", "0", "at least 1"]),
        (lambda: layers.PartialConv2D([], 5), ["connections", "[]"]),
        (lambda: layers.PartialConv2D([(0, 0)], 5), ["connections", "twice"]),
        (lambda: layers.PartialConv2D([(0, 7)], 5).build((None, 9, 9, 4)), ["connections", "0 to 3", "7"]),
        (lambda: layers.PartialConv2D([(0,)], 5.5), ["kernel_size", "5.5"]),
        (lambda: layers.RBFOutput([1.0, 2.0]), ["codes", "(2,)"]),
        (lambda: layers.RBFOutput([[1.0, 2.0]]).build((None, 3)), ["codes", "3 components", "2"]),
        (lambda: layers.FanInUniform(0), ["fan_in", "0"]),
        (lambda: layers.FanInUniform([3, 2.5]), ["fan_in", "2.5"]),
    ],
)
def test_bad_arguments_are_named(make, names):
    with pytest.raises(ValueError) as error:
        make()
    for name in names:
        assert name in str(error.value)


@pytest.mark.parametrize("n", [1, 3, 5])
def test_local_response_normalization_is_the_papers_formula(n):
    """Section 3.3: a value is divided by (k + α · squares of the n maps around it, as far as there are any)^β."""
    values = RANDOM.normal(size=(2, 3, 3, 7)).astype("float32")
    expected = np.empty_like(values)
    for channel in range(7):
        around = values[..., max(0, channel - n // 2) : channel + n // 2 + 1]
        expected[..., channel] = values[..., channel] / (1.5 + 0.3 * (around**2).sum(axis=-1)) ** 0.6
    layer = layers.LocalResponseNormalization(n, k=1.5, alpha=0.3, beta=0.6)
    np.testing.assert_allclose(layer(values), expected, rtol=1e-5)


def test_local_response_normalization_names_a_bad_argument():
    for wrong, words in (({"n": 4}, "n must be odd"), ({"k": 0}, "k must be"), ({"alpha": -1}, "alpha must be")):
        with pytest.raises(ValueError, match=words):
            layers.LocalResponseNormalization(**wrong)


def test_defaults_of_local_response_normalization_are_the_papers():
    layer = layers.LocalResponseNormalization()
    assert (layer.n, layer.k, layer.alpha, layer.beta) == (5, 2.0, 1e-4, 0.75)
