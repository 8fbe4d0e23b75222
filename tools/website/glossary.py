"""The glossary: site/glossary.toml as a page, with a link to the place where each word is introduced."""

import re
import tomllib
from pathlib import Path

from website import front, teachers

SOURCE = front.PAGES / "glossary.toml"
BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
SENTENCE = re.compile(r"[.?!:]$")


def source(path: Path = SOURCE) -> dict:
    """Return the glossary: ``term`` entries in alphabetical order, and the words of ``stress``."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    found["term"].sort(key=lambda term: term["name"].casefold())
    return found


def names(term: dict) -> list[str]:
    """Return all names of a term."""
    return [term["name"], *term.get("also", [])]


def place(term: dict) -> str:
    """Return the place in a page where a term is introduced."""
    return "term-" + re.sub(r"[^a-z0-9]+", "-", term["name"].casefold().replace("×", "x")).strip("-")


def bold(text: str) -> list[str]:
    """Return the bold words of a lesson's text that may be terms: at most three words, no sentence, no number."""
    found = [word.strip() for word in BOLD.findall(teachers.NOTES.sub("", text))]
    return [
        word for word in found if len(word.split()) <= 3 and re.search("[A-Za-z]", word) and not SENTENCE.search(word)
    ]


def unknown(text: str, glossary: dict) -> list[str]:
    """Return the bold words of a lesson's text that are neither terms nor in ``stress``, each once."""
    known = {name.casefold() for term in glossary["term"] for name in names(term)}
    known |= {word.casefold() for word in glossary["stress"]}
    return list(dict.fromkeys(word for word in bold(text) if word.casefold() not in known))


def mark(cells: list[dict], lesson: str, glossary: dict) -> set[str]:
    """Put a place before the first bold appearance of each of a lesson's terms; return the places put."""
    put = set()
    for term in glossary["term"]:
        if term["lesson"] != lesson:
            continue
        word = "|".join(re.escape(name) for name in sorted(names(term), key=len, reverse=True))
        pattern = re.compile(rf"\*\*(?:{word})\*\*", re.I)
        for cell in cells:
            if cell["cell_type"] == "markdown" and pattern.search("".join(cell["source"])):
                point = f'<span id="{place(term)}"></span>'
                cell["source"] = pattern.sub(lambda found, point=point: point + found[0], "".join(cell["source"]), 1)
                put.add(place(term))
                break
    return put


def page(text: str, places: set[str]) -> str:
    """Return the page: its text with the terms in place of ``<!-- terms -->``.

    Args:
        text: the page's source.
        places: what `mark` put into the lessons.
    """
    lessons = {entry["number"]: entry for entry in front.lessons()}
    lines = ["```{glossary}"]
    for term in source()["term"]:
        entry, point = lessons[term["lesson"]], place(term)
        anchor = f"#{point}" if point in places else ""
        also = f" Also: {', '.join(also)}." if (also := shown(term)) else ""
        link = f'<a href="{entry["file"]}.html{anchor}">{term["lesson"]} · {entry["title"]}</a>'
        lines += [term["name"], f"  {term['means']}{also} {link}", ""]
    return text.replace("<!-- terms -->", "\n".join([*lines[:-1], "```"]))


def shown(term: dict) -> list[str]:
    """Return the other names of a term that are more than another spelling or number of the same word."""
    plain = term["name"].casefold().replace("s", "z")
    others = [(name, name.casefold().replace("s", "z").rstrip("z")) for name in term.get("also", [])]
    return [name for name, other in others if not plain.startswith(other) and not other.startswith(plain)]
