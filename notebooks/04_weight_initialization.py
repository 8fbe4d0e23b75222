# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: tags,-all
#     formats: ipynb,py:percent
#     notebook_metadata_filter: kernelspec,jupytext,-jupytext.text_representation.jupytext_version
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 · Weight initialization
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/04_weight_initialization.ipynb)
#
# **You will be able to**
# - derive in four small steps by what factor a layer multiplies a signal, and check it against a measured curve;
# - predict for zeros, constants, small and large normal draws, Glorot, He, LeCun and orthogonal weights what happens to signal and gradient in a deep network with tanh, sigmoid or ReLU;
# - recognise a dead, exploded, saturated or symmetric network from statistics taken layer by layer;
# - compare initializers fairly: same family, several seeds, spread;
# - find two traps in code: zero kernels, and one initializer object used twice.
#
# **Before this:** lesson 03 (dense layers, training with Keras). It helps to have met mean, variance and the chain rule.
#
# **Time:** about 75 minutes with the exercises; the code runs in about 50 seconds on two CPU cores.
#
# **Data:** MNIST, 70,000 handwritten digits (LeCun, Cortes, Burges). Where it cannot be had, scikit-learn's 1,797 digits stand in, and the thresholds change with them. The statistics of sections 3 to 6 use random numbers and need no data.

# %%
# On Colab this cell fetches the course; anywhere else it does nothing.
import sys

if "google.colab" in sys.modules:
    import pathlib
    import subprocess

    course = pathlib.Path("/content/convnet-course")
    if not course.exists():
        address = "https://github.com/convnet-course/convnet-course"
        subprocess.run(["git", "clone", "--quiet", "--depth", "1", address, str(course)], check=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, "anywidget>=0.9.13", "jupyterquiz>=2.9", "-e", str(course)], check=True)
    sys.path.insert(0, str(course))

# %%
import io
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # many small products: threads would only wait for each other

from course_utils import checks, datasets, measure, plots, runtime, widgets

keras = runtime.import_keras()  # first of all, and without TensorFlow's start-up messages

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit

from course_utils import models, training
from course_utils.checks import lesson04
from course_utils.recipes import initialization, initialization_depth

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="04")
plots.set_theme()
score = checks.Scorecard("04")
data = datasets.load("mnist")
print(data)

# %% [markdown]
# Two small tables hold the numbers of this lesson: how much is trained, and what must come out. Both depend on the data. The live trainings are equally short in both profiles; the full profile also repeats a stored measurement (section 8).

# %%
if data.stand_in:
    row = dict(examples=1_497, deep_epochs=10, zero_batch=50, zero_epochs=10, race_epochs=10)
    budget = lesson.choose(quick=row, full=row)
    required = dict(learns=0.70, stuck=0.50, gap=0.30, constant=0.45, good=0.70, ahead=0.30, near=0.10)
else:
    row = dict(examples=10_000, deep_epochs=2, zero_batch=500, zero_epochs=8, race_epochs=1)
    budget = lesson.choose(quick=row, full=row)
    required = dict(learns=0.65, stuck=0.50, gap=0.25, constant=0.40, good=0.89, ahead=0.30, near=0.03)
small = data.subset(train=budget.examples, test=2_000)

# %% [markdown]
# ## 1 · The question: why does the deeper network not learn?
#
# In lesson 03 a network with two hidden layers read nearly all digits. Nobody said what its weights were *before* the training: Keras drew them at random, by a rule that was never mentioned.
#
# Now stack twenty hidden layers instead of two. Everything else is equal: the digits, the rate, the number of steps, the rule for the first weights. **Before you run this:** the deeper network has ten times as many hidden layers. Will it be better, equal, or worse?


# %% tags=["nbval-ignore-output"]
def deep_run(name, depth, seed=0):
    """Train a chain of `depth` hidden layers of 64 ReLU units; return losses by epoch and test accuracy."""
    keras.utils.clear_session()  # memory: forget the networks of earlier calls
    return initialization_depth.train(name, small, depth=depth, seed=seed, epochs=budget.deep_epochs)[1]


default = {depth: deep_run("glorot_uniform", depth) for depth in (2, 20)}
ax = plots.spread(
    {f"{depth} hidden layers": [run["test_accuracy"]] for depth, run in default.items()},
    xlabel="share of test digits read correctly",
    marks={"guessing": 0.1},
)
ax.set_xlim(0, 1)
plots.alt_text(
    ax, "Test accuracy of two networks. Two hidden layers: far to the right. Twenty hidden layers: near guessing."
)
plt.show()
score.at_least(
    "2 hidden layers, Keras' default weights, test accuracy", default[2]["test_accuracy"], required["learns"]
)
score.at_most(
    "20 hidden layers, Keras' default weights, test accuracy", default[20]["test_accuracy"], required["stuck"]
)

# %% [markdown]
# The deeper one hardly does better than guessing. It *could* do at least as well: eighteen layers that pass their input on would be enough. So the network is not too weak. It never gets started, and the cause lies in the numbers it starts from.
#
# This lesson follows a signal through the layers, and the gradient back, and finds the one number that decides. At the end the twenty layers learn, by a change of a single word.
#
# ## 2 · Must the weights be random at all?
#
# ### All zeros
# Begin by hand. Two inputs, two hidden ReLU units, one output, squared error; all weights and biases 0, input (1, 2), target 3.
#
# - Forward: both hidden units give 0, the output is 0, the error is 0 − 3 = −3.
# - Gradient of an output weight = hidden value × error = **0** · (−3) = 0.
# - Gradient of a hidden weight = input × (output weight × error) = 1 · (**0** · (−3)) = 0.
# - Gradient of the output bias = error = −3. The only one that is not zero.
#
# So only the output bias can move. After the step the hidden values and output weights are still 0, and the argument repeats itself for ever. In code:

# %%
x, target = np.array([1.0, 2.0]), 3.0
hidden_kernel, output_kernel, output_bias = np.zeros((2, 2)), np.zeros(2), 0.0
for step in range(3):
    hidden = np.maximum(x @ hidden_kernel, 0)
    error = hidden @ output_kernel + output_bias - target
    gradient_output = hidden * error + 0.0  # + 0.0 turns −0 into 0
    gradient_hidden = np.outer(x, output_kernel * error * (hidden > 0)) + 0.0
    print(f"step {step}: error {error:5.2f}, gradients: hidden {gradient_hidden.ravel()}, output {gradient_output}")
    output_bias -= 0.5 * error
score.equal("zero weights, by hand: gradient of the hidden kernel", gradient_hidden.tolist(), [[0, 0], [0, 0]])

# %% [markdown]
# The notes say that with zero weights "the neurons learn the same features". With ReLU they learn **no** feature. What such a network *can* learn is one number for each class: how common the class is. So its result can be computed without training anything. It always answers with the commonest class, and its loss is the cross-entropy between the test labels and the class shares of the training set.

# %% tags=["nbval-ignore-output"]
share_train = np.bincount(data.y_train, minlength=10) / len(data.y_train)
share_test = np.bincount(data.y_test, minlength=10) / len(data.y_test)
prior_loss = float(-(share_test * np.log(share_train)).sum())
prior_accuracy = float(share_test[share_train.argmax()])
print(f"computed: accuracy {prior_accuracy:.2%}, loss {prior_loss:.4f}")
if not data.stand_in:
    score.equal("MNIST, accuracy of the commonest class", round(prior_accuracy, 4), 0.1135)
    score.equal("MNIST, cross-entropy of the class shares", round(prior_loss, 4), 2.3010)

# %% [markdown]
# Now train the notes' network (784 → 256 → 128 → 10, ReLU) from zeros. **Predict first:** which of its six arrays will have changed? (Fewer digits than in the notes, drawn so that the class shares stay the same, and a higher rate, to be quick. The argument above holds for any.)

