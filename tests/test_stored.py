"""Stored notebooks: folded wherever they are opened, and a fixed point of opening and saving."""

import re
import subprocess
import sys
from pathlib import Path

import jupytext.cli
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import check_pairs  # noqa: E402
import stored  # noqa: E402

from course_utils.datasets import CATALOGUE  # noqa: E402

TEXT = """# %% tags=["setup"]
# @title Set-up
import sys

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
1 + 1

# %% tags=["hide-output"]
2 + 2

# %%
3 + 3
"""
FOLDED = [
    {"tags": ["setup"], "cellView": "form", "jupyter": {"source_hidden": True}},
    {"tags": ["claims", "nbval-ignore-output"], "cellView": "form", "jupyter": {"source_hidden": True}},
    {"tags": ["hide-output"], "collapsed": True, "jupyter": {"outputs_hidden": True}},
    {},
]


@pytest.fixture
def pair(tmp_path):
    """A pair as it is stored."""
    (tmp_path / "jupytext.toml").write_text((stored.NOTEBOOKS / "jupytext.toml").read_text())
    source = tmp_path / "01_x.py"
    source.write_text(TEXT)
    jupytext.cli.jupytext(["--quiet", "--to", "ipynb", str(source)])
    target = source.with_suffix(".ipynb")
    nbformat.write(stored.settle(nbformat.read(target, as_version=4)), target)
    return source


def metadata(source):
    return [dict(cell.metadata) for cell in nbformat.read(source.with_suffix(".ipynb"), as_version=4).cells]


def test_tags_fold_for_jupyterlab_and_colab(pair):
    assert metadata(pair) == FOLDED


def test_folding_goes_with_its_tag_and_other_metadata_stays():
    cell = new_code_cell("1", metadata={"tags": ["claims"], "jupyter": {"mine": 1}, "slideshow": "x"})
    notebook = stored.settle(new_notebook(cells=[cell], metadata={"widgets": {}}))
    assert cell.metadata["jupyter"] == {"mine": 1, "source_hidden": True}
    assert set(notebook.metadata) == {"jupytext", "kernelspec", "language_info"}
    cell.metadata["tags"] = []
    stored.settle(notebook)
    assert cell.metadata == {"tags": [], "jupyter": {"mine": 1}, "slideshow": "x"}


def test_update_keeps_the_folding_and_the_text_has_tags_alone(pair):
    before = pair.with_suffix(".ipynb").read_text()
    jupytext.cli.jupytext(["--quiet", "--update", "--to", "ipynb", str(pair)])
    assert pair.with_suffix(".ipynb").read_text() == before
    jupytext.cli.jupytext(["--quiet", "--to", "py:percent", str(pair.with_suffix(".ipynb"))])
    assert pair.read_text() == TEXT


def test_pair_check_sees_a_cell_that_is_not_folded(pair):
    assert check_pairs.difference(pair) is None
    target = pair.with_suffix(".ipynb")
    target.write_text(target.read_text().replace('"cellView": "form"', '"cellView": "code"'))
    assert "not folded" in check_pairs.difference(pair)


def test_an_exported_page_keeps_the_descriptions(tmp_path):
    png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
    outputs = [
        new_output("display_data", data={"text/html": '<span style="x">Figure: a &lt; b</span>'}),
        new_output("display_data", data={"image/png": png}, metadata={"image/png": {"alt": "a < b"}}),
    ]
    notebook = new_notebook(cells=[new_code_cell("draw()", outputs=outputs, execution_count=1)])
    nbformat.write(notebook, tmp_path / "page.ipynb")
    config = ROOT / "tools" / "jupyter" / "jupyter_nbconvert_config.py"
    command = [sys.executable, "-m", "nbconvert", f"--config={config}", "--to", "html", str(tmp_path / "page.ipynb")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert 'alt="a &lt; b"' in page and "No description" not in page and "Alternative text" not in done.stderr
    assert page.count("a &lt; b") == 1, "and says them once"


@pytest.mark.stored
@pytest.mark.parametrize("source", stored.sources(), ids=lambda path: path.stem)
def test_outputs_were_stored_with_the_published_data(source):
    """By the same words CI finds the notebooks that it runs again on these data."""
    asked = re.findall(r'\bload(?:_folder)?\("(\w+)"', source.read_text(encoding="utf-8"))
    published = [name for name in asked if name in CATALOGUE and CATALOGUE[name].layout != "bundled"]
    told = "from the mirror" in source.with_suffix(".ipynb").read_text(encoding="utf-8")
    assert told or not published, f"store it again with COURSE_DATA_DIR; it reads {published}"


def test_an_unknown_option_of_the_notebook_runner_runs_nothing():
    command = [sys.executable, "tools/execute_notebooks.py", "--norun", "01"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "--norun" in done.stderr
