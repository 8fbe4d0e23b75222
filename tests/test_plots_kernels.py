"""Figures of kernels at work draw what they are given, and refuse what does not fit."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils import plots
from course_utils.convolution import KERNELS, conv2d

PICTURE = np.arange(48).reshape(6, 8)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_a_row_profile_marks_the_row_and_centres_the_answers():
    image, upper, lower = plots.row_profile(PICTURE, row=2, columns=(1, 7), answer=[2, 2, 2, 2])
    (frame,) = image.patches
    assert frame.get_xy() == (0.5, 0.5)
    assert (frame.get_width(), frame.get_height()) == (6, 3)
    assert upper.lines[0].get_ydata().tolist() == [17, 18, 19, 20, 21, 22]
    assert lower.lines[-1].get_xdata().tolist() == [2, 3, 4, 5]
    assert upper.get_xlim() == lower.get_xlim()


@pytest.mark.parametrize(
    ("change", "message"),
    [({"row": 6}, "row=6"), ({"columns": (5, 9)}, "columns"), ({"answer": [0] * 9}, "received 9")],
)
def test_a_row_profile_refuses_what_lies_outside(change, message):
    with pytest.raises(ValueError, match=message):
        plots.row_profile(PICTURE, **({"row": 2, "columns": (1, 7), "answer": [0]} | change))


def test_wrong_stands_above_right():
    axes = plots.wrong_and_right([(PICTURE, {})], [(-PICTURE, {"signed": True})], titles=["a"])
    assert axes.shape == (2, 1)
    assert axes[0, 0].images[0].get_array().max() == 47
    assert axes[1, 0].images[0].get_clim() == (-47, 47)
    assert axes[0, 0].get_title() == "a"
    with pytest.raises(ValueError, match=r"received \(1, 0, 1\)"):
        plots.wrong_and_right([(PICTURE, {})], [], titles=["a"])


def test_a_kernel_that_sums_to_zero_has_a_signed_map():
    kernels = {name: KERNELS[name] for name in ("outline", "gaussian_blur")}
    maps = [conv2d(PICTURE, kernel) for kernel in kernels.values()]
    axes = plots.kernels_and_maps(kernels, maps, scale={"gaussian_blur": 16})
    low, high = axes[1, 0].images[0].get_clim()
    assert low == -high
    assert np.mean(np.abs(maps[0]) > high) <= 0.011  # the strongest hundredth is clipped
    assert axes[1, 1].images[0].get_clim() == (0, 255)
    assert {text.get_text() for text in axes[0, 1].texts} == {"1", "2", "4"}
    assert axes[0, 1].get_xlabel() == "each divided by 16"
    with pytest.raises(ValueError, match="one for each of the 2 kernels; received 1"):
        plots.kernels_and_maps(kernels, maps[:1])


def test_a_valley_holds_its_ways_and_its_goal():
    axis = np.linspace(-1, 1, 5)
    losses = [[(a - 0.5) ** 2 + b**2 + 0.01 for a in axis] for b in axis]
    ax = plots.loss_valley(axis, losses, {"plain": [[[1, 1]], [[0.5, 0]]]}, goal=(0.5, 0))
    way, star = ax.lines
    assert way.get_xydata().tolist() == [[1, 1], [0.5, 0]]
    assert star.get_xydata().tolist() == [[0.5, 0]]
    assert ax.get_legend() is None
    assert plots.loss_valley(axis, losses, {"a": [[0, 0]], "b": [[1, 1]]}, goal=(0, 0)).get_legend() is not None
    with pytest.raises(ValueError, match=r"shape \(5, 5\); received \(4, 5\)"):
        plots.loss_valley(axis, losses[:4], {}, goal=(0, 0))


def test_shapes_are_marked_and_judged():
    marks = np.zeros((6, 8))
    marks[2, 5] = 1
    axes = plots.marked_shapes({"a": PICTURE, "b": PICTURE}, {"a": marks, "b": 0 * marks}, {"a": True, "b": False})
    assert [ax.get_title() for ax in axes] == ["a:\nyes", "b:\nno"]
    assert axes[0].collections[0].get_offsets().tolist() == [[5, 2]]
    (said,) = plots.marked_shapes({"a": PICTURE}, {"a": marks}, {"a": True}, words=("one", "none"))
    assert said.get_title() == "a:\none"
    assert len(axes[1].collections[0].get_offsets()) == 0
    with pytest.raises(ValueError, match=r"missing: \['b'\]"):
        plots.marked_shapes({"a": PICTURE, "b": PICTURE}, {"a": marks}, {"a": True, "b": True})
