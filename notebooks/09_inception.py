# %% [markdown]
# # 09 · Inception
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/09_inception.ipynb)
#
# [← 08 · VGG](08_vgg.ipynb) · [all lessons](START_HERE.ipynb) · [solutions](solutions/09_inception_solutions.ipynb) · [10 · ResNet →](10_resnet.ipynb)
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
# **Time:** about 90 minutes of reading, 40 more for the exercises; the code runs in about a minute on two CPU cores.
#
# **Data:** CIFAR-10 (Krizhevsky 2009), 60,000 colour images of 32×32 pixels, and bundled photographs. Where CIFAR-10 cannot be had, ten generated shapes stand in.

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
from course_utils import checks, datasets, plots, runtime, widgets

keras = runtime.import_keras()  # first, without TensorFlow's messages

import matplotlib.pyplot as plt
import numpy as np

from course_utils import anatomy, measure, models
from course_utils.checks import lesson09
from course_utils.models.bn_inception import BN_INCEPTION_TABLE
from course_utils.models.googlenet import GOOGLENET_TABLE, inception, naive_inception
from course_utils.models.inception_parts import Style
from course_utils.recipes import (
    inception_cats,
    inception_fit,
    inception_layers,
    inception_residual,
    inception_small,
)

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="09")
plots.set_theme()
score = checks.Scorecard("09")
needed = lesson.choose(quick=dict(train=12_500), full=dict(train=20_000))
data = datasets.load("cifar10").subset(train=needed.train, test=5_000)
print(data)

# %% [markdown]
# **Words of this lesson.**
#
# - *Work*: the number of multiply-adds (MACs) for one image: one product and one sum each. *G* stands for 10⁹ and *M* for 10⁶ (GMAC, MMAC), and the papers' *K* for 1,024.
# - *Branch*: one of several ways from the input of a module to its output. *Concat*: the maps of all branches are put behind each other along the channels.
# - *Width*: the number of channels. *Grid*: the height and width of a map in pixels, such as 28×28.
# - *Stem*: the layers before the first module. *Head*: what turns maps into class probabilities.
# - *Reduction of channels*: a 1×1 convolution with fewer filters than channels arrive. *Projection*: the same behind a pool. *Reduction A, B*: modules of the later papers that halve the **grid**.
# - *Linear* convolution: one without a ReLU behind it.
# - *Top-5 error*: the share of images whose class is not among the five likeliest answers; *top-1 error*: is not the likeliest one. *Crop*: a square cut from an image; one may average the answers to many. *Dense* (of a test, section 11): the network is run at every place of the image; a dense *layer* is a fully connected one. *Ensemble*: several networks whose answers are averaged.
# - *Batch norm*: subtracts each channel's mean and divides by its spread, over all places of all images of a batch; then multiplies by γ and adds β, both learned. *LRN*, local response normalisation: lesson 07's division by the neighbouring channels.
# - *Seed*: what random draws start from. *Twin*: a narrow copy of a network for small images.
# - *The notes*: the lecture notes that this course replaces. You need not have them: every fault of theirs is retold here.

# %% [markdown]
# ## 1 · The question: wider or deeper, at the same work?
#
# On ImageNet VGG got better by getting deeper, up to 16 layers. But depth and width are paid for, and not in the same coin. **Before you run this:** if every layer of VGG-16 gets twice as many channels, how many times more work is that?

# %%
for text, build in {
    "VGG-16": lambda: models.vgg16(),
    "VGG-16, twice as wide": lambda: models.vgg16(width=2),
    "GoogLeNet": lambda: models.googlenet(),
}.items():
    table = anatomy.describe(build)
    print(
        f"{text:24}{table.params / 1e6:8.1f} M parameters {table.macs / 1e9:7.2f} GMAC"
    )
vgg, lean = anatomy.describe(models.vgg16), anatomy.describe(models.googlenet)
print(f"VGG-16 has {vgg.params / lean.params:.0f} times the parameters of GoogLeNet")

# %% [markdown]
# Twice the width is nearly **four** times the work: both the channels that arrive and the filters double. (Twice as many equal layers are only twice the work.) Larger networks also overfit more, and labels for ImageNet's finest classes are dear (a husky and an Eskimo dog differ by a few hairs).
#
# GoogLeNet won the ImageNet contest of 2014 with 22 layers that have weights one behind the other (branches side by side count once), a **twentieth** of VGG-16's parameters and a tenth of its work. (VGG came second. What won was an ensemble of seven GoogLeNets that looked at 144 crops of each image: 6.67% top-5 error. One network and one crop: 10.07%, table 3 of the paper.) What does it do differently?

# %% tags=["claims"]
# @title Claims
score.equal("GoogLeNet, parameters", lean.params, 6_998_552)
score.close("GoogLeNet, GMAC", round(lean.macs / 1e9, 2), 1.58, tolerance=0.01)
score.section()

# %% [markdown]
# ## 2 · The module
#
# ### See
# Which kernel is best: 1×1, 3×3 or 5×5? The paper does not choose. Every module has all of them **side by side**, and a pool, and puts the answers behind each other. That is the *naive* module. The real one has a 1×1 convolution before each expensive branch.
#
# The two diagrams are drawn from the built modules; the numbers on the arrows are channels.


# %%
def built(function, *arguments, side, channels):
    """A module alone, as a model."""
    inputs = keras.Input((side, side, channels))
    return keras.Model(inputs, function(inputs, *arguments))


# %%
row, biased = GOOGLENET_TABLE[0], Style(batch_norm=False)
naive = built(naive_inception, row, biased, side=28, channels=192)
reduced = built(inception, row, biased, side=28, channels=192)
plots.architecture(
    anatomy.describe(naive),
    anatomy.describe(reduced),
    block=True,
    title=["naive, figure 2a", "module 3a, figure 2b"],
    alt=(
        "Two modules of four branches; 3a has a 1×1 convolution "
        "before its 3×3 and 5×5 and after its pool."
    ),
)
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
#
# **Work by hand.** Every weight is used once at each of the 28·28 places: 784 · 163,328 = 128 million multiply-adds, and 784 · 387,072 = 303 million for the naive module.

# %%
weights_naive = naive.count_params() - (64 + 128 + 32)
weights_reduced = reduced.count_params() - (64 + 96 + 128 + 16 + 32 + 32)
ratio = weights_naive / weights_reduced
print(f"naive {weights_naive:,}, reduced {weights_reduced:,}, ratio {ratio:.2f}")
score.equal("3a, with biases", reduced.count_params(), 163_696)
whole = anatomy.describe(models.googlenet, reduce=False)
print(
    f"GoogLeNet of naive modules: {whole.params / 1e6:.1f} M parameters, "
    f"{whole.macs / 1e9:.1f} GMAC, {whole['inception_5b_output'].output_shape[-1]:,} channels"
)


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


def by_shape(model):  # the shapes of the six kernels all differ
    return {tuple(w.shape): w for w in model.weights if len(w.shape) == 4}


maps = np.random.default_rng(0).normal(size=(2, 28, 28, 192)).astype("float32")
for shape, weight in by_shape(here).items():
    weight.assign(by_shape(reduced)[shape])
difference = float(np.abs(np.asarray(here(maps)) - np.asarray(reduced(maps))).max())
score.equal("module here, parameters", here.count_params(), 163_696)

# %% [markdown]
# (Biases begin at 0 in both, so the kernels alone decide.)
#
# ### Why should it work?
# The paper's argument: a large sparse network would be ideal, but computers are fast on dense blocks. So approximate the sparse one by dense pieces of several sizes. That is a hope, not a proof. What this section shows is that the module is affordable. Whether the reductions cost accuracy, section 9 measures.

# %% tags=["claims"]
# @title Claims
score.equal("3a naive, weights", weights_naive, 387_072)
score.equal("3a, weights", weights_reduced, 163_328)
score.at_least(
    "naive network, work over GoogLeNet's", round(whole.macs / lean.macs, 2), 5
)
score.at_most(
    "module here and the package, largest difference", round(difference, 5), 1e-3
)
score.section()

# %% [markdown]
# ## 3 · The paper's table, rebuilt
#
# Nine modules, and what the paper prints beside them: parameters and operations, with K = 1,024. **Before you run this:** will the printed numbers come out?

# %%
PRINTED = {"3a": (159, 128), "3b": (380, 304), "4a": (364, 73), "4b": (437, 88),
           "4c": (463, 100), "4d": (580, 119), "4e": (840, 170), "5a": (1072, 54),
           "5b": (1388, 71)}  # fmt: skip
