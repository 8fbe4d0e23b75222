"""What every builder keeps: its signature, its checks, an uncompiled model that learns, is saved and has a width."""

import ast
import inspect
import itertools
from pathlib import Path

import keras
import numpy as np
import pytest
from models_tools import SMALL, anatomy, build, images_for

from course_utils import models
from course_utils.anatomy import describe
from course_utils.models import lenet_loss

BUILDERS = [getattr(models, name) for name in models.__all__]
CHOOSES = {"alexnet": "variant", "vgg": "config", "resnet": "depth", "simple_cnn": "variant"}
NO_WIDTH = {"mlp", "lenet5_1998"}  # units are chosen one by one; a connection table for 6 and 16 maps
each_builder = pytest.mark.parametrize("builder", BUILDERS, ids=lambda builder: builder.__name__)

HUGE = 10**30
WRONG = {
    "input_shape": [
        224,
        "224",
        None,
        (32, 32),
        (32, 32, 3, 1),
        (HUGE, 32, 3),
        (32.0, 32, 3),
        (32, 0, 3),
        ("32", 32, 3),
    ],
    "classes": [1, 0, -3, 2.5, True, "10", HUGE],
    "width": [0, -1, "1", None, True, HUGE, float("nan")],
    "dropout": [1, -0.1, "0.5", True, float("nan")],
    "n": [0, 2.5, HUGE, "3"],
    "blocks": [5, (1, 1), (1, 0, 1), (HUGE, 1, 1), (1, 1, 1.5)],
    "scale": [2, -0.1, "1"],
    "widths": [512, (512, 0), (HUGE,), "512"],
    "scaling": [0, (1,), (1, 2, 3), ("a", 0), "ab"],
    "pool_size": [1, 4, "3"],
    "momentum": [1.5, "0.9"],
    "depth": [20, "50", 50.5],
    "version": [3, "1"],
}


def parameters(builder) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(builder).parameters)


def wrong_values() -> list[tuple]:
    """Return (builder, argument, wrong values) for every argument of every builder."""
    cases = []
    for builder in BUILDERS:
        for argument, given in parameters(builder).items():
            values = list(WRONG.get(argument, []))
            if argument == "input_shape" and builder is models.mlp:  # takes examples of any number of axes
                values = [value for value in values if value not in ((32, 32), (32, 32, 3, 1))]
            if "bool" in str(given.annotation):
                values += ["no", 1, 0.0, []]
            if "str" in str(given.annotation):
                values += ["nonsense", 3, ["relu"]]
            values = [value for value in values if value is not None or given.default is not None]
            cases += [pytest.param(builder, argument, values, id=f"{builder.__name__}-{argument}")] if values else []
    return cases


@each_builder
def test_arguments_are_keywords_but_for_the_word_that_chooses_the_network(builder):
    given = parameters(builder)
    positional = [name for name, value in given.items() if value.kind is not value.KEYWORD_ONLY]
    assert positional == [CHOOSES[builder.__name__]] if builder.__name__ in CHOOSES else positional == []
    assert {"input_shape", "classes"} <= set(given)
    assert ("width" in given) == (builder.__name__ not in NO_WIDTH)
    assert all(value.kind is not value.VAR_KEYWORD for value in given.values()), "the signature hides its arguments"
    assert inspect.signature(builder).return_annotation is keras.Model
    assert all(value.default is not value.empty for value in given.values())


@pytest.mark.parametrize(("builder", "argument", "values"), wrong_values())
def test_a_wrong_argument_is_named_with_its_value(builder, argument, values):
    for value in values:
        with pytest.raises(ValueError) as error:
            builder(**{argument: value})
        message = str(error.value)
        assert argument in message and " must be " in message
        received = [value, *value] if isinstance(value, tuple) else [value]
        assert any(f"received {one!r}." in message for one in received), message


@each_builder
def test_a_flag_of_numpy_is_a_flag(builder):
    flags = [name for name, value in parameters(builder).items() if isinstance(value.default, bool)]
    for flag in flags:
        default = parameters(builder)[flag].default
        assert anatomy(builder, **{flag: np.bool_(default)}).params == anatomy(builder).params


