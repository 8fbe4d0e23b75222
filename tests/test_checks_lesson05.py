"""The checks of lesson 05 accept right answers, and answer the usual wrong ones with their hint."""

import numpy as np
import pytest
from check_tools import exercise_tests

from course_utils.checks import lesson05

PLAN = {"A": "use as it is", "B": "frozen base", "C": "fine-tune", "D": "from scratch"}
MEAN = np.array([103.939, 116.779, 123.68])


def even_in_place(labels):
    """Right on the first call, and it changes what it was given."""
    for i in range(len(labels)):
        labels[i] = 1 - labels[i] % 2
    return np.asarray(labels)


def even_pure(labels):
    return 1 - np.asarray(labels) % 2


def even_list_in_place(labels):
    """Harmless to arrays, harmful to lists."""
    answer = even_pure(labels)
    if isinstance(labels, list):
        labels[:] = list(answer)
    return answer


def even_shared(labels):
    labels = np.asarray(labels)
    return labels if labels.dtype == np.uint8 else 1 - labels % 2


def prepared_in_place(images):
    """Keras' way: a view of the same memory, and −=."""
    images = images if images.dtype.kind == "f" else images.astype(float)
    images = images[..., ::-1]
    images -= MEAN
    return images


def prepared_float32_in_place(images):
    """`asarray` copies bytes and float64, and hands back the reader's own float32 array."""
    images = np.asarray(images, "float32")
    images -= MEAN[::-1].astype("float32")
    return images[..., ::-1]


def notes_parity(labels):
    """The helper of the notes, for rows of labels only."""
    for i, label in enumerate(labels):
        labels[i] = 1 if label % 2 == 0 else 0
    return np.asarray(labels)


def with_two_digits(right, images):
    return lesson05.wilson_interval(right, images, 1.96)


def scaled(right, images):
    low, high = lesson05.wilson_interval(right, images)
    return 100 * low, 100 * high


def simple_interval(right, images):
    share = right / images
    half = 1.959964 * (share * (1 - share) / images) ** 0.5
    return share - half, share + half


RIGHT = [
    (lesson05.trainable, (1280 * 17 + 17,)),
    (lesson05.passes, (160 / 337,)),
    (lesson05.passes, (0.47,)),
    (lesson05.even, (even_pure,)),
    (lesson05.summed, (lambda p: p[:, ::2].sum(axis=1),)),
    (lesson05.prepared, (lambda images: images[..., ::-1].astype(float) - MEAN,)),
    (lesson05.wilson, (lesson05.wilson_interval,)),
    (lesson05.wilson, (with_two_digits,)),
    (lesson05.plan, (PLAN,)),
    (lesson05.plan, ({**PLAN, "A": " Use as it is", "D": "From scratch"},)),
]

