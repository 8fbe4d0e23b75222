# %% [markdown]
# # 07 · Further: five steps from LeNet-5 to AlexNet
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/07_from_lenet.ipynb)
#
# A side path of [lesson 07](../07_alexnet.ipynb), about 7 minutes. Fourteen years lie between the two networks, and many changes. Which of them read photographs better?

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

from course_utils.recipes import alexnet_staircase, common
from course_utils.recipes.resnet_race import halved

lesson = runtime.start(lesson="07")
plots.set_theme()
score = checks.Scorecard("07, further")
stairs = measure.load("alexnet_staircase")
cifar = datasets.load("cifar10")

# %% [markdown]
# ## One change a step
#
# All networks see the same 20,000 photographs of CIFAR-10, shrunk to 16×16 pixels. Each keeps what the steps before it brought:
#
# | step | what is new |
# |---|---|
# | LeNet-5 | two 5×5 convolutions of 6 and 16 filters, tanh, means of 2×2, dense layers of 120 and 84 units |
# | ReLU | in place of tanh, with He's initial weights in place of Glorot's |
# | overlapping maxima | the greatest of 3×3, moved by 2, in place of means |
# | more filters | 16 and 40; dense layers of 240 and 168 units |
# | more layers | three 3×3 convolutions of 64, 64 and 40 filters before the dense layers |
# | mirror images | a photograph or its mirror image, drawn anew in each epoch |
#
# Fifteen epochs, Adam in one cycle of the rate. Each step has the rate that served it best on *validation* photographs; the test photographs were looked at once, at the end. Three draws each. (Stored; `python -m course_utils.measure alexnet_staircase` repeats it. What *dropout* is worth takes longer trainings: section 5 of the lesson.)
#
# **Which step gains most? And does any of them lose?**

# %% tags=["hide-cell"]
# @title The stored runs
steps = list(stairs["arms"])
ends = {
    part: {
        step: [100 * r[f"{part}_accuracy"] for r in stairs["runs"] if r["arm"] == step]
        for step in steps
    }
    for part in ("train", "test")
}
means = {part: [float(np.mean(runs[s])) for s in steps] for part, runs in ends.items()}
alt = f"Test accuracy in %, step by step: {np.round(means['test'], 1).tolist()}."
with plots.figure(size=(6, 4.2), alt=alt) as ax:
    plots.spread(
        ends["test"],
        xlabel="test accuracy (%)",
        colours=dict.fromkeys(steps, plots.COLOURS[0]),
        ax=ax,
    )

# %% tags=["hide-output"]
errors = [common.standard_error(ends["test"][step]) for step in steps]
table = pd.DataFrame(means, index=steps)
table.columns = ["training photographs", "test photographs"]
table["± standard error"] = errors
table["gained (test)"] = table["test photographs"].diff()
table.round(1)

# %% [markdown]
# <details><summary><b>Compare with your answers</b></summary>
#
# More filters gain most (6.7 points), ReLU comes next (4.5 ± 0.2). Maxima in place of means: 0.7 ± 0.4, which may be chance. (The lesson takes away the overlap alone, of an AlexNet on flowers, and finds no gain, either.)
#
# And **more layers lose** 2.4. The network of the step before classified 96 % of its *training* photographs rightly, so there was nothing left to fit; the deeper one fits them as well, and new ones worse. That is overfitting. Mirror images, twice as many photographs for nothing, win it back and more, and pull the training accuracy down to 80 %.
#
# So the steps are no sum. What a larger network needs comes with it: more data, real or made. The authors of 2012 had 1.28 million photographs, and still said that without shifts and mirror images their network would have had to be much smaller.
# </details>
#
# What this cannot say: whether the layers would pay with mirror images from the start (that step was not taken), and what would come of larger pictures. The order of steps is ours; another order would give other gains.
#
# ## Live
#
# A stored figure must be one that can be contradicted. LeNet-5 with tanh and with ReLU, six epochs, a draw that is not among the stored ones, each at its stored rate:

# %%
photographs = halved(common.cifar(examples=10_000, validation=1_000)(cifar))
read = {}
for step in ("LeNet-5", "ReLU"):
    settings = dict(seed=7, rate=stairs["rates"][step], epochs=6, progress=False)
    _, numbers = alexnet_staircase.train(step, photographs, **settings)
    read[step] = 100 * numbers["test_accuracy"]

# %% tags=["nbval-ignore-output"]
print("; ".join(f"{step}: {accuracy:.1f} %" for step, accuracy in read.items()))

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
gains = dict(zip(steps[1:], np.diff(means["test"]), strict=True))
score.at_least("stored: ReLU for tanh, points", gains["ReLU"], 3)
score.at_least("stored: more filters, points", gains["more filters"], 5)
score.at_most("stored: more layers, points", gains["more layers"], -1)
score.at_least("stored: mirror images, points", gains["mirror images"], 2)
score.true("stored: every rate lies inside its grid", not stairs["at_edge"])
assert [round(gains[s], 1) for s in steps[1:]] == [4.5, 0.7, 6.7, -2.4, 3.0]
apart = [
    round(float(np.hypot(*pair)), 1)
    for pair in zip(errors[:-1], errors[1:], strict=True)
]
assert apart[:2] == [0.2, 0.4]  # standard errors of the first two gains
fits = {step: round(mean) for step, mean in zip(steps, means["train"], strict=True)}
assert [fits[s] for s in steps[3:]] == [96, 96, 80]
assert max(gains, key=gains.get) == "more filters"
if not cifar.stand_in:
    score.at_least("live: ReLU over tanh, points", read["ReLU"] - read["LeNet-5"], 0)
score.section()

# %% [markdown]
# **Back to** [lesson 07](../07_alexnet.ipynb)
