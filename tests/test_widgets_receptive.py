"""The receptive-field exhibit: its numbers against Keras, its settings, what it stores."""

import re

import keras
import numpy as np
import pytest
from keras import layers

from course_utils import anatomy, widgets
from course_utils.widgets import receptive, stack


def keras_model(steps: list[dict], size: int, padding: str):
    """Return the same stack in Keras, all weights 1."""
    x = inputs = keras.Input((size, size, 1))
    for step in steps:
        shared = {"strides": step["stride"], "padding": padding}
        if step["kind"] == "pooling":
            x = layers.AveragePooling2D(step["kernel"], **shared)(x)
        elif step["stride"] > 1 and step["dilation"] > 1:  # Keras has no layer with both
            x = layers.Conv2D(1, step["kernel"], dilation_rate=step["dilation"], padding="valid")(x)
        else:
            x = layers.Conv2D(1, step["kernel"], dilation_rate=step["dilation"], kernel_initializer="ones", **shared)(x)
    return keras.Model(inputs, x)


CASES = [(name, 48, "same") for name in stack.STACKS]
CASES += [
    ("AlexNet up to pool 2", 91, "valid"),
    ("LeNet-5 up to S4", 32, "valid"),
    (
        [{"kernel": 3, "dilation": 3}, {"kind": "pooling", "kernel": 3, "stride": 2}, {"kernel": 2, "stride": 3}, 5],
        63,
        "same",
    ),
    ([{"kernel": 4, "stride": 2}, {"kernel": 3, "dilation": 2}, 1, 7], 61, "valid"),
    ([{"kernel": 1, "stride": 2}, {"kernel": 5, "stride": 4}], 30, "same"),
]


@pytest.mark.parametrize(("steps", "size", "padding"), CASES)
def test_numbers_are_those_of_keras(steps, size, padding):
    steps = stack.as_layers(steps)
    rows = anatomy.describe(keras_model(steps, size, padding)).rows
    counted = stack.trace(steps, size, padding, channels=1)[1:]
    assert [(step.size, step.field, step.stride) for step in counted] == [
        (row.output_shape[0], row.receptive_field, row.stride) for row in rows
    ]
    assert [step.first + (step.field - 1) / 2 for step in counted] == [row.centre[0] for row in rows]
    assert [step.weights for step in counted] == [row.params - 1 if row.params else 0 for row in rows]


@pytest.mark.parametrize(("steps", "size", "padding"), [(s, min(n, 40), p) for s, n, p in CASES if n < 91])
def test_seen_pixels_are_those_that_reach_the_output_value(steps, size, padding):
    exhibit = widgets.ReceptiveField(steps, size=size, padding=padding)
    model = keras_model(exhibit.layers, size, padding)
    last = exhibit.steps[-1].size - 1
    # One image per line of pixels, that line lit: weights of 1 let nothing cancel.
    lines = np.eye(size, dtype="float32")[:, :, None, None] * np.ones((1, 1, size, 1), "float32")
    lit = keras.ops.convert_to_numpy(model(lines)).max(axis=(2, 3)) > 0
    for place in {0, last // 3, last}:
        exhibit.row, exhibit.column = place, last
        assert np.array_equal(exhibit.seen.any(axis=1), lit[:, place])
        assert np.array_equal(exhibit.seen.any(axis=0), lit[:, last])


def test_three_small_kernels_see_what_one_large_does_for_fewer_weights():
    three, one = widgets.ReceptiveField("three 3×3", channels=10), widgets.ReceptiveField("one 7×7", channels=10)
    assert (three.field, three.weights) == (7, 2700)
    assert (one.field, one.weights) == (7, 4900)
    assert three.seen.sum() == one.seen.sum() == 49


def test_dilation_without_growth_leaves_holes():
    exhibit = widgets.ReceptiveField([{"kernel": 3, "dilation": 2}] * 2)
    assert exhibit.field == 9
    assert exhibit.seen.sum() == 25


def test_the_chosen_value_stays_on_the_map():
    exhibit = widgets.ReceptiveField([3], size=32)
    assert (exhibit.row, exhibit.column) == (15, 15)
    exhibit.layers = [{"kernel": 2, "stride": 2}] * 3
    assert (exhibit.row, exhibit.column) == (3, 3)
    exhibit.size = 8
    assert (exhibit.row, exhibit.column) == (0, 0)


def test_what_is_stored_runs_by_itself_and_says_the_numbers_without_scripts():
    image = np.random.default_rng(0).integers(0, 256, (128, 128), dtype=np.uint8)
    exhibit = widgets.ReceptiveField("VGG-16 up to pool 3", image=image)
    text = exhibit._repr_mimebundle_()["text/html"]
    assert text.startswith('<div class="receptive-field"')
    assert len(text.encode()) < 60_000
    assert len(widgets.ReceptiveField().to_html().encode()) < 40_000
    assert not re.search(r"(?:src|href)=|https?://(?!www\.w3\.org/)", text)
    assert "export default" not in text and text.count("</script>") == 1
    still = text.split("<script>")[0]
    assert [int(n) for n in re.findall(r"<td>(\d+)×\d+</td><td>\d+</td>", still)][-1] == 44
    assert "import " not in re.sub(r"//.*", "", receptive.SCRIPT)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"layers": "three 3x3"}, ["layers", "'three 3x3'", "'three 3×3'"]),
        ({"layers": []}, ["layers", "12", "[]"]),
        ({"layers": [3] * 13}, ["layers", "12"]),
        ({"layers": [0]}, ["kernel", "0"]),
        ({"layers": [{"kernel": 3, "padding": 1}]}, ["layers", "padding"]),
        ({"layers": [{"kind": "pool", "kernel": 2}]}, ["kind", "'pool'", "pooling"]),
        ({"layers": [{"kind": "pooling", "kernel": 2, "dilation": 2}]}, ["dilation", "pooling"]),
        ({"size": 3}, ["size", "3"]),
        ({"padding": "full"}, ["padding", "'full'"]),
        ({"channels": 0}, ["channels", "0"]),
        ({"layers": [7, 7], "size": 8, "padding": "valid"}, ["layers", "layer 2", "2 values"]),
        ({"image": np.zeros((8, 9))}, ["image", "square", "(8, 9)"]),
    ],
)
def test_bad_settings_are_named(arguments, words):
    with pytest.raises(ValueError) as error:
        widgets.ReceptiveField(**arguments)
    for word in words:
        assert word in str(error.value)


def test_bad_values_are_refused_later_too():
    exhibit = widgets.ReceptiveField()
    for name, value in (("layers", "none"), ("size", 1), ("padding", 2), ("channels", 1.5), ("row", -1)):
        with pytest.raises(ValueError, match=name):
            setattr(exhibit, name, value)
