"""What a lesson's sheet and deck take from the lesson beside its tags: `data/kit.toml`."""

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from deck import words

SOURCE = Path(__file__).resolve().parents[2] / "data" / "kit.toml"


@functools.cache
def of(number: str) -> dict:
    """Return the entry of a lesson: what its sheet asks (`predict`), what its slides say besides (`slides`)."""
    lessons = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["lesson"]
    return {"slides": []} | next(entry for entry in lessons if entry["number"] == number)


def plain(text: str) -> str:
    """Return a text without stars, fences and line breaks, so that it can be found whatever is stressed in it."""
    return " ".join(re.sub(r"[`*]", "", text).split())


def section_of(asked: str, texts: Iterable[str]) -> str:
    """Return the number of the section in whose text, outside of folds, a question stands.

    Raises:
        ValueError: it stands nowhere.
    """
    section = ""
    for text in texts:
        for part in re.split(r"^(?=## )", words.without_folds(text), flags=re.M):
            section = (re.findall(r"^## (\d+)", part) or [section])[0]
            if plain(asked) in plain(part):
                return section
    raise ValueError(f"the lesson does not ask {asked!r}; its words in {SOURCE.name} are those of the lesson")


def beside(source: str, entries: Iterable[Mapping[str, str]]) -> Mapping[str, str]:
    """Return what is said beside the output of a cell: the entry whose `cell` is a piece of its source, or nothing."""
    return next((entry for entry in entries if entry["cell"] in source), {})


def sentence(text: str) -> str:
    """Return a piece of a sentence as one: a capital at its beginning, a stop at its end."""
    return f"{text[:1].upper()}{text[1:]}{'.' if text[-1:].isalnum() else ''}"
