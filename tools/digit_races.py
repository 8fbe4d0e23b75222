"""The races of `bench.py` on digits: a beginners' CNN, and odd or even from a frozen network."""

from transfer_races import timed  # beside this file

CNN_EPOCHS, CNN_BATCH, CNN_RATE = 4, 128, 0.01  # chosen on validation digits
HEAD_EPOCHS, HEAD_BATCH, HEAD_RATE = 5, 512, 0.05  # chosen on validation digits, too


def cnn_race(data, target: float, *, seed: int = 0) -> dict:
    """Race a beginners' program for MNIST as it is written against the network and the recipe of lesson 03.

    The program: two convolutions and a dense layer, RMSprop with Keras's defaults, batches of 64, ten epochs. Ours
    folds 2×2 pixels into channels, normalises each batch and trains in one cycle of the rate. Both are judged on the
    test digits after each epoch, outside of the seconds.

    Args:
        data: grey `datasets.ImageDataset`.
        target: test accuracy.
        seed: of initial weights and of shuffling.

    Returns:
        ``ours``, seconds until the end of the first epoch that reaches the target (infinite when none does); ``notes``,
        seconds of the whole program; the last accuracies as ``ours_accuracy, notes_accuracy``.
    """
    import keras

    from course_utils import training
    from course_utils.models.simple_cnn import simple_cnn
    from course_utils.recipes.common import Epochs, seconds_to

    (x, y), (x_valid, y_valid) = ((x[..., None], y) for x, y in data.split(min(5_000, len(data.x_train) // 10)))
    x_test, shape = data.x_test[..., None], (*data.x_train.shape[1:], 1)

    keras.utils.set_random_seed(seed)
    program = simple_cnn("mnist", input_shape=shape)
    program.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    curve = Epochs(x_test / 255.0, data.y_test, transform=None)
    validation = (x_valid / 255.0, y_valid)
    program.fit(x / 255.0, y, batch_size=64, epochs=10, validation_data=validation, callbacks=[curve], verbose=0)
    found = {"notes": sum(curve.seconds), "notes_accuracy": curve.test_accuracy[-1]}

    keras.utils.set_random_seed(seed)
    model = simple_cnn("cifar_fast", input_shape=shape, scaling=(1 / 64, -1.0))
    schedule = training.one_cycle(CNN_RATE, examples=len(x), batch_size=CNN_BATCH, epochs=CNN_EPOCHS)
    training.prepare(model, optimizer=keras.optimizers.Adam(schedule))
    curve = Epochs(x_test, data.y_test, transform=None)
    settings = {"epochs": CNN_EPOCHS, "batch_size": CNN_BATCH, "seed": seed, "monitor": None, "progress": False}
    run = training.fit(model, (x, y.astype("int32")), (x_valid, y_valid.astype("int32")), callbacks=[curve], **settings)
    ours = {"test_accuracy": curve.test_accuracy, "epoch_seconds": run.epoch_seconds}
    return found | {"ours": seconds_to(ours, target), "ours_accuracy": curve.test_accuracy[-1]}


def parity_race(data, target: float, *, seed: int = 0, epochs: int = 10) -> dict:
    """Race a head that tells odd from even: features computed once against the frozen network run in each epoch.

    The program: the frozen hidden layers and a fresh head of two units, Keras's gradient descent at its rate of 0.001,
    batches of 32, ten epochs. Ours computes the features once and trains the head with Adam in one cycle. The network
    that reads digits is trained before, for both.

    Args:
        data: grey `datasets.ImageDataset`.
        target: test accuracy.
        seed: of the network, of the heads and of shuffling.
        epochs: of the network that reads digits.

    Returns:
        As `cnn_race`; ``ours`` includes the features.
    """
    import keras

    from course_utils import training
    from course_utils.recipes import transfer_parity
    from course_utils.recipes.common import Epochs, seconds_to

    (x, y), (x_valid, y_valid) = ((x, transfer_parity.parity(y)) for x, y in transfer_parity.halves(data))
    truth = transfer_parity.parity(data.y_test)
    base, _ = transfer_parity.train_base(data, seed=seed, epochs=epochs, progress=False)

    program = transfer_parity.new_head(base, trained="head", seed=seed)
    program.compile(keras.optimizers.SGD(transfer_parity.RATE), "sparse_categorical_crossentropy", metrics=["accuracy"])
    test, train, validation = (images[..., None] / 255.0 for images in (data.x_test, x, x_valid))
    curve = Epochs(test, truth, transform=None)
    settings = {"batch_size": transfer_parity.BATCH, "epochs": 10, "verbose": 0, "callbacks": [curve]}
    program.fit(train, y, validation_data=(validation, y_valid), **settings)
    found = {"notes": sum(curve.seconds), "notes_accuracy": curve.test_accuracy[-1]}

    seconds, (known, held) = timed(lambda: [transfer_parity.hidden_features(base, images) for images in (x, x_valid)])
    inputs = keras.Input(known.shape[1:])
    keras.utils.set_random_seed(seed)
    head = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(inputs))
    schedule = training.one_cycle(HEAD_RATE, examples=len(known), batch_size=HEAD_BATCH, epochs=HEAD_EPOCHS)
    training.prepare(head, optimizer=keras.optimizers.Adam(schedule))
    curve = Epochs(transfer_parity.hidden_features(base, data.x_test), truth, transform=None)
    settings = {"epochs": HEAD_EPOCHS, "batch_size": HEAD_BATCH, "seed": seed, "monitor": None, "progress": False}
    run = training.fit(head, (known, y), (held, y_valid), callbacks=[curve], **settings)
    ours = {"test_accuracy": curve.test_accuracy, "epoch_seconds": run.epoch_seconds}
    return found | {"ours": seconds + seconds_to(ours, target), "ours_accuracy": curve.test_accuracy[-1]}
