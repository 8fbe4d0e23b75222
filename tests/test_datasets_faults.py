"""Everything that can go wrong with a source: it is explained, the lesson goes on, nothing half-written is left."""

import errno
import json
import os
import pickle
import socket
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from datasets_tools import PARTS, files_below, npz, reply, serving, small_arrays, small_cifar, small_mnist, tar

from course_utils import datasets, downloads, files
from course_utils.datasets import readers, sources, store
from course_utils.datasets.catalogue import CATALOGUE


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, no mirror, network allowed, little patience."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("COURSE_CACHE_DIR", str(folder))
    monkeypatch.delenv("COURSE_OFFLINE", raising=False)
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    monkeypatch.setattr(files.os, "fsync", lambda descriptor: None)  # waits for the disk, which no test here needs
    monkeypatch.setattr(downloads, "CONNECT_SECONDS", 0.4)
    monkeypatch.setattr(downloads, "HEADER_SECONDS", 1.2)
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    return folder


@pytest.fixture
def mirror(tmp_path, monkeypatch, cache):
    folder = tmp_path / "mirror"
    folder.mkdir()
    monkeypatch.setenv("COURSE_DATA_DIR", str(folder))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    return folder


@pytest.fixture
def few_shapes(monkeypatch):
    """Spare the tests of CIFAR's faults the drawing of its stand-in."""
    monkeypatch.setattr(sources, "make", lambda maker: small_arrays(shape=(32, 32, 3)))


@pytest.fixture
def published(monkeypatch, cache):
    """A small MNIST on a server that gives the right file; returns the row's parts."""
    with serving(lambda handler: reply(handler, content)) as (address, asked):
        entry, content, arrays = small_mnist(f"{address}/mnist.npz")
        monkeypatch.setitem(CATALOGUE, "mnist", entry)
        yield entry, content, arrays, asked


def fell_back(capsys, *expected):
    """Load MNIST and assert that it fell back on the digits, saying why in one line; return the line."""
    dataset = datasets.load("mnist")
    line = capsys.readouterr().out
    assert dataset.stand_in and len(dataset.x_train) == 1497
    assert line.count("\n") == 1
    for words in expected:
        assert words in line
    return line


ENOUGH = threading.Event()  # set when a test is done with its silent server


def silence(handler):
    ENOUGH.wait(60)


