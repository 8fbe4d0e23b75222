"""A pen that counts in pixels of an 800 pixel wide picture, from the upper left corner: boxes, arrows, words."""

import math
from functools import cache
from itertools import groupby

import matplotlib.pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.patches import Circle, FancyBboxPatch, Polygon
from matplotlib.textpath import TextPath

from course_utils.plots.style import COLOURS, INK

WIDTH = 780  # a notebook adds ten pixels on each side
DPI = 96
SMALL, NORMAL, TITLE = 9.0, 9.75, 12.0  # points; 9 points are 12 pixels
MUTED = "#57606a"
CARD, EDGE = "#ffffff", "#d0d7de"
LINE = "#424a53"
KINDS = {
    "input": "#8c959f",
    "convolution": COLOURS[0],
    "pointwise": COLOURS[5],
    "depthwise": "#3d4fb8",
    "pooling": COLOURS[2],
    "normalisation": COLOURS[1],
    "activation": COLOURS[6],
    "dense": COLOURS[4],
    "add": INK,
    "multiply": INK,
    "concat": "#57606a",
    "shortcut": COLOURS[3],
    "other": "#8c959f",
}
LEGEND = {
    "convolution": "convolution",
    "pointwise": "1×1 convolution",
    "depthwise": "depthwise convolution",
    "pooling": "pooling",
    "dense": "dense",
    "concat": "concatenation",
    "add": "sum",
    "shortcut": "identity, stride 2",
}
HEAD = 7.0  # length of an arrowhead


