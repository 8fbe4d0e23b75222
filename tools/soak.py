"""Run the notebooks again and again, and see what fails and how narrowly each claim holds: ``make soak N=10``.

    python tools/soak.py 10                       # all notebooks, ten rounds
    python tools/soak.py 2 01 further/01          # those whose path below notebooks/ begins so
    python tools/soak.py 10 --jobs 2              # two notebooks at a time: each is the other's load
    python tools/soak.py --report                 # what is known so far

Rounds alternate: offline on the bundled data, then on the files in COURSE_DATA_DIR (without it every round is
offline). A second process keeps a processor busy all the time: one that only counts, or with ``--jobs`` another
notebook, so that no time is spent on the load alone. After each round the report is written anew to
``build/soak/report.txt``: every failure, and for each claim with a bound the distance of its mean from the bound in
standard deviations of what the rounds measured, data sets apart. Less than four is near: explain it or move the bound.
A second call goes on after the rounds that are there; ``--anew`` forgets them.
"""

import argparse
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "soak"
NEAR = 4.0  # standard deviations
NUMBER = r"(-?[\d,]*\.?\d+(?:e[-+]?\d+)?)"
BUSY = "while True: sum(range(10**6))"


def chosen(prefixes: list[str]) -> list[str]:
    """Return the notebooks whose path below ``notebooks/`` begins with one of the prefixes (all without any)."""
    places = sorted((ROOT / "notebooks").glob("**/*.ipynb"))
    names = [
        path.relative_to(ROOT / "notebooks").as_posix() for path in places if ".ipynb_checkpoints" not in path.parts
    ]
    return [name for name in names if not prefixes or name.startswith(tuple(prefixes))]


def mode_of(number: int) -> str:
    """Return what a round runs on, rounds counted from 1."""
    return "data" if number % 2 == 0 and os.environ.get("COURSE_DATA_DIR") else "offline"


def environment(mode: str, claims: Path, cache: str) -> dict[str, str]:
    """Return the variables of a round."""
    own = {name: value for name, value in os.environ.items() if mode == "data" or name != "COURSE_DATA_DIR"}
    own |= {"COURSE_CLAIMS": str(claims), "COURSE_PROFILE": "quick", "PYTHONPATH": str(ROOT)}
    return own | ({"COURSE_OFFLINE": "1", "COURSE_CACHE_DIR": cache} if mode == "offline" else {})


def command_of(notebooks: list[str], jobs: int) -> list[str]:
    """Return the command that runs the notebooks, so many at a time, a notebook's cells in one worker."""
    command = [sys.executable, "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider", "--nbval"]
    if jobs > 1:
        command += ["-n", str(jobs), "--dist", "loadfile"]
    return command + [f"notebooks/{name}" for name in notebooks]


def round_of(number: int, notebooks: list[str], jobs: int = 1) -> dict:
    """Run the notebooks once and return what failed, the seconds and what the claims measured.

    A process that counts keeps a processor busy; with two jobs or more the notebooks do so themselves.
    """
    mode, claims = mode_of(number), FOLDER / f"claims-{number}.jsonl"
    claims.unlink(missing_ok=True)
    begun = time.perf_counter()
    busy = subprocess.Popen([sys.executable, "-c", BUSY]) if jobs == 1 else None
    try:
        with tempfile.TemporaryDirectory() as cache:
            own = environment(mode, claims, cache)
            done = subprocess.run(command_of(notebooks, jobs), cwd=ROOT, env=own, capture_output=True, text=True)
    finally:
        if busy:
            busy.kill()
            busy.wait()
    (FOLDER / f"round-{number}.log").write_text(done.stdout + done.stderr)
    failed = [line.split(" ", 1)[1] for line in done.stdout.splitlines() if re.match(r"(FAILED|ERROR) ", line)]
    if done.returncode and not failed:
        failed = [f"pytest ended with {done.returncode}, see round-{number}.log"]
    told = claims.read_text(encoding="utf-8").splitlines() if claims.exists() else []
    seconds = round(time.perf_counter() - begun)
    return {
        "mode": mode,
        "notebooks": notebooks,
        "seconds": seconds,
        "failed": failed,
        "claims": [*map(json.loads, told)],
    }


