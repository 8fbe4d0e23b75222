# %% [markdown]
# # 10 · Further: what is left of the image
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/10_what_is_left.ipynb)
#
# A side path of [lesson 10](../10_resnet.ipynb), about 10 minutes. The gradient is one account of why deep plain networks do not learn. First it is derived and measured; then come two looks at what goes *forward*.

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
from course_utils import checks, datasets, measure, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
import tensorflow as tf

from course_utils import inspection, transfer
from course_utils.recipes import common, resnet_depth

digits = datasets.load("digits")
objects = datasets.load("cifar10").subset(train=10, test=64)

lesson = runtime.start(lesson="10")
plots.set_theme()
score = checks.Scorecard("10 further")

# %% [markdown]
# ## Why the gradient grows, and with shortcuts hardly
#
# In an untrained plain network with batch norm the gradient grows on its way back, layer by layer. Four steps tell by how much:
#
# 1. A ReLU and He's kernel together keep the signal's mean square on the way forward, and the gradient's length on the way back (lesson 04).
# 2. Nothing negative leaves a ReLU, so what leaves it has a mean. A normal signal of variance 1 leaves with mean square 1/2 and mean $1/\sqrt{2π}$. The mean, squared, is 1/π = 0.32 of the mean square.
# 3. Every unit of the next layer adds up many such means, each times a weight: a number that is nearly the same for all images and places. Batch norm subtracts it. Of the signal's size $\sqrt{1 - 0.32}$ = 0.83 is left.
# 4. Batch norm divides by 0.83, and the signal is back at size 1. The gradient is divided by 0.83 as well, but hardly anything was taken away from it: it grows by 1/0.83 = 1.21 a layer.
#
# In numbers, one wide layer:

# %%
rng = np.random.default_rng(0)
signal = np.maximum(rng.normal(size=(500, 1_000)), 0)  # 500 images, behind a ReLU
kernel = rng.normal(scale=(2 / 1_000) ** 0.5, size=(1_000, 1_000))  # He's rule
sums = signal @ kernel
size = float(np.sqrt(np.mean(sums**2)))
spread = float(np.sqrt(np.mean(sums.var(axis=0))))  # once each unit's mean is gone
print(f"size {size:.2f}, without the means {spread:.2f}, 1 over it {1 / spread:.2f}")

# %% [markdown]
# Narrow layers have fewer numbers to add up, and the factor is smaller: in the lesson's networks 1.15 a layer (of kernels; of signals, below, 1.2 to 1.5 a block of two).
#
# And with shortcuts? From $y = F(x) + x$ follows $dy/dx = F'(x) + 1$, so $F'$ *adds* to the 1. Why does that not grow still faster? **How does the signal (its standard deviation) grow over 27 residual blocks, when each adds what comes out of a batch norm, size 1: not at all, like the number of blocks, like its root? And where will the gradient grow most?**

# %% tags=["hide-input"]
# @title The signal after each block, the gradient through each
ends = [
    "stem_relu",
    *(f"stage{s}_block{b}_relu" for s in (1, 2, 3) for b in range(1, 10)),
]
images = common.standardized(digits.x_train[:128], digits)


def sizes(residual):
    """Size of the signal after the first convolution and each block; gradient factors."""
    model = resnet_depth.build(56, residual=residual, seed=0)
    outputs = [model.get_layer(name).output for name in ends]
    whole = keras.Model(model.input, [*outputs, model.output])
    with tf.GradientTape() as tape:
        *signals, chances = whole(images, training=True)
        loss = keras.losses.sparse_categorical_crossentropy(
            digits.y_train[:128], chances
        )
        mean = tf.reduce_mean(loss)
    back = np.array([tf.norm(one) for one in tape.gradient(mean, signals)])
    return [float(np.std(one)) for one in signals], back[:-1] / back[1:]


# %% tags=["hide-cell", "nbval-ignore-output"]
# @title Over 27 blocks
colours = {"plain": plots.COLOURS[4], "residual": plots.COLOURS[0]}
grown, factor = {}, {}
for name, residual in (("plain", False), ("residual", True)):
    grown[name], factor[name] = sizes(residual)
