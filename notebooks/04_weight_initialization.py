# %% [markdown]
# # 04 · Weight initialization
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/04_weight_initialization.ipynb)
#
# [← 03 · MLP against CNN](03_mlp_vs_cnn.ipynb) · [all lessons](START_HERE.ipynb) · [solutions](solutions/04_weight_initialization_solutions.ipynb) · [05 · Transfer learning →](05_transfer_learning.ipynb)
#
# **You will be able to**
# - derive in four small steps by what factor a layer multiplies a signal, and check it against a measured curve;
# - predict for zeros, constants, small and large random weights, and for the rules of Glorot, He and LeCun, what happens to signal and gradient in a deep network with tanh, sigmoid or ReLU;
# - recognise a dead, exploded, forgetful or symmetric network from statistics taken layer by layer;
# - judge a comparison of initializers: same family, several seeds, spread;
# - find two traps in code, zero kernels and one initializer object used twice, and mend them.
#
# **Before this:** lesson 03 (dense layers, training with Keras). It helps to have met mean, variance and the chain rule.
#
# **Time:** about 75 minutes for sections 1 to 5, 7 and 8 and three exercises; two and a half hours with everything. Sections 6, 9, 10 and 11 may be left for later. The code runs in about 50 seconds on two CPU cores.
#
# **Data:** MNIST, 70,000 handwritten digits (LeCun, Cortes, Burges). Where it cannot be had, scikit-learn's 1,797 digits stand in, and the thresholds change with them. The statistics of sections 3 to 5 use random numbers and need no data.

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
import os

# small products: more threads only wait
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from course_utils import checks, datasets, measure, plots, runtime, widgets

keras = runtime.import_keras()  # first, without TensorFlow's messages

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit

from course_utils import models, training
from course_utils.checks import lesson04
from course_utils.recipes import common, initialization

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="04")
plots.set_theme()
score = checks.Scorecard("04")
data = datasets.load("mnist")
print(data)

# %% [markdown]
# Two small tables hold the numbers of this lesson: how much is trained (`budget`), and what the trainings must reach (`required`). Both depend on the data. You need not read them now. Each claim of the lesson is written down as a line that begins with `score.`; such a line stops the lesson if the claim does not hold, and adds it to the table at the very end.

# %%
if data.stand_in:
    row = dict(
        examples=1_497, deep_epochs=10, zero_batch=50, zero_epochs=10, race_epochs=10
    )
    required = dict(learns=0.70, stuck=0.50, constant=0.45, good=0.70, ahead=0.30)
    required.update(near=0.10)
else:
    row = dict(
        examples=10_000, deep_epochs=2, zero_batch=500, zero_epochs=8, race_epochs=1
    )
    required = dict(learns=0.65, stuck=0.50, constant=0.40, good=0.89, ahead=0.30)
    required.update(near=0.03)
budget = lesson.choose(quick=row, full=row)  # short trainings, in both profiles
small = data.subset(train=budget.examples, test=2_000)

# %% [markdown]
# ## 1 · The question: why does the deeper network not learn?
#
# In lesson 03 a network with two hidden layers read nearly all digits. Nobody said what its weights were *before* the training: Keras drew them at random, by a rule that was never mentioned.
#
# Now stack twenty hidden layers of 64 ReLU units instead of two. Everything else is equal: 10,000 digits (pixels shifted and scaled to mean 0 and mean square 1), two epochs in batches of 32, plain gradient descent with rate 0.01, biases from 0, and the same rule for the first weights. (On the small stand-in: 1,497 digits, ten epochs.) **Before you run this:** the deeper network has ten times as many hidden layers. Will it be better, equal, or worse?


# %% tags=["nbval-ignore-output"]
def deep_run(name, depth, seed=0):
    """Train a chain of `depth` hidden layers; return losses by epoch and test accuracy."""
    keras.utils.clear_session()  # memory: forget the networks of earlier calls
    settings = dict(depth=depth, seed=seed, epochs=budget.deep_epochs)
    return initialization.train_chain(name, small, **settings)[1]


default = {depth: deep_run("glorot_uniform", depth) for depth in (2, 20)}
ax = plots.spread(
    {
        f"{depth} hidden layers": [run["test_accuracy"]]
        for depth, run in default.items()
    },
    xlabel="share of test digits read correctly",
    marks={"guessing": 0.1},
)
ax.set_xlim(0, 1)
plots.show(
    ax,
    alt="Test accuracy: with two hidden layers far to the right, with twenty near guessing.",
)
reached = {depth: run["test_accuracy"] for depth, run in default.items()}
print(
    {f"{depth} hidden layers": f"{accuracy:.1%}" for depth, accuracy in reached.items()}
)

# %% [markdown]
# The deeper one hardly does better than guessing. It *could* do at least as well: eighteen layers that pass their input on would be enough. So the network is not too weak. It never gets started, and the cause lies in the numbers it starts from.
#
# This lesson follows a signal through the layers, and the gradient back, and finds the one number that decides. At the end the twenty layers learn, by a change of a single word.

# %% tags=["claims"]
# @title Claims
score.at_least(
    "2 layers, Keras' default weights: accuracy", reached[2], required["learns"]
)
score.at_most(
    "20 layers, Keras' default weights: accuracy", reached[20], required["stuck"]
)
score.section()

# %% [markdown]
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
    print(f"step {step}: error {error:5.2f}", end="; ")
    print(f"gradients: hidden {gradient_hidden.ravel()}, output {gradient_output}")
    output_bias -= 0.5 * error  # the rate is 0.5

# %% [markdown]
# The notes say that with zero weights "the neurons learn the same features". With ReLU they learn **no** feature. What such a network *can* learn is one number for each class: how common the class is. So its result can be computed without training anything. It always answers with the commonest class, and its loss is the cross-entropy between the test labels and the class shares of the training set.

# %% tags=["nbval-ignore-output"]
share_train = np.bincount(data.y_train, minlength=10) / len(data.y_train)
share_test = np.bincount(data.y_test, minlength=10) / len(data.y_test)
prior_loss = float(-(share_test * np.log(share_train)).sum())
prior_accuracy = float(share_test[share_train.argmax()])
print(f"computed: accuracy {prior_accuracy:.2%}, loss {prior_loss:.4f}")
if not data.stand_in:
    score.equal(
        "MNIST, accuracy of the commonest class", round(prior_accuracy, 4), 0.1135
    )
    score.equal(
        "MNIST, cross-entropy of the class shares", round(prior_loss, 4), 2.3010
    )

# %% [markdown]
# Now train the notes' network (784 → 256 → 128 → 10, ReLU) from zeros. It has six arrays: kernel and bias of `hidden1`, of `hidden2` and of `output`. **Predict first:** which of them will have changed? (Fewer digits than in the notes, drawn so that the class shares stay the same, and a higher rate, to be quick. The argument above holds for any. As in the notes, pixels are divided by 255: `initialization.pixels`.)

# %% tags=["nbval-ignore-output"]
tests = initialization.pixels(data.x_test), data.y_test.astype("int32")
zeros = models.mlp(widths=(256, 128), initializer="zeros")
training.prepare(zeros, optimizer=keras.optimizers.SGD(0.5))
pair = initialization.pixels(small.x_train), small.y_train.astype("int32")
training.fit(zeros, pair, epochs=budget.zero_epochs, batch_size=budget.zero_batch)
zero_loss, zero_accuracy = zeros.evaluate(*tests, batch_size=500, verbose=0)
for variable in zeros.trainable_variables:
    largest = np.abs(variable.numpy()).max()
    print(f"{variable.path:16} {variable.shape!s:12} largest value {largest:.3f}")
print(f"measured: accuracy {zero_accuracy:.2%}, loss {zero_loss:.4f}")

# %%
score.equal("parameters of the notes' network", zeros.count_params(), 235_146)
kernels = [array for array in zeros.get_weights() if array.ndim == 2]
changed = sum(int(np.any(kernel)) for kernel in kernels)
print("kernels that are not zero after training:", changed)
off = zero_accuracy - prior_accuracy, zero_loss - prior_loss

# %% [markdown]
# This is a **signature**. A network on MNIST that stays at 11.35% and 2.3010 has learnt the class shares and nothing else; look for zeros, or for a signal that dies on its way (section 7).
#
# ### All equal, but not zero
# Give every kernel entry the value 0.01. Now gradients flow, but by symmetry: all units of a layer compute the same, so they get the same gradient and stay the same. A layer of 256 units is then one unit, 256 times.

