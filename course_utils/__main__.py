"""``python -m course_utils``: the commands of the package."""

import sys
from pathlib import Path

USAGE = """usage: python -m course_utils COMMAND

commands:
  doctor         say what works on this machine and what to do about what does not
  questions 01   print questions to be answered by hand, and their answers (questions --help)
  grade FILES    run handed-in notebooks and show which exercises are solved (grade --help)

also:
  python -m course_utils.measure NAME     run a long experiment again and store its figures
  python -m course_utils.pretrain NAME    train the small weights of the course again"""


def main(arguments: list[str]) -> int:
    """Run one command and return the exit status: 0 fine, 1 something does not work, 2 wrong usage."""
    if arguments == ["doctor"]:
        from course_utils import doctor

        return doctor.main()
    if arguments[:1] == ["questions"] and Path(__file__).with_name("questions").is_dir():  # students have none
        from course_utils.questions import command as questions

        return questions.main(arguments[1:])
    if arguments[:1] == ["grade"]:
        from course_utils.grading import command

        return command.main(arguments[1:])
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(USAGE)
        return 0
    print(f"unknown command: {' '.join(arguments)}\n\n{USAGE}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
