"""Handed-in notebooks become a table: what is solved, what crashes, hangs or eats memory, and what is no notebook."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course_utils import __main__ as commands
from course_utils import grading
from course_utils.checks import own
from course_utils.grading.limits import APART, can_cut_the_network

ROOT = Path(__file__).resolve().parents[1]

HEAD = """
from course_utils import checks
from course_utils.checks import core
score = checks.Scorecard("01")
"""
END = "checks.own_score(exercises=3)"


def handed_in(folder, name, *cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in (HEAD, *cells, END)])
    notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text="✓ Exercise 3: typed by hand")]
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


def answered(number, answer):
    return f'core.check_value("{number}", {answer}, 4, hint="think again")'


# The table


ROWS = [
    grading.Row("anna.ipynb", "01", {"1": True, "2": False, "10": None, "A": True}),
    grading.Row("=ben.ipynb", "01", {"1": None, "2": None, "10": None}, "cell 3: NameError: x"),
    grading.Row("notes.txt", "", {}, "not a notebook"),
]


def test_text_table_has_a_block_a_lesson_and_a_sign_an_exercise():
    lines = grading.as_text(ROWS).splitlines()
    assert lines[0].split() == ["Lesson", "01", "1", "2", "10", "A", "solved"]
    assert lines[1].split() == ["anna.ipynb", "✓", "✗", "○", "✓", "2", "of", "4"]
    assert lines[2].endswith("0 of 4   cell 3: NameError: x")
    assert lines[4:] == ["Not graded", "notes.txt    not a notebook"]
    columns = [lines[0].index(f"  {name}  ") for name in ("2", "10")]
    assert [lines[1][at + 2] for at in columns] == ["✗", "○"]


@pytest.mark.parametrize(
    ("files", "shown"),
    [
        (["in/a/x.ipynb", "in/b/y.ipynb"], ["a/x.ipynb", "b/y.ipynb"]),
        (["in/x.ipynb", "in/y.ipynb"], ["x.ipynb", "y.ipynb"]),
        (["/in/x.ipynb", "in/y.ipynb"], ["/in/x.ipynb", "in/y.ipynb"]),
        (["./x.ipynb", "y.ipynb"], ["./x.ipynb", "y.ipynb"]),
        (["in/x.ipynb"], ["in/x.ipynb"]),
    ],
)
def test_a_folder_of_all_files_is_not_repeated(files, shown):
    lines = grading.as_text([grading.Row(file, "01", {"1": True}) for file in files]).splitlines()
    assert [line.split()[0] for line in lines[1:]] == shown
    assert files[0] in grading.as_csv([grading.Row(files[0], "01", {})])


def test_spreadsheet_has_numbers_and_no_formula():
    rows = list(csv.DictReader(io.StringIO(grading.as_csv(ROWS))))
    assert [rows[0][f"exercise {name}"] for name in ("1", "2", "10", "A")] == ["1", "0", "", "1"]
    assert rows[1]["file"] == "'=ben.ipynb" and rows[0]["solved"] == "2"
    assert [row["of"] for row in rows] == ["4", "3", "0"]
    assert rows[2]["note"] == "not a notebook" and rows[2]["lesson"] == ""


# What is asked for


def test_folders_are_searched_and_names_that_do_not_exist_are_told(tmp_path):
    (tmp_path / "b" / ".ipynb_checkpoints").mkdir(parents=True)
    for name in ("b/two.ipynb", "one.ipynb", "b/.ipynb_checkpoints/two.ipynb"):
        (tmp_path / name).write_text("{}")
    found = grading.notebooks_of([tmp_path, tmp_path / "one.ipynb"])
    assert [path.name for path in found] == ["two.ipynb", "one.ipynb"]
    with pytest.raises(ValueError, match=r"no file or folder.*missing"):
        grading.notebooks_of([tmp_path / "missing.ipynb"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="holds no notebook"):
        grading.notebooks_of([tmp_path / "empty"])
    with pytest.raises(ValueError, match=r"seconds must be greater than 0; received 0"):
        grading.grade([tmp_path / "one.ipynb"], limits=grading.Limits(seconds=0))


@pytest.mark.parametrize("content", ["", "[1, 2]", '{"cells": 3}', '{"cells": [{}]}'])
def test_what_is_no_notebook_is_a_row_that_says_so(tmp_path, content):
    path = tmp_path / "x.ipynb"
    path.write_text(content)
    assert grading.grade([path])[0].note == "not a notebook"


def test_a_notebook_of_something_else_is_not_run(tmp_path):
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")]), tmp_path / "x.ipynb")
    row = grading.grade([tmp_path / "x.ipynb"])[0]
    assert row.lesson == "" and "no lesson of the course" in row.note


def test_the_command_writes_over_nothing(tmp_path, capsys):
    (tmp_path / "out.csv").write_text("kept")
    (tmp_path / "x.ipynb").write_text("")
    arguments = ["grade", str(tmp_path / "x.ipynb"), "--csv", str(tmp_path / "out.csv")]
    assert commands.main(arguments) == 2
    assert "exists" in capsys.readouterr().err and (tmp_path / "out.csv").read_text() == "kept"
    assert commands.main([*arguments, "--force"]) == 0
    assert "not a notebook" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert "not a notebook" in capsys.readouterr().out


def test_a_folder_for_the_table_that_does_not_exist_is_told_before_anything_runs(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("course_utils.grading.command.grade", lambda *_, **__: pytest.fail("it ran"))
    (tmp_path / "x.ipynb").write_text("")
    assert commands.main(["grade", str(tmp_path / "x.ipynb"), "--csv", str(tmp_path / "no" / "out.csv")]) == 2
    assert "there is no folder" in capsys.readouterr().err


def test_who_stops_it_keeps_what_is_graded(tmp_path, capsys, monkeypatch):
    for name in "abc":
        (tmp_path / f"{name}.ipynb").write_text("")

    def stopped(path, limits, kept):
        if path.stem == "c":
            raise KeyboardInterrupt
        return grading.Row(str(path), "01", {"1": path.stem == "a"})

    monkeypatch.setattr("course_utils.grading.rows._row", stopped)
    assert commands.main(["grade", str(tmp_path), "--csv", str(tmp_path / "out.csv")]) == 0
    told = capsys.readouterr()
    assert "[2/3] " in told.err and "stopped by you: 2 of 3 files are graded" in told.err
    assert "✗ wrong" in told.out.splitlines()[-3]
    assert [line.split()[-3:] for line in told.out.splitlines()[1:3]] == [["1", "of", "1"], ["0", "of", "1"]]
    assert len((tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()) == 3


# What a lesson asks, whatever is left of it


@pytest.mark.stored
def test_the_number_of_exercises_is_that_of_each_lesson():
    told = {}
    for path in sorted((ROOT / "notebooks").glob("[0-9]*.py")):
        text = path.read_text(encoding="utf-8")
        told[path.name[:2]] = int(re.search(r"^checks\.own_score\(exercises=(\d+)\)", text, re.M)[1])
        assert re.findall(r"^# \*\*Exercise (\d+) ", text, re.M) == list(map(str, range(1, told[path.name[:2]] + 1)))
    assert told == own.EXERCISES


@pytest.fixture
def not_run(monkeypatch):
    """Stand in for the run: exercise 1 was solved, and one that the lesson doesn't have; what was asked is kept."""
    asked = {}

    def run(command, *, folder, **others):
        asked.update(others, folder=folder, command=command)
        (folder / "verdicts.json").write_text(json.dumps({"1": [True, ""], "99": [True, ""]}))
        return ""

    monkeypatch.setattr("course_utils.grading.rows.run_limited", run)
    return asked


