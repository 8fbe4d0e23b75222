"""A reader's clone stays clean: what `make lab` opens, shows, saves and leaves behind, in a real JupyterLab."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import browser
import nbformat
import pytest
from playwright.sync_api import expect, sync_playwright

pytestmark = pytest.mark.slow
expect.set_options(timeout=browser.PATIENCE)

ROOT = Path(__file__).resolve().parents[1]
LESSON = "01_convolution_intuition"
AUTOSAVE = 2  # seconds; JupyterLab's own default is 120


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A fresh repository with what JupyterLab reads and writes of this one, as it stands."""
    folder = tmp_path_factory.mktemp("clone")
    listed = git(ROOT, "ls-files", "-co", "--exclude-standard", "-z", "notebooks", "tools", ".gitignore")
    for name in filter(None, listed.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=reader", "-c", "user.email=reader@localhost", "commit", "-qm", "course")
    return folder


@pytest.fixture(scope="module")
def lab(clone, tmp_path_factory):
    """JupyterLab as `make lab` starts it, but saving every few seconds."""
    browser.chromium()
    folder = tmp_path_factory.mktemp("settings")
    saving = folder / ".jupyter" / "jupyterlab_settings_dir" / "@jupyterlab" / "docmanager-extension"
    saving.mkdir(parents=True)
    (saving / "plugin.jupyterlab-settings").write_text(json.dumps({"autosaveInterval": AUTOSAVE}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
        with browser.jupyter_lab(folder, course=clone) as server:
            yield server


@pytest.fixture(scope="module")
def page(lab):
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser.chromium(), args=browser.FLAGS)
        window = started.new_page(viewport={"width": 1280, "height": 900})
        window.set_default_timeout(browser.PATIENCE)
        yield window
        started.close()


def git(folder: Path, *command: str) -> str:
    return subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True, text=True).stdout


def wait_and_save(page):
    """Wait until the kernel is there and an autosave is due, then save by hand."""
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=browser.PATIENCE)
    page.wait_for_timeout(1000 * (AUTOSAVE + 1))
    page.keyboard.press("Control+s")
    page.wait_for_timeout(1000)
    assert page.locator(".jp-Dialog").all_inner_texts() == []


def active(page):
    """The notebook that is in front."""
    return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")


def test_opens_on_the_start_page_without_questions_and_lists_notebooks_alone(page, lab):
    page.goto(f"{lab.address}/?token={lab.token}")
    expect(active(page).locator("h1").first).to_have_text(re.compile("Convolutional networks"))
    expect(page).to_have_url(re.compile(r"/lab/tree/START_HERE\.ipynb"))
    pictures = active(page).locator("table.lessons img, table img")
    expect(pictures).to_have_count(10)
    page.wait_for_function("[...document.querySelectorAll('table img')].every(i => i.naturalWidth == 480)")
    names = page.locator(".jp-DirListing-itemText").all_inner_texts()
    assert f"{LESSON}.ipynb" in names
    assert [name for name in names if "." in name and not name.endswith(".ipynb")] == []
    page.wait_for_timeout(2000)  # JupyterLab asks about news a moment after it has opened
    expect(page.locator(".jp-Dialog, .jp-toast-button, .Toastify__toast")).to_have_count(0)


def test_opening_waiting_and_saving_changes_nothing(page, clone):
    wait_and_save(page)
    assert git(clone, "status", "--porcelain") == ""
    active(page).locator(f'a[href*="{LESSON}.ipynb"]').first.click()  # the links of the start page lead on
    expect(active(page).locator("h1").first).to_have_text(re.compile("01 · "))
    wait_and_save(page)
    assert git(clone, "status", "--porcelain") == ""


def test_running_changes_outputs_alone(page, clone):
    active(page).locator("h1").first.click()
    for _ in range(8):
        page.keyboard.press("Shift+Enter")
    expect(active(page).locator(".jp-InputPrompt", has_text="[3]:")).to_have_count(1)
    wait_and_save(page)
    assert git(clone, "status", "--porcelain").splitlines() in ([], [f" M notebooks/{LESSON}.ipynb"])
    before, after = git(clone, "show", f"HEAD:notebooks/{LESSON}.ipynb"), (clone / "notebooks" / f"{LESSON}.ipynb")
    stored, saved = without_outputs(before), without_outputs(after.read_text(encoding="utf-8"))
    changed = [(old, new) for old, new in zip(stored.cells, saved.cells, strict=True) if old != new]
    assert [(old.metadata, new.metadata) for old, new in changed] == []
    assert changed == [] and stored.metadata == saved.metadata


def without_outputs(text: str) -> nbformat.NotebookNode:
    """Return a notebook without what running it changes: outputs, counts, and that a folded answer is open now."""
    notebook = nbformat.reads(text, as_version=4)
    for cell in notebook.cells:
        cell.pop("outputs", None), cell.pop("execution_count", None), cell.metadata.pop("collapsed", None)
        jupyter = cell.metadata.get("jupyter", {})
        if jupyter.pop("outputs_hidden", None) and not jupyter:
            del cell.metadata["jupyter"]
    return notebook
