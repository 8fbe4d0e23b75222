# %% [markdown]
# # 01 · Convolution intuition
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/01_convolution_intuition.ipynb)
#
# [all lessons](START_HERE.ipynb) · [solutions](solutions/01_convolution_intuition_solutions.ipynb) · further: [the name, the matrix, the speed](further/01_name_matrix_speed.ipynb), [why a convolution](further/01_why_a_convolution.ipynb), [pictures and detectors](further/01_pictures_detectors.ipynb) · [02 · Filters →](02_filters.ipynb)
#
# **The question.** A classifier reads handwritten digits well. Move each digit a few pixels to the right, and it goes blind. What puts this right?
#
# **You will be able to**
# - work out a convolution by hand, and in four loops of Python;
# - count the weights and the work of dense, locally connected and convolutional layers;
# - predict what stride, padding, filters and pooling change, and what they leave alone;
# - measure whether a map moves along with its input (equivariant) or stays as it is (invariant);
# - name the three ingredients that let a classifier read a digit wherever it stands, and say what happens without each.
#
# **Before this:** Python with NumPy arrays, and what a weighted sum is. No machine learning is assumed.
#
# **Time:** about 39 minutes of reading, about 50 more for the eight exercises; the code runs in under a minute on two CPU cores.
#
# **Data:** small handwritten digits and one photograph that come with scikit-learn and scikit-image. Nothing is downloaded.

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
# ## 1 · A digit moves, and the classifier goes blind
#
# To a computer a grey picture is a matrix: one number for the brightness of each pixel. Here is a handwritten digit on 16×16 pixels, and the same digit one, two and three pixels further right.


# %%
def place(images, right=0):
    """Put 8×8 images in the middle of 16×16 pixels, then `right` pixels further."""
    placed = np.zeros((len(images), 16, 16), np.float32)
    placed[:, 4:12, 4 + right : 12 + right] = images / 255
    return placed


moved = [place(digits.x_test, right=pixels) for pixels in range(4)]
plots.show_images(
    [images[0] for images in moved],
    titles=["in the middle", "1 px", "2 px", "3 px"],
    alt="The same handwritten digit four times, each time one pixel further right.",
)

# %% [markdown]
# You read all four without noticing that they moved. The simplest classifier sees four different lists of numbers. It **flattens** each picture into 256 numbers and has, for each of the ten digits, one **weight** for each of them and a number of its own, the *bias*. It multiplies, adds up, adds the bias, and the digit with the largest sum wins.
#
# The weights are chosen on 1,497 *training* digits, all in the middle, so that the right digit's sum comes as close to 1, and the nine others to 0, as can be (*least squares*). The 300 *test* digits take no part in that. **How many of these will it read in the middle, and after 1, 2, 3 pixels? Write four numbers down, then open the answer.**

# %% tags=["hide-output", "nbval-ignore-output"]
dense = LinearClassifier().fit(place(digits.x_train), digits.y_train)
dense_right = [dense.accuracy(images, digits.y_test) for images in moved]
plots.shift_curves(
    range(4),
    {"one weight a pixel": dense_right},
    ylabel="accuracy",
    percent=True,
    alt=f"Accuracy after 0 to 3 pixels: {np.round(dense_right, 2)}.",
)

# %% [markdown]
# One pixel costs two thirds of the digits; after three it does no better than throwing a ten-sided die. Why? Here are the weights of four digits, laid out as pictures again: red weights speak for the digit, blue ones against it.

# %%
templates = dense.weights.T.reshape(10, 16, 16)
plots.show_images(
    templates[[0, 1, 3, 7]],
    titles=["for a 0", "for a 1", "for a 3", "for a 7"],
    signed=True,
    limits=(-0.6, 0.6),
    alt="Four pictures of weights; all that is not zero lies in the middle.",
)

# %% [markdown]
# Each pixel has a weight **of its own**. What was learned about ink in column 9 says nothing about column 12, and where training digits never had ink the weights are zero.
#
# It will take three ingredients, one after the other; in section 7 we take them out again one at a time.

