# %% [markdown]
# # 10 · Further: a frozen network that moves
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/10_frozen.ipynb)
#
# A side path of [lesson 10](../10_resnet.ipynb), about 6 minutes. A base is frozen, its convolutions do not change by a bit, and still it forgets.

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
import pandas as pd

from course_utils import anatomy, transfer

layers = keras.layers
objects = datasets.load("cifar10").subset(train=10, test=500)
patches = datasets.load("photos", quiet=True)

lesson = runtime.start(lesson="10")
plots.set_theme()
score = checks.Scorecard("10 further")

# %% [markdown]
# ## Only the convolutions are frozen
#
# "We freeze the weights of the convolutions": a ResNet-50 whose batch norms stay trainable. **How many numbers still train, and what else moves?**

# %% tags=["hide-output"]
keras_50 = anatomy.describe(keras.applications.ResNet50, weights=None)
norms = [row for row in keras_50.rows if row.kind == "BatchNormalization"]
gamma_beta = sum(row.trainable_params for row in norms)
print(f"{len(norms)} batch norms with {gamma_beta:,} trainable γ and β")
print("and as many running means and variances")

# %% [markdown]
# Now with the course's ResNet-20, which classifies CIFAR-10. Three copies see 16 batches of *other* images, patches of nine photographs. One has only its convolutions frozen, one is frozen whole, and through the third the batches merely pass in training mode, without any training. Then the old last layer reads the old images. **Which of the three has forgotten?**

# %%
reader = transfer.load_pretrained("resnet20_cifar10")
new = patches.x_train[:512].astype("float32"), patches.y_train[:512].astype("int32")


def copy_of_reader():
    twin = keras.models.clone_model(reader)
    twin.set_weights(reader.get_weights())
    return twin


# %%
def trained_on_new(freeze_norms):
    twin = copy_of_reader()
    for layer in twin.layers:
        norm = isinstance(layer, layers.BatchNormalization)
        layer.trainable = norm and not freeze_norms
    means = twin.get_layer("head_pool").output
    model = keras.Model(twin.input, layers.Dense(9, activation="softmax")(means))
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9)
    model.compile(optimizer, "sparse_categorical_crossentropy", run_eagerly=True)
    model.fit(*new, batch_size=32, shuffle=False, verbose=0)
    return twin  # it shares its base with the model just trained


def merely_passed():
    twin = copy_of_reader()
    for start in range(0, 512, 32):
        twin(new[0][start : start + 32], training=True)
    return twin


# %% tags=["hide-output", "nbval-ignore-output"]
twins = {
    "before": reader,
    "convolutions frozen": trained_on_new(freeze_norms=False),
    "merely passed": merely_passed(),
    "all frozen": trained_on_new(freeze_norms=True),
}
accuracy, changed = {}, {}
for name, twin in twins.items():
    answers = twin.predict(objects.x_test, verbose=0).argmax(axis=1)
    accuracy[name] = float((answers == objects.y_test).mean())
    weights = zip(twin.weights, reader.weights, strict=True)
    changed[name] = sum(not np.array_equal(one, other) for one, other in weights)
frame = {"accuracy on the old images": accuracy, "arrays changed": changed}
pd.DataFrame(frame)

# %% [markdown]
# γ, β, mean and variance of all 19 batch norms have moved, in 16 steps; and most of the damage is done by the statistics, without any training. In Keras `layer.trainable = False` on a batch norm also makes it use its stored statistics. **So freeze the whole base.** (Letting batch norm adapt can be a good choice. Then it is fine-tuning, and should be called so.)
#
# ## A small ResNet that read less than chance
#
# Its makers report, for 17 kinds of flowers, 14 layers, five epochs of 17 steps: training 74.5 %, validation 4.0 %, where guessing gives 5.9. Here is its block. **One line is wrong. Which, and is it the cause?**


# %%
def small_block(x, filters, stride):
    y = layers.Conv2D(filters, 3, strides=stride, padding="same")(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(y))
    if stride > 1:
        x = layers.Conv2D(filters, 1, strides=stride)(x)
    return layers.ReLU()(layers.Add()([x, y]))


def small_resnet():
    inputs = keras.Input((224, 224, 3))
    x = layers.Conv2D(16, 3, padding="same")(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    for filters, stride in ((16, 1), (16, 1), (32, 2), (32, 1), (64, 2), (64, 1)):
        x = small_block(x, filters, stride)
    x = layers.Flatten()(layers.AveragePooling2D(8)(x))  # said to be global
    return keras.Model(inputs, layers.Dense(17, activation="softmax")(x))


# %% tags=["hide-output"]
small = anatomy.describe(small_resnet)
flat = next(row for row in small.rows if row.kind == "Flatten").output_shape[0]
try:
    small_block(keras.Input((8, 8, 16)), 32, stride=1)
    message = ""
except ValueError as error:
    message = str(error)
print(f"{small.params:,} parameters, {small.trainable_params:,} trained")
print(f"the dense layer reads {flat:,} numbers: 7·7·64, not 64")
print("widening at stride 1:", "ValueError" if message else "works")
print(f"after 85 steps at momentum 0.99: {0.99**85:.4f} of the first statistics left")

# %% [markdown]
# `if stride > 1`: the shortcut is adapted only where the *stride* changes, and fails where the width alone does. But no block of this network widens at stride 1, so that cannot have hurt, and a large head does not make a network read less than chance. The likely cause is that of section 7: stale statistics.
#
# Two more slips of such programs. Images of 32 pixels, doubled three times, have 256, not the 224 that the network wants; Keras 3 refuses them, and they hold 64 times as many pixels and no more information. And `begun - time.time()` is negative.

# %% tags=["claims", "nbval-ignore-output"]
# @title Claims
score.equal(
    "ResNet-50: batch norms, their γ and β", [len(norms), gamma_beta], [53, 53_120]
)
score.equal("all frozen: arrays that changed", changed["all frozen"], 0)
score.equal("convolutions frozen: arrays changed", changed["convolutions frozen"], 76)
score.equal("merely passed: arrays changed", changed["merely passed"], 38)
score.equal("all frozen: accuracy", accuracy["all frozen"], accuracy["before"])
if not objects.stand_in:
    lost = accuracy["before"] - accuracy["convolutions frozen"]
    score.at_least("convolutions frozen: accuracy lost", lost, 0.1)
numbers = [small.params, small.trainable_params, flat]
score.equal("the small ResNet", numbers, [229_233, 228_305, 3_136])
score.true("its block fails where the width alone changes", "shape" in message)
score.equal(".99 to the power of 85", round(0.99**85, 4), 0.4256)
side, tensor = 32 * 2**3, 64 * 256 * 64 * 64 * 4
score.equal(
    "upsampled side, first-stage tensor in MiB", [side, tensor / 2**20], [256, 256.0]
)
score.section()

# %% [markdown]
# Back to [lesson 10](../10_resnet.ipynb), section 7

# %% tags=["nbval-ignore-output"]
score
