# %% [markdown]
# # 07 · AlexNet
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/07_alexnet.ipynb)
#
# [← 06 · LeNet-5](06_lenet5.ipynb) · [all lessons](START_HERE.ipynb) · [solutions](solutions/07_alexnet_solutions.ipynb) · further: [response normalization](further/07_response_normalization.ipynb), [a race of activations](further/07_activation_race.ipynb), [five steps from LeNet-5](further/07_from_lenet.ipynb), [statistics that lag](further/07_moving_statistics.ipynb) · [08 · VGG →](08_vgg.ipynb)
#
# **The question.** In 2012 a network built like LeNet-5, a thousand times as large, won a contest on photographs by ten points. Five ingredients were in it. What is each worth, and how long must one wait to see it?
#
# **You will be able to**
# - read AlexNet's table as the code that builds it, and say where its parameters and its work sit;
# - build its two towers;
# - say where ReLU is faster, and measure what dropout and augmentation are worth;
# - tell a network that memorises from one that has not finished, and both from one that knows and cannot say it.
#
# **Before this:** lessons 03 to 06.
#
# **Time:** about 34 minutes of reading, 45 more for the seven exercises; the code runs in about a minute on two CPU cores.
#
# **Data:** 17 Category Flowers, 1,360 photographs (Nilsback and Zisserman, 2006). Without them, generated flowers stand in; figures marked *stored* show the real ones.

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
# @title Imports, the look of figures, the photographs
from course_utils import checks, datasets, measure, plots, runtime, widgets
from course_utils import convolution  # noqa: F401  for exercise 2

keras = runtime.import_keras()  # first, without TensorFlow's messages

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from keras import layers

from course_utils import anatomy, inspection, models, training
from course_utils.checks import lesson07
from course_utils.layers import LocalResponseNormalization
from course_utils.recipes import alexnet_batchnorm, alexnet_filters, alexnet_flowers
from course_utils.recipes.alexnet_flowers import middle, scaled

lesson = runtime.start(lesson="07")
plots.set_theme()
score = checks.Scorecard("07")
flowers = datasets.load_folder("flowers17")
real = not flowers.stand_in
parts = alexnet_flowers.parts(flowers)  # photographs of 112×112, in three parts
(x, y), (x_val, y_val), (x_test, y_test) = parts.values()
names, kinds = list(flowers.class_names), len(flowers.class_names)
BLUE, ORANGE, GREEN, PINK = plots.COLOURS[:4]

# %% [markdown]
# ## 1 · LeNet-5 meets a flower
#
# LeNet-5 reads 99 of 100 handwritten digits. These are photographs of 17 kinds of flower. Of each, 40 are to learn from, 20 for validation, 20 for the test.

# %% tags=["hide-input", "nbval-ignore-output", "slide"]
# @title Ten of the seventeen kinds
plots.show_images(
    [x_test[y_test == kind][0] for kind in range(10)],
    titles=names[:10],
    columns=5,
    size=1.2,
    alt="One test photograph of each of ten kinds of flower.",
)

# %% [markdown]
# LeNet-5 (with ReLU and max pooling) gets three colours in, 17 answers out, and 20 epochs on these photographs at 50×50 pixels. **Of 100 *training* flowers, how many will it name then? Of 100 *test* flowers?** (Guessing names 6.)


# %% tags=["hide-output", "nbval-ignore-output", "slide"]
# x, y: the 680 training photographs (112×112×3) and their kinds (0 to 16)
# parts: such a pair each for "train", "validation" and "test"; kinds: 17
def halved(images):
    window = middle(images)  # 99×99 pixels in the middle
    return scaled(window[:, ::2, ::2])  # every second: 50×50, from about −2 to 2


keras.utils.set_random_seed(0)
lenet = models.lenet5(input_shape=(50, 50, 3), classes=kinds)
lenet.compile(
    keras.optimizers.Adam(0.001),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
    jit_compile=False,  # faster for a small network without a GPU
)
lenet.fit(halved(x), y, batch_size=32, epochs=20, verbose=0)
named = {
    part: lenet.evaluate(halved(images), labels, verbose=0)[1]
    for part, (images, labels) in parts.items()
}
pd.Series(named, name="LeNet-5").map("{:.0%}".format).to_frame()

# %% [markdown]
# <details><summary><b>Compare with your numbers</b></summary>
#
# It knows its training flowers by heart and names fewer than half of the new ones: **overfitting**, as in lesson 05.
# </details>
#
# ### The same trouble, a thousand times larger
#
# The ImageNet contest had 1.28 million photographs of 1,000 kinds of things. A program may name five kinds for each photograph; its **top-5 error** is the share of photographs whose kind is not among the five. The winners of 2010 and 2011, with features made by hand, missed 28.2 and 25.8 %. **What did the winner of 2012 miss? Of 2015?**

# %% tags=["hide-cell", "slide"]
# @title The winners, year by year
winners = pd.Series(
    {2010: 28.2, 2011: 25.8, 2012: 16.4, 2013: 11.7, 2014: 6.7, 2015: 3.6}
)
alt = f"Bars of the top-5 error by year: {winners.to_dict()}."
with plots.figure(size=(5.4, 3.2), alt=alt) as ax:
    colours = ["#8c959f"] * 2 + [BLUE] * 4
    bars = ax.bar(winners.index, winners, color=colours, width=0.7)
    ax.bar_label(bars, [f"{value}" for value in winners], fontsize=11)
    words = dict(ha="center", fontsize=11, weight="bold")
    ax.text(2010.5, 34, "features\nby hand", va="center", color="#6e7781", **words)
    ax.text(2013.5, 20, "convolutional networks", color=BLUE, **words)
    ax.set(ylabel="top-5 error in %", ylim=(0, 38), yticks=[0, 10, 20, 30])

# %% [markdown] tags=["slide"]
# <details><summary><b>Compare with your numbers</b></summary>
#
# 9.4 points in one year. Alex Krizhevsky, Ilya Sutskever and Geoffrey Hinton let five networks vote. (Two more, trained on more photographs, made it 15.3 %.) The second best team missed 26.2, nearly ten points more.
# </details>
#
# What was in it, beside its size? **ReLU** in place of LeNet-5's tanh, **response normalization**, pooling windows that **overlap**; and two ingredients against memorising:
#
# - *dropout*: in training, units are silenced at random;
# - *augmentation*: photographs are cut, mirrored and recoloured at random.
#
# We train a small AlexNet on the flowers, four times: with **neither** of these two, **dropout**, **augmentation**, **both**.
#
# **Vote now, in writing: in which order will the four stand on new flowers after 20 epochs? And after 100?**

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
assert kinds == 17
score.at_least("LeNet-5: training flowers named", named["train"], 0.8)
score.at_least(
    "LeNet-5: training ahead of test",
    named["train"] - named["test"],
    0.3 if real else 0.1,
)
score.section()

# %% [markdown]
# ## 2 · The network of 2012
#
# Five convolutions and three dense layers:

# %% tags=["slide"]
plots.architecture(anatomy.describe(models.alexnet), title="AlexNet, 2012")

# %% [markdown]
# The plan is LeNet-5's. New are the **two towers**: a GPU had 3 GB of memory, so two shared the network, each with half of the filters. A tower sees the other's maps only where the lines cross.
#
# The paper's figure 2 as a table and as code:

# %%
TABLE = [
    # name, filters, kernel, stride, padding, groups, pooled?
    # groups: 2 where a filter sees the maps of its own tower, 1 where it sees all
    ("conv1", 96, 11, 4, "valid", 1, True),  # 227 → 55 → 27
    ("conv2", 256, 5, 1, "same", 2, True),  # 27 → 13
    ("conv3", 384, 3, 1, "same", 1, False),  # 13
    ("conv4", 384, 3, 1, "same", 2, False),  # 13
    ("conv5", 256, 3, 1, "same", 2, True),  # 13 → 6
]