# %% tags=["claims"]
# @title Claims
outside = templates.copy()
outside[:, 4:12, 4:12] = 0
score.at_least("one weight a pixel: accuracy in the middle", dense_right[0], 0.90)
score.at_most("one weight a pixel: accuracy after 3 px", dense_right[3], 0.20)
score.equal("largest weight outside the middle", np.abs(outside).max(), 0)
score.section()

# %% [markdown]
# ## 2 · The price of connecting everything
#
# A *unit* is one weighted sum, a *layer* is a set of units that read the same input. The picture shows three ways to connect five units with a strip of seven pixels. Each grey line is a weight of its own; lines of equal colour are one and the same weight.

# %%
plots.connection_kinds(
    pixels=7,
    patch=3,
    alt="Dense 35 lines, local 15, local and shared 15 in three colours.",
)

# %% [markdown]
# - In a **dense** layer every unit reads every pixel. Neighbours mean nothing to it.
# - With **local connections** a unit reads a small patch, its *receptive field*.
# - With **shared weights** all units use the *same* weights, each on its own patch. Local and shared together make a **convolutional layer**; the shared weights are its **kernel** or **filter**.
#
# Now at the size of a picture: 200×200 pixels, 40,000 units, patches of 10×10. **Guess first:** by what factor does each idea shrink the layer?

# %% tags=["hide-output"]
pixels, patch = 200 * 200, 10 * 10
weights = {
    "dense: 40,000 units on 200×200 pixels": pixels * pixels,
    "local: each unit sees 10×10 pixels": pixels * patch,
    "local and shared: one filter of 10×10": patch,
    "local and shared: 64 filters of 10×10": 64 * patch,
}
pd.DataFrame({"weights": [f"{n:,}" for n in weights.values()]}, index=list(weights))

# %% [markdown]
# Dense, these are 1.6 billion weights, at 4 bytes a weight 6.4 gigabytes for one layer, three times that in colour. Local connections make it 400 times smaller, sharing 40,000 times smaller again. One filter asks one question at every place, so a real layer has many: 64 filters still need only 6,400 weights, **whatever the size of the picture**.
#
# Three rules of design stand behind this:
#
# 1. Early layers answer alike to the same patch, wherever it lies.
# 2. Early layers look only at small patches; what lies far away can wait.
# 3. Later layers gather what early ones found, over larger and larger regions.
#
# The visual cortex seems to work in this spirit. Hubel and Wiesel (1959, 1962) found cells in the cat's first visual area that answer to an edge of one direction in one small part of the visual field; later areas cover larger parts and more complex shapes.
#
# **Exercise 1 (recall).** A dense layer of 100 units reads a 64×64 *colour* picture, three numbers a pixel. Each unit also has a **bias**, a number that is added to its sum. How many weights and biases are there in all? (Replace the dots, run the cell, read the answer. Worked solutions: [solutions](solutions/01_convolution_intuition_solutions.ipynb).)

# %%
dense_parameters = ...  # your number

lesson01.dense_parameters(dense_parameters)

