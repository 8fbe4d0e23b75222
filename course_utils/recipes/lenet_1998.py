"""LeNet-5 of 1998 on MNIST: the published network, its own loss, today's optimizer, three epochs over the digits.

Optimizer, rate and penalty were chosen on the validation split (5,000 of the training images). The test set is read
once a seed, after the last epoch.
"""

import keras
import numpy as np

from course_utils import training
from course_utils.models import lenet, lenet5_1998, lenet_loss
from course_utils.recipes.common import rounded
from course_utils.recipes.experiment import Experiment
from course_utils.recipes.lenet_race import VALIDATION

EPOCHS, BATCH_SIZE, RATE, PENALTY = 3, 32, 0.005, 10.0
SEEDS = (0, 1, 2)


def train(data, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train the network of 1998 with one seed on raw pixels; the validation split is the same for all.

    Returns:
        The trained model, and plain numbers: ``seed, history, seconds, validation_accuracy, accuracy`` (test).
    """
    fitted, validation = (
        (lenet.to_paper_range(x), y.astype("int32")) for x, y in data.split(min(VALIDATION, len(data.x_train) // 12))
    )
    keras.utils.set_random_seed(seed)
    model = lenet5_1998(classes=len(data.class_names))
    rate = training.one_cycle(RATE, examples=len(fitted[0]), batch_size=BATCH_SIZE, epochs=epochs)
    nearest = keras.metrics.MeanMetricWrapper(lenet_loss.smallest_wins, name="accuracy")
    criterion = lenet_loss.MapCriterion(penalty=PENALTY)
    training.prepare(model, optimizer=keras.optimizers.Adam(rate), loss=criterion, metrics=[nearest])
    settings = {"epochs": epochs, "batch_size": BATCH_SIZE, "seed": seed, "monitor": None}
    result = training.fit(model, fitted, validation, progress=progress, **settings)
    distances = model.predict(lenet.to_paper_range(data.x_test), batch_size=500, verbose=0)
    numbers = {
        "seed": seed,
        "history": rounded(result.history, 6),
        "seconds": round(result.seconds, 3),
        "validation_accuracy": result.history["val_accuracy"][-1],
        "accuracy": float(np.mean(lenet_loss.read_distances(distances) == data.y_test)),
    }
    return model, numbers


EXPERIMENT = Experiment(
    name="lenet_1998",
    question="Does the network of 1998, built to the unit, still read MNIST?",
    variants={"1998": {}},
    seeds=SEEDS,
    dataset="mnist",
    train=lambda name, data, *, seed: train(data, seed=seed),
    recipe={"epochs": EPOCHS, "batch_size": BATCH_SIZE, "peak_rate": RATE, "penalty": PENALTY},
)
