"""Named long experiments and the recipes of the shipped weights.

A module here may hold one `Experiment` or several; ``python -m course_utils.measure NAME`` runs one, resumable after
every run, and stores its result. Every ``train`` takes the name of a variant, the data as the experiment prepares them,
``seed`` (of initial weights, new layers and shuffling), ``epochs`` (passes over the training images) and ``progress``
(show a bar); it returns the trained model and plain numbers. ``python -m course_utils.pretrain NAME`` trains weights.
"""

import importlib
import pkgutil

from course_utils.recipes.experiment import Experiment, Job, Sweep
from course_utils.recipes.results import Refused, accepted

__all__ = ["Experiment", "Job", "Refused", "Sweep", "accepted", "experiments", "race_to"]


def experiments() -> dict[str, Experiment]:
    """Return all experiments by name: whatever `Experiment` a module of this package holds."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        content = vars(importlib.import_module(f"{__name__}.{module.name}"))
        found |= {value.name: value for value in content.values() if isinstance(value, Experiment)}
    return found


def race_to(target: float = 0.9857, **settings) -> dict:
    """Race two recipes for LeNet-5 to a test accuracy; see `course_utils.recipes.lenet_race.race_to`."""
    from course_utils.recipes import lenet_race

    return lenet_race.race_to(target, **settings)