# %% tags=["claims"]
# @title Claims
saved = [pixels * pixels // (pixels * patch), pixels * patch // patch]
score.equal("dense over local, local over one shared filter", saved, [400, 40_000])
score.section()

# %% [markdown]
# ## 3 · One window by hand
#
# Lay a 3×3 kernel on the top left corner of a 5×5 picture. Multiply each pixel by the weight on it and add the nine products up. That is one output pixel.

# %%
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
# Then the window moves one pixel to the right, and at the end of the row one row down. It fits three times in each direction, so the output is 3×3. **Work out the number at the top right of the output** (window rows `2 1 0`, `1 3 1`, `2 2 3`), then open the picture (∗ is the sign for sliding).

# %% tags=["hide-output"]
output = convolution.conv2d(image, kernel)
plots.sliding_window(
    image,
    kernel,
    output,
    at=(0, 2),
    alt=f"The window at the top right, and {output[0, 2]} in the output.",
)

# %% [markdown]
# The output is called a **feature map**. It is large where the picture resembles the kernel, or where it is simply bright: an even patch of twos would give 20, more than any place here. In Python, two loops choose the output pixel and two walk over the kernel. This is all there is to it:


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


pd.DataFrame(four_loops(image, kernel).astype(int))

# %% [markdown]
# A word of warning about the name. Strictly this is a *cross-correlation*; the convolution of mathematics turns the kernel by 180° first. A network learns its weights, turned or not, so nobody minds, and everybody says convolution. Carry a kernel over from another field, though, and it matters. *For the curious: [the name, the matrix, and the speed](further/01_name_matrix_speed.ipynb).*
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
# Point at an output pixel and see where its number comes from. Change the picture, the kernel, the **stride** (how far the window moves at a time) and the **padding** (rings of zeros around the picture). Five questions lead you through; answer first, then look. (*Dilation*, which draws the weights apart, comes later in the course.)

# %% tags=["nbval-ignore-output"]
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
}

widgets.ConvolutionExplorer(pictures, kernel=kernel, tour="first steps").show()

# %% [markdown]
# Without padding the map is smaller than the picture, and border pixels are seen less often. Stride 2 keeps about half of the places in each direction. Here the dots mark where the window stops:

# %%
with plots.figure(1, 3, size=(10, 3.8), alt="25, 9 and 16 stops of a window.") as axes:
    for ax, (stride, padding) in zip(axes, ((1, 0), (2, 0), (2, 1)), strict=True):
        plots.window_positions(7, 3, stride=stride, padding=padding, ax=ax)

# %% [markdown]
# For size $W$, kernel $K$, padding $P$ on each side and stride $S$, the number of stops along one axis is
#
# $$\left\lfloor \frac{W - K + 2P}{S} \right\rfloor + 1.$$
#
# The brackets mean "round down": a last step that does not fit is left out. These four numbers and the number of filters are *hyper-parameters*: the designer chooses them, training does not.
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
# Take 32 filters of 3×3 on a 28×28 grey picture with padding 1, then a dense layer of ten units on the flattened maps. Count the layer's own **parameters** (weights and biases), its **activations** (the numbers it puts out) and its **multiply-adds** (a product added to a sum, the unit of work: activations times the nine weights of one filter). **Which of the four columns change with the stride?**

# %% tags=["hide-output"]
rows = []
for stride in (1, 2, 4):
    side = convolution.output_size(28, 3, stride=stride, padding=1)
    activations = side * side * 32
    rows.append([(3 * 3 + 1) * 32, activations, activations * 9, activations * 10 + 10])
columns = [
    "own parameters",
    "activations",
    "multiply-adds",
    "parameters of the dense layer",
]
costs = pd.DataFrame(rows, columns=columns, index=["stride 1", "stride 2", "stride 4"])
costs

# %% [markdown]
# The same 32 filters just stop less often, so their 320 parameters stay. Memory (activations), time (multiply-adds) and a later dense layer shrink.

# %% tags=["claims"]
# @title Claims
sides = [convolution.output_size(5, 3), convolution.output_size(5, 3, padding=1)]
score.equal("3×3 kernel on 5×5, without and with one ring: side", sides, [3, 5])
parameters = costs["own parameters"].tolist()
score.equal("32 filters of 3×3, strides 1, 2, 4: parameters", parameters, [320] * 3)
behind = costs["parameters of the dense layer"].tolist()
score.equal("dense layer behind, strides 1, 2, 4", behind, [250_890, 62_730, 15_690])
score.section()

# %% [markdown]
# ## 5 · Many filters, many channels
#
# A colour picture is three matrices, shape height × width × 3, usually whole numbers from 0 to 255. Three, because the human retina has three kinds of cone cells for colour. Each *channel* is a grey picture:

