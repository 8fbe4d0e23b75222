# %% [markdown]
# # 03 · MLP against CNN: solutions
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/solutions/03_mlp_vs_cnn_solutions.ipynb)
#
# [← the lesson](../03_mlp_vs_cnn.ipynb) · [all lessons](../START_HERE.ipynb)
#
# **You will be able to**
# - compare your answers to the exercises of lesson 03 with worked ones;
# - say for each why the usual wrong answer is wrong.
#
# **Before this:** lesson 03 and an attempt of your own.
#
# **Time:** 15 minutes; the code runs in about two minutes.
#
# **Data:** MNIST, or its stand-in, for the measurements of exercises 4 to 6.

# %% tags=["setup"]
# @title Set-up: on Colab this fetches the course, anywhere else it does nothing
import subprocess
import sys
from pathlib import Path

if "google.colab" in sys.modules:
    from google.colab import output

    class Stop(Exception):
        """Ends a run with one sentence in place of a traceback."""

        def _render_traceback_(self):
            return [str(self)]

    address = "https://github.com/convnet-course/convnet-course"
    course = Path("/content/convnet-course")
    git = ["git", "clone", "--quiet", "--depth=1", address, str(course)]
    if course.exists():
        git = ["git", "-C", str(course), "pull", "--quiet", "--ff-only"]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    pip += ["anywidget>=0.9.13", "jupyterquiz>=2.9", "-e", str(course)]
    subprocess.run(git, capture_output=True)
    if subprocess.run(pip, capture_output=True).returncode:
        raise Stop(f"No course: see whether {address} opens, then run this cell again.")
    sys.path.insert(0, str(course))
    output.enable_custom_widget_manager()

# %%
from course_utils import checks, datasets, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
import pandas as pd
from keras import layers

from course_utils import models, training
from course_utils.checks import lesson03, lesson03_further

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="03")
plots.set_theme()
score = checks.Scorecard("03, solutions")
data = datasets.load("mnist")
few = data.subset(train=7_500)
(x_train, y_train), (x_val, y_val) = few.split(0.2)
x_train, x_val, x_test = (x[..., None] for x in (x_train, x_val, data.x_test))
epochs = 25 if data.stand_in else 4

# %% [markdown]
# ## Exercise 1: an MLP
# *784 → 300 → 100 → 10 with biases.* Each layer has (numbers in + 1) · units: 235,500 + 30,100 + 1,010. The network confirms it.

# %%
mlp_parameters = (28 * 28 + 1) * 300 + (300 + 1) * 100 + (100 + 1) * 10
assert mlp_parameters == models.mlp(widths=(300, 100)).count_params()
verdict = lesson03.mlp_parameters(mlp_parameters)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 2: a CNN
# *32×32×3, conv 8, pool, conv 16, pool, dense 10.* Filters reach through all channels below them: (3·3·3 + 1)·8 = 224 and (3·3·8 + 1)·16 = 1,168. Two poolings leave 8×8 maps, so the dense layer reads 8·8·16 = 1,024 numbers: 10,250.

# %%
cnn_parameters = (3 * 3 * 3 + 1) * 8 + (3 * 3 * 8 + 1) * 16 + (8 * 8 * 16 + 1) * 10
verdict = lesson03.cnn_parameters(cnn_parameters)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 3: equal parameters
# *One hidden layer of w units:* 784·w + w + 10·w + 10 ≤ 220,234. So w ≤ 220,224 / 795 = 277.01…, and 277 units have 220,225 parameters.

# %%
units = (220_234 - 10) // (784 + 1 + 10)
assert models.mlp(widths=(units,)).count_params() <= models.simple_cnn().count_params()
verdict = lesson03.equal_width(units)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 4: a CNN that forgets the place
# *Two convolutions with their poolings, then a layer that forgets the place.* Global average pooling takes the mean of each map, one number a map, wherever its answers stand. (The two poolings make steps of 4 pixels, so a move by 4 is exact as long as strokes stay clear of the border; a move by 1 is not. A digit that comes near the border changes a little: there the padding has a say.)


# %%
def moving_cnn(shape):
    return keras.Sequential(
        [
            keras.Input(shape),
            layers.Rescaling(1 / 255),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10, activation="softmax"),
        ]
    )


