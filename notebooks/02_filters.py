# %% [markdown]
# # 02 · Filters
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/02_filters.ipynb)
#
# [← 01 · Convolution intuition](01_convolution_intuition.ipynb) · [all lessons](START_HERE.ipynb) · [solutions](solutions/02_filters_solutions.ipynb) · [03 · MLP against CNN →](03_mlp_vs_cnn.ipynb)
#
# **You will be able to**
# - say, before running it, which Sobel kernel answers to which edge, and derive both from a difference and a blur;
# - read a picture with two libraries, tell BGR from RGB, and show a channel without false colours;
# - find, measure and mend the damage that eight-bit arithmetic does to an edge picture;
# - predict from a kernel's sum what happens to the brightness;
# - explain how gradient descent learns a kernel, which pictures can teach it, and what makes a comparison of filters fair.
#
# **Before this:** lesson 01 (sliding a kernel, padding, correlation). Derivatives of one variable.
# No machine learning is assumed: its words get one line where they first appear.
#
# **Time:** about 90 minutes of reading, 50 more for the exercises; the code runs in about 20 seconds on two CPU cores. Sections 8 and 9 and the three long cells of section 11 that say so are optional: run them and read on.
#
# **Data:** photographs from scikit-image and scikit-learn's 8×8 digits. They come with the packages: nothing is downloaded.

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
import tempfile
from pathlib import Path

import cv2
import matplotlib.pyplot as plt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from course_utils import checks, datasets, plots, runtime, widgets
from course_utils.checks import lesson02
from course_utils.convolution import KERNELS, conv2d, flip

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="02")
plots.set_theme()
score = checks.Scorecard("02")
budget = lesson.choose(
    quick=dict(splits=10, labels=(100, 1000)),
    full=dict(splits=30, labels=(30, 100, 300, 1000)),
)

# %% [markdown]
# ## 1 · Whose numbers go into the kernel?
#
# Lesson 01 slid kernels over pictures. Their numbers were given, drawn, or cut at random out of digits.
#
# Here is a small job. We want a 3×3 kernel that answers to an edge between **left and right**,
# and stays silent on an edge between **above and below**, and on a flat area.

# %%
step = np.zeros((16, 16), np.uint8)
step[:, 8:] = 200  # columns 0–7 are black, the others light
flat = np.full((16, 16), 120, np.uint8)

plots.show_images(
    [step, step.T, flat],
    titles=["answer here", "silent here", "and here"],
    alt="Three 16×16 pictures: dark left and light right; dark above and light below; even grey.",
)

# %% [markdown]
# The lazy way is to guess. Draw 10,000 kernels of nine random numbers and try each.
# We are generous: "silent" means at most a tenth of its answer to the first picture.
#
# **Before you run this:** how many of the 10,000 do the job?

# %% tags=["nbval-ignore-output"]
guesses = np.random.default_rng(2).normal(size=(10_000, 9))


def strongest(picture):
    """Return the strongest answer of every guessed kernel to a picture."""
    windows = sliding_window_view(picture.astype(float), (3, 3)).reshape(-1, 9)
    return np.abs(windows @ guesses.T).max(axis=0)


wanted, unwanted, idle = (strongest(picture) for picture in (step, step.T, flat))
good = (unwanted <= wanted / 10) & (idle <= wanted / 10)
print(f"{good.sum()} of {len(guesses):,} guessed kernels do the job")

# %% [markdown]
# About one in a thousand. Guessing seldom works, and a little thought says why.
# In the second picture every row is constant. So a window's answer is
#
# (sum of the kernel's top row) × (value above) + (sum of its middle row) × (value) + (sum of its bottom row) × (value below).
#
# To be silent whatever the values are, **each row of the kernel must sum to zero**. Random rows do not.
# In the first picture every column is constant, so in the same way the *column* sums decide there: to answer, they must not all be zero.
# A useful kernel is a set of rules. This lesson asks who writes them: first we do, by thinking;
# at the end the data do, by gradient descent. On the way there are traps.

# %%
columns, rows = (KERNELS["sobel_x"].sum(axis=axis).tolist() for axis in (0, 1))
print(
    "sobel_x", KERNELS["sobel_x"].tolist(), "· row sums", rows, "· column sums", columns
)

# %% tags=["claims"]
# @title Claims
score.at_most("1 · random kernels that do the job, of 10,000", int(good.sum()), 50)
score.equal("1 · row sums of sobel_x", rows, [0, 0, 0])
score.equal("1 · column sums of sobel_x", columns, [-4, 0, 4])
score.section()

# %% [markdown]
# ## 2 · A picture is numbers, but in which order?
#
# We take a photograph (its middle, made smaller, so that single pixels can be seen), write it to a file and read it back
# with two libraries, Pillow and OpenCV.

# %%
photograph = datasets.photograph("coffee")
coffee = cv2.resize(photograph[:320, 80:480], (160, 128), interpolation=cv2.INTER_AREA)
with tempfile.TemporaryDirectory() as folder:
    file = str(Path(folder) / "coffee.png")
    Image.fromarray(coffee).save(file)
    by_pillow = np.array(Image.open(file))
    by_opencv = cv2.imread(file)

print(
    "Pillow",
    by_pillow.shape,
    by_pillow.dtype,
    "· OpenCV",
    by_opencv.shape,
    by_opencv.dtype,
)
print("equal:", np.array_equal(by_pillow, by_opencv))

# %% [markdown]
# Same file, same shape, same type, and not equal. **Before you run this:** what could differ?

# %%
for name, picture in {"Pillow": by_pillow, "OpenCV": by_opencv}.items():
    print(
        f"{name:7} mean of channel 0, 1, 2:",
        picture.mean(axis=(0, 1)).round(1).tolist(),
    )
plots.show_images(
    [by_pillow, by_opencv],
    titles=["read by Pillow: RGB", "read by OpenCV: BGR"],
    size=3.0,
    alt="A brown cup of coffee on a wooden table; beside it the same picture with blue coffee.",
)

# %% [markdown]
# OpenCV stores blue, green, red. Nearly everybody else stores red, green, blue. No error is raised:
# the coffee is just blue, and a network trained on RGB may quietly do worse.
# The cure is one line, at the place where the file is read.

# %%
mended = cv2.cvtColor(by_opencv, cv2.COLOR_BGR2RGB)

# %% [markdown]
# ### One channel is a plane of numbers, not a colour
#
# Take the channels apart. Some tutorials call `plt.imshow(picture[..., 0])` and get something like this.

# %%
plots.channel_planes(
    coffee,
    grey=False,
    size=2.05,
    alt="The coffee photograph and its channels in matplotlib's default colours, green and yellow.",
)

# %% [markdown]
# Where do green and yellow come from? From nowhere: they are **false colours**.
# A channel is one number a pixel. Without `cmap`, matplotlib paints it with its own scale, from the plane's smallest
# to its largest value. So two planes cannot be compared either; `cmap="gray"` alone mends the colours but not the scale. Say all three:
#
# `plt.imshow(plane, cmap="gray", vmin=0, vmax=255)`

# %%
axes = plots.channel_planes(coffee, size=2.05)
plots.show(
    axes,
    alt="The same three channels in grey: the red one is bright, the blue one almost black.",
)
drawn = {
    name: plt.get_cmap(name)(coffee[..., 2])[..., :3] for name in ("gray", "viridis")
}
for name, colours in drawn.items():  # grey means: equal amounts of red, green and blue
    print(
        f"{name:<8} pixels drawn grey: {(np.ptp(colours, axis=-1) < 0.01).mean():.0%}"
    )
true_grey, false_grey = (
    (np.ptp(colours, axis=-1) < 0.01).mean() for colours in drawn.values()
)

# %% [markdown]
# Now the picture tells the truth: brown has much red and little blue (the means of the whole picture, above: 166, 87 and 52).
#
# ### From three numbers to one
#
# Most filters of this lesson work on brightness. The eye is most sensitive to green and least to blue,
# so grey is not the plain mean: grey = 0.299 red + 0.587 green + 0.114 blue.

# %%
by_hand = coffee @ np.array([0.299, 0.587, 0.114])
grey = cv2.cvtColor(coffee, cv2.COLOR_RGB2GRAY)
# the usual slip: the picture is not BGR
wrong = cv2.cvtColor(coffee, cv2.COLOR_BGR2GRAY)

apart = float(np.abs(by_hand - grey).max())
print(f"largest difference to OpenCV: {apart:.3f} grey levels")
print(f"mean grey: {grey.mean():.1f} · with red and blue mixed up: {wrong.mean():.1f}")

# %% [markdown]
# OpenCV rounds to whole levels (up to 0.5), and its three weights are rounded too (the last 0.001).
# With red and blue mixed up, brown counts as blue, and blue counts least: the picture gets 21 levels darker, without an error.

# %% tags=["claims"]
# @title Claims
score.true(
    "2 · OpenCV's channels are Pillow's in reverse",
    np.array_equal(by_opencv, by_pillow[..., ::-1]),
)
score.true(
    "2 · BGR turned to RGB equals Pillow's picture", np.array_equal(mended, by_pillow)
)
score.equal(
    "2 · share of a channel's pixels drawn grey by the grey map", float(true_grey), 1
)
score.at_most("2 · the same by the default map", float(false_grey), 0.01)
score.at_most("2 · our grey against OpenCV's, grey levels", apart, 0.51)
score.at_least(
    "2 · grey levels lost by mixing up BGR and RGB",
    float(grey.mean() - wrong.mean()),
    15,
)
score.section()

