"""`datasets.load`: sources in order, what is verified, what is kept."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from datasets_tools import (
    PARTS,
    files_below,
    npz,
    reply,
    serving,
    small_arrays,
    small_cifar,
    small_fashion,
    small_mnist,
    tar,
)

from course_utils import datasets, files
from course_utils.datasets import shapes, sources
from course_utils.datasets.catalogue import ARRAY_SETS, CATALOGUE

STAND_INS = {
    "mnist": ((1497, 28, 28), (300, 28, 28), 10),
    "fashion_mnist": ((1497, 28, 28), (300, 28, 28), 10),
    "cifar10": ((10000, 32, 32, 3), (2000, 32, 32, 3), 10),
    "cifar100": ((10000, 32, 32, 3), (2000, 32, 32, 3), 100),
    "digits": ((1497, 8, 8), (300, 8, 8), 10),
    "shapes": ((10000, 32, 32, 3), (2000, 32, 32, 3), 10),
    "photos": ((1800, 32, 32, 3), (450, 32, 32, 3), 9),
    "textures": ((2000, 32, 32), (500, 32, 32), 5),
}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, no mirror, no network."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("COURSE_CACHE_DIR", str(folder))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    monkeypatch.setattr(files.os, "fsync", lambda descriptor: None)  # waits for the disk, which no test here needs
    return folder


@pytest.fixture
def mirror(tmp_path, monkeypatch, cache):
    """An empty mirror."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    monkeypatch.setenv("COURSE_DATA_DIR", str(folder))
    return folder


def same(dataset, arrays):
    return all(np.array_equal(getattr(dataset, part), array) for part, array in zip(PARTS, arrays, strict=True))


@pytest.mark.parametrize("name", ARRAY_SETS)
def test_without_any_source_bundled_data_is_whole(name, cache):
    train, test, classes = STAND_INS[name]
    dataset = datasets.load(name, quiet=True)
    assert (dataset.x_train.shape, dataset.x_test.shape) == (train, test)
    assert {getattr(dataset, part).dtype for part in PARTS} == {np.dtype("uint8")}
    assert (dataset.source, dataset.stand_in) == ("bundled", CATALOGUE[name].layout != "bundled")
    assert len(dataset.class_names) == classes
    for labels in (dataset.y_train, dataset.y_test):
        assert set(labels) == set(range(classes))
    assert dataset.x_train.shape[1:] == CATALOGUE[name].train[1:], "not the shape of what it stands in for"
    assert dataset.citation and dataset.licence
    assert not cache.exists()


def test_bundled_data_is_the_same_every_time(cache):
    for name in ("mnist", "textures"):
        first, second = (datasets.load(name, quiet=True) for _ in range(2))
        assert same(first, [getattr(second, part) for part in PARTS])
    for draw in (shapes.shapes, shapes.coloured_shapes):
        first, second, other = draw(100, 100), draw(100, 100), draw(100, 100, seed=1)
        assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
        assert not np.array_equal(first[0], other[0])
        assert not np.array_equal(first[0], first[2]), "the test images are the training images"


def test_stand_in_is_labelled_and_credited_as_what_it_is(cache, capsys, monkeypatch):
    monkeypatch.setattr(sources, "make", lambda maker: getattr(shapes, maker)(20, 10))
    dataset = datasets.load("cifar10")
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    assert "CIFAR-10 is unavailable (download: COURSE_OFFLINE is set)" in line
    assert dataset.class_names[:2] == ("circle", "square") and "Krizhevsky" not in dataset.citation


def test_hundred_class_stand_in_is_ten_shapes_in_ten_colours(cache, monkeypatch):
    monkeypatch.setattr(sources, "make", lambda maker: getattr(shapes, maker)(2000, 100))
    dataset = datasets.load("cifar100", quiet=True)
    assert dataset.class_names[0] == "red circle" and dataset.class_names[11] == "orange square"
    assert len(set(dataset.class_names)) == 100
    red, blue = (dataset.x_train[dataset.y_train == label].mean((0, 1, 2)) for label in (10, 17))
    assert red[0] > blue[0] + 10 and blue[2] > red[2] + 10


def test_mnist_stand_in_lies_in_the_middle_like_mnist(cache):
    images = datasets.load("mnist", quiet=True).x_train
    assert not images[:, :4].any() and not images[:, 24:].any() and not images[:, :, :4].any()
    assert images[:, 4:24, 4:24].max() == 255


def test_mirror_then_cache(mirror, cache, monkeypatch, capsys):
    entry, content, arrays = small_mnist()
    monkeypatch.setitem(CATALOGUE, "mnist", entry)
    (mirror / "mnist.npz").write_bytes(content)
    first = datasets.load("mnist")
    assert (first.source, first.stand_in) == ("mirror", False) and same(first, arrays)
    assert capsys.readouterr().out.strip().endswith("from the mirror (mnist.npz)")
    assert files_below(mirror) == ["mnist.npz"], "something was written into the mirror"
    assert files_below(cache) == ["arrays/mnist.npz"]
    assert datasets.load("mnist", quiet=True).source == "mirror"
    monkeypatch.delenv("COURSE_DATA_DIR")
    second = datasets.load("mnist", quiet=True)
    assert second.source == "cache" and same(second, arrays)


def test_rebuilt_copy_with_the_same_arrays_is_accepted(mirror, monkeypatch):
    entry, content, arrays = small_mnist()
    monkeypatch.setitem(CATALOGUE, "mnist", entry)
    with (mirror / "mnist.npz").open("wb") as target:
        np.savez(target, **dict(zip(PARTS, arrays, strict=True)))
    assert (mirror / "mnist.npz").read_bytes() != content
    assert datasets.load("mnist", quiet=True).source == "mirror"


