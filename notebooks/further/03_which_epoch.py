# %% [markdown]
# # 03 · Further: which epoch is best?
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/03_which_epoch.ipynb)
#
# A side path of [lesson 03](../03_mlp_vs_cnn.ipynb), about 8 minutes. By loss or by accuracy? And are two halves of a test set equally hard?

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

from course_utils import models

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="03")
plots.set_theme()
score = checks.Scorecard("03, further: which epoch")
data = datasets.load("mnist")

# %% [markdown]
# ## Are two halves equally hard?
#
# It is tempting to let the first half of MNIST's test set play validation set, and to judge by the second. First look whether they are alike. The simplest reader keeps one picture a class, the mean of its training pictures, and answers with the nearest:

# %%
flat = {
    part: x.reshape(len(x), -1).astype("float32")
    for part, x in (("train", data.x_train), ("test", data.x_test))
}
templates = np.stack(
    [flat["train"][data.y_train == digit].mean(axis=0) for digit in range(10)]
)
distance = (templates**2).sum(axis=1) - 2 * flat["test"] @ templates.T
read = distance.argmin(axis=1) == data.y_test
half = len(read) // 2

# %% tags=["nbval-ignore-output"]
drawn = np.random.default_rng(7).permutation(len(read))
halves = pd.DataFrame(
    {
        "as they come": [read[:half].mean(), read[half:].mean()],
        "drawn at random": [read[drawn[:half]].mean(), read[drawn[half:]].mean()],
    },
    index=["one half", "the other half"],
)
halves.round(3)

# %% [markdown]
# On MNIST the halves differ by nine points: they were written by different people, the first half is the harder one. (A stand-in's halves need not differ.) Choosing on one and judging by the other would compare people, not epochs. **Draw at random**, as we do below.
#
# ## By loss or by accuracy?
#
# A *checkpoint* keeps a copy of the best weights on disk, `keras.callbacks.ModelCheckpoint("best.keras", monitor="val_loss", save_best_only=True)`, and `keras.models.load_model` reads it again. Which score should it monitor? A small MLP learns from 2,000 digits for 30 epochs; we note validation loss and accuracy after each.

# %%
(x_train, y_train), (x_val, y_val) = data.split(0.1, seed=7)
order = np.random.default_rng(7).permutation(len(x_train))[:2_000]
pictures = x_train[order][..., None] / np.float32(255)
validation = x_val[..., None] / np.float32(255), y_val

# %%
keras.utils.set_random_seed(7)
network = models.mlp(widths=(128,))
loss = "sparse_categorical_crossentropy"
network.compile(
    keras.optimizers.RMSprop(0.003), loss, metrics=["accuracy"], jit_compile=False
)
how = dict(epochs=30, batch_size=64, validation_data=validation, verbose=0)
history = network.fit(pictures, y_train[order], **how).history

# %% tags=["nbval-ignore-output"]
with plots.figure(
    1, 2, size=(9, 3.4), alt="Loss falls, then rises; accuracy rises and stays."
) as axes:
    for ax, name in zip(axes, ("val_loss", "val_accuracy"), strict=True):
        plots.curves(
            {"MLP": history[name]},
            ylabel=name,
            colours={"MLP": plots.COLOURS[1]},
            ax=ax,
        )
        best = (
            np.argmin(history[name]) if name == "val_loss" else np.argmax(history[name])
        )
        ax.axvline(best + 1, color="#24292f", linestyle=":")
        ax.set_title(f"best: epoch {best + 1}")

# %% [markdown]
# The two disagree. How can a network read as many digits or more, and have a *larger* loss? Accuracy counts wrong answers. Loss also asks how sure they were: a wrong answer given with 60 % costs 0.9 if the truth got the other 40 %; one given with 99.9 % costs 7. The later network is much surer of the mistakes that it still makes.
#
# Neither choice is wrong. Choose by the score that you will report, and say which. A text that promises "the best validation *accuracy*" over code that monitors `val_loss` reports something else.
#
# [← back to the lesson](../03_mlp_vs_cnn.ipynb)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
by_loss, last = int(np.argmin(history["val_loss"])), -1
if not data.stand_in:
    gap = halves["as they come"].diff().iloc[1]
    score.at_least("halves as they come: second less first", round(float(gap), 3), 0.07)
    score.at_most(
        "halves drawn at random: difference",
        abs(round(float(halves["drawn at random"].diff().iloc[1]), 3)),
        0.03,
    )
    grown = history["val_loss"][last] / history["val_loss"][by_loss]
    score.at_least("validation loss, last epoch over best", grown, 1.05)
    gain = history["val_accuracy"][last] - history["val_accuracy"][by_loss]
    score.at_least(
        "validation accuracy, last epoch less the one of best loss", gain, -0.005
    )
score.at_least("the small MLP, validation accuracy", history["val_accuracy"][last], 0.8)
score.section()
