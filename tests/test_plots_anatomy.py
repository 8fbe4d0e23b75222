"""Pictures of a network's anatomy: bars are the shares, frames are the fields."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils import plots


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_bars_are_shares_of_the_whole_in_the_given_order():
    ax = plots.cost_shares(["conv", "dense"], [6_000, 94_000], [950, 50], title="AlexNet")
    params, macs = ax.containers
    np.testing.assert_allclose([bar.get_width() for bar in params], [6, 94])
    np.testing.assert_allclose([bar.get_width() for bar in macs], [95, 5])
    assert params[0].get_y() < params[1].get_y() and ax.yaxis_inverted()  # the first name stands at the top
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["conv", "dense"]
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["parameters, 100 k in all", "multiply-adds, 1 k in all"]
    assert [text.get_text() for text in ax.texts] == ["6.0 %", "94 %", "95 %", "5.0 %"]
    assert ax.get_title() == "AlexNet"


def test_small_shares_are_not_written_as_nothing():
    ax = plots.cost_shares(["a", "b"], [1, 99_999], [0, 10])
    assert [text.get_text() for text in ax.texts] == ["< 0.1 %", "100 %", "0.0 %", "100 %"]


def test_bars_are_drawn_on_the_given_axes():
    _, given = plt.subplots()
    assert plots.cost_shares(["a"], [1], [1], ax=given) is given
    assert plots.receptive_growth(np.zeros((8, 8)), [3], ["a"], ax=given) is given


@pytest.mark.parametrize(
    ("params", "macs", "words"),
    [([1], [1, 2], "params"), ([1, 2], [1, -2], "macs"), ([0, 0], [1, 2], "params"), ([1, 2], [1, np.nan], "macs")],
)
def test_shares_refuse_what_is_no_count(params, macs, words):
    with pytest.raises(ValueError, match=words):
        plots.cost_shares(["a", "b"], params, macs)


def frames(ax):
    """Return (left, top, width, height) of the coloured frames."""
    return [(*patch.get_xy(), patch.get_width(), patch.get_height()) for patch in ax.patches[1::2]]


def test_frames_are_centred_squares_or_the_boxes_given():
    ax = plots.receptive_growth(np.zeros((20, 30)), [3, 6, (0, 4, 5, 7)], ["a", "b", "c"])
    # pixel 0 is drawn from -0.5 to 0.5
    assert frames(ax) == [(13, 8, 3, 3), (11.5, 6.5, 6, 6), (3.5, -0.5, 7, 5)]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a: 3", "b: 6", "c: 5×7"]
    assert len({tuple(patch.get_edgecolor()) for patch in ax.patches[1::2]}) == 3


def test_the_view_grows_with_fields_beyond_the_image():
    image = np.zeros((10, 10, 3), np.uint8)
    inside, beyond = (plots.receptive_growth(image, [side], ["a"]) for side in (4, 30))
    assert inside.get_xlim()[1] == pytest.approx(9.65)
    assert beyond.get_xlim()[0] < -10 and beyond.get_xlim()[1] > 19
    assert beyond.get_ylim()[0] > 19 and beyond.get_ylim()[1] < -10


@pytest.mark.parametrize(
    ("fields", "labels", "words"),
    [([3], [], "labels"), ([], [], "labels"), ([0], ["a"], "fields"), ([(1, 2)], ["a"], "fields")],
)
def test_growth_refuses_what_is_no_field(fields, labels, words):
    with pytest.raises(ValueError, match=words):
        plots.receptive_growth(np.zeros((8, 8)), fields, labels)