# %% [markdown]
# ## 3 · Building an edge detector
#
# An edge is a place where neighbours differ. So walk along one row and take differences:
# right neighbour minus left neighbour. As a kernel that is **−1 0 1**.
#
# By hand, on the row 10 10 10 60 110 110 110: the differences are
# 10−10 = 0, 60−10 = 50, 110−10 = 100, 110−60 = 50, 110−110 = 0.

# %%
row = np.array([[10, 10, 10, 60, 110, 110, 110]])
difference = np.array([[-1, 0, 1]])
by_kernel = conv2d(row, difference)
print(by_kernel.tolist())

# %% [markdown]
# On a real row of pixels, through the rim of the cup, the difference is large at the rim.
# It is positive where the picture gets brighter to the right, negative where it gets darker.

# %%
height, left, right = 60, 28, 60  # through the left rim of the cup
values = grey[height, left:right].astype(int)
slope = conv2d(values[np.newaxis], difference)[0]

with plots.figure(
    2,
    1,
    size=(7.5, 4.6),
    sharex=True,
    alt="Grey values along a row through the cup's rim; below, their differences: a peak and a dip there.",
) as (upper, lower):
    plots.profiles(
        {"grey value": values[1:-1]},
        start=left + 1,
        ylabel="grey value",
        xlabel="",
        ax=upper,
    )
    plots.profiles(
        {"right − left": slope}, start=left + 1, ylabel="right − left", ax=lower
    )

# %% [markdown]
# ### Noise, and why Sobel blurs
#
# A difference also answers to noise. Take a flat area with noise of standard deviation σ = 20.
# For independent pixels the noise of a weighted sum is σ·√(sum of the squared weights). Divide both kernels so that
# they give the slope in grey levels a pixel:
#
# - (−1 0 1)/2: 20·√(1/4 + 1/4) = 20·0.707 = 14.1
# - sobel_x/8: 20·√(12/64) = 20·0.433 = 8.7
#
# Sobel takes the difference on three rows and averages them with the weights 1 2 1. The edge keeps its height,
# the noise falls by the factor √(8/3) = 1.63. Is that what happens?

# %% tags=["nbval-ignore-output"]
noise = np.random.default_rng(0).normal(0, 20, size=(300, 300))
plain = conv2d(noise, difference / 2).std()
sobel = conv2d(noise, KERNELS["sobel_x"] / 8).std()
# five grey levels brighter with every column
ramp = np.tile(np.arange(8.0), (8, 1)) * 5
print(
    f"noise: plain difference {plain:.2f}, Sobel {sobel:.2f}, ratio {plain / sobel:.2f}"
)
print(
    "slope of the ramp:",
    conv2d(ramp, difference / 2).max(),
    conv2d(ramp, KERNELS["sobel_x"] / 8).max(),
)

# %% [markdown]
# So Sobel is **smoothing down × difference across**: each of its nine numbers is a product of one from (1 2 1) and one
# from (−1 0 1). Such a kernel is called separable.

# %%
smooth = np.array([[1], [2], [1]])
with plots.figure(
    1,
    3,
    size=(7.5, 2.8),
    width_ratios=[1, 3, 3],
    alt="The column 1 2 1 times the row −1 0 1 gives the nine numbers of sobel_x.",
) as axes:
    plots.number_grid(smooth, title="smooth", signed=True, ax=axes[0])
    plots.number_grid(difference, title="× difference", signed=True, ax=axes[1])
    plots.number_grid(smooth * difference, title="= sobel_x", signed=True, ax=axes[2])

# %% [markdown]
# Separable kernels are cheap: one pass with the column, one with the row. 3 + 3 multiplications a pixel instead of 9;
# the larger the kernel, the more this saves. The result is the same, to the last digit.

# %%
one_pass = conv2d(grey, KERNELS["sobel_x"])
two_passes = conv2d(conv2d(grey, smooth), difference)
print(
    "largest difference between one pass and two:", np.abs(one_pass - two_passes).max()
)
for size in (3, 15):
    print(
        f"{size}×{size} kernel: {size * size} products a pixel, in two passes {size + size}"
    )

# %% tags=["claims"]
# @title Claims
score.equal("3 · differences along a row", by_kernel[0].tolist(), [0, 50, 100, 50, 0])
score.close(
    "3 · noise of the plain difference over Sobel's",
    plain / sobel,
    np.sqrt(8 / 3),
    tolerance=0.05,
)
score.equal(
    "3 · smoothing × difference",
    (smooth * difference).tolist(),
    KERNELS["sobel_x"].tolist(),
)
score.equal(
    "3 · sobel_y is the transpose",
    KERNELS["sobel_x"].T.tolist(),
    KERNELS["sobel_y"].tolist(),
)
score.equal(
    "3 · Sobel in one pass and in two, largest difference",
    int(np.abs(one_pass - two_passes).max()),
    0,
)
score.section()

# %% [markdown]
# ## 4 · Which Sobel finds which edge?
#
# Back to the 16×16 picture, columns 0–7 black and the others 200.
# Its edge is **vertical** (the line between black and light runs up and down).
#
# At the border a window needs pixels that do not exist. **Mirrored** (`border="reflect"`, also OpenCV's default) continues a row a b c …
# to the left as c b | a b c …; `border="edge"` repeats the last pixel: a a | a b c …
#
# **Before you run this:** which of sobel_x and sobel_y answers, and in how many pixels?

# %%
counts = {}
for name in ("sobel_x", "sobel_y"):
    response = conv2d(step, KERNELS[name], padding="same", border="reflect")
    counts[name] = np.count_nonzero(response)
    print(f"{name}: {counts[name]} pixels are not zero, largest {response.max()}")

# %% [markdown]
# 32 = two columns of 16 pixels: the windows that straddle the edge. sobel_y finds nothing.
#
# **Trap: the name.** sobel_x *differentiates along x*, so it finds *vertical* edges. Some pages title its picture "horizontal".
# The name gives the direction one walks, not the direction in which the edge runs. On the photograph:


# %%
def responses(picture, *names):
    """Return the response of each named kernel; mirrored border, nothing cut off."""
    same = dict(padding="same", border="reflect")
    return {name: conv2d(picture, KERNELS[name], **same) for name in names}


plots.signed_maps(
    responses(grey, "sobel_x", "sobel_y"),
    limit=500,
    size=2.9,
    label="response",
    alt=(
        "Sobel x: a red and a blue line at each side of "
        "the cup; Sobel y: above and below."
    ),
)

# %% [markdown]
# Follow the *outer* rim of the cup in sobel_x: one colour on the left, the other on the right (the inner rim has them the other way round).
# The sign says which side is brighter. These two-coloured pictures need negative numbers. That leads to the second trap.

# %% tags=["claims"]
# @title Claims
score.equal(
    "4 · vertical edge, pixels that answer to sobel_x, sobel_y",
    list(counts.values()),
    [32, 0],
)
score.section()

# %% [markdown]
# ## 5 · What goes wrong: half of the edges are missing
#
# This is how some pages filter a picture with OpenCV. Depth −1 means: the output has the type of the input, here uint8.
#
# **Before you run this:** a light square on black has two vertical sides. How many of the two does sobel_x find in eight bits?

# %%
box = np.zeros((32, 32), np.uint8)
box[8:24, 8:24] = 200


def eight_bit(picture, name):
    """Filter as many tutorials do: the output is uint8 like the input."""
    return cv2.filter2D(picture, -1, KERNELS[name].astype(np.float32))


axes = plots.show_images(
    [box, eight_bit(box, "sobel_x"), eight_bit(box, "sobel_y")],
    titles=["square", "sobel_x", "sobel_y"],
)
plots.show(
    axes,
    alt="A light square; in eight bits sobel_x shows its left side alone, sobel_y its upper side.",
)

# %% [markdown]
# One side each, two of four. The other sides gave negative numbers, and eight bits without a sign hold 0 to 255:
# everything below becomes 0, everything above becomes 255. The worst case is an edge from light to dark.


# %%
def in_float(picture, name):
    """Filter with room for negative and large numbers."""
    return cv2.filter2D(picture, cv2.CV_32F, KERNELS[name].astype(np.float32))


mirrored = step[:, ::-1].copy()
line = 5  # any row
plots_of = {
    "in float": in_float(mirrored, "sobel_x")[line],
    "in eight bits": eight_bit(mirrored, "sobel_x")[line],
}
ax = plots.profiles(
    plots_of, ylabel="response of sobel_x", title="an edge from light to dark"
)
plots.show(
    ax,
    alt="In float the response dips to −800 at the edge; in eight bits it is 0 everywhere.",
)

# %% [markdown]
# The edge has vanished without an error. Now measure the damage: pixels that are not zero, in eight bits and in float.
# A third kernel joins in: `outline`, 8 in the centre and −1 around it, compares a pixel with its eight neighbours.

