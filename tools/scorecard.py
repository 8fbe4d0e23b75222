"""Collect the lessons' scorecards: published · measured, a short table for the README, a whole one for the site.

    python tools/scorecard.py           # writes between the markers of README.md and site/results.md
    python tools/scorecard.py --check   # fails when one of them is not what the stored notebooks say

What was measured comes from the stored outputs of the notebooks. What papers report stands, with its source, in
``data/published.toml``; each entry names the lesson and the outcome it belongs to, and, when it stands in the README
as well, the words for it there.
"""

import argparse
import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MIME = "application/vnd.course-utils.scorecard+json"
MOST = 20  # rows of the README's table
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
    """Return, for each lesson's number, its title with a link from the site's folder, and its claims."""
    found = {}
    for notebook in sorted((root / "notebooks").glob("[0-9][0-9]*_*.ipynb")):
        first = "".join(json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]["source"])
        title = first.splitlines()[0].partition("·")[2].strip()
        found[notebook.name.partition("_")[0]] = (f"[{title}](../notebooks/{notebook.name})", claims_of(notebook))
    return found


def measured(entry: dict, found: dict) -> str:
    """Return what the lesson measured for an entry of ``published.toml``, as it is shown."""
    lesson, outcome = entry["lesson"], entry["outcome"]
    if lesson not in found:
        raise SystemExit(f"scorecard: data/published.toml names lesson {lesson!r}, which is not there")
    held = {claim["outcome"]: claim["measured"] for claim in found[lesson][1]}
    if outcome not in held:
        raise SystemExit(f"scorecard: lesson {lesson} has no outcome {outcome!r} (data/published.toml names it)")
    return as_shown(held[outcome], entry)


def as_shown(text: str, entry: dict) -> str:
    """Return a measured number in the unit of its entry: "%", or "points" of a difference, turn shares into percent.

    An entry's ``decimals`` say how many of its digits mean something; two, where it says nothing of a share.
    """
    if (unit := entry.get("unit")) in ("%", "points"):
        if abs(float(text)) > 1:
            raise SystemExit(f"scorecard: {entry['outcome']!r} measured {text}: no share, so not to be shown in {unit}")
        return f"{100 * float(text):.{entry.get('decimals', 2)}f} {unit}"
    if "decimals" in entry:
        return f"{float(text):.{entry['decimals']}f}"
    if text.startswith("["):
        return ", ".join(_number(part) for part in text.strip("[]").split(","))
    return text


def _number(text: str) -> str:
    """Return one number of a list with its thousands set apart."""
    value = float(text)
    return f"{value:,.0f}" if value.is_integer() else text.strip()


def short(published: list[dict], found: dict) -> list[str]:
    """Return the README's table: the entries that have words for it."""
    chosen = [entry for entry in published if "readme" in entry]
    if len(chosen) > MOST:
        raise SystemExit(f"scorecard: {len(chosen)} entries have words for the README; at most {MOST} are read")
    rows = [[e["lesson"], e["readme"], e.get("published", ""), measured(e, found)] for e in chosen]
    return table(["lesson", "outcome", "published", "measured here"], rows)


def whole(published: list[dict], found: dict) -> list[str]:
    """Return the table of all published and measured numbers."""
    rows = []
    for entry in published:
        shown = entry.get("shown", entry["outcome"])
        rows.append([entry["lesson"], shown, entry.get("published", ""), measured(entry, found)])
    return table(["lesson", "outcome", "published", "measured here"], rows)


def counted(found: dict, seconds: dict[str, list[int]]) -> list[str]:
    """Return the table that says how many outcomes each lesson asserts and how long its code runs."""
    rows = []
    for number, (title, claims) in found.items():
        reached = f"{sum(claim['passed'] for claim in claims)} of {len(claims)}"
        rows.append([number, title, reached, *map(str, seconds.get(number, ["", ""]))])
    return table(["lesson", "", "outcomes reached", "seconds, bundled data", "seconds, real data"], rows)


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def texts(root: Path = ROOT) -> dict[str, str]:
    """Return what stands between the markers, by file."""
    found = lessons(root)
    published = tomllib.loads((root / "data" / "published.toml").read_text(encoding="utf-8"))["outcome"]
    course = tomllib.loads((root / "data" / "lessons.toml").read_text(encoding="utf-8"))["lesson"]
    seconds = {entry["number"]: entry["seconds"] for entry in course}
    results = [*counted(found, seconds), "", *whole(published, found)]
    files = {"README.md": short(published, found), "site/results.md": results}
    return {name: "\n".join([BEGIN, "", *lines, "", END]) for name, lines in files.items()}


def replaced(page: str, new: str, name: str) -> str:
    """Return a page with the table between its markers."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"scorecard: {name} needs the lines {BEGIN!r} and {END!r}")
    return before + new + after


def main(arguments=None) -> None:
    """Write the tables, or check them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a table is out of date")
    check = parser.parse_args(arguments).check
    for name, new in texts().items():
        path = ROOT / name
        old = path.read_text(encoding="utf-8")
        if check and replaced(old, new, name) != old:
            sys.exit(f"scorecard: {name} is not what the notebooks say; run `make scorecard`")
        if not check:
            path.write_text(replaced(old, new, name), encoding="utf-8")


if __name__ == "__main__":
    main()