# %% tags=["nbval-ignore-output"]
starts = {
    "constant 0.01": keras.initializers.Constant(0.01),
    "He normal": keras.initializers.HeNormal(seed=1),
}
learnt, different, accuracy_from = {}, {}, {}
for name, start in starts.items():
    model = models.mlp(widths=(256, 128), initializer=start)
    before = model.get_layer("hidden1").get_weights()[0]
    training.prepare(model, optimizer=keras.optimizers.SGD(0.01))
    training.fit(model, pair, epochs=budget.deep_epochs, batch_size=32, seed=0)
    learnt[name] = model.get_layer("hidden1").get_weights()[0] - before
    kernel = model.get_layer("hidden2").get_weights()[0]
    different[name] = np.unique(kernel.round(5), axis=1).shape[1]
    accuracy_from[name] = model.evaluate(*tests, batch_size=500, verbose=0)[1]
    used = np.unique(model.predict(tests[0], batch_size=500, verbose=0).argmax(axis=1))
    print(f"{name:14} different units in hidden2: {different[name]:3} of 128", end="; ")
    print(
        f"test accuracy {accuracy_from[name]:.1%}, digits it answers with: {used.tolist()}"
    )

# %% [markdown]
# The 128 units are one unit, 128 times, and a network with one unit a layer is hardly a network: in this short training it answers nearly everything with one or two digits, and they may be the wrong ones.
#
# Look at what five units of the first layer have **learnt**: their 784 weights after training minus those before, red where they grew and blue where they shrank (each picture on a scale of its own).

# %%
plots.show_images(
    [
        change[:, unit].reshape(28, 28)
        for change in learnt.values()
        for unit in range(5)
    ],
    titles=[f"{name}, {unit}" for name in ("constant", "He") for unit in range(5)],
    signed=True,
    columns=5,
    size=1.5,
    alt=(
        "Change of five units' weights: five times the same picture from "
        "a constant start, five different ones from He's."
    ),
)

# %% [markdown]
# Randomness **breaks the symmetry**: units that start differently get different gradients and learn different things. That is why weights are random.
#
# The rule has honest exceptions. Biases may start at zero, and do everywhere in this lesson. And a softmax layer *without* hidden layers may start at zero: each of its ten units has a target of its own, so the ten are told apart at the first step, and its input, the image, is not zero. The notes' "small layers work with zero init" is true for that one alone.

# %% tags=["nbval-ignore-output"]
regression = models.mlp(widths=(), initializer="zeros")
training.prepare(regression, optimizer=keras.optimizers.SGD(0.1))
training.fit(regression, pair, epochs=budget.deep_epochs, batch_size=32, seed=0)
accuracy = regression.evaluate(*tests, batch_size=500, verbose=0)[1]
print(f"softmax without hidden layers, from zeros: {accuracy:.1%} of the test digits")

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.equal(
    "zero weights, by hand: hidden gradient", gradient_hidden.ravel().tolist(), [0] * 4
)
score.equal("zero start: kernels that are not zero after training", changed, 0)
score.close("zero start: accuracy minus commonest class's", off[0], 0, tolerance=1e-6)
score.close(
    "zero start: loss minus that of the class shares", off[1], 0, tolerance=2e-3
)
score.equal("constant 0.01: different units in hidden2", different["constant 0.01"], 1)
score.equal("He normal: different units in hidden2", different["He normal"], 128)
score.true(
    "constant 0.01 fails", accuracy_from["constant 0.01"] <= required["constant"]
)
score.at_least("softmax regression from zeros, test accuracy", accuracy, 0.85)
score.section()

# %% [markdown]
# ## 3 · How large? The variance argument in four steps
#
# Random, then. But how large? We follow the **mean square** of the signal, the mean of the squares of its values. Its root is the **RMS** (root mean square), which we call the *size* of the signal: if the mean square is divided by 4, the size is halved.
#
# **Step 0: what variance is.** The mean squared deviation from the mean. The notes call it the range, which it is not: below are two draws with the same variance, 1/3, one of which ends at ±1 while the other has no end. For numbers drawn evenly from −a to a the variance is a²/3.

# %%
rng = np.random.default_rng(4)
even, bell = rng.uniform(-1, 1, 100_000), rng.normal(0, np.sqrt(1 / 3), 100_000)
figure, ax = plt.subplots(figsize=(7.5, 3))
for values, name, style in ((even, "evenly from −1 to 1", "-"), (bell, "normal", "--")):
    heights, edges = np.histogram(values, bins=np.linspace(-2.5, 2.5, 81), density=True)
    label = f"{name}: variance {values.var():.2f}"
    ax.stairs(heights, edges, label=label, linestyle=style, linewidth=2)
ax.set(xlabel="value", ylabel="density", yticks=[])
figure.legend(loc="outside upper center", ncols=2)
plots.show(
    figure,
    alt="Two histograms of equal variance: a box from minus one to one, and a bell with tails.",
)

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
print(
    f"mean square of x {np.mean(x**2):.1f}; n · Var(w) · m = {4 * 0.5 * np.mean(x**2):.1f}"
)
print(f"measured mean square of the sums {np.mean(sums**2):.2f}")
score.close("mean square of a sum of four", float(np.mean(sums**2)), 3.0, tolerance=0.1)

# %% [markdown]
# **Step 3: ReLU.** The sums lie symmetrically about 0. ReLU sets one half of them to 0 and keeps the other half whole, so it keeps exactly **half of the mean square**. (Not half of the variance: after ReLU the mean is no longer 0. Step 2 never asked for a mean of 0, only for the mean square. That is why we follow it.)

# %%
rectified = np.maximum(sums, 0)
with plots.figure(
    1,
    2,
    size=(7.5, 2.8),
    sharex=True,
    alt=(
        "A symmetric bell, and beside it the same after ReLU: "
        "its left half is one tall bar at zero."
    ),
) as axes:
    for ax, values, name in zip(
        axes, (sums, rectified), ("before", "after"), strict=True
    ):
        ax.hist(values, bins=np.linspace(-6, 6, 61), color=plots.COLOURS[0])
        title = f"{name} ReLU: mean square {np.mean(values**2):.1f}"
        ax.set(title=title, xlabel="value", yticks=[])
share = float(np.mean(rectified**2) / np.mean(sums**2))

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
    "twice He's variance: 4/n": 4 / width,
}
print(
    f"{'rule':26}{'factor':>8}{f'after {depth} layers':>18}{'its root, the size':>20}"
)
for name, variance in variances.items():
    factor = width * variance / 2
    print(
        f"{name:26}{factor:>8.4f}{factor**depth:>18.1e}{factor ** (depth / 2):>20.1e}"
    )

# %% [markdown]
# **Before you run the next cell:** theory says that with Glorot's rule the signal of a 24-layer ReLU network has a four-thousandth of its size left (the root of 6·10⁻⁸). Do you believe it? The argument treated everything as independent. So measure: six networks for each rule, random inputs, and the theory as crosses.


# %%
def relu(a):
    return np.maximum(a, 0)


def forward(x, kernels, function):
    """Send x (N, n) through the layers; return the sums and the signals of every layer."""
    sums, signals = [], [x]
    for kernel in kernels:
        sums.append(signals[-1] @ kernel)
        signals.append(function(sums[-1]))
    return sums, signals[1:]


def mean_square(arrays):
    return np.array([np.mean(array**2) for array in arrays])


def one_network(variance):
    """Mean square after each of the layers of a network drawn at random."""
    kernels = [rng.normal(0, np.sqrt(variance), (width, width)) for _ in range(depth)]
    return mean_square(forward(inputs, kernels, relu)[1])


inputs = rng.normal(size=(50, width))
measured = {name: [one_network(v) for _ in range(6)] for name, v in variances.items()}

# %%
layers = np.arange(1, depth + 1)
ax = plots.signal_by_layer(measured, ylabel="mean square of the signal", floor=1e-48)
for variance in variances.values():
    ax.plot(layers, (width * variance / 2) ** layers, "kx", markersize=5)
ax.set_title(
    "24 ReLU layers of 256 units; crosses: n · Var(w) / 2 to the power of the layer"
)
plots.show(
    ax,
    alt=(
        "Mean square by layer: He stays at 1, twice He rises to ten "
        "million, Glorot and 0.01 fall by many powers of ten."
    ),
)
for name, variance in variances.items():
    curve = np.mean(measured[name], axis=0)
    per_layer = float((curve[-1] / curve[0]) ** (1 / (depth - 1)))
    agrees = per_layer / (width * variance / 2)
    print(f"{name:26} factor a layer, measured over theory: {agrees:.2f}")
    score.close(
        f"{name}: factor a layer, measured over theory", agrees, 1, tolerance=0.05
    )

