# %% [markdown]
# # 09 · Inception
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/09_inception.ipynb)
#
# [← 08 · VGG](08_vgg.ipynb) · [all lessons](START_HERE.ipynb) · [solutions](solutions/09_inception_solutions.ipynb) · further: [from memory](further/09_from_memory.ipynb), [slips in print](further/09_slips_in_print.ipynb), [heads and batch norm](further/09_bn_inception.ipynb), [Inception-v3](further/09_inception_v3.ipynb), [v4, and networks that die](further/09_v4_and_residuals.ipynb) · [10 · ResNet →](10_resnet.ipynb)
#
# **The question.** GoogLeNet is deeper than VGG-16, and looks with three kernels at once. How can it do a small part of the work?
#
# **You will be able to**
# - count the weights and the work of an Inception module by hand, with and without its 1×1 reductions;
# - build the module from its row of the table, and GoogLeNet from the table;
# - split a kernel along its sides, into smaller ones, and map by map, and say what each saves;
# - say where MobileNetV2's work is done;
# - see whether a network is too sure, and cure it in two ways.
#
# **Before this:** lessons 06 to 08; batch norm from lesson 04.
#
# **Time:** about 36 minutes of reading, about 45 more for the seven exercises; the code runs in about a minute and a half on two CPU cores.
#
# **Data:** CIFAR-10, 60,000 photographs of 32×32 pixels in ten classes (Krizhevsky). Where it is unavailable, drawn shapes stand in; the numbers in the text are those of the photographs.

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
from course_utils import convolution  # noqa: F401  for exercise 5

keras = runtime.import_keras()  # first, without TensorFlow's messages

import functools
import time

import numpy as np
import pandas as pd

from course_utils import anatomy, models, training
from course_utils.checks import lesson09
from course_utils.models.googlenet import GOOGLENET_TABLE, inception
from course_utils.models.inception_parts import Style
from course_utils.models.inception_resnet import INCEPTION_RESNET_TABLE, residual_block
from course_utils.models.inception_v3 import figure_6
from course_utils.models.inception_v4 import inception_b

lesson = runtime.start(lesson="09")
plots.set_theme()
score = checks.Scorecard("09")
data = datasets.load("cifar10").subset(train=10_000, test=3_000)
real = not data.stand_in
layers = keras.layers
biased = Style(batch_norm=False)  # GoogLeNet has biases and no batch norm

# %% tags=["setup"]
# @title Published errors, and work counted
mobilenet_v2 = functools.partial(keras.applications.MobileNetV2, weights=None)
# builder, top-5 error of one network on ImageNet's validation images as published
PUBLISHED = {
    "AlexNet": ("AlexNet", models.alexnet, 18.2),
    "VGG-16": ("VGG", models.vgg16, 7.2),
    "VGG-19": ("VGG", models.vgg19, 7.1),
    "GoogLeNet": ("Inception", models.googlenet, 9.2),
    "BN-Inception": ("Inception", models.bn_inception, 7.8),
    "Inception-v3": ("Inception", models.inception_v3, 5.6),
    "Inception-v4": ("Inception", models.inception_v4, 5.0),
    "Inception-ResNet-v2": ("Inception", models.inception_resnet_v2, 4.9),
    "ResNet-50": ("ResNet", functools.partial(models.resnet, 50), 6.7),
    "ResNet-152": ("ResNet", functools.partial(models.resnet, 152), 5.7),
    "MobileNetV2": ("MobileNet", mobilenet_v2, 9.9),
}
counted = {name: anatomy.describe(build) for name, (_, build, _) in PUBLISHED.items()}
families = ("AlexNet", "VGG", "Inception", "ResNet", "MobileNet")
numbers = (7, 1, 3, 2, 0)
colours = {name: plots.COLOURS[n] for name, n in zip(families, numbers, strict=True)}


def family(*names):
    """Rows (name, family, billions of multiply-adds, error) for the figure."""
    return [
        (name, PUBLISHED[name][0], counted[name].macs / 1e9, PUBLISHED[name][2])
        for name in names
    ]


# %% [markdown]
# ## 1 · The winner of 2014
#
# So far accuracy was paid for with work. Here are networks that you know: their published errors on ImageNet (the right class is not among the five likeliest), and what they do for one image.

# %% tags=["hide-input", "nbval-ignore-output", "slide"]
# @title The figure
plots.error_against_work(
    family("AlexNet", "VGG-16", "VGG-19"),
    colours=colours,
    sides={"VGG-16": "left"},
    alt="Top-5 error against work: AlexNet 18 % under one billion, VGG 7 % at 15 and 20.",
)