print(f"{'':4}{'output':>12}{'parameters':>12}{'in K':>8}{'printed':>9}{'off':>8}"
      f"{'MMAC':>9}{'printed':>9}{'off':>8}")  # fmt: skip
off_params, off_work = {}, {}
for row_ in GOOGLENET_TABLE:
    own = [r for r in lean.rows if r.name.startswith(f"inception_{row_.name}_")]
    shape = "×".join(map(str, own[-1].output_shape))
    params, work = sum(r.params for r in own), sum(r.macs or 0 for r in own) / 1e6
    kilo, mega = PRINTED[row_.name]
    off_params[row_.name] = round(100 * (kilo / (params / 1024) - 1), 1)
    off_work[row_.name] = round(100 * (mega / work - 1), 1)
    print(f"{row_.name:4}{shape:>12}{params:>12,}{params / 1024:>8.1f}{kilo:>9}"
          f"{off_params[row_.name]:>6} %"
          f"{work:>9.1f}{mega:>9}{off_work[row_.name]:>6} %")  # fmt: skip
over = [name for name, share in off_params.items() if abs(share) > 1]
score.equal(
    "rows whose printed parameters are over 1 % off", over, ["4c", "4d", "5a", "5b"]
)
over = [name for name, share in off_work.items() if abs(share) > 1]

# %% [markdown]
# The **work** fits the widths in every row but 5a; what is left is less than a million in each row. The **parameters**, with K = 1,024 and biases counted, fit within one K in 3a and 3b only. From 4a on, all but 5a are printed too low, by a little in 4a, 4b and 4e, by almost 2% in 4d and 5b, and by 7% in **4c**. Which column is right? 4c's printed 100 M operations on 14·14 places need 510,000 weights. That is what its widths give, and not 463K. So the widths are right, and the parameter column is not.
#
# **5a** is of another kind. 1072K and 54 M fit each other, and neither fits the widths, which give 1,043,456 parameters (1,019K) and 51 M. The row was probably counted for some other widths. We build what the widths say.
#
# The first row of the table is stranger. A 7×7 convolution from 3 channels to 64 with stride 2 stands there, with **2.7K** parameters and **34M** operations.

# %%
plain = 7 * 7 * 3 * 64 + 64
plain_work = 112 * 112 * 7 * 7 * 3 * 64
separable = 7 * 7 * 3 * 8 + 3 * 8 * 64  # eight kernels a colour, then 1×1 from 24 to 64
separable_work = 112 * 112 * separable
print(f"plain 7×7:     {plain - 64:,} weights, with 64 biases {plain:,} parameters; "
      f"{plain_work / 1e6:.0f} M multiply-adds")  # fmt: skip
print(f"separable 7×7: {separable:,} weights, with 64 biases {separable + 64:,} parameters; "
      f"{separable_work / 1e6:.1f} M multiply-adds")  # fmt: skip

# %% [markdown]
# The printed row fits a **separable** convolution: each colour is convolved alone with eight kernels (1,176 weights), then a 1×1 mixes the 24 maps into 64 (1,536). With 64 biases these are 2,776 parameters, 2.7K in units of 1,024. The text of the paper does not say so; its successor BN-Inception does use one. We build the plain 7×7 that figure 3 of the paper shows: **6,998,552** parameters in all.

# %% tags=["claims"]
# @title Claims
score.equal("rows whose printed work is over 1 % off", over, ["5a"])
score.equal("stem as described, parameters", lean["stem_conv1"].params, plain)
score.equal("separable 7×7, weights", separable, 2_712)
score.close("separable 7×7, M multiply-adds", separable_work / 1e6, 34.0, tolerance=0.1)
score.section()

# %% [markdown]
# ## 4 · Auxiliary heads: a short way for the gradient
#
# The authors feared that the gradient would not reach the first of 22 layers in a row. So GoogLeNet has two more heads, on 4a and 4d: their losses, times 0.3, are added in training, and the heads are thrown away afterwards.
#
# The notes attach one sentence to the main head: "128 1×1, FC 1024, 70% dropout". That is the **auxiliary** head: 5×5 average pool with stride 3 (14×14 becomes 4×4), 1×1 to 128, dense 1,024, dropout 70%, softmax. The main head is one average over each map, dropout 40%, softmax.

# %%
with_heads = anatomy.describe(models.googlenet, aux=True)
for head, arriving in (("aux1", 512), ("aux2", 528)):
    counted = sum(r.params for r in with_heads.rows if r.name.startswith(head))
    by_hand = (arriving + 1) * 128 + (4 * 4 * 128 + 1) * 1024 + 1025 * 1000
    print(f"{head}: {counted:,} parameters")
    score.equal(f"{head}, parameters", counted, by_hand)
print(f"with both: {with_heads.params:,}; without: {lean.params:,}")

# %% [markdown]
# Nearly half of the network that is trained is thrown away. Does the gradient reach the first layers better with the heads? We measure its length at each convolution (the root of the sum of its squares over the kernel's weights) in an **untrained** twin (all nine modules, an eighth of the width, 32×32 images), with heads and without; three seeds are stored, and the first is measured again here, on another batch of images.
#
# **Before you run this:** where should the two curves differ, and where not? And will the curve of the main head alone fall towards the image?

# %% tags=["nbval-ignore-output"]
stored_twin = measure.load("inception_twin")
lengths = {
    name: np.array(
        [list(both[name].values()) for both in stored_twin["gradients"].values()]
    )
    for name in ("reduced", "heads")
}
live = {name: inception_small.gradients(name, data, seed=0) for name in lengths}
layers_ = list(live["heads"])
edges = {n: layers_.index(f"inception_{n}_pool_proj") + 1 for n in ("4a", "4d")}
texts = {"reduced": "main head alone", "heads": "three heads"}
ax = plots.curves(
    {texts[name]: np.log10(found) for name, found in lengths.items()},
    xlabel="convolution, from the image to the end",
    ylabel="length of the gradient, log10",
    markers=False,
)
for name, edge in edges.items():
    ax.axvline(edge + 0.5, color="black", linestyle=":")
    ax.text(
        edge + 0.2,
        ax.get_ylim()[1],
        f"head on {name}",
        ha="right",
        va="top",
        fontsize=9,
    )
plots.show(
    ax, alt="Length of the gradient at each convolution, two curves, with bands."
)

# %% tags=["nbval-ignore-output"]
parts = {
    "up to the first head, 4a": slice(0, edges["4a"]),
    "between the heads": slice(edges["4a"], edges["4d"]),
    "behind the second, 4d": slice(edges["4d"], None),
}
both = {name: np.array(list(found.values())) for name, found in live.items()}
for text, part in parts.items():
    ratios = np.median((lengths["heads"] / lengths["reduced"])[:, part], axis=1)
    again = np.median((both["heads"] / both["reduced"])[part])
    print(f"{text:26} three heads over one: {ratios.min():.2f} to {ratios.max():.2f}, "
          f"here {again:.2f}")  # fmt: skip
    if text.startswith("behind"):
        score.close(
            "live: gradient behind 4d, over no heads", float(again), 1, tolerance=0.02
        )
end = {
    n: [name.startswith(f"inception_{n}_") for name in layers_] for n in ("3a", "5b")
}
of = {n: np.median(lengths["reduced"][:, found], axis=1) for n, found in end.items()}
print(
    "main head alone, 5b over 3a:",
    ", ".join(f"{ratio:.1f}" for ratio in of["5b"] / of["3a"]),
)

# %% [markdown]
# (A zigzag within each module: its 1×1, 3×3 and 5×5 branches differ. The bands reach from the least to the greatest seed.)
#
# Read three things. The main head's curve falls towards the image only a little: from the last module to the first, median against median, by the factors printed last, and the gradients of the first two convolutions lie within a factor of three of the last one's. Nothing *vanishes* in this twin. The heads lengthen the gradient up to 4a about twofold; between the heads hardly (we did not look for the reason); behind 4d not at all, because only the main loss reaches there. And longer is what one must expect when two more losses are added to the same layers.
#
# Does a longer gradient at the start mean a better network at the end? That does not follow; section 9 trains a shorter twin with heads and without. The Inception-v3 paper (section 7; arXiv 1512.00567, its section 4) looked back: its heads did **not** speed up the beginning of training, taking the lower one away did no harm, and near the end the upper one brought a little. The authors then called them *regularisers*.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.equal("GoogLeNet with both heads, parameters", with_heads.params, 13_378_280)
score.section()

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
plots.architecture(
    anatomy.describe(broken),
    block=True,
    title="the notes' 3a",
    alt="Three branches: 64–96, 128–16, and a pool with 32; 144 channels leave.",
)

