"""A network in a sentence, for readers who cannot see its picture."""

from itertools import groupby

from course_utils.plots.networks import words
from course_utils.plots.networks.graph import Network, Parallel, flat

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
FULL = 24  # units; larger networks tell a module by its size alone


def tell(network: Network, title: str) -> str:
    """Return the description of a picture: input, stages in running order, output."""
    units, last = network.units, network.units[network.output]
    steps = told(network, network.main[1:], brief=len(units) > FULL)
    grouped = [(step, len(list(same))) for step, same in groupby(steps)]
    stages = "; ".join(step if times == 1 else f"{times} × {step}" for step, times in grouped)
    heads = f" {len(network.heads)} auxiliary heads leave it before." if network.heads else ""
    ending = f", {last.after[-1]}" if last.after else ""
    begin = f"{title}: " if title else ""
    return (
        f"{begin}input {words.tight(units['input'].shape)}; {stages}; output {words.tight(last.shape)}{ending}.{heads}"
    )


def told(network: Network, items, *, brief: bool) -> list[str]:
    """Return one phrase an item; a sum or concatenation is told together with the branches it joins."""
    steps: list[str] = []
    for item, following in zip(items, [*items[1:], None], strict=True):
        if isinstance(item, Parallel):
            steps.append(branches(network, item, network.units.get(following), brief=brief))
        elif network.units[item].kind not in ("add", "concat", "multiply"):
            steps.append(phrase(network.units[item]))
    return steps


def branches(network: Network, item: Parallel, join, *, brief: bool) -> str:
    """Return the phrase for parallel branches and their join."""
    longest = max(item.branches, key=lambda branch: len(flat(branch)))
    if join is not None and join.kind == "add" and len(item.branches) == 2:
        inside = ", ".join(told(network, longest, brief=brief))
        other = min(item.branches, key=lambda branch: len(flat(branch)))
        return f"block of {inside}, added to {shortcut([network.units[name] for name in flat(other)])}"
    many = NUMBERS[len(item.branches)] if len(item.branches) < len(NUMBERS) else str(len(item.branches))
    size = f" to {words.tight(join.shape)}" if join is not None else ""
    if brief:
        return f"module of {many} branches{size}"
    parts = " | ".join(", ".join(told(network, branch, brief=False)) or "identity" for branch in item.branches)
    return f"{many} branches ({parts}) joined{size}"


def shortcut(units: list) -> str:
    """Return the phrase for a shortcut: what it passes through, if it learns anything, is a projection."""
    if any(unit.params for unit in units):
        return "a projection shortcut"
    steps = ", ".join(words.in_box(unit)[0].removeprefix("identity, ") for unit in units)
    return f"an identity shortcut{f' ({steps})' if steps else ''}"


def phrase(unit) -> str:
    """Return a unit in a few words: ``3×3 conv to 56×56×128``."""
    what = words.in_box(unit)[0]
    return f"{what} to {words.tight(unit.shape)}" if unit.params or unit.kind == "pooling" else what