# %% [markdown]
# In 2014 VGG came second, with 7.3 %. The winner, with 6.7 %, was *GoogLeNet*, by Christian Szegedy and others at Google: seven networks that looked at 144 cut-outs of each image. One such network, looking once, misses 9.2 % (says a later paper; the first says 10.1). VGG's dots are of many looks; looking once they would lie higher. It has 22 layers in a row with weights, VGG-16 has 16. And nearly everywhere it looks with three kernels side by side: 1×1, 3×3 and 5×5.
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
# Twice the filters is nearly *four* times the work: twice as many numbers come in, and twice as many filters look at them.
#
# GoogLeNet is deeper, looks three ways, and does a tenth of VGG-16's work with a twentieth of its parameters. (Two reasons are plain: no large dense layers, which held nine tenths of VGG's parameters, and first layers, a *stem*, that shrink 224 pixels to 28. Section 2 shows how little they explain.)
# </details>

# %% tags=["claims"]
# @title Claims
score.equal("GoogLeNet, parameters", counted["GoogLeNet"].params, 6_998_552)
work = [round(one.macs / 1e9, 2) for one in networks.values()]
score.close(
    "VGG-16, twice the filters: times the work", work[1] / work[0], 4, tolerance=0.1
)
score.close("VGG-16 over GoogLeNet, work", work[0] / work[2], 9.8, tolerance=0.1)
score.section()

# %% [markdown]
# ## 2 · Which kernel? All of them
#
# A dog may fill a photograph, or be a spot in it. Which size of kernel is right? The idea of GoogLeNet is not to choose. A **module** has several *branches* side by side, 1×1, 3×3, 5×5 and a pool that keeps the size, and stacks the maps of all branches along the channel axis (*concatenation*). The next layer may take what it needs.


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
# A k×k convolution from $C$ to $K$ maps has $k·k·C·K$ weights (biases left out), and each is used at every place. Here 192 maps arrive. **Work out the weights of the three convolutions. Which one is the dearest for each map that it makes?**
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
# And it gets worse. The pool hands on all 192 maps, so 416 leave; the next module adds its own, and so on. Here is GoogLeNet whole, with its own stem and head, and nine naive modules:

# %%
all_naive = anatomy.describe(models.googlenet, reduce=False)
last = all_naive["inception_5b_output"].output_shape[-1]
print(f"{all_naive.macs / 1e9:.1f} billion multiply-adds; {last:,} maps at the end")

# %% [markdown]
# Four fifths of VGG-16's work: no answer.

# %% tags=["claims"]
# @title Claims
kernels = [w for w in naive.weights if len(w.shape) == 4]
score.equal(
    "naive module, weights", sum(int(np.prod(w.shape)) for w in kernels), 387_072
)
score.close(
    "GoogLeNet of naive modules, GMAC", all_naive.macs / 1e9, 12.6, tolerance=0.1
)
score.section()

# %% [markdown] tags=["slide"]
# ## 3 · Squeeze, then look around
#
# Look at the dear one again. The 5×5 looks at 25 places in all 192 maps, to make 32 from them: 25·192·32. Does it need all 192? They answer to the same photograph; much will be said twice.
#
# So *squeeze* first. A **1×1 convolution** looks at one place only, and mixes the 192 maps into 16. Then the 5×5 looks around in those 16:
#
# $$192·16 + 25·16·32 = 15{,}872$$
#
# instead of 153,600. The squeezing 1×1 is called a **reduction**. The 3×3 gets one, too (96 maps), and the pool gets a 1×1 after it, so that it no longer hands on everything and the maps do not pile up. This is GoogLeNet's first module, 3a:

# %% tags=["hide-input", "slide"]
# @title The drawing
first = GOOGLENET_TABLE[0]  # module 3a
module_3a = keras.Model(arriving, inception(arriving, first, biased), name="3a")
plots.architecture(anatomy.describe(module_3a), block=True, title="Module 3a")

# %% [markdown]
# 163,328 weights: the 3×3 branch falls to 129,024, the 5×5 branch to a tenth, and the pool's 1×1 adds 6,144.
#
# How narrow should a reduction be? Move the sliders to both ends. (At 192 nothing is squeezed, and the module costs *more* than a naive one: the 1×1 comes on top. What saves is the narrow passage.)


