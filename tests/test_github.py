"""What GitHub reads: workflows with few rights and pinned actions, forms for issues, the container of Codespaces."""

import importlib.util
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_and_rights_are_few(path):
    text = path.read_text(encoding="utf-8")
    uses = re.findall(r"uses: *(\S+) *(#.*)?", text)
    assert uses and all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action) for action, _ in uses), uses
    assert all(re.fullmatch(r"# v\d+\.\d+\.\d+", version) for _, version in uses), "name the version behind the hash"
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    allowed = {"publish": {"pages": "write", "id-token": "write"}, "alarm": {"actions": "read"}}
    for name, job in workflow["jobs"].items():
        assert job.get("permissions", {}) in ({}, allowed.get(name))
        assert job["timeout-minutes"] <= 240


def job(workflow: str, name: str) -> dict:
    return yaml.safe_load((ROOT / ".github" / "workflows" / workflow).read_text(encoding="utf-8"))["jobs"][name]


def test_environments_of_the_matrix_are_built_with_their_python():
    spec = importlib.util.spec_from_file_location("matrix_tool", ROOT / "tools" / "test_matrix.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    there = {name: environment.python for name, environment in tool.ENVIRONMENTS.items()}
    listed = {
        row["environment"]: row["python"] for row in job("notebooks.yml", "matrix")["strategy"]["matrix"]["include"]
    }
    assert listed == {name: python for name, python in there.items() if not name.startswith("highest")}
    cpu = job("notebooks.yml", "cpu")["strategy"]["matrix"]["python"]
    assert cpu == [python for name, python in there.items() if name.startswith("highest")]


@pytest.mark.parametrize(
    ("outcome", "last", "artifacts", "code"),
    [
        ("success", "7", "prereleases-failed", 0),
        ("failure", "", "", 0),
        ("failure", "7", "", 0),
        ("failure", "7", "other prereleases-failed-not", 0),
        ("failure", "7", "other prereleases-failed", 1),
    ],
)
def test_prereleases_alarm_only_twice_in_a_row(tmp_path, outcome, last, artifacts, code):
    gh = tmp_path / "gh"
    gh.write_text(f'#!/bin/sh\ncase "$2" in */artifacts) printf "%s\\n" {artifacts} ;; *) echo "{last}" ;; esac\n')
    gh.chmod(0o755)
    own = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "OUTCOME": outcome, "GITHUB_REPOSITORY": "a/b"}
    [step] = job("prereleases.yml", "alarm")["steps"]
    assert subprocess.run(["bash", "-e", "-c", step["run"]], env=own, capture_output=True).returncode == code


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_asks_for_what_is_needed(path):
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert form["name"] and form["description"]
    assert sum(part.get("validations", {}).get("required", False) for part in form["body"]) >= 2
    assert all(part["attributes"]["label"] for part in form["body"])
    assert len({part["id"] for part in form["body"]}) == len(form["body"])


def test_the_container_sets_up_the_course():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert container["postCreateCommand"] == "make setup"
    assert re.fullmatch(r"mcr\.microsoft\.com/devcontainers/python:3\.1[123]", container["image"])
    assert container["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"].endswith(
        "/.venv/bin/python"
    )
