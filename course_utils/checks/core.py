"""What every exercise check shares: the verdict and the two ways to reach one, by value and by calls."""

import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

SIGNS = {None: "○", True: "✓", False: "✗"}
BORDERS = {None: "#8c959f", True: "#2da44e", False: "#d1731a"}  # each at least 3:1 on white and on black
GIVEN: dict[str, "Verdict"] = {}  # the latest verdict on each exercise of this session, for the reader's own score


@dataclass(frozen=True)
class Verdict:
    """The answer to one exercise: ``passed`` is True, False, or None when nothing was attempted."""

    exercise: str
    passed: bool | None
    message: str

    @property
    def attempted(self) -> bool:
        """Return True once the reader has changed the stub."""
        return self.passed is not None

    def __repr__(self) -> str:
        """Return the one line a notebook shows."""
        return f"{SIGNS[self.passed]} Exercise {self.exercise}: {self.message}"

    def _repr_html_(self) -> str:
        """Return a small box that breaks between words; only its border is coloured, for light and dark pages."""
        colour = BORDERS[self.passed]
        box = f"border:1px solid {colour};border-left-width:5px;border-radius:4px;padding:0.35em 0.8em;margin:0.2em 0;"
        look = f"{box}max-width:44em;width:fit-content;color:inherit;background:none;overflow-wrap:anywhere"
        head = f"<b>{SIGNS[self.passed]} Exercise {html.escape(self.exercise)}</b>"
        return f'<div role="status" style="{look}">{head}: {html.escape(self.message)}</div>'


def not_attempted(exercise: str) -> Verdict:
    """Return the verdict on an untouched stub."""
    return _noted(Verdict(exercise, None, "not attempted yet"))


def passed(exercise: str, message: str = "correct") -> Verdict:
    """Return the verdict on a right answer; ``message`` may add what it shows."""
    return _noted(Verdict(exercise, True, message))


def failed(exercise: str, hint: str) -> Verdict:
    """Return the verdict on a wrong answer; ``hint`` says where to look, not the answer."""
    return _noted(Verdict(exercise, False, hint))


def _noted(verdict: Verdict) -> Verdict:
    GIVEN[verdict.exercise] = verdict
    return verdict


def is_blank(answer) -> bool:
    """Return True for an untouched stub: None, ``...``, or a container of nothing else."""
    if answer is None or answer is Ellipsis:
        return True
    if isinstance(answer, dict):
        return all(is_blank(item) for item in answer.values())
    return isinstance(answer, (list, tuple)) and all(is_blank(item) for item in answer)


def same(answer, expected, *, tolerance: float = 1e-6) -> bool:
    """Return True when ``answer`` has the shape and, within ``tolerance``, the numbers of ``expected``."""
    try:
        answer, expected = np.asarray(answer, dtype=float), np.asarray(expected, dtype=float)
    except (TypeError, ValueError):
        return False
    return answer.shape == expected.shape and bool(np.allclose(answer, expected, rtol=tolerance, atol=tolerance))


def check_value(exercise: str, answer, expected, *, mistakes: Iterable[tuple[object, str]] = (), hint: str, praise=""):
    """Judge a number or an array.

    Args:
        exercise: the exercise's number.
        answer: what the reader wrote; a tuple of several answers waits until all are there.
        expected: the right answer.
        mistakes: pairs (wrong answer, hint) for the usual mistakes, tried in order.
        hint: what to say of any other wrong answer.
        praise: what to say of the right one.

    Returns:
        The `Verdict`.
    """
    if is_blank(answer):
        return not_attempted(exercise)
    if isinstance(answer, tuple) and any(is_blank(part) for part in answer):
        return failed(exercise, "give both numbers." if len(answer) == 2 else f"give all {len(answer)} numbers.")
    if same(answer, expected):
        return passed(exercise, praise or "correct")
    for wrong, what_to_say in mistakes:
        if same(answer, wrong):
            return failed(exercise, what_to_say)
    return failed(exercise, f"{hint} (received {shortened(answer)})")


