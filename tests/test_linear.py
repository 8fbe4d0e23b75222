"""The linear classifier: least squares, whichever of its two systems of equations is the smaller."""

import numpy as np
import pytest

from course_utils.linear import FLAT, LinearClassifier


def clouds(features: int, count: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Return three clouds of points, each around a centre of its own, and their classes."""
    random = np.random.default_rng(0)
    labels = np.arange(count) % 3
    return random.normal(size=(count, features)) + 6 * random.normal(size=(3, features))[labels], labels


@pytest.mark.parametrize("features", [5, 200])  # fewer and more than there are points
def test_fit_is_ridge_regression_and_separates_clouds(features):
    points, labels = clouds(features)
    fitted = LinearClassifier(penalty=0.01).fit(points, labels)
    centred = points - points.mean(axis=0)
    wanted = np.eye(3)[labels] - np.eye(3)[labels].mean(axis=0)
    spread = np.square(centred).sum(axis=1).mean()
    ridge = 0.01 * len(points) * spread * np.eye(features)
    expected = np.linalg.solve(centred.T @ centred + ridge, centred.T @ wanted)
    np.testing.assert_allclose(fitted.weights, expected, atol=1e-8)
    sums = points @ fitted.weights + fitted.bias
    np.testing.assert_allclose(sums.mean(axis=0), np.eye(3)[labels].mean(axis=0), atol=1e-9)
    assert fitted.accuracy(points, labels) == 1
    assert fitted.predict(points).tolist() == labels.tolist()


def test_scale_of_the_features_does_not_matter():
    points, labels = clouds(5)
    small = LinearClassifier().fit(points, labels)
    large = LinearClassifier().fit(1000 * points, labels)
    np.testing.assert_allclose(1000 * large.weights, small.weights, rtol=1e-6)


def test_images_are_flattened_and_rounding_noise_counts_as_constant():
    points, labels = clouds(6)
    images = points.reshape(-1, 2, 3).astype(np.float32)
    assert LinearClassifier().fit(images, labels).accuracy(images, labels) == 1
    noise = LinearClassifier().fit(1e-4 * FLAT * points, labels)
    assert noise.accuracy(1e-4 * FLAT * points, labels) == pytest.approx(1 / 3)


def test_bad_arguments_are_named():
    points, labels = clouds(4)
    with pytest.raises(ValueError, match="penalty"):
        LinearClassifier(penalty=0)
    with pytest.raises(ValueError, match="60 whole numbers"):
        LinearClassifier().fit(points, labels[:5])
    with pytest.raises(ValueError, match="whole numbers"):
        LinearClassifier().fit(points, labels.astype(float))
    with pytest.raises(ValueError, match="call fit"):
        LinearClassifier().predict(points)
    with pytest.raises(ValueError, match="4 numbers an image"):
        LinearClassifier().fit(points, labels).predict(points[:, :3])
