"""Lesson 10's exercise checks: right answers pass, usual mistakes get their hint, untouched stubs are no failure."""

import numpy as np
import pytest

from course_utils.checks import lesson10

BASELINES = {"majority": 0.11, "logistic regression": 0.5, "small CNN": 0.7}
WORDS = " ".join(["because"] * lesson10.FEWEST_WORDS)
LABELS = np.arange(40) % 4
IMAGES = LABELS[:, None, None, None] * np.ones((1, 32, 32, 3), "uint8")
RIGHT_FAULTS = {"A": "degradation", "B": "overfitting", "C": "stale statistics", "D": "healthy"}


class Reader:
    """Stands for a model: answers with the first pixel, wrong for the first few images."""

    def __init__(self, wrong=0, classes=4, scale=1.0, shift=0.0):
        self.wrong, self.classes, self.scale, self.shift = wrong, classes, scale, shift

    def predict(self, images, verbose=0):
        answers = np.eye(self.classes)[images[:, 0, 0, 0].astype(int)]
        answers[: self.wrong] = np.roll(answers[: self.wrong], 1, axis=1)
        return answers * self.scale + self.shift


def piled_up(index):
    found = 1e-3
    for start, factor in ((80, 1e-1), (120, 1e-2), (160, 1e-3), (180, 5e-4)):
        found *= factor if index >= start else 1
    return found


def first_that_holds(index):
    drops = ((80, 1e-4), (120, 1e-5), (160, 1e-6), (180, 5e-7))
    return next((found for start, found in drops if index >= start), 1e-3)


def capstone(model=None, **changes):
    settings = {"baselines": BASELINES, "seconds": 60.0, "expected": 1.0, "defence": WORDS} | changes
    return lesson10.capstone(Reader() if model is None else model, IMAGES, LABELS, **settings)


def option_a(x, filters):
    new = (filters - x.shape[-1]) // 2
    return np.pad(x[:, ::2, ::2], [(0, 0)] * 3 + [(new, new)])


def zeros_behind(x, filters):
    return np.pad(x[:, ::2, ::2], [(0, 0)] * 3 + [(0, filters - x.shape[-1])])


def rate(index):
    return 1e-3 if index < 80 else 1e-4 if index < 120 else 1e-5 if index < 160 else 1e-6 if index < 180 else 5e-7


def erase(image, top, left, height, width, rng):
    image = image.copy()
    patch = image[top : top + height, left : left + width]
    patch[:] = rng.uniform(image.min(), image.max(), patch.shape)
    return image


def in_place(image, top, left, height, width, rng):
    noise = rng.uniform(image.min(), image.max(), (height, width, image.shape[2]))
    image[top : top + height, left : left + width] = noise
    return image


def filled(make):
    """An eraser whose patch is what ``make(image, shape, rng)`` says."""

    def eraser(image, top, left, height, width, rng):
        image = image.copy()
        shape = (height, width, image.shape[2])
        image[top : top + height, left : left + width] = make(image, shape, rng)
        return image

    return eraser


def own_noise(image, shape, rng):
    return np.random.default_rng().uniform(image.min(), image.max(), shape)


def fixed_noise(image, shape, rng):
    return np.random.default_rng(7).uniform(image.min(), image.max(), shape)


def grey_noise(image, shape, rng):
    return rng.uniform(image.min(), image.max(), (*shape[:2], 1))


def three_channels(image, top, left, height, width, rng):
    image = image.copy()
    image[top : top + height, left : left + width] = rng.uniform(image.min(), image.max(), (height, width, 3))
    return image


def turned(image, top, left, height, width, rng):
    return erase(image, left, top, width, height, rng)


@pytest.mark.parametrize(
    "verdict",
    [
        lambda: lesson10.bottleneck_weights(278_528),
        lambda: lesson10.projections(43_904),
        lambda: lesson10.option_a(option_a),
        lambda: lesson10.schedule(rate),
        lambda: lesson10.erase(erase),
        lambda: lesson10.diagnose(RIGHT_FAULTS),
        lambda: lesson10.diagnose(RIGHT_FAULTS | {"A": "Degradation "}),
        lambda: capstone(),
        lambda: capstone(Reader(wrong=8), expected=0.95),
    ],
)
def test_right_answer_passes(verdict):
    assert verdict().passed is True, verdict()


