"""Questions to be answered by hand, with numbers of their own and computed answers.

``python -m course_utils questions 01 --seed 7`` prints a sheet; another seed makes another one of the same kinds.
"""

from course_utils.questions.core import Question, kinds, questions, sheet

__all__ = ["Question", "kinds", "questions", "sheet"]
