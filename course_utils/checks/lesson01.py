"""Checks of lesson 01, convolution intuition."""

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
from course_utils.checks.stimuli import by_half, hint_on_halves, kernel_stimuli, known_mistake, maps

EDGE = 0.75  # of a line's answer is the most that an edge may give in exercise 5
BUDGET = 7_000  # parameters of the two layers of exercise 6


def dense_parameters(answer) -> Verdict:
    """Exercise 1: parameters of 100 dense units on a 64×64 colour picture, biases included."""
    weights = 64 * 64 * 3 * 100
    return check_value(
        "1",
        answer,
        weights + 100,
        mistakes=[
            (weights, "those are the weights; each unit also has a bias."),
            (64 * 64 * 100, "a colour picture has three numbers a pixel, and each unit has a bias."),
            (64 * 64 * 100 + 100, "a colour picture has three numbers a pixel."),
            (weights + 1, "not one bias for the layer: one for each unit."),
        ],
        hint="begin with a single unit: how many numbers does it read, and what does it have besides its weights?",
        praise="1,228,900: a small picture and a small layer, and already over a million",
        rounded=0,
    )


def window_by_hand(answer) -> Verdict:
    """Exercise 2: the kernel 1 2 / 0 -1 slid over the 3×3 corner 2 0 1 / 1 3 0 / 0 1 2."""
    right = [[-1, 2], [6, 1]]
    return check_value(
        "2",
        answer,
        right,
        mistakes=[
            ([[1, 6], [2, -1]], "those are the right numbers in another order: the first row comes from the top."),
            ([[-1, 6], [2, 1]], "rows and columns are exchanged: the first row of the output comes from the top."),
            ([[3, 6], [0, 1]], "the kernel was turned by 180 degrees; in a network it is laid on as it is."),
            ([[3, -2], [5, 5]], "the kernel was mirrored, left and right exchanged; lay it on as it is written."),
            ([[7, 2], [-1, 5]], "the kernel was mirrored, top and bottom exchanged; lay it on as it is written."),
            ([[1, 6], [0, 3]], "rows and columns of the kernel were exchanged; lay it on as it is written."),
            ([[5, 2], [8, 5]], "mind the sign: the weight at the bottom right is -1."),
            ([-1, 2, 6, 1], "those are the right numbers; write them as two rows, [[…, …], […, …]]."),
        ],
        hint=_wrong_cells(answer, right),
    )


def output_size(function) -> Verdict:
    """Exercise 3: how many outputs fit along one axis, from size, kernel, stride and padding."""
    cases = [
        ((5, 3, 1, 0), 3, "A window of 3 stops at 3 places on 5 pixels."),
        ((5, 3, 1, 1), 5, "Padding is added at both ends."),
        ((28, 5, 1, 2), 28, "Padding is added at both ends."),
        ((7, 3, 2, 0), 3, "Divide by the stride, then add the first stop."),
        ((8, 3, 2, 0), 3, "A last step that does not fit is left out: round down."),
        ((227, 11, 4, 0), 55, "Divide by the stride first, then add the first stop."),
        ((224, 7, 2, 3), 112, "A last step that does not fit is left out: round down."),
    ]
    return check_function("3", function, cases, praise=f"correct in all {len(cases)} cases")


def layer_cost(answer) -> Verdict:
    """Exercise 4: (parameters, activations, multiply-adds) of 16 filters 5×5, stride 2, padding 2, on 64×64×3."""
    parameters, activations, work = (5 * 5 * 3 + 1) * 16, 32 * 32 * 16, 32 * 32 * 16 * 5 * 5 * 3
    words = (
        "Parameters: how many numbers does one filter own?",
        "Activations: how many numbers come out of the layer?",
        "Multiply-adds: how many does a single number of the output cost?",
    )
    listed = isinstance(answer, (list, tuple, np.ndarray))
    if listed and not is_blank(answer) and (len(answer) == 2 or any(is_blank(part) for part in answer)):
        return failed("4", f"give all three numbers (received {shortened(answer)})")
    given = list(answer) if listed and len(answer) == 3 else [None] * 3
    wrong = [
        text
        for text, mine, right in zip(words, given, (parameters, activations, work), strict=True)
        if not same(mine, right, tolerance=0)
    ]
    return check_value(
        "4",
        answer,
        [parameters, activations, work],
        mistakes=[
            ([parameters - 16, activations, work], "the parameters lack the biases, one a filter."),
            ([parameters - 15, activations, work], "not one bias for the layer: one for each filter."),
            ([parameters, activations, activations * 76], "the biases are not counted in the work."),
            ([(5 * 5 + 1) * 16, activations, 32 * 32 * 16 * 25], "each filter reads all three input channels."),
            ([(5 * 5 + 1) * 16, activations, work], "each filter also has weights for all three input channels."),
            ([parameters, activations, 32 * 32 * 16 * 25], "each output sums over all three input channels."),
            ([parameters, 64 * 64 * 16, 64 * 64 * 16 * 75], "the stride halves height and width of the output."),
            ([parameters, 30 * 30 * 16, 30 * 30 * 16 * 75], "the padding of 2 was forgotten."),
            ([parameters, 31 * 31 * 16, 31 * 31 * 16 * 75], "your map is 31×31: count the window's first stop, too."),
            ([parameters, 32 * 32, 32 * 32 * 75], "there are 16 filters, each with a map of its own."),
        ],
        hint=" ".join(wrong),
        praise="1,216 parameters do 1,228,800 multiply-adds: sharing makes few weights work hard",
        rounded=0,
    )


