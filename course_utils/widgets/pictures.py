"""Pictures the explorer can show: checked, packed for the page, and made small enough to see single pixels."""

import base64

import numpy as np

from course_utils.validation import whole_number

EXAMPLE = "5 × 5 example"
LARGEST_SIDE = 128  # pixels: more would make single pixels too small to point at

# fmt: off
WORKED_IMAGE = np.array([[3, 3, 2, 1, 0],
                         [0, 0, 1, 3, 1],
                         [3, 1, 2, 2, 3],
                         [2, 0, 0, 2, 2],
                         [2, 0, 0, 0, 1]], np.uint8)
# fmt: on


def small_grey(image, side: int = 72) -> np.ndarray:
    """Return the middle square of a picture in grey, averaged down so that single pixels can be seen.

    Args:
        image: array (H, W) or (H, W, 3) of pixels 0–255.
        side: pixels along each side of the result, default 72; a smaller picture keeps its size.

    Returns:
        uint8 array (side, side).

    Raises:
        ValueError: ``image`` has another number of axes, or ``side`` is out of range.

    Example:
        >>> small_grey(np.full((300, 400, 3), 128), side=64).shape
        (64, 64)
    """
    side = whole_number("side", side, maximum=LARGEST_SIDE)
    image = np.asarray(image)
    if image.size == 0 or image.dtype.kind not in "buif" or not (image.ndim == 2 or image.shape[2:] == (3,)):
        raise ValueError(f"image must be an array (height, width) or (height, width, 3); received {image.shape}.")
    # the eye's weights for red, green and blue (ITU-R BT.601)
    grey = image.astype(float) if image.ndim == 2 else image @ np.array([0.299, 0.587, 0.114])
    square = min(grey.shape)
    top, left = (grey.shape[0] - square) // 2, (grey.shape[1] - square) // 2
    grey = grey[top : top + square, left : left + square]
    side = min(side, square)
    edges = np.linspace(0, square, side + 1).round().astype(int)
    counts = np.diff(edges)
    sums = np.add.reduceat(np.add.reduceat(grey, edges[:-1], axis=0), edges[:-1], axis=1)
    return np.clip(np.rint(sums / np.outer(counts, counts)), 0, 255).astype(np.uint8)


def as_picture(name: str, image) -> np.ndarray:
    """Return ``image`` as a two-axis array of finite numbers, or raise a ``ValueError`` that names it."""
    picture = np.asarray(image)
    if picture.ndim == 3:
        raise ValueError(
            f"image {name!r} must be grey, with axes (height, width); received shape {picture.shape}. "
            "widgets.small_grey(image) makes a small grey picture of a colour photograph."
        )
    if picture.ndim != 2 or picture.size == 0 or picture.dtype.kind not in "buif" or not np.isfinite(picture).all():
        raise ValueError(
            f"image {name!r} must be a non-empty array (height, width) of finite numbers; "
            f"received shape {picture.shape} of {picture.dtype}."
        )
    if max(picture.shape) > LARGEST_SIDE:
        raise ValueError(
            f"image {name!r} must have at most {LARGEST_SIDE} pixels a side; received shape {picture.shape}. "
            "widgets.small_grey(image) makes it smaller."
        )
    return picture.astype(np.uint8) if picture.dtype.kind == "b" else picture


def as_pictures(image) -> dict[str, np.ndarray]:
    """Return the pictures of the explorer's menu: the caller's, then the 5 × 5 example if it is not among them."""
    if isinstance(image, str):
        if image not in ("example", EXAMPLE):
            raise ValueError(f"image must be 'example', an array, or a dict of name and array; received {image!r}.")
        named = {}
    elif isinstance(image, dict):
        if not image or not all(isinstance(name, str) and name.strip() for name in image):
            raise ValueError(f"image must have a name (text) for every array; received the names {list(image)!r}.")
        named = {name: as_picture(name, array) for name, array in image.items()}
    else:
        named = {"image": as_picture("image", image)}
    there = EXAMPLE in named or any(np.array_equal(picture, WORKED_IMAGE) for picture in named.values())
    return named if there else named | {EXAMPLE: WORKED_IMAGE}


def packed(picture: np.ndarray) -> dict:
    """Return a picture as the page reads it: bytes in base64, or a plain list when they are no bytes."""
    rows, columns = picture.shape
    if picture.dtype == np.uint8:
        return {"rows": rows, "columns": columns, "bytes": base64.b64encode(picture.tobytes()).decode()}
    return {"rows": rows, "columns": columns, "values": picture.ravel().tolist()}
