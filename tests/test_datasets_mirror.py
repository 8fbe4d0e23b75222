"""The real data, where ``COURSE_DATA_DIR`` names a mirror. Without one nothing here is collected."""

import time

import numpy as np
import pytest

from course_utils import datasets, paths
from course_utils.datasets import store
from course_utils.datasets.catalogue import CATALOGUE
from course_utils.downloads import SourceError


def held(name):
    """Return True when the mirror holds the set."""
    try:
        return paths.mirror() is not None and bool(store.copies(CATALOGUE[name], paths.mirror()))
    except SourceError:
        return False


@pytest.fixture(autouse=True)
def _offline(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("COURSE_OFFLINE", "1")


def quick_second_load(load, name):
    first = load(name, quiet=True)
    started = time.process_time()  # this process's share, so that a busy machine does not fail the test
    second = load(name, quiet=True)
    seconds = time.process_time() - started
    assert first.source == second.source == "mirror" and not second.stand_in
    assert seconds < 2, f"the second load took {seconds:.1f} s"
    return second


if held("mnist"):

    def test_real_mnist():
        mnist = quick_second_load(datasets.load, "mnist")
        assert mnist.x_train.shape == (60000, 28, 28) and mnist.x_test.shape == (10000, 28, 28)
        assert mnist.y_train[:5].tolist() == [5, 0, 4, 1, 9] and mnist.y_test[:5].tolist() == [7, 2, 1, 0, 4]
        assert mnist.x_train.mean() == pytest.approx(33.3184, abs=1e-4)


if held("cifar10"):

    def test_real_cifar10(monkeypatch):
        cifar = quick_second_load(datasets.load, "cifar10")
        assert np.bincount(cifar.y_train).tolist() == [5000] * 10 and np.bincount(cifar.y_test).tolist() == [1000] * 10
        assert cifar.x_train.mean((0, 1, 2)) == pytest.approx([125.307, 122.950, 113.865], abs=1e-3)
        assert cifar.class_names[cifar.y_test[0]] == "cat"
        monkeypatch.delenv("COURSE_DATA_DIR")
        assert datasets.load("cifar10", quiet=True).source == "cache"


if held("flowers17"):

    def test_real_flowers():
        flowers = quick_second_load(datasets.load_folder, "flowers17")
        assert len(flowers) == 1360 and flowers.skipped == () and flowers.ignored == 0
        assert flowers.counts() == {"train": 680, "validation": 340, "test": 340}
        sunflowers = flowers.class_names.index("sunflower")
        images, labels = flowers.part("test").arrays(32)
        assert images[labels == sunflowers].mean((0, 1, 2))[2] < images.mean((0, 1, 2))[2], "sunflowers are yellow"


if held("cats_vs_dogs"):

    def test_real_cats_and_dogs():
        both = quick_second_load(datasets.load_folder, "cats_vs_dogs")
        assert both.class_names == ("cats", "dogs") and both.skipped == ()
        assert set(both.counts()) == {"train", "validation"}
        assert np.bincount(both.labels).tolist() in ([1000, 1000], [1500, 1500])