@pytest.mark.parametrize(
    ("verdict", "hint"),
    [
        (lambda: lesson10.bottleneck_weights(4_718_592), "basic block"),
        (lambda: lesson10.bottleneck_weights(212_992), "widens"),
        (lambda: lesson10.bottleneck_weights(7), "received 7"),
        (lambda: lesson10.projections(43_008), "γ and a β"),
        (lambda: lesson10.projections(44_800), "not trained"),
        (lambda: lesson10.projections(44_352), "no biases"),
        (lambda: lesson10.projections(0), "option A"),
        (lambda: lesson10.option_a(zeros_behind), "half of the zeros"),
        (lambda: lesson10.option_a(lambda x, filters: np.pad(x, [(0, 0)] * 3 + [(2, 2)])), "Every second row"),
        (lambda: lesson10.option_a(lambda x, filters: x[:, ::2, ::2]), "(2, 2, 3, 6)"),
        (lambda: lesson10.schedule(lambda index: rate(index - 1)), "(80) gave 0.001, expected 1e-04"),
        (lambda: lesson10.schedule(lambda index: rate(index - 1)), "at which index"),
        (lambda: lesson10.schedule(piled_up), "factors pile up"),
        (lambda: lesson10.schedule(first_that_holds), "in which order"),
        (lambda: lesson10.schedule(lambda index: "1e-3"), "gave '1e-3', expected 1e-03"),
        (lambda: lesson10.schedule(lambda index: 1 / 0), "ZeroDivisionError"),
        (lambda: lesson10.schedule(1e-3), "without calling it"),
        (lambda: lesson10.schedule(lambda index: 1e-4), "begins with 1e-3"),
        (lambda: lesson10.schedule(lambda index: min(rate(index), 1e-3) if index < 180 else 1e-6), "5e-7"),
        (lambda: lesson10.erase(in_place), "work on a copy"),
        (lambda: lesson10.erase(filled(lambda image, shape, rng: rng.uniform(0, 1, shape))), "nearly flat"),
        (lambda: lesson10.erase(filled(lambda image, shape, rng: rng.uniform(-300, 300, shape))), "leaves the range"),
        (lambda: lesson10.erase(filled(lambda image, shape, rng: rng.uniform(-124, 151, shape))), "-0.988 to 0.998"),
        (lambda: lesson10.erase(filled(lambda image, shape, rng: 100.0)), "one value everywhere"),
        (lambda: lesson10.erase(filled(own_noise)), "the same seed must give the same noise"),
        (lambda: lesson10.erase(filled(fixed_noise)), "another seed must give other noise"),
        (lambda: lesson10.erase(filled(grey_noise)), "a value for each channel"),
        (lambda: lesson10.erase(three_channels), "on an image of shape (16, 16, 1)"),
        (lambda: lesson10.erase(turned), "outside rows"),
        (lambda: lesson10.erase(lambda image, *rest: image.copy()), "nothing was erased"),
        (lambda: lesson10.erase(lambda image, *rest: image[:4]), "keeps its shape"),
        (lambda: lesson10.erase(lambda image, *rest: 1 / 0), "ZeroDivisionError"),
        (lambda: lesson10.diagnose(RIGHT_FAULTS | {"A": "overfitting"}), "Training A: look at the training accuracy"),
        (lambda: lesson10.diagnose(RIGHT_FAULTS | {"C": "degradation"}), "Training C: how much of the first mean"),
        (lambda: lesson10.diagnose(RIGHT_FAULTS | {"B": "bad luck"}), "choose from"),
        (lambda: lesson10.diagnose(RIGHT_FAULTS | {"D": None}), "training D has no answer"),
        (lambda: capstone(Reader(wrong=12)), "3% over small CNN"),
        (lambda: capstone(Reader(wrong=30)), "25.0% on the test images; 73.0% is asked for"),
        (lambda: capstone(Reader(classes=10)), "must have shape (40, 4); yours have (40, 10)"),
        (lambda: capstone(Reader(scale=5.0)), "must hold probabilities"),
        (lambda: capstone(Reader(scale=5.0, shift=-1.0)), "must hold probabilities"),
        (lambda: capstone(seconds=130), "at most 120"),
        (lambda: capstone(seconds=0), "after minus the reading before"),
        (lambda: capstone(seconds=None), "measure the seconds"),
        (lambda: capstone(expected=None), "you expect"),
        (lambda: capstone(expected=95), "from 0 to 1"),
        (lambda: capstone(defence="it is good"), "25 words"),
        (lambda: capstone(model="resnet"), "the trained model itself"),
        (lambda: capstone(baselines={"majority": 0.1}), "lack"),
    ],
)
def test_wrong_answer_gets_its_hint(verdict, hint):
    assert verdict().passed is False
    assert hint in verdict().message


@pytest.mark.parametrize(
    "verdict",
    [
        lambda: lesson10.bottleneck_weights(None),
        lambda: lesson10.projections(None),
        lambda: lesson10.option_a(lambda x, filters: ...),
        lambda: lesson10.schedule(lambda index: ...),
        lambda: lesson10.erase(lambda image, top, left, height, width, rng: ...),
        lambda: lesson10.diagnose(dict.fromkeys("ABCD")),
        lambda: lesson10.capstone(None, IMAGES, LABELS, baselines=BASELINES, seconds=None, expected=None, defence=None),
    ],
)
def test_untouched_stub_is_not_attempted(verdict):
    assert verdict().passed is None


def test_capstone_tells_a_kind_validation_from_an_honest_one():
    assert "as you said" in capstone().message
    assert "kind" in capstone(Reader(wrong=8), expected=0.95).message
    assert "hard" in capstone(expected=0.5).message


def test_expected_numbers_are_those_of_the_networks():
    from course_utils import anatomy, models

    def trained(option):
        return anatomy.describe(models.resnet, depth=18, width=0.5, shortcut=option).trainable_params

    assert trained("projection") - trained("identity") == 43_904
    rows = anatomy.describe(models.resnet, depth=50).rows
    block = [row for row in rows if row.name.startswith("conv3_block2_") and row.kind == "Conv2D"]
    assert sum(row.params for row in block) == 278_528
