# %% [markdown]
# # 09 · Further: a module from memory, debugged
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/09_from_memory.ipynb)
#
# A side path of [lesson 09](../09_inception.ipynb), about 8 minutes. In section 5 somebody wrote the module down from memory. Nine such modules cost about what GoogLeNet costs. The network that they come from, for 17 kinds of flowers, cost far more. Here it is, and the way back to GoogLeNet, one change at a time.

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
# @title Imports and the look of figures
from course_utils import checks, measure, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import pandas as pd

from course_utils import anatomy, models
from course_utils.models.googlenet import GOOGLENET_TABLE

layers = keras.layers

lesson = runtime.start(lesson="09")
plots.set_theme()
score = checks.Scorecard("09 further")

# %% [markdown]
# ## Why a module at all
#
# The authors came to it by another way than section 2. A large network overfits and costs much, most of its weights end near zero, and labels for fine classes (is it a husky or an Eskimo dog?) are expensive. So the best large network would be *sparse*: each unit joined to few others. But computers are fast with dense blocks of numbers and slow with scattered ones. The module is their compromise: dense pieces of several sizes, in place of the sparse whole. They call it a hypothesis themselves.
#
# ## The network
#
# The block of section 5, nine times. (Its author's totals are known; where the pools stand is our reconstruction from them.) **Before you open: GoogLeNet with 17 classes has 6.0 million parameters and does 1.6 billion multiply-adds. More or less than that?**


# %%
def conv(maps, filters, size, strides=1):
    settings = dict(strides=strides, padding="same", activation="relu")
    return layers.Conv2D(filters, size, **settings)(maps)


def from_memory(maps, filters):
    three = conv(conv(maps, filters[0], 1), filters[1], 3)
    five = conv(conv(maps, filters[2], 1), filters[3], 5)
    pool = layers.MaxPooling2D(3, strides=1, padding="same")(maps)
    return layers.Concatenate()([three, five, conv(pool, filters[4], 1)])


def remembered():
    maps = inputs = keras.Input((224, 224, 3))
    maps = layers.MaxPooling2D(2)(conv(maps, 64, 3))  # 112×112
    for row in GOOGLENET_TABLE:
        maps = from_memory(maps, row[1:6])
        if row.name in ("3b", "4d"):
            maps = layers.MaxPooling2D(2)(maps)  # 56×56, 28×28
    maps = layers.Flatten()(layers.AveragePooling2D(4)(maps))
    return keras.Model(inputs, layers.Dense(17, activation="softmax")(maps))


# %% tags=["hide-output"]
wrong = anatomy.describe(remembered)
right = anatomy.describe(models.googlenet, classes=17)
both = {"from memory": wrong, "GoogLeNet": right}
pd.DataFrame(
    {
        "parameters": [f"{one.params:,}" for one in both.values()],
        "billion multiply-adds": [f"{one.macs / 1e9:.2f}" for one in both.values()],
    },
    index=list(both),
)

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# Fewer parameters, eight times the work: its stem hands on maps of 112×112. Parameters and work are two different bills: a weight is paid once, and used at every place.
# </details>
#
# ## The way back
#
# **Change one:** add the branch of 1×1. **Change two:** give each number its place. **Change three:** a stride of 2 in the stem. What does each do to the maps that leave 3a, and to the work?


# %%
def fixed(maps, one, *others):
    return layers.Concatenate()([conv(maps, one, 1), from_memory(maps, others)])


def network(stride):
    maps = inputs = keras.Input((224, 224, 3))
    maps = layers.MaxPooling2D(2)(conv(maps, 64, 3, stride))
    for row in GOOGLENET_TABLE:
        maps = fixed(maps, *row[1:])
        if row.name in ("3b", "4d"):
            maps = layers.MaxPooling2D(2)(maps)
    maps = layers.GlobalAveragePooling2D()(maps)
    return keras.Model(inputs, layers.Dense(17, activation="softmax")(maps))


