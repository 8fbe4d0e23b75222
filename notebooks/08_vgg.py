# %% [markdown]
# # 08 · VGG
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/08_vgg.ipynb)
#
# [← 07 · AlexNet](07_alexnet.ipynb) · [all lessons](START_HERE.ipynb) · [solutions](solutions/08_vgg_solutions.ipynb) · further: [mixing channels](further/08_one_by_one.ipynb), [following the signal](further/08_following_the_signal.ipynb), [from dense to convolution](further/08_dense_to_convolution.ipynb) · [09 · Inception →](09_inception.ipynb)
#
# **The question.** Only 3×3 kernels, and more and more layers of them. Does depth alone help, and where does it stop?
#
# **You will be able to**
# - build any VGG network from its column of one table, and count what it costs;
# - work out which pixels a value deep inside can see;
# - weigh two 3×3 against one 5×5;
# - find the fault of a training by measuring;
# - ask a network what a filter wants, what fools it, and where it looks, each with a control.
#
# **Before this:** lessons 04 (initial weights, batch norm) and 07 (AlexNet); for sections 7 and 8 also 05.
#
# **Time:** about 36 minutes of reading, about 50 more for the seven exercises; the code runs in about ninety seconds on two CPU cores. Sections 7 and 8 can wait for another day.
#
# **Data:** photographs of 17 kinds of flowers (Nilsback and Zisserman), and CIFAR-10, 60,000 small ones of ten kinds (Krizhevsky). Where they are unavailable, drawn flowers and shapes stand in; the numbers in the text are those of the photographs.

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
# @title Imports, the look of figures, the data
from course_utils import checks, datasets, measure, plots, runtime, widgets

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
import pandas as pd
import tensorflow as tf

from course_utils import anatomy, inspection, models, transfer
from course_utils.checks import lesson08
from course_utils.models.vgg import VGG_TABLE
from course_utils.recipes import vgg_blocks, vgg_stuck

lesson = runtime.start(lesson="08")
plots.set_theme()
score = checks.Scorecard("08")
flowers = vgg_stuck.flowers()
objects = datasets.load("cifar10").subset(train=5_000, test=2_000)
real = not (flowers.stand_in or objects.stand_in)
kind = "drawn stand-ins" if flowers.stand_in else "photographs"
print(
    f"flowers: {len(flowers.x_train)} {kind} to train on, {len(flowers.x_test)} to test"
)
blue, pink = plots.COLOURS[0], plots.COLOURS[3]


def load_flowers():
    """Pixels from 0 to 1 and labels, to train on and to test."""
    pixels = [
        part.astype("float32") / 255 for part in (flowers.x_train, flowers.x_test)
    ]
    return (pixels[0], flowers.y_train), (pixels[1], flowers.y_test)


def by_variant(stored, key, **chosen):
    """One row a run of a stored experiment, for the runs that agree with `chosen`."""
    runs = stored["runs"]
    return np.array([r[key] for r in runs if all(r[k] == v for k, v in chosen.items())])


# %% [markdown]
# ## 1 · Sixteen layers
#
# AlexNet won in 2012 with eight layers and a handful of ideas. In 2014 Karen Simonyan and Andrew Zisserman, of Oxford's Visual Geometry Group, kept to 3×3 kernels (with a few 1×1) and changed one thing: the number of layers. This is VGG-16, thirteen convolutions and three dense layers:

# %% tags=["slide"]
plots.architecture(anatomy.describe(models.vgg16), title="VGG-16, 2014")

# %% [markdown]
# Five *blocks* of convolutions. A 2×2 max pooling after each halves the side; the filters double, up to 512.
#
# Train it. To fit a laptop: an eighth of the filters, 32×32 pixels, 680 photographs of 17 kinds.

# %%
(x, y), (x_test, y_test) = load_flowers()
x, x_test = x / 255, x_test / 255


