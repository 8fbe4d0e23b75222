"""The folds of results: what stands on them, and the result before the code that draws it."""

import re

FOLDS = {"hide-output", "hide-cell"}  # the tags of cells whose result is folded
NOTES = re.compile(r"<details>.*?</details>", re.S)
ASKED = re.compile(r"\?|\*\*.+?\*\*", re.S)  # a question, or a task in bold

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


def label(text: str, outputs: list[dict]) -> str:
    """Return the words on the fold of a result: the answer, where it was asked for, else what the result is.

    Args:
        text: the text right before the cell; empty where another folded result stands between.
        outputs: the cell's outputs.
    """
    if ASKED.search(NOTES.sub("", text)):
        return "Show the answer"
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    drawn = {"image/png": "figure", "text/html": "table"}
    return f"Show the {next((words for kind, words in drawn.items() if kind in kinds), 'result')}"


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
