"""Rows → a table to read, or one for a spreadsheet."""

import csv
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from course_utils.grading.rows import Row

SIGNS = {True: "✓", False: "✗", None: "○"}
VALUES = {True: "1", False: "0", None: ""}


def exercises_of(rows: Iterable[Row]) -> list[str]:
    """Return the exercises that any of the rows has: numbers in order, then letters."""
    names = {name for row in rows for name in row.verdicts}
    return sorted(names, key=lambda name: (not name.isdigit(), int(name) if name.isdigit() else 0, name))


def as_text(rows: Sequence[Row]) -> str:
    """Return a table to read: one block a lesson, one line a file, ✓ solved, ✗ wrong, ○ not attempted.

    A folder that all files lie in is not repeated in each line.

    Example:
        >>> print(as_text([Row("anna.ipynb", "01", {"1": True, "2": None})]))
        Lesson 01    1  2   solved
        anna.ipynb   ✓  ○   1 of 2
    """
    blocks = []
    folder = _common([row.file for row in rows])
    for lesson in sorted({row.lesson for row in rows}, key=lambda lesson: (not lesson, lesson)):
        own = [row._replace(file=row.file[len(folder) :]) for row in rows if row.lesson == lesson]
        names = exercises_of(own)
        title = f"Lesson {lesson}" if lesson else "Not graded"
        width = max(len(text) for text in [title, *(row.file for row in own)])
        head = f"{title:<{width}}   {'  '.join(names)}   solved" if names else title
        lines = [head.rstrip()]
        for row in own:
            signs = "  ".join(f"{SIGNS[row.verdicts.get(name)]:<{len(name)}}" for name in names)
            score = f"   {signs}   {row.solved} of {len(names)}" if names else ""
            lines.append(f"{row.file:<{width}}{score}{'   ' + row.note if row.note else ''}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def as_csv(rows: Sequence[Row]) -> str:
    """Return the rows for a spreadsheet: file, lesson, solved, of, note, one column an exercise (1, 0, empty).

    An exercise whose cell was deleted counts like one that was not attempted.
    """
    names = exercises_of(rows)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["file", "lesson", "solved", "of", "note", *(f"exercise {name}" for name in names)])
    for row in rows:
        values = [VALUES[row.verdicts[name]] if name in row.verdicts else "" for name in names]
        known = [_harmless(row.file), row.lesson, row.solved, len(row.verdicts), _harmless(row.note)]
        writer.writerow([*known, *values])
    return out.getvalue()


def _common(files: Sequence[str]) -> str:
    """Return the folder, with the sign behind it, that all of several files lie in, or ""."""
    folders = [str(Path(file).parent) for file in files]
    try:
        shared = os.path.commonpath(folders) if len(files) > 1 else ""
    except ValueError:  # some with their whole address, some without
        return ""
    start = f"{shared.rstrip(os.sep)}{os.sep}" if shared else ""
    return start if all(file.startswith(start) for file in files) else ""


def _harmless(text: str) -> str:
    """Return a text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t" and text else text