# %%
plots.show_images(
    [cat, *np.moveaxis(cat, -1, 0)],
    titles=["all three", "red", "green", "blue"],
    columns=4,
    alt="A ginger cat and its three channels in grey; red is the brightest.",
)

# %% [markdown]
# A filter on a colour picture holds one kernel for each channel. The three results are **added up**, then a bias is added: one filter makes *one* map, however many channels it reads.
#
# One filter asks one question of each patch: "is there a line that rises to the right?" A layer asks many, with $F$ filters, each with a map of its own; $F$ is called the layer's **depth** (elsewhere a *network's* depth is its number of layers). Weights are shared across *places*, never across filters. With $C$ input channels, such a layer has
#
# $$(K \cdot K \cdot C + 1) \cdot F \text{ parameters.}$$
#
# Four filters of 9×9 that each look for a line in one direction:


# %%
dy, dx = np.mgrid[-4:5, -4:5]  # how far down and right of the centre each weight lies


def line(distance):
    """A 9×9 filter: positive within 1 pixel of the line, and summing to zero."""
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

# %%
scale = np.percentile(answers, 99.5)  # one grey scale for all four maps
alt = "Four line filters, and the cat's outlines and fur in their directions."
with plots.figure(2, 4, size=(11, 4.3), height_ratios=(1, 1.7), alt=alt) as axes:
    for column, (name, filter_) in enumerate(lines.items()):
        plots.show_image(filter_, title=name, signed=True, ax=axes[0, column])
        plots.show_image(answers[column], limits=(0, scale), ax=axes[1, column])

# %% [markdown]
# Each map lights up where fur, lids and whiskers run in its direction. Negative answers were set to zero; this is the **ReLU**, the usual step after a convolution. No single early filter finds a whisker or a tongue. It finds short lines; later layers put them together.
#
# **Exercise 4 (count).** 16 filters of 5×5, stride 2, padding 2, on 64×64 pixels with 3 channels. Give the parameters (biases included), the activations and the multiply-adds (biases not counted).

# %%
cost = (None, None, None)  # parameters, activations, multiply-adds

lesson01.layer_cost(cost)

# %% [markdown]
# **Exercise 5 (design).** Design a 3×3 kernel that answers positively to a thin bright *horizontal* line through its middle, and with 0 to even areas and to vertical stripes of any kind. A light row above or below must lower the answer, and no single light pixel there may raise it: a line excites it more than an edge.

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
# ## 6 · Does the map move along, or stay?
#
# One more building block. **Pooling** replaces each window of a map by one number, mostly its maximum; each map by itself, without any weights. Find the maxima of the four 2×2 blocks of this map, then look.

# %% tags=["hide-output"]
feature_map = [
    [1, 1, 2, 4],
    [5, 6, 7, 8],
    [3, 2, 1, 0],
    [1, 2, 3, 4],
]
pd.DataFrame(convolution.pool2d(feature_map, 2))

# %% [markdown]
# Now let the digit move three pixels and watch a map of upright lines, and its pooled version.


# %%
def upright(image):
    """A feature map: thin upright lines, negative answers set to zero."""
    kernel = np.array([[-1, 2, -1]] * 3)
    return np.maximum(convolution.conv2d(image, kernel, padding=1), 0)


canvas = np.pad(digits.x_test[:100].astype(int), ((0, 0), (8, 8), (8, 8)))
stages = {
    "pixels": lambda image: image,
    "map": upright,
    "4×4 pooled": lambda image: convolution.pool2d(upright(image), 4),
}
before_after = [canvas[0], np.roll(canvas[0], 3, axis=1)]
plots.show_images(
    [stage(image) for image in before_after for stage in stages.values()],
    titles=[f"{name}, {when}" for when in ("before", "after") for name in stages],
    columns=3,
    size=2.3,
    alt="A digit, its map and the pooled map, before and after a move to the right.",
)

