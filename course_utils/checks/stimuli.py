"""What exercises 5 and 7 of lesson 01 are tried with, and the wrong answers that exercises 7 and 8 know."""

import numpy as np

from course_utils.checks.core import same

MARGIN = 4  # columns left out at either side in exercise 7: shifts of at most 3, windows of at most 3


def _edges(image: np.ndarray) -> np.ndarray:
    """Return the map of the kernel -1 0 1 with zeros beside the image, so that its sides are not equivariant."""
    padded = np.pad(image, ((0, 0), (1, 1)))
    return padded[:, 2:] - padded[:, :-2]


def kernel_stimuli():
    """Yield what exercise 5 shows a kernel: name, 3×3 pixels, whether an answer fits, and what should come."""
    rows, columns = np.indices((3, 3))

    def zero(answer):
        return abs(answer) < 1e-9

    yield "an even area of ones", np.ones((3, 3)), zero, "0"
    for column, place in enumerate(("left", "middle", "right")):
        yield f"a vertical stripe in the {place} column", columns == column, zero, "0"
    yield "a bright horizontal line through the middle", rows == 1, lambda answer: answer > 1e-9, "more than 0"
    for row, side in ((0, "above"), (2, "below")):
        yield f"a light row {side} the middle", rows == row, lambda answer: answer < -1e-9, "less than 0"


def _ramp(image: np.ndarray, rows=slice(None)) -> np.ndarray:
    """Return the image with a weight for each column in ``rows`` and 1 elsewhere: nothing that moves along."""
    weights = np.ones(image.shape)
    weights[rows] = np.arange(image.shape[1])
    return image * weights


def maps() -> dict:
    """Return the maps of exercise 7: function, whether it is equivariant (None: for even moves), and a hint."""
    spectrum = np.fft.fft2([[-1, 0, 1]], (11, 24))
    alone = "It is wrong in one row alone: compare all rows."
    return {
        "edges": (_edges, True, "Compare with the *moved* map, and leave out columns at both sides."),
        "ramp": (_ramp, False, "It has a weight of its own for each column."),
        "mirror": (lambda image: image[:, ::-1], False, "A mirrored map moves the other way."),
        "thinned": (lambda image: image[:, ::2], False, "With every second column the map moves half as far."),
        "largest": (lambda image: np.full(image.shape, image.max()), True, "It is the same everywhere, moved or not."),
        "rounded": (lambda image: np.fft.ifft2(np.fft.fft2(image) * spectrum).real, True, "Rounded: use np.allclose."),
        "blocks": (_blocks, None, "It moves along for even moves alone: use `pixels`."),
        "sheared": (_sheared, False, "Equal sums are not equal maps: compare pixel by pixel."),
        "topped": (lambda image: _ramp(image, 0), False, alone),
        "footed": (lambda image: _ramp(image, -1), False, alone),
        "faint": (lambda image: _ramp(image) / 1e6, False, "Its numbers are small: so must the tolerance be."),
    }


def _blocks(image: np.ndarray) -> np.ndarray:
    """Return the maximum of every two columns, twice: it moves along when the move is even."""
    return np.repeat(np.maximum(image[:, ::2], image[:, 1::2]), 2, axis=1)


def _sheared(image: np.ndarray) -> np.ndarray:
    """Return the image with each column turned down by its number: every column keeps its sum."""
    return np.stack([np.roll(image[:, column], column) for column in range(image.shape[1])], axis=1)


def _comparing(cut, moved_after_cut: bool = False, to_moved: bool = True):
    """Return a wrong answer to exercise 7: ``cut`` picks what is compared, and when it is moved."""

    def function(to_map, picture, pixels):
        def move(maps):
            return np.roll(maps, pixels, axis=1) if to_moved else maps

        after, before = to_map(np.roll(picture, pixels, axis=1)), to_map(picture)
        return np.allclose(cut(after), move(cut(before)) if moved_after_cut else cut(move(before)))

    return function


MISTAKES = [
    (_comparing(lambda maps: maps[:, :0]), "You say True of every map. Is what you compare empty? Look at its shape."),
    (_comparing(lambda maps: maps[MARGIN:-MARGIN]), "Those are rows that you left out. Which axis holds the columns?"),
    (_comparing(lambda maps: maps[:, MARGIN:-MARGIN], moved_after_cut=True), "Move first, then leave out columns."),
    (_comparing(lambda maps: maps), "Leave out the first and last 4 columns, where the border interferes."),
    (
        _comparing(lambda maps: maps[:, MARGIN:-MARGIN], to_moved=False),
        "You compare with the map that has not moved: that asks for invariance. Compare with the *moved* map.",
    ),
]


def known_mistake(function, probes, came_out) -> str:
    """Return the hint on the wrong answer to exercise 7 that judges every probe as ``function`` does, or nothing."""
    if isinstance(came_out, np.ndarray) and came_out.ndim:
        return "One answer is asked for, True or False; that is one for each pixel."
    try:
        judged = [bool(function(*probe)) for probe in probes]
    except Exception:  # the reader's own code: the call that failed first is the one to speak of
        return ""
    return next((hint for wrong, hint in MISTAKES if judged == [wrong(*probe) for probe in probes]), "")


FIXED_HALF = "That is right for 20 rows alone: take half of the rows that the maps have."


def by_half(maps: np.ndarray, axis: int = 1) -> np.ndarray:
    """Return the mean of the upper half beside that of the lower half (``axis=2``: left and right)."""
    return np.concatenate([half.mean(axis=(1, 2)) for half in np.split(maps, 2, axis=axis)], axis=1)


def hint_on_halves(maps: np.ndarray):
    """Return the hint on a wrong answer to exercise 8, given what came out."""
    halves = np.split(maps, 2, axis=1)
    means = [half.mean(axis=(1, 2)) for half in halves]
    mistakes = [
        (maps.mean(axis=(1, 2)), "That is the mean of the whole map. Take the upper and the lower rows apart."),
        (np.concatenate(means[::-1], axis=1), "The upper half comes first."),
        (by_half(maps, axis=2), "Those are the left and right halves. Which axis holds the rows?"),
        (np.stack(means, axis=1), "The right numbers with one axis too many: put the halves side by side, (N, 2·F)."),
        (np.stack(means, axis=2), "The right numbers with one axis too many: put the halves side by side, (N, 2·F)."),
        (np.stack(means, axis=2).reshape(len(maps), -1), "Upper and lower alternate: all upper averages come first."),
        (np.stack(means), "The right numbers, stacked: put the halves side by side, (N, 2·F)."),
        (np.concatenate(means), "The halves are images of their own now: put them side by side, along axis 1."),
        (np.concatenate([h.sum(axis=(1, 2)) for h in halves], axis=1), "Average over the places, do not add up."),
        (np.concatenate([h.max(axis=(1, 2)) for h in halves], axis=1), "Those are the maxima; average instead."),
        (np.concatenate([maps[:, i::2].mean(axis=(1, 2)) for i in (0, 1)], axis=1), "Every second row is no half."),
        (means[0], "That is the upper half alone."),
        (np.concatenate([maps[:, :10].mean(axis=(1, 2)), maps[:, 10:].mean(axis=(1, 2))], axis=1), FIXED_HALF),
    ]

    def hint(outcome):
        told = next((text for wrong, text in mistakes if same(outcome, wrong)), "")
        expected = (len(maps), 2 * maps.shape[-1])
        return told or f"Two averages a filter and image, the upper half's first: an array of shape {expected}."

    return hint
