"""The README's moving picture: the real explorer in a browser, pixel by pixel. Needs Chromium.

    python tools/explorer_gif.py    # writes notebooks/pictures/explorer.gif

The window walks over the example of lesson 01; then the same kernel arithmetic finds the edges of a photograph.
"""

import io
import os
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from course_utils import datasets, widgets
from course_utils.convolution import KERNELS

TARGET = Path(__file__).resolve().parents[1] / "notebooks" / "pictures" / "explorer.gif"
WIDTH, HEIGHT = 860, 736  # pixels of the page
SHOWN = 720  # pixels of the picture
LARGEST = 1_000_000  # bytes
PAGE = '<!doctype html><meta charset="utf-8"><style>body {{ margin: 0 }}</style><body>{exhibit}</body>'
SET = "settings => document.querySelector('[data-explorer]').explorer.set(settings)"


def frames(page) -> list[tuple[Image.Image, int]]:
    """Return pictures of the explorer, each with the milliseconds it stands."""
    taken = []

    def take(milliseconds: int, **settings) -> None:
        page.evaluate(SET, settings)
        page.wait_for_timeout(60)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        taken.append((picture, milliseconds))

    for row in range(3):
        for column in range(3):
            take(700 if row == 0 else 450, row=row, column=column)
    take(900, row=2, column=2)
    take(900, image="photograph", kernel=KERNELS["sobel_x"].tolist(), row=10, column=12)
    for step in range(1, 9):
        take(350, row=10 + step, column=12 + 2 * step)
    take(1500, row=18, column=28)
    return taken


def gif(taken: list[tuple[Image.Image, int]]) -> bytes:
    """Return the pictures as one GIF with one palette."""
    size = SHOWN, round(HEIGHT * SHOWN / WIDTH)
    small = [picture.resize(size, Image.Resampling.LANCZOS) for picture, _ in taken]
    both = Image.new("RGB", (SHOWN, 2 * small[0].height))
    for place, picture in enumerate((small[0], small[-1])):
        both.paste(picture, (0, place * picture.height))
    palette = both.quantize(256, method=Image.Quantize.MAXCOVERAGE)
    made = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in small]
    file = io.BytesIO()
    durations = [milliseconds for _, milliseconds in taken]
    made[0].save(file, "GIF", save_all=True, append_images=made[1:], duration=durations, loop=0, optimize=True)
    return file.getvalue()


def main() -> None:
    """Record the explorer and store the picture."""
    photograph = datasets.photograph("chelsea").mean(axis=2).astype("uint8")[40:260:4, 80:360:4]
    shown = widgets.ConvolutionExplorer({"5×5 example": widgets.pictures.WORKED_IMAGE, "photograph": photograph})
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = started.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1)
        page.set_content(PAGE.format(exhibit=shown.to_html()))
        made = gif(frames(page))
        started.close()
    if len(made) > LARGEST:
        raise SystemExit(f"explorer_gif: {len(made) / 1e6:.2f} MB, over {LARGEST / 1e6:.0f} MB")
    TARGET.write_bytes(made)
    print(f"explorer_gif: {len(made) / 1e3:.0f} kB: {TARGET.name}")


if __name__ == "__main__":
    main()