# %%
cases = [("dark → light", step, "sobel_x"), ("light → dark", mirrored, "sobel_x")]
cases += [("square", box, name) for name in ("sobel_x", "sobel_y", "outline")]
damage = {}
print(
    f"{'picture':<16}{'kernel':<10}{'8 bits':>7}{'float':>7}{'smallest':>10}{'largest':>9}"
)
for title, picture, name in cases:
    cut, whole = eight_bit(picture, name), in_float(picture, name)
    left, both = damage[title, name] = np.count_nonzero(cut), np.count_nonzero(whole)
    print(
        f"{title:<16}{name:<10}{left:>7}{both:>7}{whole.min():>10.0f}{whole.max():>9.0f}"
    )

# %% [markdown]
# With Sobel 36 of the square's 72 edge pixels are left, with outline 60 of 128.
# The **mend** is the second argument: ask for a floating-point output (`cv2.CV_32F`), and cut or scale only for display.
#
# On whole numbers our own `conv2d` computes with 64-bit integers. It should agree with OpenCV to the unit, mirrored border included.

# %%
for title, picture, name in cases:
    ours = conv2d(picture, KERNELS[name], padding="same", border="reflect")
    assert np.array_equal(ours, in_float(picture, name))
    assert np.array_equal(
        np.clip(ours, 0, 255),
        eight_bit(picture, name),
    )  # cutting is all that eight bits do
    print(
        f"{title:<16}{name:<10} ours: {np.count_nonzero(ours)}, {ours.min()} to {ours.max()}"
    )

ours = conv2d(box, KERNELS["sobel_x"], padding="same", border="reflect")

# %% [markdown]
# And a question from lesson 01: does OpenCV turn the kernel by 180°, as the mathematics of convolution has it?
# The kernel `emboss` is not the same when turned, so it can tell.

# %%
emboss = KERNELS["emboss"]
theirs = in_float(grey, "emboss")[1:-1, 1:-1]  # without the border
as_it_is = np.array_equal(theirs, conv2d(grey, emboss))
turned = np.array_equal(theirs, conv2d(grey, flip(emboss)))
print(emboss.tolist(), "· turned:", flip(emboss).tolist())
print("OpenCV equals ours:", as_it_is, "· ours with the kernel turned:", turned)

# %% [markdown]
# It does not: like a network, OpenCV correlates. And on the photograph? Count the lost numbers, also among the strong responses alone, which are the edges.

# %%
exact = conv2d(grey, KERNELS["sobel_x"], padding="same", border="reflect")
lost, burnt = (exact < 0).mean(), (exact > 255).mean()
negative = (exact[np.abs(exact) > 100] < 0).mean()
print(f"cut to 0: {lost:.1%} of the pixels · cut to 255: {burnt:.1%}")
print(f"among the strong responses (beyond ±100) cut to 0: {negative:.0%}")

# %% tags=["claims"]
# @title Claims
score.equal(
    "5 · light → dark, pixels in 8 bits and in float",
    damage["light → dark", "sobel_x"],
    (0, 32),
)
score.equal(
    "5 · square, sobel_x, 8 bits and float", damage["square", "sobel_x"], (36, 72)
)
score.equal(
    "5 · square, sobel_y, 8 bits and float", damage["square", "sobel_y"], (36, 72)
)
score.equal(
    "5 · square, outline, 8 bits and float", damage["square", "outline"], (60, 128)
)
score.equal(
    "5 · square, our conv2d: pixels, smallest, largest",
    [np.count_nonzero(ours), ours.min(), ours.max()],
    [72, -800, 800],
)
score.true("5 · OpenCV does not turn the kernel", as_it_is and not turned)
score.close(
    "5 · strong responses of the photograph cut to 0, %",
    round(100 * negative),
    50,
    tolerance=3,
)
score.at_least("5 · pixels of the photograph cut to 0, %", round(100 * lost, 1), 45)
score.section()

# %% [markdown]
# ## 6 · The gradient: how steep, and which way
#
# sobel_x gives the slope to the right, sobel_y the slope downwards (rows count from the top).
# Together they are an arrow, the **gradient** of the picture. It points to where the picture gets brighter fastest.
# (In section 10 the same word means something else: how a *loss* changes with the numbers of a kernel.)
#
# - its length, √(gx² + gy²), says how strong the edge is; the sign no longer matters;
# - its angle, atan2(gy, gx), says which way the edge faces.
#
# By hand: gx = 300, gy = 400 gives a length of √(90,000 + 160,000) = 500 and an angle of 53°: right and down.


# %%
def gradient(picture):
    """Return the length and the angle (0° = brighter to the right, 90° = downwards)."""
    gx, gy = responses(picture, "sobel_x", "sobel_y").values()
    return np.hypot(gx, gy), np.degrees(np.arctan2(gy, gx)) % 360


print(
    f"by hand: length {np.hypot(300, 400):.0f}, angle {np.degrees(np.arctan2(400, 300)):.0f}°"
)
length, angle = gradient(grey)
with plots.figure(
    1,
    2,
    size=(7.6, 3.0),
    alt="The cup's edges in white; beside it coloured by direction, round the rim all colours.",
) as axes:
    plots.show_image(
        length, title="length: every edge, whichever way", limits=(0, 500), ax=axes[0]
    )
    plots.direction_map(angle, np.minimum(length, 300), title="angle", ax=axes[1])
sides = gradient(box)[0]

# %% [markdown]
# ### A test with a known answer
#
# A disc has edges in all directions, equally many of each. So the histogram of angles, each pixel counted by the length of its
# gradient, should be flat. **Before you run this:** will it be?

# %%
y, x = np.mgrid[-50:51, -50:51]
radius = np.hypot(x, y)
jagged = np.where(radius < 35, 255.0, 0.0)  # each pixel is either in or out
soft = 255 / (1 + np.exp(radius - 35))  # the edge is spread over a few pixels

with plots.figure(
    1,
    3,
    size=(8.2, 2.8),
    width_ratios=[1, 1, 2.6],
    alt="A disc with stairs has a spiky histogram of angles, a disc with a soft edge a flat one.",
) as axes:
    for ax, disc, name in zip(axes, (jagged, soft), ("jagged", "soft"), strict=False):
        plots.show_image(disc[10:40, 10:40], title=f"{name} disc, part", ax=ax)
        plots.direction_histogram(
            gradient(disc)[1], gradient(disc)[0], bins=24, label=name, ax=axes[2]
        )

# %% [markdown]
# The jagged disc fails the test. A 3×3 window on its rim sees stairs, and stairs have few directions.
# The method is right; the picture is at fault: a disc drawn without in-between values has no smooth edge. In numbers:


# %%
def rim_angles(disc):
    """Return the angles found on the disc's rim, and by how much each is wrong (degrees)."""
    strength, direction = gradient(disc)
    # the truth: the disc is bright inside
    toward_centre = np.degrees(np.arctan2(-y, -x)) % 360
    # 359° and 1° are 2° apart
    error = np.abs((direction - toward_centre + 180) % 360 - 180)
    rim = strength > 0.3 * strength.max()
    return direction[rim], error[rim]


for name, disc in {"jagged": jagged, "soft": soft}.items():
    found, error = rim_angles(disc)
    different = len(np.unique(found.round() % 360))
    print(
        f"{name:<7} mean error {error.mean():.1f}° · {different} of 360 whole degrees occur"
    )
score.at_least(
    "6 · jagged disc: mean error of the angle",
    rim_angles(jagged)[1].mean(),
    5,
    unit="°",
)
score.at_most(
    "6 · soft disc: mean error of the angle", rim_angles(soft)[1].mean(), 0.5, unit="°"
)


# %%
def largest_over_smallest(disc):
    """Return the largest of 24 direction shares over the smallest: 1 means a flat histogram."""
    strength, direction = gradient(disc)
    sector = (direction / 15).round().astype(int) % 24  # each sector is 15° wide
    shares = np.bincount(sector.ravel(), weights=strength.ravel(), minlength=24)
    return shares.max() / shares.min()


print(
    f"jagged {largest_over_smallest(jagged):.2f}, soft {largest_over_smallest(soft):.2f}"
)
score.at_most(
    "6 · soft disc: largest direction share over the smallest",
    largest_over_smallest(soft),
    1.1,
)

# %% [markdown]
# The stairs offer only a few angles, ten degrees off on average. On the soft disc the histogram is flat to within five percent.
# Pictures whose edges are drawn with in-between values (*anti-aliased* ones) and a little blur (section 8) are what gradients need.

# %% tags=["claims"]
# @title Claims
score.equal("6 · square: pixels with a gradient", np.count_nonzero(sides), 128)
score.section()

# %% [markdown]
# ## 7 · What the sum of a kernel says
#
# Four kernels, two of them from section 5. **Before you run the cell after the next:** add up their numbers (and divide the blur's sum by 16). Which of them keep the picture as bright
# as it is, and which turn its mean to zero?

# %%
with plots.figure(
    1,
    4,
    size=(8.2, 2.4),
    alt="The four kernels: sharpen 5 and −1, outline 8 and −1, blur 4, 2, 1, emboss −2 to 2.",
) as axes:
    for ax, name in zip(
        axes, ("sharpen", "outline", "gaussian_blur", "emboss"), strict=True
    ):
        sixteenths = 16 if name == "gaussian_blur" else 1
        title = f"{name} × 16" if sixteenths == 16 else name
        plots.number_grid(KERNELS[name] * sixteenths, title=title, signed=True, ax=ax)

