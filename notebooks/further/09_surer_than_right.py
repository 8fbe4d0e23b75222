# %% [markdown]
# # 09 · Further: surer than right
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/09_surer_than_right.ipynb)
#
# A side path of [lesson 09](../09_inception.ipynb), about 12 minutes with its exercise. One idea of Inception-v3 has gone everywhere, and it is not about kernels. A network answers with probabilities. When it says 80 %, is it right in 80 of 100 cases?

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
from course_utils import checks, datasets, plots, runtime

keras = runtime.import_keras()  # first, without TensorFlow's messages

import numpy as np

from course_utils import training, transfer
from course_utils.checks import lesson09_further
from course_utils.recipes import pretraining

layers = keras.layers
data = datasets.load("cifar10")
test, test_labels = data.x_test[:3_000], data.y_test[:3_000]
real = not data.stand_in

lesson = runtime.start(lesson="09")
plots.set_theme()
score = checks.Scorecard("09 further")

# %% [markdown]
# ## A network that knows its photographs by heart
#
# Let us ask a small network that has seen 3,000 photographs fifteen times each, without augmentation:

# %%
photos, truth = data.x_train[:3_000], data.y_train[:3_000]


def by_heart(smoothing=0.0):
    keras.utils.set_random_seed(0)
    small = dict(strides=2, padding="same", activation="relu")
    model = keras.Sequential([keras.Input((32, 32, 3))])
    model.add(layers.Rescaling(1 / 127.5, offset=-1))
    for filters in (32, 64, 64):
        model.add(layers.Conv2D(filters, 3, **small))
    model.add(layers.Flatten())
    model.add(layers.Dense(128, activation="relu"))
    model.add(layers.Dense(10))  # logits
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=smoothing
    )
    training.prepare(model, optimizer=keras.optimizers.Adam(0.001), loss=loss)
    one_hot = np.eye(10, dtype="float32")[truth]
    training.fit(
        model, (photos, one_hot), epochs=15, batch_size=64, seed=0, progress=False
    )
    return model


# %%
hard = by_heart()
logits = hard.predict(test, batch_size=500, verbose=0)


# %%
def probabilities(logits, temperature=1.0):
    return np.asarray(keras.ops.softmax(logits / temperature))


def sure_and_right(logits, temperature=1.0):
    """Confidence, the largest probability; and whether that class is right."""
    answers = probabilities(logits, temperature)
    return answers.max(axis=1), answers.argmax(axis=1) == test_labels


# %% tags=["nbval-ignore-output"]
confidence, right = sure_and_right(logits)
print(f"right in {100 * right.mean():.0f} % of 3,000 test photographs")

# %% [markdown]
# Its *confidence* is its largest probability. **How large is that on average?**

# %% tags=["hide-output", "nbval-ignore-output"]
known = probabilities(hard.predict(photos, batch_size=500, verbose=0)).argmax(axis=1)
print(f"mean confidence {100 * confidence.mean():.0f} %")
print(f"right among its own photographs {100 * np.mean(known == truth):.0f} %")

# %% [markdown]
# <details><summary><b>Compare with your number</b></summary>
#
# Far surer than right. Once nearly all its own photographs are right, the loss can only fall if their probabilities go on towards 1. Nothing in the training speaks of photographs that it does not know.
# </details>
#
# The mean hides where it goes wrong. So put the test photographs into ten bins by confidence; a bar is the accuracy in a bin (bins of fewer than 20 are left out). On the dotted line a network is as right as it is sure.

# %% tags=["nbval-ignore-output"]
plots.reliability(
    {"as trained": (confidence, right)},
    colours={"as trained": plots.COLOURS[5]},
    alt="Bars of accuracy against confidence, all far below the dotted diagonal.",
)
print(f"given with 90 % or more: {100 * right[confidence >= 0.9].mean():.0f} % right")

# %% [markdown]
# ## Two remedies
#
# **Temperature** (Guo and others, 2017). Divide the *logits*, the numbers before softmax, by a number $T > 1$. The order of the classes stays, and with it every answer; only the probabilities become more alike. $T$ is chosen on *validation* photographs that the network was not trained on, so that the loss there is smallest. It costs nothing, afterwards.

# %%
new, new_labels = data.x_train[3_000:5_000], data.y_train[3_000:5_000]
new_logits = hard.predict(new, batch_size=500, verbose=0)


def loss_at(temperature):
    of_truth = probabilities(new_logits, temperature)[np.arange(2_000), new_labels]
    return -np.log(of_truth + 1e-9).mean()


temperature = min(np.arange(1, 10, 0.1), key=loss_at)

# %% [markdown]
# **Label smoothing** (Inception-v3, 2015). A *one-hot* target, 1 for the right class and 0 for all others, asks for probability 1, which softmax reaches only with an infinite logit; so training pushes for ever. Ask for less: $(1-ε)\cdot\text{onehot} + ε/n$ with $ε = 0.1$ and $n$ classes; with ten, 0.91 for the right one and 0.01 for each other.
#
# **Exercise C (code).** Write smoothed targets: `labels` (N,) are class numbers; the result is (N, classes).


