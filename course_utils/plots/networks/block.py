"""One block, exact: a box a layer from top to bottom, branches as columns, all places computed from the graph."""

from collections.abc import Sequence
from dataclasses import dataclass

from course_utils.plots.networks import words
from course_utils.plots.networks.graph import Network, Parallel, Unit
from course_utils.plots.networks.pen import MUTED, NORMAL, SMALL, TITLE, Pen, look, width_of

GAP, BUS = 20.0, 14.0  # before a box; from a box to where its line divides
COLUMN, BESIDE, AWAY, NAMED = 12.0, 22.0, 14.0, 48.0  # between columns; before a shortcut; its room; its name
FLAT, LINES, RADIUS = 25.0, 14.0, 11.0  # boxes of one line, each line more, circles of sums
MARGIN, PANEL = 18.0, 40.0
JOINS = ("add", "multiply")


class Layout:
    """Measures a block first and draws it then."""

    def __init__(self, network: Network, *, tails: bool):
        """Keep the units; ``tails``: boxes say what is folded into them."""
        self.network, self.units, self.tails = network, network.units, tails
        self.joins: dict[int, str] = {}
        self.find_joins(network.main, network.output)
        self.pen: Pen

    def find_joins(self, items, end: str) -> None:
        """Note the kind of the unit in which each group of branches meets."""
        for item, following in zip(items, [*items, end][1:], strict=False):
            if isinstance(item, Parallel):
                self.joins[id(item)] = self.units[following].kind
                for branch in item.branches:
                    self.find_joins(branch, following)

    def words(self, unit: Unit) -> list[str]:
        """Return the lines of a box."""
        if unit.name == "input":
            return ["input", words.size(unit.shape)]
        lines = [line for line in words.in_box(unit) if line]
        if "softmax" in unit.after or (self.tails and unit.after):
            lines.append(" · ".join(unit.after))
        return lines

    def box(self, name: str) -> tuple[float, float]:
        """Return width and height of a unit."""
        unit = self.units[name]
        if unit.kind in JOINS:
            return 2 * RADIUS, 2 * RADIUS
        if unit.kind == "concat":
            return width_of(self.joined(unit)) + 24, FLAT
        lines = self.words(unit)
        wide = max(width_of(lines[0], NORMAL, "bold"), *(width_of(line, SMALL) for line in lines), 52) + 16
        return wide, FLAT + LINES * (len(lines) - 1)

    def measure(self, items) -> tuple[float, float, float]:
        """Return (room left of the axis, room right of it, height) of a series."""
        left = right = height = 0.0
        for item in items:
            if isinstance(item, Parallel):
                one, other, tall = self.spread(item)
            else:
                wide, tall = self.box(item)
                one, other, tall = wide / 2, wide / 2, tall + GAP
            left, right, height = max(left, one), max(right, other), height + tall
        return (left, right, height) if items else (AWAY / 2, AWAY / 2 + NAMED, 0.0)

    def spread(self, item: Parallel) -> tuple[float, float, float]:
        """Return (left, right, height) of branches."""
        sizes = [self.measure(branch) for branch in item.branches]
        tall = BUS + max(height for _, _, height in sizes)
        if self.adds(item):
            trunk = self.trunk(item)
            beside = [one + other + BESIDE for k, (one, other, _) in enumerate(sizes) if k != trunk]
            return sizes[trunk][0], sizes[trunk][1] + sum(beside), tall
        wide = sum(one + other for one, other, _ in sizes) + COLUMN * (len(sizes) - 1)
        middle = self.middle(sizes)
        return middle, wide - middle, tall

    def middle(self, sizes: Sequence) -> float:
        """Return where the axis of branches lies: on the middle one, or between the two in the middle."""
        x, places = 0.0, []
        for one, other, _ in sizes:
            places.append(x + one)
            x += one + other + COLUMN
        return (places[(len(places) - 1) // 2] + places[len(places) // 2]) / 2

    def adds(self, item: Parallel) -> bool:
        """Whether the branches meet in a sum or product."""
        return self.joins[id(item)] in JOINS

    def trunk(self, item: Parallel) -> int:
        """Return the branch that stays on the axis: the longest."""
        return max(range(len(item.branches)), key=lambda k: self.measure(item.branches[k])[2])

    def draw(self, pen: Pen, axis: float, top: float) -> float:
        """Draw the block; return where it ends."""
        self.pen = pen
        y, lines = self.series(self.network.main, axis, top - GAP, [])
        out = self.units[self.network.output].shape
        self.meet(lines, (axis, y + GAP))
        pen.text(axis, y + GAP + 9, words.size(out), size=NORMAL, weight="bold")
        return y + GAP + 28

    def series(self, items, axis: float, y: float, lines: list) -> tuple[float, list]:
        """Draw items one below the other; take and return unfinished lines."""
        for item in items:
            if isinstance(item, Parallel):
                y, lines = self.branches(item, axis, y, lines)
            else:
                y, lines = self.unit(item, axis, y + GAP, lines)
        return y, lines

    def unit(self, name: str, axis: float, top: float, lines: list) -> tuple[float, list]:
        """Draw one unit and the arrows into it; return its lower edge and the line that leaves."""
        unit, (wide, tall) = self.units[name], self.box(name)
        if unit.kind in JOINS:
            self.pen.circle(axis, top + RADIUS, RADIUS, unit.kind, gid=f"box:{name}")
            self.meet(lines, (axis, top), beside=(axis + RADIUS, top + RADIUS))
        elif unit.kind == "concat":
            self.bar(unit, axis, top, lines)
        else:
            self.labelled(unit, axis, top, wide, tall)
            self.meet(lines, (axis, top))
        return top + tall, [[(axis, top + tall)]]

    def labelled(self, unit: Unit, axis: float, top: float, wide: float, tall: float) -> None:
        """Draw a box with its words."""
        self.pen.box(axis, top + tall / 2, wide, tall, look(unit), gid=f"box:{unit.name}", frozen=unit.frozen)
        first, *more = self.words(unit)
        y = top + 13 if more else top + tall / 2
        self.pen.text(axis, y, first, weight="bold", gid="text:box")
        for place, line in enumerate(more, start=1):
            self.pen.text(axis, y + LINES * place, line, size=SMALL, gid="text:box")

    def joined(self, unit: Unit) -> str:
        """Return the words of a concatenation: the channels of all branches and their sum."""
        parts = " + ".join(f"{self.units[name].channels:,}" for name in unit.inputs)
        return f"concatenate  {parts} = {unit.channels:,}"

    def bar(self, unit: Unit, axis: float, top: float, lines: list) -> None:
        """Draw a concatenation: a bar below all branches, with the sum of their channels."""
        ends = [line[-1][0] for line in lines]
        half = width_of(self.joined(unit)) / 2 + 12
        left, right = min(min(ends) - 24, axis - half), max(max(ends) + 24, axis + half)
        middle, gid = (left + right) / 2, f"box:{unit.name}"
        self.pen.box(middle, top + FLAT / 2, right - left, FLAT, "concat", gid=gid, strength=0.14)
        self.pen.text(middle, top + FLAT / 2, self.joined(unit), gid="text:box")
        for line in lines:
            self.pen.arrow([*line, (line[-1][0], top)])

    def meet(self, lines: list, end: tuple[float, float], *, beside=None) -> None:
        """Finish lines as arrows: straight down to ``end``, or into the side of a circle."""
        for line in lines:
            straight = abs(line[-1][0] - end[0]) < 1
            self.pen.arrow([*line, end] if straight else [*line, (line[-1][0], beside[1]), beside])

    def branches(self, item: Parallel, axis: float, y: float, lines: list) -> tuple[float, list]:
        """Draw branches as columns; return where they end and one unfinished line each."""
        sizes = [self.measure(branch) for branch in item.branches]
        tall, adds, left = max(height for _, _, height in sizes), self.adds(item), []
        places, trunk = self.columns(item, sizes, axis), self.trunk(item)
        fork, start = y + BUS, lines[0] if lines else [(axis, y)]
        for number, (place, branch, (_, _, height)) in enumerate(zip(places, item.branches, sizes, strict=True)):
            slack = 0 if adds and number == trunk else (tall - height) / (2 if adds else 1)
            if adds and not branch:
                self.pen.text(place + 7, fork + tall / 2, "identity", size=SMALL, ha="left", colour=MUTED)
            begin = [*start, (axis, fork), (place, fork)] if abs(place - axis) > 1 else start
            _, ends = self.series(branch, place, fork + slack, [begin])
            left += ends
        if len(places) > 1:
            self.pen.dot(axis, fork)
        return fork + tall, left

    def columns(self, item: Parallel, sizes: Sequence, axis: float) -> list[float]:
        """Return the axis of each branch."""
        if not self.adds(item):
            x, places = axis - self.spread(item)[0], []
            for one, other, _ in sizes:
                places.append(x + one)
                x += one + other + COLUMN
            return places
        trunk = self.trunk(item)
        x, places = axis + sizes[trunk][1], [axis] * len(sizes)
        for number, (one, other, _) in enumerate(sizes):
            if number != trunk:
                places[number] = x + BESIDE + one
                x += BESIDE + one + other
        return places


@dataclass(frozen=True)
class Panel:
    """One block of a picture: its title, its graph, the lines below it, and whether boxes name what is folded in."""

    title: str
    network: Network
    caption: str
    tails: bool = False


def draw(panels: list[Panel]) -> Pen:
    """Draw blocks beside each other."""
    layouts = [Layout(panel.network, tails=panel.tails) for panel in panels]
    sizes = [layout.measure(layout.network.main) for layout in layouts]
    rooms = [
        max(left + right, width_of(panel.title, TITLE, "bold"), width_of(panel.caption, SMALL))
        for panel, (left, right, _) in zip(panels, sizes, strict=True)
    ]
    width = max(sum(rooms) + PANEL * (len(panels) - 1) + 2 * MARGIN, 360)
    head = 34.0 if any(panel.title for panel in panels) else 4.0
    foot = max(len(panel.caption.split("\n")) for panel in panels)
    pen = Pen(width, 2 * MARGIN + head + max(height for _, _, height in sizes) + GAP + 12 + 14 * foot)
    x = (width - sum(rooms) - PANEL * (len(panels) - 1)) / 2
    for panel, layout, room, (left, right, _) in zip(panels, layouts, rooms, sizes, strict=True):
        axis = x + (room - left - right) / 2 + left
        pen.text(x + room / 2, MARGIN + 8, panel.title, size=TITLE, weight="bold", gid="text:title")
        end = layout.draw(pen, axis, MARGIN + head)
        for place, line in enumerate(panel.caption.split("\n")):
            half = width_of(line, SMALL) / 2
            pen.text(min(max(axis, x + half), x + room - half), end + 14 * place, line, size=SMALL, colour=MUTED)
        x += room + PANEL
    return pen
