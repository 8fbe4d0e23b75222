"""Fail when a notebook's two halves differ: ``make check-pairs``.

The .py half is the text that is edited. Each .ipynb is rebuilt from it in memory, outputs kept, and compared with
the one that is stored. Nothing is written, so nothing of yours can be overwritten.
"""

import sys
from pathlib import Path

import jupytext
import nbformat
from stored import FOLDERS, settle, sources


def cells(notebook) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return (type, source, tags) of every cell: all that the pair has in common."""
    return [(cell.cell_type, cell.source.rstrip(), tuple(cell.metadata.get("tags", []))) for cell in notebook.cells]


def difference(source: Path) -> str | None:
    """Return what differs between a .py and its .ipynb in one line, or None when they agree."""
    target = source.with_suffix(".ipynb")
    if not target.exists():
        return f"{target.name} is missing"
    text, stored = cells(jupytext.read(source)), cells(nbformat.read(target, as_version=4))
    for number, (left, right) in enumerate(zip(text, stored, strict=False)):
        if left != right:
            first = next((line for line in left[1].splitlines() if line not in right[1].splitlines()), left[1][:80])
            return f"{target.name} differs from {source.name} in cell {number}: {first!r}"
    stands = nbformat.read(target, as_version=4)
    if stands != settle(nbformat.read(target, as_version=4)):
        return f"{target.name} is not stored as JupyterLab would store it, or a tagged cell is not folded"
    if len(text) != len(stored):
        return f"{source.name} has {len(text)} cells, {target.name} {len(stored)}"
    return None


def main() -> None:
    """Check every pair; name each one that has drifted apart and how to mend it."""
    halves = sources()
    lonely = [n for folder in FOLDERS for n in sorted(folder.glob("*.ipynb")) if not n.with_suffix(".py").exists()]
    problems = [text for source in halves if (text := difference(source))]
    problems += [f"{notebook.name} has no .py half" for notebook in lonely]
    for problem in problems:
        print(f"pair check: {problem}", file=sys.stderr)
    if problems:
        raise SystemExit(
            "pair check failed: edit the .py half, then run `make notebooks` to store fresh outputs "
            "(`python tools/execute_notebooks.py --no-run` where the code is unchanged)"
        )
    print(f"pair check: {len(halves)} pairs agree")


if __name__ == "__main__":
    main()
