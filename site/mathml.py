"""A Sphinx extension: formulas as MathML, drawn by the browser without a script."""

import re

from latex2mathml.converter import convert
from sphinx.application import Sphinx

GROUPED = re.compile(r"(?<=\d)</mn><mrow><mo>&#x0002C;</mo></mrow><mn>(?=\d{3})")  # 15{,}872 is one number


def formula(latex: str, **display) -> str:
    """Return a formula as MathML."""
    return GROUPED.sub(",", convert(latex, **display))


def inline(writer, node) -> None:
    """Write a formula that stands in a line."""
    writer.body.append(formula(node.astext()))
    raise_skip()


def block(writer, node) -> None:
    """Write a formula that stands alone."""
    writer.body.append(f'<div class="math">{formula(node.astext(), display="block")}</div>')
    raise_skip()


def raise_skip() -> None:
    """Tell docutils that the node is written."""
    from docutils.nodes import SkipNode

    raise SkipNode


def setup(app: Sphinx) -> dict:
    """Register the renderer ``mathml``."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
