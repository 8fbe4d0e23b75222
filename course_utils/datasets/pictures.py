"""Generated image files: drawn flowers of 17 kinds, drawn cats and dogs. They stand in for photographs."""

import colorsys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from course_utils.datasets import store

VERSION = 1  # raise it when the drawings change: a new folder is made and the old one left alone
SIDE = 224
SMOOTH = 2  # drawn this many times larger and then reduced, for smooth edges
EACH_FLOWER = 40
PETS = {"train": 200, "validation": 100}  # of each class

# petals, length of a petal as a share of its reach, width, hue, saturation of the petals, radius and hue of the heart
FLOWERS = (
    (6, 0.9, 0.30, 0.14, 0.9, 0.30, 0.11),  # daffodil
    (3, 1.0, 0.34, 0.30, 0.05, 0.06, 0.28),  # snowdrop
    (5, 0.5, 0.40, 0.16, 0.04, 0.10, 0.25),
    (6, 0.8, 0.22, 0.68, 0.6, 0.10, 0.65),
    (6, 1.0, 0.36, 0.78, 0.5, 0.10, 0.10),
    (3, 1.0, 0.46, 0.74, 0.8, 0.10, 0.15),
    (6, 1.0, 0.24, 0.05, 0.95, 0.08, 0.03),
    (5, 0.7, 0.52, 0.98, 0.85, 0.12, 0.14),
    (6, 0.6, 0.48, 0.90, 0.45, 0.05, 0.90),
    (21, 1.0, 0.13, 0.13, 0.95, 0.42, 0.07),  # sunflower
    (21, 1.0, 0.10, 0.16, 0.03, 0.26, 0.14),  # daisy
    (34, 1.0, 0.05, 0.14, 0.95, 0.30, 0.12),
    (55, 0.9, 0.06, 0.15, 0.95, 0.05, 0.13),
    (5, 0.6, 0.42, 0.15, 0.6, 0.14, 0.09),
    (5, 1.0, 0.50, 0.15, 1.0, 0.22, 0.20),
    (7, 1.0, 0.32, 0.60, 0.06, 0.14, 0.17),
    (5, 0.8, 0.62, 0.80, 0.9, 0.16, 0.14),  # pansy
)


def folder(name: str) -> Path:
    """Return the folder of generated pictures, drawn on the first call (a few seconds) and kept in the cache."""
    drawing = {"flowers17": draw_flowers, "cats_vs_dogs": draw_pets}[name]
    return store.folder(f"{name}-generated-{VERSION}", drawing)


