"""The built site in a real browser: phone and desk, light and dark. `make site` builds it first.

Every page is opened at 390 pixels in the light and at 1280 in the dark, its folds open, and looked at from inside by
``site_probe.js``: errors, contrast (WCAG AA), descriptions, names and reach of what can be operated, width, bytes.
"""

import functools
import http.server
import re
import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect

BUILT = Path(__file__).resolve().parents[1] / "build" / "site" / "html"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (BUILT / "index.html").exists(), reason="no site here: make site"),
]
PROBE = (Path(__file__).parent / "site_probe.js").read_text(encoding="utf-8")
# The page of lost addresses works at its published address alone.
NAMES = [path.relative_to(BUILT).as_posix() for path in sorted(BUILT.rglob("*.html")) if "_static" not in path.parts]
NAMES = [name for name in NAMES if name != "404.html"]
LESSONS = [name for name in NAMES if name[:2].isdigit()]
WINDOWS = [(390, "light"), (1280, "dark")]
CLEAN = {"faults": [], "faint": [], "silent": [], "mute": [], "unreachable": [], "wide": 0}
FIRST_PAGE, LESSON = 1_000_000, 3_000_000  # bytes, everything that a page loads, as it is before compression
SETTLED = "Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)))"
EXHIBITS = "[data-explorer]"


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


def opened(window, name):
    """Load a page to its end, folds and pictures too."""
    window.goto(name)
    window.evaluate("document.querySelectorAll('img').forEach(image => { image.loading = 'eager'; })")
    window.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    window.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    window.evaluate(SETTLED)
    return window.evaluate(PROBE)


@pytest.fixture(scope="module")
def looked(chromium, address):
    """Look at a page in a window of this width and theme, each once."""
    seen, contexts = {}, {}

    def look(name, width, theme):
        if (name, width) not in seen:
            if width not in contexts:
                contexts[width] = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
            window, faults = contexts[width].new_page(), []
            window.on("pageerror", lambda error: faults.append(str(error)))
            window.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
            window.on("response", lambda got: faults.append(f"{got.status} {got.url}") if got.status >= 400 else None)
            own = (address, "data:", "blob:")
            window.on("request", lambda asked: None if asked.url.startswith(own) else faults.append(asked.url))
            seen[name, width] = opened(window, f"{address}/{name}") | {"faults": faults}
            window.close()
        return seen[name, width]

    yield look
    for context in contexts.values():
        context.close()


