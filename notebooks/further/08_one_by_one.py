# %% [markdown]
# # 08 · Further: mixing channels, and a table's slips
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/08_one_by_one.ipynb)
#
# A side path of [lesson 08](../08_vgg.ipynb), about 8 minutes. Network C has convolutions of a single pixel. What can such a kernel do, and what goes wrong when tables are copied by hand?

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
from course_utils import checks, datasets, plots, runtime, widgets

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np

from course_utils import anatomy, models
from course_utils.checks import lesson08_further
from course_utils.models.vgg import VGG_TABLE

lesson = runtime.start(lesson="08")
plots.set_theme()
score = checks.Scorecard("08 further")

# %% [markdown]
# ## A kernel of one pixel
#
# A 1×1 kernel sees one place, and all its channels there. Each new map is a weighted sum of the old ones, with the same weights at every place; then comes the ReLU. **By hand:** a place with channels (2, 1, 3) and weights (1, −1, 0) gives 2 − 1 = 1; with (0, 1, −1) it gives 1 − 3 = −2, and the ReLU makes that 0.
#
# On a photograph the three channels are colours. One layer, three recipes: their mean, "red and not the others", "blue and not the others". **What will be bright in the second map?**

# %% tags=["hide-output"]
photo = datasets.photograph("astronaut")[:448:2, :448:2]
recipes = [
    [0.33, 1.0, -0.5],
    [0.33, -0.5, -0.5],
    [0.34, -0.5, 1.0],
]  # rows: red, green, blue
layer = keras.layers.Conv2D(3, 1, activation="relu", use_bias=False)
layer.build((None, None, None, 3))
layer.set_weights([np.array(recipes, "float32")[None, None]])  # (1, 1, 3, 3)
mixed = np.asarray(layer(photo[None].astype("float32") / 255))[0]
plots.show_images(
    [photo, *np.moveaxis(mixed, -1, 0)],
    titles=["photograph", "mean", "red", "blue"],
    size=1.5,
    alt="A woman in an orange suit; its grey mean; the suit bright; nearly black.",
)

# %% [markdown]
# So a 1×1 convolution adds a nonlinear mixing of the channels and leaves the receptive field alone. C is B with three of them, D has 3×3 in their places. In the paper's table 3 B makes 28.7 % mistakes, C 28.1, D 27.0: mixing helps, and seeing neighbours helps more.
#
# **Exercise A (code).** A 1×1 convolution with ReLU in NumPy: `maps` (H, W, C), `kernel` (C, K), `bias` (K,) → (H, W, K).


# %%
def mix_channels(maps, kernel, bias):
    new_maps = ...
    return new_maps


lesson08_further.mix_channels(mix_channels)

# %% [markdown]
# ## What a stack sees
#
# Build a stack and point at a value of the last layer: the pixels that it depends on light up. Replace a 3×3 by a 1×1, put a pooling between.

# %% tags=["nbval-ignore-output"]
widgets.ReceptiveField("three 3×3", size=24, channels=64).show()

# %% [markdown]
# **Exercise C (by hand).** Three 3×3 convolutions, a 2×2 pooling of stride 2, one more 3×3. How many pixels a side does one value see?

# %%
field = None

lesson08_further.stack_then_pool(field)

# %% [markdown]
# ## Slips in tables
#
# Tables like VGG's are copied by hand, and slips travel. Four that one meets in lecture notes and programs. **What is wrong with each?**
#
# 1. "16 layers", and block 3 has two convolutions.
# 2. "FC 25088" stands in the list of layers.
# 3. "19 layers", and each of the last three blocks has three convolutions.
# 4. "C has two 1×1 convolutions that reduce the calculation."

# %% tags=["hide-output"]
d, b, c = (anatomy.describe(models.vgg, config=name) for name in "DBC")
specs = " ".join(VGG_TABLE["C"]).split()
print(f"13 convolutions and 3 dense layers make 16; with two in block 3: {12 + 3}")
print(f"7·7·512 = {7 * 7 * 512:,} numbers, {d['flatten'].params} parameters: no layer")
print(f"16 convolutions and 3 dense make 19; with three in the late blocks: {13 + 3}")
ones = sum(spec.startswith("1-") for spec in specs)
print(
    f"C has {ones} of them, and *adds* {(c.macs - b.macs) / 1e9:.2f} billion multiply-adds"
)

# %% [markdown]
# (Lesson 09's 1×1 do reduce the work: they reduce the number of maps. C's do not.) A table that a program has *counted* has no such slips.
#
# **Exercise B (code).** Count the parameters of a column without Keras: `blocks` holds five texts such as `"3-64 3-64"`; images are 224×224×3, two dense layers have 4,096 units, the last one `classes`. Biases included.


# %%
def table_parameters(blocks, classes):
    total = ...
    return total


lesson08_further.table_parameters(table_parameters)

# %% tags=["claims"]
# @title Claims
score.equal("1×1 convolutions of C", ones, 3)
score.close(
    "billion multiply-adds that C adds to B",
    (c.macs - b.macs) / 1e9,
    0.46,
    tolerance=5e-3,
)
score.section()

# %% [markdown]
# Back to [lesson 08](../08_vgg.ipynb), section 3 · [solutions](../solutions/08_vgg_solutions.ipynb)
