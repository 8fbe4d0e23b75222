"""Checks of lesson 10: right answers pass, usual mistakes get their hint, stubs are not attempted."""

from types import SimpleNamespace

import numpy as np
from check_tools import exercise_tests

from course_utils import anatomy, models, runtime

keras = runtime.import_keras()

from course_utils.checks import lesson10  # noqa: E402

layers = keras.layers
WORDS = " ".join(f"because{number % lesson10.FEWEST_DIFFERENT}" for number in range(lesson10.FEWEST_WORDS))
LABELS = np.arange(40) % 4
TEST, TRAIN, THROUGH = 0, 1, 2  # the second channel says where an image is from
FAULTS = {"A": "degradation", "B": "overfitting", "C": "stale statistics", "D": "healthy"}
UNDONE = dict.fromkeys("ABCD")


def seen(where):
    images = LABELS[:, None, None, None] * np.ones((1, 32, 32, 3), "uint8")
    images[..., 1] = where
    return images


TASK = SimpleNamespace(x_train=seen(TRAIN), y_train=LABELS, x_test=seen(TEST), y_test=LABELS)


def camera(images, rng):
    assert (images[..., 1] == TRAIN).all() and isinstance(rng, np.random.Generator)
    return seen(THROUGH)


class Reader:
    """Stands for a model: answers with the first pixel, wrong for the first few images of each kind."""

    def __init__(self, wrong=0, classes=4, scale=1.0, shift=0.0, deep=lesson10.DEEP, plain=0, through=0):
        self.wrong, self.classes, self.scale, self.shift = (wrong, plain, through), classes, scale, shift
        self.trainable_weights = [np.zeros((1, 1, 2, 2)), np.zeros(2)] * (deep - 1) + [np.zeros((2, 4)), np.zeros(4)]

    def predict(self, images, verbose=0):
        answers = np.eye(self.classes)[images[:, 0, 0, 0].astype(int)]
        wrong = self.wrong[int(images[0, 0, 0, 1])]
        answers[:wrong] = np.roll(answers[:wrong], 1, axis=1)
        return answers * self.scale + self.shift


def project(model, seconds, expected, defence):
    return lesson10.capstone(model, TASK, camera, seconds=seconds, expected=expected, defence=defence)


def handed(model=None, seconds=60.0, expected=100, defence=WORDS):
    return Reader() if model is None else model, seconds, expected, defence


def block(
    *, sizes=(1, 3, 1), middle=1, last=4, norm=True, bias=False, between=True, end="after", join="Add", pad="same"
):
    """A bottleneck with things changed."""

    def made(x, filters):
        y = x
        for number, (size, many) in enumerate(zip(sizes, (1, middle, last), strict=True)):
            y = layers.Conv2D(many * filters, size, padding=pad, use_bias=bias)(y)
            y = layers.BatchNormalization()(y) if norm else y
            if (number < 2 and between) or (number == 2 and end == "before"):
                y = layers.ReLU()(y)
        y = getattr(layers, join)()([x, y]) if join else y
        return layers.ReLU()(y) if end == "after" else y

    return made


def two_layers(x, filters):
    y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(filters, 1, use_bias=False)(x)))
    y = layers.Conv2D(4 * filters, 3, padding="same", use_bias=False)(y)
    return layers.ReLU()(layers.Add()([x, layers.BatchNormalization()(y)]))


def version_2(x, filters):
    y = x
    for many, size in ((filters, 1), (filters, 3), (4 * filters, 1)):
        y = layers.ReLU()(layers.BatchNormalization()(y))
        y = layers.Conv2D(many, size, padding="same", use_bias=False)(y)
    return layers.Add()([x, y])


def twice_added(x, filters):
    y = block(end="no", join=None)(x, filters)
    return layers.ReLU()(layers.Add()([x, x, y]))


def around_the_3x3(*, inner=True, outer=False):
    def made(x, filters):
        narrow = layers.Conv2D(filters, 1, use_bias=False)(x)
        narrow = layers.ReLU()(layers.BatchNormalization()(narrow))
        y = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same", use_bias=False)(narrow))
        y = layers.ReLU()(y + narrow) if inner else layers.ReLU()(y) + narrow
        y = layers.BatchNormalization()(layers.Conv2D(4 * filters, 1, use_bias=False)(y))
        return layers.ReLU()(y + x if outer else y)

    return made


def outside(x, filters):
    return block()(keras.Input(x.shape[1:]), filters)


