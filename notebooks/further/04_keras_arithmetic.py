# %% [markdown]
# # 04 · Further: Keras's arithmetic
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/04_keras_arithmetic.ipynb)
#
# A side path of [lesson 04](../04_weight_initialization.ipynb), about 6 minutes. Do Keras's rules have the variances of the lesson, and does its gradient equal ours?

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
# @title Imports, the look of figures, a small batch of digits
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more threads only wait

from course_utils import checks, datasets, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
import pandas as pd

from course_utils.checks import lesson04_further

lesson = runtime.start(lesson="04")
plots.set_theme()
score = checks.Scorecard("04, further")
data = datasets.load("mnist").subset(train=1_000, test=100)
x = (data.x_train[:200] / 255 - 0.13) / 0.31  # mean near 0, mean square near 1
x, y = x.reshape(200, -1), data.y_train[:200].astype("int32")


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
# ## What Keras calls fan-in and fan-out
#
# Keras finds n and m from the *shape* of a kernel. Dense, (n, m): as they stand. A convolution, (height, width, channels in, filters): `fan_in` = height · width · channels in, the products in one output value; `fan_out` = height · width · filters, the output values that use one input value. The rules of the lesson are then:
#
# | Keras's name | variance | drawn from |
# |---|---|---|
# | `"lecun_normal"`, `"lecun_uniform"` | 1/n | bell curve; even |
# | `"glorot_normal"`, `"glorot_uniform"` | 2/(n + m) | bell curve; even |
# | `"he_normal"`, `"he_uniform"` | 2/n | bell curve; even |
# | `"orthogonal"` (Saxe and others, 2013) | 1/n where n = m | a random rotation: turns a signal, keeps its size |
#
# The bell curves are cut off at two standard deviations, and widened a little so that the variance is kept. Is it, in the six?

# %%
variance = {
    "lecun": lambda n, m: 1 / n,
    "glorot": lambda n, m: 2 / (n + m),
    "he": lambda n, m: 2 / n,
}
shapes = {"dense": ((784, 256), 784, 256), "conv 5×5": ((5, 5, 64, 128), 1600, 3200)}
rows = {}
for rule in variance:
    for family in ("normal", "uniform"):
        ratios = []
        for shape, n, m in shapes.values():
            drawn = np.asarray(keras.initializers.get(f"{rule}_{family}")(shape))
            ratios.append(drawn.var() / variance[rule](n, m))
        rows[f"{rule}_{family}"] = ratios
measured = pd.DataFrame(rows, index=shapes).T

# %% tags=["nbval-ignore-output"]
measured.round(2).rename_axis("measured over promised variance")

# %% [markdown]
# **Exercise A.** A *uniform* draw runs from −a to a. Write the limit a of Glorot's rule.


# %%
def glorot_limit(n_in, n_out): ...


lesson04_further.glorot_limit(glorot_limit)

# %% [markdown]
# ## Is our gradient Keras's?
#
# Twenty hidden layers of 64 units, 200 digits, cross-entropy. One step of plain descent with rate 1 moves each weight by exactly its gradient: before minus after *is* Keras's gradient.

# %%
layers = [
    keras.layers.Dense(64, "relu", kernel_initializer="he_normal") for _ in range(20)
]
last = keras.layers.Dense(10, "softmax", kernel_initializer="he_normal")
network = keras.Sequential([keras.Input((784,)), *layers, last])
loss = "sparse_categorical_crossentropy"
network.compile(keras.optimizers.SGD(1.0), loss, jit_compile=False)
before = network.get_weights()[::2]  # the kernels
network.train_on_batch(x, y)
theirs = [
    old - new for old, new in zip(before, network.get_weights()[::2], strict=True)
]

# %% [markdown]
# Ours: the way forward and back of the lesson. The gradient of the mean cross-entropy for the ten sums before the softmax is (probabilities − truth) / number of pictures. A kernel's gradient is its input times the gradient of its sums.

# %%
relu, slope = lambda a: np.maximum(a, 0), lambda a: (a > 0) * 1.0
kernels = [kernel.astype(float) for kernel in before]
sums, signals = forward(x, kernels[:-1], relu)
scores = signals[-1] @ kernels[-1]
answers = np.exp(scores - scores.max(axis=1, keepdims=True))
answers /= answers.sum(axis=1, keepdims=True)
error = (answers - np.eye(10)[y]) / len(y)
gradients = backward(error @ kernels[-1].T, kernels[:-1], sums, slope)
inputs, of_sums = [x, *signals], [*gradients, error]
ours = [signal.T @ g for signal, g in zip(inputs, of_sums, strict=True)]
gaps = [
    np.abs(a - b).max() / np.abs(b).max() for a, b in zip(ours, theirs, strict=True)
]
print("all 21 kernels agree to one part in a thousand:", max(gaps) < 1e-3)

# %% [markdown]
# ## Two gradients that are easily confused
#
# The lesson follows the gradient of the *sums*. The gradient of a *weight* is signal times gradient. With ReLU and Glorot's rule the signal shrinks on its way forward, and the gradient on its way back, so that their product is about the same in every layer: all are equally slow, the first no slower than the last. That is why an optimizer that divides by the size of the gradient, Adam, can get such a network started.

# %%
rng = np.random.default_rng(0)
uneven, product = {}, {}
for name, scale in {"Glorot": 1, "He": 2}.items():
    chain = [rng.normal(0, np.sqrt(scale / 256), (256, 256)) for _ in range(24)]
    start, end = rng.normal(size=(2, 50, 256))
    sums, signals = forward(start, chain, relu)
    gradients = backward(end, chain, sums, slope)
    pairs = zip(signals[:-1], gradients[1:], strict=True)
    product[name] = [np.sqrt(np.mean(s**2) * np.mean(g**2)) for s, g in pairs]
    uneven[name] = max(product[name]) / min(product[name])
table = pd.DataFrame(product, index=range(2, 25)).loc[[2, 8, 16, 24]]
table.map("{:.1e}".format).rename_axis("layer")

# %% tags=["claims"]
# @title Claims
off = float((measured - 1).abs().to_numpy().max())
score.at_most("variances of six rules: off by", round(off, 3), 0.02)
score.true("gradients equal Keras's in 21 kernels", max(gaps) < 1e-3)
for name in uneven:
    score.at_most(f"{name}: greatest over least product", float(uneven[name]), 5)
score.section()

# %% [markdown]
# Back to [lesson 04](../04_weight_initialization.ipynb).
