"""The shipped weights: verified loading, honest cards, and recipes that run end to end in seconds on made-up images."""

import dataclasses
import json
import shutil

import numpy as np
import pytest

from course_utils import paths, pretrain, runtime

keras = runtime.import_keras()

from course_utils import transfer  # noqa: E402
from course_utils.models.lenet import lenet5  # noqa: E402
from course_utils.models.resnet_cifar import resnet_cifar  # noqa: E402
from course_utils.recipes import pretraining, weight_card  # noqa: E402

NAMES = tuple(transfer.PRETRAINED)
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("eagerly")]


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """The LeNet recipe, run whole on made-up images."""
    folder = tmp_path_factory.mktemp("weights")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_RUNS_DIR", str(tmp_path_factory.mktemp("runs")))
        card = pretrain.pretrain("lenet5_mnist", folder=folder, quick=True, log=lambda line: None)
    return folder, card


def test_every_network_has_a_recipe():
    assert set(pretraining.RECIPES) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_shipped_network_is_the_one_its_card_describes(name):
    model, card = transfer.load_pretrained(name), transfer.card(name)
    answers = model.predict(weight_card.probe_images(model.input_shape[1:]), verbose=0)
    np.testing.assert_allclose(answers, card["probe_outputs"], atol=1e-4, rtol=1e-5)  # distances reach hundreds
    assert model.count_params() == card["parameters"]
    assert transfer.weights_path(name).stat().st_size <= 2e6


@pytest.mark.parametrize("name", NAMES)
def test_shipped_card_is_complete_and_follows_the_recipe(name):
    card, recipe = transfer.card(name), pretraining.RECIPES[name]
    assert card["recipe"] == recipe.as_json()
    assert card["data"]["name"] == recipe.dataset
    assert len(card["data"]["sha256"]) == 64
    assert [row["epoch"] for row in card["curves"]] == list(range(1, recipe.epochs + 1))
    assert card["validation_accuracy"] == pytest.approx(card["curves"][-1]["val_accuracy"], abs=1e-5)
    assert recipe.goal <= card["test_accuracy"] < 1
    assert card["seconds"] == pytest.approx(sum(row["seconds"] for row in card["curves"]), rel=1e-3)


def test_quick_run_writes_weights_that_load_and_a_card_that_is_true(quick):
    folder, card = quick
    model = transfer.load_pretrained("lenet5_mnist", folder=folder)
    images, labels = pretrain.made_up("lenet5_mnist")[2:4]
    accuracy = (model.predict(images, verbose=0).argmax(axis=1) == labels).mean()
    assert card["test_accuracy"] == pytest.approx(accuracy, abs=1e-6)
    assert card["data"]["name"] == "made up"
    assert [row["epoch"] for row in card["curves"]] == [1, 2]
    assert transfer.card("lenet5_mnist", folder=folder) == card


