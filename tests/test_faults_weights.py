"""Faults found by adversarial testing of weights and cards: what once stopped a lesson, waited or claimed too much."""

import json
import os
import shutil

import h5py
import keras
import numpy as np
import pytest
from datasets_tools import files_below, serving
from transfer_tools import NAME, ROW, pictures

from course_utils import downloads, paths, transfer
from course_utils.transfer import weights

FILE = "tiny.h5"


def network(name="tiny"):
    """Return a network of two layers, small enough for many tests."""
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, name=f"{name}_1")(inputs)
    return keras.Model(inputs, keras.layers.Conv2D(2, 3, name=f"{name}_2")(x), name=name)


PUBLISHED = weights.Published(FILE, "http://127.0.0.1:9/", "", 4, 4 * 28 + 2 * 37)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    keras.utils.set_random_seed(0)
    from transfer_tools import write_weights

    model = network()
    return model, write_weights(model, tmp_path_factory.mktemp("whole") / FILE)


def replaced(path, name, **new):
    with h5py.File(path, "a") as file:
        del file[name]
        file.create_dataset(name, **new)


def absurd_size(path):
    replaced(path, "tiny_1/tiny_1/0:0", shape=(10**6, 10**6, 100), dtype="float32", chunks=(100, 100, 100))


def texts(path):
    replaced(path, "tiny_1/tiny_1/0:0", data=np.array([b"x"] * 108).reshape(3, 3, 3, 4))


def compound(path):
    replaced(path, "tiny_1/tiny_1/0:0", data=np.zeros((3, 3, 3, 4), [("a", "f4"), ("b", "f4")]))


def other_shape_of_equal_size(path):
    replaced(path, "tiny_1/tiny_1/0:0", data=np.zeros((3, 3, 4, 3), "float32"))


def from_another_file(path):
    secret = path.with_name("secret")
    secret.write_bytes(bytes(4 * 108))
    replaced(path, "tiny_1/tiny_1/0:0", shape=(3, 3, 3, 4), dtype="float32", external=[(str(secret), 0, 4 * 108)])


def no_names(path):
    with h5py.File(path, "a") as file:
        del file.attrs["layer_names"]


def odd_names(path):
    with h5py.File(path, "a") as file:
        file["tiny_1"].attrs["weight_names"] = 7


def pipe(path):
    path.unlink()
    os.mkfifo(path)


HARMS = [absurd_size, texts, compound, other_shape_of_equal_size, from_another_file, no_names, odd_names, pipe]


@pytest.mark.parametrize("harm", HARMS)
def test_odd_weights_of_the_mirror_are_explained_and_the_next_place_is_used(harm, places, whole):
    model, file = whole
    for place in ("mirror", "keras/models"):
        shutil.copy(file, places / place)
    harm(places / "mirror" / FILE)
    found = network("other")
    source, _ = weights.load_weights(found, PUBLISHED)
    assert source == "cache"
    for mine, written in zip(found.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, written)
    (places / "keras/models" / FILE).unlink()
    with pytest.raises(transfer.WeightsUnavailable, match=r"mirror: .*tiny\.h5.*COURSE_OFFLINE is set"):
        weights.load_weights(found, PUBLISHED)


