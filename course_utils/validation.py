"""Errors that help: every message names the argument, the value received and the values allowed."""

import difflib
import numbers
from collections.abc import Iterable


def one_of(argument: str, value, allowed: Iterable):
    """Return the item of ``allowed`` that ``value`` equals, else raise a ``ValueError`` with them and the closest."""
    allowed = list(allowed)
    if isinstance(value, (str, numbers.Number)) and not isinstance(value, bool) and value in allowed:
        return allowed[allowed.index(value)]
    listed = ", ".join(repr(item) for item in allowed)
    spelled = {str(item).casefold(): item for item in allowed}
    text = str(value).casefold() or "-"
    close = difflib.get_close_matches(text, spelled, n=1) or [name for name in spelled if name.startswith(text)]
    hint = f" Did you mean {spelled[close[0]]!r}?" if close else ""
    raise ValueError(f"{argument} must be one of {listed}; received {value!r}.{hint}")


def whole_number(argument: str, value, *, minimum: int = 1, maximum: int | None = None) -> int:
    """Return ``value`` as an int if it is a whole number in range, else raise a ``ValueError``."""
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if whole and value >= minimum and (maximum is None or value <= maximum):
        return int(value)
    upper = "" if maximum is None else f" and at most {maximum}"
    raise ValueError(f"{argument} must be a whole number of at least {minimum}{upper}; received {value!r}.")


def flag(argument: str, value) -> bool:
    """Return ``value`` if it is True or False (NumPy's too), else raise a ``ValueError``."""
    if type(value).__name__ in ("bool", "bool_") and value in (True, False):
        return bool(value)
    raise ValueError(f"{argument} must be True or False; received {value!r}.")


def pair(argument: str, value, *, minimum: int = 1) -> tuple[int, int]:
    """Return ``value`` as (vertical, horizontal): one whole number for both, or a pair of them."""
    if isinstance(value, (tuple, list)) and len(value) == 2:
        first, second = (whole_number(argument, item, minimum=minimum) for item in value)
        return first, second
    if isinstance(value, numbers.Integral) and not isinstance(value, bool) and int(value) >= minimum:
        return int(value), int(value)
    raise ValueError(
        f"{argument} must be a whole number of at least {minimum} or a pair of them (vertical, horizontal); "
        f"received {value!r}."
    )


def real_number(argument: str, value, *, low: float, high: float) -> float:
    """Return ``value`` as a float if ``low <= value <= high``, else raise a ``ValueError``."""
    if isinstance(value, numbers.Real) and not isinstance(value, bool) and low <= float(value) <= high:
        return float(value)
    raise ValueError(f"{argument} must be a number from {low} to {high}; received {value!r}.")
