# %% [markdown]
# # 10 · ResNet
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/10_resnet.ipynb)
#
# [← 09 · Inception](09_inception.ipynb) · [all lessons](START_HERE.ipynb) · [solutions](solutions/10_resnet_solutions.ipynb) · further: [the paper's tables](further/10_tables.ipynb), [what is left of the image](further/10_what_is_left.ipynb), [erasing at random](further/10_erasing.ipynb), [a frozen network that moves](further/10_frozen.ipynb)
#
# **The question.** A deep network can do whatever a shallow one can. Why does it do worse, and which single line of code changes that?
#
# **You will be able to**
# - tell degradation from overfitting by the training accuracy;
# - build residual blocks by hand, and say when one changes nothing;
# - measure what a shortcut does to the gradient, and to a network that loses a block;
# - recognise batch norm's stale statistics;
# - place eight years of networks on one map, and choose, train and defend one of your own.
#
# **Before this:** lessons 04 (initial weights, batch norm), 07 (running statistics), 08 and 09.
#
# **Time:** about 32 minutes of reading, about 40 for six exercises, about 60 for the seventh, a project; the code runs in about a minute on two CPU cores.
#
# **Data:** scikit-learn's 1,797 handwritten digits of 8×8 pixels and patches of nine photographs; both come with the course.

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
import time

from course_utils import checks, datasets, measure, plots, runtime, widgets

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
import pandas as pd
import tensorflow as tf

from course_utils import anatomy, models, training, transfer
from course_utils.checks import lesson10
from course_utils.recipes import resnet_capstone, resnet_digits

layers = keras.layers
lesson = runtime.start(lesson="10")
plots.set_theme()
score = checks.Scorecard("10")
(x, y), _, (x_test, y_test) = resnet_digits.parts(datasets.load("digits"))
stored = measure.load("resnet_digits")
RATE = 0.1  # for each network the best of those tried, on validation digits
COLOURS = {  # warm: plain, blue: residual; the deeper the darker
    "plain-20": plots.COLOURS[3],
    "plain-32": plots.COLOURS[4],
    "residual-20": plots.COLOURS[5],
    "residual-32": plots.COLOURS[0],
}


# %% tags=["setup"]
# @title The stored trainings, and their figure
def of(name, key, rate=RATE):
    """One row for each stored training of a network at this rate."""
    chosen = name, rate
    return np.array(
        [run[key] for run in stored["runs"] if (run["arm"], run["rate"]) == chosen]
    )


def race(live):
    """Training accuracy by epoch: stored trainings as bands, those of this page as crosses."""
    ends = {name: f"{curve[-1]:.0%}" for name, curve in live.items()}
    with plots.figure(size=(6, 3.6), alt=f"Curves; in the last epoch {ends}.") as ax:
        lines = {name: of(name, "accuracy") for name in live}
        plots.curves(
            lines,
            xlabel="epoch",
            ylabel="accuracy on training digits",
            colours=COLOURS,
            markers=False,
            ax=ax,
        )
        for name, curve in live.items():
            ax.plot(range(1, len(curve) + 1), curve, "x", color=COLOURS[name])
        ax.set_ylim(0, 1.03)
        plots.name_lines(ax)


# %% [markdown]
# ## 1 · Twenty layers, and thirty-two
#
# In lesson 08 nineteen layers learned less than eleven, even with He's weights and batch norm, in six epochs at one rate. Is it the rate, or the time? Or is no good solution there?
#
# Two networks for digits of 8×8 pixels, as plain as VGG: three *stages* of 3×3 convolutions, global pooling, ten probabilities. Each new stage halves the maps' sides and doubles the *channels* (the number of maps).

# %% tags=["hide-input", "slide"]
# @title The drawing
small = dict(input_shape=(8, 8, 1), width=0.5, residual=False)
plots.architecture(
    *(anatomy.describe(models.resnet_cifar, n=n, **small) for n in (3, 5)),
    title=["plain-20", "plain-32"],
)

# %% [markdown]
# A *block* here is two convolutions. A network of $n$ blocks a stage has $6n + 2$ layers with weights, the first convolution and the dense layer included: 20 for $n = 3$, 32 for $n = 5$.


# %%
he = dict(kernel_initializer="he_normal")


def convolution(x, filters, stride=1):
    x = layers.Conv2D(filters, 3, stride, padding="same", use_bias=False, **he)(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)


def plain_block(x, filters, stride, name):
    x = layers.ReLU()(convolution(x, filters, stride))
    return layers.ReLU(name=name)(convolution(x, filters))


# %%
def network(block, n, seed=0):
    keras.utils.set_random_seed(seed)
    pixels = keras.Input((8, 8, 1))
    x = layers.ReLU(name="first")(convolution(pixels, 8))
    for stage, filters in enumerate((8, 16, 32)):
        for number in range(n):
            stride = 2 if stage > 0 and number == 0 else 1
            x = block(x, filters, stride, name=f"stage{stage}_block{number}")
    means = layers.GlobalAveragePooling2D(name="means")(x)
    return keras.Model(pixels, layers.Dense(10, activation="softmax", **he)(means))


# %% [markdown]
# Training is after the paper's, made short: momentum 0.9, batches of 128, twelve epochs, lesson 07's *one cycle* of the learning rate, up to 0.1. For the networks of sections 1 and 3 that is the best of the rates tried: 300 of the 1,497 training digits chose it, and the networks learn from the other 1,197.