def margin(measured: str, required: str) -> tuple[float, float] | None:
    """Return (measured, distance from the nearer bound, negative beyond it) of a claim with a bound, else None."""
    value = re.match(NUMBER, measured)
    bound = re.match(rf"(?:([≥≤]) )?{NUMBER}(?: ± {NUMBER})?", required)
    if not value or not bound or not (bound[1] or bound[3]):
        return None
    x, limit = _number(value[1]), _number(bound[2])
    if bound[3]:
        return x, _number(bound[3]) - abs(x - limit)
    return x, x - limit if bound[1] == "≥" else limit - x


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def distances(rounds: Iterable[dict]) -> list[tuple[float, str, str, int, float, str]]:
    """Return (distance in standard deviations, claim, mode, rounds, mean, required), the nearest first.

    The distance of a claim that came out the same in every round is infinite.
    """
    seen: dict = {}
    for one in rounds:
        for claim in one["claims"]:
            found = margin(claim["measured"], claim["required"])
            if found:
                key = f"{claim['lesson']}: {claim['outcome']}", one["mode"], claim["required"]
                seen.setdefault(key, []).append(found)
    rows = []
    for (claim, mode, required), found in seen.items():
        values, margins = zip(*found, strict=True)
        spread = statistics.stdev(values) if len(values) > 1 else 0.0
        distance = statistics.mean(margins) / spread if spread else math.inf
        rows.append((distance, claim, mode, len(values), statistics.mean(values), required))
    return sorted(rows)


def report(rounds: list[dict]) -> str:
    """Return what failed and which claims are near their bounds."""
    lines = []
    for number, one in enumerate(rounds, start=1):
        lines.append(f"round {number}, {one['mode']}: {one['seconds']} s, {len(one['failed'])} failures")
        lines += [f"    {failure}" for failure in one["failed"]]
    rows = distances(rounds)
    near = [row for row in rows if row[0] < NEAR]
    same = sum(math.isinf(row[0]) and row[3] > 1 for row in rows)
    lines.append(
        f"\n{len(rows)} claims with a bound; {same} the same in every round; {len(near)} nearer than {NEAR:g} s.d."
    )
    for distance, claim, mode, count, mean, required in rows[: max(len(near), 10)]:
        shown = "once" if count == 1 else "the same" if math.isinf(distance) else f"{distance:8.1f}"
        lines.append(f"{shown:>8}  {mode:<7} {count:>2} rounds  mean {mean:<10.4g} required {required:<12} {claim}")
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Run what is missing of the rounds, write the report; return 1 when a notebook failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rounds", type=int, nargs="?", default=10)
    parser.add_argument("notebooks", nargs="*", help="beginnings of paths below notebooks/; all without any")
    parser.add_argument("--jobs", type=int, default=1, help="notebooks at a time (1: beside a process that counts)")
    parser.add_argument("--anew", action="store_true", help="forget the rounds that are there")
    parser.add_argument("--report", action="store_true", help="run nothing, show the report")
    asked = parser.parse_args(arguments)
    if asked.jobs < 1:
        parser.error(f"--jobs must be at least 1, got {asked.jobs}")
    if asked.anew:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / "rounds.json"
    rounds = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    notebooks = chosen(asked.notebooks)
    if not notebooks:
        parser.error(f"no notebook begins with {' or '.join(asked.notebooks)}")
    while not asked.report and len(rounds) < asked.rounds:
        number = len(rounds) + 1
        print(f"round {number} of {asked.rounds}, {mode_of(number)}: {len(notebooks)} notebooks …", flush=True)
        rounds.append(round_of(number, notebooks, asked.jobs))
        file.write_text(json.dumps(rounds, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        (FOLDER / "report.txt").write_text(report(rounds), encoding="utf-8")
    print(report(rounds))
    return int(any(one["failed"] for one in rounds))


if __name__ == "__main__":
    sys.exit(main())
