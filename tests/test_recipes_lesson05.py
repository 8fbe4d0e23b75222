"""The recipes of lesson 05 on data small enough for a test: copies, arms, labels that tell nothing, the stored runs."""

import json

import numpy as np
import pytest

from course_utils.datasets import ImageDataset
from course_utils.recipes import transfer_labels, transfer_parity

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("eagerly")]


def drawn(count, rng):
    """Images whose class is the column of a bright bar."""
    labels = rng.integers(0, 10, count).astype("uint8")
    images = np.zeros((count, 28, 28), "uint8")
    for image, label in zip(images, labels, strict=True):
        image[4:24, 2 * label + 4 : 2 * label + 6] = 255
    return images, labels


@pytest.fixture(scope="module")
def tiny():
    rng = np.random.default_rng(0)
    names = tuple("0123456789")
    return ImageDataset(*drawn(240, rng), *drawn(100, rng), names, "tiny", "bundled", True, "made here", "none")


@pytest.fixture(scope="module")
def base(tiny):
    return transfer_parity.train_base(tiny, seed=0, epochs=8, progress=False)


def trainable(model):
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


@pytest.mark.parametrize(("count", "planned"), [(50, (102, 25, 1000)), (200, (25, 26, 1040)), (55_000, (1, 2, 860))])
def test_few_labels_and_many_make_about_as_many_steps(count, planned):
    assert transfer_labels.schedule(count) == planned


def test_parity_is_pure_and_even_is_one():
    labels = np.array([5, 0, 4, 1, 9], "uint8")
    assert transfer_parity.parity(labels).tolist() == [0, 1, 1, 0, 0] == transfer_parity.parity(labels).tolist()
    assert labels.tolist() == [5, 0, 4, 1, 9]
    assert transfer_parity.parity([2, 3]).tolist() == [1, 0]


def test_pairs_hold_one_even_and_one_odd_digit_each():
    pair, even = transfer_labels.pairs(np.arange(10)), transfer_parity.parity(np.arange(10))
    assert pair.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert all(even[pair == number].sum() == 1 for number in range(5))


def test_counts_of_the_syllabus():
    base = transfer_parity.base(seed=0)
    assert base.count_params() == 784 * 300 + 300 + 300 * 100 + 100 + 100 * 10 + 10 == 266_610
    whole, head = (transfer_parity.new_head(base, trained=what) for what in ("all", "head"))
    assert whole.count_params() == trainable(whole) == 265_802
    assert (trainable(head), head.count_params() - trainable(head)) == (202, 265_600)
    assert trainable(base) == 266_610


def test_new_head_shares_nothing_with_its_source(base):
    source, _ = base
    before = [weight.copy() for weight in source.get_weights()]
    model = transfer_parity.new_head(source)
    for old, new in zip(before[:4], model.get_weights()[:4], strict=True):
        assert np.array_equal(old, new)
    model.set_weights([weight + 1 for weight in model.get_weights()])
    assert all(np.array_equal(old, new) for old, new in zip(before, source.get_weights(), strict=True))


def test_summed_adds_the_even_columns():
    probabilities = np.arange(20, dtype=float).reshape(2, 10)
    assert transfer_parity.summed(probabilities).tolist() == [20, 70]


def test_every_arm_trains_and_reports(tiny, base):
    source, numbers = base
    before = [weight.copy() for weight in source.get_weights()]
    assert numbers["summed_error"] <= numbers["test_error"]
    runs = {
        name: transfer_parity.train_variant(name, source, tiny, seed=0, epochs=2, progress=False)[1]
        for name in transfer_parity.VARIANTS
    }
    assert [run["trainable"] for run in runs.values()] == [265_802, 202, 202, 265_802]
    assert {len(run["history"]["val_loss"]) for run in runs.values()} == {2}
    assert runs["frozen"]["history"]["val_loss"] == pytest.approx(runs["cached"]["history"]["val_loss"], abs=1e-3)
    assert all(np.array_equal(old, new) for old, new in zip(before, source.get_weights(), strict=True))
    json.dumps(runs)


def test_draw_is_even_over_the_digits_and_repeats():
    labels = np.repeat(np.arange(10), [50] * 9 + [5])
    at = transfer_labels.drawn(labels, 30, seed=1)
    assert np.bincount(labels[at], minlength=10).tolist() == [3] * 10
    assert np.array_equal(at, transfer_labels.drawn(labels, 30, seed=1))
    assert not np.array_equal(at, transfer_labels.drawn(labels, 30, seed=2))
    assert len(np.unique(transfer_labels.drawn(labels, 10_000, seed=1))) == len(labels)


def test_labels_arms_train_from_every_source(tiny, monkeypatch):
    monkeypatch.setattr(transfer_labels, "EPOCH", 640)
    monkeypatch.setattr(transfer_labels, "EXAMPLES", 1_280)
    sources = {
        name: transfer_labels.source(name, tiny, seed=0, progress=False) for name in ("digits", "pairs", "random")
    }
    assert [sources[name].output_shape[-1] for name in sources] == [10, 5, 10]
    before = {name: model.get_weights() for name, model in sources.items()}
    for name in transfer_labels.VARIANTS:
        run = transfer_labels.train(name, sources, tiny, count=50, seed=0, progress=False)
        assert (run["arm"], run["count"], run["seed"]) == (name, 50, 0)
        assert 0 <= run["test_error"] <= 0.6
        json.dumps(run)
    for name, model in sources.items():
        assert all(np.array_equal(a, b) for a, b in zip(before[name], model.get_weights(), strict=True))
    with pytest.raises(ValueError, match="name must be"):
        transfer_labels.train("magic", sources, tiny, count=50, seed=0)
