# %% [markdown]
# # 02 · Further: learning a layer
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/02_learning_a_layer.ipynb)
#
# A side path of [lesson 02](../02_filters.ipynb), about 12 minutes. How narrow is the valley of the loss, how do kernels learn *together* with a classifier, and how well does a specialist do?

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

# %% tags=["setup"]
# @title Imports
from itertools import combinations

import cv2
import numpy as np
import pandas as pd

from course_utils import checks, datasets, plots, runtime
from course_utils.convolution import KERNELS, conv2d
from course_utils.first_layer import all_windows, averaging, features, learn_kernels
from course_utils.linear import LinearClassifier

# %% tags=["setup", "nbval-ignore-output"]
# @title The look of figures, the pictures
lesson = runtime.start(lesson="02")
plots.set_theme()
score = checks.Scorecard("02 further: learning a layer")
cup = datasets.photograph("coffee")[:320, 80:480]
cup = cv2.resize(cup, (160, 128), interpolation=cv2.INTER_AREA)
part = cv2.cvtColor(cup, cv2.COLOR_RGB2GRAY)[44:76, 20:52].astype(float)
part = (part - part.mean()) / part.std()
static = np.random.RandomState(0).normal(size=(32, 32))
textures = datasets.load("textures")

# %% [markdown]
# ## How narrow is the valley?
#
# The **curvature** of the loss in a direction says how fast its slope grows there. For nine weights there are nine main curvatures: the *eigenvalues* of a 9×9 matrix, made of the products of all pairs of pixels in a window. A step overshoots when the rate exceeds 2 / (largest curvature); along the flattest direction only the smallest one pulls.


# %%
def curvatures(picture):
    """The nine main curvatures of the loss, smallest first."""
    windows = np.lib.stride_tricks.sliding_window_view(picture, (3, 3)).reshape(-1, 9)
    return np.linalg.eigvalsh(2 * windows.T @ windows / len(windows))


rows = {}
for name, picture in {"noise": static, "photograph": part}.items():
    smallest, *_, largest = curvatures(picture)
    rows[name] = [largest, smallest, largest / smallest, 2 / largest]
columns = ["largest", "smallest", "largest / smallest", "largest safe rate"]
pd.DataFrame(rows, index=columns).T.round(3)

# %% [markdown]
# Noise is a bowl, the photograph a ravine: where the rate suits its walls, the way along its floor takes thousands of steps. Momentum helps; so would a picture whose neighbours differ more.
#
# ## Kernels and classifier together
#
# Lesson 02 learned four kernels together with the classifier behind them. Forwards: windows × kernels, two ReLUs, averages, weighted sums. Backwards the error passes the same stations in reverse order, and each line undoes one:


# %%
def slopes(kernels, weights, bias, windows, wanted, averages):
    """How half the mean squared error changes with kernels, weights and bias."""
    answers = windows @ kernels.T  # (images, places, kernels)
    seen = features(windows, kernels, averages)
    error = (seen @ weights + bias - wanted) / len(wanted)
    back = (error @ weights.T).reshape(len(wanted), len(averages), -1)
    back = averages.T @ back  # each average tells its places
    positive, negative = np.split(back, 2, axis=-1)
    back = positive * (answers > 0) - negative * (answers < 0)  # through the ReLUs
    by_kernel = np.tensordot(back, windows, axes=([0, 1], [0, 1]))  # error × pixel
    return by_kernel, seen.T @ error, error.sum(axis=0)


# %% [markdown]
# The line with `by_kernel` is the slope of lesson 02: errors times the pixels under them, added up over all places (and now over all pictures). Never trust slopes derived by hand: the claims below nudge every weight. Then descent, on 128 random pictures a step. *Adam* is momentum in which each number has a rate of its own: its mean slope divided by the slope's usual size.
#
# ```python
# mean = 0.9 * mean + 0.1 * slope            # momentum
# square = 0.99 * square + 0.01 * slope**2   # the usual size, squared
# weight = weight - rate * mean / np.sqrt(square)
# ```
#
# `course_utils.first_layer.learn_kernels` is these two pieces in a loop of 1,000 steps, with a rate that falls to zero. How large should it begin? We try three on training pictures, 500 of them held back:


# %%
def standard(images):
    images = images.squeeze().astype(np.float32)
    spread = images.std(axis=(1, 2), keepdims=True)
    return (images - images.mean(axis=(1, 2), keepdims=True)) / spread


everything = all_windows(standard(textures.x_train), 2), textures.y_train
test = all_windows(standard(textures.x_test), 2), textures.y_test
mean_of_all = averaging(everything[0].shape[1], 1)
kept, held_back = (
    [part[500:] for part in everything],
    [part[:500] for part in everything],
)


def accuracy(kernels, train, tried):
    kernels = np.reshape(kernels, (-1, 9)).astype(np.float32)
    seen, new = (features(part[0], kernels, mean_of_all) for part in (train, tried))
    return LinearClassifier().fit(seen, train[1]).accuracy(new, tried[1])


# %% tags=["nbval-ignore-output"]
kept_images, tuned = standard(textures.x_train)[500:], {}
for rate in (0.01, 0.05, 0.2):
    tuned[rate] = [
        accuracy(
            learn_kernels(
                kept_images, kept[1], count=4, stride=2, rate=rate, seed=seed
            ),
            kept,
            held_back,
        )
        for seed in range(3)
    ]
