"""The folds of results: what stands on them, the result before its code, and what is said about it in the same fold."""

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
ANSWER = re.compile(
    r'<div class="cell [^"]*\btag_hide-(?:output|cell)\b[^"]*">(?:(?!<details|<div class="cell ).)*'
    r'<details class="[^"]*\bbelow-input\b[^"]*">',
    re.S,
)
NEXT = re.compile(
    r'</details>\s*</div>\s*<div class="cell [^"]*\btag_hide-cell\b[^"]*">'
    r'\s*<details class="[^"]*\bbelow-input\b[^"]*">'
    rf"\s*<summary{UNTIL.format('summary')}</summary>\s*",
    re.S,
)
BEHIND = re.compile(r"</details>\s*</div>\s*<details>\s*<summary><b>([^<]+)</b></summary>\s*")
MADE = '<details class="admonition hide above-input">'
CODE = f"""{MADE}
<summary>
<p class="collapsed admonition-title">Show how it is made</p>
<p class="expanded admonition-title">Hide how it is made</p>
</summary>
{{}}</details>
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


def compared_inside(page: str) -> str:
    """Return a built page whose folded answers hold what stands right behind them: a second result, the comparison."""
    done = []
    while found := ANSWER.search(page):
        end = _closing(page, found.end())
        if second := NEXT.match(page, end):
            last = _closing(page, second.end())
            place = max(page.find(MADE, found.end(), end), 0) or end
            shown, made, code = page[second.end() : last].rpartition(MADE)
            page = "".join([page[:place], shown, page[place:end], made, code, page[last:]])
        elif behind := BEHIND.match(page, end):
            last = _closing(page, behind.end())
            said = f'<div class="compare">\n<p><b>{behind[1]}</b></p>\n{page[behind.end() : last]}</div>\n'
            place = max(page.find(MADE, found.end(), end), 0) or end  # the code stays below
            done += [page[:place], said, page[place:end], "</details>\n</div>"]
            page = page[last + len("</details>") :]
        else:
            done.append(page[:end])
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
