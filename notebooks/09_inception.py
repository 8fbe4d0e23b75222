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
# # 09 · Inception
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/09_inception.ipynb)
#
# **You will be able to**
# - count the weights and the work of an Inception module by hand, with its 1×1 reductions and without;
# - rebuild GoogLeNet's table from code, and tell which printed rows its own widths do not give;
# - find the faults of a module written from memory;
# - compute what a factorised convolution saves, and halve a grid without a bottleneck;
# - say what each network of the Inception line added, from GoogLeNet to Inception-ResNet-v2.
#
# **Before this:** lessons 06 to 08 (LeNet-5, AlexNet, VGG: layers, parameters, multiply-adds).
#
# **Time:** about 85 minutes of reading, 40 more for the exercises; the code runs in about a minute and a half on two CPU cores.
#
# **Data:** CIFAR-10 (Krizhevsky 2009), 60,000 colour images of 32×32 pixels, and bundled photographs. Where CIFAR-10 cannot be had, ten generated shapes stand in.

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
from course_utils import checks, datasets, plots, runtime, widgets

keras = runtime.import_keras()  # first of all, and without TensorFlow's start-up messages

import matplotlib.pyplot as plt
import numpy as np

from course_utils import anatomy, models
from course_utils.checks import lesson09
from course_utils.models.bn_inception import BN_INCEPTION_TABLE
from course_utils.models.googlenet import GOOGLENET_TABLE, inception, naive_inception
from course_utils.models.inception_parts import Style
from course_utils.recipes import inception_cats, inception_residual, inception_twin

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="09")
plots.set_theme()
score = checks.Scorecard("09")
data = datasets.load("cifar10").subset(train=20_000, test=2_500)  # what the lesson needs
print(data)

# %% [markdown]
# **Words of this lesson.**
#
# - *Work*: the number of multiply-adds (MACs) for one image: one product and one sum each. *G* stands for 10⁹, *M* for 10⁶, and the papers' *K* for 1,024.
# - *Branch*: one of several ways from the input of a module to its output. *Concat*: the maps of all branches are put behind each other along the channels.
# - *Width*: the number of channels. *Grid*: the height and width of a map in pixels, such as 28×28.
# - *Reduction* (of channels): a 1×1 convolution with fewer filters than channels arrive. *Projection*: the same behind a pool.
# - *Head*: what turns maps into class probabilities. *Top-5 error*: the share of images whose class is not among the five likeliest answers.
# - *Batch norm*: subtracts each channel's mean and divides by its spread, over the images of a batch; then multiplies by γ and adds β, both learned. *Seed*: what random draws start from.
# - *Twin*: a narrow copy of a network for small images. *The notes*: the lecture notes that this course replaces.

# %% [markdown]
# ## 1 · The question: wider or deeper, at the same work?
#
# VGG got better by getting deeper. But depth and width are paid for, and not in the same coin. **Before you run this:** if every layer of VGG-16 gets twice as many channels, how many times more work is that?

# %%
for text, build in {
    "VGG-16": lambda: models.vgg16(),
    "VGG-16, twice as wide": lambda: models.vgg16(width=2),
    "GoogLeNet": lambda: models.googlenet(),
}.items():
    table = anatomy.describe(build)
    print(f"{text:24}{table.params / 1e6:8.1f} M parameters {table.macs / 1e9:7.2f} GMAC")
vgg, lean = anatomy.describe(models.vgg16), anatomy.describe(models.googlenet)
score.equal("GoogLeNet, parameters", lean.params, 6_998_552)
score.close("GoogLeNet, GMAC", round(lean.macs / 1e9, 2), 1.58, tolerance=0.01)
print(f"VGG-16 has {vgg.params / lean.params:.0f} times the parameters of GoogLeNet")

# %% [markdown]
# Twice the width is nearly **four** times the work: both the channels that arrive and the filters double. Larger networks also overfit more, and labels for ImageNet's finest classes are dear (a husky and an Eskimo dog differ by a few hairs).
#
# GoogLeNet won the ImageNet contest of 2014 with 22 layers that have weights, a **twentieth** of VGG-16's parameters and a tenth of its work. (VGG came second.) What does it do differently?
#
# ## 2 · The module
#
# ### See
# Which kernel is best: 1×1, 3×3 or 5×5? The paper does not choose. Every module has all of them **side by side**, and a pool, and puts the answers behind each other. That is the *naive* module. The real one has a 1×1 convolution before each expensive branch.
#
# The two diagrams are drawn from the code: the next cell walks through a built module from its end to its input. The orange numbers are channels.


# %%
def built(function, *arguments, side, channels):
    """A module alone, as a model."""
    inputs = keras.Input((side, side, channels))
    return keras.Model(inputs, function(inputs, *arguments))


def ways(tensor):
    """Every way from the input to a tensor, as a list of (layer, channels)."""
    layer = tensor._keras_history.operation
    if isinstance(layer, keras.layers.InputLayer):
        return [[]]
    arriving = layer.input if isinstance(layer.input, list) else [layer.input]
    found = [way for one in arriving for way in ways(one)]
    if isinstance(layer, keras.layers.Conv2D):
        box = ("×".join(map(str, layer.kernel_size)), layer.filters)
    elif "Pooling" in type(layer).__name__:
        box = ("pool", layer.output.shape[-1])  # 3×3 in all of them
    else:
        return found
    return [[*way, box] for way in found]


# %%
row, biased = GOOGLENET_TABLE[0], Style(batch_norm=False)
naive = built(naive_inception, row, biased, side=28, channels=192)
reduced = built(inception, row, biased, side=28, channels=192)
figure, axes = plt.subplots(2, 1, figsize=(7.6, 7.6))
plots.module_diagram(ways(naive.output), 192, title="naive, figure 2a", ax=axes[0])
plots.module_diagram(ways(reduced.output), 192, title="module 3a, figure 2b", ax=axes[1])
plots.alt_text(
    figure,
    "Two modules of four branches. Naive: 1×1, 3×3, 5×5 and a pool, 416 channels leave. 3a: "
    "1×1 convolutions before 3×3 and 5×5 and after the pool, 256 channels leave.",
)
plt.show()
print(row)

# %% [markdown]
# ### By hand
# A k×k convolution from *a* to *b* channels has k·k·a·b weights. 192 channels arrive at 3a:
#
# | branch | naive | with reduction |
# |---|---|---|
# | 1×1 | 192·64 = 12,288 | 12,288 |
# | 3×3 | 9·192·128 = 221,184 | 192·96 + 9·96·128 = 129,024 |
# | 5×5 | 25·192·32 = 153,600 | 192·16 + 25·16·32 = 15,872 |
# | pool | 0 | 192·32 = 6,144 |
# | **together** | **387,072** | **163,328** |
#
# The 5×5 gains most: it falls to a tenth. And 368 biases come on top: 163,696. There is a second gain. The naive pool passes all 192 channels on, so the output has 416 channels, the next one still more, and nothing ever gets rid of them.

