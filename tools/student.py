"""The students' edition: lessons without outputs, solutions and teacher's notes, as one zip: ``make student``.

    python tools/student.py build/student-edition.zip

In it: the lessons and further pages, the start page, the package and what sets it up, so that `make lab` works after
unpacking. Left out: tests and what they need, solutions, questions by hand with their answers, the text halves of the
pairs. The exercise checks stay, and with them what they compare with: whoever wants to read the answers there can.
"""

import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from website import teaching

ROOT = Path(__file__).resolve().parents[1]
FILES = ("LICENSE", "LICENSE-TEXT", "environment.yml", "pyproject.toml", "tools/setup.sh")
FOLDERS = ("course_utils", "data/weights", "data/measurements", "notebooks/pictures", "tools/jupyter")
LEFT_OUT = ("__pycache__", "questions")  # folders
PAGES = ("notebooks/START_HERE.ipynb", "notebooks/[0-9]*.ipynb", "notebooks/further/*.ipynb")
WHEN = (2000, 1, 1, 0, 0, 0)  # of every member: equal contents make an equal file
README = """# Convolutional networks, hands on: the students' edition

Begin with `make lab`, which installs what is needed into `.venv` and opens the start page. On Windows, in a terminal in
this folder:

    py -3.12 -m venv .venv
    .venv\\Scripts\\python -m pip install -r requirements.txt
    .venv\\Scripts\\jupyter lab --config=tools/jupyter/jupyter_lab_config.py

Cells have no results yet: run a lesson from top to bottom. Hand in the notebook with your answers, under the name and
in the place that your teacher says. Something does not work: `make doctor`, on Windows
`.venv\\Scripts\\python -m course_utils doctor`.
"""
MAKEFILE = """# Set-up and JupyterLab. Another interpreter: PYTHON=python3.12 make lab
PYTHON ?= python3
VENV ?= .venv
export SETUP_PROBE ?= import course_utils, numpy, jupyterlab

.DEFAULT_GOAL := help
.PHONY: help lab setup doctor

help: ## list the commands
\t@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\\n", $$1, $$2}' Makefile

setup: ## make .venv and install everything (lab does this by itself)
\t@PYTHON="$(PYTHON)" VENV="$(VENV)" sh tools/setup.sh

lab: setup ## open JupyterLab on the start page
\t$(VENV)/bin/jupyter lab --config=tools/jupyter/jupyter_lab_config.py $(LAB_ARGS)

doctor: setup ## what works on this machine, and what to do about what does not
\t$(VENV)/bin/python -m course_utils doctor
"""

NOTES = re.compile(r"<details>\s*<summary>\s*<b>Teacher.s notes</b>.*?</details>\s*", re.S)
LINK = r"\[[^\]]*\]\((?:\.\./)?solutions/[^)]*\)"
REMOVED = (
    re.compile(rf" ?\([^()]*{LINK}[^()]*\)"),  # a sentence in brackets
    re.compile(rf" · (?:Solutions?: )?{LINK}|{LINK} · "),  # in a row of links
    re.compile(rf" Solutions: {LINK}\."),
    re.compile(r"^- \*\*Solutions\*\*.*?(?:\n(?=- |\n)|\Z)", re.S | re.M),  # a point of a list, over several lines
    re.compile(r" ?Solutions are in `[^`]*`\."),
    re.compile(r" The outputs you see before that are stored\s+ones, so you can also just read\."),
)


def without_answers(text: str) -> str:
    """Return a Markdown cell without teacher's notes and without what points to the solutions.

    Raises:
        ValueError: something that points there is left.
    """
    text = NOTES.sub("", text)
    for pattern in REMOVED:
        text = pattern.sub("", text)
    if "solutions/" in text:
        raise ValueError(
            f"a cell still points to the solutions: {text[max(0, text.index('solutions/') - 80) :][:200]!r}"
        )
    return text


def student_copy(notebook: nbformat.NotebookNode, lesson: str = "") -> nbformat.NotebookNode:
    """Return a notebook without outputs, teacher's notes, and links to solutions.

    Args:
        notebook: it is changed.
        lesson: its number, if it is a lesson: exercises say how hard and long they are.
    """
    kept = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.metadata.pop("collapsed", None)
            cell.metadata.get("jupyter", {}).pop("outputs_hidden", None)  # an answer that they made is theirs to see
        else:
            told = without_answers(cell.source).strip()
            cell.source = teaching.marked(told, lesson) if lesson else told
        if cell.source.strip():
            kept.append(cell)
    notebook.cells = kept
    notebook.metadata.pop("jupytext", None)  # a notebook alone, no half of a pair
    return notebook


def requirements(text: str) -> str:
    """Return a list of requirements without those of the tests."""
    return re.sub(r"^# --- the tests\n(?:.+\n)+\n?", "", text, flags=re.M)


def without_questions(usage: str) -> str:
    """Return the package's command without the line on what prints questions with their answers."""
    return re.sub(r"^  questions .*\n", "", usage, flags=re.M)


def members(root: Path = ROOT) -> Iterator[tuple[str, bytes]]:
    """Yield the path in the zip and the content of every file of the edition."""
    yield "README.md", README.encode()
    yield "Makefile", MAKEFILE.encode()
    yield "requirements.txt", requirements((root / "requirements.txt").read_text(encoding="utf-8")).encode()
    for name in FILES:
        yield name, (root / name).read_bytes()
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if not path.is_file() or set(LEFT_OUT) & set(path.parts):
                continue
            command = name == "course_utils/__main__.py"
            yield name, without_questions(path.read_text(encoding="utf-8")).encode() if command else path.read_bytes()
    for path in [path for pattern in PAGES for path in sorted(root.glob(pattern))]:
        lesson = path.name[:2] if path.parent.name == "notebooks" and path.name[0].isdigit() else ""
        page = student_copy(nbformat.read(path, as_version=4), lesson)
        yield path.relative_to(root).as_posix(), nbformat.writes(page).encode()


def write(target: Path, root: Path = ROOT) -> int:
    """Write the zip; return its number of files."""
    target.parent.mkdir(parents=True, exist_ok=True)
    names = set()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members(root):
            place = zipfile.ZipInfo(f"convolutional-networks/{name}", WHEN)
            place.compress_type = zipfile.ZIP_DEFLATED
            place.external_attr = (0o755 if name.endswith(".sh") else 0o644) << 16
            archive.writestr(place, content)
            names.add(name)
    return len(names)


def main() -> None:
    """Write the edition where the first argument says."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "student-edition.zip")
    count = write(target)
    print(f"{target}: {count} files, {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
