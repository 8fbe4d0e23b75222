# %% [markdown]
# # 09 · Inception
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/09_inception.ipynb)
#
# [← 08 · VGG](08_vgg.ipynb) · [all lessons](START_HERE.ipynb) · [solutions](solutions/09_inception_solutions.ipynb) · further: [from memory](further/09_from_memory.ipynb), [slips in print](further/09_slips_in_print.ipynb), [heads and batch norm](further/09_bn_inception.ipynb), [Inception-v3](further/09_inception_v3.ipynb), [surer than right](further/09_surer_than_right.ipynb), [v4, and networks that die](further/09_v4_and_residuals.ipynb) · [10 · ResNet →](10_resnet.ipynb)
#
# **The question.** GoogLeNet is deeper than VGG-16, and looks with three kernels at once. How can it do a small part of the work?
#
# **You will be able to**
# - count the weights of an Inception module by hand, with and without its 1×1 convolutions;
# - say what a 1×1 convolution does, in a picture and in a line of NumPy;
# - build the module from its row of the table, and GoogLeNet from the table;
# - split a kernel in three ways, MobileNetV2's among them, and say what each saves;
# - tell what a race at equal work shows, and what it does not.
#
# **Before this:** lessons 05 to 08; batch norm from lesson 04.
#
# **Time:** about 33 minutes of reading, about 45 more for the six exercises; the code runs in about half a minute on two CPU cores.
#
# **Data:** photographs that come with scikit-image and scikit-learn, and stored measurements on CIFAR-10 (Krizhevsky).

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
# @title Imports, the look of figures
from course_utils import checks, datasets, measure, plots, runtime, widgets
from course_utils import convolution  # noqa: F401  for exercise 5

keras = runtime.import_keras()  # first, without TensorFlow's messages

import functools
import re
import time

import numpy as np
import pandas as pd

from course_utils import anatomy, models, transfer
from course_utils.checks import lesson09
from course_utils.models.googlenet import GOOGLENET_TABLE, inception
from course_utils.models.inception_parts import Style
from course_utils.models.inception_v3 import figure_6
from course_utils.recipes import inception_modules

lesson = runtime.start(lesson="09")
plots.set_theme()
score = checks.Scorecard("09")
layers = keras.layers
biased = Style(batch_norm=False)  # GoogLeNet has biases and no batch norm

# %% tags=["setup"]
# @title Published accuracies, and work counted
mobilenet_v2 = functools.partial(keras.applications.MobileNetV2, weights=None)
# line of networks, builder, top-1 accuracy of one network on ImageNet in %, place of its name
PUBLISHED = {
    "AlexNet": ("AlexNet", models.alexnet, 59.3, "right"),
    "VGG-16": ("VGG", models.vgg16, 73.0, "left"),
    "VGG-19": ("VGG", models.vgg19, 72.7, "below"),
    "GoogLeNet": ("Inception", models.googlenet, 71.0, "right"),
    "BN-Inception": ("Inception", models.bn_inception, 74.8, "below"),
    "Inception-v3": ("Inception", models.inception_v3, 78.8, "left"),
    "Inception-v4": ("Inception", models.inception_v4, 80.0, "below"),
    "Inception-\nResNet-v2": ("Inception", models.inception_resnet_v2, 80.1, "above"),
    "ResNet-50": ("ResNet", functools.partial(models.resnet, 50), 75.3, "above"),
    "ResNet-152": ("ResNet", functools.partial(models.resnet, 152), 77.0, "right"),
    "MobileNetV2": ("later", mobilenet_v2, 72.0, "above"),
}
counted = {name: anatomy.describe(row[1]) for name, row in PUBLISHED.items()}


def network_map(names, **options):
    """The map of networks, as lesson 10 has it."""
    places = [
        plots.Place(
            name,
            counted[name].macs / 1e9,
            PUBLISHED[name][2],
            counted[name].params / 1e6,
            plots.FAMILIES[PUBLISHED[name][0]],
            PUBLISHED[name][3],
        )
        for name in names
    ]
    ax = plots.family_map(places, ylabel="top-1 accuracy on ImageNet in %", **options)
    ax.set(xlim=(0.15, 60), ylim=(56, 85))
    ax.set_xticks([0.3, 1, 3, 10, 30], labels=["0.3", "1", "3", "10", "30"])
    ax.minorticks_off()
    return ax


# %% [markdown]
# ## 1 · The winner of 2014
#
# So far accuracy was paid for with work. On the map: for how many of 100 photographs of ImageNet their first guess is right (*top-1 accuracy*), and how many multiply-adds one image takes (a logarithmic axis). A disc's area is the parameters.

# %% tags=["hide-input", "nbval-ignore-output", "slide"]
# @title The figure
with plots.figure(
    size=(6, 4.2),
    alt="Accuracy against work: AlexNet 59 % below one billion, VGG 73 % at 15 and 20. "
    "A dotted line at GoogLeNet's 71 % runs across.",
) as ax:
    network_map(["AlexNet", "VGG-16", "VGG-19"], ax=ax)
    pink = plots.FAMILIES["Inception"]
    ax.axhline(PUBLISHED["GoogLeNet"][2], color=pink, linestyle=":", linewidth=2)
    ax.text(0.17, 71.4, "GoogLeNet: where on this line?", fontsize=10)

# %% [markdown]
# In 2014 VGG came second in the ImageNet contest, with 7.3 % errors against 6.7 (five guesses for each photograph, several networks together). The winner was *GoogLeNet*, by Christian Szegedy and others at Google: 22 layers with weights in a row, where VGG-16 has 16, and nearly everywhere three kernels side by side: 1×1, 3×3 and 5×5.
#
# **How many billions of multiply-adds does one GoogLeNet do? And how many would VGG-16 do with twice as many filters in every layer?** Write two numbers down, then open.

# %% tags=["hide-output", "slide"]
networks = {
    "VGG-16": counted["VGG-16"],
    "VGG-16, twice the filters": anatomy.describe(models.vgg16, width=2),
    "GoogLeNet": counted["GoogLeNet"],
}
bill = pd.DataFrame(
    {
        "million parameters": {n: one.params / 1e6 for n, one in networks.items()},
        "billion multiply-adds": {n: one.macs / 1e9 for n, one in networks.items()},
    }
)
bill.round(1)

# %% [markdown]
# <details><summary><b>Compare with your two numbers</b></summary>
#
# Twice the filters is nearly *four* times the work: twice as many look at twice as many maps. GoogLeNet does a tenth of VGG-16's work with a twentieth of its parameters.
# </details>
#
# **Where is the work saved: on maps larger than 28×28, on those of 28×28 and smaller, or in the dense layers? And where the parameters?**


# %% tags=["hide-output"]
def part(row):
    if row.kind == "Dense":
        return "dense layers"
    return "maps larger than 28×28" if row.output_shape[0] > 28 else "28×28 and smaller"


def split(network, what):
    numbers = pd.Series([getattr(row, what) for row in network.rows])
    return numbers.groupby([part(row) for row in network.rows]).sum()


