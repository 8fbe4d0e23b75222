# %% [markdown]
# # 07 · Further: a race of activations
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/07_activation_race.ipynb)
#
# A side path of [lesson 07](../07_alexnet.ipynb), about 5 minutes. Figure 1 of the AlexNet paper: four layers with ReLU come down to 25 % *training* error on CIFAR-10 six times sooner than with tanh. We run the race again, smaller.

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

# %% tags=["setup", "nbval-ignore-output"]
# @title Imports, the look of figures, the photographs
from course_utils import checks, datasets, measure, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
import pandas as pd

from course_utils.recipes import alexnet_activations

lesson = runtime.start(lesson="07")
plots.set_theme()
score = checks.Scorecard("07, further")
race = measure.load("alexnet_activations")
NAMES = {"relu": "ReLU", "tanh": "tanh", "sigmoid": "sigmoid"}
COLOURS = dict(zip(NAMES.values(), plots.COLOURS, strict=False))
cifar = datasets.load("cifar10").subset(train=alexnet_activations.EXAMPLES, test=100)

# %% [markdown]
# ## The race
#
# Three convolutions of 16, 32 and 64 filters and a dense layer, on 5,000 photographs of CIFAR-10; stochastic gradient descent with momentum 0.9. There is no test set and nothing against overfitting: it is a race. Initial weights are those that lesson 04 recommends, He's for ReLU and Glorot's for the others. Each activation tried three rates with one seed. (Epochs are interpolated; stored, `python -m course_utils.measure alexnet_activations` repeats it.)

# %%
tried = {}
for trial in race["trials"]:
    epochs = trial["epochs_to_target"]
    tried.setdefault(NAMES[trial["arm"]], []).append(
        f"{trial['rate']:g}: {'not in 25' if epochs is None else round(epochs, 1)}"
    )
pd.DataFrame(tried, index=["first rate", "second", "third"]).T

# %% [markdown]
# Rate, and epochs to 25 %. Each activation then ran with its fastest rate and five other seeds. **How many times longer than ReLU will tanh take?**

# %% tags=["hide-output"]
curves = {
    label: [run["errors"] for run in race["runs"] if run["arm"] == arm]
    for arm, label in NAMES.items()
}
alt = "Training error by epoch, five lines for each of ReLU, tanh and sigmoid."
with plots.figure(size=(6, 4), alt=alt) as ax:
    for label, runs in curves.items():
        for number, errors in enumerate(runs):
            epochs = np.arange(1, len(errors) + 1)
            name = label if number == 0 else None
            ax.plot(epochs, errors, color=COLOURS[label], label=name)
    ax.axhline(0.25, color="black", linestyle=":", linewidth=1)
    ax.set(xlabel="epoch", ylabel="training error")
    ax.legend()
    ax.set_ylim(0, 1)

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# Sigmoid is far behind. But tanh does not take longer than ReLU: it arrives a little before it.
# </details>
#
# Does this refute the paper? No. Look at the table again: the fastest rate of tanh is the *largest* that was tried, and that of sigmoid the smallest, so a better one may lie outside. Five thousand photographs are few. And above all our tanh starts with weights that keep it where it is steep; in 2012 nobody drew weights like that. Section 4 of the lesson shows what happens when they are larger. A fair verdict would need a map: depth, initial weights, pixel scale, batch norm, and for each the best rate of each activation.
#
# ## Live
#
# A stored figure must be one that can be contradicted. ReLU and tanh with a seed that is not among the stored ones, each until it arrives:

# %%
arrived = {}
for name in ("relu", "tanh"):
    settings = dict(rate=race["rates"][name], seed=7, epochs=20, progress=False)
    arrived[NAMES[name]] = alexnet_activations.train(name, cifar, **settings)[1][
        "errors"
    ]

# %% tags=["nbval-ignore-output"]
pd.DataFrame(
    {name: [len(errors), f"{errors[-1]:.1%}"] for name, errors in arrived.items()},
    index=["epochs trained", "training error then"],
)


# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
def mean_epochs(arm):
    return np.mean(
        [run["epochs_to_target"] for run in race["runs"] if run["arm"] == arm]
    )


score.at_most(
    "stored: epochs of tanh over epochs of ReLU",
    float(mean_epochs("tanh") / mean_epochs("relu")),
    1.2,
)
score.at_least(
    "stored: least error of sigmoid at the end",
    min(e[-1] for e in curves["sigmoid"]),
    0.4,
)
if not cifar.stand_in:
    score.at_most(
        "live: tanh's epochs over ReLU's",
        len(arrived["tanh"]) / len(arrived["ReLU"]),
        2.0,
    )
assert race["rates"]["tanh"] == max(
    t["rate"] for t in race["trials"] if t["arm"] == "tanh"
)
assert race["rates"]["sigmoid"] == min(
    t["rate"] for t in race["trials"] if t["arm"] == "sigmoid"
)
score.section()

# %% [markdown]
# **Back to** [lesson 07](../07_alexnet.ipynb)
