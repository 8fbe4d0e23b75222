"""Which stage of the network a layer belongs to: read from its name, or from the size of its maps.

The rule, in order:

1. A name that holds a stage's key word with its number or letter says it: ``block3_conv2`` is of ``block3``,
   ``conv4_block6_2_conv`` of ``conv4``, ``inception_3a_5x5_reduce`` of ``inception_3a``. The first one counts, and
   repeated blocks are one stage: ``inception_a1`` to ``inception_a4`` are ``inception_a``.
2. Vectors after the last map are the ``head``, and so is what is named so (``fc6``, ``predictions``, ``top_conv``).
3. Every other layer belongs with the layer before it, the first ones with the layer after them.

Where fewer than half of the layers with weights have such a name, names say nothing: the stage of a layer with weights
is then its resolution, the height and width of its maps (``28×28``), and rules 2 and 3 hold as before.
"""

import re

HEAD = "head"
WORDS = re.compile(
    r"""(?:^|[_/])(?:
    (?P<head>head|top|fc\d*|classifier|predictions|logits|probs)(?=[_/]|$) |
    (?P<aux>aux_?\d*)(?=[_/]|$) |
    (?P<stem>stem)(?=[_/\d]|$) |
    (?P<family>inception_resnet_[a-z])(?=\d|[_/]|$) |
    (?P<module>inception_(?:\d+[a-z]?|[a-z]))(?=\d|[_/]|$) |
    (?P<reduction>reduction_[a-z]?\d*)(?=[_/]|$) |
    (?P<mixed>mixed_?\d+[a-z]?)(?=[_/]|$) |
    (?P<numbered>(?:downsampling_)?(?:block|stage|layer|group|cell)_?\d+)(?!\d) |
    (?P<conv>conv\d+)(?![\da-z])
    )""",
    re.VERBOSE | re.IGNORECASE,
)


def named(name: str) -> str | None:
    """Return the stage that a layer's name says, or None."""
    found = WORDS.search(name)
    return (HEAD if found.lastgroup == "head" else found[found.lastgroup].lower()) if found else None


def of_rows(rows) -> list[str]:
    """Return the stage of each row of a network, in the same order."""
    maps = [resolution(row.output_shape) for row in rows]
    last = max((place for place, label in enumerate(maps) if label), default=-1)
    names = [named(row.name) for row in rows]
    said = [name is not None for row, name in zip(rows, names, strict=True) if row.params]
    resolutions = [label if row.params else None for row, label in zip(rows, maps, strict=True)]
    labels = names if 2 * sum(said) >= len(said) else resolutions
    labels = [label or (HEAD if place > last else None) for place, label in enumerate(labels)]
    return filled(labels)


def resolution(shape) -> str | None:
    """Return the size of maps as ``height×width``; None for vectors, and for maps of a single position."""
    sizes = shape[:-1]
    return "×".join(str(size) for size in sizes) if any(size != 1 for size in sizes) else None


def filled(labels: list) -> list[str]:
    """Return the labels with each gap taking the label before it, gaps at the beginning that after them."""
    current = next((label for label in labels if label), HEAD)
    whole = []
    for label in labels:
        current = label or current
        whole.append(current)
    return whole