# %% tags=["hide-input", "nbval-ignore-output", "slide"]
# @title The exhibit
def branch_bars(n3x3_reduce, n5x5_reduce):
    """Weights of the four branches of a module like 3a."""
    branches = {
        "1×1": 192 * 64,
        "3×3": 192 * n3x3_reduce + 9 * n3x3_reduce * 128,
        "5×5": 192 * n5x5_reduce + 25 * n5x5_reduce * 32,
        "pool": 192 * 32,
    }
    ax = plots.curves({"": [0, 0]})
    ax.clear()
    ax.figure.set_size_inches(5.6, 2.6)
    bars = ax.barh(list(branches), list(branches.values()), color=plots.COLOURS[3])
    ax.bar_label(bars, [f"{w:,}" for w in branches.values()], padding=4)
    ax.set(xlabel="weights", xlim=(0, 350_000))
    ax.set_xticks(
        [0, 100_000, 200_000, 300_000], labels=["0", "100,000", "200,000", "300,000"]
    )
    ax.set_title(f"{sum(branches.values()):>9,} weights; naive 387,072")
    ax.invert_yaxis()
    return ax


widgets.frames(
    branch_bars,
    alt="Four bars, the weights of the branches of a module like 3a.",
    start=dict(n3x3_reduce=96, n5x5_reduce=16),
    labels=dict(n3x3_reduce="3×3 reduction", n5x5_reduce="5×5 reduction"),
    n3x3_reduce=[16, 32, 64, 96, 128, 192],
    n5x5_reduce=[4, 8, 16, 32, 64, 192],
)

# %% [markdown]
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
score.section()

# %% [markdown]
# ## 4 · Does the narrow passage cost accuracy?
#
# The 5×5 of 3a sees 16 mixtures in place of 192 maps. Something must get lost. So let naive and reduced modules compete at (nearly) equal work: five of GoogLeNet's modules at an eighth of their width, and naive ones narrow enough to cost the same.

# %%
twin = measure.load("inception_twin")
labels = {
    "naive": "naive",
    "reduced": "reduced",
    "naive norm": "naive, batch norm",
    "reduced norm": "reduced, batch norm",
}
runs = {kind: [r for r in twin["runs"] if r["arm"] == kind] for kind in labels}
pd.DataFrame(
    {
        "million multiply-adds": [round(r[0]["macs"] / 1e6, 1) for r in runs.values()],
        "parameters": [f"{r[0]['parameters']:,}" for r in runs.values()],
    },
    index=labels.values(),
)

# %% [markdown]
# Each was trained three times, with other initial weights, on 5,000 photographs for six epochs, judged on 2,000 others. (Stored; `python -m course_utils.measure inception_twin` repeats it. Learning rates were chosen on further photographs: 0.006, and 0.02 with batch norm.) The reduced networks have 12 convolutions in a row, the naive ones 7. **Put the four in order.**

# %% tags=["hide-output", "slide"]
tested = {
    labels[kind]: [100 * run["test_accuracy"] for run in found]
    for kind, found in runs.items()
}
two_colours = [plots.COLOURS[4], plots.COLOURS[3]] * 2  # naive, reduced
means = [round(float(np.mean(values)), 1) for values in tested.values()]
with plots.figure(size=(6, 3.2), alt=f"Means {means}.") as ax:
    plots.spread(
        tested,
        xlabel="test accuracy in %, one dot a training",
        colours=dict(zip(tested, two_colours, strict=True)),
        ax=ax,
    )

# %% [markdown]
# <details><summary><b>Compare with your order</b></summary>
#
# The hero loses. Without batch norm the naive network is six points ahead, on its training photographs, too. With batch norm the difference is 0.8 points, with a standard error of 0.4: hardly more than chance; on training photographs the reduced ones are ahead. So the passages lose little, though here they are very narrow, 2 to 6 maps before the 5×5. What hurt the first time was probably the longer chain, harder to train without batch norm. (GoogLeNet had none; it had auxiliary heads, section 5.)
#
# And what is gained? At this size, at equal work: nothing, but that the naive network needs 57 % more parameters. At GoogLeNet's size the naive network costs eight times as much. A reduction does not make a network better. It makes a wide and deep one affordable; that such a one is worth having is shown by the contest, not by this experiment.
# </details>

# %% tags=["claims"]
# @title Claims
ahead = {n: np.subtract(tested[labels[n]], tested[labels[r]]) for n, r in
         (("naive", "reduced"), ("naive norm", "reduced norm"))}  # fmt: skip
works = [found[0]["macs"] for found in runs.values()]
score.at_most(
    "naive and reduced: larger over smaller work", max(works) / min(works), 1.06
)
score.at_least("stored: naive ahead, points", ahead["naive"].mean(), 4)
kept = {k: [100 * run["accuracy"][-1] for run in found] for k, found in runs.items()}
learned = np.subtract(kept["naive"], kept["reduced"]).min()
score.at_least("the same on training photographs, least", learned, 3)
score.at_most(
    "stored: naive ahead with batch norm, points", ahead["naive norm"].mean(), 1.5
)
score.section()

