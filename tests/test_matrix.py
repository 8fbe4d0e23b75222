"""The test matrix: what it covers, what it reads from pytest, and that it runs nothing twice."""

import importlib.util
import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("matrix_tool", ROOT / "tools" / "test_matrix.py")
matrix = importlib.util.module_from_spec(spec)
spec.loader.exec_module(matrix)

FAILED = """FAILED tests/test_a.py::test_b - E
ERROR tests/test_c.py
1 failed, 9 passed, 1 error in 60.00s (0:01:00)"""
PASSED = "....\n4 passed, 1 skipped in 3.21s\n"


@pytest.fixture
def made(tmp_path, monkeypatch):
    """An environment that is there already, and a list of what is run in it."""
    ran = []
    versions = tmp_path / "colab.txt"
    versions.write_text("keras==3.13.2\n    # via x\nnumpy==2.1.3\nrich==1.0\n")
    monkeypatch.setattr(matrix, "FOLDER", tmp_path)
    monkeypatch.setattr(matrix, "interpreter", lambda version: sys.executable)
    monkeypatch.setattr(matrix, "resolve", lambda name: versions)
    monkeypatch.setattr(matrix, "build", lambda name, python, versions: Path(sys.executable))
    monkeypatch.setattr(matrix, "state", lambda: "abc")
    monkeypatch.setattr(matrix, "run", lambda name, python, what, log: ran.append(what) or matrix.counted(PASSED, 0))
    return ran


def test_every_python_of_the_package_with_lowest_and_highest_versions():
    allowed = SpecifierSet(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"])
    pythons = [f"3.{minor}" for minor in range(8, 20) if f"3.{minor}" in allowed]
    pairs = {(e.python, e.versions) for e in matrix.ENVIRONMENTS.values() if not e.pins}
    assert pairs == {(python, versions) for python in pythons for versions in ("lowest", "highest")}


def test_versions_of_colab_are_allowed():
    bounds = {}
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if re.match(r"[a-z]", line):
            bounds[Requirement(line).name] = Requirement(line).specifier
    for pin in matrix.COLAB:
        name, version = pin.removesuffix(".*").split("==")
        assert f"{version}.99" in bounds[name], pin


def test_files_of_the_other_backends_are_there():
    assert [stem for stem in matrix.PORTABLE if not (ROOT / "tests" / f"test_{stem}.py").exists()] == []


def test_an_interpreter_is_found_or_is_not_there():
    own = "{}.{}".format(*sys.version_info[:2])
    assert matrix.interpreter(own)
    assert matrix.interpreter("3.999") is None


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        (PASSED, 0, "4 passed"),
        (FAILED, 1, "9 passed, **2 failed**"),
        ("Killed", -9, "**stopped, 0 passed**"),
    ],
)
def test_last_line_of_pytest_is_read(text, code, told):
    found = matrix.counted(text, code)
    assert f"| {told} | – |" in matrix.table({"x": {"unit": found}})
    assert matrix.failed({"unit": found}) is (code != 0)
    assert found["failed_tests"] == (["tests/test_a.py::test_b", "tests/test_c.py"] if code == 1 else [])


def test_what_passed_is_not_run_again_until_the_code_changes(made, monkeypatch, capsys):
    assert matrix.main(["colab"]) == 0
    assert "| colab-3.13 |  | 3.13.2 | 2.1.3 |  | 4 passed | 4 passed |" in capsys.readouterr().out
    assert made == [["tests"], ["notebooks"]]
    capsys.readouterr()
    matrix.main(["colab", "--only", "unit"])
    assert len(made) == 2
    assert "| 4 passed | 4 passed |" in capsys.readouterr().out  # what a part alone leaves out stays in the table
    monkeypatch.setattr(matrix, "state", lambda: "abd")
    matrix.main(["colab", "--only", "unit"])
    assert made[2:] == [["tests"]]


def test_chosen_paths_and_other_backends(made):
    matrix.main(["colab", "--", "tests/test_vgg.py", "notebooks/01.ipynb"])
    matrix.main(["jax"])
    assert made[:2] == [["tests/test_vgg.py"], ["notebooks/01.ipynb"]]
    assert "tests/test_layers.py" in made[2] and len(made) == 3


def test_failures_are_an_error_and_a_missing_python_is_none(made, monkeypatch):
    monkeypatch.setattr(matrix, "interpreter", lambda version: None)
    assert matrix.main(["colab"]) == 0
    assert "| no Python 3.13 here |" in (matrix.FOLDER / "table.md").read_text()
    monkeypatch.undo()
    assert matrix.failed({"problem": "could not be made: uv ended with 1"})
