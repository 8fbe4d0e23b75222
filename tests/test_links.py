"""Links of the lessons lead on wherever a lesson is read: in JupyterLab, on Colab, on the site.

JupyterLab takes a link as a path from the notebook's folder. Colab takes it as a part of the page's address, which ends
in the notebook's path in the repository, and opens notebooks only. The site turns ``.ipynb`` into a page's name.
"""

import re
import tomllib
from pathlib import Path
from urllib.parse import urljoin

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
REPOSITORY = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Repository"]
COLAB = f"https://colab.research.google.com/github/{'/'.join(REPOSITORY.split('/')[-2:])}/blob/main/"
PAGES = sorted(path for path in NOTEBOOKS.glob("**/[0-9]*.py") if path.name.startswith("01_"))
LINK = re.compile(r"(?<!!)\[[^\]\[]+\]\(([^)\s]+)\)")


def links(page: Path) -> list[str]:
    """Return what a page's prose links to, but for the badge."""
    prose = "\n".join(line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("# "))
    return [target for target in LINK.findall(prose) if "colab-badge" not in target]


def where(page: Path) -> str:
    """Return a page's path in the repository, as a notebook."""
    return page.with_suffix(".ipynb").relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_between_notebooks_open_everywhere(page):
    inner = [target for target in links(page) if "://" not in target]
    for target in inner:
        assert re.fullmatch(r"(\.\./)*[\w/]+\.ipynb", target), f"{target}: Colab opens notebooks alone, without anchors"
        there = (page.parent / target).resolve()
        assert there.name in {path.name for path in there.parent.glob("*.ipynb")}, f"{target}: no such notebook"
        opened = urljoin(COLAB + where(page), target)
        assert opened == COLAB + there.relative_to(ROOT).as_posix(), f"{target}: Colab would open {opened}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_badge_opens_this_notebook(page):
    assert f"({COLAB}{where(page)})" in page.read_text(encoding="utf-8")


def test_the_lesson_leads_on_and_its_side_paths_lead_back():
    lesson, *others = sorted(PAGES, key=lambda page: len(page.parts))
    found = set(links(lesson))
    assert {"START_HERE.ipynb", "02_filters.ipynb", f"solutions/{lesson.stem}_solutions.ipynb"} <= found
    assert {f"further/{page.stem}.ipynb" for page in others if page.parent.name == "further"} <= found
    assert all(f"../{lesson.stem}.ipynb" in links(page) for page in others)
