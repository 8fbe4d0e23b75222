"""Every lesson in JupyterLab as a reader meets it: it opens, its exhibits move; all cells of 01, 06 and 10 run."""

import json
import os
import re
import shutil
from pathlib import Path

import browser
import nbformat
import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parents[1]
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("[01]*.ipynb"))
PATIENCE = 120_000  # milliseconds; a kernel starts on a busy machine
RUNNING = 20 * 60_000  # for all cells of a lesson
HARMLESS = re.compile(r"favicon|DevTools|jupytext|Error displaying widget", re.I)
BADGE = "https://colab.research.google.com/assets/colab-badge.svg"  # the one thing that a lesson shows from elsewhere
EXHIBITS = r"^(?:\w+ = )?widgets\.(frames|ConvolutionExplorer|draw_digit)\("

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab as `make lab` starts it, on a copy of the notebooks that its reader trusts, all cells in the page."""
    browser.chromium()
    course, folder = tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("settings")
    for part in ("notebooks", "tools"):
        shutil.copytree(ROOT / part, course / part, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    settings = folder / ".jupyter" / "jupyterlab_settings_dir" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": "none"}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
        patch.setenv("COURSE_PROFILE", "quick")
        with browser.jupyter_lab(folder, course=course) as server:
            server.folder = course / "notebooks"
            server.trust(*(server.folder / f"{name}.ipynb" for name in LESSONS))
            yield server


@pytest.fixture
def page(chromium, lab):
    """A window whose errors and requests to the outside fail the test; its kernels end with it."""
    window = chromium.new_page(viewport={"width": 1280, "height": 900})
    window.set_default_timeout(PATIENCE)
    badge = '<svg xmlns="http://www.w3.org/2000/svg" width="117" height="20"/>'
    window.route(BADGE, lambda route: route.fulfill(body=badge, content_type="image/svg+xml"))
    faults = []
    window.on("pageerror", lambda error: faults.append(f"error: {error}"))
    window.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    window.on("request", lambda request: faults.append(request.url) if is_outside(request.url) else None)
    yield window
    window.close()
    for kernel in json.loads(lab.ask("GET", "/api/kernels")):
        lab.ask("DELETE", f"/api/kernels/{kernel['id']}")
    assert [fault for fault in faults if not HARMLESS.search(fault)] == []


def is_outside(address: str) -> bool:
    return not address.startswith((BADGE, "http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:"))


def opened(page, lab, name: str) -> list[str]:
    """Open a lesson, wait for its kernel, and return the kinds of its exhibits in their order."""
    page.goto(lab.page(f"{name}.ipynb"))
    expect(page.locator("h1").first).to_have_text(re.compile(f"^{name[:2]} · "), timeout=PATIENCE)
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    source = (lab.folder / f"{name}.py").read_text(encoding="utf-8")
    kinds = re.findall(EXHIBITS, source, flags=re.MULTILINE)
    expect(page.locator("[data-explorer]")).to_have_count(len(kinds), timeout=PATIENCE)
    return kinds


def move(exhibit, kind: str) -> None:
    """Move an exhibit and see that what it shows has changed."""
    exhibit.scroll_into_view_if_needed()
    if kind == "draw_digit":
        for digit in ("8", "3"):
            exhibit.get_by_role("button", name=f"Stored digit {digit}").click()
            expect(exhibit.locator(".numeral")).to_have_text(digit, timeout=PATIENCE)
    elif kind == "frames":
        before = exhibit.get_attribute("data-value")
        on = exhibit.get_by_role("button", name=re.compile("one step (on|back)")).and_(exhibit.locator(":enabled"))
        if on.count():
            on.first.click()
        else:
            menu = exhibit.locator("select").first
            menu.select_option(index=(menu.evaluate("menu => menu.selectedIndex") + 1) % 2)
        expect(exhibit).not_to_have_attribute("data-value", before, timeout=PATIENCE)
    else:
        before = exhibit.get_attribute("data-value")
        weight = exhibit.get_by_label("Weight in row 0, column 0")
        weight.fill(str(float(weight.input_value().replace("−", "-")) + 7))
        expect(exhibit).not_to_have_attribute("data-value", before, timeout=PATIENCE)


def answer(page) -> None:
    """Click on an answer of the quiz and see that it is judged."""
    page.locator(".MCButton").first.click()
    expect(page.locator(".Feedback:not(:empty)").first).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_opens_and_its_exhibits_move_before_any_cell_is_run(page, lab, name):
    kinds = opened(page, lab, name)
    assert kinds, "each lesson has something to touch"
    for number, kind in enumerate(kinds):
        move(page.locator("[data-explorer]").nth(number), kind)
    answer(page)


@pytest.mark.parametrize("number", ["01", "06", "10"])
def test_all_cells_run_and_the_exhibits_move(page, lab, number):
    [name] = [name for name in LESSONS if name.startswith(number)]
    kinds = opened(page, lab, name)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    waiting = page.locator(".jp-InputPrompt", has_text="[*]")
    expect(waiting.first).to_be_attached(timeout=PATIENCE)
    expect(waiting).to_have_count(0, timeout=RUNNING)
    for place, kind in enumerate(kinds):
        move(page.locator("[data-explorer]").nth(place), kind)
    answer(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saving completed")).to_be_visible(timeout=PATIENCE)
    ran = [cell for cell in nbformat.read(lab.folder / f"{name}.ipynb", 4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in ran] == list(range(1, len(ran) + 1))
    assert [o for cell in ran for o in cell.outputs if o.output_type == "error" or o.get("name") == "stderr"] == []
    claims = [
        o.data["text/plain"]
        for cell in ran
        for o in cell.outputs
        if "claim" in str(o.get("data", {}).get("text/plain"))
    ]
    assert claims and all(line.startswith("✓") for line in claims if re.match(".*claims? holds?$", line))
