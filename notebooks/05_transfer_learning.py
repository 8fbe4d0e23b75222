# %% [markdown]
# # 05 · Transfer learning
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/05_transfer_learning.ipynb)
#
# [← 04 · Weight initialization](04_weight_initialization.ipynb) · [all lessons](START_HERE.ipynb) · [solutions](solutions/05_transfer_learning_solutions.ipynb) · [06 · LeNet-5 →](06_lenet5.ipynb)
#
# **You will be able to**
# - put a new head on a trained network, freeze the rest, and count what is trainable by hand;
# - say from a measured curve when borrowed knowledge helps, and when it stands in the way;
# - use a network trained on ImageNet for a question of your own: prepare its pixels, keep its features, fine-tune it in two stages;
# - find the traps: shared layers, preparation in place, batch norm that learns by accident, an augmented test set;
# - say how far a result on 59 test images can be trusted.
#
# **Before this:** lesson 03 (CNN, validation split, cross-entropy); He's rule from lesson 04.
#
# **Time:** about 60 minutes of reading, 30 more for the exercises; the code runs in about two minutes on two CPU cores.
#
# **Data:** MNIST; cats and dogs (2,000 photographs of the Asirra set). Weights: MobileNetV2 trained on ImageNet. What cannot be had is replaced: scikit-learn's digits, generated drawings of cats and dogs, and a ResNet-20 (a residual network of 20 layers, lesson 10) that this course trained on CIFAR-10. The lesson says which it used, and its thresholds change with it.

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
from course_utils import checks, datasets, measure, plots, runtime, widgets

keras = runtime.import_keras()  # first, without TensorFlow's messages

import dataclasses
import time

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import binom, binomtest, fisher_exact

from course_utils import anatomy, models, training, transfer
from course_utils.checks import lesson05
from course_utils.recipes import transfer_labels, transfer_parity

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="05")
plots.set_theme()
score = checks.Scorecard("05")
digits = datasets.load("mnist")
pets = datasets.load_folder("cats_vs_dogs")
side = 128 if transfer.best_backbone().name.startswith("mobilenet") else 32
backbone = transfer.best_backbone(input_shape=(side, side, 3))
print(backbone.note)
print(backbone, f"{backbone.model.count_params():,} parameters ·", backbone.citation)

# %% [markdown]
# Words used from here on:
# - *Base* (or *backbone*): the trained network whose layers are borrowed. *Head*: the last layers, which answer the question.
# - *The notes*, *validation*, *test set*, *stand-in*, *stored measurement* mean what they meant in lesson 03, *arm* what it meant in lesson 02. *Processor time*: the seconds that all cores together have worked.
#
# Four small tables hold the numbers of this lesson: how much is trained, and what must at least come out, for real data and for stand-ins. Run the cell and go on; the names need not be read now.

# %%
RUNS = {  # stand-in digits or not → epochs of base and arms, labels of the live runs
    False: dict(base=10, arms=3, few=50, many=55_000),
    True: dict(base=150, arms=40, few=50, many=1_348),
}
LEAST = {  # what must come out of the digits
    False: dict(
        reads=0.89, near=0.015, shared=0.03, same=0.004, gain=0.03, price=0.003
    ),
    True: dict(reads=0.80, near=1.0, shared=-0.05, same=0.02, gain=-0.06, price=-0.06),
}
# photographs and a base that knows photographs, or a stand-in for one of the two
PETS = {
    True: dict(
        scratch=0.70, frozen=0.80, gain=0.15, damage=0.15, test=0.86, half=0.035
    ),
    False: dict(
        scratch=1.00, frozen=0.50, gain=-1.0, damage=-0.10, test=0.55, half=0.06
    ),
}
HEADS = {
    True: dict(confident=1.3, ruin=0.10, sorts=0.5, wide=0.05, unsure=0.5),
    False: dict(confident=0.0, ruin=-0.10, sorts=-1.0, wide=0.0, unsure=1.0),
}
photographs = not pets.stand_in and backbone.name.startswith("mobilenet")
row = RUNS[digits.stand_in] | LEAST[digits.stand_in]
must = PETS[photographs] | HEADS[photographs]

# %% [markdown]
# ## 1 · The question: what can a hundred pictures teach?
#
# Lesson 03 trained on 45,000 images. Most people who want a network have a hundred. Below: a hundred pictures of cats and dogs, and the notes' CIFAR-10 network of lesson 03, which sees 32×32 pixels. A quarter of the training pictures is held back for validation. The folder's own second part is our **test set**; it stays closed until section 9.

# %% tags=["nbval-ignore-output"]
pictures, answers = pets.part("train").arrays(side)
shuffled = np.random.default_rng(5).permutation(len(answers))
held, rest = np.split(shuffled, [len(answers) // 4])
shown = plots.show_images(pictures[rest[:10]], columns=5, size=1.5)
plots.show(shown, alt="Ten of the training pictures, cats and dogs.")
print(f"{len(rest)} pictures to train with, {len(held)} for validation")

# %% [markdown]
# **Before you run this:** the network sees its hundred pictures thirty times. How many of the hundred does it get right in the end? And how many of the validation pictures? Guessing gives one half.


# %% tags=["nbval-ignore-output"]
def accuracy(model, inputs, truth):
    """Share of right answers; a few inputs at a time, for a small memory."""
    said = np.concatenate(
        [np.asarray(model(part)) for part in np.array_split(inputs, 8)]
    )
    return float(np.mean(said.argmax(axis=1) == truth))


def from_scratch(seed, labels=100):
    """Lesson 03's CNN on a few pictures: accuracy on them, and on the validation pictures."""
    keras.utils.clear_session()  # memory: forget the networks of earlier calls
    keras.utils.set_random_seed(seed)
    network = models.simple_cnn(variant="cifar", classes=2, scaling=(1 / 255, 0))
    training.prepare(network)
    drawn = np.random.default_rng([5, seed]).permutation(rest)[:labels]
    pair = tiny[drawn], answers[drawn].astype("int32")
    training.fit(network, pair, epochs=30, batch_size=20, seed=seed)
    return [accuracy(network, tiny[i], answers[i]) for i in (drawn, held)]


tiny, _ = pets.part("train").arrays(32)
scratch = np.array([from_scratch(seed) for seed in range(3)])
for seed, (seen, unseen) in enumerate(scratch):
    print(
        f"seed {seed}: {seen:.0%} of the hundred, {unseen:.1%} of the validation pictures"
    )

# %% [markdown]
# It learns its hundred pictures by heart and little else: about ten points above guessing. A hundred pictures are too few for it, and we have no million.
#
# But somebody has trained a network on 1.3 million photographs (ImageNet), for another question. Its layers have seen every kind of edge, fur and eye. **Transfer learning** uses it. (Where its weights cannot be had, the ResNet-20 of this course stands in, trained on 45,000 small pictures.) There are three ways:
#
# 1. use the trained network **as it is**, and read your answer off its answers;
# 2. use it as a **feature extractor**: keep its weights (*frozen*), replace its last layer (*the head*) by one for your question, and train the head alone;
# 3. use it as the **start** of a training: replace the head, then train everything, carefully (*fine-tuning*).
#
# First on digits, where everything can be counted. Then on cats and dogs.

# %% tags=["claims"]
# @title Claims
score.equal("a picture in both parts", len(set(held) & set(rest)), 0)
score.at_least("100 pictures from scratch, accuracy on them", scratch[:, 0].mean(), 0.8)
score.at_most(
    "100 pictures from scratch, validation accuracy",
    scratch[:, 1].mean(),
    must["scratch"],
)
score.section()

# %% [markdown]
# ## 2 · Odd or even, from a network that reads digits
#
# ### The base
# The notes' network reads digits: 784 pixels, 300 units, 100 units, 10 answers. **By hand:**
#
# | layer | parameters |
# |---|---|
# | 784 → 300 | (784 + 1)·300 = 235,500 |
# | 300 → 100 | (300 + 1)·100 = 30,100 |
# | 100 → 10 | (100 + 1)·10 = 1,010 |
# | | **266,610** |
#
# The hidden layers use *leaky* ReLU (negative sums are multiplied by a small slope instead of set to 0), and weights drawn by He's rule (lesson 04).


# %%
def our_base(classes=10):
    start = "he_normal"
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Flatten(),  # 784
            keras.layers.Dense(
                300, "leaky_relu", kernel_initializer=start, name="hidden1"
            ),
            keras.layers.Dense(
                100, "leaky_relu", kernel_initializer=start, name="hidden2"
            ),
            keras.layers.Dense(
                classes, "softmax", kernel_initializer=start, name="output"
            ),
        ]
    )


ours, package = our_base(), transfer_parity.base(seed=0)
ours.set_weights(package.get_weights())
some = np.random.default_rng(0).random((4, 28, 28, 1)).astype("float32")
difference = float(np.abs(np.asarray(ours(some)) - np.asarray(package(some))).max())
print([layer.count_params() for layer in ours.layers if layer.count_params()])
score.equal("base, parameters", ours.count_params(), 266_610)

# %% [markdown]
# Train it as the notes do: plain gradient descent with rate 0.001, batches of 32, ten epochs, 5,000 digits held back for validation. (The stand-in digits are few and need more epochs.)

# %% tags=["nbval-ignore-output"]
base, base_run = transfer_parity.train_base(digits, seed=0, epochs=row["base"])
reads = base_run["history"]["val_accuracy"][-1]
steps = int(np.ceil(len(transfer_parity.halves(digits)[0][1]) / transfer_parity.BATCH))
print(f"{steps:,} steps an epoch, validation accuracy {reads:.2%}")
print(f"processor time {base_run['processor_seconds']:.0f} s")
if not digits.stand_in:
    score.equal("steps an epoch", steps, 1_719)

# %% [markdown]
# ### The question: odd or even?
# Nobody has to label the digits again: the digit tells its parity. The notes turn the old labels into the new ones with a small function. It walks through the labels and replaces each by 1 (even) or 0 (odd). **Before you run this:** what happens to the labels that are handed over: as a list? As an array? And if the cell is run twice?


# %%
def notes_parity(labels):
    for i, label in enumerate(labels):
        labels[i] = 1 if label % 2 == 0 else 0
    return np.asarray(labels)


