# %% [markdown]
# # 09 · Further: Inception-v3, four principles
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/09_inception_v3.ipynb)
#
# A side path of [lesson 09](../09_inception.ipynb), about 10 minutes. The third paper (2015) says what its authors had learned, and takes kernels and grids apart.

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
import pandas as pd

from course_utils import anatomy, models, transfer
from course_utils.checks import lesson09_further
from course_utils.recipes import pretraining


def of(stored, key, variant):
    """One number for each training of a variant."""
    return np.array([run[key] for run in stored["runs"] if run["arm"] == variant])


lesson = runtime.start(lesson="09")
plots.set_theme()
score = checks.Scorecard("09 further")

# %% [markdown]
# ## Four principles
#
# 1. *Avoid bottlenecks*, above all early: the number of values should fall gently from the image to the answer.
# 2. *More maps train faster*: what is spread over many maps is easier to take apart.
# 3. *Reduce maps before looking around*: neighbours are alike, so little is lost. (Section 3 of the lesson.)
# 4. *Balance width and depth*: when there is more to spend, raise both.
#
# They are rules of thumb from much trying, the authors say, not theorems.
#
# ## Halving the resolution
#
# d×d places with C maps are to become half the side with 2C maps. Three ways, with 3×3 kernels:
#
# - *convolve, then pool*: dear, for the convolution works on the large maps;
# - *pool, then convolve*: cheap, but after the pool only a quarter of the values are left: the bottleneck of principle 1;
# - *side by side*: a convolution of stride 2 to C maps, and a pool that hands on the other C; joined.
#
# **Exercise A (by hand).** 28×28 with 100 maps becomes 14×14 with 200. How many products does each way need? (No biases; a pool costs nothing.)

# %%
convolve_first, pool_first, side_by_side = None, None, None

lesson09_further.halving(convolve_first, pool_first, side_by_side)

# %% [markdown]
# Networks that consist of three such halvings and nothing else, from 32×32 with 16 maps (CIFAR-10, 5,000 photographs, four epochs, one rate for all, three seeds; stored as `inception_grids`). **Which is best?**

# %% tags=["hide-output"]
grids = measure.load("inception_grids")
ways = ["convolve, then pool", "pool, then convolve", "side by side"]
pd.DataFrame(
    {
        "million multiply-adds": [
            round(of(grids, "macs", w)[0] / 1e6, 1) for w in ways
        ],
        "largest map": [f"{of(grids, 'greatest_activation', w)[0]:,}" for w in ways],
        "test accuracy, %": [
            round(100 * of(grids, "test_accuracy", w).mean(), 1) for w in ways
        ],
    },
    index=ways,
)

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# The more work, the better: 61, 59, 53 %. That does not speak against the paper. Here nothing else computes, half of the maps of *side by side* are the pool's and never convolved, and it does an eighth of the first one's work in each halving. In v3 several branches of convolutions stand beside the pool, and modules that compute stand between. At equal work we did not compare them.
# </details>
#
# ## Kernels taken apart, trained
#
# Three layers on 16×16 places, 16 maps throughout, whole kernels and split ones (5,000 photographs, four epochs, one rate, batch norm and ReLU after *each* part, three seeds; stored as `inception_kernels`):

# %%
kernels = measure.load("inception_kernels")
steps = {"5×5": "3×3, 3×3", "3×3": "3×1, 1×3", "7×7": "1×7, 7×1"}
rows = {}
for whole, split in steps.items():
    change = 100 * (
        of(kernels, "test_accuracy", split) - of(kernels, "test_accuracy", whole)
    )
    less = 1 - of(kernels, "macs", split)[0] / of(kernels, "macs", whole)[0]
    rows[f"{whole} → {split}"] = [
        f"{less:.0%}",
        round(change.mean(), 1),
        round(change.std(ddof=1) / 3**0.5, 1),
    ]
pd.DataFrame(rows, index=["work saved", "points of accuracy", "± (standard error)"]).T

# %% [markdown]
# Two 3×3 lost about three points against the 5×5 here, 3×1 and 1×3 gained one, 1×7 and 7×1 made no clear difference. Four epochs at one rate for all decide little: the longer chain may only be slower to train. In [lesson 08](../08_vgg.ipynb) two 3×3 were *ahead* of the 5×5, with a rate of their own and twelve epochs.
#
# ## Where smoothing has its minimum
#
# Ten classes; the right one's logit is free, the other nine are 0. With one-hot targets the loss falls for ever; with ε = 0.1 there is a best gap. **What is it?**

