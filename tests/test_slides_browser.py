"""The decks in a real browser: keys, predictions, exhibits, print; nothing is fetched. `make slides` builds them."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

BUILT = sorted((Path(__file__).resolve().parents[1] / "build" / "slides").glob("[0-9]*.html"))
PROBE = (Path(__file__).parent / "site_probe.js").read_text(encoding="utf-8")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not BUILT, reason="no slides here: make slides")]
SHOW_ALL = "document.querySelectorAll('section.present .fragment').forEach((one) => one.classList.add('visible'))"
# What does not fit on the slide that is shown; an exhibit may be scrolled
SPILT = """(() => {
  const slide = document.querySelector("section.present"), room = slide.getBoundingClientRect();
  const all = ":scope > :not(aside), .lines > *, .answer > *, .output > :not([data-explorer])";
  const parts = [...slide.querySelectorAll(all)];
  const spilt = parts.filter((part) => { const box = part.getBoundingClientRect();
    return box.height > 0 && (box.bottom > room.bottom - 10 || box.right > room.right - 10); });
  const boxes = [...slide.children].filter((part) => part.matches("h1, h2, .lines, .output, .answer, pre"))
    .map((part) => part.getBoundingClientRect());
  const overlaps = boxes.some((one, k) => boxes.slice(k + 1).some((two) => one.bottom > two.top + 2 &&
    two.bottom > one.top + 2 && one.right > two.left + 2 && two.right > one.left + 2));
  return [...spilt.map((part) => part.outerHTML.slice(0, 60)), ...(overlaps ? ["parts overlap"] : [])];
})()"""


@pytest.fixture
def opened(chromium):
    """Open a deck from the disk in a window; the test fails when it breaks or asks for anything."""
    context, faults = chromium.new_context(viewport={"width": 1280, "height": 720}), []

    def open_deck(path, query=""):
        window = context.new_page()
        window.on("pageerror", lambda error: faults.append(str(error)))
        window.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
        own = ("file:", "data:", "blob:")
        window.on("request", lambda asked: None if asked.url.startswith(own) else faults.append(asked.url))
        window.goto(f"{path.as_uri()}{query}")
        window.wait_for_function("window.Reveal?.isReady()")
        return window

    yield open_deck
    context.close()
    assert faults == []


@pytest.mark.parametrize("path", BUILT, ids=[path.stem for path in BUILT])
def test_every_slide_fits_and_can_be_read(opened, path):
    window = opened(path)
    assert path.stat().st_size < 4_000_000
    problems = []
    for place in range(window.evaluate("Reveal.getTotalSlides()")):
        window.evaluate(f"Reveal.slide({place})")
        window.evaluate(SHOW_ALL)
        window.wait_for_timeout(800 if window.locator("section.present [data-explorer]").count() else 50)
        found = window.evaluate(PROBE)
        problems += [(place, kind, found[kind]) for kind in ("faint", "silent", "mute") if found[kind]]
        problems += [(place, "spilt", part) for part in window.evaluate(SPILT)]
        assert found["measured"] > 0
    assert problems == []


def test_keys_ask_first_then_show_then_answer(opened):
    window = opened(BUILT[0])
    slide = window.locator("section.present")
    for _ in range(2):
        window.keyboard.press("ArrowRight")
    expect(slide.locator(".lines")).to_contain_text("How many of 100 test digits")
    assert slide.locator(".fragment.visible").count() == 0
    window.keyboard.press("ArrowRight")
    expect(slide.locator(".output.fragment.visible img")).to_be_visible()
    expect(slide.locator(".answer.fragment.visible")).to_have_count(0)
    window.keyboard.press("Space")
    expect(slide.locator(".answer.fragment.visible")).to_be_visible()
    window.keyboard.press("PageDown")
    expect(slide.locator("h2")).to_be_visible()
    assert window.evaluate("Reveal.getIndices().h") == 3


def test_a_figure_is_shown_on_the_whole_screen_and_put_back(opened):
    window = opened(BUILT[0])
    window.evaluate("Reveal.slide(2)")  # its figure is folded
    window.keyboard.press("z")
    assert window.locator(".whole").count() == 0, "an answer that was not shown yet"
    window.evaluate(SHOW_ALL)
    figure = window.locator("section.present .output img")
    before = figure.bounding_box()["width"]
    window.keyboard.press("z")
    assert figure.bounding_box()["width"] > 1.4 * before
    figure.click()
    assert figure.bounding_box()["width"] == before
    figure.click()
    window.keyboard.press("PageDown")
    assert window.locator(".whole").count() == 0


def test_the_speaker_reads_notes_in_a_window_of_their_own(opened):
    window = opened(BUILT[0])
    with window.context.expect_page() as popped:
        window.keyboard.press("s")
    expect(popped.value.locator(".speaker-controls-notes")).to_contain_text("The story in a minute", timeout=20_000)


def test_a_digit_is_drawn_on_the_slide(opened):
    [path] = [path for path in BUILT if path.stem == "06"]
    window = opened(path)
    window.evaluate("Reveal.slide(1)")
    window.get_by_role("button", name="Clear").click()
    pad = window.locator("section.present canvas").first.bounding_box()
    x = pad["x"] + pad["width"] / 2
    window.mouse.move(x, pad["y"] + 0.2 * pad["height"])
    window.mouse.down()
    window.mouse.move(x, pad["y"] + 0.8 * pad["height"], steps=12)
    window.mouse.up()
    expect(window.locator("section.present .numeral")).to_have_text("1")
    window.keyboard.press("PageDown")  # arrows belong to the drawing as long as it has the focus
    assert window.evaluate("Reveal.getIndices().h") == 2


def test_the_whole_network_that_reads_a_drawing_is_in_sight(opened):
    [path] = [path for path in BUILT if path.stem == "06"]
    window = opened(path)
    window.evaluate("Reveal.slide(1)")
    window.wait_for_timeout(800)
    room = window.locator("section.present > .output").bounding_box()
    last = window.locator("section.present [aria-roledescription='ten answers']").bounding_box()
    assert last["y"] + last["height"] <= room["y"] + room["height"] + 1


def test_a_telephone_shows_one_slide_whole(opened):
    window = opened(BUILT[0])
    window.set_viewport_size({"width": 390, "height": 700})
    window.reload()
    window.wait_for_function("window.Reveal?.isReady()")
    assert window.evaluate("Reveal.isScrollView()") is False
    box = window.locator("section.present").bounding_box()
    assert window.locator("section:visible").count() == 1 and box["width"] <= 391 and box["x"] >= -1


def test_a_deck_is_printed_a_slide_a_page(opened):
    window = opened(BUILT[0], "?print-pdf")
    window.wait_for_selector(".pdf-page")
    window.wait_for_timeout(500)
    left = "[...document.querySelectorAll('.pdf-page')].map((page) =>"
    left += " page.querySelector('h1, h2').getBoundingClientRect().left - page.getBoundingClientRect().left)"
    assert min(window.evaluate(left)) > 40, "laid out as on the screen"
    pages = window.pdf(prefer_css_page_size=True, print_background=True)
    slides = window.evaluate("document.querySelectorAll('.pdf-page').length")
    assert len(re.findall(rb"/Type\s*/Page\b", pages)) == slides >= 12
