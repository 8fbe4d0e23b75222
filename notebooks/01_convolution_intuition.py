# %% [markdown]
# # 01 · Convolution intuition
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/01_convolution_intuition.ipynb)
#
# **You will be able to**
# - work out a convolution by hand, and in four loops of Python with stride and padding;
# - count the parameters, activations and multiply-adds of dense, locally connected and convolutional layers;
# - tell by a measurement whether a map is equivariant, and correlation from convolution;
# - say what stride, padding, depth and pooling change, and what they leave alone;
# - explain why a classifier of flattened pixels fails when a digit moves, and what mends it.
#
# **Before this:** Python with NumPy arrays; what a weighted sum is. No machine learning is assumed.
#
# **Time:** about 45 minutes of reading, 45 more for the nine exercises; the code runs in about 10 seconds on two CPU cores.
#
# **Data:** scikit-learn's 8×8 handwritten digits and a few photographs from scikit-image and scikit-learn. They come with the packages: nothing is downloaded.

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
from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import signal

from course_utils import checks, convolution, datasets, plots, runtime, widgets
from course_utils.checks import lesson01

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="01")
plots.set_theme()
score = checks.Scorecard("01")
budget = lesson.choose(quick=dict(filter_draws=3), full=dict(filter_draws=10))

# %% [markdown]
# ## 1 · The question: why does a digit that moves become unreadable?
#
# Here is a handwritten digit, and the same digit three pixels further right. You read both without noticing a difference. How does a simple classifier fare?
#
# (Two words from the cell above. `score` holds each claim of this lesson against its measurement and lists them all at the end. The *quick* profile draws three sets of random filters in section 11, the *full* one ten.)

# %%
digits = datasets.load("digits")


def place(images, right=0, canvas=16):
    """Put images (N, h, w), scaled to 0–1, mid-canvas, then `right` pixels further."""
    height, width = images.shape[1:]
    top, left = (canvas - height) // 2, (canvas - width) // 2 + right
    placed = np.zeros((len(images), canvas, canvas))
    placed[:, top : top + height, left : left + width] = images / 255
    return placed


first = digits.x_test[:1]
shown = plots.show_images(
    [place(first, right=pixels)[0] for pixels in range(4)],
    titles=["in the middle", "1 px", "2 px", "3 px"],
)
plots.alt_text(
    shown,
    """
    The same handwritten digit four times on a black 16 by 16 canvas, each time one
    pixel further to the right.
    """,
)
plt.show()

# %% [markdown]
# The classifier is the simplest there is. It **flattens** the 16×16 pixels into one list of 256 numbers. For each of the ten digits it has 256 **weights** and a **bias**, a number that is added to the weighted sum; the digit with the largest result wins. Weights and biases together are its **parameters**.
#
# To **fit** them means to choose them so that the results come close to what is wanted on given examples: 1,497 **training** digits, all in the middle, each with its **label**, the digit it stands for. What is wanted is 1 for the right digit and 0 for the nine others; close is meant in least squares. Large weights are penalised slightly, for without that the weights of pixels that are always black would be undecided. 300 other digits, the **test** digits, take no part in the fit.


# %%
def flatten(images):
    """Turn images (N, H, W) into rows of H·W numbers."""
    return images.reshape(len(images), -1)


def with_bias(features):
    return np.column_stack([features, np.ones(len(features))])


def fit(features, labels, penalty=1.0):
    """Least squares: ten columns of weights, one a digit, the bias in the last row."""
    columns = with_bias(features)
    # one row an image: 1 in the column of its label, 0 elsewhere
    targets = np.eye(10)[labels]
    penalties = penalty * np.eye(columns.shape[1])
    return np.linalg.solve(columns.T @ columns + penalties, columns.T @ targets)


def share_right(weights, features, labels):
    return float(np.mean((with_bias(features) @ weights).argmax(axis=1) == labels))


# %% [markdown]
# **Before you run the next cell:** on test digits in the middle this reads more than nine in ten. What do you expect after a shift of 1, 2, 3 pixels? Write three numbers down.

# %% tags=["nbval-ignore-output"]
dense = fit(flatten(place(digits.x_train)), digits.y_train)
test_at = [flatten(place(digits.x_test, right=pixels)) for pixels in range(4)]
dense_right = [share_right(dense, features, digits.y_test) for features in test_at]
for distance, share in enumerate(dense_right):
    print(
        f"shifted by {distance} px: {share:.1%} of the test digits are read correctly"
    )
score.at_least("flattened digits in the middle, read correctly", dense_right[0], 0.90)
score.at_most(
    "flattened digits 3 px further right, read correctly", dense_right[3], 0.25
)

# %% [markdown]
# Three pixels, and it does little better than throwing a ten-sided die. Why? Look at the weights of one digit, laid out as a picture again.

# %%
templates = dense[:-1].T.reshape(10, 16, 16)
shown = plots.show_images(
    templates[[0, 1, 3, 7]],
    titles=["weights of 0", "of 1", "of 3", "of 7"],
    signed=True,
)
plots.alt_text(
    shown,
    """
    Four pictures of weights. All that is not zero lies in the middle 8 by 8 pixels, red
    for positive and blue for negative.
    """,
)
plt.show()

# %% [markdown]
# Each pixel has a weight **of its own**. The weight for "ink at row 5, column 9" has learned nothing about "ink at row 5, column 12". The outer pixels were always black in training, so their weights stayed at zero.
#
# The rest of this lesson builds the idea that mends this: **a small set of weights that slides over the picture**. In section 11 we come back and measure.
#
# ## 2 · What a picture is to a computer
#
# A grey picture is a matrix; each number says how bright one pixel is. This 7×7 sample is a soft dot. Its numbers depend only on the distance from the centre, so it looks the same from all sides.

# %%
# brightness by squared distance from the centre
brightness = {0: 100, 1: 75, 2: 56, 4: 31, 5: 23, 8: 10, 9: 8, 10: 6, 13: 2, 18: 0}
steps = np.arange(-3, 4)
squared_distance = steps[:, None] ** 2 + steps[None, :] ** 2
sample = np.vectorize(brightness.get)(squared_distance)

for square, value in brightness.items():
    print(
        f"distance² {square:2d}: {np.sum(squared_distance == square)} pixels × {value:3d}"
    )
print("peak", sample.max(), "· sum", sample.sum())
score.equal("7×7 sample: peak", sample.max(), 100)
score.equal("7×7 sample: sum of all pixels", sample.sum(), 1068)
score.true(
    "7×7 sample: unchanged by transposing and mirroring",
    (sample == sample.T).all() and (sample == sample[:, ::-1]).all(),
)

# %%
_, axes = plt.subplots(1, 2, figsize=(9, 4.2))
plots.show_image(sample, title="as you see it", ax=axes[0])
plots.number_grid(sample, title="as the computer stores it", ax=axes[1])
plots.alt_text(
    axes,
    """
    A soft bright dot, beside it the same 7 by 7 pixels as numbers from 0 at the corners
    to 100 in the centre.
    """,
)
plt.show()

# %% [markdown]
# Divide the sample by its sum and you get **weights** that add up to 1: each says what share of the whole one pixel holds. Such a matrix of weights is called a **kernel** or **filter**; this one, slid over a picture, would blur it. Lesson 02 plays with such kernels.

# %%
soft_dot = sample / sample.sum()
axes = plots.number_grid(
    soft_dot * 1000,
    title="weights, in thousandths: pixel / 1,068",
    decimals=0,
)
plots.alt_text(
    axes,
    """
    The 7 by 7 sample divided by its sum, in thousandths: 94 in the centre, 70 beside
    it, 0 in the corners.
    """,
)
plt.show()
score.close("the weights made from it add up to", soft_dot.sum(), 1, tolerance=1e-12)

# %% [markdown]
# A colour picture is three such matrices: shape height × width × 3, usually `uint8`, whole numbers from 0 to 255. Why three? The human retina has three kinds of cone cells for colour, each most sensitive to another range of wavelengths (roughly blue, green and yellow-green to red). Three numbers are enough to imitate most colours for a human eye.

# %%
cat = datasets.photograph("chelsea")
print("shape", cat.shape, "· dtype", cat.dtype, "· top left pixel", cat[0, 0])
channels = np.moveaxis(cat, -1, 0)  # the channel axis in front: one picture a channel
shown = plots.show_images(
    [cat, *channels],
    titles=["all three", "red", "green", "blue"],
    columns=4,
)
plots.alt_text(
    shown,
    """
    A photograph of a ginger cat and its red, green and blue channels as three grey
    pictures. The fur is brightest in the red one.
    """,
)
plt.show()

# %% [markdown]
# A channel is one number a pixel: it has no colour of its own and is shown in grey. The ginger fur is bright in red, dark in blue.
#
# ## 3 · The price of connecting everything
#
# A **layer** is a set of **units** that read the same input; a unit is one weighted sum. In a **dense** (fully connected) layer each unit has one weight for each input number. For a grey picture of 1,000×1,000 pixels and 1,000 units:

