"""Where the course keeps its files. Standard library alone, so that every room may import it."""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
WEIGHTS = ROOT / "data" / "weights"
MEASUREMENTS = ROOT / "data" / "measurements"


def downloads() -> Path:
    """Return the folder of downloaded data: ``COURSE_CACHE_DIR`` when set, else ``data/downloads``."""
    chosen = os.environ.get("COURSE_CACHE_DIR")
    return Path(chosen).expanduser() if chosen else ROOT / "data" / "downloads"


def runs() -> Path:
    """Return the folder of unfinished trainings (checkpoints to resume from): ``COURSE_RUNS_DIR`` or ``runs``."""
    chosen = os.environ.get("COURSE_RUNS_DIR")
    return Path(chosen).expanduser() if chosen else ROOT / "runs"


def mirror() -> Path | None:
    """Return the class-room mirror named by ``COURSE_DATA_DIR``, or None when the variable is unset or empty."""
    chosen = os.environ.get("COURSE_DATA_DIR")
    return Path(chosen).expanduser() if chosen else None


def offline() -> bool:
    """Return True when ``COURSE_OFFLINE`` asks for no network access."""
    return os.environ.get("COURSE_OFFLINE", "").strip().lower() not in {"", "0", "false", "no"}
