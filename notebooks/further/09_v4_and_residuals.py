# %% [markdown]
# # 09 · Further: Inception-v4, and networks that die
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/09_v4_and_residuals.ipynb)
#
# A side path of [lesson 09](../09_inception.ipynb), about 8 minutes. The fourth paper (2016) builds two lines side by side: v4 joins its branches, Inception-ResNet adds them.

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
from course_utils import checks, datasets, measure, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import pandas as pd

from course_utils import anatomy, models
from course_utils.models.inception_parts import Style
from course_utils.models.inception_resnet import INCEPTION_RESNET_TABLE, residual_block
from course_utils.models.inception_v4 import inception_b
from course_utils.recipes import inception_residual

data = datasets.load("cifar10").subset(train=3_000, test=500)
v4 = anatomy.describe(models.inception_v4)

lesson = runtime.start(lesson="09")
plots.set_theme()
score = checks.Scorecard("09 further")

# %% [markdown]
# ## v4: one kind of module for each resolution
#
# A stem of its own, then 4 modules A at 35×35, 7 B at 17×17, 3 C at 8×8, with two *reductions* between them that halve the resolution. No shortcuts anywhere:

# %%
blocks = {
    "4 × A": "inception_a4_output",
    "7 × B": "inception_b7_output",
    "3 × C": "inception_c3_output",
}
shapes = {name: v4[layer].output_shape for name, layer in blocks.items()}
pd.DataFrame(
    {
        "places": [f"{h}×{w}" for h, w, _ in shapes.values()],
        "maps": [c for *_, c in shapes.values()],
    },
    index=list(shapes),
)

# %% [markdown]
# ## Join, or add?
#
# Inception-ResNet makes the branches cheap, mixes what they found with a 1×1 to the width of the input, and *adds* it to the input.

# %% tags=["hide-input"]
# @title The drawing
style = Style()
arriving = keras.Input((17, 17, 1024))
joining = keras.Model(arriving, inception_b(arriving, style, "b"), name="v4")
arriving = keras.Input((17, 17, 1088))
row = INCEPTION_RESNET_TABLE["v2"].b
added = residual_block(arriving, row, 0.1, style, "b")
plots.architecture(
    anatomy.describe(joining),
    anatomy.describe(keras.Model(arriving, added, name="v2")),
    block=True,
    title=["v4: join", "Inception-ResNet-v2: add"],
)

# %% [markdown]
# In the paper, v4 has 5.0 % top-5 error with one look at each image, Inception-ResNet-v2 4.9 %, and it learned much faster. By the authors' words its cost "matches" v4's (12.3 billion multiply-adds).
#
# Inception-ResNet-v1 costs about what v3 costs, v2 about what v4 does. Its blocks add, so they need no branch for what is already there. **Who compares with "Inception-ResNet-v2" should say which:**

# %%
variants = {
    "paper's figure, 5/10/5 blocks": dict(stem="paper", blocks=(5, 10, 5)),
    "its stem, 10/20/10 blocks": dict(stem="paper", blocks=(10, 20, 10)),
    "released (and Keras's)": {},
}
v2 = {
    name: anatomy.describe(models.inception_resnet_v2, **kw)
    for name, kw in variants.items()
}
pd.DataFrame(
    {
        "million parameters": [round(one.params / 1e6, 1) for one in v2.values()],
        "billion multiply-adds": [round(one.macs / 1e9, 2) for one in v2.values()],
    },
    index=list(v2),
)

# %% [markdown]
# The released network has twice the blocks of the figure, another stem, and other widths. (The famous 3.08 % top-5 error is of an *ensemble*: one v4 and three Inception-ResNet-v2.)
#
# ## Let one die
#
# With more than 1,000 filters, the authors write, networks "died" early: the layer before the last mean gave only zeros. Neither a lower rate nor more batch norm prevented it; multiplying what a block adds by 0.1 to 0.3 did, at no cost. They give no cause.
#
# Four blocks B at their full 1,152 maps, on 4×4 places, and RMSprop as in the paper. A map is *dead* when it is 0 at every place of 32 images. They saw it after tens of thousands of steps; we have twenty, so the rate is ten times the paper's 0.045 (which is tried, too). **What share of the maps is dead after twenty steps?** (Three seeds, stored as `inception_residual`.)

# %% tags=["hide-output"]
stored = measure.load("inception_residual")
kinds = {
    "added whole": (1.0, 0.45),
    "times 0.1": (0.1, 0.45),
    "added whole, paper's rate": (1.0, 0.045),
}
dead = {
    name: [
        100 * run["dead"][-1]
        for run in stored["runs"]
        if (run["scale"], run["rate"]) == kind
    ]
    for name, kind in kinds.items()
}
ax = plots.spread(dead, xlabel="dead maps after 20 steps, in %")
ax.figure.set_size_inches(6, 2.6)
plots.show(
    ax,
    alt=f"Dead maps in %: {[[round(v) for v in values] for values in dead.values()]}.",
)

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# About half, most of them within five steps; scaled, none. It looks like the paper's effect, with a caution: the rate was raised tenfold to see it so soon, and at such a rate plain divergence explains it as well. At this rate a *lower* one does help (third row), where the paper says that it did not.
# </details>
#
# Ten steps of one seed, here:

# %% tags=["nbval-ignore-output"]
live = {}
for name in ("added whole", "times 0.1"):
    found = inception_residual.train(*kinds[name], data, seed=0, steps=10)[1]
    live[name] = 100 * found["dead"][-1]
    keras.backend.clear_session()
print({name: f"{share:.0f} % dead" for name, share in live.items()})

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.equal(
    "v4, maps at its three resolutions",
    [s[-1] for s in shapes.values()],
    [384, 1024, 1536],
)
released = v2["released (and Keras's)"].params
score.equal("released v2, parameters", released, 55_873_736)
score.at_least("live: dead maps, added whole [%]", live["added whole"], 15)
score.at_most("live: dead maps, times 0.1 [%]", live["times 0.1"], 5)
score.section()

# %% [markdown]
# Back to [lesson 09](../09_inception.ipynb), section 8
