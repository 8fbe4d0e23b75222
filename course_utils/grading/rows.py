"""One handed-in notebook → one row."""

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from course_utils.checks.own import EXERCISES
from course_utils.grading.limits import Limits, run_limited

LESSON = re.compile(r"""(?:runtime\.start\(\s*lesson\s*=|Scorecard\()\s*["'](\d{1,2})[ab]?["']""")
FURTHER = re.compile(r"""Scorecard\(\s*["']\d{1,2},? further""")


class Row(NamedTuple):
    """What is known of one file.

    Args:
        file: as it was given.
        lesson: two digits, "" where it cannot be told.
        verdicts: by the exercise's number: True, False, or None (not attempted).
        note: what went wrong, "" if nothing did.
    """

    file: str
    lesson: str
    verdicts: dict[str, bool | None]
    note: str = ""

    @property
    def solved(self) -> int:
        """Return the number of exercises whose check said yes."""
        return sum(verdict is True for verdict in self.verdicts.values())


def notebooks_of(names: Iterable[str | Path]) -> list[Path]:
    """Return the files named, and for a folder the notebooks in it and below, in order of their names.

    Raises:
        ValueError: a name that does not exist, or a folder without a notebook.
    """
    found: list[Path] = []
    for name in names:
        path = Path(name)
        if not path.exists():
            raise ValueError(f"there is no file or folder {str(path)!r}")
        inside = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
        inside = [file for file in inside if ".ipynb_checkpoints" not in file.parts]
        if not inside:
            raise ValueError(f"the folder {str(path)!r} holds no notebook (*.ipynb)")
        found += inside
    return list(dict.fromkeys(found))


def grade(
    files: Iterable[str | Path], *, limits: Limits | None = None, log: Callable[[str], object] = lambda line: None
) -> list[Row]:
    """Run notebooks one after the other and return a row for each.

    Args:
        files: notebooks, or folders of them.
        limits: of each file; ten minutes and 6,000 MB when None.
        log: called with one line a file.

    Returns:
        The rows, in the order of the files; after Ctrl-C those of the files that were graded.

    Raises:
        ValueError: see `notebooks_of`; limits that are not positive.

    Example:
        >>> grade(["handed_in/"])  # doctest: +SKIP
    """
    limits = limits or Limits()
    for name, value in limits._asdict().items():
        if not value > 0:
            raise ValueError(f"{name} must be greater than 0; received {value!r}.")
    rows: list[Row] = []
    files = list(files)
    paths, kept = notebooks_of(files), _folders(files)
    try:
        for place, path in enumerate(paths, 1):
            row = _row(path, limits, kept)
            rows.append(row)
            solved = f"{row.solved} of {len(row.verdicts)}" if row.lesson else "not graded"
            log(f"[{place}/{len(paths)}] {path}: {solved}{'; ' if row.note else ''}{row.note}")
    except KeyboardInterrupt:
        log(f"stopped by you: {len(rows)} of {len(paths)} files are graded")
    return rows


def _folders(names: Iterable[str | Path]) -> list[Path]:
    """Return the folders of handed-in work that a notebook has no need to write into."""
    needed = (Path.home().resolve(), Path(tempfile.gettempdir()).resolve())
    found = [path if path.is_dir() else path.parent for path in (Path(name).resolve() for name in names)]
    return [path for path in dict.fromkeys(found) if not any(one.is_relative_to(path) for one in needed)]


def _row(path: Path, limits: Limits, kept: Sequence[Path] = ()) -> Row:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    except (OSError, ValueError, KeyError, TypeError):
        return Row(str(path), "", {}, "not a notebook")
    lesson = LESSON.search(code)
    if lesson is None:
        return Row(str(path), "", {}, "no lesson of the course: no runtime.start(lesson=…) in it")
    with tempfile.TemporaryDirectory(prefix="grade-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        copy = shutil.copyfile(path, place / "handed_in.ipynb")
        command = [sys.executable, "-m", "course_utils.grading.child", str(copy), folder]
        stopped = run_limited(command, limits=limits, environment=_environment(place), folder=place, kept=kept)
        given, errors = (_read(place / f"{name}.json") for name in ("verdicts", "errors"))
    number = lesson[1].zfill(2)
    count = 0 if FURTHER.search(code) else EXERCISES.get(number, 0)  # a deleted exercise is one not attempted
    verdicts: dict[str, bool | None] = dict.fromkeys(map(str, range(1, count + 1)))
    verdicts |= {name: passed for name, (passed, _) in (given or {}).items() if name in verdicts or not count}
    return Row(str(path), number, verdicts, stopped or "; ".join((errors or [])[:1]))


def _environment(place: Path) -> dict[str, str]:
    """Return the variables of a graded notebook: offline, the quick profile, this package, no way to where we are."""
    package = str(Path(__file__).resolve().parents[2])
    where = {"PYTHONPATH": package, "PYTHONNOUSERSITE": "1", "PWD": str(place), "OLDPWD": str(place)}
    return {"COURSE_OFFLINE": "1", "COURSE_PROFILE": "quick", **where}


def _read(path: Path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
