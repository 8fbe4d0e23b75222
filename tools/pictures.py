"""One picture a lesson for the README, taken from the stored outputs: ``make scorecard`` writes them.

python tools/pictures.py           # writes data/pictures/NN.png
python tools/pictures.py --check   # fails when a picture is not the one its notebook stores
"""

import argparse
import base64
import io
import json
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "data" / "pictures"
WIDTH = 420  # pixels, as the README shows them

# lesson: the beginning of a heading, and which of the figures below it (0 is the first)
CHOSEN = {
    "01": ("## 7 ", 2),
    "02": ("### Look inside", 0),
    "03": ("## 6 ", 1),
    "04": ("## 7 ", 1),
    "05": ("## 4 ", 0),
    "06": ("## 11 ", 2),
    "07": ("### What is each worth", 0),
    "08": ("## 3 ", 0),
    "09": ("## 11 ", 0),
    "10": ("### Five seeds", 0),
}


def figure(notebook: Path, heading: str, number: int) -> bytes:
    """Return the PNG of a stored figure."""
    below, found = "", []
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            below = next((line for line in reversed("".join(cell["source"]).splitlines()) if line[:2] == "##"), below)
        if below.startswith(heading):
            found += [o["data"]["image/png"] for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
    if number >= len(found):
        raise SystemExit(f"pictures: {notebook.name} has {len(found)} figures below {heading!r}, asked for {number}")
    return base64.b64decode(found[number])


def small(png: bytes) -> bytes:
    """Return the picture at the README's width, in few colours."""
    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("RGB")
    picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    picture.quantize(128).save(file, "PNG", optimize=True)
    return file.getvalue()


def pictures() -> dict[str, bytes]:
    """Return the picture of each lesson."""
    made = {}
    for lesson, (heading, number) in CHOSEN.items():
        [notebook] = (ROOT / "notebooks").glob(f"{lesson}_*.ipynb")
        made[lesson] = small(figure(notebook, heading, number))
    return made


def main(arguments=None) -> None:
    """Write the pictures, or check them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a picture is out of date")
    check = parser.parse_args(arguments).check
    PICTURES.mkdir(parents=True, exist_ok=True)
    for lesson, png in pictures().items():
        path = PICTURES / f"{lesson}.png"
        if check and not (path.exists() and path.read_bytes() == png):
            sys.exit(f"pictures: {path.name} is not what the notebook stores; run `make scorecard`")
        if not check:
            path.write_bytes(png)


if __name__ == "__main__":
    main()
