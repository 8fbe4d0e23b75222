"""Verdicts and scorecards: the machinery of every exercise and every claim."""

import functools

import numpy as np
import pytest

from course_utils import checks
from course_utils.checks import core
from course_utils.checks.scorecard import MIME


def contrast(colour, page):
    """Return the ratio of two colours' luminances, by the formula of WCAG 2."""

    def luminance(text):
        shares = np.array([int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722)

    low, high = sorted((luminance(colour), luminance(page)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("passed", [None, True, False])
def test_a_verdict_is_a_box_whose_border_is_seen_on_light_and_on_dark_pages(passed):
    box = core.Verdict("3", passed, "the window is <3> & not 2")._repr_html_()
    assert f"<b>{core.SIGNS[passed]} Exercise 3</b>: the window is &lt;3&gt; &amp; not 2</div>" in box
    assert "color:inherit" in box and "background:none" in box
    assert f"solid {core.BORDERS[passed]}" in box
    assert all(contrast(core.BORDERS[passed], page) >= 3 for page in ("#ffffff", "#111111"))


def judge(answer):
    return core.check_value("1", answer, 156, mistakes=[(150, "and the biases?")], hint="count again")


def test_check_value_tells_the_cases_apart():
    assert judge(None).passed is None and repr(judge(...)) == "○ Exercise 1: not attempted yet"
    assert judge(156).passed is True and judge(np.float32(156.0)).passed is True
    assert repr(judge(150)) == "✗ Exercise 1: and the biases?"
    assert repr(judge(12)) == "✗ Exercise 1: count again (received 12)"
    assert judge("156 of them").passed is False
    assert judge([156]).passed is False, "another shape is another answer"


def test_check_value_waits_until_a_tuple_is_whole():
    def pair(*answer):
        return core.check_value("1", answer, range(len(answer)), hint="count again")

    assert pair(None, ...).passed is None and pair(0, 1).passed is True
    assert repr(pair(0, None)) == "✗ Exercise 1: give both numbers."
    assert repr(pair(0, None, 2)) == "✗ Exercise 1: give all 3 numbers."


def match(answer):
    hints = {"A": "look at it", "B": "and at this"}
    expected = {"A": "too small", "B": "healthy"}
    return core.check_matching("3", answer, expected, choices=("too small", "healthy"), noun="network", hints=hints)


def test_check_matching_tells_the_cases_apart():
    assert match({"A": None, "B": ...}).passed is None
    assert repr(match({"A": " Too  Small", "B": "healthy"})) == "✓ Exercise 3: correct"
    assert repr(match({"A": "healthy", "B": "healthy"})) == "✗ Exercise 3: 1 of 2. Network A: look at it"
    assert "keys A and B (received ['too small'])" in repr(match(["too small"]))
    assert repr(match({"A": "healthy", "B": None})) == "✗ Exercise 3: network B has no answer yet"
    assert "choose from 'too small', 'healthy' (received 7)" in repr(match({"A": 7, "B": "healthy"}))


def check_double(function):
    return core.check_function("2", function, [((2,), 4, "twice"), ((np.array([1, 2]),), [2, 4], "arrays too")])


def test_check_function_tells_the_cases_apart():
    assert check_double(lambda x: x * 2).passed is True
    assert check_double(lambda x: None).passed is None
    assert check_double(lambda x: ...).passed is None
    assert check_double(...).passed is None

    def unwritten(x):
        raise NotImplementedError

    assert check_double(unwritten).passed is None
    wrong = check_double(lambda x: x + 2)
    assert wrong.passed is False and "array([1, 2])" in wrong.message and "arrays too" in wrong.message
    raising = check_double(lambda x: x / "2")
    assert raising.passed is False and "TypeError" in raising.message
    assert check_double(4).passed is False and "without calling it" in check_double(4).message


def test_a_long_error_is_cut_before_its_hint():
    def raising(x):
        raise ValueError("no " * 200)

    def said(function, **settings):
        return core.called("2", function, (1,), name="f(1)", **settings)[1]

    cut = said(raising, advice=lambda error: "Look here.").message
    assert len(cut) < 250 and cut.endswith("…. Look here.") and said(raising).message.count("no") == 200


def test_a_written_function_that_returns_none_is_no_untouched_stub():
    def forgetful(x):
        """Written, but without return."""
        x * 2

    def documented(x):
        """Untouched."""
        ...

    def passing(x):
        pass

    assert repr(check_double(forgetful)).startswith("✗ Exercise 2: forgetful(2) returned None.")
    assert check_double(documented).passed is None and check_double(passing).passed is None
    second = check_double(lambda x: None if np.ndim(x) else 2 * x)
    assert second.passed is False and "returned None" in second.message
    long = core.called("1", forgetful, (2,), name="a name that is longer than forty characters are")[1]
    assert long.message.startswith("your function returned None.")
    assert core.called("1", functools.partial(forgetful), (2,))[1].passed is False


@pytest.mark.parametrize(("whole", "passes"), [(True, False), (False, True)])
def test_a_count_that_is_a_float_fails_where_whole_numbers_are_asked_for(whole, passes):
    verdict = core.check_function("1", lambda number: 2.0 * number, [((3,), 6, "doubled")], whole=whole)
    assert verdict.passed is passes and ("a count is a whole number" in verdict.message) is whole


def test_check_function_protects_its_cases_from_in_place_changes():
    image = np.array([1.0, 2.0])
    cases = [((image,), [2, 4], ""), ((image,), [2, 4], "")]

    def in_place(x):
        x *= 2
        return x

    assert core.check_function("3", in_place, cases).passed is True
    assert image.tolist() == [1, 2]


def test_scorecard_asserts_each_claim_and_shows_all():
    score = checks.Scorecard("06")
    score.equal("parameters", 60_000, 60_000)
    score.equal("shape", (3, 3), [3, 3])
    score.at_least("accuracy", 0.9912, 0.99)
    score.at_most("spread", 0.2, 0.5, unit=" s")
    score.close("loss", 2.3012, 2.3010, tolerance=0.001)
    score.true("the kernels stay zero", np.bool_(True))
    bundle = score._repr_mimebundle_()
    assert "6 of 6 outcomes reached" in bundle["text/plain"]
    assert bundle["text/html"].count("✓") == 6 and "60,000" in bundle["text/html"]
    assert [claim["passed"] for claim in bundle[MIME]["claims"]] == [True] * 6


@pytest.mark.parametrize(
    "claim",
    [
        lambda score: score.equal("x", 44_426, 60_000),
        lambda score: score.equal("x", [1, 2], [1, 2, 3]),
        lambda score: score.at_least("x", 0.98, 0.99),
        lambda score: score.at_least("x", float("nan"), 0.99),
        lambda score: score.at_most("x", 2, 1),
        lambda score: score.close("x", 2.0, 2.15, tolerance=0.1),
        lambda score: score.true("x", False),
    ],
)
def test_scorecard_fails_where_a_claim_fails(claim):
    score = checks.Scorecard("06")
    with pytest.raises(AssertionError, match=r"x: measured .*, required"):
        claim(score)
    assert "✗" in score._repr_mimebundle_()["text/html"]


def test_a_cell_that_is_run_twice_replaces_its_line():
    score = checks.Scorecard("06")
    score.at_least("accuracy", 0.991, 0.99)
    score.at_least("accuracy", 0.995, 0.99)
    assert [claim.measured for claim in score.claims] == ["0.995"]


def test_a_section_shows_its_own_claims_in_one_line():
    score = checks.Scorecard("06")
    score.equal("a", 1, 1)
    score.true("b", True)
    assert repr(score.section()) == "✓ 2 claims hold"
    score.true("c", True)
    score.true("c", True)
    section = score.section()
    assert repr(section) == "✓ 1 claim holds"
    assert "✓" in section._repr_html_() and "1 claim holds" in section._repr_html_()
    with pytest.raises(AssertionError):
        score.true("d < e", False)
    assert repr(score.section()) == "✗ 1 of 1 claim fails: d < e"
    assert "no claims yet" in repr(score.section())
    assert [claim.outcome for claim in score.claims] == ["a", "b", "c", "d < e"]


def test_own_score_counts_the_latest_verdict_on_each_exercise(monkeypatch):
    monkeypatch.setattr(core, "GIVEN", {})
    assert repr(checks.own_score(2)) == "Your own score: 0 of 2 exercises. Not attempted yet: 1, 2."
    core.failed("1", "no")
    core.passed("3")
    core.not_attempted("2")
    assert repr(checks.own_score(3)) == "Your own score: 1 of 3 exercises. Try again: 1. Not attempted yet: 2."
    core.passed("1")
    core.check_value("2", 4, 4, hint="")
    assert repr(checks.own_score(3)) == "Your own score: 3 of 3 exercises."
    assert checks.own_score(3)._repr_html_() == "<b>Your own score: 3 of 3 exercises.</b>"
