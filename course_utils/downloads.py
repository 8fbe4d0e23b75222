"""Download one file: limits of time, rate and size, verified content, nothing half-written under its final name.

Ours and not pooch: that limits the silence between two reads, but neither slow headers, the total rate nor the size.
"""

import hashlib
import os
import queue
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Generator
from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from typing import Any

CONNECT_SECONDS = 5.0  # for the connection, and of silence after which it is given up
HEADER_SECONDS = 15.0  # until the last header, redirections included
GRACE = 60.0  # seconds after which a download slower than SLOWEST is given up
SLOWEST = 20_000  # bytes a second
CHUNK = 1 << 20
LARGE = 5_000_000  # bytes; from this size on a download announces itself


class SourceError(Exception):
    """A source cannot give what is asked for; the text says why in a few words."""


class NotHere(SourceError):
    """The source simply does not hold it."""


class NoConnection(SourceError):
    """The network is at fault, so asking it for another file would only cost time."""


def fetch(url: str, path: Path, *, digest: str, size: int | None = None, most: int | None = None) -> Path:
    """Download a file and compare it with its published hash.

    Args:
        url: the address.
        path: where to write, in a temporary folder (`files.partial_folder`): a failure leaves a part there.
        digest: what the content must have, ``"sha256:…"`` or ``"md5:…"``; ``""`` where nothing is published.
        size: bytes it must have, where known.
        most: bytes it may have; ``size`` when None.

    Returns:
        ``path``.

    Raises:
        SourceError: no connection, slow or silent server, an HTTP error, no HTTP at all, other bytes than published.
        OSError: the file cannot be written.

    Example:
        >>> with files.partial_folder(cache) as folder:
        ...     fetch(url, folder / "mnist.npz", digest="sha256:731c…", size=11_490_434)
    """
    algorithm, _, expected = digest.partition(":")
    found = hashlib.new(algorithm or "sha256", usedforsecurity=False)
    received, started, limit = 0, time.monotonic(), size if most is None else most
    with closing(_pieces(url)) as pieces:
        announced = next(pieces)
        if limit is not None and (announced or 0) > limit:
            raise SourceError(f"{path.name} is longer than the {limit:,} bytes expected")
        if (size or announced or 0) > LARGE:
            place = urllib.parse.urlsplit(url).netloc
            print(f"Downloading {path.name} ({(size or announced) / 1e6:.0f} MB) from {place} …")
        with path.open("wb") as target:
            for piece in pieces:
                received += len(piece)
                if limit is not None and received > limit:
                    raise SourceError(f"{path.name} is longer than the {limit:,} bytes expected")
                if time.monotonic() - started > GRACE + received / SLOWEST:
                    raise NoConnection("the connection is too slow")
                found.update(piece)
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
    whole = announced if size is None else size
    if whole is not None and received < whole:
        raise SourceError(f"{path.name} ended after {received:,} of {whole:,} bytes")
    if digest and found.hexdigest() != expected:
        raise SourceError(f"{path.name} has another {algorithm.upper().replace('SHA', 'SHA-')} than published")
    return path


def _pieces(url: str) -> Generator[Any, None, None]:
    """Yield the length that the headers tell (or None), then the content piece by piece.

    A thread waits for the server, so that no server can make the caller wait: a name that is not resolved, headers or
    chunk sizes that come a letter at a time, an answer that stops.
    """
    arrived: queue.Queue = queue.Queue(maxsize=2)
    enough = threading.Event()
    threading.Thread(target=_pump, args=(url, arrived, enough), daemon=True, name="download").start()
    patience, late = HEADER_SECONDS, "no answer"
    try:
        while True:
            try:
                item = arrived.get(timeout=patience)
            except queue.Empty:
                raise NoConnection(f"{late} for {patience:g} s") from None
            if isinstance(item, Exception):
                raise _explained(item, late) from item
            if item == b"":
                return
            yield item
            patience, late = 2 * CONNECT_SECONDS, "the server fell silent"
    finally:
        enough.set()


def _pump(url: str, arrived: queue.Queue, enough: threading.Event) -> None:
    """Put the length, the pieces and at last b"" into the queue, or the error that ended it."""

    def hand_over(item) -> None:
        while not enough.is_set():
            try:
                return arrived.put(item, timeout=0.2)
            except queue.Full:
                continue

    try:
        with urllib.request.urlopen(url, timeout=CONNECT_SECONDS) as response:
            hand_over(response.length)
            while not enough.is_set():
                piece = response.read1(CHUNK)
                hand_over(piece)
                if not piece:
                    return
    except Exception as error:  # whatever a server or a name may cause is told to the caller
        hand_over(error)


def _explained(error: Exception, late: str) -> SourceError:
    """Return the error in our words."""
    if isinstance(error, urllib.error.HTTPError):
        return SourceError(f"the server answered {error.code}")
    cause = getattr(error, "reason", error)
    if isinstance(error, TimeoutError) or isinstance(cause, TimeoutError):
        return NoConnection(f"{late} for {CONNECT_SECONDS:g} s")
    if late != "no answer":
        return NoConnection("the connection broke")
    if isinstance(error, (HTTPException, ValueError)):
        return SourceError(f"the answer is no HTTP ({type(error).__name__})")
    reason = getattr(cause, "strerror", None)
    return NoConnection(f"no connection ({reason})" if reason else "no connection")