# %% [markdown]
# Two words that are often mixed up. When the input moves,
#
# - an **equivariant** map *moves along*. It tells *where*.
# - an **invariant** answer *stays as it is*. It tells *whether*.
#
# **Which of the two is a convolution? And pooling?** We measure over 100 digits how much each stage changes: the size of (after − before) over the size of before. The *size* is the root of the sum of all squares. (Two maps of equal size that nowhere overlap would read 1.41.)

# %% tags=["hide-output"]
stages["2×2 pooled"] = lambda image: convolution.pool2d(upright(image), 2)
stages["largest of the map"] = lambda image: upright(image).max(axis=(0, 1))
changes, norm = {}, np.linalg.norm
for name, stage in stages.items():
    start = stage(np.moveaxis(canvas, 0, -1))  # digits as channels
    ends = [stage(np.moveaxis(np.roll(canvas, px, axis=2), 0, -1)) for px in range(4)]
    changes[name] = [norm(end - start) / norm(start) for end in ends]
plots.shift_curves(
    range(4),
    changes,
    ylabel="relative change",
    alt="How much each stage changes, against the shift in pixels.",
)
pd.DataFrame(changes, index=["0 px", "1 px", "2 px", "3 px"]).T.round(2)

# %% [markdown]
# The map is **not** invariant: after one pixel it has changed by more than its own size. It is *equivariant*: convolve the moved digit, or move the map of the digit, and the two agree to the last bit, whatever the kernel. (Away from borders, and at stride 1: with stride 2 or 2×2 pooling it holds exactly only for even moves.) Pooling over 2×2 or 4×4 changes less than the map does (see the table), and yet a good deal. Only **global** pooling, one number a map, is invariant: it has forgotten *where* and kept *whether*.
#
# So "convolution makes a network invariant to translation" is wrong twice over: the map does not stay, it moves; and what makes an answer stay is pooling, not the convolution. Hold on to this for the next section. *For the curious: [why must it be a convolution, and what if pixels are shuffled?](further/01_why_a_convolution.ipynb)*
#
# **Exercise 6 (measure).** Write the test: is the map of the moved picture the same as the moved map? `to_map` is any function from a picture to a map. Leave out the first and last 4 columns, where the border interferes, and compare with `np.allclose`. The check tries eleven maps and several `pixels`; three maps are equivariant, one for even moves alone.


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
gaps = []
for random_kernel in np.random.default_rng(0).integers(-9, 10, (20, 3, 3)):
    map_of_moved = convolution.conv2d(shift(canvas[0], 3), random_kernel, padding=1)
    map_before = convolution.conv2d(canvas[0], random_kernel, padding=1)
    gaps.append(map_of_moved - shift(map_before, 3))
halved = convolution.pool2d(upright(canvas[0]), 2)
even, odd = (convolution.pool2d(upright(shift(canvas[0], px)), 2) for px in (2, 1))
score.equal(
    "max pooling of the 4×4 example",
    convolution.pool2d(feature_map, 2),
    [[6, 8], [3, 4]],
)
score.equal("20 kernels: map of moved digit minus moved map", np.abs(gaps).max(), 0)
score.at_least("the map's relative change after 1 px", changes["map"][1], 0.7)
score.at_most(
    "4×4 pooled over map, change after 1 px",
    changes["4×4 pooled"][1] / changes["map"][1],
    0.6,
)
score.equal(
    "largest of the map: change after 3 px", changes["largest of the map"][3], 0
)
score.equal(
    "2×2 pooled, digit moved by 2 px: moved by 1",
    np.abs(even - shift(halved, 1)).max(),
    0,
)
nearest = min(norm(odd - shift(halved, s)) for s in (0, 1)) / norm(halved)
score.at_least("2×2 pooled, digit moved by 1 px: no move fits", nearest, 0.2)
score.section()

