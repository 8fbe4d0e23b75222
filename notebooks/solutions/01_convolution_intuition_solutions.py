# %% [markdown]
# # 01 · Convolution intuition: solutions
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/solutions/01_convolution_intuition_solutions.ipynb)
#
# **You will be able to**
# - compare your answers with worked ones, and see why each is right;
# - recognise the usual mistakes from the hints that the checks give.
#
# **Before this:** [lesson 01](../01_convolution_intuition.ipynb), with a serious try at each exercise.
#
# **Time:** about 15 minutes of reading; the code runs in a few seconds.
#
# **Data:** scikit-learn's 8×8 digits, bundled.

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
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from course_utils import checks, convolution, datasets, plots, runtime
from course_utils.checks import lesson01, lesson01_further
from course_utils.linear import LinearClassifier

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="01")
plots.set_theme()
score = checks.Scorecard("01")

# %% [markdown]
# ## Exercise 1 · Parameters of a dense layer
#
# A dense layer of 100 units on a 64×64 colour picture, biases included.
#
# Each unit has one weight for each of the 64·64·3 numbers, and one bias.

# %%
parameters = 64 * 64 * 3 * 100 + 100

verdict = lesson01.dense_parameters(parameters)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 2 · A convolution by hand
#
# The kernel `1 2 / 0 -1` on the picture `2 0 1 / 1 3 0 / 0 1 2`.
#
# | output | products | sum |
# |---|---|---|
# | top left | 1·2 + 2·0 + 0·1 − 1·3 | −1 |
# | top right | 1·0 + 2·1 + 0·3 − 1·0 | 2 |
# | bottom left | 1·1 + 2·3 + 0·0 − 1·1 | 6 |
# | bottom right | 1·3 + 2·0 + 0·1 − 1·2 | 1 |

# %%
by_hand = [[-1, 2], [6, 1]]

verdict = lesson01.window_by_hand(by_hand)
assert verdict.passed
by_package = convolution.conv2d([[2, 0, 1], [1, 3, 0], [0, 1, 2]], [[1, 2], [0, -1]])
score.equal("exercise 2 by the package", by_package, by_hand)
verdict

# %% [markdown]
# ## Exercise 3 · Output size
#
# The window's first stop needs `kernel` pixels of the padded `size + 2 * padding`. What is left over is spent in whole steps of `stride`; the first stop is the `+ 1`.


# %%
def output_size(size, kernel, stride, padding):
    return (size - kernel + 2 * padding) // stride + 1


verdict = lesson01.output_size(output_size)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 4 · The cost of a layer
#
# 16 filters of 5×5, stride 2, padding 2, on a 64×64 picture with 3 channels. Each filter reads 5·5·3 numbers and has one bias; the output is 32×32 with 16 channels; each of its numbers costs 5·5·3 multiply-adds.

# %%
side = output_size(64, 5, 2, 2)
parameters = (5 * 5 * 3 + 1) * 16
activations = side * side * 16
multiply_adds = activations * 5 * 5 * 3
print(side, parameters, activations, multiply_adds)

verdict = lesson01.layer_cost((parameters, activations, multiply_adds))
assert verdict.passed
verdict

# %% [markdown]
# A dense layer with the same input and as many outputs would have 64·64·3 · 16,384 weights:

# %%
print(f"{64 * 64 * 3 * activations:,} instead of {parameters:,}")
score.equal(
    "dense layer of the same size: weights", 64 * 64 * 3 * activations, 201_326_592
)

# %% [markdown]
# ## Exercise 5 · A detector for thin horizontal lines
#
# The middle row excites, the rows above and below inhibit. Each column sums to zero, so vertical stripes cancel; so does any flat area.

# %%
my_kernel = [
    [-1, -1, -1],
    [2, 2, 2],
    [-1, -1, -1],
]

verdict = lesson01.line_detector(my_kernel)
assert verdict.passed
verdict

# %% [markdown]
# Tried on pictures: a line gets 6, a vertical stripe 0. An edge gets 3 on its bright side, half of what a line gets: a line has an edge on either side.

# %%
line, stripe, edge = (np.zeros((7, 7), int) for _ in range(3))
line[3], stripe[:, 3], edge[4:] = 1, 1, 1
answers = {
    name: convolution.conv2d(picture, my_kernel)[:, 2].tolist()
    for name, picture in (("line", line), ("stripe", stripe), ("edge", edge))
}
print(answers)
score.equal(
    "answers to a thin line, from top to bottom", answers["line"], [0, -3, 6, -3, 0]
)
score.equal("answers to a vertical stripe", answers["stripe"], [0, 0, 0, 0, 0])
score.equal("answers to an edge", answers["edge"], [0, 0, -3, 3, 0])

# %% [markdown]
# ## Exercise 6 · Two layers within a budget
#
# From 64×64×3 to 8×8 with at least 32 channels, at most 7,000 parameters, each final unit seeing at least 11×11 pixels. Strides of 4 and 2 make 64 → 16 → 8. Most parameters lie in the second layer, (3·3·16 + 1)·32 = 4,640; the first has (5·5·3 + 1)·16 = 1,216.

# %%
my_layers = [
    {"kernel": 5, "filters": 16, "stride": 4, "padding": 2},
    {"kernel": 3, "filters": 32, "stride": 2, "padding": 1},
]