# %%
pixels, units = 1000 * 1000, 1000
print(f"weights of one unit        {pixels:>15,}")
print(f"weights of {units:,} units     {units * pixels:>15,}")
print(f"with a bias for each unit  {units * pixels + units:>15,}")
print(f"and three colour channels  {units * pixels * 3 + units:>15,}")
print(f"at 4 bytes a number        {(units * pixels * 3 + units) * 4 / 1e9:>15.0f} GB")
score.equal("dense, 1,000×1,000 grey: weights per unit", pixels, 1_000_000)
score.equal(
    "dense, 1,000 units with biases: parameters", units * pixels + units, 1_000_001_000
)

# %% [markdown]
# Twelve gigabytes, for **one** layer. Two ideas bring the price down.
#
# - **Local connections:** each unit looks only at a small patch, the *receptive field*.
# - **Shared weights:** all units use the *same* weights, each on its own patch.
#
# The picture shows them for a strip of seven pixels and five units. Each grey line is a weight of its own; coloured lines of equal colour are one and the same weight.

# %%
everything = np.arange(5 * 7).reshape(5, 7)
local, shared = np.full((5, 7), -1), np.full((5, 7), -1)
for unit in range(5):
    local[unit, unit : unit + 3] = 3 * unit + np.arange(3)
    shared[unit, unit : unit + 3] = np.arange(3)

_, axes = plt.subplots(3, 1, figsize=(7, 6.4))
panels = (
    (everything, "dense: 35 lines, 35 weights"),
    (local, "locally connected: 15 lines, 15 weights"),
    (shared, "convolutional, local and shared: 15 lines, 3 weights"),
)
for ax, (ids, title) in zip(axes, panels, strict=True):
    plots.connections(ids, title=title, ax=ax)
plots.alt_text(
    axes,
    """
    Three networks of seven pixels and five units. Dense: 35 grey lines. Local: 15 grey
    lines, three a unit. Convolutional: the same 15 lines in three colours only.
    """,
)
plt.show()
counts = [len(set(ids[ids >= 0])) for ids, _ in panels]
score.equal("different weights in the picture", counts, [35, 15, 3])

# %% [markdown]
# Now at a realistic size: a picture of 200×200 pixels and as many units, 40,000. The local units see patches of 10×10. **Guess first:** by what factor does each idea shrink the layer?

# %%
pixels = units = 200 * 200
patch = 10 * 10
layers = {
    "dense": units * pixels,
    "locally connected": units * patch,
    "convolutional": patch,
}
for name, count in layers.items():
    print(f"{name:18s} {count:>14,} weights")
by_local, by_sharing = pixels // patch, units
print(
    f"local connections: {by_local:,} times fewer; sharing: {by_sharing:,} times fewer again"
)
score.equal("dense, 200×200, 40,000 units: weights", layers["dense"], 1_600_000_000)
score.equal(
    "locally connected, 10×10 patches: weights", layers["locally connected"], 4_000_000
)
score.equal("convolutional, one 10×10 filter: weights", layers["convolutional"], 100)

# %% [markdown]
# Local connections save a factor of 400, sharing one of 40,000, together 16 million. The convolutional layer keeps 100 weights whatever the size of the picture: its number of weights **scales with the filter, not with the image** (its work does grow with the image, sections 7 and 11). (Biases are left out here: 40,000 for the first two, a single one for the filter. Units at the border need some padding; section 7.)
#
# These ideas follow three rules of design:
#
# 1. **Early layers answer alike** to the same patch, wherever it lies.
# 2. **Early layers look only at small regions.** What lies far away can wait.
# 3. **Later layers gather** what early ones found, over larger and larger regions.
#
# The visual cortex seems to work in this spirit. In the first area that Hubel and Wiesel studied in cats (1959, 1962), a cell answers to an edge or bar of one direction in one small part of the visual field. Cells in later areas cover larger parts and answer to more complex shapes.

# %% [markdown]
# Exercises stand where they belong. Change the stub, run the cell, read the answer. Solutions are in `solutions/01_convolution_intuition_solutions.ipynb`.
#
# **Exercise 1 (recall).** A dense layer of 100 units stands on a 64×64 *colour* picture. How many parameters does it have, biases included?

# %%
dense_parameters = ...  # your number

lesson01.dense_parameters(dense_parameters)

# %% [markdown]
# ## 4 · One window by hand
#
# Take this 5×5 picture and a 3×3 kernel. Lay the kernel on the top left corner. Multiply each pixel by the weight on it, and add the nine products up. That is one output pixel.

# %%
image = np.array([[3, 3, 2, 1, 0],
                  [0, 0, 1, 3, 1],
                  [3, 1, 2, 2, 3],
                  [2, 0, 0, 2, 2],
                  [2, 0, 0, 0, 1]])  # fmt: skip
kernel = np.array([[0, 1, 2],
                   [2, 2, 0],
                   [0, 1, 2]])  # fmt: skip

window = image[:3, :3]
products = window * kernel
shown = plots.sum_of_grids(
    [window, kernel, products, [[products.sum()]]],
    signs=["×", "=", "→"],
    titles=["window", "kernel", "products", "sum"],
)
plots.alt_text(
    shown,
    """
    The top left 3 by 3 window times the kernel, cell by cell, gives nine products: 0 3
    4, 0 0 0, 0 1 4. Their sum is 12.
    """,
)
plt.show()

# %% [markdown]
# Then move the window one pixel to the right and do it again; at the end of the row go one row down. A 3×3 window has three places in each direction, so the output is 3×3. **Work out the second output pixel** before you look at the picture. (Read ∗ as "with this slid over it:".)

# %%
output = convolution.conv2d(image, kernel)
shown = plots.sliding_window(image, kernel, output, at=(0, 1))
plots.alt_text(
    shown,
    """
    The window moved one pixel to the right over the input, the kernel, and the 3 by 3
    output 12 12 17, 10 17 19, 9 6 14 with its second pixel framed.
    """,
)
plt.show()

# %% [markdown]
# The result is called a **feature map**: it is large where the picture resembles the kernel, or is simply bright. (Lesson 02 shows how kernels that sum to zero ignore mere brightness.)
#
# ## 5 · The whole algorithm, in four loops
#
# Two loops choose the output pixel, two more walk over the kernel. This is all there is to it.


# %%
def four_loops(image, kernel):
    """Slide the kernel over the image; return the feature map."""
    kernel_height, kernel_width = kernel.shape
    height = image.shape[0] - kernel_height + 1
    width = image.shape[1] - kernel_width + 1
    output = np.zeros((height, width), dtype=int)
    for row in range(height):
        for column in range(width):
            for i in range(kernel_height):
                for j in range(kernel_width):
                    output[row, column] += image[row + i, column + j] * kernel[i, j]
    return output


print(four_loops(image, kernel))
score.equal(
    "worked example",
    four_loops(image, kernel),
    [[12, 12, 17], [10, 17, 19], [9, 6, 14]],
)

# %% [markdown]
# Python's loops are slow. The same sums can be made for all output pixels at once: cut out all windows as one array with four axes (row, column, i, j), multiply by the kernel, sum over the last two. (In `einsum`, axes that are missing after the arrow are summed over.)


# %%
def vectorised(image, kernel):
    """The same, without loops in Python."""
    windows = sliding_window_view(image, kernel.shape)  # (H', W', kh, kw)
    return np.einsum("rcij,ij->rc", windows, kernel)


print("windows:", sliding_window_view(image, kernel.shape).shape)
random = np.random.default_rng(0)
picture, small_kernel = (
    random.integers(0, 256, (30, 40)),
    random.integers(-5, 6, (3, 5)),
)
ways = (four_loops, vectorised, convolution.conv2d)
results = [way(picture, small_kernel) for way in ways]
score.true(
    "four loops = vectorised = the package's conv2d",
    all((result == results[0]).all() for result in results),
)
print("all three agree on a random 30×40 picture:", results[0].shape)

# %% [markdown]
# How much slower are the four loops? Both on the same random picture:


# %% tags=["nbval-ignore-output"]
def seconds(function, times):
    begun = perf_counter()
    for _ in range(times):
        function(picture, small_kernel)
    return (perf_counter() - begun) / times


slow, fast = seconds(four_loops, 3), seconds(vectorised, 100)
print(f"four loops {slow * 1e3:.1f} ms, vectorised {fast * 1e3:.2f} ms")
print(f"vectorised: {slow / fast:.0f} times as fast")

