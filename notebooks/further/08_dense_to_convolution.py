# %% [markdown]
# # 08 · Further: from dense to convolution
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/08_dense_to_convolution.ipynb)
#
# A side path of [lesson 08](../08_vgg.ipynb), about 8 minutes. VGG reads 224×224 pixels. The paper tested it on larger images, without training anew. How?

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
from course_utils import checks, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
import pandas as pd

from course_utils import anatomy, models
from course_utils.checks import lesson08_further

lesson = runtime.start(lesson="08")
score = checks.Scorecard("08 further")

# %% [markdown]
# ## A dense layer is a convolution that fits once
#
# `fc1` reads the flattened 7×7×512 maps: each of its 4,096 units has a weight for each of 7·7·512 numbers. That is a kernel of 7×7 over 512 maps. On maps of 7×7 it fits at one place, and gives the same 4,096 numbers. On *larger* maps it fits at several. So nothing but the layout of the weights has to change, and the network reads images of any size, with an answer for each place.
#
# **Exercise D (code).** Lay the weights of a dense layer out as a kernel: `weights` (height·width·channels, units) → (height, width, channels, units).


# %%
def as_kernel(weights, height, width):
    kernel = ...
    return kernel


lesson08_further.as_kernel(as_kernel)

# %% [markdown]
# Here it is done for a small A with random weights, for 64×64 pixels, where the last maps are 2×2:

# %%
keras.utils.set_random_seed(0)
small = dict(width=1 / 16, classes=17, kernel_initializer="he_normal")
dense = models.vgg("A", input_shape=(64, 64, 3), **small)


def converted(side):
    """The same network for side×side pixels, with convolutions in place of dense layers."""
    body = models.vgg("A", input_shape=(side, side, 3), **small)
    maps = body.get_layer("block5_pool").output
    for name, size in (("fc1", 2), ("fc2", 1), ("predictions", 1)):
        units = dense.get_layer(name).units
        activation = None if name == "predictions" else "relu"
        layer = keras.layers.Conv2D(
            units, size, activation=activation, name=f"as_{name}"
        )
        maps = layer(maps)
        weights, bias = dense.get_layer(name).get_weights()
        layer.set_weights([weights.reshape(size, size, -1, units), bias])
    for layer in body.layers:
        if layer.name.startswith("block") and layer.weights:
            layer.set_weights(dense.get_layer(layer.name).get_weights())
    return keras.Model(body.inputs[0], keras.layers.Softmax()(maps))


# %%
image = np.random.default_rng(0).normal(size=(1, 64, 64, 3)).astype("float32")
gap = float(
    np.abs(
        np.asarray(converted(64)(image))[0, 0, 0] - np.asarray(dense(image))[0]
    ).max()
)
places = {side: converted(side).output_shape[1:3] for side in (64, 96, 160)}
pd.Series(places, name="answers").rename_axis("side of the image").to_frame()

# %% [markdown]
# At the size of training it is the same network (largest difference below 10⁻⁵). At test time the paper averages the answers of all places, and of the mirrored image: a *dense evaluation*. It costs far less than cutting out many crops, since crops that overlap share their convolutions.
#
# ## S, Q and the numbers of the paper
#
# S is the shorter side to which training images are scaled before 224×224 pixels are cut out at random, Q that of the test images. Top-1 errors on ImageNet's validation images, in per cent (tables 3 and 4):
#
# | | S = Q = 256 | S 256–512, Q 384 | same S, Q 256, 384 and 512 averaged |
# |---|---|---|---|
# | B | 28.7 | – | – |
# | C | 28.1 | 27.3 | 26.3 |
# | D | 27.0 | 25.6 | 24.8 |
# | E | 27.3 | 25.5 | 24.8 |
#
# Training with many sizes (*scale jittering*) brings more than three more layers. With crops and dense evaluation averaged E reaches 24.4 (top-5: 7.1). Seven networks together had 7.3 % top-5 error on the test images of 2014; two networks, after the submission, 6.8 %; GoogLeNet 6.7 %.
#
# ## How they were trained
#
# Momentum 0.9, batches of 256, rate 0.01 divided by ten three times, an L2 penalty of 5·10⁻⁴, dropout 0.5 after the first two dense layers, random crops, mirror images and shifts of colour; 74 epochs. AlexNet took about 90, with fewer parameters. The authors name two reasons: stacks of small kernels act as a regularizer, and some layers started from trained ones.
#
# **Three questions that lecturers ask.** Why three 3×3 in place of a 7×7? (Same pixels, 55 % of the weights, three ReLUs.) What is a 1×1 for? (Mixing channels.) What about depth? (It pays up to sixteen layers; GoogLeNet went to 22 in the same year, with a twentieth of the parameters.)

# %% tags=["claims"]
# @title Claims
score.at_most("dense and converted, largest difference", gap, 1e-5)
score.equal(
    "answers a side, for 64, 96 and 160 pixels",
    [p[0] for p in places.values()],
    [1, 2, 4],
)
ratio = (
    anatomy.describe(models.vgg16).params / anatomy.describe(models.googlenet).params
)
score.at_least("VGG-16's parameters over GoogLeNet's", round(ratio, 1), 19)
score.section()

# %% [markdown]
# Back to [lesson 08](../08_vgg.ipynb), section 6 · [solutions](../solutions/08_vgg_solutions.ipynb)
