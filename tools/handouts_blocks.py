"""The block of a handout: a lesson's idea as code or a table, with numbered blanks, or with its answers.

One source, `data/teaching.toml`, marks each answer in « »: what is blank and what is the answer cannot disagree.
"""

import html
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).resolve().parents[1] / "data" / "teaching.toml"
BLANK = re.compile(r"«(.+?)»")
ROOM, LETTER = 10, 2.4  # millimetres of a blank: whatever stands there, and for each letter of the answer


class Block(NamedTuple):
    """What a lesson's handout leaves blank; either `code` or `table` has lines."""

    title: str
    given: str  # the names that it takes for granted
    code: str = ""
    table: str = ""  # rows whose cells stand between " | ", the first is the head

    @property
    def text(self) -> str:
        """The lines, their answers marked."""
        return (self.code or self.table).rstrip()

    @property
    def answers(self) -> list[str]:
        """What belongs into the blanks, in order."""
        return BLANK.findall(self.text)

    @property
    def filled(self) -> str:
        """The lines with their answers in place."""
        return BLANK.sub(r"\1", self.text)


def block(lesson: str) -> Block:
    """Return the block of a lesson."""
    lessons = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["lesson"]
    return Block(**next(entry["block"] for entry in lessons if entry["number"] == lesson))


def shown(block: Block, *, answers: bool) -> str:
    """Return a block as HTML: with numbered blanks, or with what belongs there where ``answers``."""
    given = re.sub("`(.+?)`", r"<code>\1</code>", html.escape(block.given, quote=False))
    given += " What computes the same is right, too." if answers and block.code else ""
    left = enumerate(block.answers, start=1)
    text = BLANK.sub(lambda _: _place(*next(left), answers=answers), html.escape(block.text, quote=False))
    title = f"Complete: {html.escape(block.title, quote=False)}"
    inside = _code(text) if block.code else _table(text)
    return f'<h2>{title}</h2><p class="given">{given}</p><div class="block">{inside}</div>'


def _place(number: int, answer: str, *, answers: bool) -> str:
    """Return one answer, or the room to write it down."""
    if answers:
        return f'<b class="answer"><sup>{number}</sup>{html.escape(answer, quote=False)}</b>'
    return f'<span class="blank" style="width: {ROOM + LETTER * len(answer):.0f}mm">{number}</span>'


def _code(text: str) -> str:
    """Return lines of Python as HTML: comments fainter, empty lines low."""
    marked = re.sub(r"  (# .*)$", r'  <span class="comment">\1</span>', text, flags=re.M)
    return f"<pre>{marked}</pre>".replace("\n\n", '<span class="gap"></span>')


def _table(text: str) -> str:
    """Return rows as an HTML table."""
    rows = []
    for line in text.splitlines():
        tag = "td" if rows else "th"
        rows.append("<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in line.split(" | ")) + "</tr>")
    return f"<table>{''.join(rows)}</table>"
