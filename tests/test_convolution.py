"""The reference convolution against worked numbers, OpenCV, SciPy, Keras and four plain loops."""

import cv2
import numpy as np
import pytest
from scipy.signal import convolve2d, correlate2d

from course_utils.convolution import KERNELS, conv2d, flip, output_size, pad, pool2d

IMAGE = np.array([[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]])
KERNEL = np.array([[0, 1, 2], [2, 2, 0], [0, 1, 2]])


def four_loops(image, kernel, stride, dilation):
    """The definition, one product at a time; image (H, W, C), kernel (kh, kw, C, F)."""
    (sr, sc), (dr, dc) = stride, dilation
    kh, kw, _, filters = kernel.shape
    rows = (image.shape[0] - dr * (kh - 1) - 1) // sr + 1
    columns = (image.shape[1] - dc * (kw - 1) - 1) // sc + 1
    out = np.zeros((rows, columns, filters))
    for r in range(rows):
        for c in range(columns):
            for i in range(kh):
                for j in range(kw):
                    out[r, c] += image[r * sr + i * dr, c * sc + j * dc] @ kernel[i, j]
    return out


def test_worked_examples_of_the_course():
    assert conv2d(IMAGE, KERNEL).tolist() == [[12, 12, 17], [10, 17, 19], [9, 6, 14]]
    assert conv2d(IMAGE, flip(KERNEL)).tolist() == [[18, 20, 19], [10, 9, 17], [11, 8, 14]]
    image = [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
    assert conv2d(image, [[1, 0, 1], [0, 1, 0], [1, 0, 1]]).tolist() == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]
    assert pool2d([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]]).tolist() == [[6, 8], [3, 4]]


@pytest.mark.parametrize(
    ("size", "kernel", "options", "expected"),
    [
        (5, 3, {}, 3),
        (5, 3, {"padding": 1}, 5),
        (227, 11, {"stride": 4}, 55),
        (224, 11, {"stride": 4}, 54),
        (28, 5, {}, 24),
        (32, 5, {}, 28),
        (7, 3, {"dilation": 3}, 1),
        (10, 4, {"padding": "same"}, 10),
        (10, 3, {"padding": "same", "stride": 3}, 4),
        (10, 3, {"padding": "valid", "stride": 3}, 3),
    ],
)
def test_output_size(size, kernel, options, expected):
    assert output_size(size, kernel, **options) == expected


@pytest.mark.parametrize("stride", [(1, 1), (2, 3)])
@pytest.mark.parametrize("dilation", [(1, 1), (2, 1), (3, 2)])
def test_conv2d_equals_four_loops(stride, dilation):
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=(13, 12, 3)), rng.normal(size=(3, 2, 3, 4))
    np.testing.assert_allclose(
        conv2d(image, kernel, stride=stride, dilation=dilation), four_loops(image, kernel, stride, dilation), atol=1e-12
    )


@pytest.mark.parametrize("border", ["zeros", "reflect", "edge"])
@pytest.mark.parametrize("name", sorted(KERNELS))
def test_conv2d_equals_opencv(border, name):
    image = np.random.default_rng(1).integers(0, 256, size=(17, 20, 3)).astype(np.float64)
    borders = {"zeros": cv2.BORDER_CONSTANT, "reflect": cv2.BORDER_REFLECT_101, "edge": cv2.BORDER_REPLICATE}
    kernel = KERNELS[name].astype(np.float64)
    expected = cv2.filter2D(image, cv2.CV_64F, kernel, borderType=borders[border])
    np.testing.assert_allclose(conv2d(image, kernel, padding="same", border=border), expected, atol=1e-9)


def test_conv2d_correlates_and_its_flip_convolves_as_in_scipy():
    rng = np.random.default_rng(2)
    image, kernel = rng.integers(-9, 9, size=(9, 8)), rng.integers(-3, 4, size=(3, 4))
    assert np.array_equal(conv2d(image, kernel), correlate2d(image, kernel, mode="valid"))
    assert np.array_equal(conv2d(image, flip(kernel)), convolve2d(image, kernel, mode="valid"))


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (3, 1), (1, 2)])
@pytest.mark.parametrize("size", [(11, 10), (12, 9)])
def test_conv2d_equals_keras(padding, stride, dilation, size):
    keras = pytest.importorskip("keras")
    rng = np.random.default_rng(3)
    image = rng.normal(size=(*size, 3)).astype("float32")
    kernel = rng.normal(size=(4, 3, 3, 5)).astype("float32")
    expected = keras.ops.conv(image[None], kernel, strides=stride, padding=padding, dilation_rate=dilation)
    ours = conv2d(image, kernel, stride=stride, padding=padding, dilation=dilation)
    np.testing.assert_allclose(ours, keras.ops.convert_to_numpy(expected)[0], atol=1e-4)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("mode", ["max", "average"])
