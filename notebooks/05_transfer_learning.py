# %% [markdown]
# # 05 · Transfer learning
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/05_transfer_learning.ipynb)
#
# [← 04 · Weight initialization](04_weight_initialization.ipynb) · [all lessons](START_HERE.ipynb) · [solutions](solutions/05_transfer_learning_solutions.ipynb) · further: [odd or even?](further/05_odd_even.ipynb), [what must a base know?](further/05_knows_pairs.ipynb), [three famous bases](further/05_three_bases.ipynb), [reading a report](further/05_reading_a_report.ipynb) · [06 · LeNet-5 →](06_lenet5.ipynb)
#
# **The question.** Lesson 03 learned from thousands of pictures. Most people who want a network have a hundred. What can a hundred photographs teach?
#
# **You will be able to**
# - ask a trained network for an answer to your question before you train anything;
# - put a new head on a trained network, freeze the rest, and then fine-tune it, in plain Keras;
# - say from a measured curve when that helps, and how much a few test photographs can tell;
# - do it all with your own photographs: load, train, save, load again, predict.
#
# **Before this:** lesson 03 (`compile` and `fit`, validation); batch norm from lesson 04. [How to use a lesson](01_convolution_intuition.ipynb) stands on top of lesson 01.
#
# **Time:** about 33 minutes of reading, about 40 more for the six exercises; the code runs in under two minutes on two CPU cores.
#
# **Data:** photographs of cats and dogs (the Asirra set), and of flowers; MobileNetV2 with its ImageNet weights. Where they are unavailable, drawn animals and flowers and a small network of this course stand in.

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
# @title Imports, the look of figures, the photographs
from course_utils import checks, datasets, measure, plots, runtime, widgets

keras = runtime.import_keras()  # first, without TensorFlow's messages

import shutil
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from keras import layers
from scipy.stats import t as student

from course_utils import anatomy, models, transfer
from course_utils.checks import lesson05

lesson = runtime.start(lesson="05")
plots.set_theme()
score = checks.Scorecard("05")
pets = datasets.load_folder("cats_vs_dogs")
flowers = datasets.load_folder("flowers17")
backbone = transfer.best_backbone(["mobilenet_v2_035", "resnet20_cifar10"])
side = 96 if backbone.name.startswith("mobilenet") else 32
backbone = transfer.backbone(backbone.name, input_shape=(side, side, 3))
# photographs, and a base that knows photographs
real = side == 96 and not pets.stand_in
boundary = "block_13_expand" if side == 96 else "stage3_block1_conv1"
BLUE, ORANGE, GREEN, PINK = plots.COLOURS[:4]
# one colour and one line a way of learning, through the whole lesson
COLOURS = {
    "from scratch": ORANGE,
    "a new head": BLUE,
    "fine-tuned": GREEN,
    "all layers": plots.COLOURS[7],
    "as it is": PINK,
}
RED = "#c0392b"  # mistakes
DASHES = dict(zip(COLOURS, ["-", "--", "-.", (0, (5, 1, 1, 1, 1, 1))], strict=False))


def percent(shares, digits=0):
    """Shares as texts for a table."""
    return [f"{100 * share:.{digits}f} %" for share in shares]


# %% [markdown]
# ## 1 · A hundred photographs
#
# Fifty cats and fifty dogs. Somebody wants a network that sorts the next thousand.

