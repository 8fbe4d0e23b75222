"""Build the course's site from the stored notebooks; nothing is executed: ``make site``.

The notebooks are first staged below ``build/site/source``: pictures become files with their descriptions, cells
that JupyterLab folds are folded, links point to pages. Then Sphinx builds ``build/site/html``, every warning an
error, and every link and picture of every page is looked up.
"""

import base64
import html
import json
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import sharp  # noqa: E402
from website import answers, architectures, front, glossary, links, meta, slim, teachers, teaching  # noqa: E402

NOTEBOOKS, PAGES, BUILD = ROOT / "notebooks", ROOT / "site", ROOT / "build" / "site"
# A cell's tag, what it means to the site, and the words on the fold
FOLDED = {
    "setup": ("hide-input", "Show the set-up"),
    "claims": ("hide-input", "Show what is claimed"),
    "hide-output": ("hide-output", "Show the answer"),
    "hide-cell": ("hide-cell", "Show the answer"),
    "hide-input": ("hide-input", "Show how it is drawn"),
}
WIDGET = "application/vnd.jupyter.widget-view+json"
UNSEEN = re.compile(r'^\s*<span style="position:\s*absolute;[^"]*">Figure: [^<]*</span>\s*$')
WIDEST = 600  # pixels of a figure that fits a telephone's column with words that can be read, see course.css
# What draws images rather than lines: a figure stored before it said where its images lie keeps a light card.
IMAGES = re.compile(
    r"show_image|imshow|heatmap|feature_maps|top_patches|mistakes\(|confusion|signed_maps|kernel_pictures"
    r"|receptive_growth|channel_planes|direction_map"
)
# How the dark theme turns a figure: light becomes dark and dark light, hues stay, and middle tones are lifted a little.
TURN = """<svg width="0" height="0" style="position:absolute" aria-hidden="true"><filter id="turn"
 color-interpolation-filters="sRGB"><feColorMatrix values=".417 -1.145 -.222 0 .95 -.583 -.145 -.222 0 .95
 -.583 -1.145 .778 0 .95 0 0 0 1 0"/><feComponentTransfer><feFuncR type="gamma" exponent=".75"/>
<feFuncG type="gamma" exponent=".75"/><feFuncB type="gamma" exponent=".75"/></feComponentTransfer></filter></svg>"""
BADGE = re.compile(r"^\[!\[Open in Colab\].*\n?", re.M)


def stage(source: Path, extra: Path, name: str) -> dict:
    """Return a stored notebook as the site shows it; write its pictures below ``extra``.

    Args:
        source: the ``.ipynb``.
        extra: folder whose contents Sphinx copies beside the pages.
        name: the page's name, such as ``solutions/06_lenet5_solutions``.
    """
    notebook = json.loads(source.read_text(encoding="utf-8"))
    notebook["metadata"] = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    before = ""  # the text that a folded result answers
    for number, cell in enumerate(notebook["cells"]):
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            before = text
            told = BADGE.sub("", text).replace("START_HERE.ipynb)", "index.md)")
            cell["source"] = told if "/" in name else teaching.marked(told, name[:2])
            continue
        cell["metadata"] = fold(cell["metadata"].get("tags", []), text)
        cell["outputs"] = [output for output in cell["outputs"] if not spoken(output)]
        if answers.FOLDS & set(cell["metadata"]["tags"]) and cell["outputs"]:
            words = answers.label(before, cell["outputs"])
            cell["metadata"]["mystnb"] = prompts(words)
            before = ""
        for place, output in enumerate(cell["outputs"]):
            picture(output, extra, f"{name}-{number}-{place}", name.count("/"), source=text)
            slider(output)
    first = next((text for text in map(shown, notebook["cells"]) if text), None)
    if first:
        first["text/html"] = TURN + first["text/html"]
    return notebook


def shown(cell: dict) -> dict | None:
    """Return what holds the first figure among a cell's outputs, if there is one."""
    held = [output.get("data", {}) for output in cell.get("outputs", [])]
    return next((data for data in held if '<div class="course-figure' in data.get("text/html", "")), None)


def fold(tags: list[str], source: str = "") -> dict:
    """Return a cell's metadata: its tags, and the words of the fold where it is folded; a set-up cell has its own."""
    metadata = {"tags": list(tags)}
    for tag, (meaning, words) in FOLDED.items():
        title = re.match(r"# @title (.+)", source)
        if title and (tag == "setup" or (tag == "hide-input" and title[1] != "The drawing")):
            words = "Show the set-up" if tag == "setup" else "Show the code"
            words = f"{words}: {title[1][0].lower()}{title[1][1:]}".replace("set-up: set-up", "set-up")
        if tag == "claims" and title and (of := re.match(r"Claims[:,] (.+)", title[1])):  # one of several folds
            words = f"{words}: {of[1]}"
        if tag in tags:
            metadata["tags"] = sorted({*metadata["tags"], meaning})
            metadata["mystnb"] = prompts(words)
    return metadata


def prompts(words: str) -> dict:
    """Return what stands on a fold, closed and open, as the site's Sphinx reads it."""
    return {"code_prompt_show": words, "code_prompt_hide": words.replace("Show", "Hide")}


def spoken(output: dict) -> bool:
    """Say whether an output is nothing but the description of the figure after it, which the picture carries here."""
    return bool(UNSEEN.match("".join(output.get("data", {}).get("text/html", ""))))


