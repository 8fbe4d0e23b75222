"""A small network map by map: a square for each map, to scale, and the windows that connect them."""

from itertools import pairwise

from course_utils.plots.networks import words
from course_utils.plots.networks.graph import Network, Unit, flat
from course_utils.plots.networks.pen import (
    INK,
    KINDS,
    LINE,
    MUTED,
    SMALL,
    TITLE,
    WIDTH,
    Pen,
    look,
    shade,
    tint,
)

LARGEST, MOST = 64, 24  # pixels of the image, maps of a layer: what can be drawn one by one
TALL, STACK = 108.0, 34.0  # the side of the largest map; how far the maps of a layer reach back
STRIP, LONG = 14.0, 150.0  # width of a vector, height of the longest
MARGIN, TOP = 26.0, 62.0
PLACE = (0.6, 0.22)  # which value of a map shows its window


def fits(units: list[Unit]) -> bool:
    """Whether all maps of a chain can be drawn one by one."""
    maps = [unit for unit in units if not vector(unit)]
    return bool(maps) and units[0] in maps and all(unit.channels <= MOST and unit.side <= LARGEST for unit in maps)


def vector(unit: Unit) -> bool:
    """Whether a unit gives single values, not maps."""
    return len(unit.shape) == 1 or unit.shape[:-1] == (1, 1)


class Scene:
    """Places and sizes of all layers, in pixels."""

    def __init__(self, units: list[Unit]):
        """Fit the layers into the width of the picture."""
        self.units = units
        self.side = TALL / max(unit.side for unit in units if not vector(unit))
        self.unit = LONG / max([unit.channels for unit in units if vector(unit)], default=1)
        sizes = [self.size(unit) for unit in units]
        gap = (WIDTH - 2 * MARGIN - sum(sizes)) / max(len(units) - 1, 1)
        self.gap = min(gap, 70.0)
        x = (WIDTH - sum(sizes) - self.gap * (len(units) - 1)) / 2
        self.left = {}
        for unit, size in zip(units, sizes, strict=True):
            self.left[unit.name] = x
            x += size + self.gap
        self.middle = TOP + 34 + max(TALL + STACK, LONG) / 2

    def shift(self, unit: Unit) -> float:
        """Return how far each map lies behind the one before."""
        return min(4.0, STACK / max(unit.channels - 1, 1))

    def back(self, unit: Unit) -> float:
        """Return how far the last map lies behind the first."""
        return 0.0 if vector(unit) else self.shift(unit) * (unit.channels - 1)

    def size(self, unit: Unit) -> float:
        """Return the width of a layer."""
        return STRIP if vector(unit) else self.side * unit.shape[1] + self.back(unit)

    def front(self, unit: Unit) -> tuple[float, float, float, float]:
        """Return left, top, width and height of the front map, or of a vector."""
        if vector(unit):
            tall = max(self.unit * unit.channels, 14.0)
            return self.left[unit.name], self.middle - tall / 2, STRIP, tall
        tall, wide = self.side * unit.shape[0], self.side * unit.shape[1]
        return self.left[unit.name], self.middle + (self.back(unit) - tall) / 2, wide, tall


def draw(network: Network, title: str, caption: str) -> Pen:
    """Draw a chain of small layers."""
    units = [network.units[name] for name in flat(network.main)]
    scene = Scene(units)
    bottom = scene.middle + max(TALL + STACK, LONG) / 2 + 18
    pen = Pen(WIDTH, bottom + 92)
    pen.text(WIDTH / 2, 24, title, size=TITLE, weight="bold", gid="text:title")
    for before, unit in pairwise(units):
        connect(pen, scene, before, unit, bottom)
    for unit in units:
        layer(pen, scene, unit)
        head(pen, scene, unit)
    pen.legend([look(unit) for unit in units], WIDTH / 2, bottom + 44)
    note = "squares: maps and windows to scale · strips: height is the number of units"
    note += " · hatched: fixed, not trained" if any(unit.frozen for unit in units) else ""
    pen.text(WIDTH / 2, bottom + 62, note, size=SMALL, colour=MUTED)
    pen.text(WIDTH / 2, bottom + 77, caption, size=SMALL, colour=MUTED)
    return pen


