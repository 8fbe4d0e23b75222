"""What comes before a training: the compiled model and its learning rate."""

import math
from collections.abc import Sequence

import keras
from keras import ops

from course_utils.training import devices
from course_utils.validation import real_number, whole_number

STEPS_AT_ONCE = 16  # batches between two returns to Python; on two cores this saves a quarter of LeNet-5's time


def prepare(
    model: keras.Model,
    *,
    optimizer="adam",
    loss="sparse_categorical_crossentropy",
    metrics: str | Sequence = ("accuracy",),
    compiled: str | bool = "auto",
) -> None:
    """Compile ``model`` with the settings that are fast on this machine.

    Keras compiles with XLA by default. For small networks on a CPU that is slower by a factor of two or more (its
    convolutions run on fewer cores), so it is switched off where there is no GPU; several batches are run between two
    returns to Python, except on several devices, where Keras cannot. Neither setting changes
    what is learnt.

    Args:
        model: a Keras model; it is compiled in place.
        optimizer: a Keras optimizer or its name.
        loss: a Keras loss or its name; labels are class numbers by default.
        metrics: names or objects; a single name may stand alone.
        compiled: ``"auto"``, or True or False to force XLA on or off.

    Returns:
        Nothing.
    """
    on_tensorflow = keras.backend.backend() == "tensorflow"
    without = on_tensorflow and not devices.accelerators()  # JAX without XLA runs operation by operation
    model.compile(
        optimizer=optimizer,
        loss=loss,
        metrics=[metrics] if isinstance(metrics, str) else list(metrics),
        jit_compile=(False if without else "auto") if compiled == "auto" else bool(compiled),
        steps_per_execution=STEPS_AT_ONCE if on_tensorflow and not devices.sharing() else 1,
    )


@keras.saving.register_keras_serializable(package="course_utils")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Rise from a small learning rate to ``peak`` and fall to almost nothing, along two half cosines.

    Args:
        peak: largest learning rate.
        steps: optimizer steps of the whole training; later steps keep the last rate.
        warm_up: share of the steps spent rising, from 0 to 0.9.
        start: first rate as a share of ``peak``.
        end: last rate as a share of ``peak``.

    Raises:
        ValueError: an argument is out of range.

    Reference: L. N. Smith, N. Topin, "Super-Convergence", 2017, arXiv:1708.07120.

    Example:
        >>> rate = OneCycle(peak=0.006, steps=1000)
        >>> round(float(rate(300)), 4)
        0.006
    """

    def __init__(
        self, *, peak: float, steps: int, warm_up: float = 0.3, start: float = 0.04, end: float = 1e-4, name="one_cycle"
    ):
        """Keep the numbers; see the class."""
        super().__init__()
        self.peak = real_number("peak", peak, low=1e-12, high=1e6)
        self.steps = whole_number("steps", steps)
        self.warm_up = real_number("warm_up", warm_up, low=0.0, high=0.9)
        self.start = real_number("start", start, low=0.0, high=1.0)
        self.end = real_number("end", end, low=0.0, high=1.0)
        self.name = name

    def __call__(self, step):
        """Return the learning rate at ``step``, counted from 0."""
        done = ops.minimum(ops.cast(step, "float32") / self.steps, 1.0)
        rising = _half_cosine(self.start, 1.0, done / max(self.warm_up, 1e-9))
        falling = _half_cosine(1.0, self.end, (done - self.warm_up) / (1.0 - self.warm_up))
        return self.peak * ops.where(done < self.warm_up, rising, falling)

    def get_config(self) -> dict:
        """Return the arguments, so that a saved optimizer can be loaded again."""
        names = ("peak", "steps", "warm_up", "start", "end", "name")
        return {name: getattr(self, name) for name in names}


def one_cycle(peak: float, *, examples: int, batch_size: int, epochs: int, **shape) -> OneCycle:
    """Return a `OneCycle` that lasts exactly as long as a training.

    Args:
        peak: largest learning rate.
        examples: training examples an epoch.
        batch_size: examples a step; an epoch has as many steps as hold all examples.
        epochs: passes over the examples.
        **shape: ``warm_up``, ``start``, ``end`` as in `OneCycle`.

    Returns:
        The schedule, to be given to an optimizer as its learning rate.

    Raises:
        ValueError: an argument is out of range.

    Example:
        >>> one_cycle(0.006, examples=55_000, batch_size=128, epochs=3).steps
        1290
    """
    batches = math.ceil(whole_number("examples", examples) / whole_number("batch_size", batch_size))
    return OneCycle(peak=peak, steps=batches * whole_number("epochs", epochs), **shape)


def _half_cosine(first: float, last: float, done):
    """Go from ``first`` (done = 0) to ``last`` (done = 1), level at both ends."""
    return first + (last - first) * (0.5 - 0.5 * ops.cos(math.pi * done))