# %% [markdown]
# **Find the fault before you read on.** Hold the diagram against the one of section 2.
#
# <details><summary>The answer</summary>
#
# There is **no pure 1×1 branch**. The rest follows: the block has five numbers to set, so the row of six is cut to five, and everything **shifts**. The 64 meant for the 1×1 becomes the 3×3's reduction, the 96 meant as a reduction becomes the 3×3's output, and the 5×5's reduction keeps 128 of the 192 channels instead of 16, to end with 16 instead of 32. 144 channels leave instead of 256.
#
# </details>
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

# %% [markdown]
# Fewer parameters than GoogLeNet, yet **13.5 GMAC** instead of 1.58. (Where the pools stand is our reconstruction from these two totals of the notes; the block is their own.) Now mend it, one change at a time.


# %%
def mended_block(x, one, *filters):
    """The block of the notes and a 1×1 branch."""
    first = keras.layers.Conv2D(one, 1, padding="same", activation="relu")(x)
    return keras.layers.Concatenate()([first, block_of_the_notes(x, filters)])


place = dict(side=28, channels=192)
steps = {
    "the notes' block, five numbers": broken,
    "a 1×1 branch, the row still shifted": built(mended_block, 64, *row[1:6], **place),
    "and six numbers, in their places": built(mended_block, *row[1:], **place),
}
for text, model in steps.items():
    leaving, params = model.output.shape[-1], model.count_params()
    print(f"{text:37}{leaving:>4} channels, {params:>8,} parameters")
mended = list(steps.values())[-1]
score.equal("mended block, parameters", mended.count_params(), 163_696)


# %%
def network_mended(stride):
    """The network of the notes with mended blocks; its first convolution may have a stride."""
    x = inputs = keras.Input((224, 224, 3))
    x = keras.layers.Conv2D(64, 3, strides=stride, padding="same", activation="relu")(x)
    x = keras.layers.MaxPooling2D(2)(x)
    for one_row in GOOGLENET_TABLE:
        x = mended_block(x, *one_row[1:])
        if one_row.name in ("3b", "4d"):
            x = keras.layers.MaxPooling2D(2)(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(17, activation="softmax")(x))


work = {
    stride: anatomy.describe(network_mended, stride=stride).macs / 1e9
    for stride in (1, 2)
}
print(
    f"mended blocks {work[1]:.1f} GMAC; with stride 2 in the stem as well {work[2]:.1f} GMAC"
)

# %% [markdown]
# Mended blocks are wider, so the work even rises. A stride of 2 in the first convolution halves every side behind it and divides the work by four. The mended stem then shrinks the side 4 times before the first module, the notes' only twice, and GoogLeNet's 8 times (224 to 28). Most of the 13.5 GMAC comes from that.
#
# ### An "Inception" without Inception
# Another program of the notes, under the same heading, tells cats from dogs at 150×150 pixels. Here it is. How many modules do you see?

# %%
stack = [keras.Input((150, 150, 3))]
for filters in (32, 64, 128, 128):
    stack += [
        keras.layers.Conv2D(filters, 3, activation="relu"),
        keras.layers.MaxPooling2D(2),
    ]
stack += [keras.layers.Flatten(), keras.layers.Dropout(0.5)]
stack += [
    keras.layers.Dense(512, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
]
cats_and_dogs = anatomy.describe(keras.Sequential(stack))
joins = sum(r.kind == "Concatenate" for r in cats_and_dogs.rows)
dense = 100 * max(r.params for r in cats_and_dogs.rows) / cats_and_dogs.params
print(
    f"{cats_and_dogs.params:,} parameters, {dense:.0f} % in one dense layer, {joins} joins"
)

# %% [markdown]
# None: a plain stack of four convolutions, with 93% of its parameters in one dense layer. Its training had a fault of its own: 10 steps of 20 images an epoch show it 200 of the 2,000 training images. An epoch would need 100 steps.

# %% tags=["claims"]
# @title Claims
score.equal("the notes' 3a, channels", broken.output.shape[-1], 144)
score.equal("the notes' network, parameters", notes.params, 5_448_529)
score.close("the notes' network, GMAC", notes.macs / 1e9, 13.5, tolerance=0.05)
score.equal("mended block, channels", mended.output.shape[-1], 256)
score.close(
    "a stem without stride: times the work", work[1] / work[2], 4, tolerance=0.1
)
score.equal("cats and dogs, parameters", cats_and_dogs.params, 3_453_121)
score.equal("cats and dogs, branches joined", joins, 0)
score.section()

# %% [markdown]
# ## 6 · BN-Inception
#
# The second network of the line (2015; some call it Inception-v2) puts **batch norm** behind every convolution and takes the 5×5 apart into two 3×3. With batch norm the authors could change seven things in the recipe:
#
# 1. a higher learning rate, 5 or 30 times;
# 2. no dropout;
# 3. a fifth of the weight decay (the pull of all weights towards 0);
# 4. a rate that falls six times faster during training;
# 5. no local response normalisation;
# 6. better shuffling, so that each image meets other neighbours in its batch every time: about 1% better on validation;
# 7. weaker photometric distortions (random changes of brightness and colour).
#
# Section 9 tries numbers 1, 2, 5 and 6 one at a time.
#
# ### A table that does not add up
# Its modules have four branches too, but the 5×5 branch is a reduction and **two 3×3**. Two of the ten modules halve the grid: they have no 1×1 branch, their last convolutions have stride 2, and their pool passes all channels on. Here are the widths that leave the four branches of the other eight, as figure 5 of the paper prints them, and the output that it prints. **Before you run the cell after this one:** do they add up?

# %%
# the modules that keep the grid
kept = [row_ for row_ in BN_INCEPTION_TABLE if row_.n1x1]
for row_ in kept:
    widths = (row_.n1x1, row_.n3x3, row_.double, row_.pool_proj)
    print(
        f"{row_.name}  {' + '.join(map(str, widths)):>22}   printed {row_.printed_output:>5}"
    )

# %%
sums = {
    row_.name: row_.n1x1 + row_.n3x3 + row_.double + row_.pool_proj for row_ in kept
}
wrong = {
    row_.name: sums[row_.name]
    for row_ in kept
    if sums[row_.name] != row_.printed_output
}
print("these do not add up:", wrong)

# %% [markdown]
# 4c and 4d give 608 where the table prints 576. One of the two is a slip. `models.bn_inception(follow="output")` projects the pool to 96 and gets 576, as public implementations do; `follow="widths"` takes the widths. The difference is small, under 1% of the parameters, but it decides whether two people have the same network:

# %%
for follow in ("output", "widths"):
    table = anatomy.describe(models.bn_inception, follow=follow)
    print(
        f"follow={follow!r:9} {table.params:,} parameters, {table.macs / 1e9:.3f} GMAC"
    )

# %% [markdown]
# ### What batch norm gives is no bell curve
# The notes say that batch norm makes outputs "Gaussian N(0, 1)". It subtracts each channel's mean and divides by its spread. That moves and scales a distribution; its **shape** stays. Then the layer multiplies by γ and adds β, both learned, so not even mean 0 and spread 1 are left in the end.
#
# Below: a photograph, one 3×3 convolution with ReLU, a second convolution, batch norm in training mode (mean and spread taken from this batch, here of one photograph). Of the 16 channels we look at the most lopsided one (bars), beside the bell curve (line). (*Skewness* measures that: 0 for everything symmetric.) The layer divides by √(variance + 0.001), so the spread comes out a little below 1 where the variance is small.

# %%
photograph = (
    datasets.photograph("astronaut")[:256, :256].astype("float32")[None] / 127.5 - 1
)
keras.utils.set_random_seed(3)
first = keras.layers.Conv2D(16, 3, activation="relu")(photograph)
second = keras.layers.Conv2D(16, 3)(first)
layer = keras.layers.BatchNormalization()
out = np.asarray(layer(second, training=True)).reshape(-1, 16).astype("float64")
skew = (out**3).mean(axis=0)
channel = int(np.abs(skew).argmax())
score.at_least("batch norm: largest skewness (a Gaussian has 0)", abs(skew).max(), 0.5)
score.at_least("batch norm: median skewness", float(np.median(abs(skew))), 0.2)
skew = abs(skew)
print(
    f"skewness of 16 channels: largest {skew.max():.1f}, median {np.median(skew):.1f}"
)
layer.gamma.assign(np.full(16, 2.0))
layer.beta.assign(np.full(16, 0.5))
moved = np.asarray(layer(second, training=True)).reshape(-1, 16)

# %%
with plots.figure(
    size=(6.5, 3.6),
    alt="A lopsided histogram, main peak left of 0, beside a symmetric bell curve.",
) as ax:
    ax.hist(out[:, channel], bins=80, density=True, color=plots.COLOURS[0], alpha=0.7)
    z = np.linspace(-4, 4, 200)
    ax.plot(
        z, np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi), color=plots.COLOURS[4], linewidth=2
    )
    ax.set(xlim=(-4, 4), xlabel="output of batch norm, one channel", ylabel="density")

