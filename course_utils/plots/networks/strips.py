"""How wide and tall everything in a strip of bars is, and where a strip is broken into rows."""

import math
from dataclasses import dataclass

from course_utils.plots.networks.graph import Network, Unit
from course_utils.plots.networks.pen import SMALL, WIDTH, width_of
from course_utils.plots.networks.steps import Run, Step, thinned

MARGIN = 14.0
BETWEEN, FORK, PLUS = 2.5, 2.6, 4.0  # between bars, before a block, radius of a sum
CELL, CELL_GAP, LANE, JOIN = 32.0, 8.0, 19.0, 7.0  # of modules: a layer, between layers, a lane, the concatenation
FLAT, STEP = 26.0, 13.0  # height of a vector, and what each doubling of the side adds
RISE, HEAD_ROOM = 13.0, 44.0  # of shortcuts above the bars; of auxiliary heads above the modules
BOTTOM, END = 14.0, 12.0  # between lines of words; for the last arrow


@dataclass
class Strip:
    """One network, its runs in rows, and how thick a bar is."""

    title: str
    caption: str
    network: Network
    runs: list[Run]
    thick: float = 6.0

    def height(self, unit: Unit) -> float:
        """Return the height of a bar: each doubling of the side adds as much."""
        return self.least + STEP * math.log2(max(unit.side, 1))

    @property
    def least(self) -> float:
        """Height of a vector; modules need a lane for each branch."""
        found = [(lanes([step]), step.unit.side) for run in self.runs for step in run.steps if step.branches]
        needed = [count * LANE + 6 - STEP * math.log2(side) for count, side in found if count > 1]
        return max([FLAT, *needed])

    def width(self, unit: Unit) -> float:
        """Return the width of a bar: the logarithm of its channels."""
        return self.thick * (1 + math.log2(unit.channels) / 4)

    def room(self, steps) -> float:
        """Return the width of steps, gaps included."""
        total = 0.0
        for step in steps:
            if step is None:
                total += 22
            elif step.adds:
                total += 2 * FORK + self.room(step.trunk) + 2 * PLUS + BETWEEN
            elif step.branches:
                total += module_width(step) + 10
            else:
                total += self.width(step.unit) + BETWEEN
        return total

    def needs(self, run: Run) -> float:
        """Return the width of a run and of its words."""
        return max(self.room(run.drawn) + 3, max(width_of(line, SMALL, "bold") for line in run.lines) + 3)


def lanes(steps: list[Step]) -> int:
    """Return how many branches lie above each other, at most."""
    return max((1 if not step.branches or step.adds else sum(map(lanes, step.branches)) for step in steps), default=1)


def module_width(step: Step) -> float:
    """Return the width of a module."""
    longest = max(lane_width(branch) for branch in step.branches)
    return longest + (JOIN + CELL_GAP if step.unit.kind != "open" else 0)


def lane_width(steps: list[Step]) -> float:
    """Return the width of one lane."""
    wide = sum(module_width(step) if step.branches else CELL for step in steps)
    return CELL_GAP * (len(steps) + 1) + wide


def rows_of(strip: Strip) -> list[list[Run]]:
    """Return the runs in rows; where one row is too short, a new one begins where the maps become smaller."""
    room = WIDTH - 2 * MARGIN - END
    if sum(map(strip.needs, strip.runs)) <= room:
        return [strip.runs]
    strip.thick = 3.4
    for run in strip.runs:
        if strip.needs(run) > room:  # residual modules are wide: a few fill a row
            run.drawn = thinned(run.steps, many=3)
    rows: list[list[Run]] = [[]]
    for run in strip.runs:
        here, modules = run.steps[0], any(one.steps[0].branches for one in rows[-1])
        full = sum(map(strip.needs, [*rows[-1], run])) > room
        half = sum(map(strip.needs, rows[-1])) > room / 2
        smaller = bool(rows[-1]) and here.unit.side < rows[-1][-1].steps[0].unit.side
        if full or (here.branches and not here.adds and modules and smaller and half):
            rows.append([])
        rows[-1].append(run)
    return rows


def row_height(strip: Strip, row: list[Run]) -> float:
    """Return the room of a row: bars, shortcuts, heads, words."""
    bars = max(strip.height(step.unit) for run in row for step in run.steps)
    return above(strip, row) + bars + 16 + BOTTOM * max(len(run.lines) for run in row) + 8


def above(strip: Strip, row: list[Run]) -> float:
    """Return the room above the bars of a row."""
    names = {name for run in row for step in run.steps for name in step.names}
    if any(strip.network.units[head[0]].inputs[0] in names for head in strip.network.heads):
        return HEAD_ROOM
    if any(unit.frozen for unit in strip.network.units.values()):
        return RISE + 30
    return RISE + 6 if any(step.adds for run in row for step in run.steps) else 4.0
