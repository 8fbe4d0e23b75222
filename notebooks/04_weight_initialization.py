# %% [markdown]
# # 04 · Weight initialization
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/04_weight_initialization.ipynb)
#
# [← 03 · MLP against CNN](03_mlp_vs_cnn.ipynb) · [all lessons](START_HERE.ipynb) · [solutions](solutions/04_weight_initialization_solutions.ipynb) · further: [back-propagation](further/04_back_propagation.ipynb), [Keras's arithmetic](further/04_keras_arithmetic.ipynb), [saturated, yet not vanishing](further/04_saturated.ipynb), [the papers beside ours](further/04_papers.ipynb) · [05 · Transfer learning →](05_transfer_learning.ipynb)
#
# **The question.** A network's weights start as random numbers. What must they be so that a digit survives twenty layers, and does it matter in the end?
#
# **You will be able to**
# - say when equal weights stay equal;
# - derive by what factor a layer multiplies a signal and a gradient;
# - recognise a signal that is too small, too large or has forgotten its input;
# - build batch normalization, forward and backward;
# - judge a claim about initial weights.
#
# **Before this:** lesson 03 (dense layers, training with Keras); mean, variance, chain rule.
#
# **Time:** about 36 minutes of reading, about 55 more for the eight exercises; the code runs in about a minute on two CPU cores.
#
# **Data:** MNIST; where it is unavailable, small digits. Numbers in the text and figures marked *stored* are MNIST's.

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
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads only wait

from course_utils import checks, datasets, measure, plots, runtime, widgets

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
import pandas as pd
from keras import layers
from numpy.lib.stride_tricks import sliding_window_view
from scipy.special import expit

from course_utils.checks import lesson04

lesson = runtime.start(lesson="04")
plots.set_theme()
score = checks.Scorecard("04")
data = datasets.load("mnist")
real = not data.stand_in
few = data.subset(train=10_000 if real else len(data.x_train), test=2_000)
mean, deviation = few.x_train.mean(), few.x_train.std()


def standardized(images):
    """Pixels with mean 0 and mean square 1, over the training digits."""
    return ((images - mean) / deviation).astype("float32")


x, y = standardized(few.x_train), few.y_train.astype("int32")
x_test, y_test = standardized(few.x_test), few.y_test.astype("int32")
epochs = 2 if real else 10
BLUE, ORANGE, GREEN, PURPLE, RED = plots.COLOURS[:5]
COLOURS = {"He": BLUE, "Glorot": ORANGE, "batch norm": GREEN, "normal 0.01": PURPLE}
COLOURS["twice He"] = RED
INK, GREY = "#24292f", "#8c959f"  # where no rule is meant
VARIANCE = {  # of n weights into a unit and m out of it
    "normal 0.01": lambda n, m: 0.01**2,
    "Glorot": lambda n, m: 2 / (n + m),
    "He": lambda n, m: 2 / n,
    "twice He": lambda n, m: 4 / n,
}


# %% tags=["setup"]
# @title A chain of convolutions, not trained
def convolutions(maps, rule, activation, depth=20, channels=16, seed=0):
    """Maps (N, 28, 28, 1) in; those (N, 28, 28, 16) of every layer of an untrained chain out."""
    rng, found = np.random.default_rng(seed), []
    maps = maps.astype(float)  # 16 digits: a difference of 1e-13 is no rounding
    for _ in range(depth):
        n, m = 9 * maps.shape[-1], 9 * channels
        kernel = rng.normal(size=(3, 3, maps.shape[-1], channels))
        kernel *= np.sqrt(VARIANCE[rule](n, m))
        padded = np.pad(maps, ((0, 0), (1, 1), (1, 1), (0, 0)))
        windows = sliding_window_view(padded, (3, 3), (1, 2))  # (N, 28, 28, C, 3, 3)
        maps = activation(np.tensordot(windows, kernel, ((4, 5, 3), (0, 1, 2))))
        found.append(maps)
    return found


def rms(values):
    return float(np.sqrt(np.mean(np.asarray(values, dtype=float) ** 2)))


def sample(digit):
    """The first test picture of a digit, standardized, (1, 28, 28, 1)."""
    return standardized(data.x_test[data.y_test == digit][:1])[..., None]


def strongest(maps):
    """The map of the first picture that has the greatest mean square; both pictures' (2, 28, 28)."""
    return np.moveaxis(maps, -1, 1)[
        :, (maps[0].astype(float) ** 2).sum((0, 1)).argmax()
    ]


# %% [markdown]
# ## 1 · A seven goes in
#
# This seven passes through 20 convolutional layers with ReLU. Of each layer's 16 maps you see the strongest:

# %% tags=["hide-input", "slide"]
# @title A digit on its way through twenty untrained layers
seven, shown = sample(7), (1, 2, 4, 8, 16)


def journey(rule, alt):
    maps = convolutions(seven, rule, lambda a: np.maximum(a, 0))
    plots.show_images(
        [seven[0], *(strongest(maps[layer - 1])[0] for layer in shown)],
        titles=["input", *(f"layer {layer}" for layer in shown)],
        columns=3,
        size=1.6,
        signed=True,
        limits=(-2, 2),
        scale="value",
        alt=alt,
    )
    return maps


fading = journey("Glorot", "A seven, paler after each layer, gone by the sixteenth.")

# %% [markdown]
# Nobody trained these layers. Their **initial weights** are random numbers of the size that Keras takes unless told otherwise (*Glorot's*, section 3). By layer 16 nothing is left to see.
#
# Does training bring it back? We ask *dense* layers: they train faster and fade by the same rule (section 3). Plain gradient descent, batch by batch (*SGD*, stochastic gradient descent), rate 0.01:


# %%
def chain(depth, initial="glorot_uniform", norm=False):
    """`depth` layers of 64 ReLU units; "glorot_uniform" is Keras's own choice."""
    network = keras.Sequential([keras.Input((28, 28)), layers.Flatten()])
    for _ in range(depth):
        network.add(layers.Dense(64, kernel_initializer=initial))
        if norm:
            network.add(layers.BatchNormalization(momentum=0.9))  # section 6
        network.add(layers.ReLU())
    network.add(layers.Dense(10, "softmax", kernel_initializer=initial))
    return network


# %%
def trained(network, optimizer):
    # x: 10,000 digits with mean 0 and mean square 1; y: their labels
    loss = "sparse_categorical_crossentropy"
    # without just-in-time compilation, which takes longer than these short runs
    network.compile(optimizer, loss, metrics=["accuracy"], jit_compile=False)
    network.fit(x, y, batch_size=32, epochs=epochs, verbose=0)
    return network


def accuracy(network):
    return network.evaluate(x_test, y_test, batch_size=500, verbose=0)[1]


# %% [markdown]
# Twenty hidden layers can do all that two can: eighteen need only pass their input on. **Both learn from 10,000 digits, for two epochs. Of 100 test digits, how many will each read?**

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
SGD = keras.optimizers.SGD
reads = {}
for depth in (2, 20):
    keras.utils.set_random_seed(0)
    reads[depth] = accuracy(trained(chain(depth), SGD(0.01)))
read = 100 * pd.Series(reads, name="test digits read")
read.map("{:.0f} %".format).to_frame().rename_axis("hidden layers", axis=1)

# %% [markdown]
# <details><summary><b>Compare with your numbers</b></summary>
#
# The shallow chain reads nearly nine of ten digits, the deep one hardly more than guessing: it does not start to learn.
# </details>

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.at_least("2 layers: test digits read", reads[2], 0.65)
score.at_most("20 layers: test digits read", reads[20], 0.5)
score.section()