@pytest.fixture(scope="module", params=SMALL)
def network(request):
    """Every scaled-down network, one after the other: its tests run together, and then it is forgotten."""
    yield request.param, build(request.param)
    keras.utils.clear_session()


def test_model_is_uncompiled_and_gives_one_number_a_class(network):
    name, model = network
    assert not model.compiled
    shapes = {tuple(output.shape) for output in model.outputs}
    assert shapes == {(None, SMALL[name][1]["classes"])}
    names = [layer.name for layer in model.layers]
    assert len(set(names)) == len(names)


def test_every_layer_of_our_own_is_made_again_from_its_settings(network):
    for layer in network[1].layers:
        if not type(layer).__module__.startswith("course_utils"):
            continue
        again = keras.layers.deserialize(keras.layers.serialize(layer))
        assert type(again) is type(layer) and again.get_config() == layer.get_config()


# Between them they have every kind of layer and of branch; the others are saved and loaded in CI's second round.
SAVED = {"alexnet two_tower", "vgg A-LRN", "googlenet aux", "lenet5_1998", "resnet_cifar v2", "simple_cnn cifar_fast"}


@pytest.mark.parametrize(
    "name", [name if name in SAVED else pytest.param(name, marks=pytest.mark.slow) for name in SMALL]
)
def test_saved_and_loaded_it_answers_the_same(name, tmp_path):
    model = build(name)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    images = images_for(model, 2)
    for answers in zip(as_list(model(images)), as_list(again(images)), strict=True):
        one, other = map(keras.ops.convert_to_numpy, answers)
        np.testing.assert_allclose(one, other, atol=1e-6)
        assert np.abs(np.diff(one, axis=0)).max() > 0, "the answer does not depend on the image"


def test_layers_of_equal_shape_start_differently(network):
    kernels = [np.asarray(weight).ravel() for weight in network[1].trainable_weights if len(weight.shape) > 1]
    for one, other in itertools.combinations(kernels, 2):
        assert one.shape != other.shape or one.size < 3 or np.abs(one - other).max() > 1e-6


def test_a_seed_repeats_the_weights_and_one_step_changes_every_trainable_one(network):
    name, first = network
    model = build(name)
    loss = lenet_loss.MapCriterion() if name == "lenet5_1998" else "sparse_categorical_crossentropy"
    outputs = len(model.outputs)
    model.compile(keras.optimizers.SGD(0.5), loss=[loss] * outputs if outputs > 1 else loss, run_eagerly=True)
    before = [np.array(weight) for weight in model.weights]
    for weight, again in zip(first.weights, before, strict=True):
        np.testing.assert_array_equal(weight, again)
    labels = np.arange(8) % 4
    model.train_on_batch(images_for(model), [labels] * outputs if outputs > 1 else labels)
    for weight, old in zip(model.weights, before, strict=True):
        changes = weight.trainable or "moving" in weight.path or "seed" in weight.path
        assert bool((np.array(weight) != old).any()) == changes, weight.path


def test_width_multiplies_every_hidden_layer_and_leaves_the_classes(network):
    name, model = network
    builder, arguments = SMALL[name]
    if builder.__name__ in NO_WIDTH:
        return
    narrow, whole = filters(describe(model)), filters(anatomy(builder, **hashable({**arguments, "width": 1.0})))
    assert list(narrow) == list(whole)
    for layer, number in whole.items():  # rounded to a filter, to an even number in towers, to four in bottlenecks
        assert abs(narrow[layer] - number * arguments["width"]) <= 2, layer


def filters(found) -> dict[str, int]:
    """Return the channels of every convolution and hidden dense layer, by name."""
    hidden = [row for row in found.rows if row.kind in ("Conv2D", "Dense", "SeparableConv2D")]
    return {row.name: row.output_shape[-1] for row in hidden if not row.name.endswith(("predictions", "output"))}


def hashable(arguments: dict) -> dict:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in arguments.items()}


def as_list(outputs) -> list:
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def test_no_family_imports_from_the_package_that_imports_it():
    """`from course_utils.models import inception_v4` gives a module or a function, by the order of imports."""
    for path in Path(models.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        sources = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert path.name == "__init__.py" or "course_utils.models" not in sources, path.name
