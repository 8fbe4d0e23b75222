"""How kernels are started: encrypted, and without a word on the terminal."""

import importlib
import sys
from pathlib import Path

import pytest
from jupyter_client.manager import KernelManager
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

TOOLS = Path(__file__).resolve().parents[1] / "tools"


@pytest.fixture(scope="module")
def kernels():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TOOLS))
        yield importlib.import_module("kernels")


def test_a_kernel_says_nothing_on_the_terminal(kernels, tmp_path):
    manager = KernelManager(kernel_name="python3", config=Config(kernels.encrypted()))
    with (tmp_path / "terminal").open("w") as terminal:
        manager.start_kernel(stdout=terminal, stderr=terminal)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert (tmp_path / "terminal").read_text() == ""


def test_an_older_jupyter_gets_no_setting_that_it_does_not_know(kernels, monkeypatch):
    monkeypatch.setattr(kernels, "KernelManager", object)
    assert kernels.encrypted() == {}


def test_the_lab_starts_its_kernels_the_same_way(kernels, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    settings = PyFileConfigLoader("jupyter_lab_config.py", str(TOOLS / "jupyter")).load_config()
    assert {name: dict(settings[name]) for name in kernels.encrypted()} == kernels.encrypted()
