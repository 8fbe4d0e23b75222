"""A Sphinx extension: a number stays on one line with its % and its ±."""

import re

from docutils import nodes
from sphinx.application import Sphinx

BREAKS = re.compile(r"(?<=\d) (?=%)|(?<=\d) (?=± ?\d)|(?<=±) (?=\d)")


def join(app: Sphinx, tree: nodes.document, page: str) -> None:
    """Replace the spaces at which a line of text must not break; code and formulas stay as they are."""
    for text in list(tree.findall(nodes.Text)):
        if not isinstance(text.parent, (nodes.literal, nodes.FixedTextElement, nodes.math)):
            joined = BREAKS.sub("\u00a0", text)
            if joined != text:
                text.parent.replace(text, nodes.Text(joined))


def setup(app: Sphinx) -> dict:
    """Join them once the pages are read."""
    app.connect("doctree-resolved", join)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