# %% tags=["hide-output"]
arriving = keras.Input((28, 28, 192))
row = GOOGLENET_TABLE[0][1:]
ways = {
    "from memory": from_memory(arriving, row[:5]),
    "with a 1×1 branch": fixed(arriving, 64, *row[:5]),
    "each number in its place": fixed(arriving, *row),
}
modules = {name: keras.Model(arriving, maps) for name, maps in ways.items()}
leaving = [model.output.shape[-1] for model in modules.values()]
counts = [model.count_params() for model in modules.values()]
work = [anatomy.describe(network, stride=stride).macs / 1e9 for stride in (1, 2)]
print(f"whole network of right blocks: {work[0]:.1f} billion multiply-adds")
print(f"and with stride 2 in the stem: {work[1]:.1f}")
pd.DataFrame({"maps": leaving, "parameters": counts}, index=list(modules))

# %% [markdown]
# <details><summary><b>Compare with what you expected</b></summary>
#
# Right blocks are wider, so the work even rises. A stride of 2 halves every side after it, and divides the work by four. That stem shrinks the image 4 times before the first module; GoogLeNet's shrinks it 8 times, 224 to 28, and that is where most of the rest goes.
# </details>
#
# ## An "Inception" without Inception
#
# Under the same heading the author trained a network for cats and dogs, on images of 150×150. **How many modules do you see?**

# %%
stack = [keras.Input((150, 150, 3))]
for filters in (32, 64, 128, 128):
    stack += [layers.Conv2D(filters, 3, activation="relu"), layers.MaxPooling2D(2)]
stack += [layers.Flatten(), layers.Dropout(0.5), layers.Dense(512, activation="relu")]
stack += [layers.Dense(1, activation="sigmoid")]
pets = anatomy.describe(keras.Sequential(stack))
dense = max(row.params for row in pets.rows) / pets.params
print(f"{pets.params:,} parameters, {dense:.0%} of them in one dense layer")

# %% [markdown]
# None: a plain stack. Its training had a fault, too: 10 steps of 20 images an epoch show 200 of the 2,000 photographs; an epoch needs 100 steps.
#
# With all images in every epoch, and a rate of its own for each, the stack meets a small GoogLeNet on the cats and dogs of CIFAR-10 (32×32 pixels, 3,000 images, five epochs, three trainings; stored as `inception_cats`):

# %%
cats = measure.load("inception_cats")
kinds = {"stack": "plain stack", "googlenet": "small GoogLeNet"}
tested = {
    label: [100 * run["test_accuracy"] for run in cats["runs"] if run["arm"] == kind]
    for kind, label in kinds.items()
}
first = {run["arm"]: run for run in cats["runs"]}
plots.spread(
    tested, xlabel="test accuracy in %", alt="Dots of two networks, from 68 to 72 %."
)
pd.DataFrame(
    {
        "parameters": [f"{first[kind]['parameters']:,}" for kind in kinds],
        "million multiply-adds": [
            round(first[kind]["macs"] / 1e6, 1) for kind in kinds
        ],
    },
    index=kinds.values(),
)

# %% [markdown]
# Nearly the same accuracy (the difference of the means is about its standard error), a thirteenth of the parameters, a quarter of the work.

# %% tags=["claims"]
# @title Claims
score.equal("from memory, parameters", wrong.params, 5_448_529)
score.close(
    "from memory, billion multiply-adds", wrong.macs / 1e9, 13.5, tolerance=0.05
)
score.equal("maps that leave 3a, three ways", leaving, [144, 208, 256])
score.equal("3a, each number in its place", counts[-1], 163_696)
score.close("stem without stride: times the work", work[0] / work[1], 4, tolerance=0.1)
score.equal("cats and dogs, parameters", pets.params, 3_453_121)
score.section()

# %% [markdown]
# Back to [lesson 09](../09_inception.ipynb), section 5
