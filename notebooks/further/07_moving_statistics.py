# %% [markdown]
# # 07 · Further: statistics that lag
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/07_moving_statistics.ipynb)
#
# A side path of [lesson 07](../07_alexnet.ipynb), about 6 minutes. Batch norm keeps a running mean and variance for inference. Here is how long they take to arrive, what happens when pixels are divided by 255 twice, and five networks that all call themselves AlexNet.

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
from course_utils import checks, measure, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
import pandas as pd

from course_utils import anatomy, models

lesson = runtime.start(lesson="07")
plots.set_theme()
score = checks.Scorecard("07, further")
runs = measure.load("alexnet_batchnorm")["runs"]
BLUE, ORANGE = plots.COLOURS[:2]

# %% [markdown]
# ## How long does it take?
#
# After $t$ steps with momentum $m$, the share $m^t$ of the first value is left. **After how many steps at 0.99 is less than a hundredth left?**

# %% tags=["hide-output"]
steps = np.arange(0, 701)
lines = {f"momentum {m}": m**steps for m in (0.99, 0.9)}
alt = "Two falling curves; the one of momentum 0.9 falls ten times as fast."
with plots.figure(size=(6, 3.6), alt=alt) as ax:
    plots.curves(
        lines,
        x=steps,
        xlabel="steps",
        ylabel="share of the first value left",
        markers=False,
        ax=ax,
    )
    for number in (85, 680):
        ax.axvline(number, color="black", linestyle=":", linewidth=1)
        ax.text(number, 1.03, f"{number} steps", ha="center")

# %% [markdown]
# <details><summary><b>Compare with your number</b></summary>
#
# After 459: 0.99⁴⁵⁹ = 0.0099. The colleague of the lesson made 85 steps in five epochs, with batches of 8 she would have made 680. On ImageNet with batches of 256 one epoch has about 5,000 steps; nobody there notices. It is a trouble of small data.
# </details>
#
# ## Divided twice
#
# Many image loaders already divide pixels by 255. Whoever divides again gets pixels of 0 to 0.004, and variances 65,025 times smaller, against a running variance that began at 1. Five trainings each (stored; `python -m course_utils.measure alexnet_batchnorm` repeats them). **What will the network name now?**


# %% tags=["hide-output"]
def percent(arm, cure=False):
    chosen = [run["reestimated"] if cure else run for run in runs if run["arm"] == arm]
    return [100 * run["validation"] for run in chosen]


named = {
    "divided once": percent("notes"),
    "divided twice": percent("twice_divided"),
    "once, re-estimated": percent("notes", cure=True),
    "twice, re-estimated": percent("twice_divided", cure=True),
}
alt = f"Means {[round(float(np.mean(v)), 1) for v in named.values()]}."
with plots.figure(size=(6, 3.4), alt=alt) as ax:
    plots.spread(
        named,
        xlabel="new flowers named, in %",
        marks={"guessing": 100 / 17},
        colours=dict(zip(named, [ORANGE, ORANGE, BLUE, BLUE], strict=True)),
        ax=ax,
    )

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# One answer to everything: exactly 1 in 17, in every run. And still the network *knows*: with re-estimated statistics it names as many flowers as the other. Batch norm makes training blind to the scale of the pixels, so the mistake shows only in inference.
# </details>
#
# ## Five networks of one name
#
# Programs for flowers often train an "AlexNet" that pads only conv2, pools before it normalizes, and has batch norm: its maps run 54, 26, 12, 10, 8, 6 and end at 2×2×256 = 1,024 numbers instead of 9,216 (*A*). Another makes conv2 11×11, pools 2×2 and adds a dense layer of 1,000 (*B*). **Sort them by parameters before you open the table.**

# %% tags=["hide-output"]
model_a = anatomy.describe(models.alexnet, variant="batchnorm")
kernels_b = [(11, 3, 96), (11, 96, 256), (3, 256, 384), (3, 384, 384), (3, 384, 256)]
dense_b = [(256, 4096), (4096, 4096), (4096, 1000), (1000, 17)]
model_b = sum(side**2 * maps * filters + filters for side, maps, filters in kernels_b)
model_b += sum((inputs + 1) * units for inputs, units in dense_b)
model_b += 4 * (96 + 256 + 384 + 384 + 256 + 4096 + 4096 + 1000)  # eight batch norms
sizes = {
    "two towers, 227 pixels": anatomy.describe(models.alexnet).params,
    "two towers, 224 pixels": anatomy.describe(
        models.alexnet, input_shape=(224, 224, 3)
    ).params,
    "single tower": anatomy.describe(models.alexnet, variant="single_tower").params,
    "A": model_a.params,
    "B": model_b,
}
pd.Series(sizes, name="parameters").map("{:,}".format).to_frame()

# %% [markdown]
# A name is no description. Three pixels less at the input cost 11.5 million parameters: the last maps are 5×5 instead of 6×6.

# %% tags=["claims"]
# @title Claims
score.equal(
    "parameters of the five",
    list(sizes.values()),
    [60_965_224, 49_430_888, 62_378_344, 24_834_833, 28_096_769],
)
score.equal("A: trainable parameters", model_a.trainable_params, 24_815_697)
score.true(
    "first step with less than a hundredth left: 459", 0.99**459 < 0.01 <= 0.99**458
)
answered = [round(value, 1) for value in named["divided twice"]]
score.equal("stored: divided twice, every run, %", answered, [5.9] * 5)
score.at_least(
    "stored: divided twice, re-estimated, least, %",
    min(named["twice, re-estimated"]),
    40,
)
score.section()

# %% [markdown]
# **Back to** [lesson 07](../07_alexnet.ipynb)

# %% tags=["nbval-ignore-output"]
score
