"""Frames computed beforehand, shown under sliders: they move with no kernel behind the page."""

import base64
import html
import io
import itertools
from collections.abc import Callable

import numpy as np
from IPython.display import display
from PIL import Image

from course_utils.figures import pictures
from course_utils.widgets import fragment

SCRIPT = fragment.files("exhibit.js", "sliders.js")
STYLE = fragment.files("exhibit.css", "sliders.css")
MOST = 120  # frames
NARROWEST = 480  # pixels; a smaller image is shown larger
COLOURS = 64  # a frame's palette: figures need few, and a frame stays near 10 kB


def frames(
    draw: Callable,
    *,
    alt: str,
    caption: Callable | None = None,
    start: dict | None = None,
    labels: dict | None = None,
    **choices,
) -> None:
    """Draw a figure for every combination of some values, and show them all under sliders.

    Args:
        draw: called with one value of each choice by name; returns what it drew (Figure, Axes, array of Axes), or an
            image: uint8 array (H, W) or (H, W, 3).
        alt: what the figure shows, in one sentence.
        caption: called as ``draw`` is; returns the line that stands above a frame, in the page's own letters.
        start: the values shown first, by name; the first of each when not given.
        labels: what a slider is called, by name, where that is not the name itself.
        **choices: the values of each slider, in order: numbers slide, texts and truth values are chosen from a list.

    Raises:
        ValueError: there are no choices or more than 120 frames, ``start`` or ``labels`` names none of them, or
            ``draw`` returns something else.

    Example:
        >>> frames(lambda width: np.full((8, width), 200, np.uint8), alt="A grey bar.", width=[1, 2, 4])
    """
    choices = {name: list(values) for name, values in choices.items()}
    count = int(np.prod([len(values) for values in choices.values()]))
    if not choices or not 0 < count <= MOST:
        raise ValueError(f"choices must give 1 to {MOST} frames; received {count if choices else 'no choices'}.")
    start, labels = start or {}, labels or {}
    for argument, names in (("start", start), ("labels", labels)):
        if unknown := set(names) - set(choices):
            raise ValueError(f"{argument} must name {', '.join(choices)}; received {', '.join(sorted(unknown))}.")
    places = [_place(name, values, start) for name, values in choices.items()]
    settings = [dict(zip(choices, setting, strict=True)) for setting in itertools.product(*choices.values())]
    drawn, images = zip(*(_png(draw(**setting)) for setting in settings), strict=True)
    still = int(np.ravel_multi_index(places, [len(values) for values in choices.values()]))
    shown = [
        {"name": labels.get(name, name), "values": [_text(v) for v in values], "slides": _slides(values)}
        for name, values in choices.items()
    ]
    data = {
        "choices": shown,
        "start": places,
        "still": still,
        "frames": list(drawn),
        "captions": [caption(**setting) for setting in settings] if caption else [],
        "images": list(images),  # their places: what a dark page leaves as it is
        "width": max(NARROWEST, _width(drawn[still])),
    }
    _display(data | {"alt": " ".join(alt.split()), "_style": STYLE})


def _display(data: dict) -> None:
    """Show the first frame as a plain picture, which every page shows, and the exhibit, which takes its place."""
    alt, first = data["alt"], data["frames"][data["still"]]
    display({"image/png": first, "text/plain": f"Figure: {alt}"}, raw=True, metadata={"image/png": {"alt": alt}})
    ranges = "; ".join(f"{choice['name']} {', '.join(choice['values'])}" for choice in data["choices"])
    note = f"<p>{html.escape(alt)} Run this cell to move the sliders: {html.escape(ranges)}.</p>"
    key = fragment.key_of("frames", {name: data[name] for name in ("choices", "start", "frames", "alt", "captions")})
    page = fragment.fragment(key, data, note, script=SCRIPT, kind="frames")
    display({"text/html": page, "text/plain": f"Sliders: {ranges}"}, raw=True)


def _place(name: str, values: list, start: dict) -> int:
    if name not in start:
        return 0
    if start[name] not in values:
        raise ValueError(f"start must be one of the values of {name}, {values}; received {start[name]!r}.")
    return values.index(start[name])


def _slides(values: list) -> bool:
    return all(isinstance(value, (int, float, np.number)) and not isinstance(value, bool) for value in values)


def _text(value) -> str:
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    return f"{value:,.10g}" if isinstance(value, (int, float, np.number)) else str(value)


def _png(drawn) -> tuple[str, list[list[int]]]:
    """Return what was drawn, or an image, as a small PNG in base64, and the places of the images in it.

    A figure is closed. The places are (left, top, right, bottom) in pixels.
    """
    if isinstance(drawn, np.ndarray) and drawn.dtype == np.uint8:
        picture = Image.fromarray(drawn)
        places = [[0, 0, *picture.size]]
    else:
        picture, places = _drawing(drawn)
    small = io.BytesIO()
    picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        small, "png", optimize=True
    )
    return base64.b64encode(small.getvalue()).decode(), places


def _drawing(drawn) -> tuple[Image.Image, list[list[int]]]:
    """Return a drawn figure as an image, and the places of the images in it; close it."""
    import matplotlib.pyplot as plt

    first = drawn.flat[0] if isinstance(drawn, np.ndarray) else drawn
    figure, file = getattr(first, "figure", None), io.BytesIO()
    if figure is None:
        raise ValueError(f"draw must return what it drew or a uint8 image; it returned {type(drawn).__name__}.")
    figure.savefig(file, format="png", facecolor="white")
    picture = Image.open(file).convert("RGB")
    places = pictures(figure, figure.bbox_inches, np.asarray(picture.convert("L")))
    plt.close(figure)
    return picture, places


def _width(png: str) -> int:
    return Image.open(io.BytesIO(base64.b64decode(png))).width
