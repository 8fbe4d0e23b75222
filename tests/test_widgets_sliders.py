"""Frames under sliders: what is drawn, stored and refused. What a reader does with them is in test_browser_sliders."""

import base64
import io
import json
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from course_utils import widgets
from course_utils.widgets import sliders


@pytest.fixture
def shown(monkeypatch):
    """What `frames` displays, as (data, metadata); figures that other tests left open are closed first."""
    plt.close("all")
    shown = []
    monkeypatch.setattr(sliders, "display", lambda data, raw, metadata=None: shown.append((data, metadata)))
    return shown


def image(width=4, value=100):
    return np.full((3, width), value, np.uint8)


def state(page: str) -> dict:
    return json.loads(re.search(r"exhibit\.mount\(\"\w+\", (.*)\);\n", page)[1])


def pixels(png: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("L"))


def test_every_combination_has_its_frame_in_order_and_the_start_stands_before(shown):
    widgets.frames(image, alt="Grey.", start={"value": 50}, width=[2, 4, 5], value=[0, 50])
    (still, metadata), (page, _) = shown
    data = state(page["text/html"])
    assert [pixels(one).shape[1] for one in data["frames"]] == [2, 2, 4, 4, 5, 5]
    assert [pixels(one)[0, 0] for one in data["frames"]] == [0, 50] * 3
    assert data["start"] == [0, 1] and still["image/png"] == data["frames"][1]
    assert metadata == {"image/png": {"alt": "Grey."}} and still["text/plain"] == "Figure: Grey."


def test_numbers_slide_and_texts_are_chosen(shown):
    def draw(depth, rule, on):
        ax = plt.subplots(figsize=(2, 1))[1]
        ax.set_title(f"{depth} {rule} {on}")
        return ax

    widgets.frames(draw, alt="x", labels={"on": "shortcuts"}, depth=[1, 2.5], rule=["He"], on=[False, True])
    data = state(shown[1][0]["text/html"])
    assert [(c["name"], c["values"], c["slides"]) for c in data["choices"]] == [
        ("depth", ["1", "2.5"], True),
        ("rule", ["He"], False),
        ("shortcuts", ["no", "yes"], False),
    ]
    assert not plt.get_fignums(), "each figure is closed"


def test_a_caption_is_made_for_every_frame_and_none_unless_asked(shown):
    widgets.frames(image, alt="x", caption=lambda width, value: f"{width} wide, {value}", width=[2, 4], value=[0, 50])
    widgets.frames(image, alt="x", width=[2, 4])
    asked, plain = (state(page["text/html"]) for page, _ in shown[1::2])
    assert asked["captions"] == ["2 wide, 0", "2 wide, 50", "4 wide, 0", "4 wide, 50"] and plain["captions"] == []


def test_a_dark_page_is_told_where_the_images_lie(shown):
    def draw(left):
        figure, (photo, line) = plt.subplots(1, 2, figsize=(4, 2), dpi=100)
        photo.imshow(np.zeros((8, 8, 3)))
        photo.set_position((left, 0.25, 0.25, 0.5))
        line.plot([0, 1])
        return figure.axes[1]

    widgets.frames(draw, alt="x", left=[0.1, 0.2])
    places = np.array(state(shown[1][0]["text/html"])["images"])
    expected = [[[40, 50, 140, 150]], [[80, 50, 180, 150]]]  # left, top, right, bottom
    np.testing.assert_allclose(places, expected, atol=2)
    widgets.frames(image, alt="x", width=[5])
    assert state(shown[3][0]["text/html"])["images"] == [[[0, 0, 5, 3]]]


def test_without_scripts_it_says_what_could_be_moved_and_the_page_is_the_same_each_time(shown):
    for _ in range(2):
        widgets.frames(image, alt="Grey < white.", width=[2, 4])
    text = shown[1][0]["text/html"].partition("<script>")[0]
    assert "Grey &lt; white. Run this cell to move the sliders: width 2, 4." in text
    assert shown[1] == shown[3]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "choices must give 1 to 120 frames; received no choices"),
        ({"width": []}, "received 0"),
        ({"width": range(11), "value": range(11)}, "received 121"),
        ({"width": [1, 2], "start": {"widht": 1}}, "start must name width; received widht"),
        ({"width": [1, 2], "labels": {"x": "y"}}, "labels must name width; received x"),
        ({"width": [1, 2], "start": {"width": 3}}, r"start must be one of the values of width, \[1, 2\]; received 3"),
    ],
)
def test_bad_arguments_are_named_before_anything_is_drawn(arguments, message):
    def never(**_):
        raise AssertionError("drawn")

    with pytest.raises(ValueError, match=message):
        widgets.frames(never, alt="x", **arguments)


@pytest.mark.parametrize("drawn", [None, 3, np.zeros((2, 2))])
def test_what_is_no_picture_is_refused(drawn):
    with pytest.raises(ValueError, match="draw must return what it drew or a uint8 image; it returned"):
        widgets.frames(lambda width: drawn, alt="x", width=[1])


def test_figures_axes_and_arrays_of_axes_are_drawn(shown):
    for draw in (plt.figure, lambda: plt.subplots()[1], lambda: plt.subplots(1, 2)[1]):
        widgets.frames(lambda width, draw=draw: draw(), alt="x", width=[1])
    assert len(shown) == 6 and not plt.get_fignums()