# %% tags=["hide-output"]
gaps = np.linspace(0, 12, 241)
right = np.exp(gaps) / (np.exp(gaps) + 9)
losses = {}
for epsilon in (0.0, 0.1):
    target = 1 - epsilon + epsilon / 10
    others = np.log((1 - right) / 9)
    losses[f"ε = {epsilon}"] = -(target * np.log(right) + (1 - target) * others)
ax = plots.curves(
    losses, x=gaps, xlabel="gap of the right logit", ylabel="loss", markers=False
)
ax.figure.set_size_inches(5.6, 3.2)
plots.show(ax, alt="Two curves of the loss against the gap.")
best = float(gaps[losses["ε = 0.1"].argmin()])
print(f"best gap {best:.2f}")

# %% [markdown]
# At probability 0.91 against 0.01 each: a ratio of 91, a gap of ln 91 = 4.51. Beyond it the loss rises.
#
# ## A long-trained network
#
# The course's ResNet-20 learned 45,000 photographs of CIFAR-10, shifted and mirrored at random; 5,000 were kept for validation. Is it too sure? The temperature is chosen on 2,000 of those, the judgement falls on 5,000 test photographs.

# %% tags=["nbval-ignore-output"]
data = datasets.load("cifar10")
resnet = transfer.load_pretrained("resnet20_cifar10")
held = pretraining.hold_out(data.x_train, data.y_train, 5_000, 42)[1]


def logarithms(images):
    """Logarithms of the probabilities: logits, but for a number each image."""
    parts = [
        np.asarray(resnet(images[n : n + 250].astype("float32"), training=False))
        for n in range(0, len(images), 250)
    ]
    return np.log(np.concatenate(parts) + 1e-9)


def softened(logs, temperature):
    return np.asarray(keras.ops.softmax(logs / temperature))


# %% tags=["nbval-ignore-output"]
chosen_on, labels = logarithms(held[0][:2_000]), held[1][:2_000]
temperatures = np.arange(0.8, 2.5, 0.05)
of_truth = [softened(chosen_on, t)[np.arange(2_000), labels] for t in temperatures]
best_t = temperatures[np.argmin([-np.log(p).mean() for p in of_truth])]
tested, truth = logarithms(data.x_test[:5_000]), data.y_test[:5_000]
accuracy = np.mean(tested.argmax(axis=1) == truth)
sure = [softened(tested, t).max(axis=1).mean() for t in (1, best_t)]
print(f"right in {accuracy:.1%}, sure by {sure[0]:.1%}")
print(f"with temperature {best_t:.2f} sure by {sure[1]:.1%}")

# %% [markdown]
# Two or three points too sure: real (five standard errors), and small beside the network by heart of section 9. Much data and augmentation leave little to learn by heart.
#
# ## The same network as Keras's
#
# The package's tests copy Keras's weights into `models.inception_v3` and compare the answers. Here the layers are counted. (The paper also tried smaller images with a gentler stem: 79 pixels gave nearly the accuracy of 299, after longer training.)


# %%
def sizes(table):
    return sorted(row.params for row in table.rows if row.kind in ("Conv2D", "Dense"))


ours = anatomy.describe(models.inception_v3)
theirs = anatomy.describe(keras.applications.InceptionV3, weights=None)
print(len(sizes(ours)), "layers with kernels")
print(f"{ours.macs / 1e9:.2f} billion multiply-adds")

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
if not data.stand_in:
    score.at_least("ResNet-20: confidence above accuracy", sure[0] - accuracy, 0.01)
    score.at_most("the same, with temperature", abs(sure[1] - accuracy), 0.01)
score.true("v3: each layer's parameters as in Keras", sizes(ours) == sizes(theirs))
score.equal("v3, parameters", [ours.params, theirs.params], [23_851_784] * 2)
score.close(
    "smoothed loss is least at a gap of", best, float(np.log(91)), tolerance=0.05
)
score.section()

# %% [markdown]
# Back to [lesson 09](../09_inception.ipynb), section 6