# %% [markdown]
# Four steps of arithmetic, and the curves lie on their lines. (The band reaches from the least to the greatest of the six networks. It is chance: a network of finite width wanders a little from layer to layer.)
#
# ### The way back
# The chain rule sends the gradient back through the same kernels. A unit with n_out **outgoing** weights gets the sum of n_out products, weight times gradient of the unit it leads to. That is step 2 again, with n_out in place of n. Then ReLU lets it pass where the unit was on, for one half of the units: step 3 again. So the gradient's mean square is multiplied by **n_out · Var(w) / 2** at every layer.
#
# By hand, for the first layer of the notes' network, 784 → 256, with He's 2/784: forward 784 · (2/784) / 2 = 1, backward 256 · (2/784) / 2 = 0.33. (An example of unequal widths only: the pixels have no ReLU, and nobody needs their gradient.) With equal widths one rule serves both directions. With unequal widths it cannot: forward asks for 2/n_in, backward for 2/n_out. **Glorot's rule** is the compromise, Var(w) = 2/(n_in + n_out). It was made without ReLU in mind, so there is no 2 more to make up for the half.
#
# What is n for a **convolution**? The number of products one output value adds up: kernel height · kernel width · input maps. For 5×5 kernels over 6 maps n_in = 150. Keras calls it `fan_in`.

# %%
n_in, n_out = 784, 256
print(
    f"{'rule':22}{'variance':>10}{'forward: n_in·Var/2':>22}{'backward: n_out·Var/2':>24}"
)
for name, variance in {
    "LeCun 1/n_in": 1 / n_in,
    "Glorot 2/(n_in+n_out)": 2 / (n_in + n_out),
    "He 2/n_in": 2 / n_in,
}.items():
    there, back = n_in * variance / 2, n_out * variance / 2
    print(f"{name:22}{variance:>10.5f}{there:>22.2f}{back:>24.2f}")
glorot = keras.initializers.GlorotUniform(seed=0)((n_in, n_out))
over = float(np.var(glorot)) / (2 / (n_in + n_out))
print(f"variance of Keras' GlorotUniform over 2/(n_in+n_out): {over:.2f}")

# %% [markdown]
# In this first layer of the notes' network Glorot's and He's variances differ by a third only. Keep that in mind for section 8.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.close(
    "variance of an even draw from −1 to 1", float(even.var()), 1 / 3, tolerance=0.01
)
score.true("normal draw of the same variance reaches further", np.abs(bell).max() > 2)
score.close("share of the mean square that ReLU keeps", share, 0.5, tolerance=0.01)
score.equal("factor of He's rule", width * variances["He: 2/n"] / 2, 1.0)
score.equal(
    "factor of Glorot's rule with ReLU", width * variances["Glorot: 1/n"] / 2, 0.5
)
score.close(
    "Keras' GlorotUniform, variance over 2/(n_in+n_out)", over, 1, tolerance=0.01
)
score.section()

# %% [markdown]
# ## 4 · Eight draws, three activations
#
# Now all of them: forward and backward, for each activation. A *draw* is a way to make the first weights. Two of the eight are new: LeCun's rule (1998), variance 1/n_in, the plain rule of step 2; and the orthogonal draw, a random rotation. The gradient that enters at the last layer is random too, with size 1. (Plain normal numbers are drawn here; Keras cuts off the tails of its `HeNormal` and `GlorotNormal` and keeps the variance.)


# %%
def orthogonal(n_in, n_out, rng):
    """Columns at right angles and of length 1: turns a signal without changing its size."""
    q, r = np.linalg.qr(rng.normal(size=(n_in, n_out)))
    return q * np.sign(np.diag(r))


DRAWS = {  # name: function of n_in, n_out and a random generator
    "zeros": lambda n, m, rng: np.zeros((n, m)),
    "constant 0.01": lambda n, m, rng: np.full((n, m), 0.01),
    "normal 0.01": lambda n, m, rng: rng.normal(0, 0.01, (n, m)),
    "normal 0.2": lambda n, m, rng: rng.normal(0, 0.2, (n, m)),
    "He": lambda n, m, rng: rng.normal(0, np.sqrt(2 / n), (n, m)),
    "Glorot": lambda n, m, rng: rng.normal(0, np.sqrt(2 / (n + m)), (n, m)),
    "orthogonal": orthogonal,
    "LeCun": lambda n, m, rng: rng.normal(0, np.sqrt(1 / n), (n, m)),
}
ACTIVATIONS = {  # the function, and its slope
    "tanh": (np.tanh, lambda a: 1 - np.tanh(a) ** 2),
    "sigmoid": (expit, lambda a: expit(a) * (1 - expit(a))),
    "ReLU": (relu, lambda a: (a > 0).astype(float)),
}


# %%
def backward(gradient, kernels, sums, slope):
    """Send the last signal's gradient back; return the gradients of the sums of every layer."""
    found = []
    for kernel, a in zip(kernels[::-1], sums[::-1], strict=True):
        found.append(gradient * slope(a))
        gradient = found[-1] @ kernel.T
    return found[::-1]


def statistics(draw, activation, *, depth=24, width=256, seed=0):
    """By layer: RMS of signal and gradient, spread over inputs and over units."""
    rng = np.random.default_rng(seed)
    function, slope = ACTIVATIONS[activation]
    x, last = rng.normal(size=(2, 50, width))
    kernels = [DRAWS[draw](width, width, rng) for _ in range(depth)]
    sums, signals = forward(x, kernels, function)
    gradients = backward(last, kernels, sums, slope)
    return {
        "signal": np.sqrt(mean_square(signals)),
        "gradient": np.sqrt(mean_square(gradients)),
        "inputs": np.array([signal.std(axis=0).mean() for signal in signals]),
        "units": np.array([signal.std(axis=1).mean() for signal in signals]),
    }


found = {(draw, name): statistics(draw, name) for draw in DRAWS for name in ACTIVATIONS}

# %% [markdown]
# **Before you look:** LeCun's rule and Glorot's share one line in every panel. Why? And which activation do you expect to need the largest weights?


# %%
def by_layer(what):
    """Draw a statistic of all draws by layer, one panel for each activation."""
    figure, axes = plt.subplots(2, 2, figsize=(8, 7.6), sharey=True)
    for ax, name in zip(axes.flat, ACTIVATIONS, strict=False):
        lines = {draw: found[draw, name][what] for draw in DRAWS if draw != "LeCun"}
        lines["Glorot, LeCun"] = lines.pop("Glorot")
        plots.signal_by_layer(lines, ylabel=f"RMS of the {what}", ceiling=1e10, ax=ax)
        ax.set_title(name)
        ax.get_legend().remove()
    axes[1, 1].set_axis_off()
    named = axes[0, 0].get_legend_handles_labels()
    axes[1, 1].legend(*named, loc="center", title="first weights")
    return figure


figure = by_layer("signal")
plots.show(
    figure,
    alt=(
        "Size of the signal by layer: most draws last with tanh, "
        "all with sigmoid, and He's alone with ReLU."
    ),
)

# %% [markdown]
# Layers of equal width have n_in = n_out, so LeCun's 1/n and Glorot's 2/(n + n) are the same number, and here the same draws. The orthogonal draw comes close: its columns have length 1, so their entries have variance 1/n too. (A logarithmic axis has no zero: what is 10⁻¹² or less lies on the lower edge, and so do the zeros.)
#
# And now the way back. Read from right to left: the gradient starts at layer 24.

# %%
figure = by_layer("gradient")
plots.show(
    figure,
    alt=(
        "Size of the gradient by layer: it lasts with tanh from Glorot and "
        "He, with ReLU from He, and with sigmoid from no draw."
    ),
)

# %% [markdown]
# One number for each pair: by how many powers of ten does the gradient change on its way from layer 24 back to layer 1? White is healthy.


# %%
def way_back(draw, name):
    """Gradient at layer 1 over gradient at layer 24; 0 where none is left."""
    gradient = found[draw, name]["gradient"]
    return gradient[0] / gradient[-1] if gradient[-1] else 0.0


