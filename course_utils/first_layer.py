"""Learn the kernels of one convolutional layer together with a linear classifier, in NumPy alone.

Lesson 02 compares learned kernels with those that people wrote; its further page builds the same descent in the open.
"""

import numpy as np

from course_utils.validation import real_number, whole_number

BATCH = 128  # images a step
MEMORY = (0.9, 0.99)  # Adam: how much of the running mean of slopes, and of squared slopes, each step keeps


def learn_kernels(
    images, labels, *, count: int, stride: int = 1, cells: int = 1, steps: int = 1000, rate: float = 0.05, seed: int = 0
) -> np.ndarray:
    """Return 3×3 kernels that gradient descent finds together with a linear classifier behind them.

    Each kernel slides over the image; positive and negative answers are kept apart and averaged in a square of
    ``cells`` × ``cells`` cells; a weighted sum of these numbers scores each class. The loss is the mean squared
    difference between the scores and 1 (right class) or 0. Every step follows its slope on 128 images (Adam, with a
    rate that falls to zero); the classifier is thrown away at the end.

    Args:
        images: array (N, H, W).
        labels: (N,) whole numbers from 0.
        count: number of kernels.
        stride: step of the kernels in pixels.
        cells: cells along each side of the map; they must divide its side.
        steps: number of steps.
        rate: size of the first steps.
        seed: what the initial kernels and the order of the images are drawn from.

    Returns:
        Array (count, 3, 3); each kernel has length 1.

    Raises:
        ValueError: an argument is out of range, or the cells do not divide the map.

    Example:
        >>> learn_kernels(digits.x_train / 255, digits.y_train, count=4, cells=3).shape
        (4, 3, 3)
    """
    count, steps = whole_number("count", count), whole_number("steps", steps)
    rate = real_number("rate", rate, low=1e-9, high=10)
    rng = np.random.RandomState(seed)  # the stream of numbers that NumPy promises never to change
    windows, wanted = all_windows(images, stride), np.eye(int(np.max(labels)) + 1, dtype=np.float32)[labels]
    averages = averaging(windows.shape[1], cells)
    kernels = rng.normal(size=(count, 9)).astype(np.float32)
    kernels /= np.linalg.norm(kernels, axis=1, keepdims=True)
    size = features(windows[:BATCH], kernels, averages).std(axis=0).mean()
    weights = np.zeros((2 * count * cells * cells, wanted.shape[1]), np.float32)
    parts = [kernels, weights, wanted.mean(axis=0)]
    descend(parts, windows / size, wanted, averages, steps=steps, rate=rate, rng=rng)
    return (kernels / np.linalg.norm(kernels, axis=1, keepdims=True)).reshape(count, 3, 3)


def descend(parts, windows, wanted, averages, *, steps: int, rate: float, rng) -> None:
    """Move kernels, weights and bias, in place, against the slopes of the loss: Adam with a rate that falls to zero."""
    kernels, weights, bias = parts
    means, squares = ([np.zeros_like(part) for part in parts] for _ in range(2))
    for step in range(1, steps + 1):
        chosen = rng.choice(len(windows), min(BATCH, len(windows)), replace=False)
        slopes = slopes_of(kernels, weights, bias, windows[chosen], wanted[chosen], averages)
        for part, slope, mean, square in zip(parts, slopes, means, squares, strict=True):
            mean += (1 - MEMORY[0]) * (slope - mean)
            square += (1 - MEMORY[1]) * (slope**2 - square)
            usual = np.sqrt(square / (1 - MEMORY[1] ** step)) + 1e-8
            part -= rate * (1 - (step - 1) / steps) * mean / (1 - MEMORY[0] ** step) / usual


def slopes_of(kernels, weights, bias, windows, wanted, averages) -> list[np.ndarray]:
    """Return how half the loss changes with the kernels, the classifier's weights and its bias."""
    answers = windows @ kernels.T
    seen = pooled(answers, averages)
    error = (seen @ weights + bias - wanted) / len(wanted)
    back = averages.T @ (error @ weights.T).reshape(len(wanted), len(averages), -1)  # each cell tells its places
    positive, negative = np.split(back, 2, axis=-1)
    back = positive * (answers > 0) - negative * (answers < 0)
    return [np.tensordot(back, windows, axes=([0, 1], [0, 1])), seen.T @ error, error.sum(axis=0)]


def features(windows, kernels, averages) -> np.ndarray:
    """Return (N, cells · 2 · kernels) numbers: answers split by sign, averaged in each cell."""
    return pooled(windows @ kernels.T, averages)


def pooled(answers, averages) -> np.ndarray:
    """Split answers (N, places, kernels) by sign and average them in each cell; return (N, cells · 2 · kernels)."""
    signs = np.concatenate([np.maximum(answers, 0), np.maximum(-answers, 0)], axis=-1)
    return (averages @ signs).reshape(len(answers), -1)


def all_windows(images, stride: int = 1) -> np.ndarray:
    """Return every 3×3 window of images (N, H, W) as (N, places, 9), row by row."""
    images, stride = np.asarray(images, np.float32), whole_number("stride", stride)
    if images.ndim != 3 or min(images.shape[1:]) < 3 or images.shape[1] != images.shape[2]:
        raise ValueError(f"images must have shape (N, side, side) with a side of at least 3; received {images.shape}.")
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))[:, ::stride, ::stride]
    return np.ascontiguousarray(windows.reshape(len(images), -1, 9))


def averaging(places: int, cells: int) -> np.ndarray:
    """Return the matrix (cells², places) that averages a square map in ``cells`` × ``cells`` cells."""
    side, cells = int(np.sqrt(places)), whole_number("cells", cells)
    if side % cells:
        raise ValueError(f"cells must divide the side of the map, {side}; received {cells}.")
    along = np.kron(np.eye(cells), np.full(side // cells, cells / side))
    return np.kron(along, along).astype(np.float32)
