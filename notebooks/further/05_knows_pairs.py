# %% [markdown]
# # 05 · Further: what must a base know?
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/05_knows_pairs.ipynb)
#
# A side path of [lesson 05](../05_transfer_learning.ipynb), about 10 minutes. One network, equal pixels, and three bases: one that knows the answer, one that knows something near it, one that knows nothing.

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
from course_utils import checks, measure, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
import pandas as pd

from course_utils.recipes import transfer_labels

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="05")
plots.set_theme()
score = checks.Scorecard("05, further: what must a base know?")

# %% [markdown]
# ## A question with many labels
#
# Is a handwritten digit odd or even? MNIST has 55,000 labelled digits to learn from, so that we can ask at which number of labels borrowing stops to pay. The network is small: 784 pixels, 300 units, 100 units, two answers. It may start from three bases, each of the same shape:
#
# - **knows digits**: trained to tell all ten digits. A digit tells its parity, so its labels hold the answer.
# - **knows pairs**: trained on the same images to tell only {0, 1}, {2, 3}, {4, 5}, {6, 7}, {8, 9}. Each pair has an even and an odd digit, so its labels say *nothing* of the new question. What it can lend are strokes and curves.
# - **knows nothing**: random weights, never trained.
#
# *Frozen*: only a new head of 202 parameters learns. *Fine-tuned*: everything may move. *From scratch*: no base at all. All trainings take about as many steps, 860 to 1,040.
#
# **Sketch the error of "from scratch" against the number of labels, from 50 to 55,000. Then that of "knows digits, frozen" and of "knows pairs, frozen". Where do they cross?**

# %% tags=["hide-input"]
# @title Errors of each network, stored
stored = measure.load("transfer_labels")
counts = np.array(stored["counts"])


def errors(variant):
    """Test errors, (seeds, numbers of labels)."""
    runs = [run for run in stored["runs"] if run["arm"] == variant]
    return np.array(
        [[r["test_error"] for r in runs if r["count"] == n] for n in counts]
    ).T


# %% tags=["hide-cell"]
error = {name: errors(name) for name in transfer_labels.VARIANTS}
names = {name: variant.label for name, variant in transfer_labels.VARIANTS.items()}
shown = ["scratch", "digits_frozen", "pairs_frozen", "random_frozen"]
with plots.figure(
    size=(6, 4.2), alt="Four falling lines of error against labels."
) as ax:
    plots.curves(
        {names[name]: 100 * error[name] for name in shown},
        x=counts,
        xlabel="labelled digits",
        ylabel="test error in %, stored",
        ax=ax,
    )
    ax.set(xscale="log", yscale="log")
    ax.set_xticks(counts, [f"{count:,}" for count in counts])
    ax.set_yticks([1, 2, 5, 10, 20, 40], ["1", "2", "5", "10", "20", "40"])
    ax.minorticks_off()

# %% [markdown]
# <details><summary><b>Compare with your sketch</b></summary>
#
# With few labels both trained bases help, and the one that knows nothing does harm: it is what was learned that helps, not the freezing. Even pairs, which say nothing of odd and even, lend strokes worth having. With many labels the frozen lines go flat, and "from scratch" overtakes them: pairs at about 2,000 labels, digits at about 8,000. Features made for another question are good, not best; 202 numbers cannot repair them.
# </details>
#
# ## And fine-tuned?

# %% tags=["hide-output"]
table = pd.DataFrame(
    {
        f"{n:,}": [f"{100 * error[name][:, i].mean():.1f} %" for name in error]
        for i, n in enumerate(counts)
    },
    index=list(names.values()),
)
table[["50", "1,000", "55,000"]]

# %% [markdown]
# <details><summary><b>Compare with the table</b></summary>
#
# With 50 labels fine-tuning is *worse* than freezing: 265,802 numbers may move, and 50 labels hold them. With thousands it is better, for it has no floor. (All trainings here had one stage and one rate; two stages, as in the lesson, may do better at 50.)
# </details>
#
# And there is an answer without any label of odd or even: add up the probabilities that the digit network gives to 0, 2, 4, 6 and 8. Its error, for each of five networks:

# %%
summed = np.array([run["summed_error"] for run in stored["untrained"]])
pd.Series([f"{100 * share:.2f} %" for share in summed], name="summed").to_frame().T

# %% [markdown]
# Lower on average than any training, even with all 55,000 labels. As it is, first. ([Odd or even?](05_odd_even.ipynb) tells this story from its beginning.)
#
# [← back to the lesson](../05_transfer_learning.ipynb)

# %% tags=["claims"]
# @title Claims
few = {name: values[:, 0] for name, values in error.items()}
many = {name: values[:, -1] for name, values in error.items()}


def crossing(name):
    """Labels at which "from scratch" overtakes, along straight lines in the figure."""
    lead = np.log(error["scratch"].mean(axis=0) / error[name].mean(axis=0))
    return float(np.exp(np.interp(0, -lead, np.log(counts))))


ratio = few["scratch"].mean() / few["digits_frozen"].mean()
score.at_least("50 labels: error from scratch over knows digits", round(ratio, 2), 1.5)
ratio = few["scratch"].mean() / few["pairs_frozen"].mean()
score.at_least("50 labels: error from scratch over knows pairs", round(ratio, 2), 1.2)
harm = few["random_frozen"].min() - few["scratch"].max()
score.at_least("50 labels: knows nothing, worse than from scratch", round(harm, 3), 0)
forgot = few["digits_tuned"].min() - few["digits_frozen"].max()
score.at_least("50 labels: fine-tuned worse than frozen", round(forgot, 4), 0)
ratio = many["digits_frozen"].mean() / many["scratch"].mean()
score.at_least("55,000 labels: frozen error over from scratch", round(ratio, 2), 1.5)
pairs, digits = crossing("pairs_frozen"), crossing("digits_frozen")
score.true("crossings: pairs, then digits", 1_000 < pairs < 5_000 < digits < 55_000)
least = min(values.mean(axis=0).min() for values in error.values())
score.at_most("summed, less the best mean of all", round(summed.mean() - least, 4), 0)
score.section()

# %%
score