# %%
names = ("sharpen", "gaussian_blur", "emboss", "outline", "sobel_x", "sobel_y")
surprise = {}
wrapped = np.pad(
    grey,
    1,
    mode="wrap",
)  # left joined to right, top to bottom: every pixel meets every weight once
print(f"mean of the photograph: {grey.mean():.1f}")
for name in names:
    total, after = KERNELS[name].sum(), conv2d(wrapped, KERNELS[name]).mean()
    print(f"{name:<14} sum {total:>2.0f}   mean after {abs(after):6.1f}")
    surprise[name] = float(abs(after - total * grey.mean()))
score.equal(
    "7 · sums of sharpen and outline",
    [int(KERNELS[name].sum()) for name in ("sharpen", "outline")],
    [1, 0],
)

# %% [markdown]
# Every pixel meets every weight once. So the mean is multiplied by **the sum of the kernel**:
# sum 1 keeps the brightness, sum 0 throws it away and leaves the changes.
# (The picture was wrapped round at its border, which makes this exact. With another border it is true but for the rim.)

# %%
with plots.figure(
    2,
    3,
    size=(7.2, 4.6),
    alt="Six filtered pictures of the cup: three grey ones, three with red and blue edges.",
) as axes:
    for ax, name in zip(axes.flat, names, strict=True):
        after = conv2d(grey, KERNELS[name], padding="same", border="reflect")[
            8:104, 24:136
        ]
        if KERNELS[name].sum() > 0.5:
            plots.show_image(after, title=f"{name}: sum 1", limits=(0, 255), ax=ax)
        else:
            plots.show_image(
                after, title=f"{name}: sum 0", signed=True, limits=(-400, 400), ax=ax
            )

# %% [markdown]
# How to read them:
#
# - **sharpen** = the pixel + 4 × (the pixel − the mean of its four neighbours). What differs from its neighbours is pushed further away.
# - **blur** is a weighted mean: no negative weight and the sum 1, so nothing can leave 0–255.
# - **emboss** takes one diagonal side minus the other, plus the picture itself: light seems to fall from one corner.
# - **outline** compares the centre with all eight neighbours. It finds edges in every direction, and noise too.

# %%
share = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) / 4
centre = KERNELS["identity"]
rebuilt = centre + 4 * (centre - share)
print(rebuilt.astype(int).tolist())

# %% [markdown]
# ### Touch it
#
# Point at a pixel of the output, or move with the arrow keys, and see the nine products. Choose another kernel or type your own.
# Try: change the middle number of `outline` so that its sum becomes 1. What comes back? (The picture, its edges sharpened: 9 in the centre.)
# The explorer pads with zeros, so the outermost pixels see black outside.

# %% tags=["nbval-ignore-output"]
small = {"cup": widgets.small_grey(coffee, side=64), "square": box, "step": step}
explorer = widgets.ConvolutionExplorer(image=small, kernel="outline", padding=1)
explorer.row, explorer.column = 12, 14
explorer.show()

# %% tags=["claims"]
# @title Claims
score.at_most(
    "7 · six kernels: mean after − sum × mean before, at most",
    max(surprise.values()),
    1e-9,
)
score.true(
    "7 · sharpen = identity + 4 × (identity − mean of neighbours)",
    np.array_equal(rebuilt, KERNELS["sharpen"]),
)
score.section()

# %% [markdown]
# ## 8 · Larger kernels: at which scale do you want to see?
#
# *Optional.* A 3×3 kernel sees three pixels a side. To see coarser things, blur first. The usual blur is the **Gaussian** of width σ:
# weights exp(−(x² + y²)/2σ²), divided by their sum. It is separable, and cut off at 3σ.


# %%
def gaussian(sigma):
    """Return a square Gaussian kernel that sums to 1 and reaches 3 sigma to each side."""
    x = np.arange(-int(np.ceil(3 * sigma)), int(np.ceil(3 * sigma)) + 1)
    weights = np.exp(-(x**2) / (2 * sigma**2))
    return np.outer(weights, weights) / weights.sum() ** 2


print({sigma: gaussian(sigma).shape for sigma in (0.5, 1, 2, 4)})
theirs = cv2.GaussianBlur(
    grey.astype(np.float64),
    ksize=(13, 13),
    sigmaX=2,
    borderType=cv2.BORDER_REFLECT_101,
)
ours = conv2d(grey, gaussian(2), padding="same", border="reflect")

# %% [markdown]
# How much should one blur? A square of brightness 200, with noise of standard deviation 80:

# %% tags=["nbval-ignore-output"]
truth = np.zeros((64, 64))
truth[16:48, 16:48] = 200
noisy = truth + np.random.default_rng(0).normal(0, 80, truth.shape)
rim = cv2.dilate((gradient(truth)[0] > 0).astype(np.uint8), np.ones((3, 3))).astype(
    bool
)


def edges_at(sigma):
    """Return the gradient's length, in grey levels a pixel, after a blur of width sigma."""
    blur = gaussian(sigma) if sigma else KERNELS["identity"]
    blurred = conv2d(noisy, blur, padding="same", border="reflect")
    return gradient(blurred)[0] / 8


edges = {sigma: edges_at(sigma) for sigma in (0, 1, 2, 4)}
contrast = {
    sigma: found[rim].mean() / found[~rim].mean() for sigma, found in edges.items()
}
titles = ["noisy", *(f"σ = {sigma}: {value:.1f}" for sigma, value in contrast.items())]
plots.show_images(
    [noisy, *edges.values()],
    titles=titles,
    size=1.63,
    alt="A noisy square and its edges at blurs of 0, 1, 2, 4: faint, clearer, clear, thick.",
)

# %% [markdown]
# The number is the contrast: mean edge strength on the square's rim over the mean elsewhere. Without blur the noise is more than
# half as strong as the rim. With too much blur the edge melts and spreads, and the contrast falls again. In between there is a best width.
#
# Slide it yourself.


# %% tags=["nbval-ignore-output"]
def edges_of_photograph(sigma):
    """Return the length of the photograph's gradient after a blur of width sigma."""
    return gradient(
        cv2.GaussianBlur(grey.astype(np.float64), ksize=(0, 0), sigmaX=sigma)
    )[0]


def draw_edges(sigma):
    """Return the edges of the photograph at one scale as an image."""
    strength = edges_of_photograph(sigma)
    return np.clip(255 * strength / np.quantile(strength, 0.995), 0, 255).astype(
        np.uint8
    )


widgets.frames(
    draw_edges,
    alt="The edges of the cup after a blur of width σ.",
    start={"sigma": 2},
    labels={"sigma": "σ [pixels]"},
    sigma=[0.5, 1, 1.5, 2, 3, 4, 6, 8],
)

# %% [markdown]
# At σ = 0.5 thin lines show, those of the wood among them; at σ = 4 the thin lines are gone:
# the rim is one thick ring, spoon and handle are blobs.
#
# Many small blurs make a large one: their σ² (the *variances*) add. σ = 3 followed by σ = 4 is σ = 5, since 9 + 16 = 25 (but for the cut-off at 3σ).
# A network uses the same idea: two 3×3 layers see 5×5 pixels, with fewer numbers than one 5×5 kernel.

# %%
dot = np.zeros((81, 81))
dot[40, 40] = 1.0
twice = conv2d(conv2d(dot, gaussian(3), padding="same"), gaussian(4), padding="same")
once = conv2d(dot, gaussian(5), padding="same")
print(
    f"largest difference, relative to the peak: {np.abs(twice - once).max() / once.max():.1%}"
)
print("numbers in two 3×3 kernels:", 2 * 3 * 3, "· in one 5×5 kernel:", 5 * 5)

# %% tags=["claims"]
# @title Claims
score.at_most(
    "8 · Gaussian σ = 2 against OpenCV's, grey levels",
    float(np.abs(ours - theirs).max()),
    1e-6,
)
score.true(
    "8 · some blur beats none and too much", contrast[2] > max(contrast[0], contrast[4])
)
score.at_most(
    "8 · σ = 3 then 4 against σ = 5, share of the peak",
    np.abs(twice - once).max() / once.max(),
    0.03,
)
score.section()

# %% [markdown]
# ## 9 · A bank of oriented filters
#
# *Optional.* To sort edges by direction, use one kernel for each direction: the slope of a Gaussian, turned. Eight of them, 22.5° apart:


# %%
def oriented(degrees, sigma=1.5, reach=4):
    """Return the slope of a Gaussian in the given direction, (2·reach + 1)² numbers."""
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    along = x * np.cos(np.radians(degrees)) + y * np.sin(np.radians(degrees))
    return along * np.exp(-(x**2 + y**2) / (2 * sigma**2))


angles = np.arange(8) * 22.5
bank = np.stack([oriented(degrees) for degrees in angles])
axes = plots.kernel_pictures(
    bank, titles=[f"{degrees:g}°" for degrees in angles], size=1.0
)
plots.show(
    axes,
    alt="Eight kernels, half red and half blue; the line between the halves turns step by step.",
)

