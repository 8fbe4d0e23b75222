# %% [markdown]
# # 02 · Filters: solutions
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/solutions/02_filters_solutions.ipynb)
#
# [← the lesson](../02_filters.ipynb) · [all lessons](../START_HERE.ipynb)
#
# **You will be able to**
# - compare your answers with worked ones, and see each pass the same check;
# - say of each exercise which idea of the lesson it uses.
#
# **Before this:** lesson 02 and your own try at its exercises.
#
# **Time:** about 15 minutes; the code runs in a few seconds.
#
# **Data:** textures that come with scikit-image; the other pictures are drawn here.

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
# @title Imports, the look of figures
import cv2
import numpy as np
import pandas as pd

from course_utils import checks, datasets, plots, runtime
from course_utils.checks import lesson02, lesson02_further
from course_utils.convolution import KERNELS, conv2d, flip, pool2d
from course_utils.linear import LinearClassifier

lesson = runtime.start(lesson="02")
plots.set_theme()
score = checks.Scorecard("02")

# %% [markdown]
# ## Exercise 1
#
# Each number of the kernel is one of the column (1 2 1) times one of the row (−1 2 −1).

# %%
line_kernel = np.outer([1, 2, 1], [-1, 2, -1])
verdict = lesson02.line_kernel(line_kernel)
assert verdict.passed
print(line_kernel.tolist())
verdict

# %% [markdown]
# ## Exercise 2
#
# A picture with a `\` edge is constant along every `\` diagonal. So each of the kernel's five `\` diagonals must sum to zero; then
# the whole sums to zero, too. Sobel turned by 45° does it: the main diagonal is −2 + 0 + 2, its neighbours −1 + 1, the corners 0.

# %%
diagonal_kernel = [[-2, -1, 0], [-1, 0, 1], [0, 1, 2]]
verdict = lesson02.diagonal_kernel(diagonal_kernel)
assert verdict.passed
verdict

# %%
rising = 200 * (np.add.outer(np.arange(16), np.arange(16)) > 15)
answers = [conv2d(edge, diagonal_kernel) for edge in (rising, rising[:, ::-1])]
largest = [int(np.abs(answer).max()) for answer in answers]
plots.show_images(
    [rising, rising[:, ::-1]],
    titles=[f"/ edge: up to {largest[0]}", f"\\ edge: up to {largest[1]}"],
    alt="Two pictures: an edge that rises to the right and one that falls to the right.",
)
score.equal("strongest answer on the \\ edge", largest[1], 0)

# %% [markdown]
# ## Exercise 3
#
# `conv2d` computes whole numbers with 64 bits, so nothing is clipped; the length is the root of the sum of the squares.


# %%
def gradient_length(picture):
    slopes = [
        cv2.filter2D(picture, cv2.CV_64F, KERNELS[name].astype(float))
        for name in ("sobel_x", "sobel_y")
    ]
    return np.hypot(*slopes)[1:-1, 1:-1]


verdict = lesson02.gradient_length(gradient_length)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 4
#
# The mean is multiplied by the sum of the weights: A sums to 4 − 3 = 1, B to 0, C to 2.

# %%
verdict = lesson02.means_after([60 * 1, 60 * 0, 60 * 2])
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 5
#
# Take a picture in which all rows are equal. A window then shows the same three numbers in each of its rows, so only the *column sums*
# −4, 0, 4 can be learned. How they are shared among the rows, 1 2 1 or 4 0 0, the picture cannot tell.

# %%
poor_teacher = np.tile(np.random.RandomState(1).uniform(size=12), (12, 1))
verdict = lesson02.poor_teacher(poor_teacher)
assert verdict.passed
verdict

# %% [markdown]
# This is what gradient descent makes of it: the loss is zero, the column sums are right, and the kernel is not Sobel.
# On any other picture it answers wrongly. A perfect score on the training data does not mean that the right thing was learned.

# %%
centred = poor_teacher - poor_teacher.mean()
target = conv2d(centred, KERNELS["sobel_x"].astype(float))
kernel = np.zeros((3, 3))
for _ in range(2000):
    errors = conv2d(centred, kernel) - target
    kernel = kernel - 0.5 * 2 * conv2d(centred, errors) / errors.size
left = float(np.mean((conv2d(centred, kernel) - target) ** 2))
score.at_most("loss on the poor teacher", left, 1e-6)
wrong_by = float(np.abs(kernel - KERNELS["sobel_x"]).max())
score.at_least("largest error of a weight", wrong_by, 0.6)
pd.DataFrame(kernel.round(2) + 0.0)

# %% [markdown]
# ## Exercise 6
#
# Each error lays its share where its window was; where windows overlap, the shares add up (`+=`).