# %% [markdown]
# ## 2 · Must the numbers be random?
#
# ### All zero
#
# The slopes of the loss are its *gradient* (lesson 02).
#
# *By hand:* inputs 1 and 2, two hidden ReLU units, one output that should be 3; all weights and biases 0.
#
# - Forward: the hidden values are 0, the output is 0, the error is 0 − 3 = −3 (the loss is half its square).
# - Gradient of an output weight = hidden value · error = 0 · (−3) = 0.
# - Gradient of a hidden weight (bias: without the input) = input · ReLU's slope (at 0 it counts as 0) · output weight · error = 1 · 0 · 0 · (−3) = 0.
# - Gradient of the output bias = error = −3.
#
# Only the output bias moves, in every step. Now 784 → 256 → 128 → 10 with ReLU, 235,146 zeros. **How many test digits will it read?**


# %%
def shallow(first, rest):
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(256, "relu", kernel_initializer=first, name="hidden1"),
            layers.Dense(128, "relu", kernel_initializer=rest, name="hidden2"),
            layers.Dense(10, "softmax", kernel_initializer=rest, name="output"),
        ]
    )


# %% tags=["hide-output", "nbval-ignore-output"]
zeros = trained(shallow("zeros", "zeros"), SGD(0.1))
everything = standardized(data.x_test), data.y_test.astype("int32")
zero_loss, zero_accuracy = zeros.evaluate(*everything, batch_size=500, verbose=0)
percent = 100 * zero_accuracy
print(f"of {len(data.y_test):,} test digits: {percent:.2f} %, loss {zero_loss:.4f}")
arrays = {v.path.split("/", 1)[1]: v.numpy() for v in zeros.trainable_variables}
moved = {name: np.abs(array).max() for name, array in arrays.items()}
pd.Series(moved, name="largest value").round(3).to_frame()

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# Only the ten output biases move. They learn how common each digit is, so the answer is always "1", MNIST's commonest digit: 11.35 %, loss near 2.301.
# </details>
#
# ### All equal, but not zero
#
# With 0.01 everywhere gradients do flow. Three networks: *all* weights start at 0.01; only those of the *first* layer; none. You will see what five units of the first layer learned: weights after training minus before. **In which networks will the five be alike?**

# %% tags=["nbval-ignore-output"]
equal = keras.initializers.Constant(0.01)
starts = {
    "all 0.01": (equal, equal),
    "first 0.01": (equal, "he_normal"),
    "all random": ("he_normal", "he_normal"),
}
learned, apart = {}, {}
for name, (first, rest) in starts.items():
    keras.utils.set_random_seed(1)
    network = shallow(first, rest)
    before = network.get_layer("hidden1").get_weights()[0]  # (784, 256)
    trained(network, SGD(0.01))
    learned[name] = network.get_layer("hidden1").get_weights()[0] - before
    apart[name] = float(np.ptp(learned[name], axis=1).max())  # most minus least

# %% tags=["hide-cell", "nbval-ignore-output", "slide"]
# @title What five units learned
plots.show_images(
    [
        change[:, unit].reshape(28, 28)
        for change in learned.values()
        for unit in range(5)
    ],
    titles=[name if unit == 0 else " " for name in learned for unit in range(5)],
    columns=5,
    size=1.15,
    signed=True,
    alt=f"Largest difference between units: {np.round(list(apart.values()), 2)}.",
)

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# Only in the first (red: grew, blue: shrank; each picture on its own scale). Its 256 units are one. In the second they start as equal, and part.
#
# **The precise condition:** two units of a layer stay equal if their *incoming* weights (and biases) are equal **and** their *outgoing* weights are equal. Then both give the same values and receive the same gradient. If one of the two fails, they usually part.
# </details>
#
# Randomness **breaks the symmetry**. Biases may start at 0.
#
# **Exercise 1 (predict).** Inputs → 100 hidden ReLU units → softmax, biases 0. What can training make of the hidden units: `"none"` (none ever changes), `"one"` (all stay equal) or `"many"` (they differ)? A: all weights 0. B: all 0.05. C: hidden weights random, output weights 0. D: hidden weights 0.05, output weights random.

# %%
features = {"A": None, "B": None, "C": None, "D": None}

lesson04.features(features)

# %% [markdown]
# ### A trap: tidy code
#
# Two equal layers share one initializer. **How different are their kernels?**

# %% tags=["hide-output"]
tidy = keras.initializers.HeNormal()
pair = [layers.Dense(64, kernel_initializer=tidy) for _ in range(2)]
for layer in pair:
    layer.build((None, 64))
shared = float(np.abs(pair[0].get_weights()[0] - pair[1].get_weights()[0]).max())
print("largest difference:", shared)

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# Identical: a Keras 3 initializer draws its seed when it is *made*, and starts from it at every use. Give the *name*, `"he_normal"`: each layer then makes its own object.
# </details>
#
# **Exercise 2 (find and fix).** This makes the initializers of `count` hidden ReLU layers, with two faults. Write it anew: one for each layer, random, different, of He's kind (`HeNormal` or `HeUniform`: section 3).
#
# ```python
# def layer_starts(count):
#     tidy = keras.initializers.HeNormal()
#     return [tidy] * (count - 1) + [keras.initializers.Zeros()]
# ```


# %%
def layer_starts(count): ...


lesson04.layer_starts(layer_starts)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
kernels_moved = sum(bool(np.any(w)) for w in zeros.get_weights() if w.ndim == 2)
counted = [zeros.count_params(), kernels_moved]
score.equal("from zeros: parameters, kernels that moved", counted, [235_146, 0])
if real:
    score.equal("from zeros: accuracy on MNIST", round(zero_accuracy, 4), 0.1135)
    score.close("from zeros: loss on MNIST", zero_loss, 2.3010, tolerance=4e-3)
    assert abs(reads[20] - zero_accuracy) < 0.05
score.at_most("all 0.01: units differ by", apart["all 0.01"], 1e-4)
assert apart["first 0.01"] > 0.01
score.equal("one object, two kernels: difference", shared, 0.0)
score.section()

# %% [markdown]
# ## 3 · How large? Four steps by hand
#
# Random, then, and symmetric about 0. We follow the **mean square** of a signal: square its values, take the mean. Its root (RMS, *root mean square*) is the signal's **size**.
#
# **Step 1: one product.** The **variance** Var(w) is the mean of w² (w has mean 0). A random weight times an input x has mean square Var(w) · x².
#
# **Step 2: a sum of n products.** The weights are independent, with mean 0, so mixed terms are 0 on average and mean squares add up. If the inputs have mean square q, the sum has mean square **n · Var(w) · q**.
#
# *By hand:* x = (1, 2, 0, −1) has q = (1 + 4 + 0 + 1)/4 = 1.5. With Var(w) = 0.5 the sum has mean square 4 · 0.5 · 1.5 = 3. And with 200,000 draws of four weights?

# %%
rng = np.random.default_rng(4)
weights = rng.normal(0, np.sqrt(0.5), size=(200_000, 4))
sums = weights @ np.array([1, 2, 0, -1])
print("mean square of the sums:", round(np.mean(sums**2), 1))

# %% [markdown]
# **Step 3: ReLU.** The sums are symmetric about 0, too. ReLU sets one side to 0 and leaves the other whole. **Which part of the mean square is left?**

# %%
rectified = np.maximum(sums, 0)

# %% tags=["hide-cell", "slide"]
# @title The drawing
kept = np.mean(rectified**2) / np.mean(sums**2)
with plots.figure(
    1, 2, size=(5.2, 2.5), sharex=True, sharey=True, alt=f"The part kept is {kept:.2f}."
) as axes:
    for ax, values, name in zip(
        axes, (sums, rectified), ("before", "after"), strict=True
    ):
        ax.hist(values[values != 0], bins=np.linspace(-6, 6, 61), color=GREY)
        ax.set_title(f"{name} ReLU:\nmean square {np.mean(values**2):.1f}", fontsize=11)
        ax.set(xlabel="value", yticks=[], xticks=[-5, 0, 5])
    axes[1].plot([0, 0], [0, ax.get_ylim()[1]], color=INK, linewidth=3)
    axes[1].text(-0.5, 6_000, "half of all\nvalues: 0", ha="right", fontsize=11)

