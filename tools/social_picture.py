"""The picture beside a link to the site elsewhere: LeNet-5 reading a 4, and the course's name. Needs Chromium.

python tools/social_picture.py    # writes site/static/social.png from the still picture of the draw-a-digit exhibit
"""

import base64
import io
import os
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
STILL = ROOT / "course_utils" / "widgets" / "draw_digit.png"
SIZE = (1200, 630)
NETWORK = (0, 400, 898, 826)  # where the still picture shows the maps
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #fff; color: #1f2328; font-family: "DejaVu Sans", sans-serif; }}
h1 {{ margin: 0; padding: 28px 48px 2px; font-size: 50px; letter-spacing: -1px; }}
p {{ margin: 0; padding: 0 48px; font-size: 25px; color: #57606a; }}
img {{ display: block; width: 960px; margin: 18px auto 0; }}
</style><h1>Convolutional networks, hands on</h1><p>Ten lessons, from one kernel to a hundred layers</p>
<img src="data:image/png;base64,{picture}">"""


def main() -> None:
    """Take the picture and store it in few colours."""
    file = io.BytesIO()
    Image.open(STILL).convert("RGB").crop(NETWORK).save(file, "PNG")
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
        page.set_content(PAGE.format(picture=base64.b64encode(file.getvalue()).decode()))
        page.wait_for_timeout(300)
        taken = page.screenshot()
        chromium.close()
    target = ROOT / "site" / "static" / "social.png"
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    picture.quantize(160, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(target, "PNG", optimize=True)
    print(f"{target.relative_to(ROOT)}: {picture.width}×{picture.height}, {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
