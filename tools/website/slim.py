"""Take from the built pages what they do not use: the theme brings 2 MB of icons, fonts and styles to each of them.

Icons become a few lines of style (the theme's script holds the drawings of two thousand), rules for classes that no
page has are left out, and scripts of the search are loaded where one searches.
"""

import re
import shutil
from pathlib import Path
from urllib.parse import quote

SEARCH = re.compile(r'\s*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>')
FONT_SCRIPT = re.compile(r'\s*<script defer src="[^"]*fontawesome\.js[^"]*"></script>')
TOGGLE = re.compile(r'<summary>(<span class="toctree-toggle")')
ICON = re.compile(r"\bfa[brs]? fa-([a-z-]+)|\bfa-(?:solid|brands|regular) fa-([a-z-]+)")
DRAWING = r'[{{,]"?{name}"?:\[(\d+),(\d+),\[[^\]]*\],"[^"]*","([^"]+)"\]'
NESTED = ("@media", "@supports", "@container", "@layer")
BEGIN = "/* Icons: Font Awesome Free, CC BY 4.0, fontawesome.com */\n"
SHAPE = (
    ":is(.fa-solid,.fas,.fab):before{content:'';display:inline-block;width:1.25em;height:1em;vertical-align:-.125em;"
    "background:currentColor;mask:var(--icon) center/contain no-repeat;"
    "-webkit-mask:var(--icon) center/contain no-repeat}"
    ".fa-lg{font-size:1.25em}.fa-fw{text-align:center;width:1.25em}\n"
)


def slim(folder: Path) -> None:
    """Rewrite the built site in ``folder``; it looks and works as before."""
    static = folder / "_static"
    pages = [path for path in folder.rglob("*.html") if "_static" not in path.parts]
    texts = {path: path.read_text(encoding="utf-8") for path in pages}
    scripts = static / "scripts"
    drawings = (scripts / "fontawesome.js").read_text(encoding="utf-8")
    for path in {*scripts.glob("fontawesome.js*"), *static.rglob("*.map")}:
        path.unlink()
    for unused in ("vendor", "locales"):
        shutil.rmtree(static / unused, ignore_errors=True)
    code = [path.read_text(encoding="utf-8") for path in static.rglob("*.js")]
    names = {a or b for text in [*texts.values(), *code] for a, b in ICON.findall(text)} | {"xmark"}
    words = {word for text in [*texts.values(), *code] for word in re.findall(r"[\w-]+", text)}
    for sheet in static.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        text = text + icons(names, drawings) if sheet.name == "course.css" else used(text, words)
        sheet.write_text(text, encoding="utf-8")
    for path, text in texts.items():
        text = TOGGLE.sub(r'<summary aria-label="Pages below">\1', FONT_SCRIPT.sub("", text))
        path.write_text(text if path.name == "search.html" else SEARCH.sub("", text), encoding="utf-8")


def icons(names: set[str], drawings: str) -> str:
    """Return the style that draws these icons, from the script that holds all.
    A name that the script does not have, such as a modifier's, is left out.
    """
    lines = []
    for name in sorted(names - {"lg", "fw"}):
        found = re.search(DRAWING.format(name=name), drawings)
        if not found:
            continue
        wide, high, line = found.groups()
        picture = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {wide} {high}'><path d='{line}'/></svg>"
        lines.append(f'.fa-{name}{{--icon:url("data:image/svg+xml,{quote(picture, safe=" =/:,.-")}")}}\n')
    return BEGIN + SHAPE + "".join(lines)


def used(sheet: str, words: set[str]) -> str:
    """Return a style sheet without the rules whose classes are no word of any page or script."""
    kept = []
    for head, body in blocks(re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)):
        if body is None:
            kept.append(head + ";")
        elif head.startswith(NESTED):
            inner = used(body, words)
            kept += [f"{head}{{{inner}}}"] if inner else []
        elif head.startswith("@font-face"):
            kept += [] if "Awesome" in body else [f"{head}{{{body}}}"]
        elif head.startswith("@"):
            kept.append(f"{head}{{{body}}}")
        else:
            chosen = [selector for selector in selectors(head) if matches(selector, words)]
            kept += [f"{','.join(chosen)}{{{body}}}"] if chosen else []
    return "\n".join(kept)


def matches(selector: str, words: set[str]) -> bool:
    """Say whether a selector could match: each of its classes, but for those in brackets, is a word somewhere."""
    while "(" in selector:
        selector, before = re.sub(r"\([^()]*\)", "", selector), selector
        if selector == before:
            break
    plain = re.sub(r"\[[^\]]*\]", "", selector).replace("\\", "")
    classes = re.findall(r"\.(-?[A-Za-z_][\w-]*)", plain)
    return all(name in words for name in classes) and not any(re.match(r"fa[srb]?$|fa-", name) for name in classes)


def selectors(head: str) -> list[str]:
    """Return the selectors of a rule, split at its commas, but for those in brackets."""
    parts, depth = [""], 0
    for letter in head:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def blocks(sheet: str):
    """Yield each rule of a sheet as its head and the text in its braces; None for a statement that has none."""
    place, ends = 0, re.compile("[{;]")
    while found := ends.search(sheet, place):
        head = sheet[place : found.start()].strip()
        if found[0] == ";":
            place = found.end()
            if head:
                yield head, None
            continue
        depth, quoted, end = 1, "", found.end()
        while depth and end < len(sheet):
            letter = sheet[end]
            if quoted:
                quoted = "" if letter == quoted and sheet[end - 1] != "\\" else quoted
            elif letter in "\"'":
                quoted = letter
            else:
                depth += (letter == "{") - (letter == "}")
            end += 1
        yield head, sheet[found.end() : end - 1].strip()
        place = end