# %%
weights_naive = naive.count_params() - (64 + 128 + 32)
weights_reduced = reduced.count_params() - (64 + 96 + 128 + 16 + 32 + 32)
print(
    f"naive {weights_naive:,}, reduced {weights_reduced:,}, ratio "
    f"{weights_naive / weights_reduced:.2f}"
)
score.equal("3a naive, weights", weights_naive, 387_072)
score.equal("3a, weights", weights_reduced, 163_328)
score.equal("3a, with biases", reduced.count_params(), 163_696)
whole = anatomy.describe(models.googlenet, reduce=False)
print(
    f"GoogLeNet of naive modules: {whole.params / 1e6:.1f} M parameters, "
    f"{whole.macs / 1e9:.1f} GMAC, {whole['inception_5b_output'].output_shape[-1]:,} channels"
)
score.at_least("naive network, work over GoogLeNet's", round(whole.macs / lean.macs, 2), 5)


# %% [markdown]
# ### Code
# The module in one cell. The next cell gives it the package's weights and compares the answers.


# %%
def module(x, n1x1, n3x3_reduce, n3x3, n5x5_reduce, n5x5, pool_proj):
    """Figure 2b of the paper: four branches, joined along the channels."""

    def convolution(x, filters, size):
        return keras.layers.Conv2D(filters, size, padding="same", activation="relu")(x)

    one = convolution(x, n1x1, 1)
    three = convolution(convolution(x, n3x3_reduce, 1), n3x3, 3)
    five = convolution(convolution(x, n5x5_reduce, 1), n5x5, 5)
    pool = keras.layers.MaxPooling2D(3, strides=1, padding="same")(x)
    pool = convolution(pool, pool_proj, 1)
    return keras.layers.Concatenate()([one, three, five, pool])


# %%
here = built(module, *row[1:], side=28, channels=192)


def by_shape(model):  # six convolutions, no two kernels of the same shape but two 1×1 to 32
    return {tuple(w.shape): w for w in model.weights if len(w.shape) == 4}


maps = np.random.default_rng(0).normal(size=(2, 28, 28, 192)).astype("float32")
for shape, weight in by_shape(here).items():
    weight.assign(by_shape(reduced)[shape])
difference = float(np.abs(np.asarray(here(maps)) - np.asarray(reduced(maps))).max())
score.equal("module here, parameters", here.count_params(), 163_696)
score.at_most("module here and the package, largest difference", round(difference, 5), 1e-3)

# %% [markdown]
# (Biases begin at 0 in both, so the kernels alone decide.)
#
# ### Why should it work?
# The paper's argument: a large sparse network would be ideal, but computers are fast on dense blocks. So approximate the sparse one by dense pieces of several sizes. That is a hope, not a proof; what we can show here is that it is affordable; section 9 says what we did not measure.

# %% [markdown]
# ## 3 · The paper's table, rebuilt
#
# Nine modules, and what the paper prints beside them: parameters and operations, with K = 1,024. **Before you run this:** will the printed numbers come out?

# %%
PRINTED = {"3a": (159, 128), "3b": (380, 304), "4a": (364, 73), "4b": (437, 88),
           "4c": (463, 100), "4d": (580, 119), "4e": (840, 170), "5a": (1072, 54),
           "5b": (1388, 71)}  # fmt: skip
print(
    f"{'':4}{'output':>12}{'sees':>6}{'parameters':>12}{'in K':>8}{'printed':>9}"
    f"{'MMAC':>7}{'printed':>9}"
)
off = {}
for row_ in GOOGLENET_TABLE:
    own = [r for r in lean.rows if r.name.startswith(f"inception_{row_.name}_")]
    shape = "×".join(map(str, own[-1].output_shape))
    params, work = sum(r.params for r in own), sum(r.macs or 0 for r in own) / 1e6
    off[row_.name] = params / 1024 / PRINTED[row_.name][0]
    print(
        f"{row_.name:4}{shape:>12}{max(r.receptive_field for r in own):>6}{params:>12,}"
        f"{params / 1024:>8.1f}{PRINTED[row_.name][0]:>9}{work:>7.0f}{PRINTED[row_.name][1]:>9}"
    )
score.equal(
    "rows off by over 2 %", [n for n, s in off.items() if abs(s - 1) > 0.02], ["4c", "5a"]
)

# %% [markdown]
# 3a and 3b agree when K means 1,024 and biases are counted; five more rows are within 2 %. Two are not. **4c** prints 463K where its widths give 498K; its printed 100 M operations on 14·14 places need 510,000 weights, so the widths are right and the 463K is the slip. **5a** prints 1072K and 54 M; both fit each other, but its widths give 1,043,456 parameters (1,019K) and 51 M.
#
# The first row of the table is stranger. A 7×7 convolution from 3 channels to 64 with stride 2 stands there, with **2.7K** parameters and **34M** operations.

# %%
plain = 7 * 7 * 3 * 64 + 64
plain_work = 112 * 112 * 7 * 7 * 3 * 64
separable = 7 * 7 * 3 * 8 + 3 * 8 * 64  # eight kernels a colour, then 1×1 from 24 to 64
separable_work = 112 * 112 * separable
print(f"plain 7×7:     {plain:,} parameters, {plain_work / 1e6:.0f} M multiply-adds")
print(f"separable 7×7: {separable:,} parameters, {separable_work / 1e6:.1f} M multiply-adds")
score.equal("stem as described, parameters", lean["stem_conv1"].params, plain)
score.equal("separable 7×7, weights", separable, 2_712)
score.close("separable 7×7, M multiply-adds", separable_work / 1e6, 34.0, tolerance=0.1)

# %% [markdown]
# The printed row fits a **separable** convolution: each colour is convolved alone with eight kernels (1,176 weights), then a 1×1 mixes the 24 maps into 64 (1,536). 2,712 weights is 2.6K in units of 1,024 and 2.7K in thousands. The text of the paper does not say so; its successor BN-Inception does use one. We build the plain 7×7 that figure 3 of the paper shows: **6,998,552** parameters in all.
#
# ## 4 · Auxiliary heads: a short way for the gradient
#
# 22 layers without batch norm are hard to reach from the far end. GoogLeNet has two more heads, on 4a and 4d: their losses, times 0.3, are added in training, and the heads are thrown away afterwards.
#
# The notes attach one sentence to the main head: "128 1×1, FC 1024, 70% dropout". That is the **auxiliary** head: 5×5 average pool with stride 3, 1×1 to 128, dense 1,024, dropout 70 %, softmax. The main head is one average over each map, dropout 40 %, softmax.

