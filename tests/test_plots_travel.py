"""An image on its way through a network: every map drawn, one scale a layer."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils import plots


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_every_map_of_every_layer_is_drawn_in_order():
    rng = np.random.default_rng(0)
    layers = {"C1": rng.normal(size=(8, 8, 6)), "C3": 5 * rng.normal(size=(4, 4, 11))}
    drawn = plots.layer_maps(layers)
    assert len(drawn) == 17
    assert [ax.get_title() for ax in drawn] == [str(number) for number in (*range(6), *range(11))]
    for ax, image in zip(drawn[6:], np.moveaxis(layers["C3"], -1, 0), strict=True):
        np.testing.assert_array_equal(ax.images[0].get_array(), image)


def test_each_layer_has_its_own_scale_with_zero_in_the_middle():
    rng = np.random.default_rng(0)
    layers = {"C1": rng.normal(size=(8, 8, 6)), "C3": 5 * rng.normal(size=(4, 4, 11))}
    limits = [ax.images[0].get_clim() for ax in plots.layer_maps(layers)]
    for name, own in (("C1", limits[:6]), ("C3", limits[6:])):
        largest = np.abs(layers[name]).max()
        assert set(own) == {(-largest, largest)}


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match=r"layers\['C1'\] must have shape \(H, W, C\); received \(4, 4\)"):
        plots.layer_maps({"C1": np.zeros((4, 4))})
    with pytest.raises(ValueError, match="at least one layer"):
        plots.layer_maps({})
