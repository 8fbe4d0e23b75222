"""Patches of the bundled photographs and textures, with a spatial train/test split.

A picture is cut into square blocks; some blocks belong to the test set. A patch never crosses a block's edge, so no
pixel of a test patch is ever seen in training.
"""

import numpy as np

from course_utils.datasets.bundled import photograph, picture
from course_utils.datasets.catalogue import PHOTOGRAPHED

TEXTURE_FILES = {
    "brick": "data/brick.png",
    "grass": "data/grass.png",
    "gravel": "data/gravel.png",
    "stars": "data/hubble_deep_field.jpg",
    "tissue": "data/ihc.png",
}
SIDE = 32
FLAT = 6.0  # a patch whose pixels deviate by less than this (of 255) shows nothing that could be recognised


def photos(seed: int = 0):
    """Return colour patches of nine photographs at half size: 200 training and 50 test patches of each."""
    return _sets([photograph(name) for name in PHOTOGRAPHED], reduce=2, train=200, test=50, seed=seed)


def textures(seed: int = 0):
    """Return grey patches of five textures: 400 training and 100 test patches of each."""
    pictures = [picture("skimage", inside, mode="L") for inside in TEXTURE_FILES.values()]
    return _sets(pictures, reduce=1, train=400, test=100, seed=seed)


def _sets(pictures, *, reduce, train, test, seed):
    """Cut ``train`` and ``test`` patches from each picture; the label is the picture's number."""
    draw = np.random.default_rng(seed)
    parts = {"train": ([], []), "test": ([], [])}
    for label, whole in enumerate(pictures):
        patches = _patches(_smaller(whole, reduce), draw)
        for part, count in (("train", train), ("test", test)):
            chosen = draw.permutation(len(patches[part]))[:count]
            parts[part][0].append(patches[part][chosen])
            parts[part][1].append(np.full(len(chosen), label, "uint8"))
    arrays = []
    for images, labels in parts.values():
        images, labels = np.concatenate(images), np.concatenate(labels)
        order = draw.permutation(len(labels))
        arrays += [images[order], labels[order]]
    return tuple(arrays)


def _smaller(image, factor):
    """Average squares of ``factor`` × ``factor`` pixels."""
    height, width = (side // factor * factor for side in image.shape[:2])
    squares = image[:height, :width].reshape(height // factor, factor, width // factor, factor, *image.shape[2:])
    return np.round(squares.mean((1, 3))).astype("uint8")


def _patches(image, draw, *, block=48, step=3):
    """Return the patches of the training blocks and of the test blocks (one block in five) that are not flat."""
    corners = [(y, x) for y in _starts(image.shape[0], block) for x in _starts(image.shape[1], block)]
    held = set(draw.permutation(len(corners))[: max(2, len(corners) // 5)].tolist())
    found = {"train": [], "test": []}
    for number, (top, left) in enumerate(corners):
        for y in range(top, top + block - SIDE + 1, step):
            for x in range(left, left + block - SIDE + 1, step):
                patch = image[y : y + SIDE, x : x + SIDE]
                if patch.std(axis=(0, 1)).mean() >= FLAT:
                    found["test" if number in held else "train"].append(patch)
    return {part: np.stack(patches) for part, patches in found.items()}


def _starts(length, block):
    """Return where the blocks begin along one side."""
    return range(0, length - block + 1, block)
