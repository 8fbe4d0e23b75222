"""``python -m course_utils doctor``: one page that says what works here, and what to do about what does not."""

import importlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils import datasets, files, paths, runtime

if TYPE_CHECKING:
    from packaging.requirements import Requirement

GOOD, WARN, BAD = "✓", "!", "✗"
PYTHONS = ((3, 11), (3, 13))
NEEDED_MEMORY = 1.5e9  # the most that a lesson takes in the quick profile
NEEDED_DISK = 1e9  # CIFAR-10 downloaded, unpacked and kept, with room to spare
LESSONS = "the lessons"
SHOWN = ("tensorflow", "keras", "numpy", "matplotlib", "scikit-learn", "jupyterlab")
INSTALL = "run `make setup`, or `pip install -r requirements.txt`"


@dataclass(frozen=True)
class Finding:
    """One line of the page: a mark, the subject, what was found, and what to do about it."""

    mark: str
    subject: str
    found: str
    advice: str = ""

    def __str__(self) -> str:
        text = f"{self.mark} {self.subject:<15}{self.found}"
        return f"{text}\n{'':17}→ {self.advice}" if self.advice else text


def main() -> int:
    """Print the page; return 0 when the lessons can run here, else 1."""
    runtime.quiet_logs()
    findings = list(examine())
    print("What works here")
    for finding in findings:
        print(finding)
    bad = sum(finding.mark == BAD for finding in findings)
    warned = sum(finding.mark == WARN for finding in findings)
    print()
    if bad:
        print(f"The lessons cannot run yet: {bad} line{'s' * (bad > 1)} marked {BAD} above.")
        return 1
    print("The lessons can run." + (f" {warned} remark{'s' * (warned > 1)} marked {WARN} above." if warned else ""))
    return 0


def examine() -> Iterator[Finding]:
    """Yield every finding, cheap ones first."""
    yield python()
    yield from packages()
    yield opencv()
    yield framework()
    yield chosen_profile()
    yield machine()
    yield memory()
    yield cache()
    yield disk()
    yield mirror()
    yield from data()


def python() -> Finding:
    """Compare Python with the versions the course is tested on."""
    found = ".".join(str(part) for part in sys.version_info[:3])
    low, high = PYTHONS
    if low <= sys.version_info[:2] <= high:
        return Finding(GOOD, "Python", found)
    wanted = f"{low[0]}.{low[1]} to {high[0]}.{high[1]}"
    mark = BAD if sys.version_info[:2] < low else WARN
    return Finding(mark, "Python", found, f"use Python {wanted}, for instance PYTHON=python3.12 make test")


def packages(requirements: Path | None = None) -> Iterator[Finding]:
    """Compare the installed versions with the bounds of requirements.txt; name only what does not fit."""
    requirements = requirements or paths.ROOT / "requirements.txt"
    yield Finding(GOOD, "packages", ", ".join(f"{name} {runtime.version(name)}" for name in SHOWN))
    if not requirements.exists():
        yield Finding(WARN, "bounds", f"{requirements.name} not found, versions not compared")
        return
    for section, requirement in required(requirements.read_text(encoding="utf-8")):
        found = installed(requirement.name)
        serious = section == LESSONS
        if found is None:
            yield Finding(BAD if serious else WARN, requirement.name, f"missing (for {section})", INSTALL)
        elif not requirement.specifier.contains(found, prereleases=True):
            below = any(s.operator == ">=" and not s.contains(found, prereleases=True) for s in requirement.specifier)
            tested = f"{found}, tested with {requirement.specifier}"
            advice = INSTALL if below else "newer than tested; if a lesson fails, install a version within the bounds"
            yield Finding(BAD if below and serious else WARN, requirement.name, tested, advice)


def required(text: str) -> Iterator[tuple[str, "Requirement"]]:
    """Yield (section, requirement) of each line of a requirements file; a comment with --- begins a section."""
    from packaging.requirements import Requirement

    section = LESSONS
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("# ---"):
            section = line.removeprefix("# ---").strip()
        elif line and not line.startswith(("#", "-")):
            yield section, Requirement(line)


def installed(name: str) -> str | None:
    """Return the installed version, or None; either OpenCV wheel will do."""
    for candidate in (name, *(["opencv-python"] if name == "opencv-python-headless" else [])):
        found = runtime.version(candidate)
        if not found.startswith("("):
            return found
    return None


def opencv() -> Finding:
    """Import OpenCV: an installed wheel can still fail for want of a system library."""
    try:
        return Finding(GOOD, "OpenCV", importlib.import_module("cv2").__version__)
    except ImportError as error:
        advice = "pip uninstall opencv-python && pip install opencv-python-headless"
        return Finding(BAD, "OpenCV", first_line(error), advice)


