"""``python -m course_utils doctor``: every fault is marked, explained, and decides the exit status."""

import os
import re
import subprocess
import sys
from collections import namedtuple
from types import SimpleNamespace

import pytest

from course_utils import datasets, doctor, paths, runtime
from course_utils.__main__ import main


@pytest.fixture(autouse=True)
def _plain(tmp_path, monkeypatch):
    """An empty cache, no mirror, offline, and no framework to import."""
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    for variable in ("COURSE_DATA_DIR", "COURSE_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    keras = SimpleNamespace(distribution=SimpleNamespace(list_devices=lambda: ["cpu:0"]))
    monkeypatch.setattr(runtime, "import_keras", lambda: keras)
    monkeypatch.setattr(runtime, "gpus", lambda: ())


def page(capsys):
    status = doctor.main()
    return status, capsys.readouterr().out


def test_page_of_this_machine(capsys, tmp_path):
    status, text = page(capsys)
    assert status == 0, text
    assert "The lessons can run." in text and doctor.BAD not in text
    for name in datasets.CATALOGUE:
        assert re.search(rf"^✓ {name} +bundled", text, re.M), name
    assert "profile        quick (no GPU)" in text
    assert "cifar10" in re.search(r"stand-ins +(.*)", text)[1] and "unset COURSE_OFFLINE" in text
    assert len(text.splitlines()) <= 45, "more than a page"
    assert not (tmp_path / "cache").exists(), "looking left a folder behind"


def test_command_in_a_process_of_its_own():
    command = [sys.executable, "-m", "course_utils"]
    usage = subprocess.run(command, capture_output=True, text=True)
    assert usage.returncode == 0 and usage.stdout.startswith("usage: python -m course_utils")
    wrong = subprocess.run([*command, "docter"], capture_output=True, text=True)
    assert wrong.returncode == 2 and "unknown command: docter" in wrong.stderr
    sick = os.environ | {"COURSE_PROFILE": "turbo", "KERAS_BACKEND": "nonsense"}
    done = subprocess.run([*command, "doctor"], capture_output=True, text=True, env=sick)
    assert done.returncode == 1, done.stderr
    assert "✗ profile" in done.stdout and "✗ Keras" in done.stdout and done.stderr == ""


def test_main_hands_the_status_on(monkeypatch):
    monkeypatch.setattr(doctor, "main", lambda: 1)
    assert main(["doctor"]) == 1


def test_missing_and_old_packages(tmp_path):
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(
        "# --- the lessons\nnumpy>=99\nkeras<2\nno-such-thing>=1\n# --- the tests\nother-missing>=1\n\n-e .\n"
    )
    found = {finding.subject: finding for finding in doctor.packages(requirements)}
    assert found["numpy"].mark == doctor.BAD and "requirements.txt" in found["numpy"].advice
    assert found["keras"].mark == doctor.WARN and "newer than tested" in found["keras"].advice
    assert found["no-such-thing"].mark == doctor.BAD and "missing (for the lessons)" in found["no-such-thing"].found
    assert found["other-missing"].mark == doctor.WARN


def test_real_requirements_are_read_to_the_end():
    names = [requirement.name for _, requirement in doctor.required((paths.ROOT / "requirements.txt").read_text())]
    assert {"tensorflow", "jupyterlab", "ruff"} <= set(names)


def test_either_opencv_will_do(monkeypatch):
    monkeypatch.setattr(runtime, "version", lambda name: "4.11.0" if name == "opencv-python" else "(not installed)")
    assert doctor.installed("opencv-python-headless") == "4.11.0"
    assert doctor.installed("numpy") is None


def test_opencv_that_lacks_a_system_library(monkeypatch):
    def fail(name):
        raise ImportError("libGL.so.1: cannot open shared object file")

    monkeypatch.setattr(doctor, "importlib", SimpleNamespace(import_module=fail))
    finding = doctor.opencv()
    assert finding.mark == doctor.BAD and "libGL" in finding.found and "headless" in finding.advice


def test_gpu_that_the_framework_does_not_see(monkeypatch):
    monkeypatch.setattr(runtime, "gpus", lambda: ("NVIDIA A",))
    finding = doctor.framework()
    assert finding.mark == doctor.WARN and "NVIDIA A" in finding.found and "and-cuda" in finding.advice
    seen = SimpleNamespace(distribution=SimpleNamespace(list_devices=lambda: ["gpu:0"]))
    monkeypatch.setattr(runtime, "import_keras", lambda: seen)
    assert doctor.framework().mark == doctor.GOOD


@pytest.mark.parametrize(
    ("version", "mark"), [((3, 10), doctor.BAD), ((3, 11), doctor.GOOD), ((3, 13), doctor.GOOD), ((3, 14), doctor.WARN)]
)
def test_python_versions(version, mark, monkeypatch):
    info = namedtuple("Info", "major minor micro")(*version, 0)
    monkeypatch.setattr(doctor, "sys", SimpleNamespace(version_info=info))
    assert doctor.python().mark == mark


def test_little_memory_little_disk_one_core(monkeypatch):
    monkeypatch.setattr(doctor, "free_memory", lambda: 8 * 10**8)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: SimpleNamespace(free=10**8))
    monkeypatch.setattr(runtime, "cores", lambda: 1)
    for finding in (doctor.memory(), doctor.disk(), doctor.machine()):
        assert finding.mark == doctor.WARN and finding.advice
    monkeypatch.setattr(doctor, "free_memory", lambda: None)
    assert "not known" in doctor.memory().found


def test_cache_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "file" / "cache"))
    finding = doctor.cache()
    assert finding.mark == doctor.WARN and "COURSE_CACHE_DIR" in finding.advice


def test_mirror_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "nowhere"))
    finding = doctor.mirror()
    assert finding.mark == doctor.WARN and "nowhere" in finding.found