def head(pen: Pen, scene: Scene, unit: Unit) -> None:
    """Write a layer's name and size above it."""
    x = scene.left[unit.name] + scene.size(unit) / 2
    size = f"{unit.channels:,}" if vector(unit) else f"{unit.channels} @ {unit.shape[0]}×{unit.shape[1]}"
    pen.text(x, TOP - 8, unit.name, size=SMALL, weight="bold")
    pen.text(x, TOP + 7, size, size=SMALL)


def layer(pen: Pen, scene: Scene, unit: Unit) -> None:
    """Draw the maps of a layer from the last to the first, or its vector."""
    colour, hatch = KINDS[look(unit)], "////" if unit.frozen else None
    left, top, wide, tall = scene.front(unit)
    edge = {"edge": shade(colour, 0.75), "width": 0.8}
    for number in reversed(range(1 if vector(unit) else unit.channels)):
        x, y = left + number * scene.shift(unit), top - number * scene.shift(unit)
        corners = [(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)]
        gid = f"box:{unit.name}" if number == 0 else "map"
        pen.polygon(corners, tint(colour, 0.55 if vector(unit) else 0.3), gid=gid, hatch=hatch, zorder=3, **edge)
    if vector(unit) and unit.channels <= 12:
        for number in range(1, unit.channels):
            y = top + tall * number / unit.channels
            pen.line([(left, y), (left + wide, y)], colour=shade(colour, 0.75), width=0.6, zorder=3.2)


def connect(pen: Pen, scene: Scene, before: Unit, unit: Unit, bottom: float) -> None:
    """Draw what a value of a layer sees of the layer before, and name the operation below."""
    x = (scene.left[before.name] + scene.size(before) + scene.left[unit.name]) / 2
    first, _, rest = words.operation(unit).partition(" ")
    lines = [first, rest] if rest else [first]
    for number, line in enumerate([*lines, *(word for word in unit.after if word == "softmax")]):
        pen.text(x, bottom + 14 * number - 6, line, size=SMALL, colour=INK)
    left, top, wide, tall = scene.front(before)
    if vector(unit):
        to = scene.front(unit)
        reach = 0.0 if vector(before) else scene.back(before)
        for start, end in (((left + wide + reach, top - reach), to[1]), ((left + wide, top + tall), to[1] + to[3])):
            pen.line([start, (to[0], end)], colour="#8c959f", width=0.9)
        return
    window(pen, scene, before, unit)


def window(pen: Pen, scene: Scene, before: Unit, unit: Unit) -> None:
    """Draw one window on the front map before, and the value that it gives."""
    (left, top, _, _), (to_left, to_top, _, _) = scene.front(before), scene.front(unit)
    rows, columns = unit.row.kernel
    padded = [
        (size - 1) * step + k > side
        for size, step, k, side in zip(unit.shape, unit.row.steps, unit.row.kernel, before.shape, strict=False)
    ]
    across, down = (round(part * (size - 1)) for part, size in zip(PLACE, unit.shape[1::-1], strict=False))
    x = left + scene.side * (across * unit.row.steps[1] - (columns // 2 if padded[1] else 0))
    y = top + scene.side * (down * unit.row.steps[0] - (rows // 2 if padded[0] else 0))
    wide, tall, one = columns * scene.side, rows * scene.side, scene.side
    value = to_left + across * one, to_top + down * one
    ink = {"edge": INK, "width": 1.1, "zorder": 4}
    pen.polygon([(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)], tint(INK, 0.25), gid="window", **ink)
    square = [value, (value[0] + one, value[1]), (value[0] + one, value[1] + one), (value[0], value[1] + one)]
    pen.polygon(square, INK, gid="value", **ink)
    for corner, end in (((x + wide, y), value[1]), ((x + wide, y + tall), value[1] + one)):
        pen.line([corner, (value[0], end)], colour=LINE, width=0.9, zorder=4)
