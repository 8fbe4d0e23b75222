"""Named long experiments and the recipes of the shipped weights.

``python -m course_utils.measure NAME`` runs an experiment of `MEASUREMENTS` and stores its result;
``python -m course_utils.pretrain NAME`` trains weights.
"""

import importlib

# name: the module with a function ``measure(seeds, log)`` that returns the result as plain numbers
MEASUREMENTS = {
    "alexnet_activations": "course_utils.recipes.alexnet_activations",
    "alexnet_batchnorm": "course_utils.recipes.alexnet_batchnorm",
    "alexnet_flowers": "course_utils.recipes.alexnet_flowers",
    "cifar_fast": "course_utils.recipes.cifar_fast",
    "inception_cats": "course_utils.recipes.inception_cats",
    "inception_grids": "course_utils.recipes.inception_grids",
    "inception_kernels": "course_utils.recipes.inception_kernels",
    "inception_norm": "course_utils.recipes.inception_norm",
    "inception_rates": "course_utils.recipes.inception_rates",
    "inception_residual": "course_utils.recipes.inception_residual",
    "inception_twin": "course_utils.recipes.inception_twin",
    "initialization": "course_utils.recipes.initialization",
    "initialization_depth": "course_utils.recipes.initialization_depth",
    "lenet_1998": "course_utils.recipes.lenet_1998",
    "lenet_race": "course_utils.recipes.lenet_race",
    "mlp_cnn": "course_utils.recipes.mlp_cnn",
    "resnet_depth": "course_utils.recipes.resnet_depth",
    "transfer_labels": "course_utils.recipes.transfer_labels",
    "transfer_parity": "course_utils.recipes.transfer_parity",
    "vgg_depth": "course_utils.recipes.vgg_depth",
    "vgg_kernels": "course_utils.recipes.vgg_kernels",
    "vgg_stuck": "course_utils.recipes.vgg_stuck",
}


def measurement(name: str):
    """Return the module of a named experiment."""
    return importlib.import_module(MEASUREMENTS[name])


def race_to(target: float = 0.9857, **settings) -> dict:
    """Race two recipes for LeNet-5 to a test accuracy; see `course_utils.recipes.lenet_race.race_to`."""
    return measurement("lenet_race").race_to(target, **settings)
