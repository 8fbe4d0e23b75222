# %% [markdown]
# # 05 · Further: reading a report
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/05_reading_a_report.ipynb)
#
# A side path of [lesson 05](../05_transfer_learning.ipynb), about 20 minutes. Six lines of a report on cats and dogs, and what each of them really says.

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
from scipy.stats import binom, binomtest

from course_utils import transfer
from course_utils.checks import lesson05_further

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="05")
plots.set_theme()
score = checks.Scorecard("05, further: reading a report")

# %% [markdown]
# 337 photographs to learn from, 59 for validation; three frozen bases, each with a flattened head of 256 units, dropout and one sigmoid unit; Adam, batches of 16, five epochs of 125 steps, validation 50 steps. The report:
#
# | base | validation accuracy | its loss |
# |---|---|---|
# | VGG16 | .9297 → .9824 | 10.47 → 2.78 |
# | InceptionV3 | .9500 → .9662 | .2489 |
# | ResNet50 | .9311 → .9676 | 2.2139 |
#
# ## What is an epoch?
# A pass over 337 photographs takes ⌈337/16⌉ = 22 steps, over 59 photographs 4. **How many passes are 125 and 50 steps?**

# %% tags=["hide-output"]
passes = {}
for name, images, steps in (("training", 337, 125), ("validation", 59, 50)):
    whole, more = divmod(steps, -(-images // 16))  # full passes, and steps beyond
    seen = whole * images + min(16 * more, images)
    passes[name] = [seen, round(seen / images, 1)]
pd.DataFrame(passes, index=["photographs shown", "passes"], dtype=object).T

# %% [markdown]
# <details><summary><b>Compare</b></summary>
#
# "Five epochs" are 28 passes. And the validation photographs were shown 740 times: .9824 is 727 of 740, .9676 is 716, so the two networks differ by (.9824 − .9676)·59 = 0.9 photographs. One cat.
# </details>
#
# **Exercise C.** The same report's last network is to learn with 5 steps of 32 an epoch from the 337. How many passes over the folder is that? (Two digits.)

# %%
passes_an_epoch = ...

lesson05_further.passes(passes_an_epoch)

# %% [markdown]
# (That network was never run: the callback that lowers its rate stood in a cell that had been commented out. And a rate set anew at each epoch would undo what `ReduceLROnPlateau` had lowered.)
#
# ## Which of the two is better?
# Suppose VGG16's .9824 and ResNet50's .9676 are the truth, and each network is tested on *n* photographs of its own. **How often is the better one ahead, and how often the worse one?**


# %% tags=["hide-output"]
def race(n, better=0.9824, worse=0.9676):
    """Chances that the better network is ahead, level, behind; and clearly ahead."""
    right = np.arange(n + 1)
    chance = binom.pmf(right, n, better)  # that the better one has so many right
    ahead = chance @ binom.cdf(right - 1, n, worse)  # and the worse one fewer
    behind = chance @ binom.sf(right, n, worse)
    error = np.sqrt(n * (better * (1 - better) + worse * (1 - worse)))  # standard error
    clearly = chance @ binom.cdf(right - 2 * error, n, worse)
    return ahead, 1 - ahead - behind, behind, clearly


rows = ["ahead", "level", "behind", "ahead by 2 standard errors"]
races = {f"{n:,} each": [f"{100 * p:.0f} %" for p in race(n)] for n in (59, 655, 1_800)}
pd.DataFrame(races, index=rows)

# %% [markdown]
# <details><summary><b>Compare</b></summary>
#
# With 59 photographs each, one test in five puts the *worse* network ahead. It takes 655 for the better one to be ahead in 95 tests of 100.
#
# But of two *equal* networks one is ahead, too, in most tests. So ask for more: a lead of two standard errors of the difference (last row). A network gets so far ahead of its equal in only about 2 tests of 100. The better of these two gets so far ahead in 6 tests of 100 with 59 photographs each, in 81 with 1,800. (Let both name the *same* photographs and compare one by one, and fewer are usually enough.)
# </details>
#
# ## A high loss at a high accuracy
# At 98 % a cautious network has a loss below 0.1. Here it is 2.78, the mean over 59 photographs, so 164 in all, and one or two wrong ones carry nearly all of it. The loss of a photograph is −ln of the probability given to the truth. **What probability had the truth, if one photograph carries it all?**

# %% tags=["hide-output"]
total = 59 * 2.78
powers = {wrong: round(total / wrong / np.log(10)) for wrong in (1, 2)}
pd.Series(
    {f"{wrong} wrong": f"1 in 10^{power}" for wrong, power in powers.items()},
    name="probability of the truth",
).to_frame()

# %% [markdown]
# <details><summary><b>Compare</b></summary>
#
# The network is *overconfident*: it calls impossible what is true. With six million weights in the head the 337 could be told with almost full certainty (the report's training loss is 4·10⁻⁷), and the certainty stays when the answer is wrong. Accuracy cannot see that; the loss can.
# </details>
#
# ## A loss that is right by luck
# Two softmax units were trained with *binary* cross-entropy, −t·ln p − (1 − t)·ln(1 − p), averaged over the units. With two units p₂ = 1 − p₁, both say the same, and it equals the categorical loss. With ten classes, for random answers:

# %%
rng, table = np.random.default_rng(3), {}
for classes in (2, 10):
    sums = rng.normal(size=(100_000, classes))
    p = np.exp(sums) / np.exp(sums).sum(axis=1, keepdims=True)
    truth = np.eye(classes)[rng.integers(0, classes, len(p))]
    binary = float(np.mean(keras.losses.binary_crossentropy(truth, p)))
    categorical = float(np.mean(keras.losses.categorical_crossentropy(truth, p)))
    table[f"{classes} classes"] = [binary, categorical, np.mean((p > 0.5) == truth)]
names = ["binary loss", "categorical loss", "binary accuracy"]
pd.DataFrame(table, index=names).round(2)

# %% [markdown]
# The binary loss looks small, and "binary accuracy" calls a guessing network 89 % right: nine of ten units rightly say no.
#
# ## Augmenting the test set
# *Augmentation* turns, shifts, zooms and mirrors each photograph at random, so that a network sees a new one in each epoch. The report's code does it to the test photographs, too. Here a network of this course names forty photographs, as they are and turned at random, five times each:

# %% tags=["nbval-ignore-output"]
photos = datasets.load("cifar10")
some, truth = photos.x_test[:200], photos.y_test[:200]
network = transfer.load_pretrained("resnet20_cifar10")
turn = keras.Sequential(transfer.augmentation(seed=0))


def right(images):
    answers = network.predict(images, batch_size=100, verbose=0)
    return float(np.mean(answers.argmax(axis=1) == truth))


as_they_are = [right(some.astype("float32")) for _ in range(5)]
at_random = [right(turn(some.astype("float32"), training=True)) for _ in range(5)]
plots.spread(
    {"as they are": as_they_are, "augmented": at_random},
    xlabel="accuracy, five measurements",
    alt="Five dots on one spot; five dots spread out, further left.",
)

# %% [markdown]
# Equal weights, equal photographs, another accuracy each time, and a lower one: such a number measures the dice as well. Augment what a network learns from, nothing else.
#
# ## An interval that is too sure of itself
# The report gives no interval. Exercise 6 of the lesson makes one from the photographs that were tested: redraw them with replacement, again and again, and take the middle 95 of 100 shares. That repeats only what is there. With 50 of 50 right it says "from 100 to 100 %".
#
# Edwin Wilson (1927) asked the other way round: for which true accuracies would a result like this one be no surprise? Here are both intervals from fifty photographs:

# %%
N = 50


def redrawn(right, n=N):
    """Redraw n of n with replacement, endlessly often: a binomial distribution."""
    return binom.ppf([0.025, 0.975], n, right / n) / n


def wilsons(right, n=N):
    return tuple(binomtest(int(right), n).proportion_ci(method="wilson"))


ways = {"redrawn": redrawn, "Wilson": wilsons}
ends = {name: [way(k) for k in range(N + 1)] for name, way in ways.items()}
texts = {
    f"{k} of {N} right": [
        f"{100 * low:.0f} to {100 * high:.0f} %"
        for low, high in (ends[name][k] for name in ways)
    ]
    for k in (45, 48, 50)
}
pd.DataFrame(texts, index=list(ways))

# %% [markdown]
# Each promises to hold the truth in 95 tests of 100. **Let a network's true accuracy be 90, 96 and 98 %. In how many tests of 100, with fifty photographs each, does each interval keep its word?**

# %% tags=["hide-output"]
TRUTHS = (0.90, 0.96, 0.98)


def holds(intervals, truth):
    """How often an interval holds the true accuracy, over all numbers of right answers."""
    low, high = np.transpose(intervals)
    return binom.pmf(np.arange(N + 1), N, truth) @ ((low <= truth) & (truth <= high))


held_by = {name: [100 * holds(ends[name], truth) for truth in TRUTHS] for name in ways}
truths = [f"true accuracy {100 * truth:.0f} %" for truth in TRUTHS]
pd.DataFrame(held_by, index=truths).round().astype(int)

# %% [markdown]
# <details><summary><b>Compare</b></summary>
#
# At 90 % both keep their word. At 98 % Wilson's holds the truth in 92 tests of 100, the redrawn one in 64 only: 36 tests of 100 see no mistake at all, and then it says "100 to 100". So with few photographs and few mistakes take Wilson's. For no mistake among *n* there is a rule for the head, the *rule of three*: down to 1 − 3/*n* is possible, 94 % for fifty.
# </details>
#
# [← back to the lesson](../05_transfer_learning.ipynb)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.equal(
    "photographs shown, passes", list(passes.values()), [[1_925, 5.7], [740, 12.5]]
)
score.equal(
    "727 and 716 of 740", [round(n / 740, 4) for n in (727, 716)], [0.9824, 0.9676]
)
score.close(
    "photographs between them", round((0.9824 - 0.9676) * 59, 2), 0.87, tolerance=0.01
)
rounded = [round(chance, 2) for chance in race(59)]
outcome = "59 each: better ahead, level, behind, clearly ahead"
score.equal(outcome, rounded, [0.58, 0.22, 0.20, 0.06])
score.close("655 each: better ahead", race(655)[0], 0.95, tolerance=0.005)
spread = 0.9824 * 0.0176 + 0.9676 * 0.0324
needed = (2 + 0.84) ** 2 * spread / (0.9824 - 0.9676) ** 2
score.close("ahead by 2 errors in 80 of 100, each", round(needed), 1_791, tolerance=1)
alike = (0.9824 + 0.9676) / 2  # equal networks, one of them two errors ahead
by_chance = [race(n, alike, alike)[3] for n in (59, 1_800)]
assert all(0.015 < chance < 0.035 for chance in by_chance), by_chance
assert 2 * race(59, alike, alike)[0] > 0.6 and round(race(1_800)[3], 2) == 0.81
score.equal("one wrong photograph: 1 in 10 to the", powers[1], 71)
two, ten = table["2 classes"], table["10 classes"]
score.close(
    "two classes: binary less categorical", round(two[0] - two[1], 5), 0, tolerance=1e-4
)
score.close("ten classes: binary loss", round(ten[0], 2), 0.37, tolerance=0.03)
score.close("ten classes: categorical loss", round(ten[1], 2), 2.71, tolerance=0.05)
score.close("ten classes: binary accuracy", round(ten[2], 2), 0.89, tolerance=0.02)
score.equal("as they are: spread of five measurements", float(np.ptp(as_they_are)), 0)
score.at_least(
    "augmented: spread of five measurements", float(np.ptp(at_random)), 0.005
)
kept, failed = held_by["Wilson"], held_by["redrawn"]
score.at_least("Wilson's interval: holds the truth, tests of 100", round(min(kept)), 92)
score.at_least("redrawn, at 90 %: tests of 100", round(failed[0]), 95)
score.equal("redrawn, at 98 %: tests of 100", round(failed[2]), 64)
assert round(100 * 0.98**N) == 36 and 0.94**N < 0.05 < 0.95**N  # the rule of three
score.section()

# %% tags=["nbval-ignore-output"]
score
