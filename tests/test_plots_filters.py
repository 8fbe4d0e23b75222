"""The pictures of lesson 02 show the numbers they are given: scales, labels, colours, shares."""

import matplotlib as mpl
import numpy as np
import pytest

from course_utils import figures, plots

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


def test_a_loss_valley_and_its_colour_bar_are_both_pictures_that_stay_as_they_are():
    axis = np.linspace(-1, 1, 9)
    losses = 0.1 + np.add.outer(axis**2, axis**2)
    ax = plots.loss_valley(axis, losses, {"plain": [[1, 1], [0, 0]]}, goal=(0, 0))
    figure = ax.figure
    figure.canvas.draw()
    height, width = (round(inches * figure.dpi) for inches in figure.get_size_inches()[::-1])
    found = figures.pictures(figure, figure.bbox_inches, np.full((height, width), 255))
    assert len(figure.axes) == len(found) == 2
    assert found[0][2] - found[0][0] > 5 * (found[1][2] - found[1][0])  # the map, then its bar


def test_signed_maps_of_zeros_have_a_scale_and_no_error():
    (ax,) = plots.signed_maps({"silent": np.zeros((4, 4))})
    assert ax.images[0].get_clim() == (-1.0, 1.0)


@pytest.mark.parametrize("maps", [{}, {"colour": np.zeros((2, 2, 3))}])
def test_signed_maps_refuse_what_is_no_plane(maps):
    with pytest.raises(ValueError, match="maps must hold at least one array"):
        plots.signed_maps(maps)


def test_direction_map_is_opaque_where_the_gradient_is_strong():
    ax = plots.direction_map([[0.0, 450.0]], [[1.0, 4.0]])
    image = ax.images[0]
    assert image.get_array().tolist() == [[0.0, 90.0]]
    assert np.asarray(image.get_alpha()).tolist() == [[0.25, 1.0]]
    (wheel,) = ax.child_axes
    assert wheel.get_theta_direction() == -1  # 90 degrees is downwards, as in the picture
    ring = wheel.collections[0]
    assert ring.get_cmap() is image.get_cmap()
    assert ring.get_array().ravel()[:2].tolist() == pytest.approx([1, 3])
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