keras.utils.clear_session()
last = {name: f"{found[-1]:.1f}" for name, found in grown.items()}
with plots.figure(
    2,
    size=(6, 5.2),
    sharex=True,
    alt=f"Two panels over 27 blocks; the signal ends at {last}, the residual "
    f"gradient's factor falls from {factor['residual'][0]:.1f} to near 1.",
) as (above, below):
    for ax, found, first, label in (
        (above, grown, 0, "signal, standard deviation"),
        (below, factor, 1, "gradient, factor"),
    ):
        plots.curves(found, x=range(first, 28), xlabel="block", colours=colours, ax=ax)
        ax.set_ylabel(label)
        ax.axhline(1, color="0.5", linestyle=":")
        plots.name_lines(ax)
    above.set(ylim=(0, 3.2), xlabel="")
    below.set_ylim(0.6, 2.3)

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# Like a root. What $F$ adds is nearly independent of $x$, so *variances* add, 1 a block. It stays below the root of 27, 5.2, because each ReLU takes some of it away, and because half of the channels are zero where a stage begins.
#
# And $F$'s batch norms divide by the size of $x$: twice the $x$ gives the same $F(x)$. So the larger $x$, the smaller $F'$ beside the 1. The first block's factor is the largest; then it falls towards 1. (Where stages 2 and 3 begin it dips below 1: the shortcut takes every second pixel.)
# </details>
#
# ## Untrained networks
#
# Size is not content. Batch norm keeps the size of the signal; does it keep the image? Send 600 digits through *untrained* networks, and look at the 32 means at the end. The simplest reader: the nearest class mean, made from 300 digits, tried on the 300 others. **By guessing it gets 10 %. How much after 8, 20, 32, 56 layers, plain and residual?**


# %%
def still_told_apart(depth, residual, seed):
    """Share of 300 digits whose class the untrained network's last means still tell."""
    model = resnet_depth.build(depth, residual=residual, seed=seed)
    front = keras.Model(model.input, model.get_layer("head_pool").output)
    images = common.standardized(digits.x_train[:600], digits)
    labels = digits.y_train[:600]
    known, asked = (
        np.asarray(front(part, training=True)) for part in (images[:300], images[300:])
    )
    means = np.stack([known[labels[:300] == k].mean(axis=0) for k in range(10)])
    distance = ((asked[:, None] - means) ** 2).sum(axis=2)
    return float(np.mean(distance.argmin(axis=1) == labels[300:]))


# %% tags=["hide-output", "nbval-ignore-output"]
depths = (8, 20, 32, 56)
left = {
    name: [
        [still_told_apart(depth, residual, seed) for depth in depths] for seed in (0, 1)
    ]
    for name, residual in (("plain", False), ("residual", True))
}
keras.utils.clear_session()
at_56 = {name: f"{np.mean(values, axis=0)[-1]:.0%}" for name, values in left.items()}
with plots.figure(size=(6, 3.4), alt=f"At 56 layers {at_56}.") as ax:
    plots.curves(
        left,
        x=depths,
        xlabel="layers",
        ylabel="digits told apart",
        colours=colours,
        ax=ax,
    )
    ax.axhline(0.1, color="0.5", linestyle=":")
    ax.set(xticks=depths, ylim=(0, 0.8))

# %% [markdown]
# <details><summary><b>Compare with your numbers</b></summary>
#
# After 20 random plain layers the digits are all but gone; a shortcut carries the image past every block, and some of it arrives. What this does not explain: plain-20 stands about as low as plain-56, and yet it learns the digits. Training must bring the image back in plain-20, and in plain-56 it does not; there the gradients lie more than a thousand times apart.
# </details>
#
# ## Is it only slow?
#
# Before, the other question. Stored trainings on digits: 8 to 56 layers, five draws each, eight epochs, the paper's rate of 0.1 for all (`python -m course_utils.measure resnet_depth`). **What becomes of the plain networks in five times the passes?**

# %% tags=["hide-output"]
stored = measure.load("resnet_depth")
reached = {}
for run in stored["runs"]:
    at = run["arm"], run["depth"], run["epochs"]
    reached.setdefault(at, []).append(run["train_accuracy"][-1])
by_depth = {
    kind: np.array([reached[kind, depth, 8] for depth in depths]).T
    for kind in ("plain", "residual")
}
last = {kind: f"{values[:, -1].mean():.0%}" for kind, values in by_depth.items()}
with plots.figure(size=(6, 3.4), alt=f"At 56 layers, 8 epochs: {last}.") as ax:
    plots.curves(
        by_depth,
        x=depths,
        xlabel="layers",
        ylabel="accuracy on training digits",
        colours=colours,
        ax=ax,
    )
    for (kind, depth, epochs), values in reached.items():
        if epochs == 40:
            ax.plot([depth] * 2, values, "x", color=colours[kind], markersize=9)
    ax.set(xticks=depths, ylim=(0, 1.03))

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# Crosses are trainings of forty epochs, two draws each. Plain-32 gets to 94 and 98 %: much of its trouble was slowness. Plain-56 stays below half. Residual-56, behind after eight epochs, classifies every training digit rightly. The paper tried three times the steps on ImageNet, and degradation stayed.
# </details>
#
# ## What a block adds
#
# A trained network: the course's ResNet-20, 19 convolutions and a dense layer, which classifies 90 % of CIFAR-10's test photographs rightly. What passes by, what the third block adds, and the sum, for the three strongest maps; red above 0, blue below, one scale a column. **Which is larger, x or F(x)?**

