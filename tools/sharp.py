"""The figures of slides as vectors: `data/figures/NN` holds them, named after the PNG that a lesson stores.

`tools/execute_notebooks.py` writes them whenever it runs a lesson. A figure that has none is projected as it is stored.
"""

import base64
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from deck import cells

FOLDER = Path(__file__).resolve().parents[1] / "data" / "figures"


def name(png: str) -> str:
    """Return the name, without suffix, of the file that holds a stored PNG (base64) as vectors."""
    return hashlib.sha256("".join(png).strip().encode()).hexdigest()[:16]


def projected(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the stored PNGs (base64) that a lesson's slides show."""
    tagged = [cell for cell in notebook.cells if cells.TAG in cell.metadata.get("tags", [])]
    shown = [data for cell in tagged for data in cells.picked(cell.get("outputs", []))]
    return ["".join(data["image/png"]) for data in shown if cells.pictured(data)]


def file(png: str) -> Path | None:
    """Return the file that holds a stored PNG (base64) as vectors, if there is one."""
    return next(FOLDER.glob(f"[01][0-9]/{name(png)}.svg"), None)


def address(png: str) -> str:
    """Return a stored PNG (base64) as an address that a page can show: of its vectors, else of itself."""
    if vectors := file(png):
        return f"data:image/svg+xml;base64,{base64.b64encode(vectors.read_bytes()).decode()}"
    return f"data:image/png;base64,{png.strip()}"


@contextmanager
def drawn() -> Iterator[Path]:
    """Yield a folder into which every kernel that is started in this block draws its figures as vectors, too."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COURSE_FIGURES"] = folder
        try:
            yield Path(folder)
        finally:
            del os.environ["COURSE_FIGURES"]


def keep(notebook: nbformat.NotebookNode, folder: Path, lesson: str) -> None:
    """Keep of the figures in a folder those that a lesson's slides show; those of earlier runs go."""
    wanted, target = {name(png) for png in projected(notebook)}, FOLDER / lesson
    target.mkdir(parents=True, exist_ok=True)
    for file in target.iterdir():
        if file.stem not in wanted:
            file.unlink()
    found = [file for file in folder.iterdir() if file.stem in wanted]
    for file in found:
        shutil.copy(file, target / file.name)
    have = sum(file.stem in wanted for file in target.iterdir())
    size = sum(file.stat().st_size for file in target.iterdir())
    print(f"{lesson}: {have} of {len(wanted)} figures of slides as vectors, {size / 1e3:,.0f} kB", file=sys.stderr)
