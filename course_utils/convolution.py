"""Convolution, pooling and padding on NumPy arrays, written to be read.

This file is the course's reference: the formula stands here as it is taught, and the tests hold it against
OpenCV, SciPy and Keras. What deep learning calls "convolution" is cross-correlation: the kernel is not flipped.
Images are (height, width) or (height, width, channels); the first index counts rows from the top.
"""

import math
from typing import Any

import numpy as np

from course_utils.validation import one_of, pair, whole_number

BORDERS: dict[str, Any] = {"zeros": "constant", "reflect": "reflect", "edge": "edge"}


def output_size(size: int, kernel: int, *, stride: int = 1, padding: int | str = 0, dilation: int = 1) -> int:
    """Return how many outputs fit along one axis: floor((size + padding - span) / stride) + 1.

    Args:
        size: pixels along the axis.
        kernel: kernel size in pixels; dilated, it spans ``dilation * (kernel - 1) + 1`` pixels.
        stride: step between two outputs, in pixels.
        padding: pixels added at *each* end, or ``"valid"`` (none), or ``"same"`` (output ``ceil(size / stride)``).
        dilation: distance between two kernel weights, in pixels.

    Returns:
        The number of output positions along the axis.

    Raises:
        ValueError: an argument is out of range, or the kernel spans more pixels than the padded input has.

    Example:
        >>> output_size(5, 3), output_size(5, 3, padding=1), output_size(227, 11, stride=4)
        (3, 5, 55)
    """
    size, stride = whole_number("size", size), whole_number("stride", stride)
    span = kernel_span(kernel, dilation)
    before, after = padding_along(size, span, stride, padding)
    padded = size + before + after
    if span > padded:
        raise ValueError(
            f"kernel must span at most the padded input ({padded} pixels); received a kernel of {kernel} "
            f"that spans {span} pixels at dilation {dilation}."
        )
    return (padded - span) // stride + 1


def kernel_span(kernel: int, dilation: int = 1) -> int:
    """Return the number of pixels from the first to the last weight of a dilated kernel, both counted."""
    return whole_number("dilation", dilation) * (whole_number("kernel", kernel) - 1) + 1


def padding_along(size: int, span: int, stride: int, padding: int | str) -> tuple[int, int]:
    """Return (pixels before, pixels after) along one axis; ``"same"`` puts an odd pixel after, as Keras does."""
    if isinstance(padding, str):
        one_of("padding", padding, ["same", "valid"])
        if padding == "valid":
            return 0, 0
        total = max((math.ceil(size / stride) - 1) * stride + span - size, 0)
        return total // 2, total - total // 2
    padding = whole_number("padding", padding, minimum=0)
    return padding, padding


def pad(image, padding, *, border: str = "zeros") -> np.ndarray:
    """Return ``image`` with a frame of pixels around it; channels are left alone.

    Args:
        image: array (H, W) or (H, W, C).
        padding: pixels on every side, or ``((top, bottom), (left, right))``.
        border: what the frame holds: ``"zeros"``, ``"reflect"`` (mirrored, the edge pixel not repeated) or
            ``"edge"`` (the edge pixel repeated).

    Returns:
        A new array, (H + top + bottom, W + left + right[, C]), of the image's dtype.

    Raises:
        ValueError: the image has another number of axes, or ``padding`` or ``border`` is not allowed.
    """
    image = as_image(image)
    mode = BORDERS[one_of("border", border, BORDERS)]
    if isinstance(padding, (tuple, list)):
        if len(padding) != 2 or any(not isinstance(side, (tuple, list)) or len(side) != 2 for side in padding):
            raise ValueError(f"padding must be a number or ((top, bottom), (left, right)); received {padding!r}.")
        sides = [tuple(whole_number("padding", number, minimum=0) for number in side) for side in padding]
    else:
        sides = [(whole_number("padding", padding, minimum=0),) * 2] * 2
    return np.pad(image, sides + [(0, 0)] * (image.ndim - 2), mode=mode)