# %% [markdown]
# Let each pixel vote for the kernel that answers most strongly. On the soft disc of section 6 we know the right answer
# (`x` and `y` are still the distances from its centre). A kernel turned by 180° is the same kernel with its signs exchanged.
# So we compare absolute values, and angles count modulo 180°.

# %%
answers = np.abs(
    np.stack(
        [conv2d(soft, kernel, padding="same", border="edge") for kernel in bank],
        axis=-1,
    ),
)
strong = answers.max(axis=-1) > 0.5 * answers.max()
winner = answers.argmax(axis=-1)
right = np.round(np.degrees(np.arctan2(y, x)) % 180 / 22.5).astype(int) % 8
votes = (winner == right)[strong]
print(
    f"{votes.mean():.1%} of {votes.size:,} rim pixels vote for the right one (chance: 12.5%)"
)

# %% [markdown]
# **Before you run this:** are the eight kernels eight different things? Or could one be mixed from others?

# %%
rank = np.linalg.matrix_rank(bank.reshape(8, -1))
mixed = np.cos(np.radians(67.5)) * bank[0] + np.sin(np.radians(67.5)) * bank[4]
print(f"independent kernels among the eight: {rank}")
print(
    "67.5° mixed from 0° and 90°, difference below 1e-12:",
    np.abs(mixed - bank[3]).max() < 1e-12,
)

# %% [markdown]
# Two suffice: every direction is cos θ × (0°) + sin θ × (90°). Freeman and Adelson called such filters *steerable*.
# Sobel x and y are used in the same way, as the two parts of one arrow; being only close to the slope of a Gaussian,
# they give angles that are only nearly right.

# %% tags=["claims"]
# @title Claims
score.at_least(
    "9 · rim pixels that vote for the right one of 8 directions", votes.mean(), 0.97
)
score.equal("9 · independent kernels in the bank of eight", int(rank), 2)
score.at_most(
    "9 · the 67.5° kernel mixed from 0° and 90°, difference",
    np.abs(mixed - bank[3]).max(),
    1e-12,
)
score.section()

# %% [markdown]
# ## 10 · Let the data write the numbers
#
# So far we wrote the rules. Suppose we have forgotten Sobel's numbers, and have only a picture and its filtered version.
# Nine unknown numbers **w**; a guess gives the response r; the **loss** L = mean of (r − target)² says how wrong it is.
#
# ∂L/∂w is the derivative of L when this one number changes and the other eight stay. All nine together are called the *gradient of the loss*.
#
# Which way should each number move? One response is r = Σ wᵢⱼ · x(row + i, column + j). So ∂r/∂wᵢⱼ is the pixel under wᵢⱼ, and
#
# ∂L/∂wᵢⱼ = mean over all positions of 2 · (r − target) · x(row + i, column + j).
#
# Read it again: slide the *error* over the *picture*, multiply and add. **The gradient of a convolution is a convolution.**


# %%
def loss(kernel, picture, target):
    """Return the mean squared difference between the response and the target."""
    return np.mean((conv2d(picture, kernel) - target) ** 2)


def loss_gradient(kernel, picture, target):
    """Return how the loss changes with each number of the kernel."""
    error = conv2d(picture, kernel) - target
    return 2 * conv2d(picture, error) / error.size  # the error is the kernel now


# %% [markdown]
# Never trust a gradient derived by hand. Nudge each of the nine numbers a little and see how the loss really changes.

# %%
# the stream of numbers that NumPy promises never to change
rng = np.random.RandomState(0)
noise_picture = rng.uniform(-0.5, 0.5, size=(48, 48))
target = conv2d(noise_picture, KERNELS["sobel_x"].astype(float))
guess = rng.normal(size=(3, 3))

by_nudging = np.zeros((3, 3))
for place in np.ndindex(3, 3):
    nudge = np.zeros((3, 3))
    nudge[place] = 1e-5
    above, below = (loss(guess + way * nudge, noise_picture, target) for way in (1, -1))
    by_nudging[place] = (above - below) / 2e-5
difference_found = np.abs(
    by_nudging - loss_gradient(guess, noise_picture, target)
).max()
print("formula and nudging differ by less than 1e-7:", difference_found < 1e-7)

# %% [markdown]
# Gradient descent: move against the gradient, again and again. `rate` is the size of the move.
# The picture is pure noise: 46 × 46 windows, each with a right answer.
#
# **Before you run this:** nine numbers from 2,116 examples. Will it find Sobel, or some other kernel that does the same?


# %%
def descend(picture, target, *, steps, rate, momentum=0.0):
    """Learn a 3×3 kernel; return it and the loss before each step."""
    kernel, move, losses = np.zeros((3, 3)), 0.0, []
    for _ in range(steps):
        losses.append(loss(kernel, picture, target))
        move = momentum * move - rate * loss_gradient(kernel, picture, target)
        kernel = kernel + move
    return kernel, losses


learned, noise_losses = descend(noise_picture, target, steps=100, rate=4.0)
with plots.figure(
    1,
    2,
    size=(6.4, 2.9),
    alt="The learned kernel has the nine numbers of Sobel to two decimals.",
) as axes:
    plots.number_grid(KERNELS["sobel_x"], title="Sobel", signed=True, ax=axes[0])
    plots.number_grid(
        learned.round(2) + 0.0, title="learned", signed=True, decimals=2, ax=axes[1]
    )

# %% [markdown]
# All nine numbers, to two decimals. Nobody told it about rows that sum to zero, smoothing or differences.
#
# ### What goes wrong: a poor teacher
#
# Real pictures are harder than noise, because neighbouring pixels are alike. When three pixels always have nearly the same value,
# the data hardly say which of the three weights should be large.
#
# Think of the loss as a valley over the nine numbers. Its **curvature** in a direction says how fast the slope grows there.
# The nine main curvatures are the *eigenvalues* of a 9×9 matrix, which NumPy computes. A rate of 1 / (largest curvature) is safe.
# Up to twice that the descent still works; beyond it each step overshoots by more than it mends.


# %%
def safe_rate(picture):
    """Return 1 / the largest curvature of the loss, and largest over smallest curvature."""
    windows = sliding_window_view(picture, (3, 3)).reshape(-1, 9)
    # smallest first
    curvatures = np.linalg.eigvalsh(2 * windows.T @ windows / len(windows))
    # the picture leaves something open
    flat_valley = curvatures[0] <= 1e-12 * curvatures[-1]
    return 1 / curvatures[-1], np.inf if flat_valley else curvatures[-1] / curvatures[0]


safe = safe_rate(noise_picture)[0]
ends = {}
for factor in (1, 1.9, 2.1):
    ends[factor] = descend(noise_picture, target, steps=100, rate=factor * safe)[1][-1]
    outcome = "falls" if ends[factor] < noise_losses[0] else "grows"
    print(f"rate {factor} / largest curvature: the loss {outcome}")

# %% [markdown]
# Now the same descent on a photograph, at the safe rate:

# %%
face = (
    cv2.cvtColor(datasets.photograph("astronaut"), cv2.COLOR_RGB2GRAY)[60:124, 190:254]
    / 255
)
face = face - face.mean()
face_target = conv2d(face, KERNELS["sobel_x"].astype(float))

for name, picture in {"noise": noise_picture, "photograph": face}.items():
    print(f"{name:<11} largest curvature over smallest: {safe_rate(picture)[1]:,.1f}")
plain, plain_losses = descend(face, face_target, steps=600, rate=safe_rate(face)[0])
eager, eager_losses = descend(
    face, face_target, steps=600, rate=safe_rate(face)[0], momentum=0.95
)
both = {"plain": plain, "momentum": eager}
errors = {
    name: np.abs(kernel - KERNELS["sobel_x"]).max() for name, kernel in both.items()
}
print(f"600 steps, largest error of a weight: plain {errors['plain']:.3f},", end=" ")
print(
    "with momentum below 0.001"
    if errors["momentum"] < 0.001
    else "with momentum no better"
)

# %%
ax = plots.profiles(
    {
        "noise": np.log10(noise_losses),
        "photograph": np.log10(plain_losses[:100]),
        "photograph, momentum": np.log10(eager_losses[:100]),
    },
    xlabel="step",
    ylabel="log₁₀ of the loss",
)
# on noise it falls further, to the last digit of the computer's numbers
ax.set_ylim(-8, 1)
plots.show(
    ax,
    alt="The loss falls steeply on noise and crawls on the photograph; momentum swings and wins.",
)

# %% [markdown]
# On the photograph the loss is a long, narrow valley: the curvature across is 605 times the curvature along. The rate must suit the steep direction, or
# the descent jumps out. So along the valley it crawls. On noise the valley is a round bowl, and a few steps suffice.
#
# **Momentum** keeps part of the last move, so that small moves in one direction add up. It overshoots and swings (the waves in the curve),
# yet after 600 steps all nine numbers are right to three decimals.
# (Lesson 03 comes back to the valley and asks what dividing pixels by 255 does to it; lesson 04 asks how large the first weights should be.)

