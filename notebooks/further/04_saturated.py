# %% [markdown]
# # 04 · Further: saturated, yet not vanishing
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/04_saturated.ipynb)
#
# A side path of [lesson 04](../04_weight_initialization.ipynb), about 4 minutes. Large weights push tanh to its flat ends. Does the gradient vanish?

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
# @title Imports, the look of figures
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads only wait

from course_utils import checks, plots, runtime

import numpy as np
import pandas as pd

lesson = runtime.start(lesson="04")
plots.set_theme()
score = checks.Scorecard("04, further")


def forward(x, kernels, activation):
    """Send x (N, n) through the layers; return every layer's sums and signals."""
    sums, signals = [], []
    for kernel in kernels:
        sums.append(x @ kernel)
        x = activation(sums[-1])
        signals.append(x)
    return sums, signals


def backward(gradient, kernels, sums, slope):
    """Send the last signal's gradient back; return that of every layer's sums."""
    found = []
    for kernel, a in zip(kernels[::-1], sums[::-1], strict=True):
        found.append(gradient * slope(a))
        gradient = found[-1] @ kernel.T
    return found[::-1]


# %% [markdown]
# ## Most units at the flat ends
#
# A tanh unit is **saturated** when its output is near ±1, say beyond ±0.96: there its slope is below 0.08. Here are 24 layers of 256 units with weights of standard deviation scale/√256; scale 1 is Glorot's rule.


# %%
def chain(scale, depth=24, width=256, seed=0):
    """Signals and gradients of every layer."""
    rng = np.random.default_rng(seed)
    x, last = rng.normal(size=(2, 50, width))
    spread = scale / np.sqrt(width)
    kernels = [rng.normal(0, spread, (width, width)) for _ in range(depth)]
    sums, signals = forward(x, kernels, np.tanh)
    return signals, backward(last, kernels, sums, lambda a: 1 - np.tanh(a) ** 2)


# %% tags=["hide-input"]
# @title Outputs of three layers
with plots.figure(
    2,
    3,
    size=(6, 3.4),
    sharex=True,
    alt="Scale 1: one heap at 0 that narrows. Scale 5: heaps at both ends.",
) as grid:
    for row, scale in zip(grid, (1, 5), strict=True):
        signals, _ = chain(scale)
        for ax, layer in zip(row, (1, 6, 24), strict=True):
            values = signals[layer - 1].ravel()
            ax.hist(values, bins=np.linspace(-1, 1, 41), color=plots.COLOURS[0])
            ax.set(yticks=[], title=f"scale {scale}, layer {layer}")
            ax.title.set_fontsize(10)

# %% [markdown]
# At scale 5 two thirds of the units are saturated. **Is the gradient at layer 1 smaller or larger than at layer 24?**

# %% tags=["hide-output"]
rows = {}
for scale in (0.5, 1, 1.5, 2, 5, 10):
    signals, gradients = chain(scale)
    rows[scale] = {
        "saturated": np.mean(np.abs(signals[-1]) > 0.96),
        "mean slope²": np.mean([np.mean((1 - s**2) ** 2) for s in signals[1:]]),
        "gradient 1/24": np.sqrt(
            np.mean(gradients[0] ** 2) / np.mean(gradients[-1] ** 2)
        ),
    }
table = pd.DataFrame(rows).T.rename_axis("scale")
formats = {"saturated": "{:.0%}", "mean slope²": "{:.3f}", "gradient 1/24": "{:.0e}"}
table.apply(lambda column: column.map(formats[column.name].format))

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# Larger, by many powers of ten. The lesson's argument says why: on its way back the gradient's mean square is multiplied by n · Var(w) · mean of slope² = scale² · mean of slope². At scale 5 most slopes are near 0, but their mean square is still above 0.1, and 25 · 0.1 is more than 2: more than double at every layer.
# </details>
#
# So for weights with mean 0: **small ones make the gradient vanish, large ones make it grow, with tanh as with ReLU.** The sentence "saturation makes the gradient vanish" is true of single units, and of constants, whose units saturate all together. If saturated networks learn badly, one expects another reason: units that are flat for a picture learn nothing from it, and the few steep ones get a huge push, so that training jumps to and fro. We have not measured that.
#
# With sigmoid it is different: its slope² is 1/16 at most, and to make up for it weights have to be so large that few units keep that slope.

# %% tags=["claims"]
# @title Claims
score.at_least(
    "scale 5: share of saturated units", float(table.loc[5, "saturated"]), 0.5
)
ratio = float(table.loc[5, "gradient 1/24"])
score.at_least("scale 5: gradient at layer 1 over layer 24", ratio, 1e4)
argued = (25 * table.loc[5, "mean slope²"]) ** (23 / 2)
apart = float(abs(np.log10(argued / ratio)))
score.at_most("argued and measured: powers of ten apart", apart, 0.5)
score.at_least("scale 5: mean slope²", float(table.loc[5, "mean slope²"]), 0.1)
small = float(table.loc[0.5, "gradient 1/24"])
score.at_most("scale 0.5: gradient at layer 1 over layer 24", small, 1e-4)
score.section()

# %% [markdown]
# Back to [lesson 04](../04_weight_initialization.ipynb).
