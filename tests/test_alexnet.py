"""The three AlexNets: counts with their arithmetic, shapes, towers that do not see each other, and honest errors."""

import keras
import numpy as np
import pytest

from course_utils.anatomy import describe
from course_utils.models import alexnet

FC = [9216 * 4096 + 4096, 4096 * 4096 + 4096, 4096 * 1000 + 1000]
# fmt: off
COUNTS = {
    # size² · maps seen · filters + biases; conv2, conv4 and conv5 of the towers see half of the maps
    "two_tower": [11**2*3*96 + 96, 5**2*48*256 + 256, 3**2*256*384 + 384, 3**2*192*384 + 384, 3**2*192*256 + 256, *FC],
    "single_tower":
        [11**2*3*96 + 96, 5**2*96*256 + 256, 3**2*256*384 + 384, 3**2*384*384 + 384, 3**2*384*256 + 256, *FC],
}
MAPS = {
    "two_tower": [(55, 55, 96), (27, 27, 96), (27, 27, 256), (13, 13, 256), (13, 13, 384), (13, 13, 384),
                  (13, 13, 256), (6, 6, 256)],
    "batchnorm": [(54, 54, 96), (26, 26, 96), (26, 26, 256), (12, 12, 256), (10, 10, 384), (8, 8, 384),
                  (6, 6, 256), (2, 2, 256)],
}
# fmt: on
STEPS = ["conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5"]


@pytest.mark.parametrize(("variant", "total"), [("two_tower", 60_965_224), ("single_tower", 62_378_344)])
def test_parameters_layer_by_layer(variant, total):
    rows = [row.params for row in describe(alexnet, variant=variant).rows if row.params]
    assert rows == COUNTS[variant]
    assert sum(rows) == total


def test_network_of_the_notes():
    anatomy = describe(alexnet, variant="batchnorm")
    channels = 96 + 256 + 384 + 384 + 256 + 4096 + 4096
    assert (anatomy.params, anatomy.trainable_params) == (24_834_833, 24_815_697)
    assert anatomy.params - anatomy.trainable_params == 2 * channels
    assert anatomy["fc6"].params == 1024 * 4096 + 4096


def test_counts_of_the_notes_are_explained_to_the_unit():
    anatomy = describe(alexnet, variant="single_tower")
    biases = {"conv": 96 + 256 + 384 + 384 + 256, "dense": 4096 + 4096 + 1000}
    assert anatomy.params - biases["dense"] == 62_369_152
    positions = {"conv1": 55, "conv2": 27, "conv3": 13, "conv4": 13, "conv5": 13}
    added = sum(anatomy[name].output_shape[-1] * side**2 for name, side in positions.items())
    assert anatomy.macs + added == 1_135_906_176


def test_multiply_adds():
    assert round(describe(alexnet).macs / 1e6, 1) == 724.4
    assert round(describe(alexnet, variant="single_tower").macs / 1e6, 1) == 1135.3


@pytest.mark.parametrize("variant", MAPS)
def test_maps(variant):
    anatomy = describe(alexnet, variant=variant)
    assert [anatomy[name].output_shape for name in STEPS] == MAPS[variant]


def test_an_input_of_224_loses_a_row():
    assert describe(alexnet, input_shape=(224, 224, 3))["conv1"].output_shape == (54, 54, 96)
    assert describe(alexnet, input_shape=(227, 227, 3))["conv1"].output_shape == (55, 55, 96)


def test_towers_do_not_see_each_other():
    model = alexnet("two_tower", input_shape=(67, 67, 3), width=0.125, classes=3)
    second = model.get_layer("conv2")
    maps = np.random.default_rng(0).random((1, *second.input.shape[1:])).astype("float32")
    changed = maps.copy()
    changed[..., : maps.shape[-1] // 2] += 1  # the first tower alone
    same = np.isclose(second(maps), second(changed), atol=1e-6).all(axis=(0, 1, 2))
    assert not same[: len(same) // 2].any()
    assert same[len(same) // 2 :].all()


def test_first_values_of_the_paper():
    model = alexnet(input_shape=(67, 67, 3), width=0.25)
    biases = {name: float(np.mean(model.get_layer(name).bias)) for name in ("conv1", "conv2", "conv3", "conv4", "fc7")}
    assert biases == {"conv1": 0, "conv2": 1, "conv3": 0, "conv4": 1, "fc7": 1}
    assert 0.0095 < float(np.std(model.get_layer("fc7").kernel)) < 0.0105
    assert float(np.mean(alexnet(kernel_initializer="he_normal", width=0.1).get_layer("conv2").bias)) == 0


def test_switches():
    names = [layer.name for layer in alexnet(width=0.05).layers]
    assert [name for name in names if name.startswith("norm")] == ["norm1", "norm2"]
    assert not [x.name for x in alexnet(width=0.05, lrn=False, dropout=0).layers if x.name[:4] in ("norm", "drop")]
    assert alexnet(width=0.05, pool_size=2).get_layer("pool1").pool_size == (2, 2)
    assert alexnet(width=0.05, activation="tanh").get_layer("fc6").activation is keras.activations.tanh
    assert alexnet("batchnorm", width=0.05, momentum=0.9).get_layer("bn1").momentum == 0.9


@pytest.mark.parametrize("variant", ["two_tower", "single_tower", "batchnorm"])
def test_one_step_changes_every_trainable_weight(variant):
    keras.utils.set_random_seed(1)
    side = 163 if variant == "batchnorm" else 99
    model = alexnet(
        variant, input_shape=(side, side, 3), classes=4, width=0.05, dropout=0, kernel_initializer="he_normal"
    )
    model.compile(keras.optimizers.SGD(0.5), loss="sparse_categorical_crossentropy", jit_compile=False)
    before = [np.array(weight) for weight in model.trainable_weights]
    images = np.random.default_rng(0).random((8, side, side, 3)).astype("float32")
    model.train_on_batch(images, np.arange(8) % 4)
    assert all((np.array(now) != old).any() for now, old in zip(model.trainable_weights, before, strict=True))


def test_saved_and_loaded_answers_the_same(tmp_path):
    model = alexnet(input_shape=(67, 67, 3), classes=3, width=0.05)
    model.save(tmp_path / "net.keras")
    images = np.random.default_rng(0).random((2, 67, 67, 3)).astype("float32")
    assert np.allclose(keras.models.load_model(tmp_path / "net.keras")(images), model(images), atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"variant": "towers"}, ["variant", "'towers'", "'two_tower'"]),
        ({"input_shape": (66, 66, 3)}, ["input_shape", "67", "(66, 66, 3)"]),
        ({"variant": "batchnorm", "input_shape": (162, 224, 3)}, ["input_shape", "163"]),
        ({"classes": 1}, ["classes", "1"]),
        ({"width": 0}, ["width", "0"]),
        ({"activation": "gelu"}, ["activation", "'gelu'", "'tanh'"]),
        ({"pool_size": 4}, ["pool_size", "4"]),
        ({"dropout": 1}, ["dropout", "1"]),
        ({"momentum": 1.5}, ["momentum", "1.5"]),
    ],
)
def test_bad_arguments_are_named(arguments, words):
    with pytest.raises(ValueError) as error:
        alexnet(**arguments)
    for word in words:
        assert word in str(error.value)
