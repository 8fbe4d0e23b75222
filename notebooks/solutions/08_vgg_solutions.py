# %% [markdown]
# # 08 · VGG: solutions
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/solutions/08_vgg_solutions.ipynb)
#
# [← the lesson](../08_vgg.ipynb) · further: [mixing channels](../further/08_one_by_one.ipynb), [following the signal](../further/08_following_the_signal.ipynb), [from dense to convolution](../further/08_dense_to_convolution.ipynb) · [all lessons](../START_HERE.ipynb)
#
# **You will be able to**
# - compare your answers to the exercises of lesson 08 with worked ones;
# - say for each why the usual wrong answer is wrong.
#
# **Before this:** lesson 08 and an attempt of your own.
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

from course_utils import anatomy, models
from course_utils.checks import lesson08, lesson08_further
from course_utils.models.vgg import VGG_TABLE

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="08")
plots.set_theme()
score = checks.Scorecard("08")

# %% [markdown]
# ## Exercise 1: build a block
# *A text such as "3-64 3-64" and Keras tensors.* One convolution for each spec, "same" padding and a ReLU; one pooling at the end, after the loop.


# %%
def vgg_block(maps, row):
    for spec in row.split():
        size, filters = (int(number) for number in spec.split("-"))
        convolution = keras.layers.Conv2D(
            filters, size, padding="same", activation="relu"
        )
        maps = convolution(maps)
    return keras.layers.MaxPooling2D(2)(maps)


verdict = lesson08.vgg_block(vgg_block, models.vgg)
assert verdict.passed
verdict

# %% [markdown]
# Five such blocks and three dense layers are the whole network:

# %%
maps = pixels = keras.Input((32, 32, 3))
for row in VGG_TABLE["A"]:
    maps = vgg_block(maps, row)
maps = keras.layers.Flatten()(maps)
for units in (4096, 4096):
    maps = keras.layers.Dense(units, activation="relu")(maps)
answer = keras.layers.Dense(17, activation="softmax")(maps)
own = anatomy.describe(keras.Model(pixels, answer))
package = anatomy.describe(models.vgg, config="A", input_shape=(32, 32, 3), classes=17)
assert own.params == package.params
print(f"A for 32×32 pixels and 17 kinds: {own.params:,} parameters")

# %% [markdown]
# ## Exercise 2: work by hand
# *Multiply-adds of `block1_conv2` and `fc1` for one image.* The convolution has 224·224·64 outputs, each a sum of 9·64 products. The dense layer uses each of its weights once; biases are added, not multiplied.

# %%
second_convolution = 224 * 224 * 64 * 9 * 64
first_dense = 7 * 7 * 512 * 4096
print(f"{second_convolution:,} and {first_dense:,}")
verdict = lesson08.layer_work(second_convolution, first_dense)
assert verdict.passed
verdict

# %%
d = anatomy.describe(models.vgg16)
assert (d["block1_conv2"].macs, d["fc1"].macs) == (second_convolution, first_dense)
parameters = d["fc1"].params / d["block1_conv2"].params
work = second_convolution / first_dense
print(
    f"fc1: {parameters:,.0f} times the parameters; block1_conv2: {work:.0f} times the work"
)

# %% [markdown]
# ## Exercise 3: the field of any chain
# *A list of (side, stride).* Two numbers are carried along: what is seen, and how far apart neighbours are.


# %%
def field_of(chain):
    seen, step = 1, 1
    for side, stride in chain:
        seen += (side - 1) * step
        step *= stride
    return seen


verdict = lesson08.field_of(field_of)
assert verdict.passed
verdict

# %% [markdown]
# The same rule, held against the anatomy of all six networks:

# %%
for name, blocks in VGG_TABLE.items():
    chain = []
    for block in blocks:
        words = block.replace("LRN", "").split()
        chain += [(int(word.split("-")[0]), 1) for word in words] + [(2, 2)]
    table = anatomy.describe(models.vgg, config=name)
    print(f"{name:6} sees {field_of(chain)} pixels after the last pooling")
    assert field_of(chain) == table["block5_pool"].receptive_field

