"""What every exercise check shares: the verdict and the two ways to reach one, by value and by calls."""

import dis
import functools
import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

SIGNS = {None: "○", True: "✓", False: "✗"}
BORDERS = {None: "#8c959f", True: "#2da44e", False: "#d1731a"}  # each at least 3:1 on white and on black
# In Keras's words: a layer got a layer, or took maps for one of its settings
UNCALLED = ("Only input tensors may be", "cannot be used as a boolean", "Iterating over a symbolic", "must build the")
LONGEST_ERROR = 160  # letters of an error's text, where a hint follows
NOTHING_DONE = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}  # instructions of an unwritten function
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


def is_unwritten(function) -> bool:
    """Return True for a function that does nothing: its body is a docstring, ``...``, ``pass`` or ``return None``.

    Example:
        >>> is_unwritten(lambda image: None)
        True
    """
    code = getattr(function, "__code__", None)
    return code is not None and {instruction.opname for instruction in dis.get_instructions(code)} <= NOTHING_DONE


def same(answer, expected, *, tolerance: float = 1e-6) -> bool:
    """Return True for the shape and, within a relative ``tolerance``, the numbers of ``expected``; counts are exact."""
    if tolerance == 1e-6 and _kinds(answer) | _kinds(expected) == {"i"}:
        tolerance = 0
    try:
        answer, expected = np.asarray(answer, dtype=float), np.asarray(expected, dtype=float)
    except (TypeError, ValueError):
        return False
    return answer.shape == expected.shape and bool(np.allclose(answer, expected, rtol=tolerance, atol=1e-6))


def hints(mistakes: Iterable[tuple[object, str]], otherwise: str, *, raised: str = "", tolerance: float = 1e-6):
    """Return a function that finds the hint on what came out of a reader's function.

    Args:
        mistakes: pairs (wrong result, hint), tried in order.
        otherwise: the hint on any other wrong result.
        raised: the hint on an error; ``otherwise`` where it is not given.
        tolerance: see `same`.
    """
    mistakes = list(mistakes)

    def hint(came_out) -> str:
        if isinstance(came_out, Exception):
            return raised or otherwise
        return next((text for wrong, text in mistakes if same(came_out, wrong, tolerance=tolerance)), otherwise)

    return hint


def called(exercise: str, function, arguments, *, name: str = "your function", advice=None, copy: bool = True):
    """Call the reader's function; return what came out and, where there is nothing to judge, the verdict.

    Args:
        exercise, function: its number, and what the reader wrote.
        arguments: a tuple, or a dict of keyword arguments.
        name: how an error names the call.
        advice: a function that makes the hint on an error.
        copy: False where the check asks whether arrays are left alone; else copies are handed over.
    """
    if is_blank(function):
        return None, not_attempted(exercise)
    if not callable(function):
        without = f"hand over the function itself, without calling it (received {shortened(function)})"
        return None, failed(exercise, without)
    named = arguments if isinstance(arguments, dict) else {}
    given = () if named else arguments
    if copy:
        given, named = [_copied(item) for item in given], {key: _copied(item) for key, item in named.items()}
    try:
        answer = function(*given, **named)
    except Exception as error:  # the reader's own code: whatever it raises is the answer to show
        if isinstance(error, NotImplementedError) and not error.args:  # a stub; Keras says something
            return None, not_attempted(exercise)
        hint = advice(error) if advice else ""
        text = " ".join(str(error).split())
        text = f"{text[:LONGEST_ERROR]}…" if hint and len(text) > LONGEST_ERROR else text  # the hint is to be read
        told = f"{name} raised {type(error).__name__}: {text}".rstrip(". ")
        return None, failed(exercise, f"{told}. {hint}" if hint else told)
    if answer is None and not is_unwritten(function):
        return None, forgot_return(exercise, name)
    return answer, not_attempted(exercise) if is_blank(answer) else None


def network_between(kind: Callable, start, end):
    """Return the network ``kind(start, end)``, or None where ``end`` does not come from ``start``.

    Keras says so when the network is made (a ValueError) or, in some versions, when it is first called (a KeyError).
    """
    try:
        network = kind(start, end)
        network(np.zeros((1, *start.shape[1:]), "float32"))
    except (ValueError, KeyError):
        return None
    return network


def on_layer(error: Exception) -> str:
    """Return the hint on what Keras raises where layers are put together; nothing where its own words must do."""
    text = str(error)
    if any(words in text for words in UNCALLED):
        return "A layer is made first, and then called on maps: layer(maps)."
    if "input to a TensorFlow function" in text:
        return "Maps pass through keras.layers, not through functions of TensorFlow."
    if "must be a tuple of" in text:
        return "Filters come first, then the kernel's side, whole numbers both; name what follows (padding=…)."
    return ""


