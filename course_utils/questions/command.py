"""``python -m course_utils questions``: the command."""

import argparse
import sys

from course_utils.questions.core import sheet


def main(arguments: list[str]) -> int:
    """Print a sheet of questions; return 0, or 2 for wrong usage."""
    parser = argparse.ArgumentParser(
        prog="python -m course_utils questions",
        description="Print questions to be answered by hand, each with numbers of its own, and their answers.",
    )
    parser.add_argument("lesson", help="01 to 10")
    parser.add_argument("--seed", type=int, default=0, help="another number makes another sheet (%(default)s)")
    parser.add_argument("--without-answers", action="store_true", help="print the questions alone")
    chosen = parser.parse_args(arguments)
    try:
        print(sheet(chosen.lesson, seed=chosen.seed, answers=not chosen.without_answers), end="")
    except ValueError as error:
        print(f"questions: {error}", file=sys.stderr)
        return 2
    return 0
