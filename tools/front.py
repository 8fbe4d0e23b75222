"""The start page's and the README's tables of lessons, and one picture a lesson: ``make front`` writes them.

    python tools/front.py           # writes notebooks/START_HERE, README.md and notebooks/pictures/NN.png
    python tools/front.py --check   # fails when one of them is not what the lessons and data/lessons.toml say

Titles and pictures come from the stored lessons, questions and minutes from ``data/lessons.toml``.
"""

import argparse
import base64
import html
import io
import json
import re
import sys
import tomllib
from pathlib import Path

from PIL import Image, ImageChops, ImageOps

ROOT = Path(__file__).resolve().parents[1]
SIZE = (480, 320)  # pixels of a picture, shown at less than half of that
MARGIN = 10
BEGIN, END = "<!-- lessons: begin, written by make front -->", "<!-- lessons: end -->"


def lessons(root: Path = ROOT) -> list[dict]:
    """Return the entries of ``data/lessons.toml``, each with its notebook's ``file`` name and ``title``."""
    found = tomllib.loads((root / "data" / "lessons.toml").read_text(encoding="utf-8"))["lesson"]
    for entry in found:
        [path] = (root / "notebooks").glob(f"{entry['number']}_*.ipynb")
        title = "".join(stored(path)["cells"][0]["source"]).splitlines()[0].partition("·")[2].strip()
        entry |= {"file": path.name, "title": title}
    return found


def stored(path: Path) -> dict:
    """Return a notebook as it is stored."""
    return json.loads(path.read_text(encoding="utf-8"))


def figure(notebook: dict, name: str, heading: str, number: int) -> bytes:
    """Return the PNG of a stored figure."""
    below, found = "", []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            below = next((line for line in reversed("".join(cell["source"]).splitlines()) if line[:2] == "##"), below)
        if below.startswith(heading):
            found += [o["data"]["image/png"] for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
    if number >= len(found):
        raise SystemExit(
            f"front: {name} has {len(found)} figures below {heading!r}, and data/lessons.toml asks for number {number} "
            "(0 is the first); choose another there"
        )
    return base64.b64decode(found[number])


def small(png: bytes) -> bytes:
    """Return the picture without its white margins on a white card of ``SIZE``, in few colours."""
    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("RGB")
    picture = picture.crop(ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox())
    inside = (SIZE[0] - 2 * MARGIN, SIZE[1] - 2 * MARGIN)
    picture = ImageOps.contain(picture, inside, Image.Resampling.LANCZOS)
    card = Image.new("RGB", SIZE, "white")
    card.paste(picture, ((SIZE[0] - picture.width) // 2, (SIZE[1] - picture.height) // 2))
    file = io.BytesIO()
    card.quantize(128).save(file, "PNG", optimize=True)
    return file.getvalue()


def table(found: list[dict], folder: str = "") -> str:
    """Return the lessons as a table in HTML, two a row, that JupyterLab, GitHub and the site all show."""
    rows = [found[first : first + 2] for first in range(0, len(found), 2)]
    lines = [
        line for row in rows for line in ["<tr>", *(part for entry in row for part in card(entry, folder)), "</tr>"]
    ]
    return "\n".join([BEGIN, '<table class="lessons">', *lines, "</table>", END])


def card(entry: dict, folder: str) -> list[str]:
    """Return the two cells of a lesson: its picture, and its title, question and minutes. Both lead to it."""
    number, link = entry["number"], f'<a href="{folder}{entry["file"]}">'
    image = f'<img src="{folder}pictures/{number}.png" width="180" alt="{html.escape(entry["alt"])}">'
    words = f"<strong>{link}{number} · {html.escape(entry['title'])}</a></strong><br>{html.escape(entry['question'])}"
    minutes = f"<small>{entry['read']} minutes to read, {entry['exercise']} to exercise{project(entry)}</small>"
    side = 'valign="top" style="text-align: left"'
    return [f'<td width="180" {side}>{link}{image}</a></td>', f"<td {side}>{words}<br>{minutes}</td>"]


def project(entry: dict) -> str:
    """Return what is added to a lesson's minutes where it ends in a project."""
    return ", and a project" if "project" in entry else ""


def hours(found: list[dict], text: str) -> str:
    """Return a text with the course's hours as the lessons' minutes add up."""
    read, exercise = (round(sum(entry[kind] for entry in found) / 60) for kind in ("read", "exercise"))
    return re.sub(r"about \d+ hours of reading and \d+ of", f"about {read} hours of reading and {exercise} of", text)


def replaced(text: str, new: str, name: str) -> str:
    """Return a text with the table between its two markers."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"front: {name} needs the lines {BEGIN!r} and {END!r}")
    return before + new + after


def written(root: Path = ROOT) -> dict[Path, bytes]:
    """Return every file that this tool writes, and what it should hold."""
    found = lessons(root)
    notebooks, made = root / "notebooks", {}
    for entry in found:
        png = figure(stored(notebooks / entry["file"]), entry["file"], *entry["figure"])
        made[notebooks / "pictures" / f"{entry['number']}.png"] = small(png)
    readme, start = root / "README.md", notebooks / "START_HERE.py"
    page = replaced(readme.read_text(encoding="utf-8"), table(found, "notebooks/"), readme.name)
    made[readme] = hours(found, page).encode()
    commented = table(found).replace("\n", "\n# ")  # the .py half holds Markdown as comments
    made[start] = replaced(start.read_text(encoding="utf-8"), commented, start.name).encode()
    return made


def main(arguments=None) -> None:
    """Write the tables and pictures, or check them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail when something is out of date")
    check = parser.parse_args(arguments).check
    for path, content in written().items():
        if check and not (path.exists() and path.read_bytes() == content):
            sys.exit(f"front: {path.relative_to(ROOT)} is not what the lessons say; run `make front`")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    if not check:
        from execute_notebooks import rebuild

        rebuild(ROOT / "notebooks" / "START_HERE.py")


if __name__ == "__main__":
    main()