# %%
pictures, labels = pets.part("train").arrays(side)  # 0: cat, 1: dog
order = np.random.default_rng(0).permutation(len(labels))
held, learn = np.split(order, [min(400, len(labels) // 3)])


def draw(count, seed=0):
    """Numbers of `count` photographs to learn from, as many cats as dogs."""
    mixed = np.random.default_rng([seed, count]).permutation(learn)
    kinds = [mixed[labels[mixed] == kind][: count // 2] for kind in (0, 1)]
    return np.concatenate(kinds)


hundred = draw(100)

# %% tags=["hide-input", "slide"]
# @title The hundred
rows = pictures[hundred].reshape(10, 10, side, side, 3)
mosaic = rows.transpose(0, 2, 1, 3, 4).reshape(10 * side, 10 * side, 3)
alt = "Fifty small cats, then fifty small dogs."
with plots.figure(size=(3.9, 3.75), alt=alt) as ax:
    plots.show_image(mosaic, ax=ax)
    for row, name in ((2.5, "fifty cats"), (7.5, "fifty dogs")):
        middle_of = dict(rotation=90, ha="right", va="center", fontsize=11)
        ax.text(-0.15 * side, row * side, name, **middle_of)

# %% [markdown]
# 400 more photographs are *held out* for *validation*: we compare networks on them, and no network learns from them. 600 others are for the *test*, at the end. (The folder calls those 600 "validation".)
#
# A CNN like lesson 03's, but larger (three convolutions, then 500 units), learns from the hundred, shrunk to 32×32 pixels, for twenty epochs.
#
# **How many of its own hundred will it name correctly in the end? And how many of a hundred new ones?** A coin names half. Write two numbers down.

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
times = side // 32
squares = pictures.reshape(len(pictures), 32, times, 32, times, 3)
tiny = squares.mean(axis=(2, 4), dtype="float32")  # means of 3×3 pixels

loss, metrics = "sparse_categorical_crossentropy", ["accuracy"]
scratch = []
for seed in (0, 1):
    keras.utils.set_random_seed(seed)
    chosen = draw(100, seed)
    small = models.simple_cnn(variant="cifar", classes=2, scaling=(1 / 255, 0))
    # jit_compile=False: no waiting for a compiler
    small.compile("adam", loss, metrics=metrics, jit_compile=False)
    small.fit(tiny[chosen], labels[chosen], batch_size=20, epochs=20, verbose=0)
    on_both = [small.evaluate(tiny[n], labels[n], verbose=0)[1] for n in (chosen, held)]
    scratch.append(on_both)
scratch = np.array(scratch)
pd.DataFrame(
    {"its own hundred": percent(scratch[:, 0]), "new ones": percent(scratch[:, 1])},
    index=["first draw", "second draw"],
)

# %% [markdown]
# <details><summary><b>Compare with your two numbers</b></summary>
#
# It knows its hundred nearly by heart, and misses four of ten new ones, where a coin would miss five: it has *overfitted*. Half a million weights can fit a hundred photographs in very many ways, most of which have nothing to do with cats.
# </details>
#
# But others have *pre-trained* networks on millions of photographs. There are three ways to use what those know:
#
# 1. take a trained network **as it is** and read our answer off its answers;
# 2. keep its layers, and train only a **new last layer** for our question;
# 3. start there, and **fine-tune**: let borrowed layers change, too, carefully.

# %% tags=["claims"]
# @title Claims
score.equal(
    "photographs both held out and learned from", len(set(held) & set(learn)), 0
)
score.at_least("from scratch: accuracy on its own hundred", scratch[:, 0].mean(), 0.8)
limit = 0.70 if real else 1.0
score.at_most("from scratch: accuracy on new ones", scratch[:, 1].mean(), limit)
score.section()

# %% [markdown]
# ## 2 · First, as it is
#
# This course ships a small network, ResNet-20 (lesson 10 opens it), that has learned the ten classes of CIFAR-10 from 45,000 small pictures. Two of them are cats and dogs. So ask it, without any training: of its ten probabilities for a photograph, the larger of "cat" and "dog" is the answer.

# %%
CAT, DOG = 3, 5  # their places among the ten classes of CIFAR-10
knows = transfer.load_pretrained("resnet20_cifar10")
probabilities = knows.predict(tiny[held], batch_size=100, verbose=0)  # (400, 10)
says_dog = probabilities[:, DOG] > probabilities[:, CAT]

# %% [markdown]
# It has seen none of our labels, and 32×32 pixels, like the network above. **How many of a hundred will it name correctly?**

# %% tags=["setup"]
# @title What stands above each photograph
as_it_is = float(np.mean(says_dog == labels[held]))
classes = "airplane car bird cat deer dog frog horse ship truck"
first_choice = [classes.split()[n] for n in probabilities[:8].argmax(axis=1)]
either = ["dog" if dog else "cat" for dog in says_dog[:8]]
titles = [
    a if a == b else f"{a}, so {b}" for a, b in zip(first_choice, either, strict=True)
]

# %% tags=["hide-cell", "nbval-ignore-output", "slide"]
axes = plots.show_images(pictures[held[:8]], titles=titles, columns=4, size=1.45)
for ax, dog, truth in zip(axes, says_dog, labels[held], strict=False):
    ax.title.set(fontsize=12, color=BLUE if dog == truth else RED)
plots.show(axes, alt="Eight photographs with answers: blue is right, red wrong.")
pd.Series(percent([as_it_is]), index=["as it is"], name="held out").to_frame()

# %% [markdown]
# <details><summary><b>Compare with your number</b></summary>
#
# Our question was already among its answers: it names four of five, with no training and no labels at all. (Titles: its first choice, and its answer where that is neither; red is wrong.) Has somebody trained a network on a question that contains yours? Try it first.
# </details>
#
# **Exercise 1 (code).** ImageNet's thousand classes hold 118 breeds of dogs and five kinds of domestic cats. From the probabilities of all classes (N, classes) and the lists of class numbers that are dogs and that are cats, compute how probable a dog is *if it must be a dog or a cat*: N numbers from 0 to 1.


# %%
def dog_if_either(probabilities, dogs, cats):
    return ...


lesson05.dog_if_either(dog_if_either)

# %% [markdown]
# Most questions have no such luck: nobody has trained a network for screws with and without a crack. From here on we pretend that none answers ours. (The base that we borrow has seen both; a fairer test is section 8.)

# %% tags=["claims"]
# @title Claims
least = 0.75 if real else 0.3
score.at_least("as it is, with no label: accuracy", as_it_is, least)
ahead = as_it_is - scratch[:, 1].mean()
least = 0.08 if real else -1
score.at_least("as it is, ahead of a hundred from scratch by", ahead, least)
score.section()

# %% [markdown]
# ## 3 · A borrowed base and a new head
#
# We borrow from MobileNetV2, made for phones (Sandler and others, 2018), in its smallest edition. It has learned to tell a thousand classes from 1.28 million photographs (ImageNet). 96×96 pixels go in, and before its last layer there are 1,280 maps of 3×3 numbers.
#
# That last layer answers ImageNet's question. Cut it off. What is left is the **base** (many say *backbone*); in the last layer's place comes a **head** of our own: average each map to one number, 1,280 *features*, and a softmax layer of two units. The head starts from random weights. The base is **frozen**: training leaves it as it is. We take the base in two parts.

# %%
# keras.applications.MobileNetV2(
#     input_shape=(96, 96, 3), alpha=0.35, include_top=False, weights="imagenet")
base = backbone.model
middle = base.get_layer(boundary).input  # before the last four blocks

early = keras.Model(base.input, middle, name="early_blocks")
late = keras.Model(middle, base.output, name="last_blocks")
early.trainable = late.trainable = False


def with_head(late, classes=2):
    maps = keras.Input(late.input_shape[1:])
    features = layers.GlobalAveragePooling2D()(late(maps))
    return keras.Model(maps, layers.Dense(classes, activation="softmax")(features))


keras.utils.set_random_seed(0)
network = with_head(late)

# %% tags=["hide-input", "slide"]
# @title What is frozen, what is trained
head_numbers = 2 * (base.output_shape[-1] + 1)
plots.moving_parts(
    {
        "a new head": ["frozen", "frozen", "new"],
        "fine-tuned": ["frozen", "trained", "trained"],
    },
    parts={
        "early blocks": early.count_params(),
        "last blocks": late.count_params(),
        "head": head_numbers,
    },
    alt="Frozen and trained parts: early blocks, last blocks and head in two ways.",
)

# %% [markdown]
# The first row is this section, the second the next. All layers of the first row, frozen ones hatched, can be opened here. (Batch norm counts, but is not drawn. The last blocks begin with the layer that makes 6×6×192.)

# %% tags=["hide-cell"]
# @title All layers
pixels = keras.Input((side, side, 3), name="photograph")
prepared = layers.Rescaling(1 / 127.5, offset=-1, name="rescaling")(pixels)
whole = keras.Model(pixels, network(early(prepared)), name="whole")
plots.architecture(
    anatomy.describe(whole),
    title="A borrowed base and a new head",
    alt="Many hatched blocks, frozen; at the end one dense layer that is trained.",
)

# %% [markdown]
# The base was trained on pixels from −1 to 1, ours run from 0 to 255. So a layer `Rescaling` comes first.
#
# **Exercise 2 (recall).** The same base, frozen, gets a head for 17 kinds of flowers. How many parameters are **trained**? Biases count.

# %%
trained_parameters = ...  # your number

lesson05.trained_parameters(trained_parameters)

# %% [markdown]
# Frozen layers give the same numbers for a photograph in every epoch. So run the early blocks *once*, and keep what comes out: all trainings start there.

# %% tags=["nbval-ignore-output"]
scaled = keras.Sequential([layers.Rescaling(1 / 127.5, offset=-1), early])


def maps_of(pictures):
    return scaled.predict(pictures, batch_size=50, verbose=0)


maps = maps_of(pictures)
maps.shape

# %% [markdown]
# Now train the head on the hundred, with lesson 03's `compile` and `fit`:


# %%
def train(network, inputs, targets, *, rate, epochs):
    optimizer = keras.optimizers.Adam(rate)
    network.compile(optimizer, loss, metrics=metrics, jit_compile=False)
    how = dict(batch_size=16, epochs=epochs, verbose=0)
    history = network.fit(inputs, targets, **how).history
    return history["accuracy"][-1]  # on what it learned from, in the last epoch


def accuracy(network, inputs, targets):
    return network.evaluate(inputs, targets, batch_size=100, verbose=0)[1]


# %% [markdown]
# **From scratch, a hundred photographs were worth ten points above guessing. And now?**

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
of_its_own = train(network, maps[hundred], labels[hundred], rate=0.003, epochs=30)
head_only = accuracy(network, maps[held], labels[held])
after_head = network.get_weights()
pd.Series(percent([head_only], 1), index=["a new head"], name="held out").to_frame()

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# The 2,562 numbers of the head have learned what half a million could not. The features were there already; the head has to say which of them speak for a dog.
#
# And yet it is no better than section 2, which needed no photograph: that network had its answer from 9,000 cats and dogs.
# </details>
#
# What do features see? Three of the 1,280, and for each the six of the 400 photographs at which it is greatest. **What does each look for?**

# %% tags=["hide-input", "nbval-ignore-output", "slide"]
# @title Six photographs for each of three features
features = late.predict(maps, batch_size=100, verbose=0).mean(axis=(1, 2))
three = {"A": 394, "B": 145, "C": 147} if real else {"A": 0, "B": 1, "C": 2}
most = [held[np.argsort(-features[held, number])[:6]] for number in three.values()]
rows = np.concatenate([np.concatenate(pictures[six], axis=1) for six in most])
with plots.figure(size=(5.4, 2.8), alt="Three rows of six cats and dogs.") as ax:
    plots.show_image(rows, ax=ax)
    for row, letter in enumerate(three):
        ax.text(-12, (row + 0.5) * side, letter, ha="right", va="center", fontsize=14)

# %% [markdown]
# <details><summary><b>Compare with what you saw</b></summary>
#
# A: a face between ears that stand up, all cats. B: a broad snout, nearly all dogs. C: a coat with patches, of either. Nobody asked for these: they came of telling a thousand classes apart.
# </details>
#
# Is it what the base *knows*, or its size and sharper pictures? Take the knowledge away: the same base with **random weights**, frozen, and a head trained on its features. (Its batch norms get the statistics of ten photographs, so that the signal lives: lesson 04.) **How many of a hundred?**

# %% tags=["setup"]
# @title A head on a random base
keras.utils.set_random_seed(0)
ignorant = transfer.backbone(backbone.name, input_shape=(side, side, 3), weights=None)
for layer in ignorant.model.layers:
    if isinstance(layer, layers.BatchNormalization):
        layer.momentum = 0.0  # keeps the statistics of the next batch
ignorant.model(backbone.preprocess(pictures[hundred[::10]]), training=True)
some = np.concatenate([hundred, held])
numbers = np.concatenate(
    [
        ignorant.model.predict_on_batch(backbone.preprocess(pictures[part]))
        for part in np.array_split(some, 50)
    ]
).mean(axis=(1, 2))
alive = numbers[:100].std(axis=0).mean()  # spread of a feature over photographs
head = keras.Sequential([layers.Dense(2, activation="softmax")])
head.compile(keras.optimizers.Adam(0.003), loss, metrics=metrics, jit_compile=False)
head.fit(numbers[:100], labels[hundred], batch_size=16, epochs=30, verbose=0)
knows_nothing = [
    head.evaluate(numbers[part], labels[some[part]], verbose=0)[1]
    for part in (slice(0, 100), slice(100, None))
]
knows_much = [accuracy(network, maps[hundred], labels[hundred]), head_only]
del ignorant  # memory

# %% tags=["hide-cell", "nbval-ignore-output", "slide"]
pd.DataFrame(
    {
        "random base": percent(knows_nothing, 1),
        "trained base": percent(knows_much, 1),
    },
    index=["its own hundred", "held out"],
)

# %% [markdown]
# <details><summary><b>Compare with your number</b></summary>
#
# No better than guessing, although this head learns its own hundred nearly by heart. So it *is* what the base knows.
# </details>
#
# *For the curious: [what must a base know?](further/05_knows_pairs.ipynb)*
#
# **Exercise 3 (build).** Swap a head. `base` is any frozen or unfrozen Keras model that takes pictures with numbers from −1 to 1 and gives maps. Return a model that takes pixels from 0 to 255 and gives probabilities of `classes` classes; when it is trained, only the head may learn.


# %%
def new_head(base, classes):
    return ...


lesson05.new_head(new_head, transfer.practice().base)

# %% tags=["claims"]
# @title Claims
count = sum(int(np.prod(w.shape)) for w in network.trainable_weights)
score.equal("parameters that are trained", count, head_numbers)
least = 0.72 if real else 0.5
score.at_least("a hundred photographs, new head: accuracy", head_only, least)
ahead = head_only - scratch[:, 1].mean()
score.at_least("new head, ahead of from scratch by", ahead, 0.1 if real else -1)
ahead = head_only - knows_nothing[1]
score.at_least("trained base, ahead of the random one by", ahead, 0.1 if real else -1)
assert not real or alive > 0.05
assert not real or labels[most[0]].sum() == 0 and labels[most[1]].sum() >= 4
score.section()

# %% [markdown]
# ## 4 · Fine-tuning
#
# The features were made for ImageNet's question. Would features made for *ours* be better? Let the last blocks move, too (the drawing's second row). Two rules:
#
# - **Head first.** The gradients of a fresh head would pull all borrowed layers along. So start from the trained one.
# - **A low rate**, to begin with a tenth of the head's: the borrowed weights are good already. (Section 6 tries others.)


# %%
def fine_tune(network, inputs, targets, *, rate=0.0003, epochs=10):
    late.trainable = True  # and all of its layers; `train` compiles anew
    return train(network, inputs, targets, rate=rate, epochs=epochs)


# %% [markdown]
# All networks on this page share one `late`: fine-tuning one changes what the others see. So keep what was borrowed. The hundred again, for last blocks and head together. **By how many points will that move the accuracy on new photographs, up or down?**

# %% tags=["hide-output", "nbval-ignore-output"]
after_head, borrowed = network.get_weights(), late.get_weights()
while_learning = fine_tune(network, maps[hundred], labels[hundred])
unseen = accuracy(network, maps[held], labels[held])
pd.DataFrame(
    {
        "its own hundred, from fit": percent([of_its_own, while_learning]),
        "held out": percent([head_only, unseen], 1),
    },
    index=["new head", "fine-tuned"],
)

# %% [markdown]
# <details><summary><b>Compare with your points</b></summary>
#
# Down, by some seven, although `fit` reports that the network names its own hundred correctly.
# </details>

# %% tags=["claims"]
# @title Claims
least = 0.95 if real else 0.5
score.at_least("fine-tuned: its own hundred, from fit", while_learning, least)
score.section()

# %% [markdown]
# ## 5 · Right while it learned
#
# `fit` counts *while* the network learns. Now ask `evaluate` about **the same hundred photographs**, with the weights at the end.
#
# **All, or nearly all, were right in `fit`. What will `evaluate` say? And what would you look at first?**

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
again = accuracy(network, maps[hundred], labels[hundred])
pd.Series(
    percent([while_learning, again]),
    index=["fit, while learning", "evaluate"],
    name="the same hundred",
).to_frame()

# %% [markdown]
# <details><summary><b>Compare with your diagnosis</b></summary>
#
# Overfitting? It shows on *new* photographs, and these are the same. What differs between `fit` and `evaluate` is how batch norm works (lesson 04).
#
# - While a network learns, batch norm subtracts the mean of each *batch* and divides by its spread.
# - Asked later, it uses *running* averages instead. The base gathered these from ImageNet, and a step moves them by only a thousandth (momentum 0.999): our seventy steps by 7 %.
#
# So the last blocks have adapted to the means of their batches, and are asked with other means.
# </details>
#
# ### The third rule
# **Batch norm stays frozen.** Then it uses the running averages in both modes. (That is what `trainable = False` does to batch norm in Keras.)


# %%
def fine_tune(network, inputs, targets, *, rate=0.0003, epochs=10):
    late.trainable = True
    for layer in late.layers:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    return train(network, inputs, targets, rate=rate, epochs=epochs)


network.set_weights(after_head)  # the borrowed blocks, and the trained head
fine_tune(network, maps[hundred], labels[hundred])
same = accuracy(network, maps[hundred], labels[hundred])
tuned = accuracy(network, maps[held], labels[held])

# %% [markdown]
# Does that depend on which hundred we drew? Two draws more. **How many points will fine-tuning now be ahead of the head?**

# %% tags=["setup"]
# @title Two more draws of a hundred


def ready(network, rate):
    network.compile(
        keras.optimizers.Adam(rate), loss, metrics=metrics, jit_compile=False
    )
    return network, rate


def restart(network, weights, rate):
    """Give a compiled network its first weights, and an optimizer that remembers nothing."""
    network.set_weights(weights)
    for memory in network.optimizer.variables:
        memory.assign(np.zeros(memory.shape))
    network.optimizer.learning_rate = rate


hundreds = [hundred, draw(100, 1), draw(100, 2)]
head = keras.Sequential([layers.Input(features.shape[1:]), layers.Dense(2, "softmax")])
fresh, _ = head.get_weights(), ready(head, 0.003)
heads, head_alone, norm_trained, norm_frozen = [], [head_only], [], []
for chosen in hundreds[1:]:
    keras.utils.set_random_seed(len(heads) + 1)
    restart(head, fresh, 0.003)
    head.fit(features[chosen], labels[chosen], batch_size=16, epochs=30, verbose=0)
    heads.append(head.get_weights())
    head_alone.append(accuracy(head, features[held], labels[held]))
for rows in (norm_frozen, norm_trained):
    other = network  # batch norm frozen, and compiled
    if rows is norm_trained:
        other = with_head(late)
        for layer in late.layers:
            layer.trainable = True
        ready(other, 0.0003)
    for chosen, weights in zip(hundreds[1:], heads, strict=True):
        restart(other, [*borrowed, *weights], 0.0003)
        other.fit(maps[chosen], labels[chosen], batch_size=16, epochs=10, verbose=0)
        rows.append([accuracy(other, maps[n], labels[n]) for n in (chosen, held)])
norm_trained.insert(0, [again, unseen])
norm_frozen.insert(0, [same, tuned])

# %% tags=["setup"]
# @title A mean difference, ± its standard error


def compared(differences, digits=1):
    """Mean of some differences in points with its standard error, and the draws, as texts."""
    points = 100 * np.asarray(differences)
    error = points.std(ddof=1) / len(points) ** 0.5
    draws = [f"{point:+.{digits}f}".replace("-", "−") for point in points]
    ends = max(digits, 1)
    return f"{points.mean():+.{ends}f} ± {error:.{ends}f}".replace("-", "−"), draws


# %% tags=["hide-cell", "nbval-ignore-output", "slide"]
# @title Three draws, and ± the standard error of a mean difference
own_trained, new_trained = zip(*norm_trained, strict=True)
own_frozen, new_frozen = zip(*norm_frozen, strict=True)
columns = {
    "its own hundred, batch norm trained": own_trained,
    "its own hundred, batch norm frozen": own_frozen,
    "new ones, batch norm trained": new_trained,
    "new ones, batch norm frozen": new_frozen,
    "new ones, the head alone": head_alone,
}
table = pd.DataFrame(
    {name: percent(values, 1) for name, values in columns.items()},
    index=["our hundred", "second draw", "third draw"],
).T
leads = np.subtract(new_frozen, head_alone)
mean_of, draws = compared(leads, 2)
table.loc["frozen over the head alone, points"] = draws
print(f"Fine-tuned with batch norm frozen, over the head alone: {mean_of} points")
table

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# With batch norm frozen, every network still knows its own hundred when it is asked. Trained, two of the three miss about ten of them. On new photographs that cost our hundred nearly ten points, the other draws next to nothing: a trap that does not always snap.
#
# And the head? Fine-tuning is ahead in all three draws, by 2.17 ± 0.74 points on average. (± is the *standard error* of that mean, [lesson 03](03_mlp_vs_cnn.ipynb#is-a-difference-real).) Is that luck? Even if fine-tuning did nothing, the mean of three such differences would lie beyond four times its ± in one case of twenty, the mean of eight beyond two and a half times. So only beyond that will a difference *count* here. This one is 2.9 times its ±: not yet.
# </details>
#
# **Exercise 4 (build).** Fine-tune, and gain. `network` has a frozen base, a layer called `"base"` with layers of its own, and a trained head. Let the base move, all but its batch norm; train further on `pictures` and `labels` (numbers 0 and 1: `loss` is section 1's) at a low rate, and return the network.


# %%
def gain(network, pictures, labels):
    return ...


lesson05.gain(gain, transfer.practice())

# %% tags=["claims"]
# @title Claims
least = 0.01 if real else -1
score.at_least("batch norm trained: fit less evaluate", while_learning - again, least)
score.at_least("new ones: what training batch norm costs", tuned - unseen, least)
own_hundreds = [own_hundred for own_hundred, _ in norm_frozen]
by_luck = [2 * student.sf(times, n - 1) for times, n in ((4, 3), (2.5, 8))]
assert all(0.04 < share < 0.06 for share in by_luck)  # that a mean of n counts
least = 0.97 if real else 0.5
score.at_least("batch norm frozen: own hundred, least of 3", min(own_hundreds), least)
behind = np.mean([own_hundred for own_hundred, _ in norm_trained])
assert not real or (unseen < head_only and behind < min(own_hundreds))
assert not real or 0 < leads.mean() < 0.05
score.section()

# %% [markdown]
# ## 6 · From how many photographs on?
#
# From scratch, a new head, or that head and then fine-tuning by all three rules:
#
# | photographs | 10 | 50 | 200 | 1,000 |
# |---|---|---|---|---|
# | draws (from scratch: one) | 8 | 3 | 3 | 1 |
# | epochs from scratch | 20 | 20 | 20 | 10 |
# | epochs of the head | 40 | 40 | 20 | 10 |
# | epochs of fine-tuning, after it | 20 | 20 | 10 | 5 |
#
# All rates are those of above, and fall to 0 (a *schedule*): large steps first, fine ones at the end.
#
# **Before you open it, sketch three lines: accuracy against the number of photographs. Where do they come up to section 2's network, which cost no photograph?**

# %% tags=["setup"]
# @title Three networks, compiled once and trained again and again
WAYS = ["from scratch", "a new head", "fine-tuned"]
COUNTS = [10, 50, 200, 1_000] if real else [10, 50, 200]
both = [held[labels[held] == kind][:12] for kind in (0, 1)]
seen = np.concatenate(both)  # twelve cats, twelve dogs
said, drawn = {}, {}


def run(way, network, weights, inputs, count, epochs, seed):
    """Train from given weights at a falling rate, and note the accuracy of this draw."""
    network, rate = network
    keras.utils.set_random_seed(seed)
    restart(network, weights, rate)
    chosen, shuffler = draw(count, seed), np.random.default_rng(seed)
    for n in range(epochs):  # `fit` by hand: it spends longer on getting ready
        network.optimizer.learning_rate = rate * (1 - n / epochs)
        for batch in np.split(shuffler.permutation(chosen), range(16, count, 16)):
            network.train_on_batch(inputs[batch], labels[batch])
    if not seed:
        said[way, count] = network.predict(inputs[seen], verbose=0)[:, 1]
    drawn[way, count, seed] = accuracy(network, inputs[held], labels[held])


keras.utils.set_random_seed(0)
small = models.simple_cnn(variant="cifar", classes=2, scaling=(1 / 255, 0))
late.set_weights(borrowed)
for layer in late.layers:
    layer.trainable = not isinstance(layer, layers.BatchNormalization)
scratch_network, head_network = ready(small, 0.001), (head, 0.003)
tuned_network, at_random = (network, 0.0003), small.get_weights()

# %% tags=["setup"]
# @title Fifteen draws, two or three trainings each
DRAWS, EPOCHS = {10: 8, 50: 3, 200: 3, 1_000: 1}, {10: 20, 50: 20, 200: 10, 1_000: 5}
# the first draw comes last: the widget and section 7 use its networks
for seed in reversed(range(8)):
    for count in COUNTS:
        if seed >= DRAWS[count]:
            continue
        epochs = EPOCHS[count]
        if not seed:
            alone = 10 if count == 1_000 else 20  # epochs
            run("from scratch", scratch_network, at_random, tiny, count, alone, seed)
        run("a new head", head_network, fresh, features, count, 2 * epochs, seed)
        start = [*borrowed, *head.get_weights()]
        run("fine-tuned", tuned_network, start, maps, count, epochs, seed)
shares = {
    (way, count): [drawn[way, count, n] for n in range(8) if (way, count, n) in drawn]
    for way, count in said
}
mean = {key: float(np.mean(values)) for key, values in shares.items()}
moved = {
    count: np.subtract(shares["fine-tuned", count], shares["a new head", count])
    for count in (10, 50, 200)
}
told = [compared(points, 0 if len(points) > 3 else 1) for points in moved.values()]

# %% tags=["hide-cell", "nbval-ignore-output", "slide"]
alt = "Accuracy against the number of photographs."
with plots.figure(size=(5.6, 3.6), alt=alt) as ax:
    plots.curves(
        {way: [100 * mean[way, count] for count in COUNTS] for way in WAYS},
        x=COUNTS,
        xlabel="photographs learned from (small dots: the draws)",
        ylabel="accuracy, held out, in %",
        **dict(ax=ax, colours=COLOURS, dashes=DASHES),
    )
    for way, count, seed in drawn:
        share = 100 * drawn[way, count, seed]
        ax.plot(count, share, ".", color=COLOURS[way], alpha=0.6, markersize=7)
    ax.axhline(100 * as_it_is, color=COLOURS["as it is"], linestyle=":")
    words = dict(color=COLOURS["as it is"], fontsize=11, weight="bold", ha="right")
    ax.text(COUNTS[-1], 100 * as_it_is - 3.5, "as it is (section 2)", **words)
    ax.set_xscale("log")
    ax.set_xticks(COUNTS, labels=[f"{count:,}" for count in COUNTS])
    ax.minorticks_off()
    plots.name_lines(ax)
pd.DataFrame(
    [[mean_of, "  ".join(draws)] for mean_of, draws in told],
    index=pd.Index(moved, name="photographs"),
    columns=["fine-tuned over the head, points", "draw by draw"],
)

# %% [markdown]
# <details><summary><b>Compare with your sketch</b></summary>
#
# A head trained on *ten* photographs names no fewer than the network from scratch with a thousand, trained once and briefly. What section 2 knew without any photograph, the head reaches between fifty and two hundred.
#
# Fine-tuning on ten photographs *lost*, here 7.8 ± 3.0 points, in two draws nearly twenty. On fifty and two hundred no difference counts.
# </details>
#
# ### Time, and a rate of its own
#
# Does fine-tuning bring nothing, then? It was short, and at one rate for all. So once more, with patience. The head gets 40 epochs; then the last blocks, or *all* layers, are fine-tuned for 40, 20 and 10 epochs (with 50, 200 and 1,000 photographs). All see mirror images, too. And several rates were tried for each: the one that named most of the 400 validation photographs was taken. Eight draws, counted on the 600 test photographs (stored: `transfer_heads`, `transfer_tuning`). **By how many points is fine-tuning ahead of a head now?**

# %% tags=["setup"]
# @title The stored draws
stored = {name: measure.load(f"transfer_{name}") for name in ("heads", "tuning")}
LONG = [50, 200, 1_000]


def tested(name, way, draws=8):
    """One row a draw: accuracy on 600 test photographs, in %, after 50, 200, 1,000."""
    runs = {(r["arm"], r["seed"]): r["test_accuracy"] for r in stored[name]["runs"]}
    return [[100 * runs[f"{way}, {n}", seed] for n in LONG] for seed in range(draws)]


# %% tags=["hide-cell", "slide"]
# @title Eight draws of each
long = {"a new head": tested("heads", "mirrored")}
long["last blocks"] = tested("tuning", "last blocks")
long["all layers"] = tested("tuning", "all")
alt = f"Test accuracy at {LONG} photographs of a head, the last blocks, all layers."
with plots.figure(size=(5.6, 3.2), alt=alt) as ax:
    styles = [one | {"last blocks": one["fine-tuned"]} for one in (COLOURS, DASHES)]
    look = dict(zip(("colours", "dashes"), styles, strict=True))
    plots.curves(long, x=LONG, ylabel="test accuracy in %", ax=ax, **look)
    ax.set(xscale="log", xlabel="photographs learned from (band: all draws)")
    ax.set_xticks(LONG, labels=[f"{count:,}" for count in LONG])
    ax.minorticks_off()
    plots.name_lines(ax)

# %% tags=["hide-cell"]
# @title The rates found, and what is gained
found = stored["heads"]["rates"] | stored["tuning"]["rates"]
arms = {"a new head": "mirrored", "last blocks": "last blocks", "all layers": "all"}
rates = {way: [found[f"{arm}, {n}"] for n in LONG] for way, arm in arms.items()}
gained, freed = (np.subtract(long[way], long["a new head"]) for way in list(arms)[1:])
plain = partial(np.format_float_positional, precision=2, fractional=False)
rows = {f"{way}: best rate": [plain(rate) for rate in rates[way]] for way in arms}
for way, gains in zip(list(arms)[1:], (gained, freed), strict=True):
    rows[f"{way}, over the head"] = [compared(one / 100)[0] for one in gains.T]
columns = [f"{n:,}" for n in LONG]
pd.DataFrame(rows, index=columns).T.rename_axis("photographs")

# %% [markdown]
# <details><summary><b>Compare with your points</b></summary>
#
# **From two hundred photographs on, fine-tuning gains.** The last blocks are ahead of the head by 1.7 points at 200 and by 2.0 at 1,000, all layers by 2.4 and 2.6: all four count. At fifty nothing does. (The rates have their price: 400 more labelled photographs chose them. And all networks are tested on the same 600; on others the gains may differ.)
#
# Look at the rates: the best ones of the last blocks lie a hundredfold apart, and at 1,000 even above the head's. "A tenth" is where to begin. Then try others.
#
# And at first we fooled ourselves: we compared with a head whose rate had been chosen on *one* draw. In three draws the gain at 200 was then 2.6. Compared with the head above it is 0.7, in the same three. *Tune what you compare with, too, and draw more than three times.*
# </details>
#
# ### Move it yourself
# Twelve cats above the line, twelve dogs below: how probable does a network think a dog is, from left to right? Red frames are mistakes. (First draw: fine-tuning on ten costs only one point.) **Learned from only ten photographs, which of the three networks are wrong and *sure* of it?**

# %% tags=["hide-input", "nbval-ignore-output", "slide"]
# @title The same twenty-four photographs under twelve networks


def look(trained, photographs):
    share = drawn[trained, photographs, 0]
    title = (
        f"{photographs:,} photographs: {100 * share:.0f} % of all held out are right"
    )
    probability = said[trained, photographs]
    return plots.answer_columns(pictures[seen], probability, labels[seen], title=title)


widgets.frames(
    look,
    alt="Twenty-four photographs in four columns by the probability of a dog; mistakes framed in red.",
    start=dict(trained="a new head", photographs=10),
    trained=WAYS,
    photographs=COUNTS,
)

# %% [markdown]
# <details><summary><b>Compare with what you saw</b></summary>
#
# The two that borrow are sure of most of their mistakes: with 1,280 features a head can fit *any* ten photographs, and then it is sure even where it is wrong. From scratch all stand in the inner columns, after only 20 steps.
# </details>
#
# **Exercise 5 (design).** Choose for each: `"use as it is"`, `"frozen base"`, `"fine-tune"` or `"from scratch"`.
#
# - **A** A network tells 120 breeds of dogs and 80 of cats. You want to know: dog or cat? You have no labels.
# - **B** 48 labelled photographs of garden birds, six kinds; a base trained on ImageNet; one evening, no time to try rates.
# - **C** 20,000 labelled photographs of mushrooms; the same base; a day on a good machine; every point of accuracy counts.
# - **D** A million labelled spectra from a telescope, 600 numbers each; the same base.
# - **E** A dozen labelled photographs of two kinds of lichens; the same base; none to spare for choosing a rate.

# %%
plan = {"A": ..., "B": ..., "C": ..., "D": ..., "E": ...}

lesson05.plan(plan)

# %% tags=["claims"]
# @title Claims
few, many = COUNTS[0], COUNTS[-1]
rise = mean["a new head", many] - mean["a new head", few]
score.at_least("new head: what more photographs bring", rise, 0.05 if real else -1)
ahead = [mean["a new head", n] - mean["from scratch", n] for n in COUNTS]
most = mean["a new head", few] - mean["from scratch", many]
score.at_least("head on ten, over from scratch on most", most, -0.02 if real else -1)
score.at_least(
    "new head over from scratch, every number", min(ahead), 0.02 if real else -1
)
least = float(gained[:, 1:].min())
score.at_least("stored, 200 and 1,000: fine-tuned over a head, points", least, 0.5)
far = [np.abs(said[way, 10] - 0.5) for way in WAYS]
wrong = [(said[way, 10] > 0.5) != labels[seen] for way in WAYS]
sure = np.concatenate([d[w] > 0.25 for d, w in zip(far[1:], wrong[1:], strict=True)])
assert not real or (far[0].max() < 0.25 and sure.mean() > 0.5)
ten = moved[10]
assert not real or (np.ptp(ten) > 0.08 and ten.mean() < min(0, ten[0]))
assert [one["at_edge"] for one in stored.values()] == [[], []]
assert list(gained.mean(axis=0).round(1)) == [1.1, 1.7, 2.0]
assert list(freed.mean(axis=0).round(1)) == [0.2, 2.4, 2.6]
for gains in (gained, freed):
    times = gains.mean(axis=0) / (gains.std(axis=0, ddof=1) / 8**0.5)
    assert [bool(one > 2.5) for one in times] == [False, True, True]
by_one_draw = np.subtract(long["last blocks"][:3], tested("tuning", "head", draws=3))
assert [round(at[:, 1].mean(), 1) for at in (by_one_draw, gained[:3])] == [2.6, 0.7]
assert rates["last blocks"] == [3.33e-05, 3e-04, 3.33e-03]
assert rates["all layers"] == [1e-03, 1e-04, 1e-04]
assert rates["a new head"][2] < rates["last blocks"][2]
assert len(learn) == 1_000 or not real
score.section()

# %% [markdown] tags=["slide"]
# ## 7 · How far can you trust 59 photographs?
#
# A report compares two networks on 59 photographs: the first names 98.24 % correctly, the second 96.76 %. **How many photographs lie between them?**
#
# <details><summary><b>Answer</b></summary>
#
# (0.9824 − 0.9676) · 59 = 0.87. Not even one. (And 0.9824 · 59 is no whole number: [why](further/05_reading_a_report.ipynb).)
# </details>
#
# Now our test photographs, with the network fine-tuned on a thousand. Draw 59, write down the share it names correctly, and do that a thousand times. **From where to where do the middle 95 of 100 shares lie?**

# %% tags=["hide-output", "nbval-ignore-output", "slide"]
# the part that we test with; this data set calls it "validation"
test_pictures, test_labels = pets.part("validation").arrays(side)
best, _ = tuned_network  # (network, rate), trained last on a thousand photographs
answers = best.predict(maps_of(test_pictures), verbose=0)
correct = answers.argmax(axis=1) == test_labels  # 600 times True or False

rng = np.random.default_rng(0)
draws = [rng.choice(correct, 59, replace=False).mean() for _ in range(1_000)]
low, high = np.quantile(draws, [0.025, 0.975])
with plots.figure(size=(5.6, 2.8), alt="A broad heap around one line.") as ax:
    numbers, heights = np.unique(draws, return_counts=True)
    ax.bar(100 * numbers, heights, width=1.3, color=COLOURS["fine-tuned"])
    ax.axvline(100 * correct.mean(), color="black", linestyle=":")
    ax.text(
        100 * correct.mean(), 1.06 * max(heights), f"all {len(correct)}", ha="center"
    )
    ax.set(xlabel="named correctly, of 59 photographs, in %", ylabel="of 1,000 draws")
pd.Series(
    percent([correct.mean(), low, high], 1),
    index=["all test photographs", "59 of them: 95 of 100 draws from", "to"],
    name="accuracy",
).to_frame()

# %% [markdown]
# <details><summary><b>Compare with your guess</b></summary>
#
# Over some fifteen points: one network, and the luck of the draw.
# </details>
#
# And the report's two? Even if its numbers were the truth, one test in five, of 59 photographs for each, would put the *worse* network ahead. About 1,800 would tell them apart. (*Further: [worked out](further/05_reading_a_report.ipynb).*)
#
# **Exercise 6 (code).** You have only the n you tested? Redraw *from those*: draw n of them **with replacement**, so that some come twice and some not at all; take the share of right ones; do it 2,000 times. Between which two shares do the middle 95 of 100 lie? Return (low, high). `correct` is an array of True and False.


# %%
def interval(correct, seed=0):
    return ..., ...


lesson05.interval(interval)

# %% tags=["claims"]
# @title Claims
wide = float(high - low)
least = 0.04 if real else 0
score.at_least("59 photographs: middle 95 of 100 draws span", wide, least)
least = 0.8 if real else 0.5
score.at_least("fine-tuned on a thousand: test accuracy", float(correct.mean()), least)
assert not real or wide < 0.18
score.section()

# %% [markdown]
# ## 8 · Your own photographs
#
# All it takes is a folder with one for each kind: `my_photographs/tulip/…jpg`, `my_photographs/daisy/…jpg`. Here we make one, of five kinds of flowers with forty photographs each. Put your own path in its place. (JPEG or PNG; the middle square of each is used.)

# %%
folder = Path(tempfile.mkdtemp()) / "my_photographs"
for kind in ("bluebell", "daisy", "pansy", "sunflower", "tulip"):
    (folder / kind).mkdir(parents=True)
    of_kind = np.flatnonzero(flowers.labels == flowers.class_names.index(kind))
    for number in of_kind[:40]:
        shutil.copy(flowers.paths[number], folder / kind)

own = datasets.load_folder(folder, quiet=True)  # to learn, to choose with, to test
pd.Series(own.counts(), name="photographs").to_frame()

# %% [markdown]
# A hundred photographs again, twenty of each kind. Of the five, ImageNet has the daisy alone: a fair test of borrowing. **How many of a hundred new flowers will it name?** (Guessing: 20.)

# %% tags=["hide-output", "nbval-ignore-output"]
x_own, y_own = own.part("train").arrays(side)
x_new, y_new = own.part("test").arrays(side)
late.set_weights(borrowed)
late.trainable = False
keras.utils.set_random_seed(0)
kinds = with_head(late, classes=len(own.class_names))
_ = train(kinds, maps_of(x_own), y_own, rate=0.003, epochs=30)
right = kinds.predict(maps_of(x_new), verbose=0).argmax(axis=1) == y_new
named = float(right.mean())
low, high = lesson05.yours_or_ours(interval)(right)  # exercise 6
pd.Series(
    percent([named, low, high], 1),
    index=["named correctly", "your interval from", "to"],
    name="new flowers",
).to_frame()

# %% [markdown]
# <details><summary><b>Compare with your number</b></summary>
#
# Nearly all: in close-up, five kinds of flowers probably differ more than cats and dogs do.
#
# How sure is that? Two of fifty were wrong, and your interval (ours, while exercise 6 is open) reaches 100 %. Redrawing can only repeat what is there, and with so few mistakes that is too sure of itself. (*Further: [how often such an interval is wrong, and what to take in its place](further/05_reading_a_report.ipynb).*)
# </details>
#
# Put the parts together, save them, load them tomorrow or elsewhere, and ask about one photograph.

# %%
app = keras.Sequential([keras.Input((side, side, 3)), scaled, kinds])
app.save(folder.parent / "flowers.keras")

tomorrow = keras.models.load_model(folder.parent / "flowers.keras")
path = own.part("test").paths[7]
photograph = keras.utils.load_img(
    path, target_size=(side, side), keep_aspect_ratio=True, interpolation="bilinear"
)  # shrunk smoothly, like those that it learned from
answer = tomorrow.predict(keras.utils.img_to_array(photograph)[None], verbose=0)[0]

# %% tags=["hide-input"]
# @title The photograph and the answer
is_kind = own.class_names[own.part("test").labels[7]]
with plots.figure(
    1,
    2,
    size=(5.6, 2.3),
    width_ratios=[1, 1.3],
    alt="A flower, and five bars: how probable each kind is.",
) as (left, right):
    plots.show_image(
        np.asarray(photograph, "uint8"), title=f"it is a {is_kind}", ax=left
    )
    bars = right.barh(own.class_names, 100 * answer, color=BLUE)
    right.bar_label(bars, [f"{100 * part:.0f} %" for part in answer], padding=3)
    right.set(xlim=(0, 125), xticks=[])
    right.invert_yaxis()
    right.spines["bottom"].set_visible(False)

# %% [markdown]
# ### A friend's app
# A friend builds an app that hands photographs to the two networks, `early` and `kinds`. No error, no warning, and this is what it says to the fifty test photographs, ten of each kind. **What would you look at first?**

# %% tags=["hide-input", "nbval-ignore-output"]
# @title The app, and what it says
handed_on = early.predict(x_new.astype("float32"), verbose=0)
said = kinds.predict(handed_on, verbose=0).argmax(axis=1)
in_the_app = float(np.mean(said == y_new))
often = np.bincount(said, minlength=5)
name = f"answers of the app ({percent([in_the_app])[0]} right)"
pd.Series(often, index=own.class_names, name=name).to_frame()

# %% [markdown]
# <details><summary><b>Compare with your diagnosis</b></summary>
#
# At what goes in. The base learned from pixels between −1 and 1, and the app hands it 0 to 255. `tomorrow` has the scaling inside, so nobody can forget it. (How a photograph is *shrunk* stays outside: `load_img` takes single pixels unless told otherwise.) If a borrowed network performs like guessing, look at its preprocessing first. (*Further: [three famous bases](further/05_three_bases.ipynb).*)
# </details>

# %% tags=["claims"]
# @title Claims
score.at_least("five kinds of flowers, test accuracy", named, 0.7 if real else 0.3)
assert not real or 0.03 <= high - low <= 0.2
ten = x_new[:10].astype("float32")  # one at a time: no new graph, no room for fifty
loaded = tomorrow.predict(ten, batch_size=1, verbose=0)
built = np.concatenate([np.asarray(app(one[None])) for one in ten])
same = float(np.abs(loaded - built).max())
score.at_most("saved and loaded: largest difference", round(same, 6), 1e-5)
score.at_least("accuracy lost in the app", named - in_the_app, 0.2 if real else -1)
score.section()

# %% [markdown] tags=["slide"]
# ## What came of it
#
# In 2014 Donahue and others took features for other questions from a frozen ImageNet network (*DeCAF*); Yosinski and others measured, layer by layer, what can be borrowed and when fine-tuning gains. CLIP (Radford and others, 2021) learned from texts beside pictures, and can be asked for new classes by name: the first way.
#
# ## Recap
#
# 1. Before you train, ask whether a trained network already knows: it needs no labels.
# 2. Else borrow a base: freeze it, put a new head on it, train the head. What makes it work is what the base knows.
# 3. Then fine-tune, from the trained head, with batch norm frozen, at a rate chosen on validation photographs. With ten photographs, at our rate, it lost; with time and a rate of its own it gained about two points from two hundred on.
# 4. The preprocessing belongs in the network. And 59 test photographs cannot tell 98 from 97 %.
# 5. **A hundred photographs teach a network from scratch hardly anything. On a borrowed base they are enough for a head that names four of five cats and dogs, and nearly all of five kinds of flowers, because fur, ears and petals need not be learned any more.**
#
# ## Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("05")

# %% [markdown]
# <details><summary><b>References</b></summary>
#
# - J. Donahue and others, "DeCAF: a deep convolutional activation feature for generic visual recognition", ICML 2014, arXiv:1310.1531.
# - J. Yosinski, J. Clune, Y. Bengio, H. Lipson, "How transferable are features in deep neural networks?", NIPS 2014, arXiv:1411.1792.
# - M. Sandler, A. Howard, M. Zhu, A. Zhmoginov, L.-C. Chen, "MobileNetV2: inverted residuals and linear bottlenecks", CVPR 2018, arXiv:1801.04381.
# - J. Elson, J. Douceur, J. Howell, J. Saul, "Asirra: a CAPTCHA that exploits interest-aligned manual image categorization", CCS 2007. The cats and dogs.
# - M.-E. Nilsback, A. Zisserman, "A visual vocabulary for flower classification", CVPR 2006. The flowers.
# - B. Efron, "Bootstrap methods: another look at the jackknife", *Annals of Statistics* 7(1), 1979. Exercise 6.
# - A. Radford and others, "Learning transferable visual models from natural language supervision", ICML 2021, arXiv:2103.00020.
# </details>
#
# <details><summary><b>Teacher's notes</b></summary>
#
# **The story in a minute.** A hundred photographs of cats and dogs: a network from scratch learns them by heart and little else. A network that was trained on ten other classes, cat and dog among them, already answers. Where no network knows the answer, borrow its layers: freeze them, train a new last layer on the hundred; the same layers with random weights do not help, so it is the knowledge. Then let the last blocks move, slowly, and watch batch norm. How many photographs each way takes, fifteen draws show; how little 59 test photographs tell, a thousand draws.
#
# **Two lessons of 45 minutes.** First: sections 1–3 (10, 10 and 20 min); everyone writes the guesses of sections 1 and 2 on a card; exercises 1 and 2 in pairs. Second: section 4 with its guess (10), 5 as a riddle on the projector (10), 6 with everybody's sketch (15), 8 shown (5). Section 7 and exercises 3 to 6 at home, section 8 again with a folder that the class has photographed.
#
# **One lesson of 90 minutes.** Section 1 (10 min), 2 (10), 3 with exercise 2 (20), 4 (10), 5 (10), 6 with the sketch (15), 8 (5), quiz, questions 1 to 4 (5), and five to spare.
#
# **To skip:** the drawing of all layers in section 3, section 7 with exercise 6 (and quiz question 5), the app of section 8. Never skip the sketch of section 6.
#
# **To discuss.** (1) A colleague has 59 test photographs and two networks at 98.3 and 96.6 %. What would you advise: more photographs, more seeds, or another measure? (2) Whose photographs taught the base? What might it have learned that you do not want in your network?
#
# *Answers.* (1) More photographs: one more right or wrong moves each number by 1.7 points, and no seed and no measure changes that. If there are none, let both networks name the same 59 and compare photograph by photograph. (2) Whoever put theirs on the web before 2010, mostly in rich countries: their dogs, kitchens, weddings. A base may tell a kind by its usual background, or by who is usually seen with it. Test it on photographs of your own, kind by kind and place by place.
#
# **Listen for** "frozen layers cost nothing". Ask what their output is computed from, and why we compute it once. And: "more layers trained is always better". Look at the left end of the curve.
# </details>
#
# ## Scorecard
#
# Your exercises first, then the claims of this lesson, each asserted where it was made.
#
# **Next:** [06 · LeNet-5 →](06_lenet5.ipynb), where freezing tells which layers have to learn · [solutions](solutions/05_transfer_learning_solutions.ipynb)

# %% tags=["nbval-ignore-output"]
checks.own_score(exercises=6)

# %% tags=["nbval-ignore-output"]
score
