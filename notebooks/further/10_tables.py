# %% [markdown]
# # 10 · Further: the paper's tables
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/10_tables.ipynb)
#
# A side path of [lesson 10](../10_resnet.ipynb), about 8 minutes. Where do all the layers and parameters come from, and why do two programs disagree about the same network?

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
from course_utils import checks, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import pandas as pd

from course_utils import anatomy, models
from course_utils.checks import lesson10_further

lesson = runtime.start(lesson="10")
plots.set_theme()
score = checks.Scorecard("10 further")

# %% [markdown]
# ## Where the shape changes
#
# Three times in ResNet-34 the channels double. Option A pads with zeros and has no parameters; option B has a 1×1 convolution and a batch norm with a γ and a β for each channel. **How many parameters does B add, and what share of the network is that?**

# %% tags=["hide-output"]
added = sum(old * new + 2 * new for old, new in ((64, 128), (128, 256), (256, 512)))
a, b = (
    anatomy.describe(models.resnet, depth=34, shortcut=option).trainable_params
    for option in ("identity", "projection")
)
print(f"A {a:,}, B {b:,}: {b - a:,} more, {(b - a) / a:.1%}; by hand {added:,}")

# %% [markdown]
# In the paper B is a little better (24.52 % wrong first answers against 25.03). Notes sometimes say that shortcuts are 1×1 convolutions *and* free; that is B and A at once.
#
# **Exercise A (code).** Option A in NumPy: `x` is (N, H, W, C); take every second row and column, and fill up to `filters` channels with zeros, half of the new ones before the old channels and half after. (`filters` minus C is even.)


# %%
def option_a(x, filters): ...


lesson10_further.option_a(option_a)

# %% [markdown]
# ## Bottlenecks
#
# At 256 channels a basic block has 2·9·256² = 1,179,648 weights, a bottleneck 69,632; a basic block at 64, which does about the same work, has 73,728. So "the bottleneck has fewer parameters" holds at equal width. The network that it allows is wider: ResNet-50 has more than ResNet-34.
#
# **Exercise B (recall).** A bottleneck at 512 channels has 128 in the middle. How many weights have its three convolutions together (no biases)?

# %%
weights = None

lesson10_further.bottleneck_weights(weights)

# %% [markdown]
# ## 79,680 parameters too many
#
# Keras' ResNet50 has 25,636,712 parameters, the paper's 25,557,032. It is the same network. **Name the two kinds of numbers that make the difference.**

# %% tags=["hide-output"]
paper_50 = anatomy.describe(models.resnet, depth=50).trainable_params
keras_50 = anatomy.describe(keras.applications.ResNet50, weights=None)
norms = [row for row in keras_50.rows if row.kind == "BatchNormalization"]
statistics = sum(row.params - row.trainable_params for row in norms)
biases = sum(row.output_shape[-1] for row in keras_50.rows if row.kind == "Conv2D")
print(f"{keras_50.params:,} = {paper_50:,} + {biases:,} biases")
print(f"  + {statistics:,} running means and variances of {len(norms)} batch norms")

# %% [markdown]
# A bias before a batch norm does nothing: the norm subtracts the mean, and the bias with it. Keras keeps them because its published weights have them. A third difference costs no parameters: in the paper the first 1×1 of a bottleneck has the stride, so three quarters of its input are never read; most programs of today give it to the 3×3 ("version 1.5").

# %% tags=["hide-output"]
today = anatomy.describe(models.resnet, depth=50, stride_in="3x3")
before = anatomy.describe(models.resnet, depth=50)
same = today.trainable_params == before.trainable_params
print(f"{before.macs / 1e9:.2f} → {today.macs / 1e9:.2f} billion multiply-adds")
print(f"same parameters: {same}")

# %% [markdown]
# ## 6n + 2, and 9n + 2
#
# For CIFAR there are three stages of n blocks. A basic block has two layers, a bottleneck three; the first convolution and the dense layer make **6n + 2** and **9n + 2**. The ResNet example in the Keras documentation has biases, option B and other widths, so "ResNet-20" has several counts:

# %%
example = dict(shortcut="projection", variant="keras_example")
nets = {
    "paper, n = 3": dict(n=3),
    "Keras example, n = 3": dict(n=3, **example),
    "Keras example, version 2, n = 3": dict(n=3, version=2, **example),
    "Keras example, n = 18": dict(n=18, **example),
    "paper, n = 200": dict(n=200),
}
counted = {
    name: anatomy.describe(models.resnet_cifar, **kw) for name, kw in nets.items()
}
per_block = {name: 9 if kw.get("version") == 2 else 6 for name, kw in nets.items()}
layers = {name: per_block[name] * kw["n"] + 2 for name, kw in nets.items()}
frame = pd.DataFrame(
    {
        "layers": layers,
        "all": {k: one.params for k, one in counted.items()},
        "trained": {k: one.trainable_params for k, one in counted.items()},
    }
)
frame.map("{:,}".format)

# %% [markdown]
# The last was *described*, not built. The authors trained it: 1,202 layers, a training error below 0.1 %, and 7.93 % on the test set, more than with 110 layers (6.43 % at best). Degradation is a high training error; this is overfitting.
#
# Published top-5 errors on ImageNet's test set, several networks together each (the paper's table 5): VGG 7.32 %, GoogLeNet 6.66, VGG after the contest 6.8, PReLU-net 4.94, BN-Inception 4.82, **ResNet 3.57**.

# %% tags=["claims"]
# @title Claims
score.equal("ResNet-34 with option A, trainable", a, 21_623_848)
score.equal("option B minus A, by hand", b - a, added)
score.equal("Keras ResNet50, all numbers", keras_50.params, 25_636_712)
score.equal("… explained", paper_50 + biases + statistics, 25_636_712)
score.true("stride in the 3×3: same parameters", same)
score.equal("layers", list(layers.values()), [20, 20, 29, 110, 1_202])
every = [271_098, 274_442, 849_002, 1_742_762, 19_510_906]
score.equal("all numbers", [one.params for one in counted.values()], every)
trained = [269_722, 273_066, 843_786, 1_734_666, 19_421_274]
score.equal("trained", [one.trainable_params for one in counted.values()], trained)
score.section()

# %% [markdown]
# Back to [lesson 10](../10_resnet.ipynb), section 6 · [solutions](../solutions/10_resnet_solutions.ipynb)
