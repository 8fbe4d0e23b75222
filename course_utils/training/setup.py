"""What comes before a training: the compiled model and the devices."""

import contextlib

import keras

STEPS_AT_ONCE = 16  # batches between two returns to Python; on two cores this saves a quarter of LeNet-5's time


def prepare(
    model, *, optimizer="adam", loss="sparse_categorical_crossentropy", metrics=("accuracy",), compiled="auto"
) -> None:
    """Compile ``model`` with the settings that are fast on this machine.

    Keras compiles with XLA by default. For small networks on a CPU that is slower by a factor of two or more (its
    convolutions run on fewer cores), so it is switched off where there is no GPU; several batches are run between two
    returns to Python. Neither setting changes what is learnt.

    Args:
        model: a Keras model; it is compiled in place.
        optimizer: a Keras optimizer or its name.
        loss: a Keras loss or its name; labels are class numbers by default.
        metrics: names or objects.
        compiled: ``"auto"``, or True or False to force XLA on or off.

    Returns:
        Nothing.
    """
    on_cpu = not _accelerators()
    model.compile(
        optimizer=optimizer,
        loss=loss,
        metrics=list(metrics),
        jit_compile=("auto" if not on_cpu else False) if compiled == "auto" else bool(compiled),
        steps_per_execution=STEPS_AT_ONCE if keras.backend.backend() == "tensorflow" else 1,
    )


@contextlib.contextmanager
def several_devices():
    """Build and compile a model inside this block to train it on all GPUs; with one device it does nothing.

    Every device takes an equal share of each batch and the gradients are averaged (data parallelism).

    Yields:
        The number of devices used.

    Example:
        >>> with several_devices() as devices:  # doctest: +SKIP
        ...     model = models.lenet5()
        ...     training.prepare(model)
    """
    names = _accelerators()
    if len(names) < 2:
        yield 1
    elif keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        with tf.distribute.MirroredStrategy().scope():
            yield len(names)
    else:
        keras.distribution.set_distribution(keras.distribution.DataParallel())
        try:
            yield len(names)
        finally:
            keras.distribution.set_distribution(None)


def _accelerators() -> list[str]:
    """Return the GPUs that the backend sees."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return [device.name for device in tf.config.list_physical_devices("GPU")]
    return [name for name in keras.distribution.list_devices() if not name.startswith("cpu")]
