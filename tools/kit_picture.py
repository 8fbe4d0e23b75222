"""The picture of the teacher's kit on the site's page for teachers: a slide and a handout. Needs Chromium.

make slides && .venv/bin/python tools/kit_picture.py    # writes site/static/kit.png
"""

import io
import os
import shutil
from pathlib import Path

import handouts
from PIL import Image, ImageOps
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "site" / "static" / "kit.png"
DECK, PLACE, PRINTED = "03", 9, "06"  # the slide on which the lines cross; a handout with a table
HEIGHT, GAP = 430, 24  # pixels
SHEET = (794, 1123)  # a page of A4


def main() -> None:
    """Write the picture."""
    deck = ROOT / "build" / "slides" / f"{DECK}.html"
    if not deck.exists():
        raise SystemExit("kit_picture: no slides here; make slides")
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, handouts.BROWSERS)))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        window = chromium.new_page(viewport={"width": 1280, "height": 720})
        window.goto(f"{deck.as_uri()}#/{PLACE}")
        window.evaluate(
            "document.querySelectorAll('section.present .fragment').forEach(f => f.classList.add('visible'))"
        )
        window.wait_for_timeout(500)
        taken = [window.screenshot()]
        sheet = chromium.new_page(viewport={"width": SHEET[0], "height": SHEET[1]})
        sheet.set_content(handouts.page(PRINTED))
        sheet.add_style_tag(content="body { padding: 50px 60px; }")
        taken.append(sheet.screenshot())
        chromium.close()
    parts = []
    for picture in map(Image.open, map(io.BytesIO, taken)):
        size = (round(picture.width * HEIGHT / picture.height), HEIGHT)
        parts.append(ImageOps.expand(picture.convert("RGB").resize(size, Image.Resampling.LANCZOS), 1, "#d0d7de"))
    whole = Image.new("RGB", (sum(part.width for part in parts) + GAP, parts[0].height), "white")
    whole.paste(parts[0], (0, 0))
    whole.paste(parts[1], (parts[0].width + GAP, 0))
    whole.quantize(128).save(TARGET, optimize=True)
    print(f"{TARGET.relative_to(ROOT)}: {whole.width}×{whole.height}, {TARGET.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
