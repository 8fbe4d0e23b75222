"""Borrowed networks by hand."""

from course_utils.questions.core import Question, pick, whole


def head(rng) -> Question:
    """Ask for the parameters of a new head."""
    features, classes = pick(rng, (512, 1280, 2048)), whole(rng, 3, 40)
    text = (
        f"A base gives {features:,} numbers a photograph. A dense layer for {classes} classes is put on it. How "
        "many parameters are new?"
    )
    return Question(text, (features + 1) * classes, f"({features:,} + 1) · {classes}.")


def frozen(rng) -> Question:
    """Ask for what may move."""
    base, features, classes, late = whole(rng, 4, 30) * 100_000, 512, whole(rng, 2, 20), whole(rng, 1, 9) * 10_000
    text = (
        f"A base of {base:,} parameters is frozen but for its last block of {late:,}. The head reads {features} "
        f"numbers and has {classes} outputs. How many parameters may move?"
    )
    return Question(text, late + (features + 1) * classes, f"{late:,} + ({features} + 1) · {classes}.")


def pixels(rng) -> Question:
    """Ask for a preprocessing."""
    value = 51 * whole(rng, 0, 5)
    low = pick(rng, ("-1 to 1", "0 to 1"))
    answer = value / 127.5 - 1 if low == "-1 to 1" else value / 255
    text = f"A base was trained on pixels from {low}. What must it be given for a pixel of {value} (0 to 255)?"
    rule = f"{value} / 127.5 − 1" if low == "-1 to 1" else f"{value} / 255"
    return Question(text, round(answer, 6), f"{rule}.")


def once(rng) -> Question:
    """Ask for the work that cached features save."""
    photographs, epochs = whole(rng, 2, 20) * 100, whole(rng, 5, 40)
    text = (
        f"{photographs:,} photographs, {epochs} epochs of training a head on a frozen base. How many times fewer "
        "photographs run through the base when their features are computed once?"
    )
    return Question(text, epochs, f"{photographs:,} instead of {photographs:,} · {epochs}.")


def few(rng) -> Question:
    """Ask what one test photograph is worth."""
    photographs, more = pick(rng, (59, 100, 250, 600)), whole(rng, 1, 4)
    text = (
        f"Two networks are tried on the same {photographs} test photographs; the second is right on {more} more. "
        "By how many points is its accuracy higher?"
    )
    return Question(text, 100 * more / photographs, f"One photograph is 100 / {photographs} points; {more} of them.")


KINDS = (head, frozen, pixels, once, few)
