"""Links, places and pictures of the built pages: every one is looked up."""

import html.parser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Links(html.parser.HTMLParser):
    """Collects what a page links to and the places it can be linked at."""

    def __init__(self, text: str):
        super().__init__()
        self.targets, self.places = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.targets += [found[name] for name in ("href", "src") if found.get(name) and tag != "base"]
        self.places |= {found[name] for name in ("id", "name") if found.get(name)}
        if tag == "img" and not found.get("alt"):
            self.targets.append(f"picture without description: {found.get('src')}")


def broken(folder: Path, address: str = "") -> list[str]:
    """Return every link to a page, a place or a picture that is not there, and every picture without a description.

    Args:
        folder: the built site.
        address: where it will be published; links that begin with it are looked up like inner ones.
    """
    found = [path for path in sorted(folder.rglob("*.html")) if "_static" not in path.parts]
    read = {path: Links(path.read_text(encoding="utf-8")) for path in found}
    problems = []
    for path, links in read.items():
        for target in links.targets:
            near = target
            if address and target.startswith(address):
                near = "/".join([".."] * (len(path.relative_to(folder).parts) - 1) + [target.removeprefix(address)])
            parts = urlsplit(near)
            aim = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            gone = not (parts.scheme or parts.netloc or aim.exists())
            nowhere = bool(parts.fragment) and aim in read and unquote(parts.fragment) not in read[aim].places
            if gone or nowhere or target.startswith("picture without"):
                problems.append(f"{path.relative_to(folder)}: {target}")
    return problems