truth = np.array([5, 0, 4, 1, 9, 2])
as_list, as_array = truth.tolist(), truth.copy()
print("digits               ", truth)
print(
    "from a list          ",
    notes_parity(as_list),
    "· the list now",
    as_list,
    "· the array it came from",
    truth,
)
print("from an array        ", notes_parity(as_array), "· the array now", as_array)
print("from the array, again", notes_parity(as_array))

# %% [markdown]
# The list is overwritten, and the array it was made from survives. An array is overwritten itself. And the second call finds only 0 and 1: 0 is even and becomes 1, 1 is odd and becomes 0. **Run twice, the answer is upside down**, without any error: the last line has 1 where the digit is odd.
#
# The damage: a network trained on such labels is judged against the right ones. The mend is a function that makes a new array and touches nothing; exercise 3 asks you for it. Even is 1, odd is 0:

# %%
even = transfer_parity.parity
print(
    "digits",
    truth,
    "· even",
    even(truth),
    "· once more",
    even(truth),
    "· digits still",
    truth,
)
upside_down = float(np.mean(as_array == even(truth)))
score.equal(
    "even, pure: the same on the second call", even(truth).tolist(), [0, 1, 1, 0, 0, 1]
)

# %% [markdown]
# ### The head swap, and a trap
# Keep everything but the last layer, put two units in its place: (100 + 1)·2 = **202** parameters instead of 1,010, 266,610 − 1,010 + 202 = **265,802** in all. Freeze the rest: 265,600 numbers stay as they are, 202 are trained.
#
# The notes build the new model from the layers of the old one. **Before you run this:** how many trainable parameters does the *old* network have afterwards?

# %%
source = transfer_parity.copied(base)
# without the input (layers[0] here) and without the old head
body = source.layers[1:-1]
print("layers of the old network in the new one:", [layer.name for layer in body])
swapped = keras.Sequential(
    [keras.Input((28, 28, 1)), *body, keras.layers.Dense(2, "softmax", name="head")],
)
for layer in swapped.layers[:-1]:
    layer.trainable = False


def trainable(model):
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


print(
    f"new network: {swapped.count_params():,} parameters, {trainable(swapped):,} trainable"
)
print(
    f"old network: {source.count_params():,} parameters, {trainable(source):,} trainable"
)
score.equal("odd or even: parameters", swapped.count_params(), 265_802)
score.equal(
    "odd or even: trainable, frozen",
    [trainable(swapped), 265_802 - trainable(swapped)],
    [202, 265_600],
)
score.equal(
    "the old network has been frozen with it: trainable", trainable(source), 1_010
)

# %% [markdown]
# The old network was never touched, and yet most of it is frozen: both networks hold **the same layer objects**. Freezing one freezes the other. Training one trains the other, and that is worse. Unfreeze, train odd-or-even for a moment, and ask the old network for digits again:

# %% tags=["nbval-ignore-output"]
(x_train, y_train), (x_held, y_held) = transfer_parity.halves(digits)
x_train, y_train = x_train[:5_000].copy(), y_train[:5_000]


def reads_digits(model):
    said = transfer_parity.probabilities(model, x_held).argmax(axis=1)
    return float(np.mean(said == y_held))


def learn_parity(model):
    for layer in model.layers:
        layer.trainable = True
    training.prepare(model, optimizer=keras.optimizers.Adam(0.001))
    pair = x_train[..., None], even(y_train)
    training.fit(model, pair, epochs=8, batch_size=64, transform=transfer_parity.pixels)


before = reads_digits(source)
learn_parity(swapped)
shared = reads_digits(source)
learn_parity(transfer_parity.new_head(base))  # a copy: layers and weights of its own
print(
    f"old network reads digits: {before:.1%}, after the other was trained {shared:.1%}"
)
print(f"with a copy:              {reads_digits(base):.1%}")
score.equal(
    "accuracy that the source loses through a copy", before - reads_digits(base), 0
)

# %% [markdown]
# The mend is one word: **copy** before you change. `transfer_parity.new_head` and `transfer.frozen_copy` do. In plain Keras:
#
# ```python
# twin = keras.models.clone_model(base)    # layers of its own, with fresh weights
# twin.set_weights(base.get_weights())
# twin.trainable = False                   # freezes the copy alone
# head = keras.layers.Dense(2, activation="softmax")
# model = keras.Model(twin.input, head(twin.get_layer("hidden2").output))
# ```

# %%
copy = transfer.frozen_copy(base, until="hidden2")
print(f"frozen copy: {copy.count_params():,} parameters, {trainable(copy)} trainable")
print(f"base: {trainable(base):,} trainable")
score.equal(
    "frozen copy: parameters, trainable",
    [copy.count_params(), trainable(copy)],
    [265_600, 0],
)
score.equal("the base after its copy was frozen: trainable", trainable(base), 266_610)

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.at_most(
    "base: this cell and the package, largest difference", round(difference, 6), 1e-5
)
score.at_least("base, validation accuracy on ten digits", reads, row["reads"])
score.equal(
    "labels after the helper ran on them", as_array.tolist(), (truth % 2).tolist()
)
score.equal(
    "labels that agree with the truth after two calls of the notes' helper",
    upside_down,
    0,
)
score.at_least(
    "accuracy that the source loses through shared layers",
    before - shared,
    row["shared"],
)
score.section()

# %% [markdown]
# ## 3 · Four ways to learn odd or even
#
# | arm | starts from | trained |
# |---|---|---|
# | from scratch | fresh weights | 265,802 |
# | frozen | the base | 202 |
# | frozen, features computed once | the base | 202 |
# | fine-tuned | the base | 265,802 |
#
# The second and the third are the same mathematics: frozen layers give the same 100 numbers for an image in every epoch, so one may compute them once and train the head on them. All arms follow the notes' recipe, with labels from the same 55,000 digits. **Before you run this:** order the four by error, and by time an epoch.

# %% tags=["nbval-ignore-output"]
live = {}
for name, arm in transfer_parity.VARIANTS.items():
    live[name] = transfer_parity.train_variant(
        name, base, digits, seed=0, epochs=row["arms"]
    )[1]
    run = live[name]
    per_epoch = run["processor_seconds"] / row["arms"]
    print(
        f"{arm.label:32} {run['trainable']:>8,} trainable"
        f"   validation error {1 - run['history']['val_accuracy'][-1]:.2%}"
        f"   {per_epoch:.2f} processor seconds an epoch"
    )
print(
    f"computing the features once: {live['cached']['feature_seconds']:.2f} processor seconds"
)
counts = [live[name]["trainable"] for name in transfer_parity.VARIANTS]

# %% [markdown]
# A few epochs of one seed. By error, the fine-tuned network is ahead of the one from scratch, and frozen comes last; the two frozen arms agree. By time: features computed once, frozen, then the other two. The figure below is a **stored measurement** of all ten epochs with five seeds (`python -m course_utils.measure transfer_parity` makes it again), and it shows **errors**, not accuracies; the black bar is the mean. The notes write that .8930 is "pretty close" to .9506. As errors these are 10.7% and 4.9%: 2.2 times as many mistakes.

# %%
notes = {"frozen": 1 - 0.8930, "scratch": 1 - 0.9506}
print({name: f"{error:.1%}" for name, error in notes.items()})
stored = measure.load("transfer_parity")
arms = {name: [] for name in ("base", *transfer_parity.VARIANTS)}
for run in stored["runs"]:
    arms[run["arm"]].append(run)
test_error = {}
for name in transfer_parity.VARIANTS:
    test_error[name] = np.array([run["test_error"] for run in arms[name]])
untrained = np.array([run["summed_error"] for run in arms["base"]])
groups = {
    transfer_parity.VARIANTS[name].label: 100 * values
    for name, values in test_error.items()
}
ax = plots.spread(groups, xlabel="test error in %, odd or even")
plots.show(
    ax,
    alt="Test errors of four arms, five seeds each: frozen far to the right, the others left.",
)
for name, values in test_error.items():
    label = transfer_parity.VARIANTS[name].label
    print(
        f"{label:32} mean {values.mean():.2%}, from {values.min():.2%} to {values.max():.2%}"
    )
apart = float(test_error["frozen"].min() - test_error["scratch"].max())

# %% [markdown]
# Frozen is the worst of all, with 55,000 labels. And there is a fifth answer, which the notes do not ask for. The base tells how likely each digit is. Even means 0 or 2 or 4 or 6 or 8. So **add up** five probabilities. No head, no training, no label of odd or even. **By hand**, for an image that may be a 4, a 9 or a 7:

# %%
said = np.array([[0.0, 0, 0, 0, 0.46, 0, 0, 0.20, 0.02, 0.32]])
likeliest, of_even = (
    int(said.argmax()),
    round(float(transfer_parity.summed(said)[0]), 2),
)
print(f"likeliest digit {likeliest}, which is even; probability of even {of_even}")
means = {name: float(values.mean()) for name, values in test_error.items()}
print(
    f"stored, test error: summed {untrained.mean():.2%}, frozen head {means['frozen']:.2%}"
)
worst_sum = float(untrained.max())
ratio = round(worst_sum / float(test_error["frozen"].min()), 2)
ahead = round(float(test_error["scratch"].min()) - worst_sum, 4)
score.at_least("stored: best error from scratch less worst of the sum", ahead, 0)

# %% [markdown]
# The answer without training makes less than half the mistakes of the trained head, and fewer than the network from scratch. Frozen features need not be better than the answers: the last layer of the base has learnt ten cuts through its 100 numbers, and the new head must do with one. (One cut, and not much time: plain gradient descent at this small rate is not at its end after ten epochs. Section 4 trains the same arms with Adam and gets a third to a quarter of these errors. The order there, with all labels, is the same.) **Always try the trained network as it is first.** Live, on the test set that nothing has been chosen on. The base had its full training, the arms only a few epochs, so compare them with their stored ends above:

# %% tags=["nbval-ignore-output"]
print(f"{'summed, no training':32} test error {base_run['summed_error']:.2%}")
for name, run in live.items():
    label = transfer_parity.VARIANTS[name].label
    print(f"{label:32} test error {run['test_error']:.2%} after {row['arms']} epochs")