# %% tags=["claims"]
# @title Claims
score.at_most("10 · gradient by formula against nudging", difference_found, 1e-7)
score.at_most(
    "10 · learned kernel against Sobel, largest difference",
    np.abs(learned - KERNELS["sobel_x"]).max(),
    0.005,
)
score.at_most(
    "10 · rate 1.9 / largest curvature, loss after 100 steps", ends[1.9], 1e-6
)
score.at_least(
    "10 · rate 2.1 / largest curvature, loss after 100 steps", ends[2.1], 100
)
score.at_least(
    "10 · photograph, 600 plain steps, largest error of a weight",
    errors["plain"],
    0.005,
)
score.at_most(
    "10 · photograph, 600 steps with momentum, the same", errors["momentum"], 0.001
)
score.section()

# %% [markdown]
# ## 11 · Hand-made or learned? A fair fight
#
# Copying Sobel was a toy. Now a real task: tell scikit-learn's 8×8 digits apart, with a plain linear classifier
# (*logistic regression*: each digit gets a weighted sum of the inputs, and the largest sum wins). What do we feed it?
# As in a medical trial, each way is called an *arm*.
#
# | arm | input of the classifier |
# |---|---|
# | raw | the 64 pixels |
# | random | responses of 4 kernels of random numbers |
# | hand-made | responses of 4 oriented kernels, 0°, 45°, 90°, 135° |
# | patches | responses of 4 kernels found without labels: *k-means* sorts 3×3 patches of the training images into 4 groups; the groups' means are the kernels |
# | learned | responses of 4 kernels found by gradient descent, with the training labels |
#
# All four kernel arms are alike otherwise: 3×3, positive and negative part kept apart, averaged over 2×2 cells.
# That gives 4 kernels × 2 signs × 9 cells = 72 numbers.

# %%
digits = datasets.load("digits")
images = np.concatenate([digits.x_train, digits.x_test]) / 255.0
labels = np.concatenate([digits.y_train, digits.y_test]).astype(int)
windows = sliding_window_view(images, (3, 3), axis=(1, 2)).reshape(
    len(images),
    36,
    9,
)  # 6 × 6 places
pairs_of_rows = np.kron(np.eye(3), [1, 1])  # (3, 6)
cells = np.kron(pairs_of_rows, pairs_of_rows) / 4  # (9, 36): averages 2×2 places


def features(windows, kernels):
    """Return 72 numbers an image: kernels (9, 4) slid, split by sign, averaged in 9 cells."""
    response = windows @ kernels
    both_signs = np.concatenate(
        [np.maximum(response, 0), np.maximum(-response, 0)], axis=-1
    )
    return (cells @ both_signs).reshape(len(windows), -1)


print(images.shape, "→", windows.shape, "→", features(windows, np.ones((9, 4))).shape)
assert features(windows, np.ones((9, 4))).shape == (1797, 4 * 2 * 9)

# %% [markdown]
# The learned arm is a small *convolutional network* in NumPy: kernels, sign split, averages, and a *softmax*, which turns ten scores
# into ten chances that add up to 1. The error travels back through the same steps in reverse order. For the kernels that ends in
# error × pixel, summed over all places: the convolution of section 10. (*Optional to read: this cell and the next two.*)


# %%
def loss_slopes(kernels, weights, bias, windows, labels):
    """Return how the loss changes with the kernels, the classifier's weights and its bias."""
    response = windows @ kernels  # forwards: 36 places, 4 kernels
    seen = features(windows, kernels)
    scores = seen @ weights + bias
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)

    # the right digit's chance should be 1
    error = (chances - np.eye(10)[labels]) / len(labels)
    # each cell tells its 4 places
    back = cells.T @ (error @ weights.T).reshape(len(labels), 9, -1)
    positive, negative = np.split(back, 2, axis=-1)
    back = positive * (response > 0) - negative * (response < 0)  # the sign let through
    by_kernel = np.tensordot(
        windows,
        back,
        axes=([0, 1], [0, 1]),
    )  # error × pixel, as in section 10
    return by_kernel, seen.T @ error, error.sum(axis=0)


# %% [markdown]
# Then descent. Each step takes a random handful of images (a *batch*); this is *stochastic* gradient descent, SGD. *Adam* is descent with momentum in which every number has
# its own rate: its mean slope divided by the slope's usual size.


# %%
def learn_kernels(windows, labels, rng, *, count=4, steps=300, rate=0.02, batch=128):
    """Learn kernels (9, count) together with a classifier; the classifier is thrown away."""
    parts = [rng.normal(size=(9, count)) / 3, np.zeros((18 * count, 10)), np.zeros(10)]
    means, squares = ([np.zeros_like(part) for part in parts] for _ in range(2))
    for step in range(1, steps + 1):
        chosen = rng.choice(len(windows), min(batch, len(windows)), replace=False)
        slopes = loss_slopes(*parts, windows[chosen], labels[chosen])
        for part, slope, mean, square in zip(
            parts, slopes, means, squares, strict=True
        ):
            mean += 0.1 * (slope - mean)  # the momentum
            square += 0.001 * (slope**2 - square)  # the usual size, squared
            unbiased_mean, unbiased_square = (
                mean / (1 - 0.9**step),
                square / (1 - 0.999**step),
            )
            part -= rate * unbiased_mean / (np.sqrt(unbiased_square) + 1e-8)
    return parts[0]


# %%
def patch_kernels(windows, rng, count=4):
    """Return the centres of k-means among the training patches, mean removed and length 1."""
    patches = windows.reshape(-1, 9)
    patches = patches[rng.choice(len(patches), 2000)]
    patches = patches - patches.mean(axis=1, keepdims=True)
    patches = patches[np.linalg.norm(patches, axis=1) > 0.3]
    patches /= np.linalg.norm(patches, axis=1, keepdims=True)
    groups = KMeans(count, n_init=2, random_state=rng.randint(1000)).fit(patches)
    return groups.cluster_centers_.T


def hand_made(count=4):
    """Return oriented 3×3 kernels as columns (9, count)."""
    kernels = [
        oriented(180 * i / count, sigma=0.75, reach=1).ravel() for i in range(count)
    ]
    return np.stack(kernels, axis=1)


# %% [markdown]
# The rules of the fight: in each random split (10 of them, 30 in the full profile) every arm gets the same training images, each digit
# as frequent as in the whole set (`stratify`), and the rest are for scoring only. *Accuracy* is the share of right answers.
# Fixed beforehand, the same for all splits: 4 kernels of 3×3, cells of 2×2, 300 steps of 128 images at the rate 0.02,
# 2,000 patches, scikit-learn's usual classifier on inputs brought to mean 0 and spread (standard deviation) 1 (`StandardScaler`).
#
# First 100 labels (about ten a digit), then 1,000. In the next table ± is the spread of the splits, in the one after it the standard error.
#
# **Before you run this:** order the five arms. Does the order change with more labels?


# %% tags=["nbval-ignore-output"]
def one_split(size, seed):
    """Return the accuracy (%) of every arm on the images that this split holds back."""
    rng = np.random.RandomState(seed)
    train, rest = train_test_split(
        np.arange(len(labels)),
        train_size=size,
        random_state=seed,
        stratify=labels,
    )
    kernels = {"random": rng.normal(size=(9, 4)), "hand-made": hand_made()}
    kernels["patches"] = patch_kernels(windows[train], rng)
    kernels["learned"] = learn_kernels(windows[train], labels[train], rng)
    inputs = {"raw": images.reshape(-1, 64)}
    inputs |= {name: features(windows, kernel) for name, kernel in kernels.items()}
    accuracy = {}
    for name, numbers in inputs.items():
        classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
        classifier.fit(numbers[train], labels[train])
        accuracy[name] = 100 * classifier.score(numbers[rest], labels[rest])
    return accuracy, kernels


with threadpool_limits(1):  # such small matrices are slower on many threads
    results = {}
    for size in budget.labels:
        results[size] = [one_split(size, seed) for seed in range(budget.splits)]
table = {
    size: {arm: np.array([accuracy[arm] for accuracy, _ in runs]) for arm in runs[0][0]}
    for size, runs in results.items()
}
for size, arms in table.items():
    for arm, value in arms.items():
        print(
            f"{size:>5} labels · {arm:<10} {value.mean():.1f} ± {value.std(ddof=1):.1f} %"
        )

# %% tags=["nbval-ignore-output"]
with plots.figure(
    1,
    2,
    size=(8.2, 3.2),
    alt="Accuracy of the five arms at 100 and 1,000 labels, one dot a split, a bar at the mean.",
) as axes:
    for ax, size in zip(axes, (100, 1000), strict=True):
        plots.score_spread(
            table[size], xlabel="accuracy (%)", title=f"{size:,} training labels", ax=ax
        )

# %% [markdown]
# Arms share their splits, so compare them split by split: the mean difference, and its standard error
# (the spread of the differences over the root of their number). A difference of less than two standard errors is a draw.
# One caution: the splits share most of their images, so they are not independent, and this standard error is too small.

# %% tags=["nbval-ignore-output"]
pairs = [(arm, "raw") for arm in ("random", "hand-made", "patches", "learned")]
pairs += [("learned", "hand-made"), ("learned", "random")]
for size in (100, 1000):
    for one, other in pairs:
        gap = table[size][one] - table[size][other]
        error = gap.std(ddof=1) / np.sqrt(gap.size)
        print(
            f"{size:>5} labels · {one} − {other}: {gap.mean():+.2f} ± {error:.2f} points"
        )