# %% [markdown]
# ## 7 · Three ingredients, and what happens without each
#
# Back to the digits that move. The smallest convolutional classifier:
#
# 1. **Shared weights.** Slide 64 filters of 5×5 over the picture, padded by 4: 20×20 = 400 places. They are pieces of training digits, cut out at random, mean removed: nothing is learned here (lesson 03 lets training find them).
# 2. **ReLU.** Subtract 0.5 (a bias) and set negative numbers to zero: only places that resemble the stroke remain. ("ReLU" below means both steps.)
# 3. **Global pooling.** Average each map: one number a filter, "how much of this stroke is there".
#
# The same linear classifier as in section 1 then reads the 64 numbers. All training digits stand in the middle, as before. (The 0.5 and the penalty on large weights were chosen on a part of the training digits.)


# %%
def windows(images):
    """Cut out every 5×5 window of the padded images: (N, 16, 16) → (N, 400, 25)."""
    framed = np.pad(images, ((0, 0), (4, 4), (4, 4)))
    cut = sliding_window_view(framed, (5, 5), axis=(1, 2))
    return cut.reshape(len(images), 400, 25)


def strokes(number, seed):
    """Cut 5×5 pieces with ink out of training digits: mean 0, length 1."""
    pieces = windows(place(digits.x_train)).reshape(-1, 25)
    pieces = pieces[pieces.std(axis=1) > 0.25]
    chosen = pieces[np.random.default_rng(seed).integers(len(pieces), size=number)]
    chosen = chosen - chosen.mean(axis=1, keepdims=True)
    return chosen / np.linalg.norm(chosen, axis=1, keepdims=True)


plots.show_images(
    strokes(16, seed=0).reshape(16, 5, 5),
    columns=8,
    size=1.1,
    signed=True,
    alt="Sixteen filters of 5 by 5: pieces of strokes, bends and corners, red on blue.",
)

# %% [markdown]
# To slide, multiply each window by the weights. Shared weights are one matrix for all 400 places; weights that are not shared are 400 matrices.


# %%
def shared(images, weights):
    """The same weights (64, 25) at all places: 64 feature maps, (N, 400, 64)."""
    return windows(images) @ weights.T


def not_shared(images, weights):
    """Weights (400, 64, 25), each place has its own: (N, 400, 64)."""
    cut = windows(images)
    return np.stack([cut[:, at] @ weights[at].T for at in range(400)], axis=1)


def relu(maps):
    return np.maximum(maps - 0.5, 0)


def pooled(maps):
    return maps.mean(axis=1)


def pooled_evidence(maps):
    return pooled(relu(maps))


# %%
variants = {
    shared: {
        "shared": lambda maps: maps,
        "shared, ReLU": relu,
        "shared, pooled": pooled,
        "shared, ReLU, pooled": pooled_evidence,
    },
    not_shared: {"not shared, ReLU, pooled": pooled_evidence},
}

# %% [markdown]
# **Before you open the result:** five variants, each with some of the three ingredients. Which of them will read a digit that has moved by three pixels? Tick them. Each variant is tried with ten draws of filters.

# %% tags=["hide-output"]
sets, results = [place(digits.x_train), *moved], {"one weight a pixel": [dense_right]}
for seed in range(10):
    own = strokes(400 * 64, seed).reshape(400, 64, 25)
    for slide, weights in ((not_shared, own), (shared, strokes(64, seed))):
        train, *tests = (slide(images, weights) for images in sets)
        for name, read in variants[slide].items():
            reader = LinearClassifier().fit(read(train), digits.y_train)
            right = [reader.accuracy(read(test), digits.y_test) for test in tests]
            results.setdefault(name, []).append(right)
plots.shift_curves(
    range(4),
    results,
    ylabel="accuracy",
    percent=True,
    strong="shared, ReLU, pooled",
    alt="Six curves of accuracy; the table below gives their numbers.",
)

# %% tags=["nbval-ignore-output", "hide-output"]
measured = {name: np.array(runs) for name, runs in results.items()}  # (draws, shifts)
table = pd.DataFrame({name: runs.mean(axis=0) for name, runs in measured.items()}).T
table.columns = ["in the middle", "1 px", "2 px", "3 px"]
table.map("{:.0%}".format)