# %% [markdown] tags=["slide"]
# <details><summary><b>Compare with your answer</b></summary>
#
# One half. (The mean is no longer 0, but step 2 asks only for the inputs' mean square.)
# </details>
#
# **Step 4: put together.** A layer of ReLU units that add up n products multiplies the mean square by
#
# $$\text{factor} = \tfrac12\, n\, \mathrm{Var}(w),$$
#
# and $L$ layers by factor$^L$; the size by the root of that.
#
# The size is kept if the factor is 1: Var(w) = 2/n, **He's rule** (2015). **Glorot's rule** (2010) knows no half: 2/(n + m), with m weights *out of* a unit; where m = n this is 1/n, as LeCun's always is (1998). *Uniform* numbers (spread evenly from −a to a, variance a²/3) do as well as *normal* ones (a bell curve).
#
# **Glorot's variance, ReLU, 24 layers: which part of the size is left?** Six random networks for each rule:


# %%
def relu(a):
    return np.maximum(a, 0)


def forward(x, kernels, activation):
    """Send x (N, n) through the layers; return every layer's sums and signals."""
    sums, signals = [], []
    for kernel in kernels:
        sums.append(x @ kernel)
        x = activation(sums[-1])
        signals.append(x)
    return sums, signals


# %%
width, depth = 256, 24
rules = {"twice He": 4 / width, "He": 2 / width, "Glorot": 1 / width}
rules["normal 0.01"] = 0.01**2
inputs = rng.normal(size=(50, width))


def mean_squares_of_one_network(variance):
    shape = depth, width, width
    kernels = rng.normal(0, np.sqrt(variance), shape)
    _, signals = forward(inputs, kernels, relu)
    return [np.mean(signal**2) for signal in signals]


measured = {
    name: [mean_squares_of_one_network(variance) for _ in range(6)]
    for name, variance in rules.items()
}

# %% tags=["hide-cell", "slide"]
# @title Measured (lines) and theory (crosses)
ends = {name: np.mean(curves, axis=0)[-1] for name, curves in measured.items()}
alt = ", ".join(f"{name} ends at {end:.0e}" for name, end in ends.items())
with plots.figure(size=(5.4, 3.8), alt=f"Mean square by layer: {alt}.") as ax:
    label = "mean square of the signal"
    plots.signal_by_layer(measured, ylabel=label, floor=1e-14, colours=COLOURS, ax=ax)
    ax.texts[0].set_visible(False)
    ax.set(ylim=(3e-15, 1e10), xticks=[1, 6, 12, 18, 24])
    steps = np.arange(1, depth + 1)
    for variance in rules.values():
        theory = (width * variance / 2) ** steps
        ax.plot(steps[theory > 1e-14], theory[theory > 1e-14], "kx", markersize=5)
    powers = [9, 6, 3, 0, -3, -6, -9, -14]
    names = [f"$10^{{{p}}}$" if p else "1" for p in powers[:-1]] + ["≤ $10^{-14}$"]
    ax.set_yticks([10.0**p for p in powers], labels=names)
    plots.name_lines(ax)

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# Glorot's factor is ½: after 24 layers (½)²⁴ = 6 · 10⁻⁸ of the mean square is left, 1/4096 of the size. Only He's line stays level.
# </details>
#
# **For a convolution** n is the number of products in one output value: kernel height · width · channels in. Section 1's chain has n = 9 in layer 1, then 3 · 3 · 16 = 144. With He's weights its seven stays strong, if blurred:

# %% tags=["hide-input", "slide"]
# @title The seven, with He's weights
steady = journey(
    "He", "A seven in strong colours at every layer, blurred by the sixteenth."
)

# %% [markdown]
# **Exercise 3 (by hand).** Layers of 100 ReLU units, weights of standard deviation 0.1. By what factor does each multiply the mean square? A signal of size (RMS) 1 goes in; what is its size after ten layers?

# %%
factor, size_after_ten = None, None

lesson04.size_after_ten(factor, size_after_ten)

# %% [markdown]
# **Exercise 4 (recall).** A convolutional layer with ReLU has 3×3 kernels over 64 maps. Which standard deviation does He's rule give its weights?

# %%
he_deviation = None

lesson04.he_deviation(he_deviation)

# %% [markdown]
# **Exercise 5 (build).** A batch `x` (N, n) goes through ReLU layers. Divide each of their kernels by one number, so that the signal after *every* layer has mean square 1; return the new kernels.


# %%
def calibrated(x, kernels): ...


lesson04.calibrated(calibrated)

# %% tags=["claims"]
# @title Claims
assert abs(np.mean(sums**2) - 3) < 0.1
score.close("part of the mean square that ReLU keeps", float(kept), 0.5, tolerance=0.01)
agree = {}
for name, variance in rules.items():
    curve = np.mean(measured[name], axis=0)
    per_layer = (curve[-1] / curve[0]) ** (1 / (depth - 1))
    agree[name] = float(per_layer / (width * variance / 2))
off = max(abs(value - 1) for value in agree.values())
score.at_most("four rules: factor a layer, off theory by at most", off, 0.06)
score.section()

# %% [markdown]
# ## 4 · Other activations, and the way back
#
# ### Touch it
#
# Two digits in the chain of convolutions: the strongest map of each, the size of the signal, and that of the *difference* of the two. **For each *activation function* (short: activation; tanh and the sigmoid, 1/(1 + e⁻ᵃ), are drawn below), find a rule with which both curves end in the grey band, within two powers of ten of 1.**

# %% tags=["setup", "nbval-ignore-output"]
# @title The maps, and one frame
both = np.concatenate([sample(7), sample(8)])
ACTIVATIONS = {"ReLU": relu, "tanh": np.tanh, "sigmoid": expit}
travelled = {
    (rule, activation): convolutions(both, rule, ACTIVATIONS[activation])
    for rule in VARIANCE
    for activation in ACTIVATIONS
}


def frame(rule, activation, layer):
    """Two digits' maps at a layer, and both curves up to the last layer."""
    import matplotlib.pyplot as plt

    maps = travelled[rule, activation]
    figure = plt.figure(figsize=(4.6, 4.6))
    above, below = figure.subfigures(2, 1, height_ratios=[1.05, 1])
    (seven, eight), ax = above.subplots(1, 2), below.subplots()
    for place, digit in zip((seven, eight), strongest(maps[layer - 1]), strict=True):
        plots.show_image(digit, signed=True, limits=(-2, 2), ax=place)
        place.spines[:].set(visible=True, color="#d0d7de")
    above.suptitle(f"layer {layer}", fontsize=11)
    above.supxlabel("red above 0, blue below, full from ±2 on", fontsize=11)
    curves = {
        "size": [rms(one) for one in maps],
        "difference": [rms(one[0] - one[1]) for one in maps],
    }
    colours = {"size": INK, "difference": plots.COLOURS[5]}
    limits = dict(floor=1e-8, ceiling=1e4)
    label = "root mean square"
    plots.signal_by_layer(curves, ylabel=label, colours=colours, ax=ax, **limits)
    for text in list(ax.texts):
        text.remove()
    ax.axhspan(0.01, 100, color="#d8dee4", zorder=0)
    ax.axvline(layer, color=RED, linewidth=1)
    ax.set(ylim=(1e-8, 1e4), xticks=[1, 5, 10, 15, 20])
    ax.set_yticks([1e-8, 1e-4, 1, 1e4], ["≤ $10^{-8}$", "$10^{-4}$", "1", "$10^4$"])
    ax.minorticks_off()
    plots.name_lines(ax)
    ax.grid(False)
    return figure