# %% tags=["claims"]
# @title Claims
score.equal("rows that do not add up", list(wrong), ["4c", "4d"])
score.equal("their widths give", list(wrong.values()), [608, 608])
score.at_most("batch norm: largest mean", float(np.abs(out.mean(axis=0)).max()), 1e-3)
score.close("batch norm: variance", float(out.var(axis=0).mean()), 1.0, tolerance=0.1)
score.close("with γ = 2, β = 0.5: mean", float(moved.mean()), 0.5, tolerance=0.01)
score.section()

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
# In general n×n → 1×n, n×1 saves 1 − 2/n. (The notes say that *two* 5×5 become two 3×3: it is one.) The paper adds a caution: long thin kernels did not work well in early layers; they did on grids of 12 to 20.
#
# Products are not seconds, nor do they tell the accuracy. We trained three layers on a 16×16 grid, 16 channels throughout, with kernels whole and taken apart: 5,000 images of CIFAR-10, three seeds (`python -m course_utils.measure inception_kernels` makes it again). **Before you run this:** will 71% fewer products be 71% less time? And what will they cost in accuracy? (In figures of dots the bar is the mean.)


# %%
def stored_values(stored, key, arm):
    """One number a run of an arm."""
    return np.array([run[key] for run in stored["runs"] if run["arm"] == arm])


def by_seed(change):
    """The mean of some differences, and each of them, as text."""
    return f"{change.mean():+5.1f} ({' '.join(f'{value:+.1f}' for value in change)})"


kernels = measure.load("inception_kernels")
accuracies = {
    n: 100 * stored_values(kernels, "test_accuracy", n) for n in kernels["arms"]
}
plots.spread(
    accuracies,
    xlabel="test accuracy [%], one dot a seed",
    alt=(
        "Test accuracy of six variants: without dropout "
        "stands well to the right of all others."
    ),
)
print(f"{'':20}{'work':>7}{'time':>7}   accuracy, points: mean (each seed)")
for arm, (_, whole_kernel) in ((n, a.values()) for n, a in kernels["arms"].items()):
    if arm != whole_kernel:
        more = {}
        for key in ("macs", "milliseconds"):
            after, before = (
                stored_values(kernels, key, n).min() for n in (arm, whole_kernel)
            )
            more[key] = after / before - 1
        change = accuracies[arm] - accuracies[whole_kernel]
        print(f"{whole_kernel} → {arm:14}{more['macs']:>+7.0%}{more['milliseconds']:>+7.0%}   "
              f"{by_seed(change)}")  # fmt: skip

# %% [markdown]
# (The table says 31 and 27% less work where the count above said 33 and 28: it counts the whole small network, with its first layer and its last.)
#
# Only the 7×7 saves time. Its pieces lose about a point of accuracy, with both signs among the seeds: nothing that stands clear of the spread. The 3×3 apart is as good as the whole one. But two 3×3 instead of a 5×5 lose two to four points here, in **every** seed, and no time is gained. The paper reports a gain for this very step, in a network of full width trained for weeks. Ours has 16 channels and four epochs. A longer chain may be harder to train (though the 3×3 taken apart did not suffer), and we did not test whether patience would turn it.
#
# As to time: in small layers a second layer has a cost of its own, the maps between must be written and read, and libraries have fast ways for square 3×3 kernels.
#
# The time, live, where the layers are wide enough for the products to matter (64 channels, 17×17):


# %% tags=["nbval-ignore-output"]
def layers_of(kernels, channels=64, side=17):
    """A chain of convolutions that keep the channels, as a model."""
    x = inputs = keras.Input((side, side, channels))
    for kernel in kernels:
        x = keras.layers.Conv2D(channels, kernel, padding="same", use_bias=False)(x)
    return keras.Model(inputs, x)


images = np.ones((16, 17, 17, 64), "float32")
apart = inception_layers.milliseconds(layers_of([(1, 7), (7, 1)]), images, times=40)
whole_7 = inception_layers.milliseconds(layers_of([(7, 7)]), images, times=40)
print(
    f"7×7: {whole_7:.1f} ms; 1×7, 7×1: {apart:.1f} ms; {1 - apart / whole_7:.0%} saved"
)

# %% [markdown]
# ### Halving the grid
# From a d×d grid with C channels to half the side with 2C. With 3×3 kernels:
#
# - convolve, then pool: 9·2d²C² products. Dear.
# - pool, then convolve: 9·2(d/2)²C². A quarter; but after the pool only a quarter of the values are left to work with: the **bottleneck** of principle 1.
# - the remedy: a convolution with stride 2 and a pool with stride 2 **side by side**, C channels each: 9(d/2)²C² products, half of the second way's. Both look at the whole input, and what leaves is joined: at no point does everything pass through a quarter of the values.
#
# (The paper's modules have more in the convolution's branch: a 1×1 before the 3×3, and a second branch with two 3×3.) Three networks, each halving a 32×32 map of 16 channels three times, trained like the ones above. (*Largest map* counts the values of the maps that the halvings make; the map that arrives has 16,384.)


# %%
def halving(how, d=32, channels=16):
    """One halving alone, as a model."""
    return built(inception_layers.halve, how, Style(), side=d, channels=channels)


grids = measure.load("inception_grids")
work = {
    how: inception_fit.multiply_adds(halving(how)) for how in inception_layers.HALVED
}
print(f"{'':22}{'products of':>14}{'largest':>10}{'time of':>12}{'test accuracy':>18}")
print(f"{'':22}{'1st halving':>14}{'map':>10}{'250 images':>12}{'three seeds':>18}")
for how in inception_layers.HALVED:
    largest = stored_values(grids, "greatest_activation", how)[0]
    taken = stored_values(grids, "milliseconds", how).min()
    tested = stored_values(grids, "test_accuracy", how)
    print(f"{how:22}{work[how]:>14,}{largest:>10,}{taken:>9.0f} ms"
          f"{tested.min():>10.1%} – {tested.max():.1%}")  # fmt: skip
ratio_ = work["convolve, then pool"] / work["pool, then convolve"]

# %% [markdown]
# Pooling first costs one to four points against convolving first, at a quarter of the work. Whether the bottleneck or the smaller work costs them, these numbers cannot tell. **Side by side comes last**, another five to seven points behind. That is not what one expects after reading the paper, so mind what was built: these networks consist of nothing but their halvings, and half of the channels of each are the pool's, never convolved. Side by side has the least work of all, an eighth of the first way's, and needs no large map on the way; the paper's modules put several branches of convolutions beside the pool, and stand between other modules that do the computing. As the only place where anything is computed, it is too thin.
#
# ### Inception-v3 whole
# The middle modules of v3 take a 7×7 apart, once in one branch, twice in another. And the whole network equals the one that Keras ships. The package's tests copy weights and compare answers; here we compare the number of parameters of every layer.

# %%
from course_utils.models import inception_resnet as residual
from course_utils.models.inception_v3 import figure_6
from course_utils.models.inception_v4 import REDUCTION_A_TABLE, inception_b

middle = built(figure_6, 160, Style(), "mixed", side=17, channels=768)
plots.architecture(
    anatomy.describe(middle),
    block=True,
    title="figure 6, on the 17×17 grid",
    alt="Four branches: 1×1; 1×1, 1×7, 7×1; 1×1, 7×1, 1×7, 7×1, 1×7; pool, 1×1.",
)


# %%
def kernels_of(table):
    return sorted(r.params for r in table.rows if r.kind in ("Conv2D", "Dense"))


v3 = anatomy.describe(models.inception_v3)
keras_v3 = anatomy.describe(keras.applications.InceptionV3, weights=None)
score.true(
    "v3: each layer's parameters as in Keras", kernels_of(v3) == kernels_of(keras_v3)
)
print(f"{len(kernels_of(v3))} layers with kernels, {v3.macs / 1e9:.2f} GMAC")