def framework() -> Finding:
    """Import Keras with its backend and compare the GPUs it sees with those of the machine."""
    try:
        keras = runtime.import_keras()
        seen = [name for name in keras.distribution.list_devices() if "gpu" in str(name).lower()]
    except Exception as error:
        return Finding(BAD, "Keras", f"cannot be imported: {first_line(error)}", INSTALL)
    backend = f"Keras on {runtime.keras_backend()}"
    present = runtime.gpus()
    if present and not seen:
        advice = "pip install 'tensorflow[and-cuda]' in this environment; until then the CPU is used"
        return Finding(WARN, "device", f"{backend} does not see {', '.join(present)}", advice)
    return Finding(GOOD, "device", f"{backend}, {', '.join(present) if seen else 'CPU'}")


def chosen_profile() -> Finding:
    """Return the profile that lessons would use."""
    try:
        profile = runtime.profile()
    except ValueError as error:
        return Finding(BAD, "profile", str(error), "unset COURSE_PROFILE, or set it to quick or full")
    reason = "COURSE_PROFILE" if os.environ.get("COURSE_PROFILE") else f"{'a' if runtime.gpus() else 'no'} GPU"
    return Finding(GOOD, "profile", f"{profile} ({reason})")


def machine() -> Finding:
    """Count the cores."""
    count = runtime.cores()
    if count > 1:
        return Finding(GOOD, "cores", str(count))
    return Finding(
        WARN, "cores", "1", "the time limits of the quick profile were set for two cores: allow twice as long"
    )


def memory() -> Finding:
    """Look at the memory that is free now."""
    free = free_memory()
    if free is None:
        return Finding(GOOD, "memory", f"not known here; a lesson takes up to {NEEDED_MEMORY / 1e9:g} GB")
    if free >= NEEDED_MEMORY:
        return Finding(GOOD, "memory", f"{free / 1e9:.1f} GB free")
    return Finding(WARN, "memory", f"{free / 1e9:.1f} GB free", "close other programs: a lesson takes up to 1.5 GB")


def free_memory() -> int | None:
    """Return the bytes that programs can still use, or None where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError):
        return None


def cache() -> Finding:
    """Try to write into the cache folder."""
    folder = paths.downloads()
    try:
        existed = bool(files.kind(folder))
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch(exist_ok=False)
        probe.unlink()
        if not existed:
            folder.rmdir()
        held = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if existed else 0
    except OSError as error:
        advice = "set COURSE_CACHE_DIR to a folder you may write to; until then data is read anew each time"
        return Finding(WARN, "cache", first_line(f"{folder}: {error.strerror or error}"), advice)
    return Finding(GOOD, "cache", f"{folder} ({held / 1e6:.0f} MB kept)")


def disk() -> Finding:
    """Look at the free space where the cache is or would be."""
    free = None
    for folder in (paths.downloads(), *paths.downloads().absolute().parents):
        with suppress(OSError):  # not there yet, or closed: the disk is that of the folder above
            free = shutil.disk_usage(folder).free
            break
    if free is None or free >= NEEDED_DISK:
        return Finding(GOOD, "disk", "not known here" if free is None else f"{free / 1e9:.0f} GB free")
    advice = "free some space, or set COURSE_CACHE_DIR to another disk: unpacking CIFAR-10 takes about 0.6 GB"
    return Finding(WARN, "disk", f"{free / 1e9:.2f} GB free", advice)


def mirror() -> Finding:
    """Look at the class-room mirror."""
    folder = paths.mirror()
    if folder is None:
        return Finding(GOOD, "mirror", "none (COURSE_DATA_DIR is not set)")
    advice = "set COURSE_DATA_DIR to the mirror, or unset it"
    try:
        if files.kind(folder) != "folder":
            return Finding(WARN, "mirror", first_line(f"{folder} does not exist"), advice)
        next(folder.iterdir(), None)
    except OSError as error:
        return Finding(WARN, "mirror", first_line(f"{folder}: {error.strerror or error}"), advice)
    return Finding(GOOD, "mirror", str(folder))


def data() -> Iterator[Finding]:
    """Say where each data set would come from, without downloading anything."""
    missing = []
    for name, entry in datasets.CATALOGUE.items():
        source, remark = datasets.expected_source(name)
        missing += [name] if source == "bundled" and entry.stand_in else []
        yield Finding(GOOD, name, f"{source}: {remark}")
    if missing:
        advice = "put copies into a folder and name it in COURSE_DATA_DIR"
        advice += "; unset COURSE_OFFLINE to allow downloads" if paths.offline() else ""
        yield Finding(WARN, "stand-ins", f"bundled data would stand in for {', '.join(missing)}", advice)


def first_line(said: Exception | str) -> str:
    """Return the first line of an error or text, its middle left out where it is longer than 120 characters."""
    text = (str(said).splitlines() or [type(said).__name__])[0]
    return text if len(text) <= 120 else f"{text[:60]} … {text[-57:]}"
