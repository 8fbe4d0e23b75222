"""How notebooks are stored: as JupyterLab itself writes them, with folded cells folded wherever they are opened.

Opening a stored notebook, waiting and saving changes neither half of its pair. What only one program reads
(`jupyter.source_hidden` in JupyterLab, `cellView` in Colab) is made here from a cell's tags, which both halves have.
"""

from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
FOLDERS = (NOTEBOOKS, NOTEBOOKS / "further", NOTEBOOKS / "solutions")
# tag: is the source folded, is the output folded
FOLDED = {
    "setup": (True, False),
    "claims": (True, False),
    "hide-output": (False, True),
    "hide-cell": (True, True),
    "hide-input": (True, False),
}
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# As a kernel reports it; JupyterLab writes it into every notebook that it opens. One version for all.
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": "3.11.7",
}
PAIRED = {"cell_metadata_filter": "tags,-all", "main_language": "python", "notebook_metadata_filter": "-all"}


def sources() -> list[Path]:
    """Return the .py halves of all pairs: lessons, further pages, solutions."""
    found = [path for folder in FOLDERS for path in sorted(folder.glob("*.py"))]
    return [path for path in found if path.name != "conftest.py"]


def settle(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Give a notebook the metadata it is stored with, in place; return it."""
    notebook.metadata = nbformat.from_dict({"jupytext": PAIRED, "kernelspec": KERNEL, "language_info": LANGUAGE})
    for cell in notebook.cells:
        if cell.cell_type == "code":
            _fold(cell)
    return notebook


def _fold(cell: nbformat.NotebookNode) -> None:
    """Write the folding that a code cell's tags ask for, and take away any other."""
    source, output = (any(FOLDED.get(tag, (0, 0))[part] for tag in cell.metadata.get("tags", [])) for part in (0, 1))
    own = {"source_hidden": source, "outputs_hidden": output}
    others = {name: value for name, value in cell.metadata.get("jupyter", {}).items() if name not in own}
    for name in ("jupyter", "cellView", "collapsed"):
        cell.metadata.pop(name, None)
    if source:
        cell.metadata["cellView"] = "form"
    if output:
        cell.metadata["collapsed"] = True  # JupyterLab adds it on saving
    hidden = others | {name: True for name, folded in own.items() if folded}
    if hidden:
        cell.metadata["jupyter"] = hidden
