"""Stages, memory, and the anatomy as tables."""

import keras
import numpy as np
import pytest
from keras import layers

from course_utils import models
from course_utils.anatomy import describe, stages


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("block3_conv2", "block3"),
        ("inception_3a_5x5_reduce", "inception_3a"),
        ("inception_a1_pool_proj_bn", "inception_a"),
        ("inception_resnet_b12_branch1", "inception_resnet_b"),
        ("reduction_a_3x3", "reduction_a"),
        ("mixed3_double_2", "mixed3"),
        ("mixed_5b", "mixed_5b"),
        ("conv4_block6_2_conv", "conv4"),
        ("stage2_block1_conv1", "stage2"),
        ("block2a_expand_conv", "block2"),
        ("block35_1_mixed", "block35"),
        ("convnext_tiny_stage_0_block_1_layernorm", "stage_0"),
        ("stem_a_2_bn", "stem"),
        ("aux1_conv_relu", "aux1"),
        ("resnet50/conv4_block6_2_conv", "conv4"),
        ("conv3 (2)", "conv3"),
        ("fc6", "head"),
        ("predictions", "head"),
        ("head_conv", "head"),
        ("top_conv", "head"),
        # names that say nothing: Keras' own, and those of another kind
        ("conv2d", None),
        ("conv2d_12", None),
        ("conv2d_transpose_1", None),
        ("batch_normalization_3", None),
        ("add_4", None),
        ("norm1", None),
        ("conv_dw_3", None),
        ("stemming", None),
        ("blockade", None),
    ],
)
def test_stage_said_by_a_name(name, stage):
    assert stages.named(name) == stage


def stages_of(builder, **kwargs) -> list[str]:
    return list(dict.fromkeys(row.stage for row in describe(builder, **kwargs).rows))


def test_stages_of_networks():
    blocks = [f"block{number}" for number in range(1, 6)]
    assert stages_of(models.vgg, config="E") == [*blocks, "head"]
    assert stages_of(models.alexnet) == ["conv1", "conv2", "conv3", "conv4", "conv5", "head"]
    assert stages_of(models.resnet_cifar, n=1) == ["stem", "stage1", "stage2", "stage3", "head"]
    reduced = ["stem", "inception_a", "reduction_a", "inception_b", "reduction_b", "inception_c", "head"]
    assert stages_of(models.inception_v4) == reduced
    assert stages_of(models.lenet5) == ["24×24", "8×8", "head"]
    assert stages_of(keras.applications.MobileNet, weights=None)[:2] == ["112×112", "56×56"]


def test_silent_layers_join_the_one_before_and_the_first_the_one_behind():
    x = inputs = keras.Input((32, 32, 3))
    names = ["rescaling", "stem_conv", "pool_a", "block1_conv", "conv2d_7", "flatten", "dense_3"]
    x = layers.Rescaling(1 / 255, name=names[0])(x)
    x = layers.MaxPooling2D(2, name=names[2])(layers.Conv2D(4, 3, name=names[1])(x))
    x = layers.Conv2D(4, 3, name=names[4])(layers.Conv2D(4, 3, name=names[3])(x))
    outputs = layers.Dense(2, name=names[6])(layers.Flatten(name=names[5])(x))
    found = [row.stage for row in describe(keras.Model(inputs, outputs)).rows]
    assert found == ["stem", "stem", "stem", "block1", "block1", "head", "head"]


@pytest.mark.parametrize(
    ("third", "stages_found"),
    [("block2_conv", ["block1", "block2"]), (None, ["16×16", "14×14", "12×12", "10×10"])],
)
def test_names_count_when_half_of_the_weighted_layers_have_one(third, stages_found):
    x = inputs = keras.Input((18, 18, 1))
    for name in ("block1_conv", None, third, None):
        x = layers.Conv2D(1, 3, name=name)(x)
    assert list(describe(keras.Model(inputs, x)).by_stage().index) == stages_found


