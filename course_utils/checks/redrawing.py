"""Lesson 05's check on redrawing: how far a share of right answers can be trusted."""

import numpy as np

from course_utils.checks.core import Verdict, called, failed, passed, shortened

RIGHT_OF_400 = np.arange(400) < 360


def yours_or_ours(function):
    """Return the reader's ``interval`` where exercise 6 accepts it, else the course's own, which does the same.

    Example:
        >>> yours_or_ours(interval)(correct)
    """
    return function if interval(function).passed else redrawn


def redrawn(correct, seed: int = 0) -> tuple[float, float]:
    """Return what exercise 6 asks for: the middle 95 of 100 shares of 2,000 redraws with replacement."""
    rng = np.random.default_rng(seed)
    shares = [np.mean(rng.choice(correct, len(correct))) for _ in range(2_000)]
    return float(np.quantile(shares, 0.025)), float(np.quantile(shares, 0.975))


def interval(function) -> Verdict:
    """Exercise 6: ``function(correct, seed)`` → the middle 95 of 100 shares, redrawn with replacement."""
    answer, verdict = called("6", function, (RIGHT_OF_400, 0), name="interval(correct, 0)", advice=_of_error)
    if verdict:
        return verdict
    if np.shape(answer) != (2,) or not np.issubdtype(np.asarray(answer).dtype, np.number):
        return failed("6", f"return two numbers, low and high (received {shortened(answer)})")
    low, high = (float(part) for part in answer)
    if low > high:
        return failed("6", "the lower share comes first.")
    if high > 1.5:
        return failed("6", "give shares from 0 to 1, not percentages." if high < 100 else "give shares, not counts.")
    if high - low < 1e-9:
        return failed("6", f"the ends are equal, so every draw was the same. {_why_equal(low)}")
    return _judge_width(low, high) or _judge_chance(function)


def _judge_width(low: float, high: float) -> Verdict | None:
    half = (high - low) / 2 / 0.029  # of the width that is right
    if max(abs(low - 0.87), abs(high - 0.9285)) < 0.004:
        return None
    told = f"({low:.3f}, {high:.3f}) for 360 right of 400"
    if not low <= 0.9 <= high:
        return failed("6", f"{told}: 0.9 itself should lie between. Do your quantiles count to 1, or to 100?")
    if half < 0.6:
        return failed("6", "too narrow: draw as many as you were given, and keep the middle 95 of 100, no fewer.")
    if 0.75 < half < 0.92:
        return failed("6", "somewhat narrow: 95 of 100 lie between. How many lie below, how many above?")
    if half > 1.2:
        return failed("6", "too wide: draw as many as you were given; and the middle 95 of 100, not the extremes.")
    return failed("6", f"{told}: was each draw with replacement, and were there 2,000 of them?")


def _why_equal(end: float) -> str:
    if abs(end - 0.9) < 1e-9:
        return "Was each photograph drawn exactly once?"
    return "Where is your random generator made, before the draws or anew for each?"


def _of_error(error) -> str:
    return "Of each draw take the share of right ones first." if "boolean" in str(error) else ""


def _judge_chance(function) -> Verdict:
    narrow = np.ptp(function(RIGHT_OF_400, 0))
    if np.ptp(function(np.arange(100) < 90, 0)) < 1.6 * narrow:
        return failed("6", "a quarter of the photographs should make it twice as wide: is n always 400?")
    if np.min(function(np.zeros(20, bool), 0)) != 0:
        return failed("6", "of twenty wrong answers no draw has a right one.")
    if np.max(function(np.arange(50) < 48, 0)) > 1:
        return failed("6", "of 48 right of 50 your upper end is above 1, more than all of them. Redraw; no formula.")
    return passed("6", "360 of 400 may be a network of 87 %, or of 93 %")
