"""An exhibit as one piece of HTML that needs nothing else: script, style and pictures are inside."""

import hashlib
import html
import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def files(*names: str) -> str:
    """Return the text of files that lie beside this one, in that order."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)


SCRIPT = files("exhibit.js", "explorer_numbers.js", "explorer_tour.js", "explorer.js")
STYLE = files("exhibit.css", "explorer.css")
LARGEST_TABLE = 9  # rows or columns of the tables that stand in where scripts are removed


def fragment(key: str, state: dict, still: str, *, script: str = SCRIPT, kind: str = "convolution-explorer") -> str:
    """Return an exhibit as HTML that runs by itself and joins the live model ``key`` where there is one.

    Args:
        key: name shared with the widget model of the same exhibit.
        state: what the script's ``mount`` reads: pictures, kernels, settings and style.
        still: HTML shown instead where scripts do not run (GitHub, a notebook that is not trusted).
        script: the exhibit's script, which exports ``mount``.
        kind: class of the element in the page.
    """
    # As a plain script: `import` from text is forbidden by the content rules of some notebook pages.
    script = script.replace("export default", "return")
    data = json.dumps(state, ensure_ascii=False).replace("</", "<\\/")
    return (
        f'<div class="{kind}" data-explorer="{key}" data-lm-suppress-shortcuts="true">{still}</div>\n'
        f"<script>(() => {{\nconst exhibit = (() => {{\n{script}\n}})();\n"
        f'exhibit.mount("{key}", {data});\n}})();</script>'
    )


def key_of(*contents) -> str:
    """Return the name of an exhibit: the same for the same contents, so that running a lesson again changes nothing."""
    text = json.dumps(contents, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def still_picture(image: np.ndarray, kernel: np.ndarray, output: np.ndarray, settings: str) -> str:
    """Return input, kernel and output as plain tables, readable where scripts and styles are removed."""
    shown = [("Input", image), ("Kernel", kernel), ("Output", output)]
    cells = "".join(f"<td>{name}<br>{_table(array)}</td>" for name, array in shown)
    return (
        f"<table><tr>{cells}</tr></table><p>Convolution with {html.escape(settings)}. "
        "Open the notebook and run this cell to explore it pixel by pixel.</p>"
    )


def _table(array: np.ndarray) -> str:
    """Return the array as an HTML table, or its size in words when it is too large to read."""
    if max(array.shape) > LARGEST_TABLE:
        return f"{array.shape[0]} × {array.shape[1]} pixels"
    rows = ("".join(f"<td>{number:.4g}</td>" for number in row) for row in array)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