def fit(model, epochs, images=x):
    model.compile(
        keras.optimizers.Adam(0.001),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model.fit(images, y, batch_size=64, epochs=epochs, verbose=0).history


def sixteen_layers(draw=0, **changed):
    keras.utils.set_random_seed(draw)
    small = dict(input_shape=(32, 32, 3), classes=17, width=1 / 8, dropout=0)
    return models.vgg("D", **small, **changed)


# %% [markdown]
# **After six epochs: how many of the 340 test flowers are right?** Write a number down, then open.

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
network = sixteen_layers()
losses = fit(network, epochs=6)["loss"]
answers = network.predict(x_test, verbose=0).argmax(axis=1)
right = (answers == y_test).sum()
print(f"{right} of {len(y_test)} right; different answers: {len(set(answers))}")
pd.Series(losses, range(1, 7), name="loss").round(3).rename_axis("epoch").to_frame().T

# %% [markdown]
# <details><summary><b>Compare with your number</b></summary>
#
# The network gives *every* flower the same answer; 20 is what guessing gets. The loss stands still at 2.833: sixteen layers learn nothing, not even the images they are trained on. Section 5 finds out why. (Why 2.833?)
# </details>

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
away = float(np.abs(np.array(losses) - np.log(17)).max())
score.at_most("stuck: loss away from ln 17", away, 0.02)
score.at_most("stuck: different answers", len(set(answers)), 2)
score.section()

# %% [markdown]
# ## 2 · One table is the whole network
#
# The paper's networks A to E differ in one table: the convolutions of each block. Each is followed by a ReLU and keeps the size of the maps ("same" padding). D is VGG-16, E is VGG-19.

# %% tags=["hide-input"]
# @title The table
table = pd.DataFrame(VGG_TABLE).drop(columns="A-LRN")  # A, normalized: no gain
table.index = [f"block {n}: {64 * 2 ** min(n - 1, 3)} filters" for n in range(1, 6)]


def counted(spec):
    """Number of 3×3 convolutions, and of 1×1."""
    three, one = (sum(w.startswith(k) for w in spec.split()) for k in ("3-", "1-"))
    return f"{three}" + (" and one 1×1" if one else "")


table = table.map(counted).astype(object)
layers = {name: sum(len(row.split()) for row in VGG_TABLE[name]) + 3 for name in table}
table.loc["layers with weights"] = layers
table

# %% [markdown]
# In the package's words block 3 of C is `"3-256 3-256 1-256"`: sizes of the kernels and numbers of filters. ([What is a 1×1 for?](further/08_one_by_one.ipynb))
#
# **Exercise 1 (build).** Write a block: from such a text and Keras tensors to Keras tensors. The check copies the weights of the package's block into yours and compares the outputs. (Worked answers: [solutions](solutions/08_vgg_solutions.ipynb).)


# %%
def vgg_block(maps, row):
    """maps (N, H, W, C), row such as "3-64 3-64" → (N, H/2, W/2, filters)."""
    for spec in row.split():
        size, filters = (int(number) for number in spec.split("-"))
        ...
    return ...


lesson08.vgg_block(vgg_block, models.vgg)

# %% [markdown]
# What does a layer cost? A 3×3 convolution from $C$ to $F$ maps of $H×W$ has $9CF + F$ **parameters**, and $H·W·9CF$ **multiply-adds** (products added up): each weight is used at every place. VGG's first layer does 224·224·9·3·64 = 86.7 million of them.
#
# From A to E, eight layers are added. **By how many per cent do the parameters grow, and by how many the work?**

# %% tags=["hide-output", "slide"]
costs = {name: anatomy.describe(models.vgg, config=name) for name in VGG_TABLE}
bill = pd.DataFrame(
    {
        "layers": layers,
        "parameters": {
            name: f"{costs[name].params / 1e6:.1f} million" for name in layers
        },
        "multiply-adds": {
            name: f"{costs[name].macs / 1e9:.2f} billion" for name in layers
        },
    }
)
bill

# %% [markdown]
# <details><summary><b>Compare with your two numbers</b></summary>
#
# 8 % more parameters, 158 % more work.
# </details>
#
# **Where do D's 138 million parameters sit, and where is its work done?**

# %% tags=["hide-output", "slide"]
stages = costs["D"].by_stage()
share = stages[["params", "macs"]]
share = (100 * share / share.sum()).round(1)
told = {name: tuple(map(float, both)) for name, *both in share.itertuples()}
with plots.figure(size=(6, 3.8), alt=f"% of parameters, of work: {told}.") as ax:
    plots.cost_shares(stages.index, stages["params"], stages["macs"], ax=ax)

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# 89 % of the parameters sit in the dense layers, which do less than 1 % of the work.
# </details>
#
# **Exercise 2 (by hand).** How many multiply-adds do two layers of VGG-16 need for one image: the second convolution, `block1_conv2`, and the first dense layer, `fc1`, which reads 7·7·512 numbers and has 4,096 units?

# %%
second_convolution, first_dense = None, None

lesson08.layer_work(second_convolution, first_dense)

# %% tags=["claims"]
# @title Claims
published = [
    132_863_336,
    132_863_336,
    133_047_848,
    133_638_952,
    138_357_544,
    143_667_240,
]
score.equal("parameters, A to E", [one.params for one in costs.values()], published)
gmac = [round(one.macs / 1e9, 2) for one in costs.values()]
score.equal("GMAC, A to E", gmac, [7.61, 7.61, 11.31, 11.77, 15.47, 19.63])
assert "block1_lrn" in [row.name for row in costs["A-LRN"].rows]
head = costs["D"].params - sum(stages["params"].iloc[:5])
score.at_least("D: share of the dense head", head / costs["D"].params, 0.89)
assert sum(stages["macs"].iloc[:5]) / costs["D"].macs > 0.99  # in the convolutions
score.section()

# %% [markdown]
# ## 3 · How a 3×3 sees a whole cup
#
# Nine pixels do not make a cup; but a 3×3 on top of a 3×3 sees further. The rule of the **receptive field**, from lesson 01: start with 1; every layer adds (side − 1) *steps*; and a step is as long as the distance between neighbours in the layer's input.
#
# | VGG's first layers | side − 1 | step | sees |
# |---|---|---|---|
# | 3×3 | 2 | 1 | 1 + 2 = **3** |
# | 3×3 | 2 | 1 | 3 + 2 = **5** |
# | 2×2 pooling | 1 | 1 | 5 + 1 = **6** |
# | 3×3 | 2 | 2 | 6 + 2·2 = **10** |
#
# (After the pooling neighbours are *two* pixels apart.)
#
# Here is what one value of each layer of VGG-16 can see, near the middle of a cup about 155 pixels wide and 180 high. **In which block does a value first see all of it?** Decide, then move the slider.

# %% tags=["nbval-ignore-output", "hide-input", "slide"]
# @title The exhibit
photo = datasets.photograph("coffee")[:350, 119:469].astype("float32")
cup = keras.ops.image.resize(photo, (224, 224), antialias=True)
cup = keras.ops.convert_to_numpy(cup).clip(0, 255)
rows = {row.name: row for row in costs["D"].rows if row.name.startswith("block")}


grey = cup @ [0.3, 0.59, 0.11]
pale = np.repeat(np.round(grey[..., None] / 10) * 5 + 100, 3, axis=2)


def seen(layer):
    """The cup, in colour where a value over its middle looks, in layer 1 to 18."""
    half = list(rows.values())[layer - 1].receptive_field / 2
    top, bottom = max(round(104 - half), 0), round(104 + half)  # cup: rows 12 to 195
    left, right = round(112 - half), round(112 + half)
    shown = pale.copy()
    frame = slice(max(top - 2, 0), bottom + 2), slice(left - 2, right + 2)
    shown[frame] = [0, 114, 178]  # blue
    shown[top:bottom, left:right] = cup[top:bottom, left:right]
    return shown.astype("uint8")


def named(layer):
    row = list(rows.values())[layer - 1]
    place = row.name.replace("block", "block ").replace("_conv", ", convolution ")
    place = place.replace("_pool", ", pooling")
    side, field = row.output_shape[1], row.receptive_field
    return f"{place}: maps of {side}×{side}, each value sees {field}×{field} pixels"


widgets.frames(
    seen,
    alt="A coffee cup, grey but for the square that one value of a layer sees.",
    caption=named,
    layer=list(range(1, len(rows) + 1)),
)

# %% [markdown]
# <details><summary><b>Compare with your decision</b></summary>
#
# With the third convolution of block 5, which sees 196×196 pixels. The second one's 164 are less than the cup's height.
# </details>
#
# **Exercise 3 (code).** Write the rule. `chain` is a list of (side, stride), for example `[(3, 1), (2, 2)]`; an empty chain sees one pixel.


# %%
def field_of(chain):
    seen = ...
    return seen


lesson08.field_of(field_of)

# %% [markdown]
# **Exercise 4 (design).** Write a column of your own: five blocks of 3×3 and 1×1 convolutions, at most four a block, each convolution with at least the table's filters (64, 128, 256, 512, 512). Like VGG-16 it must have at least 13 convolutions and see at least 212 pixels after the last pooling, but for at most 9.5 billion multiply-adds.

# %%
own_column = None  # five texts, for instance ("3-64", "3-128", "3-256 3-256", …)

lesson08.own_column(own_column)

# %% tags=["claims"]
# @title Claims
fields = [rows[f"block{n}_pool"].receptive_field for n in range(1, 6)]
score.equal("VGG-16: seen after each pooling", fields, [6, 16, 44, 100, 212])
on_the_way = ["1_conv1", "1_conv2", "2_conv1", "5_conv1", "5_conv2", "5_conv3"]
on_the_way = [rows[f"block{name}"].receptive_field for name in on_the_way]
assert on_the_way == [3, 5, 10, 132, 164, 196]
score.section()

# %% [markdown]
# ## 4 · One large kernel, or two small ones?
#
# Two 3×3 see what one 5×5 sees, three see what a 7×7 sees. With $C$ maps in and out they have $2 · 9C^2 = 18C^2$ weights against $25C^2$, and $27C^2$ against $49C^2$: the three keep 55 %. And there are two or three ReLUs instead of one.
#
# Cheaper (where the number of maps stays). Better? The paper tried: one 5×5 in place of each pair in network B, at equal width. We try it with 5,000 photographs of CIFAR-10: three blocks of 8, 32 and 64 filters, each with one 5×5 convolution before its pooling, or with two 3×3.


# %%
def three_blocks(sizes):
    """A network whose blocks have convolutions of these sizes."""
    pixels = keras.Input((32, 32, 3))
    maps = keras.layers.Rescaling(1 / 127.5, -1)(pixels)  # 0 to 255 → −1 to 1
    for filters in (8, 32, 64):
        for size in sizes:
            maps = keras.layers.Conv2D(filters, size, padding="same", use_bias=False)(
                maps
            )
            maps = keras.layers.BatchNormalization(momentum=0.9)(maps)
            maps = keras.layers.ReLU()(maps)
        maps = keras.layers.MaxPooling2D()(maps)
    mean = keras.layers.GlobalAveragePooling2D()(maps)
    return keras.Model(pixels, keras.layers.Dense(10, activation="softmax")(mean))


variants = {"one 5×5": [5], "two 3×3": [3, 3]}

# %% [markdown]
# **Which classifies more of 2,000 test photographs rightly after five epochs, and by how many points?** (One draw each.)

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
accuracies = {}
for name, sizes in variants.items():
    keras.utils.set_random_seed(0)
    model = three_blocks(sizes)
    rate = keras.optimizers.schedules.CosineDecay(0.005, 5 * 79)  # falls to 0
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    model.fit(objects.x_train, objects.y_train, batch_size=64, epochs=5, verbose=0)
    answers = model.predict(objects.x_test, batch_size=100, verbose=0).argmax(axis=1)
    accuracies[name] = 100 * np.mean(answers == objects.y_test)
counts = [three_blocks(sizes).count_params() for sizes in variants.values()]
read = pd.DataFrame({"parameters": map("{:,}".format, counts)}, index=list(variants))
read["test accuracy"] = [f"{accuracies[name]:.1f} %" for name in variants]
read

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# Two small ones, by several points (in the paper by 7). (Not cheaper here: the second 3×3 reads all the new maps.)
# </details>
#
# One draw is an anecdote. So we trained longer: 20,000 photographs of 16×16 pixels, 16 to 64 filters, twelve epochs, three draws, each network at its own best rate (stored: `vgg_blocks`). Five blocks join:
#
# | block | question |
# |---|---|
# | one 3×3 | does the window matter, or the second layer? |
# | a 3×3 and a 1×1 | must the second layer see neighbours? |
# | three 3×3 | does a third one help? |
# | two 3×3, and a 5×5, without batch norm | does the lead depend on it? |
#
# **Does the pair's lead hold? And your four answers?**

# %% tags=["hide-cell", "slide"]
# @title The stored runs
blocks = measure.load("vgg_blocks")
order = ["3×3", "3×3, 1×1", "two 3×3", "three 3×3", "5×5"]
order += ["two 3×3, no norm", "5×5, no norm"]
assert set(order) == set(blocks["arms"])
read_by = {name: 100 * by_variant(blocks, "test_accuracy", arm=name) for name in order}
of_block = {name: blue if "5×5" not in name else pink for name in read_by}
told = {name: float(np.round(dots.mean(), 1)) for name, dots in read_by.items()}
sized = {name: by_variant(blocks, "parameters", arm=name)[0] / 1000 for name in order}
sized = {name: f"{name}: {thousands:.0f}k" for name, thousands in sized.items()}
dots, hues = ({sized[n]: d[n] for n in order} for d in (read_by, of_block))
with plots.figure(size=(6, 4.4), alt=f"Test accuracy in %, means: {told}.") as ax:
    legend = "dots: draws; bars: means; pink: 5×5; k: thousand parameters"
    xlabel = f"test accuracy in %\n({legend})"
    plots.spread(dots, xlabel=xlabel, colours=hues, ax=ax)

# %% [markdown]
# <details><summary><b>Compare with your answers</b></summary>
#
# It holds: four points.
#
# | block | answer |
# |---|---|
# | one 3×3 | as good as one 5×5: the window is not the reason |
# | a 3×3 and a 1×1 | no better: the second layer must see neighbours (or have as many weights) |
# | three 3×3 | no better than two |
# | without batch norm | no lead that three draws could show (0.6 points) |
#
# **So two 3×3, and with batch norm.** It shows in *training* already: with it the pair fits 84 % of its photographs and the 5×5 81; without it 77 and 78. (The paper's pairs led without it, in a larger network.)
# </details>

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
kept = [round(27 / 49, 2), round(18 / 25, 2)]
score.equal("weights kept: three 3×3 of a 7×7, two of a 5×5", kept, [0.55, 0.72])
pair, large = read_by["two 3×3"], read_by["5×5"]
score.at_least("stored: every pair above every 5×5, by", min(pair) - max(large), 2.5)
further = min(pair) - max(read_by["3×3, 1×1"])
score.at_least("stored: every pair above every 3×3 with a 1×1, by", further, 2.5)
assert abs(told["3×3, 1×1"] - told["3×3"]) < 0.5
weights = [vgg_blocks.build(name).count_params() for name in ("3×3", "5×5")]
assert 0.3 < weights[0] / weights[1] < 0.4
by_norm = [
    round(pair.mean() - large.mean(), 1),
    round(read_by["two 3×3, no norm"].mean() - read_by["5×5, no norm"].mean(), 1),
]
assert by_norm == [4.1, 0.6]
assert told["three 3×3"] < told["two 3×3"] and abs(told["3×3"] - told["5×5"]) < 0.5
fits = [
    by_variant(blocks, "train_accuracy", arm=f"{n} 3×3").mean()
    for n in ("two", "three")
]
assert fits[1] < fits[0] + 0.005  # the third fits its photographs no better
pairs = ["two 3×3, no norm", "5×5, no norm", "two 3×3", "5×5"]
fits = [by_variant(blocks, "train_accuracy", arm=name).mean() for name in pairs]
assert [round(100 * fit) for fit in fits] == [77, 78, 84, 81]
same_as = vgg_blocks.build("two 3×3", widths=(8, 32, 64)).count_params()
assert three_blocks([3, 3]).count_params() == same_as  # as the recipe builds it
if real:
    gained = accuracies["two 3×3"] - accuracies["one 5×5"]
    score.at_least("live: two 3×3 over one 5×5, points", gained, 1.5)
score.section()

# %% [markdown]
# ## 5 · Measure before you change
#
# **Clue 1: the number.** A network that knows nothing does best to give each of 17 kinds the probability 1/17. The cross-entropy is −ln of the right kind's probability: −ln(1/17) = ln 17 = **2.833**. *A loss that stands at ln(number of classes) is guessing.*
#
# **Exercise 5 (code).** Write the alarm: True when a network has learned nothing: its *last* loss lies within 0.2 % of ln(classes), above or below, **and** all its answers are the same.


# %%
def has_learned_nothing(losses, answers, classes):
    alarm = ...
    return alarm


lesson08.has_learned_nothing(has_learned_nothing)

# %% [markdown]
# **Clue 2: the signal.** Follow it from layer to layer, as in lesson 04. With n weights into a unit and m out of it, Glorot's initial weights, Keras' default, have variance 2/(n + m), He's 2/n. After a ReLU, He's keep the signal's size (here its mean absolute value). Glorot's lose a factor √(n/(n + m)) at every layer. In our network:
#
# | layers | n | m | factor |
# |---|---|---|---|
# | the first, 3 maps to 8 | 9·3 | 9·8 | 0.52 |
# | three that double C maps | 9·C | 9·2C | 0.58 |
# | the first dense one | 64 | 512 | 0.33 |
# | the ten others | n | n | 0.71 |
#
# And what comes in? Pixels should reach from 0 to 1:

# %% tags=["nbval-ignore-output"]
print(f"largest pixel: {x.max():.4f}, mean: {x.mean():.4f}")

# %% [markdown]
# <details><summary><b>What happened?</b></summary>
#
# `load_flowers` divides by 255, and the program divides once more.
# </details>
#
# **Multiply: which power of ten has the signal after fifteen layers?** (The sixteenth gives the answer.) And the biases, which had begun at 0: 66 steps of Adam at a rate of 0.001 have moved them. **How large are they?**


# %% tags=["hide-output", "nbval-ignore-output", "slide"]
def sizes(model, images):
    """Mean absolute value of what each layer but the last puts out."""
    layers = [layer.name for layer in model.layers if layer.weights][:-1]
    maps = inspection.activations(model, images, layers)
    return np.array([np.abs(maps[name]).mean() for name in layers])


fresh = [sixteen_layers(draw) for draw in range(3)]
he = [sixteen_layers(draw, kernel_initializer="he_normal") for draw in range(3)]
hidden = [layer for layer in network.layers if layer.weights][:-1]
once = x_test * 255
signals = {
    "He, divided once": [sizes(model, once) for model in he],
    "Glorot, divided once": [sizes(model, once) for model in fresh],
    "He, divided twice": [sizes(model, x_test) for model in he],
    "Glorot, divided twice": [sizes(model, x_test) for model in fresh],
    "section 1's biases": [[np.abs(layer.bias).mean() for layer in hidden]],
}
ends = {name: f"{np.mean(draws, axis=0)[-1]:.0e}" for name, draws in signals.items()}
with plots.figure(size=(6, 3.8), alt=f"Sizes by layer; last layer: {ends}.") as ax:
    plots.signal_by_layer(
        signals, ylabel="mean absolute value", floor=1e-8, ceiling=10, ax=ax
    )
    plots.name_lines(ax)

# %% [markdown]
# <details><summary><b>Compare with your guesses</b></summary>
#
# The factors multiply to 0.001; times 0.0015, about 10⁻⁶. Measured in three draws (line: mean; band: range): 10⁻⁷ to 5·10⁻⁷.
#
# The biases are 0.003 to 0.005: at layer 2 over ten times the mean signal, at layer 15 thousands of times. So a layer hands on little but bias, **the same for every image**, and the difference between two flowers drowns.
#
# Why do the biases win? Adam divides each gradient by its usual size, so a weight or bias moves by at most about the rate, 0.001, a step. A bias's step adds 0.001 to a sum. Those of 512 weights meet only the faint signal, and add 512 · 0.001 · 3·10⁻⁷ ≈ 10⁻⁷. A few steps do it. Then every answer is 1/17, and a bias has nothing more to gain.
#
# And with one fault alone? With He's weights but twice divided pixels, the signal stays level, below biases of this size. With right pixels but Glorot's weights it begins above and sinks below.
# </details>
#
# **Test that:** the same training, but all biases held at 0; three draws, sixteen epochs. If they are the culprits, the loss must leave 2.833. **Will it, and when?** (The same with biases is stored: `vgg_stuck`.)

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
stored = measure.load("vgg_stuck")
lines = {"with biases": by_variant(stored, "loss", arm="notes", pixels="twice")}
freed = [sixteen_layers(draw) for draw in range(3)]
for draw, model in enumerate(freed, 1):
    for layer in model.layers:
        if getattr(layer, "bias", None) is not None:
            layer.bias.trainable = False  # stays 0
    lines[f"held, draw {draw}"] = fit(model, epochs=16 if real else 32)["loss"]
below = {name: np.min(np.atleast_2d(loss), 0) < 2.8 for name, loss in lines.items()}
left = {name: int(under.argmax()) + 1 for name, under in below.items() if under.any()}
colours = dict.fromkeys(lines, blue) | {"with biases": pink}
with plots.figure(size=(6, 3.2), alt=f"First epoch below 2.8: {left}.") as ax:
    plots.curves(lines, ylabel="training loss", colours=colours, ax=ax)
    plots.name_lines(ax)
pd.Series(left, name="first epoch below 2.8").to_frame()

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# It does in all three draws, at different epochs; with biases, in none. The signal begins as faint, but nothing drowns it. Training makes it over ten thousand times louder.
# </details>
#
# Holding biases at 0 is a test, not a cure. Three recipes, all with Adam, pixels divided twice and once, sixteen epochs, three draws, stored too.
#
# | recipe | what it changes |
# |---|---|
# | Glorot | nothing: as above |
# | He | the initial weights keep the signal level |
# | batch norm | every convolution's output is rescaled, to deviation 1 unless it is very faint |
#
# (*learn*: the last loss is at least 5 % below ln 17.) **In which of the six cells do all three networks learn?**

# %% tags=["hide-cell", "slide"]
# @title The six cells
arms = {"Glorot": "notes", "He": "he", "batch norm": "batch_norm"}
learned = pd.DataFrame(index=list(arms), columns=["divided twice", "divided once"])
for name, arm in arms.items():
    for pixels in ("twice", "once"):
        last = by_variant(stored, "loss", arm=arm, pixels=pixels)[:, -1]
        learned.loc[name, f"divided {pixels}"] = f"{sum(last < 0.95 * np.log(17))} of 3"
learned

# %% [markdown]
# <details><summary><b>Compare with your cells</b></summary>
#
# Two faults, and curing one is not enough: He's weights alone 0 of 3, the pixels alone 1 of 3, both 3 of 3. Batch norm cures both at once, for it lifts the faint signal at every layer.
# </details>
#
# Both repairs, twelve epochs: **how many of the 340 test flowers now?**

# %% tags=["hide-output", "nbval-ignore-output"]
cured = fit(he[0], epochs=12, images=x * 255)["loss"]  # both faults fixed
answers = he[0].predict(once, verbose=0).argmax(axis=1)
print(f"{(answers == y_test).sum()} of {len(y_test)} test flowers; before: {right}")

# %% [markdown]
# The paper's authors met this fading, too. Batch norm did not exist yet; they trained A, copied its first four convolutions and its dense layers into the deeper networks, and noted later that Glorot's rule would have done. For them: they kept pixels 0 to 255 and only subtracted the mean colour. Fed such pixels, our three Glorot networks end at signals of 0.004 to 0.02, not below biases like ours, and learn. (Three more recipes: [following the signal](further/08_following_the_signal.ipynb).)
#
# **Exercise 6 (find the errors).** The same start, in NumPy. Fix it: pixels from 0 to 1, a level signal. The check sends images with pixels from 0 to 255 through sixteen layers and measures what comes out.


# %%
def prepared(images):
    loaded = images / 255  # what the loader does
    return loaded / 255


def first_weights(rng, n_in, n_out):
    return rng.standard_normal((n_in, n_out)) * np.sqrt(2 / (n_in + n_out))


lesson08.fixed(prepared, first_weights)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims: the biases stand, and the paper's pixels are loud enough
biases = np.mean(signals["section 1's biases"], axis=0)
network.fit(x, y, batch_size=64, epochs=2, verbose=0)  # 22 further steps
later = np.array([np.abs(layer.bias).mean() for layer in hidden])
raw = 255**2 * x - (255**2 * x).mean(axis=(0, 1, 2))  # as the paper's: ±100


def end_of(model, images):
    """Size after the last layer but one; calls the model at once, which saves memory."""
    end = keras.Model(model.input, model.get_layer(hidden[-1].name).output)
    return float(np.abs(end(images)).mean())


def last_loss(start):
    """Train from the start of another network; `network` has its function for it."""
    network.set_weights(start.get_weights())
    for state in network.optimizer.variables:
        if "learning_rate" not in state.path:
            state.assign(0 * state)
    return network.fit(raw, y, batch_size=64, epochs=5, verbose=0).history["loss"][-1]


loud = [end_of(model, raw[::2]) for model in fresh]
learns = [last_loss(model) for model in fresh]
if real:
    assert np.abs(later / biases - 1).max() < 0.1  # hardly move
    assert min(loud) > max(0.0035, biases[-1]) and max(loud) < 0.025
    assert max(learns) < 0.95 * np.log(17)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
kernels = [layer.kernel.shape for layer in network.layers if layer.weights][:-1]
ins, outs = np.array([(np.prod(k[:-1]), np.prod(k[:-2]) * k[-1]) for k in kernels]).T
assert (ins[0], outs[0]) == (27, 72) and (64, 512) in zip(ins, outs, strict=True)
factors = np.sqrt(ins / (ins + outs))
told = dict(zip(*np.unique(factors.round(2), return_counts=True), strict=True))
assert told == {0.52: 1, 0.58: 3, 0.33: 1, 0.71: 10}
assert factors.prod().round(3) == 0.001
means = {name: np.mean(draws, axis=0) for name, draws in signals.items()}
last = {name: float(draws[-1]) for name, draws in means.items()}
assert max(draw[-1] for draw in signals["He, divided twice"]) < min(biases)
for draw in signals["He, divided twice"]:  # level:
    assert 0.2 < draw[0] / draw[-1] < 5
for draw in signals["Glorot, divided once"]:
    assert draw[0] > biases[0] and draw[-1] < biases[-1]
faint = np.array(signals["Glorot, divided twice"])

if real:
    assert 0.0014 < x.mean() < 0.0016 and faint[:, -1].min() > 5e-8
    assert faint[:, -1].max() < 5e-7 and 0.003 < biases.min() < biases.max() < 0.0055
    over = biases / faint.mean(axis=0)
    assert over[1] > 12 and over[-1] > 5_000
    louder = [end_of(model, x_test) for model in freed] / faint[:, -1]
    score.at_least("biases held at 0: signal grows, times", min(louder), 10_000)
    assert 4 * 20 < (answers == y_test).sum() < 170  # the cured network: not half
score.at_most("Glorot, divided twice: signal at the end", faint[:, -1].max(), 1e-5)
over = last["He, divided once"] / biases[-1]
score.at_least("He, divided once: signal over those biases, at the end", over, 5)
ends = [loss[-1] for name, loss in lines.items() if name != "with biases"]
fall = np.log(17) - (max(ends) if real else min(ends))
score.at_least("biases held at 0: loss falls below ln 17 by", fall, 0.05)
assert abs(lines["with biases"][:, -1] - np.log(17)).max() < 0.01  # stored
score.at_most("live: both fixed, last loss", cured[-1], np.log(17) - 0.2)
score.equal(
    "stored: learn, He alone, pixels alone, both",
    [learned.iloc[1, 0], learned.iloc[0, 1], learned.iloc[1, 1]],
    ["0 of 3", "1 of 3", "3 of 3"],
)
score.section()

# %% [markdown]
# ## 6 · Where does it stop?
#
# Now the paper's answer, on ImageNet: 1.28 million photographs, 1,000 kinds, 74 epochs. **Which of the five makes fewest errors? Which step brings most?**

# %% tags=["hide-cell", "slide"]
# @title The paper's errors
paper = {"A": 29.6, "B": 28.7, "C": 28.1, "D": 27.0, "E": 27.3}  # table 3, S = Q = 256
with plots.figure(size=(6, 3.2), alt=f"Top-1 error in %: {paper}.") as ax:
    for name, error in paper.items():
        ax.plot(layers[name], error, "o", color=blue, markersize=9)
        beside = dict(xytext=(9, -4), textcoords="offset points")
        ax.annotate(f"{name}  {error}", (layers[name], error), **beside)
    ax.set(xlabel="layers with weights", ylabel="top-1 error in %")
    ax.set(xlim=(10.5, 20.5), ylim=(26.7, 29.9), xticks=[11, 13, 16, 19])
    ax.set_title("ImageNet, table 3 of the paper")

# %% [markdown]
# <details><summary><b>Compare with your answers</b></summary>
#
# From A to B to D only 3×3 layers are added, and each step helps; B to D brings most, 1.7 points. C's 1×1 help less than D's 3×3: seeing neighbours is worth more than mixing channels. **D to E brings nothing** (27.3 against 27.0, one training each; trained on photographs of many sizes, E leads by 0.1). So the gain ends between sixteen and nineteen layers.
# </details>
#
# Do the deepest learn their photographs by heart (overfitting)? Then the loss on *these* would keep falling. Or are they too weak? They should not be: nineteen layers could do what eleven do, and hand the result on unchanged. Here are small copies of A to E, trained on 4,000 photographs of CIFAR-10 (an eighth of the width, He's weights, six epochs, three draws; stored: `vgg_depth`). **How does the small copies' training loss change from A to E?**

# %% tags=["hide-cell", "slide"]
# @title The training losses
depth = measure.load("vgg_depth")
ends = {"": "without batch norm", " BN": "with batch norm"}
final = {
    label: {name: by_variant(depth, "loss", arm=name + end)[:, -1] for name in paper}
    for end, label in ends.items()
}
places = layers | {"C": 15.8, "D": 16.2}  # both have 16
told = {
    label: {name: float(dots.mean().round(2)) for name, dots in values.items()}
    for label, values in final.items()
}
with plots.figure(size=(6, 3.4), alt=f"Mean training losses: {told}.") as ax:
    for (label, values), colour in zip(final.items(), (pink, blue), strict=True):
        for name, dots in values.items():
            ax.plot([places[name]] * 3, dots, "o", color=colour, alpha=0.8)
        where = dict(ha="right", va="top", color=colour, fontweight="bold")
        ax.text(20.4, min(values["E"]) - 0.12, label, **where)
    for name in paper:
        ax.text(places[name], 2.0, name, ha="center")
    ax.set(xlabel="layers with weights", ylabel="mean training loss of epoch 6")
    ax.set(xlim=(10.5, 20.5), xticks=[11, 13, 16, 19], ylim=(0.3, 2.1))

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# It rises, but for one step (C to D with batch norm). So these deeper copies do not overfit: they do worse on the very photographs that they are shown. (Six epochs say nothing of longer training.) Is a solution as good as A's there, and why is it not found? [Lesson 10](10_resnet.ipynb) asks.
# </details>

# %% tags=["claims"]
# @title Claims
assert [round(paper[a] - paper[b], 1) for a, b in ("AB", "BD")] == [0.9, 1.7]
by_layers = {label: [told[label][name] for name in "ABCDE"] for label in final}
assert (np.diff(by_layers["without batch norm"]) > 0).all()
fewer = np.diff(by_layers["with batch norm"]) < 0
assert fewer.tolist() == [False, False, True, False]  # C to D
for label, values in final.items():
    gap = min(values["E"]) - max(values["A"])
    score.at_least(f"stored, {label}: every E above every A, by", round(gap, 2), 0.3)
score.section()


# %% [markdown]
# ## 7 · What does a filter want?
#
# VGG-16's weights are half a gigabyte, and our small one still gets most flowers wrong. So ask a relative: lesson 05's ResNet-20 has nineteen layers of 3×3 kernels (and shortcuts: lesson 10), and classifies 90 % of CIFAR-10's test photographs rightly.
#
# A kernel of its first layer can be drawn; one of the tenth reads dozens of maps. So ask it: start from grey noise, and change the *pixels* so that the filter's map grows. The weights stay; the image learns. That is **gradient ascent** (Erhan and others, 2009).


# %%
def gradient(score, images):
    """How the score changes with every pixel of the images."""
    with tf.GradientTape() as tape:  # records each step, for the way back
        tape.watch(images)
        value = score(images)
    return tape.gradient(value, images)


def climb(model, layer, filters, steps):
    """Images from −1 to 1 on their way uphill: (steps + 1, filters, 48, 48, 3)."""
    part = keras.Model(model.inputs, model.get_layer(layer).output)
    wanted = tf.one_hot(filters, part.output_shape[-1])

    def score(images):
        return tf.reduce_sum(tf.reduce_mean(part(images), axis=(1, 2)) * wanted)

    upwards = tf.function(lambda images: gradient(score, images))  # compiled: faster
    noise = np.random.default_rng(1).normal(0, 0.06, (1, 48, 48, 3))
    way = [np.repeat(noise, len(filters), axis=0).astype("float32")]
    for _ in range(steps):
        slope = upwards(tf.constant(way[-1])).numpy()
        slope /= slope.std(axis=(1, 2, 3), keepdims=True) + 1e-12
        way.append(np.clip(way[-1] + 0.05 * slope, -1, 1))
    return np.array(way)


# %% [markdown]
# Six filters of layer 10 after thirty steps. One row is of the trained network, the other of the same network with its *random* initial weights. **Which is which, and by what do you tell?**


# %% tags=["nbval-ignore-output", "hide-input", "slide"]
# @title The drawing
def for_48_pixels(weights):
    """The network without its head, trained ("pretrained") or random (None)."""
    keras.utils.set_random_seed(0)
    size = dict(input_shape=(48, 48, 3))
    return transfer.backbone("resnet20_cifar10", weights=weights, **size).model


trained, untrained = for_48_pixels("pretrained"), for_48_pixels(None)
places = {1: "stem_conv", 4: "stage1_block2_conv1"}
places |= {10: "stage2_block2_conv1", 16: "stage3_block2_conv1"}
ways = {
    number: [climb(network, name, range(6), 30) for network in (untrained, trained)]
    for number, name in places.items()
}


def grown(layer, step):
    """Six images of the random network above six of the trained one: their middles."""
    middles = [way[step][:, 8:40, 8:40] for way in ways[layer]]
    rows = [np.round(127.5 * (middle + 1)).astype("uint8") for middle in middles]
    edge = dict(pad_width=((0, 0), (2, 2), (1, 1), (0, 0)), constant_values=150)
    picture = np.concatenate([np.concatenate(np.pad(r, **edge), axis=1) for r in rows])
    return picture


with plots.figure(size=(6, 2.2), alt="Two rows of six textures, A and B.") as ax:
    plots.show_image(grown(10, 30), ax=ax)
    ax.text(-5, 18, "A", ha="right", va="center", fontsize=14)
    ax.text(-5, 54, "B", ha="right", va="center", fontsize=14)

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# A is random, B trained. Here the random filters want noise as fine as the pixels, most of the trained ones stripes with a direction and a width.
# </details>
#
# At layer 4 some random filters have a direction, too. Layer 1 can only want a flat colour: every pixel meets each of the nine weights of a 3×3 once, so in the map's mean only their sum counts.

# %% tags=["nbval-ignore-output", "hide-input"]
# @title The exhibit
widgets.frames(
    grown,
    alt="Two rows of six textures, which grow out of grey noise.",
    caption=lambda layer, step: "upper row: random weights · lower row: trained",
    start=dict(layer=4, step=30),
    layer=list(ways),
    step=[0, 3, 10, 30],
)

# %% [markdown]
# That is what excites a filter most, not what it is *for*.
#
# ### One step that fools it
#
# Take a photograph and the gradient of the *loss*. Change every pixel by a few of its 256 levels, in the direction of the gradient's **sign**: one step uphill for the loss (Goodfellow, Shlens and Szegedy, 2014: an *adversarial example*). The control: as much, in *random* directions. **Of 100 photographs, how many are right after a change of 4 levels, along the gradient, at random?**

# %%
reader = transfer.load_pretrained("resnet20_cifar10")  # raw pixels, 0 to 255
images, labels = objects.x_test[:100].astype("float32"), objects.y_test[:100]


def uphill(images, labels):
    """Sign of the loss' gradient by every pixel."""

    def loss(images):
        return keras.losses.sparse_categorical_crossentropy(labels, reader(images))

    return np.sign(gradient(loss, tf.constant(images)))


# %% tags=["hide-output", "nbval-ignore-output", "slide"]
quarters = zip(np.split(images, 4), np.split(labels, 4), strict=True)  # saves memory
direction = np.concatenate([uphill(*quarter) for quarter in quarters])
coins = np.random.default_rng(0).choice([-1, 1], images.shape)
levels = [0, 1, 2, 4, 8]


def accuracy_after(step):
    changed = np.clip(images + step, 0, 255)
    return np.mean(reader.predict(changed, verbose=0).argmax(axis=1) == labels)


survive = {
    "sign of the gradient": [accuracy_after(n * direction) for n in levels],
    "random signs": [accuracy_after(n * coins) for n in levels],
}
at_four = {name: f"{values[3]:.0%}" for name, values in survive.items()}
with plots.figure(size=(6, 3.4), alt=f"Accuracy at 4 levels: {at_four}.") as ax:
    label = "change of every pixel, in levels of 256"
    plots.curves(survive, x=levels, xlabel=label, ylabel="accuracy", ax=ax)
    ax.set_ylim(0, 1)
    plots.name_lines(ax)
pd.Series(at_four, name="right after 4 levels").to_frame()

# %% tags=["hide-cell", "nbval-ignore-output"]
# @title Three photographs: before, after the step, after random signs
versions = [np.clip(images + 4 * way, 0, 255) for way in (0, direction, coins)]
told = [reader.predict(version, verbose=0) for version in versions]
before, after = told[:2]
fooled = (before.argmax(axis=1) == labels) & (after.argmax(axis=1) != labels)
shown = np.argsort(-before.max(axis=1) * fooled)[:3]
kinds = objects.class_names
heads = ["before\n", "after the step\n", "random signs\n"]
titles = [
    f"{head if n == shown[0] else ''}{kinds[p[n].argmax()]}, {p[n].max():.0%}"
    for n in shown
    for head, p in zip(heads, told, strict=True)
]
plots.show_images(
    [version[n].astype("uint8") for n in shown for version in versions],
    titles=titles,
    columns=3,
    size=1.5,
    alt=f"Three photographs, each before, after the step, after random signs: {', '.join(titles)}.",
)

# %% [markdown]
# <details><summary><b>Compare with your numbers</b></summary>
#
# A change of 4 levels is a faint grain, and a random one of the same size costs a few answers. Along the gradient's sign most answers fall. 32·32·3 = 3,072 numbers, each moved a little in its worst direction, add up. (Shown: where it was surest.)
# </details>

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
by_sign, by_chance = survive["sign of the gradient"], survive["random signs"]
more = by_chance[3] - by_sign[3]
score.at_least(
    "4 levels: the sign costs more than chance, by", more, 0.4 if real else 0
)
if real:
    score.at_least("accuracy on 100 photographs", by_chance[0], 0.82)
    score.at_most("sign of the gradient, 4 levels: accuracy", by_sign[3], 0.35)
    lost = by_chance[0] - by_chance[3]
    score.at_most("random signs, 4 levels: accuracy lost", lost, 0.1)
score.section()

# %% [markdown]
# ## 8 · Where does it look?
#
# Zhou and others (2016) drew heat maps with VGG: the mean of each last map and one dense layer replaced its three. We take a smaller base, MobileNetV2 of [lesson 05](05_transfer_learning.ipynb), trained on ImageNet: 1,280 maps of 7×7 of each photograph of 224 pixels. The dense layer is trained on 340 of our flowers:

# %%
base = transfer.best_backbone()
side = base.input_shape[0]  # 224 pixels
large = vgg_stuck.flowers(side)
means = transfer.features(base, large.x_train[::2], cache=False)  # (340, 1280)
keras.utils.set_random_seed(0)
head = keras.layers.Dense(17, activation="softmax")
classifier = keras.Sequential([keras.Input((means.shape[1],)), head])
classifier.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
history = classifier.fit(means, large.y_train[::2], epochs=40, batch_size=64, verbose=0)


def maps_of(images):
    """(N, side, side, 3) → (N, 7, 7, 1280)."""
    flat = transfer.features(base, images, pool=None, cache=False)
    return flat.reshape(-1, *base.model.output_shape[1:])


# %% [markdown]
# Which places made it say "daisy"? For that the dense layer has one weight $w_k$ for each map $k$. The score before softmax (the *logit*) is $\sum_k w_k \cdot$ mean of map $k$, plus a bias. A mean is a 49th of the sum over the places, so each place has a share: $\frac{1}{49} \sum_k w_k \cdot \text{map}_k$ at that place. Keep what is positive, drop the 1/49: a heat map (*class activation map*, CAM).
#
# (**Grad-CAM** does the same for any network: there $w_k$ is the score's gradient by map $k$, averaged over the places. With such a head: the dense weight times 1/49.)


# %%
def heat(maps, kind):
    """maps (h, w, 1280) → (h, w), where they speak for a kind."""
    weights = head.get_weights()[0][:, kind]
    return np.maximum(maps @ weights, 0)


# %% [markdown]
# Give the map a chance to be *wrong*: glue two flowers together and ask for the one, then for the other. **In how many of 100 collages does each map lie on the side of its flower?** (Two coins would in 25.) And the control, two kinds that are *not* in the picture: **how often do their maps lie on two sides?**

# %% tags=["hide-input", "nbval-ignore-output"]
# @title Gluing 100 pairs of test flowers
large = large.subset(train=17)  # memory: the training photographs have been used
rng = np.random.default_rng(0)
middle = slice(side // 4, side // 4 + side // 2)  # of each photograph
pairs = [rng.choice(len(large.x_test), 2, replace=False) for _ in range(130)]
pairs = [two for two in pairs if np.ptp(large.y_test[two])][:100]  # of two kinds
halves = [large.x_test[two][:, :, middle] for two in pairs]
collages = np.stack([np.concatenate(two, axis=1) for two in halves])
asked = [large.y_test[two] for two in pairs]
others = [np.setdiff1d(range(17), two) for two in asked]
strangers = [rng.choice(kinds, 2, replace=False) for kinds in others]
plots.show_images(
    collages[:4],
    columns=4,
    size=1.1,
    alt="Four pictures, each of two halves: one flower left, another right.",
)


# %% tags=["hide-output", "nbval-ignore-output"]
def side_of(heat):
    """Negative where most of the heat is on the left, positive where on the right."""
    columns = heat.sum(axis=0)
    return (columns * np.sign(np.arange(len(columns)) - (len(columns) - 1) / 2)).sum()


def sides_of(kinds):  # of the first map and of the second, for each collage: (2, 100)
    both = zip(glued, kinds, strict=True)
    return np.transpose([[side_of(heat(maps, k)) for k in two] for maps, two in both])


glued = maps_of(collages)
questions = {"the two flowers": asked, "two kinds that are not there": strangers}
found = {}
for name, kinds in questions.items():
    first, second = sides_of(kinds)
    found[name] = {
        "a map has no side": np.sum(first * second == 0),
        "both on one side": np.sum(first * second > 0),
        "on two sides": np.sum(first * second < 0),
        "each on its own flower": np.sum((first < 0) & (second > 0)),
    }
found["two kinds that are not there"]["each on its own flower"] = "–"
found = pd.DataFrame(found)
found


# %% tags=["hide-cell", "nbval-ignore-output", "slide"]
# @title Two collages
def lit(image, heat):
    """The image, in colour where a place speaks for the flower, else a dim grey."""
    share = heat / max(heat.max(), 1e-9)
    share = np.kron(share, np.ones((side // len(heat),) * 2))[..., None]
    dim = image @ [0.3, 0.59, 0.11] / 2 + 40
    return (share * image + (1 - share) * dim[..., None]).astype("uint8")


pictures, titles = [], []
for n in range(2):
    names = [large.class_names[kind] for kind in asked[n]]
    pictures.append(collages[n])
    titles.append(" | ".join(names))
    for kind, name in zip(asked[n], names, strict=True):
        pictures.append(lit(collages[n], heat(glued[n], kind)))
        titles.append(f"asked: {name}")
plots.show_images(
    pictures,
    titles=titles,
    columns=3,
    size=1.9,
    alt=f"Two collages, each also coloured where it speaks for either kind: {', '.join(titles[::3])}.",
)

# %% [markdown]
# <details><summary><b>Compare with your number</b></summary>
#
# In nearly all. With two kinds that are not there, most often a map has no side: nearly all are *empty*, no place speaks. Otherwise the two lie on one side or on two about equally often, like coins. (The second collage fails: "crocus" lies on both.) So the map could have been contradicted, and mostly was not: it says *which* flower is where, not why.
# </details>
#
# **Exercise 7 (code).** The heart of Grad-CAM in NumPy, for any network: `maps` and the `gradient` of the score by them, both (H, W, C) → heat map (H, W), unscaled, and 0 where it speaks against.


# %%
def speaking_map(maps, gradient):
    heat = ...
    return heat


lesson08.speaking_map(speaking_map)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
means_test = transfer.features(base, large.x_test, cache=False)
told = classifier.predict(means_test, verbose=0).argmax(axis=1)
accuracy = float(np.mean(told == large.y_test))
borrowed = real and base.name.startswith("mobilenet")
least = 0.85 if borrowed else 0.15
score.at_least("17 flowers, head on a backbone: accuracy", accuracy, least)
if borrowed:
    assert accuracy > 0.87
    present, absent = found["the two flowers"], found["two kinds that are not there"]
    own, apart = present["each on its own flower"] / 100, absent["on two sides"] / 100
    score.at_least("collages: each map on its own flower's side", own, 0.85)
    score.at_most("kinds that are not there: maps on two sides", apart, 0.35)
    assert absent[:3].astype(int).idxmax() == "a map has no side"
    assert 0.3 < absent["on two sides"] / absent[1:3].sum() < 0.7  # like coins
score.section()

# %% [markdown]
# ## What came of it
#
# In ILSVRC-2014 VGG came second, with 7.3 % top-5 error (GoogLeNet 6.7). But people went on using VGG: one table, and *features* good for other things. It was the base of Faster R-CNN (2015) and SSD (2016), which find objects. Gatys, Ecker and Bethge (2015) painted photographs in the style of van Gogh by matching VGG-19's maps. The three dense layers are gone; 3×3 has stayed.

# %% [markdown] tags=["slide"]
# ## Recap
#
# 1. VGG is one table: 3×3 convolutions, five poolings, three dense layers.
# 2. Small kernels stacked see far: a layer adds (side − 1) steps, and each pooling doubles the step.
# 3. A loss at ln(classes) is guessing. Here the signal had faded below the biases, by two faults, and curing one was not enough. Measure the signal before you add epochs.
# 4. Filters, fooling steps and heat maps are claims about a network. Each needs a control.
# 5. **Depth alone helped, in the paper up to sixteen layers; three more hardly did. It helps only a network that can be trained: signal first, then layers.**
#
# ## Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("08")

# %% [markdown]
# <details><summary><b>References</b></summary>
#
# - K. Simonyan, A. Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015, arXiv:1409.1556. Table 1 the networks, 2 the parameters, 3 the errors, 7 the comparison.
# - X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010; K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015, arXiv:1502.01852.
# - S. Ioffe, C. Szegedy, "Batch normalization", ICML 2015, arXiv:1502.03167.
# - D. Erhan, Y. Bengio, A. Courville, P. Vincent, "Visualizing higher-layer features of a deep network", Université de Montréal, technical report 1341, 2009.
# - I. Goodfellow, J. Shlens, C. Szegedy, "Explaining and harnessing adversarial examples", ICLR 2015, arXiv:1412.6572.
# - B. Zhou and others, "Learning deep features for discriminative localization", CVPR 2016, arXiv:1512.04150; R. Selvaraju and others, "Grad-CAM", ICCV 2017, arXiv:1610.02391.
# - R. Girshick, "Fast R-CNN", ICCV 2015, arXiv:1504.08083; S. Ren and others, "Faster R-CNN", 2015, arXiv:1506.01497; W. Liu and others, "SSD", ECCV 2016, arXiv:1512.02325.
# - L. Gatys, A. Ecker, M. Bethge, "A neural algorithm of artistic style", 2015, arXiv:1508.06576.
# - M.-E. Nilsback, A. Zisserman, "A visual vocabulary for flower classification", CVPR 2006.
# </details>
#
# <details><summary><b>Teacher's notes</b></summary>
#
# **The story in a minute.** Oxford, 2014: only 3×3, only deeper. We train the sixteen layers and get one answer for all flowers. What are they made of? One table. What is depth for? To see far with small kernels. Why are we stuck? ln 17: the signal is fainter than the biases. Cured, it learns; in the paper depth helps up to sixteen layers, and in our six epochs the deeper networks fit their own photographs *worse*. And what did the layers learn? Ask, but with a control.
#
# **Two lessons of 45 minutes.** First: 1, everybody writes the number (8 min), 2 with exercise 1 begun (12), 3, the receptive field on the board (12), 4 (8), 5 minutes in reserve; exercises 2 to 4 at home. Second: 5 as a detective story, the class proposes the next measurement before it is opened (18), 6 (7), 7 or 8 (10), quiz (5), 5 minutes in reserve; exercises 5 to 7 at home.
#
# **One lesson of 90 minutes.** Sections 1 and 2 (20 min), 3 (10), 5 (25), 6 (10), 7 or 8 (15), recap and quiz (5), 5 minutes in reserve.
#
# **To skip:** section 4 (in 90 minutes), the fooling step of section 7, exercises 2 and 7. Without section 8 leave out quiz question 5.
#
# **To discuss.** (1) A colleague's loss stands at 6.908 for 1,000 classes. What do you ask first, and second? (2) A hospital wants heat maps beside each diagnosis. Which control would you ask for?
#
# *Answers.* (1) It is ln 1,000: the network guesses. First: how large is the signal after each layer, beginning with the pixels? (Divided twice? A layer that kills it?) Second: which initial weights, and is there a batch norm? Then whether it can learn ten pictures by heart; a network that cannot do this has a fault and does not need more data. (2) One by which the map could fail: ask for another diagnosis on the same picture, and the map must move; give the network random weights, and it must be destroyed; cover what it shows, and the probability must fall. And pictures from several hospitals: a map on the corner with the scanner's mark says that the network reads the mark.
#
# **Listen for** "the deeper network is too weak", or "it needs more epochs": a layer that hands on what it gets would make it as good as the shallower one. And "three 3×3 are a 7×7": they see the same pixels, they are not the same functions.
# </details>
#
# ## Scorecard
#
# Your exercises first, then the claims of this lesson.
#
# **Next:** [09 · Inception →](09_inception.ipynb), where the network gets wider, too · [solutions](solutions/08_vgg_solutions.ipynb)

# %% tags=["nbval-ignore-output"]
checks.own_score(exercises=7)

# %% tags=["nbval-ignore-output"]
score
