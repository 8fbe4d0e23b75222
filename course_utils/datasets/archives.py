"""Unpack an archive of images: every member is looked at before the first byte is written."""

import stat
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from course_utils.datasets.fetch import SourceError

MOST_FILES = 50_000
MOST_BYTES = 4 << 30


def unpack(archive: Path, folder: Path) -> int:
    """Unpack a .zip or .tar file into ``folder`` and return the number of files.

    An archive is refused as a whole when one member has an absolute name, leads out of the folder, is a link or a
    device, or when it would unpack to more than 50,000 files or 4 GiB.

    Raises:
        SourceError: the archive is refused.
    """
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            members = [(info, info.filename, _zip_kind(info), info.file_size) for info in opened.infolist()]
            return _write_all(members, opened.open, folder)
    with tarfile.open(archive, "r:*") as opened:
        members = [(info, info.name, _tar_kind(info), info.size) for info in opened]
        return _write_all(members, opened.extractfile, folder)


def _zip_kind(info: zipfile.ZipInfo) -> str:
    """Return "folder", "file" or "link"; the kind of file stands in the upper half of external_attr."""
    mode = info.external_attr >> 16
    if info.is_dir():
        return "folder"
    return "file" if stat.S_IFMT(mode) in (0, stat.S_IFREG) else "link"


def _tar_kind(info: tarfile.TarInfo) -> str:
    """Return "folder", "file", or "link" for everything else (links, devices, pipes)."""
    return "folder" if info.isdir() else "file" if info.isreg() else "link"


def _write_all(members, open_member, folder: Path) -> int:
    """Check every member, then write the files."""
    files = list(_checked(members))
    for info, name in files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with open_member(info) as source, target.open("xb") as written:
            while chunk := source.read(1 << 20):
                written.write(chunk)
    return len(files)


def _checked(members) -> Iterator[tuple]:
    """Yield (member, safe name) of each file; raise at the first member that is not harmless."""
    total, seen = 0, set()
    for info, name, kind, size in members:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name:
            raise SourceError(f"refused: member {name!r} leads out of the folder")
        if kind == "link":
            raise SourceError(f"refused: member {name!r} is a link or a device")
        if kind == "folder":
            continue
        total += size
        if len(seen) >= MOST_FILES or total > MOST_BYTES:
            raise SourceError(f"refused: more than {MOST_FILES:,} files or {MOST_BYTES >> 30} GiB")
        if path in seen:
            raise SourceError(f"refused: member {name!r} appears twice")
        seen.add(path)
        yield info, str(path)
