"""A whole network as bars from left to right: shortcuts as brackets above them, modules as lanes, heads on top."""

from course_utils.plots.networks import words
from course_utils.plots.networks.graph import Network, Unit
from course_utils.plots.networks.pen import CARD, MUTED, SMALL, TITLE, WIDTH, Pen, look
from course_utils.plots.networks.steps import Run, Step, runs_of, steps_of
from course_utils.plots.networks.strips import (
    BETWEEN,
    BOTTOM,
    CELL,
    CELL_GAP,
    END,
    FORK,
    JOIN,
    LANE,
    MARGIN,
    PLUS,
    RISE,
    Strip,
    above,
    lane_width,
    lanes,
    module_width,
    row_height,
    rows_of,
)


def draw(panels: list[tuple[str, Network, str]]) -> Pen:
    """Draw networks below each other, each in as many rows as it needs."""
    strips = [
        Strip(title, caption, network, runs_of(steps_of(network, network.main))) for title, network, caption in panels
    ]
    thick = 7.0
    while thick > 1.1 and any(sum(map(strip.needs, strip.runs)) > WIDTH - 2 * MARGIN - END for strip in strips):
        thick -= 0.2
        for strip in strips:
            strip.thick = thick
    placed = [(strip, rows_of(strip)) for strip in strips]
    tall = sum(34 + sum(row_height(strip, row) for row in rows) for strip, rows in placed)
    pen = Pen(WIDTH, tall + 66)
    y = 14.0
    for strip, rows in placed:
        y = Drawing(pen, strip).all(rows, y)
    units = [unit for strip in strips for unit in strip.network.units.values()]
    pen.legend([look(unit) for unit in units], WIDTH / 2, y + 14)
    note = "height: each doubling of the maps' side adds the same · width: logarithm of the channels"
    pen.text(WIDTH / 2, y + 34, note, size=SMALL, colour=MUTED)
    return pen


