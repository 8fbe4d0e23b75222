"""Archives that may be hostile or damaged: every member is looked at before the first byte is written."""

import bz2
import gzip
import lzma
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from course_utils.files import Damaged, reading

MOST_FILES = 50_000
MOST_BYTES = 4 << 30
PIECE = 1 << 20
LARGEST_READ = 64 << 20  # bytes that the header of a member may make its reader hold in memory


def unpack(archive: Path, folder: Path) -> int:
    """Unpack a .zip or .tar file into ``folder`` and return the number of files.

    An archive is refused as a whole when one member has an absolute name, leads out of the folder, is a link or a
    device, or when it would unpack to more than 50,000 files or 4 GiB. Python's ``filter="data"`` leads such names
    back into the folder member by member; here nothing is written before every member was looked at.

    Raises:
        Unreadable: the archive may not be opened.
        Damaged: the archive is refused, or cannot be read to its end.
        OSError: the folder cannot be written.
    """
    with reading(archive):
        zipped = zipfile.is_zipfile(archive)
    if not zipped:
        with open_tar(archive) as opened:
            members = [(info, info.name, _tar_kind(info), info.size) for info in members_of(archive, opened)]
            return _write_all(archive, members, opened.extractfile, folder)
    with reading(archive):
        opened = zipfile.ZipFile(archive)
    with opened:
        members = [(info, info.filename, _zip_kind(info), info.file_size) for info in opened.infolist()]
        return _write_all(archive, members, opened.open, folder)


def _write_all(archive: Path, members: list[tuple], open_member: Callable, folder: Path) -> int:
    """Check every member, then write the files. A fault of the archive is distinguished from one of the disk."""
    files = list(_checked(members))
    for info, name in files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as written:
            for piece in _pieces(archive, open_member, info):
                written.write(piece)
    return len(files)


def _pieces(archive: Path, open_member: Callable, info) -> Iterator[bytes]:
    """Yield the content of one member."""
    with reading(archive), open_member(info) as source:
        while piece := source.read(PIECE):
            yield piece


def _checked(members: Iterable[tuple]) -> Iterator[tuple]:
    """Yield (member, safe name) of each file; raise at the first member that is not harmless."""
    total, seen = 0, set()
    for number, (info, name, kind, size) in enumerate(members, start=1):
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name:
            raise Damaged(f"refused: member {name!r} leads out of the folder")
        if kind == "link":
            raise Damaged(f"refused: member {name!r} is a link or a device")
        total += size
        if number > MOST_FILES or size < 0 or total > MOST_BYTES:
            raise Damaged(f"refused: more than {MOST_FILES:,} files or {MOST_BYTES >> 30} GiB")
        if kind == "folder":
            continue
        if not path.parts:
            raise Damaged("refused: a member has no name")
        if path in seen:
            raise Damaged(f"refused: member {name!r} appears twice")
        seen.add(path)
        yield info, str(path)


def _zip_kind(info: zipfile.ZipInfo) -> str:
    """Return "folder", "file" or "link"; the kind of file stands in the upper half of external_attr."""
    mode = info.external_attr >> 16
    if info.is_dir():
        return "folder"
    return "file" if stat.S_IFMT(mode) in (0, stat.S_IFREG) else "link"


def _tar_kind(info: tarfile.TarInfo) -> str:
    """Return "folder", "file", or "link" for everything else (links, devices, pipes, files with holes)."""
    return "folder" if info.isdir() else "file" if info.isreg() and not info.issparse() else "link"


class _Bounded:
    """A file of which nobody reads more than a piece at a time: a header cannot fill the memory."""

    def __init__(self, file: IO[bytes]):
        self.seek, self.tell, self._file = file.seek, file.tell, file

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= LARGEST_READ:
            raise Damaged(f"a header asks for {size:,} bytes")
        return self._file.read(size)


@contextmanager
def open_tar(path: Path) -> Iterator[tarfile.TarFile]:
    """Open a tar file, packed or not."""
    with reading(path), path.open("rb") as opened:
        start = opened.read(6)
    openers = ((b"\x1f\x8b", gzip.open), (b"\xfd7zXZ\0", lzma.open), (b"BZh", bz2.open), (b"", open))
    with next(opener for magic, opener in openers if start.startswith(magic))(path, "rb") as plain:
        with reading(path):
            archive = tarfile.TarFile(fileobj=_Bounded(plain), mode="r")
        with archive:
            yield archive


def members_of(path: Path, archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Yield the members; a size below 0, which would lead the reader back, is refused before it reads on."""
    total = 0
    with reading(path):
        for number, member in enumerate(archive, start=1):
            total += member.size
            if member.size < 0 or number > MOST_FILES or total > MOST_BYTES:
                raise Damaged(f"refused: more than {MOST_FILES:,} files or {MOST_BYTES >> 30} GiB")
            yield member
