"""One page a network, to read or to print: drawing, totals, table, what was new, one result, the paper."""

import html
import json
import tomllib
from pathlib import Path

from website import front

FOLDER = front.PAGES / "architectures"
KINDS = {
    "Conv2D": "conv",
    "PartialConv2D": "conv, partly connected",
    "SeparableConv2D": "separable conv",
    "MaxPooling2D": "max pool",
    "AveragePooling2D": "average pool",
    "GlobalAveragePooling2D": "global pool",
    "Subsampling": "subsampling",
    "Dense": "dense",
    "RBFOutput": "distances",
}


def networks() -> list[dict]:
    """Return the networks that have a page, each with its result and the facts that were counted.

    Raises:
        SystemExit: one has no facts or no result.
    """
    found = tomllib.loads((front.PAGES / "architectures.toml").read_text(encoding="utf-8"))["network"]
    published = tomllib.loads((front.ROOT / "data" / "published.toml").read_text(encoding="utf-8"))["network"]
    results = {entry["name"]: entry for entry in published}
    facts = json.loads((FOLDER / "facts.json").read_text(encoding="utf-8"))
    for entry in found:
        if entry["name"] not in facts:
            raise SystemExit(f"site: no facts of {entry['name']}; run `make architectures`")
        if entry["name"] not in results:
            raise SystemExit(f"site: data/published.toml has no [[network]] {entry['name']!r}")
        entry |= {key: results[entry["name"]][key] for key in ("result", "source")} | {"facts": facts[entry["name"]]}
    return found


def write(source: Path, extra: Path, filters: str) -> None:
    """Write all pages below ``source`` and their drawings below ``extra``.

    Args:
        source: folder of what Sphinx reads.
        extra: folder of what it copies.
        filters: HTML that the dark theme's figures need.
    """
    (source / "architectures").mkdir(parents=True, exist_ok=True)
    (extra / "architectures").mkdir(parents=True, exist_ok=True)
    for path in FOLDER.glob("*.svg"):
        drawn = path.read_text(encoding="utf-8")
        (extra / "architectures" / path.name).write_text(drawn, encoding="utf-8")
    for entry in networks():
        (source / "architectures" / f"{entry['name']}.md").write_text(page(entry, filters), encoding="utf-8")


def page(entry: dict, filters: str = "") -> str:
    """Return the page of one network."""
    facts, name = entry["facts"], entry["name"]
    lesson = next(other for other in front.lessons() if other["number"] == entry["lesson"])
    top = f"{entry['year']} · taken apart in lesson [{lesson['number']} · {lesson['title']}](../{lesson['file']}.ipynb)"
    button = '<button class="print" type="button" onclick="print()">Print</button>'
    parts = [f"# {entry['title']}", f"{top} {button}", f"**What was new.** {entry['new']}"]
    parts += [filters + drawing(name, facts["drawn"]["whole"]), totals(facts)]
    if "block" in facts["drawn"]:
        parts += [f"## One block: `{entry['block']}`", drawing(f"{name}_block", facts["drawn"]["block"])]
    paper = f"[{entry['paper']}, {entry['year']}]({entry['link']})."
    parts += [f"## {facts['by'].title()} by {facts['by']}", table(facts)]
    parts += ["## One result", f"**{entry['result']}** ({entry['source']}).", f"Paper: {paper}"]
    return "\n\n".join(["---\nhtml_theme.sidebar_secondary.remove: true\n---", *parts]) + "\n"


def drawing(name: str, told: str) -> str:
    """Return a drawing with its description."""
    wide, high = size((FOLDER / f"{name}.svg").read_text(encoding="utf-8"))
    image = f'<img src="{name}.svg" alt="{html.escape(told)}" width="{wide}" height="{high}">'
    kind = "network block" if name.endswith("_block") else "network"
    figure = f'<div class="course-figure turns {kind}" style="--wide:{wide}px">{image}</div>'
    return f'<div class="scrolls">{figure}</div>'


def size(drawn: str) -> tuple[int, int]:
    """Return width and height of an SVG in the pixels of a page."""
    numbers = drawn.partition('viewBox="')[2].partition('"')[0].split()
    return round(float(numbers[2]) * 4 / 3), round(float(numbers[3]) * 4 / 3)


def totals(facts: dict) -> str:
    """Return the network's numbers as a list."""
    helpers = f" and {facts['helpers']:,} in auxiliary heads, for training" if facts["helpers"] else ""
    held = facts["parameters"] - facts["trained"]
    fixed = f", and {held:,} more that are not trained" if held else ""
    lines = {
        "Input": "×".join(map(str, facts["input"])),
        "Layers": f"{facts['convolutions']} convolutions, {facts['dense']} dense",
        "Parameters": f"<b>{facts['trained']:,}</b>{fixed}{helpers}",
        "Multiply-adds": f"<b>{short(facts['macs'])}</b> for one picture",
        "Receptive field": f"<b>{facts['field']} × {facts['field']}</b> pixels, of one value of the last "
        f"{facts['field_of']} maps; padding counts",
        "Memory": f"{short(facts['memory'])}B of activations for one picture, "
        f"{short(4 * facts['parameters'])}B of parameters",
    }
    inside = "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in lines.items())
    return f'<dl class="facts totals">{inside}</dl>'


def short(number: int) -> str:
    """Return a large number in thousands (k), millions (M) or billions (G)."""
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= 0.9995 * size:  # 999,900 is 1 M and not 1e+03 k
            return f"{number / size:.3g} {letter}"
    return str(number)


def table(facts: dict) -> str:
    """Return the table of layers or stages."""
    layers = facts["by"] == "layer"
    heads = [facts["by"], "what" if layers else "layers", "output", "parameters", "multiply-adds", "sees"]
    lines = []
    for row in facts["table"]:
        window = "×".join(map(str, row["kernel"] or [])) + " " if row["kernel"] else ""
        what = window + KINDS.get(row["kind"], row["kind"]) if layers else row["layers"]
        cells = [what, "×".join(map(str, row["output"])), f"{row['parameters']:,}", short(row["macs"])]
        cells.append(f"{row['field']}" if row["field"] else "")
        lines.append(f"<tr><th>{row['name']}</th>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    head = "".join(f"<th>{name}</th>" for name in heads)
    return scrolled("layers", head, lines)


def scrolled(kind: str, head: str, lines: list[str]) -> str:
    """Return a table in a box that scrolls where it is too wide."""
    inside = f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody>"
    return f'<div class="scrolls"><table class="dataframe {kind}">{inside}</table></div>'


def index(text: str) -> str:
    """Return the page that lists all networks, with the table in place of ``<!-- networks -->``."""
    lines = []
    for entry in networks():
        facts, name = entry["facts"], entry["name"]
        cells = [entry["year"], short(facts["trained"]), short(facts["macs"]), entry["result"]]
        link = f'<a href="architectures/{name}.html">{entry["title"]}</a>'
        lines.append(f"<tr><th>{link}</th>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    heads = ["network", "year", "parameters", "multiply-adds", "result"]
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = scrolled("networks", head, lines)
    names = [f"architectures/{entry['name']}" for entry in networks()]
    return text.replace("<!-- networks -->", body + "\n\n" + front.tree("", names).replace(":caption: \n", ""))