# %% tags=["hide-input", "nbval-ignore-output", "slide"]
# @title The exhibit
widgets.frames(
    frame,
    alt="The strongest map of a seven and of an eight, and two curves over 20 layers.",
    start=dict(rule="Glorot", activation="ReLU", layer=4),
    activation=list(ACTIVATIONS),
    rule=list(VARIANCE),
    layer=[1, 2, 4, 8, 12, 16, 20],
)

# %% [markdown]
# <details><summary><b>Compare with what you found</b></summary>
#
# ReLU: only He's of the four. tanh: all from Glorot's up. Sigmoid: none. Its maps stay near 0.5, but both digits get the *same*: the network has **forgotten the input**.
# </details>
#
# ### The way back
#
# A unit adds up what comes back over its m *outgoing* weights, m products of weight and gradient, and multiplies by the **slope** of its activation.
#
# *By hand:* two outgoing weights, at their ends the gradients 1 and −2, slope ½. The unit gets ½ · (w₁ − 2w₂). By step 2, with Var(w) = 0.5, the bracket has mean square 2 · 0.5 · (1 + 4)/2 = 2.5. The slope halves the gradient, so it *quarters* the mean square: 0.625.
#
# From the loss to the first layer this is **back-propagation** ([a whole network](further/04_back_propagation.ipynb)). A *weight's* gradient is the value that enters it times the gradient of the unit it feeds.
#
# Slopes differ from unit to unit. If they are independent of the brackets (nearly so in wide random layers), means may be multiplied:
#
# $$\text{factor} = m \, \mathrm{Var}(w) \cdot \text{mean of}\,(\text{slope}^2)$$

# %% tags=["hide-input"]
# @title Three activations (above) and their slopes (below)
SLOPES = {
    "ReLU": lambda a: (a > 0) * 1.0,
    "tanh": lambda a: 1 - np.tanh(a) ** 2,
    "sigmoid": lambda a: expit(a) * (1 - expit(a)),
}
a = np.linspace(-4, 4, 400)
with plots.figure(
    2,
    3,
    size=(5.2, 3.4),
    sharex=True,
    sharey="row",
    alt="Three activations; slopes: a step to 1, a hill up to 1, a hill up to a quarter.",
) as grid:
    for (top, below), name in zip(grid.T, ACTIVATIONS, strict=True):
        top.plot(a, ACTIVATIONS[name](a), color=INK, linewidth=2.5)
        below.plot(a, SLOPES[name](a), color=INK, linewidth=2.5)
        below.fill_between(a, SLOPES[name](a), color="#d0d7de")
        top.set(title=name, ylim=(-1.2, 2.2), yticks=[-1, 0, 1, 2])
        below.set(yticks=[0, 0.25, 1], xticks=[-3, 0, 3])
        below.set_yticklabels(["0", "¼", "1"])
        for ax in (top, below):
            ax.grid(axis="y", color="#d0d7de", linewidth=0.8)
    grid[0, 0].set_ylabel("output")
    grid[1, 0].set_ylabel("slope")
    grid[1, 1].set_xlabel("weighted sum")

# %% [markdown]
# ReLU's slope is 1 for half of the units: one half again, so He's rule also keeps the gradient if widths are equal. (If not, forward asks for 2/n, backward for 2/m; Glorot's rule is a compromise.)


# %%
def backward(gradient, kernels, sums, slope):
    """Send the last signal's gradient back; return that of every layer's sums."""
    found = []
    for kernel, a in zip(kernels[::-1], sums[::-1], strict=True):
        found.append(gradient * slope(a))
        gradient = found[-1] @ kernel.T
    return found[::-1]


# %%
def gradient_ratio(kernels, activation, slope):
    """Size of the gradient at layer 1 over that at the last layer."""
    x, last = np.random.default_rng(0).normal(size=(2, 50, len(kernels[0])))
    sums, _ = forward(x, kernels, activation)
    gradients = backward(last, kernels, sums, slope)
    return rms(gradients[0]) / rms(gradients[-1])


# %% [markdown]
# The four rules, in 24 dense layers of 256 units: the *difference between inputs* on its way forward, the *gradient* on its way back. **With which rule do both survive ReLU? Which activation needs the largest weights?**


# %% tags=["hide-input"]
# @title Signal and gradient for four rules and three activations
def difference_ratio(kernels, activation, slope):
    """Size of the difference between inputs at the last layer over that at layer 1."""
    x = np.random.default_rng(0).normal(size=(50, len(kernels[0])))
    difference, sizes = np.roll(x, 1, axis=0) - x, []
    for kernel in kernels:
        a, change = x @ kernel, difference @ kernel
        x = activation(a)
        # Two signals near ½ have too many digits in common to be subtracted:
        # where sums lie close together, change times slope is the difference.
        close = np.abs(change) < 1e-6 * np.abs(a)
        difference = np.where(close, slope(a) * change, activation(a + change) - x)
        sizes.append(rms(difference))
    return sizes[-1] / sizes[0]


forth, back = np.zeros((2, len(VARIANCE), 3))
for row, rule in enumerate(VARIANCE):
    spread = np.sqrt(VARIANCE[rule](256, 256))
    kernels = np.random.default_rng(0).normal(0, spread, (24, 256, 256))
    for column, name in enumerate(ACTIVATIONS):
        functions = ACTIVATIONS[name], SLOPES[name]
        forth[row, column] = difference_ratio(kernels, *functions)
        back[row, column] = gradient_ratio(kernels, *functions)

# %% tags=["hide-cell", "slide"]
# @title The fate of signal and gradient
powers = {"forth": np.log10(forth), "back": np.log10(back)}
alt = [f"{name} {np.round(table, 1).tolist()}" for name, table in powers.items()]
alt = f"Powers of ten by rule: {'; '.join(alt)}."
with plots.figure(2, 1, size=(4.2, 5.4), alt=alt) as (above, below):
    titles = {
        above: "difference of inputs: layer 24 over layer 1",
        below: "gradient: layer 1 over layer 24",
    }
    for (ax, title), table in zip(titles.items(), (forth, back), strict=True):
        plots.fate_table(table, list(VARIANCE), list(ACTIVATIONS), bar=False, ax=ax)
        ax.set_title(title, fontsize=11)

# %% [markdown]
# <details><summary><b>Compare with your answers</b></summary>
#
# Numbers are powers of ten; orange fades, purple blows up. (ReLU, Glorot: √½ multiplied 23 times is 10⁻³·⁵.) ReLU: He's rule (its −0.4 above: section 5). Sigmoid needs the largest weights: its slope² is 1/16 at most, so Var(w) must be *more* than 16/n; here about 110/n, for most slopes are far below ¼.
#
# With ReLU **small weights make signal and gradient fade, large ones blow them up**. With tanh, too, large weights make the gradient *grow* ([why, though most units sit on the flat part of their curve, are *saturated*](further/04_saturated.ipynb)).
# </details>
#
# **Exercise 6 (diagnose).** Four networks of 20 layers. *Over inputs*: the standard deviation of a unit of layer 20 from input to input; *over units*: that of one input's signal from unit to unit. Name each network's fault: `"too small"`, `"too large"`, `"input forgotten"` or `"units identical"`; each occurs once.
#
# | | size at layers 1, 10, 20 | over inputs | over units | gradient, layer 1 ÷ layer 20 |
# |---|---|---|---|---|
# | A, ReLU | 0.1, 3·10⁻¹⁰, 10⁻¹⁹ | 2·10⁻²⁰ | 8·10⁻²⁰ | 10⁻¹⁸ |
# | B, tanh | 0.92, 0.91, 0.91 | 0.91 | 0.91 | 3·10⁴ |
# | C, sigmoid | 0.54, 0.51, 0.50 | 2·10⁻¹³ | 0.12 | 10⁻¹² |
# | D, ReLU | 0.1, 500, 6·10⁶ | 5·10⁶ | 0 | 4·10⁶ |

