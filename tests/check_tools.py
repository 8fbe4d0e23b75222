"""What the tests of every lesson's checks have in common."""

import pytest


def exercise_tests(right, wrong, untouched):
    """Return three test functions, to be given names that begin with ``test_``.

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

    return right_answer_passes, wrong_answer_gets_its_hint, untouched_stub_is_not_attempted
