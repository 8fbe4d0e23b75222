"""Does the course run in other environments than this one? ``make test-matrix``.

    python tools/test_matrix.py                        # every environment whose Python is on this machine
    python tools/test_matrix.py lowest-3.11 colab      # those whose name begins so
    python tools/test_matrix.py --only unit jax        # unit tests alone; --only notebooks
    python tools/test_matrix.py --list                 # the environments, and what would be installed
    python tools/test_matrix.py colab -- tests/test_vgg.py notebooks/01_convolution_intuition.ipynb

Each environment is made in ``build/matrix`` from requirements.txt: the lowest or the highest versions that it allows
and that exist for the Python; ``colab`` has those of today's Colab. With another backend of Keras the tests of what is
written for Keras alone run. A failed step does not stop the rest; what has passed is not run again while the code is
the same. The table is in ``build/matrix/table.md``, the numbers behind it in ``build/matrix/results.json``.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "matrix"
SHOWN = ("tensorflow", "keras", "numpy", "ipywidgets")
UNIT, NOTEBOOKS = ["tests"], ["notebooks"]
# What is written for Keras alone; the rest of the course needs TensorFlow.
PORTABLE = ["layers", "inspection", "anatomy", "anatomy_fields", "anatomy_tables", "mlp", "simple_cnn", "lenet"]
PORTABLE += ["alexnet", "vgg", "googlenet", "resnet", "resnet_cifar", "models_contract", "backends", "pytorch_page"]


class Environment(NamedTuple):
    """A Python, which versions to take, what to pin or add, and the backend of Keras."""

    python: str
    versions: str = "highest"  # or "lowest"
    pins: tuple[str, ...] = ()
    backend: str = "tensorflow"


# Colab's versions of August 2026.
COLAB = ("tensorflow==2.20.*", "keras==3.13.*", "numpy==2.1.*", "ipywidgets==7.7.*", "anywidget==0.9.*")
ENVIRONMENTS = {
    f"{versions}-{python}": Environment(python, versions)
    for python in ("3.11", "3.12", "3.13")
    for versions in ("lowest", "highest")
} | {
    "colab-3.13": Environment("3.13", pins=COLAB),
    "jax-3.11": Environment("3.11", pins=("jax",), backend="jax"),
    "torch-3.11": Environment("3.11", pins=("torch",), backend="torch"),
}


def interpreter(version: str) -> str | None:
    """Return a Python of that version: from the PATH or pyenv's folder; None where there is none that starts."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [sys.executable, shutil.which(f"python{version}"), *sorted(pyenv.glob(f"{version}.*/bin/python"))]
    for path in filter(None, found):
        asked = [str(path), "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"]
        told = subprocess.run(asked, capture_output=True, text=True)
        if told.returncode == 0 and told.stdout.strip() == version:
            return str(path)
    return None


def installer() -> str:
    """Return uv, which can choose the lowest versions: the one on the PATH, or one of our own."""
    own = FOLDER / "uv" / "bin" / "uv"
    if shutil.which("uv"):
        return "uv"
    if not own.exists():
        subprocess.run([sys.executable, "-m", "venv", FOLDER / "uv"], check=True)
        subprocess.run([FOLDER / "uv" / "bin" / "python", "-m", "pip", "install", "--quiet", "uv"], check=True)
    return str(own)


def resolve(name: str) -> Path:
    """Write the exact versions of an environment to a file, and return it."""
    environment, given = ENVIRONMENTS[name], FOLDER / f"{name}.in"
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if not line.startswith("-e")]
    given.write_text("\n".join([*lines, *environment.pins]) + "\n")
    chosen = given.with_suffix(".txt")
    resolution = "lowest-direct" if environment.versions == "lowest" else "highest"
    command = [installer(), "pip", "compile", "--quiet", "--no-header", "--only-binary", ":all:", "--resolution"]
    command += [resolution, "--python-version", environment.python, str(given), "-o", str(chosen)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=_quiet())
    return chosen


def build(name: str, python: str, versions: Path) -> Path:
    """Make the environment, unless it is there with these versions, and return its interpreter."""
    place, text = FOLDER / name, versions.read_text()
    made, ours = place / "made-from.txt", place / "bin" / "python"
    if not (made.exists() and made.read_text() == text):
        subprocess.run([installer(), "venv", "--quiet", "--clear", "--python", python, place], check=True)
        command = [installer(), "pip", "install", "--quiet", "--only-binary", ":all:", "--python", ours, "-r", versions]
        subprocess.run(command, check=True, env=_quiet())
        made.write_text(text)
    return ours


def _quiet() -> dict[str, str]:
    """Return the variables of the installer: what pip was told of folders with wheels holds for it, too."""
    wheels = {"UV_FIND_LINKS": os.environ["PIP_FIND_LINKS"]} if os.environ.get("PIP_FIND_LINKS") else {}
    return os.environ | wheels


def run(name: str, python: Path, what: list[str], log: Path) -> dict:
    """Run some tests in an environment and return what pytest counted, with the names of those that failed."""
    notebooks = [path for path in what if path.startswith("notebooks")]
    marks = ["--nbval"] if notebooks else ["-m", "not slow and not stored"]
    command = [str(python), "-m", "pytest", "-q", "-rfE", *marks, *what]
    own = os.environ | {"KERAS_BACKEND": ENVIRONMENTS[name].backend, "PYTHONPATH": str(ROOT), "COURSE_PROFILE": "quick"}
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    log.write_text(done.stdout)
    return counted(done.stdout, done.returncode) | {"seconds": round(time.perf_counter() - begun)}


