"""Generated pictures of ten shapes, 32×32 RGB: what stands in for CIFAR-10 and CIFAR-100 without a network.

Each shape is a signed distance function: negative inside, positive outside, in a square of half-width 1. The pixel
grid of every image is moved, turned and scaled before the function is asked, so all images are drawn at once.
"""

import colorsys

import numpy as np

SIDE = 32
BATCH = 500
COLOURS = ("red", "orange", "yellow", "lime", "green", "turquoise", "azure", "blue", "violet", "pink")


def circle(x, y):
    return np.hypot(x, y) - 0.8


def square(x, y):
    return np.maximum(np.abs(x), np.abs(y)) - 0.7


def triangle(x, y):
    slanted = 0.866 * np.abs(x) - 0.5 * y
    return np.maximum(slanted, y) - 0.46


def cross(x, y):
    ax, ay = np.abs(x), np.abs(y)
    return np.minimum(np.maximum(ax - 0.24, ay - 0.9), np.maximum(ay - 0.24, ax - 0.9))


def star(x, y):
    # Fold the plane into one of ten equal wedges; the edge of the star is a straight line in it.
    radius, angle = np.hypot(x, y), np.arctan2(x, y)
    wedge = np.abs((angle + np.pi / 5) % (2 * np.pi / 5) - np.pi / 5)
    u, v = radius * np.cos(wedge), radius * np.sin(wedge)
    inner_u, inner_v = 0.4 * np.cos(np.pi / 5), 0.4 * np.sin(np.pi / 5)
    along_u, along_v = inner_u - 0.95, inner_v
    return ((u - 0.95) * along_v - v * along_u) / np.hypot(along_u, along_v)


def ring(x, y):
    return np.abs(np.hypot(x, y) - 0.64) - 0.2


def crescent(x, y):
    return np.maximum(np.hypot(x, y) - 0.85, 0.68 - np.hypot(x - 0.4, y))


def bar(x, y):
    return np.maximum(np.abs(x) - 0.9, np.abs(y) - 0.26)


def heart(x, y):
    # A square standing on its corner, with a half disc on each of its two upper sides.
    ax, up = np.abs(x), 0.05 - y
    return np.minimum((ax + np.abs(up) - 0.7) * 0.707, np.hypot(ax - 0.35, up - 0.35) - 0.495)


def corner(x, y):
    upright = np.maximum(np.abs(x + 0.48) - 0.26, np.abs(y) - 0.76)
    foot = np.maximum(np.abs(x) - 0.74, np.abs(y - 0.5) - 0.26)
    return np.minimum(upright, foot)


# The order of the labels 0 to 9.
SHAPES = (circle, square, triangle, cross, star, ring, crescent, bar, heart, corner)


def shapes(train: int = 10000, test: int = 2000, seed: int = 0):
    """Draw ten shapes in random colour, place, size, turn and texture.

    Args:
        train, test: number of images; classes take turns, so they are as equal as they can be.
        seed: seed of everything; the same seed gives the same bytes.

    Returns:
        x_train, y_train, x_test, y_test, uint8; images (N, 32, 32, 3), labels 0 to 9 in the order of `SHAPES`.
    """
    return _both(train, test, seed, hundred=False)


def coloured_shapes(train: int = 10000, test: int = 2000, seed: int = 0):
    """Draw a hundred classes: label = 10 × shape + colour, with the colours of `COLOURS`."""
    return _both(train, test, seed, hundred=True)


def _both(train, test, seed, hundred):
    parts = []
    for number, count in enumerate((train, test)):
        draw = np.random.default_rng([seed, number, hundred])
        labels = draw.permutation(np.arange(count) % (100 if hundred else 10)).astype("uint8")
        batches = [_draw(labels[start : start + BATCH], draw, hundred) for start in range(0, count, BATCH)]
        parts += [np.concatenate(batches), labels]
    return tuple(parts)


def _draw(labels, draw, hundred):
    """Draw one image a label: background, shape with its own texture, noise."""
    count = len(labels)
    kinds, hues = (labels // 10, labels % 10) if hundred else (labels, draw.integers(0, 10, count))
    background = _texture(draw, count, _colours(draw, draw.integers(0, 10, count), (0.0, 0.55), (0.25, 0.95)))
    surface = _texture(draw, count, _colours(draw, hues, (0.6, 1.0), (0.55, 1.0)))
    # Without a minimum contrast some shapes would be invisible.
    weights = np.array([0.3, 0.59, 0.11], "float32")
    gap = ((surface - background) @ weights).mean((1, 2))
    push = np.where(gap >= 0, 1, -1) * np.clip(0.16 - np.abs(gap), 0, None)
    background -= push[:, None, None, None].astype("float32")
    inside = _coverage(kinds, draw)[..., None]
    image = background + (surface - background) * inside
    image += 0.05 * draw.standard_normal(image.shape, dtype="float32")
    return np.clip(np.round(image * 255), 0, 255).astype("uint8")


def _coverage(kinds, draw):
    """Return how much of each pixel the shape covers, 0 to 1, (N, 32, 32)."""
    count = len(kinds)
    size = draw.uniform(6.5, 12.5, count).astype("float32")
    room = SIDE / 2 - size * 0.85
    centre_x = SIDE / 2 + draw.uniform(-1, 1, count) * room
    centre_y = SIDE / 2 + draw.uniform(-1, 1, count) * room
    turn = draw.uniform(0, 2 * np.pi, count)
    grid = np.arange(SIDE, dtype="float32") + 0.5
    inside = np.empty((count, SIDE, SIDE), "float32")
    for kind, distance in enumerate(SHAPES):
        at = np.flatnonzero(kinds == kind)
        cos, sin = np.cos(turn[at]) / size[at], np.sin(turn[at]) / size[at]
        dx = (grid[None, :] - centre_x[at, None])[:, None, :]
        dy = (grid[None, :] - centre_y[at, None])[:, :, None]
        cos, sin = cos[:, None, None], sin[:, None, None]
        x, y = (dx * cos + dy * sin).astype("float32"), (dy * cos - dx * sin).astype("float32")
        # A distance of one pixel is 1 / size: the edge fades over one pixel, as in a photograph.
        inside[at] = np.clip(0.5 - distance(x, y) * size[at, None, None], 0, 1)
    return inside


def _colours(draw, hues, saturation, value):
    """Return one RGB colour an image, near the named hue, (N, 3) in 0 to 1."""
    hue = (hues + draw.uniform(-0.25, 0.25, len(hues))) / 10
    pairs = zip(hue % 1, draw.uniform(*saturation, len(hues)), draw.uniform(*value, len(hues)), strict=True)
    return np.array([colorsys.hsv_to_rgb(*colour) for colour in pairs], "float32")


def _texture(draw, count, colours):
    """Return images (N, 32, 32, 3) of one colour each, with a slope of brightness and stripes of random direction."""
    grid = np.linspace(-1, 1, SIDE, dtype="float32")
    angle = draw.uniform(0, 2 * np.pi, (2, count, 1, 1)).astype("float32")
    along = np.cos(angle) * grid[None, None, None, :] + np.sin(angle) * grid[None, None, :, None]
    waves = _uniform(draw, 3, 14, count) * along[1] + _uniform(draw, 0, 6.3, count)
    light = _uniform(draw, 0, 0.13, count) * along[0] + _uniform(draw, 0, 0.13, count) * np.sin(waves)
    return colours[:, None, None, :] + light[..., None]


def _uniform(draw, low, high, count):
    """Return one random number an image, shaped to multiply images (N, 32, 32)."""
    return draw.uniform(low, high, (count, 1, 1)).astype("float32")
