"""A real browser and a real JupyterLab for the tests of what readers see and touch."""

import atexit
import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from course_utils import widgets
from course_utils.widgets import questions

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ["chromium", "chromium-browser", "google-chrome"]
PATIENCE = 30_000  # milliseconds until something that should appear counts as missing
STARTING = 120  # seconds until a server that does not answer counts as dead; a loaded machine needs many


def chromium() -> str:
    """Return the path of the system's Chromium: the variable CHROMIUM first, then the usual names."""
    return program("CHROMIUM", NAMES, package="chromium")


def program(variable: str, names: list[str], package: str) -> str:
    """Return the path of a browser; without one the test is skipped, or fails where CI runs it."""
    asked = os.environ.get(variable)
    found = next((path for path in map(shutil.which, [asked] if asked else names) if path), None)
    if found:
        return found
    missing = f"no browser: {f'{variable}={asked} is no program' if asked else 'none of ' + ', '.join(names)}"
    if os.environ.get("CI"):
        pytest.fail(f"{missing}; install one (apt install {package}) or set {variable}")
    pytest.skip(f"{missing}; apt install {package}, or set {variable}=/path/to/it")


@dataclass
class Lab:
    """A running JupyterLab server."""

    address: str
    token: str
    folder: Path
    environment: dict[str, str]

    def page(self, notebook: str) -> str:
        """Return the address that opens a notebook alone in its window."""
        return f"{self.address}/doc/tree/{notebook}?token={self.token}"

    def ask(self, method: str, path: str) -> bytes:
        """Call the server's programming interface."""
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(self.address + path, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()

    def trust(self, *notebooks: Path) -> None:
        """Sign notebooks, as JupyterLab does when their reader has run them here."""
        command = [sys.executable, "-m", "nbformat.sign", *map(str, notebooks)]
        subprocess.run(command, env=self.environment, check=True, capture_output=True)


@contextlib.contextmanager
def jupyter_lab(folder: Path, course: Path | None = None):
    """Start JupyterLab on ``folder`` with settings of its own, wait until it answers, and end it with its kernels.

    With ``course``, a checkout, it starts there and as ``make lab`` does; ``folder`` then holds its settings alone.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]
    places += ["JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"]
    own = os.environ | {name: str(folder / ".jupyter" / name.lower()) for name in places}
    lab = Lab(f"http://127.0.0.1:{port}", secrets.token_hex(16), folder, own)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={lab.token}"]
    if course is None:
        _quiet(Path(own["JUPYTERLAB_SETTINGS_DIR"]))
        command += ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
        command += [f"--ServerApp.root_dir={folder}"]
    else:
        command += [f"--config={course / 'tools' / 'jupyter' / 'jupyter_lab_config.py'}"]
    command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    log = folder / "jupyterlab.log"
    with log.open("wb") as written:
        server = subprocess.Popen(
            command,
            cwd=course or folder,
            env=own,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(lab, server, log)
        yield lab
    finally:
        _end(lab, server)


def _end(lab: Lab, server: subprocess.Popen) -> None:
    """End the kernels first, since a server that has to be killed would leave them behind, then the server."""
    with contextlib.suppress(OSError):
        for kernel in json.loads(lab.ask("GET", "/api/kernels")):
            lab.ask("DELETE", f"/api/kernels/{kernel['id']}")
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _quiet(settings: Path) -> None:
    """Answer JupyterLab's question about news beforehand: nothing is fetched and nothing pops up."""
    folder = settings / "@jupyterlab" / "apputils-extension"
    folder.mkdir(parents=True)
    (folder / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')


def _wait_for(lab: Lab, server: subprocess.Popen, log: Path) -> None:
    """Return when the server answers; fail with its log when it ends or stays silent."""
    until = time.monotonic() + STARTING
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{lab.address}/api", timeout=5):
            return
        time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text(errors='replace')[-3000:]}")


def write_notebook(path: Path, *cells: str | dict) -> Path:
    """Write a notebook of code cells that were not run, or of cells that are given whole."""
    made = [cell if isinstance(cell, dict) else nbformat.v4.new_code_cell(cell) for cell in cells]
    notebook = nbformat.v4.new_notebook(cells=made)
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(notebook, path)
    return path


def quiz_html(folder: Path, asked: list[dict]) -> str:
    """Return what a notebook stores when ``widgets.quiz`` shows these questions, written to a file in ``folder``."""
    (folder / "01.json").write_text(json.dumps(asked), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(questions, "FOLDER", folder)
        patch.setenv("IPYTHONDIR", str(folder))
        shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
        atexit.unregister(shell.atexit_operations)
        try:
            with capture_output() as shown:
                widgets.quiz("01")
        finally:
            InteractiveShell.clear_instance()
    [output] = shown.outputs
    return output.data["text/html"]
