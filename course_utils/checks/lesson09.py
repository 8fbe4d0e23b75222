"""Checks of lesson 09: a module counted, built and designed; a race read; kernels split along sides and map by map."""

import numpy as np

from course_utils.checks import branches
from course_utils.checks.core import (
    Verdict,
    called,
    check_function,
    check_matching,
    check_value,
    failed,
    hints,
    is_blank,
    network_between,
    not_attempted,
    passed,
    same,
    shortened,
)

ROW_3A = (64, 96, 128, 16, 32, 32)
ROW_4A = (192, 96, 208, 16, 48, 64)
ROW_5A = (256, 160, 320, 32, 128, 128)
MOST_WEIGHTS, LEAST_3X3, LEAST_5X5, MOST_5X5 = 80_000, 128, 52, 56  # of exercise 6: asked for, and possible
NAMES = ("n1x1", "n3x3_reduce", "n3x3", "n5x5_reduce", "n5x5", "pool_proj")


def module_weights(row, arriving: int, *, biases: bool = False) -> int:
    """Return the weights of a GoogLeNet module from its six widths and the channels that arrive."""
    one, three_reduce, three, five_reduce, five, projection = row
    weights = arriving * (one + three_reduce + five_reduce + projection) + 9 * three_reduce * three
    weights += 25 * five_reduce * five
    return weights + (sum(row) if biases else 0)


def naive_weights(row, arriving: int) -> int:
    """Return the weights of the module without its reductions and its projection."""
    return arriving * (row[0] + 9 * row[2] + 25 * row[4])


def savings(reduced, naive) -> Verdict:
    """Exercise 1: weights of module 4a with reductions and naive, 480 channels arriving."""
    right = module_weights(ROW_4A, 480), naive_weights(ROW_4A, 480)
    with_biases = module_weights(ROW_4A, 480, biases=True)
    without_projection, without_reductions = right[0] - 480 * 64, right[0] - 480 * (96 + 16)
    sides = 480 * (192 + 96 + 16 + 64) + 3 * 96 * 208 + 5 * 16 * 48
    part = "the first number is right; " if same(reduced, right[0]) else ""
    part = "the second number is right; " if same(naive, right[1]) else part
    return check_value(
        "1",
        (reduced, naive),
        right,
        mistakes=[
            ((right[1], right[0]), "the other way round: the naive module has more."),
            ((with_biases, right[1]), "the question asks for weights alone; leave the biases out."),
            ((with_biases, right[1] + 448), "the question asks for weights alone; leave the biases out."),
            (
                (without_projection, right[1]),
                "the second number is right; the pool's branch has a 1×1 to 64 maps, too.",
            ),
            ((without_reductions, right[1]), "the second number is right; the 1×1 reductions have weights, too."),
            ((sides, 480 * (192 + 3 * 208 + 5 * 48)), "a 3×3 kernel has 3·3 weights for each map that it sees."),
            ((sides, right[1]), "the second number is right; a 3×3 kernel has 3·3 weights for each map that it sees."),
            ((right[0], right[1] + 448), "the first number is right; leave the biases out of the second, too."),
            *[
                ((right[0] * places, right[1] * places), "those are multiply-adds; the question asks for weights.")
                for places in (14 * 14, 28 * 28)
            ],
            ((module_weights(ROW_4A, 192), naive_weights(ROW_4A, 192)), "how many maps arrive here? 192 arrive at 3a."),
            ((right[0], right[1] + 480 * 64), "the first number is right; nothing follows the pool of a naive module."),
        ],
        hint=f"{part}a k×k convolution from a to b maps has k·k·a·b weights. What does each convolution see?",
        praise=f"{right[0]:,} against {right[1]:,}: {1 - right[0] / right[1]:.0%} saved",
    )


def inception_module(function, googlenet) -> Verdict:
    """Exercise 2: a module in Keras, ``function(maps, *six widths)``; ``googlenet`` is the package's builder."""
    model = googlenet(width=1 / 8, input_shape=(8, 8, 3), stem="small", classes=2)
    for name in ("3a", "4a"):
        maps = model.get_layer(f"inception_{name}_1x1").input
        wanted = model.get_layer(f"inception_{name}_output").output
        row = branches.row_of(model, name)
        call = f"inception_module(maps, {', '.join(map(str, row))})"
        output, verdict = called("2", function, (maps, *row), name=call, advice=branches.on_error, copy=False)
        if verdict:
            return verdict
        if not hasattr(output, "shape") or len(output.shape) != 4:
            return failed("2", f"{call} must return maps, a Keras tensor (received {shortened(output)})")
        got, right = tuple(output.shape[1:]), tuple(wanted.shape[1:])
        if hint := branches.shape_fault(got, right, maps.shape[-1], row):
            return failed("2", f"{call} gives maps {'×'.join(map(str, got))}; {hint}")
        yours, package = network_between(type(model), maps, output), type(model)(maps, wanted)
        if yours is None:
            return failed("2", f"{call}: the output does not come from the maps that went in.")
        if hint := branches.weights_fault(yours, package) or branches.values_fault(yours, package):
            return failed("2", f"{call}: {hint}")
    return passed("2", "3a and 4a at an eighth of the width: with the same weights the same outputs as the package's")