def line_detector(kernel) -> Verdict:
    """Exercise 5: a 3×3 kernel that answers to a thin horizontal line, not to flat areas nor to vertical stripes."""
    if is_blank(kernel):
        return not_attempted("5")
    try:
        kernel = np.asarray(kernel, dtype=float)
    except (TypeError, ValueError):
        return failed("5", f"write the kernel as three rows of three numbers (received {shortened(kernel)})")
    if kernel.shape != (3, 3):
        return failed("5", f"the kernel must have shape (3, 3); yours has {kernel.shape}")
    if not np.isfinite(kernel).all():
        return failed("5", "not every weight is a number yet: three rows of three are needed")
    for name, light, fits, wanted in kernel_stimuli():
        answer = float((kernel * light).sum())
        if not fits(answer):
            return failed("5", f"{name}: your kernel answers {answer:g}, and should answer {wanted}")
    line = kernel[1].sum()
    for row, side in ((0, "above"), (2, "below")):
        edge = line + kernel[row].sum()  # the middle row and all on one side of it are light
        if edge > EDGE * line + 1e-9:
            return failed(
                "5",
                f"an edge, light in the middle row and {side} it, gives {edge:g}, nearly the line's {line:g}: "
                "your kernel finds edges, too",
            )
    dot = " (a single bright dot excites it as much)" if kernel.max() > line - 1e-9 else ""
    return passed("5", f"even area 0, vertical stripe 0, horizontal line {line:g}{dot}")


def small_stack(layers) -> Verdict:
    """Exercise 6: two layers from 64×64×3 to 8×8 with at least 32 channels, within `BUDGET` parameters."""
    if is_blank(layers):
        return not_attempted("6")
    try:
        rows = [tuple(layer[name] for name in ("kernel", "filters", "stride", "padding")) for layer in layers]
    except (TypeError, KeyError, IndexError):
        return failed("6", "write two dicts with the names kernel, filters, stride and padding")
    unfit = [number for row in rows for number in row if type(number) is not int and not isinstance(number, np.integer)]
    if unfit:
        return failed("6", f"all of them must be whole numbers (received {shortened(unfit[0])})")
    if len(rows) != 2:
        return failed("6", f"two layers are asked for; yours has {len(rows)}")
    size, channels, parameters, view, jump = 64, 3, 0, 1, 1
    for number, (kernel, filters, stride, padding) in enumerate(rows, start=1):
        if min(kernel, filters, stride) < 1 or padding < 0 or kernel > size + 2 * padding:
            return failed("6", f"layer {number} cannot be built on {size}×{size} pixels: {layers[number - 1]}")
        if stride > kernel:
            return failed("6", f"layer {number} skips pixels between its windows: no unit ever sees them")
        size, parameters = (
            (size + 2 * padding - kernel) // stride + 1,
            parameters + (kernel**2 * channels + 1) * filters,
        )
        channels, view, jump = filters, view + (kernel - 1) * jump, jump * stride
    reached = f"{size}×{size}×{channels}, {parameters:,} parameters, each output sees {view}×{view} pixels"
    if size != 8:
        return failed("6", f"the output must be 8×8: strides multiply, and padding counts on each side ({reached})")
    if channels < 32:
        return failed("6", f"the second layer needs at least 32 filters ({reached})")
    if view < 11:
        return failed("6", f"each output must see at least 11×11 pixels: {_how_far(rows)} ({reached})")
    if parameters > BUDGET:
        return failed("6", f"at most {BUDGET:,} parameters: narrow the first layer or shrink a kernel ({reached})")
    return passed("6", reached)


def moves_along(function) -> Verdict:
    """Exercise 7: is a map equivariant? ``function(to_map, picture, pixels)``, `MARGIN` columns left out a side."""
    tried, random = maps(), np.random.default_rng(0)
    calls = []
    for name, (to_map, _, _) in tried.items():
        to_map.__name__ = name
        calls += [(to_map, random.integers(0, 100, (11, 24)), pixels) for pixels in (2, 1, 3)]
    stripes = np.tile(random.integers(0, 100, (11, 3)), 8)  # moved by 3 it is what it was
    probes = [*calls, (tried["edges"][0], stripes, 3)]

    def hint(otherwise: str):
        return lambda came_out: known_mistake(function, probes, came_out) or otherwise

    cases = []
    for to_map, picture, pixels in calls:
        _, expected, otherwise = tried[to_map.__name__]
        right = pixels % 2 == 0 if expected is None else expected
        cases.append(((to_map, picture, pixels), right, hint(otherwise)))
    return check_function("7", function, cases, praise=f"right about all {len(tried)} maps")


def pooled_by_half(function) -> Verdict:
    """Exercise 8: average the upper and the lower half of the rows apart, (N, rows, columns, F) → (N, 2·F)."""
    cases = []
    for shape in ((3, 20, 20, 2), (2, 24, 6, 3)):
        maps = np.random.default_rng(0).integers(0, 10, shape)
        cases.append(((maps,), by_half(maps), hint_on_halves(maps)))
    return check_function("8", function, cases, praise="a move to the right changes nothing; and a move downwards?")


def _wrong_cells(answer, right) -> str:
    """Return a hint that names the cells of exercise 2 that are off or missing."""
    hint = "a 2×2 kernel stops at four places of a 3×3 input; multiply cell by cell, then add up."
    try:
        cells = [cell for row in answer for cell in row]
    except TypeError:
        return hint
    off = [not same(cell, wanted) for cell, wanted in zip(cells, np.ravel(right), strict=False)]
    if len(cells) != 4 or all(off):
        return hint
    places = ("top left", "top right", "bottom left", "bottom right")
    return f"look again at the {' and the '.join(np.array(places)[off])}; the rest is right."


def _how_far(rows) -> str:
    (first, _, step, _), (second, _, _, _) = rows
    return f"it reads {second} in a row of the first layer, each sees {first} pixels, and they begin {step} apart"
