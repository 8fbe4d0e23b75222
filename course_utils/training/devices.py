"""One program for one processor, for several GPUs and for several machines: the environment says which.

``COURSE_DEVICES`` names the devices of this machine, ``TF_CONFIG`` (TensorFlow's own variable) the machines.
"""

import contextlib
import functools
import os
from collections.abc import Iterator

import keras


@contextlib.contextmanager
def several_devices() -> Iterator[int]:
    """Build and compile a model inside this block to train it on all GPUs; with one device it does nothing.

    Every device takes an equal share of each batch and the gradients are averaged (data parallelism). Batch
    normalization takes its means over the share of one device.

    ``COURSE_DEVICES="GPU:0,GPU:1"`` chooses among this machine's devices, ``"one"`` leaves them alone. Where
    ``TF_CONFIG`` lists several workers, the same program, started on each of them, trains one model together; then
    enter the block before anything is computed, and give `fit` a checkpoint in a folder that all of them see.

    Yields:
        The number of devices used, those of the other machines included.

    Raises:
        ValueError: ``COURSE_DEVICES`` names no device of this machine.

    Example:
        >>> with several_devices() as devices:  # doctest: +SKIP
        ...     model = models.lenet5()
        ...     training.prepare(model)
    """
    if keras.backend.backend() == "tensorflow":
        wanted = [name.strip() for name in os.environ.get("COURSE_DEVICES", "").upper().split(",")]
        strategy = _strategy(",".join(filter(None, wanted)) or "ALL", os.environ.get("TF_CONFIG", ""))
        if strategy is None:
            yield 1
            return
        with strategy.scope():
            yield strategy.num_replicas_in_sync
    elif len(accelerators()) < 2:
        yield 1
    else:
        keras.distribution.set_distribution(keras.distribution.DataParallel())
        try:
            yield len(accelerators())
        finally:
            keras.distribution.set_distribution(None)


def named_devices():
    """Do as `several_devices` where ``COURSE_DEVICES`` is set; else stay on one, as the stored measurements did."""
    return several_devices() if os.environ.get("COURSE_DEVICES") else contextlib.nullcontext()


@functools.cache
def _strategy(wanted: str, cluster: str):
    """Return TensorFlow's strategy for the devices wanted and the cluster, or None where there is nothing to share.

    A second one for the same devices would get into the first one's exchange.
    """
    import tensorflow as tf

    if cluster and sum(len(hosts) for hosts in _cluster().cluster_spec().as_dict().values()) > 1:
        return tf.distribute.MultiWorkerMirroredStrategy()
    if wanted == "ALL":
        return tf.distribute.MirroredStrategy() if len(accelerators()) > 1 else None
    if wanted == "ONE":
        return None
    names = wanted.split(",")
    there = [device.name.removeprefix("/device:") for device in tf.config.list_logical_devices()]
    if not set(names) <= set(there):
        allowed = f"all, one, or some of {', '.join(there)}"
        raise ValueError(f"COURSE_DEVICES must be {allowed}, with commas between them; received {wanted!r}.")
    return tf.distribute.MirroredStrategy(names)


def accelerators() -> list[str]:
    """Return the GPUs that the backend sees."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return [device.name for device in tf.config.list_physical_devices("GPU")]
    if keras.backend.backend() == "jax":
        return [name for name in keras.distribution.list_devices() if not name.startswith("cpu")]
    return []  # with PyTorch, Keras itself finds the one GPU that it uses


def sharing() -> bool:
    """Return whether a model built here is trained on several devices."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return tf.distribute.has_strategy()


def shares(model) -> int:
    """Return into how many parts each batch of a model's training is divided."""
    return getattr(getattr(model, "distribute_strategy", None), "num_replicas_in_sync", 1)


def inside(model):
    """Return the block in which variables that belong to a model are made."""
    return model.distribute_strategy.scope() if shares(model) > 1 else contextlib.nullcontext()


def writes() -> bool:
    """Return whether this process is the one that writes: alone, or the first of several workers."""
    if not os.environ.get("TF_CONFIG"):
        return True
    resolver = _cluster()
    first = "chief" if "chief" in resolver.cluster_spec().jobs else "worker"
    return (resolver.task_type or first, resolver.task_id or 0) == (first, 0)


def ready(model, data) -> None:
    """Make a model's steps run on several machines; without them do nothing.

    Keras 3 (3.10 to 3.15) stops there: it averages numbers over a batch they do not have, and takes a batch for a
    tensor. What it would compute from the steps' results is in the model's metrics, which TensorFlow sums up itself.

    Args:
        model: a compiled model built in `several_devices`.
        data: a pipeline of batches like those of the training.
    """
    strategy = getattr(model, "distribute_strategy", None)
    if type(strategy).__name__ != "CollectiveAllReduceStrategy":
        return
    with inside(model):
        model._symbolic_build(data_batch=next(iter(data)))
    model._maybe_symbolic_build = lambda **unused: None
    model.train_function = _together(strategy, model.train_step)
    model.test_function = _together(strategy, model.test_step)


def _together(strategy, step):
    import tensorflow as tf

    @tf.function(reduce_retracing=True)
    def run(batches):
        told = strategy.run(step, args=(next(batches),))
        return {name: strategy.experimental_local_results(value)[0] for name, value in told.items()}

    return run


def _cluster():
    import tensorflow as tf

    return tf.distribute.cluster_resolver.TFConfigClusterResolver()