# %% tags=["nbval-ignore-output"]
tests = initialization.pixels(data.x_test), data.y_test.astype("int32")
zeros = models.mlp(widths=(256, 128), initializer="zeros")
training.prepare(zeros, optimizer=keras.optimizers.SGD(0.5))
pair = initialization.pixels(small.x_train), small.y_train.astype("int32")
training.fit(zeros, pair, epochs=budget.zero_epochs, batch_size=budget.zero_batch)
zero_loss, zero_accuracy = zeros.evaluate(*tests, batch_size=500, verbose=0)
for variable in zeros.trainable_variables:
    print(f"{variable.path:16} {variable.shape!s:12} largest value {np.abs(variable.numpy()).max():.3f}")
print(f"measured: accuracy {zero_accuracy:.2%}, loss {zero_loss:.4f}")

# %%
score.equal("parameters of the notes' network", zeros.count_params(), 235_146)
kernels = [variable.numpy() for variable in zeros.trainable_variables if variable.name == "kernel"]
score.equal("zero start: kernels that are not zero after training", sum(int(np.any(k)) for k in kernels), 0)
score.close("zero start: accuracy minus that of the commonest class", zero_accuracy - prior_accuracy, 0, tolerance=1e-6)
score.close("zero start: loss minus cross-entropy of the class shares", zero_loss - prior_loss, 0, tolerance=1e-3)

# %% [markdown]
# This is a **signature**. A network on MNIST that stays at 11.35% and 2.3010 has learnt the class shares and nothing else; look for zeros.
#
# ### All equal, but not zero
# Give every kernel entry the value 0.01. Now gradients flow, but by symmetry: all units of a layer compute the same, so they get the same gradient and stay the same. A layer of 256 units is then one unit, 256 times.

# %% tags=["nbval-ignore-output"]
starts = {"constant 0.01": keras.initializers.Constant(0.01), "He normal": keras.initializers.HeNormal(seed=1)}
symmetric = {}
for name, start in starts.items():
    model = models.mlp(widths=(256, 128), initializer=start)
    training.prepare(model, optimizer=keras.optimizers.SGD(0.01))
    training.fit(model, pair, epochs=budget.deep_epochs, batch_size=32, seed=0)
    symmetric[name] = model
    accuracy = model.evaluate(*tests, batch_size=500, verbose=0)[1]
    columns = np.unique(model.get_layer("hidden2").get_weights()[0].round(5), axis=1).shape[1]
    print(f"{name:14} test accuracy {accuracy:.1%}, different units in the second hidden layer: {columns} of 128")
    score.equal(f"{name}: different units in hidden layer 2 after training", columns, 1 if "constant" in name else 128)
    if "constant" in name:
        score.at_most("constant 0.01: test accuracy", accuracy, required["constant"])

# %% [markdown]
# Look at what eight units of the first layer see. Each picture is one unit's 784 weights, after training.

# %%
pictures = [
    model.get_layer("hidden1").get_weights()[0][:, :8].T.reshape(8, 28, 28) - (0.01 if "constant" in name else 0)
    for name, model in symmetric.items()
]
shown = plots.show_images(
    [*pictures[0], *pictures[1]],
    titles=[f"constant {i}" for i in range(8)] + [f"He {i}" for i in range(8)],
    signed=True,
    columns=8,
    size=1.3,
)
plots.alt_text(
    shown,
    "Upper row: eight times the same picture of weights. Lower row: eight different pictures that look like noise.",
)
plt.show()

# %% [markdown]
# Randomness **breaks the symmetry**: units that start differently get different gradients and become different detectors. That is why weights are random. (The rule has honest exceptions. Biases may start at zero, and do everywhere in this lesson. A softmax layer *without* hidden layers may start at zero, since its loss has a single valley. The notes' "small layers work with zero init" is true for that one alone.)

# %% tags=["nbval-ignore-output"]
regression = models.mlp(widths=(), initializer="zeros")
training.prepare(regression, optimizer=keras.optimizers.SGD(0.1))
training.fit(regression, pair, epochs=budget.deep_epochs, batch_size=32, seed=0)
accuracy = regression.evaluate(*tests, batch_size=500, verbose=0)[1]
print(f"softmax without hidden layers, from zeros: {accuracy:.1%} of the test digits")
score.at_least("softmax regression from zeros, test accuracy", accuracy, 0.85)

# %% [markdown]
# ## 3 · How large? The variance argument in four steps
#
# Random, then. But how large? We follow the **size** of the signal: the mean of its squares, or the root of that (root mean square, RMS).
#
# **Step 0: what variance is.** The mean squared deviation from the mean. It is not the range, as the notes say: below are two draws with the same variance, 1/3, one of which ends at ±1 while the other has no end. For numbers drawn evenly from −a to a the variance is a²/3.

# %%
rng = np.random.default_rng(4)
even, bell = rng.uniform(-1, 1, 100_000), rng.normal(0, np.sqrt(1 / 3), 100_000)
figure, ax = plt.subplots(figsize=(7, 3))
for values, name, style in ((even, "evenly from −1 to 1", "-"), (bell, "normal", "--")):
    heights, edges = np.histogram(values, bins=np.linspace(-2.5, 2.5, 81), density=True)
    ax.stairs(heights, edges, label=f"{name}: variance {values.var():.2f}", linestyle=style, linewidth=2)
ax.set(xlabel="value", ylabel="density", yticks=[])
ax.legend()
plots.alt_text(figure, "Two histograms of equal variance: a box from minus one to one, and a bell with long tails.")
plt.show()
score.close("variance of an even draw from −1 to 1", float(even.var()), 1 / 3, tolerance=0.01)
score.true("normal draw of the same variance reaches further", np.abs(bell).max() > 2)

# %% [markdown]
# **Step 1: one product.** A weight w with mean 0 and variance Var(w), drawn without regard to the input x: the mean of (w·x)² is Var(w) · x².
#
# **Step 2: a sum of n of them.** The products are independent and have mean 0, so their mean squares add up. With m for the mean of the x²:
#
# mean square of the sum = n · Var(w) · m
#
# By hand: x = (1, 2, 0, −1) has mean square m = (1 + 4 + 0 + 1)/4 = 1.5. With Var(w) = 0.5 the sum has mean square 4 · 0.5 · 1.5 = **3**. Try it with 200,000 draws of the four weights:

# %%
x = np.array([1.0, 2.0, 0.0, -1.0])
sums = rng.normal(0, np.sqrt(0.5), size=(200_000, 4)) @ x
print(f"mean square of x {np.mean(x**2):.1f}; n · Var(w) · m = {4 * 0.5 * np.mean(x**2):.1f}")
score.close("mean square of a sum of four products", float(np.mean(sums**2)), 3.0, tolerance=0.1)

# %% [markdown]
# **Step 3: ReLU.** The sums lie symmetrically about 0. ReLU sets one half of them to 0 and keeps the other half whole, so it keeps exactly **half of the mean square**. (Not half of the variance: after ReLU the mean is no longer 0. Step 2 never asked for a mean of 0, only for the mean square. That is why we follow it.)

# %%
rectified = np.maximum(sums, 0)
figure, axes = plt.subplots(1, 2, figsize=(9, 2.8), sharex=True)
for ax, values, name in zip(axes, (sums, rectified), ("before ReLU", "after ReLU"), strict=True):
    ax.hist(values, bins=np.linspace(-6, 6, 61), color=plots.COLOURS[0])
    ax.set(title=f"{name}: mean square {np.mean(values**2):.1f}", xlabel="value", yticks=[])
plots.alt_text(axes, "Left: a symmetric bell of sums. Right: after ReLU the left half has become one tall bar at zero.")
plt.show()
share = float(np.mean(rectified**2) / np.mean(sums**2))
score.close("share of the mean square that ReLU keeps", share, 0.5, tolerance=0.01)

# %% [markdown]
# **Step 4: put together.** A ReLU layer that adds up n products multiplies the mean square by
#
# **factor = n · Var(w) / 2**
#
# and L layers multiply it by factor^L. That is all. If the factor is 1, the signal keeps its size: Var(w) = 2/n. This is **He's rule** (2015). Glorot and Bengio (2010) had no ReLU in mind and no half to make up for: 1/n for layers of equal width.

