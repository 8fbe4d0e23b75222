"""Receptive fields against fields found by trying: one image for each pixel, that pixel lit."""

import keras
import numpy as np
import pytest
from keras import layers

from course_utils.anatomy import describe
from course_utils.layers import IdentityShortcut


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


def plain(x):
    x = layers.Conv2D(2, 3, padding="same")(x)
    x = layers.MaxPooling2D(2)(x)
    return layers.Conv2D(2, 3, strides=2, padding="same")(x)


def dilated(x):
    return layers.AveragePooling2D(3, strides=2)(layers.Conv2D(1, (3, 2), dilation_rate=3)(x))


def separable(x):
    return layers.SeparableConv2D(2, 5, padding="same")(layers.DepthwiseConv2D(3, strides=2)(x))


def branches(x):
    x = layers.ZeroPadding2D(((0, 1), (2, 0)))(x)
    tall = layers.Conv2D(1, (7, 1), padding="same")(layers.Conv2D(1, 1)(x))
    wide = layers.Conv2D(1, (1, 5), padding="same")(x)
    return layers.Concatenate()([tall, wide, layers.MaxPooling2D(3, strides=1, padding="same")(x)])


def beside(x):
    # The windows of the two branches are not centred on each other, so together they see more than either.
    left = layers.Cropping2D(((0, 4), (0, 4)))(x)
    right = layers.Cropping2D(((4, 0), (4, 0)))(x)
    return layers.Add()([layers.Conv2D(1, 3)(left), layers.Conv2D(1, 3)(right)])


def uneven(x):
    # "same" at stride 2 pads an even side below and to the right only: pixels 0 to 2, beside pixel 2.
    ahead = layers.ZeroPadding2D(((0, 2), (0, 2)))(layers.Cropping2D(((2, 0), (2, 0)))(x))
    return layers.Add()([layers.Conv2D(1, 3, strides=2, padding="same")(x), layers.Conv2D(1, 1, strides=2)(ahead)])


def framed(x):
    # Framed above and to the left, position 0 sees pixels -4 to -2 on one path and pixel 0 on the other.
    moved = layers.ZeroPadding2D(((4, 0), (4, 0)))(layers.Cropping2D(((0, 2), (0, 2)))(x))
    return layers.Add()([layers.Conv2D(1, 3)(moved), x])


def residual(x):
    for stride in (2, 1, 2):
        y = layers.Conv2D(2, 3, strides=stride, padding="same", activation="relu")(x)
        y = layers.BatchNormalization()(layers.Conv2D(2, 3, padding="same")(y))
        x = layers.Activation("relu")(y + layers.Conv2D(2, 1, strides=stride)(x))
    return x


def transposed(x):
    x = layers.Conv2D(1, 3, strides=2, padding="same")(x)
    return layers.Conv2D(1, 3, padding="same")(layers.Conv2DTranspose(1, 4, strides=2, padding="same")(x))


def enlarged(x):
    x = layers.UpSampling2D(2)(layers.Conv2D(1, 3, strides=2)(x))
    return layers.Conv2D(1, 3)(x)


def smoothed(x):
    return layers.UpSampling2D(2, interpolation="bilinear")(layers.Conv2D(1, 3, strides=2)(x))


def unaligned(x):
    # A window of 2 behind doubled pixels: half of the windows meet one pixel of the coarse map, half meet two.
    return layers.Conv2D(1, 2)(layers.UpSampling2D(2)(layers.Conv2D(1, 3, strides=2)(x)))


def unaligned_again(x):
    x = layers.UpSampling2D(3)(layers.Conv2D(1, 2)(layers.UpSampling2D(2)(layers.Conv2D(1, 3, strides=4)(x))))
    return layers.MaxPooling2D(4, strides=2)(x)


def decoder(x):
    # The shape of a U-Net: down twice, up twice by two kinds of layer, joined with what was there before.
    fine = layers.Conv2D(1, 3, padding="same")(x)
    half = layers.Conv2D(1, 3, strides=2, padding="same")(fine)
    quarter = layers.Conv2D(1, 3, padding="same")(layers.MaxPooling2D(2)(half))
    up = layers.Conv2DTranspose(1, 2, strides=2, padding="same")(quarter)
    up = layers.Conv2D(1, 3, padding="same")(layers.Concatenate()([up, half]))
    up = layers.UpSampling2D(2, interpolation="bilinear")(up)
    return layers.Conv2D(1, 3, padding="same")(layers.Concatenate()([up, fine]))


def transposed_valid(x):
    x = layers.Conv2DTranspose(1, 5, strides=3)(layers.Conv2D(1, 3, strides=4)(x))
    return layers.Conv2D(1, 2, dilation_rate=3)(x)


def interpolated(x):
    x = layers.UpSampling2D(3, interpolation="bilinear")(layers.AveragePooling2D(2)(x))
    return layers.Conv2D(1, 2)(x)


