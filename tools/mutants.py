"""Would the tests notice? Plant the faults of ``tools/mutants.toml`` and see who finds them: ``make mutants``.

    python tools/mutants.py                            # each fault against its unit tests
    python tools/mutants.py --lessons                  # and against its lesson
    python tools/mutants.py course_utils/models layers # those whose file or kind begins so
    python tools/mutants.py --limit 20                 # twenty more; what was tried is not tried again
    python tools/mutants.py --table                    # what is known so far

The faults go into a copy of the last commit (a git worktree in a temporary folder); your files are not touched. A
fault that was tried is tried again when its file, its tests or its lesson change. Numbers: ``build/mutants.json``,
table: ``build/mutants.txt``. Returns 1 when a fault survives that [explained] does not explain.
"""

import argparse
import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "build" / "mutants.json"
PATIENCE = 900  # seconds; a fault that makes a test hang is found
MARKS = "not slow and not stored"


class Fault(NamedTuple):
    """One line of the table."""

    path: str
    kind: str
    what: str
    before: str
    after: str
    tests: tuple[str, ...]
    lesson: str

    @property
    def name(self) -> str:
        """Return what the results call it."""
        return f"{self.path}: {self.what}"


def faults() -> tuple[list[Fault], dict[str, str]]:
    """Return the planted faults and, by name, why some need not be found."""
    table = tomllib.loads((ROOT / "tools" / "mutants.toml").read_text(encoding="utf-8"))
    found = [
        Fault(part["path"], part["kind"], *line, tests=tuple(part["tests"]), lesson=part["lesson"])
        for part in table["file"]
        for line in part["faults"]
    ]
    return found, table.get("explained", {})


def planted(text: str, fault: Fault) -> str:
    """Return the file's text with the fault in it.

    Raises:
        SystemExit: the text to be replaced does not stand there once, or the result is no Python.
    """
    if text.count(fault.before) != 1:
        raise SystemExit(f"mutants: {fault.name}: {fault.before!r} stands {text.count(fault.before)} times in the file")
    changed = text.replace(fault.before, fault.after)
    try:
        compile(changed, fault.path, "exec")
    except SyntaxError as error:
        raise SystemExit(f"mutants: {fault.name}: not Python any more, {error}") from None
    return changed


def notebook(root: Path, lesson: str) -> Path:
    """Return the notebook whose path below ``notebooks/`` begins with ``lesson``."""
    [path] = sorted((root / "notebooks").glob(f"{lesson}_*.ipynb"))
    return path


def stamp(root: Path, fault: Fault, part: str) -> str:
    """Return what the outcome hangs on: the file, the fault, the tests or the lesson."""
    read = [root / "tests" / f"{test}.py" for test in fault.tests] if part == "unit" else [notebook(root, fault.lesson)]
    digest = hashlib.sha256(repr((fault.before, fault.after)).encode())
    for path in [root / fault.path, *read]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def found_by(root: Path, fault: Fault, part: str) -> bool:
    """Return whether the tests, or the lesson, fail in the copy as it is now."""
    if part == "unit":
        what = ["-x", "-m", MARKS, *(f"tests/{test}.py" for test in fault.tests)]
    else:
        what = ["-x", "--nbval", str(notebook(root, fault.lesson).relative_to(root))]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *what]
    own = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", "COURSE_PROFILE": "quick"}
    try:
        done = subprocess.run(command, cwd=root, env=own, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return True
    if done.returncode not in (0, 1, 2):  # 2: a file of tests can no longer be imported
        raise SystemExit(f"mutants: pytest ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode != 0


@contextlib.contextmanager
def copy() -> Iterator[Path]:
    """Give a copy of the last commit, which is removed in the end."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        place = Path(folder) / "course"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(place), "HEAD"], check=True)
        try:
            yield place
        finally:
            subprocess.run([*git, "remove", "--force", str(place)], check=True)


def tried(root: Path, chosen: list[Fault], known: dict, part: str, limit: int, keep: Callable[[dict], None]) -> dict:
    """Try the faults that were not tried yet, at most ``limit``; ``keep`` stores after each."""
    sound: dict = {}
    for number, fault in enumerate(chosen, start=1):
        mark = stamp(root, fault, part)
        entry = known.setdefault(fault.name, {"kind": fault.kind})
        if entry.get(part, {}).get("stamp") == mark or limit <= 0:
            continue
        by = fault.tests if part == "unit" else fault.lesson
        if by not in sound:
            sound[by] = not found_by(root, fault, part)
        if not sound[by]:
            print(f"{by} fails without any fault; its faults are left out", flush=True)
            continue
        file = root / fault.path
        text = file.read_text(encoding="utf-8")
        file.write_text(planted(text, fault), encoding="utf-8")
        try:
            found = found_by(root, fault, part)
        finally:
            file.write_text(text, encoding="utf-8")
        entry[part] = {"found": found, "stamp": mark, "by": by}
        limit -= 1
        keep(known)
        print(f"{number:4} {part:<6} {'found' if found else 'SURVIVES':<9} {fault.name}", flush=True)
    return known


def table(all_faults: list[Fault], explained: dict, known: dict) -> str:
    """Return the summary by kind and the survivors."""
    lines = [f"{'':<12} {'faults':>6} {'tried':>6} {'unit':>6} {'lesson':>7} {'found':>6}"]
    survivors = []
    kinds = sorted({fault.kind for fault in all_faults})
    for kind in [*kinds, "all"]:
        own = [fault for fault in all_faults if kind in (fault.kind, "all")]
        outcomes = [known.get(fault.name, {}) for fault in own]
        seen = [{part: o[part]["found"] for part in ("unit", "lesson") if part in o} for o in outcomes]
        counts = [sum(o.get(part, False) for o in seen) for part in ("unit", "lesson")]
        counts.append(sum(any(o.values()) for o in seen))
        lines.append(f"{kind:<12} {len(own):6} {sum(map(bool, seen)):6} {counts[0]:6} {counts[1]:7} {counts[2]:6}")
    for fault in all_faults:
        entry = known.get(fault.name, {})
        results = [entry[part]["found"] for part in ("unit", "lesson") if part in entry]
        if results and not any(results):
            survivors.append(f"  {fault.name}: {explained.get(fault.name, 'NOT EXPLAINED')}")
    return "\n".join([*lines, "", "survivors:" if survivors else "no survivors", *survivors]) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Try the chosen faults and write what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="beginnings of files or kinds; all without any")
    parser.add_argument("--lessons", action="store_true", help="try the lessons, too")
    parser.add_argument("--limit", type=int, default=10**9, help="try so many and stop")
    parser.add_argument("--table", action="store_true", help="try nothing, show the table")
    asked = parser.parse_args(arguments)
    every, explained = faults()
    names = tuple(asked.names) or ("",)
    chosen = [fault for fault in every if fault.path.startswith(names) or fault.kind.startswith(names)]
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    known = {fault.name: known[fault.name] for fault in every if fault.name in known}

    def keep(results: dict) -> None:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        RESULTS.with_suffix(".txt").write_text(table(every, explained, results), encoding="utf-8")

    if not asked.table:
        signal.signal(signal.SIGTERM, lambda *given: sys.exit(143))  # the copy is removed then, too
        with copy() as root:
            for part in ["unit", *(["lesson"] if asked.lessons else [])]:
                known = tried(root, chosen, known, part, asked.limit, keep)
    told = table(every, explained, known)
    print(told)
    return int("NOT EXPLAINED" in told)


if __name__ == "__main__":
    sys.exit(main())
