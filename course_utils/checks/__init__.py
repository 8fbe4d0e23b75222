"""Checks that answer an exercise at once, with a hint for the usual mistakes, and the scorecard of a lesson.

One module a lesson (``lesson01`` … ``lesson10``), one function an exercise; each takes what the reader wrote
and returns a `Verdict`. A stub that was not touched is "not attempted yet", which is no failure.
"""

from course_utils.checks.core import Verdict
from course_utils.checks.own import own_score
from course_utils.checks.scorecard import Scorecard

__all__ = ["Scorecard", "Verdict", "own_score"]
