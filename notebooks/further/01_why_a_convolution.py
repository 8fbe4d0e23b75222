# %% [markdown]
# # 01 · Further: why a convolution, and when not
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/01_why_a_convolution.ipynb)
#
# A side path of [lesson 01](../01_convolution_intuition.ipynb), about 12 minutes. Two wishes leave no other linear layer than a convolution; then we take away what makes the wishes sensible.

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

from course_utils import checks, datasets, plots, runtime
from course_utils.linear import LinearClassifier

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="01")
plots.set_theme()
score = checks.Scorecard("01, further")

# %% [markdown]
# ## Two wishes leave no choice
#
# Take a row of 12 pixels, closed to a ring so that nothing gets lost at an end, and *any* linear layer on it: a 12×12 matrix $A$, one row of weights for each output. Let $S$ be the shift by one pixel.
#
# 1. **Equivariance:** shift first and apply $A$ then, or apply $A$ and shift then, must be the same: $A S = S A$, or $S^{-1} A S = A$.
# 2. **Locality:** an output sees only its neighbours.
#
# How much freedom do they leave? Begin with random weights. For the first wish, replace the matrix by its average over all twelve shifts, $\frac{1}{12}\sum_k S^{-k} A S^k$. For the second, keep the neighbours.

# %%
size = 12
shift = np.roll(np.eye(size), 1, axis=0)  # shift @ row moves the row by one pixel
free = np.random.default_rng(1).normal(size=(size, size))
turns = [np.linalg.matrix_power(shift, k) for k in range(size)]
equivariant = np.mean([turn.T @ free @ turn for turn in turns], axis=0)
near = (
    np.abs((np.arange(size)[:, None] - np.arange(size) + size // 2) % size - size // 2)
    <= 1
)
local = equivariant * near
plots.show_images(
    [free, equivariant, local],
    titles=["any linear layer", "equivariant", "… and local"],
    signed=True,
    size=3,
    alt="Noise; then equal weights along each diagonal; then only three diagonals.",
)

# %% [markdown]
# Equal weights along each diagonal: every row is the row above, one place further. **Sharing is not a trick; it follows from equivariance.** 144 free numbers shrink to 12, and locality leaves 3: a kernel of three weights that slides over the ring. The layer has become a one-dimensional convolution.

# %% tags=["claims"]
# @title Claims
kernel = [local[1, 0], local[1, 1], local[1, 2]]
row = np.random.default_rng(2).normal(size=size)
slid = [np.dot(kernel, np.roll(row, 1 - place)[:3]) for place in range(size)]
score.at_most("A·S minus S·A", np.abs(local @ shift - shift @ local).max(), 1e-12)
score.equal("different weights: equivariant", len(np.unique(equivariant.round(9))), 12)
score.equal("different weights: and local", len(np.unique(local[near].round(9))), 3)
score.at_most(
    "the layer minus a sliding kernel of three", np.abs(local @ row - slid).max(), 1e-12
)
score.section()

# %% [markdown]
# ## One dimension is enough
#
# Nothing in this needs a picture. Sound, an electrocardiogram, a price are rows of numbers; a kernel slides along *time*, and "moved" means "later". With $C$ channels (say, left and right) and $F$ filters of width $K$, such a layer has $(K \cdot C + 1) \cdot F$ parameters. Here a kernel of five weights that looks like a beat finds the beats in noise:

# %%
beat = np.array([-1, -1, 4, -1, -1]) / 4.5
random = np.random.default_rng(3)
heart = 0.25 * random.normal(size=120)
beats = np.arange(10, 120, 22)
heart[beats] += 1.5
found = np.correlate(heart, beat, mode="same")
with plots.figure(
    1, 1, size=(8, 2.8), alt="A noisy row with five spikes; the map is high at each."
) as axes:
    axes.plot(heart, color=plots.COLOURS[1], label="signal")
    axes.plot(found - 2, color=plots.COLOURS[2], label="feature map")
    axes.set(xlabel="time", yticks=[])
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))

# %% tags=["claims"]
# @title Claims
score.equal(
    "the five largest answers are the five beats", np.sort(found.argsort()[-5:]), beats
)
score.section()

# %% [markdown]
# ## A bet on neighbours: shuffle the pixels
#
# Both wishes make sense because near pixels belong together, and because a stroke is a stroke everywhere. Take that away: shuffle the 256 pixels of every digit, all in the same way. **What happens to the classifier with one weight a pixel, and to the one of section 8 (shared weights, ReLU, pooling)?** The first sees the digits in the middle and shuffled; the second also after a move of three pixels.


# %%
def place(images, down=0, right=0):
    placed = np.zeros((len(images), 16, 16), np.float32)
    placed[:, 4 + down : 12 + down, 4 + right : 12 + right] = images / 255
    return placed


def windows(images):
    framed = np.pad(images, ((0, 0), (4, 4), (4, 4)))
    cut = sliding_window_view(framed, (5, 5), axis=(1, 2))
    return cut.reshape(len(images), 400, 25)


