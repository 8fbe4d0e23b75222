"""`make scorecard`: its tables come from the stored notebooks, and it says so when something does not fit."""

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
    """A course of one lesson with three outcomes, one of which stands in published.toml."""
    claims = [
        {"outcome": "test accuracy", "measured": "0.9912", "required": "≥ 0.985", "passed": True},
        {"outcome": "parameters", "measured": "44,426", "required": "44,426", "passed": True},
        {"outcome": "both", "measured": "[25557032.0, 3.858]", "required": "", "passed": True},
    ]
    cells = [
        {"cell_type": "markdown", "source": ["# 06 · LeNet-5\n", "text"]},
        {"cell_type": "code", "source": [], "outputs": [{"data": {tool.MIME: {"lesson": "06", "claims": claims}}}]},
    ]
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "06_lenet5.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "lessons.toml").write_text('[[lesson]]\nnumber = "06"\nseconds = [28, 55]\n')
    write(tmp_path, 'lesson = "06"\noutcome = "test accuracy"\npublished = "99.05 %"\nnotes = "98.57 %"\nunit = "%"')
    return tmp_path


@pytest.fixture
def full(tool, course):
    """The lines of the whole table."""
    return lambda: tool.texts(course)["site/results.md"].splitlines()


def write(course: Path, entry: str) -> None:
    (course / "data" / "published.toml").write_text(f"[[outcome]]\n{entry}\n")


def test_published_and_measured_stand_side_by_side_without_the_notes(tool, full):
    lines = full()
    assert "| 06 | test accuracy | 99.05 % | 99.12 % |" in lines
    assert "| 06 | [LeNet-5](../notebooks/06_lenet5.ipynb) | 3 of 3 | 28 | 55 |" in lines
    assert (lines[0], lines[-1]) == (tool.BEGIN, tool.END)


@pytest.mark.parametrize(
    ("entry", "row"),
    [
        ('outcome = "parameters"\nshown = "weights"', "| 06 | weights |  | 44,426 |"),
        ('outcome = "test accuracy"\nunit = "points"', "| 06 | test accuracy |  | 99.12 points |"),
        ('outcome = "test accuracy"\nunit = "%"\ndecimals = 0', "| 06 | test accuracy |  | 99 % |"),
        ('outcome = "test accuracy"\ndecimals = 2', "| 06 | test accuracy |  | 0.99 |"),
        ('outcome = "both"', "| 06 | both |  | 25,557,032, 3.858 |"),
    ],
)
def test_numbers_are_shown_in_their_unit_and_lists_without_brackets(course, full, entry, row):
    write(course, f'lesson = "06"\n{entry}')
    assert row in full()


def test_the_readme_shows_what_has_words_for_it_and_no_more_than_is_read(tool, course):
    assert "99.12" not in tool.texts(course)["README.md"]
    write(course, 'lesson = "06"\noutcome = "test accuracy"\nreadme = "LeNet-5 on MNIST"\nunit = "%"')
    assert "| 06 | LeNet-5 on MNIST |  | 99.12 % |" in tool.texts(course)["README.md"].splitlines()
    with pytest.raises(SystemExit, match="21 entries have words for the README; at most 20"):
        tool.short([{"lesson": "06", "outcome": "parameters", "readme": "x"}] * 21, tool.lessons(course))


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
        tool.texts(course)
    for word in words:
        assert word in str(error.value)


def test_only_the_text_between_the_markers_is_replaced(tool):
    page = f"above\n{tool.BEGIN}\nold\n{tool.END}\nbelow\n"
    new = f"{tool.BEGIN}\nnew\n{tool.END}"
    assert tool.replaced(page, new, "README.md") == f"above\n{new}\nbelow\n"
    with pytest.raises(SystemExit, match=r"README\.md needs"):
        tool.replaced("no markers", new, "README.md")


@pytest.mark.parametrize("unit", ["%", "points"])
def test_a_number_that_is_no_share_is_not_shown_as_one(tool, unit):
    entry = {"outcome": "reduced over plain", "unit": unit, "decimals": 1}
    assert tool.as_shown("0.019", entry) == f"1.9 {unit}"
    with pytest.raises(SystemExit, match=r"measured 1\.888: no share"):
        tool.as_shown("1.888", entry)
