"""The students' edition: what is left out, what stays, and that nothing in it leads to what is left out."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import student  # noqa: E402


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("[← 02](2.ipynb) · [solutions](solutions/03.ipynb) · [04 →](4.ipynb)", "[← 02](2.ipynb) · [04 →](4.ipynb)"),
        ("**Next:** [02](02.ipynb), more · [solutions](solutions/01.ipynb)", "**Next:** [02](02.ipynb), more"),
        ("How many? (Worked: [solutions](solutions/01.ipynb).)", "How many?"),
        ("Back to [01](../1.ipynb). Solutions: [01 · solutions](../solutions/01.ipynb).", "Back to [01](../1.ipynb)."),
        ("Read the answer. Solutions are in `solutions/04.ipynb`.", "Read the answer."),
        ("- one\n- **Solutions** stand in [a](solutions/01.ipynb),\n  one a lesson\n- two", "- one\n- two"),
        ("<details><summary><b>Teacher's notes</b></summary>\n\nListen.\n</details>\nRecap", "Recap"),
        ("It. The outputs you see before that are stored\n  ones, so you can also just read.\n- On", "It.\n- On"),
        ("<details><summary><b>Why</b></summary>42</details>", "<details><summary><b>Why</b></summary>42</details>"),
    ],
)  # fmt: skip
def test_what_points_to_answers_goes_and_the_rest_stays(text, left):
    assert student.without_answers(text) == left


def test_a_link_that_nobody_thought_of_is_refused():
    with pytest.raises(ValueError, match="still points to the solutions"):
        student.without_answers("see <a href='solutions/01.ipynb'>here</a>")


def test_outputs_go_and_code_stays():
    code = nbformat.v4.new_code_cell("1 + 1", execution_count=3, metadata={"tags": ["hide-output"], "collapsed": True})
    code.outputs = [nbformat.v4.new_output("stream", text="2")]
    only_notes = nbformat.v4.new_markdown_cell("<details><summary><b>Teacher's notes</b></summary>x</details>")
    copy = student.student_copy(nbformat.v4.new_notebook(cells=[code, only_notes]))
    assert [(cell.source, cell.outputs, cell.execution_count) for cell in copy.cells] == [("1 + 1", [], None)]
    assert copy.cells[0].metadata == {"tags": ["hide-output"]}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("edition")
    count = student.write(folder / "edition.zip")
    with zipfile.ZipFile(folder / "edition.zip") as archive:
        assert len(archive.namelist()) == count
        archive.extractall(folder)
    return folder / "convolutional-networks"


@pytest.mark.stored
def test_edition_has_every_lesson_without_outputs_and_without_answers(unpacked):
    pages = sorted((unpacked / "notebooks").rglob("*.ipynb"))
    left_out = {"solutions", ".ipynb_checkpoints"}
    stored = [path for path in (ROOT / "notebooks").rglob("*.ipynb") if not left_out & set(path.parts)]
    assert {path.relative_to(unpacked) for path in pages} == {path.relative_to(ROOT) for path in stored}
    for path in pages:
        cells = nbformat.read(path, as_version=4).cells
        whole = nbformat.read(ROOT / path.relative_to(unpacked), as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        assert "solutions/" not in text and "Teacher's notes" not in text
        assert not any(cell.get("outputs") for cell in cells)
        marks = len(re.findall(r"^\*\*Exercise \d+ \([^)]+ · \w+, \d+ min\)", text, re.M))
        assert marks == len(re.findall(r"^\*\*Exercise \d", text, re.M))
        codes = [[cell.source for cell in some if cell.cell_type == "code"] for some in (cells, whole)]
        assert codes[0] == codes[1]


@pytest.mark.stored
def test_links_of_the_edition_lead_to_files_in_it(unpacked):
    for path in (unpacked / "notebooks").rglob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type != "markdown":
                continue
            links = re.findall(r"\]\(([^)#\s]+)", cell.source) + re.findall(r"(?:src|href)=\"([^\"#]+)\"", cell.source)
            for link in links:
                if not re.match(r"[a-z]+:", link):
                    assert (path.parent / link).exists(), f"{path.name}: {link}"


@pytest.mark.stored
def test_edition_can_be_set_up(unpacked):
    assert (unpacked / "tools" / "setup.sh").exists() and (unpacked / "course_utils" / "__init__.py").exists()
    project = tomllib.loads((unpacked / "pyproject.toml").read_text())["project"]
    assert all((unpacked / name).exists() for name in [project["readme"], *project["license-files"]])
    assert not list(unpacked.rglob("__pycache__")) and not (unpacked / "tests").exists()


@pytest.mark.stored
def test_edition_speaks_of_nothing_that_it_has_not(unpacked):
    start = nbformat.read(unpacked / "notebooks" / "START_HERE.ipynb", as_version=4)
    told = "\n".join(cell.source for cell in start.cells) + (unpacked / "README.md").read_text()
    assert "stored" not in told and ".venv\\Scripts\\python" in told
    listed = subprocess.run(["make"], cwd=unpacked, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"make (\w+)", listed) == ["help", "setup", "lab", "doctor"]
    recipes = (unpacked / "Makefile").read_text() + (unpacked / "README.md").read_text()
    assert all((unpacked / name).exists() for name in re.findall(r"tools/[\w./]+\w", recipes))
    wanted = (unpacked / "requirements.txt").read_text()
    assert "jupyterlab" in wanted and wanted.endswith("\n-e .\n")
    assert not re.search("pytest|playwright|ruff|mypy", wanted)


@pytest.mark.stored
def test_edition_cannot_print_questions_with_their_answers(unpacked):
    assert not (unpacked / "course_utils" / "questions").exists()
    run = [sys.executable, "-m", "course_utils"]
    own = {"PYTHONPATH": str(unpacked), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    for arguments, status in ((["questions", "03"], 2), (["--help"], 0)):
        said = subprocess.run([*run, *arguments], cwd=unpacked, env=own, capture_output=True, text=True)
        assert said.returncode == status and "grade FILES" in said.stdout + said.stderr
        assert "by hand" not in said.stdout + said.stderr and "Traceback" not in said.stderr
    sources = [path for path in (unpacked / "course_utils").rglob("*.py") if path.name != "__main__.py"]
    assert not [
        path.name for path in sources if re.search(r"course_utils(\.| import .*\b)questions\b", path.read_text())
    ]
