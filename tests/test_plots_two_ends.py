"""Drawing of what variants reach under two conditions."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from course_utils import plots

COLOURS = {"a": "#0072b2", "b": "#e69f00"}


def drawn(a, b):
    return plots.two_ends({"a": a, "b": b}, ends=("short", "long"), colours=COLOURS)


def test_every_run_is_a_dot_and_a_bar_at_each_mean_does_not_reach_the_other_condition():
    ax = drawn([[0.4, 0.6], [0.7, 0.8, 0.9]], [[0.5], [0.3]])
    bars = [line for line in ax.lines if line.get_linestyle() == "-"]
    assert [line.get_ydata()[0] for line in bars] == [0.5, pytest.approx(0.8), 0.5, 0.3]
    assert all(np.ptp(line.get_xdata()) < 0.5 and np.ptp(line.get_ydata()) == 0 for line in bars)
    assert [to_hex(line.get_color()) for line in bars[::2]] == list(COLOURS.values())
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [len(line.get_ydata()) for line in dots] == [2, 3, 1, 1]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["short", "long"]


def test_names_stand_in_the_order_of_each_condition():
    ax = drawn([[0.2], [0.7]], [[0.6], [0.3]])
    texts = sorted(ax.texts, key=lambda text: text.get_position())
    assert [text.get_text() for text in texts] == ["a", "b", "b", "a"]


def test_names_stand_apart_where_means_are_equal():
    ax = drawn([[0.2], [0.7]], [[0.4], [0.7]])
    low, high = ax.get_ylim()
    heights = sorted(text.get_position()[1] for text in ax.texts if text.get_position()[0] > 1)
    assert heights[1] - heights[0] >= 0.05 * (high - low)


def test_two_conditions_are_needed():
    with pytest.raises(ValueError, match="must hold two arrays"):
        drawn([[0.1], [0.2], [0.3]], [[0.1], [0.2]])
