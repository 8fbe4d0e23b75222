"""Where the images in a figure lie: a page that turns figures dark leaves those as they are."""

import numpy as np

DIVERGING = "RdBu_r"  # signed values, white at zero: always drawn with vmin = -vmax
PAPER = "paper"  # gid of an image that is nothing but the ground that numbers are written on


def pictures(figure, region, grey: np.ndarray) -> list[list[int]]:
    """Return where the images of a figure lie, as (left, top, right, bottom) in pixels of its saved picture.

    Args:
        figure: the figure, drawn.
        region: the part of it that was saved, a box in inches.
        grey: the saved picture (H, W).
    """
    every: list = [one for ax in figure.axes for one in (ax, *ax.child_axes)]
    return [_pixels(part, region, grey, figure.dpi) for ax in every for part in _grounds(ax)]


def _grounds(ax) -> list:
    """Return the places of the images, colour meshes or filled contours that an Axes holds, one if they lie close."""
    from matplotlib.collections import QuadMesh
    from matplotlib.contour import ContourSet
    from matplotlib.image import AxesImage
    from matplotlib.transforms import Bbox

    filled = [drawn for drawn in ax.collections if isinstance(drawn, ContourSet) and drawn.filled]
    found = [*ax.images, *(drawn for drawn in ax.collections if isinstance(drawn, QuadMesh)), *filled]
    kept = [drawn for drawn in found if drawn.get_gid() != PAPER and not _turns(drawn)]
    whole = ax.get_window_extent()
    if not all(isinstance(drawn, AxesImage) for drawn in kept):
        return [whole]
    places = [Bbox.intersection(whole, drawn.get_window_extent()) for drawn in kept]  # the Axes may reach beyond them
    seen = [place for place in places if place is not None]
    together = Bbox.union(seen) if seen else None
    scattered = together is not None and sum(_area(place) for place in seen) < _area(together) / 2
    return seen if scattered or together is None else [together]


def _area(box) -> float:
    """Return the area of a box."""
    return box.width * box.height


def _turns(drawn) -> bool:
    """Say whether an image shows numbers in two colours around white."""
    numbers = drawn.get_array()
    return numbers is not None and np.ndim(numbers) < 3 and drawn.get_cmap().name == DIVERGING


def _pixels(box, region, picture: np.ndarray, dpi: float) -> list[int]:
    """Return a box of the canvas in pixels of the saved ``region`` (inches), counted from its upper left corner.

    How an image is rounded to pixels is matplotlib's affair: each edge is moved by up to two pixels to where, in the
    saved picture (H, W), the white around it ends.
    """
    left, right = (round(x - region.x0 * dpi) for x in (box.x0, box.x1))
    top, bottom = (round(len(picture) - (y - region.y0 * dpi)) for y in (box.y1, box.y0))
    columns = (picture[top + 2 : bottom - 2] < 255).mean(axis=0) > 0.5
    rows = (picture[:, left + 2 : right - 2] < 255).mean(axis=1) > 0.5
    left, right = _edge(columns, left), len(columns) - _edge(columns[::-1], len(columns) - right)
    return [left, _edge(rows, top), right, len(rows) - _edge(rows[::-1], len(rows) - bottom)]


def _edge(drawn: np.ndarray, about: int) -> int:
    """Return the first place near ``about`` where something is drawn; ``about`` itself where no white ends there."""
    if about > 2 and drawn[about - 3]:  # lines cross the edge, or another image touches it
        return about
    near = np.flatnonzero(drawn[max(0, about - 2) : about + 3])
    return max(0, about - 2) + int(near[0]) if len(near) else about