ratio = np.array([[way_back(draw, name) for name in ACTIVATIONS] for draw in DRAWS])
quantity = "gradient at layer 1 over layer 24"
plots.fate_table(
    ratio,
    list(DRAWS),
    list(ACTIVATIONS),
    quantity=quantity,
    alt=(
        "A table of powers of ten; near zero are ReLU with He, and "
        "tanh with LeCun, Glorot, orthogonal and He."
    ),
)

# %%
power = {pair: np.log10(max(way_back(*pair), 1e-300)) for pair in found}
best = max(power[draw, "sigmoid"] for draw in DRAWS)

# %% [markdown]
# What the table says, against what the notes say:
#
# | the notes | measured here |
# |---|---|
# | too large weights make gradients vanish, too small ones explode, "respectively" | with ReLU it is the other way round: small weights vanish, large ones explode |
# | ReLU "causes vanishing" | ReLU keeps half, every time, and He gives that half back. Glorot's draw with ReLU vanishes, He's does not |
# | Glorot is for tanh and sigmoid | tanh: it does (a sixth of the gradient is left after 24 layers; with He's draw it doubles). A deep **sigmoid** network dies with every one of these draws |
#
# **Why sigmoid?** Its slope is at most 1/4. The gradient's mean square is multiplied by n · Var(w) · slope² ≤ n · Var(w)/16, so the variance would have to be 16/n at least, eight times He's. Sigmoid needs the largest weights; how large, you can find out at the control below.
#
# **Why is the constant so different from normal 0.01?** The argument of section 3 needs weights of mean 0, whose products have either sign and mostly cancel. With a constant c nothing cancels: each sum is c times the sum of all n signals. For equal positive signals that is n · c = 2.56 times as much at every layer. ReLU lets this grow without end. tanh saturates, and all units together: not one is left in the steep part, and the gradient dies. The constant is a trap of its own: its variance is 0, but its mean is not.
#
# **A warning about the picture.** It shows the gradient of the *sums*. The gradient of a *weight* is signal times gradient of the sum. With ReLU and Glorot's draw the signal shrinks on its way forward and the gradient on its way back, so their product is about the same at every layer. Layers 2 to 24 learn equally slowly; layer 2 is not worse off than layer 24:

# %%
for draw in ("Glorot", "He"):
    of_weights = (
        found[draw, "ReLU"]["signal"][:-1] * found[draw, "ReLU"]["gradient"][1:]
    )
    sizes = ", ".join(f"{of_weights[layer - 2]:.4f}" for layer in (2, 8, 16, 24))
    print(f"{draw:8} signal times gradient at layers 2, 8, 16, 24: {sizes}")
    uneven = float(of_weights.max() / of_weights.min())
    score.at_most(
        f"ReLU, {draw}: signal times gradient, greatest layer over least", uneven, 5
    )

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.at_most("gradient, powers of ten: ReLU, He", abs(power["He", "ReLU"]), 0.7)
score.at_most(
    "gradient, powers of ten: tanh, Glorot", abs(power["Glorot", "tanh"]), 1.0
)
score.at_most("gradient, powers of ten: ReLU, Glorot", power["Glorot", "ReLU"], -3)
score.at_most(
    "gradient, powers of ten: ReLU, normal 0.01", power["normal 0.01", "ReLU"], -18
)
score.at_least(
    "gradient, powers of ten: ReLU, normal 0.2", power["normal 0.2", "ReLU"], 6
)
score.at_most(
    "gradient, powers of ten: tanh, constant", power["constant 0.01", "tanh"], -10
)
score.at_least(
    "gradient, powers of ten: ReLU, constant", power["constant 0.01", "ReLU"], 5
)
score.at_most("gradient, powers of ten: sigmoid, best draw", best, -4)
score.true(
    "zeros: no gradient at layer 1", all(power["zeros", a] == -300 for a in ACTIVATIONS)
)
score.section()

# %% [markdown]
# ## 5 · Two statistics that mislead
#
# ### A steady size that means nothing
# In the sigmoid panel every draw looked healthy: a steady size, 0.5 to 0.6 layer after layer (0.9 for the constant). But 0.5 is what a sigmoid gives when it is told nothing. Ask instead how much a unit's value differs **from input to input** (its standard deviation over 50 inputs, averaged over the units).

# %%
lines = {
    f"{draw}: {what}": found[draw, "sigmoid"][key]
    for draw in ("Glorot", "normal 0.2")
    for what, key in (("RMS", "signal"), ("from input to input", "inputs"))
}
plots.signal_by_layer(
    lines,
    ylabel="size",
    floor=1e-17,
    title="sigmoid, 24 layers",
    alt=(
        "Both RMS stay flat near 0.5, while the spread from "
        "input to input falls by many powers of ten."
    ),
)
glorot_sigmoid = {
    key: float(values[-1]) for key, values in found["Glorot", "sigmoid"].items()
}

# %% [markdown]
# After 24 layers of Glorot's draw all inputs give the same answer, to about fifteen digits: the network has **forgotten the input**. So look at three things: the size, the spread from input to input (forgotten?), and the spread from unit to unit (all the same?). For five networks, at layer 24, both spreads as a share of the RMS:

# %%
cases = [("He", "ReLU"), ("normal 0.01", "ReLU"), ("normal 0.2", "ReLU")]
cases += [("Glorot", "sigmoid"), ("constant 0.01", "ReLU")]
share = {}
print(f"{'':24}{'RMS':>8}{'inputs/RMS':>13}{'units/RMS':>12}{'gradient 1/24':>16}")
for case in cases:
    last = {key: float(values[-1]) for key, values in found[case].items()}
    share[case] = last["inputs"] / last["signal"], last["units"] / last["signal"]
    numbers = f"{last['signal']:>8.0e}{share[case][0]:>13.2f}{share[case][1]:>12.2f}"
    print(f"{', '.join(case):24}{numbers}{way_back(*case):>16.0e}")
alike = share["constant 0.01", "ReLU"][1]

# %% [markdown]
# Read it line by line: healthy; too small; too large; input forgotten; units identical. The last one has a large RMS as well, but the zero in the column "units" is the fault to mend first: no scale helps units that are all the same.
#
# ### Saturated, and yet no vanishing gradient
# Large weights push tanh to its flat ends: it is **saturated** (say, beyond ±0.96), where its slope is nearly 0. So, one reads, the gradient vanishes. Watch the histograms first: Glorot's draw above, weights five times as large below.


# %%
def chain(scale, activation="tanh", depth=24, width=256, seed=0):
    """Sums, signals and gradients of every layer; weights have mean 0, deviation scale/√n."""
    rng = np.random.default_rng(seed)
    function, slope = ACTIVATIONS[activation]
    x, last = rng.normal(size=(2, 50, width))
    deviation = scale / np.sqrt(width)
    kernels = [rng.normal(0, deviation, (width, width)) for _ in range(depth)]
    sums, signals = forward(x, kernels, function)
    return sums, signals, backward(last, kernels, sums, slope)


def gradient_ratio(gradients):
    """RMS of the gradient at layer 1 over that at the last layer."""
    return float(
        np.sqrt(np.mean(gradients[0] ** 2) / max(np.mean(gradients[-1] ** 2), 1e-300))
    )


for scale, name in ((1, "Glorot"), (5, "five times as large")):
    chosen = {f"layer {i}": chain(scale)[1][i - 1] for i in (1, 2, 6, 12, 18, 24)}
    plots.layer_histograms(
        chosen,
        limits=(-1, 1),
        title=f"tanh, {name}",
        alt=f"Histograms of six layers, {name}. With Glorot's draw they narrow slowly around zero; "
        "five times as large, most values sit near minus one and one.",
    )

# %% [markdown]
# **Before you run this:** with weights five times as large, two thirds of the units are saturated. Is the gradient at layer 1 smaller or larger than at layer 24?

# %%
print(f"{'scale':>6}{'saturated units':>18}{'mean slope²':>14}{'gradient 1/24':>16}")
saturation = {}
for scale in (0.5, 1, 1.5, 2, 5, 10):
    sums, signals, gradients = chain(scale)
    saturated = float(np.mean(np.abs(signals[-1]) > 0.96))
    slope = float(np.mean([np.mean((1 - signal**2) ** 2) for signal in signals[1:]]))
    saturation[scale] = saturated, slope, gradient_ratio(gradients)
    print(f"{scale:>6}{saturated:>18.0%}{slope:>14.3f}{saturation[scale][2]:>16.0e}")
argued = (5**2 * saturation[5][1]) ** (23 / 2)
print(f"\nscale 5, argued: √(25 · mean slope²)^23 = {argued:.0e}")
apart = abs(np.log10(argued / saturation[5][2]))