@pytest.mark.parametrize(("size", "stride"), [(2, None), (3, 2), (2, 1)])
def test_pool2d_equals_keras(padding, mode, size, stride):
    keras = pytest.importorskip("keras")
    image = np.random.default_rng(4).normal(size=(11, 8, 3)).astype("float32")
    pool = {"max": keras.ops.max_pool, "average": keras.ops.average_pool}[mode]
    expected = pool(image[None], size, strides=stride or size, padding=padding)
    ours = pool2d(image, size, stride=stride, padding=padding, mode=mode)
    np.testing.assert_allclose(ours, keras.ops.convert_to_numpy(expected)[0], atol=1e-5)


def test_one_kernel_is_used_on_every_channel_and_four_axes_mix_them():
    image = np.random.default_rng(5).normal(size=(6, 6, 3))
    single = conv2d(image, KERNEL)
    assert single.shape == (4, 4, 3)
    mixed = conv2d(image, np.repeat(KERNEL[:, :, None, None], 3, axis=2))
    np.testing.assert_allclose(mixed[..., 0], single.sum(axis=-1))
    assert conv2d(image[..., 0], np.ones((2, 2, 1, 7))).shape == (5, 5, 7)


def test_numbers_keep_their_kind():
    bright = np.full((3, 3), 255, np.uint8)
    summed = conv2d(bright, np.ones((3, 3), np.uint8))
    assert summed.dtype == np.int64 and summed[0, 0] == 9 * 255
    assert conv2d(bright.astype("float32"), KERNEL).dtype == np.float32
    assert pool2d(bright, mode="sum").dtype == np.int64
    assert pool2d(-np.ones((2, 2)), padding=1).max() == -1, "a padded zero must not win a maximum"
    assert pool2d(-np.ones((2, 2), int), 3, stride=1, padding=2).tolist() == [[-1] * 4] * 4, (
        "as much padding as is useful"
    )
    assert pool2d(np.ones((3, 3)), 2, padding=1, mode="average").tolist() == [[1, 1], [1, 1]]


def test_inputs_are_left_as_they_were():
    image, kernel = IMAGE.copy(), KERNEL.copy()
    conv2d(image, kernel, padding=2)[:] = 0
    pad(image, 0)[:] = 0
    assert np.array_equal(image, IMAGE) and np.array_equal(kernel, KERNEL)
    with pytest.raises(ValueError, match="read-only"):
        KERNELS["sobel_x"][0, 0] = 5


def test_kernel_sums():
    expected = {
        "sobel_x": 0,
        "sobel_y": 0,
        "outline": 0,
        "sharpen": 1,
        "identity": 1,
        "box_blur": 1,
        "gaussian_blur": 1,
    }
    assert {name: round(float(KERNELS[name].sum()), 9) for name in expected} == expected
    assert np.array_equal(KERNELS["sobel_x"].T, KERNELS["sobel_y"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conv2d(np.ones(4), KERNEL), r"image must be .* received shape \(4,\)"),
        (lambda: conv2d(IMAGE, np.ones((2, 2, 2))), r"kernel must be .* received shape \(2, 2, 2\)"),
        (lambda: conv2d(np.array([["a"]]), KERNEL), "image must be"),
        (lambda: conv2d(np.ones((5, 5, 3)), np.ones((3, 3, 2, 1))), r"input channels as the image \(3\)"),
        (lambda: conv2d(IMAGE, KERNEL, stride=0), "stride must be .* received 0"),
        (lambda: conv2d(IMAGE, KERNEL, stride=1.5), "stride must be .* received 1.5"),
        (lambda: conv2d(IMAGE, KERNEL, padding="sames"), "Did you mean 'same'"),
        (lambda: conv2d(IMAGE, KERNEL, padding=-1), "padding must be"),
        (lambda: conv2d(IMAGE, KERNEL, dilation=3), "at most the padded input"),
        (lambda: conv2d(IMAGE, KERNEL, border="mirror"), "border must be one of"),
        (lambda: output_size(0, 3), "size must be"),
        (lambda: output_size(2, 3), "kernel must span at most the padded input"),
        (lambda: pool2d(IMAGE, mode="maximum"), "mode must be one of 'max', 'average', 'sum'"),
        (lambda: pool2d(IMAGE, 6), r"size must be at most the padded image, \(5, 5\) pixels; received 6"),
        (lambda: pool2d(IMAGE, (2, 8), padding=1), r"size must be at most .*\(7, 7\) pixels; received \(2, 8\)"),
        (lambda: pool2d(IMAGE, 2, padding=2), r"padding must be less than the window, \(2, 2\) pixels.*; received 2"),
        (lambda: pool2d(IMAGE / 2, 2, padding=3, mode="average"), r"padding must be less than the window"),
        (lambda: pool2d(IMAGE, (3, 1), padding=1, mode="sum"), r"padding must be less than the window, \(3, 1\)"),
        (lambda: pad(IMAGE, (1, 2)), "padding must be a number or"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
