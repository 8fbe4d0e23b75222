"""Columns of VGG's table 1 as counted by hand, for the checks of lesson 08: parameters, work, field, signal."""

import itertools

import numpy as np

from course_utils.checks.core import hints

A = ("3-64", "3-128", "3-256 3-256", "3-512 3-512", "3-512 3-512")
C = ("3-64 3-64", "3-128 3-128", "3-256 3-256 1-256", "3-512 3-512 1-512", "3-512 3-512 1-512")
D = ("3-64 3-64", "3-128 3-128", "3-256 3-256 3-256", "3-512 3-512 3-512", "3-512 3-512 3-512")
SIDE, DENSE = 224, 4096
CHAIN = (192, 64, 64, 128, 128, 256, 256, 256, *[512] * 8, 17)  # widths of sixteen layers that grow as VGG-16's do


def parameters(blocks, classes: int) -> int:
    """Return the parameters of a column of table 1 for 224×224 images, biases included."""
    total, seen = 0, 3
    for word in " ".join(blocks).split():
        side, filters = map(int, word.split("-"))
        total += side * side * seen * filters + filters
        seen = filters
    inputs = (SIDE // 2 ** len(blocks)) ** 2 * seen
    for units in (DENSE, DENSE, classes):
        total += inputs * units + units
        inputs = units
    return total


def seen_by(words) -> int:
    """Return the receptive field after the last pool of blocks of (side, filters)."""
    field, step = 1, 1
    for block in words:
        field += sum((side - 1) * step for side, _ in block) + step
        step *= 2
    return field


def work_of(words) -> int:
    """Return the multiply-adds at 224×224 and 1,000 classes, dense layers included."""
    total, seen, side_of_map = 0, 3, SIDE
    for block in words:
        for side, filters in block:
            total += side_of_map**2 * side * side * seen * filters
            seen = filters
        side_of_map //= 2
    return total + side_of_map**2 * seen * DENSE + DENSE * DENSE + DENSE * 1000


def signal(numbers, first_weights) -> list[float]:
    """Return the standard deviation after each of sixteen layers with ReLU; the last has none."""
    rng, sizes = np.random.default_rng(8), []
    for n_in, n_out in itertools.pairwise(CHAIN):
        kernel = np.asarray(first_weights(rng, n_in, n_out), float)
        if kernel.shape != (n_in, n_out):
            raise ValueError(f"first_weights must return shape ({n_in}, {n_out}); received {kernel.shape}")
        numbers = numbers @ kernel
        sizes.append(float(numbers.std()))
        numbers = np.maximum(numbers, 0)
    return sizes


def glorot_like(first_weights) -> bool:
    """Return True when the variance of the weights is 2/(n_in + n_out)."""
    kernel = np.asarray(first_weights(np.random.default_rng(3), 100, 300), float)
    return bool(abs(kernel.var() * 400 / 2 - 1) < 0.05)


def parsed(blocks) -> list[list[tuple[int, ...]]] | None:
    """Return five blocks of (side, filters) from five texts such as "3-64 1-64", or None where it is something else."""
    try:
        specs = [[tuple(map(int, spec.split("-"))) for spec in block.split()] for block in blocks]
        whole = len(specs) == 5 and all(specs) and all(len(s) == 2 and min(s) > 0 for block in specs for s in block)
    except (AttributeError, TypeError, ValueError):
        return None
    return specs if whole else None


def advice_on(blocks):
    """Return the hint on a wrong count of the first column."""
    right, filters = parameters(blocks, 1000), [int(spec.split("-")[1]) for block in blocks for spec in block.split()]
    units = sum(filters) + 2 * DENSE + 1000
    mistakes = [
        (right - units, "The biases are missing: one a filter and one a unit."),
        (right - units + len(filters) + 3, "Not one bias a layer: one for each filter and for each unit."),
        (
            right - 7 * 7 * 512 * DENSE + 512 * DENSE,
            "How large are the maps after five pools? fc1 sees all places.",
        ),
    ]
    known = hints(mistakes, "", tolerance=1e-12)

    def advice(answer) -> str:
        if not isinstance(answer, (int, float, np.number)):
            return "A, the first column, has 132,863,336."
        if known(answer):
            return known(answer)
        if 0 < right - answer < units:
            return f"{right - answer:,} too few: some layer's biases are missing."
        if answer < 20_000_000:
            return "The dense layers are missing, or the maps are taken for single numbers."
        return "Begin with 3 channels; how large are the maps after five pools?"

    return advice
