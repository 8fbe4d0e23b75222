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
# # 08 · VGG
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/08_vgg.ipynb)
#
# **You will be able to**
# - build all six VGG networks from one table, and count their parameters and their work to the unit;
# - compute what one value of any layer sees of the image, and compare stacks of 3×3 kernels with single large ones;
# - say what a 1×1 convolution does and what it costs;
# - recognise a network that only guesses, find the cause by following the signal, and mend it;
# - draw with Grad-CAM which part of an image speaks for an answer.
#
# **Before this:** lesson 04 (first weights) and lesson 07 (AlexNet). Words that are new are explained below.
#
# **Time:** about 90 minutes of reading, 45 more for the exercises; the code runs in about two minutes on two CPU cores.
#
# **Data:** 17 Category Flowers, 1,360 photographs of 17 kinds (Nilsback, Zisserman), and CIFAR-10, 60,000 small pictures of ten kinds (Krizhevsky). Where they cannot be had, drawn flowers and drawn shapes stand in, and the lesson's thresholds change with them.

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
from course_utils import checks, datasets, measure, plots, runtime, widgets

keras = runtime.import_keras()  # first of all, and without TensorFlow's start-up messages

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from course_utils import anatomy, inspection, models, training
from course_utils.checks import lesson08
from course_utils.models.vgg import VGG_TABLE
from course_utils.recipes import vgg_depth, vgg_kernels, vgg_stuck

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="08")
plots.set_theme()
score = checks.Scorecard("08")
flowers = vgg_stuck.flowers()
objects = datasets.load("cifar10").subset(train=5_000, test=2_000)
print(flowers)
print(objects)

# %% [markdown]
# **Words of this lesson.**
#
# - *Multiply-add* (MAC): one product of a weight and a number, added to a sum. The unit of work. GMAC: thousand million of them.
# - *Receptive field*: the square of input pixels that one value of a layer depends on.
# - *Configuration*: one column of the paper's table 1, called A, A-LRN, B, C, D or E. D is "VGG-16", E is "VGG-19".
# - *Narrow twin*: the same network with an eighth of the filters and units, for small images. It trains in seconds. What holds for a twin need not hold for the large network; where we know, we say so.
# - *Logits*: the numbers that go into softmax.
# - *He's* and *Glorot's* first weights: random numbers of variance 2/n_in, and 2/(n_in + n_out), where n_in numbers go into a unit and n_out come from the layer (lesson 04).
# - *The notes*: this course replaces an older set of lecture notes. Their slips are common ones and worth a look.

# %% [markdown]
# Two small tables hold the numbers of this lesson: how much is trained (`budget`), and what must come out (`required`). Each claim is written down as a line that begins with `score.`; it stops the lesson if the claim does not hold.

# %%
budget = lesson.choose(
    quick=dict(stuck=5, mended=12, depth=4, kernels=4, flowers=16),
    full=dict(stuck=16, mended=16, depth=6, kernels=6, flowers=60),
)
if flowers.stand_in:
    required = dict(stuck=0.02, flowers=0.5, mended=0.3)
else:
    required = dict(stuck=0.02, flowers=0.25, mended=0.3)

# %% [markdown]
# ## 1 · The question: does depth alone help?
#
# AlexNet (lesson 07) won in 2012 with eight layers and many ingredients at once. Which of them mattered? In 2014 Karen Simonyan and Andrew Zisserman of the Visual Geometry Group in Oxford asked about one alone. They kept everything fixed, kernel size, activation, pooling, dense layers, recipe, and changed the **depth**: 11, 13, 16 and 19 layers with weights. Their networks came second in ILSVRC-2014 (classification; first in localisation), and became the base of half of computer vision for years.
#
# So let us do it: sixteen layers, from scratch, on 17 kinds of flowers. The notes did exactly that and printed, epoch by epoch, a loss of 2.8376 … 2.8330. Here is their recipe on a narrow twin. **Before you run this:** the test set has 17 kinds, 20 images of each. What accuracy would you get by always saying "daffodil"?

# %% tags=["nbval-ignore-output"]
stuck, stuck_run = vgg_stuck.train("notes", flowers, seed=0, epochs=budget.stuck)
print("loss by epoch:", *(f"{value:.4f}" for value in stuck_run["loss"]))
print(f"test accuracy {stuck_run['test_accuracy']:.2%}; ", end="")
print(f"different answers to {len(flowers.x_test)} test images: {stuck_run['answers']} of 17")
worst = max(abs(value - np.log(17)) for value in stuck_run["loss"])
score.at_most("the notes' recipe, narrow twin: loss away from ln 17", worst, required["stuck"])
score.at_most("the notes' recipe: different answers", stuck_run["answers"], 2)

