# %% [markdown]
# # 09 · Further: heads, and batch norm
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/09_bn_inception.ipynb)
#
# A side path of [lesson 09](../09_inception.ipynb), about 11 minutes. GoogLeNet was trained with two auxiliary heads, its successor with batch norm. What did each do? The trainings here are small (GoogLeNet's modules at an eighth of their width, CIFAR-10), and what they say holds for their size.

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

from course_utils import anatomy, models
from course_utils.recipes import inception_small

data = datasets.load("cifar10").subset(train=500, test=100)


def tested(stored, variant):
    """Test accuracy in % of the three trainings of a variant."""
    return [100 * r["test_accuracy"] for r in stored["runs"] if r["arm"] == variant]


lesson = runtime.start(lesson="09")
plots.set_theme()
score = checks.Scorecard("09 further")

# %% [markdown]
# ## A short way for the gradient
#
# A head pools its maps to 4×4 (5×5 windows, stride 3), mixes them to 128 by a 1×1, and has dense layers of 1,024 and 1,000 with 70 % dropout: 3.19 million parameters each.

# %%
whole = anatomy.describe(models.googlenet, aux=True)
heads = {
    head: sum(row.params for row in whole.rows if row.name.startswith(head))
    for head in ("aux1", "aux2")
}
heads

# %% [markdown]
# A head on 4a is nearer to the image than the main one. **Where will the gradient be longer with two more heads, and where not?** Here is its length at each convolution of an *untrained* small GoogLeNet, the mean of three seeds; the lines are the heads' places.

# %% tags=["hide-output"]
twin = measure.load("inception_twin")
labels = {"reduced": "main head alone", "heads": "three heads"}
lengths = {
    label: np.array([list(g[kind].values()) for g in twin["gradients"].values()])
    for kind, label in labels.items()
}
names = list(next(iter(twin["gradients"].values()))["heads"])
edges = [names.index(f"inception_{head}_pool_proj") + 1.5 for head in ("4a", "4d")]
ax = plots.curves(
    {label: np.log10(found) for label, found in lengths.items()},
    xlabel="convolution, from the image on",
    ylabel="length of the gradient, log10",
    markers=False,
)
ax.figure.set_size_inches(6, 3.6)
for edge in edges:
    ax.axvline(edge, color="black", linestyle=":", linewidth=1)
plots.show(
    ax, alt="Two zigzag curves with bands; they part before the first dotted line."
)

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# Two to three times as long up to 4a, as one expects when two losses more are added to the same layers; after 4d not at all, for only the main loss reaches there. And the main head's gradient alone falls but little towards the image. Nothing vanishes here that would need help.
#
# A longer gradient is not a better network: trained, five modules with heads were as good as without (42.8 to 44.8 % and 42.7 to 45.5 %). In 2015 the authors saw no faster beginning and a slightly better end: *regularizers*.
# </details>

# %% tags=["nbval-ignore-output"]
again = {kind: inception_small.gradients(kind, data, seed=0) for kind in labels}
both = [np.array(list(found.values())) for found in again.values()]
ends = [slice(0, int(edges[0])), slice(int(edges[1]), None)]
ratios = [float(np.median((both[1] / both[0])[end])) for end in ends]
print(f"here: {ratios[0]:.1f} times up to 4a, {ratios[1]:.2f} times after 4d")

# %% [markdown]
# ## Batch norm, and seven changes
#
# BN-Inception (2015) has batch norm after every convolution, and two 3×3 for the 5×5. With it the authors changed seven things in GoogLeNet's recipe (SGD with momentum 0.9, a rate falling by 4 % every eight epochs, crops of 8 to 100 % of each image): a rate 5 or 30 times as high; no dropout; a fifth of the weight decay; a rate that falls six times faster; no response normalization; better shuffling (about 1 point on validation); weaker changes of colour.
#
# Does batch norm allow a higher rate? Adam, 4,000 photographs, six epochs, two seeds:

# %%
stored_rates = measure.load("inception_rates")
kinds = {"reduced": "no batch norm", "norm": "batch norm"}
held = {
    label: [
        [
            100 * r["held_out_accuracy"]
            for r in stored_rates["runs"]
            if r["arm"] == f"{kind} {rate:g}"
        ]
        for rate in inception_small.TRIED
    ]
    for kind, label in kinds.items()
}

# %% tags=["hide-input"]
# @title The drawing
ax = plots.curves(
    {label: np.transpose(values) for label, values in held.items()},
    x=inception_small.TRIED,
    xlabel="greatest learning rate",
    ylabel="accuracy in %",
)
ax.figure.set_size_inches(6, 3.4)
ax.set_xscale("log")
ax.set_xticks(inception_small.TRIED, labels=[f"{r:g}" for r in inception_small.TRIED])
ax.minorticks_off()
plots.show(
    ax,
    alt="With batch norm above at every rate; without it 10 % at 0.06 for one seed.",
)

