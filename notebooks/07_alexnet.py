# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: tags,-all
#     formats: ipynb,py:percent
#     notebook_metadata_filter: kernelspec,jupytext,-jupytext.text_representation.jupytext_version
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 07 · AlexNet
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/07_alexnet.ipynb)
#
# **You will be able to**
# - rebuild AlexNet's table from code, count its 60,965,224 parameters and 724 million multiply-adds, and say where each of them sits;
# - explain the two towers, the odd 227 pixels, and why three networks called AlexNet have three different sizes;
# - compute local response normalisation by hand, and tell when it does anything at all;
# - judge an ingredient (ReLU, LRN, dropout, augmentation, overlapping pools) by leaving it out, with several seeds, on data of your own;
# - recognise a network whose batch norm has not warmed up, prove the cause, and mend it in three ways.
#
# **Before this:** lessons 03 (training with Keras), 04 (first weights) and 06 (LeNet-5). New words are explained in "Words of this lesson".
#
# **Time:** about 90 minutes of reading, 45 more for the exercises; the code runs in about two minutes on two CPU cores.
#
# **Data:** 17 Category Flowers, 1,360 photographs (Nilsback, Zisserman, 2006), and CIFAR-10, of which 5,000 images are used (Krizhevsky, 2009). Where they cannot be had, generated flowers and shapes stand in, and the thresholds change with them.

# %%
# On Colab this cell fetches the course; anywhere else it does nothing.
import sys

if "google.colab" in sys.modules:
    import pathlib
    import subprocess

    course = pathlib.Path("/content/convnet-course")
    if not course.exists():
        address = "https://github.com/convnet-course/convnet-course"
        subprocess.run(["git", "clone", "--quiet", "--depth", "1", address, str(course)], check=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, "anywidget>=0.9.13", "jupyterquiz>=2.9", "-e", str(course)], check=True)
    sys.path.insert(0, str(course))

# %%
import io

from course_utils import checks, datasets, measure, plots, runtime, widgets

keras = runtime.import_keras()  # first of all, and without TensorFlow's start-up messages

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from course_utils import anatomy, inspection, models, training
from course_utils.checks import lesson07
from course_utils.layers import LocalResponseNormalization
from course_utils.recipes import alexnet_activations, alexnet_batchnorm, alexnet_flowers

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="07")
plots.set_theme()
score = checks.Scorecard("07")
flowers = datasets.load_folder("flowers17")
parts = alexnet_flowers.parts(flowers)
names, classes = flowers.class_names, len(flowers.class_names)
print({part: images.shape for part, (images, labels) in parts.items()})

# %% [markdown]
# **Words of this lesson.**
#
# - *Top-1 error*: share of images whose most probable class is wrong. *Top-5 error*: share of images whose class is not among the five most probable.
# - *Multiply-add*, MAC: one product added to a sum; the unit of a network's work.
# - *Tower*: one of two half-networks side by side. *Grouped convolution*: each group of filters sees only its own group of maps.
# - *LRN*, local response normalisation: divides each value by a measure of how loud its neighbours in the channels are.
# - *Dropout*: in training, each unit is silenced by chance; in use, none is.
# - *Augmentation*: training images changed by chance in ways that leave the class as it is.
# - *Ablation*: leaving out one part to see what it was worth.
# - *Narrow twin*: the same network with fewer channels and smaller images, for a laptop.
# - *Batch norm*: shifts and scales each channel to mean 0 and variance 1, in training by the statistics of the batch, in use by *moving statistics* that were kept on the way.
# - *The notes*: an older set of lecture notes that this course replaces. Their mistakes are common ones, and worth a look.
#
# Two small tables hold this lesson's numbers: how much is trained, and what must come out.

# %%
row = dict(epochs=alexnet_flowers.EPOCHS, width=alexnet_flowers.WIDTH)
budget = lesson.choose(quick=row, full=dict(epochs=150, width=1.0))
if flowers.stand_in:
    required = dict(memorised=0.15, flowers=0.55, collapse=0.45)
else:
    required = dict(memorised=0.35, flowers=0.45, collapse=0.30)

# %% [markdown]
# ## 1 · The question: can LeNet-5 tell flowers apart?
#
# LeNet-5 reads 99% of the digits. A digit is a grey drawing in the middle of an empty square. Here are photographs of 17 kinds of flower, 80 of each, half of them for training. They differ in size, place, light and background. **Before you run this:** how many of 100 test flowers will LeNet-5 name? Guessing names six.

# %% tags=["nbval-ignore-output"]
test_images, test_labels = parts["test"]
first_of_each = [test_images[test_labels == label][0] for label in range(classes)]
shown = plots.show_images(first_of_each, titles=list(names), columns=6, size=1.3)
for ax in shown:
    ax.title.set_fontsize(9)
plots.alt_text(shown, "One test photograph of each of the 17 kinds of flower.")
plt.show()
score.equal("kinds of flower", classes, 17)

# %% [markdown]
# Today's LeNet-5 (lesson 06) is made for small pictures, so it gets 50×50 pixels, in three colours: every second row and column of the middle of each photograph. It is trained for as many epochs as we shall give to AlexNet's narrow twin.


# %% tags=["nbval-ignore-output"]
def halved(images):
    """The middle of each photograph at half the resolution, 50×50."""
    return alexnet_flowers.middle(images)[:, ::2, ::2]


train_images, train_labels = parts["train"]
keras.utils.set_random_seed(0)
lenet = models.lenet5(input_shape=(50, 50, 3), classes=classes)
rate = training.one_cycle(1e-3, examples=len(train_labels), batch_size=32, epochs=20)
training.prepare(lenet, optimizer=keras.optimizers.Adam(rate))
settings = dict(epochs=20, batch_size=32, transform=alexnet_flowers.scaled)
training.fit(lenet, (halved(train_images), train_labels), **settings)
lenet_right = {
    part: alexnet_flowers.accuracy(lenet, halved(images), labels) for part, (images, labels) in parts.items()
}
print("LeNet-5 names", {part: f"{share:.1%}" for part, share in lenet_right.items()})
score.at_least("LeNet-5, training flowers named", lenet_right["train"], 0.8)
memorised = lenet_right["train"] - lenet_right["test"]
score.at_least("LeNet-5, training ahead of test", memorised, required["memorised"])

# %% [markdown]
# It knows its training flowers by heart and stumbles over new ones: **overfitting**. The network is large enough, the data are too few for it. The same question stood before everybody in 2012, a thousand times larger: ImageNet's contest (ILSVRC) had 1.2 million photographs of 1,000 classes, and the best programs, with features designed by hand, missed the class with all five of their guesses on one photograph in four.
#
# Alex Krizhevsky, Ilya Sutskever and Geoffrey Hinton then entered a convolutional network. Their five networks and two pre-trained ones together came to a **top-5 error of 15.3%; the second best entry had 26.2%**. (The notes give the network to "Hinton and his student"; it has three authors and bears the first one's name.) This lesson takes their network apart: what is in it, what each ingredient is worth, and what goes wrong when it is copied without care.

# %% [markdown]
# ## 2 · Eight layers
#
# Figure 2 of the paper as a table: five convolutions, three of them followed by a pool, then three dense layers. Every row is a layer with weights. Two columns need a word. *Groups*: with 2, each half of the filters sees only half of the maps. *LRN*: the normalisation of section 3.

# %%
# fmt: off
TABLE = [
    # name    filters kernel stride padding groups  LRN    pool
    ("conv1",  96,     11,    4,    "valid", 1,    True,  True),   # 227 → 55 → 27
    ("conv2", 256,      5,    1,    "same",  2,    True,  True),   # 27 → 13
    ("conv3", 384,      3,    1,    "same",  1,    False, False),  # 13
    ("conv4", 384,      3,    1,    "same",  2,    False, False),  # 13
    ("conv5", 256,      3,    1,    "same",  2,    False, True),   # 13 → 6
]
# fmt: on


