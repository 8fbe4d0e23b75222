"""Handed-in notebooks → a table: ``python -m course_utils grade FILES…``.

Every file is run from a fresh kernel, without network, with limits on time and memory, and the checks' own verdicts
are collected. A file that crashes, hangs or is no notebook is a row that says so. What the checks believe is what the
table shows: it saves a teacher the clicking and is no examination.
"""

from course_utils.grading.limits import Limits, run_limited
from course_utils.grading.rows import Row, grade, notebooks_of
from course_utils.grading.table import as_csv, as_text

__all__ = ["Limits", "Row", "as_csv", "as_text", "grade", "notebooks_of", "run_limited"]