# %%
with_heads = anatomy.describe(models.googlenet, aux=True)
for head, arriving in (("aux1", 512), ("aux2", 528)):
    counted = sum(r.params for r in with_heads.rows if r.name.startswith(head))
    by_hand = (arriving + 1) * 128 + (4 * 4 * 128 + 1) * 1024 + 1025 * 1000
    print(f"{head}: {counted:,} parameters")
    score.equal(f"{head}, parameters", counted, by_hand)
print(f"with both: {with_heads.params:,}; without: {lean.params:,}")
score.equal("GoogLeNet with both heads, parameters", with_heads.params, 13_378_280)

# %% [markdown]
# Nearly half of the network that is trained is thrown away. Do the heads do what they are for? We measure the length of the gradient at each layer of an **untrained** twin (all nine modules, an eighth of the width, 32×32 images), with heads and without.
#
# **Before you run this:** where should the two curves differ, and where not?

# %% tags=["nbval-ignore-output"]
lengths = {name: [] for name in ("reduced", "heads")}
for seed in (0, 1):
    for name, found in lengths.items():
        measured = inception_twin.gradients(name, data, seed=seed)
        found.append(list(measured.values()))
layers_ = list(measured)
ax = plots.curves(
    {
        "main head alone": np.log10(lengths["reduced"]),
        "three heads": np.log10(lengths["heads"]),
    },
    xlabel="convolution, from the image to the end",
    ylabel="length of the gradient, log10",
    markers=False,
)
ax.axvline(layers_.index("inception_4d_pool_proj") + 1, color="black", linestyle=":")
plots.alt_text(
    ax,
    "Gradient lengths layer by layer. Before module 4d (dotted line) the three heads give "
    "longer gradients; behind it the curves are alike.",
)
plt.show()

# %% tags=["nbval-ignore-output"]
ratio = np.mean(lengths["heads"], axis=0) / np.mean(lengths["reduced"], axis=0)
cut = layers_.index("inception_4d_pool_proj") + 1
print(
    f"longer by a factor of {np.median(ratio[:cut]):.1f} up to 4d, "
    f"{np.median(ratio[cut:]):.2f} behind it (medians)"
)
score.at_least("gradient up to 4d, heads over none", float(np.median(ratio[:cut])), 1.1)
score.close(
    "gradient behind 4d, heads over none", float(np.median(ratio[cut:])), 1, tolerance=0.02
)

# %% [markdown]
# The heads do what they are for: up to 4d gradients are longer. Behind 4d nothing changes, because both measurements begin with the same weights and only the main loss reaches there. Does a longer gradient at the start mean a better network at the end? That does not follow. The third paper looked back and found that its auxiliary head brought little early in training, and a bit at the end; it calls the heads *regularisers*.

# %% [markdown]
# ## 5 · A module from memory, debugged
#
# The notes build "Inception" from scratch for 17 kinds of flowers. Their block, with the faults kept (retold here, not copied):


# %%
def block_of_the_notes(x, filters):
    """Meant as the module of section 2; `filters` are five of the six numbers of a row."""
    conv = keras.layers.Conv2D
    three = conv(filters[0], 1, padding="same", activation="relu")(x)
    three = conv(filters[1], 3, padding="same", activation="relu")(three)
    five = conv(filters[2], 1, padding="same", activation="relu")(x)
    five = conv(filters[3], 5, padding="same", activation="relu")(five)
    pool = keras.layers.MaxPooling2D(3, strides=1, padding="same")(x)
    pool = conv(filters[4], 1, padding="same", activation="relu")(pool)
    return keras.layers.Concatenate()([three, five, pool])


broken = built(block_of_the_notes, row[1:6], side=28, channels=192)
ax = plots.module_diagram(ways(broken.output), 192, title="the notes' 3a")
plots.alt_text(ax, "Three branches: 64–96, 128–16, and a pool with 32; 144 channels leave.")
plt.show()
score.equal("the notes' 3a, channels", broken.output.shape[-1], 144)

# %% [markdown]
# **Find the faults before you read on.** Hold the diagram against the one of section 2.
#
# 1. There is no pure 1×1 branch.
# 2. So the block has five numbers to set, and the row of six is cut to five. Everything **shifts**: the 64 meant for the 1×1 becomes the 3×3's reduction, the 96 meant as a reduction becomes the 3×3's output, and the 5×5 *widens* to 128 first, to end with 16.
# 3. 144 channels leave instead of 256.
#
# No error message appears: every list of numbers makes *some* network. What gives it away is a count. The whole network of the notes:


# %%
def network_of_the_notes():
    x = inputs = keras.Input((224, 224, 3))
    x = keras.layers.Conv2D(64, 3, padding="same", activation="relu")(x)  # no stride
    x = keras.layers.MaxPooling2D(2)(x)  # 112×112
    for one_row in GOOGLENET_TABLE:
        x = block_of_the_notes(x, one_row[1:6])
        if one_row.name in ("3b", "4d"):
            x = keras.layers.MaxPooling2D(2)(x)  # 56×56, 28×28
    x = keras.layers.Flatten()(keras.layers.AveragePooling2D(4)(x))  # 7×7×368
    return keras.Model(inputs, keras.layers.Dense(17, activation="softmax")(x))


notes = anatomy.describe(network_of_the_notes)
right = anatomy.describe(models.googlenet, classes=17)
for text, table in (("the notes", notes), ("GoogLeNet, 17 classes", right)):
    print(f"{text:22} {table.params:>10,} parameters {table.macs / 1e9:6.2f} GMAC")
score.equal("the notes' network, parameters", notes.params, 5_448_529)
score.close("the notes' network, GMAC", notes.macs / 1e9, 13.5, tolerance=0.05)

# %% [markdown]
# Fewer parameters than GoogLeNet, yet **13.5 GMAC** instead of 1.58. The fourth fault is the stem: it has no stride, so the modules run on 112×112 and not 28×28, sixteen times the places. (Where the pools stand is our reconstruction from the two totals; the block's faults are the notes' own.) Mend the block one fault at a time:

# %%
mended = built(module, *row[1:], side=28, channels=192)  # the 1×1 branch, six numbers, in order
for text, model in (("the notes' block", broken), ("mended", mended)):
    print(
        f"{text:18}{model.output.shape[-1]:>5} channels, {model.count_params():>8,} parameters"
    )
score.equal("mended block, channels", mended.output.shape[-1], 256)
score.at_least("no stride in the stem: work over", round(notes.macs / right.macs, 1), 8)

# %% [markdown]
# ### An "Inception" without Inception
# Another program of the notes, under the same heading, tells cats from dogs at 150×150 pixels. Here it is. How many modules do you see?

# %%
stack = [keras.Input((150, 150, 3))]
for filters in (32, 64, 128, 128):
    stack += [keras.layers.Conv2D(filters, 3, activation="relu"), keras.layers.MaxPooling2D(2)]