def squeezed(maps, w1, w2, *, squeeze=np.mean, rectify=True, gate="sigmoid"):
    hidden = squeeze(maps, axis=(0, 1)) @ w1
    scores = (np.maximum(hidden, 0) if rectify else hidden) @ w2
    if gate == "softmax":
        return maps * np.exp(scores) / np.exp(scores).sum()
    return maps * {"sigmoid": 1 / (1 + np.exp(-scores)), "tanh": np.tanh(scores), "none": scores}[gate]


def changed(**settings):
    return lambda maps, w1, w2: squeezed(maps, w1, w2, **settings)


def gates_alone(maps, w1, w2):
    return (squeezed(maps, w1, w2) / maps)[0, 0]


def place_by_place(maps, w1, w2):
    return maps / (1 + np.exp(-(np.maximum(maps @ w1, 0) @ w2)))


def over_axis(axis, *, kept=False):
    def squeezing(maps, w1, w2):
        means = maps.mean(axis=axis, keepdims=kept)
        return maps / (1 + np.exp(-(np.maximum(means @ w1, 0) @ w2)))

    return squeezing


def two_sigmoids(maps, w1, w2):
    return maps / (1 + np.exp(-(1 / (1 + np.exp(-maps.mean(axis=(0, 1)) @ w1)) @ w2)))


def exchanged(maps, w1, w2):
    return maps * np.maximum(1 / (1 + np.exp(-maps.mean(axis=(0, 1)) @ w1)) @ w2, 0)


