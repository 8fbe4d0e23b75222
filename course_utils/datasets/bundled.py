"""Data that is always there: scikit-learn's digits, the photographs and textures of scikit-image, and their patches.

A picture is cut into square blocks; some blocks belong to the test set. A patch never crosses a block's edge, so no
pixel of a test patch is ever seen in training.
"""

import importlib.util
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from course_utils.datasets.catalogue import PHOTOGRAPHED
from course_utils.validation import one_of

# name: (package, file inside it). Only files that come inside the wheels, so that nothing is ever fetched.
PHOTOGRAPH_FILES = {
    "astronaut": ("skimage", "data/astronaut.png"),
    "chelsea": ("skimage", "data/chelsea.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "rocket": ("skimage", "data/rocket.jpg"),
    "hubble": ("skimage", "data/hubble_deep_field.jpg"),
    "retina": ("skimage", "data/retina.jpg"),
    "tissue": ("skimage", "data/ihc.png"),
    "motorcycle": ("skimage", "data/motorcycle_left.png"),
    "temple": ("sklearn", "datasets/images/china.jpg"),
    "dahlia": ("sklearn", "datasets/images/flower.jpg"),
}
PHOTOGRAPHS = tuple(PHOTOGRAPH_FILES)
TEXTURE_FILES = {
    "brick": "data/brick.png",
    "grass": "data/grass.png",
    "gravel": "data/gravel.png",
    "stars": "data/hubble_deep_field.jpg",
    "tissue": "data/ihc.png",
}
SIDE = 32
FLAT = 6.0  # a patch whose pixels deviate by less than this (of 255) shows nothing that could be recognised


def photograph(name: str) -> np.ndarray:
    """Return one whole colour photograph that comes with scikit-image or scikit-learn.

    Args:
        name: one of `PHOTOGRAPHS`, for instance ``"astronaut"``.

    Returns:
        Array (H, W, 3), uint8, RGB; a fresh copy at each call.

    Raises:
        ValueError: unknown name.
        FileNotFoundError: the package is installed without its pictures.

    Example:
        >>> photograph("coffee").shape
        (400, 600, 3)
    """
    return picture(*PHOTOGRAPH_FILES[one_of("name", name, PHOTOGRAPHS)], mode="RGB")


def picture(package: str, inside: str, *, mode: str) -> np.ndarray:
    """Read a picture that lies inside an installed package, without importing the package."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        raise FileNotFoundError(f"{package} is not installed; run `make setup` or `pip install -r requirements.txt`.")
    path = Path(spec.submodule_search_locations[0]) / inside
    if not path.exists():
        raise FileNotFoundError(f"{inside} is missing from the installed {package}; install the package again.")
    with Image.open(path) as opened:
        return np.array(opened.convert(mode))


@lru_cache(maxsize=1)
def _digit_table() -> tuple[np.ndarray, np.ndarray]:
    """Read scikit-learn's digits: images (1797, 8, 8) with values 0 to 16, labels (1797,)."""
    from sklearn.datasets import load_digits  # takes a second to import: only when it is needed

    images, labels = load_digits(return_X_y=True)
    return images.reshape(-1, 8, 8), labels.astype("uint8")


def digits():
    """Return the 8×8 digits, values spread to 0–255, as x_train, y_train, x_test, y_test (30 test images a class)."""
    images, labels = _digit_table()
    return split_by_class(np.round(images * (255 / 16)).astype("uint8"), labels, test_per_class=30)


def digits_like_mnist():
    """Return the digits as MNIST would have them: 20×20, smoothly enlarged, in the middle of 28×28."""
    images, labels = _digit_table()
    large = np.zeros((len(images), 28, 28), "uint8")
    for index, image in enumerate(images):
        smooth = Image.fromarray((image * (255 / 16)).astype("float32")).resize((20, 20), Image.Resampling.BICUBIC)
        large[index, 4:24, 4:24] = np.clip(np.round(np.asarray(smooth)), 0, 255)
    return split_by_class(large, labels, test_per_class=30)


def split_by_class(images: np.ndarray, labels: np.ndarray, *, test_per_class: int, seed: int = 0):
    """Split into training and test parts with the same number of test images in each class, both in random order."""
    order = np.random.default_rng(seed).permutation(len(labels))
    rank = np.zeros(len(labels), int)
    for label in np.unique(labels):
        members = order[labels[order] == label]
        rank[members] = np.arange(len(members))
    test = order[rank[order] < test_per_class]
    train = order[rank[order] >= test_per_class]
    return images[train], labels[train], images[test], labels[test]


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
