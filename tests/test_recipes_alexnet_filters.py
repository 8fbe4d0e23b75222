"""Recipe of the filters to look at: they begin at almost nothing, and are stored as they were learned."""

import numpy as np
import pytest

from course_utils import measure
from course_utils.recipes import alexnet_filters, alexnet_flowers

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("eagerly")]


def made(seed, count=12, side=104):
    rng = np.random.default_rng(seed)
    labels = (np.arange(count) % 3).astype("int32")
    images = rng.integers(0, 90, (count, side, side, 3))
    images[np.arange(count), :, :, labels] += 120
    return images.astype("uint8"), labels


@pytest.fixture(scope="module")
def trained():
    data = {name: made(number) for number, name in enumerate(("train", "validation", "test"))}
    return alexnet_filters.train("almost nothing", data, seed=1, epochs=1, progress=False)


def test_kernels_are_stored_as_they_were_learned(trained):
    model, numbers = trained
    kernels = np.asarray(model.get_layer("conv1").kernel)
    assert kernels.shape == alexnet_filters.SHAPE
    np.testing.assert_allclose(alexnet_filters.unpacked(numbers["kernels"]), kernels, atol=1e-4)


def test_the_first_layer_begins_at_almost_nothing_and_the_others_do_not(trained):
    model, _ = trained
    fresh = alexnet_filters.build(seed=1, examples=24, epochs=1, classes=3)
    spreads = [float(np.std(fresh.get_layer(f"conv{number}").kernel)) for number in range(1, 5)]
    assert spreads[0] < 2e-4 and min(spreads[1:]) > 0.02
    kernels = [np.asarray(network.get_layer("conv1").kernel) for network in (model, fresh)]
    assert not np.array_equal(*kernels)  # training moves them


def test_stored_filters_are_smooth_and_name_flowers():
    (run,) = measure.load("alexnet_filters")["runs"]
    kernels = alexnet_filters.unpacked(run["kernels"])
    across = np.corrcoef(kernels[:, 1:].ravel(), kernels[:, :-1].ravel())[0, 1]
    assert across > 0.5 and run["test_accuracy"] > 0.5
    assert alexnet_flowers.SIDE == 99
