"""Checks of lesson 10, ResNet."""

import numpy as np

from course_utils.checks.core import (
    Verdict,
    check_function,
    check_value,
    failed,
    is_blank,
    not_attempted,
    passed,
    same,
    shortened,
)

DIAGNOSES = ("degradation", "overfitting", "stale statistics", "healthy")
BUDGET = 120.0  # processor seconds of the capstone
MARGIN = 0.03  # what the capstone's network must be ahead of the best baseline
FEWEST_WORDS = 25
BASELINES = ("majority", "logistic regression", "small CNN")


def bottleneck_weights(answer) -> Verdict:
    """Exercise 1: weights of a bottleneck at 512 channels with 128 in the middle, no biases, batch norm not counted."""
    return check_value(
        "1",
        answer,
        278_528,
        mistakes=[
            (2 * 9 * 512**2, "that is the basic block at this width: seventeen times as many."),
            (512 * 128 + 9 * 128**2, "the 1×1 that widens again is missing."),
            (9 * (512 * 128 + 128**2 + 128 * 512), "only the middle kernel is 3×3; the outer two are 1×1."),
            (512 * 128 + 9 * 128 + 128 * 512, "the 3×3 reaches through all 128 maps: 3·3·128·128."),
            (278_528 + 128 + 128 + 512, "there are no biases: batch norm follows each convolution."),
            (278_528 + 2 * 768, "γ and β were not asked for: the weights of the three convolutions alone."),
        ],
        hint="add 1·1·512·128, 3·3·128·128 and 1·1·128·512.",
        praise="65,536 + 147,456 + 65,536",
    )


def projections(answer) -> Verdict:
    """Exercise 2: trainable parameters that option B adds at widths 32, 64, 128, 256 (1×1 kernels, γ and β)."""
    kernels = 32 * 64 + 64 * 128 + 128 * 256
    return check_value(
        "2",
        answer,
        kernels + 2 * (64 + 128 + 256),
        mistakes=[
            (kernels, "those are the 1×1 kernels; a γ and a β for each new channel follow."),
            (kernels + (64 + 128 + 256), "batch norm trains two numbers a channel, γ and β."),
            (kernels + 4 * (64 + 128 + 256), "the moving mean and variance are not trained."),
            (9 * kernels + 2 * 448, "the projection is 1×1, not 3×3."),
            (32**2 + kernels + 2 * 480, "in the first stage the shape stays: no projection."),
            (0, "that is option A."),
        ],
        hint="three changes of width; each costs old·new weights, and γ and β for the new channels.",
        praise="43,008 weights, and 896 for γ and β",
    )


def option_a(function) -> Verdict:
    """Exercise 3: ``function(x, filters)`` halves the grid and fills half of the new channels before, half after."""
    x = np.arange(1.0, 1 + 2 * 4 * 6 * 2).reshape(2, 4, 6, 2)

    def advice(answer) -> str:
        shape = np.shape(answer)
        if shape == (2, 4, 6, 6):
            return "Every second row and every second column only."
        if shape != (2, 2, 3, 6):
            return "The shape should be (2, 2, 3, 6): half the rows and columns, six channels."
        if same(np.asarray(answer)[..., :2], x[:, ::2, ::2]):
            return "The old channels stand in the middle: half of the zeros before them, half after."
        return "Take rows and columns 0, 2, 4 …; the new channels are 0."

    cases = [
        ((x, 6), np.pad(x[:, ::2, ::2], [(0, 0)] * 3 + [(2, 2)]), advice),
        ((x[:, :, :, :1], 3), np.pad(x[:, ::2, ::2, :1], [(0, 0)] * 3 + [(1, 1)]), "It must work for any width."),
    ]
    return check_function("3", function, cases, praise="no parameters, and the gradient passes")


def schedule(function) -> Verdict:
    """Exercise 4: ``function(index)`` is the rate of the epoch with that index, counted from 0."""
    early = "The first 80 epochs have the indices 0 to 79."
    cases = [
        ((0,), 1e-3, "The schedule begins with 1e-3."),
        ((79,), 1e-3, early),
        ((80,), 1e-4, f"{early} With > 80 the first drop comes an epoch late."),
        ((120,), 1e-5, "After 120 epochs: index 120."),
        ((160,), 1e-6, "After 160 epochs: index 160."),
        ((179,), 1e-6, "The last drop comes after 180 epochs."),
        ((180,), 5e-7, "After 180 epochs 5e-7."),
        ((199,), 5e-7, "It stays at 5e-7 to the end."),
    ]
    # the numbers are far below the comparison's tolerance, so they are compared on a scale of powers of ten
    return check_function(
        "4",
        None if is_blank(function) else _powers(function),
        [(arguments, float(np.log10(rate)), advice) for arguments, rate, advice in cases],
        hint="(Powers of ten are shown.)",
        praise="each drop where it was meant to be",
    )


def _powers(function):
    """Return the function that gives the power of ten of what ``function`` gives."""
    if not callable(function):
        return function

    def rate_as_power_of_ten(index):
        answer = function(index)
        return answer if is_blank(answer) else float(np.log10(answer))

    return rate_as_power_of_ten