# %% [markdown]
# **Only all three together read the moved digit, and then without losing a single one.** Take one out, and after three pixels the classifier is as blind as before:
#
# - **Without pooling** ("shared, ReLU") the maps move along, and the classifier behind them has one weight for each of the 400 places of each map again. Sharing moved the problem one layer up.
# - **Without ReLU** ("shared, pooled") the classifier is blind even in the middle. The sum of a map is the sum of the picture times the sum of the filter's weights (padded by 4, each pixel meets each weight). That is zero here, so nothing is left. An average of weighted sums is only a weighted sum; something nonlinear must come between. (Global *maximum* pooling is two ingredients in one, nonlinear and pooling; with it the ReLU may go.)
# - **Without sharing** ("not shared, ReLU, pooled") every place asks another question. The digit moves, and other questions meet it.
#
# "Shared weights let a network read moved digits" is a common half-truth. Sharing gives *equivariance*; ReLU turns answers into evidence; pooling makes the evidence *invariant*.
#
# The price: about as many parameters as the dense classifier (2,314 against 2,570), but 250 times the work, for each filter stops at 400 places. And the 64 numbers have forgotten *where* a stroke was. (Could the dense classifier not simply be *shown* moved digits? [Try it](further/01_why_a_convolution.ipynb).)
#
# **Exercise 7 (build).** Give back a little of the *where*: pool the upper and the lower half of the rows apart. The maps of N pictures and F filters come as (N, rows, columns, F), here the 400 places as 20 rows of 20, but write it for any even number of rows; return (N, 2·F), the upper halves' averages first. (The solution measures what this gains, and what it costs when digits move *down*.)


# %%
def pooled_by_half(maps):
    features = ...  # upper half, lower half, side by side
    return features


lesson01.pooled_by_half(pooled_by_half)

# %% tags=["claims"]
# @title Claims
full = measured["shared, ReLU, pooled"]
by_hand_map = convolution.conv2d(moved[0][0], strokes(1, 0).reshape(5, 5), padding=4)
gap = np.abs(shared(moved[0][:1], strokes(1, 0)).ravel() - by_hand_map.ravel()).max()
score.at_most("difference of these maps from conv2d", gap, 1e-5)
score.at_least("all three: accuracy after 3 px, worst of ten", full[:, 3].min(), 0.94)
lost = (full[:, 0] - full[:, 3]).max()
score.at_most("all three: lost by moving 3 px, worst of ten", lost, 0.004)
for missing, name in (
    ("pooling", "shared, ReLU"),
    ("ReLU", "shared, pooled"),
    ("sharing", "not shared, ReLU, pooled"),
):
    best = measured[name][:, 3].max()
    score.at_most(f"without {missing}: accuracy after 3 px, best of ten", best, 0.30)
largest = [shared(images, strokes(64, 0)).max(axis=1) for images in sets]
reader = LinearClassifier().fit(largest[0], digits.y_train)
moved_right = reader.accuracy(largest[4], digits.y_test)
score.at_least("shared, maximum pooling, no ReLU: after 3 px", moved_right, 0.90)
sizes = [dense.weights.size + 10, 64 * 25 + 64 + 64 * 10 + 10]
score.equal("parameters: dense, all three", sizes, [2_570, 2_314])
score.at_least("work: all three over dense", (400 * 25 * 64 + 640) / 2560, 250)
score.section()

# %% [markdown]
# ## 8 · From lines to dogs
#
# A filter of 5×5 sees five pixels in a row. Stack layers, and each unit sees more. Here are two layers of width 3 and stride 2: a unit of the second reads three neighbours of the first, which stand two pixels apart and see three pixels each.

# %%
plots.stacked_fields(
    [(3, 2), (3, 2)],
    alt="One unit of layer 2, the three units it reads, the seven pixels they see.",
)

