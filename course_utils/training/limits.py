"""Stop a training by the clock instead of by the epoch, to compare recipes at equal time."""

import time

import keras

from course_utils.validation import real_number


class TimeLimit(keras.callbacks.Callback):
    """Stop after ``seconds`` of training, in the middle of an epoch if need be; validation then runs once more.

    Args:
        seconds: wall time from the first batch to the last; more than 0.

    Raises:
        ValueError: ``seconds`` is out of range.

    Example:
        >>> fit(model, data, epochs=100, callbacks=[TimeLimit(10)])  # doctest: +SKIP
    """

    def __init__(self, seconds: float):
        """Keep the limit."""
        super().__init__()
        self.limit, self.begun = real_number("seconds", seconds, low=1e-3, high=1e7), 0.0

    def on_train_begin(self, logs=None):
        """Start the clock."""
        self.begun = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        """Stop when the time is over."""
        if time.perf_counter() - self.begun >= self.limit:
            self.model.stop_training = True
