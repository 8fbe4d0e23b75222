# %% [markdown]
# # 08 · Further: following the signal
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/08_following_the_signal.ipynb)
#
# A side path of [lesson 08](../08_vgg.ipynb), about 10 minutes. The sixteen layers were stuck at ln 17. Here is the whole evidence: the signal at full width, the gradients, the twelve curves, and a number in the paper that can be read in two ways.

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
# @title Imports and the look of figures
from course_utils import checks, measure, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from course_utils.models.vgg import VGG_TABLE
from course_utils.recipes import vgg_stuck

lesson = runtime.start(lesson="08")
plots.set_theme()
score = checks.Scorecard("08 further")
flowers = vgg_stuck.flowers()

# %% [markdown]
# ## Sixteen factors, by hand
#
# Without biases a ReLU network is *homogeneous*: halve the weights of a layer, and everything after it is halved. Glorot's variance is 2/(in + out), He's 2/in. So with Glorot's weights the signal is smaller at each layer by the factor √(in/(in + out)). **Sixteen factors and a second division by 255: how much smaller than He's are the last numbers of VGG-16?**


# %%
def kernel_shapes(config, side=64, classes=17):
    """Shape of every kernel of a network, and whether a pooling follows."""
    shapes, channels = [], 3
    for block in VGG_TABLE[config]:
        for spec in block.split():
            size, filters = (int(number) for number in spec.split("-"))
            shapes.append([(size, size, channels, filters), False])
            channels = filters
        shapes[-1][1] = True
    widths = [(side // 32) ** 2 * channels, 4096, 4096, classes]
    return shapes + [
        [pair, False] for pair in zip(widths[:-1], widths[1:], strict=True)
    ]


def fan(shape):
    """How many numbers go into a unit, and how many units a number goes to."""
    places = int(np.prod(shape[:-2]))
    return places * shape[-2], places * shape[-1]


# %% tags=["hide-output"]
fans = [fan(shape) for shape, _ in kernel_shapes("D")]
factors = [np.sqrt(n_in / (n_in + n_out)) for n_in, n_out in fans]
predicted = np.prod(factors) / 255
print("factors:", *(f"{factor:.2f}" for factor in factors))
print(f"product {np.prod(factors):.1e}, with the second division {predicted:.1e}")

# %% [markdown]
# ## Measured, at full width
#
# VGG-16 with all its filters, flowers of 64×64 pixels, before any training. The paper drew its weights "from a normal distribution with zero mean and 10⁻² *variance*". Taken literally that is a deviation of 0.1; many programs take 0.01 for the *deviation*. Both are tried (with the mean colour subtracted, as in the paper). **Which of the two will explode, which will fade?**


# %% tags=["hide-input"]
# @title Sending a signal through
def signal(rule, x, config="D"):
    """Deviation after each layer, weights drawn with `rule(n_in, n_out)`, no biases."""
    rng, sizes = np.random.default_rng(8), []
    for shape, pool in kernel_shapes(config, x.shape[1]):
        kernel = rng.standard_normal(shape, dtype="float32")
        kernel *= np.float32(rule(*fan(shape)))
        if len(shape) == 4:
            x = np.maximum(np.asarray(keras.ops.conv(x, kernel, padding="same")), 0)
            x = np.asarray(keras.ops.max_pool(x, 2)) if pool else x
        else:
            x = x.reshape(len(x), -1) @ kernel
            x = np.maximum(x, 0) if shape[1] == 4096 else x  # the last keeps its sign
        sizes.append(float(x.std()))
    return sizes


# %% tags=["hide-output", "nbval-ignore-output"]
photos = vgg_stuck.flowers(64).x_test[:4].astype("float32")
centred = photos - photos.mean(axis=(0, 1, 2))
sizes = {
    "He, divided once": signal(lambda n_in, n_out: np.sqrt(2 / n_in), photos / 255),
    "Glorot, divided twice": signal(
        lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)), photos / 255**2
    ),
    "variance 0.01": signal(lambda n_in, n_out: 0.1, centred),
    "deviation 0.01": signal(lambda n_in, n_out: 0.01, centred),
}
plots.signal_by_layer(
    sizes,
    ylabel="deviation",
    floor=1e-7,
    ceiling=1e12,
    alt=f"Last layer: { ({name: f'{values[-1]:.0e}' for name, values in sizes.items()}) }.",
)

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# The variance, read literally, explodes in layers so wide; a deviation of 0.01 fades, in D far more than in A (next cell). The second fits what the authors tell: they trained A from such weights, and copied its first four convolutions and its dense layers into the deeper networks. It is a reading, not a proof; we have only the paper.
# </details>

# %% tags=["nbval-ignore-output"]
shallow = signal(lambda n_in, n_out: 0.01, centred, config="A")[-1]
ratio = shallow / sizes["deviation 0.01"][-1]
print(f"deviation 0.01: the last numbers of A are {ratio:,.0f} times as large as D's")