same = abs(live["frozen"]["test_error"] - live["cached"]["test_error"])
if not digits.stand_in:
    ahead = live["frozen"]["test_error"] - base_run["summed_error"]
    score.at_least("live: error of the frozen head less that of the sum", ahead, 0.02)
    for name in transfer_parity.VARIANTS:
        after = [
            1 - run["history"]["val_accuracy"][row["arms"] - 1] for run in arms[name]
        ]
        error = 1 - live[name]["history"]["val_accuracy"][-1]
        low, high = min(after) - row["near"], max(after) + row["near"]
        seen = f"{error:.4f} in {low:.4f} to {high:.4f}"
        score.true(
            f"live {name} within 1.5 points of the stored range",
            low <= error <= high,
            measured=seen,
        )

# %% [markdown]
# ### Why does freezing save so little time?
# The notes report 41.25 s for frozen and 41.24 s from scratch, "the same time". Frozen layers still run **forward** in every step; their gradients and updates are saved. How much is that? Count the multiply-adds of one image. A layer with *m* weights needs *m* on the way forward. On the way back it needs *m* for the gradient of its weights, and *m* more for the gradient of its inputs, which the layer below is waiting for. **The first layer that trains has nobody below it**, so it needs 2·*m*, the others 3·*m*:
#
# - from scratch: 2·235,200 + 3·(30,000 + 200) = **561,000**
# - frozen: 265,200 forward, and the head is the first layer that trains: + 2·200 = **265,600**, not a third but 47%
# - features computed once: 2·200 = **400**
#
# And with batches of 32 images through so small a network, much of a step is not arithmetic at all. Compare with the time:

# %% tags=["nbval-ignore-output"]
first_layer, second_layer, two_way = 784 * 300, 300 * 100, 100 * 2
whole = 2 * first_layer + 3 * (second_layer + two_way)
work = {
    "scratch": whole,
    "frozen": first_layer + second_layer + 2 * two_way,
    "cached": 2 * two_way,
    "fine_tuned": whole,
}
seconds = {
    name: np.mean([run["processor_seconds"] for run in arms[name]]) for name in work
}
print(
    f"{'arm':32}{'multiply-adds':>15}{'of scratch':>12}{'time of scratch':>18}",
)
for name, count in work.items():
    share, taken = count / work["scratch"], seconds[name] / seconds["scratch"]
    print(
        f"{transfer_parity.VARIANTS[name].label:32}{count:>15,}{share:>12.1%}{taken:>18.0%}"
    )
forward = anatomy.describe(transfer_parity.new_head(base)).macs
live_ratio = live["cached"]["processor_seconds"] / live["scratch"]["processor_seconds"]

# %% [markdown]
# Less than a thousandth of the arithmetic, and still a good part of the time: with tiny networks one pays for the *steps*. With a real convolutional base one pays for the arithmetic; section 7 measures it. (There the first layer is a small part, and frozen is nearer to a third.)
#
# ### A loss that is right by luck
# The notes train two softmax units with **binary** cross-entropy. For each unit that is −t·log p − (1 − t)·log(1 − p), averaged over the units. With two units p₂ = 1 − p₁, both units say the same, and the mean is exactly the categorical loss. **Before you run this:** with ten classes, which of the two losses is the larger, for a network that guesses?

# %%
rng, table = np.random.default_rng(3), {}
print("classes   binary loss   categorical loss   binary accuracy   accuracy")
for classes in (2, 3, 10):
    sums = rng.normal(size=(200_000, classes))
    p = np.exp(sums) / np.exp(sums).sum(axis=1, keepdims=True)
    truth = np.eye(classes)[rng.integers(0, classes, len(p))]
    binary = float(np.mean(keras.losses.binary_crossentropy(truth, p)))
    categorical = float(np.mean(keras.losses.categorical_crossentropy(truth, p)))
    units_right = float(np.mean((p > 0.5) == truth))
    images_right = float(np.mean(p.argmax(axis=1) == truth.argmax(axis=1)))
    table[classes] = [binary, categorical, units_right, images_right]
    print(
        f"{classes:7}{binary:14.2f}{categorical:19.2f}{units_right:18.2f}{images_right:11.2f}",
    )
gap = round(abs(table[2][0] - table[2][1]), 5)
for number, wanted in enumerate((0.37, 2.71, 0.89, 0.10)):
    what = ("binary loss", "categorical loss", "binary accuracy", "accuracy")[number]
    measured = round(table[10][number], 2)
    score.close(
        f"ten classes, random answers: {what}", measured, wanted, tolerance=0.03
    )

# %% [markdown]
# Ten classes and answers drawn at random: the categorical loss is seven times the binary one. The binary loss looks small, and "binary accuracy" calls a guessing network 89% right, because nine of ten units rightly say no. Use `sparse_categorical_crossentropy` with whole-number labels, and the question does not arise.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.equal("trainable in the four arms", counts, [265_802, 202, 202, 265_802])
score.close(
    "the notes: frozen error over error from scratch",
    round(notes["frozen"] / notes["scratch"], 2),
    2.2,
    tolerance=0.05,
)
score.at_least(
    "stored: best frozen error less worst error from scratch", round(apart, 4), 0.01
)
score.equal(
    "by hand: the 4 is likeliest, but odd is likelier", [likeliest, of_even], [4, 0.48]
)
score.at_most("stored: worst error of the sum over best of the frozen head", ratio, 0.6)
score.at_most(
    "frozen and computed once: difference of test errors",
    same,
    row["same"],
)
score.equal(
    "multiply-adds: forward, from scratch, frozen, computed once",
    [forward, *list(work.values())[:3]],
    [first_layer + second_layer + two_way, 561_000, 265_600, 400],
)
score.at_least(
    "live: processor time of the cached features over from scratch",
    live_ratio,
    0.1,
)
score.close(
    "two classes: binary less categorical cross-entropy", gap, 0, tolerance=1e-4
)
score.section()

# %% [markdown]
# ## 4 · When does transfer help?
#
# Frozen lost against "from scratch", with 55,000 labels. But nobody borrows who owns 55,000 labels. The next measurement turns the number of labels: 50, 200, 1,000, 5,000, 55,000. Every training has about the same number of steps: 860 to 1,040 batches of at most 128, with Adam (a gradient descent that adapts its rate; 0.001 for whole networks, 0.003 for heads). The bases were trained with Adam as well, for four epochs. That is far more effective than section 3's recipe, so **all errors are smaller here**; compare within a section, not across.
#
# The base was trained on *digits*, and a digit tells its parity: its training labels already hold the answer. So two more bases:
#
# - **knows pairs**: the same network, the same images, but trained to tell only {0, 1}, {2, 3}, {4, 5}, {6, 7}, {8, 9}. Each pair has one even and one odd digit, so its labels say **nothing** about the new question;
# - **knows nothing**: first weights, frozen, never trained.
#
# **Before you run the next two cells:** draw the error of "from scratch" against the number of labels, and that of "knows digits, frozen". At which number of labels do they cross? And for "knows pairs, frozen"?

# %%
curve = measure.load("transfer_labels")
amounts = np.array(curve["counts"])


def errors_of(name):
    """Stored test errors of an arm, (seeds, number of labels)."""
    runs = [run for run in curve["runs"] if run["arm"] == name]
    columns = [
        [run["test_error"] for run in runs if run["count"] == n] for n in amounts
    ]
    return np.array(columns).T


by_labels = {name: errors_of(name) for name in transfer_labels.VARIANTS}
free = np.array([run["summed_error"] for run in curve["untrained"]])
print("labels                     " + "".join(f"{count:>9,}" for count in amounts))
for name, values in by_labels.items():
    means = "".join(f"{value:>9.1%}" for value in values.mean(axis=0))
    print(f"{transfer_labels.VARIANTS[name].label:27}{means}")
print(f"{'knows digits, summed':27}{free.mean():>9.1%} with no label at all")
steps = [transfer_labels.schedule(int(count)).steps for count in amounts]
print(f"{'steps of a training':27}" + "".join(f"{count:>9,}" for count in steps))

# %%
figure, ax = plt.subplots(figsize=(8, 4.2))
lines = {
    transfer_labels.VARIANTS[name].label: 100 * values
    for name, values in by_labels.items()
}
plots.curves(
    lines, x=amounts, xlabel="labelled digits", ylabel="test error in %", ax=ax
)
for line, marker in zip(ax.get_lines(), "osD^v*", strict=False):
    line.set_marker(marker)
ax.axhline(100 * free.mean(), linestyle=":", color="black", linewidth=1.2)
ax.text(50, 108 * free.mean(), "summed: no labels", fontsize=10)
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=10)
ax.set(xscale="log", yscale="log")
ax.set_xticks(amounts, [f"{count:,}" for count in amounts])
ax.set_yticks([1, 2, 5, 10, 20, 40], ["1", "2", "5", "10", "20", "40"])
ax.minorticks_off()
plots.show(
    figure,
    alt=(
        "Error against labels: frozen starts far below "
        "from-scratch, flattens, and is overtaken."
    ),
)


def crossing(name):
    """Number of labels at which from scratch overtakes, along straight lines in the figure."""
    lead_ = np.log(by_labels["scratch"].mean(axis=0) / by_labels[name].mean(axis=0))
    return round(float(np.exp(np.interp(0, -lead_, np.log(amounts)))), -2)


crossings = {name: crossing(name) for name in ("digits_frozen", "pairs_frozen")}
for name, labels_ in crossings.items():
    label = transfer_labels.VARIANTS[name].label
    print(f"from scratch overtakes {label!r} at about {labels_:,.0f}")

# %%
first, last = (
    {n: v[:, 0] for n, v in by_labels.items()},
    {n: v[:, -1] for n, v in by_labels.items()},
)
ratio = float(first["scratch"].mean() / first["digits_frozen"].mean())
score.at_least(
    "stored, 50 labels: error from scratch over frozen", round(ratio, 2), 1.5
)
ratio = float(last["digits_frozen"].mean() / last["scratch"].mean())
score.at_least(
    "stored, 55,000 labels: frozen error over from scratch", round(ratio, 2), 1.5
)
ratio = float(first["scratch"].mean() / first["pairs_frozen"].mean())
harm = float(first["random_frozen"].min() - first["scratch"].max())
forgot = float(first["digits_tuned"].min() - first["digits_frozen"].max())

# %%
least = min(float(values.min()) for values in last.values())

