"""Drawn networks: every layer with weights once, nothing overlaps, arrows end on boxes, sizes to scale."""

import io
import itertools
import warnings

import keras
import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from course_utils import anatomy, models, plots
from course_utils.models.googlenet import GOOGLENET_TABLE, naive_inception
from course_utils.models.inception_parts import Style
from course_utils.models.inception_resnet import INCEPTION_RESNET_TABLE, residual_block
from course_utils.models.inception_v3 import figure_7
from course_utils.models.inception_v4 import inception_c

WHOLE = {
    "lenet5": lambda: anatomy.describe(models.lenet5),
    "lenet5_1998": lambda: anatomy.describe(models.lenet5_1998),
    "alexnet": lambda: anatomy.describe(models.alexnet),
    "vgg16": lambda: anatomy.describe(models.vgg16),
    "transfer": lambda: anatomy.describe(transfer),
    "googlenet": lambda: anatomy.describe(models.googlenet, aux=True),
    "resnet18": lambda: anatomy.describe(models.resnet, depth=18),
    "resnet34": lambda: anatomy.describe(models.resnet, depth=34),
    "resnet20": lambda: anatomy.describe(models.resnet_cifar, n=3),
}
BLOCKS = {
    "basic": (lambda: network("resnet18"), "conv3_block2"),
    "projection": (lambda: network("resnet18"), "conv3_block1"),
    "bottleneck": (lambda: network("resnet50"), "conv2_block2"),
    "preactivation": (lambda: network("resnet18v2"), "conv3_block1"),
    "inception": (lambda: network("googlenet"), "inception_3a"),
    "naive": (lambda: network("naive"), True),
    "v3": (lambda: network("v3"), True),
    "v4": (lambda: network("v4"), True),
    "residual inception": (lambda: network("ir2"), True),
}
BUILDERS = {
    "resnet50": lambda: anatomy.describe(models.resnet, depth=50),
    "resnet18v2": lambda: anatomy.describe(models.resnet, depth=18, version=2),
    "naive": lambda: alone(naive_inception, GOOGLENET_TABLE[0], Style(batch_norm=False), side=28, channels=192),
    "v3": lambda: alone(figure_7, Style(), "mixed9", side=8, channels=1280),
    "v4": lambda: alone(inception_c, Style(), "c", side=8, channels=1536),
    "ir2": lambda: alone(residual_block, INCEPTION_RESNET_TABLE["v2"].b, 0.1, Style(), "b", side=17, channels=1088),
}
found, pictures = {}, {}


def network(name):
    """Describe each network once; no weights are allocated."""
    if name not in found:
        found[name] = {**BUILDERS, **WHOLE}[name]()
    return found[name]


def transfer():
    """A frozen network with a new head."""
    base = models.resnet_cifar(n=1)
    base.trainable = False
    outputs = keras.layers.Dense(5, activation="softmax", name="new_head")(base.get_layer("head_pool").output)
    return keras.Model(base.input, outputs, name="transfer")


def alone(function, *arguments, side, channels):
    """Describe one module by itself."""

    def build():
        inputs = keras.Input((side, side, channels), name="input")
        return keras.Model(inputs, function(inputs, *arguments))

    return anatomy.describe(build)


@pytest.fixture(autouse=True, scope="module")
def close_figures():
    yield
    plt.close("all")
    found.clear(), pictures.clear()


def named(ax, beginning):
    return [patch for patch in ax.patches if (patch.get_gid() or "").startswith(beginning)]


def boxes(ax):
    """Return the extents of what stands for units, in pixels from the upper left corner, by name."""
    return {patch.get_gid().partition(":")[2]: extent(patch) for patch in named(ax, "box:")}


def extent(patch):
    box = patch.get_path().get_extents(patch.get_patch_transform())
    return box.x0, box.y0, box.x1, box.y1


def texts(ax):
    return [text for text in ax.texts if text.get_text()]


def drawn(*networks, **arguments):
    """Draw without showing."""
    return plots.architecture(*networks, show=False, **arguments)


