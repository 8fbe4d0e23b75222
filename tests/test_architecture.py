"""What importing the package costs, and what every notebook must have.

Which package may import which is said in pyproject.toml and checked by `make check`; here stands what those contracts
cannot say: which libraries are loaded with a package, and not only when one of its functions is called.
"""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "course_utils"
BASIC = {"numpy"}
# package: the libraries it may import when it is loaded
LIBRARIES = {
    "paths": set(),
    "validation": set(),
    "figures": BASIC | {"matplotlib", "PIL"},
    "files": BASIC,
    "downloads": BASIC,
    "runtime": BASIC,
    "convolution": BASIC,
    "linear": BASIC,
    "first_layer": BASIC,
    "layers": BASIC | {"keras"},
    "models": BASIC | {"keras"},
    "anatomy": BASIC | {"keras", "pandas"},
    "inspection": BASIC | {"keras"},
    "datasets": BASIC | {"PIL"},  # Pillow opens image files and loads in milliseconds
    "training": BASIC | {"keras", "tensorflow"},
    "transfer": BASIC | {"keras"},
    "recipes": BASIC | {"keras"},
    "plots": BASIC | {"matplotlib", "seaborn", "pandas"},
    "widgets": BASIC | {"PIL", "anywidget", "traitlets", "IPython", "ipywidgets", "jupyterquiz"},
    "checks": BASIC,
    "doctor": BASIC,
    "grading": set(),
    "questions": BASIC,
    "measure": BASIC,
    "pretrain": BASIC,
    "__main__": set(),
    "__init__": set(),
}
FILES = sorted(path for path in PACKAGE.rglob("*.py"))


def loaded_with(path: Path) -> set[str]:
    """Return the dotted names that a file imports on its top level."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: write the import in full, not relative"
            names.add(str(node.module))
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_package_loads_only_its_libraries(path):
    package = path.relative_to(PACKAGE).with_suffix("").parts[0]
    assert package in LIBRARIES, f"{package} is new: add it here and to the contracts of pyproject.toml"
    for name in loaded_with(path):
        library = name.split(".")[0]
        if library != "course_utils" and library not in sys.stdlib_module_names:
            assert library in LIBRARIES[package], f"{package} must not import {library} when it is loaded"


def test_importing_the_package_loads_no_framework_and_is_fast():
    code = (
        "import time, sys; t = time.perf_counter(); import course_utils; s = time.perf_counter() - t;"
        "import json; print(json.dumps([s, sorted(m for m in sys.modules if m.split('.')[0] in"
        " {'keras', 'tensorflow', 'numpy', 'matplotlib'})]))"
    )
    seconds, loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert loaded == []
    assert seconds < 0.3


def test_packages_of_the_first_lessons_load_no_framework():
    code = (
        "import importlib, sys\n"
        "for package in ('convolution', 'linear', 'datasets', 'plots', 'widgets', 'checks', 'runtime', 'files'):\n"
        "    importlib.import_module(f'course_utils.{package}')\n"
        "    loaded = [name for name in ('keras', 'tensorflow') if name in sys.modules]\n"
        "    assert not loaded, f'{package} loads {loaded}'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def lessons() -> list[Path]:
    folder = ROOT / "notebooks"
    side = sorted((folder / "further").glob("[0-9]*.py")) + sorted((folder / "solutions").glob("[0-9]*.py"))
    return sorted(folder.glob("[0-9]*.py")) + side


@pytest.mark.stored
@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_lesson_badge_and_set_up_cell_name_the_repository_of_pyproject(path):
    address = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]["Repository"]
    text = path.read_text(encoding="utf-8")
    owner_and_name = address.removeprefix("https://github.com/")
    place = path.relative_to(ROOT).with_suffix(".ipynb").as_posix()
    assert f"colab.research.google.com/github/{owner_and_name}/blob/main/{place}" in text
    assert f'address = "{address}"' in text
    assert set_up(text) == set_up(lessons()[0].read_text(encoding="utf-8")), "not the first lesson's set-up cell"


def set_up(text: str) -> str:
    """Return the source of a lesson's set-up cell."""
    return re.search(r'^# %% tags=\["setup"\]\n(.*?)(?=^# %%)', text, re.M | re.S)[1].rstrip()


@pytest.mark.stored
@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_notebook_is_stored_whole(path):
    notebook = json.loads(path.with_suffix(".ipynb").read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
    assert all(cell["execution_count"] for cell in code), "a cell was never run: nbval would compare nothing"
    tags = [tag for cell in code for tag in cell["metadata"].get("tags", [])]
    assert "nbval-skip" not in tags
    assert tags.count("nbval-ignore-output") < len(code) / 2, "half of the lesson is not compared"
    assert all(len("".join(cell["source"]).splitlines()) <= 45 for cell in code), "a cell is longer than 45 lines"
    headings = re.findall(
        r"^# .+", "\n".join("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "markdown"), re.M
    )
    assert len(headings) == 1, f"one H1 a lesson, found {headings}"
    assert path.with_suffix(".ipynb").stat().st_size < 2_000_000


def main_lessons() -> list[Path]:
    return sorted((ROOT / "notebooks").glob("[0-9]*.py"))


def further_pages() -> list[Path]:
    return sorted((ROOT / "notebooks" / "further").glob("[0-9]*.py"))


@pytest.mark.stored
@pytest.mark.parametrize("path", further_pages(), ids=lambda path: path.stem)
def test_further_page_is_linked_from_its_lesson_and_links_back(path):
    [lesson] = (ROOT / "notebooks").glob(f"{path.stem[:2]}_*.py")
    assert f"(further/{path.stem}.ipynb)" in lesson.read_text(encoding="utf-8")
    assert path.read_text(encoding="utf-8").count(f"(../{lesson.stem}.ipynb)") >= 2, "at the beginning and at the end"


@pytest.mark.stored
@pytest.mark.parametrize("path", further_pages(), ids=lambda path: path.stem)
def test_every_exercise_of_a_further_page_has_its_solution(path):
    solutions = "".join(one.read_text() for one in path.parent.parent.glob(f"solutions/{path.stem[:2]}_*.py"))
    asked = re.findall(r"lesson\d\d_further\.\w+(?=\()", path.read_text(encoding="utf-8"))
    assert not [name for name in asked if name not in solutions]


@pytest.mark.stored
@pytest.mark.parametrize("path", main_lessons(), ids=lambda path: path.stem)
def test_every_exercise_of_a_lesson_has_its_solution(path):
    solution = path.parent / "solutions" / f"{path.stem}_solutions.py"
    asked = set(re.findall(r"checks\.lesson\d\d\.\w+|lesson\d\d\.\w+(?=\()", path.read_text(encoding="utf-8")))
    solved = solution.read_text(encoding="utf-8")
    missing = [name for name in asked if name.split(".")[-1] not in solved]
    assert len(asked) >= 4, f"at least four exercises, found {sorted(asked)}"
    assert not missing, f"no solution to {missing}"


@pytest.mark.stored
@pytest.mark.parametrize("path", main_lessons(), ids=lambda path: path.stem)
def test_lesson_has_what_every_lesson_has(path):
    text = path.read_text(encoding="utf-8")
    for part in (
        "You will be able to",
        "Before this",
        "Time",
        "Data",
        "Teacher's notes",
        "Recap",
        "References",
        "Quiz",
    ):
        assert part in text, f"{path.name} has no part {part!r}"
    assert text.rstrip().endswith("score"), "a lesson ends with its scorecard"
    assert "plt.show(" not in text, "plots.show shows a figure with its description"
