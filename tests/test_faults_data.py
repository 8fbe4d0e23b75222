"""Faults found by adversarial testing of the data: each one once silently wrong, endless, or an end of `load`."""

import gzip
import os
import shutil
import socket
import tarfile
import tempfile
import threading
import time
import warnings
import zipfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from datasets_tools import files_below, reply, serving, small_arrays, small_cifar, small_mnist, tar
from PIL import Image

from course_utils import datasets, doctor, downloads, files, paths
from course_utils.datasets import archives, image_files, pictures, sources, store
from course_utils.datasets.catalogue import CATALOGUE


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, no mirror, no network, few drawings."""
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    monkeypatch.setattr(pictures, "SIDE", 32)
    monkeypatch.setattr(pictures, "EACH_FLOWER", 4)
    monkeypatch.setattr(pictures, "PETS", {"train": 4, "validation": 2})
    monkeypatch.setattr(sources, "make", lambda maker: small_arrays())
    monkeypatch.setattr(files.os, "fsync", lambda descriptor: None)  # most of the time of hundreds of small files
    return tmp_path / "cache"


@pytest.fixture
def mirror(tmp_path, monkeypatch, cache):
    (tmp_path / "mirror").mkdir()
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "mirror"))
    return tmp_path / "mirror"


@pytest.fixture
def mnist(monkeypatch):
    """A small MNIST in the catalogue; returns its row, file and arrays."""
    entry, content, arrays = small_mnist()
    monkeypatch.setitem(CATALOGUE, "mnist", entry)
    return entry, content, arrays


def picture(path: Path, colour=(200, 30, 30), size=(40, 30), **options) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path, **options)
    return path


def classes(root: Path, names=("a", "b"), each=4) -> Path:
    for name in names:
        for number in range(each):
            picture(root / name / f"{number}.jpg")
    return root


# --- pixels and labels that were silently wrong


def test_16_bit_grey_png_keeps_its_256_levels(tmp_path, cache):
    levels = np.arange(256, dtype="uint16").reshape(16, 16) * 257
    for name in ("a", "b"):
        (tmp_path / "deep" / name).mkdir(parents=True)
        Image.fromarray(levels).save(tmp_path / "deep" / name / "0.png")
    images, _ = datasets.load_folder(tmp_path / "deep", quiet=True).arrays(16)
    np.testing.assert_array_equal(images[0, :, :, 1], np.arange(256).reshape(16, 16))


def test_train_and_test_beside_a_third_folder_are_not_taken_for_classes(tmp_path, cache):
    root = tmp_path / "mine"
    for part in ("train", "test"):
        classes(root / part)
    (root / "logs").mkdir()
    assert datasets.load_folder(root, quiet=True).class_names == ("a", "b")
    classes(root / "extra")
    with pytest.raises(ValueError, match="parts test, train and another folder of images, 'extra'"):
        datasets.load_folder(root)


def test_a_class_may_be_called_train(tmp_path, cache):
    assert datasets.load_folder(classes(tmp_path, ("car", "train")), quiet=True).class_names == ("car", "train")


def test_hidden_copies_do_not_count_as_images(tmp_path, cache):
    root = classes(tmp_path / "mine")
    picture(root / "a" / ".ipynb_checkpoints" / "0-checkpoint.jpg")
    picture(root / "a" / ".hidden.jpg")
    picture(root / "__MACOSX" / "a" / "._0.jpg")
    folder = datasets.load_folder(root, quiet=True)
    assert len(folder) == 8 and folder.class_names == ("a", "b")


def test_labels_and_parts_cannot_be_written(tmp_path, cache):
    folder = datasets.load_folder(classes(tmp_path / "mine"), quiet=True)
    for array in (folder.arrays(8)[1], folder.labels, folder.parts):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[-1]


def test_exif_rotated_jpeg_is_as_sharp_as_the_same_picture_upright(tmp_path):
    stripes = np.zeros((400, 1600, 3), "uint8")
    stripes[:, ::2] = 255  # the finest there are: they survive only where nothing was halved before
    upright = tmp_path / "upright.png"
    Image.fromarray(stripes).save(upright)
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    Image.fromarray(stripes).transpose(Image.Transpose.ROTATE_90).save(
        tmp_path / "turned.jpg", exif=exif, quality=95, subsampling=0
    )
    for size in ((400, 100), (400, 1600)):
        plain, turned = (
            image_files.decoded(path, size, "crop").astype(int) for path in (upright, tmp_path / "turned.jpg")
        )
        assert np.abs(plain - turned).mean() < 5


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_turned_upright_as_pillow_does(orientation, tmp_path):
    from PIL import ImageOps

    corners = np.random.default_rng(0).integers(0, 256, (2, 3, 3), dtype="uint8").repeat(16, 0).repeat(16, 1)
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(corners).save(tmp_path / "x.png", exif=exif)
    with Image.open(tmp_path / "x.png") as opened:
        expected = ImageOps.exif_transpose(opened)
    found = image_files.decoded(tmp_path / "x.png", (expected.height, expected.width), "stretch")
    np.testing.assert_array_equal(found, np.asarray(expected))


# --- archives and servers that never end


def number(value: int) -> bytes:
    """Return a number as a tar header writes it; negative ones in base 256."""
    return value.to_bytes(12, "big", signed=True) if value < 0 else f"{value:011o}\0".encode()


def sized(member: tarfile.TarInfo, size: int, content=b"", *, real_size: int | None = None) -> bytes:
    """Return a header that tells any size, and what follows; real_size is that of a file with holes."""
    header = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    header[124:136] = number(size)
    if real_size is not None:
        header[483:495] = number(real_size)
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    return bytes(header) + content + bytes(-len(content) % 512)


def named(name: str, kind=tarfile.REGTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type = kind
    return member


KINDS = [tarfile.REGTYPE, tarfile.GNUTYPE_SPARSE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME]


@pytest.mark.parametrize("size", [-512, -1, -(2**60)])
@pytest.mark.parametrize("kind", KINDS, ids=["file", "sparse", "pax", "long name"])
def test_member_of_negative_size_is_refused_and_not_read_for_ever(kind, size, mirror, capsys):
    first = sized(named("jpg/image_0001.jpg"), 3, b"abc")
    archive = gzip.compress(first + sized(named("jpg/image_0002.jpg", kind), size) + bytes(1024))
    (mirror / "17flowers_224.tgz").write_bytes(archive)
    begun = time.monotonic()
    assert datasets.load_folder("flowers17").stand_in
    assert time.monotonic() - begun < 120  # it read for ever
    assert "mirror: " in capsys.readouterr().out


def test_negative_size_of_a_sparse_member_gives_no_credit_to_others(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 1000)
    hole = sized(named("a.jpg", tarfile.GNUTYPE_SPARSE), 0, real_size=-(2**60))
    (tmp_path / "a.tar").write_bytes(hole + sized(named("b.jpg"), 5000, bytes(5000)) + bytes(1024))
    with pytest.raises(files.Damaged, match="refused"):
        archives.unpack(tmp_path / "a.tar", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_header_that_asks_for_gigabytes_is_refused_before_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_READ", 1 << 20)
    (tmp_path / "a.tgz").write_bytes(gzip.compress(sized(named("pax", tarfile.XHDTYPE), 4 << 20, bytes(4 << 20))))
    with pytest.raises(files.Damaged, match="asks for 4,194,"):
        archives.unpack(tmp_path / "a.tgz", tmp_path / "out")


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(downloads, "CONNECT_SECONDS", 0.3)
    monkeypatch.setattr(downloads, "HEADER_SECONDS", 0.9)
    monkeypatch.setattr(downloads, "GRACE", 0.6)


def drip(text: bytes, begin=b"", over=threading.Event()):  # noqa: B008
    """Send what begins at once, then a byte now and then for a long while."""

    def answer(handler):
        handler.wfile.write(begin)
        for byte in text * 200:
            if over.wait(0.1):
                return
            try:
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
            except OSError:
                return

    return answer


SLOW = {
    "headers": (drip(b"HTTP/1.1 200 OK\r\nX: y"), "no answer"),
    "chunk sizes": (drip(b"0", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), "fell silent"),
    "content": (drip(b"x", b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n"), "too slow"),
    "endless": (
        lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(200_000)),
        "longer than the 100,000 bytes",
    ),
    "announced": (lambda handler: reply(handler, b"", length=10**12), "longer than the 100,000 bytes"),
    "garbage": (lambda handler: handler.wfile.write(b"garbage\r\n\r\n"), "the answer is no HTTP"),
    "bad header": (lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 300), "no HTTP"),
}


@pytest.mark.parametrize("fault", SLOW)
def test_server_that_is_slow_endless_or_talks_garbage_is_given_up(fault, impatient, tmp_path):
    answer, expected = SLOW[fault]
    begun = time.monotonic()
    with serving(answer) as (address, _), pytest.raises(downloads.SourceError, match=expected):
        downloads.fetch(f"{address}/x", tmp_path / "x", digest="", most=100_000)
    assert time.monotonic() - begun < 10


def test_fault_of_the_network_and_of_the_content_are_told_apart(impatient, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    with pytest.raises(downloads.NoConnection):
        downloads.fetch(f"http://127.0.0.1:{closed}/x", tmp_path / "x", digest="")
    with serving(lambda handler: reply(handler, b"abc")) as (address, _):
        with pytest.raises(downloads.SourceError, match="another SHA-256") as caught:
            downloads.fetch(f"{address}/x", tmp_path / "x", digest="sha256:" + "0" * 64)
        assert not isinstance(caught.value, downloads.NoConnection)


@pytest.mark.parametrize("copy", ["mnist.npz", "17flowers_224.tgz", "cats_and_dogs_small.zip"])
def test_pipe_in_the_mirror_is_not_opened(copy, mirror, capsys):
    os.mkfifo(mirror / copy)
    name = {"m": "mnist", "1": "flowers17", "c": "cats_vs_dogs"}[copy[0]]
    load = datasets.load if name == "mnist" else datasets.load_folder
    assert load(name).stand_in
    assert f"{copy} is no regular file" in capsys.readouterr().out


# --- folders that may not be opened


@contextmanager
def as_somebody_else():
    """Drop root's power to open everything."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def closed(monkeypatch, cache):
    """A folder that nobody may open, with a mirror and a cache in it."""
    root = Path(tempfile.mkdtemp(prefix="course-closed-"))
    root.chmod(0o755)
    (root / "closed").mkdir()
    (root / "closed").chmod(0)
    store._temporary.cache_clear()  # one that root made before would be closed, too
    yield root / "closed"
    store._temporary.cache_clear()
    (root / "closed").chmod(0o755)
    shutil.rmtree(root)