# %% [markdown]
# ## Exercise 4: a column of your own
# *At least 13 convolutions, at most four in a block, 212 pixels, 9.5 billion multiply-adds, the table's filters.* Where does a pixel of sight come cheapest? A 3×3 in block 5 adds 2·16 pixels and works on 14×14 places, so block 5 takes four. That alone sees 190 pixels. A second 3×3 in block 4 adds 16, one in block 3 adds 8: 214. And the layers that are still missing may be 1×1: they see nothing new and cost a ninth.

# %%
column = (
    "3-64 1-64",
    "3-128 1-128",
    "3-256 3-256 1-256",
    "3-512 3-512",
    "3-512 3-512 3-512 3-512",
)
verdict = lesson08.own_column(column)
assert verdict.passed
verdict

# %% [markdown]
# As many convolutions as VGG-16, three fifths of its work. Whether it is as good is another question, which only a training answers.

# %% [markdown]
# ## Exercise 5: a warning for training logs
# *Last loss within 0.2% of ln(classes), above or below, and all answers the same.* The loss alone could stand there by accident, and a single answer alone may be right (all images of one kind) or come from a run that diverged.


# %%
def has_learned_nothing(losses, answers, classes):
    guessing = np.log(classes)
    return (
        abs(losses[-1] - guessing) < 0.002 * guessing and len(np.unique(answers)) == 1
    )


verdict = lesson08.has_learned_nothing(has_learned_nothing)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 6: fix the start
# *How pixels are prepared and initial weights drawn.* One division by 255, where the loader does it; He's variance 2/n_in. Fixing one alone is not enough, as in the lesson.


# %%
def prepared(images):
    return images / 255


def first_weights(rng, n_in, n_out):
    return rng.standard_normal((n_in, n_out)) * np.sqrt(2 / n_in)


verdict = lesson08.fixed(prepared, first_weights)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 7: the heat map of Grad-CAM
# *maps and gradient (H, W, C) → (H, W).* One weight a map: the mean of its gradient over all places. Then the weighted sum, and what is positive of it.


# %%
def speaking_map(maps, gradient):
    return np.maximum(maps @ gradient.mean(axis=(0, 1)), 0)


verdict = lesson08.speaking_map(speaking_map)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise A (further): a 1×1 convolution
# *maps (H, W, C), kernel (C, K), bias (K,).* `@` multiplies the last axis of the maps, at every place, by the kernel. The bias comes before ReLU.


# %%
def mix_channels(maps, kernel, bias):
    return np.maximum(maps @ kernel + bias, 0)


verdict = lesson08_further.mix_channels(mix_channels)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise B (further): count the table
# *Five texts and the number of classes.* Channels are carried from spec to spec. After five pools 224 pixels are 7.


# %%
def table_parameters(blocks, classes):
    total, channels = 0, 3
    for block in blocks:
        for word in block.split():
            side, filters = (int(part) for part in word.split("-"))
            total += side * side * channels * filters + filters
            channels = filters
    inputs = 7 * 7 * channels
    for units in (4096, 4096, classes):
        total += inputs * units + units
        inputs = units
    return total


verdict = lesson08_further.table_parameters(table_parameters)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise C (further): three 3×3, a pooling, one more 3×3
# *How many pixels a side does one value see?* Start with 1. Three 3×3 add 2 each: 7. The pool adds (2 − 1)·1: 8, and from then on neighbours are two pixels apart. The last 3×3 adds 2·2: 12.

# %%
field = 1 + 3 * 2 + 1 + 2 * 2
verdict = lesson08_further.stack_then_pool(field)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise D (further): a dense layer as a kernel
# *weights (height·width·channels, units) → (height, width, channels, units).* Keras flattens maps row by row with the channels last, so the weights lie in that order already.


# %%
def as_kernel(weights, height, width):
    return weights.reshape(height, width, -1, weights.shape[1])


verdict = lesson08_further.as_kernel(as_kernel)
assert verdict.passed
verdict

# %% tags=["nbval-ignore-output"]
score.equal("exercise B: A", table_parameters(VGG_TABLE["A"], 1000), 132_863_336)
score.equal("exercise B: 17 kinds", table_parameters(VGG_TABLE["D"], 17), 134_330_193)
score
