"""A network as steps from left to right, and runs of equal steps with the words that stand below them."""

from dataclasses import dataclass, field

from course_utils.plots.networks import words
from course_utils.plots.networks.graph import Network, Parallel, Unit

MANY = 8  # blocks of a run that are drawn; of more, two and the last
ENDS = ("softmax", "sigmoid")


@dataclass
class Step:
    """A unit, with the branches that meet in it."""

    unit: Unit
    branches: list[list["Step"]] = field(default_factory=list)

    @property
    def trunk(self) -> list["Step"]:
        """The longest branch."""
        return max(self.branches, key=lambda branch: sum(len(step.names) for step in branch), default=[])

    @property
    def aside(self) -> list[list["Step"]]:
        """All branches but the longest."""
        return [branch for branch in self.branches if branch is not self.trunk]

    @property
    def adds(self) -> bool:
        """Whether it is a sum (or product) of a longer and a shorter way."""
        return self.unit.kind in ("add", "multiply") and len(self.branches) == 2

    @property
    def names(self) -> list[str]:
        """Names of all units."""
        return [name for branch in self.branches for step in branch for name in step.names] + [self.unit.name]

    @property
    def look(self) -> tuple:
        """What makes two steps equal for a reader: windows, and channels where branches are joined."""
        if self.adds:
            return "add", words_of(self.trunk)
        inner = tuple(tuple(step.look for step in branch) for branch in self.branches)
        return self.unit.kind, getattr(self.unit.row, "kernel", None), self.unit.shape, inner


def words_of(steps: list[Step]) -> str:
    """Return the windows of a block: ``1×1, 3×3, 1×1``."""
    return ", ".join(words.only_window(step.unit) for step in steps)


@dataclass
class Run:
    """Equal steps on maps of one size; ``times`` counts those that only the words speak of."""

    steps: list[Step]
    lines: list[str]
    drawn: list[Step | None]  # None: an ellipsis


def steps_of(network: Network, items) -> list[Step]:
    """Return a series as steps; branches are kept with the unit that joins them."""
    steps: list[Step] = []
    waiting: list[list[Step]] = []
    for item in items:
        if isinstance(item, Parallel):
            waiting = [steps_of(network, branch) for branch in item.branches]
        else:
            steps.append(Step(network.units[item], waiting))
            waiting = []
    if waiting:  # branches that meet only in the join of the series around them: side by side in one step
        steps.append(Step(Unit("", "open", (0,)), waiting))
    return steps


def runs_of(steps: list[Step]) -> list[Run]:
    """Return runs of equal steps; pooling belongs to the run before it, a global one to the layer after it."""
    groups: list[list[Step]] = []
    for step in steps:
        kind = step.unit.kind
        before = groups[-1][-1] if groups else None
        if (
            before is not None
            and not step.branches
            and kind == "pooling"
            and before.unit.kind not in ("input", "pooling")
        ):
            glued = not is_global(step)
        else:
            glued = before is not None and (same(before, step) or (is_global(before) and kind == "dense"))
        if glued:
            groups[-1].append(step)
        else:
            groups.append([step])
    return [Run(group, below(group), thinned(group)) for group in groups]


def same(one: Step, other: Step) -> bool:
    """Whether two steps belong to one run."""
    size = one.unit.shape == other.unit.shape
    return size and one.look == other.look and one.unit.kind != "input"


def is_global(step: Step) -> bool:
    """Whether a step pools whole maps."""
    return step.unit.kind == "pooling" and len(step.unit.shape) == 1


def thinned(group: list[Step], many: int = MANY) -> list[Step | None]:
    """Return what is drawn of a run: each step; of more than ``many`` blocks three; of equal modules one."""
    blocks = [step for step in group if step.branches]
    rest: list[Step | None] = [step for step in group if not step.branches]
    if len(blocks) > 1 and not blocks[0].adds:
        return [blocks[0], *rest]
    if len(blocks) > many:
        return [blocks[0], blocks[1], None, blocks[-1], *rest]
    return list(group)


def below(group: list[Step]) -> list[str]:
    """Return the words below a run: size, then what is done."""
    first, units = group[0], [step.unit for step in group]
    size = words.tight(first.unit.shape)
    if first.unit.kind == "input":
        return [size, "image" if len(first.unit.shape) == 3 else "input"]
    pools = ["pool" for unit in units[1:] if unit.kind == "pooling"]
    body = [step for step in group if step.unit.kind != "pooling"]
    times = f"{len(body)} × " if len(body) > 1 else ""
    if is_global(first):
        return [words.tight(units[-1].shape), "global pool", *(line for step in body for line in ended(step.unit))]
    if first.adds:
        return [size, f"{times}[{words_of(first.trunk)}]" if simple(first.trunk) else f"{times}residual module", *pools]
    if first.branches:
        return [size, f"{times}{module_name(first)}", *pools]
    if times:
        return [size, times + words.only_window(first.unit), *pools]
    return [size, *ended(first.unit), *pools]


def ended(unit: Unit) -> list[str]:
    """Return the operation of a unit, and the function that ends a network."""
    return [words.operation(unit).replace(", stride ", " / "), *(word for word in unit.after if word in ENDS)]


def simple(steps: list[Step]) -> bool:
    """Whether a branch is a plain chain."""
    return not any(step.branches for step in steps)


def module_name(step: Step) -> str:
    """Return what the paper calls a module, from its stage: ``inception_3a`` is ``module 3a``."""
    stage = getattr(step.unit.row, "stage", "") or step.unit.name
    for beginning in ("inception_resnet_", "inception_", "mixed"):
        stage = stage.removeprefix(beginning)
    if stage.startswith(("reduction", "stem")):
        return stage.replace("_", " ")
    return f"module {stage.upper() if len(stage) == 1 else stage}"
