# %% [markdown]
# # 08 · VGG
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/08_vgg.ipynb)
#
# [← 07 · AlexNet](07_alexnet.ipynb) · [all lessons](START_HERE.ipynb) · [solutions](solutions/08_vgg_solutions.ipynb) · [09 · Inception →](09_inception.ipynb)
#
# **You will be able to**
# - build all six VGG networks from one table, and count their parameters and multiply-adds by hand;
# - compute what one value of any layer sees of the image, and compare stacks of 3×3 kernels with single large ones;
# - say what a 1×1 convolution does and what it costs;
# - recognise a network that only guesses, find the cause by measuring, and mend it;
# - write Grad-CAM, a map of what in an image speaks for an answer, and test such a map.
#
# **Before this:** lesson 04 (first weights) and lesson 07 (AlexNet). Words that are new are explained below.
#
# **Time:** about 90 minutes of reading, 60 more for the exercises; the code runs in about a minute on two CPU cores.
#
# **Data:** 17 Category Flowers, 1,360 photographs of 17 kinds (Nilsback, Zisserman), and CIFAR-10, 60,000 small pictures of ten kinds (Krizhevsky). Where they cannot be downloaded, drawn flowers and drawn shapes stand in, and the lesson's thresholds change with them.

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
from course_utils import checks, datasets, measure, plots, runtime, widgets

keras = runtime.import_keras()  # first, without TensorFlow's messages

from itertools import zip_longest

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from course_utils import anatomy, inspection, models, training
from course_utils.checks import lesson08
from course_utils.layers import LocalResponseNormalization
from course_utils.models.vgg import VGG_TABLE
from course_utils.recipes import common, vgg_depth, vgg_kernels, vgg_stuck

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="08")
plots.set_theme()
score = checks.Scorecard("08")
flowers = vgg_stuck.flowers()
objects = datasets.load("cifar10").subset(train=4_000, test=1_000)
print(flowers)
print(objects)

# %% [markdown]
# **Words of this lesson.**
#
# - *Multiply-add* (MAC): one product of a weight and a number, added to a sum. The unit of work. GMAC: thousand million of them.
# - *Receptive field*: the square of input pixels that one value of a layer depends on.
# - *Configuration*: one column of the paper's table 1, called A, A-LRN, B, C, D or E. D is "VGG-16", E is "VGG-19". A *block* is the convolutions between two pools.
# - *LRN*: local response normalisation, AlexNet's layer that divides a value by the strength of its neighbours (lesson 07).
# - *Narrow twin*: the same network with an eighth of the filters and units, for small images. It trains in seconds. What holds for a twin need not hold for the large network; where we know, we say so.
# - *Logits*: the numbers that go into softmax.
# - *He's* and *Glorot's* first weights: random numbers of variance 2/n_in, and 2/(n_in + n_out), where n_in numbers go into a unit and each of them goes to n_out units (lesson 04).
# - *Batch norm*: a layer that shifts and scales each map to mean 0 and deviation 1 over the batch, then by a learnt factor and shift (lesson 07).
# - *SGD with momentum*: gradient descent whose step is a fading sum of rate × gradient over the last steps: with momentum 0.9 up to ten times rate × gradient. *Adam*: a step of about the rate for every number, whatever the size of its gradient. *Warm-up*: the rate rises slowly from 0.
# - *Epoch*: one pass over the training images. *Seed*: the number that random weights and the order of the images start from; another seed is another trial.
# - *Stored measurement*: a comparison of several *arms* (ways to do it), each with several seeds, made beforehand with the course's code, because it takes longer than a lesson. The *live slice* repeats a small part of it here.
# - *Top-1 error*: share of images whose true kind is not the first answer; *top-5*: not among the first five.
# - *The notes*: the older lecture notes that this course replaces. Their slips are common ones, so some are shown.

# %% [markdown]
# Two small tables hold the numbers of this lesson: for how many epochs each network is trained (`budget`), and what must come out (`required`; less is asked of the drawn stand-ins). Each claim is written down as a line that begins with `score.`; it stops the lesson if the claim does not hold.

# %%
budget = lesson.choose(
    quick=dict(stuck=5, freed=12, he=8, batch_norm=4, depth=3, kernels=3, flowers=8),
    full=dict(stuck=16, freed=16, he=16, batch_norm=16, depth=6, kernels=6, flowers=30),
)
required = dict(flowers=0.4, stack=-0.05, depth=0.15, cam=0.05)
if flowers.stand_in or objects.stand_in:
    required = dict(flowers=0.5, stack=-0.3, depth=-0.3, cam=0.0)

# %% [markdown]
# ## 1 · The question: does depth alone help?
#
# AlexNet (lesson 07) won in 2012 with eight layers and many ingredients at once. Which of them mattered? In 2014 Karen Simonyan and Andrew Zisserman of the Visual Geometry Group in Oxford asked about one alone. They kept nearly everything fixed, kernel size, activation, pooling, dense layers, recipe, and changed the **depth**: 11, 13, 16 and 19 layers with weights. (Two exceptions: C has some 1×1 kernels, section 2, and the deep ones did not start from random weights, section 5.) Their networks came second in ILSVRC-2014 (classification; first in localisation), and many later programs were built on them.
#
# So let us do it: sixteen layers, from scratch, on 17 kinds of flowers. The notes did exactly that. Their recipe, and ours:
#
# | | the notes | here |
# |---|---|---|
# | network | D, 17 classes | its narrow twin: an eighth of the filters and units |
# | images | 224×224 | 32×32 |
# | flowers for training | 1,088 | 680 |
# | pixels | divided by 255 by the code that loads them, and **once more** by hand | the same |
# | first weights | Keras' default: Glorot's, biases 0 | the same |
# | optimizer | Adam, rate 0.001, batches of 64, 5 epochs | the same |
#
# The arguments of the next function, left as they are, give that recipe, so that we can change one thing at a time later.


# %%
def train_d(
    *, start="glorot_uniform", divisions=2, batch_norm=False, biases=True, **run
):
    """The notes' recipe on the narrow twin of D; returns the network and its losses."""
    keras.utils.set_random_seed(run["seed"])
    kinds = dict(kernel_initializer=start, batch_norm=batch_norm, dropout=0.0)
    model = models.vgg("D", input_shape=(32, 32, 3), classes=17, width=1 / 8, **kinds)
    for layer in model.layers:
        if getattr(layer, "bias", None) is not None:
            layer.bias.trainable = biases  # False: they stay 0
    training.prepare(model, optimizer=keras.optimizers.Adam(0.001))
    settings = dict(batch_size=64, **run)
    settings["transform"] = lambda x: keras.ops.cast(x, "float32") / 255**divisions
    pair = flowers.x_train, flowers.y_train.astype("int32")
    return model, np.array(training.fit(model, pair, **settings).history["loss"])


# %% [markdown]
# **Before you run this:** the test set has 17 kinds, 20 images of each. What accuracy would you get by always saying "daffodil"?

# %% tags=["nbval-ignore-output"]
chance = float(np.log(17))
stuck, stuck_losses = train_d(epochs=budget.stuck, seed=0)
found = vgg_stuck.probabilities(stuck, flowers.x_test, 1 / 255**2).argmax(axis=1)
different = len(np.unique(found))
print("loss by epoch:", *(f"{value:.4f}" for value in stuck_losses))
print(f"test accuracy {np.mean(found == flowers.y_test):.2%}; ", end="")
print(f"different answers to {len(found)} test images: {different} of 17")
worst = float(abs(stuck_losses - chance).max())

# %% [markdown]
# Nothing happens. One answer to every flower is right for one image of 17, 5.9%, and the loss stays where it began. Why just there?
#
# **By hand.** A network that knows nothing does best to give each of the 17 kinds the probability 1/17. Cross-entropy is −ln of the probability of the right kind: −ln(1/17) = ln 17 = 2.8332. The notes print 2.8376 at first and 2.8330 at last, and a validation accuracy of .0331 throughout, which is 9 of 272 images: one kind, always. Their log says "I am guessing".

# %%
print(
    f"ln 17 = {chance:.4f}, 9 of 272 = {9 / 272:.4f}, 71 + 9 = {71 + 9} = one whole kind"
)

# %% [markdown]
# (71 of the 1,088 training images and 9 of the 272 validation images make 80: all images of one kind. Why 2.8330 and not 2.8332? In a random split kinds are not equally frequent, and to know how common each is gains a little. A loss within a fraction of a per cent of ln(classes) is guessing.)
#
# So sixteen layers alone do *not* help: this network does not learn at all. This lesson first builds the networks and sees why their parts were chosen so; then it finds the cause, mends it in several ways, and asks again how far depth carries.

# %% tags=["claims"]
# @title Claims
score.at_most("the notes' recipe, narrow twin: loss away from ln 17", worst, 0.02)
score.at_most("the notes' recipe: different answers", different, 2)
score.close("loss of guessing among 17", chance, 2.8332, tolerance=5e-5)
score.close("the notes' validation accuracy", 9 / 272, 0.0331, tolerance=5e-5)
score.section()

# %% [markdown]
# ## 2 · Six networks, one table
#
# A word such as `3-64` says: a convolution with 64 filters of 3×3, "same" padding, then ReLU. A block is a few such words and a 2×2 max-pooling of stride 2. Behind five blocks stand three dense layers of 4096, 4096 and 1000 units. That is all. The table of the paper:

# %%
width = 9
print(f"{'':{width}}" + "".join(f"{name:>{width}}" for name in VGG_TABLE))
for number in range(5):
    columns = [VGG_TABLE[name][number].split() for name in VGG_TABLE]
    for words in zip_longest(*columns, fillvalue=""):
        print(f"block {number + 1}  " + "".join(f"{word:>{width}}" for word in words))
    print(f"{'':{width}}" + f"{'maxpool':>{width}}" * 6)
print("dense    " + f"{'4096':>{width}}" * 6 + "   two of these, then 1000")
layers_of = {}
for name, blocks in VGG_TABLE.items():
    # and the dense ones
    layers_of[name] = len(" ".join(blocks).replace("LRN", "").split()) + 3
print("layers   " + "".join(f"{count:>{width}}" for count in layers_of.values()))

# %% [markdown]
# The whole network fits into a cell. The next one builds all six from it and holds them against those of `course_utils.models`.


# %%
def vgg_here(config, side=224, classes=1000, width=1.0):
    """A column of the table: blocks of convolutions, each pooled, then three dense layers."""
    layers = keras.layers
    x = inputs = keras.Input((side, side, 3))
    for block in VGG_TABLE[config]:
        for word in block.split():
            if word == "LRN":
                x = LocalResponseNormalization()(x)
                continue
            kernel, filters = (int(part) for part in word.split("-"))
            filters = max(1, round(filters * width))
            x = layers.Conv2D(filters, kernel, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(round(4096 * width), activation="relu")(x)
        x = layers.Dropout(0.5)(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


# %%
two, gaps = flowers.x_test[:2].astype("float32"), []
for name in VGG_TABLE:
    here = vgg_here(name, 32, 17, width=1 / 8)
    package = models.vgg(name, input_shape=(32, 32, 3), classes=17, width=1 / 8)
    assert here.count_params() == package.count_params()
    here.set_weights(package.get_weights())
    gaps.append(float(np.abs(np.asarray(here(two)) - np.asarray(package(two))).max()))
print("configurations compared:", *VGG_TABLE)

# %% [markdown]
# Now count. **Parameters by hand:** C·K kernels of 3×3 and K biases, 9·C·K + K. **Multiply-adds by hand:** each of the H·W·K values of the output is a sum of 9·C products, so H·W·9·C·K. The first layer of VGG: 224·224·9·3·64 = 86.7 million. Biases, ReLU, pools and LRN are not counted.
#
# `anatomy.describe` does that for every layer. It allocates no weights, so even the 144 million of E are counted at once. **Before you run this:** E has one more layer of 256 filters than D and two more of 512. By how many per cent does the number of parameters grow from D to E?

# %%
counted = {name: anatomy.describe(models.vgg, config=name) for name in VGG_TABLE}
print(f"{'':7}{'layers':>7}{'parameters':>13}{'multiply-adds':>16}{'memory':>9}")
for name, table in counted.items():
    memory = f"{table.memory / 2**20:.0f} MiB"
    print(
        f"{name:7}{layers_of[name]:>7}{table.params:>13,}{table.macs:>16,}{memory:>9}"
    )
growth = counted["E"].params / counted["D"].params - 1
first_layer = counted["D"]["block1_conv1"].macs
print(
    f"from D to E: {growth:.1%} more parameters; first layer {first_layer:,} multiply-adds"
)
published = [
    132_863_336,
    132_863_336,
    133_047_848,
    133_638_952,
    138_357_544,
    143_667_240,
]
score.equal(
    "parameters, A to E", [table.params for table in counted.values()], published
)
gmac = [round(table.macs / 1e9, 2) for table in counted.values()]
score.equal(
    "the notes' network, 17 classes",
    anatomy.describe(models.vgg16, classes=17).params,
    134_330_193,
)

# %% [markdown]
# The paper's table 2 prints 133, 133, 134, 138 and 144 million. Depth costs few parameters (E has 3.8% more than D, 8% more than A), because three quarters sit in one dense layer that all have. It costs much work: E needs 2.6 times A's. "Memory" is what the outputs of all layers take for **one** image in float32; training keeps them for the way back, times the batch. (A-LRN stores one more output of the first size.)
#
# ### What goes wrong: slips in tables
# Such tables are copied by hand and go wrong. Some lines of the notes, and what a count says:
#
# | written | right |
# |---|---|
# | "16 layers", with two convolutions in block 3 | 12 + 3 = 15 layers; 16 needs 13 + 3 |
# | "FC 25088" as a layer | the flattened 7·7·512 maps: no parameters |
# | "19 layers", with three convolutions in the late blocks | that is D, 16 layers; E has four |
# | C: "two 1×1 convolutions that reduce the calculation" | three, and the widths stay, so they *add* work |
#
# (In lesson 09 a 1×1 will reduce work, by reducing the width.) Images are 224×224 with three channels, pools 2×2 without ReLU.

# %%
d_slip = VGG_TABLE["D"][:2] + ("3-256 3-256",) + VGG_TABLE["D"][3:]  # block 3 with two
e_slip = VGG_TABLE["E"][:2] + (
    "3-256 3-256 3-256",
    "3-512 3-512 3-512",
    "3-512 3-512 3-512",
)


def with_weights(blocks):
    return sum(len(block.split()) for block in blocks) + 3


extra = (counted["C"].macs - counted["B"].macs) / 1e9
ones = sum(word.startswith("1-") for block in VGG_TABLE["C"] for word in block.split())
print(f"'16 layers' with two convolutions in block 3: {with_weights(d_slip)} layers")
print(f"'19 layers' with three in the late blocks:    {with_weights(e_slip)} layers")
print(f"C adds {ones} convolutions of 1×1 to B, and {extra:.2f} GMAC")
print(
    f"flatten: 7·7·512 = {7 * 7 * 512:,} numbers, {counted['D']['flatten'].params} parameters",
)
score.equal(
    "layers of the two slips", [with_weights(d_slip), with_weights(e_slip)], [15, 16]
)

# %% [markdown]
# ### Where the parameters are, and where the work

# %%
stages = counted["D"].by_stage()
plots.cost_shares(
    stages.index,
    stages["params"],
    stages["macs"],
    title="VGG-16",
    alt=(
        "Shares by block: the dense head has 89 percent of the "
        "parameters, the convolutions do over 99 percent of the work."
    ),
)
fc1 = counted["D"]["fc1"].params
print(
    f"fc1 alone: 7·7·512·4096 + 4096 = {fc1:,} = {fc1 / counted['D'].params:.1%} of VGG-16"
)
more = [round(counted["E"].params / counted["A"].params - 1, 2)]
more.append(round(counted["E"].macs / counted["A"].macs, 2))

# %% [markdown]
# One dense layer holds three quarters of VGG-16. Later networks (lessons 09 and 10) average each map to one number instead, and need no such layer.

# %% tags=["claims"]
# @title Claims
score.equal(
    "layers with weights, A to E", list(layers_of.values()), [11, 11, 13, 16, 16, 19]
)
score.at_most("six narrow twins, here and in the package", round(max(gaps), 6), 1e-5)
score.equal("first layer, by hand and by anatomy", first_layer, 224 * 224 * 9 * 3 * 64)
score.equal("GMAC, A to E", gmac, [7.61, 7.61, 11.31, 11.77, 15.47, 19.63])
score.equal("1×1 convolutions of C", ones, 3)
score.close("GMAC that C adds to B", round(extra, 2), 0.46, tolerance=1e-9)
score.equal("fc1, parameters", fc1, 102_764_544)
score.close("fc1's share of VGG-16", fc1 / counted["D"].params, 0.743, tolerance=5e-4)
score.equal("E over A: more parameters, times the work", more, [0.08, 2.58])
score.section()

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
plots.receptive_growth(
    cup,
    fields,
    [row.name for row in rows],
    alt=(
        "A cup of coffee with five nested frames, 6 pixels wide "
        "after pool 1 and 212 of 224 after pool 5."
    ),
)
d_layers = []
for block in VGG_TABLE["D"]:
    d_layers += [(int(word[0]), 1) for word in block.split()] + [(2, 2)]
by_rule = fields_of(d_layers)
print("behind the five pools:", fields)

# %% [markdown]
# ### Try it
# Build a stack and point at a value of the last layer; the pixels it depends on light up. Replace three 3×3 by one 7×7: the lit square is the same, the number of weights is not.

# %% tags=["nbval-ignore-output"]
picture = widgets.ReceptiveField("three 3×3", size=24, channels=64)
picture.show()

# %% tags=["claims"]
# @title Claims
score.equal("VGG-16, what pool 5 sees: anatomy and the rule", fields[-1], by_rule[-1])
score.equal("VGG-16, what pool 5 sees", fields[-1], 212)
score.equal("the picture's three 3×3 see", picture.field, 7)
score.section()

# %% [markdown]
# ## 4 · Why small kernels
#
# Three 3×3 see what one 7×7 sees. **By hand,** with C channels in and out: 3 · 9 · C² = 27 C² weights against 49 C². The stack *keeps* 27/49 = 55% and *saves* 45%; the other way round, the 7×7 costs 81% more. (The notes say "55% fewer": they took what is kept for what is saved.) Two 3×3 against one 5×5: 18 C² against 25 C².

# %%
kept = 27 / 49
print(
    f"three 3×3 keep {kept:.0%} of a 7×7, save {1 - kept:.0%}; it has {1 / kept - 1:.0%} more",
)
print(f"two 3×3 keep {18 / 25:.0%} of a 5×5 and save {1 - 18 / 25:.0%}")

# %% [markdown]
# And there are three ReLUs instead of one, so the stack can make more complicated functions of the same pixels. The paper adds: it acts like a 7×7 that is forced to be made of three 3×3, which leaves it less freedom to overfit.
#
# But is it *better*? The paper made one test, with two 3×3 against one **5×5**: configuration B with each pair of 3×3 exchanged for one 5×5 had a top-1 error 7 points higher. There the width was the same. Three 3×3 against a 7×7 it did not test.
#
# A fair test has two sides, **equal width** and **equal parameters**. We take small networks, all layers of one width, nearly all parameters in the kernels that are compared: a first 3×3 and a pool, then twice a *group* of the kernels in question and a pool.

# %%
print(f"{'group':30}{'filters':>9}{'parameters':>12}{'multiply-adds':>15}")
kernel_tables = {}
for name, arm in vgg_kernels.VARIANTS.items():
    table = kernel_tables[name] = anatomy.describe(vgg_kernels.build, name=name)
    filters = vgg_kernels.filters_of(name)
    print(f"{arm.label:30}{filters:>9}{table.params:>12,}{table.macs:>15,}")
for one, other in (("5", "33"), ("7", "333"), ("333_33", "33")):
    ratio = kernel_tables[one].params / kernel_tables[other].params
    score.close(f"parameters, {one} over {other}", round(ratio, 3), 1.0, tolerance=0.03)

# %% [markdown]
# Equal parameters means about equal work too, since each group uses its kernels at equally many places. **Before you run this:** at equal parameters, do you expect the stack or the single kernel to be ahead? By how much?
#
# A stored measurement: 4,000 images of CIFAR-10, six epochs, three seeds, one recipe for all, one dot a training (`python -m course_utils.measure vgg_kernels` makes it again).

# %%
stored_kernels = measure.load("vgg_kernels")


def stored_values(stored, key, **chosen):
    """One number a run, of the runs that agree with `chosen`."""
    agree = [
        run for run in stored["runs"] if all(run[k] == v for k, v in chosen.items())
    ]
    return np.array([run[key] for run in agree])


by_kernel = {}
for name in vgg_kernels.VARIANTS:
    by_kernel[name] = 100 * stored_values(stored_kernels, "test_accuracy", arm=name)
labels = {name: arm.label for name, arm in vgg_kernels.VARIANTS.items()}
groups = {labels[name]: values for name, values in by_kernel.items()}
title = "Eight kinds of groups, three seeds each"
plots.spread(
    groups,
    xlabel="test accuracy in %",
    title=title,
    alt=(
        "Test accuracy of eight kinds of groups, all between 41 "
        "and 49 percent, with most ranges overlapping."
    ),
)
for name, values in by_kernel.items():
    low, high = values.min(), values.max()
    print(
        f"{labels[name]:30} mean {values.mean():.1f}%, from {low:.1f}% to {high:.1f}%"
    )

# %% [markdown]
# Three seeds only, so read the spread and not the means alone.
#
# - **Equal parameters:** one 5×5 and two 3×3 cannot be told apart, and neither can one 7×7 and three 3×3: their dots mix.
# - **Equal width:** the large kernels have higher means (5×5 by 1.0, 7×7 by 2.4 points) and many more parameters; their dots overlap with the stacks' as well.
# - **The clearest difference is against depth:** three 3×3 with the parameters of two lie below two 3×3, each dot below every dot.
#
# So the stacks are **not** ahead here. What differs from the paper's 7 points? Among other things the length of the training. Look at the **training** loss, epoch by epoch:

# %%
by_loss = {}
for name in ("33", "5", "333", "7"):
    by_loss[name] = stored_values(stored_kernels, "loss", arm=name)
print(
    f"{'training loss, mean of 3 seeds':30}"
    + "".join(f"  epoch {e}" for e in range(1, 7))
)
for name, losses in by_loss.items():
    print(
        f"{labels[name]:30}" + "".join(f"{value:9.2f}" for value in losses.mean(axis=0))
    )
for one, other in (("33", "5"), ("333", "7")):
    behind = (by_loss[one] > by_loss[other]).sum(axis=0)
    print(f"{labels[one]} behind {labels[other]}: {behind} of 3 seeds")
third = {name: losses[:, 2] for name, losses in by_loss.items()}  # after three epochs
both = bool((third["333"] > third["7"]).all() and (third["33"] > third["5"]).all())
apart = by_kernel["33"].min() - by_kernel["333_33"].max()

# %% [markdown]
# The stacks start more slowly: after three epochs both are behind their single kernel for every seed. Later the gap closes for the pair and gets smaller for the three. What a network *can* represent and how fast it *learns* are two things; small kernels promise the first. Both counts, 55% of the weights and three ReLUs, are true, and neither says that a short training is won. The live slice repeats three epochs with another seed.

# %% tags=["nbval-ignore-output"]
live_kernels = {}
for name in ("333", "7"):
    _, live_kernels[name] = vgg_kernels.train(
        name, objects, seed=3, epochs=budget.kernels
    )
    run = live_kernels[name]
    loss, test = run["loss"][-1], run["test_accuracy"]
    print(f"{labels[name]:30} training loss {loss:.3f}, test {test:.1%}")
    keras.utils.clear_session()  # memory: forget the network before the next one
lead = live_kernels["333"]["loss"][-1] - live_kernels["7"]["loss"][-1]

# %% [markdown]
# ### 1×1: mixing channels
# A 1×1 kernel sees one place, but all its channels. Each new map is a weighted sum of the old ones, the same at every place; then comes ReLU. **By hand,** one place with channels (2, 1, 3): with weights (1, −1, 0) the first new map gets 2 − 1 = 1, with (0, 1, −1) the second gets 1 − 3 = −2, and ReLU makes that 0.

# %%
place, mixing = (
    np.array([2.0, 1.0, 3.0]),
    np.array([[1.0, 0.0], [-1.0, 1.0], [0.0, -1.0]]),
)
print("one place:", place @ mixing, "→", np.maximum(place @ mixing, 0))
person = datasets.photograph("astronaut")[:448:2, :448:2]
photo = person.astype("float32") / 255
recipe = np.array([[0.33, 1.0, -0.5], [0.33, -0.5, -0.5], [0.34, -0.5, 1.0]], "float32")
layer = keras.layers.Conv2D(3, 1, activation="relu", use_bias=False)
# builds the layer; then its weights are replaced
mixed = np.asarray(layer(photo[None]))
layer.set_weights([recipe[None, None]])
mixed = np.asarray(layer(photo[None]))[0]
plots.show_images(
    [person, *np.moveaxis(mixed, -1, 0)],
    titles=["image", "mean", "red", "blue"],
    size=1.9,
    alt="A woman in an orange suit and three mixtures of the colours: grey, red parts, blue parts.",
)
gap = float(np.abs(mixed - np.maximum(photo @ recipe, 0)).max())

# %% [markdown]
# The role of a 1×1 convolution, in one sentence: it adds a non-linear mixing of the channels and leaves the receptive field alone. C adds three of them to B; D has 3×3 in the same three places. The paper found C better than B (mixing helps) and D better than C (seeing neighbours helps more). In our stored measurement "two 3×3 and a 1×1" has a lower mean than "two 3×3", within the spread.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.close("share that three 3×3 keep", kept, 0.551, tolerance=5e-4)
score.close("what a 7×7 costs more", 1 / kept - 1, 0.815, tolerance=5e-4)
score.true("stored: both stacks behind after three epochs, every seed", both)
score.at_least("stored: two 3×3 over three of equal parameters, points", apart, 0.0)
score.at_least("live: training loss, three 3×3 minus one 7×7", lead, required["stack"])
score.at_most("1×1: layer and matrix product, largest difference", round(gap, 6), 1e-5)
score.section()

# %% [markdown]
# ## 5 · Why the deep network is stuck
#
# Back to the run of section 1. We follow the signal, as in lesson 04, first by a rule, in the network of the notes: VGG-16 at **full width**. (Images of 64×64 pixels do; their size changes one factor only, that of the first dense layer: 0.58 here, 0.93 at 224×224.) Two things are looked at: Keras' default weights (Glorot) against He's, and pixels divided by 255 **twice** against once.
#
# **By hand.** Without biases a ReLU network is *homogeneous*: halve the weights of a layer, and everything behind it is halved. Glorot's variance is 2/(n_in + n_out), He's 2/n_in. So Glorot's signal is smaller at each layer by the factor √(n_in/(n_in + n_out)): √½ = 0.71 where the width stays, √⅓ = 0.58 where it doubles. The first layer goes from 3 to 64 channels, √(3/67) = 0.21; the last from 4096 to 17, nearly 1. **Before you run this:** sixteen such factors and the second division; by how much are the logits smaller?


# %%
def kernel_shapes(config, side, classes):
    """Shape of every kernel of a configuration, and whether a pool follows."""
    shapes, channels = [], 3
    for block in VGG_TABLE[config]:
        for word in block.split():
            kernel, filters = (int(part) for part in word.split("-"))
            shapes.append(((kernel, kernel, channels, filters), False))
            channels = filters
        shapes[-1] = (shapes[-1][0], True)
    inputs = (side // 32) ** 2 * channels
    return [
        *shapes,
        ((inputs, 4096), False),
        ((4096, 4096), False),
        ((4096, classes), False),
    ]


def fan(shape):
    """How many numbers go into a unit, and how many units one number goes to."""
    places = int(np.prod(shape[:-2]))  # 9 for a 3×3 kernel, 1 for a dense layer
    return places * shape[-2], places * shape[-1]


# %%
fans = [fan(shape) for shape, _ in kernel_shapes("D", 64, 17)]
factors = [np.sqrt(n_in / (n_in + n_out)) for n_in, n_out in fans]
print("factor of each layer:", *(f"{factor:.2f}" for factor in factors))
predicted = float(np.prod(factors) / 255)
print(f"product {np.prod(factors):.2e}, with the second division {predicted:.1e}")

# %% [markdown]
# Now with numbers. The same random numbers are scaled by each rule, so that the rules differ by nothing else. The *ratio* of two rules must then come out exactly as derived: that checks our code. Whether He's line stays level is the real question.
#
# One rule more: the paper drew weights "from a normal distribution with zero mean and 10⁻² variance". Variance 0.01 is a standard deviation of 0.1. Where the notes retell the paper they write a *deviation* of 0.01; their own run has Keras' default. Both are tried.


# %%
def signal(rule, x, config="D"):
    """Standard deviation behind each layer, weights drawn by `rule(n_in, n_out)`, no biases."""
    rng, sizes = np.random.default_rng(8), []
    for shape, pool in kernel_shapes(config, x.shape[1], 17):
        kernel = rng.standard_normal(shape, dtype="float32")
        kernel *= np.float32(rule(*fan(shape)))
        if len(shape) == 4:
            x = np.maximum(np.asarray(keras.ops.conv(x, kernel, padding="same")), 0)
            x = np.asarray(keras.ops.max_pool(x, 2)) if pool else x
        else:
            x = x.reshape(len(x), -1) @ kernel
            # the logits keep their sign
            x = np.maximum(x, 0) if shape[1] == 4096 else x
        sizes.append(float(x.std()))
    return sizes


def he(n_in, n_out):
    return np.sqrt(2 / n_in)


def glorot(n_in, n_out):
    return np.sqrt(2 / (n_in + n_out))


# %% tags=["nbval-ignore-output"]
photos = vgg_stuck.flowers(64).x_test[:8].astype("float32")
centred = photos - photos.mean(axis=(0, 1, 2))
sizes = {
    "He, divided once": signal(he, photos / 255),
    "Glorot, divided once": signal(glorot, photos / 255),
    "Glorot, divided twice": signal(glorot, photos / 255**2),
    "variance 0.01, mean subtracted": signal(lambda n_in, n_out: 0.1, centred),
    "deviation 0.01, mean subtracted": signal(lambda n_in, n_out: 0.01, centred),
}
title = "VGG-16, full width, no biases (layers 14 to 16 are dense)"
limits = dict(floor=1e-8, ceiling=1e14)
ax = plots.signal_by_layer(sizes, ylabel="standard deviation", title=title, **limits)
ax.set_ylim(top=1e17)  # room for the legend
plots.show(
    ax,
    alt=(
        "Standard deviation behind 16 layers: He's line stays level, "
        "Glorot's falls, variance 0.01 rises by eight powers of ten."
    ),
)
for name, values in sizes.items():
    print(f"{name:32} logits {values[-1]:.2g}")

# %% tags=["nbval-ignore-output"]
he_logits, stuck_logits = (
    sizes["He, divided once"][-1],
    sizes["Glorot, divided twice"][-1],
)
level = np.array(sizes["He, divided once"])
ratio = stuck_logits / he_logits / predicted
loud = sizes["variance 0.01, mean subtracted"][-1]

# %% [markdown]
# With Glorot and two divisions the logits are a few **millionths**; with He's weights and one division the signal is level. But a faint signal alone need not stay faint: training could make it larger. Why does it not?
#
# ### From faint to drowned
# Three measurements on the narrow twin that did not learn (`stuck`). First, before any training: how large is the mean **gradient** of the weights of each layer, and of its biases?


# %%
def mean_gradients(model, divisions=2):
    """Mean size of the loss' gradient by the kernel and by the biases of each layer."""
    layers = [layer for layer in model.layers if layer.weights]
    x = flowers.x_train[:64].astype("float32") / 255**divisions
    # records the sums, so that they can be differentiated
    with tf.GradientTape() as tape:
        given = model(x)
        loss = keras.losses.sparse_categorical_crossentropy(flowers.y_train[:64], given)
        loss = tf.reduce_mean(loss)
    kernels, biases = [[layer.weights[i].value for layer in layers] for i in (0, 1)]
    slopes = tape.gradient(loss, kernels + biases)
    sizes = [float(np.abs(np.asarray(slope)).mean()) for slope in slopes]
    return sizes[: len(layers)], sizes[len(layers) :]


# %% tags=["nbval-ignore-output"]
fresh = vgg_stuck.build(vgg_stuck.VARIANTS["notes"], classes=17, seed=0, steps=1)
he_twin = vgg_stuck.build(vgg_stuck.VARIANTS["he"], classes=17, seed=0, steps=1)
of_kernels, of_biases = mean_gradients(fresh)
lines = {"of the weights": of_kernels, "of the biases": of_biases}
title = "Glorot, divided twice, before training (narrow twin)"
limits = dict(floor=1e-10, ceiling=1)
ax = plots.signal_by_layer(lines, ylabel="mean gradient", title=title, **limits)
text = "Mean gradient by layer: of the weights about 1e-8 in all layers; of the biases rising "
plots.show(
    ax, alt=text + "from 1e-5 in the first to 1e-1 in the last, always far above."
)
least = min(np.array(of_biases) / of_kernels)
print(f"gradient of the biases over that of the weights: {least:.0f} at least")
he_kernels = mean_gradients(he_twin)[0]
print("gradient of the weights, median of the layers, divided twice: ", end="")
print(f"Glorot {np.median(of_kernels):.0e}, ", end="")
print(f"with He's weights {np.median(he_kernels):.0e}")

# %% [markdown]
# The gradient of a weight is a product with the layer's *input*, which is tiny; the gradient of a bias is not. What does the optimizer make of it? Adam divides each gradient by its own usual size (plus 10⁻⁷, its *epsilon*), so a number moves by up to the rate, 0.001, at every step.
#
# - A **bias** that moves by 0.001 adds 0.001 to the signal, at once and for every image alike.
# - A **weight** that moves by 0.001 adds 0.001 times an input of some 10⁻⁶, which is next to nothing. Where gradients are below epsilon, as here, it moves even less.
#
# Second measurement: the signal of four starts, layer by layer, against the biases that the stuck twin has after its five epochs.

# %% tags=["nbval-ignore-output"]
# without the last
hidden = [layer.name for layer in stuck.layers if layer.weights][:-1]
raw = flowers.x_test[:100].astype("float32")


def sizes_of(model, images):
    """Mean size of what each hidden layer answers."""
    given = inspection.activations(model, images, hidden)
    return np.array([np.abs(given[name]).mean() for name in hidden])


starts = {}
for label, model in (("He", he_twin), ("Glorot", fresh)):
    starts[f"{label}, divided once"] = sizes_of(model, raw / 255)
    starts[f"{label}, divided twice"] = sizes_of(model, raw / 255**2)
bias = [np.abs(stuck.get_layer(name).weights[1].value).mean() for name in hidden]
bias = np.array(bias)

# %% tags=["nbval-ignore-output"]
title = "Signal of four starts, and the biases after training (narrow twin)"
lines = starts | {"mean bias of the stuck twin": bias}
ax = plots.signal_by_layer(
    lines, ylabel="mean size", title=title, floor=1e-8, ceiling=10
)
plots.show(
    ax,
    alt=(
        "Mean signal of 15 layers: He, divided once, lies far above the "
        "biases in every layer, all others below them at the end."
    ),
)
over = {name: values / bias for name, values in starts.items()}
for name, ratios in over.items():
    print(
        f"{name:22} signal over bias: first layer {ratios[0]:8.3f}, last {ratios[-1]:8.5f}"
    )

# %% [markdown]
# Only one start lies above the biases *everywhere*. He's weights with two divisions are level, but too low in **every** layer. Glorot's with one division begin well and are too low from the **seventh** layer on. Where biases are larger than the signal, images begin to look alike, and the layers behind cannot tell them apart again. So the size of the logits alone does not decide (He, divided twice, has the larger ones), and either fault can be fatal by itself. Section 6 has the trainings to these four.
#
# Third: look at `fc2`, the last hidden layer, of the stuck twin. How large is the part of its signal in which images *differ*?


# %% tags=["nbval-ignore-output"]
def differing_part(model, layer="fc2"):
    """Spread between test images over mean size of the signal, and the mean size."""
    values = inspection.activations(model, raw / 255**2, layer)[layer]
    size = float(np.abs(values).mean())
    return float(values.std(axis=0).mean()) / size, size


parts = {
    "before training": differing_part(fresh),
    "after training": differing_part(stuck),
}
for name, (part, size) in parts.items():
    print(
        f"{name:16} mean size {size:.1e}, of which images differ by a share of {part:.1e}"
    )
before, after = parts["before training"], parts["after training"]

# %% [markdown]
# Training made the signal larger, and made all images **alike**. From an input that is the same for every image one can learn how common the kinds are, and nothing else: ln 17.
#
# That is a story so far. **Test it:** if biases are what drowns the signal, then the same training, same first weights, same two divisions, with all biases held at 0 must leave ln 17. **Before you run this:** will it?

# %% tags=["nbval-ignore-output"]
keras.utils.clear_session()
epochs = 20 if flowers.stand_in else budget.freed  # the stand-in has fewer images
freed_losses = train_d(biases=False, epochs=epochs, seed=0)[1]
print("biases held at 0:", *(f"{value:.3f}" for value in freed_losses))
drop = float(chance - freed_losses[-1])

# %% [markdown]
# It does, after some epochs at ln 17 (the gradients of the weights are as small as before, so it begins slowly). One other thing differs, the number of epochs: twelve instead of five. But with biases the run stays at ln 17 for sixteen (section 6, three seeds). So, in this one seed, it is the biases that hold the network at ln 17, and the faint signal that lets them.
#
# **And the paper?** Variance 0.01 taken literally makes the signal explode in layers this wide. A deviation of 0.01 makes it fade, in D much more than in A, which has five layers fewer:

# %% tags=["nbval-ignore-output"]
shallow = signal(lambda n_in, n_out: 0.01, centred, config="A")[-1]
deep = sizes["deviation 0.01, mean subtracted"][-1]
print(
    f"deviation 0.01: logits of A {shallow:.1e}, of D {deep:.1e}, {shallow / deep:.0f} to 1"
)

# %% [markdown]
# That fits what the paper tells: the authors trained A from random weights, and copied its first four convolutions and its three dense layers into the deeper ones. Which of the two readings they used we cannot measure. They add that they later found Glorot's rule, which needs no copying.

# %% tags=["claims"]
# @title Claims
score.equal("layers with weights", len(factors), 16)
score.close(
    "predicted: logits of Glorot, divided twice, over He",
    predicted * 1e6,
    2.88,
    tolerance=0.05,
)
score.at_most(
    "He, divided once: largest over smallest signal", level.max() / level.min(), 5
)
score.at_most("Glorot, divided twice: deviation of the logits", stuck_logits, 1e-5)
score.close("ratio of the logits over the derived one", ratio, 1, tolerance=0.02)
score.at_least("variance 0.01: deviation of the logits", loud, 1e6)
score.at_least("stuck twin: gradient of biases over that of weights, least", least, 100)
score.at_most(
    "divided twice, He's: mean gradient of the weights", float(max(he_kernels)), 1e-3
)
score.at_least(
    "He, divided once: signal over bias, least", over["He, divided once"].min(), 5
)
score.at_most(
    "He, divided twice: signal over bias, most", over["He, divided twice"].max(), 1
)
score.at_most(
    "Glorot, divided once: in the last layer", over["Glorot, divided once"][-1], 0.2
)
score.at_least("fc2 before training: share in which images differ", before[0], 0.1)
score.at_most("fc2 after training: share in which images differ", after[0], 1e-3)
score.at_least("fc2: mean size after training over before", after[1] / before[1], 100)
score.at_least("the notes' recipe, biases held at 0: falls below ln 17 by", drop, 0.05)
score.at_least("deviation 0.01: logits of A over those of D", shallow / deep, 100)
score.section()

# %% [markdown]
# ## 6 · Four mends
#
# What each changes in `train_d`:
#
# 1. **He's first weights**: `start="he_normal"`. A level signal.
# 2. **Batch norm** (2015): `batch_norm=True`. Each map is scaled to deviation 1, whatever came in (lesson 07).
# 3. **Warm-up**: SGD with momentum instead of Adam, and a rate that rises slowly to a peak and falls again. Tried from Glorot's weights (peak 0.1) and from He's (peak 0.02).
# 4. **A first**: train the narrow twin of A, copy its first four convolutions and its dense layers into D, train on. Eight epochs each.
#
# And the pipeline: each arm with pixels divided twice, as in the notes, and once (`divisions=1`). Sixteen epochs of 680 flowers, three seeds, stored (`python -m course_utils.measure vgg_stuck`). **Before you look:** which arms will work even with pixels divided twice?

# %%
stored_stuck = measure.load("vgg_stuck")
figure, axes = plt.subplots(1, 2, figsize=(8, 4.6), sharey=True)
for ax, pixels in zip(axes, ("twice", "once"), strict=True):
    lines = {}
    for name, arm in vgg_stuck.VARIANTS.items():
        lines[arm.label] = stored_values(stored_stuck, "loss", arm=name, pixels=pixels)
    title = f"pixels divided {pixels}"
    plots.curves(lines, ylabel="training loss", title=title, markers=False, ax=ax)
    ax.axhline(chance, color="black", linestyle=":", linewidth=1)
    ax.text(16, chance + 0.04, "ln 17", ha="right")
    ax.axvline(8.5, color="black", linewidth=0.6)
    ax.text(8.2, 3.2, "(A first: A)", ha="right", fontsize=9)
    ax.text(8.8, 3.2, "(A first: D)", fontsize=9)
    ax.set_ylim(0, 3.35)
    ax.get_legend().remove()
handles, names = axes[0].get_legend_handles_labels()
figure.legend(handles, names, loc="outside lower center", ncols=3)
plots.show(
    figure,
    alt=(
        "Training loss by epoch: with pixels divided twice all but "
        "batch norm stay at ln 17, divided once most fall."
    ),
)

# %% [markdown]
# An arm has *left ln 17* when its training loss is below 0.95·ln 17. For "A first" the epochs of D alone are counted, from epoch 9 on.

# %%
print(f"{'':24}{'pixels':>7}{'epochs to leave ln 17':>23}{'test accuracy':>18}")
left = {}
for pixels in ("twice", "once"):
    for name, arm in vgg_stuck.VARIANTS.items():
        losses = stored_values(stored_stuck, "loss", arm=name, pixels=pixels)
        below = losses[:, arm.shallow_first :] < 0.95 * chance
        left[name, pixels] = [
            int(row.argmax()) + 1 if row.any() else None for row in below
        ]
        epochs = ", ".join(str(value or "never") for value in left[name, pixels])
        values = 100 * stored_values(
            stored_stuck, "test_accuracy", arm=name, pixels=pixels
        )
        tests = f"{values.min():.1f} to {values.max():.1f}%"
        print(f"{arm.label:24}{pixels:>7}{epochs:>23}{tests:>18}")
freed = {
    key: sum(value is not None for value in values) for key, values in left.items()
}
ours = [freed[name, pixels] for name in ("notes", "he") for pixels in ("twice", "once")]
steps = [round(float(np.log(1e-6) / np.log(kept))) for kept in (0.9, 0.99)]

# %% [markdown]
# - **Two faults.** The pipeline mended alone frees one seed of three. He's weights alone free none. Both together free all three. That agrees with the figure of signals and biases: only "He, divided once" lies above the biases everywhere. "Glorot, divided once" is the borderline case, and there chance decides.
# - **Batch norm** works even with pixels divided twice, and at once: it lifts the faint signal again at every convolution (in the first only in part, since a small constant is added to the variance there).
# - **Warm-up is no mend of a faint signal.** From Glorot's weights it never left ln 17, nor from He's with two divisions. With SGD a step is rate × gradient, and with the gradients printed in section 5 (pixels divided twice), 10⁻⁸ (Glorot) and 2·10⁻⁵ (He), times a rate of 0.1 or less and ten for the momentum, the weights hardly move in 176 steps. (Divided once, Glorot's should be 255 times as large, some 10⁻⁶, which is still little.) With a signal that is right, it works.
# - **A first** works only if A itself learns, so with one division. When its layers move into D, the loss is back at ln 17 (the jump at epoch 9: the new layers in between know nothing), and D leaves it within two epochs. After the same sixteen epochs it is the last of those that work.
#
# (Three seeds show which arms work. Small differences between those that do are not to be read.)
#
# (One trap more. In use batch norm uses running averages, which begin at 1. Here they keep 0.9 of the old value at each step, and need 131 steps until only a millionth of that 1 is left: 0.9¹³¹ = 10⁻⁶. Pixels divided twice have a variance of that size, so stopped after a few dozen steps the network would probably answer nonsense, as in lesson 07 (not measured here). With Keras' default of 0.99 it would need 1,375 steps.)
#
# The mends differ in what they mend: batch norm puts the signal right at every convolution; He's rule keeps a signal level that comes in right; a mended pipeline lets it come in right; A first shortens the way; warm-up only steps more carefully. The live slice runs two of them, with another seed:

# %% tags=["nbval-ignore-output"]
keras.utils.clear_session()
live = {}
live["He's weights, one division"] = dict(
    start="he_normal", divisions=1, epochs=budget.he
)
live["batch norm, two divisions"] = dict(batch_norm=True, epochs=budget.batch_norm)
for label, changed in live.items():
    losses = train_d(seed=3, **changed)[1]
    print(f"{label:28}", *(f"{value:.2f}" for value in losses))
    score.at_most(f"live: training loss, {label}", losses[-1], round(chance - 0.2, 2))
    keras.utils.clear_session()

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.equal("stored, seeds that learn: notes; once; He's; both", ours, [0, 1, 0, 3])
score.equal(
    "stored, seeds that learn: batch norm, twice", freed["batch_norm", "twice"], 3
)
score.equal("steps until a millionth is left, keeping 0.9 and 0.99", steps, [131, 1375])
score.section()

# %% [markdown]
# ## 7 · How far does depth carry?
#
# Now the paper's question, on narrow twins of all six configurations, with a start that works: He's weights, pixels from −1 to 1, without batch norm and with it. Stored: 4,000 images of CIFAR-10, six epochs of 63 steps, three seeds, one recipe for all depths that was not tuned for any (`python -m course_utils.measure vgg_depth`).
#
# **Before you look:** a deeper network *can* do all that a shallower one can. Which will have the smallest **training** loss: A or E, with or without batch norm?

# %%
stored_depth = measure.load("vgg_depth")
figure, axes = plt.subplots(1, 2, figsize=(8, 4.2), sharey=True)
for ax, ending in zip(axes, ("", " BN"), strict=True):
    lines = {}
    for name in "ABCDE":
        label = f"{name}, {layers_of[name]} layers"
        lines[label] = stored_values(stored_depth, "loss", arm=name + ending)
    title = "with batch norm" if ending else "without batch norm"
    plots.curves(lines, ylabel="training loss", title=title, ax=ax)
    ax.axhline(np.log(10), color="black", linestyle=":", linewidth=1)
    ax.text(6, np.log(10) + 0.02, "guessing: ln 10", ha="right")
    ax.get_legend().remove()
axes[1].set_ylabel("")
handles, names = axes[0].get_legend_handles_labels()
figure.legend(handles, names, loc="outside lower center", ncols=5, fontsize=9)
plots.show(
    figure,
    alt=(
        "Training loss by epoch of A to E: A lowest and E "
        "highest, with batch norm all lower."
    ),
)

# %%
print(
    f"{'':7}{'layers':>7}{'training loss, 3 seeds':>26}{'test accuracy, 3 seeds':>28}"
)
final, tests = {}, {}
for name, arm in vgg_depth.VARIANTS.items():
    final[name] = stored_values(stored_depth, "loss", arm=name)[:, -1]
    tests[name] = 100 * stored_values(stored_depth, "test_accuracy", arm=name)
    losses = "  ".join(f"{value:.2f}" for value in np.sort(final[name]))
    values = "  ".join(f"{value:.1f}%" for value in np.sort(tests[name]))
    print(f"{name:7}{arm.layers:>7}{losses:>26}{values:>28}")
for deep, shallow in (("B", "A"), ("C", "B"), ("E", "A"), ("E BN", "A BN")):
    gap = final[deep].min() - final[shallow].max()
    score.at_least(
        f"stored: every seed of {deep} above every seed of {shallow}, by", gap, 0.0
    )
helped = final["E"].min() - final["E BN"].max()

# %% [markdown]
# The smallest training loss has A with batch norm, the largest E without. So on these twins more depth stops helping **at once**. Without batch norm every step, A to B, B to C, C to D, D to E, has a higher mean *training* loss. This is not overfitting: the deeper network does worse on the very images it is trained on. E is the extreme: after six epochs two of its three seeds still have less than a quarter of the test images right. (It does not sit at ln 10 = 2.30 as in section 1; it has left it, slowly.)
#
# Batch norm helps every depth, E most on average: its training loss falls by more than 0.5 for every seed, below that of A *without* batch norm on average. But A gains as well, and among the networks with batch norm the shallowest is ahead again. One exception to the order: D with batch norm trains better than C, for every seed, with as many layers; its three 3×3 kernels see neighbours, where C's 1×1 do not. In test accuracy the two cannot be told apart, so this is not yet the paper's result, where D has the lower error.
#
# (A-LRN is not ahead of A: LRN adds nothing here, as the paper found.)
#
# How far does that carry? Not to ImageNet. Six epochs of 63 steps are a very short training; five pools take 32×32 pixels to 1×1, so that block 5 works on 2×2 values, and most taps of a 3×3 kernel there meet padding; the images are few. In the paper, with 1.3 million images and 74 epochs, the error falls from 11 to 16 layers and then stands still (section 9). What these twins do show is the obstacle: the deeper network *contains* the shallower one, and in equally many steps gradient descent did not find it. Lesson 10 builds a network in which "do as the shallower one" is the easy thing to learn.
#
# The live slice: A and E without batch norm, half of the images, another seed.

# %% tags=["nbval-ignore-output"]
few, live_depth = objects.subset(train=2_000), {}
for name in ("A", "E"):
    live_depth[name] = vgg_depth.train(name, few, seed=3, epochs=budget.depth)[1]
    losses = ", ".join(f"{value:.2f}" for value in live_depth[name]["loss"])
    print(f"{name}: training loss by epoch {losses}")
    keras.utils.clear_session()
worse = live_depth["E"]["loss"][-1] - live_depth["A"]["loss"][-1]

# %% [markdown]
# In the output stored here E ends at 2.30, which is ln 10: in these 96 steps it has not begun to learn. With more steps it begins, as the stored measurement shows, and is behind all the same. That looks like section 5 once more, though the start is He's; signal and biases were not measured here.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.at_least("stored: training loss, every seed of E above E BN, by", helped, 0.3)
score.at_least("live: training loss, E minus A", worse, required["depth"])
score.section()

# %% [markdown]
# ## 8 · Look inside a trained network
#
# For pictures we need a network that has learnt something. A twin of A (11 layers) with batch norm, 64×64 pixels, 680 flowers and their mirror images, one rate that rises and falls. **Before you run this:** guessing is right for 5.9% of the test images. What do you expect from 40 training photographs a kind?

# %% tags=["nbval-ignore-output"]
larger = vgg_stuck.flowers(64)
keras.utils.set_random_seed(0)
start = dict(width=1 / 8, batch_norm=True, dropout=0, kernel_initializer="he_normal")
reader = models.vgg("A", input_shape=(64, 64, 3), classes=17, **start)
x = np.concatenate([larger.x_train, larger.x_train[:, :, ::-1]])
y = np.concatenate([larger.y_train, larger.y_train]).astype("int32")
rate = training.one_cycle(0.003, examples=len(x), batch_size=64, epochs=budget.flowers)
training.prepare(reader, optimizer=keras.optimizers.Adam(rate))
settings = dict(epochs=budget.flowers, batch_size=64, transform=common.scaled)
reader_run = training.fit(reader, (x, y), **settings)
print(f"trained for {reader_run.seconds:.0f} s")

# %% tags=["nbval-ignore-output"]
numbers = larger.x_test.astype("float32") / 127.5 - 1
chances = inspection.activations(reader, numbers, "predictions", batch_size=64)[
    "predictions"
]
answers = chances.argmax(axis=1)
right = float(np.mean(answers == larger.y_test))
print(f"{right:.1%} of {len(answers)} test flowers are right")

# %% [markdown]
# More than half, from 40 photographs a kind and some seconds of training. (A test part of 340 images leaves an uncertainty of some five points either way.) The notes' sixteen layers were right for 3.3%.

# %% [markdown]
# ### Filters and maps
# AlexNet's first kernels were 11×11, large enough to show edges and colour blobs. **Before you look:** what can one see in 3×3?

# %% tags=["nbval-ignore-output"]
filters = inspection.first_filters(reader)  # (filters, 3, 3, 3)
low, high = (
    filters.min(axis=(1, 2, 3), keepdims=True),
    filters.max(axis=(1, 2, 3), keepdims=True),
)
shown = plots.show_images(list((filters - low) / (high - low)), columns=8, size=0.95)
shown[0].figure.suptitle("First kernels, each stretched to its own range")
plots.show(
    shown, alt="Eight kernels of 3 by 3 coloured squares; no shape can be read in them."
)

# %% [markdown]
# Nine coloured squares: light against dark, one colour against another. More cannot be said of a 3×3 kernel, and kernels of later layers have many channels and cannot be drawn at all. What the *maps* show is easier to read. One flower, four maps of the first layer, and the same number from deeper layers:

# %% tags=["nbval-ignore-output"]
sure = np.flatnonzero(answers == larger.y_test)
sure = sure[np.argsort(-chances[sure, answers[sure]])]
names_of = larger.class_names
one = int(sure[0])
names = [
    "block1_conv1_relu",
    "block2_conv1_relu",
    "block3_conv2_relu",
    "block4_conv2_relu",
]
travel = inspection.activations(reader, numbers[one : one + 1], names)
pictures, titles = [larger.x_test[one]] * 4, [names_of[answers[one]]] + [""] * 3
blank = np.ones((64, 64, 3))
pictures[1:] = [blank] * 3
for name in names:
    maps = travel[name][0]
    strongest = np.argsort(-maps.mean(axis=(0, 1)))[:4]
    pictures += [maps[..., channel] for channel in strongest]
    titles += [f"{name[:6]}, {maps.shape[0]}×{maps.shape[0]}"] * 4
plots.show_images(
    pictures,
    titles=titles,
    columns=4,
    size=1.6,
    alt=(
        "A flower, and below it maps of four layers: parts of the "
        "picture first, a few bright squares at last."
    ),
)
score.equal(
    "maps get coarser", [travel[name].shape[1] for name in names], [64, 32, 16, 8]
)

# %% [markdown]
# ### Grad-CAM: which pixels speak for the answer?
# Which part of the image made the network say "sunflower"? Take the maps of a late convolution. Ask for each map: if it grew a little everywhere, would the score of "sunflower" grow? The mean **gradient** of the score by the map says so; it becomes the weight of the map. Add the weighted maps up, keep what is positive, enlarge to the size of the image. (The last block's maps are 4×4 here, too coarse for a picture. We take block 4, 8×8.)
#
# **By hand,** two maps of two places: (1, 0) and (0, 2), mean gradients 3 and −1. The sum is 3·(1, 0) − 1·(0, 2) = (3, −2); what is positive: (3, 0). The left place speaks for the answer.
#
# The score is the number *before* softmax. (After it, a map would also count for what it does to the other classes.)


# %%
def grad_cam_here(model, numbers, target, layer):
    """Weighted sum of a layer's maps (h, w), where it is positive, before enlarging."""
    last = model.layers[-1]
    front = keras.Model(model.inputs[0], [model.get_layer(layer).output, last.input])
    # records the sums, so that they can be differentiated
    with tf.GradientTape() as tape:
        maps, features = front(numbers[None], training=False)
        points = features @ last.kernel[:, target : target + 1] + last.bias[target]
    gradient = tape.gradient(points, maps)[0]
    weight = np.asarray(gradient).mean(axis=(0, 1))
    return np.maximum(np.asarray(maps)[0] @ weight, 0)


# %% tags=["nbval-ignore-output"]
DEEP = "block4_conv2_relu"
target = int(answers[one])
small_map = grad_cam_here(reader, numbers[one], target, DEEP)
enlarged = keras.ops.image.resize(
    small_map[..., None], (64, 64), interpolation="bilinear"
)
package_map = inspection.grad_cam(reader, numbers[one], target, layer=DEEP)
gap = float(
    np.abs(np.asarray(enlarged)[..., 0] - package_map).max() / package_map.max()
)

# %% tags=["nbval-ignore-output"]
chosen = [int(number) for number in sure[:: max(1, len(sure) // 4)][:4]]
figure, axes = plt.subplots(2, 4, figsize=(8, 4.4))
for (top, bottom), number in zip(axes.T, chosen, strict=True):
    heat = inspection.grad_cam(
        reader, numbers[number], int(answers[number]), layer=DEEP
    )
    plots.show_image(larger.x_test[number], title=names_of[answers[number]], ax=top)
    plots.show_image(larger.x_test[number], ax=bottom)
    drawn = bottom.imshow(heat / heat.max(), cmap="viridis", alpha=0.6, vmin=0, vmax=1)
figure.colorbar(drawn, ax=axes, shrink=0.6, label="share of the map's largest value")
shown_names = ", ".join(names_of[answers[number]] for number in chosen)
plots.show(
    figure,
    alt=f"Four flowers ({shown_names}) and below each the same with a heat map; the bright places "
    "lie partly on the flower and partly beside it.",
)

# %% [markdown]
# Look closely, and do not read into them what you hope for. In the stored figure the daisy's brightest place is the rim of its yellow disc and the windflower's is at the lower edge of the petals; the dandelion's is its left border; and the pansy, of which the network is surest of all, has its brightest spot *beside* the flower, at the right edge of the picture.
#
# So a heat map is a claim about the network, and has to be **tested**. If the bright half of the pixels matters more than the dark half, then covering the bright half (with the mean colour) must cost more of the answer's probability. But bright areas are smooth, and the flower is mostly in the middle: any large patch may cost much. Two fair controls have the same shape and lie elsewhere: the image's own map *mirrored*, and the map of *another* image.


# %%
def covered(image, heat, brightest=True):
    """The image with the brightest (or darkest) half of the heat map under the mean colour."""
    # decides among pixels of equal heat
    noise = np.random.default_rng(0).random(heat.size)
    order = np.lexsort((noise, heat.ravel()))
    half = order[len(order) // 2 :] if brightest else order[: len(order) // 2]
    image = image.copy()
    image.reshape(-1, 3)[half] = numbers.mean(axis=(0, 1, 2))
    return image


# %% tags=["nbval-ignore-output"]
tried = np.random.default_rng(0).choice(sure, min(40, len(sure)), replace=False)
kinds = answers[tried]
heats = [
    inspection.grad_cam(reader, numbers[n], int(answers[n]), layer=DEEP) for n in tried
]
others = heats[1:] + heats[:1]
ways = {"nothing": [numbers[n] for n in tried]}
ways["bright half"] = [
    covered(numbers[n], h) for n, h in zip(tried, heats, strict=True)
]
mirrored = [(numbers[n], heat[:, ::-1]) for n, heat in zip(tried, heats, strict=True)]
ways["mirrored map's"] = [covered(*pair) for pair in mirrored]
ways["another map's"] = [
    covered(numbers[n], h) for n, h in zip(tried, others, strict=True)
]
ways["dark half"] = [
    covered(numbers[n], h, False) for n, h in zip(tried, heats, strict=True)
]
kept = {}
for name, images in ways.items():
    after = inspection.activations(
        reader, np.array(images), "predictions", batch_size=64
    )
    kept[name] = after["predictions"][np.arange(len(tried)), kinds]
for name, values in kept.items():
    wins = int((kept["bright half"] < values).sum())
    print(
        f"{name:15} covered: probability {values.mean():.2f}; bright half costs more: {wins}"
    )
cost = float((kept["dark half"] - kept["bright half"]).mean())

# %% [markdown]
# In the output stored here the answer keeps a probability of 0.17 when the bright half is covered and 0.61 when the dark half is. That looks like a proof, and it is none. The **mirrored** map knows nothing of left and right in this picture, and covering its bright half costs as much: 0.17, and for only about half of the images is the true map the more costly. The map of another image costs somewhat less on average (0.30), but again for half of the images as much.
#
# So these maps have shown no more than their mirror images do; perhaps only "the middle of the picture, where the flower is", which a fixed square in the middle would test. Half of a picture is a coarse cover, and 40 pictures that were answered rightly are few; a larger network and smaller patches may do better. Without the controls we would have believed the maps.

# %% [markdown]
# ### Where it errs

# %% tags=["nbval-ignore-output"]
counts = np.zeros((17, 17), int)
np.add.at(counts, (larger.y_test, answers), 1)
with plots.figure(
    size=(8, 6.6),
    alt=(
        "Confusion matrix of 17 kinds of flowers, with mistakes spread over many pairs."
    ),
) as ax:
    plots.confusion_matrix(
        counts,
        class_names=names_of,
        title="17 flowers, test set",
        ax=ax,
    )
wrong_pairs = counts - np.diag(np.diag(counts))
i, j = divmod(int(wrong_pairs.argmax()), 17)
mistaken = int((answers != larger.y_test).sum())
print(f"{mistaken} mistakes in {(wrong_pairs > 0).sum()} different pairs")
print(f"most common: {names_of[i]} read as {names_of[j]}, {wrong_pairs[i, j]} times")

# %% [markdown]
# The mistakes are spread over many pairs, and the most common pair is a small part of them. Some are flowers of one colour (lily of the valley as snowdrop, sunflower as buttercup), others are hard to explain. The mistakes of which it was surest:

# %% tags=["nbval-ignore-output"]
wrong = np.flatnonzero(answers != larger.y_test)
worst = wrong[np.argsort(-chances[wrong].max(axis=1))][:8]
titles = []
for n in worst:
    told = f"read as {names_of[answers[n]]}\n{chances[n].max():.0%} sure"
    titles.append(f"{names_of[larger.y_test[n]]}\n{told}")
plots.show_images(
    list(larger.x_test[worst]),
    titles=titles,
    columns=4,
    size=1.9,
    alt="Eight misread flowers, each with its kind, the answer and how sure the network was.",
)

# %% [markdown]
# A sunflower read as a buttercup: both are yellow, and of the shape little is left in 64×64 pixels. More telling is how *sure* the network is of answers that are wrong. A probability printed by such a network is no measure of trust.

# %% tags=["claims"]
# @title Claims
score.at_least("A, narrow, batch norm: flowers told", right, required["flowers"])
score.equal("kernels of the first layer", filters.shape, (8, 3, 3, 3))
score.at_most(
    "Grad-CAM: this cell and the package, relative difference", round(gap, 4), 1e-3
)
score.at_least(
    "covering the bright half costs more than the dark, by", cost, required["cam"]
)
score.equal("mistakes in the matrix", int(wrong_pairs.sum()), mistaken)
score.at_least("certainty of the worst mistake", float(chances[wrong].max()), 0.3)
score.section()

# %% [markdown]
# ## 9 · The paper beside ours
#
# ILSVRC-2012 validation images, one network, one size of the test image (table 3 of the paper), errors in per cent. S is the shorter side to which training images are scaled before a 224×224 piece is cut out; Q is that of the test images.
#
# | configuration | layers | S = Q = 256: top-1 | top-5 | best: top-1 | top-5 |
# |---|---|---|---|---|---|
# | A | 11 | 29.6 | 10.4 | 29.6 | 10.4 |
# | A-LRN | 11 | 29.7 | 10.5 | 29.7 | 10.5 |
# | B | 13 | 28.7 | 9.9 | 28.7 | 9.9 |
# | C | 16 | 28.1 | 9.4 | 27.3 | 8.8 |
# | D | 16 | 27.0 | 8.8 | 25.6 | 8.1 |
# | E | 19 | 27.3 | 9.0 | 25.5 | 8.0 |
#
# "Best" differs in two things: S is drawn anew for each training image, from 256 to 512, and Q is 384 (C, D and E only; for A and B the paper has one line). With several crops of each test image *and* a dense evaluation over the whole image, both averaged, E reaches 24.4 and 7.1 (table 5); the 2014 submission, seven networks together, had 7.3% top-5 error on the test set, behind GoogLeNet's 6.7% (lesson 09). AlexNet, 2012: 38.1 and 16.4 with five networks, on validation images.

# %%
# S = 256
paper_top1 = {"A": 29.6, "A-LRN": 29.7, "B": 28.7, "C": 28.1, "D": 27.0, "E": 27.3}
with plots.figure(
    size=(7, 3.6),
    alt="The paper's top-1 error falls from A, 29.6, to D, 27.0, and E has 27.3.",
) as ax:
    for place, error in enumerate(paper_top1.values()):
        ax.plot(place, error, "o", color=plots.COLOURS[0], markersize=9)
        ax.annotate(
            f"{error}", (place, error), (0, 9), textcoords="offset points", ha="center"
        )
    ticks = [f"{name}\n{layers_of[name]} layers" for name in paper_top1]
    ax.set_xticks(range(6), labels=ticks)
    ax.set(
        ylabel="top-1 error in %",
        ylim=(25, 31),
        title="The paper on ImageNet, S = Q = 256",
    )
small = counted["D"].params / anatomy.describe(models.googlenet).params
print(f"VGG-16 has {small:.1f} times the parameters of GoogLeNet")

# %% [markdown]
# **Why they differ.** The paper's networks saw 1.3 million images for 74 epochs, at full width and 224×224 pixels, the deep ones with layers copied from A. Ours saw 4,000 small images six times, at an eighth of the width. So there the question was what a network can represent, and depth paid up to 16 layers. Here it was how fast a network begins to learn, and depth cost. At S = Q = 256 even the paper's E is not ahead of D.
#
# **The notes' three questions.**
#
# 1. *Why three 3×3 in place of a 7×7?* They see the same pixels with 55% of the weights, and have three ReLUs. In our short trainings that did not pay. The paper tested two 3×3 against a 5×5 on ImageNet, and there the stack won by 7 points.
# 2. *What is a 1×1 for?* It mixes channels, adds a ReLU, and leaves the receptive field alone. In the paper C is ahead of B, and D ahead of C: mixing helps, and neighbours help more.
# 3. *What about depth?* In the paper it pays up to 16 layers, and 19 bring little or nothing more; in our short trainings not even the step from 11 to 13 paid. GoogLeNet went to 22 layers in the same year, with a twentieth of the parameters.

# %% tags=["claims"]
# @title Claims
score.true(
    "the paper at S = 256: E is not ahead of D", paper_top1["E"] >= paper_top1["D"]
)
score.at_least("VGG-16's parameters over GoogLeNet's", small, 19)
score.section()

# %% [markdown]
# ## 10 · Exercises
#
# Change the stub, run the cell, read the answer. Solutions are in `solutions/08_vgg_solutions.ipynb`.
#
# **Exercise 1 (by hand).** Three 3×3 convolutions, a 2×2 pool of stride 2, one more 3×3. How many pixels a side does one value see?

# %%
field = None
lesson08.stack_then_pool(field)

# %% [markdown]
# **Exercise 2 (code).** Write the receptive field of a chain of layers without using `fields_of`: `chain` is a list of (side, stride); an empty chain sees one pixel.


# %%
def field_of(chain): ...


lesson08.field_of(field_of)

# %% [markdown]
# **Exercise 3 (by hand).** 256 channels in and out, biases included: how many parameters have three 3×3 layers, and one 7×7 layer?

# %%
stack_parameters, large_parameters = None, None
lesson08.stack_against_large(stack_parameters, large_parameters)

# %% [markdown]
# **Exercise 4 (by hand).** How many multiply-adds do two layers of VGG-16 need for one image of 224×224: the second convolution, `block1_conv2`, and the first dense layer, `fc1`?

# %%
second_convolution, first_dense = None, None
lesson08.layer_work(second_convolution, first_dense)

# %% [markdown]
# **Exercise 5 (code).** Count the parameters of a column of the table without Keras: `blocks` holds five texts such as `"3-64 3-64"` (no `LRN` among them), images are 224×224×3, two dense layers have 4096 units, the last one `classes`. Biases included.


# %%
def table_parameters(blocks, classes): ...


lesson08.table_parameters(table_parameters)

# %% [markdown]
# **Exercise 6 (code).** Write a warning for training logs: True when a network has learnt nothing, that is, its *last* loss lies within 0.2% of ln(classes), above or below, **and** all its answers are the same. `losses` holds one number an epoch, `answers` the class numbers that it gave to some images.


# %%
def has_learnt_nothing(losses, answers, classes): ...


lesson08.has_learnt_nothing(has_learnt_nothing)

# %% [markdown]
# **Exercise 7 (find the errors).** The start of the notes' run in NumPy: how pixels are prepared, and how first weights are drawn. Mend both functions. The check sends images of 0 to 255 through sixteen layers and measures the logits.


# %%
def prepared(images):
    loaded = images / 255  # what the loader does
    return loaded / 255


def first_weights(rng, n_in, n_out):
    return rng.standard_normal((n_in, n_out)) * np.sqrt(2 / (n_in + n_out))


lesson08.fixed(prepared, first_weights)

# %% [markdown]
# **Exercise 8 (code).** A 1×1 convolution with ReLU in NumPy: `maps` (H, W, C), `kernel` (C, K), `bias` (K,) → (H, W, K).


# %%
def mix_channels(maps, kernel, bias): ...


lesson08.mix_channels(mix_channels)

# %% [markdown]
# **Exercise 9 (code).** The heart of Grad-CAM in NumPy: `maps` (H, W, C) and the gradient of the score by them, `gradient` (H, W, C) → heat map (H, W).


# %%
def speaking_map(maps, gradient): ...


lesson08.speaking_map(speaking_map)

# %% [markdown]
# **Exercise 10 (design).** Write a column of your own: five blocks of 3×3 and 1×1 convolutions, each layer with at least as many filters as its block has in the table (64, 128, 256, 512, 512). At 224×224 and 1,000 classes it must see at least as far as VGG-16 behind the last pool (212 pixels) for at most 8 GMAC, about what A needs. The check counts.

# %%
own_column = None  # five texts, for instance ("3-64", "3-128", "3-256 3-256", …)
lesson08.own_column(own_column)

# %% [markdown]
# ## 11 · Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("08")

# %% [markdown]
# ## Recap
# 1. Six networks come from one table of 3×3 (and three 1×1) convolutions. From A to E the parameters grow by 8%, the work by 158%; three quarters of VGG-16 sit in fc1.
# 2. Three 3×3 see 7×7 pixels with 27/49 of the weights; a receptive field grows by (side − 1) steps a layer, and pools lengthen the step.
# 3. A loss that stands at ln(classes) is guessing. Here pixels were scaled twice and the weights made the signal fainter at each layer, until the biases drowned it. Mending one fault by itself freed at most one seed of three; mending both freed all three. Measure the signal before you add epochs.
# 4. On our twins each step of depth made the *training* loss worse, with batch norm from A to E less so; in the paper the gain ends at 16 layers.
# 5. Grad-CAM weighs the maps by the mean gradient of a score. Such a picture is a claim: test it against a control.
#
# ## References
# - K. Simonyan, A. Zisserman, "Very deep convolutional networks for large-scale image recognition", 2014, arXiv:1409.1556. Table 1 the configurations, 2 the parameters, 3 and 5 the errors, 7 the comparison; the test of 5×5 kernels stands in section 4.1.
# - K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", 2015, arXiv:1502.01852.
# - X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
# - S. Ioffe, C. Szegedy, "Batch normalization", 2015, arXiv:1502.03167.
# - R. Selvaraju and others, "Grad-CAM", 2016, arXiv:1610.02391.
# - M.-E. Nilsback, A. Zisserman, "A visual vocabulary for flower classification", CVPR 2006.

# %% [markdown]
# <details><summary><b>Teacher's notes</b></summary>
#
# **Time plan (90 minutes, without the exercises).** 10 the stuck run and ln 17 · 15 the table and its slips · 15 receptive fields and small kernels · 20 following the signal, the mends · 10 depth · 15 Grad-CAM and its test · 5 quiz. Exercises 1, 3, 6 and 7 fit into 25 minutes more.
#
# **Short of time?** Skip the slips of section 2 and the 1×1 on the photograph; show the stored figures and leave out the live slices. Never skip ln 17.
#
# **Discuss.** (1) A colleague's loss stands at 6.9078 for 1,000 classes. What do you ask first, and second? (2) The narrow twins disagree with the paper. Which of the differences (data, width, epochs, images of 32×32) would you change first to find out why?
#
# **Listen for:** "the deeper network is too weak" or "needs more epochs": its biases drown what differs between the images, so more epochs of the same do not help. And "three 3×3 are the same as a 7×7": they see the same pixels, they are not the same functions.
#
# </details>

# %% [markdown]
# ## Scorecard
#
# **Next:** [09 · Inception →](09_inception.ipynb) · [solutions](solutions/08_vgg_solutions.ipynb)

# %% tags=["nbval-ignore-output"]
score