stack += [keras.layers.Flatten(), keras.layers.Dropout(0.5)]
stack += [
    keras.layers.Dense(512, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
]
cats_and_dogs = anatomy.describe(keras.Sequential(stack))
joins = sum(r.kind == "Concatenate" for r in cats_and_dogs.rows)
dense = 100 * max(r.params for r in cats_and_dogs.rows) / cats_and_dogs.params
print(f"{cats_and_dogs.params:,} parameters, {dense:.0f} % in one dense layer, {joins} joins")
score.equal("cats and dogs, parameters", cats_and_dogs.params, 3_453_121)
score.equal("cats and dogs, branches joined", joins, 0)

# %% [markdown]
# None: a plain stack of four convolutions, with 93 % of its parameters in one dense layer. Its training had a fault of its own: 10 steps of 20 images an epoch show it 200 of the 2,000 training images. An epoch would need 100 steps.
#
# ## 6 · BN-Inception
#
# The second network of the line (2015) puts **batch norm** behind every convolution and takes the 5×5 apart into two 3×3. With batch norm the authors could change seven things in the recipe:
#
# 1. a higher learning rate; 2. no dropout; 3. a fifth of the weight decay; 4. a rate that falls six times faster; 5. no local response normalisation; 6. better shuffling (each image meets other neighbours: about 1 % better on validation); 7. weaker photometric distortions.
#
# ### A table that does not add up
# **Before you run this:** the last column is the printed output. Add up each row.

# %%
wrong = {}
for row_ in BN_INCEPTION_TABLE:
    if row_.n1x1:  # modules with stride 2 pass all channels through the pool
        widths = (row_.n1x1, row_.n3x3, row_.double, row_.pool_proj)
        text = " + ".join(map(str, widths))
        passed_on = 0 if row_.pool_proj else 1
        mark = "" if sum(widths) == row_.printed_output else "  ← does not add up"
        print(
            f"{row_.name}  {text:>22} = {sum(widths):>5}   printed {row_.printed_output}{mark}"
        )
        if mark:
            wrong[row_.name] = sum(widths)
score.equal("rows that do not add up", list(wrong), ["4c", "4d"])
score.equal("their widths give", list(wrong.values()), [608, 608])

# %% [markdown]
# 4c and 4d give 608 where the table prints 576. One of the two is a slip. `models.bn_inception(follow="output")` projects the pool to 96 and gets 576, as public implementations do; `follow="widths"` takes the widths. The difference is not small change:

# %%
for follow in ("output", "widths"):
    table = anatomy.describe(models.bn_inception, follow=follow)
    print(f"follow={follow!r:9} {table.params:,} parameters, {table.macs / 1e9:.3f} GMAC")

# %% [markdown]
# ### What batch norm gives is no bell curve
# The notes say that batch norm makes outputs "Gaussian N(0, 1)". It subtracts each channel's mean and divides by its spread. That moves and scales a distribution; its **shape** stays. Then the layer multiplies by γ and adds β, both learned, so not even mean 0 and spread 1 are left in the end.
#
# Below: a photograph, one 3×3 convolution with ReLU, a second convolution, batch norm in training mode. One channel's histogram beside the bell curve.

# %%
photograph = datasets.photograph("astronaut")[:256, :256].astype("float32")[None] / 127.5 - 1
keras.utils.set_random_seed(3)
first = keras.layers.Conv2D(16, 3, activation="relu")(photograph)
second = keras.layers.Conv2D(16, 3)(first)
layer = keras.layers.BatchNormalization()
out = np.asarray(layer(second, training=True)).reshape(-1, 16).astype("float64")
skew = (out**3).mean(axis=0)
channel = int(np.abs(skew).argmax())
score.at_most("batch norm: largest mean", float(np.abs(out.mean(axis=0)).max()), 1e-3)
score.close("batch norm: variance", float(out.var(axis=0).mean()), 1.0, tolerance=0.1)
score.at_least("batch norm: largest skewness (a Gaussian has 0)", abs(skew).max(), 0.5)
layer.gamma.assign(np.full(16, 2.0))
layer.beta.assign(np.full(16, 0.5))
moved = np.asarray(layer(second, training=True)).reshape(-1, 16)
score.close("with γ = 2, β = 0.5: mean", float(moved.mean()), 0.5, tolerance=0.01)

# %%
_, ax = plt.subplots(figsize=(6.5, 3.6))
ax.hist(out[:, channel], bins=80, density=True, color=plots.COLOURS[0], alpha=0.7)
z = np.linspace(-4, 4, 200)
ax.plot(z, np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi), color=plots.COLOURS[4], linewidth=2)
ax.set(xlim=(-4, 4), xlabel="output of batch norm, one channel", ylabel="density")
plots.alt_text(ax, "A lopsided histogram with one or more peaks beside a symmetric bell curve.")
plt.show()

# %% [markdown]
# ## 7 · Inception-v3: four principles, and kernels taken apart
#
# The third paper (2015) states what the authors learned:
#
# 1. **Avoid bottlenecks** in what is represented, above all early: the number of values should fall gently.
# 2. **Higher-dimensional features** are easier to process: more channels train faster.
# 3. **Reduce channels before gathering over space**: neighbours are alike, so little is lost (the 1×1 before the 3×3).
# 4. **Balance width and depth**: raise both together.
#
# ### Kernels taken apart
# A 5×5 sees what two 3×3 see, one behind the other (lesson 08). A 3×3 sees what a 3×1 and a 1×3 see. The products of one output value, with equal channels throughout:

# %%
CHAINS = {
    "5×5 → 3×3, 3×3": ((5, 5), [(3, 3), (3, 3)], 28),
    "3×3 → 3×1, 1×3": ((3, 3), [(3, 1), (1, 3)], 33),
    "3×3 → 2×2, 2×2": ((3, 3), [(2, 2), (2, 2)], 11),
    "7×7 → 1×7, 7×1": ((7, 7), [(1, 7), (7, 1)], 71),
}
for text, (kernel, chain_, expected) in CHAINS.items():
    before, after = np.prod(kernel), sum(np.prod(k) for k in chain_)
    saved = round(100 * (1 - after / before))
    print(f"{text}: {after} of {before} products, {saved} % saved")
    score.equal(f"{text}, saved", saved, expected)

# %% [markdown]
# In general n×n → 1×n, n×1 saves 1 − 2/n. (The notes say that *two* 5×5 become two 3×3: it is one.) Products are not seconds. **Before you run this:** will 71 % fewer products be 71 % less time?

# %% tags=["nbval-ignore-output"]
import time


def seconds(kernels, channels=64, side=17, batch=16):
    """The fastest of several runs of a chain of convolutions."""
    x = inputs = keras.Input((side, side, channels))
    for kernel in kernels:
        x = keras.layers.Conv2D(channels, kernel, padding="same", use_bias=False)(x)
    model, taken = keras.Model(inputs, x), []
    images = np.ones((batch, side, side, channels), "float32")
    for _ in range(12):
        begun = time.perf_counter()
        model(images).numpy()
        taken.append(time.perf_counter() - begun)
    return min(taken)


