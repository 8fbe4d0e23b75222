# %% [markdown]
# # 09 · Inception: solutions
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/solutions/09_inception_solutions.ipynb)
#
# [← the lesson](../09_inception.ipynb) · [all lessons](../START_HERE.ipynb)
#
# **You will be able to**
# - compare your answers to the exercises of lesson 09 with worked ones;
# - say for each why the usual wrong answer is wrong.
#
# **Before this:** lesson 09 and an attempt of your own.
#
# **Time:** 15 minutes; the code runs in a few seconds.
#
# **Data:** none.

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
from course_utils import checks, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np

from course_utils import anatomy, models
from course_utils.checks import lesson09
from course_utils.models.googlenet import GOOGLENET_TABLE

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="09")
plots.set_theme()
score = checks.Scorecard("09")

# %% [markdown]
# ## Exercise 1: what the reductions save
# *Weights of 4a, 480 channels arriving, with reductions and naive.* Every branch of the reduced module begins with a 1×1 from 480 channels, the pool's projection included. In the naive one the 3×3 and the 5×5 see all 480.

# %%
weights_reduced = 480 * (192 + 96 + 16 + 64) + 9 * 96 * 208 + 25 * 16 * 48
weights_naive = 480 * (192 + 9 * 208 + 25 * 48)
print(f"{weights_reduced:,} against {weights_naive:,}")
verdict = lesson09.savings(weights_reduced, weights_naive)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 2: halving a grid
# *28×28 with 100 channels becomes 14×14 with 200, by 3×3 kernels, three ways.* Products are places · 9 · channels in · channels out. Convolving first runs on 28·28 places. Side by side, the convolution gives 100 channels only: the pool passes on the other 100.

# %%
convolve_first = 28 * 28 * 9 * 100 * 200
pool_first = 14 * 14 * 9 * 100 * 200
side_by_side = 14 * 14 * 9 * 100 * 100
verdict = lesson09.halving(convolve_first, pool_first, side_by_side)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 3: parameters of a module
# *From six widths and the channels that arrive.* Each of the six convolutions has a bias for each filter. The package's network confirms all nine modules.


# %%
def module_parameters(widths, arriving):
    one, three_reduce, three, five_reduce, five, projection = widths
    first = (arriving + 1) * (one + three_reduce + five_reduce + projection)
    return first + (9 * three_reduce + 1) * three + (25 * five_reduce + 1) * five


whole, arriving = anatomy.describe(models.googlenet), 192
for row in GOOGLENET_TABLE:
    own = [r for r in whole.rows if r.name.startswith(f"inception_{row.name}_")]
    assert module_parameters(row[1:], arriving) == sum(r.params for r in own)
    arriving = own[-1].output_shape[-1]
verdict = lesson09.count_module(module_parameters)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 4: kernels taken apart
# *The share of the products that a chain saves, a fraction.* With equal channels throughout, one output value of a k×l kernel needs k·l products for each channel, and a chain the sum of its kernels'.


# %%
def saved_share(whole, chain):
    return 1 - sum(h * w for h, w in chain) / (whole[0] * whole[1])


verdict = lesson09.factor_saving(saved_share)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 5: the shifted list
# *The notes' block with row 5a.* It reads the five numbers as 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool: the ends of the branches are 160, 32 and 128.

# %%
reduce_3, end_3, reduce_5, end_5, end_pool = (256, 160, 320, 32, 128, 128)[:5]
verdict = lesson09.shifted_channels(end_3 + end_5 + end_pool)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 6: a cheaper module
# *192 channels in, 256 out, at most 100,000 weights.* Most of 3a's weights sit in the 3×3 branch: 9·96·128. Halving its reduction and moving channels to the cheap 1×1 branch is enough. Whether the cheaper module learns as well is another question; only training tells.

# %%
widths = (120, 48, 72, 16, 32, 32)
leaving = widths[0] + widths[2] + widths[4] + widths[5]
print(f"{lesson09.module_weights(widths, 192):,} weights, {leaving} channels")
verdict = lesson09.design_module(widths)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 7: smoothed targets
# *(1 − ε)·onehot + ε/k.* ε/k goes to every class, the right one included, so each row still adds up to 1.


# %%
def smoothed(labels, classes, epsilon):
    return (1 - epsilon) * np.eye(classes)[labels] + epsilon / classes


verdict = lesson09.smooth(smoothed)
assert verdict.passed
verdict

# %%
rows = smoothed(np.arange(4), 4, 0.1)
sums = float(rows.sum(axis=1).mean())
score.close("each row of exercise 7 adds up to", sums, 1.0, tolerance=1e-9)
score.at_most("exercise 6, weights", lesson09.module_weights(widths, 192), 100_000)
score
