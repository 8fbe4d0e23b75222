"""Anatomy against published counts, and against counts and receptive fields found by trying."""

import random
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers

from course_utils import models
from course_utils.anatomy import describe


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


# builder, parameters, trainable parameters, multiply-adds (units of 10^6, to three digits), one field by layer name
PUBLISHED = [
    # Keras's documentation lists the parameters of all four; the multiply-adds are those of the papers' tables or
    # follow from them; fields: Araujo, Norris, Sim, "Computing receptive fields of convolutional neural networks",
    # Distill 2019.
    (keras.applications.VGG16, 138_357_544, 138_357_544, 15_470, {"block5_pool": 212, "block5_conv3": 196}),
    (keras.applications.VGG19, 143_667_240, 143_667_240, 19_632, {"block1_conv2": 5}),
    (keras.applications.ResNet50, 25_636_712, 25_583_592, 3_858, {"conv5_block3_out": 483, "conv4_block6_out": 291}),
    (keras.applications.MobileNetV2, 3_538_984, 3_504_872, 301, {"Conv_1": 491}),
]


@pytest.mark.parametrize(("builder", "params", "trainable", "million_macs", "fields"), PUBLISHED)
def test_published_counts(builder, params, trainable, million_macs, fields):
    anatomy = describe(builder, weights=None)
    assert anatomy.params == params
    assert anatomy.trainable_params == trainable
    assert round(anatomy.macs / 1e6) == million_macs
    assert {name: anatomy[name].receptive_field for name in fields} == fields
    assert anatomy.uncounted == ()


def test_lenet_of_1998_row_by_row():
    anatomy = describe(models.lenet5_1998)
    assert (anatomy.params, anatomy.trainable_params) == (60_840, 60_000)
    # multiply-adds: positions × weights; subsampling one an output; the distances one a code component
    assert {row.name: (row.params, row.macs, row.receptive_field, row.stride) for row in anatomy.rows} == {
        "C1": (156, 28 * 28 * 150, 5, 1),
        "S2": (12, 14 * 14 * 6, 6, 2),
        "C3": (1516, 10 * 10 * 1500, 14, 2),
        "S4": (32, 5 * 5 * 16, 16, 4),
        "C5": (48120, 48000, 32, 4),
        "flatten": (0, 0, 32, 0),
        "F6": (10164, 10080, 32, 0),
        "output": (840, 840, 32, 0),
    }


def ones(layer):
    """Return a network of one layer whose weights are all 1 and biases 0."""
    layer.kernel_initializer = keras.initializers.get("ones")
    if hasattr(layer, "depthwise_initializer"):
        layer.depthwise_initializer = keras.initializers.get("ones")
    return layer


@pytest.mark.parametrize(
    ("arriving", "layer"),
    [
        ((9, 8, 4), layers.Conv2D(6, 3)),
        ((9, 8, 4), layers.Conv2D(6, (3, 2), strides=2)),
        ((9, 8, 4), layers.Conv2D(6, 3, dilation_rate=2)),
        ((9, 8, 4), layers.Conv2D(6, 3, groups=2)),
        ((9, 8, 4), layers.DepthwiseConv2D(3, depth_multiplier=2, strides=2)),
        ((5, 4, 4), layers.Conv2DTranspose(6, 3, strides=2)),
        ((9, 4), layers.Conv1D(5, 3)),
        ((5, 6, 5, 2), layers.Conv3D(3, 2)),
        ((5, 4), layers.Conv1DTranspose(3, 4, strides=3)),
        ((3, 3, 3, 2), layers.Conv3DTranspose(2, 2, strides=2)),
        ((11, 10, 6), layers.Conv2D(9, 3, groups=3, dilation_rate=2)),
        ((9, 4), layers.DepthwiseConv1D(3, depth_multiplier=2, strides=2)),
        ((9, 8, 4), layers.DepthwiseConv2D(3, dilation_rate=2)),
        ((9, 8, 4), layers.Conv2D(6, 1, strides=2)),
        ((9,), layers.Dense(5)),
        ((3, 2, 9), layers.Dense(5)),
    ],
)
def test_macs_are_the_number_of_products(arriving, layer):
    # With inputs and weights of 1 every product is 1, so the outputs add up to the number of products.
    model = keras.Sequential([keras.Input(arriving), ones(layer)])
    products = float(keras.ops.sum(model(np.ones((1, *arriving), "float32"))))
    assert describe(model).macs == products


def test_separable_convolution_counts_both_its_steps():
    inputs = keras.Input((9, 8, 4))
    separable = describe(keras.Model(inputs, layers.SeparableConv2D(6, 3, depth_multiplier=2, strides=2)(inputs)))
    steps = layers.Conv2D(6, 1)(layers.DepthwiseConv2D(3, depth_multiplier=2, strides=2)(inputs))
    assert separable.macs == describe(keras.Model(inputs, steps)).macs > 0


def test_what_cannot_be_followed_is_none_and_named():
    @keras.saving.register_keras_serializable(package="test")
    class Mixer(keras.layers.Layer):
        def build(self, input_shape):
            self.matrix = self.add_weight(shape=(input_shape[1], 3))

        def call(self, inputs):
            return keras.ops.einsum("nhwc,hk->nkwc", inputs, self.matrix)

    inputs = keras.Input((8, 8, 1))
    anatomy = describe(keras.Model(inputs, layers.Conv2D(2, 3)(Mixer(name="mixer")(inputs))))
    assert anatomy.uncounted == ("mixer",)
    assert anatomy["mixer"].receptive_field is None
    assert anatomy.rows[-1].receptive_field is None
    assert anatomy.macs == 1 * 6 * 18