def conv2d(image, kernel, *, stride=1, padding=0, dilation=1, border: str = "zeros") -> np.ndarray:
    """Slide ``kernel`` over ``image``; each output is the sum of the products under the kernel (cross-correlation).

    Args:
        image: array (H, W) or (H, W, C).
        kernel: array (kh, kw), used on every channel by itself, or (kh, kw, C, F): F filters over all C channels.
        stride: step in pixels, a number or (vertical, horizontal).
        padding: pixels on every side, ``"valid"`` (none) or ``"same"`` (output ``ceil(size / stride)``).
        dilation: distance between kernel weights in pixels, a number or (vertical, horizontal).
        border: what the padding holds, see `pad`.

    Returns:
        (H', W') or (H', W', C) for a two-axis kernel, (H', W', F) for a four-axis one. Integers stay exact (int64,
        so that uint8 pixels do not wrap around); floating-point input keeps its precision.

    Raises:
        ValueError: shapes do not fit, the kernel exceeds the padded image, or an argument is out of range.

    Reference: I. Goodfellow, Y. Bengio, A. Courville, "Deep Learning", 2016, section 9.1, equation 9.6.

    Example:
        >>> conv2d([[3, 3, 2], [0, 0, 1], [3, 1, 2]], [[0, 1, 2], [2, 2, 0], [0, 1, 2]])
        array([[12]])
    """
    image, kernel = as_image(image), as_kernel(kernel)
    per_channel = kernel.ndim == 2
    flat = image.ndim == 2 and per_channel
    planes = image[..., np.newaxis] if image.ndim == 2 else image
    weights = kernel[..., np.newaxis, np.newaxis] if per_channel else kernel
    if not per_channel and weights.shape[2] != planes.shape[2]:
        raise ValueError(
            f"kernel must have as many input channels as the image ({planes.shape[2]}); "
            f"received a kernel of shape {kernel.shape}."
        )
    kind = image.dtype if image.dtype.kind == "f" and kernel.dtype.kind != "f" else np.result_type(image, kernel)
    kind = np.int64 if kind.kind in "bui" else kind
    planes, weights = planes.astype(kind, copy=False), weights.astype(kind, copy=False)

    step, gap = pair("stride", stride), pair("dilation", dilation)
    along = list(zip(planes.shape[:2], weights.shape[:2], step, gap, strict=True))
    rows, columns = (output_size(n, k, stride=s, padding=padding, dilation=d) for n, k, s, d in along)
    frame = [padding_along(n, kernel_span(k, d), s, padding) for n, k, s, d in along]
    planes = pad(planes, frame, border=border)
    multiply = np.multiply if per_channel else np.matmul
    total = np.zeros((rows, columns, planes.shape[2] if per_channel else weights.shape[3]), kind)
    products = np.empty_like(total)  # one place for all rounds: new memory for each would take most of the time
    for i in range(weights.shape[0]):
        for j in range(weights.shape[1]):
            top, left = i * gap[0], j * gap[1]
            # every pixel that meets weight (i, j), for all output positions at once: (H', W', C)
            seen = planes[top : top + rows * step[0] : step[0], left : left + columns * step[1] : step[1]]
            seen = seen[:rows, :columns]
            total += multiply(seen, weights[i, j, 0, 0] if per_channel else weights[i, j], out=products)
    return total[..., 0] if flat else total


def pool2d(image, size=2, *, stride=None, padding=0, mode: str = "max") -> np.ndarray:
    """Replace each window of ``image`` by one number; every channel by itself.

    Args:
        image: array (H, W) or (H, W, C).
        size: window in pixels, a number or (height, width).
        stride: step in pixels, a number or (vertical, horizontal); the window size when None.
        padding: pixels on every side, fewer than the window has, ``"valid"`` or ``"same"``. Padded pixels never win a
            maximum and are not counted in an average.
        mode: ``"max"``, ``"average"`` or ``"sum"``.

    Returns:
        Array (H', W') or (H', W', C). Max and sum keep integers exact; an average is floating point.

    Raises:
        ValueError: an argument is out of range, or a window exceeds the padded image or lies in the padding alone.

    Example:
        >>> pool2d([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]])
        array([[6, 8],
               [3, 4]])
    """
    image = as_image(image)
    one_of("mode", mode, ["max", "average", "sum"])
    window = pair("size", size)
    step = window if stride is None else pair("stride", stride)
    frame = [padding_along(n, k, s, padding) for n, k, s in zip(image.shape[:2], window, step, strict=True)]
    check_window(size, padding, window, image.shape[:2], frame)
    sides = frame + [(0, 0)] * (image.ndim - 2)
    if mode == "max":
        lowest = np.iinfo(image.dtype).min if image.dtype.kind in "ui" else -np.inf
        planes = np.pad(image, sides, constant_values=lowest)
    else:
        planes = np.pad(image.astype(np.int64) if image.dtype.kind in "bui" else image, sides)
    patches = windows(planes, window, step)
    if mode == "max":
        return patches.max(axis=(-2, -1))
    sums = patches.sum(axis=(-2, -1))
    inside = windows(np.pad(np.ones(image.shape, np.int64), sides), window, step)
    return sums if mode == "sum" else sums / inside.sum(axis=(-2, -1))


