# %% [markdown]
# # 03 · Further: preparing data, and what goes wrong
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/03_preparing_data.ipynb)
#
# A side path of [lesson 03](../03_mlp_vs_cnn.ipynb), about 9 minutes. What a picture is to a network, what dividing by 255 does and does not do, and three slips of labels and shapes.

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

from course_utils import models
from course_utils.checks import lesson03_further

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="03")
plots.set_theme()
score = checks.Scorecard("03, further: preparing data")
data = datasets.load("mnist")

# %% [markdown]
# ## A picture is a table of numbers
#
# The first six training digits, and the middle of the first as the network gets it: whole numbers from 0 to 255, one a pixel.

# %%
plots.show_images(
    data.x_train[:6],
    titles=[f"label {label}" for label in data.y_train[:6]],
    size=1.25,
    alt="The first six training digits with their labels.",
)
plots.number_grid(
    data.x_train[0, 7:21, 7:21],
    alt="14 by 14 numbers from 0 to 255; strokes are bright cells with large numbers.",
)

# %% [markdown]
# (Keras brings MNIST, Fashion-MNIST, CIFAR-10 and CIFAR-100 in `keras.datasets`, and for text, among others, Reuters' news in 46 topics.)
#
# ## What does dividing by 255 do?
#
# "It gives all features the same scale." But they have one already: every pixel reaches from 0 to 255, and dividing all by one number cannot change how unequal they are. Let us train a small MLP three ways by plain gradient descent at rate 0.1: with pixels from 0 to 255; with pixels divided by 255; with raw pixels, but the *initial weights of the first layer* divided by 255, so that the first answers are the same. **Which of the three learn?**


# %%
def three_epochs(pixel_factor, weight_factor):
    keras.utils.set_random_seed(4)
    network = models.mlp(widths=(64,))
    first = network.get_layer("hidden1").kernel
    first.assign(first * weight_factor)
    loss = "sparse_categorical_crossentropy"
    network.compile(
        keras.optimizers.SGD(0.1), loss, metrics=["accuracy"], jit_compile=False
    )
    pictures = data.x_train[:6_000, ..., None].astype("float32") * pixel_factor
    network.fit(pictures, data.y_train[:6_000], epochs=3, batch_size=32, verbose=0)
    score = network.evaluate(pictures, data.y_train[:6_000], batch_size=500, verbose=0)
    hidden = keras.Model(network.input, network.get_layer("hidden1").output)(pictures)
    alive = np.asarray(hidden).max(axis=0) > 0  # units that answer to any picture
    return [*score, alive.mean()]


# %% tags=["hide-output", "nbval-ignore-output"]
ways = {
    "raw pixels": (1, 1),
    "pixels / 255": (1 / 255, 1),
    "raw pixels, weights / 255": (1, 1 / 255),
}
found = pd.DataFrame(
    {name: three_epochs(*factors) for name, factors in ways.items()},
    index=["loss", "accuracy (training)", "hidden units alive"],
).T
found.round(3)

# %% [markdown]
# Only the division of the pixels helps. The gradient of a first-layer weight is the error *times the input*: with raw pixels it is 255 times as large, and the first steps throw the weights so far that hidden units answer 0 to every picture, and a ReLU at 0 learns no more (last column). What is left are the output's biases, and these can only learn how frequent each digit is: both failures end by giving every picture the same answer. Dividing by 255 brings the *overall* size of the inputs to what initial weights and usual rates expect. (Unequal pixels would be helped by giving each its own mean 0 and standard deviation 1.)
#
# ## Three slips
#
# **Encoded twice.** `to_categorical` turns a label into ten numbers with a single 1, as `categorical_crossentropy` wants them. Run twice, it finds *two* classes, 0 and 1, in its own output, and no error is raised:

# %%
labels = np.arange(10)
once = keras.utils.to_categorical(labels, 10)
twice = keras.utils.to_categorical(once, 2)
read_back = twice.reshape(10, -1).argmax(axis=1)
labels.shape, once.shape, twice.shape, read_back.tolist()

# %% [markdown]
# Code that flattens and takes the largest reads every class as 0, and class 0 as 1 (the last list). With such labels a good network seems to be right almost nowhere, perhaps 2 times in 32: only where it wrongly answers 0, or answers 1 to a 0. An accuracy far *below* guessing is hardly ever a bad network; look at the labels. Whole-number labels with `sparse_categorical_crossentropy` cannot be encoded twice.
#
# **Exercise A.** All that is left are labels of shape (N, 10, 2), encoded twice. Write the accuracy that is meant; `predicted` holds N class numbers.


# %%
def true_accuracy(predicted, labels_twice): ...


lesson03_further.true_accuracy(true_accuracy)

# %% [markdown]
# **The channel axis.** A grey picture is (28, 28, 1) to a convolution. A layer of 32 filters then has (9 · 1 + 1) · 32 parameters, with three channels (9 · 3 + 1) · 32:

# %%
grey, colour = (keras.layers.Conv2D(32, 3) for _ in range(2))
grey.build((None, 28, 28, 1)), colour.build((None, 28, 28, 3))
grey.count_params(), colour.count_params()

# %% [markdown]
# If a summary says 320 and the text beside it "three channels", one of the two is wrong. The `None` in a summary's shapes is the batch: any number of pictures. **Assert shapes; do not trust captions:** `assert labels.ndim == 1`.
#
# [← back to the lesson](../03_mlp_vs_cnn.ipynb)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
reached = found["accuracy (training)"]
score.at_least("pixels / 255: accuracy", reached["pixels / 255"], 0.8)
for name in ("raw pixels", "raw pixels, weights / 255"):
    score.at_least(
        f"pixels / 255 ahead of {name}", reached["pixels / 255"] - reached[name], 0.2
    )
    score.at_most(
        f"{name}: hidden units alive", found.loc[name, "hidden units alive"], 0.1
    )
score.equal("encoded twice: shape", twice.shape, (10, 10, 2))
score.equal("encoded twice, read back", read_back.tolist(), [1] + [0] * 9)
score.equal(
    "32 filters on one and three channels",
    [grey.count_params(), colour.count_params()],
    [320, 896],
)
score.section()

# %% tags=["nbval-ignore-output"]
score
