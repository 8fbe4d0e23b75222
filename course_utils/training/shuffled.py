"""Batches for `keras.Model.fit`, in another order in every epoch."""

import keras
import numpy as np

from course_utils.training.batches import equal_sizes
from course_utils.validation import whole_number


class ShuffledBatches(keras.utils.PyDataset):
    """Cut batches from arrays, in an order drawn anew for each epoch.

    ``fit(x, y)`` promises the same, but on TensorFlow it repeats the order of the first epoch once a seed was set. It
    also ends every epoch with the examples that are left over, a small batch whose rough step spoils the weights just
    before they are judged; here all batches have the same size, give or take one example.

    Args:
        x: array (N, …), the inputs.
        y: array (N, …), the labels.
        size: examples in a batch, at most.
        seed: seed of the orders; None draws it from NumPy's global generator, which `keras.utils.set_random_seed` sets.

    Raises:
        ValueError: x and y differ in length, or size is no positive whole number.

    Example:
        >>> batches = ShuffledBatches(np.zeros((10, 4)), np.zeros(10), size=4, seed=0)
        >>> len(batches), batches[2][0].shape
        (3, (3, 4))
    """

    def __init__(self, x, y, *, size: int = 64, seed: int | None = None):
        """Keep the arrays and draw the first order."""
        super().__init__()
        if len(x) != len(y):
            raise ValueError(f"x and y must have the same length; received {len(x)} and {len(y)}.")
        self.x, self.y, self.size = x, y, whole_number("size", size)
        sizes = [size for count, size in equal_sizes(len(x), self.size) for _ in range(count)] if len(x) else []
        self.ends = np.cumsum([0, *sizes])
        self.rng = np.random.default_rng(np.random.randint(2**31) if seed is None else seed)
        self.on_epoch_end()

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.ends) - 1

    def __getitem__(self, number: int):
        """Return one batch, ``(x, y)``."""
        chosen = self.order[self.ends[number] : self.ends[number + 1]]
        return self.x[chosen], self.y[chosen]

    def on_epoch_end(self):
        """Draw the order of the next epoch."""
        self.order = self.rng.permutation(len(self.x))