# %% [markdown]
# Read the figure from left to right. The lines are means of five seeds, the bands reach from the least to the largest. **The answer:** the network from scratch overtakes "knows pairs, frozen" at about 2,000 labels and "knows digits, frozen" at about 8,000.
#
# - **Few labels:** borrowed features halve the error. Even the base that knows only pairs helps: strokes and curves are worth something whatever the question was. A base that knows nothing does harm: the gain comes from what was learnt, not from the freezing.
# - **Fine-tuning with 50 labels is worse than freezing.** 265,802 numbers may move and only 50 labels hold them. For the base that knows digits the five seeds leave no doubt; for the one that knows pairs the two bands overlap, but seed by seed fine-tuning is worse in all five.
# - **Many labels:** the frozen curves go flat and "from scratch" overtakes them, the base that knows pairs first. Their features were made for another question, and 202 numbers cannot mend that: with 55,000 labels "knows digits, frozen" makes 1.6 times the errors of "from scratch". Fine-tuning has no such floor.
# - **The sum** needs no label of the new question and beats every arm, even with 55,000. It is possible only because the old answers contain the new one.
#
# The live part: both ends of the curve, one seed.

# %% tags=["nbval-ignore-output"]
bases = {
    name: transfer_labels.source(name, digits, seed=0) for name in ("digits", "pairs")
}
ends = {}
for count in (row["few"], row["many"]):
    for name in ("scratch", "digits_frozen", "pairs_frozen"):
        run = transfer_labels.train(name, bases, digits, count=count, seed=0)
        ends[count, name] = run["test_error"]
        label = transfer_labels.VARIANTS[name].label
        print(f"{count:>7,} labels, {label:22} test error {run['test_error']:.2%}")
few = ends[row["few"], "scratch"] - ends[row["few"], "digits_frozen"]
many = ends[row["many"], "digits_frozen"] - ends[row["many"], "scratch"]

# %% tags=["nbval-ignore-output"]
for (count, name), error in ends.items() if not digits.stand_in else ():
    kept = by_labels[name][:, 0 if count == 50 else -1]
    slack = max(0.01, 0.15 * kept.mean())
    low, high = kept.min() - slack, kept.max() + slack
    seen = f"{error:.4f} in {low:.4f} to {high:.4f}"
    score.true(
        f"live {name}, {count:,} labels, near the stored range",
        low <= error <= high,
        measured=seen,
    )
digits = bases = x_train = x_held = None  # memory: the digits have done their part
keras.utils.clear_session()

# %% [markdown]
# As in the stored measurement, both borrowed bases are ahead of "from scratch" with few labels and behind it with all of them; "knows digits" is ahead of "knows pairs" at both ends. **Rule of thumb:** transfer pays when labels are few and the old question is near the new one. Check it against your own curve, on your own data.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.true(
    "stored: the crossings lie between 1,000 and 55,000 labels, that of pairs first",
    1_000 < crossings["pairs_frozen"] < 5_000 < crossings["digits_frozen"] < 55_000,
)
score.at_least(
    "stored, 50 labels: from scratch over a base that knows pairs",
    round(ratio, 2),
    1.2,
)
score.at_least(
    "stored, 50 labels: error of a base that knows nothing less from scratch",
    round(harm, 3),
    0,
)
score.at_least(
    "stored, 50 labels: error fine-tuned less frozen, worst case",
    round(forgot, 4),
    0,
)
score.at_least(
    "stored, 50 labels, knows pairs: error fine-tuned less frozen, seed by seed",
    round(float((first["pairs_tuned"] - first["pairs_frozen"]).min()), 4),
    0,
)
score.at_most(
    "stored: mean error of the sum less the best run of all",
    round(free.mean() - least, 4),
    0,
)
score.at_least("live, 50 labels: error saved by freezing", few, row["gain"])
score.at_least("live, all labels: error that freezing costs", many, row["price"])
score.section()

# %% [markdown]
# ## 5 · A real base
#
# Now the hundred pictures again. The base is a network that others trained. Keras offers many; the notes use three (VGG: lesson 08, Inception: lesson 09, ResNet: lesson 10).
#
# ### Counting before downloading
# A table of layers needs no weights. **By hand** first: VGG16 ends in 7×7 maps, 512 of them. The notes flatten them: 7·7·512 = 25,088 numbers into 256 units. Averaging each map instead leaves 512 numbers. Then one output unit (dog or not).
#
# - flattened: (25,088 + 1)·256 + (256 + 1)·1 = 6,422,784 + 257 = **6,423,041**
# - pooled: (512 + 1)·256 + 257 = 131,328 + 257 = **131,585**, one forty-ninth


# %%
def notes_head(maps, pooled):
    """The notes' head on maps (height, width, channels): 256 units, dropout, one unit."""
    inputs = keras.Input(maps)
    x = (keras.layers.GlobalAveragePooling2D() if pooled else keras.layers.Flatten())(
        inputs
    )
    x = keras.layers.Dropout(0.5)(keras.layers.Dense(256, activation="relu")(x))
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x))


print(
    f"{'base':14}{'its parameters':>16}{'maps':>14}{'flattened head':>17}{'pooled head':>14}"
)
counted = {}
for name in ("VGG16", "InceptionV3", "ResNet50"):
    builder = getattr(keras.applications, name)
    table = anatomy.describe(
        builder,
        weights=None,
        include_top=False,
        input_shape=(224, 224, 3),
    )
    maps = table.rows[-1].output_shape
    tables = [
        anatomy.describe(notes_head, maps=maps, pooled=way) for way in (False, True)
    ]
    heads = [head_table.params for head_table in tables]
    counted[name], size = [table.params, *heads], "×".join(str(side) for side in maps)
    print(
        f"{name:14}{table.params:>16,}{size:>14}{heads[0]:>17,}{heads[1]:>14,}",
    )

# %% [markdown]
# The notes' heads have up to nearly 26 million weights for 337 pictures: enough to learn each picture by heart many times over. "Pooled or flattened?" below measures what that does.
#
# ### Each network wants its own pixels
# A trained network expects the numbers it was trained with. VGG and ResNet-50: blue, green, red in this order, minus the mean of ImageNet's pixels. Inception and MobileNet: from −1 to 1. **By hand:** the smallest and largest numbers are 0 − 123.68 and 255 − 103.939 = 151.061.

# %%
extremes = np.zeros((1, 2, 1, 3), "float32")
extremes[0, 1] = 255
for name in ("vgg16", "resnet50", "inception_v3", "mobilenet_v2"):
    made = getattr(keras.applications, name).preprocess_input(extremes.copy())
    print(f"{name:14} from {made.min():8.2f} to {made.max():7.2f}")
    wanted = [-123.68, 151.06] if name in ("vgg16", "resnet50") else [-1, 1]
    score.equal(
        f"{name}: range",
        [round(float(made.min()), 2), round(float(made.max()), 2)],
        wanted,
    )

# %% [markdown]
# **A trap.** These functions look as if they returned something new. Prepare one orange pixel twice, as a notebook cell that is run twice does, and look at the image itself.

# %%
for name in ("vgg16", "mobilenet_v2"):
    prepare = getattr(keras.applications, name).preprocess_input
    pixel = np.array([[[[255.0, 128.0, 0.0]]]], "float32")
    print(f"{name}: the image {pixel.ravel()}")
    for times in ("once ", "twice"):
        result = prepare(pixel)
        print(
            f"   {times} {result.ravel().round(3)} · the image is now {pixel.ravel().round(3)}",
        )
    score.true(
        f"{name}: result and image share their memory", np.shares_memory(pixel, result)
    )
pure = transfer.Preprocessing("bgr_minus_mean").of_array
pixel = np.array([[[[255.0, 128.0, 0.0]]]], "float32")
same = np.array_equal(pure(pixel), pure(pixel)) and pixel.ravel().tolist() == [
    255,
    128,
    0,
]

# %% [markdown]
# Float arrays are changed **in place**; the second call shifts what was shifted. VGG's result and the image hold the same numbers in opposite order: the result is a *view* that reads the same memory from blue to red, while the image itself is still red first. (Whole-number images are copied first, so the same code is right with one data type and wrong with the other.) The mend: a pure function, or better a **layer** inside the model, where it can be neither forgotten nor done twice. `transfer.classifier` does that. In plain Keras, for a question of your own:
#
# ```python
# base = keras.applications.MobileNetV2(
#     input_shape=(128, 128, 3), alpha=0.35, include_top=False, weights="imagenet"
# )
# base.trainable = False
# inputs = keras.Input((128, 128, 3))                         # pixels from 0 to 255
# x = keras.layers.Rescaling(1 / 127.5, offset=-1)(inputs)    # the preparation
# x = keras.layers.GlobalAveragePooling2D()(base(x))          # one number a map
# model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(x))
# ```
#
# ### Features, and the hundred pictures again
# `transfer.features` sends each picture through the frozen base and averages the last maps: one row of numbers a picture. It keeps them on disk, under a name made of the base's layers and weights, the preparation and the pictures; change any of them and they are computed anew.
#
# Then a head: one softmax layer. **Before you run this:** from scratch the hundred pictures gave about ten points more than guessing. And now?

# %%
begun = time.process_time()
features = transfer.features(backbone, pictures, cache=False)
feature_seconds = time.process_time() - begun
labels = answers.astype("int32")


def train_head(inputs, chosen, seed=0, layers=(), epochs=30):
    """Train a softmax head on rows of features; return it with its scores by epoch."""
    keras.utils.clear_session()  # memory: forget the networks of earlier calls
    keras.utils.set_random_seed(seed)
    last = keras.layers.Dense(2, activation="softmax", name="predictions")
    head = keras.Sequential(
        [keras.Input(inputs.shape[1:]), *(make() for make in layers), last]
    )
    training.prepare(head, optimizer=keras.optimizers.Adam(0.001))
    train, validation = chosen
    run = training.fit(
        head,
        train,
        validation,
        epochs=epochs,
        batch_size=20,
        seed=seed,
        monitor=None,
    )
    return head, run.history


def parts(rows, chosen):
    """Training and validation pair from rows of all pictures."""
    return (rows[chosen], labels[chosen]), (rows[held], labels[held])


# %% tags=["nbval-ignore-output"]
borrowed = []
for seed in range(3):
    drawn = np.random.default_rng([5, seed]).permutation(rest)[:100]
    borrowed.append(
        accuracy(
            train_head(features, parts(features, drawn), seed)[0],
            features[held],
            labels[held],
        ),
    )