def lead(size, one, other):
    """Return by how many points one arm leads another, on average over the splits."""
    return float((table[size][one] - table[size][other]).mean())


for size, points in ((100, 0.5), (1000, 0.3)):
    for arm in ("hand-made", "learned"):
        score.at_least(
            f"11 · {size:,} labels: {arm} ahead of raw, points",
            lead(size, arm, "raw"),
            points,
        )
score.at_least(
    "11 · 1,000 labels: learned ahead of random, points",
    lead(1000, "learned", "random"),
    0.5,
)
apart = max(abs(lead(size, "learned", "hand-made")) for size in (100, 1000))

# %% [markdown]
# What the dots say, and no more:
#
# - Four hand-made or four learned kernels beat raw pixels, at both sizes, by one to two points.
# - Four random ones do not: a draw. Patches lie a little above raw, but less than two standard errors in the output stored here: also a draw.
# - Hand-made against learned has no clear winner. In the output stored here (10 splits) 100 labels lean to hand-made (−0.48 ± 0.35) and
#   1,000 to learned (+0.28 ± 0.14). The second lies right at the limit of two standard errors, and these are too small.
#
# This is *one* layer of small filters on one small set of pictures. There, what people know about edges does as well as learning.
# So why did learning win everywhere? Because of what comes next: for photographs nobody can write down the layers after the first.
#
# ### Look inside: what did gradient descent write?

# %% tags=["nbval-ignore-output"]
kernels = {"hand-made": hand_made()}
for seed in (0, 1):
    kernels[f"learned, split {seed}"] = results[1000][seed][1]["learned"]
pictures = [
    column.reshape(3, 3) for columns in kernels.values() for column in columns.T
]
titles = [name if i == 0 else "" for name in kernels for i in range(4)]
plots.kernel_pictures(
    pictures,
    titles=titles,
    columns=4,
    size=1.5,
    alt="Four hand-made kernels, half red, half blue; below, eight learned ones, less regular.",
)

# %% [markdown]
# One sees edges, corners, a line, a blob; and the second split found others than the first. It is tempting to say "look, edges". Measure it instead.
# The hand-made kernels all lie in a plane: two of nine dimensions (section 9). Which share of a kernel's squared numbers lies in this plane?
# A **control** is needed: a random kernel has 2/9 = 22% of it there on average, by pure chance.

# %% tags=["nbval-ignore-output"]
plane = np.linalg.qr(hand_made()[:, [0, 2]])[0]  # 0° and 90°, each of length 1


def edge_share(kernels):
    """Return for every kernel, a column, the share of it that is a pure edge filter."""
    return ((plane.T @ kernels) ** 2).sum(axis=0) / (kernels**2).sum(axis=0)


learned_share = np.mean([edge_share(run[1]["learned"]).mean() for run in results[1000]])
chance = edge_share(np.random.RandomState(0).normal(size=(9, 10_000))).mean()
sobel_share = edge_share(KERNELS["sobel_x"].reshape(9, 1)).mean()
print(
    f"share that is a pure edge filter: hand-made {edge_share(hand_made()).mean():.0%},",
    end=" ",
)
print(f"Sobel {sobel_share:.0%}, learned {learned_share:.0%}, random {chance:.0%}")

# %% [markdown]
# About twice as much as chance, and half of what the hand-made kernels have, which span the plane by construction.
# The digits did ask for edges, though not only for edges.
# (Krizhevsky and others show the first layer of AlexNet, trained on a million photographs: oriented edges and colour blobs. Lesson 07.)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.at_most("11 · learned and hand-made apart by, points", apart, 1.5)
score.at_least("11 · Sobel, share that is a pure edge filter", sobel_share, 0.98)
score.at_least(
    "11 · learned kernels, share that is a pure edge filter", learned_share, 0.33
)
score.close(
    "11 · random kernels, the same share (2 of 9 dimensions)",
    chance,
    2 / 9,
    tolerance=0.01,
)
score.section()

# %% [markdown]
# ## 12 · From edges to patterns to parts
#
# A filter's output is again a picture. So filter it again. First layer: Sobel, split by sign, gives four maps:
# the **left**, **right**, **upper** and **lower** sides of light things.


# %%
def side_maps(picture):
    """Return maps (H, W, 4), 0 to 1: left, right, upper, lower sides of light things."""
    gx = conv2d(picture / 255, KERNELS["sobel_x"] / 4, padding="same", border="edge")
    gy = conv2d(picture / 255, KERNELS["sobel_y"] / 4, padding="same", border="edge")
    return np.maximum(np.stack([gx, -gx, gy, -gy], axis=-1), 0)


# %%
def shape(draw, *arguments):
    """Return a 64×64 picture with one white shape."""
    return draw(np.zeros((64, 64), np.uint8), *arguments, 255, -1)


def polygon(*corners):
    """Return a 64×64 picture with one white polygon."""
    return cv2.fillPoly(np.zeros((64, 64), np.uint8), [np.array(corners)], 255)


square = shape(cv2.rectangle, (20, 20), (43, 43))
maps = side_maps(square)
axes = plots.feature_maps(
    np.concatenate([square[..., None] / 255, maps], axis=-1), size=1.63
)
for ax, title in zip(axes, ("picture", "left", "right", "upper", "lower"), strict=True):
    ax.set_title(title)
plots.show(axes, alt="A white square and four maps, each showing one of its sides.")

# %% [markdown]
# Second layer: a top-left **corner** is where a left side begins downwards *and* an upper side begins to the right.
# So the kernel has weight along a short arm in the left map, and along a short arm in the upper map. It adds up eight numbers;
# a straight edge gives only half of them. A threshold turns "half" into nothing: corner = max(0, sum − threshold).
#
# **Before you run this:** a disc has a left side and an upper side too. Does it have a top-left corner?

# %%
ARM = 3  # how many pixels a corner's two sides are followed
LEFT, RIGHT, UPPER, LOWER = range(4)
# its upright and its level side, and which way one walks along each of them
CORNERS = {
    "top left": (LEFT, UPPER, 1, 1),
    "top right": (RIGHT, UPPER, 1, -1),
    "bottom left": (LEFT, LOWER, -1, 1),
    "bottom right": (RIGHT, LOWER, -1, -1),
}
# height, width, side map, corner
corner_kernels = np.zeros((2 * ARM + 1, 2 * ARM + 1, 4, 4))
for number, (upright, level, down, across) in enumerate(CORNERS.values()):
    for distance in range(ARM + 1):
        corner_kernels[ARM + down * distance, ARM, upright, number] += 1 / 8
        corner_kernels[ARM, ARM + across * distance, level, number] += 1 / 8


def corner_sums(picture):
    """Return the sums before the threshold, (H, W, 4): one map for each kind of corner."""
    return conv2d(side_maps(picture), corner_kernels, padding="same")


# %%
beam = shape(cv2.rectangle, (28, 18), (35, 45))
shapes = {
    "square": square,
    "disc": shape(cv2.circle, (32, 32), 13),
    "diamond": polygon((32, 16), (48, 32), (32, 48), (16, 32)),
    "bar": shape(cv2.rectangle, (20, 0), (43, 63)),
    "cross": np.maximum(beam, beam.T),
    "smaller square": shape(cv2.rectangle, (24, 24), (39, 39)),
    "turned square": polygon((27, 17), (47, 27), (37, 47), (17, 37)),
}
largest = {
    name: corner_sums(picture).max(axis=(0, 1)) for name, picture in shapes.items()
}
print(" " * 15, *(f"{kind:>13}" for kind in CORNERS))
for name, sums in largest.items():
    print(f"{name:<15}", *(f"{value:>13.2f}" for value in sums))

# %% [markdown]
# Square corners reach 0.94; the disc gets 0.69, the diamond 0.59, the straight bar 0.50. So 0.8 divides them.


# %%
def corner_maps(picture):
    """Return maps (H, W, 4), one for each kind of corner: the second layer."""
    return np.maximum(corner_sums(picture) - 0.8, 0)


for name, picture in shapes.items():
    there = corner_maps(picture).any(axis=(0, 1))
    found = [kind for kind, here in zip(CORNERS, there, strict=True) if here]
    print(f"{name:<15}", ", ".join(found) or "no corner")
round_ones = [corner_maps(shapes[name]).any() for name in ("disc", "diamond", "bar")]
maps = corner_maps(square)
places = [np.argwhere(maps[..., i] == maps[..., i].max())[0].tolist() for i in range(4)]

# %% [markdown]
# The disc has no corner: nowhere do its left and its upper side run straight for long enough to add up to 0.8.
# The turned square is a border case: its slanted sides give 0.81 at two corners and 0.78 at the other two, since on the grid of
# pixels they are not drawn exactly alike.
#
# Third layer: a **part**. A square 24 pixels wide is a top-left corner, a top-right corner 23 pixels to its right, and so on.
# The cross has all four kinds of corners, but not at these distances. Four corners in their places give four times one corner,
# three give three times: a threshold of 3.5 lies half-way.

