"""What of a lesson's text stands on a slide, and what is left for the speaker.

A text cell is written to be read alone; on a slide stand its questions and statements in bold, its formulas, tables,
lists and quotations. All else becomes the speaker's notes.
"""

import re

FOLD = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.S)
BOLD = re.compile(r"\*\*(.+?)\*\*", re.S)
SENTENCE = re.compile(r"(?<=[.!?])\**\)?\s+(?=[^a-z\s])")
LINK = re.compile(r"\[([^\]]*)\]\([^)\s]*\)")
ADVICE = re.compile(
    r"[\s,]*(?:Write [^.?]*|Decide, )?(?:then|and) (?:open|move|compare)[^.?]*\.|\*?\*?Open the answer\.\*?\*?"
    r"|^(?:Write down|Now|(?:Guess b|B)efore you (?:open|run)[^:,]*)[:,] "
    r"|^Vote(?: now)?(?:, in writing)?(?: before you [^:]*)?: "
)
KEPT = ("$$", "|", ">", "```", "- ", "* ", "1. ")
ENOUGH, MOST = 70, 200  # characters of an answer
TASK = re.compile(r"(?:Before you [^:]*: )?(?:work out|write|sketch|order|put|find|guess|for each) ", re.I)
ASIDE = re.compile(r"\s*\((?=[A-Z])[^()]*[.!?]\)")  # a whole sentence in brackets
TERSE = 42  # characters of a question that needs the sentence before it
LONG = 230  # characters of two questions with what stands between them
CURT = 30  # characters of one that needs the sentences behind it


def spoken(question: str) -> str:
    """Return a question as it is put to a class: no advice on folds."""
    said = ADVICE.sub(" ", " ".join(question.split())).strip()
    return said[:1].upper() + said[1:]


def blocks(text: str) -> list[str]:
    """Return the blocks of a Markdown text; a fenced block is one, whatever lines it has."""
    apart = re.sub(r"^(#{1,4} .*)\n", r"\1\n\n", text, flags=re.M)
    parts = re.split(r"(^```.*?^```\n?)", apart, flags=re.S | re.M)
    found = [[part] if part.startswith("```") else re.split(r"\n\s*\n", part) for part in parts]
    return [block.strip() for part in found for block in part if block.strip()]


def without_folds(text: str) -> str:
    """Return a text without what is folded in it."""
    return FOLD.sub("", text)


def heading(text: str) -> str:
    """Return a text's last heading without its number, or ""."""
    found = re.findall(r"^#{1,4} (?:\d+ · )?(.+)$", text, re.M)
    return found[-1].strip() if found else ""


def question(text: str) -> str:
    """Return what a text asks at its end: its last question or task in bold, else its last sentence if that asks."""
    plain = [block for block in blocks(without_folds(text)) if not block.startswith(("**Exercise", *KEPT, "#"))]
    for block in reversed(plain):
        asked = _asked(block)
        if asked:
            return asked
    last = sentences(plain[-1])[-1] if plain else ""
    return spoken(last) if last.rstrip("*").endswith("?") else ""


def _asked(block: str) -> str:
    """Return what a paragraph asks in bold, and what stands around it where that alone would be too terse, or ""."""
    text = " ".join(block.split())
    bold = [found for found in _statements(text) if "?" in found or TASK.match(found)]
    asked = spoken(" ".join(bold))
    if len(bold) > 1 and f"**{bold[-1]}**" in text:  # with what stands between them, if that is short
        span = text[text.index(bold[0]) : text.index(bold[-1]) + len(bold[-1])].replace("**", "")
        return spoken(span if len(span) < LONG else " ".join(bold))
    if not asked or len(asked) > TERSE:
        return asked
    before = text.partition(f"**{bold[0]}**")[0]
    if not before.strip():
        return spoken(text.replace("**", "")) if len(asked) < CURT else asked
    said = ASIDE.sub("", sentences(before.strip())[-1]).strip()
    plain = said.replace("**", "")
    cut = said.endswith("?") or said.count("(") != said.count(")")
    return asked if cut else f"{plain} {asked}".strip()


