"""What the tests of every lesson's checks have in common."""

import types

import pytest


def exercise_tests(right, wrong, untouched):
    """Return four test functions, to be given names that begin with ``test_``.

    Args:
        right: pairs (check, arguments) that pass.
        wrong: triples (check, arguments, words of the hint).
        untouched: pairs (check, arguments) as the lesson's stubs hand them over.
    """

    @pytest.mark.parametrize(("check", "answer"), right)
    def right_answer_passes(check, answer):
        verdict = check(*answer)
        assert verdict.passed is True, verdict

    @pytest.mark.parametrize(("check", "answer", "hint"), wrong)
    def wrong_answer_gets_its_hint(check, answer, hint):
        verdict = check(*answer)
        assert verdict.passed is False
        assert hint in verdict.message

    @pytest.mark.parametrize(("check", "answer"), untouched)
    def untouched_stub_is_not_attempted(check, answer):
        assert check(*answer).passed is None

    written = [(check, answer) for check, answer in right if isinstance(answer[0], types.FunctionType)]

    @pytest.mark.parametrize(("check", "answer"), written)
    def forgotten_return_is_told(check, answer):
        verdict = check(without_return(answer[0]), *answer[1:])
        assert verdict.passed is False, verdict
        assert "return" in verdict.message

    return right_answer_passes, wrong_answer_gets_its_hint, untouched_stub_is_not_attempted, forgotten_return_is_told


def without_return(function):
    """Return a function that does the same and gives nothing back."""

    def forgetful(*given, **named):
        function(*given, **named)

    return forgetful