# %%
def alexnet(side=227, classes=1000):
    x = inputs = keras.Input((side, side, 3))
    for name, filters, kernel, stride, padding, groups, pooled in TABLE:
        more = dict(groups=groups, activation="relu", name=name)
        x = layers.Conv2D(filters, kernel, stride, padding, **more)(x)
        if name in ("conv1", "conv2"):
            x = LocalResponseNormalization()(x)  # section 4
        if pooled:
            x = layers.MaxPooling2D(3, strides=2)(x)  # windows of 3 overlap
    x = layers.Flatten()(x)  # 6·6·256 = 9,216 numbers
    for name in ("fc6", "fc7"):  # fc: fully connected
        x = layers.Dense(4096, activation="relu", name=name)(x)
        x = layers.Dropout(0.5)(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


# %%
towers = anatomy.describe(alexnet)  # counts without making 61 million numbers
print(f"{towers.params:,} parameters")
print(f"{towers.macs / 1e6:.1f} million multiply-adds")

# %% [markdown]
# ### 227 or 224?
#
# The paper says that the input has 224×224 pixels. **By hand:** a window of 11, moved by 4, fits at ⌊(size − 11)/4⌋ + 1 places along a row. How many is that for 224 pixels? The paper has 55. How many pixels do 55 windows need?

# %% tags=["hide-cell", "slide"]
# @title The last windows of a row
alt = "The last four windows at the end of a row; the 55th ends at pixel 227."
with plots.figure(size=(5.4, 2.4), alt=alt) as ax:
    for place, number in enumerate(range(52, 56)):
        left = 4 * (number - 1)
        colour = BLUE if left + 11 <= 224 else ORANGE
        ax.barh(place, 11, left=left, color=colour, height=0.62)
        name = f"window {number}"
        ax.text(left - 0.3, place, name, ha="right", va="center", fontsize=11)
    ax.axvline(224, color="#24292f", linewidth=1.5)
    ax.text(224.3, 0, "end of 224\npixels", va="center", fontsize=11)
    ax.set(xlabel="pixel of the row", xticks=[204, 208, 212, 216, 220, 224, 227])
    ax.set(ylim=(3.6, -0.6), xlim=(198.5, 229.5), yticks=[])
    ax.spines["left"].set_visible(False)

# %% [markdown]
# <details><summary><b>Compare with your numbers</b></summary>
#
# (224 − 11)/4 = 53.25: 53 steps and **54** windows. 55 windows need 11 + 54·4 = **227** pixels.
# </details>
#
# **Exercise 1 (by hand).** How many windows of 11, moved by 4, fit along a row of 224 pixels with 2 pixels of padding on *every* side? Along 180 pixels without padding? Along 64 with 3 on every side? (Replace `None`, run the cell. Worked answers: [solutions](solutions/07_alexnet_solutions.ipynb).)

# %%
row_224, row_180, row_64 = None, None, None

lesson07.windows_in_a_row(row_224, row_180, row_64)

# %% [markdown]
# ### Two towers
#
# conv2 has 256 filters of 5×5 over 96 maps. In two towers, each filter sees only the 48 maps of its own tower: 5·5·48·256 + 256 = 307,456 parameters. If each saw all 96, there would be 614,656. Keras writes this `groups=2`: the first half of the filters sees the first half of the maps.
#
# **Exercise 2 (build the towers).** Write conv2 with two ordinary convolutions. `convolution.conv2d(maps, kernel, padding="same")` of lesson 01 does one, without bias; `np.concatenate([a, b], axis=-1)` puts maps together. No ReLU. The check compares with the package's conv2, an eighth as wide (12 maps, 32 filters).


# %%
def two_towers(maps, kernel, bias):
    """maps (H, W, 12), kernel (5, 5, 6, 32), bias (32,) → (H, W, 32)."""
    output = ...
    return output


# the small AlexNet, also of sections 4 and 5
narrow = dict(input_shape=(99, 99, 3), classes=kinds, width=1 / 8)
conv2 = models.alexnet("two_tower", **narrow).get_layer("conv2")
lesson07.two_towers(two_towers, conv2)

# %% tags=["claims"]
# @title Claims
package = anatomy.describe(models.alexnet)  # of which every layer is tested
single = anatomy.describe(models.alexnet, variant="single_tower")
score.equal("AlexNet, parameters", towers.params, 60_965_224)
assert package.params == towers.params
slim = models.alexnet(lrn=True, width=1 / 8, input_shape=(67, 67, 3), classes=10)
begin = [one.get_weights() for one in slim.layers if one.weights]
assert [float(bias.mean()) for _, bias in begin] == [0, 1, 0, 1, 1, 1, 1, 0]
assert all(0.009 < kernel.std() < 0.011 for kernel, _ in begin)  # the paper's start
made_of = [type(one).__name__ for one in slim.layers]
assert made_of.count("LocalResponseNormalization") == made_of.count("Dropout") == 2
assert round(towers.macs / 1e6, 1) == 724.4
score.equal(
    "conv2: parameters in two towers, in one",
    [towers["conv2"].params, single["conv2"].params],
    [307_456, 614_656],
)
sides = [
    anatomy.describe(alexnet, side=side)["conv1"].output_shape[0] for side in (224, 227)
]
score.equal("windows in a row: 224 pixels, 227 pixels", sides, [54, 55])
score.section()

# %% [markdown]
# ## 3 · Where the numbers sit
#
# Textbooks draw a **single tower**, in which every filter sees every map: 62,378,344 parameters, 1.1 billion multiply-adds. **Which has more parameters: all five convolutions together, or fc6 alone? And which of the two has more work?**

# %% tags=["hide-cell", "slide"]
# @title Shares of parameters and of work, layer by layer
rows = [row for row in single.rows if row.params]
alt = "Two bars a layer, its share of the parameters and of the multiply-adds."
with plots.figure(size=(5.6, 4.4), alt=alt) as ax:
    labels = [row.name.replace("predictions", "fc8") for row in rows]
    plots.cost_shares(labels, [r.params for r in rows], [r.macs for r in rows], ax=ax)
    ax.get_legend().remove()
    words = dict(va="center", fontsize=11, weight="bold")
    ax.text(46, 0.8, "multiply-adds,\n1.1 billion in all", color="#a67200", **words)
    ax.text(34, 6.1, "parameters,\n62 million in all", color=BLUE, **words)
    ax.set_xlabel("share of the whole network, in %")
dense = sum(row.params for row in rows[5:]) / single.params
work = sum(row.macs for row in rows[:5]) / single.macs
print(f"dense layers: {dense:.0%} of the parameters")
print(f"convolutions: {work:.0%} of the work")
pd.DataFrame(
    {
        "makes": ["×".join(map(str, row.output_shape)) for row in rows],
        "parameters": [f"{row.params:,}" for row in rows],
        "million multiply-adds": [f"{row.macs / 1e6:.1f}" for row in rows],
    },
    index=labels,
)

# %% [markdown]
# <details><summary><b>Compare with your answers</b></summary>
#
# fc6 has ten times the parameters of all five convolutions, and the convolutions have nearly all of the work. A weight of fc6 is used **once** for a photograph, a weight of conv1 at 55·55 = **3,025** places.
#
# So 58.6 of 62.4 million numbers sit in three layers: plenty of room to learn photographs by heart.
# </details>
#
# **Exercise 3 (design).** Which adds more work than parameters, `side` or `width`? Find a pair (`side` at least 67; `width` multiplies the filters, and the units of fc6 and fc7) of a single tower for 17 kinds with **at most 3 million parameters** and **at least 60 million multiply-adds**. (Side 99 and width ⅛ give 0.4 million and 5 million.)

# %%
side, width = None, None

design = None
if side is not None and width is not None and side >= 67:
    settings = dict(variant="single_tower", input_shape=(side, side, 3), classes=17)
    design = anatomy.describe(models.alexnet, width=width, **settings)
lesson07.cheap_and_busy(design, side)

# %% tags=["claims"]
# @title Claims
score.equal("single tower, parameters", single.params, 62_378_344)
score.close("dense layers: share of parameters", round(dense, 3), 0.94, tolerance=0.005)
score.close("convolutions: share of work", round(work, 3), 0.95, tolerance=0.005)
score.section()

# %% [markdown]
# ## 4 · For learning: ReLU, normalization, overlap
#
# On its way back the gradient is multiplied by the slope of each activation (lesson 04). tanh is nearly flat beyond ±2; ReLU has slope 0 on the left, 1 on the right, however far.
#
# Call a unit **flat** on a photograph when its slope there is below 1/20 (of tanh one says *saturated*). We take an AlexNet an eighth as wide, before training, with tanh or ReLU and lesson 04's initial weights for each, and multiply all weights by a factor. **What share of the units in the five convolutions is flat, for tanh and for ReLU, at factor 1? At factor 8?**


# %%
def slopes(activation, outputs):
    return outputs > 0 if activation == "relu" else 1 - outputs**2


def flat_share(activation, rule, factor):
    keras.utils.set_random_seed(3)
    network = models.alexnet(
        "single_tower",
        activation=activation,
        kernel_initializer=rule,
        lrn=False,
        **narrow,
    )
    network.set_weights([factor * weights for weights in network.get_weights()])
    convolutions = [f"conv{number}" for number in range(1, 6)]
    pixels = scaled(middle(x[:32]))  # 99×99 from the middle, about −2 to 2
    found = inspection.activations(network, pixels, convolutions)  # maps, by name
    return np.mean([np.mean(slopes(activation, f) < 1 / 20) for f in found.values()])


# %% tags=["hide-cell", "nbval-ignore-output"]
# @title Flat units against the factor
factors = [0.5, 1, 2, 4, 8, 16]
rules = {"tanh": "glorot_normal", "relu": "he_normal"}
share = {name: [flat_share(name, rules[name], f) for f in factors] for name in rules}
alt = f"tanh {np.round(share['tanh'], 2)}, ReLU {np.round(share['relu'], 2)}."
with plots.figure(size=(5.4, 3.2), alt=alt) as ax:
    lines = {name: 100 * np.array(share[name.lower()]) for name in ("tanh", "ReLU")}
    plots.curves(
        lines,
        x=factors,
        xlabel="factor of all initial weights",
        ylabel="flat units, in %",
        colours={"tanh": ORANGE, "ReLU": BLUE},
        ax=ax,
    )
    ax.set_xscale("log")
    ax.set_xticks(factors, labels=[f"{factor:g}" for factor in factors])
    ax.minorticks_off()
    ax.set_ylim(-2, 100)
    plots.name_lines(ax)

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# ReLU: about half of the units are flat, on each photograph others; the rest pass the gradient whole. No factor changes that: the biases are still 0, so every sum keeps its sign. tanh: hardly any at factor 1, fewer than ReLU up to factor 4, then more.
# </details>
#
# ### Who learns faster?
#
# The one with fewer flat units? A race on 20,000 photographs of CIFAR-10: networks of four and of eight layers, with the initial weights that fit each (He's for ReLU, Glorot's for tanh), the same with batch norm, and with all weights doubled; each at its best rate, three seeds (stored: `alexnet_conditions`). **In which of the six races will ReLU be down to 35 % training error after fewer epochs, and in which tanh?** (–: after twelve epochs a seed was not there.)

# %% tags=["hide-cell"]
# @title Epochs to 35 % training error
race = measure.load("alexnet_conditions")
CONDITIONS = ["fitting weights", "batch norm", "weights twice as large"]
CONDITIONS += ["pixels from -128 to 127"]


def runs_of(activation, condition, depth):
    arm = f"{activation}, {condition}, {depth}"
    return [run for run in race["runs"] if run["arm"] == arm]


def arrived(runs):
    needed = [run["epochs_to_target"] for run in runs]
    return "–" if None in needed else f"{np.mean(needed):.1f}"


races = {
    shown: {
        f"{depth} layers, {label}": arrived(runs_of(name, label, depth))
        for label in CONDITIONS[:3]
        for depth in (4, 8)
    }
    for shown, name in (("ReLU", "relu"), ("tanh", "tanh"))
}
pd.DataFrame(races)

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# With fitting weights ReLU wins in four layers; in eight it is a draw. With batch norm it wins in both. With doubled weights *tanh* wins, though more of its units are flat then: Glorot's weights were probably too small for it. So the number of flat units does not decide, **ReLU's lead hangs on the start**, and batch norm makes it sure. (*Further: [two more races](further/07_activation_race.ipynb).*)
# </details>
#
# And accuracy? A [LeNet-5](further/07_from_lenet.ipynb) on CIFAR-10 gains 4.5 ± 0.2 points on test photographs by ReLU with He's weights. (± is the standard error of a difference. With three to five seeds a difference [counts](03_mlp_vs_cnn.ipynb#is-a-difference-real) only beyond three times its ±; a smaller one is *undecided*.)
#
# ### Response normalization, and windows that overlap
#
# *Response normalization*: a loud channel quietens its neighbours. Each value is divided by $(2 + 0.0001\,S)^{3/4}$, where $S$ is the sum of the squares of five channels: its own and two on each side.
#
# *Overlap*: pooling windows of 3×3 move by 2: a value may count in two.
#
# We left out one or the other: a small AlexNet with dropout and augmentation, 20 epochs, five seeds (stored: `alexnet_flowers`). On test flowers [normalization](further/07_response_normalization.ipynb) is worth 2.3 ± 1.0 points, overlap −0.8 ± 1.3: undecided, as after 100 epochs (`alexnet_long_others`). We go on without normalization.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.at_most(
    "ReLU: change of the flat share with the factor",
    float(np.ptp(share["relu"])),
    0.05,
)
assert share["tanh"][1] < 0.2 and share["tanh"][3] < share["relu"][3]  # 1, 4
score.at_least(
    "tanh, factor 8: more flat units than ReLU by",
    float(share["tanh"][4] - share["relu"][4]),
    0.1,
)


