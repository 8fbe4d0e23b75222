"""The check of lesson 10's capstone: a network for a new set of images, judged against baselines."""

import numpy as np

from course_utils.checks.core import Verdict, failed, is_blank, not_attempted, passed, shortened

BUDGET = 120.0  # processor seconds
MARGIN = 0.03  # what the network must be ahead of the best baseline
FEWEST_WORDS = 25
BASELINES = ("majority", "logistic regression", "small CNN")


def capstone(model, images, labels, *, baselines, seconds, expected, defence) -> Verdict:
    """Exercise 7: a network for a new set, judged on its test images against the baselines.

    The defence is counted in words and not read: it is for the reader's partner or teacher.

    Args:
        model: a trained `keras.Model` over raw pixels (N, 32, 32, 3) that returns probabilities (N, classes).
        images: test images, uint8.
        labels: their classes.
        baselines: test accuracy of ``"majority"``, ``"logistic regression"`` and ``"small CNN"``.
        seconds: processor time from loading the first weights to the trained model, measured by the reader.
        expected: test accuracy the reader expects, from 0 to 1.
        defence: why this network, in words.

    Returns:
        The `Verdict`.
    """
    if is_blank(model):
        return not_attempted("7")
    if not hasattr(model, "predict"):
        return failed("7", f"hand over the trained model itself (received {shortened(model)})")
    missing = [name for name in BASELINES if name not in baselines]
    if missing:
        return failed("7", f"the baselines lack {', '.join(missing)}.")
    hint = _fault_of_report(seconds, expected, defence)
    if hint:
        return failed("7", hint)
    return _judge(model, np.asarray(images), np.asarray(labels), baselines, float(expected))


def _fault_of_report(seconds, expected, defence) -> str | None:
    """Say what is missing beside the model."""
    if is_blank(seconds):
        return "measure the seconds: the difference of two readings of time.process_time()."
    if float(seconds) <= 0:
        return f"seconds must be the reading after minus the reading before (received {shortened(seconds)})"
    if float(seconds) > BUDGET:
        return f"at most {BUDGET:.0f} processor seconds are allowed (received {shortened(seconds)})"
    if is_blank(expected) or not 0 <= float(expected) <= 1:
        return f"say what test accuracy you expect, from 0 to 1 (received {shortened(expected)})"
    words = len(str(defence or "").split())
    if words < FEWEST_WORDS:
        return f"defend your choice in at least {FEWEST_WORDS} words: what, why, what else was tried ({words})"
    return None


def _judge(model, images, labels, baselines, expected) -> Verdict:
    """Read the test images, and set the accuracy beside the baselines and the expectation."""
    answers = np.asarray(model.predict(images, verbose=0))
    wanted = (len(labels), int(labels.max()) + 1)
    if answers.shape != wanted:
        return failed("7", f"for these images the answers must have shape {wanted}; yours have {answers.shape}.")
    if answers.min() < -1e-6 or not np.allclose(answers.sum(axis=1), 1, atol=1e-3):
        return failed("7", "each row of the answers must hold probabilities, with the sum 1: end with a softmax.")
    accuracy = float(np.mean(answers.argmax(axis=1) == labels))
    best = max(BASELINES, key=lambda name: baselines[name])
    table = ", ".join(f"{name} {baselines[name]:.1%}" for name in BASELINES)
    if accuracy < baselines[best] + MARGIN:
        asked = f"{baselines[best] + MARGIN:.1%} is asked for, {MARGIN:.0%} over {best}"
        return failed("7", f"{accuracy:.1%} on the test images; {asked} ({table}).")
    off = expected - accuracy
    told = (
        "as you said"
        if abs(off) <= 0.05
        else f"you expected {expected:.1%}: why was your validation so {'kind' if off > 0 else 'hard'}?"
    )
    return passed("7", f"{accuracy:.1%} on the test images ({table}); {told}")