verdict = lesson03.moving_cnn(moving_cnn)
assert verdict.passed
verdict

# %% [markdown]
# What does it gain, and what does it lose? Both networks learn from 6,000 digits. Averages over a whole map are small and much alike at first, so this one learns slowly: it gets three times the epochs, once at Adam's default learning rate 0.001 and once at 0.005.


# %%
def train(network, pictures, validation, *, longer=1, rate=0.001):
    network.compile(
        keras.optimizers.Adam(rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,
    )
    batches = training.ShuffledBatches(pictures, y_train, size=64)
    how = dict(epochs=longer * epochs, validation_data=validation, verbose=0)
    network.fit(batches, **how)
    return network


def accuracy(network, pictures):
    return network.evaluate(pictures, data.y_test, batch_size=500, verbose=0)[1]


def moved(pictures, right):
    result = np.zeros_like(pictures)
    result[:, :, right:] = pictures[:, :, : 28 - right]
    return result


# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(1)
shape, validation = (28, 28, 1), (x_val, y_val)
flattening = train(models.simple_cnn(scaling=(1 / 255, 0)), x_train, validation)
slow = train(moving_cnn(shape), x_train, validation, longer=3)
averaging = train(moving_cnn(shape), x_train, validation, longer=3, rate=0.005)
networks = {"flattens": flattening, "averages, 0.001": slow, "averages": averaging}
table = {
    name: [accuracy(network, moved(x_test, right)) for right in (0, 2, 4)]
    for name, network in networks.items()
}
gained = pd.DataFrame(table, index=["0 px", "2 px", "4 px"]).T
gained.round(3)

# %% [markdown]
# The larger rate reads more. It keeps nearly all after 4 pixels, with a tenth of the parameters (not quite all: some digits come near the border). In the middle it still reads fewer digits, after three times the epochs: it can no longer tell *where* a stroke was, which says much about a digit. (Trained longer it would get nearer.) An assumption helps where it is true, and costs where it is not: the lesson's answer once more.
#
# ## Exercise 5: read shuffled digits without training
# *Place i of the shuffled picture holds pixel `order[i]`.* So it must meet the weights of pixel `order[i]`: `weights[order]`. (`np.argsort(order)` would bring the *pixels* back; the weights must go along.) The lesson puts yours into its MLP through `lesson03.yours_or_ours`, once the check has passed them.


# %%
def weights_for_shuffled(weights, order):
    return weights[order]


verdict = lesson03.weights_for_shuffled(weights_for_shuffled)
assert verdict.passed
verdict

# %% [markdown]
# On a whole trained MLP: it reads shuffled digits that it has never seen, and gives the very same answers.

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(1)
mlp = train(models.mlp(widths=(64,)), x_train / 255, (x_val / 255, y_val))
order = np.random.default_rng(2026).permutation(784)
shuffled = x_test.reshape(-1, 784)[:, order].reshape(x_test.shape)
before, unprepared = accuracy(mlp, x_test / 255), accuracy(mlp, shuffled / 255)
first = mlp.get_layer("hidden1")
first.kernel.assign(weights_for_shuffled(np.asarray(first.kernel), order))
after = accuracy(mlp, shuffled / 255)
reads = {"in place": before, "shuffled": unprepared, "weights moved along": after}
pd.Series(reads, name="accuracy").map("{:.1%}".format).to_frame()

# %% [markdown]
# ## Exercise 6: shuffle blocks
# *Cut rows and columns into blocks, number the blocks, take them in the new order, put rows and columns together again.* The block's own two axes stay last all the time.


# %%
def shuffled_blocks(images, size, order):
    side = 28 // size
    cut = images.reshape(len(images), side, size, side, size).swapaxes(2, 3)
    blocks = cut.reshape(len(images), side * side, size, size)[:, order]
    joined = blocks.reshape(len(images), side, side, size, size).swapaxes(2, 3)
    return joined.reshape(images.shape)


verdict = lesson03.shuffled_blocks(shuffled_blocks)
assert verdict.passed
verdict

# %% [markdown]
# How large must blocks be? One run would prove little, so the CNN learns from 6,000 digits three times at each size, each time with another order of the blocks and other initial weights; so does the MLP, which does not mind the order. Size 28 is the whole picture, size 1 the shuffle of the lesson.

# %%
sizes, seeds = [1, 4, 7, 14, 28], (1, 2, 3)
cnn_reads, mlp_reads = np.zeros((len(seeds), len(sizes))), np.zeros(len(seeds))
for row, seed in enumerate(seeds):
    for column, size in enumerate(sizes):
        order = np.random.default_rng(seed).permutation((28 // size) ** 2)
        train_set, val_set, test_set = (
            shuffled_blocks(x, size, order) for x in (x_train, x_val, x_test)
        )
        keras.utils.set_random_seed(seed)
        network = models.simple_cnn(scaling=(1 / 255, 0))
        train(network, train_set, (val_set, y_val))
        cnn_reads[row, column] = accuracy(network, test_set)
    keras.utils.set_random_seed(seed)
    network = train(models.mlp(), x_train / 255, (x_val / 255, y_val))
    mlp_reads[row] = accuracy(network, x_test / 255)

# %% tags=["nbval-ignore-output"]
ax = plots.curves(
    {"CNN": cnn_reads, "MLP": np.repeat(mlp_reads[:, None], len(sizes), axis=1)},
    x=sizes,
    xlabel="side of a block in pixels",
    ylabel="test accuracy",
    colours={"CNN": plots.COLOURS[0], "MLP": plots.COLOURS[1]},
)
ax.set_xscale("log")
ax.set_xticks(sizes, labels=sizes)
ax.minorticks_off()
plots.show(
    ax, alt="The CNN rises with the size of the blocks and meets the MLP's band."
)


# %% tags=["nbval-ignore-output"]
def ahead(runs):
    """Who reads more in every run, if anyone does."""
    if runs.min() > mlp_reads.max():
        return "CNN"
    return "MLP" if runs.max() < mlp_reads.min() else "neither"


names = [f"blocks of {size}" for size in sizes]
pd.Series([ahead(runs) for runs in cnn_reads.T], names, name="ahead").to_frame()

# %% [markdown]
# The larger the blocks, the more windows see true neighbours, and the better the CNN reads. In the runs stored here blocks of 4, which just hold a window and its pooling, are not enough: the MLP reads more every time. With blocks of 7 neither does, with blocks of 14 the CNN, every time. (The bands reach from the worst to the best of three runs.)
#
# ## Exercise 7: a split that cannot leak
# *Disjoint, complete, random, the same for the same seed.* One permutation, cut once. A generator made from the seed *inside* the function makes a second run harmless.


# %%
def safe_split(count, held, seed):
    order = np.random.default_rng(seed).permutation(count)
    return order[held:], order[:held]


verdict = lesson03.safe_split(safe_split)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise A (preparing data): labels encoded twice
# *(N, 10, 2).* The last axis says "no" or "yes" for each class: 1 0 for a 0, 0 1 for a 1. Take the "yes" plane; its largest entry is the class. Flattening mixes the two.


# %%
def true_accuracy(predicted, labels_twice):
    return np.mean(predicted == labels_twice[..., 1].argmax(axis=1))


verdict = lesson03_further.true_accuracy(true_accuracy)
assert verdict.passed
verdict

# %% tags=["nbval-ignore-output"]
floor = 0.85 if data.stand_in else 0.94
score.at_least(
    "exercise 4: the flattening network reads, in the middle",
    gained.loc["flattens", "0 px"],
    floor,
)
faster = gained.loc["averages", "0 px"] - gained.loc["averages, 0.001", "0 px"]
score.at_least("exercise 4: the larger rate adds", faster, 0.02)
kept = gained.loc["averages", "4 px"] / gained.loc["averages", "0 px"]
score.at_least("exercise 4: averaging keeps, after 4 px", kept, 0.85)
lost = gained.loc["flattens", "0 px"] - gained.loc["flattens", "4 px"]
score.at_least("exercise 4: flattening loses, after 4 px", lost, 0.1)
score.close(
    "exercise 5: the MLP reads shuffled digits, weights moved along",
    after,
    before,
    tolerance=1e-3,
)
score.at_most("exercise 5: weights not moved", unprepared, 0.4)
if not data.stand_in:  # 300 small digits are too few to tell
    gain = (cnn_reads[:, -1] - cnn_reads[:, 0]).min()
    score.at_least(
        "exercise 6: the whole picture adds to single pixels, at least", gain, 0.02
    )
score
