# %% [markdown]
# # 04 · Weight initialization: solutions
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/solutions/04_weight_initialization_solutions.ipynb)
#
# [← the lesson](../04_weight_initialization.ipynb) · [all lessons](../START_HERE.ipynb)
#
# **You will be able to**
# - compare your answers to the exercises of lesson 04 with worked ones;
# - say for each why the usual wrong answer is wrong.
#
# **Before this:** lesson 04 and an attempt of your own.
#
# **Time:** about 12 minutes; the code runs in a few seconds.
#
# **Data:** none; random numbers alone.

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

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
from scipy.special import expit

from course_utils.checks import lesson04, lesson04_further

lesson = runtime.start(lesson="04")
plots.set_theme()
score = checks.Scorecard("04")

# %% [markdown]
# ## Exercise 1: which hidden units can differ?
# - **A**, all 0: every gradient of a hidden or output weight contains a factor 0. No hidden unit ever changes.
# - **B**, all 0.05: incoming weights equal, outgoing weights equal. One unit, 100 times.
# - **C**, hidden random, output 0: the *first* step moves only the output weights, because nothing comes back through zeros. But the hidden values differ, so the output weights become different, and from the second step on the hidden weights move, too.
# - **D**, hidden 0.05, output random: different outgoing weights bring different gradients back. The units part at the first step.

# %%
verdict = lesson04.features({"A": "none", "B": "one", "C": "many", "D": "many"})
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 2: two faults in one function
# `[tidy] * (count - 1)` is one object several times: identical kernels. `Zeros()` for the last layer stops every gradient before it. One new object for each layer fixes both; so does the name, `["he_normal"] * count`, for each layer makes its own object from it.


# %%
def layer_starts(count):
    return [keras.initializers.HeNormal() for _ in range(count)]


assert lesson04.layer_starts(lambda count: ["he_normal"] * count).passed
verdict = lesson04.layer_starts(layer_starts)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 3: ten layers by hand
# The factor is n · Var(w)/2 = 100 · 0.01/2 = 0.5. After ten layers the mean square is 0.5¹⁰, and its root, the size, 0.5⁵ = 0.03125.

# %%
factor = 100 * 0.1**2 / 2
verdict = lesson04.size_after_ten(factor, factor ** (10 / 2))
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 4: He's deviation for a convolution
# One output value is a sum of n = 3 · 3 · 64 = 576 products. The variance is 2/576, its root 0.0589.

# %%
he_deviation = np.sqrt(2 / (3 * 3 * 64))
verdict = lesson04.he_deviation(he_deviation)
assert verdict.passed
drawn = np.asarray(keras.initializers.HeNormal(seed=1)((3, 3, 64, 128)))
ratio = float(drawn.std() / he_deviation)
score.close(
    "exercise 4: deviation of Keras's HeNormal over ours", ratio, 1, tolerance=0.01
)
verdict

# %% [markdown]
# ## Exercise 5: calibrated by data
# Measure what leaves the layer, after its ReLU, and divide the kernel by its size: ReLU passes a positive factor on, so the signal is divided, too. The next layer must get the *divided* signal. (Mishkin and Matas, 2015, do so with the sums.)


# %%
def size(values):
    return np.sqrt(np.mean(values**2))


def calibrated(x, kernels):
    found = []
    for kernel in kernels:
        number = size(np.maximum(x @ kernel, 0))
        found.append(kernel / number)
        x = np.maximum(x @ found[-1], 0)
    return found


verdict = lesson04.calibrated(calibrated)
assert verdict.passed
verdict

# %% [markdown]
# Kernels far too small, 24 layers; the first batch sets them right, and a second one finds them so:

# %%
rng = np.random.default_rng(5)
signal, second = rng.normal(size=(2, 100, 64))
kernels = calibrated(signal, rng.normal(0, 0.01, (24, 64, 64)))
for kernel in kernels:
    second = np.maximum(second @ kernel, 0)
size_of_second = float(size(second))
score.true(
    "exercise 5: size of another batch after 24 layers, a half to two",
    0.5 < size_of_second < 2,
)
print(f"size of another batch after 24 layers: {size_of_second:.1f}")

# %% [markdown]
# ## Exercise 6: four sick networks
# - **A** shrinks to 10⁻¹⁹: weights too small.
# - **B** sits near the ends of tanh (most units are *saturated*), and its gradient grows on the way back: too large.
# - **C** has a healthy size, but hardly differs from input to input: it has forgotten the input.
# - **D** has no spread from unit to unit: all units are the same, equal initial weights. (It also explodes; but first the symmetry must be broken.)

# %%
fault = {
    "A": "too small",
    "B": "too large",
    "C": "input forgotten",
    "D": "units identical",
}
verdict = lesson04.diagnose(fault)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 7: forty layers of sigmoid − ½
# A constant taken away changes no slope, so `slope` is that of sigmoid. Measure a row of deviations, a few draws each, and read it off. 4/√128 = 0.35 would keep the gradient if every slope were ¼; but the signal spreads along the curve, the mean of slope² falls, and the weights must make up for it.


