"""Confidence against accuracy: every number stands where it belongs."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils import plots


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_a_bar_is_the_accuracy_of_its_bin():
    sure = np.array([0.05] * 30 + [0.95] * 40 + [1.0] * 10 + [0.55] * 5)
    right = np.array([True] * 3 + [False] * 27 + [True] * 25 + [False] * 25 + [True] * 5)
    (ax,) = plots.reliability({"as trained": (sure, right)})
    bars = {round(bar.get_x() + bar.get_width() / 2, 2): bar.get_height() for bar in ax.patches}
    assert bars == {0.05: pytest.approx(0.1), 0.95: pytest.approx(0.5)}  # 1.0 belongs to the last; five are too few
    assert ax.get_title() == "as trained"
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[0, 0], [1, 1]])


def test_panels_share_their_scale_and_have_their_colours():
    answers = np.array([0.9] * 20), np.array([True] * 20)
    axes = plots.reliability({"a": answers, "b": answers}, colours={"a": "#ff0000", "b": "#0000ff"})
    assert [ax.patches[0].get_facecolor()[:3] for ax in axes] == [(1, 0, 0), (0, 0, 1)]
    assert {ax.get_ylim() for ax in axes} == {(0, 1)}
    assert axes[0].figure.get_size_inches()[0] <= 6


def test_empty_groups_are_refused():
    with pytest.raises(ValueError, match="answers under each label"):
        plots.reliability({"a": (np.array([]), np.array([]))})
