"""The columns of the catalogue."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class File:
    """One published file: its name, address, SHA-256 and size in bytes."""

    name: str
    url: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Entry:
    """One row of the catalogue.

    Attributes:
        layout: how its files are read: ``"npz"``, ``"idx"``, ``"cifar"``, ``"images"``, or ``"bundled"``.
        files: the published files; empty when nothing can be downloaded and verified.
        copies: names that a copy may have in a mirror, the first one that exists counts.
        members: of a packed set, {member: (hash, bytes)}; the hash is written ``sha256:…`` or ``md5:…``.
        arrays: SHA-256 of each array's bytes (C order, uint8), where known.
        train, test: shapes of x_train and x_test; of image files, how many there are (empty when editions differ).
        stand_in: what is used when nothing else can be had, in words; empty for sets that are bundled themselves.
        maker: name of the function in `datasets.generated` that makes the bundled data.
    """

    name: str
    title: str
    layout: str
    class_names: tuple[str, ...]
    citation: str
    licence: str
    maker: str
    train: tuple[int, ...] = ()
    test: tuple[int, ...] = ()
    files: tuple[File, ...] = ()
    copies: tuple[str, ...] = ()
    members: dict[str, tuple[str, int]] = field(default_factory=dict)
    arrays: dict[str, str] = field(default_factory=dict)
    stand_in: str = ""