def places_of(runs):  # epochs to the target; later ones by their least error
    return [run["epochs_to_target"] or 100 + min(run["errors"]) for run in runs]


first = {}  # whose three runs all come before the other's
for place in [(label, depth) for label in CONDITIONS for depth in (4, 8)]:
    ours, theirs = (places_of(runs_of(name, *place)) for name in ("relu", "tanh"))
    tanh_or_draw = "tanh" if max(theirs) < min(ours) else "draw"
    first[place] = "ReLU" if max(ours) < min(theirs) else tanh_or_draw
assert list(first.values()) == ["ReLU", "draw", "ReLU", "ReLU", *["tanh"] * 4]
best = {}  # the epochs of each activation in its best row
for name, depth in [(name, depth) for name in ("relu", "tanh") for depth in (4, 8)]:
    rows = [places_of(runs_of(name, label, depth)) for label in CONDITIONS]
    best[name, depth] = min(rows, key=np.mean)
    start, doubled = rows[0], rows[2]
    slower, faster = (start, doubled) if name == "tanh" else (doubled, start)
    assert min(slower) > max(faster)
# without batch norm, in eight layers, tanh's doubled weights beat either of ReLU's rows
fitting, doubled = (places_of(runs_of("relu", CONDITIONS[row], 8)) for row in (0, 2))
assert round(float(np.mean(fitting)), 1) == 10.9
assert max(best["tanh", 8]) < min(fitting + doubled)
for depth, told in {4: [5.0, 9.5], 8: [5.8, 7.3]}.items():
    pair = [best[name, depth] for name in ("relu", "tanh")]
    assert max(pair[0]) < min(pair[1])
    assert [round(float(np.mean(found)), 1) for found in pair] == told
