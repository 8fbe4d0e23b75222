"""A Sphinx extension: formulas as MathML, drawn by the browser without a script."""

from latex2mathml.converter import convert
from sphinx.application import Sphinx


def inline(writer, node) -> None:
    """Write a formula that stands in a line."""
    writer.body.append(convert(node.astext()))
    raise_skip()


def block(writer, node) -> None:
    """Write a formula that stands alone."""
    writer.body.append(f'<div class="math">{convert(node.astext(), display="block")}</div>')
    raise_skip()


def raise_skip() -> None:
    """Tell docutils that the node is written."""
    from docutils.nodes import SkipNode

    raise SkipNode


def setup(app: Sphinx) -> dict:
    """Register the renderer ``mathml``."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