def erase(function) -> Verdict:
    """Exercise 5: ``function(image, top, left, height, width, rng)`` returns a copy with a rectangle of noise."""
    if is_blank(function):
        return not_attempted("5")
    if not callable(function):
        return failed("5", f"hand over the function itself (received {shortened(function)})")
    image = np.random.default_rng(1).uniform(-124, 151, (16, 16, 3))
    given = image.copy()
    try:
        answer = function(given, 2, 3, 8, 6, np.random.default_rng(0))
    except NotImplementedError:
        return not_attempted("5")
    except Exception as error:  # the reader's own code: whatever it raises is the answer to show
        return failed("5", f"erase(image, 2, 3, 8, 6, rng) raised {type(error).__name__}: {error}")
    if is_blank(answer):
        return not_attempted("5")
    return _judge_erased(image, given, np.asarray(answer))


def _judge_erased(image, given, answer) -> Verdict:
    if answer.shape != image.shape:
        return failed("5", f"the image keeps its shape {image.shape}; yours is {answer.shape}.")
    if not np.array_equal(given, image):
        return failed("5", "the image that was handed in has changed: work on a copy.")
    outside = np.ones(image.shape, bool)
    outside[2:10, 3:9] = False
    if not np.allclose(answer[outside], image[outside]):
        return failed("5", "pixels outside rows 2 to 9 and columns 3 to 8 have changed.")
    inside = answer[2:10, 3:9]
    if np.allclose(inside, image[2:10, 3:9]):
        return failed("5", "nothing was erased.")
    low, high = image.min(), image.max()
    if inside.min() < low - 1 or inside.max() > high + 1:
        return failed("5", f"the noise leaves the range of the data, {low:.0f} to {high:.0f}.")
    if np.ptp(inside) < 0.5 * (high - low):
        return failed(
            "5", f"the noise spans only {np.ptp(inside):.1f}; the data span {high - low:.0f}: a near-mean patch."
        )
    return passed("5", "noise in the range of the data, on a copy")


def diagnose(fault) -> Verdict:
    """Exercise 6: name what four pairs of training and validation accuracy show."""
    right = {"A": "degradation", "B": "overfitting", "C": "stale statistics", "D": "healthy"}
    hints = {
        "A": "A: the deep network is worse on the images it was trained on.",
        "B": "B: perfect on the training images, and far worse on new ones.",
        "C": "C: training accuracy rises while validation falls to one in 17 after few steps: what differs?.",
        "D": "D: both high, and close together.",
    }
    if is_blank(fault):
        return not_attempted("6")
    if not isinstance(fault, dict) or set(fault) != set(right):
        return failed("6", f'give a dictionary with the keys "A" to "D" (received {shortened(fault)})')
    for letter, answer in right.items():
        if is_blank(fault[letter]):
            return failed("6", f"{letter} is still open.")
        if fault[letter] not in DIAGNOSES:
            return failed("6", f"{letter}: choose one of {', '.join(DIAGNOSES)} (received {shortened(fault[letter])})")
        if fault[letter] != answer:
            return failed("6", hints[letter])
    return passed("6", "the training accuracy tells degradation from overfitting")


def capstone(model, images, labels, *, baselines, seconds, expected, defence) -> Verdict:
    """Exercise 7: a network for a new set, judged on its test images against the baselines.

    Args:
        model: a trained `keras.Model` over raw pixels (N, 32, 32, 3) that returns (N, classes).
        images: test images, uint8.
        labels: their classes.
        baselines: test accuracy of ``"majority"``, ``"logistic regression"`` and ``"small CNN"``.
        seconds: processor time of everything that was trained, measured by the reader.
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
    if is_blank(seconds) or not 0 < float(seconds) <= BUDGET:
        return failed("7", f"measure the seconds; at most {BUDGET:.0f} are allowed (received {shortened(seconds)})")
    if is_blank(expected) or not 0 <= float(expected) <= 1:
        return failed("7", f"say what test accuracy you expect, from 0 to 1 (received {shortened(expected)})")
    words = len(str(defence or "").split())
    if words < FEWEST_WORDS:
        return failed(
            "7", f"defend your choice in at least {FEWEST_WORDS} words: what, why, what else was tried ({words})"
        )
    return _judge_capstone(model, np.asarray(images), np.asarray(labels), baselines, float(expected))


def _judge_capstone(model, images, labels, baselines, expected) -> Verdict:
    answers = np.asarray(model.predict(images, verbose=0))
    if answers.ndim != 2 or len(answers) != len(labels):
        return failed("7", f"the model must return (N, classes); for {len(labels)} images it gave {answers.shape}.")
    accuracy = float(np.mean(answers.argmax(axis=1) == labels))
    best = max(BASELINES, key=lambda name: baselines[name])
    beaten = [name for name in BASELINES if accuracy > baselines[name]]
    table = ", ".join(f"{name} {baselines[name]:.1%}" for name in BASELINES)
    if accuracy < baselines[best] + MARGIN:
        ahead = f"ahead of {' and '.join(beaten)}" if beaten else "ahead of no baseline"
        return failed(
            "7", f"{accuracy:.1%} on the test images, {ahead}; {MARGIN:.0%} over {best} is asked for ({table})."
        )
    off = expected - accuracy
    told = (
        "as you said"
        if abs(off) <= 0.05
        else f"you expected {expected:.1%}: why was your validation so {'kind' if off > 0 else 'hard'}?"
    )
    return passed("7", f"{accuracy:.1%} on the test images ({table}); {told}")
