"""The README as a visitor reads it: short, with its way in, and every link and command leading somewhere."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
MOST = 900  # words, tables included

pytestmark = pytest.mark.stored


def words(page: str) -> list[str]:
    """Return the words that a page shows: no comments, tags, addresses or programs."""
    for pattern in (r"<!--.*?-->", r"```.*?```", r"<[^>]*>", r"\]\([^)]*\)"):
        page = re.sub(pattern, " ", page, flags=re.S)
    return [word for word in re.split(r"[\s|]+", page) if re.search(r"\w", word)]


def test_words_are_counted_as_they_are_read():
    assert words("<!-- no -->One [two](three/four.md) <b>three</b>\n| 4 | - |\n```\nmake lab\n```\n") == [
        "One", "[two", "three", "4",
    ]  # fmt: skip


def test_it_is_short_and_begins_with_two_sentences_and_a_moving_picture():
    assert len(words(TEXT)) <= MOST
    _, first, picture, *_ = re.split(r"\n\n+", TEXT)
    assert len(re.findall(r"[.!?](?=\s|$)", first)) == 2
    [source] = re.findall(r'<img src="([^"]+\.gif)"[^>]* alt="[^"]{60,}"', picture)
    assert (ROOT / source).read_bytes()[:4] == b"GIF8"


def test_what_a_visitor_looks_for_has_its_place():
    for heading in ("The lessons", "Why this course", "What is measured", "Teach from it", "Licence, citation"):
        assert f"\n## {heading}" in TEXT
    for fact in ("For whom", "You need", "Time", "Machine"):
        assert f"| **{fact}** |" in TEXT
    rows = re.findall(r"^\| \d\d \| .*$", TEXT, re.M)
    assert 8 <= len(rows) <= 20 and all(row[7].isupper() or row[7].isdigit() for row in rows)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^):\s]+)\)", TEXT))))
def test_a_link_leads_somewhere(target):
    assert (ROOT / target).exists()


def test_its_make_commands_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"\bmake ([a-z-]+)", TEXT))
    assert {"lab", "test", "doctor", "slides", "handouts", "student"} <= named <= targets
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True).stdout
    assert all(f"make {name} " in listed for name in named)