@pytest.mark.parametrize("below", ["", "mirror"])
@pytest.mark.parametrize("variable", ["COURSE_DATA_DIR", "COURSE_CACHE_DIR"])
def test_closed_folder_is_explained_and_the_next_source_used(variable, below, closed, monkeypatch, capsys):
    monkeypatch.setenv(variable, str(closed / below))
    if variable == "COURSE_DATA_DIR":
        monkeypatch.setenv("COURSE_CACHE_DIR", str(closed.parent / "no" / "cache"))
    with as_somebody_else():
        assert datasets.load("mnist").stand_in
        assert "Permission denied" in capsys.readouterr().out
        assert datasets.load_folder("cats_vs_dogs").stand_in
        assert "Permission denied" in capsys.readouterr().out
        assert datasets.expected_source("mnist")[0] == "bundled"
        found = [doctor.cache(), doctor.disk(), doctor.mirror(), *doctor.data()]
    assert doctor.BAD not in {finding.mark for finding in found} and doctor.WARN in {finding.mark for finding in found}


def test_closed_folder_of_your_own_is_named(closed, tmp_path, cache):
    with as_somebody_else(), pytest.raises(ValueError, match=r"cannot be opened.*Permission denied"):
        datasets.load_folder(closed)


def test_closed_cache_file_keeps_its_name(closed, mnist, monkeypatch):
    entry, _, arrays = mnist
    closed.chmod(0o755)
    monkeypatch.setenv("COURSE_CACHE_DIR", str(closed))
    assert store.keep(entry, arrays, origin="x") == ""
    place = store.place("mnist")
    place.parent.chmod(0o777)
    place.chmod(0)
    with as_somebody_else():
        assert datasets.load("mnist", quiet=True).stand_in
    place.chmod(0o644)
    assert datasets.load("mnist", quiet=True).source == "cache", "a file that could not be opened was renamed"


