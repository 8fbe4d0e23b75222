"""VGG: six configurations against the paper's counts and against Keras with the same weights."""

import keras
import pytest
from models_tools import anatomy, copies_answer_alike, figure, random_weights

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
    found = anatomy(vgg, config=config)
    weighted = [row for row in found if row.params]
    assert (len(weighted), found.params, round(found.macs / 1e9, 2)) == PUBLISHED[config]
    assert found["fc1"].params == FC1 == 102_764_544
    sides = [found[f"block{number}_pool"].output_shape for number in range(1, 6)]
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
    names = {config: {row.name for row in anatomy(vgg, config=config)} for config in VGG_TABLE}
    assert names["A-LRN"] - names["A"] == {"block1_lrn"}
    assert names["B"] - names["A"] == {"block1_conv2", "block2_conv2"}
    assert names["C"] - names["B"] == {f"block{number}_conv3" for number in (3, 4, 5)}
    assert names["D"] == names["C"]
    assert names["E"] - names["D"] == {f"block{number}_conv4" for number in (3, 4, 5)}
    third = {config: anatomy(vgg, config=config)["block3_conv3"].params for config in "CD"}
    assert third == {"C": 256 * 256 + 256, "D": 9 * 256 * 256 + 256}


def test_seventeen_classes():
    assert anatomy(vgg16, classes=17).params == 134_330_193


# Table 1, column by column: the widths of the convolutions; 1x1 where the column has them.
LAYERS = {
    "A": "64 m 128 m 256 256 m 512 512 m 512 512 m",
    "A-LRN": "64 LRN m 128 m 256 256 m 512 512 m 512 512 m",
    "B": "64 64 m 128 128 m 256 256 m 512 512 m 512 512 m",
    "C": "64 64 m 128 128 m 256 256 1x1 256 m 512 512 1x1 512 m 512 512 1x1 512 m",
    "D": "64 64 m 128 128 m 256 256 256 m 512 512 512 m 512 512 512 m",
    "E": "64 64 m 128 128 m 256 256 256 256 m 512 512 512 512 m 512 512 512 512 m",
}


@pytest.mark.parametrize("config", LAYERS)
def test_layers_one_after_another(config):
    keras.utils.set_random_seed(0)
    model = vgg(config, input_shape=(32, 32, 3), classes=3, width=0.125)
    written = []
    for word in LAYERS[config].replace("1x1 ", "1x1,").split():
        size, _, filters = word.rpartition(",")
        other = {"m": "max 2x2/2 V", "LRN": "LRN"}.get(word)
        written.append(other or f"{size or '3x3'} {int(filters) // 8}")
    head = ["dense 512", "dropout 0.5", "dense 512", "dropout 0.5", "dense 3"]
    assert figure(model.output) == [", ".join([*written, *head])]
    relu = keras.activations.relu
    names = ("block1_conv1", "block5_conv2", "fc1", "fc2")
    assert all(model.get_layer(name).activation is relu for name in names)


def test_equal_to_keras_with_copied_weights():
    keras.utils.set_random_seed(0)
    settings = {"input_shape": (32, 32, 3), "classes": 10}
    reference, model = keras.applications.VGG16(weights=None, **settings), vgg16(**settings)
    random_weights(reference)
    model.set_weights(reference.get_weights())
    copies_answer_alike(model, reference, side=32)


@pytest.mark.parametrize(("ours", "theirs"), [(vgg16, keras.applications.VGG16), (vgg19, keras.applications.VGG19)])
def test_layers_are_those_of_keras_by_name(ours, theirs):
    rows = [[(r.name, r.output_shape, r.params, r.macs) for r in found if r.kind != "Dropout"]
            for found in (anatomy(ours), anatomy(theirs, weights=None))]  # fmt: skip
    assert rows[0] == rows[1]


def test_batch_norm_stands_between_convolution_and_relu():
    keras.utils.set_random_seed(0)
    names = [layer.name for layer in vgg("A", input_shape=(32, 32, 3), width=0.1, batch_norm=True).layers]
    assert names[1:4] == ["block1_conv1", "block1_conv1_bn", "block1_conv1_relu"]


def test_batch_norm_follows_quickly_and_takes_the_place_of_the_biases():
    model = vgg("A", input_shape=(32, 32, 3), width=0.1, batch_norm=True)
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert len(norms) == 8 and {layer.momentum for layer in norms} == {0.9}
    assert not any(layer.use_bias for layer in model.layers if isinstance(layer, keras.layers.Conv2D))


def test_dropout_can_be_left_out():
    assert not [x for x in vgg16(input_shape=(32, 32, 3), width=0.05, dropout=0).layers if "dropout" in x.name]
