"""A page to print for each lesson, and one with its answers: ``make handouts``.

    python tools/handouts.py build/handouts           # all ten lessons
    python tools/handouts.py build/handouts 06 07     # some

On the page: what to write down before the folds are opened (`data/kit.toml`), the lesson's idea as a block with
blanks (`data/teaching.toml`), a layer table to fill in where the lesson is about a network (counted by `anatomy`), and
questions by hand. Chromium prints it on one sheet of A4.
"""

import html
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import handouts_blocks
import nbformat
from deck import kit

from course_utils import runtime

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Table(NamedTuple):
    """A table to fill in: a builder of `models`, its arguments, which rows, and what of them."""

    title: str
    builder: str
    settings: dict
    rows: str = ""  # the beginning of the rows' names


TABLES = {
    "06": Table("LeNet-5 of 1998", "lenet5_1998", {}),
    "07": Table("AlexNet, both towers", "alexnet", {}),
    "08": Table("VGG-16, blocks 1 to 3", "vgg16", {}, "block[123]"),
    "09": Table("GoogLeNet, module 3a", "googlenet", {}, "inception_3a"),
    "10": Table("ResNet-50, the first two blocks", "resnet", {"depth": 50}, r"conv2_block[12]_\d_conv"),
}
STYLE = """
@page { size: A4; margin: 12mm 16mm; }
* { box-sizing: border-box; }
body { font: 10pt/1.32 "DejaVu Sans", Arial, sans-serif; color: #1f2328; margin: 0; }
h1 { font-size: 15pt; margin: 0; } h2 { font-size: 11pt; margin: 3.5mm 0 1.5mm; border-bottom: 0.4mm solid #0b4f78; }
header { display: flex; justify-content: space-between; align-items: baseline; }
.name { color: #57606a; font-size: 9pt; } .question { margin: 1mm 0 0; font-style: italic; }
ol { margin: 0; padding-left: 6mm; } li { margin-bottom: 1.2mm; }
.sheet > li { margin-bottom: 0.8mm; }
.sheet div { display: grid; grid-template-columns: 120mm 1fr; column-gap: 3mm; min-height: 7mm; font-size: 9pt; }
.sheet i { border-bottom: 0.2mm solid #8c959f; }
.sheet .sketch { min-height: 17mm; } .sheet .sketch i { border: solid #8c959f; border-width: 0 0 0.2mm 0.2mm; }
.line { border-bottom: 0.2mm solid #8c959f; height: 5mm; }
.pairs { display: grid; grid-template-columns: 1fr 1fr; column-gap: 10mm; row-gap: 1mm; font-size: 9.5pt; }
pre { font: 8.5pt/1.25 "DejaVu Sans Mono", monospace; margin: 1mm 0; }
table { border-collapse: collapse; width: 100%; font-size: 9pt; }
th, td { border: 0.2mm solid #8c959f; padding: 0.8mm 2mm; text-align: right; }
th:first-child, td:first-child { text-align: left; }
th { background: #eef3f6; } .answer { color: #0b4f78; }
.given { margin: 0 0 1.5mm; font-size: 9.5pt; } code { font: 8.5pt "DejaVu Sans Mono", monospace; }
.block pre { font-size: 8.6pt; line-height: 4.5mm; margin: 0; padding: 1.2mm 3mm; background: #f3f6f8; }
.gap { display: block; height: 2mm; } .comment { color: #57606a; }
.answer sup { display: inline-block; width: 2.9mm; height: 2.9mm; margin-right: 0.8mm; border-radius: 50%;
  background: #0b4f78; color: white; font-size: 6pt; line-height: 2.9mm; text-align: center; vertical-align: 0.3mm; }
.blank { display: inline-block; height: 5.6mm; line-height: 2.6mm; vertical-align: middle; margin: 0.2mm 0.5mm;
  padding-left: 0.6mm; border: 0.2mm solid #8c959f; background: white; color: #57606a; font-size: 6pt;
  text-align: left; }
"""


def predictions(notebook: nbformat.NotebookNode, chosen: Iterable[Mapping[str, str]]) -> list[str]:
    """Return what of a lesson's predictions stands on its sheet: section, and a question that is clear by itself.

    Raises:
        ValueError: the lesson does not ask one of them.
    """
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return [
        f"Section {kit.section_of(one['asks'], texts)}. {kit.sentence(one.get('sheet', one['asks']))}" for one in chosen
    ]