# %% [markdown]
# From here on we use `convolution.conv2d`, which also knows stride, padding and channels. On a picture with a third axis, the channels, it does one of two things. A kernel with two axes is slid over **each channel by itself**, and the channel axis stays. A kernel with four axes (section 8) **adds the channels up**.
#
# **Touch it.** Point at an output pixel, or step through with the arrow keys, and see the window, the products and the sum. Change the kernel; leave stride, padding and dilation alone until section 7. You can also skip the explorer: nothing later depends on it.

# %% tags=["nbval-ignore-output"]
explorer = widgets.ConvolutionExplorer(
    image={"5×5 example": image, "cat": widgets.small_grey(cat), "7×7 sample": sample},
    kernel=kernel,
)
explorer.show()

# %% [markdown]
# A second example, with zeros and ones only. The kernel has ones in the corners and in the centre, so each output pixel simply **counts** how many of five places are lit.

# %%
lit = np.array([[1, 1, 1, 0, 0],
                [0, 1, 1, 1, 0],
                [0, 0, 1, 1, 1],
                [0, 0, 1, 1, 0],
                [0, 1, 1, 0, 0]])  # fmt: skip
corners = np.array([[1, 0, 1],
                    [0, 1, 0],
                    [1, 0, 1]])  # fmt: skip
counted = convolution.conv2d(lit, corners)
shown = plots.sliding_window(lit, corners, counted, at=(1, 2))
plots.alt_text(
    shown,
    """
    A 5 by 5 picture of zeros and ones, the kernel 1 0 1, 0 1 0, 1 0 1, and the counts 4
    3 4, 2 4 3, 2 3 4.
    """,
)
plt.show()
score.equal("second worked example", counted, [[4, 3, 4], [2, 4, 3], [2, 3, 4]])

# %% [markdown]
# **Exercise 2 (by hand).** Slide the kernel over the picture and write the 2×2 result as two rows. Use pencil and paper, not `conv2d`.
#
# ```
# picture   kernel
#  2 0 1     1  2
#  1 3 0     0 -1
#  0 1 2
# ```

# %%
by_hand = [[None, None], [None, None]]

lesson01.window_by_hand(by_hand)

# %% [markdown]
# ### The same thing as a dense layer
#
# A convolution is a dense layer in which most weights are zero and the rest repeat. To see its matrix, convolve pictures in which a single pixel is lit: each gives one column.

# %%
# picture k has only pixel k lit; the 25 pictures stand along the third axis, each by itself
single_pixels = np.eye(25, dtype=int).reshape(5, 5, 25)
matrix = convolution.conv2d(single_pixels, kernel).reshape(9, 25)

axes = plots.show_image(
    matrix,
    title="9 outputs (rows) × 25 pixels (columns); black: weight 0",
    ax=plt.subplots(figsize=(8, 3.4))[1],
)
plots.alt_text(
    axes,
    """
    A 9 by 25 matrix, black with a few bright entries. The same short pattern repeats in
    each row, moved to the right.
    """,
)
plt.show()
not_zero, different = np.count_nonzero(matrix), np.count_nonzero(kernel)
print(
    f"{not_zero} of {matrix.size} entries are not zero: {different} weights, 9 times each"
)
score.equal(
    "as a matrix times the flattened picture: same result",
    matrix @ image.ravel(),
    output.ravel(),
)

# %% [markdown]
# ## 6 · What goes wrong: the name
#
# What today's libraries for neural networks call "convolution" is what mathematics calls **cross-correlation**. The convolution of mathematics turns the kernel by 180° first. A kernel that looks the same after that turn gives the same result either way. Ours does not look the same. (In the explorer, the button *Flip kernel* does the turning.) **Which of SciPy's two functions will agree with us?**

# %%
print("ours\n", output)
print("scipy.signal.correlate2d\n", signal.correlate2d(image, kernel, mode="valid"))
print("scipy.signal.convolve2d\n", signal.convolve2d(image, kernel, mode="valid"))
score.equal(
    "what networks compute is SciPy's correlate2d",
    output,
    signal.correlate2d(image, kernel, mode="valid"),
)

# %%
turned = convolution.flip(kernel)
output_turned = convolution.conv2d(image, turned)
shown = plots.sum_of_grids(
    [kernel, turned, output, output_turned],
    signs=["", "", ""],
    titles=[
        "kernel",
        "turned 180°",
        "result,\nkernel as it is",
        "result,\nkernel turned",
    ],
)
plots.alt_text(
    shown,
    """
    The kernel, the kernel turned by 180 degrees, and the two different 3 by 3 results
    on the same picture.
    """,
)
plt.show()
score.equal(
    "turned kernel (mathematical convolution)",
    output_turned,
    [[18, 20, 19], [10, 9, 17], [11, 8, 14]],
)
score.equal(
    "… is SciPy's convolve2d",
    output_turned,
    signal.convolve2d(image, kernel, mode="valid"),
)

# %% [markdown]
# How large is the damage? Here 7 of 9 pixels come out different. For *learned* weights none: a network would simply learn the turned kernel. The damage comes when you carry a kernel from a signal-processing book, or from another library, into a network. The mend is `convolution.flip`, and a test such as this one.

# %%
changed = np.count_nonzero(output != output_turned)
print(f"{changed} of {output.size} output pixels differ")
score.equal("pixels that differ when the kernel is turned by mistake", changed, 7)

# %% [markdown]
# ## 7 · Padding and stride
#
# **Padding.** A 3×3 window fits only 3×3 times into 5×5: the picture shrinks, and border pixels are seen less often than those in the middle. One ring of zeros makes the 5×5 picture 7×7, and the output 5×5 again.

# %%
padded = convolution.conv2d(image, kernel, padding=1)
shown = plots.sliding_window(image, kernel, padded, at=(0, 0), padding=1)
plots.alt_text(
    shown,
    """
    The 5 by 5 picture with one ring of zeros around it, the kernel, and an output of 5
    by 5 pixels; the window lies on the padded corner.
    """,
)
plt.show()
score.equal("5×5 picture, 3×3 kernel: side of the output", output.shape[0], 5 - 3 + 1)
score.equal("with one ring of zeros", padded.shape[0], 5)
score.equal("its inner 3×3 pixels are the unpadded result", padded[1:-1, 1:-1], output)


# %%
def windows_seen(padding):
    """For each pixel of a 5×5 picture, how many 3×3 windows lie on it."""
    seen = np.zeros((5 + 2 * padding, 5 + 2 * padding), int)
    for row in range(3 + 2 * padding):
        for column in range(3 + 2 * padding):
            # this window lies on nine pixels
            seen[row : row + 3, column : column + 3] += 1
    return seen[padding : padding + 5, padding : padding + 5]


without, with_ring = windows_seen(0), windows_seen(1)
shown = plots.sum_of_grids(
    [without, with_ring],
    signs=[""],
    titles=["no padding", "one ring of zeros"],
)
plots.alt_text(
    shown,
    """
    How many windows see each of the 5 by 5 pixels. Without padding 1 in the corners and
    9 in the middle; with one ring 4 in the corners.
    """,
)
plt.show()
score.equal(
    "windows on corner and middle, no padding", [without[0, 0], without[2, 2]], [1, 9]
)
score.equal("… with a ring", [with_ring[0, 0], with_ring[2, 2]], [4, 9])

# %% [markdown]
# The numbers say how many windows see each pixel: without padding a corner is seen once, the middle nine times. Padding evens this out in part (a corner is seen four times, the middle still nine), at the price of zeros that are not in the picture.
#
# **Stride.** The window may move by more than one pixel at a time. Below, a dot marks the centre of each stop; the first two stops are framed.

# %%
_, axes = plt.subplots(1, 3, figsize=(10.5, 3.9))
for ax, (stride, padding) in zip(axes, ((1, 0), (2, 0), (2, 1)), strict=True):
    plots.window_positions(7, 3, stride=stride, padding=padding, ax=ax)
plots.alt_text(
    axes,
    """
    Three 7 by 7 grids with the stops of a 3 by 3 window: 25 at stride 1, 9 at stride 2,
    16 at stride 2 with one ring of padding.
    """,
)
plt.show()

# %% [markdown]
# For size W, kernel K, padding P on each side and stride S, the number of stops along one axis is
#
# ```
# ⌊(W − K + 2·P) / S⌋ + 1
# ```
#
# The brackets mean "round down": a last step that does not fit is left out. Kernel size, stride, padding and the number of filters are **hyper-parameters**: the designer chooses them, training does not.
#
# **Dilation** D, which the explorer also offers, draws the weights of the kernel apart: D pixels from one to the next. The kernel then *spans* D·(K − 1) + 1 pixels, and this span takes the place of K in the formula. D is 1 in this lesson.

# %% [markdown]
# **Exercise 3 (code).** Write the formula as a function. (`//` divides and rounds down.)


# %%
def output_size(size, kernel, stride, padding):
    number_of_stops = ...  # your formula
    return number_of_stops


lesson01.output_size(output_size)

