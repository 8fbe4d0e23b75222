"""A 1×1 convolution from the side: every map is a card, and the column stands at one pixel of all of them."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils import plots

LABELS = "4 maps", "maps @ W", "2 mixtures"


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture
def stacks():
    draw = np.random.default_rng(0)
    maps = draw.normal(size=(6, 8, 4))
    return maps, maps @ draw.normal(size=(4, 2))


def cards_of(ax):
    """Return the cards of both stacks from left to right."""
    ax.figure.canvas.draw()
    cards = [card for inner in ax.child_axes for card in inner.images[1:]]  # the first is the ground
    return sorted(cards, key=lambda card: card.get_transform().transform((0, 0))[0])


def test_every_map_of_both_stacks_is_a_card_in_its_order(stacks):
    ax = plots.mixed_columns(*stacks, at=(1, 2), labels=LABELS)
    cards = cards_of(ax)
    wanted = [stack[..., number] for stack in stacks for number in range(stack.shape[-1])]
    assert len(cards) == 6
    for card, planes in zip(cards, wanted, strict=True):
        np.testing.assert_array_equal(card.get_array(), planes)
        assert card.get_clim() == (planes.min(), planes.max())
    assert [text.get_text() for text in ax.texts if text.get_text()] == ["4 maps", "2 mixtures", "maps @ W"]


@pytest.mark.parametrize("at", [(0, 0), (1, 2), (5, 7)])
def test_the_column_stands_at_the_pixel_of_every_card(stacks, at):
    ax = plots.mixed_columns(*stacks, at=at, labels=LABELS)
    cards = cards_of(ax)
    columns = [line for inner in ax.child_axes for line in inner.lines if line.get_marker() == "s"]
    assert [len(line.get_xdata()) for line in columns] == [4, 2]
    points = np.concatenate([line.axes.transData.transform(line.get_xydata()) for line in columns])
    for card, point in zip(cards, points, strict=True):
        across, up = card.get_transform().inverted().transform(point)  # in the card: 0 to 1, from the left, from below
        assert (across, up) == pytest.approx(((at[1] + 0.5) / 8, 1 - (at[0] + 0.5) / 6))


def test_a_page_that_turns_dark_leaves_two_stacks_alone_and_nothing_else(stacks):
    from course_utils import figures

    ax = plots.mixed_columns(*stacks, at=(1, 2), labels=LABELS)
    figure = ax.figure
    figure.canvas.draw()
    region = figure.get_tightbbox()
    grey = np.zeros((round(region.height * figure.dpi), round(region.width * figure.dpi)), "uint8")
    boxes = figures.pictures(figure, region, grey)
    panels = [inner.get_window_extent() for inner in ax.child_axes]
    assert len(boxes) == 2 and boxes[0][2] < boxes[1][0]
    for (left, top, right, bottom), inner, panel in zip(boxes, ax.child_axes, panels, strict=True):
        assert (right - left, bottom - top) == pytest.approx((panel.width, panel.height), abs=5)
        cards = [card.get_transform().transform([(0, 0), (1, 1)]) for card in inner.images[1:]]
        reach = [*np.min(cards, axis=(0, 1)), *np.max(cards, axis=(0, 1))]
        assert [panel.x0, panel.y0, panel.x1, panel.y1] == pytest.approx(reach, abs=0.5)  # no ground beyond the cards


def test_wrong_stacks_and_pixels_are_named(stacks):
    maps, mixed = stacks
    with pytest.raises(ValueError, match=r"received \(6, 8, 4\) and \(5, 8, 2\)"):
        plots.mixed_columns(maps, mixed[1:], at=(0, 0), labels=LABELS)
    with pytest.raises(ValueError, match=r"received \(6, 8\) and"):
        plots.mixed_columns(maps[..., 0], mixed, at=(0, 0), labels=LABELS)
    with pytest.raises(ValueError, match=r"a pixel of 6×8; received \(6, 0\)"):
        plots.mixed_columns(maps, mixed, at=(6, 0), labels=LABELS)