# %%
width, depth = 256, 24
variances = {
    "He: 2/n": 2 / width,
    "Glorot: 1/n": 1 / width,
    "normal, deviation 0.01": 0.01**2,
    "twice He: 4/n": 4 / width,
}
print(f"{'rule':24}{'factor':>10}{f'after {depth} layers':>18}{'its root':>12}")
for name, variance in variances.items():
    factor = width * variance / 2
    print(f"{name:24}{factor:>10.4f}{factor**depth:>18.1e}{factor ** (depth / 2):>12.1e}")
score.equal("factor of He's rule", width * variances["He: 2/n"] / 2, 1.0)
score.equal("factor of Glorot's rule with ReLU", width * variances["Glorot: 1/n"] / 2, 0.5)

# %% [markdown]
# **Before you run the next cell:** theory says that with Glorot's rule the signal of a 24-layer ReLU network has a four-thousandth of its size left (the root of 6·10⁻⁸). Do you believe it? The argument treated everything as independent. So measure: six networks for each rule, random inputs, and the theory as a dotted line.


# %%
def relu(a):
    return np.maximum(a, 0)


def forward(x, kernels, function):
    """Send x (N, n) through the layers; return the sums and the signals of every layer."""
    sums, signals = [], []
    for kernel in kernels:
        sums.append((x if not signals else signals[-1]) @ kernel)
        signals.append(function(sums[-1]))
    return sums, signals


def mean_square(arrays):
    return np.array([np.mean(array**2) for array in arrays])


inputs = rng.normal(size=(50, width))
measured = {
    name: [
        mean_square(forward(inputs, [rng.normal(0, np.sqrt(v), (width, width)) for _ in range(depth)], relu)[1])
        for _ in range(6)
    ]
    for name, v in variances.items()
}

# %%
layers = np.arange(1, depth + 1)
theory = {name: (width * variance / 2) ** layers for name, variance in variances.items()}
ax = plots.signal_by_layer(measured, ylabel="mean square of the signal", floor=1e-24, ceiling=1e9)
for values in theory.values():
    ax.plot(layers, np.maximum(values, 1e-24), color="black", linestyle=":", linewidth=1.5)
ax.set_title("24 ReLU layers of 256 units; dotted: n · Var(w) / 2 to the power of the layer")
plots.alt_text(
    ax,
    "Mean square by layer on a logarithmic axis. He stays at 1, twice He rises to ten million, Glorot falls to ten to the minus seven, deviation 0.01 leaves the picture. Dotted lines of theory lie on the measured ones.",
)
plt.show()
for name, variance in variances.items():
    curve = np.mean(measured[name], axis=0)
    per_layer = (curve[-1] / curve[0]) ** (1 / (depth - 1))
    score.close(
        f"{name}: factor a layer, measured over theory", float(per_layer / (width * variance / 2)), 1, tolerance=0.05
    )

# %% [markdown]
# Four steps of arithmetic, and the curves lie on their lines. (The band around each is chance: a network of finite width wanders a little from layer to layer.)
#
# ### The way back
# The gradient is sent back by the same kernels, each unit adding up over its n_out **outgoing** weights, and ReLU lets it pass for one half of the units. So the gradient's mean square is multiplied by n_out · Var(w) / 2 at every layer. With equal widths one rule serves both directions. With unequal widths it cannot: forward asks for 2/n_in, backward for 2/n_out. Glorot's rule is the compromise between the two, Var(w) = 2/(n_in + n_out).

# %%
n_in, n_out = 784, 256
print(f"{'rule':22}{'variance':>10}{'forward: n_in·Var':>20}{'backward: n_out·Var':>22}")
for name, variance in {
    "LeCun 1/n_in": 1 / n_in,
    "Glorot 2/(n_in+n_out)": 2 / (n_in + n_out),
    "He 2/n_in": 2 / n_in,
}.items():
    print(f"{name:22}{variance:>10.5f}{n_in * variance:>20.3f}{n_out * variance:>22.3f}")
glorot = keras.initializers.GlorotUniform(seed=0)((n_in, n_out))
limit = float(np.sqrt(6 / (n_in + n_out)))
score.close("Keras' GlorotUniform, variance over 2/(n_in+n_out)", float(np.var(glorot)) / (2 / 1040), 1, tolerance=0.01)
score.close("its largest weight over √(6/(n_in+n_out))", float(np.abs(glorot).max()) / limit, 1, tolerance=0.001)

# %% [markdown]
# In this first layer of the notes' network Glorot's and He's variances differ by a third only. Keep that in mind for section 8.
#
# ## 4 · Seven draws, three activations
#
# Now all of them: forward and backward, for each activation. What is new is written out; the gradient at the output is drawn at random, with size 1.


# %%
def orthogonal(n_in, n_out, rng):
    """Columns at right angles and of length 1: turns a signal without changing its size."""
    q, r = np.linalg.qr(rng.normal(size=(n_in, n_out)))
    return q * np.sign(np.diag(r))


DRAWS = {
    "zeros": lambda n_in, n_out, rng: np.zeros((n_in, n_out)),
    "constant 0.01": lambda n_in, n_out, rng: np.full((n_in, n_out), 0.01),
    "normal 0.01": lambda n_in, n_out, rng: rng.normal(0, 0.01, (n_in, n_out)),
    "normal 0.2": lambda n_in, n_out, rng: rng.normal(0, 0.2, (n_in, n_out)),
    "He": lambda n_in, n_out, rng: rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)),
    "Glorot (Xavier)": lambda n_in, n_out, rng: rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out)),
    "orthogonal": orthogonal,
    "LeCun": lambda n_in, n_out, rng: rng.normal(0, np.sqrt(1 / n_in), (n_in, n_out)),
}
ACTIVATIONS = {  # the function, and its slope
    "tanh": (np.tanh, lambda a: 1 - np.tanh(a) ** 2),
    "sigmoid": (expit, lambda a: expit(a) * (1 - expit(a))),
    "ReLU": (relu, lambda a: (a > 0).astype(float)),
}


# %%
def backward(gradient, kernels, sums, slope):
    """Send the gradient of the last signal back; return the gradients of the sums of every layer."""
    found = []
    for kernel, a in zip(kernels[::-1], sums[::-1], strict=True):
        found.append(gradient * slope(a))
        gradient = found[-1] @ kernel.T
    return found[::-1]


def statistics(draw, activation, *, depth=24, width=256, seed=0):
    """RMS of signal and gradient, and the spread from input to input, by layer."""
    rng = np.random.default_rng(seed)
    function, slope = ACTIVATIONS[activation]
    x, last = rng.normal(size=(2, 50, width))
    kernels = [DRAWS[draw](width, width, rng) for _ in range(depth)]
    sums, signals = forward(x, kernels, function)
    gradients = backward(last, kernels, sums, slope)
    return {
        "signal": np.sqrt(mean_square(signals)),
        "gradient": np.sqrt(mean_square(gradients)),
        "spread": np.array([signal.std(axis=0).mean() for signal in signals]),
    }


found = {(draw, name): statistics(draw, name) for draw in DRAWS for name in ACTIVATIONS}

# %% [markdown]
# **Before you look:** LeCun's, Glorot's and the orthogonal curve lie on top of each other in every panel. Why? And which activation do you expect to need the largest weights?

# %%
figure, axes = plt.subplots(1, 3, figsize=(13, 4.6), sharey=True)
for ax, name in zip(axes, ACTIVATIONS, strict=True):
    lines = {draw: found[draw, name]["signal"] for draw in DRAWS}
    plots.signal_by_layer(lines, ylabel="RMS of the signal" if ax is axes[0] else "", title=name, ceiling=1e10, ax=ax)
    ax.get_legend().remove()
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plots.alt_text(
    figure,
    "Size of the signal by layer. Tanh: most draws stay between 0.1 and 1, the smallest fall to zero. Sigmoid: all stay near 0.5. ReLU: the draws fan out, He stays at 1, two explode, the smaller ones die.",
)
plt.show()

