# %% [markdown]
# # 07 · AlexNet: solutions
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/solutions/07_alexnet_solutions.ipynb)
#
# [← the lesson](../07_alexnet.ipynb) · [all lessons](../START_HERE.ipynb)
#
# **You will be able to**
# - compare your answers to the exercises of lesson 07 with worked ones;
# - say for each why the usual wrong answer is wrong.
#
# **Before this:** lesson 07 and an attempt of your own.
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
import math

from course_utils import checks, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np

from course_utils import anatomy, models
from course_utils.checks import lesson07

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="07")
plots.set_theme()
score = checks.Scorecard("07")

# %% [markdown]
# ## Exercise 1: 54 and 55
# *Side of the maps for 11×11 kernels, stride 4, 224 pixels, without padding and with 2 on every side.* The kernel must fit whole: (224 − 11)/4 = 53.25, so 53 steps and 54 windows. With padding the image is 228 wide: (228 − 11)/4 = 54.25, 55 windows. Many programs that say 224 pad like this. Who divides 224 by 4 forgets the kernel; who answers 53 counts steps, not windows.

# %%
plain, padded = (224 - 11) // 4 + 1, (224 + 2 * 2 - 11) // 4 + 1
verdict = lesson07.conv1_sides(plain, padded)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 2: LRN by hand
# *n = 3, k = 1, α = 0.5, β = 1; channels 2, 4, 0, 6; the second.* Its neighbours are 2 and 0. The squares add up to 4 + 16 + 0 = 20, the divisor is 1 + 0.5·20 = 11, and 4/11 = 0.364. The 6 is two channels away and does not count; the 4 itself does.

# %%
normalised_value = 4 / (1 + 0.5 * (2**2 + 4**2 + 0**2))
verdict = lesson07.lrn_by_hand(normalised_value)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 3: grouped convolution
# *Parameters of a convolution in groups.* Each filter sees `inputs / groups` maps. All filters exist, so the biases stay: dividing everything by the number of groups would lose half of them.


# %%
def grouped_parameters(size, inputs, filters, groups):
    return size * size * (inputs // groups) * filters + filters


verdict = lesson07.grouped_parameters(grouped_parameters)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 4: what is left of the start
# *The share (0 to 1) of the first moving variance that is left.* One update a batch, and the last batch of each epoch counts too; so the number of batches is rounded up before it is multiplied by the epochs.


# %%
def start_left(momentum, examples, batch_size, epochs):
    return momentum ** (math.ceil(examples / batch_size) * epochs)


verdict = lesson07.start_left(start_left)
assert verdict.passed
verdict

# %%
for momentum, batch_size in ((0.99, 64), (0.99, 8), (0.9, 64)):
    share = start_left(momentum, 1_088, batch_size, 5)
    print(f"momentum {momentum}, batches of {batch_size:2}: {share:.4f} left")

# %% [markdown]
# ## Exercise 5: find the error
# *97% in training, 6% on the same images in `evaluate`, after 60 steps.* An overfitted network would know its training images, and so would one with a bad split or a bad rate that reached 97%. Only what differs between training and use can be the cause: the moving statistics, of which 0.99⁶⁰ = 55% is still the start.

# %%
cause = "moving statistics"
print(f"{0.99**60:.2f}")
verdict = lesson07.cause(cause)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 6: top-k error
# *The share of images whose class is not among the k most probable.* Count how many classes are more probable than the right one: k or more, and it is not among the first k.


# %%
def top_k_error(probabilities, labels, k):
    right = probabilities[np.arange(len(labels)), labels]
    ahead = (probabilities > right[:, None]).sum(axis=1)
    return float(np.mean(ahead >= k))


verdict = lesson07.top_k_error(top_k_error)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 7: few parameters, much work
# *At most 3 million parameters, at least 60 million multiply-adds.* Work grows with the area of the image and the kernels' parameters do not; but fc6 grows with the last maps. So a large image and a narrow network: try a few.

# %%
designs = {}
for side, tower_width in ((99, 0.5), (227, 0.25), (195, 0.25), (227, 0.22)):
    settings = dict(variant="single_tower", input_shape=(side, side, 3), classes=17)
    design = anatomy.describe(models.alexnet, width=tower_width, **settings)
    designs[side, tower_width] = design
    print(
        f"side {side}, width {tower_width}: {design.params:>10,} parameters, {design.macs / 1e6:6.1f} M"
    )
design = designs[195, 0.25]
verdict = lesson07.cheap_and_busy(design)
assert verdict.passed
verdict

# %%
score.at_most("exercise 7, parameters", design.params, 3_000_000)
score.at_least("exercise 7, multiply-adds", design.macs, 60_000_000)
score
