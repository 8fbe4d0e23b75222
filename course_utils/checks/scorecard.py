"""The scorecard that ends a lesson: every claim asserted where it is made, and shown again in one table."""

import html
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

MIME = "application/vnd.course-utils.scorecard+json"


@dataclass(frozen=True)
class Claim:
    """One line of a scorecard."""

    outcome: str
    measured: str
    required: str
    passed: bool


class Section:
    """The claims of one section in one line: "✓ 4 claims hold"."""

    def __init__(self, claims: list[Claim]):
        """Sum up ``claims``."""
        failed = [claim.outcome for claim in claims if not claim.passed]
        count = f"{len(claims)} claim" if len(claims) == 1 else f"{len(claims)} claims"
        if failed:
            self.line = f"✗ {len(failed)} of {count} {'fails' if len(failed) == 1 else 'fail'}: {'; '.join(failed)}"
        elif claims:
            self.line = f"✓ {count} hold" + ("s" if len(claims) == 1 else "")
        else:
            self.line = "no claims yet in this section: run the cells above"

    def __repr__(self) -> str:
        """Return the line as text."""
        return self.line

    def _repr_html_(self) -> str:
        """Return the line for notebooks."""
        colour = {"✓": "#1a7f37", "✗": "#cf222e"}.get(self.line[0], "inherit")
        return f'<span style="color:{colour}">{self.line[0]}</span>{html.escape(self.line[1:])}'


class Scorecard:
    """Collects a lesson's claims; each method asserts its claim at once and adds a line to the table.

    Example:
        >>> score = Scorecard("06")
        >>> score.equal("LeNet-5 of 1998, trainable parameters", 60_000, 60_000)
        >>> score.at_least("test accuracy", 0.991, 0.99)
        >>> score.section()
        ✓ 2 claims hold
    """

    def __init__(self, lesson: str):
        """Begin an empty scorecard for ``lesson``, for instance ``"06"``."""
        self.lesson = lesson
        self.claims: list[Claim] = []
        self._since: dict[str, Claim] = {}  # outcome: claim, since the last `section`

    def equal(self, outcome: str, measured, required) -> None:
        """Claim that two numbers, texts or arrays are exactly equal."""
        same = np.shape(measured) == np.shape(required) and bool(np.all(np.asarray(measured) == np.asarray(required)))
        self._add(outcome, _text(measured), _text(required), same)

    def close(self, outcome: str, measured: float, required: float, *, tolerance: float) -> None:
        """Claim that ``measured`` is within ``tolerance`` of ``required``."""
        near = bool(abs(measured - required) <= tolerance)
        self._add(outcome, _text(measured), f"{_text(required)} ± {_text(tolerance)}", near)

    def at_least(self, outcome: str, measured: float, required: float, *, unit: str = "") -> None:
        """Claim that ``measured`` is ``required`` or more."""
        self._add(outcome, _text(measured) + unit, f"≥ {_text(required)}{unit}", bool(measured >= required))

    def at_most(self, outcome: str, measured: float, required: float, *, unit: str = "") -> None:
        """Claim that ``measured`` is ``required`` or less."""
        self._add(outcome, _text(measured) + unit, f"≤ {_text(required)}{unit}", bool(measured <= required))

    def true(self, outcome: str, holds, *, measured: str = "yes") -> None:
        """Claim a statement; ``measured`` may say in words what was seen."""
        self._add(outcome, measured if holds else "no", "yes", bool(holds))

    def section(self) -> Section:
        """Return the claims since the last call as one line, "✓ 4 claims hold": the last line of a section."""
        section = Section(list(self._since.values()))
        self._since = {}
        return section

    def _add(self, outcome: str, measured: str, required: str, passed: bool) -> None:
        if any(claim.outcome == outcome for claim in self.claims):  # a cell that is run twice replaces its line
            self.claims = [claim for claim in self.claims if claim.outcome != outcome]
        self.claims.append(Claim(outcome, measured, required, passed))
        self._since[outcome] = self.claims[-1]
        if os.environ.get("COURSE_CLAIMS"):  # `make soak` reads there how far from its bound each claim is
            with Path(os.environ["COURSE_CLAIMS"]).open("a", encoding="utf-8") as file:
                file.write(json.dumps({"lesson": self.lesson} | asdict(self.claims[-1])) + "\n")
        assert passed, f"{outcome}: measured {measured}, required {required}"

    def __repr__(self) -> str:
        """Return the table as text, for terminals and consoles."""
        width = max((len(claim.outcome) for claim in self.claims), default=0)
        lines = [
            f"{'✓' if claim.passed else '✗'} {claim.outcome:<{width}}  {claim.measured}  (required {claim.required})"
            for claim in self.claims
        ]
        return "\n".join([f"Scorecard of lesson {self.lesson}: {self.verdict()}", *lines])

    def verdict(self) -> str:
        """Return how many of the claims held."""
        return f"{sum(claim.passed for claim in self.claims)} of {len(self.claims)} outcomes reached"

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        """Return the table as HTML, as text, and as data for tools that collect the scorecards."""
        head = "".join(f"<th style='text-align:left'>{name}</th>" for name in ("Outcome", "Measured", "Required", ""))
        body = "".join(
            "<tr>"
            + "".join(f"<td style='text-align:left'>{html.escape(cell)}</td>" for cell in row)
            + f"<td>{'✓' if claim.passed else '✗'}</td></tr>"
            for claim in self.claims
            for row in [(claim.outcome, claim.measured, claim.required)]
        )
        summary = f"<summary>Lesson {self.lesson}: {self.verdict()}</summary>"
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return {
            "text/plain": repr(self),
            "text/html": f"<details>{summary}{table}</details>",
            MIME: json.loads(json.dumps({"lesson": self.lesson, "claims": [asdict(c) for c in self.claims]})),
        }


def _text(number) -> str:
    """Return a number as the table shows it: whole numbers with separators, others to four digits."""
    if isinstance(number, (bool, np.bool_, str)):
        return str(number)
    if np.ndim(number):
        return " ".join(str(np.asarray(number).tolist()).split())
    if isinstance(number, (int, np.integer)) or float(number).is_integer():
        return f"{int(number):,}"
    return f"{float(number):.4g}"