# %%
def train(model, rate=RATE, epochs=12):
    batches = training.ShuffledBatches(x, y, size=128, seed=0)
    parts = dict(examples=len(x), batch_size=128, epochs=epochs, warm_up=0.3)
    cycle = training.one_cycle(rate, **parts)  # rises for 0.3 of the steps
    model.compile(
        keras.optimizers.SGD(cycle, momentum=0.9),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model.fit(batches, epochs=epochs, verbose=0).history["accuracy"]


# %% [markdown]
# **How many per cent of the training digits will each of the two classify rightly in the last epoch?** (Crosses: this page's trainings. Line and band: mean, lowest and highest of five stored trainings, `resnet_digits`.)

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
plain_20, plain_32 = network(plain_block, n=3), network(plain_block, n=5)
live = {"plain-20": train(plain_20), "plain-32": train(plain_32)}
race(live)

# %% [markdown]
# <details><summary><b>Compare with your numbers</b></summary>
#
# The deeper one does worse, *on the very digits that it is trained on*. An overfitted network does well on these. Kaiming He and three colleagues called it **degradation** (2015). Its sign is a *higher training error*.
#
# Does plain-32 need a smaller rate? When we tried each rate once, 0.03 seemed better for it by three of 300 digits. Five trainings each say otherwise: at 0.1 they end between 88 and 94 %, at 0.03 between 71 and 94. All ten are below plain-20's lowest, 99 %.
#
# Is it only slow? In part: two trainings of plain-32 over forty epochs reached 94 and 98 %; two of plain-56 [stayed below half](further/10_what_is_left.ipynb).
# </details>
#
# **And on new digits?** (Means of the five, with batch norm's running statistics.)

# %% tags=["hide-output"]
in_use = {
    name: {
        f"{part}, %": 100 * of(name, f"{part}_accuracy").mean()
        for part in ("train", "test")
    }
    for name in live
}
pd.DataFrame(in_use).T.round(1)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
shallow_runs, deep_runs = of("plain-20", "accuracy"), of("plain-32", "accuracy")
score.true("stored: every rate lies inside its grid", not stored["at_edge"])
slower = of("plain-32", "accuracy", rate=0.03)[:, -1]
ends = [round(100 * end(at)) for at in (deep_runs[:, -1], slower) for end in (min, max)]
assert ends == [88, 94, 71, 94] and len(slower) == len(deep_runs) == 5
lowest = shallow_runs[:, -1].min()
assert max(*deep_runs[:, -1], *slower) < lowest and round(100 * lowest) == 99
# one training a rate chose 0.1, but for plain-32 0.03; five trainings say otherwise
chosen = [rate for name, rate in stored["rates"].items() if name != "plain-32"]
held = [of("plain-32", "validation_accuracy", rate).mean() for rate in (RATE, 0.03)]
tried = {
    run["rate"]: run["validation_accuracy"]
    for run in stored["trials"]
    if run["arm"] == "plain-32"
}
assert set(chosen) == {RATE} and held[0] > held[1] + 0.05
assert round(300 * (tried[0.03] - tried[RATE])) == 3
assert max(tried[0.009], tried[0.3]) < held[1]
longer = {"plain-32": [], "plain-56": []}
for run in measure.load("resnet_depth")["runs"]:
    if run["arm"] == "plain" and run["epochs"] == 40:
        longer[f"plain-{run['depth']}"].append(run["train_accuracy"][-1])
assert [round(100 * end) for end in sorted(longer["plain-32"])] == [94, 98]
assert len(longer["plain-56"]) == 2 and max(longer["plain-56"]) < 0.5
behind = shallow_runs[:, -1].mean() - deep_runs[:, -1].mean()
score.at_least("stored: plain-20 ahead of plain-32, training", behind, 0.04)
score.at_least(
    "live: plain-20 ahead of plain-32, training",
    live["plain-20"][-1] - live["plain-32"][-1],
    0.0,
)
score.section()

# %% [markdown]
# ## 2 · Is the deeper network too weak?
#
# **Are there weights with which plain-32 is as good as plain-20? Decide, and say how you would find them.**
#
# One can *build* them, by hand, from the trained plain-20. Its layers are copied, each extra layer passes on what it gets. A 3×3 kernel with 1 in the middle and 0 around it does so, with a batch norm that changes nothing. (And the ReLU after it? What arrives comes from a ReLU and is nowhere below 0, so it passes unchanged.)


# %%
def pass_on(conv, norm):
    kernel = np.zeros(conv.kernel.shape)
    kernel[1, 1] = np.eye(kernel.shape[-1])  # map k to map k
    conv.set_weights([kernel])
    ones, zeros = np.ones(norm.gamma.shape), np.zeros(norm.gamma.shape)
    # γ, β, mean, variance (to which the layer adds epsilon)
    norm.set_weights([ones, zeros, zeros, ones - norm.epsilon])


# %%
def of_kind(kind, model):
    return [layer for layer in model.layers if isinstance(layer, kind)]


def pairs(model):
    """Every convolution with its batch norm, from first to last."""
    norms = of_kind(layers.BatchNormalization, model)
    return list(zip(of_kind(layers.Conv2D, model), norms, strict=True))


# %% [markdown]
# Each stage of plain-32 has ten convolutions where plain-20 has six (not counting the very first one):

# %%
plan = ["copy"] + 3 * (6 * ["copy"] + 4 * ["pass on"])
by_hand, trained = network(plain_block, n=5), iter(pairs(plain_20))
for task, (conv, norm) in zip(plan, pairs(by_hand), strict=True):
    if task == "pass on":
        pass_on(conv, norm)
    else:
        known_conv, known_norm = next(trained)
        conv.set_weights(known_conv.get_weights())
        norm.set_weights(known_norm.get_weights())
by_hand.layers[-1].set_weights(plain_20.layers[-1].get_weights())

# %% [markdown]
# **Of 300 test digits, how many will plain-20 and this plain-32 classify differently?**

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
answers = [model.predict(x_test, verbose=0) for model in (plain_20, by_hand)]
different = int((answers[0].argmax(axis=1) != answers[1].argmax(axis=1)).sum())
apart = float(np.abs(answers[0] - answers[1]).max())
print(f"{different} of {len(x_test)}; probabilities differ by at most {apart:.0e}")

# %% [markdown]
# <details><summary><b>Compare with your number</b></summary>
#
# None. There are weights with which plain-32 is as good as plain-20. In twelve epochs gradient descent did not find them. So the deep network is not too weak: **it is harder to train.** To pass a signal on, a layer must learn a very special kernel. What if passing on needed no learning?
# </details>

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.equal("plain-32 built from plain-20: digits classified differently", different, 0)
score.section()

# %% [markdown] tags=["slide"]
# ## 3 · One line more
#
# In a **residual block** two convolutions compute a function $F(x)$, and what came in is added:
#
# $$y = F(x) + x$$
#
# To do nothing, it has only to learn $F = 0$. What it learns is the difference to its input, the **residual**; the path around the layers is a **shortcut** (or *skip connection*).

# %% tags=["hide-input", "slide"]
# @title The drawing
small = dict(n=1, input_shape=(8, 8, 1), width=0.5)
blocks = (
    anatomy.describe(models.resnet_cifar, residual=answer, **small)
    for answer in (False, True)
)
plots.architecture(
    *blocks,
    block="stage1_block1",
    title=["plain block", "residual block"],
    detail="layers",
)


# %%
def residual_block(x, filters, stride, name):
    y = layers.ReLU()(convolution(x, filters, stride))
    y = convolution(y, filters)
    # new: + x
    y = layers.Add()([y, shortcut(x, filters, stride)])
    return layers.ReLU(name=name)(y)


# %% [markdown]
# Within a stage the shortcut is $x$ itself. Where a stage begins, $x$ has half as many maps, twice as high and wide. There the paper's **option A** takes every second pixel, and zeros for the new channels:


# %%
def shortcut(x, filters, stride):
    new = filters - x.shape[-1]
    every_second = x[:, ::stride, ::stride]  # every one, where the stride is 1
    zeros = [new // 2, new - new // 2]  # before the old channels, and after
    return keras.ops.pad(every_second, [[0, 0], [0, 0], [0, 0], zeros])


# %% [markdown]
# No parameters: residual-32 has as many as plain-32.
#
# **By hand.** Two channels at one place: $x = (1, 3)$; the layers give $F(x) = (0.5, -2)$. The plain block hands on ReLU$(F)$ = (0.5, 0); what its layers do not carry on is lost. The residual block adds first, ReLU(1.5, 1) = (1.5, 1): the 3 is smaller, and still there.
#
# **Exercise 1 (by hand).** $x = (2, 0, 5)$ and $F(x) = (-3, -1, 0.5)$. What do the two blocks hand on? (Replace `None`, run the cell; [solutions](solutions/10_resnet_solutions.ipynb).)

# %%
plain_hands_on, residual_hands_on = None, None

lesson10.hand_on(plain_hands_on, residual_hands_on)

# %% [markdown]
# **Sketch the curve of residual-32 beside the two of section 1.**

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
residual_32 = network(residual_block, n=5)
live["residual-32"] = train(residual_32)
race(live)

# %% [markdown]
# <details><summary><b>Compare with your curve</b></summary>
#
# Thirty-two layers learn the digits, sooner than twenty plain ones. One line did it.
# </details>
#
# **The neighbour.** Srivastava, Greff and Schmidhuber's **highway networks** came first: $y = T(x) · F(x) + (1 - T(x)) · x$, with a learned *gate* $T$ from 0 to 1. The residual block's path is always open, and has nothing to learn.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
ours, package = (
    network(residual_block, n=3),
    models.resnet_cifar(n=3, input_shape=(8, 8, 1), width=0.5),
)
package.set_weights(ours.get_weights())
gap = float(np.abs(np.asarray(ours(x_test)) - np.asarray(package(x_test))).max())
score.at_most("ResNet-20 of these cells and of the package, apart", gap, 1e-5)
score.equal(
    "plain-32 and residual-32: parameters",
    plain_32.count_params(),
    residual_32.count_params(),
)
ahead = of("residual-32", "accuracy")[:, -1] - deep_runs[:, -1]
score.at_least(
    "stored: residual-32 ahead of plain-32, training, least", ahead.min(), 0.03
)
score.at_least(
    "live: residual-32 ahead of plain-32, training",
    live["residual-32"][-1] - live["plain-32"][-1],
    0.03,
)
score.section()

# %% [markdown]
# ## 4 · Photographs: twenty layers, and fifty-six
#
# The paper's experiment made small: 20,000 photographs of CIFAR-10 at 16×16 pixels, ten epochs, half the width; plain and residual, 20 and 56 layers, each at its own rate, three draws each (stored: `resnet_race`). **Put the four in order of their accuracy on the training photographs.**

# %% tags=["hide-cell", "slide"]
# @title The race on photographs
photos = measure.load("resnet_race")
shades = {"plain-20": "plain-20", "plain-56": "plain-32"}
shades |= {"residual-20": "residual-20", "residual-56": "residual-32"}


def photo_runs(name, key):
    """One row for each stored training on photographs."""
    return np.array([run[key] for run in photos["runs"] if run["arm"] == name])


learned = {name: photo_runs(name, "accuracy") for name in shades}
last = {name: f"{values[:, -1].mean():.0%}" for name, values in learned.items()}
with plots.figure(size=(6, 3.8), alt=f"Curves; in the last epoch {last}.") as ax:
    plots.curves(
        learned,
        xlabel="epoch",
        ylabel="accuracy on training photographs",
        colours={name: COLOURS[shade] for name, shade in shades.items()},
        markers=False,
        ax=ax,
    )
    ax.set_ylim(0, 0.8)
    plots.name_lines(ax)

# %% [markdown]
# <details><summary><b>Compare with your order</b></summary>
#
# Residual-20 and residual-56, level; plain-20 below them; plain-56 far below. The line takes away what depth *costs*. What depth *brings* does not show in ten epochs; the paper made forty times as many steps.
# </details>
#
# After the last epoch, in use (*inference*), means and their [standard errors](03_mlp_vs_cnn.ipynb#is-a-difference-real) (±):

# %% tags=["hide-cell"]
# @title The table
table = pd.DataFrame(index=list(shades))
for part in ("train", "test"):
    values = [100 * photo_runs(name, f"{part}_accuracy") for name in shades]
    table[f"{part}, %"] = [one.mean() for one in values]
    table[f"± {part}"] = [one.std(ddof=1) / len(one) ** 0.5 for one in values]
table.round(1)

# %% [markdown]
# On test photographs residual-20 even leads residual-56, by 1.0 ± 0.4 points (±: of the *difference*). With three draws that decides nothing.
#
# On ImageNet the paper's plain-34 has the higher *training* error from beginning to end. *Top-1* errors on validation images, in % ([table 2](further/10_tables.ipynb), option A; ten crops of each):
#
# | | plain | residual |
# |---|---|---|
# | 18 layers | 27.94 | 27.88 |
# | 34 layers | 28.54 | **25.03** |
#
# Here depth *helps*, in 600,000 steps on 1.28 million images; 152 layers reach 21.43 (table 3).

# %% tags=["claims"]
# @title Claims
in_use = {name: photo_runs(name, "train_accuracy") for name in shades}
score.true(
    "stored, photographs: every rate lies inside its grid", not photos["at_edge"]
)
worst, best = in_use["residual-56"].min(), in_use["plain-56"].max()
score.at_least(
    "stored: worst residual-56 above best plain-56, training", worst - best, 0.25
)
lost = in_use["plain-20"].min() - in_use["plain-56"].max()
score.at_least("stored, photographs: worst plain-20 above best plain-56", lost, 0.15)
tested = [100 * photo_runs(f"residual-{n}", "test_accuracy") for n in (20, 56)]
apart = tested[0].mean() - tested[1].mean()
error = sum(one.var(ddof=1) / len(one) for one in tested) ** 0.5
assert (round(apart, 1), round(error, 1)) == (1.0, 0.4)
assert apart < 3 * error
level = in_use["residual-56"].mean() - in_use["residual-20"].mean()
score.at_most("stored: residual-56 minus residual-20, either way", abs(level), 0.04)
score.section()

# %% [markdown]
# ## 5 · What does the shortcut change?
#
# ### The gradient
#
# The usual story: on its way back the gradient *vanishes*. Here is its length at each convolution before training. **With 56 layers, where will the gradient of the plain network be largest, and that of the residual one?** Move the slider to 56.


# %%
def gradient_lengths(model, images, labels):
    kernels = [conv.kernel.value for conv, _ in pairs(model)]
    with tf.GradientTape() as tape:  # TensorFlow notes what is computed, to go back
        chances = model(images, training=True)
        loss = keras.losses.sparse_categorical_crossentropy(labels, chances)
        mean = tf.reduce_mean(loss)
    return [float(tf.norm(gradient)) for gradient in tape.gradient(mean, kernels)]


# %% tags=["nbval-ignore-output", "hide-input", "slide"]
# @title The exhibit
blocks = {"plain": plain_block, "residual": residual_block}
lengths = {
    (kind, n): gradient_lengths(network(block, n), x[:128], y[:128])
    for n in (1, 3, 5, 7, 9)
    for kind, block in blocks.items()
}


def gradients(layers):
    """Length of the gradient at each convolution, first to last."""
    found = {kind: lengths[kind, (layers - 2) // 6] for kind in blocks}
    ax = plots.curves(
        found,
        x=range(1, layers),
        xlabel="convolution, first to last",
        ylabel="length of its gradient",
        colours={kind: COLOURS[f"{kind}-32"] for kind in blocks},
    )
    ax.figure.set_size_inches(6, 3.4)
    ax.set(yscale="log", ylim=(0.03, 3_000), title=f"{layers} layers")
    step = 2 if layers < 20 else 10
    ax.set_xticks([1, *range(step, layers, step)])
    return plots.name_lines(ax)


keras.utils.clear_session()
widgets.frames(
    gradients,
    alt="Length of the gradient at each convolution of untrained networks.",
    layers=[6 * n + 2 for n in (1, 3, 5, 7, 9)],
)

# %% [markdown]
# <details><summary><b>Compare with your decision</b></summary>
#
# Both are longest at the second convolution. In plain-56 the gradient **grows** on its way back, as behind lesson 04's batch norms: there it is about 1,500 times as long as at the last. One rate can hardly suit both ends.
#
# *Why?* Behind a ReLU nothing is negative, so the values have a mean. Batch norm takes it away; of a normal signal's size 0.83 is left. Batch norm divides by that, and the signal is back at size 1. On its way back the gradient is divided by 0.83, too, but hardly anything was taken away from *it*: it grows by 1/0.83 = 1.21 a layer in wide networks, by 1.15 in our narrow ones.
#
# In residual-56 it is only about six times as long as at the last. From $y = F(x) + x$ follows $dy/dx = F'(x) + 1$, and the 1 lets the gradient through (where the ReLU after the sum does). What $F'$ adds becomes less and less. For each block adds to $x$, so $x$ grows from block to block; but the batch norms in $F$ bring $F(x)$ to the same size, however large $x$ is. The larger $x$, the less $F(x)$ changes with it. (*Further: [derived and measured](further/10_what_is_left.ipynb).*)
#
# Is this *the* cause? That is not settled. [Another account](further/10_what_is_left.ipynb) asks what is left of the image.
# </details>
#
# ### A missing block
#
# Cut one block out of the trained networks of 32 layers. (The first blocks of stages 2 and 3 change the shape and must stay.) **What will be left of the test accuracy, plain and residual?** (Lines: nothing missing.)


# %%
def without(model, name):
    """The model's answers to the test digits with one block left out."""
    ends = ["first"] + [one.name for one in model.layers if "block" in one.name]
    before = model.get_layer(ends[ends.index(name) - 1]).output
    front = keras.Model(model.input, before)
    back = keras.Model(model.get_layer(name).output, model.output)
    return np.asarray(back(front(x_test, training=False), training=False))


# %% tags=["hide-input"]
# @title Thirteen networks, each without one block
removable = [f"stage{stage}_block{n}" for stage in range(3) for n in range(5)]
removable = [
    name for name in removable if name not in ("stage1_block0", "stage2_block0")
]
left, uncut = {}, {}
for kind, model in {"plain-32": plain_32, "residual-32": residual_32}.items():
    answer = np.asarray(model(x_test, training=False)).argmax(axis=1)
    uncut[kind] = float((answer == y_test).mean())
    cut = [without(model, name).argmax(axis=1) for name in removable]
    left[kind] = [float((answer == y_test).mean()) for answer in cut]


# %% tags=["hide-cell", "nbval-ignore-output", "slide"]
# @title What they read
means = {
    kind: f"{np.mean(values):.0%} (uncut {uncut[kind]:.0%})"
    for kind, values in left.items()
}
with plots.figure(size=(6, 3.2), alt=f"One dot a block; means {means}.") as ax:
    places = [5 * int(name[5]) + int(name[-1]) + 1 for name in removable]
    for kind, values in left.items():
        ax.plot(places, values, "o", color=COLOURS[kind])
        ax.axhline(uncut[kind], color=COLOURS[kind], linewidth=1)
        beside = 0.16 if kind == "plain-32" else -0.16
        named = dict(ha="center", va="center", color=COLOURS[kind], fontweight="bold")
        ax.text(13.5, np.mean(values[-4:]) + beside, kind, **named)
    ax.axhline(0.1, color="0.5", linestyle=":")
    ax.text(15.9, 0.1, "guessing", va="center", fontsize=10)
    for begin, name in ((1, "stage 1"), (6, "stage 2"), (11, "stage 3")):
        ax.axvline(begin - 0.5, color="0.85", linewidth=1)
        ax.text(begin + 2, 1.08, name, ha="center", fontsize=10)
    ax.set(xlabel="missing block", ylabel="test accuracy", ylim=(0, 1.17))
    ax.set_xticks([1, 5, 10, 15])

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# In a chain each block needs what the one before hands over. In a residual network a block only *adds* to what passes by, and nearly any one of them can go. The first two matter: what they add is larger than what passes by, or nearly as large. All others add less than two thirds of what passes by.
# </details>
#
# Veit, Wilber and Belongie (2016) read a residual network as many *paths*: at every block the signal goes through the layers, or past them.

# %% tags=["hide-input"]
# @title Three blocks, eight paths
routes = sorted(np.ndindex(2, 2, 2), key=sum)
with plots.figure(
    size=(6, 3),
    alt="Eight lines; each goes through 0 to 3 of the three blocks' layers.",
) as ax:
    for row, route in enumerate(routes):
        ax.plot([0.4, 3.6], [row, row], color="0.6", zorder=1)
        for place, through in enumerate(route, start=1):
            if through:
                box = dict(boxstyle="round,pad=0.2", color=COLOURS["residual-32"])
                text = dict(ha="center", va="center", color="white", fontsize=11)
                ax.text(place, row, f"block {place}", bbox=box, **text)
    ax.set(xlim=(0.4, 3.6), ylim=(7.6, -0.6))
    ax.set_axis_off()

# %% [markdown]
# **Exercise 2 (by hand).** How many such paths lead through 15 residual blocks? How many are left when one block is cut out? And how many of all paths go through the layers of exactly two blocks, past those of the others?

# %%
paths, paths_left, through_two = None, None, None

lesson10.paths(paths, paths_left, through_two)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
ratio = {key: found[1] / found[-1] for key, found in lengths.items()}
growth = ratio["plain", 9] ** (1 / 53)
for kind, least, most in (("plain", 1_450, 1_550), ("residual", 5.4, 6.4)):
    found = lengths[kind, 9]
    assert np.argmax(found) == 1 and least < max(found) / found[-1] < most
score.close("plain-56: growth of the gradient a layer", growth, 1.15, tolerance=0.02)
wide = (1 - 1 / np.pi) ** 0.5
assert [round(one, 2) for one in (wide, 1 / wide)] == [0.83, 1.21]
score.at_most("residual-56: gradient, second over last", ratio["residual", 9], 25)
inputs = [one.input for one in of_kind(layers.Add, residual_32)]
added = keras.Model(residual_32.input, inputs)(x_test, training=False)
strength = [float(np.mean(F**2) / np.mean(by**2)) ** 0.5 for F, by in added]
first, second, *others = strength
assert first > 1 > second > max(others) and max(others) < 2 / 3
lead = np.mean(left["residual-32"]) - np.mean(left["plain-32"])
score.at_least("one block missing: residual ahead of plain, accuracy", lead, 0.2)
score.section()

# %% [markdown]
# ## 6 · From one block to 152 layers
#
# The paper's figure 3:

# %% tags=["hide-input", "slide"]
# @title The drawing
plots.architecture(
    anatomy.describe(models.vgg19),
    anatomy.describe(models.resnet, depth=34, residual=False, shortcut="identity"),
    anatomy.describe(models.resnet, depth=34),
    title=["VGG-19", "plain-34", "ResNet-34"],
)

# %% [markdown]
# Plain-34 has a fifth of VGG-19's work: it halves the image twice before its first block, and has fewer channels on the same maps. Where channels double, this ResNet-34 has a 1×1 convolution with batch norm in the shortcut, a *projection* (**option B**: 24.52 % top-1 error where A has 25.03).
#
# ### Cheaper blocks: the bottleneck
#
# From 50 layers on the paper takes the **bottleneck**: a 1×1 convolution reduces the channels to a quarter (lesson 09's *reduction*), a 3×3 works on these, a 1×1 restores them.

# %% tags=["hide-input", "slide"]
# @title The drawing
plots.architecture(
    *(anatomy.describe(models.resnet, depth=depth) for depth in (34, 50)),
    block="conv2_block2",
    title=["basic block", "bottleneck"],
    detail="layers",
)

# %% [markdown]
# The two do about the same work, but the right one carries four times the channels. Basic blocks at 256 channels would have $2 · 9 · 256^2 = 1{,}179{,}648$ weights, the bottleneck has $256·64 + 9·64·64 + 64·256 = 69{,}632$.
#
# **Exercise 3 (build).** Write the bottleneck for maps whose size does not change. `filters` is the number in the middle.


# %%
def bottleneck(x, filters):
    """x (N, H, W, 4·filters) → (N, H, W, 4·filters)."""
    y = ...
    return y


lesson10.bottleneck(bottleneck, models.resnet)

# %% [markdown]
# ### The whole table
#
# **ResNet-152 has eight times as many layers as VGG-19. Which of the two does more work?**

# %% tags=["hide-output", "slide"]
family = {
    f"ResNet-{depth}": anatomy.describe(models.resnet, depth=depth)
    for depth in (18, 34, 50, 101, 152)
}
vgg = anatomy.describe(models.vgg19)
counts = {name: (one.trainable_params, one.macs) for name, one in family.items()}
counts["VGG-19"] = vgg.params, vgg.macs
columns = ["trainable parameters, millions", "multiply-adds, billions"]
(pd.DataFrame(counts, index=columns).T / [1e6, 1e9]).round(2)


# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# VGG-19, and 74 % more. What counts is not how many layers there are, but what each does. One 3×3 convolution of VGG-19, from 256 to 256 maps of 56×56, does 1.85 billion multiply-adds. That is as much as eight bottlenecks (0.22 billion each): 24 layers. And where the side halves and the channels double, both do as much as before.
# </details>
#
# **Exercise 4 (by hand).** A network of basic blocks has four stages of 32, 64, 128 and 256 channels; what enters the first has 32 already. Where the channels change it has option B: a 1×1 convolution without bias, then batch norm. How many more *trainable* parameters is that than with option A?

# %%
more = None

lesson10.projections(more)

# %% [markdown]
# ### Is a block with F = 0 an identity?
#
# The year after, the same authors moved batch norm and ReLU *before* each convolution, and left nothing after the sum: **pre-activation**.

# %% tags=["hide-input"]
# @title The drawing
plots.architecture(
    *(anatomy.describe(models.resnet, depth=34, version=v) for v in (1, 2)),
    block="conv2_block2",
    title=["version 1 (2015)", "version 2 (2016)"],
    detail="layers",
)

# %% [markdown]
# **Both get $x = (-2, -1, 0, 1, 2)$, and $F = 0$. What comes out?**
#
# <details><summary><b>Show the answer</b></summary>
#
# Version 1: ReLU$(x + 0)$ = (0, 0, 0, 1, 2). It is an identity only where $x ≥ 0$. Version 2: $x$ itself. On CIFAR-10 that hardly mattered at 110 layers (6.6 and 6.4 % error) and much at 1,001 (7.6 and 4.9 %).
#
# So a block may *start* as an identity: the last γ of $F$ begins at 0 (Goyal and others, 2017).
# </details>

# %% tags=["claims"]
# @title Claims
trainable = [one.trainable_params for one in family.values()]
published = [11_689_512, 21_797_672, 25_557_032, 44_549_160, 60_192_808]
score.equal("ResNet-18 to 152, trainable parameters", trainable, published)
gmac = [round(one.macs / 1e9, 3) for one in family.values()]
score.equal(
    "ResNet-18 to 152, billion multiply-adds", gmac, [1.814, 3.664, 3.858, 7.57, 11.282]
)
rows = family["ResNet-50"].rows
weights = sum(
    row.params
    for row in rows
    if row.name.startswith("conv2_block2") and row.kind == "Conv2D"
)
score.equal("bottleneck at 256 channels, weights", weights, 69_632)
assert round(100 * vgg.macs / family["ResNet-152"].macs) == 174
per_block = {}  # billion multiply-adds of the convolutions of ResNet-152's blocks
for row in family["ResNet-152"].rows:
    if row.kind == "Conv2D" and "_block" in row.name:
        place = tuple(row.name.split("_")[:2])
        per_block[place] = per_block.get(place, 0) + row.macs / 1e9
others = [work for (_, block), work in per_block.items() if block != "block1"]
assert len(per_block) == 50 and {round(work, 2) for work in others} == {0.22}
convs = [row for row in vgg.rows if row.kind == "Conv2D"]
whole = [max(r.macs for r in convs if r.output_shape[0] == side) for side in (56, 28)]
assert whole[0] == whole[1] == 4 * convs[-1].macs and round(whole[0] / 1e9, 2) == 1.85
assert round(whole[0] / 1e9 / min(others)) == 8
assert {row.macs for row in convs[-4:]} == {convs[-1].macs}
thin = [models.resnet(version=v, input_shape=(64, 64, 3), width=1 / 8) for v in (1, 2)]
thin += [models.resnet_cifar(n=3)]
kinds_of = [[type(one) for one in network.layers] for network in thin]
norm_relu = layers.BatchNormalization, layers.ReLU
built = [[kinds.count(k) for k in norm_relu] for kinds in kinds_of]
assert built == [[53, 49], [49, 49], [19, 19]]  # version 2: none in projections
assert thin[0].get_layer("conv3_block1_1_conv").strides == (2, 2)
rectified = thin[1].get_layer("conv3_block1_preact_relu").output
assert thin[1].get_layer("conv3_block1_0_conv").input is rectified
assert "resnet20" in thin[2].name
assert not thin[2].get_layer("stage1_block1_conv1").use_bias
score.section()

# %% [markdown]
# ## 7 · Good in training, bad in use
#
# A colleague trains a residual network of 14 layers on our digits, for four epochs, 40 steps.

# %% tags=["hide-input", "nbval-ignore-output"]
# @title The colleague's training
hasty = network(residual_block, n=2)
norms = of_kind(layers.BatchNormalization, hasty)
for norm in norms:
    norm.momentum = 0.99  # the default of Keras
in_training = train(hasty, rate=0.1, epochs=4)[-1]


def test_accuracy(model):
    return float((model.predict(x_test, verbose=0).argmax(axis=1) == y_test).mean())


stale = test_accuracy(hasty)
print(f"training {100 * in_training:.0f} %, test {100 * stale:.0f} %")

# %% [markdown]
# Overfitting, after four epochs? You have met another suspect twice, in lessons 05 and 07. **Name it, and one measurement that convicts it.**
#
# <details><summary><b>Compare with your suspect</b></summary>
#
# Batch norm's **running statistics**, stale: at Keras's momentum of 0.99 they still hold $0.99^{40} = 0.67$ of their first values, mean 0 and variance 1. Leave every weight alone, take the statistics anew from training digits, test again.
# </details>

# %% tags=["hide-cell", "nbval-ignore-output", "slide"]
# @title The measurement
for norm in norms:
    norm.momentum = 0.0  # take the next batch's statistics as they are
hasty(x[:500], training=True)
fresh = test_accuracy(hasty)
print(f"test: stale statistics {100 * stale:.0f} %, fresh ones {100 * fresh:.0f} %")

# %% [markdown]
# **Exercise 5 (find the fault).** Four trainings on 17 kinds of flowers. Name each: `"degradation"`, `"overfitting"`, `"stale statistics"` or `"healthy"`. (Training: last epoch, each batch with its own statistics. Momentum: batch norm's.)
#
# | | training | validation | also known |
# |---|---|---|---|
# | A | 52 % | 49 % | momentum 0.9; half as many layers: 88 % and 81 % |
# | B | 100 % | 58 % | momentum 0.9, 2,000 steps |
# | C | 97 % | 7 % | momentum 0.999, 300 steps |
# | D | 91 % | 88 % | momentum 0.99, 3,000 steps |

# %%
fault = {"A": None, "B": None, "C": None, "D": None}

lesson10.diagnose(fault)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.at_least("fresh statistics minus stale ones, test accuracy", fresh - stale, 0.1)
score.section()

# %% [markdown]
# ## 8 · What came of it
#
# In 2015 six ResNets together (an *ensemble*) won the ImageNet contest with 3.57 % top-5 error. The shortcut is in nearly everything since:
#
# | | what is new |
# |---|---|
# | **ResNeXt**, 2016 | the bottleneck's 3×3 works in 32 groups of channels: more channels for the same work |
# | **DenseNet**, 2016 | each layer reads the maps of all layers before it in its stage; they are stacked, not added |
# | **SE**, 2017 | *squeeze and excitation*: two small dense layers read the means of all maps, and say by which number each map is multiplied |
# | **EfficientNet**, 2019 | MobileNetV2's blocks (lesson 09) with SE; depth, width and image size grow together |
# | **ViT**, 2020 | a *transformer*: the image is cut into pieces of 16×16 pixels; each is compared with all others, and takes over most from those that fit it (*attention*) |
# | **ConvNeXt**, 2022 | a ResNet-50 with what worked in transformers, such as large kernels (7×7, depthwise) |
#
# On the map a disc's area is the number of parameters (VGG-16: 138 million). Accuracies are the authors' (top-1, one network, one crop; sections 4 and 6 had ten crops, which is kinder). Images are 224 pixels wide, Inception-v3's 299, ViT's 384.

# %% tags=["hide-input"]
# @title Counted from code, or taken from the papers
apps = keras.applications
counted = {
    name: anatomy.describe(build, weights=None)
    for name, build in {
        "DenseNet-121": apps.DenseNet121,
        "EfficientNet-B0": apps.EfficientNetB0,
        "ConvNeXt-T": apps.ConvNeXtTiny,
    }.items()
} | {
    "VGG-16": anatomy.describe(models.vgg16),
    "GoogLeNet": anatomy.describe(models.googlenet),
    "Inception-v3": anatomy.describe(models.inception_v3),
    "ResNet-50": family["ResNet-50"],
    "ResNet-152": family["ResNet-152"],
}
size = {name: (one.params / 1e6, one.macs / 1e9) for name, one in counted.items()}
fifty = family["ResNet-50"]
wide = 256, 512, 1024, 2048  # channels of the four stages
squeezing = 2 / 16 * sum(n * c**2 for n, c in zip((3, 4, 6, 3), wide, strict=True))
size["SE-ResNet-50"] = (fifty.params + squeezing) / 1e6, (fifty.macs + squeezing) / 1e9
size["ResNeXt-50"] = 25.0, 4.2  # the paper's table 1


def vit(side, width=768):
    """Multiply-adds of ViT-B/16 for an image of this side."""
    tokens = (side // 16) ** 2 + 1
    block = tokens * 12 * width**2 + 2 * tokens**2 * width
    return 12 * block + (tokens - 1) * width**2


size["ViT-B/16"] = 86.6, vit(384) / 1e9
size["ViT-B/16, more data"] = size["ViT-B/16"]
size["ResNet-50, 2021"] = size["ResNet-50"]  # trained anew
accuracy = {  # %, top-1; see the references for the tables
    "VGG-16": (73.0, "below"), "GoogLeNet": (71.0, "right"),
    "Inception-v3": (78.8, "right"), "ResNet-50": (75.3, "right"),
    "ResNet-152": (77.0, "below"), "ResNeXt-50": (77.8, "left"),
    "DenseNet-121": (75.0, "below"), "SE-ResNet-50": (76.7, "left"),
    "EfficientNet-B0": (77.1, "above"), "ConvNeXt-T": (82.1, "above"),
    "ViT-B/16": (77.9, "above"), "ViT-B/16, more data": (84.0, "below"),
    "ResNet-50, 2021": (80.4, "left"),
}  # fmt: skip


# %% tags=["hide-input", "slide"]
# @title The map
def colour(name):
    known = {"VGG-16": "VGG", "GoogLeNet": "Inception", "Inception-v3": "Inception"}
    kind = "ResNet" if name.startswith("ResNet-") else "later"
    return plots.FAMILIES[known.get(name, kind)]


places = [
    plots.Place(name, size[name][1], right, size[name][0], colour(name), side)
    for name, (right, side) in accuracy.items()
]
with plots.figure(
    size=(6, 5.4),
    alt="Accuracy against work: ResNets in the middle, EfficientNet-B0 far left at the "
    "same height, ConvNeXt-T above at ResNet-50's work, ViT-B/16 far right.",
) as ax:
    plots.family_map(places, ax=ax)
    for row, name in enumerate(("VGG", "Inception", "ResNet", "later")):
        text = dict(color=plots.FAMILIES[name], fontweight="bold", fontsize=10)
        ax.text(0.19, 85 - 0.8 * row, name, **text)
    ax.set(xlim=(0.15, 200), ylim=(69, 86))
    ax.set_xticks([0.3, 1, 3, 10, 30, 100], labels=["0.3", "1", "3", "10", "30", "100"])
    ax.minorticks_off()

# %% [markdown]
# **How many times EfficientNet-B0's work does ResNet-50 do? And how many points had ResNet-50 gained by 2021, from training alone?**
#
# <details><summary><b>Compare with your answers</b></summary>
#
# Ten times, and is less good (2015's training against 2019's). And five points: from its authors' 75.3 % to 80.4 % by 600 epochs, stronger augmentation and another loss. ViT reaches 77.9 % on ImageNet alone, 84.0 % after fourteen million other images.
#
# **Accuracy has three sources: the network, the data, the training.**
# </details>
#
# **Exercise 6 (build).** The heart of SE in NumPy. *Squeeze*: the mean of each map. *Excite*: a dense layer $w_1$ with ReLU, then $w_2$ with a sigmoid (no biases), gives each map a number, by which it is multiplied.


# %%
def squeeze_and_excite(maps, w1, w2):
    """maps (H, W, C), w1 (C, C/r), w2 (C/r, C) → (H, W, C)."""
    weighed = ...
    return weighed


lesson10.squeeze_and_excite(squeeze_and_excite)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
less = size["ResNet-50"][1] / size["EfficientNet-B0"][1]
score.at_least("EfficientNet-B0: ResNet-50's work over its own", round(less, 1), 9)
score.close(
    "ConvNeXt-T: work over ResNet-50's",
    size["ConvNeXt-T"][1] / size["ResNet-50"][1],
    1.16,
    tolerance=0.02,
)
assert round(size["VGG-16"][0]) == 138
assert round(less) == 10 and accuracy["ResNet-50"][0] < 100 - 24.52  # ten crops, one
at_sides = [round(vit(side) / 1e9, 1) for side in (224, 384)]
score.equal(
    "ViT-B/16 at 224 and 384 pixels, billion multiply-adds", at_sides, [17.6, 55.5]
)
score.section()

# %% [markdown]
# ## 9 · Your network
#
# **Exercise 7 (the project).** From which of nine photographs is a patch of 32×32 pixels? 900 patches are for training. The 450 test patches come from other regions, *and from another camera*: turned by 0 to 3 quarters, up to 40 % darker or brighter, a little out of focus and noisy. `resnet_capstone.other_camera(images, np.random.default_rng(0))` does that to any patches.

# %% tags=["nbval-ignore-output"]
project = resnet_capstone.task()
one = [np.flatnonzero(project.y_train == kind)[0] for kind in range(9)]
other = [np.flatnonzero(project.y_test == kind)[0] for kind in range(9)]
axes = plots.show_images(
    [*project.x_train[one], *project.x_test[other]], columns=9, size=0.66
)
for ax, part in ((axes[0], "training"), (axes[9], "test")):
    ax.text(-4, 16, part, rotation=90, ha="right", va="center", fontsize=10)
plots.show(
    axes,
    alt="Nine training patches; below them nine test patches, turned, dark or bright.",
)

# %% [markdown]
# First the simple thing: three layers, ten views a patch.

# %% tags=["nbval-ignore-output"]
begun, camera = time.process_time(), np.random.default_rng(0)
views = [resnet_capstone.other_camera(project.x_train, camera) for _ in range(10)]
keras.utils.set_random_seed(0)
simple = keras.Sequential([keras.Input((32, 32, 3)), layers.Rescaling(1 / 64, -2)])
for filters in (16, 32):
    simple.add(layers.Conv2D(filters, 3, 2, use_bias=False, **he))
    simple.add(layers.BatchNormalization(momentum=0.9))
    simple.add(layers.ReLU())
simple.add(layers.GlobalAveragePooling2D())
simple.add(layers.Dense(9, activation="softmax"))
simple.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
seen, kinds = np.concatenate(views), np.tile(project.y_train, 10)
simple.fit(training.ShuffledBatches(seen, kinds, seed=0), epochs=3, verbose=0)
told = simple.predict(project.x_test, verbose=0).argmax(axis=1)
by_three = float((told == project.y_test).mean())
took = time.process_time() - begun
print(f"three layers: {100 * by_three:.0f} % of the test patches, {took:.0f} seconds")

# %% [markdown]
# **Train**, from random weights, a network of *at least 32 layers* (those with a trained kernel count) within 120 processor seconds, views included, that passes. **Defend** it in at least 25 words, and say which accuracy, in per cent, you *expect*, before the check looks.
#
# For your decisions hold out whole *regions*, not single patches (neighbours overlap), and look at them through the other camera. The cell begins with every fifth region of each photograph; hold out others, too, and see how far that moves your number. Then train on all 900. Only the check's first look at the test counts.
#
# It **passes** at 75 %, about what three layers reach, and is **excellent** from 80 % on, if your expectation was not off by more than 10 points. (The network of the [solutions](solutions/10_resnet_solutions.ipynb) is.)

# %%
own = [np.unique(project.regions[project.y_train == kind]) for kind in range(9)]
held = np.isin(project.regions, np.concatenate([regions[::5] for regions in own]))
x_held = resnet_capstone.other_camera(project.x_train[held], camera)

begun = time.process_time()
# your views, layers, training; raw pixels (N, 32, 32, 3) → probabilities (N, 9)
my_model = None
seconds = time.process_time() - begun

# %%
expected, defence = None, None  # per cent, and words

report = dict(seconds=seconds, expected=expected, defence=defence)
lesson10.capstone(my_model, project, resnet_capstone.other_camera, **report)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.at_least("the project: three layers", by_three, 0.6)
assert set(project.y_train[held]) == set(range(9)) and 0.15 < held.mean() < 0.3
card = transfer.card("resnet20_cifar10")
score.at_least("ResNet-20 of the card, test accuracy", card["test_accuracy"], 0.89)
score.section()

# %% [markdown] tags=["slide"]
# ## 10 · The end of the course
#
# Ten questions:
#
# | | asked | found |
# |---|---|---|
# | [01](01_convolution_intuition.ipynb) | What brings moved digits back? | sharing, ReLU, averaging: all together |
# | [02](02_filters.ipynb) | Who writes kernels? | data; people plan the layers |
# | [03](03_mlp_vs_cnn.ipynb) | What does a CNN know? | neighbours; the same pattern everywhere |
# | [04](04_weight_initialization.ipynb) | How must weights begin? | so that signal and gradient arrive |
# | [05](05_transfer_learning.ipynb) | What can a hundred photographs teach? | a head on a borrowed base |
# | [06](06_lenet5.ipynb) | Which kernels must be learned? | those behind the first layer |
# | [07](07_alexnet.ipynb) | What is each ingredient worth? | augmentation most; dropout takes time |
# | [08](08_vgg.ipynb) | Does depth alone help? | while it can be trained |
# | [09](09_inception.ipynb) | How to save work? | shrink early; squeeze before large kernels |
# | 10 | Which line makes depth trainable? | + x |
#
# What will stay is the way of asking: **predict, measure, compare with the simple thing, and say what did not come out.**
#
# Where to go next:
#
# - **Find, not only name:** detection ([Mask R-CNN](https://arxiv.org/abs/1703.06870)) and segmentation ([U-Net](https://arxiv.org/abs/1505.04597)).
# - **Build a transformer:** the ViT of [keras.io/examples](https://keras.io/examples/).
# - **Read:** [*Dive into Deep Learning*](https://d2l.ai) (free).
#
# ## Recap
#
# 1. Degradation: a deeper plain network fits even its *training* images worse. Higher training error tells it from overfitting.
# 2. The better deep network exists; gradient descent does not find it in the same time. Uneven gradients are one account of why.
# 3. A shortcut keeps the gradients level and most single blocks dispensable. It costs nothing (option A) or a 1×1 convolution (B); a bottleneck makes many channels cheap.
# 4. Good in training, bad in inference: before you say "overfitting", renew batch norm's statistics.
# 5. **A layer that should do little must have little to learn. So add what came in: $y = F(x) + x$, and depth can be trained.**
#
# ## Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("10")

# %% [markdown]
# <details><summary><b>References</b></summary>
#
# - K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", 2015, arXiv:1512.03385. Table 1 the networks, 2 and 3 ImageNet, 6 CIFAR-10; figures 1, 3, 5.
# - The same authors, "Identity mappings in deep residual networks", 2016, arXiv:1603.05027. Version 2, table 3.
# - R. Srivastava, K. Greff, J. Schmidhuber, "Highway networks", 2015, arXiv:1505.00387.
# - A. Veit, M. Wilber, S. Belongie, "Residual networks behave like ensembles of relatively shallow networks", 2016, arXiv:1605.06431.
# - G. Yang and others, "A mean field theory of batch normalization", 2019, arXiv:1902.08129. Why gradients grow.
# - S. Ioffe, C. Szegedy, "Batch normalization", 2015, arXiv:1502.03167.
# - P. Goyal and others, "Accurate, large minibatch SGD", 2017, arXiv:1706.02677. Section 5.1: γ begins at 0.
# - The map: VGG-16, arXiv:1409.1556, table 3 (one scale); GoogLeNet and Inception-v3, arXiv:1512.00567, table 3; ResNet-50 and ResNet-152, the authors' README, github.com/KaimingHe/deep-residual-networks (one crop); ResNet-50 of 2021, R. Wightman, H. Touvron, H. Jégou, arXiv:2110.00476; ResNeXt-50, S. Xie and others, arXiv:1611.05431, table 3; DenseNet-121, G. Huang and others, arXiv:1608.06993, table 3; SE-ResNet-50, J. Hu and others, arXiv:1709.01507, table 2; EfficientNet-B0, M. Tan, Q. Le, arXiv:1905.11946, table 2; ViT-B/16, A. Dosovitskiy and others, arXiv:2010.11929, table 5 (ImageNet, and ImageNet-21k before); ConvNeXt-T, Z. Liu and others, arXiv:2201.03545, table 1. VGG's answers are means over many places of an image.
# </details>
#
# <details><summary><b>Teacher's notes</b></summary>
#
# **The story in a minute.** Thirty-two plain layers fit their own training digits worse than twenty, at the best rate of each. Too weak? No: we build the better one by hand. Harder to train. Add the input, one line, and thirty-two layers learn. Why? The gradient stays level, and a block only corrects. Everything since has this line in it.
#
# **Two lessons of 45 minutes.** First: sections 1 to 4; everybody writes two numbers in section 1 (12 min); the copy argument is proposed by the class before it is read (8); section 3 with exercise 1 (12), section 4 (8). Second: section 5 with exercise 2 (15), 6 up to the bottleneck (8), 7 with exercise 5 in pairs (8), section 10 (5). The map of section 8 and the project are homework or a session of their own, with a round of defences (a rubric stands on the site's page of exam questions). Three layers reach 75 to 78 %, by seed and machine. *Excellent* begins at 80 %; the network of the solutions, trained from five seeds, reached 84 to 88 %.
#
# **One lesson of 90 minutes.** Sections 1 and 2 (20 min), 3 and 4 (20), 5 (15), 6 without "Is a block with F = 0" (10), 8 and 10 (15), recap and quiz (10).
#
# **To skip:** section 7 where lesson 07 was done with care, exercises 4 and 6, version 2 (and quiz questions 2 and 5).
#
# **To discuss.** (1) Plain-32 can copy plain-20. What would change if its extra layers *started* as copies? (2) A paper reports that its new network beats ResNet-50 by two points. What do you ask first?
#
# *Answers.* (1) It would begin where plain-20 ends, and nothing would keep it there. A residual block with F = 0 begins just so, without having to find the copy among all kernels, and a change of F moves it only a little. (2) How was the ResNet-50 trained? Better training alone lifts it from 75.3 to 80.4 %, more than the two points. Then: the same data and size of images, how much work, how many seeds, and who chose what on which images?
#
# **Listen for** "deep networks overfit" (ask for the training accuracy), "the gradient vanishes" (show the exhibit), "shortcuts add parameters" (count), "the residual is the error of the network" (it is what a block adds).
# </details>
#
# ## Scorecard
#
# Your exercises first, then the claims of this lesson.
#
# [All lessons](START_HERE.ipynb) · [solutions](solutions/10_resnet_solutions.ipynb)

# %% tags=["nbval-ignore-output"]
checks.own_score(exercises=7)

# %% tags=["nbval-ignore-output"]
score