def sentences(block: str) -> list[str]:
    """Return the sentences of a paragraph."""
    return SENTENCE.split(" ".join(block.split()))


def _statements(block: str) -> list[str]:
    """Return what a paragraph says in bold: whole sentences, and the rest of a paragraph that a bold word opens."""
    opened = re.match(r"\*\*([^*]+:)\*\* (.+)", block, re.S)
    if opened:
        return [opened[2] if opened[1].startswith(("Guess", "Before")) else block]
    text = " ".join(block.split())
    found = []
    for bold in BOLD.findall(text):
        if bold.rstrip("*)").endswith((".", "?", "!")):
            found.append(bold)
        elif TASK.match(bold):  # a sentence of which a part is bold
            found.append(next(one for one in sentences(text) if bold in one).replace("**", ""))
    return found


def part(text: str) -> str:
    """Return the part of a text that a slide is made of: its recap's list, else the first part that shows anything."""
    parts = re.split(r"^(?=#{1,4} )", without_folds(text), flags=re.M)
    for recap in parts:
        if heading(recap) == "Recap":
            return "\n\n".join(block for block in blocks(recap) if block.startswith(("#", "1. ", "- ")))
    return ([one for one in parts if shown(one)] + [text])[0]


def shown(text: str) -> list[str]:
    """Return what of a text stands on a slide, as Markdown blocks."""
    chosen: list[str] = []
    whole = blocks(without_folds(text))
    for place, block in enumerate(whole):
        if block.startswith(("#", "**Exercise")):
            continue
        if block.startswith(KEPT):
            before = whole[place - 1] if place else ""
            if block.startswith("$$") and before and not before.startswith(("#", *KEPT)) and before[-1] not in ".?!":
                chosen.append(sentences(before)[-1])
            chosen.append(block)
        else:
            listed = [one for one in sentences(block) if len(BOLD.findall(one)) > 2]
            said = [_asked(block)] if _asked(block) else [spoken(one) for one in _statements(block)]
            chosen += [one.replace("**", "") for one in listed] + said
    return chosen


def answer(fold: str) -> str:
    """Return the short form of a folded answer: from its first statement in bold on, else from its beginning."""
    texts = [block for block in blocks(unlinked(fold)) if not block.startswith(("|", "```", "$$"))]
    bold = [found for block in texts for found in _statements(block)]
    if bold and texts[0].startswith("1. "):
        return " ".join(bold)
    if not texts:
        return ""
    begins = next((block[block.index(f"**{bold[0]}") :] for block in texts if bold and f"**{bold[0]}" in block), None)
    said = _enough(begins or texts[0])
    return _enough(texts[-1]) if said.endswith(":") else said


def _enough(block: str) -> str:
    """Return the first sentences of a paragraph, none that asks or stands in brackets."""
    said = ""
    for sentence in sentences(ASIDE.sub("", block.replace("**", ""))):
        if len(said) >= ENOUGH or (len(said) > CURT / 2 and len(said) + len(sentence) > MOST):
            break
        if not sentence.endswith("?"):
            said = f"{said} {sentence}".strip()
    return said[:1].upper() + said[1:] if re.match(r"[a-z]+\b", said) else said


def notes(text: str, seen: list[str]) -> str:
    """Return what a speaker reads: a text and its answers, but exercises, headings and what the slide shows."""
    parts = FOLD.sub(r"\2", text)
    left = [block for block in blocks(parts) if not block.startswith(("#", "**Exercise", "```"))]
    return "\n\n".join(block for block in left if block not in seen)


def unlinked(text: str) -> str:
    """Return Markdown whose links are their words: a slide has no page to go to."""
    return LINK.sub(r"\1", text)
