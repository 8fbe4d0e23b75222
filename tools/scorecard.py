"""Collect the lessons' scorecards into the README: published · notes · measured. ``make scorecard``.

    python tools/scorecard.py           # writes the tables between the README's two markers
    python tools/scorecard.py --check   # fails when the README is not what the stored notebooks say

What was measured comes from the stored outputs of the notebooks. What papers and the notes report stands, with its
source, in ``data/published.toml``; each entry names the lesson and the outcome it belongs to.
"""

import argparse
import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MIME = "application/vnd.course-utils.scorecard+json"
BEGIN, END = "<!-- scorecard: begin, written by make scorecard -->", "<!-- scorecard: end -->"


def claims_of(notebook: Path) -> list[dict]:
    """Return the claims of the scorecard that a lesson stores last."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    found = [
        output["data"][MIME]["claims"]
        for cell in cells
        for output in cell.get("outputs", [])
        if MIME in output.get("data", {})
    ]
    if not found:
        raise SystemExit(f"scorecard: {notebook.name} stores no scorecard; run `make notebooks` for it")
    return found[-1]


def lessons(root: Path = ROOT) -> dict[str, tuple[str, list[dict]]]:
    """Return, for each lesson's number, its title and its claims."""
    found = {}
    for notebook in sorted((root / "notebooks").glob("[0-9][0-9]*_*.ipynb")):
        first = "".join(json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]["source"])
        title = first.splitlines()[0].partition("·")[2].strip()
        found[notebook.name.partition("_")[0]] = (f"[{title}](notebooks/{notebook.name})", claims_of(notebook))
    return found


def compared(published: list[dict], found: dict) -> list[str]:
    """Return the rows of the table of published, noted and measured numbers."""
    rows = ["| lesson | outcome | published | notes | measured here |", "|---|---|---|---|---|"]
    for entry in published:
        lesson, outcome = entry["lesson"], entry["outcome"]
        if lesson not in found:
            raise SystemExit(f"scorecard: data/published.toml names lesson {lesson!r}, which is not there")
        measured = {claim["outcome"]: claim["measured"] for claim in found[lesson][1]}
        if outcome not in measured:
            raise SystemExit(f"scorecard: lesson {lesson} has no outcome {outcome!r} (data/published.toml names it)")
        shown = entry.get("shown", outcome)
        cells = [lesson, shown, entry.get("published", ""), entry.get("notes", ""), as_shown(measured[outcome], entry)]
        rows.append("| " + " | ".join(cells) + " |")
    return rows


def as_shown(measured: str, entry: dict) -> str:
    """Return a measured number in the unit of its entry: "%", or "points" of a difference, turn shares into percent."""
    unit = entry.get("unit")
    return f"{100 * float(measured):.2f} {unit}" if unit in ("%", "points") else measured


def counted(found: dict) -> list[str]:
    """Return the rows that say how many outcomes each lesson asserts."""
    rows = ["| lesson | | outcomes asserted | reached |", "|---|---|---|---|"]
    for number, (title, claims) in found.items():
        rows.append(f"| {number} | {title} | {len(claims)} | {sum(claim['passed'] for claim in claims)} |")
    return rows


def text(root: Path = ROOT) -> str:
    """Return what stands between the markers."""
    found = lessons(root)
    published = tomllib.loads((root / "data" / "published.toml").read_text(encoding="utf-8"))["outcome"]
    return "\n".join([BEGIN, "", *compared(published, found), "", *counted(found), "", END])


def replaced(readme: str, table: str) -> str:
    """Return the README with the table between its markers."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"scorecard: README.md needs the lines {BEGIN!r} and {END!r}")
    return before + table + after


def main(arguments=None) -> None:
    """Write the README's tables, or check them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail when the README is out of date")
    check = parser.parse_args(arguments).check
    path = ROOT / "README.md"
    old = path.read_text(encoding="utf-8")
    new = replaced(old, text())
    if check and old != new:
        sys.exit("scorecard: README.md is not what the notebooks say; run `make scorecard`")
    if not check:
        path.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
