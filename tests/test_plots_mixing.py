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


def test_every_map_of_both_stacks_is_a_card_in_its_order(stacks):
    ax = plots.mixed_columns(*stacks, at=(1, 2), labels=LABELS)
    cards = sorted(ax.images, key=lambda card: card.get_transform().transform((0, 0))[0])
    wanted = [stack[..., number] for stack in stacks for number in range(stack.shape[-1])]
    assert len(cards) == 6
    for card, planes in zip(cards, wanted, strict=True):
        np.testing.assert_array_equal(card.get_array(), planes)
        assert card.get_clim() == (planes.min(), planes.max())
    assert [text.get_text() for text in ax.texts if text.get_text()] == ["4 maps", "2 mixtures", "maps @ W"]


@pytest.mark.parametrize("at", [(0, 0), (1, 2), (5, 7)])
def test_the_column_stands_at_the_pixel_of_every_card(stacks, at):
    ax = plots.mixed_columns(*stacks, at=at, labels=LABELS)
    columns = [line for line in ax.lines if line.get_marker() == "s"]
    assert [len(line.get_xdata()) for line in columns] == [4, 2]
    points = np.concatenate([ax.transData.transform(line.get_xydata()) for line in columns])
    cards = sorted(ax.images, key=lambda card: card.get_transform().transform((0, 0))[0])
    for card, point in zip(cards, points, strict=True):
        across, up = card.get_transform().inverted().transform(point)  # in the card: 0 to 1, from the left, from below
        assert (across, up) == pytest.approx(((at[1] + 0.5) / 8, 1 - (at[0] + 0.5) / 6))


def test_wrong_stacks_and_pixels_are_named(stacks):
    maps, mixed = stacks
    with pytest.raises(ValueError, match=r"received \(6, 8, 4\) and \(5, 8, 2\)"):
        plots.mixed_columns(maps, mixed[1:], at=(0, 0), labels=LABELS)
    with pytest.raises(ValueError, match=r"received \(6, 8\) and"):
        plots.mixed_columns(maps[..., 0], mixed, at=(0, 0), labels=LABELS)
    with pytest.raises(ValueError, match=r"a pixel of 6×8; received \(6, 0\)"):
        plots.mixed_columns(maps, mixed, at=(6, 0), labels=LABELS)
