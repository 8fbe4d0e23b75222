"""Figures of slides as vectors: drawn beside what is stored, kept for tagged cells, found by the stored picture."""

import base64
import os
import re
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import sharp  # noqa: E402

from course_utils.plots import showing  # noqa: E402


@pytest.fixture
def drawing():
    figure, ax = plt.subplots(figsize=(2, 2))
    ax.imshow(np.arange(9).reshape(3, 3), interpolation="nearest")
    yield figure
    plt.close(figure)


def cell(png, *tags):
    output = nbformat.v4.new_output("display_data", data={"image/png": png, "text/plain": "Figure: x"})
    return nbformat.v4.new_code_cell("x", metadata={"tags": list(tags)}, outputs=[output])


def test_a_figure_is_kept_as_vectors_with_its_images_pixels_and_no_date(drawing, tmp_path):
    stored, _ = showing.png(drawing)
    showing.keep_sharp(drawing, stored, tmp_path)
    [file] = tmp_path.iterdir()
    assert file.name == f"{sharp.name(stored)}.svg" and sharp.name(stored + "\n") == file.stem
    text = file.read_text()
    assert 'width="3" height="3"' in text and "pixelated" in text and "<dc:date>" not in text
    showing.keep_sharp(drawing, stored, tmp_path)
    assert file.read_text() == text, "the same figure gives the same file"


def test_a_photograph_keeps_the_pixels_that_are_stored_of_it(tmp_path):
    figure, ax = plt.subplots(figsize=(2, 2), dpi=96)
    ax.imshow(np.random.default_rng(0).random((300, 300)), interpolation="nearest")
    showing.keep_sharp(figure, "stored", tmp_path)
    [file] = tmp_path.iterdir()
    width = int(re.search(r'<image.*?width="(\d+)', file.read_text(), re.S)[1])
    assert 100 < width < 2 * 96, "no more than two inches at 96 dots, of 300"
    plt.close(figure)


def test_what_would_be_too_large_is_not_kept(drawing, tmp_path, monkeypatch):
    monkeypatch.setattr(showing, "LARGEST", 1_000)
    showing.keep_sharp(drawing, "stored", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_figures_are_drawn_twice_only_where_that_is_asked_for(drawing, monkeypatch):
    shown = []
    monkeypatch.setattr(showing, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda *told, **_: shown.append(told[0]))
    with sharp.drawn() as folder:
        showing.show(drawing, alt="Nine squares.")
        assert [file.stem for file in folder.iterdir()] == [sharp.name(shown[-1]["image/png"])]
    assert "COURSE_FIGURES" not in os.environ and not folder.exists()
    showing.show(drawing, alt="Nine squares.")
    assert not folder.exists()


def test_those_of_tagged_cells_are_kept_and_what_no_slide_shows_goes(tmp_path, monkeypatch):
    monkeypatch.setattr(sharp, "FOLDER", tmp_path / "kept")
    monkeypatch.setattr(sharp.cells, "TAG", "slide")
    notebook = nbformat.v4.new_notebook(cells=[cell("one", "slide"), cell("two"), cell("three", "slide")])
    for png in ("one", "two", "four"):
        (tmp_path / f"{sharp.name(png)}.svg").write_text(f"<svg>{png}</svg>")
    old = tmp_path / "kept" / "06" / f"{sharp.name('old')}.svg"
    old.parent.mkdir(parents=True)
    old.touch()
    sharp.keep(notebook, tmp_path, "06")
    assert [file.stem for file in old.parent.iterdir()] == [sharp.name("one")]
    assert sharp.address("one") == "data:image/svg+xml;base64," + base64.b64encode(b"<svg>one</svg>").decode()
    assert sharp.address("two\n") == "data:image/png;base64,two"


@pytest.mark.stored
def test_kept_figures_are_small_and_need_nothing_from_elsewhere():
    files = [file for file in sharp.FOLDER.rglob("*") if file.is_file()]
    assert files and sum(file.stat().st_size for file in files) < 10_000_000
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert file.suffix == ".svg" and len(text) <= showing.LARGEST, file
        assert not any(part in text for part in ("<script", 'href="http', "url(http", "font-family")), file
