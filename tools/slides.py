"""A deck of slides for each lesson, made from its cells tagged ``slide``: ``make slides``.

    python tools/slides.py build/slides           # all lessons that have tagged cells
    python tools/slides.py build/slides 03 06     # some

Each deck is one file that needs no network: reveal.js, as the package sphinx-revealjs carries it, styles, figures and
exhibits stand in it. Arrow keys move, S opens the speaker's view, Z or a click shows a figure on the whole screen,
`?print-pdf` behind the address makes pages to print.
"""

import base64
import html
import re
import struct
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import nbformat  # noqa: E402
import sharp  # noqa: E402
from deck import cells, kit, words  # noqa: E402
from markdown_it import MarkdownIt  # noqa: E402
from mdit_py_plugins.dollarmath import dollarmath_plugin  # noqa: E402
from website import teachers  # noqa: E402

HERE = Path(__file__).parent / "deck"
FILES = {
    "reset": "dist/reset.css",
    "style": "dist/reveal.css",
    "script": "dist/reveal.js",
    "notes": "plugin/notes/notes.js",
}
WIDE = 1.9  # width over height
FEW = 300  # characters that fit in large letters


def mathml(text: str, options: dict) -> str:
    """Return a formula as MathML."""
    from latex2mathml.converter import convert

    return convert(text, display="block" if options.get("display_mode") else "inline")


MARKDOWN = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, renderer=mathml, double_inline=True)


def reveal() -> dict[str, str]:
    """Return reveal.js, its notes and its two style sheets, ready to stand in a page.

    Raises:
        SystemExit: the package that carries them is not installed.
    """
    package = find_spec("sphinx_revealjs")
    if package is None:
        raise SystemExit("slides: no reveal.js; `make slides` installs the package sphinx-revealjs, which carries it")
    base = Path(package.origin).parent / "_static" / "revealjs"
    files = {key: (base / name).read_text(encoding="utf-8") for key, name in FILES.items()}
    # What a browser would take for the end, or for a comment, inside of a script
    return {key: text.replace("</script", "<\\/script").replace("<!--", "<\\!--") for key, text in files.items()}


def markdown(text: str) -> str:
    """Return Markdown as HTML; links become their words."""
    return MARKDOWN.render(words.unlinked(text))


def projected(data: dict) -> str:
    """Return a stored output as HTML."""
    text = "".join(data.get("text/html", ""))
    if cells.pictured(data):
        alt = html.escape(data["described"].get("image/png", {}).get("alt", ""))
        return f'<img src="{sharp.address("".join(data["image/png"]))}" alt="{alt}">'
    if "<table" in text:
        return re.sub(r"<style.*?</style>", "", text, flags=re.S)
    return text or f"<pre>{html.escape(''.join(data['text/plain']))}</pre>"


def section(slide: cells.Slide, number: int) -> str:
    """Return a slide as HTML."""
    kind = "title" if number == 0 else "shown" if slide.outputs else "text"
    if slide.outputs and (slide.lines or slide.answer) and upright(slide.outputs[0]):
        kind += " beside"
    if not slide.outputs and number and sum(map(len, slide.lines)) < FEW:
        kind += " few"
    title = MARKDOWN.renderInline(slide.title)
    parts = [f"<h2>{title}</h2>" if number else f'<h1 data-course="Convolutional networks, hands on">{title}</h1>']
    if slide.lines:
        parts.append(f'<div class="lines">{"".join(map(markdown, slide.lines))}</div>')
    if slide.outputs:
        hidden = " fragment" if slide.folded else ""
        parts.append(f'<div class="output{hidden}">{"".join(map(projected, slide.outputs))}</div>')
    if slide.code:
        parts.append(f"<pre><code>{html.escape(slide.code)}</code></pre>")
    if slide.answer:
        parts.append(f'<div class="answer fragment">{markdown(slide.answer)}</div>')
    parts.append(f'<aside class="notes">{markdown(slide.notes)}</aside>')
    return f'<section class="{kind}">{"".join(parts)}</section>'


def upright(data: dict) -> bool:
    """Say whether a figure or exhibit is so high that its words fit better beside it than above and below."""
    if cells.EXHIBIT in "".join(data.get("text/html", "")):
        return True
    if "image/png" not in data:
        return False
    width, height = struct.unpack(">II", base64.b64decode("".join(data["image/png"]))[16:24])
    return width / height < WIDE


def deck(number: str) -> str:
    """Return the deck of a lesson as one HTML page."""
    facts = tomllib.loads((ROOT / "data" / "lessons.toml").read_text(encoding="utf-8"))["lesson"]
    entry = next(row for row in facts if row["number"] == number)
    path = next((ROOT / "notebooks").glob(f"{number}_*.ipynb"))
    notebook = nbformat.read(path, as_version=4)
    answers = teachers.answered(cells.teachers(notebook.cells), number)
    made = cells.slides(notebook, path.name, entry["question"], answers, kit.of(number)["slides"])
    page = (HERE / "deck.html").read_text(encoding="utf-8")
    parts = {
        "TITLE": html.escape(f"{number} · {made[0].title}"),
        "OWN": (HERE / "deck.css").read_text(encoding="utf-8"),
        "SLIDES": "\n".join(section(slide, place) for place, slide in enumerate(made)),
    } | {key.upper(): text for key, text in reveal().items()}
    return re.sub(r"\{\{([A-Z]+)\}\}", lambda found: parts[found[1]], page)


def main() -> None:
    """Write the decks where the first argument says."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "slides")
    asked = sys.argv[2:]
    unknown = [lesson for lesson in asked if not re.fullmatch(r"0[1-9]|10", lesson)]
    if unknown:
        raise SystemExit(f"slides: no lesson {unknown[0]!r}; lessons are 01 to 10")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for lesson in asked or [f"{number:02d}" for number in range(1, 11)]:
        try:
            page = deck(lesson)
        except cells.Untagged as missing:
            if asked:
                raise
            print(missing)
            continue
        written.append(folder / f"{lesson}.html")
        written[-1].write_text(page, encoding="utf-8")
    size = sum(path.stat().st_size for path in written)
    print(f"{folder}: {len(written)} decks, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
