"""The quiz at the end of each lesson: five questions, an answer to every click."""

import json
from pathlib import Path

from course_utils.validation import one_of

FOLDER = Path(__file__).parent / "quizzes"

# White text has a contrast of at least 4.5 : 1 on each; right and wrong differ in lightness and hue (Okabe and Ito).
COLOURS = {
    "--jq-multiple-choice-bg": "#0b4f78",
    "--jq-many-choice-bg": "#0b4f78",
    "--jq-numeric-bg": "#0b4f78",
    "--jq-string-bg": "#0b4f78",
    "--jq-mc-button-bg": "#f6f8fa",
    "--jq-mc-button-border": "#8c959f",
    "--jq-mc-button-inset-shadow": "#555555",
    "--jq-correct-color": "#00664b",
    "--jq-incorrect-color": "#b34700",
    "--jq-text-color": "#ffffff",
    "--jq-link-color": "#b6dcf5",
}


def questions(lesson: str) -> list[dict]:
    """Return the questions of a lesson, as jupyterquiz reads them.

    Args:
        lesson: two digits, ``"01"`` to ``"10"``.

    Raises:
        ValueError: there is no quiz of that name; the message lists those there are.
    """
    lesson = one_of("lesson", lesson, sorted(path.stem for path in FOLDER.glob("*.json")))
    return json.loads((FOLDER / f"{lesson}.json").read_text(encoding="utf-8"))


def quiz(lesson: str) -> None:
    """Show the quiz of a lesson; every answer, right or wrong, is explained when it is clicked.

    Args:
        lesson: two digits, ``"01"`` to ``"10"``.

    Raises:
        ValueError: there is no quiz of that name.

    Example:
        >>> quiz("01")  # doctest: +SKIP
    """
    asked = questions(lesson)
    from jupyterquiz import display_quiz  # needs IPython, which a plain script has no use for

    display_quiz(asked, colors=COLOURS, max_width=760, border_radius=8)
