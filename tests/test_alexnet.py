"""The three AlexNets: counts with their arithmetic, shapes, towers that do not see each other, and honest errors."""

import keras
import numpy as np
import pytest
from models_tools import anatomy, figure

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
# The layers one after another; channels are figure 2's at half width, so that all three are built in a moment.
DRAWN = {
    "two_tower": "11x11/4 48 V, LRN, max 3x3/2 V, 5x5 128, LRN, max 3x3/2 V, 3x3 192, 3x3 192, 3x3 128, max 3x3/2 V, "
                 "dense 2048, dropout 0.5, dense 2048, dropout 0.5, dense 3",
    "batchnorm": "11x11/4 48 V, max 3x3/2 V, 5x5 128, max 3x3/2 V, 3x3 192 V, 3x3 192 V, 3x3 128 V, max 3x3/2 V, "
                 "dense 2048, dropout 0.4, dense 2048, dropout 0.4, dense 3",
}
# fmt: on
STEPS = ["conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5"]
TINY = {"input_shape": (67, 67, 3), "classes": 3, "width": 0.05}


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


@pytest.mark.parametrize(("variant", "total"), [("two_tower", 60_965_224), ("single_tower", 62_378_344)])
def test_parameters_layer_by_layer(variant, total):
    rows = [row.params for row in anatomy(alexnet, variant=variant) if row.params]
    assert rows == COUNTS[variant]
    assert sum(rows) == total


def test_network_with_batch_norm():
    found = anatomy(alexnet, variant="batchnorm")
    channels = 96 + 256 + 384 + 384 + 256 + 4096 + 4096
    assert (found.params, found.trainable_params) == (24_834_833, 24_815_697)
    assert found.params - found.trainable_params == 2 * channels
    assert found["fc6"].params == 1024 * 4096 + 4096


def test_counts_in_circulation_are_explained_to_the_unit():
    found = anatomy(alexnet, variant="single_tower")
    biases = {"conv": 96 + 256 + 384 + 384 + 256, "dense": 4096 + 4096 + 1000}
    assert found.params - biases["dense"] == 62_369_152
    sides = {"conv1": 55, "conv2": 27, "conv3": 13, "conv4": 13, "conv5": 13}
    added = sum(found[name].output_shape[-1] * side**2 for name, side in sides.items())
    assert found.macs + added == 1_135_906_176


def test_multiply_adds():
    assert round(anatomy(alexnet).macs / 1e6, 1) == 724.4
    assert round(anatomy(alexnet, variant="single_tower").macs / 1e6, 1) == 1135.3


@pytest.mark.parametrize("variant", MAPS)
def test_maps(variant):
    assert [anatomy(alexnet, variant=variant)[name].output_shape for name in STEPS] == MAPS[variant]


@pytest.mark.parametrize("variant", DRAWN)
def test_layers_one_after_another(variant):
    model = alexnet(variant, input_shape=(163, 163, 3), classes=3, width=0.5)
    assert figure(model.output) == [DRAWN[variant]]
    names = [layer.name for layer in model.layers]
    assert [name for name in names if name.startswith("norm")] == ["norm1", "norm2"] * (variant == "two_tower")
    norms = [name for name in names if name.startswith("bn")]
    assert norms == ["bn1", "bn2", "bn3", "bn4", "bn5", "bn6", "bn7"] * (variant == "batchnorm")
    if variant == "batchnorm":  # after the pooling, and after the dropout of the dense layers
        assert names[names.index("conv1") : names.index("conv2")] == ["conv1", "pool1", "bn1"]
        assert names[names.index("fc6") : names.index("fc7")] == ["fc6", "drop6", "bn6"]


def test_towers_are_groups_where_the_paper_has_them():
    groups = {layer.name: layer.groups for layer in alexnet(**TINY).layers if hasattr(layer, "groups")}
    assert groups == {"conv1": 1, "conv2": 2, "conv3": 1, "conv4": 2, "conv5": 2}
    assert {layer.groups for layer in alexnet("single_tower", **TINY).layers if hasattr(layer, "groups")} == {1}


def test_an_input_of_224_loses_a_row():
    assert anatomy(alexnet, input_shape=(224, 224, 3))["conv1"].output_shape == (54, 54, 96)
    assert anatomy(alexnet, input_shape=(227, 227, 3))["conv1"].output_shape == (55, 55, 96)


def test_towers_do_not_see_each_other():
    model = alexnet("two_tower", input_shape=(67, 67, 3), width=0.125, classes=3)
    second = model.get_layer("conv2")
    maps = np.random.default_rng(0).random((1, *second.input.shape[1:])).astype("float32")
    changed = maps.copy()
    changed[..., : maps.shape[-1] // 2] += 1  # the first tower alone
    answers = map(keras.ops.convert_to_numpy, (second(maps), second(changed)))
    same = np.isclose(*answers, atol=1e-6).all(axis=(0, 1, 2))
    assert not same[: len(same) // 2].any()
    assert same[len(same) // 2 :].all()


def test_initial_values_of_the_paper():
    model = alexnet(input_shape=(67, 67, 3), width=0.25)
    biases = {layer.name: float(np.mean(layer.bias)) for layer in model.layers if hasattr(layer, "bias")}
    # section 5: 1 in the second, fourth and fifth convolution and in the hidden dense layers
    assert biases == {
        "conv1": 0, "conv2": 1, "conv3": 0, "conv4": 1, "conv5": 1, "fc6": 1, "fc7": 1, "predictions": 0
    }  # fmt: skip
    for name in ("conv3", "fc7", "predictions"):
        assert 0.0095 < float(np.std(model.get_layer(name).kernel)) < 0.0105
    glorot = alexnet("batchnorm", input_shape=(163, 163, 3), width=0.25).get_layer("fc7")
    assert float(np.std(glorot.kernel)) == pytest.approx((1 / 1024) ** 0.5, rel=0.02)
    he = alexnet(kernel_initializer="he_normal", **TINY)
    assert float(np.mean(he.get_layer("conv2").bias)) == float(np.mean(he.get_layer("fc6").bias)) == 0


def test_switches():
    assert not [x.name for x in alexnet(lrn=False, dropout=0, **TINY).layers if x.name[:4] in ("norm", "drop")]
    normed = alexnet("batchnorm", input_shape=(163, 163, 3), width=0.05, lrn=True, momentum=0.9)
    assert [layer.name for layer in normed.layers if layer.name.startswith("norm")] == ["norm1", "norm2"]
    assert normed.get_layer("bn1").momentum == normed.get_layer("bn7").momentum == 0.9
    assert alexnet("batchnorm", input_shape=(163, 163, 3), width=0.05).get_layer("bn1").momentum == 0.99
    assert alexnet(pool_size=2, **TINY).get_layer("pool1").pool_size == (2, 2)
    assert alexnet(activation="tanh", **TINY).get_layer("fc6").activation is keras.activations.tanh
    assert alexnet(activation="tanh", **TINY).get_layer("conv5").activation is keras.activations.tanh


def test_smallest_images():
    for variant, smallest in (("two_tower", 67), ("single_tower", 67), ("batchnorm", 163)):
        assert anatomy(alexnet, variant=variant, input_shape=(smallest, smallest, 3))["pool5"].output_shape[0] == 1
        with pytest.raises(ValueError, match=f"input_shape.*at least {smallest}.*{smallest - 1}"):
            alexnet(variant, input_shape=(smallest - 1, 227, 3))