pd.DataFrame(tuned, index=["draw 1", "draw 2", "draw 3"]).T.map("{:.1%}".format)

# %% [markdown]
# ## Asking a specialist
#
# Kenneth Laws (1980) built kernels for textures as products of three rows: smoothing (1 2 1), edge (−1 0 1) and spot (−1 2 −1), one down and one across. Without the smoothing in both directions there are eight, among them both Sobels and the answer to exercise 1. Which four? There are 70 choices. How they read the 500 held-back training pictures, and how the four kernels of lesson 02's section 5 do:

# %% tags=["nbval-ignore-output"]
basis = {"smooth": [1, 2, 1], "edge": [-1, 0, 1], "spot": [-1, 2, -1]}
laws = {
    f"{down} down, {across} across": np.outer(basis[down], basis[across])
    for down in basis
    for across in basis
}
del laws["smooth down, smooth across"]
tried = {
    four: accuracy([laws[name] for name in four], kept, held_back)
    for four in combinations(laws, 4)
}
section_5 = ["sharpen", "gaussian_blur", "emboss", "outline"]
other = accuracy([KERNELS[name] for name in section_5], kept, held_back)
choices = np.quantile(list(tried.values()), [0, 0.25, 0.5, 0.75, 1])
names = ["weakest choice", "lower quarter", "median", "upper quarter", "best choice"]
pd.DataFrame({"accuracy": [*choices, other]}, index=[*names, "section 5"]).round(3)

# %% [markdown]
# Most choices read less than section 5 does. We take the best one, so here the *data* did the picking, and only then look at the test.

# %% tags=["nbval-ignore-output"]
chosen = max(tried, key=tried.get)
plots.kernel_pictures(
    [laws[name] for name in chosen],
    titles=[name.replace(", ", ",\n") for name in chosen],
    size=1.7,
    alt=f"Four kernels: {'; '.join(chosen)}.",
)

# %% tags=["nbval-ignore-output", "hide-output"]
images = standard(textures.x_train)
final = {"Laws, four": [accuracy([laws[name] for name in chosen], everything, test)]}
final["Laws, all eight"] = [accuracy(list(laws.values()), everything, test)]
for count in (4, 8):
    final[f"learned, {count}"] = [
        accuracy(
            learn_kernels(images, everything[1], count=count, stride=2, seed=seed),
            everything,
            test,
        )
        for seed in range(3)
    ]
plots.spread(
    {name: 100 * np.array(runs) for name, runs in final.items()},
    alt="Laws' and learned kernels lie close together, four and four, eight and eight.",
)
pd.DataFrame({"mean accuracy": {name: np.mean(runs) for name, runs in final.items()}})

# %% [markdown]
# Eight with eight cannot be told apart, nor can four with four (500 test textures: the standard error of an accuracy is about two points); but only the eight are a person's alone. He knew what textures are made of; the data were never told.

# %% tags=["claims"]
# @title Claims
rng, wanted = np.random.RandomState(0), np.eye(5)[textures.y_train[:20]]
windows = everything[0][:20].astype(float)
parts = [rng.normal(size=(4, 9)), rng.normal(size=(8, 5)), rng.normal(size=5)]


def half_loss(kernels, weights, bias):
    scores = features(windows, kernels, mean_of_all) @ weights + bias
    return ((scores - wanted) ** 2).sum() / (2 * len(wanted))


gaps = []
for part_, slope in zip(
    parts, slopes(*parts, windows, wanted, mean_of_all), strict=True
):
    for place in np.ndindex(part_.shape):
        part_[place] += 1e-5
        above = half_loss(*parts)
        part_[place] -= 2e-5
        gaps.append(abs((above - half_loss(*parts)) / 2e-5 - slope[place]))
        part_[place] += 1e-5
score.at_most("slopes by the formula minus slopes by nudging", max(gaps), 1e-5)
score.at_least(
    "photograph: largest over smallest curvature", rows["photograph"][2], 500
)
score.at_most("noise: largest over smallest curvature", rows["noise"][2], 3)
target = conv2d(part, KERNELS["sobel_x"].astype(float))
lost = []
for factor in (0.95, 1.05):
    kernel = np.zeros((3, 3))
    for _ in range(100):
        error = conv2d(part, kernel) - target
        rate = factor * rows["photograph"][3]
        kernel = kernel - rate * 2 * conv2d(part, error) / error.size
    lost.append(np.mean((conv2d(part, kernel) - target) ** 2))
score.at_most("loss after 100 steps, rate 5 % below the limit", lost[0], 2)
score.at_least("loss after 100 steps, rate 5 % above it", lost[1], 10 * lost[0])
below = np.mean([accuracy < other for accuracy in tried.values()])
score.at_least("choices of four that read less than section 5", below, 0.55)
four = np.mean(final["learned, 4"]) - final["Laws, four"][0]
score.close("four learned minus four of Laws", four, 0, tolerance=0.06)
eight = np.mean(final["learned, 8"]) - final["Laws, all eight"][0]
score.close("eight learned minus Laws' eight", eight, 0, tolerance=0.06)
score.section()

# %% [markdown]
# Back to [lesson 02](../02_filters.ipynb).