def check_function(exercise: str, function: Callable, cases, *, hint: str = "", praise: str = "") -> Verdict:
    """Judge a function the reader wrote by calling it.

    Args:
        exercise: the exercise's number.
        function: what the reader wrote.
        cases: triples (arguments, expected result, hint for a wrong result). ``arguments`` is a tuple, or a dict
            of keyword arguments; an array argument is copied first, so that a function that changes its input
            cannot spoil later cases. The hint is a text, or a function that makes it from what came out: the
            wrong answer, or the error that was raised.
        hint: what to add to any wrong result.
        praise: what to say when all cases come out right.

    Returns:
        The `Verdict`: not attempted when the first call returns None or ``...``; failed, with the error's text,
        when a call raises.
    """
    if is_blank(function):
        return not_attempted(exercise)
    if not callable(function):
        return failed(exercise, f"hand over the function itself, without calling it (received {shortened(function)})")
    for number, (arguments, expected, what_to_say) in enumerate(cases):
        call = f"{getattr(function, '__name__', 'your function')}({_call_text(arguments)})"
        try:
            if isinstance(arguments, dict):
                answer = function(**{name: _copied(item) for name, item in arguments.items()})
            else:
                answer = function(*(_copied(item) for item in arguments))
        except NotImplementedError:
            return not_attempted(exercise)
        except Exception as error:  # the reader's own code: whatever it raises is the answer to show
            advice = _advice(what_to_say, hint, error)
            return failed(
                exercise, f"{call} raised {type(error).__name__}: {error}".rstrip(". ") + f". {advice}".rstrip()
            )
        if number == 0 and is_blank(answer):
            return not_attempted(exercise)
        if not same(answer, expected):
            return failed(exercise, f"{call} gave {shortened(answer)}. {_advice(what_to_say, hint, answer)}")
    return passed(exercise, praise or "correct")


def check_matching(exercise: str, answer, expected: dict, *, choices, noun: str, hints: dict, praise="") -> Verdict:
    """Check which choice a reader gives to each of several things, named by letters.

    Args:
        exercise: its number.
        answer: a dictionary from letter to choice; capitals and spaces around do not matter.
        expected: the right one.
        choices: all that may be chosen.
        noun: what a letter stands for, "network".
        hints: by letter, what to think of; that of the first wrong letter is given.
        praise: said when all are right.
    """
    if is_blank(answer):
        return not_attempted(exercise)
    *most, last = expected
    if not isinstance(answer, dict) or set(answer) != set(expected):
        keys = f"{', '.join(most)} and {last}"
        return failed(exercise, f"give a dictionary with the keys {keys} (received {shortened(answer)})")
    missing = [name for name in expected if is_blank(answer[name])]
    if missing:
        return failed(exercise, f"{noun} {missing[0]} has no answer yet")
    chosen = {name: " ".join(str(choice).lower().split()) for name, choice in answer.items()}
    unknown = [answer[name] for name, choice in chosen.items() if choice not in choices]
    if unknown:
        return failed(exercise, f"choose from {', '.join(map(repr, choices))} (received {unknown[0]!r})")
    wrong = [name for name in expected if chosen[name] != expected[name]]
    if wrong:
        right = len(expected) - len(wrong)
        return failed(exercise, f"{right} of {len(expected)}. {noun.capitalize()} {wrong[0]}: {hints[wrong[0]]}")
    return passed(exercise, praise or "correct")


def shortened(answer, length: int = 80) -> str:
    """Return ``answer`` on one line of at most ``length`` characters; long arrays by their shape."""
    if isinstance(answer, np.ndarray) and answer.size > 12:
        return f"an array of shape {answer.shape}"
    text = " ".join(repr(answer).split())
    return text if len(text) <= length else text[: length - 1] + "…"


def _advice(what_to_say, hint: str, came_out) -> str:
    if callable(what_to_say):
        what_to_say = what_to_say(came_out)
    return " ".join(part for part in (what_to_say, hint) if part)


def _copied(item):
    return item.copy() if isinstance(item, np.ndarray) else item


def _call_text(arguments) -> str:
    if isinstance(arguments, dict):
        return ", ".join(f"{name}={_argument(item)}" for name, item in arguments.items())
    return ", ".join(_argument(item) for item in arguments)


def _argument(item) -> str:
    if isinstance(item, np.ndarray) and item.size <= 20:  # small enough to be typed again by the reader
        return f"np.array({item.tolist()})"
    if callable(item):
        return getattr(item, "__name__", "a function")
    return shortened(item, 30)
