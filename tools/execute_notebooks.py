"""Make the notebooks from their .py halves, run them, and store their outputs: ``make notebooks``.

    python tools/execute_notebooks.py                 # all lessons and solutions
    python tools/execute_notebooks.py 06 solutions/06 # those whose path below notebooks/ begins so
    python tools/execute_notebooks.py --no-run 06     # text and folding only: outputs stay as they are
    python tools/execute_notebooks.py --figures 06    # run, store nothing but figures of slides that come out as stored

A lesson's run also writes the figures of its slides as vectors, see `sharp`.
Cell ids of an existing notebook are kept, so that a difference shows what changed and nothing else.
"""

import argparse
import re
import time
from pathlib import Path

import jupytext.cli
import nbformat
import sharp
from kernels import encrypted
from nbclient import NotebookClient
from stored import NOTEBOOKS, settle, sources
from traitlets.config import Config

LARGEST = 2_000_000  # bytes


def chosen(prefixes: list[str]) -> list[Path]:
    """Return the .py halves whose path below ``notebooks/`` begins with one of the prefixes (all without any)."""
    names = {source: source.relative_to(NOTEBOOKS).as_posix() for source in sources()}
    return [source for source, name in names.items() if not prefixes or any(name.startswith(p) for p in prefixes)]


def rebuild(source: Path) -> nbformat.NotebookNode:
    """Bring a notebook in line with its .py half, outputs kept, store it, and return it."""
    target = source.with_suffix(".ipynb")
    update = ["--update"] if target.exists() else []
    jupytext.cli.jupytext(["--quiet", *update, "--to", "ipynb", str(source)])
    notebook = settle(nbformat.read(target, as_version=4))
    nbformat.write(notebook, target)
    return notebook


def execute(source: Path, *, figures: bool = False) -> tuple[float, int]:
    """Run one lesson from a fresh kernel and store it; return (seconds, bytes). Raises on the first cell error.

    Args:
        source: the .py half.
        figures: True stores nothing but the figures of slides, of those that come out as they are stored.
    """
    target = source.with_suffix(".ipynb")
    notebook = nbformat.read(target, as_version=4) if figures else rebuild(source)
    stored = nbformat.read(target, as_version=4)
    begun = time.perf_counter()
    client = NotebookClient(
        notebook,
        timeout=7200,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        config=Config(encrypted()),
        resources={"metadata": {"path": str(source.parent)}},
    )
    with sharp.drawn() as folder:
        client.execute()
        if re.match(r"[01]\d_", source.name) and source.parent == NOTEBOOKS:
            sharp.keep(stored if figures else notebook, folder, source.name[:2])
    seconds = time.perf_counter() - begun
    if figures:
        return seconds, target.stat().st_size
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                raise SystemExit(f"{target.name}: a cell writes to standard error:\n{output.text}\n{cell.source}")
    nbformat.write(settle(notebook), target)
    return seconds, target.stat().st_size


def main(arguments: list[str] | None = None) -> None:
    """Execute the chosen notebooks one after the other and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prefixes", nargs="*", help="beginnings of paths below notebooks/; all without any")
    parser.add_argument("--no-run", action="store_true", help="bring text and folding in line, keep the outputs")
    parser.add_argument("--figures", action="store_true", help="store nothing but the figures of slides")
    asked = parser.parse_args(arguments)
    halves = chosen(asked.prefixes)
    if not halves:
        parser.error(f"no notebook below {NOTEBOOKS} begins with {' or '.join(asked.prefixes)}")
    for source in halves:
        if asked.no_run:
            rebuild(source)
            continue
        seconds, size = execute(source, figures=asked.figures)
        print(f"{seconds:7.1f} s {size / 1e6:6.2f} MB  {source.relative_to(NOTEBOOKS)}", flush=True)
        if size > LARGEST:
            raise SystemExit(f"{source.name}: the notebook is {size / 1e6:.1f} MB, over {LARGEST / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
