"""A real browser and a real JupyterLab for the tests of what readers see and touch."""

import contextlib
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


def chromium() -> str:
    """Return the path of the system's Chromium: the variable CHROMIUM first, then the usual names."""
    asked = os.environ.get("CHROMIUM")
    found = next((path for path in map(shutil.which, [asked] if asked else NAMES) if path), None)
    if found:
        return found
    missing = f"no browser: {'CHROMIUM=' + asked + ' is no program' if asked else 'none of ' + ', '.join(NAMES)}"
    if os.environ.get("CI"):
        pytest.fail(f"{missing}; install one (apt install chromium) or set CHROMIUM")
    pytest.skip(f"{missing}; apt install chromium, or set CHROMIUM=/path/to/it")


@dataclass
class Lab:
    """A running JupyterLab server."""

    address: str
    token: str
    folder: Path

    def page(self, notebook: str) -> str:
        """Return the address that opens a notebook alone in its window."""
        return f"{self.address}/doc/tree/{notebook}?token={self.token}"


@contextlib.contextmanager
def jupyter_lab(folder: Path):
    """Start JupyterLab on ``folder`` with settings of its own, wait until it answers, and end it with its kernels."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lab = Lab(f"http://127.0.0.1:{port}", secrets.token_hex(16), folder)
    private = folder / ".jupyter"
    places = ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]
    places += ["JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={lab.token}"]
    command += ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    log = folder / "jupyterlab.log"
    with log.open("wb") as written:
        server = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | {name: str(private / name.lower()) for name in places},
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(lab, server, log)
        yield lab
    finally:
        server.terminate()  # JupyterLab ends its kernels on this signal
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(lab: Lab, server: subprocess.Popen, log: Path) -> None:
    """Return when the server answers; fail with its log when it ends or stays silent."""
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{lab.address}/api", timeout=5):
            return
        time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text(errors='replace')[-3000:]}")


def write_notebook(path: Path, *cells: str) -> Path:
    """Write a notebook of code cells that were not run."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(notebook, path)
    return path
