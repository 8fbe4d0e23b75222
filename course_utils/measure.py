"""Run a named experiment and store its result: ``python -m course_utils.measure NAME``.

The result, ``data/measurements/NAME.json``, holds every variant and seed with curves and seconds, the checksum of the
data, the versions, the hardware and the date. A stopped experiment goes on after its last finished run when the same
command is given again. A lesson draws the result and runs a part of it again.
"""

import argparse
import json
import sys
from pathlib import Path

from course_utils import files, paths, runtime
from course_utils.validation import one_of


def load(name: str) -> dict:
    """Return a stored measurement.

    Args:
        name: for instance ``"lenet_race"``.

    Returns:
        The content of ``data/measurements/NAME.json``; the settings of its variants are called ``arms``.

    Raises:
        ValueError: no measurement of that name is stored; the message lists those that are.
    """
    stored = sorted(path.stem for path in paths.MEASUREMENTS.glob("*.json"))
    one_of("name", name, stored)
    return json.loads((paths.MEASUREMENTS / f"{name}.json").read_text(encoding="utf-8"))


def store(name: str, result: dict, folder: Path | None = None) -> Path:
    """Write a result; the file is at every moment the old one or the new one, never half."""
    folder = paths.MEASUREMENTS if folder is None else Path(folder)
    return files.write_text(folder / f"{name}.json", json.dumps(result, indent=1, ensure_ascii=False) + "\n")


def measure(name: str, *, seeds=None, variants=None, folder: Path | None = None, anew: bool = False, log=print) -> Path:
    """Run an experiment, or go on with it, and store its result.

    Args:
        name: of the experiment.
        seeds: other than its own.
        variants: some of its own.
        folder: where the result goes; ``data/measurements`` when None, or where some variants or seeds are left out
            the folder of runs: a part never replaces the whole.
        anew: begin again without the runs of a stopped experiment.
        log: called with one line a run.

    Returns:
        The file.

    Raises:
        ValueError: unknown name or variant, the runs of a stopped experiment were made on other terms, or the
            published data are unavailable and the result would go to ``data/measurements``.
    """
    from course_utils import recipes

    found = recipes.experiments()
    experiment = found[recipes.accepted("name", name, sorted(found))]
    if anew:
        experiment.unfinished().unlink(missing_ok=True)
    whole = set(experiment.variants) <= set(variants or experiment.variants)
    whole = whole and set(experiment.seeds) <= set(seeds or experiment.seeds)
    if folder is None and not whole:
        folder = experiment.unfinished().parent
    file = store(name, experiment.measure(seeds=seeds, variants=variants, real=folder is None, log=log), folder)
    if whole:
        experiment.unfinished().unlink(missing_ok=True)
    return file


def listed() -> str:
    """Return a table of the experiments: name, planned runs, stored or not, question."""
    from course_utils import recipes

    lines = []
    for name, experiment in sorted(recipes.experiments().items()):
        planned = len(list(experiment.plan(tuple(experiment.variants), experiment.seeds)))
        state = "stored" if (paths.MEASUREMENTS / f"{name}.json").exists() else "-"
        lines.append(f"{name:<22} {planned:>4} runs  {state:<6}  {experiment.question}")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, run the experiment, store it; return 0, or 1 with one line of explanation."""
    runtime.import_keras()
    from course_utils import recipes

    parser = argparse.ArgumentParser(prog="python -m course_utils.measure", description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?", help="of the experiment; --list shows them")
    parser.add_argument("--list", action="store_true", help="name, runs, stored or not, and question of each")
    parser.add_argument("--seeds", type=int, nargs="+", help="other seeds than the experiment's own")
    parser.add_argument("--variants", nargs="+", help="some of its variants")
    parser.add_argument("--folder", type=Path, help="store the result elsewhere")
    parser.add_argument("--anew", action="store_true", help="forget the runs of a stopped experiment")
    chosen = vars(parser.parse_args(arguments))
    if chosen.pop("list"):
        print(listed())
        return 0
    if chosen["name"] is None:
        parser.error("a name is needed; --list shows them")
    try:
        print(f"stored {measure(**chosen, log=lambda text: print(text, flush=True))}")
    except recipes.Refused as error:
        print(f"measure: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("measure: stopped; the same command goes on after the last finished run", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
