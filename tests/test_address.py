"""One setting says where the course lives; everything that names the address follows it."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import address  # noqa: E402

HERE = address.present()
OWNER, NAME = HERE.split("/")
NAMES_IT = [  # what must follow, and how it names the address
    ("pyproject.toml", 'Repository = "https://github.com/{repo}"'),
    ("CITATION.cff", 'repository-code: "https://github.com/{repo}"'),
    ("README.md", "https://github.com/{repo}"),
    ("README.md", "https://{owner}.github.io/{name}/"),
    ("README.md", "https://mybinder.org/v2/gh/{repo}/main"),
    ("site/running.md", "git clone --quiet --depth=1 https://github.com/{repo}"),
    ("CHANGELOG.md", "https://github.com/{repo}/compare/"),
    *((f"notebooks/01_convolution_intuition{kind}", "github/{repo}/blob/main/") for kind in (".py", ".ipynb")),
    *((f"notebooks/10_resnet{kind}", "https://github.com/{repo}") for kind in (".py", ".ipynb")),
    *((f"notebooks/10_resnet{kind}", "/content/{name}") for kind in (".py", ".ipynb")),
]


@pytest.fixture(scope="module")
def elsewhere():
    return address.rewritten("some-school/their.course")


def words(text: str, repo: str) -> str:
    owner, name = repo.split("/")
    return text.format(repo=repo, owner=owner, name=name)


@pytest.mark.parametrize(("file", "text"), NAMES_IT)
def test_what_names_the_address_follows(elsewhere, file, text):
    assert words(text, HERE) in (ROOT / file).read_text(encoding="utf-8")
    assert words(text, "some-school/their.course") in elsewhere[ROOT / file]


def test_nothing_that_is_tracked_keeps_the_old_address(elsewhere):
    forms = (HERE, f"{OWNER}.github.io/{NAME}", f"content/{NAME}", f"cd {NAME}")
    named = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, forms))}){address.OUTSIDE}", re.I)
    listed = subprocess.run(["git", "grep", "-lIi", NAME], cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    left = {name: elsewhere.get(ROOT / name) or (ROOT / name).read_text(encoding="utf-8") for name in listed}
    assert sum(ROOT / name in elsewhere for name in listed) > 80
    assert [name for name, text in left.items() if named.search(text)] == []


def test_the_present_address_changes_nothing():
    assert address.rewritten(HERE) == {}


def test_there_and_back_is_the_same():
    text = f"see https://{OWNER}.github.io/{NAME}/, {HERE}, {HERE}-fork and /content/{NAME}"
    there = address.moved(text, HERE, "a/b")
    assert there == f"see https://a.github.io/b/, a/b, {HERE}-fork and /content/b"
    assert address.moved(there, "a/b", HERE) == text


@pytest.mark.parametrize("bad", ["course", "https://github.com/a/b", "a/b/c", "-a/b", "a /b", ""])
def test_what_is_no_repository_is_refused(bad, monkeypatch):
    with pytest.raises(SystemExit, match="owner/name"):
        monkeypatch.setattr(sys, "argv", ["address", bad])
        address.main()


def test_the_command_writes_a_checkout(tmp_path, monkeypatch, capsys):
    (tmp_path / "pyproject.toml").write_text('[project.urls]\nRepository = "https://github.com/old/place"\n')
    (tmp_path / "page.md").write_bytes(b"old/place\r\n")
    (tmp_path / "picture.png").write_bytes(b"\x89\xff old/place")
    (tmp_path / "draft.md").write_text("old/place")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "pyproject.toml", "page.md", "picture.png"], cwd=tmp_path, check=True)
    monkeypatch.setattr(address.rewritten, "__defaults__", (tmp_path,))
    monkeypatch.setattr(sys, "argv", ["address", "new/home"])
    address.main()
    assert "2 files changed" in capsys.readouterr().out
    assert tomllib.loads((tmp_path / "pyproject.toml").read_text())["project"]["urls"]["Repository"].endswith(
        "new/home"
    )
    assert (tmp_path / "page.md").read_bytes() == b"new/home\r\n"
    assert (
        b"old/place" in (tmp_path / "picture.png").read_bytes() and (tmp_path / "draft.md").read_text() == "old/place"
    )