# %% [markdown]
# **Exercise 4 (code).** Give the four loops a stride and a padding. Begin with `np.pad(image, padding)`; the window's corner then lies at `row * stride, column * stride`.


# %%
def slide(image, kernel, stride, padding):
    feature_map = ...  # pad, find the output's shape, then four loops
    return feature_map


lesson01.strided_convolution(slide)

# %% [markdown]
# ### What goes wrong: "a larger stride makes the model smaller"
#
# One can read this. Besides parameters, count the **activations**, the numbers that a layer puts out, and the **multiply-adds**: one is a product added to a sum, the unit of work. Take 32 filters of 3×3 on a 28×28 grey picture, followed by a dense layer with 10 units. **Before you run it:** which of the four columns change with the stride?

# %%
# only sizes matter here
blank, blank_filters = np.zeros((28, 28, 1)), np.zeros((3, 3, 1, 32))
conv_parameters = blank_filters.size + 32  # weights and one bias a filter
costs = {}
print(
    "stride  conv parameters  activations  multiply-adds  parameters of a later dense layer"
)
for stride in (1, 2, 4):
    activations = convolution.conv2d(
        blank, blank_filters, stride=stride, padding=1
    ).size
    costs[stride] = (
        conv_parameters,
        activations,
        activations * 9,
        activations * 10 + 10,
    )
    print("{:6d} {:16,} {:12,} {:14,} {:34,}".format(stride, *costs[stride]))
score.equal("32 filters of 3×3 on one channel: parameters", costs[1][0], 320)
score.equal("… at stride 4 (a larger stride saves none)", costs[4][0], 320)
score.equal(
    "activations and work at stride 4: 1/16 of stride 1",
    [costs[1][1] / costs[4][1], costs[1][2] / costs[4][2]],
    [16, 16],
)
later = [costs[1][3], costs[4][3]]
score.equal("dense layer on the maps, stride 1 → stride 4", later, [250_890, 15_690])

# %% [markdown]
# The layer itself keeps its 320 parameters: the same filters just stop less often. What shrinks is the **activations** (memory), the **multiply-adds** (time), and the parameters of a **dense layer that reads the flattened maps**.
#
# A note on code: in low-level TensorFlow a stride may be a list of four numbers, `[batch, rows, columns, channels]` (a *batch* is several pictures handed over at once). In Keras you give one number or two, and 1 is the default; the optional cell at the end shows that four are refused.

# %% [markdown]
# ## 8 · Depth: many filters on the same patch
#
# **Several input channels.** A *filter* on a colour picture holds one kernel for each channel. The three partial results are **added up**, then the bias is added: one filter gives *one* map, however many channels it reads.

# %%
colours = {
    "red": ([[1, 0, 2], [0, 1, 0], [2, 0, 1]], [[1, 0], [0, 1]]),
    "green": ([[0, 1, 0], [1, 0, 1], [0, 1, 0]], [[1, 1], [1, 1]]),
    "blue": ([[1, 1, 1], [0, 0, 0], [1, 1, 1]], [[1, 1], [-1, -1]]),
}  # each channel of a 3×3 picture, and the kernel for it
partial = {}
for name, (channel, its_kernel) in colours.items():
    partial[name] = convolution.conv2d(channel, its_kernel)
    shown = plots.sum_of_grids(
        [channel, its_kernel, partial[name]],
        signs=["∗", "="],
        titles=[f"{name} channel", "its kernel", f"from {name}"],
        shade=False,
    )
    plots.alt_text(
        shown, f"{name}: {channel} ∗ {its_kernel} = {partial[name].tolist()}"
    )
    plt.show()

# %%
bias = -1
total = sum(partial.values()) + bias
shown = plots.sum_of_grids(
    [*partial.values(), [[bias]], total],
    signs=["+", "+", "+", "="],
    titles=["from red", "from green", "from blue", "bias", "feature map"],
    shade=False,
)
plots.alt_text(
    shown,
    """
    Three partial maps, from red 2 0, 0 2, from green 2 2, 2 2, from blue 2 2, -2 -2,
    and the bias -1 add up to the map 5 3, -1 1.
    """,
)
plt.show()

# %% [markdown]
# Check one of them by hand: top left, red gives 1·1 + 0·0 + 0·0 + 1·1 = 2, green 0 + 1 + 1 + 0 = 2, blue 1 + 1 − 0 − 0 = 2. Together with the bias: 2 + 2 + 2 − 1 = 5. The package does the same with arrays of four axes:

# %%
in_colour = np.stack([channel for channel, _ in colours.values()], axis=-1)
one_filter = np.stack([its_kernel for _, its_kernel in colours.values()], axis=-1)
one_filter = one_filter[..., np.newaxis]
by_package = convolution.conv2d(in_colour, one_filter)
print("picture (height, width, channels)          ", in_colour.shape)
print("kernel  (height, width, channels, filters) ", one_filter.shape)
print("map     (height, width, filters)           ", by_package.shape)
score.equal(
    "accumulated over three channels, with bias", by_package[..., 0] + bias, total
)
score.equal("… as worked out by hand", total, [[5, 3], [-1, 1]])

# %% [markdown]
# **Several filters.** One filter asks one question of each patch: "is there a line that rises to the right?" A layer asks many. With F filters, F units look at each patch; F is the layer's **depth**, and its designer chooses it. (Elsewhere, the depth of a *network* is the number of its layers.) On a cat's face one filter may look for whiskers, another for teeth, another for the tongue. Weights are shared *across places* within one map, **not across filters**.
#
# So a layer of F filters of K×K on C input channels has
#
# ```
# (K·K·C + 1) · F
# ```
#
# parameters, for instance (3·3·1 + 1) · 32 = 320 in section 7. Each number of its output costs K·K·C multiply-adds.
#
# Four filters for lines in four directions, on the cat:

# %%
# for each of 9×9 weights: pixels down and right of the centre
dy, dx = np.mgrid[-4:5, -4:5]


def line(distance):
    """A 9×9 detector: bright where `distance` to the line is at most 1, and summing to zero."""
    drawn = (np.abs(distance) <= 1).astype(float)
    return (drawn - drawn.mean()) / np.linalg.norm(drawn - drawn.mean())


detectors = {
    "rising": line(dy + dx),
    "falling": line(dy - dx),
    "flat": line(dy),
    "upright": line(dx),
}
grey = cat.mean(axis=-1)
# (9, 9, 1, 4)
line_filters = np.stack(list(detectors.values()), axis=-1)[:, :, np.newaxis, :]
cat_maps = convolution.conv2d(grey[..., np.newaxis], line_filters)
cat_maps = np.maximum(cat_maps, 0)  # negative answers are cut off
print("picture", grey.shape, "→ feature maps", cat_maps.shape)

# %%
_, axes = plt.subplots(2, 4, figsize=(11, 4.3), height_ratios=(1, 1.7))
for column, name in enumerate(detectors):
    plots.show_image(detectors[name], title=name, signed=True, ax=axes[0, column])
    brightest = np.percentile(cat_maps, 99.5)  # one scale for all four maps
    plots.show_image(cat_maps[..., column], limits=(0, brightest), ax=axes[1, column])
plots.alt_text(
    axes,
    """
    Four line detectors and the feature maps they make of the cat: each map lights up
    where whiskers, fur and outlines run in its direction.
    """,
)
plt.show()

# %% [markdown]
# The rising detector finds the steep whiskers at the lower left, the flat one the level whiskers and the eyelids, the upright one the stripes of the forehead. Negative answers were set to zero: this is the **ReLU**, the usual step after a convolution.
#
# ### Why sharing is right: the cat may sit anywhere
#
# Paste the cat's eye top left, then bottom right. One and the same filter, here the eye itself with its mean removed, finds it in both places, with the same answer.

# %%
eye = grey[80:150:2, 130:214:2]  # every second pixel: 35×42
eye_filter = (eye - eye.mean()) / 1000
found = []  # one entry a scene: picture, map, place of the strongest answer
for top, left in ((5, 8), (60, 90)):
    scene = np.full((110, 160), eye.mean())
    scene[top : top + 35, left : left + 42] = eye
    answer = convolution.conv2d(scene, eye_filter)
    strongest = [int(n) for n in np.unravel_index(answer.argmax(), answer.shape)]
    found.append((scene, answer, strongest))
    print(f"eye at [{top}, {left}]: strongest answer {answer.max():.0f} at {strongest}")
eye_moved = np.subtract(found[1][2], found[0][2])
score.equal(
    "eye moved by (55, 82) px: the strongest answer moves by", eye_moved, [55, 82]
)

# %%
shown = plots.show_images(
    [part for scene, answer, _ in found for part in (scene, answer)],
    titles=["top left", "answer", "bottom right", "answer"],
    columns=4,
    size=2.6,
)
plots.alt_text(
    shown,
    """
    A cat's eye pasted top left on a grey field and the map of answers, with its
    brightest spot top left; then the same bottom right.
    """,
)
plt.show()