# %% [markdown]
# ## 5 · GoogLeNet is a table
#
# A stem, the nine modules of this table, and a mean over each map: that is the whole network.

# %%
pd.DataFrame(GOOGLENET_TABLE).set_index("name").rename_axis(None)


# %%
def halve(maps):
    return layers.MaxPooling2D(3, strides=2, padding="same")(maps)


def googlenet():
    maps = inputs = keras.Input((224, 224, 3))
    maps = layers.Conv2D(64, 7, strides=2, padding="same", activation="relu")(maps)
    maps = conv(halve(maps), 64, 1)  # 56×56×64
    maps = halve(conv(maps, 192, 3))  # 28×28×192
    for row in GOOGLENET_TABLE:
        # the package's module; yours would be inception_module(maps, *row[1:])
        maps = inception(maps, row, biased)
        if row.name in ("3b", "4e"):
            maps = halve(maps)  # 14×14, then 7×7
    means = layers.GlobalAveragePooling2D()(maps)  # 1,024 numbers
    means = layers.Dropout(0.4)(means)
    return keras.Model(inputs, layers.Dense(1000, activation="softmax")(means))


ours = anatomy.describe(googlenet)
plots.architecture(
    anatomy.describe(models.googlenet, aux=True), title="GoogLeNet, 2014"
)

# %% [markdown]
# The mean over each map in place of VGG's dense layers is an idea of Lin, Chen and Yan (*Network in Network*, 2013), and so is the 1×1.
#
# Two side branches leave the main road in the drawing, on 4a and 4d: **auxiliary heads**. The authors feared that the gradient would not reach the first of 22 layers, so two more classifiers were trained on the way, their losses counting 0.3 each, and thrown away afterwards: **6.4 of the 13.4 million parameters that were trained.** In the paper on Inception-v3 the authors looked back: the heads had not sped up the beginning of training. (*For the curious: [heads and batch norm](further/09_bn_inception.ipynb).*)
#
# ### A module from memory
#
# Somebody writes the module down from memory, for a course, and gives it the numbers of row 3a (64, 96, 128, 16, 32, 32). It runs and trains, no error. **What is wrong, in the code and in the list?**


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
# The pure 1×1 branch is missing. So there are five numbers to set and six in the row; the list was cut, and everything shifts: 64, meant for the 1×1, becomes the reduction of the 3×3; 96, meant as that reduction, its output; the 5×5 sees 128 maps and makes 16. 144 maps leave where 256 should.
#
# Any numbers make *some* network. One line would have caught it: `assert maps.shape[-1] == 256`. The whole network built from it did more than eight times GoogLeNet's work. (*For the curious: [it is debugged here](further/09_from_memory.ipynb); and tables that do not add up: [slips in print](further/09_slips_in_print.ipynb).*)
# </details>
#
# **Exercise 3 (find the error).** The same code gets the first five numbers of row 4d: 112, 144, 288, 32, 64 (the sixth is 64, too). How many maps leave it?

# %%
leaving = None

lesson09.shifted_channels(leaving)

# %% tags=["claims"]
# @title Claims
both = anatomy.describe(models.googlenet, aux=True).params
score.equal("built here, parameters", ours.params, 6_998_552)
score.equal("GoogLeNet with both heads, parameters", both, 13_378_280)
score.equal("3a from memory, maps", remembered.output.shape[-1], 144)
score.section()

# %% [markdown]
# ## 6 · Split the kernel, too
#
# The large kernel itself can be made cheaper: 25 places are a product, 5·5. *Inception-v3* (2015) splits it in two ways.
#
# - **Smaller kernels, one after the other.** Two 3×3 see what a 5×5 sees (lesson 08), with 9 + 9 = 18 products in place of 25.
# - **Along the sides.** 1×7 and then 7×1 see what a 7×7 sees, with 7 + 7 in place of 7·7.

# %% tags=["hide-input", "slide"]
# @title The drawing
middle = keras.Input((17, 17, 768))
wide = Style()
split_module = keras.Model(middle, figure_6(middle, 160, wide, "mixed"), name="v3")
plots.architecture(
    anatomy.describe(split_module), block=True, title="A module of Inception-v3"
)

# %% [markdown]
# **Exercise 4 (code).** Write the share of the products that a chain of kernels saves against a whole one, a number from 0 to 1: `whole` is a pair such as `(5, 5)`, `chain` a list of pairs. The number of maps stays the same throughout, so only the kernels count. Do not round.


# %%
def saved_share(whole, chain):
    share = ...
    return share