# %%
fault = {"A": None, "B": None, "C": None, "D": None}

lesson04.diagnose(fault)

# %% [markdown]
# **Exercise 7 (design).** Sigmoid gives all inputs ½ in common. Take it away: σ(a) − ½, 40 layers of 128 units. At which standard deviation s of the weights is the gradient at layer 1 as large as at layer 40, within a factor of 1.5? Try some s with `gradient_ratio(kernels, activation, slope)`, kernels = `rng.normal(0, s, (40, 128, 128))`. (A constant changes no slope.)

# %%
weight_deviation = None

lesson04.centred_sigmoid(weight_deviation)

# %% tags=["claims"]
# @title Claims
power = {
    (rule, activation): float(powers["back"][row, column])
    for row, rule in enumerate(VARIANCE)
    for column, activation in enumerate(ACTIVATIONS)
}
score.at_most("gradient, powers of ten: ReLU, He", abs(power["He", "ReLU"]), 0.7)
assert power["Glorot", "ReLU"] < -3 and power["twice He", "ReLU"] > 3
assert abs(power["Glorot", "tanh"]) < 1.2
score.at_least("tanh, twice He", power["twice He", "tanh"], 1)
weights = np.random.default_rng(0).normal(0, np.sqrt(0.5), (200_000, 2))
assert abs(np.mean((weights @ [1, -2] / 2) ** 2) - 0.625) < 0.02  # by hand
small = 256 * 0.01**2 / 16  # factor of the mean square where every slope is ¼
assert abs(powers["forth"][0, 2] - 23 / 2 * np.log10(small)) < 0.1  # normal 0.01
assert np.abs(powers["forth"] - powers["back"])[:, 2].max() < 0.2  # sigmoid
best = max(power[rule, "sigmoid"] for rule in VARIANCE)
score.at_most("sigmoid, best of four", best, -6)
rng, needed = np.random.default_rng(0), {}
for times in (16, 110):  # Var(w) = times / n
    kernels = rng.normal(0, np.sqrt(times / 256), (24, 256, 256))
    needed[times] = gradient_ratio(kernels, expit, SLOPES["sigmoid"])
assert needed[16] < 1e-4 and 0.7 < needed[110] < 1.4
assert 0.1 < difference_ratio(kernels, expit, SLOPES["sigmoid"]) < 0.2  # 110/n
gone = travelled["Glorot", "sigmoid"][-1]
gone = rms(gone[0] - gone[1])
score.at_most("sigmoid, Glorot: difference of two digits, layer 20", gone, 1e-10)
ends = {}  # size and difference at layer 20
for key, maps in travelled.items():
    ends[key] = rms(maps[-1]), rms(maps[-1][0] - maps[-1][1])
inside = {key for key, pair in ends.items() if all(0.01 < v < 100 for v in pair)}
tanh_kept = {(rule, "tanh") for rule in ("Glorot", "He", "twice He")}
assert inside == {("He", "ReLU")} | tanh_kept
score.section()

# %% [markdown]
# ## 5 · The size survives. Does the difference?
#
# In the exhibit He's rule seemed to keep both in ReLU layers. But twelve powers of ten hide a factor of two. Difference divided by size:

# %% tags=["nbval-ignore-output"]
for layer in (1, 20):
    maps = travelled["He", "ReLU"][layer - 1]  # of a seven and an eight
    print(f"layer {layer}: {rms(maps[0] - maps[1]) / rms(maps):.2f}")

# %% [markdown]
# The size survives, almost half of the difference is lost. (In section 4's dense layers, −0.4: more than half.) Take 100 digits in dense layers: how **alike** are their signals? We take the *cosine* of the angle between two, 1 for the same direction, averaged over pairs. **Sketch the curve over 24 layers for He's rule, and the one for Glorot's.**


# %%
def alike(signals):
    """Mean cosine between the signals of different pictures, (N, n)."""
    unit = signals / np.linalg.norm(signals, axis=1, keepdims=True)
    cosines = unit @ unit.T
    return cosines[~np.eye(len(unit), dtype=bool)].mean()


# %%
digits = x[:100].reshape(100, -1).astype(float)


def cosines_by_layer(scale, layer=relu, depth=24, width=64, seed=0):
    rng, signal, found = np.random.default_rng(seed), digits, []
    for _ in range(depth):
        kernel = rng.normal(size=(signal.shape[1], width))
        kernel *= np.sqrt(scale / len(kernel))  # Var = scale / n
        signal = layer(signal @ kernel)
        found.append(alike(signal))
    return found


# %% tags=["hide-cell", "nbval-ignore-output", "slide"]
# @title How alike 100 digits become
cosines = {
    "He": np.array([cosines_by_layer(2, seed=seed) for seed in range(5)]),
    "Glorot": np.array([cosines_by_layer(1, seed=seed) for seed in range(5)]),
}
with plots.figure(
    size=(5.2, 3),
    alt=f"The cosine rises to {cosines['He'].mean(axis=0)[-1]:.2f}.",
) as ax:
    plots.curves(
        cosines,
        xlabel="layer",
        ylabel="mean cosine of two digits",
        markers=False,
        colours=COLOURS,
        ax=ax,
    )
    ax.get_legend().remove()
    ax.text(9, 0.66, "He, and Glorot (dashed)", fontsize=11, weight="bold")
    ax.set(ylim=(0, 1.02), xticks=[1, 6, 12, 18, 24])

# %% [markdown]
# <details><summary><b>Compare with your curves</b></summary>
#
# Both are one curve: a factor changes a signal's length, not its direction, and passes through ReLU unchanged. (Section 1's seven was faint, not gone.) It rises: ReLU leaves only positive values, so signals get a part in common, layer after layer.
#
# No scale repairs this. What all digits share must be taken away, and the rest stretched, in every layer.
# </details>

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
end = cosines["He"].mean(axis=0)[-1]
score.at_least("He: mean cosine of two digits after 24 layers", float(end), 0.85)
assert np.abs(cosines["He"] - cosines["Glorot"]).max() < 1e-6
lost = [rms(m[0] - m[1]) / rms(m) for m in travelled["He", "ReLU"]]
assert lost[-1] < 0.75 * lost[0]
assert 0.5 < 1 - forth[list(VARIANCE).index("He"), 0] < 0.67  # column 0: ReLU
if real:
    assert 0.4 < 1 - lost[-1] / lost[0] < 0.5
    apart_by = np.sqrt(2 * (1 - cosines["He"].mean(axis=0)[[0, -1]]))
    assert apart_by.round(1).tolist() == [1.0, 0.3]
score.section()

# %% [markdown]
# ## 6 · Batch normalization, built by hand
#
# The weighted sums of six units at layer 20 (He's rule). Each dot is one of 100 digits.

# %% tags=["hide-input", "slide"]
# @title Six units at layer 20, before and after
rng, at_20 = np.random.default_rng(3), digits
for _ in range(20):
    kernel = rng.normal(size=(at_20.shape[1], 64)) * np.sqrt(2 / at_20.shape[1])
    sums_20 = at_20 @ kernel
    at_20 = relu(sums_20)
six = sums_20[:, :6]
normalized = (six - six.mean(axis=0)) / six.std(axis=0)
alt = "Six rows of dots: narrow heaps in six places, and six wide rows around 0."
with plots.figure(1, 2, size=(5.4, 3), sharey=True, alt=alt) as (left, right):
    panels = {
        left: (six, BLUE, "weighted sum"),
        right: (normalized, GREEN, "normalized"),
    }
    for ax, (values, colour, label) in panels.items():
        rows = {f"unit {number + 1}": values[:, number] for number in range(6)}
        plots.spread(rows, xlabel=label, colours=dict.fromkeys(rows, colour), ax=ax)

