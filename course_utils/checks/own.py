"""The reader's own score: how many exercises are solved, beside the lesson's claims and not mixed with them."""

import html

from course_utils.checks import core

# Exercises of each lesson; its last cell names the same number
EXERCISES = {"01": 8, "02": 9, "03": 7, "04": 8, "05": 6, "06": 7, "07": 7, "08": 7, "09": 6, "10": 7}


class OwnScore:
    """One line: "Your own score: 5 of 8 exercises".

    Args:
        exercises: the numbers of the lesson's exercises, in order.

    Example:
        >>> OwnScore(["1", "2"])
        Your own score: 0 of 2 exercises. Not attempted yet: 1, 2.
    """

    def __init__(self, exercises):
        """Read the latest verdict on each exercise."""
        given = {str(number): core.GIVEN.get(str(number)) for number in exercises}
        self.total = len(given)
        self.solved = [number for number, verdict in given.items() if verdict and verdict.passed]
        self.wrong = [number for number, verdict in given.items() if verdict and verdict.passed is False]
        self.open = [number for number in given if number not in self.solved + self.wrong]

    def _repr_html_(self) -> str:
        """Return the line for notebooks, the score in bold."""
        head, _, rest = repr(self).partition(".")
        return f"<b>{html.escape(head)}.</b>{html.escape(rest)}"

    def __repr__(self) -> str:
        """Return the line a notebook shows."""
        parts = [f"Your own score: {len(self.solved)} of {self.total} exercises."]
        parts += [f"Try again: {', '.join(self.wrong)}."] if self.wrong else []
        parts += [f"Not attempted yet: {', '.join(self.open)}."] if self.open else []
        return " ".join(parts)


def own_score(exercises: int) -> OwnScore:
    """Return the reader's own score on exercises 1 to ``exercises``."""
    return OwnScore(range(1, exercises + 1))