# %% [markdown]
# **Exercise 8 (design).** Plan two convolutional layers that take a 64×64×3 picture to 8×8 with at least 32 channels. Use at most 7,000 parameters (biases included), and let each final unit see at least 11×11 pixels.

# %%
my_layers = [
    {"kernel": None, "filters": None, "stride": None, "padding": None},
    {"kernel": None, "filters": None, "stride": None, "padding": None},
]

lesson01.small_stack(my_layers)

# %% [markdown]
# A **convolutional network** (CNN) repeats these blocks: convolution, ReLU, then a stride or pooling that thins out the places, at the end often one or a few dense layers that name what was found. To tell a golden retriever, a late layer may look for a nose, two eyes, fur. These are made of ovals, dark circles and curves, and those of short lines and blobs of colour. **Nobody programs these features.** The network guesses (forward), the error is traced back to each weight (back-propagation), and each weight is changed a little, many thousand times.
#
# Zeiler and Fergus (2014) looked into such a network and found just this: lines and colours in the first layer, circles and stripes in the second, honeycombs, wheels and faces in the third, dogs and bicycles in the fifth. *For the curious: [pictures and their detectors](further/01_pictures_detectors.ipynb) repeats their idea on our own photographs.*
#
# Fukushima (1980) built the first network of this plan, without dense layers and without back-propagation. LeCun and others (1989) trained one by back-propagation to read the digits of postal codes; its descendant of 1998, LeNet-5, is the subject of lesson 06. Such networks find faces, read traffic signs, help to steer robots and cars, and recognise speech drawn as a picture of frequency over time.
#
# ## Recap
#
# 1. A classifier with one weight a pixel loses a digit that moves, because each weight knows only its own place.
# 2. A convolution lays one small kernel on every patch. Its weights grow with the filters, not with the picture.
# 3. Padding keeps the borders, stride thins out places: that saves activations and work, not parameters.
# 4. Convolution is equivariant (the map moves along), global pooling is invariant (the answer stays).
# 5. **Shared weights, a nonlinearity and pooling together read the moved digit; any two of them do not.**
#
# ## Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("01")

# %% [markdown]
# ## References
#
# - D. H. Hubel, T. N. Wiesel, "Receptive fields of single neurones in the cat's striate cortex", *Journal of Physiology* 148, 1959; "Receptive fields, binocular interaction and functional architecture in the cat's visual cortex", *Journal of Physiology* 160, 1962.
# - K. Fukushima, "Neocognitron: a self-organizing neural network model for a mechanism of pattern recognition unaffected by shift in position", *Biological Cybernetics* 36, 1980.
# - Y. LeCun and others, "Backpropagation applied to handwritten zip code recognition", *Neural Computation* 1(4), 1989; "Gradient-based learning applied to document recognition", *Proceedings of the IEEE* 86, 1998.
# - M. D. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014, arXiv:1311.2901.
# - I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press, 2016, chapter 9; free at deeplearningbook.org.
#
# <details><summary><b>Teacher's notes</b></summary>
#
# **The story in a minute.** A digit moves, the classifier goes blind. Every pixel had a weight of its own. So let a few weights slide: the map moves along, but whoever reads the map is blind again. Rectify, then pool: now nothing changes when the digit moves. Any two of the three are not enough.
#
# **Two lessons of 45 minutes.** First: sections 1–4; everyone writes down the four guesses of section 1; the first window on the board; the tour of the explorer in pairs. Second: sections 5–8; let the class vote on the five variants of section 7 before anybody opens the result. Exercises 1–3 in the first, 6 in the second, the others at home.
#
# **One lesson of 90 minutes.** Sections 1, 2, 3 (25 min), the tour (10), 6 and 7 (40), recap and quiz (10).
#
# **To skip:** the channels of section 5, the trap of section 4, exercises 4 and 8.
#
# **To discuss.** (1) A passport photograph always has the nose in the middle. Would locally connected layers *without* sharing be better there? (2) One network must say where the ball is, another whether there is one. Which should use global pooling, and why?
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