lesson09.factor_saving(saved_share)

# %% [markdown]
# A product saved is not a second saved. A batch of 64 maps of 17×17 goes through a 7×7, and through 1×7 and 7×1 with 71 % fewer products. **How many per cent of the time will be saved?**


# %% tags=["hide-output", "nbval-ignore-output"]
def fastest(model, batch, times=30):
    """Milliseconds of the processor, the fastest of some passes."""
    taken = []
    for _ in range(times):
        begun = time.process_time()
        model.predict_on_batch(batch)
        taken.append(time.process_time() - begun)
    return 1000 * min(taken)


def chain_of(*kernels):
    convolutions = [layers.Conv2D(64, k, padding="same") for k in kernels]
    return keras.Sequential([keras.Input((17, 17, 64)), *convolutions])


batch = np.ones((16, 17, 17, 64), "float32")
whole_ms = fastest(chain_of((7, 7)), batch)
split_ms = fastest(chain_of((1, 7), (7, 1)), batch)
print(f"7×7 {whole_ms:.1f} ms; 1×7 and 7×1 {split_ms:.1f} ms")
print(f"{1 - split_ms / whole_ms:.0%} saved")

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# Less than 71 %: the maps in between have to be written and read, and every layer has a cost of its own.
#
# Does accuracy pay for it? The paper reports very good results on maps of 12 to 20 pixels' side, and advises against it in early layers. Our own small trainings cannot judge; [they are here](further/09_inception_v3.ipynb), with the four principles of that paper.
# </details>

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
v3 = counted["Inception-v3"]
score.equal("Inception-v3, parameters", v3.params, 23_851_784)
score.at_least("7×7 split: share of the time saved", 1 - split_ms / whole_ms, 0.2)
score.section()

# %% [markdown]
# ## 7 · Split all the way
#
# From 192 maps to 16: how few can a large kernel do with? *One.* A **depthwise** convolution gives each map *one* kernel of its own, and mixes nothing. A 1×1 after it (*pointwise*) does all the mixing. Together they are a **depthwise-separable convolution**. An ordinary one looks around and mixes at once and pays the product, 9·C·K; now each job is paid alone: 9·C + C·K. The product has become a sum.


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
# **By hand: how many weights has each, for 128 maps in and 256 out? And how many times faster will the second be?** Write three numbers down.

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
batch = np.ones((16, 28, 28, 128), "float32")
costs = pd.DataFrame(
    {
        "weights": [f"{model.count_params():,}" for model in pair],
        "milliseconds": [round(fastest(model, batch), 1) for model in pair],
    },
    index=["3×3", "depthwise separable"],
)
times = costs["milliseconds"].iloc[0] / costs["milliseconds"].iloc[1]
print(f"{times:.1f} times faster")
costs

# %% [markdown]
# <details><summary><b>Compare with your three numbers</b></summary>
#
# 9·128·256 = 294,912 against 9·128 + 128·256 = 33,920: nearly nine times fewer products, because $\frac19 + \frac1K$ is left of them. The gain in time is smaller, and another one on every machine: a depthwise kernel does nine products with each number that it fetches, an ordinary one 9·256, so the processor waits for memory.
# </details>
#
# **Exercise 5 (code).** Both steps in NumPy: `maps` is (H, W, C), `depthwise` (3, 3, C), `pointwise` (C, K); the result is (H, W, K). `convolution.conv2d(map, kernel, padding="same")` of lesson 01 looks around in one map.


# %%
def separable(maps, depthwise, pointwise):
    """maps (H, W, C) → (H, W, K): look around map by map, then mix."""
    mixed = ...
    return mixed


lesson09.separable(separable)

# %% [markdown]
# ### MobileNetV2, opened
#
# François Chollet took Inception to this end in *Xception* (2016), Andrew Howard and others in *MobileNet* (2017), for telephones. You have used its successor, MobileNetV2, the lender of [lesson 05](05_transfer_learning.ipynb). One of its blocks:

# %% tags=["hide-input", "slide"]
# @title The drawing
mobile = counted["MobileNetV2"]
plots.architecture(mobile, block="block_2", title="A block of MobileNetV2")