def draw_flowers(root: Path) -> None:
    """Write jpg/image_0001.jpg and so on, the kinds in order."""
    (root / "jpg").mkdir(parents=True)
    for number in range(EACH_FLOWER * len(FLOWERS)):
        draw = np.random.default_rng([17, number])
        _save(flower(number // EACH_FLOWER, draw), root / "jpg" / f"image_{number + 1:04d}.jpg")


def draw_pets(root: Path) -> None:
    """Write train and validation folders with cats and dogs."""
    first = 0
    for part, count in PETS.items():
        for label, (plural, single) in enumerate((("cats", "cat"), ("dogs", "dog"))):
            (root / part / plural).mkdir(parents=True)
            for number in range(first, first + count):
                draw = np.random.default_rng([2, label, number])
                _save(pet(single, draw), root / part / plural / f"{single}.{number}.jpg")
        first += count


def flower(kind: int, draw: np.random.Generator) -> Image.Image:
    """Draw one flower of a kind, with its own size, place, turn, colour and meadow."""
    petals, length, width, hue, saturation, heart, heart_hue = FLOWERS[kind]
    image = _ground(draw, hue=draw.uniform(0.22, 0.42))
    pen = ImageDraw.Draw(image)
    for _ in range(draw.integers(1, 4)):
        centre = draw.uniform(0.3, 0.7, 2) * SIDE
        reach = draw.uniform(0.22, 0.40) * SIDE
        turn = draw.uniform(0, 360)
        tint = (hue + draw.normal(0, 0.015)) % 1
        for petal in range(petals):
            shade = draw.uniform(0.72, 1.0)
            angle = np.deg2rad(turn + 360 * petal / petals + draw.normal(0, 3))
            _petal(pen, centre, angle, reach, length, width, _rgb(tint, saturation, shade))
        _disc(pen, centre, reach * heart, _rgb(heart_hue, 0.85, draw.uniform(0.5, 0.85)))
    return image


def _petal(pen, centre, angle, reach, length, width, colour):
    """Draw one leaf-shaped petal from the centre outwards."""
    along = np.linspace(0, 1, 12)
    side = width * np.sin(np.pi * along ** (1.5 - 0.7 * length)) * reach
    out = along * reach
    edge = np.concatenate([np.stack([out, side], 1), np.stack([out, -side], 1)[::-1]])
    cos, sin = np.cos(angle), np.sin(angle)
    points = edge @ np.array([[cos, sin], [-sin, cos]]) + centre
    pen.polygon([tuple(point) for point in points * SMOOTH], fill=colour, outline=_darker(colour))


def pet(kind: str, draw: np.random.Generator) -> Image.Image:
    """Draw a head: a cat has pointed upright ears and whiskers, a dog has hanging ears and a long muzzle."""
    image = _ground(draw, hue=draw.uniform(0, 1))
    pen = ImageDraw.Draw(image)
    centre, size = draw.uniform(0.36, 0.64, 2) * SIDE, draw.uniform(0.2, 0.32) * SIDE
    fur = _rgb(draw.uniform(0.04, 0.12), draw.uniform(0.05, 0.7), draw.uniform(0.35, 0.95))
    dark, light = _darker(fur), tuple(min(255, int(channel * 1.25) + 12) for channel in fur)
    lean = np.deg2rad(draw.uniform(-22, 22))
    place = np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])

    def at(*points):
        return [tuple(point) for point in (np.array(points) @ place * size + centre) * SMOOTH]

    for side in (-1, 1):
        if kind == "cat":
            pen.polygon(at((side * 0.9, -0.3), (side * 0.78, -1.35), (side * 0.15, -0.8)), fill=fur, outline=dark)
    _disc(pen, centre, size, fur)
    muzzle = np.array([0, 0.45 if kind == "cat" else 0.6]) @ place * size + centre
    _disc(pen, muzzle, size * (0.34 if kind == "cat" else 0.52), light)
    for side in (-1, 1):
        if kind == "dog":
            hanging = ((side * 0.6, -0.8), (side * 1.15, -0.6), (side * 1.3, 0.5), (side * 1.0, 0.75), (side * 0.8, 0))
            pen.polygon(at(*hanging), fill=dark)
        _disc(pen, np.array([side * 0.38, -0.15]) @ place * size + centre, size * 0.13, (25, 25, 25))
        if kind == "cat":
            for slope in (-0.12, 0.05, 0.22):
                pen.line(at((side * 0.25, 0.45), (side * 1.2, 0.4 + slope)), fill=dark, width=SMOOTH)
    nose = ((-0.14, 0.28), (0.14, 0.28), (0, 0.45)) if kind == "cat" else ((-0.2, 0.3), (0.2, 0.3), (0, 0.56))
    pen.polygon(at(*nose), fill=(60, 30, 35))
    return image


def _ground(draw, hue) -> Image.Image:
    """Return a blurred, blotchy background of about one hue."""
    spots = draw.uniform(0.25, 0.75, (7, 7))
    values = np.stack([np.array(_rgb(hue, draw.uniform(0.2, 0.7), value)) for value in spots.ravel()]).reshape(7, 7, 3)
    small = Image.fromarray(values.astype("uint8"))
    return small.resize((SIDE * SMOOTH, SIDE * SMOOTH), Image.Resampling.BICUBIC)


def _disc(pen, centre, radius, colour):
    low, high = (centre - radius) * SMOOTH, (centre + radius) * SMOOTH
    pen.ellipse([*low, *high], fill=colour)


def _rgb(hue, saturation, value) -> tuple[int, int, int]:
    return tuple(int(255 * channel) for channel in colorsys.hsv_to_rgb(hue % 1, saturation, value))


def _darker(colour) -> tuple[int, int, int]:
    return tuple(int(channel * 0.62) for channel in colour)


def _save(image: Image.Image, path: Path) -> None:
    """Reduce, soften a little and write as JPEG."""
    small = image.resize((SIDE, SIDE), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(0.6))
    small.save(path, quality=88)
