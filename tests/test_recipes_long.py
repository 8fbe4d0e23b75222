"""The long experiments on CIFAR-10: each variant is the network its name says, and trains and judges as promised."""

from itertools import pairwise

import numpy as np
import pytest

from course_utils import datasets, runtime

keras = runtime.import_keras()

from course_utils.recipes import (  # noqa: E402
    alexnet_staircase,
    common,
    inception_modules,
    inception_reductions,
    resnet_race,
    vgg_blocks,
)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("eagerly")]


@pytest.fixture(scope="module")
def parts():
    return common.cifar(examples=64, validation=20, tests=20)(datasets.load("shapes"))


@pytest.mark.parametrize(
    ("variant", "parameters"),
    [
        # 3·3·(3·16 + 16·16 + 16·32 + 32·32 + 32·64 + 64·64) weights, four numbers of batch norm a map, 64·10 + 10
        ("two 3×3", 9 * (48 + 256 + 512 + 1024 + 2048 + 4096) + 4 * 2 * 112 + 650),
        ("5×5", 25 * (48 + 512 + 2048) + 4 * 112 + 650),
        ("3×3, 1×1", 9 * (48 + 512 + 2048) + (256 + 1024 + 4096) + 4 * 2 * 112 + 650),
        ("5×5, no norm", 25 * (48 + 512 + 2048) + 112 + 650),
    ],
)
def test_blocks_have_the_parameters_of_their_kernels(variant, parameters):
    assert vgg_blocks.build(variant).count_params() == parameters


