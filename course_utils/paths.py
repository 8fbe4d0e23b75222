"""Where the course keeps its files. Standard library alone, so that every package may import it."""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
WEIGHTS = ROOT / "data" / "weights"
MEASUREMENTS = ROOT / "data" / "measurements"


def downloads() -> Path:
    """Return the folder of downloaded data: ``COURSE_CACHE_DIR`` when set, else ``data/downloads``."""
    return _named_by("COURSE_CACHE_DIR") or ROOT / "data" / "downloads"


def runs() -> Path:
    """Return the folder of unfinished trainings (checkpoints to resume from): ``COURSE_RUNS_DIR`` or ``runs``."""
    return _named_by("COURSE_RUNS_DIR") or ROOT / "runs"


def mirror() -> Path | None:
    """Return the class-room mirror named by ``COURSE_DATA_DIR``, or None when the variable is unset or empty."""
    return _named_by("COURSE_DATA_DIR")


def offline() -> bool:
    """Return True when ``COURSE_OFFLINE`` asks for no network access."""
    return os.environ.get("COURSE_OFFLINE", "").strip().lower() not in {"", "0", "false", "no"}


def expanded(path: str | Path) -> Path:
    """Return a path with ``~`` replaced by the home folder; left as it is where there is no such user."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def _named_by(variable: str) -> Path | None:
    """Return the folder that an environment variable names, or None."""
    chosen = os.environ.get(variable)
    return expanded(chosen) if chosen else None