# %% [markdown]
# Larger. The argument of section 3 says why. On its way back the gradient's mean square is multiplied by n · Var(w) · mean of slope² = scale² · mean of slope². At scale 5 many slopes are near 0, but their mean square is still 0.116, and 25 · 0.116 = 2.9. Nearly three times as much at every layer, 23 times over: the printed line.
#
# So for weights **drawn with mean 0** the measured sentence is: **small weights make the gradient vanish; large ones make it explode, with ReLU and with tanh alike.** (Only the constant with tanh, whose units saturate all together, follows the textbook.) If saturated networks learn badly, one expects another reason: the units that are flat for an image learn nothing from it, and the few steep ones get a huge push. This lesson does not measure it.
#
# ### Touch it
# Depth, activation and scale, and a histogram for each of six layers (of the sums, where the activation is ReLU). Scale 1 is Glorot, √2 ≈ 1.4 is He. The title gives the spread from input to input at the last layer, and the gradient. For each activation, find a scale at which both survive 40 layers. For which one is it largest? (One answer is among the exercises; for sigmoid try 10.)


# %%
def draw_layers(activation="ReLU", depth=40, scale=1.4):
    """Draw histograms of up to six layers of a chain; return the figure."""
    sums, signals, gradients = chain(scale, activation, depth=depth, width=128)
    spread = signals[-1].std(axis=0).mean()
    title = (
        f"{activation}, scale {scale:g}: spread over inputs {spread:.0e}, "
        f"gradient, layer 1 over last {gradient_ratio(gradients):.0e}"
    )
    limits = {"tanh": (-1, 1), "sigmoid": (0, 1), "ReLU": (-3, 3)}[activation]
    # after ReLU a bar at 0 hides the rest
    values = sums if activation == "ReLU" else signals
    chosen = sorted({int(i) for i in np.linspace(1, depth, 6).round()})
    panels = {f"layer {i}": values[i - 1] for i in chosen}
    return plots.layer_histograms(panels, limits=limits, title=title)[0].figure


# %% tags=["nbval-ignore-output"]
widgets.frames(
    draw_layers,
    alt="Histograms of six layers of a chain.",
    start=dict(activation="ReLU", depth=40, scale=1.4),
    activation=list(ACTIVATIONS),
    depth=[6, 20, 40],
    scale=[0.5, 1, 1.4, 2, 5, 10],
)

# %% tags=["claims"]
# @title Claims
score.at_least("sigmoid, Glorot: RMS at layer 24", glorot_sigmoid["signal"], 0.4)
score.at_most("sigmoid, Glorot: spread over inputs", glorot_sigmoid["inputs"], 1e-10)
score.at_most(
    "sigmoid, Glorot: spread over inputs / RMS", share["Glorot", "sigmoid"][0], 1e-9
)
score.at_most("constant 0.01, ReLU: spread over units / RMS", alike, 1e-6)
score.at_least("tanh, scale 5: share of saturated units", saturation[5][0], 0.5)
score.at_least(
    "tanh, scale 5: gradient at layer 1 over layer 24", saturation[5][2], 1e4
)
score.at_most(
    "tanh, scale 5: argued and measured, powers of ten apart", float(apart), 0.5
)
score.section()

# %% [markdown]
# ## 6 · Is our arithmetic that of Keras?
#
# *(May be skipped: the answer is yes.)* The statistics above come from our own few lines. Check them once against Keras, on digits and with the true loss. One step of gradient descent with rate 1 moves each weight by exactly its gradient, so before − after *is* Keras' gradient.


# %%
def keras_gradients(model, x, y):
    """Gradients of all kernels, by one step of rate 1; the model is left as it was."""
    before = model.get_weights()
    training.prepare(model, optimizer=keras.optimizers.SGD(1.0))
    model.train_on_batch(x, y)
    after = model.get_weights()
    model.set_weights(before)
    return [b - a for b, a in zip(before, after, strict=True) if b.ndim == 2]


deep = models.mlp(widths=(64,) * 20, initializer=keras.initializers.HeNormal(seed=7))
batch = common.standardized(small.x_train[:200], small)  # mean 0, mean square 1
labels = small.y_train[:200].astype("int32")
theirs = keras_gradients(deep, batch, labels)

# %%
kernels = [k.astype(float) for k in deep.get_weights() if k.ndim == 2]
flat = batch.reshape(200, -1).astype(float)
sums, signals = forward(flat, kernels[:-1], relu)
scores = signals[-1] @ kernels[-1]
answers = np.exp(scores - scores.max(axis=1, keepdims=True))
answers /= answers.sum(axis=1, keepdims=True)
# gradient of the mean cross-entropy
error = (answers - np.eye(10)[labels]) / len(labels)
gradients = backward(error @ kernels[-1].T, kernels[:-1], sums, ACTIVATIONS["ReLU"][1])
ours = [x.T @ g for x, g in zip([flat, *signals], [*gradients, error], strict=True)]
offs = [
    np.abs(a - b).max() / np.abs(b).max() for a, b in zip(ours, theirs, strict=True)
]
off = float(max(offs))
print(
    "gradients equal Keras' in all 21 kernels, to one part in a thousand:", off < 1e-3
)

# %% tags=["claims"]
# @title Claims
score.true("our gradients equal Keras', to one part in a thousand", off < 1e-3)
score.section()

# %% [markdown]
# ## 7 · The mend: one word
#
# Back to the twenty layers that did not learn. They started from Keras' default, Glorot uniform. With ReLU its factor is 1/2 a layer: after twenty layers about a thousandth of the signal's size is left, and the gradient is about a thousandth as well. The mend is `initializer="he_uniform"`: the same family (numbers drawn evenly between two limits), the same seeds, twice the variance. Glorot and He are trained with two seeds each, normal 0.01 with one.

# %% tags=["nbval-ignore-output"]
deep_arms = {
    "normal": [deep_run("normal", 20, 1)],
    "glorot_uniform": [default[20], deep_run("glorot_uniform", 20, 1)],
    "he_uniform": [deep_run("he_uniform", 20, seed) for seed in (0, 1)],
}
labels_of = {name: initialization.VARIANTS[name].label for name in deep_arms}
losses = {
    labels_of[name]: [run["loss"] for run in runs] for name, runs in deep_arms.items()
}
ax = plots.curves(losses, ylabel="training loss")
ax.axhline(np.log(10), color="black", linestyle=":", linewidth=1)
ax.set_title("20 hidden layers; dotted: ln 10, the loss of guessing")
plots.show(
    ax,
    alt=(
        "Training loss: deviation 0.01 and Glorot stay at 2.30, He falls well below it."
    ),
)
accuracy_of = {
    name: [r["test_accuracy"] for r in runs] for name, runs in deep_arms.items()
}
for name, values in accuracy_of.items():
    print(
        f"{labels_of[name]:24} test accuracy {', '.join(f'{value:.1%}' for value in values)}"
    )

# %% tags=["nbval-ignore-output"]
end = {name: [run["loss"][-1] for run in runs] for name, runs in deep_arms.items()}
gap = min(end["glorot_uniform"] + end["normal"]) - max(end["he_uniform"])
print(
    f"training loss of the worst He run below that of the best other run by {gap:.2f}"
)
fallen = float(np.log(10) - min(deep_arms["normal"][0]["loss"]))

# %% [markdown]
# The claim rests on the training loss, a mean over a whole epoch. The test accuracy after so short a training of so deep a chain jumps from seed to seed: probably it depends on the last few steps.
#
# And too large? Twice He's deviation is four times He's variance, and multiplies the size by 2 at every layer. Look at the loss before the first step: a healthy start lies near ln 10 = 2.3.

# %% tags=["nbval-ignore-output"]
first_loss = {}
# variance is scale/n_in
for name, scale in {"He": 2.0, "twice He's deviation": 8.0}.items():
    start = keras.initializers.VarianceScaling(scale, "fan_in", "uniform", seed=3)
    model = models.mlp(widths=(64,) * 20, initializer=start, softmax=False)
    scores = np.asarray(model(batch))
    largest = scores.max(axis=1)
    loss = np.log(np.exp(scores - largest[:, None]).sum(axis=1)) + largest
    loss -= scores[np.arange(200), labels]
    first_loss[name] = float(loss.mean())
    print(f"{name:22} loss before the first step {first_loss[name]:.3g}")
too_large = first_loss["twice He's deviation"]