# %% [markdown]
# Layers of equal width have n_in = n_out, so LeCun's 1/n and Glorot's 2/(n + n) are the same number, and the columns of an orthogonal matrix have entries of variance 1/n too. And now the way back (read from right to left: the gradient starts at layer 24).

# %%
figure, axes = plt.subplots(1, 3, figsize=(13, 4.6), sharey=True)
for ax, name in zip(axes, ACTIVATIONS, strict=True):
    lines = {draw: found[draw, name]["gradient"] for draw in DRAWS}
    plots.signal_by_layer(lines, ylabel="RMS of the gradient" if ax is axes[0] else "", title=name, ceiling=1e10, ax=ax)
    ax.get_legend().remove()
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plots.alt_text(
    figure,
    "Size of the gradient by layer. Tanh: Glorot falls a little, He rises a little, deviation 0.2 rises a thousandfold. Sigmoid: every draw dies. ReLU: He stays, the others die or explode.",
)
plt.show()

# %% [markdown]
# One number for each pair: by how many powers of ten does the gradient change on its way from layer 24 back to layer 1? White is healthy.

# %%
ratio = np.zeros((len(DRAWS), len(ACTIVATIONS)))
for i, draw in enumerate(DRAWS):
    for j, name in enumerate(ACTIVATIONS):
        gradient = found[draw, name]["gradient"]
        ratio[i, j] = gradient[0] / gradient[-1] if gradient[-1] else 0.0
ax = plots.fate_table(ratio, list(DRAWS), list(ACTIVATIONS), quantity="gradient at layer 1 over layer 24")
plots.alt_text(
    ax,
    "A table of powers of ten. Near zero: ReLU with He, and tanh with LeCun, Glorot, orthogonal and He. All of sigmoid is strongly negative. Constant and deviation 0.2 with ReLU are strongly positive.",
)
plt.show()
power = {
    (draw, name): np.log10(max(ratio[i, j], 1e-300))
    for i, draw in enumerate(DRAWS)
    for j, name in enumerate(ACTIVATIONS)
}

# %%
score.at_most("ReLU, He: powers of ten the gradient changes", abs(power["He", "ReLU"]), 0.7)
score.at_most("tanh, Glorot: powers of ten the gradient changes", abs(power["Glorot (Xavier)", "tanh"]), 1.0)
score.at_most("ReLU, Glorot: powers of ten, gradient", power["Glorot (Xavier)", "ReLU"], -3)
score.at_most("ReLU, normal 0.01: powers of ten, gradient", power["normal 0.01", "ReLU"], -18)
score.at_least("ReLU, normal 0.2: powers of ten, gradient", power["normal 0.2", "ReLU"], 6)
score.at_most("sigmoid, best draw: powers of ten, gradient", max(power[draw, "sigmoid"] for draw in DRAWS), -4)
score.true("zeros: no gradient at layer 1", all(power["zeros", name] == -300 for name in ACTIVATIONS))

# %% [markdown]
# What the table says, against what the notes say:
#
# | the notes | measured here |
# |---|---|
# | too large weights make gradients vanish, too small ones explode, "respectively" | with ReLU it is the other way round: small weights vanish, large ones explode |
# | ReLU "causes vanishing" | ReLU keeps half, every time, and He gives that half back. Glorot's draw with ReLU vanishes, He's does not |
# | Glorot is for tanh and sigmoid | tanh yes. A deep **sigmoid** network dies with every one of these draws |
#
# Why sigmoid? Its slope is at most 1/4. The gradient's mean square is multiplied by n · Var(w) · slope² ≤ n · Var(w)/16. Not even He's 2/n makes up for that.

# %% [markdown]
# ## 5 · Two statistics that mislead
#
# ### A steady size that means nothing
# In the sigmoid panel every draw looked healthy: an RMS of 0.5, layer after layer. But 0.5 is what a sigmoid gives when it is told nothing. Ask instead how much a unit's value differs **from input to input**.

# %%
lines = {
    f"{draw}: {what}": found[draw, "sigmoid"][key]
    for draw in ("Glorot (Xavier)", "normal 0.2")
    for what, key in (("RMS", "signal"), ("from input to input", "spread"))
}
ax = plots.signal_by_layer(lines, ylabel="size", floor=1e-16, title="sigmoid, 24 layers")
plots.alt_text(
    ax,
    "The RMS stays flat near 0.5. The spread from input to input falls in a straight line to ten to the minus fifteen.",
)
plt.show()
spread = found["Glorot (Xavier)", "sigmoid"]["spread"]
score.at_least("sigmoid, Glorot: RMS at layer 24", float(found["Glorot (Xavier)", "sigmoid"]["signal"][-1]), 0.4)
score.at_most("sigmoid, Glorot: spread from input to input at layer 24", float(spread[-1]), 1e-10)

# %% [markdown]
# After 24 layers all inputs give the same answer, to fifteen digits. So look at three things: the size, the spread over inputs (dead? forgotten?), and the spread over units (symmetric?).
#
# ### Saturated, and yet no vanishing gradient
# Large weights push tanh to its flat ends: it is **saturated**, its slope nearly 0. So, one reads, the gradient vanishes. Watch the histograms first: Glorot's draw above, weights five times as large below.


# %%
def chain(scale, activation="tanh", depth=24, width=256, seed=0):
    """Sums, signals and gradients of a chain with weights of deviation scale/√n."""
    rng = np.random.default_rng(seed)
    function, slope = ACTIVATIONS[activation]
    x, last = rng.normal(size=(2, 50, width))
    kernels = [rng.normal(0, scale / np.sqrt(width), (width, width)) for _ in range(depth)]
    sums, signals = forward(x, kernels, function)
    return sums, signals, backward(last, kernels, sums, slope)


for scale, name in ((1, "Glorot"), (5, "five times as large")):
    signals = chain(scale)[1]
    shown = plots.layer_histograms(
        {f"layer {i}": signals[i - 1] for i in (1, 2, 6, 12, 18, 24)}, limits=(-1, 1), title=f"tanh, {name}"
    )
    plots.alt_text(
        shown,
        f"Histograms of six layers, {name}. With Glorot's draw they narrow slowly around zero; five times as large, almost all values sit at minus one and one.",
    )
    plt.show()

# %% [markdown]
# **Before you run this:** with weights five times as large, two thirds of the units are saturated. Is the gradient at layer 1 smaller or larger than at layer 24?

# %%
print(f"{'scale':>6}{'saturated units':>18}{'gradient, layer 1 / layer 24':>32}")
saturation = {}
for scale in (0.5, 1, 1.5, 2, 5, 10):
    sums, signals, gradients = chain(scale)
    saturated = float(np.mean(np.abs(signals[-1]) > 0.96))
    growth = float(np.sqrt(np.mean(gradients[0] ** 2) / np.mean(gradients[-1] ** 2)))
    saturation[scale] = saturated, growth
    print(f"{scale:>6}{saturated:>18.0%}{growth:>32.0e}")
score.at_least("tanh, scale 5: share of saturated units", saturation[5][0], 0.5)
score.at_least("tanh, scale 5: gradient at layer 1 over layer 24", saturation[5][1], 1e4)

# %% [markdown]
# Larger. The few units that are *not* saturated pass the gradient on with slopes near 1, and the weights it is multiplied by are large. Saturation stops learning in another way: most units of a layer get no gradient for a given input, and the few that do get a huge one, different for every input. Steps then overshoot: this is the "oscillation" of the notes. The measured sentence is: **small weights make the gradient vanish; large weights make it explode, with ReLU and with tanh alike.**
#
# ### Touch it
# Depth, activation and scale, and a histogram for each of six layers (of the sums, where the activation is ReLU). Scale 1 is Glorot, √2 ≈ 1.4 is He. Find for each activation a scale at which layer 40 still has a shape. (Everything reads whole without this control.)


