"""Pictures of what a layer does, and where the images of a figure lie when its page turns dark."""

import base64
import io

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from course_utils import plots
from course_utils.plots import showing

PATCH = np.arange(27).reshape(3, 3, 3) % 5
KERNELS = np.stack([np.full((3, 3), weight) for weight in (1, 0, -2)], axis=2)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_a_filter_adds_up_its_channels_and_its_bias():
    red, _, blue = (int(PATCH[..., channel].sum()) for channel in range(3))
    shown = texts(plots.filter_on_channels(PATCH, KERNELS, bias=1))
    assert shown[-1] == str(red - 2 * blue + 1).replace("-", "−")
    assert {"red", "green", "blue", str(red), "0", f"−{2 * blue}", "bias 1"} <= set(shown)
    assert shown.count("−2") >= 9 and shown.count("×") == 3


def test_whole_channels_stand_beside_their_patches():
    whole = np.zeros((20, 30, 3), np.uint8)
    whole[..., 2] = 255
    ax = plots.filter_on_channels(PATCH, KERNELS, whole=whole, at=(2, 3))
    assert [inset.images[0].get_array().max() for inset in ax.child_axes] == [0, 0, 255]
    fractions = [inset.get_position() for inset in ax.child_axes]
    assert fractions[0].y0 > fractions[1].y0 > fractions[2].y0  # red above green above blue


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plots.filter_on_channels(PATCH, KERNELS[:2]), r"received \(3, 3, 3\) and \(2, 3, 3\)"),
        (lambda: plots.filter_on_channels(np.ones((3, 3, 4)), np.ones((3, 3, 4))), "at most 3 channels"),
        (lambda: plots.map_to_number(np.ones((4, 4)), np.ones((2, 3, 3)), np.ones((2, 5, 5)), []), "2, 2 and 0"),
        (lambda: plots.shift_bars({}), "received none"),
        (lambda: plots.shift_bars({"a": [1, 2]}), "4 values a row"),
    ],
)
def test_errors_name_the_argument(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_row_a_filter_with_one_scale_for_all_maps_and_the_averages():
    maps = np.stack([np.full((4, 4), -2.0), np.eye(4)])
    axes = plots.map_to_number(np.ones((4, 4)), np.ones((2, 3, 3)), maps, np.maximum(maps, 0))
    assert axes.shape == (2, 3)
    assert {ax.images[0].get_clim() for ax in axes[:, 1:].flat} == {(-2, 2)}
    bars = axes[0, 0].figure.axes[-1]
    assert [bar.get_width() for bar in bars.patches] == [0, 0.25]
    assert texts(bars) == [" 0.000", " 0.250"]


def test_bars_are_means_with_a_dot_a_run_and_chance_is_named_once():
    axes = plots.shift_bars({"a": [0.5, 0.4], "b": [[0.2, 0.4], [0.4, 0.8]]}, (0, 1), strong=["b"], chance=0.1)
    heights = [[round(bar.get_height(), 6) for bar in ax.patches] for ax in axes]
    assert heights == [[0.5, 0.4], [0.3, 0.6]] and texts(axes[1]) == ["30%", "60%"]
    assert [len(ax.collections) for ax in axes] == [0, 2]
    assert axes[0].patches[0].get_facecolor() != axes[1].patches[0].get_facecolor()
    assert axes[0].get_legend() and not axes[1].get_legend()


def test_curves_are_named_in_the_order_in_which_they_end():
    ax = plots.shift_curves([0, 1], {"low": [0, 0.1], "high": [0, 0.9], "middle": [0, 0.5]}, ylabel="y")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["high", "middle", "low"]


def test_images_with_a_scale_have_one_colour_bar():
    axes = plots.show_images(np.zeros((3, 4, 4)), limits=(-1, 1), signed=True, scale="weight")
    assert len(axes) == 3 and axes[0].figure.axes[-1].get_ylabel() == "weight"


def test_none_among_images_leaves_a_place_empty():
    axes = plots.show_images([np.zeros((4, 4)), None, np.ones((4, 4))], titles=["a", None, "b"], columns=2)
    assert [bool(ax.images) for ax in axes] == [True, False, True]
    assert not axes[1].axison and axes[2].get_title() == "b"


def boxes_of(drawn):
    """Return the stored picture, and the boxes that stay as they are when a page turns dark."""
    stored, boxes = showing.png(showing.figure_of(drawn))
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(stored))).convert("L")), boxes


@pytest.mark.parametrize("size", [1.37, 1.4, 1.5, 1.7, 2.03])
def test_boxes_hold_the_images_of_a_figure_to_the_pixel(size):
    picture, boxes = boxes_of(plots.show_images(np.zeros((3, 8, 8)), limits=(0, 1), size=size, titles="abc"))
    assert len(boxes) == 3
    for left, top, right, bottom in boxes:
        assert picture[top:bottom, left:right].max() == 0  # black all over
        around = np.ones(picture.shape, bool)
        around[top:bottom, left:right] = False
        near = around[top - 1 : bottom + 1, left - 1 : right + 1]
        assert picture[top - 1 : bottom + 1, left - 1 : right + 1][near].min() == 255  # and white around


@pytest.mark.parametrize(
    ("draw", "number"),
    [
        (lambda: plots.show_image(np.eye(4), signed=True), 0),  # red and blue turn: zero becomes dark
        (lambda: plots.number_grid(np.eye(3), shade=False), 0),
        (lambda: plots.number_grid(np.eye(3)), 1),
        (lambda: plots.shift_curves([0, 1], {"a": [0, 1]}, ylabel="y"), 0),
        (lambda: plots.confusion_matrix(np.eye(3, dtype=int)), 2),  # the matrix and its colour bar
        (lambda: plots.show_image(np.zeros((4, 4, 3), np.uint8)), 1),
        (lambda: plots.filter_on_channels(PATCH, KERNELS, whole=np.zeros((20, 30, 3), np.uint8)), 3),
    ],
)
def test_lines_numbers_and_red_and_blue_turn_dark_while_pictures_stay(draw, number):
    assert len(boxes_of(draw())[1]) == number