print(f"{'':18}{'products saved':>15}{'time saved':>12}")
for text, (kernel, chain_, expected) in CHAINS.items():
    saved_time = 1 - seconds(chain_) / seconds([kernel])
    print(f"{text:18}{expected:>13} %{saved_time:>11.0%}")
score.at_least("7×7 apart: share of the time saved", saved_time, 0.2)

# %% [markdown]
# Time follows the products only roughly: each layer has a cost of its own, and libraries have fast ways for square 3×3 kernels. The large factor of the 7×7 pays; a small one may not.
#
# ### Halving the grid
# From a d×d grid with K channels to d/2×d/2 with 2K. Counted for 1×1 convolutions, as the paper does:
#
# - convolve, then pool: 2d²K² products. Dear.
# - pool, then convolve: 2(d/2)²K². A quarter; but after the pool only a quarter of the values are left to work with: the **bottleneck** of principle 1.
# - the remedy: a convolution with stride 2 and a pool with stride 2 **side by side**, K channels each.


# %%
def halved(how, d=34, k=16):
    x = inputs = keras.Input((d, d, k))
    conv, pool = keras.layers.Conv2D, keras.layers.MaxPooling2D(2)
    if how == "convolve, then pool":
        x = pool(conv(2 * k, 1)(x))
    elif how == "pool, then convolve":
        x = conv(2 * k, 1)(pool(x))
    else:
        x = keras.layers.Concatenate()([conv(k, 1, strides=2)(x), pool(x)])
    return keras.Model(inputs, x)


work, fewest = {}, {}
for how in ("convolve, then pool", "pool, then convolve", "side by side"):
    work[how] = anatomy.describe(halved(how)).macs
    on_the_way = halved(how).layers  # side by side: only what goes in and what is joined
    on_the_way = on_the_way[:: len(on_the_way) - 1] if how == "side by side" else on_the_way
    fewest[how] = min(int(np.prod(layer.output.shape[1:])) for layer in on_the_way)
    print(f"{how:20} {work[how]:>8,} products, fewest values on the way {fewest[how]:>6,}")
ratio_ = work["convolve, then pool"] / work["pool, then convolve"]
score.equal("first over second way, work", ratio_, 4)
score.equal("fewest values", list(fewest.values()), [9_248, 4_624, 9_248])

# %% [markdown]
# The ratio is **4**: the first way costs four times as much, or "three times extra"; both sayings stand in the notes. Side by side has the least work of all, but mind what it is: half of its channels are the pool's, without a convolution. Together the two ways keep 9,248 values where the pool alone leaves half as many.
#
# ### Inception-v3 whole
# The middle modules of v3 take a 7×7 apart, once in one branch, twice in another. And the whole network equals the one that Keras ships. The package's tests copy weights and compare answers; here we compare every kernel's shape.

# %%
from course_utils.models import inception_resnet as residual
from course_utils.models.inception_v3 import figure_6
from course_utils.models.inception_v4 import REDUCTION_A_TABLE, inception_b

middle = built(figure_6, 160, Style(), "mixed", side=17, channels=768)
ax = plots.module_diagram(ways(middle.output), 768, title="figure 6, on the 17×17 grid")
plots.alt_text(ax, "Four branches: 1×1; 1×1, 1×7, 7×1; 1×1, 7×1, 1×7, 7×1, 1×7; pool, 1×1.")
plt.show()


# %%
def kernels_of(table):
    return sorted(r.params for r in table.rows if r.kind in ("Conv2D", "Dense"))


v3 = anatomy.describe(models.inception_v3)
keras_v3 = anatomy.describe(keras.applications.InceptionV3, weights=None)
score.equal("v3, parameters", v3.params, 23_851_784)
score.equal("v3, parameters in Keras", keras_v3.params, 23_851_784)
score.equal(
    "v3: every layer's parameters as in Keras", kernels_of(v3) == kernels_of(keras_v3), True
)
print(f"{len(kernels_of(v3))} layers with kernels, {v3.macs / 1e9:.2f} GMAC")

# %% [markdown]
# ### Label smoothing
# A one-hot target asks for probability 1, and softmax reaches that only with an infinite *logit* (the number before softmax). So training never ends pushing. Label smoothing asks for less: (1 − ε)·onehot + ε/K, with ε = 0.1. For K = 4 the right class gets 0.925 and each other 0.025.
#
# Where does the loss now have its minimum? One logit is free, the other nine are 0:

# %%
gaps = np.linspace(0, 12, 241)
right_ = np.exp(gaps) / (np.exp(gaps) + 9)
losses = {}
for epsilon in (0.0, 0.1):
    target = 1 - epsilon + epsilon / 10
    others = np.log((1 - right_) / 9)
    losses[f"ε = {epsilon}"] = -(target * np.log(right_) + (1 - target) * others)
ax = plots.curves(losses, x=gaps, xlabel="gap of the right logit", ylabel="loss", markers=False)
plots.alt_text(
    ax, "Loss against the gap: falls for ever without smoothing, least near 4.5 with."
)
plt.show()
best = float(gaps[losses["ε = 0.1"].argmin()])
score.close("smoothed loss is least at a gap of", best, float(np.log(91)), tolerance=0.05)
score.equal("without smoothing: at the edge", float(gaps[losses["ε = 0.0"].argmin()]), 12.0)

# %% [markdown]
# With smoothing the best answer is a probability of 0.91, at a gap of ln 91 = 4.5; beyond it the loss **rises**. A network trained so is less sure of itself.
#
# ## 8 · Inception-v4 and the residual line
#
# v4 (2016) has one module for each grid and no shortcuts (the notes give it some): 4 × A, 7 × B, 3 × C, with 384, 1,024 and 1,536 channels. Inception-ResNet makes the branches cheap, widens with a **linear** 1×1, and **adds** the result to what arrived.

# %%
b4 = built(inception_b, Style(), "b", side=17, channels=1024)
b2 = built(
    residual.residual_block, residual.INCEPTION_RESNET_TABLE["v2"].b, 0.1, Style(), "b",
    side=17, channels=1152,
)  # fmt: skip
figure, axes = plt.subplots(2, 1, figsize=(7.8, 6.0), height_ratios=[4, 3])
plots.module_diagram(ways(b4.output), 1024, title="v4, B: concat", ax=axes[0])
branches = ways(b2.get_layer("b_linear").output)
plots.module_diagram(
    branches, 1152, join="add", shortcut=True, title="Inception-ResNet-v2, B: add", ax=axes[1]
)
plots.alt_text(
    figure,
    "Block B of v4: four branches joined to 1,024 channels. Block B of Inception-ResNet-v2: "
    "two cheap branches, a linear 1×1 to 1,152 channels, added to the input.",
)
plt.show()
score.equal("v4, B, channels", b4.output.shape[-1], 1024)