# %% [markdown]
# ## Why training does not help itself
#
# A faint signal could be made louder by training. Here are the mean gradients of weights and biases in the small network of the lesson, before training. A weight's gradient is a product with its layer's *input*, which is tiny; a bias's is not.

# %% tags=["nbval-ignore-output"]
fresh = vgg_stuck.build(vgg_stuck.VARIANTS["notes"], classes=17, seed=0, steps=1)
layers = [layer for layer in fresh.layers if layer.weights]
with tf.GradientTape() as tape:
    told = fresh(flowers.x_train[:64].astype("float32") / 255**2)
    loss = keras.losses.sparse_categorical_crossentropy(flowers.y_train[:64], told)
    loss = tf.reduce_mean(loss)
kernels, biases = ([layer.weights[n].value for layer in layers] for n in (0, 1))
slopes = [
    float(tf.reduce_mean(tf.abs(s))) for s in tape.gradient(loss, kernels + biases)
]
of_kernels, of_biases = slopes[: len(layers)], slopes[len(layers) :]
plots.signal_by_layer(
    {"of the weights": of_kernels, "of the biases": of_biases},
    ylabel="mean gradient",
    floor=1e-10,
    ceiling=1,
    alt="Gradients by layer: those of the biases lie far above those of the weights.",
)

# %% [markdown]
# Plain gradient descent moves in steps of rate × gradient: with 10⁻⁸ nothing moves, whatever the warm-up. Adam divides each gradient by its usual size and moves by about the rate whatever lies above its ε of 10⁻⁷. Before training that is true of the biases, but not of the weights: in the first steps the biases move by the rate and the weights by less. What this leads to, the lesson measures.
#
# ## The twelve curves
#
# The stored experiment behind the lesson's table, and three recipes more, three draws each:
#
# - "SGD, warm-up": momentum 0.9; the rate rises for a third of the steps (to 0.1), then falls;
# - "He, SGD, warm-up": the same from He's initial weights (to 0.02);
# - "A first", as in the paper: A is trained for eight epochs, and its first four convolutions and dense layers are copied into D.

# %%
stored = measure.load("vgg_stuck")
names = [
    "Glorot, Adam",
    "He, Adam",
    "batch norm",
    "SGD, warm-up",
    "He, SGD, warm-up",
    "A first",
]
figure, axes = plt.subplots(2, 1, figsize=(6, 6.6), sharex=True)
for ax, pixels in zip(axes, ("twice", "once"), strict=True):
    lines = {}
    for name, arm in zip(names, vgg_stuck.VARIANTS, strict=True):
        runs = [r for r in stored["runs"] if r["arm"] == arm and r["pixels"] == pixels]
        lines[name] = [run["loss"] for run in runs]
    title = f"pixels divided {pixels}"
    plots.curves(lines, ylabel="training loss", title=title, markers=False, ax=ax)
    ax.axhline(np.log(17), color="black", linestyle=":", linewidth=1)
    ax.set_ylim(0, 3.3)
axes[0].get_legend().remove()
axes[0].set_xlabel("")
plots.show(
    figure,
    alt="Divided twice only batch norm falls; divided once all but two recipes do.",
)

# %% [markdown]
# "A first" jumps back to ln 17 at epoch 9, when A's layers move into D: the new layers in between know nothing yet. It needs an A that learns: with pixels divided twice A itself stays at ln 17 in all three draws, and so does D after it; divided once, both learn in all three. SGD stays in both pictures from Glorot's initial weights; from He's it learns with pixels divided once.

# %% tags=["claims"]
# @title Claims
learns = {}  # the last loss at least 5 % below ln 17: A's (epoch 8) and D's
for arm, at in (("shallow_first", 7), *((arm, -1) for arm in vgg_stuck.VARIANTS)):
    for pixels in ("twice", "once"):
        runs = [r for r in stored["runs"] if r["arm"] == arm and r["pixels"] == pixels]
        learns[arm, at, pixels] = sum(r["loss"][at] < 0.95 * np.log(17) for r in runs)
assert [learns["shallow_first", at, "twice"] for at in (7, -1)] == [0, 0]
assert [learns["shallow_first", at, "once"] for at in (7, -1)] == [3, 3]
assert [learns["warm_up", -1, p] for p in ("twice", "once")] == [0, 0]
assert [learns["he_warm_up", -1, p] for p in ("twice", "once")] == [0, 3]
if not flowers.stand_in:
    assert max(of_kernels) < 1e-7 < min(of_biases)
level = np.array(sizes["He, divided once"])
score.at_most("He: largest over smallest signal", level.max() / level.min(), 6)
measured = sizes["Glorot, divided twice"][-1] / level[-1]
score.close(
    "Glorot twice over He, measured over derived",
    measured / predicted,
    1,
    tolerance=0.02,
)
score.at_least("variance 0.01: last deviation", sizes["variance 0.01"][-1], 1e6)
score.at_least("deviation 0.01: A over D", ratio, 100)
least = min(np.array(of_biases) / of_kernels)
score.at_least("gradients: biases over weights, least", least, 100)
score.section()

# %% [markdown]
# Back to [lesson 08](../08_vgg.ipynb), section 5