# %%
def draw_layers(activation="ReLU", depth=24, scale=1.4):
    """Draw histograms of up to six layers of a chain; return the figure."""
    sums, signals, gradients = chain(scale, activation, depth=depth, width=128)
    back = np.sqrt(np.mean(gradients[0] ** 2) / max(np.mean(gradients[-1] ** 2), 1e-300))
    size = np.sqrt(mean_square(signals))
    title = f"{activation}, scale {scale:g}: RMS {size[0]:.1e} → {size[-1]:.1e}; gradient, layer 1 over last {back:.1e}"
    limits = {"tanh": (-1, 1), "sigmoid": (0, 1), "ReLU": (-3, 3)}[activation]
    values = sums if activation == "ReLU" else signals  # after ReLU a tall bar at 0 would hide the rest
    chosen = sorted({int(i) for i in np.linspace(1, depth, 6).round()})
    return plots.layer_histograms({f"layer {i}": values[i - 1] for i in chosen}, limits=limits, title=title)[0].figure


figure = draw_layers(activation="ReLU", scale=1.0)
plots.alt_text(figure, "Histograms of the sums in six ReLU layers at scale 1: they shrink to a needle at zero.")
plt.show()

# %% tags=["nbval-ignore-output"]
controls = [
    ipywidgets.Dropdown(options=list(ACTIVATIONS), value="ReLU", description="activation"),
    ipywidgets.IntSlider(value=24, min=2, max=40, description="depth", continuous_update=False),
    ipywidgets.FloatSlider(value=1.4, min=0.2, max=4, step=0.1, description="scale", continuous_update=False),
]


def layers_as_png(change=None):
    """Redraw with the values of the controls."""
    figure, file = draw_layers(*(control.value for control in controls)), io.BytesIO()
    figure.savefig(file, format="png")
    plt.close(figure)
    screen.value = file.getvalue()


screen = ipywidgets.Image(format="png", width=900)
layers_as_png()
for control in controls:
    control.observe(layers_as_png, names="value")
ipywidgets.VBox([*controls, screen])

# %% [markdown]
# ## 6 · Is our arithmetic that of Keras?
#
# The statistics above come from our own few lines. Check them once against Keras, on digits and with the true loss. One step of gradient descent with rate 1 moves each weight by exactly its gradient, so before − after *is* Keras' gradient.


# %%
def keras_gradients(model, x, y):
    """Gradients of all kernels, by one step of rate 1; the model is left as it was."""
    before = model.get_weights()
    model.compile(optimizer=keras.optimizers.SGD(1.0), loss="sparse_categorical_crossentropy", jit_compile=False)
    model.train_on_batch(x, y)
    after = model.get_weights()
    model.set_weights(before)
    return [b - a for b, a in zip(before, after, strict=True) if b.ndim == 2]


deep = models.mlp(widths=(64,) * 20, initializer=keras.initializers.HeNormal(seed=7))
batch, labels = initialization_depth.pixels(small.x_train[:200], small), small.y_train[:200].astype("int32")
theirs = keras_gradients(deep, batch, labels)

# %%
kernels = [k.astype(float) for k in deep.get_weights() if k.ndim == 2]
flat = batch.reshape(200, -1).astype(float)
sums, signals = forward(flat, kernels[:-1], relu)
scores = signals[-1] @ kernels[-1]
answers = np.exp(scores - scores.max(axis=1, keepdims=True))
answers /= answers.sum(axis=1, keepdims=True)
error = (answers - np.eye(10)[labels]) / len(labels)  # gradient of the mean cross-entropy
gradients = backward(error @ kernels[-1].T, kernels[:-1], sums, ACTIVATIONS["ReLU"][1])
ours = [x.T @ g for x, g in zip([flat, *signals], [*gradients, error], strict=True)]
off = max(float(np.abs(a - b).max() / np.abs(b).max()) for a, b in zip(ours, theirs, strict=True))
score.true("our gradients equal Keras' in all 21 kernels, to one part in a thousand", off < 1e-3)

# %% [markdown]
# ## 7 · The mend: one word
#
# Back to the twenty layers that did not learn. They started from Keras' default, Glorot uniform. With ReLU its factor is 1/2 a layer: after twenty layers a thousandth of the signal's size is left, and the gradient is a thousandth as well. The mend is `initializer="he_uniform"`. The same family of draw, the same seed, twice the variance.

# %% tags=["nbval-ignore-output"]
deep_arms = {"normal": [], "glorot_uniform": [default[20]], "he_uniform": []}
for name, runs in deep_arms.items():
    runs += [deep_run(name, 20, seed) for seed in ((1,) if name != "he_uniform" else (0, 1))]
labels_of = {name: initialization.ARMS[name].label for name in deep_arms}
ax = plots.curves(
    {labels_of[name]: [run["loss"] for run in runs] for name, runs in deep_arms.items()}, ylabel="training loss"
)
ax.axhline(np.log(10), color="black", linestyle=":", linewidth=1)
ax.set_title("20 hidden layers; dotted: ln 10, the loss of guessing")
plots.alt_text(
    ax, "Training loss by epoch. Deviation 0.01 and Glorot stay on the dotted line at 2.30; He falls well below it."
)
plt.show()
for name, runs in deep_arms.items():
    print(f"{labels_of[name]:24} test accuracy {', '.join(format(run['test_accuracy'], '.1%') for run in runs)}")

# %% tags=["nbval-ignore-output"]
accuracy_of = {name: [run["test_accuracy"] for run in runs] for name, runs in deep_arms.items()}
gap = min(accuracy_of["he_uniform"]) - max(accuracy_of["glorot_uniform"] + accuracy_of["normal"])
print(f"worst He run ahead of the best other run by {gap:.1%} of the test digits")
score.at_least("20 layers: worst He run ahead of the best other", gap, required["gap"])
score.at_most(
    "20 layers, normal 0.01: loss of guessing minus training loss",
    float(np.log(10) - min(deep_arms["normal"][0]["loss"])),
    0.05,
)

# %% [markdown]
# And too large? Twice He's deviation multiplies the size by 2 at every layer. Look at the loss before the first step: a healthy start lies near ln 10 = 2.3.

# %% tags=["nbval-ignore-output"]
first_loss = {}
for name, factor in {"He": 2.0, "twice He's deviation": 8.0}.items():
    start = keras.initializers.VarianceScaling(scale=factor, mode="fan_in", distribution="uniform", seed=3)
    model = models.mlp(widths=(64,) * 20, initializer=start, softmax=False)
    scores = np.asarray(model(batch))
    largest = scores.max(axis=1)
    loss = np.log(np.exp(scores - largest[:, None]).sum(axis=1)) + largest - scores[np.arange(200), labels]
    first_loss[name] = float(loss.mean())
    print(f"{name:22} loss before the first step {first_loss[name]:.3g}")
score.at_most("20 layers, He: loss before the first step", first_loss["He"], 10)
score.at_least("20 layers, twice He's deviation: loss before the first step", first_loss["twice He's deviation"], 1e4)

# %% [markdown]
# From which depth on does it matter? The next figure is a **stored measurement**: five seeds at six depths on MNIST (`python -m course_utils.measure initialization_depth` makes it again).

# %%
stored_depth = measure.load("initialization_depth")
depths = list(initialization_depth.DEPTHS)


def stored_accuracies(name, depth):
    return [r["test_accuracy"] for r in stored_depth["runs"] if r["arm"] == name and r["depth"] == depth]


curves = {labels_of[name]: np.transpose([stored_accuracies(name, d) for d in depths]) for name in deep_arms}
ax = plots.curves(curves, x=depths, xlabel="hidden layers", ylabel="test accuracy after two epochs")
plots.alt_text(
    ax,
    "Test accuracy against depth for three draws. Glorot and He start level near 90 percent at 2 layers; Glorot falls to guessing by 20 layers, He stays above 70 percent to 30. Deviation 0.01 lies at 11 percent throughout.",
)
plt.show()
for name in deep_arms:
    means = [f"{np.mean(stored_accuracies(name, d)):.0%}" for d in depths]
    print(f"{labels_of[name]:24}" + "".join(f"{text:>8}" for text in means))