verdict = lesson01.small_stack(my_layers)
assert verdict.passed
score.equal(
    "parameters of the two layers", (5 * 5 * 3 + 1) * 16 + (3 * 3 * 16 + 1) * 32, 5_856
)
verdict

# %% [markdown]
# How far each final unit sees: one unit of the second layer reads 3 neighbours in a row, which stand 4 pixels apart and see 5 each: 5 + 2·4 = 13.

# %% [markdown]
# ## Exercise 7 · Is a map equivariant?
#
# Move first and map then, or map first and move then; compare all columns but the outer four. A test of *invariance* would compare with `to_map(picture)` itself, and be wrong about every convolution.


# %%
def shift(maps, pixels):
    return np.roll(maps, pixels, axis=1)


def moves_along(to_map, picture, pixels):
    map_of_moved = to_map(shift(picture, pixels))
    moved_map = shift(to_map(picture), pixels)
    return np.allclose(map_of_moved[:, 4:-4], moved_map[:, 4:-4])


verdict = lesson01.moves_along(moves_along)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 8 · Pooling by half
#
# Split the rows in two, average each half, put the halves side by side.


# %%
def pooled_by_half(maps):
    middle = maps.shape[1] // 2
    upper, lower = maps[:, :middle], maps[:, middle:]
    return np.concatenate([upper.mean(axis=(1, 2)), lower.mean(axis=(1, 2))], axis=1)


verdict = lesson01.pooled_by_half(pooled_by_half)
assert verdict.passed
verdict

# %% [markdown]
# What does it gain? The classifier of section 8 with five draws of filters, for digits in the middle, moved 3 pixels to the right, and moved 3 pixels *down*.


# %%
def windows(images):
    framed = np.pad(images, ((0, 0), (4, 4), (4, 4)))
    cut = sliding_window_view(framed, (5, 5), axis=(1, 2))
    return cut.reshape(len(images), 400, 25)


def place(images, down=0, right=0):
    placed = np.zeros((len(images), 16, 16), np.float32)
    placed[:, 4 + down : 12 + down, 4 + right : 12 + right] = images / 255
    return placed


def rectified_maps(images, strokes):
    maps = np.maximum(np.tensordot(windows(images), strokes.T, axes=1) - 0.5, 0)
    return maps.reshape(len(images), 20, 20, -1)


digits = datasets.load("digits")
pieces = windows(place(digits.x_train)).reshape(-1, 25)
pieces = pieces[pieces.std(axis=1) > 0.25]
pieces = pieces - pieces.mean(axis=1, keepdims=True)
pieces = pieces / np.linalg.norm(pieces, axis=1, keepdims=True)

# %% tags=["nbval-ignore-output"]
tests = {
    "middle": place(digits.x_test),
    "right": place(digits.x_test, right=3),
    "down": place(digits.x_test, down=3),
}
pools = {"whole map": lambda maps: maps.mean(axis=(1, 2)), "by half": pooled_by_half}
right = {name: [] for name in pools}
for seed in range(5):
    strokes = pieces[np.random.default_rng(seed).integers(len(pieces), size=64)]
    maps = rectified_maps(place(digits.x_train), strokes)
    moved = [rectified_maps(images, strokes) for images in tests.values()]
    for name, pool in pools.items():
        reader = LinearClassifier().fit(pool(maps), digits.y_train)
        right[name].append(
            [reader.accuracy(pool(test), digits.y_test) for test in moved]
        )
means = {name: np.mean(draws, axis=0) for name, draws in right.items()}
table = pd.DataFrame(means, index=list(tests)).T
table.map("{:.1%}".format)

# %% tags=["claims"]
# @title Claims
whole, halves = table.loc["whole map"], table.loc["by half"]
gain, lost = halves["right"] - whole["right"], halves["right"] - halves["down"]
score.at_least("by half minus whole map, moved right", gain, 0.003)
score.close(
    "by half: lost by moving right", halves["middle"], halves["right"], tolerance=0.002
)
score.at_least("by half: lost by moving down", lost, 0.3)
score.section()

# %% [markdown]
# Halves tell a stroke above from one below, so the classifier reads a little better, and it still does not mind moves to the right. The price: it is no longer invariant to moves *down*. How much of the *where* to keep is a choice of design.

# %% [markdown]
# ## Exercise A (further page) · Four loops with stride and padding
#
# Pad first; from then on only the corner of the window changes. `np.zeros` without a `dtype` holds fractions too. The two inner loops are written as one sum here, four plain loops are just as right.


# %%
def slide(image, kernel, stride, padding):
    image = np.pad(image, padding)
    kernel_height, kernel_width = kernel.shape
    height = (image.shape[0] - kernel_height) // stride + 1
    width = (image.shape[1] - kernel_width) // stride + 1
    output = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            top, left = row * stride, column * stride
            window = image[top : top + kernel_height, left : left + kernel_width]
            output[row, column] = (window * kernel).sum()
    return output


verdict = lesson01_further.strided_convolution(slide)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise B (further page) · Max pooling
#
# Cut off the rows and columns that fill no window; then split both axes into (block, place inside the block) and keep the maximum over the places.


# %%
def max_pool(image, size):
    height, width = image.shape[0] // size, image.shape[1] // size
    image = image[: height * size, : width * size]
    return image.reshape(height, size, width, size).max(axis=(1, 3))


verdict = lesson01_further.max_pool(max_pool)
assert verdict.passed
verdict

# %% [markdown]
# ## Scorecard

# %% tags=["nbval-ignore-output"]
score
