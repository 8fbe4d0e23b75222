"""Compare two files of ``tools/bench.py --json``: ``make bench-compare OLD=before.json NEW=after.json``.

    python tools/bench_compare.py OLD NEW --worse 1.3

Returns 1 when something is worse by more than the factor (ratios wander by about a tenth, wall times on a machine
that does other things by much more), 0 else.
"""

import argparse
import json
import sys
from pathlib import Path


def compared(old: list[dict], new: list[dict]) -> list[tuple[str, dict | None, dict | None, float]]:
    """Return (what, old, new, factor) of everything in either; a factor over 1 is better, 1 where one is missing."""
    before, after = ({entry["what"]: entry for entry in entries} for entries in (old, new))
    rows = []
    for what in before | after:
        a, b = before.get(what), after.get(what)
        factor = 1.0
        if a and b and a["value"] > 0 and b["value"] > 0:
            factor = b["value"] / a["value"] if b["better"] == "more" else a["value"] / b["value"]
        rows.append((what, a, b, factor))
    return rows


def told(what: str, old: dict | None, new: dict | None, factor: float, worse: float) -> str:
    """Return one line of the table."""
    values = [f"{entry['value']:9.1f} {entry['unit']:<2}" if entry else f"{'–':>9}   " for entry in (old, new)]
    verdict = "" if old and new else "only in the " + ("old" if old else "new") + " file"
    if factor < 1 / worse:
        verdict = "WORSE"
    elif factor > worse:
        verdict = "better"
    return f"{what:<66} {values[0]} → {values[1]} {factor:6.2f}  {verdict}".rstrip()


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return 1 when something is worse by more than the factor."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--worse", type=float, default=1.3, help="the factor that counts (default 1.3)")
    asked = parser.parse_args(arguments)
    old, new = (json.loads(path.read_text(encoding="utf-8")) for path in (asked.old, asked.new))
    for name in ("device", "versions"):
        if old[name] != new[name]:
            print(f"{name}: {old[name]} → {new[name]}")
    rows = compared(old["results"], new["results"])
    for row in rows:
        print(told(*row, asked.worse))
    return int(any(factor < 1 / asked.worse for *_, factor in rows))


if __name__ == "__main__":
    sys.exit(main())