# %% [markdown]
# Read it from the input: a 1×1 *widens* 24 maps to 144; a depthwise 3×3 looks around in the 144, where it is cheap; a 1×1 narrows to 24 again, *without* ReLU (which would zero about half of the few numbers left). And what came in is *added* at the end; that is [lesson 10](10_resnet.ipynb)'s idea. 300 million multiply-adds in all, a fifth of GoogLeNet's. **Which share of them is looking around, which is mixing?**


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
# Nearly all of it is mixing. A 3×3 convolution pays nine times what mixing alone would cost. Inception's line took that factor away, step by step.
# </details>

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.equal(
    "weights: 3×3, separable", [m.count_params() for m in pair], [294_912, 33_920]
)
score.close(
    "MobileNetV2, million multiply-adds", mobile.macs / 1e6, 300.8, tolerance=0.1
)
score.at_least("separable: times faster", times, 2)
score.at_least("MobileNetV2: share of mixing in %", float(share.iloc[2]), 80)
score.section()

# %% [markdown]
# ## 8 · Join, or add?
#
# *Inception-v4* (2016) joins its branches as ever. *Inception-ResNet*, of the same paper, makes them cheap, mixes what they found with a 1×1 to the width of the input, and *adds* it to the input. The module only has to find what should *change*.

# %% tags=["hide-input", "slide"]
# @title The drawing
b_of_v4 = keras.Input((17, 17, 1024))
v4_b = keras.Model(b_of_v4, inception_b(b_of_v4, wide, "b"), name="v4")
b_of_v2 = keras.Input((17, 17, 1152))
row_b = INCEPTION_RESNET_TABLE["v2"].b
v2_b = residual_block(b_of_v2, row_b, 0.1, wide, "b")
plots.architecture(
    anatomy.describe(v4_b),
    anatomy.describe(keras.Model(b_of_v2, v2_b, name="v2")),
    block=True,
    title=["v4: join", "Inception-ResNet-v2 (paper): add"],
)

# %% [markdown]
# Which is better? In the paper, at nearly equal work, the residual network learned much faster and ended about as good (4.9 and 5.0 % top-5 error). (It has more blocks, each of them cheaper.) So adding helps *training*, and [lesson 10](10_resnet.ipynb) is about that.
#
# It has a trap. With more than 1,000 maps such networks could "die" early in training: before the last pooling there were only zeros. The authors multiplied what is added by 0.1 to 0.3, and it did not happen again. (*For the curious: [we let one die](further/09_v4_and_residuals.ipynb).*)


# %% [markdown]
# ## 9 · Interlude: surer than right
#
# One more idea of Inception-v3 has gone everywhere, and it is not about kernels. (You may skip to section 10.) A network answers with probabilities. When it says 80 %, is it right in 80 of 100 cases? Let us ask a small network that has seen 3,000 photographs until it knew them by heart:


# %%
photos, truth = data.x_train[:3_000], data.y_train[:3_000]


def by_heart(smoothing=0.0):
    keras.utils.set_random_seed(0)
    small = dict(strides=2, padding="same", activation="relu")
    model = keras.Sequential([keras.Input((32, 32, 3))])
    model.add(layers.Rescaling(1 / 127.5, offset=-1))
    for filters in (32, 64, 64):
        model.add(layers.Conv2D(filters, 3, **small))
    model.add(layers.Flatten())
    model.add(layers.Dense(128, activation="relu"))
    model.add(layers.Dense(10))  # logits
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=smoothing
    )
    training.prepare(model, optimizer=keras.optimizers.Adam(0.001), loss=loss)
    one_hot = np.eye(10, dtype="float32")[truth]
    training.fit(
        model, (photos, one_hot), epochs=15, batch_size=64, seed=0, progress=False
    )
    return model


# %%
hard = by_heart()
logits = hard.predict(data.x_test, batch_size=500, verbose=0)


def probabilities(logits, temperature=1.0):
    return np.asarray(keras.ops.softmax(logits / temperature))


def sure_and_right(logits, temperature=1.0):
    """Confidence, the largest probability; and whether that class is right."""
    answers = probabilities(logits, temperature)
    return answers.max(axis=1), answers.argmax(axis=1) == data.y_test


# %% tags=["nbval-ignore-output"]
confidence, right = sure_and_right(logits)
print(f"right in {right.mean():.0%} of 3,000 test photographs")

# %% [markdown]
# Its *confidence* is its largest probability. **How large is that on average?**

# %% tags=["hide-output", "nbval-ignore-output"]
known = probabilities(hard.predict(photos, batch_size=500, verbose=0)).argmax(axis=1)
print(f"mean confidence {confidence.mean():.0%}")
print(f"of its own photographs it names {np.mean(known == truth):.0%} rightly")

# %% [markdown]
# <details><summary><b>Compare with your number</b></summary>
#
# Nearly twice as sure as it is right. Once nearly all its own photographs are right, the loss can only fall if their probabilities go on towards 1. Nothing in the training speaks of photographs that it does not know.
# </details>
#
# Two remedies:
#
# **Temperature** (Guo and others, 2017). Divide the *logits*, the numbers before softmax, by a number $T > 1$. The order of the classes stays, and with it every answer; only the probabilities become more alike. $T$ is chosen on *validation* photographs that the network was not trained on, so that the loss there is smallest. It costs nothing, afterwards.

