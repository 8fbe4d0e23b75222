"""A network in two towers: each draws half of the channels, and lines cross where a layer sees both halves."""

from dataclasses import replace
from itertools import pairwise

from course_utils.plots.networks import words
from course_utils.plots.networks.graph import Network, Unit, flat
from course_utils.plots.networks.pen import INK, LINE, MUTED, SMALL, TITLE, WIDTH, Pen, look
from course_utils.plots.networks.volumes import APART, SLANT, Scale, Stage, grouped, volume

MARGIN, TALL, ASIDE = 20.0, 180.0, 70.0  # the tallest volume; from the middle to a tower
SEEN = 26.0  # between columns at least, for the lines


def divided(units: list[Unit]) -> bool:
    """Whether some convolutions have two groups: two towers."""
    return any(unit.kind == "convolution" and unit.row.groups == 2 and unit.channels > 2 for unit in units)


def draw(network: Network, title: str, caption: str) -> Pen:
    """Draw a chain in two towers; input and output are not divided."""
    units = [network.units[name] for name in flat(network.main)]
    stages = grouped(units, alike=False)
    scale = Scale([unit if alone(unit, units) else half(unit) for unit in units])
    scale.power, scale.tallest = 0.5, TALL
    place(stages, scale, units)
    middle = 52 + TALL * (1 + SLANT) / 2
    bottom = middle + TALL * (1 + SLANT) / 2 + 24
    pen = Pen(WIDTH, bottom + 146)
    pen.text(WIDTH / 2, 26, title, size=TITLE, weight="bold", gid="text:title")
    for before, stage in pairwise(stages):
        connect(pen, scale, (before, stage), middle, units)
    for stage in stages:
        draw_stage(pen, stage, scale, middle, bottom, units)
    last = stages[-1].x + stages[-1].wide
    pen.arrow([(last, middle), (last + 16, middle)])
    pen.legend([look(unit) for unit in units], WIDTH / 2, bottom + 84)
    notes = (
        "each tower makes half of the maps · straight lines: it sees its own half · crossed lines: both halves",
        "the taller a box, the larger its maps · the thicker, the more of them (both by their square roots)",
        caption,
    )
    for number, line in enumerate(notes):
        pen.text(WIDTH / 2, bottom + 102 + 15 * number, line, size=SMALL, colour=MUTED)
    return pen


def alone(unit: Unit, units: list[Unit]) -> bool:
    """Whether a unit is not divided: the first and the last."""
    return unit in (units[0], units[-1])


def half(unit: Unit) -> Unit:
    """Return one tower's part of a unit."""
    return replace(unit, shape=(*unit.shape[:-1], unit.channels // 2))


def place(stages: list[Stage], scale: Scale, units: list[Unit]) -> None:
    """Give each stage an equal room; volumes become thinner until lines can be seen between them."""
    room = (WIDTH - 2 * MARGIN) / len(stages)
    while True:
        for stage in stages:
            parts = [unit if alone(unit, units) else half(unit) for unit in stage.units]
            stage.wide = sum(scale.thickness(unit) + APART for unit in parts) - APART
        if max(stage.wide for stage in stages) <= room - SEEN - 16:
            break
        scale.root *= 0.96
    for number, stage in enumerate(stages):
        stage.x = MARGIN + room * number + (room - stage.wide) / 2


def rows(stage: Stage, units: list[Unit], middle: float) -> list[float]:
    """Return the height of the axis of each tower, or the middle alone."""
    return [middle] if alone(stage.units[0], units) else [middle - ASIDE, middle + ASIDE]


def connect(pen: Pen, scale: Scale, pair: tuple[Stage, Stage], middle: float, units: list[Unit]) -> None:
    """Draw the lines into a stage: straight ones within a tower, crossed ones where it sees both."""
    before, stage = pair
    crossed = stage.units[0].row.groups == 1
    begin = before.x + before.wide + SLANT * scale.height(before.units[-1]) / 2
    end = stage.x - SLANT * scale.height(stage.units[0]) / 2
    for start in rows(before, units, middle):
        for stop in rows(stage, units, middle):
            if crossed or start == stop:
                pen.arrow([(begin, start), (end, stop)], colour=INK if crossed else LINE, zorder=5)


def draw_stage(pen: Pen, stage: Stage, scale: Scale, middle: float, bottom: float, units: list[Unit]) -> None:
    """Draw the volumes of a stage in each tower, its name between them and its words below."""
    for tower, axis in enumerate(rows(stage, units, middle)):
        x = stage.x
        for unit in stage.units:
            part = unit if alone(unit, units) else half(unit)
            thick = scale.thickness(part)
            volume(pen, x, axis, thick, scale.height(part), part, gid=f"{'half' if tower else 'box'}:{unit.name}")
            x += thick + APART
    if not alone(stage.units[0], units):
        pen.text(stage.x + stage.wide / 2, middle, stage.units[0].name, size=SMALL, weight="bold")
    for number, line in enumerate(described(stage, units)):
        pen.text(
            stage.x + stage.wide / 2, bottom + 14 * number, line, size=SMALL, weight="normal" if number else "bold"
        )


def described(stage: Stage, units: list[Unit]) -> list[str]:
    """Return the lines below a stage: the size of its maps, how many both towers make, and by what."""
    first, last = stage.units[0], stage.units[-1]
    if first is units[0]:
        return [words.tight(first.shape), "image"]
    size = [words.tight(first.shape)]
    if len(first.shape) == 3:
        size = [words.tight(first.shape[:-1]), f"{first.channels:,} maps"]
    ends = [word for word in first.after if word == "softmax"] if first is units[-1] else []
    pooled = ["then pooling"] if last is not first and last.kind == "pooling" else []
    return [*size, *words.operation(first).split(", "), *ends, *pooled]