# %% [markdown]
# On the left ReLU leaves all of units 1 and 2, and nothing of 4 and 6. **Batch normalization** subtracts each unit's mean over the batch and divides by its standard deviation over the batch: on the right, each unit is on for some digits and off for others.
#
# *By hand:* a unit's sums in a batch of four digits, 2, 4, 4, 6. Mean 4; variance ((−2)² + 0 + 0 + 2²)/4 = 2; so z = (2 − 4)/√2 = −1.41, then 0, 0, 1.41. Two *learned* numbers for each unit follow, γ · z + β, for another spread and place.
#
# In use (*inference*) a picture may come alone, so training keeps *running* averages: at each batch 0.9 of the old mean (and variance) plus 0.1 of the batch's. Keras calls this 0.9 *momentum*, not lesson 02's.


# %%
class BatchNorm:
    """(N, units) → (N, units), each unit with mean β and standard deviation γ."""

    def __init__(self, units, momentum=0.9, epsilon=0.001):
        self.gamma, self.beta = np.ones(units), np.zeros(units)  # learned
        self.mean, self.variance = np.zeros(units), np.ones(units)  # running averages
        self.momentum, self.epsilon = momentum, epsilon  # ε: no division by 0

    def train(self, a):
        mean, variance = a.mean(axis=0), a.var(axis=0)  # of this batch
        self.mean += (1 - self.momentum) * (mean - self.mean)
        self.variance += (1 - self.momentum) * (variance - self.variance)
        self.spread = np.sqrt(variance + self.epsilon)
        self.z = (a - mean) / self.spread
        return self.gamma * self.z + self.beta

    def infer(self, a):
        z = (a - self.mean) / np.sqrt(self.variance + self.epsilon)
        return self.gamma * z + self.beta


# %% [markdown]
# **A trap.** Somebody reads *one* digit, with `train` instead of `infer`. **What does the layer answer?**

# %% tags=["hide-output", "nbval-ignore-output"]
norm = BatchNorm(6)
for _ in range(100):
    norm.train(six)
one = six[:1]
answers = pd.DataFrame({"infer": norm.infer(one)[0], "train": norm.train(one)[0]})
answers.set_axis([f"unit {number}" for number in range(1, 7)]).round(2)

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# Zeros, that is β, whatever the digit: in dense layers a batch of one *is* its mean. (The reverse, `infer` before the running averages have arrived, fails too: [lesson 07](07_alexnet.ipynb).)
# </details>
#
# ### Back through batch norm
#
# A weighted sum acts on the loss in three ways. Directly: that is the gradient, divided by the spread. Through its unit's mean, in which all sums count alike: so every picture gets the same amount. And through the spread, in which a sum counts as much as its z: so every picture gets a number times its z. Two conditions tell how much:
#
# - Adding one number to all sums changes no z. So a unit's gradients must add up to 0: subtract their mean.
# - Stretching the sums about their mean changes no z (but for ε). So gradients times z must add up to 0: subtract z times the mean of gradient · z.
#
# *By hand:* z = (−1.41, 0, 0, 1.41) from above, gradient (1, 0, 0, 0). Its mean is ¼. The mean of gradient · z is −1.41/4; times z, (½, 0, 0, −½). Left is (¼, −¼, −¼, ¼), divided by √2 (0.18, −0.18, −0.18, 0.18).


# %%
def gradients_of(norm, gradient):
    """From the gradient of the output (N, units): those of the sums, of γ and of β."""
    z, to_z = norm.z, gradient * norm.gamma
    together = to_z.mean(axis=0)  # moves all sums alike
    stretch = z * (to_z * z).mean(axis=0)  # widens or narrows the row
    to_sums = (to_z - together - stretch) / norm.spread
    return to_sums, (gradient * z).sum(axis=0), gradient.sum(axis=0)


# %% [markdown]
# A **numerical check** needs no theory: move one sum a little up and down, divide the change of any loss by the distance.

# %%
rng = np.random.default_rng(5)
a, c = rng.normal(size=(2, 8, 3))  # 8 pictures, 3 units


def loss(a):
    return np.sum(c * BatchNorm(3).train(a) ** 2)


norm = BatchNorm(3)
by_formula, _, _ = gradients_of(norm, 2 * c * norm.train(a))
by_trial, step = np.zeros_like(a), 1e-5
for place in np.ndindex(a.shape):
    nudge = np.zeros_like(a)
    nudge[place] = step
    by_trial[place] = (loss(a + nudge) - loss(a - nudge)) / (2 * step)
off = np.abs(by_formula - by_trial).max()
print("formula and trial agree to six decimals:", off < 1e-6)

# %% [markdown]
# Section 5 again, with batch norm before each ReLU. **How alike are two digits after 24 layers?**


# %% tags=["hide-output", "nbval-ignore-output"]
def normalized_relu(sums):
    return relu(BatchNorm(sums.shape[1]).train(sums))


cosines["batch norm"] = np.array(
    [cosines_by_layer(2, normalized_relu, seed=seed) for seed in range(5)]
)
table = pd.DataFrame({name: curve.mean(axis=0) for name, curve in cosines.items()})
table.index = table.index + 1
table.loc[[1, 4, 12, 24]].rename_axis("layer", axis=1).round(2)

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# As alike as after one layer. (At a price: on its way back through these layers the *gradient* grows about fiftyfold, on MNIST; [lesson 10](10_resnet.ipynb) says why.)
# </details>
#
# **Exercise 8 (build).** Batch norm of feature maps (N, H, W, C): one mean, variance, γ and β for each *channel*, over pictures *and* places. Write both modes; return output, running mean and running variance (momentum 0.9, ε = 0.001).


# %%
def norm_of_maps(maps, gamma, beta, mean, variance, training):
    output = ...
    return output, mean, variance


lesson04.norm_of_maps(norm_of_maps, layers.BatchNormalization(momentum=0.9))

# %% tags=["claims"]
# @title Claims
assert not answers["train"].any()
if real:  # what the text says of the figure
    assert (six[:, :2] > 0).all() and (six[:, [3, 5]] < 0).all()
by_hand = BatchNorm(1, epsilon=0)
by_hand.train(np.array([[2.0], [4], [4], [6]]))
to_sums, _, _ = gradients_of(by_hand, np.array([[1.0], [0], [0], [0]]))
assert to_sums[:, 0].round(2).tolist() == [0.18, -0.18, -0.18, 0.18]
score.at_most("gradient: formula and trial differ by", float(off), 1e-6)
keras_norm = layers.BatchNormalization(momentum=0.9)
theirs, ours = np.asarray(keras_norm(six, training=True)), BatchNorm(6)
assert np.abs(theirs - ours.train(six)).max() < 1e-4
assert np.abs(np.asarray(keras_norm.moving_variance) - ours.variance).max() < 1e-4
score.at_most(
    "batch norm: mean cosine after 24 layers", float(table["batch norm"].iloc[-1]), 0.5
)
grown = []
for seed in range(3):
    rng, signal, chain_of_norms = np.random.default_rng(seed), digits, []
    for _ in range(24):
        kernel = rng.normal(size=(signal.shape[1], 64)) * np.sqrt(2 / signal.shape[1])
        norm = BatchNorm(64)
        signal = relu(norm.train(signal @ kernel))
        chain_of_norms.append((kernel, norm))
    gradient, sizes = rng.normal(size=signal.shape), []
    for kernel, norm in chain_of_norms[::-1]:
        gradient = gradients_of(norm, gradient * (norm.z > 0))[0]
        sizes.append(rms(gradient))
        gradient = gradient @ kernel.T
    grown.append(sizes[-1] / sizes[0])