@pytest.mark.parametrize(
    ("head", "exercises"),
    [
        ('checks.Scorecard("01")', own.EXERCISES["01"]),
        ('runtime.start(lesson="9")', own.EXERCISES["09"]),
        ('lesson = runtime.start(lesson="03")\nscore = checks.Scorecard("03, further: a page")', 0),
        ('runtime.start(lesson="10")\nchecks.Scorecard("10 further")', 0),
    ],
)
def test_a_deleted_exercise_is_one_not_attempted(tmp_path, not_run, head, exercises):
    path = tmp_path / "x.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(head)]), path)
    [row] = grading.grade([path])
    if exercises:
        assert row.verdicts == {"1": True} | {str(number): None for number in range(2, exercises + 1)}
        assert f"1 of {exercises}" in grading.as_text([row])
    else:
        assert row.verdicts == {"1": True, "99": True}


def test_a_copy_is_run_and_the_folders_named_are_not_to_be_written_into(tmp_path, not_run, monkeypatch):
    monkeypatch.setenv("PWD", str(tmp_path))
    (tmp_path / "in" / "anna").mkdir(parents=True)
    path = handed_in(tmp_path / "in" / "anna", "x")
    grading.grade([tmp_path / "in", path])
    assert not any(str(tmp_path) in word for word in [*not_run["command"], *not_run["environment"].values()])
    assert not_run["environment"]["PWD"] == str(not_run["folder"]) and not_run["kept"] == [
        tmp_path / "in",
        tmp_path / "in" / "anna",
    ]