def test_vectors_between_maps_do_not_make_a_head():
    inputs = keras.Input((16, 16, 4))
    maps = layers.Conv2D(4, 3, padding="same")(inputs)
    gate = layers.Dense(4)(layers.GlobalAveragePooling2D(keepdims=True)(maps))
    x = layers.Conv2D(4, 3)(layers.Multiply()([maps, gate]))
    anatomy = describe(keras.Model(inputs, layers.GlobalAveragePooling2D()(x)))
    assert [row.stage for row in anatomy.rows] == ["16×16"] * 4 + ["14×14", "head"]


def test_shares_of_alexnet_by_stage_and_by_kind():
    anatomy = describe(models.alexnet, variant="single_tower")
    by_stage, by_kind = anatomy.by_stage(), anatomy.by_kind()
    for table in (by_stage, by_kind):
        assert table["params"].sum() == anatomy.params == 62_378_344
        assert table["macs"].sum() == anatomy.macs == 1_135_256_096
        assert table["memory"].sum() == anatomy.memory
        assert table["layers"].sum() == len(anatomy.rows)
        for column in ("params_share", "macs_share", "memory_share"):
            assert table[column].sum() == pytest.approx(1)
    # 6% of the parameters and 95% of the work are the convolutions'
    assert by_kind.loc["Conv2D", "params_share"] == pytest.approx(3_747_200 / 62_378_344)
    assert by_kind.loc["Conv2D", "macs_share"] == pytest.approx(1_076_634_144 / 1_135_256_096)
    assert by_stage.loc["head", "params"] == 62_378_344 - 3_747_200
    assert list(by_stage.index) == ["conv1", "conv2", "conv3", "conv4", "conv5", "head"]


def test_unknown_work_counts_as_none_in_the_totals():
    class Mixer(keras.layers.Layer):
        def build(self, input_shape):
            self.matrix = self.add_weight(shape=(input_shape[-1], 3))

        def call(self, inputs):
            return keras.ops.matmul(inputs, self.matrix)

    inputs = keras.Input((8, 8, 1))
    anatomy = describe(keras.Model(inputs, layers.Conv2D(2, 3)(Mixer()(inputs))))
    assert anatomy.by_kind()["macs"].tolist() == [0, 36 * 9 * 3 * 2]
    assert anatomy.uncounted != ()


def test_frame_takes_columns_and_leaves_out_rows_without_weights():
    anatomy = describe(models.alexnet)
    frame = anatomy.to_frame(weighted=True, columns=["stage", "params", "weight_memory"])
    assert list(frame.columns) == ["stage", "params", "weight_memory"]
    assert list(frame.index) == ["conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "predictions"]
    assert frame["weight_memory"].tolist() == [4 * number for number in frame["params"]]
    assert len(anatomy.to_frame()) == len(anatomy.rows)
    with pytest.raises(ValueError, match="'receptive_field'"):
        anatomy.to_frame(columns=["field"])


def halves(dtype):
    """Return a network in that number format."""
    inputs = keras.Input((8, 8, 2), dtype="float32")
    x = layers.Conv2D(4, 3, dtype=dtype)(inputs)
    return keras.Model(inputs, layers.GlobalAveragePooling2D(dtype="float32")(x))


@pytest.mark.parametrize(
    ("dtype", "value", "weight"),
    [("float32", 4, 4), ("mixed_float16", 2, 4), ("mixed_bfloat16", 2, 4), ("float16", 2, 2), ("float64", 8, 8)],
)
def test_memory_follows_the_number_format(dtype, value, weight):
    conv, pool = describe(halves, dtype=dtype).rows[0], describe(halves, dtype=dtype).rows[-1]
    assert conv.memory == 6 * 6 * 4 * value
    assert conv.weight_memory == (3 * 3 * 2 * 4 + 4) * weight
    assert pool.memory == 4 * 4


def test_memory_is_what_the_outputs_take():
    model = models.lenet5()
    outputs = keras.Model(model.inputs, [layer.output for layer in model.layers[1:]])
    arrays = [keras.ops.convert_to_numpy(array) for array in outputs([np.zeros((1, 28, 28, 1), "float32")])]
    anatomy = describe(model)
    assert [row.memory for row in anatomy.rows] == [array.nbytes for array in arrays]
    assert anatomy.memory == sum(array.nbytes for array in arrays)
    assert anatomy.weight_memory == sum(weight.nbytes for weight in model.get_weights())
