"""`Augmentation`: every image of a batch rotated, shifted, sheared, zoomed and mirrored in one step."""

import math
from dataclasses import dataclass

from course_utils.validation import real_number


@dataclass(frozen=True)
class Augmentation:
    """Chance changes of training images: one affine map an image, drawn evenly from the ranges.

    The five changes are composed to one matrix, so each pixel is interpolated once, and a whole batch is one call.
    Pixels that come in from outside repeat the edge.

    Attributes:
        rotation: degrees, to both sides.
        shift: share of height and width, to all sides.
        shear: share of the height by which the bottom moves against the top, to both sides.
        zoom: share by which an image grows or shrinks.
        flip: mirror left and right with probability one half.

    Example:
        >>> Augmentation(rotation=10, shear=0)(images, 7)
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

    def __call__(self, images, seed):
        """Return the changed images, uint8, (n, height, width, 3); the same seed gives the same changes."""
        import tensorflow as tf

        count, height, width = tf.shape(images)[0], images.shape[1], images.shape[2]
        draw = tf.random.stateless_uniform((6, count), tf.stack([tf.cast(seed, tf.int64), 0]), -1.0, 1.0)
        changed = tf.raw_ops.ImageProjectiveTransformV3(
            images=tf.cast(images, tf.float32),
            transforms=self.matrices(draw, height, width),
            output_shape=tf.constant([height, width]),
            fill_value=0.0,
            interpolation="BILINEAR",
            fill_mode="NEAREST",
        )
        return tf.cast(changed + 0.5, tf.uint8)

    def matrices(self, draw, height: int, width: int):
        """Return (n, 8): where each output pixel comes from, as x' = (a x + b y + c), y' = (d x + e y + f)."""
        import tensorflow as tf

        turn, right, down, slant, grow, side = tf.unstack(draw)
        turn, slant = turn * (self.rotation * math.pi / 180), slant * self.shear
        scale = 1.0 + grow * self.zoom
        mirror = tf.where(side < 0.0, -1.0, 1.0) if self.flip else tf.ones_like(side)
        cos, sin = tf.cos(turn), tf.sin(turn)
        a, b = mirror * scale * cos, mirror * scale * (slant * cos - sin)
        d, e = scale * sin, scale * (slant * sin + cos)
        middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
        c = middle_x - a * middle_x - b * middle_y + right * (self.shift * width)
        f = middle_y - d * middle_x - e * middle_y + down * (self.shift * height)
        zero = tf.zeros_like(a)
        return tf.stack([a, b, c, d, e, f, zero, zero], axis=1)