def picture(output: dict, extra: Path, name: str, depth: int, source: str = "") -> None:
    """Turn a stored PNG into a file and an ``img`` that carries its description; leave other outputs alone.

    The dark theme turns a figure dark, but for the images in it, which are laid over it once more as they are.
    """
    data = output.get("data", {})
    if "image/png" not in data:
        return
    path = extra / "figures" / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    png = base64.b64decode("".join(data["image/png"]))
    path.write_bytes(png)
    width, height = struct.unpack(">II", png[16:24])  # a place is kept for it before it is fetched
    plain = "".join(data.get("text/plain", "")).removeprefix("Figure: ")
    told = output.get("metadata", {}).get("image/png", {})
    alt = told.get("alt") or ("" if plain.startswith("<") else plain)
    boxes = told.get("pictures", None if IMAGES.search(source) else [])
    address = f"{'../' * depth}figures/{name}.png"
    if boxes == [] and (vectors := sharp.file("".join(data["image/png"]))):  # lines and words stay sharp at any size
        shutil.copy(vectors, path.with_suffix(".svg"))
        address = address.replace(".png", ".svg")
    looks = ("card" if boxes is None else "turns") + (" wide" if width > WIDEST else "")
    image = f'<img src="{address}" alt="{html.escape(alt)}" width="{width}" height="{height}" loading="lazy">'
    laid = "".join(window(address, width, height, *box) for box in boxes or [])
    data["text/html"] = f'<div class="course-figure {looks}" style="--wide:{width}px">{image}{laid}</div>'
    del data["image/png"]


def window(address: str, width: int, height: int, left: int, top: int, right: int, bottom: int) -> str:
    """Return a window on a part of a figure, in its place over the figure; sizes in parts of it, so that it scales."""
    wide, high = right - left, bottom - top
    place = {"left": left / width, "top": top / height, "width": wide / width, "height": high / height}
    style = [f"{name}:{100 * part:.3f}%" for name, part in place.items()]
    style.append(f"background-size:{100 * width / wide:.3f}% {100 * height / high:.3f}%")
    across, down = left / max(1, width - wide), top / max(1, height - high)
    style.append(f"background-position:{100 * across:.3f}% {100 * down:.3f}%")
    return f'<i aria-hidden="true" style="background-image:url({address});{";".join(style)}"></i>'


def slider(output: dict) -> None:
    """Say where to find a widget that only a kernel can draw."""
    data = output.get("data", {})
    if WIDGET in data and "text/html" not in data:
        del data[WIDGET]
        data["text/html"] = '<p class="kernel-needed">Run this cell in JupyterLab or on Colab to move this slider.</p>'


def stage_all(source: Path, extra: Path) -> None:
    """Write everything that Sphinx reads, and the pictures that it copies."""
    for folder in (source, extra):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(NOTEBOOKS / "pictures", extra / "pictures")
    words, places = glossary.source(), set()
    for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb")) + sorted(NOTEBOOKS.glob("*/[0-9]*.ipynb")):
        name = path.relative_to(NOTEBOOKS).with_suffix("").as_posix()
        target = source / f"{name}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        staged = stage(path, extra, name)
        if "/" not in name:
            places |= glossary.mark(staged["cells"], name[:2], words)
        target.write_text(json.dumps(staged), encoding="utf-8")
    architectures.write(source, extra, TURN)
    write_pages(source, places)


def write_pages(source: Path, places: set[str]) -> None:
    """Write the pages that are no notebook; ``places`` are those of the glossary's words in the lessons."""
    filled = {"glossary": lambda text: glossary.page(text, places)}
    filled |= {"teachers": teachers.page, "exam": teaching.exam, "architectures": architectures.index}
    for page in set(PAGES.glob("*.md")) - {PAGES / "index.md"}:
        text = page.read_text(encoding="utf-8").replace("](../notebooks/", "](")
        text = filled.get(page.stem, str)(text)
        (source / page.name).write_text(text, encoding="utf-8")
    (source / "index.md").write_text(front.index(), encoding="utf-8")


def main() -> None:
    """Stage, build, check."""
    source, out = BUILD / "source", BUILD / "html"
    stage_all(source, BUILD / "extra")
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-j", "auto", "-b", "html"]
    if subprocess.run([*command, "-d", BUILD / "doctrees", "-c", PAGES, source, out]).returncode:
        raise SystemExit("site: Sphinx stopped; its warnings stand above")
    slim.slim(out)
    for kind in ("slides", "handouts"):  # what was made before is offered for download
        if (BUILD.parent / kind).is_dir():
            shutil.copytree(BUILD.parent / kind, out / teaching.KIT / kind)
    for path in out.rglob("[0-9]*.html"):
        page = answers.result_first(path.read_text(encoding="utf-8"))
        path.write_text(answers.compared_inside(page), encoding="utf-8")
    address = meta.finish(out)
    problems = links.broken(out, address)
    if problems:
        raise SystemExit("site: broken links or pictures without description\n  " + "\n  ".join(problems))
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    pages = [path for path in out.rglob("*.html") if "_static" not in path.parts]
    print(f"site: {len(pages)} pages, {size / 1e6:.0f} MB: {out.relative_to(ROOT)}/index.html")


if __name__ == "__main__":
    main()