print(f"{'hidden layers':24}" + "".join(f"{d:>8}" for d in depths))

# %% [markdown]
# With two layers the choice between Glorot and He does not show. With ten it costs a fifth of the digits, with twenty all of them. (The draw of deviation 0.01 fails even with two layers of 64 units in this short training: its factor is 0.003, not 0.5.)

# %%
he, glorot = ({d: np.array(stored_accuracies(name, d)) for d in depths} for name in ("he_uniform", "glorot_uniform"))
score.at_most("stored, 2 layers: He ahead of Glorot, mean", round(float((he[2] - glorot[2]).mean()), 4), 0.05)
score.at_least(
    "stored, 20 layers: worst He run minus best Glorot run", round(float(he[20].min() - glorot[20].max()), 4), 0.3
)
score.at_least("stored, 10 layers: He ahead of Glorot, mean", round(float((he[10] - glorot[10]).mean()), 4), 0.1)
score.at_most("stored, 30 layers: best Glorot run", float(glorot[30].max()), 0.35)
if not data.stand_in:
    for name, spread_of in (("he_uniform", he[20]), ("glorot_uniform", glorot[20])):
        low, high = spread_of.min() - 0.15, spread_of.max() + 0.15
        inside = all(low <= value <= high for value in accuracy_of[name])
        score.true(f"live runs of {labels_of[name]} within 15% of the stored spread", inside)

# %% [markdown]
# ## 8 · "He is better": the notes' experiment, repeated
#
# The notes trained 784 → 256 → 128 → 10 with ReLU on MNIST: gradient descent with rate 0.01, batches of 32, 10 epochs, a tenth of the training images held back. One run for each of four draws; of one log a fragment survives; the verdict is "He is better". What is wrong with that comparison?
#
# - **One run each.** First weights and order of the images are chance.
# - **Two things change at once.** Glorot was drawn evenly, He from a bell. Is it the variance or the family?
# - **No numbers.**
#
# From section 3 you can predict the outcome. Glorot's and He's variances differ by a factor of 1.3 in the first layer, 1.5 in the second and 1.1 in the last. **Before you run this:** by how much will the accuracies differ?

# %% tags=["nbval-ignore-output"]
race = {}
for name in ("normal", "glorot_uniform", "he_normal"):
    keras.utils.clear_session()
    race[name] = initialization.train(name, data, seed=7, epochs=budget.race_epochs)[1]
    first = race[name]["test_accuracy"][-1]
    print(f"{initialization.ARMS[name].label:24} test accuracy {first:.2%} after {budget.race_epochs} epoch(s)")
live = {name: run["test_accuracy"][-1] for name, run in race.items()}
score.at_least("notes' network, He normal, live test accuracy", live["he_normal"], required["good"])
score.at_least("He normal ahead of normal 0.01, live", live["he_normal"] - live["normal"], required["ahead"])
score.at_most(
    "He normal and Glorot uniform differ by, live", abs(live["he_normal"] - live["glorot_uniform"]), required["near"]
)

# %% [markdown]
# The whole comparison is a stored measurement: six draws, five seeds each, on MNIST (`python -m course_utils.measure initialization`). Each dot is one training.

# %%
stored = measure.load("initialization")


def stored_runs(name, field="test_accuracy"):
    return np.array([run[field] for run in stored["runs"] if run["arm"] == name])


names = list(stored["arms"])
final = {name: 100 * stored_runs(name)[:, -1] for name in names}
rows = {initialization.ARMS[name].label: final[name] for name in names if final[name].min() > 90}
ax = plots.spread(rows, xlabel="test accuracy after 10 epochs, in % (zeros: 11.35, off the scale)")
plots.alt_text(
    ax,
    "Final test accuracy of five draws, one dot a seed. Deviation 0.01 lies near 94.2 percent; both Glorot and both He draws lie close together near 96.6 and 96.7 percent.",
)
plt.show()
print(f"{'':26}{'epoch 1':>18}{'epoch 10':>18}")
for name in names:
    parts = [stored_runs(name)[:, epoch] for epoch in (0, -1)]
    columns = "".join(f"{f'{100 * p.mean():.2f} ± {100 * p.std(ddof=1):.2f}':>18}" for p in parts)
    print(f"{initialization.ARMS[name].label:26}{columns}")

# %%
zero_runs = stored_runs("zeros"), stored_runs("zeros", "test_loss")
score.true("stored, zeros: 11.35% after every epoch of every seed", bool(np.all(zero_runs[0].round(4) == 0.1135)))
score.close(
    "stored, zeros: test loss after 10 epochs, mean",
    round(float(zero_runs[1][:, -1].mean()), 4),
    2.3010,
    tolerance=0.0005,
)
first = {name: stored_runs(name)[:, 0] for name in names}
best = {name: stored_runs(name)[:, -1] for name in names}
score.at_least(
    "stored, epoch 1: worst He normal minus best normal 0.01",
    round(float(first["he_normal"].min() - first["normal"].max()), 4),
    0.5,
)

# %%
variance_effect = (best["he_uniform"] + best["he_normal"] - best["glorot_uniform"] - best["glorot_normal"]) / 2
family_effect = (best["he_normal"] + best["glorot_normal"] - best["he_uniform"] - best["glorot_uniform"]) / 2
for what, effect in (("He's variance", variance_effect), ("the normal family", family_effect)):
    print(
        f"gain by {what}: {100 * effect.mean():+.2f}% ± {100 * effect.std(ddof=1):.2f} (mean and spread of the seeds)"
    )
pair_effect = best["he_normal"] - best["glorot_uniform"]
print("He normal minus Glorot uniform, seed by seed, in %:", (100 * pair_effect).round(2).tolist())
score.true(
    "stored, 10 epochs: the notes' pair, seeds disagree on the winner", pair_effect.min() < 0 < pair_effect.max()
)
score.true("stored, 10 epochs: He's variance ahead of Glorot's for every seed", bool(np.all(variance_effect > 0)))
score.at_most("stored, 10 epochs: He's variance ahead by, mean", round(float(variance_effect.mean()), 4), 0.003)
score.at_most("stored, 10 epochs: gain or loss by the family, mean", round(float(abs(family_effect.mean())), 4), 0.001)
behind = round(float((best["glorot_uniform"] - best["normal"]).mean()), 4)
score.at_least("stored, 10 epochs: Glorot uniform ahead of normal 0.01, mean", behind, 0.015)


# %% [markdown]
# So is "He better"? The honest answer has three parts. **Yes, by very little:** within a family He's variance ends ahead of Glorot's with every seed, by about a tenth of a percent, ten digits of ten thousand. **One run each could not have told:** of the notes' pair, He normal against Glorot uniform, one seed in five gives the opposite verdict. **And not by the family:** uniform or normal makes no difference that five seeds can show. The larger variance helps as section 3 predicts for a factor of 1/2 and *few* layers: hardly. The draw of deviation 0.01 is another matter: it loses the first epoch and is still behind after ten.
#
# Live and stored must agree. The live runs use a seed that is not among the stored ones.

# %%
if not data.stand_in:
    for name, margin in (("normal", 0.2), ("glorot_uniform", 0.015), ("he_normal", 0.015)):
        low, high = first[name].min() - margin, first[name].max() + margin
        score.true(f"live {name} within {margin:g} of the stored spread of epoch 1", low <= live[name] <= high)

# %% [markdown]
# In the full profile the whole measurement is made again on your machine:

# %% tags=["nbval-ignore-output"]
if lesson.profile == "full" and not data.stand_in:
    fresh = [run["test_accuracy"][-1] for run in initialization.measure()["runs"] if run["arm"] == "he_normal"]
    score.at_least("full profile, measured again: He normal, mean test accuracy", float(np.mean(fresh)), 0.96)

