"""MLP against CNN on MNIST, each at its own learning rate, in similar time.

`mlp_cnn` gives both networks the rate 0.001. Perhaps it suits one of them better: here each has the rate that reads
most validation digits. The MLP takes four times the CNN's epochs, which costs about as much processor time.
"""

import keras

from course_utils import training
from course_utils.models.mlp import mlp
from course_utils.models.simple_cnn import simple_cnn
from course_utils.recipes import common
from course_utils.recipes.experiment import Experiment, Sweep
from course_utils.recipes.mlp_cnn import BATCH_SIZE, EXAMPLES, VALIDATION, parts, scaled
from course_utils.validation import one_of

BUILDERS = {"cnn": simple_cnn, "mlp": mlp}
EPOCHS = {"cnn": 4, "mlp": 16}
SEEDS = (0, 1, 2)


def digits(data) -> common.Parts:
    """Return the digits of `mlp_cnn` with a channel axis, to train on, to choose on, and to judge by."""
    pairs = (*parts(data), (data.x_test, data.y_test))
    return common.Parts(*((images[..., None], labels.astype("int32")) for images, labels in pairs))


def train(name: str, data: common.Parts, *, rate: float, seed: int, epochs: int | None = None, progress: bool = True):
    """Train one of the two networks with one seed; return the model with plain numbers.

    Args:
        name: ``"cnn"`` or ``"mlp"``.
        data: what `digits` makes.
        rate: learning rate of RMSprop.
        seed: of initial weights and shuffling; the digits are the same for all.
        epochs: passes over the training digits; None for `EPOCHS`.
        progress: show a bar.

    Returns:
        The model with the weights of its best epoch on the validation digits, and the numbers of `common.fitted`.
    """
    keras.utils.set_random_seed(seed)
    model = BUILDERS[one_of("name", name, BUILDERS)]()
    training.prepare(model, optimizer=keras.optimizers.RMSprop(rate))
    settings = {"epochs": epochs or EPOCHS[name], "batch_size": BATCH_SIZE, "seed": seed, "progress": progress}
    return model, common.fitted(model, data, transform=scaled, **settings)


EXPERIMENT = Experiment(
    name="mlp_cnn_rates",
    question="Is the CNN still ahead when each network trains at its own best rate, for similar time?",
    variants={name: {"epochs": epochs} for name, epochs in EPOCHS.items()},
    seeds=SEEDS,
    dataset="mnist",
    prepare=digits,
    train=train,
    recipe={"examples": EXAMPLES, "validation": VALIDATION, "batch_size": BATCH_SIZE},
    sweep=Sweep((0.0003, 0.001, 0.003), seeds=(100, 101, 102), widen=2),
)