def alexnet_here(table=TABLE, side=227, classes=1000, dense=4096):
    """Figure 2 of the paper: ReLU, then LRN, then pooling; dropout behind fc6 and fc7."""
    x = inputs = keras.Input((side, side, 3))
    for name, filters, size, stride, padding, groups, lrn, pool in table:
        settings = dict(strides=stride, padding=padding, groups=groups, activation="relu")
        x = keras.layers.Conv2D(filters, size, name=name, **settings)(x)
        x = LocalResponseNormalization()(x) if lrn else x
        x = keras.layers.MaxPooling2D(3, strides=2)(x) if pool else x  # 3 > 2: they overlap
    x = keras.layers.Flatten()(x)  # 6·6·256 = 9216
    for name in ("fc6", "fc7"):
        x = keras.layers.Dense(dense, activation="relu", name=name)(x)
        x = keras.layers.Dropout(0.5)(x)
    outputs = keras.layers.Dense(classes, activation="softmax", name="predictions")(x)
    return keras.Model(inputs, outputs, name="alexnet")


# %% [markdown]
# `anatomy.describe` reads the layer table of any Keras model, without making room for its weights. Does the table above give the package's network?

# %%
here = anatomy.describe(alexnet_here)
towers = anatomy.describe(models.alexnet, variant="two_tower")
columns = ["output_shape", "params", "macs", "receptive_field"]
print(towers.to_frame(weighted=True, columns=columns).to_string())
print(f"\n{towers.params:,} parameters, {towers.macs:,} multiply-adds for one image")
score.equal("AlexNet, parameters", towers.params, 60_965_224)
score.close("AlexNet, million multiply-adds", round(towers.macs / 1e6, 1), 724.4, tolerance=0.05)
same_shapes = [r.output_shape for r in here.rows] == [r.output_shape for r in towers.rows]
score.true("this cell's network has the shapes of the package's, row by row", same_shapes)
score.equal("this cell's network, parameters", here.params, towers.params)

# %% [markdown]
# Sizes alone prove little. With the same weights, do both give the same *answers*? For that a small copy is enough: 99 pixels, three classes, an eighth of the filters and units.

