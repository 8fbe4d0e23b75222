"""`Augmentation`: images rotated, shifted, sheared, zoomed and mirrored by chance, each pixel interpolated once."""

from dataclasses import dataclass

import numpy as np

from course_utils.validation import real_number


@dataclass(frozen=True)
class Augmentation:
    """Chance changes of training images: one affine map an image, drawn evenly from the ranges.

    The five changes are composed to one matrix, so an image is interpolated once, not five times. Pixels that come
    in from outside repeat the edge.

    Attributes:
        rotation: degrees, to both sides.
        shift: share of height and width, to all sides.
        shear: share of the height by which the top moves against the bottom, to both sides.
        zoom: share by which an image grows or shrinks.
        flip: mirror left and right with probability one half.

    Raises:
        ValueError: a range is negative or too large.

    Example:
        >>> changed = Augmentation(rotation=10, shear=0)(images, seed=7)
    """

    rotation: float = 40.0
    shift: float = 0.2
    shear: float = 0.2
    zoom: float = 0.2
    flip: bool = True

    def __post_init__(self):
        real_number("rotation", self.rotation, low=0, high=180)
        for name in ("shift", "shear", "zoom"):
            real_number(name, getattr(self, name), low=0, high=0.9)

    def __call__(self, images: np.ndarray, *, seed: int) -> np.ndarray:
        """Return changed images, uint8, (N, height, width, 3); the same seed gives the same changes."""
        images = np.asarray(images)
        matrices = self.matrices(len(images), images.shape[1:3], seed)
        return np.stack([moved(image, matrix) for image, matrix in zip(images, matrices, strict=True)])

    def matrices(self, count: int, size: tuple[int, int], seed) -> np.ndarray:
        """Return (count, 2, 3): the point (column, row) of the source that each point of the result shows."""
        draw = np.random.default_rng(seed).uniform(-1.0, 1.0, (6, count))
        turn, scale = np.radians(self.rotation) * draw[0], 1.0 + self.zoom * draw[1]
        slant, mirror = self.shear * draw[2], np.where(self.flip & (draw[3] < 0), -1.0, 1.0)
        cos, sin = np.cos(turn) * scale, np.sin(turn) * scale
        # rotation · scale · shear · mirror, around the middle of the image
        linear = np.array([[cos * mirror, cos * slant - sin], [sin * mirror, sin * slant + cos]])
        middle = (np.array(size[::-1]) - 1) / 2
        offset = middle[:, None] + self.shift * draw[4:] * np.array(size[::-1])[:, None]
        offset -= np.einsum("ijn,j->in", linear, middle)
        return np.concatenate([linear, offset[:, None]], axis=1).transpose(2, 0, 1)


def moved(image: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Return one image after an affine map: bilinear, the edge repeated."""
    import cv2

    height, width = image.shape[:2]
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(image, matrix, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE)