def test_a_folder_that_every_program_needs_stays_open(tmp_path, not_run, monkeypatch):
    (tmp_path / "home").mkdir()
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    grading.grade([handed_in(tmp_path, "x")])
    assert not_run["kept"] == []


# Limits, without a kernel


def limited(code, **limits):
    return grading.run_limited([sys.executable, "-c", code], limits=grading.Limits(**limits), environment={"A": "1"})


def test_a_program_ends_by_itself_or_is_stopped():
    assert limited("import os; assert os.environ['A'] == '1'") == ""
    assert limited("raise SystemExit('no such thing')") == "no such thing"
    assert limited("import time; time.sleep(60)", seconds=1) == "stopped after 1 s"


def test_a_program_writes_into_its_own_folder_and_not_into_those_that_are_kept(tmp_path):
    for name in ("own", "kept", "open"):
        (tmp_path / name).mkdir()
    code = f"import pathlib; pathlib.Path('x').touch(); pathlib.Path({str(tmp_path / 'open')!r}, 'x').touch(); "
    code += f"pathlib.Path({str(tmp_path / 'kept')!r}, 'x').touch()"
    told = grading.run_limited(
        [sys.executable, "-c", code],
        limits=grading.Limits(),
        environment={},
        folder=tmp_path / "own",
        kept=[tmp_path / "kept", tmp_path / "there is none"],
    )
    written = [path.parent.name for path in sorted(tmp_path.rglob("x"))]
    tried = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"'  # some systems cut the network and no more
    can = [*APART, "--mount", "sh", "-c", tried, "sh", str(tmp_path / "kept")]
    if can_cut_the_network() and subprocess.run(can, capture_output=True).returncode == 0:
        assert written == ["open", "own"] and "Read-only file system" in told
    else:
        assert written == ["kept", "open", "own"] and told == ""


def test_memory_is_counted_with_that_of_all_its_processes():
    hog = "import time; held = bytearray(400 << 20); held[::4096] = b'x' * len(held[::4096]); time.sleep(60)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hog!r}])"
    assert limited(child, seconds=60, megabytes=200) == "stopped: it took more than 200 MB of memory"


# Whole notebooks, each in a kernel


@pytest.mark.slow
def test_verdicts_of_a_fresh_run_are_collected_and_the_file_is_left_alone(tmp_path):
    path = handed_in(tmp_path, "anna", answered(1, 5), answered(1, 4), answered(2, 5), "undefined", answered(3, None))
    before = path.read_bytes()
    row = grading.grade([path])[0]
    assert row == grading.Row(
        str(path),
        "01",
        {"1": True, "2": False} | dict.fromkeys("345678"),
        "cell 5: NameError: name 'undefined' is not defined",
    )
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


@pytest.mark.slow
def test_what_was_solved_counts_when_the_kernel_dies_or_hangs(tmp_path):
    dies = handed_in(tmp_path, "dies", answered(1, 4), "import os; os._exit(3)", answered(2, 4))
    hangs = handed_in(tmp_path, "hangs", answered(1, 4), "import time; time.sleep(600)", answered(2, 4))
    rows = grading.grade([dies, hangs], limits=grading.Limits(seconds=45))
    assert [row.verdicts for row in rows] == [{"1": True} | dict.fromkeys("2345678")] * 2
    assert rows[0].note.startswith("the kernel died") and rows[1].note == "stopped after 45 s"


@pytest.mark.slow
def test_a_notebook_finds_no_way_to_what_others_handed_in(tmp_path):
    write = "import os, pathlib, psutil"
    write += "\nfor folder in [os.getcwd(), os.environ['PWD'], psutil.Process().parent().cwd()]:"
    write += "\n    pathlib.Path(folder, 'left_behind').touch()"
    path = handed_in(tmp_path, "writes", write, answered(1, 4))
    row = grading.grade([path])[0]
    assert row.solved == 1 and row.note == "" and list(tmp_path.iterdir()) == [path]


@pytest.mark.slow
def test_there_is_no_network_in_a_graded_notebook(tmp_path):
    reach = "import socket; socket.create_connection(('127.0.0.1', 9), timeout=2)"
    shell = "import subprocess; assert subprocess.run(['true']).returncode == 0"
    row = grading.grade([handed_in(tmp_path, "calls", shell, reach)])[0]
    assert row.note == "cell 3: OSError: notebooks are graded without network"
    json.dumps(row.verdicts)