def windows(planes: np.ndarray, window: tuple[int, int], step: tuple[int, int]) -> np.ndarray:
    """Return all windows as a view, (H', W'[, C], window height, window width)."""
    return np.lib.stride_tricks.sliding_window_view(planes, window, axis=(0, 1))[:: step[0], :: step[1]]


def check_window(size, padding, window: tuple[int, int], shape: tuple[int, int], frame: list) -> None:
    """Raise a ``ValueError`` if a pooling window exceeds the padded image, or could lie wholly in the padding."""
    padded = tuple(n + sum(sides) for n, sides in zip(shape, frame, strict=True))
    if any(k > n for k, n in zip(window, padded, strict=True)):
        raise ValueError(f"size must be at most the padded image, {padded} pixels; received {size!r}.")
    if any(max(sides) >= k for k, sides in zip(window, frame, strict=True)):
        allowed = f"less than the window, {window} pixels, so that it sees a pixel of the image"
        raise ValueError(f"padding must be {allowed}; received {padding!r}.")


def flip(kernel) -> np.ndarray:
    """Return ``kernel`` turned by 180 degrees: correlating with it is the convolution of mathematics."""
    return as_kernel(kernel)[::-1, ::-1]


def as_image(image) -> np.ndarray:
    """Return ``image`` as an array, or raise a ``ValueError`` when it is not (H, W) or (H, W, C) numbers."""
    image = np.asarray(image)
    if image.ndim not in (2, 3) or image.dtype.kind not in "buif" or image.size == 0:
        raise ValueError(
            "image must be a non-empty array of numbers with axes (height, width) or (height, width, channels); "
            f"received shape {image.shape} of {image.dtype}."
        )
    return image


def as_kernel(kernel) -> np.ndarray:
    """Return ``kernel`` as an array, or raise a ``ValueError`` when it is not (kh, kw) or (kh, kw, C, F) numbers."""
    kernel = np.asarray(kernel)
    if kernel.ndim not in (2, 4) or kernel.dtype.kind not in "buif" or kernel.size == 0:
        raise ValueError(
            "kernel must be a non-empty array of numbers with axes (height, width) or "
            f"(height, width, input channels, filters); received shape {kernel.shape} of {kernel.dtype}."
        )
    return kernel


def _named(**kernels) -> dict[str, np.ndarray]:
    """Return the kernels as arrays that cannot be changed by accident."""
    arrays = {name: np.array(rows) for name, rows in kernels.items()}
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


# fmt: off
KERNELS = _named(
    identity=[[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    sobel_x=[[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],        # differentiates along x: responds to vertical edges
    sobel_y=[[-1, -2, -1], [0, 0, 0], [1, 2, 1]],        # differentiates along y: responds to horizontal edges
    sharpen=[[0, -1, 0], [-1, 5, -1], [0, -1, 0]],       # sums to 1: brightness is kept
    outline=[[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],   # sums to 0: flat areas vanish
    emboss=[[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    box_blur=[[1 / 9] * 3] * 3,
    gaussian_blur=[[1 / 16, 2 / 16, 1 / 16], [2 / 16, 4 / 16, 2 / 16], [1 / 16, 2 / 16, 1 / 16]],
)
# fmt: on