score.at_least("batch norm: gradient, layer 1 over layer 24", min(grown), 30)
assert 0.5 ** (20 / 2) < 1 / 1000 < 0.5 ** (19 / 2)  # of a weight, Glorot: section 7
score.section()

# %% [markdown]
# ## 7 · Does it decide?
#
# Back to section 1: 20 layers, Keras's own (Glorot's) weights, plain descent, rate 0.01. Change *one* thing: He's rule; ten times the rate; batch norm; or Adam (lesson 03's RMSprop with lesson 02's momentum). **Which of the four will read more than half of the digits?** Two seeds each.

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
changes = {  # made anew for each seed
    "none": lambda: (chain(20), SGD(0.01)),
    "He's rule": lambda: (chain(20, "he_uniform"), SGD(0.01)),
    "rate 0.1": lambda: (chain(20), SGD(0.1)),
    "batch norm": lambda: (chain(20, norm=True), SGD(0.01)),
    "Adam": lambda: (chain(20), keras.optimizers.Adam(0.001)),
}
live = {name: [] for name in changes}
for name, change in changes.items():
    for seed in (1, 2):
        keras.utils.set_random_seed(seed)
        network, optimizer = change()
        live[name].append(100 * accuracy(trained(network, optimizer)))
by_weights = {**dict.fromkeys(live, ORANGE), "He's rule": BLUE, "batch norm": GREEN}
alt = f"Means {[round(float(np.mean(both))) for both in live.values()]} %."
with plots.figure(size=(5.4, 2.9), alt=alt) as ax:
    plots.spread(live, xlabel="test digits read, in %", colours=by_weights, ax=ax)

# %% [markdown]
# <details><summary><b>Compare with your vote</b></summary>
#
# One word, `"he_uniform"`, and the chain reads more than four fifths. With Glorot's rule the value that enters a weight and the gradient that comes back to it have together faded to about (√½)²⁰, a thousandth, in every layer. Ten times the rate is not enough, in two epochs. Batch norm helps, and Adam, which divides by the gradient's size.
# </details>
#
# **From which depth on does the rule matter?** First with all else fixed as in section 1; five seeds (stored; bands: worst to best):

# %% tags=["hide-cell", "slide"]
# @title One rate for all, stored
fixed = measure.load("initialization_depth")["runs"]
depths, by_rule = (2, 5, 10, 20, 30), {}
for rule, arm in {"He": "he_uniform", "Glorot": "glorot_uniform"}.items():
    runs = [run for run in fixed if run["arm"] == arm]
    by_rule[rule] = 100 * np.array(
        [[run["test_accuracy"] for run in runs if run["depth"] == d] for d in depths]
    )
with plots.figure(
    size=(5.4, 3),
    alt=f"He {by_rule['He'].mean(1).round()}, Glorot {by_rule['Glorot'].mean(1).round()}.",
) as ax:
    plots.curves(
        {rule: values.T for rule, values in by_rule.items()},
        x=depths,
        xlabel="hidden layers",
        ylabel="test digits read, in %",
        colours=COLOURS,
        ax=ax,
    )
    ax.set(ylim=(0, 100), xticks=depths)
    plots.name_lines(ax)

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# From ten on: there He's rule leads by 26 points, at 20 by 69.
# </details>
#
# Did Glorot's networks only want more time, or another rate? Now they get both (stored):
#
# | | so far | now |
# |---|---|---|
# | training digits, batch | 10,000, 32 | 20,000, 64 |
# | epochs (steps) | 2 (626) | 8 (2,504) |
# | optimizer | SGD | SGD; momentum; Adam; SGD with batch norm |
# | rate | 0.01 | *each network's best* on validation digits |
# | seeds | five | three |
#
# (Of three to five rates, tried with one seed; worse ones on both sides.) **With which of the four does Glorot's rule still fail, and at which depth?**


# %% tags=["hide-input"]
# @title Digits misread by each network, stored
stored = measure.load("initialization_optimizers")
misread = {}
for run in stored["runs"]:
    optimizer, rule, layers_deep = run["arm"].rsplit(", ", 2)
    wrong = 100 * (1 - run["test_accuracy"])
    misread.setdefault((optimizer, rule, int(layers_deep)), []).append(wrong)
optimizers = {"SGD": "SGD", "momentum": "SGD with momentum", "Adam": "Adam"}
optimizers["SGD, batch norm"] = "SGD, batch norm"

# %% tags=["hide-cell", "slide"]
# @title A rate of its own for each network
deep_means = {
    key: round(float(np.mean(v))) for key, v in misread.items() if key[2] == 30
}
alt = f"Misread at 30 layers: {deep_means}."
shared = dict(size=(5.4, 4.8), sharex=True, sharey=True)
with plots.figure(2, 2, alt=alt, **shared) as grid:
    for ax, (key, title) in zip(grid.flat, optimizers.items(), strict=True):
        lines = {
            rule: np.array([misread[key, rule, d] for d in depths]).T
            for rule in ("He", "Glorot")
        }
        plots.curves(lines, x=depths, xlabel="", ylabel="", colours=COLOURS, ax=ax)
        ax.set(yscale="log", title=title, xticks=depths, ylim=(3, 100))
        ax.set_yticks([3, 5, 10, 20, 50, 100], labels=[3, 5, 10, 20, 50, 100])
        ax.minorticks_off()
        ax.get_legend().remove()
    plots.name_lines(grid[0, 1])
    grid[0, 0].set_ylabel("misread, in %")
    grid[1, 0].set_ylabel("misread, in %")
    for ax in grid[1]:
        ax.set_xlabel("hidden layers")

# %% tags=["hide-cell"]
# @title Best and worst of three runs, and the rate
rows = {}
for key in optimizers:
    for d in (20, 30):
        cells = []
        for rule in ("He", "Glorot"):
            v = misread[key, rule, d]
            rate = stored["rates"][f"{key}, {rule}, {d}"]
            cells += [f"{min(v):.1f}–{max(v):.1f}", f"{rate:g}"]
        rows[f"{key.removeprefix('SGD, ')}, {d}"] = cells
beaten = {}  # pairs in which all runs of one rule beat all of the other: by how much
for key, d in [(key, d) for key in optimizers for d in depths]:
    he, glorot = misread[key, "He", d], misread[key, "Glorot", d]
    if max(he) < min(glorot) or max(glorot) < min(he):
        beaten[key, d] = np.mean(glorot) - np.mean(he)

head = ["He", "rate", "Glorot", "rate"]
pd.DataFrame(rows.values(), rows, head).rename_axis("% misread", axis=1)

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# **In these chains (64 wide, eight epochs) the initial weights decide how soon learning starts; at 30 layers, with plain descent or momentum, also whether it does. Elsewhere time, another rate or Adam makes up for most of it.**
#
# At 30 layers Glorot's rule fails with plain descent and momentum: none of six runs reads 70 % of the digits, two never start; He's reads about 92 %. With Adam two of three catch up.
#
# In the other eighteen pairs *all* runs of one rule beat all of the other twice, once He's, once Glorot's, as often as by chance ([lesson 03](03_mlp_vs_cnn.ipynb), section 6).
#
# *Time or rate?* Glorot's 20 layers read 11 % of their training digits after two epochs and 75 after eight, at rate 0.03 25 and 96. (One run.)
#
# *Batch norm at 30 layers* misreads nearly twice as many as He's rule alone, of its training digits, too: it learns slowly, and still gains in epoch 8.
# </details>
#
# **How to choose.** ReLU: He's rule. No activation: LeCun's. tanh: Glorot's is usual; in section 4 He's kept more. Deep sigmoid: none of the four; normalize.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
low = {name: min(values) for name, values in live.items()}
assert max(live["none"]) < 55
if real:
    helped = min(low["He's rule"], low["batch norm"], low["Adam"])
    score.at_least("live, He's rule, batch norm, Adam: worst run, %", helped, 50)
