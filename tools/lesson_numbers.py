"""How long and how plain each lesson is: ``python tools/lesson_numbers.py`` prints the table.

words        of prose, without teacher's notes, references, links and code
lines        of code in sight: cells tagged setup, claims or hide-cell are folded and do not count
plumbing     share of those lines that are descriptions, claims, prints and calls that only show
minutes      words / 130 + lines × 0.06
cells        of code in sight, their median and largest length
figures      pictures stored in the notebook
claims       rows of the stored scorecard
"""

import ast
import re
import statistics
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from stored import FOLDED, NOTEBOOKS

SCORECARD = "application/vnd.course-utils.scorecard+json"
NOTES = r"<details><summary>(<b>)?(Teacher|References).*?</details>"  # other folds hold answers: read
SHOWN = {"print", "plt.show", "display"}


@dataclass(frozen=True)
class Numbers:
    """What is counted in one lesson."""

    name: str
    words: int
    lines: int
    plumbing: float
    minutes: float
    told: int | None  # minutes that the head promises
    cells: int
    median: float
    longest: int
    widest: int  # characters of the longest line of code
    figures: int
    claims: int


def count(source: Path) -> Numbers:
    """Count a lesson from its .py half; pictures and claims from what the notebook stores."""
    cells = jupytext.read(source).cells
    prose = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    code = [cell.source for cell in cells if cell.cell_type == "code" and in_sight(cell) and cell.source.strip()]
    lengths = [len(written(text)) for text in code]
    lines, spoken = sum(lengths), words(prose)
    outputs = [out for cell in stored(source) for out in cell.get("outputs", [])]
    return Numbers(
        name=source.stem,
        words=spoken,
        lines=lines,
        plumbing=sum(map(plumbing, code)) / max(1, lines),
        minutes=spoken / 130 + 0.06 * lines,
        told=promised(prose),
        cells=len(code),
        median=statistics.median(lengths or [0]),
        longest=max(lengths, default=0),
        widest=max((len(line) for text in code for line in text.splitlines()), default=0),
        figures=sum("image/png" in out.get("data", {}) for out in outputs),
        claims=max(
            (len(out["data"][SCORECARD]["claims"]) for out in outputs if SCORECARD in out.get("data", {})), default=0
        ),
    )


def stored(source: Path) -> list:
    """Return the cells of the notebook beside a .py half; none where there is no notebook."""
    target = source.with_suffix(".ipynb")
    return nbformat.read(target, as_version=4).cells if target.exists() else []


def in_sight(cell) -> bool:
    """Say whether a code cell's source is shown, not folded."""
    return not any(FOLDED.get(tag, (False,))[0] for tag in cell.metadata.get("tags", []))


def written(text: str) -> list[str]:
    """Return the lines of a cell that are not blank."""
    return [line for line in text.splitlines() if line.strip()]


def words(prose: str) -> int:
    """Count the words a reader reads: no teacher's notes, code blocks, addresses, tags or table rules."""
    for away in (NOTES, r"```.*?```", r"\[!\[.*?\]\(.*?\)\]\(.*?\)", r"<[^>]+>"):
        prose = re.sub(away, " ", prose, flags=re.S)
    prose = re.sub(r"\]\([^)]*\)", "]", prose)
    return sum(bool(re.search(r"\w", word)) for word in prose.split())


def promised(prose: str) -> int | None:
    """Return the minutes of reading that the head promises: the first number after "**Time:**"."""
    found = re.search(r"\*\*Time:?\*\*:?[^\d\n]*(\d+)", prose)
    return int(found[1]) if found else None


def plumbing(text: str) -> int:
    """Count the lines of a cell that only describe, claim, print or show."""
    text = re.sub(r"^[%!].*$", "", text, flags=re.M)
    lines, counted = text.splitlines(), set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and only_shows(node.value):
            counted |= set(range(node.lineno, node.end_lineno + 1))
        if isinstance(node, ast.keyword) and node.arg == "alt":
            for number in range(node.lineno, node.end_lineno + 1):
                encoded = lines[number - 1].encode()
                begin = node.col_offset if number == node.lineno else 0
                end = node.end_col_offset if number == node.end_lineno else len(encoded)
                if not (encoded[:begin] + encoded[end:]).decode().strip(" ,()"):
                    counted.add(number)
    return sum(bool(lines[number - 1].strip()) for number in counted)


def only_shows(call: ast.expr) -> bool:
    """Say whether a statement claims, prints, or shows what was drawn before."""
    if not isinstance(call, ast.Call):
        return False
    name = ast.unparse(call.func)
    drawn_before = bool(call.args) and isinstance(call.args[0], ast.Name)
    return name in SHOWN or name.startswith("score.") or (name == "plots.show" and drawn_before)


def main() -> None:
    """Print one row a lesson."""
    head = (
        "lesson",
        "words",
        "lines",
        "plumbing",
        "minutes",
        "told",
        "cells",
        "median",
        "longest",
        "figures",
        "claims",
    )
    print(f"{head[0]:28}" + "".join(f"{name:>9}" for name in head[1:]))
    for source in sorted([*NOTEBOOKS.glob("[0-9]*.py"), *(NOTEBOOKS / "further").glob("[0-9]*.py")]):
        n = count(source)
        row = (n.words, n.lines, f"{n.plumbing:.0%}", f"{n.minutes:.0f}", n.told or "–", n.cells, f"{n.median:g}")
        print(f"{n.name:28}" + "".join(f"{cell:>9}" for cell in (*row, n.longest, n.figures, n.claims)))


if __name__ == "__main__":
    main()