# %%
new, new_labels = data.x_train[3_000:5_000], data.y_train[3_000:5_000]
new_logits = hard.predict(new, batch_size=500, verbose=0)


def loss_at(temperature):
    of_truth = probabilities(new_logits, temperature)[np.arange(2_000), new_labels]
    return -np.log(of_truth + 1e-9).mean()


temperature = min(np.arange(1, 10, 0.1), key=loss_at)

# %% [markdown]
# **Label smoothing** (Inception-v3, 2015). A one-hot target asks for probability 1, which softmax reaches only with an infinite logit; so training pushes for ever. Ask for less: $(1-ε)\cdot\text{onehot} + ε/k$ with $ε = 0.1$ and $k$ classes; with ten, 0.91 for the right one and 0.01 for each other.
#
# **Exercise 6 (code).** Write smoothed targets: `labels` (N,) are class numbers; the result is (N, classes).


# %%
def smoothed(labels, classes, epsilon):
    targets = ...
    return targets


lesson09.smooth(smoothed)

# %% [markdown]
# The test photographs are put into ten bins by confidence; a bar is the accuracy in a bin (bins of fewer than 20 are left out). **How will the bars stand to the dotted line after each remedy?**

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
softer = by_heart(smoothing=0.1)
soft_logits = softer.predict(data.x_test, batch_size=500, verbose=0)
answers = {
    "as trained": (confidence, right),
    "with temperature": sure_and_right(logits, temperature),
    "smoothed targets": sure_and_right(soft_logits),
}
plots.reliability(
    answers,
    colours=dict.fromkeys(answers, plots.COLOURS[5]),
    alt=f"Mean confidence {[round(float(c.mean()), 2) for c, _ in answers.values()]}, "
    f"accuracy {[round(float(r.mean()), 2) for _, r in answers.values()]}.",
)
print(f"temperature {temperature:.1f}, chosen on validation photographs")

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# *As trained*, the bars stay far below the line: of the answers given with 90 % or more not six in ten are right. *Temperature* brings them to it, and not one answer has changed. *Smoothing* takes away more than half of the gap, beforehand; what is left, a temperature could take. Accuracy is the same in all three, within what 3,000 photographs can tell (a point or two).
#
# This is one small network that knows its photographs by heart. The course's ResNet-20, trained on many photographs with augmentation, is only a little too sure ([measured here](further/09_inception_v3.ipynb)). And no temperature helps when a photograph shows something that was never trained on.
# </details>

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
gaps = {name: float(c.mean() - r.mean()) for name, (c, r) in answers.items()}
if real:
    score.at_least("by heart: confidence above accuracy", gaps["as trained"], 0.15)
    score.at_most("with temperature: the same", abs(gaps["with temperature"]), 0.06)
    score.at_most(
        "smoothed over hard: the same",
        gaps["smoothed targets"] / gaps["as trained"],
        0.8,
    )
score.section()

# %% [markdown]
# ## 10 · The family
#
# Inception's line in the figure of the beginning, two networks of the next lesson, and MobileNetV2. Work is counted from this course's code; errors are published, and the papers looked at each image once or often, so small differences mean little. (Inception-ResNet-v2 is the network that was released: twice the blocks of the paper's drawing, and 1,088 maps where that has 1,152.)

# %% tags=["hide-input", "nbval-ignore-output", "slide"]
# @title The figure
plots.error_against_work(
    family(*PUBLISHED),
    colours=colours,
    sides={
        "VGG-16": "above", "ResNet-50": "right", "ResNet-152": "above",
        "BN-Inception": "left", "Inception-v3": "left", "Inception-v4": "left",
        "Inception-ResNet-v2": "below", "MobileNetV2": "right",
    },
    alt="Top-5 error against work: from GoogLeNet to v4 the error halves.",
)  # fmt: skip

# %% [markdown]
# GoogLeNet and BN-Inception (batch norm, and two 3×3 for the 5×5) do an eighth of VGG-16's work or less; v3 errs less than VGG at a third of it; v4 and Inception-ResNet-v2 then spend VGG's work, and err least. First the network was made cheap, then what was saved was spent. MobileNetV2 spends nothing: it errs about as often as GoogLeNet, for a fifth of its work and half of its parameters.

