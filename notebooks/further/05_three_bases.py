# %% [markdown]
# # 05 · Further: three famous bases
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/05_three_bases.ipynb)
#
# A side path of [lesson 05](../05_transfer_learning.ipynb), about 10 minutes. VGG16, InceptionV3 and ResNet50 as bases: what their heads weigh, and what each wants its pixels to be.

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
import pandas as pd
from keras import layers

from course_utils import anatomy, transfer
from course_utils.checks import lesson05_further

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="05")
plots.set_theme()
score = checks.Scorecard("05, further: three famous bases")

# %% [markdown]
# ## Count before you download
#
# Tutorials often flatten the last maps of a base and put 256 units, dropout and one sigmoid unit (dog or not) behind. VGG16 ends in 7×7 maps, 512 of them: 25,088 numbers. By hand: (25,088 + 1)·256 + 257 = 6,423,041 parameters in the head. Averaging each map first leaves 512 numbers: (512 + 1)·256 + 257 = 131,585.


# %%
def head(maps, pooled):
    inputs = keras.Input(maps)
    shrink = layers.GlobalAveragePooling2D() if pooled else layers.Flatten()
    x = layers.Dense(256, activation="relu")(shrink(inputs))
    x = layers.Dropout(0.5)(x)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))


# %%
counted = {}
for name in ("VGG16", "InceptionV3", "ResNet50"):
    builder = getattr(keras.applications, name)
    how = dict(weights=None, include_top=False, input_shape=(224, 224, 3))
    table = anatomy.describe(builder, **how)  # allocates no weights
    maps = table.rows[-1].output_shape
    heads = [anatomy.describe(head, maps=maps, pooled=p).params for p in (False, True)]
    counted[name] = [table.params, *heads]
pd.DataFrame(
    {name: [f"{n:,}" for n in numbers] for name, numbers in counted.items()},
    index=["base", "flattened head", "averaged head"],
).T

# %% [markdown]
# The flattened heads have up to nearly 26 million weights. With 337 photographs, as in the report of [the next page](05_reading_a_report.ipynb), they can learn each one by heart many times over.
#
# ## Each network wants its own pixels
#
# VGG and ResNet50: blue, green, red, in this order, minus ImageNet's means 103.939, 116.779, 123.68. Inception and MobileNet: from −1 to 1. What becomes of black and white:

# %%
ends = np.zeros((1, 2, 1, 3), "float32")
ends[0, 1] = 255
ranges = {}
for name in ("vgg16", "resnet50", "inception_v3", "mobilenet_v2"):
    made = getattr(keras.applications, name).preprocess_input(ends.copy())
    ranges[name] = [round(float(made.min()), 2), round(float(made.max()), 2)]
pd.DataFrame(ranges, index=["least", "greatest"]).T

# %% [markdown]
# **A trap.** These functions look as if they returned something new. Prepare one orange pixel twice, as a cell that is run twice does, and look at the pixel itself:

# %%
prepare = keras.applications.vgg16.preprocess_input
pixel = np.array([[[[255.0, 128.0, 0.0]]]], "float32")
rows = {"the pixel": pixel.ravel().tolist()}
for times in ("once", "twice"):
    rows[f"prepared {times}"] = prepare(pixel).ravel().round(1).tolist()
    rows[f"the pixel, after {times}"] = pixel.ravel().round(1).tolist()
pd.DataFrame(rows, index=["first", "second", "third"]).T.round(1)

# %% [markdown]
# Float arrays are changed in place: the second call shifts what was shifted. (Whole numbers are copied first, so the same code is right with one type and wrong with the other.) Better a *layer* inside the model, where it can be neither forgotten nor done twice: `Rescaling`, or `transfer.Preprocessing`.
#
# **Exercise B.** Write VGG's preprocessing without the trap. `images` is (N, height, width, 3), red, green, blue, 0 to 255, floats or bytes; return floats.


# %%
def prepared(images):
    return ...


lesson05_further.prepared(prepared)

# %% [markdown]
# ## Features kept on disk
#
# `transfer.features` runs a base and averages its maps, once; the second time they come from the disk. Can they be stale? Their name is made of everything they depend on: layers, weights, preprocessing, pictures. So change one picture of forty:

# %% tags=["nbval-ignore-output"]
some = datasets.load("cifar10").x_test[:40]
base = transfer.backbone("resnet20_cifar10")
kept = transfer.features(base, some)
darker = some.copy()
darker[0] //= 2
changed = transfer.features(base, darker)
rows_changed = np.any(np.abs(changed - kept) > 1e-3, axis=1).sum()
pd.Series([int(rows_changed)], index=["features that changed"], name="of 40").to_frame()

# %% [markdown]
# [← back to the lesson](../05_transfer_learning.ipynb)

# %% tags=["claims"]
# @title Claims
score.equal(
    "VGG16: base, two heads", counted["VGG16"], [14_714_688, 6_423_041, 131_585]
)
score.equal("InceptionV3", counted["InceptionV3"], [21_802_784, 13_107_713, 524_801])
score.equal("ResNet50", counted["ResNet50"], [23_587_712, 25_690_625, 524_801])
score.equal("VGG16: range", ranges["vgg16"], [-123.68, 151.06])
score.equal("MobileNetV2: range", ranges["mobilenet_v2"], [-1, 1])
score.true("prepared in place: the pixel has changed", pixel.ravel()[0] != 255)
pure = transfer.Preprocessing("bgr_minus_mean").of_array
orange = np.array([[[[255.0, 128.0, 0.0]]]], "float32")
twice_the_same = np.array_equal(pure(orange), pure(orange)) and orange.ravel()[0] == 255
score.true("the course's preprocessing: twice the same", twice_the_same)
score.equal("features that changed with one picture", int(rows_changed), 1)
score.section()

# %%
score