# %%
def to_pixels(errors, kernel, stride):
    (rows, columns), side = errors.shape, len(kernel)
    pixels = np.zeros(((rows - 1) * stride + side, (columns - 1) * stride + side))
    for row in range(rows):
        for column in range(columns):
            top, left = row * stride, column * stride
            share = errors[row, column] * kernel
            pixels[top : top + side, left : left + side] += share
    return pixels


verdict = lesson02.to_pixels(to_pixels)
assert verdict.passed
verdict

# %%
errors, some = np.random.RandomState(0).normal(size=(2, 4, 4))
gap = np.abs(to_pixels(errors, some, 1) - conv2d(errors, flip(some), padding=3)).max()
score.at_most("laying down minus the turned, fully padded convolution", gap, 1e-12)

# %% [markdown]
# ## Exercise 7
#
# A: eight kernels make twice as many numbers for the classifier as four (size). B: the test pictures picked the four, so the test
# flatters Laws' side (leak). D: one draw each, and the difference of 0.3 points is one test digit of 300; the draws of section 7
# differ by more (luck). C is fair: picked and tuned, but on training pictures, and both sides alike.

# %%
verdict = lesson02.comparisons({"A": "size", "B": "leak", "C": "fair", "D": "luck"})
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 8
#
# Four Sobels ask for edges alone. Better are kernels of four kinds: edges across, upright lines, corners, and fine chequers. These are
# products of (1 2 1), (−1 0 1) and (−1 2 −1), as Laws used. Which of the four could be spared? The table reads without each in turn.

# %%
smooth, edge, spot = [1, 2, 1], [-1, 0, 1], [-1, 2, -1]
my_kernels = [
    np.outer(smooth, edge),  # Sobel: edges across
    np.outer(smooth, spot),  # exercise 1: upright lines
    np.outer(edge, edge),  # corners
    np.outer(spot, spot),  # fine chequers
]

# %%
textures = datasets.load("textures")


def standard(images):
    images = images.squeeze().astype(np.float32)
    spread = images.std(axis=(1, 2), keepdims=True)
    return (images - images.mean(axis=(1, 2), keepdims=True)) / spread


def features(images, kernels):
    stack = np.moveaxis(images, 0, -1)
    maps = [sign * conv2d(stack, k, stride=2) for k in kernels for sign in (1, -1)]
    pooled = [pool2d(np.maximum(map_, 0), 15, mode="average") for map_ in maps]
    return np.reshape(pooled, (-1, len(images))).T


def texture_accuracy(kernels):
    """Mean over four quarters of the training textures, each held back once."""
    numbers = features(standard(textures.x_train), kernels)
    kinds, quarter, shares = textures.y_train, np.arange(len(numbers)) // 500, []
    for held in range(4):
        seen, new = quarter != held, quarter == held
        reader = LinearClassifier().fit(numbers[seen], kinds[seen])
        shares.append(reader.accuracy(numbers[new], kinds[new]))
    return np.mean(shares)


# %% tags=["nbval-ignore-output"]
names = ["edges across", "upright lines", "corners", "fine chequers"]
without = {
    name: texture_accuracy(my_kernels[:i] + my_kernels[i + 1 :])
    for i, name in enumerate(names)
}
pd.DataFrame({"accuracy without": without}).round(3)

# %%
verdict = lesson02.my_kernels(my_kernels, texture_accuracy)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 9
#
# The weights must ask for a left side *and*, four columns further on, for a right side. The light bar
# in columns 10–13 gives 1 in columns 9 and 10 of the left map, and in 13 and 14 of the right map. So the weights stand at the places
# 0 and 1 for the left map and at 4 and 5 for the right map. Everything else meets at most half of them: a wide or a thin bar, a single edge,
# and the dark bar, whose sides come in the other order. The upper and lower maps get no weight, so a level bar is silent.

# %%
bar_weights = np.zeros((1, 6, 4, 1))
bar_weights[0, 0:2, 0] = 1  # left map
bar_weights[0, 4:6, 1] = 1  # right map, four pixels to the right
verdict = lesson02.bar_detector(bar_weights)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercises of the further page *pictures as numbers*
#
# **A.** A step of −1 on the last axis reverses the channels and nothing else. (`[::-1]` without the dots would turn the picture upside down.)


# %%
def bgr_to_rgb(picture):
    """Return the picture with red and blue exchanged."""
    return picture[..., ::-1]


verdict = lesson02_further.bgr_to_rgb(bgr_to_rgb)
assert verdict.passed
verdict

# %% [markdown]
# **B.** The largest answer has 255 under every positive weight and 0 under every negative one; the smallest the other way round.
# Sobel needs −1020 to 1020: eight bits are not enough, sixteen with a sign are.


# %%
def response_range(kernel):
    """Return (smallest, largest)."""
    kernel = np.asarray(kernel)
    return 255 * kernel[kernel < 0].sum(), 255 * kernel[kernel > 0].sum()


verdict = lesson02_further.response_range(response_range)
assert verdict.passed
verdict

# %% tags=["nbval-ignore-output"]
score
