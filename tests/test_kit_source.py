"""What sheets and slides say besides (`data/kit.toml`) stands in the lessons, and no central question comes late."""

import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import handouts  # noqa: E402
from deck import cells, kit, words  # noqa: E402

LESSONS = [f"{number:02d}" for number in range(1, 11)]
lessons = pytest.mark.parametrize("number", LESSONS)


def read(number):
    return nbformat.read(next((ROOT / "notebooks").glob(f"{number}_*.ipynb")), as_version=4)


def text(source):
    return nbformat.v4.new_markdown_cell(source)


def test_a_section_is_found_whatever_is_stressed_and_not_in_a_fold():
    texts = [
        "## 1 · A\nTalk.\n\n## 2 · B\n**How\nmany** of `100`?",
        "On.",
        "<details><summary>x</summary>Why?</details>",
    ]
    assert kit.section_of("How many of 100?", texts) == kit.section_of("On.", texts) == "2"
    with pytest.raises(ValueError, match=r"does not ask 'Why\?'"):
        kit.section_of("Why?", texts)


def test_the_sheet_says_a_question_so_that_it_is_clear_alone():
    notebook = nbformat.v4.new_notebook(cells=[text("## 3 · C\n**In the third, how many?** Or **which**?")])
    chosen = [{"asks": "In the third, how many?", "sheet": "Of three mistakes the last: how many?"}, {"asks": "which?"}]
    assert handouts.predictions(notebook, chosen) == [
        "Section 3. Of three mistakes the last: how many?",
        "Section 3. Which?",
    ]


def test_a_slide_gets_its_line_and_its_answer():
    slide = cells.Slide("T", ["Asked?"], answer="short")
    assert cells._told(slide, {"cell": "x", "line": "what is shown"}).lines == ["What is shown.", "Asked?"]
    assert slide.answer == "short" and cells._told(slide, {"cell": "x", "answer": "better"}).answer == "better"
    entries = [{"cell": "a = 1", "line": "one"}, {"cell": "b", "line": "two"}]
    assert kit.beside("b + c", entries)["line"] == "two" and kit.beside("c", entries) == {}


def test_a_sketch_has_axes():
    assert 'class="sketch"' in handouts._asked("Section 5. Sketch the curve for He's rule.")
    assert 'class="sketch"' not in handouts._asked("Section 1. How many?")


@pytest.mark.stored
@lessons
def test_what_is_asked_and_said_stands_in_the_lesson(number):
    notebook, entry = read(number), kit.of(number)
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    asked = handouts.predictions(notebook, entry["predict"])
    assert 5 <= len(asked) <= 7 and len(set(asked)) == len(asked)
    assert all(len(line) < 235 for line in asked), "two or three lines of the sheet"
    for said in (entry[key] for entry in entry["slides"] for key in ("line", "answer") if key in entry):
        known = kit.plain(" ".join(texts))
        assert all(
            part.rstrip(".") in known for one in words.sentences(kit.plain(said)) for part in one.split(" … ")
        ), said
    tagged = [cell.source for cell in notebook.cells if cells.TAG in cell.metadata.get("tags", [])]
    for one in entry["slides"]:
        assert sum(one["cell"] in source for source in tagged) == 1, one["cell"]


@pytest.mark.stored
@lessons
def test_the_central_question_is_on_the_sheet_and_on_a_slide_before_it_is_answered(number):
    entry = kit.of(number)
    [central] = [one["asks"] for one in entry["predict"] if one.get("central")]
    made = cells.slides(read(number), number, "Why?", told=entry["slides"])
    asking = [slide for slide in made if kit.plain(central).lower() in kit.plain(" ".join(slide.lines)).lower()]
    assert asking, "no slide asks it"
    for slide in asking:
        assert slide.folded or not slide.outputs, "its result stands beside it at once"
        assert slide.answer or not slide.outputs, "a result without its answer"