# %% [markdown]
# (The network joins the two branches and widens them with one linear 1×1. A 1×1 on joined maps is the same as a 1×1 on each branch and a sum, which is how the drawing shows it. The shortcut carries the input unchanged.)
#
# ### Printed and added
# Two numbers in the figures cannot be: a sum must have the width of what it is added to. What arrives at B is what leaves reduction A: the pool's 384 channels, *n* = 384 and *m* = 384.

# %%
row_a = REDUCTION_A_TABLE["inception_resnet_v2"]
at_b = 384 + row_a.n + row_a.m
at_c = at_b + sum(int(words[-1].split()[1]) for words in
                  residual.INCEPTION_RESNET_TABLE["v2"].reduction_b)  # fmt: skip
print(f"B: printed 1154, sum {at_b:,}; C: printed 2048, sum {at_c:,}")
score.equal("v2, channels at B and C", [at_b, at_c], [1152, 2144])
paper_v2 = anatomy.describe(models.inception_resnet_v2, stem="paper", blocks=(5, 10, 5))
released = anatomy.describe(models.inception_resnet_v2)
for text, table in (("figure, 5/10/5", paper_v2), ("released, 10/20/10", released)):
    print(f"{text:20}{table.params / 1e6:6.1f} M parameters {table.macs / 1e9:6.2f} GMAC")
v4 = anatomy.describe(models.inception_v4)
widths = [v4[f"inception_{name}_output"].output_shape[-1] for name in ("a4", "b7", "c3")]
score.equal("v4, channels on its three grids", widths, [384, 1024, 1536])
score.equal("released v2, parameters", released.params, 55_873_736)

# %% [markdown]
# The released network has twice the blocks of the figure: 56 M parameters instead of 32 M. Who compares with "Inception-ResNet-v2" should say which.
#
# (The famous top-5 error of 3.08 % belongs to an **ensemble** of four networks, one v4 and three Inception-ResNet-v2, not to one structure.)
#
# ### Why scale the residual?
# With more than 1,000 filters the authors saw networks "die" early in training: the layer before the pool gave only zeros. A lower rate or more batch norm did not help; multiplying what a block adds by 0.1 to 0.3 did, and cost nothing.
#
# Can we see it die? Four blocks B of v2 at their full 1,152 channels, on a 4×4 grid, and RMSprop as in the paper. A channel counts as **dead** when it is 0 before the average pool at every place of every one of 32 images. The paper's runs took tens of thousands of steps; we have ten, so the rate is ten times the paper's 0.045. The paper's own rate is tried too.
#
# **Before you run this:** which of the three will die?

# %% tags=["nbval-ignore-output"]
ARMS = {
    "scale 1": (1.0, 0.45),
    "scale 0.1": (0.1, 0.45),
    "scale 1, the paper's rate": (1.0, 0.045),
}
dead = {}
for text, (scale, rate) in ARMS.items():
    dead[text] = []
    for seed in (0, 1, 2):
        numbers_ = inception_residual.train(scale, rate, data, seed=seed, steps=10)[1]
        dead[text].append(100 * numbers_["dead"][-1])
        keras.backend.clear_session()
    print(
        f"{text:26}",
        "  ".join(f"{share:.0f} %" for share in dead[text]),
        "of 1,152 channels dead",
    )
ax = plots.spread(dead, xlabel="dead channels after ten steps [%], one dot a seed")
plots.alt_text(
    ax, "Many dead channels with scale 1, none with scale 0.1, few at the paper's rate."
)
plt.show()
score.at_least("dead channels, scale 1, least of three seeds [%]", min(dead["scale 1"]), 15)
score.at_most("dead channels, scale 0.1, most of three seeds [%]", max(dead["scale 0.1"]), 5)

# %% [markdown]
# About half of the channels die within ten steps when residuals are added whole, none when they are scaled by 0.1. This is the paper's effect, with a caution: we had to raise the rate tenfold to see it so soon, and it is half of the channels, not all. What happens at the paper's rate over tens of thousands of steps, we did not measure.
#
# Part of the cause can be seen without training. Every block **adds**, so the values grow from block to block. Ten blocks B, first weights, random numbers as input:


# %%
def growth(scale, blocks=10, width=0.25):
    """Spread of the values after each of several blocks B, first weights, training mode."""
    keras.utils.set_random_seed(0)
    x = inputs = keras.Input((17, 17, 288))
    outputs = []
    for number in range(blocks):
        branches_ = residual.INCEPTION_RESNET_TABLE["v2"].b
        style = Style(width=width)
        x = residual.residual_block(x, branches_, scale, style, f"b{number}")
        outputs.append(x)
    noise = np.random.default_rng(0).normal(size=(4, 17, 17, 288)).astype("float32")
    answers = keras.Model(inputs, outputs)(np.maximum(noise, 0), training=True)
    return [float(np.std(np.asarray(answer))) for answer in answers]


spreads = {f"scale {scale}": growth(scale) for scale in (1.0, 0.3, 0.1)}
ax = plots.curves(spreads, xlabel="block", ylabel="spread of the values", markers=True)
plots.alt_text(
    ax, "Spread against block: with scale 1 it grows, with 0.3 a little, 0.1 hardly."
)
plt.show()
grown = {text: values[-1] / values[0] for text, values in spreads.items()}
score.at_least("spread, block 10 over block 1, scale 1", grown["scale 1.0"], 1.5)
score.at_most("spread, block 10 over block 1, scale 0.1", grown["scale 0.1"], 1.2)

# %% [markdown]
# ## 9 · What is not measured here
#
# This lesson counts exactly, and measures gradients, times and spreads. It makes **no** claim on how much accuracy the reductions, the auxiliary heads, batch norm's higher rate or the factorised kernels cost or bring: that needs trainings over several seeds. The course has the experiments ready, on narrow twins; each tells every run (how long they take was not measured):
#
# - `python -m course_utils.measure inception_twin`: naive against reduced modules at equal work; auxiliary heads on and off; ten times the learning rate, with batch norm and without;
# - `python -m course_utils.measure inception_kernels`: 5×5 and 7×7 whole and taken apart;
# - `python -m course_utils.measure inception_cats`: section 10 with three seeds.

# %% [markdown]
# ## 10 · Cats and dogs, live, and a look inside
#
# Section 5's stack for cats and dogs got a tenth of its images an epoch. Here it gets all of them, beside a small GoogLeNet: our twin with batch norm, four of the nine modules at an eighth of the width. Same images (two classes of CIFAR-10, 32×32, so the stack is padded), same number of epochs.