R = models.resnet
RIGHT = [
    (lesson10.hand_on, ((0, 0, 0.5), [0, 0, 5.5])),
    (lesson10.hand_on, (np.array([0, 0, 0.5]), np.array([0, 0, 5.5]))),
    (lesson10.paths, (32_768, 16_384, 105)),
    (lesson10.bottleneck, (block(), R)),
    (lesson10.projections, (43_904,)),
    (lesson10.diagnose, (FAULTS,)),
    (lesson10.diagnose, (FAULTS | {"A": "Degradation "},)),
    (lesson10.squeeze_and_excite, (squeezed,)),
    (project, handed()),
    (project, handed(Reader(wrong=8), expected=80.0)),  # 80 %
]
WRONG = [
    (lesson10.hand_on, ((-3, -1, 0.5), (-1, -1, 5.5)), "both end in a ReLU"),
    (lesson10.hand_on, ((0, 0, 0.5), (-1, -1, 5.5)), "the residual block ends in a ReLU, too"),
    (lesson10.hand_on, ((-3, -1, 0.5), (0, 0, 5.5)), "the plain block ends in a ReLU, too"),
    (lesson10.hand_on, ((0, 0, 0.5), (2, 0, 5.5)), "what is F(x) when it is added"),
    (lesson10.hand_on, ((2, 0, 5), (0, 0, 5.5)), "what do the layers of the plain block give"),
    (lesson10.hand_on, ((0, 0, 5.5), (0, 0, 0.5)), "other way round"),
    (lesson10.hand_on, ((0, 0, 0.5), (5, 1, 4.5)), "not subtracted"),
    (lesson10.hand_on, ((0, 0, 0.5), (0, 0, 2.5)), "not multiplied"),
    (lesson10.hand_on, ((3, 1, 0), (0, 0, 5.5)), "which numbers does a ReLU keep"),
    (lesson10.hand_on, ((0, 0, 0.5), None), "both answers, three numbers each"),
    (lesson10.hand_on, ((1, 2, 3), (1, 2, 3)), "channel by channel"),
    (lesson10.paths, (30, 28, 105), "the ways multiply"),
    (lesson10.paths, (30, 28, 2), "the ways multiply"),
    (lesson10.paths, (225, 196, 105), "two ways at each"),
    (lesson10.paths, (2 ^ 15, 2 ^ 14, 105), "written 2**15"),
    (lesson10.paths, (16, 15, 105), "lengths"),
    (lesson10.paths, (32_767, 16_383, 105), "past all layers"),
    (lesson10.paths, (32_768, 32_767, 105), "how many paths used"),
    (lesson10.paths, (32_768, 32_768, 105), "are gone"),
    (lesson10.paths, (32_768, 16_384, 210), "the same path"),
    (lesson10.paths, (32_768, 16_384, 4), "be chosen"),
    (lesson10.paths, (32_768, 16_384, 225), "one block twice"),
    (lesson10.paths, (32_768, 16_384, 91), "among all fifteen"),
    (lesson10.paths, (32_768, 16_384, 8_192), "past all the others"),
    (lesson10.paths, (32_768, 16_384, 121), "not at most"),
    (lesson10.paths, (1, 2, 3), "at each block"),
    (lesson10.paths, (32_768, 0, 225), "the first is right"),
    (lesson10.paths, (32_768, 16_384, 7), "the first two are right; how many pairs"),
    (lesson10.bottleneck, (block(end="no"), R), "the last thing in the drawing"),
    (lesson10.bottleneck, (block(join=None), R), "what is added to it"),
    (lesson10.bottleneck, (block(end="before"), R), "where does the last ReLU stand"),
    (lesson10.bottleneck, (block(norm=False), R), "batch norms in it: 0"),
    (lesson10.bottleneck, (block(norm=False, bias=True), R), "batch norms in it: 0"),
    (lesson10.bottleneck, (block(between=False), R), "what stands between convolutions"),
    (lesson10.bottleneck, (block(middle=4), R), "how many channels does the 3×3"),
    (lesson10.bottleneck, (block(last=1, join=None), R), "to be added to x"),
    (lesson10.bottleneck, (block(last=1), R), "must F(x) and x have in common"),
    (lesson10.bottleneck, (block(sizes=(3, 3, 3)), R), "which of the three is the large one"),
    (lesson10.bottleneck, (block(bias=True), R), "have none"),
    (lesson10.bottleneck, (block(pad="valid", join=None), R), "keep height and width"),
    (lesson10.bottleneck, (block(join="Concatenate"), R), "8×8×64, and 8×8×32 came in; they stand side by side"),
    (lesson10.bottleneck, (block(last=8, join=None), R), "how many channels must the last"),
    (lesson10.bottleneck, (around_the_3x3(), R), "where does it end"),
    (lesson10.bottleneck, (around_the_3x3(inner=False), R), "where does it end"),
    (lesson10.bottleneck, (around_the_3x3(outer=True), R), "where does it end"),
    (lesson10.bottleneck, (lambda x, filters: [x].clear(), R), "returned None"),
    (lesson10.bottleneck, (block(join="Multiply"), R), "the numbers are not"),
    (lesson10.bottleneck, (two_layers, R), "convolutions in it: 2"),
    (lesson10.bottleneck, (version_2, R), "the order"),
    (lesson10.bottleneck, (twice_added, R), "added twice"),
    (lesson10.bottleneck, (outside, R), "does not come from the maps"),
    (lesson10.bottleneck, (lambda x, filters: x, R), "where are the convolutions"),
    (lesson10.bottleneck, (lambda x, filters: 7, R), "a Keras tensor"),
    (lesson10.bottleneck, (lambda x, filters: 1 / 0, R), "ZeroDivisionError"),
    (lesson10.projections, (43_008,), "γ and a β"),
    (lesson10.projections, (43_456,), "γ and β, for each *new* channel"),  # one for each new, or two for each old one
    (lesson10.projections, (44_800,), "not trained"),
    (lesson10.projections, (44_352,), "no biases"),
    (lesson10.projections, (0,), "option A"),
    (lesson10.diagnose, (FAULTS | {"A": "overfitting"},), "Training A: look at the training accuracy"),
    (lesson10.diagnose, (FAULTS | {"C": "degradation"},), "Training C: how much of the first mean"),
    (lesson10.diagnose, (FAULTS | {"B": "bad luck"},), "choose from"),
    (lesson10.diagnose, (FAULTS | {"D": None},), "training D has no answer"),
    (lesson10.squeeze_and_excite, (gates_alone,), "multiplied by its own"),
    (lesson10.squeeze_and_excite, (changed(gate="none"),), "A sigmoid makes"),
    (lesson10.squeeze_and_excite, (changed(gate="softmax"),), "compete"),
    (lesson10.squeeze_and_excite, (changed(gate="tanh"),), "−1 to 1"),
    (
        lesson10.squeeze_and_excite,
        (changed(rectify=False),),
        "the numbers are not. Between the two layers stands a ReLU",
    ),
    (lesson10.squeeze_and_excite, (changed(squeeze=np.max),), "not the maximum"),
    (lesson10.squeeze_and_excite, (changed(squeeze=np.sum),), "not the sum"),
    (lesson10.squeeze_and_excite, (place_by_place,), "Each place got"),
    (lesson10.squeeze_and_excite, (two_sigmoids,), "only the second in a sigmoid"),
    (lesson10.squeeze_and_excite, (exchanged,), "changed places"),
    (lesson10.squeeze_and_excite, (lambda m, a, b: m * (m.mean(axis=-1) @ a),), "over which axes"),
    (lesson10.squeeze_and_excite, (lambda m, a, b: m * (a @ m.mean(axis=(0, 1))),), "on which side"),
    (lesson10.squeeze_and_excite, (lambda m, a, b: m * np.dot(a, m.mean(axis=(0, 1))),), "on which side"),
    (lesson10.squeeze_and_excite, (lambda m, a, b: m * (b @ np.maximum(m.mean(axis=(0, 1)) @ a, 0)),), "on which side"),
    (lesson10.squeeze_and_excite, (over_axis(0),), "An axis is left over"),
    (lesson10.squeeze_and_excite, (over_axis(1),), "An axis is left over"),
    (lesson10.squeeze_and_excite, (over_axis(1, kept=True),), "An axis is left over"),
    (lesson10.squeeze_and_excite, (lambda m, a, b: m + gates_alone(m, a, b),), "not added"),
    (lesson10.squeeze_and_excite, (lambda m, a, b: m + squeezed(m, a, b),), "with the shortcut"),
    (lesson10.squeeze_and_excite, (lambda m, a, b: m[0],), "keep their shape"),
    (lesson10.squeeze_and_excite, (lambda m, a, b: m,), "Mean of each map"),
    (project, handed(Reader(wrong=13), expected=80), "67.5 % on the test patches, 75 % is asked for; you expected 80"),
    (project, handed(Reader(wrong=13)), "knows 100 %, through the other camera 100 %: it knows their regions by heart"),
    (project, handed(Reader(wrong=13, plain=0, through=4)), "knows 100 %, through the other camera 90 %: it knows"),
    (
        project,
        handed(Reader(wrong=13, plain=2, through=7)),
        "knows 95 %, through the other camera 82.5 %: which",
    ),
    (project, handed(Reader(wrong=13, plain=6, through=6)), "so show it more, or its batch norms lag (section 7)"),
    (project, handed(Reader(wrong=13, plain=6, through=6), seconds=28.4), "(it took 28 of 120 seconds)"),
    (project, handed(Reader(deep=3)), "layers with trained kernels: 3; at least 32"),
    (project, handed(Reader(deep=31)), "what is frozen does not count"),
    (project, handed(Reader(classes=10)), "must have shape (40, 4); yours have (40, 10)"),
    (project, handed(Reader(scale=5.0)), "must hold probabilities"),
    (project, handed(Reader(scale=5.0, shift=-1.0)), "must hold probabilities"),
    (project, handed(Reader(scale=np.nan)), "must hold probabilities"),
    (project, handed(seconds=130), "at most 120"),
    (project, handed(seconds=0), "after minus the reading before"),
    (project, handed(seconds=None), "measure the seconds"),
    (project, handed(expected=None), "you expect"),
    (project, handed(expected=0.95), "in per cent: 50, not 0.5 (received 0.95)"),
    (project, handed(expected=101), "in per cent"),
    (project, handed(defence="it is good"), "25 words"),
    (project, handed(defence="word " * 26), "different words in your defence: 1"),
    (project, handed("resnet"), "the trained model itself"),
]
UNTOUCHED = [
    (lesson10.hand_on, (None, None)),
    (lesson10.paths, (None, None, None)),
    (lesson10.bottleneck, (lambda x, filters: ..., R)),
    (lesson10.projections, (None,)),
    (lesson10.diagnose, (UNDONE,)),
    (lesson10.squeeze_and_excite, (lambda maps, w1, w2: ...,)),
    (project, (None, None, None, None)),
]
(
    test_right_answer_passes,
    test_wrong_answer_gets_its_hint,
    test_untouched_stub_is_not_attempted,
    test_forgotten_return,
) = exercise_tests(RIGHT, WRONG, UNTOUCHED)