even = np.full((1, 1, 1, 7), 50, "float32")  # the ends see three channels, then four
quietened = 50 / np.asarray(LocalResponseNormalization()(even)).ravel()
heard = [(2 + 1e-4 * n * 50**2) ** 0.75 for n in (3, 4, 5, 5, 5, 4, 3)]
assert np.allclose(quietened, heard, rtol=1e-4)


# %% tags=["claims", "nbval-ignore-output"]
# @title Claims: differences
def apart(one, other):
    """Points between two groups of seeds, and their standard error."""
    errors = [np.std(v, ddof=1) / len(v) ** 0.5 for v in (one, other)]
    return (
        100 * np.round([np.mean(one) - np.mean(other), np.hypot(*errors)], 3)
    ).tolist()


def scores(name, arm, field):
    return [run[field] for run in measure.load(name)["runs"] if run["arm"] == arm]


for arm, field, told in (
    ("no_lrn", "test", [2.3, 1.0]),
    ("no_overlap", "test", [-0.8, 1.3]),
    ("no_lrn", "validation", [3.6, 0.9]),
):
    pair = [scores("alexnet_flowers", a, field) for a in ("all", arm)]
    assert np.allclose(apart(*pair), told)
    assert (abs(told[0]) > 3 * told[1]) == (field == "validation")
for arm, field, told in (
    ("normalization", "test_accuracy", [0.9, 1.5]),
    ("no_overlap", "test_accuracy", [-2.2, 1.2]),
    ("no_overlap", "validation_accuracy", [-3.4, 1.1]),
):
    longer = scores("alexnet_long_others", arm, field)
    found_longer = apart(longer, scores("alexnet_long", "both", field))
    assert np.allclose(found_longer, told)
    points, error = np.abs(found_longer)
    assert (points > 3 * error) == (field == "validation_accuracy")
assert share["tanh"][2] > share["tanh"][1]  # doubled weights: flatter
pair = [scores("alexnet_staircase", a, "test_accuracy") for a in ("ReLU", "LeNet-5")]
assert np.allclose(apart(*pair), [4.5, 0.2])
score.section()

# %% [markdown]
# ## 5 · Against memorising
#
# **Dropout**, seen. Two photographs, ten units each, all of them 1:

# %%
keras.utils.set_random_seed(4)
units = np.ones((2, 10))
silenced = layers.Dropout(0.5)(units, training=True)
plots.number_grid(
    silenced, alt="Two rows of ten numbers, some of them 0 and the others 2."
)

# %% [markdown]
# Each unit is silenced with probability ½, for each photograph anew, so that none can rely on another; the rest are doubled, so that sums stay the same on average. In inference (`training=False`) all units speak.
#
# **Augmentation** makes three changes, drawn anew whenever a photograph is used: a **window** at a random place (224 of 256 pixels in the paper; 99 of 112 here); the **mirror image** or not; and a small **shift of colours** along the directions in which the training photographs' colours vary most. The last row shows it fifteen times as strong:

# %% tags=["hide-input", "nbval-ignore-output", "slide"]
# @title One photograph, many times
draw = np.random.default_rng(2)
axes_of_colour = alexnet_flowers.colour_axes(x)
many = np.repeat(x[255:256], 5, axis=0)
shifts = draw.normal(0, 0.1, (5, 3)) @ axes_of_colour * 255
still = middle(many).astype(float)


def shifted(strength):
    return np.clip(still + strength * shifts[:, None, None], 0, 255).astype("uint8")


rows = {
    "window": alexnet_flowers.windows(many, draw),
    "mirrored": alexnet_flowers.mirrored(middle(many), draw),
    "colours": shifted(1),
    "colours, ×15": shifted(15),
}
plots.show_images(
    [image for images in rows.values() for image in images],
    titles=[name if n == 0 else " " for name in rows for n in range(5)],
    columns=5,
    size=1.15,
    alt="One flower in four rows: moved, mirrored, recoloured slightly, and strongly.",
)

# %% [markdown]
# **Exercise 4 (code).** Write it for one photograph. `image` is (112, 112, 3), whole numbers from 0 to 255 (uint8). Return the window of 99×99 whose upper left pixel is (`top`, `left`), mirrored left and right if `mirror` is true, with the three numbers of `shift` added to its colours; again uint8, and never outside 0 to 255.


# %%
def augmented(image, top, left, mirror, shift):
    window = ...
    return window


lesson07.augmented(augmented)

# %% [markdown]
# ### Four trainings
#
# The small AlexNet: a single tower, an eighth as wide, windows of 99×99, He's initial weights; 399,937 parameters.


# %%
def small_alexnet(dropout, seed):
    keras.utils.set_random_seed(seed)
    return models.alexnet(
        "single_tower",
        dropout=dropout,
        lrn=False,
        kernel_initializer="he_normal",
        **narrow,
    )


# axes_of_colour (3, 3): the directions in which the training colours vary
def new_versions(photographs, draw):
    cut = alexnet_flowers.windows(photographs, draw)  # 99×99, anywhere
    moved = alexnet_flowers.mirrored(cut, draw)  # with probability ½
    return alexnet_flowers.recoloured(moved, draw, axes_of_colour)


# %%
def train(network, augment, epochs, rate=0.002):
    cycle = training.one_cycle(rate, examples=len(y), batch_size=32, epochs=epochs)
    network.compile(
        keras.optimizers.Adam(cycle),  # the rate climbs (warm-up), then falls to 0
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,
    )
    draw = np.random.default_rng(11)
    for _ in range(epochs):
        pixels = new_versions(x, draw) if augment else middle(x)
        network.fit(scaled(pixels), y, batch_size=32, verbose=0)  # one epoch
    return network


def accuracy(network, photographs, labels):
    return alexnet_flowers.accuracy(network, middle(photographs), labels)


# %% [markdown]
# Twenty epochs first. **Which names more new flowers?**

# %% tags=["hide-output", "nbval-ignore-output"]
budget = lesson.choose(quick=dict(epochs=20), full=dict(epochs=100))
networks = {
    "neither": train(small_alexnet(0.0, seed=11), False, budget.epochs),
    "both": train(small_alexnet(0.5, seed=11), True, budget.epochs),
}
live = pd.DataFrame(
    {
        name: [accuracy(network, x, y), accuracy(network, x_val, y_val)]
        for name, network in networks.items()
    },
    index=["training flowers", "validation flowers"],
)
live["LeNet-5, section 1"] = [named["train"], named["validation"]]
live.map("{:.1%}".format)

# %% [markdown]
# <details><summary><b>Compare with your vote</b></summary>
#
# *neither* is ahead. Whoever stops here reports that dropout and augmentation do harm. But two things were changed at once, and *both* has not finished learning.
# </details>
#
# Now all four. For 20 epochs, as here, all learned at a rate of 0.002 (three seeds). For 100 each learned anew, at the rate that suits it then; for *both* that is 0.002 again (five seeds; stored: `alexnet_twenty`, `alexnet_long`). **Compare your two orders.**

# %% tags=["hide-input"]
# @title Four networks, trained briefly and for long
COLOURS = {"neither": ORANGE, "dropout": PINK, "augmentation": GREEN, "both": BLUE}
stored = {20: measure.load("alexnet_twenty"), 100: measure.load("alexnet_long")}


def of(epochs, name, field="test_accuracy"):
    """What the stored runs of a variant measured, one entry a seed."""
    runs = [run for run in stored[epochs]["runs"] if run["arm"] == name]
    return np.array([run.get(field, run["history"].get(field)) for run in runs])