def factor_saving(function) -> Verdict:
    """Exercise 4: share of the work saved by a chain of kernels instead of one, ``function(whole, chain)``."""
    mistakes = [
        (18 / 25, "That is what is left; what is saved?"),
        (28, "A share is asked for, not per cent."),
        (
            1 - 81 / 25,
            "The second kernel works on the outcome of the first, so their products are added, not multiplied.",
        ),
        (1 - 12 / 10, "A kernel needs height times width products."),
        (round(1 - 18 / 25, 1), "Do not round."),
        (7 / 18, "What is saved is a share of the whole kernel's products, not of the chain's."),
        (1, "Nothing is left? A division with // drops the fraction."),
        (1 - 9 / 25, "The chain has more than one kernel."),
        (7, "Those are the products saved; which share of the whole kernel's is that?"),
    ]
    rounded = [(round(1 / 3, digits), "Do not round.") for digits in (1, 2, 3, 4)]
    cases = [
        (((5, 5), [(3, 3), (3, 3)]), 1 - 18 / 25, hints(mistakes, "How many products does one output value need?")),
        (((3, 3), [(3, 1), (1, 3)]), 1 / 3, hints(rounded, "Do not take every kernel for a square.")),
        (((3, 3), [(2, 2), (2, 2)]), 1 / 9, "Each kernel of the chain has its own height and width."),
        (((3, 5), [(3, 3), (1, 3)]), 1 / 5, "Here the whole kernel is not square, and the links of the chain differ."),
        (((7, 7), [(1, 7), (7, 1)]), 5 / 7, "Each kernel of the chain has its own height and width."),
        (((7, 7), [(3, 3), (3, 3), (3, 3)]), 22 / 49, "A chain may have more than two kernels."),
        (((3, 3), [(1, 5), (5, 1)]), -1 / 9, "This chain costs more than the whole, 10 for 9: a saving below 0."),
    ]
    return check_function("4", function, cases, praise="two 3×3 for a 5×5 save 28 %, 1×7 and 7×1 for a 7×7 71 %")


def read_race(answer) -> Verdict:
    """Exercise 3: which of six sentences, a to f, the race at equal work supports, "yes" or "no" each."""
    return check_matching(
        "3",
        answer,
        {"a": "no", "b": "yes", "c": "no", "d": "no", "e": "yes", "f": "yes"},
        choices=("yes", "no"),
        noun="sentence",
        hints={
            "a": "how far is *whole* from *reduced*, and how large is the ± of that difference?",
            "b": "at which height does the one line begin, and the other pass the middle size?",
            "c": "in what else does the naive network differ from the other two?",
            "d": "compare the dots of the two, size by size; do they overlap?",
            "e": "which networks took about 90 seconds, and how accurate were they?",
            "f": "follow each line over its last stretch, and read the axis at both ends.",
        },
        praise="b, e and f were measured; d is false at the small size; a is undecided, c was not tried",
    )


def design_module(row) -> Verdict:
    """Exercise 6: six widths for 192 maps in, 256 out, many of the 5×5, with at most 80,000 weights."""
    if is_blank(row):
        return not_attempted("6")
    try:
        widths = np.asarray(row, dtype=float)
    except (TypeError, ValueError):
        return failed("6", f"give six whole numbers: {', '.join(NAMES)}.")
    if widths.shape != (6,) or (widths < 1).any() or (widths != np.round(widths)).any():
        return failed("6", f"give six whole numbers of at least 1: {', '.join(NAMES)}.")
    one, three_reduce, three, five_reduce, five, projection = (int(width) for width in widths)
    leaving, weights = one + three + five + projection, module_weights([int(w) for w in widths], 192)
    if leaving != 256:
        return failed("6", f"{one} + {three} + {five} + {projection} = {leaving} maps leave; 256 are wanted.")
    if three < LEAST_3X3:
        return failed("6", f"the 3×3 must give at least {LEAST_3X3} maps; received {three}.")
    if 4 * three_reduce < three or 4 * five_reduce < five:
        pairs = ((three_reduce, three), (five_reduce, five))
        narrow = " and ".join(f"{few} before {many}" for few, many in pairs if 4 * few < many)
        return failed("6", f"a reduction is too narrow: {narrow}; a quarter at least.")
    if weights > MOST_WEIGHTS:
        narrowest = three == LEAST_3X3 and 4 * three_reduce < three + 4
        ask = (
            "The 3×3 is as cheap as it may be. What does one more map of the 5×5 cost, and what a map of the others?"
            if narrowest
            else "Which branch has most of them?"
        )
        return failed("6", f"{weights:,} weights; at most {MOST_WEIGHTS:,} are allowed. {ask}")
    if five < LEAST_5X5:
        spare = f"{five} maps of the 5×5 for {weights:,} weights"
        return failed("6", f"{spare}; more of them are possible. Where else can you save, and what does a map cost?")
    best = (
        "no module within the rules has more. Do reductions so narrow cost accuracy? No bill says"
        if five >= MOST_5X5
        else "a few more are possible"
    )
    return passed("6", f"{five} maps of the 5×5 for {weights:,} weights, where 3a has 32 for 163,328; {best}")


def separable(function) -> Verdict:
    """Exercise 5: a depthwise-separable convolution in NumPy, ``function(maps, depthwise, pointwise)``."""
    draw = np.random.default_rng(0)
    maps, depthwise, pointwise = draw.normal(size=(6, 7, 3)), draw.normal(size=(3, 3, 3)), draw.normal(size=(3, 5))
    call, advice = "separable(maps, depthwise, pointwise)", branches.separable_error
    answer, verdict = called("5", function, (maps, depthwise, pointwise), name=call, advice=advice)
    if verdict:
        return verdict
    try:
        answer = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        return failed("5", f"return an array of numbers (received {shortened(answer)})")
    if answer.shape == (6, 7, 5) and np.allclose(answer, branches.separable(maps, depthwise, pointwise), atol=1e-6):
        return passed("5", "the same as Keras's DepthwiseConv2D and a 1×1: 27 + 15 weights where a 3×3 has 135")
    return failed("5", branches.separable_fault(answer, maps, depthwise, pointwise))
