"""Two networks side by side: what is drawn is what was given, in each network's colour."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from course_utils import plots
from course_utils.plots import showing

COLOURS = {"CNN": "#0072b2", "MLP": "#e69f00"}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_a_unit_has_one_line_to_each_of_its_pixels():
    ax = plots.unit_inputs(np.zeros((4, 5, 1)), [0, 7, 19], colour="#0072b2")
    starts = {(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines if len(line.get_xdata()) == 2}
    assert starts == {(0, 0), (2, 1), (4, 3)}  # places count row by row
    assert {to_hex(line.get_color()) for line in ax.lines} == {"#0072b2"}
    for places in ([], [20], [-1]):
        with pytest.raises(ValueError, match="places must be numbers from 0 to 19"):
            plots.unit_inputs(np.zeros((4, 5)), places)


def test_only_the_image_beside_a_unit_is_left_alone_by_a_dark_page():
    ax = plots.unit_inputs(np.full((5, 5), 9, np.uint8), [0, 7])
    _, [[left, _, right, _]] = showing.png(ax.figure)
    shown = ax.get_window_extent().width
    assert right - left == pytest.approx(shown * 5 / 8.5, rel=0.02)  # the unit stands right of the image


def test_lines_that_cross_the_edge_of_an_image_do_not_widen_its_place():
    few, all_of_them = (plots.unit_inputs(np.zeros((28, 28), np.uint8), places) for places in ([0], range(784)))
    (one,), (other,) = (showing.png(ax.figure)[1] for ax in (all_of_them, few))
    assert np.abs(np.subtract(one, other)).max() <= 1, "pixels of left, top, right, bottom; older Matplotlib rounds"


def test_answers_are_bars_in_the_colour_of_their_network():
    given = {"CNN": [0.1, 0.7, 0.2], "MLP": [0.5, 0.3, 0.2]}
    left, right = plots.answers(np.zeros((4, 4)), given, colours=COLOURS, title="a 1")
    assert left.get_xlabel() == "a 1"
    assert [bar.get_height() for bar in right.patches] == [*given["CNN"], *given["MLP"]]
    assert [to_hex(bar.get_facecolor()) for bar in right.patches] == ["#0072b2"] * 3 + ["#e69f00"] * 3
    assert [text.get_text() for text in right.get_legend().get_texts()] == ["CNN says 1", "MLP says 0"]


def test_before_and_after_has_a_line_for_each_repetition_and_names_the_means():
    groups = {"CNN": [[0.98, 0.94], [0.96, 0.92]], "MLP": [[0.95, 0.95]]}
    ax = plots.before_after(groups, ends=("in place", "shuffled"), colours=COLOURS)
    assert [line.get_ydata().tolist() for line in ax.lines] == [[0.98, 0.94], [0.96, 0.92], [0.95, 0.95]]
    assert [to_hex(line.get_color()) for line in ax.lines] == ["#0072b2", "#0072b2", "#e69f00"]
    assert [text.get_text() for text in ax.texts] == ["CNN 97.0 %", "CNN 93.0 %", "MLP 95.0 %", "MLP 95.0 %"]
    wide = plots.before_after({"CNN": [[0.55, 0.34]]}, ends=("a", "b"), colours=COLOURS)
    for drawn in (ax, wide):  # a tick stands where its label says
        drawn.figure.canvas.draw()
        ticks = [(tick.get_position()[1], tick.get_text()) for tick in drawn.get_yticklabels()]
        assert len(ticks) > 2 and all(100 * place == pytest.approx(float(text[:-1])) for place, text in ticks)
    with pytest.raises(ValueError, match="two columns"):
        plots.before_after({"CNN": [[1, 2, 3]]}, ends=("a", "b"), colours=COLOURS)


def test_a_fold_sends_the_pixels_of_a_square_to_its_channels():
    axes = plots.fold(4, 2)
    assert [ax.get_title() for ax in axes] == ["4×4 pixels", *(f"channel {n}" for n in (1, 2, 3, 4))]
    pixels = np.arange(1, 17).reshape(4, 4)
    for channel, ax in enumerate(axes[1:]):
        row, column = divmod(channel, 2)
        assert [int(text.get_text()) for text in ax.texts] == pixels[row::2, column::2].ravel().tolist()
    with pytest.raises(ValueError, match="multiple of side"):
        plots.fold(5, 2)


def test_a_label_keeps_the_colour_that_it_is_given():
    lines = plots.curves({"MLP": [1, 2], "CNN": [3, 4]}, colours=COLOURS).lines
    assert [to_hex(line.get_color()) for line in lines] == ["#e69f00", "#0072b2"]
    dots = plots.spread({"MLP": [1, 2], "CNN": [3, 4]}, colours=COLOURS).lines[::2]  # between them means
    assert [to_hex(line.get_color()) for line in dots] == ["#e69f00", "#0072b2"]


def test_shift_curves_keep_the_colour_that_they_are_given():
    ax = plots.shift_curves([0, 1], {"MLP": [1, 0], "CNN": [1, 1]}, ylabel="accuracy", colours=COLOURS)
    assert [to_hex(line.get_color()) for line in ax.lines] == ["#e69f00", "#0072b2"]
