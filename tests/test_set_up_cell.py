"""The set-up cell that all lessons share, run as on Colab: a fresh clone, an old one, no way to the repository."""

import shutil
import subprocess
import sys
import tomllib
import types
from pathlib import Path

import pytest
from test_architecture import ROOT, lessons, set_up

ADDRESS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]["Repository"]
FOLDER = f"/content/{ADDRESS.rpartition('/')[2]}"
# Stands in for Python: pip succeeds when the folder that it is to install, its last argument, is there.
PIP = '#!/bin/sh\nfor last; do :; done\ntest -d "$last"\n'

pytestmark = pytest.mark.skipif(not shutil.which("git") or sys.platform == "win32", reason="needs git and a shell")


def git(*arguments):
    me = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", *me, *arguments], check=True, capture_output=True)


def publish(remote: Path, text: str):
    (remote / "lesson.txt").write_text(text)
    git("-C", str(remote), "add", ".")
    git("-C", str(remote), "commit", "-m", text)


@pytest.fixture
def colab(tmp_path, monkeypatch):
    """A machine that looks like Colab, and the repository beside it; returns what runs the set-up cell there."""
    remote, switched = tmp_path / "remote", []
    remote.mkdir()
    git("init", "-q", str(remote))
    publish(remote, "first")
    output = types.SimpleNamespace(enable_custom_widget_manager=lambda: switched.append(True))
    monkeypatch.setitem(sys.modules, "google", types.ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", types.SimpleNamespace(output=output))
    monkeypatch.setattr(sys, "path", list(sys.path))
    pip = tmp_path / "python"
    pip.write_text(PIP)
    pip.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(pip))
    source = set_up(lessons()[0].read_text(encoding="utf-8"))
    for name, place in ((ADDRESS, f"file://{remote}"), (FOLDER, str(tmp_path / "course"))):
        assert source.count(name) == 1
        source = source.replace(name, place)
    return types.SimpleNamespace(
        run=lambda: exec(source, {}), remote=remote, course=tmp_path / "course", switched=switched
    )


def test_a_first_run_clones_and_switches_the_widgets_on(colab):
    colab.run()
    assert (colab.course / "lesson.txt").read_text() == "first"
    assert sys.path[0] == str(colab.course) and colab.switched == [True]


def test_an_old_clone_is_updated_and_serves_without_a_connection(colab):
    colab.run()
    publish(colab.remote, "second")
    colab.run()
    assert (colab.course / "lesson.txt").read_text() == "second"
    shutil.rmtree(colab.remote)
    colab.run()
    assert len(colab.switched) == 3


def test_no_way_to_the_repository_ends_in_one_sentence(colab, capfd):
    shutil.rmtree(colab.remote)
    with pytest.raises(Exception, match="No course") as stopped:
        colab.run()
    assert stopped.value._render_traceback_() == [str(stopped.value)]
    assert "file://" in str(stopped.value) and str(stopped.value).count(". ") == 0
    assert not colab.switched and capfd.readouterr() == ("", "")


def test_elsewhere_nothing_happens(colab, monkeypatch):
    monkeypatch.delitem(sys.modules, "google.colab")
    colab.run()
    assert not colab.course.exists() and not colab.switched