# %%
budget = lesson.choose(quick=dict(images=2_500, epochs=4), full=dict(images=4_000, epochs=12))
pets = inception_cats.two_classes(data, train=budget.images, test=1_000)
shown = plots.show_images(pets.x_train[:8], columns=8, size=0.95)
plots.alt_text(shown, "Eight training images of 32 by 32 pixels, of two classes.")
plt.show()

# %% tags=["nbval-ignore-output"]
print("classes:", ", ".join(pets.class_names))
networks, told = {}, {}
for name in ("stack", "googlenet"):
    networks[name], told[name] = inception_cats.train(name, pets, seed=0, epochs=budget.epochs)
    numbers = told[name]
    print(f"{name:10}{numbers['parameters']:>9,} parameters {numbers['macs'] / 1e6:5.1f} MMAC, "
          f"test accuracy {numbers['test_accuracy']:.1%}")  # fmt: skip
network = networks["googlenet"]
score.at_least("live: small GoogLeNet, test accuracy", told["googlenet"]["test_accuracy"], 0.53)
for count, most in (("parameters", 0.1), ("macs", 0.3)):
    share = told["googlenet"][count] / told["stack"][count]
    score.at_most(f"live: {count}, small GoogLeNet over stack", share, most)

# %% [markdown]
# Read the two accuracies with care. With 1,000 test images each has a standard error of about 1.5 points, and one seed is one draw: a difference of less than about five points says nothing. What is sure is the price: the small GoogLeNet has less than a tenth of the parameters and about a quarter of the work.
#
# Which branches of its modules answer? The size of what each adds to the joined maps, on 200 test images:

# %% tags=["nbval-ignore-output"]
from course_utils import inspection

ends = ("1x1", "3x3", "5x5", "pool_proj")
names = [f"inception_{n}_{end}_relu" for n in inception_cats.MODULES for end in ends]
pictures = np.asarray(inception_twin.scaled(pets.x_test[:200]))
answers = inspection.activations(network, pictures, names)
shares = np.array([np.abs(answers[name]).sum() for name in names]).reshape(-1, 4)
shares /= shares.sum(axis=1, keepdims=True)
_, ax = plt.subplots(figsize=(7, 3.8))
bottom = np.zeros(len(shares))
for end, share, colour in zip(ends, shares.T, plots.COLOURS, strict=False):
    ax.bar(range(len(shares)), share, bottom=bottom, color=colour, label=end)
    bottom += share
ax.set_xticks(range(len(shares)), labels=inception_cats.MODULES)
ax.set(xlabel="module", ylabel="share of what the module answers")
ax.legend(ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0))
plots.alt_text(ax, "Stacked bars, one a module: every branch has a share; none is silent.")
plt.show()
score.at_least("least share of a branch in any module", float(shares.min()), 0.005)

# %% [markdown]
# ## 11 · A family portrait
#
# Everything the course has built so far, in one figure. Parameters and work are counted from our code; the errors are **published** ones on ImageNet's validation images, and the papers looked at each image differently often (crops), so small differences mean little. LeNet-5 read digits and has none.

# %%
# fmt: off
FAMILY = [  # name, year, builder, top-1 and top-5 error in %, views of an image, source
    ("LeNet-5", 1998, models.lenet5, None, None, "", "MNIST"),
    ("AlexNet", 2012, models.alexnet, 40.7, 18.2, "10 crops", "NIPS 2012, table 2"),
    ("VGG-16", 2014, models.vgg16, 24.4, 7.2, "dense, crops", "1409.1556, table 5"),
    ("VGG-19", 2014, models.vgg19, 24.4, 7.1, "dense, crops", "1409.1556, table 5"),
    ("GoogLeNet", 2014, models.googlenet, None, 10.07, "1", "1409.4842, table 3"),
    ("BN-Inception", 2015, models.bn_inception, 25.2, 7.82, "1", "1502.03167, fig. 4"),
    ("Inception-v3", 2015, models.inception_v3, 21.2, 5.6, "1", "1512.00567, tab. 3"),
    ("ResNet-50", 2015, lambda: models.resnet(50), 22.85, 6.71, "10 crops", "1512.03385, tab. 3"),
    ("ResNet-152", 2015, lambda: models.resnet(152), 21.43, 5.71, "10 crops", "1512.03385, tab. 3"),
    ("Inception-v4", 2016, models.inception_v4, 20.0, 5.0, "1", "1602.07261, tab. 2"),
    ("Inc.-ResNet-v2", 2016, models.inception_resnet_v2, 19.9, 4.9, "1", "1602.07261, tab. 2"),
]
# fmt: on
portrait = {name: anatomy.describe(build) for name, _, build, *_ in FAMILY}

# %%
print(f"{'':16}{'year':>5}{'M params':>9}{'GMAC':>7}{'top-1':>7}{'top-5':>7}  views")
for name, year, _, top1, top5, views, source in FAMILY:
    table = portrait[name]
    counts = f"{table.params / 1e6:>9.2f}{table.macs / 1e9:>7.2f}"
    print(f"{name:16}{year:>5}{counts}{top1 or '–':>7}{top5 or '–':>7}  {views:13}{source}")

# %%
_, ax = plt.subplots(figsize=(7.8, 5))
PLACES = {  # where labels would meet
    "VGG-16": ("right", (-18, 6)), "VGG-19": ("left", (12, 18)),
    "Inception-v3": ("right", (-8, -12)),
    "ResNet-152": ("right", (-10, 8)), "Inception-v4": ("right", (-10, -12)),
    "Inc.-ResNet-v2": ("left", (12, -12)),
}  # fmt: skip
colours = {"A": 1, "V": 2, "G": 0, "B": 0, "I": 0, "R": 3}
for name, year, _, _, top5, _, _ in FAMILY:
    if top5:
        table = portrait[name]
        x, size = table.macs / 1e9, 9 * table.params / 1e6
        colour = plots.COLOURS[colours[name[0]]]
        ax.scatter(x, top5, s=size, color=colour, alpha=0.5, edgecolor="black", linewidth=0.6)
        ha, shift = PLACES.get(name, ("left", (8, 5)))
        ax.annotate(
            f"{name}, {year}",
            (x, top5),
            xytext=shift,
            textcoords="offset points",
            ha=ha,
            fontsize=10,
        )
ax.set(xscale="log", xlabel="work for one image [GMAC]", ylabel="published top-5 error [%]")
ax.set(xlim=(0.5, 90), ylim=(3, 20))
plots.alt_text(
    ax,
    "Published top-5 error against work; the area of a dot is the number of parameters. The "
    "Inception line runs below and left of VGG.",
)
plt.show()
share = portrait["BN-Inception"].macs / portrait["VGG-16"].macs
score.at_most("BN-Inception over VGG-16, work", round(share, 2), 0.15)

# %% [markdown]
# The area of a dot is the number of parameters. The Inception line stays at the lower left: BN-Inception does about what VGG does at an eighth of its work or less. ResNet, which reaches the same corner another way, is lesson 10's.
#
# ### Try it
# Set the six widths of a module and see what they cost. First one setting; the cell after it makes the same with sliders, and needs a **live notebook**.