# %% tags=["hide-cell", "slide"]
# @title Test flowers named after 20 and after 100 epochs
worth = {name: [of(20, name), of(100, name)] for name in COLOURS}
means = {name: [float(np.mean(v)) for v in pair] for name, pair in worth.items()}
alt = f"Test accuracy after 20 and after 100 epochs: {means}."
with plots.figure(size=(5.4, 4), alt=alt) as ax:
    plots.two_ends(worth, ends=("20 epochs", "100 epochs"), colours=COLOURS, ax=ax)
PAIRS = [("augmentation", "neither"), ("dropout", "neither")]
PAIRS += [("both", "augmentation"), ("both", "neither")]


def told_apart(one, other, epochs):
    points, error = apart(of(epochs, one), of(epochs, other))
    return f"{points:+.1f} ± {error:.1f}{'' if abs(points) > 3 * error else ' ?'}"


table = pd.DataFrame(
    {
        f"{epochs} epochs": [f"{100 * of(epochs, n).mean():.1f} %" for n in COLOURS]
        + [told_apart(*pair, epochs).replace("-", "−") for pair in PAIRS]
        for epochs in stored
    },
    index=[*COLOURS, *(f"{one} − {other}" for one, other in PAIRS)],
)
table["rate for 100"] = [*map(stored[100]["rates"].get, COLOURS), *[""] * len(PAIRS)]
table

# %% [markdown]
# <details><summary><b>Compare with your two orders</b></summary>
#
# - **Augmentation** alone is worth much, early and late.
# - **Dropout** on top of it costs much at first. In the end that is undecided (?), as is dropout alone.
# - **both** is first behind *neither*, then far ahead. It gained 16.6 ± 1.3 points, at an unchanged rate, by longer training. *neither*, now at the rate that suits it, gained nothing.
# </details>
#
# **Why does *both* overtake *neither*, and when? Write two sentences.** A clue: the trainings of 100 epochs. (Circles: where the trainings of 20 epochs ended. Their rate had fallen to 0 by then, and while it falls a network gains.)

# %% tags=["hide-input", "slide"]
# @title Epoch by epoch: training flowers, and new ones
alt = "Accuracy of the four over 100 epochs: in training, and on validation flowers."
panels = {
    "accuracy": ("training flowers, as fit counts", 103),
    "val_accuracy": ("validation flowers", 80),
}
with plots.figure(2, 1, size=(5.8, 7.4), sharex=True, alt=alt) as axes:
    for ax, (field, (title, most)) in zip(axes, panels.items(), strict=True):
        plots.curves(
            {name: 100 * of(100, name, field).mean(axis=0) for name in COLOURS},
            ylabel="named, in %",
            colours=COLOURS,
            dashes=dict.fromkeys(COLOURS, "-"),
            markers=False,
            ax=ax,
        )
        for name, colour in COLOURS.items():
            short = 100 * of(20, name, field)[:, -1].mean()
            ax.plot(20, short, "o", color=colour, markerfacecolor="none", markersize=8)
        ax.set(ylim=(0, most), title=title, yticks=range(0, most, 20))
        plots.name_lines(ax)
    axes[0].set_xlabel("")

# %% [markdown]
# <details><summary><b>Compare with your sentences</b></summary>
#
# **Why?** *neither* names nearly all of its training photographs after 40 epochs. From then on its loss, and so its gradient, is almost 0; from epoch 60 it stays at 52 to 53 % of the new flowers. *dropout* comes there later, and stays some points higher, which on test flowers is undecided. *augmentation* comes to 99 %, *both* to 93 %, but of photographs that never look the same twice. So they still learn: from epoch 60 each gains 6 points on new flowers.
#
# **When?** In these long trainings the two are level at epoch 20. From about 46 on *both* is ahead by more than three times the ±; after 86 it moves by less than a point.
#
# (In the first 29 epochs *both* looks worse in training than on new flowers: `fit` counts with units silenced and photographs changed.)
# </details>
#
# **Exercise 5 (read).** Three colleagues report. Which of the four helps first: `"against memorising"`, `"more epochs"`, `"another rate"`, or `"nothing"` (none helps any more)?
#
# - A: "Training accuracy 99.8 %, for 60 epochs now. Validation stays at 55 %."
# - B: "With dropout and augmentation `fit` says 71 % in training, 74 % in validation. Both have been level for 30 epochs; three other rates, less dropout and a wider network end at the same."
# - C: "With dropout and augmentation: training 38 %, validation 41 %. Both have risen by a point an epoch for ten epochs, at the rate that served B well."

# %%
advice = {"A": None, "B": None, "C": None}

lesson07.advice(advice)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
new, known = live.loc["validation flowers"], live.loc["training flowers"]
if lesson.profile == "quick" and real:
    learned_more = known["neither"] - known["both"]
    score.at_least("20 epochs: training flowers, neither minus both", learned_more, 0.2)
    ahead = new["neither"] - new["both"]
    score.at_least("20 epochs: new flowers, neither minus both", ahead, 0.0)
    away = abs(new["both"] - of(20, "both", "validation_accuracy").mean())
    score.at_most("live: both, distance to the stored mean", away, 0.1)
gain = {name: np.subtract(means[name], means["neither"]) for name in means}
score.at_most("stored: both minus neither, 20 epochs", float(gain["both"][0]), -0.02)
on_top = float(gain["both"][0] - gain["augmentation"][0])
score.at_most("stored: both minus augmentation, 20 epochs", on_top, -0.08)
slow = [float(gain[name][1]) for name in ("augmentation", "both")]
score.at_least("stored: with augmentation minus neither, 100 epochs", min(slow), 0.07)
for pair, told in {
    ("both", "neither"): [[-5.5, 1.2], [13.9, 1.5]],
    ("augmentation", "neither"): [[7.0, 2.1], [15.5, 1.3]],
    ("dropout", "neither"): [[-2.8, 1.5], [3.5, 1.8]],
    ("both", "augmentation"): [[-12.5, 2.1], [-1.6, 1.2]],
}.items():
    ends_of = zip(*(worth[name] for name in pair), strict=True)
    found_apart = [apart(*end) for end in ends_of]
    assert np.allclose(found_apart, told), pair
    decided = [abs(points) > 3 * error for points, error in found_apart]
    assert decided == {
        "dropout": [False, False],
        "both": [True, pair[1] == "neither"],
    }.get(pair[0], [True, True])
assert np.allclose(
    apart(*(of(100, n, "validation_accuracy") for n in ("dropout", "neither"))),
    [6.5, 1.4],
)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims, epoch by epoch
seen = {n: of(100, n, "accuracy").mean(axis=0) for n in COLOURS}  # as fit counts
assert seen["neither"][39] > 0.99 and seen["dropout"][-1] > 0.995
assert of(100, "neither", "loss").mean(axis=0)[39:].max() < 0.02
assert [round(seen[n][-1], 2) for n in ("augmentation", "both")] == [0.99, 0.93]
assert stored[100]["rates"]["both"] == 0.002  # as for 20 epochs
gained = [apart(*(of(epochs, n) for epochs in (100, 20))) for n in ("both", "neither")]
assert np.allclose(gained, [[16.6, 1.3], [-2.9, 1.4]])
new_ones = {n: of(100, n, "val_accuracy") for n in COLOURS}
curve = {n: v.mean(axis=0) for n, v in new_ones.items()}
flat = curve["neither"][59:]
assert flat.min() > 0.52 and flat.max() < 0.53
for name in ("augmentation", "both"):
    assert round(100 * (curve[name][-1] - curve[name][59])) == 6
