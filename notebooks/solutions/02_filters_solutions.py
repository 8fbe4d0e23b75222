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
# **Time:** about 15 minutes; the code runs in about 2 seconds.
#
# **Data:** none; the pictures are drawn here.

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
import numpy as np

from course_utils import checks, plots, runtime
from course_utils.checks import lesson02
from course_utils.convolution import KERNELS, conv2d

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="02")
plots.set_theme()
score = checks.Scorecard("02")

# %% [markdown]
# ## Exercise 1
#
# Non-zero pixels of sobel_x and of sobel_y on a 16×16 picture, upper half black, lower half 200.
#
# Every row is constant and each row of sobel_x sums to zero: nothing. sobel_y compares below with above. Two rows of windows
# straddle the edge, 16 in each, since the border is mirrored.

# %%
verdict = lesson02.which_sobel([0, 32])
assert verdict.passed
verdict

# %%
picture = np.zeros((16, 16), np.uint8)
picture[8:] = 200
same = dict(padding="same", border="reflect")
kernels = [KERNELS["sobel_x"], KERNELS["sobel_y"]]
counted = [np.count_nonzero(conv2d(picture, kernel, **same)) for kernel in kernels]
score.equal("counted by the computer", counted, [0, 32])

# %% [markdown]
# ## Exercise 2
#
# Means after A = 0 1 0 / 1 −3 1 / 0 1 0, B = 1 0 −1 / 1 0 −1 / 1 0 −1 and C = 0 0 0 / 0 2 0 / 0 0 0, when the picture's mean is 60.
#
# The mean is multiplied by the sum of the weights: A sums to 4 − 3 = 1, B to 0, C to 2.

# %%
verdict = lesson02.means_after([60 * 1, 60 * 0, 60 * 2])
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 3
#
# BGR to RGB with NumPy alone. A step of −1 on the last axis reverses the channels and nothing else.
# (`[::-1]` without the dots would turn the picture upside down.)


# %%
def bgr_to_rgb(picture):
    """Return the picture with red and blue exchanged."""
    return picture[..., ::-1]


verdict = lesson02.bgr_to_rgb(bgr_to_rgb)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 4
#
# Smallest and largest response on pixels 0–255. The largest response has 255 under every positive weight and 0 under every negative one;
# the smallest the other way round.


# %%
def response_range(kernel):
    """Return (smallest, largest)."""
    kernel = np.asarray(kernel)
    return 255 * kernel[kernel < 0].sum(), 255 * kernel[kernel > 0].sum()


verdict = lesson02.response_range(response_range)
assert verdict.passed
verdict

# %% [markdown]
# Sobel needs −1020 to 1020: eight bits are not enough, sixteen with a sign are.
#
# ## Exercise 5
#
# The length of the gradient, without padding. `conv2d` computes integers as 64-bit numbers, so nothing is cut off.


# %%
def gradient_magnitude(picture):
    """Return an array (H − 2, W − 2)."""
    return np.hypot(
        conv2d(picture, KERNELS["sobel_x"]), conv2d(picture, KERNELS["sobel_y"])
    )


verdict = lesson02.gradient_magnitude(gradient_magnitude)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 6
#
# A kernel for edges like `/`, silent on `\` and on flat areas.
#
# A picture with a `\` edge is constant along every `\` diagonal. So each of the kernel's five `\` diagonals must sum to zero; then
# the whole sums to zero too. Sobel turned by 45° does it: the main diagonal is −2 + 0 + 2, its neighbours −1 + 1, the corners 0.

# %%
diagonal_kernel = [[-2, -1, 0], [-1, 0, 1], [0, 1, 2]]
verdict = lesson02.diagonal_kernel(diagonal_kernel)
assert verdict.passed
verdict

# %%
rising = 200 * (np.add.outer(np.arange(16), np.arange(16)) > 15)
falling = rising[:, ::-1]
answers = [conv2d(picture, diagonal_kernel) for picture in (rising, falling)]
plots.show_images(
    [rising, falling],
    titles=["/ edge", "\\ edge"],
    alt="Two pictures: an edge that rises to the right and one that falls to the right.",
)
print("strongest answers:", [int(np.abs(answer).max()) for answer in answers])
score.equal("strongest answer on the \\ edge", int(np.abs(answers[1]).max()), 0)

# %% [markdown]
# ## Exercise 7
#
# A picture from which sobel_x cannot be learned although it answers there.
#
# Take one in which all rows are equal. A window then shows the same three numbers in each of its rows, so only the *column sums*
# −4, 0, 4 can be learned. How they are shared among the rows, 1 2 1 or 4 0 0, the picture cannot tell.

# %%
one_row = np.random.RandomState(1).uniform(size=12)
poor_teacher = np.tile(one_row, (12, 1))
verdict = lesson02.poor_teacher(poor_teacher)
assert verdict.passed
verdict

# %% [markdown]
# And this is what gradient descent makes of it: the loss is zero, the column sums are right, and the kernel is not Sobel.
# On any other picture it answers wrongly. A perfect score on the training data does not mean that the right thing was learned.

# %%
centred = poor_teacher - poor_teacher.mean()
target = conv2d(centred, KERNELS["sobel_x"].astype(float))
kernel = np.zeros((3, 3))
for _ in range(2000):
    kernel = (
        kernel
        - 0.5 * 2 * conv2d(centred, conv2d(centred, kernel) - target) / target.size
    )
print(kernel.round(2) + 0.0)
print("column sums:", (kernel.sum(axis=0).round(2) + 0.0).tolist())
score.at_most(
    "loss on the poor teacher",
    float(np.mean((conv2d(centred, kernel) - target) ** 2)),
    1e-6,
)
score.at_least(
    "largest error of a weight", float(np.abs(kernel - KERNELS["sobel_x"]).max()), 0.6
)

# %% [markdown]
# ## Exercise 8
#
# A second layer for upright light bars 4 pixels wide, silent, after a threshold at three quarters, on other bars and on single edges.
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

# %% tags=["nbval-ignore-output"]
score
