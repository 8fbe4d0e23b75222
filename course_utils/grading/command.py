"""``python -m course_utils grade``: the command."""

import argparse
import sys
from pathlib import Path

from course_utils.grading.limits import Limits, can_cut_the_network
from course_utils.grading.rows import grade
from course_utils.grading.table import as_csv, as_text

LEGEND = "✓ solved, ✗ wrong, ○ not attempted"


def main(arguments: list[str]) -> int:
    """Grade the files named and print the table; return 0, or 2 for wrong usage, before any file is run."""
    parser = argparse.ArgumentParser(
        prog="python -m course_utils grade",
        description="Run handed-in notebooks, each from a fresh kernel and without network, and show which exercises "
        "their checks find solved.",
        epilog=f"{LEGEND}; in OUT 1, 0 and nothing. A file that crashes, hangs or is no notebook is a row that says "
        "so. Ends with 0 when the table was made, with 2 when nothing was run.",
    )
    parser.add_argument("files", nargs="+", help="notebooks, or folders of them")
    parser.add_argument("--csv", type=Path, metavar="OUT", help="write the table for a spreadsheet, too")
    parser.add_argument("--force", action="store_true", help="write over OUT if it exists")
    default = Limits()
    parser.add_argument("--seconds", type=float, default=default.seconds, help="most time a file (%(default)s)")
    parser.add_argument("--memory", type=float, default=default.megabytes, help="most megabytes a file (%(default)s)")
    chosen = parser.parse_args(arguments)
    if chosen.csv and chosen.csv.exists() and not chosen.force:
        print(f"grade: {chosen.csv} exists; choose another name, or --force writes over it", file=sys.stderr)
        return 2
    if chosen.csv and not chosen.csv.parent.is_dir():
        print(f"grade: there is no folder {str(chosen.csv.parent)!r} to write {chosen.csv.name} into", file=sys.stderr)
        return 2
    try:
        limits = Limits(chosen.seconds, chosen.memory)
        if not can_cut_the_network():
            print("grade: this system cannot cut a program's network; Python's sockets are refused instead")
        rows = grade(chosen.files, limits=limits, log=lambda line: print(line, file=sys.stderr, flush=True))
    except ValueError as error:
        print(f"grade: {error}", file=sys.stderr)
        return 2
    print(as_text(rows) + (f"\n\n{LEGEND}" if any(row.verdicts for row in rows) else ""))
    if chosen.csv:
        chosen.csv.write_text(as_csv(rows), encoding="utf-8-sig")  # so that spreadsheets know the signs
        print(f"\nwritten: {chosen.csv}")
    return 0