def test_another_mirror_file_is_not_answered_from_the_cache(mirror, monkeypatch):
    entry, content, _ = small_mnist()
    monkeypatch.setitem(CATALOGUE, "mnist", entry)
    (mirror / "mnist.npz").write_bytes(content)
    datasets.load("mnist", quiet=True)
    (mirror / "mnist.npz").write_bytes(npz(small_arrays(seed=9)))
    dataset = datasets.load("mnist", quiet=True)
    assert dataset.source == "cache", "the changed mirror file must be refused, the cache still holds the right arrays"


@pytest.mark.parametrize("mode", ["w:xz", "w:gz", "folder"])
def test_cifar_from_any_container(mode, mirror, monkeypatch):
    entry, batches, arrays = small_cifar()
    monkeypatch.setitem(CATALOGUE, "cifar10", entry)
    if mode == "folder":
        (mirror / "cifar-10-batches-py").mkdir()
        for name, content in batches.items():
            (mirror / "cifar-10-batches-py" / name).write_bytes(content)
    else:
        tar(mirror / f"cifar-10-python.tar.{mode[2:]}", batches, mode)
    dataset = datasets.load("cifar10", quiet=True)
    assert dataset.source == "mirror" and same(dataset, arrays)
    assert dataset.class_names[0] == "airplane"


def test_fashion_from_its_four_files(mirror, cache, monkeypatch):
    files = {}
    with serving(lambda handler: reply(handler, files[handler.path.strip("/")])) as (address, asked):
        entry, published, arrays = small_fashion(address)
        files.update(published)
        monkeypatch.setitem(CATALOGUE, "fashion_mnist", entry)
        monkeypatch.setenv("COURSE_OFFLINE", "0")
        dataset = datasets.load("fashion_mnist", quiet=True)
    assert dataset.source == "download" and same(dataset, arrays) and len(asked) == 4
    assert files_below(cache) == ["arrays/fashion_mnist.npz"]
    assert datasets.load("fashion_mnist", quiet=True).source == "cache"
    (mirror / "fashion_mnist").mkdir()
    for name, content in published.items():
        (mirror / "fashion_mnist" / name).write_bytes(content)
    assert datasets.load("fashion_mnist", quiet=True).source == "mirror"


def test_published_file_put_into_the_cache_by_hand_is_found(cache, monkeypatch):
    entry, content, arrays = small_mnist()
    monkeypatch.setitem(CATALOGUE, "mnist", entry)
    cache.mkdir()
    (cache / "mnist.npz").write_bytes(content)
    dataset = datasets.load("mnist", quiet=True)
    assert dataset.source == "cache" and same(dataset, arrays)


def test_unknown_name_lists_the_names_and_the_closest():
    with pytest.raises(ValueError, match=r"'mnist', 'fashion_mnist'.*received 'minst'\. Did you mean 'mnist'"):
        datasets.load("minst")
    with pytest.raises(ValueError, match="load_folder"):
        datasets.load("flowers17")


def test_expected_source_follows_what_load_does(mirror, cache, monkeypatch):
    entry, content, _ = small_mnist()
    monkeypatch.setitem(CATALOGUE, "mnist", entry)
    assert datasets.expected_source("mnist")[0] == datasets.load("mnist", quiet=True).source == "bundled"
    monkeypatch.setenv("COURSE_OFFLINE", "0")
    assert datasets.expected_source("mnist")[0] == "download"
    (mirror / "mnist.npz").write_bytes(content)
    assert datasets.expected_source("mnist")[0] == datasets.load("mnist", quiet=True).source == "mirror"
    monkeypatch.delenv("COURSE_DATA_DIR")
    assert datasets.expected_source("mnist")[0] == datasets.load("mnist", quiet=True).source == "cache"


def test_photographs_are_whole_and_yours():
    assert datasets.photograph("astronaut").shape == (512, 512, 3)
    for name in datasets.PHOTOGRAPHS:
        image = datasets.photograph(name)
        assert image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3
    image[:] = 0
    assert datasets.photograph(name).any(), "changing a photograph changed the next one"
    with pytest.raises(ValueError, match="Did you mean 'coffee'"):
        datasets.photograph("cofee")


def test_no_test_patch_shares_a_pixel_with_a_training_patch():
    from course_utils.datasets.bundled import _patches

    numbered = np.arange(300 * 420).reshape(300, 420)
    patches = _patches(numbered, np.random.default_rng(0))
    train, test = (set(np.unique(patches[part])) for part in ("train", "test"))
    assert train and test and not train & test


def test_importing_the_room_loads_no_heavy_library():
    heavy = "('keras', 'tensorflow', 'sklearn', 'skimage', 'scipy', 'matplotlib', 'pandas')"
    code = f"import sys, course_utils.datasets as d; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_catalogue_agrees_with_keras():
    import importlib.util

    folder = Path(importlib.util.find_spec("keras").submodule_search_locations[0]) / "src" / "datasets"
    for name in ("mnist", "cifar10", "cifar100"):
        text = (folder / f"{name}.py").read_text()
        (file,) = CATALOGUE[name].files
        assert file.sha256 in text
        assert file.url.rsplit("/", 1)[0] in text


def test_catalogue_rows_are_complete():
    for name, entry in CATALOGUE.items():
        assert entry.citation and entry.licence and entry.class_names, name
        assert len(set(entry.class_names)) == len(entry.class_names), name
        for file in entry.files:
            assert re.fullmatch("[0-9a-f]{64}", file.sha256) and file.url.startswith("https://") and file.size > 0
        for algorithm_and_hash, _ in entry.members.values():
            assert re.fullmatch("sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}", algorithm_and_hash)
        assert bool(entry.stand_in) == (entry.layout != "bundled")