def picture(case):
    """Draw each case once."""
    if case not in pictures:
        describe, block = BLOCKS.get(case, (lambda: network(case), None))
        pictures[case] = drawn(describe(), block=block)
        plt.close(pictures[case].figure)
        FigureCanvasAgg(pictures[case].figure)  # measures texts; closing took the canvas away
    return pictures[case]


ALL = [*WHOLE, *BLOCKS]


@pytest.mark.parametrize("case", ALL)
def test_every_layer_with_weights_is_drawn_once(case):
    ax = picture(case)
    rows = network(case).rows if case in WHOLE else BLOCKS[case][0]().rows
    block = BLOCKS.get(case, (None, True))[1]
    kernels = [
        row.name
        for row in rows
        if row.macs and (block is True or row.name == block or row.name.startswith(f"{block}_"))
    ]
    assert len(kernels) >= 2
    shown = [patch.get_gid().partition(":")[2] for patch in named(ax, "box:")]
    assert [shown.count(name) for name in kernels] == [1] * len(kernels)


@pytest.mark.parametrize("case", ALL)
def test_no_two_texts_overlap_and_none_leaves_the_card(case):
    ax = picture(case)
    renderer = ax.figure.canvas.get_renderer()
    extents = {text: text.get_window_extent(renderer) for text in texts(ax)}
    for one, other in itertools.combinations(extents, 2):
        ink = extents[one].padded(-0.5, -1.5)  # the leading of a line may touch the next line's
        assert not ink.overlaps(extents[other].padded(-0.5, -1.5)), (one.get_text(), other.get_text())
    page = ax.figure.bbox
    for text, box in extents.items():
        assert page.x0 < box.x0 and box.x1 < page.x1 and page.y0 < box.y0 and box.y1 < page.y1, text.get_text()


@pytest.mark.parametrize("case", ALL)
def test_labels_have_nine_points_where_the_picture_is_800_pixels_wide(case):
    ax = picture(case)
    wide = ax.figure.get_size_inches()[0] * 96
    assert min(text.get_fontsize() for text in texts(ax)) * min(1, 800 / wide) >= 9


@pytest.mark.parametrize("case", BLOCKS)
def test_words_stay_inside_their_boxes(case):
    ax = picture(case)
    renderer, places = ax.figure.canvas.get_renderer(), list(boxes(ax).values())
    inside = [text for text in texts(ax) if text.get_gid() == "text:box"]
    assert inside
    for text in inside:
        x, y = text.get_position()
        half = text.get_window_extent(renderer).width / 2
        assert any(x0 <= x - half and x + half <= x1 and y0 < y < y1 for x0, y0, x1, y1 in places), text.get_text()


@pytest.mark.parametrize("case", BLOCKS)
def test_lines_are_orthogonal_and_arrows_end_on_the_border_of_a_box(case):
    ax = picture(case)
    shafts = [line.get_xydata() for line in ax.lines if line.get_gid() == "arrow-shaft"]
    for shaft in shafts:
        for (x0, y0), (x1, y1) in itertools.pairwise(shaft):
            assert abs(x0 - x1) < 0.01 or abs(y0 - y1) < 0.01
    tips = [tuple(patch.get_xy()[0]) for patch in named(ax, "arrow")]
    assert len(tips) == len(shafts) >= 4
    output = max(tips, key=lambda tip: tip[1])
    for x, y in set(tips) - {output}:
        assert any(touches(box, x, y) for box in boxes(ax).values()), (x, y)


def touches(box, x, y):
    x0, y0, x1, y1 = box
    on_top = abs(y - y0) < 0.6 and x0 - 0.6 <= x <= x1 + 0.6
    on_side = min(abs(x - x0), abs(x - x1)) < 0.6 and y0 - 0.6 <= y <= y1 + 0.6
    return on_top or on_side


@pytest.mark.parametrize("case", BLOCKS)
def test_no_line_runs_through_a_box(case):
    ax = picture(case)
    for line in (line for line in ax.lines if line.get_gid() == "arrow-shaft"):
        for (x0, y0), (x1, y1) in itertools.pairwise(line.get_xydata()):
            for name, (left, top, right, bottom) in boxes(ax).items():
                outside = max(x0, x1) <= left + 1 or min(x0, x1) >= right - 1
                outside = outside or max(y0, y1) <= top + 1 or min(y0, y1) >= bottom - 1
                assert outside, name


