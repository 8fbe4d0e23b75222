# %% [markdown]
# # 07 · Further: a race of activations
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/07_activation_race.ipynb)
#
# A side path of [lesson 07](../07_alexnet.ipynb), about 6 minutes. Figure 1 of the AlexNet paper: four layers with ReLU come down to 25 % *training* error on CIFAR-10 six times sooner than with tanh. We run the race again, smaller, under four conditions.

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

from course_utils.recipes import alexnet_conditions, common
from course_utils.recipes.resnet_race import halved

lesson = runtime.start(lesson="07")
plots.set_theme()
score = checks.Scorecard("07, further")
race = measure.load("alexnet_conditions")
COLOURS = dict(zip(("ReLU", "tanh"), plots.COLOURS, strict=False))
cifar = datasets.load("cifar10")


def runs_of(label, condition, depth, kind="runs"):
    """The stored runs (or trials) of one activation under one condition."""
    arm = f"{label.lower()}, {condition}, {depth}"
    return [run for run in race[kind] if run["arm"] == arm]


# %% [markdown]
# ## Eight races
#
# The networks have four or eight layers with weights: a 5×5 convolution with stride 2, then 3×3 convolutions, all of 32 filters, and a dense layer. They read 20,000 photographs of CIFAR-10, shrunk to 16×16 pixels, by gradient descent with momentum 0.9, until they misread 35 % of them, for twelve epochs at most. There is no test set and nothing against overfitting: it is a race. Four conditions:
#
# | condition | what it is |
# |---|---|
# | fitting weights | drawn by He's rule for ReLU, by Glorot's for tanh; pixels centred and divided by 64 |
# | weights twice as large | the same, all weights doubled |
# | pixels from −128 to 127 | centred, but not divided |
# | batch norm | fitting weights, and batch norm before each activation |
#
# Each of the sixteen networks tried at least three rates, with one seed; if the best was the largest or smallest, others beyond it. With the best, it ran with three other seeds. (Stored; `python -m course_utils.measure alexnet_conditions` repeats it.)
#
# **In which of the eight races does ReLU win? Is there one that tanh wins?**

# %% tags=["hide-cell"]
# @title Training errors, epoch by epoch
conditions = list(alexnet_conditions.CONDITIONS)
alt = "Training error by epoch, ReLU and tanh, in eight panels."
with plots.figure(2, 4, size=(11, 5.2), sharex=True, sharey=True, alt=alt) as axes:
    for row, depth in zip(axes, alexnet_conditions.DEPTHS, strict=True):
        for ax, condition in zip(row, conditions, strict=True):
            for label, colour in COLOURS.items():
                for run in runs_of(label, condition, depth):
                    errors = 100 * np.array(run["errors"])
                    ax.plot(range(1, len(errors) + 1), errors, color=colour)
            ax.axhline(35, color="grey", linestyle=":", linewidth=1)
        row[0].set_ylabel(f"{depth} layers\ntraining error (%)")
    for top, bottom, condition in zip(*axes, conditions, strict=True):
        top.set_title(condition.replace("-", "−"), fontsize=12)
        bottom.set(xlabel="epoch", xticks=[1, 4, 8, 12])
    for label, at in {"ReLU": (2, 40), "tanh": (5.5, 51)}.items():
        axes[0, 0].text(*at, label, color=COLOURS[label])


# %% tags=["hide-output"]
def reached(label, condition, depth):
    """Epochs to 35 %, or the error after twelve; means of three seeds."""
    runs = runs_of(label, condition, depth)
    epochs = [run["epochs_to_target"] for run in runs]
    if None in epochs:
        return f"{100 * np.mean([min(run['errors']) for run in runs]):.0f} % at best"
    return f"{np.mean(epochs):.1f} epochs"


table = {
    (f"{depth} layers", label): [reached(label, c, depth) for c in conditions]
    for depth in alexnet_conditions.DEPTHS
    for label in COLOURS
}
pd.DataFrame(table, index=conditions)

# %% [markdown]
# <details><summary><b>Compare with your answers</b></summary>
#
# **ReLU wins three.** Four layers with fitting weights come down in 6.0 epochs, with tanh not in twelve. With batch norm ReLU is there after 5.0 and 5.8 epochs; tanh needs 9.3 with eight layers, and more than twelve with four.
#
# **tanh wins four**: with doubled weights, and on pixels from −128 to 127. Doubled weights slow ReLU down and speed tanh up: for tanh, Glorot's were too small.
#
# Each in its best condition, ReLU is ahead at both depths: 5.0 epochs against 9.5, and 5.8 against 7.3.
#
# Eight layers with fitting weights are nearly a draw, 10.9 against 10.3.
# </details>
#
# ## What is silent
#
# A tanh beyond ±0.97 passes on less than 6 % of a gradient. A ReLU that is 0 for *every* photograph, a *dead* one, passes nothing. Shares of such units in four layers (three of them convolutions) on pixels from −128 to 127, before and after training:


# %% tags=["hide-output"]
def silent(label, condition, depth, when):
    """Share of silent units in %, layer by layer, mean of three seeds."""
    found = [run[f"silent_{when}"] for run in runs_of(label, condition, depth)]
    return (100 * np.mean(found, axis=0)).round().astype(int)


large = conditions[2]
shares = {
    (label, when): silent(label, large, 4, when)
    for label in COLOURS
    for when in ("before", "after")
}
pd.DataFrame(shares, index=[f"convolution {n}, %" for n in (1, 2, 3)])

# %% [markdown]
# tanh's first layer is saturated from the start and stays so. But its outputs lie between −1 and 1 whatever comes in, so that the next layers are in order and learn. ReLU's outputs grow with the pixels, 64 times, from layer to layer; the first steps are far too large, and most units of the last convolution die. A rate small enough for the first steps (of the rates tried 0.0003 was best, where 0.01 fits divided pixels) is too small for the rest.
#
# So ReLU is faster where batch norm gives the signal its size; from pixels that are too large it suffers more than tanh. Why tanh likes doubled weights no run separates; probably because its slope stays below 1, so that Glorot's let its signal shrink. A factor of six could not show: races end after twelve epochs, and the fastest takes 5.0, and 12 / 5.0 is 2.4 (there, in four layers with batch norm, tanh needs more than that). The paper's race had another network and went down to 25 %.
#
# ## Live
#
# A stored figure must be one that can be contradicted. Four layers with batch norm, three epochs each, with a seed that is not among the stored ones:

# %%
prepare = common.cifar(examples=20_000, validation=10, tests=10)
photographs = halved(prepare(cifar))
live = {}
for label in COLOURS:
    arm = f"{label.lower()}, batch norm, 4"
    settings = dict(seed=7, rate=race["rates"][arm], epochs=3, progress=False)
    _, numbers = alexnet_conditions.train(arm, photographs, **settings)
    live[label] = 100 * numbers["errors"][-1]

# %% tags=["nbval-ignore-output"]
print("; ".join(f"{label}: {error:.1f} % misread" for label, error in live.items()))


# %% tags=["claims"]
# @title Who is ahead
def epochs(label, place):
    """Epochs to 35 % of the three runs, infinite where it was not reached."""
    return [run["epochs_to_target"] or np.inf for run in runs_of(label, *place)]


def ahead(place):
    """Whose three runs all come first: by epochs or, where nobody arrives, by the least error."""
    ours, theirs = (epochs(label, place) for label in COLOURS)
    if np.isinf([*ours, *theirs]).all():
        ours, theirs = (
            [min(run["errors"]) for run in runs_of(label, *place)] for label in COLOURS
        )
    if max(ours) < min(theirs):
        return "ReLU"
    return "tanh" if max(theirs) < min(ours) else "draw"


places = [(c, d) for c in conditions for d in alexnet_conditions.DEPTHS]
winners = {place: ahead(place) for place in places}

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.equal(
    "stored: ReLU first",
    sorted(place for place, who in winners.items() if who == "ReLU"),
    [("batch norm", 4), ("batch norm", 8), ("fitting weights", 4)],
)
score.equal(
    "stored: tanh first, weights doubled or pixels not divided",
    sum(winners[c, d] == "tanh" for c in conditions[1:3] for d in (4, 8)),
    4,
)
score.true("stored: every rate lies inside its grid", not race["at_edge"])
score.at_least(
    "stored: dead ReLUs in the last convolution, pixels not divided",
    int(shares["ReLU", "after"][-1]),
    80,
)
if not cifar.stand_in:
    score.at_least("live: tanh misreads more, points", live["tanh"] - live["ReLU"], 4)
for place, found in {
    ("fitting weights", 4): (6.0, np.inf),
    ("batch norm", 4): (5.0, np.inf),
    ("batch norm", 8): (5.8, 9.3),
    ("fitting weights", 8): (10.9, 10.3),
}.items():
    means = [round(float(np.mean(epochs(label, place))), 1) for label in COLOURS]
    assert means == [*found]
for d in (4, 8):
    fitting, doubled = ((condition, d) for condition in conditions[:2])
    assert max(epochs("tanh", doubled)) < min(epochs("tanh", fitting))
    assert min(epochs("ReLU", doubled)) > max(epochs("ReLU", fitting))
for d, told in {4: [5.0, 9.5], 8: [5.8, 7.3]}.items():  # each in its best condition
    best = [min((epochs(n, (c, d)) for c in conditions), key=np.mean) for n in COLOURS]
    assert max(best[0]) < min(best[1])
    assert [round(float(np.mean(found)), 1) for found in best] == told
assert race["rates"][f"relu, {large}, 4"] == 0.00027
assert round(12 / np.mean(epochs("ReLU", ("batch norm", 4))), 1) == 2.4
score.section()

# %% [markdown]
# **Back to** [lesson 07](../07_alexnet.ipynb)