assert np.array_equal(np.flatnonzero(seen["both"] < curve["both"]), np.arange(29))
pairs = zip(new_ones["both"].T, new_ones["neither"].T, strict=True)
ahead_by = [apart(*pair) for pair in pairs]
clear = [points > 3 * error for points, error in ahead_by]
assert abs(ahead_by[19][0]) < ahead_by[19][1] and all(clear[45:]) and not clear[44]
moved = np.abs(curve["both"] - curve["both"][-1])
assert moved[85:].max() < 0.01 < moved[84]
ended = [of(20, n, "val_accuracy")[:, -1].mean() for n in ("neither", "both")]
assert ended[0] > ended[1] + 0.03
score.section()

# %% [markdown]
# ## 6 · A colleague's report
#
# Today one would put **batch norm** into an AlexNet (lesson 04: mean 0, variance 1 in each channel). A colleague did:
#
# - *network*: five convolutions an eighth as wide, on 163×163 pixels from 0 to 1; batch norm after the ReLU and pooling of each, and after fc6 and fc7; dropout of 0.4;
# - *flowers*: 1,088 to learn from, 272 new ones held back, 16 of each kind;
# - *training*: five epochs, in batches of 64.
#
# Her report:

# %% tags=["hide-input", "nbval-ignore-output", "slide"]
# @title The colleague's training
split = alexnet_batchnorm.split(flowers)
(bn_x, bn_y), (held_x, held_y) = split
plan = alexnet_batchnorm.VARIANTS["notes"]  # momentum 0.99, batches of 64
sick, found = alexnet_batchnorm.train("notes", split, seed=21)
reported = found["history"]["accuracy"][-1]
report = {
    "training accuracy, last epoch": f"{reported:.1%}",
    "validation accuracy": f"{found['validation']:.1%}",
    "kinds it ever answers, of 17": f"{found['answers_used']}",
}
pd.Series(report, name="report").to_frame()

# %% [markdown]
# Guessing names 6 %. **What do you suspect?** Overfitting? Kinds missing from the training part?
#
# One test can clear both: show the network its own **training** flowers again, now to answer and not to learn (*inference*). **What will it name if you are right?**

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
# sick: her network; plan: her settings
# bn_x, bn_y: her 1,088 training flowers (163×163×3) and their kinds
again = alexnet_batchnorm.answers(sick, bn_x, plan)  # the most probable kind of each
print(f"in inference: {np.mean(again == bn_y):.1%}")

# %% [markdown] tags=["slide"]
# <details><summary><b>Compare with your suspicion</b></summary>
#
# It fails on the very flowers that it has learned. An overfitted network would know them, and so would one whose split lacks some kinds.
# </details>
#
# What differs between *training* and *inference*? **Batch norm**, as in lesson 05: in training it takes mean and variance from the batch; in inference *running* ones, kept on the way. After a batch with mean or variance $b$, the running $r$ becomes
#
# $$m \cdot r + (1 - m) \cdot b.$$
#
# The running mean begins at 0, the running variance at 1. Momentum $m$ is 0.99 in Keras (which says `moving`). **By hand:** how many steps are five epochs of 1,088 flowers in batches of 64, and how much of the first 1 is left after them?
#
# <details><summary><b>Show the answer</b></summary>
#
# 17 batches an epoch, **85** steps, and 0.99⁸⁵ = **0.43** of the 1 is still in it.
# </details>
#
# These are the variances of the seven batch norms, running and in the batches (median over the channels):

# %% tags=["hide-input", "nbval-ignore-output", "slide"]
# @title Running variance, and variance in the batches
norms = [layer for layer in sick.layers if layer.name.startswith("bn")]
moving = [np.median(layer.moving_variance) for layer in norms]
kept = sick.get_weights()
alexnet_batchnorm.reestimate(sick, bn_x, plan)
true = [np.median(layer.moving_variance) for layer in norms]
sick.set_weights(kept)
alt = f"Variances of seven layers, in the batches {np.round(true, 3)}, running {np.round(moving, 2)}."
with plots.figure(size=(5.4, 3.2), alt=alt) as ax:
    places = np.arange(len(norms))
    ax.plot(places, moving, "o", color=ORANGE, markersize=9)
    ax.plot(places, true, "o", color=BLUE, markersize=9)
    ax.vlines(places, true, moving, color="#8c959f", zorder=0)
    words = dict(fontsize=11, weight="bold", va="center")
    ax.text(-0.1, 1.3, "running: used in inference", color="#a67200", **words)
    label = "of the batches, with the final weights"
    ax.text(0.25, true[0], label, color=BLUE, **words)
    ax.set(yscale="log", ylabel="variance", xlabel="batch norm after layer")
    ax.set_xticks(places, labels=[*"12345", "fc6", "fc7"])
    marks = [0.02, 0.05, 0.1, 0.2, 0.5, 1]
    ax.set_yticks(marks, labels=map("{:g}".format, marks))
    ax.minorticks_off()
left = 0.99 ** alexnet_batchnorm.updates(len(bn_y), plan)  # of the first 1
blend = f"{left:.2f} · 1 + {1 - left:.2f} · {true[0]:.3f} = {left + (1 - left) * true[0]:.2f}"
print(f"layer 1: {blend}")
print(f"its running variance: {moving[0]:.2f}")
print(f"divides by {(moving[0] / true[0]) ** 0.5:.1f} times too much")

# %% [markdown]
# Of the first orange dot, 0.44, nearly all is what is left of the 1. Where orange lies above blue, batch norm divides by too large a number (the root of the variance), and the next layer gets a whisper.
#
# The cure needs no learning: show the training flowers once, and take the plain mean of the batches' statistics. **What will the network name now, of its training flowers and of the new ones?**


# %%
def reestimate(network, photographs):
    norms = [b for b in network.layers if isinstance(b, layers.BatchNormalization)]
    order = np.random.default_rng(0).permutation(len(photographs))
    for step, batch in enumerate(np.array_split(order, 17), start=1):
        for norm in norms:
            norm.momentum = (step - 1) / step
        pixels = photographs[batch].astype("float32") / 255
        network(pixels, training=True)  # moves only the statistics


# %% tags=["hide-output", "nbval-ignore-output"]
# split: her training flowers and the 272 new ones; found: what she measured on both
learned = [keras.ops.convert_to_numpy(w).copy() for w in sick.trainable_variables]
reestimate(sick, bn_x)
cured = alexnet_batchnorm.judged(sick, split, plan)
pd.DataFrame(
    {
        "before": [found["train"], found["validation"]],
        "after": [cured["train"], cured["validation"]],
    },
    index=["training flowers", "new flowers"],
).map("{:.1%}".format)

# %% [markdown]
# <details><summary><b>Compare with your numbers</b></summary>
#
# It **knows and cannot say**: not one weight has changed. (`fit` counted fewer, with units silenced.)
# </details>
#
# Which lag does the harm? **Predict: cure only the seven means; only the variances; both, but only in layer 1; in all layers but the first.**

# %% tags=["setup", "nbval-ignore-output"]
# @title Some statistics before the cure, the others after it
after = [(np.copy(b.moving_mean), np.copy(b.moving_variance)) for b in norms]
sick.set_weights(kept)
before = [(np.copy(b.moving_mean), np.copy(b.moving_variance)) for b in norms]


def named_with(means, variances):
    """New flowers named when these layers' means and variances are cured."""
    for n, norm in enumerate(norms):
        norm.moving_mean.assign((after if n in means else before)[n][0])
        norm.moving_variance.assign((after if n in variances else before)[n][1])
    return float(np.mean(alexnet_batchnorm.answers(sick, held_x, plan) == held_y))


# %% tags=["hide-output", "nbval-ignore-output"]
# named_with(means, variances): new flowers named when only the means of these
# batch norms and the variances of those are cured
every = range(7)  # all seven
partly = {
    "means only": named_with(every, []),
    "variances only": named_with([], every),
    "layer 1 only": named_with([0], [0]),
    "all but layer 1": named_with(every[1:], every[1:]),
    "everything": named_with(every, every),
}
pd.Series(partly, name="new flowers").map("{:.1%}".format).to_frame()

