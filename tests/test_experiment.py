"""The runner of experiments, with a made-up training: plans, sweeps, resuming after every run, refusals, the list."""

import dataclasses
import json
from typing import NamedTuple

import numpy as np
import pytest

from course_utils import measure, paths, recipes
from course_utils.datasets import ImageDataset
from course_utils.recipes import Experiment, Job, Refused, Sweep, results
from course_utils.training import devices


class Setting(NamedTuple):
    label: str
    gain: float


VARIANTS = {"plain": Setting("plain", 0.1), "better": Setting("better", 0.3)}


def data(seed=0, *, stand_in=False):
    rng = np.random.default_rng(seed)
    images, labels = rng.integers(0, 256, (8, 4, 4), dtype="uint8"), np.arange(8, dtype="uint8") % 2
    return ImageDataset(images, labels, images, labels, ("a", "b"), "made", "bundled", stand_in, "made here", "none")


def train(name, images, *, seed, rate=0.01):
    """A parabola in log10(rate) with its top at 0.1, and a model that the runner leaves alone."""
    score = VARIANTS[name].gain - 0.01 * (np.log10(rate) + 1) ** 2 + seed / 1e6
    return "model", {"loss": [1.0, np.float32(0.5)], "validation_accuracy": score, "test_accuracy": score - 0.01}


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.setattr(paths, "MEASUREMENTS", tmp_path / "measurements")
    monkeypatch.setattr(results, "forget_models", lambda: None)  # there are none, and it takes half a second
    experiment = Experiment(
        name="made",
        question="Better?",
        variants=VARIANTS,
        seeds=(0, 1),
        dataset=data,
        train=train,
        recipe={"epochs": 2},
    )
    monkeypatch.setattr(recipes, "experiments", lambda: {"made": experiment})
    return experiment


@pytest.mark.parametrize(("wanted", "shared"), [("", False), ("CPU:0", True)])
def test_a_run_takes_the_devices_that_are_named(made, monkeypatch, wanted, shared):
    monkeypatch.setenv("COURSE_DEVICES", wanted)
    seen = dataclasses.replace(made, train=lambda name, images, *, seed: {"shared": devices.sharing()})
    assert [run["shared"] for run in seen.measure(log=silent)["runs"]] == [shared] * 4


def silent(text):
    """Say nothing."""


def stopped_after(count):
    """A log that is interrupted after so many runs."""
    lines = []

    def log(text):
        lines.append(text)
        if len([line for line in lines if " of " in line]) == count:
            raise KeyboardInterrupt

    return log


def test_every_variant_and_seed_runs_seed_by_seed_and_the_result_says_where_it_comes_from(made):
    result = made.measure(log=silent)
    assert [(run["arm"], run["seed"]) for run in result["runs"]] == [
        ("plain", 0), ("better", 0), ("plain", 1), ("better", 1),
    ]  # fmt: skip
    assert result["arms"]["better"] == {"label": "better", "gain": 0.3}
    assert result["data"] == {
        "name": "made",
        "source": "bundled",
        "stand_in": False,
        "sha256": results.checksum(data()),
    }
    assert result["runs"][0]["loss"] == [1.0, 0.5] and result["runs"][0]["seconds"] >= 0
    assert {"name", "date", "hardware", "versions", "question", "recipe"} <= result.keys()


def test_stopped_experiment_goes_on_after_its_last_run_and_gives_the_same_result(made, monkeypatch):
    whole = made.measure(log=silent)
    made.unfinished().unlink()
    with pytest.raises(KeyboardInterrupt):
        made.measure(log=stopped_after(3))
    assert len(json.loads(made.unfinished().read_text())["runs"]) == 3
    trained, lines = [], []
    going_on = dataclasses.replace(made, train=counting(trained))
    result = going_on.measure(log=lines.append)
    assert trained == [("better", 1)] and "3 of 4 runs are there already" in lines[0]
    for run in result["runs"] + whole["runs"]:
        run.pop("seconds")
    assert result["runs"] == whole["runs"]


def counting(trained):
    def counted(name, images, *, seed, **options):
        trained.append((name, seed, *options.values()))
        return train(name, images, seed=seed, **options)

    return counted


@pytest.mark.parametrize(
    ("change", "word"),
    [({"recipe": {"epochs": 3}}, "recipe"), ({"dataset": lambda: data(1)}, "data"), ({"train": results.plain}, "code")],
)
def test_runs_on_other_terms_are_never_mixed(made, change, word):
    with pytest.raises(KeyboardInterrupt):
        made.measure(log=stopped_after(1))
    with pytest.raises(Refused, match=f"1 runs in .* have another {word}; --anew"):
        dataclasses.replace(made, **change).measure(log=silent)


