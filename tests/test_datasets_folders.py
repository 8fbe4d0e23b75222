"""`datasets.load_folder`: safe unpacking, whole and broken folders, parts, decoded arrays."""

import dataclasses
import io
import os
import stat
import tarfile
import zipfile

import numpy as np
import pytest
from datasets_tools import files_below, reply, serving, sha256, tar
from PIL import Image

from course_utils import datasets, files
from course_utils.datasets import archives, dataset, pictures
from course_utils.datasets.catalogue import CATALOGUE, File


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, no mirror, no network, and few drawings so that stand-ins cost no time."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("COURSE_CACHE_DIR", str(folder))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    monkeypatch.setattr(files.os, "fsync", lambda descriptor: None)  # waits for the disk, which no test here needs
    monkeypatch.setattr(pictures, "SIDE", 32)
    monkeypatch.setattr(pictures, "EACH_FLOWER", 4)
    monkeypatch.setattr(pictures, "PETS", {"train": 4, "validation": 2})
    return folder


@pytest.fixture
def mirror(tmp_path, monkeypatch, cache):
    folder = tmp_path / "mirror"
    folder.mkdir()
    monkeypatch.setenv("COURSE_DATA_DIR", str(folder))
    return folder


def jpeg(colour=(200, 30, 30), size=(40, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(buffer, "JPEG", quality=90)
    plain = Image.new("RGB", size, colour)
    Image.blend(plain, Image.open(buffer), 0.2).save(buffer := io.BytesIO(), "JPEG", quality=90)
    return buffer.getvalue()


def pets(extra=None):
    """Return the members of a small edition of the cats and dogs."""
    members = {}
    for part, numbers in (("train", range(3)), ("validation", range(3, 5))):
        for kind in ("cat", "dog"):
            members |= {
                f"{part}/{kind}s/{kind}.{n}.jpg": jpeg((200, 30, 30) if kind == "cat" else (30, 30, 200))
                for n in numbers
            }
    return members | (extra or {})


def zipped(path, members, top="cats_and_dogs_small/"):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name if isinstance(name, zipfile.ZipInfo) else top + name, content)
    return path


def of_your_own(tmp_path, classes=("a", "b"), each=8):
    root = tmp_path / "mine"
    for name in classes:
        (root / name).mkdir(parents=True)
        for number in range(each):
            (root / name / f"{number}.jpg").write_bytes(jpeg())
    return root


def test_stand_ins_have_the_layout_of_the_published_sets(cache, capsys):
    flowers = datasets.load_folder("flowers17")
    assert "17 Category Flowers is unavailable" in capsys.readouterr().out
    assert flowers.stand_in and flowers.class_names == CATALOGUE["flowers17"].class_names
    assert flowers.counts() == {"train": 34, "validation": 17, "test": 17}
    assert np.bincount(flowers.labels).tolist() == [4] * 17
    both = datasets.load_folder("cats_vs_dogs", quiet=True)
    assert both.counts() == {"train": 8, "validation": 4} and both.class_names == ("cats", "dogs")
    assert "Nilsback" not in flowers.citation
    before = {name: (cache / name).read_bytes() for name in files_below(cache)}
    datasets.load_folder("flowers17", quiet=True)
    assert {name: (cache / name).read_bytes() for name in files_below(cache)} == before


def test_archive_of_the_mirror_is_unpacked_once(mirror, cache):
    zipped(mirror / "cats_and_dogs_small.zip", pets())
    first = datasets.load_folder("cats_vs_dogs", quiet=True)
    assert (first.source, first.stand_in, len(first)) == ("mirror", False, 10)
    assert first.counts() == {"train": 6, "validation": 4}
    assert files_below(mirror) == ["cats_and_dogs_small.zip"]
    stamps = [path.stat().st_mtime_ns for path in first.paths]
    second = datasets.load_folder("cats_vs_dogs", quiet=True)
    assert second.paths == first.paths and [path.stat().st_mtime_ns for path in second.paths] == stamps
    for path, label in zip(second.paths, second.labels, strict=True):
        assert second.class_names[label] == path.parent.name


def test_flowers_are_labelled_by_number(mirror, monkeypatch):
    monkeypatch.setitem(CATALOGUE, "flowers17", dataclasses.replace(CATALOGUE["flowers17"], train=(17 * 4,)))
    tar(mirror / "17flowers_224.tgz", {f"image_{n:04d}.jpg": jpeg() for n in range(1, 69)}, folder="jpg/")
    flowers = datasets.load_folder("flowers17", quiet=True)
    assert flowers.source == "mirror"
    numbers = [int(path.stem[-4:]) for path in flowers.paths]
    assert [(n - 1) // 4 for n in numbers] == flowers.labels.tolist()
    for part, each in (("train", 2), ("validation", 1), ("test", 1)):
        assert np.bincount(flowers.part(part).labels).tolist() == [each] * 17
    again = datasets.load_folder("flowers17", quiet=True)
    other = datasets.load_folder("flowers17", quiet=True, seed=1)
    assert (again.parts == flowers.parts).all() and (other.parts != flowers.parts).any()


def test_flowers_that_are_not_all_there_are_refused(mirror, capsys):
    tar(mirror / "17flowers_224.tgz", {f"image_{n:04d}.jpg": jpeg() for n in range(1, 69)}, folder="jpg/")
    assert datasets.load_folder("flowers17").stand_in
    line = capsys.readouterr().out
    assert "68 images in " in line and "expected image_0001.jpg to image_1360.jpg; remove that folder" in line


def member(name, kind=tarfile.REGTYPE, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


EVIL = {
    "up": member("jpg/../../evil.jpg"),
    "absolute": member("/tmp/evil.jpg"),
    "backslash": member("jpg\\..\\..\\evil.jpg"),
    "drive": member("C:/evil.jpg"),
    "symbolic link": member("jpg/evil.jpg", tarfile.SYMTYPE, "/etc/passwd"),
    "hard link": member("jpg/evil.jpg", tarfile.LNKTYPE, "jpg/image_0001.jpg"),
    "device": member("jpg/evil.jpg", tarfile.CHRTYPE),
    "pipe": member("jpg/evil.jpg", tarfile.FIFOTYPE),
}


@pytest.mark.parametrize("kind", EVIL)
def test_evil_tar_is_refused_whole(kind, mirror, cache, tmp_path, capsys):
    tar(mirror / "17flowers_224.tgz", {"image_0001.jpg": jpeg(), "evil": EVIL[kind]}, folder="jpg/")
    before = files_below(tmp_path)
    assert datasets.load_folder("flowers17").stand_in
    assert "mirror: refused: member" in capsys.readouterr().out
    new = set(files_below(tmp_path)) - set(before)
    assert all("flowers17-generated" in name for name in new), "something of the archive was written"


@pytest.mark.parametrize("name", ["../evil.jpg", "/evil.jpg", "train/../../../evil.jpg", "link"])
def test_evil_zip_is_refused_whole(name, mirror, cache, tmp_path, capsys):
    info = zipfile.ZipInfo(name)
    if name == "link":
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
    zipped(mirror / "cats_and_dogs_small.zip", pets({info: b"/etc/passwd"}))
    before = files_below(tmp_path)
    assert datasets.load_folder("cats_vs_dogs").stand_in
    assert "mirror: refused: member" in capsys.readouterr().out
    new = set(files_below(tmp_path)) - set(before)
    assert all("cats_vs_dogs-generated" in name for name in new), "something of the archive was written"


def test_archive_that_would_fill_the_disk_is_refused(mirror, cache, monkeypatch, capsys):
    monkeypatch.setattr(archives, "MOST_FILES", 5)
    zipped(mirror / "cats_and_dogs_small.zip", pets())
    assert datasets.load_folder("cats_vs_dogs").stand_in
    assert "refused: more than 5 files" in capsys.readouterr().out


def test_member_that_appears_twice_is_refused(tmp_path):
    double = zipped(tmp_path / "a.zip", {"x.jpg": b"1"})
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(double, "a") as archive:
        archive.writestr("cats_and_dogs_small/x.jpg", b"2")
    with pytest.raises(files.Damaged, match="appears twice"):
        archives.unpack(double, tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 broken"])
def test_damaged_archive_is_explained(content, mirror, capsys):
    (mirror / "cats_and_dogs_small.zip").write_bytes(content)
    assert datasets.load_folder("cats_vs_dogs").stand_in
    assert "mirror: cats_and_dogs_small.zip cannot be read" in capsys.readouterr().out


def test_truncated_tar_leaves_nothing(mirror, cache, tmp_path, capsys):
    whole = tar(mirror / "17flowers_224.tgz", {f"image_{n:04d}.jpg": jpeg() for n in range(1, 69)}, folder="jpg/")
    whole.write_bytes(whole.read_bytes()[:-2000])
    assert datasets.load_folder("flowers17").stand_in
    assert "17flowers_224.tgz cannot be read" in capsys.readouterr().out
    assert {name.split("/")[1] for name in files_below(cache)} == {"flowers17-generated-1"}


def test_download_is_verified_and_unpacked(cache, monkeypatch, tmp_path):
    archive = tar(tmp_path / "f.tgz", {f"image_{n:04d}.jpg": jpeg() for n in range(1, 69)}, folder="jpg/").read_bytes()
    answers = [archive[::-1], archive]
    monkeypatch.setenv("COURSE_OFFLINE", "0")
    with serving(lambda handler: reply(handler, answers.pop(0))) as (address, asked):
        file = File("17flowers.tgz", f"{address}/17flowers.tgz", len(archive), sha256(archive))
        entry = dataclasses.replace(CATALOGUE["flowers17"], train=(68,), files=(file,))
        monkeypatch.setitem(CATALOGUE, "flowers17", entry)
        assert datasets.load_folder("flowers17", quiet=True).stand_in, "wrong bytes were believed"
        assert datasets.load_folder("flowers17", quiet=True).source == "download"
        assert datasets.load_folder("flowers17", quiet=True).source == "cache"
        assert len(asked) == 2
    assert datasets.expected_source("flowers17")[0] == "cache"


def test_cats_have_no_verifiable_download(cache, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_OFFLINE", "0")
    assert datasets.load_folder("cats_vs_dogs").stand_in
    assert "download: no file with a published checksum" in capsys.readouterr().out


def test_cache_that_cannot_be_written(mirror, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "file" / "cache"))
    zipped(mirror / "cats_and_dogs_small.zip", pets())
    folder = datasets.load_folder("cats_vs_dogs", quiet=True)
    assert folder.source == "mirror" and folder.arrays(16)[0].shape == (10, 16, 16, 3)
    assert datasets.load_folder("flowers17", quiet=True).stand_in


# --- folders of your own


def test_folder_of_your_own_is_split_within_each_class(tmp_path, cache, capsys):
    root = of_your_own(tmp_path)
    folder = datasets.load_folder(root)
    assert (folder.source, folder.stand_in, folder.class_names) == ("folder", False, ("a", "b"))
    assert folder.counts() == {"train": 8, "validation": 4, "test": 4}
    assert np.bincount(folder.part("test").labels).tolist() == [2, 2]
    assert "8 train, 4 validation, 4 test images, 2 classes" in capsys.readouterr().out
    with pytest.raises(ValueError, match=r"part must be one of 'train', 'validation', 'test'"):
        folder.part("tset")


def test_corrupt_image_is_named_skipped_and_counted(tmp_path, cache, capsys):
    root = of_your_own(tmp_path)
    (root / "a" / "0.jpg").write_bytes((root / "a" / "0.jpg").read_bytes()[:-200])
    (root / "b" / "1.jpg").write_bytes(b"<html>not found</html>")
    folder = datasets.load_folder(root)
    assert [path.name for path, _ in folder.skipped] == ["0.jpg", "1.jpg"]
    assert "truncated" in folder.skipped[0][1] and folder.skipped[1][1] == "not an image"
    assert len(folder) == 14 and "2 cannot be decoded and were left out (0.jpg, 1.jpg)" in capsys.readouterr().out
    assert folder.arrays(8)[0].shape == (14, 8, 8, 3)


def test_other_files_are_ignored_and_counted(tmp_path, cache, capsys):
    root = of_your_own(tmp_path)
    for name in ("notes.txt", "Thumbs.db"):
        (root / "a" / name).write_text("x")
    (root / "readme.txt").write_text("x")
    assert datasets.load_folder(root).ignored == 2
    assert "2 other files ignored" in capsys.readouterr().out


def test_class_without_images_is_an_error(tmp_path, cache):
    root = of_your_own(tmp_path)
    (root / "c").mkdir()
    with pytest.raises(ValueError, match=r"class 'c' has no image in .*add some or remove the folder"):
        datasets.load_folder(root)
    (root / "c" / "x.jpg").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="class 'c' has no image that can be decoded"):
        datasets.load_folder(root)


def test_folder_without_classes_is_an_error(tmp_path, cache):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="one folder a class"):
        datasets.load_folder(tmp_path / "empty")


def test_unknown_name_lists_the_names_and_the_closest(cache):
    with pytest.raises(ValueError, match=r"'flowers17', 'cats_vs_dogs'.*Did you mean 'flowers17'.*path of a folder"):
        datasets.load_folder("flowers71")


def test_arrays_crop_or_stretch(tmp_path, cache):
    root = tmp_path / "mine"
    for name in ("a", "b"):
        (root / name).mkdir(parents=True)
        left_half_white = np.zeros((20, 40, 3), "uint8")
        left_half_white[:, :10] = 255
        Image.fromarray(left_half_white).save(root / name / "0.png")
    folder = datasets.load_folder(root, quiet=True)
    cropped, labels = folder.arrays((20, 20))
    stretched, _ = folder.arrays((20, 20), fit="stretch")
    assert cropped.shape == (2, 20, 20, 3) and cropped.dtype == np.uint8 and labels.tolist() == [0, 1]
    assert cropped.max() == 0, "the middle of the picture is black"
    assert (stretched[:, :, :4] > 200).all() and (stretched[:, :, 7:] < 50).all()


def test_decoded_arrays_are_cached_and_follow_the_files(tmp_path, cache, monkeypatch):
    root = of_your_own(tmp_path, each=4)
    folder = datasets.load_folder(root, quiet=True)
    first, _ = folder.arrays(12)
    monkeypatch.setattr(dataset, "decoded", lambda *_: pytest.fail("decoded again"))
    assert np.array_equal(folder.arrays(12)[0], first)
    monkeypatch.undo()
    monkeypatch.setenv("COURSE_CACHE_DIR", str(cache))
    folder.paths[0].write_bytes(jpeg((0, 255, 0)))
    os.utime(folder.paths[0], ns=(1, 1))
    assert not np.array_equal(folder.arrays(12)[0][0], first[0])
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 0
