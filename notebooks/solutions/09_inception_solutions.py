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
from course_utils import checks, convolution, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np

from course_utils import anatomy, models
from course_utils.checks import lesson09, lesson09_further
from course_utils.models.googlenet import GOOGLENET_TABLE

layers = keras.layers

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="09")
plots.set_theme()
score = checks.Scorecard("09")

# %% [markdown]
# ## Exercise 1: what the reductions save
# *Weights of 4a, 480 maps arriving, with reductions and naive.* Every branch of the reduced module begins with a 1×1 from 480 maps, the pool's included. In the naive one the 3×3 and the 5×5 see all 480.

# %%
weights_reduced = 480 * (192 + 96 + 16 + 64) + 9 * 96 * 208 + 25 * 16 * 48
weights_naive = 480 * (192 + 9 * 208 + 25 * 48)
print(f"{weights_reduced:,} against {weights_naive:,}")
verdict = lesson09.savings(weights_reduced, weights_naive)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 2: the module
# *From six numbers and maps to maps.* Four lines of branches and one that joins them, in the order of the drawing. The usual slips: the pool's 1×1 before the pool, a ReLU missing on a reduction, all six convolutions joined.


# %%
def conv(maps, filters, size):
    return layers.Conv2D(filters, size, padding="same", activation="relu")(maps)


def inception_module(maps, n1x1, n3x3_reduce, n3x3, n5x5_reduce, n5x5, pool_proj):
    one = conv(maps, n1x1, 1)
    three = conv(conv(maps, n3x3_reduce, 1), n3x3, 3)
    five = conv(conv(maps, n5x5_reduce, 1), n5x5, 5)
    pool = layers.MaxPooling2D(3, strides=1, padding="same")(maps)
    return layers.Concatenate()([one, three, five, conv(pool, pool_proj, 1)])


verdict = lesson09.inception_module(inception_module, models.googlenet)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 3: reading the race
# *Which of six sentences are supported.* b, e and f were measured: the two networks of b are within a tenth of a point; the largest plain network took 87 seconds and is 3.2 points better than the smallest reduced one, which took 92; and every line gains more than a point on its last stretch. d is false: at the small size the dots overlap. Without reductions the same filters are 0.5 ± 0.3 points better, which may be chance: undecided (a). The naive networks differ from the others in their pool and in their depth as well as in their kernels (c); what their kernels alone do was not tried. (Behind reductions, three kernels were better than one.)

# %%
supported = {"a": "no", "b": "yes", "c": "no", "d": "no", "e": "yes", "f": "yes"}
verdict = lesson09.read_race(supported)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 4: kernels split
# *The share of the products that a chain saves.* One output value of a k×l kernel needs k·l products for each map, and a chain the sum of its kernels'.


# %%
def saved_share(whole, chain):
    return 1 - sum(h * w for h, w in chain) / (whole[0] * whole[1])


verdict = lesson09.factor_saving(saved_share)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 5: depthwise separable
# *Look around map by map, then mix.* A 1×1 convolution is a matrix product over the maps, the same at every place: `@`.


# %%
def separable(maps, depthwise, pointwise):
    looked = [
        convolution.conv2d(maps[:, :, c], depthwise[:, :, c], padding="same")
        for c in range(maps.shape[-1])
    ]
    return np.stack(looked, axis=-1) @ pointwise


verdict = lesson09.separable(separable)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 6: many of the 5×5
# *192 maps in, 256 out, at least 128 of the 3×3, at most 80,000 weights.* The reductions decide: each map of the 3×3's reduction costs 192 + 9·128 weights, so take the least allowed, 32; the branch then costs 43,008. The 128 other maps are shared between the 5×5 and the two cheap 1×1 branches (192 a map). With $f$ maps of the 5×5 and $f/4$ before them that is 192·(128 − f) + 192·f/4 + 25·f²/4: at $f$ = 56 all is 79,120, at 57 (a reduction to 15) too much. Whether such a module learns as well is another question; only training tells.

# %%
widths = (52, 32, 128, 14, 56, 20)
leaving = widths[0] + widths[2] + widths[4] + widths[5]
print(f"{lesson09.module_weights(widths, 192):,} weights, {leaving} maps")
verdict = lesson09.design_module(widths)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise A: halving the resolution ([Inception-v3](../further/09_inception_v3.ipynb))
# *28×28 with 100 maps becomes 14×14 with 200, by 3×3 kernels, three ways.* Products are places · 9 · maps in · maps out. Side by side, the convolution gives 100 maps only: the pool hands on the other 100.

# %%
convolve_first = 28 * 28 * 9 * 100 * 200
pool_first = 14 * 14 * 9 * 100 * 200
side_by_side = 14 * 14 * 9 * 100 * 100
verdict = lesson09_further.halving(convolve_first, pool_first, side_by_side)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise B: parameters of a module ([slips in print](../further/09_slips_in_print.ipynb))
# *From six numbers and the maps that arrive.* Each of the six convolutions has a bias for each filter. The package's network confirms all nine modules.


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
verdict = lesson09_further.count_module(module_parameters)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise C: smoothed targets ([surer than right](../further/09_surer_than_right.ipynb))
# *(1 − ε)·onehot + ε/n.* ε/n goes to every class, the right one included, so each row still adds up to 1.


# %%
def smoothed(labels, classes, epsilon):
    return (1 - epsilon) * np.eye(classes)[labels] + epsilon / classes


verdict = lesson09_further.smooth(smoothed)
assert verdict.passed
verdict

# %%
rows = smoothed(np.arange(4), 4, 0.1)
sums = float(rows.sum(axis=1).mean())
score.close("each row of exercise C adds up to", sums, 1.0, tolerance=1e-9)
score.at_most("exercise 6, weights", lesson09.module_weights(widths, 192), 80_000)
score