class Drawing:
    """Draws one strip."""

    def __init__(self, pen: Pen, strip: Strip):
        """Keep the pen."""
        self.pen, self.strip = pen, strip
        self.top = 0.0
        self.places: list[tuple[Unit, float, float]] = []

    def all(self, rows: list[list[Run]], y: float) -> float:
        """Draw title and rows; return where they end."""
        self.pen.text(MARGIN, y + 10, self.strip.title, size=TITLE, weight="bold", ha="left", gid="text:title")
        self.pen.text(WIDTH - MARGIN, y + 10, self.strip.caption, size=SMALL, ha="right", colour=MUTED)
        y, end = y + 28, None
        for number, row in enumerate(rows):
            bars = max(self.strip.height(step.unit) for run in row for step in run.steps)
            self.top = y + above(self.strip, row)
            middle = self.top + bars / 2
            if end is not None:
                turn = y - 3
                self.pen.arrow(
                    [end, (WIDTH - 12, end[1]), (WIDTH - 12, turn), (12, turn), (12, middle), (MARGIN + 2, middle)]
                )
            end = self.row(row, middle, bars, last=number == len(rows) - 1)
            y += row_height(self.strip, row)
        return y + 6

    def row(self, row: list[Run], middle: float, bars: float, *, last: bool) -> tuple[float, float]:
        """Draw a row; return where its line ends."""
        rooms = [self.strip.needs(run) for run in row]
        spare = max(WIDTH - 2 * MARGIN - END - sum(rooms), 0) / len(row)
        x, end = MARGIN, MARGIN
        bottom, self.places = middle + bars / 2 + 14, []
        for run, room in zip(row, rooms, strict=True):
            wide = room + min(spare, 60 if last and row is self.strip.runs else 26)
            begin = x + (wide - self.strip.room(run.drawn)) / 2
            self.pen.line([(end, middle), (begin, middle)])
            end = self.series(run.drawn, begin, middle)
            centre = (begin + end - BETWEEN) / 2
            if end - begin > 24:
                self.pen.line([(begin, bottom - 8), (end - BETWEEN, bottom - 8)], colour=MUTED, width=0.8)
            for number, line in enumerate(run.lines):
                weight = "normal" if number else "bold"
                self.pen.text(centre, bottom + 2 + BOTTOM * number, line, size=SMALL, weight=weight)
            x += wide
        self.pen.spans(self.places, self.top - above(self.strip, row) + 14)
        if last:
            self.pen.arrow([(end - BETWEEN, middle), (min(end + 16, WIDTH - 8), middle)])
        return end - BETWEEN, middle

    def series(self, steps, x: float, y: float) -> float:
        """Draw steps on the axis; return where they end."""
        for step in steps:
            if step is None:
                self.pen.line([(x - BETWEEN, y), (x + 19, y)])
                self.pen.box(x + 8, y, 18, 10, "input", strength=0.0, radius=0).set(edgecolor=CARD)
                self.pen.text(x + 8, y, "···", weight="bold", size=TITLE)
                x += 22
            elif step.adds:
                x = self.block(step, x, y)
            elif step.branches:
                x = self.module(step, x, y)
            else:
                x = self.bar(step.unit, x, y)
        return x

    def bar(self, unit: Unit, x: float, y: float) -> float:
        """Draw one layer as a bar."""
        wide, tall = self.strip.width(unit), self.strip.height(unit)
        self.pen.line([(x - BETWEEN, y), (x + wide + BETWEEN, y)])
        gid = f"box:{unit.name}"
        self.pen.box(
            x + wide / 2,
            y,
            wide,
            tall,
            look(unit),
            gid=gid,
            strength=0.3 if unit.frozen else 0.72,
            radius=1.5,
            frozen=unit.frozen,
        )
        self.places.append((unit, x, x + wide))
        return x + wide + BETWEEN

    def block(self, step: Step, x: float, y: float) -> float:
        """Draw a residual block: its layers, and a bracket above them that ends in the sum."""
        fork = x + FORK - BETWEEN
        self.pen.line([(x - BETWEEN, y), (x + 2 * FORK, y)])
        end = self.series(step.trunk, x + 2 * FORK - BETWEEN, y)
        plus = end + PLUS
        self.pen.line([(end - BETWEEN, y), (plus - PLUS, y)])
        heights = [self.strip.height(inner.unit) for inner in step.trunk]
        roof = y - max([*heights, self.strip.height(step.unit)]) / 2 - RISE + 4
        self.pen.circle(plus, y, PLUS, step.unit.kind, gid=f"box:{step.unit.name}")
        self.pen.arrow([(fork, y), (fork, roof), (plus, roof), (plus, y - PLUS)], width=1.1, gid="shortcut")
        for branch in step.aside:
            for number, inner in enumerate(branch, start=1):
                middle = fork + (plus - fork) * number / (len(branch) + 1)
                gid = f"box:{inner.unit.name}"
                self.pen.box(middle, roof, 14, 9, look(inner.unit), gid=gid, strength=0.72, radius=1.5)
        self.pen.line([(plus + PLUS, y), (plus + PLUS + BETWEEN, y)])
        return plus + PLUS + BETWEEN

    def module(self, step: Step, x: float, y: float) -> float:
        """Draw a module: branches as lanes, and the bar that joins them."""
        end = self.lanes(step, x, y, lanes([step]))
        for head in self.strip.network.heads:
            if self.strip.network.units[head[0]].inputs[0] == step.unit.name:
                self.head([self.strip.network.units[name] for name in head], end + 2, y)
        self.pen.line([(end, y), (end + 10, y)])
        return end + 10

    def lanes(self, step: Step, x: float, y: float, number: int, pitch: float = 0.0) -> float:
        """Draw the branches of a module around an axis; return where it ends."""
        inner = bool(pitch)
        pitch = pitch or min(max(self.strip.height(step.unit) / number, LANE), 26)
        end, top = x + module_width(step), y - pitch * number / 2
        stop = end - JOIN if step.unit.kind != "open" else end
        middles = []
        for branch in step.branches:
            count = lanes(branch)
            middle = top + pitch * count / 2
            top += pitch * count
            middles.append(middle)
            self.lane(branch, x, middle, stop, pitch)
        self.pen.line([(x, min(middles)), (x, max(middles))])
        if step.unit.kind != "open":
            tall = pitch * number - 4 if inner else self.strip.height(step.unit)
            gid = f"box:{step.unit.name}"
            self.pen.box(end - JOIN / 2, y, JOIN, tall, "concat", gid=gid, strength=0.6, radius=1.5)
        return end

    def lane(self, steps: list[Step], x: float, y: float, stop: float, pitch: float) -> None:
        """Draw one branch from ``x`` to ``stop``."""
        spare = (stop - x - lane_width(steps)) / (len(steps) + 1)
        self.pen.line([(x, y), (stop, y)])
        x += CELL_GAP + spare
        for step in steps:
            if step.branches:
                x = self.lanes(step, x, y, lanes([step]), pitch)
            else:
                self.cell(step.unit, x + CELL / 2, y)
                x += CELL
            x += CELL_GAP + spare

    def cell(self, unit: Unit, x: float, y: float, wide: float = CELL) -> None:
        """Draw one layer of a module with its window."""
        self.pen.box(x, y, wide, 15, look(unit), gid=f"box:{unit.name}", strength=0.3, radius=2, frozen=unit.frozen)
        self.pen.text(x, y, words.only_window(unit), size=SMALL, gid="text:box")

    def head(self, units: list[Unit], x: float, y: float) -> None:
        """Draw an auxiliary head above its module."""
        roof, wide = self.top - 16, sum(self.head_cell(unit) + 7 for unit in units)
        place = min(x + 8, WIDTH - 18 - wide)
        self.pen.dot(x, y)
        around = [(x, roof + 12), (place - 8, roof + 12)] if place < x else []
        self.pen.line([(x, y), *around, (min(x, place - 8), roof), (place, roof)])
        self.pen.text(place, roof - 16, f"auxiliary head, {units[-1].channels:,} classes", size=SMALL, ha="left")
        for unit in units:
            wide = self.head_cell(unit)
            self.cell(unit, place + wide / 2, roof, wide)
            self.pen.line([(place + wide, roof), (place + wide + 7, roof)])
            place += wide + 7
        self.pen.arrow([(place - 7, roof), (place + 8, roof)])

    def head_cell(self, unit: Unit) -> float:
        """Return the width of one layer of an auxiliary head."""
        return 42.0 if unit.kind == "dense" else 36.0