# %%
narrow_table = [(name, filters // 8, *rest) for name, filters, *rest in TABLE]
built_here = alexnet_here(narrow_table, side=99, classes=3, dense=4096 // 8)
package = models.alexnet("two_tower", input_shape=(99, 99, 3), classes=3, width=1 / 8)
for variable in package.weights:  # larger than the paper's first weights, so that answers differ
    variable.assign(np.random.default_rng(variable.shape[-1]).normal(scale=0.1, size=variable.shape))
built_here.set_weights(package.get_weights())
noise = np.random.default_rng(0).normal(size=(4, 99, 99, 3)).astype("float32")
answers_here, answers_package = np.asarray(built_here(noise)), np.asarray(package(noise))
apart = np.abs(answers_here - answers_package).max()
print("largest difference of the answers is below 0.00001:", bool(apart < 1e-5))
score.true("this cell's network and the package's give equal answers", apart < 1e-5)
varied = float(np.ptp(answers_package, axis=0).max())
score.at_least("answers differ from image to image by", round(varied, 2), 0.02)
del built_here, package

# %% [markdown]
# ### 227 or 224?
# The paper's figure says 224×224 pixels. **By hand:** a kernel of 11 with stride 4 takes (224 − 11)/4 = 53.25 steps. There is no quarter of a step, so 54 windows fit in a row. The paper has 55, and 55 windows need 10 + 55·4 − 3 = 227 pixels: (227 − 11)/4 = 54 steps, 55 windows. Which pixels does 224 waste?

# %%
figure, axes = plt.subplots(1, 2, figsize=(7.5, 3.8))
for ax, size in zip(axes, (28, 31), strict=True):  # like 224 and 227: remainders 1 and 0
    plots.window_positions(size, 11, stride=4, ax=ax)
plots.alt_text(
    figure,
    "Windows of 11 with stride 4. On 28 pixels five fit and one pixel is left over; on 31 pixels six fit exactly.",
)
plt.show()

# %%
sides = {}
for size in (224, 227):
    network = anatomy.describe(models.alexnet, input_shape=(size, size, 3))
    sides[size] = network["conv1"].output_shape[0]
    print(f"{size}: conv1 {network['conv1'].output_shape}, pool5 {network['pool5'].output_shape}")
    print(f"     {network.params:,} parameters, {network.macs / 1e6:.1f} million multiply-adds")
score.equal("conv1 on 224 and on 227 pixels", [sides[224], sides[227]], [54, 55])

# %% [markdown]
# With 224 the maps run 54, 26, 12, 5: the last pool is 5×5, not 6×6, and fc6 has fewer weights. The three missing pixels are not a matter of taste; they cost eleven million parameters.
#
# ### Two towers
# In 2012 the network did not fit into one GPU with 3 GB. The authors cut it in two: half of the filters on each GPU, and only conv3 and the dense layers look across. **By hand**, conv2: each of 256 filters sees 48 of the 96 maps, 5·5·48·256 + 256 = 307,456 parameters; without groups 5·5·96·256 + 256 = 614,656.

# %%
single = anatomy.describe(models.alexnet, variant="single_tower")
print(f"{'':13}{'two towers':>26}{'single tower':>28}")
for name in [entry[0] for entry in TABLE] + ["fc6", "fc7", "predictions"]:
    print(f"{name:13}", end="")
    for network in (towers, single):
        print(f"{network[name].params:>13,}{network[name].macs / 1e6:>9.1f} M", end="     ")
    print()
print(f"{'total':13}{towers.params:>13,}{towers.macs / 1e6:>9.1f} M", end="     ")
print(f"{single.params:>13,}{single.macs / 1e6:>9.1f} M")
score.equal(
    "conv2 with and without groups",
    [towers["conv2"].params, single["conv2"].params],
    [307_456, 614_656],
)
score.equal("single tower, parameters", single.params, 62_378_344)

# %% [markdown]
# The towers save 2% of the parameters and 36% of the work. Textbooks, and the notes, draw a single tower: a different network.
#
# ### A table nobody ran
# The notes' table of the single tower ends in 62,369,152 parameters and 1,135,906,176 "forward" operations. Ours says 62,378,344 and fewer multiply-adds. Who is wrong, and by what?

# %%
dense, conv = ["fc6", "fc7", "predictions"], [entry[0] for entry in TABLE]
missing = sum(single[name].output_shape[-1] for name in dense)
print(f"biases of the dense layers: {missing:,}")
print(f"parameters without them:    {single.params - missing:,}")
added = sum(int(np.prod(single[name].output_shape)) for name in conv)
print(f"outputs of the convolutions, one bias added to each: {added:,}")
print(f"multiply-adds and those additions: {single.macs + added:,}")
score.equal("the notes' parameters explained", single.params - missing, 62_369_152)
score.equal("the notes' operations explained", single.macs + added, 1_135_906_176)

# %% [markdown]
# (650,080 outputs of convolutions: the paper's "650,000 neurons".)
#
# To the unit: the notes forget the 9,192 biases of the dense layers, and count one addition for the bias of every output of a convolution, but none in the dense layers. Neither is far off. A table that adds up is still worth more than one that nearly does.
#
# Three slips more: the notes' "padding 2" of the pools is the *stride*; they give the last layer a ReLU, which would cut all negative scores before the softmax; and they pool before they normalise, where the paper normalises first.
#
# ### Where parameters and work sit
# **Before you run this:** which has more parameters, all five convolutions or one dense layer? And which has more work?

# %%
rows = [single[name] for name in conv + dense]
ax = plots.cost_shares([r.name for r in rows], [r.params for r in rows], [r.macs for r in rows])
plots.alt_text(
    ax,
    "Share of parameters and of work by layer. The five convolutions have almost no "
    "parameters and almost all the work; fc6 alone has 60 percent of the parameters.",
)
plt.show()
in_dense = sum(single[name].params for name in dense) / single.params
in_conv = sum(single[name].macs for name in conv) / single.macs
print(f"dense layers: {in_dense:.0%} of the parameters, {1 - in_conv:.0%} of the work")
score.close(
    "single tower: share of parameters in dense layers",
    round(in_dense, 3),
    0.94,
    tolerance=0.005,
)
score.close("single tower: share of work in convolutions", round(in_conv, 3), 0.95, tolerance=0.005)

# %% [markdown]
# A weight of a dense layer is used once for an image; a weight of conv1 at 55·55 = 3,025 places. So the convolutions are where the **time** goes, and the dense layers where the **memory** goes, and where overfitting lives: 58.6 million numbers that see only one image each time. Later networks drop these layers (lessons 09 and 10).
#
# ### The notes' two AlexNets
# For the flowers the notes train two networks "AlexNet". Model A keeps the filters but pads only conv2; its maps end at 2×2×256 = 1,024 numbers instead of 9,216. Model B also makes conv2 11×11 and ends at a single position. Both have batch norm, a mean and a variance (not trained) and a scale and a shift (trained) for each channel.

# %%
model_a = anatomy.describe(models.alexnet, variant="batchnorm")
print(f"A: {model_a.params:,} parameters, {model_a.trainable_params:,} trainable")
print("A: last maps", model_a["pool5"].output_shape, "- AlexNet:", towers["pool5"].output_shape)
convolutions = [11**2 * 3 * 96 + 96, 11**2 * 96 * 256 + 256]
convolutions += [9 * 256 * 384 + 384, 9 * 384 * 384 + 384, 9 * 384 * 256 + 256]
dense_layers = [257 * 4096, 4097 * 4096, 4097 * 1000, 1001 * 17]
normalised = 96 + 256 + 384 + 384 + 256 + 4096 + 4096 + 1000  # channels with batch norm
model_b = sum(convolutions) + sum(dense_layers) + 4 * normalised
print(f"B: {model_b:,} parameters")
score.equal("model A, parameters", model_a.params, 24_834_833)
score.equal("model A, trainable parameters", model_a.trainable_params, 24_815_697)
score.equal("model B, parameters", model_b, 28_096_769)

# %% [markdown]
# ## 3 · LRN: quiet neighbours, loud neighbours
#
# A nerve cell that fires hard quietens its neighbours (*lateral inhibition*). The paper does the same across channels. At each place, the value *a* of channel *i* is divided by what its *n* neighbouring channels (itself included) add up to:
#
# $$b_i = \frac{a_i}{\left(k + \alpha \sum_{j=i-\lfloor n/2\rfloor}^{i+\lfloor n/2\rfloor} a_j^2\right)^{\beta}} \qquad k=2,\; n=5,\; \alpha=10^{-4},\; \beta=0.75$$
#
# **By hand**, with friendly numbers: channels 1, 2, 0, 3 and n = 3, k = 1, α = 1, β = 1. The second channel is 2; with its neighbours the squares add up to 1 + 4 + 0 = 5; so b = 2/(1 + 5) = 1/3. The fourth has only one neighbour: 3/(1 + 0 + 9) = 0.3. The 3 was the loudest and comes out smaller than the 2.


# %%
def lrn_by_loop(a, n, k, alpha, beta):
    """The formula, channel by channel, for values (channels,)."""
    out = []
    for i in range(len(a)):
        neighbours = a[max(0, i - n // 2) : i + n // 2 + 1]
        out.append(a[i] / (k + alpha * np.sum(neighbours**2)) ** beta)
    return np.array(out)


loud = np.array([1.0, 2.0, 0.0, 3.0])
by_hand = lrn_by_loop(loud, n=3, k=1, alpha=1, beta=1)
print(by_hand.round(4))
score.close("LRN by hand, second channel", round(float(by_hand[1]), 4), 1 / 3, tolerance=1e-3)

# %% [markdown]
# The package's layer and TensorFlow's own, against the loop, with the paper's constants and random maps of 16 channels. TensorFlow calls ⌊n/2⌋ `depth_radius`, and the default of every one of its four numbers differs from the paper: set all four. Some other libraries divide α by n; neither of these does.

# %%
maps = np.random.default_rng(1).normal(scale=50, size=(1, 3, 3, 16)).astype("float32")
paper = dict(n=5, k=2.0, alpha=1e-4, beta=0.75)
loop = np.apply_along_axis(lrn_by_loop, 3, maps.astype(float), **paper)
layer = np.asarray(LocalResponseNormalization(5, k=2.0, alpha=1e-4, beta=0.75)(maps))
tensorflow = tf.nn.lrn(maps, depth_radius=2, bias=2.0, alpha=1e-4, beta=0.75).numpy()
careless = tf.nn.lrn(maps).numpy()
divided = tf.nn.lrn(maps, depth_radius=2, bias=2.0, alpha=1e-4 / 5, beta=0.75).numpy()
candidates = {
    "the package's layer": layer,
    "tf.nn.lrn, all four set": tensorflow,
    "tf.nn.lrn, its defaults": careless,
    "alpha divided by n": divided,
}
for label, values in candidates.items():
    print(f"{label:26} equals the loop: {bool(np.allclose(values, loop, rtol=1e-4))}")
score.true("LRN: layer = loop", np.allclose(layer, loop, rtol=1e-4))
score.true("LRN: tf.nn with four arguments = loop", np.allclose(tensorflow, loop, rtol=1e-4))
score.true("LRN: tf.nn's defaults are others", not np.allclose(careless, loop, rtol=1e-2))

# %% [markdown]
# ### Does it do anything?
# α is 0.0001. The sum must reach the thousands before it counts beside k = 2. How large are the values behind conv1? That depends on the pixels. The paper feeds pixels minus their mean, −128 to 127. Today one scales them to about −2 to 2. So does the size of the weights. Here is the divisor of all positive values behind conv1 of an untrained network, for both kinds of pixels with He's first weights, and for the paper's pixels with the paper's first weights, N(0, 0.01).

# %% tags=["nbval-ignore-output"]
window = alexnet_flowers.middle(parts["train"][0][:64])
centred = window - window.mean(axis=(0, 1, 2))
cases = {
    "pixels of −2 to 2, He's weights": (
        np.asarray(alexnet_flowers.scaled(window)),
        "he_normal",
    ),
    "the paper's pixels, He's weights": (centred, "he_normal"),
    "the paper's pixels and weights": (centred, None),
}
lrn_ratio = {}
for label, (images, start) in cases.items():
    keras.utils.set_random_seed(1)
    shape = dict(input_shape=(99, 99, 3), classes=17, width=0.25)
    fresh = models.alexnet("single_tower", kernel_initializer=start, **shape)
    found = inspection.activations(fresh, images, ["conv1", "norm1"])
    lit = found["conv1"] > 1e-6
    low, high = np.percentile(found["conv1"][lit] / found["norm1"][lit], [5, 95])
    lrn_ratio[label] = float(high / low)
    print(f"{label:34} divisor from {low:.2f} to {high:.2f} (5th and 95th percentile)")
small, large, theirs = lrn_ratio.values()
score.at_most("LRN, pixels of −2 to 2: divisor, 95th over 5th percentile", small, 1.05)
score.at_least("LRN, the paper's pixels: divisor, 95th over 5th percentile", large, 1.5)
score.at_most("LRN, the paper's pixels and weights: the same", theirs, 1.5)

# %% [markdown]
# With pixels of −2 to 2 every value is divided by nearly the same number, 2^0.75 = 1.68: LRN is then a constant factor that the next layer can undo. With the paper's pixels and weights of the size that trained networks have, loud places are divided by several times as much as quiet ones. (At the paper's own small first weights LRN hardly acts either; it begins to count as the weights grow.) **The paper's α belongs to the paper's pixels.** Whoever copies it to scaled pixels has a layer that costs time and does next to nothing. Remember this when LRN is left out in section 5, and be ready for a surprise.
#
# ### Try it
# 24 channels behind conv1 at one place, before and after. Make α larger and watch a loud channel quieten its neighbours. The sliders need a live notebook; the figure shows one setting.


# %%
def draw_lrn(log_alpha=-1.0, n=5, beta=0.75):
    """Bars of 24 channels, before and after LRN with alpha = 10 ** log_alpha."""
    values = np.abs(np.random.default_rng(3).normal(size=24))
    values[11] = 8.0  # a loud one
    after = lrn_by_loop(values, n=n, k=2.0, alpha=10.0**log_alpha, beta=beta)
    figure, ax = plt.subplots(figsize=(7.5, 2.8))
    ax.bar(np.arange(24) - 0.2, values, width=0.4, label="before", color=plots.COLOURS[0])
    ax.bar(np.arange(24) + 0.2, after, width=0.4, label="after", color=plots.COLOURS[1])
    ax.set(xlabel="channel", ylabel="value", title=f"n = {n}, α = {10**log_alpha:.2g}, β = {beta}")
    ax.legend()
    return figure


figure = draw_lrn()
plots.alt_text(figure, "Bars of 24 channels; channel 11 is loud, and after LRN its neighbours shrink most.")
plt.show()

# %% tags=["nbval-ignore-output"]
strength = ipywidgets.FloatSlider(value=-1, min=-5, max=1, step=0.25, description="log₁₀ α")
reach = ipywidgets.IntSlider(value=5, min=1, max=15, step=2, description="n")
power = ipywidgets.FloatSlider(value=0.75, min=0, max=1.5, step=0.05, description="β")
screen = ipywidgets.Image(format="png", width=720)


def lrn_as_png(change=None):
    """Redraw with the values of the sliders."""
    figure, file = draw_lrn(strength.value, reach.value, power.value), io.BytesIO()
    figure.savefig(file, format="png")
    plt.close(figure)
    screen.value = file.getvalue()


lrn_as_png()
for slider in (strength, reach, power):
    slider.observe(lrn_as_png, names="value")
ipywidgets.VBox([strength, reach, power, screen])

# %% [markdown]
# ## 4 · ReLU: how long until a quarter is left?
#
# The first ingredient is for speed. Figure 1 of the paper: a network of four layers on CIFAR-10 comes down to 25% **training** error six times sooner with ReLU than with tanh. Nothing is held back and nothing regularised; it is a race, and each activation gets the learning rate with which it is fastest.
#
# We redo it with three convolutions and a dense layer on 5,000 images. Each activation tried three rates with one seed (stored under `trials`), and its fastest was repeated with five more. ReLU starts from He's weights and the others from Glorot's (lesson 04). **Before you look:** how many times longer will tanh take here?

# %%
race = measure.load("alexnet_activations")
labels = {name: arm.label for name, arm in alexnet_activations.ARMS.items()}


def stored_epochs(name):
    """Epochs to 25 % of each stored run; the limit where it never came there."""
    runs = [run for run in race["runs"] if run["arm"] == name]
    return np.array([run["epochs_to_target"] or race["recipe"]["epochs"] for run in runs])


print(f"{'':10}{'rates tried (epochs to 25%)':44}{'chosen':>7}")
for name, label in labels.items():
    tried = [
        f"{trial['rate']} ({trial['epochs_to_target'] or 'not reached'})"
        for trial in race["trials"]
        if trial["arm"] == name
    ]
    print(f"{label:10}{', '.join(tried):44}{race['rates'][name]:>7}")

# %%
figure, ax = plt.subplots(figsize=(7, 4.2))
for number, (name, label) in enumerate(labels.items()):
    for run in [run for run in race["runs"] if run["arm"] == name]:
        epochs = np.arange(1, len(run["errors"]) + 1)
        style = dict(color=plots.COLOURS[number], linestyle=["-", "--", "-."][number], alpha=0.8)
        ax.plot(epochs, run["errors"], label=label if run["seed"] == 0 else None, **style)
ax.axhline(0.25, color="black", linestyle=":", linewidth=1)
ax.set(xlabel="epoch", ylabel="training error", title="Stored runs, some seeds of each activation")
ax.legend()
plots.alt_text(
    ax,
    "Training error against epochs, five lines an activation. tanh comes to the dotted line at 25 percent first, "
    "ReLU a few epochs later, sigmoid not at all.",
)
plt.show()
for name, label in labels.items():
    values = stored_epochs(name)
    if values.min() < race["recipe"]["epochs"]:
        told = f"{values.min():.1f} to {values.max():.1f} epochs, mean {values.mean():.1f}"
    else:
        told = f"not reached in {values.min():.0f} epochs"
    print(f"{label:8} {told}")

# %% [markdown]
# And live, at the stored rates, with a seed that is not among the stored ones: first ReLU until it arrives, then tanh and sigmoid for as many epochs as ReLU took. Which of them is still on its way?

# %% tags=["nbval-ignore-output"]
cifar = datasets.load("cifar10").subset(train=alexnet_activations.EXAMPLES, test=100)
reached, live_error = race["recipe"]["epochs"], {}
for name in ("relu", "tanh", "sigmoid"):
    settings = dict(rate=race["rates"][name], seed=7, epochs=reached)
    run = alexnet_activations.train(name, cifar, **settings)[1]
    if name == "relu":
        reached = len(run["errors"])
        print(f"ReLU arrives in epoch {reached}")
    live_error[name] = run["errors"][-1]
    print(f"{labels[name]:8} training error after {len(run['errors'])} epochs: {live_error[name]:.1%}")
score.at_most("live: ReLU's training error at the end", live_error["relu"], 0.25)
if not cifar.stand_in:
    low, high = stored_epochs("relu").min() - 2, stored_epochs("relu").max() + 2
    text = f"{reached} in {low:.1f} to {high:.1f}"
    score.true("live: epochs of ReLU near the stored spread", low <= reached <= high, measured=text)
    behind = live_error["sigmoid"] - live_error["relu"]
    score.at_least("live: sigmoid's error when ReLU arrives, minus ReLU's", behind, 0.1)

# %%
ratio = {name: float(stored_epochs(name).mean() / stored_epochs("relu").mean()) for name in labels}
print(f"epochs of tanh over epochs of ReLU: {ratio['tanh']:.2f} (the paper's figure: about 6)")
score.at_most("stored: epochs of tanh over epochs of ReLU", round(ratio["tanh"], 2), 1.5)
ends = {name: [run["errors"][-1] for run in race["runs"] if run["arm"] == name] for name in labels}
last = race["recipe"]["epochs"]
print(f"training error of sigmoid after {last} epochs:", *(f"{error:.0%}" for error in ends["sigmoid"]))
score.at_least(f"stored: least error of sigmoid after {last} epochs", min(ends["sigmoid"]), 0.4)

# %% [markdown]
# Sigmoid is far behind, as everybody says. But tanh is **not** six times slower here: it arrives first. Why? Two things differ from 2012. Our tanh starts from Glorot's weights, which keep signal and gradient alive in it (lesson 04), and it can be trained at a rate of 0.03, at which this ReLU network no longer arrives in time. And the network is shallow and small: with more layers, the flat ends of tanh cost more. We did not measure which of the two matters more. That a figure of a famous paper does not come out on another network is no scandal: it was measured on one network, with one rule of first weights, and its curves have no spread. (Our grid of rates is coarse, a factor of three between neighbours; a finer one might find ReLU a faster rate.)
#
# ## 5 · Against overfitting
#
# LeNet-5 knew its training flowers by heart. The notes name four remedies for scarce data: **augmentation**, **regularisation** (a penalty on large weights, with a strength to be chosen), **dropout**, and **unsupervised pre-training** (first learn to redraw unlabelled images, then the classes). AlexNet used the first three and no pre-training; its authors say so, and expect that it would help. We look at what the network itself contains.
#
# ### Dropout
# In training, each unit of fc6 and fc7 is silenced with probability 0.5, anew for every image; so no unit can rely on another one being there. In the paper all units then speak in use, at half their strength. Keras does the same the other way round: in training the units left are doubled, and in use nothing is changed.

# %%
keras.utils.set_random_seed(4)
units = np.ones((1, 10), "float32")
dropout = keras.layers.Dropout(0.5)
print("in training:", np.asarray(dropout(units, training=True))[0])
print("in use:     ", np.asarray(dropout(units, training=False))[0])
many = np.asarray(dropout(np.ones((1, 100_000), "float32"), training=True))
print(f"mean of 100,000 units in training: {many.mean():.2f}")
score.close("dropout keeps the mean", round(float(many.mean()), 2), 1.0, tolerance=0.02)

# %% [markdown]
# The notes call it "random units per iteration, input and output kept". Right, but "per image" is better: every image of a batch loses other units.
#
# ### Augmentation
# Section 4.1 of the paper does three things to each image, each time it is used. It cuts a window of 224 out of 256 pixels at a random place (we: 99 out of 112); it mirrors every second one; and it shifts the colours of the whole image a little, along the directions in which the colours of all training pixels vary most. (There is no noise in it, as the notes have it.)


# %%
def recolour(image, axes, rng, spread=0.1):
    """Add one random mix of the three colour axes to all pixels of an image."""
    strengths = rng.normal(0, spread, 3)
    return np.clip(image + (255 * strengths @ axes).round(), 0, 255).astype("uint8")


pixels = train_images[:, ::4, ::4].reshape(-1, 3) / 255
variances, directions = np.linalg.eigh(np.cov(pixels, rowvar=False))
colour_axes = (variances * directions).T  # each as long as its variance
same_axes = np.allclose(colour_axes, alexnet_flowers.colour_axes(train_images))
score.true("colour axes: this cell = the package's", same_axes)
one = recolour(train_images[0], colour_axes, np.random.default_rng(5))
package_one = alexnet_flowers.recoloured(train_images[:1], np.random.default_rng(5), colour_axes)[0]
score.true("recoloured image: this cell = the package's", np.array_equal(one, package_one))

# %% tags=["nbval-ignore-output"]
rng = np.random.default_rng(2)
six = np.repeat(train_images[:1], 6, axis=0)
versions = {
    "windows": alexnet_flowers.windows(six, rng),
    "mirrored": alexnet_flowers.mirrored(alexnet_flowers.middle(six), rng),
    "recoloured": alexnet_flowers.recoloured(alexnet_flowers.middle(six), rng, colour_axes),
}
shown = plots.show_images(
    [image for images in versions.values() for image in images],
    titles=[name if number == 0 else "" for name in versions for number in range(6)],
    columns=6,
    size=1.25,
)
plots.alt_text(shown, "One flower six times: other windows; mirrored; with slightly other colours.")
plt.show()
share = variances[::-1] / variances.sum()
print("share of the colours' variance along the three axes:", (100 * share).round(1), "%")
score.at_least("share of the first colour axis", float(share[0]), 0.4)

# %% [markdown]
# ### Overlapping pools
# Windows of 3×3 that move by 2 share a row or column with their neighbours. Windows of 2×2 that move by 2 do not. On the paper's ImageNet this was worth 0.4% of top-1 error.
#
# ### What is each worth? An ablation
# Six arms: all ingredients, all but one, and one with only half an ingredient: LRN with α = 0, which divides every value by the same 2^0.75. The narrow twin is the single tower at a fraction of the width. Every arm is trained with the same seeds, the same epochs and the same rate; the rate and the number of epochs were chosen on the validation part, for the arm with all ingredients (the tries are not stored). The dots are **test** accuracies, looked at once, after the training.
#
# **Before you look:** which ingredient, left out, costs most?

# %%
stored = measure.load("alexnet_flowers")
arm_labels = {name: arm.label for name, arm in alexnet_flowers.ARMS.items()}


def stored_flowers(name, field="test"):
    return np.array([run[field] for run in stored["runs"] if run["arm"] == name])


rows = {arm_labels[name]: 100 * stored_flowers(name) for name in alexnet_flowers.ARMS}
ax = plots.spread(rows, xlabel="test flowers named, %", marks={})
plots.alt_text(
    ax,
    "Test accuracy of six arms, one dot a seed, the mean of each as a bar. Without dropout stands well to the right.",
)
plt.show()
print("seeds:", *sorted({run["seed"] for run in stored["runs"]}))
print(f"{'':24}{'training':>10}{'test':>8}{'from':>8}{'to':>8}{'against all':>22}")
everything = stored_flowers("all")
for name in alexnet_flowers.ARMS:
    test, trained = stored_flowers(name), stored_flowers(name, "train")
    paired = test - everything
    against = f"{paired.mean():+.1%}" if name != "all" else ""
    if name != "all" and len(paired) > 1:
        against += f" ± {paired.std(ddof=1) / np.sqrt(len(paired)):.1%}"
    print(f"{arm_labels[name]:24}{trained.mean():>10.1%}{test.mean():>8.1%}", end="")
    print(f"{test.min():>8.1%}{test.max():>8.1%}{against:>22}")
least = float((stored_flowers("no_dropout") - everything).min())
score.at_least("stored: without dropout minus all, least of the seeds", round(least, 3), 0.04)
between = [stored_flowers(name).mean() for name in ("no_lrn", "constant", "all")]
score.true("stored: LRN with α = 0 comes out between LRN and none", between == sorted(between))

# %% [markdown]
# The last column is the difference to "all ingredients", seed by seed, and its standard error. A difference of less than about two standard errors is not to be believed, and with 340 test flowers 1% is three flowers. (`python -m course_utils.measure alexnet_flowers` makes it all again.)
#
# **Dropout costs**, and it is the one clear result: without it the twin names 8% more flowers, in every seed. The paper says that dropout about doubles the number of iterations needed. The twin has 20 epochs, and with dropout it has not even learnt its training flowers (first column). Dropout is against overfitting, and this network underfits. The paper's had 61 million parameters and 90 passes.
#
# **Augmentation** lowers the training accuracy by 20% and hardly moves the test accuracy: it closes the gap between training and test from above. It would pay where there is time to use it: in 20 epochs each flower is seen in only 20 versions.
#
# **LRN** surprises. Section 3 said that with pixels of −2 to 2 it divides by nearly the same number everywhere, so it should be worth nothing. But without it the twin loses two flowers in a hundred, just about two standard errors. Is it the division by *neighbours*, or just smaller numbers behind the first two convolutions, which suit this learning rate? That is what the arm with α = 0 is for. It comes out between the two, and within the spread of both. So part of the gain is a matter of scale, and whether the neighbours add anything cannot be told from five seeds.
#
# **Overlapping pools** make no difference that can be told from another seed. The paper's gain of 0.4% would be one or two of our 340 flowers.
#
# That dropout harms here says nothing against the paper: an ingredient against overfitting can only pay where overfitting is what limits.

# %% [markdown]
# ## 6 · Flowers, trained honestly
#
# Which arm shall be the network of the rest of this lesson? The **validation** part decides, not the test part: the arm with the best mean over the stored seeds.

# %%
by_validation = {name: stored_flowers(name, "validation").mean() for name in arm_labels}
for name, share in by_validation.items():
    print(f"{arm_labels[name]:24} validation, mean of the seeds: {share:.1%}")
chosen = max(by_validation, key=by_validation.get)
print("chosen:", arm_labels[chosen])
score.equal("arm chosen on validation", chosen, "no_dropout")

# %% [markdown]
# A stored figure must be one that can be contradicted. So the chosen arm is trained live, with a seed that is not among the stored ones.

# %% tags=["nbval-ignore-output"]
settings = dict(seed=11, epochs=budget.epochs, width=budget.width)
trained, live = alexnet_flowers.train(chosen, parts, **settings)
print(f"{arm_labels[chosen]}, seed 11:", ", ".join(f"{part} {live[part]:.1%}" for part in parts))
score.at_least("chosen arm, test flowers named (guessing: 0.059)", live["test"], required["flowers"])
if lesson.profile == "quick" and not flowers.stand_in:
    ahead = live["test"] - stored_flowers("all").mean()
    score.at_least("live: without dropout, ahead of the stored mean of all ingredients", ahead, 0.02)
    low, high = stored_flowers(chosen).min() - 0.06, stored_flowers(chosen).max() + 0.06
    text = f"{live['test']:.3f} in {low:.3f} to {high:.3f}"
    score.true("live: near the stored spread", low <= live["test"] <= high, measured=text)
again = dict(examples=1, seed=11, epochs=1, classes=classes, width=budget.width)
twin = alexnet_flowers.build(alexnet_flowers.ARMS[chosen], **again)
twin.set_weights(trained.get_weights())
del trained, lenet  # with all that trained them: memory
keras.utils.clear_session()

# %% [markdown]
# Its curves, and beside them those of a stored run with all ingredients. **Before you look:** dropout is there to keep training and validation together. Does it?

# %% tags=["nbval-ignore-output"]
whole = next(run for run in stored["runs"] if run["arm"] == "all")
lines = {}
for label, run in {"without dropout, live": live, "all ingredients, stored": whole}.items():
    for key, kind in (("accuracy", "training"), ("val_accuracy", "validation")):
        lines[f"{label}: {kind}"] = run["history"][key]
ax = plots.curves(lines, markers=False)
plots.alt_text(
    ax,
    "Accuracy by epoch. With all ingredients training and validation climb slowly and together; without dropout both "
    "climb faster, and training runs ahead.",
)
plt.show()

# %% [markdown]
# With all ingredients training and validation stay close together; without dropout the training curve runs ahead. Do not read too much into the gap: the training accuracy of an epoch is counted with half of the units silenced and on changed images, the validation accuracy with all units and on images as they are.
#
# ### Ten looks at one flower
# When the paper tests, it shows the network ten windows of each image, the four corners, the middle, and their mirror images, and averages the ten answers. On ImageNet's 2010 test that took the top-1 error from 39.0% to 37.5%. It costs nothing in training. **Before you run this:** will it help here?

# %% tags=["nbval-ignore-output"]
looks = [alexnet_flowers.probabilities(twin, v) for v in alexnet_flowers.ten_windows(test_images)]
chances = np.mean(looks, axis=0)
one_look = alexnet_flowers.accuracy(twin, alexnet_flowers.middle(test_images), test_labels)
ten_looks = float(np.mean(chances.argmax(axis=1) == test_labels))
print(f"one look {one_look:.1%}, ten looks {ten_looks:.1%} of {len(test_labels)} test flowers")
score.at_least("ten looks minus one look, test accuracy", ten_looks - one_look, -0.03)

# %% [markdown]
# One run and 340 flowers cannot settle a difference of a few flowers; the claim above only says that it does no harm worth speaking of.

# %% tags=["nbval-ignore-output"]
best = np.sort(chances, axis=1)[:, ::-1]
ranks = (chances > chances[np.arange(len(test_labels)), test_labels][:, None]).sum(axis=1)
errors = {k: float(np.mean(ranks >= k)) for k in (1, 2, 3, 5)}
print("top-k error:", {k: f"{value:.1%}" for k, value in errors.items()})
print(f"LeNet-5 of section 1: {lenet_right['test']:.1%} right, the twin {one_look:.1%}")
score.at_most("twin, top-5 error among 17 kinds", errors[5], 0.35)
score.at_least("AlexNet's twin minus LeNet-5, test accuracy", one_look - lenet_right["test"], 0.03)

# %% [markdown]
# The twin is ahead of LeNet-5, and better than guessing by far; but it is no AlexNet, and 680 training flowers are no ImageNet. The full profile trains the twin at the paper's width for 150 epochs; it wants a GPU, and no number of it is stored here.
#
# ## 7 · What goes wrong: a network that knows and cannot say
#
# The notes train model A on 1,088 flowers for five epochs in batches of 64 and hold 272 back. Training accuracy climbs to 61%. Validation accuracy: 7%, five times over, while the validation loss rises from 3.2 to 7.2. Nineteen of 272 is one class of seventeen: the network gives **one answer to every flower**.
#
# One suspects the split: had the last 272 photographs in order been held back, their kinds would never have been seen. But the notes' loader shuffles. And there is a test that settles it, below. First the same thing on a narrow twin. **Before you look:** training accuracy is high. Shown its own *training* flowers again, how many will the network name?

# %% tags=["nbval-ignore-output"]
split = alexnet_batchnorm.split(flowers)
(bn_train, bn_labels), (bn_held, held_labels) = split
arm = alexnet_batchnorm.ARMS["notes"]
sick, found = alexnet_batchnorm.train("notes", split, seed=21)
print(f"{len(bn_labels)} flowers for training, {len(held_labels)} held back,", end=" ")
print(f"{len(np.unique(held_labels))} kinds among them")
last = found["history"]["accuracy"][-1]
print(f"training accuracy of the last epoch, as fit reports it: {last:.1%}")
print(f"the same training flowers, shown again in use:          {found['train']:.1%}")
print(f"validation: {found['validation']:.1%}; kinds ever answered: {found['answers_used']}")
apart = last - found["validation"]
score.at_least("as in the notes: reported training minus validation accuracy", apart, 0.2)
score.at_most("as in the notes: its own training flowers, in use", found["train"], required["collapse"])
score.equal("kinds among the flowers held back", len(np.unique(held_labels)), classes)

# %% [markdown]
# All 17 kinds are among the flowers held back, and the network fails on its own training flowers. It is not the split, and it is not overfitting. Between training and use only two things change: dropout, which gets easier, and **batch norm**. In training batch norm divides by the variance of the batch; in use by the moving variance. How does that one come about?
#
# $$\text{moving} \leftarrow 0.99 \cdot \text{moving} + 0.01 \cdot \text{batch}$$
#
# It begins at 1 and takes one small step a batch. **By hand:** 1,088 flowers in batches of 64 are 17 steps an epoch, 85 in five epochs, and 0.99⁸⁵ of the 1 is still in it.

# %%
steps = alexnet_batchnorm.updates(1_088, alexnet_batchnorm.ARMS["notes"])
left = 0.99**steps
print(f"{steps} steps leave 0.99^{steps} = {left:.4f} of the first variance")
for steps_more in (85, 230, 460):
    print(f"{steps_more:4} steps: {0.99**steps_more:.3f}; at momentum 0.9: {0.9**steps_more:.0e}")
score.equal("steps of the notes' training", steps, 85)
score.close("share of the first variance left", round(left, 4), 0.4256, tolerance=5e-5)

# %% [markdown]
# That matters only if the true variances are far from 1. For each of the seven batch norms: the variance its channels really have over the training flowers, and the one the network divides by.

# %% tags=["nbval-ignore-output"]
norms = [layer for layer in sick.layers if isinstance(layer, keras.layers.BatchNormalization)]
kept_before = [np.asarray(layer.moving_variance).copy() for layer in norms]
weights_before = sick.get_weights()
alexnet_batchnorm.reestimate(sick, bn_train, arm)
true_after = [np.asarray(layer.moving_variance) for layer in norms]
sick.set_weights(weights_before)
typical = {
    layer.name: (np.median(true), np.median(moving))
    for layer, true, moving in zip(norms, true_after, kept_before, strict=True)
}
print(f"{'':6}{'true variance':>15}{'moving variance':>18}{'signal too small by':>22}")
for name, (true, moving) in typical.items():
    print(f"{name:6}{true:>15.4f}{moving:>18.4f}{np.sqrt(moving / true):>22.1f}")
shrunk = float(np.prod([np.sqrt(moving / true) for true, moving in typical.values()]))
print(f"all seven together: {shrunk:,.0f} times too small")
score.at_least("first batch norm: moving variance over true", typical["bn1"][1] / typical["bn1"][0], 3)

# %% [markdown]
# Where the true variance is far below 1, most of all in the first layer, the left-over 0.43 dominates, and the batch norm lets through a signal that is too small. Layer after layer works on what the one before has shrunk. What reaches the end hardly depends on the flower any more, and the softmax answers with whatever its biases prefer. (The last column is an estimate: each true variance was taken with healthy inputs, and the factors act one after the other.)
#
# ### Three mends
# 1. **Momentum 0.9**: 0.9⁸⁵ is nothing.
# 2. **More steps**: batches of 8 make 680 of them, 0.99⁶⁸⁰ = 0.001.
# 3. **Estimate anew**: leave the weights alone, pass once over the training flowers, and take the plain mean of the batch statistics.
#
# **Before you run this:** the third mend learns nothing. Can it lift validation from chance?


# %%
def estimate_anew(model, images, to_numbers, batch_size=64):
    """One pass in training mode; momentum (n − 1)/n makes the moving value a plain mean."""
    norms = [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]
    momenta = [norm.momentum for norm in norms]
    order = np.random.default_rng(0).permutation(len(images))
    for number, start in enumerate(range(0, len(images), batch_size)):
        for norm in norms:
            norm.momentum = number / (number + 1)
        model(to_numbers(images[order[start : start + batch_size]]), training=True)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum


# %% tags=["nbval-ignore-output"]
kernels = [w.numpy().copy() for w in sick.trainable_variables]
estimate_anew(sick, bn_train, lambda images: alexnet_batchnorm.pixels(images, arm))
untouched = all(np.array_equal(a, b) for a, b in zip(kernels, sick.trainable_variables, strict=True))
anew = alexnet_batchnorm.judged(sick, split, arm)
mends = {"as in the notes": found, "estimated anew": anew}
mends["momentum 0.9"] = alexnet_batchnorm.train("momentum", split, seed=21)[1]
print(f"{'':18}{'training':>10}{'validation':>12}{'kinds answered':>16}")
for label, run in mends.items():
    print(f"{label:18}{run['train']:>10.1%}{run['validation']:>12.1%}{run['answers_used']:>16}")
score.true("estimating anew changes no trained weight", untouched)
for label in ("estimated anew", "momentum 0.9"):
    gained = mends[label]["validation"] - found["validation"]
    score.at_least(f"{label}: validation gained", gained, 0.1)

# %% [markdown]
# The knowledge was there all the time. The stored measurement has five other seeds and two arms more: the second mend, batches of 8, and the notes' pixels. Their loader divides by 255, and the program divides by 255 again, so that pixels run from 0 to 0.004. (`python -m course_utils.measure alexnet_batchnorm` makes it again.)

# %%
batch_norm = measure.load("alexnet_batchnorm")


def stored_norm(name, field="validation"):
    return 100 * np.array([run[field] for run in batch_norm["runs"] if run["arm"] == name])


def stored_anew(name):
    runs = [run for run in batch_norm["runs"] if run["arm"] == name]
    return 100 * np.array([run["reestimated"]["validation"] for run in runs])


groups = {
    "as in the notes": stored_norm("notes"),
    "pixels divided twice": stored_norm("twice_divided"),
    "momentum 0.9": stored_norm("momentum"),
    "batches of 8": stored_norm("more_updates"),
    "notes, estimated anew": stored_anew("notes"),
    "divided twice, estimated anew": stored_anew("twice_divided"),
}
ax = plots.spread(groups, xlabel="validation flowers named, %", marks={"guessing": 100 / 17})
plots.alt_text(
    ax,
    "Validation accuracy, a dot a seed. As in the notes and with pixels divided twice near "
    "guessing; with each of the three mends several times as high.",
)
plt.show()
for label, values in groups.items():
    print(f"{label:30} mean {values.mean():5.1f}%, from {values.min():.1f}% to {values.max():.1f}%")

# %% [markdown]
# As in the notes, the network as it is stays between guessing and three times that; with the pixels divided twice the variances are smaller still, and it gives one answer to everything. Each mend lifts it. Batches of 8 come out worst of the three: their statistics are cured, but a mean over 8 flowers is a noisy one to train by, and the training itself suffers. Which mend to take? Estimating anew costs one pass and can be done to a network that is already trained. For a new training, a smaller momentum whenever there are only a few hundred steps.

# %%
mended = ("momentum 0.9", "batches of 8", "notes, estimated anew")
worst_mend = min(groups[name].min() for name in mended)
best_sick = groups["as in the notes"].max()
print(f"worst mended run {worst_mend:.1f}%, best run as in the notes {best_sick:.1f}%")
apart = round(float(worst_mend - best_sick), 1)
score.at_least("stored: worst mended run minus best run as in the notes, %", apart, 5)

# %% [markdown]
# ## 8 · Look inside
#
# ### Filters of the first layer
# In the paper the two towers divided the work by themselves: the 48 filters on the first GPU came to ignore colour (edges and gratings), the 48 on the second to look for it (blobs of colour), in every run, whatever the first weights. Ours is a single tower with few filters, trained on 680 flowers. What have its filters become?

# %% tags=["nbval-ignore-output"]
filters = inspection.first_filters(twin)
untrained = alexnet_flowers.build(alexnet_flowers.ARMS[chosen], **again)
learnt = filters - inspection.first_filters(untrained)  # the same first weights, by the seed


def as_colours(filter_):
    """Stretch one filter to the range 0 to 1, to be shown as a colour picture."""
    return (filter_ - filter_.min()) / (filter_.max() - filter_.min())


strongest = np.argsort(-(learnt**2).sum(axis=(1, 2, 3)))[:6]
shown = plots.show_images(
    [as_colours(kernels[i]) for kernels in (filters, learnt) for i in strongest],
    titles=["filter"] * 6 + ["learnt"] * 6,
    columns=6,
    size=1.3,
)
plots.alt_text(
    shown,
    "Six first-layer filters of 11 by 11 pixels in colour, which look like noise, and below "
    "them what training has added, smooth patches of colour.",
)
plt.show()


# %% tags=["nbval-ignore-output"]
def colourfulness(kernels):
    """Share of the filters' squares that differs between the three channels; 0 is grey."""
    grey = kernels.mean(axis=-1, keepdims=True)
    return float(((kernels - grey) ** 2).sum() / (kernels**2).sum())


def smoothness(kernels):
    """Correlation of neighbouring weights: 0 for noise, towards 1 for smooth patches."""
    return float(np.corrcoef(kernels[:, :, 1:].ravel(), kernels[:, :, :-1].ravel())[0, 1])


first = inspection.first_filters(untrained)
for label, kernels in {"first": first, "trained": filters, "learnt": learnt}.items():
    print(f"{label:8} colourfulness {colourfulness(kernels):.2f}", end=", ")
    print(f"neighbours correlate {smoothness(kernels):+.2f}")
score.close("colourfulness of random filters", colourfulness(first), 2 / 3, tolerance=0.06)
score.at_least("what was learnt is smooth: neighbours correlate", smoothness(learnt), 0.2)

# %% [markdown]
# The filters look like the noise they started from. What training has *added* is smooth and has colour: patches, light against dark. With 680 flowers and seconds of training the noise is still the larger part. The paper's clean edges and blobs took 90 passes over 1.2 million images. Whether towers specialise cannot be seen at this size, and we do not claim it.
#
# ### A flower on its way

# %% tags=["nbval-ignore-output"]
sure = np.flatnonzero(chances.argmax(axis=1) == test_labels)
number = int(sure[chances[sure].max(axis=1).argmax()])
image = alexnet_flowers.middle(test_images[number : number + 1])
numbers = np.asarray(alexnet_flowers.scaled(image))
way = inspection.activations(twin, numbers, ["conv1", "conv2", "conv5"])
shown = plots.show_images(
    [image[0]] + [maps[0][..., c] for maps in way.values() for c in np.argsort(maps[0].max((0, 1)))[-7:]],
    titles=[names[test_labels[number]], *[f"{name}" for name in way for _ in range(7)]],
    columns=11,
    size=0.95,
)
for ax in shown:
    ax.title.set_fontsize(8)
plots.alt_text(shown, "A test flower, and the seven strongest maps behind conv1, conv2 and conv5.")
plt.show()
print({name: maps.shape[1:] for name, maps in way.items()})
score.equal("maps behind conv5", way["conv5"].shape[1:3], (5, 5))

# %% [markdown]
# Behind conv1 the flower can still be recognised; behind conv5 there are 5×5 numbers a map: where something is, roughly, and no longer what it looks like.
#
# ### Which flowers are taken for which?
# Rows are the truth, columns the answer (ten looks). **Before you look:** which two kinds would you confuse?

# %% tags=["nbval-ignore-output"]
answers = chances.argmax(axis=1)
counts = np.zeros((classes, classes), int)
np.add.at(counts, (test_labels, answers), 1)
figure, ax = plt.subplots(figsize=(8, 6.6))
plots.confusion_matrix(counts, class_names=names, ax=ax)
ax.tick_params(labelsize=9)
plots.alt_text(ax, "Confusion matrix of 17 kinds of flower on the test photographs.")
plt.show()
wrong = counts * (1 - np.eye(classes, dtype=int))
for place in np.argsort(wrong, axis=None)[::-1][:3]:
    truth, answer = np.unravel_index(place, wrong.shape)
    print(f"{names[truth]} taken for {names[answer]}: {wrong[truth, answer]} of {counts[truth].sum()}")
each = counts.diagonal() / counts.sum(axis=1)
print(f"best: {names[each.argmax()]} {each.max():.0%}; worst: {names[each.argmin()]} {each.min():.0%}")
score.at_least("best kind minus worst kind, share named", float(each.max() - each.min()), 0.2)

# %% tags=["nbval-ignore-output"]
mistaken = np.flatnonzero(answers != test_labels)
worst = mistaken[np.argsort(chances[mistaken, answers[mistaken]])[::-1][:8]]
shown = plots.mistakes(
    test_images[worst],
    test_labels[worst],
    answers[worst],
    chances[worst, answers[worst]],
    class_names=names,
    columns=4,
)
shown[0].figure.set_size_inches(7.8, 4.6)
for ax in shown:
    ax.title.set_fontsize(8)
plots.alt_text(shown, "The eight mistakes made with the greatest certainty.")
plt.show()
certain = chances[worst, answers[worst]].mean()
score.at_least("mean certainty of the eight worst mistakes", float(certain), 0.4)

# %% [markdown]
# ## 9 · The paper beside ours
#
# | | data | top-1 error | top-5 error |
# |---|---|---|---|
# | AlexNet, paper, one network | ILSVRC-2010, test | 37.5% | 17.0% |
# | the same without ten windows | ILSVRC-2010, test | 39.0% | 18.3% |
# | AlexNet, paper, one network | ILSVRC-2012, validation | 40.7% | 18.2% |
# | seven networks, the winning entry | ILSVRC-2012, test | not published | 15.3% |
# | second best entry | ILSVRC-2012, test | not published | 26.2% |
#
# (The 57.1% and 80.2% that the notes call official are accuracies of a public re-implementation, not the paper's. And "LRU" is LRN.) The paper's own ablations on ImageNet, top-1 and top-5 error saved: two towers against one tower of half the filters 1.7% and 1.2%; LRN 1.4% and 1.2%; overlapping pools 0.4% and 0.3%; colours more than 1%. Ours:

# %%
print(f"{'narrow twin, 17 flowers':42}{'top-1 error':>12}")
for name in alexnet_flowers.ARMS:
    values = 1 - stored_flowers(name)
    print(f"{arm_labels[name]:42}{values.mean():>12.1%}  ({values.min():.1%} to {values.max():.1%})")

# %% [markdown]
# **Why they differ.** ImageNet's training set has 1.2 million photographs of 1,000 classes, ours 680 of 17. The network there had 61 million parameters and learned for 90 passes, five to six days on two GPUs; ours has some hundred thousand and learns for seconds. Errors over 1,000 and over 17 classes cannot be compared at all. What can be compared is the *direction* of an ingredient, and even that only where the spread allows it: with 340 test flowers a difference of 1% is three flowers.
#
# ## 10 · Exercises
#
# Change the stub, run the cell, read the answer. Solutions are in `solutions/07_alexnet_solutions.ipynb`.
#
# **Exercise 1 (recall).** Kernels of 11×11 with stride 4 on an image of 224×224: what is the side of the maps without padding, and with two pixels of padding on *every* side?

# %%
plain, padded = None, None
lesson07.conv1_sides(plain, padded)

# %% [markdown]
# **Exercise 2 (by hand).** LRN with n = 3, k = 1, α = 0.5, β = 1. At one place the channels hold 2, 4, 0, 6. What becomes of the 4? Give at least three digits.

# %%
normalised_value = None
lesson07.lrn_by_hand(normalised_value)

# %% [markdown]
# **Exercise 3 (code).** Write the number of parameters of a convolution with square kernels of `size`, `inputs` input maps, `filters` filters and `groups` groups. Every filter has one bias.


# %%
def grouped_parameters(size, inputs, filters, groups): ...


lesson07.grouped_parameters(grouped_parameters)

# %% [markdown]
# **Exercise 4 (code).** Which share of the first moving variance is left after a training? The last batch of an epoch may be smaller; it counts.


# %%
def start_left(momentum, examples, batch_size, epochs): ...


lesson07.start_left(start_left)

# %% [markdown]
# **Exercise 5 (find the error).** A colleague reports: "After 60 steps `fit` says 97% training accuracy and 6% validation accuracy. I then ran `evaluate` on the *training* images: 6%. The training loss fell all the time." Choose the cause: `"overfitting"`, `"ordered split"`, `"moving statistics"` or `"learning rate"`.

# %%
cause = None
lesson07.cause(cause)

# %% [markdown]
# **Exercise 6 (code).** Write the top-k error: `probabilities` is (N, classes), `labels` (N,). The share of images whose class is not among the `k` most probable.


# %%
def top_k_error(probabilities, labels, k): ...


lesson07.top_k_error(top_k_error)

# %% [markdown]
# **Exercise 7 (design).** Parameters and work are two budgets. Find `side` and `width` of a single tower for 17 classes with **at most 3 million parameters** that does **at least 60 million multiply-adds**. (The twin of this lesson has few of both.)

# %%
side, tower_width, design = None, None, None
if side is not None and tower_width is not None:
    settings = dict(variant="single_tower", input_shape=(side, side, 3), classes=17)
    design = anatomy.describe(models.alexnet, width=tower_width, **settings)
lesson07.cheap_and_busy(design)

# %% [markdown]
# ## 11 · Quiz

# %% tags=["nbval-ignore-output"]
widgets.quiz("07")

# %% [markdown]
# ## Recap
# 1. AlexNet is five convolutions and three dense layers: 60,965,224 parameters in two towers, 62,378,344 in one. The dense layers hold 94% of the parameters, the convolutions do 95% of the work.
# 2. 227 pixels give 55×55, 224 give 54×54. A table is right when a program prints it.
# 3. LRN divides by loud neighbours. Its α is made for pixels of ±128; with scaled pixels it is nearly a constant factor.
# 4. Ingredients are judged by leaving them out, with several seeds. On our small twin dropout costs, because the twin underfits; augmentation shrinks the gap between training and test; LRN gives two flowers in a hundred, at least in part because it makes numbers smaller; overlapping pools disappear in the spread. With good first weights tanh is as fast as ReLU here.
# 5. Batch norm's moving statistics need steps: after 85 steps at momentum 0.99, 43% of the start is left. Test the *training* images in inference; mend by momentum, by more steps, or by estimating anew.
#
# ## References
# - A. Krizhevsky, I. Sutskever, G. E. Hinton, "ImageNet classification with deep convolutional neural networks", NIPS 2012. Section 3 has the network and its ablations, section 4 augmentation and dropout, section 6 the results.
# - S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate shift", 2015, arXiv:1502.03167.
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov, "Dropout: a simple way to prevent neural networks from overfitting", Journal of Machine Learning Research 15, 2014.
# - M.-E. Nilsback, A. Zisserman, "A visual vocabulary for flower classification", CVPR 2006.

# %% [markdown]
# <details><summary><b>Teacher's notes</b></summary>
#
# **Time plan (90 minutes, without the exercises).** 10 LeNet-5 on flowers and the story of 2012 · 20 the table, 227, towers, where parameters and work sit · 10 LRN by hand · 10 the race of activations · 20 the ablation · 15 batch norm · 5 filters and mistakes.
#
# **Short of time?** Skip the notes' tables in section 2, TensorFlow's arguments in section 3 and section 8. Exercises 3 and 7 make good homework.
#
# **Discuss.** (1) An ingredient that helped in 2012 does not help here. Name three differences that could be the reason, and an experiment for each. (2) The trained weights of section 7 were good from the start. Who would have noticed, and by which single test?
#
# **Listen for:** "validation is bad, so it overfits". Ask what an overfitted network says about its *training* images. And "the convolutions are the big part": big in what, numbers or work?
#
# </details>

# %% [markdown]
# ## Scorecard

# %% tags=["nbval-ignore-output"]
score
