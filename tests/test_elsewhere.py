"""Binder and Codespaces: what they install is what `make setup` installs, and their scripts run."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
BINDER = ROOT / ".binder"
LINES = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
WANTED = [Requirement(line) for line in LINES if line and line[0] not in "#-"]
PINS = dict(
    re.findall(r"^([\w.-]+)==(\S+)$", (BINDER / "constraints.txt").read_text(encoding="utf-8").lower(), re.MULTILINE)
)


def test_binder_installs_the_requirements_and_nothing_else():
    lines = (BINDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["-c constraints.txt", "-r ../requirements.txt"]
    assert LINES[-1] == "-e .", "pip reads it from the folder it runs in, which is the repository's root"
    python = (BINDER / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert Requirement(f"python{wanted}").specifier.contains(f"{python}.0")


@pytest.mark.parametrize("wanted", WANTED, ids=lambda wanted: wanted.name)
def test_binder_pins_a_version_that_set_up_allows(wanted):
    assert wanted.specifier.contains(Version(PINS[wanted.name.lower()]))


def test_binder_pins_what_the_requirements_need_in_turn():
    assert {"jupyter_server", "ml_dtypes", "psygnal", "tornado", "widgetsnbextension"} <= set(PINS) and len(PINS) > 120


@pytest.mark.skipif(sys.platform == "win32", reason="a script for Linux")
def test_the_script_after_binders_build_runs(tmp_path):
    programs, course = tmp_path / "programs", tmp_path / "course"
    programs.mkdir()
    for name, does in (("python", f"echo {tmp_path}"), ("jupyter", f'echo "$@" >{tmp_path}/asked')):
        (programs / name).write_text(f"#!/bin/sh\n{does}\n")
        (programs / name).chmod(0o755)
    shutil.copytree(ROOT / "tools" / "jupyter", course / "tools" / "jupyter")
    for name in ("01_a", "further/01_b"):
        (course / "notebooks" / name).parent.mkdir(parents=True, exist_ok=True)
        (course / "notebooks" / f"{name}.ipynb").touch()
    assert os.access(BINDER / "postBuild", os.X_OK)
    ways = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([BINDER / "postBuild"], cwd=course, env=ways, check=True)
    assert (tmp_path / "asked").read_text().split() == ["trust", "notebooks/01_a.ipynb", "notebooks/further/01_b.ipynb"]
    assert json.loads((tmp_path / "share" / "jupyter" / "lab" / "settings" / "overrides.json").read_text())
    written = (tmp_path / "etc" / "jupyter" / "jupyter_nbconvert_config.py").read_text()
    [loaded] = re.findall(r'load_subconfig\(r"(.*)"\)', written)
    assert Path(loaded).is_file() and loaded.startswith(str(course))


def test_the_command_of_the_container_exists():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    make, target = container["postCreateCommand"].split()
    dry = subprocess.run([make, "-n", target], cwd=ROOT, capture_output=True, text=True)
    assert dry.returncode == 0 and "tools/setup.sh" in dry.stdout
