"""The pictures of convolution arithmetic: what is drawn, not how it looks."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils import convolution, plots

IMAGE = np.arange(25).reshape(5, 5)
KERNEL = np.array([[0, 1, 2], [2, 2, 0], [0, 1, 2]])


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def frame(ax):
    """Return (left, top, width, height) of the first frame drawn on a grid of numbers, in pixels."""
    patch = ax.patches[0]
    return patch.get_x() + 0.5, patch.get_y() + 0.5, patch.get_width(), patch.get_height()


def test_sliding_window_frames_what_the_output_pixel_sees():
    output = convolution.conv2d(IMAGE, KERNEL, stride=2, padding=1)
    axes = plots.sliding_window(IMAGE, KERNEL, output, at=(1, 2), stride=2, padding=1)
    assert frame(axes[0]) == (4, 2, 3, 3)
    assert frame(axes[2]) == (2, 1, 1, 1)
    assert len(axes[0].texts) == 49 and axes[0].texts[0].get_text() == "0"
    seen = np.pad(IMAGE, 1)[2:5, 4:7]
    assert axes[2].texts[5].get_text() == str((seen * KERNEL).sum())


def test_sum_of_grids_writes_a_sign_between_each_two():
    axes = plots.sum_of_grids([KERNEL, KERNEL, KERNEL * 2], signs=["+", "="], titles="abc")
    assert [ax.get_title() for ax in axes] == list("abc")
    assert [ax.texts[0].get_text() for ax in axes[0].figure.axes[1::2]] == ["+", "="]


def test_grids_of_one_figure_share_one_grey_scale():
    axes = plots.sum_of_grids([[[0, 3]], [[12, 1]]], signs=["→"])
    assert [ax.images[0].get_clim() for ax in axes] == [(0, 12), (0, 12)]


def test_stacked_fields_marks_what_one_unit_sees():
    for layers, width in (([(3, 2), (3, 2)], 7), ([(5, 1), (3, 2), (3, 1)], 11), ([(2, 3)], 2)):
        ax = plots.stacked_fields(layers)
        assert f"sees {width} pixels" in ax.get_title()
        pixels = ax.collections[-1]
        filled = [
            place[0] for place, face in zip(pixels.get_offsets(), pixels.get_facecolor(), strict=True) if face[2] < 1
        ]
        assert len(filled) == width and np.ptp(filled) == width - 1
        unit = ax.collections[0].get_offsets()[1][0]
        assert unit == np.mean(filled), "the unit stands above the middle of what it sees"
        assert len(ax.collections) == len(layers) + 1


def test_window_positions_counts_as_the_reference_does():
    for size, kernel, stride, padding in ((5, 3, 1, 0), (7, 3, 2, 0), (8, 3, 2, 0), (5, 3, 1, 1)):
        ax = plots.window_positions(size, kernel, stride=stride, padding=padding)
        outputs = convolution.output_size(size, kernel, stride=stride, padding=padding)
        assert len(ax.collections[0].get_offsets()) == outputs**2
        assert f"{outputs}×{outputs} outputs" in ax.get_title()


def test_connections_draws_one_line_each_and_one_colour_a_weight():
    shared = [[0, 1, -1, -1], [-1, 0, 1, -1], [-1, -1, 0, 1]]
    lines = plots.connections(shared).lines
    assert len(lines) == 6 and len({line.get_color() for line in lines}) == 2
    dense = np.arange(12).reshape(3, 4)
    assert len({line.get_color() for line in plots.connections(dense).lines}) == 1


def test_connection_kinds_count_lines_and_weights():
    titles = [ax.get_title() for ax in plots.connection_kinds(7, 3)]
    assert titles == [
        "dense: 35 lines, 35 weights",
        "local: 15 lines, 15 weights",
        "local and shared: 15 lines, 3 weights",
    ]


def test_shift_curves_draws_each_curve_with_its_name():
    ax = plots.shift_curves([0, 1, 2], {"dense": [0.9, 0.4, 0.1], "sliding": [0.9] * 3}, ylabel="right", percent=True)
    assert [line.get_label() for line in ax.lines] == ["dense", "sliding"]
    assert list(ax.lines[0].get_ydata()) == [0.9, 0.4, 0.1]
    assert ax.yaxis.get_major_formatter()(0.5, 0) == "50%"


def test_shift_curves_draws_the_mean_and_the_spread_of_several_runs():
    ax = plots.shift_curves([0, 1], {"sliding": [[0.9, 0.5], [0.7, 0.1]]}, ylabel="right")
    assert np.allclose(ax.lines[0].get_ydata(), [0.8, 0.3])
    heights = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (0.1, 0.9)
    dots = [points.get_offsets() for points in ax.collections[1:]]
    assert [list(run[:, 1]) for run in dots] == [[0.9, 0.5], [0.7, 0.1]]
    assert all(list(run[:, 0]) == [0, 1] for run in dots), "a dot stands where its shift is, never left of zero"


def test_top_patches_draws_a_row_a_detector():
    patches = [np.zeros((9, 5, 5, 3), np.uint8), np.zeros((4, 5, 5, 3), np.uint8)]
    axes = plots.top_patches([np.eye(5)] * 2, patches, names=["line", "blob"])
    assert axes.shape == (2, 10)
    assert [ax.get_ylabel() for ax in axes[:, 0]] == ["line", "blob"]
    assert sum(bool(ax.images) for ax in axes[1]) == 5


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plots.sum_of_grids([KERNEL, KERNEL], signs=[]), "signs must be one fewer"),
        (lambda: plots.sum_of_grids([KERNEL], signs=[], titles="ab"), "titles must be one"),
        (lambda: plots.sliding_window(IMAGE, KERNEL, KERNEL, at=(3, 0)), "at must lie inside"),
        (lambda: plots.sliding_window(IMAGE[0], KERNEL, KERNEL, at=(0, 0)), "image must have two axes"),
        (lambda: plots.stacked_fields([(3, 0)]), "stride must be a whole number"),
        (lambda: plots.window_positions(3, 5), "kernel must be at most"),
        (lambda: plots.window_positions(5, 3, stride=0), "stride must be a whole number"),
        (lambda: plots.connections([0, 1]), "weight_ids must have two axes"),
        (lambda: plots.shift_curves([0, 1], {"a": [1]}, ylabel=""), "must have 2 values"),
        (lambda: plots.top_patches([KERNEL], [], names=["a"]), "as many detectors"),
    ],
)
def test_errors_name_the_argument(call, words):
    with pytest.raises(ValueError, match=words):
        call()
