"""VGG: six configurations against the paper's counts and against Keras with the same weights."""

import keras
import numpy as np
import pytest

from course_utils.anatomy import describe
from course_utils.models import vgg, vgg16, vgg19
from course_utils.models.vgg import VGG_TABLE

# configuration: layers with weights, parameters, multiply-adds in 10^9. Table 2 of arXiv:1409.1556 prints the
# parameters in millions: 133, 133, 134, 138, 144.
PUBLISHED = {
    "A": (11, 132_863_336, 7.61),
    "A-LRN": (11, 132_863_336, 7.61),
    "B": (13, 133_047_848, 11.31),
    "C": (16, 133_638_952, 11.77),
    "D": (16, 138_357_544, 15.47),
    "E": (19, 143_667_240, 19.63),
}
FC1 = 7 * 7 * 512 * 4096 + 4096


@pytest.mark.parametrize("config", PUBLISHED)
def test_published_counts(config):
    anatomy = describe(vgg, config=config)
    weighted = [row for row in anatomy.rows if row.params]
    assert (len(weighted), anatomy.params, round(anatomy.macs / 1e9, 2)) == PUBLISHED[config]
    assert anatomy["fc1"].params == FC1 == 102_764_544
    sides = [anatomy[f"block{number}_pool"].output_shape for number in range(1, 6)]
    assert sides == [(112, 112, 64), (56, 56, 128), (28, 28, 256), (14, 14, 512), (7, 7, 512)]


def test_table_adds_up_layer_by_layer():
    for config, stages in VGG_TABLE.items():
        seen, total = 3, 0
        for word in " ".join(stages).replace("LRN", "").split():
            size, filters = map(int, word.split("-"))
            total += size * size * seen * filters + filters
            seen = filters
        total += FC1 + 4096 * 4096 + 4096 + 4096 * 1000 + 1000
        assert total == PUBLISHED[config][1]


def test_the_differences_between_configurations():
    names = {config: {row.name for row in describe(vgg, config=config).rows} for config in VGG_TABLE}
    assert names["A-LRN"] - names["A"] == {"block1_lrn"}
    assert names["B"] - names["A"] == {"block1_conv2", "block2_conv2"}
    assert names["C"] - names["B"] == {f"block{number}_conv3" for number in (3, 4, 5)}
    assert names["D"] == names["C"]
    assert names["E"] - names["D"] == {f"block{number}_conv4" for number in (3, 4, 5)}
    third = {config: describe(vgg, config=config)["block3_conv3"].params for config in "CD"}
    assert third == {"C": 256 * 256 + 256, "D": 9 * 256 * 256 + 256}


def test_the_network_of_the_notes():
    assert describe(vgg16, classes=17).params == 134_330_193


@pytest.mark.parametrize(("ours", "theirs"), [(vgg16, keras.applications.VGG16), (vgg19, keras.applications.VGG19)])
def test_equal_to_keras_with_copied_weights(ours, theirs):
    reference = theirs(weights=None, input_shape=(32, 32, 3), classes=10)
    model = ours(input_shape=(32, 32, 3), classes=10)
    for layer in reference.layers:
        if layer.weights:
            kernel, bias = layer.get_weights()
            model.get_layer(layer.name).set_weights([1.4 * kernel, bias + 0.01])
            layer.set_weights([1.4 * kernel, bias + 0.01])  # He's, or the signal fades and all answers agree
    images = np.random.default_rng(0).normal(0, 1, (4, 32, 32, 3)).astype("float32")
    answers, expected = np.array(model(images, training=False)), np.array(reference(images, training=False))
    assert np.ptp(expected, axis=0).max() > 1e-3  # they depend on the image, so the comparison says something
    assert np.abs(answers - expected).max() < 1e-4


@pytest.mark.parametrize("batch_norm", [False, True])
def test_one_step_changes_every_trainable_weight(batch_norm):
    keras.utils.set_random_seed(1)
    settings = {"classes": 4, "width": 0.1, "dropout": 0, "kernel_initializer": "he_normal"}
    model = vgg("C", input_shape=(32, 32, 3), batch_norm=batch_norm, **settings)
    model.compile(keras.optimizers.SGD(0.5), loss="sparse_categorical_crossentropy", jit_compile=False)
    before = [np.array(weight) for weight in model.trainable_weights]
    model.train_on_batch(np.random.default_rng(0).random((8, 32, 32, 3)).astype("float32"), np.arange(8) % 4)
    assert all((np.array(now) != old).any() for now, old in zip(model.trainable_weights, before, strict=True))


def test_batch_norm_stands_between_convolution_and_relu():
    names = [layer.name for layer in vgg("A", input_shape=(32, 32, 3), width=0.1, batch_norm=True).layers]
    assert names[1:4] == ["block1_conv1", "block1_conv1_bn", "block1_conv1_relu"]


def test_saved_and_loaded_answers_the_same(tmp_path):
    model = vgg("A-LRN", input_shape=(32, 32, 3), classes=3, width=0.05)
    model.save(tmp_path / "net.keras")
    images = np.random.default_rng(0).random((2, 32, 32, 3)).astype("float32")
    assert np.allclose(keras.models.load_model(tmp_path / "net.keras")(images), model(images), atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"config": "F"}, ["config", "'F'", "'A-LRN'"]),
        ({"input_shape": (31, 32, 3)}, ["input_shape", "32", "(31, 32, 3)"]),
        ({"input_shape": 224}, ["input_shape", "224"]),
        ({"classes": 1}, ["classes", "1"]),
        ({"width": -1}, ["width", "-1"]),
        ({"dropout": 1.0}, ["dropout", "1.0"]),
    ],
)
def test_bad_arguments_are_named(arguments, words):
    with pytest.raises(ValueError) as error:
        vgg(**arguments)
    for word in words:
        assert word in str(error.value)