def half(content, *, then_wait=0.0):
    def answer(handler):
        reply(handler, content[: len(content) // 2], length=len(content))
        handler.wfile.flush()
        ENOUGH.wait(then_wait)

    return answer


ANSWERS = {
    "404": (lambda content: lambda handler: reply(handler, b"no", status=404), "the server answered 404"),
    "500": (lambda content: lambda handler: reply(handler, b"", status=500), "the server answered 500"),
    "truncated": (half, "mnist.npz ended after"),
    "stalls": (lambda content: half(content, then_wait=60), "the server fell silent"),
    "never answers": (lambda content: silence, "no answer for"),
    "other bytes": (lambda content: lambda handler: reply(handler, content[::-1]), "another SHA-256"),
    "too long": (lambda content: lambda handler: reply(handler, content + b"!"), "longer than"),
    "nonsense": (lambda content: lambda handler: handler.wfile.write(b"\0\1\2"), "the answer is no HTTP"),
}


@pytest.mark.parametrize("fault", ANSWERS)
def test_fault_of_the_server_is_explained_and_leaves_nothing(fault, cache, monkeypatch, capsys):
    entry, content, _ = small_mnist()
    make, expected = ANSWERS[fault]
    ENOUGH.clear()
    with serving(make(content)) as (address, asked):
        entry, _, _ = small_mnist(f"{address}/mnist.npz")
        monkeypatch.setitem(CATALOGUE, "mnist", entry)
        started = time.monotonic()
        fell_back(capsys, expected)
        assert time.monotonic() - started < 30, "waited for a server that says nothing"
        ENOUGH.set()
        assert asked == ["/mnist.npz"] or fault == "nonsense"
    assert files_below(cache) == []


def test_unreachable_host(cache, monkeypatch, capsys):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    entry, _, _ = small_mnist(f"http://127.0.0.1:{closed}/mnist.npz")
    monkeypatch.setitem(CATALOGUE, "mnist", entry)
    fell_back(capsys, "download: no connection (Connection refused)")
    assert files_below(cache) == []


def test_offline_asks_nobody(published, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    fell_back(capsys, "COURSE_OFFLINE is set")
    assert published[3] == []


def test_download_works_after_a_failure(published, cache, capsys):
    _, _, arrays, asked = published
    dataset = datasets.load("mnist")
    assert dataset.source == "download" and np.array_equal(dataset.x_test, arrays[2])
    assert files_below(cache) == ["arrays/mnist.npz"]
    assert datasets.load("mnist").source == "cache" and len(asked) == 1


def full(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_full_disk_while_downloading(published, cache, monkeypatch, capsys):
    monkeypatch.setattr(files.os, "fsync", full)
    fell_back(capsys, "cannot write to", "No space left on device")
    assert files_below(cache) == []


def test_full_disk_while_keeping_costs_only_the_cache(mirror, cache, monkeypatch, capsys):
    entry, content, arrays = small_mnist()
    monkeypatch.setitem(CATALOGUE, "mnist", entry)
    (mirror / "mnist.npz").write_bytes(content)
    monkeypatch.setattr(files.os, "fsync", full)
    dataset = datasets.load("mnist")
    assert dataset.source == "mirror" and np.array_equal(dataset.x_train, arrays[0])
    assert "not kept in the cache: No space left on device" in capsys.readouterr().out
    assert files_below(cache) == []


def test_cache_that_cannot_be_written(published, tmp_path, monkeypatch, capsys):
    # Below a file no folder can be made, not even by root: as on a read-only disk.
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert datasets.load("mnist").source == "download"
    assert "not kept in the cache" in capsys.readouterr().out
    assert (tmp_path / "file").read_text() == "mine"


def test_file_of_the_user_with_other_content_is_left_alone(published, cache, capsys):
    cache.mkdir()
    (cache / "mnist.npz").write_bytes(b"my own notes")
    assert datasets.load("mnist").source == "download"
    assert "mnist.npz cannot be read (File is not a zip file); left alone" in capsys.readouterr().out
    assert (cache / "mnist.npz").read_bytes() == b"my own notes"


def test_damaged_cache_is_set_aside_and_made_anew(published, cache, capsys):
    _, _, arrays, asked = published
    datasets.load("mnist")
    kept = store.place("mnist")
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(content)
    capsys.readouterr()
    dataset = datasets.load("mnist")
    assert dataset.source == "download" and np.array_equal(dataset.x_train, arrays[0])
    assert "renamed to mnist.npz.damaged" in capsys.readouterr().out
    assert kept.with_name("mnist.npz.damaged").read_bytes() == bytes(content)
    assert datasets.load("mnist").source == "cache" and len(asked) == 2


def test_forged_cache_is_not_believed(published, cache):
    entry, _, _, _ = published
    forged = small_arrays(seed=7)
    store.keep(entry, forged, origin="forged, with hashes that fit themselves")
    assert datasets.load("mnist").source == "download", "the catalogue's hashes must decide, not the file's own"


def test_cache_file_deleted_between_check_and_open(published, cache, monkeypatch):
    datasets.load("mnist")
    real = store.load_arrays

    def gone(path, **options):
        path.unlink()
        return real(path, **options)

    monkeypatch.setattr(store, "load_arrays", gone)
    assert datasets.load("mnist").source == "download"


def test_mirror_file_deleted_between_check_and_open(mirror, monkeypatch, capsys):
    entry, content, _ = small_mnist()
    monkeypatch.setitem(CATALOGUE, "mnist", entry)
    (mirror / "mnist.npz").write_bytes(content)
    real = sources.sha256

    def gone(path):
        path.unlink()
        return real(path)

    monkeypatch.setattr(sources, "sha256", gone)
    fell_back(capsys, "mirror: mnist.npz cannot be read (No such file or directory)")


LOADER = """
import json, sys
from datasets_tools import small_mnist, sha256
from course_utils import datasets
from course_utils.datasets.catalogue import CATALOGUE
CATALOGUE["mnist"] = small_mnist(sys.argv[1])[0]
loaded = datasets.load("mnist", quiet=True)
print(json.dumps([loaded.source, sha256(loaded.x_train.tobytes())]))
"""


def test_two_processes_at_once(cache):
    entry, content, arrays = small_mnist()
    together = threading.Barrier(2, timeout=30)

    def answer(handler):
        together.wait()  # both have looked into the empty cache and ask at the same time
        reply(handler, content)

    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    with serving(answer) as (address, asked):
        command = [sys.executable, "-c", LOADER, f"{address}/mnist.npz"]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(2)]
        results = [json.loads(process.communicate(timeout=60)[0]) for process in running]
    assert results == [["download", entry.arrays["x_train"]]] * 2
    assert len(asked) == 2
    assert files_below(cache) == ["arrays/mnist.npz"]
    assert np.array_equal(store.recall(entry)[0], arrays[0])


def test_interrupted_download_leaves_nothing(published, cache, monkeypatch):
    def interrupted(url):
        yield 10
        yield b"half"
        raise KeyboardInterrupt

    monkeypatch.setattr(downloads, "_pieces", interrupted)
    with pytest.raises(KeyboardInterrupt):
        datasets.load("mnist")
    assert list(cache.iterdir()) == []


def test_leftovers_of_a_killed_process_are_swept_after_a_day(published, cache):
    for name, age in (("old", 2 * files.DAY), ("new", 0)):
        folder = cache / f"{files.PARTIAL}{name}"
        folder.mkdir(parents=True)
        os.utime(folder, (time.time() - age, time.time() - age))
    datasets.load("mnist", quiet=True)
    assert [path.name for path in cache.glob(".partial-*")] == [".partial-new"]


# --- copies in a mirror


def wrong(**changes):
    arrays = dict(zip(PARTS, small_arrays(), strict=True))
    return npz((arrays | changes).values())


COPIES = {
    "other content": (lambda: wrong(x_train=small_arrays(seed=8)[0]), "x_train has other content"),
    "other dtype": (lambda: wrong(y_test=np.arange(10, dtype="int8")), "y_test is int8 (10,), expected uint8"),
    "other shape": (lambda: wrong(x_test=small_arrays()[2][:, :14]), "x_test is uint8 (10, 14, 28), expected"),
    "too large": (
        lambda: wrong(x_train=np.zeros((200, 28, 28), "uint8")),
        "x_train is 156,928 bytes, expected at most 16,704",
    ),
    "objects": (lambda: wrong(y_train=np.array([{}] * 20, dtype=object)), "y_train holds objects, not numbers"),
    "array missing": (lambda: npz_of_one(), "mnist.npz cannot be read ("),
    "not an archive": (lambda: b"hello", "mnist.npz cannot be read (File is not a zip file)"),
    "cut short": (lambda: wrong()[:-300], "mnist.npz cannot be read (File is not a zip file)"),
    "empty": (lambda: b"", "mnist.npz cannot be read (File is not a zip file)"),
}


def npz_of_one():
    import io

    buffer = io.BytesIO()
    np.savez(buffer, x_train=small_arrays()[0])
    return buffer.getvalue()


@pytest.mark.parametrize("fault", COPIES)
def test_wrong_file_in_the_mirror(fault, mirror, cache, monkeypatch, capsys):
    monkeypatch.setitem(CATALOGUE, "mnist", small_mnist()[0])
    make, expected = COPIES[fault]
    (mirror / "mnist.npz").write_bytes(make())
    fell_back(capsys, f"mirror: {expected}", "COURSE_OFFLINE is set")
    assert files_below(cache) == []


def test_missing_mirror_folder_is_named(mirror, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_DATA_DIR", str(mirror / "nowhere"))
    fell_back(capsys, f"mirror: no folder {mirror / 'nowhere'}")


class Bomb:
    """Unpickling it creates the file ``path``."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def test_tampered_pickle_is_never_unpickled(mirror, tmp_path, monkeypatch, capsys, few_shapes):
    entry, batches, _ = small_cifar()
    monkeypatch.setitem(CATALOGUE, "cifar10", entry)
    batches["test_batch"] = pickle.dumps(Bomb(tmp_path / "bang"))
    tar(mirror / "cifar-10-python.tar.gz", batches)
    opened = []
    monkeypatch.setattr(readers, "PlainUnpickler", lambda *given, **options: opened.append(given))
    dataset = datasets.load("cifar10")
    assert dataset.stand_in and opened == [], "unpickled although one member's hash is wrong"
    assert "test_batch has other content than published" in capsys.readouterr().out
    assert not (tmp_path / "bang").exists()


def test_even_a_pickle_with_the_right_hash_may_only_hold_arrays(mirror, tmp_path, monkeypatch, capsys, few_shapes):
    bomb = pickle.dumps(Bomb(tmp_path / "bang"))
    entry, batches, _ = small_cifar({"data_batch_1": bomb, "test_batch": bomb})
    monkeypatch.setitem(CATALOGUE, "cifar10", entry)
    tar(mirror / "cifar-10-python.tar.gz", batches)
    assert datasets.load("cifar10").stand_in
    assert "unsafe pickle: " in capsys.readouterr().out
    assert not (tmp_path / "bang").exists()


@pytest.mark.parametrize("name", [b"numpy\nload", b"numpy.core.multiarray\nfromfile", b"builtins\ndtype"])
def test_a_pickle_may_not_call_numpy_s_other_functions(name):
    with pytest.raises(files.Damaged, match="unsafe pickle"):
        readers._unpickled(b"c" + name + b"\n.")


def link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda batches: batches.pop("test_batch"), "cifar-10-python.tar.gz lacks test_batch"),
        (
            lambda batches: batches.update(test_batch=link("cifar-10-batches-py/test_batch", "/etc/passwd")),
            "plain file",
        ),
        (lambda batches: batches.update(test_batch=bytes(1 << 25)), "test_batch is 33,554,432 bytes"),
    ],
)
def test_cifar_archive_with_a_wrong_member(change, expected, mirror, monkeypatch, capsys, few_shapes):
    entry, batches, _ = small_cifar()
    monkeypatch.setitem(CATALOGUE, "cifar10", entry)
    change(batches)
    tar(mirror / "cifar-10-python.tar.gz", batches)
    assert datasets.load("cifar10").stand_in
    assert expected in capsys.readouterr().out
