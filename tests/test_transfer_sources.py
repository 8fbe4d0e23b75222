"""Where ImageNet weights come from: the order, damaged and tampered files, downloads that fail."""

import hashlib
import shutil
import threading
import time

import h5py
import numpy as np
import pytest
from datasets_tools import files_below, reply, serving
from transfer_tools import NAME, ROW, untrained, write_weights

from course_utils import downloads, paths, runtime

keras = runtime.import_keras()

from course_utils import transfer  # noqa: E402
from course_utils.transfer import weights  # noqa: E402

FILE = ROW.weights.file


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A random network and its file of weights, in the published layout."""
    keras.utils.set_random_seed(0)
    model = untrained()
    return model, write_weights(model, tmp_path_factory.mktemp("whole") / FILE)


@pytest.fixture
def online(monkeypatch, places):
    """Let the row point to a server on the loopback; returns a function that says how the server answers."""
    monkeypatch.delenv("COURSE_OFFLINE")
    monkeypatch.setattr(downloads, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(downloads, "HEADER_SECONDS", 1.5)

    def at(url, md5=""):
        row = ROW._replace(weights=ROW.weights._replace(url=url + "/", md5=md5))
        monkeypatch.setitem(weights.BACKBONES, NAME, row)

    return at


def load():
    return transfer.backbone(NAME, input_shape=(32, 32, 3))


@pytest.mark.parametrize(
    "folder, source", [("mirror", "mirror"), ("cache/weights", "cache"), ("keras/models", "cache")]
)
def test_weights_are_found_in_each_place_and_loaded(places, whole, folder, source):
    model, file = whole
    shutil.copy(file, places / folder)
    base = load()
    assert base.source == source
    assert base.weights == hashlib.sha256(file.read_bytes()).hexdigest()
    for found, written in zip(base.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(found, written)


def test_the_mirror_comes_first_and_is_never_written_to(places, whole):
    for folder in ("mirror", "cache/weights"):
        shutil.copy(whole[1], places / folder)
    before = (places / "mirror" / FILE).stat().st_mtime_ns
    assert load().source == "mirror"
    assert files_below(places / "mirror") == [FILE]
    assert (places / "mirror" / FILE).stat().st_mtime_ns == before


def cut(path):
    path.write_bytes(path.read_bytes()[:-5000])


def not_hdf5(path):
    path.write_bytes(b"<html>log in first</html>")


def an_array_less(path):
    with h5py.File(path, "a") as file:
        del file["Conv1"]["Conv1"]


def other_shape(path):
    with h5py.File(path, "a") as file:
        del file["Conv1/Conv1/0:0"]
        file["Conv1/Conv1"].create_dataset("0:0", data=np.zeros((3, 3, 3, 17), "float32"))


def not_finite(path):
    with h5py.File(path, "a") as file:
        file["Conv1/Conv1/0:0"][0, 0, 0, 0] = np.nan


@pytest.mark.parametrize("harm", [cut, not_hdf5, an_array_less, other_shape, not_finite])
def test_damaged_file_is_explained_set_aside_in_our_cache_and_the_next_place_is_tried(places, whole, harm):
    shutil.copy(whole[1], places / "cache/weights")
    shutil.copy(whole[1], places / "keras/models")
    harm(places / "cache/weights" / FILE)
    assert load().source == "cache"
    assert files_below(places / "cache/weights") == [f"{FILE}.damaged"]
    harm(places / "keras/models" / FILE)
    with pytest.raises(transfer.WeightsUnavailable, match=r"left alone.*COURSE_OFFLINE is set"):
        load()
    assert (places / "keras/models" / FILE).exists()  # not ours to remove


def test_damaged_file_of_the_mirror_is_left_alone(places, whole):
    shutil.copy(whole[1], places / "mirror")
    cut(places / "mirror" / FILE)
    before = (places / "mirror" / FILE).read_bytes()
    base = transfer.best_backbone((NAME, "resnet20_cifar10"))
    assert base.name == "resnet20_cifar10"
    assert "left alone" in base.note
    assert (places / "mirror" / FILE).read_bytes() == before


def test_published_checksum_is_compared(places, whole, monkeypatch):
    shutil.copy(whole[1], places / "mirror")
    md5 = hashlib.md5(whole[1].read_bytes()).hexdigest()
    monkeypatch.setitem(weights.BACKBONES, NAME, ROW._replace(weights=ROW.weights._replace(md5=md5)))
    assert load().source == "mirror"
    with h5py.File(places / "mirror" / FILE, "a") as file:
        file["Conv1/Conv1/0:0"][0, 0, 0, 0] += 1.0  # whole, finite, of the right shape: only the checksum tells
    with pytest.raises(OSError, match="MD5"):
        load()


def test_download_is_verified_and_kept(online, places, whole):
    content = whole[1].read_bytes()
    with serving(lambda handler: reply(handler, content)) as (address, asked):
        online(address, hashlib.md5(content).hexdigest())
        assert load().source == "download"
        assert load().source == "cache"
    assert asked == [f"/{FILE}"]
    assert files_below(places / "cache") == [f"weights/{FILE}"]


def test_a_large_download_announces_itself(online, places, whole, monkeypatch, capsys):
    content = whole[1].read_bytes()
    with serving(lambda handler: reply(handler, content)) as (address, _):
        online(address)
        load()
        assert capsys.readouterr().out == ""
        (places / "cache/weights" / FILE).unlink()
        monkeypatch.setattr(downloads, "LARGE", 1_000_000)
        load()
        assert capsys.readouterr().out == f"Downloading {FILE} (2 MB) from {address.removeprefix('http://')} …\n"


def test_download_where_the_cache_cannot_be_written(online, places, whole, monkeypatch):
    content = whole[1].read_bytes()
    (places / "file").write_text("no folder")
    monkeypatch.setenv("COURSE_CACHE_DIR", str(places / "file"))
    with serving(lambda handler: reply(handler, content)) as (address, _):
        online(address)
        assert load().source == "download"


def tampered(handler, content):
    reply(handler, content[:5000] + b"\0" * 8 + content[5008:])


def shortened(handler, content):
    reply(handler, content[:-100], length=len(content))
    handler.close_connection = True


def missing(handler, content):
    reply(handler, b"not here", status=404)


@pytest.mark.parametrize(
    "answer, told", [(tampered, "another MD5 than published"), (shortened, "ended after"), (missing, "answered 404")]
)
def test_failed_download_leaves_nothing_behind_and_is_explained(online, places, whole, answer, told):
    content = whole[1].read_bytes()
    with serving(lambda handler: answer(handler, content)) as (address, _):
        online(address, hashlib.md5(content).hexdigest())
        with pytest.raises(transfer.WeightsUnavailable, match=told):
            load()
    assert files_below(places / "cache") == []


def test_download_without_a_published_checksum_is_compared_in_structure(online, places, whole):
    with serving(lambda handler: reply(handler, b"<html>log in first</html>")) as (address, _):
        online(address)
        with pytest.raises(transfer.WeightsUnavailable, match="file signature not found"):
            load()
    assert files_below(places / "cache") == []


def test_silent_server_is_given_up_and_not_asked_again(online, places, monkeypatch):
    other, done = "mobilenet_v2", threading.Event()
    begun = time.monotonic()
    with serving(lambda handler: done.wait(60)) as (address, asked):
        online(address)
        row = weights.BACKBONES[other]
        monkeypatch.setitem(weights.BACKBONES, other, row._replace(weights=row.weights._replace(url=address + "/")))
        base = transfer.best_backbone((NAME, other, "resnet20_cifar10"))
        done.set()
    assert time.monotonic() - begun < 50
    assert base.name == "resnet20_cifar10"
    assert f"not {NAME} (download: no answer for" in base.note
    assert f"not {other} (the network does not answer)" in base.note
    assert len(asked) == 1


def test_offline_asks_no_server(online, places, monkeypatch):
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    with serving(lambda handler: reply(handler, b"")) as (address, asked):
        online(address)
        with pytest.raises(transfer.WeightsUnavailable, match=r"COURSE_OFFLINE is set\)\. Put it into"):
            load()
    assert asked == []


@pytest.mark.slow
def test_counts_of_the_catalogue_are_those_of_keras():
    for name, row in weights.BACKBONES.items():
        if row.weights is not None:
            with keras.StatelessScope():
                model = untrained(name, (96, 96, 3))
            assert (len(model.weights), model.count_params()) == (row.weights.arrays, row.weights.params), name


if paths.mirror() is not None and (paths.mirror() / FILE).exists():

    def test_real_weights_of_the_mirror_tell_a_cat_from_coffee(tmp_path, monkeypatch):
        from course_utils import datasets

        monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path))
        base = transfer.backbone(NAME)
        assert base.source == "mirror"
        cat, coffee = datasets.photograph("chelsea")[:224, 100:324], datasets.photograph("coffee")[:224, 100:324]
        rows = transfer.features(base, np.stack([cat, cat[:, ::-1], coffee]))
        cosine = lambda a, b: a @ b / np.linalg.norm(a) / np.linalg.norm(b)  # noqa: E731
        assert cosine(rows[0], rows[1]) > cosine(rows[0], rows[2]) + 0.2