# %% [markdown]
# ## 9 · What goes wrong: one initializer object, used twice
#
# It looks tidy to make the initializer once and hand it to every layer:

# %%
shared = keras.initializers.HeNormal()
first_layer, second_layer = (keras.layers.Dense(64, kernel_initializer=shared) for _ in range(2))
for layer in (first_layer, second_layer):
    layer.build((None, 64))
difference = float(np.abs(first_layer.get_weights()[0] - second_layer.get_weights()[0]).max())
print("largest difference between the two kernels:", difference)
score.equal("one initializer object, two layers of equal shape: difference of kernels", difference, 0.0)

# %% [markdown]
# The two layers start with **identical** weights. A Keras 3 initializer without a seed draws a seed when it is *made*, and every later call starts from it. (A name, `"he_normal"`, makes a new object for each layer, so this trap needs the tidy variable.)
#
# **The damage, first kind: the variance argument no longer holds.** It needs kernels that know nothing of the signal. If all are the same matrix, the signal has been through it before. Thirty chains of each kind, all with He's variance:

# %%
ends = {"own draws": [], "one shared draw": []}
for seed in range(30):
    rng = np.random.default_rng(seed)
    x, kernels = rng.normal(size=(50, 64)), [DRAWS["He"](64, 64, rng) for _ in range(24)]
    ends["own draws"].append(mean_square(forward(x, kernels, relu)[1])[-1])
    ends["one shared draw"].append(mean_square(forward(x, kernels[:1] * 24, relu)[1])[-1])
ax = plots.spread(
    {name: np.log10(values) for name, values in ends.items()}, xlabel="powers of ten, mean square after 24 layers"
)
plots.alt_text(
    ax, "Thirty dots each. Own draws lie within a power of ten of one; shared draws spread over several powers."
)
plt.show()
scatter = {name: float(np.std(np.log10(values))) for name, values in ends.items()}
score.at_least("spread after 24 layers, shared over own draws", scatter["one shared draw"] / scatter["own draws"], 1.5)

# %% [markdown]
# **The damage, second kind: twins.** Networks with branches add up what parallel layers give (lesson 09). Two branches of equal shape that start equal get equal gradients: they stay twins for ever, and half of the units are wasted. Measure it, mend it, measure again.


# %% tags=["nbval-ignore-output"]
def two_branches(one_object, seed):
    """784 → two parallel layers of 8 ReLU units, added → 10."""
    keras.utils.set_random_seed(seed)
    tidy = keras.initializers.HeNormal()
    inputs = keras.Input((28, 28, 1))
    flat = keras.layers.Flatten()(inputs)
    branches = [
        keras.layers.Dense(8, "relu", kernel_initializer=tidy if one_object else keras.initializers.HeNormal())(flat)
        for _ in range(2)
    ]
    outputs = keras.layers.Dense(10, activation="softmax")(keras.layers.Add()(branches))
    model = keras.Model(inputs, outputs)
    training.prepare(model, optimizer=keras.optimizers.SGD(0.05))
    pair = initialization_depth.pixels(small.x_train, small), small.y_train.astype("int32")
    training.fit(model, pair, epochs=2 * budget.deep_epochs, batch_size=32, seed=seed)
    return model


twins, mended = two_branches(True, 0), two_branches(False, 0)
small_tests = initialization_depth.pixels(small.x_test, small), small.y_test.astype("int32")
apart, reads = {}, {}
for name, model in (("one object", twins), ("own objects", mended)):
    left, right = (w for w in model.get_weights() if w.shape == (784, 8))
    apart[name] = float(np.abs(left - right).max())
    reads[name] = model.evaluate(*small_tests, batch_size=500, verbose=0)[1]
    print(f"{name:12} branches differ by at most {apart[name]:.6f}, test accuracy {reads[name]:.1%}")
score.at_least("accuracy lost to twin branches", reads["own objects"] - reads["one object"], 0.01)
score.at_most("one object: largest difference of the two branches after training", apart["one object"], 1e-5)
score.at_least("own objects: largest difference of the two branches", apart["own objects"], 0.05)

# %% [markdown]
# **The mend:** give every layer an initializer of its own, by name, or by making a new object. `models.mlp` does it for you, whatever you hand it:

# %%
kept_apart = models.mlp(widths=(64, 64, 64), input_shape=(64,), initializer=keras.initializers.HeNormal(seed=1))
kernels = [kept_apart.get_layer(f"hidden{i}").get_weights()[0] for i in (1, 2, 3)]
least = min(float(np.abs(kernels[i] - kernels[j]).max()) for i, j in ((0, 1), (0, 2), (1, 2)))
score.at_least("models.mlp, one object with a seed: least difference between two kernels", round(least, 3), 0.1)

# %% [markdown]
# ## 10 · Looking forward: two later answers
#
# The right variance makes the factor 1 *at the start*. Two later ideas make the network less dependent on it. You will meet both again: batch normalisation in lesson 09, residual connections in lesson 10.
#
# - **Batch normalisation** divides each unit's sum by its own spread over the batch, at every layer, at every step. Whatever the size of the kernel, the signal leaves with size 1.
# - **Residual connection**: a block adds its answer to its input, x + f(x). If the last kernel of f starts at **zero**, each block starts as "pass it on", and the signal arrives unchanged, forward and back. Here a zero start is right: the symmetry is broken inside f.


# %%
def dense(units, start, **options):
    return keras.layers.Dense(units, kernel_initializer=start, **options)


