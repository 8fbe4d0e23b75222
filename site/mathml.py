"""A Sphinx extension: formulas as MathML, drawn by the browser without a script."""

import re

from latex2mathml.converter import convert
from sphinx.application import Sphinx

# What the converter leaves to be set as in print: what is found, and what stands there instead.
REPAIRS = [
    (r"(?<=\d)</mn><mrow><mo>&#x0002C;</mo></mrow><mn>(?=\d{3})", ","),  # 15{,}872 is one number
    (r"(&#x00028;|&#x0002C;|&#x0003D;)</mo><mo>&#x02212;", r'\1</mo><mo form="prefix" lspace="0" rspace="0">&#x02212;'),
    (r"<msup>(<mi>\w+</mi>)<mi>&#x02032;</mi></msup>", r'\1<mo lspace="0" rspace="0">&#x02032;</mo>'),  # a prime
    (r"</mn><mi>(tanh|ln|log|exp|cos|sin)<", r'</mn><mspace width="0.167em" /><mi>\1<'),
]


def formula(latex: str, **display) -> str:
    """Return a formula as MathML."""
    text = convert(latex, **display)
    for found, instead in REPAIRS:
        text = re.sub(found, instead, text)
    return text


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
