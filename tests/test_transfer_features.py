"""Cached features: what the key depends on, damaged files, interrupted and impossible writing."""

import dataclasses
import os

import numpy as np
import pytest
from transfer_tools import pictures

from course_utils import files, runtime

keras = runtime.import_keras()

from course_utils import transfer  # noqa: E402
from course_utils.transfer import extraction  # noqa: E402


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty folder of features."""
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path))
    return tmp_path / "features"


def small():
    """Return a backbone of two convolutions for images of 8×8, the same numbers at every call."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, padding="same", name="first")(inputs)
    x = keras.layers.BatchNormalization(name="norm")(x)
    model = keras.Model(inputs, keras.layers.Conv2D(6, 3, 2, activation="relu", name="last")(x), name="small")
    layer = transfer.Preprocessing("minus_one_to_one")
    return transfer.Backbone("small", model, layer.of_array, layer.get_config(), (8, 8, 3), "random", "", "ours")


@pytest.fixture
def base():
    return small()


@pytest.fixture
def runs(monkeypatch):
    """How often the base was really run."""
    counted, original = [], extraction.computed
    monkeypatch.setattr(extraction, "computed", lambda *given: counted.append(1) or original(*given))
    return counted


def test_features_are_the_pooled_or_flattened_output_of_the_base(cache, base):
    images = pictures(5, 8)
    maps = base.model.predict(base.preprocess(images), verbose=0)
    average = transfer.features(base, images, batch_size=2)  # the last batch is not full
    flat = transfer.features(base, images, pool=None, batch_size=3)
    assert average.dtype == np.float32 and average.shape == (5, 6) and flat.shape == (5, 54)
    np.testing.assert_allclose(average, maps.mean((1, 2)), atol=1e-5)
    np.testing.assert_allclose(flat, maps.reshape(5, -1), atol=1e-5)


def test_a_base_is_compiled_once_and_still_read_as_it_is_now(base):
    images = pictures(3, 8)
    before = transfer.features(base, images, cache=False)
    assert extraction.runner(base.model) is extraction.runner(base.model)
    base.model.set_weights([0.5 * weight for weight in base.model.get_weights()])
    after = transfer.features(base, images, cache=False)
    assert np.abs(after - before).max() > 1e-3
    fresh = dataclasses.replace(base, model=keras.Model(base.model.input, base.model.output))
    np.testing.assert_allclose(after, transfer.features(fresh, images, cache=False), atol=1e-5)


def test_the_second_time_they_come_from_the_disk(cache, base, runs):
    images = pictures(side=8)
    first = transfer.features(base, images)
    again = transfer.features(small(), images.copy(), batch_size=3)
    np.testing.assert_array_equal(first, again)
    assert len(runs) == 1 and len(list(cache.iterdir())) == 1
    transfer.features(base, images, cache=False)
    assert len(runs) == 2


def test_freezing_and_the_numbers_keras_gives_to_layers_do_not_count(cache, runs):
    first, second = (dataclasses.replace(small(), model=tiny()) for _ in range(2))
    assert [layer.name for layer in first.model.layers] != [layer.name for layer in second.model.layers]
    second.model.trainable = False
    images = pictures(3, 8)
    transfer.features(first, images)
    transfer.features(second, images)
    assert len(runs) == 1


def tiny(activation="relu", strides=1, order="ab", side=8):
    """Return a small network with equal weights whatever the options; layers get Keras's running numbers."""
    inputs = keras.Input((side, side, 3))
    left = keras.layers.Conv2D(2, 3, strides, "same", activation=activation, kernel_initializer="ones")(inputs)
    right = keras.layers.Conv2D(2, 3, strides, "same", kernel_initializer="ones")(inputs)
    joined = keras.layers.Subtract()([left, right] if order == "ab" else [right, left])
    return keras.Model(inputs, joined, name=f"tiny_{keras.backend.get_uid('tiny')}")


def changed_weight(base, images):
    layer = base.model.get_layer("last")
    kernel, bias = layer.get_weights()
    kernel[0, 0, 0, 0] += 1e-6
    layer.set_weights([kernel, bias])
    return base, images, "average"


def moved_statistic(base, images):
    layer = base.model.get_layer("norm")
    gamma, beta, mean, variance = layer.get_weights()
    layer.set_weights([gamma, beta, mean + 1e-3, variance])
    return base, images, "average"


def changed_pixel(base, images):
    images = images.copy()
    images[-1, -1, -1, -1] ^= 1
    return base, images, "average"


def other_number_type(base, images):
    return base, images.astype("float32"), "average"


def same_bytes_of_another_type(base, images):
    return base, images.view("int8"), "average"


def other_order(base, images):
    return base, images[::-1], "average"


def other_preprocessing(base, images):
    return dataclasses.replace(base, preprocess=transfer.Preprocessing("bgr_minus_mean").of_array), images, "average"


def preprocessing_of_the_same_name(base, images):
    def of_array(given):
        return np.asarray(given, "float32") / 127.0 - 1.0

    of_array.__qualname__ = base.preprocess.__qualname__
    return dataclasses.replace(base, preprocess=of_array), images, "average"