# %% [markdown]
# Nothing happens. The network gives (nearly) every flower the same answer, and the loss stays where it began. Why just there?
#
# **By hand.** Who knows nothing gives each of 17 kinds the probability 1/17. Cross-entropy is −ln of the probability of the right kind: −ln(1/17) = ln 17 = 2.8332. The notes' 2.8376 → 2.8330 is that number, and their validation accuracy, .0331 throughout, is 9 of 272 images: one kind, always. Their log says "I am guessing", and nobody read it.

# %%
chance = float(np.log(17))
print(f"ln 17 = {chance:.4f}, 9 of 272 = {9 / 272:.4f}, 71 + 9 = {71 + 9} = one whole kind")
score.close("loss of guessing among 17", chance, 2.8332, tolerance=5e-5)
score.close("the notes' validation accuracy", 9 / 272, 0.0331, tolerance=5e-5)

# %% [markdown]
# (71 of the 1,088 training images and 9 of the 272 validation images make 80: all images of one kind.)
#
# So depth alone does *not* help: here it keeps the network from learning at all. This lesson first builds the networks and sees why their parts are well chosen; then it finds the cause, mends it in four ways, and asks again how far depth carries.
#
# ## 2 · Six networks, one table
#
# A word such as `3-64` says: a convolution with 64 kernels of 3×3, "same" padding, then ReLU. A block is a few such words and a 2×2 max-pooling of stride 2. Behind five blocks stand three dense layers of 4096, 4096 and 1000 units. That is all. The table of the paper:

# %%
header = ["", "A", "A-LRN", "B", "C", "D", "E"]
layers_of = {name: sum(len(b.replace("LRN", "").split()) for b in blocks) + 3 for name, blocks in VGG_TABLE.items()}
print("".join(f"{text:>9}" for text in ["layers", *layers_of.values()]))
for number in range(5):
    columns = [VGG_TABLE[name][number].split() for name in header[1:]]
    for row in range(4):
        words = [column[row] if row < len(column) else "" for column in columns]
        if any(words):
            print("".join(f"{text:>9}" for text in [f"block {number + 1}" if row == 0 else "", *words]))
    print("".join(f"{text:>9}" for text in ["", *["maxpool"] * 6]))
print("".join(f"{text:>9}" for text in ["dense", *["4096 ×2"] * 6]))
print("".join(f"{text:>9}" for text in ["dense", *["1000"] * 6]))
score.equal("layers with weights, A to E", list(layers_of.values()), [11, 11, 13, 16, 16, 19])

# %% [markdown]
# The whole network fits into a cell. The next one holds it against the package's.