# %% [markdown]
# Without sharing, each place would have to learn by itself what an eye is, from examples of eyes in that place. That is what failed in section 1.

# %% [markdown]
# **Exercise 5 (count).** 16 filters of 5×5, stride 2, padding 2, on a 64×64 picture with 3 channels. Give the parameters (with biases), the activations (numbers in the output), and the multiply-adds (biases not counted).

# %%
cost = (None, None, None)  # parameters, activations, multiply-adds

lesson01.layer_cost(cost)

# %% [markdown]
# ## 9 · Pooling
#
# **Pooling** replaces each window of a feature map by one number, mostly its maximum; every channel by itself, and without any weights. With 2×2 windows that do not overlap, height and width are halved. Work out the four numbers first.

# %%
feature_map = np.array([[1, 1, 2, 4],
                        [5, 6, 7, 8],
                        [3, 2, 1, 0],
                        [1, 2, 3, 4]])  # fmt: skip
pooled = convolution.pool2d(feature_map, 2)
axes = plt.subplots(1, 2, figsize=(6.2, 3.2), width_ratios=(4, 2))[1]
four_windows = [(0, 0, 2, 2), (0, 2, 2, 2), (2, 0, 2, 2), (2, 2, 2, 2)]
plots.number_grid(feature_map, highlight=four_windows, title="feature map", ax=axes[0])
plots.number_grid(pooled, title="maximum of each 2×2", ax=axes[1])
plots.alt_text(
    axes,
    "A 4 by 4 feature map in four framed blocks of 2 by 2, and the maximum of each: 6 8, 3 4.",
)
plt.show()
score.equal("max pooling of the 4×4 example", pooled, [[6, 8], [3, 4]])
one_window, another = [[1, 1], [5, 6]], [[3, 2], [1, 2]]
maxima = [convolution.pool2d(block).item() for block in (one_window, another)]
score.equal("two of its windows", maxima, [6, 3])

# %% [markdown]
# In one line of NumPy, pooling is a reshape: rows and columns are split into blocks, and each block keeps its maximum.

# %%
# axes: block row, row inside the block, block column, column inside the block
blocks = feature_map.reshape(2, 2, 2, 2)
print(blocks.max(axis=(1, 3)))
score.equal("pooling as a reshape equals pool2d", blocks.max(axis=(1, 3)), pooled)

# %% [markdown]
# **Exercise 6 (code).** Write max pooling for windows of any `size` that do not overlap. Rows and columns that fill no window are left out.


# %%
def max_pool(image, size):
    pooled_map = ...  # cut, split into blocks, keep the maxima
    return pooled_map


lesson01.max_pool(max_pool)

# %% [markdown]
# ## 10 · What goes wrong: "convolution is translation invariant"
#
# Two words that are often mixed up. Let the input move.
#
# - **Equivariant:** the output moves along with it. (Ask *where*: the answer changes.)
# - **Invariant:** the output stays as it is. (Ask *whether*: the answer does not change.)
#
# **Predict:** which of the two is a convolution? And max pooling?

# %%
canvas = place(digits.x_test[:100], canvas=24)  # 100 digits, wide black margins
canvas = (canvas * 255).round().astype(int)
digit = canvas[0]


def shift(maps, pixels):
    """Move everything `pixels` to the right (axis 1: columns)."""
    return np.roll(maps, pixels, axis=1)


def edges(image, stride=1):
    """A feature map: vertical edges (dark to bright), negative answers cut off."""
    sobel = convolution.KERNELS["sobel_x"]
    return np.maximum(convolution.conv2d(image, sobel, padding=1, stride=stride), 0)


# %%
moved_digit = shift(digit, 3)
pictures, titles = [], []
for start, when in ((digit, "before"), (moved_digit, "after")):
    for name, stage in (
        ("digit", start),
        ("feature map", edges(start)),
        ("4×4 max pooling", convolution.pool2d(edges(start), 4)),
    ):
        pictures.append(stage)
        titles.append(f"{name}, {when}\n{stage.shape[0]}×{stage.shape[1]} pixels")
shown = plots.show_images(pictures, titles=titles, columns=3, size=2.6)
plots.alt_text(
    shown,
    """
    A digit, its feature map and the pooled map, before and after a move of three pixels
    to the right. All three pictures move.
    """,
)
plt.show()
print(
    "largest in the map, before and after:",
    edges(digit).max(),
    edges(moved_digit).max(),
)

# %% [markdown]
# The map moves along with the digit. The pooled map moves too, by a block, and changes its look a little. Only the largest number stays. Does the map move *exactly* along? Shift first and convolve then, or convolve first and shift then:

# %%
for pixels in (1, 2, 3):
    gap = np.abs(edges(shift(digit, pixels)) - shift(edges(digit), pixels)).max()
    print(f"shift {pixels} px: map of the moved digit minus moved map, at most {gap}")
    score.equal(f"convolution is equivariant: difference after {pixels} px", gap, 0)

gaps = []
for random_kernel in np.random.default_rng(0).integers(-9, 10, (20, 3, 3)):
    map_of_moved = convolution.conv2d(moved_digit, random_kernel, padding=1)
    moved_map = shift(convolution.conv2d(digit, random_kernel, padding=1), 3)
    gaps.append(np.abs(map_of_moved - moved_map).max())
print(f"20 random kernels, 3 px: at most {max(gaps)}")
score.equal("… with 20 random kernels: difference after 3 px", max(gaps), 0)

# %% [markdown]
# No difference at all, whatever the kernel. That is **equivariance**. It holds away from the borders, where the window meets padding.
#
# Now the claim of invariance. How much does each stage change when the digit moves? We measure ‖after − before‖ / ‖before‖ over 100 digits, where ‖…‖ is the root of the sum of all squares: 0 means "not at all". Two maps with the same ‖…‖ that nowhere overlap differ by √2 ≈ 1.41 in this measure.

# %%
stages = {
    "pixels": lambda maps: maps,
    "feature map": edges,
    "after 2×2 max pooling": lambda maps: convolution.pool2d(edges(maps), 2),
    "after 4×4 max pooling": lambda maps: convolution.pool2d(edges(maps), 4),
    "after global max pooling": lambda maps: edges(maps).max(axis=(0, 1)),
}
norm = np.linalg.norm  # the root of the sum of squares
# (24, 24, 100): the digits as channels, each by itself
batch = np.moveaxis(canvas, 0, -1)
changes = {}
for name, stage in stages.items():
    before = stage(batch)
    afters = [stage(shift(batch, pixels)) for pixels in range(4)]
    changes[name] = [float(norm(after - before) / norm(before)) for after in afters]
for name, values in changes.items():
    print(f"{name:26s}" + "".join(f"{value:8.2f}" for value in values))

# %%
axes = plots.shift_curves(range(4), changes, ylabel="relative change")
plots.alt_text(
    axes,
    """
    Relative change against shift from 0 to 3 pixels. The feature map changes most, 2 by
    2 and 4 by 4 pooling less at one pixel, global pooling not at all.
    """,
)
plt.show()
score.at_least(
    "feature map, change after 1 px: not invariant", changes["feature map"][1], 0.5
)
score.at_most(
    "4×4 max pooling, change after 1 px, relative to the map's",
    changes["after 4×4 max pooling"][1] / changes["feature map"][1],
    0.5,
)
score.at_least(
    "2×2 max pooling, change after 3 px: only locally invariant",
    changes["after 2×2 max pooling"][3],
    1.0,
)
score.equal(
    "global max pooling, change after 3 px", changes["after global max pooling"][3], 0
)

# %% [markdown]
# - The feature map is **not** invariant at all: after one pixel it has changed about as much as it is large.
# - Max pooling gives a *small, local* invariance: over one pixel its change is smaller; over three pixels 2×2 pooling has little left to offer.
# - **Global** pooling, one number a map, is invariant. It has forgotten *where* and kept *whether*.
#
# ### Stride and pooling also break exact equivariance
#
# A map of stride 2 has only half the places. When the input moves by one pixel, the map would have to move by half a pixel. **What will happen?** We shift the map to wherever it fits best and measure what still differs.

# %%
halving = {
    "stride 2": lambda image: edges(image, stride=2),
    "2×2 pooling": lambda image: convolution.pool2d(edges(image), 2),
}
for name, stage in halving.items():
    still = stage(digit)
    for pixels in (1, 2):
        moved_first = stage(shift(digit, pixels))
        fits = [
            norm(moved_first - shift(still, s)) / norm(still) for s in (-1, 0, 1, 2)
        ]
        error = min(fits)
        print(
            f"{name:12s} input moved by {pixels} px: best shift is off by {error:.0%}"
        )
        if pixels == 1:
            score.at_least(
                f"{name}, moved by 1 px: no shift of the map fits", error, 0.2
            )
        else:
            score.equal(f"{name}, moved by 2 px: the map moved by 1", error, 0)

