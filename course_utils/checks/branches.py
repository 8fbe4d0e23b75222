"""What exercises 2 and 5 of lesson 09 distinguish: the usual wrong modules, and wrong depthwise-separable blocks."""

from collections import Counter

import numpy as np

from course_utils.checks.core import on_layer

ENDS = ("1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj")  # of a module, in the order of the table's row


def row_of(model, name: str) -> tuple[int, ...]:
    """Return the six widths of a built module of GoogLeNet."""
    return tuple(model.get_layer(f"inception_{name}_{end}").filters for end in ENDS)


def on_error(error: Exception) -> str:
    """Return the hint on a module that raises."""
    if hint := on_layer(error):
        return hint
    if "incompatible shapes" in str(error):  # what keras.layers.Add says of branches of different widths
        return "The branches are not added: every map of each leaves the module."
    joined = "Do all branches keep height and width, and along which axis are they joined?"
    return joined if "oncat" in str(error) else ""


def shape_fault(got: tuple, wanted: tuple, arriving: int, row: tuple) -> str:
    """Return the hint on maps of a wrong shape, or nothing."""
    if got == wanted:
        return ""
    if got[:2] != wanted[:2]:
        return "every branch keeps the height and width of the maps: look at padding and strides."
    one, _, three, _, five, projection = row
    if got[2] == one + three + five + arriving:
        return "the pool's branch still hands on every map that arrives."
    if got[2] == three + five + projection:
        return "a branch is missing."
    if got[2] == sum(row):
        return "all six convolutions are joined: only the last one of each branch leaves the module."
    return f"{one} + {three} + {five} + {projection} maps are wanted."


def weights_fault(yours, package) -> str:
    """Return the hint on convolutions of wrong sizes, or nothing."""
    own, known = ([tuple(weight.shape) for weight in one.get_weights()] for one in (yours, package))
    if Counter(own) == Counter(known):
        return ""
    kernels, right = ([shape for shape in shapes if len(shape) == 4] for shapes in (own, known))
    if Counter(kernels) == Counter(right):
        return "each convolution has a bias for each of its filters, and nothing else is learned."
    if len(kernels) != len(right):
        return f"convolutions in it: {len(kernels)}; how many has the drawing of 3a?"
    if Counter(shape[:2] for shape in kernels) != Counter(shape[:2] for shape in right):
        sides = ", ".join(sorted(f"{shape[0]}×{shape[1]}" for shape in kernels))
        return f"the sides of your kernels: {sides}; compare with the drawing of 3a."
    which = "which of the six numbers belongs to which kernel, and what does each kernel read?"
    return f"the kernels have the right sides, but not all the right numbers of maps: {which}"


def values_fault(yours, package) -> str:
    """Give both the same weights and compare their outputs on random maps; return the hint, or nothing."""
    draw = np.random.default_rng(0)
    by_shape: dict[tuple, list] = {}
    for weight in package.get_weights():
        scale = 0.5 if len(weight.shape) == 4 else 0.1
        by_shape.setdefault(tuple(weight.shape), []).append(scale * draw.normal(size=weight.shape))
    for model in (yours, package):
        taken: Counter = Counter()
        for layer in model.layers:
            if layer.weights:
                shape = tuple(layer.kernel.shape)
                place = taken[shape]
                taken[shape] += 1
                layer.set_weights([by_shape[shape][place], np.full(shape[3], 0.1)])
    maps = draw.normal(size=(2, *package.input_shape[1:])).astype("float32")
    answer, right = (np.asarray(model(maps)) for model in (yours, package))
    if np.allclose(answer, right, atol=1e-4):
        return ""
    if answer.min() < -1e-6:
        return "negative numbers come out: what follows each convolution?"
    if np.allclose(np.sort(answer.sum(axis=(0, 1, 2))), np.sort(right.sum(axis=(0, 1, 2))), rtol=1e-4):
        return "the branches are right, but they are joined in another order than in the drawing."
    same = [np.allclose(answer[..., c], right[..., c], atol=1e-4) for c in range(right.shape[-1])]
    if not any(same[-package.layers[-1].input[-1].shape[-1] :]) and sum(same) >= len(same) // 2:
        return "the pool's branch differs, the others agree: which pool is it, and what comes first?"
    return "sizes and weights are right, the numbers are not: what follows and what feeds each convolution?"