# %% [markdown]
# ### Label smoothing
# A one-hot target asks for probability 1, and softmax reaches that only with an infinite *logit* (the number before softmax). So training never ends pushing. Label smoothing asks for less: (1 − ε)·onehot + ε/k, with k classes and ε = 0.1. For four classes the right one gets 0.925 and each other 0.025.
#
# Where does the loss now have its minimum? Take ten classes; the right one's logit is free, the other nine are 0:

# %%
gaps = np.linspace(0, 12, 241)
right_ = np.exp(gaps) / (np.exp(gaps) + 9)
losses = {}
for epsilon in (0.0, 0.1):
    target = 1 - epsilon + epsilon / 10
    others = np.log((1 - right_) / 9)
    losses[f"ε = {epsilon}"] = -(target * np.log(right_) + (1 - target) * others)
ax = plots.curves(
    losses, x=gaps, xlabel="gap of the right logit", ylabel="loss", markers=False
)
plots.show(
    ax, alt="Loss against the gap: hard targets, falling; smoothed, least at 4.5."
)
best = float(gaps[losses["ε = 0.1"].argmin()])

# %% [markdown]
# With smoothing the best answer is a probability of 0.91, at a gap of ln 91 = 4.5; beyond it the loss **rises**. A network trained so should be less sure of itself. Is it, and is that good? Two numbers on test images: *confidence* is the mean of the greatest probabilities. *Calibration error* asks whether a confidence of 80% means right in 80% of the cases: put the images into ten bins by confidence, take each bin's distance between mean confidence and accuracy, and average over the images.
#
# The twin with batch norm, with hard targets and smoothed ones, three seeds:

# %%
stored_norm = measure.load("inception_norm")
print(f"{'targets':10}{'test accuracy':>22}{'confidence':>22}{'calibration error':>22}")
sure, over = {}, {}
for text, stored, arm in (("hard", stored_twin, "reduced norm"),
                          ("smoothed", stored_norm, "norm smooth")):  # fmt: skip
    keys = ("test_accuracy", "confidence", "calibration_error")
    cells = [100 * stored_values(stored, key, arm) for key in keys]
    print(f"{text:10}", *(f"{v.min():>13.1f} – {v.max():4.1f} %" for v in cells))
    sure[text] = cells[1]
    over[text] = cells[1] - cells[0]
print("confidence, smoothed minus hard:   ", by_seed(sure["smoothed"] - sure["hard"]))
for text, found in over.items():
    print(f"confidence minus accuracy, {text:8}", by_seed(found))

