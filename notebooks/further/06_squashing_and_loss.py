# %% [markdown]
# # 06 · Further: squashing and loss of 1998
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/06_squashing_and_loss.ipynb)
#
# A side path of [lesson 06](../06_lenet5.ipynb), about 7 minutes. Two choices of 1998 that nobody makes today, and the trap that one of them avoids.

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
# @title Imports, the look of figures, the digits
from course_utils import checks, datasets, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np
import pandas as pd

from course_utils import models
from course_utils.layers import scaled_tanh
from course_utils.models import lenet, lenet_loss

lesson = runtime.start(lesson="06")
plots.set_theme()
score = checks.Scorecard("06, further")
data = datasets.load("mnist").subset(train=4_000, test=2_000)

# %% [markdown]
# ## Why 1.7159 · tanh(2a/3)?
#
# Every unit up to F6 sends its weighted sum $a$ through this curve. It goes through (1, 1) and (−1, −1), marked by dots.

# %%
a = np.linspace(-4, 4, 81)
curves = {
    "1.7159 · tanh(2a/3)": np.asarray(scaled_tanh(a)),
    "tanh(a)": np.tanh(a),
    "sigmoid(a)": 1 / (1 + np.exp(-a)),
}
ax = plots.curves(curves, x=a, xlabel="weighted sum a", ylabel="output", markers=False)
ax.plot([-1, 1], [-1, 1], "o", color="black")
plots.show(ax, alt="Three S-shaped curves; the steepest passes through (1, 1).")

# %% [markdown]
# F6 is asked for −1 and +1. A plain tanh reaches these only with infinite sums, out where it is flat and hardly any gradient comes through. Here the targets lie where the curve still bends. Numbers with mean 0 and spread 1 come out with spread about 1 as well, which is why the input is scaled to −0.1 and 1.175. (A sigmoid gives positive numbers only: everything that comes after starts off centre. Textbooks that list sigmoid, tanh and softmax as LeNet-5's functions describe its descendants.)
#
# ## What the paper minimises
#
# The outputs are distances $y_i$, so the obvious loss is the distance to the right drawing, the paper's equation 8: $E = y_{\text{right}}$. Equation 9 adds a term:
#
# $$E = y_{\text{right}} + \log\Bigl(e^{-j} + \sum_i e^{-y_i}\Bigr)$$
#
# The new term is small only where *every* distance is large: it pushes all drawings away, and the first term pulls the right one back. The constant $j$ is the distance of an eleventh class, "rubbish"; drawings farther away than that are pushed no more.
#
# **By hand:** two classes at distances 1 (right) and 4, and $j = 2$. What is $E$?


# %%
def equation_9(distances, right, j):
    """Rows of distances (N, classes), the numbers of the right classes, j."""
    nearness = np.exp(-j) + np.exp(-distances).sum(axis=-1)
    return distances[np.arange(len(distances)), right] + np.log(nearness)


# %% tags=["hide-cell"]
# @title The answer
by_hand = float(equation_9(np.array([[1.0, 4.0]]), [0], 2)[0])
print(f"1 + log(0.135 + 0.368 + 0.018) = 1 − 0.651 = {by_hand:.3f}")

# %% [markdown]
# ## Could the drawings be learned, too?
#
# The paper kept them fixed, "at least initially". Suppose they learn, with equation 8. **What is the cheapest way for a network to make the distance to the right drawing zero?** Think, then look at 4,000 digits and six epochs.


# %%
class LearnedDrawings(keras.layers.Layer):
    """Squared distances to ten drawings that begin as faint noise and learn."""

    def build(self, shape):
        start = keras.initializers.RandomNormal(stddev=0.3)
        self.codes = self.add_weight(shape=(10, 84), initializer=start)

    def call(self, pictures):
        return keras.ops.sum((pictures[:, None] - self.codes) ** 2, axis=-1)


def with_learned_drawings(loss):
    """Train LeNet-5 with this layer; return test accuracy, distances, drawings."""
    keras.utils.set_random_seed(3)
    base, drawings = models.lenet5_1998(), LearnedDrawings()
    model = keras.Model(base.input, drawings(base.get_layer("F6").output))
    model.compile(keras.optimizers.Adam(0.002), loss=loss)
    labels = data.y_train.astype("int32")
    model.fit(lenet.to_paper_range(data.x_train), labels, epochs=6, verbose=0)
    distances = np.asarray(model(lenet.to_paper_range(data.x_test)))
    right = np.mean(distances.argmin(axis=1) == data.y_test)
    return right, distances, np.asarray(drawings.codes)


# %% tags=["hide-output", "nbval-ignore-output"]
losses = {
    "equation 8": lenet_loss.MeanDistance(),
    "equation 9": lenet_loss.MapCriterion(penalty=10.0),
}
found = {name: with_learned_drawings(loss) for name, loss in losses.items()}
rows = {
    name: [
        f"{accuracy:.0%}",
        f"{np.median(d.min(axis=1)):.2f}",
        f"{codes.std(axis=0).mean():.2f}",
    ]
    for name, (accuracy, d, codes) in found.items()
}
columns = ["accuracy", "median of the smallest distance", "spread of the ten drawings"]
pd.DataFrame(rows, index=columns).T

# %% [markdown]
# <details><summary><b>Compare with your thought</b></summary>
#
# With equation 8 the ten drawings run into nearly one, and F6 draws it for every digit: a *collapse*. All distances are almost zero, the loss is almost perfect, and the digits are distinguished by what little is left. With equation 9 this does not pay, because a picture near all ten drawings is near nine wrong ones.
# </details>
#
# The same trap waits for every method that only pulls things together that belong together. Methods that learn pictures without labels (contrastive learning, since about 2018) push apart what does not belong together, for this very reason.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
random = np.random.default_rng(2).uniform(0, 20, size=(5, 10))
package = float(
    lenet_loss.MapCriterion(penalty=10.0)(np.arange(5), random.astype("float32"))
)
score.close("the scaled tanh at 1", float(scaled_tanh(1.0)), 1.0, tolerance=1e-3)
score.close("equation 9, by hand", by_hand, 0.349, tolerance=1e-3)
score.close(
    "equation 9: this function and the package",
    float(equation_9(random, np.arange(5), 10).mean()),
    package,
    tolerance=1e-3,
)
spread = {
    name: float(codes.std(axis=0).mean()) for name, (_, _, codes) in found.items()
}
score.at_most(
    "equation 8: spread of the drawings over equation 9's",
    spread["equation 8"] / spread["equation 9"],
    0.5,
)
nearest = {name: float(np.median(d.min(axis=1))) for name, (_, d, _) in found.items()}
score.at_most(
    "equation 8: smallest distance over equation 9's",
    nearest["equation 8"] / nearest["equation 9"],
    0.3,
)
score.section()

# %% [markdown]
# Back to [lesson 06](../06_lenet5.ipynb).
