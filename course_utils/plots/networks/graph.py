"""The rows of a network as a graph of units to draw, and that graph as series and parallel branches.

A unit is what one box stands for: a convolution with the batch norm and the ReLU that follow it, a pooling, a sum.
"""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

KINDS = (
    ("skipped", r"Padding|Dropout|Flatten|Reshape|Permute|Cropping|Rescaling|Random|Noise|^Cast$"),
    ("pooling", r"Pool|Subsampling"),
    ("normalisation", r"Norm"),
    ("depthwise", r"DepthwiseConv"),
    ("convolution", r"Conv"),
    ("dense", r"Dense|RBFOutput"),
    ("activation", r"ReLU|Relu|Activation|Softmax|ELU|GELU|Gelu|Silu|Swish|Tanh|Sigmoid|HardSwish"),
    ("concat", r"^Concat"),
    ("shortcut", r"Shortcut"),
    ("add", r"^Add$"),
    ("multiply", r"^Multiply$"),
)
INPUT = "input"
FOLDED = ("normalisation", "activation")


@dataclass(frozen=True)
class Unit:
    """One box of a picture; ``after`` names what is folded into it."""

    name: str
    kind: str
    shape: tuple[int, ...]
    inputs: tuple[str, ...] = ()
    arriving: tuple[int, ...] = ()
    row: Any = None
    after: tuple[str, ...] = ()

    @property
    def side(self) -> int:
        """Height of the maps; 1 for vectors."""
        return self.shape[0] if len(self.shape) == 3 else 1

    @property
    def channels(self) -> int:
        """Maps, or units of a vector."""
        return self.shape[-1]

    @property
    def params(self) -> int:
        """Numbers in the weights."""
        return self.row.params if self.row is not None else 0

    @property
    def frozen(self) -> bool:
        """Whether it has weights, and training changes none of them."""
        return self.params > 0 and self.row.trainable_params == 0


@dataclass
class Parallel:
    """Branches between a unit and the next; a branch without items passes on what arrives."""

    branches: list[list] = field(default_factory=list)


@dataclass(frozen=True)
class Network:
    """Units in running order; ``main`` runs from input to output, ``heads`` are what leaves it before."""

    units: dict[str, Unit]
    output: str
    main: list
    heads: list[list]


def kind_of(row) -> str:
    """Return what a row is drawn as; ``"other"`` for a layer of an unknown kind."""
    return next((kind for kind, pattern in KINDS if re.search(pattern, row.kind)), "other")


def within(rows, prefix: str) -> list:
    """Return the rows of one block: those whose names begin with ``prefix`` (``conv2_block1``, not its 10th)."""
    begins = re.compile(re.escape(prefix) + r"(?![0-9])")
    found = [row for row in rows if begins.match(row.name)]
    if not found:
        names = ", ".join(dict.fromkeys(re.sub(r"_[^_]*$", "", row.name) for row in rows))
        raise ValueError(f"block must begin the names of some layers; received {prefix!r}; names begin with {names}.")
    return found


def network(rows, *, fold: str) -> Network:
    """Return the units of rows and how they hang together.

    Args:
        rows: as `anatomy.describe` finds them.
        fold: ``"all"`` draws no batch norm and no activation, ``"tails"`` only those that do not directly follow a
            unit, ``"nothing"`` draws each.

    Raises:
        ValueError: more than one input arrives.
    """
    units = connected(rows, fold)
    behind = {name: ancestors(units, name) for name in sinks(units)}
    output = max(behind, key=lambda name: len(behind[name]))
    trunk = behind[output] | {output}
    heads = [[name for name in units if name in behind[end] | {end} and name not in trunk] for end in behind]
    main = [INPUT, *series(units, INPUT, output, [n for n in units if n in trunk and n not in (INPUT, output)]), output]
    return Network(units, output, main, [head for head in heads if head])


