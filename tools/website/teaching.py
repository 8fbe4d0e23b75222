"""What `data/teaching.toml` holds, as parts of the pages for teachers: goals, exercises, answers, weeks, exam."""

import functools
import json
import re
import tomllib
from pathlib import Path

from website import front

SOURCE = front.ROOT / "data" / "teaching.toml"
GOALS = re.compile(r"\*\*You will be able to\*\*\n((?:- .*\n?)+)")
EXERCISE = re.compile(r"^(\*\*Exercise (\d+) \()([^)]+)(?=\))", re.M)
KIT = Path("_static") / "kit"  # in the built site: what `make slides` and `make handouts` made
MADE = {"slides": "{}.html", "handouts": "{}.pdf", "answers": "{}-answers.pdf"}


@functools.cache
def source() -> dict:
    """Return the file's entries."""
    return tomllib.loads(SOURCE.read_text(encoding="utf-8"))


def of(number: str) -> dict:
    """Return the entry of a lesson."""
    return next(entry for entry in source()["lesson"] if entry["number"] == number)


def table(heads: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows))


def objectives(entry: dict) -> list[str]:
    """Return what a lesson promises its reader to be able to do.

    Raises:
        SystemExit: its head has no such list.
    """
    path = front.NOTEBOOKS / f"{entry['file']}.ipynb"
    head = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    found = GOALS.search(head)
    if not found:
        raise SystemExit(f"site: {path.name} does not say what one will be able to do")
    return [line.removeprefix("- ").rstrip(";.") for line in found[1].strip().splitlines()]


def goals(entry: dict) -> str:
    """Return a lesson's goals with the sections, exercises and quiz questions that serve them, as a table."""
    served = of(entry["number"])["goals"]
    rows = [
        [text, *(", ".join(map(str, sorted(goal[kind]))) or "–" for kind in ("sections", "exercises", "quiz"))]
        for text, goal in zip(objectives(entry), served, strict=True)
    ]
    return table(["goal: to …", "sections", "exercises", "quiz"], rows)


def exercises(entry: dict) -> dict[int, tuple[int, str]]:
    """Return the section, 0 in one without a number, and the label of each exercise of a lesson."""
    cells = json.loads((front.NOTEBOOKS / f"{entry['file']}.ipynb").read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    found = {}
    for part in re.split(r"^(?=## )", text, flags=re.M):
        section = int((re.match(r"## (\d+)", part) or [0, 0])[1])
        found |= {int(number): (section, label) for _, number, label in EXERCISE.findall(part)}
    return found


def marked(text: str, number: str) -> str:
    """Return the text of a lesson's cell with the mark and the minutes of each exercise behind its label."""

    def mark(found: re.Match) -> str:
        hard, minutes = of(number)["exercises"][int(found[2]) - 1]
        return f"{found[1]}{found[3]} · {hard}, {minutes} min"

    return EXERCISE.sub(mark, text)


def one_by_one(entry: dict) -> str:
    """Return a lesson's exercises with section, label, mark and minutes, and the minutes of each section, folded."""
    marks, placed = of(entry["number"])["exercises"], sorted(exercises(entry).items())
    rows = [
        [str(number), label, f"{section or '–'}", *map(str, marks[number - 1])] for number, (section, label) in placed
    ]
    total: dict[int, int] = {}
    for number, (section, _) in placed:
        total[section] = total.get(section, 0) + marks[number - 1][1]
    sums = ", ".join(f"{section or 'at the end'}: {minutes} min" for section, minutes in total.items())
    told = f"By section: {sums}; together {sum(total.values())} min."
    return folded(
        "Exercises, one by one", f"{table(['exercise', 'kind', 'section', 'mark', 'minutes'], rows)}\n\n{told}"
    )


def discussed(number: str) -> list[str]:
    """Return the answers to a lesson's questions to discuss, as far as they stand here and not in its notes."""
    return [row["answer"] for row in of(number).get("discuss", [])]


def answers(told: list[str]) -> str:
    """Return answers, folded."""
    lines = [f"{place}. {text}" for place, text in enumerate(told, 1)]
    return folded("Answers to “To discuss”", "\n".join(lines))


def folded(title: str, text: str) -> str:
    """Return a fold."""
    return f"<details><summary><b>{title}</b></summary>\n\n{text}\n\n</details>"


def weeks() -> str:
    """Return the syllabus as a table; a lesson's minutes for exercises are its own."""
    lessons, rows = {entry["number"]: entry for entry in front.lessons()}, []
    for place, week in enumerate(source()["week"], 1):
        taught, home = week.get("class", ""), week.get("home", "")
        if entry := lessons.get(week.get("lesson", "")):
            taught = f"[{entry['number']} · {entry['title']}]({entry['file']}.ipynb)"
            home = "; ".join(filter(None, [f"exercises, up to {entry['exercise']} min", home]))
        rows.append([str(place), taught, week.get("before", ""), home])
    return table(["week", "in class (90 min)", "before", "at home"], rows)


def labels() -> str:
    """Return what the labels of exercises mean, as a list."""
    return listed(source()["labels"])


def marks() -> str:
    """Return what the marks of exercises mean, as a list."""
    return listed(source()["marks"])


def listed(meanings: dict[str, str]) -> str:
    """Return words and what they mean as a list."""
    return "\n".join(f"- *{names}*: {meaning}" for names, meaning in meanings.items())


def downloads(folder: Path) -> str:
    """Return the table of decks and handouts that were made for this site, or nothing where none were.

    Args:
        folder: holds ``slides`` and ``handouts``, as far as they were made.
    """
    there = {kind: {path.name for path in (folder / kind).glob("*.*")} for kind in ("slides", "handouts")}
    there["answers"] = there["handouts"]
    if not any(there.values()):
        return ""
    rows = []
    for entry in front.lessons():
        row = [f"{entry['number']} · {entry['title']}"]
        for kind, form in MADE.items():
            name = form.format(entry["number"])
            place = (KIT / ("slides" if kind == "slides" else "handouts") / name).as_posix()
            word = "deck" if kind == "slides" else "PDF"
            row.append(f'<a href="{place}">{word}</a>' if name in there[kind] else "")
        rows.append(row)
    return "To download:\n\n" + table(["lesson", "slides", "handout", "answers"], rows)


def exam(text: str) -> str:
    """Return the page of the exam, with rubric and open questions in place of their marks."""
    parts = []
    for entry in front.lessons():
        parts.append(f"## {entry['number']} · {entry['title']}")
        for asked in of(entry["number"])["exam"]:
            key = "\n".join(f"- {point}" for point in asked["key"])
            parts += [asked["question"], folded(f"Key, {len(asked['key'])} points", key)]
    rows = [[row["name"], *row["points"]] for row in source()["rubric"]]
    rubric = table(["", "one point", "one more", "one more"], rows)
    return text.replace("<!-- rubric -->", rubric).replace("<!-- exam -->", "\n\n".join(parts))