def later_network(kind, start, seed, depth=20, width=64):
    """A chain of `depth` dense ReLU layers with batch normalisation, or as residual blocks of two."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((28, 28, 1))
    x = keras.layers.Flatten()(inputs)
    if kind == "residual":
        x = dense(width, start(), activation="relu")(x)
        for _ in range((depth - 1) // 2):
            inner = dense(width, start(), activation="relu")(x)
            x = keras.layers.Add()([x, dense(width, "zeros")(inner)])
    else:
        for _ in range(depth):
            x = keras.layers.BatchNormalization()(dense(width, start(), use_bias=False)(x))
            x = keras.layers.ReLU()(x)
    model = keras.Model(inputs, dense(10, start(), activation="softmax")(x))
    training.prepare(model, optimizer=keras.optimizers.SGD(0.01))
    return model


# %% [markdown]
# The test: the twenty layers of section 1 from the draws that failed, normal 0.01 and Glorot.

# %% tags=["nbval-ignore-output"]
starts = {
    "normal": lambda: keras.initializers.RandomNormal(stddev=0.01),
    "glorot_uniform": keras.initializers.GlorotUniform,
}
pair = initialization_depth.pixels(small.x_train, small), small.y_train.astype("int32")
later = {(name, "plain"): deep_arms[name][0]["loss"][-1] for name in starts}
for name, start in starts.items():
    for kind in ("batch normalisation", "residual"):
        model = later_network(kind, start, seed=0)
        run = training.fit(model, pair, epochs=budget.deep_epochs, batch_size=32, seed=0)
        later[name, kind] = run.history["loss"][-1]
print(f"{'training loss':26}{'plain':>10}{'batch norm':>14}{'residual':>12}")
for name in starts:
    values = [later[name, kind] for kind in ("plain", "batch normalisation", "residual")]
    print(f"{initialization.ARMS[name].label:26}{values[0]:>10.2f}{values[1]:>14.2f}{values[2]:>12.2f}")
print(f"{'He uniform':26}{deep_arms['he_uniform'][0]['loss'][-1]:>10.2f}")
for name in starts:
    for kind in ("batch normalisation", "residual"):
        gain = later[name, "plain"] - later[name, kind]
        score.at_least(f"20 layers, {name}, {kind}: training loss below the plain chain's", gain, 0.3)

# %% [markdown]
# Both learn from draws with which the plain chain is stuck. They do not make care superfluous: compare the losses with that of the plain chain from He's draw, in the last line.
#
# ## 11 · The papers beside ours
#
# | paper | what it reports | what this lesson measured |
# |---|---|---|
# | Glorot, Bengio (2010), tanh | the draw of the time had variance 1/(3n): signals shrink layer by layer. With 2/(n_in + n_out) they keep their size | factor 1/3 a layer against 1, below |
# | He, Zhang, Ren, Sun (2015), ReLU | a 22-layer network converges with both draws, sooner with He's; a 30-layer one only with He's, Glorot's stalls | section 7: at 20 and 30 layers only He's learns in our budget |
#
# Glorot and Bengio's "standard" draw was even, from −1/√n to 1/√n. Its variance is (1/√n)²/3 = 1/(3n), by section 3. Five tanh layers of 1,000 units, as in their figures:

# %%
rng = np.random.default_rng(11)
x, shrink = rng.normal(size=(50, 1000)), {}
for name, limit in (("standard", np.sqrt(1 / 1000)), ("Glorot", np.sqrt(6 / 2000))):
    signals = forward(x, [rng.uniform(-limit, limit, (1000, 1000)) for _ in range(5)], np.tanh)[1]
    shrink[name] = float(np.std(signals[-1]) / np.std(signals[0]))
    shown = plots.layer_histograms(
        {f"layer {i + 1}": signal for i, signal in enumerate(signals)}, limits=(-1, 1), columns=5, title=f"tanh, {name}"
    )
    plots.alt_text(shown, f"Histograms of five tanh layers, {name}: the standard draw narrows fast, Glorot's slowly.")
    plt.show()
score.at_most("1/(3n): spread of layer 5 over layer 1", round(shrink["standard"], 3), 0.2)
score.at_least("2/(n_in+n_out): spread of layer 5 over layer 1", round(shrink["Glorot"], 3), 0.5)

# %% [markdown]
# **Why they differ.** The 22 layers of He and others learnt with Glorot's draw as well, ours with 20 do not: they trained a convolutional network on ImageNet, for many epochs and with momentum. Two epochs of plain gradient descent are a harder test. What agrees is the order, and that depth brings it out.
#
# **How to choose**, then: ReLU and its kin: He. tanh, softmax, linear: Glorot or LeCun. Deep sigmoid: do not. One rule for the *model* (the notes say "a different initializer for each layer"; only the *objects* must differ). With normalisation or residual connections: the default will do. And measure the statistics once, layer by layer, before you train for a day.

# %% [markdown]
# ## 12 · Exercises
#
# Change the stub, run the cell, read the answer. Solutions are in `solutions/04_weight_initialization_solutions.ipynb`.
#
# **Exercise 1 (recall).** A convolutional layer with ReLU has kernels of 3×3 over 64 input maps. Which **standard deviation** does He's rule give its weights?

# %%
deviation = None
lesson04.he_deviation(deviation)

# %% [markdown]
# **Exercise 2 (by hand).** Layers of 100 ReLU units, weights of standard deviation 0.1. By which factor is the mean square multiplied at each layer? The signal starts with RMS 1: what is its RMS after ten layers?

# %%
factor, size_after_ten = None, None
lesson04.size_after_ten(factor, size_after_ten)

# %% [markdown]
# **Exercise 3 (code).** Write the limit a of Glorot's *uniform* draw from −a to a.


# %%
def glorot_limit(n_in, n_out): ...


lesson04.glorot_limit(glorot_limit)

# %% [markdown]
# **Exercise 4 (code).** Write the curve of section 3: send `x` (N, n) through ReLU layers with the given list of kernels (no biases), and return a list with the mean square after each layer.


# %%
def mean_squares(x, kernels): ...


lesson04.mean_squares(mean_squares)

# %% [markdown]
# **Exercise 5 (find the error).** Four networks of 20 layers and their statistics. Name the fault of each: `"too small"`, `"too large"`, `"input forgotten"` or `"units identical"`.
#
# | | activation | RMS at layers 1, 10, 20 | spread from input to input, layer 20 | spread from unit to unit, layer 20 | gradient, layer 1 / layer 20 |
# |---|---|---|---|---|---|
# | A | ReLU | 0.1, 3·10⁻¹⁰, 10⁻¹⁹ | 2·10⁻²⁰ | 8·10⁻²⁰ | 10⁻¹⁸ |
# | B | tanh | 0.92, 0.91, 0.91 | 0.91 | 0.91 | 3·10⁴ |
# | C | sigmoid | 0.54, 0.51, 0.50 | 2·10⁻¹³ | 0.12 | 10⁻¹² |
# | D | ReLU | 0.1, 5·10², 6·10⁶ | 5·10⁶ | 0 | 4·10⁶ |

# %%
fault = {"A": None, "B": None, "C": None, "D": None}
lesson04.diagnose(fault)

# %% [markdown]
# **Exercise 6 (transfer).** A *leaky* ReLU multiplies negative sums by a slope (0.1, say) instead of setting them to 0. Which variance keeps the mean square? Repeat step 3 of section 3.


# %%
def leaky_variance(n_in, slope): ...


lesson04.leaky_variance(leaky_variance)

# %% [markdown]
# **Exercise 7 (design).** A chain of 40 tanh layers of 128 units. Neither Glorot's scale (1) nor He's (√2) will do: find a scale at which the gradient at layer 1 is between half and twice that at layer 40. `chain(scale, "tanh", depth=40, width=128)` of section 5 is your instrument; the check measures with draws of its own.

# %%
scale = None
lesson04.tanh_scale(scale)

# %% [markdown]
# ## 13 · Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("04")

# %% [markdown]
# ## Recap
# 1. Zeros with ReLU learn nothing but the class shares: 11.35% and 2.3010 on MNIST. Equal weights stay equal. Randomness breaks the symmetry.
# 2. A ReLU layer multiplies the mean square by n·Var(w)/2. He sets this to 1; Glorot's draw makes it 1/2 with ReLU, and 1 with tanh near 0.
# 3. Small weights make signal and gradient vanish, large ones make them explode. Size alone can mislead: look at the spread over inputs and over units too.
# 4. "He is better" is a statement about depth. With two hidden layers the draws hardly differ; with twenty one learns and the other does not.
# 5. Give each layer an initializer object of its own. Normalisation and residual connections make the start less delicate.
#
# ## References
# - Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, "Efficient BackProp", in *Neural Networks: Tricks of the Trade*, 1998. The 1/n rule.
# - X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010, proceedings.mlr.press/v9/glorot10a.
# - K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015, arXiv:1502.01852. Section 2.2 is our section 3; figures 2 and 3 are the 22 and 30 layers.
# - A. Saxe, J. McClelland, S. Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2013, arXiv:1312.6120. Orthogonal draws.
# - S. Ioffe, C. Szegedy, "Batch normalization", 2015, arXiv:1502.03167; K. He and others, "Deep residual learning", 2015, arXiv:1512.03385.

# %% [markdown]
# <details><summary><b>Teacher's notes</b></summary>
#
# **Time plan (75 minutes).** 5 the question · 10 zeros and symmetry · 20 the variance argument on the board, steps 1 to 4, then the measured curve · 10 the table of fates, with the slider · 10 the mend and the depth figure · 10 the fair comparison · 10 exercises 1, 2 and 5.
#
# **Short of time?** Skip section 6 (the check against Keras), the orthogonal draw and section 11. Leave exercises 3, 6 and 7 as homework.
#
# **Discuss.** (1) A student finds that He beats Glorot by 0.1% in one run. What would convince you? (2) Why may biases start at zero, and kernels not? What if only *one* kernel of the network is zero?
#
# **Listen for:** "large weights saturate, so the gradient vanishes". Ask for the table of section 5: saturated, and the gradient grows. And for "variance is how far the numbers reach": show the two histograms of step 0.
#
# </details>

# %% [markdown]
# ## Scorecard

# %% tags=["nbval-ignore-output"]
score