plots.spread(
    {
        "from scratch": 100 * scratch[:, 1],
        "head on borrowed features": 100 * np.array(borrowed),
    },
    xlabel="validation accuracy in %, 100 pictures",
    marks={"guessing": 50},
    alt="Three dots each: from scratch near guessing, the head on borrowed features to the right.",
)

# %% [markdown]
# Nothing was learnt about cats and dogs but the numbers of that one layer. It is not a clean race, though: the borrowed network also sees sixteen times as many pixels (128×128 against 32×32) and is built otherwise. What was measured is what one gets by borrowing and what without; how much of the gain is knowledge and how much is sharper pictures, it does not tell. Section 4, with one network and the same pixels, does.
#
# How many pictures does it need? Heads on features are cheap, so draw the curve: here with scikit-learn's logistic regression, which is the same softmax layer, trained to its end with a penalty on large weights.

# %% tags=["nbval-ignore-output"]
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits


def with_labels(count, seed=0):
    """A head trained on `count` pictures, and its validation accuracy."""
    chosen = np.random.default_rng([count, seed]).permutation(rest)[:count]
    scale = features[chosen].std() or 1.0
    with threadpool_limits(1):  # so small a fit is slower on several cores
        head = LogisticRegression(C=0.1, max_iter=1_000)
        head.fit(features[chosen] / scale, labels[chosen])
    said = head.predict_proba(features[held] / scale)[:, 1]
    return float(np.mean((said > 0.5) == labels[held])), said


steps_ = [count for count in (20, 50, 100, 200, 500, 1_000) if count < len(rest)]
reached = np.array(
    [[with_labels(count, seed)[0] for count in steps_] for seed in range(3)]
)
ax = plots.curves(
    {"frozen base, three draws": reached}, x=steps_, xlabel="labelled pictures"
)
ax.axhline(0.5, linestyle=":", color="black")
ax.set(xscale="log", ylim=(0.45, 1), ylabel="validation accuracy")
ax.set_xticks(steps_, steps_)
ax.minorticks_off()
plots.show(
    ax,
    alt="Validation accuracy rises with the number of labelled pictures, steeply at first.",
)
print(
    {
        count: f"{values.mean():.1%}"
        for count, values in zip(steps_, reached.T, strict=True)
    }
)

# %% [markdown]
# (Dotted: guessing. The band narrows at the right because three draws of 1,000 from 1,050 pictures are nearly the same pictures; that is no certainty.)
#
# ### Try it
# Move the number of labels and watch the validation pictures: how sure the head is of "dog", for each. Nothing later depends on it.


# %% tags=["nbval-ignore-output"]
def draw_labels(count, seed):
    reached_, said = with_labels(count, seed)
    figure, ax = plt.subplots(figsize=(7.5, 2.8))
    for label, name in enumerate(pets.class_names):
        ax.hist(
            said[labels[held] == label],
            bins=np.linspace(0, 1, 21),
            alpha=0.6,
            label=name,
        )
    ax.set(
        xlabel="probability of dog",
        ylabel="pictures",
        title=f"{count} labels: {reached_:.1%} right",
    )
    ax.legend()
    return figure


widgets.frames(
    draw_labels,
    alt="Two histograms of the head's probability of dog, for cats and for dogs.",
    start=dict(count=100),
    labels=dict(count="labelled pictures", seed="draw"),
    count=[*steps_, len(rest)],
    seed=[0, 1, 2],
)

# %% [markdown]
# ### What a wrong preparation costs
# The head from all training pictures stays as it is; only the validation pictures reach the base in the wrong way. **Before you run this:** which mistake is worst: none at all (pixels from 0 to 255), twice, or VGG's for a network that wants −1 to 1?

# %% tags=["nbval-ignore-output"]
head, head_history = train_head(features, parts(features, rest))
right = backbone.preprocess
ways = {
    "forgotten": lambda images: np.asarray(images, "float32"),
    "done twice": lambda images: right(right(images)),
    "VGG's": transfer.Preprocessing("bgr_minus_mean").of_array,
}
best, damaged = accuracy(head, features[held], labels[held]), {}
print(f"{'as it was trained':20} validation accuracy {best:.1%}")
for name, prepare in ways.items():
    careless = dataclasses.replace(backbone, preprocess=prepare)
    seen = transfer.features(careless, pictures[held], cache=False)
    damaged[name] = accuracy(head, seen, labels[held])
    print(f"{name:20} validation accuracy {damaged[name]:.1%}")
lost = best - max(damaged.values())

# %% [markdown]
# No error, no warning, and a head that hardly does better than guessing. Which mistake is worst cannot be said: on 350 pictures each of these shares is uncertain by five points. If a borrowed network performs at chance, look at its preparation first.
#
# ### Pooled or flattened?
# The same comparison as in the table above, measured on our base: 337 pictures, as in the notes; 256 units, dropout, two outputs; flattened maps against averaged ones, and 200 of the validation pictures. **Before you run this:** which has the lower training loss, which the lower validation loss?

# %% tags=["nbval-ignore-output"]
few = rest[:337]
both = np.concatenate([few, held[:200]])
flat = transfer.features(backbone, pictures[both], pool=None, cache=False)
averages = flat.reshape(len(both), -1, backbone.channels).mean(axis=1)
heads = {}
hidden = (
    lambda: keras.layers.Dense(256, activation="relu"),
    lambda: keras.layers.Dropout(0.5),
)
for name, inputs in (("averaged", averages), ("flattened", flat)):
    chosen = (inputs[: len(few)], labels[few]), (inputs[len(few) :], labels[held[:200]])
    model, history = train_head(inputs, chosen, layers=hidden, epochs=8)
    last = {key: values[-1] for key, values in history.items()}
    print(
        f"{name:10}{model.count_params():>10,} parameters, training loss {last['loss']:.2f}, "
        f"validation loss {last['val_loss']:.2f}, accuracy {last['val_accuracy']:.1%}"
    )
    heads[name] = model.count_params(), last["val_loss"]
excess = heads["flattened"][0] / heads["averaged"][0]
apart = float(np.abs(averages - features[both]).max())
worse = heads["flattened"][1] / heads["averaged"][1]
del flat, averages, inputs, chosen, model
keras.utils.clear_session()  # give the memory of the flattened head back

# %% [markdown]
# On the photographs you may be surprised. The flattened head has sixteen times the weights, and yet after eight epochs its *training* loss is no lower: room for learning by heart is not the same as speed. The difference is in the *validation* loss, several times that of the averaged head, while the accuracies are only a few points apart. The flattened head is surer of its mistakes; section 9 comes back to that.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.equal(
    "VGG16: base, flattened and pooled head",
    counted["VGG16"],
    [14_714_688, 6_423_041, 131_585],
)
score.equal("InceptionV3", counted["InceptionV3"], [21_802_784, 13_107_713, 524_801])
score.equal("ResNet50", counted["ResNet50"], [23_587_712, 25_690_625, 524_801])
score.true("the course's preparation: twice the same, the image as it was", same)
score.at_least(
    "100 pictures, frozen base, validation accuracy",
    float(np.mean(borrowed)),
    must["frozen"],
)
score.at_least(
    "100 pictures: gain over from scratch",
    np.mean(borrowed) - scratch[:, 1].mean(),
    must["gain"],
)
score.at_least(
    "all pictures over twenty: gain",
    reached[:, -1].mean() - reached[:, 0].mean(),
    0.01,
)
score.at_least("accuracy lost by the mildest wrong preparation", lost, must["damage"])
score.at_least("flattened head: parameters over averaged head's", excess, 10)
score.at_most("averaging the maps by hand, largest difference", apart, 1e-3)
score.at_least(
    "flattened head: validation loss over averaged head's", worse, must["confident"]
)
score.section()

# %% [markdown]
# ## 6 · Fine-tuning, in two stages
#
# **Stage one** was the head alone. Only now, with a head that gives sensible gradients, may the base move: **stage two**, with a rate far below the head's. (With a fresh head the first gradients are noise, and they would be sent through all borrowed weights.)
#
# One kind of layer must not move. **Batch normalisation** subtracts a mean from its inputs and divides by the root of a variance. In *training mode* it takes both from the current batch, and moves a running mean and variance a little towards them. In *inference mode* it uses these two as they are. The base's were gathered from more than a million photographs. A batch of 8 of ours is a poor substitute.
#
# The running mean is not trained by gradients, so why would freezing protect it? Keras gives the word a second meaning for this one layer: `trainable = False` also puts batch normalisation into inference mode. `transfer.unfreeze` makes the base trainable and leaves these layers frozen. The usual line, `base.trainable = True`, unfreezes them too.
#
# Many texts say that calling the base with `training=False` protects it all the same. Not in Keras 3: while the *outer* model trains, its mode is handed down to every layer inside, and goes before the value with which the base was called when the model was built. See for yourself: one step at rate 0, and look at the running means. (Here with the small ResNet-20 that comes with the course and with noise for pictures: quick, everywhere the same, and the mechanism does not depend on either.)


# %%
def running_means(base):
    kind = keras.layers.BatchNormalization
    means = [layer.moving_mean for layer in base.layers if isinstance(layer, kind)]
    return np.concatenate([np.asarray(mean).ravel() for mean in means])


def one_step(unfreeze):
    """Run one training step at rate 0; return by how much the running means moved."""
    model = transfer.classifier(
        transfer.backbone("resnet20_cifar10"),
        2,
    )  # base(x, training=False) inside
    base_ = transfer.base_of(model)
    unfreeze(model)
    model.compile(
        keras.optimizers.SGD(0.0),
        "sparse_categorical_crossentropy",
        run_eagerly=True,
    )
    before = running_means(base_)
    noise = np.random.default_rng(0).integers(0, 255, (16, 32, 32, 3))
    model.train_on_batch(noise.astype("float32"), np.arange(16) % 2)
    return float(np.abs(running_means(base_) - before).max())


# %%
def naive(model):
    transfer.base_of(model).trainable = True


moved = {
    "base.trainable = True": one_step(naive),
    "transfer.unfreeze": one_step(transfer.unfreeze),
}
print(
    {
        name: "running means moved" if change else "unmoved"
        for name, change in moved.items()
    }
)

