"""The first page: site/index.md with the exhibit, the lessons' pictures and the hours filled in, and the contents."""

import html
import json
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS, PAGES = ROOT / "notebooks", ROOT / "site"
CARD = ROOT / "data" / "weights" / "lenet5_1998_mnist.json"


def index() -> str:
    """Return the first page and the site's contents."""
    page = (PAGES / "index.md").read_text(encoding="utf-8")
    for mark, made in (("digit", digit), ("lessons", cards), ("hours", hours), ("accuracy", accuracy)):
        if f"<!-- {mark} -->" not in page:
            raise SystemExit(f"site: site/index.md needs <!-- {mark} -->")
        page = page.replace(f"<!-- {mark} -->", made())
    for word, meant in (("REPOSITORY", address()), ("COLAB", colab()), ("FOLDER", address().rpartition("/")[2])):
        page = page.replace(word, meant)
    trees = [
        tree("Lessons", pages()),
        tree("Look up", ["architectures", "glossary", "mathematics", "pytorch", "results"]),
        tree("More", ["further", "solutions", "running", "devices", "teachers", "exam"]),
    ]
    return "\n\n".join([page, *filter(None, trees)])


def address() -> str:
    """Return the repository's address, which pyproject.toml names."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Repository"]


def colab() -> str:
    """Return the address at which Colab opens the repository's files."""
    return address().replace("https://github.com/", "https://colab.research.google.com/github/") + "/blob/main"


def pages() -> list[str]:
    """Return the names of the ten lessons."""
    return [path.stem for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))]


def tree(caption: str, names: list[str]) -> str:
    """Return a part of the table of contents, or nothing when it is empty."""
    return "\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *names, "```"]) if names else ""


def lessons() -> list[dict]:
    """Return the entries of ``data/lessons.toml``, each with the ``file`` name and the ``title`` of its notebook."""
    found = tomllib.loads((ROOT / "data" / "lessons.toml").read_text(encoding="utf-8"))["lesson"]
    for entry in found:
        [path] = NOTEBOOKS.glob(f"{entry['number']}_*.ipynb")
        first = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]
        entry |= {"file": path.stem, "title": "".join(first).splitlines()[0].partition("·")[2].strip()}
    return found


def cards() -> str:
    """Return the lessons as a list of cards: picture, title, question, minutes."""
    lines = ['<ol class="cards">']
    for entry in lessons():
        source, alt = f"pictures/{entry['number']}.png", html.escape(entry["alt"])
        picture = f'<img src="{source}" width="480" height="320" alt="{alt}">'
        title = f"<b>{entry['number']} · {html.escape(entry['title'])}</b>"
        time = f"<small>{entry['read']} min to read, {entry['exercise']} to exercise{project(entry)}</small>"
        words = f"{title}<span>{html.escape(entry['question'])}</span>{time}"
        lines.append(f'<li><a href="{entry["file"]}.html">{picture}{words}</a></li>')
    return "\n".join([*lines, "</ol>"])


def project(entry: dict) -> str:
    """Return what is added to a lesson's minutes where it ends in a project."""
    return f", and a project of about {entry['project']}" if "project" in entry else ""


def hours() -> str:
    """Return the course's hours, as the lessons' minutes add up."""
    found = lessons()
    read, exercise = (round(sum(entry[kind] for entry in found) / 60) for kind in ("read", "exercise"))
    more = ", and a project" if any("project" in entry for entry in found) else ""
    return f"about {read} hours of reading and {exercise} of exercises{more}"


def accuracy() -> str:
    """Return the test accuracy of the network in the exhibit, from its card, in per cent."""
    return f"{100 * json.loads(CARD.read_text(encoding='utf-8'))['test_accuracy']:.1f}"


def digit() -> str:
    """Return the draw-a-digit exhibit that lesson 06 stores.

    Raises:
        SystemExit: it stores none.
    """
    [lesson] = NOTEBOOKS.glob("06_*.ipynb")
    for cell in json.loads(lesson.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            text = "".join(output.get("data", {}).get("text/html", ""))
            if 'class="draw-digit"' in text and "<script>" in text:
                return "```{raw} html\n" + text + "\n```"
    raise SystemExit(f"site: {lesson.name} stores no exhibit for the first page")
