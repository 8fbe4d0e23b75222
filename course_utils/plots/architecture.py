"""Networks drawn: whole, as volumes to scale, or one block, exact; all places computed from the layer table."""

from matplotlib.axes import Axes

from course_utils.plots.networks import bars, graph, maps, telling, towers, volumes, words
from course_utils.plots.networks import block as blocks
from course_utils.plots.showing import description
from course_utils.plots.showing import show as show_figure
from course_utils.validation import one_of

DETAILS = ("layers", "units")
LONG = 26  # units of a chain that are drawn as volumes; longer ones as bars


def architecture(
    *found, block=None, title=None, detail: str | None = None, counted: bool = True, alt: str | None = None, show=True
) -> Axes | None:
    """Draw a network, or one block of it, or several beside each other.

    Args:
        *found: what `anatomy.describe` returns, one for each network or block (anything with ``.name`` and ``.rows``).
        block: None draws the whole network. A name such as ``"conv2_block1"`` or ``"inception_3a"`` draws the layers
            whose names begin with it, box by box; True draws all layers so. A list has one entry for each of ``found``.
        title: text above the picture; a list of texts for several.
        detail: of a block: ``"layers"`` gives batch norm and ReLU boxes of their own, ``"units"`` writes them to the
            convolution before; None chooses.
        counted: write the parameters and multiply-adds below a block; False where a reader is to count them.
        alt: what the figure shows, in one sentence; made from the rows when None.
        show: show the picture at once and return nothing; False returns it unshown.

    Returns:
        The Axes when ``show`` is False; its figure keeps the description.

    Raises:
        ValueError: something in ``found`` has no rows, ``block`` begins no name, or branches do not meet in pairs.

    Example:
        >>> architecture(anatomy.describe(models.vgg16))
        >>> architecture(anatomy.describe(models.resnet, depth=34), block="conv2_block1")
    """
    if not found or not all(getattr(one, "rows", None) for one in found):
        raise ValueError(f"found must have rows, as anatomy.describe(model) has; received {found!r}.")
    detail = detail if detail is None else one_of("detail", detail, DETAILS)
    titles, chosen = one_each("title", title, found), one_each("block", block, found)
    if block is None:
        pen, told = whole(found, titles)
    else:
        panels = [panel(*one, detail, counted) for one in zip(found, chosen, titles, strict=True)]
        pen, told = blocks.draw(panels), " Beside it: ".join(telling.tell(one.network, one.title) for one in panels)
    told = description(told if alt is None else alt)
    if show:
        show_figure(pen.ax, alt=told)
        return None
    pen.ax.figure._course_alt_text = told
    return pen.ax


def one_each(name: str, value, found) -> list:
    """Return one value for each network: a list as it is, anything else for all."""
    if not isinstance(value, (list, tuple)):
        return [value] * len(found)
    if len(value) != len(found):
        raise ValueError(f"{name} must have one entry for each of the {len(found)} networks; received {len(value)}.")
    return list(value)


def whole(found, titles):
    """Return the pen and the description of whole networks: one without branches as volumes, else bars."""
    titles = [one.name if title is None else title for one, title in zip(found, titles, strict=True)]
    networks = [graph.network(one.rows, fold="all") for one in found]
    captions = [words.counts(one.rows) for one in found]
    told = " Below it: ".join(telling.tell(network, title) for network, title in zip(networks, titles, strict=True))
    chain = len(found) == 1 and not any(isinstance(item, graph.Parallel) for item in networks[0].main)
    if chain and len(networks[0].units) <= LONG:
        units = list(networks[0].units.values())
        style = towers if towers.divided(units) else maps if maps.fits(units) else volumes
        return style.draw(networks[0], titles[0], captions[0]), told
    return bars.draw(list(zip(titles, networks, captions, strict=True))), told


def panel(found, block, title, detail, counted: bool = True) -> blocks.Panel:
    """Return what is drawn of one block."""
    rows = list(found.rows) if block is True else graph.within(found.rows, block)
    title = (found.name if block is True else block) if title is None else title
    caption = words.counts(rows) if counted else ""
    tails = graph.network(rows, fold="tails")
    endings = {
        tails.units[name].after for name in tails.units if tails.units[name].kind in ("convolution", "depthwise")
    }
    branching = any(unit.kind == "concat" for unit in tails.units.values())
    if detail == "layers" or (detail is None and not branching and len(endings) > 1):
        return blocks.Panel(title, graph.network(rows, fold="nothing"), caption)
    if len(endings) == 1 and any(endings):
        caption += "\n" * counted + "each convolution is followed by " + " and ".join(*endings)
    return blocks.Panel(title, tails, caption, tails=len(endings) > 1)
