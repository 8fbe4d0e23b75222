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
# **Time:** 15 minutes; the code runs in half a minute.
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
import pandas as pd
from keras import layers

from course_utils import transfer
from course_utils.checks import lesson05, lesson05_further

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="05")
plots.set_theme()
score = checks.Scorecard("05, solutions")

# %% [markdown]
# ## Exercise 1: dog, if dog or cat
# *From all classes' probabilities to one number a photograph.* The classes exclude each other, so their probabilities add up. Then what share of dogs and cats together is dogs? The likeliest breed alone is another answer, and a worse one: five breeds with 0.1 each are more than one cat with 0.4.


# %%
def dog_if_either(probabilities, dogs, cats):
    dog = probabilities[:, dogs].sum(axis=1)
    cat = probabilities[:, cats].sum(axis=1)
    return dog / (dog + cat)


verdict = lesson05.dog_if_either(dog_if_either)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 2: a head on MobileNetV2
# *1,280 averaged features, a frozen base, 17 kinds.* Each of the 17 units has 1,280 weights and a bias. The base counts in the total, not in what is trained. Built, with random weights:

# %%
trained_parameters = (1_280 + 1) * 17
model = transfer.classifier(transfer.backbone("mobilenet_v2_035", weights=None), 17)
learning = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
score.equal("exercise 2: trained parameters", learning, trained_parameters)
verdict = lesson05.trained_parameters(trained_parameters)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 3: swap a head
# *A model on pixels from 0 to 255 whose head alone learns.* `trainable = False` must be set before training; whether it stands before or after the call does not matter. The order of the layers does: scale, base, average, dense.


# %%
def new_head(base, classes):
    base.trainable = False
    pixels = keras.Input(base.input_shape[1:])
    scaled = layers.Rescaling(1 / 127.5, offset=-1)(pixels)
    features = layers.GlobalAveragePooling2D()(base(scaled))
    answers = layers.Dense(classes, activation="softmax")(features)
    return keras.Model(pixels, answers)


verdict = lesson05.new_head(new_head, transfer.practice().base)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 4: fine-tune, and gain
# *The base moves, but not its batch norm.* Three things are easily forgotten: to compile again after the change (what may move is read then), a low rate, and to return the network that learned.


# %%
def gain(network, pictures, labels):
    for layer in network.get_layer("base").layers:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    optimizer = keras.optimizers.Adam(0.0003)
    loss = "sparse_categorical_crossentropy"
    network.compile(optimizer, loss, jit_compile=False)
    network.fit(pictures, labels, batch_size=16, epochs=10, verbose=0)
    return network


# %% tags=["nbval-ignore-output"]
verdict = lesson05.gain(gain, transfer.practice())
assert verdict.passed
verdict

# %% [markdown]
# What did the filters learn? The practice base saw stripes of light and dark; the new question's stripes are red and green, under grey grain. So fine-tuning must set red *against* green. How far do a filter's red and green weights agree, on average over the eight filters? (1: they are the same, −1: opposite.)


# %%
def agreement(practice):
    kernels = np.asarray(practice.base.get_layer("conv").kernel)
    red, green = kernels[:, :, 0].reshape(9, -1), kernels[:, :, 1].reshape(9, -1)
    both = zip(red.T, green.T, strict=True)
    return float(np.mean([np.corrcoef(r, g)[0, 1] for r, g in both]))


# %% tags=["nbval-ignore-output"]
practice = transfer.practice()
before = agreement(practice)
gain(practice.network, practice.pictures, practice.labels)
after = agreement(practice)
pd.Series({"before": round(before, 2), "after": round(after, 2)}, name="red with green")

# %% [markdown]
# ## Exercise 5: which way?
# - **A** As it is: every breed is a dog or a cat; add up.
# - **B** Frozen base: ImageNet has birds; with fifty photographs, at our rate, fine-tuning gained nothing clear and its draws lay far apart, and there is no time for another rate.
# - **C** Fine-tune: labels for many weights, photographs near the base's, and time.
# - **D** From scratch: spectra are no photographs, and a million labels need no help.
# - **E** Frozen base: with ten photographs fine-tuning, at our rate, was a gamble that lost up to eighteen points, and a network from scratch guessed.

# %%
plan = {"A": "use as it is", "B": "frozen base", "C": "fine-tune", "D": "from scratch"}
plan["E"] = "frozen base"
verdict = lesson05.plan(plan)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 6: how sure are 59 photographs?
# *Redraw with replacement, take the share, 2,000 times; the middle 95 of 100.* Without replacement every draw would be the same 59. This is Efron's *bootstrap*. It takes the 59 for the world: where all 59 are right, it says "from 100 to 100 %", and that is too sure (section 8 has what to take then). (Section 8 calls yours through `lesson05.yours_or_ours`, once the check has passed it.)


# %%
def interval(correct, seed=0):
    rng = np.random.default_rng(seed)
    shares = [rng.choice(correct, len(correct)).mean() for _ in range(2_000)]
    return np.quantile(shares, 0.025), np.quantile(shares, 0.975)


for right, n in ((53, 59), (530, 590)):
    low, high = interval(np.arange(n) < right)
    print(f"{right} of {n}: {low:.1%} to {high:.1%}")
verdict = lesson05.interval(interval)
assert verdict.passed
verdict

# %% [markdown]
# ## Further: exercises A to C
# **A** (odd or even): arithmetic makes a new array, and nothing is assigned into the labels. **B** (VGG's pixels): `images[..., ::-1]` is a *view* of the same memory; a plain minus makes a new array, `-=` would change the images. **C** (reading a report): 5 · 32 = 160 photographs are shown, of 337.


# %%
def even(labels):
    return 1 - np.asarray(labels) % 2


def prepared(images):
    return images[..., ::-1] - np.array([103.939, 116.779, 123.68])


verdicts = [
    lesson05_further.even(even),
    lesson05_further.prepared(prepared),
    lesson05_further.passes(5 * 32 / 337),
]
assert all(verdict.passed for verdict in verdicts)
verdicts

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.at_most("exercise 4: agreement of red and green falls by", after - before, -0.2)
theirs = keras.applications.vgg16.preprocess_input
picture = np.array([[[[255.0, 128.0, 0.0]]]], "float32")
gap = float(np.abs(prepared(picture) - theirs(picture.copy())).max())
score.close("exercise B: largest difference from Keras", gap, 0, tolerance=1e-4)
score.section()

# %% tags=["nbval-ignore-output"]
score