@pytest.mark.parametrize("variant", vgg_blocks.VARIANTS)
def test_blocks_are_built_as_their_name_says(variant):
    model = vgg_blocks.build(variant, widths=(4, 4))
    kinds = [type(layer).__name__ for layer in model.layers]
    block = vgg_blocks.VARIANTS[variant]
    assert kinds.count("Conv2D") == 2 * len(block.sides)
    assert kinds.count("BatchNormalization") == 2 * len(block.sides) * block.norm
    convolutions = [layer.kernel_size[0] for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    assert convolutions == list(block.sides) * 2


@pytest.mark.parametrize(
    ("module", "variant"),
    [(vgg_blocks, "5×5, no norm"), pytest.param(resnet_race, "residual-20", marks=pytest.mark.slow)],
)
def test_a_run_gives_curves_and_accuracies_of_all_parts(module, variant, parts, monkeypatch):
    monkeypatch.setattr(module, "WIDTHS" if module is vgg_blocks else "WIDTH", (4,) if module is vgg_blocks else 0.125)
    model, numbers = module.train(variant, parts, seed=0, rate=0.01, epochs=1, progress=False)
    assert len(numbers["val_accuracy"]) == 1 and numbers["parameters"] == model.count_params()
    assert numbers["test_accuracy"] == pytest.approx(
        np.mean(common.probabilities(model, parts.test[0]).argmax(axis=1) == parts.test[1]), abs=1e-5
    )


def test_race_builds_depths_and_shortcuts_by_name():
    for name, network in resnet_race.VARIANTS.items():
        assert str(network.depth) in name and network.residual == name.startswith("residual")
        assert (network.depth - 2) % 6 == 0
    with pytest.raises(ValueError, match="variant must be one of"):
        resnet_race.train("plain-57", None, seed=0, rate=0.1)


def test_photographs_are_halved_by_the_mean_of_four_pixels():
    images = np.zeros((1, 4, 2, 3), "uint8")
    images[0, 2:, :, 1] = [[1, 2], [3, 5]]  # mean 2.75, rounded 3
    small = resnet_race.halved(common.Parts(*[(images, np.zeros(1))] * 3))
    assert small.train[0].dtype == np.uint8 and small.test[0].shape == (1, 2, 1, 3)
    assert small.train[0][0, :, 0].tolist() == [[0, 0, 0], [0, 3, 0]]


def test_modules_do_the_same_work_at_each_size():
    for place, size in enumerate(inception_modules.SIZES):
        works = [inception_modules.build(kind, size) for kind in inception_modules.VARIANTS]
        works = [inception_modules.multiply_adds(model) for model in works]
        assert max(works) / min(works) < 1.05, (size, works)
        assert max(works) == pytest.approx((1.4e6, 3.1e6, 5.4e6)[place], rel=0.05)


@pytest.mark.parametrize(("kind", "kernels"), [("plain", {3}), ("naive", {1, 3, 5}), ("reduced", {1, 3, 5})])
def test_modules_are_built_as_their_kind_says(kind, kernels):
    model = inception_modules.build(kind, "small")
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    assert {layer.kernel_size[0] for layer in convolutions} == kernels
    assert len(convolutions) == 1 + {"plain": 2, "naive": 3, "reduced": 6}[kind] * 3
    assert [layer.output.shape[1] for layer in model.layers if "pool_" in layer.name[:5]] == [8, 4]
    with pytest.raises(ValueError, match="size must be one of"):
        inception_modules.build(kind, "huge")


def test_modules_are_tried_at_the_middle_size_for_half_the_epochs(monkeypatch):
    seen = {}

    def fit(model, data, **settings):
        seen.update(settings, name=model.name)
        return {}

    monkeypatch.setattr(inception_modules, "fit_one_cycle", fit)
    photographs = common.Parts(*[(np.zeros((1, 16, 16, 3), "uint8"), np.zeros(1))] * 3)
    numbers = inception_modules.trial("naive", photographs, seed=3, rate=0.01)[1]
    assert (seen["name"], seen["epochs"], seen["seed"], seen["rate"]) == ("naive_middle", 3, 3, 0.01)
    assert numbers["macs"] == inception_modules.multiply_adds(inception_modules.build("naive"))
    jobs = inception_modules.EXPERIMENT.plan(["plain", "naive"], [0, 1])
    assert len(jobs) == 12 and {job.options["size"] for job in jobs} == set(inception_modules.SIZES)


def test_the_parts_of_a_module_are_compared_at_equal_filters_and_at_equal_work():
    networks = {name: inception_reductions.build(name) for name in inception_reductions.VARIANTS}
    kernels = {
        name: {one.name: one for one in model.layers if isinstance(one, keras.layers.Conv2D)}
        for name, model in networks.items()
    }
    after = {key: one.filters for key, one in kernels["reduced"].items() if "_reduce" not in key}
    assert after == {key: one.filters for key, one in kernels["whole"].items()}
    assert (len(kernels["reduced"]), len(after)) == (1 + 3 * 6, 1 + 3 * 4)
    assert [one.kernel_size[0] for one in kernels["single"].values()] == [3] + [1, 3] * 3
    works = {name: inception_modules.multiply_adds(model) for name, model in networks.items()}
    assert works["reduced"] == inception_modules.multiply_adds(inception_modules.build("reduced"))
    assert works["single"] == pytest.approx(works["reduced"], rel=0.05) and works["whole"] > 2 * works["reduced"]
    with pytest.raises(ValueError, match="variant must be one of"):
        inception_reductions.build("naive")


def test_the_parts_of_a_module_are_trained_like_the_modules(monkeypatch):
    seen = {}
    monkeypatch.setattr(inception_modules, "fit_one_cycle", lambda model, data, **settings: seen.update(settings) or {})
    photographs = common.Parts(*[(np.zeros((1, 16, 16, 3), "uint8"), np.zeros(1))] * 3)
    model, numbers = inception_reductions.trial("single", photographs, seed=4, rate=0.02)
    assert (seen["epochs"], seen["seed"], seen["rate"]) == (inception_modules.TRIAL_EPOCHS, 4, 0.02)
    assert numbers == {"macs": inception_modules.multiply_adds(model)} and seen["judged"] == ("validation", "test")


def test_each_step_of_the_staircase_changes_one_thing():
    steps = list(alexnet_staircase.VARIANTS.values())
    changed = [
        {field for field in step._fields if getattr(step, field) != getattr(before, field)}
        for before, step in pairwise(steps)
    ]
    assert changed == [{"activation"}, {"overlap"}, {"filters", "units"}, {"deep"}, {"mirror"}]


@pytest.mark.parametrize(
    ("variant", "parameters", "kinds"),
    [
        # weights and biases of two 5×5 convolutions, of the dense layers behind 4×4 maps, of the answer
        ("LeNet-5", 456 + 2_416 + 30_840 + 10_164 + 850, {"Average": 2, "Conv2D": 2}),
        ("overlapping maxima", 456 + 2_416 + 30_840 + 10_164 + 850, {"Max": 2, "Conv2D": 2}),
        (
            "mirror images",
            1_216 + 16_040 + 23_104 + 36_928 + 23_080 + 153_840 + 40_488 + 1_690,
            {"Max": 2, "Conv2D": 5},
        ),
    ],
)
def test_steps_of_the_staircase_have_the_layers_their_name_says(variant, parameters, kinds):
    model = alexnet_staircase.build(variant)
    names = [type(layer).__name__ for layer in model.layers]
    assert model.count_params() == parameters and model.get_layer("flatten").input.shape[1:3] == (4, 4)
    assert {kind: sum(name.startswith(kind) for name in names) for kind in kinds} == kinds
    tanh = [layer.name for layer in model.layers if getattr(layer, "activation", None) is keras.activations.tanh]
    assert len(tanh) == (4 if variant == "LeNet-5" else 0)


def test_only_the_last_step_of_the_staircase_is_shown_mirror_images(monkeypatch, parts):
    shown = []

    def instead(model, data, *, mirror, **settings):
        shown.append(mirror)
        return {}

    monkeypatch.setattr(alexnet_staircase, "fit_one_cycle", instead)
    for variant in alexnet_staircase.VARIANTS:
        alexnet_staircase.train(variant, parts, seed=0, rate=0.01, progress=False)
    assert shown == [False] * 5 + [True]
