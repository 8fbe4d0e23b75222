"""The start page: its table of lessons, its pictures, and the JupyterLab settings that open it."""

import importlib.util
import io
import json
import re
import subprocess
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"


@pytest.fixture(scope="module")
def tool():
    """The tool as a module; tools/ is not a package."""
    spec = importlib.util.spec_from_file_location("front_tool", ROOT / "tools" / "front.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def lessons(tool):
    return tool.lessons()


@pytest.mark.stored
def test_tables_are_written_between_their_markers_in_both_files(tool, lessons, monkeypatch):
    monkeypatch.setattr(tool, "lessons", lambda root: lessons[:1])
    made = tool.written()
    readme, start = made[ROOT / "README.md"].decode(), made[NOTEBOOKS / "START_HERE.py"].decode()
    shown = readme.split(tool.BEGIN)[1].split(tool.END)[0]
    assert f'href="notebooks/{lessons[0]["file"]}"' in shown and lessons[1]["file"] not in shown
    inside = start.split(tool.BEGIN)[1].split(tool.END)[0].splitlines()
    assert len(inside) == 8 and all(line.startswith("# ") for line in inside[1:])
    with Image.open(io.BytesIO(made[NOTEBOOKS / "pictures" / "01.png"])) as picture:
        assert picture.size == tool.SIZE


@pytest.mark.stored
def test_every_lesson_has_its_entry_with_the_minutes_of_its_head(lessons):
    assert [entry["file"] for entry in lessons] == sorted(p.name for p in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    for entry in lessons:
        head = "".join(json.loads((NOTEBOOKS / entry["file"]).read_text(encoding="utf-8"))["cells"][0]["source"])
        [time] = [line for line in head.splitlines() if line.startswith("**Time:**")]
        assert str(entry["read"]) in re.findall(r"\d+", time), f"{entry['file']} says {time}"


@pytest.mark.stored
def test_links_and_pictures_of_the_start_page_exist():
    text = (NOTEBOOKS / "START_HERE.py").read_text(encoding="utf-8")
    targets = re.findall(r'(?:href|src)="([^"]+)"', text) + re.findall(r"\]\(([^)]+)\)", text)
    assert len(targets) > 30
    missing = [target for target in targets if ":" not in target and not (NOTEBOOKS / target).is_file()]
    assert missing == []


def test_hours_are_what_the_minutes_add_up_to(tool):
    found = [{"read": 60, "exercise": 90}, {"read": 70, "exercise": 100}]
    assert tool.hours(found, "x: about 9 hours of reading and 1 of it") == "x: about 2 hours of reading and 3 of it"


def test_a_picture_is_trimmed_fitted_and_placed_in_the_middle(tool):
    figure = Image.new("RGB", (1000, 1000), "white")
    figure.paste("red", (300, 400, 500, 500))  # 2 : 1 of red in much white
    file = io.BytesIO()
    figure.save(file, "PNG")
    with Image.open(io.BytesIO(tool.small(file.getvalue()))) as card:
        pixels = card.convert("RGB")
    assert pixels.size == tool.SIZE
    red = [x for x in range(tool.SIZE[0]) if pixels.getpixel((x, tool.SIZE[1] // 2)) == (255, 0, 0)]
    assert (red[0], red[-1]) == (tool.MARGIN, tool.SIZE[0] - tool.MARGIN - 1)
    assert pixels.getpixel((tool.SIZE[0] // 2, 20)) == (255, 255, 255)


def test_a_figure_that_is_not_there_is_named(tool):
    notebook = {"cells": [{"cell_type": "markdown", "source": ["## 4 · Window"]}]}
    with pytest.raises(SystemExit, match=r"01\.ipynb has 0 figures below '## 4 '.*data/lessons\.toml"):
        tool.figure(notebook, "01.ipynb", "## 4 ", 0)


def test_markers_are_asked_for(tool):
    with pytest.raises(SystemExit, match=r"README\.md needs the lines"):
        tool.replaced("no markers", "new", "README.md")


# ---------------------------------------------------------------- the way in


def test_every_way_in_uses_the_same_settings():
    option = "--config=tools/jupyter/jupyter_lab_config.py"
    assert option in (ROOT / "Makefile").read_text(encoding="utf-8")
    page = (ROOT / "site" / "running.md").read_text(encoding="utf-8")
    ways = [line for line in page.splitlines() if "jupyter lab" in line]
    assert len(ways) >= 2 and all(option in line for line in ways)


def test_settings_name_what_is_there():
    written = (ROOT / "tools" / "jupyter" / "jupyter_lab_config.py").read_text(encoding="utf-8")
    [address] = re.findall(r'default_url = "/lab/tree/(.*)"', written)
    assert (NOTEBOOKS / address).is_file()
    assert json.loads((ROOT / "tools" / "jupyter" / "settings" / "overrides.json").read_text())
    ignored = subprocess.run(["git", "check-ignore", ".jupyter/workspaces"], cwd=ROOT, capture_output=True)
    assert ignored.returncode == 0  # what JupyterLab remembers of its tabs is not the reader's change
