"""Run a named experiment and store its result: ``python -m course_utils.measure NAME``.

The result, ``data/measurements/NAME.json``, holds every arm and seed with curves and seconds, the checksum of the
data, the versions, the hardware and the date. A lesson draws it and runs a part of it again.
"""

import argparse
import datetime
import json
import os
import platform
import tempfile
from pathlib import Path

from course_utils import paths, runtime
from course_utils.validation import one_of

LIBRARIES = ("tensorflow", "keras", "numpy")


def load(name: str) -> dict:
    """Return a stored measurement.

    Args:
        name: for instance ``"lenet_race"``.

    Returns:
        The content of ``data/measurements/NAME.json``.

    Raises:
        ValueError: no measurement of that name is stored; the message lists those that are.
    """
    stored = sorted(path.stem for path in paths.MEASUREMENTS.glob("*.json"))
    one_of("name", name, stored)
    return json.loads((paths.MEASUREMENTS / f"{name}.json").read_text(encoding="utf-8"))


def environment() -> dict:
    """Return what a number may depend on: date, hardware, versions."""
    return {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d"),
        "hardware": {"device": runtime.device(), "machine": platform.machine(), "system": platform.system()},
        "versions": {"python": platform.python_version()} | {name: runtime.version(name) for name in LIBRARIES},
    }


def store(name: str, result: dict, folder: Path | None = None) -> Path:
    """Write a result; the file is at every moment the old one or the new one, never half."""
    folder = paths.MEASUREMENTS if folder is None else Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"name": name} | environment() | result, indent=1, ensure_ascii=False) + "\n"
    descriptor, unfinished = tempfile.mkstemp(dir=folder, suffix=".part")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(unfinished).chmod(0o644)
        return Path(unfinished).replace(folder / f"{name}.json")
    finally:
        Path(unfinished).unlink(missing_ok=True)


def main(arguments=None) -> None:
    """Read the command line, run the experiment, store it."""
    runtime.import_keras()
    from course_utils import recipes

    parser = argparse.ArgumentParser(prog="python -m course_utils.measure", description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=sorted(recipes.MEASUREMENTS))
    parser.add_argument("--seeds", type=int, nargs="+", help="other seeds than the experiment's own")
    parser.add_argument("--folder", type=Path, help="store the result elsewhere")
    chosen = parser.parse_args(arguments)
    settings = {"seeds": chosen.seeds} if chosen.seeds else {}
    result = recipes.measurement(chosen.name).measure(**settings, log=lambda text: print(text, flush=True))
    if result["data"]["stand_in"] and chosen.folder is None:
        raise SystemExit("measure: the published data could not be had, so nothing was stored (set COURSE_DATA_DIR)")
    print(f"stored {store(chosen.name, result, chosen.folder)}")


if __name__ == "__main__":
    main()