class Pen:
    """Draws on a white card with round corners, readable on light and dark pages."""

    def __init__(self, width: float, height: float):
        """Open a picture of so many pixels."""
        figure = plt.figure(figsize=(width / DPI, height / DPI), dpi=DPI)
        figure.set_layout_engine(PlaceHolderLayoutEngine(False, False))  # "none" does not outlive a first saving
        figure.patch.set_alpha(0)
        self.width = width
        self.ax = figure.add_axes((0, 0, 1, 1))
        self.ax.set(xlim=(0, width), ylim=(height, 0))
        self.ax.set_axis_off()
        card = FancyBboxPatch((1, 1), width - 2, height - 2, boxstyle="round,pad=0,rounding_size=10")
        card.set(facecolor=CARD, edgecolor=EDGE, linewidth=1, zorder=-10, gid="card")
        self.ax.add_patch(card)

    def text(
        self, x, y, words, *, size=NORMAL, colour=INK, weight="normal", ha="center", va="center_baseline", gid="text"
    ):
        """Write one line; ``x`` and ``y`` are its middle unless told otherwise."""
        look = {"fontsize": size, "color": colour, "fontweight": weight, "ha": ha, "va": va, "zorder": 6}
        return self.ax.text(x, y, words, gid=gid, linespacing=1.25, **look)

    def box(self, x, y, width, height, kind: str, *, gid="box", frozen=False, strength=0.24, radius=4.0):
        """Draw a rounded box around a middle, tinted in the colour of its kind."""
        shape = FancyBboxPatch(
            (x - width / 2, y - height / 2), width, height, boxstyle=f"round,pad=0,rounding_size={radius}"
        )
        colour = KINDS[kind]
        shape.set(facecolor=tint(colour, strength), edgecolor=shade(colour, 0.9), linewidth=1.2, zorder=3, gid=gid)
        if frozen:
            shape.set(hatch="////", hatch_linewidth=0.6)
        return self.ax.add_patch(shape)

    def circle(self, x, y, radius, sign: str, gid="box"):
        """Draw ⊕ or ⊗: a circle with a cross drawn by lines."""
        self.ax.add_patch(Circle((x, y), radius, facecolor=CARD, edgecolor=INK, linewidth=1.5, zorder=3, gid=gid))
        reach = radius * 0.6
        turned = 0.0 if sign == "add" else math.pi / 4
        for angle in (turned, turned + math.pi / 2):
            dx, dy = reach * math.cos(angle), reach * math.sin(angle)
            self.ax.plot([x - dx, x + dx], [y - dy, y + dy], color=INK, linewidth=1.5, zorder=4, gid="sign")

    def polygon(self, points, colour, *, edge=None, gid=None, zorder=3.0, width=0.8, hatch=None):
        """Fill a polygon."""
        shape = Polygon(points, closed=True, facecolor=colour, edgecolor=edge or colour, linewidth=width)
        shape.set(zorder=zorder, gid=gid, joinstyle="round", hatch=hatch)
        return self.ax.add_patch(shape)

    def line(self, points, *, colour=LINE, width=1.3, style="-", gid="line", zorder=2.0):
        """Draw straight pieces from point to point."""
        xs, ys = zip(*points, strict=True)
        self.ax.plot(
            xs, ys, color=colour, linewidth=width, linestyle=style, gid=gid, zorder=zorder,
            solid_joinstyle="round", solid_capstyle="round",
        )  # fmt: skip

    def arrow(self, points, *, colour=LINE, width=1.3, style="-", gid="arrow", zorder=2.0):
        """Draw straight pieces that end in an arrowhead; its tip is the last point."""
        (x0, y0), (x1, y1) = points[-2:]
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        base = (x1 - HEAD * ux, y1 - HEAD * uy)
        self.line([*points[:-1], base], colour=colour, width=width, style=style, gid=f"{gid}-shaft", zorder=zorder)
        side = 0.45 * HEAD
        corners = [(x1, y1), (base[0] - side * uy, base[1] + side * ux), (base[0] + side * uy, base[1] - side * ux)]
        self.polygon(corners, colour, gid=gid, zorder=zorder + 0.1, width=0.5)

    def dot(self, x, y, colour=LINE):
        """Mark where a line divides."""
        self.ax.add_patch(Circle((x, y), 2.4, facecolor=colour, edgecolor="none", zorder=2.5, gid="dot"))

    def lock(self, x, y, colour=INK):
        """Draw a small closed lock around a middle."""
        body = FancyBboxPatch((x - 5, y - 2), 10, 8, boxstyle="round,pad=0,rounding_size=1.5")
        self.ax.add_patch(body)
        body.set(facecolor=colour, edgecolor=colour, zorder=6, gid="lock")
        angles = [math.pi * part / 12 for part in range(13)]
        arch = [(x - 3, y - 2), *((x - 3 * math.cos(a), y - 4 - 3 * math.sin(a)) for a in angles), (x + 3, y - 2)]
        self.line(arch, colour=colour, width=1.6, gid="lock", zorder=6)

    def legend(self, kinds, middle: float, y: float):
        """Name the colours in use, in one centred line."""
        used = [kind for kind in LEGEND if kind in set(kinds)]
        rooms = [width_of(LEGEND[kind], SMALL) + 34 for kind in used]
        x = middle - sum(rooms) / 2
        for kind, room in zip(used, rooms, strict=True):
            if kind == "add":
                self.circle(x + 6, y, 5, "add", gid="legend")
            else:
                self.box(x + 6, y, 12, 12, kind, strength=0.72, radius=2, gid="legend")
            self.text(x + 17, y, LEGEND[kind], size=SMALL, ha="left", gid="text:legend")
            x += room

    def spans(self, places, y: float):
        """Mark from where to where layers are frozen and trained, if any are frozen; places are (unit, left, right)."""
        weighted = [(unit.frozen, unit.params, left, right) for unit, left, right in places if unit.params]
        if not any(frozen for frozen, *_ in weighted):
            return
        for frozen, members in groupby(weighted, key=lambda place: place[0]):
            params, lefts, rights = zip(*(place[1:] for place in members), strict=True)
            colour, word = (MUTED, "frozen") if frozen else (KINDS["dense"], "trained")
            number = f"{sum(params):,}" if sum(params) < 1e6 else f"{sum(params) / 1e6:.1f} M"
            label = f"{word}, {number} parameters"
            left, right = lefts[0] - 3, rights[-1] + 3
            half = width_of(label, SMALL, "bold") / 2 + (8 if frozen else 0)
            middle = min((left + right) / 2, self.width - 12 - half)
            self.line([(left, y + 6), (left, y), (right, y), (right, y + 6)], colour=colour, width=1.4, gid="span")
            self.text(middle + (8 if frozen else 0), y - 11, label, size=SMALL, weight="bold", colour=colour)
            if frozen:
                self.lock(middle - half + 4, y - 11, colour)


def look(unit) -> str:
    """Return the kind whose colour a unit has."""
    return "pointwise" if unit.kind == "convolution" and unit.row.kernel == (1, 1) else unit.kind


def tint(colour, strength: float) -> tuple[float, float, float]:
    """Return a colour mixed with white: 0 is white, 1 the colour."""
    red, green, blue = (1 - strength * (1 - part) for part in to_rgb(colour))
    return red, green, blue


def shade(colour, strength: float) -> tuple[float, float, float]:
    """Return a colour mixed with black: 0 is black, 1 the colour."""
    red, green, blue = (strength * part for part in to_rgb(colour))
    return red, green, blue


@cache
def width_of(words: str, size: float = NORMAL, weight: str = "normal") -> float:
    """Return the width in pixels of the longest line of a text."""
    font = FontProperties(weight=weight)
    widths = [TextPath((0, 0), line, size=size, prop=font).get_extents().x1 for line in words.split("\n") if line]
    return max(widths, default=0.0) * DPI / 72