def test_resnet_recipe_runs_end_to_end(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_RUNS_DIR", str(tmp_path / "runs"))
    narrow = lambda: transfer.with_preprocessing(  # noqa: E731
        resnet_cifar(n=1, width=0.25), scale=1 / 127.5, offset=-1.0
    )
    monkeypatch.setitem(transfer.PRETRAINED, "resnet20_cifar10", narrow)
    card = pretrain.pretrain("resnet20_cifar10", folder=tmp_path, quick=True, log=lambda line: None)
    model = transfer.load_pretrained("resnet20_cifar10", folder=tmp_path)
    answers = model.predict(weight_card.probe_images((32, 32, 3)), verbose=0)
    np.testing.assert_allclose(answers, card["probe_outputs"], atol=1e-5)


def test_the_recipe_of_1998_runs_and_its_weights_are_of_half_precision(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_RUNS_DIR", str(tmp_path / "runs"))
    card = pretrain.pretrain("lenet5_1998_mnist", folder=tmp_path, quick=True, log=lambda line: None)
    model = transfer.load_pretrained("lenet5_1998_mnist", folder=tmp_path)
    for array in model.get_weights():
        np.testing.assert_array_equal(array, array.astype("float16"))
    images, labels = pretrain.made_up("lenet5_1998_mnist")[2:4]
    accuracy = (model.predict(images, verbose=0).argmin(axis=1) == labels).mean()
    assert card["test_accuracy"] == pytest.approx(accuracy, abs=1e-6)
    assert card["curves"][1]["loss"] < card["curves"][0]["loss"]


def test_a_changed_byte_is_noticed_and_explained(quick, tmp_path):
    folder = shutil.copytree(quick[0], tmp_path / "copy")
    path = transfer.weights_path("lenet5_mnist", folder)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(OSError, match=r"damaged.*course_utils\.pretrain lenet5_mnist --force"):
        transfer.load_pretrained("lenet5_mnist", folder=folder)


def test_missing_files_and_unknown_names_are_explained(quick, tmp_path):
    with pytest.raises(ValueError, match=r"'lenet5_mnist', .*, 'resnet20_cifar10'.*Did you mean 'resnet20_cifar10'"):
        transfer.load_pretrained("resnet_cifar10")
    with pytest.raises(FileNotFoundError, match=r"course_utils\.pretrain lenet5_mnist"):
        transfer.load_pretrained("lenet5_mnist", folder=tmp_path)
    shutil.copy(quick[0] / "lenet5_mnist.json", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"weights\.h5 is missing"):
        transfer.load_pretrained("lenet5_mnist", folder=tmp_path)


def test_existing_weights_are_left_alone_unless_forced(quick, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_RUNS_DIR", str(tmp_path / "runs"))
    folder = shutil.copytree(quick[0], tmp_path / "copy")
    path = transfer.weights_path("lenet5_mnist", folder)
    path.write_bytes(b"precious")
    command = ["lenet5_mnist", "--quick", "--folder", str(folder)]
    assert pretrain.main(command) == 1
    assert "--force" in capsys.readouterr().err
    assert path.read_bytes() == b"precious"
    assert pretrain.main([*command, "--force"]) == 0
    assert path.read_bytes() != b"precious"


def test_weights_need_the_real_data(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    with pytest.raises(RuntimeError, match="real mnist is needed"):
        pretrain.pretrain("lenet5_mnist", folder=tmp_path / "weights")
    assert not (tmp_path / "weights").exists()


def test_a_stopped_training_goes_on_exactly(tmp_path):
    recipe = dataclasses.replace(
        pretraining.RECIPES["lenet5_mnist"], **{**pretrain.QUICK, "cycles": ((2, 0.1), (1, 0.05))}
    )
    images, labels = pretrain.made_up("lenet5_mnist")[:2]

    class Stop(Exception):
        pass

    def stop(line):
        if line.startswith("epoch 2"):
            raise Stop

    silent = lambda line: None  # noqa: E731
    whole, curves = pretraining.train(recipe, images, labels, tmp_path / "whole.npz", log=silent)
    with pytest.raises(Stop):
        pretraining.train(recipe, images, labels, tmp_path / "stopped.npz", log=stop)
    resumed, again = pretraining.train(recipe, images, labels, tmp_path / "stopped.npz", log=silent)
    assert [row["epoch"] for row in again] == [1, 2, 3]
    assert again[-1]["loss"] == pytest.approx(curves[-1]["loss"], rel=1e-5)
    for one, other in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
    for other in (dataclasses.replace(recipe, seed=1), recipe):
        with pytest.raises(ValueError, match="another training"):
            pretraining.train(other, images + (other is recipe), labels, tmp_path / "stopped.npz", log=silent)


def test_augmentation_moves_and_mirrors_and_loses_nothing_else():
    images = np.zeros((200, 9, 9, 1), "uint8")
    images[:, 4, 3] = 7
    moved = pretraining.shift(images, np.random.default_rng(0), pixels=2)
    assert moved.shape == images.shape
    assert moved.dtype == np.uint8
    places = {tuple(np.argwhere(image[..., 0])[0]) for image in moved}
    assert places == {(row, column) for row in range(2, 7) for column in range(1, 6)}
    seen = {
        tuple(np.argwhere(i[..., 0])[0])
        for i in pretraining.shift_and_mirror(images, np.random.default_rng(0))
        if i.any()
    }
    assert {column for _, column in seen} == set(range(9))


def test_held_out_images_are_never_trained_on():
    images = np.arange(100)[:, None, None, None]
    (x, y), (x_held, y_held) = pretraining.hold_out(images, np.arange(100), 20, seed=3)
    assert len(x_held) == 20
    assert sorted([*x.ravel(), *x_held.ravel()]) == list(range(100))
    np.testing.assert_array_equal(y, x.ravel())
    np.testing.assert_array_equal(y_held, x_held.ravel())


def test_rate_climbs_to_its_peak_and_falls_to_zero_in_each_cycle():
    recipe = dataclasses.replace(pretraining.RECIPES["lenet5_mnist"], cycles=((20, 0.1), (5, 0.02)))
    assert recipe.epochs == 25
    assert recipe.starts() == {0: (20, 0.1), 20: (5, 0.02)}
    model = transfer.PRETRAINED["lenet5_mnist"]()
    for epochs, peak in recipe.cycles:
        pretraining.compile_for(model, recipe, (epochs, peak), 55_000)
        steps = epochs * 430  # 55,000 / 128 rounded up
        rate = [float(model.optimizer._learning_rate(step)) for step in (0, round(0.2 * steps), steps)]
        assert rate == pytest.approx([0, peak, 0], abs=1e-6)


def test_network_over_pixels_is_one_model_with_the_same_answers():
    network = lenet5(input_shape=(32, 32, 1))
    model = transfer.with_preprocessing(network, scale=1 / 255, pad=2)
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28, 1)).astype("uint8")
    framed = np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0))) / 255
    np.testing.assert_allclose(model.predict(images, verbose=0), network.predict(framed, verbose=0), atol=1e-6)
    first = keras.Model(model.input, model.get_layer("C1").output)
    assert first(images).shape == (3, 28, 28, 6)


def test_cards_are_plain_json():
    for name in NAMES:
        text = transfer.weights_path(name).with_name(f"{name}.json").read_text(encoding="utf-8")
        assert json.loads(text)["name"] == name
        assert str(paths.ROOT) not in text
