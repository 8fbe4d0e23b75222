# %% [markdown]
# # 10 · Further: a recipe, and an eraser
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/10_erasing.ipynb)
#
# A side path of [lesson 10](../10_resnet.ipynb), about 8 minutes. How a ResNet was trained, when exactly the rate falls, and a simple augmentation with two traps in it.

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
from course_utils import checks, datasets, plots, runtime

import numpy as np

from course_utils.checks import lesson10_further

objects = datasets.load("cifar10").subset(train=100, test=10)
digits = datasets.load("digits")

lesson = runtime.start(lesson="10")
plots.set_theme()
score = checks.Scorecard("10 further")

# %% [markdown]
# ## Crop, flip, subtract
#
# The paper subtracts the mean training image, sets a frame of four zeros around each image, cuts a 32×32 window out at random and mirrors every second one. Zeros are the *mean colour* here.

# %% tags=["nbval-ignore-output"]
mean_image = objects.x_train.mean(axis=0)
centred = objects.x_train[:1].astype("float32") - mean_image
rng = np.random.default_rng(3)
framed = np.pad(centred[0], ((4, 4), (4, 4), (0, 0)))
shown = [centred[0]]
for _ in range(3):
    top, left = rng.integers(0, 9, 2)
    window = framed[top : top + 32, left : left + 32]
    shown.append(window[:, ::-1] if rng.random() < 0.5 else window)
plots.show_images(
    [np.clip(picture / 255 + 0.5, 0, 1) for picture in shown],
    titles=["mean subtracted", "crop, flip", "again", "and again"],
    size=1.4,
    alt="A training image without its mean, and three shifted or mirrored versions.",
)

# %% [markdown]
# ## The 82nd epoch
#
# A well-known recipe for 200 epochs begins at 1e-3 and lowers the rate after 80, 120, 160 and 180 epochs. Keras counts epochs from 0, and the recipe says `if epoch > 80`. **In which epoch, counted from 1, does the rate fall first?**


# %% tags=["hide-output"]
def recipe_rate(epoch, rate=1e-3):
    if epoch > 180:
        return rate * 0.5e-3
    if epoch > 160:
        return rate * 1e-3
    if epoch > 120:
        return rate * 1e-2
    return rate * 1e-1 if epoch > 80 else rate


rates = [recipe_rate(epoch) for epoch in range(200)]
drops = [i for i in range(1, 200) if rates[i] != rates[i - 1]]
print("first index at each new rate:", drops, "- so in epoch", drops[0] + 1)

# %% [markdown]
# (The longest condition stands first, so the factors look out of order; the rates fall all the same.)
#
# **Exercise C (code).** Write the schedule as it was meant: `index` counts epochs from 0; 1e-3 for the first 80 epochs, then 1e-4, after 120 epochs 1e-5, after 160 1e-6, after 180 5e-7.


# %%
def schedule(index): ...


lesson10_further.schedule(schedule)

# %% [markdown]
# ## An eraser with two traps
#
# **Random erasing** (Zhong and others, 2017): with probability ½ a rectangle of 2 to 40 % of the area, with sides in a ratio of 0.3 to 3.3, is filled with noise, so that the network must not rely on any one part. A short program for it fills with numbers from 0 to 1, *after* the mean has been subtracted. **What does such noise look like?**


# %%
def rectangle(height, width, rng):
    """Rows and columns of a random rectangle."""
    while True:
        area, ratio = rng.uniform(0.02, 0.4) * height * width, rng.uniform(0.3, 3.3)
        rows, columns = round((area * ratio) ** 0.5), round((area / ratio) ** 0.5)
        if 1 <= rows <= height and 1 <= columns <= width:
            break
    top, left = rng.integers(0, height - rows + 1), rng.integers(0, width - columns + 1)
    return slice(top, top + rows), slice(left, left + columns)


def erase(image, rng, low, high):
    image = image.copy()
    patch = image[rectangle(*image.shape[:2], rng)]  # a view of the copy
    patch[:] = rng.uniform(low, high, patch.shape)
    return image


# %% tags=["hide-output", "nbval-ignore-output"]
four = objects.x_train[1:5].astype("float32") - mean_image
low, high = float(four.min()), float(four.max())
fills = {"0 to 1": (0, 1), "data's range": (low, high)}
erased = {
    name: [
        erase(image, np.random.default_rng(n), *fill) for n, image in enumerate(four)
    ]
    for name, fill in fills.items()
}
plots.show_images(
    [np.clip(im / 255 + 0.5, 0, 1) for images in erased.values() for im in images],
    titles=[name for name in fills for _ in four],
    columns=4,
    size=1.4,
    alt="Erased patches: flat grey in the upper row, coloured noise in the lower.",
)

# %% [markdown]
# Next to values from −124 to 151 the numbers 0 to 1 are all nearly 0: a flat spot of the mean colour. The second trap nobody sees. The program changes the image *that was handed in*, so the next epoch erases the erased one:

# %%
training_images = digits.x_train[..., None] / 16.0
pixels, rng = training_images.copy(), np.random.default_rng(0)
untouched = {}
for epoch in range(1, 11):
    for image in training_images:
        if rng.random() < 0.5:
            patch = image[rectangle(8, 8, rng)]
            patch[:] = rng.uniform(0, 1, patch.shape)  # no copy
    untouched[epoch] = float(np.mean(training_images == pixels))
{epoch: f"{untouched[epoch]:.0%}" for epoch in (1, 3, 10)}

# %% [markdown]
# After ten epochs more than half of the training set is noise. **Work on a copy.**
#
# **Exercise D (code).** Write the heart of an eraser. `image` is a float array (H, W, C) with values in any range. Return a *copy* in which `height`×`width` pixels from (`top`, `left`) on are uniform noise from `rng`, a number of its own for each pixel and channel, between the least and the greatest value of the image.


# %%
def erase_patch(image, top, left, height, width, rng): ...


lesson10_further.erase(erase_patch)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.equal("the recipe's rate falls at index", drops, [81, 121, 161, 181])
score.true("from 1e-3 to 5e-7", rates[0] == 1e-3 and np.isclose(rates[-1], 5e-7))
spread = {name: [] for name in fills}
for name, images in erased.items():
    for image, before in zip(images, four, strict=True):
        spread[name].append(float(image[(image != before).any(axis=2)].std()))
score.at_most("eraser 0 to 1: spread inside the patch", max(spread["0 to 1"]), 0.5)
score.at_least("eraser in the data's range: spread", min(spread["data's range"]), 30)
score.at_most("eraser in place: pixels left after ten epochs", untouched[10], 0.5)
score.section()

# %% [markdown]
# Back to [lesson 10](../10_resnet.ipynb), section 7 · [solutions](../solutions/10_resnet_solutions.ipynb)

# %% tags=["nbval-ignore-output"]
score
