"""What a reader does with frames under sliders, in a real browser without any kernel."""

import browser
import nbconvert
import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import expect

from course_utils import widgets
from course_utils.widgets import sliders

pytestmark = pytest.mark.slow

expect.set_options(timeout=browser.PATIENCE)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """The address of a page that nbconvert makes from a stored notebook, as other tools do."""
    outputs = []

    def display(data, raw, metadata=None):
        outputs.append(new_output("display_data", data=data, metadata=metadata or {}))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sliders, "display", display)
        widgets.frames(
            lambda shade, wide: np.full((20, 200 if wide else 100), shade, np.uint8),
            alt="A grey bar.",
            caption=lambda shade, wide: f"shade {shade} of 255",
            start={"shade": 50},
            shade=[0, 50, 100, 200],
            wide=[False, True],
        )
    notebook = new_notebook(cells=[new_code_cell("frames()", outputs=outputs, execution_count=1)])
    file = tmp_path_factory.mktemp("frames") / "page.html"
    page, _ = nbconvert.HTMLExporter().from_notebook_node(nbformat.from_dict(notebook))
    file.write_text(page, encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def page(chromium, stored):
    window = chromium.new_page(viewport={"width": 900, "height": 700})
    window.goto(stored)
    yield window
    window.close()


def frame(page) -> int:
    return int(page.locator("[data-explorer]").get_attribute("data-value"))


def test_buttons_lists_and_keys_change_the_frame(page):
    assert frame(page) == 2
    page.get_by_label("shade: one step on").click()
    assert frame(page) == 4
    expect(page.locator(".caption")).to_have_text("shade 100 of 255")
    page.get_by_label("wide").select_option("yes")
    assert frame(page) == 5
    page.get_by_role("slider", name="shade").press("End")
    assert frame(page) == 7 and page.get_by_label("shade: one step on").is_disabled()
    expect(page.locator("img.frame")).to_have_attribute("alt", "A grey bar. Here shade 200, wide yes.")
    page.get_by_role("slider", name="shade").press("ArrowLeft")
    assert frame(page) == 5
    assert page.get_by_role("slider", name="shade").get_attribute("aria-valuetext") == "100"


def test_play_runs_round_and_pauses(page):
    page.get_by_label("shade: play").click()
    for number in (4, 6, 0):
        page.wait_for_function("n => document.querySelector('[data-explorer]').dataset.value == n", arg=str(number))
    page.get_by_label("shade: pause").click()
    expect(page.get_by_label("shade: play")).to_be_visible()


def test_a_dark_page_turns_drawings_and_leaves_images_as_they_are(page):
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.get_by_label("shade: one step on").click()
    pane = page.locator(".sheet i")
    expect(pane).to_be_visible()
    assert "invert(1)" in page.locator("img.frame").evaluate("node => getComputedStyle(node).filter")
    whole, over = page.locator("img.frame").bounding_box(), pane.bounding_box()
    assert over == pytest.approx(whole, abs=1)
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    page.get_by_label("shade: one step on").click()
    expect(pane).to_be_hidden()


def test_the_still_picture_gives_way_and_serves_where_scripts_do_not_run(page, chromium, stored):
    visible = "() => [...document.images].filter(image => image.offsetParent).length"
    assert page.evaluate(visible) == 0, "the exhibit's own picture lives in its shadow root"
    plain = chromium.new_page(java_script_enabled=False)
    plain.goto(stored)
    expect(plain.locator("img")).to_be_visible()
    expect(plain.get_by_text("Run this cell to move the sliders: shade 0, 50, 100, 200; wide no, yes.")).to_be_visible()
    plain.close()
