"""Run a program without network, for so many seconds, in so much memory."""

import contextlib
import functools
import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

POLL = 0.25  # seconds between two looks at a running program
APART = ("unshare", "--net", "--map-root-user")  # a network of its own, in which nobody lives


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


def run_limited(command: Sequence[str], *, limits: Limits, environment: Mapping[str, str]) -> str:
    """Run a program to its end or to a limit.

    Args:
        command: program and arguments.
        limits: the most it may take.
        environment: variables added to our own.

    Returns:
        "" when it ended by itself without an error; else one sentence on what stopped it.
    """
    import psutil

    apart = APART if can_cut_the_network() else ()
    program = subprocess.Popen(
        [*apart, *command],
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
