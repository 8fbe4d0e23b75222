"""Pictures of training: what is drawn is what was given."""

import itertools

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils import plots
from course_utils.plots.training import epoch_ticks


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_repeated_curve_is_its_mean_in_a_band_from_least_to_greatest():
    ax = plots.curves({"a": [[1, 2, 6], [3, 4, 2]], "b": [1, 1]}, ylabel="loss")
    first, second = ax.lines
    np.testing.assert_allclose(first.get_ydata(), [2, 3, 4])
    np.testing.assert_allclose(first.get_xdata(), [1, 2, 3])
    np.testing.assert_allclose(second.get_ydata(), [1, 1])
    (band,) = ax.collections
    heights = band.get_paths()[0].vertices[:, 1]
    assert heights.min() == 1 and heights.max() == 6
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]
    assert first.get_linestyle() != second.get_linestyle()  # told apart without colour
    assert ax.get_ylabel() == "loss"


def test_curves_take_positions_for_all_or_for_each():
    ax = plots.curves({"a": [1, 2]}, x=[10, 20])
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [10, 20])
    ax = plots.curves({"a": [1, 2], "b": [1, 2, 3]}, x={"a": [0, 5], "b": [0, 1, 2]})
    np.testing.assert_allclose(ax.lines[1].get_xdata(), [0, 1, 2])


def test_epochs_have_whole_numbers():
    ax = plots.curves({"a": [1, 2, 3]})
    ax.figure.canvas.draw()
    assert all(float(tick).is_integer() for tick in ax.get_xticks())


def test_first_and_last_epoch_are_labelled():
    ax = plots.curves({"short": [1, 2, 3], "long": np.zeros((2, 20))})
    assert ax.get_xticks().tolist() == [1, 5, 10, 15, 20]
    assert plots.curves({"a": [0.5]}).get_xticks().tolist() == [1]
    for last in range(2, 400):
        ticks = epoch_ticks(last)
        assert ticks[0] == 1 and ticks[-1] == last and len(ticks) <= 7
        assert ticks == sorted(set(ticks))


def test_nearly_certain_is_not_shown_as_certain():
    shown = plots.mistakes(np.zeros((3, 4, 4)), [1, 2, 3], [7, 7, 7], [0.998, 0.994, 1.0])
    assert [ax.get_title().split("\n")[1] for ax in shown] == ["over 99% sure", "99% sure", "100% sure"]


@pytest.mark.parametrize("lines", [{}, {"a": np.zeros((2, 2, 2))}])
def test_curves_refuse_what_is_no_curve(lines):
    with pytest.raises(ValueError, match="lines"):
        plots.curves(lines)


def test_spread_draws_every_value_and_the_mean():
    ax = plots.spread({"a": [1.0, 2.0, 6.0], "b": [5.0]}, marks={"paper": 4.0})
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [1, 2, 6])
    np.testing.assert_allclose(ax.lines[1].get_xdata(), [3, 3])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    assert any("paper" in text.get_text() for text in ax.texts)
    with pytest.raises(ValueError, match="groups"):
        plots.spread({"a": []})


def test_confusion_matrix_writes_counts_and_colours_mistakes_alone():
    counts = np.array([[900, 3], [0, 800]])
    ax = plots.confusion_matrix(counts, ["cat", "dog"])
    texts = {text.get_text() for text in ax.texts}
    assert {"900", "800", "3"} <= texts
    assert ax.collections[0].get_array().max() == 3
    assert [label.get_text() for label in ax.get_yticklabels()] == ["cat", "dog"]
    with pytest.raises(ValueError, match="counts"):
        plots.confusion_matrix(np.zeros((2, 3)))


def test_mistakes_say_truth_answer_and_certainty():
    shown = plots.mistakes(np.zeros((3, 4, 4)), [1, 2, 0], [7, 2, 1], [0.5, 0.9, 0.75], columns=2)
    assert len(shown) == 3
    assert shown[0].get_title() == "1 read as 7\n50% sure"
    named = plots.mistakes(np.zeros((1, 4, 4)), [1], [0], class_names=["cat", "dog"])
    assert named[0].get_title() == "dog read as cat"
    with pytest.raises(ValueError, match="images"):
        plots.mistakes([], [], [])


def test_connection_table_fills_what_is_connected():
    ax = plots.connection_table([(0, 1), (2,)], inputs=3)
    filled = [patch for patch in ax.patches if patch.get_facecolor()[:3] != (1.0, 1.0, 1.0)]
    places = {(round(p.get_x() + 0.42), round(p.get_y() + 0.42)) for p in filled}
    assert len(ax.patches) == 6
    assert places == {(0, 0), (0, 1), (1, 2)}


def test_a_curve_keeps_its_dashes_from_figure_to_figure():
    dashes = {"head": "--", "all": ":"}
    first = plots.curves({"head": [1, 2], "all": [2, 3]}, dashes=dashes)
    second = plots.curves({"all": [2, 3]}, dashes=dashes)
    assert [line.get_linestyle() for line in first.lines] == ["--", ":"]
    assert second.lines[0].get_linestyle() == ":"


def test_lines_are_named_at_their_ends_apart_from_each_other_and_without_a_legend():
    ax = plots.curves(
        {"first": [0, 1], "second": [0, 1.001], "far": [0, 3]},
        colours=dict(zip(("first", "second", "far"), plots.COLOURS, strict=False)),
    )
    ax.set_ylim(0, 3)
    plots.name_lines(ax)
    assert ax.get_legend() is None
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert [text.get_text() for text in ax.texts] == ["first", "second", "far"]
    assert all(lower.y1 <= upper.y0 for lower, upper in itertools.pairwise(boxes))
    assert min(box.x0 for box in boxes) > ax.transData.transform((2, 0))[0]
    assert ax.texts[0].get_color() == plots.COLOURS[0]
    assert np.mean(ax.texts[1].get_color()) < np.mean(matplotlib.colors.to_rgb(plots.COLOURS[1]))  # to be read


def test_names_of_lines_that_end_at_the_top_stand_below_it():
    ax = plots.curves({name: [0, 1] for name in ("a", "b", "c")})
    ax.set_ylim(0, 1)
    heights = [text.xy[1] for text in plots.name_lines(ax).texts]
    assert heights[-1] == 1 and all(upper - lower > 0.04 for lower, upper in itertools.pairwise(heights))