# %%
def ratio(deviation, seed):
    """What `gradient_ratio(kernels, activation, slope)` of the lesson gives."""
    rng = np.random.default_rng(seed)
    x, gradient = rng.normal(size=(2, 50, 128))
    kernels = rng.normal(0, deviation, (40, 128, 128))
    slopes, sizes = [], []
    for kernel in kernels:
        x = expit(x @ kernel) - 0.5
        slopes.append((x + 0.5) * (0.5 - x))  # σ · (1 − σ)
    for kernel, slope in zip(kernels[::-1], slopes[::-1], strict=True):
        sizes.append(size(gradient * slope))
        gradient = (gradient * slope) @ kernel.T
    return sizes[-1] / sizes[0]


deviations = [0.35, 0.38, 0.40, 0.42, 0.44, 0.46, 0.48, 0.50]
ratios = np.array([[ratio(d, seed) for d in deviations] for seed in range(4)])

# %% tags=["hide-input", "nbval-ignore-output"]
# @title The gradient against the weights' deviation
with plots.figure(
    size=(6, 3.4),
    alt=f"The ratio rises from {ratios[:, 0].mean():.2f} to {ratios[:, -1].mean():.1f}.",
) as ax:
    plots.curves(
        {"measured, four draws": ratios},
        x=deviations,
        xlabel="standard deviation of the weights",
        ylabel="gradient, layer 1 ÷ layer 40",
        ax=ax,
    )
    ax.axhspan(1 / 1.5, 1.5, color=plots.COLOURS[2], alpha=0.15)
    ax.set_yscale("log")
    ax.set_yticks([0.1, 0.3, 1, 3], labels=["0.1", "0.3", "1", "3"])
    ax.minorticks_off()

# %%
means = np.log(ratios).mean(axis=0)
deviation = deviations[int(np.argmin(np.abs(means)))]
verdict = lesson04.centred_sigmoid(deviation)
assert verdict.passed
verdict

# %% [markdown]
# 0.45 is a variance of 26/n. Why did sigmoid itself need 110/n? Its ½ in common makes the sums large, and where sums are large, slopes are small:

# %% tags=["hide-input"]
# @title The sums at layer 40
sizes = {}
for name, times, away in (("sigmoid, 110/n", 110, 0), ("sigmoid − ½, 26/n", 26, 0.5)):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 128))
    for _ in range(40):
        sums = x @ rng.normal(0, np.sqrt(times / 128), (128, 128))
        x = expit(sums) - away
    sizes[name] = float(size(sums))
    slope = size(expit(sums) * expit(-sums))
    print(f"{name}: size of the sums {sizes[name]:.0f}, of the slopes {slope:.2f}")
assert sizes["sigmoid, 110/n"] > 4 * sizes["sigmoid − ½, 26/n"]

# %% [markdown]
# ## Exercise 8: batch norm of feature maps
# Mean and variance over the axes 0, 1 and 2 leave one number for each channel. The running averages move in training alone, and are all that is used otherwise.


# %%
def norm_of_maps(maps, gamma, beta, mean, variance, training):
    if training:
        batch_mean, batch_variance = maps.mean(axis=(0, 1, 2)), maps.var(axis=(0, 1, 2))
        mean = 0.9 * mean + 0.1 * batch_mean
        variance = 0.9 * variance + 0.1 * batch_variance
    else:
        batch_mean, batch_variance = mean, variance
    z = (maps - batch_mean) / np.sqrt(batch_variance + 0.001)
    return gamma * z + beta, mean, variance


layer = keras.layers.BatchNormalization(momentum=0.9)
verdict = lesson04.norm_of_maps(norm_of_maps, layer)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise A (further): the limit of Glorot's uniform rule
# Numbers drawn evenly from −a to a have variance a²/3. Set a²/3 = 2/(n + m), and solve for a.


# %%
def glorot_limit(n_in, n_out):
    return np.sqrt(6 / (n_in + n_out))


verdict = lesson04_further.glorot_limit(glorot_limit)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise B (further): leaky ReLU
# One half of the sums is kept whole, the other half is multiplied by the slope, so its mean square by slope². What is left is (1 + slope²)/2, and the variance must make up for it: 2/(n · (1 + slope²)).


# %%
def leaky_variance(n_in, slope):
    return 2 / (n_in * (1 + slope**2))


rng = np.random.default_rng(0)
x = rng.normal(size=(50, 128))
for _ in range(20):
    sums = x @ rng.normal(0, np.sqrt(leaky_variance(128, 0.3)), (128, 128))
    x = np.where(sums > 0, sums, 0.3 * sums)
verdict = lesson04_further.leaky_variance(leaky_variance)
assert verdict.passed
size = float(np.sqrt(np.mean(x**2)))
score.true("exercise B: size after 20 leaky layers, a third to three", 1 / 3 < size < 3)
verdict

# %%
score.at_most("exercise 7: gradient ratio at 0.35", round(ratios[:, 0].mean(), 2), 0.15)
score.at_least("exercise 7: at 0.50", round(ratios[:, -1].mean(), 1), 2)
score