# %%
def smoothed(labels, classes, epsilon):
    targets = ...
    return targets


lesson09_further.smooth(smoothed)

# %% [markdown]
# **How will the bars stand to the dotted line after each remedy?**

# %% tags=["hide-output", "nbval-ignore-output"]
softer = by_heart(smoothing=0.1)
soft_logits = softer.predict(test, batch_size=500, verbose=0)
answers = {
    "as trained": (confidence, right),
    "with temperature": sure_and_right(logits, temperature),
    "smoothed targets": sure_and_right(soft_logits),
}
plots.reliability(
    answers,
    colours=dict.fromkeys(answers, plots.COLOURS[5]),
    alt=f"Mean confidence {[round(float(c.mean()), 2) for c, _ in answers.values()]}, "
    f"accuracy {[round(float(r.mean()), 2) for _, r in answers.values()]}.",
)
print(f"temperature {temperature:.1f}, chosen on validation photographs")

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# *Temperature* brings the bars to the line, and not one answer has changed. *Smoothing* takes away more than half of the gap, beforehand; what is left, a temperature could take. Accuracy is the same in all three, within what 3,000 photographs can tell (a point or two). And no temperature helps when a photograph shows something that was never trained on.
# </details>
#
# ## Where smoothing has its minimum
#
# Ten classes; the right one's logit is free, the other nine are 0. With one-hot targets the loss falls for ever; with ε = 0.1 there is a best gap. **What is it?**

# %% tags=["hide-output"]
gaps = np.linspace(0, 12, 241)
of_right = np.exp(gaps) / (np.exp(gaps) + 9)
losses = {}
for epsilon in (0.0, 0.1):
    target = 1 - epsilon + epsilon / 10
    others = np.log((1 - of_right) / 9)
    losses[f"ε = {epsilon}"] = -target * np.log(of_right) - (1 - target) * others
ax = plots.curves(
    losses, x=gaps, xlabel="gap of the right logit", ylabel="loss", markers=False
)
ax.figure.set_size_inches(5.6, 3.2)
plots.show(ax, alt="Two curves of the loss against the gap.")
best_gap = float(gaps[losses["ε = 0.1"].argmin()])
print(f"best gap {best_gap:.2f}")

# %% [markdown]
# At probability 0.91 against 0.01 each: a ratio of 91, a gap of ln 91 = 4.51. Beyond it the loss rises.
#
# ## A long-trained network
#
# The course's ResNet-20 learned 45,000 photographs of CIFAR-10, shifted and mirrored at random; 5,000 were kept for validation. Is it too sure? The temperature is chosen on 2,000 of those, the judgement falls on 5,000 test photographs.

# %%
resnet = transfer.load_pretrained("resnet20_cifar10")
held = pretraining.hold_out(data.x_train, data.y_train, 5_000, 42)[1]


def logarithms(images):
    """Logarithms of the probabilities: logits, but for a number each image."""
    parts = [
        np.asarray(resnet(images[n : n + 250].astype("float32"), training=False))
        for n in range(0, len(images), 250)
    ]
    return np.log(np.concatenate(parts) + 1e-9)


def softened(logs, temperature):
    return np.asarray(keras.ops.softmax(logs / temperature))


# %% tags=["nbval-ignore-output"]
chosen_on, labels = logarithms(held[0][:2_000]), held[1][:2_000]
temperatures = np.arange(0.8, 2.5, 0.05)
of_truth = [softened(chosen_on, t)[np.arange(2_000), labels] for t in temperatures]
best_t = temperatures[np.argmin([-np.log(p).mean() for p in of_truth])]
tested, known = logarithms(data.x_test[:5_000]), data.y_test[:5_000]
accuracy = np.mean(tested.argmax(axis=1) == known)
sure = [softened(tested, t).max(axis=1).mean() for t in (1, best_t)]
right_in, before, after = (100 * share for share in (accuracy, *sure))
print(f"right in {right_in:.1f} %, mean confidence {before:.1f} %")
print(f"with temperature {best_t:.2f} mean confidence {after:.1f} %")

# %% [markdown]
# Two or three points too sure: real (five standard errors), and small beside the network that knows its photographs by heart. Much data and augmentation leave little to learn by heart.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
off = {name: float(c.mean() - r.mean()) for name, (c, r) in answers.items()}
if real:
    score.at_least("by heart: confidence above accuracy", off["as trained"], 0.15)
    score.at_most("with temperature: the same", abs(off["with temperature"]), 0.06)
    score.at_most(
        "smoothed over hard: the same", off["smoothed targets"] / off["as trained"], 0.8
    )
    score.at_least("ResNet-20: confidence above accuracy", sure[0] - accuracy, 0.01)
    score.at_most("the same, with temperature", abs(sure[1] - accuracy), 0.01)
score.close(
    "smoothed loss is least at a gap of", best_gap, float(np.log(91)), tolerance=0.05
)
score.section()

# %% [markdown]
# Back to [lesson 09](../09_inception.ipynb), section 8
