"""Every experiment with a stored result: today's plan, settings and keys are those of the file."""

import json

import numpy as np
import pytest

from course_utils import datasets, measure, paths, recipes, runtime
from course_utils.recipes import results, transfer_labels

keras = runtime.import_keras()
EXPERIMENTS = recipes.experiments()
STORED = sorted(path.stem for path in paths.MEASUREMENTS.glob("*.json"))
# words and settings that have no numbers: what a run is called in a file that has another name for it
ADDED = {"lenet_1998": {"arms"}, "inception_residual": {"arms"}}


def key(run, options) -> tuple:
    """Return what a run is: variant, seed, and the further arguments of its job."""
    return run["arm"], run["seed"], *(run[name] for name in options)


def test_every_stored_result_has_its_experiment():
    assert set(STORED) <= set(EXPERIMENTS)
    assert all(experiment.name == name for name, experiment in EXPERIMENTS.items())


@pytest.mark.parametrize("name", STORED)
def test_stored_runs_are_those_of_the_plan_on_the_published_data(name):
    experiment, stored = EXPERIMENTS[name], measure.load(name)
    assert stored["data"]["stand_in"] is False or stored["data"]["source"] == "bundled"
    assert {"date", "hardware", "versions", "question", "runs"} <= stored.keys()
    arms = results.plain(experiment.variants)
    assert all(stored["arms"][arm] == arms[arm] for arm in stored.get("arms", ()))
    assert all(results.plain(experiment.recipe)[key] == value for key, value in stored.get("recipe", {}).items())
    jobs = list(experiment.plan(tuple(experiment.variants), experiment.seeds))
    options = sorted({option for job in jobs for option in job.options})
    if name in ADDED:  # stored without the name of a variant
        assert len(jobs) == len(stored["runs"])
        return
    swept = stored.get("rates", {})  # the rate of a job whose plan names none
    given = [{"rate": swept.get(job.variant)} | job.options for job in jobs]
    planned = [(job.variant, job.seed, *map(own.get, options)) for job, own in zip(jobs, given, strict=True)]
    planned = [job for job in planned if job[0] in stored.get("arms", experiment.variants) or job[0] == "base"]
    assert sorted(planned, key=str) == sorted((key(run, options) for run in stored["runs"]), key=str)


def tiny(name: str, count: int):
    """Return few images of the data set's kind, or None where no small one stands for it."""
    digits = datasets.load("digits", quiet=True).subset(train=400, test=40)  # one experiment sets 300 aside
    if name == "digits":
        return digits
    side, channels = (28, ()) if name == "mnist" else (32, (3,))
    draw = np.random.default_rng(0)
    parts = []
    for number in (count, 60):
        labels = (np.arange(number) % 10).astype("uint8")
        images = draw.integers(0, 60, (number, side, side, *channels)).astype("uint8")
        images[np.arange(number), :, 2 * labels.astype(int)] = 255
        parts += [images, labels]
    names = tuple("abcdefghij")
    return datasets.ImageDataset(*parts, names, name, "bundled", True, "made here", "none")


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in STORED if isinstance(EXPERIMENTS[name].dataset, str)])
def test_a_run_has_the_keys_of_the_stored_ones(name, eagerly, monkeypatch):
    """One real run an experiment, cut down to two batches an epoch; and what `finish` makes of it."""
    monkeypatch.setattr(transfer_labels, "EPOCH", 256)  # it counts images, not passes
    monkeypatch.setattr(transfer_labels, "EXAMPLES", 512)
    experiment, stored = EXPERIMENTS[name], measure.load(name)
    data = experiment.prepare(tiny(experiment.dataset, 1_240 if name == "inception_rates" else 240))  # 1,000 set aside
    job = list(experiment.plan(tuple(experiment.variants), experiment.seeds))[1]
    options = dict(job.options) | ({"epochs": 1} if "epochs" in job.options else {})
    if experiment.sweep:
        options["rate"] = 0.001
    if experiment.shared is not None:
        options["shared"] = experiment.shared(data, job)
    found = experiment.train(job.variant, data, seed=job.seed, **options)
    found = found[-1] if isinstance(found, tuple) else found
    run = {"arm": job.variant, "seed": job.seed, "seconds": 0.0} | options | found
    json.dumps(results.plain({key: value for key, value in run.items() if key != "shared"}))
    same = [one for one in stored["runs"] if one.get("arm", job.variant) == job.variant]
    assert set(same[0]) - set(run) == set()
