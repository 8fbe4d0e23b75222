# %% [markdown]
# # 01 · Convolution intuition
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/01_convolution_intuition.ipynb)
#
# [all lessons](START_HERE.ipynb) · [solutions](solutions/01_convolution_intuition_solutions.ipynb) · further: [the name, the matrix, the speed](further/01_name_matrix_speed.ipynb), [why a convolution](further/01_why_a_convolution.ipynb), [pictures and detectors](further/01_pictures_detectors.ipynb) · [02 · Filters →](02_filters.ipynb)
#
# **The question.** You read a digit wherever it stands on the page. What does a program need to do the same?
#
# **You will be able to**
# - work out a convolution by hand, and in four loops of Python;
# - count the weights and the work of dense, locally connected and convolutional layers;
# - predict what stride, padding, filters and pooling change;
# - measure whether a map moves along with its input or stays;
# - name three ingredients that read a digit anywhere, and say what happens without each.
#
# **Before this:** Python with NumPy arrays; no machine learning.
#
# **Time:** about 35 minutes of reading, 50 more for the exercises; the code runs in under a minute on two CPU cores.
#
# **Data:** small digits and a photograph that come with scikit-learn and scikit-image; no download.
#
# **How to use it.** Guess first, then open the folds. To *do* the exercises, open the lesson as a notebook: on Colab (the rocket above the page, the badge in the notebook) or at home (`make lab`). With “✓ 3 claims hold” the lesson checks its own numbers, not yours.

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
# @title Imports, the look of figures, the digits
import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from course_utils import checks, convolution, datasets, plots, runtime, widgets
from course_utils.checks import lesson01
from course_utils.linear import LinearClassifier

lesson = runtime.start(lesson="01")
plots.set_theme()
score = checks.Scorecard("01")
digits = datasets.load("digits")

# %% [markdown]
# ## 1 · A digit moves
#
# To a computer a grey picture is a matrix: one number for the brightness of each pixel. Here is a handwritten digit on 16×16 pixels, and the same digit one, two and three pixels further right.


# %%
def place(images, right=0):
    """Put 8×8 images in the middle of 16×16 pixels, then `right` pixels further."""
    placed = np.zeros((len(images), 16, 16), np.float32)
    placed[:, 4:12, 4 + right : 12 + right] = images / 255
    return placed


moved = [place(digits.x_test, right=pixels) for pixels in range(4)]

# %% tags=["hide-input", "slide"]
# @title The drawing
plots.show_images(
    [images[0] for images in moved],
    titles=["in the middle", "1 px", "2 px", "3 px"],
    size=1.4,
    alt="The same handwritten digit four times, each time one pixel further right.",
)

# %% [markdown]
# The simplest classifier sees four different lists of numbers. It **flattens** each picture into 256 numbers. For each of the ten digits it has one **weight** for each of them, and one number more, the *bias*. It multiplies, adds up, and the largest of the ten sums wins.
#
# The weights are fitted to 1,497 *training* digits, all in the middle, so that the right digit's sum comes close to 1 and the others' close to 0 (*least squares*, with a small *penalty* on large weights so that a few odd digits cannot push one far up). The 300 *test* digits take no part in the fit.
#
# **How many of 100 test digits will it read in the middle, and after 1, 2, 3 pixels? Write four numbers down, then open the answer.** Ten of 100 is what guessing gives. (The share read rightly is the *accuracy*.)

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
dense = LinearClassifier(penalty=1e-3).fit(place(digits.x_train), digits.y_train)
dense_right = [dense.accuracy(images, digits.y_test) for images in moved]
plots.shift_bars(
    {"one weight per pixel": dense_right},
    chance=0.1,
    alt=f"Accuracy after 0 to 3 pixels: {np.round(dense_right, 2)}.",
)

# %% [markdown]
# <details><summary><b>Compare with your four numbers</b></summary>
#
# One pixel costs nearly two thirds of the digits, and after three the classifier does no better than guessing.
# </details>
#
# Why is that so? Here are the weights of four digits, laid out as pictures again (*templates*): ink on red speaks for the digit, ink on blue against it.

# %% tags=["hide-input", "nbval-ignore-output", "slide"]
# @title The drawing
templates = dense.weights.T.reshape(10, 16, 16)
largest = np.abs(templates).max()
plots.show_images(
    templates[[0, 1, 3, 7], 2:14, 2:14],
    titles=["for a 0", "for a 1", "for a 3", "for a 7"],
    size=1.4,
    signed=True,
    limits=(-largest, largest),
    scale="weight",
    alt="Weights for four digits: red where its strokes run, blue where they must not.",
)