# %% [markdown]
# From which depth on does it matter? The next figure is a **stored measurement**: five seeds at each of five depths on MNIST, 75 trainings like those above (`python -m course_utils.measure initialization_depth` makes it again). A line is the mean of the seeds, its band reaches from the worst to the best.

# %%
stored_depth = measure.load("initialization_depth")
depths = list(initialization.DEPTHS)


def stored_accuracies(name, depth):
    runs = [run for run in stored_depth["runs"] if run["depth"] == depth]
    return [run["test_accuracy"] for run in runs if run["arm"] == name]


table = {
    name: np.transpose([stored_accuracies(name, d) for d in depths])
    for name in deep_arms
}
lines = {labels_of[name]: values for name, values in table.items()}
plots.curves(
    lines,
    x=depths,
    xlabel="hidden layers",
    ylabel="test accuracy",
    alt=(
        "Test accuracy against depth: Glorot falls to guessing by 20 layers, "
        "He does not by 30, deviation 0.01 guesses throughout."
    ),
)
print(f"{'hidden layers':24}" + "".join(f"{d:>8}" for d in depths))
for name, values in table.items():
    print(
        f"{labels_of[name]:24}"
        + "".join(f"{mean:>8.0%}" for mean in values.mean(axis=0))
    )

# %% [markdown]
# With two layers the choice between Glorot and He hardly shows. With ten it costs a quarter of the digits; with twenty Glorot's network is left guessing. (The draw of deviation 0.01 fails even with two layers of 64 units in this short training: its factor n · Var(w) / 2 is 64 · 0.0001 / 2 = 0.003, not 0.5.)

# %%
he, glorot = (
    dict(zip(depths, table[f"{n}_uniform"].T, strict=True)) for n in ("he", "glorot")
)
ahead = {d: round(float((he[d] - glorot[d]).mean()), 4) for d in depths}
worst_he_ahead = round(float(he[20].min() - glorot[20].max()), 4)
print("He ahead of Glorot, mean of the seeds:", ahead)
print("at 20 layers, worst He run minus best Glorot run:", worst_he_ahead)
runs_20 = [run for run in stored_depth["runs"] if run["depth"] == 20]
for name in () if data.stand_in else ("he_uniform", "glorot_uniform"):
    five = [run["loss"][-1] for run in runs_20 if run["arm"] == name]
    inside = [min(five) - 0.3 <= loss <= max(five) + 0.3 for loss in end[name]]
    score.true(
        f"live {labels_of[name]}: loss within 0.3 of the stored range", all(inside)
    )

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.at_least("20 layers: loss of the worst He run below the best other's", gap, 1.0)
score.at_most("20 layers, normal 0.01: training loss below guessing by", fallen, 0.05)
score.at_most("20 layers, He: loss before the first step", first_loss["He"], 20)
score.at_least(
    "20 layers, twice He's deviation: loss before the first step", too_large, 1e4
)
score.at_most("stored, 2 layers: He ahead of Glorot, mean", ahead[2], 0.05)
score.at_least("stored, 10 layers: He ahead of Glorot, mean", ahead[10], 0.1)
score.at_least(
    "stored, 20 layers: worst He run minus best Glorot run", worst_he_ahead, 0.3
)
score.at_most("stored, 30 layers: best Glorot run", float(glorot[30].max()), 0.35)
score.section()

# %% [markdown]
# ## 8 · "He is better": the notes' experiment, repeated
#
# The notes trained 784 → 256 → 128 → 10 with ReLU on MNIST: gradient descent with rate 0.01, batches of 32, 10 epochs, a tenth of the training images held back. One run for each of four draws (zeros, normal 0.01, Glorot uniform, He normal); a part of one printed log is all that is left; the verdict is "He is better". What is wrong with that comparison?
#
# - **One run each.** First weights and order of the images are chance.
# - **Two things change at once.** Glorot was drawn evenly between two limits (the *uniform* family), He from a bell (the *normal* family). Is it the variance or the family?
# - **No table.** The four results are never put side by side.
#
# From section 3 you can predict the outcome. Glorot's and He's variances differ by a factor of 1.3 in the first layer, 1.5 in the second and 1.1 in the last. **Before you run this:** by how much will the accuracies differ?

# %% tags=["nbval-ignore-output"]
race = {}
for name in ("normal", "glorot_uniform", "he_normal"):
    keras.utils.clear_session()
    race[name] = initialization.train(name, data, seed=7, epochs=budget.race_epochs)[1]
    first = race[name]["test_accuracy"][-1]
    label = initialization.VARIANTS[name].label
    print(f"{label:24} test accuracy {first:.2%} after {budget.race_epochs} epoch(s)")
live = {name: run["test_accuracy"][-1] for name, run in race.items()}
lead = {name: live["he_normal"] - live[name] for name in ("normal", "glorot_uniform")}
apart = abs(lead["glorot_uniform"])

# %% [markdown]
# The whole comparison is a stored measurement: six draws, five seeds each, on MNIST (`python -m course_utils.measure initialization`). Each dot is one training, the bar their mean.

# %%
stored = measure.load("initialization")


def stored_runs(name, field="test_accuracy"):
    return np.array([run[field] for run in stored["runs"] if run["arm"] == name])


names = list(stored["arms"])
final = {name: 100 * stored_runs(name)[:, -1] for name in names}
label = {name: initialization.VARIANTS[name].label for name in names}
rows = {label[name]: final[name] for name in names if final[name].min() > 90}
plots.spread(
    rows,
    xlabel="test accuracy after 10 epochs, % (zeros: 11.35, off the scale)",
    alt=(
        "Test accuracy of five draws: deviation 0.01 near 94.1 "
        "percent, both Glorot and both He draws near 96.6."
    ),
)
print(f"{'':26}{'epoch 1':>18}{'epoch 10':>18}")
for name in names:
    parts = [stored_runs(name)[:, epoch] for epoch in (0, -1)]
    shown = [
        f"{100 * part.mean():.2f} ± {100 * part.std(ddof=1):.2f}" for part in parts
    ]
    print(f"{label[name]:26}{shown[0]:>18}{shown[1]:>18}")

# %%
zero_accuracies, zero_losses = stored_runs("zeros"), stored_runs("zeros", "test_loss")
always = bool(np.all(zero_accuracies.round(4) == 0.1135))
zero_end = round(float(zero_losses[:, -1].mean()), 4)
first = {name: stored_runs(name)[:, 0] for name in names}
best = {name: stored_runs(name)[:, -1] for name in names}
epoch_1 = round(float(first["he_normal"].min() - first["normal"].max()), 4)
epoch_10 = round(float((best["glorot_uniform"] - best["normal"]).mean()), 4)
print("zeros, 11.35% after every epoch of every seed:", always)
print("zeros, mean loss at the end:", zero_end)
print("epoch 1, worst He normal minus best normal 0.01:", epoch_1)
print("epoch 10, Glorot uniform ahead of normal 0.01, mean:", epoch_10)

# %% [markdown]
# Now the question itself. Five seeds give five pairs of trainings, so take differences **seed by seed**: He minus Glorot within each family, He's variance over both families together, and the notes' own pair. (After ± stands the standard deviation over the five seeds.)

# %%
by_uniform = 100 * (best["he_uniform"] - best["glorot_uniform"])
by_normal = 100 * (best["he_normal"] - best["glorot_normal"])
by_variance = (by_uniform + by_normal) / 2
he_family = best["he_normal"] - best["he_uniform"]
glorot_family = best["glorot_normal"] - best["glorot_uniform"]
by_family = 100 * (he_family + glorot_family) / 2
pair_effect = 100 * (best["he_normal"] - best["glorot_uniform"])
for what, effect in {
    "He minus Glorot, uniform": by_uniform,
    "He minus Glorot, normal": by_normal,
    "He minus Glorot, mean of both": by_variance,
    "normal minus uniform, mean": by_family,
    "the notes' pair": pair_effect,
}.items():
    seeds = " ".join(f"{value:+.2f}" for value in effect)
    print(
        f"{what:30} {seeds}   mean {effect.mean():+.2f} ± {effect.std(ddof=1):.2f} points"
    )

# %%
gains = round(float(by_variance.mean()), 2), round(abs(float(by_family.mean())), 2)