# %% tags=["hide-input"]
# @title All the builders of this line
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
# What came of it: the 1×1 that reduces, widens and mixes is in nearly every network since, ResNet-50's blocks ([lesson 10](10_resnet.ipynb)) among them. Separable kernels carry the networks of telephones, and EfficientNet and ConvNeXt. Label smoothing is a line in most recipes. The many branches have mostly gone.
#
# **Exercise 7 (design).** Six numbers for a module on 192 maps that makes *more* maps with its 5×5 than 3a, for *half* of the price: 256 maps leave, at least 128 of them from the 3×3 and 48 from the 5×5 (3a: 32), with at most 80,000 weights (3a: 163,328). No passage may be narrower than in GoogLeNet's table, four to one: a reduction has at least a quarter of the maps of the kernel after it.

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
score.section()

# %% [markdown] tags=["slide"]
# ## Recap
#
# 1. A module looks with several kernels side by side and stacks what they find. Naive modules cost nearly as much as VGG.
# 2. A 1×1 squeezes the maps before a large kernel looks around in them: 3a has 163,328 weights instead of 387,072.
# 3. Kernels can be split: 1×7 and 7×1 save 71 % of a 7×7; depthwise and pointwise leave little more than a ninth of a 3×3.
# 4. Products are not seconds, and any list of numbers makes a network: measure, and count.
# 5. **GoogLeNet is deeper than VGG-16, looks with three kernels, and does a tenth of the work, because its large kernels look at few maps (96 and 16 in place of 192), and its pools hand on few. MobileNet goes to the end: one map for each kernel.**
#
# ## Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("09")

# %% [markdown]
# <details><summary><b>References</b></summary>
#
# - C. Szegedy and others, "Going deeper with convolutions", 2014, arXiv:1409.4842: GoogLeNet; table 1, figures 2 and 3.
# - M. Lin, Q. Chen, S. Yan, "Network in network", 2013, arXiv:1312.4400.
# - S. Ioffe, C. Szegedy, "Batch normalization", 2015, arXiv:1502.03167: BN-Inception; figure 4 has its error.
# - C. Szegedy and others, "Rethinking the Inception architecture for computer vision", 2015, arXiv:1512.00567: v3; table 3 has one-crop errors of GoogLeNet and v3.
# - C. Szegedy, S. Ioffe, V. Vanhoucke, A. Alemi, "Inception-v4, Inception-ResNet and the impact of residual connections on learning", 2016, arXiv:1602.07261: table 2.
# - F. Chollet, "Xception", 2016, arXiv:1610.02357; A. Howard and others, "MobileNets", 2017, arXiv:1704.04861; M. Sandler and others, "MobileNetV2", 2018, arXiv:1801.04381.
# - C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On calibration of modern neural networks", 2017, arXiv:1706.04599.
# - Errors of AlexNet (NIPS 2012, table 2), VGG (arXiv:1409.1556, table 5) and ResNet (arXiv:1512.03385, table 3) are of several views an image; MobileNetV2's is Keras's own figure (keras.io/api/applications: 90.1 % top-5 accuracy).
# </details>
#
# <details><summary><b>Teacher's notes</b></summary>
#
# **The story in a minute.** VGG pays for accuracy with work. GoogLeNet is deeper, looks with three kernels, and does a tenth. The obvious module (all kernels side by side) costs nearly as much as VGG. The trick: squeeze 192 maps into 16 by a cheap 1×1, and let the large kernel look around in those. Split the kernel too; and in the end let each kernel look at one map alone: that is what runs on a telephone.
#
# **Two lessons of 45 minutes.** First: sections 1 to 3; the bill of section 2 on the board, exercise 1 in pairs, exercise 2 at home. Second: vote and section 4, the drawing of section 5, "a module from memory" as a detective story, section 7.
#
# **One lesson of 90 minutes.** Sections 1 to 3 (35 min), 4 (10), 5 (15), 7 (20), recap and quiz (10).
#
# **To skip:** sections 6, 8 and 9 stand alone; exercises 4, 6 and 7.
#
# **To discuss.** (1) The module from memory trained without an error. Which checks would you write before training any network? (2) A telephone has little memory and a slow processor, a data centre neither. Would both choose the same split?
#
# **Listen for** "the 1×1 does nothing, it sees one pixel": ask what it sees in the other direction, through the maps. And "71 % fewer products is 71 % less time".
# </details>
#
# ## Scorecard
#
# Your exercises first, then the claims of this lesson, each asserted where it was made.
#
# **Next:** [10 · ResNet →](10_resnet.ipynb), where adding makes depth trainable · [solutions](solutions/09_inception_solutions.ipynb)

# %% tags=["nbval-ignore-output"]
checks.own_score(exercises=7)

# %% tags=["nbval-ignore-output"]
score