# %% [markdown]
# The 0 is a ring with a blue hole. Strong weights stand at the rim, where few digits have ink. Outside the middle no training digit has ink, and all weights are zero.
#
# Three pixels to the right, the left half of a digit lies on the right half of the templates, and for nearly every digit the 7's sum comes out largest. Each pixel has a weight **of its own**. What was learned about ink in column 9 says nothing about column 12.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
outside = templates.copy()
outside[:, 4:12, 4:12] = 0
score.at_least("one weight per pixel: accuracy in the middle", dense_right[0], 0.90)
score.at_most("one weight per pixel: accuracy after 3 px", dense_right[3], 0.20)
score.equal("largest weight outside the middle", np.abs(outside).max(), 0)
sevens = np.mean(dense.predict(moved[3]) == 7)
score.at_least("after 3 px, share of digits called a 7", sevens, 0.8)
score.section()

# %% [markdown]
# ## 2 · The price of connecting everything
#
# A *unit* is one weighted sum, a *layer* is a set of units that read the same input. Here are three ways to connect five units with seven pixels. Each grey line is a weight of its own; lines of equal colour are one weight.

# %% tags=["hide-input", "slide"]
# @title The drawing
plots.connection_kinds(
    pixels=7,
    patch=3,
    alt="Dense 35 lines, local 15, local and shared 15 in three colours.",
)

# %% [markdown]
# - In a **dense** layer every unit reads every pixel. Neighbours mean nothing to it ([a test](further/01_why_a_convolution.ipynb)).
# - With **local connections** a unit reads a small patch, its *window*.
# - With **shared weights** all units use the *same* weights, each on its own patch. Local and shared together make a **convolutional layer**. The small matrix of shared weights is its **kernel**.
#
# Now at the size of a picture: 200×200 pixels, 40,000 units, patches of 10×10. **How many weights does a dense layer have? By what factor does each of the two ideas shrink it?**

# %% tags=["hide-cell", "slide"]
# @title The count
pixels, patch = 200 * 200, 10 * 10
weights = {
    "dense: 40,000 units on 200×200 pixels": pixels * pixels,
    "local: each unit sees 10×10 pixels": pixels * patch,
    "local and shared: one kernel of 10×10": patch,
    "local and shared: 64 kernels of 10×10": 64 * patch,
}
megabytes = [f"{4 * n / 1e6:,.4f}".rstrip("0").rstrip(".") for n in weights.values()]
counts = [f"{n:,}" for n in weights.values()]
pd.DataFrame({"weights": counts, "megabytes": megabytes}, index=list(weights))

# %% [markdown]
# <details><summary><b>Compare with your factors</b></summary>
#
# Local connections need 400 times fewer weights, one shared kernel 40,000 times fewer again. (Four bytes each.)
# </details>
#
# A real layer has, say, 64 kernels, each with a question such as "is there a line that rises to the right?". Even then **its weights do not grow with the picture.**
#
# **Exercise 1 (recall).** A dense layer of 100 units reads a 64×64 *colour* picture, three numbers a pixel. Each unit also has a **bias**. How many weights and biases are there in all? (Worked: [solutions](solutions/01_convolution_intuition_solutions.ipynb).)

# %%
dense_parameters = ...  # your number

lesson01.dense_parameters(dense_parameters)

