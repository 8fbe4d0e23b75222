"""`fit`: train a model on arrays, keep its best weights, survive an interruption, tell the time honestly."""

import contextlib
import math

from course_utils.training import checkpoint as checkpoints
from course_utils.training.batches import Shuffle, batches, examples_of
from course_utils.training.keeper import Keeper, Result, fingerprint
from course_utils.training.progress import Bar
from course_utils.validation import whole_number

EVALUATION_BATCH = 500


def fit(
    model,
    train,
    validation=None,
    *,
    epochs: int,
    batch_size: int = 128,
    seed: int = 0,
    transform=None,
    monitor: str | None = "auto",
    checkpoint=None,
    resume: bool = True,
    progress: bool = True,
    callbacks=(),
) -> Result:
    """Train ``model`` and leave it with the weights of its best epoch on the validation data.

    Args:
        model: a compiled Keras model (see `prepare`).
        train: ``(x, y)`` arrays, shuffled anew each epoch; or a ``tf.data.Dataset`` of batches, taken as it comes.
        validation: ``(x, y)`` arrays (`ImageDataset.split` sets some aside), or None. Never the test set.
        epochs: passes over the training data.
        batch_size: examples a step; a dataset has its own.
        seed: seed of the shuffling: the order of epoch ``e`` depends on ``(seed, e)`` alone.
        transform: function of a batch of inputs, applied before the model sees it, to validation data too: scaling
            here lets the arrays stay uint8, a quarter of the memory. Written in ``keras.ops``; arrays only.
        monitor: the score that decides which epoch is best, for instance ``"val_loss"`` (least) or
            ``"val_accuracy"`` (greatest). ``"auto"``: ``"val_accuracy"`` with validation data, else None.
            None: the last weights are kept.
        checkpoint: name or path of a file written after every epoch; the same call made again goes on from it. A
            bare name lies in ``runs/``. None: no file.
        resume: False begins again, and replaces an earlier checkpoint of that name.
        progress: show a bar while training; nothing of it stays in a stored notebook.
        callbacks: further Keras callbacks.

    Returns:
        A `Result`.

    Raises:
        ValueError: the model is not compiled, the data do not fit together, ``monitor`` names no score, or
            ``checkpoint`` belongs to another training.

    Example:
        >>> run = fit(model, (x, y), (x_val, y_val), epochs=3, checkpoint="lenet")  # doctest: +SKIP
        >>> run.best_epoch, round(run.best, 4)  # doctest: +SKIP
        (3, 0.9904)
    """
    epochs, batch_size = whole_number("epochs", epochs), whole_number("batch_size", batch_size)
    seed = whole_number("seed", seed, minimum=0)
    if getattr(model, "optimizer", None) is None:
        raise ValueError(f"model must be compiled with an optimizer (training.prepare does it); received {model!r}.")
    if monitor == "auto":
        monitor = "val_accuracy" if validation is not None else None
    examples = examples_of(train)
    shuffle = Shuffle(seed)
    keeper = Keeper(monitor)
    if checkpoint is not None:
        keeper.file = checkpoints.location(checkpoint)
        keeper.fingerprint = fingerprint(model, train, validation, batch_size, seed, monitor)
        if not resume:
            checkpoints.clear(keeper.file)
    done = keeper.restore(model, epochs)
    steps = math.ceil(examples / batch_size) if examples else int(train.cardinality())
    bar = [Bar(epochs=epochs, batches=steps, first_epoch=done)] if progress else []
    if done < epochs:
        with contextlib.ExitStack() as data:
            if examples:
                train = data.enter_context(batches(train, batch_size, shuffle, transform))
            if validation is not None:
                validation = data.enter_context(batches(validation, EVALUATION_BATCH, None, transform))
            for shown in bar:
                data.callback(shown.close)
            model.fit(
                train,
                validation_data=validation,
                epochs=epochs,
                initial_epoch=done,
                shuffle=False,
                verbose=0,
                callbacks=[shuffle, keeper, *bar, *callbacks],
            )
    return keeper.finish(model, resumed_from=done)
