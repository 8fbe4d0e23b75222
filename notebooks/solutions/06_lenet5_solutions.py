# %% [markdown]
# # 06 · LeNet-5: solutions
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/solutions/06_lenet5_solutions.ipynb)
#
# [← the lesson](../06_lenet5.ipynb) · [all lessons](../START_HERE.ipynb)
#
# **You will be able to**
# - compare your answers to the exercises of lesson 06 with worked ones;
# - say for each why the usual wrong answer is wrong.
#
# **Before this:** lesson 06 and an attempt of your own.
#
# **Time:** 15 minutes; the code runs in about half a minute.
#
# **Data:** MNIST, or its stand-in, for exercise 7 alone.

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

from course_utils import models, training
from course_utils.checks import lesson06
from course_utils.recipes import lenet_race

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="06")
plots.set_theme()
score = checks.Scorecard("06")

# %% [markdown]
# ## Exercise 1: parameters and connections
# *12 kernels of 3×3 over 8 maps, biases, output 20×20.* A kernel reaches through all 8 maps: 3·3·8 weights and one bias. Each of the numbers is used at all 20·20 places.

# %%
parameters = 12 * (3 * 3 * 8 + 1)
connections = 20 * 20 * parameters
verdict = lesson06.parameters_and_connections(parameters, connections)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 2: subsampling by hand
# *Pixels 1, 0, 1, 2, coefficient 0.5, bias −0.5.* The pixels are added, not averaged: 4. Then 0.5·4 − 0.5 = 1.5, and 1.7159·tanh(1) = 1.307.

# %%
output = 1.7159 * np.tanh(2 / 3 * (0.5 * (1 + 0 + 1 + 2) - 0.5))
verdict = lesson06.subsampling_by_hand(output)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 3: a connection table
# *Parameters of a layer from its table.* Each output map has one kernel for each map it sees, and one bias.


# %%
def partial_parameters(table, size):
    return sum(size * size * len(sources) + 1 for sources in table)


verdict = lesson06.partial_parameters(partial_parameters)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 4: decide, or say that it is no digit
# *The smallest distance wins; −1 beyond the limit.*


# %%
def decide(distances, limit):
    return np.where(distances.min(axis=1) <= limit, distances.argmin(axis=1), -1)


verdict = lesson06.decide(decide)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 5: an honest report
# *Which epoch may be reported?* The validation loss is least in epoch 4; its test accuracy is 0.978. Taking 0.981 lets the test set choose, and then it is no test any more.

# %%
validation_loss = [0.21, 0.12, 0.09, 0.08, 0.083, 0.09, 0.10]
test_accuracy = [0.941, 0.968, 0.975, 0.978, 0.981, 0.979, 0.977]
best = int(np.argmin(validation_loss))
verdict = lesson06.honest_report(best + 1, test_accuracy[best])
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 6: three colours
# *LeNet-5 at 32×32 on CIFAR-10.* Only C1 sees the channels: 6·(5·5·3 + 1) = 456 instead of 156. The network itself confirms it.

# %%
colour_parameters = 61_706 + 6 * 5 * 5 * 2
assert colour_parameters == models.lenet5(input_shape=(32, 32, 3)).count_params()
verdict = lesson06.colour_parameters(colour_parameters)
assert verdict.passed
verdict

# %% [markdown]
# ## Exercise 7: a small LeNet-5
# *At most 20,000 parameters, at least nine in ten validation digits.* The width multiplies maps and units, so parameters grow roughly with the square of the width, so a little over half the width should do. We count first, then train the widest that fits.

# %%
counts = {
    width: lesson06.lenet_parameters(width) for width in (0.5, 0.6, 0.65, 0.7, 1.0)
}
assert counts[1.0] == models.lenet5().count_params() == 44_426
width = max(w for w, count in counts.items() if count <= 20_000)
print(counts, "→ width", width)

# %% tags=["nbval-ignore-output"]
data = datasets.load("mnist")
ours = lenet_race.ARMS["ours"]
(x, y), validation = data.split(len(data.x_train) // 12)
epochs = 12 if data.stand_in else 1
keras.utils.set_random_seed(7)
small = models.lenet5(width=width)
rate = training.one_cycle(0.01, examples=len(x), batch_size=128, epochs=epochs)
training.prepare(small, optimizer=keras.optimizers.Adam(rate))
training.fit(
    small,
    (x, y.astype("int32")),
    epochs=epochs,
    batch_size=128,
    transform=lambda images: lenet_race.scaled(images, ours),
)
held_out = (lenet_race.pixels(validation[0][:2_000], ours), validation[1][:2_000])
measured_accuracy = lenet_race.accuracy(small, *held_out)
verdict = lesson06.small_network(small, *held_out)
assert verdict.passed and small.count_params() == counts[width]
verdict

# %% [markdown]
# A third of the parameters, and little accuracy is lost: most of the 44,426 sit in the first dense layer, which has more numbers than it needs.

# %% tags=["nbval-ignore-output"]
score.at_most("exercise 7, parameters", small.count_params(), 20_000)
score.at_least("exercise 7, validation accuracy", measured_accuracy, 0.9)
score