def counted(text: str, code: int) -> dict:
    """Return the numbers of pytest's last line, its exit code and the tests that failed."""
    last = next((line for line in reversed(text.splitlines()) if re.search(r"\d+ \w+.* in [\d.]+s", line)), "")
    numbers = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error|skipped|xfailed)", last)}
    failed = [line.split(" ")[1] for line in text.splitlines() if re.match(r"(FAILED|ERROR) ", line)]
    return {"exit": code, **numbers, "failed_tests": failed}


def installed(versions: Path) -> dict[str, str]:
    """Return the versions of the libraries that the table shows."""
    pairs = re.findall(r"^([\w-]+)==(\S+)", versions.read_text(), flags=re.MULTILINE)
    return {package: version for package, version in pairs if package in SHOWN}


def table(results: dict) -> str:
    """Return the results as a table."""
    head = ["environment", *SHOWN, "unit tests", "notebooks"]
    rows = [head, ["---"] * len(head)]
    for name, found in results.items():
        versions = [found.get("versions", {}).get(package, "") for package in SHOWN]
        rows.append([name, *versions, *(_told(found, part) for part in ("unit", "notebooks"))])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _told(found: dict, part: str) -> str:
    if "problem" in found:
        return found["problem"]
    if part not in found:
        return "–"
    numbers = found[part]
    bad = numbers.get("failed", 0) + numbers.get("error", 0)
    passed = f"{numbers.get('passed', 0)} passed"
    return f"{passed}, **{bad} failed**" if bad else passed if numbers["exit"] == 0 else f"**stopped, {passed}**"


def failed(found: dict) -> bool:
    """Return whether an environment failed; one whose Python is not here did not."""
    ended = [found[part]["exit"] for part in ("unit", "notebooks") if part in found]
    return any(ended) or found.get("problem", "").startswith("could not")


def state() -> str:
    """Return what the code is: the commit, and whether something was changed since."""
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    return commit.stdout.strip() or "unknown"


def parts(name: str, only: str | None, chosen: list[str]) -> dict[str, list[str]]:
    """Return what is run in an environment: the paths of its unit tests and of its notebooks."""
    if chosen:
        split = {"unit": [p for p in chosen if not p.startswith("notebooks")]}
        split["notebooks"] = [p for p in chosen if p.startswith("notebooks")]
    elif ENVIRONMENTS[name].backend != "tensorflow":
        split = {"unit": [f"tests/test_{stem}.py" for stem in PORTABLE], "notebooks": []}
    else:
        split = {"unit": UNIT, "notebooks": NOTEBOOKS}
    return {part: paths for part, paths in split.items() if paths and only in (None, part)}


def examine(name: str, only: str | None, chosen: list[str], before: dict) -> dict:
    """Make one environment, run what was not run yet on this code, and return its row of the results."""
    python = interpreter(ENVIRONMENTS[name].python)
    if python is None:
        return {"problem": f"no Python {ENVIRONMENTS[name].python} here"}
    try:
        versions = resolve(name)
        ours = build(name, python, versions)
    except subprocess.CalledProcessError as error:
        return {"problem": f"could not be made: {' '.join(map(str, error.cmd[:3]))} ended with {error.returncode}"}
    found = {"code": state(), "versions": installed(versions)}
    if all(before.get(key) == found[key] for key in found):
        found |= {part: before[part] for part in ("unit", "notebooks") if part in before}
    for part, paths in parts(name, only, chosen).items():
        old = found.get(part, {})
        if old.get("paths") == paths and old.get("exit") == 0:
            continue
        print(f"{name}: {part} …", flush=True)
        found[part] = run(name, ours, paths, FOLDER / f"{name}.{part}.log") | {"paths": paths}
    return found


def main(arguments: list[str] | None = None) -> int:
    """Make the environments, run the tests in each, write the table; return 1 when something failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="beginnings of names of environments; all without any")
    parser.add_argument("--only", choices=["unit", "notebooks"])
    parser.add_argument("--list", action="store_true", help="show the environments and their versions, run nothing")
    given = sys.argv[1:] if arguments is None else arguments
    cut = given.index("--") if "--" in given else len(given)
    asked, chosen = parser.parse_args(given[:cut]), given[cut + 1 :]
    names = [n for n in ENVIRONMENTS if not asked.names or n.startswith(tuple(asked.names))]
    if not names:
        parser.error(f"no environment begins with {' or '.join(asked.names)}; there are {', '.join(ENVIRONMENTS)}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    if asked.list:
        for name in names:
            print(f"{name:<14} {installed(resolve(name))}")
        return 0
    file = FOLDER / "results.json"
    results = json.loads(file.read_text()) if file.exists() else {}
    for name in names:
        results[name] = examine(name, asked.only, chosen, results.get(name, {}))
        file.write_text(json.dumps(results, indent=1) + "\n")
        (FOLDER / "table.md").write_text(table(results))
    print(table({name: results[name] for name in names}))
    return int(any(failed(results[name]) for name in names))


if __name__ == "__main__":
    sys.exit(main())