# %% [markdown]
# <details><summary><b>Compare with your prediction</b></summary>
#
# In this run the variances do more harm, and most of the harm begins in layer 1. Curing the means alone brings nothing, or less. Only all together bring everything back, for each layer's new statistics were taken while all layers before it were cured.
# </details>
#
# Was it luck? Five other seeds, and two cures *before* training: a momentum of 0.9 (0.9⁸⁵ = 0.0001), or batches of 8 (680 steps). (Stored: `alexnet_batchnorm`; [more](further/07_moving_statistics.ipynb).)

# %% tags=["hide-input"]
# @title Three cures
runs = measure.load("alexnet_batchnorm")["runs"]


def percent(arm, cure=False):
    chosen = [run["reestimated"] if cure else run for run in runs if run["arm"] == arm]
    return [100 * run["validation"] for run in chosen]


cures = {
    "momentum 0.99": percent("notes"),
    "… re-estimated": percent("notes", cure=True),
    "momentum 0.9": percent("momentum"),
    "batches of 8": percent("more_updates"),
}
alt = f"Means {[round(float(np.mean(v)), 1) for v in cures.values()]}."
with plots.figure(size=(5.6, 3), alt=alt) as ax:
    plots.spread(
        cures,
        xlabel="new flowers named, in %",
        marks={"guessing": 100 / 17},
        colours=dict(zip(cures, [ORANGE, BLUE, BLUE, BLUE], strict=True)),
        ax=ax,
    )

# %% [markdown]
# All three cure the lag. Momentum 0.9 ends with the very weights of 0.99, for training uses the batch's statistics alone. With batches of 8 even `fit` reports only 25 to 30 %: it learned less.
#
# **Exercise 6 (code).** What share of the first running variance is left after training with `examples` photographs for `epochs` epochs? A smaller last batch counts, too.


# %%
def start_left(momentum, examples, batch_size, epochs):
    return None


lesson07.start_left(start_left)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
now = [keras.ops.convert_to_numpy(w) for w in sick.trainable_variables]
untouched = all(np.array_equal(a, b) for a, b in zip(learned, now, strict=True))
score.at_least(
    "batch norm: reported training minus validation",
    reported - found["validation"],
    0.2,
)
score.at_most(
    "batch norm: its own training flowers, in inference",
    found["train"],
    0.3 if real else 0.45,
)
score.at_least(
    "re-estimated: new flowers gained", cured["validation"] - found["validation"], 0.1
)
score.true("re-estimated: no learned weight changed", untouched)
least = partly["layer 1 only"] - partly["all but layer 1"]
score.at_least("cured: layer 1 only minus all but layer 1", least, 0.05 if real else -1)
assert partly["means only"] < found["validation"] + 0.03 or not real
more = partly["everything"] - max(list(partly.values())[:4])
assert more > (0.03 if real else -1)
score.close(
    "share of the first variance left", round(0.99**85, 4), 0.4256, tolerance=5e-5
)
last = {}  # what fit reported in the end, seed by seed
for run in runs:
    last.setdefault(run["arm"], []).append(run["history"]["accuracy"][-1])
assert last["momentum"] == last["notes"]  # the same weights
assert min(last["more_updates"]) >= 0.25 and max(last["more_updates"]) < 0.305
score.at_least(
    "stored: least cured minus best uncured, points",
    min(cures["… re-estimated"] + cures["momentum 0.9"] + cures["batches of 8"])
    - max(cures["momentum 0.99"]),
    5,
)
score.section()

# %% [markdown]
# ## 7 · Look inside, and touch
#
# ### What the first layer looks for
#
# For this we take another network, of four convolutions. Its first layer began with weights of almost 0, so all that you see was learned, in 60 epochs (stored: `alexnet_filters`). **In lesson 03 photographs wrote edges and tints. What will flowers write into 24 filters of 11×11?**

# %% tags=["hide-cell", "slide"]
# @title Twenty-four learned filters
(look,) = measure.load("alexnet_filters")["runs"]
filters = np.moveaxis(
    alexnet_filters.unpacked(look["kernels"]), -1, 0
)  # (24, 11, 11, 3)
filters = filters / np.abs(filters).max(axis=(1, 2, 3), keepdims=True)
grey = filters.mean(axis=-1, keepdims=True)
coloured = ((filters - grey) ** 2).sum(axis=(1, 2, 3)) / (filters**2).sum(
    axis=(1, 2, 3)
)
order = np.argsort(coloured)  # the greyest first
plots.show_images(
    0.5 + filters[order] / 2,
    columns=8,
    size=0.74,
    alt="Twenty-four filters: a few blurred edges, many blobs and patches of colour.",
)

# %% [markdown]
# <details><summary><b>Compare with your picture</b></summary>
#
# A few blurred edges, many blobs and patches of colour. AlexNet's 96 (the paper's figure 3) are sharper; one tower looks for colour, the other hardly.
# </details>
#
# ### One flower, 54 versions
#
# A close call: of all test flowers, the network *both* of section 5 gives this one's right kind a probability nearest to ½. Choose window, mirror image, light (three times as strong as in training); blue is right. **Find one that it takes for another kind. What matters most: window, mirror or light?**

# %% tags=["hide-input", "nbval-ignore-output"]
# @title The exhibit
both = networks["both"]
ten = alexnet_flowers.ten_windows(x_test)
chances = np.mean([alexnet_flowers.probabilities(both, w) for w in ten], axis=0)
one_look = alexnet_flowers.probabilities(both, middle(x_test))
doubtful = np.abs(one_look[np.arange(len(y_test)), y_test] - 0.5)
number = int(doubtful.argmin())
photograph = x_test[number].astype(float)
warm = axes_of_colour[-1] * 255 * np.sign(axes_of_colour[-1].sum())


def answer(down, right, mirrored, colour):
    cut = photograph[down : down + 99, right : right + 99][:, :: -1 if mirrored else 1]
    cut = np.clip(cut + 0.3 * colour * warm, 0, 255).astype("uint8")
    sure = alexnet_flowers.probabilities(both, cut[None])[0]
    best = np.argsort(-sure)[:4]
    frames_right.append((down, right, mirrored, colour, best[0] == y_test[number]))
    figure, (left, bars) = plt.subplots(1, 2, figsize=(4.4, 2.1), width_ratios=[1, 1])
    plots.show_image(cut, ax=left)
    bars.barh(
        range(4),
        sure[best],
        color=[BLUE if k == y_test[number] else ORANGE for k in best],
    )
    bars.set_yticks(range(4), labels=[names[k] for k in best])
    bars.set(xlim=(0, 1), ylim=(3.5, -0.5), xlabel="probability", xticks=[0, 0.5, 1])
    return figure


frames_right = []  # for the table below: which versions are named rightly
widgets.frames(
    answer,
    alt="A flower photograph and the network's four most probable answers.",
    start=dict(down=6, right=6, colour=0),
    labels=dict(
        down="window: pixels down",
        right="window: pixels right",
        colour="light: −1 darker, 1 lighter",
    ),
    down=[0, 6, 13],
    right=[0, 6, 13],
    mirrored=[False, True],
    colour=[-1, 0, 1],
)

