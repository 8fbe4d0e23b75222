"""Data that is always there: scikit-learn's digits and the photographs and textures of scikit-image."""

import importlib.util
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

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
    return divide(np.round(images * (255 / 16)).astype("uint8"), labels, test_per_class=30)


def digits_like_mnist():
    """Return the digits as MNIST would have them: 20×20, smoothly enlarged, in the middle of 28×28."""
    images, labels = _digit_table()
    large = np.zeros((len(images), 28, 28), "uint8")
    for index, image in enumerate(images):
        smooth = Image.fromarray((image * (255 / 16)).astype("float32")).resize((20, 20), Image.Resampling.BICUBIC)
        large[index, 4:24, 4:24] = np.clip(np.round(np.asarray(smooth)), 0, 255)
    return divide(large, labels, test_per_class=30)


def divide(images: np.ndarray, labels: np.ndarray, *, test_per_class: int, seed: int = 0):
    """Split into training and test parts with the same number of test images in each class, both in random order."""
    order = np.random.default_rng(seed).permutation(len(labels))
    rank = np.zeros(len(labels), int)
    for label in np.unique(labels):
        members = order[labels[order] == label]
        rank[members] = np.arange(len(members))
    test = order[rank[order] < test_per_class]
    train = order[rank[order] >= test_per_class]
    return images[train], labels[train], images[test], labels[test]
