"""Pages for teachers: what `data/teaching.toml` says agrees with lessons, quizzes and teacher's notes."""

import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

from website import front, teachers, teaching  # noqa: E402

LESSONS = front.lessons()
lessons = pytest.mark.parametrize("entry", LESSONS, ids=lambda entry: entry["number"])


def texts(entry) -> list[str]:
    cells = json.loads((front.NOTEBOOKS / f"{entry['file']}.ipynb").read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


@pytest.mark.stored
@lessons
def test_what_is_answered_is_what_the_notes_ask(entry):
    [notes] = [notes for text in texts(entry) for notes in teachers.NOTES.findall(text)]
    asked = re.split(r"\s*\(\d\) ", re.search(r"\*\*To discuss\.\*\*(.+)", notes)[1])[1:]
    told = teachers.answered(notes, entry["number"])
    assert len(told) == len(asked) == 2 and all(told), "two answers, in the notes or in data/teaching.toml"
    if teachers.ANSWERS.search(notes):  # they stand below the questions
        return
    answered = [row["asked"] for row in teaching.of(entry["number"])["discuss"]]
    assert answered == asked, (
        "a question changed: see whether its answer in data/teaching.toml still fits, copy it there"
    )


@pytest.mark.stored
@lessons
def test_each_goal_names_sections_and_each_exercise_and_quiz_question_serves_one(entry):
    served, found = teaching.of(entry["number"])["goals"], teaching.exercises(entry)
    assert len(served) == len(teaching.objectives(entry)), "as many goals as the lesson's head promises"
    for goal in served:
        outside = {number for number in goal["exercises"] if found[number][0] not in [0, *goal["sections"]]}
        assert goal["sections"] and not outside, f"exercises {outside} stand in other sections"
    quiz = json.loads((ROOT / "course_utils" / "widgets" / "quizzes" / f"{entry['number']}.json").read_text())
    assert sorted(number for goal in served for number in goal["exercises"]) == sorted(found)
    assert sorted(number for goal in served for number in goal["quiz"]) == list(range(1, len(quiz) + 1))


@pytest.mark.stored
@lessons
def test_every_exercise_has_a_mark_and_minutes_that_add_up_to_those_of_the_lesson(entry):
    rows, found = teaching.of(entry["number"])["exercises"], teaching.exercises(entry)
    assert list(found) == list(range(1, len(rows) + 1)), "one row for each exercise, in data/teaching.toml"
    assert {hard for hard, _ in rows} <= set(teaching.source()["marks"])
    assert sum(minutes for _, minutes in rows) == entry["exercise"] + entry.get("project", 0)
    page = teaching.marked("\n".join(texts(entry)), entry["number"])
    assert len(re.findall(r"^\*\*Exercise \d+ \([^)]+ · (?:easy|medium|hard), \d+ min\)", page, re.M)) == len(found)


def test_a_mark_stands_behind_the_label_of_its_exercise(monkeypatch):
    entry = {"number": "01", "exercises": [["easy", 3], ["hard", 12]]}
    monkeypatch.setattr(teaching, "source", lambda: {"lesson": [entry]})
    text = "## 1\n\n**Exercise 2 (by hand).** Do (it).\n\nSee **Exercise 1 (code)**.\n\n**Exercise 1 (build C3).** So."
    assert teaching.marked(text, "01") == (
        "## 1\n\n**Exercise 2 (by hand · hard, 12 min).** Do (it).\n\nSee **Exercise 1 (code)**.\n\n"
        "**Exercise 1 (build C3 · easy, 3 min).** So."
    )


@pytest.mark.stored
def test_every_label_of_an_exercise_is_explained():
    known = {word for names in teaching.source()["labels"] for word in names.split(", ")}
    met = {label for entry in LESSONS for _, label in teaching.exercises(entry).values()}
    assert {label for label in met if not any(word in label for word in known)} == set()
    assert all(any(word in label for label in met) for word in known)


def test_exam_and_rubric_are_whole():
    for entry in teaching.source()["lesson"]:
        assert [len(asked["key"]) for asked in entry["exam"]] == [4, 4], entry["number"]
        assert all(25 <= len(row["answer"].split()) <= 90 for row in entry.get("discuss", []))
    assert [len(row["points"]) for row in teaching.source()["rubric"]] == [3, 3, 3, 3]
    page = teaching.exam((front.PAGES / "exam.md").read_text(encoding="utf-8"))
    assert "<!--" not in page and page.count("Key, 4 points") == 20 and "| Honesty |" in page


def test_the_syllabus_has_fourteen_weeks_and_each_lesson_in_its_order():
    taught = [week["lesson"] for week in teaching.source()["week"] if "lesson" in week]
    assert taught == [entry["number"] for entry in LESSONS]
    page = teaching.weeks()
    assert page.count("\n") == 15 and f"up to {LESSONS[0]['exercise']} min" in page
    assert re.search(r"\| 14 \| .+ \|", page)


def test_a_week_without_a_lesson_has_a_plan_that_leaves_five_minutes():
    text = (front.PAGES / "teachers.md").read_text(encoding="utf-8")
    plans = dict(re.findall(r"^- \*\*Week (\d+), .+?\*\*(.+?)(?=^- |^$)", text, re.M | re.S))
    without = [str(place) for place, week in enumerate(teaching.source()["week"], 1) if "class" in week]
    assert list(plans) == without
    for week, plan in plans.items():
        planned = sum(map(int, re.findall(r"\((\d+) min\)", plan)))
        assert planned == 85, week


def test_minutes_of_exercises_are_added_up_by_section(monkeypatch):
    placed = {1: (2, "code"), 2: (2, "count"), 3: (0, "build")}
    monkeypatch.setattr(teaching, "exercises", lambda entry: placed)
    monkeypatch.setattr(teaching, "of", lambda number: {"exercises": [["easy", 3], ["easy", 4], ["hard", 12]]})
    told = teaching.one_by_one({"number": "01"})
    assert "By section: 2: 7 min, at the end: 12 min; together 19 min." in told and told.count("\n| ") == 5


def test_downloads_are_those_that_were_made(tmp_path):
    assert teaching.downloads(tmp_path) == ""
    for name in ("slides/03.html", "handouts/03.pdf", "handouts/04-answers.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    page = teaching.downloads(tmp_path)
    assert re.findall(r'href="_static/kit/([^"]+)"', page) == [
        "slides/03.html",
        "handouts/03.pdf",
        "handouts/04-answers.pdf",
    ]
    assert page.count("\n| ") == len(LESSONS) + 2


def test_a_head_without_goals_is_named(monkeypatch, tmp_path):
    (tmp_path / "01_x.ipynb").write_text('{"cells": [{"cell_type": "markdown", "source": "# 01"}]}')
    monkeypatch.setattr(front, "NOTEBOOKS", tmp_path)
    with pytest.raises(SystemExit, match=r"01_x\.ipynb does not say"):
        teaching.objectives({"file": "01_x"})
