"""The pictures of lesson 02 show the numbers they are given: scales, labels, colours, shares."""

import matplotlib as mpl
import numpy as np
import pytest

from course_utils import plots

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    mpl.pyplot.close("all")


def test_signed_maps_share_one_scale_with_white_at_zero():
    axes = plots.signed_maps({"weak": [[-1.0, 1.0]], "strong": [[0.0, 8.0]]}, label="response")
    assert [ax.images[0].get_clim() for ax in axes] == [(-8.0, 8.0), (-8.0, 8.0)]
    assert [ax.get_title() for ax in axes] == ["weak", "strong"]
    assert axes[0].images[0].get_cmap()(0.5)[:3] == pytest.approx((0.97, 0.97, 0.97), abs=0.01)
    bar = [ax for ax in axes[0].figure.axes if ax not in list(axes)]
    assert [ax.get_ylabel() for ax in bar] == ["response"]


def test_signed_maps_of_zeros_have_a_scale_and_no_error():
    (ax,) = plots.signed_maps({"silent": np.zeros((4, 4))})
    assert ax.images[0].get_clim() == (-1.0, 1.0)


@pytest.mark.parametrize("maps", [{}, {"colour": np.zeros((2, 2, 3))}])
def test_signed_maps_refuse_what_is_no_plane(maps):
    with pytest.raises(ValueError, match="maps must hold at least one array"):
        plots.signed_maps(maps)


def test_channel_planes_in_grey_use_the_full_scale_and_otherwise_matplotlibs_own():
    image = np.zeros((4, 6, 3), np.uint8)
    image[..., 0], image[..., 1], image[0, 0, 2] = 10, 20, 30
    grey = plots.channel_planes(image)
    assert [ax.images[0].get_array().max() for ax in grey[1:]] == [10, 20, 30]
    assert {ax.images[0].get_clim() for ax in grey[1:]} == {(0, 255)}
    assert {ax.images[0].get_cmap().name for ax in grey[1:]} == {"gray"}
    loose = plots.channel_planes(image, names=("b", "g", "r"), grey=False)
    assert loose[3].images[0].get_clim() == (0, 30)
    assert [ax.get_title() for ax in loose[1:]] == ["b", "g", "r"]


def test_channel_planes_refuse_a_grey_image():
    with pytest.raises(ValueError, match=r"received \(4, 4\)"):
        plots.channel_planes(np.zeros((4, 4)))


def test_profiles_draw_each_line_at_its_columns():
    ax = plots.profiles({"pixels": [0, 0, 9], "difference": [0, 9, 9]}, start=5)
    drawn = [line for line in ax.lines if line.get_label() in {"pixels", "difference"}]
    assert [list(line.get_xdata()) for line in drawn] == [[5, 6, 7]] * 2
    assert list(drawn[1].get_ydata()) == [0, 9, 9]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["pixels", "difference"]


def test_profiles_refuse_lines_of_different_length():
    with pytest.raises(ValueError, match=r"lengths \[2, 3\]"):
        plots.profiles({"a": [1, 2], "b": [1, 2, 3]})


def test_direction_map_is_opaque_where_the_gradient_is_strong():
    ax = plots.direction_map([[0.0, 450.0]], [[1.0, 4.0]])
    image = ax.images[0]
    assert image.get_array().tolist() == [[0.0, 90.0]]
    assert np.asarray(image.get_alpha()).tolist() == [[0.25, 1.0]]
    with pytest.raises(ValueError, match="must share one shape"):
        plots.direction_map(np.zeros((2, 2)), np.zeros((3, 3)))


def test_direction_histogram_shows_shares_and_the_line_of_equal_shares():
    ax = plots.direction_histogram([359.9, 100, 190, 280], [1, 1, 1, 5], bins=4, label="mine")
    assert ax.patches[0].get_data().values.tolist() == [12.5, 12.5, 12.5, 62.5]
    assert ax.lines[0].get_ydata()[0] == 25
    plots.direction_histogram([-80], [1], bins=4, label="second", ax=ax)  # -80 degrees are 280 degrees
    assert ax.patches[1].get_data().values.tolist() == [0, 0, 0, 100]
    assert ax.patches[0].get_edgecolor() != ax.patches[1].get_edgecolor()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["mine", "equal shares", "second"]


def test_kernel_pictures_scale_each_kernel_around_zero():
    axes = plots.kernel_pictures([[[-1, 0, 1]], [[0, 0.5, 0]]], titles=["a", "b"])
    assert [ax.images[0].get_clim() for ax in axes] == [(-1, 1), (-0.5, 0.5)]
    with pytest.raises(ValueError, match="received 1"):
        plots.kernel_pictures([[[1]], [[2]]], titles=["a"])


def test_score_spread_draws_every_result_and_the_mean():
    ax = plots.score_spread({"raw": [1.0, 3.0], "learned": [4.0]})
    dots, mean = ax.lines[0], ax.lines[1]
    assert list(dots.get_xdata()) == [1.0, 3.0]
    assert list(mean.get_xdata()) == [2.0, 2.0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["raw", "learned"]
    assert ax.get_ylim() == (1.5, -0.5)
    with pytest.raises(ValueError, match="at least one result"):
        plots.score_spread({"raw": []})
