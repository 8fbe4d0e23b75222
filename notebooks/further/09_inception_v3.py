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
        f"{100 * less:.0f} %",
        round(change.mean(), 1),
        round(change.std(ddof=1) / 3**0.5, 1),
    ]
pd.DataFrame(rows, index=["work saved", "points of accuracy", "± (standard error)"]).T

# %% [markdown]
# Two 3×3 lost about three points against the 5×5 here, 3×1 and 1×3 gained one, 1×7 and 7×1 made no clear difference. Four epochs at one rate for all decide little: the longer chain may only be slower to train. In [lesson 08](../08_vgg.ipynb) two 3×3 were *ahead* of the 5×5, at equal parameters, in one short training each.
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
score.true("v3: each layer's parameters as in Keras", sizes(ours) == sizes(theirs))
score.equal("v3, parameters", [ours.params, theirs.params], [23_851_784] * 2)
score.section()

# %% [markdown]
# Back to [lesson 09](../09_inception.ipynb), section 6