# %% [markdown]
# Less sure: yes, by six to seven points in every seed, and no less often right. Better calibrated: **no**. With hard targets this twin is sure of itself a little too often (confidence above accuracy); smoothing takes it past the mark, as far below. After six short epochs there was hardly any overconfidence to cure. It may pay in networks that are far too sure of themselves; ours was not.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.at_least(
    "live: 7×7 apart, share of the time saved", round(1 - apart / whole_7, 2), 0.1
)
score.equal("first over second way, work", ratio_, 4)
score.equal("side by side, work", work["side by side"], 9 * (32 // 2) ** 2 * 16**2)
score.equal("v3, parameters", v3.params, 23_851_784)
score.equal("v3, parameters in Keras", keras_v3.params, 23_851_784)
score.close(
    "smoothed loss is least at a gap of", best, float(np.log(91)), tolerance=0.05
)
score.equal(
    "without smoothing: at the edge", float(gaps[losses["ε = 0.0"].argmin()]), 12.0
)
score.at_most("stored: confidence, smoothed, most of three seeds [%]",
              sure["smoothed"].max(), sure["hard"].min())  # fmt: skip
score.section()

# %% [markdown]
# ## 8 · Inception-v4 and the residual line
#
# v4 (2016) has no shortcuts, and one kind of module for each of its three grids, called A, B and C: 4 × A, 7 × B, 3 × C, with 384, 1,024 and 1,536 channels. Inception-ResNet makes the branches cheap, widens with a **linear** 1×1, and **adds** the result to what arrived.

# %%
b4 = built(inception_b, Style(), "b", side=17, channels=1024)
b2 = built(
    residual.residual_block, residual.INCEPTION_RESNET_TABLE["v2"].b, 0.1, Style(), "b",
    side=17, channels=1152,
)  # fmt: skip
plots.architecture(
    anatomy.describe(b4),
    anatomy.describe(b2),
    block=True,
    title=["v4, B: concat", "Inception-ResNet-v2, B: add"],
    alt=(
        "Block B of v4 joins four branches; that of "
        "Inception-ResNet-v2 adds two cheap ones to its input."
    ),
)

# %% [markdown]
# (The network joins the two branches and widens them with one linear 1×1. The shortcut carries the input unchanged.)
#
# ### Printed and added
# The paper's figures print 1154 channels at B and 2048 at C. That cannot be: a sum must have the width of what it is added to. What arrives at B is what leaves reduction A, the module that halves the grid before it: the pool passes 384 channels on, a 3×3 branch gives *n* = 384 and a chain of three convolutions *m* = 384. What arrives at C is what leaves reduction B: the pool's 1,152 and the ends of three chains (384, 288 and 320).

# %%
row_a = REDUCTION_A_TABLE["inception_resnet_v2"]
at_b = 384 + row_a.n + row_a.m
at_c = at_b + sum(int(words[-1].split()[1]) for words in
                  residual.INCEPTION_RESNET_TABLE["v2"].reduction_b)  # fmt: skip
print(f"B: printed 1154, sum {at_b:,}; C: printed 2048, sum {at_c:,}")
networks_v2 = {
    "figure, blocks 5/10/5": dict(stem="paper", blocks=(5, 10, 5)),
    "figure, blocks 10/20/10": dict(stem="paper", blocks=(10, 20, 10)),
    "released": {},
}
for text, settings in networks_v2.items():
    released = anatomy.describe(models.inception_resnet_v2, **settings)
    print(
        f"{text:24}{released.params / 1e6:6.1f} M params {released.macs / 1e9:6.2f} GMAC"
    )
v4 = anatomy.describe(models.inception_v4)
widths = [
    v4[f"inception_{name}_output"].output_shape[-1] for name in ("a4", "b7", "c3")
]

# %% [markdown]
# The released network has **twice the blocks** of the figure, and that is the greatest difference. It also has another stem, and other widths on the three grids: 320, 1,088 and 2,080, with a last 1×1 to 1,536. Who compares with "Inception-ResNet-v2" should say which.
#
# (The famous top-5 error of 3.08% belongs to an **ensemble** of four networks, one v4 and three Inception-ResNet-v2, not to one structure.)
#
# ### Why scale the residual?
# With more than 1,000 filters the authors saw networks "die" early in training (after some tens of thousands of steps): the layer before the pool gave only zeros. A lower rate or more batch norm did not help; multiplying what a block adds by 0.1 to 0.3 did, and cost nothing.
#
# (Section 3.3 of the paper; it gives no cause.)
#
# Can we see it die? Four blocks B of v2 at their full 1,152 channels, on a 4×4 grid, and RMSprop as in the paper. A channel counts as **dead** when it is 0 before the average pool at every place of every one of 32 images. We cannot wait so long, so the rate is ten times the paper's 0.045; the paper's own rate is tried too. Twenty steps and three seeds are stored (`inception_residual`); ten steps of one seed run live.
#
# **Before you run this:** which of the three will die?

# %% tags=["nbval-ignore-output"]
stored_dead = measure.load("inception_residual")
KINDS = {
    "scale 1": (1.0, 0.45),
    "scale 0.1": (0.1, 0.45),
    "scale 1, paper's rate": (1.0, 0.045),
}
dead = {
    text: [100 * run["dead"][-1] for run in stored_dead["runs"]
           if (run["scale"], run["rate"]) == kind]
    for text, kind in KINDS.items()
}  # fmt: skip
fifth = [100 * run["dead"][0] for run in stored_dead["runs"]
         if (run["scale"], run["rate"]) == KINDS["scale 1"]]  # fmt: skip
live_dead = {}
for text in ("scale 1", "scale 0.1"):
    found = inception_residual.train(*KINDS[text], data, seed=0, steps=10)[1]
    live_dead[text] = 100 * found["dead"][-1]
    keras.backend.clear_session()
plots.spread(
    dead,
    xlabel="dead channels after twenty steps [%], one dot a seed",
    alt="Share of dead channels in three kinds of runs; the text reads it.",
)
print("stored, scale 1, five steps:", ", ".join(f"{share:.0f} %" for share in fifth))
print("live, ten steps:", {text: f"{share:.0f} %" for text, share in live_dead.items()})

# %% [markdown]
# About half of the channels die when residuals are added whole, most of them within the first five steps; none when they are scaled by 0.1. This looks like the paper's effect, with a caution: we had to raise the rate tenfold to see it so soon, and it is half of the channels, not all. At the paper's rate none had died after twenty steps; what happens over tens of thousands, we did not measure.
#
# ### What each network added
#
# | network | year, paper | new in it |
# |---|---|---|
# | GoogLeNet (v1) | 2014, 1409.4842 | the module with 1×1 reductions, auxiliary heads, global average pooling |
# | BN-Inception | 2015, 1502.03167 | batch norm, 5×5 → two 3×3, a bolder recipe |
# | Inception-v3 | 2015, 1512.00567 | kernels taken apart to 1×7 and 7×1, grids halved side by side, label smoothing, RMSprop, one auxiliary head with batch norm |
# | Inception-v4 | 2016, 1602.07261 | no shortcut: a new stem, one module a grid, more of them |
# | Inception-ResNet-v1 | 2016, 1602.07261 | cheap branches, a linear 1×1, a shortcut; about the work of v3 |
# | Inception-ResNet-v2 | 2016, 1602.07261 | the same with v4's stem and about v4's work; residuals scaled |
#
# "Inception-v2" is said of two networks: BN-Inception, and the 2015 paper's own network before label smoothing, RMSprop and the rest made it v3.

# %% tags=["claims"]
# @title Claims
score.equal("v4, B, channels", b4.output.shape[-1], 1024)
score.equal("v2, channels at B and C", [at_b, at_c], [1152, 2144])
score.equal("v4, channels on its three grids", widths, [384, 1024, 1536])
score.equal("released v2, parameters", released.params, 55_873_736)
score.at_least("live: dead channels, scale 1 [%]", live_dead["scale 1"], 15)
score.at_most("live: dead channels, scale 0.1 [%]", live_dead["scale 0.1"], 5)
score.section()

# %% [markdown]
# ## 9 · What the ideas are worth, measured
#
# Sections 2 to 8 mostly counted. Now the question behind the counting: does it pay? One twin serves for all of it: five of the nine modules at an eighth of the width, 5,000 images of CIFAR-10, six epochs, 2,000 test images, three seeds. It is small, so its answers hold for small networks and short trainings; where they differ from the papers', we say so. Every run is stored and can be made again (`python -m course_utils.measure` and the name in brackets).
#
# ### First the learning rate
# A comparison is fair when each arm has a rate that suits it. During a training the rate rises and falls once, as in lesson 06; its greatest value is what is tried. Four values, 4,000 images for training and the other 1,000 set aside to choose by; the test images are not touched (`inception_rates`, two seeds). **Before you run this:** with batch norm, will the best rate be higher?

# %%
rates = measure.load("inception_rates")
lines = {}
for kind, text in (("reduced", "reduced modules"), ("naive", "naive modules"),
                   ("norm", "reduced modules, batch norm")):  # fmt: skip
    arms = [f"{kind} {rate:g}" for rate in inception_small.TRIED]
    lines[text] = [100 * stored_values(rates, "held_out_accuracy", arm) for arm in arms]
ax = plots.curves(
    {text: np.transpose(found) for text, found in lines.items()},
    x=inception_small.TRIED,
    xlabel="greatest learning rate",
    ylabel="accuracy on images set aside [%]",
)
ax.set_xscale("log")
ax.set_xticks(
    inception_small.TRIED, labels=[f"{rate:g}" for rate in inception_small.TRIED]
)
ax.minorticks_off()
plots.show(ax, alt="Accuracy against learning rate for three twins; the text reads it.")
print("best:", rates["best"])

# %% [markdown]
# The best rate with batch norm is 0.02, one step of our grid above the best without, a factor of about three. At 0.06 the two part: with batch norm the accuracy falls a little, without it the reduced twin breaks down: one of two seeds does no better than guessing (10%). So a higher rate goes with batch norm here too, though not by the paper's 5 to 30; our optimizer, Adam, already scales its steps. At each kind's own best rate, batch norm is ahead by about 16 points. (That is on the images set aside, with 4,000 to train on and other seeds; on the test images below it is 12.)
#
# All that follows takes these rates; the arms with heads, dropout or LRN, and the naive one with batch norm, were not tuned for themselves: they take the rate of the reduced twin without or with batch norm.
#
# ### Reduced modules, naive ones, and the heads
# At equal **work** (the naive twin is narrower), without batch norm and with it; and the reduced twin with two auxiliary heads, on 4a and 4d as in the paper (`inception_twin`). **Before you run this:** which row will be at the right?

# %%
labels = {name: arm["label"] for name, arm in stored_twin["arms"].items()}
twins = {
    name: 100 * stored_values(stored_twin, "test_accuracy", name) for name in labels
}
ax = plots.spread(
    {labels[name]: values for name, values in twins.items()},
    xlabel="test accuracy [%], one dot a seed",
)
plots.show(ax, alt="Test accuracy of five twins, three dots each; the text reads it.")
for name, values in twins.items():
    params, macs = (
        stored_values(stored_twin, key, name)[0] for key in ("parameters", "macs")
    )
    print(f"{labels[name]:31}{params:>9,.0f} parameters {macs / 1e6:5.2f} MMAC  "
          f"{values.min():.1f} – {values.max():.1f} %")  # fmt: skip
for text, key, end in (("test", "test_accuracy", None), ("training", "accuracy", -1)):
    for first_, second_ in (("naive", "reduced"), ("naive norm", "reduced norm")):
        found = [100 * np.array([run[key] if end is None else run[key][end]
                                 for run in stored_twin["runs"] if run["arm"] == name])
                 for name in (first_, second_)]  # fmt: skip
        print(
            f"{text + ', ' + first_ + ' minus ' + second_:42}",
            by_seed(found[0] - found[1]),
        )
gained = twins["reduced norm"].min() - twins["reduced"].max()

# %% [markdown]
# It does **not** come out for the reductions. Without batch norm the naive twin is ahead in every seed, by six points in the mean, and on its training images too; with batch norm by less than one in the mean, the dots overlap, and on the training images the reduced twin is now ahead. This suggests that most of the gap was training, not lost information: the reduced twin has 12 convolutions one behind the other where the naive one has 7, and without batch norm a longer chain is harder to train (lesson 08). What is left may be a bottleneck: at an eighth of the width the reductions before the 5×5 keep 2 to 6 channels. We did not test that, nor whether it turns at full width.
#
# Mind what was compared: equal *work*. The naive twin had to be made less than half as wide as the reduced one, and it has more parameters. The paper's own reason for the reductions is work at full width: 1.58 GMAC against 12.6.
#
# The heads: no difference beyond the spread, as the third paper says of the beginning of a training. Section 4 saw the heads lengthen the gradients in a twin of nine modules; in this one of five they bought nothing.
#
# Batch norm: +12 points for the reduced twin, +7 for the naive one, in every seed. No other change to the twin gains as much.
#
# ### Batch norm, one change at a time
# Section 6's change number 1, the rate, is above. Numbers 2, 5 and 6 **undone**: dropout or LRN put in, the order of the images fixed, against the same twin without that: the mean of three seeds, and each seed's difference in brackets (`inception_norm`). *One order* means that the images are shuffled once, so that each meets the same neighbours in every epoch. **Before you run this:** which of them will make a difference?

# %%
bases = {"plain": "reduced", "norm": "reduced norm"}
for kind, text in (("plain", "without batch norm"), ("norm", "with batch norm")):
    print(f"{text:36}{twins[bases[kind]].mean():5.1f} %")
    for name, arm in stored_norm["arms"].items():
        if name.startswith(kind) and name != "norm smooth":
            tested = 100 * stored_values(stored_norm, "test_accuracy", name)
            change = tested - twins[bases[kind]]
            print(f"  {arm['label']:34}", by_seed(change))

# %% [markdown]
# **Dropout** costs the twin without batch norm 1.5 to 3 points in every seed: like lesson 07's network it underfits, and dropout is against overfitting. With batch norm the three differences have both signs. The paper takes dropout away because batch norm regularises; here we can only say that it is not missed.
#
# **LRN** and **one order** make no difference that stands clear of the spread. (LRN was put into the twin *without* batch norm, where the old networks had it; that does not test the paper's change itself. The paper's shuffling gained about 1% on its validation images. It was a matter of data in many files read side by side, so that the same neighbours met again and again; 5,000 images in memory have no such trouble.)
#
# So of the changes that we could measure, batch norm itself and the rate that goes with it matter. With batch norm the others are lost in the spread; without it, dropout costs 1.5 to 3 points.
#
# ### Live: the high rate
# The twin with batch norm at a rate of 0.06, live, with little more than a third of the images seen (9,000 instead of 24,000). Even so it must be ahead of what the twin without batch norm reached at that rate in a whole training.

# %% tags=["nbval-ignore-output"]
without_norm = stored_values(rates, "held_out_accuracy", "reduced 0.06")
print("stored, no batch norm:", ", ".join(f"{value:.1%}" for value in without_norm))
arm = inception_small.VARIANTS["reduced norm"]._replace(rate=0.06)
few = data.subset(train=3_000, test=1_000)
at_high = inception_small.train(arm, few, seed=0, epochs=3)[1]["test_accuracy"]
print(f"live, batch norm:      {at_high:.1%}")

# %% tags=["claims"]
# @title Claims
score.true(
    "stored: the twins use the best rates", rates["best"] == inception_small.RATES
)
score.at_least("stored: batch norm, least gain of the reduced twin (points)", gained, 5)
score.at_least(
    "live: batch norm at a rate of 0.06, test accuracy", at_high, without_norm.max()
)
score.section()

# %% [markdown]
# ## 10 · Cats and dogs, live, and a look inside
#
# Section 5's stack for cats and dogs got a tenth of its images an epoch. Here it gets all of them, beside a small GoogLeNet: our twin with batch norm, four of the nine modules at an eighth of the width. Same images (two classes of CIFAR-10, 32×32, so the stack is padded), same number of epochs, and for each the best of three rates on images set aside (`inception_cats`, three seeds).

# %%
budget = lesson.choose(
    quick=dict(images=2_500, epochs=4), full=dict(images=4_000, epochs=12)
)
pets = inception_cats.two_classes(data, train=budget.images, test=1_000)
plots.show_images(
    pets.x_train[:8],
    columns=8,
    size=0.95,
    alt="Eight training images of 32 by 32 pixels, of two classes.",
)

# %%
cats = measure.load("inception_cats")
price, pair = {}, {}
for name in ("stack", "googlenet"):
    tested = 100 * stored_values(cats, "test_accuracy", name)
    price[name] = [stored_values(cats, key, name)[0] for key in ("parameters", "macs")]
    pair[name] = tested
    print(f"{name:10}{price[name][0]:>9,.0f} parameters {price[name][1] / 1e6:5.1f} MMAC, "
          f"test accuracy {tested.min():.1f} – {tested.max():.1f} %")  # fmt: skip
print("stack minus googlenet:", by_seed(pair["stack"] - pair["googlenet"]))
for number, (count, most) in enumerate((("parameters", 0.1), ("work", 0.3))):
    share = round(price["googlenet"][number] / price["stack"][number], 3)
    score.at_most(f"{count}, small GoogLeNet over stack", share, most)

# %% [markdown]
# The stack is ahead in every seed, by half a point or less in two of them and by four in the third. So at this size the modules win no accuracy over a plain stack. What the small GoogLeNet wins is the price: less than a tenth of the parameters and about a quarter of the work for nearly the same accuracy. (More than half of the stack's parameters are its dense layer, and it has no batch norm.)
#
# Now the small GoogLeNet live, with fewer images and epochs, so that we can look inside:

# %% tags=["nbval-ignore-output"]
print("classes:", ", ".join(pets.class_names))
network, told = inception_cats.train("googlenet", pets, seed=0, epochs=budget.epochs)
print(f"test accuracy {told['test_accuracy']:.1%} after {told['seconds']:.0f} s")

# %% [markdown]
# Two classes, so guessing gives 50%. With 1,000 test images this accuracy has a standard error of about 1.5 points.
#
# **Which branches does the small GoogLeNet use?** We silence one branch of one module at a time: with γ = β = 0 its last batch norm gives only zeros. How many points of test accuracy are lost?
#
# **Before you run this:** which branch will be missed most?


# %%
def without(model, name, images, labels):
    """Test accuracy when the convolution of that name gives only zeros."""
    norm = model.get_layer(f"{name}_bn")
    kept = norm.gamma.numpy(), norm.beta.numpy()
    norm.gamma.assign(0 * kept[0])
    norm.beta.assign(0 * kept[1])
    answers = inception_fit.answers_of(inception_fit.stacked(model), images)
    norm.gamma.assign(kept[0])
    norm.beta.assign(kept[1])
    return float((answers.argmax(axis=1) == labels).mean())


# %% tags=["nbval-ignore-output"]
ends, modules = ("1x1", "3x3", "5x5", "pool_proj"), inception_cats.MODULES
few = pets.x_test[:500], pets.y_test[:500]
answers = inception_fit.answers_of(inception_fit.stacked(network), few[0])
before = float((answers.argmax(axis=1) == few[1]).mean())
lost = np.array([
    [100 * (before - without(network, f"inception_{n}_{end}", *few)) for end in ends]
    for n in modules
])  # fmt: skip
with plots.figure(
    size=(6, 3.2),
    alt="Table of four modules by four branches: points of accuracy lost.",
) as ax:
    ax.imshow(lost, cmap="Oranges", vmin=0, vmax=max(25, lost.max()), aspect="auto")
    for place, value in np.ndenumerate(lost):
        ax.text(*place[::-1], f"{value:+.1f}", ha="center", va="center", fontsize=11)
    ax.set_xticks(range(4), labels=ends)
    ax.set_yticks(range(4), labels=modules)
    ax.set(
        xlabel="silenced branch",
        ylabel="module",
        title=f"points lost of {100 * before:.0f} %",
    )
    ax.grid(visible=False)

# %% [markdown]
# A value within about ±2 points is noise. In the output stored here every value is positive and about two thirds stand above the noise, most of them by a few points: the module does use its branches, and none is indispensable, because the other three, and the modules behind, carry on. The 5×5 branches of the first three modules (reduced to 2 to 4 channels) are hardly missed, their 1×1 and 3×3 branches most. Which ones they are depends on the seed; try another.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.at_least("live: small GoogLeNet, test accuracy", told["test_accuracy"], 0.53)
score.at_least("live: points lost without the branch missed most", float(lost.max()), 2)
score.section()

# %% [markdown]
# ## 11 · A family portrait
#
# The networks of lessons 06 to 09 in one figure, and two of lesson 10's for comparison. Parameters and work are counted from our code; the errors are **published** ones on ImageNet's validation images. The papers looked at each image differently often (crops), and the last paper left out some images with doubtful labels (it validates on 48,238 of 50,000), so small differences mean little. LeNet-5 read digits and has none.

# %%
import functools

keras.backend.clear_session()  # the graphs of the trainings above
resnet_50, resnet_152 = (functools.partial(models.resnet, depth) for depth in (50, 152))
# fmt: off
FAMILY = [  # name, year, builder, top-1 and top-5 error in %, views of an image, source
    ("LeNet-5", 1998, models.lenet5, None, None, "", "MNIST"),
    ("AlexNet", 2012, models.alexnet, 40.7, 18.2, "10 crops", "NIPS 2012, table 2"),
    ("VGG-16", 2014, models.vgg16, 24.4, 7.2, "dense, crops", "1409.1556, table 5"),
    ("VGG-19", 2014, models.vgg19, 24.4, 7.1, "dense, crops", "1409.1556, table 5"),
    ("GoogLeNet", 2014, models.googlenet, 29.0, 9.2, "1", "1512.00567, tab. 3"),
    ("BN-Inception", 2015, models.bn_inception, 25.2, 7.82, "1", "1502.03167, fig. 4"),
    ("Inception-v3", 2015, models.inception_v3, 21.2, 5.6, "1", "1512.00567, tab. 3"),
    ("ResNet-50", 2015, resnet_50, 22.85, 6.71, "10 crops", "1512.03385, tab. 3"),
    ("ResNet-152", 2015, resnet_152, 21.43, 5.71, "10 crops", "1512.03385, tab. 3"),
    ("Inception-v4", 2016, models.inception_v4, 20.0, 5.0, "1", "1602.07261, tab. 2*"),
    ("Inc.-ResNet-v2", 2016, models.inception_resnet_v2, 19.9, 4.9, "1", "1602.07261, tab. 2*"),
]
# fmt: on
portrait = {name: anatomy.describe(build) for name, _, build, *_ in FAMILY}

# %%
print(f"{'':16}{'year':>5}{'M params':>9}{'GMAC':>10}{'top-1':>7}{'top-5':>7}  views")
for name, year, _, top1, top5, views, source in FAMILY:
    table = portrait[name]
    counts = f"{table.params / 1e6:>9.2f}{table.macs / 1e9:>10.3g}"
    print(
        f"{name:16}{year:>5}{counts}{top1 or '–':>7}{top5 or '–':>7}  {views:13}{source}"
    )
print(
    "* on 48,238 of the 50,000 images. GoogLeNet's own paper gives 10.07 % for top-5."
)

# %%
_, ax = plt.subplots(figsize=(7.8, 5.4))
PLACES = {  # where labels would meet: side, shift in points
    "VGG-16": ("right", (-20, 8)), "VGG-19": ("left", (18, 12)),
    "ResNet-50": ("right", (-9, -8)), "ResNet-152": ("left", (15, 3)),
    "BN-Inception": ("left", (8, 8)), "Inception-v3": ("right", (-8, -14)),
    "Inception-v4": ("right", (-12, -12)), "Inc.-ResNet-v2": ("left", (14, -10)),
}  # fmt: skip
LINES = {"AlexNet": "A", "VGG": "V", "Inception": "GBI", "ResNet": "R"}
for number, (line, letters) in enumerate(LINES.items()):
    colour = plots.COLOURS[number]
    ax.scatter([], [], s=80, color=colour, alpha=0.5, label=line)
    for name, year, _, _, top5, _, _ in FAMILY:
        if top5 and name[0] in letters:
            x, size = portrait[name].macs / 1e9, 6 * portrait[name].params / 1e6
            ax.scatter(
                x, top5, s=size, color=colour, alpha=0.5, edgecolor="black", lw=0.6
            )
            ha, shift = PLACES.get(name, ("left", (8, 5)))
            at = {
                "xytext": shift,
                "textcoords": "offset points",
                "ha": ha,
                "fontsize": 10,
            }
            ax.annotate(f"{name}, {year}", (x, top5), **at)
ax.scatter(
    [], [], s=6 * 25, facecolor="white", edgecolor="black", label="25 M parameters"
)
ax.legend(loc="upper right", fontsize=10)
ax.set(
    xscale="log", xlabel="work for one image [GMAC]", ylabel="published top-5 error [%]"
)
ax.set(xlim=(0.5, 90), ylim=(3, 20))
ax.set_xticks([1, 3, 10, 30], labels=["1", "3", "10", "30"])
plots.show(
    ax,
    alt=(
        "Published top-5 error against work: v4 and "
        "Inception-ResNet-v2 work nearly as much as VGG and err least."
    ),
)
share = portrait["BN-Inception"].macs / portrait["VGG-16"].macs

# %% [markdown]
# Read it from left to right. GoogLeNet and BN-Inception do an eighth of VGG-16's work, or less. BN-Inception is 0.6 points behind it, with one view of each image where VGG took many. v3 is better than both at about a third of VGG's work. v4 and Inception-ResNet-v2 then spend nearly as much work as VGG-16, and get the least error. ResNet, which comes to the same corner another way, is lesson 10's.
#
# ### Try it
# Set the widths of the two reductions of 3a and see what they cost; 192 is no reduction at all.


# %%
def draw_costs(
    n1x1=64, n3x3_reduce=96, n3x3=128, n5x5_reduce=16, n5x5=32, pool_proj=32
):
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
    work = 28 * 28 * total / 1e6
    ax.set_title(f"{total:,} weights, {work:.0f} MMAC, {leaves} channels leave")
    ax.locator_params(axis="x", nbins=5)
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.invert_yaxis()
    return figure


# %% tags=["nbval-ignore-output"]
widgets.frames(
    draw_costs,
    alt="Four bars, the weights of the branches of a module like 3a.",
    start=dict(n3x3_reduce=96, n5x5_reduce=16),
    labels=dict(n3x3_reduce="3×3 reduce", n5x5_reduce="5×5 reduce"),
    n3x3_reduce=[16, 32, 64, 96, 128, 192],
    n5x5_reduce=[4, 8, 16, 32, 64, 192],
)

# %% tags=["claims"]
# @title Claims
score.at_most("BN-Inception over VGG-16, work", round(share, 2), 0.15)
score.section()

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
# **Exercise 2 (by hand).** A 28×28 grid with 100 channels is to become 14×14 with 200, by 3×3 kernels. How many products need the three ways of section 7: convolve then pool, pool then convolve, side by side? (No biases; a pool costs nothing.)

# %%
convolve_first, pool_first, side_by_side = None, None, None
lesson09.halving(convolve_first, pool_first, side_by_side)

# %% [markdown]
# **Exercise 3 (code).** Write the number of parameters of a module, biases included. `widths` holds the six widths in the order of the table, without the module's name; `arriving` channels come in.


# %%
def module_parameters(widths, arriving): ...


lesson09.count_module(module_parameters)

# %% [markdown]
# **Exercise 4 (code).** Write the share of the products that a chain of kernels saves against one, as a fraction between 0 and 1, not rounded: `whole` is a pair such as `(5, 5)`, `chain` a list of pairs; channels stay equal throughout.


# %%
def saved_share(whole, chain): ...


lesson09.factor_saving(saved_share)

# %% [markdown]
# **Exercise 5 (find the error).** The notes' block of section 5 is given the first five of the six numbers of row 5a (256, 160, 320, 32, 128, 128). How many channels leave it?

# %%
leaving = None
lesson09.shifted_channels(leaving)

# %% [markdown]
# **Exercise 6 (design).** Choose six widths for a module on 192 channels: 256 channels must leave, at least 64 of them from the 3×3 and 32 from the 5×5, with at most 100,000 weights (3a has 163,328). No bottleneck: a reduction must have at least a quarter of the channels of the kernel behind it.

# %%
widths = None  # six whole numbers, in the order of the table
lesson09.design_module(widths)

# %% [markdown]
# **Exercise 7 (code).** Write smoothed targets: `labels` (N,) are class numbers; return an array (N, classes) of (1 − ε)·onehot + ε/k, where k is the number of classes.


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
# 2. GoogLeNet has 6,998,552 parameters and 1.58 GMAC. Two auxiliary heads (3.19 M parameters each) join the training and are dropped after.
# 3. Count. A block from memory gave 144 channels instead of 256 without any error; printed tables have slips too (4c and 5a, the 7×7, BN-Inception's 4c and 4d, Inception-ResNet-v2's 1154 and 2048).
# 4. v3: four principles; kernels taken apart save 28, 33, 11 and 71% of the products; grids are halved by two ways side by side; smoothed targets make a network less sure of itself.
# 5. v4 has no shortcuts; Inception-ResNet adds instead of joining. At 1,152 channels and a high rate about half of the channels died within twenty steps; with what is added scaled by 0.1, none.
# 6. Measured on small networks: batch norm brought the reduced twin 12 points (the naive one 7) and a higher best rate. Reduced modules did not beat naive ones at equal work; auxiliary heads, LRN and the order of the images changed nothing beyond the spread; two 3×3 for a 5×5 and a grid halved side by side lost accuracy; smoothed targets made the network less sure, not better calibrated.
#
# ## References
# - C. Szegedy et al., "Going deeper with convolutions", 2014, arXiv:1409.4842.
# - S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate shift", 2015, arXiv:1502.03167.
# - C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna, "Rethinking the Inception architecture for computer vision", 2015, arXiv:1512.00567.
# - C. Szegedy, S. Ioffe, V. Vanhoucke, A. Alemi, "Inception-v4, Inception-ResNet and the impact of residual connections on learning", 2016, arXiv:1602.07261.

# %% [markdown]
# <details><summary><b>Teacher's notes</b></summary>
#
# **Time plan (90 minutes, without the exercises).** 5 the question · 15 the module, by hand and in code · 10 the table · 10 auxiliary heads · 10 the block from memory · 5 batch norm · 10 v3 · 10 v4 and residuals · 10 what the ideas are worth · 5 the portrait. The exercises take about 40 minutes more; 1, 2 and 5 fit into 15.
#
# **Short of time?** Section 10 is not in the plan. Skip section 8 but for the printed and added widths. Leave exercises 3, 6 and 7 as homework.
#
# **Discuss.** (1) The notes' block trained without an error message. Which single assert would have caught it? (2) A paper's table and its text disagree. How do you decide which to build, and what do you write down? (3) In section 9 the small twin disagrees with the paper about the reductions. Which of the differences (width, data, length of the training) would you change first to find out why?
#
# **Listen for:** "71% fewer products is 71% less time", and "the reductions make the network better": what they buy is work; whether that pays depends on what the work is spent on (section 9).
#
# </details>

# %% [markdown]
# ## Scorecard
#
# **Next:** [10 · ResNet →](10_resnet.ipynb) · [solutions](solutions/09_inception_solutions.ipynb)

# %% tags=["nbval-ignore-output"]
score
