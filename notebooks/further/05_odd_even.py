# %% [markdown]
# # 05 · Further: odd or even?
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/05_odd_even.ipynb)
#
# A side path of [lesson 05](../05_transfer_learning.ipynb), about 10 minutes. A network that reads digits learns to tell odd from even: the head swap counted by hand, two traps, and a training that nobody needed.

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
from course_utils import checks, datasets, measure, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
import pandas as pd
from keras import layers

from course_utils.checks import lesson05_further

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="05")
plots.set_theme()
score = checks.Scorecard("05, further: odd or even?")
digits = datasets.load("mnist")

# %% [markdown]
# ## The base
#
# 784 pixels, 300 units, 100 units, ten answers; *leaky* ReLU (negative sums are multiplied by a small slope), He's initial weights. By hand: (784 + 1)·300 = 235,500; (300 + 1)·100 = 30,100; (100 + 1)·10 = 1,010; in all 266,610.


# %%
def digit_network():
    dense = dict(kernel_initializer="he_normal")
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(300, "leaky_relu", **dense, name="hidden1"),
            layers.Dense(100, "leaky_relu", **dense, name="hidden2"),
            layers.Dense(10, "softmax", **dense, name="digits"),
        ]
    )


keras.utils.set_random_seed(0)
base = digit_network()
base.count_params()

# %% [markdown]
# ## New labels, and a helper that bites
#
# Nobody has to label anything: the digit tells its parity. Even is 1, odd is 0. A common helper replaces the labels one by one. **What happens if the cell is run twice?**


# %%
def to_parity(labels):
    for i, label in enumerate(labels):
        labels[i] = 1 if label % 2 == 0 else 0
    return np.asarray(labels)


truth = np.array([5, 0, 4, 1, 9, 2])
once = to_parity(truth).tolist()
twice = to_parity(truth).tolist()

# %% tags=["hide-output"]
pd.DataFrame({"once": once, "twice": twice}, index=[5, 0, 4, 1, 9, 2])

# %% [markdown]
# <details><summary><b>Compare</b></summary>
#
# An array is overwritten in place. The second call finds only 0 and 1; 0 is even and becomes 1. All answers are upside down, without an error. (Handed a list, it overwrites the list, and the array it was made from survives.)
# </details>
#
# **Exercise A.** Write it so that it can be called as often as you like: 1 for even, 0 for odd, whole numbers, for an array or a list of any shape; what is handed over stays as it is.


# %%
def even(labels):
    return ...


lesson05_further.even(even)

# %% [markdown]
# ## The head swap, and whose layers they are
#
# Keep all but the last layer, put two units in its place: (100 + 1)·2 = 202 parameters for 1,010, in all 265,802. Freeze the 265,600 others. **How many trainable parameters has the *old* network afterwards?**

# %% tags=["hide-output"]
body = base.layers[:-1]
swapped = keras.Sequential(
    [keras.Input((28, 28, 1)), *body, layers.Dense(2, "softmax")]
)
for layer in swapped.layers[:-1]:
    layer.trainable = False


def trainable(network):
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)


counts = {
    "new network": [swapped.count_params(), trainable(swapped)],
    "old network": [base.count_params(), trainable(base)],
}
pd.DataFrame(counts, index=["parameters", "trainable"]).T

# %% [markdown]
# <details><summary><b>Compare</b></summary>
#
# 1,010: only its own last layer. Both networks hold *the same layer objects*. Freezing one freezes the other, and training one trains the other. Copy before you change: `twin = keras.models.clone_model(base)`, then `twin.set_weights(base.get_weights())`.
# </details>
#
# ## Four ways, and a fifth
#
# Plain gradient descent at rate 0.001, batches of 32 (1,719 steps an epoch), ten epochs on 55,000 digits, five seeds each, stored:

# %%
stored = measure.load("transfer_parity")
labels = {
    "scratch": "from scratch",
    "frozen": "frozen",
    "cached": "frozen, features kept",
    "fine_tuned": "fine-tuned",
}


def of(arm, field):
    return np.array([run[field] for run in stored["runs"] if run["arm"] == arm])


error = {label: 100 * of(arm, "test_error") for arm, label in labels.items()}
error["no training, summed"] = 100 * of("base", "summed_error")
plots.spread(
    error,
    xlabel="test error in %, odd or even, stored",
    alt="Frozen far to the right; from scratch, fine-tuned and summed to the left.",
)

# %% [markdown]
# Frozen makes twice the errors of "from scratch", with so many labels. (A report calls .8930 "pretty close" to .9506. As errors these are 10.7 and 4.9 %.) Part of it is unfinished training; with Adam all errors are a third, in the same order.
#
# The fifth row trains nothing. Even means 0 or 2 or 4 or 6 or 8: add up five probabilities of the digit network. It beats the frozen head by far. Say an image is a 4 with 0.46, a 9 with 0.32, a 7 with 0.20, an 8 with 0.02. The likeliest digit is even, the sum of the even ones is 0.48: odd. The last layer of the base knows ten things, the new head must do with one.
#
# ## Why freezing saves little time here
#
# Frozen layers still run forward. A weight costs one multiply-add on the way forward, one for its own gradient, and one to pass the gradient down, which the first layer that learns need not do:

# %%
first, second, last = 784 * 300, 300 * 100, 100 * 2
work = {
    "from scratch": 2 * first + 3 * (second + last),
    "frozen": first + second + 2 * last,
    "frozen, features kept": 2 * last,
}
time = {label: of(arm, "processor_seconds").mean() for arm, label in labels.items()}
pd.DataFrame(
    {
        "multiply-adds": [f"{count:,}" for count in work.values()],
        "time of scratch": [
            f"{time[label] / time['from scratch']:.0%}" for label in work
        ],
    },
    index=list(work),
)

# %% [markdown]
# In so small a network one pays for the *steps*, not for the arithmetic. With a convolutional base it is the other way round: keep its features, as the lesson does.
#
# [← back to the lesson](../05_transfer_learning.ipynb)

# %% tags=["claims"]
# @title Claims
score.equal(
    "parameters: base, swapped",
    [266_610, 265_802],
    [base.count_params(), swapped.count_params()],
)
score.equal(
    "trainable: new network, old network",
    [trainable(swapped), trainable(base)],
    [202, 1_010],
)
score.equal(
    "the helper, once and twice",
    [once, twice],
    [[0, 1, 1, 0, 0, 1], [1, 0, 0, 1, 1, 0]],
)
frozen, scratch = error["frozen"], error["from scratch"]
score.at_least(
    "frozen worse than from scratch, every seed, points",
    round(frozen.min() - scratch.max(), 2),
    1,
)
ratio = error["no training, summed"].max() / frozen.min()
score.at_most("summed: worst error over best of the frozen head", round(ratio, 2), 0.6)
score.close("a report's two errors: ratio", round(10.7 / 4.94, 1), 2.2, tolerance=0.05)
score.equal("multiply-adds", list(work.values()), [561_000, 265_600, 400])
score.at_least(
    "time of kept features over from scratch",
    round(time["frozen, features kept"] / time["from scratch"], 2),
    0.1,
)
score.section()

# %%
score