def test_flipped_bits_stop_nothing(places, whole):
    model, file = whole
    content = file.read_bytes()
    shutil.copy(file, places / "keras/models")
    found = network("flips")
    draw = np.random.default_rng(0)
    for position in [*draw.integers(0, 8 * len(content), 20), *draw.integers(0, 8 * 800, 40)]:
        changed = bytearray(content)
        changed[position // 8] ^= 1 << position % 8
        (places / "mirror" / FILE).write_bytes(changed)
        source, _ = weights.load_weights(found, PUBLISHED)
        if source == "cache":
            np.testing.assert_array_equal(found.get_weights()[0], model.get_weights()[0])


def test_weights_without_a_published_checksum_are_not_called_verified():
    note = "weights from the mirror (no checksum is published: their number and sizes are right)"
    base = transfer.backbone(NAME, input_shape=(32, 32, 3), weights=None)
    from dataclasses import replace

    from course_utils.transfer.backbones import _note

    assert ROW.weights.md5 == "" and _note(replace(base, source="mirror"), []) == f"Backbone {NAME}, {note}"
    assert "verified" not in transfer.backbone.__doc__


@pytest.mark.parametrize(
    "answer, told",
    [
        (lambda handler: handler.wfile.write(b"garbage\r\n\r\n"), "the answer is no HTTP"),
        (lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(200_000)), "longer than the"),
    ],
)
def test_download_of_weights_has_limits_and_explains_a_server_that_talks_garbage(answer, told, places, monkeypatch):
    monkeypatch.delenv("COURSE_OFFLINE")
    monkeypatch.setattr(downloads, "CONNECT_SECONDS", 0.5)
    with serving(answer) as (address, _), pytest.raises(transfer.WeightsUnavailable, match=told):
        weights.load_weights(network("served"), PUBLISHED._replace(url=f"{address}/"))
    assert files_below(places / "cache") == []


def test_slow_download_of_weights_is_given_up_and_the_network_not_asked_again(places, monkeypatch):
    monkeypatch.delenv("COURSE_OFFLINE")
    monkeypatch.setattr(downloads, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(downloads, "HEADER_SECONDS", 0.4)
    from test_faults_data import drip

    with (
        serving(drip(b"HTTP/1.1 200 OK\r\nX: y")) as (address, _),
        pytest.raises(transfer.WeightsUnavailable) as caught,
    ):
        weights.load_weights(network("slow"), PUBLISHED._replace(url=f"{address}/"))
    assert caught.value.no_network and "no answer" in caught.value.reason


# --- the shipped networks and their cards


@pytest.fixture
def shipped(tmp_path):
    for file in paths.WEIGHTS.glob("lenet5_mnist.*"):
        shutil.copy(file, tmp_path)
    return tmp_path


DAMAGED = {"no JSON": b'{"weights_sha256": ', "no hash": b"{}", "a list": b"[1]", "no text": b"\xff\xfe", "empty": b""}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_damaged_card_is_named_and_the_remedy_told(content, shipped):
    (shipped / "lenet5_mnist.json").write_bytes(content)
    for ask in (transfer.card, transfer.load_pretrained):
        with pytest.raises(OSError, match=r"lenet5_mnist\.json.*git checkout data/weights"):
            ask("lenet5_mnist", folder=shipped)


def test_weights_that_fit_their_card_and_no_network_are_named(shipped):
    from course_utils import files

    path = transfer.weights_path("lenet5_mnist", shipped)
    path.write_bytes(b"no HDF5")
    card = json.loads((shipped / "lenet5_mnist.json").read_text())
    (shipped / "lenet5_mnist.json").write_text(json.dumps({**card, "weights_sha256": files.sha256(path)}))
    with pytest.raises(OSError, match=r"lenet5_mnist\.weights\.h5.*git checkout data/weights"):
        transfer.load_pretrained("lenet5_mnist", folder=shipped)


@pytest.mark.parametrize("name, meant", [("lenet", "lenet5_mnist"), ("ResNet20", "resnet20_cifar10")])
def test_a_half_given_name_of_a_network_gets_a_hint(name, meant):
    with pytest.raises(ValueError, match=f"Did you mean '{meant}'"):
        transfer.load_pretrained(name)


def test_features_that_were_damaged_are_set_aside_and_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path))
    base = transfer.backbone("resnet20_cifar10")
    first = transfer.features(base, pictures(2))
    (place,) = (tmp_path / "features").iterdir()
    place.write_bytes(place.read_bytes()[:-9])
    np.testing.assert_array_equal(transfer.features(base, pictures(2)), first)
    assert f"renamed to {place.name}.damaged; the features are computed again" in capsys.readouterr().out
