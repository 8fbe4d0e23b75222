"""Checks of lesson 06's further pages: an honest report."""

from course_utils.checks.core import Verdict, check_value


def honest_report(epoch, accuracy) -> Verdict:
    """Exercise A: the epoch of least validation loss, and the test accuracy that goes with it."""
    return check_value(
        "A",
        (epoch, accuracy),
        (4, 0.978),
        mistakes=[
            ((5, 0.981), "that is the best test accuracy: the test set has chosen, so it no longer tests."),
            ((3, 0.978), "the right accuracy; epochs are counted from 1."),
            ((4, 0.981), "the right epoch, with the test accuracy of another."),
            (
                (7, 0.977),
                "the last epoch is honest too, if fixed beforehand; validation chooses better.",
            ),
            ((4, 97.8), "the right epoch and number; write it as a share, between 0 and 1."),
            ((4, 0.08), "the right epoch; what is reported is the test accuracy there."),
        ],
        hint="the validation loss chooses the epoch; the test set is looked at once, there.",
        praise="97.8% is less than 98.1%, and it is true",
    )
