"""What a retold lesson promises: short, plain, and as long as its head says."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import lesson_numbers  # noqa: E402

# Lessons told in the new form; the list grows until it holds all ten.
RETOLD = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10"]
CELL = """import numpy as np

ax = plots.curves(
    {"a": [1]},
    alt=(
        "One line "
        "that rises."
    ),
)
plots.show(ax, alt="x")
plots.show(plots.curves({"b": [2]}), alt="y")
score.equal("a",
            1, 1)
for k in (1,):
    print(k)
"""


@pytest.fixture(scope="module", params=RETOLD)
def lesson(request):
    (source,) = (ROOT / "notebooks").glob(f"{request.param}_*.py")
    return lesson_numbers.count(source)


@pytest.mark.stored
def test_a_retold_lesson_is_short(lesson):
    assert lesson.words <= 3_000 and lesson.lines <= 350, lesson
    assert lesson.cells <= 35 and lesson.median <= 8 and lesson.longest <= 25, lesson
    assert 8 <= lesson.figures <= 14 and 10 <= lesson.claims <= 25, lesson


@pytest.mark.stored
def test_a_retold_lesson_shows_its_idea_and_not_its_plumbing(lesson):
    assert lesson.plumbing <= 0.12 and lesson.widest <= 88, lesson


@pytest.mark.stored
def test_the_minutes_in_a_head_are_honest(lesson):
    assert lesson.told is not None and abs(lesson.told - lesson.minutes) <= 1, lesson


def test_descriptions_claims_prints_and_bare_shows_are_plumbing():
    # alt with its brackets 4, plots.show(ax) 1, score 2, print 1; not the call that draws and shows in one line
    assert lesson_numbers.plumbing(CELL) == 8
    assert lesson_numbers.plumbing("%matplotlib inline\nx = 1\n") == 0


def test_words_are_those_that_are_read():
    head = "# 01 · A title\n[![Open in Colab](a b)](c d)\n[next page](far/away page.ipynb) $x + 1$"
    assert lesson_numbers.words(head) == 7  # 01 A title next page $x 1$
    notes = "<details><summary><b>Teacher's notes</b></summary>\nnot\nread</details>"
    assert lesson_numbers.words(f"a {notes} b <b>c</b>\n```text\nno\n```\n| d | – |") == 4
    assert lesson_numbers.words("<details><summary><b>Compare</b></summary> an answer</details>") == 3


def test_minutes_of_the_head_are_found():
    assert lesson_numbers.promised("**Time:** about 45 minutes of reading, 30 more") == 45
    assert lesson_numbers.promised("no time") is None


def test_folded_cells_do_not_count(tmp_path):
    source = tmp_path / "01_x.py"
    folded = '# %% tags=["setup"]\nimport os\n\n# %% tags=["claims"]\nscore.section()\n\n'
    source.write_text(f"# %% [markdown]\n# **Time:** 3 minutes\n\n{folded}# %%\na = 1\n\nprint(a)\n")
    numbers = lesson_numbers.count(source)
    assert (numbers.lines, numbers.cells, numbers.plumbing, numbers.told) == (2, 1, 0.5, 3)
    assert numbers.minutes == pytest.approx(3 / 130 + 0.12)
