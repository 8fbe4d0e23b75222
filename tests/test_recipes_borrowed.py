"""Fine-tuning by number of photographs, and initial weights by optimizer and depth: what their recipes build and do."""

import numpy as np
import pytest

from course_utils import datasets, runtime, transfer

pytestmark = pytest.mark.slow

keras = runtime.import_keras()

from course_utils.recipes import common, initialization_optimizers, transfer_heads, transfer_tuning  # noqa: E402


@pytest.fixture(scope="module")
def photographs():
    shapes = datasets.load("shapes").subset(train=60, test=20)
    labels = np.arange(60, dtype="int32") % 2
    few = (shapes.x_train[:40], labels[:40]), (shapes.x_train[40:], labels[40:]), (shapes.x_test, labels[:20])
    return common.Parts(*few)


@pytest.fixture
def small(monkeypatch):
    """The course's own base for photographs of 32×32, and short trainings."""
    monkeypatch.setattr(transfer_tuning, "BASE", "resnet20_cifar10")
    monkeypatch.setattr(transfer_tuning, "LATE", "stage3_block3_conv2")
    monkeypatch.setattr(transfer_tuning, "HEAD_EPOCHS", 2)
    monkeypatch.setattr(transfer_tuning, "MOMENTUM", 0.8)
    monkeypatch.setattr(transfer_tuning, "VARIANTS", {w: transfer_tuning.Way(w, 8) for w in transfer_tuning.RATES})
    monkeypatch.setattr(transfer_tuning, "EPOCHS", {8: 1})


def test_drawn_photographs_are_of_both_classes_and_differ_by_seed():
    labels = np.arange(100) % 2
    at = transfer_tuning.drawn(labels, 10, seed=0)
    assert len(set(at)) == 10 and labels[at].sum() == 5
    assert set(at) != set(transfer_tuning.drawn(labels, 10, seed=1))


def test_orientation_shows_features_of_the_image_or_of_its_mirror_image():
    both = np.stack([np.zeros((200, 3)), np.ones((200, 3))])
    picked = transfer_tuning.Orientation(both, seed=0)
    picked.on_epoch_begin(0)
    first = picked.buffer.copy()
    picked.on_epoch_begin(1)
    assert 60 < first[:, 0].sum() < 140 and np.all(first == first[:, :1])
    assert not np.array_equal(first, picked.buffer)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "moved"),
    [
        ("head", 0),
        ("last blocks", 1),
        ("all", 19),
    ],
)
def test_a_way_moves_its_kernels_and_no_other(way, moved, small, photographs):
    model, numbers = transfer_tuning.train(way, photographs, seed=0, rate=0.01, progress=False)
    before = transfer.backbone("resnet20_cifar10").model
    after = transfer.base_of(model)
    kinds = keras.layers.Conv2D, keras.layers.BatchNormalization
    changed = {kind: 0 for kind in kinds}
    for old, new in zip(before.layers, after.layers, strict=True):
        for kind in kinds:
            same = all(np.array_equal(a, b) for a, b in zip(old.get_weights(), new.get_weights(), strict=True))
            changed[kind] += isinstance(new, kind) and not same
    assert changed == {keras.layers.Conv2D: moved, keras.layers.BatchNormalization: 0}
    assert len(numbers["loss"]) == (2 if way == "head" else 1)
    assert numbers["trained"] == sum(int(np.prod(w.shape)) for w in model.trainable_weights)