@pytest.mark.parametrize(
    "layer", [layers.PReLU(), layers.LayerNormalization(axis=(1, 2, 3)), layers.GroupNormalization(2)]
)
def test_work_value_by_value_is_not_counted(layer):
    anatomy = describe(keras.Sequential([keras.Input((4, 4, 2)), layer]))
    assert (anatomy.macs, anatomy.uncounted) == (0, ())


def test_shared_layers_add_work_but_no_parameters():
    inputs = keras.Input((8, 8, 2))
    shared = layers.Conv2D(2, 3, padding="same", name="shared")
    model = keras.Model(inputs, shared(shared(inputs)))
    first, second = describe(model).rows
    assert (first.name, second.name) == ("shared", "shared (2)")
    assert (first.params, second.params) == (38, 0)
    assert first.macs == second.macs == 8 * 8 * 36
    assert (first.receptive_field, second.receptive_field) == (3, 5)


def test_nested_models_are_opened():
    inputs = keras.Input((32, 32, 3))
    base = keras.applications.MobileNetV2(weights=None, include_top=False, alpha=0.35, input_shape=(None, None, 3))
    base.trainable = False
    outputs = layers.Dense(2, name="head")(layers.GlobalAveragePooling2D()(base(inputs)))
    model = keras.Model(inputs, outputs)
    anatomy = describe(model)
    assert anatomy.params == model.count_params()
    assert anatomy.trainable_params == 1280 * 2 + 2
    conv = anatomy[f"{base.name}/Conv1"]
    assert conv.output_shape == (16, 16, 16)
    assert conv.macs == 16 * 16 * 3 * 3 * 3 * 16


@pytest.mark.parametrize(
    "builder", [models.lenet5, models.lenet5_1998, lambda: keras.applications.MobileNetV2(weights=None, alpha=0.35)]
)
def test_builder_and_built_model_have_the_same_rows(builder):
    built = builder()
    unnamed = {"name": "", "inputs": ()}  # Keras numbers the layers that have no name of their own
    assert [vars(row) | unnamed for row in describe(builder).rows] == [
        vars(row) | unnamed for row in describe(built).rows
    ]
    assert describe(builder).params == built.count_params()


def giant(units=10**6):
    """Return a network whose weights take 4 TB."""
    inputs = keras.Input((units,))
    return keras.Model(inputs, layers.Dense(units)(inputs))


def test_a_builder_allocates_no_weights_then_or_later():
    keras.utils.set_random_seed(3)
    state = random.getstate()
    assert describe(giant).params == 10**12 + 10**6
    assert describe(giant, units=5).params == 30
    assert random.getstate() == state
    with keras.StatelessScope():
        pass  # leaving a stateless scope gives values to variables that wait for them


@pytest.mark.slow
def test_describing_vgg19_takes_less_than_50_megabytes():
    code = """
import resource, keras
from course_utils.anatomy import describe
describe(keras.applications.VGG16, weights=None, input_shape=(32, 32, 3), include_top=False)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
anatomy = describe(keras.applications.VGG19, weights=None)
print(anatomy.params, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    params, kilobytes = map(int, done.stdout.split()[-2:])
    assert params == 143_667_240  # 575 MB, were they allocated
    assert kilobytes < 50_000


def test_memory_and_strides():
    anatomy = describe(models.lenet5)
    assert [row.activations for row in anatomy.rows] == [3456, 864, 1024, 256, 256, 120, 84, 10]
    assert anatomy.activations == 6070
    assert [row.stride for row in anatomy.rows] == [1, 2, 2, 4, 0, 0, 0, 0]
    inputs = keras.Input((8, 8, 1))
    finer = describe(keras.Model(inputs, layers.UpSampling2D(2)(inputs)))
    assert finer.rows[0].stride == 0.5


def test_frame_holds_the_table():
    anatomy = describe(models.lenet5)
    frame = anatomy.to_frame()
    assert frame["params"].sum() == 44_426 == anatomy.params
    assert frame.loc["C3", "output_shape"] == (8, 8, 16)
    assert list(frame.index) == ["C1", "S2", "C3", "S4", "flatten", "C5", "F6", "output"]
    assert repr(anatomy) == "Anatomy of lenet5: 8 rows, 44,426 parameters (44,426 trainable), 281,640 multiply-adds"
    assert anatomy._repr_html_().count("<tr") == 10


class Subclassed(keras.Model):
    def call(self, inputs):
        return inputs


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: describe("vgg"), ["model", "'vgg'"]),
        (lambda: describe(lambda: 3), ["keras.Model", "3"]),
        (lambda: describe(models.lenet5(), classes=3), ["classes", "built already"]),
        (lambda: describe(Subclassed(name="mine")), ["functional", "'mine'"]),
        (lambda: describe(keras.Sequential([layers.Dense(2)], name="unbuilt")), ["'unbuilt'"]),
        (lambda: describe(models.lenet5, classes=1), ["classes"]),
        (
            lambda: describe(lambda: keras.applications.VGG16(weights=None, include_top=False)),
            ["input size", "input_shape"],
        ),
        (lambda: describe(models.lenet5)["c1"], ["name", "'c1'", "'C1'"]),
    ],
)
def test_bad_arguments_are_named(call, words):
    with pytest.raises(ValueError) as error:
        call()
    for word in words:
        assert word in str(error.value)