def test_boxes_do_not_overlap():
    for case in BLOCKS:
        places = boxes(picture(case))
        for one, other in itertools.combinations(places, 2):
            a, b = places[one], places[other]
            apart = a[2] < b[0] + 1 or b[2] < a[0] + 1 or a[3] < b[1] + 1 or b[3] < a[1] + 1
            assert apart, (case, one, other)


def test_vgg_tapers_to_scale_and_thickens_with_the_channels():
    places = boxes(drawn(network("vgg16")))
    tall = {name: y1 - y0 for name, (_, y0, _, y1) in places.items()}
    thick = {name: x1 - x0 for name, (x0, _, x1, _) in places.items()}
    sides = [tall[f"block{number}_conv1"] for number in range(1, 6)]
    assert [round(sides[0] / side, 2) for side in sides] == [1, 2, 4, 8, 16]
    channels = [
        thick[name] for name in ("input", "block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "fc1")
    ]
    assert channels == sorted(channels)
    assert len(set(channels)) == len(channels)
    assert thick["block4_conv1"] == pytest.approx(thick["block5_conv3"])


def test_residual_block_ends_in_its_relu_and_its_shortcut_reaches_the_sum():
    ax = picture("basic")
    below = sorted(boxes(ax).items(), key=lambda pair: pair[1][1])
    assert [name for name, _ in below[-2:]] == ["conv3_block2_add", "conv3_block2_out"]
    _, top, right, bottom = boxes(ax)["conv3_block2_add"]
    ends = [tuple(patch.get_xy()[0]) for patch in named(ax, "arrow")]
    assert any(abs(x - right) < 0.6 and top < y < bottom for x, y in ends)
    assert "identity" in [text.get_text() for text in texts(ax)]


def test_whole_residual_network_has_orthogonal_shortcuts_that_end_in_its_sums():
    ax = picture("resnet18")
    places = boxes(ax)
    sums = [box for name, box in places.items() if name.endswith("_add")]
    shafts = [line.get_xydata() for line in ax.lines if line.get_gid() == "shortcut-shaft"]
    tips = [tuple(patch.get_xy()[0]) for patch in named(ax, "shortcut")]
    assert len(sums) == len(shafts) == len(tips) == 8
    for shaft in shafts:
        assert all(min(abs(x0 - x1), abs(y0 - y1)) < 0.01 for (x0, y0), (x1, y1) in itertools.pairwise(shaft))
    assert all(any(touches(box, *tip) for box in sums) for tip in tips)


def test_a_shortcut_without_parameters_is_told_as_identity():
    told = [plots.architecture(network(name), show=False).figure._course_alt_text for name in ("resnet20", "resnet18")]
    plt.close("all")
    assert "projection" not in told[0] and told[0].count("an identity shortcut (stride 2)") == 2
    assert told[1].count("a projection shortcut") == 3


def test_bars_become_lower_with_the_maps_and_wider_with_the_channels():
    places = boxes(picture("resnet18"))
    stages = [places[f"conv{number}_block2_1_conv"] for number in (2, 3, 4, 5)]
    tall, wide = [y1 - y0 for _, y0, _, y1 in stages], [x1 - x0 for x0, _, x1, _ in stages]
    assert tall == sorted(tall, reverse=True)
    assert len(set(tall)) == 4
    assert wide == sorted(wide)
    assert wide[0] < wide[-1]


def test_of_residual_modules_too_many_for_a_row_some_are_drawn():
    def five():
        x = inputs = keras.Input((17, 17, 896), name="input")
        for number in range(1, 6):
            x = residual_block(x, INCEPTION_RESNET_TABLE["v1"].b, 0.1, Style(), f"inception_resnet_b{number}")
        return keras.Model(inputs, x)

    ax = drawn(anatomy.describe(five))
    assert any("5 × residual module" in text.get_text() for text in texts(ax))
    edges = boxes(ax).values()
    assert len(edges) > 6 and max(right for _, _, right, _ in edges) < ax.get_xlim()[1] - 14


def test_towers_cross_where_a_layer_sees_both():
    ax = picture("alexnet")
    steep = [shaft for shaft in (line.get_xydata() for line in ax.lines if line.get_gid() == "arrow-shaft")
             if abs(shaft[0][1] - shaft[-1][1]) > 20]  # fmt: skip
    assert len(steep) == 2 + 3 * 2 + 2  # into conv1; conv3, fc6 and fc7; out of fc7
    assert len(named(ax, "half:")) == len(named(ax, "box:")) - 2


def test_labels_below_towers_keep_apart():
    ax = picture("alexnet")
    renderer = ax.figure.canvas.get_renderer()
    lines = {}
    for text in texts(ax):
        box = text.get_window_extent(renderer)
        lines.setdefault(round(text.get_position()[1]), []).append((box.x0, box.x1, text.get_text()))
    for row in map(sorted, lines.values()):
        for (_, end, one), (begin, _, other) in itertools.pairwise(row):
            assert begin - end >= 6, (one, other)
    assert {"55×55", "96 maps", "11×11 conv", "stride 4"} <= {text.get_text() for text in texts(ax)}


def test_frozen_layers_are_hatched():
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(2, 3, name="base"), keras.layers.Flatten()])
    model.trainable = False
    whole = keras.Sequential([keras.Input((8, 8, 3)), model, keras.layers.Dense(2, name="head")])
    ax = drawn(anatomy.describe(whole))
    hatched = {patch.get_gid() for patch in named(ax, "box:") if patch.get_hatch()}
    assert len(hatched) == 1
    assert "base" in hatched.pop()


