"""What lesson 03 tells of its stored measurements beyond its own claims."""

import numpy as np
import pytest

from course_utils import measure
from course_utils.recipes.mlp_cnn_photos import LONGER, LONGER_SHUFFLED

pytestmark = pytest.mark.stored


def values(name, variant, field):
    """One entry a seed."""
    return np.array([run[field] for run in measure.load(name)["runs"] if run["arm"] == variant])


def mistakes(name, variant, field, pictures):
    """Mean number of pictures that are misread, of so many."""
    return round(float(pictures * (1 - values(name, variant, field).mean())))


def test_time_explains_half_of_the_lead_on_digits_and_size_nothing():
    told = [mistakes("mlp_cnn", one, "accuracy", 1_000) for one in ("mlp", "mlp_equal_time", "cnn")]
    assert told == [32, 24, 17]
    assert mistakes("mlp_cnn", "mlp_equal_parameters", "accuracy", 1_000) > told[0]
    assert 0.45 < (told[0] - told[1]) / (told[0] - told[2]) < 0.55


def test_after_sixteen_epochs_the_shuffled_cnn_is_still_behind_the_mlp():
    told = [mistakes("mlp_cnn_shuffled", f"{one}_permuted", "accuracy", 1_000) for one in ("cnn", "mlp")]
    assert told == [41, 25] and set(values("mlp_cnn_shuffled", "cnn_permuted", "epochs")) == {16}
    runs = [values("mlp_cnn_shuffled", f"{one}_permuted", "accuracy") for one in ("cnn", "mlp")]
    assert len(runs[0]) == len(runs[1]) == 3 and runs[0].max() < runs[1].min()


def test_without_sharing_the_cnn_reads_more_than_the_mlp_and_less_than_with_it():
    told = {one: mistakes("mlp_cnn_local", one, "test_accuracy", 1_000) for one in ("mlp", "own_filters", "cnn")}
    assert told == {"mlp": 41, "own_filters": 29, "cnn": 23}
    runs = {one: values("mlp_cnn_local", one, "test_accuracy") for one in told}
    assert len(runs["mlp"]) == 3
    assert runs["mlp"].max() < runs["own_filters"].min() and runs["own_filters"].max() < runs["cnn"].min()
    kept = (told["mlp"] - told["own_filters"]) / (told["mlp"] - told["cnn"])
    assert 0.6 < kept < 0.72
    sizes = {one: set(values("mlp_cnn_local", one, "parameters")) for one in told}
    assert sizes == {"mlp": {669_706}, "own_filters": {4_077_514}, "cnn": {220_234}}
    worked = {one: values("mlp_cnn_local", one, "processor_seconds").mean() for one in told}
    assert {one: round(seconds) for one, seconds in worked.items()} == {"mlp": 6, "own_filters": 94, "cnn": 23}


def test_each_at_its_own_best_rate_the_cnn_leads_more():
    stored = measure.load("mlp_cnn_rates")
    assert stored["rates"] == {"cnn": 0.003, "mlp": 0.001} and stored["at_edge"] == []
    pair = [100 * values("mlp_cnn_rates", one, "test_accuracy") for one in ("cnn", "mlp")]
    assert round(pair[0].mean() - pair[1].mean(), 1) == 1.0
    assert round(np.hypot(*map(error, pair)), 1) == 0.2
    worked = [values("mlp_cnn_rates", one, "processor_seconds").mean() for one in ("cnn", "mlp")]
    assert 0.75 < worked[0] / worked[1] < 1.25  # similar time


def error(runs):
    return runs.std(ddof=1) / len(runs) ** 0.5


def test_two_differences_beside_their_own_standard_errors():
    ahead = [100 * values("mlp_cnn", one, "accuracy") for one in ("cnn", "mlp_equal_time")]
    mixed = [100 * values("mlp_cnn_longer_shuffled", f"{one}_permuted", "test_accuracy") for one in ("cnn", "mlp")]
    told = [(round(a.mean() - b.mean(), 2), round(np.hypot(error(a), error(b)), 2)) for a, b in (ahead, mixed)]
    assert told == [(0.76, 0.10), (1.42, 1.24)]


def test_rates_of_the_photographs_are_those_that_validation_chose():
    rates = measure.load("mlp_cnn_photos")["rates"]
    stored = {one: values("mlp_cnn_longer", one, "rate") for one in ("cnn", "mlp")}
    shuffled = {one: values("mlp_cnn_longer_shuffled", one, "rate") for one in ("cnn_permuted", "mlp_permuted")}
    assert set(stored["cnn"]) == {rates["cnn"]} and set(shuffled["cnn_permuted"]) == {rates["cnn_permuted"]}
    assert set(stored["mlp"]) == set(shuffled["mlp_permuted"]) == {0.0001}


LONGER_RUNS = {"cnn": "mlp_cnn_longer", "mlp": "mlp_cnn_longer"}
LONGER_RUNS |= {"cnn_permuted": "mlp_cnn_longer_shuffled", "mlp_permuted": "mlp_cnn_longer_shuffled"}


def test_in_similar_time_the_cnn_makes_three_quarters_of_the_mistakes_and_shuffled_as_many():
    told = {one: mistakes(name, one, "test_accuracy", 100) for one, name in LONGER_RUNS.items()}
    assert told == {"cnn": 44, "mlp": 57, "cnn_permuted": 56, "mlp_permuted": 57}
    assert 0.7 < told["cnn"] / told["mlp"] < 0.8
    shuffled = [values("mlp_cnn_longer_shuffled", f"{one}_permuted", "test_accuracy") for one in ("cnn", "mlp")]
    assert shuffled[0].min() < shuffled[1].max() and shuffled[1].min() < shuffled[0].max()  # nobody by all runs


def test_photographs_take_both_networks_similar_time_and_most_runs_still_improve():
    worked = {one: values(name, one, "processor_seconds").mean() for one, name in LONGER_RUNS.items()}
    assert 0.75 < worked["mlp"] / worked["cnn"] < 1 and 0.75 < worked["mlp_permuted"] / worked["cnn_permuted"] < 1
    runs = [run for name in ("mlp_cnn_longer", "mlp_cnn_longer_shuffled") for run in measure.load(name)["runs"]]
    assert len(runs) == 12 and sum(run["best_epoch"] == run["epochs"] for run in runs) == 8


@pytest.mark.parametrize("experiment", [LONGER, LONGER_SHUFFLED], ids=lambda one: one.name)
def test_the_longer_runs_stored_are_those_planned(experiment):
    jobs = experiment.plan(tuple(experiment.variants), experiment.seeds)
    planned = sorted((job.variant, job.seed, str(dict(job.options))) for job in jobs)
    runs = measure.load(experiment.name)["runs"]
    told = [(run["arm"], run["seed"], str({key: run[key] for key in ("rate", "epochs")})) for run in runs]
    assert sorted(told) == planned