# %% [markdown]
# Rate 0, no weight has moved, and still the network is another one.
#
# Now on the pictures, 400 of those that the head has seen. Both trainings begin with the trained head and open the last blocks of the base; one has a rate fifty times below the head's 0.001 and two epochs, the other a rate ten times above and one epoch. **Before you run this:** where do they end, against the head alone?

# %%
chosen = rest[:400]  # a part of the pictures that the head was trained on
late = (
    "block_13_expand"
    if backbone.name.startswith("mobilenet")
    else "stage3_block1_conv1"
)


def judged(said, truth):
    """Accuracy and mean loss of answers (N, 2)."""
    of_truth = said[np.arange(len(truth)), truth]
    right = said.argmax(axis=1) == truth
    return float(right.mean()), float(-np.log(np.maximum(of_truth, 1e-7)).mean())


# %% tags=["nbval-ignore-output"]
keras.utils.clear_session()
tuned = transfer.classifier(backbone, 2)
tuned.get_layer("predictions").set_weights(head.get_layer("predictions").get_weights())
opened = transfer.unfreeze(tuned, from_layer=late)
loss = "sparse_categorical_crossentropy"
tuned.compile(keras.optimizers.Adam(), loss, metrics=["accuracy"], jit_compile=False)
begin_with = tuned.get_weights()
moving = dataclasses.replace(backbone, model=transfer.base_of(tuned))
print(f"{opened:,} of {tuned.count_params():,} parameters may move")


def second_stage(rate, epochs):
    """Fine-tune from the trained head on; return the answers for the validation pictures."""
    tuned.set_weights(begin_with)
    for memory in tuned.optimizer.variables:  # Adam begins anew as well
        memory.assign(np.zeros(memory.shape))
    tuned.optimizer.learning_rate.assign(rate)
    pair = pictures[chosen], labels[chosen]
    training.fit(tuned, pair, epochs=epochs, batch_size=8)
    return answers_of(pictures[held])


def answers_of(images):
    """Answers of the fine-tuned network: its base's features, then its head."""
    rows = transfer.features(moving, images, cache=False)
    return np.asarray(tuned.get_layer("predictions")(rows))


# %% tags=["nbval-ignore-output"]
said_by = {
    "head alone": np.asarray(head(features[held])),
    "high rate": second_stage(0.01, epochs=1),
    "low rate": second_stage(2e-5, epochs=2),  # last: this one is kept
}
reached_by = {name: judged(said, labels[held]) for name, said in said_by.items()}
for name, (share, loss) in reached_by.items():
    print(f"{name:12} validation accuracy {share:.1%}, loss {loss:.2f}")
lead = reached_by["low rate"][0] - reached_by["high rate"][0]
score.at_least(
    "second stage: accuracy at the low rate less at the high rate",
    lead,
    must["ruin"],
)
lead = reached_by["low rate"][0] - reached_by["head alone"][0]

# %% [markdown]
# On the photographs one epoch at the high rate destroys what was learnt from 1.3 million pictures. The low rate keeps it. Does it *gain* anything? Not that we could tell: its accuracy is within a few pictures of the head's (one picture is about 0.3 points), and its loss need not be better. With few pictures the head is where most of the gain lies; with digits, in section 4, moving all weights was ahead of freezing from 1,000 labels (pairs) or 5,000 (digits) on; for photographs we have not measured it.

# %% tags=["claims"]
# @title Claims
score.true(
    "Keras 3: training=False does not protect batch norm",
    moved["base.trainable = True"] > 0,
)
score.equal(
    "transfer.unfreeze: change of the running means", moved["transfer.unfreeze"], 0
)
score.at_least(
    "second stage at the low rate: accuracy less the head alone's", lead, -0.06
)
score.section()

# %% [markdown]
# ## 7 · Where the time goes
#
# With digits, freezing saved little. With a convolutional base most of an epoch is the *forward* pass of frozen layers, and it gives the same numbers every time. The notes run it in every epoch. The other way: once. Measured are one forward pass and one epoch of the head; an epoch in the notes' way costs both. **Before you run this:** ten epochs of a head. By what factor does the second way win?

# %% tags=["nbval-ignore-output"]
portion = rest[:300]
begun = time.perf_counter()
once = transfer.features(backbone, pictures[portion], cache=False)
forward = time.perf_counter() - begun
inputs = keras.Input(once.shape[1:])
small_head = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(inputs))
training.prepare(small_head)
pair = once, labels[portion]
quick = np.mean(
    training.fit(small_head, pair, epochs=10, batch_size=32).epoch_seconds[1:]
)
slow = forward + quick
print(f"{len(portion)} pictures through the frozen base, once: {forward:.2f} s")
print(f"an epoch of the head on their features: {quick:.3f} s")
again_, once_ = 10 * slow, forward + 10 * quick
print(
    f"ten epochs: {again_:.1f} s against {once_:.1f} s, a factor of {again_ / once_:.1f}"
)

# %% [markdown]
# The last line has the factor. Ten epochs fall short of ten because the head takes time too. The factor grows with the number of epochs, since the features are computed once however many follow; for a single epoch there is nothing to win.
#
# From the second start on, the features come from the disk (`cache=True`, the default; this lesson switches it off to measure). Is there a danger that they are stale? Ask for the kept ones, then for those of one changed picture:

# %%
kept = transfer.features(backbone, pictures[portion[:40]])
again = transfer.features(backbone, pictures[portion[:40]])
dark = pictures[portion[:40]].copy()
dark[0] //= 2
changed = transfer.features(backbone, dark)
rows_changed = int(np.any(np.abs(changed - kept) > 1e-3, axis=1).sum())

# %% [markdown]
# A changed picture makes a new name on disk, so old features are never mistaken for new ones.
#
# ### What is an epoch?
# The notes' folder has 337 training pictures. Their "epoch" is 125 steps of 16. One pass over the folder needs ⌈337/16⌉ = 22 steps. Their validation runs 50 steps of 16 over 59 pictures, which are used up after 4. **By hand**, how many passes is that?

# %%
for name, images, batch, steps in (
    ("training", 337, 16, 125),
    ("validation", 59, 16, 50),
):
    one_pass = int(np.ceil(images / batch))
    whole, more = divmod(steps, one_pass)
    seen = whole * images + min(more * batch, images)
    print(
        f"{name:11} one pass is {one_pass} steps; {steps} steps show {seen:,} pictures",
        end="",
    )
    print(f", {seen / images:.1f} passes")
    wanted = {"training": (1_925, 5.7), "validation": (740, 12.5)}[name]
    score.equal(
        f"{name}: pictures shown, passes", [seen, round(seen / images, 1)], wanted
    )
print(f"five epochs of training: {5 * 1_925 / 337:.1f} passes")

# %% [markdown]
# Their five epochs are 28.6 passes over the folder. Counting steps instead of passes makes trainings look short and small test sets look large.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.at_least(
    "an epoch through the frozen base, over one on features",
    slow / quick,
    3,
)
score.true("kept features are those computed", np.allclose(kept, once[:40], atol=1e-3))
score.true("the second call gives the same numbers", np.array_equal(kept, again))
score.equal("one picture changed: rows of features that change", rows_changed, 1)
score.section()

# %% [markdown]
# ## 8 · Augmentation, and where it must not be
#
# Rotate, shift, shear, zoom, mirror: a cat stays a cat. Each pass shows the network other versions of its few pictures.

# %%
change = datasets.Augmentation()
one = np.repeat(pictures[rest[:1]], 7, axis=0)
plots.show_images(
    [pictures[rest[0]], *change(one, seed=1)],
    columns=8,
    size=1.1,
    alt="One picture as it is, then seven versions: turned, shifted, sheared, zoomed, mirrored.",
)
again = np.array_equal(change(one, seed=1), change(one, seed=1))

# %% [markdown]
# The notes augment the **test** pictures too. **Before you run this:** the weights are fixed. Five passes over the augmented validation pictures: how many different accuracies?

# %% tags=["nbval-ignore-output"]
passes = []
for seed in range(5):
    rows = transfer.features(backbone, change(pictures[held], seed=seed), cache=False)
    passes.append(accuracy(head, rows, labels[held]))
plain = accuracy(head, features[held], labels[held])
ax = plots.spread(
    {"augmented, five passes": 100 * np.array(passes), "as they are": [100 * plain]},
    xlabel="validation accuracy in %, the same weights",
)
plots.show(
    ax,
    alt="Several accuracies for augmented pictures; one further right for the plain ones.",
)
print(
    "augmented", [f"{value:.1%}" for value in passes], "· as they are", f"{plain:.1%}"
)

# %% [markdown]
# On the photographs nearly every pass gives another number, and all are lower than for the pictures as they are. A measurement must not depend on a throw of dice, and it should be made on the pictures one has to judge. Augment the **training** pictures only. `transfer.classifier(..., augment=True)` puts it into the model as layers that act while it trains and never otherwise; `datasets.stream(..., augment=True)` is for folders.
#
# Does it help here? An augmented picture is a new picture with new features. A hundred pictures, and four versions of each more; six epochs instead of thirty, so that the number of steps is the same. **Before you run this:** better, worse, or neither?

# %% tags=["nbval-ignore-output"]
helped = []
for seed in range(3):
    drawn = np.random.default_rng([5, seed]).permutation(rest)[:100]
    changed = np.concatenate(
        [change(pictures[drawn], seed=10 * seed + n) for n in range(4)]
    )
    rows = [features[drawn], transfer.features(backbone, changed, cache=False)]
    train = np.concatenate(rows), np.tile(labels[drawn], 5)
    model, _ = train_head(
        features, (train, (features[held], labels[held])), seed, epochs=6
    )
    helped.append(accuracy(model, features[held], labels[held]))
print("100 pictures           ", [f"{value:.1%}" for value in borrowed])
print("and four versions each ", [f"{value:.1%}" for value in helped])
print(f"means: {np.mean(borrowed):.1%} and {np.mean(helped):.1%}")

# %% [markdown]
# On the photographs neither, as far as this can tell: the means differ by less than the three seeds do among themselves. Why, this lesson does not measure. (Trainings in which the whole network moves were not tried with it.)

