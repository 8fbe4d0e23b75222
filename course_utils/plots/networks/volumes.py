"""A whole network as volumes on one axis: height and depth are the sides of the maps, thickness the channels."""

from dataclasses import dataclass
from itertools import pairwise

from course_utils.plots.networks import words
from course_utils.plots.networks.graph import Network, Unit, flat
from course_utils.plots.networks.pen import KINDS, MUTED, SMALL, TITLE, WIDTH, Pen, look, shade, tint, width_of

TALLEST, LEAST = 230.0, 6.0  # pixels: the largest maps, and vectors
SLANT = 0.30  # depth of a volume as it is drawn, of its height, both to the right and up
THIN, THICK = 4.0, 64.0
MARGIN, APART, BREATH = 22.0, 3.0, 16.0


@dataclass
class Stage:
    """Units of one size that stand together, with the words below them."""

    units: list[Unit]
    lines: list[str]
    wide: float = 0.0
    x: float = 0.0


class Scale:
    """Pixels of a side and of channels: sides to scale, channels by their square root."""

    def __init__(self, units: list[Unit]):
        """Let the largest maps be as tall, and the most channels as thick, as they may."""
        sides = sorted({unit.side for unit in units if len(unit.shape) == 3}, reverse=True) or [1]
        gradual = all(after / before > 0.4 for before, after in pairwise(sides))
        self.largest, self.power = sides[0], 1.0 if gradual else 0.5
        self.tallest = TALLEST
        self.root = THICK / max(unit.channels**0.5 for unit in units)

    def height(self, unit: Unit) -> float:
        """Return the height of a volume."""
        return max(self.tallest * (unit.side / self.largest) ** self.power, LEAST)

    @property
    def words(self) -> str:
        """Say what height and thickness mean."""
        height = "to scale" if self.power == 1 else "by its square root"
        return f"height and depth: side of the maps, {height} · thickness: square root of the channels"

    def thickness(self, unit: Unit) -> float:
        """Return the thickness of a volume."""
        return THIN + self.root * unit.channels**0.5


def draw(network: Network, title: str, caption: str) -> Pen:
    """Draw a network without branches."""
    units = [network.units[name] for name in flat(network.main)]
    stages = grouped(units)
    scale = Scale(units)
    place(stages, scale)
    whole = TALLEST * (1 + SLANT)
    head = 30 + (30 if any(unit.frozen for unit in units) else 0)
    middle, bottom = MARGIN + head + whole / 2, MARGIN + head + 20 + whole
    foot = bottom + 15 * max(len(stage.lines) for stage in stages) + 12
    pen = Pen(WIDTH, foot + 50)
    pen.text(WIDTH / 2, MARGIN + 6, title, size=TITLE, weight="bold", gid="text:title")
    end = stages[-1].x + stages[-1].wide + 18
    pen.arrow([(stages[0].x - 10, middle), (end, middle)], colour=KINDS["input"], zorder=1)
    drawn = [place for stage in stages for place in draw_stage(pen, stage, scale, middle, bottom)]
    pen.spans(drawn, MARGIN + 42)
    pen.legend([look(unit) for unit in units], WIDTH / 2, foot)
    pen.text(WIDTH / 2, foot + 18, scale.words, size=SMALL, colour=MUTED)
    pen.text(WIDTH / 2, foot + 33, caption, size=SMALL, colour=MUTED)
    return pen


def grouped(units: list[Unit], *, alike: bool = True) -> list[Stage]:
    """Return runs of equal shape and kind, each with the pooling that ends it; or each layer by itself."""
    runs: list[list[Unit]] = []
    for unit in units:
        same = alike and runs and unit.kind == runs[-1][0].kind and unit.shape == runs[-1][0].shape
        if same or (unit.kind == "pooling" and runs and runs[-1][-1].kind == "convolution"):
            runs[-1].append(unit)
        else:
            runs.append([unit])
    return [Stage(run, below(run)) for run in runs]


def below(run: list[Unit]) -> list[str]:
    """Return the lines that stand below a group."""
    first, body = run[0], [unit for unit in run if unit.kind != "pooling"]
    if first.kind == "input":
        return [words.tight(first.shape), "image" if len(first.shape) == 3 else "input"]
    if not body:
        return [words.tight(first.shape), words.window(first.row)]
    times = f"{len(body)} × " if len(body) > 1 else ""
    lines = [words.tight(first.shape), times + words.operation(first)]
    if body[-1].after and body[-1].after[-1] in ("softmax", "sigmoid"):
        lines.append(body[-1].after[-1])
    if run[-1] is not first and run[-1].kind == "pooling":
        lines.append(words.window(run[-1].row))
    return lines


def place(stages: list[Stage], scale: Scale) -> None:
    """Give each stage its place on the axis; volumes become thinner until neither they nor the words touch."""
    texts = [max(width_of(line, SMALL, "bold") for line in stage.lines) for stage in stages]
    left = -1.0
    while left < 0 and scale.root > 0.05:
        for stage in stages:
            stage.wide = sum(scale.thickness(unit) + APART for unit in stage.units) - APART
        rooms = [max(stage.wide + BREATH, text + 8) for stage, text in zip(stages, texts, strict=True)]
        left = WIDTH - 2 * MARGIN - sum(rooms)
        scale.root *= 1 if left >= 0 else 0.96
    x = MARGIN
    for stage, room in zip(stages, rooms, strict=True):
        room += max(left, 0) / len(stages)
        stage.x = x + (room - stage.wide) / 2
        x += room


def draw_stage(pen: Pen, stage: Stage, scale: Scale, middle: float, bottom: float) -> list:
    """Draw the volumes of a stage and its words; return the units with their places."""
    x, drawn = stage.x, []
    for unit in stage.units:
        thick = scale.thickness(unit)
        volume(pen, x, middle, thick, scale.height(unit), unit)
        drawn.append((unit, x, x + thick))
        x += thick + APART
    centre = stage.x + stage.wide / 2
    for number, line in enumerate(stage.lines):
        pen.text(centre, bottom + 15 * number, line, size=SMALL, weight="normal" if number else "bold")
    return drawn


def volume(pen: Pen, x: float, middle: float, thick: float, tall: float, unit: Unit, gid: str = "") -> None:
    """Draw one volume whose middle lies on the axis: front, top and right face."""
    colour, deep = KINDS[look(unit)], tall * SLANT
    left, right = x - deep / 2, x - deep / 2 + thick
    low, high = middle + tall / 2 + deep / 2, middle - tall / 2 + deep / 2
    edge = {"edge": shade(colour, 0.62), "width": 0.7}
    hatch = "////" if unit.frozen else None
    front = [(left, low), (right, low), (right, high), (left, high)]
    roof = [(left, high), (right, high), (right + deep, high - deep), (left + deep, high - deep)]
    side = [(right, low), (right + deep, low - deep), (right + deep, high - deep), (right, high)]
    faded = 0.45 if unit.frozen else 1.0
    pen.polygon(side, tint(colour, 0.62 * faded), **edge)
    pen.polygon(roof, tint(colour, 0.42 * faded), **edge)
    pen.polygon(front, tint(colour, 0.82 * faded), gid=gid or f"box:{unit.name}", hatch=hatch, **edge)
