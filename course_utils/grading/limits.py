"""Run a program without network, for so many seconds, in so much memory."""

import contextlib
import functools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

POLL = 0.25  # seconds between two looks at a running program
APART = ("unshare", "--net", "--map-root-user")  # a network of its own, in which nobody lives
# Before the program starts: each folder up to "--" can be read only. What the system does not let us do is left out.
READ_ONLY = """
until [ "$1" = -- ]; do mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"; shift; done 2>/dev/null
shift; exec "$@"
"""


class Limits(NamedTuple):
    """What a file may take.

    Args:
        seconds: on the clock, from start to end.
        megabytes: of memory, all its processes together.
    """

    seconds: float = 600.0
    megabytes: float = 6_000.0


@functools.lru_cache(maxsize=1)
def can_cut_the_network() -> bool:
    """Return True where the system gives a program a network of its own (Linux, unless a container forbids it)."""
    if shutil.which(APART[0]) is None:
        return False
    return subprocess.run([*APART, "true"], capture_output=True).returncode == 0


@functools.lru_cache(maxsize=1)
def can_make_read_only() -> bool:
    """Return True where a program can be given a view of the files in which a folder cannot be written to."""
    if not can_cut_the_network() or shutil.which("mount") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        tried = [*_apart([Path(folder)]), "touch", str(Path(folder) / "written")]
        return subprocess.run(tried, capture_output=True).returncode != 0


def _apart(kept: Iterable[Path]) -> list[str]:
    """Return what stands before a command so that it has no network and cannot write into folders."""
    return [*APART, "--mount", "sh", "-c", READ_ONLY, "sh", *map(str, kept), "--"]


def _start(kept: Iterable[Path]) -> list[str]:
    if not can_cut_the_network():
        return []
    return _apart(kept) if kept and can_make_read_only() else [*APART]


def run_limited(
    command: Sequence[str],
    *,
    limits: Limits,
    environment: Mapping[str, str],
    folder: Path | None = None,
    kept: Sequence[Path] = (),
) -> str:
    """Run a program to its end or to a limit.

    Args:
        command: program and arguments.
        limits: the most it may take.
        environment: variables added to our own.
        folder: where it runs; where we are, when None.
        kept: folders that it may not write into, where the system can see to that.

    Returns:
        "" when it ended by itself without an error; else one sentence on what stopped it.
    """
    import psutil

    program = subprocess.Popen(
        [*_start(kept), *command],
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    root, begun = psutil.Process(program.pid), time.monotonic()
    try:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                _, told = program.communicate(timeout=POLL)
                return "" if program.returncode == 0 else _last_line(told, program.returncode)
            if time.monotonic() - begun > limits.seconds:
                return f"stopped after {limits.seconds:,.0f} s"
            if _megabytes(root) > limits.megabytes:
                return f"stopped: it took more than {limits.megabytes:,.0f} MB of memory"
    finally:
        _end(root)
        program.communicate()


def _family(root) -> list:
    import psutil

    with contextlib.suppress(psutil.Error):
        return [*root.children(recursive=True), root]
    return []


def _megabytes(root) -> float:
    import psutil

    total = 0
    for process in _family(root):
        with contextlib.suppress(psutil.Error):
            total += process.memory_info().rss
    return total / 2**20


def _end(root) -> None:
    import psutil

    for process in _family(root):
        with contextlib.suppress(psutil.Error):
            process.kill()


def _last_line(told: str, status: int) -> str:
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    return lines[-1] if lines else f"ended with status {status}"
