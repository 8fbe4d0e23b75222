"""Showing a figure together with its description: one call, or one block that composes a figure."""

import base64
import functools
import hashlib
import html
import inspect
import io
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from course_utils.figures import pictures

LARGEST = 400_000  # bytes of a figure drawn as vectors
SMALL = 64  # pixels a side of an image whose pixels are drawn one by one
# Read out, takes no room; where a page strips styles the text stands above the picture like a caption.
UNSEEN = "position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%); white-space:nowrap"


def show(drawn, *, alt: str) -> None:
    """Show a figure with its description, and close it.

    The description is read out by screen readers and stored with the picture. Outside a notebook the figure is
    shown where a window can be opened.

    Args:
        drawn: a Figure, an Axes, or an array of Axes.
        alt: what the figure shows, in one sentence.

    Raises:
        ValueError: ``alt`` is empty, or ``drawn`` is no figure.

    Example:
        >>> show(plt.subplots()[1], alt="Two empty axes.")
    """
    described, figure = description(alt), figure_of(drawn)
    figure._course_alt_text = described  # type: ignore[attr-defined]
    if in_notebook():
        from IPython.display import HTML, display

        drawn, boxes = png(figure)
        if os.environ.get("COURSE_FIGURES"):
            keep_sharp(figure, drawn, Path(os.environ["COURSE_FIGURES"]))
        display(HTML(spoken(described)))
        picture = {"image/png": drawn, "text/plain": f"Figure: {described}"}
        display(picture, raw=True, metadata={"image/png": {"alt": described, "pictures": boxes}})
    else:
        with warnings.catch_warnings(action="ignore"):  # a backend without windows says so
            plt.show()
    plt.close(figure)


@contextmanager
def figure(
    rows: int = 1, columns: int = 1, *, size: tuple[float, float] | None = None, alt: str, **layout
) -> Iterator[Axes | np.ndarray]:
    """Compose a figure of several Axes; it is shown with its description when the block ends.

    Args:
        rows: number of rows.
        columns: number of columns.
        size: width and height in inches; 4 by 3 for each Axes, at most 8 wide, when None.
        alt: what the figure shows, in one sentence.
        **layout: passed on to `matplotlib.pyplot.subplots` (``sharex``, ``width_ratios`` …).

    Yields:
        One Axes, or an array of Axes: (columns,) or (rows,) when the other is 1, else (rows, columns).

    Raises:
        ValueError: ``alt`` is empty.

    Example:
        >>> with figure(1, 2, alt="A rising line beside a falling one.") as (left, right):
        ...     lines = left.plot([0, 1]), right.plot([1, 0])
    """
    described = description(alt)
    size = (min(8.0, 4.0 * columns), 3.0 * rows) if size is None else size
    drawn, axes = plt.subplots(rows, columns, figsize=size, **layout)
    try:
        yield axes
        show(drawn, alt=described)
    finally:
        plt.close(drawn)


def describable(draw: Callable) -> Callable:
    """Give a drawing function the argument ``alt``: with it the figure is shown at once and nothing is returned."""

    @functools.wraps(draw)
    def drawing(*args, alt: str | None = None, **kwargs):
        if alt is None:
            return draw(*args, **kwargs)
        described = description(alt)
        return show(draw(*args, **kwargs), alt=described)

    own = inspect.signature(draw)
    *before, last = own.parameters.values()
    more = inspect.Parameter("alt", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=str | None)
    parameters = [*before, more, last] if last.kind is last.VAR_KEYWORD else [*before, last, more]
    drawing.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    entry = "    alt: what the figure shows, in one sentence; it is then shown at once and nothing is returned.\n"
    # Python 3.13 stores docstrings without their indentation, earlier ones with it.
    before_returns, returns, rest = inspect.cleandoc(draw.__doc__ or "").partition("\nReturns:")
    drawing.__doc__ = before_returns + entry + returns + rest if returns else draw.__doc__
    return drawing


def figure_of(drawn) -> Figure:
    """Return the figure behind a Figure, an Axes or an array of Axes."""
    if isinstance(drawn, Figure):
        return drawn
    first = drawn
    while not isinstance(first, Axes):
        try:
            first = next(iter(first.flat if hasattr(first, "flat") else first))
        except (TypeError, StopIteration):
            raise ValueError(f"drawn must be a Figure, an Axes or an array of Axes; received {drawn!r}.") from None
    return first.figure  # type: ignore[return-value]


def png(figure: Figure) -> tuple[str, list[list[int]]]:
    """Return a figure as a PNG in base64, without loss, and where its pictures lie.

    A palette is used where there are at most 256 colours.

    Returns:
        The PNG, and (left, top, right, bottom) in pixels of every image and colour bar in it: a page that turns the
        figure dark leaves them alone. Red and blue around white turn with the rest: then zero is dark.
    """
    from PIL import Image

    drawn, file = io.BytesIO(), io.BytesIO()
    figure.canvas.draw()
    region = figure.get_tightbbox().padded(0.1)
    figure.savefig(drawn, format="png", dpi=figure.dpi, bbox_inches=region, facecolor="white")
    picture = Image.open(drawn).convert("RGB")
    boxes = pictures(figure, region, np.asarray(picture.convert("L")))
    if picture.getcolors(256):
        picture = picture.quantize(256, dither=Image.Dither.NONE)
    picture.save(file, "png", optimize=True)
    return base64.b64encode(file.getvalue()).decode(), boxes


def keep_sharp(figure: Figure, stored: str, folder: Path) -> None:
    """Write a figure as vectors, to be enlarged: slides show it in place of the stored PNG.

    Small images in it keep their own pixels, with edges between them; a photograph keeps those that the PNG shows of
    it. What would be larger than `LARGEST` is not written.

    Args:
        figure: the figure, as `png` left it.
        stored: what `png` returned; the file is named after it, see `sharp_name`.
        folder: where the file goes.
    """
    region, drawn = figure.get_tightbbox().padded(0.1), io.BytesIO()
    for image in figure.findobj(AxesImage):
        values = image.get_array()
        if image.get_interpolation() == "nearest" and values is not None and max(values.shape[:2]) <= SMALL:
            image.set_interpolation("none")
    with mpl.rc_context({"svg.hashsalt": "course"}):
        figure.savefig(
            drawn, format="svg", dpi=figure.dpi, bbox_inches=region, facecolor="white", metadata={"Date": None}
        )
    if drawn.tell() <= LARGEST:
        (folder / f"{sharp_name(stored)}.svg").write_bytes(drawn.getvalue())


def sharp_name(stored: str) -> str:
    """Return the name, without suffix, of the file that holds a stored PNG (base64) for enlarging."""
    return hashlib.sha256(stored.strip().encode()).hexdigest()[:16]


def description(alt: str) -> str:
    """Return a description on one line; refuse an empty one."""
    described = " ".join(alt.split()) if isinstance(alt, str) else ""
    if not described:
        raise ValueError(f"alt must say in a sentence what the figure shows; received {alt!r}.")
    return described


def spoken(described: str) -> str:
    """Return the description as HTML that is read out and takes no room."""
    return f'<span style="{UNSEEN}">Figure: {html.escape(described)}</span>'


def in_notebook() -> bool:
    """Say whether a Jupyter kernel runs this, and not a terminal, a script or a test."""
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    return hasattr(shell, "kernel")
