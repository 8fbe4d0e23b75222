# %% [markdown]
# # 09 · Further: slips in print
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/09_slips_in_print.ipynb)
#
# A side path of [lesson 09](../09_inception.ipynb), about 8 minutes. Papers are written by people, and a table of a paper is not always what was built. Four places where numbers do not add up, and how to decide which to follow.

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
from course_utils.checks import lesson09_further
from course_utils.models import inception_resnet
from course_utils.models.bn_inception import BN_INCEPTION_TABLE
from course_utils.models.inception_v4 import REDUCTION_A_TABLE

whole = anatomy.describe(models.googlenet)

lesson = runtime.start(lesson="09")
plots.set_theme()
score = checks.Scorecard("09 further")

# %% [markdown]
# ## GoogLeNet's table 1
#
# **Exercise B (code).** Write the number of parameters of a module with biases. `widths` are the six numbers of its row, `arriving` the maps that come in.


# %%
def module_parameters(widths, arriving): ...


lesson09_further.count_module(module_parameters)

# %% [markdown]
# The paper prints parameters (in K, 1,024) and operations (in millions) beside each module. **Will they come out?** Look for the rows that are off by more than 1 %.

# %% tags=["hide-output"]
PRINTED = {"3a": (159, 128), "3b": (380, 304), "4a": (364, 73), "4b": (437, 88),
           "4c": (463, 100), "4d": (580, 119), "4e": (840, 170), "5a": (1072, 54),
           "5b": (1388, 71)}  # fmt: skip
rows = {}
for name, (kilo, mega) in PRINTED.items():
    own = [r for r in whole.rows if r.name.startswith(f"inception_{name}_")]
    params, work = (
        sum(r.params for r in own) / 1024,
        sum(r.macs or 0 for r in own) / 1e6,
    )
    rows[name] = [round(params, 1), kilo, round(work, 1), mega]
table = pd.DataFrame(
    rows, index=["K, counted", "K, printed", "M, counted", "M, printed"]
).T
off = {
    unit: [
        n
        for n in table.index
        if abs(table[f"{unit}, printed"][n] / table[f"{unit}, counted"][n] - 1) > 0.01
    ]
    for unit in "KM"
}
table

# %% [markdown]
# <details><summary><b>Compare with what you found</b></summary>
#
# The work fits in every row but 5a; the parameters are off in 4c, 4d, 5a and 5b. Which column is right? 4c's 100 million operations on 14·14 places need 510,000 weights: what its widths give, and not 463K. So the widths are right. 5a is of another kind: its two printed numbers fit each other, and not its widths. It was probably counted for others.
# </details>
#
# ## The first row
#
# A 7×7 from 3 channels to 64, stride 2: 7·7·3·64 + 64 = 9,472 parameters and 118 million operations. Printed: 2.7K and 34M. **What else could that be?**
#
# <details><summary><b>One answer that fits</b></summary>
#
# A *separable* 7×7 (section 7 of the lesson): eight kernels for each colour, 7·7·3·8 = 1,176 weights, and a 1×1 from 24 maps to 64, 1,536. Together 2,712 weights, and 34.0 million operations. The text does not say so; BN-Inception, a year later, does have one. This course builds the plain 7×7 of the paper's figure 3.
# </details>

# %%
plain, separable = 7 * 7 * 3 * 64 + 64, 7 * 7 * 3 * 8 + 24 * 64
works = [112**2 * 7 * 7 * 3 * 64 / 1e6, 112**2 * separable / 1e6]

# %% [markdown]
# ## BN-Inception's figure 5
#
# The eight modules that keep the resolution: what leaves the four branches, and the output that is printed. **Do they add up?**

# %%
kept = [row for row in BN_INCEPTION_TABLE if row.n1x1]
pd.DataFrame(
    {
        "branches": [f"{r.n1x1} + {r.n3x3} + {r.double} + {r.pool_proj}" for r in kept],
        "printed": [r.printed_output for r in kept],
    },
    index=[r.name for r in kept],
)

# %% tags=["hide-output"]
sums = {r.name: r.n1x1 + r.n3x3 + r.double + r.pool_proj for r in kept}
wrong = {r.name: sums[r.name] for r in kept if sums[r.name] != r.printed_output}
for follow in ("output", "widths"):
    found = anatomy.describe(models.bn_inception, follow=follow)
    print(f"follow={follow!r}: {found.params:,} parameters")
wrong

# %% [markdown]
# <details><summary><b>Compare with what you found</b></summary>
#
# 4c and 4d give 608, printed is 576. `models.bn_inception(follow="output")` narrows the pool's 1×1 to 96, as public programs do; `follow="widths"` follows the widths. Under 1 % of the parameters, and yet two different networks.
# </details>
#
# ## A sum has the width of what is added
#
# Inception-ResNet-v2's figures print 1154 maps at its B blocks and 2048 at its C blocks. **What must it be?** At B arrives what leaves reduction A: 384 maps of the pool, a 3×3 branch and a chain, 384 each. At C what leaves reduction B: 1,152 of the pool, and three chains of 384, 288 and 320.

# %% tags=["hide-output"]
row_a = REDUCTION_A_TABLE["inception_resnet_v2"]
at_b = 384 + row_a.n + row_a.m
chains = inception_resnet.INCEPTION_RESNET_TABLE["v2"].reduction_b
at_c = at_b + sum(int(specs[-1].split()[1]) for specs in chains)
print(at_b, at_c)

# %% [markdown]
# What to do with a slip? Build what can be built, say which number you followed, and count.

# %% tags=["claims"]
# @title Claims
score.equal("rows over 1 % off: parameters", off["K"], ["4c", "4d", "5a", "5b"])
score.equal("rows over 1 % off: work", off["M"], ["5a"])
score.equal("stem as described, parameters", whole["stem_conv1"].params, plain)
score.equal("separable 7×7, weights", separable, 2_712)
score.close("separable 7×7, M multiply-adds", works[1], 34.0, tolerance=0.1)
score.equal("rows that do not add up", list(wrong), ["4c", "4d"])
score.equal("their widths give", list(wrong.values()), [608, 608])
score.equal("Inception-ResNet-v2, maps at B and C", [at_b, at_c], [1152, 2144])
score.section()

# %% [markdown]
# Back to [lesson 09](../09_inception.ipynb), section 5
