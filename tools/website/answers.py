"""In a folded answer the result comes first and the code that draws it stands below, in a fold of its own."""

import re

UNTIL = r"(?:(?!</{0}>).)*"
CELL = re.compile(
    r'(<div class="cell [^"]*\btag_hide-cell\b[^"]*">\s*<details class="[^"]*\b)above-input'
    rf'(\b[^"]*">\s*<summary{UNTIL.format("summary")}</summary>\s*)'
    rf'(<div class="cell_input{UNTIL.format("details")})(?=<div class="cell_output)',
    re.S,
)
FOLD = re.compile(r"<(/?)details\b")
CODE = """<details class="admonition hide above-input">
<summary>
<p class="collapsed admonition-title">Show how it is made</p>
<p class="expanded admonition-title">Hide how it is made</p>
</summary>
{}</details>
"""


def result_first(page: str) -> str:
    """Return a built page whose folded answers begin with their output."""
    done = []
    while found := CELL.search(page):
        before, summary, code = found.groups()
        end = _closing(page, found.end())
        done += [page[: found.start()], before, "below-input", summary, page[found.end() : end], CODE.format(code)]
        page = page[end:]
    return "".join([*done, page])


def _closing(page: str, start: int) -> int:
    """Return where the fold that is open at ``start`` ends: before its closing tag."""
    depth = 1
    for tag in FOLD.finditer(page, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.start()
    raise ValueError(f"a fold is never closed: {page[start : start + 80]!r}")