# %% [markdown]
# The best rate is one step of the grid higher with it, a factor of three. At 0.06 one of two networks without it does no better than guessing. At each one's best rate, on 2,000 test photographs, three seeds:

# %%
norm = measure.load("inception_norm")
results = {
    "no batch norm": tested(twin, "reduced"),
    "… and dropout 40 %": tested(norm, "plain dropout"),
    "… and response norm.": tested(norm, "plain lrn"),
    "batch norm": tested(twin, "reduced norm"),
    "… and dropout 40 % ": tested(norm, "norm dropout"),
    "… and one order": tested(norm, "norm fixed"),
}
ax = plots.spread(
    results,
    xlabel="test accuracy in %",
    colours=dict(
        zip(results, [plots.COLOURS[0]] * 3 + [plots.COLOURS[2]] * 3, strict=True)
    ),
)
ax.figure.set_size_inches(6, 3.6)
plots.show(
    ax, alt="Three rows near 43 %, three near 56 %; the dots of each three overlap."
)
gained = min(results["batch norm"]) - max(results["no batch norm"])

# %% [markdown]
# Batch norm: 10 points or more, in every seed. Of the seven changes those that could be tried one at a time are lost in the spread, but for dropout *without* batch norm, which costs one to three points: networks of this size, trained so shortly, underfit. ("One order": shuffled once, before the first epoch.)
#
# ## Reductions need it more
#
# Naive and reduced modules at (nearly) equal work, both ways; five modules, 5,000 photographs, six epochs. The reduced networks have 12 convolutions in a row, the naive ones 7. **Where will batch norm help more?**

# %% tags=["hide-output"]
pairs = {
    "naive": tested(twin, "naive"),
    "reduced": tested(twin, "reduced"),
    "naive, batch norm": tested(twin, "naive norm"),
    "reduced, batch norm": tested(twin, "reduced norm"),
}
two_colours = [plots.COLOURS[4], plots.COLOURS[3]] * 2  # naive, reduced
ax = plots.spread(
    pairs,
    xlabel="test accuracy in %",
    colours=dict(zip(pairs, two_colours, strict=True)),
)
ax.figure.set_size_inches(6, 2.8)
plots.show(ax, alt="Four rows of three dots: reduced six below naive, then level.")
ahead = np.mean(pairs["naive"]) - np.mean(pairs["reduced"])
level = np.mean(pairs["naive, batch norm"]) - np.mean(pairs["reduced, batch norm"])

# %% [markdown]
# Without batch norm the naive network is six points ahead, with it 0.8 (standard error 0.4). The longer chain was probably the harder one to train; GoogLeNet, which had no batch norm, had its auxiliary heads. With more photographs and fewer modules the reduced ones lead: section 4 of the lesson.
#
# ## It makes no bell curve
#
# "Batch norm makes outputs Gaussian N(0, 1)" is often said. It subtracts a mean and divides by a deviation. **Can that change the shape of a distribution?** A photograph, two convolutions, batch norm; of 16 maps the most lopsided one, with the bell curve.

# %% tags=["hide-output", "nbval-ignore-output"]
photo = datasets.photograph("astronaut")[:256, :256].astype("float32")[None] / 127.5 - 1
keras.utils.set_random_seed(3)
hidden = keras.layers.Conv2D(16, 3, activation="relu")(photo)
maps = keras.layers.Conv2D(16, 3)(hidden)
normed = keras.layers.BatchNormalization()(maps, training=True)
out = np.asarray(normed).reshape(-1, 16).astype("float64")
skewness = np.abs((out**3).mean(axis=0))  # 0 for everything symmetric
z = np.linspace(-4, 4, 200)
with plots.figure(size=(5.6, 3), alt="A lopsided histogram beside a bell curve.") as ax:
    ax.hist(out[:, skewness.argmax()], bins=80, density=True, color=plots.COLOURS[0])
    ax.plot(z, np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi), color="black", linewidth=2)
    ax.set(xlim=(-4, 4), xlabel="output of batch norm, one map", ylabel="density")

# %% [markdown]
# No: it moves and stretches. And then γ and β, which are learned, move and stretch again.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.close(
    "here: gradient after 4d, three heads over one", ratios[1], 1, tolerance=0.02
)
score.at_least(
    "stored: batch norm, least gain of the small GoogLeNet (points)", gained, 5
)
score.at_least("stored: naive ahead of reduced, points", ahead, 4)
score.at_most("stored: the same with batch norm", level, 1.5)
score.true("stored: the best rates", stored_rates["best"] == inception_small.RATES)
score.at_most("batch norm: largest mean", float(np.abs(out.mean(axis=0)).max()), 1e-3)
score.at_least("batch norm: largest skewness (a Gaussian has 0)", skewness.max(), 0.5)
score.section()

# %% [markdown]
# Back to [lesson 09](../09_inception.ipynb), section 5
