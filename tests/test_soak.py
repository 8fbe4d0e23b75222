"""The soak test: how far a claim is from its bound, what a round is given, and that rounds go on."""

import importlib.util
import json
import math
import subprocess
from pathlib import Path

import pytest

from course_utils.checks import Scorecard

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("soak_tool", ROOT / "tools" / "soak.py")
soak = importlib.util.module_from_spec(spec)
spec.loader.exec_module(soak)


@pytest.mark.parametrize(
    ("measured", "required", "expected"),
    [
        ("0.93", "≥ 0.9", (0.93, 0.03)),
        ("0.1", "≤ 0.2", (0.1, 0.1)),
        ("12.5 %", "≥ 20 %", (12.5, -7.5)),
        ("1,210", "≤ 1,500", (1210, 290)),
        ("2.1e-05", "≤ 0.0001", (2.1e-05, 7.9e-05)),
        ("0.51", "0.5 ± 0.02", (0.51, 0.01)),
        ("-1.5", "-2 ± 1", (-1.5, 0.5)),
        ("60,000", "60,000", None),
        ("yes", "yes", None),
    ],
)
def test_margin_of_a_claim(measured, required, expected):
    found = soak.margin(measured, required)
    assert found is None if expected is None else found == pytest.approx(expected)


def one_round(mode, value, failed=()):
    claims = [
        {"lesson": "03", "outcome": "accuracy", "measured": str(value), "required": "≥ 0.9"},
        {"lesson": "03", "outcome": "layers", "measured": "5", "required": "≤ 9"},
    ]
    return {"mode": mode, "seconds": 60, "failed": list(failed), "claims": claims}


def test_distance_is_that_of_the_mean_in_deviations_and_data_sets_stay_apart():
    rounds = [one_round("offline", 0.92), one_round("data", 0.99), one_round("offline", 0.94), one_round("data", 0.97)]
    [first, second, *same] = soak.distances(rounds)
    deviation = 0.02 / math.sqrt(2)
    assert first[:4] == (pytest.approx(0.03 / deviation), "03: accuracy", "offline", 2)
    assert second[:4] == (pytest.approx(0.08 / deviation), "03: accuracy", "data", 2)
    assert [row[0] for row in same] == [math.inf] * 2
    told = soak.report([*rounds, one_round("offline", 0.95, ["notebooks/a.ipynb::ipynb::Cell 3"])])
    assert "2 the same in every round; 1 nearer than 4 s.d." in told
    assert (
        "0 the same in every round" in (told_once := soak.report([one_round("data", 0.9)]))
        and "once  data" in told_once
    )
    assert "round 5, offline: 60 s, 1 failures\n    notebooks/a.ipynb::ipynb::Cell 3" in told


def test_scorecard_writes_what_the_soak_reads(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CLAIMS", str(tmp_path / "claims"))
    score = Scorecard("03")
    score.at_least("accuracy", 0.93, 0.9)
    with pytest.raises(AssertionError):
        score.at_most("error", 0.3, 0.2)
    told = [json.loads(line) for line in (tmp_path / "claims").read_text(encoding="utf-8").splitlines()]
    assert [(c["lesson"], c["outcome"], c["passed"]) for c in told] == [
        ("03", "accuracy", True),
        ("03", "error", False),
    ]
    assert soak.margin(told[1]["measured"], told[1]["required"]) == pytest.approx((0.3, -0.1))


def test_rounds_alternate_go_on_and_report_failures(tmp_path, monkeypatch, capsys):
    seen = []

    def run(command, *, env, **settings):
        seen.append((env.get("COURSE_DATA_DIR"), env.get("COURSE_OFFLINE")))
        Path(env["COURSE_CLAIMS"]).write_text(json.dumps(one_round("", 0.95)["claims"][0]) + "\n")
        out = "FAILED notebooks/01_x.ipynb::ipynb::Cell 3\n" if len(seen) == 2 else ""
        return subprocess.CompletedProcess(command, len(seen) == 2, stdout=out, stderr="")

    monkeypatch.setattr(soak, "FOLDER", tmp_path)
    monkeypatch.setattr(soak.subprocess, "run", run)
    monkeypatch.setattr(soak, "BUSY", "import time; time.sleep(60)")
    monkeypatch.setenv("COURSE_DATA_DIR", "/mirror")
    monkeypatch.delenv("COURSE_OFFLINE", raising=False)
    assert soak.main(["1", "01"]) == 0
    assert soak.main(["3", "01"]) == 1
    assert seen == [(None, "1"), ("/mirror", None), (None, "1")]
    rounds = json.loads((tmp_path / "rounds.json").read_text(encoding="utf-8"))
    assert [one["failed"] for one in rounds] == [[], ["notebooks/01_x.ipynb::ipynb::Cell 3"], []]
    assert all(len(one["claims"]) == 1 for one in rounds)
    with pytest.raises(SystemExit):
        soak.main(["1", "77"])


def test_notebooks_side_by_side_are_the_load_themselves(tmp_path, monkeypatch, capsys):
    commands, counting = [], []

    def run(command, **settings):
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, stdout="", stderr="")

    def busy(*settings):
        counting.append(settings)
        return real(["sleep", "60"])

    real = subprocess.Popen
    monkeypatch.setattr(soak, "FOLDER", tmp_path)
    monkeypatch.setattr(soak.subprocess, "run", run)
    monkeypatch.setattr(soak.subprocess, "Popen", busy)
    assert soak.main(["1", "01", "--jobs", "2"]) == 0
    assert counting == []
    assert soak.main(["2", "01"]) == 0
    assert len(counting) == 1
    workers = ["-n", "2", "--dist", "loadfile"]
    assert [part for part in commands[0] if part not in commands[1]] == workers
    assert commands[1] == [part for part in commands[0] if part not in workers]
    with pytest.raises(SystemExit):
        soak.main(["1", "01", "--jobs", "0"])
    assert "--jobs must be at least 1, got 0" in capsys.readouterr().err
