"""What lesson 03 tells of its stored measurements beyond its own claims."""

import numpy as np
import pytest

from course_utils import measure
from course_utils.recipes.mlp_cnn_photos import LONGER

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


def test_the_shuffled_cnn_gains_one_digit_in_a_hundred_in_its_last_epoch():
    curves = [history["val_accuracy"] for history in values("mlp_cnn", "cnn_permuted", "history")]
    assert {len(curve) for curve in curves} == {4}
    assert round(100 * float(np.mean([curve[-1] - curve[-2] for curve in curves]))) == 1


def test_mistakes_on_photographs_at_equal_epochs():
    stored = {one: mistakes("mlp_cnn_photos", one, "test_accuracy", 100) for one in ("cnn", "mlp")}
    shuffled = {one: mistakes("mlp_cnn_photos", f"{one}_permuted", "test_accuracy", 100) for one in ("cnn", "mlp")}
    assert (stored, shuffled) == ({"cnn": 49, "mlp": 65}, {"cnn": 60, "mlp": 66})
    grey = {one: mistakes("mlp_cnn_grey", f"{one}_permuted", "test_accuracy", 100) for one in ("cnn", "mlp")}
    assert abs((grey["mlp"] - grey["cnn"]) - (shuffled["mlp"] - shuffled["cnn"])) <= 1
    assert measure.load("mlp_cnn_photos")["rates"] == {
        "cnn": 0.001,
        "mlp": 0.0003,
        "cnn_permuted": 0.003,
        "mlp_permuted": 0.001,
    }


def test_on_photographs_the_cnn_works_twice_as_long_and_the_mlp_is_not_done():
    worked = [values("mlp_cnn_photos", one, "processor_seconds").mean() for one in ("cnn", "mlp")]
    assert round(worked[0] / worked[1]) == 2
    learned, read = (values("mlp_cnn_photos", "mlp", f"{part}_accuracy") for part in ("train", "test"))
    assert (learned - read).max() < 0.03 and learned.max() < 0.4


def test_in_similar_time_the_cnn_makes_three_quarters_of_the_mistakes_again():
    again = {one: mistakes("mlp_cnn_longer", one, "test_accuracy", 100) for one in ("cnn", "mlp")}
    assert again == {"cnn": 44, "mlp": 57} and 0.7 < again["cnn"] / again["mlp"] < 0.8
    assert again["cnn"] < mistakes("mlp_cnn_photos", "cnn", "test_accuracy", 100)
    worked = [values("mlp_cnn_longer", one, "processor_seconds").mean() for one in ("mlp", "cnn")]
    assert 0.75 < worked[0] / worked[1] < 1.25
    last = [values("mlp_cnn_longer", one, "best_epoch") for one in ("mlp", "cnn")]
    assert np.median(last[0]) == 12 and np.median(last[1]) == 6


def test_the_longer_runs_stored_are_those_planned():
    planned = [(job.variant, job.seed, dict(job.options)) for job in LONGER.plan(tuple(LONGER.variants), LONGER.seeds)]
    runs = measure.load("mlp_cnn_longer")["runs"]
    assert [(run["arm"], run["seed"], {key: run[key] for key in ("rate", "epochs")}) for run in runs] == planned
