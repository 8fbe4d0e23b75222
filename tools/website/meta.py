"""What is made of the built pages for others: a map of the site, and a page for addresses that lead nowhere."""

import re
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

HIDDEN = ("404.html", "search.html", "genindex.html")  # no page that one looks for


def finish(folder: Path) -> str:
    """Write ``sitemap.xml`` and let the page 404 work at any depth; return the site's address.

    Raises:
        SystemExit: the first page does not say where the site is published.
    """
    canonical = re.search(r'<link rel="canonical" href="([^"]+)"', (folder / "index.html").read_text(encoding="utf-8"))
    if not canonical:
        raise SystemExit("site: index.html has no canonical address; html_baseurl in site/conf.py sets it")
    address = canonical[1].removesuffix("index.html")
    (folder / "sitemap.xml").write_text(sitemap(folder, address), encoding="utf-8")
    lost = folder / "404.html"
    text = lost.read_text(encoding="utf-8")
    lost.write_text(text.replace("<head>", f'<head>\n<base href="{urlsplit(address).path}">', 1), encoding="utf-8")
    return address


def sitemap(folder: Path, address: str) -> str:
    """Return the list of all pages as search engines read it."""
    found = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.html"))]
    kept = [name for name in found if name not in HIDDEN and not name.startswith("_static")]
    lines = [f"<url><loc>{escape(address + ('' if name == 'index.html' else name))}</loc></url>" for name in kept]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return "\n".join([head, *lines, "</urlset>", ""])
