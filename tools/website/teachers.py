"""The page for teachers: syllabus, downloads, and the plans of all lessons, gathered from the notes at their ends."""

import json
import re

from website import front, teaching

ANSWERS = re.compile(r"^\*Answers\.\* (.+)$", re.M)
NOTES = re.compile(r"<details>\s*<summary><b>Teacher's notes</b></summary>(.*?)</details>", re.S)


def page(text: str) -> str:
    """Return the page: its text with the lessons' notes in place of ``<!-- plans -->``, and so on."""
    made = {"weeks": teaching.weeks, "labels": teaching.labels, "marks": teaching.marks}
    made["downloads"] = lambda: teaching.downloads(front.ROOT / "build")
    made["plans"] = lambda: "\n\n".join(map(plan, front.lessons()))
    for mark, part in made.items():
        text = text.replace(f"<!-- {mark} -->", part())
    return text


def plan(entry: dict) -> str:
    """Return a lesson's title, question, minutes, goals and notes, with the answers to what is discussed.

    Raises:
        SystemExit: the lesson has no teacher's notes.
    """
    path = front.NOTEBOOKS / f"{entry['file']}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    found = [notes[1].strip() for text in texts for notes in NOTES.finditer(text)]
    if not found:
        raise SystemExit(f"site: {path.name} has no teacher's notes")
    head = f"## {entry['number']} · {entry['title']}\n\n*{entry['question']}* [To the lesson]({entry['file']}.ipynb):"
    minutes = f"{entry['read']} minutes to read, {entry['exercise']} to exercise{front.project(entry)}."
    notes = "\n\n".join(found)
    said = teaching.answers(answered(notes, entry["number"]))
    parts = [f"{head} {minutes}", teaching.goals(entry), teaching.one_by_one(entry), ANSWERS.sub("", notes), said]
    return "\n\n".join(parts)


def answered(notes: str, number: str) -> list[str]:
    """Return the answers to what is discussed: those of a lesson's notes, else those of teaching.toml."""
    told = ANSWERS.search(notes)
    return re.split(r"\s*\(\d\) ", f" {told[1]}")[1:] if told else teaching.discussed(number)