def connected(rows, fold: str) -> dict[str, Unit]:
    """Return the units by name, the input first; padding, dropout and reshaping are passed through."""
    known, users = {row.name for row in rows}, Counter(name for row in rows for name in set(row.inputs))
    outside = {name: shape for row in rows for name, shape in zip(row.inputs, row.input_shapes, strict=True)}
    outside = {name: shape for name, shape in outside.items() if name not in known}
    if len(outside) != 1:
        raise ValueError(f"found must be a network or block with one input; received {len(outside)}: {list(outside)}.")
    alias, units = dict.fromkeys(outside, INPUT), {INPUT: Unit(INPUT, INPUT, *outside.values())}
    for row in rows:
        kind, before = kind_of(row), alias[row.inputs[0]]
        direct = users[row.inputs[0]] == 1 and before != INPUT
        if kind == "skipped" or (kind in FOLDED and (fold == "all" or (fold == "tails" and direct))):
            alias[row.name] = before
            if direct and kind != "skipped":
                units[before] = replace(units[before], after=(*units[before].after, said(row)))
            continue
        alias[row.name] = row.name
        inputs = tuple(alias[name] for name in row.inputs)
        after = (activation_name(row.activation),) if row.activation and kind not in FOLDED else ()
        units[row.name] = Unit(row.name, kind, row.output_shape, inputs, row.input_shapes[0], row, after)
    return units


def said(row) -> str:
    """Return the word for a normalisation or an activation."""
    if kind_of(row) == "activation":
        return activation_name(row.activation or row.kind)
    return {"BatchNormalization": "batch norm", "LocalResponseNormalization": "LRN"}.get(row.kind, "norm")


def activation_name(name: str) -> str:
    """Return an activation as readers write it."""
    known = {"relu": "ReLU", "relu6": "ReLU6", "scaled_tanh": "tanh", "silu": "SiLU", "gelu": "GELU"}
    return known.get(name.lower(), name if name == "ReLU" else name.lower())


def sinks(units) -> list[str]:
    """Return the units that no other takes."""
    taken = {name for unit in units.values() for name in unit.inputs}
    return [name for name in units if name not in taken]


def ancestors(units, name: str) -> set[str]:
    """Return the names of all units before one."""
    found: set[str] = set()
    waiting = list(units[name].inputs)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += units[one].inputs
    return found


def series(units, start: str, end: str, inside: list[str], *, direct: bool = True) -> list:
    """Return what lies between two units: names that every path passes, and `Parallel` branches between these.

    ``direct=False`` leaves out the line that leads from the first to the last without a unit between.
    """
    order = [start, *inside, end]
    before = {name: [n for n in units[name].inputs if n in order] for name in order[1:]}
    if not direct:
        before[end] = [name for name in before[end] if name != start]
    place = {name: number for number, name in enumerate(order)}
    passed = [start, *passed_by_all(order, before), end]
    items: list = []
    for first, second in pairwise(passed):
        between = [name for name in inside if place[first] < place[name] < place[second]]
        lines = before[second].count(first)
        if between or lines > 1:
            items.append(parallel(units, first, second, between, lines))
        items.append(second)
    return items[:-1]


def passed_by_all(order: list[str], before: dict[str, list[str]]) -> list[str]:
    """Return the units that lie on every path from the first to the last; paths are counted in whole numbers."""
    forward, backward = Counter({order[0]: 1}), Counter({order[-1]: 1})
    for name in order[1:]:
        forward[name] = sum(forward[one] for one in before[name])
    for name in reversed(order[1:]):
        for one in before[name]:
            backward[one] += backward[name]
    return [name for name in order[1:-1] if forward[name] * backward[name] == forward[order[-1]]]


def parallel(units, first: str, second: str, between: list[str], lines: int) -> Parallel:
    """Return the branches between two units, in the order in which the second takes them."""
    groups, taken = components(units, between), units[second].inputs
    if len(groups) == 1 and not lines:
        raise ValueError(f"found must branch and join in pairs; the layers between {first} and {second} do not.")
    inner = [(min(taken.index(name) for name in group if name in taken), group) for group in groups]
    branches = [(place, series(units, first, second, group, direct=False)) for place, group in inner]
    branches += [(place, []) for place, name in enumerate(taken) if name == first]
    return Parallel([branch for _, branch in sorted(branches, key=lambda pair: pair[0])])


def components(units, names: list[str]) -> list[list[str]]:
    """Return groups of units that hang together, each in running order."""
    group = {name: {name} for name in names}
    for name in names:
        for one in units[name].inputs:
            if one in group and group[one] is not group[name]:
                group[one] |= group[name]
                for member in group[name]:
                    group[member] = group[one]
    distinct = {id(members): members for members in group.values()}
    return [[name for name in names if name in members] for members in distinct.values()]


def flat(items) -> list[str]:
    """Return the names of all units of a series, branches included."""
    return [
        name
        for item in items
        for name in ([item] if isinstance(item, str) else [n for branch in item.branches for n in flat(branch)])
    ]