# %% [markdown]
# So is "He better"? The honest answer has three parts. **Yes, by very little:** averaged over the two families He's variance ends ahead of Glorot's with every seed, by about a tenth of a point, ten digits of ten thousand. **One run each could not have told:** of the notes' pair, He normal against Glorot uniform, one seed in five gives the opposite verdict. **And not by the family:** uniform or normal makes no difference that five seeds can show.
#
# That is what section 3 leads us to expect. Glorot's factors n · Var(w) / 2 in this network's two hidden layers are 784/1040 = 0.75 and 256/384 = 0.67, and two such layers are too few to matter. Normal 0.01 is another matter: it loses the first epoch and is still behind after ten.
#
# Live and stored must agree. The live runs use a seed that is not among the stored ones.

# %%
agree = []
if not data.stand_in:
    for name, margin in (
        ("normal", 0.2),
        ("glorot_uniform", 0.015),
        ("he_normal", 0.015),
    ):
        low, high = first[name].min() - margin, first[name].max() + margin
        agree.append(bool(low <= live[name] <= high))
        score.true(
            f"live {name} within {margin:g} of the stored range of epoch 1", agree[-1]
        )
print("live runs outside the stored range of epoch 1:", agree.count(False))

# %% [markdown]
# In the full profile the whole measurement is made again on your machine:

# %% tags=["nbval-ignore-output"]
if lesson.profile == "full" and not data.stand_in:
    fresh = [
        r
        for r in initialization.EXPERIMENT.measure()["runs"]
        if r["arm"] == "he_normal"
    ]
    again = float(np.mean([run["test_accuracy"][-1] for run in fresh]))
    score.at_least(
        "full profile, measured again: He normal, mean test accuracy", again, 0.96
    )

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.at_least("notes' network, He normal, live", live["he_normal"], required["good"])
score.at_least(
    "He normal ahead of normal 0.01, live", lead["normal"], required["ahead"]
)
score.at_most("He normal and Glorot uniform differ by, live", apart, required["near"])
score.true("stored, zeros: 11.35% after every epoch of every seed", always)
score.close(
    "stored, zeros: test loss, epoch 10, mean", zero_end, 2.3010, tolerance=0.0005
)
score.at_least("stored, epoch 1: worst He normal minus best normal 0.01", epoch_1, 0.5)
score.at_least(
    "stored, epoch 10: Glorot uniform ahead of normal 0.01, mean", epoch_10, 0.015
)
score.true("stored: He's variance ahead for every seed", by_variance.min() > 0)
score.at_most("stored: He's variance ahead by, mean, %", gains[0], 0.3)
score.at_most("stored: gain or loss by family, mean, %", gains[1], 0.1)
score.true(
    "stored: notes' pair, seeds disagree", pair_effect.min() < 0 < pair_effect.max()
)
score.section()

# %% [markdown]
# ## 9 · What goes wrong: one initializer object, used twice
#
# It looks tidy to make the initializer once and hand it to every layer:

# %%
shared = keras.initializers.HeNormal()
pair_of_layers = [keras.layers.Dense(64, kernel_initializer=shared) for _ in range(2)]
for layer in pair_of_layers:
    layer.build((None, 64))
one, two = (layer.get_weights()[0] for layer in pair_of_layers)
difference = float(np.abs(one - two).max())
print("largest difference between the two kernels:", difference)

# %% [markdown]
# The two layers start with **identical** weights. A Keras 3 initializer without a seed draws a seed when it is *made*, and every later call starts from it. (A name, `"he_normal"`, makes a new object for each layer, so this trap needs the tidy variable.)
#
# **The damage, first kind: the variance argument no longer holds.** It needs kernels that know nothing of the signal. If all are the same matrix, the signal has been through it before. Thirty chains of each kind, all with He's variance:

# %%
ends = {"own draws": [], "one shared draw": []}
for seed in range(30):
    rng = np.random.default_rng(seed)
    x, kernels = (
        rng.normal(size=(50, 64)),
        [DRAWS["He"](64, 64, rng) for _ in range(24)],
    )
    ends["own draws"].append(mean_square(forward(x, kernels, relu)[1])[-1])
    ends["one shared draw"].append(
        mean_square(forward(x, kernels[:1] * 24, relu)[1])[-1]
    )
powers = {name: np.log10(values) for name, values in ends.items()}
plots.spread(
    powers,
    xlabel="powers of ten, mean square after 24 layers",
    alt=(
        "Thirty dots each: own draws lie close together, "
        "shared draws spread over several powers."
    ),
)
scatter = {name: float(values.std()) for name, values in powers.items()}
wider = scatter["one shared draw"] / scatter["own draws"]
for name, value in scatter.items():
    print(f"{name:16} standard deviation {value:.1f} powers of ten")

# %% [markdown]
# **The damage, second kind: twins.** Some networks add up what parallel layers give (lesson 09, section 8; lesson 10). Two branches of equal shape that start equal get equal gradients: they stay twins for ever, and half of the units are wasted. Measure it, mend it, measure again.


