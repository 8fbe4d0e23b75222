"""The same pages in another browser: the site's lessons and JupyterLab, in Firefox. `make site` builds it first."""

import json
import re

import firefox
import pytest
from test_browser_lessons import BADGE, HARMLESS, lab  # noqa: F401 (a fixture)
from test_site_browser import BUILT, CLEAN, PROBE, SETTLED, address  # noqa: F401 (a fixture)

pytestmark = pytest.mark.slow
PAGES = sorted(path.name for path in BUILT.glob("[01]*.html"))
EXHIBITS = "[...document.querySelectorAll('[data-explorer]')]"
UNFOLDED = """(() => {
  document.querySelectorAll('img').forEach(image => { image.loading = 'eager'; });
  document.querySelectorAll('details').forEach(fold => { fold.open = true; });
  return true;
})()"""
STEP = "[...root.querySelectorAll('button')].find(one => /one step (on|back)/.test(one.ariaLabel) && !one.disabled)"


@pytest.fixture(scope="module")
def window(tmp_path_factory):
    with firefox.started(tmp_path_factory.mktemp("firefox")) as one:
        yield one


def outside(window) -> list[str]:
    """Return what the page asked of other servers, but for the badge that each lesson shows."""
    own = (BADGE, "http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:", "resource:", "chrome:")
    return [place for place in window.asked if not place.startswith(own)]


def move(window, place: int) -> None:
    """Touch the exhibit at this place as a reader does and see that what it shows has changed."""
    host = f"{EXHIBITS}[{place}]"
    root = f"{host}.shadowRoot"
    window.wait_for(f"{host}.dataset.value !== undefined")
    before, kind = window.value(f"[{host}.dataset.value, {host}.className]")
    if kind == "draw-digit":
        for digit in ("8", "3"):
            window.click(f"{root}.querySelector('[aria-label=\"Stored digit {digit}\"]')")
            window.wait_for(f"{root}.querySelector('.numeral').textContent === '{digit}'")
        return
    if kind == "convolution-explorer":
        window.click(f"{root}.querySelector('[aria-label=\"Stride more\"]')")
        window.wait_for(f"{root}.querySelector('#stride').value === '2'")
        return
    if window.value(f"Boolean((root => {STEP})({root}))"):
        window.click(f"(root => {STEP})({root})")
    else:
        other = "menu.selectedIndex = (menu.selectedIndex + 1) % 2; menu.dispatchEvent(new Event('change'))"
        window.value(f"(menu => {{ {other}; }})({root}.querySelector('select'))")
    window.wait_for(f"{host}.dataset.value !== {json.dumps(before)}")


def answer(window) -> None:
    """Click on an answer of the quiz and see that it is judged."""
    window.click("document.querySelector('.MCButton')")
    window.wait_for("document.querySelector('.Feedback:not(:empty)')")


@pytest.mark.skipif(not PAGES, reason="no site here: make site")
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_a_lesson_of_the_site_has_no_fault_and_moves(window, address, name, width):  # noqa: F811
    window.open(f"{address}/{name}", width)
    window.value(UNFOLDED)
    window.wait_for("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    window.value(f"{SETTLED}.then(() => true)")
    found = window.value(f"({PROBE.strip().rstrip(';')})()") | {"faults": window.errors}
    found["wide"] = max(0, found["wide"])  # less than the window: Firefox's scroll bar takes room
    assert found["measured"] > 5, "nothing was looked at"
    assert {key: found[key] for key in CLEAN} == CLEAN
    count = window.value(f"{EXHIBITS}.length")
    assert count, "each lesson has something to touch"
    for place in range(count):
        move(window, place)
    answer(window)
    assert window.errors == [] and outside(window) == []


@pytest.mark.parametrize("name", ["01_convolution_intuition", "06_lenet5"])
def test_a_lesson_opens_in_jupyterlab_and_moves_before_any_cell_is_run(window, lab, name):  # noqa: F811
    window.open(lab.page(f"{name}.ipynb"))
    window.wait_for("[...document.querySelectorAll('h1')].some(one => /^\\d\\d · /.test(one.textContent))")
    window.wait_for("/\\| Idle/.test(document.body.textContent)")
    window.wait_for(f"{EXHIBITS}.some(one => one.shadowRoot)")
    for place in range(window.value(f"{EXHIBITS}.length")):
        move(window, place)
    answer(window)
    assert [fault for fault in window.errors if not HARMLESS.search(fault)] == []
    assert outside(window) == []


def test_what_a_page_does_wrong_is_noticed(window, address):  # noqa: F811
    window.open(f"{address}/index.html")
    missing = f"{address}/nowhere.png"
    window.value(f"fetch('{missing}').then(() => true)")
    window.value("(setTimeout(() => { throw new Error('planted') }, 0), new Promise(done => setTimeout(done, 300)))")
    elsewhere = address.replace("127.0.0.1", "localhost") + "/icon.svg"
    window.value(f"fetch('{elsewhere}', {{mode: 'no-cors'}}).then(() => true, () => true)")
    assert any(f"404 {missing}" == fault for fault in window.errors)
    assert any("planted" in fault for fault in window.errors)
    assert outside(window) == [elsewhere]
    with pytest.raises(RuntimeError, match=re.escape("planted")):
        window.value("(() => { throw new Error('planted') })()")
