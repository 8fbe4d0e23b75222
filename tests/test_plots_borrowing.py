"""Pictures of a borrowed network: each part in its state, each photograph in its column."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from course_utils import figures, plots
from course_utils.plots import borrowing

PARTS = {"base": 410_208, "head": 2_562}


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_each_part_says_its_state():
    ax = plots.moving_parts({"new head": ["frozen", "new"], "all": ["trained", "trained"]}, parts=PARTS)
    said = texts(ax)
    assert said.count("frozen") == 1 and said.count("trained") == 2 and said.count("trained,\nfrom random") == 1
    assert "410,208\nparameters" in said and "new head" in said
    plt.close(ax.figure)


def test_frozen_parts_alone_are_hatched():
    ax = plots.moving_parts({"new head": ["frozen", "new"]}, parts=PARTS)
    boxes = [patch for patch in ax.patches if patch.get_gid() == "box"]
    assert [bool(box.get_hatch()) for box in boxes] == [True, False]
    plt.close(ax.figure)


def test_moving_parts_says_what_is_wrong():
    with pytest.raises(ValueError, match="state"):
        plots.moving_parts({"a": ["molten", "new"]}, parts=PARTS)
    with pytest.raises(ValueError, match="one state for each of the 2"):
        plots.moving_parts({"a": ["new"]}, parts=PARTS)


def drawn(probabilities, truths):
    ax = plots.answer_columns(np.zeros((len(truths), 8, 8, 3), "uint8"), probabilities, truths)
    frames = [patch for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_width() == 0.9]
    plt.close(ax.figure)
    return ax, frames


def test_mistakes_alone_are_framed_in_red():
    _, frames = drawn([0.1, 0.9, 0.2, 0.8], [0, 0, 1, 1])
    red = [to_hex(frame.get_edgecolor()) == borrowing.WRONG for frame in frames]
    assert red == [False, True, True, False]  # cats first, then dogs, each from left to right


def test_first_class_lies_above_and_the_surest_at_the_ends():
    _, frames = drawn([0.0, 1.0, 0.95, 0.05], [0, 0, 1, 1])
    lefts, bottoms = zip(*(frame.get_xy() for frame in frames), strict=True)
    assert bottoms[0] > 0 and bottoms[1] > 0 and bottoms[2] < 0 and bottoms[3] < 0
    assert lefts[0] == pytest.approx(lefts[2]) and lefts[1] == pytest.approx(lefts[3]) and lefts[0] < lefts[1]


def test_equal_steps_of_probability_have_equal_width():
    ax, _ = drawn([0.1], [0])
    labels = [float(text.get_text()) for text in ax.get_xticklabels()]
    steps = np.diff(ax.get_xticks()) / np.diff(labels)
    assert steps == pytest.approx(steps[0])
    _, frames = drawn([0.24, 0.26, 0.74, 0.76], [0, 0, 0, 0])
    assert len({frame.get_x() for frame in frames}) == 4


def test_a_part_may_be_trained_but_for_batch_norm():
    ax = plots.moving_parts({"fine-tuned": ["but norm", "trained"]}, parts=PARTS)
    assert "trained (not\nbatch norm)" in texts(ax) and "trained" in texts(ax)
    plt.close(ax.figure)


def test_photographs_do_not_cover_each_other():
    _, frames = drawn([0.99] * 7, [1] * 7)
    assert len({frame.get_xy() for frame in frames}) == 7


def test_answer_columns_wants_equal_lengths():
    with pytest.raises(ValueError, match="one length; received 2, 1, 2"):
        plots.answer_columns(np.zeros((2, 8, 8, 3), "uint8"), [0.5], [0, 1])


def test_scattered_photographs_stay_as_they_are_in_the_dark_and_the_ground_between_them_turns():
    images = np.full((6, 8, 8, 3), 90, "uint8")
    ax = plots.answer_columns(images, [0.1, 0.9, 0.4, 0.6, 0.2, 0.95], [0, 1, 0, 1, 1, 0])
    figure = ax.figure
    figure.canvas.draw()
    height, width = (round(inches * figure.dpi) for inches in figure.get_size_inches()[::-1])
    boxes = figures.pictures(figure, figure.bbox_inches, np.full((height, width), 255))
    assert len(boxes) == 6
    area = sum((right - left) * (bottom - top) for left, top, right, bottom in boxes)
    assert area < 0.5 * height * width
    plt.close(figure)
