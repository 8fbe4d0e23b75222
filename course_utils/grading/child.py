"""``python -m course_utils.grading.child NOTEBOOK FOLDER``: run one notebook; `rows` starts it with limits.

Writes into FOLDER ``verdicts.json`` after every cell in which a verdict changed, and ``errors.json`` at the end.
Kernel and runner talk through files, not through the network.
"""

import json
import sys
from pathlib import Path

# Runs in the kernel before the reader's first cell. Where the system cannot cut the network, sockets are refused here.
PREPARE = """
def _prepare(target):
    import json, pathlib, socket
    from course_utils.checks import core

    def refused(*_, **__):
        raise OSError("notebooks are graded without network")

    socket.socket.connect = socket.socket.connect_ex = socket.create_connection = refused

    def note(*_):
        given = {name: [verdict.passed, verdict.message] for name, verdict in core.GIVEN.items()}
        pathlib.Path(target).write_text(json.dumps(given), encoding="utf-8")

    get_ipython().events.register("post_run_cell", note)

_prepare(%r)
del _prepare
"""


def prepared(notebook, target: Path):
    """Return the cells of a notebook without outputs, behind the cell that notes verdicts."""
    import nbformat

    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.cells.insert(0, nbformat.v4.new_code_cell(PREPARE % str(target)))
    return notebook


def errors_of(notebook) -> list[str]:
    """Return for each cell that ended in an error one line: number of the code cell, error."""
    found, number = [], -1  # the cell put in front does not count
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        number += 1
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                found.append(f"cell {number}: {output.ename}: {' '.join(output.evalue.split())[:120]}")
    return found


def main(file: str, folder: str) -> int:
    """Run a notebook; return 0, or 1 when its kernel died."""
    import nbformat
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    place = Path(folder)
    notebook = prepared(nbformat.read(file, as_version=4), place / "verdicts.json")
    manager = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=str(place / "talk"))
    work = place / "work"
    work.mkdir()
    client = NotebookClient(
        notebook, km=manager, timeout=None, allow_errors=True, resources={"metadata": {"path": str(work)}}
    )
    died = ""
    try:
        client.execute()
    except DeadKernelError:
        done = sum(bool(cell.get("execution_count")) for cell in notebook.cells if cell.cell_type == "code")
        died = f"the kernel died in cell {max(done, 1)}"
    (place / "errors.json").write_text(json.dumps(errors_of(notebook)), encoding="utf-8")
    if died:
        print(died, file=sys.stderr)
    return 1 if died else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
