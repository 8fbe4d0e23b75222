"""Run each notebook again, keep going past errors, and store what it shows: for looking at a red CI run.

    python tools/collect_failures.py build/failures

A notebook in which no cell fails is not kept. Uses the environment in .venv when the Makefile made one.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Execute every notebook into the given folder and keep those with an error."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "build/failures")
    target.mkdir(parents=True, exist_ok=True)
    environment = ROOT / ".venv" / "bin" / "python"
    if environment.exists() and Path(sys.prefix) != ROOT / ".venv":
        os.execv(environment, [str(environment), __file__, str(target)])

    import nbformat

    notebooks = [*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "notebooks" / "solutions").glob("*.ipynb")]
    for notebook in sorted(notebooks):
        kept = (target / notebook.name).resolve()
        command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--allow-errors"]
        subprocess.run([*command, "--output", str(kept), str(notebook)], check=False, capture_output=True)
        if not kept.exists():
            print(f"{notebook.name}: could not be run at all")
            continue
        cells = nbformat.read(kept, as_version=4).cells
        if any(out.output_type == "error" for cell in cells for out in cell.get("outputs", [])):
            print(f"{notebook.name}: has errors, kept")
        else:
            kept.unlink()


if __name__ == "__main__":
    main()
