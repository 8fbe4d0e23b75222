"""Questions by hand: as many kinds as promised, and answers that another way of counting gives."""

import re

import keras
import numpy as np
import pytest

from course_utils import __main__ as commands
from course_utils import anatomy, questions
from course_utils.questions import (
    core,
    lesson01,
    lesson02,
    lesson03,
    lesson04,
    lesson05,
    lesson06,
    lesson07,
    lesson08,
    lesson10,
)


def of(kind, seed):
    return kind(np.random.default_rng([seed, 99]))


def numbers(text):
    return [float(found.replace(",", "")) for found in re.findall(r"-?\d[\d,]*\.?\d*(?<![,.])", text)]


def parameters(*layers):
    model = keras.Sequential(layers)
    return model.count_params()


SEEDS = range(8)


@pytest.mark.parametrize("lesson", core.LESSONS)
def test_every_lesson_has_five_kinds_that_differ_by_seed_alone(lesson):
    sheets = [questions.questions(lesson, seed=seed) for seed in SEEDS]
    assert len(sheets[0]) >= 5 and len({kind.__name__ for kind in questions.kinds(lesson)}) == len(sheets[0])
    assert questions.sheet(lesson, seed=3) == questions.sheet(lesson, seed=3)
    for place in range(len(sheets[0])):
        assert len({sheet[place].text for sheet in sheets}) > 3, f"kind {place + 1} hardly ever changes"
        for sheet in sheets:
            assert np.isfinite(np.asarray(sheet[place].answer, dtype=float)).all()
            assert sheet[place].working and "{" not in sheet[place].text + sheet[place].working


@pytest.mark.parametrize("seed", SEEDS)
def test_windows_and_maps_come_out_as_four_loops_give_them(seed):
    question = of(lesson01.window, seed)
    nine = np.array(numbers(question.text)).reshape(2, 9)
    assert question.answer == sum(a * b for a, b in zip(*nine, strict=True))
    question = of(lesson01.small_map, seed)
    found = numbers(question.text.split("padding.")[1])
    image, kernel = np.reshape(found[:16], (4, 4)), np.reshape(found[16:], (2, 2))
    slid = [[(image[r : r + 2, c : c + 2] * kernel).sum() for c in range(3)] for r in range(3)]
    assert np.array_equal(question.answer, slid)