# %% [markdown]
# So after one halving the network is exactly equivariant only to even shifts; after five halvings only to multiples of 2⁵ = 32 pixels. How well a *trained* network reads digits that move by other distances is measured in lesson 06.

# %% [markdown]
# **Exercise 7 (design).** Design a 3×3 kernel that answers positively to a thin bright *horizontal* line through its middle, and with 0 to flat areas and to vertical stripes of any kind. Let the rows above and below both inhibit (light there lowers the answer), so that a line excites it more than an edge does.

# %%
my_kernel = [[None, None, None], [None, None, None], [None, None, None]]

lesson01.line_detector(my_kernel)

# %% [markdown]
# **Exercise 8 (measure).** Write the test for equivariance: is the map of the moved picture the same as the moved map? `to_map` is any function from a picture to a map. Leave out the first and last 4 columns, where the border interferes; `shift` moves a picture or a map. The check tries your test on six maps, some of them equivariant. (Computers round: compare with `np.allclose`.)


# %%
def moves_along(to_map, picture, pixels):
    equivariant = ...  # True or False
    return equivariant


lesson01.moves_along(moves_along)

# %% [markdown]
# ## 11 · The mend: let small weights slide
#
# Back to the digits that moved. Instead of one weight a pixel, we build the smallest convolutional classifier:
#
# 1. **64 filters of 5×5**, cut at random out of training digits (mean removed, scaled to length 1);
# 2. slide them over the padded picture, subtract 0.5, cut off negative answers (bias and ReLU);
# 3. **global average pooling**: one number a filter, how much of this stroke is there (times 100, since the penalty of the fit would suppress very small numbers);
# 4. the same least-squares fit as in section 1, on these 64 numbers.
#
# Nothing is learned in step 1: the filters are mere samples, and only from patches whose pixels differ enough (standard deviation above 0.25), since black corners hold no stroke. Lesson 03 lets training find them. The 0.5 and the 5 were chosen on a part of the training digits, never on test digits (not shown here); 64 filters cost about as many numbers as the dense classifier has. Which patches are cut is chance, so we draw them several times. Training again uses only digits **in the middle**.

# %%
SIDE = 5


def cut_filters(images, count=64, seed=0):
    """Cut `count` patches with some contrast out of the images; return them as columns."""
    patches = sliding_window_view(images, (SIDE, SIDE), axis=(1, 2)).reshape(
        -1, SIDE * SIDE
    )
    patches = patches[patches.std(axis=1) > 0.25]
    numbers = np.random.default_rng(seed).choice(len(patches), count, replace=False)
    chosen = patches[numbers] - patches[numbers].mean(axis=1, keepdims=True)
    return (chosen / np.linalg.norm(chosen, axis=1, keepdims=True)).T


