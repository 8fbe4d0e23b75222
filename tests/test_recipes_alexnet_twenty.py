"""Recipe of the short training: the long one's variants for 20 passes, and what both have stored."""

import numpy as np
import pytest

from course_utils import measure
from course_utils.recipes import alexnet_long, alexnet_twenty

pytestmark = pytest.mark.slow


def test_a_short_training_is_the_long_one_for_twenty_passes(monkeypatch):
    asked = {}

    def instead(name, data, **settings):
        asked.update(settings, name=name, data=data)
        return "model", {}

    monkeypatch.setattr(alexnet_long, "train", instead)
    assert alexnet_twenty.train("both", "data", seed=3, progress=False) == ("model", {})
    assert asked == {"name": "both", "data": "data", "seed": 3, "rate": 0.002, "epochs": 20, "progress": False}
    assert alexnet_twenty.EXPERIMENT.recipe["epochs"] == 20 and alexnet_long.EXPERIMENT.recipe["epochs"] == 100


@pytest.mark.parametrize(
    ("name", "epochs", "arms"),
    [
        ("alexnet_twenty", 20, alexnet_long.VARIANTS),
        ("alexnet_long", 100, alexnet_long.VARIANTS),
        ("alexnet_long_others", 100, alexnet_long.OTHERS),
    ],
)
def test_stored_runs_are_measured(name, epochs, arms):
    stored = measure.load(name)
    assert stored["date"] and stored["hardware"] and stored["versions"]
    for arm in arms:
        runs = [run for run in stored["runs"] if run["arm"] == arm]
        assert len({run["seed"] for run in runs}) >= 3
        for run in runs:
            assert len(run["history"]["val_accuracy"]) == epochs and run["seconds"] > 10
            # no measured curve is a straight line
            assert np.abs(np.diff(run["history"]["val_accuracy"], 2)).max() > 0.005
    assert "rates" not in stored or not stored["at_edge"]


def test_both_is_behind_neither_after_twenty_epochs_and_far_ahead_after_a_hundred():
    def mean(name, arm):
        return np.mean([run["test_accuracy"] for run in measure.load(name)["runs"] if run["arm"] == arm])

    short = {arm: mean("alexnet_twenty", arm) for arm in alexnet_long.VARIANTS}
    assert short["both"] < min(short["neither"], short["augmentation"]) - 0.04
    assert mean("alexnet_long", "both") > mean("alexnet_long", "neither") + 0.07
