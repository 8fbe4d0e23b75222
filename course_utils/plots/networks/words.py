"""What stands in the boxes and below them: windows, channels, sizes, counts."""

from course_utils.plots.networks.graph import Unit, said

NAMES = {
    "add": "add",
    "multiply": "multiply",
    "concat": "concatenate",
    "shortcut": "every 2nd pixel,\nzero channels",
    "activation": "activation",
}


def in_box(unit: Unit) -> tuple[str, str]:
    """Return the two lines of a box: what it computes, and the channels it takes and gives; the second may be empty."""
    if unit.kind in ("normalisation", "activation"):
        return said(unit.row), ""
    passes = f"{unit.arriving[-1]:,} → {unit.channels:,}" if unit.arriving else ""
    if unit.kind in ("convolution", "dense"):
        return operation(unit), passes
    if unit.kind in ("pooling", "depthwise"):
        return window(unit.row), f"{unit.channels:,} channels" + stepping(unit.row, unit.kind)
    if unit.kind == "shortcut":
        return "identity, stride 2", passes
    return operation(unit), size(unit.shape)


def operation(unit: Unit) -> str:
    """Return what a unit computes: ``3×3 conv, stride 2``."""
    row = unit.row
    if unit.kind == "dense":
        return "distances" if "RBF" in row.kind else "dense"
    if unit.kind in ("convolution", "depthwise", "pooling"):
        return window(row) + stepping(row, unit.kind)
    return NAMES.get(unit.kind, row.kind if row is not None else unit.name)


def window(row) -> str:
    """Return the window and the kind of a convolution or pooling: ``3×3 max pool``."""
    what = "conv"
    if "Pool" in row.kind:
        what = "max pool" if "Max" in row.kind else "average pool"
    elif "Subsampling" in row.kind:
        what = "subsampling"
    elif "Depthwise" in row.kind:
        what = "depthwise"
    elif "Separable" in row.kind:
        what = "separable"
    elif "Partial" in row.kind:
        what = "partial conv"
    if "Global" in row.kind or not row.kernel:
        return "global pool" if "pool" in what else what
    return "×".join(map(str, row.kernel)) + f" {what}"


def only_window(unit: Unit) -> str:
    """Return the window alone, in little room: ``3×3``, ``pool``, ``dense``."""
    if unit.kind in ("convolution", "depthwise") and unit.row.kernel:
        return "×".join(map(str, unit.row.kernel))
    return {"pooling": "pool"}.get(unit.kind, operation(unit))


def stepping(row, kind: str) -> str:
    """Return the stride where it is not the usual one: 1 for convolutions, the window for pooling."""
    if not row.steps or "Global" in row.kind or "Subsampling" in row.kind:
        return ""
    usual = 1 if kind != "pooling" else None
    stride = max(row.steps)
    return "" if stride == usual or (kind == "pooling" and row.steps == row.kernel) else f", stride {stride}"


def size(shape: tuple[int, ...]) -> str:
    """Return a shape as readers write it: ``28 × 28 × 256``, ``4,096``."""
    return " × ".join(f"{length:,}" for length in shape)


def tight(shape: tuple[int, ...]) -> str:
    """Return a shape in little room: ``28×28×256``."""
    return "×".join(str(length) for length in shape) if len(shape) > 1 else f"{shape[0]:,}"


def short(number: float) -> str:
    """Return a count in thousands, millions or billions: ``60.97 M``."""
    for unit, letter in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if number >= unit:
            return f"{number / unit:.3g}{letter}"
    return f"{number:g}"


def counts(rows) -> str:
    """Return the parameters and multiply-adds of rows in a line."""
    params, macs = sum(row.params for row in rows), sum(row.macs or 0 for row in rows)
    parts = [f"{params:,} parameters"] if params else []
    return " · ".join([*parts, f"{short(macs)} multiply-adds"] if macs else parts)
