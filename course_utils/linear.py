"""The simplest classifier there is: one weight for each input number and class, fitted by least squares.

Lesson 01 reads digits with it, first from pixels and then from feature maps. It needs NumPy alone.
"""

import numpy as np

from course_utils.validation import real_number

FLAT = 1e-5  # features that vary less than this (root mean square over the images) count as constant


class LinearClassifier:
    """A weighted sum for each class; the largest one wins.

    Args:
        penalty: strength of the penalty on large weights, relative to the spread of the features.

    Attributes:
        weights: array (features, classes), None before `fit`.
        bias: array (classes,), None before `fit`.

    Example:
        >>> classifier = LinearClassifier().fit(images, labels)
        >>> classifier.accuracy(other_images, other_labels)
    """

    def __init__(self, penalty: float = 1e-5):
        """Keep the penalty; `fit` finds the weights."""
        self.penalty = real_number("penalty", penalty, low=1e-12, high=1e6)
        self.weights: np.ndarray | None = None
        self.bias: np.ndarray | None = None

    def fit(self, features, labels) -> "LinearClassifier":
        """Choose weights so that the sums come close to 1 for the right class and 0 for the others.

        Args:
            features: array (N, …); whatever follows the first axis is flattened.
            labels: (N,) whole numbers from 0.

        Returns:
            The classifier itself.

        Raises:
            ValueError: there is not one label for each row of features.
        """
        rows, labels = _rows(features), np.asarray(labels)
        if labels.shape != (len(rows),) or labels.dtype.kind not in "iu":
            raise ValueError(
                f"labels must be {len(rows)} whole numbers, one an image; received {labels.dtype} {labels.shape}."
            )
        wanted = np.eye(labels.max() + 1)[labels]
        middle, share = rows.mean(axis=0), wanted.mean(axis=0)
        varying = (rows != rows[0]).any(axis=0)  # a feature that never varies gets no weight, and costs no time
        rows = rows[:, varying] - middle[varying]
        spread, ridge = float(np.sqrt(np.vdot(rows, rows) / len(rows))), self.penalty * len(rows)
        if spread > FLAT:
            rows /= spread
        else:
            rows[:], spread = 0, 1.0
        if rows.shape[1] <= len(rows):
            square = (rows.T @ rows).astype(float) + ridge * np.eye(rows.shape[1])
            weights = np.linalg.solve(square, rows.T @ (wanted - share))
        else:  # more features than images: the same weights from the smaller system
            square = (rows @ rows.T).astype(float) + ridge * np.eye(len(rows))
            weights = rows.T @ np.linalg.solve(square, wanted - share).astype(rows.dtype)
        self.weights = np.zeros((len(middle), weights.shape[1]), weights.dtype)
        self.weights[varying] = weights / spread
        self.bias = share - middle @ self.weights
        return self

    def predict(self, features) -> np.ndarray:
        """Return the class of each row of ``features`` (N, …) as (N,) whole numbers."""
        if self.weights is None:
            raise ValueError("this classifier has no weights yet: call fit(features, labels) first.")
        rows = _rows(features)
        if rows.shape[1] != len(self.weights):
            raise ValueError(
                f"features must have {len(self.weights)} numbers an image, as in fit; received {rows.shape[1]}."
            )
        return (rows @ self.weights + self.bias).argmax(axis=1)

    def accuracy(self, features, labels) -> float:
        """Return the share of ``features`` (N, …) whose predicted class is their label, from 0 to 1."""
        return float(np.mean(self.predict(features) == np.asarray(labels)))


def _rows(features) -> np.ndarray:
    features = np.asarray(features)
    features = features if features.dtype.kind == "f" else features.astype(float)
    return features.reshape(len(features), -1)
