"""The one place that reads, writes and renames files: each promise with a test."""

import os
import time

import numpy as np
import pytest

from course_utils import files


@pytest.mark.parametrize("error", [KeyError("x"), MemoryError(), OverflowError("big"), RuntimeError("r"), EOFError()])
def test_whatever_a_reader_raises_becomes_damaged_and_keeps_its_cause(tmp_path, error):
    path = tmp_path / "a.npz"
    path.write_bytes(b"x")
    with pytest.raises(files.Damaged, match=r"a\.npz") as caught, files.reading(path):
        raise error
    assert caught.value.__cause__ is error


def test_a_missing_file_and_a_pipe_are_unreadable_not_damaged(tmp_path):
    with pytest.raises(files.Unreadable), files.reading(tmp_path / "none"):
        pass
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(files.Unreadable, match="regular"), files.reading(tmp_path / "pipe"):
        raise AssertionError("opened")


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    path = files.write_text(tmp_path / "deep" / "a.txt", "old")
    with pytest.raises(ZeroDivisionError), files.replacing(path) as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]
    assert path.stat().st_mode & 0o777 == 0o666 & ~files._umask()


def test_old_leftovers_are_swept_and_young_ones_stay(tmp_path):
    old, young = tmp_path / f"{files.PARTIAL}old", tmp_path / f"{files.PARTIAL}young"
    old.mkdir(), young.mkdir()
    os.utime(old, (time.time() - 2 * files.DAY,) * 2)
    with files.partial_folder(tmp_path) as fresh:
        assert fresh.is_dir() and young.exists() and not old.exists()
    assert not fresh.exists()


def test_setting_aside_never_overwrites(tmp_path):
    for content in ("one", "two"):
        (tmp_path / "a.npz").write_text(content)
        files.set_aside(tmp_path / "a.npz")
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"a.npz.damaged": "one", "a.npz.damaged2": "two"}


def test_hashes(tmp_path):
    path = tmp_path / "bytes"
    path.write_bytes(bytes(range(6)))
    array = np.arange(6, dtype="uint8").reshape(2, 3)
    assert files.sha256(path) == files.array_sha256(array) == files.array_sha256(array[:1], array[1:])
    assert files.array_sha256(array, shapes=True) != files.array_sha256(array.T.copy(), shapes=True)
    assert files.array_sha256(array.T) == files.array_sha256(array.T.copy())
