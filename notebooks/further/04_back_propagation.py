# %% [markdown]
# # 04 · Further: back-propagation
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/04_back_propagation.ipynb)
#
# A side path of [lesson 04](../04_weight_initialization.ipynb), about 8 minutes. `fit` finds the slope of the loss for every weight at once. How?

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
# @title Imports, the look of figures, one digit
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads only wait

from course_utils import checks, plots, runtime

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.datasets import load_digits

lesson = runtime.start(lesson="04")
plots.set_theme()
score = checks.Scorecard("04, further")
picture, digit = load_digits().images[5] / 16, load_digits().target[5]

# %% [markdown]
# ## A network in five lines
#
# One kernel, ReLU, max pooling, a dense layer, softmax, cross-entropy: everything that a large network has, once. The picture has 8×8 pixels, the map 6×6, the pooled map 3×3.

# %%
rng = np.random.default_rng(10)
kernel, dense, bias = (
    rng.normal(0, 0.5, (3, 3)),
    rng.normal(0, 0.5, (9, 10)),
    np.zeros(10),
)
truth = np.eye(10)[digit]


def forward(picture, kernel, dense, bias):
    """Return what each step hands on, the loss last."""
    sums = (sliding_window_view(picture, (3, 3)) * kernel).sum((2, 3))  # (6, 6)
    active = np.maximum(sums, 0)
    pooled = active.reshape(3, 2, 3, 2).max((1, 3))  # (3, 3)
    scores = pooled.ravel() @ dense + bias  # (10,)
    p = np.exp(scores - scores.max())
    p = p / p.sum()
    return sums, active, pooled, p, -np.log(p @ truth)


sums, active, pooled, p, loss = forward(picture, kernel, dense, bias)
print(f"a {digit}: probability {p[digit]:.3f}, loss {loss:.3f}")

# %% [markdown]
# There are 109 weights. Nudging each would take two runs of the network a weight; with a million weights nobody waits for that. **Back-propagation** takes one run back. It begins at the loss, and each step answers one question: *I know how the loss changes with what I handed on (`g`). How does it change with what I was given, and with my weights?* That is the chain rule, each factor computed once.
#
# | step | to what it was given | to its weights |
# |---|---|---|
# | softmax and cross-entropy | p − t | |
# | dense: x·W + b | g·Wᵀ | W: each x times each g; b: g |
# | max pooling | g to the place of the maximum, 0 to the others | |
# | ReLU | g where the sum was positive, else 0 | |
# | convolution | at each place the kernel, times g, laid down and added | each weight: the pixels that it met, times g, added |
#
# **Why p − t?** The loss is $-\ln p_t = -z_t + \ln \sum_j e^{z_j}$. Move score $z_k$: the sum's logarithm changes by $e^{z_k} / \sum_j e^{z_j} = p_k$, and the first part by −1 if k is the true class. What is too probable is pushed down by as much as it is too probable.


# %%
def backward(picture, kernel, dense, bias):
    """Return the gradients of picture, sums, active, pooled, kernel, dense and bias."""
    sums, active, pooled, p, _ = forward(picture, kernel, dense, bias)
    g = p - truth  # softmax and cross-entropy
    to_dense, to_bias = np.outer(pooled.ravel(), g), g
    to_pooled = (dense @ g).reshape(3, 3)  # through the dense layer
    won = active == np.kron(pooled, np.ones((2, 2)))  # the place of each maximum
    to_active = np.kron(to_pooled, np.ones((2, 2))) * won
    to_sums = to_active * (sums > 0)  # through the ReLU
    windows = sliding_window_view(picture, (3, 3))
    to_kernel = (windows * to_sums[:, :, None, None]).sum((0, 1))
    to_picture = np.zeros_like(picture)
    for row, column in np.ndindex(to_sums.shape):
        laid = to_sums[row, column] * kernel
        to_picture[row : row + 3, column : column + 3] += laid
    return to_picture, to_sums, to_active, to_pooled, to_kernel, to_dense, to_bias


# %% [markdown]
# (A kernel that is laid down: [lesson 02](../02_filters.ipynb) did it. And where two of four are equal, as zeros are, `won` names both; ReLU then stops them.)
#
# **The map has 36 places. At how many does the kernel learn anything?**

# %% tags=["hide-output"]
gradients = backward(picture, kernel, dense, bias)
to_picture, to_sums, to_active, to_pooled, to_kernel, to_dense, to_bias = gradients
print(f"{np.count_nonzero(to_sums)} of {to_sums.size} places")

# %% [markdown]
# <details><summary><b>Compare with your number</b></summary>
#
# At six: one in each window of the pool, so nine at most, and three of the nine maxima are not positive. At all other places the sum could have been a little different, and the loss would be the same.
# </details>
#
# There and back, red above zero and blue below, each map on a scale of its own:

# %% tags=["hide-input"]
# @title The way there and the way back
names = ["picture", "sums", "ReLU", "pooled"]
ways = {
    "value": [picture, sums, active, pooled],
    "gradient": [to_picture, to_sums, to_active, to_pooled],
}
with plots.figure(
    2,
    4,
    size=(6, 3.4),
    alt="Above, a digit, its map, the map after ReLU and pooled; below, their gradients.",
) as grid:
    for row, (way, maps) in zip(grid, ways.items(), strict=True):
        for ax, name, values in zip(row, names, maps, strict=True):
            plots.show_image(values, signed=True, title=f"{name}: {way}", ax=ax)
            ax.title.set_fontsize(9)

# %% [markdown]
# Read the lower row from right to left: the dense layer tells nine numbers, each finds its place, the kernel spreads them over the pixels. (The last map, to the pixels, is what asks a network "which pixels matter?".)
#
# ## Never trust slopes derived by hand
#
# Nudge every number up and down, and compare:


# %%
def nudged(number, step=1e-5):
    """How the loss changes with the entries of one of the four arguments."""
    given = [picture, kernel, dense, bias]
    slopes = np.zeros_like(given[number])
    for place in np.ndindex(slopes.shape):
        losses = []
        for sign in (1, -1):
            moved = [array.copy() for array in given]
            moved[number][place] += sign * step
            losses.append(forward(*moved)[-1])
        slopes[place] = (losses[0] - losses[1]) / (2 * step)
    return slopes


# %%
formula = {
    "picture": (to_picture, 0),
    "kernel": (to_kernel, 1),
    "dense": (to_dense, 2),
    "bias": (to_bias, 3),
}
gaps = {n: np.abs(g - nudged(place)).max() for n, (g, place) in formula.items()}
sizes = {name: gradient.size for name, (gradient, _) in formula.items()}
pd.DataFrame(
    {
        "numbers": sizes,
        "agree to 7 decimals": {n: gap < 5e-8 for n, gap in gaps.items()},
    }
)

# %% [markdown]
# One run there and one back cost about as much as three runs there, however many weights there are: to the weights and to what was given, each step makes as many products as it did forwards. (A step needs what it was given, so all maps are kept until the way back: that is the memory that training takes.) Keras writes the way back by itself.

# %% tags=["claims"]
# @title Claims
score.at_most("formula against nudges, greatest gap", float(max(gaps.values())), 5e-8)
step = [
    a - 0.1 * g
    for a, (g, _) in zip((kernel, dense, bias), list(formula.values())[1:], strict=True)
]
score.true(
    "a step against the gradient lowers the loss", forward(picture, *step)[-1] < loss
)
score.equal("places at which the kernel learns", np.count_nonzero(to_sums), 6)
score.section()

# %% [markdown]
# Back to [lesson 04](../04_weight_initialization.ipynb).