def stroke_counts(images, filters):
    """Steps 2 and 3: (N, H, W) images → (N, filters)."""
    frame, features = SIDE - 1, []
    framed = np.pad(images, ((0, 0), (frame, frame), (frame, frame)))
    # a hundred at a time: memory
    for some in np.array_split(framed, len(images) // 100 + 1):
        windows = sliding_window_view(some, (SIDE, SIDE), axis=(1, 2))
        rows = windows.reshape(-1, SIDE * SIDE)  # one large product is fast
        maps = np.maximum(rows @ filters - 0.5, 0).reshape(
            len(some), -1, filters.shape[1]
        )
        features.append(100 * maps.mean(axis=1))  # the mean over the places
    return np.concatenate(features)


# %% [markdown]
# One matrix product replaces the loops over the kernel: each window becomes a row of 25 numbers. It is still our convolution, as the next cell shows on one digit.

# %%
stroke_filters = cut_filters(place(digits.x_train))
one = place(digits.x_test[:1])
kernels = stroke_filters.T.reshape(64, SIDE, SIDE)
digit_maps = [convolution.conv2d(one[0], k, padding=SIDE - 1) for k in kernels]
digit_maps = np.stack(digit_maps, axis=-1)
by_conv2d = 100 * np.maximum(digit_maps - 0.5, 0).mean(axis=(0, 1))
print(
    "picture", one[0].shape, "→ maps", digit_maps.shape, "→ features", by_conv2d.shape
)
score.close(
    "stroke counts: largest difference from conv2d",
    np.abs(stroke_counts(one, stroke_filters)[0] - by_conv2d).max(),
    0,
    tolerance=1e-9,
)

# %%
sixteen = stroke_filters.T[:16].reshape(16, SIDE, SIDE)
shown = plots.show_images(sixteen, columns=8, size=1.1, signed=True)
plots.alt_text(
    shown,
    """
    Sixteen of the 64 filters, 5 by 5 pixels each: pieces of strokes, corners and bends
    in red on blue.
    """,
)
plt.show()

# %% [markdown]
# **Before you run it:** the dense classifier read 94% in the middle and about one in ten after three pixels. And this one?


# %% tags=["nbval-ignore-output"]
def with_drawn_filters(seed, prepare=lambda images: images, shifts=range(4)):
    """Train on digits in the middle with freshly cut filters; the share right after each shift.

    `prepare` is done to every picture first: nothing here, a shuffle in section 12.
    """
    centred = prepare(place(digits.x_train))
    filters = cut_filters(centred, seed=seed)
    fitted = fit(stroke_counts(centred, filters), digits.y_train)
    shares = []
    for pixels in shifts:
        features = stroke_counts(prepare(place(digits.x_test, right=pixels)), filters)
        shares.append(share_right(fitted, features, digits.y_test))
    return shares


draws = range(budget.filter_draws)
# (draws, shifts)
sliding_right = np.array([with_drawn_filters(seed) for seed in draws])
print("dense            ", *(f"{share:7.1%}" for share in dense_right))
for draw, shares in enumerate(sliding_right):
    print(f"sliding, draw {draw}  ", *(f"{share:7.1%}" for share in shares))
worst = sliding_right[:, 3].min()
score.at_least("sliding weights, 3 px further right, worst of the draws", worst, 0.93)
lost = (sliding_right[:, 0] - sliding_right[:, 3]).max()
score.at_most("sliding weights, lost by moving 3 px, worst of the draws", lost, 1e-9)

# %%
curves = {
    "dense: a weight a pixel": dense_right,
    "sliding: shared weights": sliding_right,
}
axes = plots.shift_curves(range(4), curves, ylabel="read correctly", percent=True)
axes.set_ylim(0, 1.02)
plots.alt_text(
    axes,
    """
    Share of test digits read correctly against the shift. The dense classifier falls
    from 94 to about 11 per cent; the sliding one stays level near 98, with a dot for
    each draw.
    """,
)
plt.show()

# %% [markdown]
# Not one digit is lost. That is no luck: by section 10 the maps move along (equivariance), and a global average does not care where they are (invariance). As long as the digit stays on the canvas, the 64 numbers are the same. Each yellow dot in the picture is one draw of filters.
#
# **What does it cost?** Both store about as many numbers: the sliding one 64 filters, 64 biases (the 0.5, which happen to be equal) and ten times 64 weights and a bias. But sharing makes few weights work hard: each is used at all 20×20 places.

# %%
dense_work, sliding_work = 256 * 10, 20 * 20 * stroke_filters.size + 64 * 10
sliding_size = stroke_filters.size + 64 + 65 * 10
print(f"dense:   {dense.size:,} parameters, {dense_work:>7,} multiply-adds a digit")
print(f"sliding: {sliding_size:,} parameters, {sliding_work:>7,} multiply-adds a digit")
score.equal("parameters: dense, sliding", [dense.size, sliding_size], [2_570, 2_314])
score.equal(
    "multiply-adds: dense, sliding", [dense_work, sliding_work], [2_560, 640_640]
)

# %% [markdown]
# What does it still misread? It counts strokes and has given up *where* they are. See whether the mistakes of the first draw fit that.

# %% tags=["nbval-ignore-output"]
sliding = fit(stroke_counts(place(digits.x_train), stroke_filters), digits.y_train)
sums = with_bias(stroke_counts(place(digits.x_test), stroke_filters)) @ sliding
read_as = sums.argmax(axis=1)
wrong = np.flatnonzero(read_as != digits.y_test)
titles = [f"{digits.y_test[i]} read as {read_as[i]}" for i in wrong[:8]]
shown = plots.show_images(digits.x_test[wrong[:8]], titles=titles, columns=8, size=1.3)
plots.alt_text(
    shown,
    """
    The test digits that the sliding classifier misreads, with the true digit and the
    answer above each.
    """,
)
plt.show()
score.at_most("digits misread out of 300", len(wrong), 21)
score.true(
    "among them a 3 read as 9 and a 6 read as 5",
    {"3 read as 9", "6 read as 5"} <= set(titles),
    measured=f"{len(wrong)} mistakes",
)

# %% [markdown]
# Some do: a 3 and a 9, a 6 and a 5 are made of much the same arcs in other places. Others, such as the thick 9 read as 1, rather have their holes filled; with so few mistakes one cannot be sure.
#
# A fair objection: **could the dense classifier not simply be shown moved digits in training?** Show it every shift from −3 to 3, first along a line, then in both directions.

# %% tags=["nbval-ignore-output"]
centred, far = place(digits.x_train), flatten(place(digits.x_test, right=3))
taught = {}
row_of_places = [(0, right) for right in range(-3, 4)]
square_of_places = [(down, right) for down in range(-3, 4) for right in range(-3, 4)]
for moves in (row_of_places, square_of_places):
    everywhere = [flatten(np.roll(centred, move, axis=(1, 2))) for move in moves]
    labels = np.tile(digits.y_train, len(moves))  # the same labels again for each place
    share = share_right(fit(np.concatenate(everywhere), labels), far, digits.y_test)
    taught[len(moves)] = share
    print(
        f"dense, taught {len(moves):2d} places by {len(labels):6,} digits: {share:.1%} right"
    )
score.at_least(
    "sliding minus dense taught in 7 places, moved 3 px", worst - taught[7], 0.05
)
score.at_least(
    "sliding minus dense taught in 49 places, moved 3 px", worst - taught[49], 0.4
)

# %% [markdown]
# Showing it moved digits helps the dense classifier as long as they move along one line: better, and still behind. With all 49 places in both directions it breaks down: one template a digit cannot fit them all. A dense network with hidden units, a layer between the pixels and the ten results, could hold more templates; but it would have to learn each place from examples of that place. Shared weights know it from the start.
#
# ## 12 · What exactly did the sliding weights know?
#
# They knew which pixels are **neighbours**. A dense layer does not: flattening throws that away. To show it, shuffle the pixels of all pictures, training and test, by *one* fixed permutation. To you the digits become noise.

# %%
permutation = np.random.default_rng(0).permutation(16 * 16)


def shuffle(images):
    return flatten(images)[:, permutation].reshape(images.shape)


three = place(
    np.array([digits.x_test[digits.y_test == digit][0] for digit in (0, 3, 7)])
)
shown = plots.show_images([*three, *shuffle(three)], columns=6, size=1.7)
plots.alt_text(
    shown,
    """
    Three digits, and the same three with their pixels shuffled: scattered grey dots
    that nobody can read.
    """,
)
plt.show()

# %% [markdown]
# **Predict** for each classifier, trained anew on shuffled digits: does it get worse? And if the test digits were moved by three pixels *before* the shuffle?

# %% tags=["nbval-ignore-output"]
retrained = fit(flatten(shuffle(place(digits.x_train))), digits.y_train)
dense_shuffled = []
for pixels in (0, 3):
    features = flatten(shuffle(place(digits.x_test, right=pixels)))
    dense_shuffled.append(share_right(retrained, features, digits.y_test))
sliding_shuffled = [
    with_drawn_filters(seed, prepare=shuffle, shifts=(0, 3)) for seed in draws
]
sliding_shuffled = np.array(sliding_shuffled)

print("           in order  shuffled   in order, 3 px  shuffled, 3 px")
means = sliding_right.mean(axis=0), sliding_shuffled.mean(axis=0)
for name, before, after in (
    ("dense", dense_right, dense_shuffled),
    ("sliding", *means),
):
    print(
        f"{name:8s} {before[0]:10.1%} {after[0]:9.1%} {before[3]:16.1%} {after[1]:15.1%}"
    )
errors = (1 - sliding_shuffled[:, 0]) / (1 - sliding_right[:, 0])
print(
    "sliding, shuffled: times as many mistakes as in order, each draw:", errors.round(1)
)
gained = dense_shuffled[0] - dense_right[0]
score.close("dense: what shuffling the pixels changes", gained, 0, tolerance=0.004)
score.at_least(
    "sliding: mistakes after shuffling, times those before", errors.mean(), 1.5
)
score.at_least(
    "sliding, shuffled, in the middle, mean", sliding_shuffled[:, 0].mean(), 0.85
)
score.at_most(
    "sliding, shuffled and moved, best draw", sliding_shuffled[:, 1].max(), 0.25
)

# %% [markdown]
# - The **dense** classifier does not notice. Its weights are shuffled along, its answers are the same. It never knew what a neighbour is.
# - The **sliding** classifier makes about two to five times as many mistakes, depending on the draw, on the shuffled digits. Why not many more? As long as the digits stay in the middle, each window still sees *its own* fixed set of pixels, and what the windows find there differs from digit to digit: enough to tell most of them apart. The loss shows when they move: it guesses. A shift of shuffled pixels is no longer a shift, so sharing weights no longer helps.
#
# The strength of a convolution is a **bet**: that near pixels belong together, and that what matters looks the same everywhere. For these digits the bet wins; shuffled, it loses, as one would expect for a table whose columns stand in no order.
#
# How much do neighbours have in common? The correlation of each pixel with its right neighbour, before and after:


# %%
def neighbour_correlation(images):
    return np.corrcoef(images[:, :, :-1].ravel(), images[:, :, 1:].ravel())[0, 1]


centred = place(digits.x_train)
in_order, in_disorder = (
    neighbour_correlation(centred),
    neighbour_correlation(shuffle(centred)),
)
print(f"in order {in_order:.2f}, shuffled {in_disorder:.2f}")
score.at_least(
    "correlation of neighbouring pixels, in order minus shuffled",
    in_order - in_disorder,
    0.5,
)

# %% [markdown]
# **Exercise 9 (design).** Plan two convolutional layers that take a 32×32×3 picture to **8×8 with at least 24 channels**. Use at most **5,000 parameters** (biases included); each final unit must see at least 7×7 pixels of the picture. (Draw one row of pixels: a unit of the second layer reads neighbouring units of the first, whose patches begin one stride apart.)

# %%
my_layers = [
    {"kernel": None, "filters": None, "stride": None, "padding": None},
    {"kernel": None, "filters": None, "stride": None, "padding": None},
]

lesson01.small_stack(my_layers)

# %% [markdown]
# ## 13 · From lines to dogs
#
# A **convolutional network** (CNN) puts these pieces together: convolutional layers with ReLU, pooling or strides between them (*subsampling*), then one or a few dense layers that name what was found. Fukushima (1980) built the first network of this plan; LeCun and others (1998) trained one to read digits, the subject of lesson 06. Such networks find faces and objects, read traffic signs, help to steer robots and cars, and recognise speech drawn as a picture of frequency over time. Chapter 9 of Goodfellow and others (2016) goes on from here.
#
# Each layer reads the maps of the one before, so it can only combine what that layer found. To tell a golden retriever, a late layer may look for a nose, two eyes and fur. A nose and an eye are made of ovals and dark circles; fur of many curves. Ovals and curves are made of short lines and blobs of colour. **Nobody programs these features.** The network makes a guess (forward), the error is traced back to each weight (back-propagation), and the weights are changed a little, many thousand times.

# %% [markdown]
# ### What a detector answers to
#
# Zeiler and Fergus (2014) looked into such a network, trained on over a million photographs. In other photographs they searched for the **nine patches that excite a filter most**. Their figure 2 shows these patches; for layers 2 to 5 it does so for a random choice of the feature maps, and beside them what in each patch caused the excitement, traced back to pixels. One can see
#
# - in **layer 1** lines at +45° and −45°, edges, blobs of green and other colours;
# - in **layer 2** circles (row 2, column 2), stripes (row 1, column 2), rectangular corners (bottom right);
# - in **layer 3** grids and honeycombs (row 1, column 1), wheels (row 2, column 2), faces (row 3, column 3);
# - in **layer 4** parts of animals, such as dogs' faces and birds' legs;
# - in **layer 5** whole things in many poses, such as dogs and keyboards. This is the fifth *convolutional* layer, not the last layer: dense layers follow.

# %% [markdown]
# Their figures cannot be copied here, but the *idea* can be repeated by measurement. Take seven photographs and four hand-made detectors: lines at ±45° and blobs of green and blue. Find the nine places that excite each most, at most three in one photograph and none close to another. **Guess before you look:** will the nine patches of one detector look alike?

# %%
disc = (dy**2 + dx**2 <= 9)[..., np.newaxis]


def blob(red, green, blue):
    """A 9×9×3 detector: weighs the three colours inside a disc; grey gives 0."""
    coloured = disc * np.array([red, green, blue], float)
    return coloured / np.linalg.norm(coloured)


def grey_line(kernel):
    return np.repeat(kernel[..., np.newaxis], 3, axis=-1) / np.sqrt(3)


patch_detectors = {
    "line +45°": grey_line(detectors["rising"]),
    "line −45°": grey_line(detectors["falling"]),
    "green blob": blob(-1, 2, -1),
    "blue blob": blob(-1, -1, 2),
}
names = ("astronaut", "chelsea", "coffee", "dahlia", "motorcycle", "rocket", "temple")
photographs = {name: datasets.photograph(name) for name in names}
place_count = sum(photograph[..., 0].size for photograph in photographs.values())
print(f"{len(photographs)} photographs, {place_count:,} pixels")


# %%
def best_patches(detector, per_photograph=3, apart=25, keep=9):
    """Return the photographs and the patches (9×9×3) that excite a detector most."""
    weights, found = detector[..., np.newaxis].astype("float32"), []
    for name, photograph in photographs.items():
        answers = convolution.conv2d(photograph.astype("float32"), weights)[..., 0]
        for _ in range(per_photograph):
            row, column = np.unravel_index(answers.argmax(), answers.shape)
            patch = photograph[row : row + 9, column : column + 9]
            found.append((answers[row, column], name, patch))
            # blank the surroundings, or the next best would be the same place moved by a pixel
            up, left = max(row - apart, 0), max(column - apart, 0)
            answers[up : row + apart + 1, left : column + apart + 1] = -np.inf
    best = sorted(found, key=lambda entry: -entry[0])[:keep]
    return [name for _, name, _ in best], np.array([patch for _, _, patch in best])


sources, excited = {}, {}
for name, detector in patch_detectors.items():
    sources[name], excited[name] = best_patches(detector)

# %%
looks = [
    weights / (2 * np.abs(weights).max()) + 0.5 for weights in patch_detectors.values()
]
shown = plots.top_patches(looks, list(excited.values()), names=list(patch_detectors))
plots.alt_text(
    shown,
    """
    Four detectors and their nine best patches. Lines: bright bars at 45 degrees in many
    colours and textures. Green blob: leaves, flat green, and three yellow and orange
    patches at the end. Blue blob: violet, blue-green and grey-blue patches.
    """,
)
plt.show()

# %% [markdown]
# They do not: what is alike is only what the detector weighs. Which photographs do they come from? And what are the yellow patches at the end doing among the green? Look at the last one.

# %% tags=["nbval-ignore-output"]
for name, origins in sources.items():
    print(
        f"{name:10s}",
        ", ".join(f"{origins.count(o)}× {o}" for o in dict.fromkeys(origins)),
    )
last_patch = excited["green blob"][-1].reshape(-1, 3)
mean_red, mean_green, mean_blue = last_patch.mean(axis=0).round(1)
weighed = 2 * mean_green - mean_red - mean_blue
print("last patch of the green blob, mean over its pixels:")
print(f"  red {mean_red:.1f}, green {mean_green:.1f}, blue {mean_blue:.1f}")
print(f"  2·green − red − blue = {weighed:.1f}")
score.true(
    "the last patch of the green blob is more red than green",
    mean_red > mean_green,
    measured=f"{mean_red:.1f} against {mean_green:.1f}",
)
from_how_many = len(set(sources["line +45°"]))
score.at_least(
    "photographs among the nine patches of the line at +45°", from_how_many, 4
)

# %% [markdown]
# A detector knows only its weighted sum: green may outweigh a good deal of red if blue is low. And dahlia and temple had reached their limit of three patches: the last places went to the best of the other photographs.
#
# Two questions are left. How unlike each other are the most different two of the nine? And how much more does the +45° detector answer to its own nine than to those of the −45° detector?

# %% tags=["nbval-ignore-output"]
for name, patches in excited.items():
    alike = np.corrcoef(patches.reshape(9, -1).astype(float)).min()
    print(f"{name:11s} least alike pair of its nine: correlation {alike:+.2f}")
    score.at_most(
        f"{name}: correlation of the least alike pair of its nine", alike, 0.3
    )
own, others = (
    float((patch_detectors["line +45°"] * excited[name]).sum(axis=(1, 2, 3)).mean())
    for name in ("line +45°", "line −45°")
)
print(f"mean answer of +45°: {own:.0f} to its own nine, {others:.0f} to those of −45°")
score.at_least("line +45°: mean answer to its own nine", own, 400)
score.at_most("line +45°: mean answer to the nine of −45°", others, 0)

# %% [markdown]
# So a feature map says "something of this kind is here", not "this is what it looks like". In what else the patches differ, the map does not tell.
#
# A note on sources: Zeiler and Fergus traced the excitement back with what they call a *deconvolutional network*. The interactive *Deep Visualization Toolbox*, with which one watches the units of a trained network at work, is a later work by others (Yosinski and others, 2015).
#
# ## 14 · Optional: the same in Keras
#
# The later lessons use Keras. This cell loads it only to compare; nothing in this lesson depends on it. Keras wants a batch axis in front and a channel axis at the end, and its kernels are (height, width, input channels, filters).

# %%
keras = runtime.import_keras()

one_picture = image[None, ..., None].astype("float32")  # (1, 5, 5, 1)
one_kernel = kernel[..., None, None].astype("float32")  # (3, 3, 1, 1)
by_keras = np.array(keras.ops.conv(one_picture, one_kernel))[0, ..., 0]
print("keras.ops.conv\n", by_keras.astype(int))
correlated = signal.correlate2d(image, kernel, mode="valid")
convolved = signal.convolve2d(image, kernel, mode="valid")
score.equal("keras.ops.conv = our conv2d = SciPy's correlate2d", by_keras, correlated)
score.true("… and differs from SciPy's convolve2d", (by_keras != convolved).any())

layer = keras.layers.Conv2D(32, 3)
layer.build((None, 28, 28, 1))
print("default strides:", layer.strides, "· parameters:", layer.count_params())
score.equal(
    "Keras counts the same parameters, 32 filters of 3×3", layer.count_params(), 320
)
try:
    keras.layers.Conv2D(32, 3, strides=(1, 2, 2, 1))
    refused = False
except ValueError:
    refused = True
print("strides=(1, 2, 2, 1) refused:", refused)
score.true("Keras refuses a stride of four numbers", refused)

# %% [markdown]
# ## 15 · Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("01")

# %% [markdown]
# ## Recap
#
# 1. A convolution lays a small kernel on each patch and adds up the products; networks do not turn the kernel, so it is really a cross-correlation.
# 2. With local and shared weights the number of a layer's weights grows with its filters, no longer with the picture: 100 weights instead of 1.6 billion.
# 3. Padding keeps borders, stride thins out places: it saves activations and work, not the layer's own parameters. Depth is the number of questions asked of each patch.
# 4. Convolution is equivariant, pooling a little invariant, global pooling fully: sliding weights read moved digits that a dense classifier loses.
# 5. All this is a bet on neighbourhood; shuffle the pixels and it is lost, while a dense layer does not even notice.

# %% [markdown]
# ## References
#
# - D. H. Hubel, T. N. Wiesel, "Receptive fields of single neurones in the cat's striate cortex", *Journal of Physiology* 148, 1959.
# - D. H. Hubel, T. N. Wiesel, "Receptive fields, binocular interaction and functional architecture in the cat's visual cortex", *Journal of Physiology* 160, 1962.
# - K. Fukushima, "Neocognitron: a self-organizing neural network model for a mechanism of pattern recognition unaffected by shift in position", *Biological Cybernetics* 36, 1980.
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", *Proceedings of the IEEE* 86, 1998.
# - M. D. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014, arXiv:1311.2901.
# - J. Yosinski, J. Clune, A. Nguyen, T. Fuchs, H. Lipson, "Understanding neural networks through deep visualization", 2015, arXiv:1506.06579.
# - I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press, 2016, chapter 9; free at deeplearningbook.org.

# %% [markdown]
# <details><summary><b>Teacher's notes</b></summary>
#
# **Time plan (90 minutes in class; exercises 4, 6, 8 and 9, about 25 minutes, at home).** Sections 1–3: 20 min, let everyone write down the three guesses. Sections 4–6: 20 min, the first window on the board, exercise 2 in pairs. Sections 7–9: 20 min. Sections 10–12: 20 min, the heart of the lesson. Section 13, quiz: 10 min.
#
# **Short of time?** Leave out the matrix in section 5, the count of windows in section 7, exercises 6 and 9, and section 14.
#
# **To discuss.** (1) A passport photograph always has the nose in the middle. Would locally connected layers *without* sharing be better there? (2) A network must say where the ball is, another whether there is one. Which of them should use global pooling, and why?
#
# **Listen for** "convolution makes the network invariant to translation". Ask: invariant, or equivariant? At which layer, for which shifts? Section 10 has the numbers. The second one to listen for: "a bigger stride gives a smaller model".
# </details>

# %% [markdown]
# ## Scorecard

# %% tags=["nbval-ignore-output"]
score
