"""Where an output is no window of its input the receptive field is unknown, and so it is after; what passes it on."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from course_utils import models
from course_utils.anatomy import describe, positions

MAPS, SEQUENCE, FILM = (8, 8, 4), (9, 4), (5, 8, 8, 2)

# name: shape that arrives, what is called; positions are mixed, moved or dropped
NO_WINDOW = {
    "LSTM": (SEQUENCE, lambda x: layers.LSTM(3, return_sequences=True)(x)),
    "GRU": (SEQUENCE, lambda x: layers.GRU(3, return_sequences=True)(x)),
    "SimpleRNN": (SEQUENCE, lambda x: layers.SimpleRNN(3, return_sequences=True)(x)),
    "Bidirectional": (SEQUENCE, lambda x: layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x)),
    "RNN of a cell": (SEQUENCE, lambda x: layers.RNN(layers.LSTMCell(3), return_sequences=True)(x)),
    "ConvLSTM1D": ((5, 8, 2), lambda x: layers.ConvLSTM1D(3, 3, padding="same", return_sequences=True)(x)),
    "ConvLSTM1D, last": ((5, 8, 2), lambda x: layers.ConvLSTM1D(3, 3)(x)),
    "ConvLSTM2D": (FILM, lambda x: layers.ConvLSTM2D(3, 3, padding="same", return_sequences=True)(x)),
    "EinsumDense, mixing rows": (MAPS, lambda x: layers.EinsumDense("nhwc,hk->nkwc", (4, 8, 4))(x)),
    "EinsumDense, mixing and keeping the size": (MAPS, lambda x: layers.EinsumDense("nhwc,hk->nkwc", (8, 8, 4))(x)),
    "EinsumDense, mixing a sequence": (SEQUENCE, lambda x: layers.EinsumDense("abc,bd->adc", (9, 4))(x)),
    "EinsumDense, turning": (MAPS, lambda x: layers.EinsumDense("nhwc,cd->nwhd", (8, 8, 4))(x)),
    "Softmax across rows": (MAPS, lambda x: layers.Softmax(axis=1)(x)),
    "Softmax across maps": (MAPS, lambda x: layers.Softmax(axis=(1, 2))(x)),
    "ops.softmax across columns": (MAPS, lambda x: ops.softmax(x, axis=2)),
    "ops.log_softmax across rows": (MAPS, lambda x: ops.log_softmax(x, axis=1)),
    "LayerNormalization of maps": (MAPS, lambda x: layers.LayerNormalization(axis=(1, 2, 3))(x)),
    "UnitNormalization of rows": (MAPS, lambda x: layers.UnitNormalization(axis=1)(x)),
    "GroupNormalization": (MAPS, lambda x: layers.GroupNormalization(2)(x)),
    "ops.cumsum": (MAPS, lambda x: ops.cumsum(x, axis=1)),
    "ops.flip": (MAPS, lambda x: ops.flip(x, axis=1)),
    "ops.transpose": (MAPS, lambda x: ops.transpose(x, (0, 2, 1, 3))),
    "ops.swapaxes": (MAPS, lambda x: ops.swapaxes(x, 1, 2)),
    "ops.roll": (MAPS, lambda x: ops.roll(x, 2, axis=1)),
    "ops.sort": (MAPS, lambda x: ops.sort(x, axis=1)),
    "a slice that flips": (MAPS, lambda x: x[:, ::-1]),
    "ops.matmul of maps": (MAPS, lambda x: ops.matmul(x, ops.transpose(x, (0, 1, 3, 2)))),
    "Permute": (MAPS, lambda x: layers.Permute((2, 1, 3))(x)),
    "Reshape that mixes positions and channels": (MAPS, lambda x: layers.Reshape((4, 16, 4))(x)),
    "Concatenate of rows": (MAPS, lambda x: layers.Concatenate(axis=1)([x, x])),
    "Lambda": (MAPS, lambda x: layers.Lambda(lambda y: y, output_shape=MAPS)(x)),
    "TimeDistributed": (FILM, lambda x: layers.TimeDistributed(layers.Conv2D(2, 3, padding="same"))(x)),
}


@pytest.mark.parametrize("name", NO_WINDOW)
def test_field_is_unknown_where_the_output_is_no_window(name):
    shape, call = NO_WINDOW[name]
    inputs = keras.Input(shape)
    x = layers.Dense(shape[-1], name="before")(inputs)
    anatomy = describe(keras.Model(inputs, layers.Activation("relu", name="after")(call(x))))
    assert anatomy["before"].receptive_field == 1
    last = anatomy["after"]
    assert (last.receptive_field, last.receptive_box, last.centre, last.stride, last.box()) == (None,) * 5
    assert "after" in anatomy.unfollowed and "before" not in anatomy.unfollowed


# what works on the channels of one position, and may stand in any convolutional network
PASSES = {
    "activations": lambda x: layers.ELU()(layers.LeakyReLU()(layers.PReLU(shared_axes=(1, 2))(ops.gelu(x)))),
    "arithmetic": lambda x: ops.sqrt(ops.abs(2 * x - x / 3) ** 2 + 1),
    "gates": lambda x: layers.Multiply()([x, ops.hard_sigmoid(x)]) + layers.Maximum()([x, ops.relu6(x)]),
    "norms of channels": lambda x: layers.UnitNormalization()(layers.LayerNormalization()(x)),
    "batch norm": lambda x: layers.BatchNormalization()(layers.Normalization(mean=0.0, variance=1.0)(x)),
    "softmax of channels": lambda x: ops.log_softmax(layers.Softmax()(x), axis=-1),
    "rest in inference": lambda x: layers.GaussianNoise(0.1)(layers.SpatialDropout2D(0.5)(layers.Dropout(0.5)(x))),
    "augmentation": lambda x: layers.RandomFlip()(layers.RandomRotation(0.1)(x)),
    "dense": lambda x: layers.EinsumDense("...c,cd->...d", 4)(layers.Dense(4)(x)),
    "concatenation": lambda x: layers.Concatenate()([x, layers.Rescaling(0.5)(x)]),
}


@pytest.mark.parametrize("name", PASSES)
def test_field_passes_through_what_treats_each_position_by_itself(name):
    inputs = keras.Input(MAPS)
    outputs = layers.Conv2D(2, 3)(PASSES[name](layers.Conv2D(4, 3, strides=2, padding="same")(inputs)))
    anatomy = describe(keras.Model(inputs, outputs))
    assert anatomy.unfollowed == ()
    assert (anatomy.rows[-1].receptive_field, anatomy.rows[-1].stride) == (7, 2)


def test_a_layer_of_your_own_says_that_it_is_positionwise():
    class Halve(layers.Layer):
        def call(self, inputs):
            return inputs / 2

    inputs = keras.Input(MAPS)
    assert describe(keras.Model(inputs, Halve(name="halve")(inputs))).unfollowed == ("halve",)
    Halve.positionwise = True
    assert describe(keras.Model(inputs, Halve()(inputs))).unfollowed == ()


@pytest.mark.parametrize(
    ("equation", "alone"),
    [
        ("nhwc,cd->nhwd", True),
        ("...c,cd->...d", True),
        ("abc,cde->abde", True),
        ("abc,bd->adc", False),
        ("abc,cd->bad", False),
        ("abc,acd->abd", False),
    ],
)
def test_einsum_that_multiplies_channels_alone(equation, alone):
    assert positions.keeps_positions(equation) is alone


def test_channels_first():
    inputs = keras.Input((3, 12, 12))
    first = {"data_format": "channels_first"}
    x = layers.Concatenate(axis=1)([inputs, inputs])
    x = layers.MaxPooling2D(2, **first)(layers.Conv2D(4, 3, **first)(inputs))
    row = describe(keras.Model(inputs, x)).rows[-1]
    assert (row.receptive_field, row.stride) == (4, 2)


def test_an_anatomy_is_a_collection_of_rows():
    anatomy = describe(models.lenet5)
    assert len(anatomy) == 8
    assert [row.name for row in anatomy] == ["C1", "S2", "C3", "S4", "flatten", "C5", "F6", "output"]
    assert "C3" in anatomy and "c3" not in anatomy and 3 not in anatomy
    assert anatomy["C3"] in anatomy and anatomy["C3"] in list(anatomy)
    assert max(anatomy, key=lambda row: row.macs or 0).name == "C3"
    assert np.sum([row.params for row in anatomy]) == anatomy.params
