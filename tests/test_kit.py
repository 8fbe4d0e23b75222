"""The teacher's kit: each command stands on the page for teachers and in CI, and does what it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAKE = ("slides", "handouts", "student", "address")  # targets of the Makefile
COMMANDS = ("questions", "grade")  # of python -m course_utils
PAGE = (ROOT / "site" / "teachers.md").read_text(encoding="utf-8")
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", MAKE)
def test_a_make_command_stands_on_the_page_is_listed_and_runs_in_ci(target):
    assert f"`make {target}" in PAGE
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert f"make {target} " in listed
    assert re.search(rf"^make [a-z ]*\b{target}\b", CI, re.M)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_package_stands_on_the_page_and_says_how_it_is_used(command):
    assert f"`python -m course_utils {command} " in PAGE
    run = [sys.executable, "-m", "course_utils", command, "--help"]
    said = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)
    assert said.returncode == 0 and said.stdout.startswith(f"usage: python -m course_utils {command}")


def test_the_page_shows_what_the_kit_makes():
    [source, width, height, alt] = re.findall(
        r'<img src="_static/(\S+)" width="(\d+)" height="(\d+)" alt="(.+?)" style="height: auto">', PAGE
    )[0]
    content = (ROOT / "site" / "static" / source).read_bytes()
    assert [int.from_bytes(content[at : at + 4]) for at in (16, 20)] == [int(width), int(height)]
    assert len(alt) > 60 and len(content) < 100_000


@pytest.mark.slow
def test_questions_and_a_graded_notebook(tmp_path):
    run = [sys.executable, "-m", "course_utils"]
    sheets = [
        subprocess.run(
            [*run, "questions", "01", "--seed", str(seed)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        for seed in (7, 7, 8)
    ]
    assert sheets[0].stdout == sheets[1].stdout != sheets[2].stdout
    solved = ROOT / "notebooks" / "solutions" / "01_convolution_intuition_solutions.ipynb"
    table = tmp_path / "verdicts.csv"
    graded = subprocess.run(
        [*run, "grade", str(solved), "--csv", str(table)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "01_convolution_intuition_solutions" in graded.stdout
    assert len(table.read_text(encoding="utf-8").splitlines()) >= 2
