"""tools/setup.sh: makes the environment, repairs a broken one, does nothing the second time, removes nothing of yours.

The script runs for real, on a copy with an empty requirements.txt, so that nothing is downloaded.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A checkout whose environment is made once: a test that needs one begins with `set_up`, which repairs it."""
    return made(tmp_path_factory.mktemp("shared"))


@pytest.fixture
def checkout(tmp_path):
    """A checkout without an environment."""
    return made(tmp_path)


def made(tmp_path: Path) -> Path:
    """Make a checkout with the script and an empty list of requirements."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "setup.sh", tmp_path / "tools")
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "pyproject.toml").write_text("")
    return tmp_path


def set_up(checkout: Path, **variables) -> subprocess.CompletedProcess:
    base = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    environment = os.environ | {"PYTHON": str(base), "SETUP_PROBE": "import sys"} | variables
    return subprocess.run(
        ["sh", "tools/setup.sh"], cwd=checkout, env=environment, capture_output=True, text=True, timeout=120
    )


def test_makes_the_environment_once_and_does_nothing_the_second_time(shared):
    first = set_up(shared)
    assert first.returncode == 0, first.stderr
    assert (shared / ".venv" / "bin" / "python").exists()
    made = (shared / ".venv" / ".ready").stat().st_mtime_ns
    second = set_up(shared)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert (shared / ".venv" / ".ready").stat().st_mtime_ns == made


def test_changed_requirements_are_installed_into_the_same_environment(shared):
    set_up(shared)
    (shared / ".venv" / "mine.txt").write_text("kept")
    (shared / "requirements.txt").write_text("# changed\n")
    done = set_up(shared)
    assert "updating" in done.stderr and done.returncode == 0
    assert (shared / ".venv" / "mine.txt").exists()


@pytest.mark.parametrize(
    "damage", [pytest.param(name, marks=pytest.mark.slow) for name in ("no interpreter", "no pip")] + ["interrupted"]
)
def test_repairs_a_broken_or_half_made_environment(shared, damage):
    set_up(shared)
    venv = shared / ".venv"
    if damage == "no interpreter":
        (venv / "bin" / "python").unlink()
    elif damage == "no pip":
        shutil.rmtree(next((venv / "lib").glob("python*/site-packages/pip")))
        (venv / ".ready").unlink()
    else:
        (venv / ".ready").unlink()
    done = set_up(shared)
    assert done.returncode == 0, done.stderr
    subprocess.run([venv / "bin" / "python", "-m", "pip", "--version"], check=True, capture_output=True)


def test_never_removes_a_folder_that_is_no_environment(checkout):
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "thesis.txt").write_text("mine")
    done = set_up(checkout)
    assert done.returncode == 1 and "is no virtual environment" in done.stderr
    assert (checkout / ".venv" / "thesis.txt").read_text() == "mine"


def test_names_the_versions_when_the_interpreter_is_too_old_or_missing(checkout):
    old = checkout / "oldpython"
    old.write_text("#!/bin/sh\necho 3.9\n")
    old.chmod(0o755)
    done = set_up(checkout, PYTHON=str(old))
    assert done.returncode == 1 and "3.11, 3.12 and 3.13" in done.stderr
    missing = set_up(checkout, PYTHON="no-such-python")
    assert missing.returncode == 1 and "no-such-python" in missing.stderr


def test_a_failed_installation_is_not_taken_for_a_finished_one(shared):
    set_up(shared)
    assert (shared / ".venv" / ".ready").exists()
    (shared / "requirements.txt").write_text("no-such-file.whl\n")
    done = set_up(shared)
    (shared / "requirements.txt").write_text("")
    assert done.returncode == 1 and "installing requirements.txt failed" in done.stderr
    assert not (shared / ".venv" / ".ready").exists()