# %% tags=["claims"]
# @title Claims
score.true("the same seed gives the same versions", again)
score.at_least(
    "the same weights on augmented pictures: different accuracies",
    len(set(passes)),
    2,
)
score.at_least(
    "augmented training, mean accuracy less that of the plain ones",
    np.mean(helped) - np.mean(borrowed),
    -0.06,
)
score.section()

# %% [markdown]
# ## 9 · The test set, and how far to trust it
#
# All choices are made, on the validation pictures: the better of head and fine-tuned network by accuracy, and by the lower loss when these are equal. If the two are within a picture or two, as above, this is little more than a rule to decide by. Now the test set is opened, once.

# %% tags=["nbval-ignore-output"]
# for section 10
moved_features = transfer.features(moving, pictures[held], cache=False)
pictures = None  # memory: the training folder has done its part
test_pictures, test_labels = pets.part("validation").arrays(
    side,
)  # this folder calls its second part "validation"; it is our test set, unused so far
candidates = {
    "head alone": reached_by["head alone"],
    "fine-tuned": reached_by["low rate"],
}
chosen_name = max(
    candidates, key=lambda name: (candidates[name][0], -candidates[name][1])
)
if chosen_name == "fine-tuned":
    certain = answers_of(test_pictures)
else:
    certain = np.asarray(head(transfer.features(backbone, test_pictures, cache=False)))
correct = certain.argmax(axis=1) == test_labels
print(f"chosen on validation: {chosen_name}")
print(f"test accuracy {correct.mean():.1%} of {len(correct)} pictures")

# %% [markdown]
# The notes test on 59 pictures. One picture is 1/59 = 1.7 points. They report .9824 for VGG16 and .9676 for ResNet50. How many pictures lie between the two? (As section 7 found, their 59 pictures were shown 740 times, augmented: .9824 is 727 of 740 presentations, about 58 of the 59 pictures. Showing a picture again adds hardly any knowledge, so 59 is the number that counts.)
#
# A share measured on *n* images is itself a matter of chance. **Wilson's interval** holds the true share in about 95 of 100 cases. With s = right/n, z = 1.96 and w = z²/n:
#
# middle = (s + w/2)/(1 + w), half width = z/(1 + w) · √(s(1 − s)/n + w/(4n))

# %%
print(f"one picture of 59 is {1 / 59:.1%}")
print(f".9824 − .9676 is {(0.9824 - 0.9676) * 59:.1f} pictures")
shown_right = {share: round(740 * share) for share in (0.9824, 0.9676)}
print("of 740 presentations:", shown_right)
outcomes = {
    "VGG16, about 58 of 59": (58, 59),
    "ResNet50, 57 of 59": (57, 59),
    "580 of 590": (580, 590),
}
figure, ax = plt.subplots(figsize=(7.5, 2.4))
for line, (name, (right_, images)) in enumerate(outcomes.items()):
    interval = binomtest(right_, images).proportion_ci(method="wilson")
    ax.plot(
        [100 * interval.low, 100 * interval.high],
        [line, line],
        linewidth=4,
        color=plots.COLOURS[line],
    )
    ax.plot(100 * right_ / images, line, "o", markersize=9, color=plots.COLOURS[line])
    print(
        f"{name:22} {right_ / images:.2%}, interval {interval.low:.1%} to {interval.high:.1%}",
    )
ax.set(
    yticks=range(3),
    yticklabels=list(outcomes),
    xlabel="accuracy in %",
    ylim=(2.5, -0.5),
)
plots.show(
    figure,
    alt="Three intervals: 58 and 57 of 59 overlap almost wholly; 580 of 590 is a quarter as wide.",
)
# %%
lower = binomtest(58, 59).proportion_ci(method="wilson").low

# %% [markdown]
# 58 of 59 may be a network of 91%. How large must a test set be to tell .9824 from .9676? Suppose these were the true shares. How often does the better network then get *more* pictures right, on *n* pictures? And how often are both level? That can be computed from the binomial distribution, the one that counts heads among *n* throws of a coin. **Guess *n* for 95 of 100 times before you run this.**


# %%
def better_wins(n, good=0.9824, poor=0.9676):
    """Chance that the better of two networks gets more of n pictures right."""
    counts_ = np.arange(n + 1)
    return float((binom.pmf(counts_, n, good) * binom.cdf(counts_ - 1, n, poor)).sum())


def level(n, good=0.9824, poor=0.9676):
    """Chance that both get equally many right."""
    counts_ = np.arange(n + 1)
    return float((binom.pmf(counts_, n, good) * binom.pmf(counts_, n, poor)).sum())


# %%
sizes = [59, 100, 200, 400, 600, 800, 1_000, 1_500]
chances = [better_wins(n) for n in sizes]
needed = next(n for n in range(59, 3_000) if better_wins(n) >= 0.95)
ax = plots.curves(
    {"better network ahead": chances},
    x=sizes,
    xlabel="test pictures",
    ylabel="chance that the better network is ahead",
)
ax.axhline(0.95, linestyle=":", color="black")
plots.show(
    ax,
    alt="Probability that the better network is ahead: low at 59 pictures, near one at 1,000.",
)
behind = 1 - chances[0] - level(59)
print(
    f"59 pictures: better ahead {chances[0]:.0%}, level {level(59):.0%}, behind {behind:.0%}"
)
print(f"95% ahead from {needed} pictures on")
score.equal(
    "59 pictures: better network ahead, level, behind",
    [round(chance, 2) for chance in (chances[0], level(59), behind)],
    [0.58, 0.22, 0.20],
)

# %% [markdown]
# With 59 pictures the better network is ahead in 58 of 100 tests, level in 22, and **behind in 20**: every fifth test of this size names the wrong one. (Both networks see the *same* pictures, so comparing them picture by picture needs somewhat fewer.) The same with our own answers: draw 59 of our test pictures, a thousand times.

# %% tags=["nbval-ignore-output"]
rng = np.random.default_rng(9)
draws = [rng.choice(correct, 59, replace=False).mean() for _ in range(1_000)]
low, high = np.quantile(draws, [0.025, 0.975])
figure, ax = plt.subplots(figsize=(7.5, 2.8))
ax.hist(
    100 * np.array(draws),
    bins=100 * (np.arange(30, 61) - 0.5) / 59,
    color=plots.COLOURS[0],
)
ax.axvline(100 * correct.mean(), color="black", linestyle=":")
ax.set(xlabel="accuracy in % on 59 pictures, one network", ylabel="draws of 1,000")
plots.show(
    figure,
    alt="A histogram of accuracies on 59 pictures, many points wide around the dotted true value.",
)
print(f"one network, 59 pictures: 95 of 100 draws lie from {low:.1%} to {high:.1%}")

# %% [markdown]
# ### A high loss at a high accuracy
# The notes' VGG16 ends with 98.24% and a validation **loss of 2.78**. At 98% a cautious network has a loss below 0.1. The mean over 59 pictures is 2.78, so the sum is 164, and one or two wrong pictures carry nearly all of it. Loss is −log(probability of the truth). **By hand:** what probability did the network give to the truth, if one picture carries 164? If two share it?

# %%
total = 59 * 2.78
for wrong_pictures in (1, 2):
    each = total / wrong_pictures
    print(
        f"{wrong_pictures} wrong: {each:.0f} each, the truth had 10^-{each / np.log(10):.0f}",
    )
of_13 = 740 * 2.78 / (740 - 727)
print(f"or, by presentations: 13 wrong of 740, {of_13:.0f} each")

# %% [markdown]
# One chance in 10⁷¹ for something that was true: the network is **overconfident**. (No 32-bit number between 0 and 1 is so small. Such a loss can only be computed from the sum before the sigmoid, the *log-odds*, which was about −164. Our own `judged` cuts at 10⁻⁷, so with it no picture costs more than 16.) The notes report a training loss of 4·10⁻⁷: with 6.4 million head weights the training pictures could be told with almost full certainty, and the certainty stays when the answer is wrong. Accuracy cannot see that; the loss can. Our flattened head of section 5 shows the same on a smaller scale.

# %% tags=["claims"]
# @title Claims
score.at_least("cats and dogs, test accuracy", float(correct.mean()), must["test"])
score.equal(
    "right presentations of 740, and their shares",
    [
        *shown_right.values(),
        *(round(right_ / 740, 4) for right_ in shown_right.values()),
    ],
    [727, 716, 0.9824, 0.9676],
)
score.close(
    "pictures between .9824 and .9676",
    round((0.9824 - 0.9676) * 59, 2),
    1,
    tolerance=0.15,
)
score.close(
    "58 of 59: lower end of the 95% interval", round(lower, 3), 0.910, tolerance=0.001
)
score.at_least("pictures needed for 95%", needed, 500)
score.at_least(
    "one network, draws of 59 pictures: width of the middle 95%",
    float(high - low),
    must["wide"],
)
score.equal("loss of 59 pictures together", round(total), 164)
score.equal(
    "one wrong picture: powers of ten below certainty", round(total / np.log(10)), 71
)
score.section()

# %% [markdown]
# ## 10 · Look inside
#
# The eight worst test pictures: those whose truth got the least probability. On photographs all of them are mistakes, made with great certainty; the drawings may all be read rightly.

# %% tags=["nbval-ignore-output"]
of_truth = certain[np.arange(len(test_labels)), test_labels]
worst = np.argsort(of_truth)[:8]
said = certain[worst].argmax(axis=1)
names = [name.rstrip("s") for name in pets.class_names]
plots.mistakes(
    test_pictures[worst],
    test_labels[worst],
    said,
    certain[worst].max(axis=1),
    class_names=names,
    columns=4,
    alt="Eight test pictures whose truth got the least probability, with truth and answer.",
)
print(f"{np.sum(~correct)} wrong of {len(correct)}")

# %% [markdown]
# And the features themselves: one number a map for each picture, seen from the side from which they differ most (the first two principal components). Validation pictures, which no training has used. Left the raw pixels, then the features of the base as it came, then after fine-tuning. **Before you look:** which is mixed, which is sorted? The number above each is the distance of the two class means over the spread within a class.


# %%
def two_axes(rows):
    """Rows seen along their two directions of greatest spread."""
    centred = rows.reshape(len(rows), -1).astype("float32")
    centred = centred - centred.mean(axis=0)
    sizes_, axes_ = np.linalg.eigh(centred @ centred.T)  # the largest come last
    return axes_[:, :-3:-1] * np.sqrt(sizes_[:-3:-1])


