# %% [markdown]
# # 07 · Further: response normalization
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/07_response_normalization.ipynb)
#
# A side path of [lesson 07](../07_alexnet.ipynb), about 6 minutes. AlexNet divides each value by a measure of how loud its neighbours in the channels are. By hand, by loop, by library; when it does anything at all; and what else of a famous paper does not add up.

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
from course_utils import checks, datasets, measure, plots, runtime, widgets

keras = runtime.import_keras()  # first, without TensorFlow's messages

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf

from course_utils import anatomy, inspection, models
from course_utils.checks import lesson07_further
from course_utils.layers import LocalResponseNormalization
from course_utils.recipes import alexnet_flowers

lesson = runtime.start(lesson="07")
plots.set_theme()
score = checks.Scorecard("07, further")

# %% [markdown]
# ## By hand
#
# A nerve cell that fires hard quietens its neighbours (*lateral inhibition*). At each place of the maps, the value $a_i$ of channel $i$ of $N$ is divided by a number that grows with the squares of the $n$ channels around it, itself included (at the rim there are fewer):
#
# $$b_i = \frac{a_i}{\left(k + \alpha \sum_{j=\max(0,\,i-\lfloor n/2\rfloor)}^{\min(N-1,\,i+\lfloor n/2\rfloor)} a_j^2\right)^{\beta}} \qquad k=2,\; n=5,\; \alpha=10^{-4},\; \beta=0.75$$
#
# With friendly numbers, channels 1, 2, 0, 3 and n = 3, k = 1, α = 1, β = 1: the second channel is 2/(1 + 1 + 4 + 0) = 1/3, the fourth 3/(1 + 0 + 9) = 0.3. **The loudest of the four has become smaller than which others?**


