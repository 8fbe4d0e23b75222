# %% [markdown]
# # 06 · Further: two recipes, one network
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/06_two_recipes.ipynb)
#
# A side path of [lesson 06](../06_lenet5.ipynb), about 8 minutes. A network is one thing, the *recipe* that trains it another. How much does the recipe do, and when should training stop?

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
# @title Imports, the look of figures, the digits
from course_utils import checks, datasets, measure, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
import pandas as pd

from course_utils.checks import lesson06_further
from course_utils.recipes import lenet_race

lesson = runtime.start(lesson="06")
plots.set_theme()
score = checks.Scorecard("06, further")
data = datasets.load("mnist")
stored = measure.load("lenet_race")

# %% [markdown]
# ## Three epochs against twenty
#
# Today's LeNet-5, Adam, 128 digits a batch, 55,000 training digits. Many tutorials go on as in the first row. The second lets the learning rate rise to ten times that and fall to almost nothing, once ("one cycle"), and standardises the pixels.

# %%
recipes = {
    "plain": lenet_race.VARIANTS["notes"],
    "one cycle": lenet_race.VARIANTS["ours"],
}
fields = ["epochs", "rate", "one_cycle", "standardised", "keep"]
pd.DataFrame(
    {
        name: [getattr(recipe, field) for field in fields]
        for name, recipe in recipes.items()
    },
    index=["epochs", "largest rate", "one cycle", "pixels standardised", "epoch kept"],
).T

# %% [markdown]
# **Can three epochs do what twenty do?** Seven trainings of each (stored; `python -m course_utils.measure lenet_race` repeats them). One dot is one training.


# %% tags=["hide-output"]
def of(arm, field):
    return np.array([run[field] for run in stored["runs"] if run["arm"] == arm])


final = {
    "plain, 20 epochs": of("notes", "accuracy"),
    "one cycle, 3 epochs": of("ours", "accuracy"),
}
plots.spread(
    {name: 100 * values for name, values in final.items()},
    xlabel="test accuracy in %",
    alt=f"Seven dots a recipe; means {[round(v.mean(), 3) for v in final.values()]}.",
)

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# On average they do better: 99.10 ± 0.03 % against 98.90 ± 0.05 % (± is the standard error of the mean), in less than a fifth of the processor time. But the ranges overlap, and the best dot of all, 99.20 %, belongs to *plain*. Whoever trains each recipe once can see either winner.
# </details>
#
# The recipes are compared as wholes; which of the changes does the work is not measured here.
#
# ## When to stop
#
# Here are the loss curves of the plain recipe, seven trainings. **After which epoch would you have stopped?**

# %%
histories = [run["history"] for run in stored["runs"] if run["arm"] == "notes"]
lines = {
    "training": [h["loss"] for h in histories],
    "validation": [h["val_loss"] for h in histories],
}
with plots.figure(
    1, 1, size=(7, 4), alt="Two loss curves over 20 epochs, each with a band."
) as ax:
    plots.curves(lines, ylabel="loss", ax=ax)
    ax.set_yscale("log")

# %% [markdown]
# The training loss falls to the end. The validation loss stops falling around epoch 10 and then rises a little: **overfitting**. How sure can we be? Compare the mean of epochs 8 to 12 with that of 16 to 20, training by training, and hold it against the jitter from one epoch to the next:

# %%
validation = np.array(lines["validation"])
early, late = validation[:, 7:12].mean(axis=1), validation[:, 15:20].mean(axis=1)
jitter = np.abs(np.diff(validation[:, 7:], axis=1)).mean()
rises = pd.DataFrame({"early": early, "late": late, "late / early": late / early})
rises.round(4)

# %% [markdown]
# In six of seven the loss is higher at the end, on average by an eighth, which is about the jitter of a single epoch. So the trend is there, and no single training could have shown it. It is common to compare the *lowest* epoch of one run with its *last* (0.0323 and 0.0557 in one well-known log): that sets the luckiest moment against whatever came last.
#
# The accuracy hardly moves meanwhile. What spoils is the certainty: the network grows surer of its wrong answers, and the loss says so. So let *validation* digits decide when to stop (`monitor="val_loss"`), and look at the test set once.
#
# **Exercise A (find the error).** A colleague: "I trained for seven epochs, looked at the test accuracy after each, and report the best." Which epoch (counted from 1) does the validation loss choose, and which test accuracy (such as 0.95) may be reported?

# %%
validation_loss = [0.21, 0.12, 0.09, 0.08, 0.083, 0.09, 0.10]
test_accuracy = [0.941, 0.968, 0.975, 0.978, 0.981, 0.979, 0.977]
epoch, accuracy = None, None

lesson06_further.honest_report(epoch, accuracy)

# %% [markdown]
# ## Can the stored numbers be contradicted?
#
# Both recipes once, here and now, for three epochs, beside the seven stored trainings after as many:

# %% tags=["nbval-ignore-output"]
epochs = 3 if not data.stand_in else 9
live = {}
for name, arm in (("plain", "notes"), ("one cycle", "ours")):
    _, run = lenet_race.train(arm, data, seed=0, epochs=epochs, progress=False)
    after = np.array([curve[2] for curve in of(arm, "test_accuracy")])
    live[name] = [run["accuracy"], after.min(), after.max()]
columns = ["here", "stored, least", "stored, greatest"]
table = pd.DataFrame(live, index=columns).T
table.map("{:.2%}".format)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
plain, cycle = final.values()
error = np.hypot(plain.std(ddof=1), cycle.std(ddof=1)) / np.sqrt(7)
score.at_least(
    "stored: one cycle ahead, in standard errors",
    (cycle.mean() - plain.mean()) / error,
    3,
)
score.true("stored: the best single training is a plain one", plain.max() > cycle.max())
share = (of("ours", "processor_seconds") / of("notes", "processor_seconds")).max()
score.at_most("stored: processor time, one cycle over plain, worst", share, 0.2)
score.equal(
    "stored: trainings whose validation loss rises", int((late > early).sum()), 6
)
score.close(
    "stored: rise over jitter",
    float((late - early).mean() / jitter),
    1.0,
    tolerance=0.5,
)
score.at_least(
    "here: one cycle ahead of plain",
    live["one cycle"][0] - live["plain"][0],
    0.002 if not data.stand_in else -0.02,
)
if not data.stand_in:
    for name, (here, low, high) in live.items():
        score.true(
            f"here: {name} within 0.3 points of the stored",
            low - 0.003 <= here <= high + 0.003,
        )
score.section()

# %% [markdown]
# Back to [lesson 06](../06_lenet5.ipynb).