# %%
def strokes(images, number, seed):
    pieces = windows(images).reshape(-1, 25)
    pieces = pieces[pieces.std(axis=1) > 0.25]
    chosen = pieces[np.random.default_rng(seed).integers(len(pieces), size=number)]
    chosen = chosen - chosen.mean(axis=1, keepdims=True)
    return chosen / np.linalg.norm(chosen, axis=1, keepdims=True)


def evidence(images, filters):
    return np.maximum(np.tensordot(windows(images), filters.T, axes=1) - 0.5, 0).mean(
        axis=1
    )


# %%
digits = datasets.load("digits")
order = np.random.default_rng(0).permutation(256)


def shuffled(images):
    return images.reshape(-1, 256)[:, order].reshape(images.shape)


some = place(
    digits.x_test[[int(np.argmax(digits.y_test == digit)) for digit in (0, 3, 7)]]
)
plots.show_images(
    [*some, *shuffled(some)],
    titles=["in order"] * 3 + ["shuffled"] * 3,
    size=1.7,
    alt="Three digits, and the same three with their pixels shuffled: scattered dots.",
)

# %% tags=["hide-output", "nbval-ignore-output"]
rows = {}
for name, prepare in (("in order", lambda images: images), ("shuffled", shuffled)):
    train, tests = (
        prepare(place(digits.x_train)),
        [prepare(place(digits.x_test, right=px)) for px in (0, 3)],
    )
    dense = LinearClassifier(penalty=1e-3).fit(train, digits.y_train)
    rows["one weight a pixel", name] = [
        dense.accuracy(test, digits.y_test) for test in tests
    ]
    draws = []
    for seed in range(5):
        filters = strokes(train, 64, seed)
        reader = LinearClassifier().fit(evidence(train, filters), digits.y_train)
        draws.append(
            [reader.accuracy(evidence(test, filters), digits.y_test) for test in tests]
        )
    rows["shared, ReLU, pooled", name] = np.mean(draws, axis=0)
table = pd.DataFrame(rows, index=["in the middle", "3 px"]).T.sort_index()
(100 * table).map("{:.1f} %".format)

# %% [markdown]
# - The **dense** classifier does not notice. Its weights are shuffled along. It never knew what a neighbour is.
# - The **sliding** one makes several times as many mistakes. It still reads most digits in the middle, for there each window sees its own fixed set of pixels. After a move it guesses: a move of shuffled pixels is no longer a move.
#
# A convolution is a bet that near pixels belong together. For pictures and sound it wins; for a table whose columns stand in no order it loses. How much neighbours have in common, in numbers:


# %%
def neighbour_correlation(images):
    return np.corrcoef(images[:, :, :-1].ravel(), images[:, :, 1:].ravel())[0, 1]


centred = place(digits.x_train)
correlation = {
    "in order": neighbour_correlation(centred),
    "shuffled": neighbour_correlation(shuffled(centred)),
}
pd.Series(correlation, name="correlation of neighbours").round(2).to_frame()

# %% tags=["claims"]
# @title Claims
dense, slid = (
    table.loc["one weight a pixel", "in the middle"],
    table.loc["shared, ReLU, pooled", "in the middle"],
)
score.close(
    "dense: what shuffling changes",
    dense["shuffled"],
    dense["in order"],
    tolerance=0.004,
)
mistakes = (1 - slid["shuffled"]) / (1 - slid["in order"])
score.at_least("sliding: mistakes after shuffling, times those before", mistakes, 1.5)
score.at_most(
    "sliding, shuffled, moved",
    table.loc[("shared, ReLU, pooled", "shuffled"), "3 px"],
    0.25,
)
score.at_least(
    "neighbours: in order minus shuffled",
    correlation["in order"] - correlation["shuffled"],
    0.5,
)
score.section()

# %% [markdown]
# ## Could the dense classifier not simply be shown moved digits?
#
# A fair objection to section 8. Show it all moves from −3 to 3, first along a row (7 places), then in both directions (49 places), and test digits that moved 3 pixels to the right.

# %% tags=["hide-output", "nbval-ignore-output"]
far, taught = place(digits.x_test, right=3), {}
along = [(0, right) for right in range(-3, 4)]
both = [(down, right) for down in range(-3, 4) for right in range(-3, 4)]
for moves in (along, both):
    shown = np.concatenate(
        [place(digits.x_train, down, right) for down, right in moves]
    )
    reader = LinearClassifier(penalty=1e-3).fit(
        shown, np.tile(digits.y_train, len(moves))
    )
    taught[f"{len(moves)} places"] = reader.accuracy(far, digits.y_test)
read = pd.Series(taught, name="dense, moved 3 px: accuracy")
(100 * read).map("{:.0f} %".format).to_frame()

# %% tags=["claims"]
# @title Claims
best = table.loc[("shared, ReLU, pooled", "in order"), "3 px"]
score.at_least(
    "sliding minus dense taught in 7 places", best - taught["7 places"], 0.05
)
score.at_least(
    "sliding minus dense taught in 49 places", best - taught["49 places"], 0.3
)
score.section()

# %% [markdown]
# It helps along a row, and fails in both directions: one weight a pixel cannot hold 49 pictures of each digit at once. A larger network could, at the price of seeing every digit everywhere. The sliding classifier saw none of the moves.
#
# Back to [lesson 01](../01_convolution_intuition.ipynb).