# %%
def draw_costs(n1x1=64, n3x3_reduce=96, n3x3=128, n5x5_reduce=16, n5x5=32, pool_proj=32):
    """Weights and work of the four branches on a 28×28 grid with 192 channels."""
    branches = {
        "1×1": 192 * n1x1,
        "3×3": 192 * n3x3_reduce + 9 * n3x3_reduce * n3x3,
        "5×5": 192 * n5x5_reduce + 25 * n5x5_reduce * n5x5,
        "pool": 192 * pool_proj,
    }
    figure, ax = plt.subplots(figsize=(6.5, 2.6))
    bars = ax.barh(list(branches), list(branches.values()), color=plots.COLOURS[0])
    ax.bar_label(bars, [f"{w:,}" for w in branches.values()], padding=4)
    total, leaves = sum(branches.values()), n1x1 + n3x3 + n5x5 + pool_proj
    ax.set(xlabel="weights", xlim=(0, 1.25 * max(branches.values())))
    ax.set_title(
        f"{total:,} weights, {28 * 28 * total / 1e6:.0f} MMAC, {leaves} channels leave"
    )
    ax.locator_params(axis="x", nbins=5)
    ax.invert_yaxis()
    return figure


figure = draw_costs()
plots.alt_text(figure, "Four bars, the weights of the branches of 3a; the 3×3 has most.")
plt.show()

# %% tags=["nbval-ignore-output"]
import io

import ipywidgets


def as_png(**setting):
    figure, file = draw_costs(**setting), io.BytesIO()
    figure.savefig(file, format="png")
    plt.close(figure)
    return file.getvalue()


sliders = {
    name: ipywidgets.IntSlider(
        value=value, min=1, max=384, description=name, continuous_update=False
    )
    for name, value in zip(row._fields[1:], row[1:], strict=True)
}
screen = ipywidgets.Image(value=as_png(), format="png")


def redraw(change):
    screen.value = as_png(**{name: slider.value for name, slider in sliders.items()})


for slider in sliders.values():
    slider.observe(redraw, names="value")
ipywidgets.VBox([*sliders.values(), screen])

# %% [markdown]
# ## 12 · Exercises
#
# Change the stub, run the cell, read the answer. Solutions are in `solutions/09_inception_solutions.ipynb`.
#
# **Exercise 1 (recall).** Module 4a has the widths 192, 96, 208, 16, 48, 64 (in the order of section 2's printed row) and 480 channels arrive. How many weights (no biases) has it, and how many has the naive module with the same 1×1, 3×3 and 5×5?

# %%
weights_reduced, weights_naive = None, None
lesson09.savings(weights_reduced, weights_naive)

# %% [markdown]
# **Exercise 2 (by hand).** Three naive modules with 3a's numbers (64, 128 and 32 filters) stand one behind the other; 192 channels arrive at the first. How many leave the third?

# %%
channels = None
lesson09.naive_channels(channels)

# %% [markdown]
# **Exercise 3 (code).** Write the number of parameters of a module, biases included. `row` holds the six widths, `arriving` channels come in.


# %%
def module_parameters(row, arriving): ...


lesson09.count_module(module_parameters)

# %% [markdown]
# **Exercise 4 (code).** Write the share of the products that a chain of kernels saves against one: `whole` is a pair such as `(5, 5)`, `chain` a list of pairs; channels stay equal throughout.


# %%
def saved_share(whole, chain): ...


lesson09.factor_saving(saved_share)

# %% [markdown]
# **Exercise 5 (find the error).** The notes' block of section 5 is given the first five numbers of row 5a (256, 160, 320, 32, 128, 128). How many channels leave it?

# %%
leaving = None
lesson09.shifted_channels(leaving)

# %% [markdown]
# **Exercise 6 (design).** Choose six widths for a module on 192 channels: 256 channels must leave, at least 64 of them from the 3×3 and 32 from the 5×5, with at most 100,000 weights (3a has 163,328).

# %%
widths = None  # six whole numbers, in the order of the table
lesson09.design_module(widths)

# %% [markdown]
# **Exercise 7 (code).** Write smoothed targets: `labels` (N,) are class numbers; return an array (N, classes) of (1 − ε)·onehot + ε/K.


# %%
def smoothed(labels, classes, epsilon): ...


lesson09.smooth(smoothed)

# %% [markdown]
# ## 13 · Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("09")

# %% [markdown]
# ## Recap
# 1. An Inception module does not choose a kernel: it has several, side by side, and joins what they answer. 1×1 reductions make that affordable: 163,328 weights instead of 387,072 in 3a.
# 2. GoogLeNet has 6,998,552 parameters and 1.58 GMAC; two auxiliary heads (3.19 M parameters each) lengthen the early gradients in training and are dropped after.
# 3. Count. A block from memory gave 144 channels instead of 256 without any error; printed tables have slips too (5a, the 7×7, 4c and 4d, 1154).
# 4. v3: four principles; kernels taken apart save 28, 33, 11 and 71 % of the products; grids are halved by two ways side by side.
# 5. v4 is pure; Inception-ResNet adds instead of joining. At 1,152 channels and a high rate half of the channels died within ten steps; with what is added scaled by 0.1, none.
#
# ## References
# - C. Szegedy et al., "Going deeper with convolutions", 2014, arXiv:1409.4842.
# - S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate shift", 2015, arXiv:1502.03167.
# - C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna, "Rethinking the Inception architecture for computer vision", 2015, arXiv:1512.00567.
# - C. Szegedy, S. Ioffe, V. Vanhoucke, A. Alemi, "Inception-v4, Inception-ResNet and the impact of residual connections on learning", 2016, arXiv:1602.07261.

# %% [markdown]
# <details><summary><b>Teacher's notes</b></summary>
#
# **Time plan (85 minutes, without the exercises).** 5 the question · 20 the module, by hand and in code · 10 the table · 10 auxiliary heads · 10 the block from memory · 10 batch norm · 15 v3 · 10 v4 and residuals. The exercises take about 40 minutes more; 1, 2 and 5 fit into 15.
#
# **Short of time?** Skip section 8 but for the printed and added widths, and the timing in section 7. Leave exercises 3, 6 and 7 as homework.
#
# **Discuss.** (1) The notes' block trained without an error message. Which single assert would have caught it? (2) A paper's table and its text disagree. How do you decide which to build, and what do you write down?
#
# **Listen for:** "the 1×1 loses information, so it must cost accuracy" (it is followed by a ReLU and learned with the rest; ask what would have to be lost), and "71 % fewer products is 71 % less time".
#
# </details>

# %% [markdown]
# ## Scorecard

# %% tags=["nbval-ignore-output"]
score
