"""The CNN of lesson 03 without shared filters: every place has its own, neighbours stay neighbours.

Permuted pixels take both assumptions of a CNN away at once; this takes sharing alone. The network is the lesson's CNN
with `OwnFilters` in place of its convolutions: as many units, windows and multiply-adds, many more weights. Beside it
the CNN and the MLP learn from the same digits for as many epochs.
"""

import keras
from keras import layers, ops

from course_utils import training
from course_utils.models.mlp import mlp
from course_utils.models.simple_cnn import simple_cnn
from course_utils.recipes import common
from course_utils.recipes.experiment import Experiment
from course_utils.recipes.mlp_cnn import scaled
from course_utils.validation import one_of

EXAMPLES, VALIDATION = 10_000, 2_000  # training digits used, digits held out
BATCH_SIZE, RATE, EPOCHS = 64, 0.001, 6
SEEDS = (0, 1, 2)
VARIANTS = {
    "cnn": "neighbours, shared filters",
    "own_filters": "neighbours, own filters at every place",
    "mlp": "neither",
}


class OwnFilters(layers.Layer):
    """A 3×3 "same" convolution with ReLU whose filters are not shared: every place has its own weights and biases.

    (N, H, W, C) → (N, H, W, filters). Initial weights as `keras.layers.Conv2D` draws them (Glorot, uniform).

    Args:
        filters: units at each place.

    Example:
        >>> OwnFilters(4)(keras.Input((6, 5, 2))).shape
        (None, 6, 5, 4)
    """

    def __init__(self, filters: int, **kwargs):
        """Keep the number of filters."""
        super().__init__(**kwargs)
        self.filters = filters

    def build(self, input_shape):
        """Draw the weights: one matrix (9·C, filters) a place, rows in the order of a convolution's kernel."""
        _, height, width, channels = input_shape
        limit = (6 / (9 * channels + 9 * self.filters)) ** 0.5
        drawn = keras.initializers.RandomUniform(-limit, limit)
        places = height * width
        self.kernel = self.add_weight(shape=(places, 9 * channels, self.filters), initializer=drawn, name="kernel")
        self.bias = self.add_weight(shape=(places, 1, self.filters), initializer="zeros", name="bias")

    def call(self, inputs):
        """Multiply, place by place, the 3×3 window of every image by the weights of that place."""
        _, height, width, channels = inputs.shape
        padded = ops.transpose(ops.pad(inputs, [[0, 0], [1, 1], [1, 1], [0, 0]]), (1, 2, 0, 3))
        corners = [(row, column) for row in range(3) for column in range(3)]
        moved = [padded[row : row + height, column : column + width] for row, column in corners]
        windows = ops.concatenate([ops.reshape(one, (height * width, -1, channels)) for one in moved], axis=-1)
        sums = ops.relu(ops.matmul(windows, self.kernel) + self.bias)
        return ops.transpose(ops.reshape(sums, (height, width, -1, self.filters)), (2, 0, 1, 3))


def local_network(input_shape=(28, 28, 1)) -> keras.Model:
    """Return the lesson's CNN with its own filters at every place; pixels from 0 to 1 go in."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            OwnFilters(32),
            layers.MaxPooling2D(),
            OwnFilters(64),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


BUILDERS = {"cnn": simple_cnn, "own_filters": local_network, "mlp": mlp}


def build(name: str, *, seed: int) -> keras.Model:
    """Return a variant's network with initial weights drawn from ``seed``, compiled."""
    keras.utils.set_random_seed(seed)
    model = BUILDERS[one_of("name", name, BUILDERS)]()
    training.prepare(model, optimizer=keras.optimizers.RMSprop(RATE))
    return model


def digits(data) -> common.Parts:
    """Return digits (uint8, with a channel axis) to train on, to choose on, and to judge by."""
    few = data.subset(train=EXAMPLES + VALIDATION)
    pairs = (*few.split(min(VALIDATION, len(few.x_train) // 5)), (few.x_test, few.y_test))
    return common.Parts(*((images[..., None], labels.astype("int32")) for images, labels in pairs))


def train(name: str, parts: common.Parts, *, seed: int, epochs: int = EPOCHS, progress: bool = True):
    """Train one variant with one seed; return the model with plain numbers.

    Args:
        name: a key of `VARIANTS`.
        parts: what `digits` makes.
        seed: of initial weights and shuffling; the digits are the same for all.
        epochs: passes over the training digits.
        progress: show a bar.

    Returns:
        The model with the weights of its best epoch on the validation digits, and the numbers of `common.fitted`.
    """
    model = build(name, seed=seed)
    settings = {"epochs": epochs, "batch_size": BATCH_SIZE, "seed": seed, "progress": progress}
    return model, common.fitted(model, parts, transform=scaled, **settings)


EXPERIMENT = Experiment(
    name="mlp_cnn_local",
    question="How much of the CNN's lead on digits is left when neighbours stay, but no filter is shared?",
    variants=VARIANTS,
    seeds=SEEDS,
    dataset="mnist",
    prepare=digits,
    train=train,
    recipe={
        "examples": EXAMPLES,
        "validation": VALIDATION,
        "batch_size": BATCH_SIZE,
        "rate": RATE,
        "epochs": EPOCHS,
    },
)
