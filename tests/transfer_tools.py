"""Shared by the tests of transfer: files of weights in the layout that Keras publishes, and small backbones."""

import h5py
import numpy as np

from course_utils.transfer import weights

NAME = "mobilenet_v2_035"
ROW = weights.BACKBONES[NAME]


def untrained(name=NAME, shape=(32, 32, 3)):
    """Return the network of a row with random weights."""
    return weights.build(weights.BACKBONES[name], shape, name)


def write_weights(model, path):
    """Write the weights as keras.applications' published files hold them: one group a layer, arrays in order."""
    with h5py.File(path, "w") as file:
        holding = [layer for layer in model.layers if layer.weights]
        file.attrs["layer_names"] = [layer.name.encode() for layer in holding]
        file.attrs["backend"], file.attrs["keras_version"] = b"tensorflow", b"2.1.0"
        for layer in holding:
            group = file.create_group(layer.name)
            names = [f"{layer.name}/{number}:0".encode() for number, _ in enumerate(layer.weights)]
            group.attrs["weight_names"] = names
            for name, weight in zip(names, layer.weights, strict=True):
                group.create_dataset(name.decode(), data=np.asarray(weight))
    return path


def pictures(count=6, side=32, seed=0):
    """Return random images."""
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, 3)).astype("uint8")