def apart_by(rows):
    """Distance of the class means over the spread within a class, in the figure."""
    first, second = (rows[labels[held] == label] for label in (0, 1))
    within = np.sqrt(np.mean([first.var(axis=0).sum(), second.var(axis=0).sum()]))
    return float(np.linalg.norm(first.mean(axis=0) - second.mean(axis=0)) / within)


# %% tags=["nbval-ignore-output"]
views = {
    "pixels": two_axes(tiny[held]),
    "features": two_axes(features[held]),
    "fine-tuned": two_axes(moved_features),
}
figure, axes = plt.subplots(1, 3, figsize=(8, 3))
for ax, (name, rows) in zip(axes, views.items(), strict=True):
    for label, title in enumerate(pets.class_names):
        mine = rows[labels[held] == label]
        ax.scatter(
            mine[:, 0], mine[:, 1], s=9, alpha=0.7, label=title, marker="ox"[label]
        )
    ax.set(xticks=[], yticks=[], title=f"{name}: {apart_by(rows):.1f}")
axes[0].legend(fontsize=9)
plots.show(
    figure,
    alt="Three clouds of points: pixels mixed; features half sorted, before and after fine-tuning.",
)
distances = {name: apart_by(rows) for name, rows in views.items()}
print(
    "distance over spread:", {name: f"{value:.2f}" for name, value in distances.items()}
)
lead = distances["features"] - distances["pixels"]

# %% [markdown]
# The base has never heard our question, and its features lie half sorted already: that is what is borrowed. It is a near question, too: among ImageNet's thousand classes are many breeds of dogs and some of cats. The low rate of the second stage has moved the features little.

# %% tags=["claims"]
# @title Claims
score.at_most(
    "worst test picture: probability of its truth",
    float(of_truth.min()),
    must["unsure"],
)
score.at_least("features sort the classes better than pixels, by", lead, must["sorts"])
score.section()

# %% [markdown]
# ## 11 · The notes beside ours
#
# | the notes' network | trained | the notes report | comment |
# |---|---|---|---|
# | parity from scratch | 265,802 | .9506 (validation) | error 4.9% |
# | parity, frozen | 202 | .8930 | 2.2 times the error; "pretty close" |
# | VGG16, flattened head | 6,423,041 | .9297 → .9824 in five epochs | 727 of 740; loss 2.78 (training 4·10⁻⁷) |
# | InceptionV3 | 13,107,713 | .9500 → .9662, loss .2489 | validation of 12.5 passes |
# | ResNet50 | 25,690,625 | .9311 → .9676, loss 2.2139 | about one picture from VGG16 |
# | VGG16, softmax | not counted | not run | its learning-rate schedule is used but never defined: an error |

# %% tags=["nbval-ignore-output"]
print(
    f"{'parity from scratch, ten epochs, stored':52} error {test_error['scratch'].mean():.2%}",
)
print(
    f"{'parity, frozen, ten epochs, stored':52} error {test_error['frozen'].mean():.2%}"
)
print(f"{'parity, digits summed, no training, stored':52} error {untrained.mean():.2%}")
interval = binomtest(int(correct.sum()), len(correct)).proportion_ci(method="wilson")
ours_text = f"{backbone.name}, {chosen_name}, {len(correct)} test pictures"
print(
    f"{ours_text:52} accuracy {correct.mean():.1%} ({interval.low:.1%} to {interval.high:.1%})",
)
chance = fisher_exact([[58, 1], [int(correct.sum()), int((~correct).sum())]]).pvalue
print(
    f"58 of 59 against ours, were both equally good: so far apart by chance {chance:.0%}"
)

# %% [markdown]
# **Why they differ.** With five seeds our errors are a little larger than theirs (test 11.2% and 5.5%, theirs on validation images 10.7% and 4.9%), but the gap is there with every seed, so it is no accident. (Section 4 shows that most of the two errors was unfinished training.) Their cat and dog networks are larger: VGG16 with its flattened head has 14,714,688 + 6,423,041 parameters, fifty times our 412,770. They saw pictures of 224×224 pixels, ours 128×128. But with 59 test pictures their three accuracies cannot be told from each other. The last line compares VGG16's with ours by Fisher's exact test: such a difference comes up by chance more often than once in twenty.

# %% tags=["claims"]
# @title Claims
score.at_most(
    "our test accuracy: half the width of its interval",
    (interval.high - interval.low) / 2,
    must["half"],
)
score.section()

# %% [markdown]
# ## 12 · Exercises
#
# Change the stub, run the cell, read the answer. Solutions are in `solutions/05_transfer_learning_solutions.ipynb`.
#
# **Exercise 1 (recall).** MobileNetV2's base (width 0.35) has 410,208 parameters and gives 1,280 maps. It is frozen; the maps are averaged; a softmax layer with biases tells 17 kinds of flowers. How many **trainable** parameters?

# %%
parameters = None
lesson05.trainable(parameters)

# %% [markdown]
# **Exercise 2 (by hand).** The notes' last network is to train on the 337 pictures with 5 steps of 32 an epoch. How many passes over the folder is that? (Two digits are enough.)

# %%
passes_an_epoch = None
lesson05.passes(passes_an_epoch)

# %% [markdown]
# **Exercise 3 (mend).** Write the parity helper of section 2 so that it can be called twice: 1 for even, 0 for odd, for an array or a list of any shape. Return an array of whole numbers; what is handed over stays as it is.


# %%
def to_even(labels): ...


lesson05.even(to_even)

# %% [markdown]
# **Exercise 4 (code).** Use a network as it is: from the probabilities of ten digits, (N, 10), the probability of an even one, (N,).


# %%
def probability_of_even(probabilities): ...


lesson05.summed(probability_of_even)

# %% [markdown]
# **Exercise 5 (mend).** Write VGG's preparation without the trap of section 5. `images` is (N, height, width, 3), red, green, blue, 0 to 255, floats (32 or 64 bits) or bytes; return floats. The means are 103.939 (blue), 116.779 (green), 123.68 (red).


# %%
def prepared(images): ...


lesson05.prepared(prepared)

# %% [markdown]
# **Exercise 6 (code).** Wilson's 95% interval from the formula of section 9, with z = 1.96. Return (low, high) as shares from 0 to 1.


# %%
def wilson(right, images): ...


lesson05.wilson(wilson)

# %% [markdown]
# **Exercise 7 (design).** Choose for each situation: `"use as it is"`, `"frozen base"`, `"fine-tune"` or `"from scratch"`.
#
# - **A** A network tells 120 breeds of dogs and 80 of cats. You want to know: dog or cat? You have no labels.
# - **B** 120 labelled photographs of garden birds, six kinds; a base trained on ImageNet.
# - **C** 20,000 labelled photographs of mushrooms; the same base; a day on a good machine; every point of accuracy counts.
# - **D** A million labelled spectra from a telescope, 600 numbers each; the same base.

# %%
plan = {"A": None, "B": None, "C": None, "D": None}
lesson05.plan(plan)

# %% [markdown]
# ## 13 · Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("05")

# %% [markdown]
# ## Recap
# 1. Three uses of a trained network: as it is, as a feature extractor with a new head, as the start of a careful training. Try them in this order.
# 2. Borrowing pays when labels are few and the tasks are near. With 55,000 labels a frozen base made 1.6 (section 4) to 2 times (section 3) the errors of a network trained from scratch.
# 3. Frozen layers still run forward. Compute their features once; train heads on them in seconds.
# 4. Copy before you change, prepare pixels inside the model, keep batch norm frozen, and give the second stage a low rate.
# 5. Average the maps instead of flattening them; augment training pictures only; and with 59 test pictures do not compare networks.
#
# ## References
# - The notes: the older lecture notes that this course replaces. They are not published with it; what is quoted from them stands in section 11.
# - J. Yosinski, J. Clune, Y. Bengio, H. Lipson, "How transferable are features in deep neural networks?", NIPS 2014, arXiv:1411.1792.
# - J. Donahue and others, "DeCAF: a deep convolutional activation feature for generic visual recognition", ICML 2014, arXiv:1310.1531. Features of a frozen base.
# - M. Sandler, A. Howard, M. Zhu, A. Zhmoginov, L.-C. Chen, "MobileNetV2: inverted residuals and linear bottlenecks", CVPR 2018, arXiv:1801.04381.
# - K. Simonyan, A. Zisserman, "Very deep convolutional networks", 2014, arXiv:1409.1556; C. Szegedy and others, "Rethinking the Inception architecture", 2015, arXiv:1512.00567; K. He and others, "Deep residual learning", 2015, arXiv:1512.03385. The notes' three bases.
# - S. Kornblith, J. Shlens, Q. Le, "Do better ImageNet models transfer better?", CVPR 2019, arXiv:1805.08974.
# - J. Elson, J. Douceur, J. Howell, J. Saul, "Asirra: a CAPTCHA that exploits interest-aligned manual image categorization", CCS 2007. The pictures.
# - E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American Statistical Association 22, 1927, doi 10.1080/01621459.1927.10502953.

# %% [markdown]
# <details><summary><b>Teacher's notes</b></summary>
#
# **Time plan (90 minutes).** 10 the question and the three uses · 15 base, head swap, shared layers · 10 four arms and the sum · 15 the curve of section 4 · 15 a real base, preparation, features · 10 fine-tuning and batch norm · 10 59 pictures · 5 exercises 1 and 7. The other exercises are homework.
#
# **Short of time?** Skip "a loss that is right by luck", the multiply-adds of section 3, and section 8 after its first figure. Keep the prediction before the curve of section 4: let the class draw it first.
#
# **Discuss.** (1) The sum over even digits beat every trained arm. For which questions is there such a shortcut, and for which not? (2) A colleague has 59 test pictures and two networks at 98.2% and 96.8%. What would you advise: more pictures, more seeds, or another measure?
#
# **Listen for:** "frozen layers cost nothing". Ask what their output is computed from. And: "transfer learning is always better". Point at the right end of the curve.
#
# </details>

# %% [markdown]
# ## Scorecard
#
# **Next:** [06 · LeNet-5 →](06_lenet5.ipynb) · [solutions](solutions/05_transfer_learning_solutions.ipynb)

# %% tags=["nbval-ignore-output"]
score