# %%
def vgg_here(config, side=224, classes=1000, width=1.0):
    """A column of the table: blocks of convolutions, each pooled, then three dense layers."""
    layers = keras.layers
    x = inputs = keras.Input((side, side, 3))
    for block in VGG_TABLE[config]:
        for word in block.replace("LRN", "").split():
            kernel, filters = (int(part) for part in word.split("-"))
            filters = max(1, round(filters * width))
            x = layers.Conv2D(filters, kernel, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(round(4096 * width), activation="relu")(x)
        x = layers.Dropout(0.5)(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


here, package = vgg_here("D", 32, 17, 1 / 8), models.vgg("D", input_shape=(32, 32, 3), classes=17, width=1 / 8)
here.set_weights(package.get_weights())
four = flowers.x_test[:4].astype("float32")
difference = float(np.abs(np.asarray(here(four)) - np.asarray(package(four))).max())
score.equal("D, narrow: parameters here and in the package", here.count_params(), package.count_params())
score.at_most("D, narrow: largest difference of the answers", round(difference, 6), 1e-5)

# %% [markdown]
# Now count. `anatomy.describe` allocates no weights, so even the 144 million of E are counted at once. **Before you run this:** E has three more layers of 512 kernels than D and some more. By how many per cent does its number of parameters grow?

# %%
counted = {name: anatomy.describe(models.vgg, config=name) for name in VGG_TABLE}
print(f"{'':7}{'layers':>7}{'parameters':>13}{'multiply-adds':>16}{'memory':>9}")
for name, table in counted.items():
    memory = f"{table.memory / 2**20:.0f} MiB"
    print(f"{name:7}{layers_of[name]:>7}{table.params:>13,}{table.macs:>16,}{memory:>9}")
published = [132_863_336, 132_863_336, 133_047_848, 133_638_952, 138_357_544, 143_667_240]
score.equal("parameters, A to E", [table.params for table in counted.values()], published)
gmac = [round(table.macs / 1e9, 2) for table in counted.values()]
score.equal("GMAC, A to E", gmac, [7.61, 7.61, 11.31, 11.77, 15.47, 19.63])
score.equal("the notes' network, 17 classes", anatomy.describe(models.vgg16, classes=17).params, 134_330_193)

# %% [markdown]
# The paper's table 2 prints 133, 133, 134, 138 and 144 million. Depth costs few parameters (E has 8% more than A) and much work (2.6 times as much). "Memory" is what the outputs of all layers take for **one** image in float32; training keeps them for the way back, times the batch.
#
# ### What goes wrong: slips in tables
# The notes print these tables too. Four things in them do not add up, and a count finds each:

# %%
d_slip = VGG_TABLE["D"][:2] + ("3-256 3-256",) + VGG_TABLE["D"][3:]  # stage 3 with two
e_slip = VGG_TABLE["E"][:2] + ("3-256 3-256 3-256", "3-512 3-512 3-512", "3-512 3-512 3-512")


def with_weights(blocks):
    return sum(len(block.split()) for block in blocks) + 3


extra = (counted["C"].macs - counted["B"].macs) / 1e9
ones = sum(word.startswith("1-") for block in VGG_TABLE["C"] for word in block.split())
print(f"'16 layers' with two convolutions in stage 3: {with_weights(d_slip)} layers")
print(f"'19 layers' with three in the late stages:    {with_weights(e_slip)} layers")
print(f"C adds {ones} convolutions of 1×1 to B, and {extra:.2f} GMAC")
print(f"flatten: 7·7·512 = {7 * 7 * 512:,} numbers and {counted['D']['flatten'].params} parameters")
score.equal("layers of the two slips", [with_weights(d_slip), with_weights(e_slip)], [15, 16])
score.equal("1×1 convolutions of C", ones, 3)
score.close("GMAC that C adds to B", round(extra, 2), 0.46, tolerance=1e-9)

# %% [markdown]
# - A 16-layer table with two convolutions in stage 3 has 12 + 3 = 15 layers; 16 needs 13 + 3. "FC 25088" in it is no layer: it is the flattened 7·7·512 maps.
# - An E column with three convolutions in the late stages is D. It needs four.
# - C does not add "two 1×1 convolutions that reduce the calculation". It adds three, the widths stay, so they *add* work. (In lesson 09 a 1×1 will reduce work, by reducing the width.)
# - AlexNet's kernels were 11, 5, 3, 3, 3, not 7×7; VGG's pools are 2×2 and have no ReLU; images are 224×224 with three channels.
#
# ### Where the parameters are, and where the work

# %%
stages = counted["D"].by_stage()
ax = plots.cost_shares(stages.index, stages["params"], stages["macs"], title="VGG-16")
plots.alt_text(
    ax,
    "Shares by stage. The dense head holds 89 per cent of the parameters and does under 1 per "
    "cent of the work; the five blocks of convolutions hold 11 per cent and do the rest.",
)
plt.show()
fc1 = counted["D"]["fc1"].params
print(f"fc1 alone: 7·7·512·4096 + 4096 = {fc1:,} = {fc1 / counted['D'].params:.1%} of VGG-16")
score.equal("fc1, parameters", fc1, 102_764_544)
score.close("fc1's share of VGG-16", fc1 / counted["D"].params, 0.743, tolerance=5e-4)

# %% [markdown]
# One dense layer holds three quarters of VGG-16. Later networks (lessons 09 and 10) average each map to one number instead, and need no such layer.

# %% [markdown]
# ## 3 · What one value sees
#
# A 3×3 kernel sees three pixels a side. A second 3×3 sees three values of the first layer, and each of these sees three pixels: together five. **By hand:** start with 1 pixel; every layer adds (side − 1) steps, and a step is as long as the distance between neighbours in its input.
#
# - 3×3: 1 + 2 = 3. Another: 3 + 2 = **5**. A third: 5 + 2 = **7**.
# - A pool 2×2 of stride 2 adds 1, and then neighbours are two pixels apart: a 3×3 behind it adds 2·2 = 4.


# %%
def fields_of(sides_and_strides):
    """What one value sees behind each layer."""
    seen, step, fields = 1, 1, []
    for side, stride in sides_and_strides:
        seen += (side - 1) * step
        step *= stride
        fields.append(seen)
    return fields


print("3×3, 3×3, 3×3:      ", fields_of([(3, 1)] * 3))
print("5×5:                ", fields_of([(5, 1)]))
print("7×7:                ", fields_of([(7, 1)]))
print("3×3, pool, 3×3:     ", fields_of([(3, 1), (2, 2), (3, 1)]))
score.equal("what one, two and three 3×3 see", fields_of([(3, 1)] * 3), [3, 5, 7])

# %% [markdown]
# The same for VGG-16, drawn on a photograph of 224×224 pixels: what the middle value sees behind each pool.

# %%
rows = [row for row in counted["D"].rows if row.name.endswith("_pool")]
fields = [row.receptive_field for row in rows]
cup = datasets.photograph("coffee")[60:284, 190:414]
ax = plots.receptive_growth(cup, fields, [row.name for row in rows])
plots.alt_text(
    ax,
    "A cup of coffee with five nested frames: after pool 1 a value sees 6 pixels, then 16, "
    "44, 100, and after pool 5 212 of the 224 pixels.",
)
plt.show()
d_layers = [[(int(word[0]), 1) for word in block.split()] + [(2, 2)] for block in VGG_TABLE["D"]]
by_rule = fields_of([pair for block in d_layers for pair in block])
print("behind the five pools:", fields)
score.equal("VGG-16, what pool 5 sees: anatomy and the rule", fields[-1], by_rule[-1])
score.equal("VGG-16, what pool 5 sees", fields[-1], 212)

# %% [markdown]
# ### Try it
# Build a stack and point at a value of the last layer; the pixels it depends on light up. Replace three 3×3 by one 7×7: the lit square is the same, the number of weights is not.

# %% tags=["nbval-ignore-output"]
exhibit = widgets.ReceptiveField("three 3×3", size=24, channels=64)
score.equal("the exhibit's three 3×3 see", exhibit.field, 7)
exhibit.show()

# %% [markdown]
# ## 4 · Why small kernels
#
# Three 3×3 see what one 7×7 sees. **By hand,** with C channels in and out: 3 · 9 · C² = 27 C² weights against 49 C². The stack *keeps* 27/49 = 55% and *saves* 45%; the other way round, the 7×7 costs 81% more. (The notes say "55% fewer": they took what is kept for what is saved.) Two 3×3 against one 5×5: 18 C² against 25 C².

# %%
kept = 27 / 49
print(f"three 3×3 keep {kept:.0%} of a 7×7 and save {1 - kept:.0%}; the 7×7 costs {1 / kept - 1:.0%} more")
print(f"two 3×3 keep {18 / 25:.0%} of a 5×5 and save {1 - 18 / 25:.0%}")
score.close("share that three 3×3 keep", kept, 0.551, tolerance=5e-4)
score.close("what a 7×7 costs more", 1 / kept - 1, 0.815, tolerance=5e-4)

# %% [markdown]
# And there are three ReLUs instead of one, so the stack can bend its answer three times. The paper adds: it acts like a 7×7 that is forced to be made of three 3×3, a kind of regularisation.
#
# But is it *better*? The paper made one test: B, with each pair of 3×3 exchanged for one 5×5, had a top-1 error 7 points higher. There the 5×5 net had the same width and so more parameters per pair. A fair test has two sides, **equal width** and **equal parameters**. Small networks of three stages, nearly all parameters in the kernels that are compared:

# %%
print(f"{'stage':30}{'filters':>14}{'parameters':>12}{'multiply-adds':>15}")
kernel_tables = {name: anatomy.describe(vgg_kernels.build, name=name) for name in vgg_kernels.ARMS}
for name, arm in vgg_kernels.ARMS.items():
    filters = "/".join(str(width) for width in vgg_kernels.widths(vgg_kernels.base_of(name)))
    table = kernel_tables[name]
    print(f"{arm.label:30}{filters:>14}{table.params:>12,}{table.macs:>15,}")
for one, other in (("5", "33"), ("7", "333"), ("333_33", "33")):
    ratio = kernel_tables[one].params / kernel_tables[other].params
    score.close(f"parameters, {one} over {other}", round(ratio, 3), 1.0, tolerance=0.02)

# %% [markdown]
# Equal parameters means about equal work too, since each stage uses its kernels at equally many places. **Before you run this:** at equal parameters, do you expect the stack or the single kernel to be ahead? By how much?
#
# A stored measurement: 5,000 images of CIFAR-10, one recipe for all, one dot a training (`python -m course_utils.measure vgg_kernels` makes it again).

# %%
stored_kernels = measure.load("vgg_kernels")


def stored_values(stored, key, **chosen):
    """One number a run, of the runs that agree with `chosen`."""
    agree = [run for run in stored["runs"] if all(run[k] == v for k, v in chosen.items())]
    return np.array([run[key] for run in agree])


by_kernel = {name: stored_values(stored_kernels, "test_accuracy", arm=name) for name in vgg_kernels.ARMS}
labels = {name: arm.label for name, arm in vgg_kernels.ARMS.items()}
ax = plots.spread({labels[name]: 100 * values for name, values in by_kernel.items()}, xlabel="test accuracy in %")
plots.alt_text(ax, "One dot a training for seven kinds of stages; the text below reads it.")
plt.show()
for name, values in by_kernel.items():
    print(f"{labels[name]:30} {values.mean():.1%}, from {values.min():.1%} to {values.max():.1%}")
