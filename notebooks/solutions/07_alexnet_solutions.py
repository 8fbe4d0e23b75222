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

from course_utils import checks, convolution, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
import pandas as pd

from course_utils import anatomy, models
from course_utils.checks import lesson07, lesson07_further

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="07")
plots.set_theme()
score = checks.Scorecard("07")

# %% [markdown]
# ## Exercise 1: windows in a row
# *Windows of 11, moved by 4: on 224 pixels with 2 on every side, on 180 without padding, on 64 with 3 on every side.* A row has two ends, so the first is 228 long and the third 70. The window must fit whole, so its size is subtracted first: (228 − 11)/4 = 54.25, 54 steps and 55 windows; (180 − 11)/4 = 42.25, 43 windows; (70 − 11)/4 = 14.75, 15 windows. Who answers 54, 42, 14 counts steps, not windows.

# %%
row_224, row_180, row_64 = ((row - 11) // 4 + 1 for row in (224 + 4, 180, 64 + 6))
verdict = lesson07.windows_in_a_row(row_224, row_180, row_64)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 2: build the towers
# *conv2 with two ordinary convolutions.* The maps are cut in two along their last axis, the filters as well; the first half of the filters is laid on the first half of the maps. The kernel's third axis is half as long as the maps' already: that is what `groups=2` saves.


# %%
def two_towers(maps, kernel, bias):
    inputs, filters = kernel.shape[2], kernel.shape[3] // 2
    first = convolution.conv2d(
        maps[..., :inputs], kernel[..., :filters], padding="same"
    )
    second = convolution.conv2d(
        maps[..., inputs:], kernel[..., filters:], padding="same"
    )
    return np.concatenate([first, second], axis=-1) + bias


narrow = dict(input_shape=(99, 99, 3), classes=17, width=1 / 8)
conv2 = models.alexnet("two_tower", **narrow).get_layer("conv2")
verdict = lesson07.two_towers(two_towers, conv2)
assert verdict.passed
verdict.message.split(" (")[0]  # the difference depends on the machine

# %% [markdown]
# ## Exercise 3: few parameters, much work
# *At most 3 million parameters, at least 60 million multiply-adds.* Work grows with the area of the image, and the kernels' parameters do not; but fc6 grows with the last maps. So a large image and a narrow network: try a few.

# %%
designs = {}
for side, width in ((99, 0.5), (227, 0.25), (195, 0.25), (227, 0.22)):
    settings = dict(variant="single_tower", input_shape=(side, side, 3), classes=17)
    designs[side, width] = anatomy.describe(models.alexnet, width=width, **settings)
pd.DataFrame(
    [[f"{d.params:,}", f"{d.macs / 1e6:.1f} million"] for d in designs.values()],
    index=[f"side {side}, width {width}" for side, width in designs],
    columns=["parameters", "multiply-adds"],
)

# %%
design = designs[195, 0.25]
verdict = lesson07.cheap_and_busy(design)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 4: augmentation
# *A window, mirrored if asked, its colours shifted, uint8 again.* `top` counts rows. The window is cut first: in the mirror image `left` would be another place. uint8 numbers start again at 0 beyond 255 (lesson 02), so the shift is added to whole numbers that can be larger and negative, and cut afterwards.


# %%
def augmented(image, top, left, mirror, shift):
    window = image[top : top + 99, left : left + 99].astype(int)
    if mirror:
        window = window[:, ::-1]
    return np.clip(window + shift, 0, 255).astype("uint8")


verdict = lesson07.augmented(augmented)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 5: three colleagues
# A names every training photograph and has nothing left to learn: something against memorising. For B none of the three helps any more, and nothing is wrong: `fit` counts the training accuracy while half of the units are silent and the photographs are changed, the validation accuracy without either; nothing moves any more, and neither other rates nor a wider network end higher. C is still rising: more epochs, before anything else is changed. No report hints at the rate.

# %%
advice = {"A": "against memorising", "B": "nothing", "C": "more epochs"}
verdict = lesson07.advice(advice)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 6: what is left of the start
# One step a batch, and the last batch of *each* epoch counts, too: round up first, then multiply by the epochs.


# %%
def start_left(momentum, examples, batch_size, epochs):
    return momentum ** (math.ceil(examples / batch_size) * epochs)


verdict = lesson07.start_left(start_left)
assert verdict.passed
verdict

# %%
plans = ((0.99, 64), (0.99, 8), (0.9, 64))
left = [start_left(momentum, 1_088, batch, 5) for momentum, batch in plans]
names = [f"momentum {momentum}, batches of {batch}" for momentum, batch in plans]
pd.Series(left, index=names, name="left").round(4).to_frame()

# %% [markdown]
# ## Exercise 7: top-k error
# Count how many kinds are more probable than the right one: k or more, and it is not among the first k.


# %%
def top_k_error(probabilities, labels, k):
    right = probabilities[np.arange(len(labels)), labels]
    ahead = (probabilities > right[:, None]).sum(axis=1)
    return float(np.mean(ahead >= k))


verdict = lesson07.top_k_error(top_k_error)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise A: normalization by hand
# *n = 3, k = 1, α = 0.5, β = 1; channels 2, 4, 0, 6; the second.* Its neighbours are 2 and 0. The squares add up to 4 + 16 + 0 = 20, the divisor is 1 + 0.5·20 = 11, and 4/11 = 0.364. The 6 is two channels away and does not count; the 4 itself does.

# %%
what_becomes_of_4 = 4 / (1 + 0.5 * (2**2 + 4**2 + 0**2))
verdict = lesson07_further.lrn_by_hand(what_becomes_of_4)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise B: a convolution in groups
# Each filter sees `inputs / groups` maps. All filters exist, so the biases stay: dividing everything by the number of groups would lose half of them.


# %%
def grouped_parameters(size, inputs, filters, groups):
    return size * size * (inputs // groups) * filters + filters


verdict = lesson07_further.grouped_parameters(grouped_parameters)
assert verdict.passed
verdict

# %%
score.at_most("exercise 3, parameters", design.params, 3_000_000)
score.at_least("exercise 3, multiply-adds", design.macs, 60_000_000)
score
