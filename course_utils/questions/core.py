"""What every kind of question shares: its parts, how matrices are written, and the sheet."""

import importlib
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from course_utils.validation import one_of, whole_number

LESSONS = tuple(f"{number:02d}" for number in range(1, 11))


class Question(NamedTuple):
    """A question with numbers of its own.

    Args:
        text: what is asked.
        answer: a number, an array or a word, computed.
        working: how one gets there, with the numbers.
    """

    text: str
    answer: object
    working: str


Kind = Callable[[np.random.Generator], Question]


def matrix(values) -> str:
    """Return an array on lines of its own, columns right-aligned.

    Example:
        >>> print(matrix([[1, -2], [30, 4]]))
             1  -2
            30   4
    """
    rows = np.atleast_2d(np.asarray(values))
    texts = [[number(value) for value in row] for row in rows]
    width = max(len(text) for row in texts for text in row)
    return "\n".join("    " + "  ".join(text.rjust(width) for text in row) for row in texts)


def number(value) -> str:
    """Return a number as one writes it: whole ones whole and with commas, others with four digits that count.

    Example:
        >>> number(1234567.0), number(0.123456), number(1849.688)
        ('1,234,567', '0.1235', '1,850')
    """
    if isinstance(value, str):
        return value
    if float(value).is_integer() or abs(value) >= 1000:
        return f"{round(value):,}"
    return f"{float(value):.4g}"


def kinds(lesson: str) -> tuple[Kind, ...]:
    """Return the kinds of questions of a lesson, at least five.

    Raises:
        ValueError: unknown lesson.
    """
    lesson = one_of("lesson", str(lesson).zfill(2), LESSONS)
    return importlib.import_module(f"course_utils.questions.lesson{lesson}").KINDS


def questions(lesson: str, *, seed: int = 0) -> list[Question]:
    """Return one question of each kind of a lesson.

    Args:
        lesson: ``"01"`` to ``"10"``.
        seed: decides all numbers; another seed makes another sheet.

    Raises:
        ValueError: unknown lesson, a seed that is no whole number from 0 on.

    Example:
        >>> [question.answer for question in questions("01", seed=7)] == [q.answer for q in questions("01", seed=7)]
        True
    """
    seed = whole_number("seed", seed, minimum=0)
    return [kind(np.random.default_rng([seed, place])) for place, kind in enumerate(kinds(lesson))]


def sheet(lesson: str, *, seed: int = 0, answers: bool = True) -> str:
    """Return the questions as text to print, with answers and working at the end unless ``answers`` is False."""
    asked = questions(lesson, seed=seed)
    title = f"Lesson {str(lesson).zfill(2)} · by hand · sheet {seed}"
    lines = [title, "=" * len(title), *_numbered(question.text for question in asked)]
    if answers:
        lines += ["Answers", "-------", *_numbered(_answer(question) for question in asked)]
    return "\n".join(lines).rstrip() + "\n"


def _answer(question: Question) -> str:
    given = question.answer
    if np.ndim(given) > 0:  # type: ignore[arg-type]
        return f"{question.working}\n{matrix(given)}"
    return f"{number(given)}. {question.working}"


def _numbered(texts: Iterable[str]) -> list[str]:
    return [f"\n{place}. {_wrapped(text)}" for place, text in enumerate(texts, start=1)] + [""]


def _wrapped(text: str) -> str:
    """Return a text in lines of at most 80 characters; lines of a matrix stay as they are."""
    lines = [line if line.startswith("    ") else textwrap.fill(line, 77) for line in text.split("\n")]
    return "\n".join(lines).replace("\n", "\n   ").replace("\n   \n", "\n\n")


def pick(rng: np.random.Generator, choices: Sequence):
    """Return one of the choices, a plain Python value."""
    return choices[int(rng.integers(len(choices)))]


def whole(rng: np.random.Generator, low: int, high: int, size=None):
    """Return whole numbers from ``low`` to ``high``, both included."""
    drawn = rng.integers(low, high + 1, size)
    return int(drawn) if size is None else drawn