WRONG = [
    (lesson05.trainable, (21_760,), "a bias too"),
    (lesson05.trainable, (410_208 + 21_777,), "frozen base as well"),
    (lesson05.trainable, (410_208,), "it is frozen"),
    (lesson05.trainable, (7 * 7 * 1280 * 17 + 17,), "flattened"),
    (lesson05.trainable, (17,), "only the head"),
    (lesson05.passes, (337 / 160,), "turn it over"),
    (lesson05.passes, (160,), "how many are there"),
    (lesson05.passes, (337 / 32,), "one pass needs"),
    (lesson05.passes, ("half",), "write numbers"),
    (lesson05.passes, (3,), "how many are there"),
    (lesson05.passes, (0.5,), "one digit is not enough"),
    (lesson05.passes, (5 / 11,), "count images, not steps"),
    (lesson05.trainable, (21_761,), "one for each unit"),
    (lesson05.even, (lambda labels: np.asarray(labels) % 2 == 0,), "True and False"),
    (lesson05.even, (lambda labels: np.asarray(labels) % 2,), "odd = 1"),
    (lesson05.even, (even_in_place,), "the array that was handed over has changed"),
    (lesson05.even, (notes_parity,), "the array that was handed over has changed"),
    (lesson05.even, (even_list_in_place,), "the list that was handed over has changed"),
    (lesson05.even, (even_shared,), "shares its memory"),
    (lesson05.even, (lambda labels: 1 - labels % 2,), "np.asarray"),
    (lesson05.summed, (lambda p: p[:, 1::2].sum(axis=1),), "of odd"),
    (lesson05.summed, (lambda p: p[:, ::2].sum(),), "axis 1"),
    (lesson05.summed, (lambda p: (p.argmax(axis=1) % 2 == 0).astype(float),), "parity of the likeliest"),
    (lesson05.summed, (lambda p: p.max(axis=1),), "Which columns"),
    (lesson05.prepared, (prepared_in_place,), "have changed"),
    (lesson05.prepared, (prepared_float32_in_place,), "float32 images that were handed over have changed"),
    (lesson05.prepared, (lambda images: images - MEAN,), "still red, green, blue"),
    (lesson05.prepared, (lambda images: images - MEAN[::-1],), "blue first"),
    (lesson05.prepared, (lambda images: images[..., ::-1] - MEAN[::-1],), "so does its mean"),
    (lesson05.prepared, (lambda images: images / 127.5 - 1,), "Inception"),
    (lesson05.prepared, (lambda images: images[..., ::-1],), "Subtract the means"),
    (lesson05.prepared, (lambda images: images * 0,), "First blue"),
    (lesson05.wilson, (simple_interval,), "beyond 1"),
    (lesson05.wilson, (lambda right, images: right / images,), "two numbers"),
    (lesson05.wilson, (lambda right, images: lesson05.wilson_interval(right, images, 2.0),), "z = 1.96"),
    (lesson05.wilson, (scaled,), "per cent"),
    (lesson05.wilson, (lambda right, images: lesson05.wilson_interval(right, images)[::-1],), "low first"),
    (lesson05.wilson, (lambda right, images: (0.95343, 0.04356),), "half the width"),
    (lesson05.wilson, (lambda right, images: (0.1, 0.2),), "middle"),
    (lesson05.plan, ({**PLAN, "A": "frozen base"},), "Situation A"),
    (lesson05.plan, ({**PLAN, "B": "fine-tune"},), "120 labels"),
    (lesson05.plan, ({**PLAN, "C": "frozen base", "D": "fine-tune"},), "2 of 4. Situation C"),
    (lesson05.plan, ({**PLAN, "D": "pray"},), "choose from"),
    (lesson05.plan, ({"A": "fine-tune"},), "the keys A, B, C and D"),
]

UNTOUCHED = [
    (lesson05.trainable, (None,)),
    (lesson05.passes, (None,)),
    (lesson05.even, (lambda labels: ...,)),
    (lesson05.summed, (lambda probabilities: ...,)),
    (lesson05.prepared, (lambda images: ...,)),
    (lesson05.wilson, (lambda right, images: ...,)),
    (lesson05.plan, ({"A": None, "B": None, "C": None, "D": None},)),
]


test_right_answer, test_wrong_answer, test_untouched_stub = exercise_tests(RIGHT, WRONG, UNTOUCHED)


def test_interval_is_that_of_scipy():
    from scipy.stats import binomtest

    for right, images in ((58, 59), (0, 10), (540, 600)):
        theirs = binomtest(right, images).proportion_ci(method="wilson")
        assert lesson05.wilson_interval(right, images) == pytest.approx((theirs.low, theirs.high))


def test_preprocessing_is_that_of_keras():
    import keras

    images = np.arange(12, dtype="float32").reshape(1, 2, 2, 3) * 20
    theirs = keras.applications.vgg16.preprocess_input(images.copy())
    assert images[..., ::-1] - MEAN == pytest.approx(theirs, abs=1e-4)