def test_damaged_file_of_runs_is_set_aside_in_one_line(made, capsys):
    made.unfinished().parent.mkdir(parents=True)
    made.unfinished().write_text('{"terms": {}, "ru')
    assert len(made.measure(log=silent)["runs"]) == 4
    assert "made.runs.json.damaged" in capsys.readouterr().out
    assert made.unfinished().with_name("made.runs.json.damaged").exists()


def test_sweep_chooses_each_variants_value_and_goes_beyond_an_edge(made):
    trained = []
    swept = dataclasses.replace(
        made, train=counting(trained), sweep=Sweep({"plain": (0.001, 0.01), "better": (0.01, 0.1, 1.0)}, widen=3)
    )
    result = swept.measure(log=silent)
    assert result["rates"] == {"plain": 0.1, "better": 0.1} and result["at_edge"] == []
    assert [job for job in trained if job[0] == "plain" and job[1] == 100] == [
        ("plain", 100, rate) for rate in (0.001, 0.01, 0.1, 1.0)
    ]
    assert all(run["rate"] == 0.1 for run in result["runs"]) and len(result["runs"]) == 4
    assert all("test_accuracy" not in trial for trial in result["trials"]), "no trial may look at the test set"
    narrow = dataclasses.replace(made, sweep=Sweep((0.001, 0.01)))
    narrow.unfinished().unlink()
    assert narrow.measure(log=silent)["at_edge"] == ["plain", "better"]


def test_plan_given_arguments_and_what_jobs_share(made):
    made_for, trained = [], []

    def shared(images, job):
        made_for.append(job.seed)
        return job.seed

    plan = dataclasses.replace(
        made,
        plan=lambda names, seeds: [Job(n, s, {"rate": r}) for s in seeds for n in names[: s + 1] for r in (0.1, 0.2)],
        given=lambda job, runs: {"before": len(runs)},
        shared=shared,
        train=lambda name, images, *, seed, **options: trained.append(options) or {"x": 1},
    )
    result = plan.measure(log=silent)
    assert [(run["arm"], run["seed"], run["rate"]) for run in result["runs"]] == [
        ("plain", 0, 0.1), ("plain", 0, 0.2), ("plain", 1, 0.1), ("plain", 1, 0.2),
        ("better", 1, 0.1), ("better", 1, 0.2),
    ]  # fmt: skip
    assert made_for == [0, 1] and [options["shared"] for options in trained] == [0, 0, 1, 1, 1, 1]
    assert [options["before"] for options in trained] == list(range(6))


def test_command_stores_the_whole_and_keeps_a_part_apart(made, capsys, monkeypatch):
    assert measure.main(["made", "--variants", "plain"]) == 0
    part = made.unfinished().with_name("made.json")
    assert len(json.loads(part.read_text())["runs"]) == 2 and not paths.MEASUREMENTS.exists()
    assert measure.main(["made"]) == 0
    assert "2 of 4 runs are there already" in capsys.readouterr().out
    assert len(measure.load("made")["runs"]) == 4 and not made.unfinished().exists()
    assert measure.main(["--list"]) == 0
    assert capsys.readouterr().out.split() == ["made", "4", "runs", "stored", "Better?"]
    with pytest.raises(ValueError, match=r"name must be one of 'made'.*received 'mode'.*Did you mean 'made'"):
        measure.load("mode")


def test_command_refuses_in_one_line_before_anything_runs(made, capsys, monkeypatch):
    assert measure.main(["mode"]) == 1
    assert "Did you mean 'made'" in capsys.readouterr().err
    assert measure.main(["made", "--variants", "plan"]) == 1
    assert "Did you mean 'plain'" in capsys.readouterr().err
    stand_in = dataclasses.replace(made, dataset=lambda: data(stand_in=True))
    monkeypatch.setattr(recipes, "experiments", lambda: {"made": stand_in})
    assert measure.main(["made"]) == 1
    assert "COURSE_DATA_DIR" in capsys.readouterr().err
    assert not made.unfinished().exists() and not paths.MEASUREMENTS.exists()


def test_error_of_a_training_is_shown_whole(made, monkeypatch):
    def broken(name, images, *, seed):
        raise ValueError("Dimensions must be equal")

    monkeypatch.setattr(recipes, "experiments", lambda: {"made": dataclasses.replace(made, train=broken)})
    with pytest.raises(ValueError, match="Dimensions"):
        measure.main(["made"])


def test_code_counts_without_comments_and_docstrings(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    sums = []
    for number, text in enumerate(('"""a"""\ndef f():\n    "b"\n    return 1\n', "def f():\n    # c\n    return 1\n",
                                   "def f():\n    return 2\n")):  # fmt: skip
        (tmp_path / f"coded{number}.py").write_text(text)
        sums.append(results.code_of(__import__(f"coded{number}").f))
    assert sums[0] == sums[1] != sums[2]