def forgot_return(exercise: str, name: str = "your function") -> Verdict:
    """Return the verdict on a function that was written, and returned None; a long ``name`` is left out."""
    who = name if len(name) <= 40 else "your function"
    return failed(exercise, f"{who} returned None. What a function has made is lost without `return`.")


def check_value(
    exercise: str, answer, expected, *, mistakes: Iterable[tuple[object, str]] = (), hint: str, praise="", rounded=1e-6
) -> Verdict:
    """Judge a number or an array; texts and truth values are no numbers.

    Args:
        exercise: the exercise's number.
        answer: what the reader wrote; a tuple of several answers waits until all are there.
        expected: the right answer.
        mistakes: pairs (wrong answer, hint) for the usual mistakes, tried in order.
        hint: what to say of any other wrong answer.
        praise: what to say of the right one.
        rounded: how far, relative to its size, a number may be off, where readers may round it.

    Returns:
        The `Verdict`.
    """
    if is_blank(answer):
        return not_attempted(exercise)
    if isinstance(answer, tuple) and any(is_blank(part) for part in answer):
        return failed(exercise, "give both numbers." if len(answer) == 2 else f"give all {len(answer)} numbers.")
    if _kinds(answer) & {"U", "S", "b"}:
        return failed(exercise, f"write numbers, without quotation marks (received {shortened(answer)})")
    if same(answer, expected, tolerance=rounded):
        return passed(exercise, praise or "correct")
    for wrong, what_to_say in mistakes:
        if same(answer, wrong, tolerance=rounded):
            return failed(exercise, what_to_say)
    return failed(exercise, f"{hint} (received {shortened(answer)})")


def check_function(exercise: str, function: Callable, cases, *, hint="", praise="", whole: bool = False) -> Verdict:
    """Judge a function the reader wrote by calling it.

    Args:
        exercise, function: its number, and what the reader wrote.
        cases: triples (arguments, expected result, hint for a wrong result). ``arguments`` is a tuple, or a dict
            of keyword arguments; an array argument is copied first, so that a function that changes its input
            cannot spoil later cases. The hint is a text, or a function that makes it from what came out: the
            wrong answer, or the error that was raised.
        hint, praise: what to add to any wrong result, and what to say when all cases come out right.
        whole: True where the results must be whole numbers, not floats.

    Returns:
        The `Verdict`: not attempted when the first call returns ``...``, or None from a body where nothing is done;
        failed when a written function returns None and, with the error's text, when a call raises.
    """
    for number, (arguments, expected, what_to_say) in enumerate(cases):
        call = f"{getattr(function, '__name__', 'your function')}({_call_text(arguments)})"
        advice = functools.partial(_advice, what_to_say, hint)
        answer, verdict = called(exercise, function, arguments, name=call, advice=advice)
        if verdict and (number == 0 or verdict.attempted):
            return verdict
        if not same(answer, expected):
            return failed(exercise, f"{_came_out(call, answer, expected)}. {advice(answer)}")
        if "b" in _kinds(answer) - _kinds(expected):
            return failed(exercise, f"{call} gave {shortened(answer)}: True and False where numbers are asked for.")
        if whole and "f" in _kinds(answer):
            return failed(exercise, f"{call} gave {shortened(answer)}, a float: a count is a whole number (// or int).")
    return passed(exercise, praise or "correct")


def check_matching(exercise: str, answer, expected: dict, *, choices, noun: str, hints: dict, praise="") -> Verdict:
    """Check which choice a reader gives to each of several things, named by letters.

    Args:
        exercise, answer, expected, praise: as in `check_value`, both answers dictionaries from letter to choice.
        choices: all that may be chosen; capitals and spaces around do not matter.
        noun: what a letter stands for, "network".
        hints: by letter, what to think of; that of the first wrong letter is given.
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


def _came_out(call: str, answer, expected) -> str:
    """Say what a call gave; of large arrays, which nobody could read, that only the numbers are wrong."""
    large = isinstance(answer, np.ndarray) and answer.size > 12
    if large and "an array of shape" in call and answer.shape == np.shape(expected):
        return "the shape is right, the numbers are not"
    return f"{call} gave {shortened(answer)}"


def _advice(what_to_say, hint: str, came_out) -> str:
    if callable(what_to_say):
        what_to_say = what_to_say(came_out)
    return " ".join(part for part in (what_to_say, hint) if part)


def _kinds(answer) -> set[str]:
    """Return the NumPy kinds of what an answer holds: b truth values, f floats, i whole numbers, U texts."""
    if isinstance(answer, (list, tuple)):
        return set().union(*map(_kinds, answer))
    return {np.asarray(answer).dtype.kind}


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