def test_description_names_input_stages_and_output():
    told = drawn(network("vgg16"))
    told = told.figure._course_alt_text
    assert "input 224×224×3" in told
    assert "2 × 3×3 conv to 224×224×64" in told
    assert "3 × 3×3 conv to 14×14×512" in told
    assert "output 1,000, softmax" in told
    module = picture("inception").figure._course_alt_text
    assert "four branches (1×1 conv to 28×28×64 | " in module
    assert "joined to 28×28×256" in module
    given = drawn(network("vgg16"), alt="A picture.")
    assert given.figure._course_alt_text == "A picture."


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match=r"found.*anatomy.describe"):
        plots.architecture(models.vgg16)
    with pytest.raises(ValueError, match=r"block.*inception_9z"):
        plots.architecture(network("googlenet"), block="inception_9z")
    with pytest.raises(ValueError, match=r"title.*one entry"):
        drawn(network("vgg16"), title=["a", "b"])
    with pytest.raises(ValueError, match="detail"):
        plots.architecture(network("googlenet"), block="inception_3a", detail="all")


def test_rows_know_what_they_take_and_what_their_windows_are():
    row = network("resnet18")["conv3_block1_add"]
    assert row.inputs == ("conv3_block1_0_bn", "conv3_block1_2_bn")
    first = network("vgg16")["block1_conv1"]
    assert first.inputs == ("input",)
    assert (first.input_shapes, first.kernel, first.steps, first.groups, first.activation) == (
        ((224, 224, 3),),
        (3, 3),
        (1, 1),
        1,
        "relu",
    )
    assert anatomy.describe(models.alexnet)["conv2"].groups == 2


def test_a_picture_can_be_stored_twice_without_a_word():
    with warnings.catch_warnings(), plt.rc_context({"figure.constrained_layout.use": True}):
        warnings.simplefilter("error")
        figure = drawn(network("lenet5")).figure
        figure.savefig(io.BytesIO())
        figure.savefig(io.BytesIO())


def test_showing_returns_nothing_and_closes():
    before = plt.get_fignums()
    assert plots.architecture(network("lenet5")) is None
    assert plt.get_fignums() == before


def test_counts_stand_below_a_block_unless_a_reader_is_to_count():
    told = {}
    for counted in (True, False):
        ax = plots.architecture(network("googlenet"), block="inception_3a", counted=counted, show=False)
        told[counted] = "\n".join(text.get_text() for text in ax.texts)
        plt.close(ax.figure)
    assert "163,696 parameters" in told[True] and "128 M multiply-adds" in told[True]
    assert "parameters" not in told[False] and "multiply-adds" not in told[False]
    assert all("each convolution is followed by ReLU" in words for words in told.values())