@pytest.mark.parametrize("window", WINDOWS, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_no_fault(looked, name, window):
    found = looked(name, *window)
    assert found["measured"] > 5, "nothing was looked at"
    assert {key: found[key] for key in CLEAN} == CLEAN


@pytest.mark.parametrize(("name", "limit"), [("index.html", FIRST_PAGE), *((name, LESSON) for name in LESSONS)])
def test_a_page_is_light(looked, name, limit):
    assert 100_000 < looked(name, *WINDOWS[1])["bytes"] < limit


def test_the_probe_finds_what_is_wrong(chromium):
    window = chromium.new_page(viewport={"width": 390, "height": 900})
    window.set_content(
        """<body style="background: #fff; width: 500px"><p style="color: #999">faint</p><p style="color: #000">plain</p>
        <h1 style="color: #888">large</h1><img src="data:," alt=" "><button></button><a href="#x" tabindex="-1">far</a>
        <div onclick="x()">by mouse</div><div id="host"></div><script>
        document.getElementById("host").attachShadow({mode: "open"}).innerHTML =
          '<div style="background: #000"><p style="color: #555">deep</p><input aria-label="named"></div>';
        </script>"""
    )
    found = window.evaluate(PROBE)
    window.close()
    assert found["faint"] == ['2.85 p. "faint"', '2.82 p. "deep"']
    assert found["silent"] == ["data:,"] and found["mute"] == ['button. ""'] and found["wide"] > 0
    assert found["unreachable"] == ['a. "far"', 'div. "by mouse"']


def test_a_number_stays_with_its_sign_and_a_printed_sentence_is_seen_whole(chromium, address):
    window = chromium.new_page(viewport={"width": 390, "height": 900})
    window.goto(f"{address}/09_inception.html")
    window.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    words = window.locator("article.bd-article").inner_text()
    assert re.search("\\d\u00a0%", words) and re.search("\\d\u00a0±\u00a0\\d", words)
    prose = window.locator("article.bd-article p").all_inner_texts()
    assert [line for line in prose if re.search(r"\d (%|± ?\d)|± \d", line)] == []
    assert window.locator("mn", has_text=re.compile("^15,872$")).count() == 1
    cut = "(boxes) => boxes.filter((box) => box.clientWidth && box.scrollWidth > box.clientWidth).length"
    assert window.locator("div.cell_output .stream pre").evaluate_all(cut) == 0
    window.close()


def test_signs_primes_and_functions_are_set_as_in_print(chromium, address):
    window = chromium.new_page()
    window.goto(f"{address}/10_resnet.html")
    window.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    box = "getBoundingClientRect()"
    between = f"(signs) => signs.map((one) => one.nextElementSibling.{box}.left - one.{box}.right)"
    gaps = window.locator("mo[form=prefix]").evaluate_all(between)
    assert gaps and max(map(abs, gaps)) < 1  # pixels between a sign and its number
    assert window.locator("msup mi", has_text="′").count() == 0 < window.locator("mo", has_text="′").count()
    window.goto(f"{address}/06_lenet5.html")
    assert window.locator("mn + mspace + mi", has_text="tanh").count() == 2
    window.close()


def test_what_scrolls_sideways_fades_where_more_of_it_lies(chromium, address):
    window = chromium.new_page(viewport={"width": 390, "height": 900})
    window.goto(f"{address}/04_weight_initialization.html")
    wide = window.locator("div.cell_input pre.more-right:visible").first
    assert wide.evaluate("(box) => box.scrollWidth > box.clientWidth && !box.matches('.more-left')")
    assert "calc(100% - 40px)" in wide.evaluate("(box) => getComputedStyle(box).maskImage")  # where it begins to fade
    wide.evaluate("(box) => { box.classList.add('looked-at'); box.scrollLeft = box.scrollWidth; }")
    window.locator("pre.looked-at.more-left:not(.more-right)").wait_for()
    all_in_sight = (
        "[...document.querySelectorAll('pre')].find((box) => box.clientWidth && box.scrollWidth <= box.clientWidth)"
    )
    assert "more-" not in window.evaluate(f"{all_in_sight}.className")
    window.close()


@pytest.mark.parametrize("name", LESSONS)
def test_quizzes_and_exhibits_are_operated_by_the_keyboard(chromium, address, name):
    window = chromium.new_page(viewport={"width": 1280, "height": 900})
    window.goto(f"{address}/{name}")
    before = "(node) => { node.tabIndex = -1; node.focus(); }"
    for exhibit in window.locator(EXHIBITS).all():
        if exhibit.evaluate("(node) => Boolean(node.shadowRoot)"):
            exhibit.evaluate(before)
            window.keyboard.press("Tab")
            assert exhibit.evaluate("(node) => Boolean(node.shadowRoot.activeElement)"), "Tab does not enter it"
    quiz = window.locator(".course-quiz")
    quiz.evaluate(before)
    window.keyboard.press("Tab")
    assert quiz.evaluate("(node) => node.contains(document.activeElement)")
    if quiz.evaluate("() => document.activeElement.type === 'text'"):
        window.keyboard.type("1")
        window.keyboard.press("Enter")
    else:
        window.keyboard.press("Space")
    expect(quiz.locator(".Feedback:is(.correct, .incorrect)").first).not_to_be_empty()
    window.close()


def test_the_page_of_a_network_fits_two_printed_sheets(chromium, address):
    window, sheets = chromium.new_page(), {}
    for name in (name for name in NAMES if name.startswith("architectures/")):
        window.goto(f"{address}/{name}")
        window.wait_for_function("[...document.images].every(image => image.complete)")
        sheets[name] = len(re.findall(rb"/Type\s*/Page\b", window.pdf(format="A4", prefer_css_page_size=True)))
    window.close()
    assert len(sheets) >= 12 and set(sheets.values()) <= {1, 2}, sheets


def test_a_printed_lesson_is_light_without_menus_and_its_answers_are_open(chromium, address):
    context = chromium.new_context(color_scheme="dark")
    window = context.new_page()
    window.goto(f"{address}/01_convolution_intuition.html")
    window.emulate_media(media="print")
    window.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(window.get_by_role("heading", level=1, name="01 · Convolution intuition")).to_be_visible()
    for menu in (".bd-sidebar-primary", ".bd-header-article", ".bd-footer-content"):
        expect(window.locator(menu).first).to_be_hidden()
    assert window.locator("html").get_attribute("data-theme") == "light"
    expect(window.locator("details[open] .course-figure").first).to_be_visible()
    # A printer takes the first moment: nothing in an open fold may still be fading in.
    inside = "[...document.querySelectorAll('details[open] > :not(summary)')]"
    assert set(window.evaluate(f"{inside}.map((node) => getComputedStyle(node).opacity)")) == {"1"}
    assert window.locator("details:not([open]):not(.above-input)").count() == 0
    folded = window.locator("details:not([open])").count()
    assert folded > 0
    window.evaluate("dispatchEvent(new Event('afterprint'))")
    assert window.locator("html").get_attribute("data-theme") == "dark"
    assert window.locator("details:not([open])").count() > folded
    context.close()


def test_the_questions_of_a_quiz_are_black_on_paper(chromium, address):
    """On the screen they are white on blue, and printers leave the blue out."""
    window = chromium.new_page()
    window.goto(f"{address}/03_mlp_vs_cnn.html")
    expect(window.locator(".course-quiz .Quiz").first).to_be_attached()
    window.emulate_media(media="print")
    inks = "(all) => [...new Set(all.map((node) => getComputedStyle(node).color))]"
    assert window.locator(".course-quiz .Quiz *").evaluate_all(inks) == ["rgb(0, 0, 0)"]
    window.close()


def test_the_search_finds_a_lesson(chromium, address):
    window = chromium.new_page()
    window.goto(f"{address}/search.html?q=equivariant")
    expect(window.locator("#search-results a", has_text="01 · Convolution intuition").first).to_be_visible()
    window.close()


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


@pytest.mark.parametrize("width", [390, 1280])
def test_a_picture_stands_above_the_fold_of_its_code(chromium, address, width):
    window = chromium.new_page(viewport={"width": width, "height": 900})
    window.goto(f"{address}/10_resnet.html")
    order = """(cells) => cells.filter((cell) => cell.querySelector(":scope > .cell_output img"))
      .map((cell) => cell.querySelector("img").getBoundingClientRect().bottom <=
        cell.querySelector("details.hide").getBoundingClientRect().top)"""
    above = window.locator("div.cell.tag_hide-input:not(.tag_claims, .tag_setup)").evaluate_all(order)
    assert len(above) > 4 and all(above)
    window.close()


def test_half_a_line_of_code_is_seen_on_a_telephone(chromium, address):
    """A line has at most 88 characters."""
    window = chromium.new_page(viewport={"width": 390, "height": 900})
    window.goto(f"{address}/10_resnet.html")
    room = """(pre) => { const probe = document.createElement("span"); probe.textContent = "x".repeat(100);
      pre.append(probe); const one = probe.getBoundingClientRect().width / 100; probe.remove();
      return (pre.clientWidth - parseFloat(getComputedStyle(pre).paddingLeft)) / one; }"""
    assert window.locator("div.cell_input:visible pre").first.evaluate(room) > 50
    window.close()
