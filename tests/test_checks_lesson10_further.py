"""Checks of lesson 10's further pages: right answers pass, usual mistakes get their hint, stubs are not attempted."""

import numpy as np
import pytest

from course_utils.checks import lesson10_further as further


def piled_up(index):
    found = 1e-3
    for start, factor in ((80, 1e-1), (120, 1e-2), (160, 1e-3), (180, 5e-4)):
        found *= factor if index >= start else 1
    return found


def first_that_holds(index):
    drops = ((80, 1e-4), (120, 1e-5), (160, 1e-6), (180, 5e-7))
    return next((found for start, found in drops if index >= start), 1e-3)


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
        lambda: further.bottleneck_weights(278_528),
        lambda: further.option_a(option_a),
        lambda: further.schedule(rate),
        lambda: further.erase(erase),
    ],
)
def test_right_answer_passes(verdict):
    assert verdict().passed is True, verdict()


@pytest.mark.parametrize(
    ("verdict", "hint"),
    [
        (lambda: further.bottleneck_weights(4_718_592), "basic block"),
        (lambda: further.bottleneck_weights(212_992), "widens"),
        (lambda: further.bottleneck_weights(7), "received 7"),
        (lambda: further.option_a(zeros_behind), "half of the zeros"),
        (lambda: further.option_a(lambda x, filters: np.pad(x, [(0, 0)] * 3 + [(2, 2)])), "Every second row"),
        (lambda: further.option_a(lambda x, filters: x[:, ::2, ::2]), "(2, 2, 3, 6)"),
        (lambda: further.schedule(lambda index: rate(index - 1)), "(80) gave 0.001, expected 1e-04"),
        (lambda: further.schedule(lambda index: rate(index - 1)), "at which index"),
        (lambda: further.schedule(piled_up), "factors pile up"),
        (lambda: further.schedule(first_that_holds), "in which order"),
        (lambda: further.schedule(lambda index: "1e-3"), "gave '1e-3', expected 1e-03"),
        (lambda: further.schedule(lambda index: 1 / 0), "ZeroDivisionError"),
        (lambda: further.schedule(1e-3), "without calling it"),
        (lambda: further.schedule(lambda index: 1e-4), "begins with 1e-3"),
        (lambda: further.schedule(lambda index: min(rate(index), 1e-3) if index < 180 else 1e-6), "5e-7"),
        (lambda: further.erase(in_place), "work on a copy"),
        (lambda: further.erase(filled(lambda image, shape, rng: rng.uniform(0, 1, shape))), "nearly flat"),
        (lambda: further.erase(filled(lambda image, shape, rng: rng.uniform(-300, 300, shape))), "leaves the range"),
        (lambda: further.erase(filled(lambda image, shape, rng: rng.uniform(-124, 151, shape))), "-0.988 to 0.998"),
        (lambda: further.erase(filled(lambda image, shape, rng: 100.0)), "one value everywhere"),
        (lambda: further.erase(filled(own_noise)), "the same seed must give the same noise"),
        (lambda: further.erase(filled(fixed_noise)), "another seed must give other noise"),
        (lambda: further.erase(filled(grey_noise)), "a value for each channel"),
        (lambda: further.erase(three_channels), "on an image of shape (16, 16, 1)"),
        (lambda: further.erase(turned), "outside rows"),
        (lambda: further.erase(lambda image, *rest: image.copy()), "nothing was erased"),
        (lambda: further.erase(lambda image, *rest: image[:4]), "keeps its shape"),
        (lambda: further.erase(lambda image, *rest: 1 / 0), "ZeroDivisionError"),
    ],
)
def test_wrong_answer_gets_its_hint(verdict, hint):
    assert verdict().passed is False
    assert hint in verdict().message


@pytest.mark.parametrize(
    "verdict",
    [
        lambda: further.bottleneck_weights(None),
        lambda: further.option_a(lambda x, filters: ...),
        lambda: further.schedule(lambda index: ...),
        lambda: further.erase(lambda image, top, left, height, width, rng: ...),
    ],
)
def test_untouched_stub_is_not_attempted(verdict):
    assert verdict().passed is None


def test_the_weights_are_those_of_the_network():
    from course_utils import anatomy, models

    rows = anatomy.describe(models.resnet, depth=50).rows
    block = [row for row in rows if row.name.startswith("conv3_block2_") and row.kind == "Conv2D"]
    assert sum(row.params for row in block) == 278_528