# %% tags=["claims"]
# @title Claims
saved = [pixels * pixels // (pixels * patch), pixels * patch // patch]
score.equal("dense over local, local over one shared kernel", saved, [400, 40_000])
score.section()

# %% [markdown]
# ## 3 · One window by hand
#
# Lay a 3×3 kernel on the top left corner of a 5×5 picture. Multiply each pixel by the weight on it and add the nine products up. That is one output pixel.

# %% tags=["slide"]
image = [
    [3, 3, 2, 1, 0],
    [0, 0, 1, 3, 1],
    [3, 1, 2, 2, 3],
    [2, 0, 0, 2, 2],
    [2, 0, 0, 0, 1],
]
kernel = [
    [0, 1, 2],
    [2, 2, 0],
    [0, 1, 2],
]
image, kernel = np.array(image, np.uint8), np.array(kernel)

window = image[:3, :3]
plots.sum_of_grids(
    [window, kernel, window * kernel, [[(window * kernel).sum()]]],
    signs=["×", "=", "→"],
    titles=["window", "kernel", "products", "sum"],
    shade=False,
    alt="Window times kernel, cell by cell; the nine products add up to 12.",
)

# %% [markdown]
# Then the window moves on, pixel by pixel and row by row. It fits three times in each direction: the output is 3×3. **Work out the number at the top right of the output** (window rows `2 1 0`, `1 3 1`, `2 2 3`), then open the picture.

# %% tags=["hide-output", "slide"]
output = convolution.conv2d(image, kernel)
plots.sliding_window(
    image,
    kernel,
    output,
    at=(0, 2),
    alt=f"The window at the top right, and {output[0, 2]} in the output.",
)

# %% [markdown]
# The output is called a **feature map**. In Python, two loops choose the output pixel, two walk over the kernel:


# %%
def four_loops(image, kernel):
    """Slide the kernel over the image; return the feature map."""
    height = image.shape[0] - kernel.shape[0] + 1
    width = image.shape[1] - kernel.shape[1] + 1
    output = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            for i in range(kernel.shape[0]):
                for j in range(kernel.shape[1]):
                    output[row, column] += image[row + i, column + j] * kernel[i, j]
    return output


np.array_equal(four_loops(image, kernel), output)

# %% [markdown]
# A map is large where the picture resembles the kernel, and also where it is simply bright: an even patch of twos would give 20. The cure is a choice of weights, such as −1, 2, −1: on three fives it gives −5 + 10 − 5 = 0. **If the weights of a kernel sum to zero, every even patch answers exactly 0, however bright, and only a pattern is heard.**
#
# Strictly this is a *cross-correlation*; the convolution of mathematics turns the kernel by 180° first. A network learns its weights, turned or not, so everybody says convolution. *For the curious: [the name, the matrix, and the speed](further/01_name_matrix_speed.ipynb).*
#
# **Exercise 2 (by hand).** Slide the kernel over the picture, with pencil and paper. Write the result as two rows.
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

# %% tags=["claims"]
# @title Claims
expected = [[12, 12, 17], [10, 17, 19], [9, 6, 14]]
score.equal("worked example, by four loops", four_loops(image, kernel), expected)
score.section()

# %% [markdown]
# ## 4 · Touch it: stride and padding
#
# Point at an output pixel and see where its number comes from. Change picture, kernel, **stride** (how far the window moves at a time) and **padding** (rings of zeros around the picture). Five questions lead you through. Without padding the map shrinks, and border pixels are seen less often; a larger stride saves work.

# %% tags=["nbval-ignore-output", "slide"]
lit = [
    [1, 1, 1, 0, 0],
    [0, 1, 1, 1, 0],
    [0, 0, 1, 1, 1],
    [0, 0, 1, 1, 0],
    [0, 1, 1, 0, 0],
]
cat = datasets.photograph("chelsea")
pictures = {
    "5 × 5 example": image,
    "zeros and ones": np.array(lit, np.uint8),
    "cat": widgets.small_grey(cat),
    "digit": digits.x_test[0],
}

widgets.ConvolutionExplorer(
    pictures, kernel=kernel, dilation=None, tour="first steps"
).show()

# %% [markdown] tags=["slide"]
# For size $W$, kernel $K$, padding $P$ on each side and stride $S$, the number of stops along one axis is
#
# $$\left\lfloor \frac{W - K + 2P}{S} \right\rfloor + 1.$$
#
# The brackets mean "round down": a last step that does not fit is left out. $K$, $P$ and $S$ are *hyperparameters*: the designer chooses them, training does not.
#
# **Exercise 3 (code).** Write the formula. (`//` divides and rounds down.)


# %%
def output_size(size, kernel, stride, padding):
    number_of_stops = ...  # your formula
    return number_of_stops


lesson01.output_size(output_size)

# %% [markdown]
# ### A trap: "a larger stride makes the layer smaller"
#
# 32 kernels of 3×3, each with a bias, slide over a 28×28 grey picture with padding 1; a dense layer of ten units reads the flattened maps. Count
#
# - the layer's own **parameters** (weights and biases);
# - its **activations** (the numbers that it puts out);
# - its **multiply-adds** (the work: one for each activation and each weight of its kernel);
# - the parameters of the dense layer behind it.
#
# **Which of the four change when the stride goes from 1 to 2?**

# %% tags=["hide-cell"]
# @title The count
rows = []
for stride in (1, 2, 4):
    side = convolution.output_size(28, 3, stride=stride, padding=1)
    activations = side * side * 32
    rows.append([(3 * 3 + 1) * 32, activations, activations * 9, activations * 10 + 10])
columns = ["own parameters", "activations", "multiply-adds", "dense layer behind"]
costs = pd.DataFrame(rows, columns=columns, index=["stride 1", "stride 2", "stride 4"])
costs.map("{:,}".format)

# %% [markdown]
# <details><summary><b>Compare with your answer</b></summary>
#
# The same 32 kernels just stop less often, so the layer's own 320 parameters stay. Memory (activations), time (multiply-adds) and the dense layer behind shrink.
# </details>

# %% tags=["claims"]
# @title Claims
sides = [convolution.output_size(5, 3), convolution.output_size(5, 3, padding=1)]
score.equal("3×3 kernel on 5×5, without and with one ring: side", sides, [3, 5])
parameters = costs["own parameters"].tolist()
score.equal("32 kernels of 3×3, strides 1, 2, 4: parameters", parameters, [320] * 3)
score.section()

# %% [markdown]
# ## 5 · Many channels, many filters
#
# A colour picture is three matrices, shape height × width × 3, usually whole numbers from 0 to 255. Each matrix is a **channel**.
#
# A **filter** reads all channels at once. It holds one kernel for each; the three results are **added up**, then a bias is added. (On a grey picture the two words mean the same.) This filter looks for upright lines that are yellow: light in red and green, dark in blue. (Brightness in steps from 0 to 9.)

# %% tags=["hide-input"]
# @title The drawing
top, left = 41, 208  # a hair on the cat's forehead
patch = cat[top : top + 3, left : left + 3] // 28  # numbers from 0 to 9
kernels = np.stack([[[-1, 2, -1]] * 3, [[-1, 2, -1]] * 3, [[1, -2, 1]] * 3], axis=2)
plots.filter_on_channels(
    patch,
    kernels,
    bias=1,
    whole=cat,
    at=(top, left),
    alt="Three channels of a cat, their patches and kernels, three sums, one number.",
)

# %% [markdown]
# The −8: this hair is light in blue, too, more white than yellow. One filter makes *one* map, however many channels it reads. A layer of $F$ filters makes $F$ maps, the channels of the next layer. Weights are shared across *places*, never across filters. With $C$ input channels, a layer has
#
# $$(K \cdot K \cdot C + 1) \cdot F \text{ parameters.}$$
#
# Four filters of 9×9, each for lines in one direction, on the grey cat:


# %%
dy, dx = np.mgrid[-4:5, -4:5]  # how far down and right of the centre each weight lies


def line(distance):
    """A 9×9 kernel: positive within 1 pixel of the line, and summing to zero."""
    near = np.abs(distance) <= 1
    return (near - near.mean()) / np.linalg.norm(near - near.mean())


lines = {
    "rising": line(dy + dx),
    "falling": line(dy - dx),
    "flat": line(dy),
    "upright": line(dx),
}
grey = cat.mean(axis=-1)
answers = [np.maximum(convolution.conv2d(grey, kernel), 0) for kernel in lines.values()]

# %% tags=["hide-input"]
# @title The drawing
scale = np.percentile(answers, 99.5)  # one grey scale for all four maps
alt = "Four line filters, and the cat's outlines and fur in their directions."
with plots.figure(2, 4, size=(5.8, 2.8), height_ratios=(1, 1.5), alt=alt) as axes:
    for column, (name, filter_) in enumerate(lines.items()):
        plots.show_image(filter_, title=name, signed=True, ax=axes[0, column])
        plots.show_image(answers[column], limits=(0, scale), ax=axes[1, column])

# %% [markdown]
# Each map lights up where fur, lids and whiskers run in its direction. Negative answers were set to zero; this is the **ReLU** (rectified linear unit, max(0, *x*)), the usual step after a convolution. No early filter finds a whisker; it finds short lines.
#
# **Exercise 4 (count).** 16 filters of 5×5, stride 2, padding 2, on 64×64 pixels with 3 channels. Give the parameters (biases included), the activations and the multiply-adds (biases not counted).

# %%
cost = (None, None, None)  # parameters, activations, multiply-adds

lesson01.layer_cost(cost)

# %% [markdown]
# **Exercise 5 (design).** Design a 3×3 kernel that finds thin bright *horizontal* lines: positive on a line through its middle, 0 on even areas and on vertical stripes, negative on a line one row too high or too low. And it must tell a line from an edge: with the middle row and the row above it (or the one below) light, it answers at most three quarters of what it answers to the line.

# %%
my_kernel = [[None, None, None], [None, None, None], [None, None, None]]

lesson01.line_detector(my_kernel)

# %% tags=["claims"]
# @title Claims
one_filter = np.random.default_rng(0).integers(-3, 4, (3, 3, 3, 1))
small = cat[:40, :40].astype(int)
apart = [convolution.conv2d(small[..., c], one_filter[:, :, c, 0]) for c in range(3)]
score.equal(
    "one filter on three channels makes one map, the sum of three",
    (convolution.conv2d(small, one_filter)[..., 0] == sum(apart)).all(),
    True,
)
score.section()

# %% [markdown]
# ## 6 · Layer on layer: from lines to dogs
#
# A kernel of 3 sees three pixels in a row. Stack layers, and each unit sees more: a unit of the second layer reads three neighbours of the first, which stand two pixels apart (stride 2) and see three pixels each.

# %% tags=["hide-input"]
# @title The drawing
plots.stacked_fields(
    [(3, 2), (3, 2)],
    alt="One unit of layer 2, the three units it reads, the seven pixels they see.",
)

# %% [markdown]
# The rule in words: **each layer adds (its kernel − 1) × (the product of all strides before it)** to what a unit sees of the picture, its *receptive field*, which starts at one pixel. Here 1 + 2·1 + 2·2 = 7.
#
# Three rules of design:
#
# 1. Early layers answer alike to the same patch, wherever it lies.
# 2. Early layers look only at small patches; what lies far away can wait.
# 3. Later layers gather what early ones found, over larger and larger regions.
#
# Hubel and Wiesel (1959, 1962) found cells like 2 in the cat's first visual area: each answers to an edge of one direction in one small part of the visual field; for each direction there are cells everywhere, which comes near to 1.
#
# To recognise a golden retriever, a late layer may look for a nose, two eyes, fur. These consist of ovals, dark circles and curves, those of short lines and blobs of colour. **Nobody programs these features.** The network guesses (forward), the error is traced back to each weight (back-propagation), and each weight is changed a little, many thousand times. Zeiler and Fergus (2014) looked inside and found them. *For the curious: [pictures and their detectors](further/01_pictures_detectors.ipynb).*
#
# **Exercise 6 (design).** Plan two convolutional layers that take a 64×64×3 picture to 8×8 with at least 32 channels. Use at most 7,000 parameters (biases included), leave no gaps (stride ≤ kernel), let each final unit see at least 11×11.

# %%
my_layers = [
    {"kernel": None, "filters": None, "stride": None, "padding": None},
    {"kernel": None, "filters": None, "stride": None, "padding": None},
]

lesson01.small_stack(my_layers)

# %% [markdown]
# ## 7 · Does the map move along, or stay?
#
# One more building block. **Pooling** replaces each window of a map by one number, here its maximum; each map by itself, without any weights. Find the maxima of the four 2×2 blocks, then look.

# %% tags=["hide-output"]
feature_map = [
    [1, 1, 2, 4],
    [5, 6, 7, 8],
    [3, 2, 1, 0],
    [1, 2, 3, 4],
]
pd.DataFrame(
    convolution.pool2d(feature_map, 2),
    index=["upper", "lower"],
    columns=["left", "right"],
)

# %% [markdown]
# Now move a digit by **one** pixel and watch its pixels, a map of upright lines (the kernel sums to zero), and the maxima of that map in blocks of 4×4. The last row shows the change on the scale of its column, red for more, blue for less.


# %%
def upright(image):
    """A feature map: thin upright lines, negative answers set to zero."""
    kernel = np.array([[-1, 2, -1]] * 3)
    return np.maximum(convolution.conv2d(image, kernel, padding=1), 0)


def pooled(image):
    return convolution.pool2d(upright(image), 4)


# %% tags=["hide-input"]
# @title The drawing
before, after = moved[0][12], moved[1][12]
rows = [before, upright(before), pooled(before), after, upright(after), pooled(after)]
titles = ["pixels", "map", "pooled map", "after 1 px", "after 1 px", "after 1 px"]
alt = "A zero, its map and its pooled map before and after a move, and the differences."
with plots.figure(3, 3, size=(5.6, 5.8), alt=alt) as axes:
    for ax, picture, title in zip(axes[:2].flat, rows, titles, strict=True):
        plots.show_image(picture, title=title, ax=ax)
    for ax, old, new in zip(axes[2], rows[:3], rows[3:], strict=True):
        scale = (-old.max(), old.max())
        plots.show_image(new - old, title="change", signed=True, limits=scale, ax=ax)

# %% [markdown]
# Both lines of the map have moved along. The pooled map cannot move by one pixel; its bright blocks stay, and some numbers change. Two words that are often mixed up: when the input moves,
#
# - an **equivariant** map *moves along*. It tells *where*.
# - an **invariant** answer *stays as it is*. It tells *whether*.
#
# How much does each stage change? The *size* of a picture is the root of the sum of its squares; divide the size of the change by the size before. A fourth stage is the largest number of the whole map. **Which of the four changes most after one pixel, which least: pixels, map, pooled map, largest number?**


# %%
def largest_number(image):
    return upright(image).max()


def pixels_alone(image):
    return image


def change(stage, pixels):
    """How much a stage changes when 100 digits move, relative to what it was."""
    old = np.array([stage(image) for image in moved[0][:100]])
    new = np.array([stage(image) for image in moved[pixels][:100]])
    return np.linalg.norm(new - old) / np.linalg.norm(old)


# %% tags=["hide-output", "slide"]
stages = {
    "pixels": pixels_alone,
    "map": upright,
    "pooled map, 4×4": pooled,
    "largest number": largest_number,
}
changes = {
    name: [change(stage, pixels) for pixels in range(4)]
    for name, stage in stages.items()
}
plots.shift_curves(
    range(4),
    changes,
    ylabel="relative change",
    alt="How much each stage changes, against the shift in pixels.",
)

# %% [markdown]
# <details><summary><b>Compare with your ranking</b></summary>
#
# The map changes *most*, by more than its own size. A stroke of the digit is two or three pixels wide and half covers itself after one pixel; the lines in the map are one pixel wide and miss themselves. (Two maps that nowhere overlap read √2 = 1.41.) Pooling in blocks softens the change: to a quarter of the map's after one pixel, to three quarters after three. Only the largest number does not change: it has forgotten *where* and kept *whether*.
# </details>
#
# So a feature map is **not invariant**. It is **equivariant**: convolve the moved digit, or move the map of the digit, and the two agree to the last bit, whatever the kernel. (Away from borders, at stride 1. With stride 2 or 2×2 pooling only for even moves.) What makes an answer stay is pooling over all places, **global pooling**. "Convolution makes a network invariant to translation" is a common mistake.
#
# **Exercise 7 (measure).** Write the test: is the map of the moved picture the moved map? `to_map` is any function from a picture to a map. Leave out the first and last 4 columns, where the border interferes; compare with `np.allclose`. The check tries eleven maps and several `pixels`.


# %%
def shift(picture, pixels):
    """Move a picture, or a map, to the right."""
    return np.roll(picture, pixels, axis=1)


def moves_along(to_map, picture, pixels):
    equivariant = ...  # True or False
    return equivariant


lesson01.moves_along(moves_along)

# %% tags=["claims"]
# @title Claims
digit = np.pad(digits.x_test[0].astype(int), 8)
gaps = []
for random_kernel in np.random.default_rng(0).integers(-9, 10, (20, 3, 3)):
    map_of_moved = convolution.conv2d(shift(digit, 3), random_kernel, padding=1)
    map_before = convolution.conv2d(digit, random_kernel, padding=1)
    gaps.append(map_of_moved - shift(map_before, 3))
halved = convolution.pool2d(upright(digit), 2)
even, odd = (convolution.pool2d(upright(shift(digit, px)), 2) for px in (2, 1))
maxima = convolution.pool2d(feature_map, 2)
score.equal("max pooling of the 4×4 example", maxima, [[6, 8], [3, 4]])
score.equal("20 kernels: map of moved digit minus moved map", np.abs(gaps).max(), 0)
less = changes["map"][1] - changes["pixels"][1]
score.at_least("map minus pixels, change after 1 px", less, 0.2)
ratio = changes["pooled map, 4×4"][1] / changes["map"][1]
score.at_most("4×4 pooled over map, change after 1 px", ratio, 0.6)
score.at_most("largest number: change after 3 px", changes["largest number"][3], 1e-6)
gap = np.abs(even - shift(halved, 1)).max()
score.equal("2×2 pooled, digit moved by 2 px: moved by 1", gap, 0)
norm = np.linalg.norm
nearest = min(norm(odd - shift(halved, s)) for s in (0, 1)) / norm(halved)
score.at_least("2×2 pooled, digit moved by 1 px: no move fits", nearest, 0.2)
score.section()

# %% [markdown]
# ## 8 · The vote
#
# The smallest convolutional classifier has three ingredients:
#
# 1. **Shared weights.** Slide 64 filters of 5×5 over the picture: pieces of training digits, cut out at random, their mean removed (the weights sum to zero), their length set to 1. (Lesson 03 lets training find them.) Four rings of zeros let each pixel meet each weight: 16 + 2·4 − 5 + 1 = 20 stops along each side, 400 places.
# 2. **ReLU.** Subtract 0.5 (a bias) and set negative numbers to zero: only places that resemble the stroke remain.
# 3. **Global pooling.** Average each map: one number per filter, "how much of this stroke is there".
#
# The linear classifier of section 1 then reads the 64 numbers. All training digits are in the middle. (The 0.5 and a weaker penalty were chosen on a part of them.)


# %% tags=["hide-input"]
# @title Cutting out windows and filters
def windows(images):
    """Every 5×5 window of the images in four rings of zeros: (N, 400, 25)."""
    framed = np.pad(images, ((0, 0), (4, 4), (4, 4)))
    cut = sliding_window_view(framed, (5, 5), axis=(1, 2))
    return cut.reshape(len(images), 400, 25)


pieces = windows(place(digits.x_train)).reshape(-1, 25)
pieces = pieces[pieces.std(axis=1) > 0.25]  # only those with a stroke in them
pieces = pieces - pieces.mean(axis=1, keepdims=True)  # the weights sum to zero
pieces = pieces / np.linalg.norm(pieces, axis=1, keepdims=True)


def some_filters(number, seed):
    """Take filters at random from the pieces: (number, 25)."""
    return pieces[np.random.default_rng(seed).integers(len(pieces), size=number)]


# %% [markdown]
# One digit on its way through three of the filters:


# %% tags=["hide-input", "slide"]
# @title The drawing
def way_of(digit, seed=0, chosen=(60, 22, 4)):
    """Draw a digit, its maps, what the ReLU leaves, and the averages."""
    filters = some_filters(64, seed).reshape(64, 5, 5)[list(chosen)]
    maps = [convolution.conv2d(digit, one, padding=4) for one in filters]
    rest = np.maximum(np.array(maps) - 0.5, 0)
    return plots.map_to_number(digit, filters, maps, rest, most=0.03)


plots.show(
    way_of(moved[0][12]),
    alt="A zero, three filters, their maps, the rest above zero, three averages.",
)

# %% [markdown]
# The four loops of section 3 become one product: each window, laid out as a row of 25 numbers, times the 25 weights of each filter. For N pictures:
#
# pictures (N, 16, 16) → windows (N, 400, 25) → maps (N, 400, 64) → averages (N, 64)
#
# In a layer **without** sharing each of the 400 places has 64 filters of its own.


# %%
def shared(images, seed):
    """The same 64 filters at all places: 64 maps an image, (N, 400, 64)."""
    return np.dot(windows(images), some_filters(64, seed).T)


def not_shared(images, seed):
    """Other filters at each place, as many numbers: (N, 400, 64)."""
    own = some_filters(400 * 64, seed).reshape(400, 64, 25)
    cut = windows(images)
    return np.stack([cut[:, at] @ own[at].T for at in range(400)], axis=1)


def relu(maps):
    return np.maximum(maps - 0.5, 0)  # the bias, then the ReLU itself


def pool(maps):
    return maps.mean(axis=1)


# %% [markdown]
# Now take ingredients out: five variants, each with five draws of filters and the linear classifier:
#
# | variant | shared weights | ReLU | pooling | 0 px | 3 px |
# |---|---|---|---|---|---|
# | sharing | ✓ | – | – | ? | ? |
# | sharing, ReLU | ✓ | ✓ | – | ? | ? |
# | sharing, pooling | ✓ | – | ✓ | ? | ? |
# | ReLU, pooling | – | ✓ | ✓ | ? | ? |
# | all three | ✓ | ✓ | ✓ | ? | ? |
#
# **Vote before you open the result: what does each read of 100 digits, unmoved and after 3 px? Which one is blind even in the middle?**

# %%
variants = {
    "sharing": (shared, []),
    "sharing, ReLU": (shared, [relu]),
    "sharing, pooling": (shared, [pool]),
    "ReLU, pooling": (not_shared, [relu, pool]),
    "all three": (shared, [relu, pool]),
}

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
results = {"one weight per pixel": [dense_right]}
for name, (slide, steps) in variants.items():
    results[name] = []
    for seed in range(5):
        features = [slide(images, seed) for images in (place(digits.x_train), *moved)]
        for step in steps:
            features = [step(maps) for maps in features]
        reader = LinearClassifier().fit(features[0], digits.y_train)
        right = [reader.accuracy(test, digits.y_test) for test in features[1:]]
        results[name].append(right)
plots.shift_bars(
    results,
    strong=["all three"],
    chance=0.1,
    alt="Accuracy of six classifiers after 0 to 3 pixels, one panel each.",
)

# %% [markdown]
# <details><summary><b>Compare with your vote</b></summary>
#
# **Only all three together read the moved digit, and moving costs them not one digit.** Take one out, and after three pixels the classifier is as blind as that of section 1:
#
# - **Without pooling** (sharing, ReLU) the maps move along, and the classifier behind them has one weight for each place of each map again. Sharing moved the problem one layer up.
# - **Without ReLU** (sharing, pooling) the classifier is blind even in the middle. Each pixel meets each weight once, so the sum of a map is the sum of the picture times the sum of the weights, and that is zero. (Other filters would leave the total ink, no more: an average of weighted sums is only a weighted sum.)
# - **Without sharing** (ReLU, pooling) every place asks other questions. The digit moves, and other questions meet it.
#
# Sharing alone gains nothing: a weighted sum of weighted sums. With ReLU it reads unmoved digits best of all, for it keeps the *where*, and loses all when they move. Between sharing and averaging *some* bend (a *nonlinearity*) is needed; global *maximum* pooling is one, with it the ReLU may go.
# </details>
#
# The same digit three pixels further right. **What will change: the maps, what the ReLU leaves, the averages?**

# %% tags=["hide-output", "slide"]
plots.show(
    way_of(moved[3][12]),
    alt="The same zero further right, with its maps and the three averages.",
)

# %% [markdown]
# The price: about as many parameters as the dense classifier (2,314 against 2,570), but 250 times the work: 64·25·400 multiply-adds against 2,560. And the 64 numbers have forgotten *where* a stroke was. (Could the dense classifier not simply be *shown* moved digits? [Try it](further/01_why_a_convolution.ipynb).)
#
# **Exercise 8 (build).** Give back a little of the *where*: pool the upper and the lower half of the rows apart. The maps of N pictures and F filters come as (N, rows, columns, F), with any even number of rows; return (N, 2·F), the upper halves' averages first.


# %%
def pooled_by_half(maps):
    features = ...  # upper half, lower half, side by side
    return features


lesson01.pooled_by_half(pooled_by_half)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
right = {name: np.array(runs) for name, runs in results.items()}  # (draws, shifts)
full = right["all three"]
by_conv2d = convolution.conv2d(
    moved[0][0], some_filters(64, 0)[0].reshape(5, 5), padding=4
)
gap = np.abs(shared(moved[0][:1], 0)[0, :, 0] - by_conv2d.ravel()).max()
score.at_most("difference of these maps from conv2d", gap, 1e-5)
score.at_least("all three: accuracy after 3 px, worst of five", full[:, 3].min(), 0.94)
lost = (full[:, 0] - full[:, 3]).max()
score.at_most("all three: lost by moving 3 px, worst of five", lost, 0.001)
for missing, name in (
    ("pooling", "sharing, ReLU"),
    ("ReLU", "sharing, pooling"),
    ("sharing", "ReLU, pooling"),
):
    best = right[name][:, 3].max()
    score.at_most(f"without {missing}: accuracy after 3 px, best of five", best, 0.30)
largest = [
    shared(images, 0).max(axis=1) for images in (place(digits.x_train), moved[3])
]
reader = LinearClassifier().fit(largest[0], digits.y_train)
moved_right = reader.accuracy(largest[1], digits.y_test)
score.at_least("sharing, maximum pooling, no ReLU: after 3 px", moved_right, 0.90)
sizes = [dense.weights.size + 10, 64 * 25 + 64 + 64 * 10 + 10]
score.equal("parameters: dense, all three", sizes, [2_570, 2_314])
score.at_least("work: all three over dense", (400 * 25 * 64 + 640) / 2560, 250)
score.section()

# %% [markdown] tags=["slide"]
# ## What came of it
#
# Sharing gives *equivariance*, ReLU turns answers into evidence, pooling makes the evidence *invariant*. A **convolutional network** (CNN) repeats this layer on layer, often with dense layers at the end. Fukushima built the first one in 1980. LeCun and others trained one by back-propagation in 1989, to read postal codes; lesson 06 rebuilds its descendant of 1998. Such networks find faces, help to steer robots and cars, and recognise speech drawn as a picture.
#
# ## Recap
#
# 1. A classifier with one weight per pixel loses a digit that moves, because each weight knows only its own place.
# 2. A convolution lays one small kernel on every patch. Its weights grow with the filters, not with the picture.
# 3. Padding keeps the borders, stride thins out places: that saves activations and work, not parameters.
# 4. Convolution is equivariant (the map moves along), global pooling is invariant (the answer stays).
# 5. **Shared weights, ReLU and average pooling together read the moved digit; any two of them do not.**
#
# ## Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("01")

# %% [markdown]
# <details><summary><b>References</b></summary>
#
# - D. H. Hubel, T. N. Wiesel, "Receptive fields of single neurones in the cat's striate cortex", *Journal of Physiology* 148, 1959; "Receptive fields, binocular interaction and functional architecture in the cat's visual cortex", *Journal of Physiology* 160, 1962.
# - K. Fukushima, "Neocognitron: a self-organizing neural network model for a mechanism of pattern recognition unaffected by shift in position", *Biological Cybernetics* 36, 1980.
# - Y. LeCun and others, "Backpropagation applied to handwritten zip code recognition", *Neural Computation* 1(4), 1989; "Gradient-based learning applied to document recognition", *Proceedings of the IEEE* 86, 1998.
# - M. D. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014, arXiv:1311.2901.
# - I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press, 2016, chapter 9; free at deeplearningbook.org.
# </details>
#
# <details><summary><b>Teacher's notes</b></summary>
#
# **The story in a minute.** A digit moves, the classifier goes blind. Every pixel had a weight of its own. So let a few weights slide: the map moves along, but whoever reads the map is blind again. Rectify, then pool: now nothing changes when the digit moves. Any two of the three are not enough.
#
# **Two lessons of 45 minutes.** First: sections 1–4 (10, 8, 12 and 10 min); everyone writes down the four guesses of section 1; the first window on the board; the tour of the explorer in pairs. Second: sections 5–8 (10, 5, 10 and 15 min); let the class vote on the five variants of section 8 before anybody opens the result. Exercises 1 and 2 in the first, 7 in the second, the others at home.
#
# **One lesson of 90 minutes.** Sections 1, 2, 3 (25 min), the tour and the trap of 4 (15), the words filter and ReLU of 5 (5), 7 and 8 (35), recap and quiz (5).
#
# **To skip:** the rest of section 5, section 6, exercises 4 and 6.
#
# **To discuss.** (1) A passport photograph always has the nose in the middle. Would locally connected layers *without* sharing be better there? (2) One network must say where the ball is, another whether there is one. Which should use global pooling, and why?
#
# *Answers.* (1) Yes, if there are photographs enough: where every part has its place, each place may look for its own part. (DeepFace of 2014 did so, on aligned faces.) But each place learns from its own pixels alone, and a badly cut photograph spoils it. (2) The second: global pooling forgets where and keeps whether. The first needs the map.
#
# **Listen for** "convolution makes the network invariant to translation". Ask: invariant, or equivariant? At which layer, for which shifts? The second one: "a bigger stride gives a smaller model".
# </details>
#
# ## Scorecard
#
# Your exercises first, then the claims of this lesson, each asserted where it was made.
#
# **Next:** [02 · Filters →](02_filters.ipynb), where kernels get names and data begin to write them · [solutions](solutions/01_convolution_intuition_solutions.ipynb)

# %% tags=["nbval-ignore-output"]
checks.own_score(exercises=8)

# %% tags=["nbval-ignore-output"]
score
