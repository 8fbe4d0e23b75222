"""The last exercise of the course: patches of nine photographs, to be told apart through another camera.

Training patches are upright and well exposed; each carries the number of the region of its photograph that it was cut
from, so that whole regions can be held out. The test patches come from other regions, and from a camera that is held
in any of four ways, exposes by up to 40 % more or less, is slightly out of focus and adds noise.
"""

from typing import NamedTuple

import numpy as np

from course_utils.datasets import photograph
from course_utils.datasets.catalogue import PHOTOGRAPHED
from course_utils.validation import whole_number

SIDE, BLOCK, STEP, FLAT = 32, 48, 4, 4.0  # pixels of a patch, of a region, between patches; least spread of a patch
TRAIN, TEST = 100, 50  # patches of each photograph
DARKEST, BRIGHTEST, NOISE = 0.6, 1.4, 6.0  # exposure; deviation of the noise in levels of 256


class Task(NamedTuple):
    """Patches (N, 32, 32, 3), uint8, their photographs' numbers, and the region that each was cut from."""

    x_train: np.ndarray
    y_train: np.ndarray
    regions: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...]


def task(seed: int = 0) -> Task:
    """Return 900 training patches with their regions, and 450 test patches from other regions and the other camera.

    Args:
        seed: of the draw of regions and patches, and of the camera.

    Example:
        >>> task().x_test.shape
        (450, 32, 32, 3)
    """
    rng = np.random.default_rng(whole_number("seed", seed, minimum=0))
    train, test = [], []
    for label, name in enumerate(PHOTOGRAPHED):
        patches, regions = cut(photograph(name)[::2, ::2])
        names = rng.permutation(np.unique(regions))
        held = np.isin(regions, names[: max(2, len(names) // 4)])
        for part, here, count in ((train, ~held, TRAIN), (test, held, TEST)):
            chosen = rng.permutation(np.flatnonzero(here))[:count]
            part.append((patches[chosen], np.full(len(chosen), label), regions[chosen] + 1_000 * label))
    train, test = ([np.concatenate(column) for column in zip(*part, strict=True)] for part in (train, test))
    images = other_camera(test[0], rng)
    return Task(*train, images, test[1], tuple(PHOTOGRAPHED))


def cut(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the patches (N, 32, 32, 3) of an image (H, W, 3) that are not flat, and each one's region."""
    corners = [(y, x) for y in range(0, image.shape[0] - BLOCK + 1, BLOCK)
               for x in range(0, image.shape[1] - BLOCK + 1, BLOCK)]  # fmt: skip
    steps = range(0, BLOCK - SIDE + 1, STEP)
    found = [
        (image[top + y : top + y + SIDE, left + x : left + x + SIDE], number)
        for number, (top, left) in enumerate(corners)
        for y in steps
        for x in steps
    ]
    kept = [(patch, number) for patch, number in found if patch.std(axis=(0, 1)).mean() >= FLAT]
    return np.stack([patch for patch, _ in kept]), np.array([number for _, number in kept])


def other_camera(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return uint8 images (N, H, H, C) as the other camera takes them: turned, darker or brighter, soft, noisy."""
    turned = np.stack([np.rot90(image, int(rng.integers(4))) for image in images]).astype("float32")
    wide = np.pad(turned, ((0, 0), (0, 1), (0, 1), (0, 0)), mode="edge")
    soft = (wide[:, 1:, 1:] + wide[:, 1:, :-1] + wide[:, :-1, 1:] + wide[:, :-1, :-1]) / 4  # means of 2×2 pixels
    exposed = soft * rng.uniform(DARKEST, BRIGHTEST, (len(images), 1, 1, 1))
    return np.clip(np.rint(exposed + rng.normal(0, NOISE, exposed.shape)), 0, 255).astype("uint8")
