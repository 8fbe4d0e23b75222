# %% [markdown]
# # 05 · Transfer learning: solutions
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/solutions/05_transfer_learning_solutions.ipynb)
#
# [← the lesson](../05_transfer_learning.ipynb) · [all lessons](../START_HERE.ipynb)
#
# **You will be able to**
# - compare your answers to the exercises of lesson 05 with worked ones;
# - say for each why the usual wrong answer is wrong.
#
# **Before this:** lesson 05 and an attempt of your own.
#
# **Time:** 15 minutes; the code runs in a few seconds.
#
# **Data:** none.

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
from course_utils import checks, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np

from course_utils import transfer
from course_utils.checks import lesson05

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="05")
plots.set_theme()
score = checks.Scorecard("05")

# %% [markdown]
# ## Exercise 1: a head on MobileNetV2
# *1,280 averaged maps, frozen base, softmax over 17 classes: how many trainable parameters?* Each of the 17 units has 1,280 weights and a bias: (1,280 + 1)·17. The base counts in the total, not in what is trained. Built, with random weights:

# %%
parameters = (1_280 + 1) * 17
model = transfer.classifier(transfer.backbone("mobilenet_v2_035", weights=None), 17)
trained = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
print(f"all {model.count_params():,}, trainable {trained:,}")
verdict = lesson05.trainable(parameters)
assert verdict.passed
score.equal("exercise 1: trainable parameters of the model", trained, parameters)
score.equal("exercise 1: all parameters", model.count_params(), 410_208 + parameters)
verdict

# %% [markdown]
# ## Exercise 2: passes an epoch
# *5 steps of 32 from 337 pictures.* An "epoch" shows 5 · 32 = 160 pictures: less than half of the folder.

# %%
passes_an_epoch = 5 * 32 / 337
print(f"{passes_an_epoch:.3f} passes")
verdict = lesson05.passes(passes_an_epoch)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 3: odd or even, pure
# *Callable twice; the labels stay.* `np.asarray` takes lists and arrays, and the arithmetic makes a new array. Nothing is assigned *into* the labels.


# %%
def to_even(labels):
    return 1 - np.asarray(labels) % 2


digits = np.array([5, 0, 4, 1])
print(to_even(digits), to_even(digits), "· the digits still", digits)
verdict = lesson05.even(to_even)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 4: a network as it is
# *From ten probabilities to that of "even".* The events exclude each other, so their probabilities add up: columns 0, 2, 4, 6, 8. The parity of the likeliest digit is another answer, and a worse one: in the second example the 0 is likeliest, but odd digits together are likelier.


# %%
def probability_of_even(probabilities):
    return probabilities[:, ::2].sum(axis=1)


example = np.array([[0.30, 0.28, 0, 0.22, 0, 0.20, 0, 0, 0, 0]])
print(
    "likeliest digit",
    example.argmax(),
    "· probability of even",
    probability_of_even(example)[0],
)
verdict = lesson05.summed(probability_of_even)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 5: VGG's preparation, pure
# *Blue first, minus the means, and the images stay.* `images[..., ::-1]` is a **view** of the same memory, so `-=` on it would change the images. A plain minus makes a new array (and floats of bytes). `np.asarray(images, "float32")` before it is no protection: it copies bytes and 64-bit floats, but hands back a 32-bit array as it is.


# %%
def prepared(images):
    return images[..., ::-1] - np.array([103.939, 116.779, 123.68])


picture = np.array([[[[255.0, 128.0, 0.0]]]], "float32")
once, twice = prepared(picture), prepared(picture)
theirs = keras.applications.vgg16.preprocess_input(picture.copy())
verdict = lesson05.prepared(prepared)
assert verdict.passed
score.true("exercise 5: the same on the second call", np.array_equal(once, twice))
score.close(
    "exercise 5: largest difference from Keras",
    float(np.abs(once - theirs).max()),
    0,
    tolerance=1e-4,
)
verdict

# %% [markdown]
# ## Exercise 6: Wilson's interval
# *(low, high) for a share measured on n images.* The usual ± 1.96·√(s(1 − s)/n) goes beyond 1 for 58 of 59, and has width 0 for 59 of 59. Wilson's does neither.


# %%
def wilson(right, images):
    z = 1.96
    share, w = right / images, z**2 / images
    middle = (share + w / 2) / (1 + w)
    half = z / (1 + w) * np.sqrt(share * (1 - share) / images + w / (4 * images))
    return middle - half, middle + half


for right, images in ((58, 59), (59, 59), (580, 590)):
    low, high = wilson(right, images)
    print(f"{right} of {images}: {low:.1%} to {high:.1%}")
verdict = lesson05.wilson(wilson)
assert verdict.passed
verdict

# %%
sizes = np.array([59, 100, 200, 500, 1_000, 2_000, 5_000])
widths = [100 * np.subtract(*wilson(0.9 * n, n)[::-1]) for n in sizes]
ax = plots.curves(
    {"90% right": widths},
    x=sizes,
    xlabel="test images",
    ylabel="width of the interval, points",
)
ax.set(xscale="log", ylim=(0, None))
plots.show(
    ax,
    alt="The width of the interval falls from 16 points at 59 images to under 2 at 5,000.",
)
score.at_least(
    "exercise 6: width at 59 over width at 5,000 images",
    round(widths[0] / widths[-1], 1),
    8,
)

# %% [markdown]
# ## Exercise 7: which use?
# - **A** Use as it is: every breed is a dog or a cat; add up the probabilities.
# - **B** Frozen base: 120 labels cannot hold many weights in check, and ImageNet has birds.
# - **C** Fine-tune: labels for many weights, photographs near the base's, and time.
# - **D** From scratch: spectra are no photographs, and a million labels need no help.

# %%
plan = {"A": "use as it is", "B": "frozen base", "C": "fine-tune", "D": "from scratch"}
verdict = lesson05.plan(plan)
assert verdict.passed
verdict

# %% tags=["nbval-ignore-output"]
score
