"""Learned kernels: slopes that nudging confirms, the same numbers as conv2d, and kernels that serve their task."""

import numpy as np
import pytest

from course_utils import first_layer
from course_utils.convolution import conv2d, pool2d
from course_utils.linear import LinearClassifier


@pytest.fixture(scope="module")
def stripes():
    """Return noisy 8×8 stripes, upright or level, and their labels."""
    rng = np.random.RandomState(0)
    labels = np.arange(200) % 2
    images = np.tile([[1.0, -1.0] * 4], (200, 8, 1))
    images[labels == 1] = images[labels == 1].transpose(0, 2, 1)
    return images + rng.normal(size=images.shape), labels


@pytest.mark.parametrize(("stride", "cells"), [(1, 3), (1, 1), (2, 1)])
def test_features_are_signed_averages_of_conv2d(stripes, stride, cells):
    kernels = np.random.RandomState(1).normal(size=(2, 3, 3)).astype(np.float32)
    windows = first_layer.all_windows(stripes[0], stride)
    averages = first_layer.averaging(windows.shape[1], cells)
    seen = first_layer.features(windows, kernels.reshape(2, 9), averages).reshape(200, cells, cells, 4)
    maps = [sign * conv2d(stripes[0][3], kernel, stride=stride) for sign in (1, -1) for kernel in kernels]
    side = len(maps[0]) // cells
    by_hand = [pool2d(np.maximum(one, 0), side, mode="average") for one in maps]
    assert np.allclose(np.moveaxis(seen[3], -1, 0), by_hand, atol=1e-5)


def test_slopes_are_those_that_nudging_finds(stripes):
    rng, wanted = np.random.RandomState(0), np.eye(2)[stripes[1][:5]]
    windows = first_layer.all_windows(stripes[0][:5]).astype(float)
    averages = first_layer.averaging(36, 3).astype(float)
    parts = [rng.normal(size=(2, 9)), rng.normal(size=(36, 2)), rng.normal(size=2)]

    def half_loss():
        return ((first_layer.features(windows, parts[0], averages) @ parts[1] + parts[2] - wanted) ** 2).sum() / 10

    for part, slope in zip(parts, first_layer.slopes_of(*parts, windows, wanted, averages), strict=True):
        for place in np.ndindex(part.shape):
            part[place] += 1e-5
            above = half_loss()
            part[place] -= 2e-5
            assert (above - half_loss()) / 2e-5 == pytest.approx(slope[place], abs=1e-6)
            part[place] += 1e-5


def test_descent_lowers_the_loss(stripes):
    rng, wanted = np.random.RandomState(0), np.eye(2, dtype=np.float32)[stripes[1]]
    windows, averages = first_layer.all_windows(stripes[0]), first_layer.averaging(36, 1)
    parts = [rng.normal(size=(2, 9)).astype(np.float32), np.zeros((4, 2), np.float32), np.full(2, 0.5, np.float32)]

    def loss():
        scores = first_layer.features(windows, parts[0], averages) @ parts[1] + parts[2]
        return np.mean((scores - wanted) ** 2)

    before = loss()
    first_layer.descend(parts, windows, wanted, averages, steps=60, rate=0.05, rng=rng)
    assert loss() < before / 2


def test_learned_kernels_read_what_initial_ones_do_not(stripes):
    images, labels = stripes

    def accuracy(kernels):
        windows = first_layer.all_windows(images)
        seen = first_layer.features(windows, kernels.reshape(-1, 9), first_layer.averaging(36, 1))
        return LinearClassifier().fit(seen[:100], labels[:100]).accuracy(seen[100:], labels[100:])

    learned = first_layer.learn_kernels(images[:100], labels[:100], count=1, steps=150, seed=2)
    assert learned.shape == (1, 3, 3)
    assert np.linalg.norm(learned) == pytest.approx(1, abs=1e-5)
    initial = first_layer.learn_kernels(images[:100], labels[:100], count=1, steps=1, rate=1e-9, seed=2)
    assert accuracy(learned) >= 0.95 > accuracy(initial) + 0.05


def test_a_seed_repeats_itself(stripes):
    once, again, other = (
        first_layer.learn_kernels(*stripes, count=2, steps=3, seed=seed, cells=2, stride=1) for seed in (0, 0, 1)
    )
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": 0}, "count"),
        ({"steps": 2.5}, "steps"),
        ({"rate": -1}, "rate"),
        ({"cells": 4}, r"cells must divide the side of the map, 6; received 4"),
        ({"images": np.zeros((3, 8))}, r"images must have shape .* received \(3, 8\)"),
    ],
)
def test_bad_arguments_are_named(stripes, change, message):
    images, labels = stripes
    with pytest.raises(ValueError, match=message):
        first_layer.learn_kernels(**({"images": images, "labels": labels, "count": 2, "steps": 1} | change))