@pytest.mark.parametrize("seed", SEEDS)
def test_sizes_are_those_of_keras(seed):
    question = of(lesson01.output_size, seed)
    side, _, padding, kernel, _, stride = numbers(question.text.replace("×", " × "))
    padded = keras.Input((int(side + 2 * padding),) * 2 + (1,))
    assert question.answer == keras.layers.Conv2D(1, int(kernel), strides=int(stride))(padded).shape[1]
    question = of(lesson07.overlapping, seed)
    side = int(numbers(question.text.replace("×", " "))[-1])
    assert question.answer == keras.layers.MaxPooling2D(3, strides=2)(keras.Input((side, side, 1))).shape[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_parameters_are_those_of_keras(seed):
    layers = keras.layers
    question = of(lesson01.parameters, seed)
    filters, side, _, into = map(int, numbers(question.text.replace("×", " ")))
    assert question.answer == parameters(keras.Input((9, 9, into)), layers.Conv2D(filters, side))
    question = of(lesson03.dense, seed)
    side, _, first, second, last = map(int, numbers(question.text.replace("×", " ")))
    dense = [layers.Dense(units) for units in (first, second, last)]
    assert question.answer == parameters(keras.Input((side * side,)), *dense)
    question = of(lesson07.towers, seed)
    into, out, side, _ = map(int, numbers(question.text.replace("×", " ")))
    assert question.answer == parameters(keras.Input((9, 9, into)), layers.Conv2D(out, side, groups=2))


@pytest.mark.parametrize("seed", SEEDS)
def test_mistakes_and_work_are_counted_out(seed):
    question = of(lesson03.mistakes, seed)
    low, images, high = numbers(question.text)[:3]
    assert question.answer == pytest.approx(images - images * high / 100) and low < high < 100
    question = of(lesson05.few, seed)
    photographs, more = numbers(question.text)
    assert question.answer == pytest.approx(100 * (more / photographs))
    question = of(lesson08.work, seed)
    _, _, out, side, _, into = map(int, numbers(question.text.replace("×", " ")))
    layers = [keras.Input((side, side, into)), keras.layers.Conv2D(out, 3, padding="same", name="one")]
    assert question.answer == pytest.approx(anatomy.describe(keras.Sequential(layers))["one"].macs / 1e6)


def reach(sides, strides):
    """How wide a part of 999 pixels one value sees, by following a single pixel through pooling layers."""
    lit = 0
    for pixel in range(400, 600):
        line = np.zeros((1, 999, 1), "float32")
        line[0, pixel] = 1
        for side, stride in zip(sides, strides, strict=True):
            spread = np.lib.stride_tricks.sliding_window_view(line[0, :, 0], side)[::stride].max(axis=1)
            line = spread[None, :, None]
        lit += bool(line[0, line.shape[1] // 2, 0])
    return lit


@pytest.mark.parametrize("seed", SEEDS)
def test_receptive_fields_are_what_single_pixels_reach(seed):
    question = of(lesson01.receptive_field, seed)
    found = re.findall(r"(\d)×\d with stride (\d)", question.text)
    assert question.answer == reach(*zip(*[(int(a), int(b)) for a, b in found], strict=True))
    question = of(lesson08.seen, seed)
    counts = [int(n) for n in re.search(r"blocks of (\d), (\d) and (\d)", question.text).groups()]
    sides, strides = [], []
    for count in counts:
        sides += [3] * count + [2]
        strides += [1] * count + [2]
    assert question.answer == reach(sides, strides)


@pytest.mark.parametrize("seed", SEEDS)
def test_trained_and_normalized_numbers_are_those_of_keras(seed):
    question = of(lesson02.descent, seed)
    found = numbers(question.text.split("kernel of three weights,")[1])
    weights, inputs, wanted, rate = np.array(found[:3]), np.array(found[3:6]), found[6], found[-1]

    def loss(w):
        return (w @ inputs - wanted) ** 2 / 2

    slope = [(loss(weights + 1e-4 * unit) - loss(weights - 1e-4 * unit)) / 2e-4 for unit in np.eye(3)]
    np.testing.assert_allclose(question.answer, weights - rate * np.array(slope), atol=1e-4)
    question = of(lesson04.normalized, seed)
    gamma, beta, _, *batch = numbers(question.text.replace("ε = 0", "0"))
    layer = keras.layers.BatchNormalization(epsilon=1e-9)
    layer.build((4, 1))
    layer.set_weights([np.array([value]) for value in (gamma, beta, 0, 1)])
    said = np.ravel(layer(np.reshape(batch, (4, 1)), training=True))
    np.testing.assert_allclose(question.answer, said, atol=1e-4)
    question = of(lesson06.softmax, seed)
    scores = numbers(question.text.removeprefix("Three outputs are"))
    assert question.answer == pytest.approx(float(keras.ops.softmax(np.array(scores))[0]), rel=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_running_mean_and_depth_are_counted_out(seed):
    question = of(lesson10.stale, seed)
    momentum, steps = numbers(question.text)
    kept = 100.0
    for _ in range(int(steps)):
        kept *= momentum
    assert question.answer == pytest.approx(kept)
    n = int(numbers(of(lesson10.depth, seed).text)[0])
    assert of(lesson10.depth, seed).answer == 1 + 3 * n * 2 + 1


def test_sheet_shows_answers_at_the_end_or_not_at_all(capsys):
    assert commands.main(["questions", "4", "--seed", "7"]) == 0
    whole = capsys.readouterr().out
    assert whole.startswith("Lesson 04 · by hand · sheet 7\n") and "\nAnswers\n" in whole
    assert max(map(len, whole.splitlines())) <= 88
    assert commands.main(["questions", "04", "--seed", "7", "--without-answers"]) == 0
    alone = capsys.readouterr().out
    assert "Answers" not in alone and whole.startswith(alone.rstrip())


def test_unknown_lessons_and_seeds_are_told(capsys):
    assert commands.main(["questions", "11"]) == 2
    assert "lesson must be one of" in capsys.readouterr().err
    with pytest.raises(ValueError, match="seed"):
        questions.questions("01", seed=-1)


def test_numbers_are_written_as_people_write_them():
    assert [core.number(n) for n in (12345, 0.5, -2.0, 1 / 3, "word")] == ["12,345", "0.5", "-2", "0.3333", "word"]
    assert [core.number(n) for n in (1849.688, (100 * 0.2**2) ** 6)] == ["1,850", "4,096"]