def separable_error(error: Exception) -> str:
    """Return the hint on a depthwise-separable convolution that raises."""
    told = str(error)
    if "kernel must" in told or "image must" in told:
        return "`conv2d` looks around in one map, (H, W), with one kernel, (3, 3)."
    if isinstance(error, IndexError):
        return "Does `depthwise` have a kernel for every map that you look around in? Think of what comes first."
    if "matmul" in told and "size 5 is different from 3" in told:
        return "`pointwise` has a row for each map that comes in and a column for each that goes out, as it stands."
    if "matmul" in told:
        return "`@` needs the maps on the last axis, and as many of them as `pointwise` has rows."
    return ""


def separable_fault(answer, maps, depthwise, pointwise) -> str:
    """Return the hint on a wrong output of a depthwise-separable convolution."""
    looked, expected = looked_around(maps, depthwise), separable(maps, depthwise, pointwise)
    shared = np.repeat(depthwise[..., :1], maps.shape[-1], axis=-1)
    turned = depthwise[::-1, ::-1]
    few, many = pointwise.shape
    orders = [(np.arange(few), np.arange(few)), (np.arange(many), np.arange(many) % few), (np.arange(many), [0] * many)]
    known = [
        (looked, "you have looked around map by map; the mixing is missing."),
        (looked.sum(axis=-1), "the maps are added up as they are; `pointwise` says how much of each goes into which."),
        (maps @ pointwise, "that mixes without looking around."),
        (separable(maps, shared, pointwise), "every map has a kernel of its own."),
        (separable(maps, turned, pointwise), "the kernels are turned round; `conv2d` of lesson 01 does not turn them."),
        (np.maximum(looked, 0) @ pointwise, "there is no ReLU between the two steps here."),
        (np.maximum(expected, 0), "there is no ReLU after the second step here."),
        (looked.sum(axis=-1, keepdims=True) * pointwise.sum(axis=0), "the maps are added up before they are mixed."),
        *[
            (looked_around((maps @ pointwise)[..., kept], depthwise[..., used]), "which of the two steps comes first?")
            for kept, used in orders
        ],
        (looked[1:-1, 1:-1] @ pointwise, "the maps have become smaller: both kernels keep height and width."),
    ]
    for wrong, hint in known:
        if np.shape(answer) == np.shape(wrong) and np.allclose(answer, wrong, atol=1e-6):
            return hint
    if np.shape(answer) == (expected.shape[-1], *expected.shape[:2]):
        return "the maps stand on the last axis, not on the first."
    if np.shape(answer)[:2] == maps.shape[1:]:
        return "your maps have lost their height: `maps[..., c]` is map c, (H, W); `maps[c]` is a row of pixels."
    if np.shape(answer) != expected.shape:
        return f"the result must have shape {expected.shape}; yours has {np.shape(answer)}."
    return "the shape is right, the numbers are not: which kernel belongs to which map, and what does the 1×1 add up?"


def looked_around(maps, depthwise) -> np.ndarray:
    """Return every map convolved with its own kernel, zeros around: (H, W, C), (3, 3, C) → (H, W, C)."""
    framed = np.pad(maps, ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(framed, depthwise.shape[:2], axis=(0, 1))
    return np.einsum("hwcij,ijc->hwc", windows, depthwise)


def separable(maps, depthwise, pointwise) -> np.ndarray:
    """Return the depthwise-separable convolution: (H, W, C), (3, 3, C), (C, F) → (H, W, F)."""
    return looked_around(maps, depthwise) @ pointwise
