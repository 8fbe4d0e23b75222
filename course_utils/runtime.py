"""Start a lesson: profile, seeds, quiet logs, and one line that says what the lesson will use."""

import importlib
import importlib.metadata
import logging
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace

import numpy as np

from course_utils.validation import one_of, whole_number

PROFILES = ("quick", "full")
LESSONS = tuple(f"{number:02d}" for number in range(1, 11))
WITHOUT_KERAS = ("01", "02")


@dataclass(frozen=True)
class Lesson:
    """What `start` decided: the lesson, the profile, the seed and the device."""

    lesson: str
    profile: str
    seed: int
    device: str

    def choose(self, *, quick: dict, full: dict) -> SimpleNamespace:
        """Return the row of the lesson's small profile table that applies, as attributes.

        Raises:
            ValueError: the two rows do not have the same names.
        """
        if quick.keys() != full.keys():
            raise ValueError(f"quick and full must have the same names; received {sorted(quick)} and {sorted(full)}.")
        return SimpleNamespace(**{"quick": quick, "full": full}[self.profile])


def start(lesson: str, *, seed: int = 42) -> Lesson:
    """Prepare a lesson: quiet logs, seeds, profile; print one line that says what it will use.

    Args:
        lesson: the lesson's number, ``"01"`` to ``"10"`` (a letter may follow, as in ``"09a"``).
        seed: seed of Python, NumPy and, in lessons that use it, Keras.

    Returns:
        A `Lesson`, whose ``choose`` picks the numbers of the profile.

    Raises:
        ValueError: unknown lesson, or ``COURSE_PROFILE`` is neither ``quick`` nor ``full``.
    """
    text = str(lesson)
    number = re.sub(r"[ab]$", "", text).zfill(2)
    one_of("lesson", number, LESSONS)
    seed = whole_number("seed", seed, minimum=0)
    quiet_logs()
    if number in WITHOUT_KERAS:
        random.seed(seed)
        np.random.seed(seed)
    else:
        keras = import_keras()
        keras.utils.set_random_seed(seed)
    started = Lesson(lesson=text.zfill(2), profile=profile(), seed=seed, device=device())
    libraries = ["numpy"] if number in WITHOUT_KERAS else [keras_backend(), "keras"]
    versions = ", ".join(f"{name} {version(name)}" for name in libraries)
    longer = " · full profile: longer trainings" if started.profile == "full" else ""
    print(f"Lesson {started.lesson} · {started.device} · {versions}{longer}")
    return started


def profile() -> str:
    """Return ``"quick"`` or ``"full"``: ``COURSE_PROFILE`` when set, else full where there is a GPU."""
    chosen = os.environ.get("COURSE_PROFILE", "").strip().lower()
    if chosen:
        return one_of("COURSE_PROFILE", chosen, PROFILES)
    return "full" if gpus() else "quick"


@lru_cache(maxsize=1)
def gpus() -> tuple[str, ...]:
    """Return the names of the NVIDIA GPUs this process may use, found without importing TensorFlow."""
    if os.environ.get("CUDA_VISIBLE_DEVICES") in {"", "-1"} or shutil.which("nvidia-smi") is None:
        return ()
    try:
        listing = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(re.findall(r"^GPU \d+: (.+?) \(UUID", listing, flags=re.MULTILINE))


def device() -> str:
    """Return the device in words: the GPUs by name, or the number of CPU cores."""
    names = gpus()
    if names:
        return f"{len(names)} × {names[0]}" if len(names) > 1 else names[0]
    return f"CPU, {cores()} core{'s' if cores() > 1 else ''}"


def cores() -> int:
    """Return the number of CPU cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def keras_backend() -> str:
    """Return the backend that Keras uses or would use, as the name of its package."""
    return os.environ.get("KERAS_BACKEND") or "tensorflow"


def version(package: str) -> str:
    """Return the installed version of ``package``, or ``"(not installed)"``."""
    for name in (package, f"{package}-cpu", f"{package}-gpu"):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return "(not installed)"


def quiet_logs() -> None:
    """Silence the start-up messages of TensorFlow; warnings raised in Python stay visible.

    The variables work only before TensorFlow is imported, so a lesson calls `start` first.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    for name in ("tensorflow", "absl", "jax"):
        logging.getLogger(name).setLevel(logging.ERROR)


def share_cores(processes: int) -> None:
    """Give each of several processes that run side by side its share of the cores, before NumPy and TensorFlow load.

    Without it each starts as many threads as there are cores, and they wait for one another. What is set stays.

    Args:
        processes: how many run side by side, at least 1.
    """
    threads = max(1, (os.cpu_count() or 1) // whole_number("processes", processes))
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
        os.environ.setdefault(name, str(threads))


def import_keras():
    """Import Keras and its backend without the messages that TensorFlow writes below Python, and return it.

    The messages go straight to the process's standard error; they are held back while the libraries load, and
    shown after all when loading fails.
    """
    quiet_logs()
    with tempfile.TemporaryFile() as held:
        sys.stderr.flush()
        saved = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            keras = importlib.import_module("keras")
            if keras_backend() == "tensorflow":
                importlib.import_module("tensorflow").config.list_physical_devices()
        except Exception:
            held.seek(0)
            os.write(saved, held.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)
    return keras


def in_notebook() -> bool:
    """Return True inside a Jupyter kernel (JupyterLab, Colab, VS Code, nbval)."""
    shell = sys.modules.get("IPython")
    shell = shell.get_ipython() if shell else None
    return shell is not None and shell.__class__.__name__ != "TerminalInteractiveShell"
