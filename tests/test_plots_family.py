"""The map of networks: places, areas, names beside their discs."""

import matplotlib
import numpy as np
import pytest

from course_utils import plots

matplotlib.use("Agg")

SMALL, LARGE = plots.Place("small", 0.5, 70.0, 10.0), plots.Place("large", 50.0, 80.0, 40.0, "red", "left")


@pytest.fixture(scope="module")
def ax():
    return plots.family_map([SMALL, LARGE], title="two")


def test_discs_lie_at_work_and_accuracy_and_have_areas_like_their_parameters(ax):
    small, large = ax.collections
    np.testing.assert_allclose([*small.get_offsets()[0], *large.get_offsets()[0]], [0.5, 70, 50, 80])
    assert large.get_sizes()[0] == 4 * small.get_sizes()[0]
    assert ax.get_xscale() == "log" and ax.get_title() == "two"
    assert large.get_facecolor()[0][:3].tolist() == [1, 0, 0]


def test_a_name_stands_beside_its_disc(ax):
    small, large = ax.texts
    assert small.get_text() == "small" and small.get_position()[0] > (plots.family.AREA * 10 / np.pi) ** 0.5
    assert large.get_position()[0] < 0 and large.get_ha() == "right"


def test_what_cannot_be_placed_is_refused():
    with pytest.raises(ValueError, match="at least one network"):
        plots.family_map([])
    with pytest.raises(ValueError, match="right, left, above, below; received 'up' for small"):
        plots.family_map([SMALL._replace(side="up")])
