"""`make scorecard`: the README's table comes from the stored notebooks, and says so when something does not fit."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def tool():
    """The tool as a module; tools/ is not a package."""
    spec = importlib.util.spec_from_file_location("scorecard_tool", ROOT / "tools" / "scorecard.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def course(tmp_path, tool):
    """A course of one lesson with two outcomes, one of which stands in published.toml."""
    claims = [
        {"outcome": "test accuracy", "measured": "0.9912", "required": "≥ 0.985", "passed": True},
        {"outcome": "parameters", "measured": "44,426", "required": "44,426", "passed": True},
    ]
    cells = [
        {"cell_type": "markdown", "source": ["# 06 · LeNet-5\n", "text"]},
        {"cell_type": "code", "source": [], "outputs": [{"data": {tool.MIME: {"lesson": "06", "claims": claims}}}]},
    ]
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "06_lenet5.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "data").mkdir()
    write(tmp_path, 'lesson = "06"\noutcome = "test accuracy"\npublished = "99.05 %"\nnotes = "98.57 %"\nunit = "%"')
    return tmp_path


def write(course: Path, entry: str) -> None:
    (course / "data" / "published.toml").write_text(f"[[outcome]]\n{entry}\n")


def test_published_notes_and_measured_stand_side_by_side(tool, course):
    lines = tool.text(course).splitlines()
    assert "| 06 | test accuracy | 99.05 % | 98.57 % | 99.12 % |" in lines
    assert "| 06 | [LeNet-5](notebooks/06_lenet5.ipynb) | 2 | 2 |" in lines
    assert (lines[0], lines[-1]) == (tool.BEGIN, tool.END)


def test_a_number_as_it_is_without_a_unit(tool, course):
    write(course, 'lesson = "06"\noutcome = "parameters"\nshown = "weights"')
    assert "| 06 | weights |  |  | 44,426 |" in tool.text(course).splitlines()


def test_a_difference_is_shown_in_points(tool, course):
    write(course, 'lesson = "06"\noutcome = "test accuracy"\nunit = "points"')
    assert "| 06 | test accuracy |  |  | 99.12 points |" in tool.text(course).splitlines()


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('lesson = "06"\noutcome = "accuracy"', ["06", "'accuracy'"]),
        ('lesson = "11"\noutcome = "parameters"', ["'11'", "published.toml"]),
    ],
)
def test_an_entry_without_its_outcome_is_named(tool, course, entry, words):
    write(course, entry)
    with pytest.raises(SystemExit) as error:
        tool.text(course)
    for word in words:
        assert word in str(error.value)


def test_only_the_text_between_the_markers_is_replaced(tool):
    readme = f"above\n{tool.BEGIN}\nold\n{tool.END}\nbelow\n"
    assert tool.replaced(readme, f"{tool.BEGIN}\nnew\n{tool.END}") == f"above\n{tool.BEGIN}\nnew\n{tool.END}\nbelow\n"
    with pytest.raises(SystemExit, match=r"README\.md needs"):
        tool.replaced("no markers", "new")
