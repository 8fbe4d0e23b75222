"""Write every drawn network of the course as PNG, on a light and on a dark page, to look at.

python tools/gallery.py [FOLDER] [NAME …]
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import keras
import matplotlib.pyplot as plt

from course_utils import anatomy, models, plots, runtime
from course_utils.models.googlenet import GOOGLENET_TABLE, naive_inception
from course_utils.models.inception_parts import Style


def naive():
    """Module 3a without its reductions."""
    inputs = keras.Input((28, 28, 192), name="input")
    return keras.Model(inputs, naive_inception(inputs, GOOGLENET_TABLE[0], Style(batch_norm=False)))


def depthwise():
    """A depthwise-separable convolution: 3×3 map by map, then 1×1 across the maps."""
    x = inputs = keras.Input((112, 112, 32), name="input")
    for name, layer in (
        ("depthwise", keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False)),
        ("pointwise", keras.layers.Conv2D(64, 1, use_bias=False)),
    ):
        x = keras.layers.BatchNormalization(name=f"{name}_bn")(layer(x))
        x = keras.layers.ReLU(name=f"{name}_relu")(x)
    return keras.Model(inputs, x, name="depthwise_separable")


def inverted():
    """MobileNetV2, for its inverted residual blocks."""
    return keras.applications.MobileNetV2(weights=None)


def transfer():
    """A frozen ResNet-20 with a new head."""
    base = models.resnet_cifar(n=3)
    base.trainable = False
    outputs = keras.layers.Dense(5, activation="softmax", name="new_head")(base.get_layer("head_pool").output)
    return keras.Model(base.input, outputs, name="transfer")


def transfer_vgg():
    """A frozen VGG-16 with a new head."""
    base = keras.applications.VGG16(weights=None, include_top=False, input_shape=(128, 128, 3))
    base.trainable = False
    inputs = keras.Input((128, 128, 3), name="input")
    pooled = keras.layers.GlobalAveragePooling2D(name="head_pool")(base(inputs))
    return keras.Model(inputs, keras.layers.Dense(5, activation="softmax", name="new_head")(pooled), name="transfer")


# name: what is described, and how it is drawn
PICTURES = {
    "lenet5_1998": ([(models.lenet5_1998, {})], {"title": "LeNet-5, 1998"}),
    "lenet5": ([(models.lenet5, {})], {"title": "LeNet-5 as it is built today"}),
    "alexnet": ([(models.alexnet, {})], {"title": "AlexNet, two towers"}),
    "vgg16": ([(models.vgg16, {})], {"title": "VGG-16"}),
    "googlenet": ([(models.googlenet, {"aux": True})], {"title": "GoogLeNet"}),
    "resnet34": (
        [
            (models.vgg19, {}),
            (models.resnet, {"depth": 34, "residual": False}),
            (models.resnet, {"depth": 34}),
        ],
        {"title": ["VGG-19", "plain-34", "ResNet-34"]},
    ),
    "resnet50": ([(models.resnet, {"depth": 50})], {"title": "ResNet-50"}),
    "resnet20": (
        [(models.resnet_cifar, {"residual": False}), (models.resnet_cifar, {})],
        {"title": ["plain-20", "ResNet-20"]},
    ),
    "inception_v3": ([(models.inception_v3, {"aux": True})], {"title": "Inception-v3"}),
    "inception_v4": ([(models.inception_v4, {})], {"title": "Inception-v4"}),
    "transfer": ([(transfer, {})], {"title": "A frozen ResNet-20 with a new head"}),
    "transfer_vgg": ([(transfer_vgg, {})], {"title": "A frozen VGG-16 with a new head"}),
    "block_naive": ([(naive, {})], {"block": True, "title": "naive module (figure 2a)"}),
    "block_3a": ([(models.googlenet, {})], {"block": "inception_3a", "title": "module 3a (figure 2b)"}),
    "block_v3_17": ([(models.inception_v3, {})], {"block": "mixed4", "title": "Inception-v3 on 17×17 (figure 6)"}),
    "block_v3_8": ([(models.inception_v3, {})], {"block": "mixed9", "title": "Inception-v3 on 8×8 (figure 7)"}),
    "block_v4_b": ([(models.inception_v4, {})], {"block": "inception_b1", "title": "Inception-v4, B"}),
    "block_v4_c": ([(models.inception_v4, {})], {"block": "inception_c1", "title": "Inception-v4, C"}),
    "block_inception_resnet": (
        [(models.inception_resnet_v2, {})],
        {"block": "inception_resnet_b1", "title": "Inception-ResNet-v2, B"},
    ),
    "block_bottleneck": (
        [(models.resnet, {"depth": 34}), (models.resnet, {"depth": 50})],
        {"block": "conv3_block2", "title": ["basic block", "bottleneck"]},
    ),
    "block_projection": ([(models.resnet, {"depth": 34})], {"block": "conv3_block1", "title": "where the maps shrink"}),
    "block_versions": (
        [(models.resnet, {"depth": 34}), (models.resnet, {"depth": 34, "version": 2})],
        {"block": "conv3_block2", "title": ["version 1", "version 2"]},
    ),
    "block_depthwise": ([(depthwise, {})], {"block": True, "title": "depthwise separable", "detail": "layers"}),
    "block_inverted": ([(inverted, {})], {"block": "block_2", "title": "inverted residual (MobileNetV2)"}),
}


def main(folder="build/gallery", *chosen):
    """Draw the pictures, all or those chosen."""
    runtime.quiet_logs()
    plots.set_theme()
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for name in chosen or PICTURES:
        described, arguments = PICTURES[name]
        found = [anatomy.describe(builder, **options) for builder, options in described]
        figure = plots.architecture(*found, show=False, **arguments).figure
        for page, colour in (("light", "#ffffff"), ("dark", "#14181e")):
            figure.savefig(target / f"{name}_{page}.png", facecolor=colour)
        print(f"{name:24}{figure._course_alt_text[:90]}")
        plt.close(figure)


if __name__ == "__main__":
    main(*sys.argv[1:])
