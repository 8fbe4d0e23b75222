"""Download one published file: time-outs, checksum, nothing half-written under its final name."""

import hashlib
import http.client
import os
import shutil
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from course_utils.datasets.entry import File

CONNECT_SECONDS = 5.0  # silence after which a connection, or one read of it, is given up
CHUNK = 1 << 20
SLOWEST = 20_000  # bytes a second; after a minute's grace a slower download is given up
LARGE = 5_000_000  # from this size on a download announces itself
PARTIAL = ".partial-"
DAY = 24 * 3600


class SourceError(Exception):
    """A source cannot give the data set; the text says why in a few words."""


class NotHere(SourceError):
    """The source simply does not hold the data set."""


@contextmanager
def partial_folder(parent: Path) -> Iterator[Path]:
    """Give a fresh folder beside the final place; it is removed afterwards whatever happens.

    A process that was killed cannot clean up, so folders of this kind that are older than a day go too.
    """
    parent.mkdir(parents=True, exist_ok=True)
    for left in parent.glob(f"{PARTIAL}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > DAY:
                shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fetch(file: File, folder: Path) -> Path:
    """Download ``file`` into ``folder`` and check its size and SHA-256.

    Args:
        file: row of the catalogue.
        folder: where to write; a temporary one, see `partial_folder`.

    Returns:
        The path of the verified file.

    Raises:
        SourceError: no connection, time-out, HTTP error, fewer or other bytes than published.
        OSError: the file cannot be written.
    """
    path = folder / file.name
    digest, received, started = hashlib.sha256(), 0, time.monotonic()
    with _opened(file.url) as response, path.open("wb") as target:
        if file.size > LARGE:
            print(f"Downloading {file.name} ({file.size / 1e6:.0f} MB) from {urllib.parse.urlsplit(file.url).netloc} …")
        while chunk := _read(response):
            received += len(chunk)
            if time.monotonic() - started > 60 + received / SLOWEST:
                raise SourceError("the connection is too slow")
            if received > file.size:
                raise SourceError(f"{file.name} is longer than the {file.size:,} bytes published")
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    if received < file.size:
        raise SourceError(f"{file.name} ended after {received:,} of {file.size:,} bytes")
    if digest.hexdigest() != file.sha256:
        raise SourceError(f"{file.name} has another SHA-256 than published")
    return path


def _opened(url: str):
    """Open the address, or say why not."""
    try:
        return urllib.request.urlopen(url, timeout=CONNECT_SECONDS)
    except urllib.error.HTTPError as error:
        raise SourceError(f"the server answered {error.code}") from error
    except TimeoutError as error:
        raise SourceError(f"no answer in {CONNECT_SECONDS:g} s") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        if isinstance(getattr(error, "reason", None), TimeoutError):
            raise SourceError(f"no answer in {CONNECT_SECONDS:g} s") from error
        reason = getattr(getattr(error, "reason", error), "strerror", None)
        raise SourceError(f"no connection ({reason})" if reason else "no connection") from error


def _read(response) -> bytes:
    """Read the next piece; an error of the network is not one of the disk."""
    try:
        return response.read1(CHUNK)
    except TimeoutError as error:
        raise SourceError(f"the server fell silent for {CONNECT_SECONDS:g} s") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise SourceError("the connection broke") from error


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
