"""The built site in a real browser: phone and desk, light and dark. `make site` builds it first."""

import functools
import http.server
import threading
from pathlib import Path

import browser
import pytest
from playwright.sync_api import expect, sync_playwright

BUILT = Path(__file__).resolve().parents[1] / "build" / "site" / "html"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (BUILT / "index.html").exists(), reason="no site here: make site"),
]
PAGES = ["index", "01_convolution_intuition", "06_lenet5", "08_vgg", "results"]


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address():
    handler = functools.partial(QuietHandler, directory=str(BUILT))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser.chromium(), args=browser.FLAGS)
        yield started
        started.close()


@pytest.fixture(params=[(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")], ids=str)
def page(request, chromium, address):
    """A window that fails the test when a page breaks or asks for anything of another server."""
    width, theme = request.param
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    window, faults = context.new_page(), []
    window.on("pageerror", lambda error: faults.append(str(error)))
    own = (address, "data:", "blob:")
    window.on("request", lambda asked: None if asked.url.startswith(own) else faults.append(asked.url))
    yield window
    context.close()
    assert faults == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_its_window(page, address, name):
    page.goto(f"{address}/{name}.html")
    page.evaluate("document.querySelectorAll('img').forEach(image => { image.loading = 'eager'; })")
    page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_explorer_of_lesson_01_answers_in_the_theme_of_the_page(page, address):
    page.goto(f"{address}/01_convolution_intuition.html")
    theme = page.locator("html").get_attribute("data-theme")
    exhibit = page.locator(".convolution-explorer").first
    expect(exhibit.locator(".explorer")).to_have_attribute("data-theme", theme)
    exhibit.get_by_label("Stride more").click()
    expect(exhibit.locator("#stride")).to_have_value("2")
    exhibit.locator(".map.output").focus()
    page.keyboard.press("ArrowRight")
    expect(exhibit.locator(".result")).to_have_text("17")


@pytest.mark.parametrize("name", ["index", "06_lenet5"])
def test_the_drawn_digit_is_read_in_the_theme_of_the_page(page, address, name):
    page.goto(f"{address}/{name}.html")
    exhibit = page.locator("section.draw-digit")
    expect(exhibit).to_have_attribute("data-theme", page.locator("html").get_attribute("data-theme"))
    page.get_by_role("button", name="Stored digit 8").click()
    expect(page.locator(".numeral")).to_have_text("8")
    still = (
        "[...document.images].filter(image => image.alt.startsWith('A pad to draw')).map(image => image.offsetParent)"
    )
    assert page.evaluate(still) == ([None] if name == "06_lenet5" else [])
