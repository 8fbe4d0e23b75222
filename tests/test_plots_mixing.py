"""A 1×1 convolution at one pixel: every map is shown, the pixel is marked in all, and the sum is the right one."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils import plots


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture
def maps():
    return np.random.default_rng(0).normal(size=(6, 8, 4))


@pytest.fixture
def weights():
    return np.random.default_rng(1).normal(size=(4, 2))


def test_every_map_and_both_mixtures_are_shown_in_their_order(maps, weights):
    ax = plots.mixed_pixel(maps, weights, at=(1, 2))
    wanted = [*np.moveaxis(maps, -1, 0), *np.moveaxis(maps @ weights, -1, 0)]
    assert len(ax.images) == 6
    for shown, planes in zip(ax.images, wanted, strict=True):
        np.testing.assert_allclose(shown.get_array(), planes)
        assert shown.get_clim() == (planes.min(), planes.max())


@pytest.mark.parametrize("at", [(0, 0), (1, 2), (5, 7)])
def test_the_square_stands_at_the_pixel_of_every_map(maps, weights, at):
    ax = plots.mixed_pixel(maps, weights, at=at)
    squares = [line for line in ax.lines if line.get_marker() == "s"]
    assert len(squares) == 6
    for shown, square in zip(ax.images, squares, strict=True):
        left, right, low, high = shown.get_extent()
        (x,), (y,) = square.get_xdata(), square.get_ydata()
        place = (x - left) / (right - left), (high - y) / (high - low)
        assert place == pytest.approx(((at[1] + 0.5) / 8, (at[0] + 0.5) / 6))


def test_the_numbers_are_those_of_the_pixel_and_the_sum_is_theirs(maps, weights):
    said = [text.get_text().replace("−", "-") for text in plots.mixed_pixel(maps, weights, at=(1, 2)).texts]
    for own, row in zip(maps[1, 2], weights, strict=True):
        place = said.index(f"{own:.2f}")
        assert said[place + 1 : place + 3] == [f"× {weight:.2f}" for weight in row]
    place = said.index("sum")
    assert said[place + 1 : place + 3] == [f"{total:.2f}" for total in maps[1, 2] @ weights]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"maps": np.ones((6, 8))}, r"\(H, W, C\)"),
        ({"maps": np.ones((6, 8, 3)), "weights": np.ones((3, 2))}, "C even"),
        ({"weights": np.ones((2, 4))}, r"\(C, 2\)"),
        ({"at": (6, 0)}, "a pixel of 6×8"),
        ({"at": (0, -1)}, "a pixel of 6×8"),
    ],
)
def test_what_does_not_fit_is_refused(maps, weights, changed, said):
    arguments = {"maps": maps, "weights": weights, "at": (1, 2)} | changed
    with pytest.raises(ValueError, match=said):
        plots.mixed_pixel(**arguments)
