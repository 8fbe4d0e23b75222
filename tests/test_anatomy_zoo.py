"""Anatomy of many networks: Keras' own counts of parameters, and the work and fields that papers publish."""

import functools
import math

import keras
import pytest

from course_utils import models
from course_utils.anatomy import describe, graph

ARAUJO = "A. Araujo, W. Norris, J. Sim, Computing receptive fields of convolutional neural networks, Distill 2019"
HE = "K. He et al., Deep residual learning for image recognition, 2015, table 1 and figure 3, arXiv 1512.03385"
HOWARD = "A. Howard et al., MobileNets, 2017, table 4, arXiv 1704.04861"
SANDLER = "M. Sandler et al., MobileNetV2, 2018, table 4, arXiv 1801.04381"
SEARCHING = "A. Howard et al., Searching for MobileNetV3, 2019, table 3, arXiv 1905.02244"
ZOPH = "B. Zoph et al., Learning transferable architectures, 2018, tables 2 and 3, arXiv 1707.07012"
TAN = "M. Tan, Q. Le, EfficientNet, 2019, table 2, arXiv 1905.11946"
LIU = "Z. Liu et al., A ConvNet for the 2020s, 2022, table 1, arXiv 2201.03545"

# network of `keras.applications`: (published multiply-adds in 10^6, source), None where no paper prints them
APPLICATIONS = {
    "VGG16": None,
    "VGG19": (19_600, HE),
    "ResNet50": (3_800, HE),
    "ResNet101": (7_600, HE),
    "ResNet152": (11_300, HE),
    "ResNet50V2": None,
    "ResNet101V2": None,
    "ResNet152V2": None,
    "InceptionV3": (5_720, ZOPH),
    "InceptionResNetV2": (13_200, ZOPH),
    "Xception": (8_380, ZOPH),
    "MobileNet": (569, HOWARD),
    "MobileNetV2": (300, SANDLER),
    "MobileNetV3Small": (56, SEARCHING),
    "MobileNetV3Large": (219, SEARCHING),
    "DenseNet121": None,
    "NASNetMobile": (564, ZOPH),
    "EfficientNetB0": (390, TAN),
    "EfficientNetV2B0": None,
    "ConvNeXtTiny": (4_500, LIU),
}
# field of the last maps, all from ARAUJO
FIELDS = {
    "VGG16": ("block5_pool", 212),
    "ResNet50": ("conv5_block3_out", 483),
    "ResNet101": ("conv5_block3_out", 1027),
    "ResNet152": ("conv5_block3_out", 1507),
    "InceptionV3": ("mixed10", 1311),
    "InceptionResNetV2": ("conv_7b_ac", 3039),
    "MobileNet": ("conv_pw_13_relu", 315),
}


@functools.cache
def application(name: str):
    """Return the network of `keras.applications` without its weights, and its anatomy."""
    shape = {"input_shape": (224, 224, 3)} if name.startswith("MobileNetV3") else {}
    model = graph.build_without_weights(getattr(keras.applications, name), {"weights": None, **shape})
    return model, describe(model)


@pytest.mark.parametrize("name", APPLICATIONS)
def test_nothing_is_missing_in_networks_of_keras(name):
    model, anatomy = application(name)
    assert anatomy.params == model.count_params()
    assert anatomy.trainable_params == sum(math.prod(weight.shape) for weight in model.trainable_weights)
    assert anatomy.uncounted == ()
    assert [row.name for row in anatomy.rows if row.receptive_field is None or not row.stage] == []
    assert len(anatomy.by_stage()) <= 20
    shapes = {layer.name: tuple(layer.output.shape[1:]) for layer in model.layers if hasattr(layer, "output")}
    told = {row.name: row.output_shape for row in anatomy.rows}
    assert {name: shape for name, shape in told.items() if name in shapes} == {
        name: shape for name, shape in shapes.items() if name in told
    }


@pytest.mark.parametrize("name", [name for name, published in APPLICATIONS.items() if published])
def test_work_is_what_the_paper_says(name):
    million, _ = APPLICATIONS[name]
    # the papers print two or three figures, and 3.858 as 3.8
    assert application(name)[1].macs / 1e6 == pytest.approx(million, rel=0.016)


@pytest.mark.parametrize("name", FIELDS)
def test_fields_are_the_published_ones(name):
    layer, field = FIELDS[name]
    row = application(name)[1][layer]
    assert (row.receptive_field, row.stride) == (field, 32)


# builder, arguments, trainable parameters, multiply-adds in 10^6
SYLLABUS = [
    # two groups: 60.97 M parameters, 724 M multiply-adds; the ungrouped network's follow by doubling conv 2, 4, 5
    (models.alexnet, {"variant": "two_tower"}, 60_965_224, 724.4),
    (models.alexnet, {"variant": "single_tower"}, 62_378_344, 1_135.3),
    (models.alexnet, {"variant": "batchnorm"}, 24_815_697, None),
    # K. Simonyan, A. Zisserman, 2014, table 2, arXiv 1409.1556: 133, 133, 134, 138, 144 million parameters
    (models.vgg, {"config": "A"}, 132_863_336, 7_609.1),
    (models.vgg, {"config": "A-LRN"}, 132_863_336, 7_609.1),
    (models.vgg, {"config": "B"}, 133_047_848, 11_308.5),
    (models.vgg, {"config": "C"}, 133_638_952, 11_770.9),
    (models.vgg, {"config": "D"}, 138_357_544, 15_470.3),
    (models.vgg, {"config": "E"}, 143_667_240, 19_632.1),
    (models.googlenet, {}, 6_998_552, 1_582.7),
    (models.inception_v3, {}, 23_817_352, 5_713.2),
    (models.inception_v4, {}, 42_648_232, 12_254.0),
    (models.inception_resnet_v2, {}, 55_813_192, 13_155.8),
    # HE, table 1: 1.8 and 3.8 thousand million; the other depths stand in test_resnet.py
    (models.resnet, {"depth": 18}, 11_689_512, 1_814.1),
    (models.resnet, {"depth": 50}, 25_557_032, 3_858.0),
]


@pytest.mark.parametrize(("builder", "kwargs", "trainable", "million"), SYLLABUS)
def test_networks_of_the_course(builder, kwargs, trainable, million):
    anatomy = describe(builder, **kwargs)
    assert anatomy.trainable_params == trainable
    assert million is None or round(anatomy.macs / 1e6, 1) == million
    assert anatomy.uncounted == ()
    assert all(row.receptive_field and row.stage for row in anatomy.rows)