def test_the_project_tells_passed_excellent_and_a_kind_validation_apart():
    def said(wrong, expected):
        return project(*handed(Reader(wrong=wrong), expected=expected)).message

    assert said(0, 100).endswith("excellent") and said(4, 99).endswith("excellent")  # 90 %
    assert "Excellent begins at 80 %" in said(9, 80) and said(8, 80).endswith("excellent")  # 77.5 and 80 %, as expected
    assert "15 points off. Why was your validation so kind? Few regions" in said(8, 95) and "so hard?" in said(0, 50)


def test_layers_are_counted_once_in_a_nested_model_and_not_where_they_are_frozen():
    inner = keras.Sequential(
        [keras.Input((4, 4, 3)), layers.Conv2D(2, 3), layers.BatchNormalization(), layers.Flatten()]
    )
    pixels = keras.Input((4, 4, 3))
    twice = layers.Average()([inner(pixels), inner(pixels)])
    model = keras.Model(pixels, layers.Dense(2)(twice))
    assert lesson10.trained_kernels(model) == 2
    inner.layers[0].trainable = False
    assert lesson10.trained_kernels(model) == 1


def test_the_price_of_option_b_is_that_of_the_network():
    def trained(option):
        return anatomy.describe(models.resnet, depth=18, width=0.5, shortcut=option).trainable_params

    assert trained("projection") - trained("identity") == 43_904
