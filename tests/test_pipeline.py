"""`datasets.stream` and `Augmentation`: the same pixels as the arrays, epochs that can be repeated, honest batches."""

import dataclasses
import gc
import subprocess
import sys
import weakref

import numpy as np
import pytest
from PIL import Image

from course_utils import datasets, runtime
from course_utils.datasets import pipeline
from course_utils.datasets.pipeline import moved

keras = runtime.import_keras()

EACH = 7


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two classes of seven pictures each, in four formats and several sizes."""
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "cache"))
    draw = np.random.default_rng(0)
    for label, name in enumerate(("cats", "dogs")):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(EACH):
            side = 20 + 5 * number
            small = draw.integers(100 * label, 100 * label + 100, (5, 5, 3)).astype("uint8")
            ending = ("jpg", "png", "bmp", "webp")[number % 4]
            Image.fromarray(small).resize((side, 30)).save(tmp_path / "pets" / name / f"{number}.{ending}")
    found = datasets.load_folder(tmp_path / "pets", quiet=True)
    return dataclasses.replace(found, parts=np.full(len(found), "train"))


def gathered(dataset):
    """Return the images and labels of one epoch."""
    images, labels = zip(*((np.array(x), np.array(y)) for x, y in dataset), strict=True)
    return np.concatenate(images), np.concatenate(labels)


@pytest.mark.parametrize("fit", ["crop", "stretch"])
def test_stream_gives_the_pixels_of_the_arrays_in_both_epochs(folder, fit):
    images, labels = folder.arrays((16, 24), fit=fit)
    dataset = datasets.stream(folder, size=(16, 24), batch_size=4, fit=fit)
    for _ in range(2):
        streamed, told = gathered(dataset)
        np.testing.assert_array_equal(streamed, images)
        np.testing.assert_array_equal(told, labels)
    assert streamed.dtype == np.uint8 and told.dtype == np.int32


def test_batches_have_the_size_asked_for_and_the_last_one_the_rest(folder):
    dataset = datasets.stream(folder, size=16, batch_size=4)
    assert [len(y) for _, y in dataset] == [4, 4, 4, 2]
    assert int(dataset.cardinality()) == 4
    assert dataset.element_spec[0].shape.as_list() == [None, 16, 16, 3]


def test_shuffling_gives_every_image_once_another_order_each_epoch_and_depends_on_the_seed(folder):
    images, labels = folder.arrays(16)
    whole = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    assert len(whole) == 2 * EACH
    dataset = datasets.stream(folder, size=16, batch_size=4, shuffle=True, seed=3)
    epochs = [gathered(dataset) for _ in range(2)]
    for streamed, told in epochs:
        assert {image.tobytes(): label for image, label in zip(streamed, told, strict=True)} == whole
    assert (epochs[0][0] != epochs[1][0]).any()
    again = datasets.stream(folder, size=16, batch_size=4, shuffle=True, seed=3)
    for (streamed, told), (repeated, labels_again) in zip(epochs, [gathered(again) for _ in range(2)], strict=True):
        np.testing.assert_array_equal(streamed, repeated)
        np.testing.assert_array_equal(told, labels_again)
    other, _ = gathered(datasets.stream(folder, size=16, batch_size=4, shuffle=True, seed=4))
    assert (other != epochs[0][0]).any()


def test_augmented_epochs_differ_and_repeat_with_the_seed(folder):
    plain, _ = gathered(datasets.stream(folder, size=16, batch_size=4))
    dataset = datasets.stream(folder, size=16, batch_size=4, augment=True, seed=5)
    (first, labels), (second, _) = gathered(dataset), gathered(dataset)
    assert (labels == folder.labels).all()
    assert all((a != b).any() for a, b in zip(first, plain, strict=True))
    assert (first != second).any()
    again = datasets.stream(folder, size=16, batch_size=4, augment=True, seed=5)
    np.testing.assert_array_equal(gathered(again)[0], first)
    np.testing.assert_array_equal(gathered(again)[0], second)
    other, _ = gathered(datasets.stream(folder, size=16, batch_size=4, augment=True, seed=6))
    assert (other != first).any()


def test_no_two_images_of_a_batch_are_changed_alike():
    matrices = datasets.Augmentation().matrices(8, (16, 16), 0)
    assert len(np.unique(matrices.reshape(8, -1), axis=0)) == 8


def test_files_are_decoded_once_where_they_fit_in_memory(folder, monkeypatch):
    counted, original = [], pipeline.decoded
    monkeypatch.setattr(pipeline, "decoded", lambda *given: counted.append(1) or original(*given))
    dataset = datasets.stream(folder, size=16, batch_size=4, augment=True)
    gathered(dataset), gathered(dataset)
    assert len(counted) == 2 * EACH
    monkeypatch.setattr(pipeline, "LARGEST_HELD", 100)
    dataset = datasets.stream(folder, size=16, batch_size=4)
    (first, _), (second, _) = gathered(dataset), gathered(dataset)
    assert len(counted) == 6 * EACH
    np.testing.assert_array_equal(first, second)


def test_an_epoch_left_early_costs_nothing_later(folder):
    dataset = datasets.stream(folder, size=16, batch_size=4)
    for _ in dataset.take(1):
        pass
    np.testing.assert_array_equal(gathered(dataset)[0], folder.arrays(16)[0])


def test_pixels_live_as_long_as_what_is_made_from_the_stream_and_no_longer(folder):
    dataset = datasets.stream(folder, size=16, batch_size=4)
    held = weakref.ref(dataset.pictures)
    derived = dataset.map(lambda x, y: (x + 1, y)).take(2)
    del dataset
    gc.collect()
    assert sum(len(y) for _, y in derived) == 8
    running = iter(derived)
    del derived
    gc.collect()
    assert len(list(running)) == 2
    assert len(next(iter(datasets.stream(folder, size=16)))[1]) == 2 * EACH
    del running
    gc.collect()
    assert held() is None


def test_a_file_that_vanished_is_told(folder):
    dataset = datasets.stream(folder, size=16, batch_size=4)
    folder.paths[5].unlink()
    with pytest.raises(Exception, match="No such file"):
        gathered(dataset)


def test_model_trains_on_a_stream(folder):
    model = keras.Sequential(
        [keras.Input((16, 16, 3)), keras.layers.Rescaling(1 / 255), keras.layers.Flatten(), keras.layers.Dense(2)]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"], jit_compile=False)
    dataset = datasets.stream(folder, size=16, batch_size=4, shuffle=True)
    model.fit(dataset, epochs=15, verbose=0)
    assert model.evaluate(datasets.stream(folder, size=16), verbose=0)[1] > 0.9


def test_without_ranges_nothing_changes():
    images = np.random.default_rng(0).integers(0, 256, (3, 9, 12, 3)).astype("uint8")
    still = datasets.Augmentation(rotation=0, shift=0, shear=0, zoom=0, flip=False)
    np.testing.assert_array_equal(still(images, seed=1), images)


def test_a_flip_is_a_mirror_image_and_happens_to_half():
    images = np.random.default_rng(0).integers(0, 256, (200, 4, 5, 3)).astype("uint8")
    changed = datasets.Augmentation(rotation=0, shift=0, shear=0, zoom=0)(images, seed=1)
    mirrored = (changed == images[:, :, ::-1]).all((1, 2, 3))
    same = (changed == images).all((1, 2, 3))
    assert (mirrored | same).all() and 70 < mirrored.sum() < 130


@pytest.mark.parametrize(
    "ranges, largest",
    [
        ({"shift": 0.2}, [0, 0, 0.2 * 50, 0, 0, 0.2 * 40]),  # of width and height
        ({"zoom": 0.3}, [0.3, 0, 0.3 * 24.5, 0, 0.3, 0.3 * 19.5]),  # around the middle
        ({"shear": 0.2}, [0, 0.2, 0.2 * 19.5, 0, 0, 0]),  # columns move with the row
        ({"rotation": 30}, [1 - np.cos(np.pi / 6), 0.5, None, 0.5, 1 - np.cos(np.pi / 6), None]),
    ],
)
def test_changes_fill_their_range_and_stay_inside(ranges, largest):
    nothing = {"rotation": 0, "shift": 0, "shear": 0, "zoom": 0, "flip": False}
    change = datasets.Augmentation(**{**nothing, **ranges})
    difference = change.matrices(2000, (40, 50), 0).reshape(2000, 6) - [1, 0, 0, 0, 1, 0]
    for column, most in enumerate(largest):
        if most is not None:
            found = np.abs(difference[:, column]).max()
            assert 0.95 * most <= found <= most + 1e-9, column


def test_the_middle_stays_where_only_turned_zoomed_and_sheared():
    matrices = datasets.Augmentation(shift=0, flip=True).matrices(50, (21, 31), 0)
    np.testing.assert_allclose(matrices @ [15, 10, 1], np.tile([15, 10], (50, 1)), atol=1e-9)


def test_moved_takes_pixels_from_where_the_matrix_says_and_repeats_the_edge():
    image = np.zeros((6, 8, 3), "uint8")
    image[2, 3] = (10, 20, 30)
    image[:, 0] = 77
    right = moved(image, np.array([[1.0, 0, -2], [0, 1, 1]]))  # each point shows what is 2 columns left, 1 row below
    assert right[1, 5].tolist() == [10, 20, 30]
    assert (right[:, :3] == 77).all()


@pytest.mark.parametrize(
    "change, told",
    [
        ({"size": 0}, "size must be"),
        ({"batch_size": 0}, "batch_size must be"),
        ({"fit": "pad"}, "fit must be one of 'crop', 'stretch'"),
        ({"augment": "yes"}, "augment must be True, False or"),
        ({"seed": -1}, "seed must be"),
    ],
)
def test_bad_arguments_are_explained(folder, change, told):
    with pytest.raises(ValueError, match=told):
        datasets.stream(folder, **{"size": 16, **change})
    with pytest.raises(ValueError, match="shear must be a number from 0"):
        datasets.Augmentation(shear=-1)
    with pytest.raises(ValueError, match="at least one image"):
        datasets.stream(dataclasses.replace(folder, paths=()), size=16)


def test_importing_the_room_loads_neither_tensorflow_nor_opencv():
    code = "import sys, course_utils.datasets; print([m for m in ('tensorflow', 'keras', 'cv2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
