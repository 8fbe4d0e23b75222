"""Settings of ``pytest --nbval notebooks``: what one would otherwise have to know as flags, and two safeguards."""

import os
import time
from pathlib import Path

import pytest

from course_utils import runtime

HERE = Path(__file__).parent
LIMITS = {
    "seconds": 150,
    "megabytes": 1500,
}  # the quick profile's budget for one lesson, reported below

UNTOUCHED = "not attempted yet"

_used: dict[str, dict[str, float]] = {}


def pytest_configure(config):
    """Run in the current environment, forgive times and addresses, give a cell ten minutes."""
    option = config.option
    if not getattr(option, "nbval", False) and not getattr(option, "nbval_lax", False):
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if getattr(
        option, "numprocesses", None
    ):  # `-n 2`: kernels side by side must not fight over the cores
        runtime.share_cores(option.numprocesses)
    if not option.nbval_kernel_name:
        option.nbval_current_env = True
    if option.nbval_sanitize_with is None:
        option.nbval_sanitize_with = str(HERE / "nbval_sanitize.cfg")
    if option.nbval_cell_timeout == 2000:  # nbval's own default
        option.nbval_cell_timeout = (
            600 if os.environ.get("COURSE_PROFILE", "quick") == "quick" else 7200
        )


def pytest_collectstart(collector):
    """Do not compare standard error: it holds only messages that a library may add on some machine."""
    if type(collector).__name__ == "IPyNbFile":
        collector.skip_compare = (*collector.skip_compare, "stderr")


def pytest_collection_modifyitems(items):
    """An exercise that was stored untouched may hold an answer by now: its verdict is compared by CI alone."""
    if os.environ.get("CI"):
        return
    for item in items:
        if type(item).__name__ == "IPyNbCell" and any(
            UNTOUCHED in str(output) for output in item.cell.outputs
        ):
            item.options["check"] = False


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """After a cell's time-out nbval marks the later cells as expected failures: count them as failures."""
    outcome = yield
    report = outcome.get_result()
    if type(item).__name__ == "IPyNbCell" and hasattr(report, "wasxfail"):
        del report.wasxfail
        report.outcome = "failed"
        report.longrepr = (
            report.longrepr or "An earlier cell of this notebook ran into the time-out."
        )


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    """Note the time and the peak memory of each notebook's kernel."""
    begun = time.perf_counter()
    yield
    if type(item).__name__ != "IPyNbCell":
        return
    name = Path(str(item.parent.path)).relative_to(HERE).as_posix()
    used = _used.setdefault(name, {"seconds": 0.0, "megabytes": 0.0})
    used["seconds"] += time.perf_counter() - begun
    used["megabytes"] = max(used["megabytes"], _peak_megabytes(item.parent))
    item.user_properties.append(("notebook_cost", (name, dict(used))))


def pytest_runtest_logreport(report):
    """Collect the notes of parallel workers in the main process."""
    for key, (name, used) in [
        entry for entry in report.user_properties if entry[0] == "notebook_cost"
    ]:
        del key
        _used[name] = used


def pytest_terminal_summary(terminalreporter):
    """Print what each notebook cost, and mark what is over the quick profile's budget."""
    if not _used:
        return
    terminalreporter.section("cost of each notebook")
    for name, used in sorted(_used.items()):
        over = [limit for limit, most in LIMITS.items() if used[limit] > most]
        note = f"   over budget: {', '.join(over)}" if over else ""
        terminalreporter.write_line(
            f"{used['seconds']:7.1f} s {used['megabytes']:7.0f} MB  {name}{note}"
        )


def _peak_megabytes(notebook) -> float:
    """Return the kernel's peak resident memory where the system tells it (Linux), else 0."""
    manager = getattr(getattr(notebook, "kernel", None), "km", None)
    pid = getattr(getattr(manager, "provisioner", None), "pid", None)
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    peak = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(peak[0].split()[1]) / 1024 if peak else 0.0
