# %% [markdown]
# # 04 · Further: the papers beside ours
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/04_papers.ipynb)
#
# A side path of [lesson 04](../04_weight_initialization.ipynb), about 7 minutes. What Glorot and He reported, what we measure, and whether He's rule is better in a network of two layers.

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
# @title Imports, the look of figures, the stored runs
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads only wait

from course_utils import checks, measure, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
import pandas as pd

from course_utils.checks import lesson04_further
from course_utils.recipes import initialization

lesson = runtime.start(lesson="04")
plots.set_theme()
score = checks.Scorecard("04, further")
stored = measure.load("initialization")["runs"]

# %% [markdown]
# ## Glorot and Bengio, 2010: tanh
#
# The rule of the time was even from −1/√n to 1/√n. An even draw from −a to a has variance a²/3, so this is 1/(3n): each layer divides the mean square by three at least. Five tanh layers of 1,000 units, as in their figures:

# %%
rng = np.random.default_rng(11)
factors = {}
for rule, limit in {"1/√n": 1 / np.sqrt(1000), "Glorot": np.sqrt(6 / 2000)}.items():
    x, squares = rng.normal(size=(50, 1000)), []
    for _ in range(5):
        x = np.tanh(x @ rng.uniform(-limit, limit, (1000, 1000)))
        squares.append(np.mean(x**2))
    factors[rule] = [b / a for a, b in zip(squares, squares[1:], strict=False)]
pd.DataFrame(factors, index=["1 → 2", "2 → 3", "3 → 4", "4 → 5"]).round(2)

# %% [markdown]
# Glorot's factor is below 1, too: tanh shrinks what is not near 0, and less and less as the signal gets smaller.
#
# ## He and others, 2015: ReLU
#
# | paper | ours (section 7 of the lesson) |
# |---|---|
# | 22 convolutional layers learn with both rules, He's sooner | 20 dense layers, rate of their own: both learn, He's ends one to two points ahead with plain descent or momentum |
# | 30 layers learn with He's rule, Glorot's stall | the same, with plain descent and with momentum; with Adam two of three runs learn as well |
#
# They trained for many epochs on a million photographs, we for eight on 20,000 digits. The depth at which it happens agrees all the more remarkably; it depends on width, data and time, so it is partly luck.
#
# **Exercise B.** The paper also has a *leaky* ReLU, which multiplies negative sums by a slope (0.1, say) instead of setting them to 0. Which variance keeps the mean square? Repeat step 3 of the lesson.


# %%
def leaky_variance(n_in, slope): ...


lesson04_further.leaky_variance(leaky_variance)

# %% [markdown]
# ## "He is better": a beginners' experiment, repeated
#
# 784 → 256 → 128 → 10, ReLU, MNIST, plain descent with rate 0.01, batches of 32, ten epochs, a tenth of the training digits held back. Somebody trains it once with He normal and once with Glorot uniform and reports: "He is better". **What is missing?**
#
# <details><summary><b>Compare with your list</b></summary>
#
# Several seeds each: initial weights and order are chance. One change at a time: here the variance changes *and* the family, normal or uniform. A table.
# </details>
#
# The whole comparison is stored: six rules, five seeds each (`python -m course_utils.measure initialization`).

# %% tags=["hide-input"]
# @title Six rules, five seeds
names = (
    "normal",
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "zeros",
)
runs = {
    name: np.array([run["test_accuracy"] for run in stored if run["arm"] == name])
    for name in names
}
ends = {initialization.VARIANTS[n].label: 100 * runs[n][:, -1] for n in names[:5]}
plots.spread(
    {label.replace(", ", ",\n"): values for label, values in ends.items()},
    xlabel="test accuracy in %, stored (zeros: 11.35)",
    alt="Deviation 0.01 near 94.1 %, both Glorot and both He rules near 96.6 %.",
)

# %% [markdown]
# The rules differ by variance (He's is 1.3 times Glorot's in the first layer, 1.5 times in the second) and by family. Differences seed by seed, in points:

# %%
last = {name: 100 * values[:, -1] for name, values in runs.items()}
uniform = last["he_uniform"] - last["glorot_uniform"]
normal = last["he_normal"] - last["glorot_normal"]
family = last["he_normal"] - last["he_uniform"] + last["glorot_normal"]
family = (family - last["glorot_uniform"]) / 2
effects = {
    "He − Glorot, both families": (uniform + normal) / 2,
    "normal − uniform, both rules": family,
    "He normal − Glorot uniform": last["he_normal"] - last["glorot_uniform"],
}
summary = {what: [e.min(), e.mean(), e.max()] for what, e in effects.items()}
pd.DataFrame(summary, index=["least", "mean", "greatest"]).T.round(2)

# %% [markdown]
# He's variance ends ahead with every seed, by about a tenth of a point: ten digits of ten thousand. The reported pair, He normal against Glorot uniform, gives the *opposite* verdict with one seed of five. And normal or uniform makes no difference that five seeds can show. (All seeds were judged on the same 10,000 test digits: the spread over seeds does not contain the chance that lies in these. Another ten thousand digits could move all rules by a few tenths of a point together.)

# %% tags=["claims"]
# @title Claims
score.at_most("tanh, 1/(3n): greatest factor", round(max(factors["1/√n"]), 2), 0.4)
score.at_least("tanh, Glorot: least factor", round(min(factors["Glorot"]), 2), 0.5)
both = effects["He − Glorot, both families"]
score.true("He's variance ahead with every seed", both.min() > 0)
score.at_most("He's variance ahead by, mean, points", round(float(both.mean()), 2), 0.3)
pair = effects["He normal − Glorot uniform"]
score.equal("the reported pair: seeds against He", int((pair < 0).sum()), 1)
score.at_most("family: mean, points", abs(round(float(family.mean()), 2)), 0.1)
score.true("zeros: 11.35 % always", bool((runs["zeros"].round(4) == 0.1135).all()))
score.section()

# %% [markdown]
# Back to [lesson 04](../04_weight_initialization.ipynb).
