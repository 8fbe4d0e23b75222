"""What lesson 03 tells of its stored measurements beyond its own claims."""

import numpy as np
import pytest

from course_utils import measure

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
    sizes = [values("mlp_cnn_photos", one, "parameters")[0] for one in ("mlp", "cnn")]
    assert round(sizes[0] / sizes[1]) == 7