both = {name: counted[name] for name in ("VGG-16", "GoogLeNet")}
billions = pd.DataFrame({name: split(one, "macs") / 1e9 for name, one in both.items()})
millions = pd.DataFrame({n: split(one, "params") / 1e6 for n, one in both.items()})
spent_on = pd.concat(
    {"billion multiply-adds": billions, "million parameters": millions}, axis=1
)
spent_on.round(2)

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# The parameters saved are nearly all in VGG's dense layers: the first reads 25,088 numbers. GoogLeNet has one, which reads 1,024: one mean of each map (*global average pooling*).
#
# Of the work, nearly two thirds are saved on large maps: VGG has seven convolutions before 28×28, GoogLeNet a *stem* (the layers before its first module) of three. Its first, a 7×7, has stride 2, and a pool halves again: the other two work at 56×56. The stem alone would leave 6.6 billion. On smaller maps GoogLeNet needs 1.1 billion, VGG 6.0: the rest of this lesson.
# </details>

# %% tags=["claims"]
# @title Claims
score.equal("GoogLeNet, parameters", counted["GoogLeNet"].params, 6_998_552)
work = [round(one.macs / 1e9, 2) for one in networks.values()]
score.close(
    "VGG-16, twice the filters: times the work", work[1] / work[0], 4, tolerance=0.1
)
score.close("VGG-16 over GoogLeNet, work", work[0] / work[2], 9.8, tolerance=0.1)
large, small = billions.loc["maps larger than 28×28"], billions.loc["28×28 and smaller"]
saved = billions["VGG-16"] - billions["GoogLeNet"]
with_stem = billions["VGG-16"].sum() - large["VGG-16"] + large["GoogLeNet"]
assert round(float(with_stem), 1) == 6.6
assert [round(float(w), 1) for w in (*small, *large)] == [6.0, 1.1, 9.3, 0.5]
score.close(
    "share of the saved work on maps larger than 28×28",
    saved["maps larger than 28×28"] / saved.sum(),
    0.64,
    tolerance=0.01,
)
fewer = millions["VGG-16"] - millions["GoogLeNet"]
assert fewer["dense layers"] / fewer.sum() > 0.93
on_large = [
    sum(row.macs > 0 and part(row) == "maps larger than 28×28" for row in one.rows)
    for one in both.values()
]
assert on_large == [7, 3]
reads = [next(row for row in one.rows if row.kind == "Dense") for one in both.values()]
assert [row.params // row.output_shape[0] - 1 for row in reads] == [25_088, 1_024]
score.section()

# %% [markdown]
# ## 2 · Which kernel? All of them
#
# What a layer looks for may be small in its maps, or large: an eye, or a whole face. GoogLeNet's idea is not to choose a size of kernel. A **module** has several *branches* side by side, on the same maps: 1×1, 3×3, 5×5 and a pool of stride 1, which keeps the size. It stacks the maps of all branches along the channel axis (*concatenation*).


# %%
def conv(maps, filters, size):
    return layers.Conv2D(filters, size, padding="same", activation="relu")(maps)


def naive_module(maps, n1x1, n3x3, n5x5):
    """Three kernels and a pool, all on the same maps."""
    pool = layers.MaxPooling2D(3, strides=1, padding="same")(maps)
    branches = [conv(maps, n1x1, 1), conv(maps, n3x3, 3), conv(maps, n5x5, 5), pool]
    return layers.Concatenate()(branches)


arriving = keras.Input((28, 28, 192))  # what reaches GoogLeNet's first module
naive = keras.Model(arriving, naive_module(arriving, 64, 128, 32), name="naive")

# %% tags=["hide-input", "slide"]
# @title The drawing
plots.architecture(
    anatomy.describe(naive), block=True, title="A naive module", counted=False
)

# %% [markdown]
# A K×K convolution from $C$ maps to $F$ has $K·K·C·F$ weights (biases left out). Each is used at every place, so the work is that number times 28·28. Here 192 maps arrive. **Work out the weights of the three convolutions. Which one is the most expensive for each map that it makes?**
#
# <details><summary><b>Show the bill</b></summary>
#
# | branch | weights | together | per map |
# |---|---|---|---|
# | 1×1, 64 maps | 1·192·64 | 12,288 | 192 |
# | 3×3, 128 maps | 9·192·128 | 221,184 | 1,728 |
# | 5×5, 32 maps | 25·192·32 | 153,600 | 4,800 |
# | **all** | | **387,072** | |
#
# A map of the 5×5 costs 25 times as much as one of the 1×1.
# </details>
#
# And the pool hands on all 192 maps, so 416 leave; the next module adds its own, and so on. GoogLeNet whole, with nine naive modules:

# %%
all_naive = anatomy.describe(models.googlenet, reduce=False)
last = all_naive["inception_5b_output"].output_shape[-1]
print(f"{all_naive.macs / 1e9:.1f} billion multiply-adds; {last:,} maps at the end")
print(f"{all_naive.params / 1e6:.1f} million parameters")

# %% [markdown]
# That is four fifths of VGG-16's work, and on maps of 28×28 and smaller *twice* VGG's. The stem had saved 8.9 billion; naive modules spend two thirds of it again.

# %% tags=["claims"]
# @title Claims
kernels = [w for w in naive.weights if len(w.shape) == 4]
score.equal(
    "naive module, weights", sum(int(np.prod(w.shape)) for w in kernels), 387_072
)
score.close(
    "GoogLeNet of naive modules, billion multiply-adds",
    all_naive.macs / 1e9,
    12.6,
    tolerance=0.1,
)
after_stem = split(all_naive, "macs")["28×28 and smaller"] / 1e9
assert round(after_stem / small["VGG-16"]) == 2
by_stem = billions["VGG-16"].sum() - with_stem
assert round(by_stem, 1) == 8.9
assert 0.64 < (all_naive.macs / 1e9 - with_stem) / by_stem < 0.69  # two thirds
score.section()

# %% [markdown]
# ## 3 · Squeeze, then look around
#
# The 5×5 looks at 25 places in all 192 maps, to make 32 from them: 25·192·32. Does it need all 192? Here are the 16 maps that the first layer of a trained network ([lesson 05](05_transfer_learning.ipynb)'s ResNet-20) makes of a cat:

# %% tags=["setup"]
# @title The maps of six photographs
SIDE = 128
resnet = transfer.load_pretrained("resnet20_cifar10")
larger = models.resnet_cifar(n=3, input_shape=(SIDE, SIDE, 3))
larger.set_weights(resnet.get_weights())
first_layer = keras.Model(larger.input, larger.get_layer("stem_relu").output)


def square(name):
    """The middle of a photograph, SIDE × SIDE pixels from 0 to 255."""
    photo = datasets.photograph(name).astype("float32")
    side = min(photo.shape[:2])
    top, left = (photo.shape[0] - side) // 2, (photo.shape[1] - side) // 2
    middle = photo[top : top + side, left : left + side]
    return np.asarray(keras.ops.image.resize(middle, (SIDE, SIDE), antialias=True))


names = ["chelsea", "coffee", "astronaut", "dahlia", "temple", "rocket"]
seen = np.stack([square(name) for name in names])
made = np.asarray(first_layer(seen / 127.5 - 1))  # (6, 128, 128, 16)
usual = made.mean(axis=(1, 2), keepdims=True)
cat, cat_usual = (made - usual)[0], usual[0]  # each map minus its mean
others = (made - usual)[1:].reshape(-1, 16)  # a row for each pixel of five photographs
liveliest = np.argsort(others.var(axis=0))[::-1]  # in the five photographs


def best_mixtures(rows, count):
    """The matrix (C, count) from whose mixtures the rows (N, C) are rebuilt best."""
    return np.linalg.svd(rows, full_matrices=False)[2][:count].T


# %% tags=["hide-input", "nbval-ignore-output", "slide"]
# @title The figure
edge = ((3, 3), (3, 3), (0, 0))
tiles = np.pad(made[0] / made[0].max(axis=(0, 1)), edge, constant_values=1)
tiles = tiles.reshape(134, 134, 4, 4).transpose(2, 0, 3, 1).reshape(536, 536)
plots.show_images(
    [seen[0].astype("uint8"), tiles],
    titles=["the photograph", "its 16 maps"],
    columns=2,
    size=2.9,
    alt="A cat in colour, and 16 grey maps of it: many show the same outlines of eyes "
    "and fur, four are nearly black.",
)

# %% [markdown]
# Many show the same outlines. Four are nearly silent (together less than 1 % of what varies). Eight others say little of their own: of each, a weighted sum of the other fifteen gives more than 80 % of the variance. So *squeeze* first: a **1×1 convolution** looks at one place only. It multiplies the 16 numbers of a pixel, one from each map, by a matrix, the same at every pixel (a ReLU comes after it in GoogLeNet; here we leave it out):

# %%
W = best_mixtures(others, 8)  # (16, 8); which mixtures: see below
mixed = cat @ W  # (128, 128, 16) → (128, 128, 8): the 1×1 convolution

# %% tags=["hide-input", "nbval-ignore-output", "slide"]
# @title The figure
four = liveliest[:4]
plots.show(
    plots.mixed_pixel(cat[..., four], best_mixtures(others[:, four], 2), at=(44, 50)),
    alt="Four maps of a cat with an orange square at one pixel; its four numbers, each "
    "times two weights, and their two sums; the two mixtures with the same square.",
)

# %% [markdown]
# The figure has four maps, each minus its mean, and two mixtures: the orange pixel's numbers, times the weights of A, add up to A's pixel.
#
# What is lost? Try to get the 16 maps back from the 8 mixtures, by a second 1×1. $W$ holds the mixtures with which that works best on five *other* photographs (*principal component analysis*, PCA); a network learns its own. **How many per cent of the variance of the cat's 16 maps come back from 8 mixtures? And from 4?**


# %% tags=["hide-output"]
def rebuilt(W):
    """The cat's maps from `cat @ W`, by the second 1×1 that is best on the others."""
    second = np.linalg.lstsq(others @ W, others, rcond=None)[0]
    return cat @ W @ second


def kept(W):
    """% of the variance of the cat's maps that is rebuilt."""
    return 100 * (1 - np.sum((cat - rebuilt(W)) ** 2) / np.sum(cat**2))


mixtures = [kept(best_mixtures(others, count)) for count in (8, 4)]
rows = ["8 mixtures", "4 mixtures"]
pd.DataFrame({"% that come back": mixtures}, index=rows).round().astype(int)

# %% tags=["hide-cell", "nbval-ignore-output"]
# @title Six of the maps: as they are, rebuilt from 8, rebuilt from 4
rows = [cat, *(rebuilt(best_mixtures(others, count)) for count in (8, 4))]
spans = [(cat[..., n].min(), cat[..., n].max()) for n in range(6)]
shown = [
    np.clip((row[..., n] - low) / (high - low), 0, 1)
    for row in rows
    for n, (low, high) in enumerate(spans)
]
lost = [np.sum((cat - row) ** 2, axis=(0, 1)) for row in rows]
parts = [100 * (1 - one / np.sum(cat**2, axis=(0, 1)))[:6] for one in lost]
titles = [f"{part:.0f} %" for row in parts for part in row]
axes = plots.show_images(shown, titles=titles, columns=6, size=0.95, limits=(0, 1))
for ax, name in zip(axes[::6], ("as it is", "from 8", "from 4"), strict=True):
    ax.text(-8, SIDE / 2, name, rotation=90, ha="right", va="center", fontsize=11)
plots.show(
    axes,
    alt=f"Three rows of six maps of the cat; kept from 8: {titles[6:12]}, from 4: {titles[12:]}.",
)

# %% [markdown]
# <details><summary><b>Compare with your numbers</b></summary>
#
# From 8 mixtures 93 % come back, from 4 63 %. Eight are nearly enough.
# </details>
#
# In GoogLeNet's 5×5 branch a 1×1 mixes 192 maps into 16, then the 5×5 looks around:
#
# $$192·16 + 25·16·32 = 15{,}872$$
#
# instead of 153,600. But that is a *twelfth* of the maps, and from a quarter the cat came back only to 63 %. **Does it cost accuracy?** Section 4 measures it. The squeezing 1×1 is called a **reduction**. The 3×3 gets one, too (96 maps), and the pool a 1×1 after it (32). This is GoogLeNet's first module, 3a:

# %% tags=["hide-input", "slide"]
# @title The drawing
first = GOOGLENET_TABLE[0]  # module 3a
module_3a = keras.Model(arriving, inception(arriving, first, biased), name="3a")
plots.architecture(anatomy.describe(module_3a), block=True, title="Module 3a")

# %% [markdown]
# 163,328 weights (and 368 biases): the 3×3 branch falls to 129,024, the 5×5 branch to a tenth, and the pool's 1×1 adds 6,144.
#
# How narrow must a reduction be, to save anything? (Outline: without; dotted line: 3a's.) **Guess for the 3×3 and for the 5×5, then move the slider.**


# %% tags=["hide-input", "nbval-ignore-output", "slide"]
# @title The exhibit
KERNELS = {"3×3": (9, 128, 96), "5×5": (25, 32, 16)}  # places, maps out, 3a's reduction


def branch_bars(width):
    """Weights of 3a's 3×3 and 5×5 branches with reductions to some maps, naive outlined."""
    ax = plots.curves({"": [0, 0]})
    ax.clear()
    ax.figure.set_size_inches(5.6, 2.3)
    for row, (places, made, own) in enumerate(KERNELS.values()):
        weights, naive = (192 + places * made) * width, places * 192 * made
        ax.barh(row, weights, height=0.6, color=plots.COLOURS[3])
        ax.barh(row, naive, 0.6, facecolor="none", edgecolor="0.45", linewidth=1.6)
        ax.plot(2 * [(192 + places * made) * own], [row - 0.4, row + 0.4], "k:")
        change = "saved" if weights < naive else "more"
        told = f"{weights:,}\n{abs(naive - weights):,} {change}"
        ax.text(max(weights, naive) + 5_000, row, told, va="center", fontsize=10)
    ax.set(xlabel="weights", xlim=(0, 360_000))
    ax.set_yticks(range(2), labels=list(KERNELS))
    ax.set_xticks(
        range(0, 300_001, 100_000), labels=["0", "100,000", "200,000", "300,000"]
    )
    ax.set_title(f"192 maps reduced to {width}")
    ax.invert_yaxis()
    return ax


widgets.frames(
    branch_bars,
    alt="Two bars, the weights of the 3×3 and the 5×5 branch with their reductions; outlined "
    "without, a dotted line where 3a is.",
    start=dict(width=96),
    labels=dict(width="reduced to"),
    width=range(8, 193, 2),
)

# %% [markdown]
# <details><summary><b>Compare with your guesses</b></summary>
#
# It need not be narrow. A reduction to $r$ maps costs $192·r + 9·r·128$ before and in the 3×3, in place of $9·192·128$: less up to $r$ = 164, and for the 5×5 up to 154.
# </details>
#
# 3a has two things that the naive module lacks: reductions, and the 1×1 after the pool. Without both GoogLeNet does 12.6 billion multiply-adds, with both 1.6. **With one of the two alone, how many are left? Which saves more?**


# %% tags=["hide-output", "slide"]
def work_of(reduce, project):
    built = anatomy.describe(models.googlenet, reduce=reduce, project=project)
    return round(built.macs / 1e9, 2)


work = pd.DataFrame(
    {
        "pool hands on everything": [work_of(False, False), work_of(True, False)],
        "1×1 after the pool": [work_of(False, True), work_of(True, True)],
    },
    index=["no reductions", "reductions"],
)
work

# %% [markdown]
# <details><summary><b>Compare with your numbers</b></summary>
#
# The reductions alone leave a sixth, the pool's 1×1 alone a third, both an eighth. What the pool hands on piles up, 4,944 maps at the end in place of 1,024; without reductions every large kernel reads the pile.
# </details>
#
# **Exercise 1 (by hand).** Module 4a: 480 maps arrive; 192 of 1×1; a reduction to 96, then 208 of 3×3; a reduction to 16, then 48 of 5×5; 64 after the pool. How many weights has it (without biases)? And the naive module with the same 1×1, 3×3 and 5×5? (Replace `None`, run the cell. Answers: [solutions](solutions/09_inception_solutions.ipynb).)

# %%
weights_reduced, weights_naive = None, None

lesson09.savings(weights_reduced, weights_naive)

# %% [markdown]
# **Exercise 2 (build).** Write the module. The six numbers come in the order of exercise 1. Every convolution has a ReLU (`conv` of section 2 does it). The check copies the weights of the package's module into yours and compares the outputs.


# %%
def inception_module(maps, n1x1, n3x3_reduce, n3x3, n5x5_reduce, n5x5, pool_proj):
    """maps (N, H, W, C) → (N, H, W, n1x1 + n3x3 + n5x5 + pool_proj)."""
    ...
    return ...


lesson09.inception_module(inception_module, models.googlenet)

# %% tags=["claims"]
# @title Claims
kernels = [w for w in module_3a.weights if len(w.shape) == 4]
weights_3a = sum(int(np.prod(w.shape)) for w in kernels)
score.equal("3a, weights", weights_3a, 163_328)
found = [round(percent) for percent in mixtures]
score.equal("8 and 4 mixtures keep, %", found, [93, 63])
own = np.sort(cat.reshape(-1, 16).var(axis=0))[::-1]
assert own[-4:].sum() < own.sum() / 100
correlations = np.corrcoef(cat.reshape(-1, 16).T)
pairs = np.abs(correlations)[np.triu_indices(16, 1)]
assert len(pairs) == 120 and np.sum(pairs > 0.8) == 1
computed = 1 - 1 / np.diag(np.linalg.inv(correlations))  # of each map from the others
assert np.sum(computed > 0.8) == 8
widest = [(weights - 1) // (192 + next_one) for weights, next_one in
          ((221_184, 9 * 128), (153_600, 25 * 32))]  # fmt: skip
score.equal("widest reductions that save: 3×3, 5×5", widest, [164, 154])
score.equal("billion multiply-adds: no 1×1, reductions, pool's 1×1, both",
            [*work.iloc[:, 0], *work.iloc[:, 1]], [12.57, 2.12, 4.43, 1.58])  # fmt: skip
score.section()

# %% [markdown]
# ## 4 · Is the saving well spent?
#
# What is saved can be spent on more maps. So let three kinds of networks compete at equal work, each a stem and three modules, 3a, 4a and 5b of GoogLeNet, made narrow until the work fits:
#
# - *plain*: two 3×3 convolutions, as in VGG, in place of each module;
# - *naive*: the naive modules of section 2;
# - *reduced*: GoogLeNet's modules.
#
# Naive modules have one convolution in a row, the others two. The maps of 3a at the middle size, where each network does 3.1 million multiply-adds (→: one after the other):

# %% tags=["hide-input"]
# @title Three kinds at three sizes
race = measure.load("inception_modules")
SIZES = ["small", "middle", "large"]


def results(kind, key):
    """(3 sizes, 3 trainings) of a kind of network."""
    runs = [run for run in race["runs"] if run["arm"] == kind]
    return np.array([[r[key] for r in runs if r["size"] == size] for size in SIZES])


becomes = {
    "plain": ["–", "17 → 17", "–", "–", 17],
    "naive": ["7", "13", "3", "20", 43],
    "reduced": ["12", "18 → 24", "3 → 6", "6", 48],
}
table = pd.DataFrame(becomes, index=["1×1", "3×3", "5×5", "pool", "all"]).T
arriving_at_3a = [12, 20, 36]
table.insert(0, "arrive", arriving_at_3a)
table

# %% [markdown]
# All have batch norm. Each was trained three times, six epochs on 20,000 photographs of CIFAR-10 shrunk to 16×16 pixels, at a learning rate chosen for its kind on other photographs. All accuracies lie between 63 and 74 %, the work between 1.4 and 5.4 million. **Draw three lines, test accuracy against work, and label them. How many percentage points lie between them?**

# %% tags=["hide-cell", "slide"]
# @title Accuracy against work
shades = "0.45", plots.COLOURS[4], plots.COLOURS[3]
KIND_COLOURS = dict(zip(becomes, shades, strict=True))
tested = {kind: 100 * results(kind, "test_accuracy") for kind in becomes}
means = {kind: values.mean(axis=1) for kind, values in tested.items()}
with plots.figure(
    size=(6, 4),
    alt="Accuracy against work, three rising lines: "
    + "; ".join(f"{kind} {m[0]:.1f} to {m[-1]:.1f} %" for kind, m in means.items())
    + ".",
) as ax:
    for kind, colour in KIND_COLOURS.items():
        millions = results(kind, "macs").mean(axis=1) / 1e6
        errors = tested[kind].std(axis=1, ddof=1) / 3**0.5
        ax.errorbar(
            millions, means[kind], errors, color=colour, linewidth=2.5, capsize=4
        )
        for place, values in zip(millions, tested[kind], strict=True):
            ax.plot([place] * 3, values, "o", color=colour, markersize=6, alpha=0.6)
        ax.text(5.7, means[kind][-1], kind, color=colour, va="center", weight="bold")
    ax.set(xscale="log", xlim=(1.2, 8.2), xlabel="million multiply-adds for one image")
    ax.set_ylabel("test accuracy in %")
    ax.set_xticks([1.5, 3, 5], labels=["1.5", "3", "5"])
    ax.minorticks_off()
    ax.grid(axis="y", color="0.9")

# %% tags=["hide-cell"]
# @title How many percentage points between them
for kind in ("plain", "naive"):
    apart = ", ".join(f"{points:.1f}" for points in means["reduced"] - means[kind])
    print(f"reduced over {kind}, small to large: {apart} points")

# %% [markdown]
# <details><summary><b>Compare with your lines</b></summary>
#
# (A dot is a training, a bar the standard error of the mean, [lesson 03](03_mlp_vs_cnn.ipynb#is-a-difference-real).) **At equal work the whole package pays here.** The reduced modules are ahead at every size, by one to two points over the plain network, by about three over the naive one: three standard errors *of the difference* or more. 3a makes 48 maps where two 3×3 can afford 17. Naive modules are on average *behind* VGG's way.
# </details>
#
# But *what* in the package pays? *reduced* of the middle size once more, and two other networks, five trainings each, each at the best rate of a new search, by which *reduced* gained a point (stored: `inception_reductions`):
#
# - *whole*: the same filters as *reduced*, but no reductions. Each large kernel reads all maps, for 2.5 times the work.
# - *single*: one 3×3 behind a reduction in place of each module, as wide as the same work allows.
#
# **How many points will each be ahead of *reduced*, or behind?**


# %% tags=["setup"]
# @title Five stored trainings of each
def of_parts(key):
    """What the five stored trainings of each kind measured."""
    runs = measure.load("inception_reductions")["runs"]
    names = "reduced", "whole", "single"
    return {n: np.array([run[key] for run in runs if run["arm"] == n]) for n in names}


right = {name: 100 * values for name, values in of_parts("test_accuracy").items()}


def ahead(one, other="reduced"):
    """Points between two groups of trainings, and their standard error."""
    error = np.hypot(right[one].std(ddof=1), right[other].std(ddof=1)) / 5**0.5
    return right[one].mean() - right[other].mean(), error


# %% tags=["hide-cell"]
# @title What pays
over = ["{:+.1f} ± {:.1f}".format(*ahead(name)) for name in ("whole", "single")]
table = pd.DataFrame(
    {
        "million multiply-adds": {n: v[0] / 1e6 for n, v in of_parts("macs").items()},
        "test accuracy, %": {name: values.mean() for name, values in right.items()},
    }
).round(1)
table["over reduced"] = ["", *(text.replace("-", "−") for text in over)]
table

# %% [markdown]
# <details><summary><b>Compare with your points</b></summary>
#
# **Reductions cost little, perhaps nothing**: without them the same filters gain 0.5 ± 0.3 points, for 2.5 times the work. A twelfth of the maps before the 5×5, half before the 3×3: enough, where mixtures are learned *with* the kernels. **And several kernels do pay**: one 3×3 in place of the three and the pool is 2.3 ± 0.5 points behind, at the same work. (Of five trainings each, a difference counts beyond two and a half times its ±.)
# </details>
#
# Two limits. *Time*: reduced networks took our processor twice as long as plain ones; in nearly equal time (largest plain network 87 seconds, smallest reduced 92) plain leads by 3.2 points. *Reach*: small photographs, six epochs, batch norm. In [another experiment](further/09_bn_inception.ipynb) naive modules were *ahead* of reduced ones, by 0.8 ± 0.4 points with batch norm, by 6.0 ± 1.0 without, as GoogLeNet was.
#
# **Exercise 3 (read).** Open both answers above. Which sentences do the measurements support? ("yes" or "no")
#
# - a: It is shown that reductions cost no accuracy.
# - b: The smallest reduced network is about as good as the middle naive one, which does twice the work.
# - c: Naive modules are behind because of their three kernels.
# - d: At every size, each plain network is ahead of each naive one.
# - e: For a training of 90 seconds two 3×3 are the better choice here.
# - f: From the middle to the large size every kind still gains more than a point.

# %%
supported = {"a": None, "b": None, "c": None, "d": None, "e": None, "f": None}

lesson09.read_race(supported)

# %% tags=["claims"]
# @title Claims
works = np.array([results(kind, "macs").mean(axis=1) for kind in becomes])
score.at_most(
    "larger over smaller work", (works.max(axis=0) / works.min(axis=0)).max(), 1.06
)
over = {
    kind: float((means["reduced"] - means[kind]).mean()) for kind in ("plain", "naive")
}
score.at_least("stored: reduced over plain, mean points", over["plain"], 1)
score.at_least("stored: reduced over naive, mean points", over["naive"], 2)
spent = {kind: results(kind, "processor_seconds").mean(axis=1) for kind in becomes}
score.at_least(
    "stored: seconds, reduced over plain, least",
    (spent["reduced"] / spent["plain"]).min(),
    1.5,
)
little, most = means["reduced"][0], means["plain"][2]  # of nearly equal time
score.at_least("stored: in equal time plain ahead, points", most - little, 1)
assert round(most - little, 1) == 3.2
assert all(values[2] - values[1] > 1 for values in means.values())
assert abs(little - means["naive"][1]) < 0.1
behind = tested["plain"].min(axis=1) > tested["naive"].max(axis=1)
assert behind.tolist() == [False, True, True] and over["naive"] > over["plain"]
for kind in over:
    pair = [tested[one].std(axis=1, ddof=1) for one in ("reduced", kind)]
    apart = np.hypot(*pair) / 3**0.5
    assert ((means["reduced"] - means[kind]) / apart > 3).all()
assert np.min([*tested.values()]) > 63 and np.max([*tested.values()]) < 74
near = spent["plain"][2], spent["naive"][1], spent["reduced"][0]
assert [*map(round, near)] == [87, 89, 92]
assert (works.min().round(-5), works.max().round(-5)) == (1_400_000, 5_400_000)
leaving = []
for kind, row in becomes.items():
    made = anatomy.describe(inception_modules.build(kind, "middle"))
    assert made.rows[0].output_shape[-1] == arriving_at_3a[len(leaving)]  # the stem
    own = [one for one in made.rows if "_3a_" in one.name and one.kind == "Conv2D"]
    told = [n for n in re.findall(r"\d+", str(row[:-1])) if n != "20"]  # 20: the pool's
    assert [str(one.output_shape[-1]) for one in own] == told, kind
    end = "plain_3a_2" if kind == "plain" else "inception_3a_output"
    leaving.append(made[end].output_shape[-1])
score.equal("maps that leave 3a, middle size", leaving, [17, 43, 48])
assert [row[-1] for row in becomes.values()] == leaving
assert (np.round(works[:, 1] / 1e6, 1) == 3.1).all()
assert 2 < works[1, 1] / works[2, 0] < 2.3
score.section()

# %% tags=["claims"]
# @title Claims: what pays, and the other experiment
twin = measure.load("inception_twin")["runs"]
led = {}  # the other experiment: naive over reduced, and the ± of the difference
for norm in ("", " norm"):
    runs = [[r for r in twin if r["arm"] == f"{k}{norm}"] for k in ("naive", "reduced")]
    pair = 100 * np.array([[r["test_accuracy"] for r in three] for three in runs])
    error = np.hypot(*pair.std(axis=1, ddof=1)) / 3**0.5
    led[norm] = [round(float(n), 1) for n in (pair[0].mean() - pair[1].mean(), error)]
assert led == {"": [6.0, 1.0], " norm": [0.8, 0.4]}
score.at_least("stored: three kernels and a pool over one 3×3", -ahead("single")[0], 1)
assert ahead("whole")[0] < 1  # what the reductions cost
counts = {name: bool(abs(ahead(name)[0]) > 2.5 * ahead(name)[1]) for name in right}
assert counts == {"reduced": False, "whole": False, "single": True}
macs = {name: values[0] for name, values in of_parts("macs").items()}
assert round(macs["whole"] / macs["reduced"], 1) == 2.5
assert macs["single"] / macs["reduced"] < 1.03
assert {len(values) for values in right.values()} == {5}
score.section()

# %% [markdown]
# ## 5 · GoogLeNet is a table
#
# A stem, the nine modules of this table, a mean over each map, a dense layer: that is the whole network.

# %%
pd.DataFrame(GOOGLENET_TABLE).set_index("name").rename_axis(None)


# %%
def halve(maps):
    return layers.MaxPooling2D(3, strides=2, padding="same")(maps)


def googlenet(module):
    """module: maps and a row of the table → maps."""
    maps = inputs = keras.Input((224, 224, 3))
    maps = layers.Conv2D(64, 7, strides=2, padding="same", activation="relu")(maps)
    # (the paper puts response normalizations before and after the next two)
    maps = conv(halve(maps), 64, 1)  # 56×56×64
    maps = halve(conv(maps, 192, 3))  # 28×28×192
    for row in GOOGLENET_TABLE:
        maps = module(maps, row)
        if row.name in ("3b", "4e"):
            maps = halve(maps)  # 14×14, then 7×7
    means = layers.GlobalAveragePooling2D()(maps)  # 1,024 numbers
    means = layers.Dropout(0.4)(means)
    return keras.Model(inputs, layers.Dense(1000, activation="softmax")(means))


# the package's module, with biases and no batch norm;
# with yours: lambda maps, row: inception_module(maps, *row[1:])
package_module = functools.partial(inception, style=biased)
ours = anatomy.describe(googlenet, module=package_module)
print(f"{ours.params:,} parameters")

# %% tags=["hide-input", "slide"]
# @title The drawing
plots.architecture(
    anatomy.describe(models.googlenet, aux=True),
    title="GoogLeNet, 2014, with two auxiliary heads",
)

# %% [markdown]
# The mean over each map and the 1×1 are ideas of Lin, Chen and Yan (*Network in Network*, 2013).
#
# Two side branches leave the main road, on 4a and 4d: **auxiliary heads**. The authors feared that the gradient would not reach the first layers, so two more classifiers were trained on the way, their losses counting 0.3 each, and thrown away afterwards: 6.4 of 13.4 million parameters.
#
# ### A module from memory
#
# Somebody writes the module down from memory, and from row 3a (64, 96, 128, 16, 32, 32) the list below. It runs without an error. **What is wrong, in the code and in the list? And will GoogLeNet, built from nine such modules, do more work than the right one, or less?**


# %%
def from_memory(maps, filters):
    three = conv(conv(maps, filters[0], 1), filters[1], 3)
    five = conv(conv(maps, filters[2], 1), filters[3], 5)
    pool = layers.MaxPooling2D(3, strides=1, padding="same")(maps)
    return layers.Concatenate()([three, five, conv(pool, filters[4], 1)])


filters_3a = [64, 96, 128, 16, 32]
remembered = keras.Model(arriving, from_memory(arriving, filters_3a), name="memory")

# %% tags=["hide-cell", "slide"]
# @title The drawing
plots.architecture(anatomy.describe(remembered), block=True, title="From memory")

# %% [markdown]
# <details><summary><b>Compare with what you found</b></summary>
#
# The pure 1×1 branch is missing. Five numbers are set, of six in the row, and everything shifts: 64, meant for the 1×1, becomes the reduction of the 3×3; 96, meant as that reduction, becomes its output. 144 maps leave where 256 should.
# </details>

# %% tags=["hide-output"]
wrong = anatomy.describe(
    googlenet, module=lambda maps, row: from_memory(maps, row[1:6])
)
for name, network in {"from memory": wrong, "GoogLeNet": ours}.items():
    print(f"{name}: {network.macs / 1e9:.2f} billion multiply-adds")

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# Less, by 8 %: neither an error gives the slip away, nor the work. The parameters do: 5.7 million in place of 7.0. So would `assert maps.shape[-1] == 256`. (*Further: [the network it comes from](further/09_from_memory.ipynb); [tables that do not add up](further/09_slips_in_print.ipynb).*)
# </details>

# %% tags=["claims"]
# @title Claims
both = anatomy.describe(models.googlenet, aux=True).params
score.equal("GoogLeNet with both heads, parameters", both, 13_378_280)
assert remembered.output.shape[-1] == 144
thin = models.googlenet(aux=True, width=1 / 8)
dropped = [one.rate for one in thin.layers if isinstance(one, layers.Dropout)]
normalized = [one.name for one in thin.layers if one.name.startswith("stem_norm")]
assert dropped == [0.4, 0.7, 0.7] and len(normalized) == 2
share = wrong.macs / ours.macs
score.close("GoogLeNet from memory over GoogLeNet, work", share, 0.92, tolerance=0.01)
assert (round(wrong.params / 1e6, 1), round(ours.params / 1e6, 1)) == (5.7, 7.0)
score.section()

# %% [markdown]
# ## 6 · Split the kernel, too
#
# Can the kernel itself be made cheaper? *Inception-v3* (2015) splits it in two ways.
#
# - **Smaller kernels, one after the other.** Two 3×3 see what a 5×5 sees (lesson 08), with 9 + 9 = 18 products in place of 25 (for as many maps).
# - **Along the sides.** 1×7 (one pixel high, seven wide) and then 7×1 see what a 7×7 sees, with 7 + 7 in place of 7·7. An example is lesson 02's Sobel kernel:
#
# $$\begin{pmatrix}1\\2\\1\end{pmatrix}\begin{pmatrix}-1&0&1\end{pmatrix}=\begin{pmatrix}-1&0&1\\-2&0&2\\-1&0&1\end{pmatrix}$$
#
# Each of its rows is a multiple of the same three numbers. Most kernels are not so, and cannot be split. But Inception-v3 splits no trained kernel: it *learns* thin ones from the start. A module of it:

# %% tags=["hide-input"]
# @title The drawing
middle = keras.Input((17, 17, 768))
split_module = keras.Model(middle, figure_6(middle, 160, Style(), "mixed"), name="v3")
plots.architecture(
    anatomy.describe(split_module), block=True, title="A module of Inception-v3"
)

# %% [markdown]
# **Exercise 4 (code).** Write the share of the products that a chain of kernels saves against a whole one (below 0 where it costs more): `whole` is a pair such as `(5, 5)`, `chain` a list of pairs. The number of maps never changes. Do not round.


# %%
def saved_share(whole, chain):
    share = ...
    return share


lesson09.factor_saving(saved_share)

# %% [markdown]
# (*Further: [what splitting did to accuracy](further/09_inception_v3.ipynb).*)

# %% [markdown]
# ## 7 · Split all the way
#
# A kernel of a convolution looks at every map that arrives, and adds up what it finds. So it does two jobs at once: it looks around, and it mixes maps. Reductions let it look at fewer maps. Go to the end: let each kernel look at *one* map.
#
# A **depthwise** convolution has one kernel for each map, and mixes nothing. A 1×1 after it (*pointwise*) does all the mixing. Together they are a **depthwise-separable convolution**. An ordinary 3×3 pays the product of the two jobs, 9·C·F weights. Now each job is paid alone: 9·C + C·F.


# %%
def separable_block(maps, filters):
    maps = layers.DepthwiseConv2D(3, padding="same", use_bias=False)(maps)
    return layers.Conv2D(filters, 1, use_bias=False)(maps)


def ordinary(maps, filters):
    return layers.Conv2D(filters, 3, padding="same", use_bias=False)(maps)


entering = keras.Input((28, 28, 128))
pair = [
    keras.Model(entering, make(entering, 256), name=make.__name__)
    for make in (ordinary, separable_block)
]

# %% tags=["hide-input", "slide"]
# @title The drawing
plots.architecture(
    *map(anatomy.describe, pair),
    block=True,
    title=["3×3 convolution", "depthwise separable"],
    counted=False,
)

# %% [markdown]
# **By hand: how many weights has each, for 128 maps in and 256 out? And how many times faster will the second be?**


# %% tags=["hide-input"]
# @title How time is measured
def fastest(model, batch, times=30):
    """Milliseconds of the processor, the best of some tries."""
    taken = []
    for _ in range(times):
        begun = time.process_time()
        model.predict_on_batch(batch)
        taken.append(time.process_time() - begun)
    return 1000 * min(taken)


# %% tags=["hide-output", "nbval-ignore-output", "slide"]
batch = np.ones((16, 28, 28, 128), "float32")
steps = {
    "its depthwise step": layers.DepthwiseConv2D(3, padding="same", use_bias=False),
    "its 1×1": layers.Conv2D(256, 1, use_bias=False),
}
timed = dict(zip(["3×3", "depthwise separable"], pair, strict=True))
timed |= {name: keras.Model(entering, step(entering)) for name, step in steps.items()}
costs = pd.DataFrame(
    {
        "weights": {n: f"{model.count_params():,}" for n, model in timed.items()},
        "milliseconds": {n: fastest(model, batch) for n, model in timed.items()},
    }
)
times = costs["milliseconds"].iloc[0] / costs["milliseconds"]
print(f"{times.iloc[1]:.1f} times faster; its 1×1 alone {times.iloc[3]:.1f} times")
costs.round(1)

# %% [markdown]
# <details><summary><b>Compare with your three numbers</b></summary>
#
# 9·128·256 = 294,912 against 9·128 + 128·256 = 33,920, nearly nine times fewer products: $\frac19 + \frac1F$ are left. The processor gains less than that. **A product saved is not a second saved**: maps must be read and written, too.
# </details>
#
# **Exercise 5 (code).** Both steps in NumPy: `maps` is (H, W, C), `depthwise` (3, 3, C), `pointwise` (C, F); the result is (H, W, F). `convolution.conv2d(map, kernel, padding="same")` of lesson 01 looks around in one map.


# %%
def separable(maps, depthwise, pointwise):
    """maps (H, W, C) → (H, W, F): look around map by map, then mix."""
    mixed = ...
    return mixed


lesson09.separable(separable)

# %% [markdown]
# ### MobileNetV2, opened
#
# François Chollet took Inception to this end in *Xception* (2016), Andrew Howard and others in *MobileNet* (2017), for phones. You have used its successor, MobileNetV2, about a third as wide ([lesson 05](05_transfer_learning.ipynb)). A block of the full one:

# %% tags=["hide-input", "slide"]
# @title The drawing
mobile = counted["MobileNetV2"]
plots.architecture(mobile, block="block_2", title="A block of MobileNetV2")

# %% [markdown]
# A 1×1 *widens* 24 maps to 144; a depthwise 3×3 looks around in them, cheaply; a 1×1 narrows to 24 again, *without* a ReLU, which would set about half of these few numbers to 0. (GoogLeNet's reductions have one.) 300 million multiply-adds in all, a fifth of GoogLeNet's, at about its accuracy. **Which share of them is looking around, which is mixing?**


# %% tags=["hide-output"]
def job(row):
    if row.kind == "DepthwiseConv2D":
        return "looking around: depthwise 3×3"
    return (
        "both: first 3×3" if row.name == "Conv1" else "mixing: 1×1 and the last layer"
    )


working = [row for row in mobile.rows if row.macs]
share = (
    pd.Series([row.macs for row in working]).groupby([job(r) for r in working]).sum()
)
share = 100 * share / share.sum()
share.round(1).to_frame("% of the work")

# %% [markdown]
# <details><summary><b>Compare with your shares</b></summary>
#
# Nearly all of it is mixing. Looking around costs next to nothing now; of the 9·C·F of a 3×3, C·F is left.
# </details>

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.equal(
    "weights: 3×3, separable", [m.count_params() for m in pair], [294_912, 33_920]
)
score.close(
    "MobileNetV2, million multiply-adds", mobile.macs / 1e6, 300.8, tolerance=0.1
)
score.at_least("separable: times faster", times.iloc[1], 2)
score.at_least("MobileNetV2: share of mixing in %", float(share.iloc[2]), 80)
score.section()

# %% [markdown]
# ## 8 · The family
#
# The map of the beginning, filled: pink Inception, blue two ResNets, green MobileNetV2. Accuracies are published, some from several crops: two points mean little.

# %% tags=["hide-input", "nbval-ignore-output", "slide"]
# @title The map
with plots.figure(
    size=(6, 5.2),
    alt="Accuracy against work: MobileNetV2 and GoogLeNet far left of VGG at nearly its "
    "accuracy, Inception-v3 six points above it, v4 and Inception-ResNet-v2 on top.",
) as ax:
    network_map(PUBLISHED, ax=ax)

# %% [markdown]
# First the network was made cheap: GoogLeNet and BN-Inception do an eighth of VGG-16's work or less. Then what was saved was spent. Inception-v3 is six points ahead of VGG-16, for little more than a third of its work; v4 and Inception-ResNet-v2 are seven points ahead, for four fifths of its work and more.
#
# *Inception-ResNet* (2016) learned much faster than v4 at about the same work: [lesson 10](10_resnet.ipynb). (*Further: [networks that die](further/09_v4_and_residuals.ipynb).*)

# %% tags=["hide-cell"]
# @title The networks of this line in numbers
line = {
    "GoogLeNet (v1)": (2014, models.googlenet, {}),
    "with auxiliary heads": (2014, models.googlenet, {"aux": True}),
    "BN-Inception": (2015, models.bn_inception, {}),
    "Inception-v3": (2015, models.inception_v3, {}),
    "v3, auxiliary head": (2015, models.inception_v3, {"aux": True}),
    "Inception-v4": (2016, models.inception_v4, {}),
    "Inception-ResNet-v1": (2016, models.inception_resnet_v1, {}),
    "Inception-ResNet-v2": (2016, models.inception_resnet_v2, {}),
}
found = {name: anatomy.describe(build, **kw) for name, (_, build, kw) in line.items()}
pd.DataFrame(
    {
        "year": [year for year, *_ in line.values()],
        "parameters": [f"{one.params:,}" for one in found.values()],
        "billion multiply-adds": [f"{one.macs / 1e9:.2f}" for one in found.values()],
    },
    index=list(line),
)

# %% [markdown]
# **Exercise 6 (design).** Six numbers for a module on 192 maps. 256 maps leave, at least 128 of them from the 3×3, and as many as you can from the 5×5, with at most 80,000 weights (3a: 163,328, and 32 maps from its 5×5). Each number is at least 1, and a reduction has at least a quarter of the maps of the kernel after it. (52 maps pass; more are possible.)

# %%
widths = None  # n1x1, n3x3_reduce, n3x3, n5x5_reduce, n5x5, pool_proj

lesson09.design_module(widths)

# %% tags=["claims"]
# @title Claims
share_of = counted["BN-Inception"].macs / counted["VGG-16"].macs
score.at_most("BN-Inception over VGG-16, work", round(share_of, 2), 0.15)
params = [one.params for one in found.values()]
expected = [
    *(6_998_552, 13_378_280, 11_208_192, 23_851_784),
    *(27_179_376, 42_711_400, 22_769_848, 55_873_736),
]
score.equal("parameters of the eight builders", params, expected)
narrow_bn = models.bn_inception(width=1 / 16, input_shape=(32, 32, 3), classes=2)
pools = [narrow_bn.get_layer(f"inception_{name}_pool") for name in ("5a", "5b")]
assert [type(pool).__name__[:3] for pool in pools] == ["Ave", "Max"]  # its table
score.section()

# %% [markdown]
# ## What came of it
#
# The 1×1 that reduces, widens and mixes is in nearly every network since, ResNet-50 among them. Separable kernels carry the networks of phones. Inception-v3 also brought **label smoothing**: the right class is to get 0.9, not 1. That keeps confidence nearer to accuracy, as does a *temperature*: [surer than right](further/09_surer_than_right.ipynb), on calibration.

# %% [markdown] tags=["slide"]
# ## Recap
#
# 1. A module looks with several kernels and stacks what they find; naive ones cost four fifths of VGG.
# 2. A 1×1 multiplies the maps at each pixel by one matrix. Before a large kernel it is a reduction: 3a has 163,328 weights, not 387,072.
# 3. Well spent? In our race yes: at equal work one to two points over two 3×3, three over naive modules. Reductions cost little, several kernels gain two points over one. In equal time plain leads by three.
# 4. 1×7 and 7×1 save 71 % of a 7×7's products; depthwise and pointwise leave 1/9 + 1/F of a 3×3's (the processor gains less).
# 5. **GoogLeNet is deeper than VGG-16 and does a tenth of the work: three layers bring its maps to 28×28 (64 % of the saving); then large kernels look at few maps, and pools hand on few. One mean of each map replaces VGG's large dense layers. MobileNet goes to the end: one map for each kernel.**
#
# ## Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("09")

# %% [markdown]
# <details><summary><b>References</b></summary>
#
# - C. Szegedy and others, "Going deeper with convolutions", 2014, arXiv:1409.4842: GoogLeNet; table 1, figures 2 and 3.
# - M. Lin, Q. Chen, S. Yan, "Network in network", 2013, arXiv:1312.4400.
# - S. Ioffe, C. Szegedy, "Batch normalization", 2015, arXiv:1502.03167: BN-Inception.
# - C. Szegedy and others, "Rethinking the Inception architecture for computer vision", 2015, arXiv:1512.00567: v3; table 3 has one-crop accuracies of GoogLeNet, BN-Inception and v3.
# - C. Szegedy, S. Ioffe, V. Vanhoucke, A. Alemi, "Inception-v4, Inception-ResNet and the impact of residual connections on learning", 2016, arXiv:1602.07261: table 2. On the map Inception-ResNet-v2 has the work of the released network, with twice the blocks of the paper's figure, and the paper's accuracy.
# - F. Chollet, "Xception", 2016, arXiv:1610.02357; A. Howard and others, "MobileNets", 2017, arXiv:1704.04861; M. Sandler and others, "MobileNetV2", 2018, arXiv:1801.04381.
# - The map: AlexNet, NIPS 2012, table 2 (ten crops); VGG, arXiv:1409.1556, table 3 (trained and tested at one scale, 256 pixels; trained at several VGG-16 has 74.4); ResNet, the authors' README, github.com/KaimingHe/deep-residual-networks (one crop); MobileNetV2, its table 4. The contest of 2014: top-5 errors of 6.7 % (GoogLeNet) and 7.3 % (VGG).
# </details>
#
# <details><summary><b>Teacher's notes</b></summary>
#
# **The story in a minute.** VGG pays for accuracy with work. GoogLeNet is deeper, looks with three kernels, and does a tenth. Its stem, quickly at 28×28, is nearly two thirds of the saving; the modules have to make the rest. The obvious module (all kernels side by side) costs nearly as much as VGG. The trick: squeeze 192 maps into 16 by a cheap 1×1, let the large kernel look around in those, and let the pool hand on few. Split the kernel too; and in the end let each kernel look at one map alone: that is what runs on a phone.
#
# **Two lessons of 45 minutes.** First: sections 1 to 3 (1 in 8 minutes, 2 in 10 with the bill on the board, 3 in 22 with the cat and the table of four), exercise 1 in pairs (5); exercise 2 at home. Second: vote and section 4 with exercise 3 (10), "a module from memory" as a detective story (10), section 7 (15) with exercise 5 begun, recap and quiz (10); sections 6 and 8 with exercises 4 and 6 at home.
#
# **One lesson of 90 minutes.** Sections 1 to 3 (35 min), 4 (10), 5 (10), 6 by hand (5), 7 (15), recap and quiz (10).
#
# **To skip:** section 8 but for its map, exercises 4 and 6. Without section 6 leave out quiz question 4.
#
# **To discuss.** (1) The module from memory trained without an error, at nearly the right price. Which checks would you write before training any network? (2) A phone has little memory and a slow processor, a data centre neither. Would both choose the same split?
#
# *Answers.* (1) Its number of parameters against the paper's; the shape after each stage, and how many maps leave a module; which maps each layer really reads (the drawing shows it); that one step changes every weight; that copied weights give the output of a known implementation; that it can learn ten pictures by heart. Each takes a minute, and all but the step and the ten pictures would have found this slip; those two find others. (2) No. On the phone products and weights are what counts, so split all the way: depthwise and 1×1. A data centre's processors are made for large products of matrices, which a depthwise kernel is not: fewer products need not be less time there, and wide ordinary convolutions may be the better choice. Measure on the machine that will run it.
#
# **Listen for** "the 1×1 does nothing, it sees one pixel": ask what it sees in the other direction, through the maps. And "71 % fewer products is 71 % less time".
# </details>
#
# ## Scorecard
#
# Your exercises first, then the claims of this lesson, each asserted where it was made.
#
# **Next:** [10 · ResNet →](10_resnet.ipynb), where depth stops helping, and one line changes that · [solutions](solutions/09_inception_solutions.ipynb)

# %% tags=["nbval-ignore-output"]
checks.own_score(exercises=6)

# %% tags=["nbval-ignore-output"]
score
