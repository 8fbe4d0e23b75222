"""`ImageDataset`: splits and subsets are fair, repeatable, and never touch the test images."""

import numpy as np
import pytest

from course_utils.datasets import ImageDataset


@pytest.fixture
def dataset():
    """A thousand images that carry their own number, in three unequal classes, sorted by class."""
    labels = np.repeat([0, 1, 2], [600, 300, 100]).astype("uint8")
    images = np.arange(1000, dtype="uint32").view("uint8").reshape(1000, 2, 2)
    test = np.full((50, 2, 2), 255, "uint8")
    return ImageDataset(
        images, labels, test, labels[::20], ("a", "b", "c"), "own", "mirror", False, citation="-", licence="-"
    )


def numbers(images):
    return np.ascontiguousarray(images).reshape(-1, 4).view("uint32").ravel()


def test_split_is_a_partition_with_the_proportions_of_the_classes(dataset):
    (x_train, y_train), (x_val, y_val) = dataset.split(100)
    assert np.bincount(y_train).tolist() == [540, 270, 90] and np.bincount(y_val).tolist() == [60, 30, 10]
    together = np.concatenate([numbers(x_train), numbers(x_val)])
    assert sorted(together) == list(range(1000))
    for images, labels in ((x_train, y_train), (x_val, y_val)):
        assert (labels == dataset.y_train[numbers(images)]).all(), "labels no longer belong to their images"


def test_split_by_fraction_seed_and_chance(dataset):
    first, again = dataset.split(0.25), dataset.split(250)
    assert np.array_equal(first[1][0], again[1][0])
    other = dataset.split(250, seed=1)
    assert not np.array_equal(first[1][0], other[1][0])
    plain = dataset.split(250, stratify=False)[1][1]
    assert len(plain) == 250 and np.bincount(plain).tolist() != [150, 75, 25]


@pytest.mark.parametrize("wrong", [0, 1000, -5, 1.0, 0.0, 1.5, "10", True])
def test_split_that_leaves_a_part_empty_is_an_error(wrong, dataset):
    with pytest.raises(ValueError, match="validation must be a whole number of at least 1 and at most 999"):
        dataset.split(wrong)


def test_subset(dataset):
    small = dataset.subset(train=50, test=10)
    assert np.bincount(small.y_train).tolist() == [30, 15, 5] and len(small.x_test) == 10
    assert (small.y_train == dataset.y_train[numbers(small.x_train)]).all()
    assert (small.source, small.class_names) == (dataset.source, dataset.class_names)
    assert len(dataset.subset(train=5000).x_train) == 1000, "more than there are: all of them"
    assert np.array_equal(small.x_train, dataset.subset(train=50).x_train)
    with pytest.raises(ValueError, match="train must be a whole number"):
        dataset.subset(train=0)


def test_arrays_cannot_be_changed_by_accident(dataset):
    with pytest.raises(ValueError, match="read-only"):
        dataset.x_train[0] = 0
    with pytest.raises(AttributeError):
        dataset.x_train = None
    dataset.x_train.copy()[0] = 0


def test_repr_tells_what_it_is(dataset):
    assert repr(dataset) == "ImageDataset('own', mirror: 1,000 training and 50 test images of 2×2, 3 classes)"
