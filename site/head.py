"""A Sphinx extension: what search engines and others who show a link read in a page's head."""

import html
import tomllib
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[1]
TOLD = "Ten lessons lead from one 3×3 kernel to networks with a hundred layers: predict, run, break and rebuild them."
PICTURE = "LeNet-5 reads a handwritten 4: its maps, layer by layer, and ten answers."


def descriptions() -> dict[str, str]:
    """Return a sentence for each page that has one of its own: a lesson's question, what was new in a network."""
    lessons = tomllib.loads((ROOT / "data" / "lessons.toml").read_text(encoding="utf-8"))["lesson"]
    networks = tomllib.loads((ROOT / "site" / "architectures.toml").read_text(encoding="utf-8"))["network"]
    found = {f"architectures/{entry['name']}": entry["new"] for entry in networks}
    for entry in lessons:
        [path] = (ROOT / "notebooks").glob(f"{entry['number']}_*.py")
        found[path.stem] = entry["question"]
    return found


def fill(app: Sphinx, page: str, template: str, context: dict, tree) -> None:
    """Add the description, the title and the picture to a page's head."""
    address = app.config.html_baseurl
    title = app.config.project if page == "index" else html.unescape(context.get("title", app.config.project))
    told = app.config.course_descriptions.get(page, TOLD)
    named = {"description": told}
    properties = {
        "og:type": "website",
        "og:site_name": app.config.project,
        "og:title": title,
        "og:description": told,
        "og:url": address + ("" if page == "index" else f"{page}.html"),
        "og:image": f"{address}_static/social.png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": PICTURE,
        "twitter:card": "summary_large_image",
    }
    lines = [f'<meta name="{key}" content="{html.escape(text)}">' for key, text in named.items()]
    lines += [f'<meta property="{key}" content="{html.escape(text)}">' for key, text in properties.items()]
    context["metatags"] = context.get("metatags", "") + "\n" + "\n".join(lines)


def setup(app: Sphinx) -> dict:
    """Register what fills the head."""
    app.add_config_value("course_descriptions", descriptions(), "html")
    app.connect("html-page-context", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
