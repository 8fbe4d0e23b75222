"""The still picture of the draw-a-digit exhibit, for pages without scripts: taken in a browser. Needs Chromium.

python tools/drawing_png.py    # writes course_utils/widgets/draw_digit.png
"""

import io
import os
import shutil

from PIL import Image
from playwright.sync_api import sync_playwright

from course_utils.widgets import drawing

WIDTH = 900  # pixels of the page
COLOURS = 160
LARGEST = 100_000  # bytes
PAGE = '<!doctype html><meta charset="utf-8"><style>body {{ margin: 0 }}</style><body>{exhibit}</body>'


def main() -> None:
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport={"width": WIDTH, "height": 900}, reduced_motion="reduce")
        page.set_content(PAGE.format(exhibit=drawing.page(start=4)))
        page.wait_for_timeout(300)
        box = page.locator(".work").bounding_box()
        taken = page.screenshot(clip={"x": 1, "y": 9, "width": WIDTH - 2, "height": box["y"] - 14})
        chromium.close()
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    file = io.BytesIO()
    small = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small.save(file, "PNG", optimize=True)
    if len(file.getvalue()) > LARGEST:
        raise SystemExit(f"the picture has {len(file.getvalue()):,} bytes, more than {LARGEST:,}")
    drawing.STILL.write_bytes(file.getvalue())
    print(f"{drawing.STILL}: {picture.width}×{picture.height}, {len(file.getvalue()):,} bytes")


if __name__ == "__main__":
    main()