# %% tags=["hide-output"]
def normalized(a, n, k, alpha, beta):
    out = []
    for i in range(len(a)):
        neighbours = a[max(0, i - n // 2) : i + n // 2 + 1]
        out.append(a[i] / (k + alpha * np.sum(neighbours**2)) ** beta)
    return np.array(out)


normalized(np.array([1.0, 2.0, 0.0, 3.0]), n=3, k=1, alpha=1, beta=1).round(3)

# %% [markdown]
# **Exercise A (by hand).** n = 3, k = 1, α = 0.5, β = 1. At one place the channels hold 2, 4, 0, 6. What becomes of the 4? Give at least three digits.

# %%
what_becomes_of_4 = None

lesson07_further.lrn_by_hand(what_becomes_of_4)

# %% [markdown]
# ## Under a slider
#
# 24 channels at one place, before and after. Channel 11 holds 8; channels 9, 10, 12, 13 and, far away, 18 hold 2. Make α larger and watch whom the loud one quietens.


# %% tags=["hide-input", "nbval-ignore-output"]
# @title The exhibit
def draw(log_alpha):
    values = 0.3 * np.abs(np.random.default_rng(3).normal(size=24))
    values[9:14] = 2, 2, 8, 2, 2
    values[18] = 2
    after = normalized(values, n=5, k=2.0, alpha=10.0**log_alpha, beta=0.75)
    figure, ax = plt.subplots(figsize=(6, 2.8))
    places = np.arange(24)
    ax.bar(places - 0.2, values, width=0.4, label="before", color=plots.COLOURS[0])
    ax.bar(places + 0.2, after, width=0.4, label="after", color=plots.COLOURS[1])
    ax.set(xlabel="channel", ylabel="value", ylim=(0, 8.5))
    ax.legend()
    return figure


widgets.frames(
    draw,
    alt="Bars of 24 channels before and after the division; channel 11 is loud.",
    start=dict(log_alpha=-1),
    labels=dict(log_alpha="log₁₀ α"),
    log_alpha=[-5, -4, -3, -2.5, -2, -1.5, -1, 0, 1],
)

# %% [markdown]
# ## Libraries
#
# **Which of these agree with the loop?**

# %% tags=["hide-output"]
maps = np.random.default_rng(1).normal(scale=50, size=(1, 3, 3, 16)).astype("float32")
loop = np.apply_along_axis(normalized, 3, maps, n=5, k=2.0, alpha=1e-4, beta=0.75)
found = {
    "the package's layer": LocalResponseNormalization(5, k=2.0)(maps),
    "tf.nn.lrn, all set": tf.nn.lrn(maps, 2, bias=2.0, alpha=1e-4, beta=0.75),
    "tf.nn.lrn, defaults": tf.nn.lrn(maps),
    "α divided by n": tf.nn.lrn(maps, 2, bias=2.0, alpha=1e-4 / 5, beta=0.75),
}
equal = {name: np.allclose(values, loop, rtol=1e-4) for name, values in found.items()}
pd.Series(equal, name="equals the loop").to_frame()

# %% [markdown]
# TensorFlow's `depth_radius` is ⌊n/2⌋, and each of its four defaults differs from the paper: set all four. Some libraries divide α by n.
#
# ## Is it worth anything here?
#
# How much does the divisor vary after conv1, before training? Nine of ten positive values are divided by a number between these two:


# %% tags=["hide-input", "nbval-ignore-output"]
# @title The divisor
flowers = datasets.load_folder("flowers17")
(photographs, _), *_ = alexnet_flowers.parts(flowers).values()
window = alexnet_flowers.middle(photographs[:64]).astype("float32")
centred = window - window.mean(axis=(0, 1, 2))
narrow = dict(input_shape=(99, 99, 3), classes=17, width=1 / 8)


def divisors(images, rule):
    keras.utils.set_random_seed(1)
    fresh = models.alexnet("single_tower", kernel_initializer=rule, **narrow)
    found = inspection.activations(fresh, images, ["conv1", "norm1"])
    lit = found["conv1"] > 1e-6
    return np.percentile(found["conv1"][lit] / found["norm1"][lit], [5, 95])


kinds_of_pixels = [alexnet_flowers.scaled(window), centred]
divisor = {
    "paper's weights, σ = 0.01": [divisors(p, None) for p in kinds_of_pixels],
    "He's weights": [divisors(p, "he_normal") for p in kinds_of_pixels],
}
pd.DataFrame(
    {
        name: [f"{low:.2f} to {high:.2f}" for low, high in rows]
        for name, rows in divisor.items()
    },
    index=["pixels of −2 to 2", "pixels of −128 to 127"],
).T

# %% [markdown]
# With small pixels or the paper's weights it starts as nearly a constant, $2^{0.75} = 1.68$, which the next layer can undo. Stored runs on the flowers (20 epochs, with dropout and augmentation, five seeds) have four variants: with it, without it, with α = 0, which divides every value by the same $2^{0.75}$, and with it and pooling windows of 2×2, which do not overlap. **What do you expect?**

# %% tags=["hide-output"]
stored = measure.load("alexnet_flowers")["runs"]
labels = {
    "all": "with",
    "constant": "α = 0",
    "no_lrn": "without",
    "no_overlap": "with, pools 2×2",
}
named = {
    label: [100 * run["validation"] for run in stored if run["arm"] == arm]
    for arm, label in labels.items()
}
alt = f"Means {[round(float(np.mean(v)), 1) for v in named.values()]}."
with plots.figure(size=(6, 3.4), alt=alt) as ax:
    plots.spread(
        named,
        xlabel="validation flowers named after 20 epochs, in %",
        ax=ax,
    )

# %% [markdown]
# <details><summary><b>Compare with your expectation</b></summary>
#
# With it the network names some four validation flowers in a hundred more, in every seed (on test flowers the gain is smaller: lesson 07, section 4); α = 0 comes out between. So part of it may be scale alone: smaller numbers after conv1 and conv2 suit this learning rate, which was chosen with the normalization in place. Twenty epochs with dropout are an unfinished training, so this says who learns faster, and no more. Overlap: the dots of the first and the last row lie among each other.
# </details>
#
# <details><summary><b>What else does not add up in the paper, and in texts about it</b></summary>
#
# - The input is 227 pixels wide, not 224 (section 2 of the lesson).
# - It speaks of 650,000 neurons. The convolutions have 650,080 outputs, with the dense layers 659,272; the numbers in the caption of its figure 2 add up to 622,312.
# - A table that is often copied ends in 62,369,152 parameters and 1,135,906,176 operations. It has forgotten the 9,192 biases of the dense layers, and counts one addition for the bias of each output of a convolution, but none in the dense layers.
# - "Padding 2" of the pools is their *stride*. fc8 has no ReLU: it would cut all negative scores.
# </details>
#
# **Exercise B (code).** The table's second row: write the number of parameters of a convolution with square kernels of `size`, `inputs` maps, `filters` filters, each with a bias, and `groups` towers. A whole number.


# %%
def grouped_parameters(size, inputs, filters, groups):
    return None


lesson07_further.grouped_parameters(grouped_parameters)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
single = anatomy.describe(models.alexnet, variant="single_tower")
convolutions = [row for row in single.rows if row.kind == "Conv2D"]
outputs = sum(int(np.prod(row.output_shape)) for row in convolutions)
biases = 4096 + 4096 + 1000
score.equal(
    "parameters without the dense layers' biases", single.params - biases, 62_369_152
)
score.equal(
    "multiply-adds and the biases of convolutions", single.macs + outputs, 1_135_906_176
)
score.equal(
    "outputs of the convolutions, and of all layers",
    [outputs, outputs + biases],
    [650_080, 659_272],
)
steady = [*divisor["paper's weights, σ = 0.01"], divisor["He's weights"][0]]
score.at_most(
    "divisor, small pixels or paper's weights: 95th over 5th percentile",
    float(max(high / low for low, high in steady)),
    1.2,
)
low, high = divisor["He's weights"][1]
assert high / low > 1.5
score.equal("equal to the loop", list(equal.values()), [True, True, False, False])
gains = np.array(named["with"]) - np.array(named["without"])
score.at_least(
    "stored: with minus without, mean of five seeds, points", float(gains.mean()), 2
)
score.true("stored: the same sign in every seed", bool((gains > 0).all()))
apart = np.array(named["with"]) - np.array(named["with, pools 2×2"])
errors = abs(apart.mean()) / (apart.std(ddof=1) / np.sqrt(len(apart)))
score.at_most("stored: overlap, standard errors from nothing", float(errors), 2.8)
assert alexnet_flowers.VARIANTS["constant"].alpha == 0
score.section()

# %% [markdown]
# **Back to** [lesson 07](../07_alexnet.ipynb) · [solutions](../solutions/07_alexnet_solutions.ipynb)

# %% tags=["nbval-ignore-output"]
score