# %% tags=["hide-cell", "nbval-ignore-output"]
# @title All 54, sorted
columns = ["down", "right", "mirrored", "light", "named"]
versions = pd.DataFrame(frames_right, columns=columns)
versions = versions.rename(columns={"down": "window, down", "right": "window, right"})
versions["mirrored"] = versions["mirrored"].map({False: "no", True: "yes"})
versions["light"] = versions["light"].map({-1: "darker", 0: "as it is", 1: "lighter"})
thirds = ("window, down", "window, right", "mirrored", "light")
shares = {name: versions.groupby(name)["named"].mean() for name in thirds}
by_gap = sorted(shares, key=lambda name: -np.ptp(shares[name]))
pd.DataFrame(
    [
        {
            f"named rightly, {word}": f"{value:.0%} ({share.index[share == value][0]})"
            for word, value in (("least", share.min()), ("most", share.max()))
        }
        for share in (shares[name] for name in by_gap)
    ],
    index=by_gap,
)

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# The rows are sorted, the largest difference first. (Each share is of 18 versions, of mirror images 27.)
# </details>
#
# The paper averages ten answers: four corners and the middle, each also mirrored. That took its top-1 error (one guess) from 39.0 to 37.5 %. **What will it bring here?**

# %% tags=["hide-output", "nbval-ignore-output"]
# one_look (340, 17): probabilities of the test flowers, from the middle window
# chances (340, 17): the mean over ten windows of each
one = float(np.mean(one_look.argmax(axis=1) == y_test))
averaged = float(np.mean(chances.argmax(axis=1) == y_test))
mirrored_look = alexnet_flowers.probabilities(both, ten[-1])  # the middle, mirrored
changed = float(np.mean(one_look.argmax(axis=1) != mirrored_look.argmax(axis=1)))
print(f"mirrored, {changed:.0%} get another answer")
print(f"one look {one:.1%}, ten looks {averaged:.1%} of {len(y_test)} test flowers")

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# Many answers change when mirrored, though the network learned from mirror images. And in one run three points may be chance.
# </details>
#
# **Exercise 7 (code).** `probabilities` is (N, classes), `labels` (N,). Return the share (0 to 1) of photographs whose class is *not* among the `k` most probable.


# %%
def top_k_error(probabilities, labels, k):
    return None


lesson07.top_k_error(top_k_error)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.at_least("ten looks minus one look", averaged - one, -0.05)
assert changed > (0.1 if real else 0)
across = np.corrcoef(filters[:, :, 1:].ravel(), filters[:, :, :-1].ravel())[0, 1]
score.at_least("stored filters: neighbouring weights correlate", float(across), 0.8)
score.section()

# %% [markdown] tags=["slide"]
# ## What came of it
#
# The authors waited 90 epochs: five to six days on two GPUs. Little in this one was new: back-propagation through convolutions is of 1989, ReLU in deep networks of 2010. New was to put them together (with *weight decay*, a penalty on large weights), on a million photographs.
#
# ## Recap
#
# 1. Of a single tower's parameters 94 % are in the dense layers, of its work 95 % in the convolutions.
# 2. Before you say "overfitting", ask the network about its *training* pictures, in inference. If it fails on what `fit` reported as learned, look at batch norm's running statistics.
# 3. **Test remedies one at a time, and give them time.** Augmentation does the work here. Dropout on top of it first costs 12.5 points, and in the end nothing that we can see.
# 4. After 20 epochs *both* is behind *neither*. Planned for 100, it is clearly ahead from epoch 46 on.
#
# What is each worth, in points of test accuracy?
#
# | | 17 flowers, 20 epochs | 17 flowers, 100 | the authors, ImageNet |
# |---|---|---|---|
# | ReLU† | – | – | six times sooner (CIFAR-10) |
# | normalization* | 2.3&nbsp;±&nbsp;1.0&nbsp;? | 0.9&nbsp;±&nbsp;1.5&nbsp;? | 1.4 points fewer errors |
# | overlap* | −0.8&nbsp;±&nbsp;1.3&nbsp;? | 2.2&nbsp;±&nbsp;1.2&nbsp;? | 0.4 points fewer errors |
# | dropout alone | −2.8&nbsp;±&nbsp;1.5&nbsp;? | 3.5&nbsp;±&nbsp;1.8&nbsp;? | against “substantial overfitting” |
# | augmentation alone | 7.0&nbsp;±&nbsp;2.1 | 15.5&nbsp;±&nbsp;1.3 | without it, only “much smaller networks” |
#
# **On test flowers one of the five is decided: augmentation.** (? undecided; on validation flowers normalization counts after 20 epochs, overlap and dropout after 100. \* with dropout and augmentation. † In a LeNet-5 on CIFAR-10: 4.5 ± 0.2 points.)
#
# ## Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("07")

# %% [markdown]
# <details><summary><b>References</b></summary>
#
# - A. Krizhevsky, I. Sutskever, G. E. Hinton, "ImageNet classification with deep convolutional neural networks", NIPS 2012. Figure 2 is the network, section 3 its ingredients, section 4 augmentation and dropout.
# - O. Russakovsky and others, "ImageNet large scale visual recognition challenge", 2015, arXiv:1409.0575 (the winners; 2015: K. He and others, arXiv:1512.03385).
# - V. Nair, G. E. Hinton, "Rectified linear units improve restricted Boltzmann machines", ICML 2010; K. Jarrett and others, "What is the best multi-stage architecture for object recognition?", ICCV 2009.
# - G. E. Hinton and others, "Improving neural networks by preventing co-adaptation of feature detectors", 2012, arXiv:1207.0580 (dropout).
# - S. Ioffe, C. Szegedy, "Batch normalization", 2015, arXiv:1502.03167. M. D. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", 2013, arXiv:1311.2901.
# - M.-E. Nilsback, A. Zisserman, "A visual vocabulary for flower classification", CVPR 2006.
# </details>
#
# <details><summary><b>Teacher's notes</b></summary>
#
# **The story in a minute.** LeNet-5 knows its training flowers by heart and fails on new ones. In 2012 the same plan, a thousand times larger, won a contest by ten points. Its numbers sit in three dense layers, which invites memorising; dropout and augmentation are against that. After 20 epochs augmentation alone is first and both together are behind neither; after 100 both are far ahead of neither. Augmentation does the work, early and late; dropout on top of it slows learning first, and what it gains here is undecided. One remedy at a time, and time enough. And a network with batch norm may know everything and be unable to say it.
#
# **Two lessons of 45 minutes.** First: 1, everyone writes the two orders on a card (12 min), 2 with exercise 1 (15), 3 (8), quiz 1 to 3 (5), 5 in reserve; exercise 2 at home. Second: 5 with the cards (18), 6 as a detective story, the class proposes causes and tests before the fold is opened (17), quiz 4 and 5 (5), 5 in reserve. Sections 4 and 7 and exercises 3 to 7 at home.
#
# **One lesson of 90 minutes.** Sections 1 (12 min), 2 with exercise 1 (15), 3 (10), 5 (23), 6 (20), quiz (5), 5 in reserve.
#
# **To skip:** section 4, section 7, exercises 3, 4 and 7. Never skip the vote of section 1.
#
# **To discuss.** (1) A paper adds two ingredients at once, trains for ten epochs and reports that they do not help. What would you ask? (2) Mirroring a flower is harmless. Name pictures whose label would change.
#
# *Answers.* (1) Do the validation curves still rise at the end? Was each rate chosen for its own network? And where are the two trainings with one ingredient each: without them nobody can tell which of the two cost what. (2) Letters (b and d), road signs with arrows, left hands and right ones, X-rays of a chest (the heart is on one side), the hands of a clock.
#
# **Listen for** "validation is bad, so it overfits". Ask what an overfitted network says about its *training* pictures. And: "the convolutions are the big part". Big in what, numbers or work?
# </details>
#
# ## Scorecard
#
# **Next:** [08 · VGG →](08_vgg.ipynb), where the kernels become small and many · [solutions](solutions/07_alexnet_solutions.ipynb)

# %% tags=["nbval-ignore-output"]
checks.own_score(exercises=7)

# %% tags=["nbval-ignore-output"]
score
