"""What exercise 3 of lesson 06 distinguishes: the usual wrong outputs of a convolution with a connection table."""

import numpy as np


def about(shape) -> str:
    """Return what a wrong shape of exercise 3 says."""
    if shape[:1] == (16,):
        return "The maps belong on the last axis: np.stack(…, axis=-1)."
    if len(shape) == 2:
        return "That is one map; C3 makes sixteen."
    if shape[:2] == (14, 14):
        return "Without padding a 5×5 window fits ten times."
    return "One map of 10×10 for each row of the table."


def near(answer, expected) -> bool:
    """Compare float32 convolutions: the same shape, and within 1e-3."""
    try:
        answer = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        return False
    return answer.shape == np.shape(expected) and bool(np.abs(answer - expected).max() < 1e-3)


def mistakes_of(maps, kernel, bias, table) -> list:
    """Return pairs (wrong output of exercise 3, hint) for the mistakes people make."""

    def slide(image, weights):
        windows = np.lib.stride_tricks.sliding_window_view(image, weights.shape)
        return (windows * weights).sum(axis=(-2, -1))

    def summed(sources, m, turned=False, curve=lambda total: total):
        step = -1 if turned else 1
        return sum(curve(slide(maps[:, :, s], kernel[::step, ::step, s, m])) for s in sources)

    def output(rows, added, **how):
        return np.stack([summed(row, m, **how) + added(m, row) for m, row in enumerate(rows)], axis=-1)

    def squashed(total):
        return 1.7159 * np.tanh(2 / 3 * total)

    every = [range(maps.shape[-1])] * len(table)
    right = output(table, lambda m, row: bias[m])
    last = [row[-1:] for row in table]
    return [
        (output(last, lambda m, row: bias[m]), "each map holds its last convolution alone: add up, do not overwrite."),
        (output(last, lambda m, row: 0.0), "each map holds its last convolution alone: add up, do not overwrite."),
        (output(every, lambda m, row: bias[m]), "that is a complete convolution: every map sees every map. Use table."),
        (output(table, lambda m, row: 0.0), "the biases are missing."),
        (output(table, lambda m, row: bias[m] * len(row)), "one bias for each map of C3, not for each kernel."),
        (output(table, lambda m, row: bias.sum()), "each map has its own bias, bias[m]."),
        (output(table, lambda m, row: bias[m], turned=True), "the kernels are laid on as they are, not turned."),
        (np.moveaxis(right, -1, 0), "the right maps on the wrong axis: they belong on the last one."),
        (right.transpose(1, 0, 2), "rows and columns of the maps are exchanged."),
        (right[..., ::-1], "the maps come in the order of the table, first row first."),
        (right[..., 0], "that is the first map; make one for each row of the table."),
        (np.maximum(right, 0), "no ReLU here: the sum and the bias alone, squashing comes later."),
        (squashed(right), "stop before squashing: the sum and the bias alone."),
        (
            output(table, lambda m, row: bias[m], curve=squashed),
            "add up first; squashing each convolution comes too early.",
        ),
        (right / [len(row) for row in table], "add the convolutions up, do not average them."),
        ((right - bias) / [len(row) for row in table] + bias, "add the convolutions up, do not average them."),
        (output(every, lambda m, row: 0.0), "that is a complete convolution without bias. Use table and bias."),
    ]