def other_pooling(base, images):
    return base, images, None


CHANGES = [
    changed_weight,
    moved_statistic,
    changed_pixel,
    other_number_type,
    same_bytes_of_another_type,
    other_order,
    other_preprocessing,
    preprocessing_of_the_same_name,
    other_pooling,
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_the_features_gives_another_key(base, change):
    images = pictures(side=8)
    before = extraction.key(base, images, "average")
    assert extraction.key(*change(base, images)) != before


@pytest.mark.parametrize("other", [{"activation": "elu"}, {"strides": 2}, {"order": "ba"}])
def test_other_layers_with_the_same_weights_give_another_key(base, other):
    keys = [
        extraction.key(
            dataclasses.replace(base, model=tiny(**options), input_shape=(8, 8, 3)), pictures(2, 8), "average"
        )
        for options in ({}, {}, other)
    ]
    assert keys[0] == keys[1] != keys[2]


def test_fine_tuned_network_gets_its_own_features(cache, base, runs):
    images = pictures(16, 8)
    first = transfer.features(base, images)
    base.model.trainable = True
    head = keras.Sequential([base.model, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(2)])
    head.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), run_eagerly=True)
    head.fit(base.preprocess(images), np.arange(16) % 2, verbose=0)
    second = transfer.features(base, images)
    assert len(runs) == 2 and np.abs(first - second).max() > 0


def half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path):
    path.write_bytes(b"")


def one_byte(path):
    content = bytearray(path.read_bytes())
    content[400] ^= 1
    path.write_bytes(content)


def other_numbers(path):
    with np.load(path) as stored:
        parts = dict(stored)
    np.savez(path, features=parts["features"] + 1, note=parts["note"])


def something_else(path):
    np.savez(path, other=np.zeros(3))


def pickled(path):
    np.savez(path, features=np.array([{"a": 1}], dtype=object), note=np.array("{}"))


@pytest.mark.parametrize("harm", [half, empty, one_byte, other_numbers, something_else, pickled])
def test_damaged_file_is_set_aside_and_computed_again(cache, base, runs, harm):
    images = pictures(side=8)
    first = transfer.features(base, images)
    (path,) = cache.iterdir()
    harm(path)
    harmed = path.read_bytes()
    assert extraction.cached(path) is None and not path.exists()
    assert path.with_name(f"{path.name}.damaged").read_bytes() == harmed
    transfer.features(base, images)
    harm(path)
    np.testing.assert_array_equal(transfer.features(base, images), first)
    assert len(runs) == 3
    np.testing.assert_array_equal(extraction.cached(path), first)


def test_interrupted_writing_leaves_no_half_file(cache, base, monkeypatch):
    def broken(file, **arrays):
        file.write(b"half of it")
        raise KeyboardInterrupt

    monkeypatch.setattr(files.np, "savez", broken)
    with pytest.raises(KeyboardInterrupt):
        transfer.features(base, pictures(side=8))
    assert list(cache.iterdir()) == []


def test_what_a_killed_process_left_goes_after_a_day(cache, base):
    cache.mkdir(parents=True)
    old, new = cache / ".partial-old.npz", cache / ".partial-new.npz"
    for path in (old, new):
        path.write_bytes(b"half of it")
    os.utime(old, (0, 0))
    transfer.features(base, pictures(side=8))
    assert not old.exists() and new.exists()


def test_full_disk_only_costs_the_time(cache, base, runs, monkeypatch):
    def full(file, **arrays):
        file.write(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.np, "savez", full)
    first = transfer.features(base, pictures(side=8))
    np.testing.assert_array_equal(transfer.features(base, pictures(side=8)), first)
    assert list(cache.iterdir()) == [] and len(runs) == 2


def test_folder_that_cannot_be_made_only_costs_the_time(tmp_path, base, runs, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "file"))
    first = transfer.features(base, pictures(side=8))
    np.testing.assert_array_equal(transfer.features(base, pictures(side=8)), first)
    assert len(runs) == 2


@pytest.mark.parametrize(
    "images, told",
    [
        (np.zeros((2, 64, 64, 3)), r"images must be \(N, 8, 8, 3\).*received shape \(2, 64, 64, 3\)"),
        (np.zeros((8, 8, 3)), r"received shape \(8, 8, 3\)"),
        (np.zeros((0, 8, 8, 3)), "N at least 1"),
    ],
)
def test_images_of_another_size_are_refused(base, images, told):
    with pytest.raises(ValueError, match=told):
        transfer.features(base, images)
    with pytest.raises(ValueError, match="pool must be one of 'average', None"):
        transfer.features(base, pictures(side=8), pool="max")


def test_an_unnamed_network_keeps_its_key_and_another_input_size_changes_it():
    with keras.StatelessScope():
        first, second, other = (extraction.plain(tiny(side=side).get_config(), {}) for side in (8, 8, 10))
    assert first == second != other