def table(lesson: str, *, answers: bool) -> str:
    """Return the layer table of a lesson as HTML, its last two columns empty unless ``answers``; "" where none is."""
    if lesson not in TABLES:
        return ""
    runtime.import_keras()
    from course_utils import anatomy, models

    wanted = TABLES[lesson]
    rows = [
        row
        for row in anatomy.describe(getattr(models, wanted.builder), **wanted.settings)
        if row.params and re.match(wanted.rows, row.name)
    ]
    cells = []
    for row in rows:
        given = [
            row.name,
            " × ".join(map(str, row.kernel)) if row.kernel else "–",
            "×".join(map(str, row.output_shape)),
        ]
        counted = [f"{row.params:,}", f"{row.macs:,}" if row.macs else "–"] if answers else ["", ""]
        cells.append(_row("td", given) + "".join(f'<td class="answer">{text}</td>' for text in counted))
    head = _row("th", ["layer", "kernel", "output", "parameters", "multiply-adds"])
    body = "".join(f"<tr>{cell}</tr>" for cell in cells)
    return f"<h2>Fill in: {wanted.title}</h2><table><tr>{head}</tr>{body}</table>"


def by_hand(lesson: str, *, answers: bool, count: int) -> str:
    """Return questions by hand as HTML, with a line for each or with answer and working."""
    from course_utils import questions
    from course_utils.questions.core import matrix, number

    items = []
    for asked in questions.questions(lesson, seed=int(lesson))[:count]:
        below = '<div class="line"></div>'
        if answers:
            plain = not hasattr(asked.answer, "shape") or not asked.answer.shape
            working = html.escape(asked.working)
            given = (
                f"<b>{number(asked.answer)}</b>: {working}" if plain else f"{working}<pre>{matrix(asked.answer)}</pre>"
            )
            below = f'<div class="answer">{given}</div>'
        items.append(f"<li>{_with_matrices(asked.text)}{below}</li>")
    return f'<h2>By hand</h2><ol class="pairs">{"".join(items)}</ol>'


def page(lesson: str, *, answers: bool = False) -> str:
    """Return the page of a lesson as HTML."""
    facts = next(
        row for row in tomllib.loads((ROOT / "data" / "lessons.toml").read_text())["lesson"] if row["number"] == lesson
    )
    path = next((ROOT / "notebooks").glob(f"{lesson}_*.ipynb"))
    notebook = nbformat.read(path, as_version=4)
    title = re.search(r"^# (.+)$", notebook.cells[0].source, re.M)[1]
    before = "".join(map(_asked, predictions(notebook, kit.of(lesson)["predict"])))
    sheet = f'<h2>Write down before you open the answer</h2><ol class="sheet">{before}</ol>'
    corner = "answers" if answers else f"name: {'_' * 28}"
    parts = [
        f'<header><h1>{html.escape(title)}</h1><span class="name">{corner}</span></header>'
        f'<p class="question">{html.escape(facts["question"])}</p>',
        sheet if before and not answers else "",
        handouts_blocks.shown(handouts_blocks.block(lesson), answers=answers),
        table(lesson, answers=answers),
        by_hand(lesson, answers=answers, count=2 if lesson in TABLES else 6),
    ]
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{STYLE}</style>{"".join(parts)}</html>'


def _asked(line: str) -> str:
    """Return a question with room for its answer, or with two axes where a sketch is asked for."""
    kind = ' class="sketch"' if re.search(r"\b(sketch|draw) (the|three)", line, re.I) else ""
    return f"<li><div{kind}>{html.escape(line)}<i></i></div></li>"


def _row(tag: str, texts: list[str]) -> str:
    return "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in texts)


def _with_matrices(text: str) -> str:
    """Return a question as HTML: its matrices in a fixed font."""
    parts = re.split(r"((?:^    .*\n?|^\n(?=    ))+)", text, flags=re.M)
    return "".join(f"<pre>{html.escape(p.rstrip())}</pre>" if p.startswith("    ") else html.escape(p) for p in parts)


def write(folder: Path, lessons: list[str]) -> list[Path]:
    """Print the pages of lessons as PDF into a folder; return the files."""
    from playwright.sync_api import sync_playwright

    asked = os.environ.get("CHROMIUM")
    browser = next((found for found in map(shutil.which, [asked] if asked else BROWSERS) if found), None)
    if browser is None:
        raise SystemExit("handouts: no Chromium; apt install chromium, or set CHROMIUM=/path/to/it")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        sheet = chromium.new_page()
        for lesson in lessons:
            for answers in (False, True):
                sheet.set_content(page(lesson, answers=answers))
                written.append(folder / f"{lesson}{'-answers' if answers else ''}.pdf")
                sheet.pdf(path=written[-1], prefer_css_page_size=True, print_background=True)
        chromium.close()
    return written


def main() -> None:
    """Write the pages where the first argument says."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "handouts")
    lessons = sys.argv[2:] or [f"{number:02d}" for number in range(1, 11)]
    unknown = [lesson for lesson in lessons if not re.fullmatch(r"0[1-9]|10", lesson)]
    if unknown:
        raise SystemExit(f"handouts: no lesson {unknown[0]!r}; lessons are 01 to 10")
    files = write(folder, lessons)
    print(f"{folder}: {len(files)} pages, {sum(path.stat().st_size for path in files) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
