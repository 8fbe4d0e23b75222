"""Where each set would come from, found without reading or downloading it."""

from course_utils import paths
from course_utils.datasets import readers, store
from course_utils.datasets.catalogue import CATALOGUE
from course_utils.datasets.fetch import SourceError
from course_utils.validation import one_of


def expected_source(name: str) -> tuple[str, str]:
    """Return the source that `load` or `load_folder` would try first and has a chance with, and a remark.

    Nothing is opened, verified or downloaded: the answer takes milliseconds.

    Args:
        name: a name of the catalogue.

    Returns:
        ``"mirror"``, ``"cache"``, ``"download"`` or ``"bundled"``, and the file, address or stand-in.

    Raises:
        ValueError: unknown name.
    """
    entry = CATALOGUE[one_of("name", name, CATALOGUE)]
    if entry.layout == "bundled":
        return "bundled", "always there"
    for source, folder in (("mirror", paths.mirror()), ("cache", paths.downloads())):
        if source == "cache" and store.place(name).exists():
            return "cache", store.place(name).name
        if source == "cache" and (kept := _unpacked(entry)):
            return "cache", kept
        if folder is not None:
            try:
                return source, readers.find(entry, folder).name
            except SourceError:
                continue
    if entry.files and not paths.offline():
        size = sum(file.size for file in entry.files) / 1e6
        return "download", f"{size:.0f} MB, if the network answers; else {entry.stand_in}"
    return "bundled", entry.stand_in


def _unpacked(entry) -> str:
    """Return the name of the folder that an earlier download was unpacked to, or ""."""
    names = (f"{entry.name}-{file.sha256[:12]}" for file in entry.files)
    return next((name for name in names if (paths.downloads() / "images" / name).is_dir()), "")