def cubic(x):
    return layers.UpSampling2D(2, interpolation="bicubic")(layers.Conv2D(1, 3, strides=2)(x))


def strided_shortcut(x):
    return layers.Conv2D(2, 3)(IdentityShortcut(2, strides=2)(layers.Conv2D(1, 3)(x)))


def grouped(x):
    x = layers.Conv2D(4, (1, 5), groups=1, padding="same")(x)
    x = layers.Conv2D(4, 3, groups=2, dilation_rate=(2, 1))(x)
    return layers.DepthwiseConv2D(3, dilation_rate=2, padding="same")(x)


def nested(x):
    inner_input = keras.Input((None, None, 1))
    inner = keras.Model(inner_input, plain(inner_input), name="inner")
    return layers.Conv2D(1, 3)(inner(x))


SHRINKING = (plain, dilated, separable, branches, beside, uneven, framed, residual, nested, strided_shortcut, grouped)
ENLARGING = (
    transposed,
    enlarged,
    smoothed,
    unaligned,
    unaligned_again,
    decoder,
    transposed_valid,
    interpolated,
    cubic,
)


def built(build, side: int = 40):
    """Return a network for images of that side, and what lights up in it: axes lit pixel (2), output value (2)."""
    inputs = keras.Input((side, side, 1))
    model = keras.Model(inputs, build(inputs))
    for weight in model.weights:
        if "kernel" in weight.path:
            weight.assign(np.ones(weight.shape))
    # Weights of 1 let nothing cancel, so an output is lit where it sees the lit pixel.
    images = np.eye(side * side, dtype="float32").reshape(-1, side, side, 1)
    lit = np.concatenate(
        [np.abs(keras.ops.convert_to_numpy(model(part))).max(-1) > 1e-7 for part in np.split(images, 4)]
    )
    return model, lit.reshape(side, side, *lit.shape[1:])


@pytest.mark.parametrize("build", SHRINKING + ENLARGING)
def test_receptive_field_is_the_box_of_pixels_that_matter(build):
    model, lit = built(build)
    box = [largest_extent(np.moveaxis(lit, 1 - axis, 0).any(0)) for axis in (0, 1)]
    row = describe(model).rows[-1]
    assert list(row.receptive_box) == box
    assert row.receptive_field == max(box)


@pytest.mark.parametrize("build", SHRINKING)
def test_box_of_a_value_lies_where_its_pixels_are(build):
    model, lit = built(build)
    row = describe(model).rows[-1]
    for place in [None, (2, 3), tuple(size - 3 for size in row.output_shape[:2])]:
        top, left, height, width = row.box(place)
        down, across = place or tuple((size - 1) // 2 for size in row.output_shape[:2])
        rows, columns = (np.flatnonzero(lit[:, :, down, across].any(axis)) for axis in (1, 0))
        # what reaches beyond the image is padding and lights nothing
        assert (rows[0], rows[-1]) == (max(top, 0), min(top + height, 40) - 1)
        assert (columns[0], columns[-1]) == (max(left, 0), min(left + width, 40) - 1)


@pytest.mark.parametrize("build", [transposed, unaligned, decoder, transposed_valid, interpolated, cubic])
def test_centre_is_that_of_the_first_value_behind_enlarging_layers_too(build):
    model, lit = built(build)
    row, place = describe(model).rows[-1], 12  # whole periods away from the first value, and inside the image
    extents = [np.flatnonzero(lit[:, :, place, place].any(axis)) for axis in (1, 0)]
    middles = tuple((extent[0] + extent[-1]) / 2 for extent in extents)
    assert middles == tuple(centre + place * row.stride for centre in row.centre)


def largest_extent(lit) -> int:
    """Return the largest distance from the first to the last lit pixel, both counted, over all outputs."""
    seen = lit.reshape(len(lit), -1)
    return max(int(np.ptp(np.flatnonzero(column))) + 1 for column in seen.T if column.any())


def test_flatten_and_global_pooling_see_the_whole_map():
    inputs = keras.Input((28, 20, 1))
    maps = layers.Conv2D(2, 5, strides=3)(inputs)
    for head in (layers.Flatten(), layers.GlobalAveragePooling2D(), layers.GlobalMaxPooling2D(keepdims=True)):
        row = describe(keras.Model(inputs, head(maps))).rows[-1]
        assert row.receptive_box == (26, 20)
        assert row.stride == 0


def test_squeeze_and_excitation_sees_all_and_keeps_the_stride():
    inputs = keras.Input((16, 16, 4))
    maps = layers.Conv2D(4, 3, strides=2, padding="same")(inputs)
    gate = layers.Reshape((1, 1, 4))(layers.Dense(4)(layers.GlobalAveragePooling2D()(maps)))
    row = describe(keras.Model(inputs, layers.Conv2D(4, 3)(maps * gate))).rows[-1]
    assert row.stride == 2
    assert row.receptive_field == 17  # the whole image and one pixel of padding; 7 without the gate
    assert row.centre == (1 + 2, 1 + 2)