ahead = by_rule["He"].mean(axis=1) - by_rule["Glorot"].mean(axis=1)
assert ahead[:2].max() < 5 and ahead[2:4].round().tolist() == [26, 69]
score.at_least("stored, one rate, 20 layers: He ahead by, points", ahead[3], 30)
means = {key: np.mean(values) for key, values in misread.items()}
worst = max(value for (_, _, d), value in means.items() if d <= 10)
score.at_most("own rates, up to 10 layers: worst mean, % misread", worst, 8)
expected = {("SGD", 20), ("SGD, batch norm", 20), ("SGD", 30), ("momentum", 30)}
assert set(beaten) == expected and len(optimizers) * len(depths) == 20
assert 1.8 < beaten["SGD", 20] < 2.5 and -1.2 < beaten["SGD, batch norm", 20] < -0.8
assert all(7 < means[key, "He", 30] < 9 for key in ("SGD", "momentum"))
score.at_least("30 layers, SGD: Glorot costs, points", beaten["SGD", 30], 20)
runs = [100 - w for key in ("SGD", "momentum") for w in misread[key, "Glorot", 30]]
score.at_most("30 layers, SGD and momentum: best of six with Glorot, %", max(runs), 70)
adam = sorted(misread["Adam", "Glorot", 30])[:2]
score.at_most("30 layers, Adam: better two with Glorot, % misread", max(adam), 8)
trials = {(run["arm"], run["rate"]): run for run in stored["trials"]}
for run in stored["runs"]:  # its rate: worse ones on both sides
    of = {
        r: v["validation_accuracy"] for (a, r), v in trials.items() if a == run["arm"]
    }
    assert of.pop(run["rate"]) > max(of.values()) and min(of) < run["rate"] < max(of)
read = []
for trial in (trials["SGD, Glorot, 20", rate] for rate in (0.01, 0.03)):
    read += [round(100 * v) for v in (trial["accuracy"][1], trial["train_accuracy"])]
score.equal("SGD, Glorot, 20: epochs 2, 8 at 0.01, at 0.03", read, [11, 75, 25, 96])
assert [stored["recipe"][k] for k in ("examples", "epochs")] == [20_000, 8]
assert [2 * -(-10_000 // 32), 8 * -(-20_000 // 64)] == [626, 2_504]  # steps
normed = [run for run in stored["runs"] if run["arm"] == "SGD, batch norm, He, 30"]
plain = [run for run in stored["runs"] if run["arm"] == "SGD, He, 30"]
known = 100 * (1 - np.mean([run["train_accuracy"] for run in normed]))
assert abs(known - means["SGD, batch norm", "He", 30]) < 1
slow, quick = (100 * np.array([r["accuracy"] for r in one]) for one in (normed, plain))
assert (
    slow[:, 1].max() + 10 < quick[:, 1].min() and slow[:, 7].max() < quick[:, 7].min()
)
assert (slow[:, 7] - slow[:, 6]).min() > 1.4
beside = means["SGD, batch norm", "He", 30] / means["SGD", "He", 30]
score.at_least("30 layers, batch norm: misread, over He's rule alone", beside, 1.5)
score.section()

# %% [markdown] tags=["slide"]
# ## What came of it
#
# He and others trained 30 layers with their rule (2015). In that year batch normalization and shortcuts ([lesson 10](10_resnet.ipynb)) together opened the way to a hundred layers.
#
# ## Recap
#
# 1. Units with equal incoming *and* equal outgoing weights stay equal; randomness breaks the symmetry.
# 2. A ReLU layer multiplies the mean square by n · Var(w)/2, forward; m · Var(w)/2, backward. With He's rule, 2/n, both are 1 if m = n.
# 3. A steady size is not enough: ReLU makes signals alike. Look at differences.
# 4. Batch norm takes away what a batch shares and stretches the rest.
# 5. **A signal must survive to the last layer, and its gradient back. He's rule sees to that in ReLU layers. Without it a deep chain starts late, at 30 layers with plain descent or momentum sometimes never. Adam makes up for most of it.**
#
# ## Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("04")

# %% [markdown]
# <details><summary><b>References</b></summary>
#
# - Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, "Efficient BackProp", in *Neural Networks: Tricks of the Trade*, 1998. The 1/n rule.
# - X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
# - K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015, arXiv:1502.01852. Section 2.2 is our section 3.
# - S. Ioffe, C. Szegedy, "Batch normalization", ICML 2015, arXiv:1502.03167.
# - A. Saxe, J. McClelland, S. Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2013, arXiv:1312.6120. The orthogonal rule ([Keras's arithmetic](further/04_keras_arithmetic.ipynb)).
# - D. Mishkin, J. Matas, "All you need is a good init", ICLR 2016, arXiv:1511.06422. Exercise 5's idea, for the sums.
# - Y. Cho, L. Saul, "Kernel methods for deep learning", NIPS 2009. Section 5's curve as a formula.
# </details>
#
# <details><summary><b>Teacher's notes</b></summary>
#
# **The story in a minute.** A seven fades in twenty untrained layers, and training does not bring it back. Zeros and equal weights learn nothing or one thing, so the weights must be random. A ReLU layer multiplies the mean square by n · Var(w)/2; make it 1, and the size survives. But all digits become alike; batch norm takes away what they share. Does the rule decide? In a short time, yes; given time or a rate of its own each network of up to 20 layers learns; at 30 layers plain descent needs He's rule, Adam hardly.
#
# **Two lessons of 45 minutes.** First: sections 1 to 3 (8, 15 and 17 min), both votes on cards, the four steps on the board, exercises 1 and 3 in class. Second: the exhibit of section 4 in pairs (10), section 6 by hand (15), section 7 with the vote before each figure (15); section 5 and exercises 4, 5 and 8 at home; 6 and 7 only with “The way back”.
#
# **One lesson of 90 minutes.** Section 1 (10 min), 2 with exercise 1 (15), 3 with exercise 3 (20), the exhibit (10), 6 without "the way back" (15), 7 (15), quiz (5).
#
# **To skip:** the trap of section 2 with exercise 2; section 4 from "The way back" on; section 5 down to its last sentence; the numerical check. Never skip the vote of section 7.
#
# **To discuss.** (1) A colleague reports that He beats Glorot by 0.1 points in one run. What would convince you? (2) Biases may start at zero and kernels not. What if only *one* kernel of the network is zero?
#
# *Answers.* (1) Several seeds of each rule, each at a rate of its own, and the spread between them; 0.1 points of 10,000 digits are ten digits, less than one standard error of a single accuracy (lesson 03, section 6). And where would theory expect a difference? Not in a shallow network. (2) In a hidden ReLU layer: its sums are 0, so are its values and slopes; nothing gets past, forward or back, and only the output biases move. In the output layer: its gradient is hidden value · error, so it moves in the first step, and the rest from the second on.
#
# **Listen for** "large weights saturate, so the gradient vanishes": the table of section 4 says that it grows (tanh, twice He). And for "batch norm cures any depth": look at its panel at 30 layers. (That it makes the initial weights matter less, the panel confirms.)
# </details>
#
# ## Scorecard
#
# Your exercises first, then the claims of this lesson, each asserted where it was made.
#
# **Next:** [05 · Transfer learning →](05_transfer_learning.ipynb), where weights are borrowed instead of drawn · [solutions](solutions/04_weight_initialization_solutions.ipynb)

# %% tags=["nbval-ignore-output"]
checks.own_score(exercises=8)

# %% tags=["nbval-ignore-output"]
score
