"""The slides of a lesson: one for each cell tagged ``slide``, between a title and the questions to discuss."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import nbformat

from deck import kit, words

TAG = "slide"
FOLDED = {"hide-output", "hide-cell"}
NOTES = re.compile(r"<details>\s*<summary><b>Teacher's notes</b></summary>(.*?)</details>", re.S)
EXHIBIT = "data-explorer"


@dataclass
class Slide:
    """What stands on a slide, as Markdown and stored outputs, and what the speaker reads."""

    title: str
    lines: list[str] = field(default_factory=list)  # Markdown blocks, above what is shown
    outputs: list[dict] = field(default_factory=list)  # figure, table or exhibit
    code: str = ""
    folded: bool = False  # is a prediction asked for first?
    answer: str = ""  # Markdown, after the result
    notes: str = ""  # Markdown


class Untagged(SystemExit):
    """A lesson without tagged cells."""


def slides(
    notebook: nbformat.NotebookNode,
    name: str,
    question: str,
    answers: Sequence[str] = (),
    told: Sequence[Mapping[str, str]] = (),
) -> list[Slide]:
    """Return the slides of a lesson.

    Args:
        notebook: the stored lesson.
        name: what messages call it.
        question: the lesson's question, for the title slide.
        answers: those to the questions to discuss, for the speaker.
        told: what slides say besides, see `kit.of`.

    Raises:
        Untagged: no cell has the tag ``slide``.
    """
    cells = notebook.cells
    places = [place for place, cell in enumerate(cells) if TAG in cell.metadata.get("tags", [])]
    if not places:
        raise Untagged(f'slides: {name} has no cell tagged "{TAG}"; CONTRIBUTING.md, "Slides", says which to tag')
    plan = teachers(cells)
    story = _paragraphs(plan, "The story", "One lesson", "To skip")
    first = Slide(words.heading(cells[0].source), [question], notes=story)
    deck, asked = [first], set()
    for place, follows in zip(places, [*places[1:], len(cells)], strict=True):
        kind = _text if cells[place].cell_type == "markdown" else _code
        made = _told(kind(cells, place, follows, asked), kit.beside(cells[place].source, told))
        if not (made.lines or made.outputs or made.code):
            raise SystemExit(f"slides: {name}: nothing to show in the tagged cell {cells[place].source[:60]!r}")
        deck.append(made)
    discuss = re.split(r"\s*\(\d\) ", _paragraphs(plan, "To discuss").partition("**To discuss.**")[2])[1:]
    listed = "\n".join(f"{number}. {text}" for number, text in enumerate(discuss, 1))
    spoken = [f"**{asked}**\n\n{answer}" for asked, answer in zip(discuss, answers, strict=False)]
    return [*deck, Slide("To discuss", [listed], notes="\n\n".join([*spoken, _paragraphs(plan, "Listen for")]))]


def _told(made: Slide, entry: Mapping[str, str]) -> Slide:
    """Return a slide with the line that stands above what it shows, and with the answer in place of its own."""
    line = [kit.sentence(entry["line"])] if "line" in entry else []
    made.lines = line + made.lines
    made.answer = entry.get("answer", made.answer)
    return made


def teachers(cells: list) -> str:
    """Return a lesson's notes for teachers, as Markdown."""
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    return "\n".join(found[1] for text in texts for found in NOTES.finditer(text))


def _paragraphs(plan: str, *begins: str) -> str:
    return "\n\n".join(block for block in words.blocks(plan) if block.startswith(tuple(f"**{word}" for word in begins)))


def _text(cells: list, place: int, follows: int, asked: set[str]) -> Slide:
    """Return the slide of a text cell: what is bold, its formulas, tables and lists."""
    text = cells[place].source
    part = words.part(text)
    lines = words.shown(part)
    if follows < len(cells) and _above(cells, follows) == text:  # the next slide asks it
        lines = [line for line in lines if line != words.question(text)]
    asked |= set(lines)
    beginning = text.lstrip().startswith("<details>")  # the answer to the cell above
    folds = words.FOLD.findall(text) if not beginning and "Teacher's notes" not in text else []
    said = words.answer(folds[-1][1]) if folds else ""
    title = words.heading(part) or _title(cells, place - 1)
    return Slide(title, lines, answer=said, notes=words.notes(part if title == "Recap" else text, lines))


def _code(cells: list, place: int, follows: int, asked: set[str]) -> Slide:
    """Return the slide of a code cell: the question above it, its figure, table or exhibit, the answer below it."""
    cell = cells[place]
    above = _above(cells, place)
    question = words.question(above)
    lines = [question] if question and question not in asked else []
    asked |= set(lines)
    folded = bool(FOLDED & set(cell.metadata.get("tags", [])))
    found = picked(cell.get("outputs", []))
    below = _fold_below(cells[place + 1 : follows + 1]) if folded or lines else ""
    code = "" if found else cell.source
    spoken = words.notes(above, lines) + (f"\n\n*Answer:* {words.notes(below, [])}" if below else "")
    return Slide(_title(cells, place), lines, found, code, folded and bool(found), words.answer(below), spoken)


def _above(cells: list, place: int) -> str:
    """Return the text that stands above a code cell."""
    return next((cells[i].source for i in range(place - 1, 0, -1) if cells[i].cell_type == "markdown"), "")


def _title(cells: list, place: int) -> str:
    """Return the heading that a cell stands under."""
    texts = (cells[i].source for i in range(place, -1, -1) if cells[i].cell_type == "markdown")
    return next(filter(None, map(words.heading, texts)), "")


def _fold_below(below: list) -> str:
    """Return the folded answer that belongs to a cell: the first one in the cells below, before more is asked."""
    for cell in below:
        if cell.cell_type != "markdown":
            continue
        text = cell.source.lstrip()
        if text.startswith("<details>"):
            return words.FOLD.findall(text)[0][1].strip()
        inside = words.FOLD.findall(text)
        if inside and not words.question(text):
            return inside[0][1].strip()
        if words.heading(text) or words.question(text):
            return ""
    return ""


def picked(outputs: list) -> list[dict]:
    """Return what of a cell's outputs is projected: its exhibit, else its figure, else its table, else its text."""
    data = [output.data | {"described": output.get("metadata", {})} for output in outputs if "data" in output]
    for kind in (_is_exhibit, pictured, _is_table):
        if chosen := [one for one in data if kind(one)]:
            return chosen[:1]
    streams = ["".join(output.text).strip() for output in outputs if output.output_type == "stream"]
    texts = [one["text/plain"] for one in data if "text/plain" in one and "text/html" not in one]
    joined = "\n".join(filter(None, [*streams, *texts])).strip("'")
    return [{"text/plain": joined}] if joined else []


def _is_exhibit(data: dict) -> bool:
    return EXHIBIT in "".join(data.get("text/html", "")) and "<script>" in "".join(data["text/html"])


def pictured(data: dict) -> bool:
    """Say whether what is projected is a figure."""
    return "image/png" in data and not _is_exhibit(data)


def _is_table(data: dict) -> bool:
    return "<table" in "".join(data.get("text/html", ""))
