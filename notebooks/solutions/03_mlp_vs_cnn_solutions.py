# %% [markdown]
# # 03 · MLP against CNN: solutions
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/solutions/03_mlp_vs_cnn_solutions.ipynb)
#
# [← the lesson](../03_mlp_vs_cnn.ipynb) · [all lessons](../START_HERE.ipynb)
#
# **You will be able to**
# - compare your answers to the exercises of lesson 03 with worked ones;
# - say for each why the usual wrong answer is wrong.
#
# **Before this:** lesson 03 and an attempt of your own.
#
# **Time:** 15 minutes; the code runs in about half a minute.
#
# **Data:** CIFAR-10, or its stand-in, for exercise 7 alone.

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
from course_utils import checks, datasets, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np

from course_utils import models, training
from course_utils.checks import lesson03
from course_utils.recipes import cifar_fast

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="03")
plots.set_theme()
score = checks.Scorecard("03")

# %% [markdown]
# ## Exercise 1: an MLP
# *784 → 300 → 100 → 10 with biases.* Each layer has (numbers in + 1) · units: 235,500 + 30,100 + 1,010. The network confirms it.

# %%
parameters = (28 * 28 + 1) * 300 + (300 + 1) * 100 + (100 + 1) * 10
assert parameters == models.mlp(widths=(300, 100)).count_params()
verdict = lesson03.mlp_parameters(parameters)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 2: a CNN
# *32×32×3, conv 8, pool, conv 16, pool, dense 10.* Kernels reach through all channels below them: (3·3·3 + 1)·8 = 224 and (3·3·8 + 1)·16 = 1,168. Two poolings leave 8×8 maps, so the dense layer reads 8·8·16 = 1,024 numbers: 10,250.

# %%
parameters = (3 * 3 * 3 + 1) * 8 + (3 * 3 * 8 + 1) * 16 + (8 * 8 * 16 + 1) * 10
verdict = lesson03.cnn_parameters(parameters)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 3: a split that cannot leak
# *Disjoint, complete, random, the same for the same seed.* One permutation, cut once. A generator made from the seed inside the function is what makes a second run harmless.


# %%
def safe_split(count, held, seed):
    order = np.random.default_rng(seed).permutation(count)
    return order[held:], order[:held]


verdict = lesson03.safe_split(safe_split)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 4: undo the permutation
# *`flat[:, order]` put pixel `order[i]` at place i.* So place `order[i]` wants its pixel back from place i. `np.argsort(order)` is exactly that list. (Using `order` a second time shuffles again.)


# %%
def unshuffled(images, order):
    flat = images.reshape(len(images), -1)
    return flat[:, np.argsort(order)].reshape(images.shape)


verdict = lesson03.unshuffled(unshuffled)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 5: labels encoded twice
# *(N, 10, 2).* The last axis says "no" or "yes" for each class. Take the "yes" plane; its largest entry is the class. Flattening mixes the two.


# %%
def mended_accuracy(predicted, labels_twice):
    return np.mean(predicted == labels_twice[..., 1].argmax(axis=1))


verdict = lesson03.mended_accuracy(mended_accuracy)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 6: equal parameters
# *One hidden layer of w units: 784·w + w + 10·w + 10 ≤ 220,234.* So w ≤ 220,224 / 795 = 277.01…, and 277 units have 220,225 parameters.

# %%
units = (220_234 - 10) // (784 + 1 + 10)
cnn = models.simple_cnn(variant="mnist")
assert models.mlp(widths=(units,)).count_params() <= cnn.count_params()
verdict = lesson03.equal_width(units)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 7: permute blocks
# *8×8 blocks of 4×4 pixels.* A window inside a block still sees true neighbours; a window across a border sees strangers. So expect a value between the other two. First the two permutations, as pictures:


# %%
def shuffle_blocks(images, size, seed=1):
    """(N, 32, 32, 3) with blocks of size×size pixels in another order, the same for all."""
    side = 32 // size
    order = np.random.default_rng(seed).permutation(side**2)
    cut = images.reshape(-1, side, size, side, size, 3).transpose(0, 1, 3, 2, 4, 5)
    mixed = cut.reshape(-1, side**2, size, size, 3)[:, order]
    return mixed.reshape(cut.shape).transpose(0, 1, 3, 2, 4, 5).reshape(images.shape)


row = np.arange(32 * 32 * 3).reshape(1, 32, 32, 3)
score.true(
    "blocks of the whole image change nothing",
    bool(np.array_equal(shuffle_blocks(row, 32), row)),
)
kept = np.array_equal(np.sort(shuffle_blocks(row, 4), axis=None), row.ravel())
score.true("every pixel is kept", bool(kept))

# %% tags=["nbval-ignore-output"]
colour = datasets.load("cifar10").subset(train=15_000)
versions = {"as it is": 32, "blocks of 4×4": 4, "single pixels": 1}
pictures = [shuffle_blocks(colour.x_train[:1], size)[0] for size in versions.values()]
plots.show(
    plots.show_images(pictures, titles=list(versions)),
    alt="One colour image as it is, with its blocks mixed, and with all pixels mixed.",
)


# %% tags=["nbval-ignore-output"]
def accuracy_with(size, seed=0):
    epochs = 6 if colour.stand_in else 3
    arm, count = cifar_fast.ARMS["ours"], len(colour.x_train)
    model = cifar_fast.build(arm, examples=count, seed=seed, epochs=epochs)
    labels = colour.y_train.astype("int32")
    training.fit(
        model,
        (shuffle_blocks(colour.x_train, size), labels),
        epochs=epochs,
        batch_size=128,
        seed=seed,
    )
    parts = np.array_split(shuffle_blocks(colour.x_test, size), 40)
    answers = np.concatenate([np.asarray(model(part)).argmax(axis=1) for part in parts])
    return float(np.mean(answers == colour.y_test))


plain, in_blocks, in_pixels = (accuracy_with(size) for size in versions.values())
verdict = lesson03.blocks(plain, in_blocks, in_pixels)
assert verdict.passed, verdict
verdict

# %% [markdown]
# Between the two, and nearer to the permuted pixels than one might think. The first windows are 3×3 folded pixels wide, 6×6 true ones, and a block has 4×4: every window crosses a border already. After one pooling a map has one value for each 4×4 pixels, and from there on every layer joins strange blocks. Even single permuted pixels are read far better than by guessing: mean colours survive any permutation.

# %% tags=["nbval-ignore-output"]
score.at_least("exercise 7, images as they are", plain, 0.4)
score.at_least("exercise 7, plain ahead of permuted pixels", plain - in_pixels, 0.05)
score
