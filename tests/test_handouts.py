"""The pages to print: what they ask is asked in the lesson, what they leave empty is counted on the other page."""

import re
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import handouts  # noqa: E402


def cell(kind, source, *tags):
    made = (nbformat.v4.new_markdown_cell if kind == "text" else nbformat.v4.new_code_cell)(source)
    made.metadata["tags"] = list(tags)
    return made


def test_predictions_are_the_last_bold_questions_above_folded_outputs():
    cells = [
        cell(
            "text",
            "## 2 · Move\nA **digit**. **How many\nof `100` digits will the network read then? Write it, then open.**",
        ),
        cell("code", "a", "hide-output"),
        cell("text", "<details><summary>x</summary>**Why?**</details>"),
        cell("code", "b", "hide-cell"),
        cell("text", "**Not folded?**"),
        cell("code", "c"),
        cell("text", "## 3 · On\n**First?** and **second?**"),
        cell("code", "d", "hide-output"),
        cell("code", "e", "hide-output"),
        cell("text", "**Work out both for C1, then open.**"),
        cell("code", "f", "hide-output"),
    ]
    assert handouts.predictions(nbformat.v4.new_notebook(cells=cells)) == [
        "Section 2. How many of 100 digits will the network read then?",
        "Section 3. First? and second?",
        "Section 3. Work out both for C1.",
    ]


def test_page_leaves_the_counts_empty_and_the_answers_show_them():
    page, answers = handouts.page("06"), handouts.page("06", answers=True)
    for name, count in (("C1", "156"), ("C3", "1,516"), ("C5", "48,120")):
        assert f"<td>{name}</td>" in page
        assert not re.search(rf">{count}<", page) and re.search(rf">{count}<", answers)
    assert page.count('class="line"') > answers.count('class="line"') == 0


@pytest.mark.stored
@pytest.mark.parametrize("lesson", [f"{number:02d}" for number in range(1, 11)])
def test_every_lesson_has_a_page(lesson):
    page = handouts.page(lesson)
    assert "By hand" in page and page.count("<li>") >= 3
    if lesson in handouts.TABLES:
        assert 4 <= page.count('<td class="answer"></td>') / 2 <= 10


@pytest.mark.slow
def test_each_page_is_one_sheet(tmp_path):
    import browser

    browser.chromium()
    for path in handouts.write(tmp_path, ["01", "05", "06", "07"]):
        content = path.read_bytes()
        assert content.startswith(b"%PDF") and len(re.findall(rb"/Type\s*/Page\b", content)) == 1