@pytest.mark.parametrize("name", ["~nosuchuser/x", "x" * 300, "/" + "y" * 300 + "/z"])
@pytest.mark.parametrize("variable", ["COURSE_DATA_DIR", "COURSE_CACHE_DIR"])
def test_folder_with_an_impossible_name_is_a_folder_that_is_not_there(variable, name, cache, monkeypatch, tmp_path):
    monkeypatch.setenv(variable, name)
    monkeypatch.chdir(tmp_path)
    assert datasets.load("mnist", quiet=True).stand_in
    assert datasets.load_folder("cats_vs_dogs", quiet=True).stand_in
    assert datasets.expected_source("mnist")[0] == "bundled"
    assert all(str(finding) for finding in (doctor.cache(), doctor.disk(), doctor.mirror(), *doctor.data()))


# --- files in which a bit has turned


def flipped(content: bytes, position: int) -> bytes:
    changed = bytearray(content)
    changed[position // 8] ^= 1 << position % 8
    return bytes(changed)


def positions(content: bytes, count: int, *ends: int) -> list[int]:
    """Return bits to flip: some anywhere, more of them in the parts where structure stands."""
    draw = np.random.default_rng(0)
    chosen = draw.integers(0, 8 * len(content), count).tolist()
    for end in ends:
        chosen += draw.integers(8 * end, 8 * min(end + 150, len(content)), 2 * count).tolist()
    return chosen


def test_no_flipped_bit_in_the_cache_stops_load_or_gives_other_pixels(mnist, cache, capsys):
    entry, _, arrays = mnist
    store.keep(entry, arrays, origin="x")
    place = store.place("mnist")
    whole = place.read_bytes()
    first = whole.index(b"x_train.npy")
    for position in positions(whole, 15, 0, first - 30, first + 60, len(whole) - 400, len(whole) - 150):
        place.write_bytes(flipped(whole, position))
        dataset = datasets.load("mnist", quiet=True)
        assert dataset.stand_in or np.array_equal(dataset.x_train, arrays[0]), position
        assert not dataset.stand_in or not place.exists(), f"bit {position}: the damaged file was left in place"
        for aside in place.parent.glob("*.damaged*"):
            aside.unlink()


@pytest.mark.parametrize("mode", ["w:gz", "w:xz", "w:bz2", "w"])
def test_no_flipped_bit_in_an_archive_of_the_mirror_stops_load(mode, mirror, monkeypatch):
    entry, batches, arrays = small_cifar()
    monkeypatch.setitem(CATALOGUE, "cifar10", entry)
    archive = tar(mirror / "cifar-10-python.tar.gz", batches, mode)
    whole = archive.read_bytes()
    for position in positions(whole, 4, 0, len(whole) - 100):
        archive.write_bytes(flipped(whole, position))
        dataset = datasets.load("cifar10", quiet=True)
        assert dataset.stand_in or np.array_equal(dataset.x_train, arrays[0]), position
        shutil.rmtree(paths.downloads(), ignore_errors=True)


def test_no_flipped_bit_in_the_mirrors_npz_stops_load(mirror, mnist):
    _, content, arrays = mnist
    for position in positions(content, 8, 0, len(content) - 300, len(content) - 100):
        (mirror / "mnist.npz").write_bytes(flipped(content, position))
        dataset = datasets.load("mnist", quiet=True)
        assert dataset.stand_in or np.array_equal(dataset.x_train, arrays[0]), position
        shutil.rmtree(paths.downloads(), ignore_errors=True)


def test_no_flipped_bit_in_decoded_arrays_is_believed_or_stops_them(tmp_path, cache, capsys):
    folder = datasets.load_folder(classes(tmp_path / "mine", each=1), quiet=True)
    images, _ = folder.arrays(8)
    (place,) = (cache / "decoded").iterdir()
    whole = place.read_bytes()
    for position in positions(whole, 4, 0, len(whole) - 300):
        place.write_bytes(flipped(whole, position))
        np.testing.assert_array_equal(folder.arrays(8)[0], images)
    assert "renamed to" in capsys.readouterr().out
    assert len(list((cache / "decoded").glob("*.damaged*"))) > 10


def header_of(text: str) -> bytes:
    """Return an .npy file whose header tells anything."""
    header = text.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(64)


ABSURD = {
    "shape": "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999,), }",
    "overflow": "{'descr': '|u1', 'fortran_order': False, 'shape': (9999999999, 9999999999, 99), }",
    "negative": "{'descr': '|u1', 'fortran_order': False, 'shape': (-5,), }",
    "dtype": "{'descr': '|V9999999', 'fortran_order': False, 'shape': (20,), }",
    "object": "{'descr': '|O', 'fortran_order': False, 'shape': (8,), }",
    "syntax": "{'descr': '|u1', 'fortran_order': (((((((((, 'shape': 5",
}


@pytest.mark.parametrize("absurd", ABSURD)
def test_absurd_header_of_an_array_stops_neither_mirror_nor_cache(absurd, mirror, mnist, cache, capsys):
    for path in (mirror / "mnist.npz", store.place("mnist")):
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            for name in ("note", "x_train", "y_train", "x_test", "y_test"):
                archive.writestr(f"{name}.npy", header_of(ABSURD[absurd]))
    assert datasets.load("mnist").stand_in
    line = capsys.readouterr().out
    assert line.count("\n") == 1 and "mirror: " in line and "renamed to mnist.npz.damaged" in line


def encrypted(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    path.write_bytes(content)


def method_99(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(mark) + offset] = 99
    path.write_bytes(content)


def without_a_name(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(".", b"x")


@pytest.mark.parametrize("harm", [encrypted, method_99])
def test_odd_member_of_the_mirrors_npz_is_explained(harm, mirror, mnist, capsys):
    (mirror / "mnist.npz").write_bytes(mnist[1])
    harm(mirror / "mnist.npz")
    assert datasets.load("mnist").stand_in
    assert "mirror: mnist.npz cannot be read" in capsys.readouterr().out


@pytest.mark.parametrize("harm", [encrypted, method_99, without_a_name])
def test_odd_member_of_an_archive_of_images_is_explained(harm, mirror, capsys):
    with zipfile.ZipFile(mirror / "cats_and_dogs_small.zip", "w") as archive:
        archive.writestr("train/cats/0.jpg", b"x")
    harm(mirror / "cats_and_dogs_small.zip")
    assert datasets.load_folder("cats_vs_dogs").stand_in
    assert "mirror: " in capsys.readouterr().out


def test_full_disk_while_unpacking_is_not_a_damaged_archive(mirror, cache, monkeypatch, capsys):
    with zipfile.ZipFile(mirror / "cats_and_dogs_small.zip", "w") as archive:
        archive.writestr("train/cats/0.jpg", b"x")
    real = Path.open

    def full(path, mode="r", *rest, **options):
        if mode == "xb":
            raise OSError(28, "No space left on device")
        return real(path, mode, *rest, **options)

    monkeypatch.setattr(Path, "open", full)
    assert datasets.load_folder("cats_vs_dogs").stand_in
    assert "cats_and_dogs_small.zip cannot be unpacked: No space left on device" in capsys.readouterr().out


# --- single images


def test_image_under_eight_pixels_is_an_image(tmp_path, cache):
    root = classes(tmp_path / "mine", each=2)
    picture(root / "a" / "tiny.jpg", size=(5, 3))
    folder = datasets.load_folder(root, quiet=True)
    assert len(folder) == 5 and folder.skipped == () and folder.arrays(8)[0].shape == (5, 8, 8, 3)


def test_damaged_exif_stops_nothing_and_warns_of_nothing(tmp_path, cache):
    root = classes(tmp_path / "mine", each=2)
    broken = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\x03\0\xff\xff\xff\xff" * 3
    picture(root / "a" / "exif.jpg", exif=broken)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        folder = datasets.load_folder(root, quiet=True)
        assert len(folder) == 5
        assert folder.arrays(8)[0].shape == (5, 8, 8, 3)


def test_image_that_was_damaged_after_listing_is_named(tmp_path, cache):
    root = classes(tmp_path / "mine", each=2)
    folder = datasets.load_folder(root, quiet=True)
    (root / "b" / "1.jpg").write_bytes(b"no image any more")
    with pytest.raises(OSError, match=r"1\.jpg cannot be read"):
        folder.arrays(8)


def test_name_that_is_no_utf8_stops_neither_listing_nor_arrays(tmp_path, cache, capsys):
    root = classes(tmp_path / "mine", each=2)
    odd = root / "a" / os.fsdecode(b"\xff\xfe.jpg")
    shutil.copy(root / "a" / "0.jpg", odd)
    (root / "b" / os.fsdecode(b"\xfd.jpg")).write_bytes(b"no image")
    folder = datasets.load_folder(root)
    assert len(folder) == 5 and len(folder.skipped) == 1
    capsys.readouterr().out.encode("utf-8")
    assert folder.arrays(8)[0].shape == (5, 8, 8, 3)


# --- one source hidden by another


def test_junk_copy_does_not_hide_a_good_one_beside_it(mirror, monkeypatch, capsys):
    entry, batches, arrays = small_cifar()
    monkeypatch.setitem(CATALOGUE, "cifar10", entry)
    (mirror / "cifar-10-python.tar.xz").write_bytes(b"junk")
    tar(mirror / "cifar-10-python.tar.gz", batches)
    dataset = datasets.load("cifar10")
    assert dataset.source == "mirror" and np.array_equal(dataset.x_train, arrays[0])
    line = capsys.readouterr().out
    assert "cifar-10-python.tar.gz" in line and "cifar-10-python.tar.xz cannot be read" in line


def test_damaged_cache_behind_a_good_mirror_is_told(mirror, mnist, capsys):
    (mirror / "mnist.npz").write_bytes(mnist[1])
    datasets.load("mnist", quiet=True)
    store.place("mnist").write_bytes(b"junk")
    assert datasets.load("mnist").source == "mirror"
    assert "renamed to mnist.npz.damaged" in capsys.readouterr().out
    assert files_below(paths.downloads()) == ["arrays/mnist.npz", "arrays/mnist.npz.damaged"]


# --- messages


def test_home_folder_is_expanded_before_it_is_looked_for(tmp_path, cache, monkeypatch):
    classes(tmp_path / "modes")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert len(datasets.load_folder("~/modes", quiet=True)) == 8


def test_path_with_the_name_of_a_set_says_how_to_ask_for_the_set(cache):
    with pytest.raises(ValueError, match="no such folder; the published set is 'flowers17'"):
        datasets.load_folder(Path("flowers17"))


@pytest.mark.parametrize("name", [None, 5, "", "  ", b"x", ["a"]])
def test_what_is_no_name_and_no_path_is_refused(name, cache, tmp_path, monkeypatch):
    monkeypatch.chdir(classes(tmp_path / "mine"))
    with pytest.raises(ValueError, match="name must be one of 'flowers17', 'cats_vs_dogs' or the path of a folder"):
        datasets.load_folder(name)


def test_file_and_missing_folder_are_told_apart(tmp_path, cache):
    picture(tmp_path / "a.jpg")
    with pytest.raises(ValueError, match=r"'.*a\.jpg' is a file"):
        datasets.load_folder(tmp_path / "a.jpg")
    with pytest.raises(ValueError, match="'nowhere' does not exist"):
        datasets.load_folder("nowhere")


def test_fraction_that_leaves_a_part_empty_is_shown_as_it_was_given(mnist, cache):
    dataset = datasets.load("mnist", quiet=True)
    for fraction, count in ((1e-9, 0), (1 - 1e-9, 20)):
        with pytest.raises(ValueError, match=f"received {fraction!r}, {count} of 20 images"):
            dataset.split(fraction)


def test_classes_too_small_for_a_validation_part_are_told(tmp_path, cache, capsys):
    datasets.load_folder(classes(tmp_path / "mine", each=2))
    assert "too few images of a for a validation and a test part" in capsys.readouterr().out
    datasets.load_folder(classes(tmp_path / "more", each=3))
    assert "too few" not in capsys.readouterr().out


def test_pictures_beside_the_class_folders_are_counted(tmp_path, cache, capsys):
    root = classes(tmp_path / "mine")
    picture(root / "stray.jpg")
    assert datasets.load_folder(root).ignored == 1
    assert "1 other files ignored" in capsys.readouterr().out
