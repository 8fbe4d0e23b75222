# %% [markdown]
# # 09 · Further: Inception-v3, four principles
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/09_inception_v3.ipynb)
#
# A side path of [lesson 09](../09_inception.ipynb), about 7 minutes. The third paper (2015) says what its authors had learned, and takes kernels and grids apart.

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
from course_utils import checks, measure, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
import pandas as pd

from course_utils import anatomy, models
from course_utils.checks import lesson09_further
from course_utils.recipes import common


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
# - *convolve, then pool*: expensive, for the convolution works on the large maps;
# - *pool, then convolve*: cheap, but after the pool only a quarter of the values are left: the bottleneck of principle 1;
# - *side by side*: a convolution of stride 2 to C maps, and a pool that hands on the other C; joined.
#
# **Exercise A (by hand).** 28×28 with 100 maps becomes 14×14 with 200. How many products does each way need? (No biases; a pool costs nothing.)

# %%
convolve_first, pool_first, side_by_side = None, None, None

lesson09_further.halving(convolve_first, pool_first, side_by_side)

# %% [markdown]
# Networks that consist of three such halvings and nothing else, on photographs of 16×16 pixels from 16 maps: the three ways as they are, and two of them with fewer or more maps, so that they work as much as *pool, then convolve*. 20,000 photographs of CIFAR-10 and their mirror images, eight epochs, batch norm and ReLU after each convolution, for each network the rate that served it best on validation photographs, three seeds. (Stored as `inception_grids`.) **Which is best as it is? Which at equal work?**

# %% tags=["hide-output"]
grids = measure.load("inception_grids")


def row(stored, variant):
    accuracies = 100 * of(stored, "test_accuracy", variant)
    return {
        "million multiply-adds": round(of(stored, "macs", variant)[0] / 1e6, 2),
        "training accuracy, %": round(
            100 * of(stored, "train_accuracy", variant).mean(), 1
        ),
        "test accuracy, %": round(accuracies.mean(), 1),
        "± (standard error)": round(common.standard_error(accuracies), 1),
    }


table = pd.DataFrame({way: row(grids, way) for way in grids["arms"]}).T
table.insert(
    1, "largest map", [of(grids, "greatest_activation", way)[0] for way in table.index]
)
table

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# As they are, the more work, the better: 72.9, 67.7, 66.2 %. At equal work the expensive way loses its lead, and *side by side* is a little ahead of *pool, then convolve*: 68.5 against 67.7 %, 0.8 ± 0.3 points. That is what the paper recommends it for; half of its maps are the pool's and never convolved, and still it gains.
# </details>
#
# ## Kernels taken apart, trained
#
# Two layers on 16×16 places after a first 3×3 convolution, 16 maps throughout: whole kernels and split ones, with batch norm and ReLU after *each* part. And split ones with more maps, so that they work as much as the whole kernel. Photographs, epochs and rates as above. (Stored as `inception_kernels`.) **At equal work, does it pay to take a kernel apart?**

# %% tags=["hide-output"]
kernels = measure.load("inception_kernels")
pd.DataFrame({name: row(kernels, name) for name in kernels["arms"]}).T

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# Yes, here. At equal width the split kernels read as well as whole ones, or a little better, with 27 to 70 % less work. At equal work they read more: 4.2 points for 3×1 and 1×3, 3.5 for two 3×3, 6.0 for 1×7 and 7×1. Two things come with the split, further maps and one more ReLU, and this comparison does not tell them apart. The paper advises against long thin kernels in early layers; here they stand after one convolution, on maps of 16×16.
# </details>
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


# %% tags=["claims"]
# @title Claims
def gain(stored, one, other):
    """Points by which one variant leads another, and the standard error."""
    pair = [100 * of(stored, "test_accuracy", name) for name in (one, other)]
    apart = float(np.hypot(*map(common.standard_error, pair)))
    return round(float(pair[0].mean() - pair[1].mean()), 1), round(apart, 1)


by_side = gain(grids, "side by side, equal work", "pool, then convolve")
assert by_side == (0.8, 0.3)
means = [
    round(100 * of(grids, "test_accuracy", way).mean(), 1) for way in grids["arms"]
]
assert means == [67.7, 72.9, 66.2, 68.3, 68.5]
at_equal_work = {}
for split, whole in {"3×1, 1×3": "3×3", "3×3, 3×3": "5×5", "1×7, 7×1": "7×7"}.items():
    at_equal_work[split] = gain(kernels, f"{split}, equal work", whole)
    points, error = gain(kernels, split, whole)
    assert points > -2 * error  # at equal width: no worse
score.at_least(
    "stored: split kernels ahead at equal work, least of three, points",
    min(points for points, _ in at_equal_work.values()),
    2,
)
assert [points for points, _ in at_equal_work.values()] == [4.2, 3.5, 6.0]
saved = [
    round(100 * (1 - of(kernels, "macs", a)[0] / of(kernels, "macs", b)[0]))
    for a, b in (("3×1, 1×3", "3×3"), ("3×3, 3×3", "5×5"), ("1×7, 7×1", "7×7"))
]
assert saved == [30, 27, 70]
edges = [*grids["at_edge"], *kernels["at_edge"]]
score.true("stored: every rate lies inside its grid", not edges)
score.true("v3: each layer's parameters as in Keras", sizes(ours) == sizes(theirs))
score.equal("v3, parameters", [ours.params, theirs.params], [23_851_784] * 2)
score.section()

# %% [markdown]
# Back to [lesson 09](../09_inception.ipynb), section 6