# %%
reader = transfer.load_pretrained("resnet20_cifar10")
parts = ["stage1_block2_relu", "stage1_block3_bn2", "stage1_block3_relu"]
image = objects.x_test[:1]
maps = inspection.activations(reader, image, parts)
strongest = maps[parts[0]][0].mean(axis=(0, 1)).argsort()[-3:]

# %% tags=["hide-output", "nbval-ignore-output"]
# @title The drawing
with plots.figure(
    3,
    3,
    size=(6, 5.6),
    alt="Three maps before a block, what the block adds, and the sum, in red and blue.",
) as axes:
    for column, m in enumerate(strongest):
        most = max(np.abs(maps[part][0, :, :, m]).max() for part in parts)
        for ax, part in zip(axes[:, column], parts, strict=True):
            plots.show_image(
                maps[part][0, :, :, m], signed=True, limits=(-most, most), ax=ax
            )
        axes[0, column].set_title(f"map {m}")
    for ax, told in zip(
        axes[:, 0], ("x passes by", "F(x) is added", "ReLU of sum"), strict=True
    ):
        ax.set_ylabel(told)

# %% [markdown]
# And over 64 photographs, for the seven blocks that keep the shape: the size of F(x) over the size of x.

# %%
blocks = [f"stage{s}_block{b}" for s in (1, 2, 3) for b in (1, 2, 3)]
ends = ["stem_relu", *(f"{name}_relu" for name in blocks)]
branches = [f"{name}_bn2" for name in blocks]
inside = inspection.activations(reader, objects.x_test, [*ends, *branches])
share = {}
for before, name in zip(ends, blocks, strict=False):
    added = inside[f"{name}_bn2"]
    if inside[before].shape == added.shape:
        share[name] = float(np.sqrt(np.mean(added**2) / np.mean(inside[before] ** 2)))

# %% tags=["nbval-ignore-output"]
print({name: round(value, 2) for name, value in share.items()})

# %% [markdown]
# Where the share is below 1 the block is a correction. The last one speaks loudest, just before the answer.

# %% tags=["claims"]
# @title Claims
means = {name: np.mean(values, axis=0) for name, values in left.items()}
lead = means["residual"][3] - means["plain"][3]
score.at_least("untrained, 56 layers: residual ahead of plain", lead, 0.08)
slow = [np.mean(reached["plain", 32, 40]), max(reached["plain", 56, 40])]
score.at_least("stored: plain-32, 40 epochs, mean", slow[0], 0.95)
score.at_most("stored: plain-56, 40 epochs, most", slow[1], 0.5)
score.at_most("untrained plain-56: digits told apart", means["plain"][3], 0.2)
smaller = sum(value < 1 for value in share.values())
score.at_least("blocks whose F(x) is smaller than x, of seven", smaller, 3)
card = transfer.card("resnet20_cifar10")
score.at_least("ResNet-20 of the card, test accuracy", card["test_accuracy"], 0.89)
wide = (1 - 1 / np.pi) ** 0.5
assert [round(one, 2) for one in (1 / np.pi, wide, 1 / wide)] == [0.32, 0.83, 1.21]
without = round(spread, 2)
score.close("one wide layer: size without the means", without, 0.83, tolerance=0.02)
assert abs(size - 1) < 0.03
mean_factor = float(np.mean(factor["plain"]))
score.close(
    "plain-56: the gradient's factor, mean block", mean_factor, 1.36, tolerance=0.05
)
assert 1.2 < min(factor["plain"]) < max(factor["plain"]) < 1.55
score.at_least("residual-56: size of the signal at the end", grown["residual"][-1], 2)
assert max(grown["residual"]) < 27**0.5 and max(grown["plain"]) < 1
through = factor["residual"]
assert np.argmax(through) == 0 and max(abs(through[19:] - 1)) < 0.15
assert max(through[[9, 18]]) < 1  # where stages 2 and 3 begin
assert all(through[begin] > through[begin + 7] for begin in (0, 10, 19))
score.section()

# %% [markdown]
# Back to [lesson 10](../10_resnet.ipynb), section 5

# %% tags=["nbval-ignore-output"]
score
