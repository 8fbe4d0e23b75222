"""The quiz at the end of each lesson: five questions, an answer to every click."""

import html
import json
import re
from pathlib import Path

from IPython.display import display
from IPython.utils.capture import capture_output

from course_utils.validation import one_of

FOLDER = Path(__file__).parent / "quizzes"

# White text has a contrast of at least 4.5 : 1 on each; right and wrong differ in lightness, hue and sign.
COLOURS = {
    "--jq-multiple-choice-bg": "#0b4f78",
    "--jq-many-choice-bg": "#0b4f78",
    "--jq-numeric-bg": "#0b4f78",
    "--jq-string-bg": "#0b4f78",
    "--jq-mc-button-bg": "#f6f8fa",
    "--jq-mc-button-border": "#6e7781",
    "--jq-mc-button-inset-shadow": "#555555",
    "--jq-numeric-input-bg": "#f6f8fa",
    "--jq-numeric-input-label": "inherit",
    "--jq-correct-color": "#00664b",
    "--jq-incorrect-color": "#b34700",
    "--jq-text-color": "#ffffff",
    "--jq-link-color": "#b6dcf5",
}

# What jupyterquiz leaves to the page: feedback that reads on any background, a focus ring, hidden radio buttons.
STYLE = """
.course-quiz .Quiz { font-size: 17px; line-height: 1.35; }
.course-quiz .Feedback { font-size: 16px; text-align: left; color: #ffffff; border-radius: inherit; }
.course-quiz .Feedback.correct { background: var(--jq-correct-color); padding: 8px 12px; }
.course-quiz .Feedback.incorrect { background: var(--jq-incorrect-color); padding: 8px 12px; }
.course-quiz .Feedback.correct::before { content: "✓  "; }
.course-quiz .Feedback.incorrect::before { content: "✗  "; }
.course-quiz .MCButton { position: relative; margin: 0; }
.course-quiz .MCButton:focus-within, .course-quiz .Input-text:focus { outline: 3px solid #e69f00; outline-offset: 1px; }
.course-quiz .Input-text { border: 1px solid #6e7781; }
.course-quiz :is(.MCButton, .Input-text):not(.correctButton, .incorrectButton) {
  background: var(--field); color: var(--ink);
}
.course-quiz { --field: #f6f8fa; --ink: #1f2328; }
:is([data-theme="dark"], [data-jp-theme-light="false"]) .course-quiz { --field: #1c2a35; --ink: #e6edf3; }
.course-quiz .sr-only { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
"""


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
    from jupyterquiz import display_quiz

    with capture_output() as shown:
        display_quiz(asked, colors=COLOURS, max_width=760, border_radius=8)
    made = {kind: data for output in shown.outputs for kind, data in output.data.items()}
    plain = "\n".join(f"{number}. {question['question']}" for number, question in enumerate(asked, 1))
    if "text/html" not in made:  # a plain script, where nothing can be clicked
        print(plain)
        return
    display({"text/html": _whole(asked, made), "text/plain": plain}, raw=True)


def _whole(asked: list[dict], made: dict[str, str]) -> str:
    """Return the quiz as one piece of HTML, so that a stored or exported notebook still asks and answers.

    Where scripts are removed the questions stay as a plain list. MathJax is hidden from the script: JupyterLab's own
    makes it load another copy from the network, and the quizzes need none.
    """
    script = re.sub("</(script)", r"<\\/\1", made["application/javascript"], flags=re.I)
    still = "".join(f"<li>{html.escape(question['question'])}</li>" for question in asked)
    return (
        f'<style>{STYLE}</style>\n<div class="course-quiz" data-lm-suppress-shortcuts="true"><ol>{still}</ol>\n'
        f"{made['text/html']}</div>\n"
        "<script>document.currentScript.parentElement.querySelector('ol')?.remove();\n"
        f"((MathJax) => {{\n{script}\n}})();</script></div>"
    )
