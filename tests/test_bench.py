"""The benchmarks' files: what is measured is written, and a comparison says what became worse."""

import functools
import importlib.util
import json
import math
import subprocess
from pathlib import Path

import numpy as np
import pytest

from course_utils.datasets import ImageDataset

TOOLS = Path(__file__).resolve().parents[1] / "tools"


def tool(name):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TOOLS))
        spec = importlib.util.spec_from_file_location(f"{name}_tool", TOOLS / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


bench, compare, races = tool("bench"), tool("bench_compare"), tool("digit_races")


def measured(monkeypatch, tmp_path, name, text, code=0):
    """Measure lesson 06, whose run is made up, and write the file."""
    done = subprocess.CompletedProcess([], code, stdout=text, stderr="")
    monkeypatch.setattr(bench.subprocess, "run", lambda *command, **settings: done)
    bench.main(["lesson06", "--json", str(tmp_path / "new" / name)])
    return json.loads((tmp_path / "new" / name).read_text())


def test_every_lesson_is_among_the_benchmarks():
    assert {f"lesson{number:02d}" for number in range(1, 11)} < bench.benchmarks().keys()
    there = bench.benchmarks().keys()
    assert {"conv2d", "describe", "lenet", "cifar", "mnist", "parity", "features", "stream"} < there


def test_wall_time_and_peak_memory_of_a_lesson_are_written(monkeypatch, tmp_path, capsys):
    found = measured(
        monkeypatch, tmp_path, "a.json", "== cost ==\n   61.5 s    1210 MB  06_lenet5.ipynb\n30 passed in 62s"
    )
    assert [(entry["what"], entry["value"], entry["unit"]) for entry in found["results"]] == [
        ("lesson 06: wall time", 61.5, "s"),
        ("lesson 06: peak memory", 1210.0, "MB"),
    ]
    assert found["device"] and found["versions"]["keras"]


def test_a_goal_is_judged_whichever_way_is_better_and_missed_ones_come_first(monkeypatch, tmp_path, capsys):
    found = measured(monkeypatch, tmp_path, "a.json", "== cost ==\n  120.0 s    1501 MB  06_lenet5.ipynb\n30 passed")
    assert [(entry["goal"], entry["reached"]) for entry in found["results"]] == [(120, True), (1500, False)]
    ends = capsys.readouterr().out.splitlines()[-3:]
    assert ends[0] == "1 of 2 goals are reached:"
    assert "MISSED" in ends[1] and "≤ 1500 MB" in ends[1] and "lesson 06: peak memory" in ends[1]
    assert "reached" in ends[2] and "120.0 s" in ends[2]
    bench.RESULTS.clear()
    bench.line("faster by", 4.9, "", goal=5)
    assert "goal: at least 5 ×, MISSED" in capsys.readouterr().out and not bench.RESULTS[0]["reached"]
    bench.RESULTS.clear()
    bench.line("no goal", 1.0, "")
    assert bench.table(bench.RESULTS) == "no goal is set for what was measured" and "goal" not in bench.RESULTS[0]


def test_a_lesson_that_does_not_run_is_no_result(monkeypatch, tmp_path, capsys):
    with pytest.raises(SystemExit, match=r"(?s)lesson 06 did not run.*no module"):
        measured(monkeypatch, tmp_path, "a.json", "no module named nbval", code=4)
    assert not (tmp_path / "new").exists()


def entry(what, value, better="more"):
    return {"what": what, "value": value, "unit": "s", "better": better}


def test_what_became_worse_is_named_whichever_way_is_better(tmp_path, capsys):
    old = [
        entry("ratio", 10),
        entry("time", 10, "less"),
        entry("same", 10),
        entry("faster", 10, "less"),
        entry("gone", 1),
    ]
    new = [
        entry("ratio", 5),
        entry("time", 20, "less"),
        entry("same", 9),
        entry("faster", 5, "less"),
        entry("fresh", 1),
    ]
    for name, results in (("old", old), ("new", new)):
        about = {"device": "CPU", "versions": {"keras": name}, "results": results}
        (tmp_path / name).write_text(json.dumps(about))
    assert compare.main([str(tmp_path / "old"), str(tmp_path / "new")]) == 1
    shown = {line.split()[0]: line.split()[-1] for line in capsys.readouterr().out.splitlines()}
    assert (shown["ratio"], shown["time"], shown["faster"]) == ("WORSE", "WORSE", "better")
    assert shown["same"] == "0.90" and shown["gone"] == shown["fresh"] == "file"
    assert compare.main([str(tmp_path / "old"), str(tmp_path / "new"), "--worse", "2.5"]) == 0


@pytest.fixture(scope="module")
def bars():
    """Digits that are easy: a bright bar, further right the greater the digit."""
    parts = []
    for count in (240, 60):
        labels = (np.arange(count) % 10).astype("uint8")
        images = np.random.default_rng(count).integers(0, 40, (count, 28, 28)).astype("uint8")
        for image, label in zip(images, labels, strict=True):
            image[:, 2 * label + 4 : 2 * label + 6] = 255
        parts += [images, labels]
    return ImageDataset(*parts, tuple("0123456789"), "bars", "bundled", True, "made here", "none")


@pytest.mark.slow
@pytest.mark.parametrize("race", ["cnn_race", "parity_race"])
def test_a_race_on_digits_times_both_and_never_calls_a_missed_target_reached(bars, race):
    run = functools.partial(getattr(races, race), bars)
    easy, unreachable = run(0.05), run(1.01)
    assert 0 < easy["ours"] < 60 and 0 < easy["notes"] < 120
    assert unreachable["ours"] == math.inf and unreachable["notes"] / unreachable["ours"] == 0
    assert {easy["ours_accuracy"], easy["notes_accuracy"]} <= {count / 60 for count in range(61)}
    assert easy["ours_accuracy"] == unreachable["ours_accuracy"]