@pytest.mark.slow
def test_a_network_from_scratch_borrows_nothing(small, photographs):
    model, _ = transfer_tuning.train("from scratch", photographs, seed=0, rate=1e-9, progress=False)
    first = next(w for w in transfer.base_of(model).get_weights() if w.ndim == 4)
    borrowed = next(w for w in transfer.backbone("resnet20_cifar10").model.get_weights() if w.ndim == 4)
    assert not np.array_equal(first, borrowed)
    norms = [x for x in transfer.base_of(model).layers if isinstance(x, keras.layers.BatchNormalization)]
    assert any(np.abs(np.asarray(norm.moving_mean)).max() > 0 for norm in norms)
    assert {norm.momentum for norm in norms} == {transfer_tuning.MOMENTUM}


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_head_learns_from_the_drawn_photographs_alone(mirrored, small, monkeypatch):
    monkeypatch.setattr(transfer_heads, "VARIANTS", {"head": transfer_heads.Head(8, mirrored)})
    draw, labels = np.random.default_rng(0), np.arange(20, dtype="int32") % 2
    both = draw.normal(size=(2, 20, 6)).astype("float32")
    both[..., 0] += 9 * (2 * labels - 1)  # one feature tells the classes apart
    at = transfer_tuning.drawn(labels, 8, seed=0)
    both[:, np.setdiff1d(np.arange(20), at)] = np.nan
    new = draw.normal(size=(10, 6)).astype("float32")
    new[:, 0] += np.repeat([-9, 9], 5)
    pair = new, np.repeat([0, 1], 5)
    data = transfer_heads.Features(both, labels, pair, pair)
    head, run = transfer_heads.train("head", data, seed=0, rate=0.3, epochs=20, progress=False)
    assert all(np.isfinite(weight).all() for weight in head.get_weights())
    assert run["validation_accuracy"] == run["test_accuracy"] >= 0.7
    own = np.mean(np.argmax(head(both[0, at]), axis=1) == labels[at])
    assert own == 1 and head.count_params() == 14


@pytest.mark.parametrize(
    ("variant", "parameters", "variance"),
    [
        ("SGD, Glorot, 2", 784 * 64 + 64 + 64 * 64 + 64 + 650, 2 / 128),
        ("Adam, He, 2", 784 * 64 + 64 + 64 * 64 + 64 + 650, 2 / 64),
        ("SGD, batch norm, He, 5", 784 * 64 + 64 + 4 * (64 * 64 + 64) + 650 + 5 * 4 * 64, 2 / 64),
    ],
)
def test_a_chain_has_the_depth_and_the_variance_of_its_name(variant, parameters, variance):
    keras.utils.set_random_seed(0)
    chain = initialization_optimizers.VARIANTS[variant]
    model = initialization_optimizers.build(chain)
    assert model.count_params() == parameters
    assert model.get_layer("hidden2").get_weights()[0].var() == pytest.approx(variance, rel=0.1)
    assert len({x.get_weights()[0][0, 0] for x in model.layers if isinstance(x, keras.layers.Dense)}) == chain.depth + 1


@pytest.mark.parametrize("variant", ["momentum, He, 2", "SGD, batch norm, Glorot, 2"])
def test_a_chain_is_trained_by_its_optimizer_at_the_rate_given(variant):
    parts = common.cifar(examples=40, validation=20, tests=20)(datasets.load("digits"))
    model, numbers = initialization_optimizers.train(variant, parts, seed=0, rate=0.02, epochs=1, progress=False)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.02)
    assert model.optimizer.momentum == (0.9 if variant.startswith("momentum") else 0)
    images = initialization_optimizers.pixels(parts)(parts.train[0])
    assert float(np.mean(images)) == pytest.approx(0, abs=1e-4) and float(np.std(images)) == pytest.approx(1, abs=1e-3)
    assert set(numbers) >= {"loss", "accuracy", "train_accuracy", "validation_accuracy", "test_accuracy"}


def test_eight_draws_are_planned_of_what_is_compared():
    names = ["head, 50", "last blocks, 50", "all, 50", "from scratch, 50"]
    jobs = transfer_tuning.EXPERIMENT.plan([name for name in names if name in transfer_tuning.VARIANTS], range(8))
    draws = {name: [job.seed for job in jobs if job.variant == name] for name in names}
    assert draws["last blocks, 50"] == draws["all, 50"] == [*range(8)] and draws["head, 50"] == [0, 1, 2]
    jobs = transfer_heads.EXPERIMENT.plan(transfer_heads.VARIANTS, transfer_heads.EXPERIMENT.seeds)
    assert len(jobs) == 3 * 8 + 3 * 3