# %%
def two_branches(one_object, seed):
    """784 → two parallel layers of 8 ReLU units, added → 10."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    tidy = keras.initializers.HeNormal()
    inputs = keras.Input((28, 28, 1))
    flat = keras.layers.Flatten()(inputs)
    branches = []
    for _ in range(2):
        start = tidy if one_object else keras.initializers.HeNormal()
        branches.append(keras.layers.Dense(8, "relu", kernel_initializer=start)(flat))
    outputs = keras.layers.Dense(10, activation="softmax")(keras.layers.Add()(branches))
    model = keras.Model(inputs, outputs)
    training.prepare(model, optimizer=keras.optimizers.SGD(0.01))
    training.fit(model, pair, epochs=2 * budget.deep_epochs, batch_size=32, seed=seed)
    return model


# %% tags=["nbval-ignore-output"]
pair, small_tests = (
    # as in section 1
    (common.standardized(images, small), labels.astype("int32"))
    for images, labels in ((small.x_train, small.y_train), (small.x_test, small.y_test))
)
apart, reads = (
    {"one object": [], "own objects": []},
    {"one object": [], "own objects": []},
)
for seed in range(3):
    for name in apart:
        model = two_branches(name == "one object", seed)
        left, right = (w for w in model.get_weights() if w.shape == (784, 8))
        apart[name].append(float(np.abs(left - right).max()))
        reads[name].append(model.evaluate(*small_tests, batch_size=500, verbose=0)[1])
for name in apart:
    accuracies = ", ".join(f"{value:.1%}" for value in reads[name])
    print(
        f"{name:12} branches differ by at most {max(apart[name]):.6f}, accuracy {accuracies}"
    )
lost = float(np.mean(reads["own objects"]) - np.mean(reads["one object"]))

# %% [markdown]
# The twins stay equal to the last digit: sixteen units do the work of eight, and it costs accuracy.
#
# **The mend:** give every layer an initializer of its own, by name, or by making a new object. `models.mlp` does it for you, whatever you hand it:

# %%
shared = keras.initializers.HeNormal(seed=1)
kept_apart = models.mlp(widths=(64, 64, 64), input_shape=(64,), initializer=shared)
kernels = [kept_apart.get_layer(f"hidden{i}").get_weights()[0] for i in (1, 2, 3)]
least = min(
    float(np.abs(kernels[i] - kernels[j]).max()) for i, j in ((0, 1), (0, 2), (1, 2))
)
print(f"models.mlp, one object: any two kernels differ by up to {least:.1f} or more")

# %% tags=["claims"]
# @title Claims
score.equal(
    "one initializer object, two equal layers: difference of kernels", difference, 0.0
)
score.at_least("spread after 24 layers, shared over own draws", wider, 1.5)
score.at_least("accuracy lost to twin branches, mean of three seeds", lost, 0.005)
score.at_most("one object: difference of the branches", max(apart["one object"]), 1e-5)
score.at_least(
    "own objects: difference of the branches", min(apart["own objects"]), 0.05
)
score.at_least(
    "models.mlp, one object: least difference of two kernels", round(least, 3), 0.1
)
score.section()

# %% [markdown]
# ## 10 · Looking forward: two later answers
#
# The right variance makes the factor 1 *at the start*. Two later ideas make the network less dependent on it. You have met batch normalisation in lesson 03, and will again in lessons 05, 07 and 09; residual connections are lesson 10's.
#
# - **Batch normalisation** takes from each unit's sum its mean over the batch and divides by its spread, at every layer, at every step. Whatever the size of the kernel, the signal leaves with size 1.
# - **Residual connection**: a block adds its answer to its input, x + f(x). If the last kernel of f starts at **zero**, each block starts as "pass it on", and the signal arrives unchanged, forward and back. Here a zero start is right: the symmetry is broken inside f.


# %%
def dense(units, start, **options):
    return keras.layers.Dense(units, kernel_initializer=start, **options)


def later_network(kind, start, seed, depth=20, width=64):
    """A chain of dense ReLU layers with batch normalisation, or in residual blocks of two."""
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
            x = keras.layers.BatchNormalization()(
                dense(width, start(), use_bias=False)(x)
            )
            x = keras.layers.ReLU()(x)
    model = keras.Model(inputs, dense(10, start(), activation="softmax")(x))
    training.prepare(model, optimizer=keras.optimizers.SGD(0.01))
    return model


# %% [markdown]
# The test: the chain of section 1 from the draws that failed, normal 0.01 and Glorot. The residual network has nearly the same depth: one layer and nine blocks of two, 19 hidden layers.

# %% tags=["nbval-ignore-output"]
starts = {
    "normal": lambda: keras.initializers.RandomNormal(stddev=0.01),
    "glorot_uniform": keras.initializers.GlorotUniform,
}
later = {(name, "plain"): deep_arms[name][0]["loss"][-1] for name in starts}
for name, start in starts.items():
    for kind in ("batch normalisation", "residual"):
        model = later_network(kind, start, seed=0)
        run = training.fit(
            model, pair, epochs=budget.deep_epochs, batch_size=32, seed=0
        )
        later[name, kind] = run.history["loss"][-1]
print(f"{'training loss':26}{'plain':>10}{'batch norm':>14}{'residual':>12}")
for name in starts:
    values = [
        later[name, kind] for kind in ("plain", "batch normalisation", "residual")
    ]
    row = f"{values[0]:>10.2f}{values[1]:>14.2f}{values[2]:>12.2f}"
    print(f"{initialization.VARIANTS[name].label:26}{row}")
print(f"{'He uniform':26}{deep_arms['he_uniform'][0]['loss'][-1]:>10.2f}")
for name in starts:
    for kind in ("batch normalisation", "residual"):
        gain = later[name, "plain"] - later[name, kind]
        score.at_least(
            f"{name}, {kind}: training loss below the plain chain's", gain, 0.3
        )

# %% [markdown]
# Both learn from draws with which the plain chain is stuck. That is all this cell claims: one seed and two epochs rank neither of them, nor He's plain chain in the last line. Lessons 09 and 10 measure more.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.section()

# %% [markdown]
# ## 11 · The papers beside ours
#
# | paper | what it reports | what this lesson measured |
# |---|---|---|
# | Glorot, Bengio (2010), tanh | the draw of the time had variance 1/(3n): signals shrink layer by layer. With 2/(n_in + n_out) they shrink far less | the factors a layer that are printed below: near 1/3 against 0.6 to 0.8 |
# | He, Zhang, Ren, Sun (2015), ReLU | a 22-layer network converges with both draws, sooner with He's; a 30-layer one only with He's, Glorot's stalls | section 7: at 20 and 30 layers only He's learns in our budget |
#
# Glorot and Bengio's "standard" draw was even, from −1/√n to 1/√n. Its variance is (1/√n)²/3 = 1/(3n), by section 3. Five tanh layers of 1,000 units, as in their figures:

# %%
rng = np.random.default_rng(11)
x, shrink = rng.normal(size=(50, 1000)), {}
for name, limit in (("standard", np.sqrt(1 / 1000)), ("Glorot", np.sqrt(6 / 2000))):
    # one at a time
    kernels = (rng.uniform(-limit, limit, (1000, 1000)) for _ in range(5))
    signals = forward(x, kernels, np.tanh)[1]
    squares = mean_square(signals)
    shrink[name] = squares[1:] / squares[:-1]
    print(
        f"{name:9} factor of the mean square by layer:", shrink[name].round(2).tolist()
    )
    panels = {f"layer {i}": signals[i - 1] for i in (1, 3, 5)}
    plots.layer_histograms(
        panels,
        limits=(-1, 1),
        title=f"tanh, {name}",
        alt=f"Histograms of tanh layers, {name}: the standard draw narrows fast, Glorot's slowly.",
    )
greatest, least = float(shrink["standard"].max()), float(shrink["Glorot"].min())
# %% [markdown]
# Even with Glorot's draw the factor is below 1: tanh itself shrinks what is not near 0, and the smaller the signal gets, the less it shrinks. 1 is the limit for small signals.
#
# **Why they differ.** The 22 layers of He and others learnt with Glorot's draw as well, ours with 20 do not. Probably because they trained a convolutional network on ImageNet (over a million photographs, lesson 05), for many epochs and with momentum. Two epochs of plain gradient descent are a harder test. What agrees is the order, and that depth brings it out.
#
# **How to choose**, then: ReLU and its kin: He. tanh, softmax, linear: Glorot or LeCun. Deep sigmoid: do not. One rule for the *model* (the notes say "a different initializer for each layer"; only the *objects* must differ). With normalisation or residual connections the choice matters less. And measure the statistics once, layer by layer, before you train for a day.

# %% tags=["claims"]
# @title Claims
score.at_most("tanh, 1/(3n): greatest factor a layer", round(greatest, 2), 0.4)
score.at_least("tanh, 2/(n_in+n_out): least factor a layer", round(least, 2), 0.5)
score.section()

# %% [markdown]
# ## 12 · Exercises
#
# Change the stub, run the cell, read the answer. Solutions are in `solutions/04_weight_initialization_solutions.ipynb`.
#
# **Exercise 1 (recall).** A convolutional layer with ReLU has kernels of 3×3 over 64 input maps. Which **standard deviation** does He's rule give its weights? (How many products are added up? Section 3, at the end.)

# %%
deviation = None
lesson04.he_deviation(deviation)

# %% [markdown]
# **Exercise 2 (by hand).** Layers of 100 ReLU units, weights of standard deviation 0.1. By which factor is the mean square multiplied at each layer? The signal starts with RMS 1: what is its RMS after ten layers? (Two digits will do.)

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
# **Exercise 5 (find the error).** Four networks of 20 layers and their statistics. Name the fault of each, the one that explains its whole row: `"too small"`, `"too large"`, `"input forgotten"` or `"units identical"`. Each occurs once.
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
# **Exercise 7 (design).** A chain of 40 tanh layers of 128 units. Neither Glorot's scale (1) nor He's (√2) will do: find a scale at which the gradient at layer 1 is between half and twice that at layer 40. `gradient_ratio(chain(scale, "tanh", depth=40, width=128)[2])`, with the functions of section 5, is your instrument; the check measures with draws of its own.

# %%
scale = None
lesson04.tanh_scale(scale)

# %% [markdown]
# **Exercise 8 (find and mend).** This function makes the initializers of some hidden ReLU layers of equal width. It has both traps of this lesson in it. Write it anew without them, by He's rule.
#
# ```python
# def layer_starts(count):
#     tidy = keras.initializers.HeNormal()
#     return [tidy] * (count - 1) + [keras.initializers.Zeros()]
# ```


# %%
def layer_starts(count): ...


lesson04.layer_starts(layer_starts)

# %% [markdown]
# ## 13 · Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("04")

# %% [markdown]
# ## Recap
# 1. Zeros with ReLU learn nothing but the class shares: 11.35% and 2.3010 on MNIST. Equal weights stay equal. Randomness breaks the symmetry.
# 2. A ReLU layer multiplies the mean square by n·Var(w)/2. He sets this to 1; Glorot's draw makes it 1/2 with ReLU, and 1 with tanh near 0.
# 3. Small weights make signal and gradient vanish; large ones make the gradient explode, and with ReLU the signal too. Size alone can mislead: look at the spread over inputs and over units too.
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
# **Short of time?** The plan already leaves out sections 6, 9, 10 and 11. Skip the orthogonal draw, the control of section 5 and the loss before the first step in section 7. Leave exercises 3 and 6 to 8 as homework.
#
# **Discuss.** (1) A student finds that He beats Glorot by 0.1% in one run. What would convince you? (2) Why may biases start at zero, and kernels not? What if only *one* kernel of the network is zero?
#
# **Listen for:** "large weights saturate, so the gradient vanishes". Ask for the table of section 5: saturated, and the gradient grows. And for "variance is how far the numbers reach": show the two histograms of step 0.
#
# </details>

# %% [markdown]
# ## Scorecard
#
# **Next:** [05 · Transfer learning →](05_transfer_learning.ipynb) · [solutions](solutions/04_weight_initialization_solutions.ipynb)

# %% tags=["nbval-ignore-output"]
score