# %%
square_kernel = np.zeros((24, 24, 4, 1))
for number, (row_of, column_of) in enumerate([(0, 0), (0, 23), (23, 0), (23, 23)]):
    square_kernel[row_of, column_of, number] = 1


def square_map(picture):
    """Return where a 24-pixel square begins, as a map (H', W'): the third layer."""
    one_corner = corner_maps(square).max()
    return np.maximum(
        conv2d(corner_maps(picture), square_kernel)[..., 0] - 3.5 * one_corner, 0
    )


answers = {name: square_map(picture) for name, picture in shapes.items()}
titles = [f"{name}: {'yes' if answers[name].any() else 'no'}" for name in shapes]
axes = plots.show_images(shapes.values(), titles=titles, columns=4, size=2.0)
for ax in axes:
    ax.spines[:].set(visible=True, color="grey")
plots.show(
    axes, alt="Seven shapes, of which only the 24-pixel square is answered with yes."
)
with_square = [name for name in shapes if answers[name].any()]
score.equal(
    "12 · and where it begins", np.argwhere(answers["square"]).tolist(), [[20, 20]]
)

# %% [markdown]
# Edges, corners, a square: **features → patterns → parts**, three convolutions with a threshold between them.
# In a network trained on photographs, Zeiler and Fergus (2014) saw edges and colours first, then corners and textures, later dogs' faces.
#
# And here hand-writing stops. Our detector misses the smaller square and the turned one. Each would need more corner kernels,
# more distances, more thresholds; and nobody could say which ones make an eye. The chain itself is the right idea. Its numbers must be learned,
# through all layers at once. That is a convolutional network, and lesson 03 trains one.

# %% tags=["claims"]
# @title Claims
score.equal(
    "12 · disc, diamond and bar have a corner", round_ones, [False, False, False]
)
score.equal(
    "12 · corners of the square", places, [[20, 20], [20, 43], [43, 20], [43, 43]]
)
score.equal(
    "12 · shapes in which the third layer finds a square", with_square, ["square"]
)
score.section()

# %% [markdown]
# ## 13 · Exercises
#
# Fill in a stub, run its cell, then the check. Hints come at once. Solutions: `solutions/02_filters_solutions.ipynb`.
#
# **1 (recall).** A 16×16 picture is black in its upper half and 200 in its lower half, border mirrored (c b | a b c, section 4).
# How many pixels are not zero after sobel_x, and how many after sobel_y? Answer `[for sobel_x, for sobel_y]`.

# %%
which_sobel = [None, None]

# %%
lesson02.which_sobel(which_sobel)

# %% [markdown]
# **2 (recall).** A large picture has the mean 60. What is the mean after each of these kernels, with nothing cut off?
# A = 0 1 0 / 1 −3 1 / 0 1 0, B = 1 0 −1 / 1 0 −1 / 1 0 −1, C = 0 0 0 / 0 2 0 / 0 0 0. Answer `[A, B, C]`.

# %%
means_after = [None, None, None]

# %%
lesson02.means_after(means_after)

# %% [markdown]
# **3 (apply).** Write `bgr_to_rgb(picture)` with NumPy alone. It takes (H, W, 3) as OpenCV reads it.
# A view or a copy: both count.


# %%
def bgr_to_rgb(picture):
    """Return the picture with red and blue exchanged."""
    ...


# %%
lesson02.bgr_to_rgb(bgr_to_rgb)

# %% [markdown]
# **4 (apply).** Which number type does a filter's output need? Write `response_range(kernel)`: the smallest and the largest
# response that the kernel can give on any picture of pixels 0–255.


# %%
def response_range(kernel):
    """Return (smallest, largest)."""
    ...


# %%
lesson02.response_range(response_range)

# %% [markdown]
# **5 (apply).** Write `gradient_magnitude(picture)` for a uint8 picture (H, W): Sobel kernels as they are (do not divide by 8),
# no padding, length of the gradient. Use `conv2d`. Remember the trap of section 5.


# %%
def gradient_magnitude(picture):
    """Return an array (H − 2, W − 2)."""
    ...


# %%
lesson02.gradient_magnitude(gradient_magnitude)

# %% [markdown]
# **6 (design).** Find a 3×3 kernel that answers to edges running like `/` and is silent on edges running like `\` and on flat areas.
# Section 1 has the method: which sums must be zero?

# %%
diagonal_kernel = None

# %%
lesson02.diagonal_kernel(diagonal_kernel)

# %% [markdown]
# **7 (design).** Make a picture, at least 8×8, on which sobel_x answers, but from which gradient descent *cannot* recover its nine numbers, however many steps it takes.
# Any values from 0 to 255, any number type.
#
# When it passes, let descent try it: `p = np.asarray(poor_teacher) / 255`, `t = conv2d(p, KERNELS["sobel_x"].astype(float))`, then
# `descend(p, t, steps=600, rate=safe_rate(p)[0])[0].round(2)`. Expect another kernel than Sobel at a loss near zero. If, for
# instance, all rows of p are equal, only the kernel's *column sums* are fixed, and descent from zero makes its three rows equal.
# (`safe_rate(p)[1]` is then infinite: in some direction the valley is flat.)

# %%
poor_teacher = None

# %%
lesson02.poor_teacher(poor_teacher)

# %% [markdown]
# **8 (design).** A second layer for upright light bars 4 pixels wide: give weights of shape (1, width, 4, 1) over the four side maps
# (left, right, upper, lower) of section 12. A threshold follows, as for the corners: three quarters of what this bar gets. Below it must stay:
# light bars 2, 8 and 12 wide, a dark bar 4 wide (its sides are swapped), a single edge of either kind, and a level light bar.
#
# ```text
# column      8   9  10  11  12  13  14  15
# picture     ·   ·   █   █   █   █   ·   ·
# left map    ·   1   1   ·   ·   ·   ·   ·
# right map   ·   ·   ·   ·   ·   1   1   ·
# ```

# %%
bar_weights = None

# %%
lesson02.bar_detector(bar_weights)

# %% [markdown]
# ## 14 · Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("02")

# %% [markdown]
# ## Recap
#
# 1. A kernel is a set of rules. sobel_x = smoothing down × difference across; it differentiates along x and finds *vertical* edges.
# 2. Know the channel order (BGR or RGB), give a channel a grey map, and filter in float: in eight bits half of this photograph's strong edge responses were lost.
# 3. The sum of the kernel multiplies the mean brightness: 1 keeps it, 0 leaves only the changes. Blur chooses the scale.
# 4. The gradient of a convolution is a convolution. With it nine numbers learn to be Sobel, if the picture can teach them.
# 5. One layer of good hand-made filters held its own here. Layers on layers (edges, corners, parts) must be learned.
#
# ## References
#
# - I. Sobel, G. Feldman, "A 3×3 isotropic gradient operator for image processing", talk, Stanford Artificial Intelligence Project, 1968.
# - D. Marr, E. Hildreth, "Theory of edge detection", Proc. Royal Society B 207, 1980: blur first, then differentiate.
# - J. Canny, "A computational approach to edge detection", IEEE PAMI 8(6), 1986: the best compromise between noise and place.
# - W. Freeman, E. Adelson, "The design and use of steerable filters", IEEE PAMI 13(9), 1991: section 9.
# - K. Jarrett et al., "What is the best multi-stage architecture for object recognition?", ICCV 2009: random, hand-made and learned filters.
# - A. Coates, H. Lee, A. Ng, "An analysis of single-layer networks in unsupervised feature learning", AISTATS 2011: k-means patches.
# - A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet classification with deep convolutional neural networks", NIPS 2012: figure 3.
# - M. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014, arXiv 1311.2901: what later layers see.
# - E. Alpaydin, C. Kaynak, "Optical recognition of handwritten digits", UCI repository, 1998: the digits.

# %% [markdown]
# <details><summary><b>Teacher's notes</b></summary>
#
# **Time plan (90 minutes, without the exercises).** Sections 1–2: 15. Sections 3–4: 15. Section 5: 10. Sections 6–7 with the explorer: 15. Section 10: 15. Sections 11–12: 15. Quiz: 5.
# The exercises are another 30 to 60 minutes; 1–5 suit the class, 6–8 homework (8 is optional).
#
# **Short of time?** Skip section 8 from the slider on and section 9 (run its cells: section 11 needs `oriented`), and say nothing of the k-means arm. Never skip 4, 5 and 10.
#
# **Discuss.** (1) In section 11 hand-made filters hold their own against learned ones. Why, then, does nobody build image classifiers by hand today?
# (2) Your camera app sharpens every photograph. Which measurements on such a photograph would you no longer trust?
#
# **Listen for.** "sobel_x finds horizontal edges." Let the student draw the edge and walk across it with a finger: the x is the walk.
# A second one: "eight bits are fine, the input has eight bits too." Ask for the response at an edge from light to dark.
#
# **Watch.** Students who meet OpenCV's blue coffee in their own project months later will remember section 2; let them see it, do not tell it.
# </details>

# %% [markdown]
# ## Scorecard
#
# **Next:** [03 · MLP against CNN →](03_mlp_vs_cnn.ipynb) · [solutions](solutions/02_filters_solutions.ipynb)

# %% tags=["nbval-ignore-output"]
score
